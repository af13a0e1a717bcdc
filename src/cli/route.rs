//! `route`: from a symptom to first checks, channel, what to bring and expected time.
//!
//! In: a symptom's id. Out: its support route, or all symptoms.
//! Owns nothing; the words are the rules' own.

use std::path::Path;

use clap::Args;

use super::output::Output;
use super::{Done, Failure, Format, load};
use crate::diagnostic::did_you_mean;
use crate::report::{self, Style};

/// Arguments of `route`.
#[derive(Args, Debug)]
pub(super) struct RouteArgs {
    /// The symptom; without it, all are listed.
    symptom: Option<String>,
    /// How to write it.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) fn route(args: &RouteArgs, rules: Option<&Path>, output: &mut Output) -> Result<Done, Failure> {
    let rules = load::rule_set(rules, output)?;
    let program = rules.program();
    let form = args.format.form(Style { color: output.color, width: output.width, full: true, unicode: true });
    let Some(symptom) = &args.symptom else {
        output.print(&report::routes(program, form))?;
        return Ok(Done::Answered);
    };
    let found = program.routes.iter().find(|route| route.id == *symptom);
    let Some(found) = found else {
        let ids = program.routes.iter().map(|route| route.id.as_str());
        let help = did_you_mean(symptom, ids).unwrap_or_else(|| "`accredit route` lists them".to_owned());
        return Err(Failure::Told(format!("no symptom is called `{symptom}`: {help}")));
    };
    output.print(&report::route(program, found, form))?;
    Ok(Done::Answered)
}
