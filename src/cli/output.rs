//! Standard output and standard error.
//!
//! In: texts. Out: bytes on the two streams, coloured where that is wanted.
//! Owns colour and width. Never mixes results with messages.

use std::io::{IsTerminal as _, Write};

use super::{ColorChoice, Failure};
use crate::diagnostic::{self, Diagnostic};
use crate::source::SourceMap;

/// Where results and messages go.
pub(super) struct Output {
    out: std::io::BufWriter<std::io::Stdout>,
    /// Colour on standard output.
    pub(super) color: bool,
    pub(super) color_errors: bool,
    /// Columns of the terminal, 80 where there is none.
    pub(super) width: usize,
}

impl Output {
    pub(super) fn new(choice: ColorChoice) -> Self {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let wanted = |terminal: bool| match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => terminal && !plain,
        };
        let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        let measured = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        Self {
            out: std::io::BufWriter::new(std::io::stdout()),
            color: wanted(std::io::stdout().is_terminal()),
            color_errors: wanted(std::io::stderr().is_terminal()),
            width: columns.or_else(measured).unwrap_or(80).clamp(30, 120),
        }
    }

    /// Writes a result.
    pub(super) fn print(&mut self, text: &str) -> Result<(), Failure> {
        self.out.write_all(text.as_bytes())?;
        if !text.is_empty() && !text.ends_with('\n') {
            self.out.write_all(b"\n")?;
        }
        Ok(())
    }

    /// Writes a result in lines that fit the terminal; those after the first stand four columns further in.
    pub(super) fn indented(&mut self, lead: &str, text: &str) -> Result<(), Failure> {
        let further = format!("{lead}    ");
        let options = textwrap::Options::new(self.width).initial_indent(lead).subsequent_indent(&further);
        textwrap::wrap(text, options).iter().try_for_each(|line| self.print(&format!("{line}\n")))
    }

    /// Where a result can be written piece by piece.
    pub(super) fn stream(&mut self) -> &mut dyn Write {
        &mut self.out
    }

    pub(super) fn flush(&mut self) -> Result<(), Failure> {
        Ok(self.out.flush()?)
    }

    /// Tells why something could not be done. A closed standard error is nobody's business.
    pub(super) fn error(&mut self, message: &str) {
        drop(writeln!(std::io::stderr(), "accredit: {message}"));
    }

    /// Tells something on the side.
    pub(super) fn note(&mut self, message: &str) {
        drop(writeln!(std::io::stderr(), "{message}"));
    }

    /// Tells something on the side in lines that fit the terminal; those after the first stand as far in as its lead.
    pub(super) fn wrapped(&mut self, lead: &str, message: &str) {
        let indent = " ".repeat(lead.len());
        let options = textwrap::Options::new(self.width).initial_indent(lead).subsequent_indent(&indent);
        textwrap::wrap(message, options).iter().for_each(|line| self.note(line));
    }

    /// Tells findings on standard error.
    pub(super) fn findings(&mut self, findings: &[Diagnostic], sources: &SourceMap) {
        let text = diagnostic::human(findings, sources, self.color_errors, self.width);
        drop(write!(std::io::stderr(), "{text}"));
    }
}
