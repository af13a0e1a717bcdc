//! Analysis on random rule sets: every witness replays, and what is proved impossible never happens.
//!
//! The naive reference decides the witnesses again; accounts drawn at random are what must not be called impossible.

use std::collections::BTreeMap;

use accredit::analyze::{Found, Side, Space, Unclear, Wanted};
use accredit::eval::reference;
use accredit::facts::{Facts, Reader};
use accredit::plan::lower;
use accredit::program::{Decision, Judged, Program, Subject, Verdict};

use crate::random::{Rng, RuleSet, rule_sets, seed, shown};

/// How many rule sets are analysed.
fn count() -> usize {
    std::env::var("ACCREDIT_ANALYSES").ok().and_then(|count| count.parse().ok()).unwrap_or(2_000)
}

/// What the reference says of a witness.
fn outcome(program: &Program, decision: &Decision, facts: &Facts, record: Option<usize>) -> accredit::eval::Outcome {
    let facts = match decision.subject {
        Subject::Account => facts.clone(),
        Subject::Each(list) => facts.with_record(program, list, record.unwrap()),
    };
    reference::decide(program, &facts, decision)
}

/// Verdicts and results that a decision might come to.
fn questions(decision: &Decision) -> Vec<Wanted> {
    let mut all: Vec<Wanted> = Verdict::ALL.into_iter().map(|verdict| Wanted::Verdict(0, verdict)).collect();
    for requirement in 0..decision.requirements.len() {
        let results = [Judged::Met, Judged::Failed, Judged::Pending, Judged::Open];
        all.extend(results.map(|judged| Wanted::Result(0, requirement, judged)));
    }
    all
}

fn comes_to(outcome: &accredit::eval::Outcome, wanted: &Wanted) -> bool {
    match wanted {
        Wanted::Verdict(_, verdict) => outcome.verdict == *verdict,
        Wanted::Result(_, at, judged) => outcome.results[*at] == *judged,
        _ => unreachable!("only verdicts and results are asked here"),
    }
}

#[test]
fn witnesses_replay_and_the_impossible_never_happens() {
    let mut tally: BTreeMap<&str, usize> = BTreeMap::new();
    for set in rule_sets(seed()).take(count() / 20) {
        let program = set.program();
        let (plan, reader) = (lower(&set.sound), Reader::new(program));
        let side = Side { program, plan: &plan, reader: &reader };
        let mut rng = Rng::new(set.seed ^ 0x51);
        let accounts: Vec<Facts> = (0..60).map(|_| set.facts(&mut rng)).collect();
        for (at, decision) in program.decisions.iter().enumerate() {
            let mut space = Space::new(&[(side, at)]);
            let seen: Vec<_> = accounts
                .iter()
                .flat_map(|facts| {
                    let records = match decision.subject {
                        Subject::Account => vec![None],
                        Subject::Each(list) => (0..facts.records(list).len()).map(Some).collect(),
                    };
                    records.into_iter().map(move |record| (facts, outcome(program, decision, facts, record)))
                })
                .collect();
            for wanted in questions(decision) {
                let fail = |what: &str, facts: &Facts| -> ! {
                    panic!(
                        "{what}: {wanted:?} of {}\nACCREDIT_SEED={}\n{}\nfacts:\n{}",
                        decision.id,
                        set.seed,
                        set.text,
                        shown(program, facts)
                    )
                };
                let found = space.find(&wanted);
                let kind = match &found {
                    Found::Witness(witness) => {
                        let again = outcome(program, decision, &witness.facts[0], witness.records[0]);
                        if !comes_to(&again, &wanted) {
                            fail("a witness does not replay", &witness.facts[0]);
                        }
                        "witness"
                    }
                    Found::Impossible => {
                        if let Some((facts, _)) = seen.iter().find(|(_, outcome)| comes_to(outcome, &wanted)) {
                            fail("called impossible", facts);
                        }
                        "impossible"
                    }
                    Found::NotAnalysed(Unclear::NoReplay) => fail("a model does not replay", &accounts[0]),
                    Found::NotAnalysed(Unclear::Arithmetic) => "arithmetic",
                    Found::OutOfSteps => "steps",
                };
                *tally.entry(kind).or_default() += 1;
            }
        }
        let _: &RuleSet = &set;
    }
    println!("{tally:?}");
    assert!(tally["witness"] > tally.values().sum::<usize>() / 3, "{tally:?}");
}
