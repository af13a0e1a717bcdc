//! `accredit fmt`: a rule file set the way all rule files are set.
//!
//! In: a file's text. Out: the same text with other blanks and line ends, or why it was left alone.
//! Owns the look of rule files. Keeps every token and every comment, and sees to it: what comes out is read again and
//! must say the same. Never opens a file.

mod clauses;
mod outline;
mod page;
mod runs;
mod same;
mod set;
#[cfg(test)]
mod tests;
mod tokens;

use tokens::{Comment, Token};

use super::tree::Syntax;
use super::{MAX_BYTES, parse};
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, SourceFile};

/// Lines are broken to have at most this many characters; a text or a comment may be longer.
const WIDTH: usize = 120;

/// Why a text was not formatted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FormatError {
    /// The text has mistakes. Their places are in the one file with the default [`FileId`].
    #[error("the text has mistakes and was left as it is: {}", _0.first().map_or("", |finding| finding.headline.as_str()))]
    Findings(Vec<Diagnostic>),
    /// Indentation made the text larger than a rule file may be.
    #[error("the formatted text would have {0} bytes, more than the {MAX_BYTES} that a rule file may have")]
    TooLarge(usize),
    /// The formatted text would not say the same: a mistake of the formatter, never of the text.
    #[error("formatting would change what the text says, so it was left as it is")]
    Changed,
}

/// Formats a rule file.
///
/// # Errors
/// [`FormatError::Findings`] if the text cannot be read without a finding; [`FormatError::TooLarge`] if indentation makes
/// it too large; [`FormatError::Changed`] if the result does not read the same, which is guarded against and not known to
/// happen.
pub fn format(text: &str) -> Result<String, FormatError> {
    let before = read(text).map_err(FormatError::Findings)?;
    let (tokens, tail) = tokens::tokens(text);
    let formatted = set::set(&tokens, &tail);
    if formatted.len() > MAX_BYTES {
        return Err(FormatError::TooLarge(formatted.len()));
    }
    let after = read(&formatted).map_err(|_| FormatError::Changed)?;
    let (tokens_after, tail_after) = tokens::tokens(&formatted);
    // The tree leaves out what no rule depends on, such as the citation of a condition; the tokens leave out nothing.
    let kept = tokens.iter().map(|token| token.text).eq(tokens_after.iter().map(|token| token.text))
        && comments(&tokens, &tail).eq(comments(&tokens_after, &tail_after));
    if kept && same::same(before, after) { Ok(formatted) } else { Err(FormatError::Changed) }
}

fn read(text: &str) -> Result<Syntax, Vec<Diagnostic>> {
    let (syntax, findings) = parse(FileId::default(), &SourceFile::new("", text));
    if findings.is_empty() { Ok(syntax) } else { Err(findings) }
}

/// All comments in reading order.
fn comments<'a>(tokens: &'a [Token<'a>], tail: &'a [Comment<'a>]) -> impl Iterator<Item = &'a str> {
    let around = |token: &'a Token<'a>| token.before.iter().map(|comment| comment.text).chain(token.after);
    tokens.iter().flat_map(around).chain(tail.iter().map(|comment| comment.text))
}
