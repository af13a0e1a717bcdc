//! A decision in a few words, for tables with a row an account.
//!
//! In: what a decision came to, as bits. Out: the ids of what decided it, the first reason, the next step.
//! Owns this wording. Never looks at a value: two accounts that came to the same are told the same.

use super::words;
use crate::eval::Decided;
use crate::program::{Decision, Judged, Program, Requirement, SlotId, StateCondition, Verdict};
use crate::syntax::StateKind;

/// What a row says of one decision.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Brief {
    /// The ids of requirements and state conditions that decided, in the order of the terms, between semicolons.
    pub reasons: String,
    /// The first reason in words.
    pub why: String,
    /// What to do next; empty where nothing is to be done.
    pub next: String,
}

/// One thing that decided.
enum Reason<'p> {
    Requirement(&'p Requirement, Judged),
    State(&'p StateCondition),
}

/// Tells what a decision came to; `asked` is the first fact that it still needs.
pub fn brief(program: &Program, decision: &Decision, decided: &Decided, asked: Option<SlotId>) -> Brief {
    let found = deciding(decision, decided);
    let reasons = found.iter().map(|reason| match reason {
        Reason::Requirement(requirement, _) => requirement.id.clone(),
        Reason::State(state) => state.id.clone(),
    });
    let why = match (decided.verdict, found.first()) {
        (Verdict::Qualifies, _) => "meets the published terms; the platform decides".to_owned(),
        (Verdict::Allowed, _) => "nothing in the published terms forbids it".to_owned(),
        (Verdict::Pass, _) => "sound".to_owned(),
        (Verdict::Closed, _) => "the program is not in force on this day".to_owned(),
        (_, Some(Reason::Requirement(requirement, result))) => {
            format!("{}: {}", words::result(*result).to_lowercase(), requirement.label)
        }
        (_, Some(Reason::State(state))) => state.label.clone(),
        (_, None) => String::new(),
    };
    let remedy = found.iter().find_map(|reason| match reason {
        Reason::Requirement(requirement, _) => requirement.remedy,
        Reason::State(state) => state.remedy,
    });
    let remedy = remedy.and_then(|at| program.remedies.get(at)).map(|remedy| remedy.say.clone());
    let question = asked.filter(|_| decided.verdict == Verdict::Undetermined).and_then(|slot| program.fact_of(slot));
    let next = question.map(|fact| format!("ask: {}", fact.ask)).or(remedy).unwrap_or_default();
    let helps = !matches!(decided.verdict, Verdict::Qualifies | Verdict::Allowed | Verdict::Pass | Verdict::Closed);
    Brief { reasons: reasons.collect::<Vec<_>>().join(";"), why, next: if helps { next } else { String::new() } }
}

/// What decided, in the order of the terms: states first where they decide.
fn deciding<'p>(decision: &'p Decision, decided: &Decided) -> Vec<Reason<'p>> {
    let results = |wanted: &'static [Judged]| {
        let all = decision.requirements.iter().enumerate().map(|(at, one)| (one, decided.result(at)));
        all.filter(|(_, result)| wanted.contains(result)).map(|(one, result)| Reason::Requirement(one, result))
    };
    let states = |wanted: StateKind| {
        let all = decision.states.iter().enumerate().filter(move |(_, state)| state.kind == wanted);
        all.filter(|(at, _)| decided.state(*at).is_true()).map(|(_, state)| Reason::State(state))
    };
    let open_states = || {
        decision.states.iter().enumerate().filter_map(|(at, state)| {
            let truth = decided.state(at);
            let open = match state.kind {
                StateKind::Lost | StateKind::Blocked => truth.is_unknown(),
                StateKind::Life | StateKind::Standing => !truth.is_false(),
            };
            open.then_some(Reason::State(state))
        })
    };
    match decided.verdict {
        Verdict::DoesNotQualify | Verdict::Denied | Verdict::Fail => results(&[Judged::Failed]).collect(),
        Verdict::OnTrack => results(&[Judged::Pending]).collect(),
        Verdict::Lost => states(StateKind::Lost).collect(),
        Verdict::Blocked => states(StateKind::Blocked).collect(),
        Verdict::Undetermined => results(&[Judged::Open]).chain(open_states()).chain(results(&[Judged::Pending])).collect(),
        Verdict::Qualifies | Verdict::Closed | Verdict::Allowed | Verdict::Pass => Vec::new(),
    }
}

/// `500 USD`, `at least 500 USD`.
pub fn reward(reward: &crate::eval::Reward) -> String {
    let amount = words::money(reward.amount);
    if reward.at_least { format!("at least {amount}") } else { amount }
}
