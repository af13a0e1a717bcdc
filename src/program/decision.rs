//! Decisions with their requirements, states and rewards.
//!
//! In: made by `check`. Out: read by the plan, the reference evaluator and explanations.
//! Owns the verdict words of the contract. Never evaluates.

use super::{Cond, ListId, Operand};
use crate::source::Span;
use crate::syntax::{DecisionKind, FirstDay, Silence, StateKind};
use crate::value::Day;

/// The outcome of a decision; the words are fixed by the contract.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Verdict {
    /// A credit: the published terms are met.
    Qualifies,
    /// A credit: nothing failed, something is not reached yet.
    OnTrack,
    /// A credit, an action or a check: something is open.
    Undetermined,
    /// A credit: a requirement failed.
    DoesNotQualify,
    /// A credit: earned or on the way, but it cannot be used now.
    Blocked,
    /// A credit: it was issued and is gone.
    Lost,
    /// A credit: the program is not in force.
    Closed,
    /// An action: it may be done.
    Allowed,
    /// An action: it may not.
    Denied,
    /// A check: sound.
    Pass,
    /// A check: not sound.
    Fail,
}

impl Verdict {
    /// Every verdict.
    pub const ALL: [Self; 11] = [
        Self::Qualifies,
        Self::OnTrack,
        Self::Undetermined,
        Self::DoesNotQualify,
        Self::Blocked,
        Self::Lost,
        Self::Closed,
        Self::Allowed,
        Self::Denied,
        Self::Pass,
        Self::Fail,
    ];

    /// The word of the contract.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Qualifies => "qualifies",
            Self::OnTrack => "on_track",
            Self::Undetermined => "undetermined",
            Self::DoesNotQualify => "does_not_qualify",
            Self::Blocked => "blocked",
            Self::Lost => "lost",
            Self::Closed => "closed",
            Self::Allowed => "allowed",
            Self::Denied => "denied",
            Self::Pass => "pass",
            Self::Fail => "fail",
        }
    }

    /// The verdict of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.word() == word)
    }
}

/// The result of one requirement.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Judged {
    /// It holds.
    Met,
    /// It does not hold.
    Failed,
    /// Not reached yet, and still reachable.
    Pending,
    /// Nobody can tell from what is known, or from what the sources say.
    Open,
}

impl Judged {
    /// The word of the contract.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Failed => "failed",
            Self::Pending => "pending",
            Self::Open => "open",
        }
    }
}

/// About what a decision is made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Subject {
    /// Once for the document.
    Account,
    /// Once for each record of a list.
    Each(ListId),
}

/// Who gives a credit, or provides for an act.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Offered {
    /// Who.
    pub by: Offerer,
    /// What the rules add, in words.
    pub note: Option<String>,
}

/// Who gives something.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Offerer {
    /// Indices into `Program::parties`, each once.
    Parties(Vec<usize>),
    /// Nobody, as a source says.
    Nobody,
    /// No source says.
    Unstated,
}

/// Where something is given. It describes: no verdict rests on it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Regions {
    /// Which countries.
    pub extent: Extent,
    /// What the rules add, in words.
    pub note: Option<String>,
    /// Sources of the groups that it names.
    pub cites: Vec<usize>,
}

/// The countries in which something is given.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Extent {
    /// Country lanes, in the order of the rules, each once.
    Listed(Vec<i64>),
    /// All, as a source says.
    Anywhere,
    /// None, as a source says.
    Nowhere,
    /// No source says.
    Unstated,
}

/// When something is in force; a limit that no source states closes nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct InForce {
    /// First day.
    pub from: Option<Day>,
    /// Last day.
    pub to: Option<Day>,
    /// Last day on which something earned can still be issued.
    pub settled: Option<Day>,
}

impl InForce {
    /// Is the program closed on a day? Closed before `from`, and after `settled`, or after `to` where that is not given.
    pub fn closed_on(self, day: Day) -> bool {
        self.from.is_some_and(|from| day < from) || self.settled.or(self.to).is_some_and(|last| day > last)
    }
}

/// One edition of a program's terms.
#[derive(Clone, Debug)]
pub struct Edition {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub label: String,
    /// When it applies.
    pub when: Cond,
    /// Its own limits.
    pub in_force: Option<InForce>,
    /// Why everything that depends on the edition is open in it.
    pub open: Option<String>,
    /// Numbers of the edition, as written.
    pub with: Vec<(String, String)>,
}

/// A case that the sources leave open.
#[derive(Clone, Debug)]
pub struct OpenClause {
    /// When.
    pub when: Cond,
    /// What kind of reason.
    pub silence: Silence,
    /// The reason, in words.
    pub because: String,
}

/// What decides one requirement: at most one of the four holds on known facts.
#[derive(Clone, Debug)]
pub struct Clauses {
    /// When it is met.
    pub met: Cond,
    /// When it fails.
    pub fails: Cond,
    /// When it is still reachable.
    pub pending: Cond,
    /// When the sources leave it open, and why.
    pub open: Vec<OpenClause>,
}

/// A choice of tiers: the lowest tier is the threshold.
#[derive(Clone, Debug)]
pub struct TableChoice {
    /// When these tiers apply.
    pub when: Cond,
    /// Tiers from the lowest; one that no source shows is nothing.
    pub tiers: Vec<Option<Tier>>,
    /// The table's name, for a reader.
    pub table: Option<String>,
}

/// A tier that a source shows.
#[derive(Clone, Debug)]
pub struct Tier {
    /// Spend that reaches it.
    pub spend: Operand,
    /// Credit that it gives; a bare threshold gives nothing by itself.
    pub gives: Option<Operand>,
}

/// How long spend counts.
#[derive(Clone, Debug)]
pub enum ProgressWindow {
    /// `length` days of `start`.
    Within {
        /// From which day; `none` means that the window has not begun.
        start: Operand,
        /// How many days.
        length: Operand,
        /// How the first day counts.
        first: FirstDay,
    },
    /// The window that ends earlier; one whose start is `none` is left out.
    Earlier(Box<ProgressWindow>, Box<ProgressWindow>),
    /// Up to and with a day.
    Until(Operand),
    /// Without an end.
    Forever,
}

/// Spend toward a threshold inside a window. The steps are the contract's `spend_progress`.
#[derive(Clone, Debug)]
pub struct Progress {
    /// The amount that grows.
    pub amount: Operand,
    /// Spend counts only once this holds; while it is known not to, the requirement is pending.
    pub starts: Option<Cond>,
    /// The tiers that may apply; the first whose condition holds does.
    pub toward: Vec<TableChoice>,
    /// Several thresholds of which one applies but no source says which: reaching it is open, for this reason.
    pub either: Option<String>,
    /// The windows that may apply; the first whose condition holds does.
    pub windows: Vec<(Cond, ProgressWindow)>,
    /// The day on which the amount reached the highest tier it has reached.
    pub crossed: Option<Operand>,
    /// Met whatever the amount, because the platform has counted it.
    pub counted: Option<Cond>,
    /// Why that counts.
    pub counted_because: Option<String>,
    /// Where it stands.
    pub span: Span,
}

/// How a requirement is judged.
#[derive(Clone, Debug)]
pub enum Body {
    /// By clauses, whatever the edition.
    Clauses(Clauses),
    /// By the clauses of the edition that applies; one for each edition.
    Editions(Vec<Clauses>),
    /// By progress.
    Progress(Box<Progress>),
}

/// What of a requirement never happens, and is meant so.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Intended {
    /// No account meets it.
    NeverMet,
    /// No account fails it.
    NeverFails,
    /// It follows from other requirements.
    NeverDecides,
    /// It waits for this fact, even where each of its values gives the same.
    NeverWithout(super::SlotId),
}

/// A requirement.
#[derive(Clone, Debug)]
pub struct Requirement {
    /// Its id, unique in its decision.
    pub id: String,
    /// What it asks, in words.
    pub label: String,
    /// How it is judged.
    pub body: Body,
    /// Judged only while the requirement at this index is met.
    pub only_once: Option<usize>,
    /// What never happens and is meant so, with the reason.
    pub intended: Vec<(Intended, String)>,
    /// Its sources, strongest first.
    pub cites: Vec<usize>,
    /// What to do when it fails or stays open.
    pub remedy: Option<usize>,
    /// Where it is written; for one that was taken over, where it was taken from.
    pub span: Span,
}

/// When a state condition applies.
#[derive(Clone, Debug)]
pub enum StateHolds {
    /// `lost` and `blocked`: while this holds.
    When(Cond),
    /// `life` and `standing`: open while this holds, for the reason.
    Open(OpenClause),
    /// `life` and `standing`: open while this is not known, once the guard holds.
    Needs(Cond, Vec<Operand>),
}

/// One condition of the state of an issued credit.
#[derive(Clone, Debug)]
pub struct StateCondition {
    /// What it does to the verdict.
    pub kind: StateKind,
    /// Its id, unique in its decision.
    pub id: String,
    /// What it says, in words.
    pub label: String,
    /// When it applies.
    pub holds: StateHolds,
    /// Its sources.
    pub cites: Vec<usize>,
    /// What to do.
    pub remedy: Option<usize>,
    /// Where it is written.
    pub span: Span,
}

/// What a credit pays.
#[derive(Clone, Debug)]
pub enum RewardValue {
    /// Nothing.
    None,
    /// No source states it.
    Unstated(String),
    /// An amount.
    Amount(Operand),
    /// The credit of the highest tier reached.
    Tier(Vec<TableChoice>, Operand),
}

/// A reward with the condition under which it is this one.
#[derive(Clone, Debug)]
pub struct Reward {
    /// When; a constant true for the last one.
    pub when: Cond,
    /// What.
    pub value: RewardValue,
}

/// A warning that a decision shows.
#[derive(Clone, Debug)]
pub struct ShownWarning {
    /// Index into `Program::warnings`.
    pub warning: usize,
    /// Only with these verdicts; empty means any.
    pub on: Vec<Verdict>,
    /// Only while this is known to hold.
    pub when: Cond,
}

/// A credit, an action or a check.
#[derive(Clone, Debug)]
pub struct Decision {
    /// Its id.
    pub id: String,
    /// Its kind.
    pub kind: DecisionKind,
    /// Its title.
    pub title: String,
    /// About what it is made.
    pub subject: Subject,
    /// How much a failed check matters.
    pub severity: Option<String>,
    /// Sources of the whole program.
    pub cites: Vec<usize>,
    /// Who gives it, where the rules say something about that.
    pub offered: Option<Offered>,
    /// Where it is given, where the rules say something about that.
    pub regions: Option<Regions>,
    /// Conventions that the result names.
    pub assume: Vec<String>,
    /// When the program is in force.
    pub in_force: InForce,
    /// Editions, in reading order.
    pub editions: Vec<Edition>,
    /// Requirements, in reading order.
    pub requirements: Vec<Requirement>,
    /// State conditions.
    pub states: Vec<StateCondition>,
    /// Rewards; the first whose condition holds is paid.
    pub rewards: Vec<Reward>,
    /// Warnings.
    pub warnings: Vec<ShownWarning>,
    /// How a credit is claimed.
    pub claim: Option<String>,
    /// Further explanation.
    pub note: Option<String>,
    /// Where it is declared.
    pub span: Span,
}
