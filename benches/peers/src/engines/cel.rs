//! The Common Expression Language through `cel`: one compiled expression a program, over a context an account.
//!
//! In: terms and rows. Out: verdicts. A missing fact is null; equality and `in` take null as they find it, orders are
//! guarded, since an order of null is an error.

use std::sync::Arc;

use cel::{Context, Env, Program, Value};

use crate::peer::{ByRow, PROGRAMS, Trouble, Verdict, Verdicts};
use crate::portfolio::{CURRENCIES, Cell, Row};
use crate::spell::{Tongue, joined, quoted};
use crate::terms::{Kind, Terms, Test, sign};

struct Expressions<'t>(&'t Terms);

impl Tongue for Expressions<'_> {
    type Said = String;

    fn all(&self, parts: Vec<String>) -> String {
        joined(&parts, "&&")
    }

    fn any(&self, parts: Vec<String>) -> String {
        joined(&parts, "||")
    }

    fn test(&self, test: &Test, holds: bool) -> String {
        let name = |at: &usize| self.0.fields[*at].name.as_str();
        match test {
            Test::Flag(at, value) => format!("{} == {}", name(at), *value == holds),
            Test::OneOf(at, words) if holds => format!("{} in [{}]", name(at), quoted(words)),
            Test::OneOf(at, words) => format!("({0} != null && !({0} in [{1}]))", name(at), quoted(words)),
            Test::Constant(at, order, than) => format!("({0} != null && {0} {1} {than})", name(at), sign(*order, holds)),
            Test::Days(at, order, other, moved) => {
                let (day, other, sign) = (name(at), name(other), sign(*order, holds));
                format!("({day} != null && {other} != null && {day} {sign} {other} + {moved})")
            }
            Test::Amount(at, order, minor, currency) => {
                format!("({0}_currency == \"{currency}\" && {0} {1} {minor})", name(at), sign(*order, holds))
            }
        }
    }
}

/// The compiled expressions and a context for each row.
pub struct Cel {
    programs: Vec<Program>,
    contexts: Vec<Context<'static, 'static>>,
}

impl Cel {
    /// Compiles the terms and takes rows in.
    pub fn new(terms: &Terms, rows: &[Row]) -> Result<Self, Trouble> {
        let tongue = Expressions(terms);
        let env = Arc::new(Env::stdlib());
        let text = |program| format!("{} ? 2 : {} ? 1 : 0", tongue.program(program, false), tongue.program(program, true));
        let programs = terms.programs.iter().map(|program| env.compile(&text(program))).collect::<Result<_, _>>()?;
        Ok(Self { programs, contexts: rows.iter().map(|row| context(terms, row, &env)).collect() })
    }
}

fn context(terms: &Terms, row: &Row, env: &Arc<Env>) -> Context<'static, 'static> {
    let mut context = Context::with_env(Arc::clone(env));
    let text = |text: &str| Value::String(Arc::new(text.to_owned()));
    for (field, cell) in terms.fields.iter().zip(row) {
        let value = match (cell, &field.kind) {
            (Cell::Word(at), Kind::Word(words)) => text(&words[*at]),
            (Cell::Flag(flag), _) => Value::Bool(*flag),
            (Cell::Number(number) | Cell::Amount(number, _), _) => Value::Int(*number),
            (Cell::Missing | Cell::Word(_), _) => Value::Null,
        };
        context.add_variable_from_value(field.name.as_str(), value);
        if field.kind == Kind::Amount {
            let currency = if let Cell::Amount(_, at) = cell { text(CURRENCIES[*at]) } else { Value::Null };
            context.add_variable_from_value(format!("{}_currency", field.name), currency);
        }
    }
    context
}

impl ByRow for Cel {
    fn rows(&self) -> usize {
        self.contexts.len()
    }

    fn decide(&mut self, row: usize) -> Result<Verdicts, Trouble> {
        let mut verdicts = [Verdict::Undetermined; PROGRAMS];
        for (program, verdict) in self.programs.iter().zip(&mut verdicts) {
            *verdict = match program.execute(&self.contexts[row])? {
                Value::Int(1) => Verdict::Qualifies,
                Value::Int(2) => Verdict::DoesNotQualify,
                Value::Int(0) => Verdict::Undetermined,
                other => return Err(format!("a program came to {other:?}").into()),
            };
        }
        Ok(verdicts)
    }
}
