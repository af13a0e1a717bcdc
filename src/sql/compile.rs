//! What the printing of one query knows: its columns, its conditions so far, and where it stands for a message.
//!
//! In: a program, its plan, a dialect and a subject. Out: conditions as expressions.
//! Owns the sharing of conditions: a node of the plan becomes one expression. Never says what a test means: `probe` does.

use std::collections::{BTreeSet, HashMap};

use super::dialect::{Dialect, Refusal};
use super::expr::{Sql, Stages};
use super::facts::{Given, Known};
use super::print::{Kind, Print};
use crate::plan::{Node, Plan, Ref};
use crate::program::{Program, SlotId};

/// Columns of a source table, each under the name that the first stage gives it.
pub(super) type Columns = Vec<(String, String)>;

/// The printing of one query.
pub(super) struct Compile<'p> {
    pub(super) program: &'p Program,
    pub(super) plan: &'p Plan,
    pub(super) print: &'static dyn Print,
    pub(super) stages: Stages,
    /// What is read of the table of accounts.
    pub(super) account: Columns,
    /// What is read of the table of records.
    pub(super) record: Columns,
    pub(super) cells: HashMap<SlotId, Given>,
    pub(super) facts: HashMap<SlotId, Known>,
    /// Facts that are read, and those that are linked to them.
    pub(super) read: BTreeSet<SlotId>,
    nodes: HashMap<usize, Sql>,
    /// The decision and the part of it that is printed, for a refusal.
    pub(super) decision: Option<String>,
    pub(super) part: Option<String>,
}

impl<'p> Compile<'p> {
    pub(super) fn new(program: &'p Program, plan: &'p Plan, dialect: Dialect) -> Self {
        let print = dialect.print();
        Self {
            program,
            plan,
            print,
            stages: Stages::new(print),
            account: Vec::new(),
            record: Vec::new(),
            cells: HashMap::new(),
            facts: HashMap::new(),
            read: BTreeSet::new(),
            nodes: HashMap::new(),
            decision: None,
            part: None,
        }
    }

    pub(super) fn refusal(&self, construct: impl Into<String>, help: impl Into<String>) -> Refusal {
        Refusal {
            decision: self.decision.clone(),
            part: self.part.clone(),
            construct: construct.into(),
            dialect: self.print.dialect(),
            help: help.into(),
        }
    }

    pub(super) fn null(&self, kind: Kind) -> Sql {
        Sql::constant(self.print.null(kind))
    }

    pub(super) fn text(&self, text: &str) -> Sql {
        Sql::constant(self.print.literal(text))
    }

    /// A condition.
    pub(super) fn cond(&mut self, cond: Ref) -> Result<Sql, Refusal> {
        let found = self.node(cond.node())?;
        Ok(if cond.negated() { found.not() } else { found })
    }

    fn node(&mut self, at: usize) -> Result<Sql, Refusal> {
        if let Some(known) = self.nodes.get(&at) {
            return Ok(known.clone());
        }
        let plan = self.plan;
        let made = match plan.nodes.get(at) {
            None => self.null(Kind::Truth),
            Some(Node::True) => Sql::truth(true),
            Some(Node::All(parts)) => Sql::all(self.conds(parts)?),
            Some(Node::Any(parts)) => Sql::any(self.conds(parts)?),
            Some(Node::Then(first, second)) => Sql::all(self.conds(&[*first, *second])?),
            Some(Node::Test(probe)) => self.probe(probe)?,
        };
        let made = self.stages.short(made);
        self.nodes.insert(at, made.clone());
        Ok(made)
    }

    fn conds(&mut self, parts: &[Ref]) -> Result<Vec<Sql>, Refusal> {
        parts.iter().map(|part| self.cond(*part)).collect()
    }

    /// The value of the first condition that holds, all before it being false; an unknown one before it makes it unknown.
    pub(super) fn chosen(&mut self, branches: &[(Sql, Sql)], last: &Sql, unknown: &Sql) -> Sql {
        let mut walked: Vec<(Sql, Sql)> = Vec::new();
        for (when, then) in branches {
            walked.push((when.clone(), then.clone()));
            if !when.is_true() && !when.is_false() {
                walked.push((when.is_null(), unknown.clone()));
            }
        }
        Sql::case(&walked, last)
    }
}
