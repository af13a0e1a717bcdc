//! Conditions and amounts of the rules in words.
//!
//! In: checked conditions. Out: sentences close to the rules, with the names that facts documents use.
//! Owns their wording. Never evaluates, never shortens: what is left out of a condition would change it.

use super::words::{day, days_word, either, money};
use crate::program::{Cond, NO_EVENT, Operand, Program, SlotId, Test, TestKind, Type, Values};
use crate::syntax::{FirstDay, Order};

/// A condition in words.
pub(super) fn condition(program: &Program, cond: &Cond) -> String {
    told(program, cond, true, false)
}

/// `inside`: is it a part of a larger condition, so that a mixture needs parentheses?
fn told(program: &Program, cond: &Cond, holds: bool, inside: bool) -> String {
    // A part that always holds adds nothing to `all`, one that never does nothing to `any`.
    let joined = |parts: &[Cond], neutral: bool, word: &str| {
        let parts: Vec<&Cond> =
            parts.iter().filter(|part| !matches!(part, Cond::Constant(value) if *value == neutral)).collect();
        match parts.as_slice() {
            [] => told(program, &Cond::Constant(neutral), holds, inside),
            [one] => told(program, one, holds, inside),
            many => {
                let many: Vec<String> = many.iter().map(|part| told(program, part, holds, true)).collect();
                wrapped(many.join(word), inside)
            }
        }
    };
    match cond {
        Cond::Constant(value) => if *value == holds { "always" } else { "never" }.to_owned(),
        Cond::All(parts) => joined(parts, true, if holds { " and " } else { " or " }),
        Cond::Any(parts) => joined(parts, false, if holds { " or " } else { " and " }),
        Cond::Then(first, second) => {
            // `(A and then B) and then C` asks in the same order without the parentheses.
            let first = match first.as_ref() {
                Cond::Then(..) => told(program, first, holds, false),
                other => told(program, other, holds, true),
            };
            let word = if holds { "and then" } else { "or else" };
            wrapped(format!("{first} {word} {}", told(program, second, holds, true)), inside)
        }
        Cond::Not(inner) => told(program, inner, !holds, inside),
        Cond::Test(test) => test_words(program, test, holds),
    }
}

fn wrapped(text: String, inside: bool) -> String {
    if inside { format!("({text})") } else { text }
}

fn test_words(program: &Program, test: &Test, holds: bool) -> String {
    let name = |slot: &SlotId| program.name_of(*slot).to_owned();
    let pick = |yes: &'static str, no: &'static str| if holds { yes } else { no };
    match &test.kind {
        TestKind::OneOf(slot, Values::Mask(mask)) if !holds && is_yes_or_no(program, *slot) => {
            // `is not no` is `is yes`: a fact of two values is known or it is not.
            format!("{} is {}", name(slot), either(&members(program, *slot, &Values::Mask(!mask & 3))))
        }
        TestKind::OneOf(slot, values) => {
            let values = members(program, *slot, values);
            match values.as_slice() {
                [only] => format!("{} {} {only}", name(slot), pick("is", "is not")),
                many => format!("{} {} {}", name(slot), pick("is", "is none of"), either(many)),
            }
        }
        TestKind::Same(a, b) => format!("{} {} the same as {}", name(a), pick("is", "is not"), name(b)),
        TestKind::Contains(set, bit) => {
            let words = program.fact_of(*set).map(|fact| fact.ty.words()).unwrap_or_default();
            let word = usize::try_from(*bit).ok().and_then(|bit| words.get(bit).copied()).unwrap_or("");
            format!("{} {} {word}", name(set), pick("contains", "lacks"))
        }
        TestKind::ContainsFact(set, other, _) => format!("{} {} {}", name(set), pick("contains", "lacks"), name(other)),
        TestKind::Empty(set) => format!("{} {} empty", name(set), pick("is", "is not")),
        TestKind::IsNone(of) => format!("{} {} none", part(program, of), pick("is", "is not")),
        TestKind::Known(of) => format!("{} {} known", part(program, of), pick("is", "is not")),
        TestKind::MixedCurrencies(of) => format!("{} {} mixed currencies", name(of), pick("has", "does not have")),
        TestKind::Unstated => "something holds that no source states".to_owned(),
        TestKind::Compare(a, order, Operand::Shift(from, false, days)) if *order != Order::Exactly => {
            // `is more than 90 days after X` reads better than `is after 90 days after X`.
            let word = match order_words(*order, holds, false) {
                "above" => "more than",
                "below" => "less than",
                word => word,
            };
            format!("{} is {word} {} after {}", part(program, a), part(program, days), part(program, from))
        }
        TestKind::Compare(a, order, b) => {
            let word = order_words(*order, holds, is_day(program, a) || is_day(program, b));
            format!("{} is {word} {}", part(program, a), part(program, b))
        }
        TestKind::Within { day, start, length, first } => {
            let is = pick("is within", "is not within");
            let window = window(program, start, length, *first);
            format!("{} {is} {window}", part(program, day))
        }
    }
}

fn is_yes_or_no(program: &Program, slot: SlotId) -> bool {
    program.fact_of(slot).is_some_and(|fact| matches!(fact.ty, Type::Bool))
}

/// `14 days of code.received_on (no source says whether the first day counts)`.
pub(super) fn window(program: &Program, start: &Operand, length: &Operand, first: FirstDay) -> String {
    let how = match first {
        FirstDay::Counted => "the first day counts as day one",
        FirstDay::NotCounted => "the day after it is day one",
        FirstDay::Unstated => "no source says whether the first day counts",
        FirstDay::AtTheEarliest => "it may begin later; no source fixes the first day",
    };
    let length = match length {
        Operand::Slot(slot) => format!("{} days", program.name_of(*slot)),
        other => operand(program, other),
    };
    format!("{length} of {} ({how})", operand(program, start))
}

/// The values of a membership test, as a facts document writes them.
fn members(program: &Program, slot: SlotId, values: &Values) -> Vec<String> {
    let Some(fact) = program.fact_of(slot) else { return Vec::new() };
    let text = |main| fact.ty.text(crate::program::Lane { main, aux: 0 });
    match values {
        Values::Mask(mask) => (0..64).filter(|bit| mask >> bit & 1 == 1).map(text).filter(|text| !text.is_empty()).collect(),
        Values::Codes(codes) => codes.iter().copied().map(text).collect(),
        Values::Texts(texts) => texts.clone(),
    }
}

const fn order_words(order: Order, holds: bool, days: bool) -> &'static str {
    match (order, holds, days) {
        (Order::AtLeast, true, false) | (Order::Below, false, false) => "at least",
        (Order::AtMost, true, false) | (Order::Above, false, false) => "at most",
        (Order::Above, true, false) | (Order::AtMost, false, false) => "above",
        (Order::Below, true, false) | (Order::AtLeast, false, false) => "below",
        (Order::AtLeast, true, true) | (Order::Below, false, true) => "on or after",
        (Order::AtMost, true, true) | (Order::Above, false, true) => "on or before",
        (Order::Above, true, true) | (Order::AtMost, false, true) => "after",
        (Order::Below, true, true) | (Order::AtLeast, false, true) => "before",
        (Order::Exactly, true, _) => "exactly",
        (Order::Exactly, false, _) => "not exactly",
    }
}

/// Is an operand a day?
fn is_day(program: &Program, operand: &Operand) -> bool {
    match operand {
        Operand::Day(_) | Operand::Shift(..) | Operand::Earlier(..) => true,
        Operand::Slot(slot) => program.fact_of(*slot).is_some_and(|fact| matches!(fact.ty, Type::Date { .. })),
        Operand::Choose(_, last) => is_day(program, last),
        _ => false,
    }
}

/// An operand in words.
pub(super) fn operand(program: &Program, of: &Operand) -> String {
    let joined = |parts: &[(bool, Operand)], plus: &str, minus: &str| {
        let mut text = String::new();
        for (at, (inverse, part)) in parts.iter().enumerate() {
            if at > 0 {
                text.push_str(if *inverse { minus } else { plus });
            }
            let part_text = operand(program, part);
            let compound = matches!(part, Operand::Sum(_) | Operand::Product(_) | Operand::Choose(..) | Operand::Bound(..));
            text.push_str(&wrapped(part_text, compound));
        }
        text
    };
    match of {
        Operand::Slot(slot) => program.name_of(*slot).to_owned(),
        Operand::Day(NO_EVENT) => "none".to_owned(),
        Operand::Day(at) => day(*at),
        Operand::Days(days) => format!("{days} {}", days_word(*days)),
        Operand::Money(lane) => money(*lane),
        Operand::Number(lane) => Type::Decimal.text(*lane),
        Operand::Percent(lane) => Type::Percent.text(*lane),
        Operand::Zero => "zero".to_owned(),
        Operand::Unstated => "a number that no source states".to_owned(),
        Operand::Shift(from, back, days) => {
            let word = if *back { "before" } else { "after" };
            format!("{} {word} {}", operand(program, days), operand(program, from))
        }
        Operand::Sum(parts) => joined(parts, " + ", " - "),
        Operand::Product(parts) => joined(parts, " * ", " / "),
        Operand::Bound(inner, above, limit) => {
            let word = if *above { "but not above" } else { "but not below" };
            format!("{} {word} {}", operand(program, inner), operand(program, limit))
        }
        Operand::Earlier(a, b) => format!("the earlier of {} and {}", operand(program, a), operand(program, b)),
        Operand::Choose(branches, last) => {
            let branches =
                branches.iter().map(|(when, value)| format!("{} when {}, ", operand(program, value), condition(program, when)));
            format!("{}else {}", branches.collect::<String>(), operand(program, last))
        }
    }
}

/// An operand in words inside a sentence: a choice would run into what stands behind it.
pub(super) fn part(program: &Program, of: &Operand) -> String {
    wrapped(operand(program, of), matches!(of, Operand::Choose(..)))
}

/// The facts that a condition names, in the order in which it names them.
pub(super) fn condition_facts(cond: &Cond, found: &mut Vec<SlotId>) {
    cond.each_test(&mut |test| {
        let direct = test.kind.slots();
        direct.into_iter().for_each(|slot| note(slot, found));
        test.kind.operands().into_iter().for_each(|of| operand_facts(of, found));
    });
}

/// The facts that an operand names.
pub(super) fn operand_facts(of: &Operand, found: &mut Vec<SlotId>) {
    if let Operand::Slot(slot) = of {
        note(*slot, found);
    }
    if let Operand::Choose(branches, _) = of {
        branches.iter().for_each(|(when, _)| condition_facts(when, found));
    }
    of.parts().into_iter().for_each(|part| operand_facts(part, found));
}

fn note(slot: SlotId, found: &mut Vec<SlotId>) {
    if !found.contains(&slot) {
        found.push(slot);
    }
}
