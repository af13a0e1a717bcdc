//! One table that somebody gave: read, decided, looked up again.
//!
//! In: its bytes, which column holds what. Out: headers and first rows, then the results, then the facts of one row.
//! Owns the file without a name in which the bytes wait, and how far the table is. Decides by `screen` alone.

use std::fs::File;
use std::io::{BufReader, Write as _};
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tempfile::NamedTempFile;

use super::cells::called;
use super::columns::Columns;
use crate::RuleSet;
use crate::facts::{Facts, Format, asked_of, written};
use crate::program::AS_OF;
use crate::report::Tally;
use crate::screen::join::Join;
use crate::screen::read::{CsvTable, ParquetTable, ReadError, TableFormat, XlsxTable};
use crate::screen::{
    Encoded, Encoding, FIELDS, Field, Job, Layout, Mapping, Names, OutChunk, Problem, Question, RunError, Separator, Shape,
    Table, Target,
};
use crate::source::FileId;
use crate::value::Day;

/// The most rows of a table; for more there is the command line.
pub(super) const MAX_ROWS: usize = 200_000;
/// So many rows are shown to whoever names columns.
const SAMPLE: usize = 3;

/// What somebody gave.
#[derive(Debug)]
pub(super) struct Given {
    /// Who.
    pub(super) owner: String,
    /// What the file is called.
    pub(super) name: String,
    /// The day of the check, where the table has no such column.
    pub(super) as_of: Day,
    /// The rules that are in force when it is given; all of the table is decided by them.
    pub(super) rules: Arc<RuleSet>,
}

/// A table.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) given: Given,
    format: TableFormat,
    file: NamedTempFile,
    /// Its headers.
    pub(super) headers: Vec<String>,
    /// Its first rows, cell by cell, where it is a table of cells.
    pub(super) sample: Vec<Vec<String>>,
    /// How it seems to write numbers.
    pub(super) decimal: Option<Separator>,
    stage: Mutex<Stage>,
}

/// How far a table is.
#[derive(Clone, Debug)]
pub(super) enum Stage {
    /// Its columns are to be named.
    Columns(Box<Columns>),
    /// So many rows are decided.
    Running(Arc<AtomicU64>),
    /// Everything is there.
    Done(Arc<Done>),
    /// It could not be read to its end.
    Failed(String),
}

/// What a table came to.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) mapping: Mapping,
    pub(super) layout: Layout,
    pub(super) shape: Shape,
    pub(super) chunks: Vec<OutChunk>,
    pub(super) problems: Vec<Problem>,
    pub(super) questions: Vec<Question>,
    pub(super) tally: Tally,
}

impl Sheet {
    /// Reads the headers and the first rows.
    /// # Errors
    /// Why it cannot be used, for whoever gave it.
    pub(super) fn read(given: Given, bytes: &[u8], mapping: Mapping) -> Result<Self, String> {
        let format = TableFormat::of(&given.name)
            .ok_or("The name of the file does not end in csv, tsv, ndjson, parquet or xlsx: save it as one of these.")?;
        if format == TableFormat::Xlsx {
            crate::screen::read::check_workbook(std::io::Cursor::new(bytes)).map_err(|error| told(&error))?;
        }
        let mut file = NamedTempFile::new().map_err(|error| format!("The server cannot keep the table: {error}."))?;
        file.write_all(bytes).map_err(|error| format!("The server cannot keep the table: {error}."))?;
        let mut sheet = Self {
            given,
            format,
            file,
            headers: Vec::new(),
            sample: Vec::new(),
            decimal: None,
            stage: Mutex::new(Stage::Failed(String::new())),
        };
        let table = sheet.table(&mapping).map_err(|error| told(&error))?;
        if let Table::Csv(table) = &table {
            sheet.decimal = Some(table.look.decimal);
        }
        sheet.headers = table.headers().map(<[String]>::to_vec).unwrap_or_default();
        sheet.sample = table.sample(SAMPLE).map_err(|error| told(&error))?;
        let columns = Columns::of(&sheet, &mapping);
        sheet.set(Stage::Columns(Box::new(columns)));
        Ok(sheet)
    }

    /// The names that columns may have.
    pub(super) fn names(&self) -> Names {
        Names::of(self.given.rules.program(), None)
    }

    fn table(&self, mapping: &Mapping) -> Result<Table<File>, ReadError> {
        let names = self.names();
        let is_name = |cell: &str| names.get(cell).is_some() || mapping.names(cell);
        let file = self.file.reopen()?;
        Ok(match self.format {
            TableFormat::Csv => Table::Csv(CsvTable::open(Box::new(file), None, &is_name)?),
            TableFormat::Tsv => Table::Csv(CsvTable::open(Box::new(file), Some(b'\t'), &is_name)?),
            TableFormat::Ndjson => Table::lines(Box::new(BufReader::with_capacity(1 << 18, file))),
            TableFormat::Parquet => Table::Parquet(ParquetTable::open(file)?),
            TableFormat::Xlsx => Table::Xlsx(XlsxTable::open(file, None, "accounts", &is_name)?),
        })
    }

    /// How far it is.
    pub(super) fn stage(&self) -> Stage {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, stage: Stage) {
        *self.stage.lock().unwrap_or_else(PoisonError::into_inner) = stage;
    }

    /// Says that it is being decided.
    pub(super) fn begin(&self) {
        self.set(Stage::Running(Arc::default()));
    }

    /// Decides every row.
    pub(super) fn run(&self, mapping: Mapping, layout: Layout) {
        let rows = match self.stage() {
            Stage::Running(rows) => rows,
            _ => Arc::default(),
        };
        self.set(match self.decide(mapping, layout, &rows) {
            Ok(done) => Stage::Done(Arc::new(done)),
            Err(why) => Stage::Failed(why),
        });
    }

    fn decide(&self, mapping: Mapping, layout: Layout, reached: &AtomicU64) -> Result<Done, String> {
        let program = self.given.rules.program();
        let shape = Shape {
            long: false,
            decisions: Shape::decisions(program, &[], &[], false).map_err(|unfit| unfit.to_string())?,
            fields: FIELDS.iter().map(|(field, _)| *field).filter(|field| *field != Field::Masks).collect(),
            verdicts: Vec::new(),
            carried: layout.carried().map(str::to_owned).collect(),
            files: false,
        };
        let (mut chunks, mut problems, mut questions, mut tally) = (Vec::new(), Vec::new(), Vec::new(), Tally::default());
        let table = self.table(&mapping).map_err(|error| told(&error))?;
        let run = self.job(&layout, &shape).run(vec![table], Join::Nothing, &mut |encoded: Encoded| {
            tally.merge(&encoded.tally);
            reached.store(tally.rows, Ordering::Relaxed);
            if tally.rows > MAX_ROWS as u64 {
                let why = format!("more than {MAX_ROWS} rows are too many for a page: use `accredit screen`");
                return Err(std::io::Error::other(why));
            }
            chunks.extend(encoded.columns);
            problems.extend(encoded.problems);
            questions.extend(encoded.questions);
            Ok(())
        });
        match run {
            Ok(()) => Ok(Done { mapping, layout, shape, chunks, problems, questions, tally }),
            Err(RunError::Write(error)) => Err(format!("Nothing was decided: {error}.")),
            Err(error) => Err(format!("Nothing was decided: {error}.")),
        }
    }

    fn job<'a>(&'a self, layout: &'a Layout, shape: &'a Shape) -> Job<'a> {
        // A column of days says for itself when each row is checked.
        let dated = layout.targets.contains(&Target::Fact(AS_OF));
        Job {
            rules: &self.given.rules,
            layouts: std::slice::from_ref(layout),
            sides: &[],
            shape,
            encoding: Encoding::Columns,
            as_of: (!dated).then_some(self.given.as_of),
            threads: NonZeroUsize::MIN,
            skip: 0,
        }
    }

    /// What the row of a number says, with what the account is called; nothing where there is none, or where it is invalid.
    pub(super) fn named_facts_of(&self, done: &Done, number: u64) -> Option<Facts> {
        let table = self.table(&done.mapping).ok()?;
        let mut facts = self.job(&done.layout, &done.shape).facts_of(table, number).ok()??;
        let (program, reader) = (self.given.rules.program(), &self.given.rules.reader);
        for (name, text) in called(self, done, number) {
            let Some(asked) = asked_of(program, &facts, &name) else { continue };
            let named = written(program, &facts, Some((&asked, &text)), &[]);
            facts = reader.read(FileId(0), &named, Format::Yaml).unwrap_or(facts);
        }
        Some(facts)
    }
}

fn told(error: &ReadError) -> String {
    format!("The table cannot be read: {error}.")
}
