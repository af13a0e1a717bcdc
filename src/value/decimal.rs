//! Exact decimals: a whole part and billionths, and whole numbers.
//!
//! In: text such as `4.1` or `20`. Out: values within the contract's limits, or why not.
//! Owns the limits of `decimal` and `integer`. Never rounds.

use std::fmt;

/// The largest whole part of a decimal, and the largest whole number, of any input.
pub const MAX_WHOLE: i64 = 1_000_000_000_000_000;
/// Billionths in one.
pub const NANOS: i64 = 1_000_000_000;

/// A decimal of at least zero: `whole + nanos / 1e9`, with `0 <= nanos < 1e9`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Decimal {
    /// The part before the point.
    pub whole: i64,
    /// The part after the point, in billionths.
    pub nanos: i64,
}

/// Why a text is no decimal that the product accepts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum DecimalError {
    /// The text is not digits with at most one point.
    #[error("is not a number written with digits and at most one point")]
    Malformed,
    /// More than nine digits after the point.
    #[error("has more than 9 digits after the point")]
    TooFine,
    /// Below zero.
    #[error("is below zero")]
    Negative,
    /// Above the largest value.
    #[error("is above the largest number, 1000000000000000")]
    TooLarge,
}

impl Decimal {
    /// Reads `20`, `4.1` or `0.000000001`.
    /// # Errors
    /// [`DecimalError`] when the text is malformed or beyond the limits.
    pub fn parse(text: &str) -> Result<Self, DecimalError> {
        let (negative, digits) = split_sign(text);
        let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(w, f)| (w, Some(f)));
        let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !all_digits(whole) || fraction.is_some_and(|f| !all_digits(f)) {
            return Err(DecimalError::Malformed);
        }
        let fraction = fraction.unwrap_or("").trim_end_matches('0');
        if fraction.len() > 9 {
            return Err(DecimalError::TooFine);
        }
        let whole = whole_part(whole).ok_or(DecimalError::TooLarge)?;
        let nanos = fraction.bytes().fold(0, |sum, b| sum * 10 + i64::from(b - b'0'))
            * 10_i64.pow(9 - u32::try_from(fraction.len()).unwrap_or(9));
        match (negative, whole, nanos) {
            (true, 0, 0) => Ok(Self { whole: 0, nanos: 0 }),
            (true, ..) => Err(DecimalError::Negative),
            (false, MAX_WHOLE, 1..) => Err(DecimalError::TooLarge),
            _ => Ok(Self { whole, nanos }),
        }
    }
}

/// A whole number of at least zero, within the limits.
/// # Errors
/// [`DecimalError`] when the text is no such number.
pub fn parse_integer(text: &str) -> Result<i64, DecimalError> {
    let (negative, digits) = split_sign(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(DecimalError::Malformed);
    }
    match whole_part(digits).ok_or(DecimalError::TooLarge)? {
        0 => Ok(0),
        _ if negative => Err(DecimalError::Negative),
        whole => Ok(whole),
    }
}

/// Splits a leading minus sign off.
pub(super) fn split_sign(text: &str) -> (bool, &str) {
    text.strip_prefix('-').map_or((false, text), |rest| (true, rest))
}

/// The value of a run of digits, if it is at most [`MAX_WHOLE`].
pub(super) fn whole_part(digits: &str) -> Option<i64> {
    let digits = digits.trim_start_matches('0');
    if digits.len() > 16 {
        return None;
    }
    let value = digits.bytes().fold(0, |sum, b| sum * 10 + i64::from(b - b'0'));
    (value <= MAX_WHOLE).then_some(value)
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.nanos == 0 {
            return write!(f, "{}", self.whole);
        }
        let fraction = format!("{:09}", self.nanos);
        write!(f, "{}.{}", self.whole, fraction.trim_end_matches('0'))
    }
}

#[cfg(test)]
mod tests {
    use super::{Decimal, DecimalError, parse_integer};

    #[test]
    fn decimals_are_exact_and_limited() {
        for (text, want) in [("0.9", "0.9"), ("1250.10", "1250.1"), ("007", "7"), ("-0", "0"), ("0.000000001", "0.000000001")] {
            assert_eq!(Decimal::parse(text).map(|d| d.to_string()).as_deref(), Ok(want));
        }
        for (text, want) in [
            ("1e5", DecimalError::Malformed),
            (".5", DecimalError::Malformed),
            ("1.", DecimalError::Malformed),
            ("1.0000000001", DecimalError::TooFine),
            ("-0.1", DecimalError::Negative),
            ("1000000000000000.1", DecimalError::TooLarge),
            ("99999999999999999999", DecimalError::TooLarge),
        ] {
            assert_eq!(Decimal::parse(text), Err(want), "{text}");
        }
        assert_eq!(parse_integer("1000000000000000"), Ok(1_000_000_000_000_000));
        assert_eq!(parse_integer("1000000000000001"), Err(DecimalError::TooLarge));
        assert_eq!(parse_integer("2.5"), Err(DecimalError::Malformed));
    }
}
