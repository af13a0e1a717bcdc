//! What was found wrong in one document, bounded, and the user's text as a message may show it.
//!
//! In: findings as they come. Out: one list in reading order.
//! Owns the bound that keeps a hostile document cheap. Never decides what is wrong.

use crate::diagnostic::Diagnostic;

/// The most findings of one document; more of them help nobody.
const MOST: usize = 100;
/// The most characters of the user's text that a message repeats.
const SHOWN: usize = 60;

/// The findings of one document.
#[derive(Debug, Default)]
pub(super) struct Findings {
    list: Vec<Diagnostic>,
    unlisted: usize,
}

impl Findings {
    /// Begins with what an earlier stage found.
    pub(super) fn after(list: Vec<Diagnostic>) -> Self {
        Self { list, unlisted: 0 }
    }

    /// Adds a finding; beyond the bound it is only counted, and never made.
    pub(super) fn report(&mut self, finding: impl FnOnce() -> Diagnostic) {
        if self.list.len() < MOST {
            self.list.push(finding());
        } else {
            self.unlisted += 1;
        }
    }

    /// Was anything found?
    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The findings in reading order; the last one says how many are not listed.
    pub(super) fn into_list(mut self) -> Vec<Diagnostic> {
        self.list.sort_by_key(Diagnostic::span);
        if let Some(last) = self.list.last_mut().filter(|_| self.unlisted > 0) {
            let more = format!("correct these first; {} more are not listed", self.unlisted);
            last.help = Some(last.help.take().map_or_else(|| more.clone(), |help| format!("{help} ({more})")));
        }
        self.list
    }
}

/// The user's text in backticks: cut when long, and without characters that a terminal would obey.
pub(super) fn shown(text: &str) -> String {
    let mut out = String::from("`");
    for letter in text.chars().take(SHOWN) {
        match letter {
            '`' => out.push('\''),
            '"' | '\'' | '\\' => out.push(letter),
            _ => out.extend(letter.escape_debug()),
        }
    }
    if text.chars().nth(SHOWN).is_some() {
        out.push('…');
    }
    out.push('`');
    out
}
