//! `accredit` decides and explains ad-credit eligibility from program terms written as text.
#![forbid(unsafe_code)]

pub mod check;
pub mod diagnostic;
pub mod eval;
pub mod explain;
pub mod facts;
pub mod plan;
pub mod program;
pub mod source;
pub mod syntax;
pub mod value;
