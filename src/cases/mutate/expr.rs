//! Changes inside conditions and operands.
//!
//! In: expressions of the rules, and the words that facts can have. Out: the same with one thing changed.
//! Owns what one unit is: the last place of a number as written, a day, a minor unit of money.

use std::collections::HashMap;

use super::Operator;
use super::edit::Walk;
use crate::program::{Program, Type};
use crate::source::Span;
use crate::syntax::{Expr, ExprKind, FirstDay, Literal, Order, Predicate, Window, Word};
use crate::value::{Money, day_text, parse_day};

/// The types of facts by the names that rules use.
pub(super) struct Words {
    types: HashMap<String, Type>,
}

impl Words {
    pub(super) fn of(program: &Program) -> Self {
        let mut types = HashMap::new();
        for section in &program.sections {
            let each =
                program.lists.iter().find(|list| program.sections.get(list.section).is_some_and(|s| s.name == section.name));
            let prefix = each.map_or(section.name.as_str(), |list| list.each.as_str());
            for fact in section.facts.iter().filter_map(|id| program.facts.get(id.0 as usize)) {
                types.insert(format!("{prefix}.{}", fact.local), fact.ty.clone());
            }
        }
        Self { types }
    }

    /// The words of an operand that is a fact with words, except for those that are named.
    fn others(&self, operand: &Expr, named: &[Expr]) -> Vec<Literal> {
        let ExprKind::Literal(Literal::Path(path)) = &operand.kind else { return Vec::new() };
        let Some(ty) = self.types.get(&path.text) else { return Vec::new() };
        let said = |word: &str| named.iter().any(|one| literal_text(one).is_some_and(|text| text == word));
        let word = |text: &str| Word { text: text.to_owned(), span: operand.span };
        match ty {
            Type::Enum(words) => words.iter().filter(|one| !said(one)).map(|one| Literal::Path(word(one))).collect(),
            Type::Country => other_code("country", said).map(|code| Literal::Code(word(code))).into_iter().collect(),
            Type::Currency => other_code("currency", said).map(|code| Literal::Code(word(code))).into_iter().collect(),
            _ => Vec::new(),
        }
    }
}

/// A usual code that is not among the known ones.
pub(super) fn other_code(of: &str, known: impl Fn(&str) -> bool) -> Option<&'static str> {
    let usual: &[&str] = match of {
        "currency" => &["EUR", "USD", "GBP", "JPY"],
        _ => &["DE", "US", "GB", "JP", "BR", "FR", "AQ"],
    };
    usual.iter().copied().find(|code| !known(code))
}

fn literal_text(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Literal(Literal::Path(word) | Literal::Code(word)) => Some(&word.text),
        _ => None,
    }
}

impl Walk<'_> {
    pub(super) fn expr(&mut self, expr: &mut Expr) {
        if self.done() {
            return;
        }
        let span = expr.span;
        if let Some(changed) = self.whole(expr) {
            *expr = Expr { kind: changed, span };
            return;
        }
        match &mut expr.kind {
            ExprKind::Any(parts) => parts.iter_mut().for_each(|part| self.expr(part)),
            ExprKind::All(parts) => parts.iter_mut().for_each(|(_, part)| self.expr(part)),
            ExprKind::Test(operand, predicate) => self.test(operand, predicate, span),
            ExprKind::Sum(parts) | ExprKind::Product(parts) => parts.iter_mut().for_each(|(_, part)| self.expr(part)),
            ExprKind::Bound { inner, limit, .. } => {
                self.expr(inner);
                self.expr(limit);
            }
            ExprKind::Earlier(first, second) => {
                self.expr(first);
                self.expr(second);
            }
            ExprKind::Literal(literal) => self.literal(literal),
        }
    }

    /// A change of a whole expression: another connective, or a part left out.
    fn whole(&mut self, expr: &Expr) -> Option<ExprKind> {
        let span = expr.span;
        let left_out = || "this part is left out".to_owned();
        match &expr.kind {
            ExprKind::Any(parts) => {
                if self.here(Operator::Connective, span, || "`or` becomes `and`".to_owned()) {
                    return Some(ExprKind::All(parts.iter().map(|part| (false, part.clone())).collect()));
                }
                for (at, part) in parts.iter().enumerate() {
                    if self.here(Operator::Drop, part.span, left_out) {
                        let mut rest = parts.clone();
                        rest.remove(at);
                        return Some(single(rest, ExprKind::Any));
                    }
                }
            }
            ExprKind::All(parts) => {
                if self.here(Operator::Connective, span, || "`and` becomes `or`".to_owned()) {
                    return Some(ExprKind::Any(parts.iter().map(|(_, part)| part.clone()).collect()));
                }
                for (at, (_, part)) in parts.iter().enumerate() {
                    if self.here(Operator::Drop, part.span, left_out) {
                        let mut rest = parts.clone();
                        rest.remove(at);
                        // The first part waits for nothing.
                        if let Some((then, _)) = rest.first_mut() {
                            *then = false;
                        }
                        let only = if rest.len() == 1 { rest.pop() } else { None };
                        return Some(only.map_or(ExprKind::All(rest), |(_, only)| only.kind));
                    }
                }
            }
            ExprKind::Earlier(first, second) => {
                for (dropped, kept) in [(first, second), (second, first)] {
                    if self.here(Operator::Drop, dropped.span, left_out) {
                        return Some(kept.kind.clone());
                    }
                }
            }
            ExprKind::Bound { inner, limit, .. }
                if self.here(Operator::Drop, limit.span, || "the bound is left out".to_owned()) =>
            {
                return Some(inner.kind.clone());
            }
            _ => {}
        }
        None
    }

    fn test(&mut self, operand: &mut Expr, predicate: &mut Predicate, span: Span) {
        let opposite = || "the test says the opposite".to_owned();
        match predicate {
            Predicate::Is { not, value } => {
                if self.here(Operator::Negate, span, opposite) {
                    *not = !*not;
                    return;
                }
                for other in self.words.others(operand, std::slice::from_ref(value)) {
                    if self.here(Operator::Word, span, || format!("`{}` is added", text(&other))) {
                        let values = vec![value.clone(), Expr { kind: ExprKind::Literal(other), span: value.span }];
                        *predicate = Predicate::OneOf { not: *not, values };
                        return;
                    }
                }
                self.expr(value);
            }
            Predicate::OneOf { not, values } => {
                if self.here(Operator::Negate, span, opposite) {
                    *not = !*not;
                    return;
                }
                for at in 0..values.len() {
                    let Some(value) = values.get(at) else { continue };
                    let said = || format!("`{}` is left out", literal_text(value).unwrap_or("a value"));
                    if values.len() > 1 && self.here(Operator::Word, value.span, said) {
                        values.remove(at);
                        return;
                    }
                }
                for other in self.words.others(operand, values) {
                    if self.here(Operator::Word, span, || format!("`{}` is added", text(&other))) {
                        let at = values.last().map_or(span, |last| last.span);
                        values.push(Expr { kind: ExprKind::Literal(other), span: at });
                        return;
                    }
                }
            }
            Predicate::Empty { not } => {
                if self.here(Operator::Negate, span, opposite) {
                    *not = !*not;
                }
            }
            Predicate::Contains { not, value } => {
                if self.here(Operator::Negate, span, opposite) {
                    *not = !*not;
                }
                self.expr(value);
            }
            Predicate::Order { order, value, after } => {
                if let Some(edge) = edge(*order)
                    && self.here(Operator::Boundary, span, || format!("`{}` becomes `{}`", said(*order), said(edge)))
                {
                    *order = edge;
                    return;
                }
                if self.here(Operator::Negate, span, || format!("`{}` becomes `{}`", said(*order), said(against(*order)))) {
                    *order = against(*order);
                    return;
                }
                self.expr(value);
                after.iter_mut().for_each(|after| self.expr(after));
            }
            Predicate::Between { from, to } => {
                let ends = [(to.span, Order::AtLeast, from.clone()), (from.span, Order::AtMost, to.clone())];
                for (dropped, order, value) in ends {
                    if self.here(Operator::Drop, dropped, || "this end is left out".to_owned()) {
                        *predicate = Predicate::Order { order, value, after: None };
                        return;
                    }
                }
                self.expr(from);
                self.expr(to);
            }
            Predicate::Within(window) => self.window(window),
            Predicate::HasRow | Predicate::MixedCurrencies => {}
        }
        if !self.done() && !matches!(operand.kind, ExprKind::Literal(Literal::Path(_))) {
            self.expr(operand);
        }
    }

    pub(super) fn window(&mut self, window: &mut Window) {
        let span = window.length.span;
        self.expr(&mut window.length);
        self.expr(&mut window.start);
        window.first.iter_mut().for_each(|first| self.first_day(first, span));
    }

    pub(super) fn first_day(&mut self, first: &mut FirstDay, span: Span) {
        for other in [FirstDay::Counted, FirstDay::NotCounted, FirstDay::Unstated] {
            let said = || format!("the first day: {} becomes {}", counts(*first), counts(other));
            if other != *first && self.here(Operator::FirstDay, span, said) {
                *first = other;
                return;
            }
        }
    }

    /// One unit more and one unit less.
    pub(super) fn literal(&mut self, literal: &mut Literal) {
        match literal {
            Literal::Date(day) => self.day(day),
            Literal::Money(amount, code) => {
                let Ok(money) = Money::from_parts(&amount.text, &code.text) else { return };
                for minor in [money.minor + 1, money.minor - 1] {
                    let shown = Money { minor, ..money }.to_string();
                    let text = shown.strip_suffix(&code.text).map_or("", str::trim_end).to_owned();
                    if self.replaced(amount, text) {
                        return;
                    }
                }
            }
            Literal::Number(number) | Literal::Days(number) | Literal::Percent(number) => {
                for up in [true, false] {
                    let Some(text) = stepped(&number.text, up) else { continue };
                    if self.replaced(number, text) {
                        return;
                    }
                }
            }
            Literal::Code(_) | Literal::Text(_) | Literal::Path(_) => {}
        }
    }

    pub(super) fn day(&mut self, word: &mut Word) {
        let Some(day) = parse_day(&word.text) else { return };
        for other in [day + 1, day - 1] {
            if self.replaced(word, day_text(other)) {
                return;
            }
        }
    }

    fn replaced(&mut self, word: &mut Word, text: String) -> bool {
        let here = self.here(Operator::Unit, word.span, || format!("{} becomes {text}", word.text));
        if here {
            word.text = text;
        }
        here
    }
}

fn single(mut parts: Vec<Expr>, several: impl Fn(Vec<Expr>) -> ExprKind) -> ExprKind {
    if parts.len() == 1
        && let Some(only) = parts.pop()
    {
        return only.kind;
    }
    several(parts)
}

/// A number with one more or less in its last place as written.
fn stepped(text: &str, up: bool) -> Option<String> {
    let places = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let digits: i128 = text.replace('.', "").parse().ok()?;
    let digits = if up { digits + 1 } else { digits - 1 };
    if places == 0 {
        return Some(digits.to_string());
    }
    let sign = if digits < 0 { "-" } else { "" };
    let padded = format!("{:0>width$}", digits.unsigned_abs(), width = places + 1);
    let (whole, fraction) = padded.split_at_checked(padded.len() - places)?;
    Some(format!("{sign}{whole}.{fraction}"))
}

fn text(literal: &Literal) -> &str {
    match literal {
        Literal::Path(word) | Literal::Code(word) => &word.text,
        _ => "",
    }
}

const fn edge(order: Order) -> Option<Order> {
    match order {
        Order::AtLeast => Some(Order::Above),
        Order::Above => Some(Order::AtLeast),
        Order::AtMost => Some(Order::Below),
        Order::Below => Some(Order::AtMost),
        Order::Exactly => None,
    }
}

const fn against(order: Order) -> Order {
    match order {
        Order::AtLeast => Order::Below,
        Order::Above => Order::AtMost,
        Order::AtMost => Order::Above,
        Order::Below | Order::Exactly => Order::AtLeast,
    }
}

const fn said(order: Order) -> &'static str {
    match order {
        Order::AtLeast => "at least",
        Order::AtMost => "at most",
        Order::Above => "more than",
        Order::Below => "fewer than",
        Order::Exactly => "exactly",
    }
}

const fn counts(first: FirstDay) -> &'static str {
    match first {
        FirstDay::Counted => "counted",
        FirstDay::NotCounted => "not counted",
        FirstDay::Unstated => "unstated",
        FirstDay::AtTheEarliest => "at the earliest",
    }
}
