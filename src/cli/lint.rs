//! `lint`: everything that is wrong with the rules.
//!
//! In: rule files. Out: every finding.
//! Owns the exit code. Never decides.

use std::path::Path;

use clap::{Args, ValueEnum};

use super::output::Output;
use super::{Done, Failure, load, template};
use crate::RuleSet;
use crate::analyze;
use crate::check::stale_sources;
use crate::diagnostic;

/// How findings are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum FindingFormat {
    /// With excerpts, for people.
    Text,
    /// One line each.
    Short,
    /// SARIF 2.1.0, for code scanning and editors.
    Sarif,
    /// Annotations of a GitHub workflow.
    Github,
    /// JUnit, for CI servers.
    Junit,
}

/// Arguments of `lint`.
#[derive(Args, Debug)]
pub(super) struct LintArgs {
    /// How to write the findings.
    #[arg(long, value_enum, default_value_t = FindingFormat::Text)]
    format: FindingFormat,
    /// List sources that were last read more than so many days ago.
    #[arg(long, value_name = "DAYS", default_value_t = 365)]
    max_age: i64,
}

pub(super) fn lint(args: &LintArgs, rules: Option<&Path>, output: &mut Output) -> Result<Done, Failure> {
    let (sources, findings, about) = match RuleSet::read(load::rule_texts(rules)?) {
        Ok(rules) => {
            let program = rules.program();
            let about = format!(
                "{} decisions, {} facts, {} sources",
                program.decisions.len(),
                program.facts.len(),
                program.sources.len()
            );
            let stale = stale_sources(program, template::today(), args.max_age);
            let found = analyze::findings(rules.side(), rules.findings.clone());
            (rules.sources, [found, stale].concat(), about)
        }
        Err(unusable) => (unusable.sources, unusable.findings, "the rules cannot be used".to_owned()),
    };
    let text = match args.format {
        FindingFormat::Text => diagnostic::human(&findings, &sources, output.color, output.width),
        FindingFormat::Short => diagnostic::short(&findings, &sources),
        FindingFormat::Sarif => diagnostic::sarif(&findings, &sources),
        FindingFormat::Github => diagnostic::github(&findings, &sources),
        FindingFormat::Junit => diagnostic::junit("accredit lint", &diagnostic::finding_suites(&findings, &sources)),
    };
    output.print(&text)?;
    output.note(&format!("{about}: {}", diagnostic::summary(&findings)));
    Ok(if findings.is_empty() { Done::Answered } else { Done::Findings })
}
