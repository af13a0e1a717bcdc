//! JSON text to a tree.
//!
//! In: text. Out: the tree, with the exact text of every number.
//! Owns how JSON is read. Never recurses, never rounds a number.

use std::borrow::Cow;

use jiter::{Jiter, JiterError, JiterErrorType, JsonErrorType, Peek};

use super::build::{Builder, Shape};
use super::tree::Form;
use super::{Parsed, Stop, body, span};
use crate::diagnostic::{Diagnostic, codes};
use crate::facts::findings::Findings;
use crate::source::{FileId, Span};

/// Parses JSON.
pub fn parse_json(id: FileId, text: &str) -> Parsed<'_> {
    let mut findings = Findings::default();
    let Some((text, offset)) = body(id, text, &mut findings) else {
        return Parsed { document: None, findings: findings.into_list() };
    };
    let (jiter, builder) = (Jiter::new(text.as_bytes()), Builder::new(text.len(), findings));
    let mut json = Json { id, text, offset, escapes: text.contains('\\'), jiter, builder };
    let stopped = json.document().err();
    let (document, mut findings) = json.builder.finish();
    let document = match stopped {
        None => document,
        Some(stop) => {
            findings.report(|| *stop);
            None
        }
    };
    Parsed { document, findings: findings.into_list() }
}

struct Json<'t> {
    id: FileId,
    text: &'t str,
    /// Bytes before the text, of a byte order mark.
    offset: usize,
    /// There is a backslash in it.
    escapes: bool,
    jiter: Jiter<'t>,
    builder: Builder<'t>,
}

impl<'t> Json<'t> {
    fn document(&mut self) -> Result<(), Stop> {
        let mut peek = self.jiter.peek().map_err(|error| self.syntax(&error))?;
        loop {
            let start = self.jiter.current_index();
            let mut next = match peek {
                Peek::Object => {
                    self.builder.open(Shape::Map, self.span(start, start + 1))?;
                    self.key(true)?
                }
                Peek::Array => {
                    self.builder.open(Shape::List, self.span(start, start + 1))?;
                    self.jiter.known_array().map_err(|error| self.syntax(&error))?
                }
                _ => {
                    let form = self.scalar(peek).map_err(|error| self.syntax(&error))?;
                    self.builder.value(form, self.span(start, self.jiter.current_index()));
                    self.next()?
                }
            };
            peek = loop {
                match next {
                    Some(peek) => break peek,
                    None if self.builder.inside().is_none() => {
                        return self.jiter.finish().map_err(|error| self.syntax(&error));
                    }
                    None => {
                        self.builder.close(self.span(0, self.jiter.current_index()).end, false);
                        next = self.next()?;
                    }
                }
            };
        }
    }

    /// Goes on to the next value of what is open; nothing when that ends.
    #[inline]
    fn next(&mut self) -> Result<Option<Peek>, Stop> {
        match self.builder.inside() {
            Some(Shape::Map) => self.key(false),
            Some(Shape::List) => self.jiter.array_step().map_err(|error| self.syntax(&error)),
            None => Ok(None),
        }
    }

    /// Takes a scalar.
    #[inline]
    fn scalar(&mut self, peek: Peek) -> Result<Form<'t>, JiterError> {
        let text = self.text;
        match peek {
            Peek::String => {
                let (start, length) = place_of(self.jiter.known_bytes()?, text);
                Ok(Form::Scalar { text: self.unescaped(start, length)?, plain: false })
            }
            Peek::True | Peek::False => self.jiter.known_bool(peek).map(|yes| word(if yes { "true" } else { "false" })),
            Peek::Null => self.jiter.known_null().map(|()| Form::Null),
            _ => {
                let length = self.jiter.known_number_bytes(peek)?.len();
                let end = self.jiter.current_index();
                Ok(word(text.get(end.saturating_sub(length)..end).unwrap_or("")))
            }
        }
    }

    /// Takes a key, unless the mapping ends, and looks at the value behind it.
    #[inline]
    fn key(&mut self, first: bool) -> Result<Option<Peek>, Stop> {
        let read = if first { self.jiter.next_object_bytes() } else { self.jiter.next_key_bytes() };
        let (start, length) = match read {
            Ok(None) => return Ok(None),
            Ok(Some(read)) => place_of(read, self.text),
            Err(error) => return Err(self.syntax(&error)),
        };
        let key = self.unescaped(start, length).map_err(|error| self.syntax(&error))?;
        self.builder.key(key, self.span(start.saturating_sub(1), start + length + 1), false);
        self.jiter.peek().map(Some).map_err(|error| self.syntax(&error))
    }

    /// What stands between two quotes: as it is, or a copy when escapes have to be decoded.
    #[inline]
    fn unescaped(&self, start: usize, length: usize) -> Result<Cow<'t, str>, JiterError> {
        let raw = self.text.get(start..start + length).unwrap_or("");
        match self.escapes && raw.contains('\\') {
            true => decoded(self.text, start, length).map(Cow::Owned),
            false => Ok(Cow::Borrowed(raw)),
        }
    }

    #[inline]
    fn span(&self, start: usize, end: usize) -> Span {
        span(self.id, start + self.offset, end + self.offset)
    }

    /// Text that is no JSON.
    #[cold]
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

fn word<'t>(text: &'t str) -> Form<'t> {
    Form::Scalar { text: Cow::Borrowed(text), plain: true }
}

/// Where a part of a text that was read begins, and its length.
#[inline]
fn place_of(read: &[u8], text: &str) -> (usize, usize) {
    (read.as_ptr().addr().wrapping_sub(text.as_ptr().addr()), read.len())
}

/// What stands between two quotes, with its escapes decoded.
#[cold]
fn decoded(text: &str, start: usize, length: usize) -> Result<String, JiterError> {
    let quote = start.saturating_sub(1);
    let quoted = text.get(quote..=start + length).unwrap_or("");
    let read = Jiter::new(quoted.as_bytes()).next_str().map(str::to_owned);
    read.map_err(|error| JiterError { index: error.index + quote, ..error })
}
