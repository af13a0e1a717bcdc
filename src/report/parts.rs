//! The parts of which pages of a workbench are made: counts, groups, cards, questions, values, entries of lists.
//!
//! In: a report or a program. Out: texts and pieces of HTML, in which everything is escaped.
//! Owns which parts there are. Their words are those of the other renderings; never decides, never lays a page out.

use super::account::{View, without_record};
use super::card::{of_program, where_to_look};
use super::page::Block;
use super::programs::{about as each_about, all_cites};
use super::{Report, advice, arrange, html, offer, words};
use crate::advise::Question as Advised;
use crate::explain::Explanation;
use crate::facts::{Facts, State};
use crate::program::{Decision, Lane, Program, Route, SlotId, Type, Verdict};
use crate::syntax::DecisionKind;

/// Decisions of one kind with one verdict.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Group {
    /// Their kind.
    pub kind: DecisionKind,
    /// Their verdict.
    pub verdict: Verdict,
    /// `Qualifies (2)`.
    pub heading: String,
    /// Their places in the report, in the order of telling.
    pub places: Vec<usize>,
}

/// The groups of a report in the order of telling; none is empty, and no decision is left out.
pub fn groups(report: &Report<'_>) -> Vec<Group> {
    let place = |told: &Explanation<'_>| report.decisions.iter().position(|known| std::ptr::eq(known, told));
    let groups = arrange::groups(&report.decisions).into_iter();
    groups
        .map(|group| Group {
            kind: group.kind,
            verdict: group.verdict,
            heading: group.heading(),
            places: group.told.iter().filter_map(|told| place(told)).collect(),
        })
        .collect()
}

/// `2 qualify · 1 on track`; one line a kind.
pub fn counts(report: &Report<'_>) -> Vec<String> {
    arrange::counts(&arrange::groups(&report.decisions))
}

/// What the card of one decision says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Card {
    /// What it is called, with the record that it is about.
    pub title: String,
    /// How a reader should take it: the class of its style.
    pub tone: &'static str,
    /// `Qualifies. All 6 requirements are met.`, in HTML.
    pub verdict: String,
    /// What is at stake: `1500 USD`, `up to 1500 USD`; nothing where no source states an amount.
    pub stake: Option<String>,
    /// The rest, in HTML.
    pub body: String,
}

/// The card of the decision at a place of the report.
pub fn card(report: &Report<'_>, at: usize) -> Option<Card> {
    let told = report.decisions.get(at)?;
    let Block::Card(tone, blocks) = super::card::card(report, told, View::screen(false)) else { return None };
    // The title and the line of the verdict stand by themselves.
    let verdict = super::card::verdict_line(report, told);
    let rest: Vec<Block<'_>> =
        blocks.into_iter().filter(|block| !matches!(block, Block::Heading(..)) && !is_line(block, &verdict)).collect();
    Some(Card {
        title: arrange::title(report.program, told),
        tone: html::class(tone),
        verdict: html::inline(&verdict),
        stake: stake(report, told),
        body: html::fragment(&rest),
    })
}

/// What a decision is called, with the record that it is about.
pub fn card_title(report: &Report<'_>, told: &Explanation<'_>) -> String {
    arrange::title(report.program, told)
}

/// Is it this line?
fn is_line(block: &Block<'_>, line: &super::page::Line<'_>) -> bool {
    let same = |a: &super::page::Piece<'_>, b: &super::page::Piece<'_>| a.text == b.text && a.look == b.look;
    matches!(block, Block::Say(said) if said.len() == line.len() && said.iter().zip(line).all(|(a, b)| same(a, b)))
}

/// What the credit pays, or may pay at most; nothing where it is refused or gone, because an amount beside a no would read
/// as if there were one.
pub(super) fn stake(report: &Report<'_>, told: &Explanation<'_>) -> Option<String> {
    if crate::advise::rank(told.verdict) == 0 {
        return None;
    }
    if let Some(reward) = &told.reward {
        return Some(super::reward_text(reward));
    }
    let (amount, at_most) = report.advice_on(told)?.prospect.as_ref()?.pays?;
    Some(if at_most { format!("up to {}", words::money(amount)) } else { words::money(amount) })
}

/// What the account can still get, the nearest first, in HTML; empty where the groups say it already.
pub fn prospects(report: &Report<'_>) -> String {
    let mut blocks = Vec::new();
    if let Some(advised) = report.advice {
        advice::prospects(report, advised, View::screen(false), &mut blocks);
    }
    html::fragment(&blocks)
}

/// What was not looked at because the document lists no such record, in HTML; empty where there is nothing.
pub fn not_looked_at(report: &Report<'_>) -> String {
    let mut blocks = Vec::new();
    without_record(report, &mut blocks);
    html::fragment(&blocks)
}

/// What a positive verdict means.
pub fn promise(program: &Program) -> String {
    words::PROMISE.replace("the platform", words::decider(program))
}

/// Who decides in the end: the party that the rules are named for, else `the platform`.
pub fn decider(program: &Program) -> &str {
    words::decider(program)
}

/// A question as it is put to a person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Question {
    /// What is asked.
    pub ask: String,
    /// Of what: the program or record, where the question is about one.
    pub about: Option<String>,
    /// Where the answer is found.
    pub look: String,
    /// Why it is asked.
    pub why: Option<String>,
    /// What its answers decide, in HTML.
    pub decides: Option<String>,
}

/// A question of a decision of the report.
pub fn question(report: &Report<'_>, told: &Explanation<'_>, asked: &Advised) -> Option<Question> {
    let fact = report.program.fact_of(asked.slot)?;
    Some(Question {
        ask: fact.ask.clone(),
        about: about(report.program, asked.slot, told.subject),
        look: where_to_look(fact),
        why: advice::why(told.decision, asked),
        decides: advice::decides(report, asked).map(|line| html::inline(&line)),
    })
}

/// What a fact is about, where there may be several: the title of the program, or the name of the record.
pub fn about(program: &Program, slot: SlotId, record: Option<&str>) -> Option<String> {
    use crate::program::At;
    match program.slots.get(slot.0 as usize)?.at {
        At::Single => None,
        At::Keyed(..) => of_program(program, slot).map(str::to_owned),
        At::Record(list) => {
            let each = program.lists.get(list.0 as usize).map_or("", |list| list.each.as_str());
            record.map(|record| format!("{} {record}", words::plain(each)))
        }
    }
}

/// What names the account; nothing where the document gives no name and no id.
pub fn name(program: &Program, facts: &Facts) -> Option<String> {
    let named = program.slots.iter().zip(facts.values()).any(|(slot, (_, state))| {
        let fact = program.facts.get(slot.fact.0 as usize);
        slot.at == crate::program::At::Single && *state == State::Given && fact.is_some_and(|fact| fact.identifies)
    });
    identity(program, facts).into_iter().next().filter(|_| named)
}

/// What names the account and says where it is, each in words.
pub fn identity(program: &Program, facts: &Facts) -> Vec<String> {
    arrange::identity(program, facts)
}

/// A word of the rules as people write it.
pub fn option(word: &str) -> String {
    words::plain(word)
}

/// A fact's value for people.
pub fn value(program: &Program, facts: &Facts, slot: SlotId, lane: Lane) -> String {
    match program.fact_of(slot).map(|fact| &fact.ty) {
        Some(Type::Country) => {
            let code = Type::Country.text(lane);
            crate::value::country_name(lane.main).map_or(code.clone(), |name| format!("{name} ({code})"))
        }
        _ => words::value(program, facts, slot, lane),
    }
}

/// A decision in a list of all.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listed {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its kind.
    pub kind: DecisionKind,
    /// Where it stands in the program.
    pub place: usize,
    /// How much a failed check matters.
    pub severity: Option<String>,
    /// About what it is made: `account`, `campaign`.
    pub about: String,
    /// Who gives it.
    pub offered: Option<String>,
    /// Where.
    pub regions: Option<String>,
    /// When.
    pub in_force: Option<String>,
    /// How many requirements it has.
    pub requirements: usize,
    /// When its sources were read.
    pub read: String,
}

/// Every decision of the rules, in their order.
pub fn listed(program: &Program) -> Vec<Listed> {
    let one = |(place, one): (usize, &Decision)| Listed {
        id: one.id.clone(),
        title: one.title.clone(),
        kind: one.kind,
        place,
        severity: one.severity.clone(),
        about: words::plain(each_about(program, one)),
        offered: offer::offered(program, one),
        regions: offer::regions(one),
        in_force: (one.kind == DecisionKind::Credit).then(|| offer::in_force(one.in_force)),
        requirements: one.requirements.len(),
        read: super::program_list::read_days(program, &all_cites(one)),
    };
    program.decisions.iter().enumerate().map(one).collect()
}

/// A source in a list of all.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sourced {
    /// Its title, leading to its address where it has one, in HTML.
    pub title: String,
    /// The date that it bears.
    pub dated: Option<String>,
    /// When it was read; nothing where each client has to read it.
    pub read: Option<String>,
    /// How many decisions cite it.
    pub cited: usize,
}

/// Every source of the rules, in their order.
pub fn sourced(program: &Program) -> Vec<Sourced> {
    let cited = |at: usize| program.decisions.iter().filter(|one| all_cites(one).contains(&at)).count();
    let one = |(at, source): (usize, &crate::program::Source)| Sourced {
        title: html::inline(&super::reasons::source_line(source, false)),
        dated: source.dated.clone(),
        read: source.read.map(words::day),
        cited: cited(at),
    };
    program.sources.iter().enumerate().map(one).collect()
}

/// The terms of a decision in words, in HTML that begins with a heading of the first level.
pub fn terms_part(program: &Program, decision: &Decision) -> String {
    html::fragment(&super::program_page::one_page(program, decision).blocks)
}

/// A way to support in a list of all.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Routed {
    /// Its id.
    pub id: String,
    /// What the client sees.
    pub symptom: String,
    /// Whom to ask.
    pub channel: String,
    /// How long it takes.
    pub expect: String,
}

/// Every way to support, by what the client sees.
pub fn routed(program: &Program) -> Vec<Routed> {
    let one = |one: &Route| Routed {
        id: one.id.clone(),
        symptom: one.symptom.clone(),
        channel: one.channel.clone(),
        expect: one.expect.clone(),
    };
    program.routes.iter().map(one).collect()
}

/// One way to support, in HTML that begins with a heading of the first level.
pub fn route_part(program: &Program, route: &Route) -> String {
    html::fragment(&super::route::page(program, route).blocks)
}
