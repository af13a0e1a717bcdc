//! What to ask about the accounts of a chunk: one question an account and fact.
//!
//! In: rows as facts, with records. Out: the facts that undetermined decisions miss, the most useful first.
//! Owns the order. Never asks for what no open requirement or state condition misses: `eval` says which these are.

use super::cells::{Decoded, Records};
use crate::RuleSet;
use crate::eval::{Workspace, extras, outcome, run, stand};
use crate::facts::{Facts, Record, question_name};
use crate::program::{At, Program, SlotId, Type, Verdict};

/// Of so many rows questions are listed: nobody fills in more.
pub const ASKED_ROWS: u64 = 20_000;

/// A question about one account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Question {
    /// The number of the account's row.
    pub row: u64,
    /// What the account is called; empty where the table does not say it.
    pub account: String,
    /// The fact.
    pub slot: SlotId,
    /// What the fact is called in a table of answers.
    pub name: String,
    /// How many decisions wait for it.
    pub decisions: u64,
}

/// Finds the questions of accounts.
#[derive(Debug)]
pub struct Asker<'p> {
    rules: &'p RuleSet,
    /// Which decisions are asked about.
    decisions: &'p [usize],
    workspace: Workspace,
}

impl<'p> Asker<'p> {
    /// Asks about some decisions.
    pub fn new(rules: &'p RuleSet, decisions: &'p [usize]) -> Self {
        Self { rules, decisions, workspace: Workspace::new(&rules.plan) }
    }

    /// The questions of every row that is not invalid; `key` is the list of carried texts that names accounts.
    pub fn ask(&mut self, decoded: &Decoded, key: Option<usize>) -> Vec<Question> {
        let names = key.and_then(|key| decoded.carried.get(key));
        let mut all = Vec::new();
        for row in (0..decoded.batch.rows()).filter(|row| !decoded.is_invalid(*row)) {
            let account = names.and_then(|names| names.get(row)).map_or("", |name| name.trim());
            for (slot, record, decisions) in self.of(decoded, row) {
                let name = question_name(self.rules.program(), slot, record.as_deref());
                all.push(Question { row: decoded.number(row), account: account.to_owned(), slot, name, decisions });
            }
        }
        all
    }

    /// The facts that one account misses, each with the record that it is about and how many decisions wait for it.
    fn of(&mut self, decoded: &Decoded, row: usize) -> Vec<(SlotId, Option<String>, u64)> {
        let (program, plan) = (self.rules.program(), &self.rules.plan);
        let mut facts = Facts::new(program, 0);
        decoded.batch.facts_of(program, row, &mut facts);
        for records in &decoded.records {
            let first = records.of.partition_point(|of| *of < row);
            for (at, _) in records.of.iter().enumerate().skip(first).take_while(|(_, of)| **of == row) {
                let record = record(program, records, at, &mut facts);
                facts.add_record(program, records.list, record);
            }
        }
        run(plan, &facts, &mut self.workspace);
        extras(plan, &facts, &mut self.workspace);
        let mut found: Vec<(SlotId, Option<String>, u64)> = Vec::new();
        for subject in std::mem::take(&mut self.workspace.subjects) {
            if subject.decided.verdict != Verdict::Undetermined || !self.decisions.contains(&subject.decision) {
                continue;
            }
            let view = stand(plan, &facts, &subject, &mut self.workspace.truths);
            let missing = outcome(plan, &subject, view, &self.workspace.truths).map(|outcome| outcome.missing);
            for slot in missing.unwrap_or_default() {
                let record = match program.slots.get(slot.0 as usize).map(|slot| slot.at) {
                    Some(At::Record(list)) => {
                        subject.record.and_then(|at| facts.records(list).get(at)).map(|one| one.key.clone())
                    }
                    _ => None,
                };
                match found.iter_mut().find(|(known, of, _)| *known == slot && *of == record) {
                    Some((.., decisions)) => *decisions += 1,
                    None => found.push((slot, record, 1)),
                }
            }
        }
        // The most useful first: how many decisions wait, for how much effort.
        let worth = |slot: SlotId, decisions: u64| {
            let effort = program.fact_of(slot).map_or(1, |fact| fact.effort.max(1));
            std::cmp::Reverse(decisions.saturating_mul(6) / effort.unsigned_abs())
        };
        found.sort_by_cached_key(|(slot, record, decisions)| (worth(*slot, *decisions), *slot, record.clone()));
        found
    }
}

/// A record as documents hold it.
fn record(program: &Program, records: &Records, at: usize, facts: &mut Facts) -> Record {
    let own = (0_u32..).map(SlotId).zip(&program.slots).filter(|(_, slot)| slot.at == At::Record(records.list));
    let values = own.map(|(slot, _)| {
        let (mut lane, state) = records.batch.get(slot, at);
        if matches!(program.fact_of(slot).map(|fact| &fact.ty), Some(Type::Text)) {
            lane.main = facts.intern(records.batch.text(lane));
        }
        (lane, state)
    });
    let values = values.collect();
    Record { key: records.keys.get(at).cloned().unwrap_or_default(), values }
}
