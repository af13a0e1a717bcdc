//! How the columns of a table are called and written, where that differs from the vocabulary.
//!
//! In: a small YAML file. Out: a mapping.
//! Owns the form of that file. Never looks at a table.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A mapping, as it is written. Everything may be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mapping {
    /// Headers of the table, each with the fact that its column holds.
    pub columns: BTreeMap<String, String>,
    /// Facts that have one value in every row.
    pub constants: BTreeMap<String, String>,
    /// For a fact: words of the table, each with the word of the vocabulary.
    pub values: BTreeMap<String, BTreeMap<String, String>>,
    /// Texts that say that nothing is known, beside an empty cell.
    pub unknown: Vec<String>,
    /// Columns that are no facts and are copied to the output.
    pub carry: Vec<String>,
    /// Columns that are no facts and are left out.
    pub ignore: Vec<String>,
    /// How days are written, such as `%d.%m.%Y`; else year-month-day.
    pub dates: Option<String>,
    /// How amounts and numbers are written.
    pub decimal: Option<Separator>,
}

/// What stands before the cents.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Separator {
    /// `1250.10`
    #[default]
    Point,
    /// `1250,10`
    Comma,
}

impl Mapping {
    /// Does it name a column?
    pub fn names(&self, header: &str) -> bool {
        let listed = self.carry.iter().chain(&self.ignore).chain(self.columns.keys());
        listed.map(|name| name.trim()).any(|name| name == header.trim())
    }

    /// Reads a mapping.
    /// # Errors
    /// What is wrong with it, with its place.
    pub fn read(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        serde_yaml::from_str(text).map_err(|error| error.to_string())
    }
}
