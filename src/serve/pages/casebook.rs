//! The cases beside the rules, by the decision that they try: what the rules pages show of them.
//!
//! In: a rule set and the texts of its case files. Out: for each decision its cases.
//! Owns what of a case is shown. Never runs one: `accredit test` does.

use std::sync::{Arc, PoisonError, RwLock};

use crate::RuleSet;
use crate::cases::{self, Case};
use crate::report;
use crate::source::{SourceFile, SourceMap};

/// Reads names and texts of the case files beside the rules.
pub type ReadCases = Box<dyn Fn() -> Vec<(String, String)> + Send + Sync>;

/// The cases beside whatever rules are in force: read when somebody looks at them, and anew once the rules are others.
pub struct CaseShelf {
    read: ReadCases,
    /// The digest of the rules that the cases were read under.
    book: RwLock<Option<(String, Arc<CaseBook>)>>,
}

impl std::fmt::Debug for CaseShelf {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.debug_struct("CaseShelf").finish_non_exhaustive()
    }
}

impl CaseShelf {
    /// Nothing is read yet.
    pub fn new(read: ReadCases) -> Self {
        Self { read, book: RwLock::new(None) }
    }

    /// The cases under these rules.
    pub fn book(&self, rules: &RuleSet) -> Arc<CaseBook> {
        let digest = &rules.program().digest;
        let kept = self.book.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, book)) = kept.filter(|(known, _)| known == digest) {
            return book;
        }
        let book = Arc::new(CaseBook::read(rules, (self.read)()));
        *self.book.write().unwrap_or_else(PoisonError::into_inner) = Some((digest.clone(), Arc::clone(&book)));
        book
    }
}

/// The cases of each decision, in the order of the program.
#[derive(Clone, Debug, Default)]
pub struct CaseBook {
    by_decision: Vec<Vec<Worked>>,
}

/// A case, as far as it is about one decision.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Worked {
    /// Its id.
    pub id: String,
    /// What it is about.
    pub title: String,
    /// The day for which it is decided.
    pub day: String,
    /// The record that is decided about, where it is one.
    pub subject: Option<String>,
    /// What must come out, in the middle of a sentence.
    pub verdict: String,
}

impl CaseBook {
    /// Reads case files. A case that cannot be read is left out: `accredit test` tells why.
    pub fn read(rules: &RuleSet, texts: Vec<(String, String)>) -> Self {
        let mut book = Self { by_decision: vec![Vec::new(); rules.program().decisions.len()] };
        let mut sources = SourceMap::default();
        for (name, text) in texts {
            let id = sources.add(SourceFile::new(name, text));
            let Some(file) = sources.file(id) else { continue };
            let (found, _) = cases::read(rules.program(), &rules.reader, id, file.text());
            found.iter().for_each(|case| book.add(case));
        }
        book
    }

    fn add(&mut self, case: &Case) {
        for expected in &case.expected {
            let Some(cases) = self.by_decision.get_mut(expected.decision) else { continue };
            cases.push(Worked {
                id: case.id.clone(),
                title: case.title.clone(),
                day: report::day(case.facts.as_of()),
                subject: expected.subject.clone(),
                verdict: report::verdict_word(expected.verdict.value),
            });
        }
    }

    /// The cases of the decision at a place of the program.
    pub fn of(&self, decision: usize) -> &[Worked] {
        self.by_decision.get(decision).map_or(&[], Vec::as_slice)
    }
}
