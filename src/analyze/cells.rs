//! What an account may say: each fact as a choice of cells, with the limits of the vocabulary.
//!
//! In: the facts that some decisions read, with the constants that they are compared with. Out: one variable for a fact at
//! a place, shared by all versions of the rules that know it, as literals: given or not, which word, at most so much.
//! Owns what a facts document may hold. Never evaluates a condition.

use std::collections::{BTreeMap, BTreeSet};

use batsat::Lit;

use super::gates::Gates;
use super::poly::{AtMost, Factors, Poly};
use crate::program::{AS_OF, At, Lane, NO_EVENT, Program, SlotId, Type};
use crate::value::{MAX_DAY, MAX_MINOR, MAX_WHOLE, MIN_DAY, NANOS, country_code, parse_currency, parse_day};

/// One number of billionths.
pub(super) const UNIT: i128 = NANOS as i128;

/// Which form a fact's values have; a fact of another form in another version is another fact.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Form {
    Words,
    Set,
    Day,
    Money,
    Whole,
    Number,
    Percent,
    Text,
    Country,
    Currency,
}

impl Form {
    pub(super) fn of(ty: &Type) -> Self {
        match ty {
            Type::Bool | Type::Enum(_) => Self::Words,
            Type::Set(_) => Self::Set,
            Type::Date { .. } => Self::Day,
            Type::Money => Self::Money,
            Type::Integer => Self::Whole,
            Type::Decimal => Self::Number,
            Type::Percent => Self::Percent,
            Type::Text => Self::Text,
            Type::Country => Self::Country,
            Type::Currency => Self::Currency,
        }
    }
}

/// A fact at a place, by names, so that versions of the rules can be compared.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Place {
    /// The fact's public name: `account.country`, `offer.status`.
    pub fact: String,
    /// The list and, for one keyed by decision, the key; nothing for a single fact.
    pub record: Option<(String, Option<String>)>,
    pub(super) form: Form,
}

impl Place {
    pub(super) fn of(program: &Program, slot: SlotId) -> Option<Self> {
        let fact = program.fact_of(slot)?;
        let list = |list: crate::program::ListId| {
            let list = program.lists.get(list.0 as usize)?;
            Some((list, program.sections.get(list.section)?.name.clone()))
        };
        let record = match program.slots.get(slot.0 as usize)?.at {
            At::Single => None,
            At::Keyed(id, key) => {
                let (list, name) = list(id)?;
                let ty = &program.facts.get(list.key.0 as usize)?.ty;
                Some((name, Some(ty.text(Lane { main: key, aux: 0 }))))
            }
            At::Record(id) => Some((list(id)?.1, None)),
        };
        Some(Self { fact: fact.name.clone(), record, form: Form::of(&fact.ty) })
    }
}

/// A value of a fact, as all versions understand it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Value {
    Word(String),
    Words(BTreeSet<String>),
    Code(i64),
    Text(String),
    /// The date is `none`.
    Never,
    /// A day or a whole number; a decimal or percentage in billionths.
    Number(i128),
    /// Minor units and currency.
    Money(i128, i64),
}

/// The choices of one variable.
#[derive(Clone, Debug)]
pub(super) enum Domain {
    Words(Vec<(String, Lit)>),
    Set(Vec<(String, Lit)>),
    Codes(Vec<(i64, Lit)>),
    Texts(Vec<(String, Lit)>),
    Number { never: Lit, low: i128, high: i128, currencies: Vec<(i64, Lit)> },
}

/// A fact at a place.
#[derive(Clone, Debug)]
pub(super) struct Variable {
    pub(super) place: Place,
    /// Its slot in each version that knows it.
    pub(super) slots: Vec<Option<SlotId>>,
    /// The document says it.
    pub(super) given: Lit,
    pub(super) domain: Domain,
    /// What it is before anything is changed, and whether it may be changed.
    pub(super) base: Option<Value>,
    pub(super) fixed: bool,
}

/// Constants that codes and texts are compared with.
#[derive(Clone, Debug, Default)]
pub(super) struct Constants {
    pub(super) countries: BTreeSet<i64>,
    pub(super) currencies: BTreeSet<i64>,
    pub(super) texts: BTreeSet<String>,
}

impl Constants {
    /// Adds as many values that no rule names as facts could need to differ from each other.
    pub(super) fn widen(&mut self, facts: usize) {
        let add = |codes: &mut BTreeSet<i64>, more: &mut dyn Iterator<Item = i64>| {
            let wanted = codes.len() + facts;
            for code in more {
                if codes.len() >= wanted {
                    break;
                }
                codes.insert(code);
            }
        };
        let letters = || (b'A'..=b'Z').flat_map(|a| (b'A'..=b'Z').map(move |b| [a, b]));
        let usual = ["US", "DE", "JP", "BR", "FR", "IT", "ES", "NL"].map(str::to_owned).into_iter();
        let countries = usual.chain(letters().map(|pair| String::from_utf8_lossy(&pair).into_owned()));
        add(&mut self.countries, &mut countries.filter_map(|code| country_code(&code)));
        let usual = [
            "USD", "EUR", "JPY", "GBP", "CAD", "BRL", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "MXN", "INR", "THB",
            "MYR", "SGD", "AUD", "NZD",
        ];
        add(&mut self.currencies, &mut usual.into_iter().filter_map(parse_currency).map(|code| i64::from(code.numeric())));
        let wanted = self.texts.len() + facts;
        for at in 1.. {
            if self.texts.len() >= wanted {
                break;
            }
            self.texts.insert(format!("other {at}"));
        }
    }
}

/// Ladders of comparisons: for each sum of facts, the limits that it is compared with.
#[derive(Clone, Debug, Default)]
pub(super) struct Ladders {
    pub(super) all: BTreeMap<Vec<(Factors, i128)>, BTreeMap<i128, Lit>>,
}

impl Ladders {
    /// The literal that says so.
    pub(super) fn at_most(&mut self, gates: &mut Gates, wanted: AtMost, range: Option<(i128, i128)>) -> Lit {
        let (wanted, negated) = wanted.canonical();
        let lit = if wanted.parts.is_empty() {
            gates.constant(wanted.limit >= 0)
        } else {
            match range.map(|(low, high)| if negated { (-high, -low) } else { (low, high) }) {
                Some((_, high)) if wanted.limit >= high => gates.yes(),
                Some((low, _)) if wanted.limit < low => gates.no(),
                _ => self.rung(gates, wanted),
            }
        };
        if negated { !lit } else { lit }
    }

    fn rung(&mut self, gates: &mut Gates, wanted: AtMost) -> Lit {
        let ladder = self.all.entry(wanted.parts).or_default();
        if let Some(found) = ladder.get(&wanted.limit) {
            return *found;
        }
        // Without a reason, values are low: just where a condition begins to hold.
        let lit = gates.likely();
        if let Some((_, below)) = ladder.range(..wanted.limit).next_back() {
            gates.clause([!*below, lit]);
        }
        if let Some((_, above)) = ladder.range(wanted.limit..).next() {
            gates.clause([!lit, *above]);
        }
        ladder.insert(wanted.limit, lit);
        lit
    }
}

impl Value {
    /// The value of a lane; texts are looked up by the caller.
    pub(super) fn of(ty: &Type, lane: Lane, text: &str) -> Self {
        match ty {
            Type::Bool | Type::Enum(_) => Self::Word(ty.text(lane)),
            Type::Set(words) => {
                let chosen = words.iter().zip(0..).filter(|(_, bit)| lane.main >> bit & 1 == 1);
                Self::Words(chosen.map(|(word, _)| word.clone()).collect())
            }
            Type::Date { .. } if lane.main == NO_EVENT => Self::Never,
            Type::Date { .. } | Type::Integer => Self::Number(i128::from(lane.main)),
            Type::Money => Self::Money(i128::from(lane.main), lane.aux),
            Type::Decimal | Type::Percent => Self::Number(i128::from(lane.main) * UNIT + i128::from(lane.aux)),
            Type::Text => Self::Text(text.to_owned()),
            Type::Country | Type::Currency => Self::Code(lane.main),
        }
    }

    /// As a document writes it.
    pub(super) fn text(&self, form: Form) -> String {
        let lane =
            |main: i128, aux: i128| Lane { main: i64::try_from(main).unwrap_or(0), aux: i64::try_from(aux).unwrap_or(0) };
        match (self, form) {
            (Self::Word(word), _) => word.clone(),
            (Self::Words(words), _) => format!("[{}]", words.iter().cloned().collect::<Vec<_>>().join(", ")),
            (Self::Code(code), Form::Currency) => Type::Currency.text(lane(i128::from(*code), 0)),
            (Self::Code(code), _) => Type::Country.text(lane(i128::from(*code), 0)),
            (Self::Text(text), _) => serde_json::Value::from(text.as_str()).to_string(),
            (Self::Never, _) => "none".to_owned(),
            (Self::Number(day), Form::Day) => Type::Date { optional: true }.text(lane(*day, 0)),
            (Self::Number(number), Form::Number) => Type::Decimal.text(lane(number / UNIT, number % UNIT)),
            (Self::Number(number), Form::Percent) => Type::Percent.text(lane(number / UNIT, number % UNIT)),
            (Self::Number(number), _) => number.to_string(),
            (Self::Money(minor, currency), _) => Type::Money.text(lane(*minor, i128::from(*currency))),
        }
    }
}

/// The words that all versions have, in the order of the first.
fn common(types: &[&Type]) -> Vec<String> {
    let Some((first, rest)) = types.split_first() else { return Vec::new() };
    let words = first.words().into_iter().filter(|word| rest.iter().all(|ty| ty.words().contains(word)));
    words.map(str::to_owned).collect()
}

/// The choices of a fact whose type may differ a little from version to version.
pub(super) fn domain(gates: &mut Gates, form: Form, types: &[&Type], constants: &Constants, only: Option<&Value>) -> Domain {
    let fixed = |gates: &mut Gates, is: Option<bool>| match is {
        Some(holds) => gates.constant(holds),
        None => gates.free(),
    };
    let single = only.map(|only| match only {
        Value::Code(code) => vec![*code],
        _ => Vec::new(),
    });
    match form {
        Form::Words => {
            let mut words = common(types);
            if let Some(Value::Word(word)) = only {
                words = vec![word.clone()];
            }
            let lits: Vec<(String, Lit)> = words.into_iter().map(|word| (word, gates.free())).collect();
            gates.exactly_one(&lits.iter().map(|(_, lit)| *lit).collect::<Vec<_>>());
            Domain::Words(lits)
        }
        Form::Set => {
            let known = |word: &String| match only {
                Some(Value::Words(words)) => Some(words.contains(word)),
                _ => None,
            };
            Domain::Set(
                common(types)
                    .into_iter()
                    .map(|word| {
                        let lit = fixed(gates, known(&word));
                        (word, lit)
                    })
                    .collect(),
            )
        }
        Form::Country | Form::Currency => {
            let all = if form == Form::Country { &constants.countries } else { &constants.currencies };
            let codes = single.unwrap_or_else(|| all.iter().copied().collect());
            let lits: Vec<(i64, Lit)> = codes.into_iter().map(|code| (code, gates.free())).collect();
            gates.exactly_one(&lits.iter().map(|(_, lit)| *lit).collect::<Vec<_>>());
            Domain::Codes(lits)
        }
        Form::Text => {
            let texts = match only {
                Some(Value::Text(text)) => vec![text.clone()],
                _ => constants.texts.iter().cloned().collect(),
            };
            let lits: Vec<(String, Lit)> = texts.into_iter().map(|text| (text, gates.free())).collect();
            gates.exactly_one(&lits.iter().map(|(_, lit)| *lit).collect::<Vec<_>>());
            Domain::Texts(lits)
        }
        Form::Day | Form::Money | Form::Whole | Form::Number | Form::Percent => {
            let optional = types.iter().all(|ty| **ty == Type::Date { optional: true });
            let (low, high) = match form {
                Form::Day => (i128::from(MIN_DAY), i128::from(MAX_DAY)),
                Form::Money => (-i128::from(MAX_MINOR), i128::from(MAX_MINOR)),
                Form::Whole => (0, i128::from(MAX_WHOLE)),
                Form::Number => (0, i128::from(MAX_WHOLE) * UNIT),
                _ => (1, 100 * UNIT),
            };
            let (low, high) = match only {
                Some(Value::Number(value) | Value::Money(value, _)) => (*value, *value),
                _ => (low, high),
            };
            let never = fixed(gates, only.map(|only| *only == Value::Never).or((!optional).then_some(false)));
            let mut currencies = Vec::new();
            if form == Form::Money {
                let codes = match only {
                    Some(Value::Money(_, currency)) => vec![*currency],
                    _ => constants.currencies.iter().copied().collect(),
                };
                currencies = codes.into_iter().map(|code| (code, gates.free())).collect();
                gates.exactly_one(&currencies.iter().map(|(_, lit): &(i64, Lit)| *lit).collect::<Vec<_>>());
            }
            Domain::Number { never, low, high, currencies }
        }
    }
}

/// The fact as a number in its own unit: days, minor units, whole numbers, and one for `100%`.
pub(super) fn as_poly(form: Form, var: usize, domain: &Domain) -> Poly {
    let over = match form {
        Form::Number => UNIT,
        Form::Percent => UNIT * 100,
        _ => 1,
    };
    match domain {
        Domain::Number { low, high, .. } if low == high => Poly::constant(*low, over),
        _ => Poly::var(var, over),
    }
}

/// Bounds beyond which nobody draws an edge, and the usual value, in the unit of the variable.
pub(super) fn usual(form: Form) -> ((i128, i128), i128) {
    let day = |text| parse_day(text).map_or(0, i128::from);
    match form {
        Form::Day => ((day("1950-01-01"), day("2150-01-01")), day("2026-03-02")),
        Form::Money => ((-1_000_000_000, 1_000_000_000), 10_000),
        Form::Whole => ((0, 1_000_000), 1),
        Form::Number => ((0, 1_000_000 * UNIT), UNIT),
        _ => ((1, 100 * UNIT), 50 * UNIT),
    }
}

/// The day for which a check holds.
pub(super) fn is_day_of_check(slot: SlotId) -> bool {
    slot == AS_OF
}
