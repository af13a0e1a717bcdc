//! Source files and places in them.
//!
//! In: a file's name and text. Out: spans as byte offsets, and lines and columns when someone asks.
//! Owns the one line table of each file. Never opens a file.

use std::ops::Range;

/// Which file of a [`SourceMap`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct FileId(pub u32);

/// A run of bytes in one file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The bytes as a range.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// From the start of this span to the end of `other`.
    pub fn to(self, other: Self) -> Self {
        Self { end: self.end.max(other.end), ..self }
    }
}

/// A place for people: line and column count from one; columns count characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Place {
    /// Line, from one.
    pub line: usize,
    /// Column in characters, from one.
    pub column: usize,
}

/// One file's name and text with its line table.
#[derive(Clone, Debug)]
pub struct SourceFile {
    name: String,
    text: String,
    line_starts: Vec<u32>,
}

impl SourceFile {
    /// Takes a file's text; `name` is what messages call it.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let starts = text.bytes().zip(1..).filter_map(|(byte, next)| (byte == b'\n').then_some(next));
        let line_starts = std::iter::once(0).chain(starts).collect();
        Self { name: name.into(), text, line_starts }
    }

    /// What messages call the file.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Line and column of a byte offset.
    pub fn place(&self, offset: usize) -> Place {
        let line = self.line_starts.partition_point(|start| *start as usize <= offset);
        let start = line.checked_sub(1).and_then(|i| self.line_starts.get(i)).map_or(0, |start| *start as usize);
        let before = self.text.get(start..offset.min(self.text.len())).unwrap_or("");
        Place { line, column: before.chars().count() + 1 }
    }

    /// The byte offset of a line (from one) and a column in characters (from zero).
    pub fn offset(&self, line: usize, column: usize) -> usize {
        let start = line.checked_sub(1).and_then(|i| self.line_starts.get(i)).map_or(self.text.len(), |s| *s as usize);
        let rest = self.text.get(start..).unwrap_or("");
        start + rest.char_indices().nth(column).map_or(rest.len(), |(at, _)| at)
    }
}

/// The files of one rule set, in the order in which they were added.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

impl SourceMap {
    /// Adds a file and says how to name it in spans.
    pub fn add(&mut self, file: SourceFile) -> FileId {
        self.files.push(file);
        FileId(u32::try_from(self.files.len() - 1).unwrap_or(u32::MAX))
    }

    /// The file of a span, if this map holds it.
    pub fn file(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(id.0 as usize)
    }

    /// All files with their ids.
    pub fn files(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files.iter().zip(0..).map(|(file, id)| (FileId(id), file))
    }

    /// `name:line:column` of a span's first byte.
    pub fn at(&self, span: Span) -> String {
        self.file(span.file).map_or_else(String::new, |file| {
            let place = file.place(span.start as usize);
            format!("{}:{}:{}", file.name(), place.line, place.column)
        })
    }
}
