//! A report in a few lines, to paste into a chat.
//!
//! In: a report. Out: plain text without marks of any format.
//! Owns how little is enough: the counts, what can be had with its next step, what was refused and by which term. Never decides.

use super::Report;
use super::arrange::{counts, groups, identity, title};
use super::parts::stake;
use super::words;
use crate::explain::Explanation;
use crate::program::{Judged, Verdict};
use crate::syntax::DecisionKind;

/// The report in a few lines.
pub fn chat(report: &Report<'_>) -> String {
    let name = identity(report.program, report.facts).into_iter().next();
    let name = name.unwrap_or_else(|| "Account without a name".to_owned());
    let groups = groups(&report.decisions);
    let mut lines = vec![format!("{name}, {}: {}", words::day(report.facts.as_of()), counts(&groups).join("; "))];
    let quiet = |verdict| matches!(verdict, Verdict::Undetermined | Verdict::Closed | Verdict::Pass | Verdict::Allowed);
    for group in groups.iter().filter(|group| group.kind == DecisionKind::Credit && !quiet(group.verdict)) {
        lines.extend(group.told.iter().map(|told| line(report, told)));
    }
    let open = groups.iter().find(|group| group.kind == DecisionKind::Credit && group.verdict == Verdict::Undetermined);
    if let Some(open) = open {
        let titles: Vec<String> = open.told.iter().map(|told| title(report.program, told)).collect();
        lines.push(format!("Not decided yet: {}.", titles.join("; ")));
    }
    let first = report.advice.and_then(|advised| advised.questions.first());
    if let Some(fact) = first.and_then(|first| report.program.fact_of(first.slot)) {
        lines.push(format!("To ask next: {}", fact.ask));
    }
    lines.push(words::PROMISE.replace("the platform", words::decider(report.program)));
    lines.join("\n") + "\n"
}

/// `WooCommerce coupon program: does not qualify, Store is new (not met).`
fn line(report: &Report<'_>, told: &Explanation<'_>) -> String {
    let mut text = format!("{}: {}", title(report.program, told), words::verdict(told.verdict).to_lowercase());
    if let Some(stake) = stake(report, told) {
        text.push_str(&format!(", {stake}"));
    }
    let wanted = match told.verdict {
        Verdict::DoesNotQualify => Some(Judged::Failed),
        Verdict::OnTrack | Verdict::Blocked => Some(Judged::Pending),
        _ => None,
    };
    if let Some(note) = wanted.and_then(|wanted| told.requirements.iter().find(|note| note.result == wanted)) {
        text.push_str(&format!(". {}: {}", words::result(note.result), note.requirement.label));
        let remedy = note.requirement.remedy.and_then(|at| report.program.remedies.get(at));
        if let Some(remedy) = remedy {
            text.push_str(&format!(". {}: {}", words::class(report.program, remedy), remedy.say.trim_end_matches('.')));
        }
    }
    text.push('.');
    text
}
