//! What cannot be used is told and left alone: other files, damage, later versions, locks, full disks, missing servers.
//!
//! In: places with something wrong. Out: the error of a reader, and bytes that did not change.
//! Owns the faults. A fault that needs rights which the tests do not have is named and skipped.

use std::path::Path;
use std::process::Command;

use accredit::store::{Access, Page, Place, QUEUE, Store, StoreError};

use super::ground::Ground;
use super::{all, append, decided, grounds, keep};
use crate::command::{accredit, said};
use crate::random::{Rng, seed};

fn refused(path: &Path, access: Access) -> StoreError {
    Store::open(&Place::File(path.to_path_buf()), access).unwrap_err()
}

#[test]
fn a_place_without_a_store_is_named() {
    let ground = Ground::file();
    assert!(matches!(refused(&ground.path(), Access::Read), StoreError::Absent { .. }));
    assert!(!ground.path().exists(), "reading makes nothing");
    let nowhere = ground.path().join("no/folder/log.db");
    assert!(matches!(refused(&nowhere, Access::Write), StoreError::NoFolder { folder, .. } if folder.ends_with("no/folder")));
    let down = Place::database("postgres://rep:s3cret@127.0.0.1:1/log").unwrap();
    let why = Store::open(&down, Access::Write).unwrap_err();
    assert!(matches!(why, StoreError::Unreachable { .. }), "{why}");
    assert!(!why.to_string().contains("s3cret"), "{why}");
    let (code, out, err) = said(&accredit(&["log", "list", "--database", "postgres://rep:s3cret@127.0.0.1:1/log"], ""));
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.contains("`postgres://rep@127.0.0.1:1/log` cannot be reached") && !err.contains("s3cret"), "{err}");
}

#[test]
fn what_is_no_store_is_left_as_it_is() {
    let ground = Ground::file();
    let other = ground.path().with_file_name("other.db");
    rusqlite::Connection::open(&other)
        .unwrap()
        .execute_batch("CREATE TABLE notes (text); INSERT INTO notes VALUES ('x')")
        .unwrap();
    let text = ground.path().with_file_name("notes.txt");
    std::fs::write(&text, "as_of: 2026-03-05\n".repeat(100)).unwrap();
    let empty = ground.path().with_file_name("empty.db");
    std::fs::write(&empty, "").unwrap();
    for path in [&other, &text, &empty] {
        let before = std::fs::read(path).unwrap();
        for access in [Access::Read, Access::Write] {
            let why = refused(path, access);
            assert!(matches!(why, StoreError::Foreign { .. }), "{why}");
        }
        assert_eq!(std::fs::read(path).unwrap(), before);
    }
    assert!(matches!(refused(ground.path().parent().unwrap(), Access::Write), StoreError::Foreign { .. }));
    assert_eq!(ground.files().len(), 3, "nothing is left beside them");
}

#[test]
fn a_file_that_was_cut_is_refused_and_left_as_it_is() {
    let ground = Ground::file();
    let store = ground.open();
    let rules = keep(&store);
    append(&store, &rules, 1..=50);
    drop(store);
    let whole = std::fs::read(ground.path()).unwrap();
    for left in [50, 99, 512, 4_096, whole.len() / 3, whole.len() / 2, whole.len() - 4_096, whole.len() - 1] {
        std::fs::write(ground.path(), &whole[..left]).unwrap();
        for access in [Access::Read, Access::Write] {
            let why = refused(&ground.path(), access);
            assert!(matches!(why, StoreError::Damaged { .. } | StoreError::Foreign { .. }), "{left} bytes: {why}");
        }
        assert_eq!(std::fs::read(ground.path()).unwrap(), &whole[..left], "{left} bytes");
    }
}

#[test]
fn a_page_of_rubbish_is_found() {
    let ground = Ground::file();
    let store = ground.open();
    let rules = keep(&store);
    append(&store, &rules, 1..=50);
    drop(store);
    let whole = std::fs::read(ground.path()).unwrap();
    let mut rng = Rng::new(seed());
    for _ in 0..20 {
        let page = rng.below(whole.len() / 4_096);
        let mut bytes = whole.clone();
        bytes[page * 4_096..][..4_096].iter_mut().for_each(|byte| *byte = rng.below(256) as u8);
        std::fs::write(ground.path(), &bytes).unwrap();
        let verified = Store::open(&ground.place, Access::Read).and_then(|store| store.verify(None));
        assert!(!matches!(verified, Ok(Ok(_))), "page {page} is rubbish");
        let (code, ..) = said(&accredit(&["log", "verify", "--store", &ground.path().to_string_lossy()], ""));
        assert!(code == 1 || code == 2, "page {page}");
    }
}

#[test]
fn a_later_schema_is_refused_and_an_earlier_one_is_brought_up() {
    for ground in grounds() {
        let store = ground.open();
        let rules = keep(&store);
        append(&store, &rules, 1..=5);
        let entries = all(&store);
        drop(store);
        let version = |version: i64| match ground.is_file() {
            true => format!("PRAGMA user_version = {version}"),
            false => format!("UPDATE schema_version SET version = {version}"),
        };
        ground.run(&version(99), true).unwrap();
        for access in [Access::Read, Access::Write] {
            let why = Store::open(&ground.place, access).unwrap_err();
            assert!(matches!(why, StoreError::Newer { found: 99, .. }), "{why}");
        }
        // As the first step alone leaves it.
        for access in [Access::Read, Access::Write] {
            ground.run(&format!("DROP TABLE accounts; DROP INDEX entries_by_reference; {}", version(1)), true).unwrap();
            let store = Store::open(&ground.place, access).unwrap();
            assert_eq!(all(&store), entries);
            assert!(store.verify(None).unwrap().is_ok());
            assert_eq!(store.accounts().unwrap().wait().unwrap(), []);
        }
    }
}

#[test]
fn a_store_that_somebody_holds_is_said_to_be_locked_and_goes_on_afterwards() {
    for ground in grounds() {
        let store = ground.open();
        let rules = keep(&store);
        append(&store, &rules, 1..=1);
        ground.while_held(|| {
            let why = store.append(decided(2, &rules)).unwrap().wait().unwrap_err();
            assert!(matches!(why, StoreError::Locked { .. }), "{why}");
        });
        assert_eq!(append(&store, &rules, 3..=3)[0].number, 2);
        assert!(store.verify(None).unwrap().is_ok());
    }
}

#[test]
fn more_than_can_wait_is_refused_and_what_waits_is_logged() {
    let ground = Ground::file();
    let store = ground.open();
    let rules = keep(&store);
    let mut waiting = Vec::new();
    let mut refused = None;
    ground.while_held(|| {
        for at in 1..=2 * QUEUE as u64 {
            match store.append(decided(at, &rules)) {
                Ok(pending) => waiting.push(pending),
                Err(why) => refused = refused.take().or(Some(why)),
            }
        }
    });
    assert_eq!(refused, Some(StoreError::Busy { waiting: QUEUE }));
    assert!(waiting.len() >= QUEUE, "{} were taken", waiting.len());
    let receipts: Vec<u64> = waiting.into_iter().map(|pending| pending.wait().unwrap().number).collect();
    assert!(receipts.iter().zip(1..).all(|(number, at)| *number == at));
    assert_eq!((all(&store).len(), store.waiting()), (receipts.len(), 0));
}

#[test]
fn a_full_disk_loses_nothing_that_was_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=3m", "tmpfs"]).arg(folder.path()).status();
    if !mounted.is_ok_and(|done| done.success()) {
        eprintln!("skipped: a small disk can be mounted by root alone");
        return;
    }
    let unmount = || assert!(Command::new("umount").arg(folder.path()).status().unwrap().success());
    let done = std::panic::catch_unwind(|| {
        let place = Place::File(folder.path().join("log.db"));
        let filler = folder.path().join("filler");
        std::fs::write(&filler, vec![1; 400_000]).unwrap();
        let store = Store::open(&place, Access::Write).unwrap();
        let rules = keep(&store);
        let mut logged = 0;
        let why = loop {
            match store.append(decided(logged + 1, &rules)).unwrap().wait() {
                Ok(receipt) => logged = receipt.number,
                Err(why) => break why,
            }
        };
        assert!(matches!(why, StoreError::Full { .. }), "{why}");
        assert!(logged > 10, "{logged}");
        let again = store.append(decided(logged + 1, &rules)).unwrap().wait().unwrap_err();
        assert!(matches!(again, StoreError::Full { .. }), "{again}");
        assert_eq!(all(&store).len() as u64, logged);
        assert!(store.verify(None).unwrap().is_ok());
        std::fs::remove_file(&filler).unwrap();
        assert_eq!(append(&store, &rules, logged + 1..=logged + 1)[0].number, logged + 1);
        drop(store);
        let store = Store::open(&place, Access::Read).unwrap();
        assert_eq!(store.verify(None).unwrap().unwrap().head.number, logged + 1);
        drop(store);
        // A store that finds no room from the start leaves nothing behind.
        std::fs::write(&filler, vec![1; 3_000_000]).unwrap_err();
        let second = Place::File(folder.path().join("second.db"));
        let why = Store::open(&second, Access::Write).unwrap_err();
        assert!(matches!(why, StoreError::Full { .. }), "{why}");
        let left = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let left: Vec<String> = left.filter(|name| !name.starts_with("log.db")).collect();
        assert_eq!(left, ["filler"]);
    });
    unmount();
    done.unwrap();
}

#[test]
fn a_file_that_may_only_be_read_is_read_and_not_written() {
    let ground = Ground::file();
    let store = ground.open();
    let rules = keep(&store);
    append(&store, &rules, 1..=3);
    drop(store);
    // The system lets root write everything, so somebody else looks.
    let folder = ground.path().parent().unwrap().to_path_buf();
    let allow = |mode: &str, path: &Path| assert!(Command::new("chmod").arg(mode).arg(path).status().unwrap().success());
    allow("0755", &folder);
    allow("0444", &ground.path());
    let program = env!("CARGO_BIN_EXE_accredit");
    let by_nobody = |args: &[&str]| {
        let mut command = Command::new("runuser");
        command.args(["-u", "nobody", "--", program]).args(args).arg("--store").arg(ground.path()).current_dir("/tmp").output()
    };
    if !by_nobody(&["log", "list", "--help"]).is_ok_and(|done| done.status.success()) {
        eprintln!("skipped: the command cannot be run as another user here");
        return;
    }
    let (code, out, err) = said(&by_nobody(&["log", "verify"]).unwrap());
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.contains("in order: 3 entries"), "{out}");
    let (code, _, err) = said(&by_nobody(&["log", "expire", "--older-than", "0d"]).unwrap());
    assert_eq!(code, 2);
    assert!(err.contains("cannot be written"), "{err}");
    assert_eq!(ground.files().len(), 1, "nothing is left beside it");
    let page = Page { from: 0, limit: 9, reference: None, latest: false };
    let entries = ground.open().entries(page).unwrap().wait().unwrap();
    assert!(entries.iter().all(|entry| entry.bytes.is_some()));
}
