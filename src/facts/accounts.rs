//! One account after another.
//!
//! In: the documents of accounts, one at a time. Out: the facts of each, until the next is read, or every problem of its
//! document.
//! Owns the room that the facts are laid out in, and the choice between the two ways of reading, which give the same facts.

use super::Facts;
use super::direct::Direct;
use super::document::{Format, MAX_BYTES};
use super::order::Order;
use super::reader::Reader;
use super::room::Room;
use crate::diagnostic::Diagnostic;
use crate::source::FileId;
use crate::value::Day;

/// Reads one account after another in the same room. Much is kept from account to account that is no part of the facts:
/// memory, and the order in which the documents name things.
#[derive(Clone, Debug)]
pub struct Accounts<'r> {
    reader: &'r Reader,
    room: Room,
    order: Order,
    as_of: Option<Day>,
}

impl<'r> Accounts<'r> {
    pub(super) fn new(reader: &'r Reader) -> Self {
        Self { reader, room: Room::new(reader), order: Order::new(reader), as_of: None }
    }

    /// The same for one day, which takes the place of the day that a document gives.
    #[must_use]
    pub fn on(self, as_of: Option<Day>) -> Self {
        Self { as_of, ..self }
    }

    /// Reads the text of a document.
    /// # Errors
    /// Every problem of the document, in its order.
    pub fn read(&mut self, id: FileId, text: &str, format: Format) -> Result<&Facts, Vec<Diagnostic>> {
        if !(format == Format::Json && text.len() <= MAX_BYTES && self.is_read_directly(text)) {
            self.reader.fill(id, text, format, self.as_of, self.room.all(self.reader))?;
        }
        Ok(&self.room.facts)
    }

    /// Reads a text that is JSON and sound, if it is not unusual.
    pub(super) fn is_read_directly(&mut self, text: &str) -> bool {
        self.room.clear(self.reader);
        Direct::new(self.reader, &mut self.room, &mut self.order, text).read(self.as_of).is_ok()
    }
}
