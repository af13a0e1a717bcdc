//! Items that other items name: the rule set itself, parties, sources, remedies, routes, warnings, shared definitions.
//!
//! In: their syntax. Out: the program's tables of them.
//! Owns what each must say. Never looks into a decision.

use super::Check;
use super::condition::Scope;
use super::names::Names;
use crate::diagnostic::{Diagnostic, codes, did_you_mean};
use crate::program::{NamedValue, Remedy, Route, Source, Warning};
use crate::syntax::{self, ItemKind, Syntax, Word};
use crate::value::{country_code, parse_currency};
use std::collections::HashMap;

impl<'s> Check<'s> {
    /// Items that facts and decisions refer to; they come first.
    pub(super) fn small_items(&mut self, syntax: &'s Syntax) {
        for item in &syntax.items {
            let name = item.name.text.as_str();
            match &item.kind {
                ItemKind::RuleSet { version, about } => {
                    self.program.name = name.to_owned();
                    self.program.version.clone_from(&version.text);
                    self.program.about = about.as_ref().map(|word| word.text.clone()).unwrap_or_default();
                }
                ItemKind::Party { label } => {
                    self.names.parties.insert(name, self.program.parties.len());
                    self.program.parties.push((name.to_owned(), label.text.clone()));
                }
                ItemKind::Source(source) => {
                    let made = self.source(&item.name, source, item.damaged);
                    self.names.sources.insert(name, self.program.sources.len());
                    self.program.sources.push(made);
                }
                ItemKind::Value { value, .. } => {
                    self.program.values.push(NamedValue { id: name.to_owned(), text: value.text() });
                }
                ItemKind::Group { of, codes, .. } => self.group(name, of, codes),
                ItemKind::Remedy(_) => drop(self.names.remedies.insert(name, self.names.remedies.len())),
                ItemKind::Route(_) => drop(self.names.routes.insert(name, self.names.routes.len())),
                ItemKind::Warning(_) => drop(self.names.warnings.insert(name, self.names.warnings.len())),
                _ => {}
            }
        }
        for item in &syntax.items {
            match &item.kind {
                ItemKind::Remedy(remedy) => {
                    let made = self.remedy(&item.name, remedy, item.damaged);
                    self.program.remedies.push(made);
                }
                ItemKind::Value { per, .. } | ItemKind::Group { per, .. } => drop(self.cites(per)),
                ItemKind::Route(route) => {
                    let made = self.route(&item.name, route, item.damaged);
                    self.program.routes.push(made);
                }
                ItemKind::Warning(warning) => {
                    let cites = self.cites(&warning.per);
                    if !item.damaged {
                        self.said(&item.name, warning.say.as_ref(), "say");
                        self.cited(&item.name, &warning.per);
                    }
                    self.program.warnings.push(Warning { id: item.name.text.clone(), say: text(warning.say.as_ref()), cites });
                }
                _ => {}
            }
        }
    }

    fn group(&mut self, name: &str, of: &Word, group: &[Word]) {
        let known = |code: &str| match of.text.as_str() {
            "country" => country_code(code).is_some(),
            _ => parse_currency(code).is_some(),
        };
        if !matches!(of.text.as_str(), "country" | "currency") {
            let headline = format!("a group is of `country` or `currency`, not of `{}`", of.text);
            self.report(Diagnostic::new(&codes::WRONG_TYPE, of.span, headline));
            return;
        }
        for (at, code) in group.iter().enumerate() {
            if !known(&code.text) {
                let headline = format!("`{}` is no {} code", code.text, of.text);
                let near = match of.text.as_str() {
                    "country" => crate::value::nearest_country(&code.text),
                    _ => crate::value::nearest_currency(&code.text).map(str::to_owned),
                };
                let near = near.map(|code| format!("did you mean `{code}`?"));
                self.report(Diagnostic::new(&codes::UNKNOWN_CODE, code.span, headline).help_if(near));
            }
            if let Some(earlier) = group.iter().take(at).find(|earlier| earlier.text == code.text) {
                let finding = Diagnostic::new(&codes::DUPLICATE_NAME, code.span, format!("`{}` is listed twice", code.text));
                self.report(finding.label(earlier.span, "listed first here").help("remove one of them"));
            }
        }
        let text = group.iter().map(|code| code.text.as_str()).collect::<Vec<_>>().join(", ");
        self.program.values.push(NamedValue { id: name.to_owned(), text });
    }

    fn source(&mut self, name: &Word, source: &syntax::Source, damaged: bool) -> Source {
        if !damaged {
            self.said(name, source.title.as_ref(), "title");
            self.said(name, source.read.as_ref(), "read");
            self.said(name, source.rank.as_ref(), "rank");
        }
        let read = source.read.as_ref().filter(|word| !word.text.is_empty()).and_then(|word| self.day(word));
        let optional = |word: &Option<Word>| word.as_ref().map(|word| word.text.clone());
        Source {
            id: name.text.clone(),
            title: text(source.title.as_ref()),
            url: optional(&source.url),
            file: optional(&source.file),
            dated: optional(&source.dated),
            read,
            rank: source.rank.as_ref().and_then(|word| self.small_number(word, "a rank", 9)).unwrap_or(9),
            span: name.span,
        }
    }

    fn remedy(&mut self, name: &Word, remedy: &syntax::Remedy, damaged: bool) -> Remedy {
        if !damaged {
            self.said(name, remedy.say.as_ref(), "say");
        }
        if let Some(party) = &remedy.by {
            self.party(party);
        }
        if let Some(route) = &remedy.route {
            self.referred("support route", |names| &names.routes, route);
        }
        Remedy {
            id: name.text.clone(),
            class: remedy.by.as_ref().map_or_else(|| "never".to_owned(), |party| format!("by_{}", party.text)),
            say: text(remedy.say.as_ref()),
            channel: remedy.channel.as_ref().map(|word| word.text.clone()),
            route: remedy.route.as_ref().map(|word| word.text.clone()),
            span: name.span,
        }
    }

    fn route(&mut self, name: &Word, route: &syntax::Route, damaged: bool) -> Route {
        if !damaged {
            self.said(name, route.channel.as_ref(), "channel");
            self.said(name, route.expect.as_ref(), "expect");
            self.cited(name, &route.per);
        }
        let texts = |words: &[Word]| words.iter().map(|word| word.text.clone()).collect();
        Route {
            id: name.text.clone(),
            symptom: route.symptom.text.clone(),
            first: texts(&route.first),
            channel: text(route.channel.as_ref()),
            expect: text(route.expect.as_ref()),
            escalate: text(route.escalate.as_ref()),
            bring: texts(&route.bring),
            cites: self.cites(&route.per),
        }
    }

    /// Checks shared definitions once by themselves, so that one that nobody uses is checked too.
    pub(super) fn definitions(&mut self, syntax: &'s Syntax) {
        for item in &syntax.items {
            let scope = Scope::anywhere();
            match &item.kind {
                ItemKind::Value { value, .. } => drop(self.literal_operand(value, &scope)),
                ItemKind::Condition { when, .. } => drop(self.condition(when, &scope.inside(&item.name))),
                ItemKind::Quantity { kind, branches, .. } => {
                    drop(self.quantity(&item.name, kind, branches, &scope.inside(&item.name)));
                }
                ItemKind::Table(table) => {
                    let made = self.table(&item.name, table, item.damaged);
                    self.program.tables.push(made);
                }
                ItemKind::State(state) => drop(self.state(&item.name, state, None, &scope, item.damaged)),
                _ => {}
            }
        }
    }

    // ------------------------------------------------------------------ shared by all items

    /// A clause that must be there.
    fn said(&mut self, name: &Word, clause: Option<&Word>, what: &str) {
        if clause.is_none() {
            let headline = format!("`{}` has no `{what}`", name.text);
            self.report(Diagnostic::new(&codes::MISSING_CLAUSE, name.span, headline).help(format!("add a line `{what} …`")));
        }
    }

    /// A whole number from 1 to `most`.
    pub(super) fn small_number(&mut self, word: &Word, what: &str, most: i64) -> Option<i64> {
        let number = word.text.parse().ok().filter(|number| (1..=most).contains(number));
        if number.is_none() {
            let headline = format!("{what} is a whole number from 1 to {most}, not `{}`", word.text);
            self.report(Diagnostic::new(&codes::IMPOSSIBLE_VALUE, word.span, headline));
        }
        number
    }

    /// A citation that must be there.
    pub(super) fn cited(&mut self, name: &Word, per: &[Word]) {
        if per.is_empty() {
            let headline = format!("`{}` names no source", name.text);
            let help = "add `per` and the id of the source that says so";
            self.report(Diagnostic::new(&codes::MISSING_CITATION, name.span, headline).help(help));
        }
    }

    /// The sources of a `per` clause.
    pub(super) fn cites(&mut self, per: &[Word]) -> Vec<usize> {
        per.iter().filter_map(|word| self.referred("source", |names| &names.sources, word)).collect()
    }

    /// The remedy of an `else` clause.
    pub(super) fn remedy_named(&mut self, word: &Word) -> Option<usize> {
        self.referred("remedy", |names| &names.remedies, word)
    }

    /// The warning of a name.
    pub(super) fn warning_named(&mut self, word: &Word) -> Option<usize> {
        self.referred("warning", |names| &names.warnings, word)
    }

    /// The party of a name.
    pub(super) fn party(&mut self, word: &Word) -> Option<usize> {
        self.referred("party", |names| &names.parties, word)
    }

    /// What a name refers to in its world: a name in use, and one to report where nothing declares it.
    fn referred(
        &mut self,
        world: &'static str,
        declared: for<'n> fn(&'n Names<'s>) -> &'n HashMap<&'s str, usize>,
        word: &Word,
    ) -> Option<usize> {
        self.uses(world, word);
        let declared = declared(&self.names);
        let found = declared.get(word.text.as_str()).copied();
        if found.is_none() {
            let names = declared.keys().copied().collect();
            self.unknown(word, world, names);
        }
        found
    }

    /// A name that nothing declares.
    pub(super) fn unknown(&mut self, word: &Word, what: &str, mut names: Vec<&str>) {
        if self.told_already(&word.text) {
            return;
        }
        names.sort_unstable();
        let help = did_you_mean(&word.text, names);
        let headline = format!("no {what} is called `{}`", word.text);
        let finding = Diagnostic::new(&codes::UNKNOWN_NAME, word.span, headline)
            .help(format!("declare it, or name a {what} that is declared"))
            .help_if(help);
        self.report(finding);
    }
}

pub(super) fn text(word: Option<&Word>) -> String {
    word.map(|word| word.text.clone()).unwrap_or_default()
}
