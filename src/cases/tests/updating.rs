//! Accepted differences in the text of a case file.

use super::super::{Difference, UpdateError, run, updated};
use super::{CASES, cases, rules};
use crate::source::FileId;
use similar::TextDiff;

/// The text with every difference accepted that `wanted` picks by the id of its case.
fn accepted(text: &str, wanted: impl Fn(&str) -> bool) -> Result<String, UpdateError> {
    let rules = rules();
    let all = cases(&rules, text);
    assert!(all.findings.is_empty(), "{:?}", all.findings);
    let compared = run(&rules, &all.cases);
    let differences: Vec<&Difference> =
        compared.iter().filter(|one| wanted(&one.case.id)).flat_map(|one| &one.differences).collect();
    updated(&rules, FileId(0), text, &differences)
}

#[test]
fn only_the_accepted_values_change() {
    let after = accepted(CASES, |_| true).unwrap();
    let diff = TextDiff::from_lines(CASES, &after).unified_diff().context_radius(0).to_string();
    insta::assert_snapshot!(diff);
    assert_eq!(accepted(&after, |_| true).unwrap(), after, "what was written passes");
}

#[test]
fn what_is_not_accepted_stays_byte_for_byte() {
    assert_eq!(accepted(CASES, |_| false).unwrap(), CASES);
    let after = accepted(CASES, |id| id == "S-6").unwrap();
    assert_eq!(after, CASES.replace("sun: {verdict: pass}", "sun: {verdict: fail}"));
}

#[test]
fn line_ends_and_letters_beyond_ascii_stay() {
    let text = format!("\u{feff}{}", CASES.replace("A lost card", "Größe 文字 👩‍👩‍👧").replace('\n', "\r\n"));
    let after = accepted(&text, |id| id == "S-6").unwrap();
    assert_eq!(after, text.replace("sun: {verdict: pass}", "sun: {verdict: fail}"));
}

#[test]
fn a_layout_in_which_a_value_cannot_be_replaced_is_left_alone() {
    let folded =
        "cases:\n  - case: A\n    as_of: 2026-03-01\n    expect:\n      coffee:\n        verdict: >-\n          qualifies\n";
    let came = accepted(folded, |_| true);
    assert!(
        matches!(&came, Ok(text) if text.contains("undetermined")) || matches!(came, Err(UpdateError::Layout(6 | 7))),
        "{came:?}"
    );
}

#[test]
fn a_list_of_lines_stays_one() {
    let text = "cases:\n  - case: A\n    as_of: 2026-03-01\n    expect:\n      coffee:\n        verdict: undetermined\n        missing:\n        - card.kind\n\n        # about the warnings\n        warnings: []\n";
    let after = accepted(text, |_| true).unwrap();
    let names = "        - card.stamps\n        - card.kind\n        - card.spent\n";
    assert_eq!(after, text.replace("        - card.kind\n", names));
    let none = text.replace("undetermined", "does_not_qualify").replace("as_of", "facts: {card: {kind: lost}}\n    as_of");
    let after = accepted(&none, |_| true).unwrap();
    assert_eq!(after, none.replace("        - card.kind\n", "          []\n"));
}

#[test]
fn another_text_than_was_read_is_refused() {
    let rules = rules();
    let all = cases(&rules, CASES);
    let compared = run(&rules, &all.cases);
    let differences: Vec<&Difference> = compared.iter().flat_map(|one| &one.differences).collect();
    assert_eq!(updated(&rules, FileId(0), "cases: []\n", &differences), Err(UpdateError::OtherText));
}
