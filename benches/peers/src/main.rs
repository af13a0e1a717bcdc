//! The same terms and portfolio in several engines: verified to give equal verdicts, then timed.
//!
//! In: `rules/peers.terms` and drawn rows. Out: a Markdown table of rows a CPU second. Owns the order of work and the
//! table. Never compares an engine that answers differently: it is named with its first difference instead.
//!
//! Environment: `ACCREDIT_ROWS` (rows of the fast engines), `ACCREDIT_ROUNDS`, `ACCREDIT_SAMPLE` (rows verified against
//! the reference), `ACCREDIT_ONLY` (keys of engines, with commas), `ACCREDIT_INSTRUCTIONS=1` (count them by callgrind),
//! `ACCREDIT_PEERS_PYTHON` (a Python with `requirements.txt`).

#![allow(clippy::disallowed_methods, reason = "a benchmark touches the world")]

mod count;
mod engines;
mod peer;
mod portfolio;
mod spell;
mod table;
mod terms;

use ::accredit::RuleSet;
use ::accredit::value::parse_day;

use engines::{ENGINES, Entry};
use peer::{Peer, Tally, Trouble, Verdicts};
use portfolio::Row;
use table::{Line, Timed};
use terms::Terms;

/// The day of the check.
const AS_OF: &str = "2026-04-02";

/// The least CPU time of a round, in seconds: the clock of the system is coarser than a pass of a fast engine.
const ROUND: f64 = 0.5;

/// One kind of portfolio.
struct Variant {
    rows: Vec<Row>,
    /// What the reference says of the first rows.
    expected: Vec<Verdicts>,
    /// What one account after another comes to, of each row.
    all: Vec<Verdicts>,
}

fn number(name: &str, otherwise: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

fn rules() -> Result<RuleSet, Trouble> {
    let text = include_str!("../rules/peers.terms").to_owned();
    Ok(RuleSet::read(vec![("rules/peers.terms".to_owned(), text)])?)
}

fn main() -> Result<(), Trouble> {
    let rules = rules()?;
    let terms = Terms::of(&rules, parse_day(AS_OF).ok_or("no day")?);
    let rows = number("ACCREDIT_ROWS", 262_144).next_multiple_of(1_024);
    if let Ok(which) = std::env::var("ACCREDIT_PASS") {
        return count::pass(&which, &rules, &terms);
    }
    let only = std::env::var("ACCREDIT_ONLY").ok();
    let wanted = |entry: &&Entry| only.as_ref().is_none_or(|only| only.split(',').any(|key| key == entry.key));
    let full = portfolio::full(&terms, rows);
    let half = portfolio::half_missing(&full);
    let variants = [half, full].map(|rows| {
        let sample = number("ACCREDIT_SAMPLE", 8_192).min(rows.len());
        let expected = engines::expected(&rules, &terms, &rows[..sample]);
        Variant { expected, all: engines::single(&rules, &terms, &rows), rows }
    });
    let mut lines: Vec<Line> = Vec::new();
    let mut peers: Vec<[Option<Box<dyn Peer + '_>>; 2]> = Vec::new();
    for entry in ENGINES.iter().filter(wanted) {
        let mut line = Line::new(entry);
        let ready = variants.each_ref().map(|variant| match made(entry, &rules, &terms, variant) {
            Ok(peer) => Some(peer),
            Err(trouble) => {
                line.trouble = Some(trouble.to_string());
                None
            }
        });
        eprintln!("{}: {}", entry.key, line.trouble.as_deref().unwrap_or("gives equal verdicts"));
        peers.push(ready);
        lines.push(line);
    }
    for _ in 0..number("ACCREDIT_ROUNDS", 3) {
        for (line, peers) in lines.iter_mut().zip(&mut peers) {
            for (at, peer) in peers.iter_mut().enumerate() {
                if let Some(peer) = peer
                    && let Err(trouble) = round(peer.as_mut(), &variants[at], &mut line.timed[at])
                {
                    line.trouble = Some(trouble.to_string());
                }
            }
        }
    }
    if number("ACCREDIT_INSTRUCTIONS", 0) == 1 {
        for line in lines.iter_mut().filter(|line| line.trouble.is_none()) {
            eprintln!("{}: counting instructions", line.entry.key);
            line.instructions = count::instructions(line.entry).ok();
        }
    }
    table::print(&terms, &variants.each_ref().map(|one| peer::tally(&one.all)), &lines, rows);
    Ok(())
}

/// An engine with its rows, after it has given the verdicts of the reference on all of the sample.
fn made<'r>(entry: &Entry, rules: &'r RuleSet, terms: &Terms, variant: &Variant) -> Result<Box<dyn Peer + 'r>, Trouble> {
    let rows = &variant.rows[..entry.rows.min(variant.rows.len())];
    let mut peer = engines::ready(entry.key, rules, terms, rows)?;
    let found = peer.verdicts()?;
    if found.len() != rows.len() {
        return Err(format!("it decides {} rows of {}", found.len(), rows.len()).into());
    }
    for (row, (found, expected)) in found.iter().zip(&variant.expected).enumerate() {
        if found != expected {
            return Err(format!("row {row} comes to {found:?}, the reference to {expected:?}: {:?}", rows[row]).into());
        }
    }
    Ok(peer)
}

/// Passes until the clock can tell, each compared in its tally.
fn round(peer: &mut dyn Peer, variant: &Variant, timed: &mut Timed) -> Result<(), Trouble> {
    let expected: Tally = peer::tally(&variant.all[..peer.rows()]);
    let (mut passes, mut took) = (0, 0.0);
    while took < ROUND {
        let (tally, seconds) = peer.pass()?;
        if tally != expected {
            return Err(format!("a pass counts {tally:?} verdicts, not {expected:?}").into());
        }
        passes += 1;
        took += seconds;
    }
    timed.add((passes * peer.rows()) as f64 / took);
    Ok(())
}
