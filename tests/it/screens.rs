//! `screen`: the same answers as `check`, from every format, in every format, with any number of threads, killed or not.
//!
//! In: accounts drawn from the vocabulary, written as tables of every format. Out: no difference to one account alone.
//! Owns the tables. Never compares times.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use accredit::RuleSet;
use accredit::eval::{Workspace, run};
use accredit::facts::Format;
use accredit::program::{At, Lane, NO_EVENT, Program, Type};
use accredit::source::FileId;
use arrow_array::builder::{BooleanBuilder, Date32Builder, StringBuilder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;

use crate::command::{accredit, said, scratch};
use crate::library::shipped;
use crate::random::{Rng, seed};

/// How many times a run is killed and goes on.
fn kills() -> usize {
    std::env::var("ACCREDIT_KILLS").ok().and_then(|count| count.parse().ok()).unwrap_or(3)
}

/// Columns of a table in which runs are killed.
const KILLED_COLUMNS: usize = 24;

/// Facts of the account, with their types, apart from those that name it.
fn facts(program: &Program) -> Vec<(String, Type)> {
    let single = program.slots.iter().filter(|slot| slot.at == At::Single);
    let facts = single.map(|slot| &program.facts[slot.fact.0 as usize]).filter(|fact| !fact.identifies && fact.name != "as_of");
    facts.map(|fact| (fact.name.clone(), fact.ty.clone())).collect()
}

/// A value as a table writes it.
pub fn value(ty: &Type, rng: &mut Rng) -> String {
    let day = |rng: &mut Rng| accredit::value::day_text(rng.between(739_500, 739_700));
    match ty {
        Type::Bool => (*rng.pick(&["yes", "no"])).to_owned(),
        Type::Date { optional } if *optional && rng.chance(20) => "none".to_owned(),
        Type::Date { .. } => day(rng),
        Type::Money => format!("{}.{:02} {}", rng.below(3_000), rng.below(100), rng.pick(&["USD", "USD", "EUR"])),
        Type::Integer => rng.below(400).to_string(),
        Type::Decimal => format!("{}.{}", rng.below(6), rng.below(10)),
        Type::Percent => format!("{}%", 1 + rng.below(100)),
        Type::Text => (*rng.pick(&["one", "two"])).to_owned(),
        Type::Country => (*rng.pick(&["US", "DE", "TH", "CA", "JP"])).to_owned(),
        Type::Currency => (*rng.pick(&["USD", "EUR", "THB"])).to_owned(),
        Type::Enum(words) => rng.pick(words).clone(),
        Type::Set(words) => {
            let some: Vec<&str> = words.iter().filter(|_| rng.chance(40)).map(String::as_str).collect();
            format!("[{}]", some.join(", "))
        }
    }
}

/// Drawn accounts: a cell a fact, empty where it is not known.
pub struct Drawn {
    pub facts: Vec<(String, Type)>,
    pub rows: Vec<Vec<String>>,
}

pub const AS_OF: &str = "2026-03-20";

impl Drawn {
    pub fn new(program: &Program, rows: usize, rng: &mut Rng) -> Self {
        let facts = facts(program);
        let row = |rng: &mut Rng| {
            let absent = *rng.pick(&[10, 50, 90, 99]);
            facts.iter().map(|(_, ty)| if rng.chance(absent) { String::new() } else { value(ty, rng) }).collect()
        };
        let rows = (0..rows).map(|_| row(rng)).collect();
        Self { facts, rows }
    }

    fn csv(&self) -> Vec<u8> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(std::iter::once("account.id").chain(self.facts.iter().map(|(name, _)| name.as_str()))).unwrap();
        for (row, at) in self.rows.iter().zip(1..) {
            writer.write_record(std::iter::once(format!("a{at}")).chain(row.iter().cloned())).unwrap();
        }
        writer.into_inner().unwrap()
    }

    pub fn document(&self, at: usize) -> String {
        let mut object = serde_json::Map::new();
        object.insert("as_of".to_owned(), AS_OF.into());
        object.insert("account.id".to_owned(), format!("a{}", at + 1).into());
        for ((name, ty), cell) in self.facts.iter().zip(&self.rows[at]).filter(|(_, cell)| !cell.is_empty()) {
            let value = match ty {
                Type::Set(_) => {
                    cell.trim_matches(['[', ']']).split(", ").filter(|word| !word.is_empty()).collect::<Vec<_>>().into()
                }
                Type::Integer => cell.parse::<u64>().unwrap().into(),
                _ => cell.clone().into(),
            };
            object.insert(name.clone(), value);
        }
        serde_json::Value::Object(object).to_string()
    }

    fn ndjson(&self) -> Vec<u8> {
        (0..self.rows.len()).flat_map(|at| format!("{}\n", self.document(at)).into_bytes()).collect()
    }

    /// Days and truths in columns of their own types, all else as texts.
    fn parquet(&self) -> Vec<u8> {
        let ids: ArrayRef =
            Arc::new(arrow_array::StringArray::from_iter_values((1..=self.rows.len()).map(|at| format!("a{at}"))));
        let mut columns = vec![(Field::new("account.id", DataType::Utf8, false), ids)];
        for ((name, ty), at) in self.facts.iter().zip(0..) {
            let cells = || self.rows.iter().map(|row| Some(row[at].as_str()).filter(|cell| !cell.is_empty()));
            let (ty, array): (DataType, ArrayRef) = match ty {
                Type::Bool => {
                    let mut builder = BooleanBuilder::new();
                    cells().for_each(|cell| builder.append_option(cell.map(|cell| cell == "yes")));
                    (DataType::Boolean, Arc::new(builder.finish()))
                }
                Type::Date { optional: false } => {
                    let mut builder = Date32Builder::new();
                    let day = |cell| (accredit::value::parse_day(cell).unwrap() - 719_163) as i32;
                    cells().for_each(|cell| builder.append_option(cell.map(day)));
                    (DataType::Date32, Arc::new(builder.finish()))
                }
                _ => {
                    let mut builder = StringBuilder::new();
                    cells().for_each(|cell| builder.append_option(cell));
                    (DataType::Utf8, Arc::new(builder.finish()))
                }
            };
            columns.push((Field::new(name, ty, true), array));
        }
        let schema = Arc::new(Schema::new(columns.iter().map(|(field, _)| field.clone()).collect::<Vec<_>>()));
        let batch = RecordBatch::try_new(Arc::clone(&schema), columns.into_iter().map(|(_, array)| array).collect()).unwrap();
        let mut writer = ArrowWriter::try_new(Vec::new(), schema, None).unwrap();
        writer.write(&batch).unwrap();
        writer.into_inner().unwrap()
    }

    fn xlsx(&self) -> Vec<u8> {
        let mut book = rust_xlsxwriter::Workbook::new();
        let date = rust_xlsxwriter::Format::new().set_num_format("dd.mm.yyyy");
        let sheet = book.add_worksheet();
        sheet.write_string(2, 1, "account.id").unwrap();
        for ((name, ty), column) in self.facts.iter().zip(2_u16..) {
            sheet.write_string(2, column, name).unwrap();
            for (row, at) in self.rows.iter().zip(3_u32..) {
                let cell = &row[usize::from(column) - 2];
                match ty {
                    _ if cell.is_empty() => {}
                    Type::Date { .. } if cell != "none" => {
                        let day = accredit::value::parse_day(cell).unwrap() - 693_594;
                        let day = rust_xlsxwriter::ExcelDateTime::from_serial_datetime(day as f64).unwrap();
                        sheet.write_datetime_with_format(at, column, &day, &date).unwrap();
                    }
                    Type::Integer | Type::Decimal => {
                        sheet.write_number(at, column, cell.parse::<f64>().unwrap()).unwrap();
                    }
                    Type::Bool => {
                        sheet.write_boolean(at, column, cell == "yes").unwrap();
                    }
                    _ => {
                        sheet.write_string(at, column, cell).unwrap();
                    }
                }
            }
        }
        for at in 1..=self.rows.len() {
            sheet.write_string(at as u32 + 2, 1, format!("a{at}")).unwrap();
        }
        book.save_to_buffer().unwrap()
    }
}

/// The verdict and the masks of each credit of each account, as one account alone is told them.
fn wanted(rules: &RuleSet, drawn: &Drawn, ids: &[&str]) -> Vec<Vec<String>> {
    let mut workspace = Workspace::new(&rules.plan);
    let decisions = &rules.program().decisions;
    (0..drawn.rows.len())
        .map(|at| {
            let Ok(facts) = rules.reader.read(FileId(0), &drawn.document(at), Format::Json) else {
                return ids.iter().flat_map(|_| ["invalid", "0", "0", "0", "0"]).map(str::to_owned).collect();
            };
            run(&rules.plan, &facts, &mut workspace);
            let of = |id: &&str| workspace.subjects.iter().find(|one| decisions[one.decision].id == **id).unwrap().decided;
            let told = |one: accredit::eval::Decided| {
                let masks = [one.met, one.failed, one.pending, one.open].map(|mask| mask.to_string());
                std::iter::once(one.verdict.word().to_owned()).chain(masks).collect::<Vec<_>>()
            };
            ids.iter().flat_map(|id| told(of(id))).collect()
        })
        .collect()
}

pub fn screened(input: &Path, output: &Path, more: &[&str]) -> (i32, String) {
    let mut args = vec!["screen", input.to_str().unwrap(), "-o", output.to_str().unwrap(), "--as-of", AS_OF];
    args.extend(more);
    let (code, _, err) = said(&accredit(&args, ""));
    (code, err)
}

pub fn rows_of(path: &Path) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn every_format_is_decided_as_one_account_alone() {
    let rules = shipped();
    let program = rules.program();
    let account = |one: &&accredit::program::Decision| one.subject == accredit::program::Subject::Account;
    let ids: Vec<&str> = program.decisions.iter().filter(account).map(|one| one.id.as_str()).collect();
    let drawn = Drawn::new(program, 1_500, &mut Rng::new(seed()));
    let wanted = wanted(&rules, &drawn, &ids);
    let mut invalid = 0;
    for (name, bytes) in
        [("in.csv", drawn.csv()), ("in.ndjson", drawn.ndjson()), ("in.parquet", drawn.parquet()), ("in.xlsx", drawn.xlsx())]
    {
        let input = scratch(name, &bytes);
        let output = input.with_file_name("out.csv");
        let mut more = vec!["--columns", "verdict,masks"];
        ids.iter().for_each(|id| more.extend(["--only", id]));
        let (code, err) = screened(&input, &output, &more);
        assert!(code == 0 || code == 3, "{name}: {err}");
        let found = rows_of(&output);
        assert_eq!(found.len(), drawn.rows.len(), "{name}");
        for ((found, wanted), at) in found.iter().zip(&wanted).zip(0..) {
            assert_eq!(found[0], (at + 1).to_string(), "{name}");
            assert_eq!(found[1], format!("a{}", at + 1), "{name}");
            assert_eq!(&found[2..], wanted.as_slice(), "{name} row {}: {}", at + 1, drawn.document(at));
        }
        invalid = wanted.iter().filter(|row| row[0] == "invalid").count();
        assert_eq!(code, if invalid > 0 { 3 } else { 0 }, "{name}");
    }
    assert!(invalid > 0 && invalid < 1_000, "{invalid} of 1500 accounts contradict themselves");
}

#[test]
fn every_output_says_the_same() {
    let rules = shipped();
    let drawn = Drawn::new(rules.program(), 700, &mut Rng::new(seed() + 1));
    let input = scratch("same.csv", &drawn.csv());
    let put = |name: &str| {
        let output = input.with_file_name(name);
        let (code, err) = screened(&input, &output, &["--threads", "2"]);
        assert!(code == 0 || code == 3, "{name}: {err}");
        output
    };
    let csv = rows_of(&put("same.out.csv"));
    let head: Vec<String> = csv::Reader::from_path(input.with_file_name("same.out.csv"))
        .unwrap()
        .headers()
        .unwrap()
        .iter()
        .map(str::to_owned)
        .collect();
    let lines = std::fs::read_to_string(put("same.out.ndjson")).unwrap();
    for (line, row) in lines.lines().zip(&csv) {
        let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line).unwrap();
        for (name, cell) in head.iter().zip(row) {
            let text = match &object[name] {
                serde_json::Value::Null => String::new(),
                serde_json::Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            assert_eq!(&text, cell, "{name}");
        }
    }
    assert_eq!(lines.lines().count(), csv.len());
    let parquet = std::fs::File::open(put("same.out.parquet")).unwrap();
    let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(parquet).unwrap().build().unwrap();
    let mut at = 0;
    for batch in reader {
        let batch = batch.unwrap();
        let column = batch.column_by_name("new_advertiser_ladder.verdict").unwrap();
        let column = arrow_array::cast::AsArray::as_dictionary::<arrow_array::types::Int32Type>(column);
        let words = column.downcast_dict::<arrow_array::StringArray>().unwrap();
        let place = head.iter().position(|name| name == "new_advertiser_ladder.verdict").unwrap();
        for word in words {
            assert_eq!(word.unwrap_or(""), csv[at][place]);
            at += 1;
        }
    }
    assert_eq!(at, csv.len());
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(put("same.out.xlsx")).unwrap();
    assert_eq!(calamine::Reader::sheet_names(&book), ["Summary", "Results", "Reasons", "Missing answers", "Problems", "About"]);
    let sheet = calamine::Reader::worksheet_range(&mut book, "Results").unwrap();
    for (found, row) in sheet.rows().skip(1).zip(&csv) {
        for ((cell, text), name) in found.iter().zip(row).zip(&head).filter(|(_, name)| !name.ends_with("deadline")) {
            assert_eq!(&cell.to_string(), text, "{name}");
        }
    }
}

#[test]
fn threads_change_no_byte() {
    let rules = shipped();
    let drawn = Drawn::new(rules.program(), 300, &mut Rng::new(seed() + 2));
    let mut bytes = drawn.csv();
    let head = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    let body = bytes[head..].to_vec();
    (0..80).for_each(|_| bytes.extend_from_slice(&body));
    let input = scratch("threads.csv", &bytes);
    for ending in ["csv", "tsv", "ndjson", "parquet"] {
        let out = |threads: &str| {
            let output = input.with_file_name(format!("threads.{threads}.{ending}"));
            let (code, err) = screened(&input, &output, &["--threads", threads, "--only", "new_advertiser_ladder"]);
            assert!(code == 0 || code == 3, "{err}");
            std::fs::read(output).unwrap()
        };
        assert!(out("1") == out("2"), "{ending}");
        assert!(out("2") == out("3"), "{ending}");
    }
}

#[test]
fn a_killed_run_goes_on_to_the_same_bytes() {
    let rules = shipped();
    let mut drawn = Drawn::new(rules.program(), 400, &mut Rng::new(seed() + 3));
    // Many rows of few columns: a run has many parts to be killed in, and is over soon.
    drawn.facts.truncate(KILLED_COLUMNS);
    drawn.rows.iter_mut().for_each(|row| row.truncate(KILLED_COLUMNS));
    let mut bytes = drawn.csv();
    let head = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    let body = bytes[head..].to_vec();
    (0..400).for_each(|_| bytes.extend_from_slice(&body));
    let input = scratch("killed.csv", &bytes);
    let mut rng = Rng::new(seed());
    let mut gone_on = 0;
    let mut lasts = [std::time::Duration::ZERO; 3];
    for (ending, at) in ["csv", "ndjson", "parquet"].into_iter().cycle().take(kills()).zip(0..) {
        let whole = input.with_file_name(format!("whole.{ending}"));
        let more = ["--only", "new_advertiser_ladder", "--only", "woocommerce"];
        if at < 3 {
            let started = std::time::Instant::now();
            let (code, err) = screened(&input, &whole, &more);
            assert!(code == 0 || code == 3, "{err}");
            lasts[at] = started.elapsed();
        }
        let output = input.with_file_name(format!("killed.out.{ending}"));
        let started = std::time::Instant::now();
        let mut child = Command::new(env!("CARGO_BIN_EXE_accredit"))
            .args(["screen", input.to_str().unwrap(), "-o", output.to_str().unwrap(), "--as-of", AS_OF, "--quiet"])
            .args(more)
            .env_remove("ACCREDIT_RULES")
            .current_dir(std::env::temp_dir())
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let note = input.with_file_name(format!("killed.out.{ending}.progress"));
        let joined = input.with_file_name(format!("killed.out.{ending}.joined"));
        let mut until = |is_there: &dyn Fn() -> bool| {
            while !is_there() && child.try_wait().unwrap().is_none() && started.elapsed().as_secs() < 60 {
                std::thread::yield_now();
            }
        };
        // Killed once it has begun to write: at once, at any time until it would be done, or while files get their names.
        until(&|| note.exists() || output.exists());
        match (at / 3 + at % 3) % 4 {
            0 => {}
            3 => until(&|| joined.exists() || output.exists()),
            _ => {
                let rest = lasts[at % 3].saturating_sub(started.elapsed()).as_millis() as usize;
                std::thread::sleep(std::time::Duration::from_millis(rng.below(rest + 1) as u64));
            }
        }
        let _ = child.kill();
        child.wait().unwrap();
        assert!(note.exists() || output.exists(), "a run leaves a note or its output");
        if note.exists() {
            gone_on += 1;
            let (code, err) = screened(&input, &output, &[&more[..], &["--resume"]].concat());
            assert!(code == 0 || code == 3, "{err}");
        }
        assert!(std::fs::read(&output).unwrap() == std::fs::read(&whole).unwrap(), "run {at} into {ending}");
        let problems = |of: &Path| std::fs::read(format!("{}.problems.csv", of.display())).unwrap();
        assert!(problems(&output) == problems(&whole), "run {at} into {ending}: problems");
        for left in [".part", ".problems.part", ".progress", ".joined"] {
            assert!(!PathBuf::from(format!("{}{left}", output.display())).exists(), "{left} is left beside the output");
        }
        std::fs::remove_file(&output).unwrap();
    }
    println!("{gone_on} of {} runs were killed in the middle and went on", kills());
}

#[test]
fn what_changed_cannot_go_on() {
    let input = scratch("changed.csv", b"account.id,account.country\na1,US\n");
    let output = input.with_file_name("changed.out.csv");
    let note = PathBuf::from(format!("{}.progress", output.display()));
    let (code, err) = screened(&input, &output, &["--resume"]);
    assert_eq!(code, 2);
    assert!(err.contains("nothing to go on from"), "{err}");
    let (code, _) = screened(&input, &output, &[]);
    assert_eq!(code, 0);
    assert!(!note.exists());
}

#[test]
fn a_messy_spreadsheet_is_told_what_is_wrong_cell_by_cell() {
    let table = "\u{feff}Client;account.id;Account Country;account.creation_path;spend.qualifying;spend.qualifying.currency\r\n\
                 M\u{fc}ller;a1;DE;ads_manager;1.250,10;EUR\r\n\
                 =1+1;a2;XX;ads_manager;10,00;USD\r\n\
                 ;;;;;\r\n\
                 Long;a3;US;adsmanager;;;too much\r\n\
                 \"Two\r\nlines\";a4;US;;5,5;\r\n";
    let (bytes, ..) = encoding_rs::WINDOWS_1252.encode(table.trim_start_matches('\u{feff}'));
    let input = scratch("messy.csv", &bytes);
    let output = input.with_file_name("messy.out.csv");
    let (code, err) = screened(&input, &output, &["--only", "new_advertiser_ladder"]);
    assert_eq!(code, 2);
    assert!(err.contains("column 1 `Client` is no fact"), "{err}");
    let mapping = scratch("messy.yaml", b"carry: [Client]\n");
    let more = ["--only", "new_advertiser_ladder", "--columns", "verdict,reasons", "--mapping", mapping.to_str().unwrap()];
    let (code, err) = screened(&input, &output, &more);
    assert_eq!(code, 3, "{err}");
    let problems = std::fs::read_to_string(input.with_file_name("messy.out.csv.problems.csv")).unwrap();
    insta::assert_snapshot!(
        "messy_spreadsheet",
        format!("{}\n{problems}\n{err}", std::fs::read_to_string(&output).unwrap())
            .replace(input.parent().unwrap().to_str().unwrap(), "FOLDER")
    );
}

#[test]
fn a_title_may_stand_above_the_headers_and_a_page_tells_what_came_out() {
    let table =
        "Portfolio of <Nordlicht>;;\n;;\naccount.id;Account Country;account.creation_path\na1;DE;business_center\na2;US;\n";
    let input = scratch("titled.csv", table.as_bytes());
    let (output, page) = (input.with_file_name("titled.out.csv"), input.with_file_name("titled.html"));
    let (code, err) = screened(&input, &output, &["--columns", "verdict", "--report", page.to_str().unwrap()]);
    assert_eq!(code, 0, "{err}");
    assert_eq!(rows_of(&output).iter().map(|row| row[..2].join(" ")).collect::<Vec<_>>(), ["1 a1", "2 a2"]);
    let html = std::fs::read_to_string(page).unwrap();
    assert!(html.contains("<h1>Credits of 2 accounts</h1>") && html.contains("<svg") && !html.contains("<script"));
    assert_eq!(html.matches("<table>").count(), 3, "each picture has its numbers beside it");
    assert!(!html.contains("http:") && !html.contains("https:"), "nothing is loaded from anywhere");
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_string(0, 0, "Portfolio").unwrap();
    sheet.write_string(4, 2, "account.id").unwrap();
    sheet.write_string(4, 3, "Account Country").unwrap();
    sheet.write_string(6, 2, "a1").unwrap();
    sheet.write_string(6, 3, "Germany").unwrap();
    let input = scratch("titled.xlsx", &book.save_to_buffer().unwrap());
    let (code, _) = screened(&input, &output, &["--columns", "verdict"]);
    assert_eq!(code, 3);
    let problems = std::fs::read_to_string(format!("{}.problems.csv", output.display())).unwrap();
    assert!(problems.contains("2,Account Country,Germany,") && problems.contains("did you mean `DE`?"), "{problems}");
}

#[test]
fn a_day_that_is_none_has_a_column_of_its_own_where_days_are_typed() {
    let rules = shipped();
    let program = rules.program();
    let never = program
        .facts
        .iter()
        .find(|fact| matches!(fact.ty, Type::Date { optional: true }) && !fact.name.starts_with("offer"))
        .unwrap();
    let table = format!("account.id,{0},{0}.none\na1,,yes\na2,2026-01-01,no\na3,2026-01-01,yes\n", never.name);
    let input = scratch("never.csv", table.as_bytes());
    let names = accredit::screen::Names::of(program, None);
    let headers = ["account.id".to_owned(), never.name.clone(), format!("{}.none", never.name)];
    let layout = accredit::screen::Layout::new(program, &names, &headers, &accredit::screen::Mapping::default()).unwrap();
    let mut reader = accredit::screen::CellReader::new(program, &rules.plan, &rules.reader, &layout, Some(739_600));
    let mut rows = csv::Reader::from_path(&input).unwrap();
    let rows =
        accredit::screen::Cells { first: 1, rows: rows.byte_records().map(Result::unwrap).collect(), numbers: Vec::new() };
    let decoded = reader.decode(&rows);
    let slot = program.slots.iter().position(|slot| program.facts[slot.fact.0 as usize].name == never.name).unwrap();
    let slot = accredit::program::SlotId(slot as u32);
    assert_eq!(decoded.batch.get(slot, 0).0, Lane { main: NO_EVENT, aux: 0 });
    assert_eq!(decoded.problems.iter().map(|problem| problem.row).collect::<Vec<_>>(), [3]);
}
#[test]
fn rows_of_totals_are_no_accounts_and_repeated_ones_are_told() {
    let table = "Client;account.id;account.country;Paid;account.lifetime_spend\n\
                 One;a1;ja;x;\nOne again;a1;nein;;\nSumme:;;;;\nProspect;;;;\n";
    let input = scratch("totals.csv", table.as_bytes());
    let output = input.with_file_name("totals.out.csv");
    let mapping = input.with_file_name("totals.yaml");
    let map = "carry: [Client]\nignore: [Paid, account.lifetime_spend]\nwords: {ja: DE, nein: US}\n";
    std::fs::write(&mapping, map).unwrap();
    let more = ["--mapping", mapping.to_str().unwrap(), "--only", "shopify", "--columns", "verdict"];
    let (code, err) = screened(&input, &output, &more);
    assert_eq!(code, 3, "{err}");
    let told: Vec<String> = rows_of(&output).iter().map(|row| row[1..].join(" ")).collect();
    assert_eq!(told, ["One a1 undetermined", "One again a1 undetermined", "Summe:  invalid", "Prospect  undetermined"]);
    let problems = std::fs::read_to_string(format!("{}.problems.csv", output.display())).unwrap();
    assert!(problems.contains(",3,,Summe:,the row names no account and looks like totals,"), "{problems}");
    assert!(problems.contains(",2,account.id,a1,the account stands in row 1 as well,"), "{problems}");
    assert!(err.contains("1 row names an account that came before"), "{err}");
}
/// Many accounts, of which many are alike.
fn many(rules: &RuleSet, times: usize, rng: &mut Rng) -> Vec<u8> {
    let mut bytes = Drawn::new(rules.program(), 400, rng).csv();
    let head = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    let body = bytes[head..].to_vec();
    (0..times).for_each(|_| bytes.extend_from_slice(&body));
    bytes
}

/// Runs until something is noted that a run can go on from, and stops it there.
fn stopped(input: &Path, output: &Path, more: &[&str]) {
    let note = PathBuf::from(format!("{}.progress", output.display()));
    for _ in 0..20 {
        let mut child = Command::new(env!("CARGO_BIN_EXE_accredit"))
            .args(["screen", input.to_str().unwrap(), "-o", output.to_str().unwrap(), "--as-of", AS_OF, "--quiet"])
            .args(more)
            .env_remove("ACCREDIT_RULES")
            .current_dir(std::env::temp_dir())
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let is_under_way = || {
            let text = std::fs::read_to_string(&note).unwrap_or_default();
            serde_json::from_str::<serde_json::Value>(&text).is_ok_and(|note| note["chunks"].as_u64() > Some(0))
        };
        while child.try_wait().unwrap().is_none() && !is_under_way() {
            std::thread::yield_now();
        }
        let _ = child.kill();
        child.wait().unwrap();
        if is_under_way() {
            return;
        }
    }
    panic!("no run was stopped in the middle");
}

#[test]
fn a_run_goes_on_by_the_content_of_its_tables() {
    let rules = shipped();
    let input = scratch("content.csv", &many(&rules, 600, &mut Rng::new(seed() + 4)));
    let output = input.with_file_name("content.out.csv");
    let mapping = input.with_file_name("content.yaml");
    std::fs::write(&mapping, "unknown: [none]\n").unwrap();
    let more = ["--only", "shopify", "--mapping", mapping.to_str().unwrap()];
    let (code, err) = screened(&input, &output, &more);
    assert!(code == 0 || code == 3, "{err}");
    let whole = std::fs::read(&output).unwrap();
    stopped(&input, &output, &more);
    let bytes = std::fs::read(&input).unwrap();
    let resume = [&more[..], &["--resume"]].concat();
    let refused = |what: &str| {
        let (code, err) = screened(&input, &output, &resume);
        assert_eq!(code, 2, "{err}");
        assert!(err.contains("the run cannot go on, because") && err.contains(what), "{err}");
    };
    let mut other = bytes.clone();
    let last = other.iter().position(|byte| *byte == b'\n').unwrap() + 2;
    other[last] = if other[last] == b'7' { b'8' } else { b'7' };
    std::fs::write(&input, other).unwrap();
    refused("content.csv` changed since");
    std::fs::write(&mapping, "unknown: [none, nothing]\n").unwrap();
    refused("the mapping changed since");
    std::fs::write(&mapping, "unknown: [none]\n").unwrap();
    // Another file of the same content is the same table.
    std::fs::remove_file(&input).unwrap();
    std::fs::write(&input, &bytes).unwrap();
    let (code, err) = screened(&input, &output, &resume);
    assert!(code == 0 || code == 3, "{err}");
    assert!(std::fs::read(&output).unwrap() == whole);
}

#[test]
fn progress_fits_a_terminal_and_says_how_much_is_left() {
    let rules = shipped();
    let input = scratch("progress.csv", &many(&rules, 60, &mut Rng::new(seed() + 5)));
    let output = input.with_file_name("progress.out.csv");
    let (_, err) = screened(&input, &output, &[]);
    assert!(!err.contains('\r') && !err.contains("rows/s"), "nobody watches: {err}");
    let (_, err) = screened(&input, &output, &["--progress", "--quiet"]);
    let lines: Vec<&str> = err.split('\r').filter(|line| line.contains("rows/s")).collect();
    assert!(!lines.is_empty(), "{err}");
    for line in lines {
        let line = line.trim_end_matches("\u{1b}[K");
        assert!(line.chars().count() < 80, "{line}");
        assert!(line.contains("undetermined") && line.contains('%'), "{line}");
    }
}
