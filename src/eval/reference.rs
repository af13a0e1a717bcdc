//! The naive reference evaluator: the semantics of the language, read straight off the checked program.
//!
//! In: a checked program and facts. Out: the outcome of each decision. Owns the meaning against which every faster engine
//! is tested: one function a paragraph of the semantics, no caches, no bit tricks. Never decides anything for a user.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::{Outcome, Reward};
use crate::facts::{Facts, State};
use crate::program::{
    AS_OF, Body, Clauses, Cond, Decision, Judged, Lane, NO_EVENT, OpenClause, Operand, Program, Progress, ProgressWindow,
    Requirement, RewardValue, SlotId, StateCondition, StateHolds, TableChoice, TestKind, Type, Values, Verdict,
};
use crate::syntax::{DecisionKind, FirstDay, Order, StateKind};
use crate::value::{Day, Exact, Truth};

/// Decides once. `facts` already hold the record under decision in its slots (`Facts::with_record`).
pub fn decide(program: &Program, facts: &Facts, decision: &Decision) -> Outcome {
    Eval { program, facts }.outcome(decision)
}

/// What a condition comes to on facts; whether a warning is shown is asked this way.
pub fn truth(program: &Program, facts: &Facts, cond: &Cond) -> Truth {
    Eval { program, facts }.condition(cond).truth
}

/// Facts in reading order; one that is read twice stands twice.
type Slots = Vec<SlotId>;

/// What a condition comes to, and the facts that it reads now. `yes` and `no`: can absent facts still make it true,
/// make it false, and which? None once it is known.
struct Found {
    truth: Truth,
    reads: Slots,
    yes: Option<Slots>,
    no: Option<Slots>,
}

/// What an operand comes to, the facts that it reads now, and the absent ones that would make it known. Its currency
/// may be known before its amount is; a blocked one can never be known.
#[derive(Default)]
struct Seen {
    value: Option<Value>,
    currency: Option<i64>,
    blocked: bool,
    reads: Slots,
    wants: Slots,
}

/// A known value: a day (or `none`), a number or an amount (percent p is p/100), or one that is only known or not.
#[derive(Clone, Copy)]
enum Value {
    Day(Option<Day>),
    Amount(Exact),
    Word,
}

/// What a requirement, a state condition or a step of progress comes to, the facts that it misses, those that it reads.
struct Judgement<R> {
    result: R,
    missing: Slots,
    reads: Slots,
}

#[derive(Clone, Copy)]
struct Eval<'a> {
    program: &'a Program,
    facts: &'a Facts,
}

impl Eval<'_> {
    fn outcome(self, decision: &Decision) -> Outcome {
        let judged: Vec<_> = decision.requirements.iter().map(|r| self.requirement(decision, r)).collect();
        let stated: Vec<_> = decision.states.iter().map(|state| (state.kind, self.state(state))).collect();
        let results: Vec<Judged> = judged.iter().map(|judgement| judgement.result).collect();
        let verdict = self.verdict(decision, &results, &stated);
        let (deciding, state): (&[Judged], &dyn Fn(StateKind, Truth) -> bool) = match verdict {
            Verdict::Closed => (&[], &|_, _| false),
            Verdict::DoesNotQualify | Verdict::Denied | Verdict::Fail => (&[Judged::Failed], &|_, _| false),
            Verdict::Lost => (&[], &|kind, truth| kind == StateKind::Lost && truth.is_true()),
            Verdict::Undetermined => (&[Judged::Open], &is_open),
            _ => (&[Judged::Met, Judged::Pending], &|_, _| true),
        };
        let requirements = judged.iter().filter(|j| deciding.contains(&j.result)).map(|j| (&j.reads, &j.missing));
        let states = stated.iter().filter(|(kind, j)| state(*kind, j.result)).map(|(_, j)| (&j.reads, &j.missing));
        let (mut reads, mut missing) = (BTreeSet::new(), BTreeSet::new());
        for (read, absent) in requirements.chain(states) {
            reads.extend(read);
            missing.extend(absent);
        }
        let editions = self.editions(decision);
        let limits = decision.editions.iter().any(|edition| edition.in_force.is_some());
        if if verdict == Verdict::Closed { editions.iter().any(|found| found.truth.is_true()) } else { limits } {
            reads.extend(editions.into_iter().flat_map(|found| found.reads));
        }
        reads.retain(|slot| self.facts.state(*slot) != State::Missing && *slot != AS_OF);
        missing.retain(|slot| verdict == Verdict::Undetermined && *slot != AS_OF);
        let paid = verdict == Verdict::Qualifies || (verdict == Verdict::Blocked && !results.contains(&Judged::Pending));
        Outcome {
            verdict,
            results,
            states: stated.iter().map(|(_, judgement)| judgement.result).collect(),
            reward: if paid { self.reward(decision) } else { None },
            because: reads.into_iter().collect(),
            missing: missing.into_iter().collect(),
        }
    }

    /// The order of verdicts. The limits of an edition close once it is known, those of the decision before that.
    fn verdict(self, decision: &Decision, results: &[Judged], states: &[(StateKind, Judgement<Truth>)]) -> Verdict {
        let has = |wanted| results.contains(&wanted);
        let holds = |wanted| states.iter().any(|(kind, judgement)| *kind == wanted && judgement.result.is_true());
        let open_state = states.iter().any(|(kind, judgement)| is_open(*kind, judgement.result));
        let edition = self.editions(decision).iter().position(|found| found.truth.is_true());
        let own = edition.and_then(|at| decision.editions.get(at)?.in_force);
        match decision.kind {
            DecisionKind::Credit if own.unwrap_or(decision.in_force).closed_on(self.facts.as_of()) => Verdict::Closed,
            DecisionKind::Credit if has(Judged::Failed) => Verdict::DoesNotQualify,
            DecisionKind::Action if has(Judged::Failed) => Verdict::Denied,
            DecisionKind::Check if has(Judged::Failed) => Verdict::Fail,
            DecisionKind::Credit if holds(StateKind::Lost) => Verdict::Lost,
            _ if has(Judged::Open) || open_state => Verdict::Undetermined,
            DecisionKind::Action => Verdict::Allowed,
            DecisionKind::Check => Verdict::Pass,
            DecisionKind::Credit if holds(StateKind::Blocked) => Verdict::Blocked,
            DecisionKind::Credit if has(Judged::Pending) => Verdict::OnTrack,
            DecisionKind::Credit => Verdict::Qualifies,
        }
    }

    fn editions(self, decision: &Decision) -> Vec<Found> {
        decision.editions.iter().map(|edition| self.condition(&edition.when)).collect()
    }

    /// A requirement that waits for another is judged only while that one is met; it reads the other's facts too.
    fn requirement(self, decision: &Decision, requirement: &Requirement) -> Judgement<Judged> {
        let mut own = match &requirement.body {
            Body::Clauses(clauses) => self.clauses(clauses),
            Body::Editions(by_edition) => self.by_edition(decision, by_edition),
            Body::Progress(progress) => self.progress(progress),
        };
        if let Some(other) = requirement.only_once.and_then(|at| decision.requirements.get(at)) {
            let other = self.requirement(decision, other);
            own.reads.extend(other.reads);
            if other.result != Judged::Met {
                (own.result, own.missing) = (Judged::Open, Vec::new());
            }
        }
        own
    }

    /// At most one clause holds on known facts; while an `open` one holds, no fact would help.
    fn clauses(self, clauses: &Clauses) -> Judgement<Judged> {
        let [fails, met, pending] = [&clauses.fails, &clauses.met, &clauses.pending].map(|when| self.condition(when));
        let open: Vec<Found> = clauses.open.iter().map(|open| self.condition(&open.when)).collect();
        let reads = [&met, &fails, &pending].into_iter().chain(&open).flat_map(|found| found.reads.clone()).collect();
        let order = [(&fails, Judged::Failed), (&met, Judged::Met), (&pending, Judged::Pending)];
        let result = order.iter().find(|(found, _)| found.truth.is_true()).map_or(Judged::Open, |(_, result)| *result);
        let silent = result != Judged::Open || open.iter().any(|found| found.truth.is_true());
        let ways = [met.yes, fails.yes, pending.yes].into_iter().filter(|_| !silent);
        Judgement { result, missing: ways.flatten().flatten().collect(), reads }
    }

    /// An edition that surely applies applies alone. Else all that still may are tried; if their results differ, the
    /// facts that fix the edition are missing.
    fn by_edition(self, decision: &Decision, by_edition: &[Clauses]) -> Judgement<Judged> {
        let editions = self.editions(decision);
        let sure = editions.iter().position(|found| found.truth.is_true());
        let mut reads: Slots = editions.iter().flat_map(|found| found.reads.clone()).collect();
        let tried = editions.iter().zip(by_edition).enumerate();
        let tried = tried.filter(|(at, (found, _))| sure.map_or(!found.truth.is_false(), |sure| sure == *at));
        let (editions, judged): (Vec<_>, Vec<_>) = tried.map(|(_, (found, clauses))| (found, self.clauses(clauses))).unzip();
        reads.extend(judged.iter().flat_map(|judgement| &judgement.reads));
        let result = judged.first().map_or(Judged::Open, |first| first.result);
        if judged.iter().all(|judgement| judgement.result == result) {
            return Judgement { result, missing: judged.into_iter().flat_map(|judgement| judgement.missing).collect(), reads };
        }
        Judgement { result: Judged::Open, missing: editions.into_iter().flat_map(Found::either_way).collect(), reads }
    }

    /// An amount that the platform has counted is met whatever the rest; spend counts only once it starts to.
    fn progress(self, progress: &Progress) -> Judgement<Judged> {
        let counted = progress.counted.as_ref().map_or_else(|| Found::known(false), |when| self.condition(when));
        let starts = progress.starts.as_ref().map_or_else(|| Found::known(true), |when| self.condition(when));
        let rest = match starts.truth {
            Truth::TRUE => self.started(progress),
            Truth::FALSE => Judgement { result: Judged::Pending, missing: Vec::new(), reads: Vec::new() },
            _ => Judgement { result: Judged::Open, missing: starts.either_way(), reads: Vec::new() },
        };
        let (result, missing) = match counted.truth {
            Truth::TRUE => (Judged::Met, Vec::new()),
            Truth::FALSE => (rest.result, rest.missing),
            _ if rest.result == Judged::Met => (Judged::Met, Vec::new()),
            _ => (Judged::Open, [counted.yes.unwrap_or_default(), rest.missing].concat()),
        };
        Judgement { result, missing, reads: [counted.reads, starts.reads, rest.reads].concat() }
    }

    /// Table, threshold, amount and window are asked for in this order; the first absent fact alone is missing.
    fn started(self, progress: &Progress) -> Judgement<Judged> {
        let mut asked = Vec::new();
        let toward: Vec<&TableChoice> = match progress.either {
            Some(_) => progress.toward.iter().collect(),
            None => self.choose(progress.toward.iter().map(|choice| (&choice.when, choice)), &mut asked).into_iter().collect(),
        };
        let lowest = toward.into_iter().filter_map(|choice| choice.tiers.first()?.as_ref());
        let thresholds: Vec<Seen> = lowest.map(|tier| self.ask(&tier.spend, &mut asked)).collect();
        let amount = self.ask(&progress.amount, &mut asked);
        let window = self.choose(progress.windows.iter().map(|(when, window)| (when, window)), &mut asked);
        window.map_or_else(Vec::new, operands_of).into_iter().for_each(|operand| drop(self.ask(operand, &mut asked)));
        let crossed = progress.crossed.as_ref().map(|crossed| self.operand(crossed));
        let reads = asked.iter().map(|a| &a.reads).chain(crossed.iter().map(|c| &c.reads)).flatten().copied().collect();
        let (result, missing) = match (asked.into_iter().find(|asked| !asked.result), window) {
            (None, Some(window)) => match self.reached(&amount, &thresholds, window, crossed.as_ref()) {
                (Judged::Met, _) if progress.either.is_some() => (Judged::Open, Vec::new()),
                judged => judged,
            },
            (unknown, _) => (Judged::Open, unknown.into_iter().flat_map(|asked| asked.missing).take(1).collect()),
        };
        Judgement { result, missing, reads }
    }

    /// How far the amount is, and where the day of the check, else the day of crossing, lies in the window.
    fn reached(self, amount: &Seen, thresholds: &[Seen], window: &ProgressWindow, crossed: Option<&Seen>) -> (Judged, Slots) {
        let judged = |place: Truth, inside: Judged| match place {
            Truth::TRUE => (inside, Vec::new()),
            Truth::FALSE => (Judged::Failed, Vec::new()),
            _ => (Judged::Open, Vec::new()),
        };
        let reached = thresholds.iter().find_map(|threshold| order_of(amount, threshold));
        match (reached, self.place(window, self.facts.as_of()), crossed) {
            (None, ..) => (Judged::Open, Vec::new()),
            (Some(_), None, _) => (Judged::Pending, Vec::new()),
            (Some(Ordering::Less), Some(today), _) => judged(today, Judged::Pending),
            (Some(_), Some(Truth::TRUE), _) | (Some(_), _, None) => (Judged::Met, Vec::new()),
            (Some(_), _, Some(Seen { value: Some(Value::Day(day)), .. })) => {
                judged(day.and_then(|day| self.place(window, day)).unwrap_or(Truth::FALSE), Judged::Met)
            }
            (Some(_), _, Some(crossed)) => (Judged::Open, crossed.wants.iter().copied().take(1).collect()),
        }
    }

    /// Does a day lie in a known window? Nothing while the window has not begun. The earlier of two windows has no
    /// first day: of those that have begun, the one that ends first decides by its own rule.
    fn place(self, window: &ProgressWindow, day: Day) -> Option<Truth> {
        let span = |window: &ProgressWindow| {
            let ProgressWindow::Within { start, length, first } = window else { return None };
            Some((self.operand(start).day()??, days(&self.operand(length))?, *first))
        };
        match window {
            ProgressWindow::Forever => Some(Truth::TRUE),
            ProgressWindow::Until(last) => Some(Truth::of(self.operand(last).day()?.is_none_or(|last| day <= last))),
            ProgressWindow::Within { .. } => span(window).map(|(start, length, first)| within(day, start, length, first)),
            ProgressWindow::Earlier(a, b) => {
                let begun = [span(a), span(b)].into_iter().flatten();
                let (start, length, first) = begun.min_by_key(|(start, length, _)| start + length)?;
                Some(if day < start { Truth::TRUE } else { within(day, start, length, first) })
            }
        }
    }

    /// What the first condition that holds stands for; an unknown one is asked about, and if none holds, nothing is.
    fn choose<'c, T>(self, among: impl Iterator<Item = (&'c Cond, T)>, asked: &mut Vec<Judgement<bool>>) -> Option<T> {
        for (when, chosen) in among {
            let found = self.condition(when);
            let missing = found.reads.iter().copied().filter(|slot| found.either_way().contains(slot)).collect();
            asked.push(Judgement { result: !found.truth.is_unknown(), missing, reads: found.reads });
            if !found.truth.is_false() {
                return found.truth.is_true().then_some(chosen);
            }
        }
        asked.push(Judgement { result: false, missing: Vec::new(), reads: Vec::new() });
        None
    }

    fn ask(self, operand: &Operand, asked: &mut Vec<Judgement<bool>>) -> Seen {
        let seen = self.operand(operand);
        asked.push(Judgement { result: seen.value.is_some(), missing: seen.wants.clone(), reads: seen.reads.clone() });
        seen
    }

    /// `lost` and `blocked`: does it hold? `life` and `standing`: is it open?
    fn state(self, state: &StateCondition) -> Judgement<Truth> {
        let (StateHolds::When(when) | StateHolds::Open(OpenClause { when, .. }) | StateHolds::Needs(when, _)) = &state.holds;
        let found = self.condition(when);
        let (result, missing) = match &state.holds {
            StateHolds::When(_) => (found.truth, found.either_way()),
            StateHolds::Needs(_, operands) if found.truth.is_true() => {
                let seen: Vec<Seen> = operands.iter().map(|operand| self.operand(operand)).collect();
                let together = together(&seen);
                let result = Truth::of(seen.iter().any(|seen| seen.value.is_none()));
                return Judgement { result, missing: together.wants, reads: [found.reads, together.reads].concat() };
            }
            StateHolds::Open(..) | StateHolds::Needs(..) => (found.truth, found.no.unwrap_or_default()),
        };
        Judgement { result, missing, reads: found.reads }
    }

    /// The first reward whose condition holds, all before it being false.
    fn reward(self, decision: &Decision) -> Option<Reward> {
        match self.choose(decision.rewards.iter().map(|reward| (&reward.when, &reward.value)), &mut Vec::new())? {
            RewardValue::None | RewardValue::Unstated(_) => None,
            RewardValue::Amount(operand) => self.paid(operand, false),
            RewardValue::Tier(choices, by) => self.tier(choices, by),
        }
    }

    /// The highest stated tier reached; a tier that no source shows may lie directly above it.
    fn tier(self, choices: &[TableChoice], by: &Operand) -> Option<Reward> {
        let tiers = self.choose(choices.iter().map(|choice| (&choice.when, &choice.tiers)), &mut Vec::new())?;
        let (by, mut highest) = (self.operand(by), None);
        for (at, tier) in tiers.iter().enumerate().filter_map(|(at, tier)| Some((at, tier.as_ref()?))) {
            if order_of(&by, &self.operand(&tier.spend))?.is_ge() {
                highest = Some((at, tier));
            }
        }
        let (at, tier) = highest?;
        self.paid(tier.gives.as_ref()?, tiers.get(at + 1).is_some_and(Option::is_none))
    }

    /// An amount in minor units, rounded half up once.
    fn paid(self, operand: &Operand, at_least: bool) -> Option<Reward> {
        let seen = self.operand(operand);
        let Some(Value::Amount(exact)) = seen.value else { return None };
        let amount = Lane { main: exact.round_half_up()?, aux: seen.currency? };
        Some(Reward { amount, at_least, rounded: !exact.is_whole() })
    }

    /// Strong Kleene logic. What stands after `and then` is read only once the first part holds.
    fn condition(self, cond: &Cond) -> Found {
        match cond {
            Cond::Constant(holds) => Found::known(*holds),
            Cond::All(parts) => Found::all(parts.iter().map(|part| self.condition(part)).collect()),
            Cond::Any(parts) => Found::all(parts.iter().map(|part| self.condition(part).negated()).collect()).negated(),
            Cond::Then(first, second) => {
                let (first, mut second) = (self.condition(first), self.condition(second));
                let rules_out = first.truth.is_unknown() && second.truth.is_false();
                if !first.truth.is_true() && !rules_out {
                    let hidden = |way: Option<Slots>| way.map(|_| Vec::new());
                    (second.reads, second.yes, second.no) = (Vec::new(), hidden(second.yes), hidden(second.no));
                }
                Found::all(vec![first, second])
            }
            Cond::Not(inner) => self.condition(inner).negated(),
            Cond::Test(test) => self.test(&test.kind),
        }
    }

    /// An unknown test is blocked for a boundary day, two currencies, arithmetic or silence; else its facts decide it.
    fn test(self, kind: &TestKind) -> Found {
        let operands: Vec<Seen> = kind.operands().into_iter().map(|operand| self.operand(operand)).collect();
        let together = together(&operands);
        let known = !together.blocked && operands.iter().all(|seen| seen.value.is_some());
        let lane = |slot: &SlotId| self.facts.get(*slot);
        let holds = match kind {
            TestKind::OneOf(slot, values) => lane(slot).map(|lane| match values {
                Values::Mask(mask) => has_bit(*mask, lane.main),
                Values::Codes(codes) => codes.contains(&lane.main),
                Values::Texts(texts) => texts.iter().any(|text| text == self.facts.text(lane)),
            }),
            TestKind::Same(a, b) => lane(a).zip(lane(b)).map(|(a, b)| a == b),
            TestKind::Contains(set, bit) => lane(set).map(|set| has_bit(set.main.cast_unsigned(), i64::from(*bit))),
            TestKind::ContainsFact(set, word, table) => lane(set).zip(lane(word)).map(|(set, word)| {
                let bit = usize::try_from(word.main).ok().and_then(|at| table.get(at).copied().flatten());
                bit.is_some_and(|bit| has_bit(set.main.cast_unsigned(), i64::from(bit)))
            }),
            TestKind::Empty(set) => lane(set).map(|set| set.main == 0),
            TestKind::MixedCurrencies(slot) => Some(self.facts.is_mixed(*slot)),
            TestKind::Unstated => None,
            TestKind::Known(_) => known.then_some(true),
            _ => known.then(|| compared(kind, &operands)).flatten(),
        };
        let mixed = matches!(kind, TestKind::MixedCurrencies(_));
        let reads = if mixed { Vec::new() } else { [kind.slots(), together.reads].concat() };
        if let Some(holds) = holds {
            return Found { reads, ..Found::known(holds) };
        }
        let absent: Slots = kind.slots().into_iter().filter(|slot| self.facts.get(*slot).is_none()).collect();
        let blocked = together.blocked || (known && absent.is_empty());
        let yes = if blocked { None } else { Some([absent, together.wants].concat()) };
        let no = if matches!(kind, TestKind::Known(_)) { None } else { yes.clone() };
        Found { truth: Truth::UNKNOWN, reads, yes, no }
    }

    fn operand(self, operand: &Operand) -> Seen {
        match operand {
            Operand::Slot(slot) => self.slot(*slot),
            Operand::Day(day) => Seen::known(Value::Day(Some(*day)), None),
            Operand::Days(days) => Seen::known(Value::Amount(Exact::whole(*days)), None),
            Operand::Money(lane) => Seen::known(Value::Amount(Exact::whole(lane.main)), Some(lane.aux)),
            Operand::Number(lane) => Seen::known(Value::Amount(Exact::decimal(lane.main, lane.aux)), None),
            Operand::Percent(lane) => Seen::known(Value::Amount(Exact::decimal(lane.main, lane.aux).over(100)), None),
            Operand::Zero => Seen::known(Value::Amount(Exact::whole(0)), None),
            Operand::Unstated => Seen { blocked: true, ..Seen::default() },
            Operand::Bound(inner, _, limit) if matches!(**limit, Operand::Unstated) => self.operand(inner),
            Operand::Choose(branches, last) => self.chosen(branches, last),
            Operand::Shift(..) | Operand::Sum(_) | Operand::Product(_) | Operand::Bound(..) | Operand::Earlier(..) => {
                let mut parts: Vec<Seen> = operand.parts().into_iter().map(|part| self.operand(part)).collect();
                if let Operand::Product(factors) = operand {
                    // A quotient by a known zero is never known, whatever else is absent.
                    let zero = Seen::known(Value::Amount(Exact::whole(0)), None);
                    let divisors = factors.iter().zip(&mut parts).filter(|((over, _), _)| *over).map(|(_, part)| part);
                    divisors.for_each(|part| part.blocked |= order_of(part, &zero).is_some_and(Ordering::is_eq));
                }
                let mut seen = together(&parts);
                seen.value = if seen.blocked { None } else { computed(operand, &parts) };
                seen.blocked |= seen.value.is_none() && parts.iter().all(|part| part.value.is_some());
                seen
            }
        }
    }

    fn slot(self, slot: SlotId) -> Seen {
        let reads = vec![slot];
        let Some(lane) = self.facts.get(slot) else { return Seen { wants: vec![slot], reads, ..Seen::default() } };
        let ty = self.program.fact_of(slot).map(|fact| &fact.ty);
        let value = match ty {
            Some(Type::Date { .. }) => Value::Day(Some(lane.main).filter(|day| *day != NO_EVENT)),
            Some(Type::Money | Type::Integer) => Value::Amount(Exact::whole(lane.main)),
            Some(Type::Decimal) => Value::Amount(Exact::decimal(lane.main, lane.aux)),
            Some(Type::Percent) => Value::Amount(Exact::decimal(lane.main, lane.aux).over(100)),
            _ => Value::Word,
        };
        Seen { reads, ..Seen::known(value, Some(lane.aux).filter(|_| ty == Some(&Type::Money))) }
    }

    /// The value of the first condition that holds, else the last value; a condition that is unknown makes it unknown.
    fn chosen(self, branches: &[(Cond, Operand)], last: &Operand) -> Seen {
        let (mut asked, otherwise) = (Vec::new(), Cond::Constant(true));
        let among = branches.iter().map(|(when, value)| (when, value)).chain([(&otherwise, last)]);
        let stuck = branches.iter().map(|(when, _)| self.condition(when)).find(|found| !found.truth.is_false());
        let blocked = stuck.is_some_and(|found| found.yes.is_none() && found.no.is_none());
        let seen = self.choose(among, &mut asked).map_or(Seen { blocked, ..Seen::default() }, |value| self.operand(value));
        let wants = asked.iter().flat_map(|asked| asked.missing.clone()).chain(seen.wants).collect();
        let reads = asked.into_iter().flat_map(|asked| asked.reads).chain(seen.reads).collect();
        Seen { reads, wants, ..seen }
    }
}

impl Found {
    fn known(holds: bool) -> Self {
        Self { truth: Truth::of(holds), reads: Vec::new(), yes: holds.then(Vec::new), no: (!holds).then(Vec::new) }
    }

    fn negated(self) -> Self {
        Self { truth: self.truth.negate(), reads: self.reads, yes: self.no, no: self.yes }
    }

    /// True once all parts are, false once any part is.
    fn all(parts: Vec<Self>) -> Self {
        let truth = parts.iter().fold(Truth::TRUE, |truth, part| truth.and(part.truth));
        let reads = parts.iter().flat_map(|part| part.reads.clone()).collect();
        if !truth.is_unknown() {
            return Self { reads, ..Self::known(truth.is_true()) };
        }
        let (yes, no): (Vec<_>, Vec<_>) = parts.into_iter().map(|part| (part.yes, part.no)).unzip();
        let no = no.iter().any(Option::is_some).then(|| no.into_iter().flatten().flatten().collect());
        Self { truth, reads, yes: yes.into_iter().collect::<Option<Vec<_>>>().map(|live| live.concat()), no }
    }

    /// The absent facts through which the condition can still become known.
    fn either_way(&self) -> Slots {
        self.yes.iter().chain(&self.no).flatten().copied().collect()
    }
}

impl Seen {
    fn known(value: Value, currency: Option<i64>) -> Self {
        Self { value: Some(value), currency, ..Self::default() }
    }

    /// A known day, or nothing inside for one that is `none`.
    fn day(&self) -> Option<Option<Day>> {
        if let Some(Value::Day(day)) = self.value { Some(day) } else { None }
    }
}

/// Parts that are added, multiplied or compared: blocked by two currencies, or by a part that can never be known.
fn together(parts: &[Seen]) -> Seen {
    let mut currencies = parts.iter().filter_map(|part| part.currency);
    let currency = currencies.next();
    let blocked = currencies.any(|other| Some(other) != currency) || parts.iter().any(|part| part.blocked);
    let all = |of: fn(&Seen) -> &Slots| parts.iter().flat_map(of).copied().collect();
    Seen { value: None, currency, blocked, reads: all(|part| &part.reads), wants: all(|part| &part.wants) }
}

/// A moved day (`none` stays `none`), the earlier of two days, a bound, a sum, a product; nothing while a part is unknown.
fn computed(operand: &Operand, parts: &[Seen]) -> Option<Value> {
    match (operand, parts) {
        (Operand::Shift(_, back, _), [day, length]) => {
            let (day, length) = (day.day()?, days(length)?);
            Some(Value::Day(day.map(|day| if *back { day - length } else { day + length })))
        }
        (Operand::Earlier(..), [a, b]) => Some(Value::Day([a.day()?, b.day()?].into_iter().flatten().min())),
        (Operand::Bound(_, above, _), [inner, limit]) => {
            let beyond = if *above { Ordering::Greater } else { Ordering::Less };
            if order_of(inner, limit)? == beyond { limit.value } else { inner.value }
        }
        (Operand::Sum(signs) | Operand::Product(signs), _) => {
            let is_sum = matches!(operand, Operand::Sum(_));
            let combine = |total: Exact, ((inverse, _), part): (&(bool, Operand), &Seen)| match (is_sum, inverse, part.value) {
                (true, false, Some(Value::Amount(value))) => Some(total.plus(value)),
                (true, true, Some(Value::Amount(value))) => Some(total.minus(value)),
                (false, false, Some(Value::Amount(value))) => Some(total.times(value)),
                (false, true, Some(Value::Amount(value))) => total.divided_by(value),
                _ => None,
            };
            signs.iter().zip(parts).try_fold(Exact::whole(i64::from(!is_sum)), combine).map(Value::Amount)
        }
        _ => None,
    }
}

/// Tests over known operands; a day that is `none` is in no order, at no distance and in no window.
fn compared(kind: &TestKind, parts: &[Seen]) -> Option<bool> {
    let is_none = |part: &Seen| matches!(part.value, Some(Value::Day(None)));
    match (kind, parts) {
        (TestKind::IsNone(_), [part]) => Some(is_none(part)),
        _ if parts.iter().any(is_none) => Some(false),
        (TestKind::Compare(_, order, _), [left, right]) => order_of(left, right).map(|found| match order {
            Order::AtLeast => found.is_ge(),
            Order::AtMost => found.is_le(),
            Order::Above => found.is_gt(),
            Order::Below => found.is_lt(),
            Order::Exactly => found.is_eq(),
        }),
        (TestKind::Within { first, .. }, [day, start, length]) => {
            let place = within(day.day()??, start.day()??, days(length)?, *first);
            (!place.is_unknown()).then_some(place.is_true())
        }
        _ => None,
    }
}

/// The order of two operands that are known and in one currency; zero has an order to any amount.
fn order_of(left: &Seen, right: &Seen) -> Option<Ordering> {
    match (left.value?, right.value?) {
        _ if left.currency.zip(right.currency).is_some_and(|(left, right)| left != right) => None,
        (Value::Day(Some(left)), Value::Day(Some(right))) => Some(left.cmp(&right)),
        (Value::Amount(left), Value::Amount(right)) => Some(left.compare(right)),
        _ => None,
    }
}

/// Does a day lie within `length` days of `start`? Unknown on the days of which no source says it.
fn within(day: Day, start: Day, length: i64, first: FirstDay) -> Truth {
    let at = day - start;
    match first {
        FirstDay::Unstated if at == length => Truth::UNKNOWN,
        FirstDay::AtTheEarliest if at >= length => Truth::UNKNOWN,
        FirstDay::NotCounted => Truth::of((0..=length).contains(&at)),
        FirstDay::Counted | FirstDay::Unstated | FirstDay::AtTheEarliest => Truth::of((0..length).contains(&at)),
    }
}

fn days(seen: &Seen) -> Option<i64> {
    match seen.value {
        Some(Value::Amount(days)) if days.is_whole() => days.round_half_up(),
        _ => None,
    }
}

/// The operands of a window in the order of asking.
fn operands_of(window: &ProgressWindow) -> Vec<&Operand> {
    match window {
        ProgressWindow::Within { start, length, .. } => vec![start, length],
        ProgressWindow::Earlier(a, b) => [operands_of(a), operands_of(b)].concat(),
        ProgressWindow::Until(last) => vec![last],
        ProgressWindow::Forever => Vec::new(),
    }
}

/// `lost` and `blocked` conditions are open while unknown, `life` and `standing` ones while not known to be closed.
fn is_open(kind: StateKind, truth: Truth) -> bool {
    match kind {
        StateKind::Lost | StateKind::Blocked => truth.is_unknown(),
        StateKind::Life | StateKind::Standing => !truth.is_false(),
    }
}

fn has_bit(mask: u64, bit: i64) -> bool {
    u32::try_from(bit).ok().and_then(|bit| mask.checked_shr(bit)).is_some_and(|rest| rest & 1 == 1)
}
