//! What failed, as text and as JSON.

use super::super::{Look, counts, json, run, told};
use super::{CASES, cases, rules};

#[test]
fn expected_against_actual_requirement_by_requirement() {
    let rules = rules();
    let all = cases(&rules, CASES);
    let compared = run(&rules, &all.cases);
    let look = Look { color: false, width: 80, full: false };
    let shown = format!("{}\n{}", told(rules.program(), &all.sources, &compared, look), counts(&all.cases, &compared));
    insta::assert_snapshot!(shown);
    let full = told(rules.program(), &all.sources, &compared, Look { full: true, ..look });
    assert!(full.contains("S-4: Nine stamps on the phone") && !full.contains("also"), "{full}");
    assert!(!full.contains('\u{1b}'));
    assert!(told(rules.program(), &all.sources, &compared, Look { color: true, ..look }).contains('\u{1b}'));
    for line in shown.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn nothing_is_told_of_what_passed() {
    let rules = rules();
    let all = cases(&rules, CASES);
    let passed = run(&rules, all.cases.get(..2).unwrap());
    assert_eq!(told(rules.program(), &all.sources, &passed, Look { color: false, width: 80, full: true }), "");
}

#[test]
fn everything_that_was_compared_is_in_the_json() {
    let rules = rules();
    let all = cases(&rules, CASES);
    let compared = run(&rules, &all.cases);
    let text = json(rules.program(), &all.sources, &all.cases, &compared);
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["failed"], 4);
    assert_eq!(value["results"].as_array().unwrap().len(), 7);
    let fifth = value["results"].as_array().unwrap().iter().find(|one| one["case"] == "S-5").unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(fifth).unwrap());
}
