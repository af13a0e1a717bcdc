//! Room for a second evaluation of one account on a part of its facts.
//!
//! In: the account's values. Out: places to leave facts out of, and truths found without them.
//! Owns the memory, used again for each account. Never says what a result means.

use super::slots::SlotSet;
use super::told::Told;
use super::view::Truths;
use crate::facts::State;
use crate::plan::{Plan, Readers};
use crate::program::{Lane, SlotId};
use crate::value::Truth;

/// What it takes to put a fact back.
#[derive(Clone, Debug, Default)]
pub struct LeftOut {
    /// The fact, and what it was.
    pub slot: Option<(SlotId, (Lane, State))>,
    /// The truths that the conditions of its readers had, in their order.
    pub truths: Vec<Truth>,
}

/// Values of one account from which facts can be left out, and the truths found without them.
#[derive(Clone, Debug, Default)]
pub struct Spare {
    /// The account's values at the slots on which one decision rests; at others whatever was there before.
    pub values: Vec<(Lane, State)>,
    /// The values of the record under decision.
    pub record: Vec<(Lane, State)>,
    /// Truths of the conditions that were evaluated again.
    pub truths: Truths,
    /// The fact that was left out last.
    pub left_out: LeftOut,
    /// Which facts are known.
    pub told: Told,
    /// The deciding facts of the decision under way.
    pub deciding: SlotSet,
    /// A set to gather facts in.
    pub set: SlotSet,
    /// A list to gather facts in.
    pub list: Vec<SlotId>,
}

impl Spare {
    /// Room for a plan.
    pub fn new(plan: &Plan) -> Self {
        let set = || SlotSet::new(plan.blank.len());
        let (truths, told) = (Truths::new(plan), Told::new(plan));
        Self { values: plan.blank.clone(), truths, told, deciding: set(), set: set(), ..Self::default() }
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
        self.left_out.slot = None;
    }

    /// The value at a slot; `base` is the first slot of the record.
    pub fn place(&mut self, slot: SlotId, base: u32) -> Option<&mut (Lane, State)> {
        let offset = slot.0.wrapping_sub(base) as usize;
        if offset < self.record.len() { self.record.get_mut(offset) } else { self.values.get_mut(slot.0 as usize) }
    }
}
