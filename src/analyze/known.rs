//! A document as a version of the rules reads it that does not know all of its facts.
//!
//! In: a document, the version that shall read it, the other one. Out: the document without what only the other one knows.
//! Owns what is left out: facts and values of the other version. What neither knows stays, and is refused by the reader.

use crate::facts::document::{Node, NodeKind};
use crate::facts::lane_of;
use crate::program::{Fact, Program, Section, Type};

/// The document without facts and values that only `other` knows.
pub fn known_to<'t>(program: &Program, other: &Program, document: &Node<'t>) -> Node<'t> {
    let NodeKind::Map(entries) = &document.kind else { return document.clone() };
    let mut kept = Vec::new();
    for (key, node) in entries {
        let (own, others) = (section(program, &key.text), section(other, &key.text));
        let (fact, theirs) = (single(program, &key.text), single(other, &key.text));
        match (own, others, fact, theirs) {
            (None, Some(_), None, _) | (None, _, None, Some(_)) => {}
            (Some(own), Some(others), ..) => kept.push((key.clone(), inside((program, own), (other, others), node))),
            (_, _, Some(fact), Some(theirs)) => kept.push((key.clone(), value(fact, theirs, node))),
            _ => kept.push((key.clone(), node.clone())),
        }
    }
    Node { kind: NodeKind::Map(kept), span: document.span }
}

fn section<'p>(program: &'p Program, name: &str) -> Option<&'p Section> {
    program.sections.iter().find(|section| section.name == name && !name.is_empty())
}

/// A single fact by its full name at the top.
fn single<'p>(program: &'p Program, name: &str) -> Option<&'p Fact> {
    let fact = program.facts.iter().find(|fact| fact.name == name)?;
    program.sections.get(fact.section).filter(|section| section.list.is_none()).map(|_| fact)
}

fn inside<'t>(own: (&Program, &Section), other: (&Program, &Section), node: &Node<'t>) -> Node<'t> {
    let local = |(program, section): (&Program, &Section), name: &str| -> Option<Fact> {
        let facts = section.facts.iter().filter_map(|id| program.facts.get(id.0 as usize));
        facts.into_iter().find(|fact| fact.local == name).cloned()
    };
    let kind = match &node.kind {
        NodeKind::List(records) => NodeKind::List(records.iter().map(|record| inside(own, other, record)).collect()),
        NodeKind::Map(entries) => {
            let mut kept = Vec::new();
            for (key, node) in entries {
                match (local(own, &key.text), local(other, &key.text)) {
                    (None, Some(_)) => {}
                    (Some(fact), Some(theirs)) => kept.push((key.clone(), value(&fact, &theirs, node))),
                    _ => kept.push((key.clone(), node.clone())),
                }
            }
            NodeKind::Map(kept)
        }
        other => other.clone(),
    };
    Node { kind, span: node.span }
}

/// A value that only the other version has is not known to this one.
fn value<'t>(own: &Fact, other: &Fact, node: &Node<'t>) -> Node<'t> {
    let reads = |ty: &Type, node: &Node<'_>| match (ty, &node.kind) {
        (Type::Text, NodeKind::Scalar { .. }) => true,
        (Type::Set(words), NodeKind::List(all)) => {
            all.iter().all(|word| word.text().is_some_and(|text| words.iter().any(|known| known == text.trim())))
        }
        (Type::Money, NodeKind::Map(_)) => true,
        (ty, NodeKind::Scalar { text, .. }) => lane_of(ty, text).is_ok(),
        _ => false,
    };
    if !reads(&own.ty, node) && reads(&other.ty, node) {
        return Node { kind: NodeKind::Null, span: node.span };
    }
    node.clone()
}
