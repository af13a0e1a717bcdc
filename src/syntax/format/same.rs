//! Do two syntax trees say the same, wherever their words stand?
//!
//! In: two trees. Out: yes or no.
//! Owns the list of places in the tree that compare by where they stand; it clears them. Words and expressions compare
//! by what they say already.

use crate::source::Span;
use crate::syntax::tree::{Body, Clause, InForce, ItemKind, Part, Requirement, Syntax};

/// Do both say the same?
pub(super) fn same(mut one: Syntax, mut other: Syntax) -> bool {
    forget_places(&mut one);
    forget_places(&mut other);
    one == other
}

fn forget_places(syntax: &mut Syntax) {
    for item in &mut syntax.items {
        match &mut item.kind {
            ItemKind::Table(table) => {
                for row in &mut table.rows {
                    row.span = Span::default();
                    row.tiers.iter_mut().for_each(|tier| tier.span = Span::default());
                }
            }
            ItemKind::State(state) => {
                for item in &mut state.items {
                    item.span = Span::default();
                    clauses(&mut item.clauses);
                }
            }
            ItemKind::Decision(decision) => {
                in_force(&mut decision.in_force);
                decision.editions.iter_mut().for_each(|edition| in_force(&mut edition.in_force));
                decision.rewards.iter_mut().for_each(|reward| reward.span = Span::default());
                for part in &mut decision.parts {
                    if let Part::Require(requirement) = part {
                        require(requirement);
                    }
                }
            }
            _ => {}
        }
    }
}

fn require(requirement: &mut Requirement) {
    match &mut requirement.body {
        Body::Clauses(plain) => clauses(plain),
        Body::ByEdition(editions) => editions.iter_mut().for_each(|(_, each)| clauses(each)),
        Body::Progress(progress) => progress.span = Span::default(),
    }
}

fn clauses(clauses: &mut [Clause]) {
    for clause in clauses {
        clause.span = Span::default();
    }
}

fn in_force(limits: &mut Option<InForce>) {
    if let Some(limits) = limits {
        limits.span = Span::default();
    }
}
