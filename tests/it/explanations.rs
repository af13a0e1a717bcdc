//! Explanations on random rule sets and accounts: they say what was decided, and a proof is a proof.
//!
//! A proof alone forces its verdict, and nothing can be left out of it. Both are asked of the naive reference.

use accredit::eval::{Workspace, outcomes, reference};
use accredit::explain::{Explainer, Explanation, explain, explain_into};
use accredit::facts::{Facts, State};
use accredit::plan::lower;
use accredit::program::{AS_OF, Decision, Judged, Lane, Program, SlotId, Verdict};

use crate::random::{count, pairs, seed, shown, subjects};

/// The facts of `kept` and those that decided nothing; every other fact of `because` is left out.
fn without(program: &Program, facts: &Facts, because: &[SlotId], kept: &[SlotId]) -> Facts {
    let mut facts = facts.clone();
    for slot in because.iter().filter(|slot| !kept.contains(slot)) {
        match program.fact_of(*slot).and_then(|fact| fact.assume.as_ref()) {
            Some(assume) => facts.set(*slot, assume.value, State::Assumed),
            None => facts.set(*slot, Lane::default(), State::Missing),
        }
    }
    facts
}

fn verdict(program: &Program, facts: &Facts, decision: &Decision) -> Verdict {
    reference::decide(program, facts, decision).verdict
}

#[test]
fn explanations_say_what_was_decided_and_proofs_are_minimal() {
    let mut proofs = 0;
    for (set, facts) in pairs(count() / 4, seed()) {
        let program = set.program();
        let plan = lower(&set.sound);
        let explainer = Explainer::new(program, &plan);
        let told = explain(program, &plan, &explainer, &facts, &mut Workspace::new(&plan), |_| true);
        let outcomes = outcomes(&plan, &facts);
        assert_eq!(told.len(), outcomes.len());
        for ((told, (_, outcome)), (decision, facts)) in told.iter().zip(&outcomes).zip(subjects(program, &facts)) {
            let names = |slots: &[SlotId]| slots.iter().map(|slot| program.name_of(*slot)).collect::<Vec<_>>().join(" ");
            let example = || {
                let (because, proof) = (names(&told.because), names(&told.proof));
                let whose = format!("ACCREDIT_SEED={} {} {:?}", set.seed, decision.id, told.subject);
                format!("{whose}\nbecause {because}\nproof {proof}\n{}\n{}", set.text, shown(program, &facts))
            };
            let results: Vec<Judged> = told.requirements.iter().map(|note| note.result).collect();
            assert_eq!((told.verdict, &results), (outcome.verdict, &outcome.results), "{}", example());
            assert_eq!(told.because, outcome.because, "because: {}", example());
            assert_eq!(told.missing, outcome.missing, "missing: {}", example());
            for note in &told.requirements {
                assert_eq!(note.open.is_some(), note.result == Judged::Open, "a reason for what is open: {}", example());
            }
            if matches!(told.verdict, Verdict::Undetermined | Verdict::Closed) {
                assert!(told.proof.is_empty(), "{}", example());
                continue;
            }
            proofs += 1;
            assert!(told.proof.iter().all(|slot| told.because.contains(slot)), "{}", example());
            let alone = without(program, &facts, &told.because, &told.proof);
            assert_eq!(verdict(program, &alone, decision), told.verdict, "the proof is too small: {}", example());
            if decision.editions.iter().any(|edition| edition.in_force.is_some()) {
                continue; // What fixes the edition is always part of the proof, needed or not.
            }
            for slot in &told.proof {
                let fewer: Vec<SlotId> = told.proof.iter().copied().filter(|other| other != slot).collect();
                let less = without(program, &facts, &told.because, &fewer);
                let found = verdict(program, &less, decision);
                let name = program.name_of(*slot);
                assert_ne!(found, told.verdict, "`{name}` can be left out of the proof: {}", example());
            }
        }
    }
    assert!(proofs > 0, "no proof was tried");
}

/// Everything that an explanation says.
fn said(one: &Explanation<'_>) -> String {
    let requirements = one.requirements.iter().map(|note| {
        let facts: Vec<_> = one.facts_of(note.facts).collect();
        format!("{:?}", (note.result, note.decisive, note.open, note.why, facts, note.expected, note.margin))
    });
    let states = one.states.iter().map(|note| format!("{:?}", (note.holds, one.facts_of(note.facts).collect::<Vec<_>>())));
    let parts: Vec<String> = requirements.chain(states).collect();
    let slots = (&one.because, &one.proof, &one.missing);
    let rest = (&one.readings, &one.assumptions, &one.warnings, one.progress);
    format!("{} {:?} {:?} {:?} {parts:?} {slots:?} {rest:?}", one.decision.id, one.subject, one.verdict, one.reward)
}

/// The same account of which fewer facts are told: of each `of` slots one, or none at all.
fn fewer(program: &Program, facts: &Facts, of: u32) -> Facts {
    let (blank, mut facts) = (Facts::new(program, facts.as_of()), facts.clone());
    for (at, (lane, state)) in (0_u32..).zip(blank.values()) {
        if SlotId(at) != AS_OF && (of == 0 || at % of != 0) {
            facts.set(SlotId(at), *lane, *state);
        }
    }
    facts
}

#[test]
fn room_that_was_used_for_another_account_changes_no_explanation() {
    let mut told_otherwise = 0;
    for (set, facts) in pairs(count() / 20, seed()) {
        let program = set.program();
        let plan = lower(&set.sound);
        let explainer = Explainer::new(program, &plan);
        let mut other_day = fewer(program, &facts, 2);
        other_day.set(AS_OF, Lane { main: facts.as_of() + 40, aux: 0 }, State::Given);
        let accounts = [facts.clone(), fewer(program, &facts, 0), fewer(program, &facts, 3), other_day];
        let (mut workspace, mut room) = (Workspace::new(&plan), Vec::new());
        for account in [0, 1, 2, 1, 3, 0, 3].map(|at| &accounts[at]) {
            let before: Vec<String> = room.iter().map(said).collect();
            explain_into(program, &plan, &explainer, account, &mut workspace, |_| true, &mut room);
            let fresh = explain(program, &plan, &explainer, account, &mut Workspace::new(&plan), |_| true);
            let [used, fresh] = [&room, &fresh].map(|all| all.iter().map(said).collect::<Vec<_>>());
            assert_eq!(used, fresh, "ACCREDIT_SEED={}\n{}\n{}", set.seed, set.text, shown(program, account));
            told_otherwise += usize::from(before != used);
        }
    }
    assert!(told_otherwise > 0, "all accounts were explained alike");
}
