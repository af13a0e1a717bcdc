//! Conditions, operands, literals and windows.

use super::super::tree::{Expr, ExprKind, FirstDay, Literal, Order, Predicate, Window, Word};
use super::{Lower, Node, Rule};

impl Lower<'_> {
    /// A condition or an operand.
    pub(super) fn expr(&mut self, pair: Node<'_>) -> Expr {
        let span = self.span(&pair);
        let mut parts: Vec<(bool, Expr)> = Vec::new();
        let (mut any, mut then) = (false, false);
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::k_or => any = true,
                Rule::k_and => then = false,
                Rule::k_then => then = true,
                Rule::term => {
                    parts.push((then, self.term(inner)));
                    then = false;
                }
                _ => {}
            }
        }
        let kind = match parts.len() {
            1 => return parts.swap_remove(0).1,
            _ if any => ExprKind::Any(parts.into_iter().map(|(_, part)| part).collect()),
            _ => ExprKind::All(parts),
        };
        Expr { kind, span }
    }

    fn term(&mut self, pair: Node<'_>) -> Expr {
        let span = self.span(&pair);
        let mut operand = None;
        let mut predicate = None;
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::operand => operand = Some(self.operand(inner)),
                _ => predicate = self.predicate(inner),
            }
        }
        let operand = operand.unwrap_or_else(|| self.nothing(span));
        match predicate {
            None => operand,
            Some(predicate) => Expr { kind: ExprKind::Test(Box::new(operand), Box::new(predicate)), span },
        }
    }

    /// Stands where the grammar promises something that is not there; the grammar never lets it happen.
    fn nothing(&self, span: crate::source::Span) -> Expr {
        Expr { kind: ExprKind::Literal(Literal::Path(Word { text: String::new(), span })), span }
    }

    fn operands(&mut self, pair: Node<'_>) -> Vec<Expr> {
        pair.into_inner().filter(|inner| inner.as_rule() == Rule::operand).map(|inner| self.operand(inner)).collect()
    }

    fn only_operand(&mut self, pair: Node<'_>) -> Expr {
        let span = self.span(&pair);
        self.operands(pair).into_iter().next().unwrap_or_else(|| self.nothing(span))
    }

    fn predicate(&mut self, pair: Node<'_>) -> Option<Predicate> {
        Some(match pair.as_rule() {
            Rule::contains => Predicate::Contains { not: false, value: self.only_operand(pair) },
            Rule::lacks => Predicate::Contains { not: true, value: self.only_operand(pair) },
            Rule::has if super::child(pair.clone(), Rule::a_row).is_some() => Predicate::HasRow,
            Rule::has => Predicate::MixedCurrencies,
            Rule::is => {
                let tail = pair.into_inner().find(|inner| inner.as_rule() != Rule::k_is)?;
                self.is_tail(tail, false)?
            }
            _ => return None,
        })
    }

    fn is_tail(&mut self, pair: Node<'_>, not: bool) -> Option<Predicate> {
        let order = |order| move |(value, after)| Predicate::Order { order, value, after };
        Some(match pair.as_rule() {
            Rule::is_not => {
                let tail = pair.into_inner().find(|inner| inner.as_rule() != Rule::k_not)?;
                self.is_tail(tail, true)?
            }
            Rule::is_one_of => Predicate::OneOf { not, values: self.operands(pair) },
            Rule::is_empty => Predicate::Empty { not },
            Rule::is_value => Predicate::Is { not, value: self.only_operand(pair) },
            Rule::is_at => {
                let least = super::child(pair.clone(), Rule::k_least).is_some();
                order(if least { Order::AtLeast } else { Order::AtMost })(self.ordered(pair))
            }
            Rule::is_above | Rule::is_more | Rule::is_after => order(Order::Above)(self.ordered(pair)),
            Rule::is_below | Rule::is_fewer | Rule::is_before => order(Order::Below)(self.ordered(pair)),
            Rule::is_exactly => order(Order::Exactly)(self.ordered(pair)),
            Rule::is_by => order(Order::AtMost)(self.ordered(pair)),
            Rule::is_from => {
                let to = super::child(pair.clone(), Rule::to_operand).map(|to| self.only_operand(to));
                let from = self.only_operand(pair);
                match to {
                    Some(to) => Predicate::Between { from, to },
                    None => order(Order::AtLeast)((from, None)),
                }
            }
            Rule::is_within => Predicate::Within(self.window(super::child(pair, Rule::window)?)?),
            _ => return None,
        })
    }

    /// The compared value and the date after which it is counted.
    fn ordered(&mut self, pair: Node<'_>) -> (Expr, Option<Expr>) {
        let after = super::child(pair.clone(), Rule::after_day).map(|after| self.only_operand(after));
        (self.only_operand(pair), after)
    }

    /// `N days of D` with its first day.
    pub(super) fn window(&mut self, pair: Node<'_>) -> Option<Window> {
        let first = super::child(pair.clone(), Rule::first_day).map(first_day);
        let mut operands = self.operands(pair).into_iter();
        Some(Window { length: operands.next()?, start: operands.next()?, first })
    }

    /// An operand: a sum, a product, or a single factor.
    pub(super) fn operand(&mut self, pair: Node<'_>) -> Expr {
        let span = self.span(&pair);
        let mut parts: Vec<(bool, Expr)> = Vec::new();
        let (mut inverse, mut product) = (false, false);
        for inner in pair.into_inner() {
            match inner.as_rule() {
                Rule::plus => inverse = false,
                Rule::minus => inverse = true,
                Rule::times => (inverse, product) = (false, true),
                Rule::over => (inverse, product) = (true, true),
                Rule::factor => {
                    parts.push((inverse, self.factor(inner)));
                    inverse = false;
                }
                _ => {}
            }
        }
        match parts.len() {
            0 => self.nothing(span),
            1 => parts.swap_remove(0).1,
            _ if product => Expr { kind: ExprKind::Product(parts), span },
            _ => Expr { kind: ExprKind::Sum(parts), span },
        }
    }

    fn factor(&mut self, pair: Node<'_>) -> Expr {
        let span = self.span(&pair);
        let mut made: Option<Expr> = None;
        for inner in pair.into_inner() {
            made = match inner.as_rule() {
                Rule::expr => Some(self.expr(inner)),
                Rule::earlier => {
                    let mut dates = self.operands(inner).into_iter();
                    dates.next().zip(dates.next()).map(|(a, b)| {
                        let kind = ExprKind::Earlier(Box::new(a), Box::new(b));
                        Expr { kind, span }
                    })
                }
                Rule::literal => self.literal(inner).map(|literal| {
                    let span = literal.span();
                    Expr { kind: ExprKind::Literal(literal), span }
                }),
                Rule::bound => {
                    let above = super::child(inner.clone(), Rule::k_above).is_some();
                    let limit = super::child(inner, Rule::limit).map(|limit| self.factor(limit));
                    made.zip(limit).map(|(value, limit)| {
                        let kind = ExprKind::Bound { inner: Box::new(value), above, limit: Box::new(limit) };
                        Expr { kind, span }
                    })
                }
                _ => made,
            };
        }
        made.unwrap_or_else(|| self.nothing(span))
    }

    /// The literal inside a `literal` pair.
    pub(super) fn literal(&mut self, pair: Node<'_>) -> Option<Literal> {
        let inner = pair.into_inner().next()?;
        self.bare_literal(inner)
    }

    /// A literal without the `literal` pair around it.
    pub(super) fn bare_literal(&mut self, pair: Node<'_>) -> Option<Literal> {
        Some(match pair.as_rule() {
            Rule::date => Literal::Date(self.word(&pair)),
            Rule::code => Literal::Code(self.word(&pair)),
            Rule::string => Literal::Text(self.word(&pair)),
            Rule::path => Literal::Path(self.word(&pair)),
            Rule::quantity_literal => {
                let mut inner = pair.into_inner();
                let number = self.word(&inner.next()?);
                match inner.next() {
                    None => Literal::Number(number),
                    Some(unit) if unit.as_rule() == Rule::per_cent => Literal::Percent(number),
                    Some(unit) if unit.as_rule() == Rule::day_unit => Literal::Days(number),
                    Some(unit) => Literal::Money(number, self.word(&unit)),
                }
            }
            _ => return None,
        })
    }

    /// The condition of a `when` inside `pair`.
    pub(super) fn when(&mut self, pair: Node<'_>) -> Option<Expr> {
        let when = if pair.as_rule() == Rule::when { Some(pair) } else { super::child(pair, Rule::when) }?;
        super::child(when, Rule::expr).map(|expr| self.expr(expr))
    }
}

/// What a `first_day` pair says.
pub(super) fn first_day(pair: Node<'_>) -> FirstDay {
    pair.into_inner()
        .find_map(|inner| match inner.as_rule() {
            Rule::fd_counted => Some(FirstDay::Counted),
            Rule::fd_not_counted => Some(FirstDay::NotCounted),
            Rule::k_unstated => Some(FirstDay::Unstated),
            Rule::at_earliest => Some(FirstDay::AtTheEarliest),
            _ => None,
        })
        .unwrap_or(FirstDay::Unstated)
}
