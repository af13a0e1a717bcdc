//! YAML text to a tree.
//!
//! In: text. Out: the tree, with the raw text and the quoting of every scalar.
//! Owns what of YAML is read: one document of mappings, lists and scalars. Anchors, aliases, merge keys and tags are errors,
//! because a value must stand where it is said. Never resolves a scalar to a type.

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span as Marks, StrInput};

use super::build::{Builder, Shape};
use super::tree::Form;
use super::{Parsed, Stop, body, empty, span};
use crate::diagnostic::{Diagnostic, codes};
use crate::facts::findings::{Findings, shown};
use crate::source::{FileId, Span};

/// Parses YAML.
pub fn parse_yaml(id: FileId, text: &str) -> Parsed<'_> {
    let mut findings = Findings::default();
    let Some((text, offset)) = body(id, text, &mut findings) else {
        return Parsed { document: None, findings: findings.into_list() };
    };
    let mut yaml = Yaml { places: Places::new(id, text, offset), builder: Builder::new(text.len(), findings) };
    let stopped = yaml.document(text).err();
    let (document, mut findings) = yaml.builder.finish();
    let document = match stopped {
        None if document.is_none() => {
            findings.report(|| empty(span(id, 0, 0)));
            None
        }
        None => document,
        Some(stop) => {
            findings.report(|| *stop);
            None
        }
    };
    Parsed { document, findings: findings.into_list() }
}

struct Yaml<'t> {
    places: Places<'t>,
    builder: Builder<'t>,
}

impl<'t> Yaml<'t> {
    fn document(&mut self, text: &'t str) -> Result<(), Stop> {
        self.printable(text)?;
        let mut parser = Parser::new(StrInput::new(text));
        let mut documents = 0;
        while let Some(next) = parser.next_event() {
            let (event, marks) = next.map_err(|error| self.syntax(&error))?;
            if let Event::DocumentStart(_) = event {
                documents += 1;
                if documents > 1 {
                    let at = self.places.span(marks);
                    let finding = Diagnostic::new(&codes::DOCUMENT_SYNTAX, at, "a second document begins here");
                    return Err(finding.help("keep one document in a file").into());
                }
            }
            self.event(event, marks)?;
        }
        Ok(())
    }

    fn event(&mut self, event: Event<'t>, marks: Marks) -> Result<(), Stop> {
        match event {
            Event::MappingStart(anchor, tag) => self.open(Shape::Map, marks, anchor > 0, tag.is_some()),
            Event::SequenceStart(anchor, tag) => self.open(Shape::List, marks, anchor > 0, tag.is_some()),
            Event::MappingEnd | Event::SequenceEnd => {
                let at = self.places.span(marks);
                // A block ends where the next line begins; its last value is what a reader takes for its end.
                self.builder.close(at.end, at.start == at.end);
                Ok(())
            }
            Event::Alias(_) => {
                let at = self.places.span(marks);
                if self.builder.wants_key() {
                    return Err(alias(at).into());
                }
                if !self.builder.drops_value() {
                    self.builder.findings.report(|| alias(at));
                }
                self.builder.value(Form::Reported, at);
                Ok(())
            }
            Event::Scalar(text, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain;
                let at = self.places.span(marks);
                self.marked(at, anchor > 0, tag.is_some());
                if self.builder.wants_key() {
                    let merge = plain && text == "<<";
                    if text.is_empty() && plain {
                        return Err(Diagnostic::new(&codes::DOCUMENT_SYNTAX, at, "a key is missing here").into());
                    }
                    if merge {
                        self.builder.findings.report(|| merge_key(at));
                    }
                    self.builder.key(text, at, merge);
                    return Ok(());
                }
                let form = match &*text {
                    _ if tag.is_some() => Form::Reported,
                    "" | "~" | "null" | "Null" | "NULL" if plain => Form::Null,
                    _ => Form::Scalar { text, plain },
                };
                self.builder.value(form, at);
                Ok(())
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => Ok(()),
        }
    }

    fn open(&mut self, shape: Shape, marks: Marks, anchored: bool, tagged: bool) -> Result<(), Stop> {
        let at = self.places.span(marks);
        if self.builder.wants_key() {
            let finding = Diagnostic::new(&codes::DOCUMENT_SYNTAX, at, "a key is one word, not a mapping or a list");
            return Err(finding.into());
        }
        self.marked(at, anchored, tagged);
        self.builder.open(shape, at)
    }

    /// Reports an anchor or a tag.
    fn marked(&mut self, at: Span, anchored: bool, tagged: bool) {
        if !anchored && !tagged {
            return;
        }
        let at = self.places.first_word(at);
        if anchored {
            self.builder.findings.report(|| {
                Diagnostic::new(&codes::DOCUMENT_ALIAS, at, "an anchor (`&`) is not read in a facts document")
                    .help("remove it, and write the value out wherever it is needed")
            });
        }
        if tagged {
            self.builder.findings.report(|| {
                Diagnostic::new(&codes::DOCUMENT_SYNTAX, at, "a tag (`!`) is not read in a facts document")
                    .help("remove it; the vocabulary says which type a fact has")
            });
        }
    }

    /// YAML has no control characters; a NUL would end the document in the middle.
    fn printable(&mut self, text: &str) -> Result<(), Stop> {
        let control = |byte: &u8| matches!(byte, 0..=8 | 11 | 12 | 14..=31 | 127);
        let Some(at) = text.as_bytes().iter().position(control) else { return Ok(()) };
        let name = text.get(at..=at).unwrap_or("");
        let at = span(self.places.id, at + self.places.offset, at + self.places.offset + 1);
        let headline = format!("the control character {} is not read", shown(name));
        Err(Diagnostic::new(&codes::DOCUMENT_SYNTAX, at, headline).help("remove it").into())
    }

    /// Text that is no YAML.
    fn syntax(&mut self, error: &ScanError) -> Stop {
        let mark = *error.marker();
        let at = self.places.span(Marks::new(mark, mark));
        let at = self.places.first_word(Span { end: u32::MAX, ..at });
        let info = error.info();
        if info.contains("unknown anchor") {
            return alias(at).into();
        }
        if info.contains("recursion limit") {
            let headline = format!("mappings and lists are more than {} deep inside each other", super::MAX_DEPTH);
            return Diagnostic::new(&codes::DOCUMENT_TOO_DEEP, at, headline).into();
        }
        let mut headline = info.trim_end_matches('.').to_owned();
        for (theirs, ours) in WORDS {
            headline = headline.replace(theirs, ours);
        }
        let help = HELP.iter().find(|(part, _)| info.contains(part)).map(|(_, help)| (*help).to_owned());
        let finding = Diagnostic::new(&codes::DOCUMENT_SYNTAX, at, headline).here("YAML cannot be read on from here");
        finding.help_if(help).into()
    }
}

/// Words of the YAML specification and what a reader calls them.
const WORDS: [(&str, &str); 10] = [
    ("simple key expect ':'", "a line here is no `name: value`"),
    ("flow mapping", "mapping in braces"),
    ("flow sequence", "list in brackets"),
    ("block mapping", "mapping"),
    ("block sequence", "list"),
    ("block collection", "mapping or list"),
    ("mapping values are not allowed in this context", "a second `:` is not allowed here"),
    ("plain scalar", "text without quotes"),
    ("scalar", "text"),
    ("end of stream", "end of the document"),
];

/// What to do about some mistakes, by a part of the message.
const HELP: [(&str, &str); 4] = [
    ("tab", "write spaces in place of the tab"),
    ("valid YAML whitespace", "write a space after `:`"),
    ("mapping values are not allowed", "put a text that contains `: ` in quotes"),
    ("unexpected character", "put a text that begins with this character in quotes"),
];

fn alias(at: Span) -> Diagnostic {
    Diagnostic::new(&codes::DOCUMENT_ALIAS, at, "an alias (`*`) is not read in a facts document").help("write the value out")
}

fn merge_key(at: Span) -> Diagnostic {
    Diagnostic::new(&codes::DOCUMENT_ALIAS, at, "a merge key (`<<`) is not read in a facts document")
        .help("write the facts out")
}

/// Characters of a text as bytes; a cursor makes a run through the text cost one pass.
struct Places<'t> {
    id: FileId,
    text: &'t str,
    /// Bytes before the text, of a byte order mark.
    offset: usize,
    ascii: bool,
    /// Where the last question was: characters and bytes.
    at: (usize, usize),
}

impl<'t> Places<'t> {
    fn new(id: FileId, text: &'t str, offset: usize) -> Self {
        Self { id, text, offset, ascii: text.is_ascii(), at: (0, 0) }
    }

    fn span(&mut self, marks: Marks) -> Span {
        let start = self.byte(marks.start.index());
        let end = self.byte(marks.end.index());
        span(self.id, start + self.offset, end + self.offset)
    }

    /// The part of a span before the first blank, at most one line of it.
    fn first_word(&self, at: Span) -> Span {
        let start = at.range().start.saturating_sub(self.offset);
        let rest = self.text.get(start..).unwrap_or("");
        let length = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let whole = span(self.id, start + self.offset, start + self.offset + length);
        Span { end: at.end.min(whole.end), ..whole }
    }

    fn byte(&mut self, index: usize) -> usize {
        if self.ascii {
            return index.min(self.text.len());
        }
        let (chars, bytes) = self.at;
        let width = |letters: &mut dyn Iterator<Item = char>| letters.map(char::len_utf8).sum::<usize>();
        let byte = match index.checked_sub(chars) {
            Some(ahead) => bytes + width(&mut self.text.get(bytes..).unwrap_or("").chars().take(ahead)),
            None => bytes - width(&mut self.text.get(..bytes).unwrap_or("").chars().rev().take(chars - index)),
        };
        self.at = (index, byte);
        byte
    }
}
