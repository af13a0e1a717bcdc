//! What the output holds: rows an account or rows an account and decision, and which columns.
//!
//! In: what the user wants. Out: the headers, in order.
//! Owns the names of output columns. Never fills one.

use crate::diagnostic::did_you_mean;
use crate::program::{Program, Subject, Verdict};
use crate::syntax::DecisionKind;

/// What is told of one decision.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Field {
    /// The verdict: a word of the contract, or `invalid`.
    Verdict,
    /// The reward.
    Reward,
    /// The ids of what decided.
    Reasons,
    /// The first reason in words.
    Why,
    /// The next step.
    Next,
    /// The last day on which it surely helps.
    Deadline,
    /// The results of requirements as bits, the first requirement in the lowest.
    Masks,
}

impl Field {
    /// How many columns it has.
    pub(super) const fn width(self) -> usize {
        match self {
            Self::Masks => MASKS.len(),
            _ => 1,
        }
    }
}

/// Every field, in the order of columns, with its name.
pub const FIELDS: [(Field, &str); 7] = [
    (Field::Verdict, "verdict"),
    (Field::Reward, "reward"),
    (Field::Reasons, "reasons"),
    (Field::Why, "why"),
    (Field::Next, "next"),
    (Field::Deadline, "deadline"),
    (Field::Masks, "masks"),
];

/// The columns of [`Field::Masks`].
pub const MASKS: [&str; 4] = ["met", "failed", "pending", "open"];

/// What the output holds.
#[derive(Clone, Debug)]
pub struct Shape {
    /// A row an account and decision, not a row an account.
    pub long: bool,
    /// Which decisions, by index.
    pub decisions: Vec<usize>,
    /// What is told of each.
    pub fields: Vec<Field>,
    /// Only decisions (a row an account: only accounts with one) of these verdicts; all, where none is named.
    pub verdicts: Vec<Verdict>,
    /// Headers of the columns that are copied from the input.
    pub carried: Vec<String>,
}

/// A decision that no table of accounts can be screened for.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{detail}")]
pub struct Unfit {
    /// Why not.
    pub detail: String,
    /// What to do.
    pub help: Option<String>,
}

impl Shape {
    /// The columns of a decision in which its words stand: reasons, why, next.
    pub(super) fn places(&self) -> [Option<usize>; 3] {
        [Field::Reasons, Field::Why, Field::Next].map(|wanted| {
            let before = self.fields.iter().take_while(|field| **field != wanted);
            self.fields.contains(&wanted).then(|| before.map(|field| field.width()).sum())
        })
    }

    /// The decisions for which accounts are screened: those that are named, else every credit of an account.
    /// # Errors
    /// [`Unfit`], when the rules do not have one that is named, or decide it for each record.
    pub fn decisions(program: &Program, named: &[String]) -> Result<Vec<usize>, Unfit> {
        let ids = || program.decisions.iter().map(|decision| decision.id.as_str());
        if let Some(id) = named.iter().find(|id| !ids().any(|known| known == id.as_str())) {
            let help = did_you_mean(id, ids());
            return Err(Unfit { detail: format!("the rules decide no `{id}`"), help });
        }
        let wanted = program.decisions.iter().zip(0..).filter(|(one, _)| match named {
            [] => one.kind == DecisionKind::Credit && one.subject == Subject::Account,
            named => named.contains(&one.id),
        });
        let fits = |(one, at): (&crate::program::Decision, usize)| match one.subject {
            Subject::Account => Ok(at),
            Subject::Each(_) => Err(Unfit {
                detail: format!("`{}` is decided for each record, and a table has a row an account", one.id),
                help: Some("check one account after another for it".to_owned()),
            }),
        };
        wanted.map(fits).collect()
    }

    /// The headers.
    pub fn headers(&self, program: &Program) -> Vec<String> {
        let mut headers = vec!["row".to_owned()];
        headers.extend(self.carried.iter().cloned());
        let fields = |prefix: &str| {
            let names = self.fields.iter().flat_map(|field| match field {
                Field::Masks => MASKS.to_vec(),
                other => FIELDS.iter().filter(|(one, _)| one == other).map(|(_, name)| *name).collect(),
            });
            names.map(|name| format!("{prefix}{name}")).collect::<Vec<_>>()
        };
        if self.long {
            headers.push("decision".to_owned());
            headers.extend(fields(""));
        } else {
            let ids = self.decisions.iter().filter_map(|at| program.decisions.get(*at)).map(|decision| &decision.id);
            ids.for_each(|id| headers.extend(fields(&format!("{id}."))));
        }
        headers
    }
}
