//! What is seen of requests from outside: numbers, a line of log each, headers that protect browsers.
//!
//! In: requests and their responses. Out: counts, JSON lines on standard error.
//! Owns what may be told: route, status, time, who; never a path, a query, a body or a header.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::middleware::Next;
use axum::response::Response;

use super::App;

/// What a page may load and do: files of this server, no script or style inside the page, no other host.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'; \
                      connect-src 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Begins to log, to standard error, a JSON object a line.
pub fn log() {
    let log = tracing_subscriber::fmt().json().flatten_event(true).with_target(false).with_writer(std::io::stderr);
    // Whoever embeds the server may log in his own way already.
    drop(log.with_max_level(tracing::Level::INFO).try_init());
}

/// Counts and logs a request, and adds the headers that every response has.
pub async fn watch(State(app): State<App>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = match request.method().as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        "PATCH" => "PATCH",
        _ => "other",
    };
    let route = request.extensions().get::<MatchedPath>().map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let mut response = next.run(request).await;
    let (status, took) = (response.status(), begun.elapsed());
    app.numbers().request(&route, method, status, took);
    let status = status.as_u16();
    let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    tracing::info!(route, method, status, micros, "request");
    protect(&mut response);
    response
}

fn protect(response: &mut Response) {
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    // Whatever does not say otherwise may hold a client's facts.
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}
