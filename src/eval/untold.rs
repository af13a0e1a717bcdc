//! What comes out while nothing is told, and what must be found again for an account of which something is.
//!
//! In: a plan, a day, and the facts that are told. Out: truths and decisions to begin with; the steps and decisions that rest
//! on a told fact.
//! Owns the memory. Never evaluates: `run` does, here as there.

use std::ops::Range;

use super::run::Subjected;
use super::slots::{SlotSet, bits};
use super::view::Truths;
use crate::plan::{Plan, Reach};
use crate::value::Day;

/// What comes out of a plan while nothing is told.
#[derive(Clone, Debug, Default)]
pub struct Untold {
    /// On which day; nothing until it was found.
    pub day: Option<Day>,
    /// Conditions of the account.
    pub truths: Truths,
    /// Every decision; of those about a record, what is here means nothing.
    pub subjects: Vec<Subjected>,
}

/// A row of bits: what rests on any of the told facts.
#[derive(Clone, Debug, Default)]
pub struct Reached(Vec<u64>);

impl Reached {
    /// Gathers what rests on some facts.
    pub fn gather(&mut self, reach: &Reach, told: &SlotSet) {
        self.0.clear();
        self.0.extend_from_slice(reach.always());
        told.each(|slot| self.0.iter_mut().zip(reach.of(slot)).for_each(|(word, own)| *word |= own));
    }

    /// The places in a part of the row that are reached, in order, counted from its begin.
    #[inline]
    pub fn each(&self, part: &Range<usize>, mut act: impl FnMut(usize)) {
        for (word, base) in self.0.get(part.clone()).unwrap_or(&[]).iter().zip((0..).step_by(64)) {
            bits(*word).for_each(|bit| act(base + bit));
        }
    }

    /// Is a decision reached?
    #[inline]
    pub fn decision(&self, plan: &Plan, at: usize) -> bool {
        self.0.get(plan.reach.decisions.start + at / 64).is_none_or(|word| word >> (at % 64) & 1 == 1)
    }

    /// Which parts of a decision are reached.
    #[inline]
    pub fn parts(&self, plan: &Plan, at: usize) -> Parts {
        let states = self.0.get(plan.reach.states.start + at / 64).is_none_or(|word| word >> (at % 64) & 1 == 1);
        let requirements = plan.reach.requirements.get(at).map_or(u64::MAX, |first| {
            let (word, bit) = (first / 64, first % 64);
            let of = |at: usize| self.0.get(at).copied().unwrap_or(0);
            of(word) >> bit | of(word + 1) << 1 << (63 - bit)
        });
        Parts { requirements, states }
    }
}

/// Which parts of a decision rest on a told fact.
#[derive(Clone, Copy, Debug)]
pub struct Parts {
    /// Bit `i` is requirement `i`; what stands behind the last one means nothing.
    pub requirements: u64,
    /// Is it a state condition that does not always read the same facts?
    pub states: bool,
}

impl Parts {
    /// All of them.
    pub const ALL: Self = Self { requirements: u64::MAX, states: true };
}
