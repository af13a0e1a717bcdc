//! DuckDB and Polars, in a Python process of their own that keeps its rows between rounds.
//!
//! In: terms as JSON and rows as CSV, both written beside the build. Out: verdicts, and the CPU time that the process
//! measured for itself. Owns the files and the pipes; the engines' own words are in `peer.py`.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use ::accredit::value::parse_day;
use serde_json::{Value, json};

use crate::peer::{PROGRAMS, Peer, Tally, Trouble, Verdict, Verdicts};
use crate::portfolio::{CURRENCIES, Cell, Row};
use crate::terms::{Kind, Terms, Test, When, sign};

/// An engine in its process.
pub struct Python {
    process: Child,
    /// Closed to end the process.
    told: Option<ChildStdin>,
    says: BufReader<ChildStdout>,
    rows: usize,
}

impl Python {
    /// Writes terms and rows, and waits until the engine has read them.
    pub fn new(engine: &str, terms: &Terms, rows: &[Row]) -> Result<Self, Trouble> {
        let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let python =
            std::env::var_os("ACCREDIT_PEERS_PYTHON").map_or_else(|| here.join("target/python/bin/python"), PathBuf::from);
        if !python.exists() {
            return Err(format!("there is no Python at {}; see the README", python.display()).into());
        }
        let folder = tempfile::tempdir()?;
        let (terms_file, rows_file) = (folder.path().join("terms.json"), folder.path().join("rows.csv"));
        std::fs::write(&terms_file, json_of(terms).to_string())?;
        std::fs::write(&rows_file, csv_of(terms, rows))?;
        let mut process = Command::new(python)
            .arg(here.join("peer.py"))
            .args([engine.as_ref(), terms_file.as_os_str(), rows_file.as_os_str()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (told, says) = process.stdin.take().zip(process.stdout.take()).ok_or("no pipes to the process")?;
        let mut peer = Self { process, told: Some(told), says: BufReader::new(says), rows: rows.len() };
        match peer.hear()?.as_str() {
            "ready" => Ok(peer),
            other => Err(format!("the process says `{other}`").into()),
        }
    }

    fn hear(&mut self) -> Result<String, Trouble> {
        let mut line = String::new();
        if self.says.read_line(&mut line)? == 0 {
            return Err("the process ended".into());
        }
        Ok(line.trim_end().to_owned())
    }

    fn ask(&mut self, word: &str) -> Result<String, Trouble> {
        writeln!(self.told.as_mut().ok_or("the process was told to end")?, "{word}")?;
        self.hear()
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        // It ends by itself once nothing more can be asked, so that whoever counts its instructions can say how many.
        drop(self.told.take());
        let _ = self.process.wait();
    }
}

impl Peer for Python {
    fn rows(&self) -> usize {
        self.rows
    }

    fn verdicts(&mut self) -> Result<Vec<Verdicts>, Trouble> {
        let codes = self.ask("verdicts")?.into_bytes();
        let verdict = |code: u8| match code {
            b'0' => Ok(Verdict::Undetermined),
            b'1' => Ok(Verdict::Qualifies),
            b'2' => Ok(Verdict::DoesNotQualify),
            other => Err(format!("the process says verdict {other}")),
        };
        let mut rows = vec![Verdicts::default(); codes.len() / PROGRAMS];
        for (place, code) in rows.iter_mut().flatten().zip(codes) {
            *place = verdict(code)?;
        }
        Ok(rows)
    }

    fn pass(&mut self) -> Result<(Tally, f64), Trouble> {
        let line = self.ask("pass")?;
        let [open, yes, no, took] = line.split(' ').collect::<Vec<_>>()[..] else {
            return Err(format!("the process says `{line}`").into());
        };
        Ok(([open.parse()?, yes.parse()?, no.parse()?], took.parse()?))
    }
}

/// The terms as `peer.py` reads them.
fn json_of(terms: &Terms) -> Value {
    let columns = terms.fields.iter().flat_map(|field| {
        let name = &field.name;
        match &field.kind {
            Kind::Flag => vec![json!({ "name": name, "kind": "flag" })],
            Kind::Word(words) => vec![json!({ "name": name, "kind": "word", "words": words })],
            Kind::Count => vec![json!({ "name": name, "kind": "count" })],
            Kind::Day => vec![json!({ "name": name, "kind": "day" })],
            Kind::Amount => vec![
                json!({ "name": name, "kind": "amount" }),
                json!({ "name": format!("{name}_currency"), "kind": "word", "words": CURRENCIES }),
            ],
        }
    });
    let programs = terms.programs.iter().map(|program| {
        let requirements: Vec<Value> = program.requirements.iter().map(|one| when(terms, one)).collect();
        json!({ "name": program.name, "requirements": requirements })
    });
    json!({
        "columns": columns.collect::<Vec<_>>(),
        "programs": programs.collect::<Vec<_>>(),
        "epoch": parse_day("1970-01-01"),
    })
}

fn when(terms: &Terms, condition: &When) -> Value {
    let parts = |parts: &[When]| parts.iter().map(|part| when(terms, part)).collect::<Vec<_>>();
    let name = |at: &usize| &terms.fields[*at].name;
    match condition {
        When::All(all) => json!({ "all": parts(all) }),
        When::Any(any) => json!({ "any": parts(any) }),
        When::Not(inner) => json!({ "not": when(terms, inner) }),
        When::Test(Test::Flag(at, value)) => json!({ "field": name(at), "flag": value }),
        When::Test(Test::OneOf(at, words)) => json!({ "field": name(at), "words": words }),
        When::Test(Test::Constant(at, order, than)) => {
            let day = terms.fields[*at].kind == Kind::Day;
            json!({ "field": name(at), "sign": sign(*order, true), "than": than, "day": day })
        }
        When::Test(Test::Days(at, order, other, moved)) => {
            json!({ "field": name(at), "sign": sign(*order, true), "other": name(other), "moved": moved })
        }
        When::Test(Test::Amount(at, order, minor, currency)) => {
            json!({ "field": name(at), "sign": sign(*order, true), "than": minor, "currency": currency })
        }
    }
}

/// The rows as `peer.py` reads them: days as numbers, an amount as two cells.
fn csv_of(terms: &Terms, rows: &[Row]) -> String {
    let mut text = String::new();
    let headers = terms.fields.iter().flat_map(|field| match field.kind {
        Kind::Amount => vec![field.name.clone(), format!("{}_currency", field.name)],
        _ => vec![field.name.clone()],
    });
    text.push_str(&headers.collect::<Vec<_>>().join(","));
    for row in rows {
        for (at, (field, cell)) in terms.fields.iter().zip(row).enumerate() {
            text.push(if at == 0 { '\n' } else { ',' });
            let written = match (cell, &field.kind) {
                (Cell::Missing, Kind::Amount) => write!(text, ","),
                (Cell::Word(at), Kind::Word(words)) => write!(text, "{}", words[*at]),
                (Cell::Flag(flag), _) => write!(text, "{flag}"),
                (Cell::Number(number), _) => write!(text, "{number}"),
                (Cell::Amount(minor, currency), _) => write!(text, "{minor},{}", CURRENCIES[*currency]),
                (Cell::Missing | Cell::Word(_), _) => Ok(()),
            };
            written.expect("memory takes it");
        }
    }
    text.push('\n');
    text
}
