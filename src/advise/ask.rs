//! What to ask: the absent facts that can still change a verdict, and no other.
//!
//! In: a trial of an open verdict. Out: questions in the order of asking, and the facts that need not be asked for.
//! Owns the order, and what each answer decides if it comes first. Never asks for what only a settled or hopeless part of
//! the decision reads, nor calls needless what a question follows from.

use super::cells::{Cell, Cells, Free};
use super::matter::{self, Answers, Matter};
use super::trial::{Exhausted, Trial};
use super::{Answer, Asked, LIMIT, Question, Through, Values};
use crate::eval::Decided;
use crate::facts::State;
use crate::program::{AS_OF, Lane, NO_EVENT, SlotId, Type, Verdict};

/// What to ask, with answers that lead to a good verdict where there are any.
pub(super) fn ask(trial: &mut Trial<'_>, unknowable: &[SlotId]) -> (Asked, Option<Answers>) {
    trial.allow(LIMIT);
    let scope = trial.scope;
    let absent = scope.all.slots.iter().copied().filter(|slot| *slot != AS_OF && trial.known(*slot) == State::Missing);
    let absent: Vec<SlotId> = absent.collect();
    let Ok(base) = trial.decided() else { return (Asked::default(), None) };
    if base.verdict != Verdict::Undetermined {
        return (Asked { idle: absent, complete: true, ..Asked::default() }, None);
    }
    let now: Vec<SlotId> = trial.open_parts(&base).into_iter().flat_map(|part| trial.missing_from(part, base.met)).collect();
    let free: Vec<SlotId> = absent.iter().copied().filter(|slot| !unknowable.contains(slot)).collect();
    let alone: Vec<_> = free.iter().map(|slot| (*slot, verdicts(trial, *slot).unwrap_or_default())).collect();
    let settles = |verdicts: &[(Cell, Verdict)]| verdicts.iter().any(|(_, verdict)| *verdict != Verdict::Undetermined);
    let settling = alone.iter().filter(|(_, verdicts)| settles(verdicts)).map(|(slot, _)| *slot).collect();
    let Matter { proved, unsure, good, hopeful } = matter::matter(trial, &base, free, settling);
    let mut questions: Vec<Question> = Vec::new();
    for (slot, verdicts) in alone {
        let is_proved = proved.contains(&slot);
        if is_proved || unsure.contains(&slot) {
            let (through, answers) = (through(trial, &base, slot), answers(trial, slot, verdicts));
            questions.push(Question { slot, through, answers, now: now.contains(&slot), proved: is_proved });
        }
    }
    let effort = |slot: SlotId| trial.program.fact_of(slot).map_or(i64::MAX, |fact| fact.effort);
    questions.sort_by_key(|question| (!question.proved, !question.now, effort(question.slot), !question.may_settle()));
    let asked = |slot: SlotId| questions.iter().any(|question| question.slot == slot);
    let idle = absent
        .into_iter()
        .filter(|slot| !asked(*slot) && !unknowable.contains(slot) && !trial.told_with(*slot).into_iter().any(asked));
    let idle = idle.collect();
    let complete = questions.iter().all(|question| question.proved);
    (Asked { questions, idle, hopeful, complete }, good)
}

/// The open parts that a fact stands behind.
fn through(trial: &Trial<'_>, base: &Decided, slot: SlotId) -> Vec<Through> {
    let requirements = trial.planned.requirements.len();
    let parts = trial.open_parts(base).into_iter().filter(|part| trial.part(*part).is_some_and(|part| part.reads(slot)));
    parts
        .map(|part| match part.checked_sub(requirements) {
            None => Through::Requirement(part),
            Some(state) => Through::State(state),
        })
        .collect()
}

/// What each answer to a question decides if it comes first.
fn verdicts(trial: &mut Trial<'_>, slot: SlotId) -> Result<Vec<(Cell, Verdict)>, Exhausted> {
    trial.is_allowed()?;
    let mark = trial.mark();
    let Cells { cells, .. } = trial.cells(slot, Free::Absent);
    let mut verdicts = Vec::new();
    for cell in cells {
        if trial.give(slot, cell.lane) {
            let verdict = trial.verdict();
            trial.back(mark);
            verdicts.push((cell, verdict?));
        }
    }
    Ok(verdicts)
}

/// Answers that decide the same, together.
fn answers(trial: &Trial<'_>, slot: SlotId, verdicts: Vec<(Cell, Verdict)>) -> Vec<Answer> {
    let together = together(trial.ty(slot), verdicts).into_iter();
    together.map(|(to, then)| Answer { to: to.spelled(trial, slot), then }).collect()
}

/// The values of answers that decide the same.
fn together(ty: Option<&Type>, verdicts: Vec<(Cell, Verdict)>) -> Vec<(Values, Verdict)> {
    let ordered = matches!(ty, Some(Type::Money | Type::Integer | Type::Decimal | Type::Percent | Type::Date { .. }));
    let mut told: Vec<(Values, Verdict)> = Vec::new();
    if !ordered {
        let listed: Vec<Lane> =
            verdicts.iter().filter(|(cell, _)| !cell.rest).flat_map(|(cell, _)| cell.members.clone()).collect();
        let mut seen: Vec<Verdict> = Vec::new();
        for (_, verdict) in &verdicts {
            if seen.contains(verdict) {
                continue;
            }
            seen.push(*verdict);
            let same = || verdicts.iter().filter(|(_, other)| other == verdict);
            let members: Vec<Lane> = same().filter(|(cell, _)| !cell.rest).flat_map(|(cell, _)| cell.members.clone()).collect();
            let is_set = matches!(ty, Some(Type::Set(_)));
            let to = match same().any(|(cell, _)| cell.rest) && !is_set {
                true => Values::NotOneOf(listed.iter().copied().filter(|lane| !members.contains(lane)).collect()),
                false => Values::OneOf(members),
            };
            told.push((to, *verdict));
        }
        return told;
    }
    if let Some((cell, verdict)) = verdicts.iter().find(|(cell, _)| cell.lane.main == NO_EVENT) {
        told.push((Values::OneOf(vec![cell.lane]), *verdict));
    }
    let line: Vec<&(Cell, Verdict)> = verdicts.iter().filter(|(cell, _)| cell.lane.main != NO_EVENT).collect();
    let unit = |lane: Lane| if ty == Some(&Type::Money) { lane.aux } else { 0 };
    for run in line.chunk_by(|(a, first), (b, second)| first == second && unit(a.lane) == unit(b.lane)) {
        let (Some((first, verdict)), Some((last, _))) = (run.first(), run.last()) else { continue };
        let same_unit = || line.iter().filter(|(cell, _)| unit(cell.lane) == unit(first.lane));
        let lowest = same_unit().next().is_some_and(|(cell, _)| cell.lane == first.lane);
        let highest = same_unit().next_back().is_some_and(|(cell, _)| cell.lane == last.lane);
        // Another currency than the rules name decides nothing, and is not worth telling.
        if ty == Some(&Type::Money) && lowest && highest && *verdict == Verdict::Undetermined && line.len() > 1 {
            continue;
        }
        let to = Values::Range((!lowest).then_some(first.lane), (!highest).then_some(last.lane));
        told.push((to, *verdict));
    }
    told
}
