//! Why a requirement is open, and how far one is from what it expects.
//!
//! In: planned requirements and a view. Out: reasons and margins.
//! Owns the reasons of the contract. Never decides.

use super::{Margin, OpenReason};
use crate::eval::{Asking, Progressed, Stop, Value, blocked, possible, progress, value};
use crate::plan::{BodyPlan, ClausePlan, DecisionPlan, Node, Probe, Ref, RequirementPlan, Term};
use crate::program::{Body, Lane, NO_EVENT, OpenClause, Requirement};
use crate::syntax::Silence;

/// Why a requirement is open that misses no fact, with the words of the rules where they say.
pub(super) fn open_reason<'a>(
    asking: &Asking<'_>,
    decision: &DecisionPlan,
    plan: &RequirementPlan,
    requirement: &'a Requirement,
) -> (OpenReason, Option<&'a str>) {
    match (&plan.body, &requirement.body) {
        (BodyPlan::Clauses(planned), Body::Clauses(clauses)) => by_clauses(asking, planned, &clauses.open),
        (BodyPlan::Editions(planned), Body::Editions(all)) => {
            let mut editions = planned.iter().zip(all).zip(possible(decision, asking.truths)).filter(|(_, possible)| *possible);
            editions
                .next()
                .map_or((OpenReason::Unstated, None), |((planned, clauses), _)| by_clauses(asking, planned, &clauses.open))
        }
        (BodyPlan::Progress(planned), Body::Progress(stated)) => {
            let Progressed { stop, .. } = progress(planned, &asking.view, asking.truths);
            match stop {
                Some(Stop::Currency) => (OpenReason::Currency, None),
                Some(Stop::Boundary) => (OpenReason::Boundary, None),
                Some(Stop::Term(term)) => (stuck(asking, term), None),
                _ => (OpenReason::Unstated, stated.either.as_deref()),
            }
        }
        _ => (OpenReason::Unstated, None),
    }
}

fn by_clauses<'a>(asking: &Asking<'_>, plan: &ClausePlan, open: &'a [OpenClause]) -> (OpenReason, Option<&'a str>) {
    let said = plan.open.iter().zip(open).find(|(when, _)| asking.truths.of(**when).is_true());
    if let Some((_, open)) = said {
        let reason = match open.silence {
            Silence::Unstated => OpenReason::Unstated,
            Silence::Conflict => OpenReason::Conflict,
            Silence::Boundary => OpenReason::Boundary,
            Silence::Arithmetic => OpenReason::Arithmetic,
        };
        return (reason, Some(open.because.as_str()));
    }
    let reason = [plan.met, plan.fails, plan.pending].into_iter().find_map(|cond| blocking(asking, cond));
    (reason.unwrap_or(OpenReason::Unstated), None)
}

/// What blocks the first unknown test of a condition.
fn blocking(asking: &Asking<'_>, cond: Ref) -> Option<OpenReason> {
    if !asking.truths.of(cond).is_unknown() {
        return None;
    }
    match asking.plan.nodes.get(cond.node())? {
        Node::All(parts) | Node::Any(parts) => parts.iter().find_map(|part| blocking(asking, *part)),
        Node::Then(a, b) => blocking(asking, *a).or_else(|| blocking(asking, *b)),
        Node::True => None,
        Node::Test(probe) if !blocked(probe, &asking.view, asking.truths) => None,
        Node::Test(probe) => Some(match probe {
            Probe::Within(..) => OpenReason::Boundary,
            Probe::Unstated => OpenReason::Unstated,
            Probe::Money(..) => OpenReason::Currency,
            Probe::IsNone(term) | Probe::Known(term) => stuck(asking, term),
            Probe::Compare(a, _, b) => {
                let reasons = [stuck(asking, a), stuck(asking, b)];
                reasons.into_iter().find(|reason| *reason != OpenReason::Missing).unwrap_or(OpenReason::Currency)
            }
            _ => OpenReason::Unstated,
        }),
    }
}

/// Why a term has no value; `Missing` where it has one or a fact is absent.
fn stuck(asking: &Asking<'_>, term: &Term) -> OpenReason {
    if !matches!(value(term, &asking.view, asking.truths), Value::Blocked) {
        return OpenReason::Missing;
    }
    match term {
        Term::Unstated => OpenReason::Unstated,
        Term::Product(parts) => {
            let inner = parts.iter().map(|(_, part)| stuck(asking, part)).find(|reason| *reason != OpenReason::Missing);
            inner.unwrap_or(OpenReason::Arithmetic)
        }
        Term::Sum(parts) => {
            let inner = parts.iter().map(|(_, part)| stuck(asking, part)).find(|reason| *reason != OpenReason::Missing);
            inner.unwrap_or(OpenReason::Currency)
        }
        Term::Bound(inner, _, limit) => match stuck(asking, inner) {
            OpenReason::Missing if matches!(**limit, Term::Unstated) => OpenReason::Missing,
            OpenReason::Missing => OpenReason::Currency,
            reason => reason,
        },
        _ => OpenReason::Unstated,
    }
}

/// The margin of the first ordered test that a requirement's result rests on; none where several editions are possible.
pub(super) fn margin(asking: &Asking<'_>, decision: &DecisionPlan, body: &BodyPlan) -> Option<Margin> {
    match body {
        BodyPlan::Clauses(clauses) => first_margin(asking, clauses),
        BodyPlan::Editions(all) => {
            let mut only = all.iter().zip(possible(decision, asking.truths)).filter(|(_, possible)| *possible);
            let clauses = only.next().filter(|_| only.next().is_none()).map(|(clauses, _)| clauses);
            clauses.and_then(|clauses| first_margin(asking, clauses))
        }
        BodyPlan::Progress(_) => None,
    }
}

fn first_margin(asking: &Asking<'_>, clauses: &ClausePlan) -> Option<Margin> {
    let counted = clauses.measures.iter().filter(|(when, _)| asking.truths.holds(*when));
    let mut tests = counted.filter_map(|(_, test)| match asking.plan.nodes.get(test.node()) {
        Some(Node::Test(probe)) => Some(probe),
        _ => None,
    });
    tests.find_map(|probe| probe_margin(asking, probe))
}

fn probe_margin(asking: &Asking<'_>, probe: &Probe) -> Option<Margin> {
    use crate::syntax::Order;
    let of = |term: &Term| value(term, &asking.view, asking.truths);
    let mut days = false;
    let (left, order, right) = match probe {
        Probe::Money(slot, order, limit) => {
            (asking.view.get(*slot).map(|lane| Value::Money(lane.main, lane.aux))?, *order, Value::Money(limit.main, limit.aux))
        }
        Probe::Day(slot, order, limit) | Probe::Whole(slot, order, limit) => {
            let left = asking.view.get(*slot)?.main;
            if left == NO_EVENT {
                return None;
            }
            let margin = if matches!(order, Order::AtMost | Order::Below) { limit - left } else { left - limit };
            let days = matches!(probe, Probe::Day(..));
            return Some(if days { Margin::Days(margin) } else { Margin::Number(crate::eval::billionths(margin, 0)) });
        }
        Probe::Compare(a, order, b) => {
            days = is_day(a);
            (of(a), *order, of(b))
        }
        Probe::Within(day, window) => {
            let (Value::Whole(day), Value::Whole(start), Value::Whole(length)) =
                (of(day), of(&window.start), of(&window.length))
            else {
                return None;
            };
            let known = day != NO_EVENT && start != NO_EVENT;
            return known.then(|| Margin::Days(if day < start { day - start } else { start + length - 1 - day }));
        }
        _ => return None,
    };
    let sign = if matches!(order, Order::AtMost | Order::Below) { -1 } else { 1 };
    match (left, right) {
        (Value::Money(a, x), Value::Money(b, y)) if x == y => Some(Margin::Money(Lane { main: sign * (a - b), aux: x })),
        (Value::Money(a, x), Value::Zero) => Some(Margin::Money(Lane { main: sign * a, aux: x })),
        (Value::Whole(NO_EVENT), _) | (_, Value::Whole(NO_EVENT)) => None,
        (Value::Whole(a), Value::Whole(b)) if days => Some(Margin::Days(sign * (a - b))),
        (Value::Whole(a), Value::Whole(b)) => Some(Margin::Number(crate::eval::billionths(sign * (a - b), 0))),
        (Value::Number(a, x), Value::Number(b, y)) => {
            Some(Margin::Number(i128::from(sign) * (crate::eval::billionths(a, x) - crate::eval::billionths(b, y))))
        }
        (Value::Number(a, x), Value::Whole(b)) => {
            Some(Margin::Number(i128::from(sign) * (crate::eval::billionths(a, x) - crate::eval::billionths(b, 0))))
        }
        _ => None,
    }
}

/// Is a term a date?
fn is_day(term: &Term) -> bool {
    match term {
        Term::Day(_) | Term::Shift(..) | Term::Earlier(..) => true,
        Term::Choose(_, last) => is_day(last),
        _ => false,
    }
}
