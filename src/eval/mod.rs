//! Plan and facts to outcomes.
//!
//! In: what a program means and what is known. Out: verdicts with the result of every requirement.
//! Owns the order of verdicts. Never reads a document, never renders a word.

mod missing;
mod needed;
mod outcome;
mod probe;
mod progress;
pub mod reference;
mod reward;
mod run;
mod slots;
mod spare;
mod told;
mod untold;
mod value;
mod view;

pub use missing::Asking;
pub use outcome::{Outcome, Reward};
pub use probe::{Place, blocked, holds as order_holds, place, probe};
pub use progress::{DaySpan, Progressed, Stop, chosen, chosen_window, each_window_term, progress, span_of};
pub use reward::reward;
pub use run::{
    Decided, Subjected, Workspace, all_conditions, decide, extras, holds, in_force, judge, possible, run, some_conditions,
    stand, verdict_if,
};
pub use slots::{SlotSet, bits};
pub use spare::Spare;
pub use told::Told;
pub use untold::{Parts, Reached, Untold};
pub use value::{Value, billionths, currency, value};
pub use view::{FirstDayReading, Truths, View};

use crate::facts::Facts;
use crate::plan::Plan;

/// The complete outcome of one decision for one subject, from what `run` decided.
/// `workspace` must hold the truths of this subject.
pub fn outcome(plan: &Plan, subject: &Subjected, view: View<'_>, truths: &Truths) -> Option<Outcome> {
    let planned = plan.decisions.get(subject.decision)?;
    let decided = &subject.decided;
    let asking = Asking { plan, truths, view };
    let mut told = Told::new(plan);
    told.take(plan, view.facts);
    told.take_record(plan, &view);
    let listed = |gather: &mut dyn FnMut(&mut SlotSet)| {
        let (mut set, mut list) = (SlotSet::new(plan.blank.len()), Vec::new());
        gather(&mut set);
        set.drain_into(&mut list);
        list
    };
    Some(Outcome {
        verdict: decided.verdict,
        results: (0..planned.requirements.len()).map(|at| decided.result(at)).collect(),
        states: (0..planned.states.len()).map(|at| decided.state(at)).collect(),
        reward: reward(planned, decided, &view, truths),
        because: listed(&mut |slots| asking.because(planned, decided, &told.known, slots)),
        missing: listed(&mut |slots| asking.missing(planned, decided, slots)),
    })
}

/// The outcomes of every decision for every subject, in order, with the record's index where there is one.
pub fn outcomes(plan: &Plan, facts: &Facts) -> Vec<(Subjected, Outcome)> {
    let mut workspace = Workspace::new(plan);
    run(plan, facts, &mut workspace);
    extras(plan, facts, &mut workspace);
    let mut all = Vec::new();
    for subject in workspace.subjects.clone() {
        let view = stand(plan, facts, &subject, &mut workspace.truths);
        all.extend(outcome(plan, &subject, view, &workspace.truths).map(|outcome| (subject, outcome)));
    }
    all
}
