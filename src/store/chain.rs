//! Whether the log is what it was: every number there, every hash true, every document the one that was decided on.
//!
//! In: an open store. Out: how many entries are in order, or the first one that is not, with what is wrong with it.
//! Owns the order of the checks. Never repairs anything.

use std::collections::HashMap;

use super::Store;
use super::database::{Page, Rules};
use super::entry::{Entry, GENESIS, Receipt, digest};
use super::error::StoreError;
use crate::RuleSet;

/// Entries that are read at once.
const PAGE: usize = 500;

/// A number and hash that somebody noted elsewhere: whoever can write to the store cannot change it.
pub type Anchor = Receipt;

/// A log in order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verified {
    /// The last entry.
    pub head: Receipt,
    /// How many entries have lost their facts to an expiry.
    pub expired: u64,
    /// How many rule sets are named.
    pub rule_sets: usize,
}

/// The first entry that is not in order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Broken {
    /// Its number.
    pub number: u64,
    /// What is wrong.
    pub fault: Fault,
}

/// What is wrong with an entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// It is not there, and later ones are.
    Removed,
    /// It is not there, and it was the last one.
    CutOff,
    /// It stands behind the last one that was logged.
    Added,
    /// It does not continue the one before.
    Unchained,
    /// Its hash is not that of its fields.
    Changed,
    /// Its facts are not those that were decided on.
    FactsChanged,
    /// Its facts are gone, and none from its time have expired.
    FactsGone,
    /// Its rule set is not kept.
    RulesGone,
    /// The kept texts are not those of its rule set.
    RulesChanged,
    /// Its hash is not the one that was noted elsewhere.
    NotAnchored,
}

impl Fault {
    /// What is wrong, in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Removed => "it is missing, and later entries are there",
            Self::CutOff => "it is missing at the end of the log",
            Self::Added => "it stands behind the last entry that was logged",
            Self::Unchained => "it does not continue the entry before it",
            Self::Changed => "it was changed: its hash is not that of its fields",
            Self::FactsChanged => "its facts were changed: they are not those that were decided on",
            Self::FactsGone => "its facts are gone, and none from its time have expired",
            Self::RulesGone => "its rule set is not kept",
            Self::RulesChanged => "the kept texts are not those of its rule set",
            Self::NotAnchored => "its hash is not the one that was noted",
        }
    }

    /// The word for programs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Removed => "removed",
            Self::CutOff => "cut_off",
            Self::Added => "added",
            Self::Unchained => "unchained",
            Self::Changed => "changed",
            Self::FactsChanged => "facts_changed",
            Self::FactsGone => "facts_gone",
            Self::RulesGone => "rules_gone",
            Self::RulesChanged => "rules_changed",
            Self::NotAnchored => "not_anchored",
        }
    }
}

impl Store {
    /// Goes through the whole log; blocks until that is done.
    /// # Errors
    /// What the database says. A log that is not in order is no error but an answer.
    pub fn verify(&self, anchor: Option<&Anchor>) -> Result<Result<Verified, Broken>, StoreError> {
        self.call(|database| database.intact())?.wait()?;
        // Read first: what is logged meanwhile stands behind it and is in order too.
        let head = self.head()?.wait()?;
        let mut last = Receipt { number: 0, hash: GENESIS.to_owned() };
        let mut expired = 0;
        let mut rules = HashMap::new();
        loop {
            let page = Page { from: last.number, limit: PAGE, reference: None, latest: false };
            let entries = self.entries(page)?.wait()?;
            if entries.is_empty() {
                break;
            }
            for entry in entries {
                let broken = |fault| Ok(Err(Broken { number: entry.number, fault }));
                if entry.number != last.number + 1 {
                    return Ok(Err(Broken { number: last.number + 1, fault: Fault::Removed }));
                }
                if let Some(fault) = entry_fault(&entry, &last) {
                    return broken(fault);
                }
                if entry.bytes.is_none() {
                    let horizon = self.call(|database| database.horizon())?.wait()?;
                    if horizon.is_none_or(|horizon| entry.at >= horizon) {
                        return broken(Fault::FactsGone);
                    }
                    expired += 1;
                }
                if !rules.contains_key(&entry.rules) {
                    let kept = self.rules(&entry.rules)?.wait()?;
                    rules.insert(entry.rules.clone(), rules_fault(&entry.rules, kept));
                }
                if let Some(fault) = rules.get(&entry.rules).copied().flatten() {
                    return broken(fault);
                }
                if anchor.is_some_and(|anchor| anchor.number == entry.number && anchor.hash != entry.hash)
                    || (entry.number == head.number && entry.hash != head.hash)
                {
                    return broken(Fault::NotAnchored);
                }
                last = Receipt { number: entry.number, hash: entry.hash };
            }
        }
        let expected = anchor.map_or(0, |anchor| anchor.number).max(head.number);
        if last.number < expected {
            return Ok(Err(Broken { number: last.number + 1, fault: Fault::CutOff }));
        }
        // The head is read again: whatever came meanwhile moved it along.
        if last.number > head.number && last.number > self.head()?.wait()?.number {
            return Ok(Err(Broken { number: last.number, fault: Fault::Added }));
        }
        Ok(Ok(Verified { head: last, expired, rule_sets: rules.len() }))
    }
}

/// What is wrong with an entry behind `last`.
fn entry_fault(entry: &Entry, last: &Receipt) -> Option<Fault> {
    // An entry whose own hash is false was changed; one that is true by itself was put elsewhere.
    if entry.own_hash() != entry.hash {
        return Some(Fault::Changed);
    }
    if entry.previous != last.hash {
        return Some(Fault::Unchained);
    }
    entry.bytes.as_ref().filter(|bytes| digest(bytes) != entry.facts).map(|_| Fault::FactsChanged)
}

fn rules_fault(digest: &str, kept: Option<Rules>) -> Option<Fault> {
    match kept {
        None => Some(Fault::RulesGone),
        Some(kept) => (RuleSet::digest_of(kept.files) != digest).then_some(Fault::RulesChanged),
    }
}
