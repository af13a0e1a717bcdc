//! `test`: runs the cases beside the rules.
//!
//! In: rules and case files. Out: expected against actual, and a count.
//! Owns the exit code. Never writes a case.

use std::path::{Path, PathBuf};

use clap::Args;

use super::output::Output;
use super::{Done, Failure, load};
use crate::cases::{self, Compared};
use crate::diagnostic::{Diagnostic, codes};
use crate::source::{SourceFile, SourceMap};

/// Arguments of `test`.
#[derive(Args, Debug)]
pub(super) struct TestArgs {
    /// Case files; without any, those beside the rules.
    files: Vec<PathBuf>,
}

pub(super) fn test(args: &TestArgs, rules: Option<&Path>, output: &mut Output) -> Result<Done, Failure> {
    let texts = if args.files.is_empty() {
        load::case_texts(rules)?
    } else {
        let read = args.files.iter().map(|path| Ok((path.to_string_lossy().into_owned(), load::text(path)?)));
        read.collect::<Result<Vec<_>, Failure>>()?
    };
    let rules = load::rule_set(rules, output)?;
    let mut sources = SourceMap::default();
    let mut all = Vec::new();
    let mut findings: Vec<Diagnostic> = Vec::new();
    for (name, text) in texts {
        let id = sources.add(SourceFile::new(name, text));
        if let Some(file) = sources.file(id) {
            let (found, wrong) = cases::read(rules.program(), &rules.reader, id, file.text());
            all.extend(found);
            findings.extend(wrong);
        }
    }
    for (at, case) in all.iter().enumerate() {
        if let Some(earlier) = all.iter().take(at).find(|earlier| earlier.id == case.id) {
            let finding = Diagnostic::new(&codes::DUPLICATE_NAME, case.span, format!("two cases are called `{}`", case.id));
            findings.push(finding.label(earlier.span, "the other one").help("give one of them another id"));
        }
    }
    let compared = cases::run(&rules, &all);
    let failed: Vec<&Compared<'_>> = compared.iter().filter(|one| !one.differences.is_empty()).collect();
    for one in &failed {
        let decision = rules.program().decisions.get(one.expected.decision).map_or("", |d| d.id.as_str());
        let subject = one.expected.subject.as_ref().map_or_else(String::new, |subject| format!(" {subject}"));
        output.print(&format!("{}: {} {decision}{subject}: {}", sources.at(one.expected.span), one.case.id, one.case.title))?;
        for difference in &one.differences {
            output.print(&format!("    {:<12} expected  {}", difference.of, difference.expected))?;
            output.print(&format!("    {:<12} actual    {}", "", difference.actual))?;
        }
    }
    output.findings(&findings, &sources);
    let passed = compared.len() - failed.len();
    output.print(&format!("{} cases, {passed} expectations passed, {} failed", all.len(), failed.len()))?;
    if !findings.is_empty() {
        return Err(Failure::Told("some cases cannot be run".to_owned()));
    }
    Ok(if failed.is_empty() { Done::Answered } else { Done::Findings })
}
