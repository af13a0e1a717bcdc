//! The manual: every credit, action and check with its terms in words, its sources and its cases; the ways to support.
//!
//! In: the rule set in force, those before it, and the cases beside it. Out: pages.
//! Owns their addresses. The words are those of `report` and of the rules; never evaluates.

use askama::Template;
use axum::Router;
use axum::extract::{Extension, Path, State};
use axum::response::Response;
use axum::routing::get;

use super::history::{self, History, Kept, Shelf};
use super::visit::Turned;
use super::{Site, Worked, gone, page};
use crate::diagnostic::did_you_mean;
use crate::report::{self, Listed, Routed, Sourced};
use crate::serve::App;
use crate::syntax::DecisionKind;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/rules", get(index))
        .route("/rules/version", get(version))
        .route("/rules/of/{id}", get(one))
        .route("/rules/kept/{digest}", get(history::version))
        .route("/rules/kept/{digest}/of/{id}", get(history::terms))
        .route("/support", get(routes))
        .route("/support/{id}", get(route))
        .layer(Extension(Shelf::default()))
}

/// Decisions of one kind, each with how many cases try it.
struct Kind {
    heading: &'static str,
    anchor: &'static str,
    decisions: Vec<(Listed, usize)>,
}

#[derive(Template)]
#[template(path = "rules.html")]
struct Index {
    site: Site,
    about: String,
    kinds: Vec<Kind>,
    sources: Vec<Sourced>,
}

async fn index(State(app): State<App>) -> Response {
    let (rules, book) = app.rules_and_cases();
    let program = rules.program();
    let all = report::listed(program);
    let kinds = [
        (DecisionKind::Credit, "Credits", "credits"),
        (DecisionKind::Action, "Actions", "actions"),
        (DecisionKind::Check, "Set-up checks", "checks"),
    ];
    let of = |(kind, heading, anchor)| Kind {
        heading,
        anchor,
        decisions: all.iter().filter(|one| one.kind == kind).map(|one| (one.clone(), book.of(one.place).len())).collect(),
    };
    let kinds = kinds.map(of).into_iter().filter(|kind| !kind.decisions.is_empty()).collect();
    let site = Site::new(&rules, "rules", "The rules");
    page(&Index { site, about: program.about.clone(), kinds, sources: report::sourced(program) })
}

#[derive(Template)]
#[template(path = "terms.html")]
struct Terms<'a> {
    site: Site,
    terms: String,
    cases: &'a [Worked],
    history: History,
}

async fn one(State(app): State<App>, shelf: Extension<Shelf>, Path(id): Path<String>) -> Result<Response, Turned> {
    let (rules, book) = app.rules_and_cases();
    let program = rules.program();
    let Some(at) = program.decisions.iter().position(|decision| decision.id == id) else {
        let help = did_you_mean(&id, program.decisions.iter().map(|decision| decision.id.as_str()));
        return Ok(gone(&rules, "rules", "The rules decide nothing of this name.", help));
    };
    let Some(decision) = program.decisions.get(at) else { return Ok(gone(&rules, "rules", "", None)) };
    let history = history::of(&app, &shelf, &id).await.map_err(|why| Turned::new(&rules, why))?;
    let terms = report::terms_part(program, decision);
    let site = Site::new(&rules, "rules", decision.title.clone());
    Ok(page(&Terms { site, terms, cases: book.of(at), history }))
}

#[derive(Template)]
#[template(path = "version.html")]
struct Version<'a> {
    site: Site,
    decisions: usize,
    sources: usize,
    read: Option<String>,
    files: Vec<&'a str>,
    kept: Vec<Kept>,
}

async fn version(State(app): State<App>) -> Result<Response, Turned> {
    let rules = app.rules();
    let kept = history::kept(&app).await.map_err(|why| Turned::new(&rules, why))?;
    let program = rules.program();
    let read = || program.sources.iter().filter_map(|source| source.read);
    Ok(page(&Version {
        site: Site::new(&rules, "rules", "Version of the rules"),
        decisions: program.decisions.len(),
        sources: program.sources.len(),
        read: read().min().zip(read().max()).map(|(first, last)| match first == last {
            true => format!("on {}", report::day(last)),
            false => format!("from {} to {}", report::day(first), report::day(last)),
        }),
        files: rules.sources.files().map(|(_, file)| file.name()).map(base).collect(),
        kept,
    }))
}

/// The last part of a path: where the rules lie on the server is nobody's business.
fn base(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

#[derive(Template)]
#[template(path = "support.html")]
struct Routes {
    site: Site,
    routes: Vec<Routed>,
}

async fn routes(State(app): State<App>) -> Response {
    let rules = app.rules();
    page(&Routes { site: Site::new(&rules, "support", "Support routes"), routes: report::routed(rules.program()) })
}

#[derive(Template)]
#[template(path = "plain.html")]
struct Plain {
    site: Site,
    content: String,
}

async fn route(State(app): State<App>, Path(id): Path<String>) -> Response {
    let rules = app.rules();
    let program = rules.program();
    let Some(route) = program.routes.iter().find(|route| route.id == id) else {
        let help = did_you_mean(&id, program.routes.iter().map(|route| route.id.as_str()));
        return gone(&rules, "support", "The rules know no way to support of this name.", help);
    };
    let content = report::route_part(program, route);
    page(&Plain { site: Site::new(&rules, "support", route.symptom.clone()), content })
}
