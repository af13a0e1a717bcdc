//! Who is called what: every declared name with its item.
//!
//! In: the items of all files. Out: a table for each kind of name, and findings for names used twice.
//! Owns the limits on the number of items. Never looks inside an item.

use std::collections::{HashMap, HashSet};

use super::Check;
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::{Branch, Decision, Expr, Item, ItemKind, Literal, Records, State, Syntax, Table, Warning, Word};

/// The most items of a rule set.
const MAX_ITEMS: usize = 10_000;
/// The most named values of a rule set.
const MAX_VALUES: usize = 4_000;
/// The most facts of a rule set.
const MAX_FACTS: usize = 1_000;

/// Declared names. Each kind is a world of its own, but what stands in a condition shares one.
#[derive(Default)]
pub(super) struct Names<'s> {
    pub sources: HashMap<&'s str, usize>,
    pub remedies: HashMap<&'s str, usize>,
    pub routes: HashMap<&'s str, usize>,
    pub warnings: HashMap<&'s str, usize>,
    pub warning_items: HashMap<&'s str, &'s Warning>,
    pub parties: HashMap<&'s str, usize>,
    pub sections: HashMap<&'s str, &'s Item>,
    /// What one record is called, with its list.
    pub eaches: HashMap<&'s str, &'s Records>,
    pub decisions: HashMap<&'s str, (&'s Item, &'s Decision)>,
    pub states: HashMap<&'s str, (&'s Item, &'s State)>,
    pub words: HashMap<&'s str, Definition<'s>>,
    /// Items of which part could not be read, whatever they are.
    pub damaged: HashSet<&'s str>,
}

/// What a word in a condition may stand for.
#[derive(Clone, Copy)]
pub(super) enum Definition<'s> {
    Value(&'s Literal),
    Group(&'s Word, &'s [Word], &'s [Word]),
    Condition(&'s Expr),
    Quantity(&'s Word, &'s [Branch]),
    Table(&'s Item, &'s Table),
}

/// Words that the language itself uses where a name could stand; every word that the grammar keeps out of operands is here.
const RESERVED: [&str; 36] = [
    "above",
    "after",
    "always",
    "and",
    "as_of",
    "at",
    "because",
    "before",
    "below",
    "but",
    "by",
    "edition",
    "either",
    "else",
    "empty",
    "exactly",
    "fails",
    "fewer",
    "from",
    "is",
    "met",
    "more",
    "not",
    "on",
    "one",
    "or",
    "otherwise",
    "per",
    "require",
    "reward",
    "the",
    "then",
    "warn",
    "when",
    "within",
    "zero",
];

/// Words that stand where `offered by` and `regions` expect a party or a group, or right behind them. Elsewhere they are names like others.
const WHERE: [&str; 5] = ["anywhere", "none", "offered", "regions", "unstated"];

impl<'s> Check<'s> {
    /// Fills the name tables; a name declared twice is told with both places.
    pub(super) fn collect(&mut self, syntax: &'s Syntax) {
        let mut declared: HashMap<(&str, &str), &Word> = HashMap::new();
        let mut counts = [(0, MAX_ITEMS, "items"), (0, MAX_VALUES, "named values"), (0, MAX_FACTS, "facts")];
        for item in &syntax.items {
            let (world, facts) = world(&item.kind);
            counts[0].0 += 1;
            counts[1].0 += usize::from(matches!(item.kind, ItemKind::Value { .. }));
            counts[2].0 += facts;
            for (count, limit, what) in counts {
                if count == limit + 1 {
                    let headline = format!("a rule set has at most {limit} {what}");
                    self.report(
                        Diagnostic::new(&codes::TOO_MANY, item.name.span, headline).help("split it into two rule sets"),
                    );
                }
            }
            if item.damaged {
                self.names.damaged.insert(&item.name.text);
                if let ItemKind::Records(records) = &item.kind {
                    self.names.damaged.insert(&records.each.text);
                }
            }
            if let ItemKind::Unread { each } = &item.kind {
                self.names.damaged.extend(each.iter().map(|word| word.text.as_str()));
                continue;
            }
            self.not_reserved(&item.name);
            if matches!(item.kind, ItemKind::Party { .. } | ItemKind::Group { .. }) && WHERE.contains(&item.name.text.as_str())
            {
                self.reserved(&item.name);
            }
            let only = matches!(item.kind, ItemKind::RuleSet { .. });
            let name = if only { "" } else { item.name.text.as_str() };
            if let Some(earlier) = declared.insert((world, name), &item.name) {
                let headline = match only {
                    true => "a rule set has one name and one version".to_owned(),
                    false => format!("`{name}` is declared twice"),
                };
                let help = if only { "keep one of them" } else { "give one of them another name, or remove it" };
                let finding = Diagnostic::new(&codes::DUPLICATE_NAME, item.name.span, headline).here("again here");
                self.report(finding.label(earlier.span, "declared first here").help(help));
                continue;
            }
            self.declare(item);
        }
    }

    /// What a word in a condition stands for; it counts as used.
    pub(super) fn definition(&mut self, word: &str) -> Option<Definition<'s>> {
        let found = self.names.words.get(word).copied();
        if found.is_some() {
            self.used.insert(("word", word.to_owned()));
        }
        found
    }

    fn declare(&mut self, item: &'s Item) {
        let name = item.name.text.as_str();
        let words = &mut self.names.words;
        match &item.kind {
            ItemKind::Value { value, .. } => drop(words.insert(name, Definition::Value(value))),
            ItemKind::Group { of, codes, per, .. } => drop(words.insert(name, Definition::Group(of, codes, per))),
            ItemKind::Condition { when, .. } => drop(words.insert(name, Definition::Condition(when))),
            ItemKind::Quantity { kind, branches, .. } => drop(words.insert(name, Definition::Quantity(kind, branches))),
            ItemKind::Table(table) => drop(words.insert(name, Definition::Table(item, table))),
            ItemKind::Section { .. } => drop(self.names.sections.insert(name, item)),
            ItemKind::Records(records) => {
                self.names.sections.insert(name, item);
                self.names.eaches.insert(&records.each.text, records);
            }
            ItemKind::Warning(warning) => drop(self.names.warning_items.insert(name, warning)),
            ItemKind::State(state) => drop(self.names.states.insert(name, (item, state))),
            ItemKind::Decision(decision) => drop(self.names.decisions.insert(name, (item, decision))),
            _ => {}
        }
    }

    /// A name that is a word of the language could not be told from it.
    pub(super) fn not_reserved(&mut self, name: &Word) {
        if RESERVED.contains(&name.text.as_str()) {
            self.reserved(name);
        }
    }

    fn reserved(&mut self, name: &Word) {
        let headline = format!("`{}` is a word of the language", name.text);
        self.report(Diagnostic::new(&codes::RESERVED_WORD, name.span, headline).help("choose another name"));
    }
}

/// In which world of names an item stands, and how many facts it declares.
fn world(kind: &ItemKind) -> (&'static str, usize) {
    match kind {
        ItemKind::Unread { .. } => ("unread", 0),
        ItemKind::RuleSet { .. } => ("ruleset", 0),
        ItemKind::Party { .. } => ("party", 0),
        ItemKind::Source(_) => ("source", 0),
        ItemKind::Remedy(_) => ("remedy", 0),
        ItemKind::Route(_) => ("route", 0),
        ItemKind::Warning(_) => ("warning", 0),
        ItemKind::Section { facts, .. } => ("section", facts.len()),
        ItemKind::Records(records) => ("section", records.facts.len()),
        ItemKind::State(_) => ("state", 0),
        ItemKind::Decision(_) => ("decision", 0),
        ItemKind::Value { .. }
        | ItemKind::Group { .. }
        | ItemKind::Condition { .. }
        | ItemKind::Quantity { .. }
        | ItemKind::Table(_) => ("word", 0),
    }
}

#[cfg(test)]
mod tests {
    use super::RESERVED;

    #[test]
    fn every_word_that_the_grammar_keeps_out_of_operands_is_reserved() {
        let grammar = include_str!("../../grammar/terms.pest");
        let rule = grammar.split("reserved = _{").nth(1).and_then(|rest| rest.split("~ !(letter").next()).unwrap_or("");
        let words: Vec<&str> = rule.split('"').skip(1).step_by(2).collect();
        assert!(words.len() > 10, "the rule `reserved` is not where it was");
        for word in words {
            assert!(RESERVED.contains(&word), "{word}");
        }
    }
}
