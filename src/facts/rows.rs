//! What follows from the facts of one row of a table, as it does in a document.
//!
//! In: the values of one section. Out: derived values, or contradictions.
//! Owns nothing: `linked` says what follows. Never reads a cell.

use super::findings::Findings;
use super::linked::Linked;
use super::{Reader, State};
use crate::diagnostic::Diagnostic;
use crate::program::{Lane, SlotId};

/// Slots, one behind the other, whose values follow from each other.
#[derive(Clone, Debug)]
pub struct Link {
    section: usize,
    /// The slots.
    pub slots: Vec<SlotId>,
    /// Those from which something can follow.
    pub from: Vec<SlotId>,
}

impl Reader {
    /// Every place where a fact implies another one or is computed: in sections of single facts, and in the record of each
    /// key of a list keyed by decision.
    pub fn links(&self) -> Vec<Link> {
        let mut links = Vec::new();
        for (section, at) in self.sections.iter().zip(0..).filter(|(section, _)| section.is_linked()) {
            let keyed = section.list.iter().flat_map(|list| list.keyed.iter().flatten().copied());
            let bases: Vec<usize> = match &section.list {
                None => vec![section.base],
                Some(list) => keyed.chain([list.base]).collect(),
            };
            for base in bases {
                let slot = |at: usize| u32::try_from(base + at).ok().map(SlotId);
                let parts = section.linking().flat_map(|(at, fact)| {
                    let parts = fact.computed.iter().flatten().map(|(_, part)| *part);
                    parts.chain((!fact.implies.is_empty()).then_some(at))
                });
                links.push(Link {
                    section: at,
                    slots: (0..section.facts.len()).filter_map(slot).collect(),
                    from: parts.filter_map(slot).collect(),
                });
            }
        }
        links
    }

    /// Derives what follows from the values at the slots of a link. Says the slots of computed facts whose parts are in
    /// more than one currency.
    /// # Errors
    /// Every contradiction.
    pub fn derive(&self, link: &Link, values: &mut [(Lane, State)]) -> Result<Vec<SlotId>, Vec<Diagnostic>> {
        let Some(section) = self.sections.get(link.section) else { return Ok(Vec::new()) };
        let mut findings = Findings::default();
        let mixed = Linked { section, values, place: &|_| None, findings: &mut findings }.derive();
        if !findings.is_empty() {
            return Err(findings.into_list());
        }
        Ok(mixed.into_iter().filter_map(|at| link.slots.get(at).copied()).collect())
    }
}
