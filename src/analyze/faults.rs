//! Faults of a rule set that no single line shows: what can never happen, what decides nothing, what stays open for nothing.
//!
//! In: one version of the rules. Out: faults, each proved or with an account, and what could not be analysed.
//! Owns what counts as a fault. Never words one.

use std::collections::HashMap;

use super::Side;
use super::solve::{Budget, Found, Wanted, Witness};
use super::space::Space;
use crate::plan::{BodyPlan, ClausePlan, Ref, RequirementPlan, RewardPlan, WindowPlan};
use crate::program::{Intended, Judged, SlotId, Verdict};
use crate::syntax::DecisionKind;
use crate::value::Truth;

/// What is wrong.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Proved: a requirement is met by no account.
    NeverMet,
    /// Proved: a requirement says when it fails, and no account fails it.
    NeverFails,
    /// Proved: no account gets another verdict by this requirement than by the others.
    Follows,
    /// Proved: no account gets the best verdict.
    NobodyGets,
    /// Proved: no account is paid this tier; the choice and the tier of a reward.
    TierOutOfReach {
        /// Which reward.
        reward: usize,
        /// Which choice of tiers.
        choice: usize,
        /// Which tier.
        tier: usize,
    },
    /// The rules say that something never happens, and for this account it does.
    NotNever {
        /// What they say.
        said: Intended,
        /// The account.
        account: Box<Witness>,
    },
    /// For this account a fact is asked for although each of its values gives the same result.
    AskedForNothing {
        /// The fact.
        fact: SlotId,
        /// What the requirement comes to with each value.
        result: Judged,
        /// The account without the fact.
        account: Box<Witness>,
    },
    /// For this account two clauses hold at once.
    Overlap {
        /// What the two clauses say.
        clauses: [Judged; 2],
        /// The account.
        account: Box<Witness>,
    },
    /// A question could not be answered: the steps ran out, or its arithmetic is not analysed.
    Open {
        /// The steps ran out.
        steps: bool,
    },
}

/// A fault and where it is.
#[derive(Clone, Debug)]
pub struct Located {
    /// Index of the decision.
    pub decision: usize,
    /// Index of the requirement, where it is one requirement's.
    pub requirement: Option<usize>,
    /// What is wrong.
    pub fault: Fault,
}

/// Conflicts that one question may take: the whole library stays within seconds.
const BUDGET: Budget = Budget { conflicts: 4_000, rounds: 400 };

/// Every fault, in the order of the rules.
pub fn faults(side: Side<'_>) -> Vec<Located> {
    let mut found = Vec::new();
    for decision in 0..side.program.decisions.len() {
        let mut search =
            Search { side, decision, space: Space::new(&[(side, decision)]), found: Vec::new(), varied: HashMap::new() };
        search.decision();
        found.extend(search.found);
    }
    found
}

/// Is it proved for a requirement that no two of its clauses hold at once, and that one holds once all facts are known?
pub fn clauses_fit_together(side: Side<'_>, decision: usize, requirement: usize) -> bool {
    let mut search =
        Search { side, decision, space: Space::new(&[(side, decision)]), found: Vec::new(), varied: HashMap::new() };
    search.overlaps(requirement);
    search.found.is_empty() && search.covers(requirement)
}

struct Search<'r> {
    side: Side<'r>,
    decision: usize,
    space: Space<'r>,
    found: Vec<Located>,
    /// The same decision with each value of a fact, once it is made.
    varied: HashMap<SlotId, Option<Space<'r>>>,
}

impl Search<'_> {
    fn report(&mut self, requirement: Option<usize>, fault: Fault) {
        self.found.push(Located { decision: self.decision, requirement, fault });
    }

    /// Proved impossible? What cannot be answered is reported.
    fn never(&mut self, requirement: Option<usize>, wanted: &Wanted) -> bool {
        match self.space.find_within(wanted, BUDGET) {
            Found::Impossible => true,
            Found::Witness(_) => false,
            Found::NotAnalysed(_) => {
                self.report(requirement, Fault::Open { steps: false });
                false
            }
            Found::OutOfSteps => {
                self.report(requirement, Fault::Open { steps: true });
                false
            }
        }
    }

    fn decision(&mut self) {
        let Some(decision) = self.side.program.decisions.get(self.decision) else { return };
        let Some(planned) = self.side.plan.decisions.get(self.decision) else { return };
        let mut impossible = false;
        for (at, plan) in planned.requirements.iter().enumerate() {
            let intended = decision.requirements.get(at).map_or(&[][..], |requirement| &requirement.intended);
            let declared = |kind: Intended| intended.iter().any(|(known, _)| *known == kind);
            impossible |= says_never(plan);
            if can_say(plan, |clauses| clauses.met)
                && !declared(Intended::NeverMet)
                && self.never(Some(at), &Wanted::Result(0, at, Judged::Met))
            {
                impossible = true;
                self.report(Some(at), Fault::NeverMet);
            }
            impossible |= declared(Intended::NeverMet);
            for (said, result) in [(Intended::NeverMet, Judged::Met), (Intended::NeverFails, Judged::Failed)] {
                if declared(said)
                    && let Found::Witness(account) = self.space.find_within(&Wanted::Result(0, at, result), BUDGET)
                {
                    self.report(Some(at), Fault::NotNever { said, account });
                }
            }
            let fails = can_say(plan, |clauses| clauses.fails);
            let never_fails =
                fails && !declared(Intended::NeverFails) && self.never(Some(at), &Wanted::Result(0, at, Judged::Failed));
            if never_fails {
                self.report(Some(at), Fault::NeverFails);
            }
            let awaited = planned.requirements.iter().any(|other| other.only_once.map(usize::from) == Some(at));
            if fails && !never_fails && !awaited && !declared(Intended::NeverDecides) && !declared(Intended::NeverFails) {
                self.follows(at, planned.requirements.len());
            }
            self.overlaps(at);
            self.asked_for_nothing(at, plan, &|fact| declared(Intended::NeverWithout(fact)));
        }
        let best = match decision.kind {
            DecisionKind::Credit => Verdict::Qualifies,
            DecisionKind::Action => Verdict::Allowed,
            DecisionKind::Check => Verdict::Pass,
        };
        if impossible {
            return; // It is told, or said by the rule itself, why.
        }
        if self.never(None, &Wanted::Verdict(0, best)) {
            self.report(None, Fault::NobodyGets);
            return;
        }
        for (reward, (_, plan)) in planned.rewards.iter().enumerate() {
            let RewardPlan::Tier(choices, _) = plan else { continue };
            for (choice, tiers) in choices.iter().enumerate() {
                for (tier, known) in tiers.tiers.iter().enumerate() {
                    let pays = known.as_ref().is_some_and(|(_, gives)| gives.is_some());
                    // Where an earlier reward takes all accounts of a table, it is that one that pays them.
                    let earlier = reward > 0 && self.taken_before(&planned.rewards, reward, tiers.when);
                    if earlier {
                        continue;
                    }
                    if pays && self.never(None, &Wanted::Pays(0, reward, Some((choice, tier)))) {
                        self.report(None, Fault::TierOutOfReach { reward, choice, tier });
                    }
                }
            }
        }
    }

    /// Does an earlier reward take every account for which a condition holds?
    fn taken_before(&mut self, rewards: &[(Ref, RewardPlan)], reward: usize, when: Ref) -> bool {
        let truth = |cond: Ref, truth: Truth| Wanted::Truth(0, cond, truth);
        let mut left = vec![truth(when, Truth::TRUE)];
        left.extend(rewards.iter().take(reward).map(|(earlier, _)| truth(*earlier, Truth::FALSE)));
        matches!(self.space.find_within(&Wanted::All(left), BUDGET), Found::Impossible)
    }

    /// Would every account get the same verdict without a requirement? It would where no account fails it alone, and each
    /// that meets all others meets it.
    fn follows(&mut self, at: usize, count: usize) {
        if count < 2 {
            return;
        }
        let others = (0..count).filter(|other| *other != at).map(|other| Wanted::Result(0, other, Judged::Met));
        let others: Vec<Wanted> = others.collect();
        let mut alone = vec![Wanted::Result(0, at, Judged::Failed)];
        let others_fail = (0..count).filter(|other| *other != at).map(|other| Wanted::Result(0, other, Judged::Failed));
        alone.extend(others_fail.map(|fails| Wanted::Not(Box::new(fails))));
        let without = Wanted::All([others.clone(), vec![Wanted::Not(Box::new(Wanted::Result(0, at, Judged::Met)))]].concat());
        // Where the others are never met together, it follows from nothing.
        let together = Wanted::All(others);
        if self.never(Some(at), &without) && self.never(Some(at), &Wanted::All(alone)) && !self.never(Some(at), &together) {
            self.report(Some(at), Fault::Follows);
        }
    }

    /// Do two clauses that give different results hold at once?
    fn overlaps(&mut self, at: usize) {
        let Some(plan) = self.side.plan.decisions.get(self.decision).and_then(|planned| planned.requirements.get(at)) else {
            return;
        };
        let all: Vec<&ClausePlan> = match &plan.body {
            BodyPlan::Clauses(clauses) => vec![clauses],
            BodyPlan::Editions(all) => all.iter().collect(),
            BodyPlan::Progress(_) => return,
        };
        for clauses in all {
            let mut said =
                vec![(Judged::Met, clauses.met), (Judged::Failed, clauses.fails), (Judged::Pending, clauses.pending)];
            said.extend(clauses.open.iter().map(|open| (Judged::Open, *open)));
            said.retain(|(_, when)| *when != Ref::FALSE);
            for (index, (first, a)) in said.iter().enumerate() {
                for (second, b) in said.iter().skip(index + 1).filter(|(second, _)| second != first) {
                    let truth = |cond: Ref| Wanted::Truth(0, cond, Truth::TRUE);
                    match self.space.find_within(&Wanted::All(vec![truth(*a), truth(*b)]), BUDGET) {
                        Found::Impossible => {}
                        Found::Witness(account) => {
                            self.report(Some(at), Fault::Overlap { clauses: [*first, *second], account });
                        }
                        Found::NotAnalysed(_) => self.report(Some(at), Fault::Open { steps: false }),
                        Found::OutOfSteps => self.report(Some(at), Fault::Open { steps: true }),
                    }
                }
            }
        }
    }

    /// Is it proved that the clauses leave no case out?
    fn covers(&mut self, at: usize) -> bool {
        let planned = self.side.plan.decisions.get(self.decision);
        let Some(plan) = planned.and_then(|planned| planned.requirements.get(at)) else { return false };
        let all: Vec<&ClausePlan> = match &plan.body {
            BodyPlan::Clauses(clauses) => vec![clauses],
            BodyPlan::Editions(all) => all.iter().collect(),
            BodyPlan::Progress(_) => return true,
        };
        all.into_iter().all(|clauses| {
            let none = clauses.conditions().map(|cond| Wanted::Truth(0, cond, Truth::FALSE)).collect();
            matches!(self.space.find_within(&Wanted::All(none), BUDGET), Found::Impossible)
        })
    }

    /// Is a fact asked for although each of its values gives the same result?
    fn asked_for_nothing(&mut self, at: usize, plan: &RequirementPlan, meant: &dyn Fn(SlotId) -> bool) {
        let mut slots: Vec<SlotId> = plan.reads.iter().map(|read| read.slot).collect();
        slots.sort_unstable();
        slots.dedup();
        // One fact alone is asked for with reason, or its clauses come to one result, which is told.
        if slots.len() < 2 || matches!(plan.body, BodyPlan::Progress(_)) {
            return;
        }
        for fact in slots.into_iter().filter(|fact| !meant(*fact)) {
            let (side, decision) = (self.side, self.decision);
            let varied = self.varied.entry(fact).or_insert_with(|| Space::with_each_value(side, decision, fact));
            let Some(space) = varied else { continue };
            let sides = space.versions();
            for result in [Judged::Met, Judged::Failed] {
                let mut parts = vec![Wanted::Result(0, at, Judged::Open)];
                parts.extend((1..sides).map(|side| Wanted::Result(side, at, result)));
                match space.find_within(&Wanted::All(parts), BUDGET) {
                    Found::Witness(account) => {
                        return self.report(Some(at), Fault::AskedForNothing { fact, result, account });
                    }
                    Found::OutOfSteps => return self.report(Some(at), Fault::Open { steps: true }),
                    // What is not analysed is not claimed, and no fault either.
                    Found::Impossible | Found::NotAnalysed(_) => {}
                }
            }
        }
    }
}

/// Does a body have a clause of a kind that is not plainly never?
fn can_say(plan: &RequirementPlan, clause: impl Fn(&ClausePlan) -> Ref) -> bool {
    match &plan.body {
        BodyPlan::Clauses(clauses) => clause(clauses) != Ref::FALSE,
        BodyPlan::Editions(all) => all.iter().any(|clauses| clause(clauses) != Ref::FALSE),
        BodyPlan::Progress(progress) => !progress.windows.iter().all(|(_, window)| matches!(window, WindowPlan::Forever)),
    }
}

/// Does the rule itself say that it is never met?
fn says_never(plan: &RequirementPlan) -> bool {
    match &plan.body {
        BodyPlan::Clauses(clauses) => clauses.met == Ref::FALSE,
        BodyPlan::Editions(all) => all.iter().all(|clauses| clauses.met == Ref::FALSE),
        BodyPlan::Progress(_) => false,
    }
}
