//! What is seen of requests from outside: numbers, a line of log each, headers that protect browsers.
//!
//! In: requests and their responses. Out: metrics for Prometheus, JSON lines on standard error.
//! Owns what may be told: route, status, time, who; never a path, a query, a body or a header.

use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::middleware::Next;
use axum::response::Response;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// What a page may load and do: files of this server, no script or style inside the page, no other host.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'; \
                      connect-src 'self'; frame-ancestors 'none'; base-uri 'none'";

/// The upper ends of the buckets for the time that requests take, in seconds.
const BUCKETS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0];

/// Begins to count.
/// # Errors
/// Something counts in this process already.
pub fn begin() -> std::io::Result<PrometheusHandle> {
    let builder =
        PrometheusBuilder::new().set_buckets_for_metric(Matcher::Full("accredit_request_seconds".to_owned()), &BUCKETS);
    let handle = builder.and_then(PrometheusBuilder::install_recorder).map_err(std::io::Error::other)?;
    metrics::describe_counter!("accredit_requests_total", "Requests by route, method and status.");
    metrics::describe_histogram!("accredit_request_seconds", "Seconds until a response began, by route.");
    metrics::describe_counter!("accredit_decisions_total", "Decisions by verdict.");
    metrics::describe_counter!("accredit_reloads_total", "Changes of the rules by what came of them: taken or refused.");
    metrics::describe_gauge!("accredit_queue_depth", "Requests that wait to be decided.");
    metrics::describe_gauge!("accredit_store_depth", "Decisions that wait to be logged.");
    Ok(handle)
}

/// Begins to log, to standard error, a JSON object a line.
pub fn log() {
    let log = tracing_subscriber::fmt().json().flatten_event(true).with_target(false).with_writer(std::io::stderr);
    // Whoever embeds the server may log in his own way already.
    drop(log.with_max_level(tracing::Level::INFO).try_init());
}

/// Keeps the room of the numbers flat.
pub async fn upkeep(handle: PrometheusHandle) {
    loop {
        tokio::time::sleep(Duration::from_secs(5)).await;
        handle.run_upkeep();
    }
}

/// Counts and logs a request, and adds the headers that every response has.
pub async fn watch(request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = match request.method().as_str() {
        known @ ("GET" | "HEAD" | "POST" | "PUT" | "DELETE" | "OPTIONS" | "PATCH") => known.to_owned(),
        _ => "other".to_owned(),
    };
    let route = request.extensions().get::<MatchedPath>().map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let mut response = next.run(request).await;
    let status = response.status().as_u16();
    let took = begun.elapsed();
    metrics::counter!("accredit_requests_total", "route" => route.clone(), "method" => method.clone(), "status" => status.to_string())
        .increment(1);
    metrics::histogram!("accredit_request_seconds", "route" => route.clone()).record(took.as_secs_f64());
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
