//! Parses one item and goes on after a mistake at the next clause, so that one run reports every mistake.
//!
//! In: one item's text. Out: the item without its broken clauses, and a finding for each.
//! Owns which part of a broken item is passed over. Never guesses what was meant.

use std::borrow::Cow;

use pest::Parser as _;
use pest::error::{Error, ErrorVariant};

use super::lower::{self, Rule, Terms};
use super::outline::{Outline, first_word, indent};
use super::split::Piece;
use super::tree::{Item, ItemKind, Word};
use super::{outline, tell};
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};

/// How many mistakes of one item are told; an item with more is better looked at as a whole.
const MAX_FINDINGS: usize = 32;

/// A run of bytes that is passed over.
type Hole = (usize, usize);

/// What the parser stumbled over.
pub(super) struct Mistake<'t> {
    /// The item's text, without what was passed over.
    pub text: &'t str,
    /// Where it stands.
    pub at: usize,
    /// The text from there on.
    pub rest: &'t str,
    /// The word or the sign that stands there.
    pub found: &'t str,
    /// What the grammar would have accepted.
    pub expected: &'t [Rule],
    /// Was the parser between two clauses?
    pub ready: bool,
}

/// The item in `piece`, with findings for what could not be read.
pub(super) fn item(file: FileId, piece: Piece<'_>, findings: &mut Vec<Diagnostic>) -> Item {
    let mut text = Cow::Borrowed(piece.text);
    let mut holes: Vec<Hole> = Vec::new();
    for _ in 0..MAX_FINDINGS {
        let error = match Terms::parse(Rule::one_item, &text) {
            Ok(pairs) => {
                let damaged = !holes.is_empty();
                let item = lower::Lower::new(file, piece.start, damaged, findings).item(pairs);
                return item.unwrap_or_else(|| unread(file, piece));
            }
            Err(error) => error,
        };
        let mistake = Mistake::new(&text, &error);
        let echo = mistake.follows(&holes);
        if echo && (!mistake.ready || mistake.rest.is_empty() || mistake.found == "}") {
            break; // What is missing here is what was passed over.
        }
        if !(echo && outline::CLAUSES.contains(&mistake.found)) {
            findings.push(tell::finding(file, piece, &mistake));
        }
        let next = mistake.passed_over();
        let masked = mask(&text, &next);
        if masked == *text {
            break;
        }
        holes.extend(next);
        text = Cow::Owned(masked);
    }
    unread(file, piece)
}

/// An item that could not be read, with the names that it most likely declares.
pub(super) fn unread(file: FileId, piece: Piece<'_>) -> Item {
    let mut words = outline::words(piece.text).map(|(at, text)| {
        let offset = |at: usize| u32::try_from(piece.start + at).unwrap_or(u32::MAX);
        Word { text: text.to_owned(), span: Span { file, start: offset(at), end: offset(at + text.len()) } }
    });
    let name = words.nth(1).unwrap_or_default();
    let each = words.next().filter(|word| word.text == "each").and_then(|_| words.next());
    Item { name, kind: ItemKind::Unread { each }, damaged: true }
}

/// The text with blanks for what is passed over, so that every place stays where it is.
fn mask(text: &str, holes: &[Hole]) -> String {
    let inside = |at: usize| holes.iter().any(|(start, end)| (*start..*end).contains(&at));
    let mut masked = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        if c != '\n' && inside(at) {
            masked.extend(std::iter::repeat_n(' ', c.len_utf8()));
        } else {
            masked.push(c);
        }
    }
    masked
}

impl<'t> Mistake<'t> {
    fn new(text: &'t str, error: &'t Error<Rule>) -> Self {
        let at = match error.location {
            pest::error::InputLocation::Pos(at) | pest::error::InputLocation::Span((at, _)) => at.min(text.len()),
        };
        let at = outline::skip_blanks(text, at);
        let rest = text.get(at..).unwrap_or("");
        let word = first_word(rest);
        let length = if word.is_empty() { rest.chars().next().map_or(0, char::len_utf8) } else { word.len() };
        let expected = match &error.variant {
            ErrorVariant::ParsingError { positives, .. } => positives.as_slice(),
            ErrorVariant::CustomError { .. } => &[],
        };
        let ready = expected.iter().any(|rule| lower::starts_a_clause(*rule));
        Self { text, at, rest, found: rest.get(..length).unwrap_or(""), expected, ready }
    }

    /// Does nothing but a hole stand before it?
    fn follows(&self, holes: &[Hole]) -> bool {
        let end = outline::code_end(self.text, self.at);
        holes.iter().any(|(start, _)| (end..=self.at).contains(start))
    }

    /// What to pass over: a pair of braces, the line of an unknown word, or a clause.
    fn passed_over(&self) -> Vec<Hole> {
        if self.ready && self.found == "{" {
            let closing = outline::closing_brace(self.text, self.at);
            let one = |at: usize| (at, at + 1);
            return [Some(self.at), closing].into_iter().flatten().map(one).collect();
        }
        let outline = Outline::of(self.text);
        let own_line = self.ready && self.starts_its_line() && !outline::CLAUSES.contains(&self.found);
        if own_line && !outline.continues(self.text, self.at) {
            return vec![(self.at, outline.block_end(self.text, self.at))];
        }
        outline.clause(self.text, self.at, self.ready).into_iter().collect()
    }

    fn starts_its_line(&self) -> bool {
        let line = outline::line_start(self.text, self.at);
        line > 0 && line + indent(self.text.get(line..).unwrap_or("")) == self.at
    }
}
