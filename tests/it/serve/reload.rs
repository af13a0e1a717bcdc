//! Rules that change while requests come.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

use super::SECRET;
use super::client::{Sent, Server};
use super::security::until;
use crate::command::scratch;

/// A folder with a copy of the rules, and one of its files.
pub fn rules(name: &str) -> (PathBuf, PathBuf) {
    let marker = scratch(name, b"");
    let folder = marker.parent().unwrap().join("rules");
    drop(std::fs::remove_dir_all(&folder));
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/tiktok"), &folder);
    let file = folder.join("vocabulary.terms");
    assert!(file.is_file());
    (folder, file)
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            copy(&path, &to.join(path.file_name().unwrap()));
        } else {
            std::fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
        }
    }
}

pub fn digest(server: &Server) -> String {
    server.get("/ready").json()["rules"].as_str().unwrap().to_owned()
}

#[test]
fn good_rules_are_taken_and_broken_ones_never_while_requests_come() {
    let (folder, file) = rules("reload-rules");
    let server = Server::with_rules(&folder, &[]);
    let text = std::fs::read_to_string(&file).unwrap();
    let first = digest(&server);
    let done = AtomicBool::new(false);
    let seen = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| {
                    let mut seen = BTreeSet::new();
                    while !done.load(Ordering::Relaxed) {
                        let answer = server.post("/v1/check?program=woocommerce", "application/yaml", SECRET);
                        assert_eq!(answer.status, 200, "{}", answer.text());
                        seen.insert(answer.json()["rules"]["digest"].as_str().unwrap().to_owned());
                    }
                    seen
                })
            })
            .collect();
        let mut good = vec![first.clone()];
        for round in 0..3 {
            std::fs::write(&file, format!("{text}\n// round {round}\n")).unwrap();
            server.hang_up();
            until(|| digest(&server) != *good.last().unwrap());
            good.push(digest(&server));
            std::fs::write(&file, format!("{text}\nrequire nonsense {round}\n")).unwrap();
            server.hang_up();
            until(|| server.get("/ready").json()["current"] == false);
            assert_eq!(digest(&server), *good.last().unwrap(), "the good set stays");
        }
        std::fs::write(&file, &text).unwrap();
        until(|| server.get("/ready").json()["current"] == true);
        assert_eq!(digest(&server), first, "the same files have the same digest, whatever was between");
        done.store(true, Ordering::Relaxed);
        let seen: BTreeSet<String> = clients.into_iter().flat_map(|client| client.join().unwrap()).collect();
        assert!(seen.iter().all(|digest| good.contains(digest)), "{seen:?} are not all of {good:?}");
        seen
    });
    assert!(seen.contains(&first));
    let log = server.log();
    assert!(log.contains("rules taken") && log.contains("rules refused"), "{log}");
}

#[test]
fn refused_rules_are_told_to_those_who_edit_them() {
    let (folder, file) = rules("refused-rules");
    let server = Server::with_rules(&folder, &[]);
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("{text}\nrequire nonsense\n")).unwrap();
    server.hang_up();
    until(|| server.get("/ready").json()["current"] == false);
    let state = server.get("/v1/state").json();
    let refused = &state["refused"];
    assert!(refused["summary"].as_str().unwrap().contains("error"), "{refused}");
    let fault = &refused["errors"][0];
    assert!(fault["file"].as_str().unwrap().ends_with("vocabulary.terms") && fault["line"].is_u64(), "{refused}");
    assert!(fault["detail"].is_string() && fault["code"].is_string(), "{refused}");
    assert!(server.log().contains("vocabulary.terms"), "{}", server.log());
    assert!(server.get("/metrics").text().contains("accredit_reloads_total{outcome=\"refused\"} 1"));
    std::fs::remove_dir_all(&folder).unwrap();
    server.hang_up();
    until(|| server.get("/v1/state").json()["refused"]["summary"].as_str().is_some_and(|told| told.contains("folder")));
    assert_eq!(server.get("/health").status, 200);
    let check = Sent {
        method: "POST",
        path: "/v1/check",
        headers: vec![("content-type", "application/yaml")],
        body: SECRET.as_bytes(),
    };
    let answer: Value = server.send(&check).json();
    assert_eq!(answer["rules"]["digest"], state["rules"]["digest"], "the last good set decides on");
}
