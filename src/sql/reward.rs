//! Rewards: an amount, its currency, and whether a tier that no source shows may pay more.
//!
//! In: planned rewards. Out: three columns, unknown where no reward is stated.
//! Owns the contract's `tier_reward` in SQL, as `eval::reward` has it. Never decides whether a credit is earned.

use super::compile::Compile;
use super::dialect::Refusal;
use super::expr::Sql;
use super::print::Kind;
use crate::plan::{ChoicePlan, DecisionPlan, RewardPlan, Term};
use crate::program::Verdict;
use crate::syntax::{DecisionKind, Order};

/// Minor units, currency, at least.
type Paid = [Sql; 3];

impl Compile<'_> {
    /// The reward of a decision for the verdicts that state one.
    pub(super) fn reward(&mut self, plan: &DecisionPlan, verdict: &Sql, pending: &Sql) -> Result<Paid, Refusal> {
        let nothing = self.nothing();
        if plan.kind != DecisionKind::Credit || plan.rewards.is_empty() {
            return Ok(nothing);
        }
        let mut branches = Vec::new();
        for (when, reward) in &plan.rewards {
            let when = self.cond(*when)?;
            let paid = match reward {
                RewardPlan::Nothing => nothing.clone(),
                RewardPlan::Amount(term) => {
                    let value = self.term(term)?;
                    let (amount, currency) = self.amount(&value)?;
                    [amount, currency, Sql::truth(false)]
                }
                RewardPlan::Tier(choices, by) => self.tiers(choices, by)?,
            };
            branches.push((when, paid));
        }
        let [amount, currency, at_least] = self.choice(&branches);
        let is = |word: Verdict| verdict.equals(&Sql::constant(format!("'{}'", word.word())));
        let stated = Sql::any([is(Verdict::Qualifies), Sql::all([is(Verdict::Blocked), pending.not()])]);
        let null = self.null(Kind::Whole);
        let amount = self.stages.column(Sql::case(&[(stated, amount)], &null));
        let while_paid = |this: &mut Self, of: Sql, kind: Kind| {
            let null = this.null(kind);
            this.stages.column(Sql::case(&[(amount.is_known(), of)], &null))
        };
        let (currency, at_least) = (while_paid(self, currency, Kind::Text), while_paid(self, at_least, Kind::Truth));
        Ok([amount, currency, at_least])
    }

    fn nothing(&self) -> Paid {
        [self.null(Kind::Whole), self.null(Kind::Text), self.null(Kind::Truth)]
    }

    /// The first whose condition holds, all before it being false.
    fn choice(&mut self, branches: &[(Sql, Paid)]) -> Paid {
        let nothing = self.nothing();
        let [a, b, c] = [0, 1, 2].map(|at| {
            let part = |paid: &Paid| paid.get(at).cloned().unwrap_or_else(|| Sql::truth(false));
            let of: Vec<(Sql, Sql)> = branches.iter().map(|(when, paid)| (when.clone(), part(paid))).collect();
            let none = part(&nothing);
            self.chosen(&of, &none, &none)
        });
        [self.stages.column(a), self.stages.column(b), self.stages.column(c)]
    }

    fn tiers(&mut self, choices: &[ChoicePlan], by: &Term) -> Result<Paid, Refusal> {
        let by = self.term(by)?;
        let mut branches = Vec::new();
        for choice in choices {
            let when = self.cond(choice.when)?;
            // For each tier that is stated: is it reached, and what it gives.
            let mut tiers: Vec<Option<(Sql, Option<Term>)>> = Vec::new();
            for tier in &choice.tiers {
                tiers.push(match tier {
                    None => None,
                    Some((threshold, gives)) => {
                        let threshold = self.term(threshold)?;
                        let reached = self.compare(&by, Order::AtLeast, &threshold)?;
                        Some((self.stages.short(reached), gives.clone()))
                    }
                });
            }
            branches.push((when, self.highest(&tiers)?));
        }
        Ok(self.choice(&branches))
    }

    /// The last tier that is reached, if every stated one can be compared.
    fn highest(&mut self, tiers: &[Option<(Sql, Option<Term>)>]) -> Result<Paid, Refusal> {
        let nothing = self.nothing();
        let reached = || tiers.iter().flatten().map(|(reached, _)| reached);
        let unknown = Sql::any(reached().map(Sql::is_null));
        let unknown = self.stages.short(unknown);
        let mut amounts = vec![(unknown.clone(), nothing[0].clone())];
        let mut currencies = vec![(unknown, nothing[1].clone())];
        for (reached, gives) in tiers.iter().rev().flatten() {
            let (amount, currency) = match gives {
                Some(gives) => {
                    let gives = self.term(gives)?;
                    self.amount(&gives)?
                }
                None => (nothing[0].clone(), nothing[1].clone()),
            };
            amounts.push((reached.clone(), amount));
            currencies.push((reached.clone(), currency));
        }
        // A tier that no source shows may be the one: all stated ones before it are reached, none behind it.
        let mut hidden = Vec::new();
        for (at, _) in tiers.iter().enumerate().filter(|(_, tier)| tier.is_none()) {
            let stated = tiers.iter().enumerate().filter_map(|(own, tier)| Some((own, &tier.as_ref()?.0)));
            hidden.push(Sql::all(stated.map(|(own, reached)| if own < at { reached.clone() } else { reached.not() })));
        }
        let hidden = Sql::any(hidden);
        let (amount, currency) = (Sql::case(&amounts, &nothing[0]), Sql::case(&currencies, &nothing[1]));
        Ok([self.stages.column(amount), self.stages.column(currency), self.stages.column(hidden)])
    }
}
