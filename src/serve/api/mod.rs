//! The HTTP API: contract 2 over HTTP.
//!
//! In: facts documents and tables. Out: the JSON of the command line, streams of rows, problems.
//! Owns paths, parameters and media types. Never words a verdict, never decides: `App` does.

mod accounts;
mod call;
mod decide;
mod incoming;
mod openapi;
mod rules;
mod screen;
mod state;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

pub use openapi::document as openapi;

use super::App;
use super::problem::Problem;
use crate::diagnostic::nearest;

/// Every path of the API, for the help of those who write another one.
const PATHS: [&str; 12] = [
    "/v1/check",
    "/v1/ask",
    "/v1/changes",
    "/v1/screen",
    "/v1/rules",
    "/v1/rules/{id}",
    "/v1/state",
    "/v1/accounts/{reference}",
    "/openapi.json",
    "/health",
    "/ready",
    "/metrics",
];

/// Every path of the API.
pub fn router() -> Router<App> {
    Router::new()
        .route("/v1/check", post(decide::check))
        .route("/v1/ask", post(decide::ask))
        .route("/v1/changes", post(decide::changes))
        // It counts for itself how much comes.
        .route("/v1/screen", post(screen::screen).layer(DefaultBodyLimit::disable()))
        .route("/v1/rules", get(rules::list))
        .route("/v1/rules/{id}", get(rules::one))
        .route("/v1/state", get(state::state))
        .route("/v1/accounts/{reference}", get(accounts::load).put(accounts::save))
        .route("/openapi.json", get(openapi::openapi))
        .route("/health", get(state::health))
        .route("/ready", get(state::ready))
        .route("/metrics", get(state::metrics))
}

/// A path that is none.
pub async fn no_path(request: Request) -> Response {
    let near = nearest(request.uri().path(), PATHS).map_or_else(String::new, |near| format!("; did you mean {near}?"));
    Problem::new(StatusCode::NOT_FOUND, format!("there is nothing at this path{near}")).into_response()
}

/// A method that a path does not know; the response says which it knows in `Allow`.
pub async fn no_method() -> Response {
    let detail = "this path does not know this method; `Allow` says which it knows";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, detail).into_response()
}
