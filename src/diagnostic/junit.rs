//! Checks and their findings as a JUnit report, which every CI server reads.
//!
//! In: suites of named checks, each with what failed. Out: one XML document.
//! Owns which of our fields is which of JUnit's, and that every text is one that XML can hold. Never states a time: the same checks give the same bytes.

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::Diagnostic;
use super::render::{in_order, place};
use crate::source::SourceMap;

/// Checks that belong together, such as those of one file.
#[derive(Clone, Debug)]
pub struct Suite {
    /// What the suite is called.
    pub name: String,
    /// Its checks.
    pub checks: Vec<Check>,
}

/// One check.
#[derive(Clone, Debug)]
pub struct Check {
    /// What is checked: unique in its suite.
    pub name: String,
    /// To which part of the rules it belongs: a decision, a code.
    pub class: String,
    /// What failed; nothing when it passed.
    pub failure: Option<Failure>,
}

/// Why a check failed.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Which kind of failure: a code.
    pub kind: String,
    /// In one line.
    pub message: String,
    /// Everything that there is to say.
    pub text: String,
}

/// The suites as one report.
pub fn junit(name: &str, suites: &[Suite]) -> String {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    // Memory takes whatever is written.
    let written = report(&mut writer, name, suites).map(|()| writer.into_inner());
    let mut text = written.ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
    text.push('\n');
    text
}

fn report(writer: &mut Writer<Vec<u8>>, name: &str, suites: &[Suite]) -> io::Result<()> {
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let (tests, failures) = (counted(suites, |_| true), counted(suites, |check| check.failure.is_some()));
    let (name, tests, failures) = (sound(name), tests.to_string(), failures.to_string());
    let root = writer.create_element("testsuites").with_attributes([
        ("name", name.as_str()),
        ("tests", &tests),
        ("failures", &failures),
        ("errors", "0"),
    ]);
    root.write_inner_content(|writer| suites.iter().try_for_each(|one| suite(writer, one)))?;
    Ok(())
}

fn suite(writer: &mut Writer<Vec<u8>>, suite: &Suite) -> io::Result<()> {
    let own = std::slice::from_ref(suite);
    let (tests, failures) = (counted(own, |_| true), counted(own, |check| check.failure.is_some()));
    let (name, tests, failures) = (sound(&suite.name), tests.to_string(), failures.to_string());
    let element = writer.create_element("testsuite").with_attributes([
        ("name", name.as_str()),
        ("tests", &tests),
        ("skipped", "0"),
        ("errors", "0"),
        ("failures", &failures),
    ]);
    element.write_inner_content(|writer| suite.checks.iter().try_for_each(|check| case(writer, check)))?;
    Ok(())
}

fn case(writer: &mut Writer<Vec<u8>>, check: &Check) -> io::Result<()> {
    let (name, class) = (sound(&check.name), sound(&check.class));
    let element = writer.create_element("testcase").with_attributes([("name", name.as_str()), ("classname", &class)]);
    let Some(failure) = &check.failure else { return element.write_empty().map(drop) };
    let (message, kind, text) = (sound(&failure.message), sound(&failure.kind), sound(&failure.text));
    element.write_inner_content(|writer| {
        let element = writer.create_element("failure").with_attributes([("message", message.as_str()), ("type", &kind)]);
        element.write_text_content(BytesText::new(&text)).map(drop)
    })?;
    Ok(())
}

fn counted(suites: &[Suite], of: impl Fn(&Check) -> bool) -> usize {
    suites.iter().flat_map(|suite| &suite.checks).filter(|check| of(check)).count()
}

/// A text with a sign in place of each letter that XML has no place for.
fn sound(text: &str) -> String {
    let sound = |letter| matches!(letter, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..);
    text.chars().map(|letter| if sound(letter) { letter } else { '\u{fffd}' }).collect()
}

/// One suite for each file: a check that passed for a file without findings, else one that failed for each finding.
pub fn finding_suites(findings: &[Diagnostic], sources: &SourceMap) -> Vec<Suite> {
    let findings = in_order(findings, sources);
    let files = sources.files().map(|(id, file)| {
        let own = findings.iter().filter(|finding| finding.span().file == id);
        let mut checks: Vec<Check> = own.map(|finding| check(finding, sources)).collect();
        if checks.is_empty() {
            let name = "no findings".to_owned();
            checks.push(Check { name, class: file.name().to_owned(), failure: None });
        }
        Suite { name: file.name().to_owned(), checks }
    });
    files.collect()
}

fn check(finding: &Diagnostic, sources: &SourceMap) -> Check {
    let at = place(finding.span(), sources).unwrap_or_default();
    let text = super::human(std::slice::from_ref(finding), sources, false, 100);
    let failure = Failure { kind: finding.code.name.to_owned(), message: finding.headline.clone(), text };
    Check { name: at, class: finding.code.name.to_owned(), failure: Some(failure) }
}
