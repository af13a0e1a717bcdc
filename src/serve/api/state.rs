//! How the server is: alive, ready, by which rules it decides, in numbers.
//!
//! In: nothing. Out: small JSON, and the text that Prometheus reads.
//! Owns these shapes. Never tells of a client.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::call::Query;
use crate::serve::app::{App, Refusal};
use crate::serve::guard::Caller;
use crate::serve::problem::Problem;
use crate::serve::reload::Refused;
use crate::serve::tokens::Scope;

#[derive(Serialize)]
struct Health {
    status: &'static str,
}

#[derive(Serialize)]
struct Ready<'a> {
    status: &'static str,
    rules: &'a str,
    /// Are the files of the rules those in force? If not, they are broken.
    current: bool,
}

#[derive(Serialize)]
struct Rules<'a> {
    name: &'a str,
    version: &'a str,
    digest: &'a str,
    since: i64,
}

#[derive(Serialize)]
struct Told<'a> {
    schema: u8,
    rules: Rules<'a>,
    refused: Option<Refused>,
}

fn json(value: &impl Serialize) -> Response {
    ([(CONTENT_TYPE, "application/json")], serde_json::to_vec(value).unwrap_or_default()).into_response()
}

/// The process answers.
pub(super) async fn health(request: Request) -> Result<Response, Problem> {
    Query::of(request.uri(), &[])?;
    Ok(json(&Health { status: "ok" }))
}

/// Requests are answered, by these rules.
pub(super) async fn ready(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    Query::of(request.uri(), &[])?;
    if let Some(store) = app.store() {
        // A store that does not answer takes no decision, so nothing could be answered.
        let head = store.head().map_err(Refusal::from)?;
        let answered = tokio::time::timeout(Duration::from_secs(2), head).await;
        answered.map_err(|_| Problem::from(Refusal::Late))?.map_err(Refusal::from)?;
    }
    let rules = app.rules();
    Ok(json(&Ready { status: "ready", rules: &rules.program().digest, current: app.refused().is_none() }))
}

/// The rules in force, and those that were not taken; what is wrong with these, for whoever edits rules.
pub(super) async fn state(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Response, Problem> {
    Query::of(request.uri(), &[])?;
    let (rules, since) = (app.rules(), app.since());
    let program = rules.program();
    let told = |refused: Arc<Refused>| {
        let mut refused = Refused::clone(&refused);
        if caller.scope < Scope::Editor {
            refused.errors.clear();
        }
        refused
    };
    let rules = Rules { name: &program.name, version: &program.version, digest: &program.digest, since };
    Ok(json(&Told { schema: 1, rules, refused: app.refused().map(told) }))
}

/// The numbers, for Prometheus.
pub(super) async fn metrics(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    Query::of(request.uri(), &[])?;
    let stored = app.store().map_or(0, |store| store.waiting());
    let numbers = app.numbers().text(app.waiting(), stored);
    let numbers = numbers.map_err(|_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the numbers cannot be told"))?;
    let rules = app.rules();
    let digest = &rules.program().digest;
    // Written here, because a number by its name would keep every digest that ever was in force.
    let current = u8::from(app.refused().is_none());
    let text = format!(
        "{numbers}# HELP accredit_rules_info The rules in force; 0 while their files are broken.\n# TYPE accredit_rules_info gauge\n\
         accredit_rules_info{{digest=\"{digest}\"}} {current}\n"
    );
    Ok(([(CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response())
}
