//! What cases try: the table, the JSON, the page, and the cases that are suggested.

use super::super::{Coverage, coverage, coverage_json, coverage_page, coverage_table, run, suggested};
use super::{CASES, RULES, cases, rules};
use crate::RuleSet;

fn covered(rules: &RuleSet, text: &str) -> Coverage {
    coverage(rules, &cases(rules, text).cases, |_| true)
}

/// The case that tries nothing but what is the same for everybody.
const ONE: &str = "cases:\n  - {case: A, as_of: 2026-03-01, expect: {coffee: {verdict: undetermined, requirements: {held: open, full: open}}}}\n";

#[test]
fn what_is_missing_stands_with_its_place() {
    let rules = rules();
    let measured = covered(&rules, CASES);
    assert!(!measured.complete());
    insta::assert_snapshot!(coverage_table(rules.program(), &rules.sources, &measured, false));
}

#[test]
fn everything_is_in_the_full_table_and_in_the_json() {
    let rules = rules();
    let measured = covered(&rules, ONE);
    insta::assert_snapshot!(coverage_table(rules.program(), &rules.sources, &measured, true));
    let told: serde_json::Value = serde_json::from_str(&coverage_json(rules.program(), &rules.sources, &measured)).unwrap();
    assert_eq!(told["counts"]["requirements"]["covered"], 2, "both requirements of the credit are open");
    assert_eq!(told["parts"].as_array().unwrap().len(), measured.parts.len());
    assert_eq!(told["parts"][0]["results"][0]["standing"], "missing");
    let account = told["parts"][0]["results"][0]["accounts"][0].as_str().unwrap();
    assert!(account.contains("kind: paper") || account.contains("kind: app"), "{account}");
}

#[test]
fn suggested_cases_pass_and_nothing_is_missing_with_them() {
    let rules = rules();
    for text in [ONE, CASES] {
        let all = cases(&rules, text);
        let measured = coverage(&rules, &all.cases, |_| true);
        let written = suggested(&rules, &all.cases, &measured.suggestions(&rules));
        let more = cases(&rules, &written);
        assert!(more.findings.is_empty(), "{:?}\n{written}", more.findings);
        assert!(run(&rules, &more.cases).iter().all(super::super::Compared::passed), "{written}");
        let both: Vec<_> = all.cases.into_iter().chain(more.cases).collect();
        assert!(coverage(&rules, &both, |_| true).complete(), "{written}");
        if text == CASES {
            insta::assert_snapshot!(written);
        }
    }
}

#[test]
fn the_page_has_the_whole_text_with_marks() {
    let rules = rules();
    let page = coverage_page(rules.program(), &rules.sources, &covered(&rules, CASES));
    let start = page.find("<pre>").unwrap();
    let text = page.get(start..page.find("</pre>").unwrap()).unwrap();
    let (mut bare, mut inside) = (String::new(), false);
    for letter in text.chars() {
        match letter {
            '<' => inside = true,
            '>' => inside = false,
            letter if !inside => bare.push(letter),
            _ => {}
        }
    }
    let bare = bare.replace("&quot;", "\"").replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">");
    assert_eq!(bare, RULES);
    let full = "coffee.held: true covered, false covered, unknown covered\">card.kind is one of paper, app</mark>";
    assert!(text.contains(full), "{text}");
    assert!(text.contains("<mark class=\"part\""), "{text}");
}

/// A requirement with a condition that no account can make unknown, one that can never turn the result, and one that waits.
#[test]
fn the_unreachable_is_proved_and_not_missing() {
    let more = "\ncredit cake \"A cake\" for account {\n  per card\n\n  require twice \"At least ten, said twice\"\n    \
                met   when card.stamps is at least full_card and card.stamps is at least half_card\n    fails otherwise\n    \
                per   card\n    else  collect\n}\n";
    let rules = RuleSet::read(vec![("stamps.terms".to_owned(), format!("{RULES}{more}"))])
        .unwrap_or_else(|unusable| panic!("{}", crate::diagnostic::short(&unusable.findings, &unusable.sources)));
    let text = "cases:\n  - {case: A, as_of: 2026-03-01, facts: {card: {stamps: 10}}, expect: {cake: {verdict: qualifies}}}\n  \
                - {case: B, as_of: 2026-03-01, facts: {card: {stamps: 9}}, expect: {cake: {verdict: does_not_qualify}}}\n";
    let measured = coverage(&rules, &cases(&rules, text).cases, |decision| decision.id == "cake");
    insta::assert_snapshot!(coverage_table(rules.program(), &rules.sources, &measured, true));
}
