//! The store on each database: what has a receipt stays, what was changed is seen, what cannot be used is left alone.
//!
//! In: drawn decisions, raw changes, faults. Out: the log as it should be, or the error that a reader should see.
//! Owns the places on which the tests run. Never compares times.

mod faults;
pub mod ground;
mod kills;
mod log;
mod model;
mod replays;

use accredit::facts::Format;
use accredit::store::{Decided, Document, Entry, Page, Receipt, Said, Store, digest};

use crate::library::shipped;
use ground::grounds;

/// 20 November 2025, about noon.
const NOON: i64 = 1_763_640_000_000;
/// A day in milliseconds.
const DAY: i64 = 86_400_000;

/// A decision that differs from others by its number.
fn decided(at: u64, rules: &str) -> Decided {
    let bytes = format!("as_of: 2026-03-05\naccount: {{id: \"{at}\", country: US}}\n").into_bytes();
    let said = |decision: &str, subject: Option<&str>, verdict: &str| Said {
        decision: decision.to_owned(),
        subject: subject.map(str::to_owned),
        verdict: verdict.to_owned(),
    };
    Decided {
        at: NOON + i64::try_from(at).unwrap(),
        who: "local".to_owned(),
        reference: at.is_multiple_of(2).then(|| format!("client {}", at % 10)),
        answer: digest(&bytes),
        document: Document { format: Format::Yaml, bytes },
        as_of: 739_680,
        rules: rules.to_owned(),
        asked: vec!["welcome".to_owned(), "coupon".to_owned()],
        version: "0.1.0".to_owned(),
        verdicts: vec![said("welcome", None, "qualifies"), said("coupon", Some("o\"1"), "undetermined")],
    }
}

/// Keeps the shipped rules; says how they are called.
fn keep(store: &Store) -> String {
    let rules = shipped();
    store.keep_rules(&rules, NOON).unwrap().wait().unwrap();
    rules.program().digest.clone()
}

/// Logs some decisions, one after the other.
fn append(store: &Store, rules: &str, numbers: std::ops::RangeInclusive<u64>) -> Vec<Receipt> {
    numbers.map(|at| store.append(decided(at, rules)).unwrap().wait().unwrap()).collect()
}

/// Every entry, from the first on.
fn all(store: &Store) -> Vec<Entry> {
    let page = Page { from: 0, limit: usize::MAX, reference: None, latest: false };
    store.entries(page).unwrap().wait().unwrap()
}
