//! What tests, operands and clauses are made of, for everyone who walks a plan.
//!
//! In: one test, operand or clause set. Out: its own facts, operands or conditions, in reading order.
//! Owns the one list of what stands where. Never descends: whoever walks says how.

use super::{ClausePlan, Probe, Ref, Term};
use crate::program::SlotId;

impl Probe {
    /// The facts that it tests itself, apart from those of its operands.
    #[inline]
    pub fn slots(&self) -> impl Iterator<Item = SlotId> {
        let slots = match self {
            Self::Word(slot, _)
            | Self::Code(slot, _)
            | Self::Text(slot, _)
            | Self::Day(slot, ..)
            | Self::Whole(slot, ..)
            | Self::Money(slot, ..)
            | Self::Contains(slot, _)
            | Self::Empty(slot) => [Some(*slot), None],
            Self::Same(a, b) | Self::ContainsFact(a, b, _) => [Some(*a), Some(*b)],
            Self::IsNone(_) | Self::Compare(..) | Self::Within(..) | Self::Known(_) | Self::Mixed(_) | Self::Unstated => {
                [None; 2]
            }
        };
        slots.into_iter().flatten()
    }

    /// Its operands.
    #[inline]
    pub fn operands(&self) -> impl Iterator<Item = &Term> {
        let operands = match self {
            Self::IsNone(term) | Self::Known(term) => [Some(term), None, None],
            Self::Compare(a, _, b) => [Some(a), Some(b), None],
            Self::Within(day, window) => [Some(day), Some(&window.start), Some(&window.length)],
            _ => [None; 3],
        };
        operands.into_iter().flatten()
    }
}

impl Term {
    /// The fact that this operand is, where it is one fact of any type.
    pub const fn slot(&self) -> Option<SlotId> {
        match self {
            Self::Day(slot)
            | Self::Whole(slot)
            | Self::Money(slot)
            | Self::Number(slot)
            | Self::Percent(slot)
            | Self::Other(slot) => Some(*slot),
            _ => None,
        }
    }

    /// The operands that it is made of; of a choice every value, whatever the conditions.
    pub fn operands(&self) -> impl Iterator<Item = &Self> {
        let (pair, parts, branches, last) = match self {
            Self::Shift(a, _, b) | Self::Bound(a, _, b) | Self::Earlier(a, b) => (Some([a, b]), &[][..], &[][..], None),
            Self::Sum(parts) | Self::Product(parts) => (None, &**parts, &[][..], None),
            Self::Choose(branches, last) => (None, &[][..], &**branches, Some(last)),
            _ => (None, &[][..], &[][..], None),
        };
        let listed = parts.iter().map(|(_, part)| part).chain(branches.iter().map(|(_, value)| value));
        pair.into_iter().flatten().map(AsRef::as_ref).chain(listed).chain(last.map(AsRef::as_ref))
    }
}

impl ClausePlan {
    /// Its conditions: when it is met, fails, is pending, is open.
    pub fn conditions(&self) -> impl Iterator<Item = Ref> {
        [self.met, self.fails, self.pending].into_iter().chain(self.open.iter().copied())
    }
}
