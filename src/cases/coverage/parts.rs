//! The parts of a decision taken apart, so that each condition can be asked about by itself.
//!
//! In: a decision and one of its parts. Out: the conditions as they are written, and a decision in which each of them is a
//! requirement of its own: met when it is true, failed when it is false, open while it is unknown.
//! Owns the shape of these decisions. Never evaluates: what a condition comes to is asked of the evaluator.

use std::collections::BTreeMap;

use super::Part;
use crate::program::{Body, Clauses, Cond, Decision, Requirement, StateHolds, Test, TestKind};
use crate::source::Span;

/// The most requirements of a decision.
const MOST: usize = 60;

/// The parts of a decision, in the order in which they are read.
pub(super) fn parts(decision: &Decision) -> Vec<Part> {
    let editions = (0..decision.editions.len()).map(Part::Edition);
    let requirements = (0..decision.requirements.len()).map(Part::Requirement);
    let states = (0..decision.states.len()).map(Part::State);
    let rewards = (0..decision.rewards.len()).map(Part::Reward);
    editions.chain(requirements).chain(states).chain(rewards).collect()
}

/// The conditions of a part.
fn conditions(decision: &Decision, part: Part) -> Vec<&Cond> {
    fn of(clauses: &Clauses) -> Vec<&Cond> {
        let plain = [&clauses.met, &clauses.fails, &clauses.pending];
        plain.into_iter().chain(clauses.open.iter().map(|open| &open.when)).collect()
    }
    match part {
        Part::Edition(at) => decision.editions.get(at).map(|edition| vec![&edition.when]).unwrap_or_default(),
        Part::Requirement(at) => match decision.requirements.get(at).map(|requirement| &requirement.body) {
            None => Vec::new(),
            Some(Body::Clauses(clauses)) => of(clauses),
            Some(Body::Editions(all)) => all.iter().flat_map(of).collect(),
            Some(Body::Progress(progress)) => {
                let starts = progress.starts.iter().chain(&progress.counted);
                let choices = progress.toward.iter().map(|choice| &choice.when);
                starts.chain(choices).chain(progress.windows.iter().map(|(when, _)| when)).collect()
            }
        },
        Part::State(at) => match decision.states.get(at).map(|state| &state.holds) {
            None => Vec::new(),
            Some(StateHolds::When(when) | StateHolds::Needs(when, _)) => vec![when],
            Some(StateHolds::Open(open)) => vec![&open.when],
        },
        Part::Reward(at) => decision.rewards.get(at).map(|reward| vec![&reward.when]).unwrap_or_default(),
    }
}

/// The single conditions of a part, each once for each place where it is written, in the order of the text. What no source
/// states is never known, so it is none.
pub(super) fn tests(decision: &Decision, part: Part) -> Vec<&Test> {
    let mut found: BTreeMap<Span, &Test> = BTreeMap::new();
    for condition in conditions(decision, part) {
        condition.each_test(&mut |test| {
            if !matches!(test.kind, TestKind::Unstated) {
                found.entry(test.span).or_insert(test);
            }
        });
    }
    found.into_values().collect()
}

/// A decision that says what some conditions of a part come to, and whether each of them turns the result.
#[derive(Debug)]
pub(super) struct Probed {
    /// The decision.
    pub(super) decision: Decision,
    /// The index of the part's own requirement, where it is one.
    pub(super) own: Option<usize>,
    /// For each condition the index of its requirement.
    pub(super) probes: Vec<usize>,
    /// For each condition the indices of the part's requirement with the condition taken as true, and as false.
    pub(super) flips: Vec<Option<[usize; 2]>>,
}

/// How many conditions fit into one probed decision.
pub(super) fn at_once(part: Part) -> usize {
    let before = if let Part::Requirement(at) = part { at + 1 } else { 0 };
    (MOST.saturating_sub(before) / 3).max(1)
}

/// Takes some conditions of a part apart.
pub(super) fn probed(decision: &Decision, part: Part, tests: &[&Test]) -> Probed {
    let mut made = Decision { rewards: Vec::new(), warnings: Vec::new(), ..decision.clone() };
    let own = match part {
        Part::Requirement(at) => {
            made.requirements.truncate(at + 1);
            Some(at)
        }
        _ => {
            made.requirements.clear();
            None
        }
    };
    if !matches!(part, Part::State(_)) {
        made.states.clear();
    }
    let mut probes = Vec::new();
    let mut flips = Vec::new();
    let composed = self::tests(decision, part).len() > 1;
    let whole = own.and_then(|at| decision.requirements.get(at));
    for test in tests {
        probes.push(made.requirements.len());
        made.requirements.push(probe(test));
        let body = whole.filter(|whole| composed && !matches!(whole.body, Body::Progress(_)));
        flips.push(body.map(|whole| {
            [true, false].map(|holds| {
                let at = made.requirements.len();
                made.requirements.push(with(whole, test.span, holds));
                at
            })
        }));
    }
    Probed { decision: made, own, probes, flips }
}

/// A requirement that is met when the condition is true and fails when it is false.
fn probe(test: &Test) -> Requirement {
    let cond = Cond::Test(Box::new(test.clone()));
    let clauses = Clauses { met: cond.clone(), fails: cond.negated(), pending: Cond::Constant(false), open: Vec::new() };
    Requirement {
        id: String::new(),
        label: String::new(),
        body: Body::Clauses(clauses),
        only_once: None,
        cites: Vec::new(),
        remedy: None,
        intended: Vec::new(),
        span: test.span,
    }
}

/// The requirement with the condition at a place taken as true or as false.
fn with(requirement: &Requirement, span: Span, holds: bool) -> Requirement {
    let replace = |clauses: &Clauses| Clauses {
        met: replaced(&clauses.met, span, holds),
        fails: replaced(&clauses.fails, span, holds),
        pending: replaced(&clauses.pending, span, holds),
        open: Vec::new(),
    };
    let body = match &requirement.body {
        Body::Clauses(clauses) => Body::Clauses(replace(clauses)),
        Body::Editions(all) => Body::Editions(all.iter().map(replace).collect()),
        Body::Progress(progress) => Body::Progress(progress.clone()),
    };
    Requirement { body, ..requirement.clone() }
}

fn replaced(cond: &Cond, span: Span, holds: bool) -> Cond {
    let all = |parts: &[Cond]| parts.iter().map(|part| replaced(part, span, holds)).collect();
    match cond {
        Cond::Test(test) if test.span == span => Cond::Constant(holds),
        Cond::Constant(_) | Cond::Test(_) => cond.clone(),
        Cond::All(parts) => Cond::All(all(parts)),
        Cond::Any(parts) => Cond::Any(all(parts)),
        Cond::Then(first, second) => {
            Cond::Then(Box::new(replaced(first, span, holds)), Box::new(replaced(second, span, holds)))
        }
        Cond::Not(inner) => Cond::Not(Box::new(replaced(inner, span, holds))),
    }
}
