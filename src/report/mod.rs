//! Explanations to what people and programs read: JSON, text, Markdown, HTML.
//!
//! In: explanations as data, with the program and the facts that they are about. Out: text, never written anywhere.
//! Owns every word about a verdict. Never decides, never changes what is said: the renderings differ in form alone.

mod account;
mod advice;
mod advice_json;
mod amounts;
mod arrange;
mod brief;
mod card;
mod chat;
mod clauses;
mod diff;
mod flow;
mod html;
mod json;
mod markdown;
mod offer;
mod page;
mod part;
mod parts;
mod program_facts;
mod program_list;
mod program_page;
mod programs;
mod reasons;
mod route;
pub mod screened;
mod screened_page;
mod shapes;
mod sheet;
mod tally;
mod terms;
mod text;
mod value;
mod words;

#[cfg(test)]
mod tests;

pub use brief::{Brief, brief, reward as reward_text};
pub use chat::chat;
pub use diff::{DiffReport, diff, diff_findings, diff_suites, differs, terms_change};
pub(crate) use flow::clean;
pub(crate) use html::escape;
pub use json::{json, write_json};
pub use part::{ask_json, changes_json};
pub use parts::{
    Card, Group, Listed, Question as AskedQuestion, Routed, Sourced, about, card, card_title, counts, decider, groups,
    identity, listed, name, not_looked_at, option, promise, prospects, question, route_part, routed, sourced, terms_part,
    value,
};
pub use programs::{program, programs};
pub use route::{route, routes};
pub use screened_page::page as screened_page;
pub use sheet::{Ladder, Sheet, Step, Turn, print_part, sheet};
pub use tally::Tally;

use crate::advise::{Advice, Advised, Question};
use crate::explain::Explanation;
use crate::facts::Facts;
use crate::program::{Decision, Program, Verdict};
use crate::source::SourceMap;

/// The JSON Schema (draft 2020-12) of what [`json`] makes.
pub const SCHEMA: &str = include_str!("decision.schema.json");

/// The JSON Schema of what [`programs`] and [`program`] make in JSON.
pub const PROGRAMS_SCHEMA: &str = include_str!("programs.schema.json");

/// The JSON Schema of what [`diff`] makes.
pub const DIFF_SCHEMA: &str = include_str!("diff.schema.json");

/// Everything that is told about one facts document.
#[derive(Debug)]
pub struct Report<'a> {
    /// The rules.
    pub program: &'a Program,
    /// Their files.
    pub sources: &'a SourceMap,
    /// What is known.
    pub facts: &'a Facts,
    /// What the document is called, where there are several.
    pub document: Option<&'a str>,
    /// What was decided, in the program's order.
    pub decisions: Vec<Explanation<'a>>,
    /// What was asked for and is made for each record of a list of which the document holds none, in the program's order.
    pub without_record: &'a [&'a Decision],
    /// What to ask and to do next, for the same decisions; nothing where nobody asked for it.
    pub advice: Option<&'a Advised>,
}

impl<'a> Report<'a> {
    /// The advice about one of its decisions.
    fn advice_on(&self, told: &Explanation<'_>) -> Option<&'a Advice> {
        let at = self.decisions.iter().position(|known| std::ptr::eq(known, told))?;
        self.advice?.advice.get(at)
    }
}

/// How text for a terminal looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Style {
    /// Colours; without them the text says as much.
    pub color: bool,
    /// Columns.
    pub width: usize,
    /// Everything, instead of what is needed to act.
    pub full: bool,
    /// Signs beyond ASCII.
    pub unicode: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self { color: false, width: 80, full: false, unicode: false }
    }
}

/// In which form programs and routes are told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// For a terminal.
    Text(Style),
    /// To paste into an e-mail.
    Markdown,
    /// A page to print.
    Html,
    /// For programs.
    Json,
}

/// The report for a terminal.
pub fn text(report: &Report<'_>, style: &Style) -> String {
    text::render(&account::page(report, account::View::terminal(style.full)), style)
}

/// So wide are lines of plain e-mails, by an old custom that leaves room to quote them.
const MAIL_WIDTH: usize = 72;

/// The report to paste into any e-mail: plain text with the addresses of its sources.
pub fn mail(report: &Report<'_>) -> String {
    let style = Style { color: false, width: MAIL_WIDTH, full: true, unicode: true };
    text::render(&account::page(report, account::View::mail(false)), &style)
}

/// The report in Markdown, for an e-mail or a ticket.
pub fn markdown(report: &Report<'_>, full: bool) -> String {
    markdown::render(&account::page(report, account::View::mail(full)))
}

/// One self-contained page to print, for one document or several.
pub fn html(reports: &[Report<'_>], full: bool) -> String {
    let pages: Vec<_> = reports.iter().map(|report| account::page(report, account::View::print(full))).collect();
    html::render(&pages)
}

/// A page in a form for people.
fn shown(page: &page::Page<'_>, form: Form) -> String {
    match form {
        Form::Text(style) => text::render(page, &style),
        Form::Markdown => markdown::render(page),
        Form::Html | Form::Json => html::render(std::slice::from_ref(page)),
    }
}

/// What belongs to a question of an interview: why it is asked, where the answer is found, what the answers decide.
pub fn question_help(program: &Program, facts: &Facts, decision: &Decision, question: &Question) -> Vec<String> {
    let sources = SourceMap::default();
    let report =
        Report { program, sources: &sources, facts, document: None, decisions: Vec::new(), without_record: &[], advice: None };
    advice::help(&report, decision, question)
}

/// A day for people: `30 March 2026`.
pub fn day(day: crate::value::Day) -> String {
    words::day(day)
}

/// The verdict for people, in the middle of a sentence.
pub fn verdict_word(verdict: Verdict) -> String {
    words::verdict(verdict).to_lowercase()
}
