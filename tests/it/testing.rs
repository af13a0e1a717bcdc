//! `accredit test` as a rule editor runs it: accepting what changed, and never in CI.

use std::path::PathBuf;
use std::process::Command;

use accredit::cases::{self, Difference, Part};
use accredit::program::Verdict;

use crate::command::{accredit, said};
use crate::library::{rule_files, shipped};

const RULES: &str = include_str!("../../src/cases/tests/stamps.terms");
const CASES: &str = include_str!("../../src/cases/tests/stamps.cases.yaml");

/// A folder with a small rule set and its cases.
fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("accredit-test-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("stamps.terms"), RULES).unwrap();
    std::fs::write(folder.join("stamps.cases.yaml"), CASES).unwrap();
    folder
}

fn cases_of(folder: &std::path::Path) -> String {
    std::fs::read_to_string(folder.join("stamps.cases.yaml")).unwrap()
}

#[test]
fn failed_cases_are_shown_and_accepted_only_when_asked() {
    let folder = folder("update");
    let rules = folder.to_str().unwrap();
    let (code, out, err) = said(&accredit(&["test", "--rules", rules], ""));
    assert_eq!((code, err.as_str()), (1, ""));
    assert!(out.contains("coffee: qualifies → on_track; full met → pending (2 expectations)"), "{out}");
    assert!(out.ends_with("6 cases, 3 expectations passed, 4 failed\n"), "{out}");
    assert_eq!(cases_of(&folder), CASES, "nothing is written unasked");
    let (code, _, err) = said(&accredit(&["test", "--update", "--rules", rules], ""));
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("stamps.cases.yaml: 9 values changed"), "{err}");
    assert_ne!(cases_of(&folder), CASES);
    let (code, out, _) = said(&accredit(&["test", "--rules", rules], ""));
    assert_eq!((code, out.as_str()), (0, "6 cases, 7 expectations passed, 0 failed\n"));
    let left = std::fs::read_dir(&folder).unwrap().count();
    assert_eq!(left, 2, "no temporary file is left behind");
}

#[test]
fn nothing_is_ever_written_in_ci() {
    let folder = folder("ci");
    for option in ["--update", "--review"] {
        for (ci, writes) in [("true", false), ("1", false), ("github", false)] {
            let output = Command::new(env!("CARGO_BIN_EXE_accredit"))
                .args(["test", option, "--rules", folder.to_str().unwrap()])
                .env("CI", ci)
                .output()
                .unwrap();
            let (code, out, err) = said(&output);
            assert_eq!((code, out.as_str()), (2, ""), "{option} with CI={ci}: {err}");
            assert!(err.contains("writes nothing while `CI` is set"), "{err}");
            assert_eq!(cases_of(&folder) != CASES, writes);
        }
    }
}

#[test]
fn a_review_needs_a_terminal_and_a_folder() {
    let folder = folder("review");
    let (code, _, err) = said(&accredit(&["test", "--review", "--rules", folder.to_str().unwrap()], "accept\n"));
    assert!(code == 2 && err.contains("asks at a terminal"), "{err}");
    assert_eq!(cases_of(&folder), CASES);
    let (code, _, err) = said(&accredit(&["test", "--update"], ""));
    assert!(code == 2 && err.contains("built-in cases"), "{err}");
}

#[test]
fn a_case_that_names_what_does_not_exist_stops_everything() {
    let folder = folder("unknown");
    std::fs::write(folder.join("stamps.cases.yaml"), CASES.replace("held: met", "hold: met")).unwrap();
    for more in [&[][..], &["--update"], &["--format", "json"]] {
        let rules = folder.to_str().unwrap();
        let (code, out, err) = said(&accredit(&[&["test", "--rules", rules], more].concat(), ""));
        assert_eq!((code, out.as_str()), (2, ""), "{err}");
        assert!(err.contains("did you mean `held`?") && err.contains("nothing was decided"), "{err}");
    }
    let empty = folder.join("none");
    std::fs::create_dir_all(&empty).unwrap();
    std::fs::write(empty.join("stamps.terms"), RULES).unwrap();
    let (code, out, err) = said(&accredit(&["test", "--rules", empty.to_str().unwrap()], ""));
    assert!(code == 2 && out.is_empty() && err.contains("there are no cases here"), "{out}{err}");
}

#[test]
fn json_says_the_same_as_the_text() {
    let folder = folder("json");
    let (code, out, _) = said(&accredit(&["test", "--format", "json", "--rules", folder.to_str().unwrap()], ""));
    let told: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(code, 1);
    assert_eq!((told["passed"].as_u64(), told["failed"].as_u64()), (Some(3), Some(4)));
    assert_eq!(told["results"][2]["requirements"][1]["actual"], "pending");
}

/// Every verdict of the shipped case files is replaced by another word; accepting puts each byte back.
#[test]
fn accepting_puts_corrupted_verdicts_of_the_library_back() {
    let rules = shipped();
    let mut changed = 0;
    for (name, text) in rule_files(".cases.yaml") {
        let all = cases::read_all(&rules, [(name.clone(), text.clone())]);
        let mut places: Vec<_> = all.cases.iter().flat_map(|case| &case.expected).map(|expected| &expected.verdict).collect();
        places.sort_by_key(|stated| std::cmp::Reverse(stated.span));
        let mut corrupted = text.clone();
        for stated in &places {
            let other = if stated.value == Verdict::Lost { "closed" } else { "lost" };
            corrupted.replace_range(stated.span.range(), other);
        }
        changed += places.len();
        let all = cases::read_all(&rules, [(name.clone(), corrupted.clone())]);
        let compared = cases::run(&rules, &all.cases);
        let differences: Vec<&Difference> = compared.iter().flat_map(|one| &one.differences).collect();
        assert!(differences.iter().all(|difference| difference.of == Part::Verdict), "{name}");
        let file = all.sources.files().next().unwrap().0;
        assert!(cases::updated(&rules, file, &corrupted, &differences).unwrap() == text, "{name} is not as it was");
    }
    assert!(changed > 800, "only {changed} verdicts were found");
}

#[test]
fn the_cases_of_the_library_try_everything_that_can_be() {
    let rules = shipped();
    let all = cases::read_all(&rules, rule_files(".cases.yaml"));
    let measured = cases::coverage(&rules, &all.cases, |_| true);
    let missing = cases::coverage_table(rules.program(), &rules.sources, &measured, false);
    assert!(measured.complete(), "{missing}");
    assert!(measured.requirements().covered > 600 && measured.conditions().covered > 1_400, "{missing}");
    assert!(measured.pairs().covered > 150 && measured.states().covered > 250, "{missing}");
}

/// Without some of the cases, the suggested ones take their place: they read, pass, and leave nothing out.
#[test]
fn suggested_cases_fill_the_gaps_of_the_library() {
    let rules = shipped();
    let all = cases::read_all(&rules, rule_files(".cases.yaml"));
    let kept: Vec<_> = all.cases.into_iter().enumerate().filter(|(at, _)| at % 3 == 0).map(|(_, case)| case).collect();
    let measured = cases::coverage(&rules, &kept, |_| true);
    assert!(!measured.complete());
    let written = cases::suggested(&rules, &kept, &measured.suggestions(&rules));
    let more = cases::read_all(&rules, [("new.cases.yaml".to_owned(), written)]);
    assert!(more.findings.is_empty(), "{}", accredit::diagnostic::short(&more.findings, &more.sources));
    assert!(more.cases.len() > 100, "only {} cases are suggested", more.cases.len());
    assert!(cases::run(&rules, &more.cases).iter().all(cases::Compared::passed), "suggested cases pass");
    let both: Vec<_> = kept.into_iter().chain(more.cases).collect();
    let after = cases::coverage(&rules, &both, |_| true);
    assert!(after.complete(), "{}", cases::coverage_table(rules.program(), &rules.sources, &after, false));
}

#[test]
fn coverage_is_measured_and_suggested_from_the_command_line() {
    let (code, out, err) = said(&accredit(&["test", "--coverage", "--program", "woocommerce"], ""));
    assert!(code <= 1 && err.is_empty() && out.starts_with("1 decisions, tried by"), "{out}{err}");
    let (_, out, _) = said(&accredit(&["test", "--coverage", "--format", "html", "--program", "woocommerce"], ""));
    assert!(out.starts_with("<!DOCTYPE html>") && out.contains("rules/tiktok/woocommerce.terms"));
    let (code, out, err) = said(&accredit(&["test", "--suggest", "--program", "woocommerce"], ""));
    assert!(code == 0 && err.is_empty() && out.starts_with("# Suggested"), "{out}{err}");
    let (code, out, err) = said(&accredit(&["test", "--coverage", "--program", "woocomerce"], ""));
    assert!(code == 2 && out.is_empty() && err.contains("did you mean `woocommerce`?"), "{err}");
    let (code, out, err) = said(&accredit(&["test", "--coverage", "--format", "sarif"], ""));
    assert!(code == 2 && out.is_empty() && err.contains("text, json or html"), "{err}");
}

/// Changes of the shipped rules that no case notices although an account would, with the reason why none is there.
const UNNOTICED: [(&str, &str); 0] = [];

#[test]
fn the_cases_of_the_library_notice_every_change_that_matters() {
    let rules = shipped();
    let all = cases::read_all(&rules, rule_files(".cases.yaml"));
    let mutation = cases::mutate(&rules, &all.cases, 2, |_| true);
    let mut unnoticed = Vec::new();
    for (change, fate) in &mutation.mutants {
        if matches!(fate, cases::Fate::Survived { .. } | cases::Fate::NotAnalysed) {
            let at = rules.sources.at(change.span);
            if !UNNOTICED.iter().any(|(place, said)| at.ends_with(place) && *said == change.said) {
                unnoticed.push(format!("{at}: {}: {}", change.said, fate.word()));
            }
        }
    }
    assert!(unnoticed.is_empty(), "no case notices:\n{}", unnoticed.join("\n"));
    let (killed, of) = mutation.score();
    assert!(killed > 1_300 && killed + UNNOTICED.len() == of, "{killed} of {of}");
    for operator in cases::Operator::ALL {
        assert!(mutation.count(|change, _| change.operator == operator) > 0, "{operator:?} changes nothing");
    }
}

#[test]
fn mutation_runs_from_the_command_line_on_rules_whose_cases_pass() {
    let (code, out, err) = said(&accredit(&["test", "--mutate", "--program", "created_self_serve"], ""));
    assert!(code <= 1 && err.is_empty() && out.starts_with("mutation score "), "{out}{err}");
    let (_, told, _) = said(&accredit(&["test", "--mutate", "--program", "created_self_serve", "--format", "json"], ""));
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert!(told["mutants"].as_array().unwrap().iter().any(|mutant| mutant["fate"] == "killed" && mutant["by"].is_string()));
    let folder = folder("mutate");
    let rules = folder.to_str().unwrap();
    let (code, out, err) = said(&accredit(&["test", "--mutate", "--rules", rules], ""));
    assert!(code == 2 && out.is_empty() && err.contains("4 expectations fail already"), "{err}");
    said(&accredit(&["test", "--update", "--rules", rules], ""));
    let (code, out, _) = said(&accredit(&["test", "--mutate", "--suggest", "--rules", rules], ""));
    assert!(code == 0 && out.contains("case: NEW-1"), "{out}");
}
