//! The layout in which conditions and requirements run: flat, in the order of evaluation.
//!
//! In: nodes and clauses. Out: steps of a group of conditions, and by which truths a decision is judged.
//! Owns the order. Never evaluates.

use super::{BodyPlan, HoldsPlan, Node, Probe, Ref, RequirementPlan, StatePlan, Term};
use crate::program::SlotId;
use crate::syntax::Order;

/// What runs for one subject: first the common tests, which rest on nothing but facts, kind by kind; then everything
/// else, each after what it rests on.
#[derive(Clone, Debug, Default)]
pub struct Group {
    /// Tests of words, by far the most common ones.
    pub words: Vec<WordStep>,
    /// Tests of days and whole numbers against constants.
    pub ranges: Vec<RangeStep>,
    /// Comparisons of two days.
    pub days: Vec<DaysStep>,
    /// All other conditions.
    pub steps: Vec<Step>,
}

/// Is the word of a fact among the words of a mask?
#[derive(Clone, Copy, Debug)]
pub struct WordStep {
    /// The node.
    pub node: u32,
    /// The fact.
    pub slot: SlotId,
    /// The words.
    pub mask: u64,
}

/// Is a day or whole number in a range? No event is in none.
#[derive(Clone, Copy, Debug)]
pub struct RangeStep {
    /// The node.
    pub node: u32,
    /// The fact.
    pub slot: SlotId,
    /// The least value inside.
    pub from: i64,
    /// The greatest value inside.
    pub to: i64,
}

/// How does a day lie to another one?
#[derive(Clone, Copy, Debug)]
pub struct DaysStep {
    /// The node.
    pub node: u32,
    /// The one day.
    pub a: SlotId,
    /// How it must lie to the other.
    pub order: Order,
    /// The other day.
    pub b: SlotId,
}

/// One condition to evaluate.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// Both hold.
    Both {
        /// The node.
        node: u32,
        /// The first.
        a: Ref,
        /// The second.
        b: Ref,
    },
    /// At least one of two holds.
    Either {
        /// The node.
        node: u32,
        /// The first.
        a: Ref,
        /// The second.
        b: Ref,
    },
    /// All of some references hold.
    All {
        /// The node.
        node: u32,
        /// The first of its references in `Plan::refs`.
        first: u32,
        /// How many.
        count: u32,
    },
    /// At least one of some references holds.
    Any {
        /// The node.
        node: u32,
        /// The first of its references in `Plan::refs`.
        first: u32,
        /// How many.
        count: u32,
    },
    /// Any other test.
    Probe {
        /// The node.
        node: u32,
    },
}

impl Group {
    /// Adds a node; references that do not fit a step go to `refs`.
    pub(super) fn push(&mut self, id: u32, node: &Node, refs: &mut Vec<Ref>) {
        let mut listed = |parts: &[Ref]| {
            let first = u32::try_from(refs.len()).unwrap_or(u32::MAX);
            refs.extend(parts);
            (first, u32::try_from(parts.len()).unwrap_or(0))
        };
        self.steps.push(match node {
            Node::True => return,
            Node::Test(Probe::Word(slot, mask)) => {
                self.words.push(WordStep { node: id, slot: *slot, mask: *mask });
                return;
            }
            Node::Test(Probe::Day(slot, order, limit) | Probe::Whole(slot, order, limit)) => {
                let (from, to) = range(*order, *limit);
                self.ranges.push(RangeStep { node: id, slot: *slot, from, to });
                return;
            }
            Node::Test(Probe::Compare(Term::Day(a), order, Term::Day(b))) => {
                self.days.push(DaysStep { node: id, a: *a, order: *order, b: *b });
                return;
            }
            Node::Test(_) => Step::Probe { node: id },
            Node::Then(a, b) => Step::Both { node: id, a: *a, b: *b },
            Node::All(parts) => match **parts {
                [a, b] => Step::Both { node: id, a, b },
                ref parts => {
                    let (first, count) = listed(parts);
                    Step::All { node: id, first, count }
                }
            },
            Node::Any(parts) => match **parts {
                [a, b] => Step::Either { node: id, a, b },
                ref parts => {
                    let (first, count) = listed(parts);
                    Step::Any { node: id, first, count }
                }
            },
        });
    }
}

/// The values that lie so to a limit. Limits are far from the ends of 64 bits, where `NO_EVENT` is.
const fn range(order: Order, limit: i64) -> (i64, i64) {
    const LAST: i64 = i64::MAX - 1;
    match order {
        Order::AtLeast => (limit, LAST),
        Order::Above => (limit.saturating_add(1), LAST),
        Order::AtMost => (-LAST, limit),
        Order::Below => (-LAST, limit.saturating_sub(1)),
        Order::Exactly => (limit, limit),
    }
}

/// The references by which a decision is judged; [`Ref::FALSE`] stands for what is listed apart.
#[derive(Clone, Debug, Default)]
pub struct Judging {
    /// Of each requirement: when it is met, when it fails.
    pub requirements: Box<[[Ref; 2]]>,
    /// Requirements that may be pending, and when.
    pub pending: Box<[(u8, Ref)]>,
    /// Requirements that are judged by their bodies.
    pub bodies: Box<[u8]>,
    /// Of each state condition: when it holds.
    pub states: Box<[Ref]>,
    /// State conditions that need something.
    pub needs: Box<[u8]>,
}

impl Judging {
    pub(super) fn new(requirements: &[RequirementPlan], states: &[StatePlan]) -> Self {
        let clauses = |requirement: &RequirementPlan| match &requirement.body {
            BodyPlan::Clauses(clauses) if requirement.only_once.is_none() => {
                Some([clauses.met, clauses.fails, clauses.pending])
            }
            _ => None,
        };
        let plain = |state: &StatePlan| match &state.holds {
            HoldsPlan::When(when) | HoldsPlan::Open(when) => Some(*when),
            HoldsPlan::Needs(..) => None,
        };
        let (by_clauses, bodies) = split(requirements.iter().map(clauses), [Ref::FALSE; 3]);
        let (states, needs) = split(states.iter().map(plain), Ref::FALSE);
        let pending = by_clauses.iter().zip(0_u8..).map(|([.., when], at)| (at, *when));
        Self {
            requirements: by_clauses.iter().map(|[met, fails, _]| [*met, *fails]).collect(),
            pending: pending.filter(|(_, when)| *when != Ref::FALSE).collect(),
            bodies,
            states,
            needs,
        }
    }
}

/// All entries, with `blank` for those that are missing, and the indices of those.
fn split<T: Clone>(all: impl Iterator<Item = Option<T>> + Clone, blank: T) -> (Box<[T]>, Box<[u8]>) {
    let missing = all.clone().zip(0_u8..).filter(|(one, _)| one.is_none()).map(|(_, at)| at).collect();
    (all.map(|one| one.unwrap_or_else(|| blank.clone())).collect(), missing)
}
