//! What a table came to: counts, what blocks most accounts, which answers are missing, the accounts, one account.
//!
//! In: a table that was decided, what is to be shown of it. Out: pages.
//! Owns filters and pages of rows. Never words a verdict: `report` does; never decides.

use askama::Template;
use axum::extract::{Extension, Path, State as Shared};
use axum::response::{IntoResponse as _, Redirect, Response};

use super::cells::{Mistake, Place, cell, fitting, mistakes, name, naming, number, row_of};
use super::sheet::{Done, Sheet, Stage};
use super::shelf::Shelf;
use super::{found, gone};
use crate::program::Verdict;
use crate::report::{self, screened};
use crate::screen::Field;
use crate::serve::App;
use crate::serve::guard::Caller;
use crate::serve::pages::client::told;
use crate::serve::pages::{Site, page};

/// Accounts on one page.
const PAGE: usize = 50;
/// Bars of each list.
const BARS: usize = 8;
/// Mistakes that are shown; all stand in the file of problems.
const PROBLEMS: usize = 10;

/// Which accounts are listed. It stands in the address: no fact of a client is among it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Listed {
    /// The id of a credit, or [`ALL`].
    pub(super) credit: String,
    /// A verdict by its word of the contract, or [`ALL`].
    pub(super) verdict: String,
    /// Which page of accounts, from one.
    pub(super) page: usize,
}

/// What stands in place of a verdict where nothing was decided.
const INVALID: &str = "invalid";

/// Whatever it is.
const ALL: &str = "all";

impl Default for Listed {
    fn default() -> Self {
        Self { credit: ALL.to_owned(), verdict: ALL.to_owned(), page: 1 }
    }
}

/// A number with its bar.
struct Bar {
    what: String,
    name: String,
    count: u64,
}

/// A cell of the table of verdicts.
struct Count {
    count: u64,
    link: String,
    here: bool,
}

/// A credit in the table of verdicts.
struct Credit {
    title: String,
    link: String,
    here: bool,
    counts: Vec<Count>,
    stake: String,
}

/// An account in the list.
struct Account {
    number: u64,
    name: String,
    link: String,
    /// Of the credit that is shown; empty where all are.
    verdict: String,
    why: String,
    next: String,
    deadline: String,
    /// How many credits came to each verdict, where all are shown.
    counts: String,
}

#[derive(Template)]
#[template(path = "agency_results.html")]
struct Results {
    site: Site,
    id: String,
    name: String,
    day: String,
    rows: u64,
    invalid: u64,
    verdicts: Vec<String>,
    credits: Vec<Credit>,
    blockers: Vec<Bar>,
    missing: Vec<Bar>,
    most: u64,
    most_missing: u64,
    chosen: Option<String>,
    filter: String,
    shown: usize,
    accounts: Vec<Account>,
    page: usize,
    pages: usize,
    before: Option<String>,
    after: Option<String>,
    problems: Vec<Mistake>,
    /// How many mistakes there are beyond those.
    more: usize,
}

pub(super) fn results(sheet: &Sheet, id: &str, done: &Done, listed: &Listed) -> Response {
    let program = sheet.given.rules.program();
    let decisions = &done.shape.decisions;
    let ids: Vec<&str> = decisions.iter().filter_map(|at| program.decisions.get(*at)).map(|one| one.id.as_str()).collect();
    let chosen = ids.iter().position(|id| *id == listed.credit);
    let wanted = Verdict::parse(&listed.verdict);
    let here = |credit: Option<usize>, verdict: Option<Verdict>, page: usize| {
        let credit = credit.and_then(|at| ids.get(at)).copied().unwrap_or(ALL);
        format!("/agency/{id}/list/{credit}/{}/{page}#accounts", verdict.map_or(ALL, Verdict::word))
    };
    let order = screened::verdict_order(program, decisions);
    let [verdicts, _] = screened::tables(program, decisions, &done.tally);
    let credits = verdicts.rows.iter().enumerate().map(|(at, row)| Credit {
        title: row.get(1).cloned().unwrap_or_default(),
        link: here(Some(at), None, 1),
        here: chosen == Some(at),
        counts: order
            .iter()
            .map(|verdict| Count {
                count: decisions.get(at).map_or(0, |decision| done.tally.of(*decision, *verdict)),
                link: here(Some(at), Some(*verdict), 1),
                here: chosen == Some(at) && wanted == Some(*verdict),
            })
            .collect(),
        stake: row.last().cloned().unwrap_or_default(),
    });
    let naming = naming(sheet, done);
    let mut accounts = Vec::new();
    let mut found = 0;
    let at_page = listed.page.max(1);
    let skip = (at_page - 1).saturating_mul(PAGE);
    for chunk in &done.chunks {
        let fits = wanted.map(|verdict| fitting(done, chunk, verdict, chosen));
        for row in 0..chunk.rows {
            if fits.as_ref().is_some_and(|fits| fits.get(row) != Some(&true)) {
                continue;
            }
            found += 1;
            if found <= skip || accounts.len() == PAGE {
                continue;
            }
            let columns = &chunk.columns;
            let verdict_of = |at: usize| cell(columns, Place::new(done, at).of(Field::Verdict), row);
            let of = |field| chosen.map(|at| cell(columns, Place::new(done, at).of(field), row)).unwrap_or_default();
            let number = number(columns, row);
            let counts = || {
                let all: Vec<String> = (0..ids.len()).map(verdict_of).collect();
                let counted = order.iter().filter_map(|verdict| {
                    let count = all.iter().filter(|word| *word == verdict.word()).count();
                    (count > 0).then(|| screened::counted(*verdict, count))
                });
                let counted: Vec<String> = counted.collect();
                if counted.is_empty() { "Invalid: nothing was decided".to_owned() } else { counted.join(", ") }
            };
            accounts.push(Account {
                number,
                name: name(&naming, columns, row),
                link: format!("/agency/{id}/row/{number}"),
                verdict: said(&of(Field::Verdict)),
                why: of(Field::Why),
                next: of(Field::Next),
                deadline: of(Field::Deadline),
                counts: if chosen.is_none() { counts() } else { String::new() },
            });
        }
    }
    let pages = found.div_ceil(PAGE).max(1);
    let bars = |list: Vec<(String, String, u64)>| -> Vec<Bar> {
        list.into_iter().take(BARS).map(|(what, name, count)| Bar { what, name, count }).collect()
    };
    let blockers =
        bars(screened::blockers(program, &done.tally).into_iter().map(|(what, count)| (what, String::new(), count)).collect());
    let missing =
        bars(screened::asked(program, &done.tally).into_iter().map(|(name, ask, count)| (ask, name, count)).collect());
    let filter = match (chosen, wanted) {
        (None, None) => String::new(),
        (at, verdict) => {
            let title = at.and_then(|at| verdicts.rows.get(at)?.get(1).cloned()).unwrap_or_else(|| "Any credit".to_owned());
            verdict.map_or(title.clone(), |verdict| format!("{title}: {}", said(verdict.word())))
        }
    };
    let problems = mistakes(&done.problems);
    page(&Results {
        site: Site::new(&sheet.given.rules, "agency", "Results of a table"),
        id: id.to_owned(),
        name: sheet.given.name.clone(),
        day: report::day(sheet.given.as_of),
        rows: done.tally.rows,
        invalid: done.tally.invalid,
        verdicts: verdicts.headers.get(2..2 + order.len()).unwrap_or_default().to_vec(),
        credits: credits.collect(),
        most: blockers.first().map_or(1, |bar| bar.count),
        most_missing: missing.first().map_or(1, |bar| bar.count),
        blockers,
        missing,
        chosen: chosen.and_then(|at| verdicts.rows.get(at)?.get(1).cloned()),
        filter,
        shown: found,
        accounts,
        page: at_page,
        pages,
        before: (at_page > 1).then(|| here(chosen, wanted, at_page - 1)),
        after: (at_page < pages).then(|| here(chosen, wanted, at_page + 1)),
        more: problems.len().saturating_sub(PROBLEMS),
        problems: problems.into_iter().take(PROBLEMS).collect(),
    })
}

/// A verdict in words.
fn said(word: &str) -> String {
    Verdict::parse(word).map_or_else(|| word.to_owned(), |verdict| screened::verdict(verdict).to_owned())
}

/// One credit of one account.
struct Line {
    title: String,
    reward: String,
    why: String,
    next: String,
    deadline: String,
}

/// Credits of one account with one verdict.
struct Group {
    verdict: &'static str,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "agency_account.html")]
struct One {
    site: Site,
    name: String,
    back: String,
    open: String,
    /// Was nothing decided of it?
    invalid: bool,
    /// What is wrong with it, or should be looked at.
    remarks: Vec<String>,
    groups: Vec<Group>,
}

pub(super) async fn account(
    Shared(app): Shared<App>,
    Extension(caller): Extension<Caller>,
    Extension(shelf): Extension<Shelf>,
    Path((id, wanted)): Path<(String, u64)>,
) -> Response {
    let sheet = match found(&app, &shelf, &id, &caller) {
        Ok(sheet) => sheet,
        Err(gone) => return *gone,
    };
    let Stage::Done(done) = sheet.stage() else { return Redirect::to(&format!("/agency/{id}")).into_response() };
    let program = sheet.given.rules.program();
    let Some((columns, row)) = row_of(&done, wanted) else {
        return gone(&sheet.given.rules, "agency", "The table has no such row.", None);
    };
    let line = |(at, decision): (usize, &usize)| {
        let place = Place::new(&done, at);
        let of = |field| cell(columns, place.of(field), row);
        Some(Line {
            title: program.decisions.get(*decision)?.title.clone(),
            reward: of(Field::Reward),
            why: of(Field::Why),
            next: of(Field::Next),
            deadline: of(Field::Deadline),
        })
    };
    let group = |verdict: Verdict| {
        let has = |at: usize| cell(columns, Place::new(&done, at).of(Field::Verdict), row) == verdict.word();
        let all = done.shape.decisions.iter().enumerate().filter(|(at, _)| has(*at));
        Group { verdict: screened::verdict(verdict), lines: all.filter_map(line).collect() }
    };
    let groups = screened::verdict_order(program, &done.shape.decisions).into_iter().map(group);
    let own = done.problems.iter().filter(|problem| problem.row == wanted);
    page(&One {
        site: Site::new(&sheet.given.rules, "agency", "One account"),
        name: name(&naming(&sheet, &done), columns, row),
        back: format!("/agency/{id}#accounts"),
        open: format!("/agency/{id}/row/{wanted}/open"),
        invalid: cell(columns, Place::new(&done, 0).of(Field::Verdict), row) == INVALID,
        remarks: own.map(|problem| told(&problem.reason, problem.help.as_deref())).collect(),
        groups: groups.filter(|group| !group.lines.is_empty()).collect(),
    })
}
