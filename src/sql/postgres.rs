//! PostgreSQL 12 and later; tested on 15.
//!
//! In: expressions as text. Out: PostgreSQL.
//! Owns its templates: `NUMERIC` is exact at any size, and each stage is a lateral query that is computed once a row, so that
//! no condition is repeated and a view still takes a filter on the account. Never relies on a setting of the session.

use super::dialect::Dialect;
use super::print::Print;

pub(super) struct Postgres;

impl Print for Postgres {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    // A backslash means itself or not, by `standard_conforming_strings`; in an `E` string it always has one meaning.
    fn literal(&self, text: &str) -> String {
        let quoted = text.replace('\'', "''");
        if text.contains('\\') { format!("E'{}'", quoted.replace('\\', "\\\\")) } else { format!("'{quoted}'") }
    }

    fn text_type(&self) -> &'static str {
        "TEXT"
    }

    fn wide_type(&self) -> &'static str {
        "NUMERIC"
    }

    fn words_type(&self) -> &'static str {
        "TEXT[]"
    }

    fn decimal_type(&self) -> &'static str {
        "NUMERIC"
    }

    fn most_bits(&self) -> Option<u32> {
        None
    }

    fn most_name_bytes(&self) -> Option<usize> {
        Some(63)
    }

    fn most_columns(&self) -> Option<usize> {
        Some(1_600)
    }

    fn plain_text(&self, column: &str) -> String {
        format!("(CAST({column} AS TEXT) COLLATE \"C\")")
    }

    fn trimmed(&self, text: &str) -> String {
        format!("BTRIM({text}, E' \\t\\n\\f\\r')")
    }

    fn bytes(&self, text: &str) -> String {
        format!("OCTET_LENGTH({text})")
    }

    fn day_number(&self, date: &str) -> String {
        format!("CAST({date} - DATE '0001-01-01' + 1 AS BIGINT)")
    }

    fn decimal(&self, column: &str) -> String {
        format!("CAST({column} AS NUMERIC)")
    }

    fn same_number(&self, _: &str, _: &str) -> String {
        "TRUE".to_owned()
    }

    fn whole(&self, decimal: &str) -> String {
        format!("CAST({decimal} AS BIGINT)")
    }

    fn floored(&self, dividend: &str, divisor: &str) -> String {
        format!("(DIV({dividend}, {divisor}) - CASE WHEN MOD({dividend}, {divisor}) < 0 THEN 1 ELSE 0 END)")
    }

    fn words(&self, literals: &[String]) -> String {
        format!("CAST(ARRAY[{}] AS TEXT[])", literals.join(", "))
    }

    fn contains(&self, list: &str, word: &str) -> String {
        format!("({word} = ANY({list}))")
    }

    fn holds_only(&self, list: &str, words: &str) -> String {
        format!("(CAST({list} AS TEXT[]) <@ {words})")
    }

    fn is_empty(&self, list: &str) -> String {
        format!("(CARDINALITY({list}) = 0)")
    }

    fn stage(&self, before: &str, columns: &[(String, String)]) -> String {
        let listed: Vec<String> = columns.iter().map(|(name, text)| format!("\n    {text} AS {}", self.quoted(name))).collect();
        format!(
            "SELECT {before}.*, \"l\".*\n  FROM {before} CROSS JOIN LATERAL (SELECT{}\n    OFFSET 0) AS \"l\"",
            listed.join(",")
        )
    }

    fn day_parameter(&self, _: bool) -> Option<&'static str> {
        Some("CAST(current_setting('accredit.as_of') AS DATE)")
    }

    fn day_help(&self) -> &'static str {
        "SET accredit.as_of = '2026-03-01';"
    }
}
