//! Exact arithmetic for products and quotients: a fraction of two 256-bit integers.
//!
//! In: lanes of money and decimals. Out: exact comparisons, and one rounding to the minor unit.
//! Owns the only rounding of the product (half up). Never overflows within the degree that the checker allows.

use std::cmp::Ordering;

use ethnum::I256;

/// `numerator / denominator`, with a denominator above zero.
#[derive(Clone, Copy, Debug)]
pub struct Exact {
    numerator: I256,
    denominator: I256,
}

impl Exact {
    /// A whole number, such as an amount in minor units or a count.
    pub fn whole(value: i64) -> Self {
        Self { numerator: I256::from(value), denominator: I256::ONE }
    }

    /// A decimal of `whole` and billionths.
    pub fn decimal(whole: i64, nanos: i64) -> Self {
        let scale = I256::from(super::NANOS);
        Self { numerator: I256::from(whole) * scale + I256::from(nanos), denominator: scale }.reduced()
    }

    /// The same fraction divided by `by`, as `50%` is 50 over 100.
    pub fn over(self, by: i64) -> Self {
        Self { numerator: self.numerator, denominator: self.denominator * I256::from(by) }.reduced()
    }

    /// Keeps the parts small, so that the next product stays in range.
    fn reduced(self) -> Self {
        let (mut a, mut b) = (self.numerator.abs(), self.denominator);
        while b != I256::ZERO {
            (a, b) = (b, a % b);
        }
        if a <= I256::ONE {
            return self;
        }
        Self { numerator: self.numerator / a, denominator: self.denominator / a }
    }

    /// The sum.
    pub fn plus(self, other: Self) -> Self {
        let numerator = self.numerator * other.denominator + other.numerator * self.denominator;
        Self { numerator, denominator: self.denominator * other.denominator }.reduced()
    }

    /// The difference.
    pub fn minus(self, other: Self) -> Self {
        self.plus(Self { numerator: -other.numerator, denominator: other.denominator })
    }

    /// The product.
    pub fn times(self, other: Self) -> Self {
        Self { numerator: self.numerator * other.numerator, denominator: self.denominator * other.denominator }.reduced()
    }

    /// The quotient, or nothing where the divisor is zero.
    pub fn divided_by(self, other: Self) -> Option<Self> {
        if other.numerator == I256::ZERO {
            return None;
        }
        let sign = other.numerator.signum();
        let (numerator, denominator) = (self.numerator * other.denominator * sign, self.denominator * other.numerator * sign);
        Some(Self { numerator, denominator }.reduced())
    }

    /// Exact comparison by cross-multiplication.
    pub fn compare(self, other: Self) -> Ordering {
        (self.numerator * other.denominator).cmp(&(other.numerator * self.denominator))
    }

    /// Rounded half up to a whole number of minor units, or nothing beyond 64 bits.
    /// # Source
    /// Contract, `semantics.money`: half up to the minor unit; no source states it, so the output names it.
    pub fn round_half_up(self) -> Option<i64> {
        let two = I256::from(2_i64);
        let shifted = self.numerator * two + self.denominator;
        let floor = shifted.div_euclid(self.denominator * two);
        i64::try_from(floor).ok()
    }

    /// Would rounding change it?
    pub fn is_whole(self) -> bool {
        self.numerator % self.denominator == I256::ZERO
    }
}

#[cfg(test)]
mod tests {
    use super::Exact;
    use std::cmp::Ordering;

    #[test]
    fn quotients_round_half_up_once() {
        let amount = |cost: i64, revenue: i64, target: i64| {
            let divisor = Exact::decimal(0, 900_000_000).times(Exact::whole(target));
            Exact::whole(cost).minus(Exact::whole(revenue).divided_by(divisor).unwrap()).round_half_up()
        };
        assert_eq!(amount(10_000, 80_000, 10), Some(1_111), "100 - 800/9 MYR in cents");
        assert_eq!(amount(1_000, 5_000, 8), Some(306), "1000 - 5000/7.2 yen");
        assert_eq!(Exact::whole(1).over(2).round_half_up(), Some(1));
        assert_eq!(Exact::whole(-1).over(2).round_half_up(), Some(0), "half goes up, also below zero");
    }

    #[test]
    fn products_at_the_input_limits_stay_exact() {
        let big = Exact::decimal(999_999_999_999_999, 999_999_999);
        let product = big.times(big).times(Exact::whole(1_000_000_000_000_000));
        assert_eq!(product.compare(product.minus(Exact::decimal(0, 1))), Ordering::Greater);
        assert!(Exact::whole(1).divided_by(Exact::whole(0)).is_none());
    }
}
