//! Files that appear whole: parts beside the output until a run has ended, and a note of how far it got.
//!
//! In: encoded chunks. Out: the output, and a file of problems where there are some.
//! Owns when what is on the disk. A run that was killed leaves its parts, from which another run goes on.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::super::Failure;
use super::super::replace::{sync_folder, whole};
use crate::report::Tally;
use crate::screen::Encoded;
use crate::screen::write::{join_parquet, problem_rows};

/// So many chunks are written between two notes of how far a run got.
const NOTED_EVERY: u64 = 16;

/// What stands above problems.
const PROBLEM_HEAD: &[u8] = b"file,row,column,value,reason,help\n";

/// What a run is about; another run goes on from its parts only if nothing of it changed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Identity {
    /// Digest of the rules.
    pub(super) rules: String,
    /// The day of the check.
    pub(super) as_of: Option<String>,
    /// How tables are read.
    pub(super) mapping: String,
    /// What was asked for.
    pub(super) asked: String,
}

/// How many bytes of a table were read, from its beginning, and their digest.
pub(super) type Noted = (u64, String);

/// Says what of the tables is not what was noted of them.
pub(super) type Changed<'a> = &'a dyn Fn(&[Noted]) -> Result<Option<String>, Failure>;

/// Brings what is noted of the tables up to date.
pub(super) type Grown<'a> = &'a dyn Fn(&mut [Noted]);

/// How far a run got.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Reached {
    identity: Identity,
    tables: Vec<Noted>,
    /// Were the tables beside the accounts brought into their order on the disk?
    spilled: bool,
    chunks: u64,
    /// The length of the part of results after each chunk that is a file of its own; else only the last.
    ends: Vec<u64>,
    bytes: u64,
    problem_bytes: u64,
    tally: Tally,
    /// The ending of the file that becomes the output, once nothing is left to do but to give files their names.
    ended: Option<String>,
}

/// The parts of one run.
pub(super) struct Parts {
    path: PathBuf,
    results: File,
    problems: File,
    head: Vec<u8>,
    reached: Reached,
}

/// A run that begins or goes on.
pub(super) enum Opened {
    /// There is something left to decide.
    Parts(Box<Parts>),
    /// All was decided before, and the files have their names.
    Ended(Box<Tally>),
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    path.with_file_name(name)
}

/// Where the problems of an output stand.
pub(super) fn problems_of(path: &Path) -> PathBuf {
    beside(path, ".problems.csv")
}

fn cannot(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Told(format!("cannot write `{}`: {error}", path.display()))
}

/// How far an earlier run into the same output got, if it left a note that can be read.
fn earlier(path: &Path) -> Result<Reached, Failure> {
    let note = beside(path, ".progress");
    let text = std::fs::read_to_string(&note).map_err(|_| {
        Failure::Told(format!("there is nothing to go on from: `{}` is not there; leave --resume out", note.display()))
    })?;
    serde_json::from_str(&text)
        .map_err(|error| Failure::Told(format!("`{}` cannot be read: {error}; leave --resume out", note.display())))
}

impl Parts {
    /// Begins a run. `head` stands before the first chunk.
    pub(super) fn begin(
        path: &Path,
        identity: Identity,
        tables: Vec<Noted>,
        head: &[u8],
        spilled: bool,
    ) -> Result<Self, Failure> {
        if path.is_dir() {
            return Err(Failure::Told(format!("`{}` is a folder: name a file", path.display())));
        }
        // A run that ended before its files had their names has left problems beside an older output.
        if let Ok(reached) = earlier(path)
            && reached.ended.is_some()
        {
            settle(path, &reached)?;
        }
        drop(std::fs::remove_file(beside(path, ".progress")));
        let create = |ending: &str, head: &[u8]| {
            let part = beside(path, ending);
            let options = OpenOptions::new().read(true).write(true).create(true).truncate(true).open(&part);
            let mut file = options.map_err(|error| cannot(&part, &error))?;
            file.write_all(head).map_err(|error| cannot(&part, &error))?;
            Ok::<_, Failure>(file)
        };
        let reached = Reached {
            identity,
            tables,
            spilled,
            chunks: 0,
            ends: Vec::new(),
            bytes: head.len() as u64,
            problem_bytes: PROBLEM_HEAD.len() as u64,
            tally: Tally::default(),
            ended: None,
        };
        let (results, problems) = (create(".part", head)?, create(".problems.part", PROBLEM_HEAD)?);
        let mut parts = Self { path: path.to_path_buf(), results, problems, head: head.to_vec(), reached };
        parts.note().map_err(|error| cannot(path, &error))?;
        Ok(parts)
    }

    /// Begins again, because the tables turned out not to be sorted.
    pub(super) fn anew(self) -> Result<Self, Failure> {
        Self::begin(&self.path, self.reached.identity, self.reached.tables, &self.head, true)
    }

    /// Goes on with a run that was stopped; `changed` says what of the tables is not what was noted of them.
    pub(super) fn resume(path: &Path, identity: &Identity, changed: Changed<'_>, head: &[u8]) -> Result<Opened, Failure> {
        let reached = earlier(path)?;
        let same = [
            ("the rules", reached.identity.rules == identity.rules),
            ("the day of the check", reached.identity.as_of == identity.as_of),
            ("the mapping", reached.identity.mapping == identity.mapping),
            ("what is asked for", reached.identity.asked == identity.asked),
        ];
        let what = same.iter().find(|(_, same)| !same).map(|(what, _)| (*what).to_owned());
        if let Some(what) = what.map_or_else(|| changed(&reached.tables), |what| Ok(Some(what)))? {
            return Err(Failure::Told(format!(
                "the run cannot go on, because {what} changed since; leave --resume out to begin anew"
            )));
        }
        if reached.ended.is_some() {
            settle(path, &reached)?;
            return Ok(Opened::Ended(Box::new(reached.tally)));
        }
        let open = |ending: &str, length: u64| {
            let part = beside(path, ending);
            let mut file = OpenOptions::new().read(true).write(true).open(&part).map_err(|error| cannot(&part, &error))?;
            let found = file.metadata().map_err(|error| cannot(&part, &error))?.len();
            if found < length {
                return Err(Failure::Told(format!("`{}` is shorter than it was; leave --resume out", part.display())));
            }
            file.set_len(length).map_err(|error| cannot(&part, &error))?;
            file.seek(SeekFrom::End(0)).map_err(|error| cannot(&part, &error))?;
            Ok(file)
        };
        let (results, problems) = (open(".part", reached.bytes)?, open(".problems.part", reached.problem_bytes)?);
        Ok(Opened::Parts(Box::new(Self { path: path.to_path_buf(), results, problems, head: head.to_vec(), reached })))
    }

    /// Were the tables beside the accounts brought into their order on the disk?
    pub(super) fn is_spilled(&self) -> bool {
        self.reached.spilled
    }

    /// How many chunks are written.
    pub(super) fn chunks(&self) -> u64 {
        self.reached.chunks
    }

    /// What they came to.
    pub(super) fn tally(&self) -> &Tally {
        &self.reached.tally
    }

    /// Adds the next chunk; `grown` brings what was read of the tables up to date.
    pub(super) fn add(&mut self, encoded: &Encoded, grown: Grown<'_>) -> std::io::Result<()> {
        self.results.write_all(&encoded.bytes)?;
        let problems = problem_rows(&encoded.problems);
        self.problems.write_all(&problems)?;
        self.reached.chunks += 1;
        self.reached.bytes += encoded.bytes.len() as u64;
        self.reached.ends.push(self.reached.bytes);
        self.reached.problem_bytes += problems.len() as u64;
        self.reached.tally.merge(&encoded.tally);
        if self.reached.chunks.is_multiple_of(NOTED_EVERY) {
            grown(&mut self.reached.tables);
            self.note()?;
        }
        Ok(())
    }

    /// Notes how far the run got, once that is on the disk.
    fn note(&mut self) -> std::io::Result<()> {
        self.results.sync_data()?;
        self.problems.sync_data()?;
        whole(&beside(&self.path, ".progress"), |file| Ok(serde_json::to_writer(file, &self.reached)?))
    }

    /// Makes the parts the output.
    pub(super) fn finish(mut self) -> Result<Tally, Failure> {
        self.results.flush()?;
        self.results.sync_all()?;
        self.seal(".part")?;
        settle(&self.path, &self.reached)?;
        Ok(self.reached.tally)
    }

    /// Joins the parts, each a Parquet file; `blank` is one without rows.
    pub(super) fn finish_parquet(mut self, blank: Vec<u8>) -> Result<Tally, Failure> {
        let ends = std::mem::take(&mut self.reached.ends);
        self.results.seek(SeekFrom::Start(0))?;
        let mut from = 0;
        let results = &mut self.results;
        let parts = ends.into_iter().map(|end| {
            let mut part = vec![0; usize::try_from(end - from).unwrap_or(0)];
            from = end;
            results.read_exact(&mut part).map(|()| part)
        });
        let joined = beside(&self.path, ".joined");
        let file = File::create(&joined)?;
        let written =
            join_parquet(parts, blank, std::io::BufWriter::new(file)).map_err(|error| Failure::Told(error.to_string()))?;
        written.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
        self.seal(".joined")?;
        settle(&self.path, &self.reached)?;
        Ok(self.reached.tally)
    }

    /// Notes that nothing is left to do but to give files their names; `ending` is that of the one that becomes the output.
    fn seal(&mut self, ending: &str) -> Result<(), Failure> {
        self.problems.sync_all()?;
        self.reached.ended = Some(ending.to_owned());
        self.note().map_err(|error| cannot(&self.path, &error))
    }
}

/// Gives the files of a run that ended their names, as far as they have them not yet: whoever is stopped in the middle
/// leaves the note, from which the next run goes on here.
fn settle(path: &Path, reached: &Reached) -> Result<(), Failure> {
    let (problems, part) = (problems_of(path), beside(path, ".problems.part"));
    if part.exists() {
        if reached.problem_bytes > PROBLEM_HEAD.len() as u64 {
            std::fs::rename(&part, &problems).map_err(|error| cannot(&problems, &error))?;
        } else {
            // Those of an earlier run are not of this output.
            drop(std::fs::remove_file(&problems));
            std::fs::remove_file(&part)?;
        }
    }
    let results = beside(path, reached.ended.as_deref().unwrap_or(".part"));
    if results.exists() {
        std::fs::rename(&results, path).map_err(|error| cannot(path, &error))?;
    }
    drop(std::fs::remove_file(beside(path, ".part")));
    sync_folder(path);
    drop(std::fs::remove_file(beside(path, ".progress")));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Identity, Opened, Parts, beside, problems_of, settle};
    use crate::report::Tally;
    use crate::screen::{Encoded, Problem};

    fn identity() -> Identity {
        Identity { rules: "r".to_owned(), as_of: None, mapping: String::new(), asked: String::new() }
    }

    /// A run that was stopped at the first moment after everything was decided; an older output and its problems stand there.
    fn sealed(folder: &std::path::Path) -> std::path::PathBuf {
        let path = folder.join("out.csv");
        std::fs::write(&path, "old\n").unwrap();
        std::fs::write(problems_of(&path), "old problems\n").unwrap();
        let mut parts = Parts::begin(&path, identity(), Vec::new(), b"head\n", false).unwrap();
        let (file, row) = ("in.csv".into(), 7);
        let problem = Problem { file, row, column: String::new(), value: String::new(), reason: "bad".to_owned(), help: None };
        let tally = Tally { rows: 1, invalid: 1, ..Tally::default() };
        let encoded = Encoded {
            index: 0,
            bytes: b"row\n".to_vec(),
            columns: None,
            problems: vec![problem],
            tally,
            questions: Vec::new(),
        };
        parts.add(&encoded, &|_| {}).unwrap();
        parts.seal(".part").unwrap();
        path
    }

    fn is_new(path: &std::path::Path) {
        assert_eq!(std::fs::read_to_string(path).unwrap(), "head\nrow\n");
        assert_eq!(std::fs::read_to_string(problems_of(path)).unwrap(), "file,row,column,value,reason,help\nin.csv,7,,,bad,\n");
        for ending in [".part", ".problems.part", ".progress", ".joined"] {
            assert!(!beside(path, ending).exists(), "{ending}");
        }
    }

    #[test]
    fn a_run_stopped_while_its_files_get_their_names_is_ended_by_the_next() {
        for names_given in 0..3 {
            let folder = tempfile::tempdir().unwrap();
            let path = sealed(folder.path());
            if names_given > 0 {
                std::fs::rename(beside(&path, ".problems.part"), problems_of(&path)).unwrap();
            }
            if names_given > 1 {
                std::fs::rename(beside(&path, ".part"), &path).unwrap();
            }
            let opened = Parts::resume(&path, &identity(), &|_| Ok(None), b"head\n").unwrap();
            assert!(matches!(opened, Opened::Ended(tally) if tally.invalid == 1), "after {names_given} names");
            is_new(&path);
        }
    }

    #[test]
    fn a_fresh_run_first_ends_the_one_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = sealed(folder.path());
        std::fs::rename(beside(&path, ".problems.part"), problems_of(&path)).unwrap();
        let parts = Parts::begin(&path, identity(), Vec::new(), b"head\n", false).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "head\nrow\n", "the output that the problems are of");
        let (path, reached) = (parts.path.clone(), parts.reached.clone());
        drop(parts);
        assert!(reached.ended.is_none());
        settle(&path, &reached).unwrap();
    }
}
