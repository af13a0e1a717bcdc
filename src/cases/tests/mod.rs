//! Cases of a small rule set: comparing, grouping, rendering, writing back.

mod covering;
mod mutating;
mod reading;
mod rendering;
mod updating;

use super::{Cases, read_all};
use crate::RuleSet;

pub(super) const RULES: &str = include_str!("stamps.terms");
pub(super) const CASES: &str = include_str!("stamps.cases.yaml");

/// The rule set of the tests.
pub(super) fn rules() -> RuleSet {
    RuleSet::read(vec![("stamps.terms".to_owned(), RULES.to_owned())])
        .unwrap_or_else(|unusable| panic!("{}", crate::diagnostic::short(&unusable.findings, &unusable.sources)))
}

/// The cases of a text.
pub(super) fn cases(rules: &RuleSet, text: &str) -> Cases {
    read_all(rules, [("stamps.cases.yaml".to_owned(), text.to_owned())])
}
