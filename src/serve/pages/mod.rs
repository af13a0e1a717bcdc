//! Pages for people, complete without JavaScript.
//!
//! In: requests of a browser. Out: HTML.
//! Owns how pages look. Never decides: `App::decide` does, and logs it.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use super::App;

/// Every page.
pub fn router() -> Router<App> {
    Router::new().route("/", get(start))
}

#[derive(Template)]
#[template(path = "start.html")]
struct Start<'a> {
    digest: &'a str,
    decisions: usize,
}

async fn start(State(app): State<App>) -> Response {
    let rules = app.rules();
    let program = rules.program();
    page(&Start { digest: &program.digest, decisions: program.decisions.len() })
}

/// A template as a response.
fn page(template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => Html(html).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
