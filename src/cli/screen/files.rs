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

/// What a run is about; another run goes on from its parts only if nothing of it changed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Identity {
    /// Name, length and time of the input.
    pub(super) input: String,
    /// Digest of the rules.
    pub(super) rules: String,
    /// The day of the check.
    pub(super) as_of: Option<String>,
    /// What was asked for.
    pub(super) asked: String,
}

/// How far a run got.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Reached {
    identity: Identity,
    chunks: u64,
    /// The length of the part of results after each chunk that is a file of its own; else only the last.
    ends: Vec<u64>,
    bytes: u64,
    problem_bytes: u64,
    tally: Tally,
}

/// The parts of one run.
pub(super) struct Parts {
    path: PathBuf,
    results: File,
    problems: File,
    reached: Reached,
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

impl Parts {
    /// Begins a run, or goes on with one that was stopped. `head` stands before the first chunk.
    pub(super) fn open(path: &Path, identity: Identity, resume: bool, head: &[u8]) -> Result<Self, Failure> {
        if path.is_dir() {
            return Err(Failure::Told(format!("`{}` is a folder: name a file", path.display())));
        }
        let note = beside(path, ".progress");
        if resume {
            let text = std::fs::read_to_string(&note).map_err(|_| {
                Failure::Told(format!("there is nothing to go on from: `{}` is not there; leave --resume out", note.display()))
            })?;
            let reached: Reached = serde_json::from_str(&text)
                .map_err(|error| Failure::Told(format!("`{}` cannot be read: {error}; leave --resume out", note.display())))?;
            let changed = [
                ("the input", reached.identity.input == identity.input),
                ("the rules", reached.identity.rules == identity.rules),
                ("the day of the check", reached.identity.as_of == identity.as_of),
                ("what is asked for", reached.identity.asked == identity.asked),
            ];
            if let Some((what, _)) = changed.iter().find(|(_, same)| !same) {
                return Err(Failure::Told(format!(
                    "the run cannot go on, because {what} changed since; leave --resume out to begin anew"
                )));
            }
            let open = |ending: &str, length: u64| {
                let part = beside(path, ending);
                let file = OpenOptions::new().read(true).write(true).open(&part).map_err(|error| cannot(&part, &error))?;
                let found = file.metadata().map_err(|error| cannot(&part, &error))?.len();
                if found < length {
                    return Err(Failure::Told(format!("`{}` is shorter than it was; leave --resume out", part.display())));
                }
                file.set_len(length).map_err(|error| cannot(&part, &error))?;
                let mut file = file;
                file.seek(SeekFrom::End(0)).map_err(|error| cannot(&part, &error))?;
                Ok(file)
            };
            let (results, problems) = (open(".part", reached.bytes)?, open(".problems.part", reached.problem_bytes)?);
            return Ok(Self { path: path.to_path_buf(), results, problems, reached });
        }
        let create = |ending: &str, head: &[u8]| {
            let part = beside(path, ending);
            let options = OpenOptions::new().read(true).write(true).create(true).truncate(true).open(&part);
            let mut file = options.map_err(|error| cannot(&part, &error))?;
            file.write_all(head).map_err(|error| cannot(&part, &error))?;
            Ok::<_, Failure>(file)
        };
        let problem_head = b"row,column,value,reason,help\n";
        let reached = Reached {
            identity,
            chunks: 0,
            ends: Vec::new(),
            bytes: head.len() as u64,
            problem_bytes: problem_head.len() as u64,
            tally: Tally::default(),
        };
        let (results, problems) = (create(".part", head)?, create(".problems.part", problem_head)?);
        let mut parts = Self { path: path.to_path_buf(), results, problems, reached };
        parts.note().map_err(|error| cannot(path, &error))?;
        Ok(parts)
    }

    /// How many chunks are written.
    pub(super) fn chunks(&self) -> u64 {
        self.reached.chunks
    }

    /// What they came to.
    pub(super) fn tally(&self) -> &Tally {
        &self.reached.tally
    }

    /// Adds the next chunk.
    pub(super) fn add(&mut self, encoded: &Encoded) -> std::io::Result<()> {
        self.results.write_all(&encoded.bytes)?;
        let problems = problem_rows(&encoded.problems);
        self.problems.write_all(&problems)?;
        self.reached.chunks += 1;
        self.reached.bytes += encoded.bytes.len() as u64;
        self.reached.ends.push(self.reached.bytes);
        self.reached.problem_bytes += problems.len() as u64;
        self.reached.tally.merge(&encoded.tally);
        if self.reached.chunks.is_multiple_of(NOTED_EVERY) {
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
        let results = beside(&self.path, ".part");
        self.end(&results)
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
        let tally = self.end(&joined)?;
        Ok(tally)
    }

    fn end(self, results: &Path) -> Result<Tally, Failure> {
        let problems = problems_of(&self.path);
        let part = beside(&self.path, ".problems.part");
        self.problems.sync_all()?;
        if self.reached.tally.invalid > 0 {
            std::fs::rename(&part, &problems).map_err(|error| cannot(&problems, &error))?;
        } else {
            std::fs::remove_file(&part)?;
            // Those of an earlier run are not of this output.
            drop(std::fs::remove_file(&problems));
        }
        std::fs::rename(results, &self.path).map_err(|error| cannot(&self.path, &error))?;
        for ending in [".part", ".progress"] {
            drop(std::fs::remove_file(beside(&self.path, ending)));
        }
        sync_folder(&self.path);
        Ok(self.reached.tally)
    }
}
