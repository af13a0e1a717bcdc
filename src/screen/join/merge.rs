//! Tables that are all sorted by account, side by side.
//!
//! In: the accounts of each chunk in their order, the rows beside them in theirs. Out: the rows of each account.
//! Owns the check of the order: where it does not hold, nothing that was joined is right. Holds the rows of one account.

use std::borrow::Cow;
use std::sync::Arc;

use parquet::file::reader::ChunkReader;

use super::Attached;
use super::side::{Side, SideRow, Stream};
use crate::screen::run::{CHUNK, RunError, Table};

/// More rows of nobody than this in one chunk are not held in memory; the other way keeps them on the disk.
const MOST_ASTRAY: usize = 1 << 16;

/// A merge, and how far it got.
#[derive(Debug)]
pub struct Merge {
    sides: Vec<Merged>,
    /// The account that came last.
    last: String,
}

#[derive(Debug)]
struct Merged {
    stream: Stream,
    /// A row that was read and belongs to nobody before it.
    ahead: Option<SideRow>,
    /// The account that the last row names.
    last: String,
    /// The account whose rows are held, and these.
    account: String,
    held: Vec<SideRow>,
}

impl Merge {
    /// Begins to read tables beside the accounts.
    pub fn new<R>(sides: Vec<(Arc<Side>, Table<R>)>) -> Self
    where
        R: ChunkReader + std::io::Read + std::io::Seek + Send + 'static,
    {
        let merged = |(side, table)| Merged {
            stream: Stream::open(side, table),
            ahead: None,
            last: String::new(),
            account: String::new(),
            held: Vec::new(),
        };
        Self { sides: sides.into_iter().map(merged).collect(), last: String::new() }
    }

    pub(super) fn attach(&mut self, keys: &[Cow<'_, str>]) -> Result<Vec<Attached>, RunError> {
        for key in keys.iter().filter(|key| !key.is_empty()) {
            if key.as_ref() < self.last.as_str() {
                return Err(RunError::Unsorted);
            }
            if *key != self.last {
                key.as_ref().clone_into(&mut self.last);
            }
        }
        let mut all = Vec::new();
        for (side, one) in self.sides.iter_mut().enumerate() {
            let mut rows = Vec::new();
            for (at, key) in keys.iter().enumerate().filter(|(_, key)| !key.is_empty()) {
                if *key != one.account {
                    one.hold(key, &mut rows)?;
                }
                rows.extend(one.held.iter().cloned().map(|row| (Some(at), row)));
            }
            all.push(Attached { side, rows });
        }
        Ok(all)
    }

    pub(super) fn rest(&mut self) -> Result<Option<Vec<Attached>>, RunError> {
        for (side, one) in self.sides.iter_mut().enumerate() {
            let mut rows = Vec::new();
            while rows.len() < CHUNK
                && let Some(row) = one.next()?
            {
                rows.push((None, row));
            }
            if !rows.is_empty() {
                return Ok(Some(vec![Attached { side, rows }]));
            }
        }
        Ok(None)
    }
}

impl Merged {
    /// Reads up to the rows of an account and holds these; those before it belong to nobody.
    fn hold(&mut self, key: &str, astray: &mut Vec<(Option<usize>, SideRow)>) -> Result<(), RunError> {
        key.clone_into(&mut self.account);
        self.held.clear();
        let mut lost = 0;
        while let Some(row) = self.next()? {
            if row.account.as_str() > key {
                self.ahead = Some(row);
                break;
            }
            if row.account == key {
                self.held.push(row);
            } else {
                astray.push((None, row));
                lost += 1;
            }
            if lost > MOST_ASTRAY {
                return Err(RunError::Unsorted);
            }
        }
        Ok(())
    }

    fn next(&mut self) -> Result<Option<SideRow>, RunError> {
        if let Some(row) = self.ahead.take() {
            return Ok(Some(row));
        }
        let row = self.stream.next()?;
        if let Some(SideRow { account, .. }) = &row
            && !account.is_empty()
        {
            if *account < self.last {
                return Err(RunError::Unsorted);
            }
            account.clone_into(&mut self.last);
        }
        Ok(row)
    }
}
