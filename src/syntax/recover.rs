//! Parses one item and goes on after a mistake at the next clause, so that one run reports every mistake.
//!
//! In: one item's text. Out: the item without its broken clauses, and a finding for each.
//! Owns the words in which a syntax error is told. Never guesses what was meant.

use pest::Parser as _;
use pest::error::{Error, ErrorVariant};

use super::lower::{self, Rule, Terms};
use super::split::Piece;
use super::tree::Item;
use crate::diagnostic::{Diagnostic, alternatives, codes, did_you_mean};
use crate::source::{FileId, Span};

/// Words that begin a clause wherever clauses may stand; a line that begins with one starts anew.
const CLAUSES: [&str; 63] = [
    "ask",
    "assume",
    "become",
    "bring",
    "change",
    "channel",
    "claim",
    "computed",
    "counted",
    "crossed",
    "currency",
    "dated",
    "denied",
    "edition",
    "effort",
    "else",
    "escalate",
    "expect",
    "fact",
    "fails",
    "file",
    "find",
    "first",
    "forever",
    "identifies",
    "implies",
    "in",
    "is",
    "last",
    "life",
    "lost",
    "blocked",
    "standing",
    "met",
    "mirror",
    "needs",
    "never",
    "note",
    "only",
    "open",
    "pending",
    "per",
    "progress",
    "rank",
    "read",
    "report",
    "require",
    "reward",
    "route",
    "row",
    "say",
    "shown",
    "spend",
    "starts",
    "state",
    "take",
    "taking",
    "title",
    "toward",
    "unit",
    "until",
    "url",
    "warn",
];

/// How many mistakes of one item are told; an item with more is better looked at as a whole.
const MAX_FINDINGS: usize = 32;

/// The item in `piece`, if enough of it could be read, and findings for what could not.
pub(super) fn item(file: FileId, piece: Piece<'_>, findings: &mut Vec<Diagnostic>) -> Option<Item> {
    let mut text = std::borrow::Cow::Borrowed(piece.text);
    for round in 0..MAX_FINDINGS {
        let error = match Terms::parse(Rule::one_item, &text) {
            Ok(pairs) => {
                let mut lower = lower::Lower::new(file, piece.start, findings);
                let mut item = lower.item(pairs)?;
                item.damaged = round > 0;
                return Some(item);
            }
            Err(error) => error,
        };
        let at = match error.location {
            pest::error::InputLocation::Pos(at) | pest::error::InputLocation::Span((at, _)) => at.min(text.len()),
        };
        let ready = expects_a_clause(&error);
        let told = finding(file, piece, &text, at, &error, ready);
        let unclosed = told.code.name == codes::UNCLOSED_ITEM.name;
        findings.push(told);
        if unclosed {
            return None;
        }
        let (start, end) = blamed(&text, at, ready)?;
        let masked: String = text
            .char_indices()
            .flat_map(|(i, c)| {
                let mask = i >= start && i < end && c != '\n';
                std::iter::repeat_n(if mask { ' ' } else { c }, if mask { c.len_utf8() } else { 1 })
            })
            .collect();
        if masked == text {
            return None;
        }
        text = std::borrow::Cow::Owned(masked);
    }
    None
}

/// The clause to pass over: the one at the mistake, or the one before it when that was cut short.
fn blamed(text: &str, at: usize, ready: bool) -> Option<(usize, usize)> {
    let mut clauses: Vec<usize> = Vec::new();
    let mut closing = text.len();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let indent = line.len() - line.trim_start().len();
        let word = first_word(line.trim_start());
        if offset > 0 && CLAUSES.contains(&word) || (word == "within" || word == "when" && indent > 0) {
            clauses.push(offset + indent);
        }
        if offset > 0 && line.starts_with('}') {
            closing = closing.min(offset);
        }
        offset += line.len();
    }
    if at >= closing && at < text.trim_end().len().saturating_sub(1) {
        return None;
    }
    let here = clauses.partition_point(|start| *start <= at);
    let index = match here.checked_sub(1)? {
        index if !ready && clauses.get(index) == Some(&at) => index.checked_sub(1)?,
        index => index,
    };
    let start = *clauses.get(index)?;
    let end = clauses.get(index + 1).copied().unwrap_or(closing).min(closing);
    (start < end).then_some((start, end))
}

/// Was the parser between two clauses?
fn expects_a_clause(error: &Error<Rule>) -> bool {
    let ErrorVariant::ParsingError { positives, .. } = &error.variant else { return false };
    positives.iter().any(|rule| {
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
        )
    })
}

fn first_word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.').unwrap_or(text.len());
    text.get(..end).unwrap_or("")
}

fn finding(file: FileId, piece: Piece<'_>, text: &str, at: usize, error: &Error<Rule>, ready: bool) -> Diagnostic {
    let rest = text.get(at..).unwrap_or("");
    let skipped = rest.len() - rest.trim_start().len();
    let (at, rest) = (at + skipped, rest.trim_start());
    let line_start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
    let line = text.get(line_start..).and_then(|rest| rest.lines().next()).unwrap_or("");
    let word = first_word(rest);
    let length = if word.is_empty() { rest.chars().next().map_or(0, char::len_utf8) } else { word.len() };
    let place = |start: usize, len: usize| Span {
        file,
        start: u32::try_from(piece.start + start).unwrap_or(u32::MAX),
        end: u32::try_from(piece.start + start + len).unwrap_or(u32::MAX),
    };
    let found = rest.get(..length).unwrap_or("");
    if let Some(quote) = unclosed_quote(line) {
        return Diagnostic::new(&codes::UNCLOSED_TEXT, place(line_start + quote, 1), "this text is not closed on its line")
            .help("end it with `\"`; a long text is several texts in a row, one a line");
    }
    if rest.is_empty() {
        return Diagnostic::new(&codes::UNCLOSED_ITEM, place(0, first_word(piece.text).len()), "this item is not closed")
            .help("end it with `}` at the start of a line");
    }
    let expected = expected_words(error);
    if matches!(found, "and" | "or") && mixes(text, at) {
        return Diagnostic::new(&codes::MIXED_AND_OR, place(at, length), "`and` and `or` are mixed without parentheses")
            .help("put parentheses around the part that belongs together");
    }
    let headline = match expected.as_slice() {
        [] => format!("`{found}` does not belong here"),
        words => format!("expected {}, found `{found}`", alternatives(words)),
    };
    let suggestion = ready.then(|| did_you_mean(word, CLAUSES)).flatten().filter(|_| !CLAUSES.contains(&word));
    Diagnostic::new(&codes::SYNTAX, place(at, length), headline).help_if(suggestion)
}

/// Does the other of `and` and `or` stand earlier in the same chain?
fn mixes(text: &str, at: usize) -> bool {
    text.get(at..).is_some_and(|rest| {
        let other = if rest.starts_with("and") { " or " } else { " and " };
        text.get(..at).is_some_and(|before| before.rsplit("when").next().is_some_and(|chain| chain.contains(other)))
    })
}

/// Where a quote opens that its line does not close.
fn unclosed_quote(line: &str) -> Option<usize> {
    let mut open = None;
    let mut previous = ' ';
    for (at, c) in line.char_indices() {
        match c {
            '"' => open = if open.is_some() { None } else { Some(at) },
            '/' if previous == '/' && open.is_none() => return None,
            _ => {}
        }
        previous = c;
    }
    open
}

/// What the grammar would have accepted, in words of the language; at most six.
fn expected_words(error: &Error<Rule>) -> Vec<String> {
    let ErrorVariant::ParsingError { positives, .. } = &error.variant else { return Vec::new() };
    let mut words: Vec<String> = Vec::new();
    for rule in positives {
        let word = lower::rule_words(*rule);
        if !word.is_empty() && !words.contains(&word) {
            words.push(word);
        }
    }
    if words.len() > 6 {
        words.truncate(5);
        words.push("another clause".to_owned());
    }
    words
}
