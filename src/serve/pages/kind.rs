//! Which decisions a page is about: credits, actions or set-up checks.
//!
//! In: what a form carries. Out: the kind, its words.
//! Owns the names of the three views.

use super::fields::Fields;
use crate::syntax::DecisionKind;

/// One of the three views of the results.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Kind {
    /// Credits.
    #[default]
    Credits,
    /// Actions.
    Actions,
    /// Set-up checks.
    Checks,
}

impl Kind {
    /// All of them, in the order of the switch.
    pub(super) const ALL: [Self; 3] = [Self::Credits, Self::Actions, Self::Checks];

    /// What a form asks for; credits where it says nothing.
    pub(super) fn of(fields: &Fields) -> Self {
        let word = fields.get("kind").unwrap_or_default();
        Self::ALL.into_iter().find(|kind| kind.word() == word).unwrap_or_default()
    }

    /// The word of forms.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Credits => "credit",
            Self::Actions => "action",
            Self::Checks => "check",
        }
    }

    /// The word of the switch.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Credits => "Credits",
            Self::Actions => "What may be done with them",
            Self::Checks => "Account set-up",
        }
    }

    /// The kind of decisions.
    pub(super) const fn decided(self) -> DecisionKind {
        match self {
            Self::Credits => DecisionKind::Credit,
            Self::Actions => DecisionKind::Action,
            Self::Checks => DecisionKind::Check,
        }
    }
}
