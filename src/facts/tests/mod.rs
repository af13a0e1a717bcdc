//! Documents and what comes of them.

#![allow(clippy::disallowed_methods, reason = "tests read the rules of this repository")]

mod accounts;
mod document;
mod limits;
mod linked;
mod sections;
mod speed;
mod values;

use std::sync::LazyLock;

use super::{Facts, Format, Reader, State};
use crate::check::check;
use crate::diagnostic::Diagnostic;
use crate::program::{At, Program, SlotId};
use crate::source::{FileId, SourceFile, SourceMap};
use crate::syntax::{Syntax, parse};

/// The rule set of the repository, of which only the vocabulary matters here.
pub(super) static PROGRAM: LazyLock<Program> = LazyLock::new(|| {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/rules/tiktok");
    let mut sources = SourceMap::default();
    let mut syntax = Syntax::default();
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|ending| ending == "terms")) {
        let text = std::fs::read_to_string(path).unwrap();
        let id = sources.add(SourceFile::new(path.display().to_string(), text));
        syntax.items.extend(parse(id, sources.file(id).unwrap()).0.items);
    }
    check(&syntax).program
});

pub(super) static READER: LazyLock<Reader> = LazyLock::new(|| Reader::new(&PROGRAM));

/// A document as a user writes one.
const SELF_SERVE: &str = "
as_of: 2026-04-02
account: {country: US, currency: USD, registered_on: 2026-03-01, status: approved, creation_path: ads_manager,
  ownership_transferred: false, prior_paid_delivery: false, billing: automatic, payment_method: card,
  business_profile_complete: true, billing_country: US, unpaid_balance: 0 USD, failed_charges: 0}
signup: {entry_point: official_getstarted, offer_banner_seen: true}
offers:
  - {program: new_advertiser_ladder, visible_in_promotions: true, country: US, tier_table: us_five_tier,
     window_days: 30, status: earning, register_step: not_needed}
code: {kind: none}
shop:
partner: {route: none}
campaigns: [{id: c1}, {id: \"007\"}]
credits: null
";

/// The facts of a YAML document that is sound.
pub(super) fn yaml(text: &str) -> Facts {
    READER.read(FileId(0), text, Format::Yaml).unwrap_or_else(|findings| panic!("{}", told(text, &findings)))
}

/// The facts of a JSON document that is sound.
pub(super) fn json(text: &str) -> Facts {
    READER.read(FileId(0), text, Format::Json).unwrap_or_else(|findings| panic!("{}", told(text, &findings)))
}

/// What is said of a YAML document.
pub(super) fn said(text: &str) -> String {
    match READER.read(FileId(0), text, Format::Yaml) {
        Ok(_) => "sound".to_owned(),
        Err(findings) => told(text, &findings),
    }
}

/// What is said of a JSON document.
pub(super) fn said_of_json(text: &str) -> String {
    match READER.read(FileId(0), text, Format::Json) {
        Ok(_) => "sound".to_owned(),
        Err(findings) => told(text, &findings),
    }
}

/// Findings with their places, what is marked there, and the help.
pub(super) fn told(text: &str, findings: &[Diagnostic]) -> String {
    let file = SourceFile::new("facts.yaml", text);
    let mut out = String::new();
    for finding in findings {
        let place = |start: u32| {
            let place = file.place(start as usize);
            format!("{}:{}", place.line, place.column)
        };
        let marked =
            |span: crate::source::Span| text.get(span.range()).expect("a span lies in the text").escape_debug().to_string();
        let span = finding.span();
        out += &format!("{} [{}] {}\n", place(span.start), finding.code.name, finding.headline);
        for (span, label) in &finding.labels {
            out += &format!("  {}: {} {label}\n", place(span.start), marked(*span)).replace(" \n", "\n");
        }
        out.extend(finding.help.iter().map(|help| format!("  help: {help}\n")));
    }
    out
}

/// A value as a document would write it, with how it came to be known.
pub(super) fn value(facts: &Facts, name: &str) -> String {
    let slot = PROGRAM.slots.iter().zip(0..).find(|(slot, at)| slot.at == At::Single && PROGRAM.name_of(SlotId(*at)) == name);
    shown_at(facts, SlotId(slot.unwrap_or_else(|| panic!("no fact {name}")).1))
}

/// A value of the offer of a program.
pub(super) fn of_offer(facts: &Facts, program: &str, name: &str) -> String {
    let is_keyed = |at: At| match at {
        At::Keyed(list, key) => {
            let key_fact = PROGRAM.lists[list.0 as usize].key;
            PROGRAM.facts[key_fact.0 as usize].ty.word(program) == Some(key)
        }
        _ => false,
    };
    let slot = PROGRAM.slots.iter().zip(0..).find(|(slot, at)| is_keyed(slot.at) && PROGRAM.name_of(SlotId(*at)) == name);
    shown_at(facts, SlotId(slot.unwrap_or_else(|| panic!("no fact {name}")).1))
}

fn shown_at(facts: &Facts, slot: SlotId) -> String {
    let Some(lane) = facts.get(slot) else { return "missing".to_owned() };
    let text = match &PROGRAM.fact_of(slot).unwrap().ty {
        crate::program::Type::Text => facts.text(lane).to_owned(),
        ty => ty.text(lane),
    };
    match facts.state(slot) {
        State::Given => text,
        state => format!("{text} ({})", state.word()),
    }
}
