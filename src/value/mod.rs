//! Exact values: truth, dates, money, decimals, and the ISO codes behind them.
//!
//! In: text and integers. Out: values that compare and print exactly.
//! Owns the input limits of the contract (`ranges`) and the one rounding.
//! Never uses floating point, never converts a currency, knows nothing of rules or documents.

mod code;
mod date;
mod decimal;
mod exact;
mod money;
mod truth;

pub use code::{countries, country_code, country_name, country_text, nearest_country, nearest_currency};
pub use date::{Day, MAX_DAY, MIN_DAY, day_text, parse_day};
pub use decimal::{Decimal, DecimalError, MAX_WHOLE, NANOS, parse_integer};
pub use exact::Exact;
pub use money::{Currency, MAX_MINOR, Money, MoneyError, currencies, currency_of, currency_text, parse_currency};
pub use truth::Truth;
