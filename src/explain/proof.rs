//! A minimal set of known facts that alone forces a verdict.
//!
//! In: the deciding facts. Out: a part of them from which nothing can be left out.
//! Owns the search: leave out one fact after another and evaluate again. Never changes the verdict.

use crate::eval::{Asking, Decided, Truths, View, decide, some_conditions};
use crate::facts::State;
use crate::plan::{DecisionPlan, Plan};
use crate::program::{Decision, Lane, Program, SlotId, Verdict};

/// Evaluates one decision on a part of the facts.
struct Part<'a> {
    program: &'a Program,
    plan: &'a Plan,
    decision: &'a Decision,
    planned: &'a DecisionPlan,
    nodes: Vec<u32>,
    view: View<'a>,
    values: Vec<(Lane, State)>,
    record: Vec<(Lane, State)>,
    truths: Truths,
}

impl Part<'_> {
    fn place(&mut self, slot: SlotId) -> Option<&mut (Lane, State)> {
        let (_, base) = self.view.record_values();
        let offset = slot.0.wrapping_sub(base) as usize;
        if offset < self.record.len() { self.record.get_mut(offset) } else { self.values.get_mut(slot.0 as usize) }
    }

    /// Makes a fact unknown, or assumed where the vocabulary assumes it; says what it was.
    fn leave_out(&mut self, slot: SlotId) -> (Lane, State) {
        let assumed = self.program.fact_of(slot).and_then(|fact| fact.assume.as_ref()).map(|assume| assume.value);
        let without = assumed.map_or((Lane::default(), State::Missing), |value| (value, State::Assumed));
        self.place(slot).map_or(without, |place| std::mem::replace(place, without))
    }

    fn put_back(&mut self, slot: SlotId, was: (Lane, State)) {
        if let Some(place) = self.place(slot) {
            *place = was;
        }
    }

    fn decided(&mut self) -> Decided {
        let view = self.view.over(&self.values, &self.record);
        some_conditions(self.plan, &self.nodes, view, &mut self.truths);
        decide(self.decision, self.planned, view, &self.truths)
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
) -> Vec<SlotId> {
    if matches!(decided.verdict, Verdict::Undetermined | Verdict::Closed) || because.is_empty() {
        return Vec::new();
    }
    let (record, _) = asking.view.record_values();
    let nodes = planned.requirements.iter().flat_map(|r| &r.nodes).chain(planned.states.iter().flat_map(|s| &s.nodes));
    let mut nodes: Vec<u32> =
        nodes.copied().chain(planned.editions.iter().filter_map(|when| u32::try_from(when.node()).ok())).collect();
    nodes.sort_unstable();
    nodes.dedup();
    let mut part = Part {
        program,
        plan: asking.plan,
        decision,
        planned,
        nodes,
        view: asking.view,
        values: asking.view.facts.values().to_vec(),
        record: record.to_vec(),
        truths: asking.truths.clone(),
    };
    let read = planned.requirements.iter().flat_map(|r| &r.reads).chain(planned.states.iter().flat_map(|s| &s.reads));
    let mut others: Vec<SlotId> = read.map(|read| read.slot).filter(|slot| !because.contains(slot)).collect();
    others.sort_unstable();
    others.dedup();
    for slot in others {
        part.leave_out(slot);
    }
    let mut kept = Vec::new();
    for slot in because {
        let was = part.leave_out(*slot);
        if part.decided().verdict != decided.verdict {
            part.put_back(*slot, was);
            kept.push(*slot);
        }
    }
    kept
}
