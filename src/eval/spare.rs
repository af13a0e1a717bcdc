//! Room for a second evaluation of one account on a part of its facts.
//!
//! In: the account's values. Out: places to leave facts out of, and truths found without them.
//! Owns the memory, used again for each account. Never decides.

use super::view::Truths;
use crate::facts::State;
use crate::plan::Plan;
use crate::program::{Lane, SlotId};

/// Values of one account from which facts can be left out, and the truths found without them.
#[derive(Clone, Debug, Default)]
pub struct Spare {
    /// The account's values.
    pub values: Vec<(Lane, State)>,
    /// The values of the record under decision.
    pub record: Vec<(Lane, State)>,
    /// Truths of the conditions that were evaluated again.
    pub truths: Truths,
    /// What each changed slot was, to put it back.
    pub changed: Vec<(SlotId, (Lane, State))>,
}

impl Spare {
    /// Room for a plan.
    pub fn new(plan: &Plan) -> Self {
        Self { truths: Truths::new(plan), ..Self::default() }
    }

    /// Takes the values of a new account.
    pub fn take(&mut self, values: &[(Lane, State)]) {
        self.values.clear();
        self.values.extend_from_slice(values);
    }

    /// Takes the values of the record under decision.
    pub fn take_record(&mut self, record: &[(Lane, State)]) {
        self.record.clear();
        self.record.extend_from_slice(record);
    }

    /// The value at a slot; `base` is the first slot of the record.
    pub fn place(&mut self, slot: SlotId, base: u32) -> Option<&mut (Lane, State)> {
        let offset = slot.0.wrapping_sub(base) as usize;
        if offset < self.record.len() { self.record.get_mut(offset) } else { self.values.get_mut(slot.0 as usize) }
    }
}
