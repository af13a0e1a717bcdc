//! JSONLogic through `datalogic-rs`: one compiled rule a program, over values that already live in its arena.
//!
//! In: terms and rows. Out: verdicts. A rule is an `if` of two guarded conditions; a missing variable is null.

use datalogic_rs::bumpalo::Bump;
use datalogic_rs::datavalue::NumberValue;
use datalogic_rs::{DataValue, Engine, Logic};
use serde_json::{Value, json};

use crate::peer::{ByRow, PROGRAMS, Trouble, Verdict, Verdicts};
use crate::portfolio::{CURRENCIES, Cell, Row};
use crate::spell::Tongue;
use crate::terms::{Kind, Terms, Test, sign};

struct JsonLogic<'t>(&'t Terms);

impl Tongue for JsonLogic<'_> {
    type Said = Value;

    fn all(&self, parts: Vec<Value>) -> Value {
        json!({ "and": parts })
    }

    fn any(&self, parts: Vec<Value>) -> Value {
        json!({ "or": parts })
    }

    fn test(&self, test: &Test, holds: bool) -> Value {
        let name = |at: &usize| self.0.fields[*at].name.clone();
        let var = |at: &usize| json!({ "var": name(at) });
        let known = |at: &usize| json!({ "!==": [var(at), null] });
        match test {
            // Strict equality: null is neither.
            Test::Flag(at, value) => json!({ "===": [var(at), *value == holds] }),
            Test::OneOf(at, words) if holds => json!({ "in": [var(at), words] }),
            Test::OneOf(at, words) => json!({ "and": [known(at), { "!": [{ "in": [var(at), words] }] }] }),
            Test::Constant(at, order, than) => json!({ "and": [known(at), { sign(*order, holds): [var(at), than] }] }),
            Test::Days(at, order, other, moved) => {
                let compared = json!({ sign(*order, holds): [var(at), { "+": [var(other), moved] }] });
                json!({ "and": [known(at), known(other), compared] })
            }
            Test::Amount(at, order, minor, currency) => {
                let same = json!({ "===": [{ "var": format!("{}_currency", name(at)) }, currency] });
                json!({ "and": [same, { sign(*order, holds): [var(at), minor] }] })
            }
        }
    }
}

/// The compiled rules and the rows.
pub struct Datalogic {
    engine: Engine,
    rules: Vec<Logic>,
    rows: Vec<&'static DataValue<'static>>,
    arena: Bump,
}

impl Datalogic {
    /// Compiles the terms and takes rows in, into an arena that lives as long as the process.
    pub fn new(terms: &Terms, rows: &[Row]) -> Result<Self, Trouble> {
        let engine = Engine::new();
        let tongue = JsonLogic(terms);
        let rule = |program| json!({ "if": [tongue.program(program, false), 2, tongue.program(program, true), 1, 0] });
        let rules = terms.programs.iter().map(|program| engine.compile(rule(program).to_string().as_str()));
        let rules = rules.collect::<Result<_, _>>()?;
        let home: &'static Bump = Box::leak(Box::new(Bump::new()));
        let rows = rows.iter().map(|row| -> &'static DataValue<'static> { home.alloc(value(terms, row, home)) }).collect();
        Ok(Self { engine, rules, rows, arena: Bump::new() })
    }
}

fn value(terms: &Terms, row: &Row, home: &'static Bump) -> DataValue<'static> {
    let text = |text: &str| -> &'static str { home.alloc_str(text) };
    let number = |number| DataValue::Number(NumberValue::Integer(number));
    let mut pairs: Vec<(&'static str, DataValue<'static>)> = Vec::new();
    for (field, cell) in terms.fields.iter().zip(row) {
        let value = match (cell, &field.kind) {
            (Cell::Missing, _) => continue,
            (Cell::Word(at), Kind::Word(words)) => DataValue::String(text(&words[*at])),
            (Cell::Flag(flag), _) => DataValue::Bool(*flag),
            (Cell::Amount(minor, currency), _) => {
                pairs.push((text(&format!("{}_currency", field.name)), DataValue::String(text(CURRENCIES[*currency]))));
                number(*minor)
            }
            (Cell::Number(one), _) => number(*one),
            (Cell::Word(_), _) => unreachable!("only fields of words hold words"),
        };
        pairs.push((text(&field.name), value));
    }
    DataValue::Object(home.alloc_slice_copy(&pairs))
}

impl ByRow for Datalogic {
    fn rows(&self) -> usize {
        self.rows.len()
    }

    fn decide(&mut self, row: usize) -> Result<Verdicts, Trouble> {
        self.arena.reset();
        let mut verdicts = [Verdict::Undetermined; PROGRAMS];
        for (rule, verdict) in self.rules.iter().zip(&mut verdicts) {
            *verdict = match self.engine.evaluate(rule, self.rows[row], &self.arena)?.as_i64() {
                Some(1) => Verdict::Qualifies,
                Some(2) => Verdict::DoesNotQualify,
                Some(0) => Verdict::Undetermined,
                other => return Err(format!("a rule came to {other:?}").into()),
            };
        }
        Ok(verdicts)
    }
}
