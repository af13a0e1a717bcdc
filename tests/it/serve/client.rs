//! A server in a process of its own, and requests to it over a real socket.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::command::scratch;

/// A running server. It is killed when the test ends.
pub struct Server {
    child: Child,
    /// `127.0.0.1:port`.
    pub address: String,
    log: Arc<Mutex<String>>,
}

/// A response.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Whether the body came to its end.
    pub whole: bool,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// A problem of this status, in its own media type, with the status in its body.
    pub fn problem(&self, status: u16) -> serde_json::Value {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        let problem = self.json();
        assert_eq!(problem["status"], status);
        assert!(problem["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{problem}");
        problem
    }
}

/// A request to be sent.
#[derive(Clone, Default)]
pub struct Sent<'a> {
    pub method: &'a str,
    pub path: &'a str,
    pub headers: Vec<(&'a str, &'a str)>,
    pub body: &'a [u8],
}

impl Server {
    /// Starts a server on a free port with these further arguments; the rules are those of the repository.
    pub fn start(arguments: &[&str]) -> Self {
        let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
        Self::with_rules(&rules, arguments)
    }

    pub fn with_rules(rules: &Path, arguments: &[&str]) -> Self {
        static STORES: AtomicUsize = AtomicUsize::new(0);
        let store = scratch(&format!("serve-{}.db", STORES.fetch_add(1, Ordering::Relaxed)), b"");
        std::fs::remove_file(&store).unwrap();
        Self::on(rules, &["--store".to_owned(), store.to_string_lossy().into_owned()], arguments)
    }

    /// With a store at the place that these options name.
    pub fn on(rules: &Path, store: &[String; 2], arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_accredit"))
            .arg("--rules")
            .arg(rules)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(store)
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let (lines, kept) = (BufReader::new(child.stderr.take().unwrap()), Arc::clone(&log));
        std::thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                let mut kept = kept.lock().unwrap();
                kept.push_str(&line);
                kept.push('\n');
            }
        });
        let mut first = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        let address = first.trim().strip_prefix("listening on http://");
        let address = address.unwrap_or_else(|| panic!("{first}{}", log.lock().unwrap())).to_owned();
        Self { child, address, log }
    }

    /// What it logged so far.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send(&Sent { method: "GET", path, ..Sent::default() })
    }

    pub fn post(&self, path: &str, kind: &str, body: impl AsRef<[u8]>) -> Answer {
        self.send(&Sent { method: "POST", path, headers: vec![("content-type", kind)], body: body.as_ref() })
    }

    pub fn send(&self, sent: &Sent<'_>) -> Answer {
        self.try_send(sent).unwrap()
    }

    pub fn try_send(&self, sent: &Sent<'_>) -> std::io::Result<Answer> {
        let mut stream = self.connect();
        let mut head = format!("{} {} HTTP/1.1\r\nconnection: close\r\n", sent.method, sent.path);
        if !sent.headers.iter().any(|(name, _)| *name == "host") {
            head.push_str(&format!("host: {}\r\n", self.address));
        }
        sent.headers.iter().for_each(|(name, value)| head.push_str(&format!("{name}: {value}\r\n")));
        if !sent.body.is_empty() || sent.method == "POST" || sent.method == "PUT" {
            head.push_str(&format!("content-length: {}\r\n", sent.body.len()));
        }
        head.push_str("\r\n");
        stream.write_all(head.as_bytes())?;
        // A server that refuses a body may close before it has all of it.
        let mut writer = stream.try_clone()?;
        let body = sent.body.to_vec();
        let writing = std::thread::spawn(move || drop(writer.write_all(&body)));
        let answer = read(&mut stream);
        writing.join().unwrap();
        answer
    }

    /// A connection on which a test writes what it wants.
    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream
    }

    /// Asks the process to stop, and waits until it has.
    pub fn stop(mut self) -> std::process::ExitStatus {
        let told = Command::new("kill").arg(self.id().to_string()).status().unwrap();
        assert!(told.success());
        self.child.wait().unwrap()
    }

    pub fn hang_up(&self) {
        assert!(Command::new("kill").args(["-HUP", &self.id().to_string()]).status().unwrap().success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Reads a response to its end.
pub fn read(stream: &mut TcpStream) -> std::io::Result<Answer> {
    let mut bytes = Vec::new();
    let mut piece = [0; 16 * 1024];
    let broken = loop {
        match stream.read(&mut piece) {
            Ok(0) => break false,
            Ok(count) => bytes.extend_from_slice(&piece[..count]),
            Err(_) if !bytes.is_empty() => break true,
            Err(error) => return Err(error),
        }
    };
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
    let end = end.ok_or_else(|| std::io::Error::other(format!("no head in {} bytes", bytes.len())))?;
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers: Vec<(String, String)> = lines
        .map(|line| line.split_once(':').unwrap())
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let raw = &bytes[end + 4..];
    let chunked = headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
    let (body, whole) = if chunked { unchunked(raw) } else { (raw.to_vec(), !broken) };
    Ok(Answer { status, headers, body, whole })
}

fn unchunked(mut raw: &[u8]) -> (Vec<u8>, bool) {
    let mut body = Vec::new();
    loop {
        let Some(end) = raw.windows(2).position(|window| window == b"\r\n") else { return (body, false) };
        let size = usize::from_str_radix(std::str::from_utf8(&raw[..end]).unwrap().trim(), 16).unwrap();
        raw = &raw[end + 2..];
        if size == 0 {
            return (body, true);
        }
        if raw.len() < size + 2 {
            return (body, false);
        }
        body.extend_from_slice(&raw[..size]);
        raw = &raw[size + 2..];
    }
}
