//! What could still come of a credit, from however little is known.
//!
//! In: a trial, with what may be asked and changed. Out: how near the credit is, what it may pay, what stands between.
//! Owns the order of nearness. Never denies a credit because nothing is recorded about it: what is unknown is asked.

use super::changes::best;
use super::trial::{Exhausted, Trial};
use super::{Asked, Changes, Through};
use crate::eval::{Value, chosen, value};
use crate::plan::RewardPlan;
use crate::program::{Judged, Lane, SlotId, Verdict};
use crate::syntax::{DecisionKind, StateKind};

/// How near a credit is, the nearest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Reach {
    /// The published terms are met.
    Has,
    /// Nothing stands against it; something is not reached yet.
    Going,
    /// It depends on answers.
    Open,
    /// It depends on a change that somebody can make.
    Change,
    /// It is held back, or would be whatever is answered.
    Held,
    /// It depends on what no source says.
    Silent,
    /// It was not analysed within the limit.
    Unknown,
    /// It cannot be had any more.
    Gone,
}

/// What could still come of a credit.
#[derive(Clone, PartialEq, Debug)]
pub struct Prospect {
    /// How near it is.
    pub reach: Reach,
    /// What it may pay: an amount that the rules or the facts state, and whether it is the most of several.
    pub pays: Option<(Lane, bool)>,
    /// How many questions settle it; none where nothing can be asked.
    pub questions: usize,
    /// What is still to be reached once every question is answered well.
    pub then: Vec<Through>,
}

/// The prospect of a credit; nothing for other decisions. Nothing is known of questions or changes that were not analysed.
pub(super) fn prospect(
    trial: &mut Trial<'_>,
    asked: &Asked,
    good: Option<&[(SlotId, Lane)]>,
    changes: &Changes,
) -> Option<Prospect> {
    if trial.decision.kind != DecisionKind::Credit {
        return None;
    }
    trial.allow(16);
    let made = made(trial, asked, good, changes);
    Some(made.unwrap_or(Prospect { reach: Reach::Unknown, pays: None, questions: 0, then: Vec::new() }))
}

fn made(
    trial: &mut Trial<'_>,
    asked: &Asked,
    good: Option<&[(SlotId, Lane)]>,
    changes: &Changes,
) -> Result<Prospect, Exhausted> {
    let base = trial.decided()?;
    let reward = trial.reward(&base);
    let pays = reward.map(|reward| (reward.amount, false)).or_else(|| most(trial));
    let changed = best(&changes.sets).is_some_and(|then| super::rank(then) >= 3);
    let mut blocking = trial.planned.states.iter().enumerate().filter(|(_, state)| state.kind == StateKind::Blocked);
    // Whatever is told, it is blocked at best.
    let held = blocking.any(|(at, _)| base.state(at).is_true());
    let reach = match base.verdict {
        Verdict::Qualifies => Reach::Has,
        Verdict::OnTrack => Reach::Going,
        Verdict::Blocked => Reach::Held,
        Verdict::Undetermined if good.is_some() && held => Reach::Held,
        Verdict::Undetermined if good.is_some() => Reach::Open,
        _ if changed => Reach::Change,
        Verdict::Undetermined if !asked.complete => Reach::Unknown,
        Verdict::Undetermined => Reach::Silent,
        _ if !changes.sets.is_empty() => Reach::Change,
        _ if !changes.complete => Reach::Unknown,
        _ => Reach::Gone,
    };
    let mark = trial.mark();
    for (slot, lane) in good.unwrap_or(&[]) {
        trial.give(*slot, *lane);
    }
    let well = trial.decided();
    trial.back(mark);
    let well = well?;
    let pending = (0..trial.planned.requirements.len()).filter(|at| well.result(*at) == Judged::Pending);
    Ok(Prospect { reach, pays, questions: asked.questions.len(), then: pending.map(Through::Requirement).collect() })
}

/// The most that the credit may pay, where a table or an amount is known to apply; for what was evaluated last.
fn most(trial: &Trial<'_>) -> Option<(Lane, bool)> {
    let of = |term| value(term, &trial.view(), trial.truths());
    for (when, reward) in &trial.planned.rewards {
        let truth = trial.truths().of(*when);
        if truth.is_false() {
            continue;
        }
        return match reward {
            _ if truth.is_unknown() => None,
            RewardPlan::Nothing => None,
            RewardPlan::Amount(term) => of(term).amount().map(|(amount, _)| (amount, false)),
            RewardPlan::Tier(choices, _) => {
                let choice = chosen(choices, trial.truths()).ok()?;
                let gives = choice.tiers.iter().flatten().filter_map(|(_, gives)| gives.as_ref());
                let amounts = gives.filter_map(|gives| match of(gives) {
                    Value::Money(main, aux) => Some(Lane { main, aux }),
                    _ => None,
                });
                amounts.max_by_key(|lane| lane.main).map(|lane| (lane, choice.tiers.len() > 1))
            }
        };
    }
    None
}
