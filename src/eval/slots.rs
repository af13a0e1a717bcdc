//! A set of facts.
//!
//! In: slots. Out: the same slots, each once, in slot order.
//! Owns its memory, used again. Never asks what a fact is.

use crate::program::SlotId;

/// A set of slots, as bits.
#[derive(Clone, Debug, Default)]
pub struct SlotSet(Vec<u64>);

impl SlotSet {
    /// Room for so many slots.
    pub fn new(slots: usize) -> Self {
        Self(vec![0; slots.div_ceil(64)])
    }

    /// Adds a slot.
    #[inline]
    pub fn insert(&mut self, slot: SlotId) {
        if let Some(word) = self.0.get_mut(slot.0 as usize / 64) {
            *word |= 1 << (slot.0 % 64);
        }
    }

    /// Appends all slots to `to`, in order, and is empty then.
    pub fn drain_into(&mut self, to: &mut Vec<SlotId>) {
        for (word, base) in self.0.iter_mut().zip((0_u32..).step_by(64)) {
            let mut bits = std::mem::take(word);
            while bits != 0 {
                to.push(SlotId(base + bits.trailing_zeros()));
                bits &= bits - 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_come_once_and_in_order_and_leave_nothing_behind() {
        let mut set = SlotSet::new(130);
        [129, 0, 64, 63, 64].into_iter().for_each(|slot| set.insert(SlotId(slot)));
        let mut all = vec![SlotId(7)];
        set.drain_into(&mut all);
        assert_eq!(all, [7, 0, 63, 64, 129].map(SlotId), "behind what was there");
        set.drain_into(&mut all);
        assert_eq!(all.len(), 5, "a set is taken once");
    }
}
