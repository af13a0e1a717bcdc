//! Findings as text.
use super::Diagnostic;
use crate::source::SourceMap;

/// One finding a line: `file:line:column: error[code]: headline`.
pub fn short(findings: &[Diagnostic], sources: &SourceMap) -> String {
    findings
        .iter()
        .map(|f| format!("{}: {:?}[{}]: {}\n", sources.at(f.span()), f.code.severity, f.code.name, f.headline))
        .collect()
}
/// Findings with excerpts.
pub fn human(findings: &[Diagnostic], sources: &SourceMap, _color: bool, _width: usize) -> String {
    short(findings, sources)
}
