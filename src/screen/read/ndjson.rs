//! NDJSON: a facts document a line.
//!
//! In: bytes. Out: lines, and from each line the facts of an account.
//! Owns the lines. The reader of documents reads each.

use std::io::BufRead;

use super::{Raw, ReadError, Take};
use crate::facts::{Accounts, Facts, Format, Record, State};
use crate::plan::Plan;
use crate::program::{At, Lane, ListId, Program, SlotId, Type};
use crate::screen::cells::{Decoded, Records};
use crate::screen::columns::Batch;
use crate::screen::layout::{Layout, Names};
use crate::screen::mapping::Mapping;
use crate::source::FileId;
use crate::value::Day;

/// The longest line, in bytes; that of a facts document.
const LONGEST: usize = 1 << 20;

/// Lines of one chunk.
#[derive(Debug, Default)]
pub struct Lines {
    /// The number of the first.
    pub first: u64,
    /// All lines, one behind the other.
    text: Vec<u8>,
    /// Where each ends.
    ends: Vec<usize>,
}

impl Lines {
    fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(from, to)| self.text.get(from..*to).unwrap_or_default())
    }

    /// The facts of each line; `as_of` takes the place of the day that a line gives. Of lists of records those keyed by
    /// decision are kept, and those of `lists`.
    pub fn decode(
        &self,
        program: &Program,
        plan: &Plan,
        layout: &Layout,
        lists: &[ListId],
        accounts: &mut Accounts<'_>,
        as_of: Option<Day>,
    ) -> Decoded {
        let mut decoded = Decoded::new(plan, layout, self.first, self.ends.len(), as_of);
        let mut records: Vec<Found> = Vec::new();
        let place = layout.places.first().copied().unwrap_or(0);
        let id = (0_u32..)
            .map(SlotId)
            .zip(&program.slots)
            .find(|(slot, _)| program.fact_of(*slot).is_some_and(|fact| fact.name == "account.id" && fact.ty == Type::Text));
        for (line, row) in self.iter().zip(0..) {
            let Ok(text) = std::str::from_utf8(line) else {
                decoded.reject(row, "", "", "the line is not UTF-8 text".to_owned(), None);
                if let Some(list) = decoded.carried.get_mut(place) {
                    list.push(String::new());
                }
                continue;
            };
            match accounts.read(FileId(0), text, Format::Json) {
                Ok(facts) => {
                    decoded.batch.put_facts(program, row, facts);
                    let key = id.and_then(|(slot, _)| facts.get(slot)).map_or("", |lane| facts.text(lane));
                    if let Some(list) = decoded.carried.get_mut(place) {
                        list.push(key.to_owned());
                    }
                    for list in lists {
                        let own = facts.records(*list).iter().map(|record| Found::new(program, row, *list, record, facts));
                        records.extend(own);
                    }
                }
                Err(findings) => {
                    for finding in findings {
                        let range = finding.span().range();
                        let value = text.get(range).unwrap_or_default();
                        decoded.reject(row, "", value, finding.headline, finding.help);
                    }
                    if let Some(list) = decoded.carried.get_mut(place) {
                        list.push(key_of(text));
                    }
                }
            }
        }
        for list in lists {
            let own: Vec<&Found> = records.iter().filter(|found| found.list == *list).collect();
            if !own.is_empty() {
                decoded.records.push(batch_of(program, plan, *list, &own));
            }
        }
        decoded
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The account that each line is about, where it says so.
    pub fn accounts(&self) -> Vec<String> {
        self.iter().map(|line| std::str::from_utf8(line).map_or_else(|_| String::new(), key_of)).collect()
    }

    /// Each line as a row of a table, with its number and what is wrong with it.
    pub(in crate::screen) fn rows(
        &self,
        layout: &Layout,
        names: &Names,
        mapping: &Mapping,
    ) -> Vec<(u64, csv::ByteRecord, String)> {
        (self.first..).zip(self.iter()).map(|(number, line)| row(number, line, layout, names, mapping)).collect()
    }
}

/// A record of a document.
struct Found {
    row: usize,
    list: ListId,
    key: String,
    values: Vec<(Lane, State)>,
    /// The texts among the values, by their places.
    texts: Vec<(usize, String)>,
}

impl Found {
    fn new(program: &Program, row: usize, list: ListId, record: &Record, facts: &Facts) -> Self {
        let text = |(at, slot): (usize, SlotId)| {
            let (lane, state) = record.values.get(at)?;
            let is_text = matches!(program.fact_of(slot)?.ty, Type::Text) && *state != State::Missing;
            is_text.then(|| (at, facts.text(*lane).to_owned()))
        };
        let texts = own_slots(program, list).enumerate().filter_map(text).collect();
        Self { row, list, key: record.key.clone(), values: record.values.clone(), texts }
    }
}

/// The slots of the record under decision, in the order of a record's values.
fn own_slots(program: &Program, list: ListId) -> impl Iterator<Item = SlotId> {
    let own = (0_u32..).map(SlotId).zip(&program.slots).filter(move |(_, slot)| slot.at == At::Record(list));
    own.map(|(slot, _)| slot)
}

fn batch_of(program: &Program, plan: &Plan, list: ListId, found: &[&Found]) -> Records {
    let mut batch = Batch::new(plan, found.len());
    for (row, record) in found.iter().enumerate() {
        for ((slot, (lane, state)), at) in own_slots(program, list).zip(&record.values).zip(0..) {
            let mut lane = *lane;
            if let Some((_, text)) = record.texts.iter().find(|(of, _)| *of == at) {
                lane.main = batch.text_index(text);
            }
            batch.put(program, slot, row, lane, *state);
        }
    }
    Records {
        list,
        of: found.iter().map(|record| record.row).collect(),
        keys: found.iter().map(|record| record.key.clone()).collect(),
        batch,
    }
}

/// A line of a table of records or answers as cells.
fn row(number: u64, line: &[u8], layout: &Layout, names: &Names, mapping: &Mapping) -> (u64, csv::ByteRecord, String) {
    let mut cells = vec![String::new(); layout.headers.len()];
    let mut wrong = Vec::new();
    let object: Result<serde_json::Map<String, serde_json::Value>, _> = serde_json::from_slice(line);
    let object = object.unwrap_or_else(|error| {
        wrong.push(format!("the line is no JSON object: {error}"));
        serde_json::Map::new()
    });
    for (name, value) in &object {
        if mapping.ignore.contains(name) || mapping.carry.contains(name) {
            continue;
        }
        let wanted = mapping.columns.get(name).unwrap_or(name);
        let place = names.get(wanted).and_then(|(full, _)| layout.headers.iter().position(|header| header == full));
        match place.and_then(|place| cells.get_mut(place)) {
            Some(cell) => match cell_of(value) {
                Some(text) => *cell = text,
                None => wrong.push(format!("`{name}` holds an object: write one value")),
            },
            None => {
                let near = names.nearest(wanted).map_or_else(String::new, |near| format!(": did you mean `{near}`?"));
                wrong.push(format!("`{name}` is no fact of these records{near}"));
            }
        }
    }
    (number, csv::ByteRecord::from(cells), wrong.join("; "))
}

/// A value as a cell says it.
fn cell_of(value: &serde_json::Value) -> Option<String> {
    use serde_json::Value;
    Some(match value {
        Value::Null => String::new(),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(all) => {
            let words: Option<Vec<String>> = all.iter().map(cell_of).collect();
            format!("[{}]", words?.join(", "))
        }
        Value::Object(_) => return None,
    })
}

/// The account that a line of which nothing is decided is about, if it says so at all.
fn key_of(text: &str) -> String {
    let line: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
    let key = line.get("account.id").or_else(|| line.get("account")?.get("id"));
    key.map_or_else(String::new, |key| key.as_str().map_or_else(|| key.to_string(), str::to_owned))
}

/// A file of lines.
pub struct NdjsonTable {
    bytes: Box<dyn BufRead + Send>,
}

impl NdjsonTable {
    /// A file of lines.
    pub fn new(bytes: Box<dyn BufRead + Send>) -> Self {
        Self { bytes }
    }

    /// Reads all lines; empty ones say nothing.
    /// # Errors
    /// [`ReadError`], when the bytes cannot be had or a line is longer than any document.
    pub fn each(mut self, rows: usize, take: Take<'_>) -> Result<(), ReadError> {
        let mut first = 1;
        loop {
            let mut lines = Lines { first, ..Lines::default() };
            let mut ended = false;
            while lines.ends.len() < rows && !ended {
                let from = lines.text.len();
                let mut limited = std::io::Read::take(&mut self.bytes, LONGEST as u64 + 1);
                let count = limited.read_until(b'\n', &mut lines.text)?;
                if count > LONGEST {
                    let number = first + lines.ends.len() as u64;
                    return Err(ReadError::Form { format: "NDJSON", why: format!("line {number} is longer than 1 MiB") });
                }
                ended = count == 0;
                let line = lines.text.get(from..).unwrap_or_default().trim_ascii();
                if line.is_empty() {
                    lines.text.truncate(from);
                } else {
                    lines.ends.push(lines.text.len());
                }
            }
            let count = lines.ends.len();
            first += count as u64;
            if count == 0 || !take(Raw::Lines(lines)) || ended {
                return Ok(());
            }
        }
    }
}
