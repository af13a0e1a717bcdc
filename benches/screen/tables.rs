//! A drawn portfolio as a table of every format.
//!
//! In: fields and rows. Out: bytes of Parquet, CSV, NDJSON and XLSX, each value as such a file usually holds it: days, truths,
//! whole numbers and amounts of Parquet by their own types, words by a dictionary.
//! Owns how values are written. Never draws one.

use std::sync::Arc;

use accredit::program::{At, Program, SlotId, Type};
use accredit::value::day_text;
use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Int32Array, RecordBatch, StringArray,
};
use bytes::Bytes;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

use crate::portfolio::{self, CURRENCIES, Cell, Row};
use crate::terms::{Credit, Field, Kind, Terms};

/// 1970-01-01, as days are counted here.
const UNIX_EPOCH: i64 = 719_163;

/// Rows of which half the facts are missing, with the names and kinds of their columns.
pub struct Tables {
    fields: Vec<Field>,
    rows: Vec<Row>,
}

impl Tables {
    /// So many rows, drawn to please terms.
    pub fn of_terms(terms: &Terms, program: &Program, rows: usize) -> Self {
        let rows = portfolio::half_missing(&portfolio::full(terms, rows));
        let named = |field: &Field| Field { name: name(program, field.slot), slot: field.slot, kind: field.kind.clone() };
        Self { fields: terms.fields.iter().map(named).collect(), rows }
    }

    /// So many rows of the first facts of a program, or of all that fit a column; drawn to please nothing.
    pub fn of_facts(program: &Program, as_of: i64, rows: usize, columns: usize) -> Self {
        let single = (0..).map(SlotId).zip(&program.slots).filter(|(_, slot)| slot.at == At::Single);
        let fields = single.filter_map(|(slot, _)| {
            let fact = program.fact_of(slot).expect("a slot has a fact");
            // What follows from other facts, or gives others, would contradict them if it were drawn alone.
            let linked = fact.computed.is_some() || !fact.implies.is_empty() || fact.name.starts_with("code.");
            let kind = kind(&fact.ty).filter(|_| !linked && !fact.identifies && fact.name != "as_of")?;
            Some(Field { name: fact.name.clone(), slot, kind })
        });
        let nothing = Credit { name: String::new(), requirements: Vec::new() };
        let terms = Terms { fields: fields.take(columns).collect(), programs: vec![nothing], as_of };
        Self::of_terms(&terms, program, rows)
    }

    /// The names of all columns; an amount has its currency in one of its own.
    pub fn headers(&self) -> Vec<String> {
        let own = self.fields.iter().flat_map(|field| {
            let currency = (field.kind == Kind::Amount).then(|| format!("{}.currency", field.name));
            std::iter::once(field.name.clone()).chain(currency)
        });
        own.collect()
    }

    /// A file of typed columns.
    pub fn parquet(&self) -> Bytes {
        let columns = self.fields.iter().enumerate().flat_map(|(at, field)| self.arrays(at, field));
        let batch =
            RecordBatch::try_from_iter_with_nullable(self.headers().into_iter().zip(columns).map(|(h, c)| (h, c, true)));
        let batch = batch.expect("columns of one length");
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
        let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).expect("memory takes it");
        writer.write(&batch).expect("memory takes it");
        writer.into_inner().expect("memory takes it").into()
    }

    fn arrays(&self, at: usize, field: &Field) -> Vec<ArrayRef> {
        let cells = || self.rows.iter().map(|row| row[at]);
        let words = |words: &[String], word: &dyn Fn(Cell) -> Option<usize>| {
            let keys = cells().map(|cell| word(cell).map(|at| at as i32)).collect::<Int32Array>();
            let texts = Arc::new(StringArray::from_iter_values(words));
            Arc::new(DictionaryArray::<Int32Type>::try_new(keys, texts).expect("keys are places")) as ArrayRef
        };
        let number = |cell: Cell| if let Cell::Number(number) = cell { Some(number) } else { None };
        match &field.kind {
            Kind::Flag => {
                let flag = |cell| if let Cell::Flag(flag) = cell { Some(flag) } else { None };
                vec![Arc::new(cells().map(flag).collect::<BooleanArray>())]
            }
            Kind::Word(all) => vec![words(all, &|cell| if let Cell::Word(at) = cell { Some(at) } else { None })],
            Kind::Count => {
                vec![Arc::new(cells().map(|cell| number(cell).map(|number| number as i32)).collect::<Int32Array>())]
            }
            Kind::Day => {
                let day = |cell| number(cell).map(|day| (day - UNIX_EPOCH) as i32);
                vec![Arc::new(cells().map(day).collect::<Date32Array>())]
            }
            Kind::Amount => {
                let minor = |cell| if let Cell::Amount(minor, _) = cell { Some(i128::from(minor)) } else { None };
                let amounts = cells().map(minor).collect::<Decimal128Array>().with_precision_and_scale(12, 2);
                let currency = |cell| if let Cell::Amount(_, currency) = cell { Some(currency) } else { None };
                let currencies = CURRENCIES.map(str::to_owned);
                vec![Arc::new(amounts.expect("amounts have few digits")), words(&currencies, &currency)]
            }
        }
    }

    /// What a value is as text, and the currency of an amount.
    fn texts(&self, row: &Row) -> Vec<String> {
        let own = self.fields.iter().zip(row).flat_map(|(field, cell)| match (&field.kind, cell) {
            (Kind::Amount, Cell::Amount(minor, currency)) => {
                vec![format!("{}.{:02}", minor / 100, minor % 100), CURRENCIES[*currency].to_owned()]
            }
            (Kind::Amount, _) => vec![String::new(), String::new()],
            (Kind::Word(words), Cell::Word(at)) => vec![words[*at].clone()],
            (Kind::Day, Cell::Number(day)) => vec![day_text(*day)],
            (_, Cell::Number(number)) => vec![number.to_string()],
            (_, Cell::Flag(flag)) => vec![if *flag { "yes" } else { "no" }.to_owned()],
            _ => vec![String::new()],
        });
        own.collect()
    }

    /// Cells between commas.
    pub fn csv(&self) -> Bytes {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(self.headers()).expect("memory takes it");
        self.rows.iter().for_each(|row| writer.write_record(self.texts(row)).expect("memory takes it"));
        writer.into_inner().expect("memory takes it").into()
    }

    /// A document a line; truths and whole numbers as JSON has them.
    pub fn ndjson(&self) -> Bytes {
        let line = |row: &Row| {
            let mut object = serde_json::Map::new();
            let mut put = |name: &str, value: serde_json::Value| drop(object.insert(name.to_owned(), value));
            for (field, cell) in self.fields.iter().zip(row) {
                match (&field.kind, cell) {
                    (_, Cell::Missing) => {}
                    (Kind::Day, Cell::Number(day)) => put(&field.name, day_text(*day).into()),
                    (_, Cell::Number(number)) => put(&field.name, (*number).into()),
                    (_, Cell::Flag(flag)) => put(&field.name, (*flag).into()),
                    (Kind::Word(words), Cell::Word(at)) => put(&field.name, words[*at].clone().into()),
                    (_, Cell::Word(_)) => {}
                    (_, Cell::Amount(minor, currency)) => {
                        put(&field.name, format!("{}.{:02} {}", minor / 100, minor % 100, CURRENCIES[*currency]).into());
                    }
                }
            }
            format!("{}\n", serde_json::Value::Object(object)).into_bytes()
        };
        self.rows.iter().flat_map(line).collect::<Vec<u8>>().into()
    }

    /// A workbook in which days, truths and numbers are what Excel has for them.
    pub fn xlsx(&self) -> Bytes {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet_with_constant_memory().expect("a scratch file");
        let days = Format::new().set_num_format("yyyy-mm-dd");
        for (header, column) in self.headers().iter().zip(0_u16..) {
            sheet.write_string(0, column, header).expect("memory takes it");
        }
        for (row, at) in self.rows.iter().zip(1_u32..) {
            let mut column = 0_u16;
            for (field, cell) in self.fields.iter().zip(row) {
                let written = match (&field.kind, cell) {
                    (Kind::Day, Cell::Number(day)) => {
                        let day = ExcelDateTime::parse_from_str(&day_text(*day)).expect("a day is one");
                        sheet.write_datetime_with_format(at, column, &day, &days).map(drop)
                    }
                    (_, Cell::Number(number)) => sheet.write_number(at, column, *number as f64).map(drop),
                    (_, Cell::Flag(flag)) => sheet.write_boolean(at, column, *flag).map(drop),
                    (Kind::Word(words), Cell::Word(word)) => sheet.write_string(at, column, &words[*word]).map(drop),
                    (_, Cell::Amount(minor, currency)) => {
                        sheet.write_string(at, column + 1, CURRENCIES[*currency]).expect("memory takes it");
                        sheet.write_number(at, column, *minor as f64 / 100.0).map(drop)
                    }
                    (_, Cell::Missing | Cell::Word(_)) => Ok(()),
                };
                written.expect("memory takes it");
                column += if field.kind == Kind::Amount { 2 } else { 1 };
            }
        }
        book.save_to_buffer().expect("memory takes it").into()
    }
}

fn name(program: &Program, slot: SlotId) -> String {
    program.fact_of(slot).map_or_else(String::new, |fact| fact.name.clone())
}

/// What a column of a type holds; nothing for lists, texts and fractions.
fn kind(ty: &Type) -> Option<Kind> {
    let words = |words: &[&str]| Kind::Word(words.iter().map(|word| (*word).to_owned()).collect());
    Some(match ty {
        Type::Bool => Kind::Flag,
        Type::Enum(all) => Kind::Word(all.clone()),
        Type::Country => words(&["US", "CA", "DE", "TH", "JP", "FR", "BR", "GB"]),
        Type::Currency => words(&["USD", "CAD", "EUR", "GBP", "THB", "JPY"]),
        Type::Integer => Kind::Count,
        Type::Date { .. } => Kind::Day,
        Type::Money => Kind::Amount,
        Type::Decimal | Type::Percent | Type::Text | Type::Set(_) => return None,
    })
}
