//! Would the cases notice if a rule were a little wrong?
//!
//! In: a rule set and its cases. Out: every small change of the rules, with what came of it: refused by the checker, killed
//! by a case, proved to decide the same, or surviving with an account that would kill it.
//! Owns which changes are made and what counts as noticed. Never decides: the cases run as they always do, and what is the
//! same for every account is the analysis' to prove.
//!
//! A change is made in the syntax tree, as an editor's slip would be, so `fails otherwise` follows a changed `met when`.

mod edit;
mod expr;
mod run;
mod table;

pub use run::mutate;
pub use table::{mutation_json, mutation_table};

use super::coverage::{Suggestion, merged};
use crate::analyze::Witness;
use crate::source::Span;

/// One small change of the rules.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// Which kind of change.
    pub operator: Operator,
    /// Where.
    pub span: Span,
    /// What it does there, in words of the rules: `90 becomes 91`.
    pub said: String,
}

/// The kinds of changes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Operator {
    /// A number, day or amount is one unit larger or smaller.
    Unit,
    /// `at least` for `more than`, `at most` for `fewer than`, and back.
    Boundary,
    /// `and` for `or`, and back.
    Connective,
    /// Something is left out: a part of a condition, a clause, a requirement, a row.
    Drop,
    /// A test says the opposite.
    Negate,
    /// A word or code is added to a list, or taken from it.
    Word,
    /// The first day of a window counts otherwise.
    FirstDay,
}

impl Operator {
    /// Every kind.
    pub const ALL: [Self; 7] =
        [Self::Unit, Self::Boundary, Self::Connective, Self::Drop, Self::Negate, Self::Word, Self::FirstDay];

    /// The kind in one word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unit => "unit",
            Self::Boundary => "boundary",
            Self::Connective => "connective",
            Self::Drop => "drop",
            Self::Negate => "negate",
            Self::Word => "word",
            Self::FirstDay => "first_day",
        }
    }
}

/// What came of a change.
#[derive(Clone, Debug)]
pub enum Fate {
    /// The checker refuses the changed rules, with this code.
    Refused(&'static str),
    /// A case expects something else.
    Killed {
        /// The id of the first such case.
        case: String,
    },
    /// Proved: every account comes to the same verdicts, results and rewards.
    Equivalent,
    /// No case notices it, and this account would.
    Survived {
        /// Index of the decision.
        decision: usize,
        /// The requirement that comes to another result, where one does.
        requirement: Option<usize>,
        /// What becomes what: `verdict on_track → qualifies`.
        turns: String,
        /// The account.
        witness: Box<Witness>,
    },
    /// No case notices it, and whether any account can is not known.
    NotAnalysed,
}

impl Fate {
    /// `refused`, `killed`, `equivalent`, `survived`, `not_analysed`.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Refused(_) => "refused",
            Self::Killed { .. } => "killed",
            Self::Equivalent => "equivalent",
            Self::Survived { .. } => "survived",
            Self::NotAnalysed => "not_analysed",
        }
    }
}

/// All changes, in the order of the rules.
#[derive(Debug, Default)]
pub struct Mutation {
    /// Each change with what came of it.
    pub mutants: Vec<(Change, Fate)>,
}

impl Mutation {
    /// How many changes came to this.
    pub fn count(&self, fits: impl Fn(&Change, &Fate) -> bool) -> usize {
        self.mutants.iter().filter(|(change, fate)| fits(change, fate)).count()
    }

    /// Killed changes, and those that could be killed as far as is known: the score is the one of the other.
    pub fn score(&self) -> (usize, usize) {
        let killed = self.count(|_, fate| matches!(fate, Fate::Killed { .. }));
        let alive = self.count(|_, fate| matches!(fate, Fate::Survived { .. } | Fate::NotAnalysed));
        (killed, killed + alive)
    }

    /// A case for each change that survived; an account that kills several is suggested once.
    pub fn suggestions(&self) -> Vec<Suggestion> {
        let survived = self.mutants.iter().filter_map(|(change, fate)| {
            let Fate::Survived { decision, requirement, witness, .. } = fate else { return None };
            let (title, witness) = (change.said.clone(), witness.as_ref().clone());
            Some(Suggestion { decision: *decision, requirements: requirement.iter().copied().collect(), title, witness })
        });
        merged(survived.collect())
    }
}
