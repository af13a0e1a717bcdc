//! Worked cases beside the rules: facts, and what must be decided on them.
//!
//! In: case files and a rule set. Out: what each case expects against what is decided, requirement by requirement, and
//! case files with the expectations that somebody accepted.
//! Owns the form of case files. Never opens a file, never accepts a difference by itself.

mod compare;
mod coverage;
mod group;
mod json;
mod mutate;
mod read;
mod record;
mod report;
#[cfg(test)]
mod tests;
mod text;
mod update;

pub use compare::{Accepted, Actual, Compared, Difference, Part, run};
pub use coverage::{Coverage, Standing, Suggestion, coverage, coverage_json, coverage_page, coverage_table, suggested};
pub use group::{Change, Group, groups};
pub use json::json;
pub use mutate::{Fate, Mutation, Operator, mutate, mutation_json, mutation_table};
pub use read::{Cases, read, read_all};
pub use record::recorded;
pub use report::{findings, suites};
pub use text::{Look, counts, example, told, told_group};
pub use update::{UpdateError, updated};

use crate::facts::Facts;
use crate::program::{Judged, Lane, Verdict};
use crate::source::Span;

/// One case, ready to run.
#[derive(Debug)]
pub struct Case {
    /// Its id, unique over all case files.
    pub id: String,
    /// What it is about.
    pub title: String,
    /// What is known.
    pub facts: Facts,
    /// What must be decided.
    pub expected: Vec<Expectation>,
    /// Where it stands.
    pub span: Span,
}

/// What a case says, with the place where it says so.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stated<T> {
    /// What it says.
    pub value: T,
    /// The value's place, without its key.
    pub span: Span,
}

/// What one decision must come to, for one subject.
#[derive(Debug)]
pub struct Expectation {
    /// Index of the decision.
    pub decision: usize,
    /// The record's key, for a decision made per record.
    pub subject: Option<String>,
    /// The verdict.
    pub verdict: Stated<Verdict>,
    /// The reward and whether it is `at_least`, where it must be stated; nothing inside where none may be.
    pub reward: Option<Stated<Option<(Lane, bool)>>>,
    /// Facts that must be among the deciding ones.
    pub because: Option<Stated<Vec<String>>>,
    /// Exactly the missing facts, where the case says.
    pub missing: Option<Stated<Vec<String>>>,
    /// Warnings that must be shown.
    pub warnings: Option<Stated<Vec<String>>>,
    /// Results of requirements, each with the requirement's index.
    pub requirements: Vec<(usize, Stated<Judged>)>,
    /// Where it stands.
    pub span: Span,
}
