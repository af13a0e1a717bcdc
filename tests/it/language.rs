//! The specification of the language, run: every block of `tests/language/*.md` and of the reading guide.
//!
//! In: Markdown with blocks of terms, facts and expectations. Out: every expectation that does not hold, with its file
//! and its heading. Owns what a block may be. Never passes a block over: a fence that it does not know is a failure.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use accredit::diagnostic::{Diagnostic, Severity};
use accredit::eval::Workspace;
use accredit::explain::{Explanation, explain};
use accredit::facts::{Format, Reader};
use accredit::program::{Program, SlotId, Type};
use accredit::source::{FileId, SourceMap};
use accredit::syntax::{DecisionKind, StateKind};
use accredit::value::parse_day;
use accredit::{RuleSet, analyze, check, source, syntax};

/// The first line of an example that uses the vocabulary of `tests/language/prelude.terms`.
const WITH_VOCABULARY: &str = "// with the vocabulary of the examples";
/// What messages call the vocabulary; it is read before the example.
const PRELUDE: &str = "a-prelude.terms";
/// What messages call the example.
const EXAMPLE: &str = "example.terms";
/// Advice about style. It counts only where an example announces it: an example is too short to use all that it declares.
pub const ADVICE: [&str; 5] = ["bare-number", "missing-offerer", "missing-regions", "stale-source", "unused-name"];
/// The day on which the sources of examples are old or not, and the days after which they are.
const TODAY: (&str, i64) = ("2026-12-01", 365);

/// A fenced block of a Markdown file.
pub struct Block {
    /// The heading that it stands under.
    pub heading: String,
    /// The line of its fence.
    pub line: usize,
    /// What stands behind the fence.
    pub fence: String,
    /// Its text.
    pub text: String,
}

/// The fenced blocks of a Markdown text, in order.
pub fn blocks(text: &str) -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    let mut heading = String::new();
    let mut open = false;
    for (line, number) in text.lines().zip(1..) {
        if let Some(fence) = line.strip_prefix("```") {
            open = !open;
            if open {
                found.push(Block {
                    heading: heading.clone(),
                    line: number,
                    fence: fence.trim().to_owned(),
                    text: String::new(),
                });
            }
        } else if open {
            let block = found.last_mut().unwrap();
            writeln!(block.text, "{line}").unwrap();
        } else if line.starts_with('#') {
            line.trim_start_matches('#').trim().clone_into(&mut heading);
        }
    }
    assert!(!open, "a block is not closed: {:?}", found.last().map(|block| block.line));
    found
}

/// A file of the repository.
pub fn file(path: impl AsRef<Path>) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The Markdown files of a folder, by name.
pub fn markdown_files(folder: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "md"));
    files.sort();
    files
}

/// What reading and checking an example found in the example itself.
pub fn findings(text: &str) -> Vec<Finding> {
    let mut sources = SourceMap::default();
    let mut items = syntax::Syntax::default();
    let mut found = Vec::new();
    for (name, text) in texts(text) {
        let id = sources.add(source::SourceFile::new(name, text));
        let (read, findings) = syntax::parse(id, sources.file(id).unwrap());
        items.items.extend(read.items);
        found.extend(findings);
    }
    let checked = check::check(&items);
    let stale = check::stale_sources(&checked.program, parse_day(TODAY.0).unwrap(), TODAY.1);
    found.extend(checked.findings.into_iter().chain(stale));
    found.iter().map(|finding| Finding::new(finding, &sources)).filter(|finding| finding.file != PRELUDE).collect()
}

/// The same, with what analysis finds where the example is sound; what analysis answers is no finding any more.
pub fn analysed(text: &str) -> Vec<Finding> {
    let Ok(rules) = RuleSet::read(texts(text)) else { return findings(text) };
    let found = analyze::findings(rules.side(), rules.findings.clone());
    found.iter().map(|finding| Finding::new(finding, &rules.sources)).filter(|finding| finding.file != PRELUDE).collect()
}

/// The example and, where it asks for it, the shared vocabulary.
fn texts(text: &str) -> Vec<(String, String)> {
    let mut files = vec![(EXAMPLE.to_owned(), text.to_owned())];
    if text.starts_with(WITH_VOCABULARY) {
        files.insert(0, (PRELUDE.to_owned(), file("tests/language/prelude.terms")));
    }
    files
}

/// A finding, in words.
pub struct Finding {
    /// Its file.
    pub file: String,
    /// Its line.
    pub line: usize,
    /// Its code.
    pub code: &'static str,
    /// Does it stop the rule set?
    pub error: bool,
    /// What it says.
    pub headline: String,
    /// What to do about it.
    pub help: String,
}

impl Finding {
    fn new(finding: &Diagnostic, sources: &SourceMap) -> Self {
        let file = sources.file(finding.span().file).unwrap();
        Self {
            file: file.name().to_owned(),
            line: file.place(finding.span().start as usize).line,
            code: finding.code.name,
            error: finding.code.severity == Severity::Error,
            headline: finding.headline.clone(),
            help: finding.help.clone().unwrap_or_default(),
        }
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let severity = if self.error { "error" } else { "warning" };
        write!(f, "line {}: {severity}: [{}] {} (help: {})", self.line, self.code, self.headline, self.help)
    }
}

/// A finding that the example announces: its line, its severity, its code, a part of its headline and of its help.
struct Announced {
    line: usize,
    error: bool,
    code: String,
    part: String,
    help: String,
}

/// `// error: [code] part of the headline // help: part of the help`, at the line or alone on the line above.
fn announced(text: &str) -> Vec<Announced> {
    let mut all = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        let above = line.trim_start().starts_with("// error: [") || line.trim_start().starts_with("// warning: [");
        for said in line.split("// ").skip(1) {
            let (error, said) = match said.split_once(": [") {
                Some(("error", said)) => (true, said),
                Some(("warning", said)) => (false, said),
                _ => {
                    let last: Option<&mut Announced> = all.last_mut();
                    if let Some((last, help)) = last.zip(said.strip_prefix("help: ")) {
                        help.trim().clone_into(&mut last.help);
                    }
                    continue;
                }
            };
            let (code, part) = said.split_once(']').unwrap();
            let (code, part) = (code.to_owned(), part.trim().to_owned());
            all.push(Announced { line: number + usize::from(above), error, code, part, help: String::new() });
        }
    }
    all
}

/// Checks an example against the findings that it announces.
fn check_terms(text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut found = findings(text);
    for wanted in announced(text) {
        let at = found.iter().position(|finding| {
            (finding.line, finding.error, finding.code) == (wanted.line, wanted.error, wanted.code.as_str())
                && finding.headline.contains(&wanted.part)
                && finding.help.contains(&wanted.help)
        });
        match at {
            Some(at) => drop(found.remove(at)),
            None => wrong.push(format!("line {}: no finding [{}] {}", wanted.line, wanted.code, wanted.part)),
        }
    }
    let others = found.iter().filter(|finding| !ADVICE.contains(&finding.code));
    wrong.extend(others.map(|finding| format!("not announced: {finding}")));
    wrong
}

/// What one line of an `expect` block says: what it is about, and its parts behind the colon.
struct Expected<'t> {
    kind: &'t str,
    id: &'t str,
    subject: Option<&'t str>,
    result: &'t str,
    details: Vec<(&'t str, &'t str)>,
}

fn expected(line: &str) -> Expected<'_> {
    let (about, said) = line.split_once(": ").unwrap_or_else(|| panic!("`{line}` has no `: `"));
    let mut words = about.split_whitespace();
    let (kind, id) = (words.next().unwrap(), words.next().unwrap());
    let subject = words.next().map(|word| {
        assert_eq!(word, "for", "`{line}`");
        words.next().unwrap()
    });
    let mut parts = said.split("; ");
    let result = parts.next().unwrap().trim();
    let details = parts.map(|part| part.trim().split_once(' ').unwrap_or_else(|| panic!("`{part}` says nothing")));
    Expected { kind, id, subject, result, details: details.collect() }
}

/// Decides an example on facts and compares with what is expected.
fn check_facts(text: &str, facts: &str, expect: &str) -> Vec<String> {
    let rules = match RuleSet::read(texts(text)) {
        Ok(rules) => rules,
        Err(_) => return vec!["the rules have errors, so nothing is decided".to_owned()],
    };
    let program = rules.program();
    let facts = match Reader::new(program).read(FileId::default(), facts, Format::Yaml) {
        Ok(facts) => facts,
        Err(findings) => return findings.iter().map(|finding| format!("facts: {}", finding.headline)).collect(),
    };
    let mut workspace = Workspace::new(&rules.plan);
    let told = explain(program, &rules.plan, &rules.explainer, &facts, &mut workspace, |_| true);
    let mut wrong = Vec::new();
    let mut decision: Option<&Explanation<'_>> = None;
    for line in expect.lines().filter(|line| !line.trim().is_empty()) {
        let wanted = expected(line);
        match wanted.kind {
            "credit" | "action" | "check" => {
                decision = told.iter().find(|told| told.decision.id == wanted.id && told.subject == wanted.subject);
                match decision {
                    Some(told) => wrong.extend(check_decision(program, told, &wanted)),
                    None if wanted.result == "nothing decided" => {
                        let declared = program.decisions.iter().any(|decision| decision.id == wanted.id);
                        assert!(declared, "`{}` is no decision", wanted.id);
                    }
                    None => wrong.push(format!("`{}`: there is no such decision", line.trim())),
                }
            }
            _ => match decision {
                Some(told) => wrong.extend(check_part(program, told, &wanted)),
                None => wrong.push(format!("`{}` stands under no decision", line.trim())),
            },
        }
    }
    wrong
}

fn check_decision(program: &Program, told: &Explanation<'_>, wanted: &Expected<'_>) -> Vec<String> {
    let kind = match told.decision.kind {
        DecisionKind::Credit => "credit",
        DecisionKind::Action => "action",
        DecisionKind::Check => "check",
    };
    let mut wrong = Wrong::of(wanted);
    wrong.compare("kind", wanted.kind, kind);
    wrong.compare("verdict", wanted.result, told.verdict.word());
    for (what, said) in &wanted.details {
        let found = match *what {
            "missing" => facts(program, &told.missing),
            "because" => facts(program, &told.because),
            "proof" => facts(program, &told.proof),
            "reward" => told.reward.map_or_else(
                || "none".to_owned(),
                |reward| format!("{}{}", if reward.at_least { "at least " } else { "" }, Type::Money.text(reward.amount)),
            ),
            "warns" => listed(told.warnings.iter().map(|at| program.warnings[*at].id.clone())),
            "assumes" => listed(told.assumptions.iter().filter_map(|note| Some(fact(program, note.fact?.slot)))),
            _ => panic!("`{what}` is nothing that a decision has"),
        };
        wrong.compare(what, said, &found);
    }
    wrong.list
}

fn check_part(program: &Program, told: &Explanation<'_>, wanted: &Expected<'_>) -> Vec<String> {
    let mut wrong = Wrong::of(wanted);
    match wanted.kind {
        "requirement" => {
            let Some(note) = told.requirements.iter().find(|note| note.requirement.id == wanted.id) else {
                return vec![format!("there is no requirement `{}`", wanted.id)];
            };
            wrong.compare("result", wanted.result, note.result.word());
            for (what, said) in &wanted.details {
                let found = match *what {
                    "reason" => note.open.map_or("none", |reason| reason.word()).to_owned(),
                    "why" => format!("{:?}", note.why.unwrap_or("")),
                    "reads" => listed(told.facts_of(note.facts).map(|note| fact(program, note.slot))),
                    _ => panic!("`{what}` is nothing that a requirement has"),
                };
                wrong.compare(what, said, &found);
            }
        }
        "state" => {
            let Some(note) = told.states.iter().find(|note| note.condition.id == wanted.id) else {
                return vec![format!("there is no state condition `{}`", wanted.id)];
            };
            let ends = matches!(note.condition.kind, StateKind::Lost | StateKind::Blocked);
            let found = match ends {
                true if note.holds.is_true() => "holds",
                true if note.holds.is_false() => "does not hold",
                false if note.holds.is_false() => "fine",
                _ => "open",
            };
            wrong.compare("state", wanted.result, found);
        }
        other => panic!("`{other}` is nothing that can be expected"),
    }
    wrong.list
}

/// What an expectation line and the result differ in.
struct Wrong<'w> {
    id: &'w str,
    list: Vec<String>,
}

impl<'w> Wrong<'w> {
    fn of(wanted: &Expected<'w>) -> Self {
        Self { id: wanted.id, list: Vec::new() }
    }

    fn compare(&mut self, what: &str, wanted: &str, found: &str) {
        if wanted != found {
            self.list.push(format!("`{}`: {what} is `{found}`, not `{wanted}`", self.id));
        }
    }
}

fn fact(program: &Program, slot: SlotId) -> String {
    program.fact_of(slot).unwrap().name.clone()
}

fn facts(program: &Program, slots: &[SlotId]) -> String {
    listed(slots.iter().map(|slot| fact(program, *slot)))
}

/// Names in the order of the alphabet, so that an example says nothing about the order of slots.
fn listed(names: impl Iterator<Item = String>) -> String {
    let mut names: Vec<String> = names.collect();
    names.sort();
    if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
}

#[test]
fn every_example_of_the_specification_holds() {
    let (mut checked, mut decided) = (0, 0);
    let mut wrong = Vec::new();
    for path in markdown_files("tests/language") {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let (mut terms, mut facts): (Option<String>, Option<String>) = (None, None);
        for block in blocks(&file(&path)) {
            let mut here = Vec::new();
            match block.fence.as_str() {
                "terms" => {
                    here = check_terms(&block.text);
                    (terms, facts) = (Some(block.text), None);
                    checked += 1;
                }
                "facts" => facts = Some(block.text),
                "expect" => match (&terms, &facts) {
                    (Some(terms), Some(facts)) => {
                        here = check_facts(terms, facts, &block.text);
                        decided += 1;
                    }
                    _ => here.push("an `expect` block needs terms and facts before it".to_owned()),
                },
                other => here.push(format!("`{other}` is no kind of block")),
            }
            wrong.extend(here.iter().map(|said| format!("{name}:{} ({}): {said}", block.line, block.heading)));
        }
    }
    assert!(wrong.is_empty(), "{} expectations do not hold:\n{}", wrong.len(), wrong.join("\n"));
    assert!(checked > 0 && decided > 0, "nothing ran");
    println!("{checked} examples checked, {decided} decided");
}

#[test]
fn the_reading_guide_is_one_rule_set_and_every_word_of_its_tables_is_read() {
    let guide = file("grammar/README.md");
    let all = blocks(&guide);
    let mut wrong: Vec<String> = Vec::new();
    let other = all.iter().filter(|block| block.fence != "terms");
    wrong.extend(other.map(|block| format!("line {}: `{}` is no kind of block", block.line, block.fence)));
    let terms: String = all.iter().map(|block| block.text.as_str()).collect();
    let errors = |text: &str| findings(text).into_iter().filter(|finding| finding.error).collect::<Vec<_>>();
    wrong.extend(errors(&terms).iter().map(|finding| {
        let line = terms.lines().nth(finding.line - 1).unwrap_or("");
        format!("{finding}: `{}`", line.trim())
    }));
    let rows = rows(&guide);
    for (kind, said) in &rows {
        let item = match *kind {
            "Condition" => format!("condition row_of_the_guide \"A row\" {{\n  when {said}\n}}\n"),
            _ => format!("condition row_of_the_guide \"A row\" {{\n  when {said} is at least {said}\n}}\n"),
        };
        let found = errors(&format!("{terms}{item}"));
        wrong.extend(found.iter().map(|finding| format!("table row `{said}`: {finding}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(!rows.is_empty(), "no table was read");
    println!("{} examples and {} table rows of the reading guide", all.len(), rows.len());
}

/// The code in the first column of tables that are headed `Condition` or `Value`.
fn rows(text: &str) -> Vec<(&str, &str)> {
    let mut kind = None;
    let mut found = Vec::new();
    for line in text.lines() {
        if line.starts_with("|-") {
            continue;
        }
        let Some(row) = line.strip_prefix("| ") else {
            kind = None;
            continue;
        };
        let first = row.split(" | ").next().unwrap().trim();
        match (kind, first) {
            (_, "Condition" | "Value") => kind = Some(first),
            (Some(kind), first) => {
                found.extend(first.strip_prefix('`').and_then(|code| code.strip_suffix('`')).map(|code| (kind, code)));
            }
            (None, _) => {}
        }
    }
    found
}
