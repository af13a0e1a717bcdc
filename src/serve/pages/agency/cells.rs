//! The rows of a table that was decided: which cell says what, which rows have a verdict, which mistakes they make.
//!
//! In: results in columns, problems. Out: texts of cells, rows that fit, each mistake once.
//! Owns where the cells of a decision stand in a row. Never words a verdict, never decides.

use std::collections::HashMap;

use super::sheet::{Done, Sheet};
use crate::program::Verdict;
use crate::screen::{FIELDS, Field, OutChunk, OutColumn, Problem, Target};
use crate::serve::pages::client::told;
use crate::value::day_text;

/// Rows that are named of each mistake.
const NAMED: usize = 3;

/// Where the cells of a decision stand in a row of results.
#[derive(Clone, Copy)]
pub(super) struct Place {
    first: usize,
}

impl Place {
    pub(super) fn new(done: &Done, at: usize) -> Self {
        Self { first: 1 + done.shape.carried.len() + at * done.shape.fields.len() }
    }

    pub(super) fn of(self, field: Field) -> usize {
        self.first + FIELDS.iter().position(|(one, _)| *one == field).unwrap_or(0)
    }
}

/// The text of a cell.
pub(super) fn cell(columns: &[OutColumn], column: usize, row: usize) -> String {
    match columns.get(column) {
        Some(OutColumn::Words(words)) => words.get(row).unwrap_or_default().to_owned(),
        Some(OutColumn::Texts(texts)) => texts.get(row).cloned().unwrap_or_default(),
        Some(OutColumn::Days(days)) => days.get(row).copied().flatten().map(day_text).unwrap_or_default(),
        Some(OutColumn::Whole(values)) => values.get(row).map(u64::to_string).unwrap_or_default(),
        None => String::new(),
    }
}

pub(super) fn number(columns: &[OutColumn], row: usize) -> u64 {
    match columns.first() {
        Some(OutColumn::Whole(values)) => values.get(row).copied().unwrap_or(0),
        _ => 0,
    }
}

/// The columns that say what an account is called: those of details that name one, else the first that is copied.
pub(super) fn naming(sheet: &Sheet, done: &Done) -> Vec<usize> {
    let names = sheet.names();
    let is_name = |header: &String| {
        let mapped = done.mapping.columns.get(header).unwrap_or(header);
        matches!(names.get(mapped), Some((_, Target::Carry)))
    };
    let carried = done.shape.carried.iter().zip(1..);
    let own: Vec<usize> = carried.filter(|(header, _)| is_name(header)).map(|(_, column)| column).collect();
    if own.is_empty() && !done.shape.carried.is_empty() { vec![1] } else { own }
}

/// Where the row of a number stands.
pub(super) fn row_of(done: &Done, wanted: u64) -> Option<(&[OutColumn], usize)> {
    let rows = done.chunks.iter().flat_map(|chunk| (0..chunk.rows).map(move |row| (chunk.columns.as_slice(), row)));
    rows.into_iter().find(|(columns, row)| number(columns, *row) == wanted)
}

/// The details that name the account of a row, with what they say: a table decides without them and carries them along.
pub(super) fn called(sheet: &Sheet, done: &Done, number: u64) -> Vec<(String, String)> {
    let Some((columns, row)) = row_of(done, number) else { return Vec::new() };
    let names = sheet.names();
    let told = |(header, column): (&String, usize)| {
        let (name, target) = names.get(done.mapping.columns.get(header).unwrap_or(header))?;
        let text = cell(columns, column, row).trim().to_owned();
        (matches!(target, Target::Carry) && !text.is_empty()).then(|| (name.to_owned(), text))
    };
    done.shape.carried.iter().zip(1..).filter_map(told).collect()
}

/// What an account is called.
pub(super) fn name(naming: &[usize], columns: &[OutColumn], row: usize) -> String {
    let parts = naming.iter().map(|column| cell(columns, *column, row)).filter(|part| !part.trim().is_empty());
    let name = parts.collect::<Vec<_>>().join(" · ");
    if name.is_empty() { format!("Row {}", number(columns, row)) } else { name }
}

/// Which rows of a chunk have a verdict, of one credit or of any. Compared are codes of words: a table has millions of cells.
pub(super) fn fitting(done: &Done, chunk: &OutChunk, verdict: Verdict, credit: Option<usize>) -> Vec<bool> {
    let mut fits = vec![false; chunk.rows];
    let all = 0..done.shape.decisions.len();
    for at in all.filter(|at| credit.is_none_or(|credit| credit == *at)) {
        let Some(OutColumn::Words(words)) = chunk.columns.get(Place::new(done, at).of(Field::Verdict)) else { continue };
        let code = words.texts().iter().zip(0_u32..).find(|(text, _)| *text == verdict.word()).map(|(_, code)| code);
        if let Some(code) = code {
            fits.iter_mut().zip(words.codes()).for_each(|(fits, own)| *fits |= *own == code);
        }
    }
    fits
}

/// One mistake, however many rows make it.
pub(super) struct Mistake {
    pub(super) column: String,
    pub(super) said: String,
    pub(super) rows: usize,
    /// The first of them.
    pub(super) first: Vec<u64>,
}

/// Every mistake once, the one that most rows make first.
pub(super) fn mistakes(problems: &[Problem]) -> Vec<Mistake> {
    let mut known: HashMap<(&str, &str), usize> = HashMap::new();
    let mut all: Vec<Mistake> = Vec::new();
    for problem in problems {
        let at = *known.entry((&problem.column, &problem.reason)).or_insert(all.len());
        if at == all.len() {
            let said = told(&problem.reason, problem.help.as_deref());
            all.push(Mistake { column: problem.column.clone(), said, rows: 0, first: Vec::new() });
        }
        if let Some(mistake) = all.get_mut(at) {
            mistake.rows += 1;
            if mistake.first.len() < NAMED {
                mistake.first.push(problem.row);
            }
        }
    }
    all.sort_by_key(|mistake| std::cmp::Reverse(mistake.rows));
    all
}
