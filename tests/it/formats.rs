//! What other tools read of `lint`, `test` and `diff`: SARIF and JUnit fit their schemas, annotations of GitHub are one command a line.

use std::path::PathBuf;

use accredit::diagnostic::{self, Diagnostic, codes};
use accredit::source::{SourceFile, SourceMap, Span};

use crate::command::{accredit, said, scratch};

const RULES: &str = include_str!("../../src/cases/tests/stamps.terms");
const CASES: &str = include_str!("../../src/cases/tests/stamps.cases.yaml");
const BROKEN: &str = "source a {\n  titel \"A\"\n  read  never\n  rank 1\n}\n\nvalue c 3 dogs\n";

/// The schema of SARIF. ECMAScript reads a lone `]` in a pattern as itself; the validator wants it escaped.
fn sarif_schema() -> jsonschema::Validator {
    let text = include_str!("../schemas/sarif-2.1.0.json").replace("{2}]?$", "{2}\\\\]?$");
    jsonschema::validator_for(&serde_json::from_str(&text).unwrap()).unwrap()
}

/// A folder with a small rule set whose cases fail in part, and a rule file with findings; one for each test.
fn inputs(test: &str) -> (PathBuf, PathBuf) {
    let folder = scratch(test, b"").parent().unwrap().to_path_buf();
    let broken = folder.join("größe, 100%.terms");
    std::fs::write(&broken, BROKEN).unwrap();
    let cases = folder.join("cases");
    std::fs::create_dir_all(&cases).unwrap();
    std::fs::write(cases.join("stamps.terms"), RULES).unwrap();
    std::fs::write(cases.join("stamps.cases.yaml"), CASES).unwrap();
    (cases, broken)
}

/// What each verb says in a format, with its exit code checked.
fn outputs(format: &str) -> Vec<(&'static str, String)> {
    let (cases, broken) = inputs(format);
    let run = |verb: &str, rules: &PathBuf, want: i32| {
        let (code, out, err) = said(&accredit(&[verb, "--format", format, "--rules", rules.to_str().unwrap()], ""));
        assert_eq!(code, want, "{verb}: {err}");
        out
    };
    let (clean, out, _) = said(&accredit(&["lint", "--format", format, "--max-age", "100000"], ""));
    assert_eq!(clean, 0);
    let old = cases.parent().unwrap().join("old.terms");
    std::fs::write(&old, RULES.replace("credit coffee", "credit tea").replace("is one of paper, app", "is paper")).unwrap();
    let newer = cases.parent().unwrap().join("new.terms");
    std::fs::write(&newer, RULES.replace("is at least full_card or", "is above full_card or")).unwrap();
    let same = cases.join("stamps.terms");
    let diff = |old: &PathBuf, new: &PathBuf| {
        let paths = [old.to_str().unwrap(), new.to_str().unwrap()];
        said(&accredit(&["diff", paths[0], paths[1], "--format", format], "")).1
    };
    vec![
        ("lint", run("lint", &broken, 1)),
        ("test", run("test", &cases, 1)),
        ("clean", out),
        ("diff", diff(&same, &old)),
        ("looser", diff(&newer, &same)),
        ("clean", diff(&same, &same)),
    ]
}

#[test]
fn sarif_fits_its_schema_and_names_every_place() {
    let validator = sarif_schema();
    for (verb, text) in outputs("sarif") {
        let log: serde_json::Value = serde_json::from_str(&text).unwrap();
        let errors: Vec<String> = validator.iter_errors(&log).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{verb}: {}", errors.join("; "));
        let results = log["runs"][0]["results"].as_array().unwrap();
        let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
        assert_eq!(results.is_empty(), verb == "clean", "{verb}: {text}");
        for result in results {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(result["ruleId"], rules[index]["id"]);
            if result["locations"].as_array().unwrap().is_empty() {
                assert!(verb == "diff" && result["message"]["text"].as_str().unwrap().contains("is gone"), "{result}");
                continue;
            }
            let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
            assert!(uri.starts_with("file:///"), "an absolute path is an address: {uri}");
            assert!(verb != "lint" || uri.ends_with("/gr%C3%B6%C3%9Fe%2C%20100%25.terms"), "{uri}");
        }
        let broken = serde_json::json!({"version": "2.1.0", "runs": [{"results": results}]});
        assert!(!validator.is_valid(&broken), "the schema refuses a log without a tool");
    }
}

#[test]
fn junit_fits_its_schema() {
    let schema = uppsala::parse(include_str!("../schemas/junit-10.xsd")).unwrap();
    let validator = uppsala::XsdValidator::from_schema(&schema).unwrap();
    for (verb, text) in outputs("junit") {
        let report = uppsala::parse(&text).unwrap();
        let errors: Vec<String> = validator.validate(&report).iter().map(|error| format!("{error:?}")).collect();
        assert!(errors.is_empty(), "{verb}: {}\n{text}", errors.join("; "));
        assert_eq!(text.contains("<failure"), verb != "clean", "{verb}: {text}");
        let wrong = text.replace("<testcase ", "<testcase nobody=\"1\" ");
        assert!(!validator.validate(&uppsala::parse(&wrong).unwrap()).is_empty(), "the schema refuses a strange attribute");
    }
    let (_, text) = outputs("junit").swap_remove(1);
    assert!(text.contains("tests=\"7\"") && text.contains("failures=\"4\""), "{text}");
}

#[test]
fn annotations_are_one_command_a_line() {
    for (verb, text) in outputs("github") {
        assert_eq!(text.is_empty(), verb == "clean", "{verb}");
        for line in text.lines() {
            let command = line.strip_prefix("::").unwrap_or_else(|| panic!("{verb}: {line}"));
            let (head, data) = command.split_once("::").unwrap();
            let (level, properties) = head.split_once(' ').unwrap();
            assert!(["error", "warning"].contains(&level), "{line}");
            let names: Vec<&str> = properties.split(',').map(|pair| pair.split_once('=').unwrap().0).collect();
            let placed = !data.contains("is gone");
            assert!(!placed || names.starts_with(&["file", "line", "endLine"]), "{line}");
            assert_eq!(names.last(), Some(&"title"), "{line}");
            assert!(!data.is_empty() && !data.contains('\r'), "{line}");
            assert!(verb != "lint" || properties.contains("größe%2C 100%25.terms"), "{line}");
        }
    }
    let looser = outputs("github").swap_remove(4).1;
    let said = looser.split_once("title=").unwrap().1.split("%0Ahelp").next().unwrap();
    insta::assert_snapshot!(said, @"terms-changed::`coffee` changed: looser; undetermined → qualifies; does_not_qualify → qualifies; does_not_qualify → undetermined; full open → met, failed → met");
    let test = outputs("github").swap_remove(1).1;
    let place = test.find("stamps.cases.yaml,line=26").unwrap();
    let line = test.get(place..).unwrap().lines().next().unwrap();
    insta::assert_snapshot!(line, @"stamps.cases.yaml,line=26,endLine=26,col=124,endColumn=133,title=case-failed::S-3 coffee: qualifies → on_track; full met → pending%0Averdict: expected qualifies, actual on_track%0Afull: expected met, actual pending%0Ahelp: mend the rules, or take the new outcome over with `accredit test --review`");
}

/// Places outside the text, control characters and no file at all stop none of the formats.
#[test]
fn strange_findings_fit_the_schemas_too() {
    let mut sources = SourceMap::default();
    let id = sources.add(SourceFile::new("a\tname,:%\u{1}", "one\u{0}\r\n文字 \u{1b}[31m]]> <&\"' \u{ffff}\n"));
    let span = |start, end| Span { file: id, start, end };
    let text = "]]> <a b=\"c\"> \u{0}\u{8}\u{1b}[31m \u{ffff} %\r\n::error::x";
    let findings = [
        Diagnostic::new(&codes::SYNTAX, span(0, 3), text).help(text).label(span(900, 4_000_000), text),
        Diagnostic::new(&codes::SYNTAX, Span { file: accredit::source::FileId(7), start: 1, end: 0 }, text),
    ];
    let validator = sarif_schema();
    let log: serde_json::Value = serde_json::from_str(&diagnostic::sarif(&findings, &sources)).unwrap();
    assert!(validator.is_valid(&log), "{:?}", validator.iter_errors(&log).map(|e| e.to_string()).collect::<Vec<_>>());
    let xsd = uppsala::parse(include_str!("../schemas/junit-10.xsd")).unwrap();
    let xml = diagnostic::junit("strange", &diagnostic::finding_suites(&findings, &sources));
    let errors = uppsala::XsdValidator::from_schema(&xsd).unwrap().validate(&uppsala::parse(&xml).unwrap());
    assert!(errors.is_empty(), "{errors:?}\n{xml}");
    assert_eq!(diagnostic::github(&findings, &sources).lines().count(), 2, "one line a finding, whatever it says");
}

/// The steps of the README's workflow that run `accredit`, on a small repository of rules that has nothing wrong.
#[test]
#[cfg(unix)]
fn the_workflow_of_the_readme_runs() {
    let readme = include_str!("../../README.md");
    let block = readme.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    let workflow: serde_yaml::Value = serde_yaml::from_str(block).unwrap();
    let steps = workflow["jobs"]["rules"]["steps"].as_sequence().unwrap();
    let commands: Vec<&str> = steps.iter().filter_map(|step| step["run"].as_str()).collect();
    let commands: Vec<&str> = commands.into_iter().filter(|run| run.starts_with("accredit ")).collect();
    assert_eq!(commands.len(), 5);
    let folder = scratch("workflow", b"").parent().unwrap().to_path_buf();
    let rules = folder.join("rules");
    std::fs::create_dir_all(&rules).unwrap();
    std::fs::write(rules.join("stamps.terms"), RULES.replace("2026-01-15", "never")).unwrap();
    let passing = CASES.split("  # ------------------------------------------------ these fail").next().unwrap();
    std::fs::write(rules.join("stamps.cases.yaml"), passing).unwrap();
    let binary = std::path::Path::new(env!("CARGO_BIN_EXE_accredit")).parent().unwrap();
    for command in commands {
        let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap());
        let run = std::process::Command::new("sh")
            .args(["-c", command])
            .current_dir(&folder)
            .env("PATH", path)
            .env("CI", "true")
            .env_remove("ACCREDIT_RULES")
            .output()
            .unwrap();
        let (code, out, err) = said(&run);
        assert_eq!((code, out.as_str()), (0, ""), "{command}: {err}");
        assert!(!err.contains("error"), "{command}: {err}");
    }
    for file in ["lint.sarif", "cases.xml"] {
        assert!(std::fs::metadata(folder.join(file)).unwrap().len() > 100, "{file} is written");
    }
}
