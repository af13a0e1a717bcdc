//! The field of a form for one detail, by its type.
//!
//! In: a detail with its value or with what was typed. Out: HTML of its label and its field.
//! Owns which kind of field a type has. Never judges what is typed.

use askama::Template;

use super::client::{Slip, current};
use crate::facts::{Asked, Facts, question_name};
use crate::program::{Program, Type};
use crate::report;
use crate::value::{country_code, country_name, currencies, parse_day};

/// A choice that a field offers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Choice {
    /// The word that is sent.
    pub(super) word: String,
    /// The same for people.
    pub(super) said: String,
    /// Is it chosen?
    pub(super) chosen: bool,
}

/// What kind of field it is.
enum Shape {
    /// One of some choices, or none.
    One(Vec<Choice>),
    /// Some of some choices; the last one says that it is none of them.
    Some(Vec<Choice>),
    /// A day.
    Day { value: String, plain: bool, optional: bool, none: bool },
    /// An amount.
    Money { amount: String, currency: String },
    /// A line of text.
    Line { value: String, mode: &'static str, list: &'static str, form: &'static str },
}

#[derive(Template)]
#[template(path = "control.html")]
struct Control<'a> {
    id: &'a str,
    name: &'a str,
    label: &'a str,
    /// Should the label be seen? A question that stands above need not be said twice.
    seen: bool,
    shape: Shape,
    unit: Option<&'a str>,
    error: Option<&'a str>,
}

/// The field of a detail. `name` is what the form calls it; the label is the question, and `seen` says whether it shows.
pub(super) fn control(
    program: &Program,
    facts: &Facts,
    asked: &Asked,
    (id, seen): (&str, bool),
    slip: Option<&Slip>,
) -> String {
    let Some(fact) = program.fact_of(asked.0) else { return String::new() };
    let value = slip.map(|slip| slip.typed.clone()).or_else(|| current(program, facts, asked)).unwrap_or_default();
    let name = question_name(program, asked.0, asked.1.as_deref());
    let line = |mode, list, form| Shape::Line { value: value.clone(), mode, list, form };
    let shape = match &fact.ty {
        Type::Bool | Type::Enum(_) => Shape::One(choices(&fact.ty, &value)),
        Type::Set(_) => Shape::Some(choices(&fact.ty, &value)),
        Type::Date { optional } => {
            let none = value == "none";
            let value = if none { String::new() } else { value };
            // A browser shows nothing for a text that is no day; what was typed must stay to be mended.
            Shape::Day { plain: !value.is_empty() && parse_day(&value).is_none(), value, optional: *optional, none }
        }
        Type::Money => {
            let (amount, currency) = value.split_once(' ').unwrap_or((&value, ""));
            let usual = || current_currency(program, facts);
            let currency = if currency.is_empty() { usual() } else { currency.to_owned() };
            Shape::Money { amount: amount.to_owned(), currency }
        }
        Type::Country => line("text", "countries", "Two letters, such as US"),
        Type::Currency => line("text", "currencies", "Three letters, such as USD"),
        Type::Integer => line("numeric", "", "A whole number"),
        Type::Decimal => line("decimal", "", "A number such as 4.1"),
        Type::Percent => line("decimal", "", "A percentage such as 50%"),
        Type::Text => line("text", "", ""),
    };
    let unit = fact.unit.as_deref().filter(|_| !matches!(fact.ty, Type::Money | Type::Percent));
    let error = slip.map(|slip| slip.said.as_str());
    Control { id, name: &name, label: &fact.ask, seen, shape, unit, error }.render().unwrap_or_default()
}

/// The currency that most amounts of the client are in.
fn current_currency(program: &Program, facts: &Facts) -> String {
    let amounts = program.slots.iter().zip(facts.values()).filter(|(slot, (_, state))| {
        *state == crate::facts::State::Given
            && program.facts.get(slot.fact.0 as usize).is_some_and(|fact| matches!(fact.ty, Type::Money | Type::Currency))
    });
    let mut codes = amounts.map(|(slot, (lane, _))| {
        let money = program.facts.get(slot.fact.0 as usize).is_some_and(|fact| fact.ty == Type::Money);
        if money { lane.aux } else { lane.main }
    });
    codes.next_back().map(|code| crate::value::currency_text(code).to_owned()).unwrap_or_default()
}

/// The choices of a type, with those of a value chosen.
pub(super) fn choices(ty: &Type, value: &str) -> Vec<Choice> {
    let members: Vec<&str> = value.trim_matches(['[', ']']).split(',').map(str::trim).collect();
    let set = matches!(ty, Type::Set(_));
    let choice = |word: &str| Choice {
        word: word.to_owned(),
        said: report::option(word),
        chosen: if set { members.contains(&word) } else { value == word },
    };
    let mut choices: Vec<Choice> = ty.words().into_iter().map(choice).collect();
    if set {
        choices.push(Choice { word: "none".to_owned(), said: "none of them".to_owned(), chosen: value == "[]" });
    }
    choices
}

/// The lists that fields of countries and currencies suggest from.
#[derive(Template)]
#[template(path = "lists.html")]
struct Lists {
    countries: Option<Vec<(&'static str, String)>>,
    currencies: Option<Vec<&'static str>>,
}

/// The lists that some fields need, in HTML.
pub(super) fn lists(controls: &[&str]) -> String {
    let needs = |list: &str| controls.iter().any(|html| html.contains(&format!("list=\"{list}\"")));
    let named = |code: &'static str| Some((code, country_name(country_code(code)?)?));
    let countries = needs("countries").then(|| crate::value::countries().filter_map(named).collect());
    let currencies = needs("currencies").then(|| currencies().map(|(code, _)| code).collect());
    Lists { countries, currencies }.render().unwrap_or_default()
}
