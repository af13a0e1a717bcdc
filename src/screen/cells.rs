//! Cells of text to columns of facts.
//!
//! In: rows of cells, and which column holds what. Out: a batch, what was carried, and every bad cell.
//! Owns how a cell is cleaned before it is typed: by the same function as a value of a document. Never decides.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use super::columns::{Batch, Column, Plane, STRIP, Values};
use super::layout::{Layout, Target};
use super::mapping::Separator;
use super::problem::Problem;
use crate::facts::{Link, Reader, State, Wrong, lane_of, member_of, money_of};
use crate::plan::Plan;
use crate::program::{AS_OF, Fact, Lane, ListId, NO_EVENT, Program, SlotId, Type};
use crate::value::{Day, day_text};

/// So many different texts of a column are remembered with their values.
const REMEMBERED: usize = 4_096;

/// Rows as they are read: cells, with the number of the first.
#[derive(Clone, Debug, Default)]
pub struct Cells {
    /// The number of the first row; the one under the headers is 1.
    pub first: u64,
    /// The rows.
    pub rows: Vec<csv::ByteRecord>,
    /// The number of each row: those that hold nothing are counted and left out.
    pub numbers: Vec<u64>,
}

/// Rows as facts.
#[derive(Clone, Debug)]
pub struct Decoded {
    /// The table.
    pub file: Arc<str>,
    /// The number of the first row.
    pub first: u64,
    /// The number of each row, where rows were left out between them.
    pub numbers: Vec<u64>,
    /// What is known; of invalid rows anything.
    pub batch: Batch,
    /// Rows of which nothing is decided, by strips.
    pub invalid: Vec<Plane>,
    /// What is wrong with them.
    pub problems: Vec<Problem>,
    /// What is copied to the output: a list a carried column, in the order of the table.
    pub carried: Vec<Vec<String>>,
    /// Records of the accounts.
    pub records: Vec<Records>,
    /// What is wrong first with each invalid row.
    reasons: HashMap<usize, String, foldhash::fast::RandomState>,
}

/// Records of one list, those of one account behind each other.
#[derive(Clone, Debug)]
pub struct Records {
    /// The list.
    pub list: ListId,
    /// For each record: the row of its account.
    pub of: Vec<usize>,
    /// For each record: its key.
    pub keys: Vec<String>,
    /// What is known of them, a row each, at the slots of the record under decision.
    pub batch: Batch,
}

impl Decoded {
    /// Rows of which nothing is known yet.
    pub fn new(plan: &Plan, layout: &Layout, first: u64, rows: usize, as_of: Option<Day>) -> Self {
        let mut batch = Batch::new(plan, rows);
        if let Some(day) = as_of {
            batch.put_all(AS_OF, Lane { main: day, aux: 0 }, State::Given);
        }
        let invalid = vec![Plane::NONE; batch.strips()];
        Self {
            file: Arc::clone(&layout.file),
            first,
            numbers: Vec::new(),
            batch,
            invalid,
            problems: Vec::new(),
            carried: vec![Vec::new(); layout.carries],
            records: Vec::new(),
            reasons: HashMap::default(),
        }
    }

    /// Notes what is wrong with a row; nothing is decided of it.
    pub fn reject(&mut self, row: usize, column: &str, value: &str, reason: String, help: Option<String>) {
        self.spoil(row, &reason);
        let (file, row) = (Arc::clone(&self.file), self.number(row));
        self.problems.push(Problem { file, row, column: column.to_owned(), value: Problem::cut(value), reason, help });
    }

    /// Decides nothing of a row, because of what is told elsewhere.
    pub fn spoil(&mut self, row: usize, reason: &str) {
        if let Some(plane) = self.invalid.get_mut(row / STRIP) {
            plane.put(row % STRIP, true);
        }
        self.reasons.entry(row).or_insert_with(|| reason.to_owned());
    }

    /// What is wrong first with an invalid row.
    pub fn reason(&self, row: usize) -> &str {
        self.reasons.get(&row).map_or("", String::as_str)
    }

    /// The number of a row; the one under the headers is 1.
    pub fn number(&self, row: usize) -> u64 {
        self.numbers.get(row).copied().unwrap_or_else(|| self.first + u64::try_from(row).unwrap_or(0))
    }

    /// Is a row invalid?
    pub fn is_invalid(&self, row: usize) -> bool {
        self.invalid.get(row / STRIP).is_some_and(|plane| plane.has(row % STRIP))
    }

    /// Derives what follows from the facts of each row, and rejects rows that contradict themselves or have no day.
    pub fn link(&mut self, program: &Program, reader: &Reader, links: &[Link]) {
        let mut values = Vec::new();
        for link in links {
            let given = |batch: &Batch, row| link.from.iter().any(|slot| batch.get(*slot, row).1 == State::Given);
            if link.from.iter().all(|slot| self.batch.is_blank(*slot)) {
                continue;
            }
            for row in 0..self.batch.rows() {
                if self.is_invalid(row) || !given(&self.batch, row) {
                    continue;
                }
                values.clear();
                values.extend(link.slots.iter().map(|slot| self.batch.get(*slot, row)));
                match reader.derive(link, &mut values) {
                    Ok(mixed) => {
                        for (slot, (lane, state)) in link.slots.iter().zip(&values) {
                            if *state == State::Derived {
                                self.batch.put(program, *slot, row, *lane, *state);
                            }
                        }
                        mixed.into_iter().for_each(|slot| self.batch.note_mixed(slot, row));
                    }
                    Err(findings) => findings.into_iter().for_each(|finding| {
                        self.reject(row, "", "", finding.headline, finding.help);
                    }),
                }
            }
        }
        let dated = matches!(self.batch.column(AS_OF), Column::Same(_, state) if *state != State::Missing);
        for row in (0..self.batch.rows()).filter(|_| !dated) {
            if !self.is_invalid(row) && self.batch.get(AS_OF, row).1 == State::Missing {
                let help = "give the day for which the check holds with --as-of, or as a column `as_of`".to_owned();
                self.reject(row, "as_of", "", "`as_of` is missing".to_owned(), Some(help));
            }
        }
    }
}

/// Reads cells for one layout.
#[derive(Debug)]
pub struct CellReader<'p> {
    program: &'p Program,
    plan: &'p Plan,
    reader: &'p Reader,
    layout: &'p Layout,
    links: Vec<Link>,
    as_of: Option<Day>,
    /// What is remembered of each fact: lanes of texts that were typed before.
    known: HashMap<SlotId, Known>,
}

type Known = HashMap<Box<[u8]>, Lane, foldhash::fast::RandomState>;

/// A column of values as it is filled.
struct Filled {
    values: Values,
    given: Vec<Plane>,
    is_any: bool,
}

impl Filled {
    fn new(ty: &Type, rows: usize) -> Self {
        let mut values = Values::of(ty);
        values.resize(rows.next_multiple_of(STRIP));
        Self { values, given: vec![Plane::NONE; rows.div_ceil(STRIP)], is_any: false }
    }

    #[inline]
    fn put(&mut self, row: usize, lane: Lane) {
        self.values.put(row, lane);
        self.is_any = true;
        if let Some(plane) = self.given.get_mut(row / STRIP) {
            plane.put(row % STRIP, true);
        }
    }
}

impl<'p> CellReader<'p> {
    /// Reads cells for a layout; `as_of` takes the place of a column of that name.
    pub fn new(program: &'p Program, plan: &'p Plan, reader: &'p Reader, layout: &'p Layout, as_of: Option<Day>) -> Self {
        Self { program, plan, reader, layout, links: reader.links(), as_of, known: HashMap::new() }
    }

    /// The program of the facts.
    pub fn program(&self) -> &'p Program {
        self.program
    }

    /// Which column holds what.
    pub fn layout(&self) -> &'p Layout {
        self.layout
    }

    /// Rows of which only constants are known yet.
    pub fn begin(&self, first: u64, rows: usize) -> Decoded {
        let mut decoded = Decoded::new(self.plan, self.layout, first, rows, self.as_of);
        for (slot, lane) in &self.layout.constants {
            decoded.batch.put_all(*slot, *lane, State::Given);
        }
        decoded
    }

    /// Derives what follows, once every column is there.
    pub fn finish(&self, decoded: &mut Decoded) {
        if let Some(day) = self.as_of {
            decoded.batch.put_all(AS_OF, Lane { main: day, aux: 0 }, State::Given);
        }
        decoded.link(self.program, self.reader, &self.links);
        let own = Arc::clone(&decoded.file);
        decoded
            .problems
            .sort_by(|a, b| (a.file != own).cmp(&(b.file != own)).then(a.file.cmp(&b.file)).then(a.row.cmp(&b.row)));
    }

    /// Rows of cells to facts.
    pub fn decode(&mut self, cells: &Cells) -> Decoded {
        let mut decoded = self.fill(cells);
        self.finish(&mut decoded);
        decoded
    }

    /// Rows of cells to what they say, without what follows from it.
    pub fn fill(&mut self, cells: &Cells) -> Decoded {
        let mut decoded = self.begin(cells.first, cells.rows.len());
        decoded.numbers.clone_from(&cells.numbers);
        for (row, record) in cells.rows.iter().enumerate() {
            let (found, wanted) = (record.len(), self.layout.headers.len());
            if found != wanted {
                let help = "quote cells that hold the separator, and give every row as many cells as there are headers";
                let reason = format!("the row has {found} cells, the table has {wanted} columns");
                decoded.reject(row, "", "", reason, Some(help.to_owned()));
            }
        }
        let layout = self.layout;
        if let Some(key) = layout.key {
            for (row, record) in cells.rows.iter().enumerate() {
                let label = record.iter().filter_map(|cell| std::str::from_utf8(cell).ok()).find(|cell| is_of_totals(cell));
                let has_name = record.get(key).is_some_and(|cell| !cell.trim_ascii().is_empty());
                if let Some(label) = label.filter(|_| !has_name) {
                    let help = "leave rows of totals out, or give the account's `account.id`".to_owned();
                    decoded.reject(row, "", label, "the row names no account and looks like totals".to_owned(), Some(help));
                }
            }
        }
        let mut places = layout.places.iter();
        for ((at, target), header) in layout.targets.iter().enumerate().zip(&layout.headers) {
            let of = |at: usize| move |row: usize| cells.rows.get(row).and_then(|record| record.get(at));
            match target {
                Target::Carry => {
                    if let Some(list) = places.next().and_then(|place| decoded.carried.get_mut(*place)) {
                        let bytes = (0..cells.rows.len()).map(|row| of(at)(row).unwrap_or_default());
                        list.extend(bytes.map(|cell| String::from_utf8_lossy(cell).into_owned()));
                    }
                }
                Target::Fact(slot) => {
                    let currency = layout.targets.iter().position(|target| *target == Target::Currency(*slot));
                    self.column(header, *slot, cells.rows.len(), of(at), currency.map(of), &mut decoded);
                }
                Target::NoEvent(slot) => self.no_event(header, *slot, cells.rows.len(), of(at), &mut decoded),
                Target::Currency(_) | Target::Ignore => {}
            }
        }
        decoded
    }

    /// One column of texts, wherever they come from; `never` says that it tells whether dates are none.
    #[allow(clippy::too_many_arguments, reason = "a column is its header, its fact, its texts and its currencies")]
    pub fn texts(
        &mut self,
        header: &str,
        slot: SlotId,
        never: bool,
        rows: usize,
        text: &dyn Fn(usize) -> Option<String>,
        code: Option<&dyn Fn(usize) -> Option<String>>,
        decoded: &mut Decoded,
    ) {
        let texts: Vec<String> = (0..rows).map(|row| text(row).unwrap_or_default()).collect();
        let codes: Option<Vec<String>> = code.map(|code| (0..rows).map(|row| code(row).unwrap_or_default()).collect());
        let (texts, codes) = (&texts, &codes);
        let text = |row: usize| texts.get(row).map(String::as_bytes);
        let code = codes.as_ref().map(|codes| move |row: usize| codes.get(row).map(String::as_bytes));
        if never {
            self.no_event(header, slot, rows, text, decoded);
        } else {
            self.column(header, slot, rows, text, code, decoded);
        }
    }

    /// One column of values.
    fn column<'c>(
        &mut self,
        header: &str,
        slot: SlotId,
        rows: usize,
        text: impl Fn(usize) -> Option<&'c [u8]>,
        code: Option<impl Fn(usize) -> Option<&'c [u8]>>,
        decoded: &mut Decoded,
    ) {
        let Some(fact) = self.program.fact_of(slot) else { return };
        let constant = self.layout.currencies.iter().find(|(of, _)| *of == slot).map(|(_, code)| code.as_str());
        let mut known = self.known.remove(&slot).unwrap_or_default();
        // Where another column or the mapping says something of this fact already, that stands where this one says nothing.
        let is_first = matches!(decoded.batch.column(slot), Column::Same(_, State::Missing | State::Assumed));
        let mut found = Filled::new(&fact.ty, rows);
        for row in 0..rows {
            let bytes = text(row).unwrap_or_default();
            if bytes.is_empty() {
                continue;
            }
            // The same bytes mean the same, and most cells of a table are like others.
            let seen = if code.is_none() { known.get(bytes).copied() } else { None };
            let lane = match seen {
                Some(lane) => lane,
                None => {
                    let Some(cell) = self.cell(bytes, row, header, decoded) else { continue };
                    if cell.is_empty() {
                        continue;
                    }
                    let code = match &code {
                        Some(code) => {
                            self.cell(code(row).unwrap_or_default(), row, header, decoded).filter(|code| !code.is_empty())
                        }
                        None => constant,
                    };
                    let typed = match fact.ty {
                        Type::Text => Ok(Lane { main: decoded.batch.text_index(cell), aux: 0 }),
                        _ => self.lane(fact, slot, cell, code),
                    };
                    match typed {
                        Ok(lane) => {
                            // A text has another index in each batch.
                            if code.is_none() && fact.ty != Type::Text && known.len() < REMEMBERED {
                                known.insert(bytes.into(), lane);
                            }
                            lane
                        }
                        Err(wrong) => {
                            decoded.reject(row, header, cell, wrong.headline(&fact.name), wrong.help);
                            continue;
                        }
                    }
                }
            };
            if is_first {
                found.put(row, lane);
            } else {
                decoded.batch.put(self.program, slot, row, lane, State::Given);
            }
        }
        if found.is_any {
            decoded.batch.put_values(slot, found.values, found.given);
        }
        self.known.insert(slot, known);
    }

    /// Whether dates are known to be none.
    fn no_event<'c>(
        &self,
        header: &str,
        slot: SlotId,
        rows: usize,
        text: impl Fn(usize) -> Option<&'c [u8]>,
        decoded: &mut Decoded,
    ) {
        for row in 0..rows {
            let Some(cell) = self.cell(text(row).unwrap_or_default(), row, header, decoded) else { continue };
            if cell.is_empty() {
                continue;
            }
            match lane_of(&Type::Bool, cell) {
                Ok(Lane { main: 1, .. }) => {
                    let none = Lane { main: NO_EVENT, aux: 0 };
                    match decoded.batch.get(slot, row) {
                        (lane, State::Given) if lane != none => {
                            let help = "clear one of the two cells".to_owned();
                            decoded.reject(row, header, cell, format!("`{header}` is yes, and a day is given"), Some(help));
                        }
                        _ => decoded.batch.put(self.program, slot, row, none, State::Given),
                    }
                }
                Ok(_) => {}
                Err(wrong) => decoded.reject(row, header, cell, wrong.headline(header), wrong.help),
            }
        }
    }

    /// A cell without what surrounds it; empty where it says nothing.
    fn cell<'c>(&self, bytes: &'c [u8], row: usize, header: &str, decoded: &mut Decoded) -> Option<&'c str> {
        let Ok(text) = std::str::from_utf8(bytes) else {
            let shown = String::from_utf8_lossy(bytes).into_owned();
            let help = "save the table as UTF-8".to_owned();
            decoded.reject(row, header, &shown, "the cell is not UTF-8 text".to_owned(), Some(help));
            return None;
        };
        // What begins and ends in a letter or digit has no blanks around it.
        let is_bare = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
        let text = if is_bare(bytes.first()) && is_bare(bytes.last()) { text } else { trimmed(text) };
        Some(if self.layout.unknown.iter().any(|unknown| unknown == text) { "" } else { text })
    }

    /// A text as the value of a fact, at home in a batch.
    /// # Errors
    /// What is wrong with the text.
    pub fn typed(&self, fact: &Fact, slot: SlotId, text: &str, batch: &mut Batch) -> Result<Lane, Box<Wrong>> {
        match fact.ty {
            Type::Text => Ok(Lane { main: batch.text_index(text), aux: 0 }),
            _ => self.lane(fact, slot, text, None),
        }
    }

    /// A text as the value of a fact.
    fn lane(&self, fact: &Fact, slot: SlotId, cell: &str, code: Option<&str>) -> Result<Lane, Box<Wrong>> {
        let mapped = |text: &str| {
            let own = self.layout.words.get(&slot).and_then(|words| words.get(text));
            own.or_else(|| self.layout.any_words.get(text))
        };
        let text = mapped(cell).map_or(cell, String::as_str);
        match (&fact.ty, code) {
            (Type::Set(_), _) => set_of(&fact.ty, text),
            (Type::Date { .. }, _) => lane_of(&fact.ty, &self.day(text)),
            (Type::Money, Some(code)) => {
                let code = mapped(code).map_or(code, String::as_str);
                let amount = self.number(text);
                // An amount may name its currency as well, if it is the same one.
                money_of(amount.strip_suffix(code).unwrap_or(&amount), code)
            }
            (Type::Money | Type::Integer | Type::Decimal | Type::Percent, _) => lane_of(&fact.ty, &self.number(text)),
            _ => lane_of(&fact.ty, text),
        }
    }

    /// A number with a point before its fraction, nothing between thousands, and its currency as a code behind it.
    fn number<'c>(&self, text: &'c str) -> Cow<'c, str> {
        // Of all signs of currencies only this one means one currency.
        if let Some((before, after)) = text.split_once('€') {
            let number = format!("{}{}", before.trim(), after.trim());
            return Cow::Owned(format!("{} EUR", self.plain(number.trim_end_matches("EUR").trim())));
        }
        self.plain(text)
    }

    fn plain<'c>(&self, text: &'c str) -> Cow<'c, str> {
        if self.layout.decimal == Separator::Point {
            return Cow::Borrowed(text);
        }
        let (number, unit) = match text.find(|letter: char| letter.is_alphabetic() || letter == '%') {
            Some(at) => text.split_at(at),
            None => (text, ""),
        };
        let number = number.trim_end();
        let whole = number.split_once(',').map_or(number, |(whole, _)| whole);
        let mut groups = whole.trim_start_matches('-').split(['.', '\u{a0}', ' ', '\'']);
        let first = groups.next().unwrap_or_default();
        let grouped = !first.is_empty() && first.len() <= 3 && groups.all(|group| group.len() == 3);
        if whole.contains('.') && !grouped {
            return Cow::Borrowed(text);
        }
        let plain: String = number
            .chars()
            .filter(|letter| !matches!(letter, '.' | '\u{a0}' | ' ' | '\''))
            .map(|letter| if letter == ',' { '.' } else { letter })
            .collect();
        let space = if unit.is_empty() || unit == "%" { "" } else { " " };
        Cow::Owned(format!("{plain}{space}{unit}"))
    }

    /// A day as year-month-day, where the mapping says how days are written.
    fn day<'c>(&self, text: &'c str) -> Cow<'c, str> {
        let Some(form) = &self.layout.dates else { return Cow::Borrowed(text) };
        match chrono::NaiveDate::parse_from_str(text, form) {
            Ok(date) => Cow::Owned(day_text(Day::from(chrono::Datelike::num_days_from_ce(&date)))),
            Err(_) => Cow::Borrowed(text),
        }
    }
}

/// Is this what stands before sums under a table?
fn is_of_totals(cell: &str) -> bool {
    const LABELS: [&str; 8] = ["total", "totals", "grand total", "sum", "summe", "gesamt", "gesamtsumme", "insgesamt"];
    let label = trimmed(cell).trim_end_matches(':');
    LABELS.iter().any(|known| known.eq_ignore_ascii_case(label))
}

/// A cell without blanks around it, also those that spreadsheets add.
pub fn trimmed(text: &str) -> &str {
    text.trim_matches(|letter: char| letter.is_whitespace() || letter == '\u{a0}' || letter == '\u{feff}')
}

/// A list of words: separated by commas, semicolons or bars, perhaps in brackets; `[]` is the empty list.
fn set_of(ty: &Type, text: &str) -> Result<Lane, Box<Wrong>> {
    let inner = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let words = inner.split([',', ';', '|']).map(|word| word.trim().trim_matches('"')).filter(|word| !word.is_empty());
    let bits = words.map(|word| member_of(ty, word)).collect::<Result<Vec<i64>, Box<Wrong>>>()?;
    Ok(Lane { main: bits.into_iter().fold(0, |all, bit| all | bit), aux: 0 })
}
