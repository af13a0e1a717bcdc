//! Tests of facts to conditions.
//!
//! In: probes of the plan. Out: expressions that are true, false, or unknown.
//! Owns what each test means in SQL, one arm for each arm of `eval::probe`. Never joins tests.

use super::compile::Compile;
use super::dialect::Refusal;
use super::expr::Sql;
use super::print::Kind;
use super::term::NO_DAY;
use crate::plan::{Probe, Term, Window};
use crate::program::{Lane, SlotId, Type};
use crate::syntax::{FirstDay, Order};

/// Where a day lies in a window, as numbers that later stages compare.
#[derive(Clone, Copy)]
pub(super) enum Place {
    /// Inside under every reading.
    Inside,
    /// Inside under one reading only.
    Boundary,
    /// Outside under every reading.
    Outside,
}

impl Compile<'_> {
    /// The truth of a test.
    pub(super) fn probe(&mut self, probe: &Probe) -> Result<Sql, Refusal> {
        let unknown = self.null(Kind::Truth);
        Ok(match probe {
            Probe::Word(slot, mask) => {
                let found = self.fact(*slot)?.value;
                let ty = self.program.fact_of(*slot).map(|fact| fact.ty.clone());
                match ty {
                    Some(Type::Bool) => match mask & 3 {
                        0 => while_known(&found, false, &unknown),
                        1 => found.not(),
                        2 => found,
                        _ => while_known(&found, true, &unknown),
                    },
                    ty => {
                        let words = ty.as_ref().map_or_else(Vec::new, Type::words);
                        let among = words.iter().zip(0..).filter(|(_, bit)| mask >> bit & 1 == 1);
                        let literals: Vec<String> = among.map(|(word, _)| self.print.literal(word)).collect();
                        match literals.len() {
                            0 => while_known(&found, false, &unknown),
                            all if all == words.len() => while_known(&found, true, &unknown),
                            _ => found.among(&literals),
                        }
                    }
                }
            }
            Probe::Code(slot, codes) => {
                let found = self.fact(*slot)?.value;
                let ty = self.program.fact_of(*slot).map(|fact| fact.ty.clone());
                let text = |code: &i64| ty.as_ref().map_or_else(String::new, |ty| ty.text(Lane { main: *code, aux: 0 }));
                let literals: Vec<String> = codes.iter().map(|code| self.print.literal(&text(code))).collect();
                if literals.is_empty() { while_known(&found, false, &unknown) } else { found.among(&literals) }
            }
            Probe::Text(slot, texts) => {
                let found = self.fact(*slot)?.value;
                let literals: Vec<String> = texts.iter().map(|text| self.print.literal(text)).collect();
                if literals.is_empty() { while_known(&found, false, &unknown) } else { found.among(&literals) }
            }
            Probe::Day(slot, order, limit) => {
                let (day, limit) = (self.term(&Term::Day(*slot))?, self.term(&Term::ConstWhole(*limit))?);
                self.compare(&day, *order, &limit)?
            }
            Probe::Whole(slot, order, limit) => {
                let found = self.fact(*slot)?.value;
                found.compared(*order, &Sql::constant(limit.to_string()))
            }
            Probe::Money(slot, order, limit) => {
                let (amount, limit) = (self.term(&Term::Money(*slot))?, self.term(&Term::ConstMoney(*limit))?);
                self.compare(&amount, *order, &limit)?
            }
            Probe::Same(a, b) => self.fact(*a)?.value.equals(&self.fact(*b)?.value),
            Probe::Contains(set, bit) => {
                let list = self.fact(*set)?.value;
                let word = self.word_of(*set, *bit);
                let found = Sql::of([&list], self.print.contains(list.text(), &self.print.literal(&word)));
                Sql::case(&[(list.is_null(), unknown)], &Sql::of([&found], format!("COALESCE({}, FALSE)", found.text())))
            }
            Probe::ContainsFact(set, other, bits) => {
                let (list, word) = (self.fact(*set)?.value, self.fact(*other)?.value);
                let ty = self.program.fact_of(*other).map(|fact| fact.ty.clone());
                let mut held = Vec::new();
                for (bit, main) in bits.iter().zip(0..) {
                    let Some(bit) = bit else { continue };
                    let own = ty.as_ref().map_or_else(String::new, |ty| ty.text(Lane { main, aux: 0 }));
                    let wanted = self.print.literal(&self.word_of(*set, *bit));
                    let is_own = match ty {
                        Some(Type::Bool) if main == 0 => word.not(),
                        Some(Type::Bool) => word.clone(),
                        _ => word.equals(&self.text(&own)),
                    };
                    held.push(Sql::all([is_own, Sql::of([&list], self.print.contains(list.text(), &wanted))]));
                }
                let held = Sql::any(held);
                let held = Sql::of([&held], format!("COALESCE({}, FALSE)", held.text()));
                Sql::case(&[(Sql::any([list.is_null(), word.is_null()]), unknown)], &held)
            }
            Probe::Empty(set) => {
                let list = self.fact(*set)?.value;
                let empty = Sql::of([&list], self.print.is_empty(list.text()));
                Sql::case(&[(list.is_null(), unknown)], &empty)
            }
            Probe::IsNone(term) => {
                let day = self.whole(term)?;
                if day.none {
                    day.num.equals(&Sql::constant(NO_DAY.to_string()))
                } else {
                    while_known(&day.num, false, &unknown)
                }
            }
            Probe::Known(term) => {
                let found = self.is_known(term)?;
                Sql::case(&[(found, Sql::truth(true))], &unknown)
            }
            Probe::Compare(left, order, right) => {
                let (left, right) = (self.term(left)?, self.term(right)?);
                self.compare(&left, *order, &right)?
            }
            Probe::Within(day, window) => self.within(day, window)?,
            Probe::Mixed(slot) => self.mixed(*slot)?,
            Probe::Unstated => unknown,
        })
    }

    /// The word of a bit of a set.
    fn word_of(&self, set: SlotId, bit: u32) -> String {
        let words = self.program.fact_of(set).map(|fact| fact.ty.words());
        let at = usize::try_from(bit).unwrap_or(usize::MAX);
        words.and_then(|words| words.get(at).map(|word| (*word).to_owned())).unwrap_or_default()
    }

    /// Has a term a value?
    pub(super) fn is_known(&mut self, term: &Term) -> Result<Sql, Refusal> {
        Ok(self.term(term)?.num.is_known())
    }

    fn within(&mut self, day: &Term, window: &Window) -> Result<Sql, Refusal> {
        let (day, start, length) = (self.whole(day)?, self.whole(&window.start)?, self.whole(&window.length)?);
        let end = start.num.binary("+", &length.num);
        let end = self.stages.short(end);
        let unknown = self.null(Kind::Truth);
        let mut branches = vec![(Sql::any([&day, &start, &length].map(|val| val.num.is_null())), unknown.clone())];
        let no_day = Sql::constant(NO_DAY.to_string());
        let none = Sql::any([&day, &start].into_iter().filter(|val| val.none).map(|val| val.num.equals(&no_day)));
        branches.push((Sql::any([none, day.num.compared(Order::Below, &start.num)]), Sql::truth(false)));
        let truth = |place: Place| match place {
            Place::Inside => Sql::truth(true),
            Place::Outside => Sql::truth(false),
            Place::Boundary => unknown.clone(),
        };
        branches.extend(after_start(&day.num, &end, window.first, &truth));
        Ok(Sql::case(&branches, &unknown))
    }
}

/// Where a day lies that is not before the start, as branches that leave nothing over.
pub(super) fn after_start(day: &Sql, end: &Sql, first: FirstDay, of: &dyn Fn(Place) -> Sql) -> Vec<(Sql, Sql)> {
    let on_end = match first {
        FirstDay::Counted => Place::Outside,
        FirstDay::NotCounted => Place::Inside,
        FirstDay::Unstated | FirstDay::AtTheEarliest => Place::Boundary,
    };
    let later = if first == FirstDay::AtTheEarliest { Place::Boundary } else { Place::Outside };
    vec![
        (day.compared(Order::Below, end), of(Place::Inside)),
        (day.compared(Order::Exactly, end), of(on_end)),
        (Sql::truth(true), of(later)),
    ]
}

/// One truth wherever a fact is known.
fn while_known(fact: &Sql, truth: bool, unknown: &Sql) -> Sql {
    Sql::case(&[(fact.is_null(), unknown.clone())], &Sql::truth(truth))
}
