//! Writes accepted differences into the text of a case file.
//!
//! In: the text and what was accepted. Out: the text with other values at exactly those places.
//! Owns where and how a value is written. Everything else stays byte for byte; a text that would not read back as what
//! was accepted is refused.

use super::{Accepted, Difference, compare, read};
use crate::RuleSet;
use crate::source::{FileId, SourceFile};

/// Why a case file is left as it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UpdateError {
    /// A place is outside the text, or two places overlap: the text is not the one that was read.
    #[error("it is not the text that the cases were read from")]
    OtherText,
    /// What would be written does not say what was accepted.
    #[error("line {0} is laid out in a way in which its value cannot be replaced: change it by hand")]
    Layout(usize),
}

/// The text of file `id` with what was accepted.
/// # Errors
/// [`UpdateError`], when the result would not read back as accepted.
pub fn updated(rules: &RuleSet, id: FileId, text: &str, accepted: &[&Difference]) -> Result<String, UpdateError> {
    let mut edits: Vec<&Difference> = accepted.iter().copied().filter(|difference| difference.span.file == id).collect();
    edits.sort_by_key(|difference| difference.span);
    let mut out = String::with_capacity(text.len() + 64);
    let mut kept = 0;
    let mut lines = Vec::new();
    let file = SourceFile::new("", text);
    for edit in edits {
        let place = place(text, edit);
        let before = text.get(kept..place.start).ok_or(UpdateError::OtherText)?;
        let old = written(text.get(place.clone()).ok_or(UpdateError::OtherText)?);
        out.push_str(before);
        let place_of = file.place(place.start);
        lines.push((out.len(), place_of.line));
        out.push_str(&value(&edit.accepted, old, place_of.column));
        kept = place.start + old.len();
    }
    out.push_str(text.get(kept..).ok_or(UpdateError::OtherText)?);
    reads_back(rules, id, text, &out, accepted, &lines)?;
    Ok(out)
}

/// The bytes of a value. A list of lines begins with its first dash, even where the reader places it behind that.
fn place(text: &str, edit: &Difference) -> std::ops::Range<usize> {
    let place = edit.span.range();
    let names = matches!(edit.accepted, Accepted::Names(_));
    let rest = text.get(place.start..).unwrap_or("");
    if !names || rest.starts_with(['[', '-']) {
        return place;
    }
    let line = text.get(..place.start).map_or(0, |before| before.rfind('\n').map_or(0, |at| at + 1));
    let dash = text.get(line..place.start).and_then(|before| before.rfind('-'));
    dash.map_or(place.start, |dash| line + dash)..place.end
}

/// The value alone: the reader's place of what has a closing sign reaches over the blanks and the comment behind it.
fn written(old: &str) -> &str {
    let closing = match old.chars().next() {
        Some('[') => Some(']'),
        Some('{') => Some('}'),
        quote => quote.filter(|first| matches!(first, '"' | '\'')),
    };
    let end = closing.and_then(|closing| old.get(1..)?.find(closing));
    end.and_then(|at| old.get(..at + 2)).unwrap_or_else(|| old.trim_end())
}

/// A value as it is written in place of `old`, which begins in the column `column`.
fn value(accepted: &Accepted, old: &str, column: usize) -> String {
    let names = match accepted {
        Accepted::Word(word) => return word.clone(),
        Accepted::Names(names) => names,
    };
    let block = !old.starts_with('[');
    if block && names.is_empty() {
        // Deeper than the key, wherever the dashes stood.
        return "  []".to_owned();
    }
    if block {
        let next = format!("\n{}- ", " ".repeat(column.saturating_sub(1)));
        return format!("- {}", names.join(&next));
    }
    format!("[{}]", names.join(", "))
}

/// What was accepted must pass, and whatever else was said must still be said.
fn reads_back(
    rules: &RuleSet,
    id: FileId,
    before: &str,
    after: &str,
    accepted: &[&Difference],
    lines: &[(usize, usize)],
) -> Result<(), UpdateError> {
    let first_line = lines.first().map_or(1, |(_, line)| *line);
    let (old, _) = read(rules.program(), &rules.reader, id, before);
    let (new, findings) = read(rules.program(), &rules.reader, id, after);
    if let Some(finding) = findings.first() {
        let at = finding.span().start as usize;
        let line = lines.iter().rev().find(|(start, _)| *start <= at).map_or(first_line, |(_, line)| *line);
        return Err(UpdateError::Layout(line));
    }
    let (old, new) = (compare::run(rules, &old), compare::run(rules, &new));
    let same = old.len() == new.len()
        && old.iter().zip(&new).all(|(old, new)| {
            let left: Vec<_> = old.differences.iter().filter(|one| !accepted.contains(one)).map(said).collect();
            old.case.id == new.case.id
                && old.case.facts == new.case.facts
                && old.expected.subject == new.expected.subject
                && left == new.differences.iter().map(said).collect::<Vec<_>>()
        });
    if same { Ok(()) } else { Err(UpdateError::Layout(first_line)) }
}

fn said(difference: &Difference) -> (super::Part, &str, &str) {
    (difference.of, &difference.expected, &difference.actual)
}
