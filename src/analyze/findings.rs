//! Faults as findings: with their place, a stable code and what to do.
//!
//! In: a rule set and its faults. Out: findings, in the order of the rules.
//! Owns their wording. Never searches.

use super::Side;
use super::faults::{Fault, Located, clauses_fit_together, faults};
use super::solve::Witness;
use crate::diagnostic::{Code, Diagnostic, codes};
use crate::program::{Decision, Intended, Judged, RewardValue};
use crate::source::Span;
use crate::value::day_text;

/// What analysis finds in a sound rule set. `before` are the findings of the check; those that said that something could
/// not be proved are answered here where it can.
pub fn findings(side: Side<'_>, before: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut all: Vec<Diagnostic> = before.into_iter().filter(|finding| !answered(side, finding)).collect();
    let mut told: Vec<(&str, Span)> = Vec::new();
    for one in faults(side) {
        let Some(decision) = side.program.decisions.get(one.decision) else { continue };
        let made = finding(side, decision, &one);
        // A requirement that another decision takes over is written once.
        if one.requirement.is_none() || !told.contains(&(made.code.name, made.span())) {
            told.push((made.code.name, made.span()));
            all.push(made);
        }
    }
    all.sort_by_key(Diagnostic::span);
    all
}

/// Was a proof given up that succeeds here?
fn answered(side: Side<'_>, finding: &Diagnostic) -> bool {
    if finding.code.name != codes::NOT_ANALYSED.name {
        return false;
    }
    let mut all = side.program.decisions.iter().enumerate().flat_map(|(at, decision)| {
        decision.requirements.iter().enumerate().map(move |(index, requirement)| (at, index, requirement.span))
    });
    let found = all.find(|(_, _, span)| *span == finding.span());
    found.is_some_and(|(decision, requirement, _)| clauses_fit_together(side, decision, requirement))
}

fn finding(side: Side<'_>, decision: &Decision, one: &Located) -> Diagnostic {
    let requirement = one.requirement.and_then(|at| decision.requirements.get(at));
    let (id, span) = match requirement {
        Some(requirement) => (requirement.id.as_str(), requirement.span),
        None => (decision.id.as_str(), decision.span),
    };
    let make = |code: &'static Code, headline: String, help: &str| Diagnostic::new(code, span, headline).help(help);
    match &one.fault {
        Fault::NeverMet => make(
            &codes::NEVER_MET,
            format!("no account can meet `{id}`"),
            "mend its conditions, or say `never met because \"…\"`",
        ),
        Fault::NeverFails => make(
            &codes::NEVER_FAILS,
            format!("no account can fail `{id}`, although it says when it fails"),
            "mend its conditions, or say `never fails because \"…\"`",
        ),
        Fault::Follows => make(
            &codes::NEVER_DECIDES,
            format!("`{id}` decides nothing in `{}` that its other requirements do not", decision.id),
            "remove it, or say `never decides because \"…\"`",
        ),
        Fault::NobodyGets => make(
            &codes::NOBODY_QUALIFIES,
            format!("no account can get `{id}`"),
            "its requirements, its state and its dates exclude each other: look at each pair",
        ),
        Fault::TierOutOfReach { reward, choice, tier } => {
            let table = match decision.rewards.get(*reward).map(|reward| &reward.value) {
                Some(RewardValue::Tier(choices, _)) => choices.get(*choice).and_then(|choice| choice.table.as_deref()),
                _ => None,
            };
            let of = table.map_or_else(String::new, |table| format!(" of the table `{table}`"));
            make(
                &codes::TIER_OUT_OF_REACH,
                format!("`{id}` pays tier {}{of} to no account", tier + 1),
                "what the requirements allow never reaches this tier, or always reaches a higher one",
            )
        }
        Fault::NotNever { said, account } => {
            let (never, does) = match said {
                Intended::NeverMet => ("never met", "meets"),
                _ => ("never fails", "fails"),
            };
            make(
                &codes::NOT_NEVER,
                format!("`{id}` says `{never}`, but this account {does} it: {}", words(account)),
                "remove the line, or mend the conditions",
            )
        }
        Fault::AskedForNothing { fact, result, account } => {
            let name = side.program.name_of(*fact);
            make(
                &codes::ASKED_FOR_NOTHING,
                format!(
                    "`{id}` stays open without `{name}`, although each of its values gives {}, for {}",
                    result.word(),
                    words(account)
                ),
                &format!("say first what does not depend on it, or `never without {name} because \"…\"`"),
            )
        }
        Fault::Overlap { clauses: [first, second], account } => make(
            &codes::OVERLAPPING_CLAUSES,
            format!("`{id}` would be {} and {} at once for {}", said(*first), said(*second), words(account)),
            "narrow one of the two conditions",
        ),
        Fault::Open { steps: true } => make(
            &codes::NOT_ANALYSED,
            format!("`{id}` was not analysed to the end: the steps ran out"),
            "split it into several requirements",
        ),
        Fault::Open { steps: false } => make(
            &codes::NOT_ANALYSED,
            format!("`{id}` was not analysed to the end: it multiplies or divides facts by each other"),
            "nothing is wrong with that; only no proof is given",
        ),
    }
}

const fn said(result: Judged) -> &'static str {
    result.word()
}

/// `an account with as_of 2026-03-02, account.country US`.
fn words(account: &Witness) -> String {
    let day = account.facts.first().map_or_else(String::new, |facts| day_text(facts.as_of()));
    let mut facts = vec![format!("as_of {day}")];
    facts.extend(account.given.iter().map(|(fact, value)| format!("{fact} {value}")));
    format!("an account with {}", facts.join(", "))
}
