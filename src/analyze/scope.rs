//! What a decision reads, and the codes and texts that it compares facts with.
//!
//! In: a plan and one of its decisions. Out: slots and constants.
//! Owns the walk over a plan. Never asks what a condition comes to.

use std::collections::BTreeSet;

use super::cells::Constants;
use crate::plan::{
    BodyPlan, ChoicePlan, ClausePlan, DecisionPlan, HoldsPlan, Node, Plan, Probe, Ref, RewardPlan, Term, Window, WindowPlan,
};
use crate::program::{Program, SlotId, Type};

/// What was met on the walk.
pub(super) struct Scope<'p> {
    program: &'p Program,
    plan: &'p Plan,
    nodes: BTreeSet<usize>,
    pub(super) slots: BTreeSet<SlotId>,
    /// Computed facts of which it is asked whether their parts are in more than one currency.
    pub(super) mixed: BTreeSet<SlotId>,
    pub(super) constants: Constants,
}

impl<'p> Scope<'p> {
    /// Everything that a decision reads for its verdict and reward; warnings change neither.
    pub(super) fn of(program: &'p Program, plan: &'p Plan, decision: &DecisionPlan) -> Self {
        let mut scope = Self {
            program,
            plan,
            nodes: BTreeSet::new(),
            slots: BTreeSet::new(),
            mixed: BTreeSet::new(),
            constants: Constants::default(),
        };
        scope.decision(decision);
        scope
    }

    fn decision(&mut self, decision: &DecisionPlan) {
        decision.editions.iter().for_each(|when| self.cond(*when));
        for requirement in &decision.requirements {
            match &requirement.body {
                BodyPlan::Clauses(clauses) => self.clauses(clauses),
                BodyPlan::Editions(all) => all.iter().for_each(|clauses| self.clauses(clauses)),
                BodyPlan::Progress(progress) => {
                    progress.starts.iter().chain(&progress.counted).for_each(|when| self.cond(*when));
                    self.term(&progress.amount);
                    progress.crossed.iter().for_each(|term| self.term(term));
                    self.choices(&progress.toward);
                    for (when, window) in &progress.windows {
                        self.cond(*when);
                        self.window(window);
                    }
                }
            }
        }
        for state in &decision.states {
            match &state.holds {
                HoldsPlan::When(when) | HoldsPlan::Open(when) => self.cond(*when),
                HoldsPlan::Needs(when, terms) => {
                    self.cond(*when);
                    terms.iter().for_each(|term| self.term(term));
                }
            }
        }
        for (when, reward) in &decision.rewards {
            self.cond(*when);
            match reward {
                RewardPlan::Nothing => {}
                RewardPlan::Amount(term) => self.term(term),
                RewardPlan::Tier(choices, by) => {
                    self.choices(choices);
                    self.term(by);
                }
            }
        }
    }

    fn clauses(&mut self, clauses: &ClausePlan) {
        clauses.conditions().for_each(|when| self.cond(when));
    }

    fn choices(&mut self, choices: &[ChoicePlan]) {
        for choice in choices {
            self.cond(choice.when);
            for (spend, gives) in choice.tiers.iter().flatten() {
                self.term(spend);
                gives.iter().for_each(|gives| self.term(gives));
            }
        }
    }

    fn window(&mut self, window: &WindowPlan) {
        match window {
            WindowPlan::Within(window) => self.days(window),
            WindowPlan::Earlier(a, b) => [a, b].into_iter().for_each(|side| self.window(side)),
            WindowPlan::Until(day) => self.term(day),
            WindowPlan::Forever => {}
        }
    }

    fn days(&mut self, window: &Window) {
        self.term(&window.start);
        self.term(&window.length);
    }

    pub(super) fn cond(&mut self, cond: Ref) {
        if !self.nodes.insert(cond.node()) {
            return;
        }
        match self.plan.nodes.get(cond.node()) {
            None | Some(Node::True) => {}
            Some(Node::All(parts) | Node::Any(parts)) => parts.iter().for_each(|part| self.cond(*part)),
            Some(Node::Then(first, second)) => [*first, *second].into_iter().for_each(|part| self.cond(part)),
            Some(Node::Test(probe)) => self.probe(probe),
        }
    }

    fn probe(&mut self, probe: &Probe) {
        self.slots.extend(probe.slots());
        probe.operands().for_each(|term| self.term(term));
        match probe {
            Probe::Code(slot, codes) => {
                let known = match self.program.fact_of(*slot).map(|fact| &fact.ty) {
                    Some(Type::Currency) => &mut self.constants.currencies,
                    _ => &mut self.constants.countries,
                };
                known.extend(codes.iter().copied());
            }
            Probe::Text(_, texts) => self.constants.texts.extend(texts.iter().cloned()),
            Probe::Money(_, _, lane) => {
                self.constants.currencies.insert(lane.aux);
            }
            Probe::Mixed(slot) => {
                self.slots.insert(*slot);
                self.mixed.insert(*slot);
            }
            _ => {}
        }
    }

    fn term(&mut self, term: &Term) {
        self.slots.extend(term.slot());
        match term {
            Term::ConstMoney(lane) => {
                self.constants.currencies.insert(lane.aux);
            }
            Term::Choose(branches, _) => branches.iter().for_each(|(when, _)| self.cond(*when)),
            _ => {}
        }
        term.operands().for_each(|part| self.term(part));
    }
}
