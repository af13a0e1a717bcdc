//! CSV and TSV to rows of cells.
//!
//! In: bytes of a text table. Out: its headers, then its rows.
//! Owns nothing but the loop: the crates `csv` and `encoding_rs` read. Never types a cell.

use std::io::Read;

use encoding_rs::UTF_8;
use encoding_rs_io::DecodeReaderBytesBuilder;

use super::sniff::{Look, look};
use super::{Raw, ReadError, TITLE_ROWS, Take, header_row};
use crate::screen::cells::Cells;

/// How much of a file is looked at to see how it is written.
const LOOKED_AT: u64 = 64 * 1024;

/// A text table.
pub struct CsvTable {
    /// Its headers.
    pub headers: Vec<String>,
    /// How it is written.
    pub look: Look,
    reader: csv::Reader<Box<dyn Read + Send>>,
    /// Rows under the headers that were read while these were looked for.
    ahead: std::collections::VecDeque<csv::ByteRecord>,
}

impl CsvTable {
    /// Reads the headers; `is_name` says which cells are names of facts. `delimiter` takes the place of the one that the
    /// table seems to have.
    /// # Errors
    /// [`ReadError`], when there is no text to read.
    pub fn open(
        mut bytes: Box<dyn Read + Send>,
        delimiter: Option<u8>,
        is_name: &dyn Fn(&str) -> bool,
    ) -> Result<Self, ReadError> {
        let mut start = Vec::new();
        bytes.by_ref().take(LOOKED_AT).read_to_end(&mut start)?;
        let complete = (start.len() as u64) < LOOKED_AT;
        let mut look = look(&start, complete);
        look.delimiter = delimiter.unwrap_or(look.delimiter);
        if start.contains(&0) && look.encoding == UTF_8 {
            return Err(ReadError::Form { format: "text table", why: "it holds bytes that no text has".to_owned() });
        }
        let all = std::io::Cursor::new(start).chain(bytes);
        let decoded: Box<dyn Read + Send> = if look.encoding == UTF_8 {
            Box::new(WithoutMark { inner: all, at_start: true })
        } else {
            Box::new(DecodeReaderBytesBuilder::new().encoding(Some(look.encoding)).bom_override(true).build(all))
        };
        let mut builder = csv::ReaderBuilder::new();
        let mut reader =
            builder.delimiter(look.delimiter).flexible(true).has_headers(false).buffer_capacity(1 << 18).from_reader(decoded);
        let mut ahead = std::collections::VecDeque::new();
        let mut record = csv::ByteRecord::new();
        while ahead.len() < TITLE_ROWS && reader.read_byte_record(&mut record).map_err(|error| form(&error))? {
            ahead.push_back(record.clone());
        }
        let cells =
            |record: &csv::ByteRecord| record.iter().map(|cell| String::from_utf8_lossy(cell).trim().to_owned()).collect();
        let rows: Vec<Vec<String>> = ahead.iter().map(cells).collect();
        let at = header_row(&rows, is_name).ok_or(ReadError::Empty)?;
        ahead.drain(..=at);
        let headers = rows.into_iter().nth(at).unwrap_or_default();
        Ok(Self { headers, look, reader, ahead })
    }

    /// Reads all rows.
    /// # Errors
    /// [`ReadError`], when the bytes end before their time.
    pub fn each(mut self, rows: usize, take: Take<'_>) -> Result<(), ReadError> {
        let mut number = 0;
        loop {
            let mut cells = Cells { first: number + 1, rows: Vec::with_capacity(rows), numbers: Vec::with_capacity(rows) };
            let mut record = csv::ByteRecord::new();
            while cells.rows.len() < rows {
                match self.ahead.pop_front() {
                    Some(next) => record = next,
                    None if self.reader.read_byte_record(&mut record).map_err(|error| form(&error))? => {}
                    None => break,
                }
                number += 1;
                // Spreadsheets end in rows of nothing but separators; they say nothing of anybody.
                if record.iter().any(|cell| !cell.trim_ascii().is_empty()) {
                    cells.rows.push(record.clone());
                    cells.numbers.push(number);
                }
            }
            let count = cells.rows.len();
            if count == 0 || !take(Raw::Cells(cells)) || count < rows {
                return Ok(());
            }
        }
    }
}

fn form(error: &csv::Error) -> ReadError {
    match error.kind() {
        csv::ErrorKind::Io(io) => ReadError::Io(std::io::Error::new(io.kind(), io.to_string())),
        _ => ReadError::Form { format: "CSV", why: error.to_string() },
    }
}

/// Leaves out the three bytes with which some programs mark UTF-8.
struct WithoutMark<R> {
    inner: R,
    at_start: bool,
}

impl<R: Read> Read for WithoutMark<R> {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(to)?;
        if !std::mem::replace(&mut self.at_start, false) || !to.starts_with(b"\xef\xbb\xbf") || count < 3 {
            return Ok(count);
        }
        to.copy_within(3..count, 0);
        if count > 3 { Ok(count - 3) } else { self.inner.read(to) }
    }
}
