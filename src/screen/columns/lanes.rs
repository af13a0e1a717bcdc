//! Operands in all rows of a strip: days, whole numbers and amounts.
//!
//! In: a term, the columns of a batch, the truths found so far. Out: its values, and where they are known.
//! Owns arithmetic by columns, for the terms that it says it can follow. Never decides; `eval::value` says what it means.

use super::batch::{Column, Part, wide_day};
use super::plane::{Plane, STRIP, Truths};
use super::strip::Strip;
use super::wide::Wide;
use crate::facts::State;
use crate::plan::{Ref, Term};
use crate::program::{Lane, NO_EVENT, SlotId};
use crate::syntax::Order;

/// What kind of values a term has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Days and whole numbers.
    Whole,
    /// Amounts.
    Money,
    /// A zero of any kind.
    Zero,
    /// Never known, so of any kind.
    Nothing,
}

/// The kind of a term whose values columns can follow; nothing for all others, which are evaluated row by row.
pub fn kind(term: &Term) -> Option<Kind> {
    let same = |a: Kind, b: Kind| match (a, b) {
        (Kind::Nothing, other) | (other, Kind::Nothing) => Some(other),
        (a, b) => (a == b && a != Kind::Zero).then_some(a),
    };
    match term {
        Term::Day(_) | Term::Whole(_) | Term::ConstWhole(_) => Some(Kind::Whole),
        Term::Money(_) | Term::ConstMoney(_) => Some(Kind::Money),
        Term::Zero => Some(Kind::Zero),
        Term::Unstated => Some(Kind::Nothing),
        Term::Shift(a, _, b) | Term::Earlier(a, b) => same(kind(a)?, kind(b)?).filter(|kind| *kind == Kind::Whole),
        Term::Bound(inner, _, limit) => match (kind(inner)?, kind(limit)?) {
            (Kind::Money, Kind::Zero) => Some(Kind::Money),
            (a, b) => same(a, b),
        },
        Term::Choose(branches, last) => branches.iter().try_fold(kind(last)?, |all, (_, value)| same(all, kind(value)?)),
        // A sum of whole numbers is not one of days or numbers of days, so only amounts are summed here.
        Term::Sum(parts) => parts.iter().all(|(_, part)| kind(part) == Some(Kind::Money)).then_some(Kind::Money),
        Term::Number(_)
        | Term::Percent(_)
        | Term::Other(_)
        | Term::ConstNumber(_)
        | Term::ConstPercent(_)
        | Term::Product(_) => None,
    }
}

/// Values of a strip.
#[derive(Clone, Debug)]
pub struct Lanes {
    /// Where there is one.
    pub known: Plane,
    /// Days, whole numbers or minor units.
    pub main: Box<[i64; STRIP]>,
    /// The currencies of amounts.
    pub aux: Option<Box<[i64; STRIP]>>,
}

impl Lanes {
    fn splat(known: bool, lane: Lane, money: bool) -> Self {
        let aux = money.then(|| Box::new([lane.aux; STRIP]));
        Self { known: Plane::of(known), main: Box::new([lane.main; STRIP]), aux }
    }

    pub(super) fn unknown() -> Self {
        Self::splat(false, Lane::default(), false)
    }

    /// Takes the values of `other` in some rows.
    pub(super) fn take(&mut self, rows: &Plane, other: &Self) {
        if self.aux.is_none() && other.aux.is_some() {
            self.aux = Some(Box::new([0; STRIP]));
        }
        for row in rows.rows() {
            if let (Some(to), Some(from)) = (self.main.get_mut(row), other.main.get(row)) {
                *to = *from;
            }
            if let (Some(to), Some(from)) = (&mut self.aux, &other.aux)
                && let (Some(to), Some(from)) = (to.get_mut(row), from.get(row))
            {
                *to = *from;
            }
        }
        self.known = self.known.but_not(rows).or(&other.known.and(rows));
    }
}

impl Strip<'_> {
    /// The values of a fact that is a day, a whole number or an amount.
    pub(super) fn slot_lanes(&self, slot: SlotId) -> Lanes {
        match self.batch.column(slot) {
            Column::Same(lane, state) => {
                let money = self.is_money(slot);
                Lanes::splat(*state != State::Missing, *lane, money)
            }
            Column::Each(each) => {
                let mut main = Box::new([0; STRIP]);
                let mut aux: Option<Box<[i64; STRIP]>> = None;
                match each.values.part(self.at) {
                    Part::Days(days) => copy(&mut main, days, wide_day),
                    Part::Wholes(wholes) => copy(&mut main, wholes, |whole| whole),
                    Part::Money(minor, currency) => {
                        copy(&mut main, minor, |minor| minor);
                        copy(aux.insert(Box::new([0; STRIP])), currency, i64::from);
                    }
                    Part::Words(_) | Part::Codes(_) | Part::Numbers(..) => return Lanes::unknown(),
                }
                Lanes { known: each.known.get(self.at).copied().unwrap_or_default(), main, aux }
            }
        }
    }

    /// The values of a term that has a [`kind`].
    pub(super) fn lanes(&self, term: &Term) -> Lanes {
        match term {
            Term::Day(slot) | Term::Whole(slot) | Term::Money(slot) => self.slot_lanes(*slot),
            Term::ConstWhole(value) => Lanes::splat(true, Lane { main: *value, aux: 0 }, false),
            Term::ConstMoney(lane) => Lanes::splat(true, *lane, true),
            Term::Zero => Lanes::splat(true, Lane::default(), false),
            Term::Shift(day, back, days) => {
                let moved = |day, days| match day {
                    NO_EVENT => NO_EVENT,
                    day if *back => day.wrapping_sub(days),
                    day => day.wrapping_add(days),
                };
                self.both(day, days, moved)
            }
            Term::Earlier(a, b) => self.both(a, b, |a, b| match (a, b) {
                (NO_EVENT, other) | (other, NO_EVENT) => other,
                (a, b) => a.min(b),
            }),
            Term::Bound(inner, above, limit) => self.bound(inner, *above, limit),
            Term::Sum(parts) => self.sum(parts),
            Term::Choose(branches, last) => self.choose(branches, last),
            _ => Lanes::unknown(),
        }
    }

    /// Two whole numbers or days made into one, where both are known.
    fn both(&self, a: &Term, b: &Term, made: impl Fn(i64, i64) -> i64) -> Lanes {
        let (mut a, b) = (self.lanes(a), self.lanes(b));
        a.known = a.known.and(&b.known);
        // What stands in rows that are not known may be anything, and is never looked at.
        a.main.iter_mut().zip(b.main.iter()).for_each(|(a, b)| *a = made(*a, *b));
        a
    }

    fn bound(&self, inner: &Term, above: bool, limit: &Term) -> Lanes {
        let mut inner = self.lanes(inner);
        if matches!(limit, Term::Unstated) {
            return inner;
        }
        let zero = matches!(limit, Term::Zero);
        let limit = self.lanes(limit);
        let comparable = if zero { Plane::ALL } else { same_currency(self.wide, &inner, &limit) };
        inner.known = inner.known.and(&limit.known).and(&comparable);
        for (value, limit) in inner.main.iter_mut().zip(limit.main.iter()) {
            *value = if above { (*value).min(*limit) } else { (*value).max(*limit) };
        }
        inner
    }

    fn sum(&self, parts: &[(bool, Term)]) -> Lanes {
        let mut total = Lanes::splat(true, Lane::default(), true);
        for ((minus, part), at) in parts.iter().zip(0..) {
            let part = self.lanes(part);
            total.known = total.known.and(&part.known);
            if at == 0 {
                total.aux.clone_from(&part.aux);
            } else {
                total.known = total.known.and(&same_currency(self.wide, &total, &part));
            }
            for (sum, value) in total.main.iter_mut().zip(part.main.iter()) {
                // At most 10^15 a part, where known.
                *sum = if *minus { sum.wrapping_sub(*value) } else { sum.wrapping_add(*value) };
            }
        }
        total
    }

    fn choose(&self, branches: &[(Ref, Term)], last: &Term) -> Lanes {
        let mut found = self.lanes(last);
        let mut rest = Plane::ALL;
        let mut taken = Vec::new();
        for (when, value) in branches {
            let truths = self.truths_of(*when);
            taken.push((rest.and(&truths.yes), value));
            rest = rest.and(&truths.no);
        }
        found.known = found.known.and(&rest);
        for (rows, value) in taken {
            if !rows.is_none() {
                found.take(&rows, &self.lanes(value));
            }
        }
        found
    }

    /// An exact comparison of values of some kinds; a day that is no event lies neither way.
    pub(super) fn ordered(&self, (a, of_a): (&Lanes, Kind), order: Order, (b, of_b): (&Lanes, Kind)) -> Truths {
        let amounts = of_a == Kind::Money && of_b == Kind::Money;
        let days = of_a == Kind::Whole || of_b == Kind::Whole;
        let (of_a, of_b) = (a.main.as_slice(), b.main.as_slice());
        let mut holds = match order {
            Order::AtLeast => self.wide.both(of_a, of_b, |a, b| a >= b),
            Order::Above => self.wide.both(of_a, of_b, |a, b| a > b),
            Order::AtMost => self.wide.both(of_a, of_b, |a, b| a <= b),
            Order::Below => self.wide.both(of_a, of_b, |a, b| a < b),
            Order::Exactly => self.wide.both(of_a, of_b, |a, b| a == b),
        };
        if days {
            holds = holds.and(&self.wide.both(of_a, of_b, |a, b| (a != NO_EVENT) & (b != NO_EVENT)));
        }
        let mut known = a.known.and(&b.known);
        if amounts {
            known = known.and(&same_currency(self.wide, a, b));
        }
        Truths::known(&known, &holds)
    }
}

/// Where two amounts are in one currency.
pub(super) fn same_currency(wide: Wide, a: &Lanes, b: &Lanes) -> Plane {
    match (&a.aux, &b.aux) {
        (Some(a), Some(b)) => wide.both(a.as_slice(), b.as_slice(), |a, b| a == b),
        _ => Plane::ALL,
    }
}

fn copy<T: Copy>(to: &mut [i64; STRIP], all: &[T], as_lane: impl Fn(T) -> i64) {
    for (to, value) in to.iter_mut().zip(all) {
        *to = as_lane(*value);
    }
}
