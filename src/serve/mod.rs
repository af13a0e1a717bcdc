//! The workbench: an HTTP API and pages over the same way to an answer as the command line.
//!
//! In: requests. Out: answers, pages, metrics, logs on standard error.
//! Owns sockets, sessions and the clock of requests. Never decides anything itself: `answer` does; never logs a client's facts.
//!
//! | file | job |
//! |---|---|
//! | `app` | what all requests share: the rule set in force, the pool that decides |
//! | `pool` | deciding, off the threads that serve requests, with a bounded queue |
//! | `api/` | the HTTP API |
//! | `pages/` | pages for people |
//! | `problem` | errors as problem+json |
//! | `guard`, `tokens`, `login` | who may send a request |
//! | `watch`, `numbers` | logs, headers that protect browsers; what is counted |
//! | `connections` | sockets, and how long a client may take |
//! | `reload` | rules and tokens that change while the server runs |

#![allow(clippy::disallowed_methods, reason = "a server reads the clock for time limits; nothing is decided by it")]

pub mod api;
pub mod app;
mod clock;
mod connections;
pub mod guard;
mod login;
mod numbers;
pub mod pages;
pub mod pool;
pub mod problem;
pub mod reload;
pub mod tokens;
mod watch;

pub use app::{App, Inquiry, Refusal, Wanted};
pub use numbers::Numbers;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Router, middleware};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tower_http::catch_panic::CatchPanicLayer;

use guard::{Entry, Guard};
use problem::Problem;
use reload::{ReadRules, ReadTokens, Texts};

/// How the server is set up.
#[derive(Default)]
pub struct Settings {
    /// Who is let in.
    pub entry: Entry,
    /// How the rule files are read again, and what they say now; nothing where they cannot change.
    pub rules: Option<(ReadRules, Texts)>,
    /// How the tokens file is read again, and what it says now.
    pub tokens: Option<(ReadTokens, String)>,
}

/// Everything that the server answers.
fn router(app: App, guard: &Arc<Guard>) -> Router {
    Router::new()
        .merge(api::router())
        .merge(login::router())
        .merge(pages::router())
        .fallback(api::no_path)
        .method_not_allowed_fallback(api::no_method)
        .layer(CatchPanicLayer::custom(|_| -> Response { fault() }))
        .layer(Extension(Arc::clone(guard)))
        .layer(middleware::from_fn_with_state(Arc::clone(guard), guard::guard))
        .layer(middleware::from_fn_with_state(app.clone(), watch::watch))
        .with_state(app)
}

fn fault() -> Response {
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "a fault of the program, not of the request").into_response()
}

/// Serves until the process is told to stop. `started` is told the address once requests are taken.
/// # Errors
/// The address cannot be listened on, or the runtime cannot be started.
pub fn serve(app: App, listen: SocketAddr, settings: Settings, started: impl FnOnce(SocketAddr)) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(listen).await?;
        watch::log();
        let guard = Arc::new(Guard::new(settings.entry));
        let now = Arc::new(Notify::new());
        tokio::spawn(wake(Arc::clone(&now)));
        if let Some((read, texts)) = settings.rules {
            tokio::spawn(reload::rules(app.clone(), read, texts, Arc::clone(&now)));
        }
        if let Some((read, text)) = settings.tokens {
            tokio::spawn(reload::tokens(Arc::clone(&guard), read, text, now));
        }
        let router = router(app, &guard);
        started(listener.local_addr()?);
        connections::serve(listener, router, stop()).await;
        Ok(())
    })
}

/// Looks at the files at once when the process is told to (SIGHUP).
async fn wake(now: Arc<Notify>) {
    #[cfg(unix)]
    if let Ok(mut told) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()) {
        while told.recv().await.is_some() {
            now.notify_waiters();
        }
    }
    drop(now);
}

/// Returns once the process is asked to stop.
async fn stop() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminated) = signal(SignalKind::terminate()) else { return drop(interrupted.await) };
        tokio::select! {
            _ = interrupted => {}
            _ = terminated.recv() => {}
        }
    }
    #[cfg(not(unix))]
    drop(interrupted.await);
}
