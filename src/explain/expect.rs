//! What a requirement expects, where one test says it.
//!
//! In: a checked requirement. Out: an operation and its values, as texts.
//! Owns the operation names of the contract. Never looks at facts.

use crate::program::{Body, Clauses, Cond, Decision, Lane, Operand, Program, Test, TestKind, Values};
use crate::syntax::Order;

/// What a requirement expects of a fact.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Expected {
    /// `one_of`, `not_one_of`, `at_least`, `at_most`, `above`, `below`, `equal`, `within_days`, `contains`, `lacks`, `empty`,
    /// `not_empty`, `known`, `same_as`, `not_same_as`, `none`, `not_none`.
    pub op: &'static str,
    /// The values, as a document would write them.
    pub values: Vec<String>,
}

/// The expectations of a decision's requirements, in order; nothing where no single test says it.
pub fn expectations(program: &Program, decision: &Decision) -> Vec<Option<Expected>> {
    let of = |clauses: &Clauses| {
        let met = matches!(clauses.met, Cond::Constant(_));
        let (cond, holds) = if met || is_otherwise(&clauses.met) { (&clauses.fails, false) } else { (&clauses.met, true) };
        only_test(cond, holds).and_then(|(test, holds)| expected(program, test, holds))
    };
    decision
        .requirements
        .iter()
        .map(|requirement| match &requirement.body {
            Body::Clauses(clauses) => of(clauses),
            Body::Editions(all) => match all.as_slice() {
                [first, rest @ ..] => of(first).filter(|one| rest.iter().all(|other| of(other).as_ref() == Some(one))),
                [] => None,
            },
            Body::Progress(_) => None,
        })
        .collect()
}

fn is_otherwise(cond: &Cond) -> bool {
    matches!(cond, Cond::Not(inner) if !matches!(**inner, Cond::Test(_)))
}

/// The one test that a condition rests on, and whether it is wanted to hold; nothing where several must be told together.
fn only_test(cond: &Cond, holds: bool) -> Option<(&Test, bool)> {
    match cond {
        Cond::Constant(_) => None,
        Cond::Test(test) => Some((test, holds)),
        Cond::Not(inner) => only_test(inner, !holds),
        Cond::All(_) | Cond::Any(_) => None,
        Cond::Then(_, second) => only_test(second, holds),
    }
}

fn expected(program: &Program, test: &Test, holds: bool) -> Option<Expected> {
    let pick = |yes: &'static str, no: &'static str| if holds { yes } else { no };
    let (op, values) = match &test.kind {
        TestKind::OneOf(slot, values) => {
            let ty = &program.fact_of(*slot)?.ty;
            let words = match values {
                Values::Mask(mask) => {
                    let count = i64::try_from(ty.words().len()).ok()?;
                    (0..count).filter(|bit| mask >> bit & 1 == 1).map(|main| ty.text(Lane { main, aux: 0 })).collect()
                }
                Values::Codes(codes) => codes.iter().map(|code| ty.text(Lane { main: *code, aux: 0 })).collect(),
                Values::Texts(texts) => texts.clone(),
            };
            (pick("one_of", "not_one_of"), words)
        }
        TestKind::Same(_, other) => (pick("same_as", "not_same_as"), vec![program.name_of(*other).to_owned()]),
        TestKind::Contains(set, bit) => {
            let words = program.fact_of(*set)?.ty.words();
            (pick("contains", "lacks"), vec![words.get(*bit as usize).map_or_else(String::new, |word| (*word).to_owned())])
        }
        TestKind::ContainsFact(_, other, _) => (pick("contains", "lacks"), vec![program.name_of(*other).to_owned()]),
        TestKind::Empty(_) => (pick("empty", "not_empty"), Vec::new()),
        TestKind::IsNone(_) => (pick("none", "not_none"), Vec::new()),
        TestKind::Known(_) => ("known", Vec::new()),
        TestKind::Within { start, length, .. } if holds => {
            ("within_days", vec![operand_text(program, length), operand_text(program, start)])
        }
        TestKind::Compare(_, order, right) => (order_word(*order, holds), vec![operand_text(program, right)]),
        _ => return None,
    };
    Some(Expected { op, values })
}

fn order_word(order: Order, holds: bool) -> &'static str {
    match (order, holds) {
        (Order::AtLeast, true) | (Order::Below, false) => "at_least",
        (Order::AtMost, true) | (Order::Above, false) => "at_most",
        (Order::Above, true) | (Order::AtMost, false) => "above",
        (Order::Below, true) | (Order::AtLeast, false) => "below",
        (Order::Exactly, true) => "equal",
        (Order::Exactly, false) => "not_equal",
    }
}

/// An operand as the rules write it, with named values replaced by their values.
fn operand_text(program: &Program, operand: &Operand) -> String {
    use crate::program::Type;
    let joined = |parts: &[(bool, Operand)], plus: &str, minus: &str| {
        let mut text = String::new();
        for (at, (inverse, part)) in parts.iter().enumerate() {
            let sign = if *inverse { minus } else { plus };
            if at > 0 {
                text.push_str(sign);
            }
            text.push_str(&operand_text(program, part));
        }
        text
    };
    match operand {
        Operand::Slot(slot) => program.name_of(*slot).to_owned(),
        Operand::Day(day) => crate::value::day_text(*day),
        Operand::Days(days) => format!("{days} {}", if *days == 1 { "day" } else { "days" }),
        Operand::Money(lane) => Type::Money.text(*lane),
        Operand::Number(lane) => Type::Decimal.text(*lane),
        Operand::Percent(lane) => Type::Percent.text(*lane),
        Operand::Zero => "0".to_owned(),
        Operand::Unstated => "unstated".to_owned(),
        Operand::Shift(day, back, days) => {
            let sign = if *back { "before" } else { "after" };
            format!("{} {sign} {}", operand_text(program, days), operand_text(program, day))
        }
        Operand::Sum(parts) => joined(parts, " + ", " - "),
        Operand::Product(parts) => joined(parts, " * ", " / "),
        Operand::Bound(inner, ..) => operand_text(program, inner),
        Operand::Earlier(a, b) => format!("the earlier of {} and {}", operand_text(program, a), operand_text(program, b)),
        Operand::Choose(_, last) => operand_text(program, last),
    }
}
