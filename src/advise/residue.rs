//! What a part of a decision may still rest on.
//!
//! In: a trial, in which the part was evaluated last. Out: absent facts; on any other absent fact its result cannot depend.
//! Owns what is ruled out: conditions that are settled, editions that do not apply, a part that no fact can settle any more.
//! Never says that a fact does make a difference: that is tried.

use super::scope::term_slots;
use super::trial::Trial;
use crate::eval::{Stop, blocked, possible, progress};
use crate::facts::State;
use crate::plan::{BodyPlan, ClausePlan, HoldsPlan, Node, ProgressPlan, Ref, Term, WindowPlan};
use crate::program::{Judged, SlotId};

/// Gathers facts from conditions that are not known yet.
struct Residue<'t, 'p> {
    trial: &'t Trial<'p>,
    seen: Vec<usize>,
    slots: Vec<SlotId>,
}

impl Trial<'_> {
    /// The absent facts that a part may still rest on.
    pub fn rests_on(&self, part: usize) -> Vec<SlotId> {
        let mut residue = Residue { trial: self, seen: Vec::new(), slots: Vec::new() };
        match part.checked_sub(self.planned.requirements.len()) {
            None => residue.requirement(part),
            Some(state) => residue.state(state),
        }
        residue.slots
    }
}

impl Residue<'_, '_> {
    fn requirement(&mut self, at: usize) {
        let planned = self.trial.planned;
        let Some(requirement) = planned.requirements.get(at) else { return };
        if let Some(target) = requirement.only_once.map(usize::from) {
            match self.trial.judged(target) {
                // It is not judged, whatever else becomes known.
                Judged::Failed | Judged::Pending => return,
                Judged::Open => self.requirement(target),
                Judged::Met => {}
            }
        }
        match &requirement.body {
            BodyPlan::Clauses(clauses) => self.clauses(clauses),
            BodyPlan::Progress(progress) => self.progress(progress),
            BodyPlan::Editions(all) => {
                planned.editions.iter().for_each(|when| self.cond(*when));
                let truths = self.trial.truths();
                let possible = all.iter().zip(possible(planned, truths)).filter(|(_, possible)| *possible);
                possible.for_each(|(clauses, _)| self.clauses(clauses));
            }
        }
    }

    fn state(&mut self, at: usize) {
        match self.trial.planned.states.get(at).map(|state| &state.holds) {
            Some(HoldsPlan::When(when) | HoldsPlan::Open(when)) => self.cond(*when),
            Some(HoldsPlan::Needs(guard, terms)) => {
                self.cond(*guard);
                terms.iter().for_each(|term| self.term(term));
            }
            None => {}
        }
    }

    /// Clauses; what the sources leave open stays so.
    fn clauses(&mut self, clauses: &ClausePlan) {
        if !clauses.open.iter().any(|open| self.trial.truths().holds(*open)) {
            [clauses.met, clauses.fails, clauses.pending].into_iter().for_each(|when| self.cond(when));
        }
    }

    fn progress(&mut self, planned: &ProgressPlan) {
        planned.counted.into_iter().for_each(|when| self.cond(when));
        let now = progress(planned, &self.trial.view(), self.trial.truths());
        if matches!(now.stop, Some(Stop::Currency | Stop::Boundary | Stop::Unstated)) {
            // Only that the platform has counted it settles it now.
            return;
        }
        planned.starts.into_iter().for_each(|when| self.cond(when));
        for choice in &planned.toward {
            self.cond(choice.when);
            choice.tiers.first().and_then(Option::as_ref).into_iter().for_each(|(spend, _)| self.term(spend));
        }
        self.term(&planned.amount);
        for (when, window) in &planned.windows {
            self.cond(*when);
            self.window(window);
        }
        planned.crossed.iter().for_each(|crossed| self.term(crossed));
    }

    fn window(&mut self, window: &WindowPlan) {
        match window {
            WindowPlan::Within(window) => [&window.start, &window.length].into_iter().for_each(|term| self.term(term)),
            WindowPlan::Earlier(a, b) => [a, b].into_iter().for_each(|window| self.window(window)),
            WindowPlan::Until(day) => self.term(day),
            WindowPlan::Forever => {}
        }
    }

    fn cond(&mut self, cond: Ref) {
        if !self.trial.truths().of(cond).is_unknown() || self.seen.contains(&cond.node()) {
            return;
        }
        self.seen.push(cond.node());
        let plan = self.trial.plan;
        match plan.nodes.get(cond.node()) {
            Some(Node::All(parts) | Node::Any(parts)) => parts.iter().for_each(|part| self.cond(*part)),
            // Behind a guard that is not known, the second can still rule both out.
            Some(Node::Then(first, second)) => [*first, *second].into_iter().for_each(|part| self.cond(part)),
            // Such as an amount against one of another currency: it stays unknown.
            Some(Node::Test(test)) if blocked(test, &self.trial.view(), self.trial.truths()) => {}
            Some(Node::Test(_)) => {
                let reads = plan.node_reads.get(cond.node()).map_or(&[][..], |reads| reads);
                reads.iter().for_each(|read| self.slot(read.slot));
            }
            Some(Node::True) | None => {}
        }
    }

    fn term(&mut self, term: &Term) {
        let mut slots = Vec::new();
        term_slots(term, &mut slots);
        slots.into_iter().for_each(|slot| self.slot(slot));
        self.choices(term);
    }

    /// The conditions by which an operand chooses.
    fn choices(&mut self, term: &Term) {
        if let Term::Choose(branches, _) = term {
            branches.iter().for_each(|(when, _)| self.cond(*when));
        }
        term.operands().for_each(|part| self.choices(part));
    }

    fn slot(&mut self, slot: SlotId) {
        if self.trial.known(slot) == State::Missing && !self.slots.contains(&slot) {
            self.slots.push(slot);
        }
    }
}
