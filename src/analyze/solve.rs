//! Questions about all accounts, answered by an account or by a proof that there is none.
//!
//! In: what is wanted of the decision in each version. Out: a witness that replays, or why there is none.
//! Owns the search with its limit of steps. Every account is decided again by `eval` before it is returned; one that does
//! not come to what was wanted is never returned, and never makes "impossible".

use batsat::Lit;

use super::cells::{self, Domain, Value as Said};
use super::gates::Answer;
use super::numbers::{Demand, Range, Solved, solve};
use super::poly::AtMost;
use super::space::Space;
use super::terms::Value;
use super::witness::Account;
use crate::eval::{Decided, Reward, Truths, all_conditions, possible, reward, stand};
use crate::facts::Facts;
use crate::plan::Ref;
use crate::program::{Judged, Lane, SlotId, Verdict};
use crate::value::Truth;

/// What is asked of one fact.
#[derive(Clone, Debug)]
pub enum Asked {
    /// It is given, derived or assumed.
    Known,
    /// It has this value; for a text the lane counts in the facts around which is searched.
    Is(Lane),
    /// A number, a day or an amount of the same currency that is at least so much.
    AtLeast(Lane),
    /// A number, a day or an amount of the same currency that is at most so much.
    AtMost(Lane),
}

/// What is wanted of an account. The first number is always the version, in the order in which the space was made.
#[derive(Clone, Debug)]
pub enum Wanted {
    /// All of some.
    All(Vec<Wanted>),
    /// At least one of some.
    Any(Vec<Wanted>),
    /// Not so.
    Not(Box<Wanted>),
    /// The verdict.
    Verdict(usize, Verdict),
    /// The result of a requirement, by its index.
    Result(usize, usize, Judged),
    /// The truth of a state condition, by its index.
    State(usize, usize, Truth),
    /// The truth of a condition of the plan.
    Truth(usize, Ref, Truth),
    /// An edition may apply, by its index.
    Edition(usize, usize),
    /// Something about one fact.
    Fact(usize, SlotId, Asked),
    /// A reward is stated by this rule; for one by tiers by this choice and tier. It counts only with a verdict that pays.
    Pays(usize, usize, Option<(usize, usize)>),
    /// Any reward is stated.
    Paid(usize),
    /// Two versions state rewards, and they differ, or only one does.
    RewardDiffers(usize, usize),
}

/// An account that comes to what was wanted.
#[derive(Clone, Debug)]
pub struct Witness {
    /// What each version reads from its document; the day and the records are there too.
    pub facts: Vec<Facts>,
    /// The document of each version: a facts document in YAML.
    pub documents: Vec<String>,
    /// What the document says beside the day: fact and value as written, in the order of the vocabulary of the first
    /// version that knows it.
    pub given: Vec<(String, String)>,
    /// The slot of each fact of `given` in each version.
    pub slots: Vec<Vec<Option<SlotId>>>,
    /// The record under decision of each version.
    pub records: Vec<Option<usize>>,
    /// What each version decides.
    pub decided: Vec<Decided>,
    /// What each version pays, where it states a reward.
    pub rewards: Vec<Option<Reward>>,
}

/// Why nothing is claimed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unclear {
    /// The arithmetic of a condition is not analysed.
    Arithmetic,
    /// An account of the model did not come to the same when it was decided.
    NoReplay,
}

/// The answer to a question.
#[derive(Clone, Debug)]
pub enum Found {
    /// Here is one, with as few facts as decide it.
    Witness(Box<Witness>),
    /// Proved: there is none.
    Impossible,
    /// Nothing is claimed.
    NotAnalysed(Unclear),
    /// The steps ran out.
    OutOfSteps,
}

/// Limits of one question.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// Conflicts of the solver.
    pub conflicts: u64,
    /// Accounts and arithmetic contradictions that are looked at.
    pub rounds: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { conflicts: 20_000, rounds: 2_000 }
    }
}

/// Accounts that do not replay are passed over so often.
const MISSES: usize = 12;

/// What one version made of an account.
struct Seen {
    decided: Decided,
    truths: Truths,
    reward: Option<Reward>,
    possible: Vec<bool>,
    facts: Facts,
}

impl Space<'_> {
    /// Looks for an account that comes to what is wanted.
    pub fn find(&mut self, wanted: &Wanted) -> Found {
        self.find_within(wanted, Budget::default())
    }

    /// The same with limits of one's own.
    pub fn find_within(&mut self, wanted: &Wanted, budget: Budget) -> Found {
        let goal = self.literal(wanted);
        if goal == self.gates.no() {
            return Found::Impossible;
        }
        let query = self.gates.free();
        let mut assumed = self.plausible(vec![goal, query], budget);
        let start = self.gates.spent();
        let mut unclear = None;
        let mut misses = 0;
        for _ in 0..budget.rounds {
            let left = (start + budget.conflicts).saturating_sub(self.gates.spent());
            match self.gates.solve(&assumed, left) {
                Answer::Stopped => return Found::OutOfSteps,
                // What would be usual is not demanded.
                Answer::No if assumed.len() > 2 => {
                    assumed.truncate(2);
                    continue;
                }
                Answer::No => {
                    self.gates.clause([!query]);
                    return unclear.map_or(Found::Impossible, Found::NotAnalysed);
                }
                Answer::Yes => {}
            }
            let demands = self.demands();
            match solve(&self.ranges(), &demands) {
                Solved::Conflict(reasons) => self.gates.clause(reasons.into_iter().map(|reason| !reason)),
                Solved::Unknown => {
                    unclear = Some(Unclear::Arithmetic);
                    misses += 1;
                    let blocked: Vec<Lit> = demands.iter().map(|(_, why)| !*why).chain([!query]).collect();
                    self.gates.clause(blocked);
                }
                Solved::Values(values) => {
                    let account = self.account(&values);
                    if let Some(seen) = self.replay(&account)
                        && self.holds(wanted, &seen)
                    {
                        return Found::Witness(Box::new(self.smallest(wanted, account)));
                    }
                    misses += 1;
                    unclear = Some(if !self.opaque.is_empty() { Unclear::Arithmetic } else { Unclear::NoReplay });
                    let blocked = self.chosen(&demands, query);
                    self.gates.clause(blocked);
                }
            }
            if misses > MISSES {
                return Found::NotAnalysed(unclear.unwrap_or(Unclear::Arithmetic));
            }
        }
        Found::OutOfSteps
    }

    /// What is wanted, with what accounts usually say as far as that is possible: days that are past, amounts above zero.
    fn plausible(&mut self, wanted: Vec<Lit>, budget: Budget) -> Vec<Lit> {
        let is_day = |var: &super::cells::Variable| var.slots.iter().flatten().any(|slot| cells::is_day_of_check(*slot));
        let day = self.vars.iter().position(is_day);
        let mut usual = Vec::new();
        for at in 0..self.vars.len() {
            let Some(variable) = self.vars.get(at).filter(|variable| !variable.fixed) else { continue };
            let (form, given) = (variable.place.form, variable.given);
            let within = match (form, day) {
                (cells::Form::Money, _) => !self.number_at_most(at, -1),
                (cells::Form::Day, Some(day)) if day != at => {
                    self.at_most(AtMost { parts: vec![(vec![day], -1), (vec![at], 1)], limit: 0 })
                }
                _ => continue,
            };
            usual.push(self.gates.any([!given, within]));
        }
        let mut all = [wanted.clone(), usual.clone()].concat();
        if self.gates.solve(&all, budget.conflicts / 4) == Answer::Yes {
            return all;
        }
        all = wanted;
        for one in usual {
            all.push(one);
            if self.gates.solve(&all, budget.conflicts / 16) != Answer::Yes {
                all.pop();
            }
        }
        all
    }

    /// Decides an account of a witness again: does it come to what is wanted?
    pub fn confirms(&self, wanted: &Wanted, witness: &Witness) -> bool {
        let seen: Option<Vec<Seen>> =
            witness.facts.iter().enumerate().map(|(side, facts)| self.seen(side, facts.clone())).collect();
        seen.is_some_and(|seen| self.holds(wanted, &seen))
    }

    // ------------------------------------------------------------ questions as formulas

    fn literal(&mut self, wanted: &Wanted) -> Lit {
        match wanted {
            Wanted::All(parts) => {
                let parts: Vec<Lit> = parts.iter().map(|part| self.literal(part)).collect();
                self.gates.all(parts)
            }
            Wanted::Any(parts) => {
                let parts: Vec<Lit> = parts.iter().map(|part| self.literal(part)).collect();
                self.gates.any(parts)
            }
            Wanted::Not(part) => !self.literal(part),
            Wanted::Verdict(side, verdict) => self.verdict(*side, *verdict),
            Wanted::Result(side, requirement, judged) => self.result(*side, *requirement, *judged),
            Wanted::State(side, state, truth) => {
                let found = self.formulas(*side).and_then(|all| all.states.get(*state).copied());
                found.map_or(self.gates.no(), |pair| self.truth(pair, *truth))
            }
            Wanted::Truth(side, cond, truth) => {
                let pair = self.cond(*side, *cond);
                self.truth(pair, *truth)
            }
            Wanted::Edition(side, edition) => {
                let found = self.formulas(*side).and_then(|all| all.possible.get(*edition).copied());
                found.unwrap_or(self.gates.no())
            }
            Wanted::Fact(side, slot, asked) => self.fact(*side, *slot, asked),
            Wanted::Pays(side, rule, tier) => {
                let paying = self.paying(*side);
                let ways = self.formulas(*side).map_or_else(Vec::new, |all| {
                    let own =
                        all.rewards.iter().filter(|paid| paid.by.0 == *rule && tier.is_none_or(|tier| paid.by.1 == Some(tier)));
                    own.map(|paid| paid.when).collect()
                });
                let stated = self.gates.any(ways);
                self.gates.all([paying, stated])
            }
            Wanted::Paid(side) => self.stated(*side),
            Wanted::RewardDiffers(a, b) => self.reward_differs(*a, *b),
        }
    }

    fn truth(&mut self, (yes, no): (Lit, Lit), truth: Truth) -> Lit {
        match truth {
            truth if truth.is_true() => yes,
            truth if truth.is_false() => no,
            _ => self.gates.all([!yes, !no]),
        }
    }

    fn fact(&mut self, side: usize, slot: SlotId, asked: &Asked) -> Lit {
        let Some(ty) = self.side(side).and_then(|(rules, _)| rules.program.fact_of(slot).map(|fact| fact.ty.clone())) else {
            return self.gates.no();
        };
        let text = |lane| self.around.as_ref().map_or("", |(facts, _)| facts.text(lane)).to_owned();
        let said = match asked {
            Asked::Known => None,
            Asked::Is(lane) | Asked::AtLeast(lane) | Asked::AtMost(lane) => Some(Said::of(&ty, *lane, &text(*lane))),
        };
        let mut ways = Vec::new();
        for (when, origin) in self.origins(side, slot).iter() {
            let holds = match (&said, origin, asked) {
                (None, ..) => self.gates.yes(),
                (Some(said), super::space::Origin::Given(var), Asked::Is(_)) => self.is(*var, said),
                (Some(said), super::space::Origin::Constant(own), Asked::Is(_)) => self.gates.constant(said == own),
                (Some(said), super::space::Origin::Given(var), _) => self.bounded(*var, said, asked),
                (Some(said), super::space::Origin::Constant(own), _) => {
                    let holds = match (own, said, asked) {
                        (Said::Number(own), Said::Number(limit), Asked::AtLeast(_)) => own >= limit,
                        (Said::Number(own), Said::Number(limit), _) => own <= limit,
                        (Said::Money(own, a), Said::Money(limit, b), Asked::AtLeast(_)) => a == b && own >= limit,
                        (Said::Money(own, a), Said::Money(limit, b), _) => a == b && own <= limit,
                        _ => false,
                    };
                    self.gates.constant(holds)
                }
                (Some(_), super::space::Origin::Sum(..) | super::space::Origin::Unread, _) => self.opaque().0,
            };
            ways.push(self.gates.all([*when, holds]));
        }
        self.gates.any(ways)
    }

    fn bounded(&mut self, var: usize, said: &Said, asked: &Asked) -> Lit {
        let Some(Domain::Number { never, currencies, .. }) = self.vars.get(var).map(|var| var.domain.clone()) else {
            return self.gates.no();
        };
        let (limit, currency) = match said {
            Said::Number(limit) => (*limit, self.gates.yes()),
            Said::Money(limit, code) => {
                let found = currencies.iter().find(|(known, _)| known == code).map(|(_, lit)| *lit);
                (*limit, found.unwrap_or(self.gates.no()))
            }
            _ => return self.gates.no(),
        };
        let within = match asked {
            Asked::AtLeast(_) => !self.number_at_most(var, limit - 1),
            _ => self.number_at_most(var, limit),
        };
        self.gates.all([!never, currency, within])
    }

    /// Does the verdict state a reward?
    fn paying(&mut self, side: usize) -> Lit {
        let (qualifies, blocked) = (self.verdict(side, Verdict::Qualifies), self.verdict(side, Verdict::Blocked));
        let pending: Vec<Lit> =
            self.formulas(side).map_or_else(Vec::new, |all| all.results.iter().map(|result| !result.pending).collect());
        let none = self.gates.all(pending);
        let held = self.gates.all([blocked, none]);
        self.gates.any([qualifies, held])
    }

    fn stated(&mut self, side: usize) -> Lit {
        let paying = self.paying(side);
        let ways: Vec<Lit> =
            self.formulas(side).map_or_else(Vec::new, |all| all.rewards.iter().map(|paid| paid.when).collect());
        let stated = self.gates.any(ways);
        self.gates.all([paying, stated])
    }

    fn reward_differs(&mut self, a: usize, b: usize) -> Lit {
        let (first, second) = (self.stated(a), self.stated(b));
        let one = [self.gates.all([first, !second]), self.gates.all([!first, second])];
        let mut ways = one.to_vec();
        let (Some(old), Some(new)) = (self.formulas(a), self.formulas(b)) else { return self.gates.no() };
        for old in &old.rewards {
            for new in &new.rewards {
                let both = self.gates.all([first, second, old.when, new.when]);
                if both == self.gates.no() {
                    continue;
                }
                let same = match (old.value.poly(), new.value.poly()) {
                    (Some(x), Some(y)) => self.ordered(x, y).map(|[_, equal, _]| equal),
                    _ => None,
                };
                let same = match same {
                    Some(same) => same,
                    None if old.name == new.name => self.gates.yes(),
                    None => self.opaque().0,
                };
                let currency = match (&old.value, &new.value) {
                    (Value::Number { .. }, Value::Number { .. }) => self.comparable(&old.value, &new.value),
                    _ => self.gates.yes(),
                };
                let kind = self.gates.constant(old.at_least == new.at_least);
                let equal = self.gates.all([same, currency, kind]);
                ways.push(self.gates.all([both, !equal]));
            }
        }
        self.gates.any(ways)
    }

    // ------------------------------------------------------------ models as accounts

    /// What the model demands of numbers.
    fn demands(&self) -> Vec<Demand> {
        let mut demands = Vec::new();
        for (parts, ladder) in &self.ladders.all {
            let used = parts.iter().flat_map(|(factors, _)| factors).all(|var| {
                self.vars.get(*var).is_some_and(|var| {
                    let never = matches!(&var.domain, Domain::Number { never, .. } if self.gates.holds(*never));
                    self.gates.holds(var.given) && !never
                })
            });
            if !used {
                continue;
            }
            let least = ladder.iter().find(|(_, lit)| self.gates.holds(**lit));
            let most = ladder.iter().rev().find(|(_, lit)| !self.gates.holds(**lit));
            demands.extend(least.map(|(limit, lit)| (AtMost { parts: parts.clone(), limit: *limit }, *lit)));
            demands.extend(most.map(|(limit, lit)| (AtMost { parts: parts.clone(), limit: *limit }.negated(), !*lit)));
        }
        demands
    }

    fn ranges(&self) -> Vec<Range> {
        let is_day = |var: &super::cells::Variable| var.slots.iter().flatten().any(|slot| cells::is_day_of_check(*slot));
        let day = self.vars.iter().position(is_day);
        let mut order: Vec<usize> = (0..self.vars.len()).collect();
        order.sort_by_key(|at| Some(*at) != day);
        let mut ranges = Vec::new();
        for at in order {
            let Some(variable) = self.vars.get(at) else { continue };
            let Domain::Number { never, low, high, .. } = &variable.domain else { continue };
            if !self.gates.holds(variable.given) || self.gates.holds(*never) {
                continue;
            }
            let (usual, value) = cells::usual(variable.place.form);
            let base = match &variable.base {
                Some(Said::Number(value) | Said::Money(value, _)) => Some(*value),
                _ => None,
            };
            let prefer = match (base, day) {
                (Some(base), _) => Ok(base),
                (None, Some(day)) if day != at && variable.place.form == cells::Form::Day => Err(day),
                _ => Ok(value),
            };
            ranges.push(Range { var: at, low: *low, high: *high, usual, prefer, keep: base.is_some() });
        }
        ranges
    }

    /// The account of the model.
    fn account(&self, values: &[(usize, i128)]) -> Account {
        let mut account = Account::new();
        for (at, variable) in self.vars.iter().enumerate() {
            if !self.gates.holds(variable.given) {
                continue;
            }
            let chosen =
                |lits: &[(String, Lit)]| lits.iter().find(|(_, lit)| self.gates.holds(*lit)).map(|(word, _)| word.clone());
            let value = match &variable.domain {
                Domain::Words(words) => chosen(words).map(Said::Word),
                Domain::Texts(texts) => chosen(texts).map(Said::Text),
                Domain::Codes(codes) => codes.iter().find(|(_, lit)| self.gates.holds(*lit)).map(|(code, _)| Said::Code(*code)),
                Domain::Set(words) => {
                    let held = words.iter().filter(|(_, lit)| self.gates.holds(*lit)).map(|(word, _)| word.clone());
                    Some(Said::Words(held.collect()))
                }
                Domain::Number { never, .. } if self.gates.holds(*never) => Some(Said::Never),
                Domain::Number { currencies, .. } => {
                    let number = values.iter().find(|(var, _)| *var == at).map(|(_, value)| *value);
                    let currency = currencies.iter().find(|(_, lit)| self.gates.holds(*lit)).map(|(code, _)| *code);
                    number.map(|number| currency.map_or(Said::Number(number), |currency| Said::Money(number, currency)))
                }
            };
            if let Some(value) = value {
                account.insert(at, value);
            }
        }
        account
    }

    /// A clause that another model must satisfy.
    fn chosen(&self, demands: &[Demand], query: Lit) -> Vec<Lit> {
        let mut clause = vec![!query];
        clause.extend(demands.iter().map(|(_, why)| !*why));
        for variable in &self.vars {
            let flip = |lit: Lit| if self.gates.holds(lit) { !lit } else { lit };
            clause.push(flip(variable.given));
            if self.gates.holds(variable.given) {
                match &variable.domain {
                    Domain::Words(lits) | Domain::Texts(lits) | Domain::Set(lits) => {
                        clause.extend(lits.iter().map(|(_, lit)| flip(*lit)))
                    }
                    Domain::Codes(lits) => clause.extend(lits.iter().map(|(_, lit)| flip(*lit))),
                    Domain::Number { never, currencies, .. } => {
                        clause.push(flip(*never));
                        clause.extend(currencies.iter().map(|(_, lit)| flip(*lit)));
                    }
                }
            }
        }
        clause
    }

    // ------------------------------------------------------------ replay

    fn replay(&self, account: &Account) -> Option<Vec<Seen>> {
        (0..self.sides.len())
            .map(|side| {
                let facts = self.facts(side, &self.document(side, account)?)?;
                self.seen(side, facts)
            })
            .collect()
    }

    /// What one version decides.
    fn seen(&self, side: usize, facts: Facts) -> Option<Seen> {
        let (rules, planned) = self.side(side)?;
        let plan = rules.plan;
        let decision = self.sides.get(side)?.1;
        let mut truths = Truths::new(plan);
        let account = crate::eval::View::account(&facts);
        all_conditions(plan, 0, &account, &mut truths);
        let subject = crate::eval::Subjected { decision, record: self.subject(side), decided: nothing() };
        let view = stand(plan, &facts, &subject, &mut truths);
        let decided = crate::eval::decide(planned, &view, &truths);
        let reward = reward(planned, &decided, &view, &truths);
        let possible = possible(planned, &truths).collect();
        Some(Seen { decided, reward, possible, truths, facts })
    }

    fn holds(&self, wanted: &Wanted, seen: &[Seen]) -> bool {
        let on = |side: &usize| seen.get(*side);
        match wanted {
            Wanted::All(parts) => parts.iter().all(|part| self.holds(part, seen)),
            Wanted::Any(parts) => parts.iter().any(|part| self.holds(part, seen)),
            Wanted::Not(part) => !self.holds(part, seen),
            Wanted::Verdict(side, verdict) => on(side).is_some_and(|seen| seen.decided.verdict == *verdict),
            Wanted::Result(side, at, judged) => on(side).is_some_and(|seen| seen.decided.result(*at) == *judged),
            Wanted::State(side, at, truth) => on(side).is_some_and(|seen| seen.decided.state(*at) == *truth),
            Wanted::Truth(side, cond, truth) => on(side).is_some_and(|seen| seen.truths.of(*cond) == *truth),
            Wanted::Edition(side, at) => on(side).is_some_and(|seen| seen.possible.get(*at) == Some(&true)),
            Wanted::Fact(side, slot, asked) => on(side).is_some_and(|seen| self.fact_holds(*side, *slot, asked, seen)),
            // Which rule pays is read off the formula; that the reward is stated is decided again.
            Wanted::Pays(side, ..) | Wanted::Paid(side) => on(side).is_some_and(|seen| seen.reward.is_some()),
            Wanted::RewardDiffers(a, b) => on(a).zip(on(b)).is_some_and(|(a, b)| {
                let stated = |seen: &Seen| seen.reward.map(|reward| (reward.amount, reward.at_least));
                stated(a) != stated(b)
            }),
        }
    }

    fn fact_holds(&self, side: usize, slot: SlotId, asked: &Asked, seen: &Seen) -> bool {
        let Some((rules, planned)) = self.side(side) else { return false };
        let view = match planned.list.zip(self.subject(side)) {
            Some((list, record)) => crate::eval::View::record(&seen.facts, rules.plan, list, record),
            None => crate::eval::View::account(&seen.facts),
        };
        let Some(lane) = view.get(slot) else { return false };
        let Some(ty) = rules.program.fact_of(slot).map(|fact| &fact.ty) else { return false };
        let around = self.around.as_ref().map(|(facts, _)| facts);
        let said = |lane: Lane| Said::of(ty, lane, around.map_or("", |facts| facts.text(lane)));
        let own = Said::of(ty, lane, seen.facts.text(lane));
        match (asked, own) {
            (Asked::Known, _) => true,
            (Asked::Is(wanted), own) => own == said(*wanted),
            (Asked::AtLeast(limit), Said::Number(own)) => matches!(said(*limit), Said::Number(limit) if own >= limit),
            (Asked::AtMost(limit), Said::Number(own)) => matches!(said(*limit), Said::Number(limit) if own <= limit),
            (Asked::AtLeast(limit), Said::Money(own, code)) => {
                matches!(said(*limit), Said::Money(limit, other) if code == other && own >= limit)
            }
            (Asked::AtMost(limit), Said::Money(own, code)) => {
                matches!(said(*limit), Said::Money(limit, other) if code == other && own <= limit)
            }
            _ => false,
        }
    }

    /// The account with as few facts, or as few changes, as still come to what is wanted.
    fn smallest(&self, wanted: &Wanted, mut account: Account) -> Witness {
        for (at, variable) in self.vars.iter().enumerate() {
            let day = variable.slots.iter().flatten().any(|slot| cells::is_day_of_check(*slot));
            if variable.fixed || account.get(&at) == variable.base.as_ref() || (day && variable.base.is_none()) {
                continue;
            }
            let before = account.clone();
            match &variable.base {
                Some(base) => _ = account.insert(at, base.clone()),
                None => _ = account.remove(&at),
            }
            if !self.replay(&account).is_some_and(|seen| self.holds(wanted, &seen)) {
                account = before;
            }
        }
        self.witness(&account)
    }

    fn witness(&self, account: &Account) -> Witness {
        let sides = 0..self.sides.len();
        let documents: Vec<String> = sides.clone().map(|side| self.document(side, account).unwrap_or_default()).collect();
        let facts = documents.iter().enumerate().map(|(side, text)| self.facts(side, text).unwrap_or_default()).collect();
        let mut given = Vec::new();
        let mut slots = Vec::new();
        let order = |at: &usize| {
            let slots = self.vars.get(*at).map(|var| var.slots.clone()).unwrap_or_default();
            slots.into_iter().flatten().next()
        };
        let mut all: Vec<usize> = account.keys().copied().collect();
        all.sort_by_key(order);
        for at in all {
            let (Some(variable), Some(value)) = (self.vars.get(at), account.get(&at)) else { continue };
            let varied = self.varied.as_ref().is_some_and(|(varied, _)| variable.slots.contains(&Some(*varied)));
            if variable.slots.iter().flatten().any(|slot| cells::is_day_of_check(*slot)) || variable.fixed || varied {
                continue;
            }
            given.push((variable.place.fact.clone(), value.text(variable.place.form)));
            slots.push(variable.slots.clone());
        }
        let seen = self.replay(account).unwrap_or_default();
        Witness {
            facts,
            documents,
            given,
            slots,
            records: sides.map(|side| self.subject(side)).collect(),
            decided: seen.iter().map(|seen| seen.decided).collect(),
            rewards: seen.iter().map(|seen| seen.reward).collect(),
        }
    }
}

fn nothing() -> Decided {
    Decided { verdict: Verdict::Undetermined, met: 0, failed: 0, pending: 0, open: 0, holds: 0, fails: 0 }
}
