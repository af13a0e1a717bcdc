//! Engines of other people, as processes: they load tables, run queries and hand back rows.
//!
//! In: tables of rows and queries. Out: the rows of each result, as texts.
//! Owns their start and end; each has a scratch folder of its own and listens to nobody else. Says in one word that a peer is
//! not installed; it never guesses an answer.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use accredit::sql::Dialect;

use super::table::{Cell, Row};

/// A table with its rows.
pub struct Table<'r> {
    pub name: String,
    /// Columns with the types that they have here.
    pub columns: Vec<(String, &'static str)>,
    pub rows: Vec<&'r Row>,
}

/// Rows of a result.
pub type Rows = Vec<Vec<Option<String>>>;

/// A peer that is up.
pub trait Peer {
    fn dialect(&self) -> Dialect;
    /// Loads the tables, runs the statements, then each query.
    fn run(&mut self, tables: &[Table<'_>], statements: &[String], queries: &[String]) -> Vec<Rows>;
}

// -------------------------------------------------------------------- PostgreSQL

/// A PostgreSQL server in a scratch folder, on a Unix socket only, owned by a user that is not root.
pub struct Postgres {
    bin: PathBuf,
    folder: tempfile::TempDir,
    /// The user whose server it is, where the tests run as root.
    user: Option<&'static str>,
    jobs: usize,
}

fn found(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// The folder of the server's programs.
fn postgres_bin() -> Option<PathBuf> {
    let installed = std::fs::read_dir("/usr/lib/postgresql").ok();
    let mut folders: Vec<PathBuf> =
        installed.into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path().join("bin"))).collect();
    folders.sort();
    folders.extend(found("initdb").and_then(|file| Some(file.parent()?.to_path_buf())));
    folders.into_iter().rev().find(|folder| folder.join("initdb").is_file() && folder.join("psql").is_file())
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout.starts_with(b"0\n"))
}

impl Postgres {
    /// Starts a server; nothing where none is installed.
    pub fn start() -> Option<Self> {
        let bin = postgres_bin()?;
        let folder = tempfile::Builder::new().prefix("accredit-pg").tempdir_in("/tmp").unwrap();
        let user = is_root().then_some("postgres");
        if let Some(user) = user {
            let done = Command::new("chown").arg(user).arg(folder.path()).status().unwrap();
            assert!(done.success(), "the folder cannot be given to {user}");
        }
        let server = Self { bin, folder, user, jobs: 0 };
        let data = server.folder.path().join("data");
        server.call(
            "initdb",
            &["-A", "trust", "-U", "accredit", "-E", "UTF8", "--locale=C", "-N", "-D", &data.to_string_lossy()],
        );
        server.up();
        Some(server)
    }

    /// Starts the server on its data; one that was killed may leave processes that end in a moment.
    pub fn up(&self) {
        let folder = self.folder.path();
        let options = format!(
            "-c listen_addresses= -c unix_socket_directories={} -c fsync=off -c full_page_writes=off -c jit=off",
            folder.display()
        );
        let (data, log) = (folder.join("data"), folder.join("log"));
        let (data, log) = (data.to_string_lossy(), log.to_string_lossy());
        let mut tries = 0;
        while let Err(why) = self.tried("pg_ctl", &["start", "-w", "-s", "-D", &data, "-o", &options, "-l", &log]) {
            tries += 1;
            assert!(tries < 100, "pg_ctl: {why}");
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
    }

    /// Kills the server as a failing machine would.
    pub fn kill(&self) {
        let pid = std::fs::read_to_string(self.folder.path().join("data/postmaster.pid")).unwrap();
        let pid = pid.lines().next().unwrap().to_owned();
        assert!(Command::new("kill").args(["-9", &pid]).status().unwrap().success());
        while Path::new("/proc").join(&pid).exists() {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    }

    /// Makes an empty database and says its address.
    pub fn database(&self, name: &str) -> String {
        let folder = self.folder.path().to_string_lossy().into_owned();
        self.call("createdb", &["-h", &folder, "-U", "accredit", name]);
        format!("postgres://accredit@{}/{name}", folder.replace('/', "%2F"))
    }

    fn command(&self, program: &str) -> Command {
        let program = self.bin.join(program);
        let mut command = match self.user {
            None => Command::new(program),
            Some(user) => {
                let mut command = Command::new("runuser");
                command.args(["-u", user, "--"]).arg(program);
                command
            }
        };
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }

    fn call(&self, program: &str, args: &[&str]) {
        self.tried(program, args).unwrap_or_else(|why| panic!("{program}: {why}"));
    }

    /// Runs a program; what it said is in a file, for a server that it starts would keep a pipe open.
    fn tried(&self, program: &str, args: &[&str]) -> Result<(), String> {
        let mut said = tempfile::NamedTempFile::new().unwrap();
        let out = said.as_file().try_clone().unwrap();
        let done = self.command(program).args(args).stdout(out.try_clone().unwrap()).stderr(out).status().unwrap();
        let mut text = String::new();
        std::io::Seek::rewind(&mut said).unwrap();
        std::io::Read::read_to_string(&mut said, &mut text).unwrap();
        if done.success() { Ok(()) } else { Err(text) }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let data = self.folder.path().join("data");
        drop(self.command("pg_ctl").args(["stop", "-s", "-m", "immediate", "-D"]).arg(data).status());
    }
}

/// A cell of PostgreSQL's text form for copying.
fn copied(cell: Option<&Cell>) -> String {
    let escaped = |text: &str| text.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n").replace('\r', "\\r");
    match cell {
        None => "\\N".to_owned(),
        Some(Cell::Bool(holds)) => holds.to_string(),
        Some(Cell::Date(text) | Cell::Number(text) | Cell::Text(text)) => escaped(text),
        Some(Cell::Words(words)) => {
            let quoted: Vec<String> =
                words.iter().map(|word| format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\""))).collect();
            escaped(&format!("{{{}}}", quoted.join(",")))
        }
    }
}

/// A text without the escapes of a copy.
fn unescaped(cell: &str) -> String {
    let (mut text, mut letters) = (String::new(), cell.chars());
    while let Some(letter) = letters.next() {
        text.push(match letter {
            '\\' => match letters.next() {
                Some('t') => '\t',
                Some('n') => '\n',
                Some('r') => '\r',
                other => other.unwrap_or('\\'),
            },
            plain => plain,
        });
    }
    text
}

/// Rows of tab-separated texts in which `\N` is nothing.
fn rows(text: &str) -> Rows {
    let cell = |cell: &str| (cell != "\\N").then(|| unescaped(cell));
    text.lines().map(|line| line.split('\t').map(cell).collect()).collect()
}

impl Peer for Postgres {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn run(&mut self, tables: &[Table<'_>], statements: &[String], queries: &[String]) -> Vec<Rows> {
        self.jobs += 1;
        let place = |name: &str| self.folder.path().join(format!("{}-{name}", self.jobs));
        let mut script = "BEGIN;\n".to_owned();
        let mut files = Vec::new();
        for table in tables {
            let columns: Vec<String> = table.columns.iter().map(|(name, ty)| format!("\"{name}\" {ty}")).collect();
            let mut text = String::new();
            for row in &table.rows {
                let cells: Vec<String> = table.columns.iter().map(|(name, _)| copied(row.get(name))).collect();
                let _ = writeln!(text, "{}", cells.join("\t"));
            }
            let file = place(&table.name);
            std::fs::write(&file, text).unwrap();
            let _ = writeln!(script, "CREATE TABLE \"{}\" (\n{}\n);", table.name, columns.join(",\n"));
            let _ = writeln!(script, "COPY \"{}\" FROM '{}';", table.name, file.display());
            files.push(file);
        }
        statements.iter().for_each(|statement| script += &format!("{statement};\n"));
        let mut outputs = Vec::new();
        for (at, query) in queries.iter().enumerate() {
            let file = place(&format!("out{at}"));
            let _ = writeln!(script, "COPY ({query}) TO '{}';", file.display());
            outputs.push(file);
        }
        script += "ROLLBACK;\n";
        let file = place("script.sql");
        std::fs::write(&file, script).unwrap();
        let socket = self.folder.path().to_string_lossy().into_owned();
        let script = file.to_string_lossy().into_owned();
        self.call(
            "psql",
            &["-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", &socket, "-U", "accredit", "-d", "postgres", "-f", &script],
        );
        let made = outputs.iter().map(|file| rows(&std::fs::read_to_string(file).unwrap())).collect();
        files.iter().chain(&outputs).chain([&file]).for_each(|file| drop(std::fs::remove_file(file)));
        made
    }
}

// -------------------------------------------------------------------- DuckDB and Spark, driven by a script

/// An engine that a Python script drives: it reads the path of a job a line, and answers with a line when it is done.
pub struct Scripted {
    dialect: Dialect,
    child: Child,
    answers: BufReader<std::process::ChildStdout>,
    folder: tempfile::TempDir,
    jobs: usize,
}

impl Scripted {
    /// Starts the script with the interpreter that a variable names; nothing where it names none.
    pub fn start(dialect: Dialect, variable: &str, script: &str) -> Option<Self> {
        let python = std::env::var_os(variable)?;
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers").join(script);
        let mut child =
            Command::new(python).arg("-u").arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let answers = BufReader::new(child.stdout.take().unwrap());
        Some(Self { dialect, child, answers, folder: tempfile::tempdir().unwrap(), jobs: 0 })
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        drop(self.child.wait());
    }
}

impl Peer for Scripted {
    fn dialect(&self) -> Dialect {
        self.dialect
    }

    fn run(&mut self, tables: &[Table<'_>], statements: &[String], queries: &[String]) -> Vec<Rows> {
        self.ask(tables, serde_json::json!({ "statements": statements, "queries": queries }))
    }
}

impl Scripted {
    /// Submits a script to the cluster: it reads each table as Parquet, the first as the accounts, the others as records.
    pub fn submit(&mut self, script: &Path, arguments: &[String], tables: &[Table<'_>], queries: &[String]) -> Vec<Rows> {
        let submit = serde_json::json!({ "script": script, "arguments": arguments });
        self.ask(tables, serde_json::json!({ "statements": [], "queries": queries, "submit": submit }))
    }

    fn ask(&mut self, tables: &[Table<'_>], mut job: serde_json::Value) -> Vec<Rows> {
        self.jobs += 1;
        let place = |name: &str| self.folder.path().join(format!("{}-{name}", self.jobs));
        let mut files = Vec::new();
        let mut listed = Vec::new();
        for table in tables {
            let mut text = String::new();
            for row in &table.rows {
                let cells = table.columns.iter().map(|(name, _)| match row.get(name) {
                    None => serde_json::Value::Null,
                    Some(Cell::Bool(holds)) => serde_json::json!(holds.to_string()),
                    Some(Cell::Date(text) | Cell::Number(text) | Cell::Text(text)) => serde_json::json!(text),
                    Some(Cell::Words(words)) => serde_json::json!(words),
                });
                let cells: Vec<serde_json::Value> = cells.collect();
                let _ = writeln!(text, "{}", serde_json::Value::Array(cells));
            }
            let file = place(&table.name);
            std::fs::write(&file, text).unwrap();
            listed.push(serde_json::json!({ "name": table.name, "columns": table.columns, "rows": file }));
            files.push(file);
        }
        let count = job["queries"].as_array().map_or(0, Vec::len);
        let outputs: Vec<PathBuf> = (0..count).map(|at| place(&format!("out{at}"))).collect();
        job["tables"] = listed.into();
        job["outputs"] = serde_json::json!(outputs);
        let file = place("job.json");
        std::fs::write(&file, job.to_string()).unwrap();
        writeln!(self.child.stdin.as_mut().unwrap(), "{}", file.display()).unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        assert_eq!(answer.trim(), "done", "{} could not run {}", self.dialect.name(), file.display());
        let made = outputs.iter().map(|file| rows(&std::fs::read_to_string(file).unwrap())).collect();
        files.iter().chain(&outputs).chain([&file]).for_each(|file| drop(std::fs::remove_file(file)));
        made
    }
}
