//! A batch of accounts to rows of results.
//!
//! In: rows as facts. Out: rows of results, and their tally.
//! Owns what is remembered between rows: words that many rows share. Decides by the engine over columns alone.

use std::collections::HashMap;

use super::cells::Decoded;
use super::columns::{Engine, Plane, STRIP, Workspace};
use super::results::Results;
use super::shape::{Field, Shape};
use super::singly::Singly;
use super::table::{NOTHING, OutChunk};
use crate::eval::{Decided, Reward};
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
    /// Where some decisions are made for records: whoever makes them all.
    singly: Option<Singly<'p>>,
    words: Remembered,
    /// What one decision came to, row by row.
    by_rows: Vec<Decided>,
}

/// Words that many rows share.
#[derive(Debug, Default)]
struct Remembered {
    known: HashMap<Alike, usize, foldhash::fast::RandomState>,
    briefs: Vec<Brief>,
    /// The codes of each brief in the columns of the chunk that is filled, where it was told there.
    codes: Vec<Option<[u32; 3]>>,
}

/// What is found out about one decision in a strip, before it is told.
struct Found {
    /// Which decision is made, of those of the engine.
    made: usize,
    /// Its index in the program.
    decision: usize,
    /// The first fact that is still needed, by rows.
    asked: Vec<(SlotId, Plane)>,
    /// The rewards of rows that have one.
    rewards: Vec<(usize, Reward)>,
}

impl<'p> Screener<'p> {
    /// Prepares the decisions of a shape.
    pub fn new(program: &'p Program, plan: &'p Plan, shape: &'p Shape) -> Self {
        let singly = shape.has_records(program).then(|| Singly::new(program, plan, shape));
        let engine = Engine::new(program, plan, if singly.is_some() { Vec::new() } else { shape.decisions.clone() });
        let workspace = engine.workspace(Facts::new(program, 0));
        Self { program, shape, engine, workspace, singly, words: Remembered::default(), by_rows: Vec::new() }
    }

    /// Decides every row.
    pub fn screen(&mut self, decoded: &Decoded) -> (OutChunk, Tally) {
        if let Some(singly) = &mut self.singly {
            return singly.screen(decoded);
        }
        let mut results = Results::new(self.shape, decoded);
        let mut tally = Tally { rows: decoded.batch.rows() as u64, ..Tally::default() };
        self.words.codes.clear();
        for strip in 0..decoded.batch.strips() {
            self.engine.decide(&decoded.batch, strip, &mut self.workspace);
            self.strip(decoded, strip, &mut results, &mut tally);
        }
        (results.finish(), tally)
    }

    fn strip(&mut self, decoded: &Decoded, strip: usize, results: &mut Results<'_>, tally: &mut Tally) {
        let all = Plane::first(decoded.batch.rows_of(strip));
        let invalid = all.and(&decoded.invalid.get(strip).copied().unwrap_or_default());
        let valid = all.but_not(&invalid);
        tally.invalid += invalid.count() as u64;
        let verdicts = &self.shape.verdicts;
        let wanted: Vec<Plane> = self
            .workspace
            .decided()
            .iter()
            .map(|columns| match verdicts.is_empty() {
                true => valid,
                false => verdicts.iter().fold(Plane::NONE, |all, verdict| all.or(&columns.rows_of(*verdict))).and(&valid),
            })
            .collect();
        // A row an account is listed with all its decisions, once one of them is wanted.
        let any = wanted.iter().fold(Plane::NONE, |all, one| all.or(one));
        results.begin();
        self.words.forget_if_many();
        for (made, wanted) in wanted.iter().enumerate() {
            let found = self.find(decoded, strip, made, &valid, tally);
            self.tell(decoded, strip, &found, if self.shape.long { wanted } else { &any }, results);
        }
        let unfit = if verdicts.is_empty() { invalid } else { Plane::NONE };
        for made in 0..wanted.len() {
            self.refuse(decoded, strip, made, &unfit, results);
        }
        let first = strip * STRIP;
        if !self.shape.long {
            return results.list_wide(decoded, first, &any.or(&unfit));
        }
        let decisions = self.shape.decisions.iter().filter_map(|at| self.program.decisions.get(*at));
        let ids: Vec<&str> = decisions.map(|decision| decision.id.as_str()).collect();
        let mut listed = Vec::new();
        for row in any.or(&unfit).rows() {
            match unfit.has(row) {
                // An invalid row is listed once, with no decision's name.
                true => listed.push((row, ids.len())),
                false => listed.extend(
                    (0..ids.len()).filter(|made| wanted.get(*made).is_some_and(|own| own.has(row))).map(|made| (row, made)),
                ),
            }
        }
        results.list_long(decoded, first, &listed, &ids);
    }

    /// Finds and counts what one decision came to.
    fn find(&mut self, decoded: &Decoded, strip: usize, made: usize, valid: &Plane, tally: &mut Tally) -> Found {
        let decision = self.engine.decisions().get(made).copied().unwrap_or_default();
        let mut found = Found { made, decision, asked: Vec::new(), rewards: Vec::new() };
        let Some(columns) = self.workspace.decided().get(made) else { return found };
        let mut rewarded = Vec::new();
        for (verdict, rows) in &columns.verdicts {
            let rows = rows.and(valid);
            if rows.is_none() {
                continue;
            }
            tally.count(decision, *verdict, rows.count());
            match verdict {
                Verdict::DoesNotQualify | Verdict::Denied | Verdict::Fail => {
                    for (at, results) in columns.requirements.iter().enumerate() {
                        tally.count_failed(decision, at, results.failed.and(&rows).count());
                    }
                }
                Verdict::Undetermined => {
                    found.asked = self.engine.asked(made, &decoded.batch, strip, rows, &self.workspace);
                    found.asked.iter().for_each(|(slot, rows)| tally.count_asked(decision, *slot, rows.count()));
                }
                Verdict::Qualifies | Verdict::Blocked => rewarded.push((*verdict, rows)),
                _ => {}
            }
        }
        for (verdict, rows) in rewarded {
            for row in rows.rows() {
                let Some(reward) = self.engine.reward(made, &decoded.batch, strip, row, &mut self.workspace) else { continue };
                if verdict == Verdict::Qualifies {
                    tally.count_earned(decision, &reward);
                }
                found.rewards.push((row, reward));
            }
        }
        found
    }

    /// Tells in some rows what one decision came to.
    fn tell(&mut self, decoded: &Decoded, strip: usize, found: &Found, rows: &Plane, results: &mut Results<'_>) {
        let (made, mut column) = (found.made, 0);
        let mut worded = false;
        for field in &self.shape.fields {
            match field {
                Field::Verdict => {
                    for (verdict, own) in
                        self.workspace.decided().get(made).map(|of| of.verdicts.as_slice()).unwrap_or_default()
                    {
                        let own = own.and(rows);
                        if !own.is_none() {
                            results.say(made, column, &own, verdict.word());
                        }
                    }
                }
                Field::Reward => {
                    let mut last: Option<(&Reward, u32)> = None;
                    for (row, reward) in found.rewards.iter().filter(|(row, _)| rows.has(*row)) {
                        let code = match last {
                            Some((known, code)) if known == reward => code,
                            _ => results.code(made, column, &reward_text(reward)),
                        };
                        last = Some((reward, code));
                        if let Some(place) = results.codes(made, column).and_then(|codes| codes.get_mut(*row)) {
                            *place = code;
                        }
                    }
                }
                Field::Reasons | Field::Why | Field::Next => {
                    if !std::mem::replace(&mut worded, true) {
                        self.word(found, rows, results);
                    }
                }
                Field::Deadline => {
                    let on_track = self.workspace.decided().get(made).map(|of| of.rows_of(Verdict::OnTrack));
                    for row in on_track.unwrap_or_default().and(rows).rows() {
                        let day = self.engine.deadline(made, &decoded.batch, strip, row, &mut self.workspace);
                        if let Some(place) = results.days(made, column).and_then(|days| days.get_mut(row)) {
                            *place = day;
                        }
                    }
                }
                Field::Masks => self.masks(made, column, rows, results),
            }
            column += field.width();
        }
    }

    /// The results of requirements as bits.
    fn masks(&self, made: usize, column: usize, rows: &Plane, results: &mut Results<'_>) {
        let Some(columns) = self.workspace.decided().get(made) else { return };
        let [met, failed, pending, open]: [Vec<Plane>; 4] = [
            columns.requirements.iter().map(|one| one.met.and(rows)).collect(),
            columns.requirements.iter().map(|one| one.failed.and(rows)).collect(),
            columns.requirements.iter().map(|one| one.pending.and(rows)).collect(),
            columns.requirements.iter().map(|one| rows.but_not(&one.met.or(&one.failed).or(&one.pending))).collect(),
        ];
        for (planes, at) in [met, failed, pending, open].iter().zip(column..) {
            if let Some(masks) = results.masks(made, at) {
                Plane::masks(planes.iter(), masks);
            }
        }
    }

    /// The reasons and the next step in words.
    fn word(&mut self, found: &Found, rows: &Plane, results: &mut Results<'_>) {
        let made = found.made;
        let (Some(declared), Some(columns)) = (self.program.decisions.get(found.decision), self.workspace.decided().get(made))
        else {
            return;
        };
        let mut asked = [None; STRIP];
        for (slot, rows) in &found.asked {
            rows.rows().for_each(|row| asked.get_mut(row).into_iter().for_each(|place| *place = Some(*slot)));
        }
        columns.rows(STRIP, &mut self.by_rows);
        let places = self.shape.places();
        for row in rows.rows() {
            let (Some(decided), Some(asked)) = (self.by_rows.get(row), asked.get(row)) else { continue };
            let bits = [decided.met, decided.failed, decided.pending, decided.holds, decided.fails];
            let alike = (found.decision, decided.verdict as u8, bits, *asked);
            let program = self.program;
            let told = self.words.of(
                alike,
                || brief(program, declared, decided, *asked),
                |told| {
                    let texts = [&told.reasons, &told.why, &told.next];
                    let mut codes = [NOTHING; 3];
                    for ((code, text), place) in codes.iter_mut().zip(texts).zip(places) {
                        *code = place.map_or(NOTHING, |column| results.code(made, column, text));
                    }
                    codes
                },
            );
            for (code, place) in told.into_iter().zip(places) {
                if let Some(place) = place.and_then(|column| results.codes(made, column)).and_then(|codes| codes.get_mut(row)) {
                    *place = code;
                }
            }
        }
    }

    /// Says of rows that nothing was decided, and what is wrong with them.
    fn refuse(&self, decoded: &Decoded, strip: usize, made: usize, rows: &Plane, results: &mut Results<'_>) {
        let mut column = 0;
        for field in &self.shape.fields {
            match field {
                Field::Verdict if !rows.is_none() => results.say(made, column, rows, "invalid"),
                Field::Why => {
                    for row in rows.rows() {
                        let code = results.code(made, column, decoded.reason(strip * STRIP + row));
                        if let Some(place) = results.codes(made, column).and_then(|codes| codes.get_mut(row)) {
                            *place = code;
                        }
                    }
                }
                _ => {}
            }
            column += field.width();
        }
    }
}

impl Remembered {
    fn forget_if_many(&mut self) {
        if self.known.len() > REMEMBERED {
            *self = Self::default();
        }
    }

    /// The codes of what rows alike are told; `word` words it, `code` brings it into the columns of the chunk.
    fn of(&mut self, alike: Alike, word: impl FnOnce() -> Brief, code: impl FnOnce(&Brief) -> [u32; 3]) -> [u32; 3] {
        let at = *self.known.entry(alike).or_insert_with(|| {
            self.briefs.push(word());
            self.briefs.len() - 1
        });
        if self.codes.len() <= at {
            self.codes.resize(self.briefs.len(), None);
        }
        let (Some(place), Some(told)) = (self.codes.get_mut(at), self.briefs.get(at)) else { return [NOTHING; 3] };
        *place.get_or_insert_with(|| code(told))
    }
}
