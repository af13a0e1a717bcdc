//! Parts of the JSON of contract 2, for whoever needs no more: what to ask, or what would change a verdict.
//!
//! In: a report with advice. Out: one object; what stands in it is written as in the whole answer.
//! Owns which fields a part has. Never words anything.

use serde::Serialize;

use super::Report;
use super::advice_json::{changes, questions, timeline, together};
use super::json::kind_word;
use super::programs::written;
use super::shapes::RulesJson;
use super::value::{DayText, each};
use crate::explain::Explanation;
use crate::program::SlotId;

#[derive(Serialize)]
struct PartJson<'a, D, T> {
    schema: u8,
    as_of: DayText,
    rules: RulesJson<'a>,
    decisions: D,
    #[serde(flatten)]
    together: Option<T>,
}

#[derive(Serialize)]
struct AskJson<'a, M, Q> {
    id: &'a str,
    kind: &'static str,
    subject: Option<&'a str>,
    verdict: &'static str,
    missing: M,
    ask: Q,
}

#[derive(Serialize)]
struct ChangesJson<'a, C, T> {
    id: &'a str,
    kind: &'static str,
    subject: Option<&'a str>,
    verdict: &'static str,
    changes: C,
    timeline: T,
}

/// What to ask: of each decision its verdict, `missing` and `ask`, and what follows from all of them together.
pub fn ask_json(report: &Report<'_>) -> String {
    written(&PartJson {
        schema: 1,
        as_of: DayText(report.facts.as_of()),
        rules: RulesJson::new(report.program),
        decisions: each(&report.decisions, |told| asked(report, told)),
        together: report.advice.map(|advised| together(report, advised)),
    })
}

/// What would change the verdicts: of each decision its verdict, `changes` and `timeline`.
pub fn changes_json(report: &Report<'_>) -> String {
    written(&PartJson {
        schema: 1,
        as_of: DayText(report.facts.as_of()),
        rules: RulesJson::new(report.program),
        decisions: each(&report.decisions, |told| changed(report, told)),
        together: None::<()>,
    })
}

fn asked<'a>(report: &'a Report<'a>, told: &'a Explanation<'a>) -> impl Serialize + 'a {
    AskJson {
        id: &told.decision.id,
        kind: kind_word(told.decision.kind),
        subject: told.subject,
        verdict: told.verdict.word(),
        missing: each(&told.missing, |slot: &SlotId| report.program.name_of(*slot)),
        ask: report.advice_on(told).map(|advice| questions(report, told, advice)),
    }
}

fn changed<'a>(report: &'a Report<'a>, told: &'a Explanation<'a>) -> impl Serialize + 'a {
    let advice = report.advice_on(told);
    ChangesJson {
        id: &told.decision.id,
        kind: kind_word(told.decision.kind),
        subject: told.subject,
        verdict: told.verdict.word(),
        changes: advice.and_then(|advice| changes(report, advice)),
        timeline: advice.and_then(|advice| timeline(told, advice)),
    }
}
