//! Conditions and operands with every name resolved.
//!
//! In: made by `check`. Out: read by the plan, the reference evaluator and explanations.
//! Owns their shapes. Never evaluates.

use super::{Lane, SlotId};
use crate::source::Span;
use crate::syntax::{FirstDay, Order};

/// A condition: true, false, or unknown (strong Kleene).
#[derive(Clone, Debug)]
pub enum Cond {
    /// Always true, or never.
    Constant(bool),
    /// All hold.
    All(Vec<Cond>),
    /// At least one holds.
    Any(Vec<Cond>),
    /// Both hold; the second is read only once the first is known to hold.
    Then(Box<Cond>, Box<Cond>),
    /// Does not hold. The language has no general `not`; it comes from `is not` and `otherwise`.
    Not(Box<Cond>),
    /// A single test.
    Test(Box<Test>),
}

/// A single test with its place.
#[derive(Clone, Debug)]
pub struct Test {
    /// What is tested.
    pub kind: TestKind,
    /// Where it stands.
    pub span: Span,
}

/// The values of a membership test.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Values {
    /// A bit for each enum index, no and yes as 0 and 1.
    Mask(u64),
    /// Country or currency lanes, sorted.
    Codes(Vec<i64>),
    /// Texts.
    Texts(Vec<String>),
}

/// What a test asks.
#[derive(Clone, Debug)]
pub enum TestKind {
    /// The fact has one of the values.
    OneOf(SlotId, Values),
    /// Two facts of one type are equal.
    Same(SlotId, SlotId),
    /// The set holds the value of this bit.
    Contains(SlotId, u32),
    /// The set holds the value of another fact; the table gives the set's bit for each value of the other fact.
    ContainsFact(SlotId, SlotId, Vec<Option<u32>>),
    /// The set is empty.
    Empty(SlotId),
    /// The date is `none`.
    IsNone(Operand),
    /// An exact comparison. A date that is `none` is in no order to any day.
    Compare(Operand, Order, Operand),
    /// The day lies in a window: inside, outside, or open where no source says.
    Within {
        /// The day that counts.
        day: Operand,
        /// From which day.
        start: Operand,
        /// How many days.
        length: Operand,
        /// How the first day counts.
        first: FirstDay,
    },
    /// The operand is known: true or unknown, never false.
    Known(Operand),
    /// The parts of a computed fact were in more than one currency.
    MixedCurrencies(SlotId),
    /// Something that no source states.
    Unstated,
}

/// A value that a test compares or a reward pays.
#[derive(Clone, Debug)]
pub enum Operand {
    /// A fact.
    Slot(SlotId),
    /// A day.
    Day(i64),
    /// A number of days.
    Days(i64),
    /// An amount: minor units and ISO currency number.
    Money(Lane),
    /// A number: whole part and billionths.
    Number(Lane),
    /// A percentage: whole part and billionths of percent.
    Percent(Lane),
    /// Zero of any unit.
    Zero,
    /// A number that no source states.
    Unstated,
    /// A day and a number of days after it (before it, with the flag).
    Shift(Box<Operand>, bool, Box<Operand>),
    /// A sum; the flag says minus.
    Sum(Vec<(bool, Operand)>),
    /// A product; the flag says divided by.
    Product(Vec<(bool, Operand)>),
    /// Not above (the flag) or not below a limit; an unstated limit limits nothing.
    Bound(Box<Operand>, bool, Box<Operand>),
    /// The earlier of two days; one that is `none` is left out.
    Earlier(Box<Operand>, Box<Operand>),
    /// The value of the first condition that holds, else the last value.
    Choose(Vec<(Cond, Operand)>, Box<Operand>),
}

impl Cond {
    /// A test as a condition.
    pub fn test(kind: TestKind, span: Span) -> Self {
        Self::Test(Box::new(Test { kind, span }))
    }

    /// The negation, without doubling one.
    pub fn negated(self) -> Self {
        match self {
            Self::Constant(holds) => Self::Constant(!holds),
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    /// All of several, without needless nesting.
    pub fn all(mut parts: Vec<Self>) -> Self {
        match parts.len() {
            0 => Self::Constant(true),
            1 => parts.swap_remove(0),
            _ => Self::All(parts),
        }
    }

    /// Any of several, without needless nesting.
    pub fn any(mut parts: Vec<Self>) -> Self {
        match parts.len() {
            0 => Self::Constant(false),
            1 => parts.swap_remove(0),
            _ => Self::Any(parts),
        }
    }

    /// Visits every test, also those inside operands.
    pub fn each_test<'a>(&'a self, visit: &mut dyn FnMut(&'a Test)) {
        match self {
            Self::Constant(_) => {}
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.each_test(visit)),
            Self::Then(first, second) => {
                first.each_test(visit);
                second.each_test(visit);
            }
            Self::Not(inner) => inner.each_test(visit),
            Self::Test(test) => {
                visit(test);
                test.kind.operands().into_iter().for_each(|operand| operand.each_test(visit));
            }
        }
    }
}

impl TestKind {
    /// The operands of a test that has some.
    pub fn operands(&self) -> Vec<&Operand> {
        match self {
            Self::IsNone(a) | Self::Known(a) => vec![a],
            Self::Compare(a, _, b) => vec![a, b],
            Self::Within { day, start, length, .. } => vec![day, start, length],
            _ => Vec::new(),
        }
    }

    /// The facts that a test names directly.
    pub fn slots(&self) -> Vec<SlotId> {
        match self {
            Self::OneOf(a, _) | Self::Contains(a, _) | Self::Empty(a) | Self::MixedCurrencies(a) => vec![*a],
            Self::Same(a, b) | Self::ContainsFact(a, b, _) => vec![*a, *b],
            _ => Vec::new(),
        }
    }
}

impl Operand {
    /// The operands directly inside.
    pub fn parts(&self) -> Vec<&Operand> {
        match self {
            Self::Shift(a, _, b) | Self::Bound(a, _, b) | Self::Earlier(a, b) => vec![a, b],
            Self::Sum(parts) | Self::Product(parts) => parts.iter().map(|(_, part)| part).collect(),
            Self::Choose(branches, last) => branches.iter().map(|(_, value)| value).chain([last.as_ref()]).collect(),
            _ => Vec::new(),
        }
    }

    /// Visits every test inside the conditions of a choice.
    pub fn each_test<'a>(&'a self, visit: &mut dyn FnMut(&'a Test)) {
        if let Self::Choose(branches, _) = self {
            branches.iter().for_each(|(when, _)| when.each_test(visit));
        }
        self.parts().into_iter().for_each(|part| part.each_test(visit));
    }
}
