//! The integration tests, in one binary: linking once is faster than linking for each file.
//!
//! What each module tests is told in `tests/README.md`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first thing that it did not expect"
)]

mod language;
mod pages;
