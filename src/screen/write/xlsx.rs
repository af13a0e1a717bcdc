//! Results as an Excel workbook.
//!
//! In: columns of results, chunk by chunk; at the end the tally. Out: the bytes of a workbook.
//! Owns the sheets. A text is always written as a text, so that no cell is run as a formula.

use std::io::{Seek, Write};

use rust_xlsxwriter::{ExcelDateTime, Format, FormatAlign, Workbook as Book, Worksheet, XlsxError};

use crate::program::Program;
use crate::report::Tally;
use crate::report::screened::{Table, tables};
use crate::screen::problem::Problem;
use crate::screen::shape::Shape;
use crate::screen::table::{OutChunk, OutColumn};

/// The most rows of a sheet under its header.
const MOST_ROWS: u32 = 1_048_575;
/// Days from the day before Excel's first to the first day of our count.
const EXCEL_EPOCH: i64 = 693_594;

/// The sheets, in order.
const SHEETS: [&str; 5] = ["Summary", "Results", "Reasons", "Problems", "About"];

/// A workbook that grows row by row.
pub struct Workbook {
    book: Book,
    head: Format,
    date: Format,
    rows: u32,
    problems: u32,
    width: u16,
}

impl Workbook {
    /// A workbook with the headers of its results.
    /// # Errors
    /// Whatever the crate cannot write.
    pub fn new(headers: &[String]) -> Result<Self, XlsxError> {
        let mut book = Book::new();
        for name in SHEETS {
            let sheet = if name == "Results" { book.add_worksheet_with_constant_memory()? } else { book.add_worksheet() };
            sheet.set_name(name)?;
        }
        let head = Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top);
        let date = Format::new().set_num_format("yyyy-mm-dd");
        let mut made = Self { book, head, date, rows: 0, problems: 0, width: u16::try_from(headers.len()).unwrap_or(u16::MAX) };
        made.head("Results", headers)?;
        made.head("Problems", &["row", "column", "value", "reason", "help"].map(str::to_owned))?;
        Ok(made)
    }

    fn head(&mut self, sheet: &str, headers: &[String]) -> Result<(), XlsxError> {
        let head = self.head.clone();
        let sheet = self.book.worksheet_from_name(sheet)?;
        for (header, column) in headers.iter().zip(0_u16..) {
            sheet.set_column_width(column, (header.len() as f64 / 2.0).clamp(10.0, 40.0))?;
            sheet.write_string_with_format(0, column, header, &head)?;
        }
        sheet.set_freeze_panes(1, 0)?;
        Ok(())
    }

    /// Adds rows of results.
    /// # Errors
    /// When a sheet is full, or the crate cannot write.
    pub fn rows(&mut self, chunk: &OutChunk, problems: &[Problem]) -> Result<(), XlsxError> {
        let date = self.date.clone();
        for row in 0..chunk.rows {
            self.rows += 1;
            if self.rows > MOST_ROWS {
                return Err(XlsxError::RowColumnLimitError);
            }
            let at = self.rows;
            let sheet = self.book.worksheet_from_name("Results")?;
            for (column, place) in chunk.columns.iter().zip(0_u16..) {
                match column {
                    OutColumn::Whole(values) => {
                        sheet.write_number(at, place, values.get(row).copied().unwrap_or(0) as f64)?;
                    }
                    OutColumn::Days(days) => {
                        if let Some(day) = days.get(row).copied().flatten() {
                            let day = ExcelDateTime::from_serial_datetime((day - EXCEL_EPOCH) as f64)?;
                            sheet.write_datetime_with_format(at, place, &day, &date)?;
                        }
                    }
                    OutColumn::Words(words) => text(sheet, at, place, words.get(row).unwrap_or(""))?,
                    OutColumn::Texts(texts) => text(sheet, at, place, texts.get(row).map_or("", String::as_str))?,
                }
            }
        }
        let sheet = self.book.worksheet_from_name("Problems")?;
        for Problem { row, column, value, reason, help } in problems {
            if self.problems == MOST_ROWS {
                break;
            }
            self.problems += 1;
            sheet.write_number(self.problems, 0, *row as f64)?;
            for (cell, place) in [column, value, reason, help.as_deref().unwrap_or("").to_owned().as_str()].iter().zip(1_u16..)
            {
                text(sheet, self.problems, place, cell)?;
            }
        }
        Ok(())
    }

    /// The finished workbook.
    /// # Errors
    /// Whatever cannot be written.
    pub fn finish<W: Write + Seek + Send>(
        mut self,
        program: &Program,
        shape: &Shape,
        tally: &Tally,
        about: &[(String, String)],
        to: W,
    ) -> Result<(), XlsxError> {
        let (rows, width, problems) = (self.rows, self.width, self.problems);
        if rows > 0 && width > 0 {
            self.book.worksheet_from_name("Results")?.autofilter(0, 0, rows, width - 1)?;
        }
        if problems > 0 {
            self.book.worksheet_from_name("Problems")?.autofilter(0, 0, problems, 4)?;
        }
        for (sheet, Table { headers, rows, .. }) in
            ["Summary", "Reasons"].into_iter().zip(tables(program, &shape.decisions, tally))
        {
            self.head(sheet, &headers)?;
            let own = self.book.worksheet_from_name(sheet)?;
            for (cells, row) in rows.iter().zip(1_u32..) {
                for (cell, column) in cells.iter().zip(0_u16..) {
                    match cell.parse::<u64>() {
                        Ok(number) => drop(own.write_number(row, column, number as f64)?),
                        Err(_) => text(own, row, column, cell)?,
                    }
                }
            }
            if let (Ok(last), Some(wide)) =
                (u32::try_from(rows.len()), u16::try_from(headers.len()).ok().filter(|wide| *wide > 0))
            {
                own.autofilter(0, 0, last, wide - 1)?;
            }
        }
        let own = self.book.worksheet_from_name("About")?;
        own.set_column_width(0, 24.0)?;
        own.set_column_width(1, 100.0)?;
        for ((name, value), row) in about.iter().zip(0_u32..) {
            text(own, row, 0, name)?;
            text(own, row, 1, value)?;
        }
        self.book.save_to_writer(to)
    }
}

fn text(sheet: &mut Worksheet, row: u32, column: u16, text: &str) -> Result<(), XlsxError> {
    if !text.is_empty() {
        sheet.write_string(row, column, text)?;
    }
    Ok(())
}
