//! A table through all stages: read, typed, decided, encoded, in the order of the input.
//!
//! In: an open table, its layout, the wanted output. Out: encoded chunks, in order, to whoever writes them.
//! Owns the threads: all work, one of them reads as well, the caller takes. Never holds more than a few chunks; never opens a file.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::num::NonZeroUsize;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex};

use parquet::file::reader::ChunkReader;

use super::cells::{CellReader, Cells};
use super::columns::STRIP;
use super::desk::{Desk, decode};
use super::join::{Attached, Join, Side};
use super::layout::Layout;
use super::problem::Problem;
use super::questions::Question;
use super::read::{CsvTable, NdjsonTable, ParquetTable, Raw, ReadError, XlsxTable};
use super::repeats::Repeats;
use super::shape::Shape;
use super::table::OutChunk;
use super::write::ParquetPart;
use crate::RuleSet;
use crate::facts::Facts;
use crate::report::Tally;
use crate::value::Day;

/// Rows of a chunk of text; a chunk is the unit in which work is given out and files grow.
pub const CHUNK: usize = super::columns::ROWS;
/// Rows of a chunk that becomes a row group of a Parquet file.
pub const PARQUET_CHUNK: usize = 8 * CHUNK;

/// A table whose headers were read.
pub enum Table<R: ChunkReader + std::io::Read + std::io::Seek> {
    /// CSV or TSV.
    Csv(CsvTable),
    /// NDJSON.
    Ndjson(NdjsonTable),
    /// Parquet.
    Parquet(ParquetTable<R>),
    /// Excel.
    Xlsx(XlsxTable<R>),
}

impl<R: ChunkReader + std::io::Read + std::io::Seek + 'static> Table<R> {
    /// A table of lines has no headers: each line names its facts.
    pub fn lines(bytes: Box<dyn BufRead + Send>) -> Self {
        Self::Ndjson(NdjsonTable::new(bytes))
    }

    /// The headers; none where each row names its facts.
    pub fn headers(&self) -> Option<&[String]> {
        match self {
            Self::Csv(table) => Some(&table.headers),
            Self::Parquet(table) => Some(&table.headers),
            Self::Xlsx(table) => Some(&table.headers),
            Self::Ndjson(_) => None,
        }
    }

    /// The first rows, cell by cell; none of a table that holds no texts.
    /// # Errors
    /// [`ReadError`], when it cannot be read.
    pub fn sample(self, rows: usize) -> Result<Vec<Vec<String>>, ReadError> {
        let mut found = Vec::new();
        let mut take = |raw| {
            if let Raw::Cells(cells) = raw {
                let text = |cell: &[u8]| String::from_utf8_lossy(cell).into_owned();
                found = cells.rows.iter().map(|row| row.iter().map(text).collect()).collect();
            }
            false
        };
        match self {
            Self::Csv(table) => table.each(rows, &mut take)?,
            Self::Xlsx(table) => table.each(rows, &mut take)?,
            Self::Ndjson(_) | Self::Parquet(_) => {}
        }
        Ok(found)
    }

    pub(super) fn each(self, layout: &Layout, rows: usize, take: &mut dyn FnMut(Raw) -> bool) -> Result<(), ReadError> {
        match self {
            Self::Csv(table) => table.each(rows, take),
            Self::Ndjson(table) => table.each(rows, take),
            Self::Parquet(table) => table.each(layout, rows, take),
            Self::Xlsx(table) => table.each(rows, take),
        }
    }
}

/// Reads tables one behind the other; `take` says whether more is wanted.
/// # Errors
/// The first error of reading, or of `take`.
pub fn each_chunk<R: ChunkReader + std::io::Read + std::io::Seek + 'static>(
    tables: Vec<Table<R>>,
    layouts: &[Layout],
    rows: usize,
    take: &mut dyn FnMut(usize, &Layout, Raw) -> Result<bool, RunError>,
) -> Result<(), RunError> {
    for ((table, layout), at) in tables.into_iter().zip(layouts).zip(0..) {
        let mut taken = Ok(true);
        let read = table.each(layout, rows, &mut |raw| {
            taken = take(at, layout, raw);
            matches!(taken, Ok(true))
        });
        if !taken? {
            return Ok(());
        }
        read.map_err(|error| RunError::Read(Arc::clone(&layout.file), error))?;
    }
    Ok(())
}

/// How chunks are encoded.
#[derive(Clone, Debug)]
pub enum Encoding {
    /// Cells between delimiters.
    Csv(u8),
    /// Objects with these names.
    Ndjson(Vec<String>),
    /// A Parquet file a chunk, to be joined.
    Parquet(ParquetPart),
    /// Not at all: whoever writes takes the columns.
    Columns,
}

/// A chunk as it was read.
pub(super) struct Work {
    pub(super) index: u64,
    /// The table that it is of.
    pub(super) table: usize,
    pub(super) raw: Raw,
    pub(super) attached: Vec<Attached>,
    /// Rows whose account came before.
    pub(super) repeated: Vec<Problem>,
}

/// What a chunk became.
#[derive(Debug)]
pub struct Encoded {
    /// Which chunk, from 0.
    pub index: u64,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its columns, where they are not encoded.
    pub columns: Option<OutChunk>,
    /// What is wrong with its rows.
    pub problems: Vec<Problem>,
    /// What it came to.
    pub tally: Tally,
    /// What to ask about its accounts, where the columns are taken.
    pub questions: Vec<Question>,
}

/// Why a run ended before its time.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// An input, by its name.
    #[error("`{0}`: {1}")]
    Read(Arc<str>, ReadError),
    /// Tables that were to be merged are not all sorted by account.
    #[error("the tables are not all sorted by account")]
    Unsorted,
    /// A file without a name on which tables are joined.
    #[error("a temporary file cannot be used: {0}")]
    Disk(std::io::Error),
    /// The output.
    #[error("the output cannot be written: {0}")]
    Write(#[from] std::io::Error),
    /// The output, before it was written.
    #[error("a chunk cannot be encoded: {0}")]
    Encode(String),
}

/// Everything that a run needs to know.
#[derive(Debug)]
pub struct Job<'a> {
    /// The rules.
    pub rules: &'a RuleSet,
    /// For each table: which column holds what.
    pub layouts: &'a [Layout],
    /// Tables beside the accounts.
    pub sides: &'a [Arc<Side>],
    /// What is told.
    pub shape: &'a Shape,
    /// How chunks are encoded.
    pub encoding: Encoding,
    /// The day for which all rows are checked; else each row's own.
    pub as_of: Option<Day>,
    /// How many threads decide.
    pub threads: NonZeroUsize,
    /// Chunks that an earlier run has written.
    pub skip: u64,
}

impl Job<'_> {
    /// Rows of a chunk.
    pub fn rows(&self) -> usize {
        match self.encoding {
            // An account may have many records, and chunks are held whole.
            Encoding::Parquet(_) if !self.sides.is_empty() => CHUNK,
            _ if !self.sides.is_empty() => CHUNK / 8,
            // What is told of a chunk is held whole, too: the more decisions, the fewer accounts.
            Encoding::Parquet(_) => {
                let told = self.shape.decisions.len() / if self.shape.long { 1 } else { 4 };
                (PARQUET_CHUNK / told.max(1) / STRIP).max(1) * STRIP
            }
            _ => CHUNK,
        }
    }

    /// Runs the tables, one behind the other, with what stands beside them; `write` takes every chunk in the order of the
    /// input.
    /// # Errors
    /// The first error of input, encoding or output; what `write` took before is whole.
    pub fn run<R: ChunkReader + std::io::Read + std::io::Seek + Send + 'static>(
        &self,
        tables: Vec<Table<R>>,
        join: Join,
        write: &mut dyn FnMut(Encoded) -> std::io::Result<()>,
    ) -> Result<(), RunError> {
        let threads = self.threads.get();
        // One chunk for each that only works: more would wait for it while whoever reads has nothing left to do.
        let (raw_in, raw_out) = sync_channel::<Work>((threads - 1).max(1));
        let raw_out = Mutex::new(raw_out);
        let (done_in, done_out) = sync_channel::<Result<Encoded, String>>(threads);
        // A chunk is read only while there is room for it: as many tickets as chunks that may be under way.
        let (ticket_in, ticket_out) = sync_channel::<()>(4 * threads);
        std::thread::scope(|scope| {
            for _ in 1..threads {
                let (done, raw) = (done_in.clone(), &raw_out);
                scope.spawn(move || self.help(Desk::new(self), raw, &done));
            }
            let queue = (raw_in, &raw_out);
            let reader = scope.spawn(move || self.read(tables, join, queue, &done_in, &ticket_in));
            let written = self.in_order(&done_out, &ticket_out, write);
            // Whoever still waits for room or for work finds nobody at the other end, and stops.
            drop((done_out, ticket_out));
            if written.is_err() {
                drop(raw_out.lock().map(|raw| while raw.try_recv().is_ok() {}));
            }
            let read = reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            written?;
            read
        })
    }

    /// What the row of a number says, as it is read for a run of one table with nothing beside it; nothing where there is no
    /// such row, or where it is invalid.
    /// # Errors
    /// The table cannot be read as far as that.
    pub fn facts_of<R: ChunkReader + std::io::Read + std::io::Seek + 'static>(
        &self,
        table: Table<R>,
        number: u64,
    ) -> Result<Option<Facts>, ReadError> {
        let (rules, mut found) = (self.rules, None);
        let program = rules.program();
        let Some(layout) = self.layouts.first() else { return Ok(found) };
        let mut cells = CellReader::new(program, &rules.plan, &rules.reader, layout, self.as_of);
        let mut accounts = rules.reader.accounts().on(self.as_of);
        let lists = self.shape.lists(program);
        table.each(layout, self.rows(), &mut |raw| {
            // What stands before it is read over, not decoded: of a large table that is most of the work.
            if !raw.numbers().contains(&number) {
                return true;
            }
            let is_finished = matches!(raw, Raw::Lines(_));
            let mut decoded = decode(self, raw, &mut cells, &lists, &mut accounts);
            let row = (0..decoded.batch.rows()).find(|row| decoded.number(*row) == number);
            let Some(row) = row else { return true };
            if !is_finished {
                cells.finish(&mut decoded);
            }
            if !decoded.is_invalid(row) {
                let mut facts = Facts::new(program, 0);
                decoded.batch.facts_of(program, row, &mut facts);
                found = Some(facts);
            }
            false
        })?;
        Ok(found)
    }

    /// Reads chunks and gives them out; works itself wherever nobody else is waiting, and on what is left at the end.
    fn read<R: ChunkReader + std::io::Read + std::io::Seek + 'static>(
        &self,
        tables: Vec<Table<R>>,
        mut join: Join,
        (to, from): (SyncSender<Work>, &Mutex<Receiver<Work>>),
        done: &SyncSender<Result<Encoded, String>>,
        tickets: &SyncSender<()>,
    ) -> Result<(), RunError> {
        let (mut next, mut desk) = (0, Desk::new(self));
        let mut repeats = Repeats::default();
        let mut give = |table, raw, attached, repeated| {
            let index = next;
            next += 1;
            if index < self.skip {
                return true;
            }
            let work = Work { index, table, raw, attached, repeated };
            if tickets.send(()).is_err() {
                return false;
            }
            let kept = if self.threads.get() == 1 { Err(TrySendError::Full(work)) } else { to.try_send(work) };
            match kept {
                Ok(()) => true,
                Err(TrySendError::Full(work) | TrySendError::Disconnected(work)) => done.send(desk.work(work)).is_ok(),
            }
        };
        let mut is_wanted = true;
        each_chunk(tables, self.layouts, self.rows(), &mut |table, layout, raw| {
            let attached = join.attach(&raw, layout)?;
            let repeated = repeats.find(&raw, layout);
            is_wanted = give(table, raw, attached, repeated);
            Ok(is_wanted)
        })?;
        while is_wanted && let Some(attached) = join.rest()? {
            is_wanted = give(0, Raw::Cells(Cells::default()), attached, Vec::new());
        }
        drop(to);
        self.help(desk, from, done);
        Ok(())
    }

    /// Works on chunks until there are no more.
    fn help(&self, mut desk: Desk<'_>, from: &Mutex<Receiver<Work>>, done: &SyncSender<Result<Encoded, String>>) {
        while let Ok(Ok(work)) = from.lock().map(|from| from.recv()) {
            if done.send(desk.work(work)).is_err() {
                return;
            }
        }
    }

    fn in_order(
        &self,
        from: &Receiver<Result<Encoded, String>>,
        tickets: &Receiver<()>,
        write: &mut dyn FnMut(Encoded) -> std::io::Result<()>,
    ) -> Result<(), RunError> {
        let (mut waiting, mut next) = (BTreeMap::new(), self.skip);
        while let Ok(done) = from.recv() {
            let encoded = done.map_err(RunError::Encode)?;
            waiting.insert(encoded.index, encoded);
            while let Some(encoded) = waiting.remove(&next) {
                write(encoded)?;
                // The chunk was read with a ticket, so there is one.
                let _ = tickets.try_recv();
                next += 1;
            }
        }
        Ok(())
    }
}
