//! Operands as cases: under which choices an operand is which sum of facts, and when it is not known.
//!
//! In: the plan's operands. Out: cases that exclude each other; in no case there is no value.
//! Owns the mirror of `eval`'s values. What it cannot follow is a value that is known and not analysed, never a guess.

use batsat::Lit;

use super::cells::{self, Domain, Form, UNIT, Value as Said};
use super::poly::Poly;
use super::space::{Origin, Space};
use crate::plan::Term;
use crate::program::{NO_EVENT, SlotId};
use crate::syntax::Order;

/// The currency of a value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Currency {
    None,
    Is(i64),
    Of(usize),
}

/// What an operand is in one case.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Value {
    /// A date that is `none`.
    Never,
    /// A day, a number of days or a whole number.
    Whole(Poly),
    /// Any other number; the flag says that it is zero of any unit.
    Number { is: Poly, currency: Currency, any_unit: bool },
    /// Known, but not analysed.
    Opaque,
}

/// Cases that exclude each other; where none holds, the operand is not known.
pub(super) type Cases = Vec<(Lit, Value)>;

/// Operands with more cases are not analysed.
const MAX_CASES: usize = 48;

impl Value {
    fn number(is: Poly) -> Self {
        Self::Number { is, currency: Currency::None, any_unit: false }
    }

    fn money(is: Poly, currency: Currency) -> Self {
        Self::Number { is, currency, any_unit: false }
    }

    pub(super) fn poly(&self) -> Option<&Poly> {
        match self {
            Self::Whole(is) | Self::Number { is, .. } => Some(is),
            Self::Never | Self::Opaque => None,
        }
    }

    pub(super) fn currency(&self) -> &Currency {
        match self {
            Self::Number { currency, .. } => currency,
            _ => &Currency::None,
        }
    }
}

impl Space<'_> {
    /// Is an operand known?
    pub(super) fn known(&mut self, cases: &Cases) -> Lit {
        self.gates.any(cases.iter().map(|(when, _)| *when))
    }

    /// The cases of an operand.
    pub(super) fn term(&mut self, side: usize, term: &Term) -> Cases {
        let yes = self.gates.yes();
        match term {
            Term::Day(slot) | Term::Whole(slot) | Term::Money(slot) | Term::Number(slot) | Term::Percent(slot) => {
                self.slot_cases(side, *slot)
            }
            Term::Other(slot) => {
                let origins = self.origins(side, *slot);
                origins.iter().map(|(when, _)| (*when, Value::Opaque)).collect()
            }
            Term::ConstWhole(NO_EVENT) => vec![(yes, Value::Never)],
            Term::ConstWhole(value) => vec![(yes, Value::Whole(Poly::constant(i128::from(*value), 1)))],
            Term::ConstMoney(lane) => {
                vec![(yes, Value::money(Poly::constant(i128::from(lane.main), 1), Currency::Is(lane.aux)))]
            }
            Term::ConstNumber(lane) => {
                vec![(yes, Value::number(Poly::constant(i128::from(lane.main) * UNIT + i128::from(lane.aux), UNIT)))]
            }
            Term::ConstPercent(lane) => {
                vec![(yes, Value::number(Poly::constant(i128::from(lane.main) * UNIT + i128::from(lane.aux), UNIT * 100)))]
            }
            Term::Zero => {
                vec![(yes, Value::Number { is: Poly::constant(0, 1), currency: Currency::None, any_unit: true })]
            }
            Term::Unstated => Vec::new(),
            Term::Shift(day, back, days) => {
                let (day, days) = (self.term(side, day), self.term(side, days));
                self.pairs(&day, &days, |a, b| match (a, b) {
                    (Value::Never, Value::Whole(_)) => Some(Value::Never),
                    (Value::Whole(a), Value::Whole(b)) => Some(a.plus(b, *back).map_or(Value::Opaque, Value::Whole)),
                    (Value::Opaque, _) | (_, Value::Opaque) => Some(Value::Opaque),
                    _ => None,
                })
            }
            Term::Earlier(a, b) => {
                let (a, b) = (self.term(side, a), self.term(side, b));
                self.earlier(&a, &b)
            }
            Term::Bound(inner, above, limit) => {
                let inner = self.term(side, inner);
                if matches!(**limit, Term::Unstated) {
                    return inner;
                }
                let limit = self.term(side, limit);
                self.bound(&inner, *above, &limit)
            }
            Term::Choose(branches, last) => {
                let mut open = yes;
                let mut cases = Vec::new();
                for (when, value) in branches {
                    let (holds, fails) = self.cond(side, *when);
                    let taken = self.gates.all([open, holds]);
                    for (inner, value) in self.term(side, value) {
                        cases.push((self.gates.all([taken, inner]), value));
                    }
                    open = self.gates.all([open, fails]);
                }
                for (inner, value) in self.term(side, last) {
                    cases.push((self.gates.all([open, inner]), value));
                }
                self.trimmed(cases)
            }
            Term::Sum(parts) => self.sum_cases(side, parts),
            Term::Product(parts) => self.product_cases(side, parts),
        }
    }

    fn trimmed(&mut self, mut cases: Cases) -> Cases {
        let no = self.gates.no();
        cases.retain(|(when, _)| *when != no);
        if cases.len() <= MAX_CASES {
            return cases;
        }
        let known = self.known(&cases);
        vec![(known, Value::Opaque)]
    }

    fn pairs(&mut self, a: &Cases, b: &Cases, joined: impl Fn(&Value, &Value) -> Option<Value>) -> Cases {
        let mut cases = Vec::new();
        for (first, left) in a {
            for (second, right) in b {
                if let Some(value) = joined(left, right) {
                    cases.push((self.gates.all([*first, *second]), value));
                }
            }
        }
        self.trimmed(cases)
    }

    fn slot_cases(&mut self, side: usize, slot: SlotId) -> Cases {
        let mut cases = Vec::new();
        for (when, origin) in self.origins(side, slot).iter() {
            match origin {
                Origin::Given(var) => {
                    let Some(variable) = self.vars.get(*var) else { continue };
                    let Domain::Number { never, currencies, .. } = &variable.domain else { continue };
                    let (never, form) = (*never, variable.place.form);
                    let is = cells::as_poly(form, *var, &variable.domain);
                    let currency = match currencies.as_slice() {
                        [(only, _)] => Currency::Is(*only),
                        _ => Currency::Of(*var),
                    };
                    let value = match form {
                        Form::Day | Form::Whole => Value::Whole(is),
                        Form::Money => Value::money(is, currency),
                        _ => Value::number(is),
                    };
                    cases.push((self.gates.all([*when, !never]), value));
                    cases.push((self.gates.all([*when, never]), Value::Never));
                }
                Origin::Constant(said) => {
                    let form =
                        self.side(side).and_then(|(rules, _)| rules.program.fact_of(slot).map(|fact| Form::of(&fact.ty)));
                    let value = match (said, form) {
                        (Said::Never, _) => Value::Never,
                        (Said::Number(number), Some(Form::Day | Form::Whole)) => Value::Whole(Poly::constant(*number, 1)),
                        (Said::Number(number), Some(Form::Percent)) => Value::number(Poly::constant(*number, UNIT * 100)),
                        (Said::Number(number), _) => Value::number(Poly::constant(*number, UNIT)),
                        (Said::Money(minor, currency), _) => Value::money(Poly::constant(*minor, 1), Currency::Is(*currency)),
                        _ => Value::Opaque,
                    };
                    cases.push((*when, value));
                }
                Origin::Unread => cases.push((*when, Value::Opaque)),
                Origin::Sum(parts, currency) => {
                    let mut sum = Some(Poly::constant(0, 1));
                    for (minus, part) in parts {
                        let own = self.vars.get(*part).map(|own| cells::as_poly(own.place.form, *part, &own.domain));
                        sum = sum.zip(own).and_then(|(sum, own)| sum.plus(&own, *minus));
                    }
                    let value = sum.map_or(Value::Opaque, |sum| Value::money(sum, Currency::Is(*currency)));
                    cases.push((*when, value));
                }
            }
        }
        self.trimmed(cases)
    }

    fn earlier(&mut self, a: &Cases, b: &Cases) -> Cases {
        let mut cases = Vec::new();
        for (first, left) in a {
            for (second, right) in b {
                let both = self.gates.all([*first, *second]);
                match (left, right) {
                    (Value::Never, other @ (Value::Whole(_) | Value::Never | Value::Opaque)) => {
                        cases.push((both, other.clone()))
                    }
                    (other @ (Value::Whole(_) | Value::Opaque), Value::Never) => cases.push((both, other.clone())),
                    (Value::Whole(x), Value::Whole(y)) => match self.ordered(x, y) {
                        Some([below, equal, _]) => {
                            let first = self.gates.any([below, equal]);
                            cases.push((self.gates.all([both, first]), left.clone()));
                            cases.push((self.gates.all([both, !first]), right.clone()));
                        }
                        None => cases.push((both, Value::Opaque)),
                    },
                    (Value::Opaque, _) | (_, Value::Opaque) => cases.push((both, Value::Opaque)),
                    _ => {}
                }
            }
        }
        self.trimmed(cases)
    }

    fn bound(&mut self, inner: &Cases, above: bool, limit: &Cases) -> Cases {
        let mut cases = Vec::new();
        for (first, value) in inner {
            for (second, limit) in limit {
                let both = self.gates.all([*first, *second]);
                let (Some(x), Some(y)) = (value.poly(), limit.poly()) else {
                    cases.push((both, Value::Opaque));
                    continue;
                };
                let same = self.comparable(value, limit);
                let Some([below, equal, over]) = self.ordered(x, y) else {
                    cases.push((self.gates.all([both, same]), Value::Opaque));
                    continue;
                };
                let _ = equal;
                let beyond = if above { over } else { below };
                let taken = match (limit, value.currency()) {
                    (Value::Number { is, any_unit: true, .. }, currency @ (Currency::Is(_) | Currency::Of(_))) => {
                        Value::money(is.clone(), currency.clone())
                    }
                    _ => limit.clone(),
                };
                cases.push((self.gates.all([both, same, beyond]), taken));
                cases.push((self.gates.all([both, same, !beyond]), value.clone()));
            }
        }
        self.trimmed(cases)
    }

    fn sum_cases(&mut self, side: usize, parts: &[(bool, Term)]) -> Cases {
        let zero = Value::Number { is: Poly::constant(0, 1), currency: Currency::None, any_unit: false };
        let mut all: Cases = vec![(self.gates.yes(), zero)];
        for (minus, part) in parts {
            let part = self.term(side, part);
            let mut next = Vec::new();
            for (first, sum) in &all {
                for (second, value) in &part {
                    let same = self.same_currency(sum.currency(), value.currency());
                    let when = self.gates.all([*first, *second, same]);
                    let is = match (sum.poly(), value.poly()) {
                        (Some(sum), Some(value)) => sum.plus(value, *minus),
                        _ => None,
                    };
                    let currency = [sum.currency(), value.currency()].into_iter().find(|c| **c != Currency::None);
                    let currency = currency.cloned().unwrap_or(Currency::None);
                    next.push((when, is.map_or(Value::Opaque, |is| Value::money(is, currency))));
                }
            }
            all = self.trimmed(next);
        }
        all
    }

    fn product_cases(&mut self, side: usize, parts: &[(bool, Term)]) -> Cases {
        let mut all: Cases = vec![(self.gates.yes(), Value::number(Poly::constant(1, 1)))];
        for (over, part) in parts {
            let part = self.term(side, part);
            let mut next = Vec::new();
            for (first, product) in &all {
                for (second, value) in &part {
                    let mut when = self.gates.all([*first, *second]);
                    let is = match (product.poly(), value.poly(), over) {
                        (Some(product), Some(value), false) => product.times(value),
                        (Some(product), Some(value), true) => product.divided_by(value),
                        _ => None,
                    };
                    if *over && let Some(divisor) = value.poly() {
                        // Nothing is divided by zero: then the quotient is not known.
                        let zero = self.ordered(divisor, &Poly::constant(0, 1)).map(|[_, equal, _]| equal);
                        when = zero.map_or(when, |zero| self.gates.all([when, !zero]));
                    }
                    let currency = [product.currency(), value.currency()].into_iter().find(|c| **c != Currency::None);
                    let currency = currency.cloned().unwrap_or(Currency::None);
                    next.push((when, is.map_or(Value::Opaque, |is| Value::money(is, currency))));
                }
            }
            all = self.trimmed(next);
        }
        all
    }

    /// May two values be compared?
    pub(super) fn comparable(&mut self, a: &Value, b: &Value) -> Lit {
        self.same_currency(a.currency(), b.currency())
    }

    pub(super) fn same_currency(&mut self, a: &Currency, b: &Currency) -> Lit {
        let of = |space: &Self, var: usize| match space.vars.get(var).map(|var| &var.domain) {
            Some(Domain::Number { currencies, .. }) => currencies.clone(),
            _ => Vec::new(),
        };
        match (a, b) {
            (Currency::None, _) | (_, Currency::None) => self.gates.yes(),
            (Currency::Is(a), Currency::Is(b)) => self.gates.constant(a == b),
            (Currency::Of(a), Currency::Of(b)) if a == b => self.gates.yes(),
            (Currency::Of(var), Currency::Is(code)) | (Currency::Is(code), Currency::Of(var)) => {
                let found = of(self, *var).into_iter().find(|(known, _)| known == code);
                found.map_or(self.gates.no(), |(_, lit)| lit)
            }
            (Currency::Of(a), Currency::Of(b)) => {
                let (a, b) = (of(self, *a), of(self, *b));
                let mut ways = Vec::new();
                for (code, first) in a {
                    if let Some((_, second)) = b.iter().find(|(other, _)| *other == code) {
                        ways.push(self.gates.all([first, *second]));
                    }
                }
                self.gates.any(ways)
            }
        }
    }

    /// Below, equal, above; nothing where that leaves the range of numbers.
    pub(super) fn ordered(&mut self, a: &Poly, b: &Poly) -> Option<[Lit; 3]> {
        let difference = a.plus(b, true)?;
        let (at_most, below) = (self.at_most(difference.at_most_zero(false)), self.at_most(difference.at_most_zero(true)));
        Some([below, self.gates.all([at_most, !below]), !at_most])
    }

    /// Whether two values stand in an order, surely and surely not.
    pub(super) fn compared(&mut self, a: &Value, order: Order, b: &Value) -> (Lit, Lit) {
        if matches!(a, Value::Never) || matches!(b, Value::Never) {
            return (self.gates.no(), self.gates.yes());
        }
        let found = a.poly().zip(b.poly()).and_then(|(a, b)| self.ordered(a, b));
        let Some([below, equal, above]) = found else { return self.opaque() };
        let holds = match order {
            Order::AtLeast => !below,
            Order::AtMost => !above,
            Order::Above => above,
            Order::Below => below,
            Order::Exactly => equal,
        };
        let same = self.comparable(a, b);
        (self.gates.all([same, holds]), self.gates.all([same, !holds]))
    }
}
