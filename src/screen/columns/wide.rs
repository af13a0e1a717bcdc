//! Loops over the rows of a strip, in the widest instructions that the machine has.
//!
//! In: values side by side, and what may hold of one. Out: where it holds, as a plane.
//! Owns the choice of instructions: once a loop, not once a row. Never knows what is looked for.

use pulp::Arch;

use super::plane::{Plane, WORDS};

/// The instructions of this machine.
#[derive(Clone, Copy, Debug)]
pub struct Wide(Arch);

impl Default for Wide {
    fn default() -> Self {
        Self(Arch::new())
    }
}

/// A loop that is compiled for each kind of machine; it must be inlined whole.
pub trait Kernel {
    /// What it comes to.
    type Output;

    /// Runs it.
    fn run<P: Pack>(self, pack: P) -> Self::Output;
}

/// Makes 64 truths one word.
pub trait Pack: Copy {
    /// A bit for each byte of 0 or 255, the first in the lowest place.
    fn pack(self, bytes: &[u8; 64]) -> u64;
}

/// Any machine.
#[derive(Clone, Copy)]
struct Plain;

impl Pack for Plain {
    #[inline(always)]
    fn pack(self, bytes: &[u8; 64]) -> u64 {
        let (eights, _) = bytes.as_chunks::<8>();
        // The product moves bit 8i to bit 56 + i; no two of its terms meet, so nothing is carried.
        let ones = |eight: &[u8; 8]| u64::from_le_bytes(*eight) & 0x0101_0101_0101_0101;
        let gather = |eight: &[u8; 8]| ones(eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        eights.iter().zip((0..).step_by(8)).fold(0, |word, (eight, at): (_, u32)| word | gather(eight) << at)
    }
}

#[cfg(target_arch = "x86_64")]
impl Pack for pulp::x86::V3 {
    #[inline(always)]
    fn pack(self, bytes: &[u8; 64]) -> u64 {
        let [low, high]: [core::arch::x86_64::__m256i; 2] = pulp::cast(*bytes);
        let bits = |half| u64::from(self.avx2._mm256_movemask_epi8(half).cast_unsigned());
        bits(low) | bits(high) << 32
    }
}

/// A loop with the instructions for which it is compiled.
struct On<K, P>(K, P);

impl<K: Kernel, P: Pack> pulp::NullaryFnOnce for On<K, P> {
    type Output = K::Output;

    #[inline(always)]
    fn call(self) -> K::Output {
        self.0.run(self.1)
    }
}

impl Wide {
    /// Runs a loop.
    #[inline(always)]
    pub fn run<K: Kernel>(self, kernel: K) -> K::Output {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            Arch::V3(simd) => simd.vectorize(On(kernel, simd)),
            _ => kernel.run(Plain),
        }
    }

    /// Rows of which something holds. `values` has at most a strip of rows.
    #[inline]
    pub fn each<T: Copy>(self, values: &[T], holds: impl Fn(T) -> bool) -> Plane {
        self.run(Each(values, holds))
    }

    /// The same of two values a row.
    #[inline]
    pub fn both<A: Copy, B: Copy>(self, a: &[A], b: &[B], holds: impl Fn(A, B) -> bool) -> Plane {
        self.run(Both(a, b, holds))
    }
}

struct Each<'v, T, F>(&'v [T], F);

impl<T: Copy, F: Fn(T) -> bool> Kernel for Each<'_, T, F> {
    type Output = Plane;

    #[inline(always)]
    fn run<P: Pack>(self, pack: P) -> Plane {
        let Self(values, holds) = self;
        let mut words = [0; WORDS];
        let (all, rest) = values.as_chunks::<64>();
        for (word, values) in words.iter_mut().zip(all) {
            if const { size_of::<T>() == 8 } {
                // Values as wide as a word leave nothing to narrow: their bits are gathered in words at once.
                for (value, at) in values.iter().zip(0_u32..64) {
                    *word |= u64::from(holds(*value)) << at;
                }
            } else {
                let mut bytes = [0; 64];
                for (byte, value) in bytes.iter_mut().zip(values) {
                    *byte = spread(holds(*value));
                }
                *word = pack.pack(&bytes);
            }
        }
        if let Some(word) = words.get_mut(all.len()) {
            rest.iter().zip(0_u32..64).for_each(|(value, at)| *word |= u64::from(holds(*value)) << at);
        }
        Plane::of_array(words)
    }
}

struct Both<'v, A, B, F>(&'v [A], &'v [B], F);

impl<A: Copy, B: Copy, F: Fn(A, B) -> bool> Kernel for Both<'_, A, B, F> {
    type Output = Plane;

    #[inline(always)]
    fn run<P: Pack>(self, pack: P) -> Plane {
        let Self(a, b, holds) = self;
        let mut words = [0; WORDS];
        let ((all_a, rest_a), (all_b, rest_b)) = (a.as_chunks::<64>(), b.as_chunks::<64>());
        for ((word, a), b) in words.iter_mut().zip(all_a).zip(all_b) {
            if const { size_of::<A>() == 8 } {
                for ((a, b), at) in a.iter().zip(b).zip(0_u32..64) {
                    *word |= u64::from(holds(*a, *b)) << at;
                }
            } else {
                let mut bytes = [0; 64];
                for ((byte, a), b) in bytes.iter_mut().zip(a).zip(b) {
                    *byte = spread(holds(*a, *b));
                }
                *word = pack.pack(&bytes);
            }
        }
        if let Some(word) = words.get_mut(all_a.len()) {
            let rest = rest_a.iter().zip(rest_b).zip(0_u32..64);
            rest.for_each(|((a, b), at)| *word |= u64::from(holds(*a, *b)) << at);
        }
        Plane::of_array(words)
    }
}

/// What a comparison leaves in a byte.
#[inline(always)]
const fn spread(holds: bool) -> u8 {
    if holds { u8::MAX } else { 0 }
}
