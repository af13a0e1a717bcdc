//! The workbench: an HTTP API and pages over the same way to an answer as the command line.
//!
//! In: requests. Out: answers, pages, metrics, logs on standard error.
//! Owns sockets, sessions and the clock of requests. Never decides anything itself: `answer` does; never logs a client's facts.
//!
//! | file | job |
//! |---|---|
//! | `app` | what all requests share: the rule set in force, the pool that decides |
//! | `pool` | deciding, off the threads that serve requests, with a bounded queue |
//! | `problem` | errors as problem+json |
//! | `pages/` | pages for people |

#![allow(clippy::disallowed_methods, reason = "a server reads the clock for time limits; nothing is decided by it")]

pub mod app;
pub mod pages;
pub mod pool;
pub mod problem;

pub use app::{App, Inquiry, Refusal, Wanted};

use std::net::SocketAddr;

use axum::Router;
use tokio::net::TcpListener;

/// How the server is set up.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
}

/// Everything that the server answers.
pub fn router(app: App) -> Router {
    Router::new().merge(pages::router()).with_state(app)
}

/// Serves until the process is told to stop. `started` is told the address once requests are taken.
/// # Errors
/// The address cannot be listened on, or the runtime cannot be started.
pub fn serve(app: App, settings: &Settings, started: impl FnOnce(SocketAddr)) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(settings.listen).await?;
        started(listener.local_addr()?);
        axum::serve(listener, router(app)).with_graceful_shutdown(stop()).await
    })
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
