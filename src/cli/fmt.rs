//! `fmt`: rule files set the way all rule files are set.
//!
//! In: rule files. Out: the same files with other blanks, or the names of those that would change.
//! Owns writing them. Never writes a file whose meaning would change.

use std::path::{Path, PathBuf};

use clap::Args;

use super::output::Output;
use super::replace::replace;
use super::{Done, Failure, load};
use crate::source::{SourceFile, SourceMap};
use crate::syntax::{FormatError, format};

/// Arguments of `fmt`.
#[derive(Args, Debug)]
pub(super) struct FmtArgs {
    /// Rule files or folders; without any, the folder of the rules. `-` formats standard input to standard output.
    paths: Vec<PathBuf>,
    /// Write nothing; name the files that would change and exit with 1 if there is one.
    #[arg(long)]
    check: bool,
}

pub(super) fn fmt(args: &FmtArgs, rules: Option<&Path>, output: &mut Output) -> Result<Done, Failure> {
    if args.paths == [PathBuf::from("-")] {
        let text = load::text(Path::new("-"))?;
        let formatted = set("standard input", &text, output)?;
        output.print(&formatted)?;
        return Ok(Done::Answered);
    }
    let mut files = Vec::new();
    let folder = load::folder(rules);
    let paths: Vec<PathBuf> = if args.paths.is_empty() { folder.into_iter().collect() } else { args.paths.clone() };
    if paths.is_empty() {
        return Err(Failure::Told("there is no folder of rules here: name the files to format".to_owned()));
    }
    for path in &paths {
        files.extend(load::files_below(path, ".terms")?);
    }
    let mut changed = 0;
    let mut broken = 0;
    for path in files {
        let text = load::text(&path)?;
        let name = path.to_string_lossy().into_owned();
        match set(&name, &text, output) {
            Ok(formatted) if formatted == text => {}
            Ok(_) if args.check => {
                output.print(&name)?;
                changed += 1;
            }
            Ok(formatted) => {
                replace(&path, &text, &formatted)?;
                output.print(&format!("formatted {name}"))?;
            }
            Err(failure) => {
                output.error(&failure.to_string());
                broken += 1;
            }
        }
    }
    match broken {
        0 if changed == 0 => Ok(Done::Answered),
        0 => Ok(Done::Findings),
        1 => Err(Failure::Told("one file was left as it is".to_owned())),
        count => Err(Failure::Told(format!("{count} files were left as they are"))),
    }
}

fn set(name: &str, text: &str, output: &mut Output) -> Result<String, Failure> {
    format(text).map_err(|error| {
        if let FormatError::Findings(findings) = &error {
            let mut sources = SourceMap::default();
            sources.add(SourceFile::new(name, text));
            output.findings(findings, &sources);
        }
        Failure::Told(format!("`{name}` was not formatted: {error}"))
    })
}
