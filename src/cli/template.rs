//! `template`: a facts document to fill in.
//!
//! In: which decisions it is for. Out: YAML with every question as a comment.
//! Owns the day that it starts with: today. Never asks for a fact that no decision reads.

use std::path::Path;

use chrono::Datelike as _;
use clap::Args;

use super::output::Output;
use super::{Done, Failure, check, load};
use crate::facts::template as facts_template;
use crate::program::FactId;

/// Arguments of `template`.
#[derive(Args, Debug)]
pub(super) struct TemplateArgs {
    /// Only facts that this decision reads; may be given several times.
    #[arg(long, value_name = "ID")]
    program: Vec<String>,
    /// The day to start with; else today.
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
}

pub(super) fn template(args: &TemplateArgs, rules: Option<&Path>, output: &mut Output) -> Result<Done, Failure> {
    let rules = load::rule_set(rules, output)?;
    for id in &args.program {
        check::known(&rules, id, |_| true)?;
    }
    let program = rules.program();
    let decisions = program.decisions.iter().zip(&rules.plan.decisions);
    let wanted = decisions.filter(|(decision, _)| args.program.is_empty() || args.program.contains(&decision.id));
    let mut read: Vec<FactId> = Vec::new();
    for (_, planned) in wanted {
        let reads = planned.requirements.iter().flat_map(|r| &r.reads).chain(planned.states.iter().flat_map(|s| &s.reads));
        read.extend(
            reads.chain(&planned.reward_reads).filter_map(|read| program.slots.get(read.slot.0 as usize)).map(|s| s.fact),
        );
    }
    let parts: Vec<FactId> = program
        .facts
        .iter()
        .zip(0..)
        .filter(|(_, id)| read.contains(&FactId(*id)))
        .filter_map(|(fact, _)| fact.computed.as_ref())
        .flat_map(|computed| computed.parts.iter().map(|(_, part)| *part))
        .collect();
    let named = |id: FactId| program.facts.get(id.0 as usize).is_some_and(|fact| fact.identifies);
    let as_of = match &args.as_of {
        Some(text) => load::day(text)?,
        None => today(),
    };
    output.print(&facts_template(program, as_of, |id| read.contains(&id) || parts.contains(&id) || named(id)))?;
    Ok(Done::Answered)
}

/// Today, in the time zone of this machine's clock, UTC.
pub(super) fn today() -> i64 {
    let seconds = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let days = i64::try_from(seconds / 86_400).unwrap_or(0);
    i64::from(chrono::NaiveDate::default().num_days_from_ce()) + days
}
