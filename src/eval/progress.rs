//! Progress toward a threshold: the steps of the contract's `spend_progress`.
//!
//! In: a planned progress and a view. Out: its result, and for an open one what is asked next.
//! Owns the order of steps. Never renders.

use std::cmp::Ordering;

use super::probe::{Place, after_start};
use super::value::{Value, value, whole};
use super::view::{FirstDayReading, Truths, View};
use crate::plan::{ChoicePlan, ProgressPlan, Ref, Term, WindowPlan};
use crate::program::{Judged, NO_EVENT};
use crate::syntax::FirstDay;
use crate::value::Truth;

/// Why progress is open.
#[derive(Clone, Copy, Debug)]
pub enum Stop<'p> {
    /// Whether spend counts yet, which table or which window applies is not known.
    Cond(Ref),
    /// An operand is not known.
    Term(&'p Term),
    /// Two currencies.
    Currency,
    /// A boundary day.
    Boundary,
    /// No source states it.
    Unstated,
}

/// What progress came to.
#[derive(Clone, Copy, Debug)]
pub struct Progressed<'p> {
    /// The result.
    pub result: Judged,
    /// Why it is open.
    pub stop: Option<Stop<'p>>,
    /// Is it open only because it is not known whether the platform has counted it?
    pub counted_open: bool,
}

impl<'p> Progressed<'p> {
    fn is(result: Judged) -> Self {
        Self { result, stop: None, counted_open: false }
    }

    fn open(stop: Stop<'p>) -> Self {
        Self { result: Judged::Open, stop: Some(stop), counted_open: false }
    }
}

/// The choice that applies, or what stops the walk.
pub fn chosen<'p>(choices: &'p [ChoicePlan], truths: &Truths) -> Result<&'p ChoicePlan, Stop<'p>> {
    for choice in choices {
        match truths.of(choice.when) {
            truth if truth.is_true() => return Ok(choice),
            truth if truth.is_false() => {}
            _ => return Err(Stop::Cond(choice.when)),
        }
    }
    Err(Stop::Unstated)
}

/// The window that applies, or what stops the walk.
pub fn chosen_window<'p>(windows: &'p [(Ref, WindowPlan)], truths: &Truths) -> Result<&'p WindowPlan, Stop<'p>> {
    for (when, window) in windows {
        match truths.of(*when) {
            truth if truth.is_true() => return Ok(window),
            truth if truth.is_false() => {}
            _ => return Err(Stop::Cond(*when)),
        }
    }
    Err(Stop::Unstated)
}

/// Judges progress.
pub fn progress<'p>(plan: &'p ProgressPlan, view: &View<'_>, truths: &Truths) -> Progressed<'p> {
    let counted = plan.counted.map_or(Truth::FALSE, |when| truths.of(when));
    if counted.is_true() {
        return Progressed::is(Judged::Met);
    }
    let rest = not_counted(plan, view, truths);
    if counted.is_false() || rest.result == Judged::Met {
        return rest;
    }
    Progressed { result: Judged::Open, stop: rest.stop, counted_open: true }
}

fn not_counted<'p>(plan: &'p ProgressPlan, view: &View<'_>, truths: &Truths) -> Progressed<'p> {
    match plan.starts.map_or(Truth::TRUE, |when| truths.of(when)) {
        truth if truth.is_false() => return Progressed::is(Judged::Pending),
        truth if truth.is_unknown() => return Progressed::open(Stop::Cond(plan.starts.unwrap_or(Ref::TRUE))),
        _ => {}
    }
    match asked(plan, view, truths) {
        Ok(known) => judged(plan, known, view, truths),
        Err(stop) => Progressed::open(stop),
    }
}

/// What is known once every fact of the order of asking is known.
struct KnownProgress<'p> {
    threshold: Value,
    amount: Value,
    window: &'p WindowPlan,
}

/// Walks the order of asking: threshold, amount, window; the first absent fact stops it.
fn asked<'p>(plan: &'p ProgressPlan, view: &View<'_>, truths: &Truths) -> Result<KnownProgress<'p>, Stop<'p>> {
    let settle = |term: &'p Term| match value(term, view, truths) {
        Value::Absent | Value::Blocked => Err(Stop::Term(term)),
        known => Ok(known),
    };
    let lowest = |choice: &'p ChoicePlan| choice.tiers.first().and_then(Option::as_ref).map(|(spend, _)| spend);
    if plan.either {
        for spend in plan.toward.iter().filter_map(lowest) {
            settle(spend)?;
        }
    }
    let single = if plan.either { None } else { Some(settle(lowest(chosen(&plan.toward, truths)?).ok_or(Stop::Unstated)?)?) };
    let amount = settle(&plan.amount)?;
    let window = chosen_window(&plan.windows, truths)?;
    each_window_term(window, &mut |term| settle(term).map(|_| ()))?;
    let threshold = match single {
        Some(threshold) => threshold,
        None => {
            let mut thresholds = plan.toward.iter().filter_map(lowest).map(|spend| value(spend, view, truths));
            thresholds.find(|threshold| amount.compare(*threshold).is_some()).ok_or(Stop::Currency)?
        }
    };
    Ok(KnownProgress { threshold, amount, window })
}

/// Visits the operands of a window in the order of asking, until a visit stops it.
/// # Errors
/// What a visit stops with.
pub fn each_window_term<'p, E>(window: &'p WindowPlan, visit: &mut dyn FnMut(&'p Term) -> Result<(), E>) -> Result<(), E> {
    match window {
        WindowPlan::Within(window) => {
            visit(&window.start)?;
            visit(&window.length)
        }
        WindowPlan::Earlier(a, b) => {
            each_window_term(a, visit)?;
            each_window_term(b, visit)
        }
        WindowPlan::Until(day) => visit(day),
        WindowPlan::Forever => Ok(()),
    }
}

fn judged<'p>(plan: &'p ProgressPlan, known: KnownProgress<'p>, view: &View<'_>, truths: &Truths) -> Progressed<'p> {
    let Some(order) = known.amount.compare(known.threshold) else { return Progressed::open(Stop::Currency) };
    let Some(span) = span_of(known.window, view, truths) else { return Progressed::is(Judged::Pending) };
    let today = span.place(view.facts.as_of(), view.reading);
    if order == Ordering::Less {
        return match today {
            Place::Inside => Progressed::is(Judged::Pending),
            Place::Boundary => Progressed::open(Stop::Boundary),
            Place::Outside => Progressed::is(Judged::Failed),
        };
    }
    let met = if plan.either { Progressed::open(Stop::Unstated) } else { Progressed::is(Judged::Met) };
    let Some(crossed) = plan.crossed.as_ref().filter(|_| today != Place::Inside) else { return met };
    match value(crossed, view, truths) {
        Value::Whole(NO_EVENT) => Progressed::is(Judged::Failed),
        Value::Whole(day) => match span.place(day, view.reading) {
            Place::Inside => met,
            Place::Boundary => Progressed::open(Stop::Boundary),
            Place::Outside => Progressed::is(Judged::Failed),
        },
        _ => Progressed::open(Stop::Term(crossed)),
    }
}

/// A window with its days.
#[derive(Clone, Copy, Debug)]
pub struct DaySpan {
    /// First day inside; nothing where no lower bound is stated.
    pub start: Option<i64>,
    /// The day that is the boundary (start plus length), and how the first day counts; nothing without an end.
    pub end: Option<(i64, FirstDay)>,
}

impl DaySpan {
    /// Where a day lies.
    pub fn place(self, day: i64, reading: FirstDayReading) -> Place {
        if self.start.is_some_and(|start| day < start) {
            return Place::Outside;
        }
        self.end.map_or(Place::Inside, |(end, first)| after_start(day, end, first, reading))
    }

    /// The last day that is inside under every reading.
    pub fn last_sure_day(self) -> Option<i64> {
        self.end.map(|(end, first)| if first == FirstDay::NotCounted { end } else { end - 1 })
    }
}

/// The days of a window whose operands are known; nothing while what starts it has not happened.
pub fn span_of(window: &WindowPlan, view: &View<'_>, truths: &Truths) -> Option<DaySpan> {
    let whole = |term| whole(term, view, truths).unwrap_or(NO_EVENT);
    match window {
        WindowPlan::Forever => Some(DaySpan { start: None, end: None }),
        WindowPlan::Until(day) => {
            let day = whole(day);
            Some(DaySpan { start: None, end: (day != NO_EVENT).then_some((day, FirstDay::NotCounted)) })
        }
        WindowPlan::Within(window) => {
            let (start, length) = (whole(&window.start), whole(&window.length));
            (start != NO_EVENT).then_some(DaySpan { start: Some(start), end: Some((start + length, window.first)) })
        }
        WindowPlan::Earlier(a, b) => {
            let spans = [span_of(a, view, truths), span_of(b, view, truths)];
            let end = spans.into_iter().flatten().filter_map(|span| span.end).min_by_key(|(end, _)| *end)?;
            Some(DaySpan { start: None, end: Some(end) })
        }
    }
}
