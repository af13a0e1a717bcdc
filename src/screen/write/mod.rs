//! Rows of results to bytes, one file a format.
//!
//! In: columns of results. Out: the bytes of a part of a file; parts one behind the other are the file.
//! Owns the formats. Never opens a file, never words a verdict.

mod parquet;
mod text;
mod xlsx;

pub use self::parquet::{ParquetPart, join_parquet};
pub use self::text::{PROBLEM_HEADERS, csv_header, csv_rows, ndjson_rows, problem_rows};
pub use self::xlsx::Workbook;

/// A text that no spreadsheet takes for a formula.
///
/// A cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return is run by spreadsheets; an apostrophe in front
/// makes it a text. Amounts and days that we write ourselves begin with none of them.
pub fn neutral(text: &str) -> std::borrow::Cow<'_, str> {
    match text.as_bytes().first() {
        Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r') => format!("'{text}").into(),
        _ => text.into(),
    }
}
