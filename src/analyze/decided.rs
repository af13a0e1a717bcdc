//! Results, states, verdicts and rewards as formulas over conditions.
//!
//! In: a planned decision. Out: literals for each result of each requirement, each state, each verdict; cases of rewards.
//! Owns the mirror of `eval`'s `decide`, `judge`, `possible`, `progress` and `reward`. Never solves.

use std::rc::Rc;

use batsat::Lit;

use super::space::Space;
use super::terms::{Cases, Value};
use crate::plan::{
    BodyPlan, ChoicePlan, ClausePlan, DecisionPlan, HoldsPlan, ProgressPlan, RequirementPlan, RewardPlan, Term, WindowPlan,
};
use crate::program::{Decision, Judged, Verdict};
use crate::syntax::{DecisionKind, FirstDay, Order, StateKind};

/// Met, failed, pending; open is none of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Results {
    pub(super) met: Lit,
    pub(super) failed: Lit,
    pub(super) pending: Lit,
}

/// What pays, under which condition.
#[derive(Clone, Debug)]
pub(super) struct Paid {
    pub(super) when: Lit,
    pub(super) value: Value,
    pub(super) at_least: bool,
    /// The reward, and for one by tiers the choice and the tier.
    pub(super) by: (usize, Option<(usize, usize)>),
    /// A name that equal amounts of several versions share.
    pub(super) name: String,
}

/// A decision in one version.
#[derive(Clone, Debug)]
pub(super) struct Formulas {
    pub(super) results: Vec<Results>,
    pub(super) states: Vec<(Lit, Lit)>,
    pub(super) verdicts: Vec<(Verdict, Lit)>,
    pub(super) rewards: Vec<Paid>,
    /// Editions that the known facts allow.
    pub(super) possible: Vec<Lit>,
}

/// A window once its operands are known.
#[derive(Clone)]
enum Span {
    /// What starts it has not happened.
    NotBegun,
    /// From a day, to a day with the way in which the first one counts.
    Days(Option<super::poly::Poly>, Option<(super::poly::Poly, FirstDay)>),
    /// Not analysed.
    Opaque,
}

impl Space<'_> {
    /// The formulas of the decision in one version.
    pub(super) fn formulas(&mut self, side: usize) -> Option<Rc<Formulas>> {
        if let Some(Some(found)) = self.formulas.get(side) {
            return Some(Rc::clone(found));
        }
        let (rules, plan) = self.side(side)?;
        let decision = rules.program.decisions.get(self.sides.get(side)?.1)?;
        let editions: Vec<(Lit, Lit)> = plan.editions.iter().map(|when| self.cond(side, *when)).collect();
        let fixed = self.gates.any(editions.iter().map(|(yes, _)| *yes));
        let mut possible = Vec::new();
        for (yes, no) in &editions {
            let otherwise = self.gates.all([!fixed, !*no]);
            possible.push(self.gates.any([*yes, otherwise]));
        }
        let mut results: Vec<Results> = Vec::new();
        for requirement in &plan.requirements {
            let own = self.judged(side, requirement, &possible);
            let waits = requirement
                .only_once
                .map(|target| results.get(usize::from(target)).map_or(self.gates.no(), |target| target.met));
            results.push(match waits {
                None => own,
                Some(met) => Results {
                    met: self.gates.all([met, own.met]),
                    failed: self.gates.all([met, own.failed]),
                    pending: self.gates.all([met, own.pending]),
                },
            });
        }
        let states: Vec<(Lit, Lit)> = plan.states.iter().map(|state| self.state(side, &state.holds)).collect();
        let verdicts = self.verdicts(decision, plan, &editions, &results, &states);
        let rewards = self.rewards(side, plan);
        let made = Rc::new(Formulas { results, states, verdicts, rewards, possible });
        if let Some(place) = self.formulas.get_mut(side) {
            *place = Some(Rc::clone(&made));
        }
        Some(made)
    }

    fn judged(&mut self, side: usize, requirement: &RequirementPlan, possible: &[Lit]) -> Results {
        match &requirement.body {
            BodyPlan::Clauses(clauses) => self.by_clauses(side, clauses),
            BodyPlan::Progress(progress) => {
                let name = self.progress_name(side, progress);
                self.named(name, |space| space.progress(side, progress))
            }
            BodyPlan::Editions(all) => {
                let each: Vec<Results> = all.iter().map(|clauses| self.by_clauses(side, clauses)).collect();
                let any = self.gates.any(possible.iter().copied());
                let mut common = |of: fn(&Results) -> Lit| {
                    let mut parts = vec![any];
                    for (possible, results) in possible.iter().zip(&each) {
                        parts.push(self.gates.any([!*possible, of(results)]));
                    }
                    self.gates.all(parts)
                };
                Results { met: common(|r| r.met), failed: common(|r| r.failed), pending: common(|r| r.pending) }
            }
        }
    }

    /// A name that equal progress of several versions shares; what differs in anything has another one.
    fn progress_name(&mut self, side: usize, progress: &ProgressPlan) -> String {
        let mut name = format!("progress {} {}", progress.either, self.term_name(side, &progress.amount));
        for when in [progress.starts, progress.counted] {
            name += &format!(" {:?}", when.map(|when| self.cond(side, when)));
        }
        if let Some(crossed) = &progress.crossed {
            name += &format!(" crossed {}", self.term_name(side, crossed));
        }
        for (when, window) in &progress.windows {
            name += &format!(" {:?} {}", self.cond(side, *when), self.window_name(side, window));
        }
        for choice in &progress.toward {
            name += &format!(" {:?}", self.cond(side, choice.when));
            for (spend, _) in choice.tiers.iter().take(1).flatten() {
                name += &format!(" {}", self.term_name(side, spend));
            }
        }
        name
    }

    fn window_name(&mut self, side: usize, window: &WindowPlan) -> String {
        match window {
            WindowPlan::Within(window) => {
                let (start, length) = (self.term_name(side, &window.start), self.term_name(side, &window.length));
                format!("within {start} {length} {:?}", window.first)
            }
            WindowPlan::Earlier(a, b) => format!("earlier {} {}", self.window_name(side, a), self.window_name(side, b)),
            WindowPlan::Until(day) => format!("until {}", self.term_name(side, day)),
            WindowPlan::Forever => "forever".to_owned(),
        }
    }

    fn by_clauses(&mut self, side: usize, clauses: &ClausePlan) -> Results {
        let [failed, met, pending] = [clauses.fails, clauses.met, clauses.pending].map(|when| self.cond(side, when).0);
        let met = self.gates.all([met, !failed]);
        Results { met, failed, pending: self.gates.all([pending, !met, !failed]) }
    }

    fn state(&mut self, side: usize, holds: &HoldsPlan) -> (Lit, Lit) {
        match holds {
            HoldsPlan::When(when) | HoldsPlan::Open(when) => self.cond(side, *when),
            HoldsPlan::Needs(guard, terms) => {
                let (yes, no) = self.cond(side, *guard);
                let mut known = Vec::new();
                for term in terms {
                    let cases = self.term(side, term);
                    known.push(self.known(&cases));
                }
                let known = self.gates.all(known);
                let settled = self.gates.all([yes, known]);
                (self.gates.all([yes, !known]), self.gates.any([no, settled]))
            }
        }
    }

    fn verdicts(
        &mut self,
        decision: &Decision,
        plan: &DecisionPlan,
        editions: &[(Lit, Lit)],
        results: &[Results],
        states: &[(Lit, Lit)],
    ) -> Vec<(Verdict, Lit)> {
        let failed = self.gates.any(results.iter().map(|result| result.failed));
        let pending = self.gates.any(results.iter().map(|result| result.pending));
        let mut open = Vec::new();
        for result in results {
            open.push(self.gates.all([!result.met, !result.failed, !result.pending]));
        }
        let (mut lost, mut blocked) = (Vec::new(), Vec::new());
        for (state, (yes, no)) in plan.states.iter().zip(states) {
            match state.kind {
                StateKind::Lost => lost.push(*yes),
                StateKind::Blocked => blocked.push(*yes),
                StateKind::Life | StateKind::Standing => {}
            }
            open.push(match state.kind {
                StateKind::Lost | StateKind::Blocked if decision.kind == DecisionKind::Credit => self.gates.all([!*yes, !*no]),
                StateKind::Life | StateKind::Standing if decision.kind == DecisionKind::Credit => !*no,
                _ => self.gates.no(),
            });
        }
        let [open, lost, blocked] = [open, lost, blocked].map(|parts| self.gates.any(parts));
        let order = match decision.kind {
            DecisionKind::Action => vec![(Verdict::Denied, failed), (Verdict::Undetermined, open)],
            DecisionKind::Check => vec![(Verdict::Fail, failed), (Verdict::Undetermined, open)],
            DecisionKind::Credit => {
                let mut closed = Vec::new();
                let mut earlier = Vec::new();
                for ((yes, _), edition) in editions.iter().zip(&decision.editions) {
                    let limits = edition.in_force.unwrap_or(decision.in_force);
                    let mut applies = vec![*yes, self.closed(limits)];
                    applies.extend(earlier.iter().copied());
                    closed.push(self.gates.all(applies));
                    earlier.push(!*yes);
                }
                earlier.push(self.closed(decision.in_force));
                closed.push(self.gates.all(earlier));
                let closed = self.gates.any(closed);
                vec![
                    (Verdict::Closed, closed),
                    (Verdict::DoesNotQualify, failed),
                    (Verdict::Lost, lost),
                    (Verdict::Undetermined, open),
                    (Verdict::Blocked, blocked),
                    (Verdict::OnTrack, pending),
                ]
            }
        };
        let last = match decision.kind {
            DecisionKind::Action => Verdict::Allowed,
            DecisionKind::Check => Verdict::Pass,
            DecisionKind::Credit => Verdict::Qualifies,
        };
        let mut rest = self.gates.yes();
        let mut verdicts = Vec::new();
        for (verdict, when) in order {
            verdicts.push((verdict, self.gates.all([rest, when])));
            rest = self.gates.all([rest, !when]);
        }
        verdicts.push((last, rest));
        verdicts
    }

    /// Is a program closed on the day of the check?
    fn closed(&mut self, limits: crate::program::InForce) -> Lit {
        let day = self.vars.iter().position(|var| var.slots.iter().flatten().any(|slot| super::cells::is_day_of_check(*slot)));
        let Some(day) = day else { return self.gates.no() };
        let before = limits.from.map(|from| self.number_at_most(day, i128::from(from) - 1));
        let after = limits.settled.or(limits.to).map(|last| !self.number_at_most(day, i128::from(last)));
        self.gates.any(before.into_iter().chain(after))
    }

    fn progress(&mut self, side: usize, plan: &ProgressPlan) -> Results {
        let no = self.gates.no();
        let (counted, uncounted) = plan.counted.map_or((no, !no), |when| self.cond(side, when));
        let rest = self.not_counted(side, plan);
        Results {
            met: self.gates.any([counted, rest.met]),
            failed: self.gates.all([uncounted, rest.failed]),
            pending: self.gates.all([uncounted, rest.pending]),
        }
    }

    fn not_counted(&mut self, side: usize, plan: &ProgressPlan) -> Results {
        let (begun, not_begun) = plan.starts.map_or((self.gates.yes(), self.gates.no()), |when| self.cond(side, when));
        let lowest = |choice: &ChoicePlan| choice.tiers.first().and_then(Option::as_ref).map(|(spend, _)| spend.clone());
        let amount = self.term(side, &plan.amount);
        let mut asked = vec![begun];
        let thresholds: Vec<Cases> = if plan.either {
            let all: Vec<Cases> = plan.toward.iter().filter_map(lowest).map(|spend| self.term(side, &spend)).collect();
            for cases in &all {
                asked.push(self.known(cases));
            }
            all
        } else {
            let branches = plan.toward.iter().map(|choice| (choice.when, lowest(choice).unwrap_or(Term::Unstated)));
            vec![self.term(side, &Term::Choose(branches.collect(), Box::new(Term::Unstated)))]
        };
        let (reached, short) = self.reached(&amount, &thresholds);
        let today = self.term(side, &Term::Day(crate::program::AS_OF));
        let crossed = plan.crossed.as_ref().map(|crossed| self.term(side, crossed));
        let mut ways: [Vec<Lit>; 3] = [Vec::new(), Vec::new(), vec![not_begun]];
        let mut open = self.gates.yes();
        for (when, window) in &plan.windows {
            let (holds, fails) = self.cond(side, *when);
            let taken = self.gates.all([open, holds]);
            open = self.gates.all([open, fails]);
            for (span_when, span) in self.spans(side, window) {
                let mut base = asked.clone();
                base.extend([taken, span_when]);
                let base = self.gates.all(base);
                if base == no_lit(self) {
                    continue;
                }
                if let Span::NotBegun = span {
                    let compared = self.gates.any([reached, short]);
                    ways[2].push(self.gates.all([base, compared]));
                    continue;
                }
                let [inside, _, outside] = self.day_in(&span, &today);
                ways[2].push(self.gates.all([base, short, inside]));
                ways[1].push(self.gates.all([base, short, outside]));
                let sure = if plan.either { no_lit(self) } else { self.gates.all([base, reached]) };
                let beyond = self.gates.all([base, reached, !inside]);
                ways[0].push(self.gates.all([sure, inside]));
                match &crossed {
                    None => ways[0].push(sure),
                    Some(crossed) => {
                        let never: Vec<Lit> =
                            crossed.iter().filter(|(_, value)| *value == Value::Never).map(|(when, _)| *when).collect();
                        let never = self.gates.any(never);
                        let days: Cases = crossed.iter().filter(|(_, value)| *value != Value::Never).cloned().collect();
                        let [in_time, _, late] = self.day_in(&span, &days);
                        ways[0].push(self.gates.all([sure, in_time]));
                        let late = self.gates.any([never, late]);
                        ways[1].push(self.gates.all([beyond, late]));
                    }
                }
            }
        }
        let [met, failed, pending] = ways.map(|way| self.gates.any(way));
        Results { met, failed, pending }
    }

    /// Is the amount at least the threshold, or below it? Of several thresholds the first that it compares with counts.
    fn reached(&mut self, amount: &Cases, thresholds: &[Cases]) -> (Lit, Lit) {
        let mut ways = (Vec::new(), Vec::new());
        let mut open = self.gates.yes();
        for threshold in thresholds {
            let mut compares = Vec::new();
            for (first, a) in amount {
                for (second, b) in threshold {
                    let (yes, no) = self.compared(a, Order::AtLeast, b);
                    let (yes, no) = (self.gates.all([open, *first, *second, yes]), self.gates.all([open, *first, *second, no]));
                    ways.0.push(yes);
                    ways.1.push(no);
                    compares.extend([yes, no]);
                }
            }
            let compares = self.gates.any(compares);
            open = self.gates.all([open, !compares]);
        }
        (self.gates.any(ways.0), self.gates.any(ways.1))
    }

    /// A window whose operands are all known, as cases.
    fn spans(&mut self, side: usize, window: &WindowPlan) -> Vec<(Lit, Span)> {
        let yes = self.gates.yes();
        match window {
            WindowPlan::Forever => vec![(yes, Span::Days(None, None))],
            WindowPlan::Until(day) => {
                let cases = self.term(side, day);
                cases
                    .into_iter()
                    .map(|(when, value)| match value {
                        Value::Never => (when, Span::Days(None, None)),
                        Value::Whole(day) => (when, Span::Days(None, Some((day, FirstDay::NotCounted)))),
                        _ => (when, Span::Opaque),
                    })
                    .collect()
            }
            WindowPlan::Within(window) => {
                let (start, length) = (self.term(side, &window.start), self.term(side, &window.length));
                let mut all = Vec::new();
                for (first, start) in &start {
                    for (second, length) in &length {
                        let span = match (start, length) {
                            (Value::Never, _) => Span::NotBegun,
                            (Value::Whole(start), Value::Whole(length)) => start
                                .plus(length, false)
                                .map_or(Span::Opaque, |end| Span::Days(Some(start.clone()), Some((end, window.first)))),
                            _ => Span::Opaque,
                        };
                        all.push((self.gates.all([*first, *second]), span));
                    }
                }
                all
            }
            WindowPlan::Earlier(a, b) => {
                let (a, b) = (self.spans(side, a), self.spans(side, b));
                let mut all = Vec::new();
                for (first, left) in &a {
                    for (second, right) in &b {
                        let both = self.gates.all([*first, *second]);
                        let end = |span: &Span| match span {
                            Span::Days(_, end) => Ok(end.clone()),
                            Span::NotBegun => Ok(None),
                            Span::Opaque => Err(()),
                        };
                        match (end(left), end(right)) {
                            (Err(()), _) | (_, Err(())) => all.push((both, Span::Opaque)),
                            (Ok(None), Ok(None)) => all.push((both, Span::NotBegun)),
                            (Ok(Some(end)), Ok(None)) | (Ok(None), Ok(Some(end))) => {
                                all.push((both, Span::Days(None, Some(end))))
                            }
                            (Ok(Some(x)), Ok(Some(y))) => match self.ordered(&x.0, &y.0) {
                                None => all.push((both, Span::Opaque)),
                                Some([_, _, above]) => {
                                    all.push((self.gates.all([both, !above]), Span::Days(None, Some(x))));
                                    all.push((self.gates.all([both, above]), Span::Days(None, Some(y))));
                                }
                            },
                        }
                    }
                }
                all
            }
        }
    }

    /// Where a day lies in a span.
    fn day_in(&mut self, span: &Span, day: &Cases) -> super::formula::Placed {
        let mut ways = [Vec::new(), Vec::new(), Vec::new()];
        for (when, value) in day {
            let placed = match (span, value) {
                (Span::Days(start, end), Value::Whole(day)) => self.in_days(start.as_ref(), end.as_ref(), day),
                _ => self.anywhere(),
            };
            for (way, placed) in ways.iter_mut().zip(placed) {
                way.push(self.gates.all([*when, placed]));
            }
        }
        ways.map(|way| self.gates.any(way))
    }

    fn in_days(
        &mut self,
        start: Option<&super::poly::Poly>,
        end: Option<&(super::poly::Poly, FirstDay)>,
        day: &super::poly::Poly,
    ) -> super::formula::Placed {
        let (yes, no) = (self.gates.yes(), self.gates.no());
        let before = match start.map(|start| self.ordered(day, start)) {
            None => no,
            Some(Some([below, ..])) => below,
            Some(None) => return self.anywhere(),
        };
        let [inside, boundary, outside] = match end.map(|(end, first)| self.after(day, end, *first)) {
            None => [yes, no, no],
            Some(Some(placed)) => placed,
            Some(None) => return self.anywhere(),
        };
        [self.gates.all([!before, inside]), self.gates.all([!before, boundary]), self.gates.any([before, outside])]
    }

    /// What is paid, whatever the verdict.
    fn rewards(&mut self, side: usize, plan: &DecisionPlan) -> Vec<Paid> {
        let mut all = Vec::new();
        let mut open = self.gates.yes();
        for (at, (when, reward)) in plan.rewards.iter().enumerate() {
            let (holds, fails) = self.cond(side, *when);
            let taken = self.gates.all([open, holds]);
            open = self.gates.all([open, fails]);
            match reward {
                RewardPlan::Nothing => {}
                RewardPlan::Amount(term) => {
                    let name = self.term_name(side, term);
                    for (when, value) in self.named(name.clone(), |space| space.term(side, term)) {
                        let when = self.gates.all([taken, when]);
                        all.push(Paid { when, value, at_least: false, by: (at, None), name: name.clone() });
                    }
                }
                RewardPlan::Tier(choices, by) => {
                    let name = format!("tiers {side} {at}");
                    self.named(name, |space| space.tiers(side, taken, at, choices, by, &mut all));
                }
            }
        }
        let no = no_lit(self);
        all.retain(|paid| paid.when != no);
        all
    }

    fn tiers(&mut self, side: usize, taken: Lit, reward: usize, choices: &[ChoicePlan], by: &Term, all: &mut Vec<Paid>) {
        let spend = self.term(side, by);
        let mut open = taken;
        for (at, choice) in choices.iter().enumerate() {
            let (holds, fails) = self.cond(side, choice.when);
            let chosen = self.gates.all([open, holds]);
            open = self.gates.all([open, fails]);
            // The highest stated tier that is reached pays; all stated thresholds must compare with the amount.
            let mut comparable = vec![chosen];
            let mut reached: Vec<Option<Lit>> = Vec::new();
            for tier in &choice.tiers {
                let Some((threshold, _)) = tier else {
                    reached.push(None);
                    continue;
                };
                let threshold = self.term(side, threshold);
                let (yes, no) = self.reached(&spend, &[threshold]);
                comparable.push(self.gates.any([yes, no]));
                reached.push(Some(yes));
            }
            let comparable = self.gates.all(comparable);
            for (tier, gives) in choice.tiers.iter().enumerate() {
                let (Some((_, Some(gives))), Some(Some(own))) = (gives, reached.get(tier)) else { continue };
                let mut highest = vec![comparable, *own];
                highest.extend(reached.iter().skip(tier + 1).flatten().map(|lit| !*lit));
                let highest = self.gates.all(highest);
                // A tier that no source shows may lie above this one where none that is stated was missed before it.
                let mut unstated = Vec::new();
                let mut missed = self.gates.no();
                for (place, reached) in reached.iter().enumerate() {
                    match reached {
                        Some(lit) => missed = self.gates.any([missed, !*lit]),
                        None if place > tier => unstated.push(!missed),
                        None => {}
                    }
                }
                let at_least = self.gates.any(unstated);
                let name = self.term_name(side, gives);
                for (when, value) in self.term(side, gives) {
                    for (holds, at_least) in [(at_least, true), (!at_least, false)] {
                        let when = self.gates.all([highest, when, holds]);
                        let by = (reward, Some((at, tier)));
                        all.push(Paid { when, value: value.clone(), at_least, by, name: name.clone() });
                    }
                }
            }
        }
    }

    /// The literal of a verdict.
    pub(super) fn verdict(&mut self, side: usize, verdict: Verdict) -> Lit {
        let found = self.formulas(side);
        let found = found.and_then(|all| all.verdicts.iter().find(|(known, _)| *known == verdict).map(|(_, lit)| *lit));
        found.unwrap_or(self.gates.no())
    }

    /// The literal of a result.
    pub(super) fn result(&mut self, side: usize, requirement: usize, judged: Judged) -> Lit {
        let found = self.formulas(side).and_then(|all| all.results.get(requirement).copied());
        let Some(results) = found else { return self.gates.no() };
        match judged {
            Judged::Met => results.met,
            Judged::Failed => results.failed,
            Judged::Pending => results.pending,
            Judged::Open => self.gates.all([!results.met, !results.failed, !results.pending]),
        }
    }
}

fn no_lit(space: &Space<'_>) -> Lit {
    space.gates.no()
}
