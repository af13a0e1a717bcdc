//! Worked cases beside the rules: facts, and what must be decided on them.
//!
//! In: a case file and a rule set. Out: what each case expects against what is decided, requirement by requirement.
//! Owns the form of case files. Never opens a file, never changes an expectation.

mod compare;
mod read;

pub use compare::{Compared, Difference, run};
pub use read::read;

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

/// What one decision must come to, for one subject.
#[derive(Debug)]
pub struct Expectation {
    /// Index of the decision.
    pub decision: usize,
    /// The record's key, for a decision made per record.
    pub subject: Option<String>,
    /// The verdict.
    pub verdict: Verdict,
    /// The reward and whether it is `at_least`, where it must be stated.
    pub reward: Option<(Lane, bool)>,
    /// Facts that must be among the deciding ones.
    pub because: Vec<String>,
    /// Exactly the missing facts, where the case says.
    pub missing: Option<Vec<String>>,
    /// Warnings that must be shown.
    pub warnings: Vec<String>,
    /// Results of requirements: index and result.
    pub requirements: Vec<(usize, Judged)>,
    /// Where it stands.
    pub span: Span,
}
