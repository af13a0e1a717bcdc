//! A client as the pages know one: a facts document that travels with each form, and where each detail came from.
//!
//! In: the fields of a form. Out: the client with all that the form changes, and what could not be taken, as it was typed.
//! Owns what a form may do to a document. What a value means is found where documents are read; never decides.

use super::fields::Fields;
use super::origins::{ANSWER, CHANGE, CONFIRMED, Origins};
use crate::RuleSet;
use crate::answer::{Document, Unread};
use crate::diagnostic::Diagnostic;
use crate::facts::{Asked, Facts, Format, State, asked_of, lane_of, question_name, unanswered, written};
use crate::program::{AS_OF, At, Lane, ListId, Program, SlotId, Type};
use crate::source::FileId;
use crate::value::{Day, day_text, parse_day};

/// What is known about a client.
#[derive(Clone, Debug)]
pub(super) struct Client {
    /// The facts document.
    pub(super) text: String,
    /// What it says.
    pub(super) facts: Facts,
    /// What nobody could tell.
    pub(super) unknown: Vec<Asked>,
    /// Where each detail came from.
    pub(super) origins: Origins,
}

/// Something that could not be taken, as it was typed.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Slip {
    /// The name of the detail.
    pub(super) name: String,
    /// What was typed.
    pub(super) typed: String,
    /// What is wrong with it, and what to do.
    pub(super) said: String,
}

/// One change of a document: another value, or none.
struct Edit {
    asked: Asked,
    name: String,
    to: Option<String>,
    origin: &'static str,
}

impl Client {
    /// Nothing but the day is known.
    pub(super) fn blank(rules: &RuleSet, day: Day) -> Self {
        let facts = rules.reader.blank(day);
        let text = written(rules.program(), &facts, None, &[]);
        Self { text, facts, unknown: Vec::new(), origins: Origins::default() }
    }

    /// Opens a document that somebody gave.
    /// # Errors
    /// Every problem of the document.
    pub(super) fn open(rules: &RuleSet, name: &str, bytes: Vec<u8>, day: Day) -> Result<Self, Unread> {
        let as_of = |text: &str| {
            let format = Format::of(name, text);
            let parsed = crate::facts::document::parse(FileId(0), text, format);
            let given =
                parsed.document.is_some_and(|document| document.root().get("as_of").is_some_and(|node| !node.is_null()));
            (!given).then_some(day)
        };
        // A document without a day is of today: reps paste what they have.
        let today = std::str::from_utf8(&bytes).ok().and_then(as_of);
        let document = Document::read(rules, name, bytes, None, today)?;
        let program = rules.program();
        let mut origins = Origins::of_document(program, &document.text, Format::of(name, &document.text));
        let unknown = unanswered(program, &document.facts, &document.text);
        let text = match today {
            None => document.text,
            Some(_) => {
                origins.set("as_of".to_owned(), "today; the document gives no day");
                written(program, &document.facts, None, &unknown)
            }
        };
        Ok(Self { text, facts: document.facts, unknown, origins })
    }

    /// The client that a form carries, before its changes.
    /// # Errors
    /// Every problem of the document.
    pub(super) fn carried(rules: &RuleSet, fields: &Fields) -> Result<Self, Unread> {
        let text = fields.get("facts").unwrap_or_default().to_owned();
        let document = Document::read(rules, "the details", text.into_bytes(), None, None)?;
        let unknown = unanswered(rules.program(), &document.facts, &document.text);
        let origins = Origins::of_carried(fields.get("from").unwrap_or_default());
        Ok(Self { text: document.text, facts: document.facts, unknown, origins })
    }

    /// Takes all changes of a form. What cannot be taken is told, and everything else is.
    pub(super) fn take(&mut self, rules: &RuleSet, fields: &Fields) -> Vec<Slip> {
        let program = rules.program();
        let mut slips = Vec::new();
        let mut facts = self.facts.clone();
        let mut changed = self.records(program, fields, &mut facts, &mut slips);
        changed |= self.day(fields, &mut facts, &mut slips);
        for (names, add) in [(fields.all("unknown"), true), (fields.all("again"), false)] {
            for asked in names.filter_map(|name| asked_of(program, &facts, name)) {
                self.unknown.retain(|known| *known != asked);
                changed = true;
                if add {
                    self.unknown.push(asked);
                }
            }
        }
        let edits = self.edits(program, fields, &facts);
        if edits.is_empty() && !changed {
            return slips;
        }
        for edit in &edits {
            facts.forget(program, &edit.asked);
        }
        let Ok(read) = rules.reader.read(FileId(0), &written(program, &facts, None, &self.unknown), Format::Yaml) else {
            return slips;
        };
        facts = read;
        for Edit { asked, name, to, origin } in edits {
            let Some(typed) = to else { continue };
            let text = written(program, &facts, Some((&asked, &typed)), &self.unknown);
            match rules.reader.read(FileId(0), &text, Format::Yaml) {
                Ok(read) => {
                    facts = read;
                    self.unknown.retain(|known| row_name(program, known) != name);
                    self.origins.set(name, origin);
                }
                Err(findings) => {
                    // The value before stays: nothing is lost by a slip.
                    if let Some(before) = current(program, &self.facts, &asked)
                        && state(program, &self.facts, &asked) == State::Given
                        && let text = written(program, &facts, Some((&asked, &before)), &self.unknown)
                        && let Ok(read) = rules.reader.read(FileId(0), &text, Format::Yaml)
                    {
                        facts = read;
                    }
                    let said = wrong(program, &asked, &typed, &findings);
                    slips.push(Slip { name, typed, said });
                }
            }
        }
        self.text = written(program, &facts, None, &self.unknown);
        self.facts = facts;
        slips
    }

    /// Takes records away and begins others.
    fn records(&mut self, program: &Program, fields: &Fields, facts: &mut Facts, slips: &mut Vec<Slip>) -> bool {
        let list = |name: &str| {
            let section = program.sections.iter().find(|section| section.name == name)?;
            section.list
        };
        let mut changed = false;
        for value in fields.all("drop") {
            if let Some((list, key)) = value.split_once('.').and_then(|(name, key)| Some((list(name)?, key))) {
                facts.forget_record(list, key);
                changed = true;
            }
        }
        if let Some(name) = fields.get("begin")
            && let Some(list) = list(name)
        {
            let field = format!("key.{name}");
            let key = fields.get(&field).unwrap_or_default().trim();
            let said = match key.is_empty() {
                true => Some("Say which one: it needs a name of its own."),
                false if facts.begin_record(program, list, key) => None,
                false => Some("There is one of this name already."),
            };
            match said {
                Some(said) => slips.push(Slip { name: field, typed: key.to_owned(), said: said.to_owned() }),
                None => changed = true,
            }
        }
        changed
    }

    /// Takes another day for the check.
    fn day(&mut self, fields: &Fields, facts: &mut Facts, slips: &mut Vec<Slip>) -> bool {
        let Some(typed) = fields.get("as_of").map(str::trim).filter(|typed| *typed != day_text(facts.as_of())) else {
            return false;
        };
        let Some(day) = parse_day(typed) else {
            let said = "This is no day: write it as year-month-day, such as 2026-03-01.".to_owned();
            slips.push(Slip { name: "as_of".to_owned(), typed: typed.to_owned(), said });
            return false;
        };
        facts.set(AS_OF, Lane { main: day, aux: 0 }, State::Given);
        self.origins.set("as_of".to_owned(), CHANGE);
        true
    }

    /// The changes of single details.
    fn edits(&mut self, program: &Program, fields: &Fields, facts: &Facts) -> Vec<Edit> {
        let mut edits: Vec<Edit> = Vec::new();
        let found = |name: &str| asked_of(program, facts, name).map(|asked| (row_name(program, &asked), asked));
        let skipped: Vec<&str> = fields.all("unknown").chain(fields.all("remove")).collect();
        let origin = if fields.get("asked").is_some() { ANSWER } else { CHANGE };
        for field in fields.under("v.").into_iter().filter(|field| !skipped.contains(field)) {
            let Some((name, asked)) = found(field) else { continue };
            let typed = typed(program, &asked, fields, field);
            if current(program, facts, &asked).unwrap_or_default() != typed {
                edits.push(Edit { asked, name, to: Some(typed).filter(|typed| !typed.is_empty()), origin });
            }
        }
        for (name, asked) in fields.all("remove").filter_map(found) {
            edits.push(Edit { asked, name, to: None, origin });
        }
        for (name, asked) in fields.all("confirm").filter_map(found) {
            let assumed = state(program, facts, &asked) == State::Assumed;
            match current(program, facts, &asked) {
                Some(value) if assumed => edits.push(Edit { asked, name, to: Some(value), origin: CONFIRMED }),
                _ => self.origins.set(name, CONFIRMED),
            }
        }
        edits
    }
}

/// What was typed for a detail, as a document writes it; empty where nothing was.
fn typed(program: &Program, asked: &Asked, fields: &Fields, field: &str) -> String {
    let named = format!("v.{field}");
    let last = || fields.get(&named).unwrap_or_default().trim().to_owned();
    let beside = |mark: &str| fields.get(&format!("{mark}.{field}")).unwrap_or_default().trim().to_owned();
    match program.fact_of(asked.0).map(|fact| &fact.ty) {
        Some(Type::Money) => {
            let (amount, currency) = (last(), beside("u"));
            // A currency alone says nothing: the field may have had it before.
            if amount.is_empty() { amount } else { format!("{amount} {currency}").trim().to_owned() }
        }
        Some(Type::Date { optional: true }) if !beside("n").is_empty() => "none".to_owned(),
        Some(Type::Set(_)) => {
            let members: Vec<&str> = fields.all(&named).filter(|member| !member.trim().is_empty()).collect();
            if members.is_empty() { String::new() } else { format!("[{}]", members.join(", ")).replace("[none]", "[]") }
        }
        _ => last(),
    }
}

/// The value of a detail, as a document writes it.
pub(super) fn current(program: &Program, facts: &Facts, asked: &Asked) -> Option<String> {
    let (lane, state) = known(program, facts, asked)?;
    let ty = &program.fact_of(asked.0)?.ty;
    (state != State::Missing).then(|| if *ty == Type::Text { facts.text(lane).to_owned() } else { ty.text(lane) })
}

/// How a detail came to be known.
pub(super) fn state(program: &Program, facts: &Facts, asked: &Asked) -> State {
    known(program, facts, asked).map_or(State::Missing, |(_, state)| state)
}

/// The value of a detail, also of a record.
pub(super) fn known(program: &Program, facts: &Facts, (slot, record): &Asked) -> Option<(Lane, State)> {
    let place = program.slots.get(slot.0 as usize)?;
    let At::Record(list) = place.at else { return Some((facts.get(*slot).unwrap_or_default(), facts.state(*slot))) };
    let section = program.lists.get(list.0 as usize).and_then(|list| program.sections.get(list.section))?;
    let at = section.facts.iter().position(|fact| *fact == place.fact)?;
    let record = facts.records(list).iter().find(|known| Some(known.key.as_str()) == record.as_deref())?;
    record.values.get(at).copied()
}

/// The name under which a detail stands among all details: one of a record is called after its record, however it was asked.
pub(super) fn row_name(program: &Program, (slot, record): &Asked) -> String {
    if let Some(place) = program.slots.get(slot.0 as usize)
        && let At::Keyed(list, key) = place.at
        && let Some(own) = record_slot(program, list, place.fact)
    {
        let key_fact = program.lists.get(list.0 as usize).and_then(|list| program.facts.get(list.key.0 as usize));
        let key = key_fact.map(|fact| fact.ty.text(Lane { main: key, aux: 0 }));
        return question_name(program, own, key.as_deref());
    }
    question_name(program, *slot, record.as_deref())
}

/// The slot of a fact of the record under decision.
pub(super) fn record_slot(program: &Program, list: ListId, fact: crate::program::FactId) -> Option<SlotId> {
    let at = program.slots.iter().position(|slot| slot.fact == fact && slot.at == At::Record(list))?;
    u32::try_from(at).ok().map(SlotId)
}

/// What is wrong with an answer, in words for whoever typed it.
fn wrong(program: &Program, (slot, _): &Asked, typed: &str, findings: &[Diagnostic]) -> String {
    let ty = program.fact_of(*slot).map(|fact| &fact.ty).filter(|ty| !matches!(ty, Type::Text | Type::Set(_)));
    if let Some(Err(wrong)) = ty.map(|ty| lane_of(ty, typed)) {
        return told(&wrong.headline("this answer").replace("`this answer`", "this answer"), wrong.help.as_deref());
    }
    findings.first().map_or_else(String::new, |finding| told(&finding.headline, finding.help.as_deref()))
}

/// A finding as sentences, with quotes for people in place of those of a terminal.
pub(super) fn told(headline: &str, help: Option<&str>) -> String {
    let sentences: Vec<String> = std::iter::once(headline).chain(help).map(sentence).collect();
    sentences.join(" ")
}

fn sentence(text: &str) -> String {
    let (mut said, mut open) = (String::new(), false);
    for sign in text.trim_end_matches('.').chars() {
        match sign {
            '`' => {
                said.push(if open { '”' } else { '“' });
                open = !open;
            }
            sign => said.push(sign),
        }
    }
    let mut signs = said.chars();
    let first: String = signs.next().map(char::to_uppercase).into_iter().flatten().collect();
    let end = if said.ends_with('?') { "" } else { "." };
    format!("{first}{}{end}", signs.as_str())
}
