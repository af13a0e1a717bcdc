//! Program to plan.
//!
//! In: a sound program. Out: its plan.
//! Owns the sharing of conditions. Never evaluates.

use std::collections::{HashMap, HashSet};

use super::traits::{rests_on, varied, varied_states};
use super::{
    BodyPlan, ChoicePlan, ClausePlan, DecisionPlan, Group, HoldsPlan, Judging, Node, Plan, Probe, ProgressPlan, Reach, Read,
    ReadList, Ref, RequirementPlan, RewardPlan, StateKinds, StatePlan, Term, Window, WindowPlan,
};
use crate::check::Sound;
use crate::facts::untold;
use crate::program::{
    At, Body, Clauses, Cond, Decision, InForce, Operand, Program, ProgressWindow, Requirement, RewardValue, SlotId, StateHolds,
    Subject, TableChoice, TestKind, Type, Values,
};
use crate::syntax::{DecisionKind, Order};

/// Plans a rule set. Each distinct condition becomes one node, wherever it is used.
pub fn lower(sound: &Sound) -> Plan {
    let program = sound.program();
    let mut lowering = Lowering { program, plan: Plan::default(), known: HashMap::new() };
    lowering.plan.blank = program.slots.iter().map(|slot| untold(program, slot.fact)).collect();
    lowering.node(Node::True, Box::default());
    for list in 0..program.lists.len() {
        let base = program.slots.iter().position(|slot| matches!(slot.at, At::Record(id) if id.0 as usize == list));
        lowering.plan.record_base.push(base.and_then(|base| u32::try_from(base).ok()).unwrap_or(u32::MAX));
    }
    for decision in &program.decisions {
        let made = lowering.decision(decision);
        lowering.plan.decisions.push(made);
    }
    lowering.group();
    lowering.plan.reach = Reach::new(&lowering.plan);
    lowering.plan
}

pub(super) struct Lowering<'p> {
    pub(super) program: &'p Program,
    pub(super) plan: Plan,
    known: HashMap<Node, usize>,
}

impl Lowering<'_> {
    fn node(&mut self, node: Node, reads: Box<[Read]>) -> Ref {
        if let Some(found) = self.known.get(&node) {
            return Ref::new(*found);
        }
        let at = self.plan.nodes.len();
        self.known.insert(node.clone(), at);
        let traits = self.traits(&node);
        self.plan.traits.push(traits);
        self.plan.rests_on.push(rests_on(&node, traits, &reads));
        self.plan.nodes.push(node);
        self.plan.node_reads.push(reads);
        Ref::new(at)
    }

    /// All of some conditions, flat and without constants.
    pub(super) fn all(&mut self, parts: impl IntoIterator<Item = Ref>) -> Ref {
        self.joined(parts, Ref::TRUE, Node::All)
    }

    fn any(&mut self, parts: Vec<Ref>) -> Ref {
        self.joined(parts, Ref::FALSE, Node::Any)
    }

    /// Conditions joined by a connective; `neutral` is the constant that it leaves out, and the other one decides it.
    fn joined(&mut self, parts: impl IntoIterator<Item = Ref>, neutral: Ref, connective: fn(Box<[Ref]>) -> Node) -> Ref {
        let mut kept: Vec<Ref> = Vec::new();
        for part in parts {
            if part == neutral.negate() {
                return part;
            }
            if part != neutral && !kept.contains(&part) {
                kept.push(part);
            }
        }
        match kept.as_slice() {
            [] => neutral,
            [only] => *only,
            _ => self.node(connective(kept.into()), Box::default()),
        }
    }

    /// A condition.
    pub(super) fn cond(&mut self, cond: &Cond) -> Ref {
        match cond {
            Cond::Constant(true) => Ref::TRUE,
            Cond::Constant(false) => Ref::FALSE,
            Cond::Not(inner) => self.cond(inner).negate(),
            Cond::All(parts) => {
                let parts: Vec<Ref> = parts.iter().map(|part| self.cond(part)).collect();
                self.all(parts)
            }
            Cond::Any(parts) => {
                let parts = parts.iter().map(|part| self.cond(part)).collect();
                self.any(parts)
            }
            Cond::Then(first, second) => match (self.cond(first), self.cond(second)) {
                (Ref::TRUE, second) => second,
                (Ref::FALSE, _) => Ref::FALSE,
                (first, Ref::TRUE) => first,
                (first, second) => self.node(Node::Then(first, second), Box::default()),
            },
            Cond::Test(test) => {
                let probe = self.probe(&test.kind);
                let reads = self.probe_reads(&probe);
                self.node(Node::Test(probe), reads)
            }
        }
    }

    fn slot_type(&self, slot: SlotId) -> Option<&Type> {
        self.program.fact_of(slot).map(|fact| &fact.ty)
    }

    fn probe(&mut self, test: &TestKind) -> Probe {
        match test {
            TestKind::OneOf(slot, Values::Mask(mask)) => Probe::Word(*slot, *mask),
            TestKind::OneOf(slot, Values::Codes(codes)) => Probe::Code(*slot, codes.clone().into()),
            TestKind::OneOf(slot, Values::Texts(texts)) => Probe::Text(*slot, texts.clone().into()),
            TestKind::Same(a, b) => Probe::Same(*a, *b),
            TestKind::Contains(set, bit) => Probe::Contains(*set, *bit),
            TestKind::ContainsFact(set, value, bits) => Probe::ContainsFact(*set, *value, bits.clone().into()),
            TestKind::Empty(set) => Probe::Empty(*set),
            TestKind::IsNone(operand) => Probe::IsNone(self.term(operand)),
            TestKind::Known(operand) => Probe::Known(self.term(operand)),
            TestKind::MixedCurrencies(slot) => Probe::Mixed(*slot),
            TestKind::Unstated => Probe::Unstated,
            TestKind::Compare(left, order, right) => match (self.term(left), self.term(right)) {
                (Term::Day(slot), Term::ConstWhole(value)) => Probe::Day(slot, *order, value),
                (Term::ConstWhole(value), Term::Day(slot)) => Probe::Day(slot, flipped(*order), value),
                (Term::Whole(slot), Term::ConstWhole(value)) => Probe::Whole(slot, *order, value),
                (Term::ConstWhole(value), Term::Whole(slot)) => Probe::Whole(slot, flipped(*order), value),
                (Term::Money(slot), Term::ConstMoney(amount)) => Probe::Money(slot, *order, amount),
                (left, right) => Probe::Compare(left, *order, right),
            },
            TestKind::Within { day, start, length, first } => {
                let window = Window { start: self.term(start), length: self.term(length), first: *first };
                Probe::Within(self.term(day), window)
            }
        }
    }

    /// An operand; a choice refers to conditions by node.
    pub(super) fn term(&mut self, operand: &Operand) -> Term {
        match operand {
            Operand::Slot(slot) => match self.slot_type(*slot) {
                Some(Type::Date { .. }) => Term::Day(*slot),
                Some(Type::Integer) => Term::Whole(*slot),
                Some(Type::Money) => Term::Money(*slot),
                Some(Type::Decimal) => Term::Number(*slot),
                Some(Type::Percent) => Term::Percent(*slot),
                _ => Term::Other(*slot),
            },
            Operand::Day(day) | Operand::Days(day) => Term::ConstWhole(*day),
            Operand::Money(lane) => Term::ConstMoney(*lane),
            Operand::Number(lane) if lane.aux == 0 => Term::ConstWhole(lane.main),
            Operand::Number(lane) => Term::ConstNumber(*lane),
            Operand::Percent(lane) => Term::ConstPercent(*lane),
            Operand::Zero => Term::Zero,
            Operand::Unstated => Term::Unstated,
            Operand::Shift(day, back, days) => Term::Shift(Box::new(self.term(day)), *back, Box::new(self.term(days))),
            Operand::Sum(parts) => Term::Sum(self.terms(parts)),
            Operand::Product(parts) => Term::Product(self.terms(parts)),
            Operand::Bound(inner, above, limit) => Term::Bound(Box::new(self.term(inner)), *above, Box::new(self.term(limit))),
            Operand::Earlier(a, b) => Term::Earlier(Box::new(self.term(a)), Box::new(self.term(b))),
            Operand::Choose(branches, last) => {
                let branches = branches.iter().map(|(when, value)| (self.cond(when), self.term(value))).collect();
                Term::Choose(branches, Box::new(self.term(last)))
            }
        }
    }

    fn terms(&mut self, parts: &[(bool, Operand)]) -> Box<[(bool, Term)]> {
        parts.iter().map(|(inverse, part)| (*inverse, self.term(part))).collect()
    }

    fn decision(&mut self, decision: &Decision) -> DecisionPlan {
        let editions: Vec<Ref> = decision.editions.iter().map(|edition| self.cond(&edition.when)).collect();
        let mut requirements: Vec<RequirementPlan> = Vec::new();
        for requirement in &decision.requirements {
            let made = self.requirement(requirement, &editions, &requirements);
            requirements.push(made);
        }
        let states: Vec<StatePlan> = decision
            .states
            .iter()
            .map(|state| {
                let holds = match &state.holds {
                    StateHolds::When(when) => HoldsPlan::When(self.cond(when)),
                    StateHolds::Open(open) => HoldsPlan::Open(self.cond(&open.when)),
                    StateHolds::Needs(guard, operands) => {
                        HoldsPlan::Needs(self.cond(guard), operands.iter().map(|operand| self.term(operand)).collect())
                    }
                };
                let reads = self.state_reads(&holds);
                let roots = match &holds {
                    HoldsPlan::When(when) | HoldsPlan::Open(when) => vec![*when],
                    HoldsPlan::Needs(guard, terms) => [vec![*guard], terms.iter().flat_map(term_refs).collect()].concat(),
                };
                let nodes = self.closure(roots);
                StatePlan { kind: state.kind, holds, listed: ReadList::new(&reads), reads, nodes }
            })
            .collect();
        let rewards: Vec<(Ref, RewardPlan)> = decision
            .rewards
            .iter()
            .map(|reward| {
                let value = match &reward.value {
                    RewardValue::None | RewardValue::Unstated(_) => RewardPlan::Nothing,
                    RewardValue::Amount(operand) => RewardPlan::Amount(self.term(operand)),
                    RewardValue::Tier(choices, by) => RewardPlan::Tier(self.choices(choices), self.term(by)),
                };
                (self.cond(&reward.when), value)
            })
            .collect();
        let warnings = decision
            .warnings
            .iter()
            .map(|warning| (warning.warning, warning.on.clone().into_boxed_slice(), self.cond(&warning.when)))
            .collect();
        let readers = self.readers(&editions, &requirements, &states);
        DecisionPlan {
            kind: decision.kind,
            in_force: decision.in_force,
            edition_reads: self.edition_reads(&editions),
            edition_limits: edition_limits(decision),
            editions: editions.into(),
            judging: Judging::new(&requirements, &states),
            assumable: {
                let reads = requirements.iter().flat_map(|requirement| &requirement.reads);
                self.assumable(reads.chain(states.iter().flat_map(|state| &state.reads)))
            },
            progress: progress_of(decision.kind, &requirements),
            readers,
            sole: self.sole_facts(&requirements),
            varied: varied(&requirements),
            varied_states: varied_states(&states),
            requirements: requirements.into(),
            state_kinds: StateKinds::new(&states),
            states: states.into(),
            reward_reads: {
                let reads = self.reward_reads(&rewards);
                self.assumable(reads.iter())
            },
            rewards: rewards.into(),
            warnings,
            list: match decision.subject {
                Subject::Account => None,
                Subject::Each(list) => Some(list),
            },
        }
    }

    fn clauses(&mut self, clauses: &Clauses) -> ClausePlan {
        let (met, fails, pending) = (self.cond(&clauses.met), self.cond(&clauses.fails), self.cond(&clauses.pending));
        let open = clauses.open.iter().map(|open| self.cond(&open.when)).collect();
        let sought = self.sought([met, fails, pending]);
        ClausePlan { met, fails, pending, open, sought, measures: self.measures([met, fails, pending]) }
    }

    fn choices(&mut self, choices: &[TableChoice]) -> Box<[ChoicePlan]> {
        choices
            .iter()
            .map(|choice| ChoicePlan {
                when: self.cond(&choice.when),
                tiers: choice
                    .tiers
                    .iter()
                    .map(|tier| {
                        tier.as_ref().map(|tier| (self.term(&tier.spend), tier.gives.as_ref().map(|gives| self.term(gives))))
                    })
                    .collect(),
            })
            .collect()
    }

    fn window(&mut self, window: &ProgressWindow) -> WindowPlan {
        match window {
            ProgressWindow::Within { start, length, first } => {
                WindowPlan::Within(Window { start: self.term(start), length: self.term(length), first: *first })
            }
            ProgressWindow::Earlier(a, b) => WindowPlan::Earlier(Box::new(self.window(a)), Box::new(self.window(b))),
            ProgressWindow::Until(day) => WindowPlan::Until(self.term(day)),
            ProgressWindow::Forever => WindowPlan::Forever,
        }
    }

    fn requirement(&mut self, requirement: &Requirement, editions: &[Ref], before: &[RequirementPlan]) -> RequirementPlan {
        let body = match &requirement.body {
            Body::Clauses(clauses) => BodyPlan::Clauses(self.clauses(clauses)),
            Body::Editions(all) => BodyPlan::Editions(all.iter().map(|clauses| self.clauses(clauses)).collect()),
            Body::Progress(progress) => BodyPlan::Progress(Box::new(ProgressPlan {
                amount: self.term(&progress.amount),
                starts: progress.starts.as_ref().map(|when| self.cond(when)),
                toward: self.choices(&progress.toward),
                either: progress.either.is_some(),
                windows: progress.windows.iter().map(|(when, window)| (self.cond(when), self.window(window))).collect(),
                crossed: progress.crossed.as_ref().map(|operand| self.term(operand)),
                counted: progress.counted.as_ref().map(|when| self.cond(when)),
            })),
        };
        let mut reads = self.body_reads(&body, editions);
        let target = requirement.only_once.and_then(|at| before.get(at));
        for read in target.map_or(&[][..], |target| &target.reads) {
            if !reads.contains(read) {
                reads.push(read.clone());
            }
        }
        let mut roots = self.body_refs(&body);
        if let BodyPlan::Editions(_) = body {
            roots.extend(editions);
        }
        let mut nodes = self.closure(roots).into_vec();
        nodes.extend(target.iter().flat_map(|target| target.nodes.iter().copied()));
        nodes.sort_unstable();
        nodes.dedup();
        RequirementPlan {
            only_once: requirement.only_once.and_then(|at| u8::try_from(at).ok()),
            sole: self.sole(&body, &reads, &nodes),
            misses_absent: self.misses_absent(&body, requirement.only_once.is_some()),
            listed: ReadList::new(&reads),
            reads: reads.into(),
            nodes: nodes.into(),
            body,
        }
    }

    /// The reads of facts that the vocabulary may assume; of one that is read whatever else is known, only that read.
    fn assumable<'r>(&self, reads: impl Iterator<Item = &'r Read> + Clone) -> Box<[Read]> {
        let assumed = |read: &&Read| self.program.fact_of(read.slot).is_some_and(|fact| fact.assume.is_some());
        let mut found: Vec<Read> = Vec::new();
        for read in reads.clone().filter(assumed) {
            let always = || reads.clone().any(|other| other.slot == read.slot && other.is_plain());
            if !found.contains(read) && (read.is_plain() || !always()) {
                found.push(read.clone());
            }
        }
        found.into()
    }

    /// Every node that some conditions need, in order of evaluation.
    pub(super) fn closure(&self, roots: Vec<Ref>) -> Box<[u32]> {
        let mut wanted: Vec<usize> = roots.into_iter().map(Ref::node).collect();
        let mut found: Vec<u32> = Vec::new();
        while let Some(at) = wanted.pop() {
            let Ok(id) = u32::try_from(at) else { continue };
            if id != 0 && !found.contains(&id) {
                found.push(id);
                wanted.extend(self.plan.nodes.get(at).map_or_else(Vec::new, node_refs).into_iter().map(Ref::node));
            }
        }
        found.sort_unstable();
        found.into()
    }

    /// The nodes that verdicts need.
    fn deciding(&self) -> HashSet<u32> {
        let mut wanted: Vec<Ref> = Vec::new();
        for decision in &self.plan.decisions {
            wanted.extend(&decision.editions);
            wanted.extend(decision.requirements.iter().flat_map(|requirement| self.body_refs(&requirement.body)));
            wanted.extend(decision.states.iter().flat_map(|state| match &state.holds {
                HoldsPlan::When(when) | HoldsPlan::Open(when) => vec![*when],
                HoldsPlan::Needs(guard, terms) => [vec![*guard], terms.iter().flat_map(term_refs).collect()].concat(),
            }));
        }
        let mut found = HashSet::new();
        while let Some(next) = wanted.pop() {
            if u32::try_from(next.node()).is_ok_and(|id| found.insert(id)) {
                wanted.extend(self.plan.nodes.get(next.node()).map_or_else(Vec::new, node_refs));
            }
        }
        found
    }

    /// Sorts nodes by the record list that they read, so that each subject runs only its own.
    fn group(&mut self) {
        let mut lists: Vec<usize> = Vec::new();
        self.plan.groups = vec![Group::default(); self.program.lists.len() + 1];
        self.plan.extras.clone_from(&self.plan.groups);
        let deciding = self.deciding();
        for (at, node) in self.plan.nodes.iter().enumerate() {
            let own = self.plan.node_reads.get(at).map_or(&[][..], |reads| reads).iter().map(|read| {
                match self.program.slots.get(read.slot.0 as usize).map(|slot| slot.at) {
                    Some(At::Record(list)) => list.0 as usize + 1,
                    _ => 0,
                }
            });
            let inner = node_refs(node).into_iter().map(|part| lists.get(part.node()).copied().unwrap_or(0));
            let list = own.chain(inner).max().unwrap_or(0);
            lists.push(list);
            let Ok(id) = u32::try_from(at) else { continue };
            let groups = if deciding.contains(&id) { &mut self.plan.groups } else { &mut self.plan.extras };
            if let Some(group) = groups.get_mut(list) {
                group.push(id, node, &mut self.plan.refs);
            }
        }
    }
}

/// The first requirement of a credit that is judged by progress.
fn progress_of(kind: DecisionKind, requirements: &[RequirementPlan]) -> Option<u8> {
    let by_progress = |requirement: &RequirementPlan| matches!(requirement.body, BodyPlan::Progress(_));
    let at = requirements.iter().position(by_progress).filter(|_| kind == DecisionKind::Credit)?;
    u8::try_from(at).ok()
}

/// The limits of each edition, where one has its own.
fn edition_limits(decision: &Decision) -> Box<[Option<InForce>]> {
    let limits = decision.editions.iter().map(|edition| edition.in_force);
    if limits.clone().any(|limit| limit.is_some()) { limits.collect() } else { Box::default() }
}

/// `a < b` said as `b > a`.
fn flipped(order: Order) -> Order {
    match order {
        Order::AtLeast => Order::AtMost,
        Order::AtMost => Order::AtLeast,
        Order::Above => Order::Below,
        Order::Below => Order::Above,
        Order::Exactly => Order::Exactly,
    }
}

/// The nodes that a node refers to.
pub(super) fn node_refs(node: &Node) -> Vec<Ref> {
    match node {
        Node::True => Vec::new(),
        Node::All(parts) | Node::Any(parts) => parts.to_vec(),
        Node::Then(first, second) => vec![*first, *second],
        Node::Test(probe) => probe.operands().flat_map(term_refs).collect(),
    }
}

/// The conditions that choices inside a term refer to.
pub(super) fn term_refs(term: &Term) -> Vec<Ref> {
    match term {
        Term::Choose(branches, last) => {
            branches.iter().flat_map(|(when, value)| [vec![*when], term_refs(value)].concat()).chain(term_refs(last)).collect()
        }
        _ => term.operands().flat_map(term_refs).collect(),
    }
}
