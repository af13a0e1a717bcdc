//! Which facts a result cannot do without, as far as the truths that it rests on say it.
//!
//! In: a plan and its truths, for facts of which none takes an assumed value once it is left out. Out: facts in a set.
//! Owns the argument: with fewer facts a known truth stays or becomes unknown. Never evaluates again; what it does not
//! name may still be needed.

use super::missing::Asking;
use super::progress::each_window_term;
use super::slots::SlotSet;
use crate::facts::State;
use crate::plan::{BodyPlan, ChoicePlan, HoldsPlan, Node, ProgressPlan, Ref, RequirementPlan, StatePlan};
use crate::program::{Judged, SlotId};
use crate::value::Truth;

impl Asking<'_> {
    /// Facts without which a requirement would not have its result.
    pub fn needed_for(&self, requirement: &RequirementPlan, result: Judged, slots: &mut SlotSet) {
        match (&requirement.body, result) {
            (_, Judged::Open) | (BodyPlan::Editions(_), _) => {}
            (BodyPlan::Clauses(clauses), Judged::Met) => self.needed(clauses.met, slots),
            (BodyPlan::Clauses(clauses), Judged::Failed) => self.needed(clauses.fails, slots),
            (BodyPlan::Clauses(clauses), Judged::Pending) => self.needed(clauses.pending, slots),
            (BodyPlan::Progress(progress), result) => self.needed_for_progress(progress, result, slots),
        }
    }

    /// Facts without which progress that is not open would be: all that is asked, unless the platform has counted it.
    fn needed_for_progress(&self, plan: &ProgressPlan, result: Judged, slots: &mut SlotSet) {
        match plan.counted {
            // It may be met by the amount as well.
            Some(counted) if self.truths.holds(counted) => return,
            Some(counted) if result != Judged::Met => self.needed(counted.negate(), slots),
            _ => {}
        }
        match plan.starts {
            Some(starts) if !self.truths.holds(starts) => return self.needed(starts.negate(), slots),
            Some(starts) => self.needed(starts, slots),
            None => {}
        }
        let choices = plan.toward.iter().map(|choice| choice.when);
        let chosen = if plan.either { None } else { self.needed_to_choose(choices, slots) };
        let lowest = |choice: &ChoicePlan| choice.tiers.first().and_then(Option::as_ref).map(|(spend, _)| spend.slot());
        let among = plan.toward.iter().enumerate().filter(|(at, _)| plan.either || chosen == Some(*at));
        let thresholds = among.filter_map(|(_, choice)| lowest(choice));
        thresholds.chain([plan.amount.slot()]).flatten().for_each(|slot| self.add_needed(slot, slots));
        let window = self.needed_to_choose(plan.windows.iter().map(|(when, _)| *when), slots);
        if let Some((_, window)) = window.and_then(|at| plan.windows.get(at)) {
            let asked: Result<(), ()> = each_window_term(window, &mut |term| {
                term.slot().into_iter().for_each(|slot| self.add_needed(slot, slots));
                Ok(())
            });
            asked.unwrap_or_default();
        }
    }

    /// Facts without which another of some conditions would be the first that holds, or none; says which one it is.
    fn needed_to_choose(&self, conditions: impl Iterator<Item = Ref>, slots: &mut SlotSet) -> Option<usize> {
        for (at, when) in conditions.enumerate() {
            if self.truths.holds(when) {
                self.needed(when, slots);
                return Some(at);
            }
            self.needed(when.negate(), slots);
        }
        None
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
                return facts.iter().for_each(|slot| self.add_needed(*slot, slots));
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

    /// Adds a fact, if it is unknown once nobody tells it.
    fn add_needed(&self, slot: SlotId, slots: &mut SlotSet) {
        if self.plan.blank.get(slot.0 as usize).is_some_and(|(_, state)| *state == State::Missing) {
            slots.insert(slot);
        }
    }
}
