//! `/v1/rules`: what the rules decide, and the terms of one decision.
//!
//! In: an id or nothing. Out: the JSON of `accredit programs`.
//! Owns the tag by which a client knows that nothing changed. Never evaluates.

use axum::extract::{Path, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::call::Query;
use crate::RuleSet;
use crate::diagnostic::did_you_mean;
use crate::report::{self, Form};
use crate::serve::app::App;
use crate::serve::problem::Problem;

pub(super) async fn list(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    Query::of(request.uri(), &[])?;
    let rules = app.rules();
    Ok(tagged(request.headers(), &rules, || report::programs(rules.program(), None, Form::Json)))
}

pub(super) async fn one(State(app): State<App>, Path(id): Path<String>, request: Request) -> Result<Response, Problem> {
    Query::of(request.uri(), &[])?;
    let rules = app.rules();
    let program = rules.program();
    let Some(decision) = program.decision(&id) else {
        let help = did_you_mean(&id, program.decisions.iter().map(|decision| decision.id.as_str()));
        let help = help.unwrap_or_else(|| "GET /v1/rules lists them".to_owned());
        return Err(Problem::new(StatusCode::NOT_FOUND, format!("the rules decide nothing of this name: {help}")));
    };
    Ok(tagged(request.headers(), &rules, || report::program(program, decision, Form::Json)))
}

/// JSON that changes with the rules alone.
fn tagged(headers: &HeaderMap, rules: &RuleSet, json: impl FnOnce() -> String) -> Response {
    let tag = format!("\"{}\"", rules.program().digest);
    let same = headers.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let about = [(ETAG, tag), (CACHE_CONTROL, "no-cache".to_owned())];
    if same {
        return (StatusCode::NOT_MODIFIED, about).into_response();
    }
    (about, [(CONTENT_TYPE, "application/json")], json()).into_response()
}
