//! Decides many rows at once: conditions, then requirements, then verdicts, each for a whole strip.
//!
//! In: a plan and a batch. Out: for each decision its verdicts and the planes of its requirements and states.
//! Owns the order in which conditions are found. Never says why; `eval::run` says the same of one account.

use super::batch::Batch;
use super::plane::{Plane, STRIP, Truths};
use super::progress::{Results, follows};
use super::row::{Needs, Row};
use super::strip::{Strip, sides};
use super::verdicts;
use super::wide::{Kernel, Pack, Wide};
use crate::eval::{self, Decided, Reward};
use crate::facts::Facts;
use crate::plan::{BodyPlan, ClausePlan, DecisionPlan, HoldsPlan, Node, Plan, ProgressPlan, Ref, RewardPlan, Term};
use crate::program::{Judged, Program, SlotId, Verdict};
use crate::value::{Day, Truth};

/// The decisions of a plan for one kind of subject, ready to decide batches.
#[derive(Debug)]
pub struct Engine<'p> {
    program: &'p Program,
    plan: &'p Plan,
    wide: Wide,
    /// Which decisions are made.
    decisions: Vec<usize>,
    /// Conditions that they need, in order of evaluation, each with what one row of it needs.
    nodes: Vec<(usize, Needs)>,
    /// For each decision made: what a row needs for its reward.
    rewards: Vec<Needs>,
    /// For each decision made: what a row needs for its deadline.
    deadlines: Vec<Needs>,
}

/// Room for one strip, and what was decided of it last.
#[derive(Clone, Debug)]
pub struct Workspace {
    truths: Vec<Truths>,
    row: Row,
    decided: Vec<Columns>,
}

/// What one decision came to, in all rows of a strip.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    /// The verdicts.
    pub verdicts: Vec<(Verdict, Plane)>,
    /// Each requirement: met, failed, pending; elsewhere it is open.
    pub requirements: Vec<Results>,
    /// Each state condition.
    pub states: Vec<Truths>,
}

impl Columns {
    /// What the decision came to in one row; [`Columns::masks`] finds many at once.
    pub fn at(&self, row: usize) -> Decided {
        let mask =
            |of: &mut dyn Iterator<Item = bool>| of.zip(0..64).fold(0_u64, |mask, (on, bit)| mask | u64::from(on) << bit);
        let met = mask(&mut self.requirements.iter().map(|one| one.met.has(row)));
        let failed = mask(&mut self.requirements.iter().map(|one| one.failed.has(row)));
        let pending = mask(&mut self.requirements.iter().map(|one| one.pending.has(row)));
        let verdict = self.verdicts.iter().find(|(_, rows)| rows.has(row)).map_or(Verdict::Undetermined, |(one, _)| *one);
        Decided {
            verdict,
            met,
            failed,
            pending,
            open: self.all_requirements() & !(met | failed | pending),
            holds: mask(&mut self.states.iter().map(|one| one.yes.has(row))),
            fails: mask(&mut self.states.iter().map(|one| one.no.has(row))),
        }
    }

    /// The results of requirements as bits in each of some rows, nothing in others: met, failed, pending, open.
    pub fn masks(&self, rows: &Plane, [met, failed, pending, open]: [&mut [u64; STRIP]; 4]) {
        Plane::masks(self.requirements.iter().map(|one| &one.met), met);
        Plane::masks(self.requirements.iter().map(|one| &one.failed), failed);
        Plane::masks(self.requirements.iter().map(|one| &one.pending), pending);
        Wide::default().run(Open { rows, all: self.all_requirements(), met, failed, pending, open });
    }

    /// The state conditions as bits in each row: those that hold, and those that do not.
    pub fn state_masks(&self, [holds, fails]: [&mut [u64; STRIP]; 2]) {
        Plane::masks(self.states.iter().map(|one| &one.yes), holds);
        Plane::masks(self.states.iter().map(|one| &one.no), fails);
    }

    /// A bit for each requirement.
    pub fn all_requirements(&self) -> u64 {
        self.requirements.iter().zip(0..64).fold(0, |all, (_, bit)| all | 1 << bit)
    }

    /// The rows of a verdict.
    pub fn rows_of(&self, verdict: Verdict) -> Plane {
        self.verdicts.iter().find(|(one, _)| *one == verdict).map(|(_, rows)| *rows).unwrap_or_default()
    }
}

/// What is none of the others, and nothing in rows that are not asked for.
struct Open<'a> {
    rows: &'a Plane,
    all: u64,
    met: &'a mut [u64; STRIP],
    failed: &'a mut [u64; STRIP],
    pending: &'a mut [u64; STRIP],
    open: &'a mut [u64; STRIP],
}

impl Kernel for Open<'_> {
    type Output = ();

    #[inline(always)]
    fn run<P: Pack>(self, _: P) {
        let judged = self.met.iter().zip(&*self.failed).zip(&*self.pending);
        for (open, ((met, failed), pending)) in self.open.iter_mut().zip(judged) {
            *open = self.all & !(met | failed | pending);
        }
        for row in self.rows.not().rows() {
            for masks in [&mut *self.met, &mut *self.failed, &mut *self.pending, &mut *self.open] {
                masks.get_mut(row).into_iter().for_each(|mask| *mask = 0);
            }
        }
    }
}

impl<'p> Engine<'p> {
    /// Prepares some decisions, which must all be made for the account, or all for records of one list.
    pub fn new(program: &'p Program, plan: &'p Plan, decisions: Vec<usize>) -> Self {
        let planned = || decisions.iter().filter_map(|at| plan.decisions.get(*at));
        let rewards: Vec<Needs> = planned().map(|decision| Needs::of_rewards(&decision.rewards)).collect();
        let deadlines = planned().map(|plan| progress_of(plan).map(Needs::of_progress).unwrap_or_default()).collect();
        let mut wanted: Vec<usize> = planned().flat_map(roots).map(Ref::node).collect();
        let guards = planned().flat_map(|decision| {
            let requirements = decision.requirements.iter().flat_map(|one| &one.reads);
            requirements.chain(decision.states.iter().flat_map(|one| &one.reads)).map(|read| read.guard.node())
        });
        wanted.extend(guards);
        wanted.extend(rewards.iter().flat_map(Needs::conds).map(|cond| cond.node()));
        let mut needed = vec![false; plan.nodes.len()];
        let mut needs = vec![Needs::default(); plan.nodes.len()];
        while let Some(at) = wanted.pop() {
            let (Some(seen), Some(node)) = (needed.get_mut(at), plan.nodes.get(at)) else { continue };
            if std::mem::replace(seen, true) {
                continue;
            }
            match node {
                Node::True => {}
                Node::All(parts) | Node::Any(parts) => wanted.extend(parts.iter().map(|part| part.node())),
                Node::Then(a, b) => wanted.extend([a.node(), b.node()]),
                Node::Test(probe) => {
                    let own = Needs::of_test(probe);
                    wanted.extend(own.conds().iter().map(|cond| cond.node()));
                    if let Some(place) = needs.get_mut(at) {
                        *place = own;
                    }
                }
            }
        }
        // A condition comes after all that it refers to, so their own order is one of evaluation.
        let nodes = needed.iter().zip(needs).enumerate().filter(|(_, (needed, _))| **needed);
        let nodes = nodes.map(|(at, (_, needs))| (at, needs)).collect();
        Self { program, plan, wide: Wide::default(), decisions, nodes, rewards, deadlines }
    }

    /// The decisions that are made, in the order of [`Workspace::decided`].
    pub fn decisions(&self) -> &[usize] {
        &self.decisions
    }

    /// Room for one strip.
    pub fn workspace(&self, blank: Facts) -> Workspace {
        Workspace {
            truths: vec![Truths::UNKNOWN; self.plan.nodes.len()],
            row: Row::new(self.plan, blank),
            decided: vec![Columns::default(); self.decisions.len()],
        }
    }

    /// Decides one strip of a batch.
    pub fn decide(&self, batch: &Batch, strip: usize, workspace: &mut Workspace) {
        let Workspace { truths, row, decided, .. } = workspace;
        for (at, needs) in &self.nodes {
            // A condition comes after all that it refers to.
            let Some((before, [found, ..])) = truths.split_at_mut_checked(*at) else { continue };
            match self.plan.nodes.get(*at) {
                None => {}
                Some(Node::True) => *found = Truths::TRUE,
                Some(Node::All(parts)) => self.wide.run(All { before, parts, found }),
                Some(Node::Any(parts)) => self.wide.run(Any { before, parts, found }),
                Some(Node::Then(a, b)) => self.wide.run(All { before, parts: &[*a, *b], found }),
                Some(Node::Test(probe)) => match self.strip(batch, strip, before).test(probe) {
                    Some(truths) => *found = truths,
                    None => {
                        *found = Truths::UNKNOWN;
                        for at in 0..batch.rows_of(strip) {
                            row.bring(needs, batch, strip, at, before);
                            let (view, truths) = row.view();
                            found.put(at, eval::probe(probe, &view, truths));
                        }
                    }
                },
            }
        }
        for (at, columns) in self.decisions.iter().zip(decided) {
            if let Some(plan) = self.plan.decisions.get(*at) {
                self.decision(plan, &self.strip(batch, strip, truths), row, columns);
            }
        }
    }

    fn strip<'a>(&'a self, batch: &'a Batch, at: usize, truths: &'a [Truths]) -> Strip<'a> {
        Strip { program: self.program, batch, at, truths, wide: self.wide }
    }

    fn decision(&self, plan: &DecisionPlan, strip: &Strip<'_>, row: &mut Row, columns: &mut Columns) {
        columns.requirements.clear();
        for requirement in &plan.requirements {
            let mut results = match &requirement.body {
                BodyPlan::Clauses(clauses) => by_clauses(clauses, strip),
                BodyPlan::Editions(all) => by_editions(plan, all, strip),
                BodyPlan::Progress(progress) if follows(progress) => strip.progress(progress),
                BodyPlan::Progress(progress) => {
                    let needs = Needs::of_progress(progress);
                    let mut results = Results::default();
                    for at in 0..strip.batch.rows_of(strip.at) {
                        row.bring(&needs, strip.batch, strip.at, at, strip.truths);
                        let (view, truths) = row.view();
                        match eval::progress(progress, &view, truths).result {
                            Judged::Met => results.met.put(at, true),
                            Judged::Failed => results.failed.put(at, true),
                            Judged::Pending => results.pending.put(at, true),
                            Judged::Open => {}
                        }
                    }
                    results
                }
            };
            if let Some(target) = requirement.only_once {
                let judged = columns.requirements.get(usize::from(target)).map(|of| of.met).unwrap_or_default();
                results = results.within(&judged);
            }
            columns.requirements.push(results);
        }
        columns.states.clear();
        for state in &plan.states {
            columns.states.push(match &state.holds {
                HoldsPlan::When(when) | HoldsPlan::Open(when) => strip.truths_of(*when),
                HoldsPlan::Needs(guard, terms) => {
                    let guard = strip.truths_of(*guard);
                    let known = terms.iter().fold(Plane::ALL, |all, term| all.and(&self.known(term, strip, row)));
                    Truths { yes: guard.yes.but_not(&known), no: guard.no.or(&guard.yes.and(&known)) }
                }
            });
        }
        verdicts::find(plan, strip, columns);
    }

    /// Where a term has a value.
    fn known(&self, term: &Term, strip: &Strip<'_>, row: &mut Row) -> Plane {
        let probe = crate::plan::Probe::Known(term.clone());
        strip.test(&probe).map(|found| found.yes).unwrap_or_else(|| {
            let needs = Needs::of_terms([term]);
            let mut known = Plane::NONE;
            for at in 0..strip.batch.rows_of(strip.at) {
                row.bring(&needs, strip.batch, strip.at, at, strip.truths);
                let (view, truths) = row.view();
                known.put(at, eval::value(term, &view, truths).is_known());
            }
            known
        })
    }

    /// The first fact that a decision still needs, in each of some rows of the strip that was decided last: absent, and
    /// read by a requirement or state condition that is open. No row is named twice.
    pub fn asked(&self, made: usize, batch: &Batch, strip: usize, rows: Plane, workspace: &Workspace) -> Vec<(SlotId, Plane)> {
        let mut asked = Vec::new();
        let plan = self.decisions.get(made).and_then(|at| self.plan.decisions.get(*at));
        let Some((plan, columns)) = plan.zip(workspace.decided.get(made)) else { return asked };
        let strip = self.strip(batch, strip, &workspace.truths);
        let whens: Vec<Truths> = plan.editions.iter().map(|when| strip.truths_of(*when)).collect();
        let fixed = whens.iter().fold(Plane::NONE, |all, when| all.or(&when.yes));
        let possible = |edition: Option<u8>| match edition {
            None => Plane::ALL,
            Some(at) => {
                let when = whens.get(usize::from(at)).copied().unwrap_or(Truths::FALSE);
                when.yes.or(&when.no.not().but_not(&fixed))
            }
        };
        let open = plan.requirements.iter().zip(&columns.requirements).map(|(requirement, of)| {
            let open = of.met.or(&of.failed).or(&of.pending).not();
            (open, &requirement.reads)
        });
        let states = plan.states.iter().zip(&columns.states).enumerate().map(|(at, (state, of))| {
            let where_open = |truth, rows| if plan.state_kinds.is_open(at, truth) { rows } else { Plane::NONE };
            let open = where_open(Truth::TRUE, of.yes).or(&where_open(Truth::FALSE, of.no));
            let open = open.or(&where_open(Truth::UNKNOWN, of.unknown()));
            (open, &state.reads)
        });
        let mut rest = rows;
        for (open, reads) in open.chain(states) {
            let mut own = rest.and(&open);
            for read in reads {
                if own.is_none() {
                    break;
                }
                let absent = strip.known(read.slot).not().and(&strip.truths_of(read.guard).yes).and(&possible(read.edition));
                let hit = own.and(&absent);
                if !hit.is_none() {
                    own = own.but_not(&hit);
                    rest = rest.but_not(&hit);
                    asked.push((read.slot, hit));
                }
            }
        }
        asked
    }

    /// The last day on which spend surely counts, in a row of the strip that was decided last.
    pub fn deadline(&self, made: usize, batch: &Batch, strip: usize, at: usize, workspace: &mut Workspace) -> Option<Day> {
        let progress = progress_of(self.decisions.get(made).and_then(|at| self.plan.decisions.get(*at))?)?;
        workspace.row.bring(self.deadlines.get(made)?, batch, strip, at, &workspace.truths);
        let (view, truths) = workspace.row.view();
        let window = eval::chosen_window(&progress.windows, truths).ok()?;
        eval::span_of(window, &view, truths)?.last_sure_day()
    }

    /// The reward of a decision in a row of the strip that was decided last.
    pub fn reward(&self, made: usize, batch: &Batch, strip: usize, at: usize, workspace: &mut Workspace) -> Option<Reward> {
        let plan = self.decisions.get(made).and_then(|at| self.plan.decisions.get(*at))?;
        if plan.rewards.iter().all(|(_, reward)| matches!(reward, RewardPlan::Nothing)) {
            return None;
        }
        let decided = workspace.decided.get(made)?.at(at);
        workspace.row.bring(self.rewards.get(made)?, batch, strip, at, &workspace.truths);
        let (view, truths) = workspace.row.view();
        eval::reward(plan, &decided, &view, truths)
    }
}

impl Workspace {
    /// What was decided of the last strip, in the order of the decisions that are made.
    pub fn decided(&self) -> &[Columns] {
        &self.decided
    }
}

/// The progress of a decision that has one.
fn progress_of(plan: &DecisionPlan) -> Option<&ProgressPlan> {
    match &plan.requirements.get(usize::from(plan.progress?))?.body {
        BodyPlan::Progress(progress) => Some(progress),
        _ => None,
    }
}

/// Every condition by which a decision is judged.
fn roots(plan: &DecisionPlan) -> Vec<Ref> {
    let mut roots: Vec<Ref> = plan.editions.to_vec();
    for requirement in &plan.requirements {
        match &requirement.body {
            BodyPlan::Clauses(clauses) => roots.extend(judging(clauses)),
            BodyPlan::Editions(all) => roots.extend(all.iter().flat_map(judging)),
            BodyPlan::Progress(progress) => roots.extend(Needs::of_progress(progress).conds()),
        }
    }
    for state in &plan.states {
        match &state.holds {
            HoldsPlan::When(when) | HoldsPlan::Open(when) => roots.push(*when),
            HoldsPlan::Needs(guard, terms) => {
                roots.push(*guard);
                roots.extend(Needs::of_terms(terms).conds());
            }
        }
    }
    roots
}

fn judging(clauses: &ClausePlan) -> [Ref; 3] {
    [clauses.met, clauses.fails, clauses.pending]
}

/// All of some conditions hold: strong Kleene AND.
struct All<'a> {
    before: &'a [Truths],
    parts: &'a [Ref],
    found: &'a mut Truths,
}

impl Kernel for All<'_> {
    type Output = ();

    #[inline(always)]
    fn run<P: Pack>(self, _: P) {
        let mut all = Truths::TRUE;
        for part in self.parts {
            let (yes, no) = sides(self.before, *part);
            all = Truths { yes: all.yes.and(yes), no: all.no.or(no) };
        }
        *self.found = all;
    }
}

/// At least one of some conditions holds: strong Kleene OR.
struct Any<'a> {
    before: &'a [Truths],
    parts: &'a [Ref],
    found: &'a mut Truths,
}

impl Kernel for Any<'_> {
    type Output = ();

    #[inline(always)]
    fn run<P: Pack>(self, _: P) {
        let mut any = Truths::FALSE;
        for part in self.parts {
            let (yes, no) = sides(self.before, *part);
            any = Truths { yes: any.yes.or(yes), no: any.no.and(no) };
        }
        *self.found = any;
    }
}

/// A requirement by its clauses.
struct ByClauses<'a> {
    truths: &'a [Truths],
    clauses: [Ref; 3],
}

impl Kernel for ByClauses<'_> {
    type Output = Results;

    #[inline(always)]
    fn run<P: Pack>(self, _: P) -> Results {
        let [met, failed, pending] = self.clauses.map(|cond| sides(self.truths, cond).0);
        let met = met.but_not(failed);
        Results { met, failed: *failed, pending: pending.but_not(&failed.or(&met)) }
    }
}

/// A failure outweighs whatever else is said, and what is met is no longer pending.
fn by_clauses(clauses: &ClausePlan, strip: &Strip<'_>) -> Results {
    strip.wide.run(ByClauses { truths: strip.truths, clauses: judging(clauses) })
}

/// The result on which all editions agree that the known facts allow.
fn by_editions(plan: &DecisionPlan, all: &[ClausePlan], strip: &Strip<'_>) -> Results {
    let whens: Vec<Truths> = plan.editions.iter().map(|when| strip.truths_of(*when)).collect();
    let fixed = whens.iter().fold(Plane::NONE, |all, when| all.or(&when.yes));
    let (mut common, mut any) = (Results { met: Plane::ALL, failed: Plane::ALL, pending: Plane::ALL }, Plane::NONE);
    for (clauses, when) in all.iter().zip(&whens) {
        let possible = when.yes.or(&when.no.not().but_not(&fixed));
        let own = by_clauses(clauses, strip);
        let kept = |common: Plane, own: &Plane| common.and(&own.or(&possible.not()));
        common.met = kept(common.met, &own.met);
        common.failed = kept(common.failed, &own.failed);
        common.pending = kept(common.pending, &own.pending);
        any = any.or(&possible);
    }
    common.within(&any)
}
