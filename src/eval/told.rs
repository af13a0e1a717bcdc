//! Which facts are known, and which of them somebody told, as sets.
//!
//! In: the values that evaluation looks at. Out: two sets of slots.
//! Owns the memory, used again for each account. Never asks what a fact is for.

use super::slots::SlotSet;
use super::view::View;
use crate::facts::State;
use crate::plan::Plan;
use crate::program::{Lane, SlotId};

/// What is known of the facts of one account and of the record under decision.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Facts that have a value, be it an assumed one.
    pub known: SlotSet,
    /// Facts that came to be known otherwise than they are while nobody tells them.
    pub told: SlotSet,
}

impl Told {
    /// Room for a plan.
    pub fn new(plan: &Plan) -> Self {
        let set = || SlotSet::new(plan.blank.len());
        Self { known: set(), told: set() }
    }

    /// Takes over the values of an account.
    pub fn take(&mut self, plan: &Plan, values: &[(Lane, State)]) {
        for (at, (values, blank)) in values.chunks(64).zip(plan.blank.chunks(64)).enumerate() {
            // From the last one, so that each bit moves to its place while those below it are added.
            let both = values.iter().zip(blank).rev();
            let (known, told) = both.fold((0_u64, 0_u64), |(known, told), ((_, state), (_, untold))| {
                (known << 1 | u64::from(*state != State::Missing), told << 1 | u64::from(state != untold))
            });
            self.known.put(at, known);
            self.told.put(at, told);
        }
    }

    /// Takes over those of the record under decision, where a view has one.
    pub fn take_record(&mut self, plan: &Plan, view: &View<'_>) {
        let (record, base) = view.record_values();
        // Without a record there is no first slot to count from, so the values come first.
        for ((_, state), slot) in record.iter().zip((base..).map(SlotId)) {
            let untold = plan.blank.get(slot.0 as usize).map_or(State::Missing, |(_, state)| *state);
            self.known.set(slot, *state != State::Missing);
            self.told.set(slot, *state != untold);
        }
    }
}
