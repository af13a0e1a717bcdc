//! Mutation as text and as JSON.
//!
//! In: changes with their fates. Out: the score, the counts by kind, every survivor with the account that would kill it.
//! Owns their layout. Never leaves a survivor out.

use std::fmt::Write as _;

use serde::Serialize;

use super::{Fate, Mutation, Operator};
use crate::program::Program;
use crate::source::SourceMap;

const FATES: [&str; 5] = ["killed", "survived", "not_analysed", "equivalent", "refused"];

/// `97.5 %`, rounded down: only everything is 100 %.
fn percent((killed, of): (usize, usize)) -> String {
    let tenths = (killed * 1_000).checked_div(of).unwrap_or(1_000);
    format!("{}.{} %", tenths / 10, tenths % 10)
}

/// The score, the counts, and what survived.
pub fn mutation_table(program: &Program, sources: &SourceMap, mutation: &Mutation) -> String {
    let mut out = String::new();
    let (killed, of) = mutation.score();
    line(
        &mut out,
        format_args!("mutation score {}: {killed} of {of} changes that matter are noticed\n", percent((killed, of))),
    );
    line(
        &mut out,
        format_args!(
            "{:<12} {:>8} {:>8} {:>12} {:>10} {:>8}",
            "", "killed", "survived", "not analysed", "equivalent", "refused"
        ),
    );
    for operator in Operator::ALL {
        row(
            &mut out,
            operator.word(),
            &FATES.map(|fate| mutation.count(|change, came| change.operator == operator && came.word() == fate)),
        );
    }
    row(&mut out, "all", &FATES.map(|fate| mutation.count(|_, came| came.word() == fate)));
    for (change, fate) in &mutation.mutants {
        match fate {
            Fate::Survived { decision, turns, witness, .. } => {
                let decision = program.decisions.get(*decision).map_or("", |decision| decision.id.as_str());
                line(&mut out, format_args!("\n{}: {}", sources.at(change.span), change.said));
                line(&mut out, format_args!("  survived; {decision}: {turns}"));
                let document = witness.documents.first().map_or("", String::as_str);
                document.lines().for_each(|fact| line(&mut out, format_args!("    {fact}")));
            }
            Fate::NotAnalysed => {
                line(&mut out, format_args!("\n{}: {}\n  survived; not analysed", sources.at(change.span), change.said));
            }
            _ => {}
        }
    }
    out
}

fn row(out: &mut String, name: &str, counts: &[usize; 5]) {
    let [killed, survived, unclear, equivalent, refused] = counts;
    line(out, format_args!("{name:<12} {killed:>8} {survived:>8} {unclear:>12} {equivalent:>10} {refused:>8}"));
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = writeln!(out, "{text}"); // Writing to a string cannot fail.
}

#[derive(Serialize)]
struct Told<'a> {
    schema: u32,
    killed: usize,
    of: usize,
    mutants: Vec<Mutant<'a>>,
}

#[derive(Serialize)]
struct Mutant<'a> {
    at: String,
    operator: &'a str,
    change: &'a str,
    fate: &'a str,
    /// The case that kills it, or the code with which the checker refuses it.
    by: Option<&'a str>,
    decision: Option<&'a str>,
    turns: Option<&'a str>,
    account: Option<&'a str>,
}

/// Every change.
pub fn mutation_json(program: &Program, sources: &SourceMap, mutation: &Mutation) -> String {
    let (killed, of) = mutation.score();
    let mutants = mutation.mutants.iter().map(|(change, fate)| {
        let mut told = Mutant {
            at: sources.at(change.span),
            operator: change.operator.word(),
            change: &change.said,
            fate: fate.word(),
            by: None,
            decision: None,
            turns: None,
            account: None,
        };
        match fate {
            Fate::Refused(code) => told.by = Some(code),
            Fate::Killed { case } => told.by = Some(case),
            Fate::Survived { decision, turns, witness, .. } => {
                told.decision = program.decisions.get(*decision).map(|decision| decision.id.as_str());
                told.turns = Some(turns);
                told.account = witness.documents.first().map(String::as_str);
            }
            Fate::Equivalent | Fate::NotAnalysed => {}
        }
        told
    });
    let told = Told { schema: 1, killed, of, mutants: mutants.collect() };
    let mut text = serde_json::to_string_pretty(&told).unwrap_or_default();
    text.push('\n');
    text
}
