//! Tests of facts: their truth, and whether a further fact could change it.
//!
//! In: probes and a view. Out: truths.
//! Owns what each test means. Never joins tests.

use std::cmp::Ordering;

use super::value::{Value, currency, is_known, plain_money, plain_whole, value, whole};
use super::view::{FirstDayReading, Truths, View};
use crate::plan::{Probe, Term, Window};
use crate::program::{NO_EVENT, SlotId};
use crate::syntax::{FirstDay, Order};
use crate::value::Truth;

/// The truth of a test.
#[inline]
pub fn probe(probe: &Probe, view: &View<'_>, truths: &Truths) -> Truth {
    match probe {
        Probe::Word(slot, mask) => known(view.get(*slot), |lane| mask >> (lane.main & 63) & 1 == 1),
        Probe::Code(slot, codes) => known(view.get(*slot), |lane| codes.binary_search(&lane.main).is_ok()),
        Probe::Day(slot, order, limit) | Probe::Whole(slot, order, limit) => {
            known(view.get(*slot), |lane| lane.main != NO_EVENT && holds(lane.main.cmp(limit), *order))
        }
        Probe::Money(slot, order, limit) => match view.get(*slot) {
            Some(lane) if lane.aux == limit.aux => Truth::of(holds(lane.main.cmp(&limit.main), *order)),
            _ => Truth::UNKNOWN,
        },
        Probe::Text(slot, texts) => known(view.get(*slot), |lane| texts.iter().any(|text| text == view.facts.text(lane))),
        Probe::Same(a, b) => known(view.get(*a).zip(view.get(*b)), |(a, b)| a == b),
        Probe::Contains(set, bit) => known(view.get(*set), |lane| lane.main >> bit & 1 == 1),
        Probe::ContainsFact(set, word, bits) => known(view.get(*set).zip(view.get(*word)), |(set, word)| {
            let bit = usize::try_from(word.main).ok().and_then(|at| bits.get(at)).copied().flatten();
            bit.is_some_and(|bit| set.main >> bit & 1 == 1)
        }),
        Probe::Empty(set) => known(view.get(*set), |lane| lane.main == 0),
        Probe::IsNone(term) => known(whole(term, view, truths), |day| day == NO_EVENT),
        Probe::Known(term) if is_known(term, view, truths) => Truth::TRUE,
        Probe::Known(_) => Truth::UNKNOWN,
        Probe::Compare(Term::Money(slot), order, Term::Zero) => known(view.get(*slot), |lane| holds(lane.main.cmp(&0), *order)),
        Probe::Compare(left, order, right) => {
            if let Some((left, right)) = plain_whole(left, view).zip(plain_whole(right, view)) {
                let both = left.zip(right);
                return known(both, |(a, b)| a != NO_EVENT && b != NO_EVENT && holds(a.cmp(&b), *order));
            }
            if let Some((left, right)) = plain_money(left, view).zip(plain_money(right, view)) {
                let both = left.zip(right).filter(|(a, b)| a.aux == b.aux);
                return known(both, |(a, b)| holds(a.main.cmp(&b.main), *order));
            }
            let (left, right) = (value(left, view, truths), value(right, view, truths));
            match (left, right) {
                (Value::Whole(NO_EVENT), other) | (other, Value::Whole(NO_EVENT)) if other.is_known() => Truth::FALSE,
                _ => left.compare(right).map_or(Truth::UNKNOWN, |order_found| Truth::of(holds(order_found, *order))),
            }
        }
        Probe::Within(day, window) => match place(day, window, view, truths) {
            Some(Place::Inside) => Truth::TRUE,
            Some(Place::Outside) => Truth::FALSE,
            Some(Place::Boundary) | None => Truth::UNKNOWN,
        },
        Probe::Mixed(slot) => Truth::of(view.facts.is_mixed(*slot)),
        Probe::Unstated => Truth::UNKNOWN,
    }
}

/// The truth of a comparison of two days; one that is no event lies neither way.
#[inline]
pub(super) fn days(view: &View<'_>, a: SlotId, order: Order, b: SlotId) -> Truth {
    known(view.get(a).zip(view.get(b)), |(a, b)| a.main != NO_EVENT && b.main != NO_EVENT && holds(a.main.cmp(&b.main), order))
}

#[inline]
fn known<T>(value: Option<T>, test: impl FnOnce(T) -> bool) -> Truth {
    value.map_or(Truth::UNKNOWN, |value| Truth::of(test(value)))
}

/// Does a comparison that came out so satisfy an order?
#[inline]
pub fn holds(found: Ordering, order: Order) -> bool {
    match order {
        Order::AtLeast => found != Ordering::Less,
        Order::AtMost => found != Ordering::Greater,
        Order::Above => found == Ordering::Greater,
        Order::Below => found == Ordering::Less,
        Order::Exactly => found == Ordering::Equal,
    }
}

/// Where a day lies in a window.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// Inside under every reading.
    Inside,
    /// Inside under one reading only.
    Boundary,
    /// Outside under every reading.
    Outside,
}

/// Where a day lies in a window, if all three operands are known.
pub fn place(day: &Term, window: &Window, view: &View<'_>, truths: &Truths) -> Option<Place> {
    let of = |term| whole(term, view, truths);
    let (day, start, length) = (of(day)?, of(&window.start)?, of(&window.length)?);
    if day == NO_EVENT || start == NO_EVENT {
        return Some(Place::Outside);
    }
    Some(if day < start { Place::Outside } else { after_start(day, start + length, window.first, view.reading) })
}

/// Where a day lies that is not before the start; `end` is the start plus the length.
pub(super) fn after_start(day: i64, end: i64, first: FirstDay, reading: FirstDayReading) -> Place {
    match day.cmp(&end) {
        Ordering::Less => Place::Inside,
        Ordering::Equal => match (first, reading) {
            (FirstDay::Counted, _) | (FirstDay::Unstated | FirstDay::AtTheEarliest, FirstDayReading::Counted) => Place::Outside,
            (FirstDay::NotCounted, _) | (FirstDay::Unstated | FirstDay::AtTheEarliest, FirstDayReading::NotCounted) => {
                Place::Inside
            }
            (FirstDay::Unstated | FirstDay::AtTheEarliest, FirstDayReading::Open) => Place::Boundary,
        },
        Ordering::Greater => match (first, reading) {
            (FirstDay::AtTheEarliest, FirstDayReading::Open) => Place::Boundary,
            (FirstDay::AtTheEarliest, FirstDayReading::NotCounted) => Place::Inside,
            _ => Place::Outside,
        },
    }
}

/// Can no further fact settle an unknown test?
pub fn blocked(probe: &Probe, view: &View<'_>, truths: &Truths) -> bool {
    let of = |term| value(term, view, truths);
    let stuck = |term| matches!(of(term), Value::Blocked);
    match probe {
        Probe::Unstated => true,
        Probe::Money(slot, ..) => view.get(*slot).is_some(),
        Probe::IsNone(term) | Probe::Known(term) => stuck(term),
        Probe::Compare(a, _, b) => {
            let differ = || currency(a, view, truths).zip(currency(b, view, truths)).is_some_and(|(a, b)| a != b);
            match (of(a), of(b)) {
                (Value::Blocked, _) | (_, Value::Blocked) => true,
                (left, right) => (left.is_known() && right.is_known()) || differ(),
            }
        }
        Probe::Within(day, window) => {
            let terms = [day, &window.start, &window.length];
            terms.into_iter().any(stuck) || terms.into_iter().all(|term| of(term).is_known())
        }
        _ => false,
    }
}
