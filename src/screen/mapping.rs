//! How the columns of a table are called and written, where that differs from the vocabulary.
//!
//! In: a small YAML file. Out: a mapping.
//! Owns the form of that file. Never looks at a table.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::layout::Names;

/// A mapping, as it is written. Everything may be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mapping {
    /// Headers of the table, each with the fact that its column holds.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, String>,
    /// Facts that have one value in every row.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub constants: BTreeMap<String, String>,
    /// For a fact: words of the table, each with the word of the vocabulary.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, BTreeMap<String, String>>,
    /// Words of the table in any column, each with the word of the facts: `ja: "yes"`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub words: BTreeMap<String, String>,
    /// Texts that say that nothing is known, beside an empty cell.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<String>,
    /// Columns that are no facts and are copied to the output.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub carry: Vec<String>,
    /// Columns that are no facts and are left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ignore: Vec<String>,
    /// How days are written, such as `%d.%m.%Y`; else year-month-day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dates: Option<String>,
    /// How amounts and numbers are written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decimal: Option<Separator>,
    /// For a list: the mapping of its tables of records, in place of this one.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub records: BTreeMap<String, Mapping>,
}

/// What stands before the cents.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
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

    /// The mapping of the tables of a list's records: its own one, in which what is not said of numbers, days, words and
    /// unknown texts is as here; else this one.
    #[must_use]
    pub fn of_list(&self, list: &str) -> Self {
        let Some(own) = self.records.get(list) else { return self.clone() };
        let mut own = own.clone();
        own.decimal = own.decimal.or(self.decimal);
        own.dates = own.dates.or_else(|| self.dates.clone());
        if own.words.is_empty() {
            own.words.clone_from(&self.words);
        }
        if own.unknown.is_empty() {
            own.unknown.clone_from(&self.unknown);
        }
        own
    }

    /// Without what another table can use and this one cannot: columns of its headers, and facts of its names.
    #[must_use]
    pub fn for_table(&self, own: (&Names, &[String]), others: &[(&Names, &[String])]) -> Self {
        let is_header =
            |(_, headers): &(&Names, &[String]), name: &str| headers.iter().any(|header| header.trim() == name.trim());
        let column = |name: &str| is_header(&own, name) || !others.iter().any(|other| is_header(other, name));
        let fact = |name: &str| own.0.get(name).is_some() || !others.iter().any(|(names, _)| names.get(name).is_some());
        let mut kept = self.clone();
        kept.columns.retain(|header, _| column(header));
        kept.carry.retain(|header| column(header));
        kept.ignore.retain(|header| column(header));
        kept.constants.retain(|name, _| fact(name));
        kept.values.retain(|name, _| fact(name));
        kept
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
