//! The log: appended, read back, verified, changed behind its back.

use accredit::RuleSet;
use accredit::store::{Access, Anchor, Fault, GENESIS, Page, Store, StoreError, Version, digest};

use super::{DAY, NOON, all, append, decided, grounds, keep};
use crate::library::{rule_files, shipped};

#[test]
fn what_is_appended_is_read_back_in_order() {
    for ground in grounds() {
        let store = ground.open();
        let rules = keep(&store);
        let pending: Vec<_> = (1..=700).map(|at| store.append(decided(at, &rules)).unwrap()).collect();
        let receipts: Vec<_> = pending.into_iter().map(|pending| pending.wait().unwrap()).collect();
        drop(store);

        let store = Store::open(&ground.place, Access::Read).unwrap();
        let entries = all(&store);
        assert_eq!(entries.len(), 700);
        for ((entry, receipt), at) in entries.iter().zip(&receipts).zip(1..) {
            let wanted = decided(at, &rules);
            assert_eq!((entry.number, &entry.hash), (receipt.number, &receipt.hash));
            assert_eq!((entry.number, entry.at, &entry.reference), (at, wanted.at, &wanted.reference));
            assert_eq!(entry.bytes.as_ref(), Some(&wanted.document.bytes));
            assert_eq!((entry.facts.clone(), &entry.answer), (digest(&wanted.document.bytes), &wanted.answer));
            assert_eq!((entry.asked(), entry.verdicts()), (wanted.asked, wanted.verdicts));
            assert_eq!((entry.as_of.as_str(), entry.format()), ("2026-03-05", wanted.document.format));
        }
        let latest = Page { from: u64::MAX, limit: 2, reference: Some("client 4".to_owned()), latest: true };
        let numbers: Vec<u64> = store.entries(latest).unwrap().wait().unwrap().iter().map(|entry| entry.number).collect();
        assert_eq!(numbers, [694, 684]);
        assert_eq!(store.entry(17).unwrap().wait().unwrap().as_ref(), entries.get(16));
        assert_eq!(store.entry(701).unwrap().wait().unwrap(), None);
        let verified = store.verify(None).unwrap().unwrap();
        assert_eq!((verified.head, verified.expired, verified.rule_sets), (receipts[699].clone(), 0, 1));
    }
}

#[test]
fn an_entry_without_its_rules_is_refused_and_the_others_are_logged() {
    for ground in grounds() {
        let store = ground.open();
        let rules = keep(&store);
        let unknown = format!("sha256:{}", "0".repeat(64));
        let pending = [&rules, &unknown, &rules].map(|rules| store.append(decided(1, rules)).unwrap());
        let numbers = pending.map(|pending| pending.wait().map(|receipt| receipt.number));
        assert_eq!(numbers, [Ok(1), Err(StoreError::RulesNotKept { digest: unknown }), Ok(2)]);
        assert!(store.verify(None).unwrap().is_ok());
    }
}

#[test]
fn kept_rules_are_listed_as_they_came_and_keeping_them_again_changes_nothing() {
    for ground in grounds() {
        let store = ground.open();
        assert_eq!(store.versions().unwrap().wait().unwrap(), []);
        let mut texts = rule_files(".terms");
        texts[0].1.push_str("\n// another version\n");
        let later = RuleSet::read(texts).unwrap();
        let first = keep(&store);
        for (rules, at) in [(&later, NOON + DAY), (&shipped(), NOON + 2 * DAY), (&later, NOON - DAY)] {
            store.keep_rules(rules, at).unwrap().wait().unwrap();
        }
        let versions =
            [Version { digest: first, at: NOON }, Version { digest: later.program().digest.clone(), at: NOON + DAY }];
        assert_eq!(store.versions().unwrap().wait().unwrap(), versions);
        drop(store);
        let store = Store::open(&ground.place, Access::Read).unwrap();
        assert_eq!(store.versions().unwrap().wait().unwrap(), versions);
    }
}

#[test]
fn a_store_that_is_opened_to_read_takes_nothing() {
    for ground in grounds() {
        let rules = keep(&ground.open());
        let store = Store::open(&ground.place, Access::Read).unwrap();
        let why = store.append(decided(1, &rules)).unwrap().wait().unwrap_err();
        assert!(matches!(why, StoreError::ReadOnly { .. }), "{why}");
        assert!(store.expire(NOON, NOON, "local").unwrap().wait().is_err());
        assert_eq!(store.head().unwrap().wait().unwrap().number, 0);
    }
}

#[test]
fn the_database_itself_refuses_changes() {
    for ground in grounds() {
        let store = ground.open();
        let rules = keep(&store);
        append(&store, &rules, 1..=3);
        for statement in [
            "UPDATE entries SET verdicts = '[]' WHERE number = 2",
            "DELETE FROM entries WHERE number = 3",
            "DELETE FROM documents WHERE number = 3",
            "UPDATE documents SET bytes = bytes",
            "UPDATE head SET number = 2",
            "DELETE FROM head",
            "UPDATE rule_files SET body = ''",
            "DELETE FROM rule_sets",
            "INSERT INTO entries SELECT 5, at, who, reference, format, facts, as_of, rules, asked, answer, version, verdicts,
               previous, hash FROM entries WHERE number = 3",
        ] {
            assert!(ground.run(statement, true).is_err(), "{statement}");
        }
        assert!(store.verify(None).unwrap().is_ok());
    }
}

#[test]
fn what_was_changed_is_named() {
    let rows = [
        ("UPDATE entries SET verdicts = replace(verdicts, 'qualifies', 'closed') WHERE number = 4", 4, Fault::Changed),
        ("UPDATE entries SET at = at - 1 WHERE number = 6", 6, Fault::Changed),
        ("UPDATE entries SET reference = NULL WHERE number = 2", 2, Fault::Changed),
        ("DELETE FROM documents WHERE number = 3; DELETE FROM entries WHERE number = 3", 3, Fault::Removed),
        ("DELETE FROM documents WHERE number > 4; DELETE FROM entries WHERE number > 4", 5, Fault::CutOff),
        (
            "UPDATE entries SET number = 100 WHERE number = 3; UPDATE entries SET number = 3 WHERE number = 4;
             UPDATE entries SET number = 4 WHERE number = 100",
            3,
            Fault::Changed,
        ),
        (
            "INSERT INTO entries SELECT 7, at, who, reference, format, facts, as_of, rules, asked, answer, version, verdicts,
               previous, hash FROM entries WHERE number = 6",
            7,
            Fault::Changed,
        ),
        ("DELETE FROM documents WHERE number = 5", 5, Fault::FactsGone),
        (
            "UPDATE documents SET bytes = (SELECT bytes FROM documents WHERE number = 1) WHERE number = 2",
            2,
            Fault::FactsChanged,
        ),
        ("UPDATE rule_files SET body = '' WHERE name = (SELECT min(name) FROM rule_files)", 1, Fault::RulesChanged),
        ("DELETE FROM rule_files; DELETE FROM rule_sets", 1, Fault::RulesGone),
    ];
    for (statements, number, fault) in rows {
        for ground in grounds() {
            let store = ground.open();
            let rules = keep(&store);
            append(&store, &rules, 1..=6);
            drop(store);
            ground.run(statements, false).unwrap();
            let store = Store::open(&ground.place, Access::Read).unwrap();
            let broken = store.verify(None).unwrap().unwrap_err();
            assert_eq!((broken.number, broken.fault), (number, fault), "{statements}");
        }
    }
}

#[test]
fn a_log_that_was_written_anew_differs_from_what_was_noted() {
    for ground in grounds() {
        let store = ground.open();
        let rules = keep(&store);
        let noted: Vec<Anchor> = append(&store, &rules, 1..=3);
        drop(store);
        let emptied = format!("DELETE FROM documents; DELETE FROM entries; UPDATE head SET number = 0, hash = '{GENESIS}'");
        ground.run(&emptied, false).unwrap();
        let store = ground.open();
        append(&store, &rules, 7..=8);
        let store = Store::open(&ground.place, Access::Read).unwrap();
        assert!(store.verify(None).unwrap().is_ok(), "nothing in it says so");
        let faults = noted.iter().map(|anchor| store.verify(Some(anchor)).unwrap().unwrap_err());
        let faults: Vec<_> = faults.map(|broken| (broken.number, broken.fault)).collect();
        assert_eq!(faults, [(1, Fault::NotAnchored), (2, Fault::NotAnchored), (3, Fault::CutOff)]);
    }
}

#[test]
fn facts_that_expire_leave_the_chain_valid() {
    for ground in grounds() {
        let store = ground.open();
        let rules = keep(&store);
        for at in 1..=6 {
            let mut decided = decided(at, &rules);
            decided.at = NOON + i64::try_from(at).unwrap() * DAY;
            store.append(decided).unwrap().wait().unwrap();
        }
        let expired = store.expire(NOON + 4 * DAY, NOON + 10 * DAY, "local").unwrap().wait().unwrap();
        assert_eq!((expired.documents, expired.accounts), (3, 0));
        let left: Vec<bool> = all(&store).iter().map(|entry| entry.bytes.is_some()).collect();
        assert_eq!(left, [false, false, false, true, true, true]);
        let verified = store.verify(None).unwrap().unwrap();
        assert_eq!((verified.head.number, verified.expired), (6, 3));
        let again = store.expire(NOON + 4 * DAY, NOON + 11 * DAY, "local").unwrap().wait().unwrap();
        assert_eq!(again.documents, 0);
        // The bytes are gone, not only forgotten.
        for file in ground.files() {
            let bytes = std::fs::read(&file).unwrap();
            let holds = |wanted: &str| bytes.windows(wanted.len()).any(|window| window == wanted.as_bytes());
            assert!(!holds("{id: \"2\""), "{}", file.display());
        }
    }
}
