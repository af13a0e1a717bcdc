//! What a result rests on that nobody stated.
//!
//! In: reads with their states. Out: assumptions with their reasons.
//! Owns nothing but the order: facts first, then conventions. Never assumes anything itself.

use super::{Assumption, FactNote};
use crate::eval::Asking;
use crate::facts::State;
use crate::plan::DecisionPlan;
use crate::program::{Decision, Program, SlotId, Verdict};

/// Why results of divisions and percentages are rounded as they are.
/// # Source
/// Contract, `semantics.money`: no source states the rounding, so the output names it.
const ROUNDING: &str = "No source states how amounts are rounded; half a minor unit is rounded up.";

/// Adds the assumed facts that a decision reads now, and the conventions that its result rests on.
pub(super) fn assumptions<'a>(
    program: &'a Program,
    decision: &'a Decision,
    plan: &DecisionPlan,
    asking: &Asking<'_>,
    verdict: Verdict,
    rounded: bool,
    found: &mut Vec<Assumption<'a>>,
) {
    if verdict != Verdict::Closed {
        let mut slots: Vec<SlotId> = Vec::new();
        let rewarded = matches!(verdict, Verdict::Qualifies | Verdict::Blocked);
        let reads = plan.assumable.iter().chain(rewarded.then_some(&plan.reward_reads).into_iter().flatten());
        for read in reads {
            let used = asking.view.state(read.slot) == State::Assumed && asking.reads_now(read, plan);
            if used && !slots.contains(&read.slot) {
                slots.push(read.slot);
            }
        }
        slots.sort_unstable();
        found.extend(slots.into_iter().filter_map(|slot| {
            let assumed = program.fact_of(slot)?.assume.as_ref()?;
            let fact = FactNote { slot, lane: assumed.value, state: State::Assumed };
            Some(Assumption { fact: Some(fact), reason: &assumed.reason })
        }));
    }
    found.extend(decision.assume.iter().map(|reason| Assumption { fact: None, reason }));
    if rounded {
        found.push(Assumption { fact: None, reason: ROUNDING });
    }
}
