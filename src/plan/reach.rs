//! What rests on which fact: the conditions and decisions that may come out otherwise once somebody tells it.
//!
//! In: a plan. Out: for each fact a row of bits, one for each step of the account's conditions, for each decision and for
//! each of its parts.
//! Owns the question what stays as it is on one day while a fact is not told. Never evaluates, never asks for the day: what
//! comes out while nothing is told is found anew for each day.

use std::ops::Range;

use super::lower::{node_refs, term_refs};
use super::{
    BodyPlan, DecisionPlan, Group, HoldsPlan, Node, Plan, Probe, Read, Ref, RequirementPlan, RewardPlan, StatePlan, Step, Term,
};
use crate::program::{AS_OF, SlotId};

/// Which words of a row speak of the steps of a group, kind by kind.
#[derive(Clone, Debug, Default)]
pub struct Steps {
    /// Tests of words.
    pub words: Range<usize>,
    /// Tests of days and whole numbers.
    pub ranges: Range<usize>,
    /// Comparisons of two days.
    pub days: Range<usize>,
    /// All other conditions.
    pub steps: Range<usize>,
}

/// Rows of bits by fact.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    /// How many words a row has.
    width: usize,
    /// A row for each slot, and behind them one of what may turn whatever is told.
    rows: Vec<u64>,
    /// What verdicts need of the account's conditions.
    pub conditions: Steps,
    /// What only explanations ask.
    pub extras: Steps,
    /// The decisions.
    pub decisions: Range<usize>,
    /// The decisions of which a state condition is reached that does not always read the same facts.
    pub states: Range<usize>,
    /// For each decision the bit of its first requirement, counted from the begin of a row.
    pub requirements: Vec<usize>,
}

impl Reach {
    /// The row of a fact.
    #[inline]
    pub fn of(&self, slot: SlotId) -> &[u64] {
        self.row(slot.0 as usize)
    }

    /// The row of what may turn although nothing is told: what two currencies did to a sum is not seen in any fact.
    #[inline]
    pub fn always(&self) -> &[u64] {
        self.row((self.rows.len() / self.width.max(1)).saturating_sub(1))
    }

    #[inline]
    fn row(&self, at: usize) -> &[u64] {
        self.rows.get(at * self.width..(at + 1) * self.width).unwrap_or(&[])
    }

    pub(super) fn new(plan: &Plan) -> Self {
        let (rests, slots) = (Rests::new(plan), plan.blank.len());
        let mut reach = Self::default();
        let mut parts: Vec<(usize, Vec<Bits>)> = Vec::new();
        let mut section = |all: Vec<Bits>| {
            let begin = reach.width;
            reach.width += all.len().div_ceil(64);
            parts.push((begin, all));
            begin..reach.width
        };
        let mut steps = |group: Option<&Group>| {
            let Some(group) = group else { return Steps::default() };
            let mut of = |nodes: &mut dyn Iterator<Item = u32>| section(nodes.map(|node| rests.node(node)).collect());
            Steps {
                words: of(&mut group.words.iter().map(|step| step.node)),
                ranges: of(&mut group.ranges.iter().map(|step| step.node)),
                days: of(&mut group.days.iter().map(|step| step.node)),
                steps: of(&mut group.steps.iter().map(node_of)),
            }
        };
        let (conditions, extras) = (steps(plan.groups.first()), steps(plan.extras.first()));
        let decisions = section(plan.decisions.iter().map(|decision| rests.decision(decision)).collect());
        let states = section(plan.decisions.iter().map(|decision| rests.states(decision, StatePlan::is_varied)).collect());
        let requirements = plan.decisions.iter().flat_map(|decision| {
            let rests = &rests;
            decision.requirements.iter().map(move |requirement| rests.requirement(decision, requirement))
        });
        let first = section(requirements.collect()).start * 64;
        let counts = plan.decisions.iter().scan(first, |next, decision| {
            let begin = *next;
            *next += decision.requirements.len();
            Some(begin)
        });
        reach.requirements = counts.collect();
        (reach.conditions, reach.extras, reach.decisions, reach.states) = (conditions, extras, decisions, states);
        reach.rows = vec![0; (slots + 1) * reach.width];
        for (begin, all) in parts {
            for (at, bits) in all.iter().enumerate() {
                for slot in bits.slots().filter(|slot| *slot != AS_OF.0 as usize) {
                    if let Some(word) = reach.rows.get_mut(slot * reach.width + begin + at / 64) {
                        *word |= 1 << (at % 64);
                    }
                }
            }
        }
        reach
    }
}

fn node_of(step: &Step) -> u32 {
    match *step {
        Step::Both { node, .. }
        | Step::Either { node, .. }
        | Step::All { node, .. }
        | Step::Any { node, .. }
        | Step::Probe { node } => node,
    }
}

/// Some slots, and behind the last one the place that stands for what no fact shows.
#[derive(Clone)]
struct Bits(Vec<u64>);

impl Bits {
    fn add(&mut self, at: usize) {
        if let Some(word) = self.0.get_mut(at / 64) {
            *word |= 1 << (at % 64);
        }
    }

    fn add_all(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word |= other);
    }

    fn slots(&self) -> impl Iterator<Item = usize> {
        self.0
            .iter()
            .enumerate()
            .flat_map(|(at, word)| (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| at * 64 + bit))
    }
}

/// On which facts every condition rests, be it through others.
struct Rests<'p> {
    plan: &'p Plan,
    nodes: Vec<Bits>,
}

impl<'p> Rests<'p> {
    fn new(plan: &'p Plan) -> Self {
        let mut rests = Self { plan, nodes: Vec::with_capacity(plan.nodes.len()) };
        for (node, reads) in plan.nodes.iter().zip(&plan.node_reads) {
            let mut own = rests.none();
            match node {
                Node::Test(Probe::Mixed(_)) => own.add(plan.blank.len()),
                Node::Test(probe) => {
                    probe.slots().for_each(|slot| own.add(slot.0 as usize));
                    probe.operands().for_each(|term| rests.add_term(term, &mut own));
                }
                _ => {}
            }
            rests.add_refs(&node_refs(node), &mut own);
            rests.add_reads(reads, &mut own);
            rests.nodes.push(own);
        }
        rests
    }

    fn none(&self) -> Bits {
        Bits(vec![0; self.plan.blank.len() / 64 + 1])
    }

    fn node(&self, node: u32) -> Bits {
        self.nodes.get(node as usize).cloned().unwrap_or_else(|| self.none())
    }

    fn add_refs<'r>(&self, refs: impl IntoIterator<Item = &'r Ref>, to: &mut Bits) {
        refs.into_iter().filter_map(|one| self.nodes.get(one.node())).for_each(|bits| to.add_all(bits));
    }

    fn add_reads(&self, reads: &[Read], to: &mut Bits) {
        for read in reads {
            to.add(read.slot.0 as usize);
            self.add_refs(
                [&read.guard].into_iter().chain(read.rules_out.iter().flat_map(|(first, second)| [first, second])),
                to,
            );
        }
    }

    /// The facts of a term, and of the conditions by which it chooses.
    fn add_term(&self, term: &Term, to: &mut Bits) {
        term.slot().into_iter().for_each(|slot| to.add(slot.0 as usize));
        self.add_refs(&term_refs(term), to);
        term.operands().for_each(|part| self.add_term(part, to));
    }

    fn add_nodes(&self, nodes: &[u32], to: &mut Bits) {
        nodes.iter().filter_map(|node| self.nodes.get(*node as usize)).for_each(|bits| to.add_all(bits));
    }

    /// Everything that is said of a decision: its verdict, its reward, its explanation. What is said of a record is never
    /// said without it.
    fn decision(&self, decision: &DecisionPlan) -> Bits {
        let mut all = self.none();
        if decision.list.is_some() {
            all.add(self.plan.blank.len());
        }
        for reads in [&decision.edition_reads, &decision.assumable, &decision.reward_reads] {
            self.add_reads(reads, &mut all);
        }
        decision.requirements.iter().for_each(|requirement| all.add_all(&self.requirement(decision, requirement)));
        all.add_all(&self.states(decision, |_| true));
        for (when, reward) in &decision.rewards {
            self.add_refs([when], &mut all);
            match reward {
                RewardPlan::Nothing => {}
                RewardPlan::Amount(term) => self.add_term(term, &mut all),
                RewardPlan::Tier(choices, by) => {
                    self.add_term(by, &mut all);
                    for choice in choices {
                        self.add_refs([&choice.when], &mut all);
                        for (spend, gives) in choice.tiers.iter().flatten() {
                            self.add_term(spend, &mut all);
                            gives.iter().for_each(|gives| self.add_term(gives, &mut all));
                        }
                    }
                }
            }
        }
        self.add_refs(decision.warnings.iter().map(|(_, _, when)| when), &mut all);
        all
    }

    /// What is said of a requirement: its result, what it reads and misses, its margin.
    fn requirement(&self, decision: &DecisionPlan, requirement: &RequirementPlan) -> Bits {
        let mut all = self.none();
        self.add_refs(&decision.editions, &mut all);
        self.add_reads(&requirement.reads, &mut all);
        self.add_nodes(&requirement.nodes, &mut all);
        let clauses = match &requirement.body {
            BodyPlan::Clauses(clauses) => std::slice::from_ref(clauses),
            BodyPlan::Editions(each) => each,
            BodyPlan::Progress(_) => &[],
        };
        let measures = clauses.iter().flat_map(|clauses| &clauses.measures);
        self.add_refs(measures.flat_map(|(when, test)| [when, test]), &mut all);
        all
    }

    /// What is said of some state conditions of a decision.
    fn states(&self, decision: &DecisionPlan, of: impl Fn(&StatePlan) -> bool) -> Bits {
        let mut all = self.none();
        self.add_refs(&decision.editions, &mut all);
        for state in decision.states.iter().filter(|state| of(state)) {
            self.add_reads(&state.reads, &mut all);
            self.add_nodes(&state.nodes, &mut all);
            if let HoldsPlan::Needs(_, terms) = &state.holds {
                terms.iter().for_each(|term| self.add_term(term, &mut all));
            }
        }
        all
    }
}
