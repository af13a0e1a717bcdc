//! Operands: facts, literals, named values, arithmetic, and their types.
//!
//! In: expressions. Out: operands with their types.
//! Owns which arithmetic makes sense and how far it can grow. Never evaluates.

use super::Check;
use super::condition::Scope;
use super::names::Definition;
use crate::diagnostic::{Code, Diagnostic, codes, did_you_mean};
use crate::program::{AS_OF, Cond, Lane, Operand, Program, SlotId, Type};
use crate::source::Span;
use crate::syntax::{Branch, Expr, ExprKind, FirstDay, Literal, Window, Word, day_as_rules_write_it};
use crate::value::{Decimal, currency_text, parse_integer};

/// The most bits that an exact result may need: comparisons cross-multiply and rounding doubles, in 256 bits with a sign.
const MAX_BITS: u32 = 250;

/// The type of an operand.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Ty {
    Date,
    Days,
    /// Money, in a currency when the text fixes it.
    Money(Option<i64>),
    /// Whole or decimal.
    Number,
    /// A whole-number fact, which may also count days.
    Whole,
    Percent,
    Bool,
    Enum(SlotId),
    Set(SlotId),
    Text,
    Country,
    Currency,
    Zero,
    Unstated,
    /// Already reported; accepted everywhere.
    Error,
}

impl Ty {
    pub(super) fn describe(&self) -> String {
        match self {
            Self::Date => "a date".to_owned(),
            Self::Days => "a number of days".to_owned(),
            Self::Money(None) => "an amount of money".to_owned(),
            Self::Money(Some(currency)) => format!("an amount in {}", currency_text(*currency)),
            Self::Number => "a number".to_owned(),
            Self::Whole => "a whole number".to_owned(),
            Self::Percent => "a percentage".to_owned(),
            Self::Bool => "yes or no".to_owned(),
            Self::Enum(_) => "one of some words".to_owned(),
            Self::Set(_) => "a list of words".to_owned(),
            Self::Text => "a text".to_owned(),
            Self::Country => "a country".to_owned(),
            Self::Currency => "a currency".to_owned(),
            Self::Zero => "zero".to_owned(),
            Self::Unstated => "a number that no source states".to_owned(),
            Self::Error => "a mistake".to_owned(),
        }
    }

    pub(super) fn has_words(&self) -> bool {
        matches!(self, Self::Bool | Self::Enum(_) | Self::Text | Self::Country | Self::Currency)
    }

    pub(super) fn counts_days(&self) -> bool {
        matches!(self, Self::Days | Self::Whole | Self::Error)
    }

    fn is_number(&self) -> bool {
        matches!(self, Self::Number | Self::Whole)
    }

    /// Can the two be put in order? If not, which code says why.
    pub(super) fn compares_with(&self, other: &Self) -> Result<(), &'static Code> {
        match (self, other) {
            (Self::Error, _) | (_, Self::Error) | (Self::Date, Self::Date) | (Self::Percent, Self::Percent) => Ok(()),
            (Self::Zero, b) if b.is_number() || matches!(b, Self::Money(_) | Self::Percent) => Ok(()),
            (a, Self::Zero) if a.is_number() || matches!(a, Self::Money(_) | Self::Percent) => Ok(()),
            (a, b) if a.is_number() && b.is_number() => Ok(()),
            (Self::Days | Self::Whole, Self::Days) | (Self::Days, Self::Whole) => Ok(()),
            (Self::Money(Some(a)), Self::Money(Some(b))) if a != b => Err(&codes::CURRENCY_MISMATCH),
            (Self::Money(_), Self::Money(_)) => Ok(()),
            (Self::Money(_) | Self::Days | Self::Percent, _) | (_, Self::Money(_) | Self::Days | Self::Percent) => {
                Err(&codes::UNIT_MISMATCH)
            }
            _ => Err(&codes::WRONG_TYPE),
        }
    }

    /// Do two facts draw from the same words?
    pub(super) fn same_words(&self, other: &Self, program: &Program) -> bool {
        match (self, other) {
            (Self::Enum(a), Self::Enum(b)) => {
                let ty = |slot: SlotId| program.fact_of(slot).map(|fact| &fact.ty);
                ty(*a) == ty(*b)
            }
            (a, b) => a == b && a.has_words(),
        }
    }
}

/// What a mistaken operand becomes.
const BROKEN: (Operand, Ty) = (Operand::Unstated, Ty::Error);

impl Check<'_> {
    /// An operand and its type.
    pub(super) fn operand(&mut self, expr: &Expr, scope: &Scope<'_>) -> (Operand, Ty) {
        match &expr.kind {
            ExprKind::Literal(literal) => self.literal_operand(literal, scope),
            ExprKind::Sum(parts) | ExprKind::Product(parts) if self.loose_day(parts, expr.span) => BROKEN,
            ExprKind::Sum(parts) => self.sum(parts, expr.span, scope),
            ExprKind::Product(parts) => self.product(parts, expr.span, scope),
            ExprKind::Bound { inner, above, limit } => {
                let (value, ty) = self.operand(inner, scope);
                let (limit, limit_ty) = self.operand(limit, scope);
                if ty == Ty::Unstated {
                    return (Operand::Unstated, Ty::Unstated);
                }
                if limit_ty != Ty::Unstated
                    && let Err(code) = ty.compares_with(&limit_ty)
                {
                    let headline = format!("{} is not limited by {}", ty.describe(), limit_ty.describe());
                    self.report(Diagnostic::new(code, expr.span, headline));
                    return BROKEN;
                }
                if limit_ty != Ty::Unstated && !self.exactly_comparable(&value, &limit, expr.span) {
                    return BROKEN;
                }
                let ty = if ty == Ty::Whole && limit_ty == Ty::Number { Ty::Number } else { ty };
                (Operand::Bound(Box::new(value), *above, Box::new(limit)), ty)
            }
            ExprKind::Earlier(a, b) => {
                let ((a, a_ty), (b, b_ty)) = (self.operand(a, scope), self.operand(b, scope));
                for ty in [&a_ty, &b_ty] {
                    if !matches!(ty, Ty::Date | Ty::Error) {
                        let headline = format!("`the earlier of` is said of two dates, not of {}", ty.describe());
                        self.report(Diagnostic::new(&codes::WRONG_TYPE, expr.span, headline));
                        return BROKEN;
                    }
                }
                (Operand::Earlier(Box::new(a), Box::new(b)), Ty::Date)
            }
            ExprKind::Any(_) | ExprKind::All(_) | ExprKind::Test(..) => {
                let finding = Diagnostic::new(&codes::NOT_AN_OPERAND, expr.span, "this is a condition, not a value");
                self.report(finding.help("name a fact, a value or an amount"));
                BROKEN
            }
        }
    }

    pub(super) fn literal_operand(&mut self, literal: &Literal, scope: &Scope<'_>) -> (Operand, Ty) {
        match literal {
            Literal::Date(word) => self.day(word).map_or(BROKEN, |day| (Operand::Day(day), Ty::Date)),
            Literal::Days(word) => match parse_integer(&word.text) {
                Ok(days) if days <= 100_000 => (Operand::Days(days), Ty::Days),
                _ => {
                    let headline = format!("`{} days` is no number of days up to 100000", word.text);
                    self.report(Diagnostic::new(&codes::IMPOSSIBLE_VALUE, word.span, headline));
                    BROKEN
                }
            },
            Literal::Money(amount, code) => {
                self.money(amount, code).map_or(BROKEN, |lane| (Operand::Money(lane), Ty::Money(Some(lane.aux))))
            }
            Literal::Number(word) | Literal::Percent(word) => match Decimal::parse(&word.text) {
                Ok(decimal) => {
                    let lane = Lane { main: decimal.whole, aux: decimal.nanos };
                    match literal {
                        Literal::Percent(_) => (Operand::Percent(lane), Ty::Percent),
                        _ => (Operand::Number(lane), Ty::Number),
                    }
                }
                Err(error) => {
                    self.report(Diagnostic::new(&codes::IMPOSSIBLE_VALUE, word.span, format!("`{}` {error}", word.text)));
                    BROKEN
                }
            },
            Literal::Code(word) | Literal::Text(word) => {
                let headline = format!("`{}` is not something to compute or to order", word.text);
                let number = matches!(literal, Literal::Text(_)) && word.text.starts_with(|c: char| c.is_ascii_digit());
                let help = number.then(|| "write it without quotes".to_owned());
                self.report(Diagnostic::new(&codes::NOT_AN_OPERAND, word.span, headline).help_if(help));
                BROKEN
            }
            Literal::Path(word) => self.path(word, scope),
        }
    }

    fn path(&mut self, word: &Word, scope: &Scope<'_>) -> (Operand, Ty) {
        match word.text.as_str() {
            "as_of" => return (Operand::Slot(AS_OF), Ty::Date),
            "zero" => return (Operand::Zero, Ty::Zero),
            _ => {}
        }
        if let Some((parameter, operand)) = scope.parameter
            && parameter == word.text
        {
            let outside = Scope { parameter: None, ..scope.clone() };
            return self.operand(operand, &outside);
        }
        match word.text.split_once('.') {
            Some(("edition", parameter)) => self.edition_parameter(word, parameter, scope),
            Some((name, "last_day")) if matches!(self.names.words.get(name), Some(Definition::Table(..))) => {
                let Some(Definition::Table(_, table)) = self.definition(name) else { return BROKEN };
                match &table.last_day {
                    Some(day) => self.day(day).map_or(BROKEN, |day| (Operand::Day(day), Ty::Date)),
                    None if self.told_already(name) => BROKEN,
                    None => {
                        let headline = format!("the table `{name}` has no last day");
                        self.report(
                            Diagnostic::new(&codes::MISSING_CLAUSE, word.span, headline)
                                .help("add `last day` and a date to it"),
                        );
                        BROKEN
                    }
                }
            }
            Some(_) => self.slot(word, scope).map_or(BROKEN, |slot| (Operand::Slot(slot), self.type_of(slot))),
            None => self.defined(word, scope),
        }
    }

    /// The type of a slot's fact.
    pub(super) fn type_of(&self, slot: SlotId) -> Ty {
        match self.program.fact_of(slot).map(|fact| &fact.ty) {
            Some(Type::Bool) => Ty::Bool,
            Some(Type::Date { .. }) => Ty::Date,
            Some(Type::Money) => Ty::Money(None),
            Some(Type::Integer) => Ty::Whole,
            Some(Type::Decimal) => Ty::Number,
            Some(Type::Percent) => Ty::Percent,
            Some(Type::Text) => Ty::Text,
            Some(Type::Country) => Ty::Country,
            Some(Type::Currency) => Ty::Currency,
            Some(Type::Enum(_)) => Ty::Enum(slot),
            Some(Type::Set(_)) => Ty::Set(slot),
            None => Ty::Error,
        }
    }

    fn defined(&mut self, word: &Word, scope: &Scope<'_>) -> (Operand, Ty) {
        match self.definition(&word.text) {
            Some(Definition::Value(literal)) => self.literal_operand(literal, scope),
            Some(Definition::Quantity(kind, branches)) => {
                if self.circular(word, scope) {
                    return BROKEN;
                }
                self.quantity(word, kind, branches, &scope.inside(word))
            }
            Some(_) => {
                let headline = format!("`{}` is not a value", word.text);
                self.report(Diagnostic::new(&codes::NOT_AN_OPERAND, word.span, headline));
                BROKEN
            }
            None if self.told_already(&word.text) => BROKEN,
            None => {
                let names: Vec<&str> = self.names.words.keys().copied().collect();
                let facts: Vec<String> = self.program.facts.iter().map(|fact| fact.name.clone()).collect();
                let help = did_you_mean(&word.text, names).or_else(|| {
                    let ends = facts.iter().find(|name| name.ends_with(&format!(".{}", word.text)));
                    ends.map(|name| format!("did you mean `{name}`?"))
                });
                let headline = format!("nothing is called `{}`", word.text);
                let finding =
                    Diagnostic::new(&codes::UNKNOWN_NAME, word.span, headline).help("a fact is named with its section");
                self.report(finding.help_if(help));
                BROKEN
            }
        }
    }

    fn edition_parameter(&mut self, word: &Word, parameter: &str, scope: &Scope<'_>) -> (Operand, Ty) {
        let Some(edition) = scope.edition.clone() else {
            if scope.decision.is_some() {
                let finding = Diagnostic::new(&codes::MISPLACED_CLAUSE, word.span, "no edition is fixed here");
                self.report(finding.help("put the clause under `in every edition` or `in` and the names of editions"));
            }
            return BROKEN;
        };
        if parameter == "last_day" {
            return edition.last_day.map_or_else(
                || {
                    let headline = format!("edition `{}` has no last day", edition.name);
                    let help = "add `in force from … to …` to the edition";
                    self.report(Diagnostic::new(&codes::MISSING_CLAUSE, word.span, headline).help(help));
                    BROKEN
                },
                |day| (Operand::Day(day), Ty::Date),
            );
        }
        match edition.with.iter().find(|(name, _)| name.text == parameter) {
            Some((_, Some(literal))) => self.literal_operand(literal, scope),
            Some((_, None)) => (Operand::Unstated, Ty::Unstated),
            None => {
                let headline = format!("edition `{}` has no number called `{parameter}`", edition.name);
                let names: Vec<&str> = edition.with.iter().map(|(name, _)| name.text.as_str()).collect();
                let finding = Diagnostic::new(&codes::UNKNOWN_NAME, word.span, headline);
                let help = format!("add it to the edition's `with`, as `{parameter} unstated` where no source states it");
                self.report(finding.help(help).help_if(did_you_mean(parameter, names)));
                BROKEN
            }
        }
    }

    /// A shared date, amount or number.
    pub(super) fn quantity(&mut self, name: &Word, kind: &Word, branches: &[Branch], scope: &Scope<'_>) -> (Operand, Ty) {
        let mut chosen: Vec<(Cond, Operand)> = Vec::new();
        let mut last = None;
        let mut found = Ty::Error;
        for branch in branches {
            let (value, ty) = self.operand(&branch.value, scope);
            let fits = match kind.text.as_str() {
                "date" => ty == Ty::Date,
                "amount" => matches!(ty, Ty::Money(_) | Ty::Zero),
                _ => ty.is_number() || ty == Ty::Days,
            };
            if !fits && ty != Ty::Error {
                let headline = format!("expected the {} `{}`, found {}", kind.text, name.text, ty.describe());
                self.report(Diagnostic::new(&codes::WRONG_TYPE, branch.value.span, headline));
                return BROKEN;
            }
            found = match (found, ty) {
                (Ty::Error, ty) => ty,
                (before, ty) if before == ty => ty,
                (Ty::Money(_), _) => Ty::Money(None),
                (before, ty) if before.counts_days() && ty.counts_days() => Ty::Days,
                _ => Ty::Number,
            };
            match &branch.when {
                Some(when) => chosen.push((self.condition(when, scope), value)),
                None if last.is_none() => last = Some(value),
                None => {
                    let finding =
                        Diagnostic::new(&codes::SEVERAL_OTHERWISE, branch.value.span, "two values are taken otherwise");
                    self.report(finding.help("keep one `otherwise`"));
                }
            }
        }
        let Some(last) = last else {
            if self.told_already(&name.text) {
                return BROKEN;
            }
            let headline = format!("`{}` does not say what it is otherwise", name.text);
            self.report(Diagnostic::new(&codes::MISSING_CLAUSE, name.span, headline).help("add a line `use … otherwise`"));
            return BROKEN;
        };
        if chosen.is_empty() {
            return (last, found);
        }
        (Operand::Choose(chosen, Box::new(last)), found)
    }

    /// Is this a day that is not written year-month-day, which reads like arithmetic? Then it is told.
    fn loose_day(&mut self, parts: &[(bool, Expr)], span: Span) -> bool {
        let digits = parts.iter().map(|(_, part)| match &part.kind {
            ExprKind::Literal(Literal::Number(word)) => Some(word),
            _ => None,
        });
        let Some(digits) = digits.collect::<Option<Vec<&Word>>>() else { return false };
        let glued = digits.windows(2).all(|pair| match pair {
            [one, next] => one.span.end + 1 == next.span.start,
            _ => false,
        });
        let written = digits.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join("-");
        let Some(help) = day_as_rules_write_it(&written).filter(|_| glued) else { return false };
        let headline = "this is no day as rules write it";
        self.report(Diagnostic::new(&codes::IMPOSSIBLE_VALUE, span, headline).help(help));
        true
    }

    fn sum(&mut self, parts: &[(bool, Expr)], span: Span, scope: &Scope<'_>) -> (Operand, Ty) {
        let made: Vec<(bool, Operand, Ty)> = parts
            .iter()
            .map(|(minus, part)| {
                let (operand, ty) = self.operand(part, scope);
                (*minus, operand, ty)
            })
            .collect();
        if made.iter().any(|(_, _, ty)| *ty == Ty::Error) {
            return BROKEN;
        }
        if made.iter().any(|(_, _, ty)| *ty == Ty::Unstated) {
            return (Operand::Unstated, Ty::Unstated);
        }
        if let [(false, day, Ty::Date), (back, days, days_ty)] = made.as_slice() {
            if !days_ty.counts_days() {
                self.not_days(span, days_ty);
                return BROKEN;
            }
            return (Operand::Shift(Box::new(day.clone()), *back, Box::new(days.clone())), Ty::Date);
        }
        let Some((_, _, first)) = made.first() else { return BROKEN };
        let mut ty = first.clone();
        for (_, _, other) in made.iter().skip(1) {
            ty = match (&ty, other) {
                (Ty::Money(a), Ty::Money(b)) if a.is_some() && b.is_some() && a != b => {
                    let headline = format!("cannot add {} and {}", ty.describe(), other.describe());
                    let finding = Diagnostic::new(&codes::CURRENCY_MISMATCH, span, headline);
                    self.report(finding.help("amounts are never converted; use one currency"));
                    return BROKEN;
                }
                (Ty::Money(a), Ty::Money(b)) => Ty::Money(a.or(*b)),
                (a, b) if a.is_number() && b.is_number() => Ty::Number,
                (a, b) => {
                    let headline = format!("cannot add {} and {}", a.describe(), b.describe());
                    self.report(Diagnostic::new(&codes::UNIT_MISMATCH, span, headline));
                    return BROKEN;
                }
            };
        }
        let sum = Operand::Sum(made.into_iter().map(|(minus, operand, _)| (minus, operand)).collect());
        self.exact(sum, span).map_or(BROKEN, |sum| (sum, ty))
    }

    fn product(&mut self, parts: &[(bool, Expr)], span: Span, scope: &Scope<'_>) -> (Operand, Ty) {
        let mut made = Vec::new();
        let mut ty = Ty::Number;
        for (over, part) in parts {
            let (operand, part_ty) = self.operand(part, scope);
            ty = match (&ty, over, &part_ty) {
                (Ty::Error, ..) | (.., Ty::Error) => Ty::Error,
                (Ty::Unstated, ..) | (.., Ty::Unstated) => Ty::Unstated,
                (a, _, b) if (b.is_number() || *b == Ty::Percent) && (a.is_number() || matches!(a, Ty::Money(_))) => a.clone(),
                (a, false, Ty::Money(currency)) if a.is_number() => Ty::Money(*currency),
                (a, _, b) => {
                    let verb = if *over { "divide" } else { "multiply" };
                    let headline = format!("cannot {verb} {} and {}", a.describe(), b.describe());
                    self.report(Diagnostic::new(&codes::UNIT_MISMATCH, span, headline));
                    Ty::Error
                }
            };
            made.push((*over, operand));
        }
        match ty {
            Ty::Error => BROKEN,
            Ty::Unstated => (Operand::Unstated, Ty::Unstated),
            ty => self.exact(Operand::Product(made), span).map_or(BROKEN, |product| (product, ty)),
        }
    }

    /// An operand whose results stay exact whatever the facts are, within the limits of documents.
    fn exact(&mut self, operand: Operand, span: Span) -> Option<Operand> {
        let (numerator, denominator) = self.bits(&operand);
        if numerator.max(denominator) <= MAX_BITS {
            return Some(operand);
        }
        let headline = "this arithmetic can grow beyond what stays exact";
        self.report(Diagnostic::new(&codes::TOO_MANY, span, headline).help("multiply or divide fewer facts at once"));
        None
    }

    /// Can two operands be compared exactly, whatever the facts are?
    pub(super) fn exactly_comparable(&mut self, left: &Operand, right: &Operand, span: Span) -> bool {
        let ((a, b), (c, d)) = (self.bits(left), self.bits(right));
        let fits = (a + d).max(c + b) <= MAX_BITS;
        if !fits {
            let headline = "this comparison can grow beyond what stays exact";
            self.report(Diagnostic::new(&codes::TOO_MANY, span, headline).help("multiply or divide fewer facts at once"));
        }
        fits
    }

    /// The most bits of an operand's numerator and denominator, from the limits of documents: money and whole numbers up
    /// to 10^15, decimals with 9 digits after the point, percentages over 100.
    fn bits(&self, operand: &Operand) -> (u32, u32) {
        let decimal = |lane: &Lane| if lane.aux == 0 { (whole_bits(lane.main), 0) } else { (whole_bits(lane.main) + 31, 30) };
        match operand {
            Operand::Slot(slot) => match self.program.fact_of(*slot).map(|fact| &fact.ty) {
                Some(Type::Decimal) => (80, 30),
                Some(Type::Percent) => (38, 37),
                _ => (50, 0),
            },
            Operand::Day(value) | Operand::Days(value) => (whole_bits(*value), 0),
            Operand::Money(lane) => (whole_bits(lane.main), 0),
            Operand::Number(lane) => decimal(lane),
            Operand::Percent(lane) => (decimal(lane).0, decimal(lane).1 + 7),
            Operand::Zero | Operand::Unstated => (1, 0),
            Operand::Product(parts) => parts.iter().fold((0, 0), |(n, d), (over, part)| {
                let (a, b) = self.bits(part);
                if *over { (n + b, d + a) } else { (n + a, d + b) }
            }),
            Operand::Sum(parts) => {
                let all: Vec<(u32, u32)> = parts.iter().map(|(_, part)| self.bits(part)).collect();
                let denominator: u32 = all.iter().map(|(_, d)| d).sum();
                let largest = all.iter().map(|(n, d)| n + denominator - d).max().unwrap_or(0);
                (largest + u32::try_from(all.len()).unwrap_or(u32::MAX), denominator)
            }
            other => {
                let parts = other.parts().into_iter().map(|part| self.bits(part));
                parts.fold((0, 0), |(n, d), (a, b)| (n.max(a), d.max(b)))
            }
        }
    }

    /// The start, length and first day of a window.
    pub(super) fn window(&mut self, window: &Window, scope: &Scope<'_>) -> Option<(Operand, Operand, FirstDay)> {
        let (length, length_ty) = self.operand(&window.length, scope);
        let (start, start_ty) = self.operand(&window.start, scope);
        if !length_ty.counts_days() {
            self.not_days(window.length.span, &length_ty);
            return None;
        }
        if !matches!(start_ty, Ty::Date | Ty::Error) {
            self.mistyped(window.start.span, "a window starts on a date", &start_ty);
            return None;
        }
        let Some(first) = window.first else {
            let span = window.length.span.to(window.start.span);
            self.no_first_day(span);
            return None;
        };
        Some((start, length, first))
    }

    pub(super) fn no_first_day(&mut self, span: Span) {
        let finding = Diagnostic::new(&codes::MISSING_FIRST_DAY, span, "this window does not say how its first day counts");
        let help = "add `with first day counted`, `with first day not counted`, `with first day unstated` or `at the earliest`";
        self.report(finding.help(help));
    }
}

/// The bits of a whole number.
fn whole_bits(value: i64) -> u32 {
    64 - value.unsigned_abs().leading_zeros()
}
