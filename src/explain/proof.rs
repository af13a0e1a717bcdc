//! A minimal set of known facts that alone forces a verdict.
//!
//! In: the deciding facts. Out: a part of them from which nothing can be left out.
//! Owns the search: leave out one fact after another and judge again what reads it. Never changes the verdict.
//!
//! A negative verdict is forced by one failed requirement (or lost condition), so its proof is sought there. Any other
//! verdict needs every result to stay as it is: by the contract more facts never turn a result, so with fewer facts a
//! result stays or becomes open.

use crate::eval::{Asking, Decided, Spare, View, decide, holds, judge, some_conditions};
use crate::facts::State;
use crate::plan::{BodyPlan, DecisionPlan, Plan, Read, Ref};
use crate::program::{Decision, Judged, Lane, Program, SlotId, Verdict};
use crate::syntax::StateKind;
use crate::value::Truth;

/// Judges parts of one decision on a part of the facts.
struct Part<'a> {
    program: &'a Program,
    decision: &'a Decision,
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
        let mut met = self.decided.met;
        if let Some(target) = requirement.only_once.map(usize::from)
            && self.result(target) != Some(Judged::Met)
        {
            met &= !(1 << target);
        }
        let truths = &mut self.spare.truths;
        let view = self.view.over(&self.spare.values, &self.spare.record);
        some_conditions(self.plan, &requirement.nodes, view, truths);
        Some(judge(requirement, self.planned, met, view, truths))
    }

    fn state(&mut self, at: usize) -> Option<Truth> {
        let state = self.planned.states.get(at)?;
        let truths = &mut self.spare.truths;
        let view = self.view.over(&self.spare.values, &self.spare.record);
        some_conditions(self.plan, &state.nodes, view, truths);
        Some(holds(state, view, truths))
    }

    /// Keeps of the facts that something reads those without which it would not hold; all others are left out.
    fn keep_within(
        &mut self,
        because: &[SlotId],
        reads: &[Read],
        kept: &mut Vec<SlotId>,
        mut holds: impl FnMut(&mut Self) -> bool,
    ) {
        let wanted = because.iter().copied().filter(|slot| !kept.contains(slot));
        let may_turn = self.may_turn(because);
        let (inside, outside): (Vec<SlotId>, Vec<SlotId>) =
            wanted.partition(|slot| may_turn || reads.iter().any(|read| read.slot == *slot));
        outside.into_iter().for_each(|slot| self.leave_out(slot));
        self.sift(inside, kept, |part, _| holds(part));
    }

    /// Leaves out one fact after another as long as `holds` says so, and keeps the others. Where results may turn, one that
    /// was kept may no longer be needed once others are gone: then the kept ones are tried again.
    fn sift(&mut self, facts: Vec<SlotId>, kept: &mut Vec<SlotId>, mut holds: impl FnMut(&mut Self, SlotId) -> bool) {
        let may_turn = self.may_turn(&facts);
        let mut wanted = facts;
        loop {
            let mut stay = Vec::new();
            for slot in &wanted {
                self.leave_out(*slot);
                let turned = self.may_turn(self.spare.changed.iter().map(|(slot, _)| slot));
                let same = if turned { self.same_verdict() } else { holds(self, *slot) };
                if !same {
                    self.put_back_last();
                    stay.push(*slot);
                }
            }
            if !may_turn || stay.len() == wanted.len() {
                kept.append(&mut stay);
                return;
            }
            wanted = stay;
        }
    }

    /// Would a fact take another value than it has, if it were left out?
    fn assumed(&self, slot: SlotId) -> bool {
        let assume = self.program.fact_of(slot).and_then(|fact| fact.assume.as_ref());
        assume.is_some_and(|assume| self.view.get(slot) != Some(assume.value))
    }

    /// May results change either way once some of these facts are left out? They may where one takes an assumed value, and
    /// where editions apply: with the edition unknown, every edition that is possible is tried.
    fn may_turn<'s>(&self, facts: impl IntoIterator<Item = &'s SlotId>) -> bool {
        !self.planned.editions.is_empty() || facts.into_iter().any(|slot| self.assumed(*slot))
    }

    /// Is the verdict of the whole decision the same?
    fn same_verdict(&mut self) -> bool {
        let truths = &mut self.spare.truths;
        let view = self.view.over(&self.spare.values, &self.spare.record);
        let requirements = self.planned.requirements.iter().map(|requirement| &requirement.nodes);
        for nodes in requirements.chain(self.planned.states.iter().map(|state| &state.nodes)) {
            some_conditions(self.plan, nodes, view, truths);
        }
        decide(self.planned, view, truths).verdict == self.decided.verdict
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
    decision: &Decision,
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
    let mut part = Part { program, decision, plan: asking.plan, planned, decided, view: asking.view, base, spare };
    let mut kept = Vec::new();
    if !planned.edition_limits.is_empty() {
        // The edition decides until when the program is in force, so what fixes it is part of every proof.
        asking.known(&planned.edition_reads, planned, &mut kept);
    }
    match decided.verdict {
        Verdict::DoesNotQualify | Verdict::Denied | Verdict::Fail => {
            let at = decided.failed.trailing_zeros() as usize;
            let reads = planned.requirements.get(at).map_or(&[][..], |requirement| &requirement.reads);
            part.keep_within(because, reads, &mut kept, |part| {
                let failed = (at..planned.requirements.len()).filter(|at| decided.result(*at) == Judged::Failed);
                failed.into_iter().any(|at| part.result(at) == Some(Judged::Failed))
            });
        }
        Verdict::Lost => {
            let lost = |at: usize| decided.state(at).is_true();
            let all: Vec<usize> =
                planned.states.iter().enumerate().filter(|(_, s)| s.kind == StateKind::Lost).map(|(at, _)| at).collect();
            let Some(first) = all.iter().copied().find(|at| lost(*at)) else { return kept };
            let reads = planned.states.get(first).map_or(&[][..], |state| &state.reads);
            part.keep_within(because, reads, &mut kept, |part| {
                all.iter().any(|at| lost(*at) && part.state(*at) == Some(Truth::TRUE))
            });
        }
        _ => {
            let wanted: Vec<SlotId> = because.iter().copied().filter(|slot| !kept.contains(slot)).collect();
            part.sift(wanted, &mut kept, |part, slot| {
                let assumed = program.fact_of(slot).is_some_and(|fact| fact.assume.is_some());
                (assumed || !only_fact(planned, slot)) && part.same_without(slot)
            });
        }
    }
    part.put_back_all();
    kept.sort_unstable();
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
