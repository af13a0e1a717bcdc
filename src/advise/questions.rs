//! One list of questions across decisions: which answer helps most for the least effort.
//!
//! In: advice on several decisions. Out: each fact once, the most useful first.
//! Owns the order. Never adds a question that no decision asks.

use super::{Advice, Question};
use crate::program::{At, Lane, Program, SlotId};

/// A question with the decisions that wait for it.
#[derive(Clone, PartialEq, Debug)]
pub struct Ranked {
    /// Which fact.
    pub slot: SlotId,
    /// The record that it is about, for a fact of the record under decision.
    pub record: Option<usize>,
    /// The pieces of advice whose decision needs it, by index.
    pub needed_by: Vec<usize>,
    /// How many of them some answer settles alone.
    pub settles: usize,
    /// What the credits that need it may pay, one amount a currency: amounts are never converted.
    pub value: Vec<Lane>,
    /// Cost of finding out, 1 to 3.
    pub effort: i64,
}

impl Ranked {
    /// Decisions that it helps, those that it may settle alone twice, for its effort.
    fn worth(&self) -> (usize, i64) {
        (self.needed_by.len() + self.settles, self.effort.max(1))
    }
}

/// The questions of all advice, the most useful first: decisions that wait for one over its effort, then value, then order.
pub fn ranked(program: &Program, advice: &[Advice]) -> Vec<Ranked> {
    let mut all: Vec<Ranked> = Vec::new();
    for (at, one) in advice.iter().enumerate() {
        for question in &one.ask.questions {
            let own = matches!(program.slots.get(question.slot.0 as usize).map(|slot| slot.at), Some(At::Record(_)));
            let record = one.record.filter(|_| own);
            let place = all.iter().position(|known| known.slot == question.slot && known.record == record);
            let place = place.unwrap_or_else(|| {
                all.push(new(program, question, record));
                all.len() - 1
            });
            let Some(known) = all.get_mut(place) else { continue };
            known.needed_by.push(at);
            known.settles += usize::from(question.may_settle());
            if let Some((amount, _)) = one.prospect.as_ref().and_then(|prospect| prospect.pays) {
                match known.value.iter_mut().find(|known| known.aux == amount.aux) {
                    Some(sum) => sum.main = sum.main.saturating_add(amount.main),
                    None => known.value.push(amount),
                }
            }
        }
    }
    for one in &mut all {
        one.value.sort_by_key(|lane| (std::cmp::Reverse(lane.main), lane.aux));
    }
    all.sort_by(|a, b| {
        let ((helped, effort), (helped_by_b, effort_of_b)) = (a.worth(), b.worth());
        let worth = |helped: usize, other: i64| i64::try_from(helped).unwrap_or(i64::MAX).saturating_mul(other);
        let by_worth = worth(helped_by_b, effort).cmp(&worth(helped, effort_of_b));
        let value = |one: &Ranked| one.value.first().map(|lane| (lane.aux, lane.main));
        let by_value = match (value(a), value(b)) {
            (Some((unit, a)), Some((other, b))) if unit == other => b.cmp(&a),
            _ => std::cmp::Ordering::Equal,
        };
        by_worth.then(a.effort.cmp(&b.effort)).then(by_value).then((a.slot, a.record).cmp(&(b.slot, b.record)))
    });
    all
}

fn new(program: &Program, question: &Question, record: Option<usize>) -> Ranked {
    let effort = program.fact_of(question.slot).map_or(1, |fact| fact.effort);
    Ranked { slot: question.slot, record, needed_by: Vec::new(), settles: 0, value: Vec::new(), effort }
}

/// Absent facts that some decision reads and that no decision needs any more.
pub fn idle(advice: &[Advice]) -> Vec<SlotId> {
    let asked = |slot: SlotId| advice.iter().any(|one| one.ask.questions.iter().any(|question| question.slot == slot));
    let mut idle: Vec<SlotId> = advice.iter().flat_map(|one| &one.ask.idle).copied().collect();
    idle.sort_unstable();
    idle.dedup();
    idle.retain(|slot| !asked(*slot));
    idle
}
