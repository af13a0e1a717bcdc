//! A minimal set of known facts that alone forces a verdict.
//!
//! In: the deciding facts. Out: a part of them from which nothing can be left out.
//! Owns the search: leave out one fact after another and judge again what reads it. Never changes the verdict.
//!
//! A negative verdict is forced by one failed requirement (or lost condition), so its proof is sought there. Any other
//! verdict needs every result to stay as it is: by the contract more facts never turn a result, so with fewer facts a
//! result stays or becomes open.

use crate::eval::{Asking, Decided, Spare, View, holds, judge, some_conditions};
use crate::facts::State;
use crate::plan::{BodyPlan, DecisionPlan, Plan, Read, Ref};
use crate::program::{Judged, Lane, Program, SlotId, Verdict};
use crate::syntax::StateKind;
use crate::value::Truth;

/// Judges parts of one decision on a part of the facts.
struct Part<'a> {
    program: &'a Program,
    plan: &'a Plan,
    planned: &'a DecisionPlan,
    decided: &'a Decided,
    view: View<'a>,
    base: u32,
    spare: &'a mut Spare,
}

impl Part<'_> {
    /// Makes a fact unknown, or assumed where the vocabulary assumes it.
    fn leave_out(&mut self, slot: SlotId) {
        let assumed = self.program.fact_of(slot).and_then(|fact| fact.assume.as_ref()).map(|assume| assume.value);
        let without = assumed.map_or((Lane::default(), State::Missing), |value| (value, State::Assumed));
        if let Some(place) = self.spare.place(slot, self.base) {
            let was = std::mem::replace(place, without);
            self.spare.changed.push((slot, was));
        }
    }

    fn put_back_last(&mut self) {
        if let Some((slot, was)) = self.spare.changed.pop()
            && let Some(place) = self.spare.place(slot, self.base)
        {
            *place = was;
        }
    }

    fn put_back_all(&mut self) {
        while !self.spare.changed.is_empty() {
            self.put_back_last();
        }
    }

    fn result(&mut self, at: usize) -> Option<Judged> {
        let requirement = self.planned.requirements.get(at)?;
        let truths = &mut self.spare.truths;
        let view = self.view.over(&self.spare.values, &self.spare.record);
        some_conditions(self.plan, &requirement.nodes, view, truths);
        let mut met = self.decided.met;
        if let Some(target) = requirement.only_once.map(usize::from)
            && let Some(other) = self.planned.requirements.get(target)
            && judge(other, self.planned, met, view, truths) != Judged::Met
        {
            met &= !(1 << target);
        }
        Some(judge(requirement, self.planned, met, view, truths))
    }

    fn state(&mut self, at: usize) -> Option<Truth> {
        let state = self.planned.states.get(at)?;
        let truths = &mut self.spare.truths;
        let view = self.view.over(&self.spare.values, &self.spare.record);
        some_conditions(self.plan, &state.nodes, view, truths);
        Some(holds(state, view, truths))
    }

    /// Does everything that reads a fact come out as it did?
    fn same_without(&mut self, slot: SlotId) -> bool {
        let reads = |reads: &[Read]| reads.iter().any(|read| read.slot == slot);
        for at in 0..self.planned.requirements.len() {
            let touched = self.planned.requirements.get(at).is_some_and(|requirement| reads(&requirement.reads));
            if touched && self.result(at) != Some(self.decided.result(at)) {
                return false;
            }
        }
        for at in 0..self.planned.states.len() {
            let touched = self.planned.states.get(at).is_some_and(|state| reads(&state.reads));
            if touched && self.state(at) != Some(self.decided.state(at)) {
                return false;
            }
        }
        true
    }
}

/// A minimal part of `because` that alone forces the verdict; empty where nothing is forced.
pub(super) fn proof(
    program: &Program,
    planned: &DecisionPlan,
    asking: &Asking<'_>,
    decided: &Decided,
    because: &[SlotId],
    spare: &mut Spare,
) -> Vec<SlotId> {
    if because.is_empty() || matches!(decided.verdict, Verdict::Undetermined | Verdict::Closed) {
        return Vec::new();
    }
    let (record, base) = asking.view.record_values();
    spare.take_record(record);
    let mut part = Part { program, plan: asking.plan, planned, decided, view: asking.view, base, spare };
    let mut kept = Vec::new();
    match decided.verdict {
        Verdict::DoesNotQualify | Verdict::Denied | Verdict::Fail => {
            let at = decided.failed.trailing_zeros() as usize;
            let reads = planned.requirements.get(at).map_or(&[][..], |requirement| &requirement.reads);
            for slot in because {
                if !reads.iter().any(|read| read.slot == *slot) {
                    continue;
                }
                part.leave_out(*slot);
                if part.result(at) != Some(Judged::Failed) {
                    part.put_back_last();
                    kept.push(*slot);
                }
            }
        }
        Verdict::Lost => {
            let lost = planned.states.iter().enumerate();
            let mut lost = lost.filter(|(at, state)| state.kind == StateKind::Lost && decided.state(*at).is_true());
            let Some((at, state)) = lost.next() else { return kept };
            for slot in because {
                if !state.reads.iter().any(|read| read.slot == *slot) {
                    continue;
                }
                part.leave_out(*slot);
                if part.state(at) != Some(Truth::TRUE) {
                    part.put_back_last();
                    kept.push(*slot);
                }
            }
        }
        _ => {
            for slot in because {
                if only_fact(planned, *slot) {
                    kept.push(*slot);
                    continue;
                }
                part.leave_out(*slot);
                if !part.same_without(*slot) {
                    part.put_back_last();
                    kept.push(*slot);
                }
            }
        }
    }
    part.put_back_all();
    kept
}

/// Is a fact all that some requirement rests on? Then nothing can take its place.
fn only_fact(planned: &DecisionPlan, slot: SlotId) -> bool {
    planned.requirements.iter().any(|requirement| {
        let [read] = requirement.reads.as_ref() else { return false };
        let constant = match &requirement.body {
            BodyPlan::Clauses(clauses) => [clauses.met, clauses.pending].contains(&Ref::TRUE),
            _ => true,
        };
        read.slot == slot && !constant
    })
}
