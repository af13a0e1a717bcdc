//! Failed expectations as findings and as suites of checks, for the formats of other tools.
//!
//! In: compared expectations. Out: a finding for each that failed; a suite for each case file.
//! Owns what is said in one line. Never decides whether a run failed.

use super::{Compared, Look, example};
use crate::diagnostic::{Check, Diagnostic, Failure, Suite, codes};
use crate::program::Program;
use crate::source::SourceMap;

/// A finding for each expectation that failed, at the values that differ.
pub fn findings(program: &Program, compared: &[Compared<'_>]) -> Vec<Diagnostic> {
    let failed = compared.iter().filter(|one| !one.passed());
    failed.map(|one| finding(program, one)).collect()
}

fn finding(program: &Program, one: &Compared<'_>) -> Diagnostic {
    let mut differences = one.differences.iter();
    let said = |difference: &super::Difference| {
        let decision = program.decisions.get(one.expected.decision);
        let name = decision.map_or("", |decision| difference.of.name(decision));
        format!("{name}: expected {}, actual {}", difference.expected, difference.actual)
    };
    let (span, label) = differences.next().map_or((one.expected.span, String::new()), |first| (first.span, said(first)));
    let mut finding = Diagnostic::new(&codes::CASE_FAILED, span, headline(program, one)).here(label);
    for difference in differences {
        finding = finding.label(difference.span, said(difference));
    }
    finding.help("mend the rules, or take the new outcome over with `accredit test --review`")
}

/// `WOO-03 woocommerce: does_not_qualify → qualifies; route failed → met`.
fn headline(program: &Program, one: &Compared<'_>) -> String {
    let subject = one.expected.subject.as_ref().map_or_else(String::new, |subject| format!(" {subject}"));
    format!("{}{subject} {}", one.case.id, one.change().headline(program))
}

/// A suite for each case file, with a check for each expectation.
pub fn suites(program: &Program, sources: &SourceMap, compared: &[Compared<'_>]) -> Vec<Suite> {
    let look = Look { color: false, width: 100, full: true };
    let files = sources.files().map(|(id, file)| {
        let own = compared.iter().filter(|one| one.expected.span.file == id);
        let checks = own.map(|one| {
            let class = program.decisions.get(one.expected.decision).map_or("", |decision| decision.id.as_str()).to_owned();
            let subject = one.expected.subject.as_ref().map_or_else(String::new, |subject| format!(" {subject}"));
            let failure = (!one.passed()).then(|| Failure {
                kind: codes::CASE_FAILED.name.to_owned(),
                message: headline(program, one),
                text: example(program, sources, one, look),
            });
            Check { name: format!("{} {class}{subject}: {}", one.case.id, one.case.title), class, failure }
        });
        Suite { name: file.name().to_owned(), checks: checks.collect() }
    });
    files.collect()
}
