//! Results as CSV, TSV and NDJSON.
//!
//! In: columns of results. Out: bytes.
//! Owns how a missing value is written: an empty cell, or `null`. Never counts.

use super::neutral;
use crate::screen::problem::Problem;
use crate::screen::table::{OutChunk, OutColumn};
use crate::value::day_text;

/// The line of headers.
pub fn csv_header(headers: &[String], delimiter: u8) -> Vec<u8> {
    let mut writer = writer(delimiter);
    // Memory takes it.
    drop(writer.write_record(headers.iter().map(|header| neutral(header).into_owned())));
    writer.into_inner().unwrap_or_default()
}

/// Rows of cells.
pub fn csv_rows(chunk: &OutChunk, delimiter: u8) -> Vec<u8> {
    let mut writer = writer(delimiter);
    let mut record = csv::ByteRecord::new();
    for row in 0..chunk.rows {
        record.clear();
        for column in &chunk.columns {
            match column {
                OutColumn::Whole(values) => record.push_field(values.get(row).copied().unwrap_or(0).to_string().as_bytes()),
                OutColumn::Days(days) => {
                    record.push_field(days.get(row).copied().flatten().map(day_text).unwrap_or_default().as_bytes());
                }
                OutColumn::Words(words) => record.push_field(words.get(row).unwrap_or("").as_bytes()),
                OutColumn::Texts(texts) => record.push_field(neutral(texts.get(row).map_or("", String::as_str)).as_bytes()),
            }
        }
        drop(writer.write_byte_record(&record));
    }
    writer.into_inner().unwrap_or_default()
}

fn writer(delimiter: u8) -> csv::Writer<Vec<u8>> {
    csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new())
}

/// An object a row.
pub fn ndjson_rows(chunk: &OutChunk, headers: &[String]) -> Vec<u8> {
    let names: Vec<String> = headers.iter().map(|header| serde_json::to_string(header).unwrap_or_default()).collect();
    let mut bytes = Vec::new();
    let quote = |bytes: &mut Vec<u8>, text: &str| drop(serde_json::to_writer(bytes, text));
    for row in 0..chunk.rows {
        for ((name, column), mark) in names.iter().zip(&chunk.columns).zip(std::iter::once(b'{').chain(std::iter::repeat(b',')))
        {
            bytes.push(mark);
            bytes.extend_from_slice(name.as_bytes());
            bytes.push(b':');
            match column {
                OutColumn::Whole(values) => bytes.extend(values.get(row).copied().unwrap_or(0).to_string().bytes()),
                OutColumn::Days(days) => match days.get(row).copied().flatten() {
                    Some(day) => quote(&mut bytes, &day_text(day)),
                    None => bytes.extend_from_slice(b"null"),
                },
                OutColumn::Words(words) => match words.get(row) {
                    Some(text) => quote(&mut bytes, text),
                    None => bytes.extend_from_slice(b"null"),
                },
                OutColumn::Texts(texts) => match texts.get(row).filter(|text| !text.is_empty()) {
                    Some(text) => quote(&mut bytes, text),
                    None => bytes.extend_from_slice(b"null"),
                },
            }
        }
        bytes.extend_from_slice(b"}\n");
    }
    bytes
}

/// The headers of problems.
pub const PROBLEM_HEADERS: [&str; 6] = ["file", "row", "column", "value", "reason", "help"];

/// Problems as CSV, without the line of headers.
pub fn problem_rows(problems: &[Problem]) -> Vec<u8> {
    let mut writer = writer(b',');
    for Problem { file, row, column, value, reason, help } in problems {
        let cells = [
            neutral(file).into_owned(),
            row.to_string(),
            neutral(column).into_owned(),
            neutral(value).into_owned(),
            reason.clone(),
            help.clone().unwrap_or_default(),
        ];
        drop(writer.write_record(cells));
    }
    writer.into_inner().unwrap_or_default()
}
