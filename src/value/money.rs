//! Money: integer minor units and an ISO 4217 currency.
//!
//! In: text such as `250 USD`. Out: an exact amount, or why not.
//! Owns the limits of money and how an amount is written. Never converts, never rounds.

use std::fmt;
use std::sync::LazyLock;

use foldhash::HashMap;
use iso_currency::IntoEnumIterator as _;

use super::decimal::{split_sign, whole_part};

pub use iso_currency::Currency;

/// The largest amount in minor units, of either sign.
pub const MAX_MINOR: i64 = 1_000_000_000_000_000;

/// An amount in the minor unit of its currency.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Money {
    /// Minor units: cents for USD, yen for JPY.
    pub minor: i64,
    /// The currency; amounts in two currencies never compare.
    pub currency: Currency,
}

/// Why a text is no amount of money that the product accepts.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum MoneyError {
    /// Not `AMOUNT CODE`.
    #[error("is not an amount and a currency code, such as `250 USD`")]
    Malformed,
    /// The currency code does not exist.
    #[error("names `{0}`, which is no currency code of ISO 4217")]
    UnknownCurrency(String),
    /// More decimals than the currency has.
    #[error("has more decimals than {0} has ({1})")]
    TooFine(&'static str, u32),
    /// Beyond the limit.
    #[error("is beyond the largest amount, 1000000000000000 minor units")]
    TooLarge,
}

impl Money {
    /// Reads `250 USD`, `11.11 MYR` or `-3 EUR`.
    /// # Errors
    /// [`MoneyError`] when the text is malformed or beyond the limits.
    pub fn parse(text: &str) -> Result<Self, MoneyError> {
        let (amount, code) = text.trim().rsplit_once(' ').ok_or(MoneyError::Malformed)?;
        Self::from_parts(amount.trim_end(), code)
    }

    /// Reads an amount and a currency code that stand apart.
    /// # Errors
    /// [`MoneyError`] when either is malformed or beyond the limits.
    pub fn from_parts(amount: &str, code: &str) -> Result<Self, MoneyError> {
        let (negative, digits) = split_sign(amount);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !all_digits(whole) || !all_digits(fraction) {
            return Err(MoneyError::Malformed);
        }
        let currency = parse_currency(code).ok_or_else(|| match code.bytes().all(|b| b.is_ascii_alphabetic()) {
            true => MoneyError::UnknownCurrency(code.to_owned()),
            false => MoneyError::Malformed,
        })?;
        let places = minor_digits(currency);
        let fraction = fraction.trim_end_matches('0');
        let used = u32::try_from(fraction.len()).unwrap_or(u32::MAX);
        if used > places {
            return Err(MoneyError::TooFine(currency.code(), places));
        }
        let fine = fraction.bytes().fold(0, |sum, b| sum * 10 + i64::from(b - b'0')) * 10_i64.pow(places - used);
        let minor = whole_part(whole)
            .and_then(|whole| whole.checked_mul(10_i64.pow(places))?.checked_add(fine))
            .filter(|minor| *minor <= MAX_MINOR)
            .ok_or(MoneyError::TooLarge)?;
        Ok(Self { minor: if negative { -minor } else { minor }, currency })
    }
}

/// Digits after the point that the currency has, by ISO 4217: 2 for USD, 0 for JPY.
fn minor_digits(currency: Currency) -> u32 {
    u32::from(currency.exponent().unwrap_or(0))
}

/// Every currency by the letters of its code; the library compares a code with each of them.
static BY_CODE: LazyLock<HashMap<[u8; 3], Currency>> = LazyLock::new(|| {
    let code = |currency: &Currency| <[u8; 3]>::try_from(currency.code().as_bytes()).ok();
    Currency::iter().filter_map(|currency| Some((code(&currency)?, currency))).collect()
});

/// The currency of an upper-case ISO 4217 code.
pub fn parse_currency(code: &str) -> Option<Currency> {
    BY_CODE.get(<&[u8; 3]>::try_from(code.as_bytes()).ok()?).copied()
}

/// Every code of ISO 4217, with the digits after the point of its amounts.
pub fn currencies() -> impl Iterator<Item = (&'static str, u32)> {
    Currency::iter().map(|currency| (currency.code(), minor_digits(currency)))
}

/// The currency of a lane: its ISO 4217 number.
pub fn currency_of(number: i64) -> Option<Currency> {
    u16::try_from(number).ok().and_then(Currency::from_numeric)
}

/// The code of a currency lane.
pub fn currency_text(number: i64) -> &'static str {
    currency_of(number).map_or("???", |currency| currency.code())
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = minor_digits(self.currency);
        let one = 10_u64.pow(places);
        let (sign, minor) = (if self.minor < 0 { "-" } else { "" }, self.minor.unsigned_abs());
        match minor % one {
            0 => write!(f, "{sign}{} {}", minor / one, self.currency.code()),
            fine => write!(f, "{sign}{}.{fine:0width$} {}", minor / one, self.currency.code(), width = places as usize),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Currency, Money, MoneyError, parse_currency};

    #[test]
    fn every_code_is_what_the_library_makes_of_it() {
        let letters = || b'A'..=b'Z';
        let codes = letters().flat_map(|a| letters().flat_map(move |b| letters().map(move |c| [a, b, c])));
        let codes: Vec<String> = codes.map(|code| String::from_utf8(code.to_vec()).unwrap()).collect();
        assert!(codes.iter().any(|code| parse_currency(code).is_some()));
        for code in &codes {
            assert_eq!(parse_currency(code), Currency::from_code(code));
            assert_eq!(parse_currency(&code.to_lowercase()), None);
        }
    }

    #[test]
    fn amounts_are_exact_and_limited() {
        for (text, want) in [
            ("250 USD", "250 USD"),
            ("1250.10 USD", "1250.10 USD"),
            ("11.110 MYR", "11.11 MYR"),
            ("-3 EUR", "-3 EUR"),
            ("306 JPY", "306 JPY"),
            ("1.005 KWD", "1.005 KWD"),
        ] {
            assert_eq!(Money::parse(text).map(|m| m.to_string()).as_deref(), Ok(want));
        }
        for (text, want) in [
            ("250", MoneyError::Malformed),
            ("USD 250", MoneyError::Malformed),
            ("2,50 USD", MoneyError::Malformed),
            ("250 USB", MoneyError::UnknownCurrency("USB".into())),
            ("250 usd", MoneyError::UnknownCurrency("usd".into())),
            ("1.5 JPY", MoneyError::TooFine("JPY", 0)),
            ("10000000000000.01 USD", MoneyError::TooLarge),
        ] {
            assert_eq!(Money::parse(text), Err(want), "{text}");
        }
    }
}
