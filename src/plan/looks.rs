//! Where missing facts are sought in conditions that facts can always settle, as one flat list.
//!
//! In: the conditions of clauses. Out: looks in reading order, or the conditions themselves where they must be walked.
//! Owns the order of asking. Never asks whether a condition is known.

use super::lower::Lowering;
use super::{Node, Ref};
use crate::program::SlotId;
use crate::value::Truth;

/// Where the facts that clauses miss are sought.
#[derive(Clone, Debug)]
pub enum Sought {
    /// In a list, look by look.
    Flat(Box<[Look]>),
    /// In these conditions: what they miss depends on what each of them may still become.
    Each(Box<[Ref]>),
}

/// One look: while its condition has its truth, its fact is missing if it is absent, and the next look follows.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// The condition.
    pub cond: Ref,
    /// The truth that it must have.
    pub truth: Truth,
    /// The fact, where the condition rests on one.
    pub fact: Option<SlotId>,
    /// Which look follows otherwise.
    pub otherwise: u32,
}

/// Longer lists are not made: what is named in many places would be listed in each of them.
const LONGEST: usize = 500;

impl Lowering<'_> {
    /// Where what clauses miss is sought: what can be settled either way is asked for one way.
    pub(super) fn sought(&self, [met, fails, pending]: [Ref; 3]) -> Sought {
        let said = fails == met.negate() && self.is_free(met);
        let all = [Some(met), (!said).then_some(fails), Some(pending)].into_iter().flatten();
        let all: Box<[Ref]> = all.filter(|cond| cond.node() != Ref::TRUE.node()).collect();
        let mut looks = Vec::new();
        if all.iter().all(|cond| self.is_free(*cond) && self.look(*cond, &mut looks)) {
            return Sought::Flat(looks.into());
        }
        Sought::Each(all)
    }

    fn is_free(&self, cond: Ref) -> bool {
        self.plan.traits.get(cond.node()).is_some_and(|traits| traits.free)
    }

    /// Lists the looks for an unknown condition; not when there are too many.
    fn look(&self, cond: Ref, looks: &mut Vec<Look>) -> bool {
        let first = looks.len();
        let step = |cond, truth, fact| Look { cond, truth, fact, otherwise: 0 };
        looks.push(step(cond, Truth::UNKNOWN, None));
        let listed = match self.plan.nodes.get(cond.node()) {
            Some(Node::Test(_)) => {
                let facts = self.plan.rests_on.get(cond.node()).and_then(Option::as_deref).unwrap_or_default();
                let all = facts.iter().map(|fact| step(cond, Truth::UNKNOWN, Some(*fact)));
                looks.splice(first.., all);
                true
            }
            Some(Node::All(parts) | Node::Any(parts)) => parts.iter().all(|part| self.look(*part, looks)),
            // The second one is read once the first is known to hold.
            Some(Node::Then(a, b)) => {
                self.look(*a, looks) && {
                    looks.push(step(*a, Truth::TRUE, None));
                    self.look(*b, looks)
                }
            }
            Some(Node::True) | None => true,
        };
        let end = u32::try_from(looks.len()).unwrap_or(u32::MAX);
        let own = looks.iter_mut().skip(first);
        own.filter(|look| look.otherwise == 0).for_each(|look| look.otherwise = end);
        listed && looks.len() <= LONGEST
    }
}
