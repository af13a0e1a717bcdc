//! Operands to values: exact fractions with a unit.
//!
//! In: terms of the plan. Out: expressions for numerator, denominator and currency, unknown where evaluation knows no value.
//! Owns arithmetic in SQL: nothing is divided before the one rounding of a reward, comparisons cross-multiply, and what may
//! outgrow the dialect's numbers is refused. Never decides.

use super::compile::Compile;
use super::dialect::Refusal;
use super::expr::Sql;
use super::print::Kind;
use crate::plan::Term;
use crate::program::{Lane, NO_EVENT, SlotId};
use crate::syntax::Order;
use crate::value::{NANOS, currency_text};

/// The day that stands for `none`, out of reach of any computed day.
pub(super) const NO_DAY: i64 = -4_000_000_000_000_000_000;
/// The most bits of a number that is held in 64.
const WHOLE_BITS: u32 = 62;

/// A value.
#[derive(Clone, Debug)]
pub(super) struct Val {
    /// The numerator; unknown where there is no value.
    pub(super) num: Sql,
    /// The most bits that it has.
    pub(super) bits: u32,
    /// The denominator, above zero.
    pub(super) den: Den,
    /// The currency of an amount.
    pub(super) unit: Unit,
    /// May it be the day that stands for `none`?
    pub(super) none: bool,
    /// Is it never below zero?
    natural: bool,
}

/// A denominator.
#[derive(Clone, Debug)]
pub(super) enum Den {
    /// A constant.
    Whole(i128),
    /// An expression, with its bits.
    Over(Sql, u32),
}

/// The currency of a value.
#[derive(Clone, Debug)]
pub(super) enum Unit {
    /// It is no amount, or zero of any currency.
    None,
    /// Known wherever the value is.
    Always(Sql),
    /// Unknown where the value is zero of any currency.
    Sometimes(Sql),
}

impl Unit {
    pub(super) fn sql(&self) -> Option<&Sql> {
        match self {
            Self::None => None,
            Self::Always(sql) | Self::Sometimes(sql) => Some(sql),
        }
    }
}

fn bits_of(value: i128) -> u32 {
    128 - value.unsigned_abs().leading_zeros()
}

/// The greatest common divisor of two numbers above zero.
fn divisor(mut a: i128, mut b: i128) -> i128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// The least common multiple of two denominators.
fn common(a: i128, b: i128) -> i128 {
    a / divisor(a, b) * b
}

impl Compile<'_> {
    /// A number as a literal of its type.
    fn number_of(&self, value: i128) -> Sql {
        let kind = if bits_of(value) > WHOLE_BITS { Kind::Wide } else { Kind::Whole };
        Sql::constant(format!("CAST({value} AS {})", self.print.type_of(kind)))
    }

    /// A constant in lowest terms, so that what it is compared with stays small.
    fn constant(&self, num: i128, den: i128) -> Val {
        let unit = Unit::None;
        let shared = if num == 0 { den } else { divisor(num.abs(), den) };
        let (num, den) = (num / shared, den / shared);
        Val { num: self.number_of(num), bits: bits_of(num), den: Den::Whole(den), unit, none: false, natural: num >= 0 }
    }

    fn decimal_of(&self, lane: &Lane, over: i128) -> Val {
        let nanos = i128::from(NANOS);
        self.constant(i128::from(lane.main) * nanos + i128::from(lane.aux), nanos * over)
    }

    fn day_of(&self, day: i64) -> Val {
        match day {
            NO_EVENT => Val { none: true, ..self.constant(i128::from(NO_DAY), 1) },
            day => self.constant(i128::from(day), 1),
        }
    }

    fn unknown(&self) -> Val {
        Val { num: self.null(Kind::Whole), bits: 1, den: Den::Whole(1), unit: Unit::None, none: false, natural: true }
    }

    fn slot_value(&mut self, slot: SlotId, bits: u32, den: i128, natural: bool) -> Result<Val, Refusal> {
        let known = self.fact(slot)?;
        let unit = known.currency.map_or(Unit::None, Unit::Always);
        Ok(Val { num: known.value, bits, den: Den::Whole(den), unit, none: false, natural })
    }

    /// The value of a term.
    pub(super) fn term(&mut self, term: &Term) -> Result<Val, Refusal> {
        use crate::program::Type;
        let nanos = i128::from(NANOS);
        Ok(match term {
            Term::Day(slot) => {
                let optional = matches!(self.program.fact_of(*slot).map(|fact| &fact.ty), Some(Type::Date { optional: true }));
                Val { none: optional, ..self.slot_value(*slot, 23, 1, false)? }
            }
            Term::Whole(slot) => self.slot_value(*slot, 50, 1, true)?,
            Term::Money(slot) => self.slot_value(*slot, 50, 1, false)?,
            Term::Number(slot) => self.slot_value(*slot, 80, nanos, true)?,
            Term::Percent(slot) => self.slot_value(*slot, 37, nanos * 100, true)?,
            Term::Other(slot) => self.slot_value(*slot, 1, 1, false)?,
            Term::ConstWhole(value) => self.day_of(*value),
            Term::ConstMoney(lane) => {
                let unit = Unit::Always(self.text(currency_text(lane.aux)));
                Val { unit, ..self.constant(i128::from(lane.main), 1) }
            }
            Term::ConstNumber(lane) => self.decimal_of(lane, 1),
            Term::ConstPercent(lane) => self.decimal_of(lane, 100),
            Term::Zero => self.constant(0, 1),
            Term::Unstated => self.unknown(),
            Term::Shift(day, back, days) => {
                let (day, days) = (self.whole(day)?, self.whole(days)?);
                let sign = if *back { "-" } else { "+" };
                let mut moved = day.num.binary(sign, &days.num);
                if day.none {
                    let stays = Sql::all([day.num.equals(&Sql::constant(NO_DAY.to_string())), days.num.is_known()]);
                    moved = Sql::case(&[(stays, day.num.clone())], &moved);
                }
                let bits = day.bits.max(days.bits) + 1;
                self.kept(Val { num: moved, bits, natural: false, ..day })?
            }
            Term::Earlier(a, b) => {
                let (a, b) = (self.whole(a)?, self.whole(b)?);
                let no_day = Sql::constant(NO_DAY.to_string());
                let null = self.null(Kind::Whole);
                let unknown = Sql::any([a.num.is_null(), b.num.is_null()]);
                let mut branches = vec![(unknown, null)];
                if a.none {
                    branches.push((a.num.equals(&no_day), b.num.clone()));
                }
                if b.none {
                    branches.push((b.num.equals(&no_day), a.num.clone()));
                }
                branches.push((a.num.compared(Order::AtMost, &b.num), a.num.clone()));
                let num = Sql::case(&branches, &b.num);
                self.kept(Val { num, bits: a.bits.max(b.bits), none: a.none && b.none, natural: false, ..a })?
            }
            Term::Bound(inner, above, limit) => {
                let inner = self.term(inner)?;
                if matches!(**limit, Term::Unstated) {
                    return Ok(inner);
                }
                let limit = self.term(limit)?;
                let beyond = self.compare(&inner, if *above { Order::Above } else { Order::Below }, &limit)?;
                let beyond = self.stages.short(beyond);
                // A limit takes the currency of what it limits.
                let limit = match (&limit.unit, &inner.unit) {
                    (Unit::None, unit) => Val { unit: unit.clone(), ..limit },
                    (Unit::Sometimes(own), Unit::Always(other) | Unit::Sometimes(other)) => {
                        let unit = Unit::Sometimes(Sql::first_known(&[own.clone(), other.clone()]));
                        Val { unit, ..limit }
                    }
                    _ => limit,
                };
                self.choose(&[(beyond, limit)], inner)?
            }
            Term::Choose(branches, last) => {
                let mut listed = Vec::new();
                for (when, value) in branches {
                    listed.push((self.cond(*when)?, self.term(value)?));
                }
                let last = self.term(last)?;
                self.choose(&listed, last)?
            }
            Term::Sum(parts) => {
                let parts = self.terms(parts)?;
                self.sum(parts)?
            }
            Term::Product(parts) => {
                let parts = self.terms(parts)?;
                self.product(parts)?
            }
        })
    }

    fn terms(&mut self, parts: &[(bool, Term)]) -> Result<Vec<(bool, Val)>, Refusal> {
        parts.iter().map(|(inverse, part)| Ok((*inverse, self.term(part)?))).collect()
    }

    /// A day or a whole number.
    pub(super) fn whole(&mut self, term: &Term) -> Result<Val, Refusal> {
        let found = self.term(term)?;
        match found.den {
            Den::Whole(1) => Ok(found),
            _ => Err(self.refusal("a number of days that is computed", "give the number of days as a fact of its own")),
        }
    }

    /// The value of the first condition that holds, all before it being false, else the last one.
    pub(super) fn choose(&mut self, branches: &[(Sql, Val)], last: Val) -> Result<Val, Refusal> {
        let mut vals: Vec<Val> = branches.iter().map(|(_, val)| val.clone()).collect();
        vals.push(last);
        let (nums, bits, den) = self.aligned(&vals)?;
        let conds = || branches.iter().map(|(when, _)| when.clone());
        let pick = |this: &mut Self, of: Vec<Sql>, kind: Kind| {
            let unknown = this.null(kind);
            let (last, rest) = of.split_last().map_or((unknown.clone(), &[][..]), |(last, rest)| (last.clone(), rest));
            let pairs: Vec<(Sql, Sql)> = conds().zip(rest.iter().cloned()).collect();
            let picked = this.chosen(&pairs, &last, &unknown);
            this.stages.short(picked)
        };
        let kind = |bits: u32| if bits > WHOLE_BITS { Kind::Wide } else { Kind::Whole };
        let num = pick(self, nums, kind(bits));
        let den = match den {
            Ok(den) => Den::Whole(den),
            Err(dens) => {
                let bits = dens.iter().map(|(_, bits)| *bits).max().unwrap_or(1);
                let wide = dens.into_iter().map(|(den, own)| self.widened(&den, own, bits)).collect();
                Den::Over(pick(self, wide, kind(bits)), bits)
            }
        };
        let null = self.null(Kind::Text);
        let units: Vec<Sql> = vals.iter().map(|val| val.unit.sql().cloned().unwrap_or_else(|| null.clone())).collect();
        let unit = match &vals {
            _ if vals.iter().all(|val| matches!(val.unit, Unit::None)) => Unit::None,
            _ if vals.iter().all(|val| matches!(val.unit, Unit::Always(_))) => Unit::Always(pick(self, units, Kind::Text)),
            _ => Unit::Sometimes(pick(self, units, Kind::Text)),
        };
        let (none, natural) = (vals.iter().any(|val| val.none), vals.iter().all(|val| val.natural));
        Ok(Val { num, bits, den, unit, none, natural })
    }

    /// Numerators over one denominator: a constant one, or each over its own.
    #[expect(clippy::type_complexity, reason = "a pair of alternatives that is taken apart at once")]
    fn aligned(&mut self, vals: &[Val]) -> Result<(Vec<Sql>, u32, Result<i128, Vec<(Sql, u32)>>), Refusal> {
        let constants: Option<Vec<i128>> =
            vals.iter().map(|val| if let Den::Whole(den) = val.den { Some(den) } else { None }).collect();
        let Some(constants) = constants else {
            let bits = vals.iter().map(|val| val.bits).max().unwrap_or(1);
            let nums = vals.iter().map(|val| self.widened(&val.num, val.bits, bits)).collect();
            let dens = vals.iter().map(|val| self.den(val)).collect();
            return Ok((nums, bits, Err(dens)));
        };
        let den = constants.iter().fold(1, |den, own| common(den, *own));
        let mut scaled = Vec::new();
        for (val, own) in vals.iter().zip(constants) {
            scaled.push(self.scaled((&val.num, val.bits), den / own)?);
        }
        let bits = scaled.iter().map(|(_, bits)| *bits).max().unwrap_or(1);
        let nums = scaled.iter().map(|(num, own)| self.widened(num, *own, bits)).collect();
        Ok((nums, bits, Ok(den)))
    }

    fn den(&self, val: &Val) -> (Sql, u32) {
        match &val.den {
            Den::Whole(den) => (self.number_of(*den), bits_of(*den)),
            Den::Over(den, bits) => (den.clone(), *bits),
        }
    }

    /// A number in the type that a result of so many bits needs.
    fn widened(&self, num: &Sql, own: u32, bits: u32) -> Sql {
        if bits > WHOLE_BITS && own <= WHOLE_BITS {
            return Sql::of([num], format!("CAST({} AS {})", num.text(), self.print.wide_type()));
        }
        num.clone()
    }

    /// Refuses numbers that the dialect cannot hold.
    fn fits(&self, bits: u32) -> Result<(), Refusal> {
        match self.print.most_bits().filter(|most| bits > *most) {
            None => Ok(()),
            Some(most) => {
                let construct = format!("exact arithmetic that may need {bits} bits, of which there are {most}");
                Err(self.refusal(construct, "take `--dialect postgres` for this decision"))
            }
        }
    }

    fn times(&mut self, a: (&Sql, u32), b: (&Sql, u32)) -> Result<(Sql, u32), Refusal> {
        let bits = a.1 + b.1;
        self.fits(bits)?;
        let made = self.widened(a.0, a.1, bits).binary("*", &self.widened(b.0, b.1, bits));
        Ok((self.stages.short(made), bits))
    }

    fn scaled(&mut self, num: (&Sql, u32), by: i128) -> Result<(Sql, u32), Refusal> {
        if by == 1 {
            return Ok((num.0.clone(), num.1));
        }
        let factor = self.number_of(by);
        self.times(num, (&factor, bits_of(by)))
    }

    /// The comparison of two values: unknown where one is not known or their currencies differ, false for `none`.
    pub(super) fn compare(&mut self, a: &Val, order: Order, b: &Val) -> Result<Sql, Refusal> {
        let (left, right) = match (&a.den, &b.den) {
            (Den::Whole(x), Den::Whole(y)) => {
                let den = common(*x, *y);
                (self.scaled((&a.num, a.bits), den / x)?, self.scaled((&b.num, b.bits), den / y)?)
            }
            _ => {
                let ((x, x_bits), (y, y_bits)) = (self.den(a), self.den(b));
                (self.times((&a.num, a.bits), (&y, y_bits))?, self.times((&b.num, b.bits), (&x, x_bits))?)
            }
        };
        let bits = left.1.max(right.1);
        let (left, right) = (self.widened(&left.0, left.1, bits), self.widened(&right.0, right.1, bits));
        let plain = left.compared(order, &right);
        let null = self.null(Kind::Truth);
        if a.none || b.none {
            let no_day = Sql::constant(NO_DAY.to_string());
            let unknown = Sql::any([a.num.is_null(), b.num.is_null()]);
            let of = |val: &Val| if val.none { val.num.equals(&no_day) } else { Sql::truth(false) };
            return Ok(Sql::case(&[(unknown, null), (Sql::any([of(a), of(b)]), Sql::truth(false))], &plain));
        }
        Ok(match (a.unit.sql(), b.unit.sql()) {
            (Some(x), Some(y)) if x == y => plain,
            (Some(x), Some(y)) => match (&a.unit, &b.unit) {
                (Unit::Always(_), Unit::Always(_)) => Sql::case(&[(x.equals(y), plain)], &null),
                _ => Sql::case(&[(x.binary("<>", y), null)], &plain),
            },
            _ => plain,
        })
    }

    fn sum(&mut self, parts: Vec<(bool, Val)>) -> Result<Val, Refusal> {
        let vals: Vec<Val> = parts.iter().map(|(_, val)| val.clone()).collect();
        let (nums, bits, den) = self.aligned(&vals)?;
        let unit = self.one_unit(&vals);
        let grown = bits + 32 - u32::try_from(vals.len()).unwrap_or(u32::MAX).leading_zeros();
        let (num, bits, den) = match den {
            Ok(den) => {
                self.fits(grown)?;
                let mut total: Option<Sql> = None;
                for ((minus, _), num) in parts.iter().zip(&nums) {
                    let num = self.widened(num, bits, grown);
                    total = Some(match (total, minus) {
                        (None, false) => num,
                        (None, true) => Sql::of([&num], format!("(0 - {})", num.text())),
                        (Some(total), minus) => total.binary(if *minus { "-" } else { "+" }, &num),
                    });
                }
                (total.unwrap_or_else(|| self.number_of(0)), grown, Den::Whole(den))
            }
            Err(dens) => {
                let mut all =
                    parts.iter().zip(nums).zip(dens).map(|(((minus, val), _), den)| (*minus, val.num.clone(), val.bits, den));
                let Some((first_minus, num, own, den)) = all.next() else { return Ok(self.constant(0, 1)) };
                let num = if first_minus { Sql::of([&num], format!("(0 - {})", num.text())) } else { num };
                let mut total = ((num, own), den);
                for (minus, num, own, den) in all {
                    let left = self.times((&total.0.0, total.0.1), (&den.0, den.1))?;
                    let right = self.times((&num, own), (&total.1.0, total.1.1))?;
                    let below = self.times((&total.1.0, total.1.1), (&den.0, den.1))?;
                    let bits = left.1.max(right.1) + 1;
                    self.fits(bits)?;
                    let (left, right) = (self.widened(&left.0, left.1, bits), self.widened(&right.0, right.1, bits));
                    let made = left.binary(if minus { "-" } else { "+" }, &right);
                    total = ((self.stages.short(made), bits), below);
                }
                (total.0.0, total.0.1, Den::Over(total.1.0, total.1.1))
            }
        };
        // Two currencies make no sum.
        let num = match unit.1 {
            Some(differ) => {
                let null = self.null(if bits > WHOLE_BITS { Kind::Wide } else { Kind::Whole });
                Sql::case(&[(differ, null)], &num)
            }
            None => num,
        };
        let natural = parts.iter().all(|(minus, val)| !minus && val.natural);
        self.kept(Val { num, bits, den, unit: unit.0, none: false, natural })
    }

    /// The currency of several values together, and the condition under which they differ.
    fn one_unit(&mut self, vals: &[Val]) -> (Unit, Option<Sql>) {
        let mut units: Vec<Sql> = Vec::new();
        for unit in vals.iter().filter_map(|val| val.unit.sql()) {
            if !units.contains(unit) {
                units.push(unit.clone());
            }
        }
        let always = vals.iter().any(|val| matches!(val.unit, Unit::Always(_)));
        let unit = match units.as_slice() {
            [] => return (Unit::None, None),
            all => {
                let first = Sql::first_known(all);
                self.stages.short(first)
            }
        };
        let differ = match units.as_slice() {
            [_] => None,
            all => {
                let pairs = all.iter().map(|own| unit.binary("<>", own)).collect::<Vec<_>>();
                let differ = Sql::any(pairs);
                Some(self.stages.short(differ))
            }
        };
        (if always { Unit::Always(unit) } else { Unit::Sometimes(unit) }, differ)
    }

    fn product(&mut self, parts: Vec<(bool, Val)>) -> Result<Val, Refusal> {
        let vals: Vec<Val> = parts.iter().map(|(_, val)| val.clone()).collect();
        let unit = match vals.iter().find(|val| matches!(val.unit, Unit::Always(_))) {
            Some(val) => val.unit.clone(),
            None => self.one_unit(&vals).0,
        };
        let natural = vals.iter().all(|val| val.natural);
        let mut total: Option<Val> = None;
        for (over, val) in parts {
            total = Some(match (total, over) {
                (None, false) => val,
                (None, true) => self.quotient(self.constant(1, 1), val)?,
                (Some(total), true) => self.quotient(total, val)?,
                (Some(total), false) => self.multiplied(total, val)?,
            });
        }
        let total = total.unwrap_or_else(|| self.constant(1, 1));
        self.kept(Val { unit, natural, ..total })
    }

    fn multiplied(&mut self, a: Val, b: Val) -> Result<Val, Refusal> {
        let (num, bits) = self.times((&a.num, a.bits), (&b.num, b.bits))?;
        let den = self.dens(&a, &b)?;
        Ok(Val { num, bits, den, ..b })
    }

    fn dens(&mut self, a: &Val, b: &Val) -> Result<Den, Refusal> {
        Ok(match (&a.den, &b.den) {
            (Den::Whole(x), Den::Whole(y)) if x.checked_mul(*y).is_some() => Den::Whole(x * y),
            _ => {
                let ((x, x_bits), (y, y_bits)) = (self.den(a), self.den(b));
                let (den, bits) = self.times((&x, x_bits), (&y, y_bits))?;
                Den::Over(den, bits)
            }
        })
    }

    /// A quotient: the divisor's numerator goes below, with its sign above; by zero it has no value.
    fn quotient(&mut self, a: Val, b: Val) -> Result<Val, Refusal> {
        let (below, below_bits) = self.den(&b);
        let (num, bits) = match b.den {
            Den::Whole(1) => (a.num.clone(), a.bits),
            _ => self.times((&a.num, a.bits), (&below, below_bits))?,
        };
        let zero = Sql::constant("0");
        let (num, divisor) = if b.natural {
            (num, b.num.clone())
        } else {
            let negative = b.num.compared(Order::Below, &zero);
            let minus = |of: &Sql| Sql::of([of], format!("(0 - {})", of.text()));
            (Sql::case(&[(negative.clone(), minus(&num))], &num), Sql::case(&[(negative, minus(&b.num))], &b.num))
        };
        let divisor = self.stages.short(divisor);
        let null = self.null(if bits > WHOLE_BITS { Kind::Wide } else { Kind::Whole });
        let num = Sql::case(&[(Sql::any([b.num.is_null(), b.num.equals(&zero)]), null)], &num);
        let num = self.stages.short(num);
        let (own, own_bits) = self.den(&a);
        let (den, den_bits) = match a.den {
            Den::Whole(1) => (divisor, b.bits),
            _ => self.times((&own, own_bits), (&divisor, b.bits))?,
        };
        Ok(Val { num, bits, den: Den::Over(den, den_bits), ..a })
    }

    fn kept(&mut self, val: Val) -> Result<Val, Refusal> {
        Ok(Val { num: self.stages.short(val.num), ..val })
    }

    /// An amount in minor units and its currency, rounded half up once; unknown where there is none.
    pub(super) fn amount(&mut self, val: &Val) -> Result<(Sql, Sql), Refusal> {
        let Some(unit) = val.unit.sql().cloned() else { return Ok((self.null(Kind::Whole), self.null(Kind::Text))) };
        let num = match &val.den {
            Den::Whole(1) => (val.num.clone(), val.bits),
            _ => {
                let (den, den_bits) = self.den(val);
                let doubled = self.scaled((&val.num, val.bits), 2)?;
                let bits = doubled.1.max(den_bits) + 1;
                self.fits(bits)?;
                let (twice, below) = (self.widened(&doubled.0, doubled.1, bits), self.widened(&den, den_bits, bits));
                let dividend = self.stages.column(twice.binary("+", &below));
                let divisor = self.scaled((&den, den_bits), 2)?;
                let divisor = self.widened(&divisor.0, divisor.1, bits.max(divisor.1));
                let divisor = self.stages.column(divisor);
                let floored = Sql::of([&dividend, &divisor], self.print.floored(dividend.text(), divisor.text()));
                (self.stages.column(floored), bits)
            }
        };
        let fits = |limit: i64| Sql::constant(limit.to_string());
        let amount = if num.1 > WHOLE_BITS {
            let within = Sql::all([num.0.binary(">=", &fits(i64::MIN)), num.0.binary("<=", &fits(i64::MAX))]);
            let cast = Sql::of([&num.0], self.print.whole(num.0.text()));
            Sql::case(&[(within, cast)], &self.null(Kind::Whole))
        } else {
            num.0
        };
        let amount = self.stages.short(amount);
        let amount = Sql::case(&[(unit.is_known(), amount)], &self.null(Kind::Whole));
        let amount = self.stages.short(amount);
        let currency = Sql::case(&[(amount.is_known(), unit)], &self.null(Kind::Text));
        Ok((amount, self.stages.short(currency)))
    }
}
