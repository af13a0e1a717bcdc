//! The verdict under each reading of a term that the sources leave open.
//!
//! In: open requirements. Out: readings under which the verdicts differ.
//! Owns the readings: first day counted or not; the term read as met or as failed. Never picks one.

use super::{OpenReason, ReadingNote, RequirementNote};
use crate::eval::{Asking, Decided, FirstDayReading, Truths, bits, decide, some_conditions, verdict_if};
use crate::plan::DecisionPlan;
use crate::program::{Judged, Verdict};

/// How the first day of a window may be counted.
const FIRST_DAY: [&str; 2] = ["the first day counts as day one", "the day after the first day is day one"];
/// How a term may be taken that no source states.
const TERM: [&str; 2] = ["the term is taken as met", "the term is taken as failed"];

/// Adds the readings on which an undetermined verdict depends; `said` are the requirements that are open for another reason
/// than a missing fact.
pub(super) fn readings<'a>(
    planned: &DecisionPlan,
    asking: &Asking<'_>,
    decided: &Decided,
    said: u64,
    notes: &[RequirementNote<'a>],
    found: &mut Vec<ReadingNote<'a>>,
) {
    for (at, note) in bits(said).filter_map(|at| Some((at, notes.get(at)?))) {
        let (words, verdicts) = match note.open {
            Some(OpenReason::Boundary) if note.why.is_none() => {
                let readings = [FirstDayReading::Counted, FirstDayReading::NotCounted];
                (FIRST_DAY, readings.map(|reading| with_first_day(planned, asking, reading)))
            }
            Some(OpenReason::Unstated | OpenReason::Conflict | OpenReason::Boundary) => {
                // One that waits for another requirement is open because that one is.
                if planned.requirements.get(at).is_none_or(|requirement| requirement.only_once.is_some()) {
                    continue;
                }
                let judged = |result| verdict_if(planned, decided, at, result, &asking.view, asking.truths);
                (TERM, [Judged::Met, Judged::Failed].map(judged))
            }
            _ => continue,
        };
        if verdicts.first() != verdicts.last() {
            let notes = words.into_iter().zip(verdicts);
            found.extend(notes.map(|(reading, verdict)| ReadingNote { requirement: note.requirement, reading, verdict }));
        }
    }
}

fn with_first_day(planned: &DecisionPlan, asking: &Asking<'_>, reading: FirstDayReading) -> Verdict {
    let mut truths: Truths = asking.truths.clone();
    let mut view = asking.view;
    view.reading = reading;
    for nodes in planned.requirements.iter().map(|r| &r.nodes).chain(planned.states.iter().map(|s| &s.nodes)) {
        some_conditions(asking.plan, nodes, &view, &mut truths);
    }
    decide(planned, &view, &truths).verdict
}
