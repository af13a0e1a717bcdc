//! Tests of facts in all rows of a strip.
//!
//! In: a test, the columns of a batch, the truths found so far. Out: its truths.
//! Owns one kernel for each shape of test; a test without one is asked row by row. Never decides; `eval::probe` says
//! what each test means.

use pulp::Arch;

use super::batch::{Batch, Column, NO_DAY, Part, narrow_day};
use super::lanes::{Kind, kind};
use super::plane::{Plane, STRIP, Truths};
use crate::eval::order_holds;
use crate::facts::State;
use crate::plan::{Probe, Ref, Term, Window};
use crate::program::{Lane, NO_EVENT, Program, SlotId, Type};
use crate::syntax::{FirstDay, Order};
use crate::value::Truth;

/// Up to so many codes are compared one by one; more are searched.
const FEW_CODES: usize = 8;

/// A strip of a batch, with the truths found so far.
pub struct Strip<'a> {
    pub(super) program: &'a Program,
    pub(super) batch: &'a Batch,
    /// Which strip.
    pub(super) at: usize,
    pub(super) truths: &'a [Truths],
    pub(super) arch: Arch,
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
        let found = self.truths.get(cond.node()).copied().unwrap_or_default();
        if cond.negated() { found.negate() } else { found }
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
            Probe::Money(slot, order, limit) => {
                let limit = self.lanes(&Term::ConstMoney(*limit));
                self.ordered((&self.slot_lanes(*slot), Kind::Money), *order, (&limit, Kind::Money))
            }
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
                Truths::known(&lanes.known, &Plane::where_each(lanes.main.as_slice(), |day| day == NO_EVENT))
            }
            Probe::Known(term) => {
                let known = match term.slot() {
                    Some(slot) => self.known(slot),
                    None => kind(term).map(|_| self.lanes(term).known)?,
                };
                Truths { yes: known, no: Plane::NONE }
            }
            Probe::Compare(Term::Day(a), order, Term::Day(b)) => self.days(*a, *order, *b),
            Probe::Compare(a, order, b) => {
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
                let holds = self.arch.dispatch(|| kernel(each.values.part(self.at)));
                Truths::known(&self.known(slot), &holds)
            }
        }
    }

    /// A test of one fact, row by row.
    fn one(&self, slot: SlotId, holds: impl Fn(Lane) -> bool) -> Truths {
        self.column(slot, &holds, |part| match part {
            Part::Wholes(wholes) => Plane::where_each(wholes, |main| holds(Lane { main, aux: 0 })),
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
        self.column(slot, of_lane, |part| {
            let Part::Words(words) = part else { return Plane::NONE };
            // Comparing with one or two words is cheaper than looking each row's word up in the mask.
            let mut listed = (0_u8..64).filter(|word| mask >> word & 1 == 1);
            match (listed.next(), listed.next(), listed.next()) {
                (None, ..) => Plane::NONE,
                (Some(one), None, _) => Plane::where_each(words, |word| word == one),
                (Some(one), Some(two), None) => Plane::where_each(words, |word| (word == one) | (word == two)),
                _ => Plane::where_each(words, |word| mask >> (word & 63) & 1 == 1),
            }
        })
    }

    /// Is a country or currency listed?
    fn code(&self, slot: SlotId, codes: &[i64]) -> Truths {
        let narrow: Vec<u16> = codes.iter().filter_map(|code| u16::try_from(*code).ok()).collect();
        let of_lane = |lane: Lane| codes.binary_search(&lane.main).is_ok();
        self.column(slot, of_lane, |part| {
            let Part::Codes(found) = part else { return Plane::NONE };
            if narrow.len() > FEW_CODES {
                return Plane::where_each(found, |code| narrow.binary_search(&code).is_ok());
            }
            narrow.iter().fold(Plane::NONE, |all, one| all.or(&Plane::where_each(found, |code| code == *one)))
        })
    }

    /// A day or whole number against a constant; no event lies neither way.
    fn range(&self, slot: SlotId, order: Order, limit: i64) -> Truths {
        let of_lane = |lane: Lane| lane.main != NO_EVENT && order_holds(lane.main.cmp(&limit), order);
        self.column(slot, of_lane, |part| match part {
            Part::Days(days) => {
                let limit = narrow_day(limit.clamp(-i64::from(i32::MAX), i64::from(i32::MAX)));
                match order {
                    Order::AtLeast => Plane::where_each(days, |day| day >= limit),
                    Order::Above => Plane::where_each(days, |day| day > limit),
                    Order::AtMost => Plane::where_each(days, |day| (day <= limit) & (day != NO_DAY)),
                    Order::Below => Plane::where_each(days, |day| (day < limit) & (day != NO_DAY)),
                    Order::Exactly => Plane::where_each(days, |day| day == limit),
                }
            }
            Part::Wholes(wholes) => match order {
                Order::AtLeast => Plane::where_each(wholes, |whole| whole >= limit),
                Order::Above => Plane::where_each(wholes, |whole| whole > limit),
                Order::AtMost => Plane::where_each(wholes, |whole| whole <= limit),
                Order::Below => Plane::where_each(wholes, |whole| whole < limit),
                Order::Exactly => Plane::where_each(wholes, |whole| whole == limit),
            },
            _ => Plane::NONE,
        })
    }

    /// A comparison of two days; one that is no event lies neither way.
    fn days(&self, a: SlotId, order: Order, b: SlotId) -> Truths {
        let each = |slot| match self.batch.column(slot) {
            Column::Each(each) => match each.values.part(self.at) {
                Part::Days(days) => Some(days),
                _ => None,
            },
            Column::Same(..) => None,
        };
        let Some((days_a, days_b)) = each(a).zip(each(b)) else {
            return self.ordered((&self.slot_lanes(a), Kind::Whole), order, (&self.slot_lanes(b), Kind::Whole));
        };
        let holds = self.arch.dispatch(|| {
            let happened = |a: i32, b: i32| (a != NO_DAY) & (b != NO_DAY);
            match order {
                Order::AtLeast => Plane::where_both(days_a, days_b, |a, b| (a >= b) & happened(a, b)),
                Order::Above => Plane::where_both(days_a, days_b, |a, b| (a > b) & happened(a, b)),
                Order::AtMost => Plane::where_both(days_a, days_b, |a, b| (a <= b) & happened(a, b)),
                Order::Below => Plane::where_both(days_a, days_b, |a, b| (a < b) & happened(a, b)),
                Order::Exactly => Plane::where_both(days_a, days_b, |a, b| (a == b) & happened(a, b)),
            }
        });
        Truths::known(&self.known(a).and(&self.known(b)), &holds)
    }

    /// Where a day lies in a window, if columns can follow the operands.
    pub(super) fn within(&self, day: &Term, window: &Window) -> Option<Places> {
        let whole = |term| matches!(kind(term), Some(Kind::Whole | Kind::Nothing));
        if ![day, &window.start, &window.length].into_iter().all(whole) {
            return None;
        }
        let (day, start, length) = (self.lanes(day), self.lanes(&window.start), self.lanes(&window.length));
        let known = day.known.and(&start.known).and(&length.known);
        Some(self.arch.dispatch(|| {
            let (day, start) = (day.main.as_slice(), start.main.as_slice());
            let mut end = length.main;
            end.iter_mut().zip(start).for_each(|(length, start)| *length = length.wrapping_add(*start));
            let missed = Plane::where_both(day, start, |day, start| (day == NO_EVENT) | (start == NO_EVENT) | (day < start));
            let mut places = places(day, end.as_slice(), window.first);
            places.inside = places.inside.and(&known).but_not(&missed);
            places.boundary = places.boundary.and(&known).but_not(&missed);
            places.outside = places.outside.or(&missed).and(&known);
            places
        }))
    }
}

/// Where days lie that are not before the start; `end` is the start plus the length. As `eval::probe::after_start` says
/// it where nobody chose a reading.
#[inline(always)]
pub(super) fn places(day: &[i64], end: &[i64], first: FirstDay) -> Places {
    let before = Plane::where_both(day, end, |day, end| day < end);
    let on = Plane::where_both(day, end, |day, end| day == end);
    let after = before.or(&on).not();
    match first {
        FirstDay::Counted => Places { inside: before, boundary: Plane::NONE, outside: on.or(&after) },
        FirstDay::NotCounted => Places { inside: before.or(&on), boundary: Plane::NONE, outside: after },
        FirstDay::Unstated => Places { inside: before, boundary: on, outside: after },
        FirstDay::AtTheEarliest => Places { inside: before, boundary: on.or(&after), outside: Plane::NONE },
    }
}
