//! Results as columns, whatever file they go to.
//!
//! In: values row by row. Out: columns of equal length.
//! Owns the columns and their names. Never knows a format.

use std::collections::HashMap;

/// The code of no value.
pub(super) const NOTHING: u32 = u32::MAX;

/// A column of results.
#[derive(Clone, Debug)]
pub enum OutColumn {
    /// Whole numbers.
    Whole(Vec<u64>),
    /// Days.
    Days(Vec<Option<i64>>),
    /// Texts of which many are equal.
    Words(Words),
    /// Texts that differ.
    Texts(Vec<String>),
}

/// Texts of which many are equal: each kept once.
#[derive(Clone, Debug, Default)]
pub struct Words {
    codes: Vec<u32>,
    texts: Vec<String>,
    known: HashMap<String, u32, foldhash::fast::RandomState>,
}

impl Words {
    /// Room for so many rows.
    pub fn with_capacity(rows: usize) -> Self {
        Self { codes: Vec::with_capacity(rows), ..Self::default() }
    }

    /// The code of a text, new or known; an empty text is no value.
    pub fn code(&mut self, text: &str) -> u32 {
        if text.is_empty() {
            return NOTHING;
        }
        if let Some(code) = self.known.get(text) {
            return *code;
        }
        let code = u32::try_from(self.texts.len()).unwrap_or(NOTHING);
        self.texts.push(text.to_owned());
        self.known.insert(text.to_owned(), code);
        code
    }

    /// Adds a row.
    pub fn push_code(&mut self, code: u32) {
        self.codes.push(code);
    }

    /// Adds rows.
    pub fn extend<'c>(&mut self, codes: impl Iterator<Item = &'c u32>) {
        self.codes.extend(codes);
    }

    /// The text of a row.
    pub fn get(&self, row: usize) -> Option<&str> {
        let code = *self.codes.get(row)?;
        self.texts.get(code as usize).map(String::as_str)
    }

    /// The codes of all rows; that of no value is no place of [`Words::texts`].
    pub fn codes(&self) -> &[u32] {
        &self.codes
    }

    /// The texts, by code.
    pub fn texts(&self) -> &[String] {
        &self.texts
    }
}

/// Rows of results.
#[derive(Clone, Debug, Default)]
pub struct OutChunk {
    /// How many rows.
    pub rows: usize,
    /// The columns, in the order of [`super::shape::Shape::headers`].
    pub columns: Vec<OutColumn>,
}
