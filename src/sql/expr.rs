//! Expressions of SQL, and the stages of a query in which longer ones become columns of their own.
//!
//! In: expressions over columns. Out: larger ones, simplified where a constant decides; the columns of each stage.
//! Owns the sharing: an expression that is used again is computed once. Never knows a dialect's words, never a rule.

use std::collections::HashMap;

use super::print::Print;
use crate::syntax::Order;

/// An expression, and the first stage at whose columns it can be computed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Sql {
    text: String,
    stage: usize,
}

/// Longer expressions become columns. Short ones are cheaper said again than carried along.
const LONGEST: usize = 60;

impl Sql {
    /// An expression that reads no column.
    pub(super) fn constant(text: impl Into<String>) -> Self {
        Self { text: text.into(), stage: 0 }
    }

    pub(super) fn truth(holds: bool) -> Self {
        Self::constant(if holds { "TRUE" } else { "FALSE" })
    }

    /// A text made of other expressions.
    pub(super) fn of<const N: usize>(parts: [&Self; N], text: String) -> Self {
        Self { text, stage: parts.iter().map(|part| part.stage).max().unwrap_or(0) }
    }

    fn joined(parts: &[Self], text: String) -> Self {
        Self { text, stage: parts.iter().map(|part| part.stage).max().unwrap_or(0) }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn is_true(&self) -> bool {
        self.text == "TRUE"
    }

    pub(super) fn is_false(&self) -> bool {
        self.text == "FALSE"
    }

    /// Kleene's AND, which is that of SQL.
    pub(super) fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        Self::connected(parts, "AND", true)
    }

    /// Kleene's OR.
    pub(super) fn any(parts: impl IntoIterator<Item = Self>) -> Self {
        Self::connected(parts, "OR", false)
    }

    fn connected(parts: impl IntoIterator<Item = Self>, word: &str, neutral: bool) -> Self {
        let (neutral, decisive) = (Self::truth(neutral), Self::truth(!neutral));
        let mut kept: Vec<Self> = Vec::new();
        for part in parts {
            if part == decisive {
                return decisive;
            }
            if part != neutral && !kept.contains(&part) {
                kept.push(part);
            }
        }
        match kept.as_slice() {
            [] => neutral,
            [only] => only.clone(),
            _ => {
                let texts: Vec<&str> = kept.iter().map(Self::text).collect();
                Self::joined(&kept, format!("({})", texts.join(&format!(" {word} "))))
            }
        }
    }

    pub(super) fn not(&self) -> Self {
        match self.text.as_str() {
            "TRUE" => Self::truth(false),
            "FALSE" => Self::truth(true),
            text => Self { text: format!("(NOT {text})"), stage: self.stage },
        }
    }

    pub(super) fn binary(&self, sign: &str, other: &Self) -> Self {
        Self::of([self, other], format!("({} {sign} {})", self.text, other.text))
    }

    pub(super) fn equals(&self, other: &Self) -> Self {
        self.binary("=", other)
    }

    pub(super) fn compared(&self, order: Order, other: &Self) -> Self {
        let sign = match order {
            Order::AtLeast => ">=",
            Order::AtMost => "<=",
            Order::Above => ">",
            Order::Below => "<",
            Order::Exactly => "=",
        };
        self.binary(sign, other)
    }

    pub(super) fn is_null(&self) -> Self {
        Self { text: format!("({} IS NULL)", self.text), stage: self.stage }
    }

    pub(super) fn is_known(&self) -> Self {
        Self { text: format!("({} IS NOT NULL)", self.text), stage: self.stage }
    }

    /// Is it among some constants? Never asked of an empty list.
    pub(super) fn among(&self, constants: &[String]) -> Self {
        Self { text: format!("({} IN ({}))", self.text, constants.join(", ")), stage: self.stage }
    }

    /// The first of some that is known.
    pub(super) fn first_known(parts: &[Self]) -> Self {
        match parts {
            [only] => only.clone(),
            _ => {
                let texts: Vec<&str> = parts.iter().map(Self::text).collect();
                Self::joined(parts, format!("COALESCE({})", texts.join(", ")))
            }
        }
    }

    /// The value of the first condition that holds, else the last one. An unknown condition does not hold.
    pub(super) fn case(branches: &[(Self, Self)], otherwise: &Self) -> Self {
        let mut text = String::new();
        let mut stage = 0;
        let mut last = otherwise;
        for (when, then) in branches {
            if when.is_false() {
                continue;
            }
            if when.is_true() {
                last = then;
                break;
            }
            text += &format!(" WHEN {} THEN {}", when.text, then.text);
            stage = stage.max(when.stage).max(then.stage);
        }
        if text.is_empty() {
            return last.clone();
        }
        Self { text: format!("(CASE{text} ELSE {} END)", last.text), stage: stage.max(last.stage) }
    }

    /// A sum; zero when there is nothing to add.
    pub(super) fn sum(parts: &[Self]) -> Self {
        match parts {
            [] => Self::constant("CAST(0 AS BIGINT)"),
            [only] => only.clone(),
            _ => {
                let texts: Vec<&str> = parts.iter().map(Self::text).collect();
                Self::joined(parts, format!("({})", texts.join(" + ")))
            }
        }
    }
}

/// The columns of each stage. What stands in stage `n` reads the columns of all stages before it.
pub(super) struct Stages {
    print: &'static dyn Print,
    columns: Vec<Vec<(String, String)>>,
    known: HashMap<String, Sql>,
    count: usize,
}

impl Stages {
    pub(super) fn new(print: &'static dyn Print) -> Self {
        Self { print, columns: Vec::new(), known: HashMap::new(), count: 0 }
    }

    /// A column of the source, under the name that it has in the first stage.
    pub(super) fn source(&self, alias: &str) -> Sql {
        Sql { text: self.print.quoted(alias), stage: 0 }
    }

    /// An expression as a column of its own, unless it is one or reads none.
    pub(super) fn column(&mut self, sql: Sql) -> Sql {
        let plain = |text: &str| !text.contains([' ', '(']);
        if plain(&sql.text) {
            return sql;
        }
        if let Some(known) = self.known.get(&sql.text) {
            return known.clone();
        }
        let name = format!("x{}", self.count);
        self.count += 1;
        let made = Sql { text: self.print.quoted(&name), stage: sql.stage + 1 };
        if self.columns.len() <= sql.stage {
            self.columns.resize(sql.stage + 1, Vec::new());
        }
        if let Some(columns) = self.columns.get_mut(sql.stage) {
            columns.push((name, sql.text.clone()));
        }
        self.known.insert(sql.text, made.clone());
        made
    }

    /// A short expression: itself, or a column.
    pub(super) fn short(&mut self, sql: Sql) -> Sql {
        if sql.text.len() > LONGEST { self.column(sql) } else { sql }
    }

    /// The columns that each stage adds, in order.
    pub(super) fn columns(&self) -> &[Vec<(String, String)>] {
        &self.columns
    }
}

#[cfg(test)]
mod tests {
    use super::{Sql, Stages};
    use crate::sql::Dialect;

    #[test]
    fn constants_decide_at_once() {
        let (a, yes, no) = (Sql::constant("a"), Sql::truth(true), Sql::truth(false));
        assert_eq!(Sql::all([a.clone(), yes.clone(), a.clone()]), a, "what adds nothing is left out");
        assert_eq!(Sql::all([a.clone(), no.clone()]), no);
        assert_eq!(Sql::any([a.clone(), yes.clone()]), yes);
        assert_eq!(Sql::case(&[(no.clone(), a.clone()), (yes, no.clone())], &a), no);
    }

    #[test]
    fn what_is_used_twice_is_one_column_behind_those_that_it_reads() {
        let mut stages = Stages::new(Dialect::Postgres.print());
        let source = stages.source("r1");
        let (first, again) = (stages.column(source.is_null()), stages.column(source.is_null()));
        assert_eq!(first, again);
        let second = stages.column(Sql::any([first.not(), source.equals(&Sql::constant("1"))]));
        assert_eq!(stages.column(second.clone()), second, "a column stays itself");
        let counts: Vec<usize> = stages.columns().iter().map(Vec::len).collect();
        assert_eq!(counts, [1, 1]);
    }
}
