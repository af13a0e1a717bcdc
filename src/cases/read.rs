//! Reads case files.
//!
//! In: the text of a case file. Out: its cases with facts read, and every finding.
//! Owns the keys of a case. A case that names something that does not exist is an error, never a pass.

use super::{Case, Expectation};
use crate::diagnostic::{Diagnostic, codes, did_you_mean};
use crate::facts::Reader;
use crate::facts::document::{Key, Node, NodeKind, parse_yaml};
use crate::program::{Decision, Judged, Lane, Program, Subject, Verdict};
use crate::source::{FileId, Span};
use crate::value::{Money, parse_day};

/// Reads one case file. Cases with findings are left out; they fail the run.
pub fn read(program: &Program, reader: &Reader, id: FileId, text: &str) -> (Vec<Case>, Vec<Diagnostic>) {
    let parsed = parse_yaml(id, text);
    let mut reading = Reading { program, reader, findings: parsed.findings };
    let cases = parsed.root.map_or_else(Vec::new, |root| reading.cases(&root));
    (cases, reading.findings)
}

struct Reading<'p> {
    program: &'p Program,
    reader: &'p Reader,
    findings: Vec<Diagnostic>,
}

type Entry<'t> = (Key<'t>, Node<'t>);

impl Reading<'_> {
    fn unknown(&mut self, span: Span, what: &str, word: &str, names: &[&str]) {
        let finding = Diagnostic::new(&codes::UNKNOWN_NAME, span, format!("no {what} is called `{word}`"));
        self.findings.push(finding.help_if(did_you_mean(word, names.iter().copied())));
    }

    fn malformed(&mut self, span: Span, expected: &str) {
        self.findings.push(Diagnostic::new(&codes::WRONG_FORM, span, format!("expected {expected}")));
    }

    fn entries<'n, 't>(&mut self, node: &'n Node<'t>, what: &str) -> &'n [Entry<'t>] {
        if let NodeKind::Map(entries) = &node.kind {
            return entries;
        }
        self.malformed(node.span, what);
        &[]
    }

    fn cases(&mut self, root: &Node<'_>) -> Vec<Case> {
        for (key, _) in self.entries(root, "a case file with `bases` and `cases`") {
            if !["bases", "cases"].contains(&key.text.as_ref()) {
                self.unknown(key.span, "part of a case file", &key.text, &["bases", "cases"]);
            }
        }
        let Some(Node { kind: NodeKind::List(list), .. }) = root.get("cases") else {
            self.malformed(root.span, "a list under `cases`");
            return Vec::new();
        };
        list.iter().filter_map(|case| self.case(case, root.get("bases"))).collect()
    }

    fn case(&mut self, node: &Node<'_>, bases: Option<&Node<'_>>) -> Option<Case> {
        const KEYS: [&str; 7] = ["case", "title", "base", "as_of", "facts", "expect", "note"];
        for (key, _) in self.entries(node, "a case") {
            if !KEYS.contains(&key.text.as_ref()) {
                self.unknown(key.span, "part of a case", &key.text, &KEYS);
            }
        }
        let id = self.text(node, "case")?;
        let as_of = self.text(node, "as_of")?;
        let Some(as_of) = parse_day(&as_of) else {
            self.malformed(node.get("as_of").map_or(node.span, |n| n.span), "a day such as 2026-03-01");
            return None;
        };
        let empty = Node { kind: NodeKind::Map(Vec::new()), span: node.span };
        let base = match node.get("base") {
            None => &empty,
            Some(name) => match name.text().and_then(|name| bases?.get(name)) {
                Some(base) => base,
                None => {
                    let names: Vec<String> = bases.map_or_else(Vec::new, keys);
                    let names: Vec<&str> = names.iter().map(String::as_str).collect();
                    self.unknown(name.span, "base", name.text().unwrap_or(""), &names);
                    return None;
                }
            },
        };
        let facts = base.merged(node.get("facts").unwrap_or(&empty));
        let facts = match self.reader.from_document(&facts, Some(as_of)) {
            Ok(facts) => facts,
            Err(findings) => {
                self.findings.extend(findings);
                return None;
            }
        };
        let mut expected = Vec::new();
        let Some(expect) = node.get("expect") else {
            self.malformed(node.span, "a case that expects something");
            return None;
        };
        for (key, node) in self.entries(expect, "decisions and what they come to") {
            let Some((at, decision)) = self.program.decisions.iter().enumerate().find(|(_, d)| d.id == key.text) else {
                let ids: Vec<&str> = self.program.decisions.iter().map(|d| d.id.as_str()).collect();
                self.unknown(key.span, "decision", &key.text, &ids);
                continue;
            };
            match decision.subject {
                Subject::Account => expected.extend(self.expectation(at, decision, None, node)),
                Subject::Each(_) => {
                    for (record, node) in self.entries(node, "records and what they come to") {
                        expected.extend(self.expectation(at, decision, Some(record.text.to_string()), node));
                    }
                }
            }
        }
        let title = node.get("title").and_then(Node::text).unwrap_or("").to_owned();
        Some(Case { id, title, facts, expected, span: node.span })
    }

    fn text(&mut self, node: &Node<'_>, key: &str) -> Option<String> {
        let found = node.get(key).and_then(Node::text).map(str::to_owned);
        if found.is_none() {
            self.malformed(node.span, &format!("a text under `{key}`"));
        }
        found
    }

    fn expectation(&mut self, at: usize, decision: &Decision, subject: Option<String>, node: &Node<'_>) -> Option<Expectation> {
        const KEYS: [&str; 6] = ["verdict", "reward", "because", "missing", "warnings", "requirements"];
        for (key, _) in self.entries(node, "a verdict") {
            if !KEYS.contains(&key.text.as_ref()) {
                self.unknown(key.span, "expectation", &key.text, &KEYS);
            }
        }
        let word = self.text(node, "verdict")?;
        let Some(verdict) = Verdict::parse(&word) else {
            self.unknown(node.get("verdict").map_or(node.span, |n| n.span), "verdict", &word, &Verdict::ALL.map(Verdict::word));
            return None;
        };
        let facts: Vec<&str> = self.program.facts.iter().map(|fact| fact.name.as_str()).collect();
        let warnings: Vec<&str> = self.program.warnings.iter().map(|warning| warning.id.as_str()).collect();
        let because = node.get("because").map_or_else(Vec::new, |list| self.names(list, "fact", &facts));
        let missing = node.get("missing").map(|list| self.names(list, "fact", &facts));
        let shown = node.get("warnings").map_or_else(Vec::new, |list| self.names(list, "warning", &warnings));
        let reward = node.get("reward").and_then(|node| self.reward(node));
        let ids: Vec<&str> = decision.requirements.iter().map(|r| r.id.as_str()).collect();
        let mut requirements = Vec::new();
        for (key, node) in node.get("requirements").map_or(&[][..], |node| self.entries(node, "requirements and their results"))
        {
            const RESULTS: [Judged; 4] = [Judged::Met, Judged::Failed, Judged::Pending, Judged::Open];
            let result = RESULTS.into_iter().find(|result| Some(result.word()) == node.text());
            match (ids.iter().position(|id| *id == key.text), result) {
                (Some(at), Some(result)) => requirements.push((at, result)),
                (None, _) => self.unknown(key.span, "requirement of this decision", &key.text, &ids),
                (_, None) => self.malformed(node.span, "met, failed, pending or open"),
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
            span: node.span,
        })
    }

    fn names(&mut self, node: &Node<'_>, what: &str, known: &[&str]) -> Vec<String> {
        let NodeKind::List(list) = &node.kind else {
            self.malformed(node.span, "a list of names");
            return Vec::new();
        };
        let mut names = Vec::new();
        for item in list {
            let name = item.text().unwrap_or("");
            if known.contains(&name) {
                names.push(name.to_owned());
            } else {
                self.unknown(item.span, what, name, known);
            }
        }
        names
    }

    fn reward(&mut self, node: &Node<'_>) -> Option<(Lane, bool)> {
        let (text, at_least) = match node.get("at_least") {
            Some(amount) => (amount.text(), true),
            None => (node.text(), false),
        };
        match text.map(Money::parse) {
            Some(Ok(money)) => Some((Lane { main: money.minor, aux: i64::from(money.currency.numeric()) }, at_least)),
            _ => {
                self.malformed(node.span, "an amount such as 200 USD, or `{at_least: 500 USD}`");
                None
            }
        }
    }
}

fn keys(node: &Node<'_>) -> Vec<String> {
    match &node.kind {
        NodeKind::Map(entries) => entries.iter().map(|(key, _)| key.text.to_string()).collect(),
        _ => Vec::new(),
    }
}
