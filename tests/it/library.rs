//! The shipped rules: sound, set as `fmt` sets them, and right on every case.

use std::path::{Path, PathBuf};

use accredit::cases::{self, Case};
use accredit::eval::Workspace;
use accredit::explain::explain;
use accredit::program::Judged;
use accredit::report::{Report, SCHEMA, json};
use accredit::source::{SourceFile, SourceMap};
use accredit::{RuleSet, diagnostic, syntax};

/// Names and texts of all files below `rules` that end so.
pub fn rule_files(ending: &str) -> Vec<(String, String)> {
    fn walk(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, ending, found);
            } else if path.to_string_lossy().ends_with(ending) {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    walk(&root.join("rules"), ending, &mut paths);
    paths.sort();
    let name = |path: &Path| path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
    paths.iter().map(|path| (name(path), std::fs::read_to_string(path).unwrap())).collect()
}

/// The shipped rule set.
pub fn shipped() -> RuleSet {
    RuleSet::read(rule_files(".terms")).unwrap_or_else(|unusable| {
        panic!("{}", diagnostic::short(&unusable.findings, &unusable.sources));
    })
}

/// The cases of some files; a case that cannot be read fails the test.
fn read_cases(rules: &RuleSet, texts: Vec<(String, String)>) -> Vec<Case> {
    let mut sources = SourceMap::default();
    let mut all = Vec::new();
    for (name, text) in texts {
        let id = sources.add(SourceFile::new(name, text));
        let (cases, findings) = cases::read(rules.program(), &rules.reader, id, sources.file(id).unwrap().text());
        assert!(findings.is_empty(), "{}", diagnostic::short(&findings, &sources));
        all.extend(cases);
    }
    all
}

/// The worked cases of the contract.
fn public() -> Vec<(String, String)> {
    vec![("public.yaml".to_owned(), include_str!("../contract/public.yaml").to_owned())]
}

/// The worked cases of the contract, read.
pub fn public_cases(rules: &RuleSet) -> Vec<Case> {
    read_cases(rules, public())
}

fn assert_all_pass(rules: &RuleSet, cases: &[Case]) {
    let compared = cases::run(rules, cases);
    let failed: Vec<String> = compared
        .iter()
        .filter(|one| !one.differences.is_empty())
        .map(|one| {
            let decision = &rules.program().decisions[one.expected.decision].id;
            format!("{} {decision} {:?}: {:?}", one.case.id, one.expected.subject, one.differences)
        })
        .collect();
    assert!(failed.is_empty(), "{} of {} failed:\n{}", failed.len(), compared.len(), failed.join("\n"));
    assert!(compared.len() >= cases.len(), "every case expects something");
}

#[test]
fn the_library_has_no_findings_and_is_set_as_fmt_sets_it() {
    let rules = shipped();
    assert!(rules.findings.is_empty(), "{}", diagnostic::short(&rules.findings, &rules.sources));
    for (name, text) in rule_files(".terms") {
        assert_eq!(syntax::format(&text).unwrap(), text, "{name} is not formatted: run `accredit fmt`");
    }
}

#[test]
fn the_cases_beside_the_rules_pass() {
    let rules = shipped();
    let cases = read_cases(&rules, rule_files(".cases.yaml"));
    assert!(cases.len() > 800, "only {} cases were found", cases.len());
    assert_all_pass(&rules, &cases);
}

#[test]
fn the_cases_of_the_contract_pass() {
    let rules = shipped();
    assert_all_pass(&rules, &read_cases(&rules, public()));
}

/// Requirements that cannot come to a result that the contract names for them, with the reason.
const UNREACHABLE: [(&str, &str, Judged); 2] = [
    // Its window never closes, so spend below the threshold stays pending.
    ("shop_acquisition", "threshold", Judged::Failed),
    // Its only fact has an assumed value, so it is always known.
    ("combine_promotions", "terms_allow", Judged::Open),
];

#[test]
fn each_requirement_has_a_case_that_expects_each_result_that_its_clauses_name() {
    use accredit::program::{Body, Clauses, Cond};
    let rules = shipped();
    let cases = read_cases(&rules, rule_files(".cases.yaml"));
    // What the cases expect, not what happens to come of them: a result that nobody looks at is not tried.
    let mut seen: Vec<(usize, usize, Judged)> = Vec::new();
    for expected in cases.iter().flat_map(|case| &case.expected) {
        for (requirement, result) in &expected.requirements {
            let one = (expected.decision, *requirement, result.value);
            if !seen.contains(&one) {
                seen.push(one);
            }
        }
    }
    let can = |cond: &Cond| !matches!(cond, Cond::Constant(false));
    let named = |clauses: &Clauses| {
        let mut results = Vec::new();
        results.extend(can(&clauses.met).then_some(Judged::Met));
        results.extend(can(&clauses.fails).then_some(Judged::Failed));
        results.extend(can(&clauses.pending).then_some(Judged::Pending));
        let constant = [&clauses.met, &clauses.fails, &clauses.pending].iter().any(|c| matches!(c, Cond::Constant(true)));
        results.extend((!constant).then_some(Judged::Open));
        results
    };
    let mut absent = Vec::new();
    for (d, decision) in rules.program().decisions.iter().enumerate() {
        for (r, requirement) in decision.requirements.iter().enumerate() {
            let mut results = match &requirement.body {
                Body::Clauses(clauses) => named(clauses),
                Body::Editions(all) => all.iter().flat_map(named).collect(),
                Body::Progress(progress) if progress.either.is_some() => {
                    vec![Judged::Met, Judged::Failed, Judged::Pending, Judged::Open]
                }
                Body::Progress(_) => vec![Judged::Met, Judged::Failed, Judged::Pending, Judged::Open],
            };
            results.sort();
            results.dedup();
            for result in results {
                let excused = UNREACHABLE.contains(&(decision.id.as_str(), requirement.id.as_str(), result));
                if seen.contains(&(d, r, result)) == excused {
                    absent.push(format!("{}.{}: {}", decision.id, requirement.id, result.word()));
                }
            }
        }
    }
    assert!(absent.is_empty(), "no case expects these results, or one does that is excused:\n{}", absent.join("\n"));
}

#[test]
fn every_json_output_fits_the_schema_and_is_the_same_twice() {
    let rules = shipped();
    let schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let cases = read_cases(&rules, [public(), rule_files(".cases.yaml")].concat());
    let mut workspace = Workspace::new(&rules.plan);
    for case in &cases {
        let mut render = || {
            let decisions = explain(rules.program(), &rules.plan, &rules.explainer, &case.facts, &mut workspace, |_| true);
            let report = Report {
                program: rules.program(),
                sources: &rules.sources,
                facts: &case.facts,
                document: None,
                decisions,
                without_record: &[],
                advice: None,
            };
            json(&[report])
        };
        let (once, twice) = (render(), render());
        assert_eq!(once, twice, "{}", case.id);
        let value: serde_json::Value = serde_json::from_str(&once).unwrap();
        let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{}: {}", case.id, errors.join("; "));
    }
}

#[test]
fn the_index_of_the_rules_is_true() {
    use accredit::report::{Form, programs};
    let rules = shipped();
    let program = rules.program();
    let cases = read_cases(&rules, rule_files(".cases.yaml"));
    let mut text = String::from(
        "<!-- Generated: `ACCREDIT_UPDATE=1 cargo test the_index_of_the_rules_is_true` writes it anew. -->\n\n\
         Each rule file in `tiktok/` holds the terms of the programs that it is named after, in the order of their own pages, \
         with its cases beside it; a case counts once for each decision of which it expects something. `ruleset`, `vocabulary`, `sources`, `remedies`, `warnings`, `routes` and `offers` are shared. \
         `accredit programs` shows the same list, `accredit programs ID` the terms of one in words; `examples/` holds two \
         documents to try.\n\n",
    );
    let expected = cases.iter().flat_map(|case| &case.expected);
    let count = |at: usize| expected.clone().filter(|expected| expected.decision == at).count();
    let counts: Vec<usize> = (0..program.decisions.len()).map(count).collect();
    for (decision, count) in program.decisions.iter().zip(&counts) {
        assert!(*count > 0, "no case expects anything of {}", decision.id);
    }
    text.push_str(&programs(program, Some(&counts), Form::Markdown));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/README.md");
    if std::env::var_os("ACCREDIT_UPDATE").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == text,
        "rules/README.md is out of date: run `ACCREDIT_UPDATE=1 cargo test the_index_of_the_rules_is_true`"
    );
}

#[test]
fn both_example_documents_get_an_answer_from_every_decision_that_concerns_them() {
    use accredit::program::Subject;
    let rules = shipped();
    for (name, text) in rule_files(".yaml").into_iter().filter(|(name, _)| name.contains("examples")) {
        let facts = rules.reader.read(accredit::source::FileId(0), &text, accredit::facts::Format::Yaml).unwrap();
        let mut workspace = Workspace::new(&rules.plan);
        let told = explain(rules.program(), &rules.plan, &rules.explainer, &facts, &mut workspace, |_| true);
        for decision in &rules.program().decisions {
            let records = match decision.subject {
                Subject::Account => 1,
                Subject::Each(list) => facts.records(list).len(),
            };
            assert_eq!(told.iter().filter(|one| one.decision.id == decision.id).count(), records, "{name}: {}", decision.id);
        }
    }
}
