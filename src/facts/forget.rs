//! Facts that somebody takes back.
//!
//! In: facts and what they are no more. Out: the same facts without it.
//! Owns where a value stands. What followed from it stays until the document is read again, so write and read it after this.

use super::{Asked, Facts, State};
use crate::program::{At, Lane, ListId, Program, SlotId};

impl Facts {
    /// Makes one fact unknown; the key of a record stays.
    pub fn forget(&mut self, program: &Program, (slot, record): &Asked) {
        let Some(place) = program.slots.get(slot.0 as usize) else { return };
        let (list, key) = match place.at {
            At::Single => return self.set(*slot, Lane::default(), State::Missing),
            At::Keyed(list, key) => {
                self.set(*slot, Lane::default(), State::Missing);
                let key_fact = program.lists.get(list.0 as usize).and_then(|list| program.facts.get(list.key.0 as usize));
                (list, key_fact.map(|fact| fact.ty.text(Lane { main: key, aux: 0 })))
            }
            At::Record(list) => (list, record.clone()),
        };
        let Some(declared) = program.lists.get(list.0 as usize).filter(|list| list.key != place.fact) else { return };
        let facts = program.sections.get(declared.section).map(|section| section.facts.as_slice()).unwrap_or_default();
        let at = facts.iter().position(|fact| *fact == place.fact);
        let records = self.records.get_mut(list.0 as usize).into_iter().flatten();
        for record in records.filter(|record| Some(record.key.as_str()) == key.as_deref()) {
            if let Some(value) = at.and_then(|at| record.values.get_mut(at)) {
                *value = (Lane::default(), State::Missing);
            }
        }
    }

    /// Takes a record away.
    pub fn forget_record(&mut self, list: ListId, key: &str) {
        if let Some(records) = self.records.get_mut(list.0 as usize) {
            records.retain(|record| record.key != key);
        }
    }

    /// Adds a record of which only its key is known, unless there is one of that key. Says whether it was added.
    pub fn begin_record(&mut self, program: &Program, list: ListId, key: &str) -> bool {
        let Some(declared) = program.lists.get(list.0 as usize) else { return false };
        let Some(section) = program.sections.get(declared.section) else { return false };
        if self.records(list).iter().any(|record| record.key == key) {
            return false;
        }
        let key_type = program.facts.get(declared.key.0 as usize).map(|fact| &fact.ty);
        let lane = match key_type {
            Some(crate::program::Type::Text) => self.intern(key),
            Some(ty) => match ty.word(key) {
                Some(word) => word,
                None => return false,
            },
            None => return false,
        };
        let value = |fact: &crate::program::FactId| match *fact == declared.key {
            true => (Lane { main: lane, aux: 0 }, State::Given),
            false => (Lane::default(), State::Missing),
        };
        let values = section.facts.iter().map(value).collect();
        self.add_record(program, list, super::Record { key: key.to_owned(), values });
        true
    }
}

/// The question of a name as documents and marks write it; `record` is the key where the fact is one of a record.
pub fn asked_of(program: &Program, facts: &Facts, name: &str) -> Option<Asked> {
    let mut all = program.slots.iter().zip(0..).flat_map(|(place, id)| {
        let keys: Vec<Option<String>> = match place.at {
            At::Record(list) => facts.records(list).iter().map(|record| Some(record.key.clone())).collect(),
            At::Single | At::Keyed(..) => vec![None],
        };
        keys.into_iter().map(move |key| (SlotId(id), key))
    });
    all.find(|(slot, key)| super::question_name(program, *slot, key.as_deref()) == name)
}
