//! What is said of requirements and states of which nobody told any fact: the same for every account.
//!
//! In: a program and its plan. Out: the facts that each of them reads and misses then, and its margin.
//! Owns the question whether that is the same on every day. Never words it, never sees an account.

use super::Margin;
use super::reason::margin;
use crate::eval::{Asking, Told, View, Workspace, extras, run};
use crate::facts::{Facts, State};
use crate::plan::{BodyPlan, DecisionPlan, Node, Plan, Probe, Read, SlotMask, Term};
use crate::program::{AS_OF, Program, SlotId};

/// What is said of a requirement while none of some facts is told.
#[derive(Debug)]
pub(super) struct Untold {
    /// The facts on which it rests.
    rests_on: SlotMask,
    /// The facts that it reads then, in reading order.
    pub facts: Box<[SlotId]>,
    /// Those that it misses while it is open.
    pub missing: SlotMask,
    /// Its margin.
    pub margin: Option<Margin>,
}

/// The same of the state conditions of a decision, of those that do not always read the same facts.
#[derive(Debug)]
pub(super) struct UntoldStates {
    /// The facts on which they rest.
    rests_on: SlotMask,
    /// The facts that each of them reads then, in the order of conditions.
    pub facts: Box<[Box<[SlotId]>]>,
}

/// What is said of the parts of one decision while their facts are not told.
#[derive(Debug, Default)]
pub(super) struct UntoldParts {
    /// Each requirement; nothing where it depends on the day, or on a record.
    requirements: Vec<Option<Untold>>,
    /// The state conditions, unless what they read depends on the day.
    states: Option<UntoldStates>,
}

impl UntoldParts {
    /// What is said of a requirement, while none of its facts is told.
    #[inline]
    pub fn requirement(&self, at: usize, told: &Told) -> Option<&Untold> {
        self.requirements.get(at)?.as_ref().filter(|untold| !told.told.meets(&untold.rests_on))
    }

    /// What is said of the state conditions, while none of their facts is told.
    #[inline]
    pub fn states(&self, told: &Told) -> Option<&UntoldStates> {
        self.states.as_ref().filter(|untold| !told.told.meets(&untold.rests_on))
    }
}

/// What is said of every decision, in order.
pub(super) fn untold(program: &Program, plan: &Plan) -> Vec<UntoldParts> {
    let (nothing, mut workspace) = (Facts::new(program, 0), Workspace::new(plan));
    let view = View::account(&nothing);
    run(plan, &nothing, &mut workspace);
    extras(plan, &nothing, &mut workspace);
    let asking = Asking { plan, truths: &workspace.truths, view };
    plan.decisions.iter().map(|decision| parts(&asking, decision)).collect()
}

fn parts(asking: &Asking<'_>, decision: &DecisionPlan) -> UntoldParts {
    if decision.list.is_some() {
        return UntoldParts::default();
    }
    let requirements = decision.requirements.iter().map(|requirement| {
        if requirement.only_once.is_some() || matches!(requirement.body, BodyPlan::Progress(_)) {
            return None;
        }
        let mut missing = Vec::new();
        asking.requirement(requirement, decision, 0, &mut missing);
        Some(Untold {
            rests_on: rests_on(asking.plan, &requirement.reads, &requirement.nodes)?,
            facts: read_now(asking, decision, &requirement.reads),
            missing: missing.into_iter().collect(),
            margin: margin(asking, decision, &requirement.body),
        })
    });
    let varied = || decision.states.iter().filter(|state| state.listed.always().is_none());
    let masks: Option<Vec<SlotMask>> = varied().map(|state| rests_on(asking.plan, &state.reads, &state.nodes)).collect();
    UntoldParts {
        requirements: requirements.collect(),
        states: masks.map(|masks| UntoldStates {
            rests_on: masks.iter().flat_map(SlotMask::slots).collect(),
            facts: varied().map(|state| read_now(asking, decision, &state.reads)).collect(),
        }),
    }
}

/// The facts that something reads now, each once.
fn read_now(asking: &Asking<'_>, decision: &DecisionPlan, reads: &[Read]) -> Box<[SlotId]> {
    let mut found: Vec<SlotId> = Vec::new();
    for read in reads.iter().filter(|read| asking.reads_now(read, decision)) {
        if !found.contains(&read.slot) {
            found.push(read.slot);
        }
    }
    found.into()
}

/// All facts on which some conditions rest; nothing if they may turn with the day although none of these is told.
fn rests_on(plan: &Plan, reads: &[Read], nodes: &[u32]) -> Option<SlotMask> {
    let mut slots: Vec<SlotId> = reads.iter().map(|read| read.slot).collect();
    for node in nodes {
        let Some(Node::Test(probe)) = plan.nodes.get(*node as usize) else { continue };
        let mut own: Vec<SlotId> = probe.slots().collect();
        probe.operands().for_each(|term| term_slots(term, &mut own));
        // What two currencies did to a sum is not seen in any of these facts.
        if matches!(probe, Probe::Mixed(_)) || (own.contains(&AS_OF) && !is_open_without(plan, probe)) {
            return None;
        }
        slots.extend(own.into_iter().filter(|slot| *slot != AS_OF));
    }
    Some(slots.into_iter().collect())
}

/// Is a test of the day unknown, whatever the day, while its other facts are not told?
fn is_open_without(plan: &Plan, probe: &Probe) -> bool {
    let is_plain = |term: &Term| term.slot().is_some() || matches!(term, Term::ConstWhole(_));
    let is_absent = |term: &Term| {
        let blank = term.slot().and_then(|slot| plan.blank.get(slot.0 as usize).filter(|_| slot != AS_OF));
        blank.is_some_and(|(_, state)| *state == State::Missing)
    };
    let compares = matches!(probe, Probe::Compare(..) | Probe::Within(..));
    compares && probe.operands().all(is_plain) && probe.operands().any(is_absent)
}

fn term_slots(term: &Term, slots: &mut Vec<SlotId>) {
    slots.extend(term.slot());
    term.operands().for_each(|part| term_slots(part, slots));
}
