//! Checks and their findings as a JUnit report, which every CI server reads.
//!
//! In: suites of named checks, each with what failed. Out: one XML document.
//! Owns which of our fields is which of JUnit's. Never states a time: the same checks give the same bytes.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::Diagnostic;
use super::render::{in_order, place};
use crate::source::SourceMap;

/// Checks that belong together, such as those of one file.
#[derive(Clone, Debug)]
pub struct Suite {
    /// What the suite is called.
    pub name: String,
    /// Its checks.
    pub checks: Vec<Check>,
}

/// One check.
#[derive(Clone, Debug)]
pub struct Check {
    /// What is checked: unique in its suite.
    pub name: String,
    /// To which part of the rules it belongs: a decision, a code.
    pub class: String,
    /// What failed; nothing when it passed.
    pub failure: Option<Failure>,
}

/// Why a check failed.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Which kind of failure: a code.
    pub kind: String,
    /// In one line.
    pub message: String,
    /// Everything that there is to say.
    pub text: String,
}

/// The suites as one report.
pub fn junit(name: &str, suites: &[Suite]) -> String {
    let mut report = Report::new(sound(name));
    for suite in suites {
        let mut told = TestSuite::new(sound(&suite.name));
        for check in &suite.checks {
            let status = match &check.failure {
                None => TestCaseStatus::success(),
                Some(failure) => {
                    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                    status.set_type(sound(&failure.kind)).set_message(sound(&failure.message));
                    status.set_description(sound(&failure.text));
                    status
                }
            };
            let mut case = TestCase::new(sound(&check.name), status);
            case.set_classname(sound(&check.class));
            told.add_test_case(case);
        }
        report.add_test_suite(told);
    }
    // Nothing is ever skipped, and the schema that most readers go by has no such count on the whole report.
    let mut text = report.to_string().unwrap_or_default().replacen(" skipped=\"0\"", "", 1);
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// A text without the two letters that XML has no place for and the writer lets through.
fn sound(text: &str) -> String {
    text.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}

/// One suite for each file: a check that passed for a file without findings, else one that failed for each finding.
pub fn finding_suites(findings: &[Diagnostic], sources: &SourceMap) -> Vec<Suite> {
    let findings = in_order(findings, sources);
    let files = sources.files().map(|(id, file)| {
        let own = findings.iter().filter(|finding| finding.span().file == id);
        let mut checks: Vec<Check> = own.map(|finding| check(finding, sources)).collect();
        if checks.is_empty() {
            let name = "no findings".to_owned();
            checks.push(Check { name, class: file.name().to_owned(), failure: None });
        }
        Suite { name: file.name().to_owned(), checks }
    });
    files.collect()
}

fn check(finding: &Diagnostic, sources: &SourceMap) -> Check {
    let at = place(finding.span(), sources).unwrap_or_default();
    let text = super::human(std::slice::from_ref(finding), sources, false, 100);
    let failure = Failure { kind: finding.code.name.to_owned(), message: finding.headline.clone(), text };
    Check { name: at, class: finding.code.name.to_owned(), failure: Some(failure) }
}
