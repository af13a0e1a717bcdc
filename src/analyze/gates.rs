//! Conditions over yes-or-no choices as clauses for the solver: and, or, not, each distinct one once.
//!
//! In: literals. Out: literals that stand for their combinations, and assignments that satisfy all clauses.
//! Owns the solver and the count of its steps. Never knows what a literal means.

use std::cell::Cell;
use std::collections::HashMap;
use std::rc::Rc;

use batsat::{Callbacks, Lit, Solver, SolverInterface as _, SolverOpts, clause, lbool};

/// Counts conflicts and stops the solver at a limit: the core reads no clock.
struct Limit {
    conflicts: u64,
    limit: Rc<Cell<u64>>,
}

impl Callbacks for Limit {
    fn on_new_clause(&mut self, _: &[Lit], _: clause::Kind) {
        self.conflicts += 1;
    }

    fn stop(&self) -> bool {
        self.conflicts >= self.limit.get()
    }
}

/// What the solver found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Answer {
    /// There is an assignment.
    Yes,
    /// There is none.
    No,
    /// The limit of steps was reached.
    Stopped,
}

/// The solver with what was built in it.
pub(super) struct Gates {
    solver: Solver<Limit>,
    limit: Rc<Cell<u64>>,
    yes: Lit,
    known: HashMap<Box<[Lit]>, Lit>,
}

impl Gates {
    pub(super) fn new() -> Self {
        let limit = Rc::new(Cell::new(u64::MAX));
        let mut solver = Solver::new(SolverOpts::default(), Limit { conflicts: 0, limit: Rc::clone(&limit) });
        let yes = Lit::new(solver.new_var_default(), true);
        solver.add_clause_reuse(&mut vec![yes]);
        Self { solver, limit, yes, known: HashMap::new() }
    }

    /// Always true.
    pub(super) fn yes(&self) -> Lit {
        self.yes
    }

    /// Never true.
    pub(super) fn no(&self) -> Lit {
        !self.yes
    }

    pub(super) fn constant(&self, holds: bool) -> Lit {
        if holds { self.yes } else { !self.yes }
    }

    /// A choice that nothing determines; without a reason for it, it is not taken.
    pub(super) fn free(&mut self) -> Lit {
        Lit::new(self.solver.new_var(lbool::FALSE, true), true)
    }

    /// A choice that nothing determines; without a reason against it, it is taken.
    pub(super) fn likely(&mut self) -> Lit {
        Lit::new(self.solver.new_var(lbool::TRUE, true), true)
    }

    /// All of some.
    pub(super) fn all(&mut self, parts: impl IntoIterator<Item = Lit>) -> Lit {
        let mut kept: Vec<Lit> = parts.into_iter().filter(|part| *part != self.yes).collect();
        kept.sort_unstable();
        kept.dedup();
        let opposed = kept.windows(2).any(|pair| matches!(pair, [a, b] if *a == !*b));
        if opposed || kept.contains(&self.no()) {
            return self.no();
        }
        match kept.as_slice() {
            [] => return self.yes,
            [only] => return *only,
            _ => {}
        }
        if let Some(found) = self.known.get(kept.as_slice()) {
            return *found;
        }
        let gate = Lit::new(self.solver.new_var_default(), true);
        for part in &kept {
            self.solver.add_clause_reuse(&mut vec![!gate, *part]);
        }
        let mut back: Vec<Lit> = kept.iter().map(|part| !*part).collect();
        back.push(gate);
        self.solver.add_clause_reuse(&mut back);
        self.known.insert(kept.into(), gate);
        gate
    }

    /// At least one of some.
    pub(super) fn any(&mut self, parts: impl IntoIterator<Item = Lit>) -> Lit {
        let parts: Vec<Lit> = parts.into_iter().map(|part| !part).collect();
        !self.all(parts)
    }

    /// Demands that at least one of some holds.
    pub(super) fn clause(&mut self, parts: impl IntoIterator<Item = Lit>) {
        let mut parts: Vec<Lit> = parts.into_iter().collect();
        if !parts.contains(&self.yes) {
            self.solver.add_clause_reuse(&mut parts);
        }
    }

    /// Demands that exactly one of some holds, where there are any.
    pub(super) fn exactly_one(&mut self, parts: &[Lit]) {
        if parts.is_empty() {
            return;
        }
        self.clause(parts.iter().copied());
        for (at, first) in parts.iter().enumerate() {
            for second in parts.iter().skip(at + 1) {
                self.clause([!*first, !*second]);
            }
        }
    }

    /// An assignment in which all of some hold, within so many more conflicts.
    pub(super) fn solve(&mut self, wanted: &[Lit], conflicts: u64) -> Answer {
        self.limit.set(self.spent().saturating_add(conflicts));
        match self.solver.solve_limited(wanted) {
            answer if answer == lbool::TRUE => Answer::Yes,
            answer if answer == lbool::FALSE => Answer::No,
            _ => Answer::Stopped,
        }
    }

    /// Conflicts so far.
    pub(super) fn spent(&self) -> u64 {
        self.solver.cb().conflicts
    }

    /// Does a literal hold in the assignment found last?
    pub(super) fn holds(&self, lit: Lit) -> bool {
        self.solver.value_lit(lit) == lbool::TRUE
    }
}
