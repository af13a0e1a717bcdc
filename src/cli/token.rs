//! `token`: who may use a server that is not on this machine alone.
//!
//! In: a name, a scope, a number of days. Out: a token, shown once, and the line that lets it in.
//! Owns that the two go to different places. Never keeps the token.

use clap::{Args, Subcommand};

use super::output::Output;
use super::template::today;
use super::{Done, Failure};
use crate::serve::tokens::{Scope, mint};
use crate::value::day_text;

/// Arguments of `token`.
#[derive(Args, Debug)]
pub(super) struct TokenArgs {
    #[command(subcommand)]
    verb: TokenVerb,
}

#[derive(Subcommand, Debug)]
enum TokenVerb {
    /// Make a token: it is shown once, on standard error; its line for the tokens file goes to standard output.
    New(NewArgs),
}

#[derive(Args, Debug)]
struct NewArgs {
    /// Whose it is; this name stands in the decision log.
    name: String,
    /// What it may do: rep (check accounts, read rules), editor (see refused rules, too), admin (metrics, too).
    #[arg(long, default_value = "rep", value_parser = scope)]
    scope: Scope,
    /// For how many days it is good.
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u16).range(1..=3660))]
    days: u16,
}

pub(super) fn scope(word: &str) -> Result<Scope, String> {
    Scope::parse(word).ok_or_else(|| "a scope is rep, editor or admin".to_owned())
}

pub(super) fn token(args: &TokenArgs, output: &mut Output) -> Result<Done, Failure> {
    let TokenVerb::New(NewArgs { name, scope, days }) = &args.verb;
    let until = today() + i64::from(*days);
    let (token, line) = mint(name, *scope, until).map_err(Failure::Told)?;
    output.note(&format!("The token of {name}, good until {}; it is not shown again:\n{token}", day_text(until)));
    output.note("The line for the tokens file (accredit serve --tokens FILE):");
    output.print(&line)?;
    Ok(Done::Answered)
}
