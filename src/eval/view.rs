//! What one evaluation sees: the account's values, one record under decision, and the truths found so far.
//!
//! In: facts. Out: values at slots, truths of conditions.
//! Owns nothing of its own but the truths. Never changes a fact.

use crate::facts::{Facts, State};
use crate::plan::{Plan, Ref, WordStep};
use crate::program::{Lane, ListId, SlotId};
use crate::value::Truth;

/// How windows whose first day no source fixes are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum FirstDayReading {
    /// As stated: the boundary stays open.
    #[default]
    Open,
    /// The first day is day one: the boundary is outside.
    Counted,
    /// The first day is not counted: the boundary is inside.
    NotCounted,
}

/// What is at a slot that nobody filled.
const UNKNOWN: (Lane, State) = (Lane { main: 0, aux: 0 }, State::Missing);

/// The facts that evaluation may look at.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The facts of the document.
    pub facts: &'a Facts,
    values: &'a [(Lane, State)],
    record: &'a [(Lane, State)],
    base: u32,
    /// How unstated first days are read.
    pub reading: FirstDayReading,
}

impl<'a> View<'a> {
    /// The account without a record.
    pub fn account(facts: &'a Facts) -> Self {
        Self { facts, values: facts.values(), record: &[], base: u32::MAX, reading: FirstDayReading::Open }
    }

    /// The account with a record of a list under decision.
    pub fn record(facts: &'a Facts, plan: &Plan, list: ListId, index: usize) -> Self {
        let record = facts.records(list).get(index).map_or(&[][..], |record| &record.values);
        let base = plan.record_base.get(list.0 as usize).copied().unwrap_or(u32::MAX);
        Self { record, base, ..Self::account(facts) }
    }

    /// The same view over other values of the account and of the record.
    #[must_use]
    pub fn over<'b>(&self, values: &'b [(Lane, State)], record: &'b [(Lane, State)]) -> View<'b>
    where
        'a: 'b,
    {
        View { facts: self.facts, values, record, base: self.base, reading: self.reading }
    }

    /// The values of the record under decision, and its first slot.
    pub fn record_values(&self) -> (&'a [(Lane, State)], u32) {
        (self.record, self.base)
    }

    #[inline]
    fn at(&self, slot: SlotId) -> &'a (Lane, State) {
        let offset = slot.0.wrapping_sub(self.base) as usize;
        let found = if offset < self.record.len() { self.record.get(offset) } else { self.values.get(slot.0 as usize) };
        found.unwrap_or(&UNKNOWN)
    }

    /// Finds the truth of tests of words.
    #[inline]
    pub(super) fn words(&self, steps: &[WordStep], truths: &mut Truths) {
        if self.record.is_empty() {
            steps.iter().for_each(|step| put_word(step, self.values.get(step.slot.0 as usize).unwrap_or(&UNKNOWN), truths));
        } else {
            steps.iter().for_each(|step| self.word(step, truths));
        }
    }

    /// Finds the truth of one test of words.
    #[inline]
    pub(super) fn word(&self, step: &WordStep, truths: &mut Truths) {
        put_word(step, self.at(step.slot), truths);
    }

    /// Is a day or whole number in a range?
    #[inline]
    pub(super) fn range(&self, slot: SlotId, from: i64, to: i64) -> Truth {
        let (lane, state) = self.at(slot);
        let known = u8::from(*state != State::Missing);
        let inside = u8::from(from <= lane.main) & u8::from(lane.main <= to);
        Truth::of_bits(known & inside, known & (inside ^ 1))
    }

    /// The value at a slot, if it is known.
    #[inline]
    pub fn get(&self, slot: SlotId) -> Option<Lane> {
        let (lane, state) = self.at(slot);
        (*state != State::Missing).then_some(*lane)
    }

    /// The value at a slot and how it came to be known; a zero where it is not.
    #[inline]
    pub fn known(&self, slot: SlotId) -> (Lane, State) {
        let (lane, state) = self.at(slot);
        (if *state == State::Missing { Lane::default() } else { *lane }, *state)
    }

    /// How the value at a slot came to be known.
    pub fn state(&self, slot: SlotId) -> State {
        self.at(slot).1
    }
}

#[inline]
fn put_word(step: &WordStep, (lane, state): &(Lane, State), truths: &mut Truths) {
    let known = u8::from(*state != State::Missing);
    let holds = (step.mask >> (lane.main & 63) & 1) as u8;
    truths.set(step.node, Truth::of_bits(known & holds, known & (holds ^ 1)));
}

/// The truth of every condition of a plan, and beside it that of its negation, so that both are asked alike.
#[derive(Clone, Debug, Default)]
pub struct Truths(Vec<[Truth; 2]>);

impl Truths {
    /// Room for a plan's conditions.
    pub fn new(plan: &Plan) -> Self {
        let mut truths = Self(vec![[Truth::UNKNOWN; 2]; plan.nodes.len()]);
        truths.set(0, Truth::TRUE);
        truths
    }

    /// Takes over all truths of the same plan.
    pub fn take_over(&mut self, other: &Self) {
        self.0.clone_from(&other.0);
    }

    /// Is a condition surely true?
    #[inline]
    pub fn holds(&self, cond: Ref) -> bool {
        self.of(cond).is_true()
    }

    /// The truth of a condition.
    #[inline]
    pub fn of(&self, cond: Ref) -> Truth {
        self.0.as_flattened().get(cond.index()).copied().unwrap_or_default()
    }

    /// A node's truth.
    #[inline]
    pub fn of_node(&self, node: u32) -> Truth {
        self.0.get(node as usize).map_or(Truth::UNKNOWN, |[truth, _]| *truth)
    }

    /// Sets a node's truth.
    #[inline]
    pub fn set(&mut self, node: u32, truth: Truth) {
        if let Some(both) = self.0.get_mut(node as usize) {
            *both = truth.both();
        }
    }
}
