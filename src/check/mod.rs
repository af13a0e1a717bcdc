//! Syntax to the checked program. Reports everything, stops at nothing.
//!
//! In: the syntax of all files of a rule set. Out: the program and every finding.
//! Owns name resolution, types, and the proof that clauses are disjoint and complete. Never evaluates on facts.

mod advice;
mod cells;
mod clauses;
mod condition;
mod decision;
mod definitions;
mod lint;
mod names;
mod offer;
mod operand;
mod progress;
mod state;
mod tables;
mod vocabulary;

use std::collections::HashSet;

pub use lint::stale_sources;

use crate::diagnostic::{Diagnostic, Severity};
use crate::program::{Decision, Program};
use crate::source::Span;
use crate::syntax::Syntax;

use names::Names;

/// A program with what was found wrong in it.
#[derive(Debug)]
pub struct Checked {
    /// The program as far as it could be made.
    pub program: Program,
    /// Every finding, in reading order.
    pub findings: Vec<Diagnostic>,
}

/// A program without errors: the only key to planning, evaluation and analysis.
#[derive(Clone, Debug)]
pub struct Sound(Program);

impl Sound {
    /// The program.
    pub fn program(&self) -> &Program {
        &self.0
    }

    /// The same vocabulary with only this decision, which must be made of parts of decisions of this program: so that
    /// conditions and requirements can be asked about by themselves.
    #[must_use]
    pub fn deciding(&self, decision: Decision) -> Self {
        Self(Program { decisions: vec![decision], ..self.0.clone() })
    }

    /// The same program in which all decisions but these are empty: what they come to means nothing, and costs nothing.
    #[must_use]
    pub fn deciding_only(&self, decisions: &[usize]) -> Self {
        let keep = |(at, decision): (usize, &Decision)| {
            if decisions.contains(&at) {
                return decision.clone();
            }
            Decision {
                editions: Vec::new(),
                requirements: Vec::new(),
                states: Vec::new(),
                rewards: Vec::new(),
                warnings: Vec::new(),
                ..decision.clone()
            }
        };
        let decisions = self.0.decisions.iter().enumerate().map(keep).collect();
        Self(Program { decisions, ..self.0.clone() })
    }
}

impl Checked {
    /// The sound program with the warnings, or every finding when one of them is an error.
    /// # Errors
    /// The findings, when at least one is an error.
    pub fn sound(self) -> Result<(Sound, Vec<Diagnostic>), Vec<Diagnostic>> {
        if self.findings.iter().any(|finding| finding.code.severity == Severity::Error) {
            return Err(self.findings);
        }
        Ok((Sound(self.program), self.findings))
    }
}

/// Checks a whole rule set; `syntax` holds the items of all its files, in any order.
pub fn check(syntax: &Syntax) -> Checked {
    let mut check = Check {
        names: Names::default(),
        program: Program::default(),
        findings: Vec::new(),
        seen: HashSet::new(),
        used: HashSet::new(),
        mistakes: 0,
        circles: HashSet::new(),
        expanded: 0,
    };
    check.collect(syntax);
    check.vocabulary(syntax);
    check.definitions(syntax);
    check.decisions(syntax);
    check.harmful_remedies();
    check.lint(syntax);
    check.findings.sort_by_key(Diagnostic::span);
    Checked { program: check.program, findings: check.findings }
}

/// The checker's state: what is declared, what was made, what was found.
struct Check<'s> {
    names: Names<'s>,
    program: Program,
    findings: Vec<Diagnostic>,
    /// A shared definition is checked wherever it is used; its mistakes are told once.
    seen: HashSet<(&'static str, Span)>,
    /// Names that something refers to, by the kind of name.
    used: HashSet<(&'static str, String)>,
    /// How many mistakes were met so far, told or not: what rests on a mistake is not judged further.
    mistakes: usize,
    /// How often a shared definition was written out.
    expanded: usize,
    /// Circles of names that are told, so that each is told once.
    circles: HashSet<std::collections::BTreeSet<String>>,
}

impl Check<'_> {
    fn report(&mut self, finding: Diagnostic) {
        self.mistakes += usize::from(finding.code.severity == Severity::Error);
        if self.seen.insert((finding.code.name, finding.span())) {
            self.findings.push(finding);
        }
    }

    /// Is the name that of an item of which part could not be read? What it lacks may be there, so it is not told again.
    fn told_already(&mut self, name: &str) -> bool {
        let told = self.names.damaged.contains(name);
        self.mistakes += usize::from(told);
        told
    }
}
