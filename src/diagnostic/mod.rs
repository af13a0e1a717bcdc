//! Findings about the user's text, as data.
//!
//! In: what any stage found. Out: a list that renderers print.
//! Owns the registry of stable codes. Never prints, never stops a stage.

mod github;
mod junit;
mod registry;
mod render;
mod sarif;

pub use github::github;
pub use junit::{Check, Failure, Suite, finding_suites, junit};
pub use registry::{CODES, Code, codes, find, nearest_code};
pub use render::{human, short, summary};
pub use sarif::sarif;

use crate::source::Span;

/// How much a finding matters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Severity {
    /// Nothing is decided while it stands.
    Error,
    /// Worth a look; decisions go on.
    Warning,
}

/// One mistake: one finding.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// The stable code.
    pub code: &'static Code,
    /// One lowercase phrase, user's text in backticks.
    pub headline: String,
    /// Places with what is to be seen there; the most exact one first, the other party second.
    pub labels: Vec<(Span, String)>,
    /// What to do.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A finding at its most exact place.
    pub fn new(code: &'static Code, span: Span, headline: impl Into<String>) -> Self {
        Self { code, headline: headline.into(), labels: vec![(span, String::new())], help: None }
    }

    /// Says what is to be seen at the first place.
    #[must_use]
    pub fn here(mut self, text: impl Into<String>) -> Self {
        if let Some((_, label)) = self.labels.first_mut() {
            *label = text.into();
        }
        self
    }

    /// Adds another place, such as the other party of a conflict.
    #[must_use]
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push((span, text.into()));
        self
    }

    /// Adds what to do.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Adds what to do, where there is something.
    #[must_use]
    pub fn help_if(mut self, text: Option<String>) -> Self {
        self.help = text.or(self.help);
        self
    }

    /// The most exact place.
    pub fn span(&self) -> Span {
        self.labels.first().map_or_else(Span::default, |(span, _)| *span)
    }
}

/// The name most like `wanted` among `names`, when one is near enough to be meant.
pub fn nearest<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (wanted.chars().count() / 3).max(2);
    names
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(wanted, name), name))
        .filter(|(distance, name)| *distance <= limit || (wanted.len() > 3 && name.contains(wanted)))
        .min()
        .map(|(_, name)| name)
}

/// `nearest`, as a help line.
pub fn did_you_mean<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(wanted, names).map(|name| format!("did you mean `{name}`?"))
}

/// Words joined for a reader: `a, b or c`.
pub fn alternatives<S: AsRef<str>>(words: &[S]) -> String {
    match words {
        [] => String::new(),
        [only] => only.as_ref().to_owned(),
        [most @ .., last] => {
            let most: Vec<&str> = most.iter().map(AsRef::as_ref).collect();
            format!("{} or {}", most.join(", "), last.as_ref())
        }
    }
}
