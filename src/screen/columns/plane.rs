//! Bits of many rows side by side: one bit a row.
//!
//! In: what holds in each row of a strip. Out: planes, joined by whole words.
//! Owns the layout of a strip. Never knows what a bit means.

use smallvec::SmallVec;

use crate::value::Truth;

/// Rows that are decided together: what one strip needs stays in the second-level cache.
pub const STRIP: usize = 1024;
const WORDS: usize = STRIP / 64;

/// One bit for each row of a strip.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Plane([u64; WORDS]);

impl Default for Plane {
    fn default() -> Self {
        Self::NONE
    }
}

impl Plane {
    /// No row.
    pub const NONE: Self = Self([0; WORDS]);
    /// Every row.
    pub const ALL: Self = Self([u64::MAX; WORDS]);

    /// Every row or none.
    pub const fn of(all: bool) -> Self {
        if all { Self::ALL } else { Self::NONE }
    }

    /// The first rows.
    pub fn first(rows: usize) -> Self {
        let mut plane = Self::NONE;
        for (word, from) in plane.0.iter_mut().zip((0..).step_by(64)) {
            let count = rows.saturating_sub(from);
            *word = if count >= 64 { u64::MAX } else { (1 << count) - 1 };
        }
        plane
    }

    /// The next words of some bits, the first row in the lowest bit; nothing holds behind their end.
    pub fn of_words(words: &mut impl Iterator<Item = u64>) -> Self {
        let mut plane = Self::NONE;
        plane.0.iter_mut().zip(words).for_each(|(word, bits)| *word = bits);
        plane
    }

    /// Rows of which something holds. `values` has at most a strip of rows.
    #[inline(always)]
    pub fn where_each<T: Copy>(values: &[T], holds: impl Fn(T) -> bool) -> Self {
        let mut plane = Self::NONE;
        for (word, values) in plane.0.iter_mut().zip(values.chunks(64)) {
            let mut bytes = [0_u8; 64];
            for (byte, value) in bytes.iter_mut().zip(values) {
                *byte = u8::from(holds(*value));
            }
            *word = packed(&bytes);
        }
        plane
    }

    /// The same of two values a row.
    #[inline(always)]
    pub fn where_both<A: Copy, B: Copy>(a: &[A], b: &[B], holds: impl Fn(A, B) -> bool) -> Self {
        let mut plane = Self::NONE;
        for ((word, a), b) in plane.0.iter_mut().zip(a.chunks(64)).zip(b.chunks(64)) {
            let mut bytes = [0_u8; 64];
            for ((byte, a), b) in bytes.iter_mut().zip(a).zip(b) {
                *byte = u8::from(holds(*a, *b));
            }
            *word = packed(&bytes);
        }
        plane
    }

    /// Is the bit of a row set?
    #[inline]
    pub fn has(&self, row: usize) -> bool {
        self.0.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    /// Sets or clears the bit of a row.
    #[inline]
    pub fn put(&mut self, row: usize, on: bool) {
        if let Some(word) = self.0.get_mut(row / 64) {
            let bit = 1 << (row % 64);
            *word = if on { *word | bit } else { *word & !bit };
        }
    }

    /// Is no bit set?
    pub fn is_none(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// How many bits are set.
    pub fn count(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// The rows whose bits are set, in order.
    pub fn rows(&self) -> impl Iterator<Item = usize> {
        self.0.into_iter().zip((0..).step_by(64)).flat_map(|(word, from)| {
            let mut rest = word;
            std::iter::from_fn(move || {
                let row = (rest != 0).then(|| from + rest.trailing_zeros() as usize);
                rest &= rest.wrapping_sub(1);
                row
            })
        })
    }

    /// Makes each row's mask: the bit of the first plane in the lowest place. At most 64 planes.
    pub fn masks<'a>(planes: impl Iterator<Item = &'a Self>, masks: &mut [u64; STRIP]) {
        masks.fill(0);
        let planes: SmallVec<[&Self; 64]> = planes.take(64).collect();
        for (eight, shift) in planes.chunks(8).zip((0..).step_by(8)) {
            for (at, masks) in masks.chunks_mut(64).enumerate() {
                let mut words = [0_u64; 8];
                words.iter_mut().zip(eight).for_each(|(word, plane)| *word = plane.0.get(at).copied().unwrap_or(0));
                if words == [0; 8] {
                    continue;
                }
                for (masks, byte) in masks.chunks_mut(8).zip((0..).step_by(8)) {
                    let rows = words.iter().zip((0..).step_by(8)).fold(0, |all, (word, to)| all | (word >> byte & 0xff) << to);
                    let rows = turned(rows).to_le_bytes();
                    masks.iter_mut().zip(rows).for_each(|(mask, row)| *mask |= u64::from(row) << shift);
                }
            }
        }
    }

    /// In both.
    #[inline]
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        self.joined(other, |a, b| a & b)
    }

    /// In one or both.
    #[inline]
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        self.joined(other, |a, b| a | b)
    }

    /// In the first only.
    #[inline]
    #[must_use]
    pub fn but_not(&self, other: &Self) -> Self {
        self.joined(other, |a, b| a & !b)
    }

    /// All others.
    #[inline]
    #[must_use]
    pub fn not(&self) -> Self {
        Self(self.0.map(|word| !word))
    }

    #[inline(always)]
    fn joined(&self, other: &Self, join: impl Fn(u64, u64) -> u64) -> Self {
        let mut plane = *self;
        plane.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word = join(*word, *other));
        plane
    }
}

/// A square of 8 by 8 bits, rows and columns exchanged.
#[inline(always)]
const fn turned(square: u64) -> u64 {
    let ones = (square ^ square >> 7) & 0x00aa_00aa_00aa_00aa;
    let square = square ^ ones ^ ones << 7;
    let twos = (square ^ square >> 14) & 0x0000_cccc_0000_cccc;
    let square = square ^ twos ^ twos << 14;
    let fours = (square ^ square >> 28) & 0x0000_0000_f0f0_f0f0;
    square ^ fours ^ fours << 28
}

/// The lowest bits of 64 bytes of 0 and 1, the first byte's in the lowest place.
#[inline(always)]
fn packed(bytes: &[u8; 64]) -> u64 {
    let (eights, _) = bytes.as_chunks::<8>();
    // The product moves bit 8i to bit 56 + i; no two of its terms meet, so nothing is carried.
    let gather = |eight: &[u8; 8]| u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
    eights.iter().zip((0..).step_by(8)).fold(0, |word, (eight, at): (_, u32)| word | gather(eight) << at)
}

/// The truths of one condition in all rows of a strip: where it is surely true, where surely false; elsewhere unknown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Truths {
    /// Surely true.
    pub yes: Plane,
    /// Surely false.
    pub no: Plane,
}

impl Truths {
    /// Unknown everywhere.
    pub const UNKNOWN: Self = Self { yes: Plane::NONE, no: Plane::NONE };
    /// True everywhere.
    pub const TRUE: Self = Self { yes: Plane::ALL, no: Plane::NONE };
    /// False everywhere.
    pub const FALSE: Self = Self { yes: Plane::NONE, no: Plane::ALL };

    /// The same truth everywhere.
    pub const fn all(truth: Truth) -> Self {
        Self { yes: Plane::of(truth.is_true()), no: Plane::of(truth.is_false()) }
    }

    /// What holds where it holds, among the rows in which that is known.
    #[inline]
    pub fn known(known: &Plane, holds: &Plane) -> Self {
        Self { yes: known.and(holds), no: known.but_not(holds) }
    }

    /// The truth in one row.
    pub fn of(&self, row: usize) -> Truth {
        Truth::of_bits(u8::from(self.yes.has(row)), u8::from(self.no.has(row)))
    }

    /// Sets the truth in one row.
    pub fn put(&mut self, row: usize, truth: Truth) {
        self.yes.put(row, truth.is_true());
        self.no.put(row, truth.is_false());
    }

    /// Strong Kleene AND.
    #[inline]
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self { yes: self.yes.and(&other.yes), no: self.no.or(&other.no) }
    }

    /// Strong Kleene OR.
    #[inline]
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        Self { yes: self.yes.or(&other.yes), no: self.no.and(&other.no) }
    }

    /// True and false change places.
    #[inline]
    #[must_use]
    pub const fn negate(&self) -> Self {
        Self { yes: self.no, no: self.yes }
    }

    /// Where neither is sure.
    pub fn unknown(&self) -> Plane {
        self.yes.or(&self.no).not()
    }
}
