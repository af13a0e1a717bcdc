//! Remedies that would propose what must never be proposed.
//!
//! In: the requirements of all decisions, with their remedies and the facts that they read. Out: warnings.
//! Owns no meaning. Never reads what a remedy says: who is to act, and on which facts, is enough.

use super::Check;
use crate::diagnostic::{Diagnostic, codes};
use crate::program::{Body, Change, Clauses, Cond, Fact, Operand, Program, SlotId};

impl Check<'_> {
    /// A remedy by a party, on a requirement that only facts decide which nobody may be advised to change, one of which this
    /// party can change: following it would be that change.
    pub(super) fn harmful_remedies(&mut self) {
        let mut found = Vec::new();
        for requirement in self.program.decisions.iter().flat_map(|decision| &decision.requirements) {
            let remedy = requirement.remedy.and_then(|at| self.program.remedies.get(at));
            let Some((remedy, party)) = remedy.and_then(|remedy| Some((remedy, remedy.class.strip_prefix("by_")?))) else {
                continue;
            };
            let facts = facts_of(&self.program, &requirement.body);
            let acts = |fact: &&Fact| matches!(&fact.change, Change::By(by) if by == party);
            if let Some(fact) = facts.iter().copied().find(acts).filter(|_| facts.iter().all(|fact| fact.never_advise)) {
                let headline =
                    format!("the remedy `{}` of `{}` can only mean a change of `{}`", remedy.id, requirement.id, fact.name);
                found.push(
                    Diagnostic::new(&codes::HARMFUL_REMEDY, requirement.span, headline)
                        .label(fact.span, "this must never be advised")
                        .help("name a remedy that is `never`, or one by somebody else"),
                );
            }
        }
        found.into_iter().for_each(|finding| self.report(finding));
    }
}

/// The facts that decide a requirement. One that grows by progress rests on spend, which may be advised.
fn facts_of<'p>(program: &'p Program, body: &Body) -> Vec<&'p Fact> {
    let mut slots = Vec::new();
    match body {
        Body::Clauses(clauses) => clause_slots(clauses, &mut slots),
        Body::Editions(all) => all.iter().for_each(|clauses| clause_slots(clauses, &mut slots)),
        Body::Progress(_) => {}
    }
    slots.into_iter().filter_map(|slot| program.fact_of(slot)).collect()
}

fn clause_slots(clauses: &Clauses, slots: &mut Vec<SlotId>) {
    let open = clauses.open.iter().map(|open| &open.when);
    [&clauses.met, &clauses.fails, &clauses.pending].into_iter().chain(open).for_each(|cond| cond_slots(cond, slots));
}

fn cond_slots(cond: &Cond, slots: &mut Vec<SlotId>) {
    cond.each_test(&mut |test| {
        slots.extend(test.kind.slots());
        test.kind.operands().into_iter().for_each(|operand| operand_slots(operand, slots));
    });
}

fn operand_slots(operand: &Operand, slots: &mut Vec<SlotId>) {
    if let Operand::Slot(slot) = operand {
        slots.push(*slot);
    }
    operand.parts().into_iter().for_each(|part| operand_slots(part, slots));
}
