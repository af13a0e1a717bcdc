//! What a whole table came to, counted.
//!
//! In: what single decisions came to. Out: numbers.
//! Owns the counting; two tallies add up to one. Never words anything.

use std::collections::BTreeMap;

use crate::eval::{Decided, Reward};
use crate::program::{SlotId, Verdict};

/// Counts over a table.
#[derive(Clone, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Tally {
    /// Rows that were read.
    pub rows: u64,
    /// Rows of which nothing was decided.
    pub invalid: u64,
    /// For each decision and verdict: how many.
    #[serde(with = "pairs")]
    pub verdicts: BTreeMap<(usize, u8), u64>,
    /// For each decision and requirement: how often its failure was among the reasons.
    #[serde(with = "pairs")]
    pub failed: BTreeMap<(usize, usize), u64>,
    /// For each decision and fact: how many undetermined verdicts ask for it first.
    #[serde(with = "pairs")]
    pub asked: BTreeMap<(usize, u32), u64>,
    /// For each decision and currency: minor units of the credits that qualify.
    #[serde(with = "pairs")]
    pub earned: BTreeMap<(usize, i64), i128>,
}

impl Tally {
    /// Counts one decision.
    pub fn add(&mut self, decision: usize, decided: &Decided, asked: Option<SlotId>, reward: Option<&Reward>) {
        *self.verdicts.entry((decision, decided.verdict as u8)).or_default() += 1;
        if matches!(decided.verdict, Verdict::DoesNotQualify | Verdict::Denied | Verdict::Fail) {
            let mut rest = decided.failed;
            while rest != 0 {
                let at = rest.trailing_zeros() as usize;
                *self.failed.entry((decision, at)).or_default() += 1;
                rest &= rest - 1;
            }
        }
        if let Some(slot) = asked {
            *self.asked.entry((decision, slot.0)).or_default() += 1;
        }
        if let Some(reward) = reward.filter(|_| decided.verdict == Verdict::Qualifies) {
            *self.earned.entry((decision, reward.amount.aux)).or_default() += i128::from(reward.amount.main);
        }
    }

    /// How many decisions came to a verdict.
    pub fn of(&self, decision: usize, verdict: Verdict) -> u64 {
        self.verdicts.get(&(decision, verdict as u8)).copied().unwrap_or(0)
    }

    /// Adds another tally.
    pub fn merge(&mut self, other: &Self) {
        fn add<K: Copy + Ord, N: Copy + Default + std::ops::AddAssign>(to: &mut BTreeMap<K, N>, from: &BTreeMap<K, N>) {
            from.iter().for_each(|(key, number)| *to.entry(*key).or_default() += *number);
        }
        self.rows += other.rows;
        self.invalid += other.invalid;
        add(&mut self.verdicts, &other.verdicts);
        add(&mut self.failed, &other.failed);
        add(&mut self.asked, &other.asked);
        add(&mut self.earned, &other.earned);
    }
}

/// Maps as lists of pairs, because keys of JSON are texts.
mod pairs {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<K: Serialize, V: Serialize, S: Serializer>(map: &BTreeMap<K, V>, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(map)
    }

    pub(super) fn deserialize<'d, K: Deserialize<'d> + Ord, V: Deserialize<'d>, D: Deserializer<'d>>(
        from: D,
    ) -> Result<BTreeMap<K, V>, D::Error> {
        Ok(Vec::<(K, V)>::deserialize(from)?.into_iter().collect())
    }
}
