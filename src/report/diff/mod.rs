//! What changed between two versions of the rules, for a reader: text, Markdown for a pull request, JSON.
//!
//! In: two programs, what analysis found, and accounts that were counted. Out: a page or JSON.
//! Owns the wording of classes and moves. Never analyses, never decides.

mod findings;
mod json;
mod page;
mod vocabulary;
mod words;

pub use findings::{diff_findings, diff_suites};

use super::page::{Block, plain};
use super::{Form, html, program_page};
use crate::analyze::{Class, Compared, Impact};
use crate::program::Program;

/// Two versions and everything that was found out about them.
#[derive(Debug)]
pub struct DiffReport<'a> {
    /// The old rules.
    pub old: &'a Program,
    /// The new rules.
    pub new: &'a Program,
    /// What the two versions are called.
    pub names: (&'a str, &'a str),
    /// What became of each decision.
    pub compared: &'a [Compared],
    /// Accounts that were counted.
    pub impact: Option<&'a Impact>,
}

/// The differences in a form.
pub fn diff(report: &DiffReport<'_>, form: Form) -> String {
    match form {
        Form::Json => json::json(report),
        form => super::shown(&page::page(report), form),
    }
}

/// Does a version differ from the other in any statement?
pub fn differs(report: &DiffReport<'_>) -> bool {
    report.compared.iter().any(|one| one.changed() || !statements(report, one).is_empty())
        || !vocabulary::changes(report.old, report.new).is_empty()
}

/// What became of the terms of a decision from one version to the next, in HTML; nothing where the terms are the same or
/// neither version has it.
pub fn terms_change(old: &Program, new: &Program, id: &str) -> Option<String> {
    let of = |program: &'_ Program| program.decisions.iter().position(|one| one.id == id);
    let (before, after) = (of(old).and_then(|at| old.decisions.get(at)), of(new).and_then(|at| new.decisions.get(at)));
    let line = match (before, after) {
        (None, None) => return None,
        (None, Some(_)) => "The rules decide it from this version on.",
        (Some(_), None) => "The rules decide it no longer.",
        (Some(before), Some(after)) => {
            let said = words::changes((old, before), (new, after));
            match said.is_empty() {
                false => return Some(html::fragment(&[page::stated((old, new), &said)])),
                true if program_page::terms(old, before) == program_page::terms(new, after) => return None,
                true => "No statement of it differs; shared words that it rests on do, such as the questions of its details.",
            }
        }
    };
    Some(html::fragment(&[Block::Say(vec![plain(line)])]))
}

fn statements(report: &DiffReport<'_>, of: &Compared) -> Vec<words::Said> {
    let old = of.old.and_then(|at| report.old.decisions.get(at));
    let new = of.new.and_then(|at| report.new.decisions.get(at));
    match (old, new, of.class) {
        (_, _, Class::Added | Class::Removed) => Vec::new(),
        (Some(old), Some(new), _) => words::changes((report.old, old), (report.new, new)),
        _ => Vec::new(),
    }
}

/// The word of a class in JSON.
const fn class_word(of: &Compared) -> &'static str {
    match of.class {
        Class::Opens => match (of.more_open, of.less_open) {
            (true, false) => "more_often_open",
            (false, true) => "less_often_open",
            _ => "open_elsewhere",
        },
        Class::Same => "same",
        Class::Stricter => "stricter",
        Class::Looser => "looser",
        Class::Mixed => "mixed",
        Class::Other => "other",
        Class::Added => "added",
        Class::Removed => "removed",
        Class::Unclear => "not_analysed",
    }
}
