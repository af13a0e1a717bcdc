//! `explain CODE`: the page of a finding's code.
//!
//! In: a code. Out: its page.
//! Owns nothing; pages live beside the registry of codes.

use clap::Args;

use super::output::Output;
use super::{Done, Failure};
use crate::diagnostic::{CODES, Severity, find, nearest_code};

/// Arguments of `explain`.
#[derive(Args, Debug)]
pub(super) struct ExplainArgs {
    /// The code that a finding shows in brackets; without one, all codes are listed.
    code: Option<String>,
}

pub(super) fn explain(args: &ExplainArgs, output: &mut Output) -> Result<Done, Failure> {
    let Some(name) = &args.code else {
        for code in CODES {
            let severity = if code.severity == Severity::Error { "error" } else { "warning" };
            let about = code.page.lines().next().unwrap_or("").trim_start_matches("# ");
            output.print(&format!("{:<22} {severity:<8} {about}", code.name))?;
        }
        return Ok(Done::Answered);
    };
    let name = name.trim_matches(['[', ']']);
    match find(name) {
        Some(code) => {
            output.print(code.page)?;
            Ok(Done::Answered)
        }
        None => {
            let help = nearest_code(name)
                .map_or_else(|| "`accredit explain` lists all codes".to_owned(), |near| format!("did you mean `{near}`?"));
            Err(Failure::Told(format!("no finding has the code `{name}`: {help}")))
        }
    }
}
