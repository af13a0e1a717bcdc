//! Findings as a SARIF 2.1.0 log, for code scanning and editors.
//!
//! In: findings and the files they speak of. Out: one log with one run.
//! Owns which of our fields is which of SARIF's. Never prints; the same findings give the same bytes.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_sarif::sarif::{
    ArtifactLocation, Location, Message, MultiformatMessageString, PhysicalLocation, Region, ReportingConfiguration,
    ReportingDescriptor, Result, ResultLevel, Run, Sarif, Tool, ToolComponent,
};

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
    let results = findings.iter().map(|finding| result(finding, &codes, sources)).collect::<Vec<_>>();
    let driver = ToolComponent::builder()
        .name("accredit")
        .version(env!("CARGO_PKG_VERSION"))
        .semantic_version(env!("CARGO_PKG_VERSION"))
        .rules(codes.iter().map(|code| rule(code)).collect::<Vec<_>>())
        .build();
    let run =
        Run::builder().tool(Tool::builder().driver(driver).build()).column_kind("unicodeCodePoints").results(results).build();
    let log = Sarif::builder().schema("https://json.schemastore.org/sarif-2.1.0.json").version("2.1.0").runs(vec![run]).build();
    let mut text = serde_json::to_string_pretty(&log).unwrap_or_default();
    text.push('\n');
    text
}

fn rule(code: &Code) -> ReportingDescriptor {
    let first = code.page.lines().next().unwrap_or("").trim_start_matches("# ");
    let said = if first == code.name { code.page.lines().nth(2).unwrap_or(first) } else { first };
    let help = MultiformatMessageString::builder().text(code.page).markdown(code.page).build();
    ReportingDescriptor::builder()
        .id(code.name)
        .short_description(MultiformatMessageString::builder().text(said).build())
        .help(help)
        .default_configuration(ReportingConfiguration::builder().level(level_word(code)).build())
        .build()
}

fn result(finding: &Diagnostic, codes: &[&'static Code], sources: &SourceMap) -> Result {
    let help = finding.help.as_ref().map_or_else(String::new, |help| format!("\nhelp: {help}"));
    let text = format!("{}{help}", finding.headline);
    let level = match finding.code.severity {
        Severity::Error => ResultLevel::Error,
        Severity::Warning => ResultLevel::Warning,
    };
    let mut places = finding.labels.iter();
    let first = places.next().and_then(|(span, _)| location(*span, None, sources));
    let related: Vec<Location> =
        places.zip(1..).filter_map(|((span, label), id)| location(*span, Some((id, label)), sources)).collect();
    let index = codes.iter().position(|code| code.name == finding.code.name).and_then(|at| i64::try_from(at).ok());
    let mut result = Result::builder()
        .rule_id(finding.code.name)
        .level(level)
        .message(Message::builder().text(text).build())
        .locations(first.into_iter().collect::<Vec<_>>())
        .build();
    result.rule_index = index;
    result.related_locations = (!related.is_empty()).then_some(related);
    result
}

fn level_word(code: &Code) -> &'static str {
    match code.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn location(span: Span, label: Option<(i64, &String)>, sources: &SourceMap) -> Option<Location> {
    let file = sources.file(span.file)?;
    let bytes = shown(file.text(), span);
    let (start, end) = (file.place(bytes.start), file.place(bytes.end));
    let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let region = Region::builder()
        .start_line(number(start.line))
        .start_column(number(start.column))
        .end_line(number(end.line))
        .end_column(number(end.column))
        .build();
    let physical = PhysicalLocation::builder()
        .artifact_location(ArtifactLocation::builder().uri(uri(file.name())).build())
        .region(region)
        .build();
    let mut location = Location::builder().physical_location(physical).build();
    if let Some((id, label)) = label {
        location.id = Some(id);
        location.message = Some(Message::builder().text(label.as_str()).build());
    }
    Some(location)
}

/// A path as a reference that any reader of SARIF resolves: relative to its root, or a `file:` address.
fn uri(name: &str) -> String {
    let name = name.strip_prefix("./").unwrap_or(name).replace('\\', "/");
    let path = utf8_percent_encode(&name, PATH).to_string();
    if path.starts_with('/') { format!("file://{path}") } else { path }
}
