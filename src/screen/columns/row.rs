//! One row at a time: what columns cannot follow is asked of `eval`, the same way as for one account.
//!
//! In: a batch, a strip's truths, a row. Out: truths, results and rewards of that row.
//! Owns the room for one row. Never decides itself.

use super::batch::Batch;
use super::plane::{STRIP, Truths};
use crate::eval::{self, View};
use crate::facts::Facts;
use crate::plan::{Plan, Probe, ProgressPlan, Ref, RewardPlan, Term, WindowPlan};
use crate::program::{AS_OF, SlotId};

/// What must be brought over to evaluate something for one row.
#[derive(Clone, Debug, Default)]
pub struct Needs {
    slots: Vec<SlotId>,
    conds: Vec<Ref>,
}

impl Needs {
    /// Those of a test.
    pub fn of_test(probe: &Probe) -> Self {
        let mut needs = Self { slots: probe.slots().collect(), conds: Vec::new() };
        probe.operands().for_each(|term| needs.term(term));
        needs
    }

    /// Those of terms.
    pub fn of_terms<'t>(terms: impl IntoIterator<Item = &'t Term>) -> Self {
        let mut needs = Self::default();
        terms.into_iter().for_each(|term| needs.term(term));
        needs
    }

    /// Those of a progress.
    pub fn of_progress(plan: &ProgressPlan) -> Self {
        let mut needs = Self { slots: vec![AS_OF], conds: Vec::new() };
        needs.term(&plan.amount);
        plan.crossed.iter().for_each(|term| needs.term(term));
        needs.conds.extend(plan.starts.iter().chain(&plan.counted));
        for choice in &plan.toward {
            needs.conds.push(choice.when);
            choice.tiers.iter().flatten().for_each(|(spend, _)| needs.term(spend));
        }
        for (when, window) in &plan.windows {
            needs.conds.push(*when);
            needs.window(window);
        }
        needs
    }

    /// Those of rewards.
    pub fn of_rewards(rewards: &[(Ref, RewardPlan)]) -> Self {
        let mut needs = Self::default();
        for (when, reward) in rewards {
            needs.conds.push(*when);
            match reward {
                RewardPlan::Nothing => {}
                RewardPlan::Amount(term) => needs.term(term),
                RewardPlan::Tier(choices, by) => {
                    needs.term(by);
                    for choice in choices {
                        needs.conds.push(choice.when);
                        for (spend, gives) in choice.tiers.iter().flatten() {
                            needs.term(spend);
                            gives.iter().for_each(|gives| needs.term(gives));
                        }
                    }
                }
            }
        }
        needs
    }

    /// The conditions that must be known.
    pub fn conds(&self) -> &[Ref] {
        &self.conds
    }

    fn term(&mut self, term: &Term) {
        self.slots.extend(term.slot());
        if let Term::Choose(branches, _) = term {
            self.conds.extend(branches.iter().map(|(when, _)| *when));
        }
        term.operands().for_each(|part| self.term(part));
    }

    fn window(&mut self, window: &WindowPlan) {
        match window {
            WindowPlan::Within(window) => [&window.start, &window.length].into_iter().for_each(|term| self.term(term)),
            WindowPlan::Earlier(a, b) => [a, b].into_iter().for_each(|window| self.window(window)),
            WindowPlan::Until(day) => self.term(day),
            WindowPlan::Forever => {}
        }
    }
}

/// Room for one row.
#[derive(Clone, Debug)]
pub struct Row {
    facts: Facts,
    truths: eval::Truths,
}

impl Row {
    /// Room for rows of a plan; `blank` are facts of its program.
    pub fn new(plan: &Plan, blank: Facts) -> Self {
        Self { facts: blank, truths: eval::Truths::new(plan) }
    }

    /// Brings over what evaluating something for a row of a strip needs.
    pub fn bring(&mut self, needs: &Needs, batch: &Batch, strip: usize, row: usize, truths: &[Truths]) {
        for slot in &needs.slots {
            let (lane, state) = batch.get(*slot, strip * STRIP + row);
            self.facts.set(*slot, lane, state);
        }
        for cond in &needs.conds {
            let node = cond.node();
            if let (Some(truths), Ok(at)) = (truths.get(node), u32::try_from(node)) {
                self.truths.set(at, truths.of(row));
            }
        }
    }

    /// What evaluation sees.
    pub fn view(&self) -> (View<'_>, &eval::Truths) {
        (View::account(&self.facts), &self.truths)
    }
}
