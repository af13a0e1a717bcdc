//! Habits from elsewhere: signs, dates and amounts that other languages write in other ways.
//!
//! In: a text and the place of a mistake in it. Out: what was written there, and how rules say it.
//! Owns the list of habits. Never changes a text.

use crate::value::{parse_currency, parse_day};

/// Signs with the words for them; a longer sign stands before its beginning.
const SIGNS: [(&str, &str); 11] = [
    (">=", "say `is at least`, or `is from` for a day"),
    ("<=", "say `is at most`, or `is by` for a day"),
    ("==", "say `is`"),
    ("!=", "say `is not`"),
    ("<>", "say `is not`"),
    (">", "say `is above`, or `is after` for a day"),
    ("<", "say `is below`, or `is before` for a day"),
    ("=", "say `is`"),
    ("!", "say `is not` behind the fact"),
    ("&&", "say `and`"),
    ("||", "say `or`"),
];

/// Signs of currencies with their codes.
const CURRENCY_SIGNS: [(char, &str); 4] = [('$', "USD"), ('€', "EUR"), ('£', "GBP"), ('¥', "JPY")];

/// Something written as elsewhere.
pub(super) struct Slip {
    pub start: usize,
    pub end: usize,
    pub headline: String,
    pub help: String,
}

/// The habit that explains the mistake at `at`, if one does.
pub(super) fn slip(text: &str, at: usize) -> Option<Slip> {
    sign(text, at).or_else(|| day(text, at)).or_else(|| thousands(text, at)).or_else(|| currency(text, at))
}

fn sign(text: &str, at: usize) -> Option<Slip> {
    let rest = text.get(at..)?;
    let (sign, help) = SIGNS.iter().find(|(sign, _)| rest.starts_with(sign))?;
    let headline = format!("`{sign}` is not part of the language");
    Some(Slip { start: at, end: at + sign.len(), headline, help: (*help).to_owned() })
}

fn day(text: &str, at: usize) -> Option<Slip> {
    let (start, end) = around(text, at, |c| c.is_ascii_digit() || matches!(c, '-' | '/' | '.'))?;
    let written = text.get(start..end)?;
    let help = day_as_rules_write_it(written)?;
    Some(Slip { start, end, headline: format!("`{written}` is no day as rules write it"), help })
}

fn thousands(text: &str, at: usize) -> Option<Slip> {
    let (start, end) = around(text, at, |c| c.is_ascii_digit() || matches!(c, ',' | '.'))?;
    let written = text.get(start..end)?;
    let mut groups = written.split('.').next()?.split(',');
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    if first.is_empty() || first.len() > 3 || rest.is_empty() || rest.iter().any(|group| group.len() != 3) {
        return None;
    }
    let code = text.get(end..)?.trim_start().split(|c: char| !c.is_ascii_alphabetic()).next()?;
    let number = format!("{} {}", written.replace(',', ""), code.to_ascii_uppercase());
    let number = if parse_currency(&code.to_ascii_uppercase()).is_some() { number } else { written.replace(',', "") };
    Some(Slip { start, end, headline: format!("`{written}` has a comma in it"), help: format!("write `{number}`") })
}

fn currency(text: &str, at: usize) -> Option<Slip> {
    let rest = text.get(at..)?;
    let number = |text: &str| text.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect::<String>();
    let before: String = text.get(..at)?.trim_end().chars().rev().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    let before: String = before.chars().rev().collect();
    if let Some((sign, code)) = CURRENCY_SIGNS.iter().find(|(sign, _)| rest.starts_with(*sign)) {
        let after = number(rest.trim_start_matches(*sign).trim_start());
        let amount = if after.is_empty() { before } else { after };
        let help =
            if amount.is_empty() { format!("write `{code}` behind the number") } else { format!("write `{amount} {code}`") };
        let headline = format!("`{sign}` is not part of the language");
        return Some(Slip { start: at, end: at + sign.len_utf8(), headline, help });
    }
    let glued = number(rest);
    let word: String = rest.get(glued.len()..)?.chars().take_while(char::is_ascii_alphanumeric).collect();
    let code = word.to_ascii_uppercase();
    let amount = if glued.is_empty() { &before } else { &glued };
    if amount.is_empty() || parse_currency(&code).is_none() {
        return None;
    }
    let headline = match () {
        () if glued.is_empty() => format!("`{word}` is a currency in small letters"),
        () => format!("`{glued}{word}` is no amount as rules write it"),
    };
    Some(Slip { start: at, end: at + glued.len() + word.len(), headline, help: format!("write `{amount} {code}`") })
}

/// How rules write a day that is written with other signs or without its zeros; nothing for what is no day at all.
pub(crate) fn day_as_rules_write_it(written: &str) -> Option<String> {
    let parts: Vec<&str> = written.split(['-', '/', '.']).collect();
    let [a, b, c] = parts.as_slice() else { return None };
    let digits = |part: &str| (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    if !parts.iter().all(|part| digits(part)) {
        return None;
    }
    let candidates = if a.len() == 4 { [(a, b, c), (a, b, c)] } else { [(c, a, b), (c, b, a)] };
    let mut days: Vec<String> = candidates.map(|(year, month, day)| format!("{year}-{month:0>2}-{day:0>2}")).into();
    days.dedup();
    days.retain(|day| parse_day(day).is_some());
    match days.as_slice() {
        [] => None,
        [day] => Some(format!("write the day as `{day}`")),
        [first, second, ..] => Some(format!("write the day as `{first}`, or `{second}` if the day stands first")),
    }
}

/// The run of such characters around `at`.
fn around(text: &str, at: usize, fits: impl Fn(char) -> bool) -> Option<(usize, usize)> {
    let before = text.get(..at)?;
    let start = before.len() - before.chars().rev().take_while(|c| fits(*c)).map(char::len_utf8).sum::<usize>();
    let end = at + text.get(at..)?.chars().take_while(|c| fits(*c)).map(char::len_utf8).sum::<usize>();
    (start < end).then_some((start, end))
}

#[cfg(test)]
mod tests {
    use super::{day_as_rules_write_it, slip};

    #[test]
    fn habits_are_told_with_what_rules_say() {
        let cases = [
            // text, what stands at the mistake, help
            ("x >= 3", ">=", Some("say `is at least`, or `is from` for a day")),
            ("x = y", "=", Some("say `is`")),
            ("at least 1,000 USD", ",000", Some("write `1000 USD`")),
            ("at least 1,000,000.50 eur", ",000", Some("write `1000000.50 EUR`")),
            ("at least 20 usd", "usd", Some("write `20 USD`")),
            ("at least 20USD", "20USD", Some("write `20 USD`")),
            ("at least $20", "$20", Some("write `20 USD`")),
            ("at least 20 €", "€", Some("write `20 EUR`")),
            ("by 2026-3-1", "-3-1", Some("write the day as `2026-03-01`")),
            ("by 3/1/2026", "/1/2026", Some("write the day as `2026-03-01`, or `2026-01-03` if the day stands first")),
            ("by 13.5.2026", ".2026", Some("write the day as `2026-05-13`")),
            ("one, two", ", two", None),
            ("needs more", "more", None),
        ];
        for (text, here, want) in cases {
            let found = text.find(here).and_then(|at| slip(text, at)).map(|slip| slip.help);
            assert_eq!(found.as_deref(), want, "{text}");
        }
    }

    #[test]
    fn what_is_no_day_stays_what_it_is() {
        for text in ["2026-13-45", "1-2", "1-2-3-4", "a-b-c", "12345-1-1", "--", ""] {
            assert_eq!(day_as_rules_write_it(text), None, "{text}");
        }
    }
}
