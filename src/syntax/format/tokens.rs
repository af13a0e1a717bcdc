//! The words of a rule file with everything around them that must be kept.
//!
//! In: a file's text. Out: its tokens; every comment hangs on the token beside it, and so does the fact that an empty
//! line stood before.
//! Owns where a token ends, in agreement with the grammar. Never says what a token is for.

use std::cell::Cell;

/// What a token is made of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// A name, a path, a code or a word of the language.
    Word,
    /// A number, a date or a version.
    Number,
    /// A text with its quotes.
    Text,
    /// One character such as `,` or `{`.
    Mark,
}

/// A comment on a line of its own.
#[derive(Clone, Debug)]
pub(super) struct Comment<'t> {
    /// From `//` to the last character that is not a blank.
    pub text: &'t str,
    /// Does an empty line stand before it?
    pub apart: bool,
}

/// One token.
#[derive(Clone, Debug)]
pub(super) struct Token<'t> {
    pub text: &'t str,
    pub kind: Kind,
    /// Counts from zero.
    pub line: usize,
    /// Does it begin its line? An item starts with such a token.
    pub first_in_line: bool,
    /// Does an empty line stand before it, after its comments?
    pub apart: bool,
    /// Comments between the token before and this one, each on a line of its own.
    pub before: Vec<Comment<'t>>,
    /// The comment behind it on its line.
    pub after: Option<&'t str>,
    /// A minus that belongs to the number behind it.
    pub sign: Cell<bool>,
}

impl Token<'_> {
    /// Is it this mark or word, and no text?
    pub fn is(&self, text: &str) -> bool {
        self.kind != Kind::Text && self.text == text
    }

    /// Characters that it takes on a line.
    pub fn width(&self) -> usize {
        self.text.chars().count()
    }

    /// Does an empty line stand right behind the token before it?
    pub fn starts_apart(&self) -> bool {
        self.before.first().map_or(self.apart, |comment| comment.apart)
    }
}

/// The tokens of a file, and the comments behind the last one.
pub(super) fn tokens(text: &str) -> (Vec<Token<'_>>, Vec<Comment<'_>>) {
    let mut found: Vec<Token<'_>> = Vec::new();
    let mut waiting: Vec<Comment<'_>> = Vec::new();
    let (mut at, mut line, mut seen_line) = (0, 0, 0);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if let Some(length) = newline(rest) {
            line += 1;
            at += length;
            continue;
        }
        let apart = line > seen_line + 1;
        let length = if rest.starts_with("//") {
            let length = rest.find(['\n', '\r']).unwrap_or(rest.len());
            let comment = rest.get(..length).unwrap_or(rest).trim_end();
            match found.last_mut().filter(|last| last.line == line) {
                Some(last) => last.after = Some(comment),
                None => waiting.push(Comment { text: comment, apart: apart && (!found.is_empty() || !waiting.is_empty()) }),
            }
            length
        } else if let Some((kind, length)) = token(rest, is_version(&found)) {
            let first_in_line = text.get(..at).is_some_and(|before| before.is_empty() || before.ends_with('\n'));
            let before = std::mem::take(&mut waiting);
            let apart = apart && !(found.is_empty() && before.is_empty());
            let text = rest.get(..length).unwrap_or(rest);
            found.push(Token { text, kind, line, first_in_line, apart, before, after: None, sign: Cell::new(false) });
            length
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
            continue;
        };
        seen_line = line;
        at += length;
    }
    (found, waiting)
}

/// The length of the line end that `rest` begins with; the grammar takes a lone carriage return for one.
fn newline(rest: &str) -> Option<usize> {
    ["\r\n", "\n", "\r"].into_iter().find(|end| rest.starts_with(end)).map(str::len)
}

/// The token that `rest` begins with, unless that is a blank.
fn token(rest: &str, version: bool) -> Option<(Kind, usize)> {
    let first = rest.chars().next()?;
    let run = |more: fn(char) -> bool| rest.find(|c| !more(c)).unwrap_or(rest.len());
    let wordy = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    Some(match first {
        ' ' | '\t' => return None,
        '"' => (Kind::Text, rest.get(1..).and_then(|inner| inner.find('"')).map_or(rest.len(), |inner| inner + 2)),
        _ if version => (Kind::Number, run(|c| c.is_ascii_alphanumeric() || c == '.' || c == '-').max(first.len_utf8())),
        '0'..='9' if is_date(rest) => (Kind::Number, "2026-03-01".len()),
        '0'..='9' => (Kind::Number, run(wordy)),
        _ if wordy(first) => (Kind::Word, run(wordy)),
        _ => (Kind::Mark, first.len_utf8()),
    })
}

fn is_date(rest: &str) -> bool {
    let shape = rest.bytes().zip("dddd-dd-dd".bytes());
    rest.len() >= "2026-03-01".len()
        && shape.into_iter().all(|(byte, like)| if like == b'-' { byte == b'-' } else { byte.is_ascii_digit() })
}

/// A version is the only token that may hold both points and minuses: `ruleset NAME version VERSION`.
fn is_version(found: &[Token<'_>]) -> bool {
    matches!(found, [.., ruleset, _, version] if ruleset.first_in_line && ruleset.is("ruleset") && version.is("version"))
}
