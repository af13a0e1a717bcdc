//! The verdict under each reading of a term that the sources leave open.
//!
//! In: open requirements. Out: readings under which the verdicts differ.
//! Owns the readings: first day counted or not; the term read as met or as failed. Never picks one.

use super::{OpenReason, ReadingNote, RequirementNote};
use crate::eval::{Asking, Decided, FirstDayReading, Truths, decide, some_conditions};
use crate::plan::{BodyPlan, ClausePlan, DecisionPlan, Ref, RequirementPlan};
use crate::program::{Decision, Verdict};

/// The readings on which the verdict depends.
pub(super) fn readings<'a>(
    decision: &'a Decision,
    planned: &DecisionPlan,
    asking: &Asking<'_>,
    decided: &Decided,
    notes: &[RequirementNote<'a>],
) -> Vec<ReadingNote<'a>> {
    let mut found = Vec::new();
    if decided.verdict != Verdict::Undetermined {
        return found;
    }
    for (at, note) in notes.iter().enumerate() {
        let readings: Vec<(String, Verdict)> = match note.open {
            Some(OpenReason::Boundary) if note.why.is_none() => [
                (FirstDayReading::Counted, "the first day counts as day one"),
                (FirstDayReading::NotCounted, "the day after the first day is day one"),
            ]
            .into_iter()
            .map(|(reading, words)| (words.to_owned(), with_first_day(decision, planned, asking, reading)))
            .collect(),
            Some(OpenReason::Unstated | OpenReason::Conflict | OpenReason::Boundary) => {
                [(Ref::TRUE, "met"), (Ref::FALSE, "failed")]
                    .into_iter()
                    .filter_map(|(met, word)| {
                        let verdict = with_result(decision, planned, asking, at, met)?;
                        Some((format!("the term is taken as {word}"), verdict))
                    })
                    .collect()
            }
            _ => continue,
        };
        let differ = readings.iter().any(|(_, verdict)| readings.first().is_some_and(|(_, first)| first != verdict));
        if differ {
            found.extend(readings.into_iter().map(|(reading, verdict)| ReadingNote {
                requirement: note.requirement,
                reading,
                verdict,
            }));
        }
    }
    found
}

fn with_first_day(decision: &Decision, planned: &DecisionPlan, asking: &Asking<'_>, reading: FirstDayReading) -> Verdict {
    let mut truths: Truths = asking.truths.clone();
    let mut view = asking.view;
    view.reading = reading;
    for nodes in planned.requirements.iter().map(|r| &r.nodes).chain(planned.states.iter().map(|s| &s.nodes)) {
        some_conditions(asking.plan, nodes, view, &mut truths);
    }
    decide(decision, planned, view, &truths).verdict
}

/// The verdict with one requirement settled; nothing where it waits for another one.
fn with_result(decision: &Decision, planned: &DecisionPlan, asking: &Asking<'_>, at: usize, met: Ref) -> Option<Verdict> {
    let mut settled = planned.clone();
    let requirement: &mut RequirementPlan = settled.requirements.get_mut(at)?;
    if requirement.only_once.is_some() {
        return None;
    }
    requirement.body = BodyPlan::Clauses(ClausePlan { met, fails: met.negate(), pending: Ref::FALSE, open: Box::default() });
    *settled.simple.get_mut(at)? = None;
    Some(decide(decision, &settled, asking.view, asking.truths).verdict)
}
