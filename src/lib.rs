//! `accredit` decides and explains ad-credit eligibility from program terms written as text.
#![forbid(unsafe_code)]

pub mod diagnostic;
pub mod source;
pub mod syntax;
pub mod value;
