//! Country codes of ISO 3166 as small numbers, and the nearest code to a mistaken one.
//!
//! In: a two-letter code. Out: its number, its name, or a suggestion.
//! Owns nothing but the arithmetic; groups of countries live in the rules.

use std::sync::LazyLock;

use iso_currency::IntoEnumIterator as _;

/// The pairs of letters that ISO 3166 lists, by lane; the library hashes a code for far longer than it takes to read it.
static LISTED: LazyLock<[bool; 26 * 26]> = LazyLock::new(|| {
    let is_listed = |lane| rust_iso3166::from_alpha2(&country_text(lane)).is_some();
    std::array::from_fn(|lane| i64::try_from(lane).is_ok_and(is_listed))
});

/// The lane of an upper-case two-letter country code that ISO 3166 lists.
pub fn country_code(text: &str) -> Option<i64> {
    let &[a @ b'A'..=b'Z', b @ b'A'..=b'Z'] = text.as_bytes() else { return None };
    let lane = usize::from(a - b'A') * 26 + usize::from(b - b'A');
    LISTED.get(lane).filter(|listed| **listed).and_then(|_| i64::try_from(lane).ok())
}

/// Every code that ISO 3166 lists.
pub fn countries() -> impl Iterator<Item = &'static str> {
    rust_iso3166::ALL_ALPHA2.iter().copied()
}

/// The two letters of a country lane.
pub fn country_text(code: i64) -> String {
    let letter = |n: i64| char::from(b'A' + u8::try_from(n.rem_euclid(26)).unwrap_or(0));
    [letter(code / 26), letter(code % 26)].iter().collect()
}

/// The English short name of a country lane, for a reader.
pub fn country_name(code: i64) -> Option<String> {
    rust_iso3166::from_alpha2(&country_text(code)).map(|country| country.name.to_owned())
}

/// The country code that was most likely meant: by name, by three letters, or by case.
pub fn nearest_country(text: &str) -> Option<String> {
    let wanted = text.trim().to_uppercase();
    let by_code = (wanted.len() == 2).then(|| rust_iso3166::from_alpha2(&wanted)).flatten();
    let by_three = (wanted.len() == 3).then(|| rust_iso3166::from_alpha3(&wanted)).flatten();
    let by_name = || {
        rust_iso3166::ALL_ALPHA2
            .iter()
            .filter_map(|code| rust_iso3166::from_alpha2(code))
            .find(|country| wanted.len() > 3 && country.name.to_uppercase().starts_with(&wanted))
    };
    let by_habit = || match wanted.as_str() {
        "UK" => rust_iso3166::from_alpha2("GB"),
        "USA" => rust_iso3166::from_alpha2("US"),
        _ => None,
    };
    by_code.or(by_three).or_else(by_habit).or_else(by_name).map(|country| country.alpha2.to_owned())
}

/// The currency code that was most likely meant: by case, or one letter away.
pub fn nearest_currency(text: &str) -> Option<&'static str> {
    let wanted = text.trim().to_uppercase();
    let distance = |code: &str| strsim::damerau_levenshtein(code, &wanted);
    let common = ["USD", "EUR", "GBP", "JPY", "CAD", "AUD"];
    iso_currency::Currency::iter()
        .map(|currency| currency.code())
        .filter(|code| distance(code) <= 1)
        .min_by_key(|code| (distance(code), !common.contains(code)))
}

#[cfg(test)]
mod tests {
    use super::{country_code, country_text, nearest_country, nearest_currency};

    #[test]
    fn every_code_is_what_the_library_makes_of_it() {
        let letters = || 'A'..='Z';
        for code in letters().flat_map(|a| letters().map(move |b| [a, b].iter().collect::<String>())) {
            let listed = rust_iso3166::from_alpha2(&code).map(|country| country.alpha2.to_owned());
            assert_eq!(country_code(&code).map(country_text), listed);
        }
    }

    #[test]
    fn codes_round_trip_and_mistakes_find_their_neighbour() {
        assert_eq!(country_code("NO").map(country_text).as_deref(), Some("NO"));
        assert_eq!(country_code("XX"), None);
        assert_eq!(country_code("us"), None);
        assert_eq!(nearest_country("usa").as_deref(), Some("US"));
        assert_eq!(nearest_country("UK").as_deref(), Some("GB"));
        assert_eq!(nearest_country("Norway").as_deref(), Some("NO"));
        assert_eq!(nearest_currency("usd"), Some("USD"));
        assert_eq!(nearest_currency("UDS"), Some("USD"));
    }
}
