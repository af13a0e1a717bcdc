//! A minimal set of known facts that alone forces a verdict.
//!
//! In: the deciding facts. Out: a part of them from which nothing can be left out.
//! Owns the search: leave out one fact after another and judge again what reads it. Never changes the verdict.
//!
//! A negative verdict is forced by one failed requirement (or lost condition), so its proof is sought there. Any other
//! verdict needs every result to stay as it is: by the contract more facts never turn a result, so with fewer facts a
//! result stays or becomes open.

use crate::eval::{Asking, Decided, Spare, Subjected, View, bits, decide, holds, judge, some_conditions};
use crate::facts::State;
use crate::plan::{DecisionPlan, Plan, Read, Readers};
use crate::program::{Judged, SlotId, Verdict};
use crate::syntax::StateKind;
use crate::value::Truth;

/// Judges parts of one decision on a part of the facts.
struct Part<'a> {
    plan: &'a Plan,
    planned: &'a DecisionPlan,
    decided: &'a Decided,
    view: View<'a>,
    base: u32,
    spare: &'a mut Spare,
    /// How many of the facts that are left out take another value than they had.
    turned: usize,
}

impl Part<'_> {
    /// Makes a fact unknown, or assumed where the vocabulary assumes it.
    fn leave_out(&mut self, slot: SlotId) {
        let without = self.plan.blank.get(slot.0 as usize).copied().unwrap_or_default();
        self.turned += usize::from(self.assumed(slot));
        if let Some(place) = self.spare.place(slot, self.base) {
            let was = std::mem::replace(place, without);
            self.spare.changed.push((slot, was));
        }
    }

    fn put_back_last(&mut self) {
        let Some((slot, was)) = self.spare.changed.pop() else { return };
        self.turned -= usize::from(self.assumed(slot));
        if let Some(place) = self.spare.place(slot, self.base) {
            *place = was;
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
        let may_turn = self.may_turn(because);
        let mut inside = self.room();
        for slot in because.iter().filter(|slot| !kept.contains(slot)) {
            if may_turn || reads.iter().any(|read| read.slot == *slot) {
                inside.push(*slot);
            } else {
                self.leave_out(*slot);
            }
        }
        self.sift(inside, kept, |part, _| holds(part));
    }

    /// Leaves out one fact after another as long as `holds` says so, and keeps the others. Where results may turn, one that
    /// was kept may no longer be needed once others are gone: then the kept ones are tried again.
    fn sift(&mut self, mut facts: Vec<SlotId>, kept: &mut Vec<SlotId>, mut holds: impl FnMut(&mut Self, SlotId) -> bool) {
        let may_turn = self.may_turn(&facts);
        loop {
            let tried = facts.len();
            facts.retain(|slot| {
                self.leave_out(*slot);
                let needed = !holds(self, *slot);
                if needed {
                    self.put_back_last();
                }
                needed
            });
            if !may_turn || facts.len() == tried {
                break;
            }
        }
        kept.append(&mut facts);
        self.spare.list = facts;
    }

    /// An empty list in used room, which `sift` gives back.
    fn room(&mut self) -> Vec<SlotId> {
        let mut list = std::mem::take(&mut self.spare.list);
        list.clear();
        list
    }

    /// Would a fact take another value than it has, if it were left out?
    fn assumed(&self, slot: SlotId) -> bool {
        let without = self.plan.blank.get(slot.0 as usize);
        without.is_some_and(|(lane, state)| *state == State::Assumed && self.view.get(slot) != Some(*lane))
    }

    /// May results change either way once some of these facts are left out? They may where one takes an assumed value, and
    /// where editions apply: with the edition unknown, every edition that is possible is tried.
    fn may_turn(&self, facts: &[SlotId]) -> bool {
        !self.planned.editions.is_empty() || facts.iter().any(|slot| self.assumed(*slot))
    }

    /// The same for the facts that are left out now.
    fn has_turned(&self) -> bool {
        self.turned > 0 || !self.planned.editions.is_empty()
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
        let (planned, decided) = (self.planned, self.decided);
        let Some(readers) = readers(planned, slot) else { return true };
        bits(readers.requirements).all(|at| self.result(at) == Some(decided.result(at)))
            && bits(readers.states).all(|at| self.state(at) == Some(decided.state(at)))
    }
}

/// Who reads a fact.
fn readers(planned: &DecisionPlan, slot: SlotId) -> Option<&Readers> {
    let at = planned.readers.binary_search_by_key(&slot, |readers| readers.slot).ok()?;
    planned.readers.get(at)
}

/// Gathers in `kept` a minimal part of `because` that alone forces the verdict; nothing where nothing is forced.
pub(super) fn proof(
    planned: &DecisionPlan,
    asking: &Asking<'_>,
    subjected: &Subjected,
    because: &[SlotId],
    spare: &mut Spare,
    kept: &mut Vec<SlotId>,
) {
    let decided = &subjected.decided;
    if because.is_empty() || matches!(decided.verdict, Verdict::Undetermined | Verdict::Closed) {
        return;
    }
    let first_failed = decided.failed.trailing_zeros() as usize;
    if let Some(slot) = planned.requirements.get(first_failed).and_then(|requirement| requirement.lone)
        && lone_is_proof(asking, planned, decided, because)
        && !spare.fails_untold(asking.plan, asking.view.facts, subjected.decision)
    {
        kept.push(slot);
        return;
    }
    if !planned.edition_limits.is_empty() {
        // The edition decides until when the program is in force, so what fixes it is part of every proof.
        asking.known(&planned.edition_reads, planned, &mut spare.set);
        spare.set.drain_into(kept);
    }
    let (record, base) = asking.view.record_values();
    spare.take(&planned.readers, asking.view.facts.values(), record);
    let mut part = Part { plan: asking.plan, planned, decided, view: asking.view, base, spare, turned: 0 };
    match decided.verdict {
        Verdict::DoesNotQualify | Verdict::Denied | Verdict::Fail => {
            let reads = planned.requirements.get(first_failed).map_or(&[][..], |requirement| &requirement.reads);
            part.keep_within(because, reads, kept, |part| {
                let mut failed = (first_failed..planned.requirements.len()).filter(|at| decided.result(*at) == Judged::Failed);
                // Where results may turn, something else may have come to fail.
                failed.any(|at| part.result(at) == Some(Judged::Failed)) || (part.has_turned() && part.same_verdict())
            });
        }
        Verdict::Lost => {
            let lost = |at: usize| decided.state(at).is_true();
            let all: Vec<usize> =
                planned.states.iter().enumerate().filter(|(_, s)| s.kind == StateKind::Lost).map(|(at, _)| at).collect();
            let reads = all.iter().find(|at| lost(**at)).and_then(|at| planned.states.get(*at)).map(|state| &*state.reads);
            part.keep_within(because, reads.unwrap_or_default(), kept, |part| {
                // Where results may turn, a requirement may have come to fail.
                if part.has_turned() {
                    return part.same_verdict();
                }
                all.iter().any(|at| lost(*at) && part.state(*at) == Some(Truth::TRUE))
            });
        }
        verdict => {
            // This one says that everything is met: then a result that stays as it was is all that it needs. Others may
            // stand although a result has become pending, or is no longer.
            let all_met = verdict == Verdict::Qualifies;
            let mut wanted = part.room();
            for slot in because {
                if kept.contains(slot) {
                    continue;
                }
                let needed = readers(planned, *slot).is_some_and(|readers| readers.sole);
                if needed { &mut *kept } else { &mut wanted }.push(*slot);
            }
            part.sift(
                wanted,
                kept,
                |part, slot| {
                    if part.has_turned() && !all_met { part.same_verdict() } else { part.same_without(slot) }
                },
            );
        }
    }
    kept.sort_unstable();
}

/// Does a fact on which a failed requirement rests prove the verdict by itself, wherever nothing fails untold? It does where
/// leaving out the others makes nothing else fail: no edition decides which terms apply, none of the facts may be assumed,
/// and what failed reads the same facts whatever else is known.
fn lone_is_proof(asking: &Asking<'_>, planned: &DecisionPlan, decided: &Decided, because: &[SlotId]) -> bool {
    let blank = |slot: &SlotId| asking.plan.blank.get(slot.0 as usize).is_some_and(|(_, state)| *state == State::Missing);
    let mut failed = bits(decided.failed).filter_map(|at| planned.requirements.get(at));
    planned.list.is_none()
        && planned.editions.is_empty()
        && because.iter().all(blank)
        && failed.all(|requirement| requirement.plain.is_some())
}
