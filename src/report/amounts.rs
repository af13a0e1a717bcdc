//! Values for people: days, money, answers, what is expected and how far something is from it.
//!
//! In: lanes, operations and distances. Out: short texts that every rendering shares.
//! Owns their wording. Never decides what is worth telling.

pub(super) use super::value::days_word;
use super::value::number_text;
use crate::explain::Margin;
use crate::facts::Facts;
use crate::program::{Judged, Lane, NO_EVENT, Program, SlotId, Type};
use crate::value::{Day, parse_day};

/// `30 March 2026`.
pub(super) fn day(day: Day) -> String {
    i32::try_from(day)
        .ok()
        .and_then(chrono::NaiveDate::from_num_days_from_ce_opt)
        .map_or_else(|| crate::value::day_text(day), |date| date.format("%-d %B %Y").to_string())
}

/// `200 USD`.
pub(super) fn money(lane: Lane) -> String {
    Type::Money.text(lane)
}

/// A word of the rules as people write it: without underscores.
pub(super) fn plain(word: &str) -> String {
    word.replace('_', " ")
}

/// A fact's name as people write it: `offer status`.
pub(super) fn fact_name(name: &str) -> String {
    name.replace(['_', '.'], " ")
}

/// A fact's value for people.
pub(super) fn value(program: &Program, facts: &Facts, slot: SlotId, lane: Lane) -> String {
    let Some(fact) = program.fact_of(slot) else { return String::new() };
    match &fact.ty {
        Type::Date { .. } if lane.main != NO_EVENT => day(lane.main),
        Type::Date { .. } => "none so far".to_owned(),
        Type::Text => facts.text(lane).to_owned(),
        Type::Set(_) if lane.main == 0 => "none of them".to_owned(),
        Type::Set(words) => {
            let members = words.iter().zip(0..).filter(|(_, bit)| lane.main >> bit & 1 == 1).map(|(word, _)| plain(word));
            members.collect::<Vec<_>>().join(", ")
        }
        ty => plain(&ty.text(lane)),
    }
}

/// `a`, `a or b`, `a, b or c`.
pub(super) fn either(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// A value or a formula of the rules for people: days as dates, facts by their names.
pub(super) fn stated(program: &Program, text: &str) -> String {
    let token = |token: &str| {
        if let Some(found) = parse_day(token) {
            return day(found);
        }
        if program.facts.iter().any(|fact| fact.name == token) {
            return fact_name(token);
        }
        match token {
            "unstated" => "a number that no source states".to_owned(),
            "*" => "times".to_owned(),
            "/" => "divided by".to_owned(),
            "-" => "less".to_owned(),
            "+" => "plus".to_owned(),
            other => plain(other),
        }
    };
    text.split(' ').map(token).collect::<Vec<_>>().join(" ")
}

/// What is expected, from an operation of the contract and its values.
pub(super) fn expected(program: &Program, op: &str, values: &[String]) -> String {
    let told: Vec<String> = values.iter().map(|value| stated(program, value)).collect();
    let one = told.first().cloned().unwrap_or_default();
    let dated = values.first().is_some_and(|value| is_day(program, value));
    let joined = either(&told);
    match (op, dated) {
        ("one_of", _) => joined,
        ("not_one_of", _) => format!("anything but {joined}"),
        ("at_least", false) => format!("at least {one}"),
        ("at_least", true) => format!("on {one} or later"),
        ("at_most", false) => format!("at most {one}"),
        ("at_most", true) => format!("by {one}"),
        ("above", false) => format!("more than {one}"),
        ("above", true) => format!("after {one}"),
        ("below", false) => format!("less than {one}"),
        ("below", true) => format!("before {one}"),
        ("equal", _) => format!("exactly {one}"),
        ("not_equal", _) => format!("anything but {one}"),
        ("within_days", _) => match told.as_slice() {
            [length, start] => format!("within {length} of the {start}"),
            _ => joined,
        },
        ("contains", _) => format!("a list with {one}"),
        ("lacks", _) => format!("a list without {one}"),
        ("empty", _) => "an empty list".to_owned(),
        ("not_empty", _) => "at least one entry".to_owned(),
        ("same_as", _) => format!("the same as the {one}"),
        ("not_same_as", _) => format!("another one than the {one}"),
        ("none", _) => "none so far".to_owned(),
        ("not_none", _) => "a date".to_owned(),
        ("known", _) => "any answer".to_owned(),
        _ => joined,
    }
}

fn is_day(program: &Program, text: &str) -> bool {
    let last = text.rsplit(' ').next().unwrap_or(text);
    parse_day(last).is_some()
        || program.facts.iter().any(|fact| fact.name == last && matches!(fact.ty, Type::Date { .. }))
        || text.contains(" days after ")
        || text.contains(" days before ")
}

/// How far something is from what is expected. `op` is the operation of the contract, where there is one.
pub(super) fn margin(margin: Margin, op: Option<&str>, result: Judged) -> Option<String> {
    let upper = matches!(op, Some("at_most" | "below"));
    let strict = matches!(op, Some("above" | "below"));
    let (size, amount) = match margin {
        Margin::Money(lane) => (money(Lane { main: lane.main.saturating_abs(), ..lane }), i128::from(lane.main)),
        Margin::Number(number) => (number_text(number.saturating_abs()), number),
        Margin::Days(days) => return days_margin(days, op, result),
    };
    Some(match (amount, upper) {
        (0, _) if strict && result == Judged::Failed => "the limit itself does not count".to_owned(),
        // It failed by something else than this amount.
        (0.., _) if result == Judged::Failed => return None,
        (..0, false) => format!("{size} short"),
        (..0, true) => format!("{size} too much"),
        (_, true) => format!("{size} below the limit"),
        (_, false) => format!("{size} to spare"),
    })
}

fn days_margin(days: i64, op: Option<&str>, result: Judged) -> Option<String> {
    let size = days.saturating_abs();
    let word = days_word(size);
    Some(match (days, op) {
        (0, Some("above" | "below")) if result == Judged::Failed => "the day itself does not count".to_owned(),
        (0.., _) if result == Judged::Failed => return None,
        (0, Some("within_days" | "at_most")) => "this is the last sure day".to_owned(),
        (1.., _) if matches!(result, Judged::Pending | Judged::Open) => format!("{size} {word} left"),
        (0.., _) => format!("{size} {word} to spare"),
        (_, Some("at_most" | "below")) => format!("over since {size} {word}"),
        (_, Some("within_days")) => format!("outside by {size} {word}"),
        _ => format!("{size} {word} too early"),
    })
}
