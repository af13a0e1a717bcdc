//! Room in which the facts of one account after another are laid out.
//!
//! In: values, and what was met of the document. Out: the facts, blank again when the next account comes.
//! Owns what the document has said already, and memory for records. Never reads a document.

use super::reader::{ListEntry, Reader, SectionEntry};
use super::{Facts, Record, State};
use crate::program::Lane;

/// The most records whose memory is kept; accounts that have more of them take longer to read anyway.
const MOST_SPARE: usize = 256;

/// Facts, and what has to be put back before the next account.
#[derive(Clone, Debug)]
pub(super) struct Room {
    pub(super) facts: Facts,
    /// Records of earlier accounts, whose memory is used again.
    spare: Vec<Record>,
    /// The mapping in which each key was last met, by its mark.
    met: Vec<u64>,
    /// The document that last gave a fact of each section, by the section's mark.
    given: Vec<u64>,
    /// The number of the document.
    pub(super) document: u64,
    /// Documents and mappings so far, which are numbered together. Thanks to the numbers nothing has to be forgotten.
    begun: u64,
}

impl Room {
    /// Room for the facts of a vocabulary.
    pub(super) fn new(reader: &Reader) -> Self {
        Self {
            facts: reader.unknown().clone(),
            spare: Vec::new(),
            met: vec![0; reader.marks()],
            given: vec![0; reader.marks()],
            document: 0,
            begun: 0,
        }
    }

    /// Blank facts, which may be written in any way.
    pub(super) fn all(&mut self, reader: &Reader) -> &mut Facts {
        self.clear(reader);
        &mut self.facts
    }

    /// Makes everything blank for the next document.
    pub(super) fn clear(&mut self, reader: &Reader) {
        self.document = self.begin();
        self.facts.wipe(reader.unknown());
        self.facts.records.iter_mut().for_each(|records| self.spare.append(records));
        self.spare.truncate(MOST_SPARE);
    }

    /// Begins a mapping, in which each key may come once. Returns its number.
    pub(super) fn begin(&mut self) -> u64 {
        self.begun += 1;
        self.begun
    }

    /// Meets a key in a mapping. Is it the first time?
    #[inline]
    pub(super) fn meets(&mut self, mark: usize, mapping: u64) -> bool {
        self.met.get_mut(mark).is_some_and(|met| std::mem::replace(met, mapping) != mapping)
    }

    /// Takes the value of a single fact.
    #[inline]
    pub(super) fn give(&mut self, section: &SectionEntry, place: usize, lane: Lane) {
        if let Some(given) = self.given.get_mut(section.mark) {
            *given = self.document;
        }
        if let Some(value) = self.facts.place(section.base.saturating_add(place)) {
            *value = (lane, State::Given);
        }
    }

    /// The values of a section of single facts, if the document gave any.
    pub(super) fn given(&mut self, section: &SectionEntry) -> Option<&mut [(Lane, State)]> {
        let is_given = self.given.get(section.mark) == Some(&self.document);
        if is_given { self.facts.derivable(section) } else { None }
    }

    /// A record of which nothing is known, to be filled.
    pub(super) fn record(&mut self, list: &ListEntry) -> Record {
        let mut record = self.spare.pop().unwrap_or_default();
        record.key.clear();
        record.values.clone_from(&list.blank);
        record
    }
}
