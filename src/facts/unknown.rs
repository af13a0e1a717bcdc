//! Names that a document has and the vocabulary has not.
//!
//! In: a name and where it stands. Out: a finding with the name that was most likely meant.
//! Owns the search for that name, in every section. Never guesses a value.

use super::document::Key;
use super::findings::shown;
use super::reader::{Reader, SectionEntry};
use crate::diagnostic::{Diagnostic, codes, nearest};

/// Longer names are not compared: nobody meant one.
const LONGEST_NAME: usize = 64;
/// Where all names are found.
const TEMPLATE: &str = "`accredit template` lists every section and fact";

impl Reader {
    /// A key at the top that is neither a section nor a fact.
    pub(super) fn unknown_top(&self, key: Key<'_>) -> Diagnostic {
        let finding =
            Diagnostic::new(&codes::UNKNOWN_FACT, key.span, format!("no section or fact is called {}", shown(key.text)));
        finding.help(TEMPLATE).help_if(self.top_meant(key.text))
    }

    /// May this unknown key at the top have been meant for the day?
    pub(super) fn is_like_day(name: &str) -> bool {
        name.len() <= LONGEST_NAME && nearest(name, ["as_of"]).is_some()
    }

    fn top_meant(&self, wanted: &str) -> Option<String> {
        if wanted.len() > LONGEST_NAME {
            return None;
        }
        let sections = || self.sections.iter().map(|section| section.name.as_str()).filter(|name| !name.is_empty());
        let singles = self.sections.iter().filter(|section| section.list.is_none());
        let names = singles.flat_map(|section| &section.facts).map(|fact| fact.name.as_str());
        self.of_name(wanted).or_else(|| nearest(wanted, sections().chain(names)).map(|name| format!("did you mean `{name}`?")))
    }

    /// A key of a section that is none of its facts.
    pub(super) fn unknown_fact(&self, section: &SectionEntry, key: Key<'_>) -> Diagnostic {
        let headline = format!("`{}` has no fact called {}", section.name, shown(key.text));
        let finding = Diagnostic::new(&codes::UNKNOWN_FACT, key.span, headline);
        finding.help(TEMPLATE).help_if(self.fact_meant(section, key.text))
    }

    fn fact_meant(&self, section: &SectionEntry, wanted: &str) -> Option<String> {
        if wanted.len() > LONGEST_NAME {
            return None;
        }
        let own = || section.facts.iter().map(|fact| fact.local.as_str());
        let others = self.sections.iter().flat_map(|section| &section.facts);
        self.of_name(wanted).or_else(|| nearest(wanted, own()).map(|name| format!("did you mean `{name}`?"))).or_else(|| {
            let near = nearest(wanted, others.map(|fact| fact.local.as_str()))?;
            self.of_name(near)
        })
    }

    /// Facts of any section that have exactly this name, short or full.
    fn of_name(&self, wanted: &str) -> Option<String> {
        let mut meant = Vec::new();
        for section in &self.sections {
            for fact in section.facts.iter().filter(|fact| fact.local == wanted || fact.name == wanted) {
                meant.push(match &section.list {
                    None => format!("`{}`", fact.name),
                    Some(_) => format!("`{}` of a record in `{}`", fact.local, section.name),
                });
            }
        }
        match meant.as_slice() {
            [] => None,
            [..] if meant.len() > 3 => None,
            _ => Some(format!("did you mean {}?", crate::diagnostic::alternatives(&meant))),
        }
    }
}
