//! The vocabulary, prepared once for reading many documents.
//!
//! In: a program. Out: a [`Reader`], which turns documents into [`Facts`].
//! Owns the index from names to slots. Never reads a document itself: `reading` does.

use std::ops::Range;

use super::accounts::Accounts;
use super::document::{Format, Node, parse};
use super::findings::Findings;
use super::names::Names;
use super::reading::Reading;
use super::{Facts, State};
use crate::diagnostic::Diagnostic;
use crate::program::{AS_OF, At, Fact, FactId, Lane, List, ListId, Program, Slot, Type};
use crate::source::FileId;
use crate::value::Day;

/// A fact as documents are read.
#[derive(Clone, Debug)]
pub(super) struct FactEntry {
    /// The name that messages use.
    pub(super) name: String,
    /// The name inside its section.
    pub(super) local: String,
    pub(super) ty: Type,
    /// Facts of the same section, by their place in it, with the values that this one implies.
    pub(super) implies: Vec<(usize, Lane)>,
    /// Facts of the same section whose sum this is; the flag says that one is subtracted.
    pub(super) computed: Option<Vec<(bool, usize)>>,
}

/// A section as documents are read.
#[derive(Clone, Debug)]
pub(super) struct SectionEntry {
    pub(super) name: String,
    pub(super) facts: Vec<FactEntry>,
    locals: Names<usize>,
    /// A number for its name; those for its facts follow. No two sections or facts have the same, and none has zero.
    pub(super) mark: usize,
    /// The first slot of a section of single facts; its other facts follow in order.
    pub(super) base: usize,
    pub(super) list: Option<ListEntry>,
    /// The places of facts that imply another one or are computed.
    linking: Vec<usize>,
    /// The places of facts that may be derived from others: implied or computed.
    derived: Vec<usize>,
}

/// A list of records as documents are read.
#[derive(Clone, Debug)]
pub(super) struct ListEntry {
    pub(super) id: ListId,
    /// What one record is called.
    pub(super) each: String,
    /// The place of the key in the section.
    pub(super) key: usize,
    /// For a list keyed by decision: the first slot of each key's record.
    pub(super) keyed: Vec<Option<usize>>,
    /// The first slot of the record under decision.
    pub(super) base: usize,
    /// A record of which nothing is known.
    pub(super) blank: Vec<(Lane, State)>,
}

/// What a key at the top of a document names.
#[derive(Clone, Copy, Debug)]
pub(super) enum Top {
    /// A section or a list.
    Section(usize),
    /// A single fact by its full name: its section and its place there.
    Fact(usize, usize),
}

/// The vocabulary, prepared for reading.
#[derive(Clone, Debug)]
pub struct Reader {
    pub(super) sections: Vec<SectionEntry>,
    /// The sections of single facts that are linked, by their places.
    linked: Vec<usize>,
    top: Names<Top>,
    blank: Facts,
}

impl Reader {
    /// Prepares the vocabulary of a program.
    pub fn new(program: &Program) -> Self {
        let mut sections: Vec<SectionEntry> = Vec::with_capacity(program.sections.len());
        for section in &program.sections {
            let mark = sections.last().map_or(1, |last| last.mark_of(last.facts.len()));
            sections.push(section_entry(program, section, mark));
        }
        let mut top = Names::default();
        for (section, at) in sections.iter().zip(0..) {
            if section.list.is_none() {
                top.extend(section.facts.iter().zip(0..).map(|(fact, i)| (fact.name.as_str().into(), Top::Fact(at, i))));
            }
            if !section.name.is_empty() {
                top.insert(section.name.as_str().into(), Top::Section(at));
            }
        }
        let mut blank = Facts::new(program, 0);
        blank.set(AS_OF, Lane::default(), State::Missing);
        let is_linked = |section: &SectionEntry| section.is_linked() && section.list.is_none();
        let linked = sections.iter().zip(0..).filter(|(section, _)| is_linked(section)).map(|(_, at)| at).collect();
        Self { sections, linked, top, blank }
    }

    /// Nothing but the day is known; assumed facts have their assumed values.
    pub fn blank(&self, as_of: Day) -> Facts {
        let mut facts = self.blank.clone();
        facts.set(AS_OF, Lane { main: as_of, aux: 0 }, State::Given);
        facts
    }

    /// Reads the text of a document.
    /// # Errors
    /// Every problem of the document, in its order.
    pub fn read(&self, id: FileId, text: &str, format: Format) -> Result<Facts, Vec<Diagnostic>> {
        let mut facts = self.blank.clone();
        self.fill(id, text, format, None, &mut facts).map(|()| facts)
    }

    /// For reading one account after another, which is faster than reading each by itself.
    pub fn accounts(&self) -> Accounts<'_> {
        Accounts::new(self)
    }

    /// Reads the text of a document into blank facts.
    pub(super) fn fill(
        &self,
        id: FileId,
        text: &str,
        format: Format,
        as_of: Option<Day>,
        facts: &mut Facts,
    ) -> Result<(), Vec<Diagnostic>> {
        let parsed = parse(id, text, format);
        let Some(document) = parsed.document else { return Err(parsed.findings) };
        Reading::new(self, document.root(), facts, Findings::after(parsed.findings)).read(as_of)
    }

    /// Reads a document that was parsed before; `as_of` takes the place of the day that the document gives.
    /// # Errors
    /// Every problem of the document, in its order.
    pub fn from_document(&self, document: Node<'_>, as_of: Option<Day>) -> Result<Facts, Vec<Diagnostic>> {
        let mut facts = self.blank.clone();
        Reading::new(self, document, &mut facts, Findings::default()).read(as_of).map(|()| facts)
    }

    /// The sections of single facts in which a fact implies another one or is computed.
    pub(super) fn linked(&self) -> impl Iterator<Item = &SectionEntry> {
        self.linked.iter().filter_map(|at| self.sections.get(*at))
    }

    /// Facts of which nothing is known, not even the day.
    pub(super) fn unknown(&self) -> &Facts {
        &self.blank
    }

    /// How many marks there are.
    pub(super) fn marks(&self) -> usize {
        self.sections.last().map_or(1, |last| last.mark_of(last.facts.len()))
    }

    /// The name of a key at the top; it is empty for the section of facts that are in none.
    pub(super) fn name_of(&self, top: Top) -> Option<&str> {
        match top {
            Top::Section(at) => self.sections.get(at).map(|section| section.name.as_str()),
            Top::Fact(at, place) => self.sections.get(at)?.facts.get(place).map(|fact| fact.name.as_str()),
        }
    }

    /// What a key at the top names.
    pub(super) fn top(&self, name: &str) -> Option<Top> {
        self.top.get(name).copied()
    }
}

impl FactEntry {
    /// Does it imply another fact, or is it computed?
    fn links(&self) -> bool {
        self.computed.is_some() || !self.implies.is_empty()
    }
}

impl SectionEntry {
    /// The facts that imply another one or are computed.
    pub(super) fn linking(&self) -> impl Iterator<Item = (usize, &FactEntry)> {
        self.linking.iter().filter_map(|at| Some((*at, self.facts.get(*at)?)))
    }

    /// Is there any?
    pub(super) fn is_linked(&self) -> bool {
        !self.linking.is_empty()
    }

    /// The slots of facts that may be derived from others, of a section of single facts.
    pub(super) fn derived(&self) -> impl Iterator<Item = usize> {
        self.derived.iter().map(|place| self.base.saturating_add(*place))
    }

    /// The mark of a fact.
    #[inline]
    pub(super) fn mark_of(&self, place: usize) -> usize {
        self.mark + place + 1
    }

    /// The slots of a section of single facts.
    pub(super) fn slots(&self) -> Range<usize> {
        self.base..self.base.saturating_add(self.facts.len())
    }

    /// The place of a fact.
    pub(super) fn local(&self, name: &str) -> Option<usize> {
        self.locals.get(name).copied()
    }
}

fn section_entry(program: &Program, section: &crate::program::Section, mark: usize) -> SectionEntry {
    let place = |id: FactId| section.facts.iter().position(|fact| *fact == id);
    let fact = |id: &FactId| program.facts.get(id.0 as usize);
    let facts: Vec<FactEntry> = section.facts.iter().filter_map(fact).map(|fact| fact_entry(fact, place)).collect();
    let list = section.list.and_then(|id| Some((id, program.lists.get(id.0 as usize)?)));
    SectionEntry {
        name: section.name.clone(),
        mark,
        locals: facts.iter().zip(0..).map(|(fact, at)| (fact.local.as_str().into(), at)).collect(),
        base: first_slot(program, &section.facts, At::Single).unwrap_or(usize::MAX),
        list: list.map(|(id, list)| list_entry(program, section, id, list, &facts)),
        linking: facts.iter().zip(0..).filter(|(fact, _)| fact.links()).map(|(_, at)| at).collect(),
        derived: derived(&facts),
        facts,
    }
}

/// The places of facts that others imply or that are computed, each once.
fn derived(facts: &[FactEntry]) -> Vec<usize> {
    let implied = facts.iter().flat_map(|fact| fact.implies.iter().map(|(other, _)| *other));
    let computed = facts.iter().zip(0..).filter(|(fact, _)| fact.computed.is_some()).map(|(_, at)| at);
    let mut all: Vec<usize> = implied.chain(computed).collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn fact_entry(fact: &Fact, place: impl Fn(FactId) -> Option<usize>) -> FactEntry {
    let parts = |parts: &[(bool, FactId)]| parts.iter().map(|(minus, id)| Some((*minus, place(*id)?))).collect();
    FactEntry {
        name: fact.name.clone(),
        local: fact.local.clone(),
        ty: fact.ty.clone(),
        implies: fact.implies.iter().filter_map(|(id, value)| Some((place(*id)?, *value))).collect(),
        computed: fact.computed.as_ref().and_then(|computed| parts(&computed.parts)),
    }
}

fn list_entry(program: &Program, section: &crate::program::Section, id: ListId, list: &List, facts: &[FactEntry]) -> ListEntry {
    let key = section.facts.iter().position(|fact| *fact == list.key).unwrap_or(0);
    let keys = match facts.get(key).map(|fact| &fact.ty) {
        Some(Type::Enum(values)) if list.of_decision => values.len(),
        _ => 0,
    };
    let blank = section.facts.iter().map(|fact| {
        let assume = program.facts.get(fact.0 as usize).and_then(|fact| fact.assume.as_ref());
        assume.map_or((Lane::default(), State::Missing), |assume| (assume.value, State::Assumed))
    });
    ListEntry {
        id,
        each: list.each.clone(),
        key,
        keyed: (0..).take(keys).map(|value| first_slot(program, &section.facts, At::Keyed(id, value))).collect(),
        base: first_slot(program, &section.facts, At::Record(id)).unwrap_or(usize::MAX),
        blank: blank.collect(),
    }
}

/// The slot of a section's first fact.
// INVARIANT: the checker lays the slots of a section's facts out one behind the other, in the order of the section.
fn first_slot(program: &Program, facts: &[FactId], at: At) -> Option<usize> {
    let first = *facts.first()?;
    let found = program.slots.iter().position(|slot| *slot == Slot { fact: first, at })?;
    let laid_out = program.slots.get(found..).unwrap_or(&[]);
    debug_assert!(facts.iter().zip(laid_out).all(|(fact, slot)| slot.fact == *fact && slot.at == at));
    Some(found)
}
