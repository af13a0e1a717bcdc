//! Whole tables of accounts: in, decided, out.
//!
//! In: tables. Out: tables, with verdicts and reasons.
//! Owns everything about tables. Never decides by anything but the plan.

mod cells;
pub mod columns;
mod layout;
mod mapping;
mod problem;
pub mod read;
mod results;
mod run;
mod screener;
mod shape;
mod table;
pub mod write;

pub use cells::{CellReader, Cells, Decoded};
pub use layout::{Layout, Names, Target, Unmatched};
pub use mapping::{Mapping, Separator};
pub use problem::Problem;
pub use run::{CHUNK, Encoded, Encoding, Job, PARQUET_CHUNK, RunError, Table};
pub use screener::Screener;
pub use shape::{FIELDS, Field, Shape, Unfit};
pub use table::{OutChunk, OutColumn, Words};
