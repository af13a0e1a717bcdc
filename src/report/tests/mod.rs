//! Reports about made accounts, under the rules in `rules/tiktok`.
//!
//! In: facts by name. Out: renderings, compared with what was looked at and approved.
//! Owns the made accounts. Never reads a facts document: that is tested where documents are read.

#![allow(clippy::disallowed_methods, reason = "tests read the rules of this repository")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod accounts;
mod renderings;

use crate::RuleSet;
use crate::eval::Workspace;
use crate::explain::explain;
use crate::facts::{Facts, Record, State};
use crate::program::{At, Decision, Lane, ListId, NO_EVENT, Program, SlotId, Type};
use crate::report::Report;
use crate::value::{Decimal, Money, parse_day};

/// The rule files under which renderings are approved: another program must not change them.
const APPROVED: [&str; 14] = [
    "account-setup",
    "allocation",
    "gmv-max-roi-protection",
    "new-advertiser",
    "offers",
    "promo-code",
    "remedies",
    "routes",
    "ruleset",
    "smart-plus-offer",
    "sources",
    "vocabulary",
    "warnings",
    "woocommerce",
];

/// The approved rules.
pub(super) fn rules() -> RuleSet {
    rules_and("")
}

/// The approved rules with some more.
pub(super) fn rules_and(more: &str) -> RuleSet {
    read(|name| APPROVED.contains(&name), more)
}

/// Every rule of the library.
pub(super) fn library() -> RuleSet {
    read(|_| true, "")
}

fn read(wanted: impl Fn(&str) -> bool, more: &str) -> RuleSet {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/rules/tiktok");
    let mut files = vec![("more.terms".to_owned(), more.to_owned())];
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap();
        if path.extension().is_some_and(|end| end == "terms") && wanted(stem) {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            files.push((name, std::fs::read_to_string(&path).unwrap()));
        }
    }
    RuleSet::read(files).unwrap_or_else(|unusable| panic!("{:#?}", unusable.findings))
}

/// A value as a document writes it.
fn lane(facts: &mut Facts, ty: &Type, text: &str) -> Lane {
    let word = |text: &str| Lane { main: ty.word(text).unwrap_or_else(|| panic!("no value {text}")), aux: 0 };
    match ty {
        Type::Date { .. } if text == "none" => Lane { main: NO_EVENT, aux: 0 },
        Type::Date { .. } => Lane { main: parse_day(text).unwrap(), aux: 0 },
        Type::Money => {
            let money = Money::parse(text).unwrap();
            Lane { main: money.minor, aux: i64::from(money.currency.numeric()) }
        }
        Type::Integer => Lane { main: text.parse().unwrap(), aux: 0 },
        Type::Decimal | Type::Percent => {
            let decimal = Decimal::parse(text.trim_end_matches('%')).unwrap();
            Lane { main: decimal.whole, aux: decimal.nanos }
        }
        Type::Text => Lane { main: facts.intern(text), aux: 0 },
        Type::Set(_) => Lane { main: text.split(", ").map(|part| 1 << word(part).main).sum(), aux: 0 },
        _ => word(text),
    }
}

/// Facts of an account: `name = value` a line, `offers:program` and `campaigns:id` before the facts of a record.
pub(super) fn facts(program: &Program, day: &str, text: &str) -> Facts {
    let mut facts = Facts::new(program, parse_day(day).unwrap());
    let mut record: Option<(ListId, Record)> = None;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some((section, key)) = line.split_once(':').filter(|_| !line.contains('=')) {
            if let Some((list, record)) = record.take() {
                facts.add_record(program, list, record);
            }
            let at = program.lists.iter().position(|list| program.sections[list.section].name == section).unwrap();
            let section = &program.sections[program.lists[at].section];
            let values = section.facts.iter().map(|fact| match &program.facts[fact.0 as usize].assume {
                Some(assume) => (assume.value, State::Assumed),
                None => (Lane::default(), State::Missing),
            });
            record = Some((ListId(at as u32), Record { key: key.trim().to_owned(), values: values.collect() }));
            continue;
        }
        let (name, value) = line.split_once(" = ").unwrap();
        if let Some((list, record)) = &mut record {
            let section = &program.sections[program.lists[list.0 as usize].section];
            let at = section.facts.iter().position(|fact| program.facts[fact.0 as usize].local == name);
            let at = at.unwrap_or_else(|| panic!("no fact {name}"));
            let ty = program.facts[section.facts[at].0 as usize].ty.clone();
            record.values[at] = (lane(&mut facts, &ty, value), State::Given);
            continue;
        }
        let at = program.slots.iter().zip(0..).find(|(slot, at)| slot.at == At::Single && program.name_of(SlotId(*at)) == name);
        let slot = SlotId(at.unwrap_or_else(|| panic!("no fact {name}")).1);
        let ty = program.fact_of(slot).unwrap().ty.clone();
        let value = lane(&mut facts, &ty, value);
        facts.set(slot, value, State::Given);
    }
    if let Some((list, record)) = record {
        facts.add_record(program, list, record);
    }
    facts
}

/// What is told about facts.
pub(super) fn report<'a>(rules: &'a RuleSet, facts: &'a Facts, wanted: impl Fn(&Decision) -> bool) -> Report<'a> {
    let mut workspace = Workspace::new(&rules.plan);
    let decisions = explain(rules.program(), &rules.plan, &rules.explainer, facts, &mut workspace, wanted);
    Report {
        program: rules.program(),
        sources: &rules.sources,
        facts,
        document: None,
        decisions,
        without_record: &[],
        advice: None,
    }
}
