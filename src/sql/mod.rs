//! Rules as SQL: the same verdicts, rewards and results where the accounts already are.
//!
//! In: a program and its plan. Out: queries and views in the dialect of a warehouse, and what their bits stand for.
//! Owns the printing of a plan as SQL text, by hand: generic first, a small file for what a dialect says in its own words.
//! Never approximates: what a dialect cannot say exactly as evaluation means it is refused, by name.

mod compile;
mod decision;
mod dialect;
mod duckdb;
mod expr;
mod facts;
mod layout;
mod postgres;
mod print;
mod probe;
mod progress;
mod query;
mod reasons;
mod reward;
mod script;
mod spark;
mod term;

pub use decision::{INVALID, MASK_BITS};
pub use dialect::{Construct, Dialect, Refusal, Support};
pub use layout::{ACCOUNT, CURRENCY, DAY, NONE, column, key, table};
pub use query::{DayFrom, Query, Wanted, create_table, queries, view};
pub use reasons::{REASONS, reasons};
pub use script::{Holds, JobFile, script, spark_job};
