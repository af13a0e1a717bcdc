//! A document as a version of the rules reads it that does not know all of its facts.
//!
//! In: a document, the version that shall read it, the other one. Out: the document without what only the other one knows.
//! Owns what is left out: facts and values of the other version. What neither knows stays, and is refused by the reader.

use crate::facts::document::{Document, Fate, Node, NodeKind};
use crate::facts::lane_of;
use crate::program::{Fact, Program, Section, Type};

/// The document without facts and values that only `other` knows.
pub fn known_to<'t>(program: &Program, other: &Program, document: Node<'t>) -> Document<'t> {
    document.revised(|keys, node| match *keys {
        [name] => {
            let (own, others) = (section(program, name), section(other, name));
            let (fact, theirs) = (single(program, name), single(other, name));
            match (own, others, fact, theirs) {
                (None, Some(_), None, _) | (None, _, None, Some(_)) => Fate::LeftOut,
                (Some(_), Some(_), ..) => Fate::Revised,
                (_, _, Some(fact), Some(theirs)) => value(fact, theirs, node),
                _ => Fate::Kept,
            }
        }
        [name, fact] => match (local(program, name, fact), local(other, name, fact)) {
            (None, Some(_)) => Fate::LeftOut,
            (Some(fact), Some(theirs)) => value(fact, theirs, node),
            _ => Fate::Kept,
        },
        _ => Fate::Kept,
    })
}

fn section<'p>(program: &'p Program, name: &str) -> Option<&'p Section> {
    program.sections.iter().find(|section| section.name == name && !name.is_empty())
}

/// A single fact by its full name at the top.
fn single<'p>(program: &'p Program, name: &str) -> Option<&'p Fact> {
    let fact = program.facts.iter().find(|fact| fact.name == name)?;
    program.sections.get(fact.section).filter(|section| section.list.is_none()).map(|_| fact)
}

/// A fact by its name inside its section.
fn local<'p>(program: &'p Program, section_name: &str, name: &str) -> Option<&'p Fact> {
    let facts = section(program, section_name)?.facts.iter();
    facts.filter_map(|id| program.facts.get(id.0 as usize)).find(|fact| fact.local == name)
}

/// A value that only the other version has is not known to this one.
fn value(own: &Fact, other: &Fact, node: Node<'_>) -> Fate {
    let reads = |ty: &Type| match (ty, node.kind()) {
        (Type::Text, NodeKind::Scalar { .. }) => true,
        (Type::Set(words), NodeKind::List(mut all)) => {
            all.all(|word| word.text().is_some_and(|text| words.iter().any(|known| known == text.trim())))
        }
        (Type::Money, NodeKind::Map(_)) => true,
        (ty, NodeKind::Scalar { text, .. }) => lane_of(ty, text).is_ok(),
        _ => false,
    };
    if !reads(&own.ty) && reads(&other.ty) { Fate::Unknown } else { Fate::Kept }
}
