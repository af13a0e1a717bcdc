//! A set of facts.
//!
//! In: slots. Out: the same slots, each once, in slot order.
//! Owns its memory, used again. Never asks what a fact is.

use crate::program::SlotId;

/// A set of slots, as bits.
#[derive(Clone, Debug, Default)]
pub struct SlotSet {
    words: Vec<u64>,
    /// Which words may hold something; bit `i` stands for word `i`, `i + 64` and so on.
    used: u64,
}

impl SlotSet {
    /// Room for so many slots.
    pub fn new(slots: usize) -> Self {
        Self { words: vec![0; slots.div_ceil(64)], used: 0 }
    }

    /// Adds a slot.
    #[inline]
    pub fn insert(&mut self, slot: SlotId) {
        if let Some(word) = self.words.get_mut(slot.0 as usize / 64) {
            *word |= 1 << (slot.0 % 64);
            self.used |= 1 << (slot.0 / 64 % 64);
        }
    }

    /// Does it hold a slot?
    #[inline]
    pub fn contains(&self, slot: SlotId) -> bool {
        self.words.get(slot.0 as usize / 64).is_some_and(|word| word >> (slot.0 % 64) & 1 == 1)
    }

    /// Takes everything out.
    pub fn clear(&mut self) {
        if std::mem::take(&mut self.used) != 0 {
            self.words.fill(0);
        }
    }

    /// Appends all slots to `to`, in order, and is empty then.
    #[inline]
    pub fn drain_into(&mut self, to: &mut Vec<SlotId>) {
        if self.used != 0 {
            self.drain(to);
        }
    }

    fn drain(&mut self, to: &mut Vec<SlotId>) {
        if self.words.len() > 64 {
            self.used = 0;
            (0..self.words.len()).for_each(|at| self.drain_word(at, to));
        }
        for at in bits(std::mem::take(&mut self.used)) {
            self.drain_word(at, to);
        }
    }

    fn drain_word(&mut self, at: usize, to: &mut Vec<SlotId>) {
        let mut word = self.words.get_mut(at).map_or(0, std::mem::take);
        let Ok(base) = u32::try_from(at * 64) else { return };
        while word != 0 {
            to.push(SlotId(base + word.trailing_zeros()));
            word &= word - 1;
        }
    }
}

/// The bits of a mask that are set, from the lowest.
#[inline]
pub fn bits(mut mask: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let lowest = (mask != 0).then_some(mask.trailing_zeros() as usize)?;
        mask &= mask - 1;
        Some(lowest)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_may_have_many_words() {
        let mut set = SlotSet::new(64 * 70);
        let (mut all, wanted) = (Vec::new(), [1, 64 * 64 + 1, 64 * 69 + 63].map(SlotId));
        wanted.into_iter().for_each(|slot| set.insert(slot));
        set.drain_into(&mut all);
        assert_eq!(all, wanted);
    }

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
