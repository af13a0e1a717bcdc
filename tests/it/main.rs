//! The one integration test binary. `tests/README.md` says what is where.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking"
)]

mod advice;
mod analyses;
mod browser;
mod columns;
mod command;
mod diffs;
mod explanations;
mod formats;
mod interview;
mod language;
mod layers;
mod library;
mod limits;
mod pages;
mod random;
mod relevance;
mod screen_records;
mod screens;
mod serve;
mod sql;
mod store;
mod testing;
mod workbench;
