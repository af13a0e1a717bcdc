//! The plan over columns: many accounts decided at once.
//!
//! In: a plan, and batches of accounts or records. Out: verdicts, and the results of requirements, as bits.
//! Owns the columns and the kernels over them. Never changes what a rule means: on random rules and rows it is compared
//! with the evaluation of one account and with the naive reference.

mod batch;
mod engine;
mod lanes;
mod plane;
mod progress;
mod row;
mod strip;
mod verdicts;
mod wide;

pub use batch::{Batch, Column, Each, NO_DAY, ROWS, Values, narrow_day, wide_day};
pub use engine::{Columns, Engine, Workspace};
pub use plane::{Plane, STRIP, Truths};
pub use progress::Results;
pub use wide::Wide;
