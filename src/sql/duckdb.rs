//! DuckDB 1.1 and later; tested on 2.0.
//!
//! In: expressions as text. Out: DuckDB's SQL.
//! Owns its templates: `HUGEINT` is exact up to 127 bits and says so beyond. Never relies on a lambda, whose sign changed.

use super::dialect::Dialect;
use super::print::Print;

pub(super) struct DuckDb;

impl Print for DuckDb {
    fn dialect(&self) -> Dialect {
        Dialect::DuckDb
    }

    fn literal(&self, text: &str) -> String {
        format!("'{}'", text.replace('\'', "''"))
    }

    fn text_type(&self) -> &'static str {
        "VARCHAR"
    }

    fn wide_type(&self) -> &'static str {
        "HUGEINT"
    }

    fn words_type(&self) -> &'static str {
        "VARCHAR[]"
    }

    fn trimmed(&self, text: &str) -> String {
        format!("TRIM({text}, CONCAT(' ', CHR(9), CHR(10), CHR(12), CHR(13)))")
    }

    fn bytes(&self, text: &str) -> String {
        format!("STRLEN({text})")
    }

    fn day_number(&self, date: &str) -> String {
        format!("({date} - DATE '0001-01-01' + 1)")
    }

    fn floored(&self, dividend: &str, divisor: &str) -> String {
        format!("({dividend} // {divisor} - CASE WHEN {dividend} % {divisor} < 0 THEN 1 ELSE 0 END)")
    }

    fn words(&self, literals: &[String]) -> String {
        format!("CAST([{}] AS VARCHAR[])", literals.join(", "))
    }

    fn contains(&self, list: &str, word: &str) -> String {
        format!("LIST_CONTAINS({list}, {word})")
    }

    fn holds_only(&self, list: &str, words: &str) -> String {
        format!("(LIST_HAS_ALL({words}, {list}) AND LEN({list}) = LIST_COUNT({list}))")
    }

    fn is_empty(&self, list: &str) -> String {
        format!("(LEN({list}) = 0)")
    }

    fn day_parameter(&self, _: bool) -> Option<&'static str> {
        Some("CAST(getvariable('as_of') AS DATE)")
    }

    fn day_help(&self) -> &'static str {
        "SET VARIABLE as_of = DATE '2026-03-01';"
    }
}
