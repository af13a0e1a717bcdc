//! `completions` and `man`, from the argument parser itself.
//!
//! In: a shell's name. Out: its completion script, or the manual page.
//! Owns nothing. Never reads rules.

use clap::{Args, CommandFactory as _};

use super::output::Output;
use super::{Done, Failure};

/// Arguments of `completions`.
#[derive(Args, Debug)]
pub(super) struct CompletionsArgs {
    /// The shell.
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

pub(super) fn completions(args: &CompletionsArgs, output: &mut Output) -> Result<Done, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut super::Args::command(), "accredit", &mut script);
    output.stream().write_all(&script)?;
    Ok(Done::Answered)
}

pub(super) fn man(output: &mut Output) -> Result<Done, Failure> {
    let mut page = Vec::new();
    clap_mangen::Man::new(super::Args::command()).render(&mut page)?;
    output.stream().write_all(&page)?;
    Ok(Done::Answered)
}
