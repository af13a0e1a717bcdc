//! One row of a table as a client: headers that name details, cells that say them.
//!
//! In: the text of a table. Out: a client, or what could not be read, line by line.
//! Owns which row is taken. What a header means, `screen` says; what a cell means, the reading of documents.

use std::collections::BTreeMap;

use super::client::{Client, told};
use crate::RuleSet;
use crate::facts::{Asked, Format, written};
use crate::program::{At, SlotId};
use crate::screen::{Names, Target};
use crate::source::FileId;
use crate::value::Day;

/// Why a row was not taken.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Refused {
    /// One a mistake, with what to do.
    pub(super) lines: Vec<String>,
    /// Headers that name no detail: whoever asks may leave them out.
    pub(super) strange: bool,
}

/// Reads a row, `number` from one. `leave` says that columns which name no detail are left out.
/// # Errors
/// [`Refused`] with everything that is wrong.
pub(super) fn client(rules: &RuleSet, text: &str, number: usize, leave: bool, day: Day) -> Result<Client, Refused> {
    let program = rules.program();
    let refuse = |line: String| Refused { lines: vec![line], strange: false };
    let (headers, row, rows) = table(text, number).map_err(refuse)?;
    let Some(row) = row else {
        let line = match rows {
            0 => "There is no row under the headers: paste the line of the headers and the line of the client.".to_owned(),
            rows => format!("There are {rows} rows and no row {number}: say which one is the client, from 1 to {rows}."),
        };
        return Err(refuse(line));
    };
    let names = Names::of(program, None);
    let mut refused = Refused::default();
    let mut cells: BTreeMap<SlotId, (String, &str)> = BTreeMap::new();
    for (header, cell) in headers.iter().zip(row.iter()) {
        let (header, cell) = (header.trim(), cell.trim());
        if header.is_empty() || cell.is_empty() {
            continue;
        }
        let slot = match names.get(header) {
            Some((_, Target::Fact(slot))) => Some(*slot),
            // The currency stands with its amount, the mark of a day that never was in place of the day.
            Some((_, Target::Currency(slot))) => {
                let amount = cells.entry(*slot).or_insert_with(|| (String::new(), header));
                amount.0 = format!("{} {cell}", amount.0).trim().to_owned();
                continue;
            }
            Some((_, Target::NoEvent(slot))) if ["yes", "true"].contains(&cell.to_lowercase().as_str()) => {
                cells.insert(*slot, ("none".to_owned(), header));
                continue;
            }
            Some((_, Target::NoEvent(_) | Target::Ignore)) => continue,
            Some((name, Target::Carry)) => named(rules, name),
            None => None,
        };
        let Some(slot) = slot else {
            if !leave {
                refused.strange = true;
                let near = names.nearest(header).map_or_else(String::new, |near| format!(" Did you mean “{near}”?"));
                refused.lines.push(format!("The column “{header}” names no detail.{near}"));
            }
            continue;
        };
        let before = cells.get(&slot).map_or("", |(currency, _)| currency.as_str()).to_owned();
        cells.insert(slot, (format!("{cell} {before}").trim().to_owned(), header));
    }
    let mut client = Client::blank(rules, day);
    client.origins.set("as_of".to_owned(), "today; the row gives no day");
    for (slot, (cell, header)) in cells {
        let asked: Asked = (slot, None);
        if slot == crate::program::AS_OF {
            match crate::value::parse_day(&cell) {
                Some(day) => client.facts = with_day(rules, &client, day),
                None => refused.lines.push(format!("“{cell}” in the column “{header}” is no day such as 2026-03-01.")),
            }
            client.origins.set("as_of".to_owned(), format!("the column “{header}”"));
            continue;
        }
        let document = written(program, &client.facts, Some((&asked, &cell)), &[]);
        match rules.reader.read(FileId(0), &document, Format::Yaml) {
            Ok(facts) => client.facts = facts,
            Err(findings) => refused.lines.extend(
                findings
                    .first()
                    .map(|finding| format!("In the column “{header}”: {}", told(&finding.headline, finding.help.as_deref()))),
            ),
        }
        client.origins.set(super::client::row_name(program, &asked), format!("the column “{header}”"));
    }
    if !refused.lines.is_empty() {
        return Err(refused);
    }
    client.text = written(program, &client.facts, None, &[]);
    Ok(client)
}

fn with_day(rules: &RuleSet, client: &Client, day: Day) -> crate::facts::Facts {
    let mut facts = client.facts.clone();
    facts.set(crate::program::AS_OF, crate::program::Lane { main: day, aux: 0 }, crate::facts::State::Given);
    let text = written(rules.program(), &facts, None, &[]);
    rules.reader.read(FileId(0), &text, Format::Yaml).unwrap_or(facts)
}

/// The slot of a detail that names the account: tables only carry those.
fn named(rules: &RuleSet, name: &str) -> Option<SlotId> {
    let program = rules.program();
    let fits = |slot: &crate::program::Slot| {
        slot.at == At::Single && program.facts.get(slot.fact.0 as usize).is_some_and(|fact| fact.name == name)
    };
    program.slots.iter().position(fits).and_then(|at| u32::try_from(at).ok()).map(SlotId)
}

type Table = (csv::StringRecord, Option<csv::StringRecord>, usize);

/// The headers, the row of a number, and how many rows there are.
fn table(text: &str, number: usize) -> Result<Table, String> {
    let text = text.trim_start_matches('\u{feff}');
    let first = text.lines().next().unwrap_or_default();
    // What a spreadsheet copies has tabs; a file has what stands most often in its headers.
    let count = |sign: char| first.matches(sign).count();
    let separator = ['\t', ';', ','].into_iter().max_by_key(|sign| (count(*sign), *sign == '\t')).unwrap_or(',');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(u8::try_from(separator).unwrap_or(b','))
        .flexible(false)
        .from_reader(text.as_bytes());
    let told = |error: csv::Error| format!("The table cannot be read: {error}.");
    let headers = reader.headers().map_err(told)?.clone();
    let rows = reader.records().collect::<Result<Vec<_>, _>>().map_err(told)?;
    let rows: Vec<_> = rows.into_iter().filter(|row| row.iter().any(|cell| !cell.trim().is_empty())).collect();
    let row = number.checked_sub(1).and_then(|at| rows.get(at)).cloned();
    Ok((headers, row, rows.len()))
}
