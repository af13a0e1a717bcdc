//! What is taken away from a check: a sheet to print, texts for an e-mail and a chat, the facts, a case for rule editors.
//!
//! In: a client. Out: a page with all of it, the sheet, or a file.
//! Owns the names of the files, which say nothing about the client. The words are those of `report`; never decides.

use askama::Template;
use axum::extract::{Extension, Form, State as Shared};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use super::client::Client;
use super::fields::Fields;
use super::{Kind, Site, hidden, inquiry, page};
use crate::facts::written;
use crate::report::{self, Report};
use crate::serve::App;
use crate::serve::app::{Refusal, Wanted};
use crate::serve::guard::Caller;
use crate::{RuleSet, cases};

#[derive(Template)]
#[template(path = "share.html")]
struct Share {
    site: Site,
    state: String,
    name: String,
    mail: String,
    chat: String,
    case_id: String,
    case_title: String,
    case: String,
}

#[derive(Template)]
#[template(path = "print.html")]
struct Print {
    site: Site,
    state: String,
    sheet: String,
}

type Sent = Form<Vec<(String, String)>>;

/// Decides on the client of a form and shows what `told` makes of it.
async fn decided(
    app: App,
    caller: Caller,
    fields: &Fields,
    told: impl FnOnce(&RuleSet, &Report<'_>, &Client, Kind) -> Response + Send + 'static,
) -> Response {
    let rules = app.rules();
    let client = match Client::carried(&rules, fields) {
        Ok(client) => client,
        Err(broken) => return super::start::unread(&rules, &broken),
    };
    let kind = Kind::of(fields);
    let asked = inquiry(&client, &caller, Wanted::Kind(Some(kind.decided())));
    let by = std::sync::Arc::clone(&rules);
    match app.decide(asked, move |report, _| told(&by, report, &client, kind)).await {
        Ok(response) => response,
        Err(Refusal::Unread(broken)) => super::start::unread(&rules, &broken),
        Err(refusal) => refusal.into_response(),
    }
}

/// The id and the title of the case, as they were typed or to begin with.
fn called(fields: &Fields, report: &Report<'_>) -> (String, String) {
    let id = fields.said("case_id").unwrap_or("NEW-1").to_owned();
    let title = fields.said("case_title").map(str::to_owned);
    (id, title.unwrap_or_else(|| report::counts(report).join("; ")))
}

fn case_text(rules: &RuleSet, report: &Report<'_>, client: &Client, (id, title): (&str, &str)) -> String {
    cases::recorded(rules, id, title, &client.facts, &report.decisions.iter().collect::<Vec<_>>())
}

pub(super) async fn share(Shared(app): Shared<App>, Extension(caller): Extension<Caller>, Form(fields): Sent) -> Response {
    let fields = Fields::new(fields);
    let own = fields.clone();
    decided(app, caller, &own, move |rules, report, client, kind| {
        let (case_id, case_title) = called(&fields, report);
        page(&Share {
            site: Site::new(rules, "start", "Share or print"),
            state: hidden(client, kind),
            name: report::name(rules.program(), &client.facts).unwrap_or_else(|| "A client without a name".to_owned()),
            mail: report::markdown(report, false),
            chat: report::chat(report),
            case: case_text(rules, report, client, (&case_id, &case_title)),
            case_id,
            case_title,
        })
    })
    .await
}

pub(super) async fn print(Shared(app): Shared<App>, Extension(caller): Extension<Caller>, Form(fields): Sent) -> Response {
    let fields = Fields::new(fields);
    decided(app, caller, &fields, |rules, report, client, kind| {
        let site = Site::new(rules, "start", "To print");
        page(&Print { site, state: hidden(client, kind), sheet: report::print_part(report) })
    })
    .await
}

/// The facts document as a file.
pub(super) async fn facts(Shared(app): Shared<App>, Form(fields): Sent) -> Response {
    let rules = app.rules();
    match Client::carried(&rules, &Fields::new(fields)) {
        Ok(client) => file("client.yaml", written(rules.program(), &client.facts, None, &client.unknown)),
        Err(broken) => super::start::unread(&rules, &broken),
    }
}

/// The case as a file.
pub(super) async fn case(Shared(app): Shared<App>, Extension(caller): Extension<Caller>, Form(fields): Sent) -> Response {
    let fields = Fields::new(fields);
    let own = fields.clone();
    decided(app, caller, &own, move |rules, report, client, _| {
        let (id, title) = called(&fields, report);
        file("client.cases.yaml", case_text(rules, report, client, (&id, &title)))
    })
    .await
}

fn file(name: &str, text: String) -> Response {
    let kept = format!("attachment; filename=\"{name}\"");
    ([(CONTENT_TYPE, "application/yaml; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, kept)], text).into_response()
}
