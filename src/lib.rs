//! `accredit` decides and explains ad-credit eligibility from program terms written as text.
//!
//! The stages are modules, in the order in which data flows: [`source`] → [`syntax`] → [`check`] → [`program`] →
//! [`plan`], and [`facts`] → [`eval`] → [`explain`]. [`RuleSet`] runs the first half once; the second half runs for
//! each account.

pub mod advise;
pub mod analyze;
pub mod answer;
pub mod cases;
pub mod check;
pub mod cli;
pub mod diagnostic;
pub mod eval;
pub mod explain;
pub mod facts;
pub mod plan;
pub mod program;
pub mod report;
mod ruleset;
pub mod screen;
pub mod serve;
pub mod source;
pub mod sql;
pub mod store;
pub mod syntax;
pub mod value;

pub use ruleset::{RuleSet, Unusable};
