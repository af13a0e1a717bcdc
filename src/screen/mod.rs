//! Whole tables of accounts: in, decided, out.
//!
//! In: tables. Out: tables, with verdicts and reasons.
//! Owns everything about tables. Never decides by anything but the plan.

mod beside;
mod cells;
pub mod columns;
mod desk;
pub mod join;
mod layout;
mod mapping;
mod problem;
mod questions;
pub mod read;
mod repeats;
mod results;
mod run;
mod screener;
mod shape;
mod singly;
mod table;
pub mod write;

pub use cells::{CellReader, Cells, Decoded, Records};
pub use layout::{ANSWER_HEADERS, Layout, Names, Target, Unmatched, suggestion};
pub use mapping::{Mapping, Separator};
pub use problem::Problem;
pub use questions::{ASKED_ROWS, Asker, Question};
pub use run::{CHUNK, Encoded, Encoding, Job, PARQUET_CHUNK, RunError, Table, each_chunk};
pub use screener::Screener;
pub use shape::{FIELDS, Field, Shape, Unfit, is_of_records, list_of};
pub use table::{OutChunk, OutColumn, Words};
