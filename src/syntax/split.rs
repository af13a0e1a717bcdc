//! Splits a file into top-level items at column 0, so that one broken item hides none of the others.
//!
//! In: a file's text. Out: runs of text, each one item.
//! Owns the check of nesting, which must come before the grammar: the generated parser recurses on the stack.
//! Never reads what an item says beyond its first word.

use super::MAX_DEPTH;
use super::outline::{CLAUSES, code_bytes};
use crate::diagnostic::{Diagnostic, codes, did_you_mean};
use crate::source::{FileId, Span};

/// The first words of items.
const KEYWORDS: [&str; 20] = [
    "credit",
    "action",
    "check",
    "facts",
    "records",
    "source",
    "remedy",
    "warning",
    "route",
    "condition",
    "date",
    "amount",
    "number",
    "state",
    "table",
    "value",
    "group",
    "party",
    "ruleset",
    "require",
];

/// One item's text and where it starts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece<'a> {
    pub text: &'a str,
    pub start: usize,
    /// Does it start as an item does, and is it not nested too deep to be read?
    pub usable: bool,
}

/// The items of a file. A line at the left edge that starts no item is a finding.
pub(super) fn split<'a>(file: FileId, text: &'a str, findings: &mut Vec<Diagnostic>) -> Vec<Piece<'a>> {
    let starts = starts(file, text, findings);
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let pieces = starts.iter().zip(ends).filter_map(|(&start, end)| {
        let piece = Piece { text: text.get(start..end)?, start, usable: true };
        Some(Piece { usable: usable(file, piece, findings), ..piece })
    });
    pieces.collect()
}

/// Where items start: at the left edge. A clause that stands there inside an open item is told, and stays in its item.
fn starts(file: FileId, text: &str, findings: &mut Vec<Diagnostic>) -> Vec<usize> {
    let mut starts: Vec<usize> = Vec::new();
    let mut depth = 0_usize;
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let begins = line.starts_with(|c: char| !c.is_whitespace() && c != '}') && !line.starts_with("//");
        let word = item_word(line);
        let strange = !KEYWORDS.contains(&word) || word == "require";
        if begins && strange && depth > 0 && CLAUSES.contains(&word) {
            findings.push(not_an_item(file, offset, word));
        } else if begins && !(strange && depth > 0 && !word.is_empty() && did_you_mean(word, KEYWORDS).is_none()) {
            starts.push(offset);
            depth = 0;
        }
        for (_, byte) in code_bytes(line) {
            depth = match byte {
                b'{' => depth + 1,
                b'}' => depth.saturating_sub(1),
                _ => depth,
            };
        }
        offset += line.len();
    }
    starts
}

fn usable(file: FileId, piece: Piece<'_>, findings: &mut Vec<Diagnostic>) -> bool {
    let word = item_word(piece.text);
    if !KEYWORDS.contains(&word) || word == "require" {
        let shown = if word.is_empty() { piece.text.chars().next().map_or(0, char::len_utf8) } else { word.len() };
        findings.push(not_an_item(file, piece.start, piece.text.get(..shown).unwrap_or("")));
        return false;
    }
    if let Some(deep) = too_deep(piece.text) {
        let headline = format!("nested more than {MAX_DEPTH} deep");
        let finding = Diagnostic::new(&codes::TOO_DEEP, place(file, piece.start + deep, 1), headline);
        findings.push(finding.help("name the inner part with `condition`"));
        return false;
    }
    true
}

fn not_an_item(file: FileId, at: usize, word: &str) -> Diagnostic {
    let help = match word {
        "require" => Some("indent it: a requirement stands inside a credit, an action or a check".to_owned()),
        clause if CLAUSES.contains(&clause) => Some("indent it: a clause stands inside an item".to_owned()),
        _ => did_you_mean(word, KEYWORDS),
    };
    Diagnostic::new(&codes::NOT_AN_ITEM, place(file, at, word.len()), format!("`{word}` does not start an item"))
        .help("an item starts with `credit`, `action`, `check`, `source`, `facts` or another item word; lines inside one are indented")
        .help_if(help)
}

fn place(file: FileId, start: usize, len: usize) -> Span {
    Span { file, start: u32::try_from(start).unwrap_or(u32::MAX), end: u32::try_from(start + len).unwrap_or(u32::MAX) }
}

/// The word that a line starts with.
fn item_word(line: &str) -> &str {
    let end = line.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(line.len());
    line.get(..end).unwrap_or("")
}

/// The first byte that opens a level too many, outside texts and comments.
fn too_deep(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in code_bytes(text) {
        match byte {
            b'{' | b'(' => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Some(at);
                }
            }
            b'}' | b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}
