//! Many rows at once decide what one account alone decides.
//!
//! In: random rule sets and accounts, at every boundary and with most facts absent. Out: no difference in verdict, results,
//! states or reward between columns, the evaluation of one account, and the naive reference.
//! Owns the comparison. Never weighs a difference: one is one too many.

use accredit::eval::reference::decide;
use accredit::eval::{self, outcomes};
use accredit::facts::Facts;
use accredit::plan::lower;
use accredit::program::Subject;
use accredit::screen::columns::{Batch, Engine, Plane, STRIP};

use crate::random::{Rng, RuleSet, count, rule_sets, seed, shown};

/// Rows of a rule set: mostly few, now and then more than a strip holds.
fn rows_of(set: &RuleSet) -> usize {
    if set.seed.is_multiple_of(16) { STRIP + 37 } else { 60 }
}

#[test]
fn columns_agree_with_one_account_and_with_the_reference() {
    let (mut pairs, mut compared, mut rewards) = (0, 0, 0);
    for set in rule_sets(seed()) {
        if pairs >= count() {
            break;
        }
        let mut rng = Rng::new(set.seed);
        let accounts: Vec<Facts> = (0..rows_of(&set)).map(|_| set.facts(&mut rng)).collect();
        pairs += accounts.len();
        let (program, plan) = (set.program(), lower(&set.sound));
        let single: Vec<_> = accounts.iter().map(|facts| outcomes(&plan, facts)).collect();
        for (at, decision) in program.decisions.iter().enumerate() {
            let rows: Vec<Facts> = match decision.subject {
                Subject::Account => accounts.clone(),
                Subject::Each(list) => accounts
                    .iter()
                    .flat_map(|facts| (0..facts.records(list).len()).map(|record| facts.with_record(program, list, record)))
                    .collect(),
            };
            let mut wanted = single.iter().flatten().filter(|(subject, _)| subject.decision == at);
            let batch = Batch::of_facts(program, &plan, rows.iter());
            let engine = Engine::new(program, &plan, vec![at]);
            let mut workspace = engine.workspace(Facts::new(program, 0));
            for strip in 0..batch.strips() {
                engine.decide(&batch, strip, &mut workspace);
                let mut masks = Box::new([[0; STRIP]; 6]);
                let [met, failed, pending, open, holds, fails] = &mut *masks;
                workspace.decided()[0].masks(&Plane::first(batch.rows_of(strip)), [met, failed, pending, open]);
                workspace.decided()[0].state_masks([holds, fails]);
                for row in 0..batch.rows_of(strip) {
                    let facts = &rows[strip * STRIP + row];
                    let (subject, outcome) = wanted.next().expect("one subject a row");
                    let found = workspace.decided()[0].at(row);
                    let one = [found.met, found.failed, found.pending, found.open, found.holds, found.fails];
                    assert_eq!(one, masks.each_ref().map(|all| all[row]), "one row and all rows");
                    let reward = engine.reward(0, &batch, strip, row, &mut workspace);
                    let reference = decide(program, facts, decision);
                    let told = || {
                        let shown = shown(program, facts);
                        format!("ACCREDIT_SEED={} {} row {row}\n{}\nfacts:\n{shown}", set.seed, decision.id, set.text)
                    };
                    assert_eq!(found, subject.decided, "one account: {}", told());
                    assert_eq!(reward, outcome.reward, "one account: {}", told());
                    assert_eq!((found.verdict, reward), (reference.verdict, reference.reward), "reference: {}", told());
                    let results: Vec<_> = (0..reference.results.len()).map(|at| found.result(at)).collect();
                    assert_eq!(results, reference.results, "reference: {}", told());
                    compared += 1;
                    rewards += usize::from(reward.is_some());
                    // What a row says of itself is what was put in.
                    if row == 0 {
                        let mut back = Facts::new(program, 0);
                        batch.facts_of(program, strip * STRIP + row, &mut back);
                        let again = eval::reference::decide(program, &back, decision);
                        assert_eq!(again.verdict, reference.verdict, "{}", told());
                    }
                }
            }
            assert!(wanted.next().is_none(), "a subject without a row");
        }
    }
    println!("{pairs} accounts, {compared} decisions, {rewards} rewards");
    assert!(rewards > compared / 100, "too few rewards to mean anything: {rewards} of {compared}");
}
