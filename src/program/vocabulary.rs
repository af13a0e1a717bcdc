//! Facts: what a document may say, and the slots that decisions read.
//!
//! In: made by `check`. Out: read by `facts`, `plan` and `explain`.
//! Owns the lanes in which values are kept. Never reads a document.

use crate::source::Span;
use crate::value::{country_code, country_text, currency_text, day_text, parse_currency};

/// Index into `Program::facts`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FactId(pub u32);
/// Index into `Program::slots`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SlotId(pub u32);
/// Index into `Program::lists`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ListId(pub u32);

/// The slot of the day for which the check holds.
pub const AS_OF: SlotId = SlotId(0);
/// The lane of a date that is known not to have happened (`none`).
pub const NO_EVENT: i64 = i64::MIN;

/// A value in two 64-bit words.
///
/// `main`: enum index, 0 or 1 for no and yes, day number, minor units, whole part, country, ISO currency number, set as a
/// bit mask, or the index of a text. `aux`: the currency of money, the billionths of a decimal, else 0.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Lane {
    /// The value, or its larger part.
    pub main: i64,
    /// The currency or the fraction.
    pub aux: i64,
}

/// The type of a fact.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Type {
    /// `yes or no`.
    Bool,
    /// A calendar day.
    Date {
        /// It may be `none`.
        optional: bool,
    },
    /// An amount with its currency.
    Money,
    /// A whole number of at least zero.
    Integer,
    /// A decimal of at least zero.
    Decimal,
    /// Above 0 to 100 percent.
    Percent,
    /// Text, compared for equality only.
    Text,
    /// ISO 3166.
    Country,
    /// ISO 4217.
    Currency,
    /// One of some words.
    Enum(Vec<String>),
    /// Some of some words.
    Set(Vec<String>),
}

impl Type {
    /// The lane of a word of the language, where this type has words.
    pub fn word(&self, word: &str) -> Option<i64> {
        match self {
            Self::Bool => ["no", "yes"].iter().position(|w| *w == word).and_then(|i| i64::try_from(i).ok()),
            Self::Enum(values) | Self::Set(values) => values.iter().position(|v| v == word).and_then(|i| i64::try_from(i).ok()),
            Self::Country => country_code(word),
            Self::Currency => parse_currency(word).map(|currency| i64::from(currency.numeric())),
            _ => None,
        }
    }

    /// The words of this type, where it has a short list of them.
    pub fn words(&self) -> Vec<&str> {
        match self {
            Self::Bool => vec!["yes", "no"],
            Self::Enum(values) | Self::Set(values) => values.iter().map(String::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// A value as a document writes it.
    pub fn text(&self, lane: Lane) -> String {
        let word = |index: i64| usize::try_from(index).ok();
        match self {
            Self::Bool => if lane.main == 1 { "yes" } else { "no" }.to_owned(),
            Self::Date { .. } if lane.main == NO_EVENT => "none".to_owned(),
            Self::Date { .. } => day_text(lane.main),
            Self::Money => crate::value::currency_of(lane.aux)
                .map_or_else(String::new, |currency| crate::value::Money { minor: lane.main, currency }.to_string()),
            Self::Integer => lane.main.to_string(),
            Self::Decimal => crate::value::Decimal { whole: lane.main, nanos: lane.aux }.to_string(),
            Self::Percent => format!("{}%", crate::value::Decimal { whole: lane.main, nanos: lane.aux }),
            Self::Text => format!("text {}", lane.main),
            Self::Country => country_text(lane.main),
            Self::Currency => currency_text(lane.main).to_owned(),
            Self::Enum(values) => word(lane.main).and_then(|i| values.get(i)).cloned().unwrap_or_default(),
            Self::Set(values) => {
                let members =
                    values.iter().zip(0..).filter(|(_, bit)| lane.main >> bit & 1 == 1).map(|(value, _)| value.as_str());
                format!("[{}]", members.collect::<Vec<_>>().join(", "))
            }
        }
    }

    /// The type in words, for messages.
    pub fn describe(&self) -> String {
        match self {
            Self::Bool => "yes or no".to_owned(),
            Self::Date { optional: false } => "a date such as 2026-03-01".to_owned(),
            Self::Date { optional: true } => "a date such as 2026-03-01, or none".to_owned(),
            Self::Money => "an amount such as 250 USD".to_owned(),
            Self::Integer => "a whole number".to_owned(),
            Self::Decimal => "a number such as 4.1".to_owned(),
            Self::Percent => "a percentage such as 50%".to_owned(),
            Self::Text => "a text".to_owned(),
            Self::Country => "a two-letter country code such as US".to_owned(),
            Self::Currency => "a three-letter currency code such as USD".to_owned(),
            Self::Enum(values) => format!("one of {}", values.join(", ")),
            Self::Set(values) => format!("a list of {}", values.join(", ")),
        }
    }
}

/// Who or what can change a fact.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Change {
    /// Nobody, ever.
    Never,
    /// A declared party: the client, the platform, spending, waiting.
    By(String),
}

impl Change {
    /// `never`, `by_client`, …
    pub fn class(&self) -> String {
        match self {
            Self::Never => "never".to_owned(),
            Self::By(party) => format!("by_{party}"),
        }
    }
}

/// One move that a client can make with a fact.
#[derive(Clone, Debug)]
pub struct Move {
    /// Values, or `more`, `less`, `any`.
    pub to: Vec<String>,
    /// Values, or `any`.
    pub from: Vec<String>,
    /// The warning that must be shown with it.
    pub warn: Option<usize>,
}

/// The value that an absent fact takes.
#[derive(Clone, Debug)]
pub struct Assumed {
    /// The value.
    pub value: Lane,
    /// Why it may be assumed.
    pub reason: String,
}

/// A fact that is computed while a document is read: a sum of money facts of the same section.
#[derive(Clone, Debug)]
pub struct Computed {
    /// The facts; the flag says that one is subtracted.
    pub parts: Vec<(bool, FactId)>,
    /// The warning when the parts are in more than one currency.
    pub warn: Option<usize>,
}

/// A declared fact.
#[derive(Clone, Debug)]
pub struct Fact {
    /// The name that results use: `account.country`, `offer.status`, `campaigns.objective`.
    pub name: String,
    /// The name inside its section.
    pub local: String,
    /// Index into `Program::sections`.
    pub section: usize,
    /// Its type.
    pub ty: Type,
    /// What to ask the client.
    pub ask: String,
    /// Where the answer is shown.
    pub find: Vec<String>,
    /// What is counted.
    pub unit: Option<String>,
    /// Who can change it.
    pub change: Change,
    /// Moves that a client can make.
    pub moves: Vec<Move>,
    /// No advice may propose to change it.
    pub never_advise: bool,
    /// Cost of finding out, 1 to 3.
    pub effort: i64,
    /// The value taken when it is absent.
    pub assume: Option<Assumed>,
    /// Where this fact is known, another fact of the same section has this value.
    pub implies: Vec<(FactId, Lane)>,
    /// How it is computed when absent.
    pub computed: Option<Computed>,
    /// Names the account or a record; rules never read it.
    pub identifies: bool,
    /// Further explanation.
    pub note: Option<String>,
    /// Where it is declared.
    pub span: Span,
}

/// A section of a facts document.
#[derive(Clone, Debug)]
pub struct Section {
    /// Its key in the document.
    pub name: String,
    /// What it holds.
    pub about: String,
    /// The list, when it holds records.
    pub list: Option<ListId>,
    /// Its facts.
    pub facts: Vec<FactId>,
}

/// A list of records.
#[derive(Clone, Debug)]
pub struct List {
    /// Its section.
    pub section: usize,
    /// What one record is called in rules.
    pub each: String,
    /// The fact that names a record.
    pub key: FactId,
    /// Is the key a decision, so that a decision reads its own record?
    pub of_decision: bool,
}

/// Where a slot's value comes from.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum At {
    /// A single fact of the document.
    Single,
    /// The record with this key, in a list keyed by decision; the number is the key's enum index.
    Keyed(ListId, i64),
    /// The record under decision.
    Record(ListId),
}

/// A fact at a place where decisions read it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Slot {
    /// The fact.
    pub fact: FactId,
    /// Which one.
    pub at: At,
}
