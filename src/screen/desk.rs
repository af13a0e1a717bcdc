//! A chunk as it was read to a chunk as it is written.
//!
//! In: raw chunks, with what stands beside them. Out: encoded results with their tally, problems and questions.
//! Owns what one thread keeps between chunks. Never reads or writes.

use super::beside::Beside;
use super::cells::{CellReader, Decoded};
use super::questions::{ASKED_ROWS, Asker};
use super::read::{Raw, arrow_columns};
use super::run::{Encoded, Encoding, Job, Work};
use super::screener::Screener;
use super::write::{csv_rows, ndjson_rows};
use crate::facts::Accounts;
use crate::program::ListId;

/// What one thread works with.
pub(super) struct Desk<'a> {
    job: &'a Job<'a>,
    /// For each table.
    readers: Vec<CellReader<'a>>,
    screener: Screener<'a>,
    accounts: Accounts<'a>,
    beside: Beside<'a>,
    lists: Vec<ListId>,
    asker: Asker<'a>,
}

impl<'a> Desk<'a> {
    pub(super) fn new(job: &'a Job<'a>) -> Self {
        let rules = job.rules;
        let (program, plan) = (rules.program(), &rules.plan);
        let reader = |layout| CellReader::new(program, plan, &rules.reader, layout, job.as_of);
        Self {
            job,
            readers: job.layouts.iter().map(reader).collect(),
            screener: Screener::new(program, plan, job.shape),
            accounts: rules.reader.accounts().on(job.as_of),
            beside: Beside::new(rules, job.sides),
            lists: job.shape.lists(program),
            asker: Asker::new(rules, &job.shape.decisions),
        }
    }

    /// A chunk as it was read to a chunk as it is written.
    pub(super) fn work(&mut self, Work { index, table, raw, attached, repeated }: Work) -> Result<Encoded, String> {
        let Self { job, readers, screener, accounts, beside, lists, asker } = self;
        let cells = readers.get_mut(table).ok_or("a chunk is of no table")?;
        // What follows from the facts of a document is known once it is read.
        let is_finished = attached.is_empty() && matches!(raw, Raw::Lines(_));
        let mut decoded = decode(job, raw, cells, lists, accounts);
        beside.add(&mut decoded, attached);
        if !is_finished {
            cells.finish(&mut decoded);
        }
        let (chunk, mut tally) = screener.screen(&decoded);
        let is_asked = matches!(job.encoding, Encoding::Columns) && index * (job.rows() as u64) < ASKED_ROWS;
        let key = cells.layout().carried_place("account.id");
        let questions = if is_asked { asker.ask(&decoded, key) } else { Vec::new() };
        tally.astray += beside.astray;
        tally.repeated += repeated.len() as u64;
        decoded.problems.extend(repeated);
        let problems = std::mem::take(&mut decoded.problems);
        let (bytes, columns) = match &job.encoding {
            Encoding::Csv(delimiter) => (csv_rows(&chunk, *delimiter), None),
            Encoding::Ndjson(headers) => (ndjson_rows(&chunk, headers), None),
            Encoding::Parquet(part) => (part.rows(chunk).map_err(|error| error.to_string())?, None),
            Encoding::Columns => (Vec::new(), Some(chunk)),
        };
        Ok(Encoded { index, bytes, columns, problems, tally, questions })
    }
}

/// The facts of a chunk. Of documents all is known then; what follows from cells is derived once all of them are there.
pub(super) fn decode(
    job: &Job<'_>,
    raw: Raw,
    cells: &mut CellReader<'_>,
    lists: &[ListId],
    accounts: &mut Accounts<'_>,
) -> Decoded {
    let rules = job.rules;
    match raw {
        Raw::Cells(rows) => cells.fill(&rows),
        Raw::Arrow(first, rows) => arrow_columns(cells, first, &rows),
        Raw::Lines(lines) => lines.decode(rules.program(), &rules.plan, cells.layout(), lists, accounts, job.as_of),
    }
}
