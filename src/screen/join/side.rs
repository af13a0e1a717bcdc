//! A table beside the accounts as rows that each name an account.
//!
//! In: chunks of any format. Out: rows of cells under the headers of the layout.
//! Owns what the rows of all formats have in common. Never types a cell.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};

use parquet::file::reader::ChunkReader;

use crate::program::ListId;
use crate::screen::cells::trimmed;
use crate::screen::layout::{Layout, Names};
use crate::screen::mapping::Mapping;
use crate::screen::read::{Raw, ReadError, arrow_text};
use crate::screen::run::{CHUNK, RunError, Table};

/// What the rows of a table are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Records of a list.
    Records(ListId),
    /// Answers: a fact and its value each.
    Answers,
}

/// A table beside the accounts, once its headers were matched.
#[derive(Clone, Debug)]
pub struct Side {
    /// What its rows are.
    pub kind: Kind,
    /// Which column holds what.
    pub layout: Layout,
    /// The names that its columns can have.
    pub names: Names,
    /// How it is written.
    pub mapping: Mapping,
}

/// A row of such a table.
#[derive(Clone, Debug)]
pub struct SideRow {
    /// Its number; the one under the headers is 1.
    pub number: u64,
    /// The account that it names; empty where it names none.
    pub account: String,
    /// Its cells.
    pub cells: csv::ByteRecord,
    /// Why it cannot be read at all; else empty.
    pub wrong: String,
}

impl Side {
    /// The rows of a chunk.
    pub fn rows(&self, raw: Raw) -> Vec<SideRow> {
        let rows: Vec<(u64, csv::ByteRecord, String)> = match raw {
            Raw::Cells(cells) => cells.numbers.into_iter().zip(cells.rows).map(|(at, row)| (at, row, String::new())).collect(),
            Raw::Lines(lines) => lines.rows(&self.layout, &self.names, &self.mapping),
            Raw::Arrow(first, batch) => {
                let columns: Vec<_> = self.layout.headers.iter().map(|header| batch.column_by_name(header)).collect();
                let cell = |column: &Option<&arrow_array::ArrayRef>, row| column.and_then(|array| arrow_text(array, row));
                let row = |row| columns.iter().map(|column| cell(column, row).unwrap_or_default()).collect::<Vec<_>>();
                (first..).zip(0..batch.num_rows()).map(|(at, of)| (at, row(of).into(), String::new())).collect()
            }
        };
        let with = |(number, cells, wrong): (u64, csv::ByteRecord, String)| {
            let account = key(self.layout.key.and_then(|at| cells.get(at)).unwrap_or_default()).to_owned();
            SideRow { number, account, cells, wrong }
        };
        rows.into_iter().map(with).collect()
    }
}

/// The account that a cell names; one that is no text is reported where the row is typed.
fn key(cell: &[u8]) -> &str {
    std::str::from_utf8(cell).map_or("", trimmed)
}

/// The account of each row of a chunk; empty where it names none.
pub(in crate::screen) fn keys<'r>(raw: &'r Raw, layout: &Layout) -> Vec<Cow<'r, str>> {
    match raw {
        Raw::Cells(cells) => {
            let own = |row: &'r csv::ByteRecord| key(layout.key.and_then(|at| row.get(at)).unwrap_or_default());
            cells.rows.iter().map(|row| Cow::Borrowed(own(row))).collect()
        }
        Raw::Lines(lines) => lines.accounts().into_iter().map(|key| Cow::Owned(trimmed(&key).to_owned())).collect(),
        Raw::Arrow(_, batch) => {
            let array = layout.key.and_then(|at| batch.column_by_name(layout.headers.get(at)?));
            let own = |row| array.and_then(|array| arrow_text(array, row)).unwrap_or_default();
            (0..batch.num_rows()).map(|row| Cow::Owned(trimmed(&own(row)).to_owned())).collect()
        }
    }
}

/// The rows of a table, one behind the other, read by a thread of their own.
#[derive(Debug)]
pub(super) struct Stream {
    file: Arc<str>,
    from: Receiver<Result<Vec<SideRow>, ReadError>>,
    ahead: std::collections::VecDeque<SideRow>,
}

impl Stream {
    pub(super) fn open<R>(side: Arc<Side>, table: Table<R>) -> Self
    where
        R: ChunkReader + std::io::Read + std::io::Seek + Send + 'static,
    {
        let file = Arc::clone(&side.layout.file);
        let (to, from) = sync_channel(2);
        std::thread::spawn(move || {
            let read = table.each(&side.layout, CHUNK, &mut |raw| to.send(Ok(side.rows(raw))).is_ok());
            if let Err(error) = read {
                // Whoever no longer listens has failed already.
                drop(to.send(Err(error)));
            }
        });
        Self { file, from, ahead: std::collections::VecDeque::new() }
    }

    /// The next row.
    pub(super) fn next(&mut self) -> Result<Option<SideRow>, RunError> {
        while self.ahead.is_empty() {
            match self.from.recv() {
                Ok(Ok(rows)) => self.ahead.extend(rows),
                Ok(Err(error)) => return Err(RunError::Read(Arc::clone(&self.file), error)),
                Err(_) => return Ok(None),
            }
        }
        Ok(self.ahead.pop_front())
    }
}
