//! Which column of a table holds what.
//!
//! In: the headers of a table, a mapping, the vocabulary. Out: a target for each column, or what cannot be matched.
//! Owns the names that columns have. Never reads a cell.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::mapping::{Mapping, Separator};
use crate::diagnostic::nearest;
use crate::facts::lane_of;
use crate::program::{At, Lane, ListId, Program, SlotId, Type};

/// What one column holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Target {
    /// The value of a fact.
    Fact(SlotId),
    /// The currency of an amount.
    Currency(SlotId),
    /// Whether an optional date is known to be none.
    NoEvent(SlotId),
    /// Something that is copied to the output.
    Carry,
    /// Nothing that matters here.
    Ignore,
}

/// Which column holds what, and how cells are written.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The headers, as the table writes them.
    pub headers: Vec<String>,
    /// For each column.
    pub targets: Vec<Target>,
    /// Facts with one value in every row.
    pub constants: Vec<(SlotId, Lane)>,
    /// Amounts whose currency is the same in every row.
    pub currencies: Vec<(SlotId, String)>,
    /// For a fact: words of the table, each with the vocabulary's.
    pub words: BTreeMap<SlotId, BTreeMap<String, String>>,
    /// Words of the table in any column, each with the vocabulary's.
    pub any_words: BTreeMap<String, String>,
    /// Texts that say that nothing is known.
    pub unknown: Vec<String>,
    /// How days are written, where not year-month-day.
    pub dates: Option<String>,
    /// What stands before the cents.
    pub decimal: Separator,
    /// The column that names an account.
    pub key: Option<usize>,
    /// The table.
    pub file: Arc<str>,
    /// For each column that is copied to the output: its place among those of all tables.
    pub places: Vec<usize>,
    /// How many columns of all tables are copied.
    pub carries: usize,
    /// For each column: the name of what it holds; empty where it is called like nothing that is known.
    known: Vec<String>,
}

/// Why a table cannot be read as it is.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", lines.join("\n"))]
pub struct Unmatched {
    /// One line a column or entry, with what to do.
    pub lines: Vec<String>,
    /// Columns that are no facts, each with the name most like it.
    pub columns: Vec<(String, Option<String>)>,
}

/// The names of columns: facts of the account, and of records keyed by decision; or those of one list's records.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Each name with what a column of that name holds.
    known: BTreeMap<String, Target>,
    /// Shorter names, each with the full one.
    short: BTreeMap<String, String>,
}

/// The columns of a table of answers, in the order in which they are written.
pub const ANSWER_HEADERS: [&str; 7] = ["account.id", "fact", "question", "where", "allowed", "decisions", "answer"];

impl Names {
    /// The names for a table of accounts, or of the records of a list.
    pub fn of(program: &Program, list: Option<ListId>) -> Self {
        let mut known = BTreeMap::new();
        for (at, slot) in (0_u32..).zip(&program.slots) {
            let Some(fact) = program.facts.get(slot.fact.0 as usize) else { continue };
            let name = match (slot.at, list) {
                (At::Single, None) => fact.name.clone(),
                (At::Keyed(of, key), None) => keyed_name(program, of, key, &fact.local),
                (At::Record(of), Some(list)) if of == list => format!("{}.{}", section_name(program, of), fact.local),
                _ => continue,
            };
            let slot = SlotId(at);
            if fact.identifies {
                known.insert(name, Target::Carry);
                continue;
            }
            match fact.ty {
                Type::Money => drop(known.insert(format!("{name}.currency"), Target::Currency(slot))),
                Type::Date { optional: true } => drop(known.insert(format!("{name}.none"), Target::NoEvent(slot))),
                _ => {}
            }
            known.insert(name, Target::Fact(slot));
        }
        let mut short = BTreeMap::new();
        if let Some(list) = list {
            let each = program.lists.get(list.0 as usize).map_or("", |list| list.each.as_str());
            let section = format!("{}.", section_name(program, list));
            for name in known.keys() {
                if let Some(local) = name.strip_prefix(&section) {
                    short.insert(local.to_owned(), name.clone());
                    short.insert(format!("{each}.{local}"), name.clone());
                }
            }
            known.insert("account.id".to_owned(), Target::Carry);
        }
        Self { known, short }
    }

    /// The names for a table of answers.
    pub fn of_answers() -> Self {
        let target = |name| if ["account.id", "fact", "answer"].contains(&name) { Target::Carry } else { Target::Ignore };
        let known = ANSWER_HEADERS.map(|name| (name.to_owned(), target(name)));
        Self { known: known.into_iter().collect(), short: BTreeMap::new() }
    }

    /// All full names.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.known.keys().map(String::as_str)
    }

    /// What a column of a name holds: by the name itself, or by the same letters in another case or with other marks
    /// between them.
    pub fn get(&self, name: &str) -> Option<(&str, &Target)> {
        let exact = self.known.get_key_value(name);
        let full = |short: &String| self.known.get_key_value(short);
        let alike = || {
            let wanted = letters(name);
            let mut found = self.known.iter().filter(|(known, _)| letters(known) == wanted);
            let mut short = self.short.iter().filter(|(short, _)| letters(short) == wanted);
            match found.next() {
                Some(first) => Some(first).filter(|_| found.next().is_none()),
                None => short.next().and_then(|(_, name)| full(name)).filter(|_| short.next().is_none()),
            }
        };
        let found = exact.or_else(|| self.short.get(name).and_then(full)).or_else(alike);
        found.map(|(name, target)| (name.as_str(), target))
    }

    /// The name most like another one.
    pub fn nearest(&self, name: &str) -> Option<&str> {
        let wanted = name.trim().to_lowercase().replace([' ', '-'], "_");
        let known = || self.known.keys().map(String::as_str);
        let last = |known: &str| known.rsplit('.').next().unwrap_or(known).to_owned();
        // By the last part of a name alone only facts of the account are meant, and only where the parts are near.
        let by_last = || {
            let single =
                || self.known.iter().filter(|(name, of)| matches!(of, Target::Fact(_)) && name.matches('.').count() < 2);
            let lasts: Vec<String> = single().map(|(name, _)| last(name)).collect();
            let near = nearest(&wanted, lasts.iter().map(String::as_str))?;
            // A short header in another language is near to some short name by chance: “Kunde” is not `code.kind`.
            let letters = strsim::damerau_levenshtein(&wanted, near);
            if letters > (wanted.chars().count() / 4).max(1) && !near.contains(&wanted) {
                return None;
            }
            single().map(|(name, _)| name.as_str()).find(|known| last(known) == near)
        };
        nearest(&wanted, known().filter(|known| known.contains('.') == wanted.contains('.'))).or_else(by_last)
    }

    /// The name of what a column holds.
    pub fn name(&self, target: &Target) -> Option<&str> {
        self.known.iter().find(|(_, known)| *known == target).map(|(name, _)| name.as_str())
    }
}

/// `offers.new_advertiser_ladder.status`
fn keyed_name(program: &Program, list: ListId, key: i64, local: &str) -> String {
    let key_type =
        program.lists.get(list.0 as usize).and_then(|list| program.facts.get(list.key.0 as usize)).map(|fact| &fact.ty);
    let key = key_type.map_or_else(String::new, |ty| ty.text(Lane { main: key, aux: 0 }));
    format!("{}.{key}.{local}", section_name(program, list))
}

fn section_name(program: &Program, list: ListId) -> &str {
    let section = program.lists.get(list.0 as usize).and_then(|list| program.sections.get(list.section));
    section.map_or("", |section| section.name.as_str())
}

/// Letters and digits only, in lower case.
pub(super) fn letters(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

impl Layout {
    /// Matches the headers of a table.
    /// # Errors
    /// [`Unmatched`] with every column that is no fact, every fact that two columns hold, every entry of the mapping that
    /// names nothing.
    pub fn new(program: &Program, names: &Names, headers: &[String], mapping: &Mapping) -> Result<Self, Unmatched> {
        let mut lines = Vec::new();
        let mut suggested = Vec::new();
        let mut targets: Vec<Target> = Vec::new();
        let known = |header: &str| {
            let mapped = mapping.columns.iter().find(|(from, _)| from.trim() == header).map_or(header, |(_, to)| to.trim());
            names.get(mapped).map_or_else(String::new, |(name, _)| name.to_owned())
        };
        let listed = |list: &[String], header: &str| list.iter().any(|one| one.trim() == header);
        for (header, number) in headers.iter().zip(1..) {
            let header = header.trim();
            let mapped = mapping.columns.iter().find(|(from, _)| from.trim() == header).map(|(_, to)| to.trim());
            let target = match names.get(mapped.unwrap_or(header)) {
                _ if listed(&mapping.ignore, header) => Target::Ignore,
                _ if listed(&mapping.carry, header) => Target::Carry,
                Some((_, target)) => target.clone(),
                None if header.is_empty() && mapped.is_none() => Target::Ignore,
                None => {
                    let wanted = mapped.unwrap_or(header);
                    let near = names.nearest(wanted);
                    let help = near
                        .map_or_else(|| "map it, carry it or ignore it".to_owned(), |near| format!("did you mean `{near}`?"));
                    lines.push(format!("column {number} `{wanted}` is no fact: {help}"));
                    suggested.push((header.to_owned(), near.map(str::to_owned)));
                    Target::Ignore
                }
            };
            let twice = |other: &Target| *other == target && !matches!(target, Target::Carry | Target::Ignore);
            if let Some(first) = targets.iter().position(twice) {
                lines.push(format!("columns {} and {number} hold the same fact: map or ignore one of them", first + 1));
            }
            targets.push(target);
        }
        for from in mapping.columns.keys().chain(&mapping.carry).chain(&mapping.ignore) {
            if !headers.iter().any(|header| header.trim() == from.trim()) {
                lines.push(format!("the mapping names a column `{from}`, and the table has none of that name"));
            }
        }
        let mut layout = Self {
            headers: headers.iter().map(|header| header.trim().to_owned()).collect(),
            key: None,
            file: Arc::from(""),
            places: (0..targets.iter().filter(|target| **target == Target::Carry).count()).collect(),
            carries: targets.iter().filter(|target| **target == Target::Carry).count(),
            known: headers.iter().map(|header| known(header.trim())).collect(),
            targets,
            constants: Vec::new(),
            currencies: Vec::new(),
            words: BTreeMap::new(),
            any_words: mapping.words.clone(),
            unknown: mapping.unknown.clone(),
            dates: mapping.dates.clone(),
            decimal: mapping.decimal.unwrap_or_default(),
        };
        layout.key = layout.place("account.id");
        layout.fixed(program, names, mapping, &mut lines);
        layout.currency_columns(names, &mut lines);
        if lines.is_empty() {
            return Ok(layout);
        }
        Err(Unmatched { lines, columns: suggested })
    }

    /// The column that holds what has a name and is copied.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.known.iter().zip(&self.targets).position(|(known, target)| *target == Target::Carry && known == name)
    }

    /// The list among those of carried columns that holds what has a name.
    pub fn carried_place(&self, name: &str) -> Option<usize> {
        let place = self.place(name)?;
        let before = self.targets.iter().take(place).filter(|target| **target == Target::Carry).count();
        self.places.get(before).copied()
    }

    /// Makes the columns of several tables that are copied one list, in which each header stands once. Says the list.
    pub fn unite(layouts: &mut [Self]) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        for layout in &mut *layouts {
            let own: Vec<String> = layout.carried().map(str::to_owned).collect();
            let mut places: Vec<usize> = Vec::new();
            for header in own {
                // A header that stands twice in one table is two columns.
                let free = all.iter().enumerate().position(|(at, known)| *known == header && !places.contains(&at));
                places.push(free.unwrap_or(all.len()));
                if free.is_none() {
                    all.push(header);
                }
            }
            layout.places = places;
        }
        layouts.iter_mut().for_each(|layout| layout.carries = all.len());
        all
    }

    /// The headers of columns that are copied to the output.
    pub fn carried(&self) -> impl Iterator<Item = &str> {
        let own = self.headers.iter().zip(&self.targets).filter(|(_, target)| **target == Target::Carry);
        own.map(|(header, _)| header.as_str())
    }

    /// Constants, and the words of facts.
    fn fixed(&mut self, program: &Program, names: &Names, mapping: &Mapping, lines: &mut Vec<String>) {
        for (name, text) in &mapping.constants {
            match names.get(name) {
                Some((_, Target::Fact(slot))) => {
                    let Some(fact) = program.fact_of(*slot) else { continue };
                    match lane_of(&fact.ty, text) {
                        Ok(lane) => self.constants.push((*slot, lane)),
                        Err(wrong) => lines.push(format!("in `constants`: {}", wrong.headline(name))),
                    }
                }
                Some((_, Target::Currency(slot))) => self.currencies.push((*slot, text.clone())),
                _ => lines.push(format!("in `constants`: `{name}` is no fact{}", near(names, name))),
            }
        }
        for (name, words) in &mapping.values {
            match names.get(name) {
                Some((_, Target::Fact(slot) | Target::Currency(slot))) => drop(self.words.insert(*slot, words.clone())),
                _ => lines.push(format!("in `values`: `{name}` is no fact{}", near(names, name))),
            }
        }
    }

    /// A currency needs an amount.
    fn currency_columns(&self, names: &Names, lines: &mut Vec<String>) {
        for target in &self.targets {
            if let Target::Currency(slot) = target
                && !self.targets.contains(&Target::Fact(*slot))
            {
                let name = names.name(target).unwrap_or_default();
                lines.push(format!("`{name}` is the currency of an amount that the table does not have"));
            }
        }
    }
}

fn near(names: &Names, name: &str) -> String {
    names.nearest(name).map_or_else(String::new, |near| format!(": did you mean `{near}`?"))
}

/// A mapping to begin with, for columns that are no facts.
pub fn suggestion(columns: &[(String, Option<String>)]) -> String {
    let quoted = |text: &str| serde_json::to_string(text).unwrap_or_default();
    let mut text = String::new();
    let matched: Vec<_> = columns.iter().filter_map(|(header, near)| Some((header, near.as_ref()?))).collect();
    let others: Vec<_> = columns.iter().filter(|(_, near)| near.is_none()).map(|(header, _)| header).collect();
    if !matched.is_empty() {
        text.push_str("columns:\n");
        matched.iter().for_each(|(header, near)| text.push_str(&format!("  {}: {near}\n", quoted(header))));
    }
    if !others.is_empty() {
        let list: Vec<String> = others.iter().map(|header| quoted(header)).collect();
        text.push_str(&format!("carry: [{}]\n", list.join(", ")));
    }
    text
}
