//! What the benchmark asks of an engine, and what an engine answers.
//!
//! In: an engine that holds its rows in the form that it likes best. Out: verdicts, and tallies of them.
//! Owns the words. Never times.

/// What a program comes to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Verdict {
    /// Something that could decide is not known.
    #[default]
    Undetermined,
    /// Every requirement is met.
    Qualifies,
    /// A requirement is known not to be met.
    DoesNotQualify,
}

impl Verdict {
    /// Of a condition that holds, does not hold, or is not known.
    #[inline]
    pub const fn of(holds: Option<bool>) -> Self {
        match holds {
            Some(true) => Self::Qualifies,
            Some(false) => Self::DoesNotQualify,
            None => Self::Undetermined,
        }
    }
}

/// How many programs there are.
pub const PROGRAMS: usize = 6;

/// The verdicts of a row, in the order of the programs.
pub type Verdicts = [Verdict; PROGRAMS];

/// How often each verdict was reached: undetermined, qualifies, does not qualify.
pub type Tally = [u64; 3];

/// Why an engine takes no part, or what went wrong with it.
pub type Trouble = Box<dyn std::error::Error>;

/// An engine with its rows, ready to be timed.
pub trait Peer {
    /// How many rows it holds.
    fn rows(&self) -> usize;

    /// Decides every row, and says what each came to.
    /// # Errors
    /// Whatever the engine says.
    fn verdicts(&mut self) -> Result<Vec<Verdicts>, Trouble>;

    /// Decides every row, counts, and says how many seconds of CPU time that took. This is what is timed.
    /// # Errors
    /// Whatever the engine says.
    fn pass(&mut self) -> Result<(Tally, f64), Trouble>;
}

/// An engine that decides row by row.
pub trait ByRow {
    /// How many rows it holds.
    fn rows(&self) -> usize;

    /// Decides one.
    /// # Errors
    /// Whatever the engine says.
    fn decide(&mut self, row: usize) -> Result<Verdicts, Trouble>;
}

impl<T: ByRow> Peer for T {
    fn rows(&self) -> usize {
        ByRow::rows(self)
    }

    fn verdicts(&mut self) -> Result<Vec<Verdicts>, Trouble> {
        (0..ByRow::rows(self)).map(|row| self.decide(row)).collect()
    }

    fn pass(&mut self) -> Result<(Tally, f64), Trouble> {
        timed(|| {
            let mut tally = Tally::default();
            for row in 0..ByRow::rows(self) {
                self.decide(row)?.iter().for_each(|verdict| tally[*verdict as usize] += 1);
            }
            Ok(tally)
        })
    }
}

/// Runs something and says how much CPU time this process took for it.
/// # Errors
/// Those of what is run.
pub fn timed(run: impl FnOnce() -> Result<Tally, Trouble>) -> Result<(Tally, f64), Trouble> {
    let from = cpu_time::ProcessTime::try_now()?;
    let tally = run()?;
    Ok((tally, from.try_elapsed()?.as_secs_f64()))
}

/// The tally of verdicts.
pub fn tally(verdicts: &[Verdicts]) -> Tally {
    let mut tally = Tally::default();
    verdicts.iter().flatten().for_each(|verdict| tally[*verdict as usize] += 1);
    tally
}
