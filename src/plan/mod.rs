//! The program as flat lists: each distinct condition once, requirements as references to them.
//!
//! In: a sound program. Out: a plan that evaluation runs over one account.
//! Owns the layout. Never evaluates, never changes what a rule means.

mod listed;
mod looks;
mod lower;
mod mask;
mod operands;
mod reach;
mod reads;
mod steps;
mod traits;

pub use listed::{Listed, ReadList};
pub use looks::{Look, Sought};
pub use lower::lower;
pub use mask::SlotMask;
pub use reach::{Reach, Steps};
pub use steps::{DaysStep, Group, Judging, RangeStep, Step, WordStep};
pub use traits::{NodeTraits, Readers, StateKinds};

use crate::facts::State;
use crate::program::{InForce, Lane, ListId, SlotId, Verdict};
use crate::syntax::{DecisionKind, FirstDay, Order, StateKind};

/// A condition of the plan, or its negation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Ref(u32);

impl Ref {
    /// Always true.
    pub const TRUE: Self = Self(0);
    /// Never true.
    pub const FALSE: Self = Self(1);

    pub(crate) fn new(node: usize) -> Self {
        Self(u32::try_from(node).unwrap_or(u32::MAX >> 1) << 1)
    }

    /// The node.
    #[inline]
    pub fn node(self) -> usize {
        (self.0 >> 1) as usize
    }

    /// Where the truth of this reference is kept: two places a node, the second for its negation.
    #[inline]
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }

    /// Is the node negated?
    #[inline]
    pub fn negated(self) -> bool {
        self.0 & 1 == 1
    }

    /// The negation.
    #[must_use]
    pub fn negate(self) -> Self {
        Self(self.0 ^ 1)
    }
}

/// A condition.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Node {
    /// Always true.
    True,
    /// A test of facts.
    Test(Probe),
    /// All hold.
    All(Box<[Ref]>),
    /// At least one holds.
    Any(Box<[Ref]>),
    /// Both hold; the second is read only once the first is known to hold.
    Then(Ref, Ref),
}

/// A test, in the shape in which it runs fastest.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Probe {
    /// The word of a fact is among the words of a mask.
    Word(SlotId, u64),
    /// A country or currency is listed; codes are sorted.
    Code(SlotId, Box<[i64]>),
    /// A text is listed.
    Text(SlotId, Box<[String]>),
    /// A day against a constant.
    Day(SlotId, Order, i64),
    /// A whole number against a constant.
    Whole(SlotId, Order, i64),
    /// An amount against a constant.
    Money(SlotId, Order, Lane),
    /// Two facts are equal.
    Same(SlotId, SlotId),
    /// The set holds a word.
    Contains(SlotId, u32),
    /// The set holds the word of another fact.
    ContainsFact(SlotId, SlotId, Box<[Option<u32>]>),
    /// The set is empty.
    Empty(SlotId),
    /// The date is `none`.
    IsNone(Term),
    /// An exact comparison.
    Compare(Term, Order, Term),
    /// A day in a window.
    Within(Term, Window),
    /// Known: true or unknown.
    Known(Term),
    /// The parts of a computed fact were in more than one currency.
    Mixed(SlotId),
    /// No source states it.
    Unstated,
}

/// A window of days.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Window {
    /// From which day.
    pub start: Term,
    /// How many days.
    pub length: Term,
    /// How the first day counts.
    pub first: FirstDay,
}

/// An operand.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Term {
    /// A date.
    Day(SlotId),
    /// A whole number.
    Whole(SlotId),
    /// An amount.
    Money(SlotId),
    /// A decimal.
    Number(SlotId),
    /// A percentage.
    Percent(SlotId),
    /// Any other fact; only whether it is known matters.
    Other(SlotId),
    /// A day, a number of days, a whole number.
    ConstWhole(i64),
    /// An amount.
    ConstMoney(Lane),
    /// A decimal.
    ConstNumber(Lane),
    /// A percentage.
    ConstPercent(Lane),
    /// Zero of any unit.
    Zero,
    /// No source states it.
    Unstated,
    /// Days after (before, with the flag) a day.
    Shift(Box<Term>, bool, Box<Term>),
    /// A sum; the flag says minus.
    Sum(Box<[(bool, Term)]>),
    /// A product; the flag says divided by.
    Product(Box<[(bool, Term)]>),
    /// Not above (the flag) or not below a limit.
    Bound(Box<Term>, bool, Box<Term>),
    /// The earlier of two days.
    Earlier(Box<Term>, Box<Term>),
    /// The value of the first condition that holds, else the last.
    Choose(Box<[(Ref, Term)]>, Box<Term>),
}

impl Read {
    /// Is it read whatever else is known?
    pub fn is_plain(&self) -> bool {
        self.guard == Ref::TRUE && self.edition.is_none() && self.rules_out.is_empty()
    }

    /// Is it read under the same conditions as another one?
    fn is_guarded_like(&self, other: &Self) -> bool {
        (self.guard, self.edition, &self.rules_out) == (other.guard, other.edition, &other.rules_out)
    }
}

/// A fact that something reads, while a condition is known to hold.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Read {
    /// The fact.
    pub slot: SlotId,
    /// Read only while this is known to hold.
    pub guard: Ref,
    /// Read only while this edition is possible.
    pub edition: Option<u8>,
    /// Read only while the first of each pair is not known and the second is known to be false: a guarded part that
    /// rules something out by itself.
    pub rules_out: Box<[(Ref, Ref)]>,
}

/// The four conditions of a requirement.
#[derive(Clone, Debug)]
pub struct ClausePlan {
    /// It is met.
    pub met: Ref,
    /// It fails.
    pub fails: Ref,
    /// It is still reachable.
    pub pending: Ref,
    /// The sources leave it open; one for each reason.
    pub open: Box<[Ref]>,
    /// Where the facts that it misses are sought while it is open.
    pub sought: Sought,
    /// Ordered tests in the order in which a margin is sought, each with the condition under which it counts.
    pub measures: Box<[(Ref, Ref)]>,
}

/// How a requirement is judged.
#[derive(Clone, Debug)]
pub enum BodyPlan {
    /// By clauses.
    Clauses(ClausePlan),
    /// By the clauses of each edition.
    Editions(Box<[ClausePlan]>),
    /// By progress.
    Progress(Box<ProgressPlan>),
}

/// Spend that reaches a tier, and the credit that it gives.
pub type TierPlan = (Term, Option<Term>);

/// When a warning is shown: its index, verdicts (none means any), condition.
pub type WarningPlan = (usize, Box<[Verdict]>, Ref);

/// A choice of tiers.
#[derive(Clone, Debug)]
pub struct ChoicePlan {
    /// When these tiers apply.
    pub when: Ref,
    /// Tiers from the lowest; one that no source shows is nothing.
    pub tiers: Box<[Option<TierPlan>]>,
}

/// How long spend counts.
#[derive(Clone, Debug)]
pub enum WindowPlan {
    /// Some days of a day.
    Within(Window),
    /// The one that ends earlier.
    Earlier(Box<WindowPlan>, Box<WindowPlan>),
    /// Up to and with a day.
    Until(Term),
    /// Without an end.
    Forever,
}

/// Spend toward a threshold.
#[derive(Clone, Debug)]
pub struct ProgressPlan {
    /// The amount that grows.
    pub amount: Term,
    /// Spend counts once this holds.
    pub starts: Option<Ref>,
    /// Tiers that may apply.
    pub toward: Box<[ChoicePlan]>,
    /// One of several thresholds applies, and no source says which.
    pub either: bool,
    /// Windows that may apply.
    pub windows: Box<[(Ref, WindowPlan)]>,
    /// The day the amount reached its tier.
    pub crossed: Option<Term>,
    /// Met whatever the amount.
    pub counted: Option<Ref>,
}

/// A requirement.
#[derive(Clone, Debug)]
pub struct RequirementPlan {
    /// How it is judged.
    pub body: BodyPlan,
    /// Judged only while the requirement at this index is met.
    pub only_once: Option<u8>,
    /// Facts that it reads, in reading order.
    pub reads: Box<[Read]>,
    /// Those facts, listed.
    pub listed: ReadList,
    /// While it is open, does it miss whichever of its facts are absent? Then it reads each of them plainly.
    pub misses_absent: bool,
    /// The one fact that it reads, where it is judged by it: without that fact it is open, or rests on an assumption.
    pub sole: Option<SlotId>,
    /// Nodes that it needs, in order of evaluation.
    pub nodes: Box<[u32]>,
}

/// When a state condition applies.
#[derive(Clone, Debug)]
pub enum HoldsPlan {
    /// While this holds.
    When(Ref),
    /// Open while this is not surely false.
    Open(Ref),
    /// Open while the guard holds and one of these is not known.
    Needs(Ref, Box<[Term]>),
}

/// A condition of a credit's state.
#[derive(Clone, Debug)]
pub struct StatePlan {
    /// What it does to the verdict.
    pub kind: StateKind,
    /// When it applies.
    pub holds: HoldsPlan,
    /// Facts that it reads.
    pub reads: Box<[Read]>,
    /// Those facts, listed.
    pub listed: ReadList,
    /// Nodes that it needs.
    pub nodes: Box<[u32]>,
}

impl StatePlan {
    /// Does it depend on the account which facts it reads?
    pub fn is_varied(&self) -> bool {
        self.listed.always().is_none()
    }
}

/// A reward.
#[derive(Clone, Debug)]
pub enum RewardPlan {
    /// None, or none stated.
    Nothing,
    /// An amount.
    Amount(Term),
    /// The highest tier reached.
    Tier(Box<[ChoicePlan]>, Term),
}

/// A decision.
#[derive(Clone, Debug)]
pub struct DecisionPlan {
    /// A credit, an action or a check.
    pub kind: DecisionKind,
    /// When the program is in force, where no edition says otherwise.
    pub in_force: InForce,
    /// Editions: when they apply.
    pub editions: Box<[Ref]>,
    /// Facts that the editions read.
    pub edition_reads: Box<[Read]>,
    /// The limits of each edition, where one has its own, so that the edition decides whether the program is closed; else
    /// empty.
    pub edition_limits: Box<[Option<InForce>]>,
    /// Requirements.
    pub requirements: Box<[RequirementPlan]>,
    /// By which truths requirements and states are judged.
    pub judging: Judging,
    /// State conditions.
    pub states: Box<[StatePlan]>,
    /// Which state conditions are lost, blocked, and life or standing.
    pub state_kinds: StateKinds,
    /// Of which requirements more than the result depends on the account: a margin, a threshold, which facts are read.
    pub varied: u64,
    /// The same of state conditions.
    pub varied_states: u64,
    /// For a credit: the first requirement that is judged by progress.
    pub progress: Option<u8>,
    /// Who reads which fact, in slot order: every fact on which a requirement or state rests, and the day.
    pub readers: Box<[Readers]>,
    /// Facts without which some requirement is open, because it reads nothing else.
    pub sole: SlotMask,
    /// Rewards, the first whose condition holds is paid.
    pub rewards: Box<[(Ref, RewardPlan)]>,
    /// Facts that requirements and states read and that the vocabulary may assume.
    pub assumable: Box<[Read]>,
    /// Facts that rewards read and that the vocabulary may assume.
    pub reward_reads: Box<[Read]>,
    /// Warnings.
    pub warnings: Box<[WarningPlan]>,
    /// About which list it is made; nothing for the account.
    pub list: Option<ListId>,
}

/// A whole rule set, ready to run.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Conditions; a node comes after all that it refers to.
    pub nodes: Vec<Node>,
    /// Facts that each test reads; empty for other nodes.
    pub node_reads: Vec<Box<[Read]>>,
    /// What is known of each condition before any facts are.
    pub traits: Vec<NodeTraits>,
    /// The facts of each test that is known as soon as all of them are, unless no further fact can settle it; nothing for
    /// other nodes.
    pub rests_on: Vec<Option<Box<[SlotId]>>>,
    /// Conditions of the account, then of each list: what runs for one subject.
    pub groups: Vec<Group>,
    /// The same for conditions that only explanations ask: guards, rewards, warnings.
    pub extras: Vec<Group>,
    /// References of steps.
    pub refs: Vec<Ref>,
    /// The value of each slot while nobody told it: assumed or missing.
    pub blank: Vec<(Lane, State)>,
    /// For each list: the first record slot.
    pub record_base: Vec<u32>,
    /// Decisions, in the program's order.
    pub decisions: Vec<DecisionPlan>,
    /// Which of the account's conditions and decisions rest on which fact.
    pub reach: Reach,
}
