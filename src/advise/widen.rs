//! Which values of a changed fact do as well as the one that was tried.
//!
//! In: the search for changes and a set that it proved. Out: the set with all values that lead as far, for as long.
//! Owns what is told beside a tried value; each cell of it is decided with, on every day up to the one that is promised.
//! Never finds another set, and never tells more than was tried where nothing is left to try with.

use super::cells::{Cell, Free};
use super::changes::{Search, Set};
use super::timeline::first_turn;
use super::trial::Exhausted;
use super::{ChangeSet, Values};
use crate::program::{AS_OF, Lane, NO_EVENT, SlotId, Type, Verdict};
use crate::value::Day;

/// What the values that are told must come to.
#[derive(Clone, Copy)]
struct Goal {
    /// The verdict.
    then: Verdict,
    /// The last day on which it is still surely this one.
    until: Option<Day>,
}

fn is_ordered(ty: Option<&Type>) -> bool {
    matches!(ty, Some(Type::Money | Type::Integer | Type::Decimal | Type::Percent | Type::Date { .. }))
}

impl Search<'_, '_> {
    /// Adds to each change of a set the values that do as well while the other changes are as they were tried.
    pub fn widen(&mut self, set: &mut ChangeSet) {
        let start = self.trial.mark();
        let tried: Set = set.set.iter().map(|change| (change.slot, change.tried)).collect();
        for change in &mut set.set {
            for (other, lane) in tried.iter().filter(|(other, _)| *other != change.slot) {
                self.trial.give(*other, *lane);
            }
            let found = self.leading(change.slot, change.tried, Goal { then: set.then, until: set.until });
            self.trial.back(start);
            let to = found.unwrap_or_else(|Exhausted| Values::OneOf(vec![change.tried]));
            change.to = to.spelled(self.trial, change.slot);
        }
    }

    /// The values around a tried one that lead as far and for as long.
    fn leading(&mut self, slot: SlotId, tried: Lane, goal: Goal) -> Result<Values, Exhausted> {
        let ty = self.trial.ty(slot);
        if matches!(ty, Some(Type::Set(_))) {
            return Ok(Values::OneOf(vec![tried]));
        }
        self.trial.is_allowed()?;
        // How long a verdict holds may turn at other values than the verdict itself: where the day does something later.
        let free: &[SlotId] = if slot == AS_OF { &[] } else { &[AS_OF] };
        let found = self.trial.cells(slot, Free::These(free));
        if !found.exact {
            // Between values that were left out, the verdict may turn.
            return Ok(Values::OneOf(vec![tried]));
        }
        let cells = self.reached(slot, found);
        if is_ordered(ty) && tried.main != NO_EVENT {
            let line = |cell: &Cell| cell.lane.main != NO_EVENT && (ty != Some(&Type::Money) || cell.lane.aux == tried.aux);
            let line: Vec<(Cell, bool)> = cells.into_iter().filter(|(cell, _)| line(cell)).collect();
            return self.range(slot, &line, tried, goal);
        }
        let (mut led, mut other, mut rest) = (Vec::new(), Vec::new(), false);
        for (cell, is_reached) in cells.into_iter().filter(|(cell, _)| !is_ordered(ty) || cell.lane.main == NO_EVENT) {
            let leads = is_reached && self.leads(slot, &cell, goal)?;
            rest |= leads && cell.rest;
            if leads {
                led.extend(cell.members);
            } else if !cell.rest {
                other.extend(cell.members);
            }
        }
        Ok(match rest {
            true if !other.contains(&tried) => Values::NotOneOf(other),
            false if led.contains(&tried) => Values::OneOf(led),
            _ => Values::OneOf(vec![tried]),
        })
    }

    /// The values around a tried one on a line of cells, ascending.
    fn range(&mut self, slot: SlotId, line: &[(Cell, bool)], tried: Lane, goal: Goal) -> Result<Values, Exhausted> {
        let alone = Values::OneOf(vec![tried]);
        let Some(at) = line.iter().position(|(cell, _)| cell.lane == tried) else { return Ok(alone) };
        let (below, from) = line.split_at(at);
        let (mut first, mut last) = (tried, tried);
        let (mut down, mut up) = (true, true);
        for (cell, is_reached) in below.iter().rev() {
            // Where it may not be brought, the values that are told end, whatever would be decided there.
            down = *is_reached && self.leads(slot, cell, goal)?;
            if !down {
                break;
            }
            first = cell.lane;
        }
        for (cell, is_reached) in from.iter().skip(1) {
            up = *is_reached && self.leads(slot, cell, goal)?;
            if !up {
                break;
            }
            last = cell.lane;
        }
        // Below the lowest cell nothing turns; above the value of today the range begins where the verdict turns.
        let now = self.now(slot);
        down &= (tried.main, tried.aux) < (now.main, now.aux);
        let (low, high) = ((!down).then_some(first), (!up).then_some(last));
        // Without an end nothing would say in which currency.
        let unnamed = self.trial.ty(slot) == Some(&Type::Money) && low.is_none() && high.is_none();
        Ok(if unnamed { alone } else { Values::Range(low, high) })
    }

    /// Does every value of a cell lead as far, and for as long? Of values that nobody names this must be the same day: which
    /// of them would have to be done earlier, nobody could say.
    fn leads(&mut self, slot: SlotId, cell: &Cell, goal: Goal) -> Result<bool, Exhausted> {
        let mark = self.trial.mark();
        let led = self.trial.give(slot, cell.lane);
        let led = if led { self.holds(goal, cell.rest) } else { Ok(false) };
        self.trial.back(mark);
        led
    }

    /// Is the verdict that of a goal, on every day until then, and if asked for, no longer?
    fn holds(&mut self, goal: Goal, no_longer: bool) -> Result<bool, Exhausted> {
        let reached = self.trial.verdict()? == goal.then;
        if !reached || self.counted.iter().any(|when| self.trial.truths().holds(*when)) {
            return Ok(false);
        }
        let turns = first_turn(self.trial, goal.then, goal.until)?;
        Ok(match (turns, goal.until) {
            (None, None) => true,
            (None, Some(_)) => !no_longer,
            (Some(turn), until) => until.is_some_and(|until| turn > until),
        })
    }
}
