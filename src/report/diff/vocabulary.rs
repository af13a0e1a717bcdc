//! What changed in what all decisions share: facts, their values, assumptions, sources.
//!
//! In: two programs. Out: statements in words.
//! Owns which fact answers to which: the one of the same name. Never evaluates.

use super::super::words;
use crate::program::{Fact, Program};

/// Statements about facts and sources that differ: the name, and what happened to it.
pub(super) fn changes(old: &Program, new: &Program) -> Vec<(String, String)> {
    let mut said = Vec::new();
    for fact in &new.facts {
        match old.facts.iter().find(|known| known.name == fact.name) {
            None => said.push((fact.name.clone(), format!("new fact: {}", fact.ty.describe()))),
            Some(was) => fact_changes((old, was), (new, fact), &mut said),
        }
    }
    for fact in old.facts.iter().filter(|fact| !new.facts.iter().any(|known| known.name == fact.name)) {
        said.push((fact.name.clone(), "no longer a fact".to_owned()));
    }
    for source in &new.sources {
        let Some(was) = old.sources.iter().find(|known| known.id == source.id) else {
            said.push((source.id.clone(), format!("new source: {}", source.title)));
            continue;
        };
        let read = |at: Option<i64>| at.map_or_else(|| "never".to_owned(), words::day);
        let rows = [
            ("title", was.title.clone(), source.title.clone()),
            ("address", was.url.clone().unwrap_or_default(), source.url.clone().unwrap_or_default()),
            ("read on", read(was.read), read(source.read)),
            ("rank", was.rank.to_string(), source.rank.to_string()),
        ];
        for (what, before, after) in rows.into_iter().filter(|(_, before, after)| before != after) {
            said.push((source.id.clone(), format!("source, {what}: {before} → {after}")));
        }
    }
    for source in old.sources.iter().filter(|source| !new.sources.iter().any(|known| known.id == source.id)) {
        said.push((source.id.clone(), "no longer a source".to_owned()));
    }
    said
}

fn fact_changes(old: (&Program, &Fact), new: (&Program, &Fact), said: &mut Vec<(String, String)>) {
    let (was, is) = (old.1, new.1);
    let mut say = |text: String| said.push((is.name.clone(), text));
    let (before, after) = (was.ty.words(), is.ty.words());
    if std::mem::discriminant(&was.ty) == std::mem::discriminant(&is.ty) && !after.is_empty() {
        let only = |a: &[&str], b: &[&str]| -> Vec<String> {
            a.iter().filter(|word| !b.contains(word)).map(|word| (*word).to_owned()).collect()
        };
        let (gone, come) = (only(&before, &after), only(&after, &before));
        if !come.is_empty() {
            say(format!("may also be {}", words::either(&come)));
        }
        if !gone.is_empty() {
            say(format!("can no longer be {}", words::either(&gone)));
        }
    } else if was.ty != is.ty {
        say(format!("{} → {}", was.ty.describe(), is.ty.describe()));
    }
    let assumed = |fact: &Fact| fact.assume.as_ref().map_or_else(|| "nothing".to_owned(), |assume| fact.ty.text(assume.value));
    if assumed(was) != assumed(is) {
        say(format!("assumed while it is absent: {} → {}", assumed(was), assumed(is)));
    }
    let implied = |program: &Program, fact: &Fact| {
        let mut all: Vec<String> = fact
            .implies
            .iter()
            .filter_map(|(id, lane)| {
                program.facts.get(id.0 as usize).map(|other| format!("{} is {}", other.name, other.ty.text(*lane)))
            })
            .collect();
        all.sort();
        if all.is_empty() { "nothing".to_owned() } else { all.join(", ") }
    };
    if implied(old.0, was) != implied(new.0, is) {
        say(format!("implies: {} → {}", implied(old.0, was), implied(new.0, is)));
    }
    let computed = |program: &Program, fact: &Fact| {
        let parts = fact.computed.as_ref().map_or(&[][..], |computed| &computed.parts);
        let words = parts.iter().filter_map(|(minus, id)| {
            let sign = if *minus { "- " } else { "+ " };
            program.facts.get(id.0 as usize).map(|part| format!("{sign}{}", part.name))
        });
        let words: Vec<String> = words.collect();
        if words.is_empty() { "from nothing".to_owned() } else { words.join(" ").trim_start_matches("+ ").to_owned() }
    };
    if computed(old.0, was) != computed(new.0, is) {
        say(format!("computed: {} → {}", computed(old.0, was), computed(new.0, is)));
    }
}
