//! `check`, `can` and `setup`: facts documents to decisions.
//!
//! In: documents. Out: reports.
//! Owns which decisions are shown. Never words them.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::load;
use super::output::Output;
use super::{Done, Failure, Format};
use crate::RuleSet;
use crate::answer::{Answer, Desk};
use crate::diagnostic::did_you_mean;
use crate::program::{Decision, Verdict};
use crate::report::{self, Report, Style};
use crate::syntax::DecisionKind;

/// Which kind of decisions.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum Kind {
    /// Credits.
    Credit,
    /// Acts with a credit.
    Action,
    /// Account set-up.
    Check,
    /// All of them.
    All,
}

impl Kind {
    pub(super) fn fits(self, decision: &Decision) -> bool {
        match self {
            Self::All => true,
            Self::Credit => decision.kind == DecisionKind::Credit,
            Self::Action => decision.kind == DecisionKind::Action,
            Self::Check => decision.kind == DecisionKind::Check,
        }
    }
}

/// How decisions are shown.
#[derive(Args, Debug)]
struct Shown {
    /// The day for which the check holds, in place of the document's.
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
    /// Show every requirement with facts, expectations and sources.
    #[arg(long)]
    full: bool,
    /// How to write the result.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Exit with 1 unless every shown verdict is this one.
    #[arg(long, value_name = "VERDICT")]
    require: Option<String>,
}

/// Arguments of `check`.
#[derive(Args, Debug)]
pub(super) struct CheckArgs {
    /// Facts documents, YAML or JSON; `-` for standard input.
    #[arg(required = true, value_name = "FACTS")]
    facts: Vec<PathBuf>,
    /// Which decisions.
    #[arg(long, value_enum, default_value_t = Kind::Credit)]
    kind: Kind,
    /// Only this decision; may be given several times.
    #[arg(long, value_name = "ID")]
    program: Vec<String>,
    #[command(flatten)]
    shown: Shown,
}

/// Arguments of `can`.
#[derive(Args, Debug)]
pub(super) struct CanArgs {
    /// The action, then the facts document; without an action, all of them.
    #[arg(required = true, num_args = 1..=2, value_names = ["ACTION", "FACTS"])]
    words: Vec<String>,
    #[command(flatten)]
    shown: Shown,
}

/// Arguments of `setup`.
#[derive(Args, Debug)]
pub(super) struct SetupArgs {
    /// Facts documents, YAML or JSON; `-` for standard input.
    #[arg(required = true, value_name = "FACTS")]
    facts: Vec<PathBuf>,
    #[command(flatten)]
    shown: Shown,
}

pub(super) fn check(args: &CheckArgs, rules: Option<&Path>, output: &mut Output) -> Result<Done, Failure> {
    let rules = load::rule_set(rules, output)?;
    for id in &args.program {
        known(&rules, id, |_| true)?;
    }
    let wanted = |decision: &Decision| {
        if args.program.is_empty() { args.kind.fits(decision) } else { args.program.contains(&decision.id) }
    };
    decide(&rules, &args.facts, &args.shown, &wanted, output)
}

pub(super) fn can(args: &CanArgs, rules: Option<&Path>, output: &mut Output) -> Result<Done, Failure> {
    let rules = load::rule_set(rules, output)?;
    let (action, facts) = match args.words.as_slice() {
        [action, facts] => (Some(action), facts),
        [facts] => (None, facts),
        _ => return Err(Failure::Told("give an action and a facts document".to_owned())),
    };
    if let Some(action) = action {
        known(&rules, action, |decision| decision.kind == DecisionKind::Action)?;
    }
    let wanted =
        |decision: &Decision| decision.kind == DecisionKind::Action && action.is_none_or(|action| *action == decision.id);
    decide(&rules, &[PathBuf::from(facts)], &args.shown, &wanted, output)
}

pub(super) fn setup(args: &SetupArgs, rules: Option<&Path>, output: &mut Output) -> Result<Done, Failure> {
    let rules = load::rule_set(rules, output)?;
    decide(&rules, &args.facts, &args.shown, &|decision| decision.kind == DecisionKind::Check, output)
}

/// An id that the rules know, or a failure with the nearest one.
pub(super) fn known(rules: &RuleSet, id: &str, fits: impl Fn(&Decision) -> bool) -> Result<(), Failure> {
    let ids: Vec<&str> = rules.program().decisions.iter().filter(|d| fits(d)).map(|d| d.id.as_str()).collect();
    if ids.contains(&id) {
        return Ok(());
    }
    let help = did_you_mean(id, ids).unwrap_or_else(|| "`accredit programs` lists them".to_owned());
    Err(Failure::Told(format!("the rules decide no `{id}`: {help}")))
}

fn decide(
    rules: &RuleSet,
    paths: &[PathBuf],
    shown: &Shown,
    wanted: &dyn Fn(&Decision) -> bool,
    output: &mut Output,
) -> Result<Done, Failure> {
    let required = shown.require.as_deref().map(verdict).transpose()?;
    let documents = load::documents(paths, shown.as_of.as_deref(), rules, output)?;
    let mut desk = Desk::new(rules);
    let mut answers: Vec<Answer<'_>> = documents.iter().map(|document| desk.answer(&document.facts, wanted)).collect();
    let named = |document| (paths.len() > 1).then_some(document);
    let reports = answers.iter_mut().zip(&documents).map(|(answer, document)| answer.report(named(document.name.as_str())));
    let reports: Vec<Report<'_>> = reports.collect();
    match shown.format {
        Format::Json => report::write_json(&reports, output.stream())?,
        Format::Html => output.print(&report::html(&reports, shown.full))?,
        Format::Markdown => {
            for report in &reports {
                output.print(&report::markdown(report, shown.full))?;
            }
        }
        Format::Text => {
            let style = Style { color: output.color, width: output.width, full: shown.full, unicode: true };
            for report in &reports {
                output.print(&report::text(report, &style))?;
            }
        }
    }
    let other = |verdict: Verdict| required.is_some_and(|required| required != verdict);
    let others = reports.iter().flat_map(|report| &report.decisions).any(|explanation| other(explanation.verdict));
    Ok(if others { Done::Findings } else { Done::Answered })
}

fn verdict(word: &str) -> Result<Verdict, Failure> {
    Verdict::parse(word).ok_or_else(|| {
        let words = Verdict::ALL.map(Verdict::word);
        let help = did_you_mean(word, words).unwrap_or_else(|| format!("it is one of {}", words.join(", ")));
        Failure::Told(format!("`{word}` is no verdict: {help}"))
    })
}
