//! The tree of a document, laid out in one row.
//!
//! In: values in the order of the text. Out: [`Document`], which owns them, and [`Node`], which looks at one of them.
//! Owns the layout: a mapping or a list stands before what it holds. Never parses, never reports.

use std::borrow::Cow;

use crate::source::{FileId, Span};

/// A document: every value in one row, each before what it holds.
#[derive(Clone, Debug)]
pub struct Document<'t> {
    /// The root, and everything inside it.
    row: Vec<Item<'t>>,
}

/// A value in the row of a document.
#[derive(Clone, Debug)]
pub(super) struct Item<'t> {
    /// Its key; empty in a list and at the root.
    pub(super) key: Cow<'t, str>,
    /// Where the key stands.
    pub(super) key_span: Span,
    pub(super) form: Form<'t>,
    /// Where the value stands.
    pub(super) span: Span,
    /// How many of the items behind it are inside it.
    pub(super) inside: usize,
}

/// What a value is, but for what it holds.
#[derive(Clone, Debug)]
pub(super) enum Form<'t> {
    Map,
    List,
    Scalar { text: Cow<'t, str>, plain: bool },
    Null,
    Reported,
}

/// The key of an entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Key<'d> {
    /// Its text.
    pub text: &'d str,
    /// Where it stands.
    pub span: Span,
}

/// A value of a document.
#[derive(Clone, Copy, Debug)]
pub struct Node<'d> {
    item: &'d Item<'d>,
    inside: &'d [Item<'d>],
}

/// What a value of a document is.
#[derive(Clone, Copy, Debug)]
pub enum NodeKind<'d> {
    /// Entries in the order of the document; a parsed mapping has no key twice.
    Map(Entries<'d>),
    /// Values in the order of the document.
    List(Nodes<'d>),
    /// One value as it is written, without quotes; `plain` says that it had none.
    Scalar {
        /// The text.
        text: &'d str,
        /// It stood without quotes.
        plain: bool,
    },
    /// Nothing, `~` or `null`: not known.
    Null,
    /// Something that was reported; it is taken for anything and reported no further.
    Reported,
}

/// The entries of a mapping.
#[derive(Clone, Copy, Debug, Default)]
pub struct Entries<'d> {
    rest: &'d [Item<'d>],
}

/// The values of a list.
#[derive(Clone, Copy, Debug)]
pub struct Nodes<'d> {
    rest: &'d [Item<'d>],
}

/// What becomes of an entry when a document is revised.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// It stays as it is.
    Kept,
    /// Its own entries are asked for, in a list those of each record.
    Revised,
    /// It goes, with its key.
    LeftOut,
    /// Its value is not known.
    Unknown,
}

/// What a document without a value has for its root.
static NOTHING: Item<'static> = Item { key: Cow::Borrowed(""), key_span: NOWHERE, form: Form::Null, span: NOWHERE, inside: 0 };
const NOWHERE: Span = Span { file: FileId(0), start: 0, end: 0 };

impl<'t> Document<'t> {
    /// A document of values in a row; nothing when there are none.
    pub(super) fn of(row: Vec<Item<'t>>) -> Option<Self> {
        (!row.is_empty()).then_some(Self { row })
    }

    /// A mapping without entries.
    pub fn empty(span: Span) -> Self {
        Self { row: vec![Item::new(Form::Map, span)] }
    }

    /// The value that holds all others.
    pub fn root(&self) -> Node<'_> {
        let (item, inside) = self.row.split_first().unwrap_or((&NOTHING, &[]));
        Node { item, inside }
    }
}

impl<'t> Item<'t> {
    /// A value without a key.
    pub(super) fn new(form: Form<'t>, span: Span) -> Self {
        Self { key: Cow::Borrowed(""), key_span: span, form, span, inside: 0 }
    }

    /// The key before it.
    pub(super) fn key(&self) -> Key<'_> {
        Key { text: &self.key, span: self.key_span }
    }
}

impl<'d> Node<'d> {
    /// What it is.
    #[inline]
    pub fn kind(self) -> NodeKind<'d> {
        match &self.item.form {
            Form::Map => NodeKind::Map(Entries { rest: self.inside }),
            Form::List => NodeKind::List(Nodes { rest: self.inside }),
            Form::Scalar { text, plain } => NodeKind::Scalar { text, plain: *plain },
            Form::Null => NodeKind::Null,
            Form::Reported => NodeKind::Reported,
        }
    }

    /// Where it stands.
    pub fn span(self) -> Span {
        self.item.span
    }

    /// Is it not known?
    pub fn is_null(self) -> bool {
        matches!(self.item.form, Form::Null)
    }

    /// The value of a key, when this is a mapping that has it.
    pub fn get(self, key: &str) -> Option<Node<'d>> {
        self.entry(key).map(|(_, node)| node)
    }

    /// The entry of a key, when this is a mapping that has it.
    pub fn entry(self, key: &str) -> Option<(Key<'d>, Node<'d>)> {
        match self.kind() {
            NodeKind::Map(mut entries) => entries.find(|(found, _)| found.text == key),
            _ => None,
        }
    }

    /// The text, when this is a scalar.
    pub fn text(self) -> Option<&'d str> {
        match self.kind() {
            NodeKind::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// This document with `over` laid over it, section by section: a fact of `over` takes the place of the same fact here
    /// (`null` makes it unknown), a list the place of the whole list.
    #[must_use]
    pub fn merged(self, over: Self) -> Document<'d> {
        let mut row = Vec::with_capacity(self.inside.len() + over.inside.len() + 1);
        self.lay_over(over, 2, &mut row);
        Document { row }
    }

    fn lay_over(self, over: Self, levels: usize, row: &mut Vec<Item<'d>>) {
        let (NodeKind::Map(base), NodeKind::Map(new), 1..) = (self.kind(), over.kind(), levels) else {
            return over.copy_to(row);
        };
        let at = row.len();
        row.push(over.item.clone());
        for (key, node) in base {
            match over.get(key.text) {
                Some(new) => node.lay_over(new, levels - 1, row),
                None => node.copy_to(row),
            }
        }
        new.filter(|(key, _)| self.get(key.text).is_none()).for_each(|(_, node)| node.copy_to(row));
        enclose(row, at);
    }

    /// This mapping as `fate` says for each entry, given the keys that lead to it; anything else as it is.
    #[must_use]
    pub fn revised(self, fate: impl Fn(&[&'d str], Node<'d>) -> Fate) -> Document<'d> {
        let mut row = Vec::with_capacity(self.inside.len() + 1);
        match self.kind() {
            NodeKind::Map(_) => self.revise(&mut Vec::new(), &fate, &mut row),
            _ => self.copy_to(&mut row),
        }
        Document { row }
    }

    // INVARIANT: as deep as the document, which its parsers limit.
    fn revise(self, keys: &mut Vec<&'d str>, fate: &dyn Fn(&[&'d str], Node<'d>) -> Fate, row: &mut Vec<Item<'d>>) {
        let at = row.len();
        row.push(self.item.clone());
        match self.kind() {
            NodeKind::Map(entries) => {
                for (key, node) in entries {
                    keys.push(key.text);
                    match fate(keys, node) {
                        Fate::Kept => node.copy_to(row),
                        Fate::Revised => node.revise(keys, fate, row),
                        Fate::LeftOut => {}
                        Fate::Unknown => row.push(Item { form: Form::Null, inside: 0, ..node.item.clone() }),
                    }
                    keys.pop();
                }
            }
            NodeKind::List(nodes) => nodes.for_each(|node| node.revise(keys, fate, row)),
            _ => {}
        }
        enclose(row, at);
    }

    fn copy_to(self, row: &mut Vec<Item<'d>>) {
        row.push(self.item.clone());
        row.extend_from_slice(self.inside);
    }
}

impl Entries<'_> {
    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }
}

impl<'d> Iterator for Entries<'d> {
    type Item = (Key<'d>, Node<'d>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let node = first(&mut self.rest)?;
        Some((node.item.key(), node))
    }
}

impl<'d> Iterator for Nodes<'d> {
    type Item = Node<'d>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        first(&mut self.rest)
    }
}

/// What was put behind an item is inside it.
fn enclose(row: &mut [Item<'_>], at: usize) {
    let inside = row.len().saturating_sub(at + 1);
    if let Some(item) = row.get_mut(at) {
        item.inside = inside;
    }
}

/// Takes the first value and what is inside it.
#[inline]
fn first<'d>(rest: &mut &'d [Item<'d>]) -> Option<Node<'d>> {
    let (item, behind) = rest.split_first()?;
    let (inside, behind) = behind.split_at_checked(item.inside)?;
    *rest = behind;
    Some(Node { item, inside })
}
