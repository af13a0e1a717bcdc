//! How long tables take, stage by stage: million rows a CPU second of one thread.
//!
//! In: the terms and the portfolio of `benches/peers` (6 programs, 42 conditions, 28 columns, half of the facts missing), and
//! the rules of this repository. Out: rates.
//! Owns no bound: it prints, it never fails. `benches/instructions` counts instructions of the same stages.
//!
//! With `ACCREDIT_STAGE=name` and `ACCREDIT_TIMES=n` one stage runs n times and nothing is measured, for callgrind;
//! `ACCREDIT_ROWS` sets how many rows are drawn.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a benchmark that cannot start has nothing to measure"
)]

#[path = "../peers/src/portfolio.rs"]
mod portfolio;
mod tables;
#[path = "../peers/src/terms.rs"]
#[allow(dead_code, reason = "the benchmark of peers asks more of the terms")]
mod terms;

use std::hint::black_box;
use std::num::NonZeroUsize;
use std::time::Instant;

use accredit::RuleSet;
use accredit::facts::Facts;
use accredit::program::{Program, Subject, Verdict};
use accredit::screen::columns::{Engine, ROWS, Workspace};
use accredit::screen::join::Join;
use accredit::screen::read::{CsvTable, ParquetTable, Raw, XlsxTable, arrow_columns};
use accredit::screen::write::ParquetPart;
use accredit::screen::{
    CellReader, Decoded, Encoding, FIELDS, Field, Job, Layout, Mapping, Names, PARQUET_CHUNK, Screener, Shape, Table,
};
use accredit::value::parse_day;
use bytes::Bytes;
use tables::Tables;

/// The day of the check.
const AS_OF: &str = "2026-04-02";

/// Every stage, with what is printed.
const STAGES: [(&str, &str); 10] = [
    ("memory", "decided in memory"),
    ("masks", "with masks"),
    ("words", "with reasons in words"),
    ("parquet", "Parquet in, verdicts in memory"),
    ("parquet_out", "Parquet in, verdicts as Parquet"),
    ("csv", "CSV in, verdicts as CSV"),
    ("ndjson", "NDJSON in, verdicts as NDJSON"),
    ("xlsx", "XLSX in, verdicts as CSV"),
    ("library", "whole library, from Parquet"),
    ("library_wide", "whole library, from Parquet, a column a fact"),
];

/// Rules with a portfolio for them.
struct Workload {
    rules: RuleSet,
    tables: Tables,
    /// Every decision about accounts.
    decisions: Vec<usize>,
}

impl Workload {
    fn new(rules: RuleSet, tables: impl FnOnce(&RuleSet) -> Tables) -> Self {
        let all = rules.program().decisions.iter().enumerate();
        let decisions = all.filter(|(_, one)| one.subject == Subject::Account).map(|(at, _)| at).collect();
        Self { tables: tables(&rules), rules, decisions }
    }

    /// The terms of the benchmark of peers.
    fn peers(rows: usize) -> Self {
        let text = include_str!("../peers/rules/peers.terms").to_owned();
        let rules = RuleSet::read(vec![("peers.terms".to_owned(), text)]).expect("the terms are sound");
        Self::new(rules, |rules| Tables::of_terms(&terms::Terms::of(rules, as_of()), rules.program(), rows))
    }

    /// The rules of this repository, with so many columns.
    fn library(rows: usize, columns: usize) -> Self {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/tiktok");
        let files = std::fs::read_dir(folder).expect("the rules folder").map(|entry| entry.expect("an entry").path());
        let files = files.filter(|path| path.extension().is_some_and(|ending| ending == "terms"));
        let text = |path: std::path::PathBuf| {
            (path.to_string_lossy().into_owned(), std::fs::read_to_string(&path).expect("a rule file"))
        };
        let rules = RuleSet::read(files.map(text).collect()).expect("the rules of this repository are sound");
        Self::new(rules, |rules| Tables::of_facts(rules.program(), as_of(), rows, columns))
    }

    fn program(&self) -> &Program {
        self.rules.program()
    }

    fn layout(&self, headers: &[String]) -> Layout {
        Layout::new(self.program(), &Names::of(self.program(), None), headers, &Mapping::default()).expect("facts are facts")
    }

    fn shape(&self, fields: Vec<Field>) -> Shape {
        let decisions = self.decisions.clone();
        Shape { long: false, decisions, fields, verdicts: Vec::new(), carried: Vec::new(), files: false }
    }

    /// What is decided of a batch, and counted.
    fn decide(&self, engine: &Engine<'_>, workspace: &mut Workspace, decoded: &Decoded) {
        for strip in 0..decoded.batch.strips() {
            engine.decide(&decoded.batch, strip, workspace);
            for decided in workspace.decided() {
                black_box(decided.rows_of(Verdict::Qualifies).count() + decided.rows_of(Verdict::DoesNotQualify).count());
            }
        }
    }

    fn engine(&self) -> (Engine<'_>, Workspace) {
        let engine = Engine::new(self.program(), &self.rules.plan, self.decisions.clone());
        let workspace = engine.workspace(Facts::new(self.program(), as_of()));
        (engine, workspace)
    }

    /// Takes each batch of a Parquet file as facts.
    fn each_decoded(&self, file: &Bytes, layout: &Layout, take: &mut dyn FnMut(Decoded)) {
        let mut cells = CellReader::new(self.program(), &self.rules.plan, &self.rules.reader, layout, Some(as_of()));
        let table = ParquetTable::open(file.clone()).expect("it is Parquet");
        let read = table.each(layout, ROWS, &mut |raw| {
            if let Raw::Arrow(first, rows) = &raw {
                let mut decoded = arrow_columns(&mut cells, *first, rows);
                cells.finish(&mut decoded);
                take(decoded);
            }
            true
        });
        read.expect("memory is read");
    }

    /// A whole run, as the command makes it.
    fn run(&self, layout: &Layout, encoding: impl Fn(&Shape) -> Encoding, threads: usize, table: Table<std::fs::File>) {
        let shape = self.shape(vec![Field::Verdict]);
        let job = Job {
            rules: &self.rules,
            layouts: std::slice::from_ref(layout),
            sides: &[],
            shape: &shape,
            encoding: encoding(&shape),
            as_of: Some(as_of()),
            threads: NonZeroUsize::new(threads).unwrap_or(NonZeroUsize::MIN),
            skip: 0,
        };
        let mut bytes = 0;
        let write = &mut |encoded: accredit::screen::Encoded| {
            bytes += encoded.bytes.len();
            Ok(())
        };
        job.run(vec![table], Join::Nothing, write).expect("memory is read and written");
        black_box(bytes);
    }
}

/// Makes a stage ready: whoever calls it runs it once over all rows.
fn stage<'w>(name: &str, work: &'w Workload) -> Box<dyn FnMut() + 'w> {
    let typed = || {
        let file = work.tables.parquet();
        let layout = work.layout(&work.tables.headers());
        (file, layout)
    };
    let in_memory = || {
        let ((file, layout), mut all) = (typed(), Vec::new());
        work.each_decoded(&file, &layout, &mut |decoded| all.push(decoded));
        all
    };
    match name {
        "memory" => {
            let (batches, (engine, mut workspace)) = (in_memory(), work.engine());
            Box::new(move || batches.iter().for_each(|batch| work.decide(&engine, &mut workspace, batch)))
        }
        "masks" | "words" => {
            let all = FIELDS.iter().map(|(field, _)| *field).filter(|field| *field != Field::Masks).collect();
            let fields = if name == "masks" { vec![Field::Verdict, Field::Masks] } else { all };
            let (batches, shape): (_, &Shape) = (in_memory(), Box::leak(Box::new(work.shape(fields))));
            let mut screener = Screener::new(work.program(), &work.rules.plan, shape);
            Box::new(move || batches.iter().for_each(|batch| drop(black_box(screener.screen(batch)))))
        }
        "parquet" | "library" | "library_wide" => {
            let ((file, layout), (engine, mut workspace)) = (typed(), work.engine());
            Box::new(move || {
                work.each_decoded(&file, &layout, &mut |decoded| work.decide(&engine, &mut workspace, &decoded));
            })
        }
        "parquet_out" | "two" => {
            let ((file, layout), threads) = (typed(), if name == "two" { 2 } else { 1 });
            let mut cells = CellReader::new(work.program(), &work.rules.plan, &work.rules.reader, &layout, Some(as_of()));
            let blank = cells.decode(&accredit::screen::Cells::default());
            let part = move |shape: &Shape| {
                let mut screener = Screener::new(work.program(), &work.rules.plan, shape);
                Encoding::Parquet(ParquetPart::new(&shape.headers(work.program()), &screener.screen(&blank).0))
            };
            Box::new(move || {
                let table = ParquetTable::open(scratch(&file)).expect("it is Parquet");
                work.run(&layout, &part, threads, Table::Parquet(table));
            })
        }
        "csv" => {
            let (file, layout) = (work.tables.csv(), work.layout(&work.tables.headers()));
            Box::new(move || {
                let table = CsvTable::open(Box::new(std::io::Cursor::new(file.clone())), None, &|_| false);
                work.run(&layout, |_| Encoding::Csv(b','), 1, Table::Csv(table.expect("it is CSV")));
            })
        }
        "ndjson" => {
            let (file, layout) = (work.tables.ndjson(), work.layout(&[]));
            let names = |shape: &Shape| Encoding::Ndjson(shape.headers(work.program()));
            Box::new(move || work.run(&layout, names, 1, Table::lines(Box::new(std::io::Cursor::new(file.clone())))))
        }
        "xlsx" => {
            let (file, layout) = (work.tables.xlsx(), work.layout(&work.tables.headers()));
            Box::new(move || {
                let table = XlsxTable::open(scratch(&file), None, "accounts", &|_| true).expect("it is a workbook");
                work.run(&layout, |_| Encoding::Csv(b','), 1, Table::Xlsx(table));
            })
        }
        other => panic!("no stage is called {other}"),
    }
}

/// Bytes as a file without a name.
fn scratch(bytes: &Bytes) -> std::fs::File {
    use std::io::{Seek as _, Write as _};
    let mut file = tempfile::tempfile().expect("a scratch file");
    file.write_all(bytes).expect("the disk takes it");
    file.rewind().expect("a file can be read again");
    file
}

/// The rules and rows of a stage.
fn workload(stage: &str, rows: usize) -> Workload {
    match stage {
        "library" => Workload::library(rows, 28),
        "library_wide" => Workload::library(rows, usize::MAX),
        _ => Workload::peers(rows),
    }
}

fn as_of() -> i64 {
    parse_day(AS_OF).expect("it is a day")
}

/// CPU seconds of this process.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or("").split(' ').collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}

/// Runs in a second of CPU time.
fn rate(run: &mut dyn FnMut()) -> f64 {
    run();
    let (mut times, from) = (0, cpu());
    while cpu() - from < 1.0 {
        run();
        times += 1;
    }
    f64::from(times) / (cpu() - from)
}

fn main() {
    let rows = std::env::var("ACCREDIT_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(131_072);
    if let Ok(name) = std::env::var("ACCREDIT_STAGE") {
        let times: u32 = std::env::var("ACCREDIT_TIMES").ok().and_then(|times| times.parse().ok()).unwrap_or(1);
        let work = workload(&name, rows);
        let mut run = stage(&name, &work);
        (0..times).for_each(|_| run());
        return;
    }
    for (name, told) in STAGES {
        let work = workload(name, rows);
        let (columns, decisions) = (work.tables.headers().len(), work.decisions.len());
        let rate = rate(&mut *stage(name, &work)) * rows as f64 / 1e6;
        println!("{told:<46} {rate:>8.3} million rows a CPU second ({columns} columns, {decisions} decisions)");
    }
    // A chunk is the unit in which threads share work, and a table has many.
    let work = workload("parquet_out", rows.max(16 * PARQUET_CHUNK));
    let (mut one, mut two) = (stage("parquet_out", &work), stage("two", &work));
    let wall = |run: &mut dyn FnMut()| {
        let start = Instant::now();
        run();
        start.elapsed().as_secs_f64()
    };
    // In turns, so that both see the same machine; the best of each.
    let best = (0..5).fold([f64::MAX; 2], |best, _| [best[0].min(wall(&mut *one)), best[1].min(wall(&mut *two))]);
    println!("{:<46} {:>8.2} times as fast by the clock", "two threads against one, Parquet in and out", best[0] / best[1]);
}
