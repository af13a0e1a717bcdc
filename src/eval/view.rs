//! What one evaluation sees: the account's values, one record under decision, and the truths found so far.
//!
//! In: facts. Out: values at slots, truths of conditions.
//! Owns nothing of its own but the truths. Never changes a fact.

use crate::facts::{Facts, State};
use crate::plan::{Plan, Ref};
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
        const UNKNOWN: (Lane, State) = (Lane { main: 0, aux: 0 }, State::Missing);
        let offset = slot.0.wrapping_sub(self.base) as usize;
        let found = if offset < self.record.len() { self.record.get(offset) } else { self.values.get(slot.0 as usize) };
        found.unwrap_or(&UNKNOWN)
    }

    /// Is the word of a fact among the words of a mask?
    #[inline]
    pub(super) fn word(&self, slot: SlotId, mask: u64) -> Truth {
        let (lane, state) = self.at(slot);
        Truth::known_if(*state != State::Missing, mask >> (lane.main & 63) & 1 == 1)
    }

    /// The value at a slot, if it is known.
    #[inline]
    pub fn get(&self, slot: SlotId) -> Option<Lane> {
        let (lane, state) = self.at(slot);
        (*state != State::Missing).then_some(*lane)
    }

    /// How the value at a slot came to be known.
    pub fn state(&self, slot: SlotId) -> State {
        self.at(slot).1
    }
}

/// The truth of every condition of a plan.
#[derive(Clone, Debug, Default)]
pub struct Truths(Vec<Truth>);

impl Truths {
    /// Room for a plan's conditions.
    pub fn new(plan: &Plan) -> Self {
        let mut truths = vec![Truth::UNKNOWN; plan.nodes.len()];
        if let Some(first) = truths.first_mut() {
            *first = Truth::TRUE;
        }
        Self(truths)
    }

    /// The truth of a condition.
    #[inline]
    pub fn of(&self, cond: Ref) -> Truth {
        self.0.get(cond.node()).copied().unwrap_or_default().negate_if(cond.negated())
    }

    /// Sets a node's truth.
    #[inline]
    pub(super) fn set(&mut self, node: u32, truth: Truth) {
        if let Some(place) = self.0.get_mut(node as usize) {
            *place = truth;
        }
    }
}
