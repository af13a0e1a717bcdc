//! Builds the tree of a document from what a front end meets, without recursion.
//!
//! In: openings, keys, values and closings. Out: the document.
//! Owns the depth limit and the rule that a mapping has no key twice. Knows neither YAML nor JSON.

use std::borrow::Cow;
use std::collections::HashMap;

use super::tree::{Document, Form, Item, Key};
use super::{MAX_DEPTH, Stop};
use crate::diagnostic::{Diagnostic, codes};
use crate::facts::findings::{Findings, shown};
use crate::source::Span;

/// Bytes of text for each value that room is made for at first; a document of usual names has about twenty.
const BYTES_A_VALUE: usize = 16;
/// Room for more values than this is made as they come.
const MOST_AT_FIRST: usize = 4096;

/// A mapping or a list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Shape {
    Map,
    List,
}

/// A mapping or a list that is not closed yet, or the document around all of them.
#[derive(Debug)]
struct Open {
    /// Nothing for the document.
    shape: Option<Shape>,
    /// Where its item is in the row.
    at: usize,
    /// Keys that were kept.
    keys: usize,
    /// The end of its last kept value.
    last: Option<u32>,
    /// A key was met and its value was not; the last item waits for it, unless the value is dropped.
    keyed: bool,
    /// The next value is read past.
    dropped: bool,
}

/// The document so far.
#[derive(Debug)]
pub(super) struct Builder<'t> {
    /// What is open innermost.
    inner: Open,
    /// What is open around it.
    outer: Vec<Open>,
    row: Vec<Item<'t>>,
    pub(super) findings: Findings,
}

impl<'t> Builder<'t> {
    /// For a text of so many bytes.
    pub(super) fn new(bytes: usize, findings: Findings) -> Self {
        let room = (bytes / BYTES_A_VALUE).min(MOST_AT_FIRST) + 1;
        Self { inner: Open::new(None, 0), outer: Vec::with_capacity(4), row: Vec::with_capacity(room), findings }
    }

    /// What is open innermost.
    #[inline]
    pub(super) fn inside(&self) -> Option<Shape> {
        self.inner.shape
    }

    /// Must a key come next, unless the mapping ends?
    pub(super) fn wants_key(&self) -> bool {
        self.inner.shape == Some(Shape::Map) && !self.inner.keyed
    }

    /// Will the next value be read past?
    pub(super) fn drops_value(&self) -> bool {
        self.inner.dropped
    }

    /// Begins a mapping or a list.
    pub(super) fn open(&mut self, shape: Shape, span: Span) -> Result<(), Stop> {
        if self.outer.len() == MAX_DEPTH {
            let headline = format!("mappings and lists are more than {MAX_DEPTH} deep inside each other");
            let help = "a facts document needs three levels: section or list, record, fact";
            return Err(Diagnostic::new(&codes::DOCUMENT_TOO_DEEP, span, headline).help(help).into());
        }
        let form = match shape {
            Shape::Map => Form::Map,
            Shape::List => Form::List,
        };
        if self.inner.dropped {
            self.row.push(Item::new(form, span)); // What is inside needs something to be inside of.
        } else {
            self.place(form, span);
        }
        let open = Open::new(Some(shape), self.row.len() - 1);
        self.outer.push(std::mem::replace(&mut self.inner, open));
        Ok(())
    }

    /// Takes the key of the next value.
    #[inline]
    pub(super) fn key(&mut self, text: Cow<'t, str>, span: Span, dropped: bool) {
        (self.inner.keyed, self.inner.dropped) = (true, dropped);
        if !dropped {
            self.inner.keys += 1;
            self.row.push(Item { key: text, key_span: span, form: Form::Null, span, inside: 0 });
        }
    }

    /// Takes a scalar, or what stands for one.
    #[inline]
    pub(super) fn value(&mut self, form: Form<'t>, span: Span) {
        if !self.inner.dropped {
            self.place(form, span);
        }
        self.inner.met(span.end);
    }

    /// Ends the innermost mapping or list, which reaches to `end`, or to its last value when that comes earlier.
    pub(super) fn close(&mut self, end: u32, tight: bool) {
        let Some(outer) = self.outer.pop() else { return };
        let open = std::mem::replace(&mut self.inner, outer);
        if open.keys > 1 {
            self.leave_out_repeated(&open);
        }
        let inside = self.row.len().saturating_sub(open.at + 1);
        let Some(item) = self.row.get_mut(open.at) else { return };
        let end = if tight { open.last.unwrap_or(end) } else { end };
        item.inside = inside;
        item.span.end = end.max(item.span.start);
        self.inner.met(item.span.end);
        if self.inner.dropped {
            self.row.truncate(open.at);
        }
    }

    /// The document, if a value was met.
    pub(super) fn finish(self) -> (Option<Document<'t>>, Findings) {
        (Document::of(self.row), self.findings)
    }

    /// Puts a value behind its key, or at the end of its list.
    #[inline]
    fn place(&mut self, form: Form<'t>, span: Span) {
        match self.row.last_mut() {
            Some(item) if self.inner.keyed => (item.form, item.span) = (form, span),
            _ => self.row.push(Item::new(form, span)),
        }
    }

    /// Reports the entries of a mapping whose key came before, and leaves them out.
    fn leave_out_repeated(&mut self, map: &Open) {
        let from = (map.at + 1).min(self.row.len());
        let Some(items) = self.row.get(from..) else { return };
        let again = repeated(items, map.keys);
        if again.is_empty() {
            return;
        }
        for (later, earlier) in &again {
            if let Some((later, first)) = items.get(*later).zip(items.get(*earlier)) {
                self.findings.report(|| duplicate_key(later.key(), first.key_span));
            }
        }
        let mut again = again.into_iter().map(|(later, _)| later).peekable();
        let mut left_out = 0_usize;
        for (item, at) in self.row.split_off(from).into_iter().zip(0..) {
            if again.next_if_eq(&at).is_some() {
                left_out = item.inside + 1;
            }
            match left_out.checked_sub(1) {
                Some(rest) => left_out = rest,
                None => self.row.push(item),
            }
        }
    }
}

impl Open {
    const fn new(shape: Option<Shape>, at: usize) -> Self {
        Self { shape, at, keys: 0, last: None, keyed: false, dropped: false }
    }

    /// Notes that a value is complete.
    #[inline]
    fn met(&mut self, end: u32) {
        self.keyed = false;
        if !self.dropped {
            self.last = Some(end);
        }
    }
}

/// A key that came before.
pub(in crate::facts) fn duplicate_key(again: Key<'_>, first: Span) -> Diagnostic {
    Diagnostic::new(&codes::DUPLICATE_KEY, again.span, format!("{} is given twice", shown(again.text)))
        .here("again here")
        .label(first, "given first here")
        .help("keep one of them")
}

/// Entries whose key came before, each with the first entry of that key, by their places among the items of a mapping; in
/// order.
fn repeated(items: &[Item<'_>], keys: usize) -> Vec<(usize, usize)> {
    const FEW: usize = 64;
    let entries = || {
        let places = std::iter::successors(Some(0), |at| Some(at + items.get(*at)?.inside + 1));
        places.map_while(|at| Some((at, items.get(at)?)))
    };
    let mut found = Vec::new();
    if keys > FEW {
        let mut first: HashMap<&str, usize> = HashMap::with_capacity(keys);
        for (at, item) in entries() {
            let earlier = *first.entry(&item.key).or_insert(at);
            if earlier != at {
                found.push((at, earlier));
            }
        }
        return found;
    }
    // A mark for each key, of which most keys share none, spares nearly every comparison.
    let mut marks = [0_u64; 8];
    for (at, item) in entries() {
        let mark = mark(item.key.as_bytes());
        let Some(word) = marks.get_mut(mark >> 6 & 7) else { continue };
        let bit = 1 << (mark & 63);
        if *word & bit != 0
            && let Some((earlier, _)) = entries().take_while(|(other, _)| *other < at).find(|(_, other)| other.key == item.key)
        {
            found.push((at, earlier));
        }
        *word |= bit;
    }
    found
}

/// A cheap number for a key; equal keys have equal numbers.
fn mark(key: &[u8]) -> usize {
    let (Some(first), Some(last)) = (key.first(), key.last()) else { return 0 };
    usize::from(*first) ^ usize::from(*last).wrapping_mul(29) ^ key.len().wrapping_mul(67)
}
