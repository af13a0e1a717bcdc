//! A cell or row that cannot be used.
//!
//! In: made where it is found. Out: a row of the problems file.
//! Owns nothing else. Never decides what is wrong.

use std::sync::Arc;

/// The most characters of a cell that a problem repeats.
const SHOWN: usize = 60;

/// What is wrong with a row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// The table in which it stands.
    pub file: Arc<str>,
    /// The number of the row; the first one under the headers is 1.
    pub row: u64,
    /// The header of the column; empty where it is the whole row.
    pub column: String,
    /// What the cell says, cut when long.
    pub value: String,
    /// One lowercase phrase.
    pub reason: String,
    /// What to do.
    pub help: Option<String>,
}

impl Problem {
    /// A text as short as a problem repeats it, without characters that a terminal would obey.
    pub fn cut(text: &str) -> String {
        let plain = |letter: char| if letter.is_control() { ' ' } else { letter };
        let mut shown: String = text.chars().take(SHOWN).map(plain).collect();
        if text.chars().nth(SHOWN).is_some() {
            shown.push('…');
        }
        shown
    }
}
