//! Bits of many rows side by side: one bit a row.
//!
//! In: what holds in each row of a strip. Out: planes, joined by whole words.
//! Owns the layout of a strip. Never knows what a bit means.

use smallvec::SmallVec;

use super::wide::{Kernel, Pack, Wide};
use crate::value::Truth;

/// Rows that are decided together: what one strip needs stays in the second-level cache.
pub const STRIP: usize = 1024;
/// Words of a plane.
pub(super) const WORDS: usize = STRIP / 64;

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

    /// The words of all rows.
    #[inline(always)]
    pub(super) const fn of_array(words: [u64; WORDS]) -> Self {
        Self(words)
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
        let planes: SmallVec<[&Self; 64]> = planes.take(64).collect();
        Wide::default().run(Masks { planes: &planes, masks });
    }

    /// Writes a value in the rows whose bits are set.
    pub fn write(&self, value: u32, to: &mut [u32; STRIP]) {
        Wide::default().run(Write { rows: self, value, to });
    }

    /// In both.
    #[inline(always)]
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        self.joined(other, |a, b| a & b)
    }

    /// In one or both.
    #[inline(always)]
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        self.joined(other, |a, b| a | b)
    }

    /// In the first only.
    #[inline(always)]
    #[must_use]
    pub fn but_not(&self, other: &Self) -> Self {
        self.joined(other, |a, b| a & !b)
    }

    /// All others.
    #[inline(always)]
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

/// Rows and columns of bits exchanged, eight planes at a time.
struct Masks<'a> {
    planes: &'a [&'a Plane],
    masks: &'a mut [u64; STRIP],
}

impl Kernel for Masks<'_> {
    type Output = ();

    #[inline(always)]
    fn run<P: Pack>(self, _: P) {
        if self.planes.iter().all(|plane| plane.is_none()) {
            return self.masks.fill(0);
        }
        for (eight, shift) in self.planes.chunks(8).zip((0_u32..).step_by(8)) {
            let mut squares = [[0; WORDS]; 8];
            squares.iter_mut().zip(eight).for_each(|(square, plane)| *square = plane.0);
            let [a, b, c, d, e, f, g, h] = &mut squares;
            for (low, high) in [(&mut *a, &mut *e), (&mut *b, &mut *f), (&mut *c, &mut *g), (&mut *d, &mut *h)] {
                exchange(low, high, 32, 0x0000_0000_ffff_ffff);
            }
            for (low, high) in [(&mut *a, &mut *c), (&mut *b, &mut *d), (&mut *e, &mut *g), (&mut *f, &mut *h)] {
                exchange(low, high, 16, 0x0000_ffff_0000_ffff);
            }
            for (low, high) in [(a, b), (c, d), (e, f), (g, h)] {
                exchange(low, high, 8, 0x00ff_00ff_00ff_00ff);
            }
            // Each word holds eight rows now, and of each row a byte after the exchange within.
            for square in &mut squares {
                square.iter_mut().for_each(|word| *word = turned(*word));
            }
            let (sixty_fours, _) = self.masks.as_chunks_mut::<64>();
            for (masks, at) in sixty_fours.iter_mut().zip(0..) {
                let mut bytes = [0; 64];
                for (bytes, square) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(&squares) {
                    *bytes = square.get(at).copied().unwrap_or(0).to_le_bytes();
                }
                for (mask, byte) in masks.iter_mut().zip(bytes) {
                    let before = if shift == 0 { 0 } else { *mask };
                    *mask = before | u64::from(byte) << shift;
                }
            }
        }
    }
}

/// Exchanges the bytes of `low` that `mask` leaves out with those of `high` that it names.
#[inline(always)]
fn exchange(low: &mut [u64; WORDS], high: &mut [u64; WORDS], shift: u32, mask: u64) {
    for (low, high) in low.iter_mut().zip(high) {
        let moved = (*low >> shift ^ *high) & mask;
        *high ^= moved;
        *low ^= moved << shift;
    }
}

/// A value in some rows.
struct Write<'a> {
    rows: &'a Plane,
    value: u32,
    to: &'a mut [u32; STRIP],
}

impl Kernel for Write<'_> {
    type Output = ();

    #[inline(always)]
    fn run<P: Pack>(self, _: P) {
        // As a table they are loaded side by side.
        let bits: [u32; 32] = std::array::from_fn(|at| 1 << at);
        let (halves, _) = self.to.as_chunks_mut::<32>();
        let words = self.rows.0.iter().flat_map(|word| [*word as u32, (*word >> 32) as u32]);
        for (places, word) in halves.iter_mut().zip(words) {
            for (place, bit) in places.iter_mut().zip(bits) {
                let before = *place;
                *place = if word & bit == 0 { before } else { self.value };
            }
        }
    }
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
    #[inline(always)]
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

    /// Where it is surely true, and where surely false; the other way round of a negation.
    #[inline(always)]
    pub const fn sides(&self, negated: bool) -> (&Plane, &Plane) {
        if negated { (&self.no, &self.yes) } else { (&self.yes, &self.no) }
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
