//! What is known about one account: values at the slots that decisions read.
//!
//! In: a facts document and the program's vocabulary. Out: [`Facts`], or every problem of the document.
//! Owns what a document may say. Never evaluates a rule, never opens a file.

mod accounts;
mod direct;
pub mod document;
mod findings;
mod forget;
mod linked;
mod names;
mod order;
mod reader;
mod reading;
mod records;
mod room;
mod rows;
mod template;
#[cfg(test)]
mod tests;
mod texts;
mod unknown;
mod value;
mod written;

pub use accounts::Accounts;
pub use document::Format;
pub use forget::asked_of;
pub use reader::Reader;
pub use rows::Link;
pub use template::template;
pub use value::{Wrong, lane_of, member_of, money_of};
pub use written::{Asked, question_name, unanswered, written};

use crate::program::{AS_OF, At, FactId, Lane, ListId, Program, SlotId};
use crate::value::Day;
use reader::SectionEntry;
use smallvec::SmallVec;
pub use texts::Texts;

/// How a value came to be known.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum State {
    /// It is not known.
    #[default]
    Missing,
    /// The document says it.
    Given,
    /// It was computed from what the document says.
    Derived,
    /// The vocabulary assumes it until somebody says otherwise.
    Assumed,
}

impl State {
    /// The word of the contract.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Given => "given",
            Self::Derived => "derived",
            Self::Assumed => "assumed",
        }
    }
}

/// The value of a fact that nobody told: the assumed one, where the vocabulary assumes one.
pub fn untold(program: &Program, fact: FactId) -> (Lane, State) {
    let assume = program.facts.get(fact.0 as usize).and_then(|fact| fact.assume.as_ref());
    assume.map_or((Lane::default(), State::Missing), |assume| (assume.value, State::Assumed))
}

/// One record of a list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    /// Its key: an id, or the program of an offer.
    pub key: String,
    /// Its values, one for each fact of the list's section, in the section's order.
    pub values: Vec<(Lane, State)>,
}

/// What is known about one account.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// A value for each slot of the program; record slots hold nothing here.
    values: Vec<(Lane, State)>,
    /// Which slots were written since all facts were unknown, by groups of 64: no other one can hold anything else.
    written: Vec<u64>,
    /// Records of each list, in the order of the document.
    records: Vec<Vec<Record>>,
    /// Texts that text lanes point to; equal texts have one index.
    texts: Texts,
    /// Computed facts whose parts were in more than one currency.
    mixed: Vec<SlotId>,
}

/// What was written is no part of what is known.
impl PartialEq for Facts {
    fn eq(&self, other: &Self) -> bool {
        let known = (&self.values, &self.records, &self.texts, &self.mixed);
        known == (&other.values, &other.records, &other.texts, &other.mixed)
    }
}

impl Facts {
    /// Nothing but the day is known; assumed facts have their assumed values.
    pub fn new(program: &Program, as_of: Day) -> Self {
        let values = program.slots.iter().map(|slot| match slot.at {
            At::Record(_) => (Lane::default(), State::Missing),
            At::Single | At::Keyed(..) => untold(program, slot.fact),
        });
        Self { records: vec![Vec::new(); program.lists.len()], ..Self::untold(values.collect(), as_of) }
    }

    /// The same by the values that slots have while nothing is told; there is no list.
    pub fn untold(values: Vec<(Lane, State)>, as_of: Day) -> Self {
        let mut facts = Self { written: vec![0; values.len().div_ceil(64)], values, ..Self::default() };
        facts.set(AS_OF, Lane { main: as_of, aux: 0 }, State::Given);
        facts
    }

    /// The day for which the check holds.
    pub fn as_of(&self) -> Day {
        self.get(AS_OF).map_or(0, |lane| lane.main)
    }

    /// The value at a slot, if it is known.
    #[inline]
    pub fn get(&self, slot: SlotId) -> Option<Lane> {
        match self.values.get(slot.0 as usize) {
            Some((_, State::Missing)) | None => None,
            Some((lane, _)) => Some(*lane),
        }
    }

    /// How the value at a slot came to be known.
    pub fn state(&self, slot: SlotId) -> State {
        self.values.get(slot.0 as usize).map_or(State::Missing, |(_, state)| *state)
    }

    /// Every slot's value.
    #[inline]
    pub fn values(&self) -> &[(Lane, State)] {
        &self.values
    }

    /// The slots that may hold something else than while nothing is told, as bits, by groups of 64.
    #[inline]
    pub fn written(&self) -> &[u64] {
        &self.written
    }

    /// Sets a slot; `Missing` makes it unknown.
    pub fn set(&mut self, slot: SlotId, lane: Lane, state: State) {
        if let Some(value) = self.place(slot.0 as usize) {
            *value = (lane, state);
        }
    }

    /// The place of a slot, to be written.
    #[inline]
    fn place(&mut self, at: usize) -> Option<&mut (Lane, State)> {
        self.mark(at);
        self.values.get_mut(at)
    }

    /// Notes that a slot may be written.
    #[inline]
    fn mark(&mut self, at: usize) {
        if let Some(group) = self.written.get_mut(at / 64) {
            *group |= 1 << (at % 64);
        }
    }

    /// The values of a section of single facts, for others to be derived from them: those may be written.
    fn derivable(&mut self, section: &SectionEntry) -> Option<&mut [(Lane, State)]> {
        section.derived().for_each(|at| self.mark(at));
        self.values.get_mut(section.slots())
    }

    /// Makes every slot that was written what it is in `blank`, and forgets texts and notes, of which blank facts have none.
    /// Records stay.
    fn wipe(&mut self, blank: &Self) {
        for (at, word) in self.written.iter_mut().enumerate() {
            let mut rest = std::mem::take(word);
            while rest != 0 {
                let slot = at * 64 + rest.trailing_zeros() as usize;
                if let Some((own, value)) = self.values.get_mut(slot).zip(blank.values.get(slot)) {
                    *own = *value;
                }
                rest &= rest - 1;
            }
        }
        self.written.clone_from(&blank.written);
        self.texts.clear();
        self.mixed.clear();
    }

    /// The records of a list.
    pub fn records(&self, list: ListId) -> &[Record] {
        self.records.get(list.0 as usize).map_or(&[], Vec::as_slice)
    }

    /// Adds a record; for a list keyed by decision its values also go to the slots of its decision.
    pub fn add_record(&mut self, program: &Program, list: ListId, record: Record) {
        let Some(declared) = program.lists.get(list.0 as usize) else { return };
        let Some(section) = program.sections.get(declared.section) else { return };
        if declared.of_decision {
            let key_type = program.facts.get(declared.key.0 as usize).map(|fact| &fact.ty);
            if let Some(key) = key_type.and_then(|ty| ty.word(&record.key)) {
                for (slot, place) in program.slots.iter().zip(0..) {
                    let at = section.facts.iter().position(|fact| *fact == slot.fact);
                    if slot.at == At::Keyed(list, key)
                        && let Some((lane, state)) = at.and_then(|at| record.values.get(at))
                    {
                        self.set(SlotId(place), *lane, *state);
                    }
                }
            }
        }
        self.push_record(list, record);
    }

    /// Sets slots one behind the other, from `base` on.
    fn put(&mut self, base: usize, values: &[(Lane, State)]) {
        for (at, value) in (base..).zip(values) {
            // A slot that holds the value already is not written.
            if self.values.get(at).is_some_and(|own| own != value)
                && let Some(place) = self.place(at)
            {
                *place = *value;
            }
        }
    }

    /// Adds a record without setting slots.
    fn push_record(&mut self, list: ListId, record: Record) {
        if let Some(records) = self.records.get_mut(list.0 as usize) {
            records.push(record);
        }
    }

    /// Has every record of a list a key of its own?
    fn has_distinct_keys(&self, list: ListId) -> bool {
        let mut keys: SmallVec<[&str; 8]> = self.records(list).iter().map(|record| record.key.as_str()).collect();
        keys.sort_unstable();
        keys.windows(2).all(|pair| pair.first() != pair.last())
    }

    /// The index of a text, new or known.
    pub fn intern(&mut self, text: &str) -> i64 {
        i64::try_from(self.texts.intern(text)).unwrap_or(i64::MAX)
    }

    /// The text of a text lane.
    pub fn text(&self, lane: Lane) -> &str {
        usize::try_from(lane.main).ok().and_then(|at| self.texts.get(at)).unwrap_or("")
    }

    /// Notes that a computed fact could not be computed because its parts are in more than one currency.
    pub fn note_mixed(&mut self, slot: SlotId) {
        self.mixed.push(slot);
    }

    /// Notes it of facts by their places in a section or record whose slots begin at `base`.
    fn note_mixed_places(&mut self, base: usize, places: Vec<usize>) {
        let slots = places.into_iter().filter_map(|at| u32::try_from(base.checked_add(at)?).ok());
        self.mixed.extend(slots.map(SlotId));
    }

    /// Forgets all that was noted of computed facts.
    pub fn forget_mixed(&mut self) {
        self.mixed.clear();
    }

    /// Were the parts of a computed fact in more than one currency?
    pub fn is_mixed(&self, slot: SlotId) -> bool {
        self.mixed.contains(&slot)
    }

    /// Were the parts of any computed fact in more than one currency?
    pub fn has_mixed(&self) -> bool {
        !self.mixed.is_empty()
    }

    /// A copy in which the record slots of `list` hold the record at `index`.
    #[must_use]
    pub fn with_record(&self, program: &Program, list: ListId, index: usize) -> Self {
        let mut facts = self.clone();
        let section = program.lists.get(list.0 as usize).and_then(|list| program.sections.get(list.section));
        if let Some((section, record)) = section.zip(self.records(list).get(index)) {
            for (slot, place) in program.slots.iter().zip(0..) {
                let at = section.facts.iter().position(|fact| *fact == slot.fact);
                if slot.at == At::Record(list)
                    && let Some((lane, state)) = at.and_then(|at| record.values.get(at))
                {
                    facts.set(SlotId(place), *lane, *state);
                }
            }
        }
        facts
    }
}
