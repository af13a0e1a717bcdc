//! Who gives something, where and when, in words and in JSON.
//!
//! In: the clauses `offered by`, `regions` and `in force` of a decision. Out: short texts, and their JSON.
//! Owns how silence is told: that no source says is not the same as that the rules do not speak of it.

use serde::Serialize;

use super::value::DayText;
use super::words;
use crate::program::{Decision, Extent, InForce, Offerer, Program};
use crate::value::country_text;

/// What is told where no source says.
const SILENCE: &str = "no source says";

/// `TikTok and Shopify, to invited merchants`; nothing where the rules do not speak of it.
pub(super) fn offered(program: &Program, decision: &Decision) -> Option<String> {
    let offered = decision.offered.as_ref()?;
    let by = match &offered.by {
        Offerer::Nobody => "nobody".to_owned(),
        Offerer::Unstated => SILENCE.to_owned(),
        Offerer::Parties(parties) => {
            let names: Vec<&str> = parties.iter().filter_map(|at| Some(program.parties.get(*at)?.1.as_str())).collect();
            match names.split_last() {
                Some((last, before)) if !before.is_empty() => format!("{} and {last}", before.join(", ")),
                _ => names.concat(),
            }
        }
    };
    Some(with_note(by, matches!(offered.by, Offerer::Parties(_)), offered.note.as_deref()))
}

/// `US, CA, and others that the page does not list`; nothing where the rules do not speak of it.
pub(super) fn regions(decision: &Decision) -> Option<String> {
    let regions = decision.regions.as_ref()?;
    let where_to = match &regions.extent {
        Extent::Listed(countries) => countries.iter().copied().map(country_text).collect::<Vec<_>>().join(", "),
        Extent::Anywhere => "everywhere".to_owned(),
        Extent::Nowhere => "nowhere".to_owned(),
        Extent::Unstated => SILENCE.to_owned(),
    };
    Some(with_note(where_to, matches!(regions.extent, Extent::Listed(_)), regions.note.as_deref()))
}

/// What is added goes on behind names and codes, and stands for itself behind a word that names none.
fn with_note(text: String, named: bool, note: Option<&str>) -> String {
    match note {
        Some(note) if named => format!("{text}, {note}"),
        Some(note) => format!("{text}; {note}"),
        None => text,
    }
}

/// `from 1 March 2026 to 30 June 2026, issued until 31 July 2026`.
pub(super) fn in_force(limits: InForce) -> String {
    let span = match (limits.from, limits.to) {
        (None, None) => "no limit stated".to_owned(),
        (Some(from), None) => format!("from {}", words::day(from)),
        (None, Some(to)) => format!("to {}", words::day(to)),
        (Some(from), Some(to)) => format!("from {} to {}", words::day(from), words::day(to)),
    };
    limits.settled.map_or_else(|| span.clone(), |last| format!("{span}, issued until {}", words::day(last)))
}

/// Who gives it; `parties` is empty unless `by` is `parties`.
#[derive(Serialize)]
pub(super) struct OfferedJson<'a> {
    by: &'static str,
    parties: Vec<PartyJson<'a>>,
    note: Option<&'a str>,
}

#[derive(Serialize)]
struct PartyJson<'a> {
    id: &'a str,
    name: &'a str,
}

impl<'a> OfferedJson<'a> {
    pub(super) fn new(program: &'a Program, decision: &'a Decision) -> Option<Self> {
        let offered = decision.offered.as_ref()?;
        let (by, parties): (_, &[usize]) = match &offered.by {
            Offerer::Parties(parties) => ("parties", parties),
            Offerer::Nobody => ("nobody", &[]),
            Offerer::Unstated => ("unstated", &[]),
        };
        let parties = parties.iter().filter_map(|at| program.parties.get(*at));
        let parties = parties.map(|(id, name)| PartyJson { id, name }).collect();
        Some(Self { by, parties, note: offered.note.as_deref() })
    }
}

/// Where it is given; `countries` is empty unless `extent` is `listed`.
#[derive(Serialize)]
pub(super) struct RegionsJson<'a> {
    extent: &'static str,
    countries: Vec<String>,
    note: Option<&'a str>,
}

impl<'a> RegionsJson<'a> {
    pub(super) fn new(decision: &'a Decision) -> Option<Self> {
        let regions = decision.regions.as_ref()?;
        let (extent, countries) = match &regions.extent {
            Extent::Listed(countries) => ("listed", countries.iter().copied().map(country_text).collect()),
            Extent::Anywhere => ("anywhere", Vec::new()),
            Extent::Nowhere => ("nowhere", Vec::new()),
            Extent::Unstated => ("unstated", Vec::new()),
        };
        Some(Self { extent, countries, note: regions.note.as_deref() })
    }
}

/// When it is in force; a limit that no source states is `null`.
#[derive(Serialize)]
pub(super) struct InForceJson {
    from: Option<DayText>,
    to: Option<DayText>,
    settled: Option<DayText>,
}

impl InForceJson {
    pub(super) fn new(limits: InForce) -> Self {
        Self { from: limits.from.map(DayText), to: limits.to.map(DayText), settled: limits.settled.map(DayText) }
    }
}
