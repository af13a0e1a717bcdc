//! Questions about all accounts at once: is there one that …, or is there none?
//!
//! In: one or several versions of a rule set, and what is wanted of a decision. Out: an account that replays, a proof that
//! there is none, or the plain word that nothing is claimed.
//! Owns formulas, cells and integer arithmetic of models. Never decides: what a rule means is asked of `eval`.
//!
//! # How to ask
//!
//! ```text
//! let side = rules.side();                                          // program, plan and reader of one version
//! let mut space = Space::new(&[(side, decision)]);                  // all accounts, as one decision sees them
//! match space.find(&Wanted::Result(0, requirement, Judged::Failed)) {
//!     Found::Witness(witness) => witness.documents[0],              // a facts document that fails this requirement
//!     Found::Impossible => …,                                       // proved: no document does
//!     Found::NotAnalysed(why) => …,                                 // nothing is claimed
//!     Found::OutOfSteps => …,                                       // the budget was used up
//! }
//! ```
//!
//! Two versions: `Space::new(&[(old, at_old), (new, at_new)])`; the first number of every [`Wanted`] says which one. A fact
//! that both know is one variable (told apart by name, list and key); one that a version does not know is left out of that
//! version's document.
//!
//! One account and what may be changed in it: [`Space::around`] with [`Around`]; facts that are not `free` stay as they
//! are, unknown ones unknown. The witness then changes as few facts as it can, and [`Wanted::Fact`] bounds how.
//!
//! Two rule sets as a whole: [`compare`] classes every decision, with a witness for each pair of verdicts; [`Impact`] counts
//! accounts that move.
//!
//! # How it works
//!
//! `cells` makes a variable of each fact (given or not; which word; at most so much); `terms` and `formula` build two
//! literals for each condition of the plan, surely true and surely false; `decided` joins them to results, states, verdicts
//! and rewards; `gates` holds the solver. `numbers` finds whole numbers for the comparisons of a model, or the comparisons
//! that contradict each other, which become a clause. What none of them follows is left free: a proof then still is one,
//! and an account is returned only after `eval` came to the same on what the reader read from its document.

mod cells;
mod compare;
mod decided;
mod faults;
mod findings;
mod formula;
mod gates;
mod impact;
mod known;
mod numbers;
mod poly;
mod scope;
mod solve;
mod space;
mod terms;
mod witness;

pub use cells::Place;
pub use compare::{Cell, Change, Class, Compared, compare, moved_by};
pub use faults::{Fault, Located, clauses_fit_together, faults};
pub use findings::findings;
pub use impact::{Group, Impact};
pub use known::known_to;
pub use solve::{Asked, Budget, Found, Unclear, Wanted, Witness};
pub use space::{Around, Space};

use crate::facts::Reader;
use crate::plan::Plan;
use crate::program::Program;

/// One version of a rule set.
#[derive(Clone, Copy, Debug)]
pub struct Side<'r> {
    /// What it means.
    pub program: &'r Program,
    /// Its plan.
    pub plan: &'r Plan,
    /// Its vocabulary.
    pub reader: &'r Reader,
}
