//! JSON text directly to the facts of one account, with no tree in between.
//!
//! In: text, the prepared vocabulary and blank room. Out: facts, or word that the text is unusual.
//! Owns what is usual: what nearly every sound document has, and nothing that is wrong. Never says what is wrong: an unusual
//! text is read again, from its tree (`reading`), which also says whether it is sound.

use jiter::{Jiter, JiterError, Peek};

use super::findings::Findings;
use super::linked::Linked;
use super::order::Order;
use super::reader::{ListEntry, Reader, SectionEntry, Top};
use super::room::Room;
use super::value::{Wrong, member_of};
use super::{Record, State};
use crate::program::{AS_OF, Lane, Type};
use crate::value::Day;

/// The text is to be read from its tree.
pub(super) struct Unusual;

type Read<T> = Result<T, Unusual>;

/// The reading of one text.
pub(super) struct Direct<'r, 't> {
    reader: &'r Reader,
    room: &'r mut Room,
    order: &'r mut Order,
    jiter: Jiter<'t>,
}

impl From<JiterError> for Unusual {
    #[cold]
    fn from(_: JiterError) -> Self {
        Self
    }
}

impl From<Box<Wrong>> for Unusual {
    #[cold]
    fn from(_: Box<Wrong>) -> Self {
        Self
    }
}

impl<'r, 't> Direct<'r, 't> {
    /// Begins with blank room.
    pub(super) fn new(reader: &'r Reader, room: &'r mut Room, order: &'r mut Order, text: &'t str) -> Self {
        Self { reader, room, order, jiter: Jiter::new(text.as_bytes()) }
    }

    /// Reads the text to its end.
    pub(super) fn read(mut self, as_of: Option<Day>) -> Read<()> {
        if self.jiter.peek()? != Peek::Object {
            return Err(Unusual);
        }
        let mut behind = 0;
        let mut key = self.jiter.next_object_bytes()?;
        while let Some(name) = key {
            let top = self.order.top(self.reader, name, behind).ok_or(Unusual)?;
            behind = self.entry(top)?;
            key = self.jiter.next_key_bytes()?;
        }
        self.jiter.finish()?;
        for section in self.reader.linked() {
            self.link(section)?;
        }
        if let Some(day) = as_of {
            self.room.facts.set(AS_OF, Lane { main: day, aux: 0 }, State::Given);
        }
        // Without a day the document may be wrong, or say in another way that the day is not known.
        if self.room.facts.state(AS_OF) == State::Given { Ok(()) } else { Err(Unusual) }
    }

    /// The value of a key at the top. Returns the mark of the key.
    fn entry(&mut self, top: Top) -> Read<usize> {
        let reader = self.reader;
        let (Top::Section(at) | Top::Fact(at, _)) = top;
        let section = reader.sections.get(at).ok_or(Unusual)?;
        if let Top::Fact(_, place) = top {
            return self.single(section, place);
        }
        self.first(section.mark, self.room.document)?;
        match &section.list {
            None => self.section(section)?,
            Some(list) => self.list(section, list)?,
        }
        Ok(section.mark)
    }

    /// A section of single facts.
    fn section(&mut self, section: &'r SectionEntry) -> Read<()> {
        match self.jiter.peek()? {
            Peek::Object => {}
            Peek::Null => return Ok(self.jiter.known_null()?),
            _ => return Err(Unusual),
        }
        let mut behind = section.mark;
        let mut key = self.jiter.next_object_bytes()?;
        while let Some(name) = key {
            let place = self.order.place(section, name, behind).ok_or(Unusual)?;
            behind = self.single(section, place)?;
            key = self.jiter.next_key_bytes()?;
        }
        Ok(())
    }

    /// A single fact, in its section or at the top by its full name. Returns the mark of the fact.
    fn single(&mut self, section: &'r SectionEntry, place: usize) -> Read<usize> {
        let mark = section.mark_of(place);
        self.first(mark, self.room.document)?;
        let fact = section.facts.get(place).ok_or(Unusual)?;
        if let Some(lane) = self.value(&fact.ty, None)? {
            self.room.give(section, place, lane);
        }
        Ok(mark)
    }

    /// What follows from the facts of a section.
    fn link(&mut self, section: &'r SectionEntry) -> Read<()> {
        let Some(values) = self.room.given(section) else { return Ok(()) };
        let mixed = derived(section, values)?;
        self.room.facts.note_mixed_places(section.base, mixed);
        Ok(())
    }

    /// A list of records.
    fn list(&mut self, section: &'r SectionEntry, list: &'r ListEntry) -> Read<()> {
        match self.jiter.peek()? {
            Peek::Array => {}
            Peek::Null => return Ok(self.jiter.known_null()?),
            _ => return Err(Unusual),
        }
        let mut next = self.jiter.known_array()?;
        while let Some(peek) = next {
            if peek != Peek::Object {
                return Err(Unusual);
            }
            self.record(section, list)?;
            next = self.jiter.array_step()?;
        }
        if self.room.facts.has_distinct_keys(list.id) { Ok(()) } else { Err(Unusual) }
    }

    /// One record.
    fn record(&mut self, section: &'r SectionEntry, list: &'r ListEntry) -> Read<()> {
        let mut record = self.room.record(list);
        let mapping = self.room.begin();
        let mut behind = section.mark;
        let mut key = self.jiter.next_object_bytes()?;
        while let Some(name) = key {
            let place = self.order.place(section, name, behind).ok_or(Unusual)?;
            behind = section.mark_of(place);
            self.first(behind, mapping)?;
            let fact = section.facts.get(place).ok_or(Unusual)?;
            let copy = (place == list.key).then_some(&mut record.key);
            if let Some(lane) = self.value(&fact.ty, copy)?
                && let Some(value) = record.values.get_mut(place)
            {
                *value = (lane, State::Given);
            }
            key = self.jiter.next_key_bytes()?;
        }
        let mixed = match section.is_linked() {
            true => derived(section, &mut record.values)?,
            false => Vec::new(),
        };
        self.keep(list, record, mixed)
    }

    /// Keeps a record that is read.
    fn keep(&mut self, list: &ListEntry, mut record: Record, mixed: Vec<usize>) -> Read<()> {
        let (lane, state) = record.values.get(list.key).copied().unwrap_or_default();
        if state != State::Given || record.key.is_empty() {
            return Err(Unusual);
        }
        if !list.keyed.is_empty() && record.key.trim_ascii().len() < record.key.len() {
            record.key = record.key.trim_ascii().to_owned();
        }
        let keyed = usize::try_from(lane.main).ok().and_then(|key| list.keyed.get(key)).copied().flatten();
        if let Some(base) = keyed {
            self.room.facts.put(base, &record.values);
        }
        self.room.facts.note_mixed_places(keyed.unwrap_or(list.base), mixed);
        self.room.facts.push_record(list.id, record);
        Ok(())
    }

    /// The lane of a value; nothing when it is unknown. The text of a single value is also put behind `copy`.
    #[inline(always)] // Called in two places, for every fact: the call would cost more than most values do.
    fn value(&mut self, ty: &Type, copy: Option<&mut String>) -> Read<Option<Lane>> {
        let text = match self.jiter.peek()? {
            Peek::String => self.jiter.known_str()?,
            peek @ (Peek::True | Peek::False) => {
                if self.jiter.known_bool(peek)? {
                    "true"
                } else {
                    "false"
                }
            }
            Peek::Null => {
                self.jiter.known_null()?;
                return Ok(None);
            }
            Peek::Array if matches!(ty, Type::Set(_)) => return self.set(ty).map(Some),
            Peek::Array | Peek::Object => return Err(Unusual),
            peek => std::str::from_utf8(self.jiter.known_number_bytes(peek)?).map_err(|_| Unusual)?,
        };
        if let Some(copy) = copy {
            copy.push_str(text);
        }
        Ok(self.room.facts.typed(ty, text)?)
    }

    /// The words of a set.
    fn set(&mut self, ty: &Type) -> Read<Lane> {
        let mut main = 0;
        let mut next = self.jiter.known_array()?;
        while let Some(peek) = next {
            if peek != Peek::String {
                return Err(Unusual);
            }
            main |= member_of(ty, self.jiter.known_str()?)?;
            next = self.jiter.array_step()?;
        }
        Ok(Lane { main, aux: 0 })
    }

    /// Nothing is given twice in one mapping.
    #[inline]
    fn first(&mut self, mark: usize, mapping: u64) -> Read<()> {
        if self.room.meets(mark, mapping) { Ok(()) } else { Err(Unusual) }
    }
}

/// What follows from the facts of one section or record; which computed facts have parts in more than one currency.
fn derived(section: &SectionEntry, values: &mut [(Lane, State)]) -> Read<Vec<usize>> {
    let mut findings = Findings::default();
    let mixed = Linked { section, values, place: &|_| None, findings: &mut findings }.derive();
    if findings.is_empty() { Ok(mixed) } else { Err(Unusual) }
}
