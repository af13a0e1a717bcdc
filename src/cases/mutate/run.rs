//! Makes every change, runs the cases against it, and settles what no case noticed.
//!
//! In: a rule set, its cases, a number of threads. Out: every change with its fate, in the order of the rules.
//! Owns which decisions a change can touch: those whose checked form is another one. Never reads a clock.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::edit::changes;
use super::expr::Words;
use super::{Change, Fate, Mutation};
use crate::RuleSet;
use crate::analyze::{Found, Side, Space, Wanted, Witness};
use crate::cases::{Case, compare};
use crate::check::{Sound, check};
use crate::diagnostic::Severity;
use crate::eval::{Workspace, outcomes};
use crate::explain::Explainer;
use crate::plan::lower;
use crate::program::{Decision, Judged, Verdict};
use crate::syntax::{Item, Syntax, parse};

/// Every small change of the rules with what came of it. Only decisions that `wanted` picks are looked at.
pub fn mutate(rules: &RuleSet, cases: &[Case], threads: usize, wanted: impl Fn(&Decision) -> bool + Sync) -> Mutation {
    let mut syntax = Syntax::default();
    for (id, file) in rules.sources.files() {
        syntax.items.extend(parse(id, file).0.items);
    }
    let words = Words::of(rules.program());
    let mutants: Vec<(usize, Change, Item)> = syntax
        .items
        .iter()
        .enumerate()
        .flat_map(|(at, item)| changes(item, &words).into_iter().map(move |(change, item)| (at, change, item)))
        .collect();
    let told: Vec<String> = rules.program().decisions.iter().map(|decision| format!("{decision:?}")).collect();
    let picked: Vec<bool> = rules.program().decisions.iter().map(wanted).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut own = Bench { rules, cases, syntax: syntax.clone(), told: &told, picked: &picked };
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some((at, _, item)) = mutants.get(index) else { break };
            done.push((index, own.fate(*at, item)));
        }
        done
    };
    let mut fates: Vec<(usize, Option<Fate>)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap_or_default()).collect()
    });
    fates.sort_by_key(|(index, _)| *index);
    let changes = mutants.into_iter().map(|(_, change, _)| change);
    let mutants = changes.zip(fates).filter_map(|(change, (_, fate))| Some((change, fate?)));
    Mutation { mutants: mutants.collect() }
}

/// What one thread works with.
struct Bench<'a> {
    rules: &'a RuleSet,
    cases: &'a [Case],
    syntax: Syntax,
    /// Each decision of the unchanged rules, to see which ones a change touches.
    told: &'a [String],
    picked: &'a [bool],
}

impl Bench<'_> {
    /// What comes of an item in place of another one; nothing when it touches no decision that is looked at.
    fn fate(&mut self, at: usize, item: &Item) -> Option<Fate> {
        let own = std::mem::replace(self.syntax.items.get_mut(at)?, item.clone());
        let checked = check(&self.syntax);
        if let Some(place) = self.syntax.items.get_mut(at) {
            *place = own;
        }
        let touched: Vec<usize> = (0..self.told.len())
            .filter(|at| self.picked.get(*at) == Some(&true))
            .filter(|at| {
                let now = checked.program.decisions.get(*at).map(|decision| format!("{decision:?}"));
                now.as_ref() != self.told.get(*at)
            })
            .collect();
        let everything = self.picked.iter().all(|picked| *picked);
        if touched.is_empty() && !everything {
            return None;
        }
        let refused = checked.findings.iter().find(|finding| finding.code.severity == Severity::Error);
        if let Some(finding) = refused {
            return Some(Fate::Refused(finding.code.name));
        }
        let sound = checked.sound().ok()?.0;
        if let Some(case) = self.killed(&sound, &touched) {
            return Some(Fate::Killed { case });
        }
        Some(self.survives(&sound, &touched))
    }

    /// The first case that notices a change of these decisions.
    fn killed(&self, sound: &Sound, touched: &[usize]) -> Option<String> {
        let only = sound.deciding_only(touched);
        let plan = lower(&only);
        let explainer = Explainer::new(only.program(), &plan);
        let mut workspace = Workspace::new(&plan);
        for case in self.cases {
            let fits = |expected: &crate::cases::Expectation| touched.contains(&expected.decision);
            let compared = compare::run_on(only.program(), &plan, &explainer, [case], &mut workspace, fits);
            if compared.iter().any(|one| !one.passed()) {
                return Some(case.id.clone());
            }
        }
        None
    }

    /// An account that would notice it, or a proof that there is none.
    fn survives(&self, sound: &Sound, touched: &[usize]) -> Fate {
        let mut unclear = false;
        for at in touched {
            let only = sound.deciding_only(&[*at]);
            let plan = lower(&only);
            let side = Side { program: only.program(), plan: &plan, reader: &self.rules.reader };
            let (Some(old), Some(new)) = (self.rules.program().decisions.get(*at), only.program().decisions.get(*at)) else {
                continue;
            };
            let mut space = Space::new(&[(self.rules.side(), *at), (side, *at)]);
            for (requirement, wanted) in differences(old, new) {
                match space.find(&wanted) {
                    Found::Witness(witness) => {
                        let turns = turns(&[self.rules.side(), side], *at, &witness);
                        return Fate::Survived { decision: *at, requirement, turns, witness };
                    }
                    Found::Impossible => {}
                    Found::NotAnalysed(_) | Found::OutOfSteps => unclear = true,
                }
            }
        }
        if unclear { Fate::NotAnalysed } else { Fate::Equivalent }
    }
}

/// What an account can come to in one version and not in the other, each with the requirement that it is about.
fn differences(old: &Decision, new: &Decision) -> Vec<(Option<usize>, Wanted)> {
    let unlike = |a: Wanted, b: Wanted| Wanted::All(vec![a, Wanted::Not(Box::new(b))]);
    let verdicts = Verdict::ALL.map(|verdict| unlike(Wanted::Verdict(0, verdict), Wanted::Verdict(1, verdict)));
    let mut all = vec![(None, Wanted::Any(verdicts.into())), (None, Wanted::RewardDiffers(0, 1))];
    for (at, requirement) in old.requirements.iter().enumerate() {
        let Some(other) = new.requirements.iter().position(|one| one.id == requirement.id) else { continue };
        let results = [Judged::Met, Judged::Failed, Judged::Pending, Judged::Open]
            .map(|result| unlike(Wanted::Result(0, at, result), Wanted::Result(1, other, result)));
        all.push((Some(at), Wanted::Any(results.into())));
    }
    all
}

/// What becomes what for an account: the verdict, the reward, and each requirement that both versions have.
fn turns(sides: &[Side<'_>; 2], decision: usize, witness: &Witness) -> String {
    let decided = |side: usize| {
        let rules = sides.get(side)?;
        let facts = witness.facts.get(side)?;
        let record = witness.records.get(side).copied().flatten();
        let found = outcomes(rules.plan, facts);
        found.into_iter().find(|(subject, _)| subject.decision == decision && subject.record == record).map(|(_, one)| one)
    };
    let [Some(old), Some(new)] = [decided(0), decided(1)] else { return String::new() };
    let mut parts = Vec::new();
    if old.verdict != new.verdict {
        parts.push(format!("{} → {}", old.verdict.word(), new.verdict.word()));
    }
    let requirements = |side: usize| {
        let found = sides.get(side).and_then(|side| side.program.decisions.get(decision));
        found.map_or(&[][..], |decision| decision.requirements.as_slice())
    };
    for (requirement, result) in requirements(0).iter().zip(&old.results) {
        let now = requirements(1).iter().position(|other| other.id == requirement.id).and_then(|at| new.results.get(at));
        if let Some(now) = now.filter(|now| *now != result) {
            parts.push(format!("{} {} → {}", requirement.id, result.word(), now.word()));
        }
    }
    if old.reward != new.reward {
        let text = |reward: Option<crate::eval::Reward>| {
            reward.map_or_else(|| "none".to_owned(), |reward| crate::program::Type::Money.text(reward.amount))
        };
        parts.push(format!("reward {} → {}", text(old.reward), text(new.reward)));
    }
    parts.join("; ")
}
