//! `spark`: a job for `spark-submit`.
//!
//! In: a folder. Out: the script, the queries, the reasons and a recipe in it.
//! Owns the folder: it is new or empty. Never submits anything.

use std::path::{Path, PathBuf};

use clap::Args;

use super::output::Output;
use super::{Done, Failure, load, replace, sql};
use crate::sql::spark_job;

/// Arguments of `spark`.
#[derive(Args, Debug)]
pub(super) struct SparkArgs {
    /// The folder to write; it is made, or empty.
    #[arg(short, long, value_name = "FOLDER")]
    output: PathBuf,
    /// Only this decision; may be given several times.
    #[arg(long, value_name = "ID")]
    program: Vec<String>,
}

pub(super) fn spark(args: &SparkArgs, rules: Option<&Path>, output: &mut Output) -> Result<Done, Failure> {
    let rules = load::rule_set(rules, output)?;
    let decisions = sql::decisions(&rules, &args.program, &[])?;
    let (files, refusals) = spark_job(rules.program(), &rules.plan, &decisions);
    sql::tell(&refusals, output);
    if refusals.len() == decisions.len() {
        return Err(Failure::Told("nothing was written: Spark can say none of these decisions exactly".to_owned()));
    }
    let told = |error: std::io::Error| Failure::Told(format!("cannot write to `{}`: {error}", args.output.display()));
    std::fs::create_dir_all(&args.output).map_err(told)?;
    if std::fs::read_dir(&args.output).map_err(told)?.next().is_some() {
        return Err(Failure::Told(format!("`{}` is not empty: name a new folder", args.output.display())));
    }
    for file in files {
        replace::put(&args.output.join(file.name), &file.text)?;
    }
    let left = match refusals.len() {
        0 => String::new(),
        count => format!("; {count} left out"),
    };
    output.note(&format!(
        "{} decisions{left}: see {}",
        decisions.len() - refusals.len(),
        args.output.join("README.md").display()
    ));
    Ok(Done::Answered)
}
