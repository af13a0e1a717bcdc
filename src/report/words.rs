//! The words for people: verdicts, results, reasons, classes of remedies.
//!
//! In: values of the program and of explanations. Out: short texts that every rendering shares.
//! Owns the wording. Names of parties come from the rules; nothing here knows a platform.

pub(super) use super::amounts::{day, days_word, either, expected, fact_name, margin, money, plain, value};
use crate::explain::OpenReason;
use crate::facts::State;
use crate::program::{Judged, Program, Remedy, Verdict};

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
pub const PROMISE: &str = "A positive verdict means that the published terms are met. It is never a promise of \
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

/// Who decides in the end: the party that the rule set is named for, else `the platform`.
pub(super) fn decider(program: &Program) -> &str {
    program.parties.iter().find(|(name, _)| *name == program.name).map_or("the platform", |(_, label)| label.as_str())
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
