//! JSON text to a tree.
//!
//! In: text. Out: the tree, with the exact text of every number.
//! Owns how JSON is read. Never recurses, never rounds a number.

use std::borrow::Cow;

use jiter::{Jiter, JiterError, JiterErrorType, JsonErrorType, Peek};

use super::build::{Builder, Shape};
use super::{Key, Node, NodeKind, Parsed, Stop, body, span};
use crate::diagnostic::{Diagnostic, codes};
use crate::facts::findings::Findings;
use crate::source::{FileId, Span};

/// Parses JSON.
pub fn parse_json(id: FileId, text: &str) -> Parsed<'_> {
    let mut findings = Findings::default();
    let Some((text, offset)) = body(id, text, &mut findings) else {
        return Parsed { root: None, findings: findings.into_list() };
    };
    let mut json = Json { id, text, offset, jiter: Jiter::new(text.as_bytes()), builder: Builder::new(findings) };
    let stopped = json.document().err();
    let (root, mut findings) = json.builder.finish();
    let root = match stopped {
        None => root,
        Some(stop) => {
            findings.report(|| *stop);
            None
        }
    };
    Parsed { root, findings: findings.into_list() }
}

struct Json<'t> {
    id: FileId,
    text: &'t str,
    /// Bytes before the text, of a byte order mark.
    offset: usize,
    jiter: Jiter<'t>,
    builder: Builder<'t>,
}

impl<'t> Json<'t> {
    fn document(&mut self) -> Result<(), Stop> {
        let mut peek = self.jiter.peek().map_err(|error| self.syntax(&error))?;
        loop {
            let mut opened = self.value(peek)?;
            peek = loop {
                let next = match (opened.take(), self.builder.inside()) {
                    (Some(Shape::Map), _) => self.key(true)?,
                    (None, Some(Shape::Map)) => self.key(false)?,
                    (Some(Shape::List), _) => self.jiter.known_array().map_err(|error| self.syntax(&error))?,
                    (None, Some(Shape::List)) => self.jiter.array_step().map_err(|error| self.syntax(&error))?,
                    (None, None) => return self.jiter.finish().map_err(|error| self.syntax(&error)),
                };
                match next {
                    Some(peek) => break peek,
                    None => self.builder.close(self.span(0, self.jiter.current_index()).end, false),
                }
            };
        }
    }

    /// Takes a scalar, or opens a mapping or a list and says which.
    fn value(&mut self, peek: Peek) -> Result<Option<Shape>, Stop> {
        let start = self.jiter.current_index();
        let shape = match peek {
            Peek::Object => Some(Shape::Map),
            Peek::Array => Some(Shape::List),
            _ => None,
        };
        if let Some(shape) = shape {
            self.builder.open(shape, self.span(start, start + 1))?;
            return Ok(Some(shape));
        }
        let kind = match peek {
            Peek::Null => self.jiter.known_null().map(|()| NodeKind::Null),
            Peek::True | Peek::False => self.jiter.known_bool(peek).map(|yes| word(if yes { "true" } else { "false" })),
            Peek::String => {
                let text = self.text;
                let read = self.jiter.known_str();
                read.map(|read| NodeKind::Scalar { text: lifted(text, read).0, plain: false })
            }
            _ => self.jiter.known_number_bytes(peek).map(<[u8]>::len).map(|length| {
                let end = self.jiter.current_index();
                word(self.text.get(end.saturating_sub(length)..end).unwrap_or(""))
            }),
        };
        let kind = kind.map_err(|error| self.syntax(&error))?;
        let span = self.span(start, self.jiter.current_index());
        self.builder.value(Node { kind, span });
        Ok(None)
    }

    /// Takes a key, unless the mapping ends, and looks at the value behind it.
    fn key(&mut self, first: bool) -> Result<Option<Peek>, Stop> {
        let before = self.jiter.current_index();
        let text = self.text;
        let read = if first { self.jiter.known_object() } else { self.jiter.next_key() };
        let lifted = match read {
            Ok(None) => return Ok(None),
            Ok(Some(read)) => Ok(lifted(text, read)),
            Err(error) => Err(error),
        };
        let (key, start) = lifted.map_err(|error| self.syntax(&error))?;
        let (start, end) = match start {
            Some(start) => (start.saturating_sub(1), start + key.len() + 1),
            None => quoted(text, before, self.jiter.current_index()),
        };
        self.builder.key(Key { text: key, span: self.span(start, end) }, false);
        self.jiter.peek().map(Some).map_err(|error| self.syntax(&error))
    }

    fn span(&self, start: usize, end: usize) -> Span {
        span(self.id, start + self.offset, end + self.offset)
    }

    /// Text that is no JSON.
    fn syntax(&self, error: &JiterError) -> Stop {
        let headline = match &error.error_type {
            JiterErrorType::JsonError(kind) => problem(kind),
            JiterErrorType::WrongType { .. } => "a value is expected here".to_owned(),
        };
        let at = error.index.min(self.text.len());
        let letter = self.text.get(at..).and_then(|rest| rest.chars().next());
        let end = at + letter.filter(|letter| *letter != '\n').map_or(0, char::len_utf8);
        Diagnostic::new(&codes::DOCUMENT_SYNTAX, self.span(at, end), headline).here("JSON cannot be read on from here").into()
    }
}

/// What is wrong, in the words of a reader.
fn problem(kind: &JsonErrorType) -> String {
    match kind {
        JsonErrorType::EofWhileParsingList => "the text ends inside a list".to_owned(),
        JsonErrorType::EofWhileParsingObject => "the text ends inside a mapping".to_owned(),
        JsonErrorType::EofWhileParsingString => "the text ends inside a quoted text".to_owned(),
        JsonErrorType::EofWhileParsingValue => "the text ends where a value is expected".to_owned(),
        JsonErrorType::ExpectedSomeIdent => "expected `true`, `false` or `null`".to_owned(),
        JsonErrorType::ExpectedSomeValue => "a value is expected here".to_owned(),
        JsonErrorType::KeyMustBeAString => "a key is a text in double quotes".to_owned(),
        JsonErrorType::TrailingComma => "a comma stands before the closing bracket".to_owned(),
        JsonErrorType::TrailingCharacters => "more text follows after the document".to_owned(),
        JsonErrorType::ControlCharacterWhileParsingString => "a control character stands inside a quoted text".to_owned(),
        other => other.to_string(),
    }
}

fn word<'t>(text: &'t str) -> NodeKind<'t> {
    NodeKind::Scalar { text: Cow::Borrowed(text), plain: true }
}

/// What was read, as a part of the text with its start; a copy when escapes had to be decoded.
fn lifted<'t>(text: &'t str, read: &str) -> (Cow<'t, str>, Option<usize>) {
    let start = read.as_ptr().addr().wrapping_sub(text.as_ptr().addr());
    match text.get(start..start.wrapping_add(read.len())) {
        Some(part) => (Cow::Borrowed(part), Some(start)),
        None => (Cow::Owned(read.to_owned()), None),
    }
}

/// From the first to the last double quote of a part of the text.
fn quoted(text: &str, from: usize, to: usize) -> (usize, usize) {
    let part = text.get(from..to).unwrap_or("");
    (from + part.find('"').unwrap_or(0), from + part.rfind('"').map_or(0, |at| at + 1))
}
