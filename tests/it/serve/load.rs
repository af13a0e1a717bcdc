//! Many requests at once: a steady rate, each decision logged, and more than the server can do.
//!
//! In: `ACCREDIT_LOAD_RATE` checks a second (20) for `ACCREDIT_LOAD_SECONDS` (2), `ACCREDIT_FLOOD_SECONDS` (1) of overload.
//! Out: times and memory, printed; what fails is an answer that is wrong, a decision that is lost, a server that is down.
//! Owns no bound on time: the machine may be busy.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::client::Server;

/// A typical account.
const ACCOUNT: &str = include_str!("../../../benches/account.json");

fn count(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().map_or(usual, |count| count.parse().unwrap())
}

/// A connection that is kept.
struct Line {
    stream: BufReader<TcpStream>,
    request: Vec<u8>,
}

/// What came back.
struct Back {
    status: u16,
    entry: Option<u64>,
    close: bool,
}

impl Line {
    fn open(server: &Server) -> Self {
        let stream = TcpStream::connect(&server.address).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let head = format!(
            "POST /v1/check HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            server.address,
            ACCOUNT.len()
        );
        Self { stream: BufReader::new(stream), request: [head.as_bytes(), ACCOUNT.as_bytes()].concat() }
    }

    fn send(&mut self) -> std::io::Result<Back> {
        self.stream.get_mut().write_all(&self.request)?;
        let mut back = Back { status: 0, entry: None, close: false };
        let mut length = 0;
        loop {
            let mut line = String::new();
            if self.stream.read_line(&mut line)? == 0 {
                return Err(std::io::Error::other("the connection was closed"));
            }
            let line = line.trim_end();
            if line.is_empty() {
                break;
            }
            if let Some(status) = line.strip_prefix("HTTP/1.1 ") {
                back.status = status[..3].parse().unwrap();
            } else if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.parse().unwrap();
            } else if let Some(value) = line.strip_prefix("accredit-entry: ") {
                back.entry = Some(value.parse().unwrap());
            } else if line == "connection: close" {
                back.close = true;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        if back.status == 200 {
            assert!(body.starts_with(b"{\"schema\":1,") && body.ends_with(b"}\n"), "an answer is whole");
        }
        Ok(back)
    }
}

/// Memory of a process in MB.
fn memory(server: &Server) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}

fn at(sorted: &[Duration], share: f64) -> f64 {
    let index = ((sorted.len() as f64 * share) as usize).min(sorted.len() - 1);
    sorted[index].as_secs_f64() * 1000.0
}

#[test]
fn a_steady_rate_is_answered_and_every_answer_is_logged() {
    let (rate, seconds) = (count("ACCREDIT_LOAD_RATE", 20), count("ACCREDIT_LOAD_SECONDS", 2));
    let server = Server::start(&[]);
    let total = rate * seconds;
    const LINES: u64 = 16;
    let mut before = 0.0;
    let begun = Instant::now() + Duration::from_millis(200);
    let (mut times, mut entries, mut other) = (Vec::new(), BTreeSet::new(), BTreeMap::<u16, u64>::new());
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..LINES)
            .map(|own| {
                let server = &server;
                scope.spawn(move || {
                    let mut line = Line::open(server);
                    let mut told = Vec::new();
                    for number in (own..total).step_by(LINES as usize) {
                        // The time counts from when the request was due, so that a server that stalls hides nothing.
                        let due = begun + Duration::from_nanos(number * 1_000_000_000 / rate);
                        std::thread::sleep(due.saturating_duration_since(Instant::now()));
                        let back = line.send().unwrap();
                        told.push((due.elapsed(), back));
                    }
                    told
                })
            })
            .collect();
        std::thread::sleep(Duration::from_secs(seconds) / 3);
        before = memory(&server);
        for (time, back) in clients.into_iter().flat_map(|client| client.join().unwrap()) {
            if back.status == 200 {
                assert!(entries.insert(back.entry.expect("an answer has an entry in the log")), "an entry stands twice");
                times.push(time);
            } else {
                *other.entry(back.status).or_default() += 1;
            }
        }
    });
    times.sort();
    println!(
        "{rate} checks a second for {seconds} s, logged: {} answered, others {other:?}; p50 {:.1} ms, p99 {:.1} ms, most {:.1} ms; \
         memory {before:.0} MB after a third, {:.0} MB at the end",
        times.len(),
        at(&times, 0.5),
        at(&times, 0.99),
        at(&times, 1.0),
        memory(&server)
    );
    assert!(other.keys().all(|status| *status == 503), "{other:?}");
    let entries: Vec<u64> = entries.into_iter().collect();
    assert_eq!(entries, (1..=entries.len() as u64).collect::<Vec<u64>>(), "entries are numbered without gaps");
}

#[test]
fn more_than_the_server_can_do_is_refused_at_once_and_it_goes_on() {
    let seconds = count("ACCREDIT_FLOOD_SECONDS", 1);
    let server = Server::start(&[]);
    let until = Instant::now() + Duration::from_secs(seconds);
    let mut statuses = BTreeMap::<u16, Vec<Duration>>::new();
    let mut entries = BTreeSet::new();
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..200)
            .map(|_| {
                let server = &server;
                scope.spawn(move || {
                    let mut line = Line::open(server);
                    let mut told = Vec::new();
                    while Instant::now() < until {
                        let sent = Instant::now();
                        let back = line.send().unwrap();
                        if back.close {
                            line = Line::open(server);
                        }
                        told.push((sent.elapsed(), back));
                    }
                    told
                })
            })
            .collect();
        for (time, back) in clients.into_iter().flat_map(|client| client.join().unwrap()) {
            statuses.entry(back.status).or_default().push(time);
            if let Some(entry) = back.entry {
                assert!(back.status == 200 && entries.insert(entry), "an entry stands twice");
            }
        }
    });
    for (status, times) in &mut statuses {
        times.sort();
        println!(
            "200 clients without pause for {seconds} s: {} times {status}, p50 {:.1} ms, p99 {:.1} ms",
            times.len(),
            at(times, 0.5),
            at(times, 0.99)
        );
    }
    println!("memory {:.0} MB", memory(&server));
    assert!(statuses.keys().all(|status| matches!(status, 200 | 503)), "{:?}", statuses.keys());
    assert!(statuses.contains_key(&200) && statuses.contains_key(&503), "{:?}", statuses.keys());
    assert_eq!(Line::open(&server).send().unwrap().status, 200, "it is up and answers");
}
