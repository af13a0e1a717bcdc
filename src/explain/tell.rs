//! Puts an explanation together.
//!
//! In: a program, its plan, facts, and what `run` decided. Out: one explanation a decision and subject.
//! Owns the order of what is told. Never words it.

use super::assume::assumptions;
use super::expect::{Expected, expectations};
use super::proof::proof;
use super::reading::readings;
use super::reason::{margin, open_reason};
use super::{ExpectedNote, Explanation, FactNote, FactNotes, Margin, NextTier, Progression, RequirementNote, StateNote};
use crate::eval::{
    Asking, Decided, Spare, Subjected, Value, View, Workspace, chosen, chosen_window, each_window_term, extras, possible,
    reward, run, span_of, stand, value,
};
use crate::facts::Facts;
use crate::plan::{BodyPlan, DecisionPlan, Plan, ProgressPlan, Read};
use crate::program::{Decision, Judged, Lane, Program, SlotId, Verdict};

/// What can be said of a program before any facts are known.
#[derive(Debug)]
pub struct Explainer {
    expectations: Vec<Vec<Option<Expected>>>,
}

impl Explainer {
    /// Prepares explanations of a program.
    pub fn new(program: &Program) -> Self {
        Self { expectations: program.decisions.iter().map(|decision| expectations(program, decision)).collect() }
    }
}

/// Explains every decision that `wanted` asks for, for every subject, in the program's order.
pub fn explain<'a>(
    program: &'a Program,
    plan: &'a Plan,
    explainer: &'a Explainer,
    facts: &'a Facts,
    workspace: &mut Workspace,
    wanted: impl Fn(&Decision) -> bool,
) -> Vec<Explanation<'a>> {
    let mut spare = std::mem::take(&mut workspace.spare);
    spare.take(facts.values());
    run(plan, facts, workspace);
    extras(plan, 0, View::account(facts), &mut workspace.truths);
    let subjects = std::mem::take(&mut workspace.subjects);
    let mut told = Vec::with_capacity(subjects.len());
    for subject in &subjects {
        let (Some(decision), Some(planned)) = (program.decisions.get(subject.decision), plan.decisions.get(subject.decision))
        else {
            continue;
        };
        if !wanted(decision) {
            continue;
        }
        let view = stand(plan, facts, subject, &mut workspace.truths);
        let key = planned.list.zip(subject.record).and_then(|(list, at)| facts.records(list).get(at));
        let asking = Asking { plan, truths: &workspace.truths, view };
        let expected = explainer.expectations.get(subject.decision).map_or(&[][..], Vec::as_slice);
        let key = key.map(|record| record.key.as_str());
        let mut one = tell(program, (decision, planned), expected, &asking, subject, &mut spare);
        one.subject = key;
        told.push(one);
    }
    workspace.subjects = subjects;
    workspace.spare = spare;
    told
}

fn tell<'a>(
    program: &'a Program,
    (decision, planned): (&'a Decision, &'a DecisionPlan),
    expected: &'a [Option<Expected>],
    asking: &Asking<'_>,
    subjected: &Subjected,
    spare: &mut Spare,
) -> Explanation<'a> {
    let decided = &subjected.decided;
    let because = asking.because(planned, decided);
    let paid = reward(planned, decided, asking.view, asking.truths);
    let mut missing = Vec::new();
    let requirements = requirement_notes(decision, planned, expected, asking, decided, &mut missing);
    let missing = if decided.verdict == Verdict::Undetermined {
        asking.missing_with_states(planned, decided, missing)
    } else {
        Vec::new()
    };
    let states = decision.states.iter().zip(&planned.states).enumerate().map(|(at, (condition, state))| StateNote {
        condition,
        holds: decided.state(at),
        facts: fact_notes(planned, asking, &state.reads),
    });
    let warnings = warnings(planned, asking, decided.verdict);
    Explanation {
        decision,
        subject: None,
        verdict: decided.verdict,
        reward: paid,
        progress: progression(decision, planned, asking),
        states: states.collect(),
        proof: proof(program, decision, planned, asking, decided, &because, spare),
        missing,
        readings: readings(planned, asking, decided, &requirements),
        assumptions: assumptions(program, decision, planned, asking, decided.verdict, paid.is_some_and(|paid| paid.rounded)),
        warnings,
        because,
        requirements,
    }
}

fn requirement_notes<'a>(
    decision: &'a Decision,
    planned: &DecisionPlan,
    expected: &'a [Option<Expected>],
    asking: &Asking<'_>,
    decided: &Decided,
    missing: &mut Vec<SlotId>,
) -> Vec<RequirementNote<'a>> {
    let mut notes: Vec<RequirementNote<'a>> = Vec::with_capacity(decision.requirements.len());
    for (at, (requirement, plan)) in decision.requirements.iter().zip(&planned.requirements).enumerate() {
        let result = decided.result(at);
        let decisive = match decided.verdict {
            Verdict::Closed | Verdict::Lost => false,
            Verdict::DoesNotQualify | Verdict::Denied | Verdict::Fail => result == Judged::Failed,
            Verdict::Undetermined => result == Judged::Open,
            _ => true,
        };
        let (open, why) = if result == Judged::Open {
            let waits = plan.only_once.filter(|target| decided.met >> target & 1 == 0);
            if let Some(target) = waits.and_then(|target| notes.get(usize::from(target))) {
                (target.open.or(Some(super::OpenReason::Unstated)), target.why)
            } else {
                let any = asking.requirement_misses(plan, planned, decided.met, missing);
                let (reason, why) = open_reason(asking, planned, plan, requirement, any);
                (Some(reason), why)
            }
        } else {
            (None, None)
        };
        let (expected, margin) = match &plan.body {
            BodyPlan::Clauses(clauses) => (stated(expected, at), margin(asking, clauses)),
            BodyPlan::Editions(all) => {
                let mut only = all.iter().zip(possible(planned, asking.truths)).filter(|(_, possible)| *possible);
                let clauses = only.next().filter(|_| only.next().is_none()).map(|(clauses, _)| clauses);
                (stated(expected, at), clauses.and_then(|clauses| margin(asking, clauses)))
            }
            BodyPlan::Progress(progress) => progress_note(asking, progress),
        };
        let facts = fact_notes(planned, asking, &plan.reads);
        notes.push(RequirementNote { requirement, result, decisive, open, why, facts, expected, margin });
    }
    notes
}

fn stated(expected: &[Option<Expected>], at: usize) -> Option<ExpectedNote<'_>> {
    expected.get(at).and_then(Option::as_ref).map(ExpectedNote::Stated)
}

fn fact_notes(plan: &DecisionPlan, asking: &Asking<'_>, reads: &[Read]) -> FactNotes {
    let mut notes = FactNotes::new();
    for read in reads {
        if !notes.iter().any(|note| note.slot == read.slot) && asking.reads_now(read, plan) {
            let lane = asking.view.get(read.slot).unwrap_or_default();
            notes.push(FactNote { slot: read.slot, lane, state: asking.view.state(read.slot) });
        }
    }
    notes
}

/// The threshold that applies, and how far the spend is from it.
fn progress_note<'a>(asking: &Asking<'_>, plan: &ProgressPlan) -> (Option<ExpectedNote<'a>>, Option<Margin>) {
    let of = |term| value(term, asking.view, asking.truths);
    let lowest = chosen(&plan.toward, asking.truths).ok().filter(|_| !plan.either);
    let lowest = lowest.and_then(|choice| choice.tiers.first()).and_then(Option::as_ref);
    let Some(Value::Money(main, aux)) = lowest.map(|(spend, _)| of(spend)) else { return (None, None) };
    let expected = Some(ExpectedNote::AtLeast(Lane { main, aux }));
    match of(&plan.amount) {
        Value::Money(spent, currency) if currency == aux => (expected, Some(Margin::Money(Lane { main: spent - main, aux }))),
        _ => (expected, None),
    }
}

/// How far the spend of a ladder is, and what the next tier needs.
fn progression(decision: &Decision, planned: &DecisionPlan, asking: &Asking<'_>) -> Option<Progression> {
    use crate::syntax::DecisionKind;
    if decision.kind != DecisionKind::Credit {
        return None;
    }
    let plan = planned.requirements.iter().find_map(|requirement| match &requirement.body {
        BodyPlan::Progress(progress) => Some(progress),
        _ => None,
    })?;
    let of = |term| value(term, asking.view, asking.truths);
    let Value::Money(spent, currency) = of(&plan.amount) else { return None };
    let choice = chosen(&plan.toward, asking.truths).ok().filter(|_| !plan.either)?;
    let mut next = None;
    for tier in &choice.tiers {
        let Some((spend, gives)) = tier else { break };
        match of(spend) {
            Value::Money(threshold, same) if same == currency && threshold > spent => {
                next = Some((threshold, gives));
                break;
            }
            Value::Money(_, same) if same == currency => {}
            _ => break,
        }
    }
    let as_of = asking.view.facts.as_of();
    let last = chosen_window(&plan.windows, asking.truths).ok().and_then(|window| {
        let known = each_window_term(window, &mut |term| if of(term).is_known() { Ok(()) } else { Err(()) });
        known.is_ok().then(|| span_of(window, asking.view, asking.truths)).flatten()?.last_sure_day()
    });
    let next = next.map(|(threshold, gives)| {
        let money = |main| Lane { main, aux: currency };
        let credit = gives.as_ref().and_then(|gives| of(gives).amount()).map(|(amount, _)| amount);
        let short = threshold - spent;
        let days = last.map(|last| last - as_of + 1).filter(|days| *days > 0);
        let per_day = days.map(|days| money(short.div_euclid(days) + i64::from(short.rem_euclid(days) != 0)));
        NextTier { threshold: money(threshold), credit, short_by: money(short), last_sure_day: last, per_day }
    });
    Some(Progression { spent: Lane { main: spent, aux: currency }, next })
}

/// The warnings to show, each once.
fn warnings(planned: &DecisionPlan, asking: &Asking<'_>, verdict: Verdict) -> Vec<usize> {
    let mut shown = Vec::new();
    for (warning, on, when) in &planned.warnings {
        let applies = (on.is_empty() || on.contains(&verdict)) && asking.truths.of(*when).is_true();
        if applies && !shown.contains(warning) {
            shown.push(*warning);
        }
    }
    shown
}
