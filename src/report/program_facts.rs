//! The facts that a decision reads, as questions.
//!
//! In: a decision. Out: a table of a page, or the facts themselves.
//! Owns their order: as the terms name them. Never evaluates.

use super::page::{Block, Line, code, plain};
use super::terms::{condition_facts, operand_facts};
use crate::program::{Body, Clauses, Decision, Fact, Program, Progress, ProgressWindow, RewardValue, SlotId, StateHolds};

/// The facts that a decision reads, each once, in the order in which its terms name them.
pub(super) fn facts_of<'a>(program: &'a Program, decision: &Decision) -> Vec<&'a Fact> {
    let mut slots: Vec<SlotId> = Vec::new();
    decision.editions.iter().for_each(|edition| condition_facts(&edition.when, &mut slots));
    for one in &decision.requirements {
        match &one.body {
            Body::Clauses(clauses) => clause_facts(clauses, &mut slots),
            Body::Editions(all) => all.iter().for_each(|clauses| clause_facts(clauses, &mut slots)),
            Body::Progress(progress) => progress_facts(progress, &mut slots),
        }
    }
    for state in &decision.states {
        match &state.holds {
            StateHolds::When(when) => condition_facts(when, &mut slots),
            StateHolds::Open(clause) => condition_facts(&clause.when, &mut slots),
            StateHolds::Needs(guard, needs) => {
                condition_facts(guard, &mut slots);
                needs.iter().for_each(|need| operand_facts(need, &mut slots));
            }
        }
    }
    for reward in &decision.rewards {
        condition_facts(&reward.when, &mut slots);
        match &reward.value {
            RewardValue::Amount(amount) => operand_facts(amount, &mut slots),
            RewardValue::Tier(_, by) => operand_facts(by, &mut slots),
            RewardValue::None | RewardValue::Unstated(_) => {}
        }
    }
    let mut facts: Vec<&Fact> = Vec::new();
    for fact in slots.iter().filter_map(|slot| program.fact_of(*slot)) {
        if !facts.iter().any(|other| other.name == fact.name) {
            facts.push(fact);
        }
    }
    facts
}

/// The facts that a decision reads, as questions.
pub(super) fn facts_read<'a>(program: &'a Program, decision: &Decision, blocks: &mut Vec<Block<'a>>) {
    let row = |fact: &'a Fact| -> Vec<Line<'a>> {
        vec![
            vec![code(fact.name.as_str())],
            vec![plain(fact.ask.as_str())],
            vec![plain(fact.ty.describe())],
            vec![plain(fact.find.join("; or: "))],
        ]
    };
    let rows: Vec<Vec<Line<'a>>> = facts_of(program, decision).into_iter().map(row).collect();
    if !rows.is_empty() {
        let head = ["Fact", "Question", "Answer", "Where to look"].map(str::to_owned).to_vec();
        blocks.push(Block::Heading(2, vec![plain(format!("Facts that are read ({})", rows.len()))]));
        blocks.push(Block::Table { caption: "Facts, by the names that a facts document uses".to_owned(), head, rows });
    }
}

fn clause_facts(clauses: &Clauses, found: &mut Vec<SlotId>) {
    [&clauses.met, &clauses.fails, &clauses.pending].into_iter().for_each(|when| condition_facts(when, found));
    clauses.open.iter().for_each(|open| condition_facts(&open.when, found));
}

fn progress_facts(progress: &Progress, found: &mut Vec<SlotId>) {
    operand_facts(&progress.amount, found);
    progress.starts.iter().chain(&progress.counted).for_each(|when| condition_facts(when, found));
    for choice in &progress.toward {
        condition_facts(&choice.when, found);
        choice.tiers.iter().flatten().for_each(|tier| operand_facts(&tier.spend, found));
    }
    for (when, span) in &progress.windows {
        condition_facts(when, found);
        span_facts(span, found);
    }
    progress.crossed.iter().for_each(|crossed| operand_facts(crossed, found));
}

fn span_facts(span: &ProgressWindow, found: &mut Vec<SlotId>) {
    match span {
        ProgressWindow::Within { start, length, .. } => {
            operand_facts(start, found);
            operand_facts(length, found);
        }
        ProgressWindow::Earlier(a, b) => {
            span_facts(a, found);
            span_facts(b, found);
        }
        ProgressWindow::Until(day) => operand_facts(day, found),
        ProgressWindow::Forever => {}
    }
}
