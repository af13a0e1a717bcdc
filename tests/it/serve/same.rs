//! The same case gives the same answer in the command line and over HTTP.

use accredit::cases;
use accredit::facts::{Asked, written};
use serde_json::{Value, json};

use super::client::Server;
use crate::command::{accredit, said};
use crate::library::shipped;

/// What must be the same of a decision.
fn told(decision: &Value) -> Value {
    let requirements: Vec<Value> = decision["requirements"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| json!([one["id"], one["result"], one["decisive"], one["open_reason"]]))
        .collect();
    json!([
        decision["id"],
        decision["subject"],
        decision["verdict"],
        decision["reward"],
        decision["missing"],
        decision["because"],
        requirements
    ])
}

#[test]
fn every_public_case_is_decided_over_http_as_by_the_command() {
    let rules = shipped();
    let read = cases::read_all(&rules, [("public.yaml".to_owned(), include_str!("../../contract/public.yaml").to_owned())]);
    assert!(read.findings.is_empty() && read.cases.len() > 50, "{} cases", read.cases.len());
    let server = Server::start(&[]);
    let nobody: [Asked; 0] = [];
    let documents: Vec<String> = read.cases.iter().map(|case| written(rules.program(), &case.facts, None, &nobody)).collect();
    let folder = std::env::temp_dir().join(format!("accredit-test-{}-same", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let paths: Vec<String> = documents
        .iter()
        .zip(0..)
        .map(|(document, at)| {
            let path = folder.join(format!("{at:04}.yaml"));
            std::fs::write(&path, document).unwrap();
            path.to_string_lossy().into_owned()
        })
        .collect();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let folder = folder.to_string_lossy();
    let mut arguments = vec!["check", "--rules", &folder, "--kind", "all", "--format", "json"];
    arguments.extend(paths.iter().map(String::as_str));
    let (code, out, err) = said(&accredit(&arguments, ""));
    assert_eq!((code, err.as_str()), (0, ""));
    let commands: Value = serde_json::from_str(&out).unwrap();
    let mut decisions = 0;
    for (at, document) in documents.iter().enumerate() {
        let answer = server.post("/v1/check?kind=all", "application/yaml", document);
        assert_eq!(answer.status, 200, "{}: {}", read.cases[at].id, answer.text());
        let answer = answer.json();
        let command = &commands[at];
        assert_eq!((&answer["as_of"], &answer["rules"]), (&command["as_of"], &command["rules"]));
        let (ours, theirs) = (answer["decisions"].as_array().unwrap(), command["decisions"].as_array().unwrap());
        assert_eq!(ours.len(), theirs.len());
        for (own, other) in ours.iter().zip(theirs) {
            assert_eq!(told(own), told(other), "{}", read.cases[at].id);
            decisions += 1;
        }
        // The rest of the answer is the same, too; only the document has no name here.
        let mut named = answer.clone();
        named["document"] = command["document"].clone();
        assert_eq!(&named, command, "{}", read.cases[at].id);
    }
    assert!(decisions > 2_000, "{decisions} decisions");
}
