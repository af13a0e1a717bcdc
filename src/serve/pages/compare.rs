//! A client beside copies of which some details are other: what a change would come to.
//!
//! In: a client, up to three copies, what is changed in which. Out: the page with all verdicts side by side.
//! Owns the copies, which travel with the form as whole documents. Every column is decided by itself, as any client is.

use askama::Template;
use axum::response::Response;

use super::client::{Client, Slip, current, known, row_name};
use super::control::{control, lists};
use super::details::{More, more};
use super::fields::Fields;
use super::origins::CHANGE;
use super::visit::{Turned, Visit};
use super::{Site, hidden, page};
use crate::RuleSet;
use crate::facts::{Asked, State, asked_of, question_name};
use crate::program::{At, Program, SlotId};
use crate::report::{self, Report};
use crate::serve::app::Refusal;

/// Copies at most: more columns than that nobody compares.
const COPIES: usize = 3;

/// A detail of a copy that is not as the client's.
struct Change {
    name: String,
    ask: String,
    was: String,
    now: String,
}

/// A copy with what is changed in it.
struct Copy {
    number: usize,
    facts: String,
    changes: Vec<Change>,
    /// The field of the detail that was chosen to be changed.
    picked: Option<String>,
    more: Vec<More>,
}

/// What a decision comes to in one column.
#[derive(Clone, PartialEq, Eq)]
struct Cell {
    verdict: String,
    tone: &'static str,
    stake: Option<String>,
}

/// A decision in all columns.
struct Line {
    title: String,
    cells: Vec<(Option<Cell>, bool)>,
}

#[derive(Template)]
#[template(path = "compare.html")]
struct Compare {
    site: Site,
    state: String,
    copies: Vec<Copy>,
    room: bool,
    differing: Vec<Line>,
    same: Vec<Line>,
    counts: Vec<String>,
    noun: String,
    lists: String,
    slips: usize,
}

pub(super) async fn compare(visit: Visit) -> Result<Response, Turned> {
    let (rules, client, fields, kind) = (&visit.rules, &visit.client, &visit.fields, visit.kind);
    let mut copies = copies(rules, client, fields).map_err(|broken| Turned::new(rules, Refusal::Unread(broken)))?;
    if copies.is_empty() || (fields.said("do") == Some("copy") && copies.len() < COPIES) {
        copies.push((client.clone(), None, Vec::new()));
    }
    let mut columns = Vec::new();
    let mut counts = Vec::new();
    for one in std::iter::once(client).chain(copies.iter().map(|(copy, ..)| copy)) {
        let told = |report: &Report<'_>| (column(report), report::counts(report).join(" · "));
        let (column, count) = visit.of(one, visit.wanted(), told).await?;
        columns.push(column);
        counts.push(count);
    }
    let (differing, same) = lines(&columns).into_iter().partition(|line: &Line| line.cells.iter().any(|(_, differs)| *differs));
    let slips = copies.iter().map(|(.., slips)| slips.len()).sum();
    let copies: Vec<Copy> = copies
        .iter()
        .zip(1..)
        .map(|((copy, picked, slips), number)| shown(rules.program(), client, copy, picked.as_ref(), slips, number))
        .collect();
    let controls: Vec<&str> = copies.iter().filter_map(|copy| copy.picked.as_ref()).map(String::as_str).collect();
    Ok(page(&Compare {
        lists: lists(&controls),
        site: Site::new(rules, "start", "Compare"),
        state: hidden(client, kind),
        room: copies.len() < COPIES,
        copies,
        differing,
        same,
        counts,
        noun: kind.label().to_lowercase(),
        slips,
    }))
}

type Changed = (Client, Option<Asked>, Vec<Slip>);

/// The copies that a form carries, with what it changes in them and which detail is to be changed next.
fn copies(rules: &RuleSet, client: &Client, fields: &Fields) -> Result<Vec<Changed>, crate::answer::Unread> {
    let program = rules.program();
    let mut copies = Vec::new();
    for number in 1..=COPIES {
        let own = fields.part(&format!("c{number}."));
        if own.get("facts").is_none() || fields.said("drop") == Some(&number.to_string()) {
            continue;
        }
        let mut copy = Client::carried(rules, &own)?;
        let slips = copy.take(rules, &own);
        for name in own.all("restore") {
            restore(rules, client, &mut copy, name);
        }
        let picked = own.said("pick").or_else(|| slips.first().map(|slip| slip.name.as_str()));
        let picked = picked.and_then(|name| asked_of(program, &copy.facts, name));
        copies.push((copy, picked, slips));
    }
    Ok(copies)
}

/// Makes a detail of a copy what it is of the client.
fn restore(rules: &RuleSet, client: &Client, copy: &mut Client, name: &str) {
    let program = rules.program();
    let Some(asked) = asked_of(program, &copy.facts, name) else { return };
    let given = known(program, &client.facts, &asked).is_some_and(|(_, state)| state == State::Given);
    let value = current(program, &client.facts, &asked).filter(|_| given);
    let mut facts = copy.facts.clone();
    facts.forget(program, &asked);
    let answer = value.as_ref().map(|value| (&asked, value.as_str()));
    let text = crate::facts::written(program, &facts, answer, &copy.unknown);
    if let Ok(facts) = rules.reader.read(crate::source::FileId(0), &text, crate::facts::Format::Yaml) {
        copy.facts = facts;
        copy.text = text;
    }
    copy.origins.set(row_name(program, &asked), CHANGE);
}

fn shown(program: &Program, client: &Client, copy: &Client, picked: Option<&Asked>, slips: &[Slip], number: usize) -> Copy {
    let picked = picked.map(|asked| {
        let name = row_name(program, asked);
        let slip = slips.iter().find(|slip| slip.name == name);
        let html = control(program, &copy.facts, asked, (&format!("c{number}"), true), slip);
        // The fields of a copy are told apart by what stands before their names.
        let own = |mark: &str| (format!("name=\"{mark}."), format!("name=\"c{number}.{mark}."));
        ["v", "u", "n"].iter().map(|mark| own(mark)).fold(html, |html, (from, to)| html.replace(&from, &to))
    });
    Copy { number, facts: copy.text.clone(), changes: changes(program, client, copy), picked, more: every(program, copy) }
}

/// What differs between the client and a copy.
fn changes(program: &Program, client: &Client, copy: &Client) -> Vec<Change> {
    let value = |one: &Client, asked: &Asked| {
        let (lane, state) = known(program, &one.facts, asked)?;
        (state != State::Missing).then(|| report::value(program, &one.facts, asked.0, lane))
    };
    let all = all(program, copy);
    let changed = all.into_iter().filter_map(|asked| {
        let (was, now) = (value(client, &asked), value(copy, &asked));
        let derived = known(program, &copy.facts, &asked).is_some_and(|(_, state)| state == State::Derived);
        let fact = program.fact_of(asked.0).filter(|_| was != now && !derived)?;
        let unknown = || "not known".to_owned();
        let about = report::about(program, asked.0, asked.1.as_deref()).map_or_else(String::new, |about| format!(" ({about})"));
        Some(Change {
            name: question_name(program, asked.0, asked.1.as_deref()),
            ask: format!("{}{about}", fact.ask),
            was: was.unwrap_or_else(unknown),
            now: now.unwrap_or_else(unknown),
        })
    });
    changed.collect()
}

/// Every detail of a client, known or not, but those of which records know.
fn all(program: &Program, client: &Client) -> Vec<Asked> {
    let all = program.slots.iter().zip(0..).flat_map(|(place, id)| {
        let keys: Vec<Option<String>> = match place.at {
            At::Single => vec![None],
            At::Keyed(..) => Vec::new(),
            At::Record(list) => client.facts.records(list).iter().map(|record| Some(record.key.clone())).collect(),
        };
        keys.into_iter().map(move |key| (SlotId(id), key))
    });
    all.filter(|(slot, _)| *slot != crate::program::AS_OF).collect()
}

/// What can be changed: what is known in front, then what could be told.
fn every(program: &Program, copy: &Client) -> Vec<More> {
    let known = all(program, copy).into_iter().filter(|asked| {
        known(program, &copy.facts, asked).is_some_and(|(_, state)| matches!(state, State::Given | State::Assumed))
    });
    let options = known.filter_map(|asked| {
        let fact = program.fact_of(asked.0).filter(|fact| !fact.identifies)?;
        let about = report::about(program, asked.0, asked.1.as_deref()).map_or_else(String::new, |about| format!(" ({about})"));
        Some((question_name(program, asked.0, asked.1.as_deref()), format!("{}{about}", fact.ask)))
    });
    let mut all = vec![More { label: "Known".to_owned(), options: options.collect() }];
    all.extend(more(program, &copy.facts));
    all
}

/// Every decision of a column by its title.
fn column(report: &Report<'_>) -> Vec<(String, Cell)> {
    let all = report::groups(report).into_iter().flat_map(|group| group.places);
    let cell = |at: usize| {
        let told = report.decisions.get(at)?;
        let card = report::card(report, at)?;
        Some((card.title, Cell { verdict: report::verdict_word(told.verdict), tone: card.tone, stake: card.stake }))
    };
    all.filter_map(cell).collect()
}

/// The columns side by side; a cell differs where it is not as the client's.
fn lines(columns: &[Vec<(String, Cell)>]) -> Vec<Line> {
    let mut titles: Vec<&String> = Vec::new();
    for (title, _) in columns.iter().flatten() {
        if !titles.contains(&title) {
            titles.push(title);
        }
    }
    let line = |title: &String| {
        let of = |column: &Vec<(String, Cell)>| column.iter().find(|(known, _)| known == title).map(|(_, cell)| cell.clone());
        let cells: Vec<Option<Cell>> = columns.iter().map(of).collect();
        let first = cells.first().cloned().flatten();
        let cells = cells.into_iter().map(|cell| {
            let differs = cell != first;
            (cell, differs)
        });
        Line { title: title.clone(), cells: cells.collect() }
    };
    titles.into_iter().map(line).collect()
}
