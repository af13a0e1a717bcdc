//! One facts document to one answer: the way of the command line, the HTTP API and the pages.
//!
//! In: a rule set, the bytes of a document, which decisions are wanted. Out: a report with advice, or every finding about
//! the document. Owns that they all answer the same. Never opens a file, never decides on a broken document.

use crate::RuleSet;
use crate::advise::{Advised, Adviser};
use crate::diagnostic::{Diagnostic, codes};
use crate::eval::Workspace;
use crate::explain::{Explanation, explain};
use crate::facts::document::{self, Node, NodeKind};
use crate::facts::{Facts, Format};
use crate::program::{Decision, Subject};
use crate::report::Report;
use crate::source::{SourceFile, SourceMap, Span};
use crate::value::Day;

/// A facts document that was read, with its text for messages.
#[derive(Clone, Debug)]
pub struct Document {
    /// What messages call it.
    pub name: String,
    /// What it says.
    pub facts: Facts,
    /// Its text.
    pub text: String,
    /// How it is written.
    pub format: Format,
}

/// A document that cannot be used, with every finding.
#[derive(Debug, thiserror::Error)]
#[error("the document has {} findings", findings.len())]
pub struct Unread {
    /// The document.
    pub sources: SourceMap,
    /// What is wrong with it.
    pub findings: Vec<Diagnostic>,
    /// How it is written.
    pub format: Format,
}

impl Unread {
    /// For each finding the field that it is about, as a JSON pointer; nothing where the document could not be read to its
    /// end.
    pub fn pointers(&self) -> Vec<Option<String>> {
        let first = self.findings.first().map(|finding| finding.span().file);
        let file = first.and_then(|id| Some((id, self.sources.file(id)?)));
        let parsed = file.and_then(|(id, file)| document::parse(id, file.text(), self.format).document);
        let pointer = |finding: &Diagnostic| {
            let mut pointer = String::new();
            point(parsed.as_ref()?.root(), finding.span().start, &mut pointer);
            Some(pointer)
        };
        self.findings.iter().map(pointer).collect()
    }
}

/// The way to the last value that begins at or before a place.
fn point(node: Node<'_>, at: u32, pointer: &mut String) {
    let inner = match node.kind() {
        NodeKind::Map(entries) => {
            let before = entries.take_while(|(key, _)| key.span.start <= at).last();
            before.map(|(key, node)| (key.text.replace('~', "~0").replace('/', "~1"), node))
        }
        NodeKind::List(nodes) => {
            let before = nodes.enumerate().take_while(|(_, node)| node.span().start <= at).last();
            before.map(|(index, node)| (index.to_string(), node))
        }
        _ => None,
    };
    if let Some((name, node)) = inner {
        pointer.push('/');
        pointer.push_str(&name);
        point(node, at, pointer);
    }
}

impl Document {
    /// Reads a document. `format` is told where it is known; else the name and the text say it. `as_of` takes the place of
    /// the document's day.
    /// # Errors
    /// [`Unread`] with every problem of the document.
    pub fn read(
        rules: &RuleSet,
        name: &str,
        bytes: Vec<u8>,
        format: Option<Format>,
        as_of: Option<Day>,
    ) -> Result<Self, Unread> {
        let mut sources = SourceMap::default();
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                let id = sources.add(SourceFile::new(name, String::from_utf8_lossy(error.as_bytes()).into_owned()));
                let at = u32::try_from(at).unwrap_or(u32::MAX);
                let span = Span { file: id, start: at, end: at };
                let finding = Diagnostic::new(&codes::NOT_TEXT, span, format!("this is not UTF-8 text from byte {at} on"));
                let findings = vec![finding.help("save the document as UTF-8 text")];
                return Err(Unread { sources, findings, format: format.unwrap_or(Format::Yaml) });
            }
        };
        let id = sources.add(SourceFile::new(name, text));
        let Some(file) = sources.file(id) else {
            return Err(Unread { sources, findings: Vec::new(), format: format.unwrap_or(Format::Yaml) });
        };
        let format = format.unwrap_or_else(|| Format::of(file.name(), file.text()));
        let parsed = document::parse(id, file.text(), format);
        let facts = match parsed.document {
            Some(document) if parsed.findings.is_empty() => rules.reader.from_document(document.root(), as_of),
            _ => rules.reader.read(id, file.text(), format),
        };
        match facts {
            Ok(facts) => Ok(Self { name: name.to_owned(), facts, text: file.text().to_owned(), format }),
            Err(findings) => Err(Unread { sources, findings, format }),
        }
    }
}

/// What deciding under one rule set needs, prepared once for many documents.
#[derive(Debug)]
pub struct Desk<'r> {
    rules: &'r RuleSet,
    adviser: Adviser<'r>,
    workspace: Workspace,
}

/// What was decided on one document.
#[derive(Debug)]
pub struct Answer<'a> {
    rules: &'a RuleSet,
    facts: &'a Facts,
    decisions: Vec<Explanation<'a>>,
    advised: Option<Advised>,
    without_record: Vec<&'a Decision>,
}

impl<'r> Desk<'r> {
    /// Prepares a rule set.
    pub fn new(rules: &'r RuleSet) -> Self {
        Self { rules, adviser: Adviser::new(rules.program(), &rules.plan), workspace: Workspace::new(&rules.plan) }
    }

    /// The rules under which it decides.
    pub fn rules(&self) -> &'r RuleSet {
        self.rules
    }

    /// What advice is made with.
    pub fn adviser(&self) -> &Adviser<'r> {
        &self.adviser
    }

    /// Decides what is wanted, with advice.
    pub fn answer<'a>(&mut self, facts: &'a Facts, wanted: impl Fn(&Decision) -> bool) -> Answer<'a>
    where
        'r: 'a,
    {
        let mut answer = self.verdicts(facts, &wanted);
        let advice = self.adviser.advise(facts, &self.workspace.subjects, &wanted);
        answer.advised = Some(Advised::of(self.rules.program(), advice));
        answer
    }

    /// The same without advice, for whoever shows none.
    pub fn verdicts<'a>(&mut self, facts: &'a Facts, wanted: impl Fn(&Decision) -> bool) -> Answer<'a>
    where
        'r: 'a,
    {
        let rules: &'a RuleSet = self.rules;
        let decisions = explain(rules.program(), &rules.plan, &rules.explainer, facts, &mut self.workspace, &wanted);
        let lacks = |decision: &&Decision| match decision.subject {
            Subject::Account => false,
            Subject::Each(list) => facts.records(list).is_empty(),
        };
        let without_record = rules.program().decisions.iter().filter(|decision| wanted(decision)).filter(lacks).collect();
        Answer { rules, facts, decisions, advised: None, without_record }
    }
}

impl<'a> Answer<'a> {
    /// The report; the explanations move into it. `document` is what it is called, where there are several.
    pub fn report<'s>(&'s mut self, document: Option<&'s str>) -> Report<'s> {
        Report {
            program: self.rules.program(),
            sources: &self.rules.sources,
            facts: self.facts,
            document,
            decisions: std::mem::take(&mut self.decisions),
            without_record: &self.without_record,
            advice: self.advised.as_ref(),
        }
    }
}
