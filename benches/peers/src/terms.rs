//! The terms as a small tree that other engines can be told: fields, programs, conditions.
//!
//! In: the rule set of `rules/peers.terms`, checked by accredit. Out: fields and conditions without any of its types.
//! Owns the subset of the language that the benchmark speaks; a condition outside of it ends the run. Never decides.

use accredit::RuleSet;
use accredit::program::{AS_OF, Body, Cond, Operand, Program, SlotId, TestKind, Type, Values};
use accredit::syntax::Order;
use accredit::value::{Day, currency_of};

/// The terms.
pub struct Terms {
    /// What is known of an account, in the order of the rules.
    pub fields: Vec<Field>,
    /// What is decided.
    pub programs: Vec<Credit>,
    /// The day of the check.
    pub as_of: Day,
}

/// A fact of an account.
pub struct Field {
    /// Its name, without a dot: `account_status`.
    pub name: String,
    /// Its slot in accredit.
    pub slot: SlotId,
    /// What it holds.
    pub kind: Kind,
}

/// What a field holds.
#[derive(Clone, PartialEq, Eq)]
pub enum Kind {
    /// Yes or no.
    Flag,
    /// One of these words.
    Word(Vec<String>),
    /// A whole number.
    Count,
    /// A day number.
    Day,
    /// Minor units, with a currency in a column of its own.
    Amount,
}

/// A program: it qualifies when every requirement holds, and does not when one does not hold.
pub struct Credit {
    /// Its name.
    pub name: String,
    /// Its requirements.
    pub requirements: Vec<When>,
}

/// A condition: true, false, or not known (strong Kleene).
pub enum When {
    /// All hold.
    All(Vec<When>),
    /// At least one holds.
    Any(Vec<When>),
    /// It does not hold.
    Not(Box<When>),
    /// One look at the facts.
    Test(Test),
}

/// One look at the facts. It is not known while a field that it reads is missing.
pub enum Test {
    /// The flag has this value.
    Flag(usize, bool),
    /// The field has one of these words.
    OneOf(usize, Vec<String>),
    /// The number or day compares so with a constant.
    Constant(usize, Order, i64),
    /// The day compares so with another day, moved by some days.
    Days(usize, Order, usize, i64),
    /// The amount compares so with one in this currency; it is not known of another currency.
    Amount(usize, Order, i64, String),
}

impl Terms {
    /// What the rules say on a day.
    pub fn of(rules: &RuleSet, as_of: Day) -> Self {
        let program = rules.program();
        let slots = || (0..).map(SlotId).zip(&program.slots).filter(|(slot, _)| *slot != AS_OF);
        let fields = slots().map(|(slot, of)| {
            let fact = &program.facts[of.fact.0 as usize];
            Field { name: fact.name.replace('.', "_"), slot, kind: kind(&fact.ty) }
        });
        let reader = Reading { program, slots: slots().map(|(slot, _)| slot).collect(), as_of };
        let credit = |decision: &accredit::program::Decision| Credit {
            name: decision.id.clone(),
            requirements: decision.requirements.iter().map(|one| reader.requirement(&one.body)).collect(),
        };
        Self { fields: fields.collect(), programs: program.decisions.iter().map(credit).collect(), as_of }
    }

    /// How many requirements there are.
    pub fn requirements(&self) -> usize {
        self.programs.iter().map(|program| program.requirements.len()).sum()
    }

    /// How many columns a table of these fields has.
    pub fn columns(&self) -> usize {
        self.fields.iter().map(|field| if field.kind == Kind::Amount { 2 } else { 1 }).sum()
    }
}

fn kind(ty: &Type) -> Kind {
    let words = |words: &[&str]| Kind::Word(words.iter().map(|word| (*word).to_owned()).collect());
    match ty {
        Type::Bool => Kind::Flag,
        Type::Enum(all) => Kind::Word(all.clone()),
        // A portfolio has few of them; the benchmark draws from these.
        Type::Country => words(&["US", "CA", "DE", "TH", "JP", "FR", "BR", "GB"]),
        Type::Currency => words(&["USD", "CAD", "EUR", "GBP", "THB", "JPY"]),
        Type::Integer => Kind::Count,
        Type::Date { .. } => Kind::Day,
        Type::Money => Kind::Amount,
        other => panic!("the benchmark has no columns of {}", other.describe()),
    }
}

struct Reading<'p> {
    program: &'p Program,
    slots: Vec<SlotId>,
    as_of: Day,
}

impl Reading<'_> {
    fn requirement(&self, body: &Body) -> When {
        let Body::Clauses(clauses) = body else { panic!("the benchmark has requirements of clauses alone") };
        // Conditions have no equality of their own, but they show all that they hold.
        let otherwise = format!("{:?}", clauses.met.clone().negated()) == format!("{:?}", clauses.fails);
        assert!(otherwise && clauses.open.is_empty(), "a requirement of the benchmark fails otherwise");
        self.when(&clauses.met)
    }

    fn when(&self, cond: &Cond) -> When {
        match cond {
            Cond::All(parts) => When::All(parts.iter().map(|part| self.when(part)).collect()),
            Cond::Any(parts) => When::Any(parts.iter().map(|part| self.when(part)).collect()),
            Cond::Not(inner) => When::Not(Box::new(self.when(inner))),
            Cond::Test(test) => When::Test(self.test(&test.kind)),
            Cond::Constant(_) | Cond::Then(..) => panic!("the benchmark has no constant and no `and then`"),
        }
    }

    fn test(&self, kind: &TestKind) -> Test {
        match kind {
            TestKind::OneOf(slot, values) => {
                let ty = &self.program.facts[self.program.slots[slot.0 as usize].fact.0 as usize].ty;
                let text = |main| ty.text(accredit::program::Lane { main, aux: 0 });
                let values: Vec<String> = match values {
                    Values::Mask(mask) => (0..64).filter(|bit| mask >> bit & 1 == 1).map(text).collect(),
                    Values::Codes(codes) => codes.iter().copied().map(text).collect(),
                    Values::Texts(texts) => texts.clone(),
                };
                if *ty == Type::Bool {
                    Test::Flag(self.at(*slot), values == ["yes"])
                } else {
                    Test::OneOf(self.at(*slot), values)
                }
            }
            TestKind::Compare(Operand::Slot(slot), order, than) => {
                let at = self.at(*slot);
                match than {
                    Operand::Day(day) => Test::Constant(at, *order, *day),
                    Operand::Number(lane) if lane.aux == 0 => Test::Constant(at, *order, lane.main),
                    Operand::Money(lane) => {
                        let currency = currency_of(lane.aux).expect("a constant has a currency");
                        Test::Amount(at, *order, lane.main, currency.code().to_owned())
                    }
                    other => {
                        let (day, moved) = self.moved(other);
                        day.map_or(Test::Constant(at, *order, self.as_of + moved), |day| Test::Days(at, *order, day, moved))
                    }
                }
            }
            _ => panic!("the benchmark does not look at facts in this way"),
        }
    }

    /// A day of the account, or that of the check, moved by days.
    fn moved(&self, operand: &Operand) -> (Option<usize>, i64) {
        match operand {
            Operand::Slot(slot) => ((*slot != AS_OF).then(|| self.at(*slot)), 0),
            Operand::Shift(day, before, days) => match (self.moved(day), days.as_ref()) {
                ((day, moved), Operand::Days(days)) => (day, if *before { moved - days } else { moved + days }),
                _ => panic!("the benchmark moves days by a known number"),
            },
            _ => panic!("the benchmark compares days with days"),
        }
    }

    fn at(&self, slot: SlotId) -> usize {
        self.slots.iter().position(|one| *one == slot).expect("every slot but the day is a field")
    }
}

/// The sign of an order that holds, or of its contrary.
pub fn sign(order: Order, holds: bool) -> &'static str {
    match (order, holds) {
        (Order::AtLeast, true) | (Order::Below, false) => ">=",
        (Order::AtMost, true) | (Order::Above, false) => "<=",
        (Order::Above, true) | (Order::AtMost, false) => ">",
        (Order::Below, true) | (Order::AtLeast, false) => "<",
        (Order::Exactly, true) => "==",
        (Order::Exactly, false) => "!=",
    }
}
