//! A set of facts.
//!
//! In: slots. Out: the same slots, each once, in slot order.
//! Owns its memory, used again. Never asks what a fact is.

use crate::plan::SlotMask;
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

    #[inline]
    fn word(&self, group: u32) -> u64 {
        self.words.get(group as usize).copied().unwrap_or(0)
    }

    #[inline]
    fn add(&mut self, group: u32, bits: u64) {
        if let Some(word) = self.words.get_mut(group as usize) {
            *word |= bits;
            self.used |= u64::from(bits != 0) << (group % 64);
        }
    }

    /// Adds the slots of a mask.
    #[inline]
    pub fn insert_all(&mut self, mask: &SlotMask) {
        mask.groups().iter().for_each(|(group, bits)| self.add(*group, *bits));
    }

    /// Adds the slots of a mask that another set holds.
    #[inline]
    pub fn insert_shared(&mut self, mask: &SlotMask, with: &Self) {
        mask.groups().iter().for_each(|(group, bits)| self.add(*group, bits & with.word(*group)));
    }

    /// Adds the slots of a mask that another set lacks.
    #[inline]
    pub fn insert_lacking(&mut self, mask: &SlotMask, from: &Self) {
        mask.groups().iter().for_each(|(group, bits)| self.add(*group, bits & !from.word(*group)));
    }

    /// Does it lack any slot of a mask?
    #[inline]
    pub fn lacks(&self, mask: &SlotMask) -> bool {
        mask.groups().iter().any(|(group, bits)| bits & !self.word(*group) != 0)
    }

    /// Are all its slots among those of a mask?
    #[inline]
    pub fn is_within(&self, mask: &SlotMask) -> bool {
        let within = |group: u32| self.word(group) & !mask.group(group) == 0;
        if self.words.len() <= 64 {
            return bits(self.used).all(|group| within(group as u32));
        }
        (0..self.words.len()).all(|group| within(group as u32))
    }

    /// Sets up to 64 slots from a multiple of 64 on, as bits.
    #[inline]
    pub(super) fn put(&mut self, group: usize, bits: u64) {
        if let Some(word) = self.words.get_mut(group) {
            *word = bits;
            self.used |= u64::from(bits != 0) << (group % 64);
        }
    }

    /// Puts a slot in or takes it out.
    pub(super) fn set(&mut self, slot: SlotId, inside: bool) {
        if inside {
            self.insert(slot);
        } else if let Some(word) = self.words.get_mut(slot.0 as usize / 64) {
            *word &= !(1 << (slot.0 % 64));
        }
    }

    /// Takes everything out.
    #[inline]
    pub fn clear(&mut self) {
        let used = std::mem::take(&mut self.used);
        if self.words.len() <= 64 {
            for at in bits(used) {
                self.put(at, 0);
            }
        } else if used != 0 {
            self.words.fill(0);
        }
    }

    /// Appends all slots to `to`, in order.
    #[inline]
    pub fn list_into(&self, to: &mut Vec<SlotId>) {
        if self.words.len() <= 64 {
            bits(self.used).for_each(|at| self.list_word(at, to));
        } else if self.used != 0 {
            (0..self.words.len()).for_each(|at| self.list_word(at, to));
        }
    }

    /// Appends all slots to `to`, in order, and is empty then.
    #[inline]
    pub fn drain_into(&mut self, to: &mut Vec<SlotId>) {
        self.list_into(to);
        self.clear();
    }

    /// Hands over all slots, in order.
    #[inline]
    pub fn each(&self, mut act: impl FnMut(SlotId)) {
        for (word, base) in self.words.iter().zip((0_u32..).step_by(64)) {
            bits(*word).for_each(|bit| act(SlotId(base + bit as u32)));
        }
    }

    #[inline]
    fn list_word(&self, at: usize, to: &mut Vec<SlotId>) {
        let mut word = self.words.get(at).copied().unwrap_or(0);
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
