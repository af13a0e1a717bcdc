//! Files: statements with a head that says what made them, and a job that an existing Spark cluster runs.
//!
//! In: statements, and the names of their tables. Out: the text of each file.
//! Owns the order of statements in a file, and the names of a job's files. Never opens one.

use super::dialect::{Dialect, Refusal};
use super::query::{DayFrom, Query, Wanted, create_table, queries, view};
use super::reasons::reasons;
use super::{layout, query};
use crate::plan::Plan;
use crate::program::{Decision, ListId, Program};

/// What a file holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Holds {
    /// The queries or views that decide.
    Decisions,
    /// The lookup table of reasons.
    Reasons,
    /// The tables that the queries read, empty.
    Tables,
}

/// A script of what is asked for.
/// # Errors
/// Everything that the dialect cannot say exactly.
pub fn script(program: &Program, plan: &Plan, wanted: &Wanted, holds: Holds) -> Result<String, Vec<Refusal>> {
    let made = queries(program, plan, wanted)?;
    let dialect = wanted.dialect;
    let statements: Vec<String> = match holds {
        Holds::Decisions if wanted.view => made.iter().map(|query| view(program, query, dialect)).collect(),
        Holds::Decisions => made.into_iter().map(|query| query.text).collect(),
        Holds::Reasons => vec![reasons(program, &named(program, wanted), dialect)],
        Holds::Tables => tables(program, wanted, &made),
    };
    let parameter = wanted.day == DayFrom::Parameter && holds == Holds::Decisions;
    let day = if parameter { format!("-- The day of the check comes first: {}\n", dialect.day_help()) } else { String::new() };
    Ok(format!("{}{day}\n{};\n", head(program, "--"), statements.join(";\n\n")))
}

fn named<'p>(program: &'p Program, wanted: &Wanted) -> Vec<&'p Decision> {
    wanted.decisions.iter().filter_map(|at| program.decisions.get(*at)).collect()
}

/// What made a file. A name in it ends no line.
fn head(program: &Program, mark: &str) -> String {
    let plain = |text: &str| text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect::<String>();
    let (name, version) = (plain(&program.name), plain(&program.version));
    format!(
        "{mark} Made by accredit {} from the rules {name} {version}, {}.\n{mark} A row that no document could be is `invalid`: nothing is decided on it.\n",
        env!("CARGO_PKG_VERSION"),
        program.digest,
    )
}

/// The tables that queries read, each with the columns that any of them reads.
fn tables(program: &Program, wanted: &Wanted, made: &[Query]) -> Vec<String> {
    let dialect = wanted.dialect;
    let (account, records) = columns(made);
    let mut listed = vec![create_table(&wanted.accounts, &account, dialect)];
    listed.extend(records.iter().map(|(list, columns)| create_table(query::records(program, wanted, *list), columns, dialect)));
    listed
}

/// The columns of the accounts and of each list, over all queries.
#[expect(clippy::type_complexity, reason = "columns as `Query` has them, of the accounts and by list")]
fn columns(made: &[Query]) -> (Vec<(String, &'static str)>, Vec<(ListId, Vec<(String, &'static str)>)>) {
    let mut account = Vec::new();
    let mut records: Vec<(ListId, Vec<(String, &'static str)>)> = Vec::new();
    let add = |to: &mut Vec<(String, &'static str)>, more: &[(String, &'static str)]| {
        for column in more {
            if !to.contains(column) {
                to.push(column.clone());
            }
        }
    };
    for query in made {
        add(&mut account, &query.account);
        if let Some(list) = query.list {
            match records.iter_mut().find(|(own, _)| *own == list) {
                Some((_, columns)) => add(columns, &query.record),
                None => records.push((list, query.record.clone())),
            }
        }
    }
    (account, records)
}

/// A file of a job.
pub struct JobFile {
    /// Its name.
    pub name: &'static str,
    /// Its text.
    pub text: String,
}

/// A job for `spark-submit`: the queries, the script that runs them over Parquet, and a recipe. Decisions that Spark cannot
/// say exactly are left out, and named in the recipe.
pub fn spark_job(program: &Program, plan: &Plan, decisions: &[usize]) -> (Vec<JobFile>, Vec<Refusal>) {
    let mut wanted = Wanted {
        dialect: Dialect::Spark,
        decisions: decisions.to_vec(),
        accounts: "accounts".to_owned(),
        records: Vec::new(),
        view: false,
        day: DayFrom::Parameter,
    };
    let mut refusals = Vec::new();
    let mut made = Vec::new();
    for at in decisions {
        wanted.decisions = vec![*at];
        // One query a decision: a wider one is no longer compiled by the virtual machine.
        match query::narrow(program, plan, &wanted, *at) {
            Ok(query) => made.push(query),
            Err(refusal) => refusals.push(refusal),
        }
    }
    wanted.decisions = made.iter().filter_map(|query| query.decision).collect();
    let listed: Vec<serde_json::Value> = made
        .iter()
        .map(|query| {
            let id = query.decision.and_then(|at| program.decisions.get(at)).map_or("", |decision| decision.id.as_str());
            let list = query.list.map(|list| layout::table(program, list));
            serde_json::json!({ "decision": id, "records": list })
        })
        .collect();
    let (account, records) = columns(&made);
    let described = |columns: &[(String, &'static str)]| -> serde_json::Value {
        columns.iter().map(|(name, ty)| serde_json::json!([name, ty])).collect()
    };
    let lists: serde_json::Map<String, serde_json::Value> =
        records.iter().map(|(list, columns)| (layout::table(program, *list).to_owned(), described(columns))).collect();
    let manifest = serde_json::json!({
        "rules": { "name": program.name, "version": program.version, "digest": program.digest },
        "accounts": described(&account),
        "records": lists,
        "queries": listed,
    });
    let queries = made.iter().map(|query| {
        let id = query.decision.and_then(|at| program.decisions.get(at)).map_or("", |decision| decision.id.as_str());
        format!("{QUERY}{id}\n{}\n", query.text)
    });
    let recipe = include_str!("job/README.md")
        .replace("{RULES}", head(program, "").trim())
        .replace("{DECISIONS}", &made.len().to_string())
        .replace("{LISTS}", &lists_of(program, &records))
        .replace("{REFUSED}", &refused(&refusals));
    let files = vec![
        JobFile { name: "accredit_job.py", text: include_str!("job/accredit_job.py").to_owned() },
        JobFile { name: "queries.sql", text: format!("{}\n{}", head(program, "--"), queries.collect::<Vec<_>>().join("\n")) },
        JobFile { name: "reasons.sql", text: format!("{}\n", reasons(program, &named(program, &wanted), Dialect::Spark)) },
        JobFile { name: "job.json", text: serde_json::to_string_pretty(&manifest).unwrap_or_default() + "\n" },
        JobFile { name: "README.md", text: recipe },
    ];
    (files, refusals)
}

/// What stands before each query of a job, with the decision behind it.
const QUERY: &str = "-- accredit query ";

fn lists_of(program: &Program, records: &[(ListId, Vec<(String, &'static str)>)]) -> String {
    if records.is_empty() {
        return "No decision of this job is made for records.".to_owned();
    }
    let names: Vec<String> = records.iter().map(|(list, _)| format!("`{}`", layout::table(program, *list))).collect();
    format!("Decisions for records read further tables, joined by `account.id`: {}.", names.join(", "))
}

fn refused(refusals: &[Refusal]) -> String {
    match refusals {
        [] => "Every decision is in this job.".to_owned(),
        all => {
            let lines: Vec<String> = all.iter().map(|refusal| format!("- {refusal}")).collect();
            format!("These decisions are left out, because Spark cannot say them exactly:\n\n{}", lines.join("\n"))
        }
    }
}
