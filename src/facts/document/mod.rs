//! A facts document as a tree of raw texts, each with its place.
//!
//! In: YAML or JSON text. Out: a [`Node`], and whatever was wrong with the form of the document.
//! Owns the limits of a document and what of YAML is read. Never gives a text a type.

mod build;
mod json;
mod yaml;

use std::borrow::Cow;

pub(super) use build::duplicate_key;

use super::findings::Findings;
use crate::diagnostic::{Diagnostic, codes};
use crate::source::{FileId, Span};

pub use json::parse_json;
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

/// The key of an entry.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Key<'t> {
    /// Its text.
    pub text: Cow<'t, str>,
    /// Where it stands.
    pub span: Span,
}

/// A value of a document.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Node<'t> {
    /// What it is.
    pub kind: NodeKind<'t>,
    /// Where it stands.
    pub span: Span,
}

/// What a value of a document is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NodeKind<'t> {
    /// Entries in the order of the document; a parsed mapping has no key twice.
    Map(Vec<(Key<'t>, Node<'t>)>),
    /// Values in the order of the document.
    List(Vec<Node<'t>>),
    /// One value as it is written, without quotes; `plain` says that it had none.
    Scalar {
        /// The text.
        text: Cow<'t, str>,
        /// It stood without quotes.
        plain: bool,
    },
    /// Nothing, `~` or `null`: not known.
    Null,
    /// Something that was reported; it is taken for anything and reported no further.
    Reported,
}

/// What parsing came to.
#[derive(Clone, Debug)]
pub struct Parsed<'t> {
    /// The document, as far as it could be read; nothing when it could not be read to its end.
    pub root: Option<Node<'t>>,
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

impl<'t> Node<'t> {
    /// The value of a key, when this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Node<'t>> {
        self.entry(key).map(|(_, node)| node)
    }

    /// The entry of a key, when this is a mapping that has it.
    pub fn entry(&self, key: &str) -> Option<&(Key<'t>, Node<'t>)> {
        match &self.kind {
            NodeKind::Map(entries) => entries.iter().find(|(found, _)| found.text == key),
            _ => None,
        }
    }

    /// The text, when this is a scalar.
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            NodeKind::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// This document with `over` laid over it, section by section: a fact of `over` takes the place of the same fact here
    /// (`null` makes it unknown), a list the place of the whole list.
    #[must_use]
    pub fn merged(&self, over: &Self) -> Self {
        self.laid_over(over, 2)
    }

    fn laid_over(&self, over: &Self, levels: usize) -> Self {
        let (NodeKind::Map(base), NodeKind::Map(new)) = (&self.kind, &over.kind) else { return over.clone() };
        if levels == 0 {
            return over.clone();
        }
        let kept = base.iter().map(|(key, node)| match over.entry(&key.text) {
            Some((key, new)) => (key.clone(), node.laid_over(new, levels - 1)),
            None => (key.clone(), node.clone()),
        });
        let added = new.iter().filter(|(key, _)| self.entry(&key.text).is_none()).cloned();
        Self { kind: NodeKind::Map(kept.chain(added).collect()), span: over.span }
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
fn span(id: FileId, start: usize, end: usize) -> Span {
    let narrow = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Span { file: id, start: narrow(start), end: narrow(end.max(start)) }
}
