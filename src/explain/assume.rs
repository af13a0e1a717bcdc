//! What a result rests on that nobody stated.
//!
//! In: reads with their states. Out: assumptions with their reasons.
//! Owns nothing but the order: facts first, then conventions. Never assumes anything itself.

use super::{Assumption, Explanation, FactNote};
use crate::eval::{Asking, Spare};
use crate::facts::State;
use crate::plan::{DecisionPlan, Read};
use crate::program::{Program, Verdict};

/// Why results of divisions and percentages are rounded as they are.
/// # Source
/// Contract, `semantics.money`: no source states the rounding, so the output names it.
const ROUNDING: &str = "No source states how amounts are rounded; half a minor unit is rounded up.";

/// Adds the assumed facts that a decision reads now, and the conventions that its result rests on.
pub(super) fn assumptions<'a>(
    program: &'a Program,
    plan: &DecisionPlan,
    asking: &Asking<'_>,
    spare: &mut Spare,
    one: &mut Explanation<'a>,
) {
    if one.verdict != Verdict::Closed {
        let rewarded = matches!(one.verdict, Verdict::Qualifies | Verdict::Blocked);
        let of_rewards = if rewarded { &*plan.reward_reads } else { &[] };
        if !(plan.assumable.is_empty() && of_rewards.is_empty()) {
            assumed(program, plan, asking, of_rewards, spare, &mut one.assumptions);
        }
    }
    let found = &mut one.assumptions;
    found.extend(one.decision.assume.iter().map(|reason| Assumption { fact: None, reason }));
    if one.reward.is_some_and(|paid| paid.rounded) {
        found.push(Assumption { fact: None, reason: ROUNDING });
    }
}

/// Adds the assumed facts that are read now.
fn assumed<'a>(
    program: &'a Program,
    plan: &DecisionPlan,
    asking: &Asking<'_>,
    of_rewards: &[Read],
    spare: &mut Spare,
    found: &mut Vec<Assumption<'a>>,
) {
    for read in plan.assumable.iter().chain(of_rewards) {
        if asking.view.state(read.slot) == State::Assumed && asking.reads_now(read, plan) {
            spare.set.insert(read.slot);
        }
    }
    spare.list.clear();
    spare.set.drain_into(&mut spare.list);
    found.extend(spare.list.iter().filter_map(|&slot| {
        let assumed = program.fact_of(slot)?.assume.as_ref()?;
        let fact = FactNote { slot, lane: assumed.value, state: State::Assumed };
        Some(Assumption { fact: Some(fact), reason: &assumed.reason })
    }));
}
