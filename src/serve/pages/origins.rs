//! Where each detail of a client came from: a line of a document, a column of a table, an answer, a change.
//!
//! In: a document as it was opened, or what a page carried. Out: an origin for each detail, in words.
//! Owns how origins travel with a form. They inform; nothing is decided by them.

use crate::facts::document::{Format, Node, NodeKind, parse};
use crate::program::{Program, Section};
use crate::source::{FileId, SourceFile, Span};

/// Origins by the names that documents give to details.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Origins(Vec<(String, String)>);

/// Somebody said so when asked.
pub(super) const ANSWER: &str = "your answer";
/// Somebody changed it on the page of details.
pub(super) const CHANGE: &str = "entered on this page";
/// Somebody said that it is right.
pub(super) const CONFIRMED: &str = "confirmed by you";

impl Origins {
    /// As a form carries them: one a line.
    pub(super) fn carried(&self) -> String {
        self.0.iter().map(|(name, origin)| format!("{name}\t{origin}\n")).collect()
    }

    /// From what a form carried.
    pub(super) fn of_carried(text: &str) -> Self {
        let line = |line: &str| line.split_once('\t').map(|(name, origin)| (name.to_owned(), origin.to_owned()));
        Self(text.lines().filter_map(line).collect())
    }

    /// The origin of a detail.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, origin)| origin.as_str())
    }

    /// A detail has this origin from here on.
    pub(super) fn set(&mut self, name: String, origin: impl Into<String>) {
        self.0.retain(|(known, _)| *known != name);
        self.0.push((name, origin.into()));
    }

    /// Every detail has this origin, but for the day.
    pub(super) fn all(&mut self, origin: &str, day: &str) {
        for (name, own) in &mut self.0 {
            (if name == "as_of" { day } else { origin }).clone_into(own);
        }
    }

    /// The lines on which a document says its details.
    pub(super) fn of_document(program: &Program, text: &str, format: Format) -> Self {
        let file = SourceFile::new("", text);
        let parsed = parse(FileId(0), text, format);
        let Some(document) = parsed.document else { return Self::default() };
        let mut found = Self::default();
        let NodeKind::Map(entries) = document.root().kind() else { return found };
        let said = |span: Span| format!("line {} of the document", file.place(span.start as usize).line);
        for (key, node) in entries {
            let Some(section) = program.sections.iter().find(|section| section.name == key.text) else {
                found.set(key.text.to_owned(), said(key.span));
                continue;
            };
            match node.kind() {
                NodeKind::Map(facts) => {
                    facts.for_each(|(fact, _)| found.set(format!("{}.{}", section.name, fact.text), said(fact.span)));
                }
                NodeKind::List(records) => {
                    records.for_each(|record| found.record(program, section, record, &said));
                }
                _ => {}
            }
        }
        found
    }

    fn record(&mut self, program: &Program, section: &Section, record: Node<'_>, said: &dyn Fn(Span) -> String) {
        let list = section.list.and_then(|list| program.lists.get(list.0 as usize));
        let key = list.and_then(|list| program.facts.get(list.key.0 as usize)).map(|fact| fact.local.as_str());
        let Some(named) = key.and_then(|key| record.get(key)).and_then(|node| node.text()) else { return };
        let quoted = serde_json::Value::from(named).to_string();
        let NodeKind::Map(facts) = record.kind() else { return };
        facts.for_each(|(fact, _)| self.set(format!("{}.{quoted}.{}", section.name, fact.text), said(fact.span)));
    }
}
