//! The tables of a run: accounts, and what stands beside them.
//!
//! In: paths, a mapping. Out: open tables with their layouts, and the way in which they are joined.
//! Owns opening them, as often as a way of joining needs, and what is noted of the bytes that were read. Never types a cell.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest as _, Sha256};

use super::super::Failure;
use super::super::output::Output;
use super::files::Noted;
use super::{ScreenArgs, told};
use crate::RuleSet;
use crate::diagnostic::did_you_mean;
use crate::program::{ListId, Program};
use crate::screen::join::{Join, Kind, Merge, Side, Spilled};
use crate::screen::read::{CsvTable, ParquetTable, ReadError, TableFormat, XlsxTable};
use crate::screen::{Layout, Mapping, Names, RunError, Table, suggestion};

/// What was read of a table: how many bytes from its beginning, and their digest.
#[derive(Default)]
struct Seen {
    bytes: u64,
    digest: Sha256,
}

impl Seen {
    fn told(&self) -> Noted {
        (self.bytes, self.digest.clone().finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

/// A table that can be opened.
pub(super) struct Input {
    pub(super) name: Arc<str>,
    path: PathBuf,
    format: TableFormat,
    /// What came from a pipe, where it is needed more than once or not in order.
    kept: Option<tempfile::NamedTempFile>,
    seen: Arc<Mutex<Seen>>,
}

impl Input {
    fn new(path: &Path, format: TableFormat, keep: bool) -> Result<Self, Failure> {
        let is_pipe = path == Path::new("-");
        let name = if is_pipe { "standard input".to_owned() } else { path.display().to_string() };
        if path.is_dir() {
            return Err(told(&format!("`{name}` is a folder: name one table")));
        }
        let in_order = matches!(format, TableFormat::Csv | TableFormat::Tsv | TableFormat::Ndjson);
        let kept = (is_pipe && (keep || !in_order)).then(|| {
            let mut kept = tempfile::NamedTempFile::new()?;
            std::io::copy(&mut std::io::stdin(), &mut kept)?;
            Ok::<_, Failure>(kept)
        });
        let kept = kept.transpose()?;
        Ok(Self { name: name.into(), path: path.to_path_buf(), format, kept, seen: Arc::default() })
    }

    fn file(&self) -> Result<File, Failure> {
        let opened = self.kept.as_ref().map_or_else(|| File::open(&self.path), tempfile::NamedTempFile::reopen);
        opened.map_err(|error| told(&format!("cannot read `{}`: {error}", self.name)))
    }

    /// The bytes, in order, as they are noted.
    fn stream(&self) -> Result<Box<dyn Read + Send>, Failure> {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Seen::default();
        let inner: Box<dyn Read + Send> = match self.path == Path::new("-") && self.kept.is_none() {
            true => Box::new(std::io::stdin()),
            false => Box::new(self.file()?),
        };
        Ok(Box::new(Watched { inner, seen: Arc::clone(&self.seen) }))
    }

    fn table(&self, sheet: Option<&str>, liked: &str, is_name: &dyn Fn(&str) -> bool) -> Result<Table<File>, Failure> {
        let cannot = |error: ReadError| told(&format!("`{}`: {error}", self.name));
        Ok(match self.format {
            TableFormat::Csv => Table::Csv(CsvTable::open(self.stream()?, None, is_name).map_err(cannot)?),
            TableFormat::Tsv => Table::Csv(CsvTable::open(self.stream()?, Some(b'\t'), is_name).map_err(cannot)?),
            TableFormat::Ndjson => Table::lines(Box::new(BufReader::with_capacity(1 << 18, self.stream()?))),
            TableFormat::Parquet => Table::Parquet(ParquetTable::open(self.file()?).map_err(cannot)?),
            TableFormat::Xlsx => Table::Xlsx(XlsxTable::open(self.file()?, sheet, liked, is_name).map_err(cannot)?),
        })
    }

    /// Is it read from its beginning to its end?
    fn is_in_order(&self) -> bool {
        !matches!(self.format, TableFormat::Parquet | TableFormat::Xlsx)
    }

    /// How many bytes it has; nothing for a pipe.
    fn size(&self) -> Option<u64> {
        self.file().ok()?.metadata().ok().filter(std::fs::Metadata::is_file).map(|about| about.len())
    }

    /// How many bytes there are, at most so many, and their digest.
    fn first(&self, bytes: u64) -> Result<Noted, Failure> {
        let seen = Arc::default();
        let mut watched = Watched { inner: Box::new(self.file()?.take(bytes)), seen: Arc::clone(&seen) };
        std::io::copy(&mut watched, &mut std::io::sink())?;
        Ok(seen.lock().unwrap_or_else(PoisonError::into_inner).told())
    }

    /// How many bytes were read from the beginning, and their digest. What is not read in order, or stands beside the
    /// accounts, is noted whole.
    fn noted(&self, whole: bool) -> Result<Noted, Failure> {
        if whole || !self.is_in_order() {
            return self.first(u64::MAX);
        }
        Ok(self.seen.lock().unwrap_or_else(PoisonError::into_inner).told())
    }
}

/// Bytes of which it is noted what was read.
struct Watched {
    inner: Box<dyn Read + Send>,
    seen: Arc<Mutex<Seen>>,
}

impl Read for Watched {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(to)?;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.bytes += count as u64;
        seen.digest.update(to.get(..count).unwrap_or_default());
        Ok(count)
    }
}

/// A table beside the accounts, and how it is found in a workbook.
struct Beside {
    input: Input,
    side: Arc<Side>,
    sheet: String,
}

/// All tables of a run.
pub(super) struct Tables {
    accounts: Vec<Input>,
    pub(super) layouts: Vec<Layout>,
    beside: Vec<Beside>,
    pub(super) sides: Vec<Arc<Side>>,
    /// Headers of the columns that are copied to the output.
    pub(super) carried: Vec<String>,
    names: Names,
    mapping: Mapping,
    sheet: Option<String>,
    /// What was opened for its headers and not read yet.
    ready: Option<Vec<Table<File>>>,
    /// How many rows there are, where all tables say so; else how many bytes.
    rows: Option<u64>,
    bytes: Option<u64>,
}

impl Tables {
    /// Opens all tables and matches their headers; nothing where only a mapping was wanted.
    pub(super) fn open(
        args: &ScreenArgs,
        mapping: Mapping,
        rules: &RuleSet,
        output: &mut Output,
    ) -> Result<Option<Self>, Failure> {
        let program = rules.program();
        let keep = args.resume || !args.records.is_empty() || args.answers.is_some();
        let pipes = args.tables.iter().chain(&args.answers).filter(|path| *path == Path::new("-")).count();
        if pipes > 1 {
            return Err(told("standard input can be one table only"));
        }
        let input = |path: &PathBuf| Input::new(path, super::format(path, args.from, "--from")?, keep);
        let accounts = args.tables.iter().map(input).collect::<Result<Vec<_>, Failure>>()?;
        let names = Names::of(program, None);
        let is_name = |cell: &str| names.get(cell).is_some() || mapping.names(cell);
        let open = |input: &Input| input.table(args.sheet.as_deref(), "", &is_name);
        let ready = accounts.iter().map(open).collect::<Result<Vec<_>, Failure>>()?;
        let mut found = Vec::new();
        for text in &args.records {
            let (list, path) = list_of(program, text)?;
            let section = section(program, list).to_owned();
            let mapping = mapping.of_list(&section);
            found.push((Kind::Records(list), Names::of(program, Some(list)), mapping, section, PathBuf::from(path)));
        }
        if let Some(path) = &args.answers {
            let mapping = mapping.of_list("answers");
            found.push((Kind::Answers, Names::of_answers(), mapping, "Missing answers".to_owned(), path.clone()));
        }
        let mut opened = Vec::new();
        for (kind, names, mapping, sheet, path) in found {
            let input = Input::new(&path, super::format(&path, None, "another name")?, true)?;
            let is_name = |cell: &str| names.get(cell).is_some() || mapping.names(cell);
            let table = input.table(None, &sheet, &is_name)?;
            let all: Vec<String> = names.all().map(str::to_owned).collect();
            let headers = table.headers().map_or(all, <[String]>::to_vec);
            opened.push((kind, names, mapping, sheet, input, table, headers));
        }
        let one_line = ["account.id".to_owned()];
        let headers = |table: &Table<File>| table.headers().map_or_else(|| one_line.to_vec(), <[String]>::to_vec);
        let all: Vec<Vec<String>> = ready.iter().map(headers).collect();
        let of_accounts = all.iter().map(|headers| (&names, headers.as_slice()));
        let known: Vec<(&Names, &[String])> =
            of_accounts.chain(opened.iter().map(|(_, names, .., headers)| (names, headers.as_slice()))).collect();
        let all: Vec<&Arc<str>> =
            accounts.iter().chain(opened.iter().map(|(.., input, _, _)| input)).map(|input| &input.name).collect();
        let shared =
            all.iter().filter(|name| all.iter().filter(|other| other == name).count() > 1).map(|name| Arc::clone(name));
        let shared = shared.collect();
        let mut matching = Matching { args, output, failed: false, suggested: Vec::new(), shared };
        let mut layouts = Vec::new();
        for ((input, table), at) in accounts.iter().zip(&ready).zip(0..) {
            layouts.extend(matching.layout(program, &known, (at, None), &mapping, input, table));
        }
        let mut beside = Vec::new();
        for ((kind, names, mapping, sheet, input, table, _), at) in opened.iter().zip(accounts.len()..) {
            let list = match kind {
                Kind::Records(list) => section(program, *list).to_owned(),
                Kind::Answers => "answers".to_owned(),
            };
            let Some(layout) = matching.layout(program, &known, (at, Some(list)), mapping, input, table) else { continue };
            matching.has_keys(program, *kind, &layout);
            let (names, mapping) = (names.clone(), mapping.clone());
            beside.push((Arc::new(Side { kind: *kind, layout, names, mapping }), sheet.clone()));
        }
        if !matching.done()? {
            return Ok(None);
        }
        if !beside.is_empty() && layouts.iter().any(|layout| layout.place("account.id").is_none()) {
            return Err(told("records and answers are joined by `account.id`, and a table of accounts has no such column"));
        }
        let carried = Layout::unite(&mut layouts);
        let sides: Vec<Arc<Side>> = beside.iter().map(|(side, _)| Arc::clone(side)).collect();
        let inputs = opened.into_iter().map(|(.., input, _, _)| input);
        let beside = inputs.zip(beside).map(|(input, (side, sheet))| Beside { input, side, sheet }).collect();
        let rows = |table: &Table<File>| match table {
            Table::Parquet(table) => Some(table.rows),
            _ => None,
        };
        let size = |input: &Input| input.size().filter(|_| input.is_in_order());
        Ok(Some(Self {
            rows: ready.iter().map(rows).sum(),
            bytes: accounts.iter().map(size).sum(),
            accounts,
            layouts,
            beside,
            sides,
            carried,
            sheet: args.sheet.clone(),
            ready: Some(ready),
            mapping,
            names,
        }))
    }

    /// Open tables, and the way of joining; `spill` says that the tables are not all sorted.
    pub(super) fn start(&mut self, spill: bool) -> Result<(Vec<Table<File>>, Join), Failure> {
        let sides = || {
            let open = |beside: &Beside| {
                let Side { names, mapping, .. } = beside.side.as_ref();
                let is_name = |cell: &str| names.get(cell).is_some() || mapping.names(cell);
                Ok((Arc::clone(&beside.side), beside.input.table(None, &beside.sheet, &is_name)?))
            };
            self.beside.iter().map(open).collect::<Result<Vec<_>, Failure>>()
        };
        let join = match (self.beside.is_empty(), spill) {
            (true, _) => Join::Nothing,
            (false, false) => Join::Merge(Merge::new(sides()?)),
            (false, true) => {
                let spilled = Spilled::new(self.reopened()?, &self.layouts, sides()?, &tempfile::tempfile);
                Join::Spilled(spilled.map_err(|error| told(&error.to_string()))?)
            }
        };
        let tables = match self.ready.take() {
            Some(ready) if !spill || self.beside.is_empty() => ready,
            _ => self.reopened()?,
        };
        Ok((tables, join))
    }

    fn reopened(&self) -> Result<Vec<Table<File>>, Failure> {
        let is_name = |cell: &str| self.names.get(cell).is_some() || self.mapping.names(cell);
        self.accounts.iter().map(|input| input.table(self.sheet.as_deref(), "", &is_name)).collect()
    }

    /// What was read of each table, to know it again.
    pub(super) fn noted(&self) -> Result<Vec<Noted>, Failure> {
        let accounts = self.accounts.iter().map(|input| input.noted(false));
        accounts.chain(self.beside.iter().map(|beside| beside.input.noted(true))).collect()
    }

    /// What was read of each table so far, where that grows.
    pub(super) fn grown(&self, noted: &mut [Noted]) {
        for (input, noted) in self.accounts.iter().zip(noted).filter(|(input, _)| input.is_in_order()) {
            if let Ok(seen) = input.noted(false) {
                *noted = seen;
            }
        }
    }

    /// The name of the first table that is not what was noted of it.
    pub(super) fn changed(&self, noted: &[Noted]) -> Result<Option<String>, Failure> {
        let all: Vec<&Input> = self.accounts.iter().chain(self.beside.iter().map(|beside| &beside.input)).collect();
        if all.len() != noted.len() {
            return Ok(Some("the number of tables".to_owned()));
        }
        for (input, (bytes, digest)) in all.into_iter().zip(noted) {
            if input.first(*bytes)? != (*bytes, digest.clone()) {
                return Ok(Some(format!("the content of `{}`", input.name)));
            }
        }
        Ok(None)
    }

    /// Which part of the accounts was read, of 0 to 1, where that is known.
    pub(super) fn share(&self, rows: u64) -> Option<f64> {
        if let Some(all) = self.rows {
            return Some(rows as f64 / all.max(1) as f64);
        }
        let seen = |input: &Input| input.seen.lock().map_or(0, |seen| seen.bytes);
        let all = self.bytes.filter(|bytes| *bytes > 0)?;
        Some(self.accounts.iter().map(seen).sum::<u64>() as f64 / all as f64)
    }

    /// The names of all tables.
    pub(super) fn names(&self) -> (String, String) {
        let list = |names: Vec<&str>| names.join(", ");
        let beside = self.beside.iter().map(|beside| beside.input.name.as_ref());
        (list(self.accounts.iter().map(|input| input.name.as_ref()).collect()), list(beside.collect()))
    }

    /// Is a path one of the tables?
    pub(super) fn holds(&self, path: &Path) -> bool {
        let Ok(path) = path.canonicalize() else { return false };
        let inputs = self.accounts.iter().chain(self.beside.iter().map(|beside| &beside.input));
        inputs.filter_map(|input| input.path.canonicalize().ok()).any(|own| own == path)
    }

    /// Do the accounts bring records of their own?
    pub(super) fn has_documents(&self) -> bool {
        self.accounts.iter().any(|input| input.format == TableFormat::Ndjson)
    }
}

/// Columns that are no facts, each with the name most like it.
type Columns = Vec<(String, Option<String>)>;

/// The matching of the headers of all tables.
struct Matching<'a> {
    args: &'a ScreenArgs,
    output: &'a mut Output,
    failed: bool,
    /// Columns of the tables of accounts that are no facts, then those of each list.
    suggested: Vec<(Option<String>, Columns)>,
    /// Files that hold several of the tables.
    shared: Vec<Arc<str>>,
}

impl Matching<'_> {
    fn layout(
        &mut self,
        program: &Program,
        known: &[(&Names, &[String])],
        (at, list): (usize, Option<String>),
        mapping: &Mapping,
        input: &Input,
        table: &Table<File>,
    ) -> Option<Layout> {
        let own = *known.get(at)?;
        let others: Vec<_> = known.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, other)| *other).collect();
        let mut mapping = mapping.for_table(own, &others);
        if let Table::Csv(table) = table {
            mapping.decimal = mapping.decimal.or(Some(table.look.decimal));
        }
        let (names, headers) = own;
        match Layout::new(program, names, headers, &mapping) {
            Ok(mut layout) => {
                layout.file = match table {
                    Table::Xlsx(table) if self.shared.contains(&input.name) => {
                        Arc::from(format!("{}, sheet {}", input.name, table.sheet))
                    }
                    _ => Arc::clone(&input.name),
                };
                Some(layout)
            }
            Err(unmatched) => {
                self.failed = true;
                if self.args.suggest_mapping {
                    let place = self.suggested.iter().position(|(of, _)| *of == list).unwrap_or_else(|| {
                        self.suggested.push((list, Vec::new()));
                        self.suggested.len() - 1
                    });
                    if let Some((_, columns)) = self.suggested.get_mut(place) {
                        unmatched.columns.into_iter().for_each(|column| {
                            if !columns.contains(&column) {
                                columns.push(column);
                            }
                        });
                    }
                } else {
                    let of = if known.len() > 1 { format!("`{}`: ", input.name) } else { String::new() };
                    unmatched.lines.iter().for_each(|line| self.output.error(&format!("{of}{line}")));
                }
                None
            }
        }
    }

    /// A table beside the accounts needs the columns by which it is joined.
    fn has_keys(&mut self, program: &Program, kind: Kind, layout: &Layout) {
        let wanted: Vec<String> = match kind {
            Kind::Answers => ["account.id", "fact", "answer"].map(str::to_owned).to_vec(),
            Kind::Records(list) => {
                let key = program.lists.get(list.0 as usize).and_then(|list| program.facts.get(list.key.0 as usize));
                let key = key.map_or_else(String::new, |key| format!("{}.{}", section(program, list), key.local));
                vec!["account.id".to_owned(), key]
            }
        };
        for name in wanted.iter().filter(|name| layout.place(name).is_none()) {
            self.failed = true;
            self.output.error(&format!("`{}` has no column `{name}`: add it, or map the column that holds it", layout.file));
        }
    }

    /// Is there something to decide?
    fn done(self) -> Result<bool, Failure> {
        if self.args.suggest_mapping {
            if self.suggested.is_empty() {
                self.output.print("# Every column is matched; no mapping is needed.\n")?;
            }
            let (accounts, lists): (Vec<_>, Vec<_>) = self.suggested.iter().partition(|(list, _)| list.is_none());
            accounts.iter().try_for_each(|(_, columns)| self.output.print(&suggestion(columns)))?;
            if !lists.is_empty() {
                self.output.print("records:\n")?;
            }
            for (list, columns) in lists {
                let own: String = suggestion(columns).lines().map(|line| format!("    {line}\n")).collect();
                self.output.print(&format!("  {}:\n{own}", list.as_deref().unwrap_or_default()))?;
            }
            return Ok(false);
        }
        if self.failed {
            let help = "complete a mapping (--suggest-mapping writes one to begin with) and name it with --mapping; nothing was decided";
            return Err(told(help));
        }
        Ok(true)
    }
}

/// The name of a list.
pub(super) fn section(program: &Program, list: ListId) -> &str {
    let declared = program.lists.get(list.0 as usize).and_then(|list| program.sections.get(list.section));
    declared.map_or("", |section| section.name.as_str())
}

/// `campaigns=FILE`
fn list_of<'t>(program: &Program, text: &'t str) -> Result<(ListId, &'t str), Failure> {
    let (name, path) =
        text.split_once('=').ok_or_else(|| told(&format!("`{text}` names no list: write --records campaigns=FILE")))?;
    let lists = || (0..).map(ListId).take(program.lists.len());
    match lists().find(|list| section(program, *list) == name.trim()) {
        Some(list) => Ok((list, path)),
        None => {
            let known: Vec<&str> = lists().map(|list| section(program, list)).collect();
            let help = did_you_mean(name, known.clone()).unwrap_or_else(|| format!("the lists are {}", known.join(", ")));
            Err(told(&format!("there is no list `{name}`: {help}")))
        }
    }
}

/// What a run that cannot be read says.
pub(super) fn failure(error: &RunError) -> Failure {
    told(&error.to_string())
}
