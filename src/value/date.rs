//! Calendar days in the account's time zone, as day numbers.
//!
//! In: ISO 8601 text. Out: a day number that adds and compares as an integer.
//! Owns the range of days. Never reads a clock, never knows an hour.

use chrono::{Datelike, NaiveDate};

/// Days since the first day of the common era (1 January of year 1 is day 1).
pub type Day = i64;

/// 0001-01-01, the first day that a document or a rule may name.
pub const MIN_DAY: Day = 1;
/// 9999-12-31, the last day that a document or a rule may name.
pub const MAX_DAY: Day = 3_652_059;

/// The day that `text` names as `YYYY-MM-DD`, or nothing when there is no such day.
pub fn parse_day(text: &str) -> Option<Day> {
    let bytes = text.as_bytes();
    let &[a, b, c, d, b'-', e, f, b'-', g, h] = bytes else { return None };
    let digit = |byte: u8| byte.is_ascii_digit().then(|| u32::from(byte - b'0'));
    let year = digit(a)? * 1000 + digit(b)? * 100 + digit(c)? * 10 + digit(d)?;
    let (month, day) = (digit(e)? * 10 + digit(f)?, digit(g)? * 10 + digit(h)?);
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
    Some(Day::from(date.num_days_from_ce())).filter(|day| (MIN_DAY..=MAX_DAY).contains(day))
}

/// `day` as `YYYY-MM-DD`. A computed day outside the calendar range prints with its distance.
pub fn day_text(day: Day) -> String {
    i32::try_from(day)
        .ok()
        .and_then(NaiveDate::from_num_days_from_ce_opt)
        .map_or_else(|| format!("day {day}"), |date| date.format("%Y-%m-%d").to_string())
}

#[cfg(test)]
mod tests {
    use super::{MAX_DAY, MIN_DAY, day_text, parse_day};

    #[test]
    fn days_round_trip_and_impossible_days_do_not_exist() {
        for text in ["0001-01-01", "2024-02-29", "2026-03-01", "9999-12-31"] {
            assert_eq!(parse_day(text).map(day_text).as_deref(), Some(text));
        }
        for text in ["2026-02-29", "2026-13-01", "0000-01-01", "26-03-01", "2026-3-1", "2026-03-01T00:00"] {
            assert_eq!(parse_day(text), None, "{text}");
        }
        assert_eq!((parse_day("0001-01-01"), parse_day("9999-12-31")), (Some(MIN_DAY), Some(MAX_DAY)));
    }
}
