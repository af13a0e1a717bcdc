//! What is said of requirements and states of which nobody told any fact: the same for every account.
//!
//! In: a program and its plan. Out: the facts that each of them reads and misses then, and its margin.
//! Owns the question whether that is the same on every day. Never words it, never sees an account.

use super::Margin;
use super::reason::margin;
use crate::eval::{Asking, View, Workspace, extras, run};
use crate::facts::{Facts, State};
use crate::plan::{BodyPlan, DecisionPlan, Node, Plan, Probe, Read, SlotMask, Term};
use crate::program::{AS_OF, Program, SlotId};

/// What is said of a requirement while nothing is told on which it rests.
#[derive(Debug)]
pub(super) struct Untold {
    /// The facts that it reads then, in reading order.
    pub facts: Box<[SlotId]>,
    /// Those that it misses while it is open.
    pub missing: SlotMask,
    /// Its margin.
    pub margin: Option<Margin>,
}

/// What is said of the parts of one decision while nothing is told on which they rest.
#[derive(Debug, Default)]
pub(super) struct UntoldParts {
    /// Each requirement; nothing where it depends on the day, or on a record.
    requirements: Vec<Option<Untold>>,
    /// Of which requirements something is said here.
    pub known: u64,
    /// Of those the ones that miss a fact while they are open.
    pub missing: u64,
    /// The facts that each state condition reads then, of those that do not always read the same; nothing where that depends
    /// on the day.
    pub states: Option<Box<[Box<[SlotId]>]>>,
}

impl UntoldParts {
    /// What is said of a requirement.
    #[inline]
    pub fn requirement(&self, at: usize) -> Option<&Untold> {
        self.requirements.get(at)?.as_ref()
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
        if turns_with_the_day(asking.plan, &requirement.nodes) {
            return None;
        }
        let mut missing = Vec::new();
        asking.requirement(requirement, decision, 0, &mut missing);
        Some(Untold {
            facts: read_now(asking, decision, &requirement.reads),
            missing: missing.into_iter().collect(),
            margin: margin(asking, decision, &requirement.body),
        })
    });
    let requirements: Vec<Option<Untold>> = requirements.collect();
    let mask = |of: fn(&Untold) -> bool| {
        let all = requirements.iter().zip(0..64).filter(|(untold, _)| untold.as_ref().is_some_and(of));
        all.fold(0_u64, |mask, (_, bit)| mask | 1 << bit)
    };
    let (known, missing) = (mask(|_| true), mask(|untold| !untold.missing.is_empty()));
    let varied = || decision.states.iter().filter(|state| state.is_varied());
    let steady = !varied().any(|state| turns_with_the_day(asking.plan, &state.nodes));
    let states = steady.then(|| varied().map(|state| read_now(asking, decision, &state.reads)).collect());
    UntoldParts { requirements, known, missing, states }
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

/// May some conditions turn with the day although nothing is told?
fn turns_with_the_day(plan: &Plan, nodes: &[u32]) -> bool {
    let mut tests = nodes.iter().filter_map(|node| match plan.nodes.get(*node as usize) {
        Some(Node::Test(probe)) => Some(probe),
        _ => None,
    });
    let mut own = Vec::new();
    tests.any(|probe| {
        own.clear();
        own.extend(probe.slots());
        probe.operands().for_each(|term| term_slots(term, &mut own));
        own.contains(&AS_OF) && !is_open_without(plan, probe)
    })
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
