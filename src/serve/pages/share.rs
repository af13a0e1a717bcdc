//! What is taken away from a check: a sheet to print, texts for an e-mail and a chat, the facts, a case for rule editors.
//!
//! In: a client. Out: a page with all of it, the sheet, or a file.
//! Owns the names of the files, which say nothing about the client. The words are those of `report`; never decides.

use askama::Template;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use super::client::Client;
use super::fields::Fields;
use super::visit::{Turned, Visit};
use super::{Site, hidden, page};
use crate::facts::written;
use crate::report::{self, Report};
use crate::{RuleSet, cases};

#[derive(Template)]
#[template(path = "share.html")]
struct Share {
    site: Site,
    state: String,
    name: String,
    mail: String,
    markdown: String,
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

/// The id and the title of the case, as they were typed or to begin with.
fn called(fields: &Fields, report: &Report<'_>) -> (String, String) {
    let id = fields.said("case_id").unwrap_or("NEW-1").to_owned();
    let title = fields.said("case_title").map(str::to_owned);
    (id, title.unwrap_or_else(|| report::counts(report).join("; ")))
}

fn case_text(rules: &RuleSet, report: &Report<'_>, client: &Client, (id, title): (&str, &str)) -> String {
    cases::recorded(rules, id, title, &client.facts, &report.decisions.iter().collect::<Vec<_>>())
}

pub(super) async fn share(visit: Visit) -> Result<Response, Turned> {
    let wanted = visit.wanted();
    let told = visit.decide(wanted, |report, visit| {
        let (rules, client) = (&visit.rules, &visit.client);
        let (case_id, case_title) = called(&visit.fields, report);
        page(&Share {
            site: Site::new(rules, "start", "Share or print"),
            state: hidden(client, visit.kind),
            name: report::name(rules.program(), &client.facts).unwrap_or_else(|| "A client without a name".to_owned()),
            mail: report::mail(report),
            markdown: report::markdown(report, false),
            chat: report::chat(report),
            case: case_text(rules, report, client, (&case_id, &case_title)),
            case_id,
            case_title,
        })
    });
    told.await
}

pub(super) async fn print(visit: Visit) -> Result<Response, Turned> {
    let wanted = visit.wanted();
    let told = visit.decide(wanted, |report, visit| {
        let site = Site::new(&visit.rules, "start", "To print");
        page(&Print { site, state: hidden(&visit.client, visit.kind), sheet: report::print_part(report) })
    });
    told.await
}

/// The facts document as a file.
pub(super) async fn facts(Visit { rules, client, .. }: Visit) -> Response {
    file("client.yaml", written(rules.program(), &client.facts, None, &client.unknown))
}

/// The case as a file.
pub(super) async fn case(visit: Visit) -> Result<Response, Turned> {
    let wanted = visit.wanted();
    let told = visit.decide(wanted, |report, visit| {
        let (id, title) = called(&visit.fields, report);
        file("client.cases.yaml", case_text(&visit.rules, report, &visit.client, (&id, &title)))
    });
    told.await
}

fn file(name: &str, text: String) -> Response {
    let kept = format!("attachment; filename=\"{name}\"");
    ([(CONTENT_TYPE, "application/yaml; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, kept)], text).into_response()
}
