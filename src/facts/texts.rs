//! Texts of one account, each kept once.
//!
//! In: texts. Out: their index, which is what a lane holds.
//! Owns the texts. Never compares them beyond equality.

use std::collections::HashMap;

/// Up to so many texts are searched one by one, which is cheaper than an index.
const FEW: usize = 16;

/// Texts, each kept once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Texts {
    list: Vec<String>,
    /// Where each text is, once there are more than a few.
    index: HashMap<String, usize>,
}

impl Texts {
    /// The index of a text, new or known.
    pub fn intern(&mut self, text: &str) -> usize {
        let known = match self.index.is_empty() {
            true => self.list.iter().position(|known| known == text),
            false => self.index.get(text).copied(),
        };
        known.unwrap_or_else(|| self.push(text))
    }

    fn push(&mut self, text: &str) -> usize {
        let at = self.list.len();
        self.list.push(text.to_owned());
        if at == FEW {
            self.index = self.list.iter().cloned().zip(0..).collect();
        } else if at > FEW {
            self.index.insert(text.to_owned(), at);
        }
        at
    }

    /// Forgets every text.
    pub(super) fn clear(&mut self) {
        self.list.clear();
        self.index.clear();
    }

    /// The text of an index.
    pub fn get(&self, at: usize) -> Option<&str> {
        self.list.get(at).map(String::as_str)
    }
}
