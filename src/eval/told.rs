//! Which facts are known, and which of them somebody told, as sets.
//!
//! In: the values that evaluation looks at. Out: two sets of slots.
//! Owns the memory, used again for each account. Never asks what a fact is for.

use super::slots::{SlotSet, bits};
use super::view::View;
use crate::facts::{Facts, State};
use crate::plan::Plan;
use crate::program::{Lane, SlotId};

/// What is known of the facts of one account and of the record under decision.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Facts that have a value while nothing is told, by groups of 64.
    assumed: Box<[u64]>,
    /// Facts that have a value, be it an assumed one.
    pub known: SlotSet,
    /// Facts that came to be known otherwise than they are while nobody tells them.
    pub told: SlotSet,
}

impl Told {
    /// Room for a plan.
    pub fn new(plan: &Plan) -> Self {
        let set = || SlotSet::new(plan.blank.len());
        let known = |blank: &[(Lane, State)]| {
            let states = blank.iter().zip(0..).filter(|((_, state), _)| *state != State::Missing);
            states.fold(0, |known, (_, bit)| known | 1 << bit)
        };
        Self { assumed: plan.blank.chunks(64).map(known).collect(), known: set(), told: set() }
    }

    /// Takes over the values of an account. Only those that were written are looked at.
    pub fn take(&mut self, plan: &Plan, facts: &Facts) {
        let values = facts.values();
        let written = facts.written().iter().chain(std::iter::repeat(&0));
        for (group, (assumed, written)) in self.assumed.iter().zip(written).enumerate() {
            let (mut known, mut told) = (*assumed, 0);
            for bit in bits(*written) {
                let at = group * 64 + bit;
                let (Some(value), Some(blank)) = (values.get(at), plan.blank.get(at)) else { continue };
                known = known & !(1 << bit) | u64::from(value.1 != State::Missing) << bit;
                told |= u64::from(value.1 != blank.1 || (value.0 != blank.0 && value.1 != State::Missing)) << bit;
            }
            self.known.put(group, known);
            self.told.put(group, told);
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
