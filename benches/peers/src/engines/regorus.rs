//! Rego through `regorus`, on its virtual machine: one policy whose entry point gives the verdicts of all programs.
//!
//! In: terms and rows. Out: verdicts. A missing fact is absent from the input, so that a line that reads it is undefined
//! and the rule does not hold: that is what the two expressions of a condition need, with no guard but for `not`.

use std::cell::RefCell;
use std::sync::Arc;

use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::vm::RegoVM;
use regorus::{Engine, Value};

use super::object::object;
use crate::peer::{ByRow, PROGRAMS, Trouble, Verdict, Verdicts};
use crate::portfolio::Row;
use crate::spell::{Tongue, quoted};
use crate::terms::{Terms, Test, sign};

const ENTRY: &str = "data.peers.verdicts";

/// Bodies of rules. What is joined by `or` becomes a rule of its own with several bodies.
struct Rego<'t> {
    terms: &'t Terms,
    rules: RefCell<Vec<String>>,
}

impl Tongue for Rego<'_> {
    type Said = String;

    fn all(&self, parts: Vec<String>) -> String {
        parts.join("\n  ")
    }

    fn any(&self, parts: Vec<String>) -> String {
        let mut rules = self.rules.borrow_mut();
        let name = format!("any{}", rules.len());
        rules.push(parts.iter().map(|part| format!("{name} if {{\n  {part}\n}}\n")).collect());
        name
    }

    fn test(&self, test: &Test, holds: bool) -> String {
        let name = |at: &usize| format!("input.{}", self.terms.fields[*at].name);
        match test {
            Test::Flag(at, value) => format!("{} == {}", name(at), *value == holds),
            Test::OneOf(at, words) if holds && words.len() == 1 => format!("{} == {}", name(at), quoted(words)),
            Test::OneOf(at, words) if words.len() == 1 => format!("{} != {}", name(at), quoted(words)),
            Test::OneOf(at, words) if holds => format!("{} in {{{}}}", name(at), quoted(words)),
            Test::OneOf(at, words) => format!("{0}\n  not {0} in {{{1}}}", name(at), quoted(words)),
            Test::Constant(at, order, than) => format!("{} {} {than}", name(at), sign(*order, holds)),
            Test::Days(at, order, other, moved) => {
                format!("{} {} {} + {moved}", name(at), sign(*order, holds), name(other))
            }
            Test::Amount(at, order, minor, currency) => {
                format!("{0}_currency == \"{currency}\"\n  {0} {1} {minor}", name(at), sign(*order, holds))
            }
        }
    }
}

/// The machine and the rows.
pub struct Regorus {
    machine: RegoVM,
    rows: Vec<Value>,
}

impl Regorus {
    /// Compiles the terms and takes rows in.
    pub fn new(terms: &Terms, rows: &[Row]) -> Result<Self, Trouble> {
        let policy = policy(terms);
        let mut engine = Engine::new();
        engine.add_policy("peers.rego".to_owned(), policy)?;
        let compiled = engine.compile_with_entrypoint(&Arc::from(ENTRY))?;
        let program = Compiler::compile_from_policy(&compiled, &[ENTRY]).map_err(|error| format!("{error}"))?;
        let mut machine = RegoVM::new();
        machine.load_program(program);
        machine.set_max_instructions(usize::MAX);
        Ok(Self { machine, rows: rows.iter().map(|row| Value::from(object(terms, row))).collect() })
    }
}

fn policy(terms: &Terms) -> String {
    let tongue = Rego { terms, rules: RefCell::default() };
    let mut text = "package peers\n\n".to_owned();
    for (at, program) in terms.programs.iter().enumerate() {
        let (no, yes) = (tongue.program(program, false), tongue.program(program, true));
        text.push_str(&format!("default p{at} := 0\n\np{at} := 2 if {{\n  {no}\n}} else := 1 if {{\n  {yes}\n}}\n\n"));
    }
    let names: Vec<String> = (0..terms.programs.len()).map(|at| format!("p{at}")).collect();
    text.push_str(&format!("verdicts := [{}]\n\n", names.join(", ")));
    text.push_str(&tongue.rules.into_inner().join("\n"));
    text
}

impl ByRow for Regorus {
    fn rows(&self) -> usize {
        self.rows.len()
    }

    fn decide(&mut self, row: usize) -> Result<Verdicts, Trouble> {
        self.machine.set_input(self.rows[row].clone());
        let found = self.machine.execute().map_err(|error| format!("{error}"))?;
        let found = found.as_array()?;
        let mut verdicts = [Verdict::Undetermined; PROGRAMS];
        for (code, verdict) in found.iter().zip(&mut verdicts) {
            *verdict = match code.as_i64()? {
                1 => Verdict::Qualifies,
                2 => Verdict::DoesNotQualify,
                _ => Verdict::Undetermined,
            };
        }
        Ok(verdicts)
    }
}
