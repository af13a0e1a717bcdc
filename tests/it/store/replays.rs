//! Logged decisions decided again, by the rules of then and by others.
//!
//! In: the documents of all public cases. Out: the same answers byte for byte, and exactly the verdicts that differ.
//! Owns the way from a case to a document.

use accredit::RuleSet;
use accredit::answer::{self, Desk};
use accredit::facts::Format;
use accredit::report;
use accredit::store::{Asker, Decided, Document, Moved, Replayed, Store, StoreError, Then, Today};
use serde_yaml::{Mapping, Value};

use super::{DAY, NOON, grounds};
use crate::command::{accredit, said};
use crate::library::{rule_files, shipped};

/// Name and document of every public case: the base with the facts laid over it, section by section.
fn documents() -> Vec<(String, Vec<u8>)> {
    let file: Value = serde_yaml::from_str(include_str!("../../contract/public.yaml")).unwrap();
    let document = |case: &Value| {
        let base = case.get("base").and_then(Value::as_str).map_or(Value::Null, |base| file["bases"][base].clone());
        let mut whole = base.as_mapping().cloned().unwrap_or_default();
        for (section, over) in case.get("facts").and_then(Value::as_mapping).into_iter().flatten() {
            match (whole.get_mut(section).and_then(Value::as_mapping_mut), over.as_mapping()) {
                (Some(under), Some(over)) => {
                    over.iter().for_each(|(name, value)| drop(under.insert(name.clone(), value.clone())))
                }
                _ => drop(whole.insert(section.clone(), over.clone())),
            }
        }
        for (_, section) in whole.iter_mut() {
            if let Some(section) = section.as_mapping_mut() {
                section.retain(|_, value| !value.is_null());
            }
        }
        whole.retain(|_, value| !value.is_null());
        whole.insert("as_of".into(), case["as_of"].clone());
        (case["case"].as_str().unwrap().to_owned(), serde_json::to_vec(&plain(&whole)).unwrap())
    };
    file["cases"].as_sequence().unwrap().iter().map(document).collect()
}

/// A mapping as JSON has it.
fn plain(mapping: &Mapping) -> serde_json::Value {
    serde_json::to_value(mapping).unwrap()
}

/// Logs what the rules make of a document, as a server would.
fn log(store: &Store, desk: &mut Desk<'_>, name: &str, bytes: Vec<u8>, at: i64) {
    let read = answer::Document::read(desk.rules(), name, bytes.clone(), Some(Format::Json), None)
        .unwrap_or_else(|unread| panic!("{name}: {:?}", unread.findings));
    let mut answered = desk.answer(&read.facts, |_| true);
    let report = answered.report(None);
    let json = report::json(std::slice::from_ref(&report));
    let asker = Asker { at, who: "local".to_owned(), reference: Some(name.to_owned()) };
    let decided = Decided::new(asker, Document { format: Format::Json, bytes }, &report, &json);
    store.append(decided).unwrap().wait().unwrap();
}

fn replayed(store: &Store, today: &RuleSet) -> Vec<Replayed> {
    let mut all = Vec::new();
    store
        .replay(today, None, |one| {
            all.push(one);
            Ok::<(), StoreError>(())
        })
        .unwrap();
    all
}

/// The shipped rules with one change.
fn changed(from: &str, to: &str) -> RuleSet {
    let mut files = rule_files(".terms");
    let mut times = 0;
    for (_, text) in &mut files {
        times += text.matches(from).count();
        *text = text.replace(from, to);
    }
    assert!(times > 0, "`{from}` stands in no rule file");
    RuleSet::read(files).unwrap()
}

#[test]
fn every_public_case_comes_again_byte_for_byte_and_what_differs_today_is_listed() {
    let rules = shipped();
    let documents = documents();
    assert!(documents.len() > 50);
    for ground in grounds() {
        let store = ground.open();
        store.keep_rules(&rules, NOON).unwrap().wait().unwrap();
        let mut desk = Desk::new(&rules);
        for ((name, bytes), at) in documents.iter().zip(0..) {
            log(&store, &mut desk, name, bytes.clone(), NOON + at * DAY);
        }
        for one in replayed(&store, &rules) {
            assert_eq!((&one.then, &one.today), (&Then::Same, &Some(Today::Verdicts(Vec::new()))), "{:?}", one.entry.reference);
        }

        // By other rules: exactly the verdicts that deciding directly finds.
        let other = changed("met   when partner.route is woocommerce", "met   when partner.route is one of woocommerce, none");
        let mut now = Desk::new(&other);
        let mut differing = 0;
        for (one, (name, bytes)) in replayed(&store, &other).iter().zip(&documents) {
            let read = answer::Document::read(&other, name, bytes.clone(), Some(Format::Json), None).unwrap();
            let mut answered = now.verdicts(&read.facts, |_| true);
            let report = answered.report(None);
            let verdicts = one.entry.verdicts();
            let pairs = verdicts.iter().zip(&report.decisions);
            let wanted: Vec<Moved> = pairs
                .filter(|(said, told)| said.verdict != told.verdict.word())
                .map(|(said, told)| Moved {
                    decision: said.decision.clone(),
                    subject: said.subject.clone(),
                    then: Some(said.verdict.clone()),
                    now: Some(told.verdict.word().to_owned()),
                })
                .collect();
            differing += usize::from(!wanted.is_empty());
            assert_eq!((&one.then, &one.today), (&Then::Same, &Some(Today::Verdicts(wanted))), "{name}");
        }
        assert!(differing > 0 && differing < documents.len(), "{differing}");

        // Facts that expired are not decided again.
        store.expire(NOON + 10 * DAY, NOON + 1_000 * DAY, "local").unwrap().wait().unwrap();
        let expired = replayed(&store, &rules).iter().filter(|one| one.then == Then::Expired && one.today.is_none()).count();
        assert_eq!(expired, 10);
    }
}

#[test]
fn an_answer_that_does_not_come_again_is_named() {
    let rules = shipped();
    for ground in grounds() {
        let store = ground.open();
        store.keep_rules(&rules, NOON).unwrap().wait().unwrap();
        let mut desk = Desk::new(&rules);
        for (name, bytes) in documents().into_iter().take(3) {
            log(&store, &mut desk, &name, bytes, NOON);
        }
        let mut entry = store.entry(2).unwrap().wait().unwrap().unwrap();
        let decided = Decided {
            at: NOON,
            who: "local".to_owned(),
            reference: None,
            document: Document { format: Format::Json, bytes: entry.bytes.take().unwrap() },
            as_of: accredit::value::parse_day(&entry.as_of).unwrap(),
            rules: entry.rules.clone(),
            asked: entry.asked(),
            answer: accredit::store::digest(b"something else"),
            version: "0.0.1".to_owned(),
            verdicts: entry.verdicts(),
        };
        store.append(decided).unwrap().wait().unwrap();
        drop(store);
        let [option, place] = ground.options();
        let (code, out, err) = said(&accredit(&["replay", &option, &place], ""));
        assert_eq!((code, err.as_str()), (1, ""));
        assert!(out.contains("#4  ") && out.contains("another version of accredit decided it"), "{out}");
        assert!(out.contains("1 of 4 decisions do not come again"), "{out}");
        assert!(out.lines().all(|line| line.chars().count() <= 80), "{out}");
        let (code, out, _) = said(&accredit(&["replay", "3", "--format", "json", &option, &place], ""));
        let answer: serde_json::Value = serde_json::from_str(&out).unwrap();
        assert_eq!((code, &answer["reproduced"], &answer["entries"][0]["number"]), (0, &1.into(), &3.into()));
    }
}

#[test]
fn the_command_lists_shows_verifies_and_expires() {
    let rules = shipped();
    for ground in grounds() {
        let store = ground.open();
        store.keep_rules(&rules, NOON).unwrap().wait().unwrap();
        let mut desk = Desk::new(&rules);
        for (name, bytes) in documents().into_iter().take(3) {
            log(&store, &mut desk, &name, bytes, NOON);
        }
        drop(store);
        let [option, place] = ground.options();
        let call = |args: &[&str]| said(&accredit(&[args, &[option.as_str(), place.as_str()]].concat(), ""));

        let (code, out, err) = call(&["log", "list", "--last", "2"]);
        assert_eq!((code, err.as_str()), (0, ""));
        assert!(
            out.starts_with("#3  2025-11-20 12:00:00 UTC  local  ") && out.contains("\n#2  ") && !out.contains("#1  "),
            "{out}"
        );
        let (_, out, _) = call(&["log", "list", "--all", "--format", "json"]);
        let listed: serde_json::Value = serde_json::from_str(&out).unwrap();
        assert_eq!(listed["entries"].as_array().unwrap().len(), 3);
        let (code, out, _) = call(&["log", "show", "1"]);
        assert!(code == 0 && out.contains("new_advertiser_ladder: qualifies") && out.contains("facts (json)"), "{out}");
        let (_, out, _) = call(&["log", "show", "1", "--facts"]);
        assert_eq!(out.into_bytes(), documents()[0].1);
        let (code, _, err) = call(&["log", "show", "9"]);
        assert!(code == 2 && err.contains("there is no entry 9") && err.contains("the last one is 3"), "{err}");

        let (code, out, _) = call(&["log", "verify"]);
        assert!(code == 0 && out.contains("in order: 3 entries by 1 rule set"), "{out}");
        let anchor = out.lines().last().unwrap();
        assert_eq!(call(&["log", "verify", "--anchor", anchor]).0, 0);
        let (code, out, _) = call(&["log", "expire", "--older-than", "0d"]);
        assert!(code == 0 && out.contains("took away the facts of 3 entries and 0 saved accounts"), "{out}");
        let (code, out, _) = call(&["log", "show", "1"]);
        assert!(code == 0 && out.contains("facts expired"), "{out}");
        let (code, out, _) = call(&["replay"]);
        assert!(code == 0 && out.contains("the facts of 3 entries expired"), "{out}");

        ground.run("UPDATE entries SET who = 'nobody' WHERE number = 2", false).unwrap();
        let (code, out, _) = call(&["log", "verify"]);
        assert!(code == 1 && out.contains("broken at entry 2: it was changed"), "{out}");
        let (code, _, err) = call(&["replay"]);
        assert!(code == 1 && err.contains("broken at entry 2"), "{err}");
        let (code, out, _) = call(&["log", "verify", "--format", "json"]);
        let found: serde_json::Value = serde_json::from_str(&out).unwrap();
        assert_eq!((code, &found["first"]["fault"]), (1, &"changed".into()));
    }
}
