//! One decision: why and why not, what would change it, until when, on which step of spend, every requirement.
//!
//! In: a client and which decision. Out: the page, with two charts and their tables.
//! Owns its order. The words are those of `report`; never decides.

use std::sync::Arc;

use askama::Template;
use axum::response::Response;

use super::chart::{self, Chart};
use super::client::Client;
use super::details::from;
use super::visit::{Turned, Visit};
use super::{Kind, Site, gone, hidden, page};
use crate::explain::Explanation;
use crate::facts::State;
use crate::program::{AS_OF, At, SlotId};
use crate::report::{self, Report, Sheet};
use crate::serve::app::Wanted;

#[derive(Template)]
#[template(path = "one.html")]
struct One {
    site: Site,
    state: String,
    id: String,
    sheet: Sheet,
    /// What was read for it: the question, the value, where that came from.
    read: Vec<(String, String, String)>,
    timeline: Option<Chart>,
    ladder: Option<Chart>,
}

pub(super) async fn one(visit: Visit) -> Result<Response, Turned> {
    let rules = Arc::clone(&visit.rules);
    let (id, at) = visit.fields.get("which").and_then(|which| which.split_once('/')).unwrap_or_default();
    let at = at.parse().unwrap_or(usize::MAX);
    let wanted = Wanted::Ids(vec![id.to_owned()]);
    let told = visit.decide(wanted, move |report, visit| shown(report, at, &visit.client, visit.kind).map(|one| page(&one)));
    let none = || gone(&rules, "start", "Nothing of this name was decided about the client.", None);
    Ok(told.await?.unwrap_or_else(none))
}

/// Every known detail that a requirement reads, once.
fn read(report: &Report<'_>, told: &Explanation<'_>, client: &Client) -> Vec<(String, String, String)> {
    let mut seen: Vec<SlotId> = Vec::new();
    let mut found = Vec::new();
    for fact in told.requirements.iter().flat_map(|note| told.facts_of(note.facts)) {
        if fact.state == State::Missing || fact.slot == AS_OF || seen.contains(&fact.slot) {
            continue;
        }
        seen.push(fact.slot);
        let own = matches!(report.program.slots.get(fact.slot.0 as usize).map(|slot| slot.at), Some(At::Record(_)));
        let asked = (fact.slot, told.subject.filter(|_| own).map(str::to_owned));
        let Some(declared) = report.program.fact_of(fact.slot) else { continue };
        let value = report::value(report.program, report.facts, fact.slot, fact.lane);
        found.push((declared.ask.clone(), value, from(report.program, client, &asked, fact.state)));
    }
    found
}

fn shown(report: &Report<'_>, at: usize, client: &Client, kind: Kind) -> Option<One> {
    let sheet = report::sheet(report, at)?;
    let site = Site::of(report.program, "start", sheet.title.clone());
    let timeline = sheet.turns.as_deref().filter(|turns| turns.len() > 1).map(chart::timeline);
    let ladder = sheet.ladder.as_ref().map(chart::ladder);
    let id = report.decisions.get(at).map_or_else(String::new, |told| told.decision.id.clone());
    let read = report.decisions.get(at).map(|told| read(report, told, client)).unwrap_or_default();
    Some(One { site, state: hidden(client, kind), id, sheet, read, timeline, ladder })
}
