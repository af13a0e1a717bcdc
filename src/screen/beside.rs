//! What tables beside the accounts say of the accounts of a chunk.
//!
//! In: rows joined to their accounts. Out: records of these accounts and answers in their facts, or what is wrong with them.
//! Owns that nothing of them is lost: a bad row, or one of nobody, is a problem, and of its account nothing is decided.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::cells::{CellReader, Cells, Decoded, Records, trimmed};
use super::join::{Attached, Kind, Side, SideRow};
use super::layout::{Names, Target};
use super::problem::Problem;
use crate::RuleSet;
use crate::facts::{State, Wrong, lane_of, question_name};
use crate::program::{At, Lane, ListId, Program, SlotId, Type};

/// Reads the rows of tables beside the accounts.
#[derive(Debug)]
pub struct Beside<'p> {
    rules: &'p RuleSet,
    sides: Vec<(&'p Side, CellReader<'p>)>,
    /// The names of the facts of an account.
    names: Names,
    /// Rows whose account is in no table.
    pub astray: u64,
    /// The keys of records that were read of this chunk.
    keys: HashSet<(ListId, usize, String), foldhash::fast::RandomState>,
}

impl<'p> Beside<'p> {
    /// Reads for these tables.
    pub fn new(rules: &'p RuleSet, sides: &'p [Arc<Side>]) -> Self {
        let (program, plan) = (rules.program(), &rules.plan);
        // A record has no day of its own.
        let reader = |side: &'p Arc<Side>| CellReader::new(program, plan, &rules.reader, &side.layout, Some(0));
        Self {
            rules,
            sides: sides.iter().map(|side| (side.as_ref(), reader(side))).collect(),
            names: Names::of(program, None),
            astray: 0,
            keys: HashSet::default(),
        }
    }

    /// Adds what the rows of a chunk say to its accounts; what follows from that is not derived yet.
    pub fn add(&mut self, decoded: &mut Decoded, attached: Vec<Attached>) {
        self.keys.clear();
        self.astray = 0;
        for records in &decoded.records {
            let own = records.of.iter().zip(&records.keys).map(|(of, key)| (records.list, *of, key.clone()));
            self.keys.extend(own);
        }
        let (mut records, mut answers) = (Vec::new(), Vec::new());
        for Attached { side, rows } in attached {
            match self.sides.get(side).map(|(side, _)| side.kind) {
                Some(Kind::Records(list)) => records.push((side, list, rows)),
                Some(Kind::Answers) => answers.push((side, rows)),
                None => {}
            }
        }
        for (side, list, rows) in records {
            let rows = self.own(side, decoded, rows);
            self.records(side, list, decoded, rows);
        }
        // Answers may be about records, so these come first.
        for (side, rows) in answers {
            let rows = self.own(side, decoded, rows);
            self.answers(side, decoded, &rows);
        }
    }

    /// The rows that belong to an account and can be read.
    fn own(&mut self, side: usize, decoded: &mut Decoded, rows: Vec<(Option<usize>, SideRow)>) -> Vec<(usize, SideRow)> {
        let Some((side, _)) = self.sides.get(side) else { return Vec::new() };
        let mut own = Vec::with_capacity(rows.len());
        for (of, row) in rows {
            let mut tell = |reason: String, help: &str| {
                let (column, value) = ("account.id".to_owned(), Problem::cut(&row.account));
                let file = Arc::clone(&side.layout.file);
                report(decoded, of, Problem { file, row: row.number, column, value, reason, help: Some(help.to_owned()) });
            };
            match of {
                _ if !row.wrong.is_empty() => tell(row.wrong.clone(), "write one JSON object a line, with names of facts"),
                None if row.account.is_empty() => {
                    tell("the row names no account".to_owned(), "give its `account.id`, as in the table of accounts");
                }
                None => {
                    let help = "add the account, or correct the `account.id`: both tables must write it the same way";
                    tell("no account of this name is in the table".to_owned(), help);
                }
                Some(of) => {
                    own.push((of, row));
                    continue;
                }
            }
            self.astray += u64::from(of.is_none());
        }
        own
    }

    fn records(&mut self, at: usize, list: ListId, decoded: &mut Decoded, rows: Vec<(usize, SideRow)>) {
        let Some((side, reader)) = self.sides.get_mut(at) else { return };
        let program = self.rules.program();
        if rows.is_empty() {
            return;
        }
        let (of, rows): (Vec<usize>, Vec<SideRow>) = rows.into_iter().unzip();
        let numbers: Vec<u64> = rows.iter().map(|row| row.number).collect();
        let cells = Cells { first: 1, rows: rows.into_iter().map(|row| row.cells).collect(), numbers: numbers.clone() };
        let mut typed = reader.decode(&cells);
        let key_of = List::new(program, list);
        let mut keys = Vec::with_capacity(of.len());
        let place = side.layout.carried_place(&key_of.key_name);
        for (row, account) in of.iter().enumerate() {
            let key = place.and_then(|place| typed.carried.get(place)?.get(row)).map_or("", |key| trimmed(key)).to_owned();
            if key.is_empty() {
                let (section, local) = (key_of.section, key_of.local);
                let help = format!("give its `{local}`: it names the {}", key_of.each);
                typed.reject(row, &key_of.key_name, "", format!("a record of `{section}` has no `{local}`"), Some(help));
            } else if let Some(wrong) = key_of.wrong(&key) {
                typed.reject(row, &key_of.key_name, &key, wrong.headline(&key_of.key_name), wrong.help);
            } else if !self.keys.insert((list, *account, key.clone())) {
                let reason = format!("two records of `{}` have the {} `{key}`", key_of.section, key_of.local);
                let help = "put what is known of it into one row".to_owned();
                typed.reject(row, &key_of.key_name, &key, reason, Some(help));
            }
            keys.push(key);
        }
        for row in (0..of.len()).filter(|row| typed.is_invalid(*row)) {
            if let (Some(of), Some(number)) = (of.get(row), numbers.get(row)) {
                decoded.spoil(*of, &format!("{} ({} row {number})", typed.reason(row), side.layout.file));
            }
        }
        typed.problems.sort_by_key(|problem| problem.row);
        decoded.problems.append(&mut typed.problems);
        let records = Records { list, of, keys, batch: typed.batch };
        key_of.keyed(program, decoded, &records, &side.layout.file, &numbers);
        decoded.records.push(records);
    }

    /// Answers go where nothing is told yet.
    fn answers(&mut self, at: usize, decoded: &mut Decoded, rows: &[(usize, SideRow)]) {
        let Some((side, reader)) = self.sides.get(at) else { return };
        let program = self.rules.program();
        let [fact_at, answer_at] = ["fact", "answer"].map(|name| side.layout.place(name));
        let mut told: HashMap<(usize, String), u64> = HashMap::new();
        for (of, row) in rows {
            let cell = |at: Option<usize>| {
                let bytes = at.and_then(|at| row.cells.get(at)).unwrap_or_default();
                trimmed(&String::from_utf8_lossy(bytes)).to_owned()
            };
            let (name, answer) = (cell(fact_at), cell(answer_at));
            if answer.is_empty() || side.layout.unknown.contains(&answer) {
                continue;
            }
            let problem = |column: &str, value: &str, reason: String, help: Option<String>| {
                let (file, column, value) = (Arc::clone(&side.layout.file), column.to_owned(), Problem::cut(value));
                Problem { file, row: row.number, column, value, reason, help }
            };
            let Some((slot, record)) = self.place(decoded, *of, &name) else {
                let near = self.names.nearest(&name).map(|near| format!("did you mean `{near}`?"));
                let help = near.unwrap_or_else(|| "leave the column `fact` as it was written".to_owned());
                let reason = format!("`{name}` is no fact of this account");
                report(decoded, Some(*of), problem("fact", &name, reason, Some(help)));
                continue;
            };
            let Some(fact) = program.fact_of(slot) else { continue };
            let account = format!("row {} of {}", decoded.number(*of), decoded.file);
            let batch = match record {
                None => Some(&mut decoded.batch),
                Some((records, _)) => decoded.records.get_mut(records).map(|records| &mut records.batch),
            };
            let (Some(batch), row_at) = (batch, record.map_or(*of, |(_, row)| row)) else { continue };
            let lane = match reader.typed(fact, slot, &answer, batch) {
                Ok(lane) => lane,
                Err(wrong) => {
                    report(decoded, Some(*of), problem("answer", &answer, wrong.headline(&name), wrong.help));
                    continue;
                }
            };
            let (found, state) = batch.get(slot, row_at);
            if state == State::Given && found != lane {
                let shown = match &fact.ty {
                    Type::Text => batch.text(found).to_owned(),
                    ty => ty.text(found),
                };
                let first = match told.get(&(*of, name.clone())) {
                    Some(number) => format!("row {number} of this table"),
                    None => account,
                };
                let reason = format!("`{name}` is answered with `{}`, but {first} says `{shown}`", Problem::cut(&answer));
                let help = "correct one of the two: an answer never takes the place of what is told".to_owned();
                report(decoded, Some(*of), problem("answer", &answer, reason, Some(help)));
                continue;
            }
            batch.put(program, slot, row_at, lane, State::Given);
            self.of_record(decoded, *of, slot, lane);
            told.insert((*of, name), row.number);
        }
    }

    /// Brings an answer about the record of a decision to that record, where it is one of a table.
    fn of_record(&self, decoded: &mut Decoded, of: usize, slot: SlotId, lane: Lane) {
        let program = self.rules.program();
        let Some((At::Keyed(list, key), fact)) = program.slots.get(slot.0 as usize).map(|slot| (slot.at, slot.fact)) else {
            return;
        };
        let word = List::new(program, list).key_type.map(|ty| ty.text(Lane { main: key, aux: 0 }));
        let own = program.slots.iter().position(|slot| slot.at == At::Record(list) && slot.fact == fact);
        let Some(own) = own.and_then(|own| u32::try_from(own).ok()).map(SlotId) else { return };
        for records in decoded.records.iter_mut().filter(|records| records.list == list) {
            let named = records.of.iter().zip(&records.keys).position(|(row, key)| *row == of && Some(key) == word.as_ref());
            if let Some(row) = named {
                let lane = records.batch.with_text_of(&decoded.batch, program, own, lane, State::Given);
                records.batch.put(program, own, row, lane, State::Given);
            }
        }
    }

    /// Where an answer goes: a slot, and the record (among those of its list, then its row there) that it is about.
    #[allow(clippy::type_complexity, reason = "a place in one of the lists of records")]
    fn place(&self, decoded: &Decoded, of: usize, name: &str) -> Option<(SlotId, Option<(usize, usize)>)> {
        if let Some((_, Target::Fact(slot))) = self.names.get(name) {
            return Some((*slot, None));
        }
        let program = self.rules.program();
        for (records, at) in decoded.records.iter().zip(0..) {
            let first = records.of.partition_point(|other| *other < of);
            let own = records.of.iter().zip(&records.keys).enumerate().skip(first).take_while(|(_, (other, _))| **other == of);
            for (row, (_, key)) in own {
                let slots = (0_u32..).map(SlotId).zip(&program.slots);
                let mut slots = slots.filter(|(_, slot)| slot.at == At::Record(records.list)).map(|(slot, _)| slot);
                if let Some(slot) = slots.find(|slot| question_name(program, *slot, Some(key)) == name) {
                    return Some((slot, Some((at, row))));
                }
            }
        }
        None
    }
}

/// Notes a problem of a table beside the accounts; nothing is decided of the account that it is about.
fn report(decoded: &mut Decoded, of: Option<usize>, problem: Problem) {
    if let Some(of) = of {
        decoded.spoil(of, &format!("{} ({} row {})", problem.reason, problem.file, problem.row));
    }
    decoded.problems.push(problem);
}

/// What is said of a list, and how its records are named.
struct List<'p> {
    section: &'p str,
    each: &'p str,
    local: &'p str,
    key_name: String,
    key_type: Option<&'p Type>,
    of_decision: bool,
}

impl<'p> List<'p> {
    fn new(program: &'p Program, list: ListId) -> Self {
        let declared = program.lists.get(list.0 as usize);
        let section = declared.and_then(|list| program.sections.get(list.section)).map_or("", |section| section.name.as_str());
        let key = declared.and_then(|list| program.facts.get(list.key.0 as usize));
        let local = key.map_or("", |key| key.local.as_str());
        Self {
            section,
            each: declared.map_or("", |list| list.each.as_str()),
            local,
            key_name: format!("{section}.{local}"),
            key_type: key.map(|key| &key.ty),
            of_decision: declared.is_some_and(|list| list.of_decision),
        }
    }

    /// What is wrong with a key.
    fn wrong(&self, key: &str) -> Option<Box<Wrong>> {
        let ty = self.key_type.filter(|ty| !matches!(ty, Type::Text))?;
        lane_of(ty, key).err()
    }

    /// Brings the records of a list keyed by decision to the slots of their decisions, unless the table of accounts has them.
    fn keyed(&self, program: &Program, decoded: &mut Decoded, records: &Records, file: &Arc<str>, numbers: &[u64]) {
        if !self.of_decision {
            return;
        }
        for ((row, of), key) in records.of.iter().enumerate().zip(&records.keys) {
            if decoded.is_invalid(*of) {
                continue;
            }
            let Some(word) = self.key_type.and_then(|ty| ty.word(key)) else { continue };
            let of_key = |at: At| (0_u32..).map(SlotId).zip(&program.slots).filter(move |(_, slot)| slot.at == at);
            let pairs = of_key(At::Keyed(records.list, word)).zip(of_key(At::Record(records.list)));
            let pairs: Vec<(SlotId, SlotId)> = pairs.map(|((to, _), (from, _))| (to, from)).collect();
            if pairs.iter().any(|(to, _)| decoded.batch.get(*to, *of).1 == State::Given) {
                let number = numbers.get(row).copied().unwrap_or(0);
                let reason = format!("two records of `{}` have the {} `{key}`", self.section, self.local);
                let help = "tell it here or in the table of accounts, not in both".to_owned();
                let (file, column, value) = (Arc::clone(file), self.key_name.clone(), Problem::cut(key));
                report(decoded, Some(*of), Problem { file, row: number, column, value, reason, help: Some(help) });
                continue;
            }
            for (to, from) in pairs {
                let (lane, state) = records.batch.get(from, row);
                let lane = decoded.batch.with_text_of(&records.batch, program, from, lane, state);
                decoded.batch.put(program, to, *of, lane, state);
                if records.batch.is_mixed(from, row) {
                    decoded.batch.note_mixed(to, *of);
                }
            }
        }
    }
}
