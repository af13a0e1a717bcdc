//! `serve`: the workbench in a browser, and the HTTP API.
//!
//! In: an address, the rules. Out: nothing until it is told to stop.
//! Owns the options. Never answers a request itself: `serve` does.

use std::net::SocketAddr;
use std::path::Path;

use clap::Args;

use super::load;
use super::output::Output;
use super::{Done, Failure};
use crate::serve::{App, Settings, serve as run};

/// Arguments of `serve`.
#[derive(Args, Debug)]
pub(super) struct ServeArgs {
    /// Where to listen; port 0 takes a free port.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

pub(super) fn serve(args: &ServeArgs, rules: Option<&Path>, output: &mut Output) -> Result<Done, Failure> {
    let rules = load::rule_set(rules, output)?;
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let app = App::new(rules, threads);
    let settings = Settings { listen: args.listen };
    run(app, &settings, |address| output.note(&format!("listening on http://{address}")))
        .map_err(|error| Failure::Told(format!("cannot serve on {}: {error}", args.listen)))?;
    Ok(Done::Answered)
}
