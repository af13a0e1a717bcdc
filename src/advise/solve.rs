//! At which values of a fact an operand comes to a goal.
//!
//! In: operands, with everything else as it is tried. Out: values of the fact, and whether these are all of them.
//! Owns the search for boundaries, which are only proposed here: what holds at and beside them, the evaluator says.

use super::trial::Trial;
use crate::eval::{Value, value};
use crate::plan::Term;
use crate::program::{NO_EVENT, SlotId};
use crate::value::Exact;

/// So many values of another fact are tried together with this one's.
const OTHERS: usize = 12;

/// More values of one operand are not looked at.
const MOST: usize = 96;

/// Values that something may come to, each once, and whether others were left out.
#[derive(Clone, Debug)]
pub(super) struct Goals {
    pub values: Vec<Value>,
    pub exact: bool,
}

impl Goals {
    /// None, and none left out.
    pub fn none() -> Self {
        Self { values: Vec::new(), exact: true }
    }

    fn of(value: Value) -> Self {
        let mut goals = Self::none();
        goals.add(value);
        goals
    }

    /// Adds a value that is known.
    pub fn add(&mut self, value: Value) {
        let value = match value {
            // Amounts that come out whole are kept as such: equal ones are then found without arithmetic.
            Value::Exact(exact, Some(currency)) if exact.is_whole() => {
                exact.round_half_up().map_or(value, |minor| Value::Money(minor, currency))
            }
            value => value,
        };
        let known = value.is_known() && !matches!(value, Value::Whole(NO_EVENT));
        if known && !self.values.iter().any(|have| same(*have, value)) {
            self.exact &= self.values.len() < MOST;
            if self.values.len() < MOST {
                self.values.push(value);
            }
        }
    }

    /// Adds those of another.
    pub fn join(&mut self, other: &Self) {
        self.exact &= other.exact;
        other.values.iter().for_each(|value| self.add(*value));
    }
}

/// The number behind a value, without its unit.
pub(super) fn number(value: Value) -> Option<Exact> {
    Some(match value {
        Value::Absent | Value::Blocked | Value::Whole(NO_EVENT) => return None,
        Value::Whole(value) | Value::Money(value, _) => Exact::whole(value),
        Value::Number(whole, nanos) => Exact::decimal(whole, nanos),
        Value::Percent(whole, nanos) => Exact::decimal(whole, nanos).over(100),
        Value::Zero => Exact::whole(0),
        Value::Exact(exact, _) => exact,
    })
}

/// The currency of an amount.
pub(super) fn currency(value: Value) -> Option<i64> {
    match value {
        Value::Money(_, currency) => Some(currency),
        Value::Exact(_, currency) => currency,
        _ => None,
    }
}

/// Are two values equal, of those that are written alike? An equal value in another form only makes work.
fn same(a: Value, b: Value) -> bool {
    match (a, b) {
        (Value::Whole(a), Value::Whole(b)) => a == b,
        (Value::Money(a, x), Value::Money(b, y)) | (Value::Number(a, x), Value::Number(b, y)) => (a, x) == (b, y),
        (Value::Percent(a, x), Value::Percent(b, y)) => (a, x) == (b, y),
        (Value::Zero, Value::Zero) => true,
        (Value::Exact(a, x), Value::Exact(b, y)) => x == y && a.compare(b) == std::cmp::Ordering::Equal,
        _ => false,
    }
}

fn whole(value: Value) -> Option<i64> {
    match value {
        Value::Whole(value) if value != NO_EVENT => Some(value),
        Value::Zero => Some(0),
        _ => None,
    }
}

fn combined(a: Value, b: Value, join: impl Fn(Exact, Exact) -> Option<Exact>) -> Option<Value> {
    let currency = currency(a).or(currency(b));
    Some(Value::Exact(join(number(a)?, number(b)?)?, currency))
}

/// The facts that may take other values than they have, each with the values to try.
pub(super) type Others<'o> = &'o [(SlotId, Vec<Value>)];

impl Trial<'_> {
    /// What an operand may come to: its value where it is known, and what it comes to with other facts as they may be.
    pub fn may_be(&mut self, term: &Term, others: Others<'_>) -> Goals {
        let mut goals = Goals::none();
        self.work(1);
        if let Some(slot) = term.slot() {
            goals.add(value(term, &self.view(), self.truths()));
            for value in others.iter().filter(|(other, _)| *other == slot).flat_map(|(_, values)| values) {
                goals.add(*value);
            }
            return goals;
        }
        let pair = |trial: &mut Self, a: &Term, b: &Term| (trial.may_be(a, others), trial.may_be(b, others));
        match term {
            Term::Shift(day, back, days) => {
                let (days_of, lengths) = pair(self, day, days);
                goals.exact = days_of.exact && lengths.exact;
                for (day, days) in product(&days_of, &lengths, &mut goals.exact) {
                    if let Some((day, days)) = whole(day).zip(whole(days)) {
                        goals.add(Value::Whole(if *back { day - days } else { day + days }));
                    }
                }
            }
            Term::Earlier(a, b) | Term::Bound(a, _, b) => {
                let (a, b) = pair(self, a, b);
                goals.join(&a);
                goals.join(&b);
            }
            Term::Choose(branches, last) => {
                for value in branches.iter().map(|(_, value)| value).chain([last.as_ref()]) {
                    let may = self.may_be(value, others);
                    goals.join(&may);
                }
            }
            Term::Sum(parts) => {
                return self
                    .fold(parts, others, Exact::whole(0), |a, b, minus| Some(if minus { a.minus(b) } else { a.plus(b) }));
            }
            Term::Product(parts) => {
                return self.fold(
                    parts,
                    others,
                    Exact::whole(1),
                    |a, b, over| if over { a.divided_by(b) } else { Some(a.times(b)) },
                );
            }
            _ => goals.add(value(term, &self.view(), self.truths())),
        }
        goals
    }

    fn fold(
        &mut self,
        parts: &[(bool, Term)],
        others: Others<'_>,
        neutral: Exact,
        join: impl Fn(Exact, Exact, bool) -> Option<Exact>,
    ) -> Goals {
        let mut total = Goals::of(Value::Exact(neutral, None));
        for (inverse, part) in parts {
            let may = self.may_be(part, others);
            let mut next = Goals { values: Vec::new(), exact: total.exact && may.exact };
            self.work(total.values.len() * may.values.len());
            for (a, b) in product(&total, &may, &mut next.exact) {
                combined(a, b, |a, b| join(a, b, *inverse)).into_iter().for_each(|value| next.add(value));
            }
            total = next;
        }
        total
    }

    /// The values of a fact at which an operand comes to one of some goals, added to those found.
    pub fn solve(&mut self, term: &Term, slot: SlotId, goals: &Goals, others: Others<'_>, found: &mut Goals) {
        self.work(1 + goals.values.len());
        if term.slot() == Some(slot) {
            found.join(goals);
            return;
        }
        if !contains(term, slot) {
            return;
        }
        match term {
            Term::Shift(day, back, days) => {
                if contains(day, slot) {
                    let lengths = self.may_be(days, others);
                    let inner = crossed(goals, &lengths, |goal, days| {
                        let (goal, days) = whole(goal).zip(whole(days))?;
                        Some(Value::Whole(if *back { goal + days } else { goal - days }))
                    });
                    self.solve(day, slot, &inner, others, found);
                }
                if contains(days, slot) {
                    let from = self.may_be(day, others);
                    let inner = crossed(goals, &from, |goal, day| {
                        let (goal, day) = whole(goal).zip(whole(day))?;
                        Some(Value::Whole(if *back { day - goal } else { goal - day }))
                    });
                    self.solve(days, slot, &inner, others, found);
                }
            }
            Term::Earlier(a, b) | Term::Bound(a, _, b) => {
                for (this, that) in [(a, b), (b, a)] {
                    let mut inner = goals.clone();
                    inner.join(&self.may_be(that, others));
                    self.solve(this, slot, &inner, others, found);
                }
            }
            Term::Choose(branches, last) => {
                for value in branches.iter().map(|(_, value)| value).chain([last.as_ref()]) {
                    self.solve(value, slot, goals, others, found);
                }
            }
            Term::Sum(parts) => self.solve_parts(parts, slot, goals, others, found, false),
            Term::Product(parts) => self.solve_parts(parts, slot, goals, others, found, true),
            _ => {}
        }
    }

    fn solve_parts(
        &mut self,
        parts: &[(bool, Term)],
        slot: SlotId,
        goals: &Goals,
        others: Others<'_>,
        found: &mut Goals,
        product: bool,
    ) {
        for (at, (inverse, part)) in parts.iter().enumerate().filter(|(_, (_, part))| contains(part, slot)) {
            let rest: Vec<(bool, Term)> =
                parts.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, part)| part.clone()).collect();
            // Where the fact is in several parts, no single boundary follows from the others.
            found.exact &= !rest.iter().any(|(_, other)| contains(other, slot));
            let rest = if product {
                self.fold(&rest, others, Exact::whole(1), |a, b, over| if over { a.divided_by(b) } else { Some(a.times(b)) })
            } else {
                self.fold(&rest, others, Exact::whole(0), |a, b, minus| Some(if minus { a.minus(b) } else { a.plus(b) }))
            };
            let mut inner = crossed(goals, &rest, |goal, rest| {
                combined(goal, rest, |goal, rest| match (product, inverse) {
                    (false, false) => Some(goal.minus(rest)),
                    (false, true) => Some(rest.minus(goal)),
                    (true, false) => goal.divided_by(rest),
                    (true, true) => rest.divided_by(goal),
                })
            });
            if product {
                // A factor of zero decides by itself, and nothing is divided by zero.
                inner.add(Value::Zero);
            }
            self.solve(part, slot, &inner, others, found);
        }
    }
}

fn product(a: &Goals, b: &Goals, exact: &mut bool) -> Vec<(Value, Value)> {
    let pairs: Vec<_> = a.values.iter().flat_map(|a| b.values.iter().map(|b| (*a, *b))).collect();
    *exact &= pairs.len() <= OTHERS * OTHERS;
    pairs.into_iter().take(OTHERS * OTHERS).collect()
}

fn crossed(goals: &Goals, others: &Goals, join: impl Fn(Value, Value) -> Option<Value>) -> Goals {
    let mut found = Goals { values: Vec::new(), exact: goals.exact && others.exact };
    for (goal, other) in product(goals, others, &mut found.exact) {
        join(goal, other).into_iter().for_each(|value| found.add(value));
    }
    found
}

/// Does an operand read a fact, apart from the conditions by which it chooses?
pub(super) fn contains(term: &Term, slot: SlotId) -> bool {
    term.slot() == Some(slot) || term.operands().any(|part| contains(part, slot))
}

impl Goals {
    /// The goals moved by what something else may come to: one more by each of its values.
    pub fn moved(&self, by: &Self, sign: i64) -> Self {
        crossed(self, by, |goal, by| {
            let (goal, by) = whole(goal).zip(whole(by))?;
            Some(Value::Whole(goal + sign * by))
        })
    }
}
