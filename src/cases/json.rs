//! What cases came to, as JSON for programs.
//!
//! In: compared expectations. Out: one object; the order of its fields is fixed.
//! Owns the names of its fields. Ids and words of the contract are its content, never prose.

use serde::Serialize;

use super::{Case, Compared};
use crate::program::Program;
use crate::source::SourceMap;

#[derive(Serialize)]
struct Tested<'a> {
    schema: u32,
    rules: Rules<'a>,
    cases: usize,
    expectations: usize,
    passed: usize,
    failed: usize,
    results: Vec<Tried<'a>>,
}

#[derive(Serialize)]
struct Rules<'a> {
    name: &'a str,
    version: &'a str,
    digest: &'a str,
}

#[derive(Serialize)]
struct Tried<'a> {
    case: &'a str,
    title: &'a str,
    at: String,
    decision: &'a str,
    subject: Option<&'a str>,
    passed: bool,
    verdict: Pair<'a>,
    requirements: Vec<RequirementPair<'a>>,
    differences: Vec<Differs<'a>>,
}

/// What is expected, null where the case says nothing, and what was decided.
#[derive(Serialize)]
struct Pair<'a> {
    expected: Option<&'a str>,
    actual: Option<&'a str>,
}

#[derive(Serialize)]
struct RequirementPair<'a> {
    id: &'a str,
    #[serde(flatten)]
    pair: Pair<'a>,
    decisive: bool,
}

#[derive(Serialize)]
struct Differs<'a> {
    of: &'a str,
    expected: &'a str,
    actual: &'a str,
    at: String,
}

/// Everything that was compared.
pub fn json(program: &Program, sources: &SourceMap, cases: &[Case], compared: &[Compared<'_>]) -> String {
    let failed = compared.iter().filter(|one| !one.passed()).count();
    let tested = Tested {
        schema: 1,
        rules: Rules { name: &program.name, version: &program.version, digest: &program.digest },
        cases: cases.len(),
        expectations: compared.len(),
        passed: compared.len() - failed,
        failed,
        results: compared.iter().filter_map(|one| tried(program, sources, one)).collect(),
    };
    let mut text = serde_json::to_string_pretty(&tested).unwrap_or_default();
    text.push('\n');
    text
}

fn tried<'a>(program: &'a Program, sources: &SourceMap, one: &'a Compared<'_>) -> Option<Tried<'a>> {
    let decision = program.decisions.get(one.expected.decision)?;
    let stated = |at: usize| one.expected.requirements.iter().find(|(r, _)| *r == at).map(|(_, result)| result.value.word());
    let results = one.actual.iter().flat_map(|actual| &actual.results).enumerate();
    let requirements = decision.requirements.iter().zip(results).map(|(requirement, (at, (result, decisive)))| {
        let pair = Pair { expected: stated(at), actual: Some(result.word()) };
        RequirementPair { id: &requirement.id, pair, decisive: *decisive }
    });
    Some(Tried {
        case: &one.case.id,
        title: &one.case.title,
        at: sources.at(one.expected.span),
        decision: &decision.id,
        subject: one.expected.subject.as_deref(),
        passed: one.passed(),
        verdict: Pair {
            expected: Some(one.expected.verdict.value.word()),
            actual: one.actual.as_ref().map(|actual| actual.verdict.word()),
        },
        requirements: requirements.collect(),
        differences: one
            .differences
            .iter()
            .map(|difference| Differs {
                of: difference.of.name(decision),
                expected: &difference.expected,
                actual: &difference.actual,
                at: sources.at(difference.span),
            })
            .collect(),
    })
}
