//! Facts as bits, listed before any facts are known.
//!
//! In: slots. Out: the same slots, by groups of 64.
//! Owns the grouping, which `eval::SlotSet` shares. Never asks what is known.

use crate::program::SlotId;

/// Some facts: for each group of 64 slots in which there are any, which group it is and which of its slots they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SlotMask(Box<[(u32, u64)]>);

impl SlotMask {
    /// These facts.
    pub fn of(slots: impl IntoIterator<Item = SlotId>) -> Self {
        let mut groups: Vec<(u32, u64)> = Vec::new();
        for (group, bit) in slots.into_iter().map(|slot| (slot.0 / 64, 1 << (slot.0 % 64))) {
            match groups.iter_mut().find(|(known, _)| *known == group) {
                Some((_, bits)) => *bits |= bit,
                None => groups.push((group, bit)),
            }
        }
        groups.sort_unstable();
        Self(groups.into())
    }

    /// The groups in order, each with its slots as bits.
    #[inline]
    pub fn groups(&self) -> &[(u32, u64)] {
        &self.0
    }

    /// The facts, in slot order.
    pub fn slots(&self) -> impl Iterator<Item = SlotId> {
        let of = |(group, bits): &(u32, u64)| {
            let (first, bits) = (group * 64, *bits);
            (0..64).filter(move |bit| bits >> bit & 1 == 1).map(move |bit| SlotId(first + bit))
        };
        self.0.iter().flat_map(of)
    }

    /// Are there none?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those of one group.
    #[inline]
    pub fn group(&self, group: u32) -> u64 {
        self.0.iter().find(|(known, _)| *known == group).map_or(0, |(_, bits)| *bits)
    }

    /// Is a fact among them?
    #[inline]
    pub fn contains(&self, slot: SlotId) -> bool {
        self.group(slot.0 / 64) >> (slot.0 % 64) & 1 == 1
    }
}

impl FromIterator<SlotId> for SlotMask {
    fn from_iter<T: IntoIterator<Item = SlotId>>(slots: T) -> Self {
        Self::of(slots)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_grouped_in_order() {
        let mask = SlotMask::of([129, 3, 64, 3].map(SlotId));
        assert_eq!(mask.groups(), [(0, 1 << 3), (1, 1), (2, 2)]);
        assert!(mask.slots().eq([3, 64, 129].map(SlotId)));
        assert!([3, 64, 129].into_iter().all(|slot| mask.contains(SlotId(slot))));
        assert!(![0, 65, 193].into_iter().any(|slot| mask.contains(SlotId(slot))));
        assert!(SlotMask::default().is_empty());
    }
}
