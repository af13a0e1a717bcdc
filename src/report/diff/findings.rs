//! The differences as findings and as checks, for code scanning, annotations and CI servers.
//!
//! In: a report about two versions. Out: a finding at each decision that says something else; a check for each decision.
//! Owns what is said in one line. Never analyses, never opens a file.

use super::{DiffReport, class_word, statements};
use crate::analyze::{Class, Compared};
use crate::diagnostic::{Check, Diagnostic, Failure, Suite, codes};
use crate::program::{Judged, Verdict};
use crate::source::{FileId, Span};

/// A finding at each decision that changed, at its place in the new version; one that is gone has no place.
pub fn diff_findings(report: &DiffReport<'_>) -> Vec<Diagnostic> {
    report.compared.iter().filter_map(|one| finding(report, one)).collect()
}

/// One suite with a check for each decision: passed where the two versions say the same.
pub fn diff_suites(report: &DiffReport<'_>) -> Vec<Suite> {
    let checks = report.compared.iter().map(|one| {
        let failure = finding(report, one).map(|finding| Failure {
            kind: finding.code.name.to_owned(),
            message: finding.headline,
            text: finding.help.unwrap_or_default(),
        });
        Check { name: format!("{} decides the same", one.id), class: one.id.clone(), failure }
    });
    vec![Suite { name: format!("{} to {}", report.names.0, report.names.1), checks: checks.collect() }]
}

fn finding(report: &DiffReport<'_>, one: &Compared) -> Option<Diagnostic> {
    let said = statements(report, one).len();
    if !one.changed() && said == 0 {
        return None;
    }
    let verdicts = one.verdicts.iter().map(|cell| (cell.before, cell.after));
    let mut parts: Vec<String> =
        verdicts.map(|(before, after): (Verdict, Verdict)| format!("{} → {}", before.word(), after.word())).collect();
    for (id, cells) in &one.requirements {
        let cells = cells.iter().map(|cell| (cell.before, cell.after));
        let moves: Vec<String> =
            cells.map(|(before, after): (Judged, Judged)| format!("{} → {}", before.word(), after.word())).collect();
        parts.push(format!("{id} {}", moves.join(", ")));
    }
    parts.extend(one.reward.is_some().then(|| "another reward".to_owned()));
    let what = match one.class {
        Class::Same => "says something else and decides the same for every account".to_owned(),
        Class::Added => "is new".to_owned(),
        Class::Removed => "is gone".to_owned(),
        Class::Unclear => "changed, and whom it concerns is not analysed".to_owned(),
        _ => format!("changed: {}", class_word(one).replace('_', " ")),
    };
    let tail = if parts.is_empty() { String::new() } else { format!("; {}", parts.join("; ")) };
    // A place in no file: what is gone is nowhere in the new version.
    let nowhere = Span { file: FileId(u32::MAX), start: 0, end: 0 };
    let span = one.new.and_then(|at| report.new.decisions.get(at)).map_or(nowhere, |decision| decision.span);
    let help = format!("`accredit diff {} {} --program {}` shows the accounts", report.names.0, report.names.1, one.id);
    Some(Diagnostic::new(&codes::TERMS_CHANGED, span, format!("`{}` {what}{tail}", one.id)).help(help))
}
