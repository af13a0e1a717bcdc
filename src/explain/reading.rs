//! The verdict under each reading of a term that the sources leave open.
//!
//! In: open requirements. Out: readings under which the verdicts differ.
//! Owns the readings: first day counted or not; the term read as met or as failed. Never picks one.

use super::{OpenReason, ReadingNote, RequirementNote};
use crate::eval::{Asking, Decided, FirstDayReading, Truths, decide, some_conditions, verdict_if};
use crate::plan::DecisionPlan;
use crate::program::{Judged, Verdict};

/// Adds the readings on which the verdict depends.
pub(super) fn readings<'a>(
    planned: &DecisionPlan,
    asking: &Asking<'_>,
    decided: &Decided,
    notes: &[RequirementNote<'a>],
    found: &mut Vec<ReadingNote<'a>>,
) {
    if decided.verdict != Verdict::Undetermined {
        return;
    }
    for (at, note) in notes.iter().enumerate() {
        let readings: Vec<(String, Verdict)> = match note.open {
            Some(OpenReason::Boundary) if note.why.is_none() => [
                (FirstDayReading::Counted, "the first day counts as day one"),
                (FirstDayReading::NotCounted, "the day after the first day is day one"),
            ]
            .into_iter()
            .map(|(reading, words)| (words.to_owned(), with_first_day(planned, asking, reading)))
            .collect(),
            Some(OpenReason::Unstated | OpenReason::Conflict | OpenReason::Boundary) => {
                // One that waits for another requirement is open because that one is.
                if planned.requirements.get(at).is_none_or(|requirement| requirement.only_once.is_some()) {
                    continue;
                }
                [(Judged::Met, "met"), (Judged::Failed, "failed")]
                    .into_iter()
                    .map(|(result, word)| {
                        let verdict = verdict_if(planned, decided, at, result, asking.view, asking.truths);
                        (format!("the term is taken as {word}"), verdict)
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
}

fn with_first_day(planned: &DecisionPlan, asking: &Asking<'_>, reading: FirstDayReading) -> Verdict {
    let mut truths: Truths = asking.truths.clone();
    let mut view = asking.view;
    view.reading = reading;
    for nodes in planned.requirements.iter().map(|r| &r.nodes).chain(planned.states.iter().map(|s| &s.nodes)) {
        some_conditions(asking.plan, nodes, view, &mut truths);
    }
    decide(planned, view, &truths).verdict
}
