//! A process that is killed while it logs: what it was told to be logged is there once, and the chain is valid.
//!
//! In: a child that logs under load, killed at drawn moments; a server that is killed in its place. Out: nothing lost.
//! Owns the killing. `ACCREDIT_STORE_KILLS` says how often, on each database.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use accredit::store::{Access, Page, Place, Store};

use super::ground::Ground;
use super::{decided, keep};
use crate::random::{Rng, seed};

/// How many callers log at the same time.
const CALLERS: u64 = 12;

/// After so many kills the log begins anew, so that it is gone through in a moment.
const FRESH: usize = 10;

fn kills() -> usize {
    std::env::var("ACCREDIT_STORE_KILLS").ok().and_then(|count| count.parse().ok()).unwrap_or(5)
}

/// Names the place to a child.
const PLACE: &str = "ACCREDIT_TEST_PLACE";

#[test]
#[ignore = "the child of the tests below: it logs until it is killed"]
fn logs_until_it_is_killed() {
    let asked = std::env::var(PLACE).unwrap();
    let [place, rules, life] = asked.split('|').collect::<Vec<_>>().try_into().unwrap();
    let place = if place.starts_with("postgres") { Place::database(place).unwrap() } else { Place::File(place.into()) };
    let store = Store::open(&place, Access::Write).unwrap();
    let out = Mutex::new(std::io::stdout());
    std::thread::scope(|scope| {
        for caller in 0..CALLERS {
            let (store, out) = (&store, &out);
            scope.spawn(move || {
                for at in 0.. {
                    let mut entry = decided(at, rules);
                    let name = format!("{life}-{caller}-{at}");
                    entry.reference = Some(name.clone());
                    match store.append(entry).unwrap().wait() {
                        Ok(receipt) => {
                            let line = format!("logged {} {name}\n", receipt.number);
                            out.lock().unwrap().write_all(line.as_bytes()).unwrap();
                        }
                        Err(why) => eprintln!("{why}"),
                    }
                }
            });
        }
    });
}

fn child(ground: &Ground, rules: &str, life: usize) -> Child {
    let [_, place] = ground.options();
    Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture", "store::kills::logs_until_it_is_killed"])
        .env(PLACE, format!("{place}|{rules}|{life}"))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Takes what a child says until it ends; a line that was cut short says nothing.
fn heard(child: &mut Child, told: &Arc<Mutex<HashMap<String, u64>>>) -> std::thread::JoinHandle<()> {
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let told = Arc::clone(told);
    std::thread::spawn(move || {
        let mut line = Vec::new();
        while lines.read_until(b'\n', &mut line).unwrap() > 0 {
            let text = String::from_utf8_lossy(&line).into_owned();
            let told_of = text.strip_prefix("logged ").and_then(|rest| rest.strip_suffix('\n')?.split_once(' '));
            if let Some((number, name)) = told_of {
                told.lock().unwrap().insert(name.to_owned(), number.parse().unwrap());
            }
            line.clear();
        }
    })
}

/// Everything that was told is there once, under its number, and the chain is valid. Says how many entries there are.
fn check(ground: &Ground, told: &HashMap<String, u64>) -> u64 {
    let store = Store::open(&ground.place, Access::Read).unwrap();
    let verified = store.verify(None).unwrap().unwrap();
    let mut found: HashMap<String, u64> = HashMap::new();
    let mut from = 0;
    loop {
        let page = Page { from, limit: 5_000, reference: None, latest: false };
        let entries = store.entries(page).unwrap().wait().unwrap();
        let Some(last) = entries.last() else { break };
        from = last.number;
        for entry in entries {
            let name = entry.reference.unwrap();
            assert_eq!(found.insert(name.clone(), entry.number), None, "{name} is there twice");
        }
    }
    for (name, number) in told {
        assert_eq!(found.get(name), Some(number), "{name} was acknowledged");
    }
    // A server may still finish what a killed process asked for last.
    assert!(verified.head.number <= found.len() as u64);
    verified.head.number
}

/// Kills a child, or where `of_server` says so the server before it, at drawn moments; says how many decisions were acknowledged.
fn killed(fresh: impl Fn() -> Ground, of_server: impl Fn(usize) -> bool) -> usize {
    let mut rng = Rng::new(seed() ^ 0x6b69_6c6c);
    let (mut acknowledged, mut entries, mut round) = (0, 0, 0);
    while round < kills() {
        let ground = fresh();
        let rules = keep(&ground.open());
        let told = Arc::new(Mutex::new(HashMap::new()));
        for _ in 0..FRESH.min(kills() - round) {
            let mut child = child(&ground, &rules, round);
            let hearing = heard(&mut child, &told);
            std::thread::sleep(Duration::from_millis(rng.between(1, 400) as u64));
            if let Some((server, _)) = ground.server.as_ref().filter(|_| of_server(round)) {
                server.kill();
                server.up();
                // The child finds it again and goes on.
                let before = told.lock().unwrap().len();
                for _ in 0..1_000 {
                    if told.lock().unwrap().len() > before || child.try_wait().unwrap().is_some() {
                        break;
                    }
                    std::thread::sleep(Duration::from_millis(10));
                }
            }
            child.kill().unwrap();
            child.wait().unwrap();
            hearing.join().unwrap();
            entries = check(&ground, &told.lock().unwrap());
            round += 1;
        }
        acknowledged += told.lock().unwrap().len();
    }
    eprintln!("{round} kills: {acknowledged} decisions acknowledged, none lost, none twice; {entries} entries in the last log");
    acknowledged
}

#[test]
fn killing_the_process_loses_nothing_in_a_file() {
    assert!(killed(Ground::file, |_| false) > 0);
}

#[test]
fn killing_process_or_server_in_turn_loses_nothing_in_a_database() {
    let Some(first) = Ground::own_server() else { return };
    let server = &first.server.as_ref().unwrap().0;
    assert!(killed(|| Ground::database(Arc::clone(server)), |round| round % 2 == 1) > 0);
}
