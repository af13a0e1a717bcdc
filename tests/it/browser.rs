//! The workbench in a real browser: Chromium drives every page, with and without scripting and by keyboard alone.
//!
//! In: the command's own server as a process; the script in `tests/browser/`. Out: what the script found wrong.
//! Owns the server's start and end. Where Chromium, Node.js or the script's modules are absent it says so and is skipped,
//! unless `ACCREDIT_PEERS` names `browser`.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use accredit::RuleSet;
use accredit::store::{Access, Place, Store};

use crate::command::scratch;
use crate::serve::security::token;

/// A server of its own, on a free port of this machine.
pub struct Server {
    child: Child,
    /// `http://127.0.0.1:PORT`
    pub base: String,
}

impl Server {
    pub fn start() -> Self {
        Self::with(&[])
    }

    /// With further arguments, and a store that keeps other rules from before.
    fn with(arguments: &[&str]) -> Self {
        static STORES: AtomicUsize = AtomicUsize::new(0);
        let store = scratch(&format!("pages-{}.db", STORES.fetch_add(1, Ordering::Relaxed)), b"");
        std::fs::remove_file(&store).unwrap();
        keep_former(&store);
        let mut child = Command::new(env!("CARGO_BIN_EXE_accredit"))
            .args(["serve", "--listen", "127.0.0.1:0", "--store", &store.to_string_lossy()])
            .args(arguments)
            .current_dir(std::env::temp_dir())
            .env_remove("ACCREDIT_RULES")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let base = lines
            .by_ref()
            .map(Result::unwrap)
            .find_map(|line| line.find("http://").map(|at| line[at..].split(['"', ' ']).next().unwrap().to_owned()))
            .expect("the server says where it listens");
        // A server whose messages nobody reads would stop once the pipe is full.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, base: base.trim_end_matches('/').to_owned() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Keeps rules by which one credit is earned in fewer days.
fn keep_former(store: &Path) {
    let mut texts = crate::library::rule_files(".terms");
    let (_, text) = texts.iter_mut().find(|(name, _)| name.ends_with("woocommerce.terms")).unwrap();
    let former = text.replace("value woocommerce_days 30 days", "value woocommerce_days 21 days");
    assert_ne!(*text, former);
    *text = former;
    let store = Store::open(&Place::File(store.to_owned()), Access::Write).unwrap();
    // 3 March 2026, at noon.
    store.keep_rules(&RuleSet::read(texts).unwrap(), 1_772_539_200_000).unwrap().wait().unwrap();
}

fn found(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|file| file.is_file())
}

#[test]
fn every_page_works_in_a_browser() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = root.join("tests/browser");
    let node = found(&["node"]);
    let chromium = found(&["chromium", "chromium-browser"]);
    let (Some(node), Some(chromium), true) = (node, chromium, folder.join("node_modules").is_dir()) else {
        let required = std::env::var("ACCREDIT_PEERS").is_ok_and(|peers| peers.split(',').any(|peer| peer == "browser"));
        assert!(!required, "Chromium, Node.js or tests/browser/node_modules is not there: `.ci/peers browser` installs them");
        eprintln!("skipped: Chromium, Node.js or tests/browser/node_modules is not there (`.ci/peers browser`)");
        return;
    };
    let server = Server::start();
    let (token, line) = token("ana", "rep");
    let tokens = scratch("browser-tokens", line.as_bytes());
    let closed = Server::with(&["--tokens", &tokens.to_string_lossy()]);
    let files = root.join("target/browser");
    let mut script = Command::new(node);
    script.arg("run.mjs").current_dir(&folder).env("BASE", &server.base).env("CHROMIUM", chromium);
    script.env("LOGIN", &closed.base).env("TOKEN", token);
    script.env("FILES", &files).env("ROOT", root).env_remove("SHOTS").env_remove("ONLY");
    if std::env::var_os("ACCREDIT_SHOTS").is_some() {
        script.env("SHOTS", &files);
    }
    let output = script.output().unwrap();
    let figures = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}{figures}", String::from_utf8_lossy(&output.stderr));
    println!("{figures}");
    for name in ["agency", "agency-without-scripting"] {
        saved_case_passes(&files.join(format!("{name}.cases.yaml")));
    }
}

/// A case that was saved from a page is one that `accredit test` reads and finds right.
fn saved_case_passes(file: &Path) {
    let rules = tempfile::tempdir().unwrap();
    for (name, text) in crate::library::rule_files(".terms") {
        std::fs::write(rules.path().join(Path::new(&name).file_name().unwrap()), text).unwrap();
    }
    std::fs::copy(file, rules.path().join("saved.cases.yaml")).unwrap();
    let output = crate::command::accredit(&["test", "--rules", rules.path().to_str().unwrap()], "");
    let (code, out, err) = crate::command::said(&output);
    assert_eq!(code, 0, "{out}{err}");
    assert!(out.contains("1 case") || err.contains("1 case"), "{out}{err}");
}
