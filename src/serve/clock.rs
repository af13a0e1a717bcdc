//! The time of day, for expiry and for the decision log.
//!
//! In: nothing. Out: moments and days, in UTC.
//! Owns the one look at the clock. Nothing is decided by it.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::value::Day;

/// Milliseconds since the beginning of 1970.
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Today.
pub fn today() -> Day {
    i64::from(chrono::Datelike::num_days_from_ce(&chrono::NaiveDate::default())) + now().div_euclid(86_400_000)
}
