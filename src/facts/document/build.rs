//! Builds the tree of a document from what a front end meets, without recursion.
//!
//! In: openings, keys, values and closings. Out: the root.
//! Owns the depth limit and the rule that a mapping has no key twice. Knows neither YAML nor JSON.

use std::collections::HashMap;

use super::{Key, MAX_DEPTH, Node, NodeKind, Stop};
use crate::diagnostic::{Diagnostic, codes};
use crate::facts::findings::{Findings, shown};
use crate::source::Span;

/// A mapping or a list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Shape {
    Map,
    List,
}

/// A mapping or a list that is not closed yet.
#[derive(Debug)]
struct Open {
    shape: Shape,
    span: Span,
    /// Its first entry or value among those that are kept.
    from: usize,
    /// A key was met and its value was not; the last kept entry waits for it.
    keyed: bool,
    /// The next value is read past.
    dropped: bool,
}

/// The tree so far.
#[derive(Debug)]
pub(super) struct Builder<'t> {
    open: Vec<Open>,
    entries: Vec<(Key<'t>, Node<'t>)>,
    values: Vec<Node<'t>>,
    root: Option<Node<'t>>,
    pub(super) findings: Findings,
}

impl<'t> Builder<'t> {
    pub(super) fn new(findings: Findings) -> Self {
        Self { open: Vec::with_capacity(8), entries: Vec::with_capacity(32), values: Vec::new(), root: None, findings }
    }

    /// What is open innermost.
    pub(super) fn inside(&self) -> Option<Shape> {
        self.open.last().map(|open| open.shape)
    }

    /// Must a key come next, unless the mapping ends?
    pub(super) fn wants_key(&self) -> bool {
        self.open.last().is_some_and(|open| open.shape == Shape::Map && !open.keyed)
    }

    /// Will the next value be read past?
    pub(super) fn drops_value(&self) -> bool {
        self.open.last().is_some_and(|open| open.dropped)
    }

    /// Begins a mapping or a list.
    pub(super) fn open(&mut self, shape: Shape, span: Span) -> Result<(), Stop> {
        if self.open.len() == MAX_DEPTH {
            let headline = format!("mappings and lists are more than {MAX_DEPTH} deep inside each other");
            let help = "a facts document needs three levels: section or list, record, fact";
            return Err(Diagnostic::new(&codes::DOCUMENT_TOO_DEEP, span, headline).help(help).into());
        }
        let from = match shape {
            Shape::Map => self.entries.len(),
            Shape::List => self.values.len(),
        };
        self.open.push(Open { shape, span, from, keyed: false, dropped: false });
        Ok(())
    }

    /// Takes the key of the next value.
    pub(super) fn key(&mut self, key: Key<'t>, dropped: bool) {
        let Some(open) = self.open.last_mut() else { return };
        (open.keyed, open.dropped) = (true, dropped);
        if !dropped {
            let span = key.span;
            self.entries.push((key, Node { kind: NodeKind::Null, span }));
        }
    }

    /// Takes a value.
    pub(super) fn value(&mut self, node: Node<'t>) {
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(Open { shape: Shape::List, .. }) => self.values.push(node),
            Some(open) => {
                open.keyed = false;
                if let Some((_, value)) = self.entries.last_mut().filter(|_| !open.dropped) {
                    *value = node;
                }
            }
        }
    }

    /// Ends the innermost mapping or list, which reaches to `end`, or to its last value when that comes earlier.
    pub(super) fn close(&mut self, end: u32, tight: bool) {
        let Some(open) = self.open.pop() else { return };
        let (kind, last) = match open.shape {
            Shape::Map => {
                let last = self.entries.get(open.from..).and_then(<[_]>::last).map(|(_, node)| node.span.end);
                (NodeKind::Map(self.entries_from(open.from)), last)
            }
            Shape::List => {
                let last = self.values.get(open.from..).and_then(<[_]>::last).map(|node| node.span.end);
                (NodeKind::List(self.values.drain(open.from.min(self.values.len())..).collect()), last)
            }
        };
        let end = if tight { last.unwrap_or(end) } else { end };
        self.value(Node { kind, span: Span { end: end.max(open.span.start), ..open.span } });
    }

    /// The root, if a value was met.
    pub(super) fn finish(self) -> (Option<Node<'t>>, Findings) {
        (self.root, self.findings)
    }

    /// Takes the entries from `from` on; those whose key came before are reported and left out.
    fn entries_from(&mut self, from: usize) -> Vec<(Key<'t>, Node<'t>)> {
        let from = from.min(self.entries.len());
        let again = self.entries.get(from..).map(repeated).unwrap_or_default();
        for (later, earlier) in &again {
            if let Some((again, first)) = self.entries.get(from + later).zip(self.entries.get(from + earlier)) {
                self.findings.report(|| duplicate_key(&again.0, first.0.span));
            }
        }
        let entries = self.entries.drain(from..);
        if again.is_empty() {
            return entries.collect();
        }
        let mut again = again.iter().map(|(later, _)| *later).peekable();
        entries.zip(0..).filter(|(_, at)| again.next_if_eq(at).is_none()).map(|(entry, _)| entry).collect()
    }
}

/// A key that came before.
pub(in crate::facts) fn duplicate_key(again: &Key<'_>, first: Span) -> Diagnostic {
    Diagnostic::new(&codes::DUPLICATE_KEY, again.span, format!("{} is given twice", shown(&again.text)))
        .here("again here")
        .label(first, "given first here")
        .help("keep one of them")
}

/// Entries whose key came before, each with the first entry of that key; in order.
fn repeated(entries: &[(Key<'_>, Node<'_>)]) -> Vec<(usize, usize)> {
    const FEW: usize = 64;
    let mut found = Vec::new();
    if entries.len() > FEW {
        let mut first: HashMap<&str, usize> = HashMap::with_capacity(entries.len());
        for ((key, _), at) in entries.iter().zip(0..) {
            let earlier = *first.entry(&key.text).or_insert(at);
            if earlier != at {
                found.push((at, earlier));
            }
        }
        return found;
    }
    // A mark for each key, of which most keys share none, spares nearly every comparison.
    let mut marks = [0_u64; 8];
    for ((key, _), at) in entries.iter().zip(0..) {
        let mark = mark(key.text.as_bytes());
        let Some(word) = marks.get_mut(mark >> 6 & 7) else { continue };
        let bit = 1 << (mark & 63);
        if *word & bit != 0
            && let Some(earlier) = entries.iter().take(at).position(|(other, _)| other.text == key.text)
        {
            found.push((at, earlier));
        }
        *word |= bit;
    }
    found
}

/// A cheap number for a key; equal keys have equal numbers.
fn mark(key: &[u8]) -> usize {
    let byte = |at: usize| usize::from(key.get(at).copied().unwrap_or(0));
    let length = key.len();
    byte(0) ^ byte(length / 2).wrapping_mul(5) ^ byte(length.wrapping_sub(1)).wrapping_mul(29) ^ length.wrapping_mul(67)
}
