//! Kleene's three truth values as two bits: surely true, surely false; neither bit means unknown.
//!
//! In: the bits of two truths. Out: their conjunction, disjunction, negation.
//! Owns the truth tables. Never holds both bits at once.

/// What is known of a condition. The two bits are what a column of accounts stores as two bit planes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Truth(u8);

impl Truth {
    /// Neither shown true nor shown false.
    pub const UNKNOWN: Self = Self(0);
    /// Surely true.
    pub const TRUE: Self = Self(1);
    /// Surely false.
    pub const FALSE: Self = Self(2);

    /// The truth of a condition that is fully known.
    #[inline]
    pub const fn of(holds: bool) -> Self {
        Self(2 - holds as u8)
    }

    /// Surely true?
    #[inline]
    pub const fn is_true(self) -> bool {
        self.0 & 1 != 0
    }

    /// Surely false?
    #[inline]
    pub const fn is_false(self) -> bool {
        self.0 & 2 != 0
    }

    /// Neither surely true nor surely false?
    #[inline]
    pub const fn is_unknown(self) -> bool {
        self.0 == 0
    }

    /// Strong Kleene AND: one false settles it.
    #[inline]
    pub const fn and(self, other: Self) -> Self {
        Self((self.0 & other.0 & 1) | ((self.0 | other.0) & 2))
    }

    /// Strong Kleene OR: one true settles it.
    #[inline]
    pub const fn or(self, other: Self) -> Self {
        Self(((self.0 | other.0) & 1) | (self.0 & other.0 & 2))
    }

    /// The truth of two bytes: surely true, surely false.
    #[inline]
    pub const fn of_bits(surely_true: u8, surely_false: u8) -> Self {
        Self(surely_true | surely_false << 1)
    }

    /// The truth, and beside it that of the negation.
    #[inline]
    pub fn both(self) -> [Self; 2] {
        const BOTH: [[Truth; 2]; 4] =
            [[Truth::UNKNOWN; 2], [Truth::TRUE, Truth::FALSE], [Truth::FALSE, Truth::TRUE], [Truth::UNKNOWN; 2]];
        BOTH.get(usize::from(self.0 & 3)).copied().unwrap_or_default()
    }

    /// True and false change places; unknown stays.
    #[inline]
    pub const fn negate(self) -> Self {
        Self((self.0 << 1 | self.0 >> 1) & 3)
    }
}

#[cfg(test)]
mod tests {
    use super::Truth;

    #[test]
    fn the_tables_are_kleenes() {
        const ALL: [Truth; 3] = [Truth::TRUE, Truth::FALSE, Truth::UNKNOWN];
        for a in ALL {
            assert_eq!(a.negate().negate(), a);
            assert_eq!(a.both(), [a, a.negate()]);
            for b in ALL {
                let and = if a.is_false() || b.is_false() {
                    Truth::FALSE
                } else if a.is_true() && b.is_true() {
                    Truth::TRUE
                } else {
                    Truth::UNKNOWN
                };
                assert_eq!(a.and(b), and);
                assert_eq!(a.or(b), a.negate().and(b.negate()).negate(), "De Morgan");
            }
        }
        assert_eq!(Truth::of_bits(0, 0), Truth::UNKNOWN);
        assert_eq!(Truth::of_bits(0, 1), Truth::FALSE);
    }
}
