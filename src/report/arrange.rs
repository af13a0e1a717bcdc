//! The order in which decisions are told, and how many there are of each verdict.
//!
//! In: explanations. Out: groups and counts.
//! Owns the order. Never drops a decision.

use super::words;
use crate::explain::Explanation;
use crate::facts::{Facts, State};
use crate::program::{Program, SlotId, Subject, Verdict};
use crate::syntax::DecisionKind;

/// Decisions of one kind with one verdict.
#[derive(Debug)]
pub(super) struct Group<'a> {
    /// Their kind.
    pub kind: DecisionKind,
    /// Their verdict.
    pub verdict: Verdict,
    /// In the program's order; checks by severity.
    pub told: Vec<&'a Explanation<'a>>,
}

impl Group<'_> {
    /// `Qualifies (2)`, `Checks: fail (1)`.
    pub(super) fn heading(&self) -> String {
        let (word, number) = (words::verdict(self.verdict), self.told.len());
        match self.kind {
            DecisionKind::Credit => format!("{word} ({number})"),
            DecisionKind::Action => format!("Actions: {} ({number})", word.to_lowercase()),
            DecisionKind::Check => format!("Checks: {} ({number})", word.to_lowercase()),
        }
    }
}

/// Decisions by kind and verdict, in the order of telling; no group is empty.
pub(super) fn groups<'a>(decisions: &'a [Explanation<'a>]) -> Vec<Group<'a>> {
    let kinds = [
        (DecisionKind::Credit, words::CREDIT_ORDER),
        (DecisionKind::Action, words::ACTION_ORDER),
        (DecisionKind::Check, words::CHECK_ORDER),
    ];
    let all = kinds.into_iter().flat_map(|(kind, order)| order.iter().map(move |verdict| (kind, *verdict)));
    all.filter_map(|(kind, verdict)| {
        let mut told: Vec<_> = decisions.iter().filter(|told| told.decision.kind == kind && told.verdict == verdict).collect();
        told.sort_by_key(|told| severity_rank(told.decision.severity.as_deref()));
        (!told.is_empty()).then_some(Group { kind, verdict, told })
    })
    .collect()
}

fn severity_rank(severity: Option<&str>) -> usize {
    let order = ["blocker", "high", "medium", "low"];
    severity.and_then(|word| order.iter().position(|known| *known == word)).unwrap_or(order.len())
}

/// One line for each kind: `2 qualify · 1 on track`; with the kind in front where there are several.
pub(super) fn counts(groups: &[Group<'_>]) -> Vec<String> {
    let mut lines: Vec<(DecisionKind, String)> = Vec::new();
    for group in groups {
        let count = words::counted(group.verdict, group.told.len());
        match lines.last_mut() {
            Some((kind, line)) if *kind == group.kind => line.push_str(&format!(" · {count}")),
            _ => lines.push((group.kind, count)),
        }
    }
    let several = lines.len() > 1;
    let named = lines.into_iter().map(|(kind, line)| match kind {
        DecisionKind::Credit if several => format!("Credits: {line}"),
        DecisionKind::Action if several => format!("Actions: {line}"),
        DecisionKind::Check if several => format!("Checks: {line}"),
        _ => line,
    });
    named.collect()
}

/// What a decision is called, with the record that it is about.
pub(super) fn title(program: &Program, told: &Explanation<'_>) -> String {
    match (told.decision.subject, told.subject) {
        (Subject::Each(list), Some(key)) => {
            let each = program.lists.get(list.0 as usize).map_or("", |list| list.each.as_str());
            format!("{} ({} {key})", told.decision.title, words::plain(each))
        }
        _ => told.decision.title.clone(),
    }
}

/// A question that an answer is missing to, and how many decisions wait for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Asked {
    /// The missing fact.
    pub slot: SlotId,
    /// Decisions that wait for it.
    pub waiting: usize,
}

/// The questions of all decisions; those that most decisions wait for first, then the easiest to answer.
pub(super) fn questions(program: &Program, decisions: &[Explanation<'_>]) -> Vec<Asked> {
    let mut asked: Vec<Asked> = Vec::new();
    for slot in decisions.iter().flat_map(|told| &told.missing) {
        // The same question of several programs or records is asked once for each of them, unless it is one fact.
        match asked.iter_mut().find(|known| known.slot == *slot) {
            Some(known) => known.waiting += 1,
            None => asked.push(Asked { slot: *slot, waiting: 1 }),
        }
    }
    asked.sort_by_key(|asked| {
        let effort = program.fact_of(asked.slot).map_or(i64::MAX, |fact| fact.effort);
        (std::cmp::Reverse(asked.waiting), effort, asked.slot)
    });
    asked
}

/// What names the account: the known facts of the document that identify it, then its country.
pub(super) fn identity(program: &Program, facts: &Facts) -> Vec<String> {
    use crate::program::{At, Type};
    let slots = program.slots.iter().zip(0_u32..).filter(|(slot, _)| slot.at == At::Single);
    let mut known: Vec<(bool, String)> = Vec::new();
    let mut country = None;
    for (_, at) in slots {
        let slot = SlotId(at);
        let (Some(fact), Some(lane)) = (program.fact_of(slot), facts.get(slot)) else { continue };
        if facts.state(slot) != State::Given {
            continue;
        }
        let text = words::value(program, facts, slot, lane);
        let named = format!("{} {text}", words::plain(&fact.local));
        match (fact.identifies, fact.local.as_str()) {
            (true, "name") => known.push((true, text)),
            (true, _) => known.push((false, named)),
            (false, _) if fact.ty == Type::Country && country.is_none() => country = Some(named),
            _ => {}
        }
    }
    // A name says more to people than a number.
    known.sort_by_key(|(name, _)| !name);
    known.into_iter().map(|(_, text)| text).chain(country).collect()
}
