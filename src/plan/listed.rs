//! Which facts a requirement or state condition reads, listed before any facts are known.
//!
//! In: reads with their guards. Out: one list, or one for each of two cases; where there are more cases, none.
//! Owns the order: that of the first read whose guard holds. Never asks whether a guard holds.

use super::Read;
use crate::program::SlotId;

/// The facts that something reads, in reading order, each once.
#[derive(Clone, Debug)]
pub enum ReadList {
    /// These, whatever else is known.
    Always(Box<[SlotId]>),
    /// One list or the other.
    Guarded {
        /// Reads of which each has another guard.
        guards: Box<[Read]>,
        /// While one of these guards holds.
        then: Box<[SlotId]>,
        /// While none does.
        otherwise: Box<[SlotId]>,
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
            found.into_boxed_slice()
        };
        let mut guards: Vec<Read> = Vec::new();
        for read in reads.iter().filter(|read| !read.is_plain()) {
            if !guards.iter().any(|guard| guard.is_guarded_like(read)) {
                guards.push(read.clone());
            }
        }
        let then = listed(&|_| true);
        if guards.is_empty() {
            return Self::Always(then);
        }
        let alike = |guard: &Read| guard.edition.is_none() && listed(&|read| read.is_guarded_like(guard)) == then;
        if guards.iter().all(alike) {
            return Self::Guarded { guards: guards.into(), then, otherwise: listed(&|_| false) };
        }
        Self::Each
    }

    /// The facts, where they are read whatever else is known.
    pub fn always(&self) -> Option<&[SlotId]> {
        match self {
            Self::Always(slots) => Some(slots),
            Self::Guarded { .. } | Self::Each => None,
        }
    }
}
