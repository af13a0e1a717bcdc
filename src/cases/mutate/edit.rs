//! The places of an item at which it can be changed, and the changed items.
//!
//! In: an item of the rules. Out: each small change with the item as it then is.
//! Owns the walk over items, decisions and clauses. Each change is one step: nothing is changed twice.

use super::{Change, Operator};
use crate::source::Span;
use crate::syntax::{
    Applies, Body, Branch, Clause, ClauseKind, Decision, InForce, Item, ItemKind, Part, Progress, ProgressWindow, Reward,
    RewardKind, State, Table, Toward, Word,
};

use super::expr::Words;

/// Every change of an item, with the item as it then is.
pub(super) fn changes(item: &Item, words: &Words) -> Vec<(Change, Item)> {
    let mut all = Vec::new();
    loop {
        let mut changed = item.clone();
        let mut walk = Walk { wanted: all.len(), met: 0, made: None, words };
        walk.item(&mut changed);
        match walk.made {
            Some(change) => all.push((change, changed)),
            None => return all,
        }
    }
}

/// A walk that makes the change at one of the places that it meets.
pub(super) struct Walk<'w> {
    wanted: usize,
    met: usize,
    made: Option<Change>,
    pub(super) words: &'w Words,
}

impl Walk<'_> {
    /// Says whether the change at this place is the one to make; at most once.
    pub(super) fn here(&mut self, operator: Operator, span: Span, said: impl FnOnce() -> String) -> bool {
        if self.made.is_some() {
            return false;
        }
        self.met += 1;
        let here = self.met == self.wanted + 1;
        if here {
            self.made = Some(Change { operator, span, said: said() });
        }
        here
    }

    /// Was the change made already? Then nothing further is looked at.
    pub(super) fn done(&self) -> bool {
        self.made.is_some()
    }

    /// Leaves out one of several, where that may be.
    fn drop_one<T>(&mut self, all: &mut Vec<T>, least: usize, told: impl Fn(&T) -> Option<(Span, String)>) {
        for at in 0..all.len() {
            let Some((span, what)) = all.get(at).and_then(&told) else { continue };
            if all.len() > least && self.here(Operator::Drop, span, || format!("{what} is left out")) {
                all.remove(at);
                return;
            }
        }
    }

    fn item(&mut self, item: &mut Item) {
        match &mut item.kind {
            ItemKind::Value { value, .. } => self.literal(value),
            ItemKind::Group { of, codes, .. } => self.codes(of, codes),
            ItemKind::Condition { when, .. } => self.expr(when),
            ItemKind::Quantity { branches, .. } => self.branches(branches),
            ItemKind::Table(table) => self.table(table),
            ItemKind::State(state) => self.state(state),
            ItemKind::Decision(decision) => self.decision(decision),
            _ => {}
        }
    }

    fn codes(&mut self, of: &Word, codes: &mut Vec<Word>) {
        self.drop_one(codes, 1, |code| Some((code.span, format!("`{}`", code.text))));
        let other = super::expr::other_code(&of.text, |code| codes.iter().any(|known| known.text == code));
        if let (false, Some(other), Some(last)) = (self.done(), other, codes.last().cloned())
            && self.here(Operator::Word, last.span, || format!("`{other}` is added"))
        {
            codes.push(Word { text: other.to_owned(), span: last.span });
        }
    }

    fn branches(&mut self, branches: &mut Vec<Branch>) {
        self.drop_one(branches, 1, |branch| {
            let when = branch.when.as_ref()?;
            Some((when.span, "the branch".to_owned()))
        });
        for branch in branches {
            self.expr(&mut branch.value);
            branch.when.iter_mut().for_each(|when| self.expr(when));
        }
    }

    fn table(&mut self, table: &mut Table) {
        self.drop_one(&mut table.rows, 1, |row| {
            Some((row.span, format!("the row {}", row.keys.iter().map(|key| key.text.as_str()).collect::<Vec<_>>().join(", "))))
        });
        for row in &mut table.rows {
            self.drop_one(&mut row.tiers, 1, |tier| Some((tier.span, "the tier".to_owned())));
            for (spend, gives) in row.tiers.iter_mut().filter_map(|tier| tier.amounts.as_mut()) {
                self.expr(spend);
                self.expr(gives);
            }
        }
        if let Some((length, first)) = &mut table.window {
            let span = length.span;
            self.expr(length);
            first.iter_mut().for_each(|first| self.first_day(first, span));
        }
        table.last_day.iter_mut().for_each(|day| self.day(day));
    }

    fn state(&mut self, state: &mut State) {
        self.drop_one(&mut state.items, 1, |item| Some((item.span, format!("state `{}`", item.id.text))));
        for item in &mut state.items {
            self.clauses(&mut item.clauses);
        }
    }

    fn decision(&mut self, decision: &mut Decision) {
        decision.in_force.iter_mut().for_each(|limits| self.in_force(limits));
        for edition in &mut decision.editions {
            self.expr(&mut edition.when);
            edition.in_force.iter_mut().for_each(|limits| self.in_force(limits));
            for (_, number) in &mut edition.with {
                number.iter_mut().for_each(|number| self.literal(number));
            }
        }
        self.drop_one(&mut decision.parts, 1, |part| match part {
            Part::Require(requirement) => Some((requirement.id.span, format!("requirement `{}`", requirement.id.text))),
            Part::Take { .. } => None,
        });
        for part in &mut decision.parts {
            match part {
                Part::Take { taken, .. } => {
                    self.drop_one(taken, 1, |(id, _)| Some((id.span, format!("requirement `{}`", id.text))));
                }
                Part::Require(requirement) => {
                    self.body(&mut requirement.body);
                    if let Some(once) = &requirement.only_once
                        && self.here(Operator::Drop, once.span, || format!("`only once {} is met`", once.text))
                    {
                        requirement.only_once = None;
                    }
                }
            }
        }
        self.rewards(&mut decision.rewards);
    }

    fn rewards(&mut self, rewards: &mut Vec<Reward>) {
        self.drop_one(rewards, 1, |reward| reward.when.as_ref().map(|_| (reward.span, "the reward".to_owned())));
        for reward in rewards {
            match &mut reward.kind {
                RewardKind::Is(value) => self.expr(value),
                RewardKind::Tier { by, .. } => self.expr(by),
                RewardKind::None | RewardKind::Unstated(_) => {}
            }
            reward.when.iter_mut().for_each(|when| self.expr(when));
        }
    }

    fn in_force(&mut self, limits: &mut InForce) {
        for day in [&mut limits.from, &mut limits.to, &mut limits.settled].into_iter().flatten() {
            self.day(day);
        }
    }

    fn body(&mut self, body: &mut Body) {
        match body {
            Body::Clauses(clauses) => self.clauses(clauses),
            Body::ByEdition(all) => all.iter_mut().for_each(|(_, clauses)| self.clauses(clauses)),
            Body::Progress(progress) => self.progress(progress),
        }
    }

    fn clauses(&mut self, clauses: &mut Vec<Clause>) {
        self.drop_one(clauses, 1, |clause| {
            let word = match &clause.kind {
                ClauseKind::Met(Applies::When(_)) => "met when",
                ClauseKind::Fails(Applies::When(_)) => "fails when",
                ClauseKind::Pending(Applies::When(_)) => "pending when",
                ClauseKind::Open(Applies::When(_)) => "open when",
                ClauseKind::Needs(..) => "needs",
                ClauseKind::Holds(_) => "when",
                _ => return None,
            };
            Some((clause.span, format!("the clause `{word}`")))
        });
        for clause in clauses {
            match &mut clause.kind {
                ClauseKind::Met(Applies::When(when))
                | ClauseKind::Fails(Applies::When(when))
                | ClauseKind::Pending(Applies::When(when))
                | ClauseKind::Open(Applies::When(when))
                | ClauseKind::Holds(when) => self.expr(when),
                ClauseKind::Needs(needed, when) => {
                    self.drop_one(needed, 1, |one| Some((one.span, "what is needed".to_owned())));
                    when.iter_mut().for_each(|when| self.expr(when));
                }
                _ => {}
            }
        }
    }

    fn progress(&mut self, progress: &mut Progress) {
        self.expr(&mut progress.of);
        progress.starts.iter_mut().for_each(|starts| self.expr(starts));
        if let Some(starts) = &progress.starts
            && self.here(Operator::Drop, starts.span, || "`starts` is left out".to_owned())
        {
            progress.starts = None;
        }
        match &mut progress.toward {
            Toward::Operand(operand) => operand.iter_mut().for_each(|operand| self.expr(operand)),
            Toward::Either(all, _) => all.iter_mut().for_each(|one| self.expr(one)),
        }
        for (window, when) in &mut progress.windows {
            match window {
                ProgressWindow::Within(window) => self.window(window),
                ProgressWindow::Its(start) | ProgressWindow::Until(start) => self.expr(start),
                ProgressWindow::Earlier(first, second) => {
                    self.window(first);
                    self.window(second);
                }
                ProgressWindow::Forever => {}
            }
            when.iter_mut().for_each(|when| self.expr(when));
        }
        self.earlier(&mut progress.windows);
        if let Some(crossed) = &progress.crossed
            && self.here(Operator::Drop, crossed.span, || "`crossed on` is left out".to_owned())
        {
            progress.crossed = None;
        }
        if let Some((counted, _)) = &mut progress.counted {
            self.expr(counted);
            let span = counted.span;
            if self.here(Operator::Drop, span, || "`counted when` is left out".to_owned()) {
                progress.counted = None;
            }
        }
    }

    /// The earlier of two windows becomes one of them.
    fn earlier(&mut self, windows: &mut [(ProgressWindow, Option<crate::syntax::Expr>)]) {
        for (window, _) in windows {
            let ProgressWindow::Earlier(first, second) = window else { continue };
            let spans = [first.start.span, second.start.span];
            for (span, kept) in [(spans[0], second.clone()), (spans[1], first.clone())] {
                if self.here(Operator::Drop, span, || "this window is left out".to_owned()) {
                    *window = ProgressWindow::Within(kept);
                    return;
                }
            }
        }
    }
}
