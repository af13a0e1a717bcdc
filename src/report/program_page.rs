//! The page about one decision: its terms in words.
//!
//! In: a program and one of its decisions. Out: a page.
//! Owns its order and headings. Never evaluates.

use std::borrow::Cow;

use super::clauses::{by_edition, clause_lines, progress_lines, tables, tiers};
use super::html;
use super::offer::{in_force, offered, regions};
use super::page::{Block, Item, Line, Page, code, joined, plain, quiet, strong, toned};
use super::program_facts::facts_read;
use super::programs::{about, all_cites, only_once, pays, state_when};
use super::reasons::source_line;
use super::terms::condition;
use super::words;
use crate::program::{Body, Clauses, Cond, Decision, Intended, Program, Requirement, ShownWarning};
use crate::syntax::DecisionKind;

/// The terms of one decision in HTML, without the version of the rules: they are compared with those of another version.
pub(super) fn terms(program: &Program, decision: &Decision) -> String {
    html::fragment(&blocks(program, decision, None))
}

/// The terms of one decision.
pub(super) fn one_page<'a>(program: &'a Program, decision: &'a Decision) -> Page<'a> {
    let rules = format!("rules {} {}", program.name, program.version);
    Page { title: decision.title.clone(), blocks: blocks(program, decision, Some(rules)) }
}

fn blocks<'a>(program: &'a Program, decision: &'a Decision, rules: Option<String>) -> Vec<Block<'a>> {
    let mut blocks = vec![Block::Heading(1, vec![plain(decision.title.as_str())])];
    let kind = match (&decision.severity, decision.kind) {
        (Some(severity), _) => format!("check of severity {severity}"),
        (None, kind) => super::json::kind_word(kind).to_owned(),
    };
    let mut facts = vec![
        vec![code(decision.id.as_str())],
        vec![plain(kind)],
        vec![plain(format!("for each {}", words::plain(about(program, decision))))],
    ];
    facts.extend(rules.map(|rules| vec![quiet(rules)]));
    blocks.push(Block::Say(joined(facts, " · ")));
    let mut fields: Vec<(Cow<'a, str>, Line<'a>)> = Vec::new();
    fields.extend(offered(program, decision).map(|by| ("Offered by".into(), vec![plain(by)])));
    fields.extend(regions(decision).map(|regions| ("Regions".into(), vec![plain(regions)])));
    if decision.kind == DecisionKind::Credit {
        fields.push(("In force".into(), vec![plain(in_force(decision.in_force))]));
    }
    fields.extend(decision.claim.iter().map(|claim| ("How it is claimed".into(), vec![plain(claim.as_str())])));
    fields.extend(decision.note.iter().map(|note| ("Note".into(), vec![plain(note.as_str())])));
    fields.extend(decision.assume.iter().map(|assume| ("Assumed".into(), vec![plain(assume.as_str())])));
    blocks.push(Block::Fields(fields));
    editions(program, decision, &mut blocks);
    blocks.push(Block::Heading(2, vec![plain(format!("Requirements ({})", decision.requirements.len()))]));
    let items = decision.requirements.iter().map(|one| requirement(program, decision, one));
    blocks.push(Block::List { numbered: true, items: items.collect() });
    states(program, decision, &mut blocks);
    rewards(program, decision, &mut blocks);
    for table in tables(program, decision) {
        blocks.push(tiers(table));
    }
    let warnings = decision.warnings.iter().filter_map(|shown| Some((shown, program.warnings.get(shown.warning)?)));
    let warnings: Vec<Item<'a>> = warnings
        .map(|(shown, warning)| Item {
            line: vec![plain(warning.say.as_str())],
            blocks: shown_when(program, shown).into_iter().map(|when| Block::Say(vec![quiet(when)])).collect(),
            ..Item::default()
        })
        .collect();
    if !warnings.is_empty() {
        blocks.push(Block::Heading(2, vec![plain("Warnings that may be shown")]));
        blocks.push(Block::List { numbered: false, items: warnings });
    }
    facts_read(program, decision, &mut blocks);
    blocks.push(Block::Heading(2, vec![plain("Sources")]));
    let cited = all_cites(decision).into_iter().filter_map(|at| program.sources.get(at));
    let items = cited.map(|source| Item { line: source_line(source, true), ..Item::default() });
    blocks.push(Block::List { numbered: false, items: items.collect() });
    blocks.push(Block::Heading(2, vec![plain("What this means")]));
    blocks.push(Block::Say(vec![plain(words::PROMISE)]));
    blocks
}

/// `Shown with “Blocked” when account.status is suspended.`; nothing for a warning that is always shown.
fn shown_when(program: &Program, shown: &ShownWarning) -> Option<String> {
    let verdicts: Vec<String> = shown.on.iter().map(|verdict| format!("“{}”", words::verdict(*verdict))).collect();
    let with = (!verdicts.is_empty()).then(|| format!(" with {}", words::either(&verdicts)));
    let when = (!matches!(shown.when, Cond::Constant(true))).then(|| format!(" when {}", condition(program, &shown.when)));
    (with.is_some() || when.is_some()).then(|| format!("Shown{}{}.", with.unwrap_or_default(), when.unwrap_or_default()))
}

fn editions<'a>(program: &Program, decision: &'a Decision, blocks: &mut Vec<Block<'a>>) {
    if decision.editions.is_empty() {
        return;
    }
    blocks.push(Block::Heading(2, vec![plain("Editions of the terms")]));
    let items = decision.editions.iter().map(|edition| {
        let mut inside = vec![Block::Say(vec![plain(format!("Applies when {}.", condition(program, &edition.when)))])];
        let numbers = edition.with.iter().map(|(name, value)| vec![plain(format!("{} {value}", words::plain(name)))]);
        let numbers = joined(numbers, "; ");
        if !numbers.is_empty() {
            let mut line = vec![plain("Its numbers: ")];
            line.extend(numbers);
            inside.push(Block::Say(line));
        }
        inside.extend(edition.in_force.map(|limits| Block::Say(vec![plain(format!("In force: {}.", in_force(limits)))])));
        inside.extend(edition.open.iter().map(|open| Block::Say(vec![plain(format!("Left open: {open}."))])));
        Item { mark: None, line: vec![strong(edition.label.as_str())], blocks: inside }
    });
    blocks.push(Block::List { numbered: false, items: items.collect() });
}

fn requirement<'a>(program: &'a Program, decision: &'a Decision, one: &'a Requirement) -> Item<'a> {
    let mut blocks = Vec::new();
    if let Some(other) = only_once(decision, one) {
        blocks.push(Block::Say(vec![plain(format!("Judged only once this is met: {}.", other.label))]));
    }
    for (said, because) in &one.intended {
        let said = match said {
            Intended::NeverMet => "Meant never to be met",
            Intended::NeverFails => "Meant never to fail",
            Intended::NeverDecides => "Meant to decide nothing by itself",
            Intended::NeverWithout(_) => "Meant to be asked in any case",
        };
        blocks.push(Block::Say(vec![plain(format!("{said}: {because}."))]));
    }
    let clauses = |clauses: &'a Clauses, blocks: &mut Vec<Block<'a>>| {
        for (result, when, because) in clause_lines(program, clauses) {
            let when = if when == "always" { " in any case".to_owned() } else { format!(" when {when}") };
            let mut line = vec![toned(words::result_tone(result), words::result(result)), plain(when)];
            line.extend(because.map(|because| plain(format!(", because {because}"))));
            line.push(plain("."));
            blocks.push(Block::Say(line));
        }
    };
    match &one.body {
        Body::Clauses(only) => clauses(only, &mut blocks),
        Body::Editions(all) => {
            for (labels, alike) in by_edition(program, decision, all) {
                let mut inside = Vec::new();
                clauses(alike, &mut inside);
                blocks.push(Block::Fold { summary: labels.join("; "), open: true, blocks: inside });
            }
        }
        Body::Progress(progress) => {
            blocks.extend(progress_lines(program, progress).into_iter().map(|line| Block::Say(vec![plain(line)])));
        }
    }
    if let Some(remedy) = one.remedy.and_then(|at| program.remedies.get(at)) {
        let line = vec![strong(format!("{}:", words::class(program, remedy))), plain(" "), plain(remedy.say.as_str())];
        blocks.push(Block::Say(line));
    }
    // Addresses and days stand once, in the list of sources.
    let cited = one.cites.iter().filter_map(|at| program.sources.get(*at)).map(|source| vec![plain(source.title.as_str())]);
    let mut line = vec![quiet(if one.cites.len() == 1 { "Source: " } else { "Sources: " })];
    line.extend(joined(cited, "; "));
    blocks.push(Block::Say(line));
    Item { mark: None, line: vec![strong(one.label.as_str()), plain(" ["), code(one.id.as_str()), plain("]")], blocks }
}

fn states<'a>(program: &'a Program, decision: &'a Decision, blocks: &mut Vec<Block<'a>>) {
    use crate::syntax::StateKind;
    if decision.states.is_empty() {
        return;
    }
    blocks.push(Block::Heading(2, vec![plain("What may become of the credit")]));
    let items = decision.states.iter().map(|state| {
        let word = match state.kind {
            StateKind::Lost => "Lost",
            StateKind::Blocked => "Blocked",
            StateKind::Life | StateKind::Standing => "Not known",
        };
        let inside = vec![Block::Say(vec![plain(format!("{word} when {}.", state_when(program, &state.holds)))])];
        Item { mark: None, line: vec![strong(state.label.as_str())], blocks: inside }
    });
    blocks.push(Block::List { numbered: false, items: items.collect() });
}

fn rewards<'a>(program: &Program, decision: &'a Decision, blocks: &mut Vec<Block<'a>>) {
    if decision.rewards.is_empty() {
        return;
    }
    blocks.push(Block::Heading(2, vec![plain("What it pays")]));
    let several = decision.rewards.len() > 1;
    let items = decision.rewards.iter().enumerate().map(|(at, reward)| {
        let what = format!("It pays {}", pays(program, &reward.value));
        let last = at + 1 == decision.rewards.len();
        let text = match &reward.when {
            Cond::Constant(true) if several => format!("{what} otherwise."),
            Cond::Constant(true) => format!("{what}."),
            Cond::Not(_) if several && last => format!("{what} otherwise."),
            when => format!("{what} when {}.", condition(program, when)),
        };
        Item { line: vec![plain(text)], ..Item::default() }
    });
    blocks.push(Block::List { numbered: false, items: items.collect() });
}
