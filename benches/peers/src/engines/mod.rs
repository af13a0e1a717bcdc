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
    /// How it is used, where that is a question.
    pub how: &'static str,
    /// The package whose version is shown.
    pub package: &'static str,
    /// How many rows it holds at most.
    pub rows: usize,
}

const ACCREDIT: Entry = Entry { key: "", name: "accredit", how: "", package: "accredit", rows: usize::MAX };

/// A package of which there is one use.
const fn package(key: &'static str, name: &'static str, rows: usize) -> Entry {
    Entry { key, name, how: "", package: name, rows }
}

/// The engines, in the order of the table.
pub const ENGINES: [Entry; 12] = [
    Entry { key: "columns", how: ", columns", ..ACCREDIT },
    Entry { key: "masks", how: ", columns, with masks of requirements", ..ACCREDIT },
    Entry { key: "single", how: ", one account after another", rows: 32_768, ..ACCREDIT },
    Entry { key: "by_hand", name: "Rust by hand", how: ", a struct an account", package: "", rows: usize::MAX },
    package("polars", "polars", usize::MAX),
    package("duckdb", "duckdb", usize::MAX),
    package("datalogic", "datalogic-rs", 8_192),
    package("zen", "zen-expression", 8_192),
    package("cel", "cel", 8_192),
    package("regorus", "regorus", 8_192),
    package("cedar", "cedar-policy", 8_192),
    package("lemma", "lemma-engine", 2_048),
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
