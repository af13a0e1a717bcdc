//! Tables to chunks of rows, one file a format.
//!
//! In: the bytes of a table. Out: its headers, then its rows in order, as they stand in the file.
//! Owns the formats. Never types a cell, never opens a file.

mod csv;
mod ndjson;
mod parquet;
mod sniff;
mod xlsx;

pub use self::csv::CsvTable;
pub use self::ndjson::{Lines, NdjsonTable};
pub use self::parquet::{ParquetTable, arrow_columns, text as arrow_text};
pub use self::xlsx::{XlsxTable, check_workbook};

use super::cells::Cells;

/// The formats of tables.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TableFormat {
    /// Cells between commas, semicolons or bars.
    Csv,
    /// Cells between tabs.
    Tsv,
    /// One facts document a line, in JSON.
    Ndjson,
    /// Apache Parquet.
    Parquet,
    /// An Excel workbook; its first sheet with rows is read.
    Xlsx,
}

impl TableFormat {
    /// The format of a file name's ending.
    pub fn of(name: &str) -> Option<Self> {
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase())?;
        Some(match ending.as_str() {
            "csv" | "txt" => Self::Csv,
            "tsv" | "tab" => Self::Tsv,
            "ndjson" | "jsonl" => Self::Ndjson,
            "parquet" | "pq" => Self::Parquet,
            "xlsx" | "xlsm" => Self::Xlsx,
            _ => return None,
        })
    }
}

/// Why a table cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The bytes cannot be had.
    #[error("it cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// The bytes are not of the format.
    #[error("it is no {format}: {why}")]
    Form {
        /// The format.
        format: &'static str,
        /// What was found.
        why: String,
    },
    /// There is nothing in it.
    #[error("it is empty: the first row must hold the names of the columns")]
    Empty,
}

/// Rows as a file holds them.
#[derive(Debug)]
pub enum Raw {
    /// Rows of cells.
    Cells(Cells),
    /// Documents.
    Lines(Lines),
    /// Arrow columns, with the number of their first row.
    Arrow(u64, arrow_array::RecordBatch),
}

impl Raw {
    /// The number of each row.
    pub fn numbers(&self) -> Vec<u64> {
        match self {
            Self::Cells(cells) => cells.numbers.clone(),
            Self::Lines(lines) => (lines.first..).take(lines.len()).collect(),
            Self::Arrow(first, batch) => (*first..).take(batch.num_rows()).collect(),
        }
    }
}

/// Among so many first rows the one with the names of columns is looked for: a title may stand above it.
const TITLE_ROWS: usize = 20;

/// Which of the first rows holds the names of columns: the first of those in which most cells are names, else the first
/// that holds anything.
fn header_row(rows: &[Vec<String>], is_name: &dyn Fn(&str) -> bool) -> Option<usize> {
    let score = |row: &Vec<String>| row.iter().filter(|cell| is_name(cell.trim())).count();
    let best = rows.iter().map(score).max().filter(|best| *best > 0);
    let filled = |row: &Vec<String>| row.iter().any(|cell| !cell.trim().is_empty());
    rows.iter().position(|row| best.map_or_else(|| filled(row), |best| score(row) == best))
}

/// Takes chunks as they are read; false means that no more are wanted.
pub type Take<'t> = &'t mut dyn FnMut(Raw) -> bool;
