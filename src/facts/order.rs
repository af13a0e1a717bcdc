//! The order in which accounts name things.
//!
//! In: the key before and a key, in the letters of the document. Out: what it names.
//! Owns a guess, which is what came next the last time, or the order of the vocabulary. Takes no guess for true.

use super::reader::{Reader, SectionEntry, Top};

/// What came behind each key when it was last met, by its mark.
#[derive(Clone, Debug)]
pub(super) struct Order {
    /// Places in the same section, behind a section's name and behind each of its facts.
    inside: Vec<usize>,
    /// At the top.
    top: Vec<Top>,
}

impl Order {
    /// The order of the vocabulary.
    pub(super) fn new(reader: &Reader) -> Self {
        let inside = reader.sections.iter().flat_map(|section| 0..=section.facts.len());
        Self { inside: std::iter::once(0).chain(inside).collect(), top: vec![Top::Section(0); reader.marks()] }
    }

    /// The place of the fact of a section that a key names; `behind` is the mark of the key before, or of the section.
    #[inline]
    pub(super) fn place(&mut self, section: &SectionEntry, key: &[u8], behind: usize) -> Option<usize> {
        let guess = self.inside.get_mut(behind)?;
        if section.facts.get(*guess).is_some_and(|fact| fact.local.as_bytes() == key) {
            return Some(*guess);
        }
        *guess = section.local(std::str::from_utf8(key).ok()?)?;
        Some(*guess)
    }

    /// What a key at the top names; `behind` is the mark of the key before, or zero for none.
    #[inline]
    pub(super) fn top(&mut self, reader: &Reader, key: &[u8], behind: usize) -> Option<Top> {
        let guess = self.top.get_mut(behind)?;
        if !key.is_empty() && reader.name_of(*guess).is_some_and(|name| name.as_bytes() == key) {
            return Some(*guess);
        }
        *guess = reader.top(std::str::from_utf8(key).ok()?)?;
        Some(*guess)
    }
}
