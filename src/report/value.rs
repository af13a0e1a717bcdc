//! Values as JSON: money, days and words as text, whole numbers as numbers, yes and no as booleans.
//!
//! In: lanes with their types. Out: what serde writes, without text made in between where that is cheap.
//! Owns the shape of a value in JSON. Never words a value for people.

use serde::{Serialize, Serializer};

use crate::explain::Margin;
use crate::facts::{Facts, State};
use crate::program::{Lane, NO_EVENT, Type};
use crate::value::{Day, Decimal, Money, country_text, currency_of, currency_text, day_text};

/// A day as `YYYY-MM-DD`.
#[derive(Clone, Copy, Debug)]
pub(super) struct DayText(pub Day);

/// An amount as `200 USD`.
#[derive(Clone, Copy, Debug)]
pub(super) struct MoneyText(pub Lane);

/// A fact's value; `null` when it is missing.
#[derive(Clone, Copy, Debug)]
pub(super) struct FactValue<'a> {
    /// For texts.
    pub facts: &'a Facts,
    /// Its type.
    pub ty: Option<&'a Type>,
    /// The value.
    pub lane: Lane,
    /// Is there one?
    pub state: State,
}

/// A distance: an amount, `3 days`, or a number.
#[derive(Clone, Copy, Debug)]
pub(super) struct MarginValue(pub Margin);

/// The members of a set.
struct Members<'a>(&'a [String], i64);

/// Some items, each shown in its own shape.
pub(super) struct Each<I, F> {
    items: I,
    shape: F,
}

/// Some items, each shown in its own shape.
pub(super) fn each<I: IntoIterator + Clone, S: Serialize, F: Fn(I::Item) -> S>(items: I, shape: F) -> Each<I, F> {
    Each { items, shape }
}

impl<I: IntoIterator + Clone, S: Serialize, F: Fn(I::Item) -> S> Serialize for Each<I, F> {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        serializer.collect_seq(self.items.clone().into_iter().map(&self.shape))
    }
}

impl Serialize for DayText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use chrono::Datelike as _;
        let date = i32::try_from(self.0).ok().and_then(chrono::NaiveDate::from_num_days_from_ce_opt);
        let Some((date, year)) = date.and_then(|date| Some((date, u32::try_from(date.year()).ok().filter(|y| *y < 10_000)?)))
        else {
            return serializer.serialize_str(&day_text(self.0));
        };
        let digit = |number: u32| b'0' + u8::try_from(number % 10).unwrap_or(0);
        let (month, day) = (date.month(), date.day());
        let text = [
            digit(year / 1000),
            digit(year / 100),
            digit(year / 10),
            digit(year),
            b'-',
            digit(month / 10),
            digit(month),
            b'-',
            digit(day / 10),
            digit(day),
        ];
        serializer.serialize_str(std::str::from_utf8(&text).unwrap_or(""))
    }
}

impl Serialize for MoneyText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match currency_of(self.0.aux) {
            Some(currency) => serializer.collect_str(&Money { minor: self.0.main, currency }),
            None => serializer.serialize_none(),
        }
    }
}

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().zip(0..).filter(|(_, bit)| self.1 >> bit & 1 == 1).map(|(word, _)| word))
    }
}

impl Serialize for FactValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(ty) = self.ty.filter(|_| self.state != State::Missing) else { return serializer.serialize_none() };
        let Lane { main, aux } = self.lane;
        let decimal = Decimal { whole: main, nanos: aux };
        match ty {
            Type::Bool => serializer.serialize_bool(main == 1),
            Type::Date { .. } if main == NO_EVENT => serializer.serialize_str("none"),
            Type::Date { .. } => DayText(main).serialize(serializer),
            Type::Money => MoneyText(self.lane).serialize(serializer),
            Type::Integer => serializer.serialize_i64(main),
            Type::Decimal => serializer.collect_str(&decimal),
            Type::Percent => serializer.collect_str(&format_args!("{decimal}%")),
            Type::Text => serializer.serialize_str(self.facts.text(self.lane)),
            Type::Country => serializer.serialize_str(&country_text(main)),
            Type::Currency => serializer.serialize_str(currency_text(main)),
            Type::Enum(words) => {
                serializer.serialize_str(usize::try_from(main).ok().and_then(|at| words.get(at)).map_or("", String::as_str))
            }
            Type::Set(words) => Members(words, main).serialize(serializer),
        }
    }
}

impl Serialize for MarginValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Margin::Money(lane) => MoneyText(lane).serialize(serializer),
            Margin::Days(days) => serializer.collect_str(&format_args!("{days} {}", days_word(days))),
            Margin::Number(billionths) => match i64::try_from(billionths / BILLION) {
                Ok(whole) if billionths % BILLION == 0 => serializer.serialize_i64(whole),
                _ => serializer.collect_str(&number_text(billionths)),
            },
        }
    }
}

const BILLION: i128 = 1_000_000_000;

/// `day` or `days`.
pub(super) fn days_word(days: i64) -> &'static str {
    if days.abs() == 1 { "day" } else { "days" }
}

/// Billionths as a decimal, with a sign where it is below zero.
pub(super) fn number_text(billionths: i128) -> String {
    let sign = if billionths < 0 { "-" } else { "" };
    let size = billionths.unsigned_abs();
    let (whole, nanos) = (size / BILLION.unsigned_abs(), size % BILLION.unsigned_abs());
    let fraction = format!("{nanos:09}");
    match fraction.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        fraction => format!("{sign}{whole}.{fraction}"),
    }
}
