//! A facts document as a tree of raw texts, each with its place.
//!
//! In: YAML or JSON text. Out: a [`Document`], and whatever was wrong with the form of the document.
//! Owns the limits of a document and what of YAML is read. Never gives a text a type.

mod build;
mod json;
mod tree;
mod yaml;

pub(super) use build::duplicate_key;

use super::findings::Findings;
use crate::diagnostic::{Diagnostic, codes};
use crate::source::{FileId, Span};

pub use json::parse_json;
pub use tree::{Document, Entries, Fate, Key, Node, NodeKind, Nodes};
pub use yaml::parse_yaml;

/// The most bytes of a document: 1 MiB.
pub const MAX_BYTES: usize = 1 << 20;
/// The most mappings and lists inside each other.
pub const MAX_DEPTH: usize = 32;
/// The most bytes of a text value: 4 KiB.
pub const MAX_TEXT: usize = 4096;

/// How a document is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// YAML 1.2.
    Yaml,
    /// JSON.
    Json,
}

impl Format {
    /// By the ending of the name; without a telling one, text that begins with `{` is JSON.
    pub fn of(name: &str, text: &str) -> Self {
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        match ending.as_deref() {
            Some("json") => Self::Json,
            Some("yaml" | "yml") => Self::Yaml,
            _ if text.trim_start_matches('\u{feff}').trim_start().starts_with('{') => Self::Json,
            _ => Self::Yaml,
        }
    }
}

/// What parsing came to.
#[derive(Clone, Debug)]
pub struct Parsed<'t> {
    /// The document; nothing when it could not be read to its end.
    pub document: Option<Document<'t>>,
    /// What is wrong with its form.
    pub findings: Vec<Diagnostic>,
}

/// Parses a document in either format.
pub fn parse(id: FileId, text: &str, format: Format) -> Parsed<'_> {
    match format {
        Format::Yaml => parse_yaml(id, text),
        Format::Json => parse_json(id, text),
    }
}

/// Why a document is not read on.
type Stop = Box<Diagnostic>;

/// The text without a byte order mark, and the bytes of the mark; nothing when the text is too large or blank.
fn body<'t>(id: FileId, text: &'t str, findings: &mut Findings) -> Option<(&'t str, usize)> {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.len() > MAX_BYTES {
        let headline = format!("the document has {} bytes, more than {MAX_BYTES}", text.len());
        let help = "split it: one document describes one account";
        findings.report(|| Diagnostic::new(&codes::DOCUMENT_TOO_LARGE, span(id, 0, 0), headline).help(help));
        return None;
    }
    if body.trim().is_empty() {
        findings.report(|| empty(span(id, 0, 0)));
        return None;
    }
    Some((body, text.len() - body.len()))
}

/// A document that says nothing.
fn empty(at: Span) -> Diagnostic {
    Diagnostic::new(&codes::DOCUMENT_EMPTY, at, "the document is empty").help("give at least the day: `as_of: 2026-03-01`")
}

/// A run of bytes; a document has fewer than 32 bits can count.
#[inline]
fn span(id: FileId, start: usize, end: usize) -> Span {
    let narrow = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Span { file: id, start: narrow(start), end: narrow(end.max(start)) }
}
