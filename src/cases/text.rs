//! Failed expectations as text for a terminal: expected against actual, requirement by requirement.
//!
//! In: compared expectations. Out: lines of ids and words of the contract, no prose of the rules but the case's title.
//! Owns the table of an example. Never prints.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use super::{Case, Compared, Group, Part, groups};
use crate::program::{Decision, Program};
use crate::source::SourceMap;

/// How the text looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Look {
    /// Colours; without them the text says as much.
    pub color: bool,
    /// Columns.
    pub width: usize,
    /// Every failed expectation, instead of one example of each change.
    pub full: bool,
}

const BOLD: Style = Style::new().bold();
const OLD: Style = AnsiColor::Red.on_default();
const NEW: Style = AnsiColor::Green.on_default();
const QUIET: Style = Style::new().dimmed();

impl Look {
    fn paint(self, style: Style, text: &str) -> String {
        if self.color && !text.is_empty() { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}

/// Every failed expectation, by what changed; nothing when all passed.
pub fn told(program: &Program, sources: &SourceMap, compared: &[Compared<'_>], look: Look) -> String {
    let groups = groups(compared);
    let told: Vec<String> = groups.iter().map(|group| told_group(program, sources, group, look)).collect();
    told.join("\n")
}

/// One change with an example, and the ids of the others.
pub fn told_group(program: &Program, sources: &SourceMap, group: &Group<'_, '_>, look: Look) -> String {
    let mut out = heading(program, group, look);
    let shown = if look.full { group.members.len() } else { 1 };
    for one in group.members.iter().take(shown) {
        out.push_str(&example(program, sources, one, look));
    }
    let others: Vec<&str> = group.members.iter().skip(shown).map(|one| one.case.id.as_str()).collect();
    if !others.is_empty() {
        wrapped(&mut out, "  also ", "       ", &others.join(", "), look);
    }
    out
}

/// What changed and how often, as the first line of a group.
fn heading(program: &Program, group: &Group<'_, '_>, look: Look) -> String {
    let count = group.members.len();
    let times = if count == 1 { String::new() } else { format!(" ({count} expectations)") };
    let mut out = String::new();
    let headline = format!("{}{times}", group.change.headline(program));
    for line in textwrap::wrap(&headline, textwrap::Options::new(look.width).subsequent_indent("  ")) {
        let _ = writeln!(out, "{}", look.paint(BOLD, &line)); // Writing to a string cannot fail.
    }
    out
}

/// One failed expectation: the case, its place, and each part with what was expected and what was decided.
pub fn example(program: &Program, sources: &SourceMap, one: &Compared<'_>, look: Look) -> String {
    let mut out = String::new();
    let Some(decision) = program.decisions.get(one.expected.decision) else { return out };
    let subject = one.expected.subject.as_ref().map_or_else(String::new, |subject| format!(" {subject}"));
    wrapped(&mut out, "  ", "    ", &format!("{}{subject}: {}", one.case.id, one.case.title), look);
    let _ = writeln!(out, "  {}", look.paint(QUIET, &sources.at(one.expected.span)));
    let rows = rows(one, decision);
    let widest = |pick: &dyn Fn(&Row<'_>) -> usize| rows.iter().map(pick).max().unwrap_or(0);
    let name = widest(&|row| row.name.chars().count()).max(8);
    let expected = widest(&|row| row.expected.chars().count()).max(8);
    let head = format!("    {:<name$}  {:<expected$}  actual", "", "expected");
    let _ = writeln!(out, "{}", look.paint(QUIET, head.trim_end()));
    for row in &rows {
        let mark = if row.differs { "!" } else { " " };
        let cell = format!("{:<expected$}", row.expected);
        let (old, new) = if row.differs { (OLD, NEW) } else { (QUIET, QUIET) };
        let line = format!("  {mark} {:<name$}  {}  {}", row.name, look.paint(old, &cell), look.paint(new, &row.actual));
        let _ = writeln!(out, "{}", line.trim_end());
    }
    for difference in &one.differences {
        if matches!(difference.of, Part::Because | Part::Missing | Part::Warnings) {
            let lead = format!("  ! {:<name$}  ", difference.of.name(decision));
            let indent = " ".repeat(lead.chars().count() + 10);
            wrapped(&mut out, &format!("{lead}expected  "), &indent, &difference.expected, look);
            let blank = " ".repeat(lead.chars().count());
            wrapped(&mut out, &format!("{blank}actual    "), &indent, &difference.actual, look);
        }
    }
    out
}

struct Row<'a> {
    name: &'a str,
    expected: String,
    actual: String,
    differs: bool,
}

/// Verdict, reward and every requirement; `-` where the case says nothing.
fn rows<'a>(one: &Compared<'_>, decision: &'a Decision) -> Vec<Row<'a>> {
    let row = |part: Part, stated: Option<&str>, actual: Option<&str>| {
        let difference = one.differences.iter().find(|difference| difference.of == part);
        Row {
            name: part.name(decision),
            expected: difference.map_or_else(|| stated.unwrap_or("-").to_owned(), |d| d.expected.clone()),
            actual: difference.map_or_else(|| actual.unwrap_or("-").to_owned(), |d| d.actual.clone()),
            differs: difference.is_some(),
        }
    };
    let verdict = one.expected.verdict.value.word();
    let mut rows = vec![row(Part::Verdict, Some(verdict), one.actual.as_ref().map(|actual| actual.verdict.word()))];
    if one.differences.iter().any(|difference| difference.of == Part::Reward) {
        rows.push(row(Part::Reward, None, None));
    }
    for (at, (result, _)) in one.actual.iter().flat_map(|actual| &actual.results).enumerate() {
        let stated = one.expected.requirements.iter().find(|(r, _)| *r == at).map(|(_, result)| result.value.word());
        rows.push(row(Part::Requirement(at), stated, Some(result.word())));
    }
    rows
}

fn wrapped(out: &mut String, first: &str, next: &str, text: &str, look: Look) {
    let options = textwrap::Options::new(look.width).initial_indent(first).subsequent_indent(next);
    for line in textwrap::wrap(text, options) {
        let _ = writeln!(out, "{line}");
    }
}

/// `871 cases, 1034 expectations passed, 2 failed`.
pub fn counts(cases: &[Case], compared: &[Compared<'_>]) -> String {
    let failed = compared.iter().filter(|one| !one.passed()).count();
    format!("{} cases, {} expectations passed, {failed} failed", cases.len(), compared.len() - failed)
}
