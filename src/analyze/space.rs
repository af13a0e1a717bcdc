//! All accounts at once: one variable for each fact that a decision reads, in one or several versions of the rules.
//!
//! In: versions of a rule set and a decision of each; facts that stay as they are. Out: the variables of the formulas.
//! Owns what is known of a fact and from where: given, computed, implied, assumed. Never decides.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use batsat::Lit;

use super::Side;
use super::cells::{self, Constants, Domain, Ladders, Place, Value, Variable};
use super::decided::Formulas;
use super::gates::Gates;
use super::poly::{AtMost, Factors, Poly};
use super::scope::Scope;
use crate::facts::{Facts, State};
use crate::plan::DecisionPlan;
use crate::program::{AS_OF, At, Fact, Lane, Program, Slot, SlotId, Type};
use crate::value::MAX_MINOR;

/// From where a value comes, under a condition.
#[derive(Clone, Debug)]
pub(super) enum Origin {
    /// The document gives it.
    Given(usize),
    /// The vocabulary says it.
    Constant(Value),
    /// It is the sum of these variables, all in this currency.
    Sum(Vec<(bool, usize)>, i64),
    /// The decision does not read it, so it is not modelled.
    Unread,
}

/// Cases that exclude each other; in none of them nothing is known.
pub(super) type Origins = Rc<[(Lit, Origin)]>;

/// All parts of a sum are given in one currency: when, which parts, which currency.
type Together = (Lit, Vec<(bool, usize)>, i64);

/// A fact with more values is not tried with each.
const MAX_VALUES: usize = 12;

/// What stays as it is while accounts are searched.
#[derive(Clone, Copy)]
pub struct Around<'f> {
    /// The account.
    pub facts: &'f Facts,
    /// Its record under decision.
    pub record: Option<usize>,
    /// Which facts may be changed, told or left out; the others stay.
    pub free: &'f dyn Fn(SlotId) -> bool,
}

/// All accounts, as one decision sees them in each version of the rules.
pub struct Space<'r> {
    pub(super) sides: Vec<(Side<'r>, usize)>,
    pub(super) gates: Gates,
    pub(super) vars: Vec<Variable>,
    places: BTreeMap<Place, usize>,
    pub(super) ladders: Ladders,
    pub(super) nodes: Vec<HashMap<usize, (Lit, Lit)>>,
    origins: HashMap<(usize, SlotId), Origins>,
    pub(super) formulas: Vec<Option<Rc<Formulas>>>,
    constants: Constants,
    computed: BTreeSet<Place>,
    /// What was left free because its arithmetic is not modelled; the same in all versions that say the same.
    pub(super) opaque: HashMap<(String, usize), (Lit, Lit)>,
    /// What is being built, and how often something in it was left free.
    pub(super) building: (String, usize),
    pub(super) around: Option<(Facts, Option<usize>)>,
    /// A fact that is absent in the first version and has each of its values in the others.
    pub(super) varied: Option<(SlotId, Vec<Value>)>,
}

impl<'r> Space<'r> {
    /// The accounts as a decision sees them in each version: versions with the index of the decision.
    pub fn new(sides: &[(Side<'r>, usize)]) -> Self {
        Self::build(sides, None, None)
    }

    /// One version several times: first without a fact, then with each value of it; nothing for a fact that has too many
    /// values, or whose absence or presence says something of others.
    pub fn with_each_value(side: Side<'r>, decision: usize, fact: SlotId) -> Option<Self> {
        let declared = side.program.fact_of(fact)?;
        let words = declared.ty.words();
        let set = matches!(declared.ty, Type::Set(_));
        let alone = declared.assume.is_none() && declared.implies.is_empty() && implying(side.program, fact).is_empty();
        if set || words.is_empty() || words.len() > MAX_VALUES || !alone {
            return None;
        }
        let values: Vec<Value> = words.into_iter().map(|word| Value::Word(word.to_owned())).collect();
        let sides = vec![(side, decision); values.len() + 1];
        Some(Self::build(&sides, None, Some((fact, values))))
    }

    /// How many versions it has.
    pub fn versions(&self) -> usize {
        self.sides.len()
    }

    /// The accounts that differ from one account only in facts that may be changed.
    pub fn around(side: Side<'r>, decision: usize, around: Around<'_>) -> Self {
        Self::build(&[(side, decision)], Some(around), None)
    }

    fn build(sides: &[(Side<'r>, usize)], around: Option<Around<'_>>, varied: Option<(SlotId, Vec<Value>)>) -> Self {
        let mut space = Self {
            sides: sides.to_vec(),
            gates: Gates::new(),
            vars: Vec::new(),
            places: BTreeMap::new(),
            ladders: Ladders::default(),
            nodes: vec![HashMap::new(); sides.len()],
            origins: HashMap::new(),
            formulas: vec![None; sides.len()],
            constants: Constants::default(),
            computed: BTreeSet::new(),
            opaque: HashMap::new(),
            building: (String::new(), 0),
            around: around.map(|around| (around.facts.clone(), around.record)),
            varied,
        };
        let slots = space.scope();
        space.lay_out(&slots, around);
        space.demand_agreement();
        space
    }

    pub(super) fn side(&self, side: usize) -> Option<(Side<'r>, &'r DecisionPlan)> {
        let (side, decision) = self.sides.get(side)?;
        Some((*side, side.plan.decisions.get(*decision)?))
    }

    /// The slots that matter in each version.
    fn scope(&mut self) -> Vec<BTreeSet<SlotId>> {
        let mut all: Vec<BTreeSet<SlotId>> = Vec::new();
        let mut mixed: BTreeSet<Place> = BTreeSet::new();
        let mut numbers = 1;
        for (side, decision) in &self.sides {
            let Some(planned) = side.plan.decisions.get(*decision) else { continue };
            let found = Scope::of(side.program, side.plan, planned);
            mixed.extend(found.mixed.iter().filter_map(|slot| Place::of(side.program, *slot)));
            self.constants.countries.extend(found.constants.countries);
            self.constants.currencies.extend(found.constants.currencies);
            self.constants.texts.extend(found.constants.texts);
            let mut slots = found.slots;
            slots.insert(AS_OF);
            all.push(slots);
        }
        // A fact that only one version reads is the same fact in the other one.
        let places: BTreeSet<Place> = self.places_of(&all);
        for (at, (side, _)) in self.sides.clone().iter().enumerate() {
            let Some(slots) = all.get_mut(at) else { continue };
            slots.extend(slots_of(side.program, |place| places.contains(place)));
        }
        self.choose_computed(&all, &mixed);
        for (at, (side, _)) in self.sides.clone().iter().enumerate() {
            let Some(slots) = all.get_mut(at) else { continue };
            let mut related = BTreeSet::new();
            for slot in slots.iter() {
                let Some(place) = Place::of(side.program, *slot) else { continue };
                if self.computed.contains(&place) {
                    related.extend(parts(side.program, *slot).into_iter().map(|(_, part)| part));
                }
                related.extend(implied(side.program, *slot).into_iter().map(|(other, _)| other));
                if self.sides.len() > 1 {
                    related.extend(implying(side.program, *slot).into_iter().map(|(other, _)| other));
                }
            }
            slots.extend(related);
        }
        for (slots, (side, _)) in all.iter().zip(&self.sides) {
            for slot in slots {
                let Some(fact) = side.program.fact_of(*slot) else { continue };
                let codes = matches!(fact.ty, Type::Money | Type::Country | Type::Currency | Type::Text);
                numbers += usize::from(codes);
                let lanes = fact
                    .assume
                    .iter()
                    .map(|assume| assume.value)
                    .chain(implying(side.program, *slot).into_iter().map(|(_, lane)| lane));
                for lane in lanes {
                    match fact.ty {
                        Type::Money => _ = self.constants.currencies.insert(lane.aux),
                        Type::Currency => _ = self.constants.currencies.insert(lane.main),
                        Type::Country => _ = self.constants.countries.insert(lane.main),
                        _ => {}
                    }
                }
            }
        }
        self.constants.widen(numbers.min(8));
        all
    }

    fn places_of(&self, all: &[BTreeSet<SlotId>]) -> BTreeSet<Place> {
        let of = |(slots, (side, _)): (&BTreeSet<SlotId>, &(Side<'r>, usize))| {
            slots.iter().filter_map(|slot| Place::of(side.program, *slot)).collect::<Vec<_>>()
        };
        all.iter().zip(&self.sides).flat_map(of).collect()
    }

    /// Sums are modelled where their parts matter by themselves; else giving the sum is as good.
    fn choose_computed(&mut self, all: &[BTreeSet<SlotId>], mixed: &BTreeSet<Place>) {
        let mut said: BTreeMap<Place, Vec<Vec<(bool, String)>>> = BTreeMap::new();
        for (slots, (side, _)) in all.iter().zip(&self.sides) {
            for slot in slots {
                let Some(place) = Place::of(side.program, *slot) else { continue };
                let parts = parts(side.program, *slot);
                if parts.iter().any(|(_, part)| slots.contains(part)) || mixed.contains(&place) {
                    self.computed.insert(place.clone());
                }
                let names = parts.iter().map(|(minus, part)| (*minus, side.program.name_of(*part).to_owned())).collect();
                said.entry(place).or_default().push(names);
            }
        }
        for (place, said) in said {
            if said.windows(2).any(|pair| matches!(pair, [a, b] if a != b)) {
                self.computed.insert(place);
            }
        }
        // Around an account its parts are told, so that the sum follows from them.
        if self.around.is_some() {
            let sums = all.iter().zip(&self.sides).flat_map(|(slots, (side, _))| {
                slots
                    .iter()
                    .filter(|slot| !parts(side.program, **slot).is_empty())
                    .filter_map(|slot| Place::of(side.program, *slot))
            });
            self.computed.extend(sums.collect::<Vec<_>>());
        }
    }

    fn lay_out(&mut self, all: &[BTreeSet<SlotId>], around: Option<Around<'_>>) {
        let mut places: BTreeMap<Place, Vec<Option<SlotId>>> = BTreeMap::new();
        for (at, (slots, (side, _))) in all.iter().zip(&self.sides).enumerate() {
            for slot in slots {
                let Some(place) = Place::of(side.program, *slot) else { continue };
                let slots = places.entry(place).or_insert_with(|| vec![None; self.sides.len()]);
                if let Some(known) = slots.get_mut(at) {
                    *known = Some(*slot);
                }
            }
        }
        for (place, slots) in places {
            let types: Vec<&Type> = slots
                .iter()
                .zip(&self.sides)
                .filter_map(|(slot, (side, _))| side.program.fact_of((*slot)?).map(|fact| &fact.ty))
                .collect();
            let day = slots.contains(&Some(AS_OF));
            let (base, fixed) = match &around {
                None => (None, false),
                Some(around) => {
                    let slot = slots.iter().flatten().next().copied().unwrap_or(AS_OF);
                    let lane = told(&self.sides, around, slot);
                    let ty = types.first().copied().unwrap_or(&Type::Bool);
                    (lane.map(|lane| Value::of(ty, lane, around.facts.text(lane))), !(around.free)(slot))
                }
            };
            let mut constants = self.constants.clone();
            match &base {
                Some(Value::Code(code)) => {
                    constants.countries.insert(*code);
                    constants.currencies.insert(*code);
                }
                Some(Value::Money(_, code)) => _ = constants.currencies.insert(*code),
                Some(Value::Text(text)) => _ = constants.texts.insert(text.clone()),
                _ => {}
            }
            let only = if fixed { base.as_ref() } else { None };
            let domain = cells::domain(&mut self.gates, place.form, &types, &constants, only);
            let given = match (day, fixed) {
                (true, _) => self.gates.yes(),
                (false, true) => self.gates.constant(base.is_some()),
                (false, false) => self.gates.free(),
            };
            if matches!(&domain, Domain::Words(words) if words.is_empty()) {
                self.gates.clause([!given]);
            }
            self.places.insert(place.clone(), self.vars.len());
            self.vars.push(Variable { place, slots, given, domain, base, fixed });
        }
    }

    /// The variable of a slot.
    pub(super) fn var(&self, side: usize, slot: SlotId) -> Option<usize> {
        let (side, _) = self.sides.get(side)?;
        self.places.get(&Place::of(side.program, slot)?).copied()
    }

    /// A document in which facts that imply others contradict them is refused, so no account is one.
    fn demand_agreement(&mut self) {
        for side in 0..self.sides.len() {
            let Some((rules, _)) = self.side(side) else { continue };
            let slots: Vec<SlotId> = self.vars.iter().filter_map(|var| var.slots.get(side).copied().flatten()).collect();
            for slot in slots {
                let mut causes: Vec<(Lit, Value)> = Vec::new();
                for (cause, lane) in implying(rules.program, slot) {
                    if self.var(side, cause).is_none() {
                        continue;
                    }
                    let known = self.told(side, cause, &mut Vec::new());
                    let ty = rules.program.fact_of(slot).map(|fact| &fact.ty);
                    let Some(value) = ty.map(|ty| Value::of(ty, lane, "")) else { continue };
                    causes.push((known, value));
                }
                let Some(var) = self.var(side, slot) else { continue };
                let Some(given) = self.vars.get(var).map(|var| var.given) else { continue };
                for (known, value) in &causes {
                    let is = self.is(var, value);
                    self.gates.clause([!*known, !given, is]);
                }
                for (at, (known, value)) in causes.iter().enumerate() {
                    for (other, others) in causes.iter().skip(at + 1).filter(|(_, others)| others != value) {
                        let _ = others;
                        self.gates.clause([!*known, !*other]);
                    }
                }
                self.demand_sum(side, slot, var, given);
            }
        }
    }

    fn demand_sum(&mut self, side: usize, slot: SlotId, var: usize, given: Lit) {
        for (together, parts, currency) in self.sums(side, slot) {
            if let Some(equal) = self.sum_is(var, &parts, currency) {
                self.gates.clause([!given, !together, equal]);
            }
            // A sum beyond the limit of amounts is refused.
            let mut sum = Some(Poly::constant(0, 1));
            for (minus, part) in &parts {
                let own = self.vars.get(*part).map(|own| cells::as_poly(own.place.form, *part, &own.domain));
                sum = sum.zip(own).and_then(|(sum, own)| sum.plus(&own, *minus));
            }
            let Some(sum) = sum else { continue };
            let limit = Poly::constant(i128::from(MAX_MINOR), 1);
            let zero = Poly::constant(0, 1);
            let ends = [sum.plus(&limit, true), zero.plus(&sum, true).and_then(|minus| minus.plus(&limit, true))];
            for beyond in ends.into_iter().flatten() {
                let within = self.at_most(beyond.at_most_zero(false));
                self.gates.clause([!together, within]);
            }
        }
    }

    /// Is a money variable the sum of some others?
    fn sum_is(&mut self, var: usize, parts: &[(bool, usize)], currency: i64) -> Option<Lit> {
        let own = self.vars.get(var)?;
        let mut rest = cells::as_poly(own.place.form, var, &own.domain);
        let same = match &own.domain {
            Domain::Number { currencies, .. } => currencies.iter().find(|(code, _)| *code == currency).map(|(_, lit)| *lit),
            _ => None,
        };
        for (minus, part) in parts {
            let own = self.vars.get(*part)?;
            rest = rest.plus(&cells::as_poly(own.place.form, *part, &own.domain), !*minus)?;
        }
        let (low, high) = (self.at_most(rest.at_most_zero(false)), self.at_most(rest.at_most_zero(true)));
        let same = same.unwrap_or(self.gates.no());
        Some(self.gates.all([low, !high, same]))
    }

    /// For each currency: the literal that all parts of a computed fact are given in it.
    fn sums(&mut self, side: usize, slot: SlotId) -> Vec<Together> {
        let Some((rules, _)) = self.side(side) else { return Vec::new() };
        if !Place::of(rules.program, slot).is_some_and(|place| self.computed.contains(&place)) {
            return Vec::new();
        }
        let parts: Option<Vec<(bool, usize)>> =
            parts(rules.program, slot).into_iter().map(|(minus, part)| Some((minus, self.var(side, part)?))).collect();
        let Some(parts) = parts.filter(|parts| !parts.is_empty()) else { return Vec::new() };
        let mut all = Vec::new();
        let currencies: Vec<i64> = match parts.first().and_then(|(_, part)| self.vars.get(*part)).map(|var| &var.domain) {
            Some(Domain::Number { currencies, .. }) => currencies.iter().map(|(code, _)| *code).collect(),
            _ => Vec::new(),
        };
        for currency in currencies {
            let mut together = Vec::new();
            for (_, part) in &parts {
                let Some(Variable { given, domain: Domain::Number { currencies, .. }, .. }) = self.vars.get(*part) else {
                    continue;
                };
                let own = currencies.iter().find(|(code, _)| *code == currency).map(|(_, lit)| *lit);
                together.extend([*given, own.unwrap_or(self.gates.no())]);
            }
            let together = self.gates.all(together);
            if together != self.gates.no() {
                all.push((together, parts.clone(), currency));
            }
        }
        all
    }

    /// Are the parts of a computed fact given in more than one currency, and the fact itself not?
    pub(super) fn mixed(&mut self, side: usize, slot: SlotId) -> Lit {
        let Some((rules, _)) = self.side(side) else { return self.gates.no() };
        let mut all = Vec::new();
        for (_, part) in parts(rules.program, slot) {
            if self.var(side, part).is_none() {
                return self.opaque().0;
            }
            let given = self.var(side, part).and_then(|var| self.vars.get(var)).map(|var| var.given);
            all.push(given.unwrap_or(self.gates.no()));
        }
        if all.is_empty() {
            return self.gates.no();
        }
        let one = self.sums(side, slot).into_iter().map(|(together, ..)| !together).collect::<Vec<_>>();
        let own = self.var(side, slot).and_then(|var| self.vars.get(var)).map(|var| !var.given);
        all.extend(one);
        all.extend(own);
        self.gates.all(all)
    }

    /// Is a fact given or derived, not only assumed?
    fn told(&mut self, side: usize, slot: SlotId, path: &mut Vec<SlotId>) -> Lit {
        if path.contains(&slot) {
            return self.gates.no();
        }
        path.push(slot);
        let given = self.var(side, slot).and_then(|var| self.vars.get(var)).map(|var| var.given);
        let mut ways: Vec<Lit> = given.into_iter().collect();
        ways.extend(self.sums(side, slot).into_iter().map(|(together, ..)| together));
        if let Some((rules, _)) = self.side(side) {
            for (cause, _) in implying(rules.program, slot) {
                if self.var(side, cause).is_some() {
                    ways.push(self.told(side, cause, path));
                }
            }
        }
        path.pop();
        self.gates.any(ways)
    }

    /// Where the value of a slot comes from, as cases that exclude each other; in no case it is not known.
    pub(super) fn origins(&mut self, side: usize, slot: SlotId) -> Origins {
        if let Some(found) = self.origins.get(&(side, slot)) {
            return Rc::clone(found);
        }
        if let Some((varied, values)) = self.varied.as_ref().filter(|(varied, _)| *varied == slot) {
            let _ = varied;
            let value = side.checked_sub(1).and_then(|at| values.get(at)).cloned();
            let cases: Origins = value.map(|value| (self.gates.yes(), Origin::Constant(value))).into_iter().collect();
            self.origins.insert((side, slot), Rc::clone(&cases));
            return cases;
        }
        let mut cases: Vec<(Lit, Origin)> = Vec::new();
        let mut rest = self.gates.yes();
        match self.var(side, slot).and_then(|var| Some((var, self.vars.get(var)?.given))) {
            Some((var, given)) => {
                cases.push((given, Origin::Given(var)));
                rest = self.gates.all([rest, !given]);
            }
            None => {
                let known = self.gates.free();
                cases.push((known, Origin::Unread));
                rest = self.gates.no();
            }
        }
        for (together, parts, currency) in self.sums(side, slot) {
            cases.push((self.gates.all([rest, together]), Origin::Sum(parts, currency)));
            rest = self.gates.all([rest, !together]);
        }
        if let Some((rules, _)) = self.side(side) {
            let ty = rules.program.fact_of(slot).map(|fact| fact.ty.clone()).unwrap_or(Type::Bool);
            for (cause, lane) in implying(rules.program, slot) {
                if self.var(side, cause).is_none() {
                    continue;
                }
                let known = self.told(side, cause, &mut vec![slot]);
                cases.push((self.gates.all([rest, known]), Origin::Constant(Value::of(&ty, lane, ""))));
                rest = self.gates.all([rest, !known]);
            }
            if let Some(assume) = rules.program.fact_of(slot).and_then(|fact| fact.assume.as_ref()) {
                cases.push((rest, Origin::Constant(Value::of(&ty, assume.value, ""))));
            }
        }
        cases.retain(|(when, _)| *when != self.gates.no());
        let cases: Origins = cases.into();
        self.origins.insert((side, slot), Rc::clone(&cases));
        cases
    }

    /// Does a variable have a value, once it is given?
    pub(super) fn is(&mut self, var: usize, value: &Value) -> Lit {
        let Some(variable) = self.vars.get(var) else { return self.gates.no() };
        let listed = |found: Option<Lit>, gates: &Gates| found.unwrap_or(gates.no());
        match (&variable.domain.clone(), value) {
            (Domain::Words(words), Value::Word(word)) => {
                listed(words.iter().find(|(known, _)| known == word).map(|(_, lit)| *lit), &self.gates)
            }
            (Domain::Set(words), Value::Words(chosen)) => {
                let unknown = chosen.iter().any(|word| !words.iter().any(|(known, _)| known == word));
                let parts = words.iter().map(|(word, lit)| if chosen.contains(word) { *lit } else { !*lit });
                if unknown { self.gates.no() } else { self.gates.all(parts.collect::<Vec<_>>()) }
            }
            (Domain::Codes(codes), Value::Code(code)) => {
                listed(codes.iter().find(|(known, _)| known == code).map(|(_, lit)| *lit), &self.gates)
            }
            (Domain::Texts(texts), Value::Text(text)) => {
                listed(texts.iter().find(|(known, _)| known == text).map(|(_, lit)| *lit), &self.gates)
            }
            (Domain::Number { never, .. }, Value::Never) => *never,
            (Domain::Number { never, .. }, Value::Number(number)) => {
                let (low, high) = (self.number_at_most(var, *number), self.number_at_most(var, number - 1));
                self.gates.all([!*never, low, !high])
            }
            (Domain::Number { currencies, .. }, Value::Money(minor, code)) => {
                let currency = listed(currencies.iter().find(|(known, _)| known == code).map(|(_, lit)| *lit), &self.gates);
                let (low, high) = (self.number_at_most(var, *minor), self.number_at_most(var, minor - 1));
                self.gates.all([currency, low, !high])
            }
            _ => self.gates.no(),
        }
    }

    /// Is a variable at most a number, in its own unit?
    pub(super) fn number_at_most(&mut self, var: usize, limit: i128) -> Lit {
        self.at_most(AtMost { parts: vec![(vec![var], 1)], limit })
    }

    /// The literal of a comparison.
    pub(super) fn at_most(&mut self, wanted: AtMost) -> Lit {
        let range = self.range(&wanted.parts);
        self.ladders.at_most(&mut self.gates, wanted, range)
    }

    /// The least and the greatest value of a sum of products.
    fn range(&self, parts: &[(Factors, i128)]) -> Option<(i128, i128)> {
        let mut sum = (0_i128, 0_i128);
        for (factors, coefficient) in parts {
            let mut found = (1_i128, 1_i128);
            for var in factors {
                let Domain::Number { low, high, .. } = self.vars.get(*var)?.domain else { return None };
                let ends = [
                    found.0.checked_mul(low)?,
                    found.0.checked_mul(high)?,
                    found.1.checked_mul(low)?,
                    found.1.checked_mul(high)?,
                ];
                found = (ends.into_iter().min()?, ends.into_iter().max()?);
            }
            let ends = (found.0.checked_mul(*coefficient)?, found.1.checked_mul(*coefficient)?);
            sum = (sum.0.checked_add(ends.0.min(ends.1))?, sum.1.checked_add(ends.0.max(ends.1))?);
        }
        Some(sum)
    }

    /// Something whose arithmetic is not modelled: it may be true, false or unknown.
    pub(super) fn opaque(&mut self) -> (Lit, Lit) {
        let key = self.building.clone();
        self.building.1 += 1;
        if let Some(found) = self.opaque.get(&key) {
            return *found;
        }
        let (yes, no) = (self.gates.free(), self.gates.free());
        self.gates.clause([!yes, !no]);
        self.opaque.insert(key, (yes, no));
        (yes, no)
    }

    /// Builds something under its own name.
    pub(super) fn named<T>(&mut self, name: String, build: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.building, (name, 0));
        let made = build(self);
        self.building = outer;
        made
    }
}

/// The lane that the document of an account gives for a slot.
fn told(sides: &[(Side<'_>, usize)], around: &Around<'_>, slot: SlotId) -> Option<Lane> {
    let (side, _) = sides.first()?;
    let place = side.program.slots.get(slot.0 as usize)?;
    let (lane, state) = match place.at {
        At::Record(list) => {
            let record = around.facts.records(list).get(around.record?)?;
            let section = side.program.sections.get(side.program.lists.get(list.0 as usize)?.section)?;
            let at = section.facts.iter().position(|fact| *fact == place.fact)?;
            *record.values.get(at)?
        }
        _ => *around.facts.values().get(slot.0 as usize)?,
    };
    (state == State::Given).then_some(lane)
}

/// The slot of another fact at the same place.
fn sibling(program: &Program, of: SlotId, fact: crate::program::FactId) -> Option<SlotId> {
    let at = program.slots.get(of.0 as usize)?.at;
    let found = program.slots.iter().position(|slot| *slot == Slot { fact, at })?;
    u32::try_from(found).ok().map(SlotId)
}

fn parts(program: &Program, slot: SlotId) -> Vec<(bool, SlotId)> {
    let computed = program.fact_of(slot).and_then(|fact| fact.computed.as_ref());
    let parts = computed.map_or(&[][..], |computed| &computed.parts);
    parts.iter().filter_map(|(minus, part)| Some((*minus, sibling(program, slot, *part)?))).collect()
}

/// What is known of other facts once this one is.
fn implied(program: &Program, slot: SlotId) -> Vec<(SlotId, Lane)> {
    let implies = program.fact_of(slot).map_or(&[][..], |fact: &Fact| &fact.implies);
    implies.iter().filter_map(|(other, lane)| Some((sibling(program, slot, *other)?, *lane))).collect()
}

/// Facts that, once known, say what this one is.
fn implying(program: &Program, slot: SlotId) -> Vec<(SlotId, Lane)> {
    let Some(place) = program.slots.get(slot.0 as usize) else { return Vec::new() };
    let Some(section) = program.facts.get(place.fact.0 as usize).and_then(|fact| program.sections.get(fact.section)) else {
        return Vec::new();
    };
    let mut all = Vec::new();
    for id in &section.facts {
        let implies = program.facts.get(id.0 as usize).map_or(&[][..], |fact| &fact.implies);
        for (_, lane) in implies.iter().filter(|(other, _)| *other == place.fact) {
            all.extend(sibling(program, slot, *id).map(|slot| (slot, *lane)));
        }
    }
    all
}

/// Slots whose place is wanted.
fn slots_of(program: &Program, wanted: impl Fn(&Place) -> bool) -> Vec<SlotId> {
    let slots = (0..program.slots.len()).filter_map(|at| u32::try_from(at).ok().map(SlotId));
    slots.filter(|slot| Place::of(program, *slot).is_some_and(|place| wanted(&place))).collect()
}
