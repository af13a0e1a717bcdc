//! Instructions a row, counted by callgrind: repeatable whatever else the machine does.
//!
//! In: an engine. Out: what one more pass costs. Owns the arithmetic: the count of two passes less that of one, so that
//! nothing made before the clock starts is counted.

use std::process::Command;

use ::accredit::RuleSet;

use crate::engines;
use crate::peer::Trouble;
use crate::portfolio;
use crate::terms::Terms;

/// Rows of a counted pass.
const ROWS: usize = 2_048;

/// The instructions of a row.
/// # Errors
/// Where valgrind is not installed, or the engine does not run under it.
pub fn instructions(key: &str, variant: &str, rows: usize) -> Result<f64, Trouble> {
    let count = |passes: usize| -> Result<f64, Trouble> {
        let run = Command::new("valgrind")
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--trace-children=yes"])
            .arg(std::env::current_exe()?)
            .env("ACCREDIT_PASS", format!("{key} {variant} {passes}"))
            .output()?;
        let told = String::from_utf8_lossy(&run.stderr);
        // An engine may run in a process of its own.
        let counts = told.lines().filter_map(|line| line.split_once("Collected : ")?.1.trim().parse::<f64>().ok());
        let sum: f64 = counts.sum();
        if run.status.success() && sum > 0.0 { Ok(sum) } else { Err("valgrind counts nothing".into()) }
    };
    Ok((count(3)? - count(1)?) / (2 * ROWS.min(rows)) as f64)
}

/// What the counted process does: so many passes of an engine. `which` is its key, the portfolio, and how many.
/// # Errors
/// Whatever the engine says.
pub fn pass(which: &str, rules: &RuleSet, terms: &Terms) -> Result<(), Trouble> {
    let [key, variant, passes] = which.split(' ').collect::<Vec<_>>()[..] else {
        return Err("a key, `half` or `none`, and a number".into());
    };
    let full = portfolio::full(terms, ROWS);
    let rows = if variant == "half" { portfolio::half_missing(&full) } else { full };
    let entry = engines::ENGINES.iter().find(|entry| entry.key == key).ok_or("no such engine")?;
    let mut peer = engines::ready(key, rules, terms, &rows[..entry.rows.min(ROWS)])?;
    for _ in 0..passes.parse::<usize>()? {
        std::hint::black_box(peer.pass()?);
    }
    Ok(())
}
