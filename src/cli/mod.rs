//! The command line: one file a verb; the only code that opens files, prints, reads the clock or exits.
//!
//! In: arguments, files, standard input. Out: results on standard output, everything else on standard error.
//! Owns exit codes: 0 answered, 1 findings or failed tests, 2 bad usage or bad input, 3 answered in part. Never decides anything itself.

#![allow(clippy::disallowed_methods, reason = "this is the one place that touches the world")]

mod ask;
mod check;
mod complete;
mod diff;
mod explain;
mod fmt;
mod lint;
mod load;
mod log;
mod output;
mod programs;
mod replace;
mod replay;
mod review;
mod route;
mod screen;
mod serve;
mod spark;
mod sql;
mod store;
mod template;
mod test;
mod token;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

use crate::report::{Form, Style};
use output::Output;

/// Decide and explain ad-credit eligibility from program terms written as text.
#[derive(Parser, Debug)]
#[command(name = "accredit", version, max_term_width = 100, propagate_version = true)]
pub struct Args {
    /// Folder with rule files; else $ACCREDIT_RULES, else ./rules, else the rules built into the program.
    #[arg(long, global = true, value_name = "DIR", env = "ACCREDIT_RULES")]
    rules: Option<PathBuf>,
    /// Whether to colour the output.
    #[arg(long, global = true, value_enum, default_value_t = ColorChoice::Auto, value_name = "WHEN")]
    color: ColorChoice,
    /// What to do.
    #[command(subcommand)]
    verb: Verb,
}

/// When to colour.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum ColorChoice {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How results are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Format {
    /// For people at a terminal.
    Text,
    /// The stable contract, for programs.
    Json,
    /// To paste into an e-mail.
    Markdown,
    /// One page to print.
    Html,
}

impl Format {
    /// The same for pages about rules.
    fn form(self, style: Style) -> Form {
        match self {
            Self::Text => Form::Text(style),
            Self::Json => Form::Json,
            Self::Markdown => Form::Markdown,
            Self::Html => Form::Html,
        }
    }
}

#[derive(Subcommand, Debug)]
enum Verb {
    /// Say for each credit whether an account qualifies, and why.
    Check(check::CheckArgs),
    /// Say whether something may be done with a credit.
    Can(check::CanArgs),
    /// Check how an account is set up, the most severe findings first.
    Setup(check::SetupArgs),
    /// Ask what can still matter, one question after another, and write the facts document.
    Ask(ask::AskArgs),
    /// List the programs, or show one decision's terms, sources and tables.
    Programs(programs::ProgramsArgs),
    /// Check a whole table of accounts: CSV, TSV, NDJSON, Parquet or Excel, in and out.
    Screen(screen::ScreenArgs),
    /// Show the way to support from a symptom.
    Route(route::RouteArgs),
    /// Write a facts document to fill in, with each question and where its answer is found.
    Template(template::TemplateArgs),
    /// Report everything that is wrong with the rules.
    Lint(lint::LintArgs),
    /// Say what changed between two versions of the rules, in words, with accounts that show it.
    Diff(diff::DiffArgs),
    /// Set rule files the way all rule files are set.
    Fmt(fmt::FmtArgs),
    /// Run the cases beside the rules.
    Test(test::TestArgs),
    /// Print the rules as SQL: one query, or a view a decision, over a table with one column a fact.
    Sql(sql::SqlArgs),
    /// Write a job for spark-submit: the rules as SQL over Parquet, with a script and a recipe.
    Spark(spark::SparkArgs),
    /// Serve the workbench: pages for a browser, and an HTTP API with the same answers.
    Serve(serve::ServeArgs),
    /// Make tokens, for a server that others may reach.
    Token(token::TokenArgs),
    /// Look at the decision log, verify it, take away old facts.
    Log(log::LogArgs),
    /// Decide logged decisions again, by the rules of then and of today.
    Replay(replay::ReplayArgs),
    /// Explain a code that a finding names.
    Explain(explain::ExplainArgs),
    /// Write a completion script for a shell.
    Completions(complete::CompletionsArgs),
    /// Write the manual page.
    Man,
}

/// What a verb came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Done {
    /// It was answered, whatever the answer.
    Answered,
    /// Findings, failed tests, or a verdict other than the required one.
    Findings,
    /// Some rows were invalid.
    InPart,
}

/// Why a verb could not be done; told on standard error, exit code 2.
#[derive(Debug, thiserror::Error)]
enum Failure {
    /// Something about the input, already told with its places.
    #[error("{0}")]
    Told(String),
    /// The output cannot be written.
    #[error("cannot write the output: {0}")]
    Write(#[from] std::io::Error),
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            let code = if error.use_stderr() { 2 } else { 0 };
            drop(error.print());
            return ExitCode::from(code);
        }
    };
    let mut output = Output::new(args.color);
    let done = run(&args, &mut output).and_then(|done| {
        output.flush()?;
        Ok(done)
    });
    match done {
        Ok(Done::Answered) => ExitCode::SUCCESS,
        Ok(Done::Findings) => ExitCode::from(1),
        Ok(Done::InPart) => ExitCode::from(3),
        Err(Failure::Write(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            output.error(&failure.to_string());
            ExitCode::from(2)
        }
    }
}

fn run(args: &Args, output: &mut Output) -> Result<Done, Failure> {
    let rules = args.rules.as_deref();
    match &args.verb {
        Verb::Check(verb) => check::check(verb, rules, output),
        Verb::Can(verb) => check::can(verb, rules, output),
        Verb::Setup(verb) => check::setup(verb, rules, output),
        Verb::Ask(verb) => ask::ask(verb, rules, output),
        Verb::Programs(verb) => programs::programs(verb, rules, output),
        Verb::Screen(verb) => screen::screen(verb, rules, output),
        Verb::Route(verb) => route::route(verb, rules, output),
        Verb::Template(verb) => template::template(verb, rules, output),
        Verb::Lint(verb) => lint::lint(verb, rules, output),
        Verb::Diff(verb) => diff::diff(verb, rules, output),
        Verb::Fmt(verb) => fmt::fmt(verb, rules, output),
        Verb::Test(verb) => test::test(verb, rules, output),
        Verb::Sql(verb) => sql::sql(verb, rules, output),
        Verb::Spark(verb) => spark::spark(verb, rules, output),
        Verb::Serve(verb) => serve::serve(verb, rules, output),
        Verb::Token(verb) => token::token(verb, output),
        Verb::Log(verb) => log::log(verb, output),
        Verb::Replay(verb) => replay::replay(verb, rules, output),
        Verb::Explain(verb) => explain::explain(verb, output),
        Verb::Completions(verb) => complete::completions(verb, output),
        Verb::Man => complete::man(output),
    }
}
