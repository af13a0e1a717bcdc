//! Runs cases and compares.
//!
//! In: cases and a rule set. Out: what was decided, and what differs, expectation by expectation.
//! Owns the comparison. Never loosens one: `because` and warnings must contain what the case names, everything else is exact.

use super::{Case, Expectation, Stated};
use crate::RuleSet;
use crate::eval::{Reward, Workspace};
use crate::explain::{Explainer, Explanation, explain};
use crate::plan::Plan;
use crate::program::{Decision, Judged, Lane, Program, SlotId, Type, Verdict};
use crate::source::Span;

/// One expectation and how it came out.
#[derive(Debug)]
pub struct Compared<'c> {
    /// The case.
    pub case: &'c Case,
    /// The expectation.
    pub expected: &'c Expectation,
    /// What was decided; nothing when the rules decide nothing for the subject.
    pub actual: Option<Actual>,
    /// What differs; nothing when it passed.
    pub differences: Vec<Difference>,
}

impl Compared<'_> {
    /// Is everything as the case expects it?
    pub fn passed(&self) -> bool {
        self.differences.is_empty()
    }
}

/// What was decided.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Actual {
    /// The verdict.
    pub verdict: Verdict,
    /// The result of each requirement, and whether it decided the verdict.
    pub results: Vec<(Judged, bool)>,
}

/// One thing that differs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// Of what.
    pub of: Part,
    /// What the case expects.
    pub expected: String,
    /// What was decided.
    pub actual: String,
    /// Where the case says it.
    pub span: Span,
    /// What the case would have to say.
    pub accepted: Accepted,
}

/// A part of an expectation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Part {
    /// The verdict.
    Verdict,
    /// The reward.
    Reward,
    /// The result of the requirement at this index.
    Requirement(usize),
    /// The deciding facts.
    Because,
    /// The missing facts.
    Missing,
    /// The warnings.
    Warnings,
}

impl Part {
    /// What a case calls it: the requirement's id, or the key.
    pub fn name(self, decision: &Decision) -> &str {
        match self {
            Self::Verdict => "verdict",
            Self::Reward => "reward",
            Self::Requirement(at) => decision.requirements.get(at).map_or("", |requirement| requirement.id.as_str()),
            Self::Because => "because",
            Self::Missing => "missing",
            Self::Warnings => "warnings",
        }
    }
}

/// What a case would have to say so that it passes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Accepted {
    /// A word, an amount, or a mapping in braces.
    Word(String),
    /// A list of names.
    Names(Vec<String>),
}

/// Runs cases, in order.
pub fn run<'c>(rules: &RuleSet, cases: &'c [Case]) -> Vec<Compared<'c>> {
    let mut workspace = Workspace::new(&rules.plan);
    run_on(rules.program(), &rules.plan, &rules.explainer, cases, &mut workspace, |_| true)
}

/// Runs the expectations that `wanted` picks on any program with the vocabulary for which the cases were read.
pub(super) fn run_on<'c>(
    program: &Program,
    plan: &Plan,
    explainer: &Explainer,
    cases: impl IntoIterator<Item = &'c Case>,
    workspace: &mut Workspace,
    wanted: impl Fn(&Expectation) -> bool,
) -> Vec<Compared<'c>> {
    let mut compared = Vec::new();
    for case in cases {
        let id = |expected: &Expectation| program.decisions.get(expected.decision).map_or("", |decision| decision.id.as_str());
        let asked: Vec<&'c Expectation> = case.expected.iter().filter(|expected| wanted(expected)).collect();
        if asked.is_empty() {
            continue;
        }
        let told = explain(program, plan, explainer, &case.facts, workspace, |decision| {
            asked.iter().any(|expected| id(expected) == decision.id)
        });
        for expected in asked {
            let found = told.iter().find(|e| e.decision.id == id(expected) && e.subject == expected.subject.as_deref());
            let differences = match found {
                Some(explanation) => differences(program, expected, explanation),
                None => vec![no_record(expected)],
            };
            let actual = found.map(|explanation| Actual {
                verdict: explanation.verdict,
                results: explanation.requirements.iter().map(|note| (note.result, note.decisive)).collect(),
            });
            compared.push(Compared { case, expected, actual, differences });
        }
    }
    compared
}

fn no_record(expected: &Expectation) -> Difference {
    Difference {
        of: Part::Verdict,
        expected: expected.verdict.value.word().to_owned(),
        actual: "no such record".to_owned(),
        span: expected.verdict.span,
        accepted: Accepted::Word(expected.verdict.value.word().to_owned()),
    }
}

fn differences(program: &Program, expected: &Expectation, found: &Explanation<'_>) -> Vec<Difference> {
    let mut all = Vec::new();
    let verdict = expected.verdict.value;
    if verdict != found.verdict {
        all.push(word(Part::Verdict, verdict.word(), found.verdict.word(), expected.verdict.span));
    }
    if let Some(reward) = &expected.reward {
        let paid = found.reward.map(|Reward { amount, at_least, .. }| (amount, at_least));
        if reward.value != paid {
            let accepted = Accepted::Word(paid.map_or_else(|| "none".to_owned(), written));
            let (expected, actual) = (amount(reward.value), amount(paid));
            all.push(Difference { of: Part::Reward, expected, actual, span: reward.span, accepted });
        }
    }
    for (at, result) in &expected.requirements {
        if let Some(note) = found.requirements.get(*at).filter(|note| note.result != result.value) {
            all.push(word(Part::Requirement(*at), result.value.word(), note.result.word(), result.span));
        }
    }
    let names = |slots: &[SlotId]| slots.iter().map(|slot| program.name_of(*slot).to_owned()).collect::<Vec<_>>();
    let mut because = names(&found.because);
    let mut proof = names(&found.proof);
    if found.verdict == Verdict::Closed {
        because.push("as_of".to_owned());
        proof = vec!["as_of".to_owned()];
    }
    all.extend(expected.because.as_ref().and_then(|stated| contained(Part::Because, stated, &because, &proof)));
    if let Some(stated) = &expected.missing {
        let mut missing = names(&found.missing);
        let mut wanted = stated.value.clone();
        missing.sort_unstable();
        wanted.sort_unstable();
        if missing != wanted {
            all.push(Difference {
                of: Part::Missing,
                expected: list(&wanted),
                actual: list(&missing),
                span: stated.span,
                accepted: Accepted::Names(names(&found.missing)),
            });
        }
    }
    let shown: Vec<String> =
        found.warnings.iter().filter_map(|at| program.warnings.get(*at)).map(|warning| warning.id.clone()).collect();
    all.extend(expected.warnings.as_ref().and_then(|stated| contained(Part::Warnings, stated, &shown, &[])));
    all
}

fn word(of: Part, expected: &str, actual: &str, span: Span) -> Difference {
    let (expected, actual) = (expected.to_owned(), actual.to_owned());
    Difference { of, expected, accepted: Accepted::Word(actual.clone()), actual, span }
}

/// What a case names must be among what was found. Accepted is what is left of it, or `instead` when nothing is left.
fn contained(of: Part, stated: &Stated<Vec<String>>, found: &[String], instead: &[String]) -> Option<Difference> {
    let kept: Vec<String> = stated.value.iter().filter(|name| found.contains(name)).cloned().collect();
    if kept.len() == stated.value.len() {
        return None;
    }
    let accepted = if kept.is_empty() { instead.to_vec() } else { kept };
    let (expected, actual) = (list(&stated.value), list(found));
    Some(Difference { of, expected, actual, span: stated.span, accepted: Accepted::Names(accepted) })
}

fn list(names: &[String]) -> String {
    if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
}

fn amount(reward: Option<(Lane, bool)>) -> String {
    match reward {
        None => "none".to_owned(),
        Some((amount, at_least)) => format!("{}{}", if at_least { "at least " } else { "" }, Type::Money.text(amount)),
    }
}

/// A reward as a case file writes it.
fn written((amount, at_least): (Lane, bool)) -> String {
    let amount = Type::Money.text(amount);
    if at_least { format!("{{at_least: {amount}}}") } else { amount }
}
