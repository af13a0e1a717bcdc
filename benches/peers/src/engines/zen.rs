//! The expression language of GoRules through `zen-expression`: one compiled expression a program, on one machine.
//!
//! In: terms and rows. Out: verdicts. A missing fact is absent from the input and reads as null; orders are guarded. The
//! decision graphs around expressions (`zen-engine`) would only add to it, and 200 crates.

use zen_expression::expression::Standard;
use zen_expression::vm::VM;
use zen_expression::{Expression, Isolate, Scope, Variable};

use super::object::object;
use crate::peer::{ByRow, PROGRAMS, Trouble, Verdict, Verdicts};
use crate::portfolio::Row;
use crate::spell::{Tongue, joined, quoted};
use crate::terms::{Terms, Test, sign};

struct Expressions<'t>(&'t Terms);

impl Tongue for Expressions<'_> {
    type Said = String;

    fn all(&self, parts: Vec<String>) -> String {
        joined(&parts, "and")
    }

    fn any(&self, parts: Vec<String>) -> String {
        joined(&parts, "or")
    }

    fn test(&self, test: &Test, holds: bool) -> String {
        let name = |at: &usize| self.0.fields[*at].name.as_str();
        match test {
            Test::Flag(at, value) => format!("({} == {})", name(at), *value == holds),
            Test::OneOf(at, words) if holds => format!("({} in [{}])", name(at), quoted(words)),
            Test::OneOf(at, words) => format!("({0} != null and {0} not in [{1}])", name(at), quoted(words)),
            Test::Constant(at, order, than) => format!("({0} != null and {0} {1} {than})", name(at), sign(*order, holds)),
            Test::Days(at, order, other, moved) => {
                let (day, other, sign) = (name(at), name(other), sign(*order, holds));
                format!("({day} != null and {other} != null and {day} {sign} {other} + {moved})")
            }
            Test::Amount(at, order, minor, currency) => {
                format!("({0}_currency == \"{currency}\" and {0} {1} {minor})", name(at), sign(*order, holds))
            }
        }
    }
}

/// The compiled expressions, and a scope for each row.
pub struct Zen {
    programs: Vec<Expression<Standard>>,
    machine: VM,
    rows: Vec<Scope>,
}

impl Zen {
    /// Compiles the terms and takes rows in.
    pub fn new(terms: &Terms, rows: &[Row]) -> Result<Self, Trouble> {
        let tongue = Expressions(terms);
        let compiled = |program| {
            let text = format!("{} ? 2 : ({} ? 1 : 0)", tongue.program(program, false), tongue.program(program, true));
            Isolate::new().compile_standard(&text)
        };
        let programs = terms.programs.iter().map(compiled).collect::<Result<_, _>>()?;
        let scope = |row| Scope::new(Variable::from(object(terms, row)));
        Ok(Self { programs, machine: VM::new(), rows: rows.iter().map(scope).collect() })
    }
}

impl ByRow for Zen {
    fn rows(&self) -> usize {
        self.rows.len()
    }

    fn decide(&mut self, row: usize) -> Result<Verdicts, Trouble> {
        let mut verdicts = [Verdict::Undetermined; PROGRAMS];
        for (program, verdict) in self.programs.iter().zip(&mut verdicts) {
            let code = program.evaluate_with_scope(&self.rows[row], &mut self.machine)?;
            *verdict = match code.as_number().ok_or("a program has no number")?.try_into()? {
                1_i64 => Verdict::Qualifies,
                2 => Verdict::DoesNotQualify,
                _ => Verdict::Undetermined,
            };
        }
        Ok(verdicts)
    }
}
