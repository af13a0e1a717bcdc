//! What changes between two versions of the rules: for each decision a proof that nothing does, or accounts that move.
//!
//! In: two versions. Out: a class for each decision, a table of verdicts before and after with an account for each pair.
//! Owns what stricter and looser mean. Never words a change, never counts accounts.

use super::Side;
use super::solve::{Budget, Found, Unclear, Wanted, Witness};
use super::space::Space;
use crate::eval::Decided;
use crate::program::{Decision, Judged, Program, Subject, Verdict};
use crate::syntax::DecisionKind;

/// What became of a decision.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Class {
    /// Proved: every account gets the same verdict and the same reward.
    Same,
    /// Some accounts get less, none gets more.
    Stricter,
    /// Some accounts get more, none gets less.
    Looser,
    /// Some accounts get less, others more.
    Mixed,
    /// Nobody who was decided gets anything else; some accounts are open that were not, or no longer open.
    Opens,
    /// Verdicts or rewards differ, but nobody who was decided gets less or more.
    Other,
    /// Only the new version has it.
    Added,
    /// Only the old version has it.
    Removed,
    /// Nothing is claimed: something could not be analysed, or the steps ran out.
    Unclear,
}

/// One pair of values, before and after.
#[derive(Clone, Debug)]
pub struct Cell<T> {
    /// Before.
    pub before: T,
    /// After.
    pub after: T,
    /// An account that moves so, or why nothing is claimed.
    pub account: Result<Box<Witness>, Change>,
}

/// Why a pair has no account.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    /// The arithmetic was not analysed.
    NotAnalysed,
    /// The steps ran out.
    OutOfSteps,
}

/// What became of one decision.
#[derive(Clone, Debug)]
pub struct Compared {
    /// Its id.
    pub id: String,
    /// Its index in the old version.
    pub old: Option<usize>,
    /// Its index in the new version.
    pub new: Option<usize>,
    /// What became of it.
    pub class: Class,
    /// Some accounts were decided and are open now.
    pub more_open: bool,
    /// Some accounts were open and are decided now.
    pub less_open: bool,
    /// Pairs of different verdicts that some account has.
    pub verdicts: Vec<Cell<Verdict>>,
    /// The same for requirements that both versions have.
    pub requirements: Vec<(String, Vec<Cell<Judged>>)>,
    /// An account whose reward differs though its verdict does not.
    pub reward: Option<Result<Box<Witness>, Change>>,
}

impl Compared {
    /// Did anything change that could be seen in an answer?
    pub fn changed(&self) -> bool {
        self.class != Class::Same || !self.requirements.is_empty()
    }
}

const RESULTS: [Judged; 4] = [Judged::Met, Judged::Pending, Judged::Open, Judged::Failed];

/// The verdicts of a kind of decision, the best for the client first.
pub fn verdicts(kind: DecisionKind) -> &'static [Verdict] {
    match kind {
        DecisionKind::Credit => &[
            Verdict::Qualifies,
            Verdict::OnTrack,
            Verdict::Blocked,
            Verdict::Undetermined,
            Verdict::DoesNotQualify,
            Verdict::Lost,
            Verdict::Closed,
        ],
        DecisionKind::Action => &[Verdict::Allowed, Verdict::Undetermined, Verdict::Denied],
        DecisionKind::Check => &[Verdict::Pass, Verdict::Undetermined, Verdict::Fail],
    }
}

/// How much a verdict gives; an open one gives nothing yet, and takes nothing.
fn rank(verdict: Verdict) -> Option<u8> {
    match verdict {
        Verdict::Qualifies | Verdict::Allowed | Verdict::Pass => Some(3),
        Verdict::OnTrack => Some(2),
        Verdict::Blocked => Some(1),
        Verdict::DoesNotQualify | Verdict::Lost | Verdict::Closed | Verdict::Denied | Verdict::Fail => Some(0),
        Verdict::Undetermined => None,
    }
}

/// Compares every decision, in the order of the new version; those that are gone come last.
pub fn compare(old: Side<'_>, new: Side<'_>, budget: Budget) -> Vec<Compared> {
    let at = |program: &Program, id: &str| program.decisions.iter().position(|decision| decision.id == id);
    let mut all: Vec<Compared> = Vec::new();
    for (index, decision) in new.program.decisions.iter().enumerate() {
        let before = at(old.program, &decision.id);
        let same_subject = before.and_then(|at| old.program.decisions.get(at)).is_some_and(|earlier| {
            earlier.kind == decision.kind && subject(old.program, earlier) == subject(new.program, decision)
        });
        all.push(match before.filter(|_| same_subject) {
            Some(before) => pair(old, new, before, index, budget),
            // About something else, or of another kind: no account has both.
            None => alone(&decision.id, before, Some(index), Class::Added),
        });
    }
    for (index, decision) in old.program.decisions.iter().enumerate() {
        if at(new.program, &decision.id).is_none() {
            all.push(alone(&decision.id, Some(index), None, Class::Removed));
        }
    }
    all
}

fn subject<'p>(program: &'p Program, decision: &Decision) -> Option<&'p str> {
    match decision.subject {
        Subject::Account => None,
        Subject::Each(list) => {
            let section = program.lists.get(list.0 as usize).and_then(|list| program.sections.get(list.section));
            section.map(|section| section.name.as_str())
        }
    }
}

fn alone(id: &str, old: Option<usize>, new: Option<usize>, class: Class) -> Compared {
    Compared {
        id: id.to_owned(),
        old,
        new,
        class,
        more_open: false,
        less_open: false,
        verdicts: Vec::new(),
        requirements: Vec::new(),
        reward: None,
    }
}

fn pair(old: Side<'_>, new: Side<'_>, before: usize, after: usize, budget: Budget) -> Compared {
    let (Some(earlier), Some(later)) = (old.program.decisions.get(before), new.program.decisions.get(after)) else {
        return alone("", None, None, Class::Unclear);
    };
    let mut space = Space::new(&[(old, before), (new, after)]);
    let mut compared = alone(&later.id, Some(before), Some(after), Class::Same);
    let all = verdicts(later.kind);
    let moved = |verdict: &Verdict| {
        Wanted::All(vec![Wanted::Verdict(0, *verdict), Wanted::Not(Box::new(Wanted::Verdict(1, *verdict)))])
    };
    compared.verdicts = table(&mut space, all, &Wanted::Any(all.iter().map(moved).collect()), budget, |side, verdict| {
        Wanted::Verdict(side, verdict)
    });
    let same_verdict = |verdict: &Verdict| {
        let both = vec![Wanted::Verdict(0, *verdict), Wanted::Verdict(1, *verdict), Wanted::RewardDiffers(0, 1)];
        Wanted::All(both)
    };
    if later.kind == DecisionKind::Credit {
        let wanted = Wanted::Any([Verdict::Qualifies, Verdict::Blocked].iter().map(same_verdict).collect());
        compared.reward = match space.find_within(&wanted, budget) {
            Found::Impossible => None,
            other => Some(account(other)),
        };
    }
    for (at, requirement) in later.requirements.iter().enumerate() {
        let Some(was) = earlier.requirements.iter().position(|known| known.id == requirement.id) else { continue };
        let indices = [was, at];
        let moved = |result: &Judged| {
            Wanted::All(vec![Wanted::Result(0, was, *result), Wanted::Not(Box::new(Wanted::Result(1, at, *result)))])
        };
        let goal = Wanted::Any(RESULTS.iter().map(moved).collect());
        let cells = table(&mut space, &RESULTS, &goal, budget, |side, result| {
            Wanted::Result(side, indices.get(side).copied().unwrap_or(at), result)
        });
        if !cells.is_empty() {
            compared.requirements.push((requirement.id.clone(), cells));
        }
    }
    class(&mut compared);
    compared
}

/// Every pair of different values that some account has.
fn table<T: Copy + PartialEq>(
    space: &mut Space<'_>,
    values: &[T],
    any: &Wanted,
    budget: Budget,
    wanted: impl Fn(usize, T) -> Wanted,
) -> Vec<Cell<T>> {
    if matches!(space.find_within(any, budget), Found::Impossible) {
        return Vec::new();
    }
    let mut cells = Vec::new();
    for before in values {
        for after in values.iter().filter(|after| *after != before) {
            match space.find_within(&Wanted::All(vec![wanted(0, *before), wanted(1, *after)]), budget) {
                Found::Impossible => {}
                found => cells.push(Cell { before: *before, after: *after, account: account(found) }),
            }
        }
    }
    cells
}

fn account(found: Found) -> Result<Box<Witness>, Change> {
    match found {
        Found::Witness(witness) => Ok(witness),
        Found::NotAnalysed(Unclear::Arithmetic | Unclear::NoReplay) | Found::Impossible => Err(Change::NotAnalysed),
        Found::OutOfSteps => Err(Change::OutOfSteps),
    }
}

fn class(compared: &mut Compared) {
    let (mut less, mut more, mut other, mut unclear) = (false, false, false, false);
    for cell in &compared.verdicts {
        if cell.account.is_err() {
            unclear = true;
            continue;
        }
        match (rank(cell.before), rank(cell.after)) {
            (Some(before), Some(after)) if after < before => less = true,
            (Some(before), Some(after)) if after > before => more = true,
            (None, Some(_)) => compared.less_open = true,
            (Some(_), None) => compared.more_open = true,
            _ => other = true,
        }
    }
    match &compared.reward {
        Some(Ok(witness)) => match witness.rewards.as_slice() {
            [Some(before), Some(after)] if before.amount.aux == after.amount.aux && before.amount.main != after.amount.main => {
                less |= after.amount.main < before.amount.main;
                more |= after.amount.main > before.amount.main;
            }
            _ => other = true,
        },
        Some(Err(_)) => unclear = true,
        None => {}
    }
    let open = compared.more_open || compared.less_open;
    compared.class = match (less, more) {
        (true, true) => Class::Mixed,
        _ if unclear => Class::Unclear,
        (true, false) => Class::Stricter,
        (false, true) => Class::Looser,
        (false, false) if other => Class::Other,
        (false, false) if open => Class::Opens,
        (false, false) => Class::Same,
    };
}

/// The requirements and state conditions, by id, whose results differ between two versions of a decision.
pub fn moved_by(old: (&Decision, &Decided), new: (&Decision, &Decided)) -> Vec<String> {
    let mut moved = Vec::new();
    for (at, requirement) in new.0.requirements.iter().enumerate() {
        let was = old.0.requirements.iter().position(|known| known.id == requirement.id);
        let (was, is) = (was.map(|was| old.1.result(was)), new.1.result(at));
        if was.map_or(is != Judged::Met, |was| was != is) {
            moved.push(requirement.id.clone());
        }
    }
    for (at, requirement) in old.0.requirements.iter().enumerate() {
        let gone = !new.0.requirements.iter().any(|known| known.id == requirement.id);
        if gone && old.1.result(at) != Judged::Met {
            moved.push(requirement.id.clone());
        }
    }
    for (at, state) in new.0.states.iter().enumerate() {
        let was = old.0.states.iter().position(|known| known.id == state.id).map(|was| old.1.state(was));
        if was.is_none_or(|was| was != new.1.state(at)) && !new.1.state(at).is_false()
            || was.is_some_and(|was| was != new.1.state(at))
        {
            moved.push(state.id.clone());
        }
    }
    for (at, state) in old.0.states.iter().enumerate() {
        let gone = !new.0.states.iter().any(|known| known.id == state.id);
        if gone && !old.1.state(at).is_false() {
            moved.push(state.id.clone());
        }
    }
    moved
}
