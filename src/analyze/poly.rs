//! Sums of products of facts with exact fractions as coefficients.
//!
//! In: facts as numbers, constants. Out: one normal form for each comparison.
//! Owns exactness: what leaves 127 bits is nothing, never a rounded value. Knows no unit.

use std::collections::BTreeMap;

/// A fact that is a number, by its index among the variables of a space.
pub(super) type Var = usize;

/// Facts multiplied; none is the constant one.
pub(super) type Factors = Vec<Var>;

/// A sum of products over a common denominator above zero.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Poly {
    parts: BTreeMap<Factors, i128>,
    over: i128,
}

/// `parts` together are at most `limit`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) struct AtMost {
    /// Products with whole coefficients, without a constant.
    pub(super) parts: Vec<(Factors, i128)>,
    /// The limit.
    pub(super) limit: i128,
}

fn gcd(a: i128, b: i128) -> i128 {
    let (mut a, mut b) = (a.unsigned_abs(), b.unsigned_abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    i128::try_from(a).unwrap_or(1).max(1)
}

impl Poly {
    pub(super) fn constant(value: i128, over: i128) -> Self {
        Self { parts: BTreeMap::from([(Vec::new(), value)]), over }.reduced()
    }

    pub(super) fn var(var: Var, over: i128) -> Self {
        Self { parts: BTreeMap::from([(vec![var], 1)]), over }
    }

    fn reduced(mut self) -> Self {
        self.parts.retain(|_, coefficient| *coefficient != 0);
        let shared = self.parts.values().fold(self.over, |shared, coefficient| gcd(shared, *coefficient));
        self.parts.values_mut().for_each(|coefficient| *coefficient /= shared);
        self.over /= shared;
        self
    }

    /// The constant, where there is nothing else.
    pub(super) fn fixed(&self) -> Option<(i128, i128)> {
        match self.parts.len() {
            0 => Some((0, 1)),
            1 => self.parts.get(&Vec::new()).map(|value| (*value, self.over)),
            _ => None,
        }
    }

    pub(super) fn plus(&self, other: &Self, minus: bool) -> Option<Self> {
        let mut parts = BTreeMap::new();
        for (factors, coefficient) in &self.parts {
            parts.insert(factors.clone(), coefficient.checked_mul(other.over)?);
        }
        for (factors, coefficient) in &other.parts {
            let scaled = coefficient.checked_mul(self.over)?;
            let sum: &mut i128 = parts.entry(factors.clone()).or_insert(0);
            *sum = if minus { sum.checked_sub(scaled)? } else { sum.checked_add(scaled)? };
        }
        Some(Self { parts, over: self.over.checked_mul(other.over)? }.reduced())
    }

    pub(super) fn times(&self, other: &Self) -> Option<Self> {
        let mut parts = BTreeMap::new();
        for (left, a) in &self.parts {
            for (right, b) in &other.parts {
                let mut factors = [left.as_slice(), right.as_slice()].concat();
                factors.sort_unstable();
                let sum: &mut i128 = parts.entry(factors).or_insert(0);
                *sum = sum.checked_add(a.checked_mul(*b)?)?;
            }
        }
        Some(Self { parts, over: self.over.checked_mul(other.over)? }.reduced())
    }

    /// Divided by a constant other than zero; nothing for any other divisor.
    pub(super) fn divided_by(&self, other: &Self) -> Option<Self> {
        let (value, over) = other.fixed().filter(|(value, _)| *value != 0)?;
        let sign = value.signum();
        self.times(&Self::constant(over.checked_mul(sign)?, value.checked_mul(sign)?))
    }

    /// The comparison "at most zero" (the flag: "below zero") in whole numbers.
    pub(super) fn at_most_zero(&self, below: bool) -> AtMost {
        let constant = self.parts.get(&Vec::new()).copied().unwrap_or(0);
        let parts: Vec<(Factors, i128)> =
            self.parts.iter().filter(|(factors, _)| !factors.is_empty()).map(|(f, c)| (f.clone(), *c)).collect();
        AtMost { parts, limit: -constant - i128::from(below) }.reduced()
    }
}

impl AtMost {
    fn reduced(mut self) -> Self {
        let shared = self.parts.iter().fold(0, |shared, (_, coefficient)| gcd_of(shared, *coefficient));
        if shared > 1 {
            self.parts.iter_mut().for_each(|(_, coefficient)| *coefficient /= shared);
            self.limit = self.limit.div_euclid(shared);
        }
        self
    }

    /// The same with the first coefficient above zero, and whether it is the negation of that.
    pub(super) fn canonical(self) -> (Self, bool) {
        if self.parts.first().is_none_or(|(_, coefficient)| *coefficient > 0) {
            return (self, false);
        }
        (self.negated(), true)
    }

    /// What holds when this does not.
    pub(super) fn negated(mut self) -> Self {
        self.parts.iter_mut().for_each(|(_, coefficient)| *coefficient = -*coefficient);
        self.limit = -self.limit - 1;
        self
    }
}

fn gcd_of(a: i128, b: i128) -> i128 {
    if a == 0 { b.abs() } else { gcd(a, b) }
}
