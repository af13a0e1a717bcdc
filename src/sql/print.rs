//! What differs between dialects, as small templates; what is not said here is the same in all of them.
//!
//! In: expressions as text. Out: the dialect's text for one construct.
//! Owns the words of SQL that dialects disagree about, and what each of them cannot hold. Never knows a rule.

use super::dialect::Dialect;

/// What an expression holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// True, false or unknown.
    Truth,
    /// A whole number of 64 bits.
    Whole,
    /// A larger whole number.
    Wide,
    /// A text.
    Text,
}

/// Where the words of a dialect come from. Methods with a body hold for every dialect that does not say otherwise.
pub(super) trait Print: Sync {
    /// Which dialect this is.
    fn dialect(&self) -> Dialect;

    /// A name in quotes, in which nothing is a sign of SQL.
    fn quoted(&self, name: &str) -> String {
        format!("\"{}\"", name.replace('"', "\"\""))
    }

    /// A text as a literal, whatever it holds and however the session reads literals.
    fn literal(&self, text: &str) -> String;

    /// The type of texts.
    fn text_type(&self) -> &'static str;

    /// The type of whole numbers beyond 64 bits.
    fn wide_type(&self) -> &'static str;

    /// The type of lists of words, for a table.
    fn words_type(&self) -> &'static str;

    /// The type of amounts and decimals, for a table.
    fn decimal_type(&self) -> &'static str {
        "DECIMAL(25, 9)"
    }

    /// The most bits of a number in exact arithmetic; nothing where there is no limit that rules can reach.
    fn most_bits(&self) -> Option<u32> {
        Some(126)
    }

    /// The most bytes of a name.
    fn most_name_bytes(&self) -> Option<usize> {
        None
    }

    /// The most columns of one query.
    fn most_columns(&self) -> Option<usize> {
        None
    }

    /// The type of a kind.
    fn type_of(&self, kind: Kind) -> &'static str {
        match kind {
            Kind::Truth => "BOOLEAN",
            Kind::Whole => "BIGINT",
            Kind::Wide => self.wide_type(),
            Kind::Text => self.text_type(),
        }
    }

    /// An unknown value of a kind.
    fn null(&self, kind: Kind) -> String {
        format!("CAST(NULL AS {})", self.type_of(kind))
    }

    /// A text column as text that compares byte by byte.
    fn plain_text(&self, column: &str) -> String {
        column.to_owned()
    }

    /// A text without the blanks around it: the five of ASCII that documents leave out.
    fn trimmed(&self, text: &str) -> String;

    /// How many bytes a text has in UTF-8.
    fn bytes(&self, text: &str) -> String;

    /// The number of a day, counted from 0001-01-01, which is day 1.
    fn day_number(&self, date: &str) -> String;

    /// A number column as an exact decimal that holds every possible value; unknown where it does not fit.
    fn decimal(&self, column: &str) -> String {
        format!("TRY_CAST({column} AS DECIMAL(25, 9))")
    }

    /// Is a decimal exactly what its column says? Asked only where the decimal is known.
    fn same_number(&self, decimal: &str, column: &str) -> String {
        format!("({decimal} = {column})")
    }

    /// A whole decimal as a number of 64 bits; it fits.
    fn whole(&self, decimal: &str) -> String {
        format!("TRY_CAST({decimal} AS BIGINT)")
    }

    /// The largest whole number not above a quotient; the divisor is above zero.
    fn floored(&self, dividend: &str, divisor: &str) -> String;

    /// A list of words.
    fn words(&self, literals: &[String]) -> String;

    /// Does a list hold a word?
    fn contains(&self, list: &str, word: &str) -> String;

    /// Does a list hold nothing but some words?
    fn holds_only(&self, list: &str, words: &str) -> String;

    /// Is a list empty?
    fn is_empty(&self, list: &str) -> String;

    /// One stage: everything of the stage before, and some columns more.
    fn stage(&self, before: &str, columns: &[(String, String)]) -> String {
        let listed: Vec<String> =
            columns.iter().map(|(name, text)| format!(",\n    {text} AS {}", self.quoted(name))).collect();
        format!("SELECT {before}.*{}\n  FROM {before}", listed.concat())
    }

    /// The day of the check as a parameter of a query, or of a view; nothing where there is none.
    fn day_parameter(&self, view: bool) -> Option<&'static str>;

    /// How that parameter is set, for a reader.
    fn day_help(&self) -> &'static str;

    /// How a view begins.
    fn create_view(&self, name: &str) -> String {
        format!("CREATE OR REPLACE VIEW {name} AS")
    }
}
