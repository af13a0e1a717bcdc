//! The checked program: every name resolved, every value typed, every place known. Inert data.
//!
//! In: made by `check`. Out: read by every later stage.
//! Owns the meaning that the reference evaluator and the plan share. Never evaluates, never reports.

mod condition;
mod decision;
mod vocabulary;

pub use condition::{Cond, Operand, Test, TestKind, Values};
pub use decision::{
    Body, Clauses, Decision, Edition, Extent, InForce, Intended, Judged, Offered, Offerer, OpenClause, Progress,
    ProgressWindow, Regions, Requirement, Reward, RewardValue, ShownWarning, StateCondition, StateHolds, Subject, TableChoice,
    Tier, Verdict,
};
pub use vocabulary::{
    AS_OF, Assumed, At, Change, Computed, Fact, FactId, Lane, List, ListId, Move, NO_EVENT, Section, Slot, SlotId, Type,
};

use crate::source::Span;
use crate::value::Day;

/// Where a term comes from.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its id in the rules.
    pub id: String,
    /// Its title, in our words.
    pub title: String,
    /// Its address, where it has one.
    pub url: Option<String>,
    /// The file of the source documents, for those that are files.
    pub file: Option<String>,
    /// The date printed on it, as printed.
    pub dated: Option<String>,
    /// The day it was last read; nothing for a source that each client reads for himself.
    pub read: Option<Day>,
    /// Authority: 1 is the strongest.
    pub rank: i64,
    /// Where it is declared.
    pub span: Span,
}

/// What to do when a requirement fails or stays open.
#[derive(Clone, Debug)]
pub struct Remedy {
    /// Its id in the rules.
    pub id: String,
    /// `never`, or who or what can bring it about: `by_client`, `by_spend`, …
    pub class: String,
    /// The advice, in words.
    pub say: String,
    /// Through which channel.
    pub channel: Option<String>,
    /// The support route for it.
    pub route: Option<String>,
    /// Where it is declared.
    pub span: Span,
}

/// The way to support from a symptom.
#[derive(Clone, Debug)]
pub struct Route {
    /// Its id in the rules.
    pub id: String,
    /// What the client sees.
    pub symptom: String,
    /// What to check first.
    pub first: Vec<String>,
    /// Through which channel.
    pub channel: String,
    /// How long it takes.
    pub expect: String,
    /// What to do when that does not help.
    pub escalate: String,
    /// What to bring.
    pub bring: Vec<String>,
    /// Its sources.
    pub cites: Vec<usize>,
}

/// A text that must be shown with a decision.
#[derive(Clone, Debug)]
pub struct Warning {
    /// Its id in the rules.
    pub id: String,
    /// The text.
    pub say: String,
    /// Its sources.
    pub cites: Vec<usize>,
}

/// A table of tiers, for a reader; evaluation uses the copies inside decisions.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its id in the rules.
    pub id: String,
    /// What it is, in words.
    pub label: String,
    /// Rows.
    pub rows: Vec<TableRow>,
    /// Do other rows exist that no source shows?
    pub unstated_otherwise: bool,
    /// Its sources.
    pub cites: Vec<usize>,
}

/// A row of a table, for a reader.
#[derive(Clone, Debug)]
pub struct TableRow {
    /// The codes that choose it.
    pub keys: Vec<String>,
    /// Spend and credit of each tier as texts; an unstated tier is nothing.
    pub tiers: Vec<Option<(String, String)>>,
}

/// A named number, date or list of the rules, for a reader.
#[derive(Clone, Debug)]
pub struct NamedValue {
    /// Its id in the rules.
    pub id: String,
    /// Its value as written.
    pub text: String,
}

/// A checked rule set.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// The rule set's name.
    pub name: String,
    /// Its version, as written.
    pub version: String,
    /// What it is about.
    pub about: String,
    /// `sha256:…` over the names and texts of its files.
    pub digest: String,
    /// Sections and lists of the facts document, in reading order.
    pub sections: Vec<Section>,
    /// Record lists.
    pub lists: Vec<List>,
    /// Declared facts; the first one is `as_of`.
    pub facts: Vec<Fact>,
    /// One slot for each fact that a decision can read; slot 0 is `as_of`.
    pub slots: Vec<Slot>,
    /// Sources.
    pub sources: Vec<Source>,
    /// Remedies.
    pub remedies: Vec<Remedy>,
    /// Support routes.
    pub routes: Vec<Route>,
    /// Warnings.
    pub warnings: Vec<Warning>,
    /// Tables, for a reader.
    pub tables: Vec<Table>,
    /// Named values and groups, for a reader.
    pub values: Vec<NamedValue>,
    /// Parties and what they are called.
    pub parties: Vec<(String, String)>,
    /// Decisions, in reading order.
    pub decisions: Vec<Decision>,
}

impl Program {
    /// The fact behind a slot.
    pub fn fact_of(&self, slot: SlotId) -> Option<&Fact> {
        self.slots.get(slot.0 as usize).and_then(|slot| self.facts.get(slot.fact.0 as usize))
    }

    /// The public name of a slot's fact: `account.country`, `offer.status`.
    pub fn name_of(&self, slot: SlotId) -> &str {
        self.fact_of(slot).map_or("", |fact| fact.name.as_str())
    }

    /// The decision of an id.
    pub fn decision(&self, id: &str) -> Option<&Decision> {
        self.decisions.iter().find(|decision| decision.id == id)
    }
}
