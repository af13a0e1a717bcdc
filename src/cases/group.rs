//! Failed expectations, grouped by what changed the outcome.
//!
//! In: compared expectations. Out: groups, in the order in which the first of each stands.
//! Owns what counts as the same change: the decision, both verdicts, and the requirements behind them. Never drops one.

use super::{Compared, Part};
use crate::program::{Judged, Program, Verdict};

/// What changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// Index of the decision.
    pub decision: usize,
    /// The expected verdict and the decided one, where there is one.
    pub verdict: (Verdict, Option<Verdict>),
    /// Requirements that differ from what is expected, or that decide another verdict: index, expected, decided.
    pub requirements: Vec<(usize, Option<Judged>, Judged)>,
    /// Everything else that differs.
    pub others: Vec<Part>,
}

/// Expectations that failed because of the same change.
#[derive(Debug)]
pub struct Group<'a, 'c> {
    /// What changed.
    pub change: Change,
    /// The expectations, the example first.
    pub members: Vec<&'a Compared<'c>>,
}

/// The failed expectations by what changed.
pub fn groups<'a, 'c>(compared: &'a [Compared<'c>]) -> Vec<Group<'a, 'c>> {
    let mut groups: Vec<Group<'a, 'c>> = Vec::new();
    for one in compared.iter().filter(|one| !one.passed()) {
        let change = one.change();
        match groups.iter_mut().find(|group| group.change == change) {
            Some(group) => group.members.push(one),
            None => groups.push(Group { change, members: vec![one] }),
        }
    }
    groups
}

impl Compared<'_> {
    /// What changed against what is expected.
    pub fn change(&self) -> Change {
        let one = self;
        let stated = |at: usize| one.expected.requirements.iter().find(|(r, _)| *r == at).map(|(_, result)| result.value);
        let actual = one.actual.as_ref().map(|actual| actual.verdict);
        let other_verdict = actual != Some(one.expected.verdict.value);
        let results = one.actual.as_ref().map_or(&[][..], |actual| actual.results.as_slice());
        let requirements = results.iter().enumerate().filter_map(|(at, (result, decisive))| match stated(at) {
            Some(expected) => (expected != *result).then_some((at, Some(expected), *result)),
            // A verdict that everything decides has no requirement that stands out.
            None => (other_verdict && *decisive && *result != Judged::Met).then_some((at, None, *result)),
        });
        let others = one.differences.iter().map(|difference| difference.of);
        Change {
            decision: one.expected.decision,
            verdict: (one.expected.verdict.value, actual),
            requirements: requirements.collect(),
            others: others.filter(|of| !matches!(of, Part::Verdict | Part::Requirement(_))).collect(),
        }
    }
}

impl Change {
    /// `woocommerce: does_not_qualify → qualifies; route failed → met`.
    pub fn headline(&self, program: &Program) -> String {
        let Some(decision) = program.decisions.get(self.decision) else { return String::new() };
        let mut parts = Vec::new();
        let (expected, actual) = self.verdict;
        let actual = actual.map_or("no such record", Verdict::word);
        if expected.word() == actual {
            parts.push(format!("still {actual}"));
        } else {
            parts.push(format!("{} → {actual}", expected.word()));
        }
        for (at, expected, result) in &self.requirements {
            let id = Part::Requirement(*at).name(decision);
            parts.push(match expected {
                Some(expected) => format!("{id} {} → {}", expected.word(), result.word()),
                None => format!("{id} {}", result.word()),
            });
        }
        if !self.others.is_empty() {
            let names: Vec<&str> = self.others.iter().map(|part| part.name(decision)).collect();
            parts.push(format!("other {}", names.join(", ")));
        }
        format!("{}: {}", decision.id, parts.join("; "))
    }
}
