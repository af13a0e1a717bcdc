//! Requirements and state conditions to results, results to masks, masks to the verdict.
//!
//! In: planned decisions. Out: the columns of each.
//! Owns the order of verdicts in SQL, as `eval::run` has it. Never names a reason: `reasons` does.

use super::compile::Compile;
use super::dialect::Refusal;
use super::expr::Sql;
use super::print::Kind;
use crate::plan::{BodyPlan, ClausePlan, DecisionPlan, HoldsPlan, RequirementPlan, StatePlan, Term};
use crate::program::{AS_OF, Decision, InForce, Judged, Verdict};
use crate::syntax::{DecisionKind, Order, StateKind};

/// The verdict of a row with a problem: nothing was decided on it.
pub const INVALID: &str = "invalid";

/// The most bits of a mask. What has more of them has further masks.
pub const MASK_BITS: usize = 62;

/// The result of a requirement as the number that stages hold.
pub(super) fn number(result: Judged) -> Sql {
    Sql::constant(match result {
        Judged::Open => "0",
        Judged::Met => "1",
        Judged::Failed => "2",
        Judged::Pending => "3",
    })
}

/// What a decision comes to, as columns.
pub(super) struct Decided {
    pub(super) verdict: Sql,
    /// Minor units, currency, and whether a tier that no source shows may pay more.
    pub(super) reward: [Sql; 3],
    pub(super) met: Vec<Sql>,
    pub(super) failed: Vec<Sql>,
    pub(super) pending: Vec<Sql>,
    pub(super) open: Vec<Sql>,
    pub(super) holds: Vec<Sql>,
}

impl Compile<'_> {
    /// One decision; `problem` is the row's.
    pub(super) fn decision(&mut self, decision: &Decision, plan: &DecisionPlan, problem: &Sql) -> Result<Decided, Refusal> {
        self.decision = Some(decision.id.clone());
        let editions = self.editions(plan)?;
        let mut results: Vec<Sql> = Vec::new();
        for (requirement, declared) in plan.requirements.iter().zip(&decision.requirements) {
            self.part = Some(format!("requirement `{}`", declared.id));
            let result = self.requirement(requirement, &editions, &results)?;
            results.push(self.stages.column(result));
        }
        let mut states: Vec<Sql> = Vec::new();
        for (state, declared) in plan.states.iter().zip(&decision.states) {
            self.part = Some(format!("state condition `{}`", declared.id));
            let truth = self.state(state)?;
            states.push(self.stages.short(truth));
        }
        self.part = None;
        let verdict = self.verdict(plan, &results, &states, problem)?;
        let verdict = self.stages.column(verdict);
        self.part = Some("its reward".to_owned());
        let pending = Sql::any(results.iter().map(|result| result.equals(&number(Judged::Pending))));
        let reward = self.reward(plan, &verdict, &pending)?;
        self.part = None;
        let is = |wanted: Judged| move |result: &Sql| result.equals(&number(wanted));
        let made = Decided {
            verdict,
            reward,
            met: self.masks(&results, problem, &is(Judged::Met)),
            failed: self.masks(&results, problem, &is(Judged::Failed)),
            pending: self.masks(&results, problem, &is(Judged::Pending)),
            open: self.masks(&results, problem, &is(Judged::Open)),
            holds: self.masks(&states, problem, &Sql::clone),
        };
        self.decision = None;
        Ok(made)
    }

    /// For each edition, whether it applies and whether it may.
    fn editions(&mut self, plan: &DecisionPlan) -> Result<Vec<Sql>, Refusal> {
        let mut truths = Vec::new();
        for when in &plan.editions {
            let truth = self.cond(*when)?;
            truths.push(self.stages.short(truth));
        }
        let sure = |truth: &Sql, otherwise: bool| {
            let other = Sql::truth(otherwise);
            Sql::of([truth], format!("COALESCE({}, {})", truth.text(), other.text()))
        };
        let fixed = Sql::any(truths.iter().map(|truth| sure(truth, false)).collect::<Vec<_>>());
        let fixed = self.stages.short(fixed);
        let possible = truths.iter().map(|truth| Sql::case(&[(fixed.clone(), sure(truth, false))], &sure(truth, true)));
        let possible: Vec<Sql> = possible.collect();
        Ok(possible.into_iter().map(|possible| self.stages.short(possible)).collect())
    }

    fn requirement(&mut self, plan: &RequirementPlan, possible: &[Sql], before: &[Sql]) -> Result<Sql, Refusal> {
        let body = match &plan.body {
            BodyPlan::Clauses(clauses) => self.clauses(clauses)?,
            BodyPlan::Progress(progress) => self.progress(progress)?,
            BodyPlan::Editions(all) => {
                let mut results = Vec::new();
                for clauses in all {
                    let result = self.clauses(clauses)?;
                    results.push(self.stages.column(result));
                }
                let some = Sql::any(possible.iter().cloned());
                let common = |wanted: Judged| {
                    let agree = possible
                        .iter()
                        .zip(&results)
                        .map(|(possible, result)| Sql::any([possible.not(), result.equals(&number(wanted))]));
                    (Sql::all([some.clone()].into_iter().chain(agree)), number(wanted))
                };
                Sql::case(&[Judged::Met, Judged::Failed, Judged::Pending].map(common), &number(Judged::Open))
            }
        };
        let target = plan.only_once.and_then(|at| before.get(usize::from(at)));
        Ok(match target {
            Some(target) => Sql::case(&[(target.equals(&number(Judged::Met)), body)], &number(Judged::Open)),
            None if plan.only_once.is_some() => number(Judged::Open),
            None => body,
        })
    }

    fn clauses(&mut self, clauses: &ClausePlan) -> Result<Sql, Refusal> {
        let branches = [
            (self.cond(clauses.fails)?, number(Judged::Failed)),
            (self.cond(clauses.met)?, number(Judged::Met)),
            (self.cond(clauses.pending)?, number(Judged::Pending)),
        ];
        Ok(Sql::case(&branches, &number(Judged::Open)))
    }

    /// For `life` and `standing` conditions: whether they are open.
    fn state(&mut self, plan: &StatePlan) -> Result<Sql, Refusal> {
        match &plan.holds {
            HoldsPlan::When(when) | HoldsPlan::Open(when) => self.cond(*when),
            HoldsPlan::Needs(guard, terms) => {
                let guard = self.cond(*guard)?;
                let mut unknown = Vec::new();
                for term in terms {
                    unknown.push(self.is_known(term)?.not());
                }
                Ok(Sql::case(&[(guard.clone(), Sql::any(unknown))], &guard))
            }
        }
    }

    fn verdict(&mut self, plan: &DecisionPlan, results: &[Sql], states: &[Sql], problem: &Sql) -> Result<Sql, Refusal> {
        let word = |verdict: Verdict| Sql::constant(format!("'{}'", verdict.word()));
        let has = |wanted: Judged| Sql::any(results.iter().map(|result| result.equals(&number(wanted))).collect::<Vec<_>>());
        let of = |kinds: &[StateKind]| {
            let kinds = kinds.to_vec();
            plan.states.iter().zip(states).filter(move |(state, _)| kinds.contains(&state.kind)).map(|(_, truth)| truth)
        };
        let sure = |truth: &Sql| Sql::of([truth], format!("COALESCE({}, FALSE)", truth.text()));
        let may = |truth: &Sql| Sql::of([truth], format!("COALESCE({}, TRUE)", truth.text()));
        let invalid = (problem.is_known(), Sql::constant(format!("'{INVALID}'")));
        let mut branches = vec![invalid];
        let failed = |verdict: Verdict| (has(Judged::Failed), word(verdict));
        let last = match plan.kind {
            DecisionKind::Action | DecisionKind::Check => {
                let (no, yes) = match plan.kind {
                    DecisionKind::Action => (Verdict::Denied, Verdict::Allowed),
                    _ => (Verdict::Fail, Verdict::Pass),
                };
                branches.extend([failed(no), (has(Judged::Open), word(Verdict::Undetermined))]);
                word(yes)
            }
            DecisionKind::Credit => {
                branches.push((self.closed(plan)?, word(Verdict::Closed)));
                branches.push(failed(Verdict::DoesNotQualify));
                branches.push((Sql::any(of(&[StateKind::Lost]).map(sure).collect::<Vec<_>>()), word(Verdict::Lost)));
                let unsettled = of(&[StateKind::Lost, StateKind::Blocked]).map(Sql::is_null);
                let standing = of(&[StateKind::Life, StateKind::Standing]).map(may);
                let open = Sql::any([has(Judged::Open)].into_iter().chain(unsettled).chain(standing));
                branches.push((open, word(Verdict::Undetermined)));
                branches.push((Sql::any(of(&[StateKind::Blocked]).map(sure).collect::<Vec<_>>()), word(Verdict::Blocked)));
                branches.push((has(Judged::Pending), word(Verdict::OnTrack)));
                word(Verdict::Qualifies)
            }
        };
        Ok(Sql::case(&branches, &last))
    }

    /// Is the program closed on the day of the check? The limits of the edition hold once it is known.
    fn closed(&mut self, plan: &DecisionPlan) -> Result<Sql, Refusal> {
        let today = self.term(&Term::Day(AS_OF))?.num;
        let closed = |limits: InForce| {
            let limit = |day: i64| Sql::constant(day.to_string());
            let before = limits.from.map(|from| today.compared(Order::Below, &limit(from)));
            let after = limits.settled.or(limits.to).map(|last| today.compared(Order::Above, &limit(last)));
            Sql::any(before.into_iter().chain(after))
        };
        let mut branches = Vec::new();
        for (when, limits) in plan.editions.iter().zip(&plan.edition_limits) {
            branches.push((self.cond(*when)?, closed(limits.unwrap_or(plan.in_force))));
        }
        let closed = Sql::case(&branches, &closed(plan.in_force));
        Ok(self.stages.short(closed))
    }

    /// Masks: bit `i` of mask `k` stands for entry `62 k + i`.
    fn masks(&mut self, all: &[Sql], problem: &Sql, is: &dyn Fn(&Sql) -> Sql) -> Vec<Sql> {
        let null = self.null(Kind::Whole);
        let of = |part: &[Sql]| {
            let bits = part.iter().zip(0_u32..).map(|(one, bit)| {
                let set = Sql::constant(format!("CAST({} AS BIGINT)", 1_u64 << bit));
                Sql::case(&[(is(one), set)], &Sql::constant("CAST(0 AS BIGINT)"))
            });
            let sum = Sql::sum(&bits.collect::<Vec<_>>());
            Sql::case(&[(problem.is_known(), null.clone())], &sum)
        };
        let masks: Vec<Sql> = if all.is_empty() { vec![of(&[])] } else { all.chunks(MASK_BITS).map(of).collect() };
        masks.into_iter().map(|mask| self.stages.column(mask)).collect()
    }
}
