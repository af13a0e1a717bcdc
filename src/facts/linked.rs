//! What follows from the facts of one section or record: implied values and sums.
//!
//! In: values of a section, as the document gives them. Out: derived values, and contradictions.
//! Owns the constraints of the vocabulary. Never reads a text.

use super::State;
use super::findings::Findings;
use super::reader::SectionEntry;
use crate::diagnostic::{Diagnostic, codes};
use crate::program::{Lane, Type};
use crate::source::Span;
use crate::value::MAX_MINOR;

/// The values of one section or record, and where the document says them.
pub(super) struct Linked<'a> {
    pub(super) section: &'a SectionEntry,
    pub(super) values: &'a mut [(Lane, State)],
    /// The place of a fact's value; only asked for a message.
    pub(super) place: &'a dyn Fn(usize) -> Option<Span>,
    pub(super) findings: &'a mut Findings,
}

impl Linked<'_> {
    /// Derives what follows. Says which computed facts have parts in more than one currency and are not given.
    pub(super) fn derive(&mut self) -> Vec<usize> {
        let section = self.section;
        let mut mixed = Vec::new();
        for (at, fact) in section.linking() {
            if let Some(parts) = &fact.computed
                && self.sum(at, parts)
            {
                mixed.push(at);
            }
        }
        // Each round makes at least one more fact derived, so the rounds end.
        while self.imply() {}
        self.agree();
        mixed
    }

    fn get(&self, at: usize) -> (Lane, State) {
        self.values.get(at).copied().unwrap_or_default()
    }

    fn set(&mut self, at: usize, lane: Lane) {
        if let Some(value) = self.values.get_mut(at) {
            *value = (lane, State::Derived);
        }
    }

    fn is_known(&self, at: usize) -> bool {
        matches!(self.get(at).1, State::Given | State::Derived)
    }

    /// Gives implied facts that are absent or only assumed their values. Was there any?
    fn imply(&mut self) -> bool {
        let section = self.section;
        let mut any = false;
        for (at, fact) in section.linking() {
            for (other, lane) in &fact.implies {
                if self.is_known(at) && !self.is_known(*other) {
                    self.set(*other, *lane);
                    any = true;
                }
            }
        }
        any
    }

    /// Reports implied facts that have another value.
    fn agree(&mut self) {
        let section = self.section;
        for (at, fact) in section.linking() {
            for (other, lane) in &fact.implies {
                let (found, implied) = (self.get(*other).0, section.facts.get(*other));
                let Some(implied) = implied.filter(|_| self.is_known(at) && found != *lane) else { continue };
                let given = (self.place)(at);
                let span = (self.place)(*other).or(given).unwrap_or_default();
                let (wanted, found) = (implied.ty.text(*lane), implied.ty.text(found));
                self.findings.report(|| {
                    let headline = format!("`{}` is `{found}` although `{}` is given", implied.name, fact.name);
                    Diagnostic::new(&codes::CONTRADICTION, span, headline)
                        .here(format!("this says `{found}`"))
                        .label(given.unwrap_or(span), format!("where this is known, it is `{wanted}`"))
                        .help(format!("write `{}: {wanted}`, or leave `{}` out", implied.local, fact.local))
                });
            }
        }
    }

    /// Computes a sum whose parts are all given. Are they in more than one currency, and the sum is not given?
    fn sum(&mut self, at: usize, parts: &[(bool, usize)]) -> bool {
        if parts.iter().any(|(_, part)| self.get(*part).1 != State::Given) {
            return false;
        }
        let Some(currency) = parts.first().map(|(_, part)| self.get(*part).0.aux) else { return false };
        let (found, state) = self.get(at);
        if parts.iter().any(|(_, part)| self.get(*part).0.aux != currency) {
            return state != State::Given;
        }
        let amounts = parts.iter().map(|(minus, part)| (minus, self.get(*part).0.main));
        let sum = amounts.fold(0_i128, |sum, (minus, amount)| sum + i128::from(if *minus { -amount } else { amount }));
        let main = i64::try_from(sum).ok().filter(|main| main.abs() <= MAX_MINOR);
        match main.map(|main| Lane { main, aux: currency }) {
            None => self.too_large(at, parts),
            Some(lane) if state == State::Given && found != lane => self.unequal(at, parts, lane),
            Some(_) if state == State::Given => {}
            Some(lane) => self.set(at, lane),
        }
        false
    }

    /// Where the parts of a sum stand.
    fn parts_at(&self, parts: &[(bool, usize)]) -> Span {
        let mut places = parts.iter().filter_map(|(_, part)| (self.place)(*part));
        places.next().unwrap_or_default()
    }

    fn too_large(&mut self, at: usize, parts: &[(bool, usize)]) {
        let Some(fact) = self.section.facts.get(at) else { return };
        let span = self.parts_at(parts);
        self.findings.report(|| {
            let headline = format!("the parts of `{}` make an amount beyond the limit", fact.name);
            Diagnostic::new(&codes::IMPOSSIBLE_VALUE, span, headline)
                .here("the sum begins here")
                .help(format!("the largest amount has {MAX_MINOR} minor units"))
        });
    }

    fn unequal(&mut self, at: usize, parts: &[(bool, usize)], lane: Lane) {
        let Some(fact) = self.section.facts.get(at) else { return };
        let (span, parts_at) = ((self.place)(at).unwrap_or_default(), self.parts_at(parts));
        let (given, made) = (Type::Money.text(self.get(at).0), Type::Money.text(lane));
        self.findings.report(|| {
            Diagnostic::new(&codes::UNEQUAL_SUM, span, format!("`{}` is `{given}`, but its parts make `{made}`", fact.name))
                .here(format!("this says `{given}`"))
                .label(parts_at, format!("from here on the parts make `{made}`"))
                .help(format!("correct an amount, or leave `{}` out", fact.local))
        });
    }
}
