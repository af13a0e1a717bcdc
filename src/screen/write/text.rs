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
    // Each text is quoted once, however many rows say it.
    let quoted = |column: &OutColumn| match column {
        OutColumn::Words(words) => words.texts().iter().map(|text| cell(text.as_bytes(), delimiter)).collect(),
        _ => Vec::new(),
    };
    let quoted: Vec<Vec<Vec<u8>>> = chunk.columns.iter().map(quoted).collect();
    let mut bytes = Vec::new();
    for row in 0..chunk.rows {
        for ((column, quoted), at) in chunk.columns.iter().zip(&quoted).zip(0..) {
            if at > 0 {
                bytes.push(delimiter);
            }
            match column {
                OutColumn::Whole(values) => bytes.extend(values.get(row).copied().unwrap_or(0).to_string().as_bytes()),
                OutColumn::Days(days) => {
                    bytes.extend(days.get(row).copied().flatten().map(day_text).unwrap_or_default().as_bytes());
                }
                OutColumn::Words(words) => {
                    let text = words.codes().get(row).and_then(|code| quoted.get(*code as usize));
                    bytes.extend_from_slice(text.map_or(&[], Vec::as_slice));
                }
                OutColumn::Texts(texts) => {
                    let text = neutral(texts.get(row).map_or("", String::as_str));
                    match text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                        true => bytes.extend_from_slice(text.as_bytes()),
                        false => bytes.extend_from_slice(&cell(text.as_bytes(), delimiter)),
                    }
                }
            }
        }
        bytes.push(b'\n');
    }
    bytes
}

/// A cell as it stands in a row, quoted where it must be.
fn cell(text: &[u8], delimiter: u8) -> Vec<u8> {
    let mut writer = writer(delimiter);
    // An empty cell behind it, so that it is not the only one, which would be quoted for that alone.
    drop(writer.write_record([text, b""]));
    let mut bytes = writer.into_inner().unwrap_or_default();
    bytes.truncate(bytes.len().saturating_sub(2));
    bytes
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
