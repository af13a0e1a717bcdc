//! Excel workbooks to rows of cells.
//!
//! In: the bytes of a workbook. Out: the headers and rows of a sheet, each cell as a text that says what Excel holds.
//! Owns how numbers and days of a sheet are written as text. Never types a cell.

use std::io::{BufReader, Read, Seek};

use calamine::{Cell, DataRef, ExcelDateTime, Reader as _, Xlsx};

use super::{Raw, ReadError, TITLE_ROWS, Take, header_row};
use crate::screen::cells::Cells;
use crate::screen::layout::letters;

/// The largest sheet, in columns: a row is kept whole.
const MOST_COLUMNS: usize = 16_384;

/// A sheet of a workbook.
pub struct XlsxTable<R> {
    /// Its headers.
    pub headers: Vec<String>,
    /// Which sheet.
    pub sheet: String,
    workbook: Xlsx<BufReader<R>>,
    /// The row of the headers.
    header_row: u32,
    /// The first column.
    first_column: u32,
}

impl<R: Read + Seek> XlsxTable<R> {
    /// Opens the named sheet; else the one that is called `liked`, else the first one with names of facts, else the first one
    /// that has rows; `is_name` says which cells are names of facts.
    /// # Errors
    /// [`ReadError`], when this is no workbook, or no such sheet is in it.
    pub fn open(bytes: R, sheet: Option<&str>, liked: &str, is_name: &dyn Fn(&str) -> bool) -> Result<Self, ReadError> {
        let mut workbook = Xlsx::new(BufReader::new(bytes)).map_err(|error| form(&error))?;
        let names = workbook.sheet_names();
        let wanted: Vec<String> = match sheet {
            Some(name) if names.iter().any(|known| known == name) => vec![name.to_owned()],
            Some(name) => {
                let why = format!("it has no sheet `{name}`; its sheets are {}", names.join(", "));
                return Err(ReadError::Form { format: "workbook with that sheet", why });
            }
            None => match names.iter().find(|name| letters(name) == letters(liked)) {
                Some(name) => vec![name.clone()],
                None => names,
            },
        };
        let mut first = None;
        for sheet in wanted {
            let Some(found) = headers(&mut workbook, &sheet, is_name)? else { continue };
            let is_named = found.2.iter().any(|header| is_name(header));
            if is_named || first.is_none() {
                first = Some((sheet, found));
            }
            if is_named {
                break;
            }
        }
        let (sheet, (header_row, first_column, headers)) = first.ok_or(ReadError::Empty)?;
        Ok(Self { headers, sheet, workbook, header_row, first_column })
    }

    /// Reads all rows under the headers.
    /// # Errors
    /// [`ReadError`], when the sheet is broken.
    pub fn each(mut self, rows: usize, take: Take<'_>) -> Result<(), ReadError> {
        let width = self.headers.len();
        let mut reader = self.workbook.worksheet_cells_reader(&self.sheet).map_err(|error| form(&error))?;
        let mut cells = Cells::default();
        let mut row: Vec<String> = vec![String::new(); width];
        let mut at = None;
        let header_row = self.header_row;
        let flush = |row: &mut Vec<String>, number: Option<u32>, cells: &mut Cells| {
            if row.iter().any(|cell| !cell.trim().is_empty()) {
                cells.rows.push(csv::ByteRecord::from(row.iter().map(String::as_str).collect::<Vec<_>>()));
                cells.numbers.push(u64::from(number.unwrap_or(header_row) - header_row));
            }
            row.iter_mut().for_each(String::clear);
            row.truncate(width);
        };
        while let Some(cell) = reader.next_cell().map_err(|error| form(&error))? {
            let (number, column) = cell.get_position();
            if number <= self.header_row || column < self.first_column {
                continue;
            }
            if at.is_some_and(|at| at != number) {
                flush(&mut row, at, &mut cells);
                if cells.rows.len() == rows && !take(Raw::Cells(std::mem::take(&mut cells))) {
                    return Ok(());
                }
            }
            at = Some(number);
            let place = (column - self.first_column) as usize;
            let text = text(&cell);
            if place >= row.len() && !text.trim().is_empty() && place < MOST_COLUMNS {
                row.resize(place + 1, String::new());
            }
            if let Some(own) = row.get_mut(place) {
                *own = text;
            }
        }
        flush(&mut row, at, &mut cells);
        if !cells.rows.is_empty() {
            take(Raw::Cells(cells));
        }
        Ok(())
    }
}

/// The most bytes of a workbook once it is unpacked, where it comes from somebody unknown.
const UNPACKED: u64 = 512 << 20;

/// Refuses a workbook that unpacks to more than anybody writes: it is unpacked once, and nothing of it is kept.
/// # Errors
/// [`ReadError`], when it does, or is none.
pub fn check_workbook<R: Read + Seek>(bytes: R) -> Result<(), ReadError> {
    let form = |why: String| ReadError::Form { format: "Excel workbook", why };
    let mut packed = zip::ZipArchive::new(bytes).map_err(|error| form(error.to_string()))?;
    let mut room = UNPACKED;
    for at in 0..packed.len() {
        let part = packed.by_index(at).map_err(|error| form(error.to_string()))?;
        let found = std::io::copy(&mut part.take(room + 1), &mut std::io::sink())?;
        room = room.checked_sub(found).ok_or_else(|| form(format!("it unpacks to more than {} MiB", UNPACKED >> 20)))?;
    }
    Ok(())
}

/// The row of the headers, its first column, and the headers.
fn headers<R: Read + Seek>(
    workbook: &mut Xlsx<BufReader<R>>,
    sheet: &str,
    is_name: &dyn Fn(&str) -> bool,
) -> Result<Option<(u32, u32, Vec<String>)>, ReadError> {
    let mut reader = workbook.worksheet_cells_reader(sheet).map_err(|error| form(&error))?;
    let mut found: Vec<(u32, Vec<String>)> = Vec::new();
    while let Some(cell) = reader.next_cell().map_err(|error| form(&error))? {
        let (row, column) = cell.get_position();
        let (text, place) = (text(&cell).trim().to_owned(), column as usize);
        if text.is_empty() || place >= MOST_COLUMNS {
            continue;
        }
        if found.last().is_none_or(|(of, _)| *of != row) {
            if found.len() == TITLE_ROWS {
                break;
            }
            found.push((row, Vec::new()));
        }
        if let Some((_, cells)) = found.last_mut() {
            cells.resize(place.max(cells.len()), String::new());
            cells.push(text);
        }
    }
    let (numbers, rows): (Vec<u32>, Vec<Vec<String>>) = found.into_iter().unzip();
    let Some(at) = header_row(&rows, is_name) else { return Ok(None) };
    let cells = rows.into_iter().nth(at).unwrap_or_default();
    let first = cells.iter().position(|cell| !cell.is_empty()).unwrap_or(0);
    let headers = cells.get(first..).unwrap_or_default().to_vec();
    Ok(numbers.get(at).map(|number| (*number, u32::try_from(first).unwrap_or(0), headers)))
}

/// What a cell says, as a document would write it.
fn text(cell: &Cell<DataRef<'_>>) -> String {
    match cell.get_value() {
        DataRef::Empty => String::new(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => decimal(*number),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        DataRef::DateTime(time) if time.is_datetime() => day(time),
        DataRef::DateTime(time) => decimal(time.as_f64()),
        DataRef::DateTimeIso(text) => text.strip_suffix("T00:00:00").unwrap_or(text).to_owned(),
        DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => error.to_string(),
    }
}

/// The shortest decimal that is the same number: what the sheet shows, without an exponent. A fraction of three digits gets a
/// zero more, because where a comma stands before cents, a point before three digits stands between thousands.
pub(super) fn decimal(number: f64) -> String {
    let text = format!("{number}");
    match text.split_once('.') {
        Some((_, fraction)) if fraction.len() == 3 => text + "0",
        _ => text,
    }
}

/// A day; with a time beside it, which a check of days then finds fault with.
fn day(time: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
    match (hour, minute, second) {
        (0, 0, 0) => format!("{year:04}-{month:02}-{day:02}"),
        _ => format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"),
    }
}

fn form(error: &calamine::XlsxError) -> ReadError {
    match error {
        calamine::XlsxError::Io(io) => ReadError::Io(std::io::Error::new(io.kind(), io.to_string())),
        other => ReadError::Form { format: "Excel workbook", why: other.to_string() },
    }
}
