//! Pages for people, complete without JavaScript.
//!
//! In: requests of a browser. Out: HTML.
//! Owns how pages look. Never decides: `App::decide` does, and logs it; never words a verdict: `report` does.
//!
//! | file | job |
//! |---|---|
//! | `assets` | style sheet, script, icon |
//! | `casebook` | the cases beside the rules, by decision |
//! | `start`, `row` | the first page: questions, a document, a row of a table |
//! | `client`, `origins`, `fields` | a client as a form carries one, and where each detail came from |
//! | `visit` | a form about a client: what every page about one does with it |
//! | `control`, `details` | the field of a detail; all details, to check |
//! | `results`, `kind` | verdicts and the next question, of credits, actions or checks |
//! | `one`, `chart` | one decision in all its parts |
//! | `compare` | a client beside copies with a change |
//! | `share`, `kept` | to print, to paste; to keep under a reference and go on another day |
//! | `agency/` | a table of accounts: columns, results, files |
//! | `rules` | the manual: every credit, action and check, its terms, sources and cases; ways to support |
//! | `history` | what the rules said before, by the versions that the store keeps |
//!
//! A client's facts travel in the bodies of requests, never in an address.

mod agency;
mod assets;
mod casebook;
mod chart;
mod client;
mod compare;
mod control;
mod details;
mod fields;
mod history;
mod kept;
mod kind;
mod one;
mod origins;
mod results;
mod row;
mod rules;
mod share;
mod start;
mod visit;

pub use casebook::{CaseBook, CaseShelf, ReadCases, Worked};

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use super::App;
use super::app::Refusal;
use super::problem::Problem;
use crate::RuleSet;
use crate::program::Program;
use crate::report;
use client::Client;
use kind::Kind;

/// Every page.
pub fn router() -> Router<App> {
    // A page that a form led to has no address of its own: whoever opens it by one begins again.
    let back = || get(async || Redirect::to("/"));
    Router::new()
        .merge(agency::router())
        .merge(assets::router())
        .merge(rules::router())
        .route("/", get(start::start))
        .route("/begin", post(start::begin).merge(back()))
        .route("/open", post(start::open).merge(back()))
        .route("/row", post(start::open_row).merge(back()))
        .route("/resume", post(kept::resume).merge(back()))
        .route("/keep", post(kept::keep).merge(back()))
        .route("/details", post(details::details).merge(back()))
        .route("/results", post(results::results).merge(back()))
        .route("/one", post(one::one).merge(back()))
        .route("/compare", post(compare::compare).merge(back()))
        .route("/share", post(share::share).merge(back()))
        .route("/print", post(share::print).merge(back()))
        .route("/facts", post(share::facts).merge(back()))
        .route("/case", post(share::case).merge(back()))
}

/// What every page has around its content.
struct Site {
    /// Of the window.
    title: String,
    /// Which part of the site it is.
    here: &'static str,
    css: &'static str,
    js: &'static str,
    promise: String,
    /// The name of the rule set.
    rules: String,
    version: String,
    digest: String,
}

impl Site {
    fn new(rules: &RuleSet, here: &'static str, title: impl Into<String>) -> Self {
        Self::of(rules.program(), here, title)
    }

    fn of(program: &Program, here: &'static str, title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            here,
            css: &assets::CSS_PATH,
            js: &assets::JS_PATH,
            promise: report::promise(program),
            rules: program.name.clone(),
            version: program.version.clone(),
            digest: program.digest.clone(),
        }
    }
}

/// The fields with which a form carries a client.
#[derive(Template)]
#[template(path = "state.html")]
struct Hidden<'a> {
    text: &'a str,
    from: &'a str,
    kind: &'static str,
}

/// The hidden fields of a client, in HTML.
fn hidden(client: &Client, kind: Kind) -> String {
    Hidden { text: &client.text, from: &client.origins.carried(), kind: kind.word() }.render().unwrap_or_default()
}

/// A template as a response.
fn page(template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => Html(html).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

#[derive(Template)]
#[template(path = "gone.html")]
struct Gone<'a> {
    site: Site,
    what: &'a str,
    help: Option<String>,
}

/// There is no such page; `help` names the nearest one.
fn gone(rules: &RuleSet, here: &'static str, what: &str, help: Option<String>) -> Response {
    let shown = page(&Gone { site: Site::new(rules, here, "Not found"), what, help });
    (StatusCode::NOT_FOUND, shown).into_response()
}

#[derive(Template)]
#[template(path = "stopped.html")]
struct Stopped {
    site: Site,
    why: String,
}

/// What somebody wanted could not be done.
fn stopped(rules: &RuleSet, here: &'static str, why: Refusal) -> Response {
    let problem = Problem::from(why);
    let site = Site::new(rules, here, "This was not done");
    let shown = page(&Stopped { site, why: client::told(&problem.detail, None) });
    problem.told_by(shown)
}

#[derive(Template)]
#[template(path = "login.html")]
struct Login<'a> {
    site: Site,
    next: &'a str,
    wrong: Option<&'a str>,
    tokens: bool,
}

/// The page on which a token is given; `next` is where it leads, and `tokens` says whether one is needed at all.
pub fn login(rules: &RuleSet, next: &str, wrong: Option<&str>, tokens: bool) -> Response {
    page(&Login { site: Site::new(rules, "login", "Log in"), next, wrong, tokens })
}
