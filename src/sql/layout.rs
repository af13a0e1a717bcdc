//! The table that a query reads: one column a fact, headed by the fact's full name.
//!
//! In: a program and its slots. Out: the names and types of columns.
//! Owns how facts are laid out in tables: money in two columns, a companion for dates that may be `none`. Never reads a cell.

use super::print::Print;
use crate::program::{At, Lane, ListId, Program, SlotId, Type};

/// The column that names the account, in every table.
pub const ACCOUNT: &str = "account.id";
/// The column of the day, where the day is a column.
pub const DAY: &str = "as_of";
/// What stands behind the name of an amount for the column of its currency.
pub const CURRENCY: &str = ".currency";
/// What stands behind the name of a date that may be `none` for the column that says that it is.
pub const NONE: &str = ".none";

/// The column of a slot: the fact's full name, with the record's key for a fact of a record that decisions read as their own.
pub fn column(program: &Program, slot: SlotId) -> String {
    let Some((place, fact)) = program.slots.get(slot.0 as usize).zip(program.fact_of(slot)) else { return String::new() };
    match place.at {
        At::Single => fact.name.clone(),
        At::Keyed(list, key) => {
            let key_type = program.lists.get(list.0 as usize).and_then(|list| program.facts.get(list.key.0 as usize));
            let key = key_type.map_or_else(String::new, |fact| fact.ty.text(Lane { main: key, aux: 0 }));
            format!("{}.{key}.{}", table(program, list), fact.local)
        }
        At::Record(list) => format!("{}.{}", table(program, list), fact.local),
    }
}

/// The table of a list of records: its section.
pub fn table(program: &Program, list: ListId) -> &str {
    let section = program.lists.get(list.0 as usize).and_then(|list| program.sections.get(list.section));
    section.map_or("", |section| section.name.as_str())
}

/// The slot of a record's key.
pub fn key(program: &Program, list: ListId) -> Option<SlotId> {
    let fact = program.lists.get(list.0 as usize)?.key;
    let at = program.slots.iter().position(|slot| slot.fact == fact && slot.at == At::Record(list))?;
    u32::try_from(at).ok().map(SlotId)
}

/// The columns of a slot, each with its type.
pub(super) fn columns(program: &Program, slot: SlotId, print: &dyn Print) -> Vec<(String, &'static str)> {
    let name = column(program, slot);
    match program.fact_of(slot).map(|fact| &fact.ty) {
        None => Vec::new(),
        Some(Type::Bool) => vec![(name, "BOOLEAN")],
        Some(Type::Date { optional: false }) => vec![(name, "DATE")],
        Some(Type::Date { optional: true }) => vec![(name.clone(), "DATE"), (name + NONE, "BOOLEAN")],
        Some(Type::Money) => vec![(name.clone(), print.decimal_type()), (name + CURRENCY, print.text_type())],
        Some(Type::Integer) => vec![(name, "BIGINT")],
        Some(Type::Decimal | Type::Percent) => vec![(name, print.decimal_type())],
        Some(Type::Text | Type::Country | Type::Currency | Type::Enum(_)) => vec![(name, print.text_type())],
        Some(Type::Set(_)) => vec![(name, print.words_type())],
    }
}
