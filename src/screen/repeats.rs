//! Accounts that stand in the tables more than once.
//!
//! In: chunks in the order of the input. Out: a note for each row whose account came before.
//! Owns how many rows are looked at: as many as a spreadsheet has. Never decides which row is right: each is decided by itself.

use std::collections::HashMap;
use std::sync::Arc;

use super::join::keys;
use super::layout::Layout;
use super::problem::Problem;
use super::read::Raw;

/// So many rows are looked at; tables with more are no spreadsheets that people keep.
const LOOKED_AT: usize = 20_000;

/// The accounts that came so far, each with its first table and row.
#[derive(Debug, Default)]
pub struct Repeats {
    known: HashMap<String, (Arc<str>, u64), foldhash::fast::RandomState>,
    rows: usize,
}

impl Repeats {
    /// Notes about the rows of a chunk.
    pub fn find(&mut self, raw: &Raw, layout: &Layout) -> Vec<Problem> {
        let mut found = Vec::new();
        if self.rows >= LOOKED_AT {
            return found;
        }
        for (key, row) in keys(raw, layout).into_iter().zip(raw.numbers()).take(LOOKED_AT.saturating_sub(self.rows)) {
            self.rows += 1;
            if key.is_empty() {
                continue;
            }
            let Some((file, first)) = self.known.get(key.as_ref()) else {
                self.known.insert(key.into_owned(), (Arc::clone(&layout.file), row));
                continue;
            };
            let of = if *file == layout.file { String::new() } else { format!(" of {file}") };
            found.push(Problem {
                file: Arc::clone(&layout.file),
                row,
                column: "account.id".to_owned(),
                value: Problem::cut(&key),
                reason: format!("the account stands in row {first}{of} as well"),
                help: Some("each row is decided by itself: bring both together, or leave one out".to_owned()),
            });
        }
        found
    }
}
