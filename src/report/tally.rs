//! What a whole table came to, counted.
//!
//! In: what single decisions came to. Out: numbers.
//! Owns the counting; two tallies add up to one. Never words anything.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use crate::eval::Reward;
use crate::program::{SlotId, Verdict};

/// Counts over a table.
#[derive(Clone, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Tally {
    /// Rows that were read.
    pub rows: u64,
    /// Rows of which nothing was decided.
    pub invalid: u64,
    /// Records of accounts that were read.
    pub records: u64,
    /// Of the first rows those whose account came before.
    pub repeated: u64,
    /// Rows of records or answers whose account is in no table.
    pub astray: u64,
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
    /// Counts decisions that came to a verdict.
    pub fn count(&mut self, decision: usize, verdict: Verdict, times: usize) {
        add(&mut self.verdicts, (decision, verdict as u8), times as u64);
    }

    /// Counts failures of a requirement that were among the reasons.
    pub fn count_failed(&mut self, decision: usize, requirement: usize, times: usize) {
        add(&mut self.failed, (decision, requirement), times as u64);
    }

    /// Counts undetermined verdicts that ask for a fact first.
    pub fn count_asked(&mut self, decision: usize, slot: SlotId, times: usize) {
        add(&mut self.asked, (decision, slot.0), times as u64);
    }

    /// Counts the credit of a verdict that qualifies.
    pub fn count_earned(&mut self, decision: usize, reward: &Reward) {
        add(&mut self.earned, (decision, reward.amount.aux), i128::from(reward.amount.main));
    }

    /// How many decisions came to a verdict.
    pub fn of(&self, decision: usize, verdict: Verdict) -> u64 {
        self.verdicts.get(&(decision, verdict as u8)).copied().unwrap_or(0)
    }

    /// How many subjects a decision was made for: accounts, or records.
    pub fn made(&self, decision: usize) -> u64 {
        self.verdicts.range((decision, u8::MIN)..=(decision, u8::MAX)).map(|(_, count)| count).sum()
    }

    /// Adds another tally.
    pub fn merge(&mut self, other: &Self) {
        fn all<K: Copy + Ord, N: Copy + Default + PartialEq + AddAssign>(to: &mut BTreeMap<K, N>, from: &BTreeMap<K, N>) {
            from.iter().for_each(|(key, number)| add(to, *key, *number));
        }
        self.rows += other.rows;
        self.invalid += other.invalid;
        self.records += other.records;
        self.astray += other.astray;
        self.repeated += other.repeated;
        all(&mut self.verdicts, &other.verdicts);
        all(&mut self.failed, &other.failed);
        all(&mut self.asked, &other.asked);
        all(&mut self.earned, &other.earned);
    }
}

/// Adds to a number; nothing leaves no trace.
fn add<K: Ord, N: Copy + Default + PartialEq + AddAssign>(to: &mut BTreeMap<K, N>, key: K, number: N) {
    if number != N::default() {
        *to.entry(key).or_default() += number;
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
