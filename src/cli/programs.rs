//! `programs`: what the rules decide, and one decision's terms as a page.
//!
//! In: a rule set. Out: a list or a page.
//! Owns nothing; the words are the rules' own.

use std::path::Path;

use clap::Args;

use super::output::Output;
use super::{Done, Failure, Format, check, load};
use crate::report::{self, Style};

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
    let rules = load::rule_set(rules, output)?;
    let style = Style { color: output.color, width: output.width, full: true, unicode: true };
    if let Some(id) = &args.id {
        check::known(&rules, id, |_| true)?;
    }
    let form = args.format.form(style);
    let program = rules.program();
    let text = match &args.id {
        Some(id) => program.decision(id).map(|decision| report::program(program, decision, form)).unwrap_or_default(),
        None => report::programs(program, form),
    };
    output.print(&text)?;
    Ok(Done::Answered)
}
