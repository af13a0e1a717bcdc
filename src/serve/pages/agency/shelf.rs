//! Tables that wait on the server for whoever gave them.
//!
//! In: tables. Out: each to its owner, by a name that cannot be guessed, for a while.
//! Owns how many there are and for how long. Never shows one to anybody else.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::sheet::Sheet;
use crate::serve::tokens::secret;

/// The most tables at once; the oldest goes.
const KEPT: usize = 8;
/// For how long a table is kept.
const TIME: Duration = Duration::from_secs(2 * 3600);

/// A table, and since when it is here.
type Put = (Instant, Arc<Sheet>);

/// The tables, by their names.
#[derive(Clone, Debug, Default)]
pub(super) struct Shelf(Arc<Mutex<HashMap<String, Put>>>);

impl Shelf {
    /// Keeps a table: its name.
    /// # Errors
    /// The system has no random numbers.
    pub(super) fn put(&self, sheet: Sheet) -> std::io::Result<String> {
        let id = secret()?;
        let mut sheets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sheets.retain(|_, (since, _)| since.elapsed() < TIME);
        if sheets.len() >= KEPT
            && let Some(oldest) = sheets.iter().min_by_key(|(_, (since, _))| *since).map(|(id, _)| id.clone())
        {
            sheets.remove(&oldest);
        }
        sheets.insert(id.clone(), (Instant::now(), Arc::new(sheet)));
        Ok(id)
    }

    /// The table of a name, for its owner.
    pub(super) fn get(&self, id: &str, owner: &str) -> Option<Arc<Sheet>> {
        let mut sheets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sheets.retain(|_, (since, _)| since.elapsed() < TIME);
        sheets.get(id).map(|(_, sheet)| Arc::clone(sheet)).filter(|sheet| sheet.given.owner == owner)
    }
}
