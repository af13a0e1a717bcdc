//! Coverage as text: the counts, and what is missing.
//!
//! In: coverage. Out: lines for a terminal.
//! Owns their layout. Never prints.

use std::fmt::Write as _;

use super::{Count, Coverage, Standing};
use crate::program::Program;
use crate::source::{SourceMap, Span};

/// The counts, then everything that is neither covered nor proved to be unreachable; with `full` everything.
pub fn coverage_table(program: &Program, sources: &SourceMap, coverage: &Coverage, full: bool) -> String {
    let mut out = String::new();
    let decisions = {
        let mut decisions: Vec<usize> = coverage.parts.iter().map(|part| part.decision).collect();
        decisions.dedup();
        decisions.len()
    };
    line(&mut out, format_args!("{decisions} decisions, tried by {} expectations\n", coverage.expectations));
    line(
        &mut out,
        format_args!("{:<28} {:>8} {:>9} {:>8} {:>12} {:>12}", "", "of", "covered", "missing", "unreachable", "not analysed"),
    );
    let rows = [
        ("results of requirements", coverage.requirements()),
        ("truths of states", coverage.states()),
        ("truths of conditions", coverage.conditions()),
        ("independence pairs (MC/DC)", coverage.pairs()),
    ];
    for (name, count) in rows {
        let Count { covered, unreachable, missing, not_analysed } = count;
        let of = count.reachable();
        line(&mut out, format_args!("{name:<28} {of:>8} {covered:>9} {missing:>8} {unreachable:>12} {not_analysed:>12}"));
    }
    for part in &coverage.parts {
        let decision = program.decisions.get(part.decision).map_or("", |decision| decision.id.as_str());
        let mut lines = Vec::new();
        let shown = |standing: &Standing| full || matches!(standing, Standing::Missing(_) | Standing::NotAnalysed);
        for item in part.results.iter().filter(|item| shown(&item.standing)) {
            lines.push(format!("  result {:<8} {}", item.word, told(&item.standing)));
        }
        for condition in &part.conditions {
            for item in condition.truths.iter().chain(&condition.pair).filter(|item| shown(&item.standing)) {
                let text = written(sources, condition.span);
                lines.push(format!(
                    "  {:<8} {:<12} {text}\n{:>24}{}",
                    item.word,
                    told(&item.standing),
                    "",
                    sources.at(condition.span)
                ));
            }
        }
        if !lines.is_empty() {
            line(&mut out, format_args!("\n{decision}.{}  {}\n{}", part.id, sources.at(part.span), lines.join("\n")));
        }
    }
    out
}

fn told(standing: &Standing) -> &'static str {
    match standing {
        Standing::NotAnalysed => "not analysed",
        other => other.word(),
    }
}

/// A condition as it is written, on one line.
pub(super) fn written(sources: &SourceMap, span: Span) -> String {
    let text = sources.file(span.file).and_then(|file| file.text().get(span.range())).unwrap_or("");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = writeln!(out, "{text}"); // Writing to a string cannot fail.
}
