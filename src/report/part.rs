//! Parts of the JSON of contract 2, for whoever needs no more: what to ask, or what would change a verdict.
//!
//! In: a report with advice. Out: one object; what stands in it is written as in the whole answer.
//! Owns which fields a part has. Never words anything.

use serde::Serialize;

use super::Report;
use super::advice_json::{changes, questions, timeline, together};
use super::json::kind_word;
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
    let decision = |told: &Explanation<'_>| {
        let advice = report.advice_on(told);
        serde_json::to_value(AskJson {
            id: &told.decision.id,
            kind: kind_word(told.decision.kind),
            subject: told.subject,
            verdict: told.verdict.word(),
            missing: each(&told.missing, |slot: &SlotId| report.program.name_of(*slot)),
            ask: advice.map(|advice| questions(report, told, advice)),
        })
        .unwrap_or_default()
    };
    written(report, decision, true)
}

/// What would change the verdicts: of each decision its verdict, `changes` and `timeline`.
pub fn changes_json(report: &Report<'_>) -> String {
    let decision = |told: &Explanation<'_>| {
        let advice = report.advice_on(told);
        serde_json::to_value(ChangesJson {
            id: &told.decision.id,
            kind: kind_word(told.decision.kind),
            subject: told.subject,
            verdict: told.verdict.word(),
            changes: advice.and_then(|advice| changes(report, advice)),
            timeline: advice.and_then(|advice| timeline(told, advice)),
        })
        .unwrap_or_default()
    };
    written(report, decision, false)
}

fn written(report: &Report<'_>, decision: impl Fn(&Explanation<'_>) -> serde_json::Value, with_together: bool) -> String {
    let decisions: Vec<serde_json::Value> = report.decisions.iter().map(decision).collect();
    super::programs::written(&PartJson {
        schema: 1,
        as_of: DayText(report.facts.as_of()),
        rules: RulesJson::new(report.program),
        decisions,
        together: report.advice.filter(|_| with_together).map(|advised| together(report, advised)),
    })
}
