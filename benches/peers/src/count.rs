//! Instructions a row, counted by callgrind: repeatable whatever else the machine does.
//!
//! In: an engine. Out: what one more pass costs. Owns the arithmetic: the count of two passes less that of one, so that
//! nothing made before the clock starts is counted.

use std::process::Command;

use ::accredit::RuleSet;

use crate::engines::{self, ENGINES, Entry};
use crate::peer::Trouble;
use crate::portfolio;
use crate::terms::Terms;

/// Rows of a counted pass: of an engine that is fast, which may have a cost a query or a strip, and of others.
const fn rows_of(entry: &Entry) -> usize {
    if entry.rows == usize::MAX { 65_536 } else { 512 }
}

/// The instructions of a row of which half the facts are missing.
/// # Errors
/// Where valgrind is not installed, or the engine does not run under it.
pub fn instructions(entry: &Entry) -> Result<f64, Trouble> {
    let count = |passes: usize| -> Result<f64, Trouble> {
        let run = Command::new("valgrind")
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--trace-children=yes"])
            .arg(std::env::current_exe()?)
            .env("ACCREDIT_PASS", format!("{} {passes}", entry.key))
            .output()?;
        let told = String::from_utf8_lossy(&run.stderr);
        // An engine may run in a process of its own.
        let counts = told.lines().filter_map(|line| line.split_once("Collected : ")?.1.trim().parse::<f64>().ok());
        let sum: f64 = counts.sum();
        if run.status.success() && sum > 0.0 { Ok(sum) } else { Err("valgrind counts nothing".into()) }
    };
    let instructions = (count(3)? - count(1)?) / (2 * rows_of(entry)) as f64;
    if instructions >= 1.0 { Ok(instructions) } else { Err("the engine ran where valgrind does not count".into()) }
}

/// What the counted process does: so many passes of an engine. `which` is its key, and how many.
/// # Errors
/// Whatever the engine says.
pub fn pass(which: &str, rules: &RuleSet, terms: &Terms) -> Result<(), Trouble> {
    let (key, passes) = which.split_once(' ').ok_or("a key and a number")?;
    let entry = ENGINES.iter().find(|entry| entry.key == key).ok_or("no engine has this key")?;
    let rows = portfolio::half_missing(&portfolio::full(terms, rows_of(entry)));
    let mut peer = engines::ready(key, rules, terms, &rows)?;
    for _ in 0..passes.parse::<usize>()? {
        std::hint::black_box(peer.pass()?);
    }
    Ok(())
}
