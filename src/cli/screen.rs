//! `screen`: a whole table of accounts.
//!
//! In: tables, a mapping. Out: a table of results, a file of problems, a summary.
//! Owns the files: parts beside the output until everything is there, and how a run that was stopped goes on. Never decides.

use std::fs::File;
use std::io::{BufReader, IsTerminal as _, Read, Seek as _, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::output::Output;
use super::replace::whole;
use super::{Done, Failure, load};
use crate::RuleSet;
use crate::program::Verdict;
use crate::report::{Tally, screened, screened_page};
use crate::screen::read::{CsvTable, ParquetTable, TableFormat, XlsxTable};
use crate::screen::write::{ParquetPart, Workbook, csv_header};
use crate::screen::{CellReader, Cells, Encoded, Encoding, FIELDS, Field, Job, Layout, Mapping, Names, Screener, Shape, Table};

mod files;

use files::{Identity, Parts};

/// How tables are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Form {
    /// Cells between commas.
    Csv,
    /// Cells between tabs.
    Tsv,
    /// An object a line.
    Ndjson,
    /// Apache Parquet.
    Parquet,
    /// An Excel workbook.
    Xlsx,
}

impl From<Form> for TableFormat {
    fn from(form: Form) -> Self {
        match form {
            Form::Csv => Self::Csv,
            Form::Tsv => Self::Tsv,
            Form::Ndjson => Self::Ndjson,
            Form::Parquet => Self::Parquet,
            Form::Xlsx => Self::Xlsx,
        }
    }
}

/// What is told of each decision.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Told {
    /// The verdict.
    Verdict,
    /// The reward.
    Reward,
    /// The ids of what decided.
    Reasons,
    /// The first reason in words.
    Why,
    /// The next step.
    Next,
    /// The last day on which it surely helps.
    Deadline,
    /// The results of requirements as bits.
    Masks,
}

/// Arguments of `screen`.
#[derive(Args, Debug)]
pub(super) struct ScreenArgs {
    /// The table: CSV, TSV, NDJSON, Parquet or XLSX, by its ending; `-` is standard input.
    table: PathBuf,
    /// Where the results go, in the format of the ending; `-` is standard output.
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
    /// The format of the input, where its name does not say it.
    #[arg(long, value_enum, value_name = "FORMAT")]
    from: Option<Form>,
    /// The format of the output, where its name does not say it.
    #[arg(long, value_enum, value_name = "FORMAT")]
    to: Option<Form>,
    /// A YAML file that says which column holds which fact, where headers differ from the vocabulary.
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// Write a mapping for the columns that are no facts, to complete, and decide nothing.
    #[arg(long)]
    suggest_mapping: bool,
    /// The sheet of a workbook; else the first one with rows.
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    /// The day for which the check holds; it takes the place of a column `as_of`.
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
    /// A row an account and decision, not a row an account.
    #[arg(long)]
    long: bool,
    /// Only this decision, whatever it is about; may be given several times. Else every credit.
    #[arg(long, value_name = "ID")]
    only: Vec<String>,
    /// Only these verdicts: `verdict=qualifies,on_track`. A row an account stays when one of its decisions has one.
    #[arg(long = "where", value_name = "CONDITION")]
    condition: Option<String>,
    /// What is told of each decision.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "COLUMNS",
          default_values_t = [Told::Verdict, Told::Reward, Told::Reasons, Told::Why, Told::Next, Told::Deadline])]
    columns: Vec<Told>,
    /// How many threads decide; else one a core.
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
    /// Go on with a run that was stopped.
    #[arg(long)]
    resume: bool,
    /// Write a page for people as well: verdicts, what blocks most accounts, which answers are missing, in one HTML file.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Say nothing of progress, and no summary.
    #[arg(long, short)]
    quiet: bool,
}

pub(super) fn screen(args: &ScreenArgs, rules: Option<&Path>, output: &mut Output) -> Result<Done, Failure> {
    let rules = load::rule_set(rules, output)?;
    let as_of = args.as_of.as_deref().map(load::day).transpose()?;
    let from = format(&args.table, args.from, "--from")?;
    let to = format(&args.output, args.to, "--to")?;
    if args.resume && (args.output == Path::new("-") || to == TableFormat::Xlsx) {
        return Err(told("only a run into a CSV, TSV, NDJSON or Parquet file can go on; leave --resume out"));
    }
    if args.output == Path::new("-") && matches!(to, TableFormat::Parquet | TableFormat::Xlsx) {
        return Err(told("Parquet and XLSX need a file: name one with -o"));
    }
    let mapping = match &args.mapping {
        Some(path) => {
            Mapping::read(&load::text(path)?).map_err(|why| told(&format!("the mapping `{}`: {why}", path.display())))?
        }
        None => Mapping::default(),
    };
    let input = Input::open(&args.table)?;
    let identity = input.identity.clone();
    let names = Names::of(rules.program(), None);
    let is_name = |cell: &str| names.get(cell).is_some() || mapping.names(cell);
    let table = input.table(from, args, &is_name)?;
    let (layout, mapping) = layout(&table, &names, mapping.clone(), &rules, args, output)?;
    let Some(layout) = layout else { return Ok(Done::Answered) };
    let shape = shape(args, &rules, &layout)?;
    let headers = shape.headers(rules.program());
    let blank = blank(&rules, &layout, &shape);
    let encoding = match to {
        TableFormat::Csv => Encoding::Csv(b','),
        TableFormat::Tsv => Encoding::Csv(b'\t'),
        TableFormat::Ndjson => Encoding::Ndjson(headers.clone()),
        TableFormat::Parquet => Encoding::Parquet(ParquetPart::new(&headers, &blank)),
        TableFormat::Xlsx => Encoding::Columns,
    };
    let head = match &encoding {
        Encoding::Csv(delimiter) => csv_header(&headers, *delimiter),
        _ => Vec::new(),
    };
    let of = Identity {
        input: identity,
        rules: rules.program().digest.clone(),
        as_of: args.as_of.clone(),
        asked: format!("{to:?} {shape:?} {mapping:?}"),
    };
    let threads = args.threads.or_else(|| std::thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN);
    let mut job = Job { rules: &rules, layout: &layout, shape: &shape, encoding, as_of, threads, skip: 0 };
    let mut progress = Progress::new(args.quiet);
    let tally = match to {
        TableFormat::Xlsx => workbook(&job, table, args, &headers, &mut progress)?,
        _ if args.output == Path::new("-") => stream(&job, table, &head, output, &mut progress)?,
        _ => {
            let mut parts = Parts::open(&args.output, of, args.resume, &head)?;
            job.skip = parts.chunks();
            let run = job.run(table, &mut |encoded| {
                parts.add(&encoded)?;
                progress.tell(parts.tally());
                Ok(())
            });
            run.map_err(|error| read_failure(&args.table, &error))?;
            match &job.encoding {
                Encoding::Parquet(part) => parts.finish_parquet(part.rows(blank).map_err(|error| told(&error.to_string()))?)?,
                _ => parts.finish()?,
            }
        }
    };
    progress.end();
    if let Some(path) = &args.report {
        let page = screened_page(rules.program(), &shape.decisions, &tally, &about(args, rules.program()));
        whole(path, |file| file.write_all(page.as_bytes()))
            .map_err(|error| told(&format!("cannot write `{}`: {error}", path.display())))?;
    }
    if !args.quiet {
        output.note(&screened::summary(rules.program(), &shape.decisions, &tally, output.width, true));
        if tally.invalid > 0 && to == TableFormat::Xlsx {
            output.note("\nWhat is wrong with the invalid rows stands in the sheet Problems.");
        } else if tally.invalid > 0 && args.output != Path::new("-") {
            output.note(&format!(
                "\nWhat is wrong with the invalid rows stands in {}.",
                files::problems_of(&args.output).display()
            ));
        }
    }
    Ok(if tally.invalid > 0 { Done::InPart } else { Done::Answered })
}

fn told(message: &str) -> Failure {
    Failure::Told(message.to_owned())
}

fn read_failure(path: &Path, error: &crate::screen::RunError) -> Failure {
    Failure::Told(format!("`{}`: {error}", path.display()))
}

fn format(path: &Path, form: Option<Form>, option: &str) -> Result<TableFormat, Failure> {
    let by_name = || TableFormat::of(&path.to_string_lossy());
    form.map(TableFormat::from).or_else(by_name).ok_or_else(|| {
        told(&format!("`{}` does not end in csv, tsv, ndjson, parquet or xlsx: say the format with {option}", path.display()))
    })
}

/// An input that was opened.
struct Input {
    file: Option<File>,
    identity: String,
}

impl Input {
    fn open(path: &Path) -> Result<Self, Failure> {
        if path == Path::new("-") {
            return Ok(Self { file: None, identity: "-".to_owned() });
        }
        let cannot = |error: &std::io::Error| Failure::Told(format!("cannot read `{}`: {error}", path.display()));
        let file = File::open(path).map_err(|error| cannot(&error))?;
        let about = file.metadata().map_err(|error| cannot(&error))?;
        if about.is_dir() {
            return Err(Failure::Told(format!("`{}` is a folder: name one table", path.display())));
        }
        let changed = about.modified().ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
        let identity = format!("{} {} {:?}", path.display(), about.len(), changed);
        Ok(Self { file: Some(file), identity })
    }

    /// The bytes, in order.
    fn stream(self) -> Box<dyn Read + Send> {
        self.file.map_or_else(|| Box::new(std::io::stdin()) as Box<dyn Read + Send>, |file| Box::new(file))
    }

    /// The bytes, in any order; those of a pipe are kept in a file without a name meanwhile.
    fn seekable(self) -> Result<File, Failure> {
        let Some(file) = self.file else {
            let mut kept = tempfile::tempfile()?;
            std::io::copy(&mut std::io::stdin(), &mut kept)?;
            kept.rewind()?;
            return Ok(kept);
        };
        Ok(file)
    }

    fn table(self, format: TableFormat, args: &ScreenArgs, is_name: &dyn Fn(&str) -> bool) -> Result<Table<File>, Failure> {
        let name = args.table.display().to_string();
        let cannot = |error: crate::screen::read::ReadError| Failure::Told(format!("`{name}`: {error}"));
        Ok(match format {
            TableFormat::Csv => Table::Csv(CsvTable::open(self.stream(), None, is_name).map_err(cannot)?),
            TableFormat::Tsv => Table::Csv(CsvTable::open(self.stream(), Some(b'\t'), is_name).map_err(cannot)?),
            TableFormat::Ndjson => Table::lines(Box::new(BufReader::with_capacity(1 << 18, self.stream()))),
            TableFormat::Parquet => Table::Parquet(ParquetTable::open(self.seekable()?).map_err(cannot)?),
            TableFormat::Xlsx => {
                Table::Xlsx(XlsxTable::open(self.seekable()?, args.sheet.as_deref(), is_name).map_err(cannot)?)
            }
        })
    }
}

/// Which column holds what; nothing where only a mapping was wanted.
fn layout(
    table: &Table<File>,
    names: &Names,
    mut mapping: Mapping,
    rules: &RuleSet,
    args: &ScreenArgs,
    output: &mut Output,
) -> Result<(Option<Layout>, Mapping), Failure> {
    if let Table::Csv(table) = table {
        mapping.decimal = mapping.decimal.or(Some(table.look.decimal));
    }
    let lines = ["account.id".to_owned()];
    let headers = table.headers().unwrap_or(&lines);
    match Layout::new(rules.program(), names, headers, &mapping) {
        Ok(layout) if !args.suggest_mapping => Ok((Some(layout), mapping)),
        Ok(_) => {
            output.print("# Every column is matched; no mapping is needed.\n")?;
            Ok((None, mapping))
        }
        Err(unmatched) if args.suggest_mapping => {
            output.print(&unmatched.suggested)?;
            Ok((None, mapping))
        }
        Err(unmatched) => {
            for line in &unmatched.lines {
                output.error(line);
            }
            let help = "complete a mapping (--suggest-mapping writes one to begin with) and name it with --mapping; nothing was decided";
            Err(told(help))
        }
    }
}

fn shape(args: &ScreenArgs, rules: &RuleSet, layout: &Layout) -> Result<Shape, Failure> {
    let program = rules.program();
    let decisions = Shape::decisions(program, &args.only)
        .map_err(|unfit| told(&unfit.help.iter().fold(unfit.to_string(), |told, help| format!("{told}: {help}"))))?;
    let verdicts = match args.condition.as_deref().map(str::trim) {
        None => Vec::new(),
        Some(condition) => {
            let help = "write --where verdict=qualifies,on_track";
            let list =
                condition.strip_prefix("verdict=").ok_or_else(|| told(&format!("`{condition}` is no condition: {help}")))?;
            let verdict =
                |word: &str| Verdict::parse(word.trim()).ok_or_else(|| told(&format!("`{word}` is no verdict: {help}")));
            list.split(',').map(verdict).collect::<Result<_, _>>()?
        }
    };
    let field = |told: &Told| match told {
        Told::Verdict => Field::Verdict,
        Told::Reward => Field::Reward,
        Told::Reasons => Field::Reasons,
        Told::Why => Field::Why,
        Told::Next => Field::Next,
        Told::Deadline => Field::Deadline,
        Told::Masks => Field::Masks,
    };
    let chosen: Vec<Field> = args.columns.iter().map(field).collect();
    let fields = FIELDS.iter().map(|(field, _)| *field).filter(|field| chosen.contains(field)).collect();
    let carried = layout.carried().map(str::to_owned).collect();
    Ok(Shape { long: args.long, decisions, fields, verdicts, carried })
}

/// No rows, in the right columns.
fn blank(rules: &RuleSet, layout: &Layout, shape: &Shape) -> crate::screen::OutChunk {
    let (program, plan) = (rules.program(), &rules.plan);
    let mut cells = CellReader::new(program, plan, &rules.reader, layout, Some(1));
    Screener::new(program, plan, shape).screen(&cells.decode(&Cells::default())).0
}

fn stream(
    job: &Job<'_>,
    table: Table<File>,
    head: &[u8],
    output: &mut Output,
    progress: &mut Progress,
) -> Result<Tally, Failure> {
    let mut tally = Tally::default();
    output.stream().write_all(head)?;
    let mut problems = Vec::new();
    let run = job.run(table, &mut |encoded: Encoded| {
        output.stream().write_all(&encoded.bytes)?;
        tally.merge(&encoded.tally);
        problems.extend(encoded.problems.into_iter().take(100_usize.saturating_sub(problems.len())));
        progress.tell(&tally);
        Ok(())
    });
    run.map_err(|error| match error {
        crate::screen::RunError::Write(error) => Failure::Write(error),
        other => read_failure(Path::new("-"), &other),
    })?;
    for problem in problems {
        let help = problem.help.map_or_else(String::new, |help| format!(" ({help})"));
        output.error(&format!("row {}: {}{help}", problem.row, problem.reason));
    }
    Ok(tally)
}

fn workbook(
    job: &Job<'_>,
    table: Table<File>,
    args: &ScreenArgs,
    headers: &[String],
    progress: &mut Progress,
) -> Result<Tally, Failure> {
    let broken = |error: &rust_xlsxwriter::XlsxError| std::io::Error::other(error.to_string());
    let mut book = Workbook::new(headers).map_err(|error| broken(&error))?;
    let mut tally = Tally::default();
    let run = job.run(table, &mut |encoded: Encoded| {
        if let Some(columns) = &encoded.columns {
            book.rows(columns, &encoded.problems).map_err(|error| broken(&error))?;
        }
        tally.merge(&encoded.tally);
        progress.tell(&tally);
        Ok(())
    });
    run.map_err(|error| read_failure(&args.table, &error))?;
    let program = job.rules.program();
    let mut about = about(args, program);
    about.push(("What a verdict means".to_owned(), screened::PROMISE.to_owned()));
    whole(&args.output, |file| book.finish(program, job.shape, &tally, &about, file).map_err(|error| broken(&error)))?;
    Ok(tally)
}

/// What a run was about, by names.
fn about(args: &ScreenArgs, program: &crate::program::Program) -> Vec<(String, String)> {
    let about = [
        ("Rules", format!("{} {} ({})", program.name, program.version, program.digest)),
        ("Input", args.table.display().to_string()),
        ("Day of the check", args.as_of.clone().unwrap_or_else(|| "each row's own".to_owned())),
        ("Program", format!("accredit {}", env!("CARGO_PKG_VERSION"))),
        ("Empty cells", "An empty cell is not known: it never grants and never denies.".to_owned()),
    ];
    about.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Progress on standard error, where somebody watches.
struct Progress {
    shown: bool,
    begun: std::time::Instant,
    told: std::time::Instant,
}

impl Progress {
    fn new(quiet: bool) -> Self {
        let now = std::time::Instant::now();
        Self { shown: !quiet && std::io::stderr().is_terminal(), begun: now, told: now }
    }

    fn tell(&mut self, tally: &Tally) {
        if self.shown && self.told.elapsed().as_millis() >= 200 {
            self.told = std::time::Instant::now();
            let rate = tally.rows as f64 / self.begun.elapsed().as_secs_f64();
            drop(write!(std::io::stderr(), "\r{} rows, {rate:.0} rows/s, {} invalid \u{1b}[K", tally.rows, tally.invalid));
        }
    }

    fn end(&self) {
        if self.shown {
            drop(write!(std::io::stderr(), "\r\u{1b}[K"));
        }
    }
}
