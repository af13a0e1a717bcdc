//! An account that somebody checked, as a case to review.
//!
//! In: a facts document as it is written, and what was decided on it. Out: the text of a case file.
//! Owns its frame. What it expects is what the rules decide now: only a reviewer can say that it is right.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::coverage::expected;
use crate::RuleSet;
use crate::explain::Explanation;
use crate::facts::{Facts, written};

/// A case file with one case: these facts, and each of these decisions as it came out.
pub fn recorded(rules: &RuleSet, id: &str, title: &str, facts: &Facts, told: &[&Explanation<'_>]) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let mut out = String::from(
        "# What this case expects is what the rules decided when it was saved: compare it with the terms before it is kept.\ncases:\n",
    );
    line(&mut out, format_args!("  - case: {}", quoted(id)));
    line(&mut out, format_args!("    title: {}", quoted(title)));
    let document = written(rules.program(), facts, None, &[]);
    // Every value of a written document stands in the line of its name, so a line that begins so is a comment.
    let said = document.lines().filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'));
    let (day, rest): (Vec<&str>, Vec<&str>) = said.partition(|line| line.starts_with("as_of:"));
    day.iter().for_each(|day| line(&mut out, format_args!("    {day}")));
    if !rest.is_empty() {
        line(&mut out, format_args!("    facts:"));
        rest.iter().for_each(|fact| line(&mut out, format_args!("      {fact}")));
    }
    line(&mut out, format_args!("    expect:"));
    let mut by_decision: BTreeMap<&str, Vec<&Explanation<'_>>> = BTreeMap::new();
    for one in told {
        by_decision.entry(&one.decision.id).or_default().push(one);
    }
    for (id, told) in by_decision {
        match told.as_slice() {
            [one] if one.subject.is_none() => line(&mut out, format_args!("      {id}: {}", expected(rules, one, &[]))),
            several => {
                line(&mut out, format_args!("      {id}:"));
                for one in several {
                    let subject = quoted(one.subject.unwrap_or_default());
                    line(&mut out, format_args!("        {subject}: {}", expected(rules, one, &[])));
                }
            }
        }
    }
    out
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = writeln!(out, "{text}"); // Writing to a string cannot fail.
}
