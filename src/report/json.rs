//! Reports as JSON, by contract 2, schema 1.
//!
//! In: reports. Out: one object, or an array of several. Field order is fixed, runs are byte-identical.
//! Owns the field names and their order. Never builds a tree: everything is written from what is borrowed.

use std::io;

use serde::{Serialize, Serializer};

use super::Report;
use super::value::{DayText, FactValue, MarginValue, MoneyText, each};
use crate::eval::Reward;
use crate::explain::{
    Assumption, ExpectedNote, Explanation, FactNote, Margin, NextTier, Progression, ReadingNote, RequirementNote, StateNote,
};
use crate::program::{Judged, Program, Remedy, SlotId, Source, Type};
use crate::source::{SourceMap, Span};
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

#[derive(Serialize)]
struct AnswerJson<'a, D> {
    schema: u8,
    as_of: DayText,
    rules: RulesJson<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<&'a str>,
    decisions: D,
}

/// Which rules decided.
#[derive(Serialize)]
pub(super) struct RulesJson<'a> {
    name: &'a str,
    version: &'a str,
    digest: &'a str,
}

impl<'a> RulesJson<'a> {
    /// The rules of a program.
    pub(super) fn new(program: &'a Program) -> Self {
        Self { name: &program.name, version: &program.version, digest: &program.digest }
    }
}

#[derive(Serialize)]
struct DecisionJson<'a, R, S, B, P, M, G, A, W> {
    id: &'a str,
    kind: &'static str,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<&'a str>,
    subject: Option<&'a str>,
    verdict: &'static str,
    reward: Option<RewardJson>,
    progress: Option<ProgressJson>,
    requirements: R,
    state: S,
    because: B,
    proof: P,
    missing: M,
    readings: G,
    assumptions: A,
    warnings: W,
}

#[derive(Serialize)]
struct RewardJson {
    amount: MoneyText,
    at_least: bool,
}

#[derive(Serialize)]
struct ProgressJson {
    spent: MoneyText,
    next: Option<NextJson>,
}

#[derive(Serialize)]
struct NextJson {
    threshold: MoneyText,
    credit: Option<MoneyText>,
    short_by: MoneyText,
    last_sure_day: Option<DayText>,
    per_day: Option<MoneyText>,
}

#[derive(Serialize)]
struct RequirementJson<'a, F, C> {
    id: &'a str,
    label: &'a str,
    result: &'static str,
    decisive: bool,
    open_reason: Option<&'static str>,
    why: Option<&'a str>,
    remedy_class: &'a str,
    facts: F,
    expected: Option<ExpectedJson<'a>>,
    margin: Option<MarginJson>,
    cites: C,
    remedy: Option<RemedyJson<'a>>,
    at: AtJson<'a>,
}

#[derive(Serialize)]
struct FactJson<'a> {
    fact: &'a str,
    value: FactValue<'a>,
    state: &'static str,
}

#[derive(Serialize)]
struct ExpectedJson<'a> {
    op: &'static str,
    #[serde(flatten)]
    values: ExpectedValues<'a>,
}

#[derive(Serialize)]
struct MarginJson {
    value: MarginValue,
}

/// A source as results cite it.
#[derive(Serialize)]
pub(super) struct CiteJson<'a> {
    source: &'a str,
    title: &'a str,
    url: Option<&'a str>,
    read: Option<DayText>,
    rank: i64,
}

/// What can be done.
#[derive(Serialize)]
pub(super) struct RemedyJson<'a> {
    id: &'a str,
    say: &'a str,
    channel: Option<&'a str>,
    route: Option<&'a str>,
}

#[derive(Serialize)]
struct StateJson<'a, C> {
    id: &'a str,
    label: &'a str,
    kind: &'static str,
    holds: Option<bool>,
    cites: C,
    remedy: Option<RemedyJson<'a>>,
}

#[derive(Serialize)]
struct ReadingJson<'a, C> {
    requirement: &'a str,
    reading: &'a str,
    verdict: &'static str,
    cites: C,
}

#[derive(Serialize)]
struct AssumptionJson<'a> {
    fact: Option<&'a str>,
    value: Option<FactValue<'a>>,
    reason: &'a str,
}

#[derive(Serialize)]
struct WarningJson<'a> {
    id: &'a str,
    say: &'a str,
}

/// `file.terms:41:3`.
struct AtJson<'a>(&'a SourceMap, Span);

impl Serialize for AtJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(file) = self.0.file(self.1.file) else { return serializer.serialize_str("") };
        let place = file.place(self.1.start as usize);
        serializer.collect_str(&format_args!("{}:{}:{}", base_name(file.name()), place.line, place.column))
    }
}

/// A file's name without its folders: results say the same wherever the rules lie.
pub(super) fn base_name(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

/// The values of an expectation: `value` where the operation takes one, else `values`.
enum ExpectedValues<'a> {
    One(Typed<'a>),
    Many(&'a [String], Shape),
    Money(MoneyText),
}

/// What an expected value is in JSON, as the fact's own value would be.
#[derive(Clone, Copy)]
enum Shape {
    Text,
    Flag,
    Whole,
}

/// A value that the rules state, in the shape of the fact that it is compared with.
struct Typed<'a>(&'a str, Shape);

impl Serialize for Typed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match (self.1, self.0, self.0.parse()) {
            (Shape::Flag, "yes", _) => serializer.serialize_bool(true),
            (Shape::Flag, "no", _) => serializer.serialize_bool(false),
            (Shape::Whole, _, Ok(whole)) => serializer.serialize_i64(whole),
            (_, text, _) => serializer.serialize_str(text),
        }
    }
}

impl Serialize for ExpectedValues<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap as _;
        let mut map = serializer.serialize_map(Some(1))?;
        match self {
            Self::One(value) => map.serialize_entry("value", value)?,
            Self::Money(value) => map.serialize_entry("value", value)?,
            Self::Many(values, shape) => {
                map.serialize_entry("values", &each(values, |value| Typed(value, *shape)))?;
            }
        }
        map.end()
    }
}

fn answer<'a>(report: &'a Report<'a>) -> impl Serialize + 'a {
    AnswerJson {
        schema: 1,
        as_of: DayText(report.facts.as_of()),
        rules: RulesJson::new(report.program),
        document: report.document,
        decisions: each(&report.decisions, |explanation| decision(report, explanation)),
    }
}

fn decision<'a>(report: &'a Report<'a>, told: &'a Explanation<'a>) -> impl Serialize + 'a {
    let program = report.program;
    DecisionJson {
        id: &told.decision.id,
        kind: kind_word(told.decision.kind),
        title: &told.decision.title,
        severity: told.decision.severity.as_deref(),
        subject: told.subject,
        verdict: told.verdict.word(),
        reward: told.reward.map(|Reward { amount, at_least, .. }| RewardJson { amount: MoneyText(amount), at_least }),
        progress: told.progress.map(progress),
        requirements: each(&told.requirements, |note| requirement(report, note)),
        state: each(&told.states, |note| state(program, note)),
        because: names(program, &told.because),
        proof: names(program, &told.proof),
        missing: names(program, &told.missing),
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

fn requirement<'a>(report: &'a Report<'a>, note: &'a RequirementNote<'a>) -> impl Serialize + 'a {
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
        facts: each(&note.facts, |fact| fact_note(report, fact)),
        expected: note.expected.map(|expected| expectation(program, expected, &note.facts)),
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

fn expectation<'a>(program: &Program, expected: ExpectedNote<'a>, facts: &[FactNote]) -> ExpectedJson<'a> {
    match expected {
        ExpectedNote::AtLeast(lane) => ExpectedJson { op: "at_least", values: ExpectedValues::Money(MoneyText(lane)) },
        ExpectedNote::Stated(stated) => {
            // An expectation does not say which fact it is about; where only one kind is read, there is no doubt.
            let mut types = facts.iter().filter_map(|note| program.fact_of(note.slot)).map(|fact| &fact.ty);
            let shape = match (types.next(), types.all(|ty| *ty == Type::Bool)) {
                (Some(Type::Bool), true) => Shape::Flag,
                (Some(Type::Integer), _) if facts.len() == 1 => Shape::Whole,
                _ => Shape::Text,
            };
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

/// Sources as results cite them.
pub(super) fn cites<'a>(program: &'a Program, cites: &'a [usize]) -> impl Serialize + 'a {
    each(cites, |at: &usize| program.sources.get(*at).map(CiteJson::new))
}

impl<'a> CiteJson<'a> {
    fn new(source: &'a Source) -> Self {
        Self {
            source: &source.id,
            title: &source.title,
            url: source.url.as_deref(),
            read: source.read.map(DayText),
            rank: source.rank,
        }
    }
}

impl<'a> RemedyJson<'a> {
    /// What a remedy says.
    pub(super) fn new(remedy: &'a Remedy) -> Self {
        Self { id: &remedy.id, say: &remedy.say, channel: remedy.channel.as_deref(), route: remedy.route.as_deref() }
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

fn reading<'a>(program: &'a Program, note: &'a ReadingNote<'a>) -> impl Serialize + 'a {
    ReadingJson {
        requirement: &note.requirement.id,
        reading: &note.reading,
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
