//! Tables in any order, joined by way of the disk.
//!
//! In: the accounts in the order of the input, the rows beside them in any. Out: these rows in the order of the accounts.
//! Owns the files without names that it was handed. Both sides are parted by a hash of the account, so that the accounts of
//! one part fit into memory; the rows of each part become runs in the order of the accounts, and the runs are merged.
//! Never holds more than [`BOUND`] bytes of rows and the accounts of one part.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::fs::File;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::Seek as _;
use std::sync::Arc;

use parquet::file::reader::ChunkReader;
use smallvec::SmallVec;

use super::Attached;
use super::side::{self, Side, SideRow};
use crate::screen::layout::Layout;
use crate::screen::run::{CHUNK, RunError, Table, each_chunk};

/// The most bytes of rows that are held at once.
pub const BOUND: usize = 64 << 20;

/// Into so many parts both sides are parted.
const PARTS: u64 = 64;

/// The place of a row whose account is not in the table: behind all others.
const NOBODY: u64 = u64::MAX;

/// The place of an account, then of the table beside it, then of the row there, then the run that holds the row.
type Turn = Reverse<(u64, usize, u64, usize)>;

/// Rows in the order of their accounts.
#[derive(Debug)]
pub struct Spilled {
    runs: Vec<csv::Reader<File>>,
    heads: Vec<csv::ByteRecord>,
    turns: BinaryHeap<Turn>,
    /// The place of the next account.
    next: u64,
}

impl Spilled {
    /// Reads all tables. `make` makes a file without a name.
    /// # Errors
    /// What cannot be read, or written to the disk.
    pub fn new<R>(
        accounts: Vec<Table<R>>,
        layouts: &[Layout],
        sides: Vec<(Arc<Side>, Table<R>)>,
        make: &dyn Fn() -> std::io::Result<File>,
    ) -> Result<Self, RunError>
    where
        R: ChunkReader + std::io::Read + std::io::Seek + Send + 'static,
    {
        Self::within(BOUND, accounts, layouts, sides, make)
    }

    /// The same with another bound, in bytes.
    /// # Errors
    /// As of [`Spilled::new`].
    pub fn within<R>(
        bound: usize,
        accounts: Vec<Table<R>>,
        layouts: &[Layout],
        sides: Vec<(Arc<Side>, Table<R>)>,
        make: &dyn Fn() -> std::io::Result<File>,
    ) -> Result<Self, RunError>
    where
        R: ChunkReader + std::io::Read + std::io::Seek + Send + 'static,
    {
        let parts = || (0..PARTS).map(|_| Ok(writer(made(make)?))).collect::<Result<Vec<_>, RunError>>();
        let (mut places, mut rows) = (parts()?, parts()?);
        let mut next = 0_u64;
        each_chunk(accounts, layouts, CHUNK, &mut |_, layout, raw| {
            for key in side::keys(&raw, layout) {
                if !key.is_empty() {
                    put(&mut places, &key, &[next.to_string().as_bytes(), key.as_bytes()])?;
                }
                next += 1;
            }
            Ok(true)
        })?;
        for (at, (side, table)) in sides.into_iter().enumerate() {
            let mut failed = None;
            let read = table.each(&side.layout, CHUNK, &mut |raw| {
                let put = side.rows(raw).into_iter().try_for_each(|row| put_row(&mut rows, at, &row));
                failed = put.err();
                failed.is_none()
            });
            if let Some(error) = failed {
                return Err(error);
            }
            read.map_err(|error| RunError::Read(Arc::clone(&side.layout.file), error))?;
        }
        let mut runs = Vec::new();
        for (places, rows) in places.into_iter().zip(rows) {
            sort(bound, reader(places)?, reader(rows)?, make, &mut runs)?;
        }
        let mut made = Self { heads: vec![csv::ByteRecord::new(); runs.len()], runs, turns: BinaryHeap::new(), next: 0 };
        (0..made.runs.len()).try_for_each(|run| made.advance(run))?;
        Ok(made)
    }

    pub(super) fn attach(&mut self, accounts: usize) -> Result<Vec<Attached>, RunError> {
        let first = self.next;
        self.next += accounts as u64;
        let mut all: Vec<Attached> = Vec::new();
        while let Some((place, side, row)) = self.pop(self.next)? {
            let at = usize::try_from(place - first).ok();
            match all.iter_mut().find(|attached| attached.side == side) {
                Some(attached) => attached.rows.push((at, row)),
                None => all.push(Attached { side, rows: vec![(at, row)] }),
            }
        }
        all.sort_by_key(|attached| attached.side);
        Ok(all)
    }

    pub(super) fn rest(&mut self) -> Result<Option<Vec<Attached>>, RunError> {
        let mut rest: Option<Attached> = None;
        while rest.as_ref().is_none_or(|rest| rest.rows.len() < CHUNK) {
            if self.turns.peek().is_some_and(|Reverse((_, side, ..))| rest.as_ref().is_some_and(|rest| rest.side != *side)) {
                break;
            }
            let Some((_, side, row)) = self.pop(NOBODY)?.or(self.turn()?) else { break };
            rest.get_or_insert_with(|| Attached { side, rows: Vec::new() }).rows.push((None, row));
        }
        Ok(rest.map(|rest| vec![rest]))
    }

    /// The next row.
    fn turn(&mut self) -> Result<Option<(u64, usize, SideRow)>, RunError> {
        match self.turns.pop() {
            Some(Reverse((place, side, number, run))) => Ok(Some((place, side, self.take(number, run)?))),
            None => Ok(None),
        }
    }

    /// The next row, if its account comes before a place.
    fn pop(&mut self, before: u64) -> Result<Option<(u64, usize, SideRow)>, RunError> {
        match self.turns.peek() {
            Some(Reverse((place, ..))) if *place < before => self.turn(),
            _ => Ok(None),
        }
    }

    fn take(&mut self, number: u64, run: usize) -> Result<SideRow, RunError> {
        let text = |bytes: Option<&[u8]>| String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned();
        let head = self.heads.get_mut(run).map(std::mem::take).unwrap_or_default();
        self.advance(run)?;
        let cells = head.iter().skip(LEAD).collect();
        Ok(SideRow { number, account: text(head.get(3)), wrong: text(head.get(4)), cells })
    }

    /// Reads the next row of a run.
    fn advance(&mut self, run: usize) -> Result<(), RunError> {
        let (Some(reader), Some(head)) = (self.runs.get_mut(run), self.heads.get_mut(run)) else { return Ok(()) };
        if reader.read_byte_record(head).map_err(disk)? {
            let [place, side, number] = lead(head);
            self.turns.push(Reverse((place, usize::try_from(side).unwrap_or(0), number, run)));
        }
        Ok(())
    }
}

/// So many cells stand before those of a row in a run: place, table, number, account, what is wrong.
const LEAD: usize = 5;

fn lead(record: &csv::ByteRecord) -> [u64; 3] {
    let number = |at: usize| record.get(at).and_then(|cell| std::str::from_utf8(cell).ok()?.parse().ok()).unwrap_or(0);
    [number(0), number(1), number(2)]
}

fn made(make: &dyn Fn() -> std::io::Result<File>) -> Result<File, RunError> {
    make().map_err(RunError::Disk)
}

fn writer(file: File) -> csv::Writer<File> {
    csv::WriterBuilder::new().flexible(true).from_writer(file)
}

fn reader(writer: csv::Writer<File>) -> Result<csv::Reader<File>, RunError> {
    let mut file = writer.into_inner().map_err(|error| RunError::Disk(std::io::Error::other(error.to_string())))?;
    file.rewind().map_err(RunError::Disk)?;
    Ok(csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file))
}

fn disk(error: csv::Error) -> RunError {
    RunError::Disk(match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => std::io::Error::other(format!("{other:?}")),
    })
}

/// The part of an account.
fn put(parts: &mut [csv::Writer<File>], key: &str, cells: &[&[u8]]) -> Result<(), RunError> {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    let part = usize::try_from(hasher.finish() % PARTS).unwrap_or(0);
    match parts.get_mut(part) {
        Some(part) => part.write_record(cells).map_err(disk),
        None => Ok(()),
    }
}

fn put_row(parts: &mut [csv::Writer<File>], side: usize, row: &SideRow) -> Result<(), RunError> {
    let (side, number) = (side.to_string(), row.number.to_string());
    let mut cells: Vec<&[u8]> = vec![b"", side.as_bytes(), number.as_bytes(), row.account.as_bytes(), row.wrong.as_bytes()];
    cells.extend(row.cells.iter());
    put(parts, &row.account, &cells)
}

/// The rows of one part as runs in the order of their accounts.
fn sort(
    bound: usize,
    mut places: csv::Reader<File>,
    mut rows: csv::Reader<File>,
    make: &dyn Fn() -> std::io::Result<File>,
    runs: &mut Vec<csv::Reader<File>>,
) -> Result<(), RunError> {
    let mut known: HashMap<Box<[u8]>, SmallVec<[u64; 1]>, foldhash::fast::RandomState> = HashMap::default();
    let mut record = csv::ByteRecord::new();
    while places.read_byte_record(&mut record).map_err(disk)? {
        let [place, ..] = lead(&record);
        known.entry(record.get(1).unwrap_or_default().into()).or_default().push(place);
    }
    let mut held: Vec<(u64, csv::ByteRecord)> = Vec::new();
    let mut bytes = 0;
    let mut is_more = true;
    while is_more {
        is_more = rows.read_byte_record(&mut record).map_err(disk)?;
        if is_more {
            let nobody = SmallVec::from([NOBODY]);
            let own = record.get(3).filter(|key| !key.is_empty()).and_then(|key| known.get(key)).unwrap_or(&nobody);
            for place in own {
                bytes += record.as_slice().len() + 16 * record.len() + 64;
                held.push((*place, record.clone()));
            }
        }
        if bytes > bound || (!is_more && !held.is_empty()) {
            held.sort_by_key(|(place, record)| {
                let [_, side, number] = lead(record);
                (*place, side, number)
            });
            let mut run = writer(made(make)?);
            for (place, record) in held.drain(..) {
                let place = place.to_string();
                let cells = std::iter::once(place.as_bytes()).chain(record.iter().skip(1));
                run.write_record(cells).map_err(disk)?;
            }
            runs.push(reader(run)?);
            bytes = 0;
        }
    }
    Ok(())
}
