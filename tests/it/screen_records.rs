//! `screen --records`: the same answers as `check` on the document that the tables are together, in whatever order they stand.
//!
//! In: accounts and records drawn from the vocabulary, as tables of every format. Out: no difference, and nothing lost.
//! Owns these tables. Never compares times.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use accredit::eval::{Workspace, run};
use accredit::facts::Format;
use accredit::program::{At, ListId, Program, SlotId, Type};
use accredit::source::FileId;
use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};

use crate::command::{accredit, said, scratch};
use crate::library::shipped;
use crate::random::{Rng, seed};
use crate::screens::{AS_OF, Drawn, rows_of, screened, value};

/// A table of texts.
#[derive(Clone)]
pub struct Sheet {
    pub headers: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Sheet {
    pub fn csv(&self) -> Vec<u8> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(&self.headers).unwrap();
        self.rows.iter().for_each(|row| writer.write_record(row).unwrap());
        writer.into_inner().unwrap()
    }

    fn ndjson(&self) -> Vec<u8> {
        let object = |row: &Vec<String>| {
            let cells = self.headers.iter().zip(row).filter(|(_, cell)| !cell.is_empty());
            let object: serde_json::Map<_, _> = cells.map(|(name, cell)| (name.clone(), cell.clone().into())).collect();
            format!("{}\n", serde_json::Value::Object(object))
        };
        self.rows.iter().map(object).collect::<String>().into_bytes()
    }

    fn parquet(&self) -> Vec<u8> {
        let column = |at: usize| {
            let cells = self.rows.iter().map(|row| Some(row[at].as_str()).filter(|cell| !cell.is_empty()));
            Arc::new(cells.collect::<StringArray>()) as ArrayRef
        };
        let fields: Vec<Field> = self.headers.iter().map(|name| Field::new(name, DataType::Utf8, true)).collect();
        let schema = Arc::new(Schema::new(fields));
        let columns = (0..self.headers.len()).map(column).collect();
        let mut writer = parquet::arrow::ArrowWriter::try_new(Vec::new(), Arc::clone(&schema), None).unwrap();
        writer.write(&RecordBatch::try_new(schema, columns).unwrap()).unwrap();
        writer.into_inner().unwrap()
    }

    fn xlsx(&self, name: &str) -> Vec<u8> {
        let mut book = rust_xlsxwriter::Workbook::new();
        book.add_worksheet().write_string(0, 0, "This workbook has a cover").unwrap();
        let sheet = book.add_worksheet().set_name(name).unwrap();
        for (row, at) in std::iter::once(&self.headers).chain(&self.rows).zip(0_u32..) {
            for (cell, column) in row.iter().zip(0_u16..) {
                sheet.write_string(at, column, cell).unwrap();
            }
        }
        book.save_to_buffer().unwrap()
    }

    fn shuffled(&self, rng: &mut Rng) -> Self {
        let mut shuffled = self.clone();
        for at in (1..shuffled.rows.len()).rev() {
            shuffled.rows.swap(at, rng.below(at + 1));
        }
        shuffled
    }
}

/// Accounts and the records of each list, as tables and as documents.
struct Portfolio {
    accounts: Sheet,
    lists: Vec<(String, Sheet)>,
    documents: Vec<(String, serde_json::Map<String, serde_json::Value>)>,
}

/// What a document writes for a cell.
fn written(ty: &Type, cell: &str) -> serde_json::Value {
    match ty {
        Type::Set(_) => cell.trim_matches(['[', ']']).split(", ").filter(|word| !word.is_empty()).collect::<Vec<_>>().into(),
        Type::Integer => cell.parse::<u64>().unwrap().into(),
        _ => cell.into(),
    }
}

impl Portfolio {
    fn new(program: &Program, accounts: usize, rng: &mut Rng) -> Self {
        let drawn = Drawn::new(program, accounts, rng);
        let id = |at: usize| format!("a{at:05}");
        let headers =
            std::iter::once("account.id".to_owned()).chain(drawn.facts.iter().map(|(name, _)| name.clone())).collect();
        let row = |(at, row): (usize, &Vec<String>)| std::iter::once(id(at)).chain(row.iter().cloned()).collect();
        let sheet = Sheet { headers, rows: drawn.rows.iter().enumerate().map(row).collect() };
        let mut documents: Vec<(String, serde_json::Map<_, _>)> = (0..accounts)
            .map(|at| {
                let mut document: serde_json::Map<_, _> = serde_json::from_str(&drawn.document(at)).unwrap();
                document.insert("account.id".to_owned(), id(at).into());
                (id(at), document)
            })
            .collect();
        let mut lists = Vec::new();
        for (list, of) in program.lists.iter().zip((0..).map(ListId)) {
            let section = &program.sections[list.section];
            let slots =
                (0..program.slots.len() as u32).map(SlotId).filter(|slot| program.slots[slot.0 as usize].at == At::Record(of));
            let facts: Vec<_> = slots.map(|slot| program.fact_of(slot).unwrap()).collect();
            let key = &program.facts[list.key.0 as usize];
            let headers = std::iter::once("account.id".to_owned()).chain(facts.iter().map(|fact| fact.local.clone())).collect();
            let mut rows = Vec::new();
            for (id, document) in &mut documents {
                let mut records = Vec::new();
                let mut keys: Vec<String> = match &key.ty {
                    Type::Enum(words) => words.iter().filter(|_| rng.chance(20)).cloned().collect(),
                    _ => (0..rng.below(4)).map(|at| format!("r{at}")).collect(),
                };
                keys.truncate(4);
                for own in keys {
                    let absent = *rng.pick(&[10, 50, 95]);
                    let mut cells = vec![id.clone()];
                    let mut record = serde_json::Map::new();
                    for fact in &facts {
                        let cell = match fact.local == key.local {
                            true => own.clone(),
                            false if rng.chance(absent) => String::new(),
                            false => value(&fact.ty, rng),
                        };
                        if !cell.is_empty() {
                            record.insert(fact.local.clone(), written(&fact.ty, &cell));
                        }
                        cells.push(cell);
                    }
                    rows.push(cells);
                    records.push(serde_json::Value::Object(record));
                }
                document.insert(section.name.clone(), records.into());
            }
            lists.push((section.name.clone(), Sheet { headers, rows }));
        }
        Self { accounts: sheet, lists, documents }
    }

    /// Verdict and masks by account, decision and record, as one account alone is told them.
    fn wanted(&self, rules: &accredit::RuleSet) -> BTreeMap<[String; 3], Vec<String>> {
        let mut workspace = Workspace::new(&rules.plan);
        let mut wanted = BTreeMap::new();
        for (id, document) in &self.documents {
            let text = serde_json::Value::Object(document.clone()).to_string();
            let Ok(facts) = rules.reader.read(FileId(0), &text, Format::Json) else {
                let told = ["invalid", "0", "0", "0", "0"].map(str::to_owned).to_vec();
                wanted.insert([id.clone(), String::new(), String::new()], told);
                continue;
            };
            run(&rules.plan, &facts, &mut workspace);
            for subject in &workspace.subjects {
                let decision = &rules.program().decisions[subject.decision];
                let key = match (subject.record, decision.subject) {
                    (Some(at), accredit::program::Subject::Each(list)) => facts.records(list)[at].key.clone(),
                    _ => String::new(),
                };
                let one = subject.decided;
                let masks = [one.met, one.failed, one.pending, one.open].map(|mask| mask.to_string());
                let told = std::iter::once(one.verdict.word().to_owned()).chain(masks).collect();
                wanted.insert([id.clone(), decision.id.clone(), key], told);
            }
        }
        wanted
    }
}

/// The rows of a long output, by account, decision and record.
fn found(path: &Path) -> BTreeMap<[String; 3], Vec<String>> {
    let rows = rows_of(path);
    let count = rows.len();
    let found: BTreeMap<_, _> =
        rows.into_iter().map(|row| ([row[1].clone(), row[2].clone(), row[3].clone()], row[4..].to_vec())).collect();
    assert_eq!(found.len(), count, "each account, decision and record once");
    found
}

#[test]
fn records_beside_the_accounts_are_decided_as_in_one_document() {
    let rules = shipped();
    let program = rules.program();
    let mut rng = Rng::new(seed() + 20);
    let portfolio = Portfolio::new(program, 600, &mut rng);
    let wanted = portfolio.wanted(&rules);
    let of_records = wanted.keys().filter(|key| !key[2].is_empty()).count();
    let invalid = wanted.keys().filter(|key| key[1].is_empty()).count();
    assert!(of_records > 500 && invalid > 0, "{of_records} decisions on records, {invalid} contradictions");
    let ids: Vec<&str> = program.decisions.iter().map(|one| one.id.as_str()).collect();
    let mut asked = vec!["--long", "--columns", "verdict,masks"];
    ids.iter().for_each(|id| asked.extend(["--only", id]));
    let mut outputs: Vec<PathBuf> = Vec::new();
    for (name, mix_accounts, mix_records) in [("sorted", false, false), ("mixed", true, true), ("half", false, true)] {
        let mut mix = |sheet: &Sheet, mix: bool| if mix { sheet.shuffled(&mut rng) } else { sheet.clone() };
        let accounts = mix(&portfolio.accounts, mix_accounts);
        let input = scratch(&format!("records-{name}.csv"), &accounts.csv());
        let mut records = Vec::new();
        for ((list, sheet), form) in portfolio.lists.iter().zip(["csv", "ndjson", "xlsx", "parquet"].iter().cycle()) {
            let sheet = mix(sheet, mix_records);
            let bytes = match *form {
                "csv" => sheet.csv(),
                "ndjson" => sheet.ndjson(),
                "xlsx" => sheet.xlsx(list),
                _ => sheet.parquet(),
            };
            let path = input.with_file_name(format!("{list}.{form}"));
            std::fs::write(&path, bytes).unwrap();
            records.extend(["--records".to_owned(), format!("{list}={}", path.display())]);
        }
        let more: Vec<&str> = asked.iter().copied().chain(records.iter().map(String::as_str)).collect();
        let output = input.with_file_name("out.csv");
        let (code, err) = screened(&input, &output, &more);
        assert_eq!(code, 3, "{name}: {err}");
        let found = found(&output);
        for (key, told) in &wanted {
            assert_eq!(found.get(key), Some(told), "{name}: {key:?}");
        }
        assert_eq!(found.len(), wanted.len(), "{name}");
        // By way of the disk, as it is always done where nothing can be taken back.
        let mut args = vec!["screen", input.to_str().unwrap(), "-o", "-", "--to", "csv", "--as-of", AS_OF, "--quiet"];
        args.extend(&more);
        let (_, out, _) = said(&accredit(&args, ""));
        assert!(out.as_bytes() == std::fs::read(&output).unwrap(), "{name}: merged and by way of the disk");
        outputs.push(output);
    }
    let mut lines: Vec<u8> = Vec::new();
    for (_, document) in &portfolio.documents {
        lines.extend(serde_json::Value::Object(document.clone()).to_string().bytes().chain([b'\n']));
    }
    let input = scratch("records-documents.ndjson", &lines);
    let output = input.with_file_name("out.csv");
    let (code, err) = screened(&input, &output, &asked);
    assert_eq!(code, 3, "{err}");
    assert!(found(&output) == wanted, "documents bring their records themselves");
}

const ACCOUNTS: &str = "account.id,account.country\na1,DE\na2,US\na3,US\na1,US\n";
const CAMPAIGNS: &str = "Account ID,Campaign ID,Objective,Campaign type\n\
                         a1,one,sales,manual\na1,two,sales,smart_plus\na2,one,salse,\na9,one,sales,\n,one,sales,\na3,x,,\na3,x,,\na3,,,\n";

#[test]
fn no_row_beside_the_accounts_is_lost() {
    let input = scratch("beside.csv", ACCOUNTS.as_bytes());
    let campaigns = input.with_file_name("campaigns.csv");
    std::fs::write(&campaigns, CAMPAIGNS).unwrap();
    let output = input.with_file_name("out.csv");
    let records = format!("campaigns={}", campaigns.display());
    let more = ["--records", &records, "--only", "web_conversions_rebate", "--columns", "verdict,reasons"];
    let (code, err) = screened(&input, &output, &more);
    assert_eq!(code, 3, "{err}");
    let problems = std::fs::read_to_string(format!("{}.problems.csv", output.display())).unwrap();
    let wide = std::fs::read_to_string(&output).unwrap();
    let (code, _) = screened(&input, &output, &[&more[..], &["--long"]].concat());
    assert_eq!(code, 3);
    let long = std::fs::read_to_string(&output).unwrap();
    let told = format!("{wide}\n{long}\n{problems}\n{err}").replace(input.parent().unwrap().to_str().unwrap(), "FOLDER");
    insta::assert_snapshot!("records_beside", told);
}

#[test]
fn a_table_of_records_that_cannot_be_joined_is_refused_before_anything_is_decided() {
    let input = scratch("unjoined.csv", ACCOUNTS.as_bytes());
    let output = input.with_file_name("out.csv");
    let other = input.with_file_name("other.csv");
    std::fs::write(&other, "campaign_type,objective\nmanual,sales\n").unwrap();
    let unknown = input.with_file_name("unknown.csv");
    std::fs::write(&unknown, "account.id,id,objectve\na1,x,sales\n").unwrap();
    let cases = [
        (format!("campaigns={}", other.display()), "has no column `account.id`", "no key of the account"),
        (format!("campaigns={}", other.display()), "has no column `campaigns.id`", "no key of the record"),
        (format!("campaigns={}", unknown.display()), "did you mean `campaigns.objective`?", "an unknown column"),
        (format!("campaings={}", other.display()), "did you mean `campaigns`?", "a misspelt list"),
        (other.display().to_string(), "names no list: write --records campaigns=FILE", "no list"),
    ];
    for (records, wanted, why) in cases {
        let (code, err) = screened(&input, &output, &["--records", &records]);
        assert_eq!(code, 2, "{why}: {err}");
        assert!(err.contains(wanted), "{why}: {err}");
    }
    let (code, err) = screened(&input, &output, &["--only", "web_conversions_rebate"]);
    assert_eq!(code, 2);
    assert!(err.contains("--records campaigns=FILE"), "{err}");
    assert!(!output.exists());
}

#[test]
fn several_tables_are_one() {
    let first = scratch("several.csv", b"account.id,account.country,Client\na1,DE,One\na2,XX,Two\n");
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (cell, at) in ["Client", "Account Country", "account.id", "Three", "US", "a3"].iter().zip(0_u32..) {
        sheet.write_string(at / 3, (at % 3) as u16, *cell).unwrap();
    }
    let second = first.with_file_name("second.xlsx");
    book.save(&second).unwrap();
    let mapping = first.with_file_name("map.yaml");
    std::fs::write(&mapping, "carry: [Client]\n").unwrap();
    let output = first.with_file_name("out.csv");
    let more = [second.to_str().unwrap(), "--mapping", mapping.to_str().unwrap(), "--columns", "verdict", "--only", "shopify"];
    let (code, err) = screened(&first, &output, &more);
    assert_eq!(code, 3, "{err}");
    let rows = rows_of(&output);
    let file = |row: &[String]| Path::new(&row[0]).file_name().unwrap().to_str().unwrap().to_owned();
    let told: Vec<String> = rows.iter().map(|row| format!("{} {}", file(row), row[1..].join(" "))).collect();
    assert_eq!(
        told,
        ["several.csv 1 a1 One undetermined", "several.csv 2 a2 Two invalid", "second.xlsx 1 a3 Three undetermined"]
    );
    let problems = std::fs::read_to_string(format!("{}.problems.csv", output.display())).unwrap();
    assert!(problems.contains("several.csv,2,account.country,XX,"), "{problems}");
    let (code, err) = screened(&first, &first, &more);
    assert_eq!(code, 2);
    assert!(err.contains("is one of the tables"), "{err}");
}
#[test]
fn an_answer_never_takes_the_place_of_what_is_told_and_a_typo_is_told_with_its_place() {
    let input = scratch("told.csv", b"account.id,account.country\na1,DE\na2,\na3,\na4,\n");
    let answers = input.with_file_name("answers.csv");
    let rows = "account.id,fact,answer\na1,account.country,US\na1,account.country,DE\na2,account.country,US\na2,account.country,DE\n\
                a3,account.contry,US\na3,account.creation_path,adsmanager\na4,account.country,TH\na5,account.country,TH\n";
    std::fs::write(&answers, rows).unwrap();
    let output = input.with_file_name("out.csv");
    let more = ["--answers", answers.to_str().unwrap(), "--only", "shopify", "--columns", "verdict,why"];
    let (code, err) = screened(&input, &output, &more);
    assert_eq!(code, 3, "{err}");
    let problems = std::fs::read_to_string(format!("{}.problems.csv", output.display())).unwrap();
    let told = format!("{}\n{problems}", std::fs::read_to_string(&output).unwrap());
    insta::assert_snapshot!("answers_told", told.replace(input.parent().unwrap().to_str().unwrap(), "FOLDER"));
}
/// The rows of a sheet, without its headers.
fn sheet(path: &Path, name: &str) -> Vec<Vec<String>> {
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(path).unwrap();
    let range = calamine::Reader::worksheet_range(&mut book, name).unwrap();
    range.rows().skip(1).map(|row| row.iter().map(ToString::to_string).collect()).collect()
}

/// Puts an answer into a document, where its name says.
fn answer(document: &mut serde_json::Map<String, serde_json::Value>, name: &str, value: serde_json::Value) {
    let parts: Vec<&str> = name.splitn(3, '.').collect();
    let [section, key, local] = parts[..] else {
        document.insert(name.to_owned(), value);
        return;
    };
    let key = key.trim_matches('"');
    let named = if section == "offers" { "program" } else { "id" };
    let records = document.entry(section).or_insert_with(|| serde_json::Value::Array(Vec::new())).as_array_mut().unwrap();
    let found = records.iter().position(|record| record[named] == key).unwrap_or_else(|| {
        records.push(serde_json::json!({ named: key }));
        records.len() - 1
    });
    records[found][local] = value;
}

#[test]
fn filled_in_answers_are_decided_as_in_the_completed_documents() {
    let rules = shipped();
    let program = rules.program();
    let mut rng = Rng::new(seed() + 21);
    let mut portfolio = Portfolio::new(program, 150, &mut rng);
    // Offers are told by answers alone.
    portfolio.documents.iter_mut().for_each(|(_, document)| drop(document.remove("offers")));
    let input = scratch("answers.csv", &portfolio.accounts.csv());
    let mut asked = Vec::new();
    for (list, sheet) in portfolio.lists.iter().filter(|(list, _)| list != "offers") {
        let path = input.with_file_name(format!("{list}.csv"));
        std::fs::write(&path, sheet.csv()).unwrap();
        asked.extend(["--records".to_owned(), format!("{list}={}", path.display())]);
    }
    let more: Vec<&str> = asked.iter().map(String::as_str).collect();
    let book = input.with_file_name("out.xlsx");
    let (code, err) = screened(&input, &book, &more);
    assert!(code == 0 || code == 3, "{err}");
    let questions = sheet(&book, "Missing answers");
    assert!(questions.len() > 500, "{} questions", questions.len());
    let of_records = questions.iter().filter(|row| row[1].starts_with("campaigns.")).count();
    assert!(of_records > 20, "{of_records} questions about campaigns");
    let types: BTreeMap<String, Type> =
        program.facts.iter().map(|fact| (fact.name.replace("offer.", "offers."), fact.ty.clone())).collect();
    let mut answers =
        Sheet { headers: ["account.id", "fact", "answer", "question"].map(str::to_owned).to_vec(), rows: Vec::new() };
    for row in &questions {
        let (account, name) = (&row[0], &row[1]);
        let parts: Vec<&str> = name.split('.').collect();
        let plain = if parts.len() > 2 { format!("{}.{}", parts[0], parts[parts.len() - 1]) } else { name.clone() };
        assert!(!row[2].is_empty() && !row[3].is_empty() && !row[4].is_empty() && row[6].is_empty(), "{row:?}");
        if rng.chance(40) {
            answers.rows.push(vec![account.clone(), name.clone(), String::new(), row[2].clone()]);
            continue;
        }
        let ty = &types[&plain];
        let cell = value(ty, &mut rng);
        let document = &mut portfolio.documents.iter_mut().find(|(id, _)| id == account).unwrap().1;
        answer(document, name, written(ty, &cell));
        answers.rows.push(vec![account.clone(), name.clone(), cell, row[2].clone()]);
    }
    let credit = |id: &str| program.decision(id).is_some_and(|one| one.kind == accredit::syntax::DecisionKind::Credit);
    let mut wanted = portfolio.wanted(&rules);
    wanted.retain(|key, _| key[1].is_empty() || credit(&key[1]));
    for (form, bytes) in [("csv", answers.csv()), ("ndjson", answers.ndjson()), ("xlsx", answers.xlsx("Missing answers"))] {
        let filled = input.with_file_name(format!("filled.{form}"));
        std::fs::write(&filled, bytes).unwrap();
        let output = input.with_file_name("out.csv");
        let own = [&more[..], &["--answers", filled.to_str().unwrap(), "--long", "--columns", "verdict,masks"]].concat();
        let (code, err) = screened(&input, &output, &own);
        assert!(code == 0 || code == 3, "{err}");
        let found = found(&output);
        for (key, told) in &wanted {
            assert_eq!(found.get(key), Some(told), "{form}: {key:?}");
        }
        assert_eq!(found.len(), wanted.len(), "{form}");
    }
}
