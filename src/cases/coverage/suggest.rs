//! The cases that are missing, as a case file to review.
//!
//! In: accounts that nothing tries, with what each would try. Out: the text of a case file.
//! Owns how a suggested case is written. What it expects is what the rules decide now: only a reviewer can say that it is right.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;

use super::{Coverage, Standing};
use crate::RuleSet;
use crate::analyze::Witness;
use crate::cases::Case;
use crate::eval::Workspace;
use crate::explain::{Explanation, explain};
use crate::program::{Judged, Type, Verdict};

use super::table::written;

/// An account that nothing tries.
#[derive(Clone, Debug)]
pub struct Suggestion {
    /// Index of the decision.
    pub decision: usize,
    /// The requirements whose results matter: the case states them.
    pub requirements: Vec<usize>,
    /// What it would try.
    pub title: String,
    /// The account.
    pub witness: Witness,
}

impl Coverage {
    /// An account for everything that is missing; one that comes again is suggested once.
    pub fn suggestions(&self, rules: &RuleSet) -> Vec<Suggestion> {
        let mut all = Vec::new();
        for part in &self.parts {
            let requirement = if let super::Part::Requirement(at) = part.part { Some(at) } else { None };
            let mut suggest = |title: String, standing: &Standing| {
                if let Standing::Missing(witnesses) = standing {
                    all.extend(witnesses.iter().map(|witness| Suggestion {
                        decision: part.decision,
                        requirements: requirement.into_iter().collect(),
                        title: title.clone(),
                        witness: witness.clone(),
                    }));
                }
            };
            for item in &part.results {
                suggest(format!("{}: {}", part.id, item.word), &item.standing);
            }
            for condition in &part.conditions {
                let text = written(&rules.sources, condition.span);
                for item in condition.truths.iter().chain(&condition.pair) {
                    suggest(format!("{}: `{text}` {}", part.id, item.word), &item.standing);
                }
            }
        }
        merged(all)
    }
}

/// An account that several things ask for is suggested once, for all of them.
pub(in crate::cases) fn merged(all: Vec<Suggestion>) -> Vec<Suggestion> {
    let mut kept: Vec<Suggestion> = Vec::new();
    let mut places: HashMap<(usize, Option<String>), usize> = HashMap::new();
    for one in all {
        let key = (one.decision, one.witness.documents.first().cloned());
        match places.get(&key).and_then(|at| kept.get_mut(*at)) {
            Some(same) => {
                let more = one.requirements.into_iter().filter(|at| !same.requirements.contains(at)).collect::<Vec<_>>();
                if !more.is_empty() {
                    same.title = format!("{}; {}", same.title, one.title);
                    same.requirements.extend(more);
                }
            }
            None => {
                places.insert(key, kept.len());
                kept.push(one);
            }
        }
    }
    kept
}

/// A case file with a case for each suggestion; ids that cases have already are not used again.
pub fn suggested(rules: &RuleSet, cases: &[Case], suggestions: &[Suggestion]) -> String {
    let mut out = String::from(
        "# Suggested by `accredit test`. What each case expects is what the rules decide now: compare it with the terms, give it an\n\
         # id and a title of its own, and move it to the cases beside the rules.\ncases:\n",
    );
    let program = rules.program();
    let mut used: BTreeSet<String> = cases.iter().map(|case| case.id.clone()).collect();
    let mut workspace = Workspace::new(&rules.plan);
    for one in suggestions {
        let (Some(decision), Some(facts)) = (program.decisions.get(one.decision), one.witness.facts.first()) else { continue };
        let told = explain(program, &rules.plan, &rules.explainer, facts, &mut workspace, |d| d.id == decision.id);
        let key = one.witness.records.first().copied().flatten();
        let Some(found) = key.map_or_else(|| told.first(), |at| told.get(at)) else { continue };
        let id = (1..).map(|number| format!("NEW-{number}")).find(|id| !used.contains(id)).unwrap_or_default();
        used.insert(id.clone());
        let title = serde_json::Value::from(format!("{} {}", decision.id, one.title)).to_string();
        let document = one.witness.documents.first().map_or("", String::as_str);
        let (day, sections) = document.split_once('\n').unwrap_or((document, ""));
        line(&mut out, format_args!("  - case: {id}\n    title: {title}\n    {day}"));
        if !sections.trim().is_empty() {
            line(&mut out, format_args!("    facts:"));
            sections.lines().for_each(|section| line(&mut out, format_args!("      {section}")));
        }
        let expected = expected(rules, found, &one.requirements);
        match found.subject {
            None => line(&mut out, format_args!("    expect: {{{}: {expected}}}", decision.id)),
            Some(subject) => {
                let subject = serde_json::Value::from(subject);
                line(&mut out, format_args!("    expect: {{{}: {{{subject}: {expected}}}}}", decision.id));
            }
        }
    }
    if suggestions.is_empty() {
        out.push_str("  []\n");
    }
    out
}

/// What the rules decide, as a case says it.
pub(in crate::cases) fn expected(rules: &RuleSet, found: &Explanation<'_>, requirements: &[usize]) -> String {
    let program = rules.program();
    let mut parts = vec![format!("verdict: {}", found.verdict.word())];
    if let Some(reward) = found.reward {
        let amount = Type::Money.text(reward.amount);
        parts.push(if reward.at_least { format!("reward: {{at_least: {amount}}}") } else { format!("reward: {amount}") });
    }
    if found.verdict == Verdict::Undetermined {
        let missing: Vec<&str> = found.missing.iter().map(|slot| program.name_of(*slot)).collect();
        parts.push(format!("missing: [{}]", missing.join(", ")));
    }
    let shown = found.requirements.iter().enumerate().filter(|(at, note)| {
        let decides = note.decisive && note.result != Judged::Met;
        decides || requirements.contains(at)
    });
    let results: Vec<String> = shown.map(|(_, note)| format!("{}: {}", note.requirement.id, note.result.word())).collect();
    if !results.is_empty() {
        parts.push(format!("requirements: {{{}}}", results.join(", ")));
    }
    format!("{{{}}}", parts.join(", "))
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = writeln!(out, "{text}"); // Writing to a string cannot fail.
}
