//! `screen`: a whole table of accounts.
//!
//! In: tables, a mapping. Out: a table of results, a file of problems, a summary.
//! Owns the files: parts beside the output until everything is there, and how a run that was stopped goes on. Never decides.

use std::fs::File;
use std::io::Write;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::output::Output;
use super::replace::whole;
use super::{Done, Failure, load};
use crate::RuleSet;
use crate::program::Verdict;
use crate::report::{Tally, screened, screened_page};
use crate::screen::join::{Join, Kind};
use crate::screen::read::TableFormat;
use crate::screen::write::{ParquetPart, Workbook, csv_header};
use crate::screen::{
    ASKED_ROWS, CellReader, Cells, Encoded, Encoding, FIELDS, Field, Job, Layout, Mapping, RunError, Screener, Shape, Table,
};

mod files;
mod progress;
mod tables;

use files::{Identity, Opened, Parts};
use progress::Progress;
use tables::Tables;

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
    /// The tables, read one after the other as one: CSV, TSV, NDJSON, Parquet or XLSX, by their endings; `-` is standard input.
    #[arg(required = true, value_name = "TABLE")]
    tables: Vec<PathBuf>,
    /// Where the results go, in the format of the ending; `-` is standard output.
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
    /// The format of the input, where its name does not say it.
    #[arg(long, value_enum, value_name = "FORMAT")]
    from: Option<Form>,
    /// The format of the output, where its name does not say it.
    #[arg(long, value_enum, value_name = "FORMAT")]
    to: Option<Form>,
    /// A table whose rows are records of the accounts, such as `campaigns=campaigns.csv`, joined by a column `account.id`; may
    /// be given several times.
    #[arg(long, value_name = "LIST=FILE")]
    records: Vec<String>,
    /// A table of answers, such as the sheet `Missing answers` of an earlier output: columns `account.id`, `fact`, `answer`.
    #[arg(long, value_name = "FILE")]
    answers: Option<PathBuf>,
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
    /// Tell how far the run got, even where standard error is no terminal.
    #[arg(long)]
    progress: bool,
    /// Say nothing of progress, and no summary.
    #[arg(long, short)]
    quiet: bool,
}

pub(super) fn screen(args: &ScreenArgs, rules: Option<&Path>, output: &mut Output) -> Result<Done, Failure> {
    let rules = load::rule_set(rules, output)?;
    let as_of = args.as_of.as_deref().map(load::day).transpose()?;
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
    let read_as = format!("{mapping:?}");
    let Some(mut tables) = Tables::open(args, mapping, &rules, output)? else { return Ok(Done::Answered) };
    if tables.holds(&args.output) {
        return Err(told(&format!("`{}` is one of the tables: name another output", args.output.display())));
    }
    let shape = shape(args, &rules, &tables)?;
    let headers = shape.headers(rules.program());
    let layouts = tables.layouts.clone();
    let sides = tables.sides.clone();
    let blank = blank(&rules, &layouts, &shape);
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
        rules: rules.program().digest.clone(),
        as_of: args.as_of.clone(),
        mapping: read_as,
        asked: format!("{to:?} {shape:?} {:?} {:?} {:?}", args.sheet, args.records.len(), args.answers.is_some()),
    };
    let threads = args.threads.or_else(|| std::thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN);
    let job = Job { rules: &rules, layouts: &layouts, sides: &sides, shape: &shape, encoding, as_of, threads, skip: 0 };
    let mut run = Run { job, args, progress: Progress::new(args.quiet, args.progress) };
    let tally = match to {
        TableFormat::Xlsx => run.workbook(&mut tables, &headers)?,
        _ if args.output == Path::new("-") => run.stream(&mut tables, &head, output)?,
        _ => run.parts(&mut tables, of, &head, blank)?,
    };
    let Run { progress, .. } = run;
    progress.end();
    if let Some(path) = &args.report {
        let page = screened_page(rules.program(), &shape.decisions, &tally, &about(args, &tables, rules.program()));
        whole(path, |file| file.write_all(page.as_bytes()))
            .map_err(|error| told(&format!("cannot write `{}`: {error}", path.display())))?;
    }
    if !args.quiet {
        output.note(&screened::summary(rules.program(), &shape.decisions, &tally, output.width, true));
        let place = match to {
            _ if tally.invalid + tally.astray + tally.repeated == 0 || args.output == Path::new("-") => None,
            TableFormat::Xlsx => Some("the sheet Problems".to_owned()),
            _ => Some(files::problems_of(&args.output).display().to_string()),
        };
        if let Some(place) = place {
            output.note(&format!("\nWhat is wrong, row by row, stands in {place}."));
        }
    }
    Ok(if tally.invalid + tally.astray > 0 { Done::InPart } else { Done::Answered })
}

fn told(message: &str) -> Failure {
    Failure::Told(message.to_owned())
}

fn format(path: &Path, form: Option<Form>, option: &str) -> Result<TableFormat, Failure> {
    let by_name = || TableFormat::of(&path.to_string_lossy());
    form.map(TableFormat::from).or_else(by_name).ok_or_else(|| {
        told(&format!("`{}` does not end in csv, tsv, ndjson, parquet or xlsx: say the format with {option}", path.display()))
    })
}

fn shape(args: &ScreenArgs, rules: &RuleSet, tables: &Tables) -> Result<Shape, Failure> {
    let program = rules.program();
    let lists = |side: &std::sync::Arc<crate::screen::join::Side>| match side.kind {
        Kind::Records(list) => Some(list),
        Kind::Answers => None,
    };
    let lists: Vec<_> = tables.sides.iter().filter_map(lists).collect();
    let decisions = Shape::decisions(program, &args.only, &lists, tables.has_documents())
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
    let carried = tables.carried.clone();
    Ok(Shape { long: args.long, decisions, fields, verdicts, carried, files: args.tables.len() > 1 })
}

/// No rows, in the right columns.
fn blank(rules: &RuleSet, layouts: &[Layout], shape: &Shape) -> crate::screen::OutChunk {
    let (program, plan) = (rules.program(), &rules.plan);
    let Some(layout) = layouts.first() else { return crate::screen::OutChunk::default() };
    let mut cells = CellReader::new(program, plan, &rules.reader, layout, Some(1));
    Screener::new(program, plan, shape).screen(&cells.decode(&Cells::default())).0
}

/// A run, wherever its results go.
struct Run<'a> {
    job: Job<'a>,
    args: &'a ScreenArgs,
    progress: Progress,
}

impl Run<'_> {
    /// Into a file, by way of parts from which another run can go on.
    fn parts(
        &mut self,
        tables: &mut Tables,
        of: Identity,
        head: &[u8],
        blank: crate::screen::OutChunk,
    ) -> Result<Tally, Failure> {
        let path = &self.args.output;
        let opened = match self.args.resume {
            true => Parts::resume(path, &of, &|noted| tables.changed(noted), head)?,
            false => Opened::Parts(Box::new(Parts::begin(path, of, tables.noted()?, head, false)?)),
        };
        let mut parts = match opened {
            Opened::Parts(parts) => *parts,
            Opened::Ended(tally) => return Ok(*tally),
        };
        loop {
            let (ready, join) = tables.start(parts.is_spilled())?;
            self.job.skip = parts.chunks();
            let (job, progress) = (&self.job, &mut self.progress);
            let run = job.run(ready, join, &mut |encoded| {
                parts.add(&encoded, &|noted| tables.grown(noted))?;
                progress.tell(parts.tally(), tables.share(parts.tally().rows));
                Ok(())
            });
            match run {
                Err(RunError::Unsorted) if !parts.is_spilled() => parts = parts.anew()?,
                Err(error) => return Err(tables::failure(&error)),
                Ok(()) => break,
            }
        }
        match &self.job.encoding {
            Encoding::Parquet(part) => parts.finish_parquet(part.rows(blank).map_err(|error| told(&error.to_string()))?),
            _ => parts.finish(),
        }
    }

    /// To standard output; what is written cannot be taken back, so tables are not taken to be sorted.
    fn stream(&mut self, tables: &mut Tables, head: &[u8], output: &mut Output) -> Result<Tally, Failure> {
        let mut tally = Tally::default();
        let (ready, join) = tables.start(true)?;
        output.stream().write_all(head)?;
        let mut problems = Vec::new();
        let (job, progress) = (&self.job, &mut self.progress);
        let run = job.run(ready, join, &mut |encoded: Encoded| {
            output.stream().write_all(&encoded.bytes)?;
            tally.merge(&encoded.tally);
            problems.extend(encoded.problems.into_iter().take(100_usize.saturating_sub(problems.len())));
            progress.tell(&tally, tables.share(tally.rows));
            Ok(())
        });
        run.map_err(|error| match error {
            RunError::Write(error) => Failure::Write(error),
            other => tables::failure(&other),
        })?;
        for problem in problems {
            let help = problem.help.map_or_else(String::new, |help| format!(" ({help})"));
            output.error(&format!("{} row {}: {}{help}", problem.file, problem.row, problem.reason));
        }
        Ok(tally)
    }

    /// Into a workbook.
    fn workbook(&mut self, tables: &mut Tables, headers: &[String]) -> Result<Tally, Failure> {
        let mut written = self.rows_of_workbook(tables.start(false)?, tables, headers);
        if matches!(written, Err(RunError::Unsorted)) {
            written = self.rows_of_workbook(tables.start(true)?, tables, headers);
        }
        let (book, tally) = written.map_err(|error| tables::failure(&error))?;
        let program = self.job.rules.program();
        let mut about = about(self.args, tables, program);
        let answers = format!(
            "Fill in the column `answer` of the sheet Missing answers, save, and run again with --answers FILE. An empty cell is \
             not known. Questions are listed for accounts with an `account.id`, of the first {ASKED_ROWS} rows."
        );
        about.push(("Missing answers".to_owned(), answers));
        about.push(("What a verdict means".to_owned(), screened::PROMISE.to_owned()));
        let shape = self.job.shape;
        whole(&self.args.output, |file| book.finish(program, shape, &tally, &about, file).map_err(|error| broken(&error)))?;
        Ok(tally)
    }

    fn rows_of_workbook(
        &mut self,
        (ready, join): (Vec<Table<File>>, Join),
        tables: &Tables,
        headers: &[String],
    ) -> Result<(Workbook, Tally), RunError> {
        let mut book = Workbook::new(headers).map_err(|error| broken(&error))?;
        let mut tally = Tally::default();
        let (job, progress) = (&self.job, &mut self.progress);
        let program = job.rules.program();
        job.run(ready, join, &mut |encoded: Encoded| {
            book.ask(program, &encoded.questions).map_err(|error| broken(&error))?;
            if let Some(columns) = &encoded.columns {
                book.rows(columns, &encoded.problems).map_err(|error| broken(&error))?;
            }
            tally.merge(&encoded.tally);
            progress.tell(&tally, tables.share(tally.rows));
            Ok(())
        })?;
        Ok((book, tally))
    }
}

fn broken(error: &rust_xlsxwriter::XlsxError) -> std::io::Error {
    std::io::Error::other(error.to_string())
}

/// What a run was about, by names.
fn about(args: &ScreenArgs, tables: &Tables, program: &crate::program::Program) -> Vec<(String, String)> {
    let (accounts, beside) = tables.names();
    let about = [
        ("Rules", format!("{} {} ({})", program.name, program.version, program.digest)),
        ("Input", accounts),
        ("Records and answers", if beside.is_empty() { "none".to_owned() } else { beside }),
        ("Day of the check", args.as_of.clone().unwrap_or_else(|| "each row's own".to_owned())),
        ("Program", format!("accredit {}", env!("CARGO_PKG_VERSION"))),
        ("Empty cells", "An empty cell is not known: it never grants and never denies.".to_owned()),
    ];
    about.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
