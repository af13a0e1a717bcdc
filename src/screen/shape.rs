//! What the output holds: rows an account or rows an account and decision, and which columns.
//!
//! In: what the user wants. Out: the headers, in order.
//! Owns the names of output columns. Never fills one.

use crate::diagnostic::did_you_mean;
use crate::program::{ListId, Program, Subject, Verdict};
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
    /// Each row says from which table it is.
    pub files: bool,
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

    /// The decisions for which accounts are screened: those that are named, else every credit of an account and of the
    /// records of `lists`, which have tables of their own. `documents` says that accounts may bring other records themselves.
    /// # Errors
    /// [`Unfit`], when the rules do not have one that is named, or decide it for records that nobody brings.
    pub fn decisions(program: &Program, named: &[String], lists: &[ListId], documents: bool) -> Result<Vec<usize>, Unfit> {
        let ids = || program.decisions.iter().map(|decision| decision.id.as_str());
        if let Some(id) = named.iter().find(|id| !ids().any(|known| known == id.as_str())) {
            let help = did_you_mean(id, ids());
            return Err(Unfit { detail: format!("the rules decide no `{id}`"), help });
        }
        let wanted = program.decisions.iter().zip(0..).filter(|(one, _)| match named {
            [] => {
                let has_table = |list: &ListId| one.subject == Subject::Each(*list);
                one.kind == DecisionKind::Credit && (one.subject == Subject::Account || lists.iter().any(has_table))
            }
            named => named.contains(&one.id),
        });
        let fits = |(one, at): (&crate::program::Decision, usize)| match one.subject {
            Subject::Account => Ok(at),
            Subject::Each(list) if documents || lists.contains(&list) => Ok(at),
            Subject::Each(list) => {
                let declared = program.lists.get(list.0 as usize).and_then(|list| program.sections.get(list.section));
                let section = declared.map_or("", |section| section.name.as_str());
                Err(Unfit {
                    detail: format!("`{}` is decided for each record of `{section}`, and no table has them", one.id),
                    help: Some(format!("on the command line, name their table with --records {section}=FILE")),
                })
            }
        };
        wanted.map(fits).collect()
    }

    /// The headers.
    pub fn headers(&self, program: &Program) -> Vec<String> {
        let mut headers = Vec::new();
        headers.extend(self.files.then(|| "file".to_owned()));
        headers.push("row".to_owned());
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
            headers.extend(self.has_records(program).then(|| "record".to_owned()));
            headers.extend(fields(""));
        } else {
            for at in &self.decisions {
                let Some(decision) = program.decisions.get(*at) else { continue };
                let id = &decision.id;
                if is_of_records(program, *at) {
                    headers.extend([format!("{id}.records"), format!("{id}.record")]);
                }
                headers.extend(fields(&format!("{id}.")));
            }
        }
        headers
    }

    /// Is one of the decisions made for each record of a list?
    pub fn has_records(&self, program: &Program) -> bool {
        self.decisions.iter().any(|at| is_of_records(program, *at))
    }

    /// The lists for whose records decisions are made, in order, each once.
    pub fn lists(&self, program: &Program) -> Vec<ListId> {
        let mut lists: Vec<ListId> = self.decisions.iter().filter_map(|at| list_of(program, *at)).collect();
        lists.sort_unstable();
        lists.dedup();
        lists
    }
}

/// The list for each record of which a decision is made.
pub fn list_of(program: &Program, decision: usize) -> Option<ListId> {
    match program.decisions.get(decision)?.subject {
        Subject::Account => None,
        Subject::Each(list) => Some(list),
    }
}

/// Is a decision made for each record of a list?
pub fn is_of_records(program: &Program, decision: usize) -> bool {
    list_of(program, decision).is_some()
}
