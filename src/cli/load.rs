//! Rules and documents from the file system.
//!
//! In: paths. Out: rule sets and facts, or a message that names the place and the repair.
//! Owns the search order for rules and the limits on what is read. Never decides on a broken document.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use super::Failure;
use super::output::Output;
use crate::RuleSet;
use crate::answer::{Document, Unread};
use crate::diagnostic::{Diagnostic, codes};
use crate::facts::Format;
use crate::source::{FileId, SourceFile, SourceMap, Span};

/// The rules that the program was built with.
static BUILT_IN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/rules");

/// The largest facts document and the largest rule file, in bytes.
const MAX_BYTES: u64 = 1 << 20;

/// The folder to read rules from; nothing means the rules that are built in.
pub(super) fn folder(rules: Option<&Path>) -> Option<PathBuf> {
    rules.map(Path::to_path_buf).or_else(|| Some(PathBuf::from("rules")).filter(|folder| has_rules(folder)))
}

fn has_rules(folder: &Path) -> bool {
    files_below(folder, ".terms").is_ok_and(|files| !files.is_empty())
}

/// Names and texts of the rule files.
pub(super) fn rule_texts(rules: Option<&Path>) -> Result<Vec<(String, String)>, Failure> {
    let Some(folder) = folder(rules) else { return Ok(built_in(".terms")) };
    let paths = files_below(&folder, ".terms")?;
    if paths.is_empty() {
        return Err(Failure::Told(format!("no rule files in `{}`: a rule file ends in `.terms`", folder.display())));
    }
    paths.into_iter().map(|path| Ok((name(&path), text(&path)?))).collect()
}

/// Names and texts of the case files beside the rules.
pub(super) fn case_texts(rules: Option<&Path>) -> Result<Vec<(String, String)>, Failure> {
    let Some(folder) = folder(rules) else { return Ok(built_in(".cases.yaml")) };
    let paths = files_below(&folder, ".cases.yaml")?;
    paths.into_iter().map(|path| Ok((name(&path), text(&path)?))).collect()
}

fn built_in(ending: &str) -> Vec<(String, String)> {
    fn walk(dir: &Dir<'_>, ending: &str, found: &mut Vec<(String, String)>) {
        for file in dir.files() {
            let name = file.path().to_string_lossy();
            if let Some(text) = file.contents_utf8().filter(|_| name.ends_with(ending)) {
                found.push((format!("rules/{name}"), text.to_owned()));
            }
        }
        dir.dirs().for_each(|dir| walk(dir, ending, found));
    }
    let mut found = Vec::new();
    walk(&BUILT_IN, ending, &mut found);
    found
}

/// The rule set, or its findings told and a failure.
pub(super) fn rule_set(rules: Option<&Path>, output: &mut Output) -> Result<RuleSet, Failure> {
    rule_set_of(rule_texts(rules)?, output)
}

/// The rule set of some texts, or its findings told and a failure.
pub(super) fn rule_set_of(texts: Vec<(String, String)>, output: &mut Output) -> Result<RuleSet, Failure> {
    RuleSet::read(texts).map_err(|unusable| {
        output.findings(&unusable.findings, &unusable.sources);
        let count = crate::diagnostic::summary(&unusable.findings);
        Failure::Told(format!("the rules cannot be used: {count}; nothing was decided"))
    })
}

/// Reads facts documents; `-` is standard input. Every problem of every document is told before the failure.
pub(super) fn documents(
    paths: &[PathBuf],
    as_of: Option<&str>,
    rules: &RuleSet,
    output: &mut Output,
) -> Result<Vec<Document>, Failure> {
    let mut read = Vec::new();
    let mut broken = 0;
    let as_of = as_of.map(day).transpose()?;
    for path in paths {
        match read_document(path, as_of, rules) {
            Ok(document) => read.push(document),
            Err(Unread { sources, findings, .. }) => {
                output.findings(&findings, &sources);
                broken += 1;
            }
        }
    }
    match broken {
        0 => Ok(read),
        1 => Err(Failure::Told("nothing was decided: a document has errors".to_owned())),
        count => Err(Failure::Told(format!("nothing was decided: {count} documents have errors"))),
    }
}

pub(super) fn day(text: &str) -> Result<i64, Failure> {
    crate::value::parse_day(text).ok_or_else(|| Failure::Told(format!("`{text}` is no day: write --as-of like 2026-03-01")))
}

fn read_document(path: &Path, as_of: Option<i64>, rules: &RuleSet) -> Result<Document, Unread> {
    let shown = if path == Path::new("-") { "standard input".to_owned() } else { name(path) };
    match bytes(path) {
        Ok(bytes) => Document::read(rules, &shown, bytes, None, as_of),
        Err(failure) => {
            let mut sources = SourceMap::default();
            let id = sources.add(SourceFile::new(shown, ""));
            let finding = Diagnostic::new(&codes::DOCUMENT_SYNTAX, empty(id), failure.to_string());
            Err(Unread { sources, findings: vec![finding], format: Format::Yaml })
        }
    }
}

fn empty(file: FileId) -> Span {
    Span { file, start: 0, end: 0 }
}

/// The bytes of a file or of standard input, at most one more than is allowed.
fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        std::io::stdin().lock().take(MAX_BYTES + 1).read_to_end(&mut bytes)
    } else {
        if path.is_dir() {
            return Err(Failure::Told(format!("`{}` is a folder, not a document", path.display())));
        }
        std::fs::File::open(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes))
    };
    match read {
        Ok(_) => Ok(bytes),
        Err(error) => Err(Failure::Told(format!("cannot read `{}`: {error}", path.display()))),
    }
}

/// The text of a rule file or a case file.
pub(super) fn text(path: &Path) -> Result<String, Failure> {
    let bytes = bytes(path)?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Failure::Told(format!("`{}` is not UTF-8 text from byte {at} on: save it as UTF-8", path.display()))
    })
}

/// The text of a file that may hold many documents, whatever its size.
pub(super) fn large_text(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| Failure::Told(format!("cannot read `{}`: {error}", path.display())))
}

/// All files below a folder whose names end so, in order of their paths.
pub(super) fn files_below(folder: &Path, ending: &str) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    if folder.is_file() {
        return Ok(vec![folder.to_path_buf()]);
    }
    while let Some(folder) = folders.pop() {
        let told = |error| Failure::Told(format!("cannot read the folder `{}`: {error}", folder.display()));
        for entry in std::fs::read_dir(&folder).map_err(told)? {
            let path = entry.map_err(told)?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn name(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
