//! Random operations on a store, compared with lists in memory.
//!
//! In: drawn operations. Out: the same answers as the lists give.
//! Owns the lists.

use std::collections::BTreeMap;
use std::sync::Arc;

use accredit::facts::Format;
use accredit::store::{Account, Decided, Document, Page, Store};

use super::{DAY, NOON, all, decided, grounds, keep};
use crate::random::{Rng, seed};

/// What a store should hold.
#[derive(Default)]
struct Model {
    entries: Vec<Decided>,
    accounts: BTreeMap<String, Account>,
    horizon: i64,
}

fn steps() -> usize {
    std::env::var("ACCREDIT_STORE_STEPS").ok().and_then(|count| count.parse().ok()).unwrap_or(300)
}

/// Names with what databases and shells find hard.
const NAMES: [&str; 6] = ["client 1", "Müller & Söhne", "it's \"me\"", "100%_\\", "客户", "DROP TABLE entries; --"];

#[test]
fn any_operations_leave_what_the_lists_say() {
    for ground in grounds() {
        let mut rng = Rng::new(seed());
        let mut store = ground.open();
        let rules = keep(&store);
        let mut model = Model::default();
        let mut now = NOON;
        for _ in 0..steps() {
            now += rng.between(0, DAY);
            match rng.below(12) {
                0..=4 => log_some(&store, &mut model, &rules, now, &mut rng),
                5 | 6 => {
                    let account = Account {
                        reference: (*rng.pick(&NAMES)).to_owned(),
                        at: now,
                        who: "local".to_owned(),
                        document: Document { format: Format::Json, bytes: noise(&mut rng) },
                    };
                    store.save_account(account.clone()).unwrap().wait().unwrap();
                    model.accounts.insert(account.reference.clone(), account);
                }
                7 => {
                    let before = now - rng.between(0, 40) * DAY;
                    let had = |horizon: i64| model.entries.iter().filter(|entry| entry.at >= horizon).count();
                    let gone = had(model.horizon) - had(model.horizon.max(before));
                    let expired = store.expire(before, now, "local").unwrap().wait().unwrap();
                    assert_eq!(expired.documents, gone as u64);
                    model.horizon = model.horizon.max(before);
                    model.accounts.retain(|_, account| account.at >= before);
                }
                8 => {
                    drop(store);
                    store = ground.open();
                }
                9 => {
                    let name = *rng.pick(&NAMES);
                    assert_eq!(store.account(name).unwrap().wait().unwrap().as_ref(), model.accounts.get(name));
                }
                10 => {
                    let listed = store.accounts().unwrap().wait().unwrap();
                    let names: Vec<&str> = listed.iter().map(|account| account.reference.as_str()).collect();
                    assert_eq!(names, model.accounts.keys().map(String::as_str).collect::<Vec<_>>());
                }
                _ => {
                    let name = *rng.pick(&NAMES);
                    let page = Page { from: u64::MAX, limit: 3, reference: Some(name.to_owned()), latest: true };
                    let found = store.entries(page).unwrap().wait().unwrap();
                    let numbers: Vec<u64> = found.iter().map(|entry| entry.number).collect();
                    let own = model.entries.iter().zip(1_u64..).filter(|(entry, _)| entry.reference.as_deref() == Some(name));
                    let own: Vec<u64> = own.map(|(_, number)| number).collect();
                    assert_eq!(numbers, own.into_iter().rev().take(3).collect::<Vec<_>>());
                }
            }
        }
        let entries = all(&store);
        assert_eq!(entries.len(), model.entries.len());
        for (entry, wanted) in entries.iter().zip(&model.entries) {
            let bytes = Some(&wanted.document.bytes).filter(|_| wanted.at >= model.horizon);
            assert_eq!((entry.bytes.as_ref(), &entry.reference), (bytes, &wanted.reference));
            assert_eq!((entry.at, &entry.who, entry.verdicts()), (wanted.at, &wanted.who, wanted.verdicts.clone()));
        }
        assert_eq!(store.verify(None).unwrap().unwrap().head.number, entries.len() as u64);
    }
}

fn noise(rng: &mut Rng) -> Vec<u8> {
    (0..rng.below(200)).map(|_| rng.below(256) as u8).collect()
}

/// Up to twenty decisions that are handed over at once, and so share transactions.
fn log_some(store: &Store, model: &mut Model, rules: &str, now: i64, rng: &mut Rng) {
    let mut pending = Vec::new();
    for _ in 0..=rng.below(20) {
        let mut entry = decided(model.entries.len() as u64, rules);
        entry.at = now;
        entry.reference = rng.chance(70).then(|| (*rng.pick(&NAMES)).to_owned());
        entry.document.bytes = noise(rng);
        pending.push(store.append(entry.clone()).unwrap());
        model.entries.push(entry);
    }
    let first = model.entries.len() - pending.len() + 1;
    let numbers: Vec<u64> = pending.into_iter().map(|pending| pending.wait().unwrap().number).collect();
    assert!(numbers.iter().zip(first as u64..).all(|(number, at)| *number == at));
}

#[test]
fn many_callers_and_two_stores_share_one_log() {
    for ground in grounds() {
        let stores = [Arc::new(ground.open()), Arc::new(ground.open())];
        let rules = keep(&stores[0]);
        let callers = (0..16_u64).map(|caller| {
            let (store, rules) = (Arc::clone(&stores[caller as usize % 2]), rules.clone());
            std::thread::spawn(move || -> Vec<(u64, u64)> {
                let log = |at: u64| (store.append(decided(caller * 1_000 + at, &rules)).unwrap().wait().unwrap().number, at);
                (0..40).map(log).map(|(number, at)| (number, caller * 1_000 + at)).collect()
            })
        });
        let callers: Vec<_> = callers.collect();
        let mut logged: Vec<(u64, u64)> = callers.into_iter().flat_map(|caller| caller.join().unwrap()).collect();
        logged.sort_unstable();
        let entries = all(&stores[1]);
        assert_eq!(entries.len(), 640);
        for (entry, (number, at)) in entries.iter().zip(&logged) {
            assert_eq!((entry.number, entry.bytes.as_ref()), (*number, Some(&decided(*at, &rules).document.bytes)));
        }
        assert!(stores[0].verify(None).unwrap().is_ok());
    }
}
