//! One document's tree to the facts of one account.
//!
//! In: a tree and the prepared vocabulary. Out: [`Facts`], or every problem of the document.
//! Owns the shape of a facts document, but for its records (`records`). Never parses, never says what a rule makes of a fact.

use super::document::{Entries, Key, Node, NodeKind, Nodes};
use super::findings::Findings;
use super::linked::Linked;
use super::reader::{FactEntry, Reader, SectionEntry, Top};
use super::value::{Wrong, member_of, money_of};
use super::{Facts, State};
use crate::diagnostic::{Diagnostic, codes};
use crate::program::{AS_OF, Lane, Type};
use crate::source::Span;
use crate::value::Day;

/// The reading of one document.
pub(super) struct Reading<'r, 'n> {
    pub(super) reader: &'r Reader,
    root: Node<'n>,
    pub(super) facts: &'r mut Facts,
    pub(super) findings: Findings,
}

impl<'r, 'n> Reading<'r, 'n> {
    pub(super) fn new(reader: &'r Reader, root: Node<'n>, facts: &'r mut Facts, findings: Findings) -> Self {
        Self { reader, root, facts, findings }
    }

    /// Reads everything; `as_of` takes the place of the document's day.
    pub(super) fn read(mut self, as_of: Option<Day>) -> Result<(), Vec<Diagnostic>> {
        match self.root.kind() {
            NodeKind::Map(entries) => self.sections(entries, as_of.is_some()),
            NodeKind::Null if as_of.is_some() => {}
            NodeKind::Null => {
                let finding = Diagnostic::new(&codes::DOCUMENT_EMPTY, self.root.span(), "the document is empty");
                self.findings.report(|| finding.help("give at least the day: `as_of: 2026-03-01`"));
            }
            _ => self.form(self.root, "a facts document is a mapping of sections"),
        }
        if let Some(day) = as_of {
            self.facts.set(AS_OF, Lane { main: day, aux: 0 }, State::Given);
        }
        match self.findings.is_empty() {
            true => Ok(()),
            false => Err(self.findings.into_list()),
        }
    }

    fn sections(&mut self, entries: Entries<'n>, has_day: bool) {
        let reader = self.reader;
        let (mut day, mut misnamed_day) = (None, has_day);
        for (key, node) in entries {
            match reader.top(key.text) {
                Some(Top::Section(at)) => {
                    let Some(section) = reader.sections.get(at) else { continue };
                    match &section.list {
                        None => self.section(section, node),
                        Some(list) => self.list(section, list, node),
                    }
                }
                Some(Top::Fact(at, place)) => {
                    let Some(section) = reader.sections.get(at) else { continue };
                    if section.base.checked_add(place) == Some(AS_OF.0 as usize) {
                        day = Some(node);
                    }
                    self.single(section, place, key, node);
                }
                None => {
                    misnamed_day |= Reader::is_like_day(key.text);
                    self.findings.report(|| reader.unknown_top(key));
                }
            }
        }
        for section in reader.linked() {
            self.link(section);
        }
        // A text of nothing but spaces is not known either.
        let untold = |day: Node<'n>| day.is_null() || day.text().is_some_and(|text| text.trim().is_empty());
        if !misnamed_day && day.is_none_or(untold) {
            let place = day.map_or(Span { end: self.root.span().start, ..self.root.span() }, Node::span);
            let finding =
                Diagnostic::new(&codes::MISSING_DAY, place, "`as_of` is missing: for which day should the check hold?");
            self.findings.report(|| finding.help("add the day, such as `as_of: 2026-03-01`"));
        }
    }

    /// A section of single facts.
    fn section(&mut self, section: &'r SectionEntry, node: Node<'n>) {
        let entries = match node.kind() {
            NodeKind::Map(entries) => entries,
            NodeKind::Null | NodeKind::Reported => return,
            _ => return self.form(node, &format!("`{}` is a mapping of facts", section.name)),
        };
        for (key, node) in entries {
            match section.local(key.text) {
                Some(place) => self.single(section, place, key, node),
                None => self.findings.report(|| self.reader.unknown_fact(section, key)),
            }
        }
    }

    /// A single fact, in its section or at the top by its full name.
    fn single(&mut self, section: &'r SectionEntry, place: usize, key: Key<'n>, node: Node<'n>) {
        let Some(fact) = section.facts.get(place) else { return };
        let Some(lane) = self.value(fact, node) else { return };
        let Some(value) = self.facts.place(section.base.saturating_add(place)) else { return };
        if value.1 == State::Given {
            let first = find(self.root, section, fact).map_or(key.span, |(first, _)| first.span);
            return self.findings.report(|| super::document::duplicate_key(key, first));
        }
        *value = (lane, State::Given);
    }

    /// What follows from the facts of a section.
    fn link(&mut self, section: &'r SectionEntry) {
        let root = self.root;
        let place = |at: usize| find(root, section, section.facts.get(at)?).map(|(_, node)| node.span());
        let Some(values) = self.facts.derivable(section) else { return };
        let mixed = Linked { section, values, place: &place, findings: &mut self.findings }.derive();
        self.facts.note_mixed_places(section.base, mixed);
    }

    /// The lane of a value; nothing when it is unknown or was reported.
    pub(super) fn value(&mut self, fact: &FactEntry, node: Node<'n>) -> Option<Lane> {
        let made = match (node.kind(), &fact.ty) {
            (NodeKind::Null | NodeKind::Reported, _) => return None,
            (NodeKind::Scalar { text, .. }, ty) => self.facts.typed(ty, text),
            (NodeKind::Map(_), Type::Money) => return self.money(fact, node),
            (NodeKind::List(nodes), Type::Set(_)) => return self.set(fact, nodes),
            (NodeKind::List(_), ty) => Err(Wrong::form(ty, "a list")),
            (NodeKind::Map(_), ty) => Err(Wrong::form(ty, "a mapping")),
        };
        made.unwrap_or_else(|wrong| {
            self.wrong(fact, node.span(), wrong);
            None
        })
    }

    /// A set; a word that is given twice is in it once.
    fn set(&mut self, fact: &FactEntry, nodes: Nodes<'n>) -> Option<Lane> {
        let mut main = Some(0);
        for node in nodes {
            let member = match node.text() {
                _ if matches!(node.kind(), NodeKind::Reported) => continue,
                Some(text) => member_of(&fact.ty, text),
                None => Err(Wrong::form(&fact.ty, found(node))),
            };
            match member {
                Ok(bit) => main = main.map(|main| main | bit),
                Err(wrong) => {
                    self.wrong(fact, node.span(), wrong);
                    main = None;
                }
            }
        }
        main.map(|main| Lane { main, aux: 0 })
    }

    /// Money as a mapping of `amount` and `currency`.
    fn money(&mut self, fact: &FactEntry, node: Node<'n>) -> Option<Lane> {
        let (amount, currency) = (node.entry("amount"), node.entry("currency"));
        let is_scalar = |entry: Option<(Key<'n>, Node<'n>)>| entry.and_then(|(_, node)| Some((node.text()?, node.span())));
        let only_these = matches!(node.kind(), NodeKind::Map(entries) if entries.count() == 2);
        let (Some((amount, _)), Some((code, at)), true) = (is_scalar(amount), is_scalar(currency), only_these) else {
            let mut wrong = Wrong::form(&fact.ty, "another mapping");
            wrong.help =
                Some("a mapping has `amount` and `currency`, such as `{amount: \"250.00\", currency: USD}`".to_owned());
            self.wrong(fact, node.span(), wrong);
            return None;
        };
        money_of(amount, code)
            .map_err(|wrong| {
                self.wrong(fact, if wrong.code.name == codes::UNKNOWN_CODE.name { at } else { node.span() }, wrong)
            })
            .ok()
    }

    fn wrong(&mut self, fact: &FactEntry, at: Span, wrong: Box<Wrong>) {
        self.findings.report(|| Diagnostic::new(wrong.code, at, wrong.headline(&fact.name)).help_if(wrong.help));
    }

    /// Something of another shape than a document has there.
    pub(super) fn form(&mut self, node: Node<'_>, expected: &str) {
        let found = found(node).to_owned();
        self.findings.report(|| Diagnostic::new(&codes::WRONG_FORM, node.span(), format!("{expected}, found {found}")));
    }
}

/// What a value is, in words.
fn found(node: Node<'_>) -> &'static str {
    match node.kind() {
        NodeKind::Map(_) => "a mapping",
        NodeKind::List(_) => "a list",
        NodeKind::Scalar { .. } => "a single value",
        NodeKind::Null | NodeKind::Reported => "nothing",
    }
}

/// The first entry that gives a single fact: in its section, or at the top by its full name.
fn find<'n>(root: Node<'n>, section: &SectionEntry, fact: &FactEntry) -> Option<(Key<'n>, Node<'n>)> {
    let NodeKind::Map(mut entries) = root.kind() else { return None };
    entries.find_map(|(key, node)| match key.text {
        name if name == fact.name => Some((key, node)),
        name if name == section.name => node.entry(&fact.local),
        _ => None,
    })
}
