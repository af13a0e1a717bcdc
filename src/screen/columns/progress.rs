//! Progress toward a threshold in all rows of a strip.
//!
//! In: a planned progress and a strip. Out: where it is met, failed, pending; elsewhere it is open.
//! Owns the steps of `eval::progress` by columns, for operands that columns can follow. Never says why.

use super::lanes::{Kind, Lanes, kind, same_currency};
use super::plane::{Plane, STRIP, Truths};
use super::strip::{Places, Strip, places};
use super::wide::Wide;
use crate::plan::{ProgressPlan, Term, WindowPlan};
use crate::program::{AS_OF, NO_EVENT};
use crate::syntax::FirstDay;

/// The results of one requirement in all rows; where it is none of them, it is open.
#[derive(Clone, Copy, Debug, Default)]
pub struct Results {
    /// Met.
    pub met: Plane,
    /// Failed.
    pub failed: Plane,
    /// Pending.
    pub pending: Plane,
}

impl Results {
    /// Only in some rows; elsewhere open.
    #[must_use]
    pub fn within(&self, rows: &Plane) -> Self {
        Self { met: self.met.and(rows), failed: self.failed.and(rows), pending: self.pending.and(rows) }
    }

    fn or(&self, other: &Self) -> Self {
        Self { met: self.met.or(&other.met), failed: self.failed.or(&other.failed), pending: self.pending.or(&other.pending) }
    }
}

/// Can columns follow a progress?
pub fn follows(plan: &ProgressPlan) -> bool {
    let amount = kind(&plan.amount);
    let spends = plan.toward.iter().filter_map(|choice| choice.tiers.first()?.as_ref()).all(|(spend, _)| {
        matches!((amount, kind(spend)), (Some(Kind::Money), Some(Kind::Money)) | (Some(Kind::Whole), Some(Kind::Whole)))
    });
    let whole = |term: &Term| matches!(kind(term), Some(Kind::Whole | Kind::Nothing));
    spends && plan.windows.iter().all(|(_, window)| window_follows(window, &whole)) && plan.crossed.as_ref().is_none_or(whole)
}

fn window_follows(window: &WindowPlan, whole: &impl Fn(&Term) -> bool) -> bool {
    match window {
        WindowPlan::Within(window) => whole(&window.start) && whole(&window.length),
        WindowPlan::Earlier(a, b) => window_follows(a, whole) && window_follows(b, whole),
        WindowPlan::Until(day) => whole(day),
        WindowPlan::Forever => true,
    }
}

/// The days of a window in all rows.
struct Span {
    /// Where every operand is known.
    known: Plane,
    /// Where what starts it has happened.
    happened: Plane,
    /// The first day inside, where a lower bound is stated.
    start: Option<Box<[i64; STRIP]>>,
    /// The start plus the length.
    end: Box<[i64; STRIP]>,
    /// How the first day counts, by rows; a row that is in none has no end.
    ends: Vec<(Plane, FirstDay)>,
}

impl Span {
    /// Where the window has an end.
    fn ended(&self) -> Plane {
        self.ends.iter().fold(Plane::NONE, |all, (rows, _)| all.or(rows)).and(&self.happened)
    }

    /// Where days lie.
    fn place(&self, wide: Wide, day: &[i64; STRIP]) -> Places {
        let mut found = Places { inside: self.ended().not(), ..Places::default() };
        for (rows, first) in &self.ends {
            let own = places(wide, day, self.end.as_slice(), *first);
            found.inside = found.inside.or(&own.inside.and(rows));
            found.boundary = found.boundary.or(&own.boundary.and(rows));
            found.outside = found.outside.or(&own.outside.and(rows));
        }
        if let Some(start) = &self.start {
            let before = wide.both(day, start.as_slice(), |day, start| day < start);
            found.inside = found.inside.but_not(&before);
            found.boundary = found.boundary.but_not(&before);
            found.outside = found.outside.or(&before);
        }
        found
    }
}

impl Strip<'_> {
    /// Judges a progress that columns can follow.
    pub(super) fn progress(&self, plan: &ProgressPlan) -> Results {
        let counted = plan.counted.map_or(Truths::FALSE, |when| self.truths_of(when));
        let starts = plan.starts.map_or(Truths::TRUE, |when| self.truths_of(when));
        let mut rest = self.started(plan).within(&starts.yes);
        rest.pending = rest.pending.or(&starts.no);
        Results { met: rest.met.or(&counted.yes), failed: rest.failed.and(&counted.no), pending: rest.pending.and(&counted.no) }
    }

    /// The results where spend counts.
    fn started(&self, plan: &ProgressPlan) -> Results {
        let amount = self.lanes(&plan.amount);
        let threshold = if plan.either { self.either_threshold(plan, &amount) } else { self.threshold(plan) };
        let known = amount.known.and(&threshold.known).and(&same_currency(self.wide, &amount, &threshold));
        let short = self.wide.both(amount.main.as_slice(), threshold.main.as_slice(), |amount, least| amount < least);
        let (mut found, mut rest) = (Results::default(), known);
        for (when, window) in &plan.windows {
            let truths = self.truths_of(*when);
            let rows = rest.and(&truths.yes);
            rest = rest.and(&truths.no);
            if !rows.is_none() {
                found = found.or(&self.in_window(plan, window, &short).within(&rows));
            }
        }
        found
    }

    /// The least amount, where one choice of tiers applies.
    fn threshold(&self, plan: &ProgressPlan) -> Lanes {
        let (mut rest, mut found) = (Plane::ALL, Lanes::unknown());
        for choice in &plan.toward {
            let truths = self.truths_of(choice.when);
            let rows = rest.and(&truths.yes);
            rest = rest.and(&truths.no);
            if let Some(Some((spend, _))) = choice.tiers.first() {
                found.take(&rows, &self.lanes(spend));
            }
        }
        found
    }

    /// The first least amount that is in the currency of the amount, where all are known.
    fn either_threshold(&self, plan: &ProgressPlan, amount: &Lanes) -> Lanes {
        let (mut rest, mut found, mut known) = (Plane::ALL, Lanes::unknown(), Plane::ALL);
        for (spend, _) in plan.toward.iter().filter_map(|choice| choice.tiers.first()?.as_ref()) {
            let lanes = self.lanes(spend);
            known = known.and(&lanes.known);
            let rows = rest.and(&same_currency(self.wide, amount, &lanes));
            rest = rest.but_not(&rows);
            found.take(&rows, &lanes);
        }
        found.known = found.known.and(&known);
        found
    }

    /// The results in one window.
    fn in_window(&self, plan: &ProgressPlan, window: &WindowPlan, short: &Plane) -> Results {
        let span = self.span(window);
        let today = span.place(self.wide, &self.slot_lanes(AS_OF).main);
        let mut failed = short.and(&today.outside);
        let pending = short.and(&today.inside);
        let mut met = short.not();
        if let Some(crossed) = &plan.crossed {
            let day = self.lanes(crossed);
            let place = span.place(self.wide, &day.main);
            let never = self.wide.each(day.main.as_slice(), |day| day == NO_EVENT);
            let asked = met.but_not(&today.inside);
            failed = failed.or(&asked.and(&day.known).and(&place.outside.or(&never)));
            met = met.and(&today.inside).or(&asked.and(&day.known).and(&place.inside).but_not(&never));
        }
        if plan.either {
            met = Plane::NONE;
        }
        let on = span.happened.and(&span.known);
        Results {
            met: met.and(&on),
            failed: failed.and(&on),
            pending: pending.and(&on).or(&span.known.but_not(&span.happened)),
        }
    }

    fn span(&self, window: &WindowPlan) -> Span {
        match window {
            WindowPlan::Forever => {
                Span { known: Plane::ALL, happened: Plane::ALL, start: None, end: Box::new([0; STRIP]), ends: Vec::new() }
            }
            WindowPlan::Until(day) => {
                let day = self.lanes(day);
                let some = self.wide.each(day.main.as_slice(), |day| day != NO_EVENT);
                Span {
                    known: day.known,
                    happened: Plane::ALL,
                    start: None,
                    end: day.main,
                    ends: vec![(some, FirstDay::NotCounted)],
                }
            }
            WindowPlan::Within(window) => {
                let (start, length) = (self.lanes(&window.start), self.lanes(&window.length));
                let mut end = length.main;
                end.iter_mut().zip(start.main.iter()).for_each(|(end, start)| *end = end.wrapping_add(*start));
                Span {
                    known: start.known.and(&length.known),
                    happened: self.wide.each(start.main.as_slice(), |start| start != NO_EVENT),
                    start: Some(start.main),
                    end,
                    ends: vec![(Plane::ALL, window.first)],
                }
            }
            WindowPlan::Earlier(a, b) => {
                let (a, b) = (self.span(a), self.span(b));
                let earlier = self.wide.both(a.end.as_slice(), b.end.as_slice(), |a, b| a <= b);
                let (ended_a, ended_b) = (a.ended(), b.ended());
                let by_a = ended_a.and(&earlier.or(&ended_b.not()));
                let by_b = ended_b.but_not(&by_a);
                let own =
                    |ends: Vec<(Plane, FirstDay)>, rows: Plane| ends.into_iter().map(move |(of, first)| (of.and(&rows), first));
                let mut end = b.end;
                by_a.rows().for_each(|row| {
                    if let (Some(to), Some(from)) = (end.get_mut(row), a.end.get(row)) {
                        *to = *from;
                    }
                });
                Span {
                    known: a.known.and(&b.known),
                    happened: ended_a.or(&ended_b),
                    start: None,
                    end,
                    ends: own(a.ends, by_a).chain(own(b.ends, by_b)).collect(),
                }
            }
        }
    }
}
