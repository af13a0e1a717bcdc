//! `sql`: the rules as queries or views for a warehouse.
//!
//! In: a dialect, decisions, names of tables. Out: SQL on standard output or in a file.
//! Owns which decisions are printed. Never prints half: what a dialect cannot say exactly is told, and nothing is written.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::output::Output;
use super::{Done, Failure, check, load, replace};
use crate::RuleSet;
use crate::diagnostic::did_you_mean;
use crate::sql::{self, DayFrom, Holds, Refusal, Wanted};

/// A dialect, as it is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum Dialect {
    /// PostgreSQL 12 and later.
    Postgres,
    /// DuckDB 1.1 and later.
    Duckdb,
    /// Spark 3.5.
    Spark,
}

impl Dialect {
    fn meant(self) -> sql::Dialect {
        match self {
            Self::Postgres => sql::Dialect::Postgres,
            Self::Duckdb => sql::Dialect::DuckDb,
            Self::Spark => sql::Dialect::Spark,
        }
    }
}

/// Arguments of `sql`.
#[derive(Args, Debug)]
pub(super) struct SqlArgs {
    /// For which database.
    #[arg(long, value_enum)]
    dialect: Dialect,
    /// Only this decision; may be given several times.
    #[arg(long, value_name = "ID")]
    program: Vec<String>,
    /// All but this decision; may be given several times.
    #[arg(long, value_name = "ID")]
    without: Vec<String>,
    /// The table of accounts; dots part schema and table.
    #[arg(long, value_name = "NAME", default_value = "accounts")]
    table: String,
    /// The table of a list's records, as `campaigns=NAME`, where it is not called as the list; may be given several times.
    #[arg(long, value_name = "LIST=NAME")]
    records: Vec<String>,
    /// A view for each decision, instead of one query for the accounts and one for each list of records.
    #[arg(long)]
    view: bool,
    /// Where the day comes from: `parameter` of the session or query, `column` (`as_of`, of the accounts), or a day such as
    /// 2026-03-01.
    #[arg(long, value_name = "WHAT", default_value = "parameter")]
    as_of: String,
    /// Print what the bits of the masks stand for, as a view, instead.
    #[arg(long, conflicts_with = "columns")]
    reasons: bool,
    /// Print the tables that are read, empty, instead.
    #[arg(long)]
    columns: bool,
    /// The file to write; else standard output.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) fn sql(args: &SqlArgs, rules: Option<&Path>, output: &mut Output) -> Result<Done, Failure> {
    let rules = load::rule_set(rules, output)?;
    let wanted = Wanted {
        dialect: args.dialect.meant(),
        decisions: decisions(&rules, &args.program, &args.without)?,
        accounts: table(&args.table)?,
        records: args.records.iter().map(|pair| records(&rules, pair)).collect::<Result<_, _>>()?,
        view: args.view,
        day: match args.as_of.as_str() {
            "parameter" => DayFrom::Parameter,
            "column" => DayFrom::Column,
            day => DayFrom::Fixed(load::day(day)?),
        },
    };
    let holds = match (args.reasons, args.columns) {
        (true, _) => Holds::Reasons,
        (_, true) => Holds::Tables,
        _ => Holds::Decisions,
    };
    match sql::script(rules.program(), &rules.plan, &wanted, holds) {
        Ok(text) => match &args.output {
            Some(path) => replace::put(path, &text)?,
            None => output.print(&text)?,
        },
        Err(refusals) => {
            tell(&refusals, output);
            let mut ids: Vec<&str> = refusals.iter().filter_map(|refusal| refusal.decision.as_deref()).collect();
            ids.dedup();
            let help = match ids.as_slice() {
                [] => String::new(),
                all if all.len() >= wanted.decisions.len() => String::new(),
                all => format!("; leave out what is refused with `--without {}`", all.join(" --without ")),
            };
            return Err(Failure::Told(format!("nothing was written{help}")));
        }
    }
    Ok(Done::Answered)
}

/// Tells what was refused, one line each.
pub(super) fn tell(refusals: &[Refusal], output: &mut Output) {
    refusals.iter().for_each(|refusal| output.note(&refusal.to_string()));
}

/// The decisions that are asked for, in the order of the rules.
pub(super) fn decisions(rules: &RuleSet, only: &[String], without: &[String]) -> Result<Vec<usize>, Failure> {
    for id in only.iter().chain(without) {
        check::known(rules, id, |_| true)?;
    }
    let wanted = |id: &String| (only.is_empty() || only.contains(id)) && !without.contains(id);
    let all = rules.program().decisions.iter().enumerate();
    let found: Vec<usize> = all.filter(|(_, decision)| wanted(&decision.id)).map(|(at, _)| at).collect();
    if found.is_empty() {
        return Err(Failure::Told("no decision is left: every one is left out with `--without`".to_owned()));
    }
    Ok(found)
}

fn table(name: &str) -> Result<String, Failure> {
    if name.split('.').any(|part| part.is_empty() || part.contains('\0')) {
        return Err(Failure::Told(format!("`{name}` names no table: write NAME or SCHEMA.NAME")));
    }
    Ok(name.to_owned())
}

fn records(rules: &RuleSet, pair: &str) -> Result<(String, String), Failure> {
    let program = rules.program();
    let lists: Vec<&str> =
        program.lists.iter().filter_map(|list| program.sections.get(list.section)).map(|s| s.name.as_str()).collect();
    let Some((list, name)) = pair.split_once('=') else {
        return Err(Failure::Told(format!("`--records {pair}` names no table: write LIST=NAME, such as `campaigns={pair}`")));
    };
    if !lists.contains(&list) {
        let help = did_you_mean(list, lists.iter().copied()).unwrap_or_else(|| format!("the lists are {}", lists.join(", ")));
        return Err(Failure::Told(format!("the rules have no records called `{list}`: {help}")));
    }
    Ok((list.to_owned(), table(name)?))
}
