//! What one decision looks at: its conditions in order, its comparisons, the facts behind each of its parts.
//!
//! In: a plan. Out: one scope a decision, made once for a rule set.
//! Owns nothing that depends on facts. Never evaluates.

use crate::plan::{BodyPlan, ClausePlan, DecisionPlan, HoldsPlan, Node, Plan, Probe, Ref, Term, Window, WindowPlan};
use crate::program::{AS_OF, SlotId};

/// The day of the check as an operand, for windows that progress compares it with.
static TODAY: Term = Term::Day(AS_OF);

/// Something whose truth turns at certain values of a fact.
#[derive(Clone, Copy, Debug)]
pub(super) enum Atom<'p> {
    /// A test of a condition.
    Probe(&'p Probe),
    /// Two operands that progress compares.
    Compare(&'p Term, &'p Term),
    /// A day and a window that progress compares.
    Within(&'p Term, &'p Window),
    /// An operand that must be known.
    Known(&'p Term),
    /// Two windows of which the one that ends earlier counts.
    Ends(&'p Window, &'p Window),
}

/// What a part of a decision reads: a requirement, a state condition, or what closes a program.
#[derive(Clone, Debug, Default)]
pub(super) struct Part {
    /// Facts, whatever their guards, in the order in which they are met.
    pub slots: Vec<SlotId>,
    /// Conditions, in order of evaluation.
    pub nodes: Vec<u32>,
}

/// What a decision looks at.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope<'p> {
    /// All together: what the verdict rests on.
    pub all: Part,
    /// Requirements, in order; one that waits for another reads what that one reads.
    pub requirements: Vec<Part>,
    /// State conditions, in order.
    pub states: Vec<Part>,
    /// Editions, which may have limits of their own.
    pub editions: Part,
    /// Conditions of the rewards, and all facts that rewards read.
    pub rewards: Part,
    /// Comparisons, each with the facts that it reads.
    pub atoms: Vec<(Atom<'p>, Vec<SlotId>)>,
    /// Currencies of the amounts that comparisons name.
    pub currencies: Vec<i64>,
}

/// Gathers one part.
struct Walk<'p, 's> {
    plan: &'p Plan,
    part: Part,
    atoms: &'s mut Vec<(Atom<'p>, Vec<SlotId>)>,
}

impl<'p> Scope<'p> {
    /// The scope of a decision.
    pub fn new(plan: &'p Plan, decision: &'p DecisionPlan) -> Self {
        let mut scope = Self::default();
        let part = |atoms: &mut Vec<_>, gather: &mut dyn FnMut(&mut Walk<'p, '_>)| {
            let mut walk = Walk { plan, part: Part::default(), atoms };
            gather(&mut walk);
            walk.part.finished()
        };
        let atoms = &mut scope.atoms;
        scope.editions = part(atoms, &mut |walk| decision.editions.iter().for_each(|when| walk.cond(*when)));
        for requirement in &decision.requirements {
            let mut own = part(atoms, &mut |walk| {
                if matches!(requirement.body, BodyPlan::Editions(_)) {
                    decision.editions.iter().for_each(|when| walk.cond(*when));
                }
                walk.body(&requirement.body);
            });
            if let Some(target) = requirement.only_once.and_then(|at| scope.requirements.get(usize::from(at))) {
                own.join(target);
            }
            scope.requirements.push(own);
        }
        for state in &decision.states {
            scope.states.push(part(atoms, &mut |walk| match &state.holds {
                HoldsPlan::When(when) | HoldsPlan::Open(when) => walk.cond(*when),
                HoldsPlan::Needs(guard, terms) => {
                    walk.cond(*guard);
                    for term in terms {
                        walk.term(term);
                        walk.atom(Atom::Known(term));
                    }
                }
            }));
        }
        let mut unused = Vec::new();
        scope.rewards = part(&mut unused, &mut |walk| {
            use crate::plan::RewardPlan;
            for (when, reward) in &decision.rewards {
                walk.cond(*when);
                match reward {
                    RewardPlan::Nothing => {}
                    RewardPlan::Amount(term) => walk.term(term),
                    RewardPlan::Tier(choices, by) => {
                        walk.term(by);
                        for choice in choices {
                            walk.cond(choice.when);
                            for (spend, gives) in choice.tiers.iter().flatten() {
                                walk.term(spend);
                                gives.iter().for_each(|gives| walk.term(gives));
                            }
                        }
                    }
                }
            }
        });
        let mut all = scope.editions.clone();
        scope.requirements.iter().chain(&scope.states).for_each(|part| all.join(part));
        scope.all = all;
        let mut named = Vec::new();
        for (atom, _) in &scope.atoms {
            match *atom {
                Atom::Probe(Probe::Money(_, _, limit)) => named.push(limit.aux),
                Atom::Probe(Probe::Compare(a, _, b)) | Atom::Compare(a, b) => {
                    term_currencies(a, &mut named);
                    term_currencies(b, &mut named);
                }
                Atom::Known(term) | Atom::Probe(Probe::Known(term)) => term_currencies(term, &mut named),
                _ => {}
            }
        }
        named.sort_unstable();
        named.dedup();
        scope.currencies = named;
        scope
    }
}

impl Part {
    fn finished(mut self) -> Self {
        self.nodes.sort_unstable();
        self.nodes.dedup();
        self
    }

    fn join(&mut self, other: &Self) {
        self.nodes.extend(&other.nodes);
        self.nodes.sort_unstable();
        self.nodes.dedup();
        let new: Vec<SlotId> = other.slots.iter().copied().filter(|slot| !self.slots.contains(slot)).collect();
        self.slots.extend(new);
    }

    /// Does it read a fact?
    pub fn reads(&self, slot: SlotId) -> bool {
        self.slots.contains(&slot)
    }
}

impl<'p> Walk<'p, '_> {
    fn slot(&mut self, slot: SlotId) {
        add(slot, &mut self.part.slots);
    }

    fn atom(&mut self, atom: Atom<'p>) {
        let mut slots = Vec::new();
        match atom {
            Atom::Probe(probe) => probe_slots(probe, &mut slots),
            Atom::Compare(a, b) => [a, b].into_iter().for_each(|term| term_slots(term, &mut slots)),
            Atom::Within(day, window) => {
                [day, &window.start, &window.length].into_iter().for_each(|term| term_slots(term, &mut slots));
            }
            Atom::Known(term) => term_slots(term, &mut slots),
            Atom::Ends(a, b) => {
                [&a.start, &a.length, &b.start, &b.length].into_iter().for_each(|term| term_slots(term, &mut slots));
            }
        }
        slots.iter().for_each(|slot| self.slot(*slot));
        self.atoms.push((atom, slots));
    }

    fn cond(&mut self, cond: Ref) {
        let Ok(id) = u32::try_from(cond.node()) else { return };
        if id == 0 || self.part.nodes.contains(&id) {
            return;
        }
        match self.plan.nodes.get(cond.node()) {
            Some(Node::All(parts) | Node::Any(parts)) => parts.iter().for_each(|part| self.cond(*part)),
            Some(Node::Then(first, second)) => {
                self.cond(*first);
                self.cond(*second);
            }
            Some(Node::Test(probe)) => {
                probe.operands().for_each(|term| self.choices(term));
                self.atom(Atom::Probe(probe));
            }
            Some(Node::True) | None => {}
        }
        self.part.nodes.push(id);
    }

    /// The conditions by which an operand chooses.
    fn choices(&mut self, term: &'p Term) {
        let Term::Choose(branches, last) = term else {
            return term.operands().for_each(|part| self.choices(part));
        };
        for (when, value) in branches {
            self.cond(*when);
            self.choices(value);
        }
        self.choices(last);
    }

    /// An operand that stands outside a test.
    fn term(&mut self, term: &'p Term) {
        self.choices(term);
        let mut slots = Vec::new();
        term_slots(term, &mut slots);
        slots.into_iter().for_each(|slot| self.slot(slot));
    }

    fn body(&mut self, body: &'p BodyPlan) {
        match body {
            BodyPlan::Clauses(clauses) => self.clauses(clauses),
            BodyPlan::Editions(all) => all.iter().for_each(|clauses| self.clauses(clauses)),
            BodyPlan::Progress(progress) => {
                progress.counted.into_iter().chain(progress.starts).for_each(|when| self.cond(when));
                self.term(&progress.amount);
                for choice in &progress.toward {
                    self.cond(choice.when);
                    if let Some((spend, _)) = choice.tiers.first().and_then(Option::as_ref) {
                        self.term(spend);
                        self.atom(Atom::Compare(&progress.amount, spend));
                    }
                }
                progress.crossed.iter().for_each(|crossed| self.term(crossed));
                for (when, window) in &progress.windows {
                    self.cond(*when);
                    self.window(window, &TODAY);
                    progress.crossed.iter().for_each(|crossed| self.window(window, crossed));
                }
            }
        }
    }

    fn clauses(&mut self, clauses: &ClausePlan) {
        clauses.conditions().for_each(|when| self.cond(when));
    }

    fn window(&mut self, window: &'p WindowPlan, day: &'p Term) {
        match window {
            WindowPlan::Within(within) => {
                self.choices(&within.start);
                self.choices(&within.length);
                self.atom(Atom::Within(day, within));
            }
            WindowPlan::Earlier(a, b) => {
                self.window(a, day);
                self.window(b, day);
                // Which of the two ends first turns where the ends are equal.
                if let (WindowPlan::Within(a), WindowPlan::Within(b)) = (a.as_ref(), b.as_ref()) {
                    self.atom(Atom::Ends(a, b));
                }
            }
            WindowPlan::Until(last) => {
                self.choices(last);
                self.atom(Atom::Compare(day, last));
            }
            WindowPlan::Forever => {}
        }
    }
}

/// The facts of a test, each once, without those of the conditions by which operands choose.
fn probe_slots(probe: &Probe, slots: &mut Vec<SlotId>) {
    probe.slots().for_each(|slot| add(slot, slots));
    probe.operands().for_each(|term| term_slots(term, slots));
}

/// The facts of an operand, each once.
pub(super) fn term_slots(term: &Term, slots: &mut Vec<SlotId>) {
    term.slot().into_iter().for_each(|slot| add(slot, slots));
    term.operands().for_each(|part| term_slots(part, slots));
}

fn add(slot: SlotId, slots: &mut Vec<SlotId>) {
    if !slots.contains(&slot) {
        slots.push(slot);
    }
}

/// The currencies of the amounts that an operand names.
fn term_currencies(term: &Term, named: &mut Vec<i64>) {
    if let Term::ConstMoney(lane) = term {
        named.push(lane.aux);
    }
    term.operands().for_each(|part| term_currencies(part, named));
}
