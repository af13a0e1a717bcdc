//! Runs cases and compares.
//!
//! In: cases and a rule set. Out: what differs, expectation by expectation.
//! Owns the comparison. Never loosens one: `because` and warnings must contain what the case names, everything else is exact.

use super::{Case, Expectation};
use crate::RuleSet;
use crate::eval::Workspace;
use crate::explain::{Explanation, explain};
use crate::program::{Program, Type};

/// One expectation and how it came out.
#[derive(Debug)]
pub struct Compared<'c> {
    /// The case.
    pub case: &'c Case,
    /// The expectation.
    pub expected: &'c Expectation,
    /// What differs; nothing when it passed.
    pub differences: Vec<Difference>,
}

/// One thing that differs.
#[derive(Debug, PartialEq, Eq)]
pub struct Difference {
    /// Of what: `verdict`, `reward`, `because`, `missing`, `warnings`, or the id of a requirement.
    pub of: String,
    /// What the case expects.
    pub expected: String,
    /// What was decided.
    pub actual: String,
}

/// Runs cases, in order.
pub fn run<'c>(rules: &RuleSet, cases: &'c [Case]) -> Vec<Compared<'c>> {
    let program = rules.program();
    let mut workspace = Workspace::new(&rules.plan);
    let mut compared = Vec::new();
    for case in cases {
        let told = explain(program, &rules.plan, &rules.explainer, &case.facts, &mut workspace, |decision| {
            case.expected.iter().any(|expected| program.decisions.get(expected.decision).is_some_and(|d| d.id == decision.id))
        });
        for expected in &case.expected {
            let id = program.decisions.get(expected.decision).map_or("", |decision| decision.id.as_str());
            let found = told.iter().find(|e| e.decision.id == id && e.subject == expected.subject.as_deref());
            let differences = match found {
                Some(explanation) => differences(program, expected, explanation),
                None => vec![Difference {
                    of: "verdict".to_owned(),
                    expected: expected.verdict.word().to_owned(),
                    actual: "no such record".to_owned(),
                }],
            };
            compared.push(Compared { case, expected, differences });
        }
    }
    compared
}

fn differences(program: &Program, expected: &Expectation, found: &Explanation<'_>) -> Vec<Difference> {
    let mut differences = Vec::new();
    let mut differ = |of: &str, expected: String, actual: String| {
        differences.push(Difference { of: of.to_owned(), expected, actual });
    };
    if expected.verdict != found.verdict {
        differ("verdict", expected.verdict.word().to_owned(), found.verdict.word().to_owned());
    }
    if let Some((amount, at_least)) = expected.reward {
        let text = |amount, at_least| format!("{}{}", if at_least { "at least " } else { "" }, Type::Money.text(amount));
        if found.reward.map(|reward| (reward.amount, reward.at_least)) != Some((amount, at_least)) {
            let actual = found.reward.map_or_else(|| "none".to_owned(), |reward| text(reward.amount, reward.at_least));
            differ("reward", text(amount, at_least), actual);
        }
    }
    let mut because: Vec<&str> = found.because.iter().map(|slot| program.name_of(*slot)).collect();
    if found.verdict == crate::program::Verdict::Closed {
        because.push("as_of");
    }
    if !expected.because.iter().all(|name| because.contains(&name.as_str())) {
        differ("because", expected.because.join(", "), because.join(", "));
    }
    if let Some(wanted) = &expected.missing {
        let mut missing: Vec<&str> = found.missing.iter().map(|slot| program.name_of(*slot)).collect();
        let mut wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
        missing.sort_unstable();
        wanted.sort_unstable();
        if missing != wanted {
            differ("missing", wanted.join(", "), missing.join(", "));
        }
    }
    let shown: Vec<&str> = found.warnings.iter().filter_map(|at| program.warnings.get(*at)).map(|w| w.id.as_str()).collect();
    if !expected.warnings.iter().all(|id| shown.contains(&id.as_str())) {
        differ("warnings", expected.warnings.join(", "), shown.join(", "));
    }
    for (at, result) in &expected.requirements {
        if let Some(note) = found.requirements.get(*at).filter(|note| note.result != *result) {
            differ(&note.requirement.id, result.word().to_owned(), note.result.word().to_owned());
        }
    }
    differences
}
