//! The grammar's pairs to the syntax tree.
//!
//! In: what pest made of one item. Out: the item.
//! Owns the names of the grammar's rules; no other module uses them. Reports a clause that is written twice.
//! Never resolves a name.

mod decision;
mod expr;
mod items;

use pest::iterators::{Pair, Pairs};
use pest_derive::Parser;

use super::tree::{Item, Word};
use crate::diagnostic::{Diagnostic, codes};
use crate::source::{FileId, Span};

/// The parser that pest generates from the grammar.
#[derive(Parser)]
#[grammar = "../grammar/terms.pest"]
pub(super) struct Terms;

type Node<'i> = Pair<'i, Rule>;

/// Makes items; `base` is where the item's text starts in its file.
pub(super) struct Lower<'f> {
    file: FileId,
    base: usize,
    /// Was part of the item passed over? Then nothing is said about what may be missing.
    damaged: bool,
    findings: &'f mut Vec<Diagnostic>,
}

impl<'f> Lower<'f> {
    pub(super) fn new(file: FileId, base: usize, damaged: bool, findings: &'f mut Vec<Diagnostic>) -> Self {
        Self { file, base, damaged, findings }
    }

    /// The item that the pairs hold.
    pub(super) fn item(&mut self, pairs: Pairs<'_, Rule>) -> Option<Item> {
        let item = pairs.into_iter().find(|pair| pair.as_rule() != Rule::EOI).and_then(|pair| self.any_item(pair))?;
        Some(Item { damaged: self.damaged, ..item })
    }

    fn span(&self, pair: &Node<'_>) -> Span {
        let range = pair.as_span();
        let text = pair.as_str();
        let end = range.end() - (text.len() - text.trim_end().len());
        let offset = |at: usize| u32::try_from(self.base + at).unwrap_or(u32::MAX);
        Span { file: self.file, start: offset(range.start()), end: offset(end) }
    }

    fn word(&self, pair: &Node<'_>) -> Word {
        let text = pair.as_str();
        let text = text.strip_prefix('"').and_then(|t| t.strip_suffix('"')).unwrap_or(text);
        Word { text: text.to_owned(), span: self.span(pair) }
    }

    /// All words of one rule directly inside `pair`.
    fn words(&self, pair: Node<'_>, rule: Rule) -> Vec<Word> {
        pair.into_inner().filter(|inner| inner.as_rule() == rule).map(|inner| self.word(&inner)).collect()
    }

    /// The first word of one rule directly inside `pair`.
    fn first(&self, pair: Node<'_>, rule: Rule) -> Option<Word> {
        pair.into_inner().find(|inner| inner.as_rule() == rule).map(|inner| self.word(&inner))
    }

    /// The names of a `names` list inside `pair`.
    fn names(&self, pair: Node<'_>) -> Vec<Word> {
        let list = if pair.as_rule() == Rule::names { Some(pair) } else { child(pair, Rule::names) };
        list.map_or_else(Vec::new, |list| self.words(list, Rule::name))
    }

    /// The texts of a `strings` list inside `pair`.
    fn strings(&self, pair: Node<'_>) -> Vec<Word> {
        child(pair, Rule::strings).map_or_else(Vec::new, |list| self.words(list, Rule::string))
    }

    /// The text of a `prose` inside `pair`: several strings in a row are one text.
    fn prose(&self, pair: Node<'_>) -> Option<Word> {
        let prose = if pair.as_rule() == Rule::prose { Some(pair) } else { child(pair, Rule::prose) }?;
        let span = self.span(&prose);
        let parts: Vec<String> = self.words(prose, Rule::string).into_iter().map(|word| word.text).collect();
        Some(Word { text: parts.join(" "), span })
    }

    /// Sets a text that may be given once.
    fn prose_once(&mut self, slot: &mut Option<(Word, Span)>, clause: Node<'_>, what: &str) {
        let at = self.span(&clause);
        let made = self.prose(clause);
        self.once(slot, made, at, what);
    }

    /// Sets a word that may be given once.
    fn word_once(&mut self, slot: &mut Option<(Word, Span)>, clause: Node<'_>, rule: Rule, what: &str) {
        let at = self.span(&clause);
        let made = self.first(clause, rule);
        self.once(slot, made, at, what);
    }

    /// Sets what may be said once; a second time is a finding with both places.
    fn once<T>(&mut self, slot: &mut Option<(T, Span)>, value: Option<T>, at: Span, what: &str) {
        let Some(value) = value else { return };
        if let Some((_, earlier)) = slot {
            let finding = Diagnostic::new(&codes::REPEATED_CLAUSE, at, format!("`{what}` is said twice"))
                .here("again here")
                .label(*earlier, "said first here")
                .help("keep one of them");
            self.findings.push(finding);
            return;
        }
        *slot = Some((value, at));
    }
}

/// The first pair of one rule directly inside `pair`.
fn child(pair: Node<'_>, rule: Rule) -> Option<Node<'_>> {
    pair.into_inner().find(|inner| inner.as_rule() == rule)
}

/// A slot's value without its place.
fn value<T>(slot: Option<(T, Span)>) -> Option<T> {
    slot.map(|(value, _)| value)
}

/// What a rule of the grammar is called in a message.
pub(super) fn rule_words(rule: Rule) -> String {
    let phrase = match rule {
        Rule::name | Rule::whose => "a name",
        Rule::path | Rule::operand | Rule::factor | Rule::limit | Rule::literal | Rule::quantity_literal | Rule::number => {
            "a fact or a value"
        }
        Rule::expr | Rule::term => "a condition",
        Rule::string | Rule::prose | Rule::strings => "a text in double quotes",
        Rule::date => "a date such as 2026-03-01",
        Rule::code => "a code such as `US` or `USD`",
        Rule::region => "a country code such as `US`",
        Rule::is | Rule::is_value => "`is`",
        Rule::requirement => "`require`",
        Rule::window | Rule::first_day => "a window such as `30 days of` a date",
        Rule::EOI => "the end of the item",
        Rule::k_and | Rule::k_or | Rule::plus | Rule::minus | Rule::times | Rule::over | Rule::bound | Rule::earlier => "",
        Rule::day_unit | Rule::per_cent | Rule::names | Rule::version => "",
        Rule::is_not | Rule::is_one_of | Rule::is_at | Rule::is_above | Rule::is_below | Rule::is_exactly | Rule::is_more => "",
        Rule::is_fewer | Rule::is_before | Rule::is_after | Rule::is_by | Rule::is_from | Rule::is_within | Rule::is_empty => {
            ""
        }
        _ => return keyword(rule),
    };
    phrase.to_owned()
}

/// Does this rule begin a clause? Where one is expected, the clause before is complete.
pub(super) fn starts_a_clause(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::per
            | Rule::note
            | Rule::met
            | Rule::ask
            | Rule::say
            | Rule::requirement
            | Rule::fact
            | Rule::title
            | Rule::tier
            | Rule::holds_when
            | Rule::branch
            | Rule::state_item
    )
}

/// A keyword rule is named after its word; a clause rule after the clause.
fn keyword(rule: Rule) -> String {
    let name = format!("{rule:?}");
    let word = ["k_", "c_", "t_"].iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(&name);
    let word = match word {
        "else_do" => "else",
        "use_state" => "state",
        "warn_about" => "warn",
        "in_edition" => "in",
        "only_once" => "only once",
        "intended" => "never",
        "unit_of" => "unit",
        "fact_assume" | "decision_assume" => "assume",
        "first_checks" => "first",
        "to_route" => "route",
        "bool" => "yes or no",
        "integer" => "whole number",
        "decimal" => "number",
        "enum" => "one of",
        "set" => "some of",
        "holds_when" => "when",
        "offered" => "offered by",
        "branch" => "use",
        other => return format!("`{}`", other.replace('_', " ")),
    };
    format!("`{word}`")
}
