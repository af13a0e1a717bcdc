//! A minimal set of known facts that alone forces a verdict.
//!
//! In: the deciding facts. Out: a part of them from which nothing can be left out.
//! Owns the search: leave out one fact after another and judge again what reads it. Never changes the verdict.
//!
//! A negative verdict is forced by one failed requirement (or lost condition), so its proof is sought there. Any other
//! verdict needs every result to stay as it is: by the contract more facts never turn a result, so with fewer facts a
//! result stays or becomes open.

use smallvec::SmallVec;

use crate::eval::{Asking, Decided, Spare, bits, decide, holds, judge, some_conditions};
use crate::facts::State;
use crate::plan::{DecisionPlan, Read, Readers, RequirementPlan};
use crate::program::{Judged, SlotId, Verdict};
use crate::value::Truth;

/// Judges parts of one decision on a part of the facts; the truths follow the facts that are left out.
struct Part<'a> {
    asking: &'a Asking<'a>,
    planned: &'a DecisionPlan,
    decided: &'a Decided,
    base: u32,
    spare: &'a mut Spare,
    /// How many of the facts that are left out take another value than they had.
    turned: usize,
}

impl Part<'_> {
    /// Makes a fact unknown, or assumed where the vocabulary assumes it.
    fn leave_out(&mut self, slot: SlotId) {
        let without = self.asking.plan.blank.get(slot.0 as usize).copied().unwrap_or_default();
        self.turned += usize::from(assumed(self.asking, slot));
        let Some(place) = self.spare.place(slot, self.base) else { return };
        let was = std::mem::replace(place, without);
        let Spare { values, record, truths, left_out, .. } = &mut *self.spare;
        left_out.slot = Some((slot, was));
        left_out.truths.clear();
        let Some(readers) = readers(self.planned, slot) else { return };
        left_out.truths.extend(readers.nodes.iter().map(|node| truths.of_node(*node)));
        some_conditions(self.asking.plan, &readers.nodes, &self.asking.view.over(values, record), truths);
    }

    /// Undoes the last leaving out.
    fn put_back(&mut self) {
        let Some((slot, was)) = self.spare.left_out.slot.take() else { return };
        self.turned -= usize::from(assumed(self.asking, slot));
        if let Some(place) = self.spare.place(slot, self.base) {
            *place = was;
        }
        let Spare { truths, left_out, .. } = &mut *self.spare;
        let nodes = readers(self.planned, slot).map_or(&[][..], |readers| &readers.nodes);
        nodes.iter().zip(&left_out.truths).for_each(|(node, truth)| truths.set(*node, *truth));
    }

    fn result(&self, at: usize) -> Option<Judged> {
        let requirement = self.planned.requirements.get(at)?;
        let mut met = self.decided.met;
        if let Some(target) = requirement.only_once.map(usize::from)
            && self.result(target) != Some(Judged::Met)
        {
            met &= !(1 << target);
        }
        let view = self.asking.view.over(&self.spare.values, &self.spare.record);
        Some(judge(requirement, self.planned, met, &view, &self.spare.truths))
    }

    fn state(&self, at: usize) -> Option<Truth> {
        let state = self.planned.states.get(at)?;
        let view = self.asking.view.over(&self.spare.values, &self.spare.record);
        Some(holds(state, &view, &self.spare.truths))
    }

    /// Leaves out one fact after another as long as `holds` says so, and keeps the others. Where results may turn, one
    /// that was kept may no longer be needed when others are gone: then the kept ones are tried again.
    fn sift(&mut self, mut facts: Vec<SlotId>, kept: &mut Vec<SlotId>, mut holds: impl FnMut(&mut Self, SlotId) -> bool) {
        loop {
            let tried = facts.len();
            facts.retain(|slot| {
                self.leave_out(*slot);
                let needed = !holds(self, *slot);
                if needed {
                    self.put_back();
                }
                needed
            });
            // One that is kept may be needed only because without it another value is assumed.
            let may_turn = self.has_turned() || facts.iter().any(|slot| assumed(self.asking, *slot));
            if !may_turn || facts.len() == tried {
                break;
            }
        }
        kept.append(&mut facts);
        self.spare.list = facts;
    }

    /// May results change with the facts that are left out now?
    fn has_turned(&self) -> bool {
        self.turned > 0 || !self.planned.editions.is_empty()
    }

    /// Is the verdict of the whole decision the same?
    fn same_verdict(&self) -> bool {
        let view = self.asking.view.over(&self.spare.values, &self.spare.record);
        decide(self.planned, &view, &self.spare.truths).verdict == self.decided.verdict
    }

    /// Does everything that reads a fact come out as it did?
    fn same_without(&self, slot: SlotId) -> bool {
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
    decided: &Decided,
    because: &[SlotId],
    spare: &mut Spare,
    kept: &mut Vec<SlotId>,
) {
    if because.is_empty() || matches!(decided.verdict, Verdict::Undetermined | Verdict::Closed) {
        return;
    }
    if !planned.edition_limits.is_empty() {
        // The edition decides until when the program is in force, so what fixes it is part of every proof.
        asking.known(&planned.edition_reads, planned, &mut spare.set);
        spare.set.drain_into(kept);
    }
    let forced_by = forced_by(planned, decided);
    if kept.is_empty() && is_needed_whole(planned, decided, because, spare) {
        return kept.extend(because);
    }
    let turning: SmallVec<[SlotId; 4]> = because.iter().copied().filter(|slot| assumed(asking, *slot)).collect();
    let may_turn = !planned.editions.is_empty() || !turning.is_empty();
    needed(planned, asking, decided, because, &turning, spare);
    let within = forced_by.filter(|_| !may_turn);
    spare.list.clear();
    for slot in because {
        if kept.contains(slot) {
            continue;
        }
        if spare.set.contains(*slot) || (forced_by.is_none() && planned.sole.contains(*slot)) {
            kept.push(*slot);
        } else if within.is_none_or(|reads| reads.iter().any(|read| read.slot == *slot)) {
            spare.list.push(*slot);
        }
    }
    spare.set.clear();
    if !spare.list.is_empty() {
        sift(planned, asking, decided, because, spare, kept);
    }
    kept.sort_unstable();
}

/// What the requirement or state condition reads that forces a negative verdict, the first of several; nothing for other
/// verdicts, which rest on all of them.
fn forced_by<'p>(planned: &'p DecisionPlan, decided: &Decided) -> Option<&'p [Read]> {
    match decided.verdict {
        Verdict::DoesNotQualify | Verdict::Denied | Verdict::Fail => {
            let first = decided.failed.trailing_zeros() as usize;
            planned.requirements.get(first).map(|requirement| &*requirement.reads)
        }
        Verdict::Lost => {
            let first = (planned.state_kinds.lost & decided.holds).trailing_zeros() as usize;
            planned.states.get(first).map(|state| &*state.reads)
        }
        _ => None,
    }
}

/// Gathers in the spare set facts that cannot be left out, as far as the truths say so. Of what reads a fact that is turning,
/// that is, takes another value once it is left out, nothing is said.
fn needed(
    planned: &DecisionPlan,
    asking: &Asking<'_>,
    decided: &Decided,
    because: &[SlotId],
    turning: &[SlotId],
    spare: &mut Spare,
) {
    let stands = |reads: &[Read]| turning.is_empty() || !reads.iter().any(|read| turning.contains(&read.slot));
    let needed = &mut spare.set;
    match decided.verdict {
        // Where anything may turn, something else may come to force the verdict.
        Verdict::DoesNotQualify | Verdict::Denied | Verdict::Fail | Verdict::Lost
            if !planned.editions.is_empty() || !turning.is_empty() => {}
        Verdict::DoesNotQualify | Verdict::Denied | Verdict::Fail => {
            let mut failed = bits(decided.failed).filter_map(|at| planned.requirements.get(at));
            let Some(first) = failed.next() else { return };
            // Another one stays failed only by facts that the first one reads: all others that decided are left out.
            let stays = |other: &RequirementPlan| {
                spare.list.clear();
                asking.needed_for(other, Judged::Failed, needed);
                needed.drain_into(&mut spare.list);
                spare.list.iter().all(|slot| first.reads.iter().any(|read| read.slot == *slot) || !because.contains(slot))
            };
            if !failed.any(stays) {
                asking.needed_for(first, Judged::Failed, needed);
            }
        }
        Verdict::Lost => {
            let lost = planned.state_kinds.lost & decided.holds;
            let only = planned.states.get(lost.trailing_zeros() as usize).filter(|_| lost.is_power_of_two());
            only.into_iter().for_each(|state| asking.needed_for_state(state, Truth::TRUE, needed));
        }
        _ => {
            // What is no longer met or settled is open, and so is the verdict then.
            let results = planned.requirements.iter().enumerate().filter(|(_, requirement)| stands(&requirement.reads));
            results.for_each(|(at, requirement)| asking.needed_for(requirement, decided.result(at), needed));
            let states = planned.states.iter().enumerate().filter(|(_, state)| stands(&state.reads));
            states.for_each(|(at, state)| asking.needed_for_state(state, decided.state(at), needed));
        }
    }
}

/// Leaves out one after another of the facts in the spare list, with all others of `because` that are not kept.
fn sift(
    planned: &DecisionPlan,
    asking: &Asking<'_>,
    decided: &Decided,
    because: &[SlotId],
    spare: &mut Spare,
    kept: &mut Vec<SlotId>,
) {
    let tried = std::mem::take(&mut spare.list);
    let (record, base) = asking.view.record_values();
    spare.take(&planned.readers, asking.view.facts.values(), record);
    spare.truths.take_over(asking.truths);
    let mut part = Part { asking, planned, decided, base, spare, turned: 0 };
    because.iter().filter(|slot| !kept.contains(slot) && !tried.contains(slot)).for_each(|slot| part.leave_out(*slot));
    match decided.verdict {
        Verdict::DoesNotQualify | Verdict::Denied | Verdict::Fail => part.sift(tried, kept, |part, _| {
            // Where results may turn, something else may have come to fail.
            bits(decided.failed).any(|at| part.result(at) == Some(Judged::Failed)) || (part.has_turned() && part.same_verdict())
        }),
        Verdict::Lost => part.sift(tried, kept, |part, _| {
            // Where results may turn, a requirement may have come to fail.
            if part.has_turned() {
                return part.same_verdict();
            }
            bits(planned.state_kinds.lost & decided.holds).any(|at| part.state(at) == Some(Truth::TRUE))
        }),
        verdict => {
            // This one says that everything is met: then a result that stays as it was is all that it needs. Others may
            // stand although a result has become pending, or is no longer.
            let all_met = verdict == Verdict::Qualifies;
            part.sift(
                tried,
                kept,
                |part, slot| {
                    if part.has_turned() && !all_met { part.same_verdict() } else { part.same_without(slot) }
                },
            );
        }
    }
}

/// Can none of the deciding facts be left out, because without any of them a requirement that must keep its result is open?
fn is_needed_whole(planned: &DecisionPlan, decided: &Decided, because: &[SlotId], spare: &Spare) -> bool {
    match decided.verdict {
        // One that alone failed, by its only fact: nothing else comes to fail, unless anything may turn.
        Verdict::DoesNotQualify | Verdict::Denied | Verdict::Fail => {
            let first = planned.requirements.get(decided.failed.trailing_zeros() as usize);
            let only = first.filter(|_| decided.failed.is_power_of_two() && planned.editions.is_empty());
            only.and_then(|only| only.sole).is_some_and(|slot| because == [slot] && planned.sole.contains(slot))
        }
        Verdict::Lost => false,
        _ => spare.deciding.is_within(&planned.sole),
    }
}

/// Would a fact take another value than it has, if it were left out?
fn assumed(asking: &Asking<'_>, slot: SlotId) -> bool {
    let without = asking.plan.blank.get(slot.0 as usize);
    without.is_some_and(|(lane, state)| *state == State::Assumed && asking.view.get(slot) != Some(*lane))
}
