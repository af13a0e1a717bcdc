//! The rules as SQL, run by other people's engines: verdict, reward and masks are those of the reference and of `run`.
//!
//! In: random rule sets and rows, the shipped rules with their cases, and engines that are installed. Out: 0 differences.
//! Owns the comparison. A peer that is not installed is named and skipped, unless `ACCREDIT_PEERS` asks for it.

pub mod peer;
mod table;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use accredit::eval::reference::decide;
use accredit::eval::{Workspace, extras, reward, run, stand};
use accredit::facts::{Facts, Format, Reader};
use accredit::plan::{Plan, lower};
use accredit::program::{AS_OF, At, Judged, ListId, Program, SlotId, Subject};
use accredit::source::FileId;
use accredit::sql::{self, ACCOUNT, DAY, DayFrom, Dialect, Query, Wanted};
use accredit::value::currency_text;

use crate::library::{rule_files, shipped};
use crate::random::{Rng, RuleSet, rule_sets, seed};
use peer::{Peer, Postgres, Rows, Scripted, Table};
use table::{Account, Row, account, document, odd_day, spoil};

fn number(variable: &str, usual: usize) -> usize {
    std::env::var(variable).ok().and_then(|count| count.parse().ok()).unwrap_or(usual)
}

/// A peer that is asked for must be there.
pub fn there<P>(dialect: Dialect, started: Option<P>) -> Option<P> {
    let asked = std::env::var("ACCREDIT_PEERS").is_ok_and(|peers| peers.split(',').any(|peer| peer == dialect.word()));
    assert!(started.is_some() || !asked, "{} is asked for and not installed", dialect.name());
    if started.is_none() {
        eprintln!("skipped: {} is not installed here", dialect.name());
    }
    started
}

fn up<P: Peer + 'static>(dialect: Dialect, started: Option<P>) -> Option<Box<dyn Peer>> {
    there(dialect, started).map(|peer| Box::new(peer) as Box<dyn Peer>)
}

/// What one decision came to, as the columns of a query give it.
#[derive(PartialEq, Eq, Debug)]
struct Came {
    verdict: String,
    reward: Option<(i64, String, bool)>,
    /// Met, failed, pending, open, holds.
    masks: Option<[u64; 5]>,
}

/// What was compared.
#[derive(Default, Debug)]
struct Tally {
    rows: usize,
    decided: usize,
    invalid: usize,
    refused: usize,
    verdicts: BTreeMap<String, usize>,
    rewards: usize,
}

/// Something that is decided, ready to be asked.
struct Asked<'p> {
    program: &'p Program,
    plan: &'p Plan,
    reader: &'p Reader,
    workspace: Workspace,
}

impl Asked<'_> {
    /// What evaluation and the reference make of a document; both must say the same.
    fn decided(&mut self, text: Option<&str>, decisions: &[usize], record: Option<ListId>) -> Vec<Came> {
        let read = text.map(|text| self.reader.read(FileId(0), text, Format::Json));
        let Some(Ok(facts)) = read else {
            let invalid = || Came { verdict: sql::INVALID.to_owned(), reward: None, masks: None };
            return decisions.iter().map(|_| invalid()).collect();
        };
        run(self.plan, &facts, &mut self.workspace);
        extras(self.plan, &facts, &mut self.workspace);
        let mut all = Vec::new();
        for at in decisions {
            let mut subjects = self.workspace.subjects.iter().copied().rev();
            // The record under decision stands alone in its list, or is the one that the caller put last.
            let subject = subjects.find(|subject| subject.decision == *at).unwrap();
            let view = stand(self.plan, &facts, &subject, &mut self.workspace.truths);
            let paid = reward(&self.plan.decisions[*at], &subject.decided, &view, &self.workspace.truths);
            let decided = subject.decided;
            let came = Came {
                verdict: decided.verdict.word().to_owned(),
                reward: paid.map(|paid| (paid.amount.main, currency_text(paid.amount.aux).to_owned(), paid.at_least)),
                masks: Some([decided.met, decided.failed, decided.pending, decided.open, decided.holds]),
            };
            assert_eq!(
                came,
                self.referred(&facts, *at, record.zip(subject.record)),
                "evaluation against the reference: {text:?}"
            );
            all.push(came);
        }
        all
    }

    fn referred(&self, facts: &Facts, at: usize, record: Option<(ListId, usize)>) -> Came {
        let own = record.map(|(list, index)| facts.with_record(self.program, list, index));
        let outcome = decide(self.program, own.as_ref().unwrap_or(facts), &self.program.decisions[at]);
        let mask =
            |wanted: Judged| outcome.results.iter().rev().fold(0, |mask, result| mask << 1 | u64::from(*result == wanted));
        let holds = outcome.states.iter().rev().fold(0, |mask, truth| mask << 1 | u64::from(truth.is_true()));
        Came {
            verdict: outcome.verdict.word().to_owned(),
            reward: outcome.reward.map(|paid| (paid.amount.main, currency_text(paid.amount.aux).to_owned(), paid.at_least)),
            masks: Some([mask(Judged::Met), mask(Judged::Failed), mask(Judged::Pending), mask(Judged::Open), holds]),
        }
    }
}

/// What a row of a result says of each decision.
fn said(query: &Query, program: &Program, decisions: &[usize], row: &[Option<String>]) -> Vec<Came> {
    let cell = |name: &str| {
        let at = query.gives.iter().position(|own| own == name).unwrap_or_else(|| panic!("no column {name}"));
        row[at].clone()
    };
    let one = |at: &usize| {
        let name = |part: &str| match query.decision {
            Some(_) => part.to_owned(),
            None => format!("{}.{part}", program.decisions[*at].id),
        };
        let mask = |part: &str| -> Option<u64> {
            let low: u64 = cell(&name(part))?.parse().unwrap();
            let more = name(&format!("{part}.2"));
            let high = if query.gives.contains(&more) { cell(&more).unwrap().parse().unwrap() } else { 0 };
            Some(low | high << sql::MASK_BITS)
        };
        let reward = cell(&name("reward")).map(|amount| {
            let at_least = cell(&name("reward.at_least")).unwrap();
            (amount.parse().unwrap(), cell(&name("reward.currency")).unwrap(), matches!(at_least.as_str(), "t" | "true"))
        });
        let masks = ["met", "failed", "pending", "open", "holds"].map(mask);
        Came { verdict: cell(&name("verdict")).unwrap(), reward, masks: masks[0].is_some().then(|| masks.map(Option::unwrap)) }
    };
    decisions.iter().map(one).collect()
}

/// The types of a test's columns: numbers are finer and wider than facts may be.
fn typed(columns: BTreeMap<String, &'static str>, dialect: Dialect) -> Vec<(String, &'static str)> {
    let numeric = |ty: &str| ty.starts_with("DECIMAL") || ty == "NUMERIC" || ty == "BIGINT";
    let wide = if dialect == Dialect::Postgres { "NUMERIC" } else { "DECIMAL(38, 12)" };
    columns.into_iter().map(|(name, ty)| (name, if numeric(ty) { wide } else { ty })).collect()
}

/// Rules as they are asked.
struct Rules<'p> {
    program: &'p Program,
    plan: &'p Plan,
    reader: &'p Reader,
    /// For a message: what they are.
    what: &'p str,
}

/// In which form SQL is asked for.
#[derive(Clone, Copy)]
struct Form {
    view: bool,
    day: DayFrom,
}

/// Asks a peer what it makes of accounts, and compares every row of every decision.
fn compare(peer: &mut dyn Peer, rules: &Rules<'_>, form: Form, accounts: &[Account], tally: &mut Tally) {
    let Rules { program, plan, what, .. } = *rules;
    let dialect = peer.dialect();
    let mut wanted = Wanted {
        dialect,
        decisions: (0..program.decisions.len()).collect(),
        accounts: "accounts".to_owned(),
        records: Vec::new(),
        view: form.view,
        day: form.day,
    };
    let queries = loop {
        match sql::queries(program, plan, &wanted) {
            Ok(queries) => break queries,
            Err(refusals) => {
                let before = wanted.decisions.len();
                for refusal in &refusals {
                    let refused = refusal.decision.as_deref();
                    wanted.decisions.retain(|at| refused != Some(program.decisions[*at].id.as_str()));
                    tally.refused += 1;
                }
                assert!(wanted.decisions.len() < before, "{what}: {refusals:?}");
            }
        }
    };
    if queries.is_empty() {
        return; // Everything is refused, which is counted.
    }
    let mut tables: Vec<Table<'_>> = Vec::new();
    let mut account_columns: BTreeMap<String, &'static str> = BTreeMap::new();
    let mut record_columns: BTreeMap<ListId, BTreeMap<String, &'static str>> = BTreeMap::new();
    for query in &queries {
        account_columns.extend(query.account.iter().map(|(name, ty)| (name.clone(), *ty)));
        if let Some(list) = query.list {
            record_columns.entry(list).or_default().extend(query.record.iter().cloned());
        }
    }
    for (list, columns) in record_columns {
        let rows = accounts.iter().flat_map(|account| &account.records[list.0 as usize]).collect();
        tables.push(Table { name: sql::table(program, list).to_owned(), columns: typed(columns, dialect), rows });
    }
    let rows = accounts.iter().map(|account| &account.row).collect();
    tables.push(Table { name: "accounts".to_owned(), columns: typed(account_columns, dialect), rows });
    let mut statements = Vec::new();
    if form.day == DayFrom::Parameter {
        statements.push(dialect.day_help().trim_end_matches(';').to_owned());
    }
    let mut texts: Vec<String> = queries.iter().map(|query| query.text.clone()).collect();
    if form.view {
        statements.extend(queries.iter().map(|query| sql::view(program, query, dialect)));
        let quote = if dialect == Dialect::Spark { '`' } else { '"' };
        let id = |query: &Query| &program.decisions[query.decision.unwrap()].id;
        texts = queries.iter().map(|query| format!("SELECT * FROM {quote}accredit_{}{quote}", id(query))).collect();
    }
    let results = peer.run(&tables, &statements, &texts);
    for (query, rows) in queries.iter().zip(results) {
        let asked_for = |at: &usize| query.decision.map_or(plan.decisions[*at].list == query.list, |own| own == *at);
        let decisions: Vec<usize> = wanted.decisions.iter().copied().filter(asked_for).collect();
        check(dialect, rules, query, &decisions, &rows, accounts, tally);
    }
    tally.rows += accounts.len();
}

/// Compares every row of one result.
fn check(
    dialect: Dialect,
    rules: &Rules<'_>,
    query: &Query,
    decisions: &[usize],
    rows: &Rows,
    accounts: &[Account],
    tally: &mut Tally,
) {
    let Rules { program, plan, reader, what } = *rules;
    let mut asked = Asked { program, plan, reader, workspace: Workspace::new(plan) };
    let reads: BTreeSet<String> = query.account.iter().map(|(name, _)| name.clone()).collect();
    let own: BTreeSet<String> = query.record.iter().map(|(name, _)| name.clone()).collect();
    let by_subject: BTreeMap<(String, String), &Vec<Option<String>>> = rows
        .iter()
        .map(|row| ((row[0].clone().unwrap(), query.list.map_or(String::new(), |_| row[1].clone().unwrap_or_default())), row))
        .collect();
    assert_eq!(by_subject.len(), rows.len(), "{what}: each subject once");
    let mut subjects = 0;
    for account in accounts {
        let id = text_of(&account.row, ACCOUNT);
        let records: Vec<Option<&Row>> = match query.list {
            None => vec![None],
            Some(list) => account.records[list.0 as usize].iter().map(Some).collect(),
        };
        for record in records {
            let document = document(program, &account.row, &reads, query.list.zip(record).map(|(list, row)| (list, row, &own)));
            let key = query
                .list
                .zip(record)
                .map_or(String::new(), |(list, row)| text_of(row, &sql::column(program, sql::key(program, list).unwrap())));
            // A list that is kept by decision holds other records too: the one under decision comes last.
            let kept = query.list.filter(|list| program.lists[list.0 as usize].of_decision);
            let document = document.map(|text| match kept {
                Some(list) => last(&text, sql::table(program, list), key.trim_ascii()),
                None => text,
            });
            let wanted = asked.decided(document.as_deref(), decisions, query.list);
            let row = by_subject.get(&(id.clone(), key.clone())).unwrap_or_else(|| panic!("{what}: no row for {id} {key}"));
            let found = said(query, program, decisions, row);
            assert!(
                wanted == found,
                "{what}: {} differs on {id} {key}, problem {:?}\nwanted {wanted:#?}\nfound {found:#?}\n{account:#?}\n{}",
                dialect.name(),
                row[query.gives.iter().position(|name| name == "problem").unwrap()],
                query.text
            );
            subjects += 1;
            tally.decided += wanted.len();
            for came in wanted {
                tally.invalid += usize::from(came.masks.is_none());
                tally.rewards += usize::from(came.reward.is_some());
                *tally.verdicts.entry(came.verdict).or_default() += 1;
            }
        }
    }
    assert_eq!(subjects, rows.len(), "{what}: a row for each subject");
}

fn text_of(row: &Row, name: &str) -> String {
    match row.get(name) {
        Some(table::Cell::Text(text)) => text.clone(),
        _ => String::new(),
    }
}

/// The same document with the record of a key behind the others of its list.
fn last(text: &str, section: &str, key: &str) -> String {
    let mut root: serde_json::Value = serde_json::from_str(text).unwrap();
    if let Some(records) = root.get_mut(section).and_then(serde_json::Value::as_array_mut) {
        records.sort_by_key(|record| record["program"] == key);
    }
    root.to_string()
}

/// Accounts for a rule set: on its boundaries, some of them spoilt.
fn accounts(set: &RuleSet, rng: &mut Rng, count: usize) -> Vec<Account> {
    let program = set.program();
    let of = |wanted: &dyn Fn(At) -> bool| -> Vec<SlotId> {
        let all = program.slots.iter().zip(0..).filter(|(slot, id)| *id != AS_OF.0 && wanted(slot.at));
        let keys: Vec<SlotId> = (0..program.lists.len()).filter_map(|at| sql::key(program, ListId(at as u32))).collect();
        all.map(|(_, id)| SlotId(id)).filter(|slot| !keys.contains(slot)).filter(|slot| !is_key(program, *slot)).collect()
    };
    let own = of(&|at| !matches!(at, At::Record(_)));
    (0..count)
        .map(|number| {
            let mut facts = set.facts(rng);
            let mut made = account(program, &facts, &format!("a{number}"));
            if rng.chance(5) {
                made.row.insert(DAY.to_owned(), odd_day(rng));
            }
            if !own.is_empty() && rng.chance(20) {
                for _ in 0..1 + rng.below(2) {
                    spoil(set, rng, &mut facts, &mut made.row, &own);
                }
            }
            made.align(program);
            for (at, records) in made.records.iter_mut().enumerate() {
                let list = ListId(at as u32);
                let own = of(&|at| at == At::Record(list));
                for row in records.iter_mut().filter(|_| !program.lists[at].of_decision) {
                    if !own.is_empty() && rng.chance(10) {
                        spoil(set, rng, &mut facts, row, &own);
                    }
                }
            }
            made
        })
        .collect()
}

/// Is it the key of a record that decisions read as their own?
fn is_key(program: &Program, slot: SlotId) -> bool {
    let place = program.slots[slot.0 as usize];
    matches!(place.at, At::Keyed(list, _) if program.lists[list.0 as usize].key == place.fact)
}

fn random(peer: Option<Box<dyn Peer>>, sets: usize, rows: usize) {
    let Some(mut peer) = peer else { return };
    let mut tally = Tally::default();
    for (count, set) in rule_sets(seed()).take(sets).enumerate() {
        let (plan, reader) = (lower(&set.sound), Reader::new(set.program()));
        let mut rng = Rng::new(set.seed ^ 0x5e1);
        let accounts = accounts(&set, &mut rng, rows);
        let what = format!("ACCREDIT_SEED={} (rule set {count})\n{}", set.seed, set.text);
        // One query for all decisions, or a view for each, in turn.
        let form = Form { view: count % 2 == 1, day: DayFrom::Column };
        let rules = Rules { program: set.program(), plan: &plan, reader: &reader, what: &what };
        compare(peer.as_mut(), &rules, form, &accounts, &mut tally);
    }
    eprintln!("{} against the reference and evaluation, {sets} rule sets, 0 differences: {tally:#?}", peer.dialect().name());
    assert!(tally.refused == 0 || peer.dialect() != Dialect::Postgres, "PostgreSQL can say all of them: {tally:#?}");
    assert!(tally.invalid > 0 && tally.rewards > 0 && tally.verdicts.len() > 6, "{tally:#?}");
}

/// The accounts of every case and example of the shipped rules.
fn cases(rules: &accredit::RuleSet) -> Vec<Account> {
    let public = ("public.yaml".to_owned(), include_str!("../../contract/public.yaml").to_owned());
    let read = accredit::cases::read_all(rules, rule_files(".cases.yaml").into_iter().chain([public]));
    assert!(read.findings.is_empty() && read.cases.len() > 800, "{} cases", read.cases.len());
    let examples = rule_files(".yaml").into_iter().filter(|(name, _)| name.contains("examples"));
    let examples = examples.map(|(_, text)| rules.reader.read(FileId(0), &text, Format::Yaml).unwrap());
    let all = read.cases.into_iter().map(|case| case.facts).chain(examples);
    let program = rules.program();
    all.zip(0..)
        .map(|(facts, number)| {
            let mut made = account(program, &facts, &format!("a{number}"));
            made.align(program);
            made
        })
        .collect()
}

fn shipped_rules(peer: Option<Box<dyn Peer>>) {
    let Some(mut peer) = peer else { return };
    let rules = shipped();
    let accounts = cases(&rules);
    let mut tally = Tally::default();
    let form = Form { view: false, day: DayFrom::Column };
    let program = rules.program();
    let asked = Rules { program, plan: &rules.plan, reader: &rules.reader, what: "the shipped rules" };
    compare(peer.as_mut(), &asked, form, &accounts, &mut tally);
    eprintln!("{} on every case of the shipped rules, 0 differences: {tally:#?}", peer.dialect().name());
    assert!(tally.invalid == 0 && tally.decided > 10_000, "{tally:#?}");
}

/// The day as a parameter, and one column of each mask full: 64 requirements, texts that look like SQL, labels too.
fn odd_rules(peer: Option<Box<dyn Peer>>) {
    let Some(mut peer) = peer else { return };
    let text = odd_text();
    let rules = accredit::RuleSet::read(vec![("odd.terms".to_owned(), text)]).unwrap();
    let program = rules.program();
    let day = "2026-03-01";
    let accounts: Vec<Account> = (0..ODD.len() * 4)
        .map(|number| {
            let cell = |text: &str| table::Cell::Text(text.to_owned());
            let mut row = Row::from([
                (ACCOUNT.to_owned(), cell(&format!("a{number}"))),
                (DAY.to_owned(), table::Cell::Date(day.to_owned())),
            ]);
            row.insert("acct.word".to_owned(), cell(ODD[number % ODD.len()]));
            if number % 4 > 0 {
                row.insert("acct.count".to_owned(), table::Cell::Number((number * 3).to_string()));
            }
            Account { row, records: Vec::new() }
        })
        .collect();
    let asked = Rules { program, plan: &rules.plan, reader: &rules.reader, what: "the odd rules" };
    let mut tally = Tally::default();
    let spark = peer.dialect() == Dialect::Spark;
    let day = if spark { DayFrom::Fixed(accredit::value::parse_day(day).unwrap()) } else { DayFrom::Parameter };
    for view in [false, true] {
        compare(peer.as_mut(), &asked, Form { view, day }, &accounts, &mut tally);
    }
    assert_eq!(tally.decided, 2 * accounts.len());
    let decisions: Vec<&accredit::program::Decision> = program.decisions.iter().collect();
    let reasons = sql::reasons(program, &decisions, peer.dialect());
    let name = if spark { "`accredit_reasons`" } else { "\"accredit_reasons\"" };
    let query = format!("SELECT * FROM {name} WHERE decision = 'odd'");
    let mut rows = peer.run(&[], &[reasons], &[query]).remove(0);
    rows.sort_by_key(|row| (row[2].clone(), row[3].as_ref().unwrap().parse::<u32>().unwrap()));
    let found: Vec<(usize, &str)> = rows
        .iter()
        .map(|row| {
            let number = |at: usize| row[at].as_ref().unwrap().parse::<usize>().unwrap();
            ((number(2) - 1) * sql::MASK_BITS + number(3), row[5].as_deref().unwrap())
        })
        .collect();
    let requirements = &program.decisions[0].requirements;
    let wanted: Vec<(usize, &str)> = requirements.iter().enumerate().map(|(at, one)| (at, one.label.as_str())).collect();
    assert_eq!(found, wanted, "every label as it is written");
    assert!(rows.iter().all(|row| row[6].as_deref() == Some(ODD[0])), "the remedy as it is written");
}

/// Windows that end on one day or a day apart, with every pair of rules for the first day, on every day around their ends.
fn windows(peer: Option<Box<dyn Peer>>) {
    let Some(mut peer) = peer else { return };
    const FIRST: [&str; 4] = ["first day counted", "first day not counted", "first day unstated", ""];
    let first = |at: usize| if FIRST[at].is_empty() { "at the earliest".to_owned() } else { format!("with {}", FIRST[at]) };
    let mut text =
        "ruleset days version 1\nparty client \"the client\"\nsource src {\n  title \"t\"\n  read never\n  rank 1\n}\n\
         remedy fix by client {\n  say \"s\"\n}\nfacts acct \"Account\" {\n"
            .to_owned();
    for (name, ty) in [("one", "date or none"), ("two", "date or none"), ("spent", "money"), ("crossed", "date or none")] {
        text += &format!("  fact {name}: {ty}\n    ask \"q\"\n    find \"f\"\n    change never\n");
    }
    text += "}\n";
    for pair in 0..16 {
        text += &format!(
            "credit days{pair} \"d\" for acct {{\n  per src\n  require threshold \"t\"\n    progress of acct.spent\n\
             \u{20}     toward 100 USD\n      within the earlier of 7 days of acct.one {} and 7 days of acct.two {}\n\
             \u{20}     crossed on acct.crossed\n    per src\n    else fix\n  reward none\n}}\n",
            first(pair / 4),
            first(pair % 4),
        );
    }
    let rules = accredit::RuleSet::read(vec![("days.terms".to_owned(), text)])
        .unwrap_or_else(|unusable| panic!("{}", accredit::diagnostic::short(&unusable.findings, &unusable.sources)));
    let base = accredit::value::parse_day("2024-02-22").unwrap();
    let day = |offset: i64| table::Cell::Date(accredit::value::day_text(base + offset));
    let mut accounts = Vec::new();
    for number in 0..4 * 4 * 5 * 2 * 4 {
        let digit = |at: usize, base: usize| number / at % base;
        let mut row = Row::from([(ACCOUNT.to_owned(), table::Cell::Text(format!("a{number}")))]);
        for (name, start) in [("acct.one", digit(1, 4)), ("acct.two", digit(4, 4))] {
            match start {
                0 => row.insert(format!("{name}.none"), table::Cell::Bool(true)),
                offset => row.insert(name.to_owned(), day(offset as i64)),
            };
        }
        row.insert(DAY.to_owned(), day(6 + digit(16, 5) as i64));
        row.insert("acct.spent".to_owned(), table::Cell::Number(["99.99", "100.00"][digit(80, 2)].to_owned()));
        row.insert("acct.spent.currency".to_owned(), table::Cell::Text("USD".to_owned()));
        match digit(160, 4) {
            0 => {}
            1 => drop(row.insert("acct.crossed.none".to_owned(), table::Cell::Bool(true))),
            offset => drop(row.insert("acct.crossed".to_owned(), day(6 + offset as i64))),
        }
        accounts.push(Account { row, records: Vec::new() });
    }
    let program = rules.program();
    let asked = Rules { program, plan: &rules.plan, reader: &rules.reader, what: "windows" };
    let mut tally = Tally::default();
    compare(peer.as_mut(), &asked, Form { view: false, day: DayFrom::Column }, &accounts, &mut tally);
    assert!(tally.decided == 16 * accounts.len() && tally.verdicts.len() == 4, "{tally:#?}");
}

/// Texts in which a careless printer would end a literal, begin a comment, or fill in something.
const ODD: [&str; 8] = [
    "it's \\ $1 ${env:HOME} ${hivevar:x}",
    "'; DROP TABLE accounts; --",
    "/* x */ :as_of ? {0} {{x}}",
    "back\\slash\\'quote\\",
    "tab\there",
    "`tick` $$dollar$$ E'\\n'",
    "ünï-cödé ✓ \u{202e}",
    "plain",
];

fn odd_text() -> String {
    let mut text = format!(
        "ruleset odd version 1\nparty client \"the client\"\nsource src {{\n  title \"{0}\"\n  read never\n  rank 1\n}}\n\
         remedy fix by client {{\n  say \"{0}\"\n}}\nfacts acct \"Account\" {{\n\
         \u{20} fact word: text\n    ask \"q\"\n    find \"f\"\n    change never\n\
         \u{20} fact count: whole number\n    ask \"q\"\n    find \"f\"\n    change never\n}}\n\
         check odd \"{0}\" for acct severity high {{\n  per src\n",
        ODD[0]
    );
    for at in 0..64 {
        let odd = ODD[at % ODD.len()];
        let when = if at % 2 == 0 { format!("acct.word is \"{odd}\"") } else { format!("acct.count is at least {at}") };
        text += &format!("  require r{at} \"{odd}\"\n    met when {when}\n    fails otherwise\n    per src\n    else fix\n");
    }
    text + "}\n"
}

/// The job that the command writes, submitted to the cluster: what lies in its folder is what evaluation says.
#[test]
fn spark_submits_the_job_that_is_written() {
    let Some(mut peer) = Scripted::start(Dialect::Spark, "ACCREDIT_SPARK", "spark_peer.py") else {
        return drop(up::<Scripted>(Dialect::Spark, None));
    };
    let rules = shipped();
    let program = rules.program();
    let day = "2026-03-05";
    let mut accounts = cases(&rules);
    for account in &mut accounts {
        account.row.insert(DAY.to_owned(), table::Cell::Date(day.to_owned()));
    }
    let folder = tempfile::tempdir().unwrap();
    let made = crate::command::accredit(&["spark", "-o", &folder.path().to_string_lossy()], "");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let ids = ["new_advertiser_ladder", "woocommerce", "promo_code"];
    let by_record = program
        .decisions
        .iter()
        .position(|decision| matches!(decision.subject, Subject::Each(list) if sql::table(program, list) == "campaigns"));
    let mut decisions: Vec<usize> =
        ids.iter().map(|id| program.decisions.iter().position(|decision| decision.id == *id).unwrap()).collect();
    decisions.extend(by_record);
    let fixed = DayFrom::Fixed(accredit::value::parse_day(day).unwrap());
    let wanted = Wanted {
        dialect: Dialect::Spark,
        decisions,
        accounts: "accounts".to_owned(),
        records: Vec::new(),
        view: true,
        day: fixed,
    };
    let queries = sql::queries(program, &rules.plan, &wanted).unwrap();
    let mut columns = BTreeMap::new();
    let mut own = BTreeMap::new();
    for query in &queries {
        columns.extend(query.account.iter().cloned());
        if query.list.is_some() {
            own.extend(query.record.iter().cloned());
        }
    }
    let rows = accounts.iter().map(|account| &account.row).collect();
    let list = queries.iter().find_map(|query| query.list).unwrap();
    let records = accounts.iter().flat_map(|account| &account.records[list.0 as usize]).collect();
    let tables = [
        Table { name: "accounts".to_owned(), columns: columns.into_iter().collect(), rows },
        Table { name: "campaigns".to_owned(), columns: own.into_iter().collect(), rows: records },
    ];
    let out = folder.path().join("out");
    let names: Vec<&str> = queries.iter().map(|query| program.decisions[query.decision.unwrap()].id.as_str()).collect();
    let listed: Vec<String> = queries
        .iter()
        .zip(&names)
        .map(|(query, id)| {
            let columns = query.gives.iter().filter(|name| *name != "decision");
            let columns: Vec<String> = columns.map(|name| format!("`{name}`")).collect();
            format!("SELECT {}, '{id}' FROM parquet.`{}/decision={id}`", columns.join(", "), out.display())
        })
        .collect();
    let mut arguments = vec!["--as-of".to_owned(), day.to_owned(), "--out".to_owned(), out.to_string_lossy().into_owned()];
    arguments.extend(names.iter().flat_map(|id| ["--decision".to_owned(), (*id).to_owned()]));
    let results = peer.submit(&folder.path().join("accredit_job.py"), &arguments, &tables, &listed);
    let mut tally = Tally::default();
    let asked = Rules { program, plan: &rules.plan, reader: &rules.reader, what: "the submitted job" };
    for (mut query, rows) in queries.into_iter().zip(results) {
        let decision = query.decision.unwrap();
        query.gives.retain(|name| name != "decision");
        check(Dialect::Spark, &asked, &query, &[decision], &rows, &accounts, &mut tally);
    }
    eprintln!("the submitted job on every case, 0 differences: {tally:#?}");
    assert!(tally.decided > 3 * accounts.len(), "{tally:#?}");
}

fn postgres() -> Option<Box<dyn Peer>> {
    up(Dialect::Postgres, Postgres::start())
}

fn duckdb() -> Option<Box<dyn Peer>> {
    up(Dialect::DuckDb, Scripted::start(Dialect::DuckDb, "ACCREDIT_DUCKDB", "duckdb_peer.py"))
}

fn spark() -> Option<Box<dyn Peer>> {
    up(Dialect::Spark, Scripted::start(Dialect::Spark, "ACCREDIT_SPARK", "spark_peer.py"))
}

#[test]
fn postgres_decides_every_case_of_the_shipped_rules() {
    shipped_rules(postgres());
}

#[test]
fn duckdb_decides_every_case_of_the_shipped_rules() {
    shipped_rules(duckdb());
}

#[test]
fn spark_decides_every_case_of_the_shipped_rules() {
    shipped_rules(spark());
}

#[test]
fn postgres_places_days_in_windows() {
    windows(postgres());
}

#[test]
fn duckdb_places_days_in_windows() {
    windows(duckdb());
}

#[test]
fn spark_places_days_in_windows() {
    windows(spark());
}

#[test]
fn postgres_reads_odd_texts_and_full_masks() {
    odd_rules(postgres());
}

#[test]
fn duckdb_reads_odd_texts_and_full_masks() {
    odd_rules(duckdb());
}

#[test]
fn spark_reads_odd_texts_and_full_masks() {
    odd_rules(spark());
}

#[test]
fn postgres_decides_random_rules_as_the_reference_does() {
    random(postgres(), number("ACCREDIT_SQL_SETS", 4), number("ACCREDIT_SQL_ROWS", 250));
}

#[test]
fn duckdb_decides_random_rules_as_the_reference_does() {
    random(duckdb(), number("ACCREDIT_SQL_SETS", 4), number("ACCREDIT_SQL_ROWS", 250));
}

#[test]
fn spark_decides_random_rules_as_the_reference_does() {
    random(spark(), number("ACCREDIT_SPARK_SETS", 4), number("ACCREDIT_SPARK_ROWS", 250));
}
