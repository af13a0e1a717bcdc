//! Results as they fill columns, strip by strip.
//!
//! In: what is told of each decision in each row of a strip. Out: the columns of a chunk.
//! Owns where each cell goes: a row an account, or a row an account and decision. Never decides, never words.

use super::cells::Decoded;
use super::columns::{Plane, STRIP};
use super::shape::{Field, Shape};
use super::table::{NOTHING, OutChunk, OutColumn, Words};

/// One column of what is told of a decision, in all rows of a strip.
#[derive(Clone, Debug)]
pub(super) enum StripColumn {
    /// Codes of texts.
    Codes(Box<[u32; STRIP]>),
    /// Days.
    Days(Box<[Option<i64>; STRIP]>),
    /// Masks.
    Whole(Box<[u64; STRIP]>),
}

impl StripColumn {
    /// Nothing in any row.
    fn clear(&mut self) {
        match self {
            Self::Codes(codes) => codes.fill(NOTHING),
            Self::Days(days) => days.fill(None),
            // Masks are always told, of all rows.
            Self::Whole(_) => {}
        }
    }
}

/// The results of a chunk as they are filled.
pub(super) struct Results<'a> {
    shape: &'a Shape,
    carried: usize,
    chunk: OutChunk,
    /// For each decision its columns, in the strip that is filled.
    strip: Vec<Vec<StripColumn>>,
}

impl<'a> Results<'a> {
    pub(super) fn new(shape: &'a Shape, decoded: &Decoded) -> Self {
        let mut columns = Vec::new();
        columns.extend(shape.files.then(|| OutColumn::Words(Words::default())));
        columns.push(OutColumn::Whole(Vec::new()));
        columns.extend(decoded.carried.iter().map(|_| OutColumn::Texts(Vec::new())));
        let rows = decoded.batch.rows();
        let own = || {
            let mut own = Vec::new();
            for field in &shape.fields {
                match field {
                    Field::Deadline => own.push(OutColumn::Days(Vec::with_capacity(rows))),
                    Field::Masks => own.extend((0..4).map(|_| OutColumn::Whole(Vec::with_capacity(rows)))),
                    _ => own.push(OutColumn::Words(Words::with_capacity(rows))),
                }
            }
            own
        };
        let strip = shape.fields.iter().flat_map(|field| {
            let column = match field {
                Field::Masks => StripColumn::Whole(Box::new([0; STRIP])),
                Field::Deadline => StripColumn::Days(Box::new([None; STRIP])),
                _ => StripColumn::Codes(Box::new([NOTHING; STRIP])),
            };
            std::iter::repeat_n(column, field.width())
        });
        let strip = vec![strip.collect(); shape.decisions.len()];
        if shape.long {
            columns.push(OutColumn::Words(Words::default()));
            columns.extend(own());
        } else {
            shape.decisions.iter().for_each(|_| columns.extend(own()));
        }
        Self { shape, carried: decoded.carried.len(), chunk: OutChunk { rows: 0, columns }, strip }
    }

    /// The column of the output to which a column of a decision goes.
    fn place(&self, made: usize, column: usize) -> usize {
        let lead = self.lead();
        if self.shape.long { lead + 1 + column } else { lead + made * self.width() + column }
    }

    /// Columns before those of decisions: the table, the row's number and what is carried.
    fn lead(&self) -> usize {
        usize::from(self.shape.files) + 1 + self.carried
    }

    /// Columns of one decision.
    fn width(&self) -> usize {
        self.strip.first().map_or(0, Vec::len)
    }

    /// Forgets the strip before.
    pub(super) fn begin(&mut self) {
        self.strip.iter_mut().flatten().for_each(StripColumn::clear);
    }

    /// The code of a text in a column of a decision.
    pub(super) fn code(&mut self, made: usize, column: usize, text: &str) -> u32 {
        let place = self.place(made, column);
        match self.chunk.columns.get_mut(place) {
            Some(OutColumn::Words(words)) => words.code(text),
            _ => NOTHING,
        }
    }

    /// Says a text in some rows.
    pub(super) fn say(&mut self, made: usize, column: usize, rows: &Plane, text: &str) {
        let code = self.code(made, column, text);
        if let Some(codes) = self.codes(made, column) {
            rows.write(code, codes);
        }
    }

    /// The codes of a column of a decision.
    pub(super) fn codes(&mut self, made: usize, column: usize) -> Option<&mut [u32; STRIP]> {
        match self.strip.get_mut(made)?.get_mut(column)? {
            StripColumn::Codes(codes) => Some(codes),
            _ => None,
        }
    }

    /// The days of a column of a decision.
    pub(super) fn days(&mut self, made: usize, column: usize) -> Option<&mut [Option<i64>; STRIP]> {
        match self.strip.get_mut(made)?.get_mut(column)? {
            StripColumn::Days(days) => Some(days),
            _ => None,
        }
    }

    /// The masks of a decision, from a column on.
    pub(super) fn masks(&mut self, made: usize, column: usize) -> Option<[&mut [u64; STRIP]; 4]> {
        match self.strip.get_mut(made)?.get_mut(column..)? {
            [StripColumn::Whole(a), StripColumn::Whole(b), StripColumn::Whole(c), StripColumn::Whole(d), ..] => {
                Some([a, b, c, d])
            }
            _ => None,
        }
    }

    /// Lists some rows of the strip, with all decisions.
    pub(super) fn list_wide(&mut self, decoded: &Decoded, first: usize, rows: &Plane) {
        let count = rows.count();
        let lead = self.lead();
        // Mostly all rows are listed, and each column is taken over as it is.
        let is_whole = *rows == Plane::first(count);
        let listed: Vec<usize> = rows.rows().collect();
        self.lead_in(decoded, first, listed.iter().copied());
        let columns = self.chunk.columns.iter_mut().skip(lead);
        for (to, from) in columns.zip(self.strip.iter().flatten()) {
            match (to, from) {
                (OutColumn::Words(words), StripColumn::Codes(codes)) if is_whole => words.extend(codes.iter().take(count)),
                (OutColumn::Whole(values), StripColumn::Whole(own)) if is_whole => values.extend(own.iter().take(count)),
                (OutColumn::Days(days), StripColumn::Days(own)) if is_whole => days.extend(own.iter().take(count)),
                (to, from) => gather(to, listed.iter().map(|row| (from, *row))),
            }
        }
    }

    /// Lists rows of the strip, each with one decision; `ids` are the names of decisions, empty where there is none.
    pub(super) fn list_long(&mut self, decoded: &Decoded, first: usize, listed: &[(usize, usize)], ids: &[&str]) {
        self.lead_in(decoded, first, listed.iter().map(|(row, _)| *row));
        let lead = self.lead();
        let mut columns = self.chunk.columns.iter_mut().skip(lead);
        if let Some(OutColumn::Words(words)) = columns.next() {
            let codes: Vec<u32> = ids.iter().map(|id| words.code(id)).collect();
            listed.iter().for_each(|(_, made)| words.push_code(codes.get(*made).copied().unwrap_or(NOTHING)));
        }
        for (to, column) in columns.zip(0..) {
            let cells = listed.iter().filter_map(|(row, made)| {
                let own = self.strip.get(*made).or_else(|| self.strip.first())?;
                Some((own.get(column)?, *row))
            });
            gather(to, cells);
        }
    }

    fn lead_in(&mut self, decoded: &Decoded, first: usize, rows: impl Iterator<Item = usize> + Clone) {
        self.chunk.rows += rows.clone().count();
        let mut columns = self.chunk.columns.iter_mut();
        if self.shape.files
            && let Some(OutColumn::Words(words)) = columns.next()
        {
            let code = words.code(&decoded.file);
            rows.clone().for_each(|_| words.push_code(code));
        }
        if let Some(OutColumn::Whole(numbers)) = columns.next() {
            numbers.extend(rows.clone().map(|row| decoded.number(first + row)));
        }
        for (column, list) in columns.zip(&decoded.carried) {
            if let OutColumn::Texts(texts) = column {
                texts.extend(rows.clone().map(|row| list.get(first + row).cloned().unwrap_or_default()));
            }
        }
    }

    pub(super) fn finish(self) -> OutChunk {
        self.chunk
    }
}

/// Adds cells of columns of a strip, each of the kind of `to`.
fn gather<'c>(to: &mut OutColumn, cells: impl Iterator<Item = (&'c StripColumn, usize)>) {
    match to {
        OutColumn::Words(words) => cells.for_each(|(column, row)| {
            if let StripColumn::Codes(codes) = column {
                words.push_code(codes.get(row).copied().unwrap_or(NOTHING));
            }
        }),
        OutColumn::Days(days) => cells.for_each(|(column, row)| {
            if let StripColumn::Days(own) = column {
                days.push(own.get(row).copied().flatten());
            }
        }),
        OutColumn::Whole(values) => cells.for_each(|(column, row)| {
            if let StripColumn::Whole(own) = column {
                values.push(own.get(row).copied().unwrap_or(0));
            }
        }),
        OutColumn::Texts(_) => {}
    }
}
