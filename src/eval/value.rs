//! Operands to values, and their comparison.
//!
//! In: terms and a view. Out: values, or why there is none.
//! Owns arithmetic: sums in one currency, exact products, one rounding. Never decides.

use std::cmp::Ordering;

use super::view::{Truths, View};
use crate::plan::Term;
use crate::program::{Lane, NO_EVENT};
use crate::value::{Exact, NANOS};

/// What an operand comes to.
#[derive(Clone, Copy, Debug)]
pub enum Value {
    /// A fact that it reads is not known.
    Absent,
    /// No further fact can make it known: two currencies, a division by zero, or nothing stated.
    Blocked,
    /// A day, a number of days or a whole number; `NO_EVENT` is `none`.
    Whole(i64),
    /// Minor units and currency.
    Money(i64, i64),
    /// Whole part and billionths.
    Number(i64, i64),
    /// Whole part and billionths of percent.
    Percent(i64, i64),
    /// Zero of any unit.
    Zero,
    /// The result of arithmetic, with its currency where it is money.
    Exact(Exact, Option<i64>),
}

impl Value {
    /// Is there a value?
    pub fn is_known(self) -> bool {
        !matches!(self, Self::Absent | Self::Blocked)
    }

    /// The currency of an amount.
    fn currency(self) -> Option<i64> {
        match self {
            Self::Money(_, currency) => Some(currency),
            Self::Exact(_, currency) => currency,
            _ => None,
        }
    }

    fn exact(self) -> Option<Exact> {
        Some(match self {
            Self::Absent | Self::Blocked => return None,
            Self::Whole(value) | Self::Money(value, _) => Exact::whole(value),
            Self::Number(whole, nanos) => Exact::decimal(whole, nanos),
            Self::Percent(whole, nanos) => Exact::decimal(whole, nanos).over(100),
            Self::Zero => Exact::whole(0),
            Self::Exact(exact, _) => exact,
        })
    }

    /// The order of two values; nothing where they cannot be compared.
    pub fn compare(self, other: Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Whole(a), Self::Whole(b)) => Some(a.cmp(&b)),
            (Self::Money(a, x), Self::Money(b, y)) => (x == y).then(|| a.cmp(&b)),
            (Self::Money(a, _), Self::Zero) => Some(a.cmp(&0)),
            (Self::Number(a, x), Self::Number(b, y)) | (Self::Percent(a, x), Self::Percent(b, y)) => Some((a, x).cmp(&(b, y))),
            (Self::Number(a, x), Self::Whole(b)) => Some((a, x).cmp(&(b, 0))),
            (Self::Whole(a), Self::Number(b, y)) => Some((a, 0).cmp(&(b, y))),
            _ => match (self.currency(), other.currency()) {
                (Some(a), Some(b)) if a != b => None,
                _ => Some(self.exact()?.compare(other.exact()?)),
            },
        }
    }

    /// The amount in minor units, and whether it was rounded; nothing where it has no currency.
    pub fn amount(self) -> Option<(Lane, bool)> {
        match self {
            Self::Money(main, aux) => Some((Lane { main, aux }, false)),
            Self::Exact(exact, Some(aux)) => Some((Lane { main: exact.round_half_up()?, aux }, !exact.is_whole())),
            _ => None,
        }
    }
}

/// The value of a term that is a day or a whole number, where it is known; the common case, without the detour over
/// [`Value`].
#[inline]
pub(super) fn whole(term: &Term, view: &View<'_>, truths: &Truths) -> Option<i64> {
    match term {
        Term::Day(slot) | Term::Whole(slot) => view.get(*slot).map(|lane| lane.main),
        Term::ConstWhole(value) => Some(*value),
        _ => match value(term, view, truths) {
            Value::Whole(value) => Some(value),
            _ => None,
        },
    }
}

/// Has a term a value?
#[inline]
pub(super) fn is_known(term: &Term, view: &View<'_>, truths: &Truths) -> bool {
    match term.slot() {
        Some(slot) => view.get(slot).is_some(),
        None => value(term, view, truths).is_known(),
    }
}

/// A term that is a day or a whole number by itself.
#[inline]
pub(super) fn plain_whole(term: &Term, view: &View<'_>) -> Option<Option<i64>> {
    match term {
        Term::Day(slot) | Term::Whole(slot) => Some(view.get(*slot).map(|lane| lane.main)),
        Term::ConstWhole(value) => Some(Some(*value)),
        _ => None,
    }
}

/// A term that is an amount by itself: minor units and currency, where it is known.
#[inline]
pub(super) fn plain_money(term: &Term, view: &View<'_>) -> Option<Option<Lane>> {
    match term {
        Term::Money(slot) => Some(view.get(*slot)),
        Term::ConstMoney(lane) => Some(Some(*lane)),
        _ => None,
    }
}

/// The value of a term.
#[inline]
pub fn value(term: &Term, view: &View<'_>, truths: &Truths) -> Value {
    match term {
        Term::Day(slot) | Term::Whole(slot) => view.get(*slot).map_or(Value::Absent, |lane| Value::Whole(lane.main)),
        Term::Money(slot) => view.get(*slot).map_or(Value::Absent, |lane| Value::Money(lane.main, lane.aux)),
        Term::Number(slot) => view.get(*slot).map_or(Value::Absent, |lane| Value::Number(lane.main, lane.aux)),
        Term::Percent(slot) => view.get(*slot).map_or(Value::Absent, |lane| Value::Percent(lane.main, lane.aux)),
        Term::Other(slot) => view.get(*slot).map_or(Value::Absent, |lane| Value::Whole(lane.main)),
        Term::ConstWhole(value) => Value::Whole(*value),
        Term::ConstMoney(lane) => Value::Money(lane.main, lane.aux),
        Term::ConstNumber(lane) => Value::Number(lane.main, lane.aux),
        Term::ConstPercent(lane) => Value::Percent(lane.main, lane.aux),
        Term::Zero => Value::Zero,
        Term::Unstated => Value::Blocked,
        _ => composed(term, view, truths),
    }
}

/// The value of a term that is made of others.
fn composed(term: &Term, view: &View<'_>, truths: &Truths) -> Value {
    let of = |term: &Term| value(term, view, truths);
    match term {
        Term::Shift(day, back, days) => match (of(day), of(days)) {
            (Value::Whole(NO_EVENT), Value::Whole(_)) => Value::Whole(NO_EVENT),
            (Value::Whole(day), Value::Whole(days)) => Value::Whole(if *back { day - days } else { day + days }),
            (a, b) => neither(a, b),
        },
        Term::Earlier(a, b) => match (of(a), of(b)) {
            (Value::Whole(NO_EVENT), Value::Whole(other)) | (Value::Whole(other), Value::Whole(NO_EVENT)) => {
                Value::Whole(other)
            }
            (Value::Whole(a), Value::Whole(b)) => Value::Whole(a.min(b)),
            (a, b) => neither(a, b),
        },
        Term::Bound(inner, above, limit) => match (of(inner), of(limit)) {
            (inner, Value::Blocked) if matches!(**limit, Term::Unstated) => inner,
            (a, b) if a.is_known() && b.is_known() => match a.compare(b) {
                None => Value::Blocked,
                Some(order) => {
                    let beyond = if *above { order == Ordering::Greater } else { order == Ordering::Less };
                    if beyond { limited(b, a) } else { a }
                }
            },
            (a, b) => clash(&[a.currency(), b.currency()]).unwrap_or_else(|| neither(a, b)),
        },
        Term::Choose(branches, last) => {
            for (when, value) in branches {
                match truths.of(*when) {
                    truth if truth.is_true() => return of(value),
                    truth if truth.is_false() => {}
                    _ => return Value::Absent,
                }
            }
            of(last)
        }
        Term::Sum(parts) => sum(parts, view, truths),
        Term::Product(parts) => product(parts, view, truths),
        plain => value(plain, view, truths),
    }
}

/// Why a pair has no value: a block outlasts whatever else is told.
fn neither(a: Value, b: Value) -> Value {
    if matches!(a, Value::Blocked) || matches!(b, Value::Blocked) { Value::Blocked } else { Value::Absent }
}

/// Two currencies block a sum even while other parts are absent.
fn clash(currencies: &[Option<i64>]) -> Option<Value> {
    let mut known = currencies.iter().flatten();
    let first = known.next()?;
    known.any(|currency| currency != first).then_some(Value::Blocked)
}

/// A limit takes the unit of what it limits.
fn limited(limit: Value, inner: Value) -> Value {
    match (limit, inner.currency()) {
        (Value::Zero, Some(currency)) => Value::Money(0, currency),
        (limit, _) => limit,
    }
}

fn sum(parts: &[(bool, Term)], view: &View<'_>, truths: &Truths) -> Value {
    let mut total = Exact::whole(0);
    let mut currency = None;
    let mut absent = false;
    for (minus, part) in parts {
        let part = value(part, view, truths);
        if let Some(found) = part.currency() {
            if currency.is_some_and(|known| known != found) {
                return Value::Blocked;
            }
            currency = Some(found);
        }
        match part.exact() {
            Some(exact) => total = if *minus { total.minus(exact) } else { total.plus(exact) },
            None if matches!(part, Value::Blocked) => return Value::Blocked,
            None => absent = true,
        }
    }
    if absent { Value::Absent } else { Value::Exact(total, currency) }
}

fn product(parts: &[(bool, Term)], view: &View<'_>, truths: &Truths) -> Value {
    let mut total = Exact::whole(1);
    let mut currency = None;
    let mut absent = false;
    for (over, part) in parts {
        let part = value(part, view, truths);
        currency = currency.or(part.currency());
        match part.exact() {
            None if matches!(part, Value::Blocked) => return Value::Blocked,
            None => absent = true,
            Some(exact) if *over => match total.divided_by(exact) {
                Some(quotient) => total = quotient,
                None => return Value::Blocked,
            },
            Some(exact) => total = total.times(exact),
        }
    }
    if absent { Value::Absent } else { Value::Exact(total, currency) }
}

/// The currency that a term will have, as far as it is known already.
pub fn currency(term: &Term, view: &View<'_>, truths: &Truths) -> Option<i64> {
    match term {
        Term::Money(slot) => view.get(*slot).map(|lane| lane.aux),
        Term::ConstMoney(lane) => Some(lane.aux),
        Term::Sum(parts) | Term::Product(parts) => parts.iter().find_map(|(_, part)| currency(part, view, truths)),
        Term::Bound(inner, _, limit) => currency(inner, view, truths).or_else(|| currency(limit, view, truths)),
        Term::Choose(branches, last) => {
            for (when, value) in branches {
                match truths.of(*when) {
                    truth if truth.is_true() => return currency(value, view, truths),
                    truth if truth.is_false() => {}
                    _ => return None,
                }
            }
            currency(last, view, truths)
        }
        _ => None,
    }
}

/// Billionths as a plain integer, for margins.
pub fn billionths(whole: i64, nanos: i64) -> i128 {
    i128::from(whole) * i128::from(NANOS) + i128::from(nanos)
}
