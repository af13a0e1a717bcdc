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
use crate::eval::Reward;
use crate::facts::Facts;
use crate::plan::Plan;
use crate::program::{Program, SlotId, Verdict};
use crate::report::{Brief, Tally, brief, reward_text};

/// Different outcomes that are remembered with their words; more are worded anew.
const REMEMBERED: usize = 65_536;

/// What two rows have in common that are told the same of a decision.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Alike {
    decision: usize,
    verdict: u32,
    asked: u32,
    /// What is met, failed, pending; which states hold, and which do not.
    masks: [u64; 5],
}

impl std::hash::Hash for Alike {
    fn hash<H: std::hash::Hasher>(&self, hasher: &mut H) {
        let [met, failed, pending, holds, fails] = self.masks;
        // Few words are hashed: rows are many, and what differs in them is mostly what is met and what failed.
        hasher.write_u64(met ^ failed.rotate_left(32) ^ pending.rotate_left(16));
        hasher.write_u64(holds ^ fails.rotate_left(16) ^ u64::from(self.asked) << 32 ^ (self.decision as u64) << 48);
        hasher.write_u32(self.verdict);
    }
}

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
    by_rows: Box<ByRows>,
}

/// What one decision came to, row by row.
#[derive(Debug)]
struct ByRows {
    verdicts: [u32; STRIP],
    /// The slot that is still needed, or [`NOTHING`].
    asked: [u32; STRIP],
    /// What is met, failed, pending, open; which states hold, and which do not.
    masks: [[u64; STRIP]; 6],
    /// The codes of reasons, of the first in words, and of the next step.
    told: [[u32; STRIP]; 3],
}

impl Default for ByRows {
    fn default() -> Self {
        Self { verdicts: [0; STRIP], asked: [NOTHING; STRIP], masks: [[0; STRIP]; 6], told: [[NOTHING; STRIP]; 3] }
    }
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
        Self { program, shape, engine, workspace, singly, words: Remembered::default(), by_rows: Box::default() }
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
        if let (Some(columns), Some(masks)) = (self.workspace.decided().get(made), results.masks(made, column)) {
            columns.masks(rows, masks);
        }
    }

    /// The reasons and the next step in words.
    fn word(&mut self, found: &Found, rows: &Plane, results: &mut Results<'_>) {
        let made = found.made;
        let (Some(declared), Some(columns)) = (self.program.decisions.get(found.decision), self.workspace.decided().get(made))
        else {
            return;
        };
        let ByRows { verdicts, asked, masks, told } = &mut *self.by_rows;
        asked.fill(NOTHING);
        told.iter_mut().for_each(|codes| codes.fill(NOTHING));
        found.asked.iter().for_each(|(slot, rows)| rows.write(slot.0, asked));
        columns.verdicts.iter().for_each(|(verdict, rows)| rows.write(u32::from(*verdict as u8), verdicts));
        let [met, failed, pending, open, holds, fails] = masks;
        columns.masks(rows, [met, failed, pending, open]);
        columns.state_masks([holds, fails]);
        let places = self.shape.places();
        for row in rows.rows() {
            let of = |all: &[u32; STRIP]| all.get(row).copied().unwrap_or(NOTHING);
            let masks = [&*met, &*failed, &*pending, &*holds, &*fails].map(|all| all.get(row).copied().unwrap_or(0));
            let alike = Alike { decision: found.decision, verdict: of(verdicts), asked: of(asked), masks };
            let program = self.program;
            let codes = self.words.of(
                alike,
                || {
                    let asked = Some(SlotId(of(asked))).filter(|slot| slot.0 != NOTHING);
                    brief(program, declared, &columns.at(row), asked)
                },
                |told| {
                    let texts = [&told.reasons, &told.why, &told.next];
                    let mut codes = [NOTHING; 3];
                    for ((code, text), place) in codes.iter_mut().zip(texts).zip(places) {
                        *code = place.map_or(NOTHING, |column| results.code(made, column, text));
                    }
                    codes
                },
            );
            for (code, told) in codes.into_iter().zip(&mut *told) {
                if let Some(place) = told.get_mut(row) {
                    *place = code;
                }
            }
        }
        for (told, place) in told.iter().zip(places) {
            if let Some(codes) = place.and_then(|column| results.codes(made, column)) {
                *codes = *told;
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
