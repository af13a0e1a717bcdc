//! Room for a second evaluation of one account on a part of its facts.
//!
//! In: the account's values. Out: places to leave facts out of, and truths found without them.
//! Owns the memory, used again for each account. Never says what a result means.

use super::run::{conditions, decide};
use super::slots::SlotSet;
use super::view::{Truths, View};
use crate::facts::{Facts, State};
use crate::plan::{Plan, Readers};
use crate::program::{AS_OF, Lane, SlotId};
use crate::value::Day;

/// Values of one account from which facts can be left out, and the truths found without them.
#[derive(Clone, Debug, Default)]
pub struct Spare {
    /// The account's values at the slots on which one decision rests; at others whatever was there before.
    pub values: Vec<(Lane, State)>,
    /// The values of the record under decision.
    pub record: Vec<(Lane, State)>,
    /// Truths of the conditions that were evaluated again.
    pub truths: Truths,
    /// What each changed slot was, to put it back.
    pub changed: Vec<(SlotId, (Lane, State))>,
    /// A set to gather facts in.
    pub set: SlotSet,
    /// A list to gather facts in.
    pub list: Vec<SlotId>,
    /// The day for which `untold` holds.
    untold_on: Option<Day>,
    /// Requirements of each decision that fail for an account of which nothing is told.
    untold: Vec<u64>,
}

impl Spare {
    /// Room for a plan.
    pub fn new(plan: &Plan) -> Self {
        let (truths, set) = (Truths::new(plan), SlotSet::new(plan.blank.len()));
        Self { values: plan.blank.clone(), truths, set, ..Self::default() }
    }

    /// Takes the values that a decision reads, and those of the record under decision.
    pub fn take(&mut self, readers: &[Readers], values: &[(Lane, State)], record: &[(Lane, State)]) {
        for at in readers.iter().map(|reader| reader.slot.0 as usize) {
            if let Some((own, value)) = self.values.get_mut(at).zip(values.get(at)) {
                *own = *value;
            }
        }
        self.record.clear();
        self.record.extend_from_slice(record);
        self.changed.clear();
    }

    /// The value at a slot; `base` is the first slot of the record.
    pub fn place(&mut self, slot: SlotId, base: u32) -> Option<&mut (Lane, State)> {
        let offset = slot.0.wrapping_sub(base) as usize;
        if offset < self.record.len() { self.record.get_mut(offset) } else { self.values.get_mut(slot.0 as usize) }
    }

    /// May a decision about the account fail although nothing of it is told? Found once for each day; whoever has sums in
    /// two currencies is not like one of whom nothing is told.
    pub fn fails_untold(&mut self, plan: &Plan, facts: &Facts, decision: usize) -> bool {
        if facts.has_mixed() {
            return true;
        }
        let day = facts.as_of();
        if self.untold_on != Some(day) {
            let mut values = plan.blank.clone();
            if let Some(value) = values.get_mut(AS_OF.0 as usize) {
                *value = (Lane { main: day, aux: 0 }, State::Given);
            }
            let view = View::account(facts).over(&values, &[]);
            let mut truths = Truths::new(plan);
            conditions(plan, 0, view, &mut truths);
            let failed = plan.decisions.iter().map(|decision| match decision.list {
                None => decide(decision, view, &truths).failed,
                Some(_) => u64::MAX,
            });
            self.untold = failed.collect();
            self.untold_on = Some(day);
        }
        self.untold.get(decision).is_none_or(|failed| *failed != 0)
    }
}
