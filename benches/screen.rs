//! How long tables take, stage by stage, on one core: million rows a second of one thread.
//!
//! In: the rules of this repository and drawn accounts of which half the facts are missing. Out: rates.
//! Owns no bound: it prints, it never fails. `ACCREDIT_ROWS` sets how many rows are drawn.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a benchmark that cannot start has nothing to measure"
)]

use std::hint::black_box;
use std::num::NonZeroUsize;
use std::sync::Arc;

use accredit::RuleSet;
use accredit::facts::Facts;
use accredit::program::{At, Program, Subject, Type};
use accredit::screen::columns::Engine;
use accredit::screen::join::Join;
use accredit::screen::read::{CsvTable, ParquetTable};
use accredit::screen::write::ParquetPart;
use accredit::screen::{CellReader, Cells, Encoding, Field, Job, Layout, Mapping, Names, Screener, Shape, Table};
use accredit::syntax::DecisionKind;
use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_schema::{DataType, Field as ArrowField, Schema};
use parquet::arrow::ArrowWriter;

/// Facts that a portfolio table has: as many columns as a spreadsheet of an agency.
const COLUMNS: usize = 28;

/// splitmix64, so that every run draws the same accounts.
struct Draw(u64);

impl Draw {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        ((z ^ (z >> 29)) % n as u64) as usize
    }

    fn cell(&mut self, ty: &Type) -> String {
        let day = |draw: &mut Self| accredit::value::day_text(739_500 + draw.below(200) as i64);
        match ty {
            Type::Bool => ["yes", "no"][self.below(2)].to_owned(),
            Type::Date { .. } => day(self),
            Type::Money => format!("{}.{:02} USD", self.below(3_000), self.below(100)),
            Type::Integer => self.below(400).to_string(),
            Type::Decimal => format!("{}.{}", self.below(6), self.below(10)),
            Type::Percent => format!("{}%", 1 + self.below(100)),
            Type::Country => ["US", "DE", "TH", "CA", "JP"][self.below(5)].to_owned(),
            Type::Currency => ["USD", "EUR", "THB"][self.below(3)].to_owned(),
            Type::Enum(words) => words[self.below(words.len())].clone(),
            Type::Text | Type::Set(_) => String::new(),
        }
    }
}

fn rules() -> RuleSet {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/tiktok");
    let files = std::fs::read_dir(folder).expect("the rules folder").map(|entry| entry.expect("an entry").path());
    let files = files.filter(|path| path.extension().is_some_and(|ending| ending == "terms"));
    let texts = files.map(|path| (path.to_string_lossy().into_owned(), std::fs::read_to_string(&path).expect("a rule file")));
    RuleSet::read(texts.collect()).expect("the rules of this repository are sound")
}

/// Headers and rows.
fn table(program: &Program, rows: usize) -> (Vec<String>, Vec<Vec<String>>) {
    let single = program.slots.iter().filter(|slot| slot.at == At::Single).map(|slot| &program.facts[slot.fact.0 as usize]);
    let plain = |ty: &Type| !matches!(ty, Type::Text | Type::Set(_));
    let linked = |name: &str| ["code.", "shop.performance"].iter().any(|start| name.starts_with(start));
    let facts = single.filter(|fact| fact.name != "as_of" && !fact.identifies && plain(&fact.ty) && !linked(&fact.name));
    let facts: Vec<_> = facts.filter(|fact| fact.computed.is_none() && fact.implies.is_empty()).take(COLUMNS).collect();
    let mut draw = Draw(7);
    let row = |draw: &mut Draw| {
        facts.iter().map(|fact| if draw.below(2) == 0 { String::new() } else { draw.cell(&fact.ty) }).collect()
    };
    (facts.iter().map(|fact| fact.name.clone()).collect(), (0..rows).map(|_| row(&mut draw)).collect())
}

/// CPU seconds of this process.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or("").split(' ').collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}

fn rate(name: &str, rows: usize, mut run: impl FnMut()) {
    run();
    let (mut times, from) = (0, cpu());
    while cpu() - from < 1.0 {
        run();
        times += 1;
    }
    println!("{name:<44} {:>8.3} million rows a CPU second", (rows * times) as f64 / (cpu() - from) / 1e6);
}

fn main() {
    let rows = std::env::var("ACCREDIT_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(65_536);
    let rules = rules();
    let program = rules.program();
    let (headers, cells) = table(program, rows);
    let layout = Layout::new(program, &Names::of(program, None), &headers, &Mapping::default()).expect("facts are facts");
    let decisions = |credits: bool| -> Vec<usize> {
        let all = program.decisions.iter().enumerate().filter(|(_, one)| one.subject == Subject::Account);
        all.filter(|(_, one)| !credits || one.kind == DecisionKind::Credit).map(|(at, _)| at).collect()
    };
    let shape = |fields: Vec<Field>| Shape {
        long: false,
        decisions: decisions(true),
        fields,
        verdicts: Vec::new(),
        carried: Vec::new(),
        files: false,
    };
    let csv = {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(&headers).expect("memory takes it");
        cells.iter().for_each(|row| writer.write_record(row).expect("memory takes it"));
        writer.into_inner().expect("memory takes it")
    };
    let parquet = parquet(&headers, &cells);
    let raw = Cells {
        first: 1,
        rows: cells.iter().map(|row| csv::ByteRecord::from(row.iter().map(String::as_str).collect::<Vec<_>>())).collect(),
        numbers: Vec::new(),
    };
    let mut reader = CellReader::new(program, &rules.plan, &rules.reader, &layout, Some(739_600));
    let decoded = reader.decode(&raw);
    println!(
        "{rows} rows, {} columns, {} credits, {} decisions, one thread\n",
        headers.len(),
        decisions(true).len(),
        decisions(false).len()
    );
    for (name, credits) in [("decided in memory, credits", true), ("decided in memory, every decision", false)] {
        let engine = Engine::new(program, &rules.plan, decisions(credits));
        let mut workspace = engine.workspace(Facts::new(program, 0));
        rate(name, rows, || {
            for strip in 0..decoded.batch.strips() {
                engine.decide(&decoded.batch, strip, &mut workspace);
                black_box(workspace.decided());
            }
        });
    }
    let all = vec![Field::Verdict, Field::Reward, Field::Reasons, Field::Why, Field::Next, Field::Deadline];
    for (name, fields) in [("with masks", vec![Field::Verdict, Field::Masks]), ("with reasons in words", all.clone())] {
        let shape = shape(fields);
        let mut screener = Screener::new(program, &rules.plan, &shape);
        rate(name, rows, || drop(black_box(screener.screen(&decoded))));
    }
    let verdicts = shape(vec![Field::Verdict]);
    let job = |encoding| Job {
        rules: &rules,
        layouts: std::slice::from_ref(&layout),
        sides: &[],
        shape: &verdicts,
        encoding,
        as_of: Some(739_600),
        threads: NonZeroUsize::MIN,
        skip: 0,
    };
    let names = verdicts.headers(program);
    let mut screener = Screener::new(program, &rules.plan, &verdicts);
    let blank = screener.screen(&reader.decode(&Cells::default())).0;
    let run = |encoding: Encoding, table: Table<std::fs::File>| {
        let mut bytes = 0;
        job(encoding)
            .run(vec![table], Join::Nothing, &mut |encoded| {
                bytes += encoded.bytes.len();
                Ok(())
            })
            .expect("memory is read and written");
        black_box(bytes);
    };
    rate("CSV in, verdicts as CSV", rows, || {
        let table = CsvTable::open(Box::new(std::io::Cursor::new(csv.clone())), None, &|_| false).expect("it is CSV");
        run(Encoding::Csv(b','), Table::Csv(table));
    });
    rate("Parquet in, verdicts in memory", rows, || {
        run(Encoding::Columns, Table::Parquet(ParquetTable::open(parquet_file(&parquet)).expect("it is Parquet")));
    });
    rate("Parquet in, verdicts as Parquet", rows, || {
        let part = ParquetPart::new(&names, &blank);
        run(Encoding::Parquet(part), Table::Parquet(ParquetTable::open(parquet_file(&parquet)).expect("it is Parquet")));
    });
}

fn parquet(headers: &[String], cells: &[Vec<String>]) -> bytes::Bytes {
    let columns: Vec<ArrayRef> = (0..headers.len())
        .map(|at| {
            let cells = cells.iter().map(|row| Some(row[at].as_str()).filter(|cell| !cell.is_empty()));
            Arc::new(cells.collect::<StringArray>()) as ArrayRef
        })
        .collect();
    let fields: Vec<ArrowField> = headers.iter().map(|name| ArrowField::new(name, DataType::Utf8, true)).collect();
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns).expect("columns of one length");
    let mut writer = ArrowWriter::try_new(Vec::new(), schema, None).expect("memory takes it");
    writer.write(&batch).expect("memory takes it");
    writer.into_inner().expect("memory takes it").into()
}

/// The bytes as a file without a name.
fn parquet_file(bytes: &bytes::Bytes) -> std::fs::File {
    use std::io::{Seek as _, Write as _};
    let mut file = tempfile::tempfile().expect("a scratch file");
    file.write_all(bytes).expect("the disk takes it");
    file.rewind().expect("a file can be read again");
    file
}
