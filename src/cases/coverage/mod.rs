//! What the cases try of the rules, and what they do not.
//!
//! In: a rule set and its cases. Out: for each part of each decision which results and which truths of its conditions some
//! case comes to, which none can come to (proved), and an account for each that is missing.
//! Owns what counts as tried: a result that a case states, a truth behind something that a case expects. Never decides, never claims what is not proved.
//!
//! The results are met, failed, pending and open of a requirement; true, false and unknown of a state condition and of
//! every condition as it is written. A condition of a requirement that has several has an independence pair (masking
//! MC/DC): two accounts with other results in which it is true and false and in each of which it alone turns the result.

mod json;
mod measure;
mod page;
mod parts;
mod suggest;
mod table;

pub use json::coverage_json;
pub use measure::coverage;
pub use page::coverage_page;
pub use suggest::{Suggestion, suggested};
pub(super) use suggest::{expected, merged};
pub use table::coverage_table;

use crate::analyze::Witness;
use crate::source::Span;

/// What cases try of a rule set.
#[derive(Debug, Default)]
pub struct Coverage {
    /// Every part of every decision, in the order of the program.
    pub parts: Vec<PartCoverage>,
    /// Expectations that were looked at.
    pub expectations: usize,
}

/// A part of a decision.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Part {
    /// Which edition applies.
    Edition(usize),
    /// A requirement.
    Requirement(usize),
    /// A state condition.
    State(usize),
    /// A rule of the reward.
    Reward(usize),
}

/// What cases try of one part.
#[derive(Debug)]
pub struct PartCoverage {
    /// Index of the decision.
    pub decision: usize,
    /// Which part.
    pub part: Part,
    /// Its id.
    pub id: String,
    /// Where it is written.
    pub span: Span,
    /// Its results, for a requirement or a state condition.
    pub results: Vec<Item>,
    /// Its conditions, in the order of the text.
    pub conditions: Vec<ConditionCoverage>,
}

/// What cases try of one condition.
#[derive(Debug)]
pub struct ConditionCoverage {
    /// Where it is written.
    pub span: Span,
    /// True, false and unknown.
    pub truths: Vec<Item>,
    /// Its independence pair, where the requirement has several conditions.
    pub pair: Option<Item>,
}

/// One thing that a case can try.
#[derive(Debug)]
pub struct Item {
    /// `met`, `failed`, `pending`, `open`; `true`, `false`, `unknown`; `pair`.
    pub word: &'static str,
    /// How it stands.
    pub standing: Standing,
}

/// How one thing stands.
#[derive(Debug)]
pub enum Standing {
    /// Some case comes to it.
    Covered,
    /// Proved: no account comes to it.
    Unreachable,
    /// No case comes to it, and these accounts would.
    Missing(Vec<Witness>),
    /// No case comes to it, and whether an account can is not known.
    NotAnalysed,
}

impl Standing {
    /// `covered`, `unreachable`, `missing`, `not_analysed`.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Covered => "covered",
            Self::Unreachable => "unreachable",
            Self::Missing(_) => "missing",
            Self::NotAnalysed => "not_analysed",
        }
    }
}

/// How many of some things stand how.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Count {
    /// Covered.
    pub covered: usize,
    /// Proved unreachable.
    pub unreachable: usize,
    /// Missing, with an account.
    pub missing: usize,
    /// Not covered and not analysed.
    pub not_analysed: usize,
}

impl Count {
    fn of<'i>(items: impl IntoIterator<Item = &'i Item>) -> Self {
        let mut count = Self::default();
        for item in items {
            match item.standing {
                Standing::Covered => count.covered += 1,
                Standing::Unreachable => count.unreachable += 1,
                Standing::Missing(_) => count.missing += 1,
                Standing::NotAnalysed => count.not_analysed += 1,
            }
        }
        count
    }

    /// What can be covered, as far as is known.
    pub const fn reachable(self) -> usize {
        self.covered + self.missing + self.not_analysed
    }
}

impl Coverage {
    /// Results of requirements.
    pub fn requirements(&self) -> Count {
        Count::of(self.of(|part| matches!(part, Part::Requirement(_))).flat_map(|part| &part.results))
    }

    /// Truths of state conditions as a whole.
    pub fn states(&self) -> Count {
        Count::of(self.of(|part| matches!(part, Part::State(_))).flat_map(|part| &part.results))
    }

    /// Truths of single conditions.
    pub fn conditions(&self) -> Count {
        Count::of(self.parts.iter().flat_map(|part| &part.conditions).flat_map(|condition| &condition.truths))
    }

    /// Independence pairs.
    pub fn pairs(&self) -> Count {
        Count::of(self.parts.iter().flat_map(|part| &part.conditions).filter_map(|condition| condition.pair.as_ref()))
    }

    /// Is everything covered that is not proved to be unreachable?
    pub fn complete(&self) -> bool {
        let counts = [self.requirements(), self.states(), self.conditions(), self.pairs()];
        counts.iter().all(|count| count.missing == 0 && count.not_analysed == 0)
    }

    fn of(&self, fits: impl Fn(Part) -> bool) -> impl Iterator<Item = &PartCoverage> {
        self.parts.iter().filter(move |part| fits(part.part))
    }
}
