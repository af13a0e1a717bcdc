//! What a decision came to.
//!
//! In: made by evaluation. Out: read by explanations, cases and tests.
//! Owns no rule. Never holds words.

use crate::program::{Judged, Lane, SlotId, Verdict};
use crate::value::Truth;

/// What a credit pays.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reward {
    /// Minor units and ISO currency number.
    pub amount: Lane,
    /// A tier that no source shows may pay more.
    pub at_least: bool,
    /// The amount was rounded half up to the minor unit.
    pub rounded: bool,
}

/// What a decision came to, for one subject.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// The verdict.
    pub verdict: Verdict,
    /// The result of each requirement, in order.
    pub results: Vec<Judged>,
    /// For each state condition: does it hold? For `life` and `standing`: is it open?
    pub states: Vec<Truth>,
    /// The reward, where one is stated.
    pub reward: Option<Reward>,
    /// The deciding facts that are known, in slot order.
    pub because: Vec<SlotId>,
    /// The facts that an undetermined verdict misses, in slot order.
    pub missing: Vec<SlotId>,
}
