//! A file as items and clauses, with the column in which each content starts.
//!
//! In: a file's tokens. Out: its items in reading order.
//! Owns what stands apart from what, and what lines up with what. Never breaks a line.

use std::collections::BTreeMap;

use super::WIDTH;
use super::clauses::{self, Align, Class, Start};
use super::runs::flat;
use super::tokens::{Kind, Token};

/// How far something stands from what is above it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Gap {
    /// It is the first of its block: no empty line.
    First,
    /// An empty line where one was written.
    Kept,
    /// Always an empty line.
    One,
    /// Never an empty line, not even between its comments.
    Never,
}

/// One item.
#[derive(Debug)]
pub(super) struct Item<'a, 't> {
    /// All of it, where it is set on one line or has no braces; otherwise the part up to and with `{`.
    pub head: &'a [Token<'t>],
    pub gap: Gap,
    pub shape: Shape<'a, 't>,
}

/// What is behind an item's head.
#[derive(Debug)]
pub(super) enum Shape<'a, 't> {
    /// Nothing: an item without braces. Its name and its value fill columns of these widths.
    Plain { name: usize, value: usize },
    /// Nothing: an item with braces that was written on one line and fits on one.
    OneLine,
    /// Clauses and `}`.
    Braced { clauses: Vec<Clause<'a, 't>>, close: &'a Token<'t> },
}

/// One clause.
#[derive(Debug)]
pub(super) struct Clause<'a, 't> {
    pub tokens: &'a [Token<'t>],
    pub start: Start,
    pub gap: Gap,
    /// How wide the column of its words is.
    pub column: usize,
    /// For a tier: how wide the columns of its two amounts are.
    pub amounts: Option<(usize, usize)>,
}

/// The items of a file.
pub(super) fn outline<'a, 't>(tokens: &'a [Token<'t>]) -> Vec<Item<'a, 't>> {
    let mut items: Vec<Item<'a, 't>> = Vec::new();
    for whole in tokens.chunk_by(|_, next| !next.first_in_line || next.is("}")) {
        let (Some(first), Some(last)) = (whole.first(), whole.last()) else { continue };
        let open = whole.iter().position(|token| token.is("{"));
        let inside = open.and_then(|open| whole.get(..=open).zip(whole.get(open + 1..whole.len() - 1)));
        signs(inside.map_or(whole, |(head, _)| head));
        let braced = inside.map(|(head, body)| (head, body_clauses(first.text, body)));
        let one_line = first.line == last.line && flat(whole).is_some_and(|width| width <= WIDTH);
        let (head, shape) = match braced {
            Some(_) if one_line => (whole, Shape::OneLine),
            Some((head, clauses)) => (head, Shape::Braced { clauses, close: last }),
            None => (whole, Shape::Plain { name: 0, value: 0 }),
        };
        let small = |shape: &Shape<'_, '_>| !matches!(shape, Shape::Braced { .. });
        let gap = match items.last() {
            None => Gap::First,
            Some(above)
                if small(&above.shape) && small(&shape) && above.head.first().is_some_and(|word| word.is(first.text)) =>
            {
                Gap::Kept
            }
            Some(_) => Gap::One,
        };
        items.push(Item { head, gap, shape });
    }
    for run in items.chunk_by_mut(|_, next| next.gap == Gap::Kept && next.head.first().is_some_and(|first| !spaced(first))) {
        line_up(run);
    }
    items
}

/// Minuses in heads: a minus behind a mark or a name is the sign of a number, except in an operand behind `usually`.
fn signs(head: &[Token<'_>]) {
    let value = head.first().is_some_and(|first| first.is("value"));
    for (before, token) in head.iter().zip(head.iter().skip(1)) {
        if token.is("-") {
            token.sign.set(value || before.is("usually") || (before.kind == Kind::Mark && !before.is(")")));
        }
    }
}

/// Does an empty line stand anywhere between this token and the one before?
fn spaced(token: &Token<'_>) -> bool {
    token.apart || token.before.iter().any(|comment| comment.apart)
}

/// Puts names and values of neighbouring small items in columns.
fn line_up(run: &mut [Item<'_, '_>]) {
    let widths = |item: &Item<'_, '_>| {
        let name = item.head.get(1).map_or(0, Token::width);
        let cited = item.head.iter().any(|token| token.is("per"));
        let value = value_of(item.head).filter(|_| cited).and_then(flat).unwrap_or(0);
        (name, value)
    };
    let columns: Vec<(usize, usize)> = run.iter().map(widths).collect();
    let name_column = columns.iter().map(|(name, _)| *name).max().unwrap_or(0);
    let value_column = columns.iter().map(|(_, value)| *value).max().unwrap_or(0);
    for item in run {
        if let Shape::Plain { name, value } = &mut item.shape {
            (*name, *value) = (name_column, value_column);
        }
    }
}

/// The tokens of a named value between its name and its citation.
pub(super) fn value_of<'a, 't>(head: &'a [Token<'t>]) -> Option<&'a [Token<'t>]> {
    let end = head.iter().position(|token| token.is("per")).unwrap_or(head.len());
    head.first().filter(|first| first.is("value")).and_then(|_| head.get(2..end))
}

fn body_clauses<'a, 't>(item: &str, body: &'a [Token<'t>]) -> Vec<Clause<'a, 't>> {
    let starts = clauses::starts(item, body);
    let ends = starts.iter().skip(1).map(|(at, _)| *at).chain([body.len()]);
    let mut clauses: Vec<Clause<'a, 't>> = Vec::new();
    let mut in_block = false;
    for ((at, start), end) in starts.iter().zip(ends) {
        let Some(tokens) = body.get(*at..end) else { continue };
        let gap = match start.depth {
            _ if clauses.is_empty() => Gap::First,
            _ if start.heads => Gap::One,
            1 if in_block => Gap::One,
            1 => Gap::Kept,
            _ => Gap::Never,
        };
        in_block = start.heads || (in_block && start.depth > 1);
        clauses.push(Clause { tokens, start: *start, gap, column: 0, amounts: None });
    }
    columns(&mut clauses);
    amounts(&mut clauses);
    clauses
}

/// Gives every clause the column of its class; a head or an empty line starts columns anew.
fn columns(clauses: &mut [Clause<'_, '_>]) {
    let mut widest: BTreeMap<(usize, Class), usize> = BTreeMap::new();
    let mut runs = Vec::new();
    let mut run = 0;
    for clause in clauses.iter() {
        let written = clause.gap == Gap::Kept && clause.tokens.first().is_some_and(Token::starts_apart);
        run += usize::from(clause.start.heads || clause.gap == Gap::One || written);
        runs.push(run);
        if let Some(align) = clause.align() {
            let width = clause.words().and_then(flat).filter(|width| *width <= align.most).unwrap_or(0);
            let column = widest.entry((run, align.class)).or_insert(align.least);
            *column = width.max(*column);
        }
    }
    for (clause, run) in clauses.iter_mut().zip(runs) {
        clause.column = clause.align().and_then(|align| widest.get(&(run, align.class)).copied()).unwrap_or(0);
    }
}

/// Lines up the amounts of tiers on their right, when all tiers of the table are plain amounts.
fn amounts(clauses: &mut [Clause<'_, '_>]) {
    let tiers = || clauses.iter().filter(|clause| clause.tokens.first().is_some_and(|first| first.is("spend")));
    let plain: Option<Vec<(usize, usize)>> = tiers().map(Clause::amount_widths).collect();
    let widest = plain.and_then(|plain| plain.into_iter().reduce(|a, b| (a.0.max(b.0), a.1.max(b.1))));
    for clause in clauses.iter_mut() {
        clause.amounts = widest.filter(|_| clause.amount_widths().is_some());
    }
}

impl<'a, 't> Clause<'a, 't> {
    /// The tokens that name the clause.
    fn words(&self) -> Option<&'a [Token<'t>]> {
        self.tokens.get(..self.start.words)
    }

    /// With which neighbours its content lines up; a tier that names its amounts does as `window` does.
    fn align(&self) -> Option<Align> {
        let named = self.start.depth == 1
            && self.tokens.first().is_some_and(|first| first.is("spend"))
            && self.amount_widths().is_none();
        self.start.align.or(named.then_some(Align { class: Class::Plain, least: 0, most: usize::MAX }))
    }

    /// Of a tier in plain amounts: how wide their numbers are.
    fn amount_widths(&self) -> Option<(usize, usize)> {
        match self.tokens {
            [spend, amount, code, gives, reward, _]
                if spend.is("spend") && gives.is("gives") && flat(self.tokens).is_some() =>
            {
                let numbers = amount.kind == Kind::Number && code.kind == Kind::Word && reward.kind == Kind::Number;
                numbers.then(|| (amount.width(), reward.width()))
            }
            _ => None,
        }
    }
}
