//! What is known, as a facts document with its questions: what an interview leaves behind.
//!
//! In: facts, one more answer perhaps, and questions that nobody could answer. Out: YAML that reads as the same facts.
//! Owns the marks of unanswered questions, which are comments. Never writes a value that the document did not give: what is
//! derived or assumed is found anew.

use std::fmt::Write as _;

use super::{Facts, State};
use crate::program::{At, Fact, Lane, Program, SlotId, Type};
use crate::value::day_text;

/// What stands before the name of a fact that nobody could tell.
const UNKNOWN: &str = "# unknown: ";

/// A question: a fact, and the key of the record that it is about.
pub type Asked = (SlotId, Option<String>);

/// The document of some facts. `answer` is one more, as it was typed; `unknown` are questions not to be asked again.
pub fn written(program: &Program, facts: &Facts, answer: Option<(&Asked, &str)>, unknown: &[Asked]) -> String {
    let mut text =
        String::from("# What is known about one account. A fact that is not here is unknown; that never means no.\n");
    let _ = writeln!(text, "as_of: {}", day_text(facts.as_of()));
    let typed = |slot: SlotId, record: Option<&str>| {
        let (asked, typed) = answer?;
        (asked.0 == slot && asked.1.as_deref() == record).then(|| raw(program.fact_of(slot), typed))
    };
    for section in program.sections.iter().filter(|section| !section.name.is_empty()) {
        let slots =
            |at: At| program.slots.iter().zip(0..).filter(move |(slot, _)| slot.at == at && section.facts.contains(&slot.fact));
        let Some(list) = section.list else {
            let known = slots(At::Single).filter_map(|(_, id)| {
                let slot = SlotId(id);
                let given =
                    (facts.state(slot) == State::Given).then(|| value(program, facts, slot, facts.get(slot)?)).flatten();
                Some((slot, typed(slot, None).or(given)?))
            });
            let known: Vec<(SlotId, String)> = known.collect();
            if !known.is_empty() {
                let _ = writeln!(text, "\n# {}\n{}:", section.about, section.name);
                known.iter().for_each(|(slot, value)| fact(&mut text, "  ", program.fact_of(*slot), value));
            }
            continue;
        };
        let mut records: Vec<(String, Vec<(SlotId, String)>)> = Vec::new();
        let declared = program.lists.get(list.0 as usize);
        for record in facts.records(list) {
            let own = slots(At::Record(list)).zip(&record.values).filter_map(|((_, id), (lane, state))| {
                let given = (*state == State::Given).then(|| value(program, facts, SlotId(id), *lane)).flatten();
                let key = declared.is_some_and(|list| program.slots.get(id as usize).is_some_and(|slot| slot.fact == list.key));
                Some((SlotId(id), if key { given } else { typed(SlotId(id), Some(&record.key)).or(given) }?))
            });
            records.push((record.key.clone(), own.collect()));
        }
        if let Some((asked, words)) = answer
            && let Some(At::Keyed(keyed, key)) = program.slots.get(asked.0.0 as usize).map(|slot| slot.at)
            && keyed == list
        {
            keyed_answer(program, &mut records, (list, key), (asked.0, words));
        }
        if !records.is_empty() {
            let _ = writeln!(text, "\n# {}\n{}:", section.about, section.name);
            for (_, known) in &records {
                let mut first = true;
                for (slot, value) in known {
                    if first {
                        let _ =
                            writeln!(text, "  - {}: {value}", program.fact_of(*slot).map_or("", |fact| fact.local.as_str()));
                    } else {
                        fact(&mut text, "    ", program.fact_of(*slot), value);
                    }
                    first = false;
                }
            }
        }
    }
    if !unknown.is_empty() {
        text.push_str("\n# Nobody could tell these. Remove a line to be asked again.\n");
        for (slot, record) in unknown {
            let _ = writeln!(text, "{UNKNOWN}{}", question_name(program, *slot, record.as_deref()));
        }
    }
    text
}

/// An answer about the record of one decision: it goes into that record, which is made where there is none.
fn keyed_answer(
    program: &Program,
    records: &mut Vec<(String, Vec<(SlotId, String)>)>,
    (list, key): (crate::program::ListId, i64),
    (slot, words): (SlotId, &str),
) {
    let Some(declared) = program.lists.get(list.0 as usize) else { return };
    let Some(key_fact) = program.facts.get(declared.key.0 as usize) else { return };
    let name = key_fact.ty.text(Lane { main: key, aux: 0 });
    let of = |fact| program.slots.iter().position(|slot| slot.fact == fact && slot.at == At::Record(list));
    let own = |fact| of(fact).and_then(|at| u32::try_from(at).ok()).map(SlotId);
    let Some(fact) = program.slots.get(slot.0 as usize).map(|slot| slot.fact) else { return };
    let (Some(own_key), Some(own_slot)) = (own(declared.key), own(fact)) else { return };
    let typed = raw(program.fact_of(slot), words);
    match records.iter_mut().find(|(known, _)| *known == name) {
        Some((_, known)) => {
            known.retain(|(known, _)| *known != own_slot);
            known.push((own_slot, typed));
        }
        None => records.push((name.clone(), vec![(own_key, name), (own_slot, typed)])),
    }
}

fn fact(text: &mut String, indent: &str, fact: Option<&Fact>, value: &str) {
    let Some(fact) = fact else { return };
    let _ = writeln!(text, "{indent}# {}\n{indent}{}: {value}", fact.ask.replace(['\n', '\r'], " "), fact.local);
}

/// A known value as YAML.
fn value(program: &Program, facts: &Facts, slot: SlotId, lane: Lane) -> Option<String> {
    let ty = &program.fact_of(slot)?.ty;
    Some(match ty {
        Type::Text => quoted(facts.text(lane)),
        ty => ty.text(lane),
    })
}

/// An answer as YAML, as it was typed: what is wrong with it is found where documents are read.
fn raw(fact: Option<&Fact>, typed: &str) -> String {
    let typed = typed.trim();
    let plain = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, ' ' | '_' | '.' | '%' | '-');
    match fact.map(|fact| &fact.ty) {
        Some(Type::Set(_)) => {
            let members = typed.trim_start_matches('[').trim_end_matches(']').split(',').map(str::trim);
            let members: Vec<String> = members
                .filter(|member| !member.is_empty() && *member != "none")
                .map(|member| if member.chars().all(plain) { member.to_owned() } else { quoted(member) })
                .collect();
            format!("[{}]", members.join(", "))
        }
        Some(Type::Text) => quoted(typed),
        Some(Type::Bool) if typed.eq_ignore_ascii_case("y") => "yes".to_owned(),
        Some(Type::Bool) if typed.eq_ignore_ascii_case("n") => "no".to_owned(),
        _ if typed.chars().all(plain) && !typed.starts_with("- ") && typed != "-" => typed.to_owned(),
        _ => quoted(typed),
    }
}

/// A text in quotes, in which nothing is a sign of YAML.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_else(|_| "\"\"".to_owned())
}

/// What a question is called in a document: `account.country`, `offers.woocommerce.status`, `campaigns.one.objective`.
pub fn question_name(program: &Program, slot: SlotId, record: Option<&str>) -> String {
    let Some((place, fact)) = program.slots.get(slot.0 as usize).zip(program.fact_of(slot)) else { return String::new() };
    let list = |list: crate::program::ListId| {
        let declared = program.lists.get(list.0 as usize)?;
        Some((program.sections.get(declared.section)?.name.as_str(), program.facts.get(declared.key.0 as usize)?))
    };
    match place.at {
        At::Single => fact.name.clone(),
        At::Keyed(id, key) => list(id).map_or_else(String::new, |(section, key_fact)| {
            format!("{section}.{}.{}", key_fact.ty.text(Lane { main: key, aux: 0 }), fact.local)
        }),
        At::Record(id) => list(id)
            .map_or_else(String::new, |(section, _)| format!("{section}.{}.{}", quoted(record.unwrap_or("")), fact.local)),
    }
}

/// The questions that a document marks as answered by nobody. A mark that names no fact means nothing.
pub fn unanswered(program: &Program, facts: &Facts, text: &str) -> Vec<Asked> {
    let marked: Vec<&str> = text.lines().filter_map(|line| line.trim().strip_prefix(UNKNOWN)).map(str::trim).collect();
    let mut found = Vec::new();
    for (place, id) in program.slots.iter().zip(0..) {
        let slot = SlotId(id);
        let keys: Vec<Option<String>> = match place.at {
            At::Record(list) => facts.records(list).iter().map(|record| Some(record.key.clone())).collect(),
            At::Single | At::Keyed(..) => vec![None],
        };
        found.extend(
            keys.into_iter()
                .filter(|key| marked.contains(&question_name(program, slot, key.as_deref()).as_str()))
                .map(|key| (slot, key)),
        );
    }
    found
}
