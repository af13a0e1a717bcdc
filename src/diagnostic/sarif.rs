//! Findings as a SARIF 2.1.0 log, for code scanning and editors.
//!
//! In: findings and the files they speak of. Out: one log with one run.
//! Owns which of our fields is which of SARIF's. Never prints; the same findings give the same bytes.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::render::{in_order, shown};
use super::{Code, Diagnostic, Severity};
use crate::source::{SourceMap, Span};

/// What a path keeps as it is; everything else is escaped.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The findings as one log. Columns count characters; paths are as they were given, relative to the root of the sources.
pub fn sarif(findings: &[Diagnostic], sources: &SourceMap) -> String {
    let findings = in_order(findings, sources);
    let mut codes: Vec<&'static Code> = Vec::new();
    for finding in &findings {
        if !codes.iter().any(|code| code.name == finding.code.name) {
            codes.push(finding.code);
        }
    }
    codes.sort_by_key(|code| code.name);
    let results: Vec<Value> = findings.iter().map(|finding| result(finding, &codes, sources)).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "accredit",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": codes.iter().map(|code| rule(code)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    let mut text = serde_json::to_string_pretty(&log).unwrap_or_default();
    text.push('\n');
    text
}

fn rule(code: &Code) -> Value {
    let first = code.page.lines().next().unwrap_or("").trim_start_matches("# ");
    let said = if first == code.name { code.page.lines().nth(2).unwrap_or(first) } else { first };
    json!({
        "id": code.name,
        "shortDescription": {"text": said},
        "help": {"text": code.page, "markdown": code.page},
        "defaultConfiguration": {"level": level(code)},
    })
}

fn result(finding: &Diagnostic, codes: &[&'static Code], sources: &SourceMap) -> Value {
    let help = finding.help.as_ref().map_or_else(String::new, |help| format!("\nhelp: {help}"));
    let mut places = finding.labels.iter();
    let first = places.next().and_then(|(span, _)| location(*span, sources));
    let mut result = json!({
        "ruleId": finding.code.name,
        "ruleIndex": codes.iter().position(|code| code.name == finding.code.name),
        "level": level(finding.code),
        "message": {"text": format!("{}{help}", finding.headline)},
        "locations": first.into_iter().collect::<Vec<_>>(),
    });
    let related: Vec<Value> = places
        .zip(1..)
        .filter_map(|((span, label), id)| {
            let mut place = location(*span, sources)?;
            let members = place.as_object_mut()?;
            members.insert("id".to_owned(), json!(id));
            members.insert("message".to_owned(), json!({"text": label}));
            Some(place)
        })
        .collect();
    if let Some(members) = result.as_object_mut().filter(|_| !related.is_empty()) {
        members.insert("relatedLocations".to_owned(), Value::Array(related));
    }
    result
}

fn level(code: &Code) -> &'static str {
    match code.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn location(span: Span, sources: &SourceMap) -> Option<Value> {
    let file = sources.file(span.file)?;
    let bytes = shown(file.text(), span);
    let (start, end) = (file.place(bytes.start), file.place(bytes.end));
    Some(json!({"physicalLocation": {
        "artifactLocation": {"uri": uri(file.name())},
        "region": {"startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column},
    }}))
}

/// A path as a reference that any reader of SARIF resolves: relative to its root, or a `file:` address.
fn uri(name: &str) -> String {
    let name = name.strip_prefix("./").unwrap_or(name).replace('\\', "/");
    let path = utf8_percent_encode(&name, PATH).to_string();
    if path.starts_with('/') { format!("file://{path}") } else { path }
}
