//! The differences as JSON, schema 1.
//!
//! In: a report about two versions. Out: one object; its field order is fixed.
//! Owns the names of its fields. Never words anything for people beyond the statements themselves.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::programs::written;
use super::super::shapes::RulesJson;
use super::page::by;
use super::words::{Kind, Said};
use super::{DiffReport, class_word, statements, vocabulary};
use crate::analyze::{Cell, Change, Class, Compared, Witness};
use crate::program::{Lane, Type};

#[derive(Serialize)]
struct DiffJson<'a> {
    schema: u8,
    old: RulesJson<'a>,
    new: RulesJson<'a>,
    decisions: Vec<DecisionJson<'a>>,
    vocabulary: Vec<SharedJson>,
    accounts: Option<AccountsJson>,
}

#[derive(Serialize)]
struct DecisionJson<'a> {
    id: &'a str,
    change: &'static str,
    proved: bool,
    more_often_open: bool,
    less_often_open: bool,
    statements: Vec<StatementJson>,
    verdicts: Vec<CellJson>,
    reward: Option<RewardJson>,
    requirements: Vec<RequirementJson<'a>>,
}

#[derive(Serialize)]
struct StatementJson {
    kind: &'static str,
    part: String,
    label: String,
    lead: String,
    before: Option<String>,
    after: Option<String>,
    tail: String,
    cites_before: Vec<String>,
    cites_after: Vec<String>,
}

#[derive(Serialize)]
struct CellJson {
    before: &'static str,
    after: &'static str,
    moved_by: Vec<String>,
    account: Option<AccountJson>,
    not_analysed: Option<&'static str>,
}

#[derive(Serialize)]
struct RequirementJson<'a> {
    id: &'a str,
    results: Vec<CellJson>,
}

#[derive(Serialize)]
struct RewardJson {
    before: Option<String>,
    after: Option<String>,
    account: Option<AccountJson>,
    not_analysed: Option<&'static str>,
}

#[derive(Serialize)]
struct AccountJson {
    as_of: String,
    facts: Vec<FactJson>,
    old_document: String,
    new_document: String,
}

#[derive(Serialize)]
struct FactJson {
    fact: String,
    value: String,
}

#[derive(Serialize)]
struct SharedJson {
    name: String,
    change: String,
}

#[derive(Serialize)]
struct AccountsJson {
    accounts: usize,
    moved: usize,
    groups: Vec<GroupJson>,
}

#[derive(Serialize)]
struct GroupJson {
    decision: String,
    before: Option<&'static str>,
    after: Option<&'static str>,
    moved_by: Vec<String>,
    count: usize,
    gained: Vec<String>,
    lost: Vec<String>,
    samples: Vec<String>,
}

pub(super) fn json(report: &DiffReport<'_>) -> String {
    let impact = report.impact.map(|impact| AccountsJson {
        accounts: impact.accounts,
        moved: impact.moved,
        groups: impact
            .groups
            .iter()
            .map(|((decision, before, after, by), group)| GroupJson {
                decision: decision.clone(),
                before: before.map(|verdict| verdict.word()),
                after: after.map(|verdict| verdict.word()),
                moved_by: by.clone(),
                count: group.count,
                gained: amounts(&group.gained),
                lost: amounts(&group.lost),
                samples: group.samples.clone(),
            })
            .collect(),
    });
    let shared = vocabulary::changes(report.old, report.new).into_iter().map(|(name, change)| SharedJson { name, change });
    written(&DiffJson {
        schema: 1,
        old: RulesJson::new(report.old),
        new: RulesJson::new(report.new),
        decisions: report.compared.iter().map(|one| decision(report, one)).collect(),
        vocabulary: shared.collect(),
        accounts: impact,
    })
}

fn decision<'a>(report: &DiffReport<'_>, one: &'a Compared) -> DecisionJson<'a> {
    let reward = one.reward.as_ref().map(|found| {
        let amount = |side: usize| {
            let witness = found.as_ref().ok()?;
            witness.rewards.get(side).copied().flatten().map(|reward| Type::Money.text(reward.amount))
        };
        RewardJson {
            before: amount(0),
            after: amount(1),
            account: found.as_ref().ok().map(|witness| account(witness)),
            not_analysed: found.as_ref().err().map(|why| why_word(*why)),
        }
    });
    DecisionJson {
        id: &one.id,
        change: class_word(one),
        proved: one.class == Class::Same,
        more_often_open: one.more_open,
        less_often_open: one.less_open,
        statements: statements(report, one).into_iter().map(|said| statement(report, said)).collect(),
        verdicts: one.verdicts.iter().map(|shown| cell(report, one, shown, shown.before.word(), shown.after.word())).collect(),
        reward,
        requirements: one
            .requirements
            .iter()
            .map(|(id, cells)| RequirementJson {
                id,
                results: cells.iter().map(|shown| cell(report, one, shown, shown.before.word(), shown.after.word())).collect(),
            })
            .collect(),
    }
}

fn cell<T>(report: &DiffReport<'_>, one: &Compared, cell: &Cell<T>, before: &'static str, after: &'static str) -> CellJson {
    CellJson {
        before,
        after,
        moved_by: cell.account.as_ref().map_or_else(|_| Vec::new(), |witness| by(report, one, witness)),
        account: cell.account.as_ref().ok().map(|witness| account(witness)),
        not_analysed: cell.account.as_ref().err().map(|why| why_word(*why)),
    }
}

fn statement(report: &DiffReport<'_>, said: Said) -> StatementJson {
    let ids = |program: &crate::program::Program, cites: &[usize]| {
        cites.iter().filter_map(|at| program.sources.get(*at)).map(|source| source.id.clone()).collect()
    };
    StatementJson {
        kind: match said.kind {
            Kind::Meaning => "meaning",
            Kind::Citation => "citation",
            Kind::Wording => "wording",
        },
        cites_before: ids(report.old, &said.old_cites),
        cites_after: ids(report.new, &said.new_cites),
        part: said.part,
        label: said.label,
        lead: said.lead,
        before: said.before,
        after: said.after,
        tail: said.tail,
    }
}

fn account(witness: &Witness) -> AccountJson {
    let document = |side: usize| witness.documents.get(side).cloned().unwrap_or_default();
    AccountJson {
        as_of: witness.facts.first().map_or_else(String::new, |facts| crate::value::day_text(facts.as_of())),
        facts: witness.given.iter().map(|(fact, value)| FactJson { fact: fact.clone(), value: value.clone() }).collect(),
        old_document: document(0),
        new_document: document(1),
    }
}

const fn why_word(why: Change) -> &'static str {
    match why {
        Change::NotAnalysed => "arithmetic",
        Change::OutOfSteps => "steps",
    }
}

fn amounts(all: &BTreeMap<i64, i128>) -> Vec<String> {
    let text = |(currency, minor): (&i64, &i128)| {
        let main = i64::try_from(*minor).unwrap_or(i64::MAX);
        Type::Money.text(Lane { main, aux: *currency })
    };
    all.iter().map(text).collect()
}
