//! Coverage as JSON for programs.
//!
//! In: coverage. Out: one object; the order of its fields is fixed.
//! Owns the names of its fields. Never leaves anything out.

use serde::Serialize;

use super::table::written;
use super::{Count, Coverage, Item, Standing};
use crate::program::Program;
use crate::source::SourceMap;

#[derive(Serialize)]
struct Covered<'a> {
    schema: u32,
    expectations: usize,
    counts: Counts,
    parts: Vec<Part<'a>>,
}

#[derive(Serialize)]
struct Counts {
    requirements: CountOf,
    states: CountOf,
    conditions: CountOf,
    pairs: CountOf,
}

#[derive(Serialize)]
struct CountOf {
    covered: usize,
    missing: usize,
    unreachable: usize,
    not_analysed: usize,
}

#[derive(Serialize)]
struct Part<'a> {
    decision: &'a str,
    part: &'a str,
    at: String,
    results: Vec<One<'a>>,
    conditions: Vec<Condition<'a>>,
}

#[derive(Serialize)]
struct Condition<'a> {
    text: String,
    at: String,
    truths: Vec<One<'a>>,
    pair: Option<One<'a>>,
}

#[derive(Serialize)]
struct One<'a> {
    is: &'a str,
    standing: &'a str,
    /// Facts documents that would cover it.
    accounts: Vec<&'a str>,
}

/// Everything that was measured.
pub fn coverage_json(program: &Program, sources: &SourceMap, coverage: &Coverage) -> String {
    let parts = coverage.parts.iter().map(|part| Part {
        decision: program.decisions.get(part.decision).map_or("", |decision| decision.id.as_str()),
        part: &part.id,
        at: sources.at(part.span),
        results: part.results.iter().map(one).collect(),
        conditions: part
            .conditions
            .iter()
            .map(|condition| Condition {
                text: written(sources, condition.span),
                at: sources.at(condition.span),
                truths: condition.truths.iter().map(one).collect(),
                pair: condition.pair.as_ref().map(one),
            })
            .collect(),
    });
    let counts = Counts {
        requirements: coverage.requirements().into(),
        states: coverage.states().into(),
        conditions: coverage.conditions().into(),
        pairs: coverage.pairs().into(),
    };
    let covered = Covered { schema: 1, expectations: coverage.expectations, counts, parts: parts.collect() };
    let mut text = serde_json::to_string_pretty(&covered).unwrap_or_default();
    text.push('\n');
    text
}

fn one(item: &Item) -> One<'_> {
    let accounts = match &item.standing {
        Standing::Missing(witnesses) => {
            witnesses.iter().filter_map(|witness| witness.documents.first()).map(String::as_str).collect()
        }
        _ => Vec::new(),
    };
    One { is: item.word, standing: item.standing.word(), accounts }
}

impl From<Count> for CountOf {
    fn from(count: Count) -> Self {
        let Count { covered, unreachable, missing, not_analysed } = count;
        Self { covered, missing, unreachable, not_analysed }
    }
}
