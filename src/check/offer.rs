//! Who offers a credit and where: the clauses `offered by` and `regions`.
//!
//! In: their syntax, and the requirements of the same decision. Out: the same in the program.
//! Owns that a stated region is a known country, stated once, and not one in which a requirement always fails.
//! Never changes a verdict: both clauses describe.

use std::collections::HashMap;

use super::Check;
use super::names::Definition;
use crate::diagnostic::{Diagnostic, codes};
use crate::program::{Body, Cond, Extent, Offered, Offerer, Program, Regions, Requirement, SlotId, TestKind, Type, Values};
use crate::source::Span;
use crate::syntax::{self, Region, Word};
use crate::value::{country_code, country_text, nearest_country};

impl<'s> Check<'s> {
    /// Who gives it.
    pub(super) fn offered(&mut self, offered: &'s syntax::Offered) -> Offered {
        let note = offered.note.as_ref().map(|note| note.text.clone());
        let parties = match &offered.by {
            syntax::Offerer::Nobody => return Offered { by: Offerer::Nobody, note },
            syntax::Offerer::Unstated => return Offered { by: Offerer::Unstated, note },
            syntax::Offerer::Parties(parties) => parties,
        };
        let mut by = Vec::new();
        let mut first: HashMap<&str, Span> = HashMap::new();
        for word in parties {
            if let Some(earlier) = first.get(word.text.as_str()) {
                self.listed_twice(word.span, &word.text, *earlier);
                continue;
            }
            first.insert(&word.text, word.span);
            by.extend(self.party(word));
        }
        Offered { by: Offerer::Parties(by), note }
    }

    /// Where it is given.
    pub(super) fn regions(&mut self, regions: &'s syntax::Regions) -> Regions {
        let mut cites = Vec::new();
        let extent = match &regions.extent {
            syntax::Extent::Anywhere => Extent::Anywhere,
            syntax::Extent::Nowhere => Extent::Nowhere,
            syntax::Extent::Unstated => Extent::Unstated,
            syntax::Extent::Listed(all) => {
                let mut listed: Vec<(i64, Span)> = Vec::new();
                for region in all {
                    let (word, countries) = match region {
                        Region::Country(word) => (word, vec![self.country(word)]),
                        Region::Group(word) => (word, self.countries_of(word, &mut cites)),
                    };
                    for country in countries.into_iter().flatten() {
                        match listed.iter().find(|(other, _)| *other == country) {
                            Some((_, earlier)) if *earlier != word.span => {
                                self.listed_twice(word.span, &country_text(country), *earlier);
                            }
                            Some(_) => {} // The group itself lists it twice, which is told at the group.
                            None => listed.push((country, word.span)),
                        }
                    }
                }
                Extent::Listed(listed.into_iter().map(|(country, _)| country).collect())
            }
        };
        Regions { extent, note: regions.note.as_ref().map(|note| note.text.clone()), cites }
    }

    fn country(&mut self, word: &Word) -> Option<i64> {
        let country = country_code(&word.text);
        if country.is_none() {
            let near = nearest_country(&word.text).map(|code| format!("did you mean `{code}`?"));
            let headline = format!("`{}` is no country code", word.text);
            self.report(Diagnostic::new(&codes::UNKNOWN_CODE, word.span, headline).help_if(near));
        }
        country
    }

    fn countries_of(&mut self, word: &Word, cites: &mut Vec<usize>) -> Vec<Option<i64>> {
        match self.definition(&word.text) {
            Some(Definition::Group(of, codes, per)) if of.text == "country" => {
                cites.extend(self.cites(per));
                // A mistaken code is told at the group.
                codes.iter().map(|code| country_code(&code.text)).collect()
            }
            Some(_) => {
                let headline = format!("`{}` is no group of countries", word.text);
                let help = "name a `group … of country`, or list country codes";
                self.report(Diagnostic::new(&codes::WRONG_TYPE, word.span, headline).help(help));
                Vec::new()
            }
            None if nearest_country(&word.text).is_some() => vec![self.country(word)],
            None => {
                let groups = self.names.words.iter();
                let groups =
                    groups.filter(|(_, definition)| matches!(definition, Definition::Group(of, ..) if of.text == "country"));
                let names = groups.map(|(name, _)| *name).chain(["anywhere", "none", "unstated"]).collect();
                self.unknown(word, "group of countries", names);
                Vec::new()
            }
        }
    }

    fn listed_twice(&mut self, at: Span, text: &str, earlier: Span) {
        let finding = Diagnostic::new(&codes::DUPLICATE_NAME, at, format!("`{text}` is listed twice"));
        self.report(finding.label(earlier, "listed first here").help("remove one of them"));
    }

    /// A listed country in which a requirement fails whatever else is known: one of the two must be wrong.
    pub(super) fn regions_fit<'r>(
        &mut self,
        said: &syntax::Regions,
        regions: &Regions,
        requirements: impl Iterator<Item = &'r Requirement>,
    ) {
        let (syntax::Extent::Listed(words), Extent::Listed(listed)) = (&said.extent, &regions.extent) else { return };
        let mut found = Vec::new();
        for requirement in requirements {
            let Body::Clauses(clauses) = &requirement.body else { continue };
            let fails_in = |country: i64| {
                let slots = country_slots(&self.program, &clauses.fails);
                slots.into_iter().any(|slot| known(&clauses.fails, slot, country) == Some(true))
            };
            let failing: Vec<String> = listed.iter().copied().filter(|c| fails_in(*c)).map(country_text).collect();
            if !failing.is_empty() {
                found.push((requirement.id.clone(), requirement.span, failing));
            }
        }
        for (id, span, failing) in found {
            let (Region::Country(first) | Region::Group(first)) = match words.first() {
                Some(region) => region,
                None => continue,
            };
            let last = match words.last() {
                Some(Region::Country(word) | Region::Group(word)) => word.span.end,
                None => first.span.end,
            };
            let here = Span { end: last, ..first.span };
            let headline = format!("`regions` lists {}, where `{id}` always fails", failing.join(", "));
            self.report(
                Diagnostic::new(&codes::REGION_CONTRADICTED, here, headline)
                    .label(span, "this requirement")
                    .help("read the source again, and correct the one that is wrong"),
            );
        }
    }
}

/// The country facts that a condition compares with codes.
fn country_slots(program: &Program, cond: &Cond) -> Vec<SlotId> {
    let mut slots = Vec::new();
    cond.each_test(&mut |test| {
        if let TestKind::OneOf(slot, _) = &test.kind
            && program.fact_of(*slot).is_some_and(|fact| matches!(fact.ty, Type::Country))
            && !slots.contains(slot)
        {
            slots.push(*slot);
        }
    });
    slots
}

/// Whether a condition holds where nothing is known but one country; nothing when that does not settle it.
fn known(cond: &Cond, slot: SlotId, country: i64) -> Option<bool> {
    let settled_by = |parts: &[Cond], value: bool| {
        let mut parts = parts.iter().map(|part| known(part, slot, country));
        let all: Vec<Option<bool>> = parts.by_ref().collect();
        match () {
            () if all.contains(&Some(value)) => Some(value),
            () if all.contains(&None) => None,
            () => Some(!value),
        }
    };
    match cond {
        Cond::Constant(value) => Some(*value),
        Cond::All(parts) => settled_by(parts, false),
        Cond::Any(parts) => settled_by(parts, true),
        Cond::Then(first, second) => match (known(first, slot, country), known(second, slot, country)) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        },
        Cond::Not(inner) => known(inner, slot, country).map(|holds| !holds),
        Cond::Test(test) => match &test.kind {
            TestKind::OneOf(of, Values::Codes(codes)) if *of == slot => Some(codes.contains(&country)),
            _ => None,
        },
    }
}
