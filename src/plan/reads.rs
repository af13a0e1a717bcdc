//! Which facts a condition reads, and behind which guard: what `reads_after` of the contract says.
//!
//! In: planned conditions and operands. Out: reads in reading order.
//! Owns the guards. Never asks whether a fact is known.

use super::lower::{Lowering, term_refs};
use super::{BodyPlan, ChoicePlan, ClausePlan, HoldsPlan, Node, Probe, ProgressPlan, Read, Ref, RewardPlan, Term, WindowPlan};
use crate::program::{AS_OF, SlotId};

/// When a fact is read.
#[derive(Clone)]
struct When {
    guard: Ref,
    edition: Option<u8>,
    rules_out: Vec<(Ref, Ref)>,
}

impl When {
    fn always() -> Self {
        Self::guarded(Ref::TRUE)
    }

    fn guarded(guard: Ref) -> Self {
        Self { guard, edition: None, rules_out: Vec::new() }
    }

    fn with(&self, guard: Ref) -> Self {
        Self { guard, ..self.clone() }
    }
}

/// Reads while they are gathered: each slot and guard once.
#[derive(Default)]
struct Reads(Vec<Read>);

impl Reads {
    fn add(&mut self, slot: SlotId, when: &When) {
        let When { guard, edition, ref rules_out } = *when;
        let read = Read { slot, guard, edition, rules_out: rules_out.clone().into() };
        if slot != AS_OF && guard != Ref::FALSE && !self.0.contains(&read) {
            self.0.push(read);
        }
    }

    /// A fact that is read without a guard needs no guarded entry.
    fn finished(self) -> Vec<Read> {
        let always: Vec<SlotId> = self.0.iter().filter(|read| read.is_plain()).map(|read| read.slot).collect();
        self.0.into_iter().filter(|read| read.is_plain() || !always.contains(&read.slot)).collect()
    }
}

impl Lowering<'_> {
    /// The facts of one test. Guards inside it come from choices.
    pub(super) fn probe_reads(&mut self, probe: &Probe) -> Box<[Read]> {
        let mut reads = Reads::default();
        probe.slots().for_each(|slot| reads.add(slot, &When::always()));
        probe.operands().for_each(|term| self.term_reads(term, &When::always(), &mut reads));
        reads.finished().into()
    }

    fn term_reads(&mut self, term: &Term, when: &When, reads: &mut Reads) {
        if let Some(slot) = term.slot() {
            reads.add(slot, when);
        }
        let Term::Choose(branches, last) = term else {
            return term.operands().for_each(|part| self.term_reads(part, when, reads));
        };
        let mut open = when.guard;
        for (condition, value) in branches {
            self.cond_reads(*condition, &when.with(open), reads);
            let taken = self.all([open, *condition]);
            self.term_reads(value, &when.with(taken), reads);
            open = self.all([open, condition.negate()]);
        }
        self.term_reads(last, &when.with(open), reads);
    }

    fn cond_reads(&mut self, cond: Ref, when: &When, reads: &mut Reads) {
        match self.plan.nodes.get(cond.node()).cloned() {
            None | Some(Node::True) => {}
            Some(Node::All(parts) | Node::Any(parts)) => {
                parts.iter().for_each(|part| self.cond_reads(*part, when, reads));
            }
            Some(Node::Then(first, second)) => {
                self.cond_reads(first, when, reads);
                let inside = self.all([when.guard, first]);
                self.cond_reads(second, &when.with(inside), reads);
                let mut alone = when.clone();
                alone.rules_out.push((first, second));
                self.cond_reads(second, &alone, reads);
            }
            Some(Node::Test(_)) => {
                let own = self.plan.node_reads.get(cond.node()).cloned().unwrap_or_default();
                for read in own {
                    let mut both = when.with(self.all([when.guard, read.guard]));
                    both.rules_out.extend(read.rules_out.iter().copied());
                    reads.add(read.slot, &both);
                }
            }
        }
    }

    fn clause_reads(&mut self, clauses: &ClausePlan, edition: Option<u8>, reads: &mut Reads) {
        for cond in clauses.conditions() {
            self.cond_reads(cond, &When { edition, ..When::always() }, reads);
        }
    }

    /// The facts of a requirement, in reading order.
    pub(super) fn body_reads(&mut self, body: &BodyPlan, editions: &[Ref]) -> Vec<Read> {
        let mut reads = Reads::default();
        match body {
            BodyPlan::Clauses(clauses) => self.clause_reads(clauses, None, &mut reads),
            BodyPlan::Editions(all) => {
                editions.iter().for_each(|when| self.cond_reads(*when, &When::always(), &mut reads));
                for (clauses, edition) in all.iter().zip(0_u8..) {
                    self.clause_reads(clauses, Some(edition), &mut reads);
                }
            }
            BodyPlan::Progress(progress) => self.progress_reads(progress, &mut reads),
        }
        reads.finished()
    }

    fn progress_reads(&mut self, progress: &ProgressPlan, reads: &mut Reads) {
        if let Some(counted) = progress.counted {
            self.cond_reads(counted, &When::always(), reads);
        }
        let begun = progress.starts.unwrap_or(Ref::TRUE);
        self.cond_reads(begun, &When::always(), reads);
        self.choice_reads(&progress.toward, begun, progress.either, false, reads);
        self.term_reads(&progress.amount, &When::guarded(begun), reads);
        let mut open = begun;
        for (when, window) in &progress.windows {
            self.cond_reads(*when, &When::guarded(open), reads);
            let taken = self.all([open, *when]);
            self.window_reads(window, taken, reads);
            open = self.all([open, when.negate()]);
        }
        if let Some(crossed) = &progress.crossed {
            self.term_reads(crossed, &When::guarded(begun), reads);
        }
    }

    fn choice_reads(&mut self, choices: &[ChoicePlan], guard: Ref, every: bool, gives: bool, reads: &mut Reads) {
        let mut open = guard;
        for choice in choices {
            self.cond_reads(choice.when, &When::guarded(open), reads);
            let taken = if every { guard } else { self.all([open, choice.when]) };
            let tiers = if gives { choice.tiers.len() } else { 1 };
            for (spend, credit) in choice.tiers.iter().take(tiers).flatten() {
                self.term_reads(spend, &When::guarded(taken), reads);
                if let Some(credit) = credit.as_ref().filter(|_| gives) {
                    self.term_reads(credit, &When::guarded(taken), reads);
                }
            }
            open = self.all([open, choice.when.negate()]);
        }
    }

    fn window_reads(&mut self, window: &WindowPlan, guard: Ref, reads: &mut Reads) {
        match window {
            WindowPlan::Within(window) => {
                self.term_reads(&window.start, &When::guarded(guard), reads);
                self.term_reads(&window.length, &When::guarded(guard), reads);
            }
            WindowPlan::Earlier(a, b) => {
                self.window_reads(a, guard, reads);
                self.window_reads(b, guard, reads);
            }
            WindowPlan::Until(day) => self.term_reads(day, &When::guarded(guard), reads),
            WindowPlan::Forever => {}
        }
    }

    /// The facts of a state condition.
    pub(super) fn state_reads(&mut self, holds: &HoldsPlan) -> Box<[Read]> {
        let mut reads = Reads::default();
        match holds {
            HoldsPlan::When(when) | HoldsPlan::Open(when) => self.cond_reads(*when, &When::always(), &mut reads),
            HoldsPlan::Needs(guard, terms) => {
                self.cond_reads(*guard, &When::always(), &mut reads);
                terms.iter().for_each(|term| self.term_reads(term, &When::guarded(*guard), &mut reads));
            }
        }
        reads.finished().into()
    }

    /// The facts by which the edition is known.
    pub(super) fn edition_reads(&mut self, editions: &[Ref]) -> Box<[Read]> {
        let mut reads = Reads::default();
        editions.iter().for_each(|when| self.cond_reads(*when, &When::always(), &mut reads));
        reads.finished().into()
    }

    /// The facts of rewards; a reward that rests on an assumed fact names it.
    pub(super) fn reward_reads(&mut self, rewards: &[(Ref, RewardPlan)]) -> Box<[Read]> {
        let mut reads = Reads::default();
        for (when, reward) in rewards {
            self.cond_reads(*when, &When::always(), &mut reads);
            match reward {
                RewardPlan::Nothing => {}
                RewardPlan::Amount(term) => self.term_reads(term, &When::guarded(*when), &mut reads),
                RewardPlan::Tier(choices, by) => {
                    self.choice_reads(choices, *when, false, true, &mut reads);
                    self.term_reads(by, &When::guarded(*when), &mut reads);
                }
            }
        }
        reads.finished().into()
    }

    /// Every condition that a requirement's body names.
    pub(super) fn body_refs(&self, body: &BodyPlan) -> Vec<Ref> {
        match body {
            BodyPlan::Clauses(clauses) => clauses.conditions().collect(),
            BodyPlan::Editions(all) => all.iter().flat_map(ClausePlan::conditions).collect(),
            BodyPlan::Progress(progress) => {
                let mut refs: Vec<Ref> = progress.starts.into_iter().chain(progress.counted).collect();
                refs.extend(progress.windows.iter().map(|(when, _)| *when));
                refs.extend(progress.toward.iter().map(|choice| choice.when));
                let tiers = progress.toward.iter().flat_map(|choice| choice.tiers.iter().flatten());
                refs.extend(tiers.flat_map(|(spend, _)| term_refs(spend)));
                refs.extend(term_refs(&progress.amount));
                refs.extend(progress.crossed.iter().flat_map(term_refs));
                refs.extend(progress.windows.iter().flat_map(|(_, window)| window_refs(window)));
                refs
            }
        }
    }
}

fn window_refs(window: &WindowPlan) -> Vec<Ref> {
    match window {
        WindowPlan::Within(window) => [term_refs(&window.start), term_refs(&window.length)].concat(),
        WindowPlan::Earlier(a, b) => [window_refs(a), window_refs(b)].concat(),
        WindowPlan::Until(day) => term_refs(day),
        WindowPlan::Forever => Vec::new(),
    }
}
