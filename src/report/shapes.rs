//! The objects of contract 2, schema 1: names and order of their fields.
//!
//! In: filled by `json`. Out: written by serde.
//! Owns the names, and how a place and an expectation look. Never looks anything up in a report.

use serde::{Serialize, Serializer};

use super::value::{DayText, FactValue, MarginValue, MoneyText, each};
use crate::program::{Program, Remedy, Source};
use crate::source::{SourceMap, Span};

#[derive(Serialize)]
pub(super) struct AnswerJson<'a, D, T> {
    pub schema: u8,
    pub as_of: DayText,
    pub rules: RulesJson<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<&'a str>,
    pub decisions: D,
    #[serde(flatten)]
    pub together: Option<T>,
}

/// Which rules decided.
#[derive(Serialize)]
pub(super) struct RulesJson<'a> {
    pub name: &'a str,
    pub version: &'a str,
    pub digest: &'a str,
}

impl<'a> RulesJson<'a> {
    /// The rules of a program.
    pub(super) fn new(program: &'a Program) -> Self {
        Self { name: &program.name, version: &program.version, digest: &program.digest }
    }
}

#[derive(Serialize)]
pub(super) struct DecisionJson<'a, R, S, B, P, M, Q, C, T, G, A, W> {
    pub id: &'a str,
    pub kind: &'static str,
    pub title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<&'a str>,
    pub subject: Option<&'a str>,
    pub verdict: &'static str,
    pub reward: Option<RewardJson>,
    pub progress: Option<ProgressJson>,
    pub requirements: R,
    pub state: S,
    pub because: B,
    pub proof: P,
    pub missing: M,
    pub ask: Q,
    pub changes: C,
    pub timeline: T,
    pub readings: G,
    pub assumptions: A,
    pub warnings: W,
}

#[derive(Serialize)]
pub(super) struct RewardJson {
    pub amount: MoneyText,
    pub at_least: bool,
}

#[derive(Serialize)]
pub(super) struct ProgressJson {
    pub spent: MoneyText,
    pub next: Option<NextJson>,
}

#[derive(Serialize)]
pub(super) struct NextJson {
    pub threshold: MoneyText,
    pub credit: Option<MoneyText>,
    pub short_by: MoneyText,
    pub last_sure_day: Option<DayText>,
    pub per_day: Option<MoneyText>,
}

#[derive(Serialize)]
pub(super) struct RequirementJson<'a, F, C> {
    pub id: &'a str,
    pub label: &'a str,
    pub result: &'static str,
    pub decisive: bool,
    pub open_reason: Option<&'static str>,
    pub why: Option<&'a str>,
    pub remedy_class: &'a str,
    pub facts: F,
    pub expected: Option<ExpectedJson<'a>>,
    pub margin: Option<MarginJson>,
    pub cites: C,
    pub remedy: Option<RemedyJson<'a>>,
    pub at: AtJson<'a>,
}

#[derive(Serialize)]
pub(super) struct FactJson<'a> {
    pub fact: &'a str,
    pub value: FactValue<'a>,
    pub state: &'static str,
}

pub(super) struct ExpectedJson<'a> {
    pub op: &'static str,
    pub values: ExpectedValues<'a>,
}

#[derive(Serialize)]
pub(super) struct MarginJson {
    pub value: MarginValue,
}

/// A source as results cite it.
#[derive(Serialize)]
pub(super) struct CiteJson<'a> {
    pub source: &'a str,
    pub title: &'a str,
    pub url: Option<&'a str>,
    pub read: Option<DayText>,
    pub rank: i64,
}

/// What can be done.
#[derive(Serialize)]
pub(super) struct RemedyJson<'a> {
    pub id: &'a str,
    pub say: &'a str,
    pub channel: Option<&'a str>,
    pub route: Option<&'a str>,
}

impl<'a> CiteJson<'a> {
    /// How a source is cited.
    pub(super) fn new(source: &'a Source) -> Self {
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

/// Sources as results cite them.
pub(super) fn cites<'a>(program: &'a Program, cites: &'a [usize]) -> impl Serialize + 'a {
    each(cites, |at: &usize| program.sources.get(*at).map(CiteJson::new))
}

#[derive(Serialize)]
pub(super) struct StateJson<'a, C> {
    pub id: &'a str,
    pub label: &'a str,
    pub kind: &'static str,
    pub holds: Option<bool>,
    pub cites: C,
    pub remedy: Option<RemedyJson<'a>>,
}

#[derive(Serialize)]
pub(super) struct ReadingJson<'a, C> {
    pub requirement: &'a str,
    pub reading: &'a str,
    pub verdict: &'static str,
    pub cites: C,
}

#[derive(Serialize)]
pub(super) struct AssumptionJson<'a> {
    pub fact: Option<&'a str>,
    pub value: Option<FactValue<'a>>,
    pub reason: &'a str,
}

#[derive(Serialize)]
pub(super) struct WarningJson<'a> {
    pub id: &'a str,
    pub say: &'a str,
}

/// `file.terms:41:3`.
pub(super) struct AtJson<'a>(pub &'a SourceMap, pub Span);

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
pub(super) enum ExpectedValues<'a> {
    One(Typed<'a>),
    Many(&'a [String], Shape),
    Money(MoneyText),
}

/// What an expected value is in JSON, as the fact's own value would be.
#[derive(Clone, Copy)]
pub(super) enum Shape {
    Text,
    Flag,
    Whole,
}

/// A value that the rules state, in the shape of the fact that it is compared with.
pub(super) struct Typed<'a>(pub &'a str, pub Shape);

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

impl Serialize for ExpectedJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap as _;
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("op", self.op)?;
        match &self.values {
            ExpectedValues::One(value) => map.serialize_entry("value", value)?,
            ExpectedValues::Money(value) => map.serialize_entry("value", value)?,
            ExpectedValues::Many(values, shape) => {
                map.serialize_entry("values", &each(*values, |value| Typed(value, *shape)))?;
            }
        }
        map.end()
    }
}
