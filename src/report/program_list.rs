//! The page that lists every decision: what it is about, who offers it, where, when, on which sources, tried by how many
//! cases; and behind it the sources.
//!
//! In: a program, and how many expectations the cases hold for each decision, where somebody counted. Out: a page.
//! Owns its columns; a column that would be empty is left out. Never evaluates.

use super::offer::{in_force, offered, regions};
use super::page::{Block, Item, Line, Page, code, joined, link, plain, quiet};
use super::programs::{about, all_cites};
use super::words;
use crate::program::{Decision, Program, Source};
use crate::syntax::DecisionKind;

/// A name of a column, what it is called in a list, and what stands in it.
struct Column<'a> {
    head: &'static str,
    lead: &'static str,
    cells: Vec<Line<'a>>,
}

/// All decisions and sources: as lists where there is no room for so many columns, else as tables.
pub(super) fn list_page<'a>(program: &'a Program, cases: Option<&[usize]>, narrow: bool) -> Page<'a> {
    let title = format!("Rules {} {}", program.name, program.version);
    let mut blocks = vec![Block::Heading(1, vec![plain(title.clone())]), Block::Say(vec![plain(program.about.as_str())])];
    let kinds = [(DecisionKind::Credit, "Credits"), (DecisionKind::Action, "Actions"), (DecisionKind::Check, "Checks")];
    for (kind, heading) in kinds {
        let of_kind = program.decisions.iter().enumerate().filter(|(_, decision)| decision.kind == kind);
        let counted = of_kind.map(|(at, decision)| (decision, cases.and_then(|cases| cases.get(at)).copied()));
        let decisions: Vec<(&Decision, Option<usize>)> = counted.collect();
        if decisions.is_empty() {
            continue;
        }
        blocks.push(Block::Heading(2, vec![plain(format!("{heading} ({})", decisions.len()))]));
        let names = decisions.iter().map(|(one, _)| vec![code(one.id.as_str())]);
        let columns = columns(program, &decisions);
        blocks.push(set(&format!("{heading} of the rules"), names.collect(), columns, narrow));
    }
    let cited = |at: usize| program.decisions.iter().filter(|one| all_cites(one).contains(&at)).count();
    let sources: Vec<(&Source, usize)> = program.sources.iter().enumerate().map(|(at, one)| (one, cited(at))).collect();
    blocks.push(Block::Heading(2, vec![plain(format!("Sources ({})", sources.len()))]));
    let names = sources.iter().map(|(one, _)| vec![code(one.id.as_str())]);
    blocks.push(set("Sources of the rules", names.collect(), source_columns(&sources), narrow));
    Page { title, blocks }
}

fn columns<'a>(program: &'a Program, decisions: &[(&'a Decision, Option<usize>)]) -> Vec<Column<'a>> {
    let column = |head, lead, cell: &dyn Fn(&'a Decision) -> Line<'a>| Column {
        head,
        lead,
        cells: decisions.iter().map(|(one, _)| cell(one)).collect(),
    };
    let said = |text: Option<String>| text.map_or_else(Line::new, |text| vec![plain(text)]);
    let mut columns = vec![
        column("Title", "", &|one| {
            let severity = one.severity.iter().map(|severity| quiet(format!(" ({severity})")));
            [plain(one.title.as_str())].into_iter().chain(severity).collect()
        }),
        column("About", "for each ", &|one| vec![plain(words::plain(about(program, one)))]),
        column("Offered by", "offered by ", &|one| said(offered(program, one))),
        column("Regions", "regions: ", &|one| said(regions(one))),
        column("In force", "in force: ", &|one| match one.kind {
            DecisionKind::Credit => vec![plain(in_force(one.in_force))],
            _ => Line::new(),
        }),
        column("Sources", "sources: ", &|one| {
            let cited = all_cites(one).into_iter().filter_map(|at| program.sources.get(at));
            joined(cited.map(|source| vec![code(source.id.as_str())]), ", ")
        }),
        column("Read", "read: ", &|one| vec![plain(read_days(program, &all_cites(one)))]),
    ];
    let counts = decisions.iter().map(|(_, cases)| said(cases.map(|cases| cases.to_string())));
    columns.push(Column { head: "Cases", lead: "cases: ", cells: counts.collect() });
    columns
}

fn source_columns<'a>(sources: &[(&'a Source, usize)]) -> Vec<Column<'a>> {
    let column = |head, lead, cell: &dyn Fn(&'a Source) -> Line<'a>| Column {
        head,
        lead,
        cells: sources.iter().map(|(one, _)| cell(one)).collect(),
    };
    let counts = sources.iter().map(|(_, count)| vec![plain(count.to_string())]);
    vec![
        column("Title", "", &|one| vec![link(one.title.as_str(), one.url.as_deref())]),
        column("Printed date", "dated ", &|one| one.dated.iter().map(|dated| plain(dated.as_str())).collect()),
        column("Rank", "rank ", &|one| vec![plain(one.rank.to_string())]),
        column("Read", "read: ", &|one| vec![plain(one.read.map_or_else(|| "by each client".to_owned(), words::day))]),
        Column { head: "Cited by", lead: "decisions that cite it: ", cells: counts.collect() },
    ]
}

/// `20 November 2026`; from the oldest to the newest day where they differ.
pub(super) fn read_days(program: &Program, cites: &[usize]) -> String {
    let days = || cites.iter().filter_map(|at| program.sources.get(*at)?.read);
    match (days().min(), days().max()) {
        (Some(first), Some(last)) if first == last => words::day(first),
        (Some(first), Some(last)) => format!("{} to {}", words::day(first), words::day(last)),
        _ => "by each client".to_owned(),
    }
}

/// As a list, whose items lead with name and title, or as a table; without what is empty throughout.
fn set<'a>(caption: &str, names: Vec<Line<'a>>, mut columns: Vec<Column<'a>>, narrow: bool) -> Block<'a> {
    columns.retain(|column| column.cells.iter().any(|cell| !cell.is_empty()));
    let head = std::iter::once("Id".to_owned()).chain(columns.iter().map(|column| column.head.to_owned())).collect();
    let mut rows: Vec<Vec<(&'static str, Line<'a>)>> = names.into_iter().map(|name| vec![("", name)]).collect();
    for column in columns {
        for (row, cell) in rows.iter_mut().zip(column.cells) {
            row.push((column.lead, cell));
        }
    }
    if !narrow {
        let cells = |row: Vec<(&str, Line<'a>)>| row.into_iter().map(|(_, cell)| cell).collect();
        return Block::Table { caption: caption.to_owned(), head, rows: rows.into_iter().map(cells).collect() };
    }
    let item = |row: Vec<(&'static str, Line<'a>)>| {
        let mut cells = row.into_iter();
        let (name, title) = (cells.next().unwrap_or_default().1, cells.next().unwrap_or_default().1);
        let rest = cells.filter(|(_, cell)| !cell.is_empty()).map(|(lead, cell)| [vec![quiet(lead)], cell].concat());
        Item { mark: None, line: joined([name, title], ": "), blocks: vec![Block::Say(joined(rest, " · "))] }
    };
    Block::List { numbered: false, items: rows.into_iter().map(item).collect() }
}
