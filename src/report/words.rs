//! The words for people: verdicts, results, values, distances, classes of remedies.
//!
//! In: values of the program and of explanations. Out: short texts that every rendering shares.
//! Owns the wording. Names of parties come from the rules; nothing here knows a platform.

use crate::explain::{Margin, OpenReason};
use crate::facts::{Facts, State};
use crate::program::{Judged, Lane, NO_EVENT, Program, Remedy, SlotId, Type, Verdict};
use crate::value::{Day, parse_day};

pub(super) use super::value::days_word;
use super::value::number_text;

/// How the reader should take something; always told in words as well.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Tone {
    /// As wished.
    Good,
    /// On the way.
    Going,
    /// Not known yet.
    Open,
    /// Needs an act before anything else.
    Alarm,
    /// Not as wished.
    Bad,
    /// Of little weight.
    Quiet,
}

/// What a positive verdict means, under every rendering.
pub(super) const PROMISE: &str = "A positive verdict means that the published terms are met. It is never a promise of \
                                  payment; the platform decides.";

/// The order in which verdicts are told: what can be had, what can be helped, what is gone.
pub(super) const CREDIT_ORDER: &[Verdict] = &[
    Verdict::Qualifies,
    Verdict::OnTrack,
    Verdict::Blocked,
    Verdict::Undetermined,
    Verdict::Lost,
    Verdict::DoesNotQualify,
    Verdict::Closed,
];
/// The order for actions.
pub(super) const ACTION_ORDER: &[Verdict] = &[Verdict::Allowed, Verdict::Undetermined, Verdict::Denied];
/// The order for checks: what must be mended first.
pub(super) const CHECK_ORDER: &[Verdict] = &[Verdict::Fail, Verdict::Undetermined, Verdict::Pass];

/// The verdict for people.
pub(super) const fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Qualifies => "Qualifies",
        Verdict::OnTrack => "On track",
        Verdict::Undetermined => "Not decided yet",
        Verdict::DoesNotQualify => "Does not qualify",
        Verdict::Blocked => "Blocked",
        Verdict::Lost => "Lost",
        Verdict::Closed => "Closed",
        Verdict::Allowed => "Allowed",
        Verdict::Denied => "Denied",
        Verdict::Pass => "Pass",
        Verdict::Fail => "Fail",
    }
}

/// How the reader should take a verdict.
pub(super) const fn tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Qualifies | Verdict::Allowed | Verdict::Pass => Tone::Good,
        Verdict::OnTrack => Tone::Going,
        Verdict::Undetermined => Tone::Open,
        Verdict::Blocked => Tone::Alarm,
        Verdict::DoesNotQualify | Verdict::Lost | Verdict::Denied | Verdict::Fail => Tone::Bad,
        Verdict::Closed => Tone::Quiet,
    }
}

/// `2 qualify`, `1 does not qualify`.
pub(super) fn counted(verdict: Verdict, number: usize) -> String {
    let one = number == 1;
    let words = match verdict {
        Verdict::Qualifies if one => "qualifies",
        Verdict::Qualifies => "qualify",
        Verdict::OnTrack => "on track",
        Verdict::Undetermined => "not decided yet",
        Verdict::DoesNotQualify if one => "does not qualify",
        Verdict::DoesNotQualify => "do not qualify",
        Verdict::Blocked => "blocked",
        Verdict::Lost => "lost",
        Verdict::Closed => "closed",
        Verdict::Allowed => "allowed",
        Verdict::Denied => "denied",
        Verdict::Pass if one => "passes",
        Verdict::Pass => "pass",
        Verdict::Fail if one => "fails",
        Verdict::Fail => "fail",
    };
    format!("{number} {words}")
}

/// The result of a requirement for people.
pub(super) const fn result(result: Judged) -> &'static str {
    match result {
        Judged::Met => "Met",
        Judged::Failed => "Not met",
        Judged::Pending => "Not reached yet",
        Judged::Open => "Not known yet",
    }
}

/// How the reader should take a result.
pub(super) const fn result_tone(result: Judged) -> Tone {
    match result {
        Judged::Met => Tone::Good,
        Judged::Failed => Tone::Bad,
        Judged::Pending => Tone::Going,
        Judged::Open => Tone::Open,
    }
}

/// How a value came to be known.
pub(super) const fn origin(state: State) -> &'static str {
    match state {
        State::Given => "given",
        State::Derived => "computed from what was given",
        State::Assumed => "assumed",
        State::Missing => "not known",
    }
}

/// Why a requirement is open.
pub(super) const fn open_reason(reason: OpenReason) -> &'static str {
    match reason {
        OpenReason::Missing => "an answer is missing",
        OpenReason::Boundary => "it falls on a day that counts under one reading of the terms and not under the other",
        OpenReason::Unstated => "no source says",
        OpenReason::Conflict => "the sources disagree",
        OpenReason::Currency => "the amounts are in different currencies, and amounts are never converted",
        OpenReason::Arithmetic => "it cannot be calculated: a division by zero",
    }
}

/// Where a remedy lies: `Cannot be changed`, `Next step, by spending`.
pub(super) fn class(program: &Program, remedy: &Remedy) -> String {
    let Some(party) = remedy.class.strip_prefix("by_") else { return "Cannot be changed".to_owned() };
    let label = program.parties.iter().find(|(name, _)| name == party).map_or(party, |(_, label)| label.as_str());
    format!("Next step, by {label}")
}

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

/// `1 requirement`, `3 requirements`.
pub(super) fn number(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// The text with a capital letter in front.
pub(super) fn sentence(text: &str) -> String {
    let mut signs = text.chars();
    signs.next().map_or_else(String::new, |first| first.to_uppercase().chain(signs).collect())
}
