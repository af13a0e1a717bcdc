//! Which facts a requirement or state condition reads, listed before any facts are known.
//!
//! In: reads with their guards. Out: one list, or one for each of two cases; where there are more cases, none.
//! Owns the order: that of the first read whose guard holds. Never asks whether a guard holds.

use super::{Read, SlotMask};
use crate::program::SlotId;

/// Some facts, each once.
#[derive(Clone, Debug, Default)]
pub struct Listed {
    /// In reading order.
    pub slots: Box<[SlotId]>,
    /// As bits.
    pub mask: SlotMask,
}

impl Listed {
    /// Facts in reading order.
    pub fn new(slots: Vec<SlotId>) -> Self {
        Self { mask: slots.iter().copied().collect(), slots: slots.into() }
    }
}

/// The facts that something reads, in reading order, each once.
#[derive(Clone, Debug)]
pub enum ReadList {
    /// These, whatever else is known.
    Always(Listed),
    /// One list or the other.
    Guarded {
        /// Reads of which each has another guard.
        guards: Box<[Read]>,
        /// While one of these guards holds.
        then: Listed,
        /// While none does.
        otherwise: Listed,
    },
    /// Those whose reads say so.
    Each,
}

impl ReadList {
    pub(super) fn new(reads: &[Read]) -> Self {
        let listed = |holds: &dyn Fn(&Read) -> bool| {
            let mut found: Vec<SlotId> = Vec::new();
            for read in reads.iter().filter(|read| read.is_plain() || holds(read)) {
                if !found.contains(&read.slot) {
                    found.push(read.slot);
                }
            }
            found
        };
        let mut guards: Vec<Read> = Vec::new();
        for read in reads.iter().filter(|read| !read.is_plain()) {
            if !guards.iter().any(|guard| guard.is_guarded_like(read)) {
                guards.push(read.clone());
            }
        }
        let then = listed(&|_| true);
        if guards.is_empty() {
            return Self::Always(Listed::new(then));
        }
        let alike = |guard: &Read| guard.edition.is_none() && listed(&|read| read.is_guarded_like(guard)) == then;
        if guards.iter().all(alike) {
            let [then, otherwise] = [then, listed(&|_| false)].map(Listed::new);
            return Self::Guarded { guards: guards.into(), then, otherwise };
        }
        Self::Each
    }

    /// The facts, where they are read whatever else is known.
    pub fn always(&self) -> Option<&Listed> {
        match self {
            Self::Always(listed) => Some(listed),
            Self::Guarded { .. } | Self::Each => None,
        }
    }
}
