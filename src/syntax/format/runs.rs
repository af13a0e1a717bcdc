//! Runs of tokens: how wide they are and where they can be cut.
//!
//! In: tokens. Out: widths and positions.
//! Owns which tokens stand without a blank between them. Writes nothing.

use super::tokens::{Kind, Token};

/// The width of a run on one line; nothing if a comment or a text in several parts breaks it.
pub(super) fn flat(tokens: &[Token<'_>]) -> Option<usize> {
    let (last, rest) = tokens.split_last()?;
    let mut width = 0;
    for (token, next) in rest.iter().zip(tokens.iter().skip(1)) {
        let breaks = token.after.is_some() || (token.kind == Kind::Text && next.kind == Kind::Text);
        if breaks || !token.before.is_empty() {
            return None;
        }
        width += token.width() + usize::from(!holds_next(token) && !holds_previous(next));
    }
    last.before.is_empty().then(|| width + last.width())
}

pub(super) fn holds_next(token: &Token<'_>) -> bool {
    token.is("(") || token.sign.get()
}

pub(super) fn holds_previous(token: &Token<'_>) -> bool {
    token.kind == Kind::Mark && matches!(token.text, "," | ":" | ")" | "%")
}

/// Which tokens start a part of a run; brackets hide what is inside them.
pub(super) fn parts<'a, 't>(tokens: &'a [Token<'t>], starts: fn(&Token<'_>, &Token<'_>) -> bool) -> Vec<&'a [Token<'t>]> {
    let mut depth = 0_usize;
    let holds = |before: &Token<'t>, token: &Token<'t>| {
        depth += usize::from(before.is("("));
        depth = depth.saturating_sub(usize::from(token.is(")")));
        depth > 0 || !starts(before, token)
    };
    tokens.chunk_by(holds).collect()
}

/// Where the bracket closes that opened just before `tokens`.
pub(super) fn closing(tokens: &[Token<'_>]) -> Option<usize> {
    let mut depth = 1_usize;
    tokens.iter().position(|token| {
        if token.is("(") {
            depth += 1;
        } else if token.is(")") {
            depth -= 1;
        }
        depth == 0
    })
}

/// Where the operand starts that ends a run: a number with its unit, a bracket or a name.
pub(super) fn last_operand(tokens: &[Token<'_>]) -> usize {
    let mut depth = 0_usize;
    let unit = |token: &Token<'_>| {
        token.is("%") || token.is("days") || token.is("day") || token.text.bytes().all(|b| b.is_ascii_uppercase())
    };
    let mut start = tokens.len().saturating_sub(1);
    for (at, token) in tokens.iter().enumerate().rev() {
        start = at;
        if token.is(")") {
            depth += 1;
        } else if token.is("(") {
            depth = depth.saturating_sub(1);
        }
        let number_before = at
            .checked_sub(1)
            .and_then(|at| tokens.get(at))
            .is_some_and(|before| before.kind == Kind::Number || before.sign.get());
        if depth == 0 && !(number_before && (unit(token) || token.kind == Kind::Number)) {
            break;
        }
    }
    start
}
