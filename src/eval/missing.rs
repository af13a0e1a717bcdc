//! Which facts decided and which are missing.
//!
//! In: a plan, its truths, a view. Out: facts in slot order.
//! Owns the structural definition of a missing fact: it is absent, it is read now, and what it is read by can still
//! change the result. Never decides.

use super::probe::blocked;
use super::progress::{Progressed, Stop, progress};
use super::run::{Decided, possible};
use super::slots::SlotSet;
use super::view::{Truths, View};
use crate::facts::State;
use crate::plan::{
    BodyPlan, ClausePlan, DecisionPlan, HoldsPlan, Node, Plan, Probe, ProgressPlan, Read, Ref, RequirementPlan, StatePlan, Term,
};
use crate::program::{SlotId, Verdict};
use crate::syntax::StateKind;

/// A plan with what is known, ready to be asked.
#[derive(Clone, Copy, Debug)]
pub struct Asking<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The truths of its conditions.
    pub truths: &'a Truths,
    /// The facts.
    pub view: View<'a>,
}

impl<'a> Asking<'a> {
    fn absent(&self, slot: SlotId) -> bool {
        self.view.state(slot) == State::Missing
    }

    /// Does the guard of a fact hold?
    fn guarded(&self, read: &Read) -> bool {
        let rules_out = |(first, second): &(Ref, Ref)| {
            !self.truths.holds(*first) && !self.truths.holds(first.negate()) && self.truths.holds(second.negate())
        };
        self.truths.holds(read.guard) && read.rules_out.iter().all(rules_out)
    }

    /// Is a fact read now: does its guard hold, is its edition possible?
    pub fn reads_now(&self, read: &Read, decision: &DecisionPlan) -> bool {
        self.guarded(read)
            && read.edition.is_none_or(|edition| possible(decision, self.truths).nth(edition as usize) == Some(true))
    }

    fn add(slot: SlotId, slots: &mut Vec<SlotId>) {
        if !slots.contains(&slot) {
            slots.push(slot);
        }
    }

    fn is_free(&self, cond: Ref) -> bool {
        self.plan.traits.get(cond.node()).is_some_and(|traits| traits.free)
    }

    /// Could a condition still become `wanted`, or is it already?
    fn can(&self, cond: Ref, wanted: bool) -> bool {
        let truth = self.truths.of(cond);
        if !truth.is_unknown() {
            return truth.is_true() == wanted;
        }
        if self.is_free(cond) {
            return true;
        }
        let wanted = wanted != cond.negated();
        match self.plan.nodes.get(cond.node()) {
            Some(Node::Test(test)) => {
                let settled = blocked(test, self.view, self.truths) || terms(test).any(|term| self.is_stuck(term));
                !settled && (wanted || !matches!(test, Probe::Known(_)))
            }
            Some(Node::All(parts)) if wanted => parts.iter().all(|part| self.can(*part, true)),
            Some(Node::All(parts)) => parts.iter().any(|part| self.can(*part, false)),
            Some(Node::Any(parts)) if wanted => parts.iter().any(|part| self.can(*part, true)),
            Some(Node::Any(parts)) => parts.iter().all(|part| self.can(*part, false)),
            Some(Node::Then(a, b)) if wanted => self.can(*a, true) && self.can(*b, true),
            Some(Node::Then(a, b)) => self.can(*a, false) || self.can(*b, false),
            Some(Node::True) | None => false,
        }
    }

    /// The absent facts that could help to make a condition `wanted`.
    pub fn live(&self, cond: Ref, wanted: bool, slots: &mut Vec<SlotId>) {
        if !self.truths.of(cond).is_unknown() {
            return;
        }
        if self.is_free(cond) {
            return self.unknown(cond, slots);
        }
        if !self.can(cond, wanted) {
            return;
        }
        let inner = wanted != cond.negated();
        match self.plan.nodes.get(cond.node()) {
            Some(Node::Test(test)) => {
                let mut plain = true;
                for term in terms(test) {
                    self.term(term, slots);
                    plain = false;
                }
                if plain {
                    let reads = self.plan.node_reads.get(cond.node()).map_or(&[][..], |reads| reads);
                    reads.iter().filter(|read| self.absent(read.slot)).for_each(|read| Self::add(read.slot, slots));
                }
            }
            Some(Node::All(parts) | Node::Any(parts)) => parts.iter().for_each(|part| self.live(*part, inner, slots)),
            Some(Node::Then(a, b)) => {
                self.live(*a, inner, slots);
                if self.truths.of(*a).is_true() {
                    self.live(*b, inner, slots);
                }
            }
            Some(Node::True) | None => {}
        }
    }

    /// The absent facts of a condition that further facts can settle either way.
    fn unknown(&self, cond: Ref, slots: &mut Vec<SlotId>) {
        match self.plan.nodes.get(cond.node()) {
            Some(Node::Test(_)) => {
                let reads = self.plan.node_reads.get(cond.node()).map_or(&[][..], |reads| reads);
                reads.iter().filter(|read| self.absent(read.slot)).for_each(|read| Self::add(read.slot, slots));
            }
            Some(Node::All(parts) | Node::Any(parts)) => {
                for part in parts {
                    if self.truths.of(*part).is_unknown() {
                        self.unknown(*part, slots);
                    }
                }
            }
            Some(Node::Then(a, b)) => {
                let first = self.truths.of(*a);
                if first.is_unknown() {
                    self.unknown(*a, slots);
                } else if first.is_true() {
                    self.unknown(*b, slots);
                }
            }
            Some(Node::True) | None => {}
        }
    }

    /// Does a term choose by a condition that no further fact can settle?
    fn is_stuck(&self, term: &Term) -> bool {
        match term {
            Term::Shift(a, _, b) | Term::Bound(a, _, b) | Term::Earlier(a, b) => self.is_stuck(a) || self.is_stuck(b),
            Term::Sum(parts) | Term::Product(parts) => parts.iter().any(|(_, part)| self.is_stuck(part)),
            Term::Choose(branches, last) => {
                for (when, value) in branches {
                    let truth = self.truths.of(*when);
                    if truth.is_true() {
                        return self.is_stuck(value);
                    }
                    if truth.is_unknown() {
                        return !self.can(*when, true) && !self.can(*when, false);
                    }
                }
                self.is_stuck(last)
            }
            _ => false,
        }
    }

    /// The first of some facts that a condition reads.
    fn first_read(&self, cond: Ref, wanted: &[SlotId]) -> Option<SlotId> {
        match self.plan.nodes.get(cond.node())? {
            Node::All(parts) | Node::Any(parts) => parts.iter().find_map(|part| self.first_read(*part, wanted)),
            Node::Then(a, b) => self.first_read(*a, wanted).or_else(|| self.first_read(*b, wanted)),
            Node::Test(_) => {
                let reads = self.plan.node_reads.get(cond.node())?;
                reads.iter().find(|read| self.guarded(read) && wanted.contains(&read.slot)).map(|read| read.slot)
            }
            Node::True => None,
        }
    }

    fn clauses(&self, clauses: &ClausePlan, slots: &mut Vec<SlotId>) {
        if clauses.open.iter().any(|open| self.truths.of(*open).is_true()) {
            return;
        }
        self.live(clauses.met, true, slots);
        // What can be settled either way is asked for one way already.
        if !(clauses.fails == clauses.met.negate() && self.is_free(clauses.met)) {
            self.live(clauses.fails, true, slots);
        }
        self.live(clauses.pending, true, slots);
    }

    /// The facts missing from an open requirement.
    pub fn requirement(&self, requirement: &RequirementPlan, decision: &DecisionPlan, met: u64, slots: &mut Vec<SlotId>) {
        if let Some(slot) = requirement.lone {
            return if self.absent(slot) {
                Self::add(slot, slots)
            };
        }
        if requirement.only_once.is_some_and(|target| met >> target & 1 == 0) {
            return;
        }
        match &requirement.body {
            BodyPlan::Clauses(clauses) => self.clauses(clauses, slots),
            BodyPlan::Progress(planned) => self.progress(planned, slots),
            BodyPlan::Editions(all) => {
                let possible: Vec<(&ClausePlan, Ref)> = all
                    .iter()
                    .zip(&decision.editions)
                    .zip(possible(decision, self.truths))
                    .filter_map(|(pair, possible)| possible.then_some((pair.0, *pair.1)))
                    .collect();
                let settled = |clauses: &ClausePlan| {
                    [clauses.met, clauses.fails, clauses.pending].into_iter().any(|cond| self.truths.of(cond).is_true())
                };
                if possible.iter().any(|(clauses, _)| settled(clauses)) {
                    for (_, when) in possible {
                        self.live(when, true, slots);
                        self.live(when, false, slots);
                    }
                } else {
                    possible.into_iter().for_each(|(clauses, _)| self.clauses(clauses, slots));
                }
            }
        }
    }

    fn progress(&self, plan: &ProgressPlan, slots: &mut Vec<SlotId>) {
        let Progressed { stop, counted_open, .. } = progress(plan, self.view, self.truths);
        if counted_open && let Some(counted) = plan.counted {
            self.live(counted, true, slots);
        }
        match stop {
            Some(Stop::Cond(when)) if Some(when) == plan.starts => {
                self.live(when, true, slots);
                self.live(when, false, slots);
            }
            Some(Stop::Cond(when)) => {
                let mut all = Vec::new();
                self.live(when, true, &mut all);
                self.live(when, false, &mut all);
                if let Some(first) = self.first_read(when, &all) {
                    Self::add(first, slots);
                }
            }
            Some(Stop::Term(term)) => {
                let mut all = Vec::new();
                self.term(term, &mut all);
                if let Some(first) = all.first() {
                    Self::add(*first, slots);
                }
            }
            Some(Stop::Currency | Stop::Boundary | Stop::Unstated) | None => {}
        }
    }

    /// The absent facts that a term reads now, in reading order.
    pub fn term(&self, term: &Term, slots: &mut Vec<SlotId>) {
        if let Some(slot) = term.slot().filter(|slot| self.absent(*slot)) {
            Self::add(slot, slots);
        }
        match term {
            Term::Shift(a, _, b) | Term::Bound(a, _, b) | Term::Earlier(a, b) => {
                self.term(a, slots);
                self.term(b, slots);
            }
            Term::Sum(parts) | Term::Product(parts) => parts.iter().for_each(|(_, part)| self.term(part, slots)),
            Term::Choose(branches, last) => {
                for (when, value) in branches {
                    let truth = self.truths.of(*when);
                    if truth.is_true() {
                        return self.term(value, slots);
                    }
                    if truth.is_unknown() {
                        self.live(*when, true, slots);
                        return self.live(*when, false, slots);
                    }
                }
                self.term(last, slots);
            }
            _ => {}
        }
    }

    /// The facts missing from an open state condition.
    pub fn state(&self, state: &StatePlan, slots: &mut Vec<SlotId>) {
        match &state.holds {
            HoldsPlan::When(when) => {
                self.live(*when, true, slots);
                self.live(*when, false, slots);
            }
            HoldsPlan::Open(when) => self.live(*when, false, slots),
            HoldsPlan::Needs(guard, terms) => {
                self.live(*guard, false, slots);
                if self.truths.of(*guard).is_true() {
                    terms.iter().for_each(|term| self.term(term, slots));
                }
            }
        }
    }

    /// The known facts among some reads.
    pub fn known(&self, reads: &[Read], decision: &DecisionPlan, slots: &mut SlotSet) {
        for read in reads {
            if !self.absent(read.slot) && self.reads_now(read, decision) {
                slots.insert(read.slot);
            }
        }
    }

    /// Is a state condition open?
    pub fn is_open(state: &StatePlan, decided: &Decided, at: usize) -> bool {
        let truth = decided.state(at);
        match state.kind {
            StateKind::Lost | StateKind::Blocked => truth.is_unknown(),
            StateKind::Life | StateKind::Standing => !truth.is_false(),
        }
    }

    /// The deciding facts that are known: `because` of the contract.
    pub fn because(&self, decision: &DecisionPlan, decided: &Decided, slots: &mut SlotSet) {
        let chosen: u64 = match decided.verdict {
            Verdict::Closed => {
                if decision.editions.iter().any(|when| self.truths.of(*when).is_true()) {
                    self.known(&decision.edition_reads, decision, slots);
                }
                0
            }
            Verdict::DoesNotQualify | Verdict::Denied | Verdict::Fail => decided.failed,
            Verdict::Undetermined => decided.open,
            Verdict::Lost => 0,
            _ => u64::MAX,
        };
        if !decision.edition_limits.is_empty() && decided.verdict != Verdict::Closed {
            self.known(&decision.edition_reads, decision, slots);
        }
        for (requirement, at) in decision.requirements.iter().zip(0_u32..) {
            if chosen >> at & 1 == 1 {
                self.known(&requirement.reads, decision, slots);
            }
        }
        for (at, state) in decision.states.iter().enumerate() {
            let reads = match decided.verdict {
                Verdict::Lost => state.kind == StateKind::Lost && decided.state(at).is_true(),
                Verdict::Undetermined => Self::is_open(state, decided, at),
                Verdict::Qualifies | Verdict::OnTrack | Verdict::Blocked => true,
                _ => false,
            };
            if reads {
                self.known(&state.reads, decision, slots);
            }
        }
    }

    /// Adds the facts that the open state conditions of an undetermined verdict miss to those that its requirements miss.
    pub fn missing_from_states(&self, decision: &DecisionPlan, decided: &Decided, slots: &mut SlotSet) {
        let mut own = Vec::new();
        for (at, state) in decision.states.iter().enumerate() {
            if Self::is_open(state, decided, at) {
                self.state(state, &mut own);
            }
        }
        own.into_iter().for_each(|slot| slots.insert(slot));
    }

    /// The facts that an undetermined verdict misses.
    pub fn missing(&self, decision: &DecisionPlan, decided: &Decided, slots: &mut SlotSet) {
        if decided.verdict != Verdict::Undetermined {
            return;
        }
        let mut own = Vec::new();
        for (requirement, at) in decision.requirements.iter().zip(0_u32..) {
            if decided.open >> at & 1 == 1 {
                self.requirement(requirement, decision, decided.met, &mut own);
            }
        }
        own.into_iter().for_each(|slot| slots.insert(slot));
        self.missing_from_states(decision, decided, slots);
    }
}

/// The operands of a test that has some.
fn terms(probe: &Probe) -> impl Iterator<Item = &Term> {
    let terms = match probe {
        Probe::IsNone(term) | Probe::Known(term) => [Some(term), None, None],
        Probe::Compare(a, _, b) => [Some(a), Some(b), None],
        Probe::Within(day, window) => [Some(day), Some(&window.start), Some(&window.length)],
        _ => [None; 3],
    };
    terms.into_iter().flatten()
}
