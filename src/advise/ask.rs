//! What to ask: the absent facts that can still change a verdict, and no other.
//!
//! In: a trial of an open verdict. Out: questions in the order of asking, and the facts that need not be asked for.
//! Owns the proof for each fact: an account on which it makes the difference, decided with it and without it. Never asks for
//! what only a settled or hopeless part of the decision reads.
//!
//! By the contract more facts never turn a verdict that is settled. So a fact matters exactly where one part of the decision
//! rests on it, seen with some answers to the other questions of that part, and the rest of the decision is still open
//! (where the part then rules the decision out) or can come out well (where the part then stands no longer in its way).

use super::cells::{Cell, Cells};
use super::trial::{Exhausted, Mark, Trial};
use super::{Answer, Asked, LIMIT, Question, Through, Values, rank};
use crate::eval::Decided;
use crate::facts::State;
use crate::plan::BodyPlan;
use crate::program::{AS_OF, Judged, Lane, NO_EVENT, SlotId, Type, Verdict};

/// Evaluations that one part of a decision may take.
const SHARE: u64 = 1_000;

/// Facts with the answers that are supposed for them.
type Answers = Vec<(SlotId, Lane)>;

/// The search for the facts that matter.
struct Search<'t, 'p> {
    trial: &'t mut Trial<'p>,
    /// Facts that are absent and that somebody may know.
    free: Vec<SlotId>,
    /// Those of them that are proved to matter.
    matters: Vec<SlotId>,
    /// Those that may matter, as far as was analysed within the limit.
    may_matter: Vec<SlotId>,
    /// Answers with which the decision comes out well, where there are any.
    good: Option<Answers>,
    /// Was every answer tried for that?
    sure_of_good: bool,
    /// Was every answer tried that the part under analysis may rest on?
    sure: bool,
    /// Is every fact also tried alone, before the questions that are asked first?
    probing: bool,
}

/// What to ask, with answers that lead to a good verdict where there are any.
pub(super) fn ask(trial: &mut Trial<'_>, unknowable: &[SlotId]) -> (Asked, Option<Answers>) {
    trial.allow(LIMIT);
    let scope = trial.scope;
    let absent = scope.all.slots.iter().copied().filter(|slot| *slot != AS_OF && trial.known(*slot) == State::Missing);
    let absent: Vec<SlotId> = absent.collect();
    let Ok(base) = trial.decided() else { return (Asked::default(), None) };
    if base.verdict != Verdict::Undetermined {
        return (Asked { questions: Vec::new(), idle: absent, complete: true }, None);
    }
    let now = missing_now(trial, &base);
    let free: Vec<SlotId> = absent.iter().copied().filter(|slot| !unknowable.contains(slot)).collect();
    let start = trial.mark();
    let mut search = Search {
        trial,
        free,
        matters: Vec::new(),
        may_matter: Vec::new(),
        good: None,
        sure_of_good: true,
        sure: true,
        probing: false,
    };
    let answers = search.alone();
    search.well();
    for probing in [false, true] {
        search.probing = probing;
        search.may_matter.clear();
        search.parts(&base);
    }
    let Search { matters, may_matter, good, .. } = search;
    trial.back(start);
    let mut questions: Vec<Question> = Vec::new();
    for (slot, answers) in answers {
        let proved = matters.contains(&slot);
        if proved || may_matter.contains(&slot) {
            questions.push(Question { slot, through: through(trial, &base, slot), answers, now: now.contains(&slot), proved });
        }
    }
    let effort = |slot: SlotId| trial.program.fact_of(slot).map_or(i64::MAX, |fact| fact.effort);
    questions.sort_by_key(|question| (!question.proved, !question.now, effort(question.slot), !question.may_settle()));
    let asked = |slot: &SlotId| questions.iter().any(|question| question.slot == *slot);
    let idle = absent.into_iter().filter(|slot| !asked(slot) && !unknowable.contains(slot)).collect();
    let complete = questions.iter().all(|question| question.proved);
    (Asked { questions, idle, complete }, good)
}

/// The facts that open parts miss as things are.
fn missing_now(trial: &Trial<'_>, base: &Decided) -> Vec<SlotId> {
    open_parts(trial, base).into_iter().flat_map(|part| trial.missing_from(part, base.met)).collect()
}

/// The parts of a decision that are open: requirements, then state conditions.
fn open_parts(trial: &Trial<'_>, decided: &Decided) -> Vec<usize> {
    let requirements = trial.planned.requirements.len();
    let open = (0..requirements).filter(|at| decided.result(*at) == Judged::Open);
    let states = (0..trial.planned.states.len()).filter(|at| trial.planned.state_kinds.is_open(*at, decided.state(*at)));
    open.chain(states.map(|at| requirements + at)).collect()
}

/// The open parts that a fact stands behind.
fn through(trial: &Trial<'_>, base: &Decided, slot: SlotId) -> Vec<Through> {
    let requirements = trial.planned.requirements.len();
    let parts = open_parts(trial, base).into_iter().filter(|part| trial.part(*part).is_some_and(|part| part.reads(slot)));
    parts
        .map(|part| match part.checked_sub(requirements) {
            None => Through::Requirement(part),
            Some(state) => Through::State(state),
        })
        .collect()
}

/// Does a verdict leave nothing to ask, and is it good?
fn is_good(verdict: Verdict) -> bool {
    rank(verdict) >= 2
}

impl Search<'_, '_> {
    /// The cells of a fact; where others may exist, nothing is sure any more.
    fn cells(&mut self, slot: SlotId) -> Result<Vec<Cell>, Exhausted> {
        self.trial.is_allowed()?;
        let Cells { cells, exact } = self.trial.cells(slot, &[]);
        self.sure &= exact;
        Ok(cells)
    }

    fn unproved(&self, slot: SlotId) -> bool {
        self.free.contains(&slot) && !self.matters.contains(&slot)
    }

    fn proved(&mut self, slot: SlotId) {
        if self.unproved(slot) {
            self.matters.push(slot);
        }
    }

    /// What each answer to each question decides if it comes first.
    fn alone(&mut self) -> Vec<(SlotId, Vec<Answer>)> {
        let mut all = Vec::new();
        for slot in self.free.clone() {
            let mark = self.trial.mark();
            let verdicts = self.verdicts(slot, mark).unwrap_or_default();
            self.trial.back(mark);
            if verdicts.iter().any(|(_, verdict)| *verdict != Verdict::Undetermined) {
                self.proved(slot);
            }
            let mut told = answers(self.trial.ty(slot), verdicts);
            for answer in &mut told {
                answer.to = std::mem::replace(&mut answer.to, Values::Range(None, None)).spelled(self.trial, slot);
            }
            all.push((slot, told));
        }
        all
    }

    fn verdicts(&mut self, slot: SlotId, mark: Mark) -> Result<Vec<(Cell, Verdict)>, Exhausted> {
        let mut verdicts = Vec::new();
        for cell in self.cells(slot)? {
            if self.trial.give(slot, cell.lane) {
                let verdict = self.trial.verdict()?;
                self.trial.back(mark);
                verdicts.push((cell, verdict));
            }
        }
        Ok(verdicts)
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
            self.proved(slot);
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
    /// `needing` is a fact that a part must go on needing: without it the part stays open.
    fn find_good(&mut self, path: &mut Answers, needing: Option<(SlotId, usize)>) -> Result<bool, Exhausted> {
        if let Some((slot, part)) = needing {
            let mark = self.trial.mark();
            self.trial.forget(slot);
            let open = self.is_open(part);
            self.trial.back(mark);
            if !open? {
                return Ok(false);
            }
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
        if answered { Ok(false) } else { self.without(slot, |search| search.find_good(path, needing)) }
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
        for part in open_parts(self.trial, decided) {
            match self.missing(part, decided).into_iter().find(|slot| self.free.contains(slot)) {
                Some(slot) => first = first.or(Some(slot)),
                None => other = other.or(Some(self.unread(part)?)),
            }
        }
        first.or(other)
    }

    /// A fact that a part may read though it does not miss it now: behind a guard that is not known, it can rule it out.
    fn unread(&self, part: usize) -> Option<SlotId> {
        let progress = self.trial.planned.requirements.get(part).is_some_and(|one| matches!(one.body, BodyPlan::Progress(_)));
        if progress {
            // By the contract its facts are asked one after another, and none of them rules anything out unasked.
            return None;
        }
        let slots = self.trial.part(part).map_or(&[][..], |part| &part.slots);
        slots.iter().copied().find(|slot| self.free.contains(slot) && self.trial.known(*slot) == State::Missing)
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

    /// Proves the facts of each open part that nothing has proved so far.
    fn parts(&mut self, base: &Decided) {
        let mut parts = open_parts(self.trial, base);
        parts.sort_by_key(|part| self.trial.part(*part).map_or(0, |part| part.slots.len()));
        for part in parts {
            // A part of its own that takes long leaves the others their share.
            self.trial.allow(SHARE);
            let slots = self.trial.part(part).map_or(&[][..], |part| &part.slots);
            if slots.iter().any(|slot| self.unproved(*slot)) {
                let mark = self.trial.mark();
                self.sure = true;
                let done = self.explore(part, &mut Vec::new(), mark);
                self.trial.back(mark);
                if done.is_err() || !self.sure {
                    let unsure = slots.iter().copied().filter(|slot| self.unproved(*slot)).collect::<Vec<_>>();
                    self.may_matter.extend(unsure);
                }
            }
        }
    }

    /// Is a part open on the answers supposed, and what does it miss?
    fn is_open(&mut self, part: usize) -> Result<bool, Exhausted> {
        Ok(match part.checked_sub(self.trial.planned.requirements.len()) {
            None => self.trial.result(part)? == Judged::Open,
            Some(state) => self.trial.planned.state_kinds.is_open(state, self.trial.state(state)?),
        })
    }

    /// Follows the questions of one part in their order. Wherever they settle it, what the result rests on is proved.
    fn explore(&mut self, part: usize, path: &mut Answers, root: Mark) -> Result<(), Exhausted> {
        let slots = self.trial.part(part).map_or(&[][..], |part| &part.slots);
        if !slots.iter().any(|slot| self.unproved(*slot)) {
            return Ok(());
        }
        if !self.is_open(part)? {
            return self.settled(part, path, root);
        }
        if self.probing {
            for slot in slots.iter().copied().filter(|slot| self.unproved(*slot)).collect::<Vec<_>>() {
                self.probe(part, path, slot, root)?;
            }
        }
        let decided = self.trial.decided()?;
        let missing = self.missing(part, &decided);
        let slot = missing.into_iter().find(|slot| self.free.contains(slot)).or_else(|| self.unread(part));
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

    /// Tries every answer to one question before those that are asked first.
    fn probe(&mut self, part: usize, path: &mut Answers, slot: SlotId, root: Mark) -> Result<(), Exhausted> {
        if path.iter().any(|(known, _)| *known == slot) {
            return Ok(());
        }
        for cell in self.cells(slot)? {
            if self.trial.give(slot, cell.lane) && !self.is_open(part)? {
                path.push((slot, cell.lane));
                let done = self.difference(part, path, slot, root);
                path.pop();
                done?;
            }
            self.replay(path, None, root);
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
            if self.find_good(&mut further, Some((slot, part)))? {
                self.prove_by(&further, slot, root)?;
            }
        } else {
            self.sure &= self.sure_of_good;
        }
        Ok(())
    }
}

/// Answers that decide the same, together.
fn answers(ty: Option<&Type>, verdicts: Vec<(Cell, Verdict)>) -> Vec<Answer> {
    let ordered = matches!(ty, Some(Type::Money | Type::Integer | Type::Decimal | Type::Percent | Type::Date { .. }));
    let mut told: Vec<Answer> = Vec::new();
    if !ordered {
        let listed: Vec<Lane> =
            verdicts.iter().filter(|(cell, _)| !cell.rest).flat_map(|(cell, _)| cell.members.clone()).collect();
        let mut seen: Vec<Verdict> = Vec::new();
        for (_, verdict) in &verdicts {
            if seen.contains(verdict) {
                continue;
            }
            seen.push(*verdict);
            let same = || verdicts.iter().filter(|(_, other)| other == verdict);
            let members: Vec<Lane> = same().filter(|(cell, _)| !cell.rest).flat_map(|(cell, _)| cell.members.clone()).collect();
            let is_set = matches!(ty, Some(Type::Set(_)));
            let to = match same().any(|(cell, _)| cell.rest) && !is_set {
                true => Values::NotOneOf(listed.iter().copied().filter(|lane| !members.contains(lane)).collect()),
                false => Values::OneOf(members),
            };
            told.push(Answer { to, then: *verdict });
        }
        return told;
    }
    if let Some((cell, verdict)) = verdicts.iter().find(|(cell, _)| cell.lane.main == NO_EVENT) {
        told.push(Answer { to: Values::OneOf(vec![cell.lane]), then: *verdict });
    }
    let line: Vec<&(Cell, Verdict)> = verdicts.iter().filter(|(cell, _)| cell.lane.main != NO_EVENT).collect();
    let unit = |lane: Lane| if ty == Some(&Type::Money) { lane.aux } else { 0 };
    for run in line.chunk_by(|(a, first), (b, second)| first == second && unit(a.lane) == unit(b.lane)) {
        let (Some((first, verdict)), Some((last, _))) = (run.first(), run.last()) else { continue };
        let same_unit = || line.iter().filter(|(cell, _)| unit(cell.lane) == unit(first.lane));
        let lowest = same_unit().next().is_some_and(|(cell, _)| cell.lane == first.lane);
        let highest = same_unit().next_back().is_some_and(|(cell, _)| cell.lane == last.lane);
        // Another currency than the rules name decides nothing, and is not worth telling.
        if ty == Some(&Type::Money) && lowest && highest && *verdict == Verdict::Undetermined && line.len() > 1 {
            continue;
        }
        let to = Values::Range((!lowest).then_some(first.lane), (!highest).then_some(last.lane));
        told.push(Answer { to, then: *verdict });
    }
    told
}
