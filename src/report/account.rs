//! The page about one account: header, counts, groups of cards, questions, assumptions, the promise.
//!
//! In: a report and for whom it is. Out: a page.
//! Owns what is told where. Never formats.

use super::Report;
use super::arrange::{Group, counts, groups, identity, questions, title};
use super::card::{card, closing};
use super::page::{Block, Item, Line, Page, code, joined, plain, quiet, strong};
use super::programs::about;
use super::words;
use crate::explain::Explanation;
use crate::program::Verdict;

/// Questions in the short view; more would bury the first ones.
const QUESTIONS: usize = 10;

/// For whom a page is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Medium {
    /// A person at a terminal, who may look up a word of the rules.
    Terminal,
    /// A client: no word of the rules.
    Mail,
    /// A printed page, with tables and parts to unfold.
    Print,
    /// A page of the workbench, which a client may look at too: no word of the rules, and parts to unfold.
    Screen,
}

/// For whom a page is, and how much it tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct View {
    /// For whom.
    pub medium: Medium,
    /// Everything, instead of what is needed to act.
    pub full: bool,
}

impl View {
    /// For a terminal.
    pub(super) fn terminal(full: bool) -> Self {
        Self { medium: Medium::Terminal, full }
    }

    /// For an e-mail.
    pub(super) fn mail(full: bool) -> Self {
        Self { medium: Medium::Mail, full }
    }

    /// For print.
    pub(super) fn print(full: bool) -> Self {
        Self { medium: Medium::Print, full }
    }

    /// For a page of the workbench.
    pub(super) fn screen(full: bool) -> Self {
        Self { medium: Medium::Screen, full }
    }

    /// Are words of the rules shown?
    pub(super) fn internal(self) -> bool {
        matches!(self.medium, Medium::Terminal | Medium::Print)
    }

    /// Can a reader unfold what is closed at first?
    pub(super) fn unfolds(self) -> bool {
        matches!(self.medium, Medium::Print | Medium::Screen)
    }
}

/// The page about one account.
pub(super) fn page<'a>(report: &'a Report<'a>, view: View) -> Page<'a> {
    let groups = groups(&report.decisions);
    let mut blocks = Vec::new();
    let title = header(report, view, &mut blocks);
    for line in counts(&groups) {
        blocks.push(Block::Say(vec![strong(line)]));
    }
    if report.decisions.is_empty() && report.without_record.is_empty() {
        blocks.push(Block::Say(vec![plain("Nothing was decided: no decision was asked for.")]));
    }
    if let Some(advised) = report.advice {
        super::advice::prospects(report, advised, view, &mut blocks);
    }
    for group in groups {
        tell(report, group, view, &mut blocks);
    }
    without_record(report, &mut blocks);
    match report.advice {
        Some(advised) => super::advice::ask(report, advised, view, &mut blocks),
        None => ask(report, view, &mut blocks),
    }
    assumptions(report, &mut blocks);
    blocks.push(Block::Heading(2, vec![plain("What this means")]));
    blocks.push(Block::Say(vec![plain(words::PROMISE)]));
    Page { title, blocks }
}

fn header<'a>(report: &'a Report<'a>, view: View, blocks: &mut Vec<Block<'a>>) -> String {
    let mut identity = identity(report.program, report.facts);
    let name = match report.document {
        _ if !identity.is_empty() => identity.remove(0),
        Some(document) => document.to_owned(),
        None => "Account without a name".to_owned(),
    };
    blocks.push(Block::Heading(1, vec![plain(name.clone())]));
    let mut facts: Vec<Line<'a>> = identity.into_iter().map(|text| vec![plain(text)]).collect();
    facts.push(vec![plain(format!("as of {}", words::day(report.facts.as_of())))]);
    let rules = format!("rules {} {}", report.program.name, report.program.version);
    facts.push(vec![quiet(rules)]);
    if view.internal()
        && let Some(document) = report.document
    {
        facts.push(vec![quiet(document)]);
    }
    blocks.push(Block::Say(joined(facts, " · ")));
    name
}

fn tell<'a>(report: &'a Report<'a>, group: Group<'a>, view: View, blocks: &mut Vec<Block<'a>>) {
    let folds = matches!(group.verdict, Verdict::Closed | Verdict::Pass) && !view.full;
    let (folded, told): (Vec<_>, Vec<_>) = group.told.iter().partition(|told| folds && told.warnings.is_empty());
    blocks.push(Block::Heading(2, vec![plain(group.heading())]));
    for explanation in told {
        blocks.push(card(report, explanation, view));
    }
    if !folded.is_empty() {
        let names = folded.iter().map(|told| vec![plain(one_line(report, told))]);
        blocks.push(Block::Say(joined(names, "; ")));
    }
}

/// A title, with the day on which a closed program ended or begins.
fn one_line(report: &Report<'_>, told: &Explanation<'_>) -> String {
    let title = title(report.program, told);
    match closing(report, told).filter(|_| told.verdict == Verdict::Closed) {
        Some(closing) => format!("{title} ({closing})"),
        None => title,
    }
}

/// What is decided record by record, where the document lists no such record: nobody should take silence for a no.
pub(super) fn without_record<'a>(report: &'a Report<'a>, blocks: &mut Vec<Block<'a>>) {
    if report.without_record.is_empty() {
        return;
    }
    blocks.push(Block::Heading(2, vec![plain(format!("Not looked at ({})", report.without_record.len()))]));
    let mut items: Vec<(&str, Vec<Line<'a>>)> = Vec::new();
    for decision in report.without_record {
        let each = about(report.program, decision);
        let title = vec![plain(decision.title.as_str())];
        match items.iter_mut().find(|(other, _)| *other == each) {
            Some((_, titles)) => titles.push(title),
            None => items.push((each, vec![title])),
        }
    }
    let items = items.into_iter().map(|(each, titles)| {
        let first = vec![strong(format!("No {} is listed: ", words::plain(each)))];
        Item { line: [first, joined(titles, "; ")].concat(), ..Item::default() }
    });
    blocks.push(Block::List { numbered: false, items: items.collect() });
}

/// The open questions of all decisions together, where each card does not show all of its own.
fn ask<'a>(report: &'a Report<'a>, view: View, blocks: &mut Vec<Block<'a>>) {
    let waiting = report.decisions.iter().filter(|told| !told.missing.is_empty()).count();
    let asked = questions(report.program, &report.decisions);
    if waiting < 2 && (asked.len() <= super::card::INLINE_QUESTIONS || view.full) {
        return;
    }
    blocks.push(Block::Heading(2, vec![plain("Questions to ask next")]));
    let shown = if view.full { asked.len() } else { asked.len().min(QUESTIONS) };
    let items = asked.iter().take(shown).filter_map(|asked| {
        let fact = report.program.fact_of(asked.slot)?;
        let mut line = vec![strong(fact.ask.as_str())];
        let programs = super::card::of_program(report.program, asked.slot);
        if let Some(program) = programs {
            line.push(plain(format!(" (for: {program})")));
        }
        if asked.waiting > 1 {
            line.push(quiet(format!(" {} decisions wait for it.", asked.waiting)));
        }
        if view.internal() && view.full {
            line.extend([plain(" ["), code(fact.name.as_str()), plain("]")]);
        }
        Some(Item { mark: None, line, blocks: vec![Block::Say(vec![plain(super::card::where_to_look(fact))])] })
    });
    blocks.push(Block::List { numbered: true, items: items.collect() });
    if asked.len() > shown {
        let more = words::number(asked.len() - shown, "question", "questions");
        blocks.push(Block::Say(vec![quiet(format!("And {more} more, in the full report."))]));
    }
}

/// Why each assumed value may be assumed, told once.
fn assumptions<'a>(report: &'a Report<'a>, blocks: &mut Vec<Block<'a>>) {
    let mut told: Vec<(String, &'a str)> = Vec::new();
    for assumption in report.decisions.iter().flat_map(|told| &told.assumptions) {
        if let Some(value) = super::card::assumed(report, assumption)
            && !told.iter().any(|(known, reason)| *known == value && *reason == assumption.reason)
        {
            told.push((value, assumption.reason));
        }
    }
    if told.is_empty() {
        return;
    }
    blocks.push(Block::Heading(2, vec![plain("Assumed until somebody says otherwise")]));
    let items = told.into_iter().map(|(value, reason)| Item {
        line: vec![strong(super::words::sentence(&value)), plain(": "), plain(reason)],
        ..Item::default()
    });
    blocks.push(Block::List { numbered: false, items: items.collect() });
}
