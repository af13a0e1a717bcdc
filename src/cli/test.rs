//! `test`: runs the cases beside the rules.
//!
//! In: rules and case files. Out: expected against actual, and a count; with `--update` or `--review` the case files with
//! what was accepted.
//! Owns the exit code, and which files are written. Decides nothing while a case cannot be read.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::output::Output;
use super::replace::{allowed, replace};
use super::review::{self, Reviewed};
use super::{Done, Failure, check, load};
use crate::RuleSet;
use crate::cases::{self, Cases, Compared, Difference, Look};
use crate::diagnostic;
use crate::program::Decision;
use crate::source::SourceFile;

/// How results are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum TestFormat {
    /// Expected against actual, for people.
    Text,
    /// Everything that was compared, for programs.
    Json,
    /// JUnit, for CI servers.
    Junit,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Annotations of a GitHub workflow.
    Github,
    /// With --coverage: a page of the rules with marks.
    Html,
}

/// Arguments of `test`.
#[derive(Args, Debug)]
pub(super) struct TestArgs {
    /// Case files; without any, those beside the rules.
    files: Vec<PathBuf>,
    /// How to write the results.
    #[arg(long, value_enum, default_value_t = TestFormat::Text)]
    format: TestFormat,
    /// Show every failed expectation, instead of one example of each change.
    #[arg(long)]
    full: bool,
    /// Accept everything: write what is decided now into the case files.
    #[arg(long, conflicts_with = "review")]
    update: bool,
    /// Ask about each change: accept it, reject it, or skip it.
    #[arg(long, conflicts_with = "format")]
    review: bool,
    /// Measure what the cases try of each requirement and condition, and prove what they cannot.
    #[arg(long, conflicts_with_all = ["update", "review"])]
    coverage: bool,
    /// Change the rules a little in every place, and list the changes that no case notices.
    #[arg(long, conflicts_with_all = ["update", "review", "coverage"])]
    mutate: bool,
    /// Write the missing cases, ready to review, to standard output; with --mutate those that would notice the changes.
    #[arg(long, conflicts_with_all = ["update", "review", "format"])]
    suggest: bool,
    /// Measure only this decision; may be given several times.
    #[arg(long, value_name = "ID")]
    program: Vec<String>,
}

pub(super) fn test(args: &TestArgs, rules: Option<&Path>, output: &mut Output) -> Result<Done, Failure> {
    let built_in = args.files.is_empty() && load::folder(rules).is_none();
    if args.update || args.review {
        allowed(if args.update { "--update" } else { "--review" })?;
        if built_in {
            return Err(Failure::Told("the built-in cases cannot be changed: name your folder with --rules".to_owned()));
        }
    }
    let rules_read = load::rule_set(rules, output)?;
    let all = read_cases(args, rules, &rules_read, output)?;
    if args.coverage || args.suggest || args.mutate {
        return measure(args, &rules_read, &all, output);
    }
    let compared = cases::run(&rules_read, &all.cases);
    let look = Look { color: output.color, width: output.width, full: args.full };
    let program = rules_read.program();
    if args.review {
        let groups = cases::groups(&compared);
        let reviewed = review::at_terminal(program, &all.sources, &groups, look, output)?;
        return after_review(&rules_read, &all, &compared, &reviewed, output);
    }
    match args.format {
        TestFormat::Text => {
            let told = cases::told(program, &all.sources, &compared, look);
            output.print(&told)?;
            if !told.is_empty() {
                output.print("\n")?;
            }
            output.print(&cases::counts(&all.cases, &compared))?;
        }
        TestFormat::Json => output.print(&cases::json(program, &all.sources, &all.cases, &compared))?,
        TestFormat::Junit => {
            let suites = cases::suites(program, &all.sources, &compared);
            output.print(&diagnostic::junit("accredit test", &suites))?;
        }
        TestFormat::Html => return Err(Failure::Told("a page is written for --coverage".to_owned())),
        TestFormat::Sarif => output.print(&diagnostic::sarif(&cases::findings(program, &compared), &all.sources))?,
        TestFormat::Github => output.print(&diagnostic::github(&cases::findings(program, &compared), &all.sources))?,
    }
    let failed: Vec<&Compared<'_>> = compared.iter().filter(|one| !one.passed()).collect();
    if args.update {
        let accepted: Vec<&Difference> = failed.iter().flat_map(|one| &one.differences).collect();
        write(&rules_read, &all, &accepted, output)?;
        return Ok(Done::Answered);
    }
    Ok(if failed.is_empty() { Done::Answered } else { Done::Findings })
}

/// `--coverage` and `--suggest`.
fn measure(args: &TestArgs, rules: &RuleSet, all: &Cases, output: &mut Output) -> Result<Done, Failure> {
    for id in &args.program {
        check::known(rules, id, |_| true)?;
    }
    let wanted = |d: &Decision| args.program.is_empty() || args.program.contains(&d.id);
    if args.mutate {
        return mutate(args, rules, all, wanted, output);
    }
    let measured = cases::coverage(rules, &all.cases, wanted);
    if args.suggest {
        output.print(&cases::suggested(rules, &all.cases, &measured.suggestions(rules)))?;
        return Ok(Done::Answered);
    }
    let text = match args.format {
        TestFormat::Text => cases::coverage_table(rules.program(), &rules.sources, &measured, args.full),
        TestFormat::Json => cases::coverage_json(rules.program(), &rules.sources, &measured),
        TestFormat::Html => cases::coverage_page(rules.program(), &rules.sources, &measured),
        _ => return Err(Failure::Told("--coverage is written as text, json or html".to_owned())),
    };
    output.print(&text)?;
    Ok(if measured.complete() { Done::Answered } else { Done::Findings })
}

/// `--mutate`.
fn mutate(
    args: &TestArgs,
    rules: &RuleSet,
    all: &Cases,
    wanted: impl Fn(&Decision) -> bool + Sync,
    output: &mut Output,
) -> Result<Done, Failure> {
    let failed = cases::run(rules, &all.cases).iter().filter(|one| !one.passed()).count();
    if failed > 0 {
        let message = format!("{failed} expectations fail already: what a change turns can be seen once all cases pass");
        return Err(Failure::Told(message));
    }
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mutation = cases::mutate(rules, &all.cases, threads, wanted);
    if args.suggest {
        output.print(&cases::suggested(rules, &all.cases, &mutation.suggestions()))?;
        return Ok(Done::Answered);
    }
    let text = match args.format {
        TestFormat::Text => cases::mutation_table(rules.program(), &rules.sources, &mutation),
        TestFormat::Json => cases::mutation_json(rules.program(), &rules.sources, &mutation),
        _ => return Err(Failure::Told("--mutate is written as text or json".to_owned())),
    };
    output.print(&text)?;
    let (killed, of) = mutation.score();
    Ok(if killed == of { Done::Answered } else { Done::Findings })
}

/// The cases, or every finding told and a failure: nothing is decided while a case cannot be read.
fn read_cases(args: &TestArgs, rules: Option<&Path>, read: &RuleSet, output: &mut Output) -> Result<Cases, Failure> {
    let texts = if args.files.is_empty() {
        load::case_texts(rules)?
    } else {
        let read = args.files.iter().map(|path| Ok((path.to_string_lossy().into_owned(), load::text(path)?)));
        read.collect::<Result<Vec<_>, Failure>>()?
    };
    if texts.is_empty() {
        return Err(Failure::Told("there are no cases here: a case file ends in `.cases.yaml`".to_owned()));
    }
    let all = cases::read_all(read, texts);
    if all.findings.is_empty() {
        return Ok(all);
    }
    output.findings(&all.findings, &all.sources);
    let count = diagnostic::summary(&all.findings);
    Err(Failure::Told(format!("the cases cannot be run: {count}; nothing was decided")))
}

/// Writes what was accepted; every text is made before the first file is written.
fn write(rules: &RuleSet, all: &Cases, accepted: &[&Difference], output: &mut Output) -> Result<(), Failure> {
    let mut changed: Vec<(&SourceFile, String, usize)> = Vec::new();
    for (id, file) in all.sources.files() {
        let count = accepted.iter().filter(|difference| difference.span.file == id).count();
        if count == 0 {
            continue;
        }
        let told = |error| Failure::Told(format!("`{}` was not changed: {error}; nothing was written", file.name()));
        changed.push((file, cases::updated(rules, id, file.text(), accepted).map_err(told)?, count));
    }
    for (file, text, count) in changed {
        replace(Path::new(file.name()), file.text(), &text)?;
        let values = if count == 1 { "value" } else { "values" };
        output.note(&format!("wrote {}: {count} {values} changed", file.name()));
    }
    Ok(())
}

fn after_review(
    rules: &RuleSet,
    all: &Cases,
    compared: &[Compared<'_>],
    reviewed: &Reviewed<'_>,
    output: &mut Output,
) -> Result<Done, Failure> {
    write(rules, all, &reviewed.accepted, output)?;
    if !reviewed.rejected.is_empty() {
        output.print(&format!("rejected, so the rules must change for: {}", reviewed.rejected.join(", ")))?;
    }
    if !reviewed.skipped.is_empty() {
        output.print(&format!("skipped: {}", reviewed.skipped.join(", ")))?;
    }
    let left = reviewed.rejected.len() + reviewed.skipped.len();
    let passed = compared.len() - left;
    let cases = all.cases.len();
    output.print(&format!("{cases} cases, {} accepted, {passed} expectations pass, {left} failed", reviewed.expectations))?;
    Ok(if left == 0 { Done::Answered } else { Done::Findings })
}
