//! Three truths for engines that have two: a condition as two expressions, one that holds where the condition surely
//! holds, one that holds where it surely does not.
//!
//! In: conditions and a tongue. Out: expressions of that tongue. Owns how truth is carried through and, or and not.
//! Never knows an engine: each says in its tongue how a single test is written so that a missing fact makes it false.

use crate::terms::{Credit, Test, When};

/// How an engine writes conditions.
pub trait Tongue {
    /// An expression.
    type Said;

    /// All hold.
    fn all(&self, parts: Vec<Self::Said>) -> Self::Said;

    /// At least one holds.
    fn any(&self, parts: Vec<Self::Said>) -> Self::Said;

    /// The facts are known, and the test holds, or does not.
    fn test(&self, test: &Test, holds: bool) -> Self::Said;

    /// A condition surely holds, or surely does not.
    fn say(&self, when: &When, holds: bool) -> Self::Said {
        let parts = |parts: &[When]| parts.iter().map(|part| self.say(part, holds)).collect();
        match when {
            When::All(all) if holds => self.all(parts(all)),
            When::All(all) => self.any(parts(all)),
            When::Any(any) if holds => self.any(parts(any)),
            When::Any(any) => self.all(parts(any)),
            When::Not(inner) => self.say(inner, !holds),
            When::Test(test) => self.test(test, holds),
        }
    }

    /// A program surely qualifies, or surely does not.
    fn program(&self, program: &Credit, qualifies: bool) -> Self::Said {
        let parts = program.requirements.iter().map(|one| self.say(one, qualifies)).collect();
        if qualifies { self.all(parts) } else { self.any(parts) }
    }
}

/// Texts joined by a sign, in parentheses.
pub fn joined(parts: &[String], sign: &str) -> String {
    format!("({})", parts.join(&format!(" {sign} ")))
}

/// Words in double quotes, separated by commas.
pub fn quoted(words: &[String]) -> String {
    words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ")
}
