//! Reads case files.
//!
//! In: the texts of case files. Out: their cases with facts read, and every finding.
//! Owns the keys of a case. A case that names something that does not exist is an error, never a pass.

use std::collections::{HashMap, HashSet};

use super::{Case, Expectation, Stated};
use crate::RuleSet;
use crate::diagnostic::{Diagnostic, codes, did_you_mean};
use crate::facts::document::{Document, Entries, Node, NodeKind, parse_yaml};
use crate::facts::{Facts, Reader};
use crate::program::{Decision, Judged, Lane, Program, Subject, Verdict};
use crate::source::{FileId, SourceFile, SourceMap, Span};
use crate::value::{Day, Money, parse_day};

/// The cases of some files.
#[derive(Debug, Default)]
pub struct Cases {
    /// The files.
    pub sources: SourceMap,
    /// The cases, in the order of the files.
    pub cases: Vec<Case>,
    /// What is wrong with them. While there is anything, none of them may be run.
    pub findings: Vec<Diagnostic>,
}

/// Reads case files, given as names and texts.
pub fn read_all(rules: &RuleSet, texts: impl IntoIterator<Item = (String, String)>) -> Cases {
    let mut all = Cases::default();
    for (name, text) in texts {
        let id = all.sources.add(SourceFile::new(name, text));
        if let Some(file) = all.sources.file(id) {
            let (cases, findings) = read(rules.program(), &rules.reader, id, file.text());
            all.cases.extend(cases);
            all.findings.extend(findings);
        }
    }
    let mut seen: HashMap<&str, Span> = HashMap::new();
    for case in &all.cases {
        if let Some(earlier) = seen.insert(&case.id, case.span) {
            let finding = Diagnostic::new(&codes::DUPLICATE_NAME, case.span, format!("two cases are called `{}`", case.id));
            all.findings.push(finding.label(earlier, "the other one").help("give one of them another id"));
        }
    }
    all
}

/// Reads one case file. Cases with findings are left out; they fail the run.
pub fn read(program: &Program, reader: &Reader, id: FileId, text: &str) -> (Vec<Case>, Vec<Diagnostic>) {
    let parsed = parse_yaml(id, text);
    let mut reading = Reading { program, reader, findings: parsed.findings, bases_used: HashSet::new() };
    let cases = parsed.document.map_or_else(Vec::new, |document| reading.cases(document.root()));
    let mut findings = reading.findings;
    // A base is read once for each case that starts from it; what is wrong with it is told once.
    let mut told = HashSet::new();
    findings.retain(|finding| told.insert((finding.code.name, finding.span(), finding.headline.clone())));
    (cases, findings)
}

struct Reading<'p> {
    program: &'p Program,
    reader: &'p Reader,
    findings: Vec<Diagnostic>,
    bases_used: HashSet<String>,
}

/// The day for which bases are read that no case starts from.
const SOME_DAY: Day = 740_000;

impl Reading<'_> {
    fn unknown(&mut self, span: Span, what: &str, word: &str, names: &[&str]) {
        let finding = Diagnostic::new(&codes::UNKNOWN_NAME, span, format!("no {what} is called `{word}`"));
        self.findings.push(finding.help_if(did_you_mean(word, names.iter().copied())));
    }

    fn malformed(&mut self, span: Span, expected: &str) {
        self.findings.push(Diagnostic::new(&codes::WRONG_FORM, span, format!("expected {expected}")));
    }

    fn entries<'n>(&mut self, node: Node<'n>, what: &str) -> Entries<'n> {
        if let NodeKind::Map(entries) = node.kind() {
            return entries;
        }
        self.malformed(node.span(), what);
        Entries::default()
    }

    fn cases(&mut self, root: Node<'_>) -> Vec<Case> {
        for (key, _) in self.entries(root, "a case file with `bases` and `cases`") {
            if !["bases", "cases"].contains(&key.text) {
                self.unknown(key.span, "part of a case file", key.text, &["bases", "cases"]);
            }
        }
        let Some(NodeKind::List(list)) = root.get("cases").map(Node::kind) else {
            self.malformed(root.span(), "a list under `cases`");
            return Vec::new();
        };
        let cases = list.filter_map(|case| self.case(case, root.get("bases"))).collect();
        self.other_bases(root);
        cases
    }

    /// Reads the bases that no case starts from, for what is wrong with them.
    fn other_bases(&mut self, root: Node<'_>) {
        let Some(bases) = root.get("bases") else { return };
        for (name, base) in self.entries(bases, "bases, each with a name") {
            if !self.bases_used.contains(name.text)
                && let Err(findings) = self.reader.from_document(base, Some(SOME_DAY))
            {
                self.findings.extend(findings);
            }
        }
    }

    fn case(&mut self, node: Node<'_>, bases: Option<Node<'_>>) -> Option<Case> {
        const KEYS: [&str; 7] = ["case", "title", "base", "as_of", "facts", "expect", "note"];
        for (key, _) in self.entries(node, "a case") {
            if !KEYS.contains(&key.text) {
                self.unknown(key.span, "part of a case", key.text, &KEYS);
            }
        }
        let id = self.text(node, "case")?;
        let as_of = self.text(node, "as_of")?;
        let Some(as_of) = parse_day(&as_of) else {
            self.malformed(node.get("as_of").map_or(node.span(), |n| n.span()), "a day such as 2026-03-01");
            return None;
        };
        let empty = Document::empty(node.span());
        let base = match node.get("base") {
            None => empty.root(),
            Some(name) => match name.text().and_then(|name| bases?.get(name)) {
                Some(base) => {
                    self.bases_used.extend(name.text().map(str::to_owned));
                    base
                }
                None => {
                    let names: Vec<String> = bases.map_or_else(Vec::new, keys);
                    let names: Vec<&str> = names.iter().map(String::as_str).collect();
                    self.unknown(name.span(), "base", name.text().unwrap_or(""), &names);
                    return None;
                }
            },
        };
        let facts = base.merged(node.get("facts").unwrap_or(empty.root()));
        let facts = match self.reader.from_document(facts.root(), Some(as_of)) {
            Ok(facts) => facts,
            Err(findings) => {
                self.findings.extend(findings);
                return None;
            }
        };
        let Some(expect) = node.get("expect") else {
            self.malformed(node.span(), "a case that expects something");
            return None;
        };
        let expected = self.expected(expect, &facts);
        let title = node.get("title").and_then(Node::text).unwrap_or("").to_owned();
        Some(Case { id, title, facts, expected, span: node.span() })
    }

    fn expected(&mut self, expect: Node<'_>, facts: &Facts) -> Vec<Expectation> {
        let mut expected = Vec::new();
        let entries = self.entries(expect, "decisions and what they come to");
        if entries.is_empty() && matches!(expect.kind(), NodeKind::Map(_)) {
            self.malformed(expect.span(), "a case that expects something");
        }
        for (key, node) in entries {
            let Some((at, decision)) = self.program.decisions.iter().enumerate().find(|(_, d)| d.id == key.text) else {
                let ids: Vec<&str> = self.program.decisions.iter().map(|d| d.id.as_str()).collect();
                self.unknown(key.span, "decision", key.text, &ids);
                continue;
            };
            let Subject::Each(list) = decision.subject else {
                expected.extend(self.expectation(at, decision, None, node));
                continue;
            };
            let records: Vec<&str> = facts.records(list).iter().map(|record| record.key.as_str()).collect();
            let entries = self.entries(node, "records and what they come to");
            if entries.is_empty() && matches!(node.kind(), NodeKind::Map(_)) {
                self.malformed(node.span(), "a record and what it comes to");
            }
            for (record, node) in entries {
                if records.contains(&record.text) {
                    expected.extend(self.expectation(at, decision, Some(record.text.to_string()), node));
                } else {
                    self.unknown(record.span, "record of this case", record.text, &records);
                }
            }
        }
        expected
    }

    fn text(&mut self, node: Node<'_>, key: &str) -> Option<String> {
        let found = node.get(key).and_then(Node::text).map(str::to_owned);
        if found.is_none() {
            self.malformed(node.span(), &format!("a text under `{key}`"));
        }
        found
    }

    fn expectation(&mut self, at: usize, decision: &Decision, subject: Option<String>, node: Node<'_>) -> Option<Expectation> {
        const KEYS: [&str; 6] = ["verdict", "reward", "because", "missing", "warnings", "requirements"];
        for (key, _) in self.entries(node, "a verdict") {
            if !KEYS.contains(&key.text) {
                self.unknown(key.span, "expectation", key.text, &KEYS);
            }
        }
        let word = self.text(node, "verdict")?;
        let Some(verdict) = Verdict::parse(&word) else {
            self.unknown(
                node.get("verdict").map_or(node.span(), |n| n.span()),
                "verdict",
                &word,
                &Verdict::ALL.map(Verdict::word),
            );
            return None;
        };
        let facts: Vec<&str> = self.program.facts.iter().map(|fact| fact.name.as_str()).collect();
        let warnings: Vec<&str> = self.program.warnings.iter().map(|warning| warning.id.as_str()).collect();
        let because = node.get("because").map(|list| self.names(list, "fact", &facts));
        let missing = node.get("missing").map(|list| self.names(list, "fact", &facts));
        let shown = node.get("warnings").map(|list| self.names(list, "warning", &warnings));
        let reward = node.get("reward").and_then(|node| self.reward(node));
        let verdict = Stated { value: verdict, span: node.get("verdict").map_or(node.span(), |node| node.span()) };
        let ids: Vec<&str> = decision.requirements.iter().map(|r| r.id.as_str()).collect();
        let mut requirements = Vec::new();
        for (key, node) in
            node.get("requirements").map_or(Entries::default(), |node| self.entries(node, "requirements and their results"))
        {
            const RESULTS: [Judged; 4] = [Judged::Met, Judged::Failed, Judged::Pending, Judged::Open];
            let result = RESULTS.into_iter().find(|result| Some(result.word()) == node.text());
            match (ids.iter().position(|id| *id == key.text), result) {
                (Some(at), Some(result)) => requirements.push((at, Stated { value: result, span: node.span() })),
                (None, _) => self.unknown(key.span, "requirement of this decision", key.text, &ids),
                (_, None) => self.malformed(node.span(), "met, failed, pending or open"),
            }
        }
        Some(Expectation {
            decision: at,
            subject,
            verdict,
            reward,
            because,
            missing,
            warnings: shown,
            requirements,
            span: node.span(),
        })
    }

    fn names(&mut self, node: Node<'_>, what: &str, known: &[&str]) -> Stated<Vec<String>> {
        let mut names = Stated { value: Vec::new(), span: node.span() };
        let NodeKind::List(list) = node.kind() else {
            self.malformed(node.span(), "a list of names");
            return names;
        };
        for item in list {
            let name = item.text().unwrap_or("");
            if known.contains(&name) {
                names.value.push(name.to_owned());
            } else {
                self.unknown(item.span(), what, name, known);
            }
        }
        names
    }

    fn reward(&mut self, node: Node<'_>) -> Option<Stated<Option<(Lane, bool)>>> {
        let stated = |value| Some(Stated { value, span: node.span() });
        let (text, at_least) = match node.get("at_least") {
            Some(amount) => (amount.text(), true),
            None => (node.text(), false),
        };
        if text == Some("none") && !at_least {
            return stated(None);
        }
        match text.map(Money::parse) {
            Some(Ok(money)) => stated(Some((Lane { main: money.minor, aux: i64::from(money.currency.numeric()) }, at_least))),
            _ => {
                self.malformed(node.span(), "an amount such as 200 USD, `{at_least: 500 USD}`, or `none`");
                None
            }
        }
    }
}

fn keys(node: Node<'_>) -> Vec<String> {
    match node.kind() {
        NodeKind::Map(entries) => entries.map(|(key, _)| key.text.to_string()).collect(),
        _ => Vec::new(),
    }
}
