//! Runs a plan over one account: conditions, then requirements, then verdicts. Nothing is allocated per account.
//!
//! In: a plan and facts. Out: a decided mask for each decision.
//! Owns the order of verdicts. Never says why.

use super::probe::probe;
use super::progress::progress;
use super::spare::Spare;
use super::value::{Value, value};
use super::view::{Truths, View};
use crate::facts::Facts;
use crate::plan::{BodyPlan, ClausePlan, DecisionPlan, HoldsPlan, Node, Plan, RequirementPlan, StatePlan, Step};
use crate::program::{Decision, InForce, Judged, Program, Verdict};
use crate::syntax::DecisionKind;
use crate::value::Truth;

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

    /// The truth of one state condition.
    pub fn state(&self, condition: usize) -> Truth {
        let bit = 1_u64.checked_shl(u32::try_from(condition).unwrap_or(u32::MAX)).unwrap_or(0);
        if self.holds & bit != 0 {
            Truth::TRUE
        } else if self.fails & bit != 0 {
            Truth::FALSE
        } else {
            Truth::UNKNOWN
        }
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
    /// Room to evaluate again on a part of the facts.
    pub spare: Spare,
}

impl Workspace {
    /// Room for a plan.
    pub fn new(plan: &Plan) -> Self {
        Self { truths: Truths::new(plan), subjects: Vec::with_capacity(plan.decisions.len()), spare: Spare::new(plan) }
    }
}

/// Decides everything for one account.
pub fn run(program: &Program, plan: &Plan, facts: &Facts, workspace: &mut Workspace) {
    workspace.subjects.clear();
    let view = View::account(facts);
    conditions(plan, 0, view, &mut workspace.truths);
    for (at, (decision, planned)) in program.decisions.iter().zip(&plan.decisions).enumerate() {
        match planned.list {
            None => {
                let decided = decide(decision, planned, view, &workspace.truths);
                workspace.subjects.push(Subjected { decision: at, record: None, decided });
            }
            Some(list) => {
                for record in 0..facts.records(list).len() {
                    let view = View::record(facts, plan, list, record);
                    conditions(plan, list.0 as usize + 1, view, &mut workspace.truths);
                    let decided = decide(decision, planned, view, &workspace.truths);
                    workspace.subjects.push(Subjected { decision: at, record: Some(record), decided });
                }
            }
        }
    }
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
    conditions(plan, group, view, truths);
    extras(plan, group, view, truths);
    view
}

/// Finds the truth of every condition of one group that verdicts need: 0 the account, then each list.
pub fn conditions(plan: &Plan, group: usize, view: View<'_>, truths: &mut Truths) {
    steps(plan, plan.groups.get(group).map_or(&[][..], Vec::as_slice), view, truths);
}

/// Finds the truth of the other conditions of one group; those that verdicts need are known.
pub fn extras(plan: &Plan, group: usize, view: View<'_>, truths: &mut Truths) {
    steps(plan, plan.extras.get(group).map_or(&[][..], Vec::as_slice), view, truths);
}

fn steps(plan: &Plan, steps: &[Step], view: View<'_>, truths: &mut Truths) {
    let refs = |first: u32, count: u32| plan.refs.get(first as usize..(first + count) as usize).unwrap_or(&[]);
    for step in steps {
        let (node, (yes, no)) = match *step {
            Step::Word { node, slot, mask } => (node, view.word(slot, mask)),
            Step::Both { node, a, b } => {
                let no = truths.surely(a.negate()) | truths.surely(b.negate());
                (node, (truths.surely(a) & truths.surely(b), no))
            }
            Step::Either { node, a, b } => {
                let no = truths.surely(a.negate()) & truths.surely(b.negate());
                (node, (truths.surely(a) | truths.surely(b), no))
            }
            Step::All { node, first, count } => {
                let all = refs(first, count)
                    .iter()
                    .fold((1, 0), |(yes, no), part| (yes & truths.surely(*part), no | truths.surely(part.negate())));
                (node, all)
            }
            Step::Any { node, first, count } => {
                let any = refs(first, count)
                    .iter()
                    .fold((0, 1), |(yes, no), part| (yes | truths.surely(*part), no & truths.surely(part.negate())));
                (node, any)
            }
            Step::Probe { node } => match plan.nodes.get(node as usize) {
                Some(Node::Test(test)) => {
                    let truth = probe(test, view, truths);
                    (node, (u8::from(truth.is_true()), u8::from(truth.is_false())))
                }
                _ => continue,
            },
        };
        truths.set_bits(node, yes, no);
    }
}

/// Finds the truth of some conditions; each comes after those that it refers to.
pub fn some_conditions(plan: &Plan, nodes: &[u32], view: View<'_>, truths: &mut Truths) {
    for node in nodes {
        let truth = plan.nodes.get(*node as usize).map_or(Truth::UNKNOWN, |kind| node_truth(kind, view, truths));
        truths.set(*node, truth);
    }
}

#[inline]
fn node_truth(node: &Node, view: View<'_>, truths: &Truths) -> Truth {
    match node {
        Node::Test(test) => probe(test, view, truths),
        Node::All(parts) => parts.iter().fold(Truth::TRUE, |truth, part| truth.and(truths.of(*part))),
        Node::Any(parts) => parts.iter().fold(Truth::FALSE, |truth, part| truth.or(truths.of(*part))),
        Node::Then(first, second) => truths.of(*first).and(truths.of(*second)),
        Node::True => Truth::TRUE,
    }
}

/// Decides one decision for one subject, once the truths of its conditions are known.
pub fn decide(decision: &Decision, plan: &DecisionPlan, view: View<'_>, truths: &Truths) -> Decided {
    let mut decided = Decided { verdict: Verdict::Undetermined, met: 0, failed: 0, pending: 0, open: 0, holds: 0, fails: 0 };
    let mut bit = 1_u64;
    for (requirement, simple) in plan.requirements.iter().zip(&plan.simple) {
        if let Some([fails, met, pending]) = *simple {
            let flag = |cond| (u64::from(truths.surely(cond))).wrapping_neg() & bit;
            let (failed, met, pending) = (flag(fails), flag(met), flag(pending));
            decided.failed |= failed;
            decided.met |= met & !failed;
            decided.pending |= pending & !met & !failed;
            decided.open |= bit & !(failed | met | pending);
            bit <<= 1;
            continue;
        }
        match judge(requirement, plan, decided.met, view, truths) {
            Judged::Met => decided.met |= bit,
            Judged::Failed => decided.failed |= bit,
            Judged::Pending => decided.pending |= bit,
            Judged::Open => decided.open |= bit,
        }
        bit <<= 1;
    }
    let mut bit = 1_u64;
    for (state, plain) in plan.states.iter().zip(&plan.plain_states) {
        let (yes, no) = match *plain {
            Some(when) => (truths.surely(when), truths.surely(when.negate())),
            None => {
                let truth = holds(state, view, truths);
                (u8::from(truth.is_true()), u8::from(truth.is_false()))
            }
        };
        decided.holds |= u64::from(yes).wrapping_neg() & bit;
        decided.fails |= u64::from(no).wrapping_neg() & bit;
        bit <<= 1;
    }
    let kinds = plan.state_kinds;
    let lost = decided.holds & kinds.lost != 0;
    let blocked = decided.holds & kinds.blocked != 0;
    let unknown = (kinds.lost | kinds.blocked) & !(decided.holds | decided.fails);
    let open_state = (unknown | (kinds.open & !decided.fails)) != 0;
    let open = decided.open != 0;
    decided.verdict = match decision.kind {
        DecisionKind::Action if decided.failed != 0 => Verdict::Denied,
        DecisionKind::Action if open => Verdict::Undetermined,
        DecisionKind::Action => Verdict::Allowed,
        DecisionKind::Check if decided.failed != 0 => Verdict::Fail,
        DecisionKind::Check if open => Verdict::Undetermined,
        DecisionKind::Check => Verdict::Pass,
        DecisionKind::Credit if in_force(decision, plan, truths).closed_on(view.facts.as_of()) => Verdict::Closed,
        DecisionKind::Credit if decided.failed != 0 => Verdict::DoesNotQualify,
        DecisionKind::Credit if lost => Verdict::Lost,
        DecisionKind::Credit if open || open_state => Verdict::Undetermined,
        DecisionKind::Credit if blocked => Verdict::Blocked,
        DecisionKind::Credit if decided.pending != 0 => Verdict::OnTrack,
        DecisionKind::Credit => Verdict::Qualifies,
    };
    decided
}

/// The limits that apply: those of the edition once it is known, else the program's.
pub fn in_force(decision: &Decision, plan: &DecisionPlan, truths: &Truths) -> InForce {
    let known = plan.editions.iter().zip(&decision.editions).find(|(when, _)| truths.of(**when).is_true());
    known.and_then(|(_, edition)| edition.in_force).unwrap_or(decision.in_force)
}

/// The result of one requirement; `met` are the results before it.
#[inline]
pub fn judge(requirement: &RequirementPlan, plan: &DecisionPlan, met: u64, view: View<'_>, truths: &Truths) -> Judged {
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
pub fn holds(state: &StatePlan, view: View<'_>, truths: &Truths) -> Truth {
    match &state.holds {
        HoldsPlan::When(when) | HoldsPlan::Open(when) => truths.of(*when),
        HoldsPlan::Needs(guard, terms) => match truths.of(*guard) {
            truth if truth.is_true() => {
                Truth::of(terms.iter().any(|term| matches!(value(term, view, truths), Value::Absent | Value::Blocked)))
            }
            other => other,
        },
    }
}
