//! The rules as SQL, run by other people's engines: verdict, reward and masks are those of the reference and of `run`.
//!
//! In: random rule sets and rows, the shipped rules with their cases, and engines that are installed. Out: 0 differences.
//! Owns the comparison. A peer that is not installed is named and skipped, unless `ACCREDIT_PEERS` asks for it.

mod peer;
mod table;

use std::collections::{BTreeMap, BTreeSet};

use accredit::eval::reference::decide;
use accredit::eval::{View, Workspace, extras, reward, run, stand};
use accredit::facts::{Facts, Format, Reader};
use accredit::plan::{Plan, lower};
use accredit::program::{AS_OF, At, Judged, ListId, Program, SlotId};
use accredit::source::FileId;
use accredit::sql::{self, ACCOUNT, CURRENCY, DAY, DayFrom, Dialect, NONE, Query, Wanted};
use accredit::value::currency_text;

use crate::library::{rule_files, shipped};
use crate::random::{Rng, RuleSet, rule_sets, seed};
use peer::{Peer, Postgres, Scripted, Table};
use table::{Account, Row, account, document, odd_day, spoil};

fn number(variable: &str, usual: usize) -> usize {
    std::env::var(variable).ok().and_then(|count| count.parse().ok()).unwrap_or(usual)
}

/// A peer that is asked for must be there.
fn up<P: Peer + 'static>(dialect: Dialect, started: Option<P>) -> Option<Box<dyn Peer>> {
    let asked = std::env::var("ACCREDIT_PEERS").is_ok_and(|peers| peers.split(',').any(|peer| peer == dialect.word()));
    assert!(started.is_some() || !asked, "{} is asked for and not installed", dialect.name());
    if started.is_none() {
        eprintln!("skipped: {} is not installed here", dialect.name());
    }
    started.map(|peer| Box::new(peer) as Box<dyn Peer>)
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
        extras(self.plan, 0, View::account(&facts), &mut self.workspace.truths);
        let mut all = Vec::new();
        for at in decisions {
            let subjects = self.workspace.subjects.iter().copied();
            // The record under decision stands alone in its list, or is the one that the caller put last.
            let subject = subjects.filter(|subject| subject.decision == *at).last().unwrap();
            let view = stand(self.plan, &facts, &subject, &mut self.workspace.truths);
            let paid = reward(&self.plan.decisions[*at], &subject.decided, view, &self.workspace.truths);
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
fn typed(columns: &[(String, &'static str)], program: &Program, dialect: Dialect) -> Vec<(String, &'static str)> {
    let numeric = |ty: &str| ty.starts_with("DECIMAL") || ty == "NUMERIC" || ty == "BIGINT";
    let wide = if dialect == Dialect::Postgres { "NUMERIC" } else { "DECIMAL(38, 12)" };
    let _ = program;
    columns.iter().map(|(name, ty)| (name.clone(), if numeric(ty) { wide } else { *ty })).collect()
}

/// Asks a peer what it makes of accounts, and compares every row of every decision.
fn compare(
    peer: &mut dyn Peer,
    program: &Program,
    plan: &Plan,
    reader: &Reader,
    accounts: &[Account],
    what: &str,
    tally: &mut Tally,
) {
    let dialect = peer.dialect();
    let mut wanted = Wanted {
        dialect,
        decisions: (0..program.decisions.len()).collect(),
        accounts: "accounts".to_owned(),
        records: Vec::new(),
        view: false,
        day: DayFrom::Column,
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
    for query in &queries {
        account_columns.extend(query.account.iter().map(|(name, ty)| (name.clone(), *ty)));
        if let Some(list) = query.list {
            let rows = accounts.iter().flat_map(|account| &account.records[list.0 as usize]).collect();
            let columns = typed(&query.record, program, dialect);
            tables.push(Table { name: sql::table(program, list).to_owned(), columns, rows });
        }
    }
    let columns: Vec<(String, &'static str)> = account_columns.into_iter().collect();
    let rows = accounts.iter().map(|account| &account.row).collect();
    tables.push(Table { name: "accounts".to_owned(), columns: typed(&columns, program, dialect), rows });
    let texts: Vec<String> = queries.iter().map(|query| query.text.clone()).collect();
    let results = peer.run(&tables, &[], &texts);
    let mut asked = Asked { program, plan, reader, workspace: Workspace::new(plan) };
    for (query, rows) in queries.iter().zip(results) {
        let decisions: Vec<usize> =
            wanted.decisions.iter().copied().filter(|at| plan.decisions[*at].list == query.list).collect();
        let reads: BTreeSet<String> = query.account.iter().map(|(name, _)| name.clone()).collect();
        let own: BTreeSet<String> = query.record.iter().map(|(name, _)| name.clone()).collect();
        let by_subject: BTreeMap<(String, String), &Vec<Option<String>>> = rows
            .iter()
            .map(|row| {
                ((row[0].clone().unwrap(), query.list.map_or(String::new(), |_| row[1].clone().unwrap_or_default())), row)
            })
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
                let document =
                    document(program, &account.row, &reads, query.list.zip(record).map(|(list, row)| (list, row, &own)));
                let mut at = query.list;
                // A list that is kept by decision holds other records too: the one under decision is found by its key.
                let wanted = match (at, record) {
                    (Some(list), Some(row)) if program.lists[list.0 as usize].of_decision => {
                        let key = text_of(row, &sql::column(program, sql::key(program, list).unwrap()));
                        at = Some(list);
                        asked.decided(
                            document.map(|text| last(&text, sql::table(program, list), key.trim_ascii())).as_deref(),
                            &decisions,
                            at,
                        )
                    }
                    _ => asked.decided(document.as_deref(), &decisions, at),
                };
                let key = query
                    .list
                    .zip(record)
                    .map_or(String::new(), |(list, row)| text_of(row, &sql::column(program, sql::key(program, list).unwrap())));
                let row = by_subject.get(&(id.clone(), key.clone())).unwrap_or_else(|| panic!("{what}: no row for {id} {key}"));
                let found = said(query, program, &decisions, row);
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
    tally.rows += accounts.len();
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
        let is_key = |record: &serde_json::Value| record.as_object().is_some_and(|map| map.values().any(|value| value == key));
        records.sort_by_key(|record| record.get("program").map_or_else(|| is_key(record), |program| program == key));
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
        compare(peer.as_mut(), set.program(), &plan, &reader, &accounts, &what, &mut tally);
    }
    eprintln!("{} against the reference and evaluation, {sets} rule sets, 0 differences: {tally:#?}", peer.dialect().name());
    assert!(tally.invalid > 0 && tally.rewards > 0 && tally.verdicts.len() > 6, "{tally:#?}");
    let _ = (CURRENCY, NONE);
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
    compare(peer.as_mut(), rules.program(), &rules.plan, &rules.reader, &accounts, "the shipped rules", &mut tally);
    eprintln!("{} on every case of the shipped rules, 0 differences: {tally:#?}", peer.dialect().name());
    assert!(tally.invalid == 0 && tally.decided > 10_000, "{tally:#?}");
}

#[test]
fn postgres_decides_every_case_of_the_shipped_rules() {
    shipped_rules(up(Dialect::Postgres, Postgres::start()));
}

#[test]
fn duckdb_decides_every_case_of_the_shipped_rules() {
    shipped_rules(up(Dialect::DuckDb, Scripted::start(Dialect::DuckDb, "ACCREDIT_DUCKDB", "duckdb_peer.py")));
}

#[test]
fn spark_decides_every_case_of_the_shipped_rules() {
    shipped_rules(up(Dialect::Spark, Scripted::start(Dialect::Spark, "ACCREDIT_SPARK", "spark_peer.py")));
}

#[test]
fn postgres_decides_random_rules_as_the_reference_does() {
    random(up(Dialect::Postgres, Postgres::start()), number("ACCREDIT_SQL_SETS", 4), number("ACCREDIT_SQL_ROWS", 250));
}

#[test]
fn duckdb_decides_random_rules_as_the_reference_does() {
    let peer = Scripted::start(Dialect::DuckDb, "ACCREDIT_DUCKDB", "duckdb_peer.py");
    random(up(Dialect::DuckDb, peer), number("ACCREDIT_SQL_SETS", 4), number("ACCREDIT_SQL_ROWS", 250));
}

#[test]
fn spark_decides_random_rules_as_the_reference_does() {
    let peer = Scripted::start(Dialect::Spark, "ACCREDIT_SPARK", "spark_peer.py");
    random(up(Dialect::Spark, peer), number("ACCREDIT_SPARK_SETS", 4), number("ACCREDIT_SQL_ROWS", 250));
}
