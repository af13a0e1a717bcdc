//! From verdict to next step: what to ask, what would change the verdict, until when it holds, what can still be had.
//!
//! In: a plan, facts, and what was decided. Out: advice as data, one a decision and subject.
//! Owns the search for advice; every step of it is decided by the evaluator on facts that are tried out, so no rule has a
//! second meaning here. Never words anything. It counts its evaluations, never the time: what takes more than the limit is
//! not analysed, and that is said.

mod ask;
mod cells;
mod changes;
mod matter;
mod moves;
mod prospects;
mod questions;
mod residue;
mod scope;
mod solve;
mod timeline;
mod trial;
mod widen;

pub use prospects::{Prospect, Reach};
pub use questions::{Ranked, idle, ranked};

use crate::eval::Subjected;
use crate::facts::Facts;
use crate::plan::Plan;
use crate::program::{Decision, Lane, Program, SlotId, Type, Verdict};
use crate::value::Day;
use scope::Scope;
use trial::Trial;

/// Evaluations of one decision that one kind of advice may take; more is said to be not analysed.
const LIMIT: u64 = 3_000;

/// What advice needs to know of a rule set before any facts are known.
#[derive(Debug)]
pub struct Adviser<'p> {
    program: &'p Program,
    plan: &'p Plan,
    scopes: Vec<Scope<'p>>,
    moves: moves::Moves,
}

/// Advice about one decision for one subject.
#[derive(Clone, PartialEq, Debug)]
pub struct Advice {
    /// Index of the decision.
    pub decision: usize,
    /// Index of the record, for a decision made per record.
    pub record: Option<usize>,
    /// What may be asked.
    pub ask: Asked,
    /// What would change the verdict for the better.
    pub changes: Changes,
    /// From `as_of` on, the days on which the verdict turns while no other fact changes; nothing where that was not
    /// analysed within the limit.
    pub timeline: Option<Vec<Stretch>>,
    /// What could still come of it; credits alone.
    pub prospect: Option<Prospect>,
}

/// What may be asked for one decision.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Asked {
    /// The facts that settle it once all are told, in the order of asking; no other absent fact can change the verdict, but
    /// by telling one of these.
    pub questions: Vec<Question>,
    /// Absent facts that the decision reads and that can no longer change its verdict, whatever else is told or not told;
    /// without those from which a question follows.
    pub idle: Vec<SlotId>,
    /// Can answers bring a good verdict, as far as was analysed? If not, they can only rule it out.
    pub hopeful: bool,
    /// Is every question proved to matter? If not, some were not analysed within the limit, and may not.
    pub complete: bool,
}

/// A fact worth asking for.
#[derive(Clone, PartialEq, Debug)]
pub struct Question {
    /// Which fact.
    pub slot: SlotId,
    /// What cannot be judged without it.
    pub through: Vec<Through>,
    /// What each answer would decide if it came first.
    pub answers: Vec<Answer>,
    /// Is there an account on which it makes the difference? If not, that was not analysed within the limit.
    pub proved: bool,
    /// Is it read now? If not, it depends on other answers whether it will be.
    pub now: bool,
}

impl Question {
    /// Is there an answer that settles the decision by itself?
    pub fn may_settle(&self) -> bool {
        self.answers.iter().any(|answer| answer.then != Verdict::Undetermined)
    }
}

/// What some answers decide.
#[derive(Clone, PartialEq, Debug)]
pub struct Answer {
    /// The answers.
    pub to: Values,
    /// The verdict with one of them.
    pub then: Verdict,
}

/// Some values of a fact.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Values {
    /// These.
    OneOf(Vec<Lane>),
    /// All but these.
    NotOneOf(Vec<Lane>),
    /// From one to the other, both included; without an end where there is none.
    Range(Option<Lane>, Option<Lane>),
    /// These texts.
    Texts(Vec<String>),
    /// Any text but these.
    OtherTexts(Vec<String>),
}

impl Values {
    /// Texts in place of their lanes, which mean something only where they were tried.
    fn spelled(self, trial: &Trial<'_>, slot: SlotId) -> Self {
        let texts = |lanes: Vec<Lane>| lanes.into_iter().map(|lane| trial.facts().text(lane).to_owned()).collect();
        match self {
            Self::OneOf(lanes) if trial.ty(slot) == Some(&Type::Text) => Self::Texts(texts(lanes)),
            Self::NotOneOf(lanes) if trial.ty(slot) == Some(&Type::Text) => Self::OtherTexts(texts(lanes)),
            other => other,
        }
    }
}

/// A part of a decision through which something comes about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Through {
    /// The requirement at this index.
    Requirement(usize),
    /// The state condition at this index.
    State(usize),
    /// The first or last day of the program.
    Closing,
}

/// What would change a verdict for the better.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Changes {
    /// Sets of changes of which none can be left out, the best verdict and the fewest changes first.
    pub sets: Vec<ChangeSet>,
    /// Are these all, as far as their number is not limited? If not, others were not analysed within the limit. Where there
    /// is none at all and nothing was left out, no change helps: that is proved.
    pub complete: bool,
}

/// Changes that lead to another verdict only together.
#[derive(Clone, PartialEq, Debug)]
pub struct ChangeSet {
    /// Each change, of a fact of its own.
    pub set: Vec<Change>,
    /// The last day on which the verdict is surely this one if they are done by then, whichever of the values are chosen;
    /// nothing without an end.
    pub until: Option<Day>,
    /// The verdict then.
    pub then: Verdict,
}

/// A change of one fact.
#[derive(Clone, PartialEq, Debug)]
pub struct Change {
    /// Which fact.
    pub slot: SlotId,
    /// Who does it: a party of the rules.
    pub by: String,
    /// The values that lead there, for at least as long, while the other changes are as they were tried.
    pub to: Values,
    /// The value with which it was tried; of a text, only `to` says which.
    pub tried: Lane,
    /// The warning that must be shown with it: index into `Program::warnings`.
    pub warn: Option<usize>,
}

/// Days with one verdict.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stretch {
    /// The first of them.
    pub from: Day,
    /// The verdict.
    pub verdict: Verdict,
    /// Through what it turned; nothing for the first stretch.
    pub through: Option<Through>,
}

impl<'p> Adviser<'p> {
    /// Prepares advice under a rule set.
    pub fn new(program: &'p Program, plan: &'p Plan) -> Self {
        let scopes = plan.decisions.iter().map(|decision| Scope::new(plan, decision)).collect();
        Self { program, plan, scopes, moves: moves::Moves::new(program, plan) }
    }

    fn trial<'a>(&'a self, facts: &Facts, subject: &Subjected) -> Option<Trial<'a>> {
        let decision = self.program.decisions.get(subject.decision)?;
        let planned = self.plan.decisions.get(subject.decision)?;
        let scope = self.scopes.get(subject.decision)?;
        Some(Trial::new(self.program, self.plan, scope, (decision, planned), facts, subject.record))
    }

    /// Advice on what was decided for some subjects, in their order; `wanted` says about which decisions.
    pub fn advise(&self, facts: &Facts, subjects: &[Subjected], wanted: impl Fn(&Decision) -> bool) -> Vec<Advice> {
        let told = subjects.iter().filter(|subject| self.program.decisions.get(subject.decision).is_some_and(&wanted));
        told.filter_map(|subject| self.one(facts, subject, &[])).collect()
    }

    /// Advice on one decision. `unknowable` are facts that nobody can tell: they are not asked for.
    pub fn one(&self, facts: &Facts, subject: &Subjected, unknowable: &[SlotId]) -> Option<Advice> {
        let mut trial = self.trial(facts, subject)?;
        let timeline = timeline::timeline(&mut trial).ok();
        let (ask, good) = ask::ask(&mut trial, unknowable);
        let changes = changes::changes(&mut trial, &self.moves);
        let prospect = prospects::prospect(&mut trial, &ask, good.as_deref(), &changes);
        Some(Advice { decision: subject.decision, record: subject.record, ask, changes, timeline, prospect })
    }

    /// What may be asked for one decision, alone.
    pub fn ask(&self, facts: &Facts, subject: &Subjected, unknowable: &[SlotId]) -> Option<Asked> {
        Some(ask::ask(&mut self.trial(facts, subject)?, unknowable).0)
    }
}

/// How good a verdict is for the client, of 0 to 4.
pub(crate) const fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::DoesNotQualify | Verdict::Lost | Verdict::Closed | Verdict::Denied | Verdict::Fail => 0,
        Verdict::Undetermined => 1,
        Verdict::Blocked => 2,
        Verdict::OnTrack => 3,
        Verdict::Qualifies | Verdict::Allowed | Verdict::Pass => 4,
    }
}

/// Advice on several decisions, with what follows from all of it together.
#[derive(Clone, PartialEq, Debug)]
pub struct Advised {
    /// One for each decision and subject, in their order.
    pub advice: Vec<Advice>,
    /// Every question once, the most useful first.
    pub questions: Vec<Ranked>,
    /// Absent facts that can change no verdict any more.
    pub idle: Vec<SlotId>,
    /// Credits by what could still come of them, the nearest first: indices into `advice`.
    pub prospects: Vec<usize>,
}

impl Advised {
    /// Ranks the questions and the prospects of some advice.
    pub fn of(program: &Program, advice: Vec<Advice>) -> Self {
        let questions = ranked(program, &advice);
        let idle = idle(&advice);
        let mut prospects: Vec<usize> = (0..advice.len()).collect();
        let of = |at: usize| advice.get(at).and_then(|one| one.prospect.as_ref());
        prospects.retain(|at| of(*at).is_some());
        // Amounts of two currencies are in no order, so only whether there is one decides, then the number of questions.
        prospects.sort_by_key(|at| of(*at).map(|one| (one.reach, one.questions, one.pays.is_none(), *at)));
        Self { advice, questions, idle, prospects }
    }
}
