//! The text of one value to the value, by the declared type of its fact.
//!
//! In: a type and the text as it is written. Out: a lane, or what is wrong with the text.
//! Owns how values are written in documents and in cells of tables. Never knows where the text stands.

use crate::diagnostic::{Code, codes, nearest};
use crate::program::{Lane, NO_EVENT, Type};
use crate::value::{
    Decimal, DecimalError, Money, MoneyError, nearest_country, nearest_currency, parse_currency, parse_day, parse_integer,
};

use super::Facts;
use super::document::MAX_TEXT;
use super::findings::shown;

/// Longer texts are not compared with names: nobody meant one.
const LONGEST_NAME: usize = 64;

/// What is wrong with a text, to be said of a fact.
#[derive(Clone, Debug)]
pub struct Wrong {
    /// The stable code.
    pub code: &'static Code,
    /// The headline without the fact; `{fact}` stands where its name belongs.
    pub headline: String,
    /// What to do.
    pub help: Option<String>,
}

impl Wrong {
    fn new(code: &'static Code, headline: impl Into<String>) -> Box<Self> {
        Box::new(Self { code, headline: headline.into(), help: None })
    }

    fn help(mut self: Box<Self>, help: Option<String>) -> Box<Self> {
        self.help = help.or(self.help);
        self
    }

    /// Another form than the type has; `found` is a text in backticks or the name of a form.
    pub(super) fn form(ty: &Type, found: &str) -> Box<Self> {
        let (expected, help) = match ty {
            Type::Enum(_) => ("one of its words".to_owned(), Some(format!("it is {}", ty.describe()))),
            Type::Set(_) => ("a list of its words".to_owned(), Some(format!("it is {}", ty.describe()))),
            _ => (ty.describe(), None),
        };
        Self::new(&codes::WRONG_FORM, format!("{{fact}} expects {expected}, found {found}")).help(help)
    }

    /// The headline of a fact.
    pub fn headline(&self, fact: &str) -> String {
        self.headline.replace("{fact}", &format!("`{fact}`"))
    }
}

/// The lane of a text, by type. Texts have no lane of their own, and a set is made of its words: both are wrong here.
/// # Errors
/// [`Wrong`], with what was expected and the nearest value.
pub fn lane_of(ty: &Type, text: &str) -> Result<Lane, Box<Wrong>> {
    trimmed_lane_of(ty, text.trim_ascii())
}

/// The lane of a text without blanks around it.
#[inline(always)] // Called for every fact: handing the result on would cost more than most types do.
fn trimmed_lane_of(ty: &Type, text: &str) -> Result<Lane, Box<Wrong>> {
    let lane = |main| Lane { main, aux: 0 };
    match ty {
        Type::Bool => bool_of(text).map(lane),
        Type::Date { optional } => date_of(*optional, text).map(lane),
        Type::Money => Money::parse(text).map(money_lane).map_err(|error| money_error(text, &error)),
        Type::Integer => parse_integer(text).map(lane).map_err(|error| decimal_error(ty, text, error)),
        Type::Decimal => Decimal::parse(text)
            .map(|decimal| Lane { main: decimal.whole, aux: decimal.nanos })
            .map_err(|error| decimal_error(ty, text, error)),
        Type::Percent => percent_of(text),
        Type::Country | Type::Currency | Type::Enum(_) => ty.word(text).map(lane).ok_or_else(|| word_error(ty, text)),
        Type::Text | Type::Set(_) => Err(Wrong::form(ty, &shown(text))),
    }
}

impl Facts {
    /// The lane of a single value of a document; nothing when it is blank and so says nothing.
    #[inline]
    pub(super) fn typed(&mut self, ty: &Type, text: &str) -> Result<Option<Lane>, Box<Wrong>> {
        match text.trim_ascii() {
            "" => Ok(None),
            word if !matches!(ty, Type::Text) => trimmed_lane_of(ty, word).map(Some),
            _ if text.len() > MAX_TEXT => Err(too_long(text)),
            _ => Ok(Some(Lane { main: self.intern(text), aux: 0 })),
        }
    }
}

fn too_long(text: &str) -> Box<Wrong> {
    let headline = format!("the text of {{fact}} has {} bytes, more than {MAX_TEXT}", text.len());
    Wrong::new(&codes::IMPOSSIBLE_VALUE, headline).help(Some("shorten it".to_owned()))
}

/// The bit of a word of a set.
pub fn member_of(ty: &Type, text: &str) -> Result<i64, Box<Wrong>> {
    let text = text.trim_ascii();
    ty.word(text).map(|bit| 1 << bit).ok_or_else(|| word_error(ty, text))
}

/// An amount whose number and currency stand apart.
pub fn money_of(amount: &str, code: &str) -> Result<Lane, Box<Wrong>> {
    let (amount, code) = (amount.trim_ascii(), code.trim_ascii());
    match Money::from_parts(amount, code) {
        Err(_) if parse_currency(code).is_none() => Err(word_error(&Type::Currency, code)),
        made => made.map(money_lane).map_err(|error| money_error(&format!("{amount} {code}"), &error)),
    }
}

fn money_lane(money: Money) -> Lane {
    Lane { main: money.minor, aux: i64::from(money.currency.numeric()) }
}

fn bool_of(text: &str) -> Result<i64, Box<Wrong>> {
    match text {
        "yes" | "true" => return Ok(1),
        "no" | "false" => return Ok(0),
        _ => {}
    }
    if text.eq_ignore_ascii_case("yes") || text.eq_ignore_ascii_case("true") {
        return Ok(1);
    }
    if text.eq_ignore_ascii_case("no") || text.eq_ignore_ascii_case("false") {
        return Ok(0);
    }
    let meant = match text.to_ascii_lowercase().as_str() {
        "y" | "on" | "1" => Some("did you mean `yes`?".to_owned()),
        "n" | "off" | "0" => Some("did you mean `no`?".to_owned()),
        _ => None,
    };
    Err(Wrong::form(&Type::Bool, &shown(text)).help(meant))
}

fn date_of(optional: bool, text: &str) -> Result<i64, Box<Wrong>> {
    if let Some(day) = parse_day(text) {
        return Ok(day);
    }
    if optional && text == "none" {
        return Ok(NO_EVENT);
    }
    let form = || Wrong::form(&Type::Date { optional }, &shown(text));
    if text == "none" {
        return Err(form().help(Some("leave it out when it is not known".to_owned())));
    }
    if optional && text.eq_ignore_ascii_case("none") {
        return Err(form().help(Some("did you mean `none`?".to_owned())));
    }
    let shape = |text: &str| {
        text.len() == 10
            && text.bytes().zip(0..).all(|(byte, at)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() })
    };
    if shape(text) {
        let headline = format!("{{fact}} is {}, and there is no such day", shown(text));
        let help = "dates are written year-month-day".to_owned();
        return Err(Wrong::new(&codes::IMPOSSIBLE_VALUE, headline).help(Some(help)));
    }
    let time_follows = |rest: &str| rest.starts_with(['T', 't', ' ']);
    if let Some((day, rest)) = text.split_at_checked(10)
        && shape(day)
        && time_follows(rest)
    {
        return Err(form().help(Some(format!("give the day only, in the account's time zone: `{day}`"))));
    }
    Err(form())
}

fn percent_of(text: &str) -> Result<Lane, Box<Wrong>> {
    let form = || Wrong::form(&Type::Percent, &shown(text));
    let Some(number) = text.strip_suffix('%') else {
        let meant = Decimal::parse(text).ok().map(|decimal| format!("did you mean `{decimal}%`?"));
        return Err(form().help(meant));
    };
    let decimal = Decimal::parse(number.trim_end()).map_err(|error| match error {
        DecimalError::Malformed => form(),
        _ => Wrong::new(&codes::IMPOSSIBLE_VALUE, format!("{{fact}} is {}, which {error}", shown(text))),
    })?;
    let lane = Lane { main: decimal.whole, aux: decimal.nanos };
    let within = (lane.main, lane.aux) > (0, 0) && (lane.main, lane.aux) <= (100, 0);
    within.then_some(lane).ok_or_else(|| {
        let headline = format!("{{fact}} is {}, which is not above 0% and at most 100%", shown(text));
        Wrong::new(&codes::IMPOSSIBLE_VALUE, headline)
    })
}

fn decimal_error(ty: &Type, text: &str, error: DecimalError) -> Box<Wrong> {
    match error {
        DecimalError::Malformed => Wrong::form(ty, &shown(text)),
        _ => Wrong::new(&codes::IMPOSSIBLE_VALUE, format!("{{fact}} is {}, which {error}", shown(text))),
    }
}

fn money_error(text: &str, error: &MoneyError) -> Box<Wrong> {
    match error {
        MoneyError::Malformed => Wrong::form(&Type::Money, &shown(text)).help(meant_amount(text)),
        MoneyError::UnknownCurrency(code) => word_error(&Type::Currency, code),
        _ => Wrong::new(&codes::IMPOSSIBLE_VALUE, format!("{{fact}} is {}, which {error}", shown(text))),
    }
}

/// How an amount is written that was written in another usual way.
fn meant_amount(text: &str) -> Option<String> {
    if text.len() > LONGEST_NAME {
        return None;
    }
    if Decimal::parse(text.strip_prefix('-').unwrap_or(text)).is_ok() {
        return Some(format!("add the currency, such as `{text} USD`"));
    }
    let plain: String = text.chars().filter(|letter| !matches!(letter, ',' | '_' | '\'')).collect();
    let turned = || plain.split_once(' ').map(|(code, amount)| format!("{} {code}", amount.trim()));
    let parted = || {
        let at = plain.len().checked_sub(3).filter(|at| plain.is_char_boundary(*at))?;
        let (amount, code) = plain.split_at(at);
        Some(format!("{} {code}", amount.trim_end()))
    };
    // A lone comma may be a decimal comma, so that leaving it out would change the amount.
    let is_grouped = text.contains('.') || !text.contains(',');
    [Some(plain.clone()).filter(|_| is_grouped), turned().filter(|_| is_grouped), parted().filter(|_| is_grouped)]
        .into_iter()
        .flatten()
        .find(|meant| Money::parse(meant).is_ok())
        .map(|meant| format!("did you mean `{meant}`?"))
        .or_else(|| text.contains(',').then(|| "write a point before the cents, and nothing between thousands".to_owned()))
}

/// A word that a type does not have: a number in its place has the wrong form, another word is unknown.
fn word_error(ty: &Type, text: &str) -> Box<Wrong> {
    let is_number = text.starts_with(|c: char| c.is_ascii_digit() || c == '-') && text.parse::<f64>().is_ok();
    let is_bool = ["true", "false", "yes", "no"].iter().any(|word| text.eq_ignore_ascii_case(word));
    let short = text.len() <= LONGEST_NAME;
    let said = shown(text);
    match ty {
        Type::Country | Type::Currency if is_number => Wrong::form(ty, &said),
        Type::Country => Wrong::new(&codes::UNKNOWN_CODE, format!("{said} in {{fact}} is no country code of ISO 3166"))
            .help(Some("countries have two letters, such as `US`".to_owned()))
            .help(short.then(|| nearest_country(text)).flatten().map(|code| format!("did you mean `{code}`?"))),
        Type::Currency => Wrong::new(&codes::UNKNOWN_CODE, format!("{said} in {{fact}} is no currency code of ISO 4217"))
            .help(Some("currencies have three letters, such as `USD`".to_owned()))
            .help(short.then(|| nearest_currency(text)).flatten().map(|code| format!("did you mean `{code}`?"))),
        _ if is_number || is_bool => Wrong::form(ty, &said),
        _ => {
            let wanted = text.to_lowercase().replace([' ', '-'], "_");
            let near = short.then(|| nearest(&wanted, ty.words())).flatten();
            let values = match ty {
                Type::Set(words) => format!("its words are {}", words.join(", ")),
                _ => format!("it is {}", ty.describe()),
            };
            let help = near.map_or_else(|| values.clone(), |near| format!("did you mean `{near}`? {values}"));
            Wrong::new(&codes::UNKNOWN_VALUE, format!("{said} is no value of {{fact}}")).help(Some(help))
        }
    }
}
