//! Plan and facts to outcomes.
//!
//! In: what a program means and what is known. Out: verdicts with the result of every requirement.
//! Owns the order of verdicts. Never reads a document, never renders a word.

mod outcome;

pub use outcome::{Outcome, Reward};
