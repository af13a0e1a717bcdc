//! Runs a plan over one account: conditions, then requirements, then verdicts. Nothing is allocated per account.
//!
//! In: a plan and facts. Out: a decided mask for each decision.
//! Owns the order of verdicts. Never says why.

use super::probe::{days, probe};
use super::progress::progress;
use super::spare::Spare;
use super::untold::{Reached, Untold};
use super::value::is_known;
use super::view::{Truths, View};
use crate::facts::Facts;
use crate::plan::{
    BodyPlan, ClausePlan, DaysStep, DecisionPlan, Group, HoldsPlan, Node, Plan, RangeStep, RequirementPlan, StatePlan, Step,
    Steps,
};
use crate::program::{InForce, Judged, Verdict};
use crate::syntax::DecisionKind;
use crate::value::{Day, Truth};

/// What a decision came to, as bits: bit `i` is requirement or state condition `i`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Decided {
    /// The verdict.
    pub verdict: Verdict,
    /// Requirements that are met.
    pub met: u64,
    /// Requirements that failed.
    pub failed: u64,
    /// Requirements that are pending.
    pub pending: u64,
    /// Requirements that are open.
    pub open: u64,
    /// State conditions that hold (for life and standing: that are open).
    pub holds: u64,
    /// State conditions that do not.
    pub fails: u64,
}

impl Decided {
    /// The result of one requirement.
    pub fn result(&self, requirement: usize) -> Judged {
        let bit = 1_u64.checked_shl(u32::try_from(requirement).unwrap_or(u32::MAX)).unwrap_or(0);
        if self.failed & bit != 0 {
            Judged::Failed
        } else if self.met & bit != 0 {
            Judged::Met
        } else if self.pending & bit != 0 {
            Judged::Pending
        } else {
            Judged::Open
        }
    }

    /// The results of all requirements, in order, and open ones behind them.
    #[inline]
    pub fn results(&self) -> impl Iterator<Item = Judged> {
        const RESULTS: [Judged; 4] = [Judged::Open, Judged::Failed, Judged::Met, Judged::Pending];
        let (mut low, mut high) = (self.failed | self.pending, (self.met | self.pending) & !self.failed);
        std::iter::repeat_with(move || {
            let at = (low & 1 | (high & 1) << 1) as usize;
            (low, high) = (low >> 1, high >> 1);
            RESULTS.get(at).copied().unwrap_or(Judged::Open)
        })
    }

    /// The truths of all state conditions, in order, and unknown ones behind them.
    #[inline]
    pub fn states(&self) -> impl Iterator<Item = Truth> {
        let (mut holds, mut fails) = (self.holds, self.fails);
        std::iter::repeat_with(move || {
            let truth = Truth::of_bits((holds & 1) as u8, (fails & 1) as u8);
            (holds, fails) = (holds >> 1, fails >> 1);
            truth
        })
    }

    /// The truth of one state condition.
    #[inline]
    pub fn state(&self, condition: usize) -> Truth {
        let of =
            |mask: u64| u32::try_from(condition).ok().and_then(|at| mask.checked_shr(at)).map_or(0, |rest| (rest & 1) as u8);
        Truth::of_bits(of(self.holds), of(self.fails))
    }
}

/// A decision for one subject.
#[derive(Clone, Copy, Debug)]
pub struct Subjected {
    /// Index of the decision.
    pub decision: usize,
    /// Index of the record, for a decision made per record.
    pub record: Option<usize>,
    /// What it came to.
    pub decided: Decided,
}

/// Room for one account's evaluation, used again for the next one.
#[derive(Clone, Debug, Default)]
pub struct Workspace {
    /// The truth of every condition, of the subject evaluated last.
    pub truths: Truths,
    /// What was decided, in the order of decisions, then records.
    pub subjects: Vec<Subjected>,
    /// What comes out while nothing is told.
    pub untold: Untold,
    /// What rests on a told fact of the account evaluated last.
    pub reached: Reached,
    /// Room to evaluate again on a part of the facts.
    pub spare: Spare,
}

impl Workspace {
    /// Room for a plan.
    pub fn new(plan: &Plan) -> Self {
        let subjects = Vec::with_capacity(plan.decisions.len());
        Self { truths: Truths::new(plan), subjects, spare: Spare::new(plan), ..Self::default() }
    }
}

/// Decides everything for one account. What rests on no told fact is as it is while nothing is told.
pub fn run(plan: &Plan, facts: &Facts, workspace: &mut Workspace) {
    if workspace.untold.day != Some(facts.as_of()) {
        untold(plan, facts.as_of(), &mut workspace.untold);
    }
    let Workspace { truths, subjects, untold, reached, spare } = workspace;
    spare.told.take(plan, facts);
    reached.gather(&plan.reach, &spare.told.told);
    truths.take_over(&untold.truths);
    let account = View::account(facts);
    reached_steps(plan, plan.groups.first(), &plan.reach.conditions, reached, &account, truths);
    subjects.clear();
    let (mut done, mut seen) = (0, None);
    reached.each(&plan.reach.decisions, |at| {
        let Some(planned) = plan.decisions.get(at) else { return };
        subjects.extend_from_slice(untold.subjects.get(done..at).unwrap_or(&[]));
        done = at + 1;
        for index in 0..planned.list.map_or(1, |list| facts.records(list).len()) {
            let (record, view) = match planned.list {
                None => (None, account),
                Some(list) => {
                    let view = View::record(facts, plan, list, index);
                    // Another decision about the same record finds its conditions there.
                    if seen.replace((list, index)) != Some((list, index)) {
                        conditions(plan, list.0 as usize + 1, &view, truths);
                    }
                    (Some(index), view)
                }
            };
            let decided = decide(planned, &view, truths);
            subjects.push(Subjected { decision: at, record, decided });
        }
    });
    subjects.extend_from_slice(untold.subjects.get(done..).unwrap_or(&[]));
}

/// Finds what comes out on a day while nothing is told.
fn untold(plan: &Plan, day: Day, untold: &mut Untold) {
    let nothing = Facts::untold(plan.blank.clone(), day);
    let view = View::account(&nothing);
    untold.truths = Truths::new(plan);
    all_conditions(plan, 0, &view, &mut untold.truths);
    untold.subjects.clear();
    untold.subjects.extend(plan.decisions.iter().enumerate().map(|(decision, planned)| {
        let decided = decide(planned, &view, &untold.truths);
        Subjected { decision, record: None, decided }
    }));
    untold.day = Some(day);
}

/// What one subject of `run` sees, with `truths` made those of its record too; the account's own, extras included, must
/// be there.
pub fn stand<'f>(plan: &Plan, facts: &'f Facts, subject: &Subjected, truths: &mut Truths) -> View<'f> {
    let list = plan.decisions.get(subject.decision).and_then(|planned| planned.list);
    let Some((list, record)) = list.zip(subject.record) else {
        return View::account(facts);
    };
    let view = View::record(facts, plan, list, record);
    let group = list.0 as usize + 1;
    all_conditions(plan, group, &view, truths);
    view
}

/// Finds the truth of every condition of one group: 0 the account, then each list.
pub fn all_conditions(plan: &Plan, group: usize, view: &View<'_>, truths: &mut Truths) {
    conditions(plan, group, view, truths);
    if let Some(group) = plan.extras.get(group) {
        steps(plan, group, view, truths);
    }
}

/// Of those the ones that verdicts need.
fn conditions(plan: &Plan, group: usize, view: &View<'_>, truths: &mut Truths) {
    if let Some(group) = plan.groups.get(group) {
        steps(plan, group, view, truths);
    }
}

/// Finds the truth of the other conditions of the account that `run` decided last.
pub fn extras(plan: &Plan, facts: &Facts, workspace: &mut Workspace) {
    let Workspace { truths, reached, .. } = workspace;
    reached_steps(plan, plan.extras.first(), &plan.reach.extras, reached, &View::account(facts), truths);
}

fn steps(plan: &Plan, group: &Group, view: &View<'_>, truths: &mut Truths) {
    view.words(&group.words, truths);
    group.ranges.iter().for_each(|step| range_step(step, view, truths));
    group.days.iter().for_each(|step| days_step(step, view, truths));
    group.steps.iter().for_each(|one| step(plan, one, view, truths));
}

/// The same of the steps of the account that are reached; at all others the truths are those that they have untold.
fn reached_steps(plan: &Plan, group: Option<&Group>, parts: &Steps, reached: &Reached, view: &View<'_>, truths: &mut Truths) {
    let Some(group) = group else { return };
    reached.each(&parts.words, |at| group.words.get(at).into_iter().for_each(|step| view.word(step, truths)));
    reached.each(&parts.ranges, |at| group.ranges.get(at).into_iter().for_each(|step| range_step(step, view, truths)));
    reached.each(&parts.days, |at| group.days.get(at).into_iter().for_each(|step| days_step(step, view, truths)));
    reached.each(&parts.steps, |at| group.steps.get(at).into_iter().for_each(|one| step(plan, one, view, truths)));
}

#[inline]
fn range_step(step: &RangeStep, view: &View<'_>, truths: &mut Truths) {
    truths.set(step.node, view.range(step.slot, step.from, step.to));
}

#[inline]
fn days_step(step: &DaysStep, view: &View<'_>, truths: &mut Truths) {
    truths.set(step.node, days(view, step.a, step.order, step.b));
}

#[inline]
fn step(plan: &Plan, step: &Step, view: &View<'_>, truths: &mut Truths) {
    let refs = |first: u32, count: u32| plan.refs.get(first as usize..(first + count) as usize).unwrap_or(&[]);
    let (node, truth) = match *step {
        Step::Both { node, a, b } => (node, truths.of(a).and(truths.of(b))),
        Step::Either { node, a, b } => (node, truths.of(a).or(truths.of(b))),
        Step::All { node, first, count } => {
            (node, refs(first, count).iter().fold(Truth::TRUE, |all, part| all.and(truths.of(*part))))
        }
        Step::Any { node, first, count } => {
            (node, refs(first, count).iter().fold(Truth::FALSE, |any, part| any.or(truths.of(*part))))
        }
        Step::Probe { node } => match plan.nodes.get(node as usize) {
            Some(Node::Test(test)) => (node, probe(test, view, truths)),
            _ => return,
        },
    };
    truths.set(node, truth);
}

/// Finds the truth of some conditions; each comes after those that it refers to.
pub fn some_conditions(plan: &Plan, nodes: &[u32], view: &View<'_>, truths: &mut Truths) {
    for node in nodes {
        let truth = plan.nodes.get(*node as usize).map_or(Truth::UNKNOWN, |kind| node_truth(kind, view, truths));
        truths.set(*node, truth);
    }
}

#[inline]
fn node_truth(node: &Node, view: &View<'_>, truths: &Truths) -> Truth {
    match node {
        Node::Test(test) => probe(test, view, truths),
        Node::All(parts) => parts.iter().fold(Truth::TRUE, |truth, part| truth.and(truths.of(*part))),
        Node::Any(parts) => parts.iter().fold(Truth::FALSE, |truth, part| truth.or(truths.of(*part))),
        Node::Then(first, second) => truths.of(*first).and(truths.of(*second)),
        Node::True => Truth::TRUE,
    }
}

/// Decides one decision for one subject, once the truths of its conditions are known.
// Inlined, so that the masks go from registers to where they are kept: a copy in between waits for its own writes.
#[inline(always)]
pub fn decide(plan: &DecisionPlan, view: &View<'_>, truths: &Truths) -> Decided {
    let judging = &plan.judging;
    let (mut met, mut failed, mut pending) = (0_u64, 0_u64, 0_u64);
    for [is_met, fails] in judging.requirements.iter().rev() {
        met = met << 1 | u64::from(truths.of(*is_met).is_true());
        failed = failed << 1 | u64::from(truths.of(*fails).is_true());
    }
    for (at, when) in &judging.pending {
        pending |= u64::from(truths.of(*when).is_true()) << at;
    }
    for at in &judging.bodies {
        let Some(requirement) = plan.requirements.get(usize::from(*at)) else { continue };
        match judge(requirement, plan, met & !failed, view, truths) {
            Judged::Met => met |= 1 << at,
            Judged::Failed => failed |= 1 << at,
            Judged::Pending => pending |= 1 << at,
            Judged::Open => {}
        }
    }
    // A failure outweighs whatever else is said, and what is met is no longer pending.
    met &= !failed;
    pending &= !(failed | met);
    let open = first_bits(judging.requirements.len()) & !(failed | met | pending);
    let (mut holding, mut fails) = (0_u64, 0_u64);
    for when in judging.states.iter().rev() {
        let truth = truths.of(*when);
        holding = holding << 1 | u64::from(truth.is_true());
        fails = fails << 1 | u64::from(truth.is_false());
    }
    for at in &judging.needs {
        let Some(state) = plan.states.get(usize::from(*at)) else { continue };
        // The blank in its place reads as known to fail.
        let truth = holds(state, view, truths);
        holding |= u64::from(truth.is_true()) << at;
        fails &= !(u64::from(!truth.is_false()) << at);
    }
    let decided = Decided { verdict: Verdict::Undetermined, met, failed, pending, open, holds: holding, fails };
    Decided { verdict: verdict(plan, decided, view, truths), ..decided }
}

/// The verdict that results and states come to.
#[inline(always)]
fn verdict(plan: &DecisionPlan, decided: Decided, view: &View<'_>, truths: &Truths) -> Verdict {
    let Decided { failed, pending, open, holds: holding, fails, .. } = decided;
    let kinds = plan.state_kinds;
    let lost = holding & kinds.lost != 0;
    let blocked = holding & kinds.blocked != 0;
    let open_state = kinds.open_among(holding, fails) != 0;
    match plan.kind {
        DecisionKind::Action if failed != 0 => Verdict::Denied,
        DecisionKind::Action if open != 0 => Verdict::Undetermined,
        DecisionKind::Action => Verdict::Allowed,
        DecisionKind::Check if failed != 0 => Verdict::Fail,
        DecisionKind::Check if open != 0 => Verdict::Undetermined,
        DecisionKind::Check => Verdict::Pass,
        DecisionKind::Credit if in_force(plan, truths).closed_on(view.facts.as_of()) => Verdict::Closed,
        DecisionKind::Credit if failed != 0 => Verdict::DoesNotQualify,
        DecisionKind::Credit if lost => Verdict::Lost,
        DecisionKind::Credit if open != 0 || open_state => Verdict::Undetermined,
        DecisionKind::Credit if blocked => Verdict::Blocked,
        DecisionKind::Credit if pending != 0 => Verdict::OnTrack,
        DecisionKind::Credit => Verdict::Qualifies,
    }
}

/// The verdict if one open requirement came to `result` instead; whatever waits for it is judged again.
pub fn verdict_if(
    plan: &DecisionPlan,
    decided: &Decided,
    at: usize,
    result: Judged,
    view: &View<'_>,
    truths: &Truths,
) -> Verdict {
    let mut other = *decided;
    let mut put = |at: usize, result: Judged| {
        let bit = first_bits(at + 1) & !first_bits(at);
        for (mask, of) in [
            (&mut other.met, Judged::Met),
            (&mut other.failed, Judged::Failed),
            (&mut other.pending, Judged::Pending),
            (&mut other.open, Judged::Open),
        ] {
            *mask = if of == result { *mask | bit } else { *mask & !bit };
        }
        other.met
    };
    let mut met = put(at, result);
    for (later, requirement) in plan.requirements.iter().enumerate().skip(at + 1) {
        if requirement.only_once.is_some() {
            met = put(later, judge(requirement, plan, met, view, truths));
        }
    }
    verdict(plan, other, view, truths)
}

/// As many bits as there are requirements.
const fn first_bits(count: usize) -> u64 {
    if count >= 64 { u64::MAX } else { (1 << count) - 1 }
}

/// The limits that apply: those of the edition once it is known, else the program's.
#[inline]
pub fn in_force(plan: &DecisionPlan, truths: &Truths) -> InForce {
    let mut known = plan.editions.iter().zip(&plan.edition_limits).filter(|(when, _)| truths.holds(**when));
    known.next().and_then(|(_, limits)| *limits).unwrap_or(plan.in_force)
}

/// The result of one requirement; `met` are the results before it.
#[inline]
pub fn judge(requirement: &RequirementPlan, plan: &DecisionPlan, met: u64, view: &View<'_>, truths: &Truths) -> Judged {
    if requirement.only_once.is_some_and(|target| met >> target & 1 == 0) {
        return Judged::Open;
    }
    match &requirement.body {
        BodyPlan::Clauses(clauses) => by_clauses(clauses, truths),
        BodyPlan::Progress(planned) => progress(planned, view, truths).result,
        BodyPlan::Editions(all) => {
            let mut common = None;
            for (clauses, _) in all.iter().zip(possible(plan, truths)).filter(|(_, possible)| *possible) {
                let result = by_clauses(clauses, truths);
                if common.is_some_and(|other| other != result) {
                    return Judged::Open;
                }
                common = Some(result);
            }
            common.unwrap_or(Judged::Open)
        }
    }
}

/// Which editions the known facts allow: the one that applies, else all that are not ruled out.
pub fn possible<'p>(plan: &'p DecisionPlan, truths: &'p Truths) -> impl Iterator<Item = bool> + 'p {
    let fixed = plan.editions.iter().any(|when| truths.of(*when).is_true());
    plan.editions.iter().map(move |when| {
        let truth = truths.of(*when);
        if fixed { truth.is_true() } else { !truth.is_false() }
    })
}

#[inline]
fn by_clauses(clauses: &ClausePlan, truths: &Truths) -> Judged {
    if truths.holds(clauses.fails) {
        Judged::Failed
    } else if truths.holds(clauses.met) {
        Judged::Met
    } else if truths.holds(clauses.pending) {
        Judged::Pending
    } else {
        Judged::Open
    }
}

/// The truth of a state condition; for life and standing it is whether they are open.
pub fn holds(state: &StatePlan, view: &View<'_>, truths: &Truths) -> Truth {
    match &state.holds {
        HoldsPlan::When(when) | HoldsPlan::Open(when) => truths.of(*when),
        HoldsPlan::Needs(guard, terms) => match truths.of(*guard) {
            truth if truth.is_true() => Truth::of(terms.iter().any(|term| !is_known(term, view, truths))),
            other => other,
        },
    }
}
