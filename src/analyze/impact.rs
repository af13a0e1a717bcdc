//! How many accounts move from which verdict to which, and by which requirement.
//!
//! In: accounts as both versions read them. Out: groups with counts, value gained and lost, and samples.
//! Owns the counting. Every account is decided by `eval`, in both versions.

use std::collections::BTreeMap;

use super::Side;
use super::compare::moved_by;
use crate::eval::{Reward, Subjected, Workspace, extras, reward, run, stand};
use crate::facts::Facts;
use crate::program::{Decision, Subject, Verdict};

/// Names of accounts that a group shows.
const SAMPLES: usize = 3;

/// What tells one group from another.
type Key = (String, Option<Verdict>, Option<Verdict>, Vec<String>);

/// Accounts that move in the same way by the same requirements.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Group {
    /// How many: accounts, or records for a decision that is made for each.
    pub count: usize,
    /// What they gain in minor units, by ISO currency number.
    pub gained: BTreeMap<i64, i128>,
    /// What they lose.
    pub lost: BTreeMap<i64, i128>,
    /// The names of the first ones.
    pub samples: Vec<String>,
}

/// The counts.
#[derive(Clone, Debug, Default)]
pub struct Impact {
    /// Accounts that were looked at.
    pub accounts: usize,
    /// Accounts with at least one move.
    pub moved: usize,
    /// Groups: decision, verdict before, verdict after, requirements that moved it. A verdict is nothing where a version
    /// does not have the decision; where both are equal, the reward moved.
    pub groups: BTreeMap<Key, Group>,
}

/// What one version decided of one subject.
struct Answer<'p> {
    decision: &'p Decision,
    subject: Subjected,
    reward: Option<Reward>,
}

/// Decision and record key.
type Subjects<'p> = BTreeMap<(String, Option<String>), Answer<'p>>;

impl Impact {
    /// Counts one account.
    pub fn add(&mut self, name: &str, old: (Side<'_>, &Facts), new: (Side<'_>, &Facts)) {
        self.accounts += 1;
        let (before, after) = (answers(old.0, old.1), answers(new.0, new.1));
        let mut moved = false;
        let mut keys: Vec<&(String, Option<String>)> = before.keys().chain(after.keys()).collect();
        keys.sort();
        keys.dedup();
        for key in keys {
            let (was, is) = (before.get(key), after.get(key));
            let verdicts = (was.map(|was| was.subject.decided.verdict), is.map(|is| is.subject.decided.verdict));
            let rewards = (was.and_then(|was| was.reward), is.and_then(|is| is.reward));
            let paid = |reward: Option<Reward>| reward.map(|reward| (reward.amount, reward.at_least));
            if verdicts.0 == verdicts.1 && paid(rewards.0) == paid(rewards.1) {
                continue;
            }
            moved = true;
            let by = match (was, is) {
                (Some(was), Some(is)) => moved_by((was.decision, &was.subject.decided), (is.decision, &is.subject.decided)),
                _ => Vec::new(),
            };
            let group = self.groups.entry((key.0.clone(), verdicts.0, verdicts.1, by)).or_default();
            group.count += 1;
            if group.samples.len() < SAMPLES {
                let record = key.1.as_ref().map_or_else(String::new, |record| format!(" ({record})"));
                group.samples.push(format!("{name}{record}"));
            }
            group.value(rewards.0, rewards.1);
        }
        self.moved += usize::from(moved);
    }
}

impl Group {
    fn value(&mut self, before: Option<Reward>, after: Option<Reward>) {
        let mut change: BTreeMap<i64, i128> = BTreeMap::new();
        for (reward, sign) in [(before, -1), (after, 1)] {
            if let Some(reward) = reward {
                *change.entry(reward.amount.aux).or_default() += sign * i128::from(reward.amount.main);
            }
        }
        for (currency, change) in change {
            let side = if change > 0 { &mut self.gained } else { &mut self.lost };
            if change != 0 {
                *side.entry(currency).or_default() += change.abs();
            }
        }
    }
}

fn answers<'p>(side: Side<'p>, facts: &Facts) -> Subjects<'p> {
    let mut workspace = Workspace::new(side.plan);
    run(side.plan, facts, &mut workspace);
    extras(side.plan, facts, &mut workspace);
    let mut all = Subjects::new();
    for subject in workspace.subjects.clone() {
        let view = stand(side.plan, facts, &subject, &mut workspace.truths);
        let (Some(decision), Some(planned)) =
            (side.program.decisions.get(subject.decision), side.plan.decisions.get(subject.decision))
        else {
            continue;
        };
        let reward = reward(planned, &subject.decided, &view, &workspace.truths);
        let key = (decision.id.clone(), record_key(decision, facts, subject.record));
        all.insert(key, Answer { decision, subject, reward });
    }
    all
}

fn record_key(decision: &Decision, facts: &Facts, record: Option<usize>) -> Option<String> {
    let Subject::Each(list) = decision.subject else { return None };
    facts.records(list).get(record?).map(|record| record.key.clone())
}
