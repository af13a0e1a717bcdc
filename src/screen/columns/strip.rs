//! Tests of facts in all rows of a strip.
//!
//! In: a test, the columns of a batch, the truths found so far. Out: its truths.
//! Owns one kernel for each shape of test; a test without one is asked row by row. Never decides; `eval::probe` says
//! what each test means.

use smallvec::SmallVec;

use super::batch::{Batch, Column, NO_DAY, Part, narrow_day};
use super::lanes::{Kind, kind};
use super::plane::{Plane, STRIP, Truths};
use super::wide::Wide;
use crate::eval::order_holds;
use crate::facts::State;
use crate::plan::{Probe, Ref, Term, Window};
use crate::program::{Lane, NO_EVENT, Program, SlotId, Type};
use crate::syntax::{FirstDay, Order};
use crate::value::Truth;

/// A day moved by more days than this is followed in wide lanes; narrower ones stay far from their ends.
const FAR: u64 = 1 << 28;

/// A strip of a batch, with the truths found so far.
pub struct Strip<'a> {
    pub(super) program: &'a Program,
    pub(super) batch: &'a Batch,
    /// Which strip.
    pub(super) at: usize,
    pub(super) truths: &'a [Truths],
    pub(super) wide: Wide,
}

/// Days of a strip as narrow as columns keep them.
enum Days<'a> {
    /// The same in all rows.
    Same(i32),
    /// A day a row, moved by so many days.
    Each(&'a [i32], i32),
}

/// Where a day lies in a window, in all rows; where it is in none of them, something is not known.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Places {
    pub(super) inside: Plane,
    pub(super) boundary: Plane,
    pub(super) outside: Plane,
}

impl Strip<'_> {
    /// The truths of a condition.
    pub(super) fn truths_of(&self, cond: Ref) -> Truths {
        let (yes, no) = sides(self.truths, cond);
        Truths { yes: *yes, no: *no }
    }

    /// Is a fact an amount?
    pub(super) fn is_money(&self, slot: SlotId) -> bool {
        matches!(self.program.fact_of(slot).map(|fact| &fact.ty), Some(Type::Money))
    }

    /// Where a fact is known.
    pub(super) fn known(&self, slot: SlotId) -> Plane {
        match self.batch.column(slot) {
            Column::Same(_, state) => Plane::of(*state != State::Missing),
            Column::Each(each) => each.known.get(self.at).copied().unwrap_or_default(),
        }
    }

    /// The truths of a test, if it has a kernel.
    pub(super) fn test(&self, probe: &Probe) -> Option<Truths> {
        Some(match probe {
            Probe::Word(slot, mask) => self.word(*slot, *mask),
            Probe::Code(slot, codes) => self.code(*slot, codes),
            Probe::Day(slot, order, limit) | Probe::Whole(slot, order, limit) => self.range(*slot, *order, *limit),
            Probe::Money(slot, order, limit) => self.money(*slot, *order, *limit),
            Probe::Text(slot, texts) => self.one(*slot, |lane| {
                let text = usize::try_from(lane.main).ok().and_then(|at| self.batch.texts().get(at));
                text.is_some_and(|text| texts.iter().any(|listed| listed == text))
            }),
            Probe::Same(a, b) => self.two(*a, *b, |a, b| a == b),
            Probe::Contains(set, bit) => self.one(*set, |lane| lane.main >> bit & 1 == 1),
            Probe::ContainsFact(set, word, bits) => self.two(*set, *word, |set, word| {
                let bit = usize::try_from(word.main).ok().and_then(|at| bits.get(at)).copied().flatten();
                bit.is_some_and(|bit| set.main >> bit & 1 == 1)
            }),
            Probe::Empty(set) => self.one(*set, |lane| lane.main == 0),
            Probe::IsNone(term) => {
                let lanes = kind(term).filter(|kind| *kind == Kind::Whole).map(|_| self.lanes(term))?;
                Truths::known(&lanes.known, &self.wide.each(lanes.main.as_slice(), |day| day == NO_EVENT))
            }
            Probe::Known(term) => {
                let known = match term.slot() {
                    Some(slot) => self.known(slot),
                    None => kind(term).map(|_| self.lanes(term).known)?,
                };
                Truths { yes: known, no: Plane::NONE }
            }
            Probe::Compare(a, order, b) => {
                if let Some((a, b)) = self.narrow(a).zip(self.narrow(b)) {
                    return Some(self.days(a, *order, b));
                }
                let (of_a, of_b) = (kind(a)?, kind(b)?);
                let loose = |kind: Kind| matches!(kind, Kind::Zero | Kind::Nothing);
                if of_a != of_b && !loose(of_a) && !loose(of_b) {
                    return None;
                }
                self.ordered((&self.lanes(a), of_a), *order, (&self.lanes(b), of_b))
            }
            Probe::Within(day, window) => {
                let places = self.within(day, window)?;
                Truths { yes: places.inside, no: places.outside }
            }
            Probe::Mixed(slot) => {
                let mixed = self.batch.mixed(*slot, self.at);
                Truths { yes: mixed, no: mixed.not() }
            }
            Probe::Unstated => Truths::UNKNOWN,
        })
    }

    /// A test of one fact: by a kernel for its column, or of the value that all rows share.
    fn column(&self, slot: SlotId, of_lane: impl Fn(Lane) -> bool, kernel: impl Fn(Part<'_>) -> Plane) -> Truths {
        match self.batch.column(slot) {
            Column::Same(_, State::Missing) => Truths::UNKNOWN,
            Column::Same(lane, _) => Truths::all(Truth::of(of_lane(*lane))),
            Column::Each(each) => {
                let known = each.known.get(self.at).copied().unwrap_or_default();
                Truths::known(&known, &kernel(each.values.part(self.at)))
            }
        }
    }

    /// A test of one fact, row by row.
    fn one(&self, slot: SlotId, holds: impl Fn(Lane) -> bool) -> Truths {
        self.column(slot, &holds, |part| match part {
            Part::Wholes(wholes) => self.wide.each(wholes, |main| holds(Lane { main, aux: 0 })),
            _ => Plane::NONE,
        })
    }

    /// A test of two facts, row by row.
    fn two(&self, a: SlotId, b: SlotId, holds: impl Fn(Lane, Lane) -> bool) -> Truths {
        let known = self.known(a).and(&self.known(b));
        let mut found = Plane::NONE;
        for row in known.rows() {
            let of = |slot| self.batch.get(slot, self.at * STRIP + row).0;
            found.put(row, holds(of(a), of(b)));
        }
        Truths::known(&known, &found)
    }

    /// Is the word of a fact among the words of a mask?
    fn word(&self, slot: SlotId, mask: u64) -> Truths {
        let of_lane = |lane: Lane| mask >> (lane.main & 63) & 1 == 1;
        let listed: SmallVec<[u8; 64]> = (0..64).filter(|word| mask >> word & 1 == 1).collect();
        self.column(slot, of_lane, |part| match part {
            Part::Words(words) => self.any_of(words, &listed),
            _ => Plane::NONE,
        })
    }

    /// Is a country or currency listed?
    fn code(&self, slot: SlotId, codes: &[i64]) -> Truths {
        let listed: SmallVec<[u16; 64]> = codes.iter().filter_map(|code| u16::try_from(*code).ok()).collect();
        let of_lane = |lane: Lane| codes.binary_search(&lane.main).is_ok();
        self.column(slot, of_lane, |part| match part {
            Part::Codes(found) => self.any_of(found, &listed),
            _ => Plane::NONE,
        })
    }

    /// Where a value is listed: comparing with each is cheaper than looking each row's value up.
    fn any_of<T: Copy + Eq>(&self, values: &[T], listed: &[T]) -> Plane {
        if let [one] = listed {
            return self.wide.each(values, |value| value == *one);
        }
        listed.chunks(4).fold(Plane::NONE, |all, few| {
            let mut few = few.iter().copied();
            let Some(a) = few.next() else { return all };
            let [b, c, d] = std::array::from_fn(|_| few.next().unwrap_or(a));
            all.or(&self.wide.each(values, |value| (value == a) | (value == b) | (value == c) | (value == d)))
        })
    }

    /// A day or whole number against a constant; no event lies neither way.
    fn range(&self, slot: SlotId, order: Order, limit: i64) -> Truths {
        let of_lane = |lane: Lane| lane.main != NO_EVENT && order_holds(lane.main.cmp(&limit), order);
        self.column(slot, of_lane, |part| match part {
            Part::Days(days) => {
                let limit = narrow_day(limit.clamp(-i64::from(i32::MAX), i64::from(i32::MAX)));
                self.days_against(days, order, limit)
            }
            Part::Wholes(wholes) => match order {
                Order::AtLeast => self.wide.each(wholes, |whole| whole >= limit),
                Order::Above => self.wide.each(wholes, |whole| whole > limit),
                Order::AtMost => self.wide.each(wholes, |whole| whole <= limit),
                Order::Below => self.wide.each(wholes, |whole| whole < limit),
                Order::Exactly => self.wide.each(wholes, |whole| whole == limit),
            },
            _ => Plane::NONE,
        })
    }

    /// An amount against a constant, not known in another currency.
    fn money(&self, slot: SlotId, order: Order, limit: Lane) -> Truths {
        let least = limit.main;
        match self.batch.column(slot) {
            Column::Same(_, State::Missing) => Truths::UNKNOWN,
            Column::Same(lane, _) if lane.aux != limit.aux => Truths::UNKNOWN,
            Column::Same(lane, _) => Truths::all(Truth::of(order_holds(lane.main.cmp(&least), order))),
            Column::Each(each) => {
                let (Part::Money(minor, currency), Ok(wanted)) = (each.values.part(self.at), u16::try_from(limit.aux)) else {
                    return Truths::UNKNOWN;
                };
                let holds = match order {
                    Order::AtLeast => self.wide.each(minor, |minor| minor >= least),
                    Order::Above => self.wide.each(minor, |minor| minor > least),
                    Order::AtMost => self.wide.each(minor, |minor| minor <= least),
                    Order::Below => self.wide.each(minor, |minor| minor < least),
                    Order::Exactly => self.wide.each(minor, |minor| minor == least),
                };
                let same = self.wide.each(currency, |currency| currency == wanted);
                Truths::known(&self.known(slot).and(&same), &holds)
            }
        }
    }

    /// A day, perhaps moved by a known number of days, in the width of its column, and where it is known.
    fn narrow(&self, term: &Term) -> Option<(Plane, Days<'_>)> {
        match term {
            Term::Day(slot) => match self.batch.column(*slot) {
                Column::Same(lane, state) => Some((Plane::of(*state != State::Missing), Days::Same(narrow_day(lane.main)))),
                Column::Each(each) => match each.values.part(self.at) {
                    Part::Days(days) => Some((self.known(*slot), Days::Each(days, 0))),
                    _ => None,
                },
            },
            Term::Shift(day, back, days) => {
                let (Term::Day(_), Term::ConstWhole(days)) = (&**day, &**days) else { return None };
                let days = Some(if *back { -days } else { *days }).filter(|days| days.unsigned_abs() < FAR)?;
                let moved = i32::try_from(days).ok()?;
                let (known, day) = self.narrow(day)?;
                Some((
                    known,
                    match day {
                        Days::Same(NO_DAY) => Days::Same(NO_DAY),
                        Days::Same(day) => Days::Same(day.wrapping_add(moved)),
                        Days::Each(days, _) => Days::Each(days, moved),
                    },
                ))
            }
            _ => None,
        }
    }

    /// A comparison of two days; one that is no event lies neither way.
    fn days(&self, (known_a, a): (Plane, Days<'_>), order: Order, (known_b, b): (Plane, Days<'_>)) -> Truths {
        let known = known_a.and(&known_b);
        let holds = match (a, b) {
            (Days::Same(NO_DAY), _) | (_, Days::Same(NO_DAY)) => Plane::NONE,
            (Days::Same(a), Days::Same(b)) => Plane::of(order_holds(a.cmp(&b), order)),
            // Seen from the other side, so that the days a row are those that are compared.
            (Days::Same(a), Days::Each(b, moved)) => self.days_against(b, turned(order), a.wrapping_sub(moved)),
            (Days::Each(a, moved), Days::Same(b)) => self.days_against(a, order, b.wrapping_sub(moved)),
            (Days::Each(days_a, moved_a), Days::Each(days_b, moved_b)) => {
                let moved = moved_b.wrapping_sub(moved_a);
                let both = |a: i32, b: i32| (b.wrapping_add(moved), (a != NO_DAY) & (b != NO_DAY));
                let wide = self.wide;
                match order {
                    Order::AtLeast => wide.both(days_a, days_b, |a, b| (a >= both(a, b).0) & both(a, b).1),
                    Order::Above => wide.both(days_a, days_b, |a, b| (a > both(a, b).0) & both(a, b).1),
                    Order::AtMost => wide.both(days_a, days_b, |a, b| (a <= both(a, b).0) & both(a, b).1),
                    Order::Below => wide.both(days_a, days_b, |a, b| (a < both(a, b).0) & both(a, b).1),
                    Order::Exactly => wide.both(days_a, days_b, |a, b| (a == both(a, b).0) & both(a, b).1),
                }
            }
        };
        Truths::known(&known, &holds)
    }

    /// Days against one day; no event lies neither way.
    fn days_against(&self, days: &[i32], order: Order, limit: i32) -> Plane {
        match order {
            Order::AtLeast => self.wide.each(days, |day| (day >= limit) & (day != NO_DAY)),
            Order::Above => self.wide.each(days, |day| (day > limit) & (day != NO_DAY)),
            Order::AtMost => self.wide.each(days, |day| (day <= limit) & (day != NO_DAY)),
            Order::Below => self.wide.each(days, |day| (day < limit) & (day != NO_DAY)),
            Order::Exactly => self.wide.each(days, |day| (day == limit) & (day != NO_DAY)),
        }
    }

    /// Where a day lies in a window, if columns can follow the operands.
    pub(super) fn within(&self, day: &Term, window: &Window) -> Option<Places> {
        let whole = |term| matches!(kind(term), Some(Kind::Whole | Kind::Nothing));
        if ![day, &window.start, &window.length].into_iter().all(whole) {
            return None;
        }
        let (day, start, length) = (self.lanes(day), self.lanes(&window.start), self.lanes(&window.length));
        let known = day.known.and(&start.known).and(&length.known);
        let (day, start) = (day.main.as_slice(), start.main.as_slice());
        let mut end = length.main;
        end.iter_mut().zip(start).for_each(|(length, start)| *length = length.wrapping_add(*start));
        let missed = self.wide.both(day, start, |day, start| (day == NO_EVENT) | (start == NO_EVENT) | (day < start));
        let mut places = places(self.wide, day, end.as_slice(), window.first);
        places.inside = places.inside.and(&known).but_not(&missed);
        places.boundary = places.boundary.and(&known).but_not(&missed);
        places.outside = places.outside.or(&missed).and(&known);
        Some(places)
    }
}

/// Where a condition is surely true, and where surely false.
#[inline(always)]
pub(super) fn sides(truths: &[Truths], cond: Ref) -> (&Plane, &Plane) {
    truths.get(cond.node()).unwrap_or(&Truths::UNKNOWN).sides(cond.negated())
}

/// The order as it is seen from the other side.
const fn turned(order: Order) -> Order {
    match order {
        Order::AtLeast => Order::AtMost,
        Order::Above => Order::Below,
        Order::AtMost => Order::AtLeast,
        Order::Below => Order::Above,
        Order::Exactly => Order::Exactly,
    }
}

/// Where days lie that are not before the start; `end` is the start plus the length. As `eval::probe::after_start` says
/// it where nobody chose a reading.
pub(super) fn places(wide: Wide, day: &[i64], end: &[i64], first: FirstDay) -> Places {
    let before = wide.both(day, end, |day, end| day < end);
    let on = wide.both(day, end, |day, end| day == end);
    let after = before.or(&on).not();
    match first {
        FirstDay::Counted => Places { inside: before, boundary: Plane::NONE, outside: on.or(&after) },
        FirstDay::NotCounted => Places { inside: before.or(&on), boundary: Plane::NONE, outside: after },
        FirstDay::Unstated => Places { inside: before, boundary: on, outside: after },
        FirstDay::AtTheEarliest => Places { inside: before, boundary: on.or(&after), outside: Plane::NONE },
    }
}
