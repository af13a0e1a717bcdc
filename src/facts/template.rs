//! A facts document to fill in: every question, where its answer is found, and what an answer looks like.
//!
//! In: the vocabulary, and which facts are wanted. Out: YAML that reads without an error as it stands.
//! Owns its wording. Never fills anything in but the day.

use std::fmt::Write as _;

use crate::program::{Fact, FactId, Program, Section, Type};
use crate::value::{Day, day_text};

/// Columns of a comment.
const WIDTH: usize = 110;

/// The document for the facts that `wanted` asks for.
pub fn template(program: &Program, as_of: Day, wanted: impl Fn(FactId) -> bool) -> String {
    let mut text = String::new();
    comment(
        &mut text,
        "",
        "What is known about one account. Fill in what you know and leave the rest empty: an empty line is unknown, it never means no.",
    );
    comment(&mut text, "", "Amounts are written 250 USD, days 2026-03-01, percentages 50%.");
    text.push('\n');
    comment(&mut text, "", "For which day should the check hold?");
    line(&mut text, format_args!("as_of: {}", day_text(as_of)));
    for section in program.sections.iter().filter(|section| !section.name.is_empty()) {
        let facts: Vec<&Fact> =
            section.facts.iter().filter(|id| wanted(**id)).filter_map(|id| program.facts.get(id.0 as usize)).collect();
        if facts.iter().any(|fact| !fact.identifies) {
            part(&mut text, section, &facts, program);
        }
    }
    text
}

fn part(text: &mut String, section: &Section, facts: &[&Fact], program: &Program) {
    text.push('\n');
    comment(text, "", &section.about);
    let Some(list) = section.list.and_then(|list| program.lists.get(list.0 as usize)) else {
        line(text, format_args!("{}:", section.name));
        for fact in facts {
            question(text, "  ", fact);
            line(text, format_args!("  {}:", fact.local));
        }
        return;
    };
    let key = program.facts.get(list.key.0 as usize);
    comment(text, "", "Take the marks off and repeat the block for each one:");
    line(text, format_args!("# {}:", section.name));
    if let Some(key) = key {
        question(text, "#   ", key);
        line(text, format_args!("#   - {}:", key.local));
    }
    for fact in facts.iter().filter(|fact| key.is_none_or(|key| key.local != fact.local)) {
        question(text, "#     ", fact);
        line(text, format_args!("#     {}:", fact.local));
    }
}

fn question(text: &mut String, indent: &str, fact: &Fact) {
    comment(text, indent, &fact.ask);
    if !fact.find.is_empty() {
        comment(text, indent, &format!("where: {}", fact.find.join("; ")));
    }
    let unit = fact.unit.as_ref().map_or_else(String::new, |unit| format!(", in {unit}"));
    let unit = if matches!(fact.ty, Type::Money | Type::Percent) { String::new() } else { unit };
    comment(text, indent, &format!("answer: {}{unit}", answer(&fact.ty)));
    if let Some(note) = &fact.note {
        comment(text, indent, note);
    }
}

fn answer(ty: &Type) -> String {
    match ty {
        Type::Bool => "yes or no".to_owned(),
        Type::Set(values) => format!("a list of {}; [] for none of them", values.join(", ")),
        other => other.describe(),
    }
}

fn comment(text: &mut String, indent: &str, words: &str) {
    let mark = format!("{indent}# ");
    let options = textwrap::Options::new(WIDTH).initial_indent(&mark).subsequent_indent(&mark);
    for wrapped in textwrap::wrap(words, options) {
        line(text, format_args!("{wrapped}"));
    }
}

fn line(text: &mut String, words: std::fmt::Arguments<'_>) {
    let _ = writeln!(text, "{words}"); // Writing to a string cannot fail.
}
