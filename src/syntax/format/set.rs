//! Sets items and clauses on the page.
//!
//! In: a file's tokens. Out: the formatted text.
//! Owns indentation, empty lines, and where the parts of a clause go. Leaves runs of tokens to the page.

use super::outline::{Clause, Gap, Item, Shape, outline, value_of};
use super::page::Page;
use super::tokens::{Comment, Kind, Token};

/// Blanks a level.
const INDENT: usize = 2;

/// The whole file.
pub(super) fn set(tokens: &[Token<'_>], tail: &[Comment<'_>]) -> String {
    let mut page = Page::default();
    for item in outline(tokens) {
        set_item(&mut page, &item);
    }
    for comment in tail {
        if comment.apart {
            page.empty_line();
        }
        page.comment(0, comment.text);
    }
    page.finish()
}

fn set_item(page: &mut Page, item: &Item<'_, '_>) {
    let Some((first, rest)) = item.head.split_first() else { return };
    lead(page, first, 0, 0, item.gap);
    page.hang(INDENT);
    page.token(first);
    match &item.shape {
        Shape::OneLine => page.words(rest, 0),
        Shape::Plain { name, value } => set_plain(page, item.head, *name, *value),
        Shape::Braced { clauses, close } => {
            set_head(page, rest, INDENT);
            let mut above = INDENT;
            for clause in clauses {
                lead_clause(page, clause, above);
                set_clause(page, clause);
                above = INDENT * clause.start.depth;
            }
            set_close(page, close, above, clauses.is_empty());
        }
    }
}

/// An item without braces: name, value and citation in columns.
fn set_plain(page: &mut Page, head: &[Token<'_>], name_column: usize, value_column: usize) {
    let (Some(word), Some(name), Some(rest)) = (head.first(), head.get(1), head.get(2..)) else { return };
    if word.is("ruleset") {
        return set_head(page, head.get(1..).unwrap_or_default(), INDENT);
    }
    let start = page.next();
    page.token(name);
    page.pad(start + name_column + 1);
    let value = value_of(head).unwrap_or_default();
    page.flow(value, 0);
    let rest = rest.get(value.len()..).unwrap_or_default();
    if !value.is_empty() && !rest.is_empty() {
        page.pad(start + name_column + 1 + value_column + 1);
    }
    page.flow(rest, 0);
}

/// What stands before a label, the label, and what stands behind; each on a new line if it does not fit.
fn set_head(page: &mut Page, tokens: &[Token<'_>], indent: usize) {
    let label = tokens.iter().position(|token| token.kind == Kind::Text).unwrap_or(tokens.len());
    let (name, labelled) = tokens.split_at_checked(label).unwrap_or((tokens, &[]));
    // A brace alone never starts a line.
    let end = if labelled.len() > 2 { 1 } else { labelled.len() };
    let (label, rest) = labelled.split_at_checked(end).unwrap_or((labelled, &[]));
    page.hang(indent);
    page.flow(name, 0);
    for part in [label, rest] {
        if !part.is_empty() && !page.fits(part, 0) {
            page.line(indent);
        }
        page.flow(part, 0);
    }
}

fn lead_clause(page: &mut Page, clause: &Clause<'_, '_>, above: usize) {
    if let Some(first) = clause.tokens.first() {
        lead(page, first, INDENT * clause.start.depth, above, clause.gap);
    }
}

fn set_clause(page: &mut Page, clause: &Clause<'_, '_>) {
    let indent = INDENT * clause.start.depth;
    let (words, content) = clause.tokens.split_at_checked(clause.start.words).unwrap_or((clause.tokens, &[]));
    let lines = page.breaks();
    page.hang(indent + INDENT);
    page.words(words, 0);
    let start = if words.is_empty() { indent } else { page.next().max(indent + clause.column + 1) };
    page.hang(start);
    if let (Some((amount, reward)), Some((spend, gives))) = (clause.amounts, content.split_at_checked(2)) {
        return set_tier(page, spend, amount, gives, reward);
    }
    if !content.is_empty() {
        page.pad(start);
    }
    let word = words.first().map_or("", |word| word.text);
    if clause.start.heads && word != "fact" {
        return set_head(page, content, indent + INDENT);
    }
    for (index, part) in tails(word, content).into_iter().enumerate() {
        let joins = part.first().filter(|_| index > 0);
        let stacked = joins.is_some_and(|word| word.is("because")) && page.fits_stacked(part);
        if let Some(word) = joins.filter(|_| page.breaks() > lines || !(stacked || page.fits(part, 0))) {
            let column = if word.is("because") || word.is("when") { start } else { indent + INDENT };
            page.hang(column);
            page.line(column);
        }
        if index == 0 && word == "when" { page.condition(part, start) } else { page.flow(part, 0) }
    }
}

/// A tier in plain amounts: `200 USD` and `gives 200 USD`, each number at the right of its column.
fn set_tier(page: &mut Page, spend: &[Token<'_>], amount: usize, gives: &[Token<'_>], reward: usize) {
    let width = |run: &[Token<'_>]| run.first().map_or(0, Token::width);
    page.pad(page.next() + amount - width(spend).min(amount));
    page.words(spend, 0);
    if let Some((word, given)) = gives.split_at_checked(1) {
        page.words(word, 0);
        page.pad(page.next() + reward - width(given).min(reward));
        page.words(given, 0);
    }
}

/// A clause's content, cut before the words that may start a line of their own.
fn tails<'a, 't>(word: &str, content: &'a [Token<'t>]) -> Vec<&'a [Token<'t>]> {
    let mut depth = 0_usize;
    let mut cuts = vec![0];
    for (at, token) in content.iter().enumerate() {
        depth += usize::from(token.is("("));
        depth = depth.saturating_sub(usize::from(token.is(")")));
        let joins = match token.text {
            "because" | "when" => true,
            "from" => matches!(word, "take" | "become"),
            "else" => word == "computed",
            "warn" => word == "become",
            _ => false,
        };
        if at > 0 && depth == 0 && joins && token.kind == Kind::Word {
            cuts.push(at);
        }
    }
    let ends = cuts.iter().skip(1).copied().chain([content.len()]);
    cuts.iter().zip(ends).filter_map(|(start, end)| content.get(*start..end)).collect()
}

/// The empty line and the comments before a token, and the start of its line.
///
/// Comments right below what is `above`, with an empty line behind them, speak of what is above and stay with it.
fn lead(page: &mut Page, token: &Token<'_>, indent: usize, above: usize, gap: Gap) {
    let rest = match gap {
        Gap::One => stay(page, token, above, false),
        Gap::First | Gap::Kept | Gap::Never => token.before.as_slice(),
    };
    if gap == Gap::One || (gap == Gap::Kept && token.starts_apart()) {
        page.empty_line();
    }
    for (index, comment) in rest.iter().enumerate() {
        if index > 0 && comment.apart && gap != Gap::Never {
            page.empty_line();
        }
        page.comment(indent, comment.text);
    }
    if !rest.is_empty() && token.apart && gap != Gap::Never {
        page.empty_line();
    }
    page.lead(indent);
}

/// Sets the comments before `token` that stay with what is above, and gives back the others.
fn stay<'a, 't>(page: &mut Page, token: &'a Token<'t>, above: usize, last: bool) -> &'a [Comment<'t>] {
    let comments = token.before.as_slice();
    if token.starts_apart() {
        return comments;
    }
    let next = comments.iter().position(|comment| comment.apart);
    let count = next.unwrap_or(if token.apart || last { comments.len() } else { 0 });
    let (stays, rest) = comments.split_at_checked(count).unwrap_or((&[], comments));
    for comment in stays {
        page.comment(above, comment.text);
    }
    rest
}

/// The brace that ends an item, and the comments before it.
fn set_close(page: &mut Page, close: &Token<'_>, above: usize, empty: bool) {
    for (index, comment) in stay(page, close, above, true).iter().enumerate() {
        if (index == 0 && !empty) || (index > 0 && comment.apart) {
            page.empty_line();
        }
        page.comment(INDENT, comment.text);
    }
    page.lead(0);
    page.token(close);
}
