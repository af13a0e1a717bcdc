//! Accounts as documents: from the values of a model to facts that the reader accepts.
//!
//! In: values for variables, and the account that they change. Out: a document, and the facts that each version reads
//! from it.
//! Owns which facts a version is told: those that it knows. Never decides.

use std::collections::BTreeMap;

use super::cells::{Place, Value};
use super::space::Space;
use crate::facts::document::Format;
use crate::facts::{Facts, State};
use crate::program::{AS_OF, FactId, ListId, Program, Type};
use crate::source::FileId;
use crate::value::day_text;

/// Values of an account, by variable.
pub(super) type Account = BTreeMap<usize, Value>;

/// The key of a record that nobody named.
const RECORD: &str = "r1";

/// The values of one record, or of the single facts.
type Texts = BTreeMap<FactId, String>;

/// A document before it is written.
#[derive(Default)]
struct Draft {
    singles: Texts,
    lists: BTreeMap<ListId, Vec<(String, Texts)>>,
}

impl Space<'_> {
    /// The document of an account for one version.
    pub(super) fn document(&self, side: usize, account: &Account) -> Option<String> {
        let (rules, _) = self.side(side)?;
        let program = rules.program;
        let mut draft = Draft::default();
        if let Some((facts, _)) = &self.around {
            draft.take(program, facts);
        }
        let subject = self.around.as_ref().and_then(|(_, record)| *record).unwrap_or(0);
        for (at, variable) in self.vars.iter().enumerate() {
            let Some(slot) = variable.slots.get(side).copied().flatten() else { continue };
            let Some(place) = program.slots.get(slot.0 as usize) else { continue };
            let value = match &self.varied {
                Some((varied, values)) if *varied == slot => side.checked_sub(1).and_then(|at| values.get(at)),
                _ => account.get(&at),
            };
            let text = value.map(|value| value.text(variable.place.form));
            let facts = match &variable.place.record {
                None => &mut draft.singles,
                Some((_, key)) => {
                    let list = self.list(program, &variable.place)?;
                    if text.is_none() && !draft.has(list, key.as_deref(), subject) {
                        continue;
                    }
                    let records = draft.lists.entry(list).or_default();
                    let at = match key {
                        Some(key) => records.iter().position(|(known, _)| known == key),
                        None => (subject < records.len()).then_some(subject),
                    };
                    let key = key.clone().unwrap_or_else(|| self.free_key(list));
                    let at = at.unwrap_or_else(|| {
                        records.push((key, BTreeMap::new()));
                        records.len() - 1
                    });
                    &mut records.get_mut(at)?.1
                }
            };
            match text {
                Some(text) => _ = facts.insert(place.fact, text),
                None => _ = facts.remove(&place.fact),
            }
        }
        if let Some(list) = self.subject_list(side)
            && draft.lists.get(&list).is_none_or(Vec::is_empty)
        {
            draft.lists.insert(list, vec![(self.free_key(list), BTreeMap::new())]);
        }
        Some(draft.text(program))
    }

    /// The facts that one version reads from a document; nothing where it refuses it.
    pub(super) fn facts(&self, side: usize, document: &str) -> Option<Facts> {
        let (rules, _) = self.side(side)?;
        rules.reader.read(FileId::default(), document, Format::Yaml).ok()
    }

    pub(super) fn subject_list(&self, side: usize) -> Option<ListId> {
        self.side(side)?.1.list
    }

    /// The record under decision.
    pub(super) fn subject(&self, side: usize) -> Option<usize> {
        self.subject_list(side)?;
        Some(self.around.as_ref().and_then(|(_, record)| *record).unwrap_or(0))
    }

    fn list(&self, program: &Program, place: &Place) -> Option<ListId> {
        let (name, _) = place.record.as_ref()?;
        program.sections.iter().find(|section| section.name == *name)?.list
    }

    /// A key that every version accepts for a new record.
    fn free_key(&self, list: ListId) -> String {
        let key = |program: &Program| {
            let list = program.lists.get(list.0 as usize)?;
            Some((list.of_decision, program.facts.get(list.key.0 as usize)?.ty.clone()))
        };
        let types: Vec<Type> = self.sides.iter().filter_map(|(side, _)| key(side.program)).map(|(_, ty)| ty).collect();
        let words = types.first().map(Type::words).unwrap_or_default();
        let common = words.into_iter().find(|word| types.iter().all(|ty| ty.words().contains(word)));
        common.unwrap_or(RECORD).to_owned()
    }
}

impl Draft {
    /// Everything that a document gave.
    fn take(&mut self, program: &Program, facts: &Facts) {
        let text = |ty: &Type, lane| Value::of(ty, lane, facts.text(lane)).text(super::cells::Form::of(ty));
        for (slot, (lane, state)) in program.slots.iter().zip(facts.values()) {
            let Some(fact) = program.facts.get(slot.fact.0 as usize) else { continue };
            if *state == State::Given && slot.at == crate::program::At::Single {
                self.singles.insert(slot.fact, text(&fact.ty, *lane));
            }
        }
        for (at, list) in program.lists.iter().enumerate() {
            let Ok(id) = u32::try_from(at).map(ListId) else { continue };
            let Some(section) = program.sections.get(list.section) else { continue };
            for record in facts.records(id) {
                let values = section.facts.iter().zip(&record.values);
                let given = values.filter(|(fact, (_, state))| *state == State::Given && **fact != list.key);
                let texts =
                    given.filter_map(|(fact, (lane, _))| Some((*fact, text(&program.facts.get(fact.0 as usize)?.ty, *lane))));
                self.lists.entry(id).or_default().push((record.key.clone(), texts.collect()));
            }
        }
    }

    fn has(&self, list: ListId, key: Option<&str>, subject: usize) -> bool {
        self.lists.get(&list).is_some_and(|records| match key {
            Some(key) => records.iter().any(|(known, _)| known == key),
            None => subject < records.len(),
        })
    }

    /// YAML, in the order of the vocabulary.
    fn text(&self, program: &Program) -> String {
        let day = program.slots.get(AS_OF.0 as usize).map(|slot| slot.fact);
        let mut text = match day.and_then(|day| self.singles.get(&day)) {
            Some(day) => format!("as_of: {day}\n"),
            None => format!("as_of: {}\n", day_text(0)),
        };
        let local = |fact: &FactId| program.facts.get(fact.0 as usize).map_or("", |fact| fact.local.as_str());
        for section in program.sections.iter().filter(|section| !section.name.is_empty()) {
            let Some(list) = section.list else {
                let mut head = format!("{}:\n", section.name);
                for fact in &section.facts {
                    if let Some(value) = self.singles.get(fact) {
                        text += &head;
                        head.clear();
                        text += &format!("  {}: {value}\n", local(fact));
                    }
                }
                continue;
            };
            let Some(records) = self.lists.get(&list).filter(|records| !records.is_empty()) else { continue };
            let key_fact = program.lists.get(list.0 as usize).map(|list| list.key);
            let key_name = key_fact.as_ref().map_or("", local);
            text += &format!("{}:\n", section.name);
            for (key, facts) in records {
                let quoted =
                    key_fact.and_then(|fact| program.facts.get(fact.0 as usize)).is_some_and(|fact| fact.ty == Type::Text);
                let key = if quoted { serde_json::Value::from(key.as_str()).to_string() } else { key.clone() };
                text += &format!("  - {key_name}: {key}\n");
                for fact in section.facts.iter().filter(|fact| Some(**fact) != key_fact) {
                    if let Some(value) = facts.get(fact) {
                        text += &format!("    {}: {value}\n", local(fact));
                    }
                }
            }
        }
        text
    }
}
