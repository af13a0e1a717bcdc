//! Measures what cases try, and proves or shows what they do not.
//!
//! In: a rule set and cases. Out: the coverage of every part of every decision.
//! Owns what an independence pair is. Every truth is the evaluator's, every proof the analysis'.

use std::collections::BTreeSet;

use super::parts::{Probed, at_once, parts, probed, tests};
use super::{ConditionCoverage, Coverage, Item, Part, PartCoverage, Standing};
use crate::RuleSet;
use crate::analyze::{Found, Side, Space, Wanted, Witness};
use crate::cases::{Case, Expectation};
use crate::eval::{Decided, Workspace, run};
use crate::plan::{Plan, lower};
use crate::program::{Decision, Judged, Subject};
use crate::source::Span;
use crate::value::Truth;

const RESULTS: [Judged; 4] = [Judged::Met, Judged::Failed, Judged::Pending, Judged::Open];
/// What a probe comes to when its condition is true, false, unknown.
const TRUTHS: [(Judged, &str); 3] = [(Judged::Met, "true"), (Judged::Failed, "false"), (Judged::Open, "unknown")];

/// What the cases try of the decisions that `wanted` picks.
pub fn coverage(rules: &RuleSet, cases: &[Case], wanted: impl Fn(&Decision) -> bool) -> Coverage {
    let mut coverage = Coverage::default();
    for (at, decision) in rules.program().decisions.iter().enumerate().filter(|(_, decision)| wanted(decision)) {
        let own: Vec<(&Case, &Expectation)> = cases
            .iter()
            .flat_map(|case| case.expected.iter().map(move |expected| (case, expected)))
            .filter(|(_, expected)| expected.decision == at)
            .collect();
        coverage.expectations += own.len();
        coverage.parts.extend(parts(decision).into_iter().map(|part| measure(rules, at, decision, part, &own)));
    }
    coverage
}

fn measure(rules: &RuleSet, at: usize, decision: &Decision, part: Part, cases: &[(&Case, &Expectation)]) -> PartCoverage {
    let tests = tests(decision, part);
    let (id, span) = named(decision, part);
    let mut measured = PartCoverage { decision: at, part, id, span, results: Vec::new(), conditions: Vec::new() };
    let chunks: Vec<&[&crate::program::Test]> =
        if tests.is_empty() { vec![&[]] } else { tests.chunks(at_once(part)).collect() };
    for (number, chunk) in chunks.into_iter().enumerate() {
        let probed = probed(decision, part, chunk);
        let sound = rules.sound.deciding(probed.decision.clone());
        let plan = lower(&sound);
        let seen = seen(&plan, &probed, cases);
        let mut space = Space::new(&[(Side { program: sound.program(), plan: &plan, reader: &rules.reader }, 0)]);
        if number == 0 {
            measured.results = results(part, &probed, &seen, &mut space);
        }
        for (index, test) in chunk.iter().enumerate() {
            measured.conditions.push(condition(test.span, index, &probed, &seen, &mut space));
        }
    }
    measured
}

fn named(decision: &Decision, part: Part) -> (String, Span) {
    match part {
        Part::Edition(at) => decision.editions.get(at).map(|edition| (format!("edition {}", edition.id), decision.span)),
        Part::Requirement(at) => decision.requirements.get(at).map(|requirement| (requirement.id.clone(), requirement.span)),
        Part::State(at) => decision.states.get(at).map(|state| (format!("state {}", state.id), state.span)),
        Part::Reward(at) => Some((format!("reward {}", at + 1), decision.span)),
    }
    .unwrap_or_default()
}

/// What the probed decision comes to for the subject of an expectation, and what that says of the part's own requirement.
struct Seen {
    decided: Decided,
    stated: Option<Judged>,
}

impl Seen {
    fn result(&self, requirement: usize) -> Judged {
        self.decided.result(requirement)
    }
}

fn seen(plan: &Plan, probed: &Probed, cases: &[(&Case, &Expectation)]) -> Vec<Seen> {
    let mut workspace = Workspace::new(plan);
    let mut seen = Vec::new();
    for (case, expected) in cases {
        run(plan, &case.facts, &mut workspace);
        let wanted = match probed.decision.subject {
            Subject::Account => None,
            Subject::Each(list) => {
                let records = case.facts.records(list);
                records.iter().position(|record| Some(record.key.as_str()) == expected.subject.as_deref())
            }
        };
        let stated = expected.requirements.iter().find(|(at, _)| Some(*at) == probed.own).map(|(_, result)| result.value);
        let found = workspace.subjects.iter().find(|subject| subject.record == wanted);
        seen.extend(found.map(|subject| Seen { decided: subject.decided, stated }));
    }
    seen
}

fn results(part: Part, probed: &Probed, seen: &[Seen], space: &mut Space<'_>) -> Vec<Item> {
    match (part, probed.own) {
        (_, Some(own)) => RESULTS
            .map(|result| {
                // A result that no case speaks of is not tried, even if one happens to come to it.
                let covered = seen.iter().any(|one| one.result(own) == result && one.stated == Some(result));
                Item { word: result.word(), standing: standing(covered, space, &Wanted::Result(0, own, result)) }
            })
            .into(),
        (Part::State(at), _) => [(Truth::TRUE, "true"), (Truth::FALSE, "false"), (Truth::UNKNOWN, "unknown")]
            .map(|(truth, word)| {
                let covered = seen.iter().any(|one| one.decided.state(at) == truth);
                Item { word, standing: standing(covered, space, &Wanted::State(0, at, truth)) }
            })
            .into(),
        _ => Vec::new(),
    }
}

fn standing(covered: bool, space: &mut Space<'_>, wanted: &Wanted) -> Standing {
    if covered {
        return Standing::Covered;
    }
    match space.find(wanted) {
        Found::Witness(witness) => Standing::Missing(vec![*witness]),
        Found::Impossible => Standing::Unreachable,
        Found::NotAnalysed(_) | Found::OutOfSteps => Standing::NotAnalysed,
    }
}

fn condition(span: Span, index: usize, probed: &Probed, seen: &[Seen], space: &mut Space<'_>) -> ConditionCoverage {
    let at = probed.probes.get(index).copied().unwrap_or(0);
    let truths = TRUTHS.map(|(result, word)| {
        let covered = seen.iter().any(|one| one.result(at) == result);
        Item { word, standing: standing(covered, space, &Wanted::Result(0, at, result)) }
    });
    let flips = probed.flips.get(index).copied().flatten();
    let pair = flips.zip(probed.own).map(|(flips, own)| Item { word: "pair", standing: pair(at, own, flips, seen, space) });
    ConditionCoverage { span, truths: truths.into(), pair }
}

/// The results to which accounts come in which the condition is true (false) and would come to another one if it alone
/// were false (true).
fn turning(probe: usize, own: usize, flips: [usize; 2], seen: &[Seen], holds: bool) -> BTreeSet<Judged> {
    let [as_true, as_false] = flips;
    let (truth, other) = if holds { (Judged::Met, as_false) } else { (Judged::Failed, as_true) };
    let turned = seen.iter().filter(|one| one.result(probe) == truth && one.result(own) != one.result(other));
    turned.map(|one| one.result(own)).collect()
}

/// An independence pair: two accounts with different results, in the one of which the condition is true and in the other
/// false, and in each of which the condition alone turns the result.
fn pair(probe: usize, own: usize, flips: [usize; 2], seen: &[Seen], space: &mut Space<'_>) -> Standing {
    let differ = |a: &BTreeSet<Judged>, b: &BTreeSet<Judged>| a.iter().any(|one| b.iter().any(|other| one != other));
    let (yes, no) = (turning(probe, own, flips, seen, true), turning(probe, own, flips, seen, false));
    if differ(&yes, &no) {
        return Standing::Covered;
    }
    let [as_true, as_false] = flips;
    let mut unclear = false;
    let mut ways = |truth: Judged, other: usize| {
        let mut found: Vec<(Judged, Witness)> = Vec::new();
        for result in RESULTS {
            let wanted = Wanted::All(vec![
                Wanted::Result(0, probe, truth),
                Wanted::Result(0, own, result),
                Wanted::Not(Box::new(Wanted::Result(0, other, result))),
            ]);
            match space.find(&wanted) {
                Found::Witness(witness) => found.push((result, *witness)),
                Found::Impossible => {}
                Found::NotAnalysed(_) | Found::OutOfSteps => unclear = true,
            }
        }
        found
    };
    let (can, cannot) = (ways(Judged::Met, as_false), ways(Judged::Failed, as_true));
    // Where one half is tried already, only the other one is missing.
    let mut best: Option<Vec<Witness>> = None;
    for (result, witness) in &can {
        for (other, against) in cannot.iter().filter(|(other, _)| other != result) {
            let mut needed = Vec::new();
            needed.extend((!yes.contains(result)).then(|| witness.clone()));
            needed.extend((!no.contains(other)).then(|| against.clone()));
            if best.as_ref().is_none_or(|best| needed.len() < best.len()) {
                best = Some(needed);
            }
        }
    }
    match best {
        Some(needed) => Standing::Missing(needed),
        None if unclear => Standing::NotAnalysed,
        None => Standing::Unreachable,
    }
}
