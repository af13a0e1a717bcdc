//! A batch of accounts to rows of results.
//!
//! In: rows as facts. Out: rows of results, and their tally.
//! Owns what is remembered between rows: words that many rows share. Decides by the engine over columns alone.

use std::collections::HashMap;

use super::cells::Decoded;
use super::columns::{Engine, STRIP, Workspace};
use super::shape::{Field, Shape};
use super::table::{OutChunk, OutColumn, Words};
use crate::eval::Decided;
use crate::facts::Facts;
use crate::plan::Plan;
use crate::program::{Program, SlotId, Verdict};
use crate::report::{Brief, Tally, brief, reward_text};

/// Different outcomes that are remembered with their words; more are worded anew.
const REMEMBERED: usize = 65_536;

/// What two rows have in common that are told the same of a decision.
type Alike = (usize, u8, [u64; 5], Option<SlotId>);

/// Turns batches into results; one for each thread.
#[derive(Debug)]
pub struct Screener<'p> {
    program: &'p Program,
    shape: &'p Shape,
    engine: Engine<'p>,
    workspace: Workspace,
    words: HashMap<Alike, Brief, foldhash::fast::RandomState>,
}

impl<'p> Screener<'p> {
    /// Prepares the decisions of a shape.
    pub fn new(program: &'p Program, plan: &'p Plan, shape: &'p Shape) -> Self {
        let engine = Engine::new(program, plan, shape.decisions.clone());
        let workspace = engine.workspace(Facts::new(program, 0));
        Self { program, shape, engine, workspace, words: HashMap::default() }
    }

    /// Decides every row.
    pub fn screen(&mut self, decoded: &Decoded) -> (OutChunk, Tally) {
        let mut rows = Rows::new(self.shape, decoded);
        let mut tally = Tally { rows: decoded.batch.rows() as u64, ..Tally::default() };
        for strip in 0..decoded.batch.strips() {
            self.engine.decide(&decoded.batch, strip, &mut self.workspace);
            self.workspace.by_rows(decoded.batch.rows_of(strip));
            for at in 0..decoded.batch.rows_of(strip) {
                let row = strip * STRIP + at;
                if decoded.is_invalid(row) {
                    tally.invalid += 1;
                    rows.invalid(decoded, row);
                } else {
                    self.row(decoded, strip, at, &mut rows, &mut tally);
                }
            }
        }
        (rows.finish(), tally)
    }

    fn row(&mut self, decoded: &Decoded, strip: usize, at: usize, rows: &mut Rows<'_>, tally: &mut Tally) {
        let row = strip * STRIP + at;
        let verdicts = &self.shape.verdicts;
        let wanted = |decided: &Decided| verdicts.is_empty() || verdicts.contains(&decided.verdict);
        let listed = self.shape.long
            || verdicts.is_empty()
            || (0..self.engine.decisions().len()).any(|made| self.workspace.row(made, at).is_some_and(|one| wanted(&one)));
        if listed && !self.shape.long {
            rows.begin(decoded, row);
        }
        for made in 0..self.engine.decisions().len() {
            let Some(decided) = self.workspace.row(made, at) else { continue };
            let batch = &decoded.batch;
            let asked = match decided.verdict {
                Verdict::Undetermined => self.engine.asked(made, batch, strip, at, &self.workspace),
                _ => None,
            };
            let reward = match decided.verdict {
                Verdict::Qualifies | Verdict::Blocked => self.engine.reward(made, batch, strip, at, &mut self.workspace),
                _ => None,
            };
            let decision = self.engine.decisions().get(made).copied().unwrap_or_default();
            tally.add(decision, &decided, asked, reward.as_ref());
            if !listed || (self.shape.long && !wanted(&decided)) {
                continue;
            }
            let deadline = match decided.verdict {
                Verdict::OnTrack => self.engine.deadline(made, batch, strip, at, &mut self.workspace),
                _ => None,
            };
            let Some(declared) = self.program.decisions.get(decision) else { continue };
            if self.shape.long {
                rows.begin(decoded, row);
                rows.word(&declared.id);
            }
            let alike = (
                decision,
                decided.verdict as u8,
                [decided.met, decided.failed, decided.pending, decided.holds, decided.fails],
                asked,
            );
            if self.words.len() > REMEMBERED {
                self.words.clear();
            }
            let program = self.program;
            let told = self.words.entry(alike).or_insert_with(|| brief(program, declared, &decided, asked));
            for field in &self.shape.fields {
                match field {
                    Field::Verdict => rows.word(decided.verdict.word()),
                    Field::Reward => rows.word(&reward.as_ref().map(reward_text).unwrap_or_default()),
                    Field::Reasons => rows.word(&told.reasons),
                    Field::Why => rows.word(&told.why),
                    Field::Next => rows.word(&told.next),
                    Field::Deadline => rows.day(deadline),
                    Field::Masks => {
                        [decided.met, decided.failed, decided.pending, decided.open]
                            .into_iter()
                            .for_each(|mask| rows.whole(mask));
                    }
                }
            }
        }
    }
}

/// Rows of results as they are filled, cell by cell from the left.
struct Rows<'a> {
    shape: &'a Shape,
    chunk: OutChunk,
    /// The next column to fill.
    next: usize,
}

impl<'a> Rows<'a> {
    fn new(shape: &'a Shape, decoded: &Decoded) -> Self {
        let mut columns = vec![OutColumn::Whole(Vec::new())];
        columns.extend(decoded.carried.iter().map(|_| OutColumn::Texts(Vec::new())));
        let own = |columns: &mut Vec<OutColumn>| {
            for field in &shape.fields {
                match field {
                    Field::Deadline => columns.push(OutColumn::Days(Vec::new())),
                    Field::Masks => columns.extend((0..4).map(|_| OutColumn::Whole(Vec::new()))),
                    _ => columns.push(OutColumn::Words(Words::default())),
                }
            }
        };
        if shape.long {
            columns.push(OutColumn::Words(Words::default()));
            own(&mut columns);
        } else {
            shape.decisions.iter().for_each(|_| own(&mut columns));
        }
        Self { shape, chunk: OutChunk { rows: 0, columns }, next: 0 }
    }

    /// Begins a row with its number and what is carried.
    fn begin(&mut self, decoded: &Decoded, row: usize) {
        self.chunk.rows += 1;
        self.next = 0;
        self.whole(decoded.number(row));
        for list in &decoded.carried {
            if let Some(OutColumn::Texts(texts)) = self.chunk.columns.get_mut(self.next) {
                texts.push(list.get(row).cloned().unwrap_or_default());
            }
            self.next += 1;
        }
    }

    /// A row of which nothing was decided, with what is wrong with it.
    fn invalid(&mut self, decoded: &Decoded, row: usize) {
        if !self.shape.verdicts.is_empty() {
            return;
        }
        let number = decoded.number(row);
        let reason =
            decoded.problems.iter().find(|problem| problem.row == number).map_or("", |problem| problem.reason.as_str());
        self.begin(decoded, row);
        let times = if self.shape.long { 1 } else { self.shape.decisions.len() };
        if self.shape.long {
            self.word("");
        }
        for _ in 0..times {
            for field in &self.shape.fields {
                match field {
                    Field::Verdict => self.word("invalid"),
                    Field::Why => self.word(reason),
                    Field::Deadline => self.day(None),
                    Field::Masks => (0..4).for_each(|_| self.whole(0)),
                    Field::Reward | Field::Reasons | Field::Next => self.word(""),
                }
            }
        }
    }

    fn whole(&mut self, value: u64) {
        if let Some(OutColumn::Whole(values)) = self.chunk.columns.get_mut(self.next) {
            values.push(value);
        }
        self.next += 1;
    }

    fn day(&mut self, day: Option<i64>) {
        if let Some(OutColumn::Days(days)) = self.chunk.columns.get_mut(self.next) {
            days.push(day);
        }
        self.next += 1;
    }

    fn word(&mut self, text: &str) {
        if let Some(OutColumn::Words(words)) = self.chunk.columns.get_mut(self.next) {
            words.push(text);
        }
        self.next += 1;
    }

    fn finish(self) -> OutChunk {
        self.chunk
    }
}
