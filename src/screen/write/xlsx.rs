//! Results as an Excel workbook.
//!
//! In: columns of results, chunk by chunk; at the end the tally. Out: the bytes of a workbook.
//! Owns the sheets. A text is always written as a text, so that no cell is run as a formula.

use std::collections::BTreeMap;
use std::io::{Seek, Write};

use rust_xlsxwriter::{
    DataValidation, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook as Book, Worksheet, XlsxError,
};

use super::text::PROBLEM_HEADERS;
use crate::program::{Program, SlotId, Type};
use crate::report::Tally;
use crate::report::screened::{Table, tables};
use crate::screen::layout::ANSWER_HEADERS;
use crate::screen::problem::Problem;
use crate::screen::questions::Question;
use crate::screen::shape::Shape;
use crate::screen::table::{OutChunk, OutColumn};

/// The most rows of a sheet under its header.
const MOST_ROWS: u32 = 1_048_575;
/// Days from the day before Excel's first to the first day of our count.
const EXCEL_EPOCH: i64 = 693_594;

/// The column of answers.
const ANSWER: u16 = 6;

/// The sheets, in order.
const SHEETS: [&str; 6] = ["Summary", "Results", "Reasons", ANSWERS, "Problems", "About"];

/// The sheet to fill in and read again.
const ANSWERS: &str = "Missing answers";

/// The longest list of words that a cell can offer, in characters.
const LONGEST_LIST: usize = 255;

/// So many cells share one list of words.
const CELLS_OF_A_LIST: usize = 500;

/// A workbook that grows row by row.
pub struct Workbook {
    book: Book,
    head: Format,
    date: Format,
    rows: u32,
    problems: u32,
    questions: u32,
    /// The rows that ask for each fact.
    asked: BTreeMap<SlotId, Vec<u32>>,
    to_fill: Format,
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
        let width = u16::try_from(headers.len()).unwrap_or(u16::MAX);
        let to_fill = Format::new().set_background_color(0x00FF_F8DC).set_border(FormatBorder::Thin);
        let asked = BTreeMap::new();
        let mut made = Self { book, head, date, rows: 0, problems: 0, questions: 0, asked, to_fill, width };
        made.head("Results", headers)?;
        made.head(ANSWERS, &ANSWER_HEADERS.map(str::to_owned))?;
        let sheet = made.book.worksheet_from_name(ANSWERS)?;
        for (width, column) in [18.0, 36.0, 60.0, 48.0, 40.0, 10.0, 24.0].into_iter().zip(0_u16..) {
            sheet.set_column_width(column, width)?;
        }
        made.head("Problems", &PROBLEM_HEADERS.map(str::to_owned))?;
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
        for Problem { file, row, column, value, reason, help } in problems {
            if self.problems == MOST_ROWS {
                break;
            }
            self.problems += 1;
            text(sheet, self.problems, 0, file)?;
            sheet.write_number(self.problems, 1, *row as f64)?;
            for (cell, place) in [column, value, reason, help.as_deref().unwrap_or("")].iter().zip(2_u16..) {
                text(sheet, self.problems, place, cell)?;
            }
        }
        Ok(())
    }

    /// Adds questions, each with an empty cell for the answer. An account without a name cannot be found again, so its
    /// questions are left out.
    /// # Errors
    /// When the crate cannot write.
    pub fn ask(&mut self, program: &Program, questions: &[Question]) -> Result<(), XlsxError> {
        let sheet = self.book.worksheet_from_name(ANSWERS)?;
        for Question { account, slot, name, decisions, .. } in questions.iter().filter(|one| !one.account.is_empty()) {
            let Some(fact) = program.fact_of(*slot).filter(|_| self.questions < MOST_ROWS) else { continue };
            self.questions += 1;
            let row = self.questions;
            let unit = fact.unit.as_ref().map_or_else(String::new, |unit| format!(" ({unit})"));
            let allowed = format!("{}{unit}", fact.ty.describe());
            for (cell, column) in [account, name, &fact.ask, &fact.find.join("; "), &allowed].into_iter().zip(0_u16..) {
                text(sheet, row, column, cell)?;
            }
            sheet.write_number(row, 5, *decisions as f64)?;
            sheet.write_blank(row, ANSWER, &self.to_fill)?;
            self.asked.entry(*slot).or_default().push(row);
        }
        Ok(())
    }

    /// Lets cells for answers offer the words of their facts.
    fn offer(&mut self, program: &Program) -> Result<(), XlsxError> {
        let sheet = self.book.worksheet_from_name(ANSWERS)?;
        for (slot, rows) in &self.asked {
            let Some(fact) = program.fact_of(*slot).filter(|fact| matches!(fact.ty, Type::Bool | Type::Enum(_))) else {
                continue;
            };
            let words = fact.ty.words();
            if words.iter().map(|word| word.len() + 1).sum::<usize>() > LONGEST_LIST {
                continue;
            }
            let list = DataValidation::new().allow_list_strings(&words)?;
            let list =
                list.set_error_title("Not one of the words")?.set_error_message("Choose one of the words of the list.")?;
            for rows in rows.chunks(CELLS_OF_A_LIST) {
                let cells: Vec<String> =
                    rows.iter().map(|row| rust_xlsxwriter::utility::row_col_to_cell(*row, ANSWER)).collect();
                let list = list.clone().set_multi_range(cells.join(" "));
                let (first, last) = (rows.first().copied().unwrap_or(1), rows.last().copied().unwrap_or(1));
                sheet.add_data_validation(first, ANSWER, last, ANSWER, &list)?;
            }
        }
        if self.questions > 0 {
            sheet.autofilter(0, 0, self.questions, ANSWER)?;
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
        self.offer(program)?;
        let (rows, width, problems) = (self.rows, self.width, self.problems);
        if rows > 0 && width > 0 {
            self.book.worksheet_from_name("Results")?.autofilter(0, 0, rows, width - 1)?;
        }
        if problems > 0 {
            self.book.worksheet_from_name("Problems")?.autofilter(0, 0, problems, 5)?;
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
