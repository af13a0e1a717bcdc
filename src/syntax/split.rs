//! Splits a file into top-level items at column 0, so that one broken item hides none of the others.
//!
//! In: a file's text. Out: runs of text, each one item.
//! Owns the check of nesting, which must come before the grammar: the generated parser recurses on the stack.
//! Never reads what an item says beyond its first word.

use super::MAX_DEPTH;
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
}

/// The items of a file. What stands before the first item or has no item's first word is a finding.
pub(super) fn split<'a>(file: FileId, text: &'a str, findings: &mut Vec<Diagnostic>) -> Vec<Piece<'a>> {
    let mut starts: Vec<usize> = Vec::new();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let begins = line.starts_with(|c: char| !c.is_whitespace() && c != '}') && !line.starts_with("//");
        if begins {
            starts.push(offset);
        }
        offset += line.len();
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let pieces = starts.iter().zip(ends).filter_map(|(&start, end)| {
        let piece = Piece { text: text.get(start..end)?, start };
        usable(file, piece, findings).then_some(piece)
    });
    pieces.collect()
}

fn usable(file: FileId, piece: Piece<'_>, findings: &mut Vec<Diagnostic>) -> bool {
    let at = |start: usize, len: usize| Span {
        file,
        start: u32::try_from(piece.start + start).unwrap_or(u32::MAX),
        end: u32::try_from(piece.start + start + len).unwrap_or(u32::MAX),
    };
    let word_end = piece.text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(piece.text.len());
    let word = piece.text.get(..word_end).unwrap_or("");
    if !KEYWORDS.contains(&word) || word == "require" {
        let shown: String = piece.text.chars().take(word.chars().count().max(1)).collect();
        let help = match word {
            "require" => Some("indent it: a requirement stands inside a credit, an action or a check".to_owned()),
            _ => did_you_mean(word, KEYWORDS),
        };
        let finding = Diagnostic::new(&codes::NOT_AN_ITEM, at(0, shown.len()), format!("`{shown}` does not start an item"))
            .help("an item starts with `credit`, `action`, `check`, `source`, `facts` or another item word; lines inside one are indented")
            .help_if(help);
        findings.push(finding);
        return false;
    }
    if let Some(deep) = too_deep(piece.text) {
        let headline = format!("nested more than {MAX_DEPTH} deep");
        findings.push(Diagnostic::new(&codes::TOO_DEEP, at(deep, 1), headline).help("name the inner part with `condition`"));
        return false;
    }
    true
}

/// The first byte that opens a level too many, outside texts and comments.
fn too_deep(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut bytes = text.bytes().enumerate().peekable();
    let mut quoted = false;
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\n' => quoted = false,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'/' if bytes.peek().is_some_and(|(_, next)| *next == b'/') => {
                while bytes.next_if(|(_, next)| *next != b'\n').is_some() {}
            }
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
