//! Which changes of a fact the vocabulary allows: by whom, and to what.
//!
//! In: a program and its plan. Out: for a fact and its value, the values that it can be brought to.
//! Owns the direction of spending and waiting. Never proposes what nobody can change or what must not be advised.

use crate::plan::{BodyPlan, Plan};
use crate::program::{Change, Fact, Lane, NO_EVENT, Program, SlotId, Type};

use super::scope::term_slots;

/// What grows with spending.
const SPEND: &str = "spend";
/// What waiting alone brings.
const TIME: &str = "time";

/// What is common to all facts of a rule set.
#[derive(Debug)]
pub(super) struct Moves {
    /// Parties whose moves are listed fact by fact; what is not listed they cannot do.
    listed: Vec<String>,
    /// Amounts that progress counts: of these, and of no other amount, it is known that spending makes more.
    counted: Vec<SlotId>,
}

/// A change that is allowed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Allowed<'p> {
    /// By whom.
    pub by: &'p str,
    /// The warning that goes with it.
    pub warn: Option<usize>,
}

impl Moves {
    /// The moves of a rule set.
    pub fn new(program: &Program, plan: &Plan) -> Self {
        let mut listed: Vec<String> = Vec::new();
        for fact in program.facts.iter().filter(|fact| !fact.moves.is_empty()) {
            if let Change::By(party) = &fact.change
                && !listed.contains(party)
            {
                listed.push(party.clone());
            }
        }
        let mut counted = Vec::new();
        for requirement in plan.decisions.iter().flat_map(|decision| &decision.requirements) {
            if let BodyPlan::Progress(progress) = &requirement.body {
                term_slots(&progress.amount, &mut counted);
            }
        }
        Self { listed, counted }
    }

    /// Who may change a fact at all, for advice.
    pub fn party<'p>(&self, program: &'p Program, slot: SlotId) -> Option<&'p str> {
        let fact = program.fact_of(slot)?;
        let Change::By(party) = &fact.change else { return None };
        let none = fact.moves.iter().all(|m| m.to.is_empty());
        let closed = none && (!fact.moves.is_empty() || self.listed.contains(party));
        let balance = party == SPEND && fact.ty == Type::Money && !self.counted.contains(&slot);
        (!fact.never_advise && !closed && !balance).then_some(party.as_str())
    }

    /// May a fact be brought from one value to another, and by whom?
    pub fn allowed<'p>(&self, program: &'p Program, slot: SlotId, from: Lane, to: Lane) -> Option<Allowed<'p>> {
        let by = self.party(program, slot)?;
        let fact = program.fact_of(slot)?;
        if from == to {
            return None;
        }
        if fact.moves.is_empty() {
            let ordered = matches!(fact.ty, Type::Money | Type::Integer | Type::Decimal | Type::Percent | Type::Date { .. });
            let way = !ordered || !matches!(by, SPEND | TIME) || is_more(&fact.ty, from, to);
            return way.then_some(Allowed { by, warn: None });
        }
        let found = fact.moves.iter().find(|m| {
            let starts = m.from.is_empty() || m.from.iter().any(|word| names(fact, word, from, from));
            starts && m.to.iter().any(|word| names(fact, word, from, to))
        })?;
        Some(Allowed { by, warn: found.warn })
    }
}

/// Does a word of a move name the value `to`, for a fact that is `from`?
fn names(fact: &Fact, word: &str, from: Lane, to: Lane) -> bool {
    match word {
        "any" => true,
        "more" => is_more(&fact.ty, from, to),
        "less" => is_more(&fact.ty, to, from),
        word => fact.ty.word(word).is_some_and(|named| match fact.ty {
            Type::Set(_) => to.main == 1 << named,
            _ => to.main == named,
        }),
    }
}

/// Is a value more than another: a larger amount of the same currency, a later day, a list with further members?
fn is_more(ty: &Type, less: Lane, more: Lane) -> bool {
    match ty {
        Type::Money => more.aux == less.aux && more.main > less.main,
        Type::Set(_) => more.main & less.main == less.main && more.main != less.main,
        Type::Date { .. } => less.main == NO_EVENT || more.main > less.main,
        _ => (more.main, more.aux) > (less.main, less.aux),
    }
}
