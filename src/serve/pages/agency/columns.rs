//! Which column of a table holds what, as a person says it.
//!
//! In: headers with first cells, a profile, a form. Out: a mapping, or what is still to be said about which column.
//! Owns that nothing is guessed: a likely name is offered, and taken only when somebody says so. Never reads a row.

use super::sheet::Sheet;
use crate::program::{At, Program};
use crate::screen::{Layout, Mapping, Separator, Target};
use crate::serve::pages::client::told;
use crate::serve::pages::fields::Fields;

/// What is done with a column.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Use {
    /// Nobody has said it.
    Open,
    /// It holds a detail.
    Fact,
    /// It is copied to the results.
    Carry,
    /// It is left out.
    Ignore,
}

impl Use {
    const ALL: [(Self, &'static str); 4] =
        [(Self::Open, ""), (Self::Fact, "fact"), (Self::Carry, "carry"), (Self::Ignore, "ignore")];

    fn parse(word: &str) -> Self {
        Self::ALL.into_iter().find(|(_, own)| *own == word).map_or(Self::Open, |(one, _)| one)
    }
}

/// One column.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) header: String,
    /// Its first cells.
    pub(super) sample: String,
    pub(super) is: Use,
    /// The name of the detail that it holds, or may hold.
    pub(super) fact: String,
    /// What is wrong with what was said.
    pub(super) wrong: Option<String>,
}

/// The columns of a table.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    pub(super) all: Vec<Column>,
    /// Texts that say nothing, between commas.
    pub(super) unknown: String,
    /// How days are written.
    pub(super) dates: String,
    pub(super) comma: bool,
    /// What is wrong with the whole.
    pub(super) wrong: Vec<String>,
    /// What a form does not show and a profile said.
    rest: Mapping,
}

impl Columns {
    /// The columns of a table, as a profile names them; those that it does not name by their own headers.
    pub(super) fn of(sheet: &Sheet, mapping: &Mapping) -> Self {
        let names = sheet.names();
        let listed = |list: &[String], header: &str| list.iter().any(|one| one.trim() == header);
        let column = |(header, at): (&String, usize)| {
            let header = header.trim();
            let mapped = mapping.columns.iter().find(|(from, _)| from.trim() == header).map(|(_, to)| to.trim());
            let (is, fact) = match names.get(mapped.unwrap_or(header)) {
                _ if listed(&mapping.ignore, header) || header.is_empty() => (Use::Ignore, ""),
                _ if listed(&mapping.carry, header) => (Use::Carry, ""),
                Some((name, Target::Carry)) if mapped.is_none() => (Use::Carry, name),
                Some((name, _)) => (Use::Fact, name),
                None => (Use::Open, names.nearest(mapped.unwrap_or(header)).unwrap_or_default()),
            };
            Column { header: header.to_owned(), sample: sample(sheet, at), is, fact: fact.to_owned(), wrong: None }
        };
        Self {
            all: sheet.headers.iter().zip(0..).map(column).collect(),
            unknown: mapping.unknown.join(", "),
            dates: mapping.dates.clone().unwrap_or_default(),
            comma: mapping.decimal.or(sheet.decimal) == Some(Separator::Comma),
            wrong: Vec::new(),
            rest: Mapping { constants: mapping.constants.clone(), values: mapping.values.clone(), ..Mapping::default() },
        }
    }

    /// What a form says of them.
    pub(super) fn of_form(sheet: &Sheet, fields: &Fields) -> Self {
        // What the form does not show stays as the profile said it.
        let mut columns = match sheet.stage() {
            super::Stage::Columns(columns) => *columns,
            super::Stage::Done(done) => Self::of(sheet, &done.mapping),
            _ => Self::of(sheet, &Mapping::default()),
        };
        for (column, at) in columns.all.iter_mut().zip(0..) {
            column.wrong = None;
            if let Some(is) = fields.get(&format!("is.{at}")) {
                column.is = Use::parse(is);
            }
            if let Some(fact) = fields.get(&format!("fact.{at}")) {
                column.fact = fact.trim().to_owned();
            }
        }
        columns.wrong.clear();
        if let Some(unknown) = fields.get("unknown") {
            columns.unknown = unknown.to_owned();
        }
        if let Some(dates) = fields.get("dates") {
            columns.dates = dates.to_owned();
        }
        if let Some(decimal) = fields.get("decimal") {
            columns.comma = decimal == "comma";
        }
        columns
    }

    /// How many columns nobody has said anything about.
    pub(super) fn open(&self) -> usize {
        self.all.iter().filter(|column| column.is == Use::Open).count()
    }

    /// The mapping, and the layout by it.
    /// # Errors
    /// The columns with what is still to be said, or is wrong.
    pub(super) fn layout(mut self, sheet: &Sheet) -> Result<(Mapping, Layout), Box<Self>> {
        let names = sheet.names();
        for column in &mut self.all {
            column.wrong = match column.is {
                Use::Open => {
                    Some("Say what this column holds: a detail, something to copy, or nothing that matters.".to_owned())
                }
                Use::Fact if names.get(&column.fact).is_none() => {
                    let help = names.nearest(&column.fact).map(|near| format!("did you mean `{near}`?"));
                    Some(told(&format!("`{}` is no detail", column.fact), help.as_deref()))
                }
                _ => None,
            };
        }
        if self.all.iter().any(|column| column.wrong.is_some()) {
            return Err(Box::new(self));
        }
        let mapping = self.mapping();
        match Layout::new(sheet.given.rules.program(), &names, &sheet.headers, &mapping) {
            Ok(layout) => Ok((mapping, layout)),
            Err(unmatched) => {
                self.wrong = unmatched.lines.iter().map(|line| told(line, None)).collect();
                Err(Box::new(self))
            }
        }
    }

    fn mapping(&self) -> Mapping {
        let of = |wanted: Use| self.all.iter().filter(move |column| column.is == wanted && !column.header.is_empty());
        let headers = |wanted| of(wanted).map(|column| column.header.clone()).collect();
        let unknown = self.unknown.split(',').map(str::trim).filter(|text| !text.is_empty());
        // A table of documents has no columns, and each of its lines writes numbers as documents do.
        let decimal = if self.comma { Separator::Comma } else { Separator::Point };
        Mapping {
            columns: of(Use::Fact).map(|column| (column.header.clone(), column.fact.clone())).collect(),
            unknown: unknown.map(str::to_owned).collect(),
            carry: headers(Use::Carry),
            ignore: headers(Use::Ignore),
            dates: Some(self.dates.trim().to_owned()).filter(|form| !form.is_empty()),
            decimal: (!self.all.is_empty()).then_some(decimal),
            ..self.rest.clone()
        }
    }
}

/// The first cells of a column.
fn sample(sheet: &Sheet, at: usize) -> String {
    let cells = sheet.sample.iter().filter_map(|row| row.get(at)).map(|cell| cell.trim()).filter(|cell| !cell.is_empty());
    cells.map(|cell| cell.chars().take(40).collect::<String>()).collect::<Vec<_>>().join(" · ")
}

/// Names of details that a column may hold, each with what it is asked for.
pub(super) fn facts(program: &Program) -> Vec<(String, String)> {
    let single = program.slots.iter().filter(|slot| slot.at == At::Single);
    let facts = single.filter_map(|slot| program.facts.get(slot.fact.0 as usize)).filter(|fact| fact.computed.is_none());
    facts.filter(|fact| !fact.identifies).map(|fact| (fact.name.clone(), fact.ask.clone())).collect()
}
