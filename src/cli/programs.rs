//! `programs`: what the rules decide, and one decision's terms as a page.
//!
//! In: a rule set. Out: a list or a page.
//! Owns nothing; the words are the rules' own.

use std::path::Path;

use clap::Args;

use super::output::Output;
use super::{Done, Failure, Format, check, load};
use crate::report::{self, Style};
use crate::source::{SourceFile, SourceMap};
use crate::{RuleSet, cases};

/// Arguments of `programs`.
#[derive(Args, Debug)]
pub(super) struct ProgramsArgs {
    /// One decision; without it, all are listed.
    id: Option<String>,
    /// How to write it.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) fn programs(args: &ProgramsArgs, rules: Option<&Path>, output: &mut Output) -> Result<Done, Failure> {
    let folder = rules;
    let rules = load::rule_set(folder, output)?;
    let style = Style { color: output.color, width: output.width, full: true, unicode: true };
    if let Some(id) = &args.id {
        check::known(&rules, id, |_| true)?;
    }
    let form = args.format.form(style);
    let program = rules.program();
    let text = match &args.id {
        Some(id) => program.decision(id).map(|decision| report::program(program, decision, form)).unwrap_or_default(),
        None => report::programs(program, Some(&counted(&rules, load::case_texts(folder)?, output)), form),
    };
    output.print(&text)?;
    Ok(Done::Answered)
}

/// How many expectations the cases beside the rules hold for each decision. A case that cannot be read counts nothing and
/// is told; the list is true without it.
fn counted(rules: &RuleSet, texts: Vec<(String, String)>, output: &mut Output) -> Vec<usize> {
    let mut counts = vec![0; rules.program().decisions.len()];
    let mut sources = SourceMap::default();
    for (name, text) in texts {
        let id = sources.add(SourceFile::new(name, text));
        let Some(file) = sources.file(id) else { continue };
        let (found, findings) = cases::read(rules.program(), &rules.reader, id, file.text());
        for expected in found.iter().flat_map(|case| &case.expected) {
            if let Some(count) = counts.get_mut(expected.decision) {
                *count += 1;
            }
        }
        output.findings(&findings, &sources);
    }
    counts
}
