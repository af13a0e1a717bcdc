//! Names of the vocabulary, found fast.
//!
//! In: names that the rules declare. Out: a map from them.
//! Owns how a name is hashed: by its length and three of its letters. That is good enough because only the rules put names
//! in; what a document says is looked up and never kept.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// What names stand for.
pub(super) type Names<T> = HashMap<Box<str>, T, BuildHasherDefault<ByLetters>>;

/// Hashes a name by its length and its first, middle and last letter.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct ByLetters(u64);

impl Hasher for ByLetters {
    #[inline]
    fn write(&mut self, name: &[u8]) {
        let letter = |at: usize| u64::from(name.get(at).copied().unwrap_or(0));
        let length = name.len();
        let letters = letter(0) | letter(length / 2) << 8 | letter(length.wrapping_sub(1)) << 16;
        // An odd number without a pattern spreads them over the upper half, which is folded onto the lower one.
        let spread = (letters | (length as u64) << 24).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = spread ^ spread >> 32;
    }

    #[inline]
    fn write_u8(&mut self, _end_of_text: u8) {}

    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::Names;
    use crate::facts::tests::PROGRAM;

    #[test]
    fn every_name_is_found_and_no_other() {
        let names: Names<usize> = PROGRAM.facts.iter().zip(0..).map(|(fact, at)| (fact.name.as_str().into(), at)).collect();
        assert!(!names.is_empty());
        for (fact, at) in PROGRAM.facts.iter().zip(0..) {
            assert_eq!(names.get(fact.name.as_str()), Some(&at));
            assert_eq!(names.get(fact.name.to_uppercase().as_str()), None);
        }
        for other in ["", "x", "é"] {
            assert_eq!(names.get(other), None);
        }
    }
}
