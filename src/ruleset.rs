//! A rule set, ready to decide: from the texts of its files to program, plan and explanations.
//!
//! In: names and texts of rule files, in any order. Out: a rule set, or every finding.
//! Owns the digest. Never opens a file.

use sha2::{Digest as _, Sha256};

use crate::analyze::Side;
use crate::check::{Sound, check};
use crate::diagnostic::Diagnostic;
use crate::explain::Explainer;
use crate::facts::Reader;
use crate::plan::{Plan, lower};
use crate::program::Program;
use crate::source::{SourceFile, SourceMap};
use crate::syntax::{Syntax, parse};

/// A checked rule set with everything that deciding needs.
#[derive(Debug)]
pub struct RuleSet {
    /// Its files.
    pub sources: SourceMap,
    /// What it means.
    pub sound: Sound,
    /// Its plan.
    pub plan: Plan,
    /// What can be said before any facts are known.
    pub explainer: Explainer,
    /// Its vocabulary, ready to read documents.
    pub reader: Reader,
    /// Warnings about its text.
    pub findings: Vec<Diagnostic>,
}

/// A rule set that cannot be used, with why.
#[derive(Debug, thiserror::Error)]
#[error("the rules have {} findings", findings.len())]
pub struct Unusable {
    /// Its files.
    pub sources: SourceMap,
    /// Every finding.
    pub findings: Vec<Diagnostic>,
}

impl RuleSet {
    /// Reads a rule set from the names and texts of its files; their order does not matter.
    /// # Errors
    /// [`Unusable`] with every finding, when one of them is an error.
    pub fn read(mut files: Vec<(String, String)>) -> Result<Self, Box<Unusable>> {
        files.sort();
        let digest = digest(&files);
        let mut sources = SourceMap::default();
        let mut syntax = Syntax::default();
        let mut findings = Vec::new();
        for (name, text) in files {
            let id = sources.add(SourceFile::new(name, text));
            if let Some(file) = sources.file(id) {
                let (items, found) = parse(id, file);
                syntax.items.extend(items.items);
                findings.extend(found);
            }
        }
        let mut checked = check(&syntax);
        checked.program.digest = digest;
        findings.append(&mut checked.findings);
        checked.findings = findings;
        match checked.sound() {
            Ok((sound, findings)) => {
                let plan = lower(&sound);
                let explainer = Explainer::new(sound.program(), &plan);
                let reader = Reader::new(sound.program());
                Ok(Self { sources, sound, plan, explainer, reader, findings })
            }
            Err(findings) => Err(Box::new(Unusable { sources, findings })),
        }
    }

    /// The digest of a rule set with these files; their order does not matter.
    pub fn digest_of(mut files: Vec<(String, String)>) -> String {
        files.sort();
        digest(&files)
    }

    /// What the rules mean.
    pub fn program(&self) -> &Program {
        self.sound.program()
    }

    /// What analysis needs of it.
    pub fn side(&self) -> Side<'_> {
        Side { program: self.program(), plan: &self.plan, reader: &self.reader }
    }
}

/// A digest over names and texts: it changes when any rule does.
fn digest(files: &[(String, String)]) -> String {
    let mut hash = Sha256::new();
    for (name, text) in files {
        for part in [name, text] {
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
            hash.update(part.as_bytes());
        }
    }
    let hex: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}
