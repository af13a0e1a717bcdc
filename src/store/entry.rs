//! One logged decision, and the hash that chains it to the one before.
//!
//! In: what was decided, on which facts, by which rules, for whom. Out: an entry with a number and a hash.
//! Owns which fields the hash covers and in which order: they are the same for ever. Never reads a clock, never decides.

use sha2::{Digest as _, Sha256};

use super::error::StoreError;
use crate::facts::Format;
use crate::value::{Day, day_text};

/// Milliseconds since the beginning of 1970 in UTC.
pub type Moment = i64;

/// What the first entry names as the hash of the one before it.
pub const GENESIS: &str = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

/// The most characters of a reference or of a name of who decided.
pub const MAX_NAME: usize = 200;

/// `sha256:` and 64 digits.
pub fn digest(bytes: &[u8]) -> String {
    told(Sha256::digest(bytes).as_slice())
}

fn told(hash: &[u8]) -> String {
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

/// One verdict of an answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Said {
    /// Id of the decision.
    pub decision: String,
    /// Key of the record, for a decision made per record.
    pub subject: Option<String>,
    /// The word of the contract.
    pub verdict: String,
}

/// A facts document as it was given.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Document {
    /// How it is written.
    pub format: Format,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A decision to be logged.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decided {
    /// When.
    pub at: Moment,
    /// Who asked: the name of a token, or `local`.
    pub who: String,
    /// How the account is called, if it is called anything.
    pub reference: Option<String>,
    /// The facts.
    pub document: Document,
    /// The day for which was decided.
    pub as_of: Day,
    /// Digest of the rule set; it must have been kept before.
    pub rules: String,
    /// Ids of the decisions that were asked for, in the program's order.
    pub asked: Vec<String>,
    /// [`digest`] of the answer's JSON.
    pub answer: String,
    /// Which version of accredit decided.
    pub version: String,
    /// The answer's verdicts, in its order.
    pub verdicts: Vec<Said>,
}

/// That a decision is logged, for good.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Receipt {
    /// Number of the entry, from one, without gaps.
    pub number: u64,
    /// Its hash.
    pub hash: String,
}

/// A logged decision.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Its number, from one, without gaps.
    pub number: u64,
    /// When.
    pub at: Moment,
    /// Who asked.
    pub who: String,
    /// How the account is called, if it is called anything.
    pub reference: Option<String>,
    /// How the facts document is written: `yaml` or `json`.
    pub format: String,
    /// [`digest`] of the facts document's bytes.
    pub facts: String,
    /// The facts document's bytes; nothing once they expired.
    pub bytes: Option<Vec<u8>>,
    /// The day for which was decided, as `YYYY-MM-DD`.
    pub as_of: String,
    /// Digest of the rule set.
    pub rules: String,
    /// Ids of the decisions that were asked for, as a JSON array.
    pub asked: String,
    /// [`digest`] of the answer's JSON.
    pub answer: String,
    /// Which version of accredit decided.
    pub version: String,
    /// The verdicts, as a JSON array of `[decision, subject, verdict]`.
    pub verdicts: String,
    /// Hash of the entry before it.
    pub previous: String,
    /// Hash over the one before and every field above but `bytes`.
    pub hash: String,
}

impl Entry {
    /// The entry of a decision, chained to the entry before it.
    pub(super) fn chained(decided: &Decided, number: u64, previous: &str) -> Self {
        let verdicts = decided.verdicts.iter().map(|said| (&said.decision, &said.subject, &said.verdict));
        let mut entry = Self {
            number,
            at: decided.at,
            who: decided.who.clone(),
            reference: decided.reference.clone(),
            format: format_word(decided.document.format).to_owned(),
            facts: digest(&decided.document.bytes),
            bytes: Some(decided.document.bytes.clone()),
            as_of: day_text(decided.as_of),
            rules: decided.rules.clone(),
            asked: serde_json::json!(decided.asked).to_string(),
            answer: decided.answer.clone(),
            version: decided.version.clone(),
            verdicts: serde_json::json!(verdicts.collect::<Vec<_>>()).to_string(),
            previous: previous.to_owned(),
            hash: String::new(),
        };
        entry.hash = entry.own_hash();
        entry
    }

    /// What the hash must be.
    pub fn own_hash(&self) -> String {
        let mut hash = Sha256::new();
        // Each field behind its length, so that no two entries give the same bytes.
        let mut part = |bytes: &[u8]| {
            hash.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_le_bytes());
            hash.update(bytes);
        };
        part(b"accredit log 1");
        part(self.previous.as_bytes());
        part(&self.number.to_le_bytes());
        part(&self.at.to_le_bytes());
        part(self.who.as_bytes());
        part(&[u8::from(self.reference.is_some())]);
        part(self.reference.as_deref().unwrap_or("").as_bytes());
        let rest =
            [&self.format, &self.facts, &self.as_of, &self.rules, &self.asked, &self.answer, &self.version, &self.verdicts];
        rest.into_iter().for_each(|text| part(text.as_bytes()));
        told(hash.finalize().as_slice())
    }

    /// What was asked for; nothing when the field cannot be read.
    pub fn asked(&self) -> Vec<String> {
        serde_json::from_str(&self.asked).unwrap_or_default()
    }

    /// The verdicts; nothing when the field cannot be read.
    pub fn verdicts(&self) -> Vec<Said> {
        let said: Vec<(String, Option<String>, String)> = serde_json::from_str(&self.verdicts).unwrap_or_default();
        said.into_iter().map(|(decision, subject, verdict)| Said { decision, subject, verdict }).collect()
    }

    /// How the facts document is written.
    pub fn format(&self) -> Format {
        format_of(&self.format)
    }
}

/// The word that is kept for a format.
pub(super) fn format_word(format: Format) -> &'static str {
    match format {
        Format::Yaml => "yaml",
        Format::Json => "json",
    }
}

/// The format of a kept word.
pub(super) fn format_of(word: &str) -> Format {
    if word == "json" { Format::Json } else { Format::Yaml }
}

/// A name that can be kept: some characters, none of which moves a cursor or ends a line.
/// # Errors
/// [`StoreError::Name`] with what is wrong with it.
pub fn check_name(name: &str, what: &'static str) -> Result<(), StoreError> {
    let shown = || name.chars().filter(|letter| !letter.is_control()).take(40).collect();
    let wrong = |why: String| Err(StoreError::Name { name: shown(), what, why });
    match name {
        "" => wrong("it is empty".to_owned()),
        _ if name.chars().any(char::is_control) => wrong("it holds a control character".to_owned()),
        _ if name.trim() != name => wrong("it begins or ends with a space".to_owned()),
        _ if name.chars().count() > MAX_NAME => wrong(format!("it has more than {MAX_NAME} characters")),
        _ => Ok(()),
    }
}
