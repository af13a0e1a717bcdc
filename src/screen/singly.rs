//! A batch of accounts with their records to rows of results, one account after another.
//!
//! In: rows as facts, with records. Out: rows of results, and their tally.
//! Owns which record stands for all of its account in one row. Decides accounts and records by the engine over columns.

use std::collections::HashMap;

use super::cells::Decoded;
use super::columns::{Batch, Columns, Engine, Plane, STRIP, Workspace};
use super::shape::{Field, Shape, is_of_records, list_of};
use super::table::{OutChunk, OutColumn, Words};
use crate::eval::{Decided, Reward, bits};
use crate::facts::Facts;
use crate::plan::Plan;
use crate::program::{ListId, Program, SlotId, Verdict};
use crate::report::{Brief, Tally, brief, reward_text};
use crate::syntax::DecisionKind;
use crate::value::Day;

/// Different outcomes that are remembered with their words; more are worded anew.
const REMEMBERED: usize = 65_536;

/// What two rows have in common that are told the same of a decision.
type Alike = (usize, u8, [u64; 5], Option<SlotId>);

/// Decisions about the same kind of subject.
#[derive(Debug)]
struct Group<'p> {
    /// The list for each record of which they are made; none where they are about the account.
    list: Option<ListId>,
    engine: Engine<'p>,
    workspace: Workspace,
    /// For each decision: the first fact that is still needed, by rows of the strip that was decided last.
    asked: Vec<Vec<(SlotId, Plane)>>,
}

impl Group<'_> {
    /// Decides a strip.
    fn decide(&mut self, batch: &Batch, strip: usize) {
        self.engine.decide(batch, strip, &mut self.workspace);
        let asked = |(made, columns): (usize, &Columns)| {
            let rows = columns.rows_of(Verdict::Undetermined);
            self.engine.asked(made, batch, strip, rows, &self.workspace)
        };
        self.asked = self.workspace.decided().iter().enumerate().map(asked).collect();
    }
}

/// What one decision came to for one subject.
#[derive(Clone, Debug)]
struct Told {
    decided: Decided,
    asked: Option<SlotId>,
    reward: Option<Reward>,
    deadline: Option<Day>,
}

/// The records of one list by the row of their account, each with its key and what every decision of its group came to.
type Found = HashMap<usize, Vec<(String, Vec<Told>)>, foldhash::fast::RandomState>;

/// Turns batches with records into results.
#[derive(Debug)]
pub(super) struct Singly<'p> {
    program: &'p Program,
    shape: &'p Shape,
    groups: Vec<Group<'p>>,
    /// For each decision of the shape: its group, and its place there.
    places: Vec<(usize, usize)>,
    words: HashMap<Alike, Brief, foldhash::fast::RandomState>,
}

impl<'p> Singly<'p> {
    /// Prepares the decisions of a shape.
    pub(super) fn new(program: &'p Program, plan: &'p Plan, shape: &'p Shape) -> Self {
        let lists = std::iter::once(None).chain(shape.lists(program).into_iter().map(Some));
        let group = |list| {
            let own: Vec<usize> = shape.decisions.iter().copied().filter(|at| list_of(program, *at) == list).collect();
            let engine = Engine::new(program, plan, own);
            let workspace = engine.workspace(Facts::new(program, 0));
            Group { list, engine, workspace, asked: Vec::new() }
        };
        let groups: Vec<Group<'p>> = lists.map(group).collect();
        let place = |at: &usize| {
            let found = groups.iter().map(|group| group.engine.decisions().iter().position(|own| own == at));
            found.enumerate().find_map(|(group, made)| Some((group, made?)))
        };
        let places = shape.decisions.iter().filter_map(place).collect();
        Self { program, shape, groups, places, words: HashMap::default() }
    }

    /// Decides every row.
    pub(super) fn screen(&mut self, decoded: &Decoded) -> (OutChunk, Tally) {
        let mut rows = Rows::new(self.program, self.shape, decoded);
        let mut tally = Tally { rows: decoded.batch.rows() as u64, ..Tally::default() };
        let found: Vec<Found> = (0..self.groups.len()).map(|group| self.records(group, decoded, &mut tally)).collect();
        for strip in 0..decoded.batch.strips() {
            if let Some(group) = self.groups.first_mut() {
                group.decide(&decoded.batch, strip);
            }
            for at in 0..decoded.batch.rows_of(strip) {
                let row = strip * STRIP + at;
                if decoded.is_invalid(row) {
                    tally.invalid += 1;
                    rows.invalid(decoded, row);
                } else {
                    self.row(decoded, strip, at, &found, &mut rows, &mut tally);
                }
            }
        }
        (rows.finish(), tally)
    }

    /// Decides the records of a group's list.
    fn records(&mut self, group: usize, decoded: &Decoded, tally: &mut Tally) -> Found {
        let mut found = Found::default();
        let Some((group, list)) = self.groups.get_mut(group).and_then(|group| group.list.map(|list| (group, list))) else {
            return found;
        };
        for records in decoded.records.iter().filter(|records| records.list == list) {
            tally.records += records.of.len() as u64;
            let batch = decoded.batch.with_records(self.program, list, &records.of, &records.batch);
            for strip in 0..batch.strips() {
                group.decide(&batch, strip);
                for at in 0..batch.rows_of(strip) {
                    let row = strip * STRIP + at;
                    let (Some(of), Some(key)) = (records.of.get(row), records.keys.get(row)) else { continue };
                    if decoded.is_invalid(*of) {
                        continue;
                    }
                    let made = 0..group.engine.decisions().len();
                    let told = made.filter_map(|made| told(group, made, &batch, strip, at)).collect();
                    found.entry(*of).or_default().push((key.clone(), told));
                }
            }
        }
        found
    }

    fn row(&mut self, decoded: &Decoded, strip: usize, at: usize, found: &[Found], rows: &mut Rows<'_>, tally: &mut Tally) {
        let row = strip * STRIP + at;
        let verdicts = &self.shape.verdicts;
        let wanted = |decided: &Decided| verdicts.is_empty() || verdicts.contains(&decided.verdict);
        let of = |group: usize| found.get(group).and_then(|found| found.get(&row)).map_or(&[][..], Vec::as_slice);
        let is_wanted = |(group, made): &(usize, usize)| match group {
            0 => {
                self.groups.first().and_then(|group| group.workspace.decided().get(*made)).is_some_and(|of| wanted(&of.at(at)))
            }
            _ => of(*group).iter().any(|(_, told)| told.get(*made).is_some_and(|told| wanted(&told.decided))),
        };
        let listed = self.shape.long || verdicts.is_empty() || self.places.iter().any(is_wanted);
        if listed && !self.shape.long {
            rows.begin(decoded, row);
        }
        for place in 0..self.places.len() {
            let Some((group, made)) = self.places.get(place).copied() else { continue };
            let decision = self.shape.decisions.get(place).copied().unwrap_or_default();
            if group == 0 {
                let one = self.groups.first_mut().and_then(|group| told(group, made, &decoded.batch, strip, at));
                let Some(one) = one else { continue };
                count(tally, decision, &one);
                if listed && (!self.shape.long || wanted(&one.decided)) {
                    self.tell(decision, None, &one, rows, (decoded, row));
                }
                continue;
            }
            let own = || of(group).iter().filter_map(|(key, told)| Some((key.as_str(), told.get(made)?)));
            own().for_each(|(_, one)| count(tally, decision, one));
            if self.shape.long {
                for (key, one) in own().filter(|(_, one)| wanted(&one.decided)) {
                    self.tell(decision, Some(key), one, rows, (decoded, row));
                }
            } else if listed {
                rows.word(&counts(own().map(|(_, one)| one.decided.verdict)));
                match chosen(self.program, decision, own()) {
                    Some((key, one)) => {
                        rows.word(key);
                        self.tell(decision, None, one, rows, (decoded, row));
                    }
                    None => {
                        rows.word("");
                        rows.blank();
                    }
                }
            }
        }
    }

    /// Writes what a decision came to: a row of its own, or the next cells.
    fn tell(&mut self, decision: usize, record: Option<&str>, told: &Told, rows: &mut Rows<'_>, of: (&Decoded, usize)) {
        let Some(declared) = self.program.decisions.get(decision) else { return };
        let Told { decided, asked, reward, deadline } = told;
        if self.shape.long {
            rows.begin(of.0, of.1);
            rows.word(&declared.id);
            rows.record(record.unwrap_or(""));
        }
        let masks = [decided.met, decided.failed, decided.pending, decided.holds, decided.fails];
        let alike = (decision, decided.verdict as u8, masks, *asked);
        if self.words.len() > REMEMBERED {
            self.words.clear();
        }
        let program = self.program;
        let told = self.words.entry(alike).or_insert_with(|| brief(program, declared, decided, *asked));
        for field in &self.shape.fields {
            match field {
                Field::Verdict => rows.word(decided.verdict.word()),
                Field::Reward => rows.word(&reward.as_ref().map(reward_text).unwrap_or_default()),
                Field::Reasons => rows.word(&told.reasons),
                Field::Why => rows.word(&told.why),
                Field::Next => rows.word(&told.next),
                Field::Deadline => rows.day(*deadline),
                Field::Masks => {
                    [decided.met, decided.failed, decided.pending, decided.open].into_iter().for_each(|mask| rows.whole(mask));
                }
            }
        }
    }
}

/// What a decision came to in a row of the strip that was decided last.
fn told(group: &mut Group<'_>, made: usize, batch: &Batch, strip: usize, at: usize) -> Option<Told> {
    let Group { engine, workspace, asked, .. } = group;
    let decided = workspace.decided().get(made)?.at(at);
    let asked = asked.get(made)?.iter().find(|(_, rows)| rows.has(at)).map(|(slot, _)| *slot);
    let reward = match decided.verdict {
        Verdict::Qualifies | Verdict::Blocked => engine.reward(made, batch, strip, at, workspace),
        _ => None,
    };
    let deadline = match decided.verdict {
        Verdict::OnTrack => engine.deadline(made, batch, strip, at, workspace),
        _ => None,
    };
    Some(Told { decided, asked, reward, deadline })
}

fn count(tally: &mut Tally, decision: usize, told: &Told) {
    let verdict = told.decided.verdict;
    tally.count(decision, verdict, 1);
    if matches!(verdict, Verdict::DoesNotQualify | Verdict::Denied | Verdict::Fail) {
        bits(told.decided.failed).for_each(|at| tally.count_failed(decision, at, 1));
    }
    told.asked.into_iter().for_each(|slot| tally.count_asked(decision, slot, 1));
    if verdict == Verdict::Qualifies {
        told.reward.iter().for_each(|reward| tally.count_earned(decision, reward));
    }
}

/// The record that stands for all of an account in one row: the first with the best verdict, because a credit or an act is
/// had through any of them; of a check the first with the worst, because it is sound only if each is.
fn chosen<'t>(
    program: &Program,
    decision: usize,
    all: impl Iterator<Item = (&'t str, &'t Told)>,
) -> Option<(&'t str, &'t Told)> {
    let is_check = program.decisions.get(decision).is_some_and(|one| one.kind == DecisionKind::Check);
    let rank = |told: &Told| {
        let rank = i16::from(crate::advise::rank(told.decided.verdict));
        if is_check { -rank } else { rank }
    };
    // The first of equal ones: `max_by_key` takes the last.
    all.fold(None, |best: Option<(&str, &Told)>, one| match best {
        Some(best) if rank(best.1) >= rank(one.1) => Some(best),
        _ => Some(one),
    })
}

/// `1 qualifies, 2 does_not_qualify`
fn counts(verdicts: impl Iterator<Item = Verdict>) -> String {
    let mut counts = [0_usize; Verdict::ALL.len()];
    for verdict in verdicts {
        if let Some(count) = Verdict::ALL.iter().position(|one| *one == verdict).and_then(|at| counts.get_mut(at)) {
            *count += 1;
        }
    }
    let counted = Verdict::ALL.iter().zip(counts).filter(|(_, count)| *count > 0);
    counted.map(|(verdict, count)| format!("{count} {}", verdict.word())).collect::<Vec<_>>().join(", ")
}

/// Rows of results as they are filled, cell by cell from the left.
struct Rows<'a> {
    shape: &'a Shape,
    /// In long rows: does each name a record? In wide ones: which decisions are made for records?
    named: bool,
    of_records: Vec<bool>,
    chunk: OutChunk,
    /// The next column to fill.
    next: usize,
}

impl<'a> Rows<'a> {
    fn new(program: &Program, shape: &'a Shape, decoded: &Decoded) -> Self {
        let mut columns = Vec::new();
        columns.extend(shape.files.then(|| OutColumn::Words(Words::default())));
        columns.push(OutColumn::Whole(Vec::new()));
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
        let of_records: Vec<bool> = shape.decisions.iter().map(|at| is_of_records(program, *at)).collect();
        let words = |count: usize| (0..count).map(|_| OutColumn::Words(Words::default()));
        let named = shape.has_records(program);
        if shape.long {
            columns.extend(words(1 + usize::from(named)));
            own(&mut columns);
        } else {
            for is_of_records in &of_records {
                columns.extend(words(if *is_of_records { 2 } else { 0 }));
                own(&mut columns);
            }
        }
        Self { shape, named, of_records, chunk: OutChunk { rows: 0, columns }, next: 0 }
    }

    /// Begins a row with its number and what is carried.
    fn begin(&mut self, decoded: &Decoded, row: usize) {
        self.chunk.rows += 1;
        self.next = 0;
        if self.shape.files {
            self.word(&decoded.file);
        }
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
        self.begin(decoded, row);
        if self.shape.long {
            self.word("");
            self.record("");
            return self.fields("invalid", decoded.reason(row));
        }
        for place in 0..self.of_records.len() {
            if self.of_records.get(place) == Some(&true) {
                self.word("");
                self.word("");
            }
            self.fields("invalid", decoded.reason(row));
        }
    }

    /// The cells of a decision that was not made.
    fn blank(&mut self) {
        self.fields("", "");
    }

    fn fields(&mut self, verdict: &str, why: &str) {
        for field in &self.shape.fields {
            match field {
                Field::Verdict => self.word(verdict),
                Field::Why => self.word(why),
                Field::Deadline => self.day(None),
                Field::Masks => (0..4).for_each(|_| self.whole(0)),
                Field::Reward | Field::Reasons | Field::Next => self.word(""),
            }
        }
    }

    /// The record that a row is about, where rows name one.
    fn record(&mut self, key: &str) {
        if self.named {
            self.word(key);
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
            let code = words.code(text);
            words.push_code(code);
        }
        self.next += 1;
    }

    fn finish(self) -> OutChunk {
        self.chunk
    }
}
