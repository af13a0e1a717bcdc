//! Text of a rule file to its syntax tree.
//!
//! In: one source file. Out: its items and what was wrong, never the first mistake alone.
//! Owns the limits on size and depth, the split into items, and recovery. Only `lower` names the grammar's rules.
//! Never resolves a name.

mod format;
mod lower;
mod outline;
mod recover;
mod slips;
mod split;
mod tell;
mod tree;

pub use format::{FormatError, format};
pub(crate) use slips::day_as_rules_write_it;
pub use tree::*;

use crate::diagnostic::{Diagnostic, codes};
use crate::source::{FileId, SourceFile, Span};

/// The largest rule file, in bytes.
pub const MAX_BYTES: usize = 1 << 20;
/// The deepest nesting of braces and parentheses.
pub const MAX_DEPTH: usize = 64;

/// Reads one file. The items that could be read are returned even where others are broken.
pub fn parse(id: FileId, file: &SourceFile) -> (Syntax, Vec<Diagnostic>) {
    let text = file.text();
    let whole = Span { file: id, start: 0, end: u32::try_from(text.len()).unwrap_or(u32::MAX) };
    if text.len() > MAX_BYTES {
        let headline = format!("this file has {} bytes, more than the {MAX_BYTES} that a rule file may have", text.len());
        let finding = Diagnostic::new(&codes::FILE_TOO_LARGE, Span { end: 0, ..whole }, headline);
        return (Syntax::default(), vec![finding.help("split it into several files; a folder of files is one rule set")]);
    }
    let mut syntax = Syntax::default();
    let mut findings = Vec::new();
    for piece in split::split(id, text, &mut findings) {
        syntax.items.push(if piece.usable { recover::item(id, piece, &mut findings) } else { recover::unread(id, piece) });
    }
    (syntax, findings)
}
