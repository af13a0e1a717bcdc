//! The values of a fact that are worth trying: one of each kind between which no condition can tell.
//!
//! In: a trial, in which all other known facts are put in. Out: cells, from which every other value differs in nothing.
//! Owns how finely a fact is cut. Never evaluates; what a cell comes to, the evaluator says.

use super::scope::Atom;
use super::solve::{Goals, contains, currency, number};
use super::trial::{Exhausted, Trial};
use crate::eval::{Value, value};
use crate::facts::State;
use crate::plan::{Probe, Term};
use crate::program::{AS_OF, InForce, Lane, NO_EVENT, SlotId, Type};
use crate::value::{Exact, MAX_DAY, MAX_MINOR, MAX_WHOLE, MIN_DAY, NANOS, country_code, parse_currency};

/// Values that no condition tells apart.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Cell {
    /// One of them.
    pub lane: Lane,
    /// All of them, for words; for numbers and days the one alone.
    pub members: Vec<Lane>,
    /// Also every value that no condition names.
    pub rest: bool,
}

/// The cells of a fact.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Cells {
    /// Words in the order of their declaration, numbers and days ascending.
    pub cells: Vec<Cell>,
    /// Does every value lie in a cell? If not, what was not found may still exist.
    pub exact: bool,
}

/// Which other facts may become something else than they are.
#[derive(Clone, Copy, Debug)]
pub(super) enum Free<'f> {
    /// Absent ones may be told.
    Absent,
    /// These may be changed; absent ones stay absent.
    These(&'f [SlotId]),
}

/// More cells of one fact are not looked at.
const MOST: usize = 64;
/// Sets with more members that matter are not looked at in every combination.
const MEMBERS: usize = 5;
/// Values that rules seldom name, to stand for all that are not named.
const COUNTRIES: [&str; 14] = ["NZ", "CH", "IS", "PE", "KE", "FJ", "UY", "NP", "LA", "MN", "BT", "WS", "AF", "ZM"];
const CURRENCIES: [&str; 10] = ["CHF", "NZD", "ISK", "PEN", "KES", "FJD", "UYU", "NPR", "ALL", "BRL"];

fn one(main: i64) -> Lane {
    Lane { main, aux: 0 }
}

impl Trial<'_> {
    /// The cells of a fact, while other facts may become something else than they are.
    pub fn cells(&mut self, slot: SlotId, free: Free<'_>) -> Cells {
        let Some(ty) = self.ty(slot) else { return Cells::default() };
        self.work(self.scope.atoms.len());
        let found = match ty {
            Type::Bool => self.words(slot, 2, free),
            Type::Enum(words) => self.words(slot, words.len(), free),
            Type::Set(words) => self.sets(slot, words.len(), free),
            Type::Country => self.codes(slot, free, country_code, &COUNTRIES),
            Type::Currency => {
                let code = |text: &str| parse_currency(text).map(|currency| i64::from(currency.numeric()));
                self.codes(slot, free, code, &CURRENCIES)
            }
            Type::Text => self.texts(slot, free),
            Type::Date { .. } | Type::Integer | Type::Decimal | Type::Percent | Type::Money => self.numbers(slot, free),
        };
        self.with_implied(slot, found)
    }

    /// Values that another fact implies stand alone: only with them does that fact agree, whatever else tells them apart.
    fn with_implied(&self, slot: SlotId, mut found: Cells) -> Cells {
        let money = self.ty(slot) == Some(&Type::Money);
        let order = |lane: Lane| (if money { lane.aux } else { 0 }, lane.main, lane.aux);
        let ordered = found.cells.is_sorted_by_key(|cell| order(cell.lane));
        for lane in self.implied_values(slot) {
            let own = found.cells.iter().find(|cell| cell.members.contains(&lane));
            if own.is_some_and(|cell| cell.members.len() == 1) {
                continue;
            }
            found.cells.iter_mut().for_each(|cell| cell.members.retain(|member| *member != lane));
            for cell in &mut found.cells {
                cell.lane = cell.members.first().copied().unwrap_or(cell.lane);
            }
            found.cells.push(Cell { lane, members: vec![lane], rest: false });
        }
        if ordered {
            found.cells.sort_by_key(|cell| order(cell.lane));
        }
        found
    }

    fn is_free(&self, slot: SlotId, free: Free<'_>) -> bool {
        match free {
            Free::Absent => self.known(slot) == State::Missing,
            Free::These(these) => these.contains(&slot),
        }
    }

    /// What tells values of a fact apart: a text for each value, equal where nothing does.
    fn told_apart(&self, slot: SlotId, free: Free<'_>, lane: Lane) -> Vec<i64> {
        let mut signs = Vec::new();
        for (atom, _) in self.scope.atoms.iter().filter(|(_, slots)| slots.contains(&slot)) {
            let Atom::Probe(probe) = atom else { continue };
            signs.push(match probe {
                Probe::Word(_, mask) => i64::from(mask >> (lane.main & 63) & 1 == 1),
                Probe::Code(_, codes) => i64::from(codes.binary_search(&lane.main).is_ok()),
                Probe::Text(_, texts) => i64::from(texts.iter().any(|text| text == self.facts().text(lane))),
                Probe::Same(a, b) => {
                    let other = if *a == slot { *b } else { *a };
                    match self.get(other) {
                        Some(value) if !self.is_free(other, free) => i64::from(value == lane),
                        _ => lane.main,
                    }
                }
                Probe::ContainsFact(set, word, bits) if *word == slot => {
                    let bit = usize::try_from(lane.main).ok().and_then(|at| bits.get(at)).copied().flatten();
                    match self.get(*set) {
                        Some(members) if !self.is_free(*set, free) => {
                            i64::from(bit.is_some_and(|bit| members.main >> bit & 1 == 1))
                        }
                        _ => bit.map_or(-1, i64::from),
                    }
                }
                _ => continue,
            });
        }
        signs
    }

    fn words(&mut self, slot: SlotId, count: usize, free: Free<'_>) -> Cells {
        let mut found: Vec<(Vec<i64>, Cell)> = Vec::new();
        for main in (0..).take(count) {
            let signs = self.told_apart(slot, free, one(main));
            match found.iter_mut().find(|(known, _)| *known == signs) {
                Some((_, cell)) => cell.members.push(one(main)),
                None => found.push((signs, Cell { lane: one(main), members: vec![one(main)], rest: false })),
            }
        }
        Cells { cells: found.into_iter().map(|(_, cell)| cell).collect(), exact: true }
    }

    fn sets(&mut self, slot: SlotId, count: usize, free: Free<'_>) -> Cells {
        let mut bits: Vec<u32> = Vec::new();
        let mut empty = false;
        for (atom, _) in &self.scope.atoms {
            match atom {
                Atom::Probe(Probe::Contains(set, bit)) if *set == slot => bits.push(*bit),
                Atom::Probe(Probe::Empty(set)) if *set == slot => empty = true,
                Atom::Probe(Probe::ContainsFact(set, word, table)) if *set == slot => {
                    let at = |lane: Lane| usize::try_from(lane.main).ok().and_then(|at| table.get(at)).copied().flatten();
                    match self.get(*word).filter(|_| !self.is_free(*word, free)) {
                        Some(lane) => bits.extend(at(lane)),
                        None => bits.extend(table.iter().copied().flatten()),
                    }
                }
                _ => {}
            }
        }
        bits.sort_unstable();
        bits.dedup();
        let exact = bits.len() <= MEMBERS;
        let mask =
            |chosen: usize| bits.iter().enumerate().filter(|(at, _)| chosen >> at & 1 == 1).fold(0, |m, (_, b)| m | 1 << b);
        let mut sets: Vec<i64> = match exact {
            true => (0..1_usize << bits.len()).map(mask).collect(),
            false => [0].into_iter().chain(bits.iter().map(|bit| 1 << bit)).chain([mask(usize::MAX)]).collect(),
        };
        let spare = (0..).take(count).find(|bit| !bits.contains(bit));
        if empty && let Some(spare) = spare {
            sets.push(1 << spare);
        }
        let named = mask(usize::MAX);
        let sign = |main: i64| (main & named, empty && main == 0);
        let mut cells: Vec<Cell> = Vec::new();
        // What a known list holds besides may stay in it or not, and a move can name a list of any one word.
        let own = self.get(slot).map(|lane| lane.main);
        let kept = own.into_iter().flat_map(|own| sets.iter().map(move |set| set | (own & !named)));
        let single = own.into_iter().flat_map(|_| (0..).take(count).map(|bit| 1 << bit));
        for main in kept.chain(sets.iter().copied()).chain(single) {
            match cells.iter_mut().find(|cell| sign(cell.lane.main) == sign(main)) {
                Some(cell) if cell.members.contains(&one(main)) => {}
                Some(cell) => cell.members.push(one(main)),
                None => cells.push(Cell { lane: one(main), members: vec![one(main)], rest: spare.is_some() }),
            }
        }
        Cells { cells, exact }
    }

    /// The codes that conditions name for a fact, or for one that it is compared with.
    fn listed(&self, slot: SlotId, depth: u8) -> Vec<i64> {
        let mut listed = Vec::new();
        for (atom, _) in self.scope.atoms.iter().filter(|(_, slots)| slots.contains(&slot)) {
            match atom {
                Atom::Probe(Probe::Code(_, codes)) => listed.extend(codes.iter().copied()),
                Atom::Probe(Probe::Same(a, b)) => {
                    let other = if *a == slot { *b } else { *a };
                    listed.extend(self.get(other).map(|lane| lane.main));
                    if depth < 3 {
                        listed.extend(self.listed(other, depth + 1));
                    }
                }
                _ => {}
            }
        }
        listed.sort_unstable();
        listed.dedup();
        listed
    }

    fn compared(&self, slot: SlotId, free: Free<'_>) -> bool {
        self.scope.atoms.iter().any(|(atom, _)| match atom {
            Atom::Probe(Probe::Same(a, b)) => (*a == slot && self.is_free(*b, free)) || (*b == slot && self.is_free(*a, free)),
            _ => false,
        })
    }

    fn codes(&mut self, slot: SlotId, free: Free<'_>, code: impl Fn(&str) -> Option<i64>, spare: &[&str]) -> Cells {
        let mut listed = self.listed(slot, 0);
        if let Some(own) = self.get(slot) {
            // To what it may be brought, where that is said.
            let moves = self.program.fact_of(slot).map_or(&[][..], |fact| &fact.moves);
            listed.extend(moves.iter().flat_map(|one| &one.to).filter_map(|word| code(word)).chain([own.main]));
            listed.sort_unstable();
            listed.dedup();
        }
        let spare = spare.iter().filter_map(|text| code(text)).filter(|code| !listed.contains(code));
        let spare: Vec<Lane> = spare.map(one).collect();
        self.classes(slot, free, listed.into_iter().map(one).collect(), &spare)
    }

    fn texts(&mut self, slot: SlotId, free: Free<'_>) -> Cells {
        let mut listed: Vec<Lane> = Vec::new();
        let scope = self.scope;
        for (atom, _) in scope.atoms.iter().filter(|(_, slots)| slots.contains(&slot)) {
            match atom {
                Atom::Probe(Probe::Text(_, texts)) => listed.extend(texts.iter().map(|text| self.intern(text))),
                Atom::Probe(Probe::Same(a, b)) => listed.extend(self.get(if *a == slot { *b } else { *a })),
                _ => {}
            }
        }
        listed.sort_by_key(|lane| lane.main);
        listed.dedup();
        let spare = [self.intern("another text"), self.intern("yet another text")];
        let spare: Vec<Lane> = spare.into_iter().filter(|lane| !listed.contains(lane)).collect();
        self.classes(slot, free, listed, &spare)
    }

    /// Cells of codes or texts: those that nothing tells apart together, and one for all that nobody names. Where the fact is
    /// compared with another one that is not fixed, two of each, so that both can be equal or differ.
    fn classes(&mut self, slot: SlotId, free: Free<'_>, listed: Vec<Lane>, spare: &[Lane]) -> Cells {
        let mut found: Vec<(Vec<i64>, Cell)> = Vec::new();
        let pairs = self.compared(slot, free);
        for lane in listed {
            let mut signs = self.class(slot, free, lane);
            let double = found.iter().filter(|(known, _)| known.get(1..) == signs.get(1..)).count();
            if pairs {
                if double >= 2 {
                    continue;
                }
                if let Some(first) = signs.first_mut() {
                    *first = i64::try_from(double).unwrap_or(0);
                }
            }
            match found.iter_mut().find(|(known, _)| *known == signs) {
                Some((_, cell)) => cell.members.push(lane),
                None => found.push((signs, Cell { lane, members: vec![lane], rest: false })),
            }
        }
        let taken = if pairs { 2 } else { 1 };
        let others = spare.iter().take(taken).map(|lane| Cell { lane: *lane, members: vec![*lane], rest: true });
        let mut cells: Vec<Cell> = found.into_iter().map(|(_, cell)| cell).chain(others).collect();
        if let Some(last) = cells.last_mut().filter(|last| last.rest && self.get(slot).is_some()) {
            // Not every change leads to the first of them.
            last.members.extend(spare.iter().skip(taken));
        }
        Cells { cells, exact: true }
    }

    /// What tells a code or text apart, but for the facts that it is compared with while they are not fixed.
    fn class(&self, slot: SlotId, free: Free<'_>, lane: Lane) -> Vec<i64> {
        let mut signs = vec![0];
        for (atom, _) in self.scope.atoms.iter().filter(|(_, slots)| slots.contains(&slot)) {
            match atom {
                Atom::Probe(Probe::Code(_, codes)) => signs.push(i64::from(codes.binary_search(&lane.main).is_ok())),
                Atom::Probe(Probe::Text(_, texts)) => {
                    signs.push(i64::from(texts.iter().any(|text| text == self.facts().text(lane))));
                }
                Atom::Probe(Probe::Same(a, b)) => {
                    let other = if *a == slot { *b } else { *a };
                    match self.get(other) {
                        Some(value) if !self.is_free(other, free) => signs.push(i64::from(value == lane)),
                        // What tells the other one apart must be kept too, so that both can meet in each of its cells.
                        _ => signs.extend(self.listed_signs(other, lane)),
                    }
                }
                _ => {}
            }
        }
        signs
    }

    fn listed_signs(&self, slot: SlotId, lane: Lane) -> Vec<i64> {
        let atoms = self.scope.atoms.iter().filter(|(_, slots)| slots.contains(&slot));
        atoms
            .filter_map(|(atom, _)| match atom {
                Atom::Probe(Probe::Code(_, codes)) => Some(i64::from(codes.binary_search(&lane.main).is_ok())),
                Atom::Probe(Probe::Text(_, texts)) => Some(i64::from(texts.iter().any(|text| text == self.facts().text(lane)))),
                _ => None,
            })
            .collect()
    }

    // ------------------------------------------------------------------ numbers, days, amounts

    fn numbers(&mut self, slot: SlotId, free: Free<'_>) -> Cells {
        let near = self.near(slot, free);
        let mut others: Vec<(SlotId, Vec<Value>)> = near.iter().map(|other| (*other, Vec::new())).collect();
        // A boundary of one fact makes one of another: as many rounds as there are facts that are not fixed.
        for _ in 0..near.len().min(3) {
            if self.is_allowed().is_err() {
                return Cells::default();
            }
            let next: Vec<_> = near
                .iter()
                .map(|other| {
                    let goals = self.boundaries(*other, &others);
                    let mut values = self.beside(*other, &goals, 0);
                    values.extend(self.seed(*other));
                    (*other, values)
                })
                .collect();
            others = next;
        }
        let goals = self.boundaries(slot, &others);
        let values = self.beside(slot, &goals, 1);
        let mut lanes: Vec<Lane> = values.into_iter().filter_map(|value| self.lane(slot, value)).collect();
        if lanes.is_empty() {
            // Every boundary lies where no document may go, so one value stands for all.
            lanes.extend(self.seed(slot).into_iter().filter_map(|value| self.lane(slot, value)));
        }
        if let Some(Type::Date { optional: true }) = self.ty(slot) {
            lanes.push(one(NO_EVENT));
        }
        if self.ty(slot) == Some(&Type::Money) {
            // An amount of every currency in use: with some of them a sum can be made, with others not.
            let used = self.currencies();
            let without = used.iter().filter(|currency| !lanes.iter().any(|lane| lane.aux == **currency));
            lanes.extend(without.map(|aux| Lane { main: 10_000, aux: *aux }).collect::<Vec<_>>());
            let currencies: Vec<i64> = lanes.iter().map(|lane| lane.aux).collect();
            let spare = CURRENCIES.iter().filter_map(|text| parse_currency(text)).map(|c| i64::from(c.numeric()));
            let spare = spare.into_iter().find(|spare| !currencies.contains(spare));
            lanes.extend(spare.map(|aux| Lane { main: 10_000, aux }));
        }
        lanes.sort_by_key(|lane| (if self.ty(slot) == Some(&Type::Money) { lane.aux } else { 0 }, lane.main, lane.aux));
        lanes.dedup();
        let exact = goals.exact && lanes.len() <= MOST;
        lanes.truncate(MOST);
        let cell = |lane| Cell { lane, members: vec![lane], rest: false };
        Cells { cells: lanes.into_iter().map(cell).collect(), exact }
    }

    /// Other facts that are not fixed and that a comparison reads together with this one, also over a third.
    fn near(&self, slot: SlotId, free: Free<'_>) -> Vec<SlotId> {
        let mut near = vec![slot];
        let mut at = 0;
        while let Some(next) = near.get(at).copied() {
            for (atom, slots) in &self.scope.atoms {
                let compares = !matches!(atom, Atom::Probe(Probe::Same(..) | Probe::ContainsFact(..)));
                if compares && slots.contains(&next) {
                    near.extend(slots.iter().copied().filter(|other| self.is_free(*other, free)).collect::<Vec<_>>());
                }
            }
            let mut seen = Vec::new();
            near.retain(|slot| {
                !seen.contains(slot) && {
                    seen.push(*slot);
                    true
                }
            });
            at += 1;
        }
        near.retain(|other| *other != slot);
        near
    }

    /// The values of a fact at which a comparison turns.
    fn boundaries(&mut self, slot: SlotId, others: &[(SlotId, Vec<Value>)]) -> Goals {
        let mut found = Goals::none();
        let scope = self.scope;
        self.work(scope.atoms.len());
        if slot == AS_OF {
            let editions = self.decision.editions.iter().filter_map(|edition| edition.in_force);
            for InForce { from, to, settled } in editions.chain([self.decision.in_force]) {
                from.into_iter().for_each(|day| found.add(Value::Whole(day)));
                [to, settled].into_iter().flatten().for_each(|last| found.add(Value::Whole(last + 1)));
            }
        }
        for (atom, _) in scope.atoms.iter().filter(|(_, slots)| slots.contains(&slot)) {
            match *atom {
                Atom::Probe(Probe::Day(_, _, limit) | Probe::Whole(_, _, limit)) => found.add(Value::Whole(*limit)),
                Atom::Probe(Probe::Money(_, _, limit)) => found.add(Value::Money(limit.main, limit.aux)),
                Atom::Probe(Probe::Compare(a, _, b)) | Atom::Compare(a, b) => {
                    found.exact &= !(contains(a, slot) && contains(b, slot));
                    for (this, that) in [(a, b), (b, a)] {
                        if contains(this, slot) {
                            let goals = self.may_be(that, others);
                            self.solve(this, slot, &goals, others, &mut found);
                        }
                    }
                }
                Atom::Probe(Probe::Within(day, window)) => self.window(day, window, slot, others, &mut found),
                Atom::Within(day, window) => self.window(day, window, slot, others, &mut found),
                Atom::Ends(a, b) => {
                    for (this, that) in [(a, b), (b, a)] {
                        let end = self.may_be(&that.start, others).moved(&self.may_be(&that.length, others), 1);
                        let start = end.moved(&self.may_be(&this.length, others), -1);
                        self.solve(&this.start, slot, &start, others, &mut found);
                        let length = end.moved(&self.may_be(&this.start, others), -1);
                        self.solve(&this.length, slot, &length, others, &mut found);
                    }
                }
                Atom::Probe(Probe::IsNone(term) | Probe::Known(term)) | Atom::Known(term) => {
                    // Only arithmetic can be stuck at a value; whether a day is `none` is a cell of its own.
                    self.solve(term, slot, &Goals::none(), others, &mut found);
                }
                Atom::Probe(_) => {}
            }
        }
        found
    }

    fn window(
        &mut self,
        day: &Term,
        window: &crate::plan::Window,
        slot: SlotId,
        others: &[(SlotId, Vec<Value>)],
        found: &mut Goals,
    ) {
        let (days, starts, lengths) =
            (self.may_be(day, others), self.may_be(&window.start, others), self.may_be(&window.length, others));
        let mut edges = starts.moved(&lengths, 1);
        edges.join(&starts);
        self.solve(day, slot, &edges, others, found);
        let mut begins = days.moved(&lengths, -1);
        begins.join(&days);
        self.solve(&window.start, slot, &begins, others, found);
        self.solve(&window.length, slot, &days.moved(&starts, -1), others, found);
        let reads = [contains(day, slot), contains(&window.start, slot), contains(&window.length, slot)];
        found.exact &= reads.into_iter().filter(|reads| *reads).count() <= 1;
    }

    /// The values at boundaries and up to so many steps on both sides of them, as values of a fact.
    fn beside(&self, slot: SlotId, goals: &Goals, steps: i64) -> Vec<Value> {
        let mut found = Goals::none();
        for goal in &goals.values {
            let Some(exact) = number(*goal) else { continue };
            match self.ty(slot) {
                Some(Type::Date { .. } | Type::Integer) => {
                    let Some(middle) = exact.round_half_up() else { continue };
                    (-steps..=steps).for_each(|by| found.add(Value::Whole(middle.saturating_add(by))));
                }
                Some(Type::Money) => {
                    let Some(middle) = exact.round_half_up() else { continue };
                    let currencies: Vec<i64> = match currency(*goal) {
                        Some(currency) => vec![currency],
                        None => self.currencies(),
                    };
                    for currency in currencies {
                        (-steps..=steps).for_each(|by| found.add(Value::Money(middle.saturating_add(by), currency)));
                    }
                }
                Some(Type::Decimal | Type::Percent) => {
                    let percent = self.ty(slot) == Some(&Type::Percent);
                    let scale = Exact::whole(if percent { 100 * NANOS } else { NANOS });
                    let Some(middle) = exact.times(scale).round_half_up() else { continue };
                    for nanos in (-steps..=steps).map(|by| middle.saturating_add(by)) {
                        let (whole, nanos) = (nanos.div_euclid(NANOS), nanos.rem_euclid(NANOS));
                        found.add(if percent { Value::Percent(whole, nanos) } else { Value::Number(whole, nanos) });
                    }
                }
                _ => {}
            }
        }
        found.values
    }

    /// Currencies of amounts that are known or that conditions name.
    pub fn currencies(&self) -> Vec<i64> {
        let amounts = self.scope.all.slots.iter().filter(|slot| self.ty(**slot) == Some(&Type::Money));
        let known = amounts.filter_map(|slot| self.get(*slot)).map(|lane| lane.aux);
        let mut found: Vec<i64> = self.scope.currencies.iter().copied().chain(known).collect();
        let usual = self.scope.all.slots.iter().filter(|slot| self.ty(**slot) == Some(&Type::Currency));
        found.extend(usual.filter_map(|slot| self.get(*slot)).map(|lane| lane.main));
        found.sort_unstable();
        found.dedup();
        if found.is_empty() {
            found.extend(parse_currency("USD").map(|currency| i64::from(currency.numeric())));
        }
        found
    }

    /// Values to begin with where nothing else is known: those that the fact has, and some usual ones.
    fn seed(&self, slot: SlotId) -> Vec<Value> {
        let usual = match self.ty(slot) {
            Some(Type::Date { .. }) => vec![Value::Whole(self.as_of())],
            Some(Type::Integer) => vec![Value::Whole(0), Value::Whole(1)],
            Some(Type::Decimal) => vec![Value::Number(0, 0), Value::Number(1, 0)],
            Some(Type::Percent) => vec![Value::Percent(50, 0)],
            Some(Type::Money) => self
                .currencies()
                .into_iter()
                .flat_map(|currency| [0, 10_000].map(|minor| Value::Money(minor, currency)))
                .collect(),
            _ => Vec::new(),
        };
        let term = match self.ty(slot) {
            Some(Type::Date { .. }) => Term::Day(slot),
            Some(Type::Integer) => Term::Whole(slot),
            Some(Type::Decimal) => Term::Number(slot),
            Some(Type::Percent) => Term::Percent(slot),
            Some(Type::Money) => Term::Money(slot),
            _ => return usual,
        };
        let own = value(&term, &self.view(), self.truths());
        let known = own.is_known() && !matches!(own, Value::Whole(NO_EVENT));
        usual.into_iter().chain(known.then_some(own)).collect()
    }

    /// The lane of a value, where a document may say it.
    fn lane(&self, slot: SlotId, value: Value) -> Option<Lane> {
        match (self.ty(slot)?, value) {
            (Type::Date { .. }, Value::Whole(day)) => (MIN_DAY..=MAX_DAY).contains(&day).then_some(one(day)),
            (Type::Integer, Value::Whole(number)) => (0..=MAX_WHOLE).contains(&number).then_some(one(number)),
            (Type::Decimal, Value::Number(main, aux)) => (0..=MAX_WHOLE).contains(&main).then_some(Lane { main, aux }),
            (Type::Percent, Value::Percent(main, aux)) => {
                ((main, aux) > (0, 0) && (main, aux) <= (100, 0)).then_some(Lane { main, aux })
            }
            (Type::Money, Value::Money(main, aux)) => (main.abs() <= MAX_MINOR).then_some(Lane { main, aux }),
            _ => None,
        }
    }

    /// Days after today on which a comparison with the day of the check may turn.
    pub fn breakpoints(&mut self) -> Result<Vec<i64>, Exhausted> {
        self.is_allowed()?;
        let goals = self.boundaries(AS_OF, &[]);
        if !goals.exact {
            return Err(Exhausted);
        }
        let today = self.as_of();
        let days = self.beside(AS_OF, &goals, 1);
        let mut days: Vec<i64> = days.into_iter().filter_map(|value| self.lane(AS_OF, value)).map(|lane| lane.main).collect();
        days.retain(|day| *day > today);
        days.sort_unstable();
        days.dedup();
        Ok(days)
    }
}
