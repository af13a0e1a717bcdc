//! The page under the pen: tokens with the blanks between them, and lines broken where they grow too long.
//!
//! In: runs of tokens. Out: text.
//! Owns the blanks between tokens, and where a run is broken: before `and` and `or`, behind commas, before operators.
//! Drops no token and no comment.

use super::WIDTH;
use super::runs::{closing, flat, holds_next, holds_previous, last_operand, parts};
use super::tokens::{Kind, Token};

/// No line starts further right, however deep its bracket stands: a page has a right edge.
const DEEPEST: usize = 80;

/// The text so far.
#[derive(Debug, Default)]
pub(super) struct Page {
    text: String,
    /// Characters on the present line.
    column: usize,
    /// Where a line goes on that a comment cut short.
    hang: usize,
    /// Lines broken so far.
    breaks: usize,
    /// Does the next token stand without a blank before it?
    tight: bool,
    /// Does a comment end the present line?
    commented: bool,
    /// Are the comments before the next token written already?
    led: bool,
}

impl Page {
    /// The finished text, which ends its last line.
    pub fn finish(mut self) -> String {
        self.line(0);
        self.text
    }

    /// Starts a line, unless one was just started.
    pub fn line(&mut self, indent: usize) {
        let indent = indent.min(DEEPEST);
        self.text.truncate(self.text.trim_end_matches(' ').len());
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
        self.text.extend(std::iter::repeat_n(' ', indent));
        self.column = indent;
        self.breaks += 1;
        (self.tight, self.commented) = (true, false);
    }

    /// Leaves one line empty.
    pub fn empty_line(&mut self) {
        self.line(0);
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// Writes a comment on a line of its own.
    pub fn comment(&mut self, indent: usize, text: &str) {
        self.line(indent);
        self.text.push_str(text);
        self.commented = true;
    }

    /// Goes on at a column, if the line is not there yet.
    pub fn pad(&mut self, column: usize) {
        if self.column < column && !self.commented {
            self.text.extend(std::iter::repeat_n(' ', column - self.column));
            self.column = column;
            self.tight = true;
        }
    }

    /// Sets where a line goes on that a comment cut short, and gives back where it was.
    pub fn hang(&mut self, column: usize) -> usize {
        std::mem::replace(&mut self.hang, column)
    }

    /// How many lines were broken so far.
    pub fn breaks(&self) -> usize {
        self.breaks
    }

    /// Where the next token will start.
    pub fn next(&self) -> usize {
        if self.commented { self.hang } else { self.column + usize::from(!self.tight) }
    }

    /// Starts the line of a token whose comments before it are written already.
    pub fn lead(&mut self, indent: usize) {
        self.line(indent);
        self.led = true;
    }

    /// Writes a token with the comments around it.
    pub fn token(&mut self, token: &Token<'_>) {
        let before = if std::mem::take(&mut self.led) { &[] } else { token.before.as_slice() };
        for comment in before {
            self.comment(self.hang, comment.text);
        }
        if self.commented {
            self.line(self.hang);
        }
        if !self.tight && !holds_previous(token) {
            self.text.push(' ');
            self.column += 1;
        }
        self.text.push_str(token.text);
        self.column += token.width();
        self.tight = holds_next(token);
        if let Some(comment) = token.after {
            self.text.push_str("  ");
            self.text.push_str(comment);
            self.commented = true;
        }
    }

    /// Is there room for a run and `rest` characters behind it on this line?
    pub fn fits(&self, tokens: &[Token<'_>], rest: usize) -> bool {
        flat(tokens).is_some_and(|width| self.next() + width + rest <= WIDTH)
    }

    /// Is there room for a text in several parts, one below the other, behind the words that lead to it?
    pub fn fits_stacked(&self, tokens: &[Token<'_>]) -> bool {
        let words = tokens.iter().position(|token| token.kind == Kind::Text).unwrap_or(tokens.len());
        let Some((words, texts)) = tokens.split_at_checked(words) else { return false };
        let Some(width) = flat(words).filter(|_| words.last().is_some_and(|word| word.after.is_none())) else { return false };
        let start = self.next() + width + 1;
        let fits = |text: &Token<'_>| text.kind == Kind::Text && text.before.is_empty() && start + text.width() <= WIDTH;
        texts.iter().all(fits)
    }

    /// Writes a run, broken if there is no room for it and `rest` characters behind it.
    pub fn flow(&mut self, tokens: &[Token<'_>], rest: usize) {
        let hang = self.hang;
        match tokens.split_first() {
            _ if self.fits(tokens, rest) => self.words(tokens, rest),
            Some((when, condition)) if when.is("when") => {
                let river = self.next() + when.width();
                self.hang = river + 1;
                self.token(when);
                self.chain(condition, rest, Some(river));
            }
            _ => self.chain(tokens, rest, None),
        }
        self.hang = hang;
    }

    /// Writes a condition whose `when` is written already and ends, with its blanks, at `start`.
    pub fn condition(&mut self, tokens: &[Token<'_>], start: usize) {
        let hang = self.hang(start);
        if self.fits(tokens, 0) {
            self.words(tokens, 0);
        } else {
            self.chain(tokens, 0, start.checked_sub(1));
        }
        self.hang = hang;
    }

    /// Parts joined by `and` or `or`, one a line; the joining words end at `river`, below the end of `when`.
    fn chain(&mut self, tokens: &[Token<'_>], rest: usize, river: Option<usize>) {
        let parts = parts(tokens, |_, token| token.is("and") || token.is("or"));
        if parts.len() < 2 {
            return self.list(tokens, rest);
        }
        let (start, last) = (self.next(), parts.len() - 1);
        for (index, part) in parts.into_iter().enumerate() {
            let rest = if index == last { rest } else { 0 };
            match part.split_first().filter(|_| index > 0) {
                Some((join, part)) => {
                    let column = river.map_or(start, |river| river.saturating_sub(join.width()));
                    self.line(column);
                    self.hang = column;
                    self.token(join);
                    self.hang = column + join.width() + 1;
                    self.flow(part, rest);
                }
                None => self.flow(part, rest),
            }
        }
    }

    /// Parts between commas, as many a line as fit, the others below the first.
    fn list(&mut self, tokens: &[Token<'_>], rest: usize) {
        let mut items = parts(tokens, |before, _| before.is(","));
        if items.len() < 2 {
            return self.sum(tokens, rest);
        }
        if let Some(first) = items.first_mut() {
            let leads = |token: &Token<'_>| matches!(token.text, "of" | "from" | "on" | "by" | "with" | "per");
            let start = first.iter().rposition(|token| token.kind == Kind::Word && leads(token)).map_or(0, |at| at + 1);
            let split = first.split_at_checked(start);
            if let Some((before, item)) = split.filter(|(_, item)| item.first().is_some_and(|token| !token.is(","))) {
                self.words(before, 0);
                *first = item;
            }
        }
        self.fill(&items, rest);
    }

    /// Parts joined by operators, as many a line as fit, the others below the first.
    fn sum(&mut self, tokens: &[Token<'_>], rest: usize) {
        let mut terms = parts(tokens, |_, token| {
            token.kind == Kind::Mark && !token.sign.get() && matches!(token.text, "+" | "-" | "*" | "/")
        });
        if terms.len() < 2 {
            return self.words(tokens, rest);
        }
        if let Some(first) = terms.first_mut()
            && let Some((before, term)) = first.split_at_checked(last_operand(first))
        {
            self.words(before, 0);
            *first = term;
        }
        self.fill(&terms, rest);
    }

    fn fill(&mut self, parts: &[&[Token<'_>]], rest: usize) {
        let start = self.next();
        self.hang = start;
        for (index, part) in parts.iter().enumerate() {
            let rest = if index + 1 == parts.len() { rest } else { 0 };
            if index > 0 && !self.fits(part, rest) {
                self.line(start);
            }
            self.flow(part, rest);
        }
    }

    /// Tokens in a row; only brackets and texts in several parts break it.
    pub fn words(&mut self, tokens: &[Token<'_>], rest: usize) {
        let hang = self.hang;
        let mut left = tokens;
        let mut text = None;
        while let Some((token, more)) = left.split_first() {
            left = more;
            match text.filter(|_| token.kind == Kind::Text) {
                Some(column) => {
                    self.hang = column;
                    self.line(column);
                }
                None => text = (token.kind == Kind::Text).then(|| self.next()),
            }
            self.token(token);
            let bracket = if token.is("(") { closing(more) } else { None };
            if let Some((inner, behind)) = bracket.and_then(|at| more.split_at_checked(at)) {
                let outer = self.hang(self.column);
                self.flow(inner, rest + flat(behind).unwrap_or(0));
                self.hang = outer;
                left = behind;
            }
        }
        self.hang = hang;
    }
}
