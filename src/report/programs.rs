//! What the rules hold: the list of decisions, and the terms of one, in every form.
//!
//! In: a program. Out: text, Markdown, HTML or JSON.
//! Owns the JSON of both. Never evaluates.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Form;
use super::json::{kind_word, state_word};
use super::offer::{InForceJson, OfferedJson, RegionsJson};
use super::program_facts::facts_of;
use super::program_list::list_page;
use super::program_page::one_page;
use super::shapes::{RemedyJson, RulesJson, cites};
use super::terms::{condition, operand, part};
use super::value::{DayText, each};
use super::words;
use crate::program::{Body, Clauses, Decision, Program, Requirement, RewardValue, StateHolds, Subject, Table};

/// Every decision of the rules: what it is about, who offers it, where, when it is in force, its sources, and its cases:
/// `cases` holds the number of expectations for each decision, where somebody counted.
pub fn programs(program: &Program, cases: Option<&[usize]>, form: Form) -> String {
    if form == Form::Json {
        let count = |at: usize| cases.and_then(|cases| cases.get(at)).copied();
        let decisions = program.decisions.iter().enumerate();
        let entries = decisions.map(|(at, one)| ListedJson {
            entry: entry(program, one),
            requirements: one.requirements.len(),
            cases: count(at),
        });
        let entries = entries.collect();
        return written(&ListJson { schema: 1, rules: RulesJson::new(program), programs: entries });
    }
    // So many columns fit neither a terminal nor a printed page.
    super::shown(&list_page(program, cases, form != Form::Markdown), form)
}

/// The terms of one decision in words.
pub fn program(program: &Program, decision: &Decision, form: Form) -> String {
    if form == Form::Json {
        return written(&OneJson { schema: 1, rules: RulesJson::new(program), program: terms(program, decision) });
    }
    super::shown(&one_page(program, decision), form)
}

/// JSON with its line end. Writing to memory cannot fail.
pub(super) fn written(value: &impl Serialize) -> String {
    let mut text = serde_json::to_string(value).unwrap_or_default();
    text.push('\n');
    text
}

/// What a decision is made about, as the rules call it.
pub(super) fn about<'a>(program: &'a Program, decision: &Decision) -> &'a str {
    match decision.subject {
        Subject::Account => "account",
        Subject::Each(list) => program.lists.get(list.0 as usize).map_or("record", |list| list.each.as_str()),
    }
}

/// Every source that a decision cites, each once, in the order of the rules.
pub(super) fn all_cites(decision: &Decision) -> Vec<usize> {
    let requirements = decision.requirements.iter().flat_map(|requirement| &requirement.cites);
    let states = decision.states.iter().flat_map(|state| &state.cites);
    let regions = decision.regions.iter().flat_map(|regions| &regions.cites);
    let mut all: Vec<usize> = decision.cites.iter().chain(regions).chain(requirements).chain(states).copied().collect();
    all.sort_unstable();
    all.dedup();
    all
}

#[derive(Serialize)]
struct ListJson<'a> {
    schema: u8,
    rules: RulesJson<'a>,
    programs: Vec<ListedJson<'a>>,
}

#[derive(Serialize)]
struct ListedJson<'a> {
    #[serde(flatten)]
    entry: EntryJson<'a>,
    /// How many; the terms of one decision hold the requirements themselves under this name.
    requirements: usize,
    cases: Option<usize>,
}

#[derive(Serialize)]
struct OneJson<'a, T> {
    schema: u8,
    rules: RulesJson<'a>,
    program: T,
}

#[derive(Serialize)]
struct EntryJson<'a> {
    id: &'a str,
    kind: &'static str,
    title: &'a str,
    severity: Option<&'a str>,
    about: &'a str,
    offered_by: Option<OfferedJson<'a>>,
    regions: Option<RegionsJson<'a>>,
    in_force: InForceJson,
    sources: usize,
    cited: Vec<&'a str>,
    oldest_read: Option<DayText>,
    newest_read: Option<DayText>,
}

#[derive(Serialize)]
struct TermsJson<'a, R, S, C> {
    #[serde(flatten)]
    entry: EntryJson<'a>,
    editions: Vec<EditionJson<'a>>,
    requirements: R,
    state: S,
    rewards: Vec<RewardJson>,
    tables: Vec<TableJson<'a>>,
    facts: Vec<FactJson<'a>>,
    warnings: Vec<&'a str>,
    claim: Option<&'a str>,
    note: Option<&'a str>,
    assumes: &'a [String],
    cites: C,
}

#[derive(Serialize)]
struct EditionJson<'a> {
    id: &'a str,
    label: &'a str,
    when: String,
    in_force: Option<InForceJson>,
    open: Option<&'a str>,
    numbers: BTreeMap<&'a str, &'a str>,
}

#[derive(Serialize)]
struct RequirementJson<'a, C> {
    id: &'a str,
    label: &'a str,
    only_once: Option<&'a str>,
    clauses: Vec<ClauseJson<'a>>,
    progress: Vec<String>,
    remedy_class: &'a str,
    remedy: Option<RemedyJson<'a>>,
    cites: C,
}

#[derive(Serialize)]
struct ClauseJson<'a> {
    edition: Option<&'a str>,
    result: &'static str,
    when: String,
    because: Option<&'a str>,
}

#[derive(Serialize)]
struct StateJson<'a, C> {
    id: &'a str,
    kind: &'static str,
    label: &'a str,
    when: String,
    cites: C,
    remedy: Option<RemedyJson<'a>>,
}

/// Steps of spend and credit; a step that no source shows is `null`.
#[derive(Serialize)]
struct TableJson<'a> {
    id: &'a str,
    label: &'a str,
    rows: Vec<RowJson<'a>>,
    other_rows: Option<&'static str>,
}

#[derive(Serialize)]
struct RowJson<'a> {
    keys: &'a [String],
    tiers: Vec<Option<TierJson<'a>>>,
}

#[derive(Serialize)]
struct TierJson<'a> {
    spend: &'a str,
    credit: &'a str,
}

#[derive(Serialize)]
struct FactJson<'a> {
    fact: &'a str,
    ask: &'a str,
    answer: String,
    find: &'a [String],
}

#[derive(Serialize)]
struct RewardJson {
    when: String,
    pays: String,
}

fn entry<'a>(program: &'a Program, decision: &'a Decision) -> EntryJson<'a> {
    let cites = all_cites(decision);
    let cited = || cites.iter().filter_map(|at| program.sources.get(*at));
    EntryJson {
        id: &decision.id,
        kind: kind_word(decision.kind),
        title: &decision.title,
        severity: decision.severity.as_deref(),
        about: about(program, decision),
        offered_by: OfferedJson::new(program, decision),
        regions: RegionsJson::new(decision),
        in_force: InForceJson::new(decision.in_force),
        sources: cites.len(),
        cited: cited().map(|source| source.id.as_str()).collect(),
        oldest_read: cited().filter_map(|source| source.read).min().map(DayText),
        newest_read: cited().filter_map(|source| source.read).max().map(DayText),
    }
}

fn terms<'a>(program: &'a Program, decision: &'a Decision) -> impl Serialize + 'a {
    let remedy = move |at: Option<usize>| at.and_then(|at| program.remedies.get(at));
    let editions = decision.editions.iter().map(|edition| EditionJson {
        id: &edition.id,
        label: &edition.label,
        when: condition(program, &edition.when),
        in_force: edition.in_force.map(InForceJson::new),
        open: edition.open.as_deref(),
        numbers: edition.with.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect(),
    });
    TermsJson {
        entry: entry(program, decision),
        editions: editions.collect(),
        requirements: each(&decision.requirements, move |requirement| RequirementJson {
            id: &requirement.id,
            label: &requirement.label,
            only_once: only_once(decision, requirement).map(|other| other.id.as_str()),
            clauses: clauses(program, decision, requirement),
            progress: match &requirement.body {
                Body::Progress(progress) => super::clauses::progress_lines(program, progress),
                _ => Vec::new(),
            },
            remedy_class: remedy(requirement.remedy).map_or("never", |remedy| remedy.class.as_str()),
            remedy: remedy(requirement.remedy).map(RemedyJson::new),
            cites: cites(program, &requirement.cites),
        }),
        state: each(&decision.states, move |state| StateJson {
            id: &state.id,
            kind: state_word(state.kind),
            label: &state.label,
            when: state_when(program, &state.holds),
            cites: cites(program, &state.cites),
            remedy: remedy(state.remedy).map(RemedyJson::new),
        }),
        rewards: decision
            .rewards
            .iter()
            .map(|reward| RewardJson { when: condition(program, &reward.when), pays: pays(program, &reward.value) })
            .collect(),
        tables: super::clauses::tables(program, decision).into_iter().map(table).collect(),
        facts: facts_of(program, decision)
            .into_iter()
            .map(|fact| FactJson { fact: &fact.name, ask: &fact.ask, answer: fact.ty.describe(), find: &fact.find })
            .collect(),
        warnings: decision
            .warnings
            .iter()
            .filter_map(|shown| program.warnings.get(shown.warning))
            .map(|w| w.say.as_str())
            .collect(),
        claim: decision.claim.as_deref(),
        note: decision.note.as_deref(),
        assumes: &decision.assume,
        cites: cites(program, &decision.cites),
    }
}

fn table(table: &Table) -> TableJson<'_> {
    let rows = table.rows.iter().map(|row| {
        let tiers = row.tiers.iter().map(|tier| tier.as_ref().map(|(spend, credit)| TierJson { spend, credit }));
        RowJson { keys: &row.keys, tiers: tiers.collect() }
    });
    let other_rows = table.unstated_otherwise.then_some("unstated");
    TableJson { id: &table.id, label: &table.label, rows: rows.collect(), other_rows }
}

/// The requirement that must be met before this one is judged.
pub(super) fn only_once<'a>(decision: &'a Decision, requirement: &Requirement) -> Option<&'a Requirement> {
    requirement.only_once.and_then(|at| decision.requirements.get(at))
}

fn clauses<'a>(program: &Program, decision: &'a Decision, requirement: &'a Requirement) -> Vec<ClauseJson<'a>> {
    let told = |clauses: &'a Clauses, edition: Option<&'a str>| {
        let lines = super::clauses::clause_lines(program, clauses).into_iter();
        lines.map(move |(result, when, because)| ClauseJson { edition, result: result.word(), when, because })
    };
    match &requirement.body {
        Body::Clauses(one) => told(one, None).collect(),
        Body::Editions(all) => {
            let editions = decision.editions.iter().zip(all);
            editions.flat_map(|(edition, clauses)| told(clauses, Some(edition.id.as_str()))).collect()
        }
        Body::Progress(_) => Vec::new(),
    }
}

/// When a state condition applies.
pub(super) fn state_when(program: &Program, holds: &StateHolds) -> String {
    match holds {
        StateHolds::When(when) => condition(program, when),
        StateHolds::Open(clause) => format!("{}: {}", condition(program, &clause.when), clause.because),
        StateHolds::Needs(guard, needs) => {
            let needs: Vec<String> = needs.iter().map(|need| part(program, need)).collect();
            let guard = condition(program, guard);
            let needs = format!("{} is not known", words::either(&needs));
            if guard == "always" { needs } else { format!("{guard} and {needs}") }
        }
    }
}

/// What a reward pays.
pub(super) fn pays(program: &Program, value: &RewardValue) -> String {
    match value {
        RewardValue::None => "nothing".to_owned(),
        RewardValue::Unstated(because) => format!("an amount that no source states: {because}"),
        RewardValue::Amount(amount) => operand(program, amount),
        RewardValue::Tier(choices, by) => {
            let mut tables: Vec<&str> = choices.iter().filter_map(|choice| choice.table.as_deref()).collect();
            tables.dedup();
            let labels = tables.iter().filter_map(|id| program.tables.iter().find(|table| table.id == *id));
            let labels: Vec<String> = labels.map(|table| format!("“{}”", table.label)).collect();
            format!("the credit of the highest step that {} has reached, by {}", operand(program, by), words::either(&labels))
        }
    }
}
