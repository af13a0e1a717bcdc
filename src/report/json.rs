//! Reports as JSON, by contract 2, schema 1.
//!
//! In: reports. Out: one object, or an array of several. Field order is fixed, runs are byte-identical.
//! Owns what goes into each field. Never builds a tree: everything is written from what is borrowed.

use std::io;

use serde::Serialize;

use super::Report;
use super::advice_json::{changes, questions, timeline, together};
use super::shapes::{
    AnswerJson, AssumptionJson, AtJson, DecisionJson, ExpectedJson, ExpectedValues, FactJson, MarginJson, NextJson,
    ProgressJson, ReadingJson, RemedyJson, RequirementJson, RewardJson, RulesJson, Shape, StateJson, Typed, WarningJson, cites,
};
use super::value::{DayText, FactValue, MarginValue, MoneyText, each};
use crate::eval::Reward;
use crate::explain::{
    Assumption, ExpectedNote, Explanation, FactNote, Margin, NextTier, Progression, ReadingNote, RequirementNote, StateNote,
};
use crate::program::{Judged, Program, SlotId, Type};
use crate::syntax::{DecisionKind, StateKind};

/// The reports as JSON: one as an object, several as an array in their order.
pub fn json(reports: &[Report<'_>]) -> String {
    let mut bytes = Vec::with_capacity(16 * 1024);
    // Writing to memory cannot fail, and serde_json writes UTF-8 alone.
    let _ = write_json(reports, &mut bytes);
    String::from_utf8(bytes).unwrap_or_default()
}

/// Writes the reports as JSON.
/// # Errors
/// The writer's error.
pub fn write_json(reports: &[Report<'_>], mut to: impl io::Write) -> io::Result<()> {
    match reports {
        [report] => serde_json::to_writer(&mut to, &answer(report))?,
        _ => serde_json::to_writer(&mut to, &each(reports, answer))?,
    }
    to.write_all(b"\n")
}

/// The word of a kind of decision.
pub(super) const fn kind_word(kind: DecisionKind) -> &'static str {
    match kind {
        DecisionKind::Credit => "credit",
        DecisionKind::Action => "action",
        DecisionKind::Check => "check",
    }
}

/// The word of a kind of state condition.
pub(super) const fn state_word(kind: StateKind) -> &'static str {
    match kind {
        StateKind::Lost => "lost",
        StateKind::Life => "life",
        StateKind::Blocked => "blocked",
        StateKind::Standing => "standing",
    }
}

fn answer<'a>(report: &'a Report<'a>) -> impl Serialize + 'a {
    AnswerJson {
        schema: 1,
        as_of: DayText(report.facts.as_of()),
        rules: RulesJson::new(report.program),
        document: report.document,
        decisions: each(&report.decisions, |explanation| decision(report, explanation)),
        together: report.advice.map(|advised| together(report, advised)),
    }
}

fn decision<'a>(report: &'a Report<'a>, told: &'a Explanation<'a>) -> impl Serialize + 'a {
    let program = report.program;
    let advice = report.advice_on(told);
    DecisionJson {
        id: &told.decision.id,
        kind: kind_word(told.decision.kind),
        title: &told.decision.title,
        severity: told.decision.severity.as_deref(),
        subject: told.subject,
        verdict: told.verdict.word(),
        reward: told.reward.map(|Reward { amount, at_least, .. }| RewardJson { amount: MoneyText(amount), at_least }),
        progress: told.progress.map(progress),
        requirements: each(&told.requirements, |note| requirement(report, told, note)),
        state: each(&told.states, |note| state(program, note)),
        because: names(program, &told.because),
        proof: names(program, &told.proof),
        missing: names(program, &told.missing),
        ask: advice.map(|advice| questions(report, told, advice)),
        changes: advice.and_then(|advice| changes(report, advice)),
        timeline: advice.and_then(|advice| timeline(told, advice)),
        readings: each(&told.readings, |note| reading(program, note)),
        assumptions: each(&told.assumptions, |assumption| assumed(report, assumption)),
        warnings: each(&told.warnings, |at: &usize| warning(program, *at)),
    }
}

fn names<'a>(program: &'a Program, slots: &'a [SlotId]) -> impl Serialize + 'a {
    each(slots, |slot: &SlotId| program.name_of(*slot))
}

fn progress(progress: Progression) -> ProgressJson {
    let next = progress.next.map(|NextTier { threshold, credit, short_by, last_sure_day, per_day }| NextJson {
        threshold: MoneyText(threshold),
        credit: credit.map(MoneyText),
        short_by: MoneyText(short_by),
        last_sure_day: last_sure_day.map(DayText),
        per_day: per_day.map(MoneyText),
    });
    ProgressJson { spent: MoneyText(progress.spent), next }
}

fn requirement<'a>(report: &'a Report<'a>, told: &'a Explanation<'a>, note: &'a RequirementNote<'a>) -> impl Serialize + 'a {
    let program = report.program;
    let remedy = note.requirement.remedy.and_then(|at| program.remedies.get(at));
    RequirementJson {
        id: &note.requirement.id,
        label: &note.requirement.label,
        result: note.result.word(),
        decisive: note.decisive,
        open_reason: note.open.map(crate::explain::OpenReason::word),
        why: note.why,
        remedy_class: remedy.map_or("never", |remedy| remedy.class.as_str()),
        facts: each(told.facts_of(note.facts), |fact| fact_note(report, &fact)),
        expected: note.expected.map(|expected| expectation(program, expected, told.facts_of(note.facts))),
        margin: note.margin.map(|margin: Margin| MarginJson { value: MarginValue(margin) }),
        cites: cites(program, &note.requirement.cites),
        remedy: remedy.filter(|_| note.result != Judged::Met).map(RemedyJson::new),
        at: AtJson(report.sources, note.requirement.span),
    }
}

fn fact_note<'a>(report: &'a Report<'a>, note: &FactNote) -> FactJson<'a> {
    FactJson { fact: report.program.name_of(note.slot), value: fact_value(report, note), state: note.state.word() }
}

fn fact_value<'a>(report: &'a Report<'a>, note: &FactNote) -> FactValue<'a> {
    let ty = report.program.fact_of(note.slot).map(|fact| &fact.ty);
    FactValue { facts: report.facts, ty, lane: note.lane, state: note.state }
}

fn expectation<'a>(
    program: &Program,
    expected: ExpectedNote<'a>,
    facts: impl ExactSizeIterator<Item = FactNote> + Clone,
) -> ExpectedJson<'a> {
    match expected {
        ExpectedNote::AtLeast(lane) => ExpectedJson { op: "at_least", values: ExpectedValues::Money(MoneyText(lane)) },
        ExpectedNote::Stated(stated) => {
            let shape = expected_shape(program, facts);
            let values = match stated.values.as_slice() {
                [value] if !matches!(stated.op, "one_of" | "not_one_of" | "within_days") => {
                    ExpectedValues::One(Typed(value, shape))
                }
                values => ExpectedValues::Many(values, shape),
            };
            ExpectedJson { op: stated.op, values }
        }
    }
}

fn state<'a>(program: &'a Program, note: &'a StateNote<'a>) -> impl Serialize + 'a {
    let remedy = note.condition.remedy.and_then(|at| program.remedies.get(at));
    let holds = (!note.holds.is_unknown()).then(|| note.holds.is_true());
    StateJson {
        id: &note.condition.id,
        label: &note.condition.label,
        kind: state_word(note.condition.kind),
        holds,
        cites: cites(program, &note.condition.cites),
        remedy: remedy.filter(|_| holds != Some(false)).map(RemedyJson::new),
    }
}

/// In which shape expected values are written. An expectation does not say which fact it is about, so `yes` and `no` are
/// flags where a flag is read and no other fact knows these words.
fn expected_shape(program: &Program, facts: impl ExactSizeIterator<Item = FactNote> + Clone) -> Shape {
    let types = || facts.clone().filter_map(|note| program.fact_of(note.slot)).map(|fact| &fact.ty);
    let words = |ty: &Type| *ty != Type::Bool && ty.words().iter().any(|word| matches!(*word, "yes" | "no"));
    match (types().next(), facts.len()) {
        (Some(Type::Integer), 1) => Shape::Whole,
        _ if types().any(|ty| *ty == Type::Bool) && !types().any(words) => Shape::Flag,
        _ => Shape::Text,
    }
}

fn reading<'a>(program: &'a Program, note: &'a ReadingNote<'a>) -> impl Serialize + 'a {
    ReadingJson {
        requirement: &note.requirement.id,
        reading: note.reading,
        verdict: note.verdict.word(),
        cites: cites(program, &note.requirement.cites),
    }
}

fn assumed<'a>(report: &'a Report<'a>, assumption: &'a Assumption<'a>) -> AssumptionJson<'a> {
    let fact = assumption.fact.as_ref();
    AssumptionJson {
        fact: fact.map(|note| report.program.name_of(note.slot)),
        value: fact.map(|note| fact_value(report, note)),
        reason: assumption.reason,
    }
}

fn warning(program: &Program, at: usize) -> Option<WarningJson<'_>> {
    program.warnings.get(at).map(|warning| WarningJson { id: &warning.id, say: &warning.say })
}
