//! What is known of conditions, requirements and decisions before any facts are, so that explanations need not search.
//!
//! In: planned conditions, requirements and states. Out: their traits: what settles them, what they miss, what is measured.
//! Owns shortcuts, each of which says what a search would find. Never evaluates.

use std::collections::{BTreeMap, BTreeSet};

use super::lower::{Lowering, node_refs};
use super::{BodyPlan, ClausePlan, Node, Probe, Read, Ref, RequirementPlan, SlotMask, StatePlan, Term};
use crate::facts::State;
use crate::program::{AS_OF, SlotId};
use crate::syntax::{FirstDay, StateKind};
use crate::value::Truth;

/// What is known of a condition before any facts are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct NodeTraits {
    /// While it is unknown, further facts can always settle it, either way.
    pub free: bool,
    /// A test in it compares numbers, amounts or days, so that there may be a margin.
    pub ordered: bool,
}

/// Who reads a fact; bit `i` is requirement or state condition `i`.
#[derive(Clone, Debug)]
pub struct Readers {
    /// The fact.
    pub slot: SlotId,
    /// Requirements that read it.
    pub requirements: u64,
    /// State conditions that read it.
    pub states: u64,
    /// Conditions of the decision that rest on it, be it through others, in order of evaluation.
    pub nodes: Box<[u32]>,
}

/// Which state conditions do what to the verdict; bit `i` is condition `i`.
#[derive(Clone, Copy, Debug, Default)]
pub struct StateKinds {
    /// While one holds, the credit is lost.
    pub lost: u64,
    /// While one holds, the credit is blocked.
    pub blocked: u64,
    /// While one is not surely false, the verdict is open.
    pub open: u64,
}

impl StateKinds {
    pub(super) fn new(states: &[StatePlan]) -> Self {
        let mut kinds = Self::default();
        for (state, at) in states.iter().zip(0..) {
            match state.kind {
                StateKind::Lost => kinds.lost |= bit(at),
                StateKind::Blocked => kinds.blocked |= bit(at),
                StateKind::Life | StateKind::Standing => kinds.open |= bit(at),
            }
        }
        kinds
    }

    /// All conditions.
    pub const fn all(self) -> u64 {
        self.lost | self.blocked | self.open
    }

    /// Is a condition of this truth open: may it still hold, or does it keep the verdict open?
    pub fn is_open(self, condition: usize, truth: Truth) -> bool {
        let own = u32::try_from(condition).map_or(0, bit);
        let of = |holds: bool| if holds { own } else { 0 };
        self.open_among(of(truth.is_true()), of(truth.is_false())) & own != 0
    }

    /// Those that are open, of conditions that hold and that do not.
    #[inline]
    pub const fn open_among(self, holds: u64, fails: u64) -> u64 {
        ((self.lost | self.blocked) & !(holds | fails)) | (self.open & !fails)
    }
}

/// How deep the ordered tests of a condition are sought.
const DEEPEST_MEASURE: u8 = 8;

impl Lowering<'_> {
    pub(super) fn traits(&self, node: &Node) -> NodeTraits {
        let joined = |parts: &mut dyn Iterator<Item = &Ref>| {
            let all = NodeTraits { free: true, ordered: false };
            parts
                .filter_map(|part| self.plan.traits.get(part.node()))
                .fold(all, |all, part| NodeTraits { free: all.free && part.free, ordered: all.ordered || part.ordered })
        };
        match node {
            Node::True => NodeTraits { free: true, ordered: false },
            Node::All(parts) | Node::Any(parts) => joined(&mut parts.iter()),
            Node::Then(a, b) => joined(&mut [a, b].into_iter()),
            Node::Test(probe) => NodeTraits {
                free: match probe {
                    Probe::Word(..)
                    | Probe::Code(..)
                    | Probe::Text(..)
                    | Probe::Day(..)
                    | Probe::Whole(..)
                    | Probe::Same(..)
                    | Probe::Contains(..)
                    | Probe::ContainsFact(..)
                    | Probe::Empty(_)
                    | Probe::Compare(Term::Money(_), _, Term::Zero) => true,
                    Probe::IsNone(term) => term.slot().is_some() || counts(term),
                    Probe::Compare(a, _, b) => counts(a) && counts(b),
                    Probe::Within(day, window) => {
                        let stated = matches!(window.first, FirstDay::Counted | FirstDay::NotCounted);
                        stated && [day, &window.start, &window.length].into_iter().all(counts)
                    }
                    _ => false,
                },
                ordered: matches!(
                    probe,
                    Probe::Day(..) | Probe::Whole(..) | Probe::Money(..) | Probe::Compare(..) | Probe::Within(..)
                ),
            },
        }
    }

    /// The one fact that something reads, where each of its tests rests on it.
    pub(super) fn sole(&self, body: &BodyPlan, reads: &[Read], nodes: &[u32]) -> Option<SlotId> {
        let [read] = reads else { return None };
        let constant = match body {
            BodyPlan::Clauses(clauses) => [clauses.met, clauses.pending].contains(&Ref::TRUE),
            _ => true,
        };
        let rests = |at: &u32| match self.plan.nodes.get(*at as usize) {
            Some(Node::Test(_)) => self.plan.node_reads.get(*at as usize).is_some_and(|reads| !reads.is_empty()),
            _ => true,
        };
        (!constant && nodes.iter().all(rests)).then_some(read.slot)
    }

    /// The fact on which all tests of plain clauses rest, where there is only one.
    pub(super) fn lone(&self, body: &BodyPlan, waits: bool) -> Option<SlotId> {
        let BodyPlan::Clauses(clauses) = body else { return None };
        let mut slot = None;
        let mut wanted: Vec<Ref> = clauses.conditions().collect();
        let constant = wanted.contains(&Ref::TRUE) || [clauses.met, clauses.fails, clauses.pending] == [Ref::FALSE; 3];
        while let Some(next) = wanted.pop() {
            let own = match self.plan.nodes.get(next.node())? {
                Node::True => continue,
                Node::All(parts) | Node::Any(parts) => {
                    wanted.extend(parts);
                    continue;
                }
                Node::Then(..) => return None,
                Node::Test(
                    Probe::Word(own, _)
                    | Probe::Code(own, _)
                    | Probe::Text(own, _)
                    | Probe::Day(own, ..)
                    | Probe::Whole(own, ..),
                ) => *own,
                Node::Test(_) => return None,
            };
            if slot.is_some_and(|slot| slot != own) {
                return None;
            }
            slot = Some(own);
        }
        slot.filter(|slot| *slot != crate::program::AS_OF && !waits && !constant)
    }

    /// Does a requirement miss each absent fact that it reads, while it is open? It does where one fact decides it, or where
    /// it holds by a list of tests that facts can always settle, and fails where it does not hold.
    pub(super) fn misses_absent(&self, body: &BodyPlan, waits: bool) -> bool {
        let BodyPlan::Clauses(ClausePlan { met, fails, pending, open, .. }) = body else { return false };
        let is_test = |part: &Ref| matches!(self.plan.nodes.get(part.node()), Some(Node::True | Node::Test(_)));
        let listed = match self.plan.nodes.get(met.node()) {
            Some(Node::All(parts) | Node::Any(parts)) => parts.iter().all(is_test),
            _ => is_test(met),
        };
        let free = self.plan.traits.get(met.node()).is_some_and(|traits| traits.free);
        let otherwise = *fails == met.negate() && *pending == Ref::FALSE && open.is_empty();
        (listed && free && otherwise && !waits) || self.lone(body, waits).is_some()
    }

    /// The ordered tests of clauses in the order in which a margin is sought: what a guard opens comes before the guard.
    pub(super) fn measures(&mut self, clauses: [Ref; 3]) -> Box<[(Ref, Ref)]> {
        let mut found = Vec::new();
        clauses.into_iter().for_each(|cond| self.measure(cond, Ref::TRUE, 0, &mut found));
        found.into()
    }

    fn measure(&mut self, cond: Ref, when: Ref, depth: u8, found: &mut Vec<(Ref, Ref)>) {
        if depth > DEEPEST_MEASURE || !self.plan.traits.get(cond.node()).is_some_and(|traits| traits.ordered) {
            return;
        }
        match self.plan.nodes.get(cond.node()).cloned() {
            Some(Node::All(parts) | Node::Any(parts)) => {
                parts.iter().for_each(|part| self.measure(*part, when, depth + 1, found));
            }
            Some(Node::Then(first, second)) => {
                let inside = self.all([when, first]);
                self.measure(second, inside, depth + 1, found);
                self.measure(first, when, depth + 1, found);
            }
            Some(Node::Test(_)) => {
                let own = (when, Ref::new(cond.node()));
                if !found.contains(&own) {
                    found.push(own);
                }
            }
            Some(Node::True) | None => {}
        }
    }

    /// Who reads which fact of a decision.
    pub(super) fn readers(&self, editions: &[Ref], requirements: &[RequirementPlan], states: &[StatePlan]) -> Box<[Readers]> {
        let mut nodes: Vec<u32> = self.closure(editions.to_vec()).into();
        nodes.extend(requirements.iter().flat_map(|requirement| &requirement.nodes));
        nodes.extend(states.iter().flat_map(|state| &state.nodes));
        nodes.sort_unstable();
        nodes.dedup();
        let parts = requirements.iter().map(|r| &r.reads).zip((0_u32..).map(|at| (bit(at), 0)));
        let parts = parts.chain(states.iter().map(|s| &s.reads).zip((0_u32..).map(|at| (0, bit(at)))));
        let inner = nodes.iter().filter_map(|node| self.plan.node_reads.get(*node as usize)).map(|reads| (reads, (0, 0)));
        let mut found = BTreeMap::from([(AS_OF, (0, 0))]);
        for (reads, (requirement, state)) in inner.chain(parts) {
            for read in reads {
                let both = found.entry(read.slot).or_default();
                *both = (both.0 | requirement, both.1 | state);
            }
        }
        let rests = self.rests(&nodes);
        let reading =
            |slot| nodes.iter().filter(|node| rests.get(node).is_some_and(|own| own.contains(&slot))).copied().collect();
        let found = found.into_iter();
        found.map(|(slot, (requirements, states))| Readers { slot, requirements, states, nodes: reading(slot) }).collect()
    }

    /// On which facts each of some conditions rests; those that they refer to are among them.
    fn rests(&self, nodes: &[u32]) -> BTreeMap<u32, BTreeSet<SlotId>> {
        let mut rests: BTreeMap<u32, BTreeSet<SlotId>> = BTreeMap::new();
        for node in nodes {
            let reads = self.plan.node_reads.get(*node as usize).into_iter().flatten().map(|read| read.slot);
            let parts = self.plan.nodes.get(*node as usize).map_or_else(Vec::new, node_refs);
            let parts = parts.into_iter().filter_map(|part| rests.get(&u32::try_from(part.node()).ok()?)).flatten().copied();
            let own = reads.chain(parts).collect();
            rests.insert(*node, own);
        }
        rests
    }

    /// The facts without which some requirement is open.
    pub(super) fn sole_facts(&self, requirements: &[RequirementPlan]) -> SlotMask {
        requirements.iter().filter_map(|requirement| requirement.sole).filter(|slot| !self.is_assumed(*slot)).collect()
    }

    /// Does the vocabulary assume a fact that nobody tells?
    pub(super) fn is_assumed(&self, slot: SlotId) -> bool {
        self.plan.blank.get(slot.0 as usize).is_some_and(|(_, state)| *state == State::Assumed)
    }
}

/// Of which requirements more than the result depends on the account.
pub(super) fn varied(requirements: &[RequirementPlan]) -> u64 {
    let fixed = |requirement: &RequirementPlan| {
        let measured = !matches!(&requirement.body, BodyPlan::Clauses(clauses) if clauses.measures.is_empty());
        !measured && requirement.listed.always().is_some()
    };
    requirements.iter().zip(0..).fold(0, |all, (requirement, at)| if fixed(requirement) { all } else { all | bit(at) })
}

/// Of which state conditions it depends on the account what they read.
pub(super) fn varied_states(states: &[StatePlan]) -> u64 {
    let varied = states.iter().zip(0..).filter(|(state, _)| state.is_varied());
    varied.fold(0, |all, (_, at)| all | bit(at))
}

fn bit(at: u32) -> u64 {
    1_u64.checked_shl(at).unwrap_or(0)
}

/// Is a term a number of days or a day, known as soon as each fact in it is?
fn counts(term: &Term) -> bool {
    match term {
        Term::Day(_) | Term::Whole(_) | Term::ConstWhole(_) => true,
        Term::Shift(a, _, b) | Term::Earlier(a, b) => counts(a) && counts(b),
        _ => false,
    }
}

/// The facts of a test, where it is unknown for lack of one of them, or because no further fact can settle it.
pub(super) fn rests_on(node: &Node, traits: NodeTraits, reads: &[Read]) -> Option<Box<[SlotId]>> {
    let Node::Test(probe) = node else { return None };
    let single = |term: &Term| match term {
        Term::ConstMoney(_) | Term::ConstNumber(_) | Term::ConstPercent(_) | Term::Zero => true,
        term => term.slot().is_some() || counts(term),
    };
    let rests = match probe {
        Probe::Money(..) => true,
        Probe::Compare(a, _, b) => single(a) && single(b),
        Probe::Within(day, window) => [day, &window.start, &window.length].into_iter().all(counts),
        _ => traits.free,
    };
    rests.then(|| reads.iter().map(|read| read.slot).collect())
}
