//! “Check what we read”: every detail of a client with its value and where it came from, to change, confirm, remove and add.
//!
//! In: a client, what the form changes. Out: the page.
//! Owns its order: sections of the vocabulary, records inside them, then what was assumed. Decides nothing.

use askama::Template;
use axum::response::Response;

use super::client::{Client, Slip, current, known, row_name};
use super::control::{control, lists};
use super::fields::Fields;
use super::origins::{ANSWER, CHANGE, CONFIRMED};
use super::visit::Visit;
use super::{Kind, Site, hidden, page};
use crate::RuleSet;
use crate::facts::{Asked, Facts, State, question_name};
use crate::program::{AS_OF, At, Program, SlotId, Type};
use crate::report;
use crate::value::day_text;

/// One detail.
struct Row {
    name: String,
    ask: String,
    control: String,
    /// Its value for people, where the field does not say it so.
    value: String,
    known: bool,
    from: String,
    /// May it be confirmed?
    confirm: bool,
}

/// Details that belong together.
struct Part {
    heading: String,
    /// Of the record: what the button that takes it away sends.
    drop: Option<String>,
    rows: Vec<Row>,
}

/// Details that can be added, of one section or record.
pub(super) struct More {
    /// The section or record.
    pub(super) label: String,
    /// The name of each detail with its question.
    pub(super) options: Vec<(String, String)>,
}

/// Records that can be begun.
struct Begin {
    list: String,
    each: String,
    key: String,
    /// The choices, where there are only some.
    words: Vec<(String, String)>,
    slip: Option<Slip>,
}

#[derive(Template)]
#[template(path = "details.html")]
struct Details {
    site: Site,
    state: String,
    name: Option<String>,
    day: String,
    day_from: String,
    day_slip: Option<String>,
    known: usize,
    slips: usize,
    parts: Vec<Part>,
    assumed: Vec<Row>,
    computed: Vec<Row>,
    more: Vec<More>,
    begins: Vec<Begin>,
    unknown: Vec<(String, String)>,
    open: Vec<String>,
    lists: String,
}

pub(super) async fn details(mut visit: Visit) -> Response {
    let slips = visit.take();
    show(&visit.rules, &visit.client, &slips, &visit.fields)
}

/// The page about a client.
pub(super) fn show(rules: &RuleSet, client: &Client, slips: &[Slip], fields: &Fields) -> Response {
    let program = rules.program();
    let slip = |name: &str| slips.iter().find(|slip| slip.name == name);
    let mut open: Vec<String> = fields.all("open").chain(fields.said("add")).map(str::to_owned).collect();
    open.extend(slips.iter().map(|slip| slip.name.clone()));
    open.sort_unstable();
    open.dedup();
    let mut rows = Rows { program, client, slips, open: &open, count: 0 };
    let parts = rows.parts();
    let assumed = rows.singles(State::Assumed);
    let computed = rows.singles(State::Derived);
    let all = parts.iter().flat_map(|part| &part.rows).chain(&assumed);
    let lists = lists(&all.map(|row| row.control.as_str()).collect::<Vec<_>>());
    let unknown = client.unknown.iter().filter_map(|asked| {
        let fact = program.fact_of(asked.0)?;
        let about = report::about(program, asked.0, asked.1.as_deref()).map_or_else(String::new, |about| format!(" ({about})"));
        Some((question_name(program, asked.0, asked.1.as_deref()), format!("{}{about}", fact.ask)))
    });
    open.retain(|name| current_of(program, client, name).is_none());
    page(&Details {
        site: Site::new(rules, "start", "Check what we read"),
        state: hidden(client, Kind::of(fields)),
        name: report::name(program, &client.facts),
        day: slip("as_of").map_or_else(|| day_text(client.facts.as_of()), |slip| slip.typed.clone()),
        day_from: client.origins.get("as_of").unwrap_or("today").to_owned(),
        day_slip: slip("as_of").map(|slip| slip.said.clone()),
        known: parts.iter().flat_map(|part| &part.rows).filter(|row| row.known).count(),
        slips: slips.len(),
        parts,
        assumed,
        computed,
        more: more(program, &client.facts),
        begins: begins(program, &client.facts, slips),
        unknown: unknown.collect(),
        open,
        lists,
    })
}

fn current_of(program: &Program, client: &Client, name: &str) -> Option<String> {
    current(program, &client.facts, &crate::facts::asked_of(program, &client.facts, name)?)
}

/// Makes rows, each field with an id of its own.
struct Rows<'a> {
    program: &'a Program,
    client: &'a Client,
    slips: &'a [Slip],
    open: &'a [String],
    count: usize,
}

impl Rows<'_> {
    fn row(&mut self, asked: &Asked, wanted: State) -> Option<Row> {
        let (program, client) = (self.program, self.client);
        let name = row_name(program, asked);
        let slip = self.slips.iter().find(|slip| slip.name == name);
        let (lane, state) = known(program, &client.facts, asked)?;
        let asked_for = wanted == State::Given && (slip.is_some() || self.open.contains(&name));
        if state != wanted && !(asked_for && state != State::Derived) {
            return None;
        }
        self.count += 1;
        let fact = program.fact_of(asked.0)?;
        // Most fields say their value themselves.
        let said = state == State::Derived
            || (state != State::Missing && matches!(fact.ty, Type::Country | Type::Date { .. } | Type::Money));
        let from = from(program, client, asked, state);
        Some(Row {
            control: control(program, &client.facts, asked, (&format!("d{}", self.count), true), slip),
            ask: fact.ask.clone(),
            value: if said { report::value(program, &client.facts, asked.0, lane) } else { String::new() },
            confirm: state == State::Assumed
                || (state == State::Given && ![ANSWER, CHANGE, CONFIRMED].contains(&from.as_str())),
            known: state != State::Missing,
            from,
            name,
        })
    }

    /// The sections, and the records of lists.
    fn parts(&mut self) -> Vec<Part> {
        let program = self.program;
        let mut parts = Vec::new();
        for section in program.sections.iter().filter(|section| !section.name.is_empty()) {
            let slots = |at: At| slots(program, at, &section.facts);
            let Some(list) = section.list else {
                let rows: Vec<Row> =
                    slots(At::Single).into_iter().filter_map(|slot| self.row(&(slot, None), State::Given)).collect();
                if !rows.is_empty() {
                    parts.push(Part { heading: section.about.clone(), drop: None, rows });
                }
                continue;
            };
            let key = program.lists.get(list.0 as usize).map(|list| list.key);
            let own: Vec<SlotId> = slots(At::Record(list)).into_iter().filter(|slot| fact_at(program, *slot) != key).collect();
            for record in self.client.facts.records(list) {
                let rows = own.iter().filter_map(|slot| self.row(&(*slot, Some(record.key.clone())), State::Given)).collect();
                let heading = heading(program, list, &record.key);
                parts.push(Part { heading, drop: Some(format!("{}.{}", section.name, record.key)), rows });
            }
        }
        parts
    }

    /// Details of no record that came to be known in one way.
    fn singles(&mut self, wanted: State) -> Vec<Row> {
        let program = self.program;
        let slots = program.slots.iter().zip(0..).filter(|(slot, _)| slot.at == At::Single);
        let slots: Vec<SlotId> = slots.map(|(_, id)| SlotId(id)).filter(|slot| *slot != AS_OF).collect();
        let shown = |slot: &SlotId| !self.open.contains(&row_name(program, &(*slot, None)));
        let slots: Vec<SlotId> = slots.into_iter().filter(shown).collect();
        slots.into_iter().filter_map(|slot| self.row(&(slot, None), wanted)).collect()
    }
}

/// Where a detail came from, in words.
pub(super) fn from(program: &Program, client: &Client, asked: &Asked, state: State) -> String {
    let assumed = program.fact_of(asked.0).and_then(|fact| fact.assume.as_ref());
    match state {
        State::Given => client.origins.get(&row_name(program, asked)).unwrap_or("given").to_owned(),
        State::Derived => "computed from what was given".to_owned(),
        State::Assumed => assumed.map_or_else(|| "assumed".to_owned(), |assume| format!("assumed: {}", assume.reason)),
        State::Missing => "not known yet".to_owned(),
    }
}

fn fact_at(program: &Program, slot: SlotId) -> Option<crate::program::FactId> {
    program.slots.get(slot.0 as usize).map(|slot| slot.fact)
}

fn slots(program: &Program, at: At, facts: &[crate::program::FactId]) -> Vec<SlotId> {
    let all = program.slots.iter().zip(0..).filter(|(slot, _)| slot.at == at && facts.contains(&slot.fact));
    all.map(|(_, id)| SlotId(id)).collect()
}

/// `Campaign: spring sale`, `Offer: WooCommerce coupon program`.
fn heading(program: &Program, list: crate::program::ListId, key: &str) -> String {
    let Some(declared) = program.lists.get(list.0 as usize) else { return key.to_owned() };
    let title = program.decision(key).filter(|_| declared.of_decision).map_or(key, |decision| decision.title.as_str());
    let each = report::option(&declared.each);
    let mut signs = each.chars();
    let first: String = signs.next().map(char::to_uppercase).into_iter().flatten().collect();
    format!("{first}{}: {title}", signs.as_str())
}

/// What is not known and could be added, by section and record.
pub(super) fn more(program: &Program, facts: &Facts) -> Vec<More> {
    let mut all = Vec::new();
    for section in program.sections.iter().filter(|section| !section.name.is_empty()) {
        let option = |asked: Asked| {
            let fact = program.fact_of(asked.0)?;
            let lacks = current(program, facts, &asked).is_none();
            lacks.then(|| (question_name(program, asked.0, asked.1.as_deref()), fact.ask.clone()))
        };
        let Some(list) = section.list else {
            let options = slots(program, At::Single, &section.facts).into_iter().filter_map(|slot| option((slot, None)));
            all.push(More { label: section.about.clone(), options: options.collect() });
            continue;
        };
        for record in facts.records(list) {
            let own = slots(program, At::Record(list), &section.facts).into_iter();
            let options = own.filter_map(|slot| option((slot, Some(record.key.clone()))));
            all.push(More { label: heading(program, list, &record.key), options: options.collect() });
        }
    }
    all.retain(|more| !more.options.is_empty());
    all
}

fn begins(program: &Program, facts: &Facts, slips: &[Slip]) -> Vec<Begin> {
    let lists = program.lists.iter().zip(0..).filter_map(|(list, id)| {
        let section = program.sections.get(list.section)?;
        let key = program.facts.get(list.key.0 as usize)?;
        let taken = |word: &str| facts.records(crate::program::ListId(id)).iter().any(|record| record.key == word);
        let title = |word: &str| program.decision(word).map_or_else(|| report::option(word), |one| one.title.clone());
        let words = key.ty.words().into_iter().filter(|word| !taken(word)).map(|word| (word.to_owned(), title(word)));
        let field = format!("key.{}", section.name);
        Some(Begin {
            list: section.name.clone(),
            each: report::option(&list.each),
            key: key.ask.clone(),
            words: words.collect(),
            slip: slips.iter().find(|slip| slip.name == field).cloned(),
        })
    });
    lists.collect()
}
