//! Cells: sets of values of one fact, or of the difference of two, in which conditions do not change.
//!
//! In: conditions. Out: a case in which they hold together, or in which none holds, or the proof that there is none.
//! Owns the search over cells. It may find a case that arithmetic over several facts rules out, never miss one.
//! Never evaluates on facts.

use std::collections::BTreeMap;

use crate::program::{Cond, Fact, NO_EVENT, Operand, Program, SlotId, Test, TestKind, Type, Values};
use crate::syntax::{FirstDay, Order};

/// The most partial cases that one search looks at.
const MAX_STEPS: usize = 20_000;

/// What a search found.
pub(super) enum Case {
    /// Proved: there is no such case.
    None,
    /// One, as `fact = value` texts.
    Found(Vec<String>),
    /// The search was given up.
    TooLarge,
}

/// Of what a cell is.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Key {
    /// A fact.
    Slot(SlotId),
    /// Whether a date is `none`.
    IsNone(SlotId),
    /// The difference of two operands, or a test taken as a whole.
    Whole(String),
}

/// A set of values.
#[derive(Clone, Debug)]
enum Cell {
    /// Enum words, no and yes.
    Mask(u64),
    /// Codes or texts: these, or all but these.
    Listed { listed: Vec<String>, except: bool },
    /// Inclusive ranges, in order.
    Ranges(Vec<(i128, i128)>),
}

/// Numbers are compared in billionths.
const NANOS: i128 = crate::value::NANOS as i128;

const ALL: (i128, i128) = (i128::MIN / 4, i128::MAX / 4);

impl Cell {
    fn truth(holds: bool) -> Self {
        Self::Mask(if holds { 2 } else { 1 })
    }

    fn meet(&self, other: &Self) -> Option<Self> {
        let met = match (self, other) {
            (Self::Mask(a), Self::Mask(b)) => Self::Mask(a & b),
            (Self::Ranges(a), Self::Ranges(b)) => Self::Ranges(
                a.iter()
                    .flat_map(|(low, high)| b.iter().map(move |(l, h)| (*low.max(l), *high.min(h))))
                    .filter(|(low, high)| low <= high)
                    .collect(),
            ),
            (Self::Listed { listed: a, except: false }, Self::Listed { listed: b, except }) => {
                Self::Listed { listed: a.iter().filter(|x| b.contains(x) != *except).cloned().collect(), except: false }
            }
            (Self::Listed { .. }, Self::Listed { except: false, .. }) => return other.meet(self),
            (Self::Listed { listed: a, .. }, Self::Listed { listed: b, .. }) => {
                Self::Listed { listed: a.iter().chain(b).cloned().collect(), except: true }
            }
            _ => return Some(self.clone()),
        };
        let empty = match &met {
            Self::Mask(mask) => *mask == 0,
            Self::Ranges(ranges) => ranges.is_empty(),
            Self::Listed { listed, except } => !except && listed.is_empty(),
        };
        (!empty).then_some(met)
    }
}

/// What is known of a partial case.
type Cells = BTreeMap<Key, Cell>;

/// A literal: some cells that hold together.
type Literal = Vec<(Key, Cell)>;

/// A search over one program's facts.
pub(super) struct Search<'p> {
    program: &'p Program,
    steps: std::cell::Cell<usize>,
}

impl<'p> Search<'p> {
    pub(super) fn new(program: &'p Program) -> Self {
        Self { program, steps: std::cell::Cell::new(0) }
    }

    /// A case in which both conditions surely hold.
    pub(super) fn both(&self, a: &Cond, b: &Cond) -> Case {
        self.run(&[(a, true), (b, true)])
    }

    /// A case in which every condition is surely false.
    pub(super) fn none_of(&self, conds: &[&Cond]) -> Case {
        let goals: Vec<(&Cond, bool)> = conds.iter().map(|cond| (*cond, false)).collect();
        self.run(&goals)
    }

    fn run(&self, goals: &[(&Cond, bool)]) -> Case {
        let found = self.extend(&Cells::new(), goals);
        match found {
            Some(cells) => Case::Found(self.describe(&cells, &currencies(goals))),
            None if self.steps.get() > MAX_STEPS => Case::TooLarge,
            None => Case::None,
        }
    }

    /// Cells that reach all goals, starting from what is known.
    fn extend(&self, cells: &Cells, goals: &[(&Cond, bool)]) -> Option<Cells> {
        self.steps.set(self.steps.get() + 1);
        if self.steps.get() > MAX_STEPS {
            return None;
        }
        let Some(((cond, wanted), rest)) = goals.split_first() else { return Some(cells.clone()) };
        match (cond, wanted) {
            (Cond::Constant(holds), wanted) => (holds == wanted).then(|| self.extend(cells, rest)).flatten(),
            (Cond::Not(inner), wanted) => self.extend(cells, &[&[(inner.as_ref(), !wanted)], rest].concat()),
            (Cond::All(parts), true) | (Cond::Any(parts), false) => {
                let mut goals: Vec<(&Cond, bool)> = parts.iter().map(|part| (part, *wanted)).collect();
                goals.extend(rest);
                self.extend(cells, &goals)
            }
            (Cond::Then(a, b), true) => self.extend(cells, &[&[(a.as_ref(), true), (b.as_ref(), true)], rest].concat()),
            (Cond::Then(a, b), false) => {
                [a, b].into_iter().find_map(|part| self.extend(cells, &[&[(part.as_ref(), false)], rest].concat()))
            }
            (Cond::All(parts), false) | (Cond::Any(parts), true) => {
                parts.iter().find_map(|part| self.extend(cells, &[&[(part, *wanted)], rest].concat()))
            }
            (Cond::Test(test), wanted) => {
                let implied = self.implied(test);
                self.literals(test, *wanted).into_iter().find_map(|literal| {
                    let next = with(cells, literal.into_iter().chain(implied.iter().cloned()).collect())?;
                    self.extend(&next, rest)
                })
            }
        }
    }

    /// What the vocabulary implies while the facts of a test are known.
    fn implied(&self, test: &Test) -> Literal {
        let mut slots = test.kind.slots();
        slots.extend(test.kind.operands().into_iter().filter_map(|operand| match operand {
            Operand::Slot(slot) => Some(*slot),
            _ => None,
        }));
        let mut cells = Literal::new();
        for slot in slots {
            let Some(place) = self.program.slots.get(slot.0 as usize) else { continue };
            for (fact, lane) in self.program.fact_of(slot).map_or(&[][..], |fact| &fact.implies) {
                let sibling = crate::program::Slot { fact: *fact, at: place.at };
                let found = self.program.slots.iter().zip(0..).find(|(other, _)| **other == sibling);
                cells.extend(found.map(|(_, id)| (Key::Slot(SlotId(id)), Cell::Mask(1 << lane.main.clamp(0, 63)))));
            }
        }
        cells
    }

    /// The ways in which a test is surely true, or surely false, on known facts.
    fn literals(&self, test: &Test, wanted: bool) -> Vec<Literal> {
        let whole = |key: String, holds: bool| vec![(Key::Whole(key), Cell::truth(holds))];
        match &test.kind {
            TestKind::OneOf(slot, Values::Mask(mask)) => {
                let count = self.program.fact_of(*slot).map_or(2, |fact| fact.ty.words().len());
                let all = (1_u64 << count) - 1;
                vec![vec![(Key::Slot(*slot), Cell::Mask(if wanted { *mask } else { all & !mask }))]]
            }
            TestKind::OneOf(slot, values) => {
                let ty = self.program.fact_of(*slot).map(|fact| &fact.ty);
                let listed = match values {
                    Values::Texts(texts) => texts.clone(),
                    Values::Codes(codes) => {
                        let lane = |code: &i64| crate::program::Lane { main: *code, aux: 0 };
                        codes.iter().filter_map(|code| ty.map(|ty| ty.text(lane(code)))).collect()
                    }
                    Values::Mask(_) => Vec::new(),
                };
                vec![vec![(Key::Slot(*slot), Cell::Listed { listed, except: !wanted })]]
            }
            TestKind::Same(a, b) => vec![whole(format!("same {a:?} {b:?}"), wanted)],
            TestKind::Contains(set, bit) => {
                let mut literal = whole(format!("in {set:?} {bit}"), wanted);
                if wanted {
                    literal.extend(whole(format!("empty {set:?}"), false));
                }
                vec![literal]
            }
            TestKind::ContainsFact(set, value, _) => {
                let mut literal = whole(format!("in {set:?} {value:?}"), wanted);
                if wanted {
                    literal.extend(whole(format!("empty {set:?}"), false));
                }
                vec![literal]
            }
            TestKind::Empty(set) => vec![whole(format!("empty {set:?}"), wanted)],
            TestKind::IsNone(Operand::Slot(slot)) => vec![vec![(Key::IsNone(*slot), Cell::truth(wanted))]],
            TestKind::IsNone(operand) => vec![whole(format!("none {operand:?}"), wanted)],
            TestKind::Known(_) => {
                if wanted {
                    vec![Vec::new()]
                } else {
                    Vec::new()
                }
            }
            TestKind::MixedCurrencies(slot) => vec![whole(format!("mixed {slot:?}"), wanted)],
            TestKind::Unstated => Vec::new(),
            TestKind::Compare(left, order, right) => {
                let (key, low, step) = self.difference(left, right);
                let at = |d: i128| (low + d, low + d);
                let ranges = match (order, wanted) {
                    (Order::AtLeast, true) | (Order::Below, false) => vec![(low, ALL.1)],
                    (Order::Above, true) | (Order::AtMost, false) => vec![(low + step, ALL.1)],
                    (Order::AtMost, true) | (Order::Above, false) => vec![(ALL.0, low)],
                    (Order::Below, true) | (Order::AtLeast, false) => vec![(ALL.0, low - step)],
                    (Order::Exactly, true) => vec![at(0)],
                    (Order::Exactly, false) => vec![(ALL.0, low - step), (low + step, ALL.1)],
                };
                self.ordered(&[left, right], key, ranges, wanted)
            }
            TestKind::Within { day, start, length, first } => {
                let Operand::Days(days) = length else {
                    return vec![whole(format!("within {day:?} {start:?} {length:?}"), wanted)];
                };
                let (key, low, _) = self.difference(day, start);
                let days = i128::from(*days);
                let (sure, out) = match first {
                    FirstDay::Counted => ((low, low + days - 1), Some(low + days)),
                    FirstDay::NotCounted => ((low, low + days), Some(low + days + 1)),
                    FirstDay::Unstated => ((low, low + days - 1), Some(low + days + 1)),
                    FirstDay::AtTheEarliest => ((low, low + days - 1), None),
                };
                let outside: Vec<_> = [Some((ALL.0, low - 1)), out.map(|out| (out, ALL.1))].into_iter().flatten().collect();
                self.ordered(&[day, start], key, if wanted { vec![sure] } else { outside }, wanted)
            }
        }
    }

    /// A literal over ordered values: true needs every date to have happened; false allows one that has not.
    fn ordered(&self, operands: &[&Operand], key: Key, ranges: Vec<(i128, i128)>, wanted: bool) -> Vec<Literal> {
        let optional: Vec<SlotId> = operands.iter().flat_map(|operand| self.optional(operand)).collect();
        let mut literal: Literal = optional.iter().map(|slot| (Key::IsNone(*slot), Cell::truth(false))).collect();
        let counts = match &key {
            Key::Slot(slot) => {
                self.program.fact_of(*slot).is_some_and(|fact| matches!(fact.ty, Type::Integer | Type::Decimal | Type::Percent))
            }
            _ => false,
        };
        // Numbers of documents are never below zero; a range without any value is met by nothing.
        let ranges: Vec<(i128, i128)> = ranges
            .into_iter()
            .map(|(low, high)| if counts { (low.max(0), high) } else { (low, high) })
            .filter(|(low, high)| low <= high)
            .collect();
        let mut ways = Vec::new();
        if !ranges.is_empty() {
            literal.push((key, Cell::Ranges(ranges)));
            ways.push(literal);
        }
        if !wanted {
            ways.extend(optional.into_iter().map(|slot| vec![(Key::IsNone(slot), Cell::truth(true))]));
        }
        ways
    }

    fn optional(&self, operand: &Operand) -> Vec<SlotId> {
        match operand {
            Operand::Slot(slot) => {
                let optional = self.program.fact_of(*slot).is_some_and(|fact| fact.ty == Type::Date { optional: true });
                if optional { vec![*slot] } else { Vec::new() }
            }
            other => other.parts().into_iter().flat_map(|part| self.optional(part)).collect(),
        }
    }

    /// Of what the comparison is, the constant on the right, and the smallest step.
    fn difference(&self, left: &Operand, right: &Operand) -> (Key, i128, i128) {
        let (left, left_shift) = constant(left);
        let (right, right_shift) = constant(right);
        let low = right_shift - left_shift;
        match (left, right) {
            (Some(Operand::Slot(slot)), None) => {
                let whole = self.program.fact_of(*slot).is_some_and(|fact| fact.ty == Type::Integer);
                (Key::Slot(*slot), low, if whole { NANOS } else { 1 })
            }
            (Some(left), Some(right)) => (Key::Whole(format!("{left:?} - {right:?}")), low, 1),
            (left, right) => (Key::Whole(format!("{left:?} - {right:?}")), low, 1),
        }
    }

    /// A fact by the name that rules have for it: a record's fact is named after one record, not after the list.
    fn as_rules_say(&self, fact: &Fact) -> String {
        let section = self.program.sections.get(fact.section);
        let list = section.and_then(|section| section.list).and_then(|list| self.program.lists.get(list.0 as usize));
        match (list, section) {
            (Some(list), _) => format!("{}.{}", list.each, fact.local),
            (None, Some(section)) if !section.name.is_empty() => format!("{}.{}", section.name, fact.local),
            _ => fact.local.clone(),
        }
    }

    fn describe(&self, cells: &Cells, currencies: &BTreeMap<SlotId, i64>) -> Vec<String> {
        let mut texts = Vec::new();
        for (key, cell) in cells {
            let Key::Slot(slot) = key else { continue };
            let Some(fact) = self.program.fact_of(*slot) else { continue };
            let lane = |main: i64, aux: i64| crate::program::Lane { main, aux };
            let value = match cell {
                Cell::Mask(mask) => fact.ty.text(lane(i64::from(mask.trailing_zeros()), 0)),
                Cell::Listed { listed, except: false } => listed.first().cloned().unwrap_or_default(),
                Cell::Listed { listed, .. } => format!("anything but {}", listed.join(", ")),
                Cell::Ranges(ranges) => {
                    let Some((low, high)) = ranges.first() else { continue };
                    let boundary = if *low == ALL.0 { *high } else { *low };
                    let small = |value: i128| i64::try_from(value).unwrap_or(NO_EVENT);
                    match (&fact.ty, currencies.get(slot)) {
                        (Type::Date { .. }, _) => fact.ty.text(lane(small(boundary), 0)),
                        _ if boundary < 0 => continue, // No document gives less than nothing.
                        (Type::Money, Some(currency)) => fact.ty.text(lane(small(boundary), *currency)),
                        (Type::Integer | Type::Decimal | Type::Percent, _) => {
                            fact.ty.text(lane(small(boundary / NANOS), small(boundary % NANOS)))
                        }
                        _ => continue,
                    }
                }
            };
            texts.push(format!("{} = {value}", self.as_rules_say(fact)));
        }
        texts
    }
}

/// The currency in which each fact is compared with an amount.
fn currencies(goals: &[(&Cond, bool)]) -> BTreeMap<SlotId, i64> {
    let mut found = BTreeMap::new();
    for (cond, _) in goals {
        cond.each_test(&mut |test| {
            if let TestKind::Compare(Operand::Slot(slot), _, Operand::Money(lane)) = &test.kind {
                found.entry(*slot).or_insert(lane.aux);
            }
        });
    }
    found
}

/// The cells with a literal added, if they still allow a value.
fn with(cells: &Cells, literal: Literal) -> Option<Cells> {
    let mut next = cells.clone();
    for (key, cell) in literal {
        let met = match next.get(&key) {
            Some(known) => known.meet(&cell)?,
            None => cell.meet(&cell)?,
        };
        next.insert(key, met);
    }
    Some(next)
}

/// What of an operand is not constant, and the constant that is added to it.
fn constant(operand: &Operand) -> (Option<&Operand>, i128) {
    match operand {
        Operand::Day(day) => (None, i128::from(*day)),
        Operand::Days(days) => (None, i128::from(*days) * NANOS),
        Operand::Money(lane) => (None, i128::from(lane.main)),
        Operand::Number(lane) | Operand::Percent(lane) => (None, i128::from(lane.main) * NANOS + i128::from(lane.aux)),
        Operand::Zero => (None, 0),
        Operand::Shift(start, back, length) => match length.as_ref() {
            Operand::Days(days) => {
                let (rest, shift) = constant(start);
                (rest, shift + if *back { -i128::from(*days) } else { i128::from(*days) })
            }
            _ => (Some(operand), 0),
        },
        other => (Some(other), 0),
    }
}
