//! Which absent facts matter: those that can still change an open verdict, each with the account on which it does.
//!
//! In: a trial, and the facts that may be told. Out: facts that are proved to matter, those that were not analysed within the
//! limit, and answers with which the decision comes out well.
//! Owns the proof: with the fact the verdict is settled, without it open, both decided by the evaluator. Never orders questions.
//!
//! By the contract more facts never turn a verdict that is settled. So a fact matters exactly where one part of the decision
//! rests on it, seen with some answers to the other questions of that part, and the rest of the decision is still open
//! (where the part then rules the decision out) or can come out well (where the part then stands no longer in its way).
//!
//! Other questions may stay unanswered: an answer to what is asked first can make needless what is asked later, which then
//! matters only to somebody who cannot give that answer. So answers are sought twice: in the order of asking, where most
//! proofs are found, and for what remains in every choice of facts to tell, which alone shows that a fact does not matter.

use super::cells::{Cell, Cells, Free};
use super::rank;
use super::trial::{Exhausted, Mark, Trial};
use crate::eval::Decided;
use crate::program::{Judged, Lane, SlotId, Type, Verdict};

/// Evaluations that one part of a decision may take, each time.
const SHARE: u64 = 1_000;

/// Evaluations that may be taken each time to find out whether a part that is no longer in the way leads to a good end.
const FEW: u64 = 200;

/// Facts with the answers that are supposed for them.
pub(super) type Answers = Vec<(SlotId, Lane)>;

/// What was found.
pub(super) struct Matter {
    /// Facts that make the difference on some account.
    pub proved: Vec<SlotId>,
    /// Other facts that may, as far as was analysed within the limit.
    pub unsure: Vec<SlotId>,
    /// Answers with which the decision comes out well, where there are any.
    pub good: Option<Answers>,
    /// Are there such answers, or was not every answer tried?
    pub hopeful: bool,
}

/// The search for the facts that matter.
struct Search<'t, 'p> {
    trial: &'t mut Trial<'p>,
    /// Facts that are absent and that somebody may know.
    free: Vec<SlotId>,
    proved: Vec<SlotId>,
    good: Option<Answers>,
    /// Was every answer tried for that?
    sure_of_good: bool,
    /// Was every answer tried that the part under analysis may rest on?
    sure: bool,
}

/// A fact without which a part must stay open, and where the facts stand to which answers are added.
#[derive(Clone, Copy)]
struct Needing {
    slot: SlotId,
    part: usize,
    root: Mark,
}

/// Which of the free facts matter to a verdict that is open; of some it is known already.
pub(super) fn matter(trial: &mut Trial<'_>, base: &Decided, free: Vec<SlotId>, proved: Vec<SlotId>) -> Matter {
    let mut search = Search { trial, free, proved, good: None, sure_of_good: true, sure: true };
    search.well();
    let mut parts = search.trial.open_parts(base);
    parts.sort_by_key(|part| search.trial.part(*part).map_or(0, |part| part.slots.len()));
    search.in_order(&parts);
    let unsure = search.in_any_order(&parts);
    let hopeful = search.good.is_some() || !search.sure_of_good;
    Matter { proved: search.proved, unsure, good: search.good, hopeful }
}

/// Does a verdict leave nothing to ask, and is it good?
fn is_good(verdict: Verdict) -> bool {
    rank(verdict) >= 2
}

impl Search<'_, '_> {
    /// The cells of a fact; where others may exist, nothing is sure any more.
    fn cells(&mut self, slot: SlotId) -> Result<Vec<Cell>, Exhausted> {
        self.trial.is_allowed()?;
        let Cells { cells, exact } = self.trial.cells(slot, Free::Absent);
        self.sure &= exact;
        Ok(cells)
    }

    fn unproved(&self, slot: SlotId) -> bool {
        self.free.contains(&slot) && !self.proved.contains(&slot)
    }

    fn prove(&mut self, slot: SlotId) {
        if self.unproved(slot) {
            self.proved.push(slot);
        }
    }

    /// Looks for answers with which the decision comes out well, and proves what they rest on.
    fn well(&mut self) {
        let mark = self.trial.mark();
        let mut path = Vec::new();
        self.sure = true;
        match self.find_good(&mut path, None) {
            Ok(true) => {
                for slot in path.iter().map(|(slot, _)| *slot).collect::<Vec<_>>() {
                    // What is not proved now is tried again with the parts.
                    let _ = self.prove_by(&path, slot, mark);
                }
                self.good = Some(path);
            }
            Ok(false) => self.sure_of_good = self.sure,
            Err(Exhausted) => self.sure_of_good = false,
        }
        self.trial.back(mark);
    }

    /// Does a fact make the difference to a settled verdict: is it open without that answer?
    fn prove_by(&mut self, path: &Answers, slot: SlotId, mark: Mark) -> Result<(), Exhausted> {
        if !self.unproved(slot) {
            return Ok(());
        }
        self.replay(path, Some(slot), mark);
        if self.trial.verdict()? == Verdict::Undetermined {
            self.prove(slot);
        }
        Ok(())
    }

    /// Gives answers anew, one of them left out.
    fn replay(&mut self, path: &Answers, without: Option<SlotId>, mark: Mark) {
        self.trial.back(mark);
        for (slot, lane) in path.iter().filter(|(slot, _)| Some(*slot) != without) {
            self.trial.give(*slot, *lane);
        }
    }

    /// Extends answers until the decision comes out well. If it cannot, the answers are as they were, and it says no.
    /// `needing` is a fact that a part must go on needing.
    fn find_good(&mut self, path: &mut Answers, needing: Option<Needing>) -> Result<bool, Exhausted> {
        if let Some(needing) = needing
            && !self.needs(path, needing)?
        {
            return Ok(false);
        }
        let decided = self.trial.decided()?;
        if decided.verdict != Verdict::Undetermined {
            return Ok(is_good(decided.verdict));
        }
        let Some(slot) = self.next(&decided) else { return Ok(false) };
        let mark = self.trial.mark();
        let mut cells = self.cells(slot)?;
        match self.trial.ty(slot) {
            // Most of what is asked about happened of late, and in the currency of everything else.
            Some(Type::Date { .. }) => {
                let today = self.trial.as_of();
                cells.sort_by_key(|cell| cell.lane.main.saturating_sub(today).saturating_abs());
            }
            Some(Type::Money) => {
                let usual = self.trial.currencies();
                cells.sort_by_key(|cell| !usual.contains(&cell.lane.aux));
            }
            _ => {}
        }
        let mut answered = false;
        for cell in cells {
            if !self.trial.give(slot, cell.lane) {
                continue;
            }
            answered = true;
            path.push((slot, cell.lane));
            if self.find_good(path, needing)? {
                return Ok(true);
            }
            path.pop();
            self.trial.back(mark);
        }
        // Another answer can do what the needed one does, so that it is better not given.
        if answered && needing.is_none() { Ok(false) } else { self.without(slot, |search| search.find_good(path, needing)) }
    }

    /// Is a part open on these answers but for one?
    fn needs(&mut self, path: &Answers, needing: Needing) -> Result<bool, Exhausted> {
        self.replay(path, Some(needing.slot), needing.root);
        let open = self.trial.is_open(needing.part);
        self.replay(path, None, needing.root);
        open
    }

    /// Goes on without asking for a fact to which no answer agrees with what is known.
    fn without<T>(&mut self, slot: SlotId, search: impl FnOnce(&mut Self) -> Result<T, Exhausted>) -> Result<T, Exhausted> {
        let free = self.free.clone();
        self.free.retain(|known| *known != slot);
        let found = search(self);
        self.free = free;
        found
    }

    /// A fact that an open part misses; nothing where some open part can never be settled by telling.
    fn next(&self, decided: &Decided) -> Option<SlotId> {
        let (mut first, mut other) = (None, None);
        for part in self.trial.open_parts(decided) {
            match self.missing(part, decided).into_iter().find(|slot| self.free.contains(slot)) {
                Some(slot) => first = first.or(Some(slot)),
                None => other = other.or(Some(self.later(part)?)),
            }
        }
        // Where little is left to tell, a search that must fail fails soonest.
        other.or(first)
    }

    /// A fact on which a part may rest though it does not miss it now: behind a guard that is not known, it can rule it out.
    fn later(&self, part: usize) -> Option<SlotId> {
        self.trial.rests_on(part).into_iter().find(|slot| self.free.contains(slot))
    }

    /// What an open part misses. One that is judged once another is met misses what that one does.
    fn missing(&self, part: usize, decided: &Decided) -> Vec<SlotId> {
        let target = self.trial.planned.requirements.get(part).and_then(|requirement| requirement.only_once).map(usize::from);
        match target.map(|target| (target, decided.result(target))) {
            Some((target, Judged::Open)) => self.missing(target, decided),
            Some((_, Judged::Failed | Judged::Pending)) => Vec::new(),
            Some((_, Judged::Met)) | None => self.trial.missing_from(part, decided.met),
        }
    }

    /// Proves the facts of each part by answers in the order of asking.
    fn in_order(&mut self, parts: &[usize]) {
        let mark = self.trial.mark();
        for part in parts {
            // A part of its own that takes long leaves the others their share.
            self.trial.allow(SHARE);
            // What is not proved now is tried again in any order.
            let _ = self.explore(*part, &mut Vec::new(), mark);
            self.trial.back(mark);
        }
    }

    /// Proves what is not proved so far, by whichever answers. Says which facts were not analysed within the limit.
    fn in_any_order(&mut self, parts: &[usize]) -> Vec<SlotId> {
        let mark = self.trial.mark();
        let mut unsure = Vec::new();
        for part in parts {
            self.trial.allow(SHARE);
            for slot in self.trial.part(*part).map_or(&[][..], |part| &part.slots) {
                if self.unproved(*slot) {
                    self.sure = true;
                    let done = self.turn(*part, *slot, &mut Vec::new(), 0, mark);
                    self.trial.back(mark);
                    if done.is_err() || !self.sure {
                        unsure.push(*slot);
                    }
                }
            }
        }
        unsure.retain(|slot| self.unproved(*slot));
        unsure
    }

    /// Follows the questions of one part in their order. Wherever they settle it, what the result rests on is proved.
    fn explore(&mut self, part: usize, path: &mut Answers, root: Mark) -> Result<(), Exhausted> {
        let slots = self.trial.part(part).map_or(&[][..], |part| &part.slots);
        if !slots.iter().any(|slot| self.unproved(*slot)) {
            return Ok(());
        }
        if !self.trial.is_open(part)? {
            return self.settled(part, path, root);
        }
        let decided = self.trial.decided()?;
        let missing = self.missing(part, &decided);
        let slot = missing.into_iter().find(|slot| self.free.contains(slot)).or_else(|| self.later(part));
        let Some(slot) = slot else { return Ok(()) };
        // Answers after which something is asked that is not proved yet come first.
        let (mut near, mut far) = (Vec::new(), Vec::new());
        for cell in self.cells(slot)? {
            if self.trial.give(slot, cell.lane) {
                let near_by = self.asks_unproved(part)?;
                self.replay(path, None, root);
                if near_by { near.push(cell) } else { far.push(cell) }
            }
        }
        if near.is_empty() && far.is_empty() {
            return self.without(slot, |search| search.explore(part, path, root));
        }
        for cell in near.into_iter().chain(far) {
            self.trial.give(slot, cell.lane);
            path.push((slot, cell.lane));
            self.explore(part, path, root)?;
            path.pop();
            self.replay(path, None, root);
        }
        Ok(())
    }

    /// Does a part miss a fact now that nothing has proved so far?
    fn asks_unproved(&mut self, part: usize) -> Result<bool, Exhausted> {
        let decided = self.trial.decided()?;
        Ok(self.missing(part, &decided).into_iter().any(|slot| self.unproved(slot)))
    }

    /// Looks for an account on which a fact makes the difference to a part: every set of answers to other questions of the
    /// part, those that are asked later than others too, on which it is open and still rests on the fact. By `from` the
    /// facts are taken in one order, so that no set comes twice.
    fn turn(&mut self, part: usize, slot: SlotId, path: &mut Answers, from: usize, root: Mark) -> Result<(), Exhausted> {
        if !self.trial.is_open(part)? {
            return Ok(());
        }
        let rests_on = self.trial.rests_on(part);
        if !rests_on.contains(&slot) {
            return Ok(());
        }
        for cell in self.cells(slot)? {
            if self.trial.give(slot, cell.lane) && !self.trial.is_open(part)? {
                path.push((slot, cell.lane));
                let done = self.difference(part, path, slot, root);
                path.pop();
                done?;
            }
            self.replay(path, None, root);
            if !self.unproved(slot) {
                return Ok(());
            }
        }
        let slots = self.trial.part(part).map_or(&[][..], |part| &part.slots);
        for (at, other) in slots.iter().enumerate().skip(from) {
            if *other == slot || !self.free.contains(other) || !rests_on.contains(other) {
                continue;
            }
            for cell in self.cells(*other)? {
                if self.trial.give(*other, cell.lane) {
                    path.push((*other, cell.lane));
                    self.turn(part, slot, path, at + 1, root)?;
                    path.pop();
                }
                self.replay(path, None, root);
                if !self.unproved(slot) {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn settled(&mut self, part: usize, path: &mut Answers, root: Mark) -> Result<(), Exhausted> {
        for slot in path.iter().map(|(slot, _)| *slot).collect::<Vec<_>>() {
            if self.unproved(slot) {
                self.difference(part, path, slot, root)?;
                self.replay(path, None, root);
            }
        }
        Ok(())
    }

    /// Does an answer make the difference, together with the others of the path? Where these rule the decision out, it must
    /// be open without; where they do not, the decision must come out well with further answers, and be open without.
    fn difference(&mut self, part: usize, path: &Answers, slot: SlotId, root: Mark) -> Result<(), Exhausted> {
        self.replay(path, None, root);
        let verdict = self.trial.verdict()?;
        if verdict != Verdict::Undetermined {
            return self.prove_by(path, slot, root);
        }
        if self.good.is_some() {
            let mut further = path.clone();
            let left = self.trial.allowed();
            let few = left.min(FEW);
            self.trial.allow(few);
            let found = self.find_good(&mut further, Some(Needing { slot, part, root }));
            self.trial.allow(left - (few - self.trial.allowed()));
            match found {
                Ok(true) => self.prove_by(&further, slot, root)?,
                Ok(false) => {}
                Err(Exhausted) => self.sure = false,
            }
        } else {
            self.sure &= self.sure_of_good;
        }
        Ok(())
    }
}
