//! Outcomes to explanations: why, by which source, what is unknown, what rests on an assumption.
//!
//! In: a plan, facts, and what was decided. Out: explanations as data.
//! Owns reasons, margins, proofs, readings. Never words a verdict, never prints.

mod assume;
mod expect;
mod proof;
mod reading;
mod reason;
mod tell;
mod untold;

pub use expect::{Expected, expectations};
pub use tell::{Explainer, explain, explain_into};

use crate::eval::{Reward, View};
use crate::facts::State;
use crate::plan::DecisionPlan;
use crate::program::{Decision, Judged, Lane, Requirement, SlotId, StateCondition, Verdict};
use crate::value::{Day, Truth};

/// Everything that is said about one decision for one subject.
#[derive(Clone, Debug)]
pub struct Explanation<'a> {
    /// The decision.
    pub decision: &'a Decision,
    /// The record's key, for a decision made per record.
    pub subject: Option<&'a str>,
    /// The verdict.
    pub verdict: Verdict,
    /// The reward, where one is stated.
    pub reward: Option<Reward>,
    /// How far a spend threshold is.
    pub progress: Option<Progression>,
    /// Every requirement.
    pub requirements: Vec<RequirementNote<'a>>,
    /// Every state condition.
    pub states: Vec<StateNote<'a>>,
    /// The facts that it was decided by.
    pub view: View<'a>,
    /// The facts that requirements and states read now, of those that do not always read the same.
    read_now: Vec<SlotId>,
    /// The plan of which the notes say already what it says for every account.
    prepared: Option<&'a DecisionPlan>,
    /// The day on which this is said of every account that tells nothing of what the decision rests on; nothing where it is
    /// said of one that does.
    untold_on: Option<Day>,
    /// The requirements whose notes say already what is said of them while nothing is told on which they rest; the other ones
    /// are noted anew for each account.
    still: u64,
    /// Do those of the state conditions?
    still_states: bool,
    /// The deciding facts that are known.
    pub because: Vec<SlotId>,
    /// A minimal part of them that alone forces the verdict; empty for `undetermined` and `closed`.
    pub proof: Vec<SlotId>,
    /// The facts that an undetermined verdict misses.
    pub missing: Vec<SlotId>,
    /// The verdict under each reading, where it depends on one.
    pub readings: Vec<ReadingNote<'a>>,
    /// What was assumed.
    pub assumptions: Vec<Assumption<'a>>,
    /// Warnings to show: indices into `Program::warnings`.
    pub warnings: Vec<usize>,
}

impl<'a> Explanation<'a> {
    /// One of which nothing is said yet.
    fn blank(decision: &'a Decision, view: View<'a>) -> Self {
        Self {
            decision,
            view,
            subject: None,
            verdict: Verdict::Undetermined,
            reward: None,
            progress: None,
            requirements: Vec::new(),
            states: Vec::new(),
            read_now: Vec::new(),
            prepared: None,
            untold_on: None,
            still: 0,
            still_states: false,
            because: Vec::new(),
            proof: Vec::new(),
            missing: Vec::new(),
            readings: Vec::new(),
            assumptions: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// Do the notes say already what this plan says for every account?
    fn is_prepared(&self, planned: &DecisionPlan) -> bool {
        self.prepared.is_some_and(|known| std::ptr::eq(known, planned))
    }

    /// The facts that one of its requirements or states reads, in reading order.
    pub fn facts_of(&self, read: FactsRead<'a>) -> impl ExactSizeIterator<Item = FactNote> + Clone {
        let slots = match read {
            FactsRead::Listed(slots) => slots,
            FactsRead::Now { first, end } => self.read_now.get(first as usize..end as usize).unwrap_or(&[]),
        };
        slots.iter().map(|slot| {
            let (lane, state) = self.view.known(*slot);
            FactNote { slot: *slot, lane, state }
        })
    }
}

/// One requirement and its result.
#[derive(Clone, Debug)]
pub struct RequirementNote<'a> {
    /// The requirement.
    pub requirement: &'a Requirement,
    /// Its result.
    pub result: Judged,
    /// Did it decide the verdict?
    pub decisive: bool,
    /// Why it is open.
    pub open: Option<OpenReason>,
    /// Why it is open, in the words of the rules, where they say.
    pub why: Option<&'a str>,
    /// The facts that it reads now.
    pub facts: FactsRead<'a>,
    /// What it expects; index into the explainer's expectations, or the threshold of a progress.
    pub expected: Option<ExpectedNote<'a>>,
    /// How far the facts are from what is expected: above zero is to spare, below zero is short.
    pub margin: Option<Margin>,
}

/// What a requirement expects.
#[derive(Clone, Copy, Debug)]
pub enum ExpectedNote<'a> {
    /// Said by the rules.
    Stated(&'a Expected),
    /// The threshold that applies.
    AtLeast(Lane),
}

/// A distance in the requirement's own unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Margin {
    /// Minor units and currency.
    Money(Lane),
    /// Days.
    Days(i64),
    /// Billionths of a number.
    Number(i128),
}

/// Which facts a requirement or state reads, in reading order; [`Explanation::facts_of`] gives them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FactsRead<'a> {
    /// These, as the plan lists them.
    Listed(&'a [SlotId]),
    /// Some of those that are noted beside the explanation.
    Now {
        /// The first of them.
        first: u32,
        /// The one behind the last.
        end: u32,
    },
}

/// A fact as a requirement reads it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FactNote {
    /// Which fact.
    pub slot: SlotId,
    /// Its value, meaningless when it is missing.
    pub lane: Lane,
    /// How it came to be known.
    pub state: State,
}

/// Why something is open; the words are fixed by the contract.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OpenReason {
    /// A fact is not known.
    Missing,
    /// A day on which only one reading is inside.
    Boundary,
    /// No source says.
    Unstated,
    /// Sources disagree.
    Conflict,
    /// Two currencies.
    Currency,
    /// A division by zero.
    Arithmetic,
}

impl OpenReason {
    /// The word of the contract.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Boundary => "boundary",
            Self::Unstated => "unstated",
            Self::Conflict => "conflict",
            Self::Currency => "currency",
            Self::Arithmetic => "arithmetic",
        }
    }
}

/// One state condition.
#[derive(Clone, Debug)]
pub struct StateNote<'a> {
    /// The condition.
    pub condition: &'a StateCondition,
    /// Does it hold? For life and standing: is it open?
    pub holds: Truth,
    /// The facts that it reads now.
    pub facts: FactsRead<'a>,
}

/// How far a spend threshold is.
#[derive(Clone, Copy, Debug)]
pub struct Progression {
    /// Spend so far, minor units and currency.
    pub spent: Lane,
    /// The next tier, where one is stated.
    pub next: Option<NextTier>,
}

/// The next tier of a ladder.
#[derive(Clone, Copy, Debug)]
pub struct NextTier {
    /// Spend that reaches it.
    pub threshold: Lane,
    /// Credit that it gives, where stated.
    pub credit: Option<Lane>,
    /// What is still to be spent.
    pub short_by: Lane,
    /// The last day that counts under every reading; nothing without an end.
    pub last_sure_day: Option<Day>,
    /// What must be spent each day from `as_of` to that day, rounded up; nothing once it is past.
    pub per_day: Option<Lane>,
}

/// The verdict if an open term is read in one way.
#[derive(Clone, Debug)]
pub struct ReadingNote<'a> {
    /// The requirement.
    pub requirement: &'a Requirement,
    /// The reading, in words.
    pub reading: &'static str,
    /// The verdict under it.
    pub verdict: Verdict,
}

/// Something that the result rests on and nobody stated.
#[derive(Clone, Debug)]
pub struct Assumption<'a> {
    /// The fact and its value, for an assumed fact.
    pub fact: Option<FactNote>,
    /// Why.
    pub reason: &'a str,
}
