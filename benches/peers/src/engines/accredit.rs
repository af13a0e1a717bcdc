//! accredit itself: the naive reference, one account, and columns in memory.
//!
//! In: rules and rows. Out: verdicts. Owns how cells become facts. The reference says what every engine must answer.

use accredit::RuleSet;
use accredit::eval::{self, Workspace, reference};
use accredit::facts::{Facts, State};
use accredit::program::{Lane, Verdict as Found};
use accredit::screen::columns::{self, Batch, Engine, Plane, ROWS, STRIP};

use crate::peer::{ByRow, PROGRAMS, Peer, Tally, Trouble, Verdict, Verdicts, timed};
use crate::portfolio::{CURRENCIES, Cell, Row};
use crate::terms::{Kind, Terms};

fn verdict(found: Found) -> Verdict {
    match found {
        Found::Qualifies => Verdict::Qualifies,
        Found::DoesNotQualify => Verdict::DoesNotQualify,
        Found::Undetermined => Verdict::Undetermined,
        other => panic!("the terms of the benchmark never come to `{}`", other.word()),
    }
}

/// What is known of an account, as accredit keeps it.
fn facts(rules: &RuleSet, terms: &Terms, row: &Row) -> Facts {
    let program = rules.program();
    let mut facts = Facts::new(program, terms.as_of);
    for (field, cell) in terms.fields.iter().zip(row) {
        let ty = &program.fact_of(field.slot).expect("a field is a fact").ty;
        let lane = match (cell, &field.kind) {
            (Cell::Missing, _) => continue,
            (Cell::Word(at), Kind::Word(words)) => ty.word(&words[*at]).map(|main| Lane { main, aux: 0 }),
            (Cell::Flag(flag), _) => Some(Lane { main: i64::from(*flag), aux: 0 }),
            (Cell::Number(number), _) => Some(Lane { main: *number, aux: 0 }),
            (Cell::Amount(minor, currency), _) => accredit::value::parse_currency(CURRENCIES[*currency])
                .map(|currency| Lane { main: *minor, aux: i64::from(currency.numeric()) }),
            (Cell::Word(_), _) => None,
        };
        facts.set(field.slot, lane.expect("cells fit their fields"), State::Given);
    }
    facts
}

/// What the naive reference says of each row.
pub fn expected(rules: &RuleSet, terms: &Terms, rows: &[Row]) -> Vec<Verdicts> {
    let program = rules.program();
    let one = |row: &Row| {
        let facts = facts(rules, terms, row);
        std::array::from_fn(|at| verdict(reference::decide(program, &facts, &program.decisions[at]).verdict))
    };
    rows.iter().map(one).collect()
}

/// What one account after another comes to.
pub fn single(rules: &RuleSet, terms: &Terms, rows: &[Row]) -> Vec<Verdicts> {
    let mut workspace = Workspace::new(&rules.plan);
    let mut one = |row: &Row| {
        eval::run(&rules.plan, &facts(rules, terms, row), &mut workspace);
        std::array::from_fn(|at| verdict(workspace.subjects[at].decided.verdict))
    };
    rows.iter().map(&mut one).collect()
}

/// One account after another.
pub struct Single<'r> {
    rules: &'r RuleSet,
    workspace: Workspace,
    accounts: Vec<Facts>,
}

impl<'r> Single<'r> {
    /// Takes rows in.
    pub fn new(rules: &'r RuleSet, terms: &Terms, rows: &[Row]) -> Self {
        let accounts = rows.iter().map(|row| facts(rules, terms, row)).collect();
        Self { rules, workspace: Workspace::new(&rules.plan), accounts }
    }
}

impl ByRow for Single<'_> {
    fn rows(&self) -> usize {
        self.accounts.len()
    }

    fn decide(&mut self, row: usize) -> Result<Verdicts, Trouble> {
        eval::run(&self.rules.plan, &self.accounts[row], &mut self.workspace);
        Ok(std::array::from_fn(|at| verdict(self.workspace.subjects[at].decided.verdict)))
    }
}

/// Columns, a strip of rows at a time.
pub struct Columns<'r> {
    engine: Engine<'r>,
    workspace: columns::Workspace,
    batches: Vec<Batch>,
    rows: usize,
    /// The masks of requirements, where they are asked for, too: what one decision came to, row by row.
    masks: Option<Box<[[u64; STRIP]; 4]>>,
}

impl<'r> Columns<'r> {
    /// Takes rows in.
    pub fn new(rules: &'r RuleSet, terms: &Terms, rows: &[Row], masks: bool) -> Self {
        let program = rules.program();
        let engine = Engine::new(program, &rules.plan, (0..PROGRAMS).collect());
        let workspace = engine.workspace(Facts::new(program, terms.as_of));
        let batch = |rows: &[Row]| {
            let facts: Vec<Facts> = rows.iter().map(|row| facts(rules, terms, row)).collect();
            Batch::of_facts(program, &rules.plan, facts.iter())
        };
        let masks = masks.then(|| Box::new([[0; STRIP]; 4]));
        Self { engine, workspace, batches: rows.chunks(ROWS).map(batch).collect(), rows: rows.len(), masks }
    }
}

impl Peer for Columns<'_> {
    fn rows(&self) -> usize {
        self.rows
    }

    fn verdicts(&mut self) -> Result<Vec<Verdicts>, Trouble> {
        let mut all = Vec::new();
        for batch in &self.batches {
            for strip in 0..batch.strips() {
                self.engine.decide(batch, strip, &mut self.workspace);
                let decided = self.workspace.decided();
                let found = |row| {
                    std::array::from_fn(|at| decided.get(at).map_or_else(Verdict::default, |one| verdict(one.at(row).verdict)))
                };
                all.extend((0..batch.rows_of(strip)).map(found));
            }
        }
        Ok(all)
    }

    fn pass(&mut self) -> Result<(Tally, f64), Trouble> {
        timed(|| {
            let mut tally = Tally::default();
            for batch in &self.batches {
                for strip in 0..batch.strips() {
                    self.engine.decide(batch, strip, &mut self.workspace);
                    let rows = batch.rows_of(strip);
                    for decided in self.workspace.decided() {
                        if let Some(masks) = &mut self.masks {
                            decided.masks(&Plane::first(rows), masks.each_mut());
                            std::hint::black_box(masks);
                        }
                        let mut rest = (rows) as u64;
                        for (found, place) in [(Found::Qualifies, 1), (Found::DoesNotQualify, 2)] {
                            let count = decided.rows_of(found).count() as u64;
                            tally[place] += count;
                            rest -= count;
                        }
                        tally[0] += rest;
                    }
                }
            }
            Ok(tally)
        })
    }
}
