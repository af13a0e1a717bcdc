//! Changes of the rules that cases notice, and those that they do not.

use super::super::{Fate, Mutation, mutate, mutation_json, mutation_table, suggested, updated};
use super::{CASES, cases, rules};
use crate::RuleSet;
use crate::cases::{Difference, run};
use crate::source::FileId;

/// The cases after everything was accepted: all of them pass.
fn passing(rules: &RuleSet) -> String {
    let all = cases(rules, CASES);
    let compared = run(rules, &all.cases);
    let differences: Vec<&Difference> = compared.iter().flat_map(|one| &one.differences).collect();
    updated(rules, FileId(0), CASES, &differences).unwrap()
}

fn mutated(rules: &RuleSet, text: &str, threads: usize) -> Mutation {
    mutate(rules, &cases(rules, text).cases, threads, |_| true)
}

#[test]
fn every_survivor_is_listed_with_an_account() {
    let rules = rules();
    let mutation = mutated(&rules, &passing(&rules), 1);
    insta::assert_snapshot!(mutation_table(rules.program(), &rules.sources, &mutation));
    let told: serde_json::Value = serde_json::from_str(&mutation_json(rules.program(), &rules.sources, &mutation)).unwrap();
    assert_eq!(told["mutants"].as_array().unwrap().len(), mutation.mutants.len());
    let listed: Vec<String> = mutation
        .mutants
        .iter()
        .map(|(change, fate)| {
            format!("{} {} {}: {}", rules.sources.at(change.span), change.operator.word(), fate.word(), change.said)
        })
        .collect();
    insta::assert_snapshot!(listed.join("\n"));
}

#[test]
fn the_cases_that_are_suggested_kill_every_survivor() {
    let rules = rules();
    let text = passing(&rules);
    let all = cases(&rules, &text);
    let mut both = text;
    for _ in 0..4 {
        let mutation = mutate(&rules, &cases(&rules, &both).cases, 1, |_| true);
        let more = suggested(&rules, &cases(&rules, &both).cases, &mutation.suggestions());
        let Some((_, list)) = more.split_once("cases:\n").filter(|_| !mutation.suggestions().is_empty()) else { break };
        both.push_str(list);
    }
    let after = mutated(&rules, &both, 1);
    let (killed, of) = after.score();
    assert_eq!(killed, of, "{}", mutation_table(rules.program(), &rules.sources, &after));
    assert!(killed > 20 && cases(&rules, &both).cases.len() > all.cases.len());
}

#[test]
fn the_order_does_not_depend_on_the_threads() {
    let rules = rules();
    let text = passing(&rules);
    let told = |threads| mutation_json(rules.program(), &rules.sources, &mutated(&rules, &text, threads));
    assert_eq!(told(1), told(3));
}

#[test]
fn what_decides_the_same_for_every_account_is_proved_to() {
    let more = "\ncredit cake \"A cake\" for account {\n  per card\n\n  require twice \"At least ten, said twice\"\n    \
                met   when card.stamps is at least full_card and card.stamps is at least half_card\n    fails otherwise\n    \
                per   card\n    else  collect\n}\n";
    let rules = RuleSet::read(vec![("stamps.terms".to_owned(), format!("{}{more}", super::RULES))])
        .unwrap_or_else(|unusable| panic!("{}", crate::diagnostic::short(&unusable.findings, &unusable.sources)));
    let none = "cases:\n  - {case: A, as_of: 2026-03-01, expect: {cake: {verdict: undetermined}}}\n";
    let mutation = mutate(&rules, &cases(&rules, none).cases, 1, |decision| decision.id == "cake");
    let fates: Vec<String> =
        mutation.mutants.iter().map(|(change, fate)| format!("{}: {}", change.said, fate.word())).collect();
    insta::assert_snapshot!(fates.join("\n"));
    let survived = mutation.mutants.iter().find_map(|(_, fate)| match fate {
        Fate::Survived { turns, witness, .. } => Some((turns.clone(), witness.documents.clone())),
        _ => None,
    });
    let (turns, documents) = survived.unwrap();
    assert!(turns.contains('→') && documents.iter().all(|document| document.starts_with("as_of: ")), "{turns} {documents:?}");
}
