//! One decision for one subject, decided again and again on facts that are tried out.
//!
//! In: a plan, facts, a scope. Out: what the decision comes to, by the evaluator itself.
//! Owns the values that are tried, what they imply, and the count of evaluations. Never says what a rule means.

use super::scope::{Part, Scope};
use crate::eval::{Asking, Decided, Truths, View, decide, holds, judge, reward, some_conditions};
use crate::facts::{Facts, State};
use crate::plan::{DecisionPlan, Plan};
use crate::program::{AS_OF, Decision, Judged, Lane, ListId, Program, SlotId, Type, Verdict};
use crate::value::{Day, Truth};

/// A value and how it came to be known.
type Known = (Lane, State);

/// One decision on facts that can be tried out.
pub(super) struct Trial<'p> {
    pub program: &'p Program,
    pub plan: &'p Plan,
    pub decision: &'p Decision,
    pub planned: &'p DecisionPlan,
    pub scope: &'p Scope<'p>,
    facts: Facts,
    values: Vec<Known>,
    record: Vec<Known>,
    /// The list and place of the record under decision, and its first slot.
    at: Option<(ListId, usize)>,
    base: u32,
    truths: Truths,
    /// What each changed slot was, latest last.
    trail: Vec<(SlotId, Known)>,
    /// Evaluations that are still allowed.
    left: u64,
    /// Lesser work that has not yet made up an evaluation.
    pieces: usize,
}

/// So much lesser work counts as one evaluation.
const PIECES: usize = 16;

/// The analysis stopped: it would take more evaluations than it may.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Exhausted;

/// How far values were tried, to go back to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark(usize);

impl<'p> Trial<'p> {
    /// The decision at an index, for the account or one record, on the facts as they are.
    pub fn new(
        program: &'p Program,
        plan: &'p Plan,
        scope: &'p Scope<'p>,
        (decision, planned): (&'p Decision, &'p DecisionPlan),
        facts: &Facts,
        record: Option<usize>,
    ) -> Self {
        let at = planned.list.zip(record);
        let mut trial = Self {
            program,
            plan,
            decision,
            planned,
            scope,
            values: facts.values().to_vec(),
            record: Vec::new(),
            facts: facts.clone(),
            at,
            base: u32::MAX,
            truths: Truths::new(plan),
            trail: Vec::new(),
            left: 0,
            pieces: 0,
        };
        if let Some((list, index)) = at {
            let (record, base) = View::record(facts, plan, list, index).record_values();
            (trial.record, trial.base) = (record.to_vec(), base);
        }
        trial
    }

    /// Allows so many evaluations from here on.
    pub fn allow(&mut self, evaluations: u64) {
        self.left = evaluations;
    }

    /// So many evaluations are still allowed.
    pub fn allowed(&self) -> u64 {
        self.left
    }

    fn count(&mut self) -> Result<(), Exhausted> {
        self.left = self.left.checked_sub(1).ok_or(Exhausted)?;
        Ok(())
    }

    /// What evaluation sees now.
    pub fn view(&self) -> View<'_> {
        let view = match self.at {
            Some((list, index)) => View::record(&self.facts, self.plan, list, index),
            None => View::account(&self.facts),
        };
        view.over(&self.values, &self.record)
    }

    /// The truths that were found last.
    pub fn truths(&self) -> &Truths {
        &self.truths
    }

    /// The plan with what is known now, ready to be asked what is missing; for what was evaluated last.
    pub fn asking(&self) -> Asking<'_> {
        Asking { plan: self.plan, truths: &self.truths, view: self.view() }
    }

    /// Counts work that is less than an evaluation: cutting a fact into cells looks at every comparison, and at values of
    /// other facts. Once nothing is left, the next evaluation is not allowed.
    pub fn work(&mut self, pieces: usize) {
        self.pieces += pieces;
        if self.pieces >= PIECES {
            let evaluations = u64::try_from(self.pieces / PIECES).unwrap_or(u64::MAX);
            self.left = self.left.saturating_sub(evaluations);
            self.pieces %= PIECES;
        }
    }

    /// May anything still be evaluated?
    pub fn is_allowed(&self) -> Result<(), Exhausted> {
        if self.left == 0 { Err(Exhausted) } else { Ok(()) }
    }

    fn evaluate(&mut self, nodes: &[u32]) {
        let mut truths = std::mem::take(&mut self.truths);
        some_conditions(self.plan, nodes, &self.view(), &mut truths);
        self.truths = truths;
    }

    /// Decides on the facts as they are tried now.
    pub fn decided(&mut self) -> Result<Decided, Exhausted> {
        self.count()?;
        let scope = self.scope;
        self.evaluate(&scope.all.nodes);
        Ok(decide(self.planned, &self.view(), &self.truths))
    }

    /// The verdict on the facts as they are tried now.
    pub fn verdict(&mut self) -> Result<Verdict, Exhausted> {
        Ok(self.decided()?.verdict)
    }

    /// The result of one requirement on the facts as they are tried now.
    pub fn result(&mut self, at: usize) -> Result<Judged, Exhausted> {
        self.count()?;
        let scope = self.scope;
        let nodes = scope.requirements.get(at).map_or(&[][..], |part| &part.nodes);
        self.evaluate(nodes);
        Ok(self.judged(at))
    }

    /// The result of one requirement, once it was evaluated.
    pub fn judged(&self, at: usize) -> Judged {
        let Some(requirement) = self.planned.requirements.get(at) else { return Judged::Open };
        let target = requirement.only_once.map(usize::from);
        let met = target.map_or(0, |target| if self.judged(target) == Judged::Met { 1 << target } else { 0 });
        judge(requirement, self.planned, met, &self.view(), &self.truths)
    }

    /// The truth of one state condition on the facts as they are tried now.
    pub fn state(&mut self, at: usize) -> Result<Truth, Exhausted> {
        self.count()?;
        let scope = self.scope;
        let nodes = scope.states.get(at).map_or(&[][..], |part| &part.nodes);
        self.evaluate(nodes);
        Ok(self.planned.states.get(at).map_or(Truth::UNKNOWN, |state| holds(state, &self.view(), &self.truths)))
    }

    /// What the credit pays, once the decision was made.
    pub fn reward(&mut self, decided: &Decided) -> Option<crate::eval::Reward> {
        let scope = self.scope;
        self.evaluate(&scope.rewards.nodes);
        reward(self.planned, decided, &self.view(), &self.truths)
    }

    /// The facts that a part of the decision misses, once it was evaluated.
    pub fn missing_from(&self, part: usize, met: u64) -> Vec<SlotId> {
        let mut slots = Vec::new();
        let asking = self.asking();
        match part.checked_sub(self.planned.requirements.len()) {
            None => {
                if let Some(requirement) = self.planned.requirements.get(part) {
                    asking.requirement(requirement, self.planned, met, &mut slots);
                }
            }
            Some(state) => {
                if let Some(state) = self.planned.states.get(state) {
                    asking.state(state, &mut slots);
                }
            }
        }
        slots
    }

    /// Parts are numbered: requirements first, then state conditions.
    pub fn part(&self, part: usize) -> Option<&'p Part> {
        match part.checked_sub(self.scope.requirements.len()) {
            None => self.scope.requirements.get(part),
            Some(state) => self.scope.states.get(state),
        }
    }

    /// The parts of a decision that are open.
    pub fn open_parts(&self, decided: &Decided) -> Vec<usize> {
        let requirements = self.planned.requirements.len();
        let open = (0..requirements).filter(|at| decided.result(*at) == Judged::Open);
        let states = (0..self.planned.states.len()).filter(|at| self.planned.state_kinds.is_open(*at, decided.state(*at)));
        open.chain(states.map(|at| requirements + at)).collect()
    }

    /// Is a part open on the facts as they are tried now?
    pub fn is_open(&mut self, part: usize) -> Result<bool, Exhausted> {
        Ok(match part.checked_sub(self.planned.requirements.len()) {
            None => self.result(part)? == Judged::Open,
            Some(state) => self.planned.state_kinds.is_open(state, self.state(state)?),
        })
    }

    // ------------------------------------------------------------------ values

    fn place(&mut self, slot: SlotId) -> Option<&mut Known> {
        let offset = slot.0.wrapping_sub(self.base) as usize;
        if offset < self.record.len() { self.record.get_mut(offset) } else { self.values.get_mut(slot.0 as usize) }
    }

    /// The value of a fact, where it is known.
    pub fn get(&self, slot: SlotId) -> Option<Lane> {
        self.view().get(slot)
    }

    /// How a fact came to be known.
    pub fn known(&self, slot: SlotId) -> State {
        self.view().state(slot)
    }

    /// The type of a fact.
    pub fn ty(&self, slot: SlotId) -> Option<&'p Type> {
        self.program.fact_of(slot).map(|fact| &fact.ty)
    }

    /// The day for which is decided now.
    pub fn as_of(&self) -> Day {
        self.facts.as_of()
    }

    fn write(&mut self, slot: SlotId, value: Known) {
        if let Some(place) = self.place(slot) {
            let was = std::mem::replace(place, value);
            self.trail.push((slot, was));
        }
        if slot == AS_OF {
            self.facts.set(AS_OF, value.0, value.1);
        }
    }

    /// How far values were tried.
    pub fn mark(&self) -> Mark {
        Mark(self.trail.len())
    }

    /// Takes back what was tried since.
    pub fn back(&mut self, mark: Mark) {
        while self.trail.len() > mark.0 {
            let Some((slot, was)) = self.trail.pop() else { return };
            if let Some(place) = self.place(slot) {
                *place = was;
            }
            if slot == AS_OF {
                self.facts.set(AS_OF, was.0, was.1);
            }
        }
    }

    /// Gives a fact a value, and what is known by that to the facts that it implies. Does that contradict what is known?
    /// Then nothing is changed, and the answer is no.
    pub fn give(&mut self, slot: SlotId, lane: Lane) -> bool {
        let mark = self.mark();
        if let Some(found) = self.implied_by_known(slot)
            && found != lane
        {
            return false;
        }
        self.write(slot, (lane, State::Given));
        let agrees = self.imply(slot);
        if !agrees {
            self.back(mark);
        }
        agrees
    }

    /// The value that a known fact of the same section or record implies for this one.
    fn implied_by_known(&self, slot: SlotId) -> Option<Lane> {
        let place = self.program.slots.get(slot.0 as usize)?;
        let section = self.program.facts.get(place.fact.0 as usize)?.section;
        let near = self.neighbours(slot, section);
        near.into_iter().find_map(|other| {
            let known = matches!(self.known(other), State::Given | State::Derived);
            let implies = &self.program.fact_of(other)?.implies;
            implies.iter().find(|(fact, _)| known && *fact == place.fact).map(|(_, lane)| *lane)
        })
    }

    /// The values of a fact that other facts of the same section or record imply.
    pub fn implied_values(&self, slot: SlotId) -> Vec<Lane> {
        let Some((place, fact)) = self.program.slots.get(slot.0 as usize).zip(self.program.fact_of(slot)) else {
            return Vec::new();
        };
        let near = self.neighbours(slot, fact.section).into_iter().filter_map(|other| self.program.fact_of(other));
        let implied = near.flat_map(|other| &other.implies).filter(|(fact, _)| *fact == place.fact);
        let mut lanes: Vec<Lane> = implied.map(|(_, lane)| *lane).collect();
        lanes.sort_unstable_by_key(|lane| (lane.main, lane.aux));
        lanes.dedup();
        lanes
    }

    /// The slots of a section's facts beside a slot, where one of them implies something.
    fn neighbours(&self, slot: SlotId, section: usize) -> Vec<SlotId> {
        let Some(section) = self.program.sections.get(section) else { return Vec::new() };
        let implying = section.facts.iter().filter(|id| {
            let fact = self.program.facts.get(id.0 as usize);
            fact.is_some_and(|fact| !fact.implies.is_empty())
        });
        implying.filter_map(|id| self.sibling(slot, *id)).collect()
    }

    /// The slot of another fact of the same section or record.
    // INVARIANT: the checker lays the slots of a section's facts out one behind the other, in the order of the section.
    fn sibling(&self, slot: SlotId, fact: crate::program::FactId) -> Option<SlotId> {
        let own = self.program.slots.get(slot.0 as usize)?;
        let section = self.program.sections.get(self.program.facts.get(own.fact.0 as usize)?.section)?;
        let place = |id| section.facts.iter().position(|known| *known == id);
        let first = (slot.0 as usize).checked_sub(place(own.fact)?)?;
        let found = u32::try_from(first + place(fact)?).ok()?;
        let there = self.program.slots.get(found as usize)?;
        (there.fact == fact && there.at == own.at).then_some(SlotId(found))
    }

    /// The facts that may follow from a fact: those that it implies, and sums of which it is a part.
    pub fn told_with(&self, slot: SlotId) -> Vec<SlotId> {
        let mut told = vec![slot];
        let mut at = 0;
        while let Some(next) = told.get(at).copied() {
            let place = self.program.slots.get(next.0 as usize).map(|place| place.fact);
            let Some((place, fact)) = place.zip(self.program.fact_of(next)) else { break };
            let section = self.program.sections.get(fact.section).map_or(&[][..], |section| &section.facts);
            let sums = section.iter().copied().filter(|id| {
                let computed = self.program.facts.get(id.0 as usize).and_then(|fact| fact.computed.as_ref());
                computed.is_some_and(|computed| computed.parts.iter().any(|(_, part)| *part == place))
            });
            for other in fact.implies.iter().map(|(other, _)| *other).chain(sums) {
                told.extend(self.sibling(next, other).filter(|other| !told.contains(other)));
            }
            at += 1;
        }
        told.split_off(1)
    }

    /// Gives implied facts their values. Do they agree with what is known?
    fn imply(&mut self, slot: SlotId) -> bool {
        let Some(fact) = self.program.fact_of(slot) else { return true };
        for (other, lane) in &fact.implies {
            let Some(other) = self.sibling(slot, *other) else { continue };
            match self.known(other) {
                State::Given | State::Derived if self.get(other) != Some(*lane) => return false,
                State::Given | State::Derived => {}
                State::Missing | State::Assumed => {
                    self.write(other, (*lane, State::Derived));
                    if !self.imply(other) {
                        return false;
                    }
                }
            }
        }
        true
    }

    /// The lane of a text, new or known.
    pub fn intern(&mut self, text: &str) -> Lane {
        Lane { main: self.facts.intern(text), aux: 0 }
    }

    /// The facts, for their texts.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }
}
