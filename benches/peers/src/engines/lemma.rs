//! Lemma through `lemma-engine`: one spec in which every condition and every program is a rule.
//!
//! In: terms and rows. Out: verdicts. Data that is missing vetoes what reads it, and `is veto` turns that into a no. There
//! is no `or`: it becomes a rule with an `unless` a part. Data is handed over as texts, which the engine reads each time.

use std::cell::RefCell;
use std::path::Path;
use std::sync::Arc;

use lemma::{DateTimeValue, Engine, EvaluateDataValue, IndexMap, SourceType};

use crate::peer::{ByRow, PROGRAMS, Trouble, Verdict, Verdicts};
use crate::portfolio::{CURRENCIES, Cell, Row};
use crate::spell::Tongue;
use crate::terms::{Kind, Terms, Test, sign};

const SPEC: &str = "peers";

/// Names of rules, and the rules themselves.
struct Rules<'t> {
    terms: &'t Terms,
    rules: RefCell<Vec<String>>,
}

impl Rules<'_> {
    /// A rule: its answer in principle, and what answers instead in which case; the last case is looked at first.
    fn rule(&self, principle: &str, cases: &[(String, &str)]) -> String {
        let mut rules = self.rules.borrow_mut();
        let name = format!("rule_{}", rules.len());
        let cases: String = cases.iter().map(|(when, then)| format!("  unless {when} then {then}\n")).collect();
        rules.push(format!("rule {name}:\n  {principle}\n{cases}"));
        name
    }

    /// A test on data that all must be known.
    fn known(&self, principle: &str, mut cases: Vec<(String, &'static str)>, fields: &[&str]) -> String {
        cases.extend(fields.iter().map(|field| (format!("{field} is veto"), "false")));
        self.rule(principle, &cases)
    }
}

impl Tongue for Rules<'_> {
    type Said = String;

    fn all(&self, parts: Vec<String>) -> String {
        self.rule(&parts.join(" and "), &[])
    }

    fn any(&self, parts: Vec<String>) -> String {
        self.rule("false", &parts.into_iter().map(|part| (part, "true")).collect::<Vec<_>>())
    }

    fn test(&self, test: &Test, holds: bool) -> String {
        let name = |at: &usize| self.terms.fields[*at].name.as_str();
        let of = |order| match sign(order, holds) {
            "==" => "is",
            "!=" => "is not",
            sign => sign,
        };
        match test {
            Test::Flag(at, value) => self.known(&format!("{} is {}", name(at), *value == holds), Vec::new(), &[name(at)]),
            Test::OneOf(at, words) => {
                let (principle, found) = if holds { ("false", "true") } else { ("true", "false") };
                let cases = words.iter().map(|word| (format!("{} is \"{word}\"", name(at)), found)).collect();
                self.known(principle, cases, &[name(at)])
            }
            Test::Constant(at, order, than) => {
                self.known(&format!("{} {} {than}", name(at), of(*order)), Vec::new(), &[name(at)])
            }
            Test::Days(at, order, other, moved) => {
                let compared = format!("{} {} {} + {moved}", name(at), of(*order), name(other));
                self.known(&compared, Vec::new(), &[name(at), name(other)])
            }
            Test::Amount(at, order, minor, currency) => {
                let (amount, in_currency) = (name(at), format!("{}_currency", name(at)));
                let other = (format!("{in_currency} is not \"{currency}\""), "false");
                self.known(&format!("{amount} {} {minor}", of(*order)), vec![other], &[amount, &in_currency])
            }
        }
    }
}

/// The engine, and the data of each row.
pub struct Lemma {
    engine: Engine,
    programs: Vec<String>,
    day: DateTimeValue,
    rows: Vec<IndexMap<String, EvaluateDataValue>>,
}

impl Lemma {
    /// Plans the terms and takes rows in.
    pub fn new(terms: &Terms, rows: &[Row]) -> Result<Self, Trouble> {
        let mut engine = Engine::new();
        let source = SourceType::Path(Arc::new(Path::new("peers.lemma").to_path_buf()));
        let (text, programs) = spec(terms);
        engine.load([(source, text)]).map_err(|errors| format!("{errors:?}"))?;
        Ok(Self { engine, programs, day: DateTimeValue::now(), rows: rows.iter().map(|row| data(terms, row)).collect() })
    }
}

/// The spec, and the names of the rules that decide programs.
fn spec(terms: &Terms) -> (String, Vec<String>) {
    let mut text = format!("spec {SPEC}\n\n");
    let words = |words: &[String]| words.iter().map(|word| format!("\n  -> option \"{word}\"")).collect::<String>();
    for field in &terms.fields {
        let kind = match &field.kind {
            Kind::Flag => "boolean".to_owned(),
            Kind::Word(all) => format!("text{}", words(all)),
            Kind::Count | Kind::Day | Kind::Amount => "number".to_owned(),
        };
        text.push_str(&format!("data {}: {kind}\n", field.name));
        if field.kind == Kind::Amount {
            text.push_str(&format!("data {}_currency: text{}\n", field.name, words(&CURRENCIES.map(str::to_owned))));
        }
    }
    let tongue = Rules { terms, rules: RefCell::default() };
    let rule = |program| {
        let (no, yes) = (tongue.program(program, false), tongue.program(program, true));
        tongue.rule("0", &[(yes, "1"), (no, "2")])
    };
    let programs = terms.programs.iter().map(rule).collect();
    for rule in tongue.rules.into_inner() {
        text.push('\n');
        text.push_str(&rule);
    }
    (text, programs)
}

/// A row as data, without what is missing.
fn data(terms: &Terms, row: &Row) -> IndexMap<String, EvaluateDataValue> {
    let mut data = IndexMap::new();
    for (field, cell) in terms.fields.iter().zip(row) {
        let value = match (cell, &field.kind) {
            (Cell::Word(at), Kind::Word(words)) => EvaluateDataValue::string(words[*at].as_str()),
            (Cell::Flag(flag), _) => EvaluateDataValue::Boolean(*flag),
            (Cell::Number(number), _) => EvaluateDataValue::string(number.to_string()),
            (Cell::Amount(minor, currency), _) => {
                data.insert(format!("{}_currency", field.name), EvaluateDataValue::string(CURRENCIES[*currency]));
                EvaluateDataValue::string(minor.to_string())
            }
            (Cell::Missing | Cell::Word(_), _) => continue,
        };
        data.insert(field.name.clone(), value);
    }
    data
}

impl ByRow for Lemma {
    fn rows(&self) -> usize {
        self.rows.len()
    }

    fn decide(&mut self, row: usize) -> Result<Verdicts, Trouble> {
        let data = self.rows[row].clone();
        let answer = self.engine.evaluate(None, SPEC, Some(&self.day), data, Some(&self.programs), false);
        let answer = answer.map_err(|error| error.to_string())?;
        let mut verdicts = [Verdict::Undetermined; PROGRAMS];
        for (program, verdict) in self.programs.iter().zip(&mut verdicts) {
            *verdict = match answer.results.get(program).and_then(|found| found.result()) {
                Some("1") => Verdict::Qualifies,
                Some("2") => Verdict::DoesNotQualify,
                Some("0") => Verdict::Undetermined,
                other => return Err(format!("a program came to {other:?}").into()),
            };
        }
        Ok(verdicts)
    }
}
