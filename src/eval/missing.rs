//! Which facts decided and which are missing.
//!
//! In: a plan, its truths, a view. Out: facts in slot order.
//! Owns the structural definition of a missing fact: it is absent, it is read now, and what it is read by can still
//! change the result. Never decides.

use super::probe::blocked;
use super::progress::{Progressed, Stop, progress};
use super::run::{Decided, possible};
use super::slots::{SlotSet, bits};
use super::view::{Truths, View};
use crate::facts::State;
use crate::plan::{
    BodyPlan, ClausePlan, DecisionPlan, HoldsPlan, Listed, Look, Node, Plan, Probe, ProgressPlan, Read, ReadList, Ref,
    RequirementPlan, Sought, StatePlan, Term,
};
use crate::program::{SlotId, Verdict};

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
    #[inline]
    fn absent(&self, slot: SlotId) -> bool {
        self.view.state(slot) == State::Missing
    }

    /// Does the guard of a fact hold?
    #[inline]
    fn guarded(&self, read: &Read) -> bool {
        let rules_out = |(first, second): &(Ref, Ref)| {
            !self.truths.holds(*first) && !self.truths.holds(first.negate()) && self.truths.holds(second.negate())
        };
        self.truths.holds(read.guard) && read.rules_out.iter().all(rules_out)
    }

    /// Is a fact read now: does its guard hold, is its edition possible?
    #[inline]
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

    /// Adds the absent facts that could help to make a condition true; says whether it can become so, or is.
    fn could(&self, cond: Ref, slots: &mut Vec<SlotId>) -> bool {
        let truth = self.truths.of(cond);
        if truth.is_unknown() { self.seek(cond, slots) } else { truth.is_true() }
    }

    /// The same of a condition that is unknown. Where it cannot become true, nothing is added.
    fn seek(&self, cond: Ref, slots: &mut Vec<SlotId>) -> bool {
        let toward = |part: Ref| if cond.negated() { part.negate() } else { part };
        match self.plan.nodes.get(cond.node()) {
            Some(Node::Test(test)) => match self.plan.rests_on.get(cond.node()) {
                Some(Some(facts)) => self.add_absent(facts, slots),
                _ => self.seek_operands(test, !cond.negated(), slots),
            },
            Some(Node::All(parts)) if !cond.negated() => self.seek_all(parts.iter().copied(), slots),
            Some(Node::Any(parts)) if cond.negated() => self.seek_all(parts.iter().map(|part| part.negate()), slots),
            Some(Node::All(parts) | Node::Any(parts)) => parts.iter().fold(false, |found, part| {
                let part = toward(*part);
                (self.truths.of(part).is_unknown() && self.seek(part, slots)) || found
            }),
            Some(Node::Then(first, second)) => self.seek_then(*first, *second, !cond.negated(), slots),
            Some(Node::True) | None => false,
        }
    }

    /// All of some conditions must become true; none of them is false.
    fn seek_all(&self, parts: impl Iterator<Item = Ref>, slots: &mut Vec<SlotId>) -> bool {
        let before = slots.len();
        for part in parts {
            if self.truths.of(part).is_unknown() && !self.seek(part, slots) {
                slots.truncate(before);
                return false;
            }
        }
        true
    }

    /// The second condition is not asked about until the first is known to hold, but what it cannot become counts.
    fn seek_then(&self, first: Ref, second: Ref, wanted: bool, slots: &mut Vec<SlotId>) -> bool {
        let toward = |part: Ref| if wanted { part } else { part.negate() };
        if self.truths.of(first).is_true() {
            return self.could(toward(second), slots);
        }
        let before = slots.len();
        let by_first = self.could(toward(first), slots);
        if by_first != wanted {
            // The first one settles it: nothing to add but what was added.
            return by_first;
        }
        let asked = slots.len();
        let free = self.is_free(second) && self.truths.of(second).is_unknown();
        let by_second = free || self.could(toward(second), slots);
        slots.truncate(if wanted && !by_second { before } else { asked });
        by_second
    }

    /// A test whose operands are made of others.
    fn seek_operands(&self, test: &Probe, wanted: bool, slots: &mut Vec<SlotId>) -> bool {
        let settled = blocked(test, &self.view, self.truths) || test.operands().any(|term| self.is_stuck(term));
        if settled || (!wanted && matches!(test, Probe::Known(_))) {
            return false;
        }
        test.operands().for_each(|term| self.term(term, slots));
        true
    }

    /// Adds those of some facts that are absent; says whether there are any.
    #[inline]
    fn add_absent(&self, facts: &[SlotId], slots: &mut Vec<SlotId>) -> bool {
        let mut any = false;
        for slot in facts.iter().filter(|slot| self.absent(**slot)) {
            Self::add(*slot, slots);
            any = true;
        }
        any
    }

    /// The absent facts that could help to settle a condition, either way.
    fn seek_either(&self, cond: Ref, slots: &mut Vec<SlotId>) {
        if self.truths.of(cond).is_unknown() {
            self.seek(cond, slots);
            self.seek(cond.negate(), slots);
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
                        let mut unused = Vec::new();
                        return !self.seek(*when, &mut unused) && !self.seek(when.negate(), &mut unused);
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
        match &clauses.sought {
            Sought::Flat(looks) => self.look(looks, slots),
            Sought::Each(conditions) => {
                for cond in conditions {
                    self.could(*cond, slots);
                }
            }
        }
    }

    /// Adds the absent facts on which unknown tests rest, look by look.
    fn look(&self, looks: &[Look], slots: &mut Vec<SlotId>) {
        let mut at = 0;
        while let Some(look) = looks.get(at) {
            if self.truths.of(look.cond) != look.truth {
                at = look.otherwise as usize;
                continue;
            }
            if let Some(slot) = look.fact.filter(|slot| self.absent(*slot)) {
                Self::add(slot, slots);
            }
            at += 1;
        }
    }

    /// The facts missing from an open requirement.
    #[inline]
    pub fn requirement(&self, requirement: &RequirementPlan, decision: &DecisionPlan, met: u64, slots: &mut Vec<SlotId>) {
        if requirement.misses_absent {
            self.add_absent(requirement.listed.always().map_or(&[][..], |listed| &listed.slots), slots);
        } else {
            self.sought(requirement, decision, met, slots);
        }
    }

    /// The same where it must be sought in the tests.
    fn sought(&self, requirement: &RequirementPlan, decision: &DecisionPlan, met: u64, slots: &mut Vec<SlotId>) {
        if requirement.only_once.is_some_and(|target| met >> target & 1 == 0) {
            return;
        }
        match &requirement.body {
            BodyPlan::Clauses(clauses) => self.clauses(clauses, slots),
            BodyPlan::Progress(planned) => self.progress(planned, slots),
            BodyPlan::Editions(all) => {
                let pairs = || all.iter().zip(&decision.editions).zip(possible(decision, self.truths));
                let possible = || pairs().filter_map(|(pair, possible)| possible.then_some(pair));
                let settled = |clauses: &ClausePlan| {
                    [clauses.met, clauses.fails, clauses.pending].into_iter().any(|cond| self.truths.of(cond).is_true())
                };
                if possible().any(|(clauses, _)| settled(clauses)) {
                    for (_, when) in possible() {
                        self.seek_either(*when, slots);
                    }
                } else {
                    possible().for_each(|(clauses, _)| self.clauses(clauses, slots));
                }
            }
        }
    }

    fn progress(&self, plan: &ProgressPlan, slots: &mut Vec<SlotId>) {
        let Progressed { stop, counted_open, .. } = progress(plan, &self.view, self.truths);
        if counted_open && let Some(counted) = plan.counted {
            self.could(counted, slots);
        }
        match stop {
            Some(Stop::Cond(when)) if Some(when) == plan.starts => {
                self.seek_either(when, slots);
            }
            Some(Stop::Cond(when)) => {
                let mut all = Vec::new();
                self.seek_either(when, &mut all);
                if let Some(first) = self.first_read(when, &all) {
                    Self::add(first, slots);
                }
            }
            Some(Stop::Term(term)) if term.slot().is_some() => self.term(term, slots),
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
                        return self.seek_either(*when, slots);
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
                self.seek_either(*when, slots);
            }
            HoldsPlan::Open(when) => {
                self.could(when.negate(), slots);
            }
            HoldsPlan::Needs(guard, terms) => {
                self.could(guard.negate(), slots);
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

    /// The known facts among some reads.
    #[inline(always)]
    fn known_among(
        &self,
        (reads, listed): (&[Read], &ReadList),
        decision: &DecisionPlan,
        known: &SlotSet,
        slots: &mut SlotSet,
    ) {
        match self.listed_now(listed) {
            Some(all) => slots.insert_shared(&all.mask, known),
            None => self.known(reads, decision, slots),
        }
    }

    /// The facts that something reads now, where they are listed.
    #[inline]
    pub fn listed_now<'p>(&self, listed: &'p ReadList) -> Option<&'p Listed> {
        match listed {
            ReadList::Always(listed) => Some(listed),
            ReadList::Guarded { guards, then, otherwise } => {
                Some(if guards.iter().any(|guard| self.guarded(guard)) { then } else { otherwise })
            }
            ReadList::Each => None,
        }
    }

    /// The deciding facts that are known, of those that are: `because` of the contract.
    pub fn because(&self, decision: &DecisionPlan, decided: &Decided, known: &SlotSet, slots: &mut SlotSet) {
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
            _ => decided.met | decided.failed | decided.pending | decided.open,
        };
        if !decision.edition_limits.is_empty() && decided.verdict != Verdict::Closed {
            self.known(&decision.edition_reads, decision, slots);
        }
        for requirement in bits(chosen).filter_map(|at| decision.requirements.get(at)) {
            self.known_among((&requirement.reads, &requirement.listed), decision, known, slots);
        }
        let kinds = decision.state_kinds;
        let chosen = match decided.verdict {
            Verdict::Lost => kinds.lost & decided.holds,
            Verdict::Undetermined => kinds.open_among(decided.holds, decided.fails),
            Verdict::Qualifies | Verdict::OnTrack | Verdict::Blocked => kinds.all(),
            _ => 0,
        };
        for state in bits(chosen).filter_map(|at| decision.states.get(at)) {
            self.known_among((&state.reads, &state.listed), decision, known, slots);
        }
    }

    /// Adds the facts that the open state conditions of an undetermined verdict miss to those that its requirements miss.
    pub fn missing_from_states(&self, decision: &DecisionPlan, decided: &Decided, slots: &mut Vec<SlotId>) {
        let open = decision.state_kinds.open_among(decided.holds, decided.fails);
        bits(open).filter_map(|at| decision.states.get(at)).for_each(|state| self.state(state, slots));
    }

    /// The facts that an undetermined verdict misses.
    pub fn missing(&self, decision: &DecisionPlan, decided: &Decided, slots: &mut SlotSet) {
        if decided.verdict != Verdict::Undetermined {
            return;
        }
        let mut own = Vec::new();
        for requirement in bits(decided.open).filter_map(|at| decision.requirements.get(at)) {
            self.requirement(requirement, decision, decided.met, &mut own);
        }
        self.missing_from_states(decision, decided, &mut own);
        own.into_iter().for_each(|slot| slots.insert(slot));
    }
}
