//! `diff`: what changed between two versions of the rules, and for which accounts.
//!
//! In: folders or git revisions, and accounts. Out: a report.
//! Owns how a version is found, and the exit code. Never analyses.

use std::path::{Path, PathBuf};
use std::process::Command;

use clap::{Args, ValueEnum};

use super::output::Output;
use super::{Done, Failure, Format, check, load};
use crate::RuleSet;
use crate::analyze::{Budget, Impact, compare, known_to};
use crate::diagnostic;
use crate::facts::{Facts, document};
use crate::report::{self, DiffReport, Style};
use crate::source::{SourceFile, SourceMap};

/// Where rules lie in a revision that names no folder.
const USUAL: &str = "rules";

/// How differences are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum DiffFormat {
    /// For people at a terminal.
    Text,
    /// The stable contract, for programs.
    Json,
    /// For pull requests.
    Markdown,
    /// One page to print.
    Html,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Annotations of a GitHub workflow.
    Github,
    /// JUnit, for CI servers.
    Junit,
}

/// Arguments of `diff`.
#[derive(Args, Debug)]
pub(super) struct DiffArgs {
    /// The old version: a folder (or file) of rules if one of this name exists, else a git revision. `HEAD~1` reads the
    /// folder `rules` (or --rules) of that revision, `HEAD~1:some/folder` another one, from the root of the repository.
    old: String,
    /// The new version, named in the same way.
    new: String,
    /// Count how these accounts move: a facts document, a folder of them, or NDJSON with one document a line.
    #[arg(long, value_name = "FILE")]
    accounts: Option<PathBuf>,
    /// Only this decision; may be given several times.
    #[arg(long, value_name = "ID")]
    program: Vec<String>,
    /// How to write the differences; Markdown is made for pull requests.
    #[arg(long, value_enum, default_value_t = DiffFormat::Text)]
    format: DiffFormat,
    /// Exit with 1 when anything changed: verdicts, rewards, requirements, sources or words.
    #[arg(long)]
    exit_code: bool,
}

pub(super) fn diff(args: &DiffArgs, rules: Option<&Path>, output: &mut Output) -> Result<Done, Failure> {
    let old = version(&args.old, rules, output)?;
    let new = version(&args.new, rules, output)?;
    for id in &args.program {
        if check::known(&old, id, |_| true).is_err() {
            check::known(&new, id, |_| true)?;
        }
    }
    let mut compared = compare(old.side(), new.side(), Budget::default());
    compared.retain(|one| args.program.is_empty() || args.program.contains(&one.id));
    let mut impact = args.accounts.as_deref().map(|path| counted(path, &old, &new, output)).transpose()?;
    if let Some(impact) = impact.as_mut().filter(|_| !args.program.is_empty()) {
        impact.groups.retain(|(id, ..), _| args.program.contains(id));
    }
    let report = DiffReport {
        old: old.program(),
        new: new.program(),
        names: (&args.old, &args.new),
        compared: &compared,
        impact: impact.as_ref(),
    };
    let style = Style { color: output.color, width: output.width, full: true, unicode: true };
    let text = match args.format {
        DiffFormat::Text => report::diff(&report, Format::Text.form(style)),
        DiffFormat::Json => report::diff(&report, Format::Json.form(style)),
        DiffFormat::Markdown => report::diff(&report, Format::Markdown.form(style)),
        DiffFormat::Html => report::diff(&report, Format::Html.form(style)),
        DiffFormat::Sarif => diagnostic::sarif(&report::diff_findings(&report), &new.sources),
        DiffFormat::Github => diagnostic::github(&report::diff_findings(&report), &new.sources),
        DiffFormat::Junit => diagnostic::junit("accredit diff", &report::diff_suites(&report)),
    };
    output.print(&text)?;
    Ok(if args.exit_code && report::differs(&report) { Done::Findings } else { Done::Answered })
}

/// The rules of one version.
fn version(name: &str, rules: Option<&Path>, output: &mut Output) -> Result<RuleSet, Failure> {
    let texts = if Path::new(name).exists() { load::rule_texts(Some(Path::new(name)))? } else { revision(name, rules)? };
    RuleSet::read(texts).map_err(|unusable| {
        output.findings(&unusable.findings, &unusable.sources);
        let count = crate::diagnostic::summary(&unusable.findings);
        Failure::Told(format!("the rules of `{name}` cannot be used: {count}; nothing was compared"))
    })
}

/// The rule files of a git revision.
fn revision(name: &str, rules: Option<&Path>) -> Result<Vec<(String, String)>, Failure> {
    let usual = rules.unwrap_or(Path::new(USUAL)).to_string_lossy().into_owned();
    let (revision, folder, from_root) = match name.split_once(':') {
        Some((revision, folder)) => (revision, folder.to_owned(), true),
        None => (name, usual, false),
    };
    if revision.is_empty() || revision.starts_with('-') {
        return Err(Failure::Told(format!("`{name}` is neither a folder nor a git revision")));
    }
    let mut list = vec!["ls-tree", "-r", "-z", "--name-only"];
    list.extend(from_root.then_some("--full-tree"));
    list.extend([revision, "--", folder.as_str()]);
    let listed = git(&list, name)?;
    let mut texts = Vec::new();
    for path in listed.split('\0').filter(|path| path.ends_with(".terms")) {
        let place = if from_root { format!("{revision}:{path}") } else { format!("{revision}:./{path}") };
        texts.push((path.to_owned(), git(&["show", &place], name)?));
    }
    if texts.is_empty() {
        let help = "a rule file ends in `.terms`; name another folder as `REVISION:FOLDER`";
        return Err(Failure::Told(format!("no rule files in `{folder}` of `{revision}`: {help}")));
    }
    Ok(texts)
}

fn git(args: &[&str], name: &str) -> Result<String, Failure> {
    let told = |why: &str| Failure::Told(format!("`{name}` is no folder, and git cannot read it as a revision: {why}"));
    let made = Command::new("git").args(args).output().map_err(|error| told(&error.to_string()))?;
    if !made.status.success() {
        let said = String::from_utf8_lossy(&made.stderr);
        return Err(told(said.lines().next().unwrap_or("it does not say why")));
    }
    String::from_utf8(made.stdout).map_err(|_| told("a rule file is not UTF-8 text"))
}

/// How accounts move.
fn counted(path: &Path, old: &RuleSet, new: &RuleSet, output: &mut Output) -> Result<Impact, Failure> {
    let mut impact = Impact::default();
    let mut broken = 0;
    for (name, text) in texts(path)? {
        match both(&name, text, old, new) {
            Ok((before, after)) => impact.add(&name, (old.side(), &before), (new.side(), &after)),
            Err(told) => {
                output.findings(&told.1, &told.0);
                broken += 1;
            }
        }
    }
    match (broken, impact.accounts) {
        (0, 0) => Err(Failure::Told(format!("there are no accounts in `{}`", path.display()))),
        (0, _) => Ok(impact),
        (1, _) => Err(Failure::Told("nothing was counted: a document has errors".to_owned())),
        (count, _) => Err(Failure::Told(format!("nothing was counted: {count} documents have errors"))),
    }
}

type Broken = (SourceMap, Vec<crate::diagnostic::Diagnostic>);

/// One account as both versions read it; each leaves out what only the other knows.
fn both(name: &str, text: String, old: &RuleSet, new: &RuleSet) -> Result<(Facts, Facts), Box<Broken>> {
    let mut sources = SourceMap::default();
    let id = sources.add(SourceFile::new(name, text));
    let Some(file) = sources.file(id) else { return Err(Box::new((sources, Vec::new()))) };
    let parsed = document::parse(id, file.text(), document::Format::of(file.name(), file.text()));
    let read = |rules: &RuleSet, other: &RuleSet| match &parsed.document {
        Some(document) if parsed.findings.is_empty() => {
            rules.reader.from_document(known_to(rules.program(), other.program(), document.root()).root(), None)
        }
        _ => Err(parsed.findings.clone()),
    };
    match (read(old, new), read(new, old)) {
        (Ok(before), Ok(after)) => Ok((before, after)),
        (_, Err(findings)) | (Err(findings), _) => Err(Box::new((sources, findings))),
    }
}

/// Names and texts of facts documents.
fn texts(path: &Path) -> Result<Vec<(String, String)>, Failure> {
    let lines = path.extension().is_some_and(|ending| ending == "ndjson" || ending == "jsonl");
    if lines {
        let text = load::large_text(path)?;
        let numbered = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
        return Ok(numbered.map(|(line, number)| (format!("{}:{number}", path.display()), line.to_owned())).collect());
    }
    let mut paths = Vec::new();
    for ending in [".yaml", ".yml", ".json"] {
        paths.extend(load::files_below(path, ending)?);
    }
    paths.sort();
    paths.dedup();
    paths.into_iter().map(|path| Ok((path.to_string_lossy().into_owned(), load::text(&path)?))).collect()
}
