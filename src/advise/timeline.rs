//! Until when a verdict holds, if no fact but the day changes.
//!
//! In: a trial. Out: the days on which the verdict turns, with what turns it.
//! Owns the list of days: those on which a comparison with the day may turn, not every day. Never looks back.

use super::trial::{Exhausted, Trial};
use super::{LIMIT, Stretch, Through};
use crate::eval::Decided;
use crate::program::{AS_OF, Judged, Lane, Verdict};
use crate::value::Day;

/// The verdict from today on.
pub(super) fn timeline(trial: &mut Trial<'_>) -> Result<Vec<Stretch>, Exhausted> {
    trial.allow(LIMIT);
    from_now(trial)
}

/// The verdict from the tried day on, within the evaluations that are left.
pub(super) fn from_now(trial: &mut Trial<'_>) -> Result<Vec<Stretch>, Exhausted> {
    let mut before = trial.decided()?;
    let mut found = vec![Stretch { from: trial.as_of(), verdict: before.verdict, through: None }];
    let mark = trial.mark();
    for day in trial.breakpoints()? {
        trial.give(AS_OF, Lane { main: day, aux: 0 });
        let now = trial.decided();
        trial.back(mark);
        let now = now?;
        if now.verdict != before.verdict {
            found.push(Stretch { from: day, verdict: now.verdict, through: through(trial, &before, &now) });
        }
        before = now;
    }
    Ok(found)
}

/// The first day after the tried one on which the verdict is not one that it is on the tried day; days after the one behind
/// `until` are not looked at.
pub(super) fn first_turn(trial: &mut Trial<'_>, verdict: Verdict, until: Option<Day>) -> Result<Option<Day>, Exhausted> {
    let mark = trial.mark();
    for day in trial.breakpoints()? {
        if until.is_some_and(|until| day > until + 1) {
            break;
        }
        trial.give(AS_OF, Lane { main: day, aux: 0 });
        let now = trial.verdict();
        trial.back(mark);
        if now? != verdict {
            return Ok(Some(day));
        }
    }
    Ok(None)
}

/// Through what a verdict turned: the first part that came out otherwise and on which the new verdict rests.
fn through(trial: &Trial<'_>, before: &Decided, now: &Decided) -> Option<Through> {
    let requirement = |wanted: &dyn Fn(Judged) -> bool| {
        let all = 0..trial.planned.requirements.len();
        all.into_iter().find(|at| wanted(now.result(*at)) && before.result(*at) != now.result(*at)).map(Through::Requirement)
    };
    let state = || {
        let mut all = 0..trial.planned.states.len();
        all.find(|at| before.state(*at) != now.state(*at)).map(Through::State)
    };
    match now.verdict {
        Verdict::Closed => Some(Through::Closing),
        _ if before.verdict == Verdict::Closed => Some(Through::Closing),
        Verdict::DoesNotQualify | Verdict::Denied | Verdict::Fail => requirement(&|result| result == Judged::Failed),
        Verdict::Lost | Verdict::Blocked => state(),
        Verdict::Undetermined => requirement(&|result| result == Judged::Open),
        _ => None,
    }
    .or_else(|| requirement(&|_| true))
    .or_else(state)
}

/// The last day of the first stretch, where it has one.
pub(super) fn last_day(stretches: &[Stretch]) -> Option<Day> {
    stretches.get(1).map(|next| next.from - 1)
}
