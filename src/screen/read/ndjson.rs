//! NDJSON: a facts document a line.
//!
//! In: bytes. Out: lines, and from each line the facts of an account.
//! Owns the lines. The reader of documents reads each.

use std::io::BufRead;

use super::{Raw, ReadError, Take};
use crate::facts::{Accounts, Format};
use crate::plan::Plan;
use crate::program::{Program, SlotId, Type};
use crate::screen::cells::Decoded;
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

    /// The facts of each line; `as_of` takes the place of the day that a line gives. Of lists of records, those keyed by
    /// decision are kept.
    pub fn decode(&self, program: &Program, plan: &Plan, accounts: &mut Accounts<'_>, as_of: Option<Day>) -> Decoded {
        let mut decoded = Decoded::new(plan, self.first, self.ends.len(), as_of, 1);
        let id = (0_u32..)
            .map(SlotId)
            .zip(&program.slots)
            .find(|(slot, _)| program.fact_of(*slot).is_some_and(|fact| fact.name == "account.id" && fact.ty == Type::Text));
        for (line, row) in self.iter().zip(0..) {
            let Ok(text) = std::str::from_utf8(line) else {
                decoded.reject(row, "", "", "the line is not UTF-8 text".to_owned(), None);
                decoded.carried.iter_mut().for_each(|list| list.push(String::new()));
                continue;
            };
            match accounts.read(FileId(0), text, Format::Json) {
                Ok(facts) => {
                    decoded.batch.put_facts(program, row, facts);
                    let key = id.and_then(|(slot, _)| facts.get(slot)).map_or("", |lane| facts.text(lane));
                    if let Some(list) = decoded.carried.first_mut() {
                        list.push(key.to_owned());
                    }
                }
                Err(findings) => {
                    for finding in findings {
                        let range = finding.span().range();
                        let value = text.get(range).unwrap_or_default();
                        decoded.reject(row, "", value, finding.headline, finding.help);
                    }
                    if let Some(list) = decoded.carried.first_mut() {
                        list.push(key_of(text));
                    }
                }
            }
        }
        decoded
    }
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
