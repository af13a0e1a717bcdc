//! The engines, one file each.
//!
//! In: terms and rows. Out: engines ready to be timed. Owns which there are, and how many rows each holds: slow ones
//! fewer, since only the rate is compared.

mod accredit;
mod by_hand;
mod cedar;
mod cel;
mod datalogic;
mod lemma;
mod object;
mod python;
mod regorus;
mod zen;

use ::accredit::RuleSet;

pub use self::accredit::{expected, single};
use crate::peer::{Peer, Trouble};
use crate::portfolio::Row;
use crate::terms::Terms;

/// An engine of the table.
pub struct Entry {
    /// What `ACCREDIT_ONLY` calls it.
    pub key: &'static str,
    /// What the table calls it.
    pub name: &'static str,
    /// The package whose version is shown.
    pub package: &'static str,
    /// How many rows it holds at most.
    pub rows: usize,
}

const fn entry(key: &'static str, name: &'static str, package: &'static str, rows: usize) -> Entry {
    Entry { key, name, package, rows }
}

/// The engines, in the order of the table.
pub const ENGINES: [Entry; 12] = [
    entry("columns", "accredit, columns", "accredit", usize::MAX),
    entry("masks", "accredit, columns, with masks of requirements", "accredit", usize::MAX),
    entry("single", "accredit, one account after another", "accredit", 32_768),
    entry("by_hand", "Rust by hand, a struct an account", "", usize::MAX),
    entry("polars", "Polars", "polars", usize::MAX),
    entry("duckdb", "DuckDB", "duckdb", usize::MAX),
    entry("regorus", "regorus", "regorus", 8_192),
    entry("datalogic", "datalogic-rs", "datalogic-rs", 8_192),
    entry("cel", "cel", "cel", 8_192),
    entry("cedar", "cedar-policy", "cedar-policy", 8_192),
    entry("zen", "zen-expression", "zen-expression", 8_192),
    entry("lemma", "lemma-engine", "lemma-engine", 2_048),
];

/// Makes an engine ready.
/// # Errors
/// Whatever it says.
pub fn ready<'r>(key: &str, rules: &'r RuleSet, terms: &Terms, rows: &[Row]) -> Result<Box<dyn Peer + 'r>, Trouble> {
    Ok(match key {
        "columns" => Box::new(accredit::Columns::new(rules, terms, rows, false)),
        "masks" => Box::new(accredit::Columns::new(rules, terms, rows, true)),
        "single" => Box::new(accredit::Single::new(rules, terms, rows)),
        "by_hand" => Box::new(by_hand::ByHand::new(terms, rows)),
        "polars" | "duckdb" => Box::new(python::Python::new(key, terms, rows)?),
        "regorus" => Box::new(regorus::Regorus::new(terms, rows)?),
        "datalogic" => Box::new(datalogic::Datalogic::new(terms, rows)?),
        "cel" => Box::new(cel::Cel::new(terms, rows)?),
        "cedar" => Box::new(cedar::Cedar::new(terms, rows)?),
        "zen" => Box::new(zen::Zen::new(terms, rows)?),
        "lemma" => Box::new(lemma::Lemma::new(terms, rows)?),
        other => return Err(format!("no engine is called `{other}`").into()),
    })
}
