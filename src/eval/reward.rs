//! What a credit pays.
//!
//! In: planned rewards and a view. Out: an amount, where one is stated.
//! Owns the contract's `tier_reward`. Never decides whether a credit is earned.

use std::cmp::Ordering;

use super::outcome::Reward;
use super::progress::chosen;
use super::run::Decided;
use super::value::value;
use super::view::{Truths, View};
use crate::plan::{ChoicePlan, DecisionPlan, RewardPlan, Term};
use crate::program::Verdict;

/// The reward of a decision, for the verdicts that state one.
pub fn reward(plan: &DecisionPlan, decided: &Decided, view: &View<'_>, truths: &Truths) -> Option<Reward> {
    match decided.verdict {
        Verdict::Qualifies => {}
        Verdict::Blocked if decided.pending == 0 => {}
        _ => return None,
    }
    for (when, reward) in &plan.rewards {
        match truths.of(*when) {
            truth if truth.is_false() => {}
            truth if truth.is_unknown() => return None,
            _ => {
                return match reward {
                    RewardPlan::Nothing => None,
                    RewardPlan::Amount(term) => {
                        let (amount, rounded) = value(term, view, truths).amount()?;
                        Some(Reward { amount, at_least: false, rounded })
                    }
                    RewardPlan::Tier(choices, by) => by_tier(choices, by, view, truths),
                };
            }
        }
    }
    None
}

/// The credit of the highest tier reached. An unstated tier that may lie above it makes it `at least`.
fn by_tier(choices: &[ChoicePlan], by: &Term, view: &View<'_>, truths: &Truths) -> Option<Reward> {
    let choice = chosen(choices, truths).ok()?;
    let spend = value(by, view, truths);
    let mut reached = None;
    let mut unstated_above = false;
    let mut beyond = false;
    for tier in &choice.tiers {
        let Some((threshold, gives)) = tier else {
            unstated_above |= !beyond;
            continue;
        };
        if spend.compare(value(threshold, view, truths))? == Ordering::Less {
            beyond = true;
        } else {
            reached = gives.as_ref();
            unstated_above = false;
        }
    }
    let (amount, rounded) = value(reached?, view, truths).amount()?;
    Some(Reward { amount, at_least: unstated_above, rounded })
}
