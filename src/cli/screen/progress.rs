//! How far a run got, on standard error, where somebody watches.
//!
//! In: a tally, and which part was read. Out: one line that is written over itself.
//! Owns the clock. Never words a verdict.

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use crate::report::{Tally, screened};

/// So often the line is written.
const EVERY: Duration = Duration::from_millis(200);

/// The line, if it is shown at all.
pub(super) struct Progress {
    shown: bool,
    begun: Instant,
    told: Option<Instant>,
    /// Rows that an earlier run has decided.
    before: Option<u64>,
    /// The part that was read when this run began.
    share_before: f64,
}

impl Progress {
    /// A line on a terminal, or wherever it is asked for.
    pub(super) fn new(quiet: bool, asked: bool) -> Self {
        let shown = asked || (!quiet && std::io::stderr().is_terminal());
        Self { shown, begun: Instant::now(), told: None, before: None, share_before: 0.0 }
    }

    /// Writes the line, if it is time; `share` is the part that was read, of 0 to 1, where that is known.
    pub(super) fn tell(&mut self, tally: &Tally, share: Option<f64>) {
        if !self.shown || self.told.is_some_and(|told| told.elapsed() < EVERY) {
            return;
        }
        let before = *self.before.get_or_insert_with(|| {
            self.share_before = share.unwrap_or(0.0);
            tally.rows
        });
        self.told = Some(Instant::now());
        let took = self.begun.elapsed().as_secs_f64();
        let rate = (tally.rows - before) as f64 / took.max(0.001);
        let done = share.map(|share| share - self.share_before).filter(|done| *done > 0.0 && tally.rows > before);
        let left = done.zip(share).map(|(done, share)| took * (1.0 - share).max(0.0) / done);
        let line = screened::progress(tally, rate, left);
        drop(write!(std::io::stderr(), "\r{line}\u{1b}[K"));
    }

    /// Takes the line away.
    pub(super) fn end(&self) {
        if self.shown && self.told.is_some() {
            drop(write!(std::io::stderr(), "\r\u{1b}[K"));
        }
    }
}
