//! Accounts as rows of tables and as documents: the same cells in both forms.
//!
//! In: facts of a random rule set, or a facts document. Out: rows, and the document that says what a query reads of a row.
//! Owns how a cell is spoilt. Never decides.

use std::collections::{BTreeMap, BTreeSet};

use accredit::facts::{Facts, State};
use accredit::program::{AS_OF, At, Lane, ListId, NO_EVENT, Program, SlotId, Type};
use accredit::sql::{ACCOUNT, CURRENCY, DAY, NONE, column, key, table};
use accredit::value::{currency_text, day_text};
use serde_json::{Map, Value, json};

use crate::random::{Rng, RuleSet};

/// A cell; an empty one is not in its row.
#[derive(Clone, PartialEq, Debug)]
pub enum Cell {
    Bool(bool),
    Date(String),
    Number(String),
    Text(String),
    Words(Vec<String>),
}

/// One row: cells by column.
pub type Row = BTreeMap<String, Cell>;

/// One account with its records.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its row.
    pub row: Row,
    /// Rows of its records, by list.
    pub records: Vec<Vec<Row>>,
}

/// The slots of a program with their places.
fn slots(program: &Program) -> impl Iterator<Item = (SlotId, At)> {
    program.slots.iter().zip(0..).map(|(slot, id)| (SlotId(id), slot.at))
}

/// A decimal of billionths as digits.
fn digits(whole: i64, nanos: i64) -> String {
    format!("{whole}.{nanos:09}")
}

fn minor_digits(code: &str) -> usize {
    accredit::value::currencies().find(|(own, _)| *own == code).map_or(2, |(_, digits)| digits as usize)
}

fn put(row: &mut Row, program: &Program, facts: &Facts, slot: SlotId, lane: Lane) {
    let name = column(program, slot);
    match &program.fact_of(slot).unwrap().ty {
        Type::Bool => drop(row.insert(name, Cell::Bool(lane.main == 1))),
        Type::Date { .. } if lane.main == NO_EVENT => drop(row.insert(name + NONE, Cell::Bool(true))),
        Type::Date { .. } => drop(row.insert(name, Cell::Date(day_text(lane.main)))),
        Type::Money => {
            let code = currency_text(lane.aux);
            let places = minor_digits(code);
            let all = format!("{:0width$}", lane.main.unsigned_abs(), width = places + 1);
            let (whole, fine) = all.split_at(all.len() - places);
            let sign = if lane.main < 0 { "-" } else { "" };
            let point = if places > 0 { "." } else { "" };
            row.insert(name.clone(), Cell::Number(format!("{sign}{whole}{point}{fine}")));
            row.insert(name + CURRENCY, Cell::Text(code.to_owned()));
        }
        Type::Integer => drop(row.insert(name, Cell::Number(lane.main.to_string()))),
        Type::Decimal | Type::Percent => drop(row.insert(name, Cell::Number(digits(lane.main, lane.aux)))),
        Type::Text => drop(row.insert(name, Cell::Text(facts.text(lane).to_owned()))),
        ty @ (Type::Country | Type::Currency | Type::Enum(_)) => drop(row.insert(name, Cell::Text(ty.text(lane)))),
        Type::Set(words) => {
            let held = words.iter().zip(0..).filter(|(_, bit)| lane.main >> bit & 1 == 1).map(|(word, _)| word.clone());
            row.insert(name, Cell::Words(held.collect()));
        }
    }
}

/// What a document says of an account, as rows. Only what is given stands in a table.
pub fn account(program: &Program, facts: &Facts, id: &str) -> Account {
    let mut row = Row::from([(DAY.to_owned(), Cell::Date(day_text(facts.as_of())))]);
    for (slot, at) in slots(program) {
        if slot != AS_OF && !matches!(at, At::Record(_)) && facts.state(slot) == State::Given {
            put(&mut row, program, facts, slot, facts.get(slot).unwrap());
        }
    }
    row.insert(ACCOUNT.to_owned(), Cell::Text(id.to_owned()));
    let lists = (0..program.lists.len()).map(|at| {
        let list = ListId(at as u32);
        let own: Vec<SlotId> = slots(program).filter(|(_, at)| *at == At::Record(list)).map(|(slot, _)| slot).collect();
        let rows = facts.records(list).iter().map(|record| {
            let mut row = Row::from([(ACCOUNT.to_owned(), Cell::Text(id.to_owned()))]);
            for (slot, (lane, state)) in own.iter().zip(&record.values) {
                if *state == State::Given {
                    put(&mut row, program, facts, *slot, *lane);
                }
            }
            row
        });
        rows.collect()
    });
    let records = lists.collect();
    Account { row, records }
}

impl Account {
    /// The records that are kept by decision, taken from the account's own columns again, so that both say the same.
    pub fn align(&mut self, program: &Program) {
        for (at, list) in program.lists.iter().enumerate() {
            if !list.of_decision {
                continue;
            }
            let id = ListId(at as u32);
            let key_slot = key(program, id).unwrap();
            let keys = program.fact_of(key_slot).unwrap().ty.words().iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
            self.records[at].clear();
            for word in keys {
                let start = format!("{}.{word}.", table(program, id));
                let cells: Vec<(String, Cell)> = self
                    .row
                    .range(start.clone()..)
                    .take_while(|(name, _)| name.starts_with(&start))
                    .map(|(name, cell)| (format!("{}.{}", table(program, id), &name[start.len()..]), cell.clone()))
                    .collect();
                if !cells.is_empty() {
                    let mut row: Row = cells.into_iter().collect();
                    row.insert(column(program, key_slot), Cell::Text(word));
                    row.insert(ACCOUNT.to_owned(), self.row[ACCOUNT].clone());
                    self.records[at].push(row);
                }
            }
        }
    }
}

/// Days at which calendars go wrong.
const DAYS: [&str; 10] = [
    "2024-02-29",
    "2024-02-28",
    "2024-03-01",
    "2025-02-28",
    "2026-01-31",
    "2025-12-31",
    "2026-04-30",
    "2000-02-29",
    "0001-01-01",
    "9999-12-31",
];

/// One of some words.
fn one<'a>(rng: &mut Rng, among: &[&'a str]) -> &'a str {
    among[rng.below(among.len())]
}

/// Draws another value for a cell: one that contradicts others, lies at a limit, or cannot be.
pub fn spoil(set: &RuleSet, rng: &mut Rng, facts: &mut Facts, row: &mut Row, among: &[SlotId]) {
    let program = set.program();
    let slot = *rng.pick(among);
    let fact = program.fact_of(slot).unwrap();
    let name = column(program, slot);
    let (number, text) = (|digits: &str| Cell::Number(digits.to_owned()), |word: &str| Cell::Text(word.to_owned()));
    if rng.chance(50) {
        let lane = set.lane(rng, facts, program.slots[slot.0 as usize].fact, &mut vec![facts.as_of()], "USD");
        [NONE, CURRENCY, ""].iter().for_each(|suffix| drop(row.remove(&format!("{name}{suffix}"))));
        return put(row, program, facts, slot, lane);
    }
    match &fact.ty {
        Type::Bool => drop(row.insert(name, Cell::Bool(rng.chance(50)))),
        Type::Date { optional } => match rng.below(8) {
            0 if *optional => drop(row.insert(name + NONE, Cell::Bool(rng.chance(70)))),
            1 => drop(row.insert(name, Cell::Date("10000-01-01".to_owned()))),
            _ => drop(row.insert(name, Cell::Date((*rng.pick(&DAYS)).to_owned()))),
        },
        Type::Money => match rng.below(9) {
            0 => drop(row.insert(name, number("0.001"))),
            1 => drop(row.insert(name, number("10000000000000.01"))),
            2 => drop(row.insert(name, number("10000000000000"))),
            3 => drop(row.insert(name, number("-10000000000000.00"))),
            4 => drop(row.insert(name + CURRENCY, text("USB"))),
            5 => drop(row.insert(name + CURRENCY, text(one(rng, &["KWD", "JPY", " USD ", "CLF", "", "usd", "XAU"])))),
            6 => drop(row.remove(&(name + CURRENCY))),
            7 => drop(row.remove(&name)),
            _ => drop(row.insert(name, number(one(rng, &["20.5", "99.99", "100.01", "-0.01", "0", "1.2340", "5.0000"])))),
        },
        Type::Integer => {
            let cell = number(one(rng, &["-1", "2.5", "1000000000000000", "1000000000000001", "0", "7.0"]));
            // A document has no whole number with a point.
            drop(row.insert(name, if cell == number("7.0") { number("7") } else { cell }));
        }
        Type::Decimal => {
            let all = [
                "-0.000000001",
                "0.000000001",
                "0.0000000001",
                "1000000000000000",
                "1000000000000000.000000001",
                "999999999999999.999999999",
            ];
            drop(row.insert(name, number(one(rng, &all))));
        }
        Type::Percent => {
            drop(
                row.insert(name, number(one(rng, &["0", "0.000000001", "100", "100.000000001", "-1", "12.5", "0.0000000001"]))),
            );
        }
        Type::Country => drop(row.insert(name, text(one(rng, &["XX", "us", " DE ", "", "UK", "TH"])))),
        Type::Currency => drop(row.insert(name, text(one(rng, &["USB", "usd", "\tEUR\n", "  ", "XTS", "JPY"])))),
        Type::Enum(words) => {
            let word = rng.pick(words).clone();
            let odd = [format!(" {word} "), word.to_uppercase(), format!("{word}x"), String::new(), "\r\n".to_owned()];
            drop(row.insert(name, Cell::Text(rng.pick(&odd).clone())));
        }
        Type::Text => {
            let odd = ["", "   ", " one ", "one", "it's \\ \"$1\" `x`\n", "ONE"].map(str::to_owned);
            let long = [4096, 4097].map(|length| "ä".repeat(length / 2) + &"a".repeat(length % 2));
            let odd: Vec<String> = odd.into_iter().chain(long).collect();
            drop(row.insert(name, Cell::Text(rng.pick(&odd).clone())));
        }
        Type::Set(words) => {
            let (one, two) = (rng.pick(words).clone(), rng.pick(words).clone());
            let odd = [vec![], vec![one.clone(), two.clone(), one.clone()], vec![one, "no_word".to_owned()], words.clone()];
            drop(row.insert(name, Cell::Words(rng.pick(&odd).clone())));
        }
    }
}

/// Sets a day at which calendars go wrong.
pub fn odd_day(rng: &mut Rng) -> Cell {
    Cell::Date((*rng.pick(&DAYS)).to_owned())
}

/// The document of what a query reads of a row; nothing where the row says what no document can.
pub fn document(
    program: &Program,
    row: &Row,
    reads: &BTreeSet<String>,
    record: Option<(ListId, &Row, &BTreeSet<String>)>,
) -> Option<String> {
    let mut root = Map::new();
    if let Some(Cell::Date(day)) = row.get(DAY) {
        root.insert(DAY.to_owned(), json!(day));
    }
    let mut lists: BTreeMap<String, BTreeMap<String, Map<String, Value>>> = BTreeMap::new();
    for (slot, at) in slots(program).filter(|(slot, _)| *slot != AS_OF) {
        let name = column(program, slot);
        let fact = program.fact_of(slot).unwrap();
        let section = &program.sections[fact.section].name;
        match at {
            At::Single if reads.contains(&name) => {
                let Some(value) = value(&fact.ty, row, &name)? else { continue };
                let section = root.entry(section.clone()).or_insert_with(|| json!({}));
                section.as_object_mut().unwrap().insert(fact.local.clone(), value);
            }
            At::Keyed(list, word) if reads.contains(&name) => {
                let Some(value) = value(&fact.ty, row, &name)? else { continue };
                let key = &program.facts[program.lists[list.0 as usize].key.0 as usize];
                let word = key.ty.text(Lane { main: word, aux: 0 });
                let records = lists.entry(section.clone()).or_default();
                let record = records.entry(word.clone()).or_insert_with(|| Map::from_iter([(key.local.clone(), json!(word))]));
                record.insert(fact.local.clone(), value);
            }
            _ => {}
        }
    }
    if let Some((list, row, reads)) = record {
        let key_slot = key(program, list).unwrap();
        let section = table(program, list).to_owned();
        let mut made = Map::new();
        for (slot, _) in slots(program).filter(|(_, at)| *at == At::Record(list)) {
            let (name, fact) = (column(program, slot), program.fact_of(slot).unwrap());
            if reads.contains(&name)
                && let Some(value) = value(&fact.ty, row, &name)?
            {
                made.insert(fact.local.clone(), value);
            }
        }
        let word = match row.get(&column(program, key_slot)) {
            Some(Cell::Text(word)) => word.clone(),
            _ => String::new(),
        };
        let mut all = lists.remove(&section).unwrap_or_default();
        all.entry(word).or_default().extend(made);
        lists.insert(section, all);
    }
    for (section, records) in lists {
        root.insert(section, Value::Array(records.into_values().map(Value::Object).collect()));
    }
    Some(Value::Object(root).to_string())
}

/// A value as a document says it: nothing inside where it is unknown, nothing at all where no document can say it.
fn value(ty: &Type, row: &Row, name: &str) -> Option<Option<Value>> {
    let cell = row.get(name);
    Some(match ty {
        Type::Date { optional: true } if row.get(&format!("{name}{NONE}")) == Some(&Cell::Bool(true)) => {
            if cell.is_some() {
                return None;
            }
            Some(json!("none"))
        }
        Type::Money => {
            let code = match row.get(&format!("{name}{CURRENCY}")) {
                Some(Cell::Text(code)) if !code.trim_ascii().is_empty() => Some(code.clone()),
                _ => None,
            };
            match (cell, code) {
                (None, Some(code)) if accredit::value::parse_currency(code.trim_ascii()).is_none() => return None,
                (None, _) => None,
                (Some(Cell::Number(amount)), code) => Some(json!({ "amount": amount, "currency": code })),
                other => panic!("{other:?} in {name}"),
            }
        }
        Type::Percent => cell.map(|cell| match cell {
            Cell::Number(digits) => json!(format!("{digits}%")),
            other => panic!("{other:?} in {name}"),
        }),
        _ => cell.map(|cell| match cell {
            Cell::Bool(holds) => json!(holds),
            Cell::Date(text) | Cell::Text(text) => json!(text),
            Cell::Number(digits) => json!(digits),
            Cell::Words(words) => json!(words),
        }),
    })
}
