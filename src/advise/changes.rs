//! What would change a verdict for the better: every smallest set of changes that the vocabulary allows.
//!
//! In: a trial. Out: change sets, each decided with to prove where it leads.
//! Owns the search: whoever wants another verdict must change a fact that something in its way reads. Never proposes a
//! change that nobody can make or that must not be advised, and never that the platform simply counts a threshold as
//! reached: that is a result, not a step.

use super::cells::{Cell, Cells, Free};
use super::moves::Moves;
use super::timeline::{from_now, last_day};
use super::trial::{Exhausted, Trial};
use super::{Change, ChangeSet, Changes, LIMIT, Values, rank};
use crate::eval::Decided;
use crate::facts::State;
use crate::plan::{BodyPlan, Ref};
use crate::program::{AS_OF, Judged, Lane, SlotId, Verdict};
use crate::syntax::{DecisionKind, StateKind};

/// So many change sets are told.
const TOLD: usize = 10;
/// So many facts may have to be changed together.
const TOGETHER: usize = 5;

/// Facts with the values that they are brought to.
pub(super) type Set = Vec<(SlotId, Lane)>;

/// The search for the sets that reach one verdict, or a better one.
pub(super) struct Search<'t, 'p> {
    pub trial: &'t mut Trial<'p>,
    moves: &'t Moves,
    movable: Vec<SlotId>,
    /// What each movable fact is.
    now: Vec<(SlotId, Lane)>,
    /// Conditions by which a threshold counts as reached whatever was spent, and that do not hold now.
    pub counted: Vec<Ref>,
    wanted: u8,
    found: Vec<(Set, Verdict)>,
    /// Was everything tried that could lead there?
    complete: bool,
}

/// The change sets of a decision, the best verdict and the fewest changes first.
pub(super) fn changes(trial: &mut Trial<'_>, moves: &Moves) -> Changes {
    trial.allow(LIMIT);
    let Ok(base) = trial.decided() else { return Changes::default() };
    let now = rank(base.verdict);
    let start = trial.mark();
    let credit = trial.decision.kind == DecisionKind::Credit;
    let movable = movable(trial, moves);
    let counted = counted(trial);
    let values = movable.iter().filter_map(|slot| Some((*slot, trial.get(*slot)?))).collect();
    let mut search = Search { trial, moves, movable, now: values, counted, wanted: 0, found: Vec::new(), complete: true };
    let mut all: Vec<(Set, Verdict)> = Vec::new();
    let positive: &[u8] = if credit { &[4, 3] } else { &[4] };
    let levels = positive.iter().copied().filter(|wanted| *wanted > now).chain((now == 0).then_some(1));
    for wanted in levels {
        // That a verdict is open again is worth telling where nothing better can be had.
        if wanted > 1 || all.is_empty() {
            let done = search.reach(wanted);
            search.complete &= done.is_ok();
            search.trial.back(start);
            add(&mut all, std::mem::take(&mut search.found));
        }
    }
    // Proving may take as long again, or what was found could not be told.
    search.trial.allow(LIMIT);
    let mut sets = Vec::new();
    for (set, then) in all {
        match search.proved(&set, then) {
            Ok(proved) => sets.extend(proved),
            Err(Exhausted) => search.complete = false,
        }
        search.trial.back(start);
    }
    sets.sort_by_key(|set| {
        let order = |change: &Change| match change.by.as_str() {
            "client" => 0_u8,
            "spend" => 1,
            "time" => 2,
            _ => 3,
        };
        let hardest = set.set.iter().map(order).max().unwrap_or(0);
        let slots: Vec<SlotId> = set.set.iter().map(|change| change.slot).collect();
        (std::cmp::Reverse(rank(set.then)), set.set.len(), hardest, slots)
    });
    sets.truncate(TOLD);
    // With what is left it is found out which other values do as well; of sets for which nothing is left, only those tried.
    for set in &mut sets {
        search.widen(set);
    }
    Changes { sets, complete: search.complete }
}

/// Adds sets whose facts are not those of a set that is there.
fn add(all: &mut Vec<(Set, Verdict)>, found: Vec<(Set, Verdict)>) {
    for (set, verdict) in found {
        if !all.iter().any(|(known, _)| same_facts(known, &set)) {
            all.push((set, verdict));
        }
    }
}

fn same_facts(a: &Set, b: &Set) -> bool {
    a.len() == b.len() && within(a, b)
}

/// Are all facts of one set in another?
fn within(small: &Set, large: &Set) -> bool {
    small.iter().all(|(slot, _)| large.iter().any(|(other, _)| other == slot))
}

/// Known facts that somebody can change, and the day.
fn movable(trial: &Trial<'_>, moves: &Moves) -> Vec<SlotId> {
    let known = |slot: &SlotId| matches!(trial.known(*slot), State::Given | State::Derived);
    let all = trial.scope.all.slots.iter().copied().filter(|slot| *slot != AS_OF).chain([AS_OF]);
    all.filter(|slot| known(slot) && moves.party(trial.program, *slot).is_some()).collect()
}

/// The conditions by which progress counts as reached and that do not hold; of what was evaluated last.
fn counted(trial: &Trial<'_>) -> Vec<Ref> {
    let progress = trial.planned.requirements.iter().filter_map(|requirement| match &requirement.body {
        BodyPlan::Progress(progress) => progress.counted,
        _ => None,
    });
    progress.filter(|when| !trial.truths().holds(*when)).collect()
}

impl Search<'_, '_> {
    /// Finds every smallest set that leads to a verdict of at least some rank.
    fn reach(&mut self, wanted: u8) -> Result<(), Exhausted> {
        self.wanted = wanted;
        for size in 1..=TOGETHER {
            let before = self.found.len();
            self.extend(&mut Vec::new(), size)?;
            if self.found.len() >= TOLD * 2 && self.found.len() > before {
                break;
            }
        }
        Ok(())
    }

    fn extend(&mut self, chosen: &mut Set, left: usize) -> Result<(), Exhausted> {
        let decided = self.trial.decided()?;
        if self.counted.iter().any(|when| self.trial.truths().holds(*when)) {
            return Ok(());
        }
        if rank(decided.verdict) >= self.wanted {
            if left == 0 {
                let mut set = chosen.clone();
                set.sort_unstable_by_key(|(slot, _)| *slot);
                self.found.push((set, decided.verdict));
            }
            return Ok(());
        }
        if left == 0 {
            return Ok(());
        }
        let Some(candidates) = self.in_the_way(&decided, chosen) else { return Ok(()) };
        for slot in candidates {
            let mut with = chosen.clone();
            with.push((slot, Lane::default()));
            if self.found.iter().any(|(set, _)| within(set, &with)) {
                continue;
            }
            for (cell, _) in self.cells(slot, left > 1)?.into_iter().filter(|(_, is_reached)| *is_reached) {
                let mark = self.trial.mark();
                if self.trial.give(slot, cell.lane) {
                    chosen.push((slot, cell.lane));
                    let done = self.extend(chosen, left - 1);
                    chosen.pop();
                    self.trial.back(mark);
                    done?;
                }
                if self.found.iter().any(|(set, _)| within(set, &with)) {
                    break;
                }
            }
        }
        Ok(())
    }

    /// The cells of a fact, each with whether it may be brought there.
    fn cells(&mut self, slot: SlotId, with_others: bool) -> Result<Vec<(Cell, bool)>, Exhausted> {
        self.trial.is_allowed()?;
        let free: &[SlotId] = if with_others { &self.movable } else { &[] };
        let found = self.trial.cells(slot, Free::These(free));
        self.complete &= found.exact;
        Ok(self.reached(slot, found))
    }

    /// Cells of a fact cut once more, where only a part of one may be reached.
    pub fn reached(&self, slot: SlotId, found: Cells) -> Vec<(Cell, bool)> {
        let now = self.now(slot);
        let allowed = |lane: &Lane| {
            let later = slot != AS_OF || lane.main > now.main;
            later && self.moves.allowed(self.trial.program, slot, now, *lane).is_some()
        };
        let mut cells = Vec::new();
        for cell in found.cells {
            let (reached, refused): (Vec<Lane>, Vec<Lane>) = cell.members.iter().partition(|lane| allowed(lane));
            // Where some of what nobody names is refused, only what was tried is known to be allowed.
            let rest = cell.rest && refused.is_empty();
            for (members, is_reached) in [(reached, true), (refused, false)] {
                if let Some(lane) = members.first().copied() {
                    cells.push((Cell { lane, members, rest }, is_reached));
                }
            }
        }
        cells
    }

    /// What a fact is before anything is tried.
    pub fn now(&self, slot: SlotId) -> Lane {
        self.now.iter().find(|(known, _)| *known == slot).map(|(_, lane)| *lane).unwrap_or_default()
    }

    /// The facts one of which must change: those that something in the way of the wanted verdict reads and that can be
    /// changed. Of several things in the way, the one with the fewest; nothing where there is none at all.
    fn in_the_way(&self, decided: &Decided, chosen: &Set) -> Option<Vec<SlotId>> {
        let trial = &self.trial;
        let open = |slots: &[SlotId]| -> Vec<SlotId> {
            let free = |slot: &&SlotId| self.movable.contains(slot) && !chosen.iter().any(|(known, _)| known == *slot);
            slots.iter().filter(free).copied().collect()
        };
        // What is not due yet keeps only a credit from the best verdict, and only credits have states.
        let credit = trial.decision.kind == DecisionKind::Credit;
        let mut ways: Vec<Vec<SlotId>> = Vec::new();
        for (at, part) in trial.scope.requirements.iter().enumerate() {
            let stands = match decided.result(at) {
                Judged::Failed => true,
                Judged::Open => self.wanted >= 3,
                Judged::Pending => credit && self.wanted >= 4,
                Judged::Met => false,
            };
            if stands {
                // Progress looks at the day without a condition of its own.
                let mut slots = open(&part.slots);
                if part.reads(AS_OF) && !slots.contains(&AS_OF) {
                    slots.extend(open(&[AS_OF]));
                }
                ways.push(slots);
            }
        }
        for (at, (part, state)) in trial.scope.states.iter().zip(&trial.planned.states).enumerate().filter(|_| credit) {
            let holds = decided.state(at);
            let stands = match state.kind {
                StateKind::Lost => holds.is_true() || (self.wanted >= 3 && holds.is_unknown()),
                StateKind::Blocked => self.wanted >= 3 && !holds.is_false(),
                StateKind::Life | StateKind::Standing => self.wanted >= 3 && !holds.is_false(),
            };
            if stands {
                ways.push(open(&part.slots));
            }
        }
        if decided.verdict == Verdict::Closed {
            let mut slots = open(&trial.scope.editions.slots);
            slots.extend(open(&[AS_OF]).into_iter().filter(|slot| !slots.contains(slot)).collect::<Vec<_>>());
            ways.push(slots);
        }
        ways.into_iter().min_by_key(Vec::len)
    }

    /// Do all but one of the changes lead as far? Then that one is not needed.
    fn is_smallest(&mut self, set: &Set, then: Verdict) -> Result<bool, Exhausted> {
        let start = self.trial.mark();
        for (left_out, _) in set {
            for (slot, lane) in set.iter().filter(|(slot, _)| slot != left_out) {
                self.trial.give(*slot, *lane);
            }
            let verdict = self.trial.verdict();
            self.trial.back(start);
            if rank(verdict?) >= rank(then) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// A set with the values that were tried, and until when; nothing where it is not the smallest, which can only be found
    /// out here where not everything was tried before.
    fn proved(&mut self, set: &Set, then: Verdict) -> Result<Option<ChangeSet>, Exhausted> {
        if !self.is_smallest(set, then)? {
            return Ok(None);
        }
        for (slot, lane) in set {
            self.trial.give(*slot, *lane);
        }
        let until = last_day(&from_now(self.trial)?);
        let change = |(slot, tried): &(SlotId, Lane)| {
            let allowed = self.moves.allowed(self.trial.program, *slot, self.now(*slot), *tried);
            Change {
                slot: *slot,
                by: allowed.map_or_else(String::new, |allowed| allowed.by.to_owned()),
                to: Values::OneOf(vec![*tried]),
                tried: *tried,
                warn: allowed.and_then(|allowed| allowed.warn),
            }
        };
        Ok(Some(ChangeSet { set: set.iter().map(change).collect(), until, then }))
    }
}

/// The best verdict that changes lead to.
pub(super) fn best(changes: &[ChangeSet]) -> Option<Verdict> {
    changes.iter().map(|set| set.then).max_by_key(|then| rank(*then))
}
