//! Findings as workflow commands of GitHub, which shows them at their lines in a change.
//!
//! In: findings and the files they speak of. Out: one command a line.
//! Owns the escapes of a workflow command. Never prints.

use super::Diagnostic;
use super::render::{in_order, severity, shown};
use crate::source::SourceMap;

/// The findings, one command each, by file name and place.
pub fn github(findings: &[Diagnostic], sources: &SourceMap) -> String {
    in_order(findings, sources).into_iter().map(|finding| command(finding, sources)).collect()
}

fn command(finding: &Diagnostic, sources: &SourceMap) -> String {
    let mut properties = Vec::new();
    if let Some(file) = sources.file(finding.span().file) {
        let bytes = shown(file.text(), finding.span());
        let (start, end) = (file.place(bytes.start), file.place(bytes.end));
        let name = file.name();
        properties.push(format!("file={}", property(name.strip_prefix("./").unwrap_or(name))));
        properties.push(format!("line={},endLine={}", start.line, end.line));
        // Columns are shown only for a place on one line.
        if start.line == end.line {
            properties.push(format!("col={},endColumn={}", start.column, end.column));
        }
    }
    properties.push(format!("title={}", property(finding.code.name)));
    let mut text = finding.headline.clone();
    for (_, label) in finding.labels.iter().filter(|(_, label)| !label.is_empty()) {
        text.push_str(&format!("\n{label}"));
    }
    if let Some(help) = &finding.help {
        text.push_str(&format!("\nhelp: {help}"));
    }
    format!("::{} {}::{}\n", severity(finding), properties.join(","), data(&text))
}

/// The text of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, in which two more signs have a meaning.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
