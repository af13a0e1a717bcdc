//! Puts an explanation together.
//!
//! In: a program, its plan, facts, and what `run` decided. Out: one explanation a decision and subject.
//! Owns the order of what is told. Never words it.

use super::assume::assumptions;
use super::expect::{Expected, expectations};
use super::proof::proof;
use super::reading::readings;
use super::reason::{margin, open_reason};
use super::untold::{UntoldParts, untold};
use super::{ExpectedNote, Explanation, FactsRead, Margin, NextTier, OpenReason, Progression, RequirementNote, StateNote};
use crate::eval::{
    Asking, Decided, Parts, Spare, Value, View, Workspace, bits, chosen, chosen_window, each_window_term, extras, reward, run,
    span_of, stand, value,
};
use crate::facts::Facts;
use crate::plan::{BodyPlan, DecisionPlan, Plan, ProgressPlan, Read, ReadList};
use crate::program::{Decision, Judged, Lane, Program, SlotId, Verdict};
use crate::value::Truth;

/// What can be said of a program before any facts are known.
#[derive(Debug)]
pub struct Explainer {
    decisions: Vec<Prepared>,
}

/// What can be said of a decision before any facts are known.
#[derive(Debug)]
struct Prepared {
    /// What its requirements expect.
    expected: Vec<Option<Expected>>,
    /// What is said of its parts while nobody tells their facts.
    untold: UntoldParts,
}

impl Explainer {
    /// Prepares explanations of a program by its plan.
    pub fn new(program: &Program, plan: &Plan) -> Self {
        let expected = program.decisions.iter().map(|decision| expectations(program, decision));
        let both = expected.zip(untold(program, plan));
        Self { decisions: both.map(|(expected, untold)| Prepared { expected, untold }).collect() }
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
    let mut told = Vec::new();
    explain_into(program, plan, explainer, facts, workspace, wanted, &mut told);
    told
}

/// The same into the room of earlier explanations, which is used again: with room, hardly anything is allocated.
pub fn explain_into<'a>(
    program: &'a Program,
    plan: &'a Plan,
    explainer: &'a Explainer,
    facts: &'a Facts,
    workspace: &mut Workspace,
    wanted: impl Fn(&Decision) -> bool,
    told: &mut Vec<Explanation<'a>>,
) {
    run(plan, facts, workspace);
    extras(plan, facts, workspace);
    let (account, day) = (View::account(facts), Some(facts.as_of()));
    let Workspace { truths, subjects, spare, reached, .. } = workspace;
    let (mut count, mut seen) = (0, None);
    for subject in subjects.iter() {
        let at = subject.decision;
        let (Some(decision), Some(planned), Some(prepared)) =
            (program.decisions.get(at), plan.decisions.get(at), explainer.decisions.get(at))
        else {
            continue;
        };
        if !wanted(decision) {
            continue;
        }
        if count == told.len() {
            told.push(Explanation::blank(decision, account));
        }
        let Some(one) = told.get_mut(count) else { continue };
        count += 1;
        (one.decision, one.view, one.subject) = (decision, account, None);
        // What is said while nothing is told that it rests on is the same for every account of the day.
        let untold = day.filter(|_| !reached.decision(plan, at));
        if untold.is_some() && one.untold_on == untold && one.is_prepared(planned) {
            continue;
        }
        one.untold_on = untold;
        let mut told_parts = reached.parts(plan, at);
        if let Some((list, record)) = planned.list.zip(subject.record) {
            one.view = View::record(facts, plan, list, record);
            one.subject = facts.records(list).get(record).map(|record| record.key.as_str());
            // Another decision about the same record finds its truths there.
            if seen.replace((list, record)) != Some((list, record)) {
                one.view = stand(plan, facts, subject, truths);
                spare.told.take_record(plan, &one.view);
            }
            told_parts = Parts::ALL;
        }
        let asking = Asking { plan, truths, view: one.view };
        tell(program, planned, prepared, &asking, (&subject.decided, told_parts), spare, one);
    }
    told.truncate(count);
}

fn tell<'a>(
    program: &'a Program,
    planned: &'a DecisionPlan,
    prepared: &'a Prepared,
    asking: &Asking<'_>,
    (decided, told): (&Decided, Parts),
    spare: &mut Spare,
    one: &mut Explanation<'a>,
) {
    if !one.is_prepared(planned) {
        prepare(planned, prepared, one);
    }
    one.verdict = decided.verdict;
    one.reward = if planned.rewards.is_empty() { None } else { reward(planned, decided, &asking.view, asking.truths) };
    one.progress = planned.progress.and_then(|at| progression(planned, at, asking));
    asking.because(planned, decided, &spare.told.known, &mut spare.deciding);
    one.because.clear();
    spare.deciding.list_into(&mut one.because);
    one.read_now.clear();
    let still = prepared.untold.known & !told.requirements;
    requirement_notes(planned, prepared, asking, decided, still, one);
    let said = open_notes(planned, prepared, asking, decided, still, spare, one);
    one.missing.clear();
    if decided.verdict == Verdict::Undetermined {
        spare.list.clear();
        asking.missing_from_states(planned, decided, &mut spare.list);
        spare.list.iter().for_each(|slot| spare.set.insert(*slot));
        spare.set.drain_into(&mut one.missing);
    }
    state_notes(planned, prepared, asking, decided, told.states, one);
    one.proof.clear();
    if !one.because.is_empty() {
        proof(planned, asking, decided, &one.because, spare, &mut one.proof);
        spare.deciding.clear();
    }
    one.readings.clear();
    if said != 0 && decided.verdict == Verdict::Undetermined {
        readings(planned, asking, decided, said, &one.requirements, &mut one.readings);
    }
    one.assumptions.clear();
    assumptions(program, planned, asking, spare, one);
    one.warnings.clear();
    warnings(planned, asking, decided.verdict, &mut one.warnings);
}

/// Notes what is the same for every account.
fn prepare<'a>(planned: &'a DecisionPlan, prepared: &'a Prepared, one: &mut Explanation<'a>) {
    let always = |listed: &'a ReadList| FactsRead::Listed(listed.always().map_or(&[][..], |listed| &listed.slots));
    let requirements = one.decision.requirements.iter().zip(&planned.requirements).zip(&prepared.expected);
    one.requirements.clear();
    one.requirements.extend(requirements.map(|((requirement, plan), stated)| RequirementNote {
        requirement,
        result: Judged::Open,
        decisive: false,
        open: None,
        why: None,
        facts: always(&plan.listed),
        expected: stated.as_ref().map(ExpectedNote::Stated),
        margin: None,
    }));
    let states = one.decision.states.iter().zip(&planned.states);
    one.states.clear();
    one.states.extend(states.map(|(condition, state)| StateNote {
        condition,
        holds: Truth::UNKNOWN,
        facts: always(&state.listed),
    }));
    one.prepared = Some(planned);
    (one.still, one.still_states) = (0, false);
}

/// Notes the result of every requirement, and of some what else depends on the account; why one is open is said later, unless
/// nothing is told on which it rests: it is `still` then, and misses what it always misses.
fn requirement_notes<'a>(
    planned: &'a DecisionPlan,
    prepared: &'a Prepared,
    asking: &Asking<'_>,
    decided: &Decided,
    still: u64,
    one: &mut Explanation<'a>,
) {
    let mut missing = decided.open & still & prepared.untold.missing;
    let mut decisive = match decided.verdict {
        Verdict::Closed | Verdict::Lost => 0,
        Verdict::DoesNotQualify | Verdict::Denied | Verdict::Fail => decided.failed,
        Verdict::Undetermined => decided.open,
        _ => u64::MAX,
    };
    let Explanation { requirements: notes, read_now, still: stood, .. } = one;
    for (note, result) in notes.iter_mut().zip(decided.results()) {
        note.result = result;
        note.decisive = decisive & 1 == 1;
        (note.open, note.why) = ((missing & 1 == 1).then_some(OpenReason::Missing), None);
        (decisive, missing) = (decisive >> 1, missing >> 1);
    }
    for at in bits(planned.varied & still & !*stood) {
        if let Some((note, untold)) = notes.get_mut(at).zip(prepared.untold.requirement(at)) {
            (note.facts, note.margin) = (FactsRead::Listed(&untold.facts), untold.margin);
        }
    }
    *stood = still;
    for at in bits(planned.varied & !still) {
        let (Some(note), Some(plan)) = (notes.get_mut(at), planned.requirements.get(at)) else { continue };
        note.facts = facts_read(read_now, planned, asking, &plan.reads, &plan.listed);
        match &plan.body {
            BodyPlan::Progress(progress) => (note.expected, note.margin) = progress_note(asking, progress),
            body => note.margin = margin(asking, planned, body),
        }
    }
}

/// Says why open requirements are open, and which of them are so for another reason than a missing fact. The facts that they
/// miss are left in the spare set, where the verdict asks for them.
fn open_notes<'a>(
    planned: &DecisionPlan,
    prepared: &Prepared,
    asking: &Asking<'_>,
    decided: &Decided,
    still: u64,
    spare: &mut Spare,
    one: &mut Explanation<'a>,
) -> u64 {
    let (mut said, notes) = (0, &mut one.requirements);
    let noted = decided.open & still & prepared.untold.missing;
    if decided.verdict == Verdict::Undetermined {
        let untold = bits(noted).filter_map(|at| prepared.untold.requirement(at));
        untold.for_each(|untold| spare.set.insert_all(&untold.missing));
    }
    for at in bits(decided.open & !noted) {
        let Some(plan) = planned.requirements.get(at) else { continue };
        let waits = plan.only_once.filter(|target| decided.met >> target & 1 == 0);
        let (reason, why) = if let Some(target) = waits.and_then(|target| notes.get(usize::from(target))) {
            (target.open.unwrap_or(OpenReason::Unstated), target.why)
        } else if still >> at & 1 == 0 && misses(planned, asking, decided, at, spare) {
            (OpenReason::Missing, None)
        } else {
            let stated = one.decision.requirements.get(at);
            stated.map_or((OpenReason::Unstated, None), |stated| open_reason(asking, planned, plan, stated))
        };
        said |= u64::from(reason != OpenReason::Missing) << at;
        if let Some(note) = notes.get_mut(at) {
            (note.open, note.why) = (Some(reason), why);
        }
    }
    said
}

/// Does an open requirement miss a fact? Those that it misses go to the spare set, where the verdict asks for them.
#[inline]
fn misses(planned: &DecisionPlan, asking: &Asking<'_>, decided: &Decided, at: usize, spare: &mut Spare) -> bool {
    let Some(plan) = planned.requirements.get(at) else { return false };
    let asked = decided.verdict == Verdict::Undetermined;
    if let Some(read) = plan.listed.always().filter(|_| plan.misses_absent) {
        if asked {
            spare.set.insert_lacking(&read.mask, &spare.told.known);
        }
        return spare.told.known.lacks(&read.mask);
    }
    spare.list.clear();
    asking.requirement(plan, planned, decided.met, &mut spare.list);
    if asked {
        spare.list.iter().for_each(|slot| spare.set.insert(*slot));
    }
    !spare.list.is_empty()
}

/// Notes the truth of every state condition.
fn state_notes<'a>(
    planned: &'a DecisionPlan,
    prepared: &'a Prepared,
    asking: &Asking<'_>,
    decided: &Decided,
    told: bool,
    one: &mut Explanation<'a>,
) {
    let Explanation { states, read_now, still_states: stood, .. } = one;
    for (note, holds) in states.iter_mut().zip(decided.states()) {
        note.holds = holds;
    }
    if planned.varied_states == 0 {
        return;
    }
    if let Some(untold) = prepared.untold.states.as_ref().filter(|_| !told) {
        if !std::mem::replace(stood, true) {
            for (at, facts) in bits(planned.varied_states).zip(untold) {
                if let Some(note) = states.get_mut(at) {
                    note.facts = FactsRead::Listed(facts);
                }
            }
        }
        return;
    }
    *stood = false;
    for at in bits(planned.varied_states) {
        let (Some(note), Some(state)) = (states.get_mut(at), planned.states.get(at)) else { continue };
        note.facts = facts_read(read_now, planned, asking, &state.reads, &state.listed);
    }
}

/// The facts that something reads now, noted unless the plan lists them.
#[inline]
fn facts_read<'a>(
    noted: &mut Vec<SlotId>,
    plan: &DecisionPlan,
    asking: &Asking<'_>,
    reads: &[Read],
    listed: &'a ReadList,
) -> FactsRead<'a> {
    match asking.listed_now(listed) {
        Some(all) => FactsRead::Listed(&all.slots),
        None => note_reads(noted, plan, asking, reads),
    }
}

fn note_reads<'a>(noted: &mut Vec<SlotId>, plan: &DecisionPlan, asking: &Asking<'_>, reads: &[Read]) -> FactsRead<'a> {
    let first = noted.len();
    for read in reads {
        if asking.reads_now(read, plan) && !noted.get(first..).unwrap_or(&[]).contains(&read.slot) {
            noted.push(read.slot);
        }
    }
    let at = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
    FactsRead::Now { first: at(first), end: at(noted.len()) }
}

/// The threshold that applies, and how far the spend is from it.
fn progress_note<'a>(asking: &Asking<'_>, plan: &ProgressPlan) -> (Option<ExpectedNote<'a>>, Option<Margin>) {
    let of = |term| value(term, &asking.view, asking.truths);
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
fn progression(planned: &DecisionPlan, at: u8, asking: &Asking<'_>) -> Option<Progression> {
    let requirement = planned.requirements.get(usize::from(at))?;
    let BodyPlan::Progress(plan) = &requirement.body else { return None };
    let of = |term| value(term, &asking.view, asking.truths);
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
        known.is_ok().then(|| span_of(window, &asking.view, asking.truths)).flatten()?.last_sure_day()
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
fn warnings(planned: &DecisionPlan, asking: &Asking<'_>, verdict: Verdict, shown: &mut Vec<usize>) {
    for (warning, on, when) in &planned.warnings {
        let applies = (on.is_empty() || on.contains(&verdict)) && asking.truths.holds(*when);
        if applies && !shown.contains(warning) {
            shown.push(*warning);
        }
    }
}
