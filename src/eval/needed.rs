//! Which facts a result cannot do without, as far as the truths that it rests on say it.
//!
//! In: a plan and its truths, for facts of which none takes an assumed value once it is left out. Out: facts in a set.
//! Owns the argument: with fewer facts a known truth stays or becomes unknown. Never evaluates again; what it does not
//! name may still be needed.

use super::missing::Asking;
use super::slots::SlotSet;
use crate::facts::State;
use crate::plan::{BodyPlan, HoldsPlan, Node, Ref, RequirementPlan, StatePlan};
use crate::program::{Judged, SlotId};
use crate::value::Truth;

impl Asking<'_> {
    /// Facts without which a requirement would not have its result.
    pub fn needed_for(&self, requirement: &RequirementPlan, result: Judged, slots: &mut SlotSet) {
        if let BodyPlan::Clauses(clauses) = &requirement.body {
            match result {
                Judged::Met => self.needed(clauses.met, slots),
                Judged::Failed => self.needed(clauses.fails, slots),
                Judged::Pending => self.needed(clauses.pending, slots),
                Judged::Open => {}
            }
        }
    }

    /// Facts without which a state condition would not have its truth.
    pub fn needed_for_state(&self, state: &StatePlan, truth: Truth, slots: &mut SlotSet) {
        let (HoldsPlan::When(when) | HoldsPlan::Open(when) | HoldsPlan::Needs(when, _)) = &state.holds;
        if self.truths.holds(*when) {
            self.needed(*when, slots);
        } else if truth.is_false() {
            self.needed(when.negate(), slots);
        }
    }

    /// Facts without which a condition that is true would not be. One that several parts make true needs none of them.
    fn needed(&self, cond: Ref, slots: &mut SlotSet) {
        let same = |part: Ref| if cond.negated() { part.negate() } else { part };
        let pair;
        let (parts, all) = match self.plan.nodes.get(cond.node()) {
            Some(Node::Test(_)) => {
                let facts = self.plan.rests_on.get(cond.node()).and_then(Option::as_deref).unwrap_or_default();
                return facts.iter().filter(|slot| self.is_untold_without(**slot)).for_each(|slot| slots.insert(*slot));
            }
            Some(Node::All(parts)) => (&**parts, !cond.negated()),
            Some(Node::Any(parts)) => (&**parts, cond.negated()),
            Some(Node::Then(first, second)) => {
                pair = [*first, *second];
                (&pair[..], !cond.negated())
            }
            Some(Node::True) | None => return,
        };
        if all {
            return parts.iter().for_each(|part| self.needed(same(*part), slots));
        }
        let mut holding = parts.iter().map(|part| same(*part)).filter(|part| self.truths.holds(*part));
        if let (Some(only), None) = (holding.next(), holding.next()) {
            self.needed(only, slots);
        }
    }

    /// Is a fact unknown once nobody tells it?
    fn is_untold_without(&self, slot: SlotId) -> bool {
        self.plan.blank.get(slot.0 as usize).is_some_and(|(_, state)| *state == State::Missing)
    }
}
