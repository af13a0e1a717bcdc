//! Lists of records: offers, campaigns, credits and the like.
//!
//! In: the tree of one list. Out: its records, and for a list keyed by decision the slots of their keys.
//! Owns the rule that every record has a key of its own. Never reads a value itself.

use super::document::{Entries, Node, NodeKind};
use super::findings::shown;
use super::linked::Linked;
use super::reader::{ListEntry, SectionEntry};
use super::reading::Reading;
use super::{Record, State};
use crate::diagnostic::{Diagnostic, codes};
use crate::source::Span;

impl<'r, 'n> Reading<'r, 'n> {
    /// A list of records.
    pub(super) fn list(&mut self, section: &'r SectionEntry, list: &'r ListEntry, node: Node<'n>) {
        let key = section.facts.get(list.key).map_or("", |fact| fact.local.as_str());
        let nodes = match node.kind() {
            NodeKind::List(nodes) => nodes,
            NodeKind::Null | NodeKind::Reported => return,
            _ => return self.form(node, &format!("`{}` is a list of records, each with its `{key}`", section.name)),
        };
        let mut keys: Vec<(&'n str, Span)> = Vec::new();
        for node in nodes {
            match node.kind() {
                NodeKind::Map(entries) => keys.extend(self.record(section, list, node, entries)),
                NodeKind::Reported => {}
                _ => self.form(node, &format!("a record of `{}` is a mapping of facts with its `{key}`", section.name)),
            }
        }
        self.distinct(section, key, keys);
    }

    /// One record. Says its key and where that stands.
    fn record(
        &mut self,
        section: &'r SectionEntry,
        list: &'r ListEntry,
        node: Node<'n>,
        mut entries: Entries<'n>,
    ) -> Option<(&'n str, Span)> {
        let mut values = list.blank.clone();
        let (mut named, mut misnamed) = (None, false);
        for (key, node) in entries {
            let Some((place, fact)) = section.local(key.text).and_then(|at| Some((at, section.facts.get(at)?))) else {
                misnamed = true;
                self.findings.report(|| self.reader.unknown_fact(section, key));
                continue;
            };
            if place == list.key && !node.is_null() {
                named = Some(node);
            }
            let Some(lane) = self.value(fact, node) else { continue };
            if let Some(value) = values.get_mut(place) {
                *value = (lane, State::Given);
            }
        }
        let place = |at: usize| node.get(&section.facts.get(at)?.local).map(|node| node.span());
        let mixed = match section.is_linked() {
            true => Linked { section, values: &mut values, place: &place, findings: &mut self.findings }.derive(),
            false => Vec::new(),
        };
        let named = named.filter(|named| named.text().is_none_or(|text| !text.trim_ascii().is_empty()));
        let Some(named) = named else {
            if misnamed {
                return None; // The key may be what was misspelt, which is reported.
            }
            self.no_key(section, list, entries.next().map_or(node.span(), |(key, _)| key.span));
            return None;
        };
        let (lane, state) = values.get(list.key).copied()?;
        if state != State::Given {
            return None; // A key of the wrong form, which is reported.
        }
        let keyed = usize::try_from(lane.main).ok().and_then(|key| list.keyed.get(key)).copied().flatten();
        if let Some(base) = keyed {
            self.facts.put(base, &values);
        }
        self.facts.note_mixed_places(keyed.unwrap_or(list.base), mixed);
        let key = named.text()?;
        let key = if list.keyed.is_empty() { key } else { key.trim_ascii() };
        self.facts.push_record(list.id, Record { key: key.to_owned(), values });
        Some((key, named.span()))
    }

    fn no_key(&mut self, section: &SectionEntry, list: &ListEntry, at: Span) {
        let key = section.facts.get(list.key).map_or("", |fact| fact.local.as_str());
        self.findings.report(|| {
            Diagnostic::new(&codes::MISSING_KEY, at, format!("a record of `{}` has no `{key}`", section.name))
                .here("this record")
                .help(format!("add `{key}`, which names the {}", list.each))
        });
    }

    /// Reports records whose key came before.
    fn distinct(&mut self, section: &SectionEntry, key: &str, mut keys: Vec<(&'n str, Span)>) {
        keys.sort_unstable();
        for pair in keys.windows(2) {
            if let [(first, place), (again, at)] = pair
                && first == again
            {
                self.findings.report(|| {
                    let headline = format!("two records of `{}` have the {key} {}", section.name, shown(again));
                    Diagnostic::new(&codes::DUPLICATE_RECORD, *at, headline)
                        .here("again here")
                        .label(*place, "first here")
                        .help("put the facts of both into one record")
                });
            }
        }
    }
}
