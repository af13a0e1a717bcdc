//! What a case may say, and what it may not.

use super::{cases, rules};
use crate::diagnostic::short;

/// The findings of a case that expects this on top of an empty document with one visit.
fn found(expect: &str) -> String {
    let facts = "facts: {visits: [{id: mon}]}";
    let text = format!("cases:\n  - case: T\n    as_of: 2026-03-01\n    {facts}\n    expect: {expect}\n");
    let rules = rules();
    let all = cases(&rules, &text);
    short(&all.findings, &all.sources)
}

#[test]
fn what_does_not_exist_is_an_error_and_never_a_pass() {
    let rows = [
        ("{coffe: {verdict: undetermined}}", "unknown-name", "no decision is called `coffe`"),
        ("{coffee: {verdict: maybe}}", "unknown-name", "no verdict is called `maybe`"),
        ("{coffee: {verdict: undetermined, requirements: {ful: open}}}", "unknown-name", "called `ful`"),
        ("{coffee: {verdict: undetermined, requirements: {full: opened}}}", "wrong-form", "met, failed, pending or open"),
        ("{coffee: {verdict: undetermined, because: [card.stamp]}}", "unknown-name", "no fact is called `card.stamp`"),
        ("{coffee: {verdict: undetermined, missing: card.stamps}}", "wrong-form", "a list of names"),
        ("{coffee: {verdict: undetermined, warnings: [thick]}}", "unknown-name", "no warning is called `thick`"),
        ("{coffee: {verdict: undetermined, reward: 4}}", "wrong-form", "an amount"),
        ("{coffee: {verdict: undetermined, why: x}}", "unknown-name", "no expectation is called `why`"),
        ("{counted: {tue: {verdict: undetermined}}}", "unknown-name", "no record of this case is called `tue`"),
        ("{counted: {}}", "wrong-form", "a record and what it comes to"),
        ("{}", "wrong-form", "a case that expects something"),
        ("[]", "wrong-form", "decisions and what they come to"),
    ];
    for (expect, code, part) in rows {
        let found = found(expect);
        assert!(found.contains(&format!("[{code}]")) && found.contains(part), "{expect}: {found}");
        assert_eq!(found.lines().count(), 1, "one mistake, one finding: {found}");
    }
    assert_eq!(found("{coffee: {verdict: undetermined, reward: none}, counted: {mon: {verdict: undetermined}}}"), "");
}

#[test]
fn a_base_is_read_once_whether_used_or_not() {
    let rules = rules();
    let case =
        |id: &str| format!("  - {{case: {id}, base: b, as_of: 2026-03-01, expect: {{coffee: {{verdict: undetermined}}}}}}\n");
    let text = format!("bases: {{b: {{card: {{stamp: 1}}}}, c: {{card: {{kinds: app}}}}}}\ncases:\n{}{}", case("A"), case("B"));
    let all = cases(&rules, &text);
    let found = short(&all.findings, &all.sources);
    insta::assert_snapshot!(found, @"
    stamps.cases.yaml:1:20: error[unknown-fact]: `card` has no fact called `stamp`
    stamps.cases.yaml:1:43: error[unknown-fact]: `card` has no fact called `kinds`
    ");
}

#[test]
fn two_cases_of_one_name_are_an_error() {
    let rules = rules();
    let case = "  - {case: A, as_of: 2026-03-01, expect: {coffee: {verdict: undetermined}}}\n";
    let all = cases(&rules, &format!("cases:\n{case}{case}"));
    assert!(short(&all.findings, &all.sources).contains("two cases are called `A`"));
}
