//! Spark 3.5.
//!
//! In: expressions as text. Out: Spark SQL.
//! Owns its templates: `DECIMAL(38, 0)` wraps nothing and is never asked for more than 126 bits. Never writes a literal that a
//! setting reads otherwise: quotes, backslashes, dollars and control characters stand as their numbers.

use super::dialect::Dialect;
use super::print::Print;

pub(super) struct Spark;

impl Print for Spark {
    fn dialect(&self) -> Dialect {
        Dialect::Spark
    }

    fn quoted(&self, name: &str) -> String {
        format!("`{}`", name.replace('`', "``"))
    }

    fn literal(&self, text: &str) -> String {
        let mut parts: Vec<String> = Vec::new();
        let mut plain = String::new();
        for letter in text.chars() {
            if matches!(letter, '\'' | '\\' | '$') || letter.is_ascii_control() {
                if !plain.is_empty() {
                    parts.push(format!("'{}'", std::mem::take(&mut plain)));
                }
                parts.push(format!("CHAR({})", u32::from(letter)));
            } else {
                plain.push(letter);
            }
        }
        if !plain.is_empty() || parts.is_empty() {
            parts.push(format!("'{plain}'"));
        }
        match parts.as_slice() {
            [only] => only.clone(),
            _ => format!("CONCAT({})", parts.join(", ")),
        }
    }

    fn text_type(&self) -> &'static str {
        "STRING"
    }

    fn wide_type(&self) -> &'static str {
        "DECIMAL(38, 0)"
    }

    fn words_type(&self) -> &'static str {
        "ARRAY<STRING>"
    }

    fn trimmed(&self, text: &str) -> String {
        format!("TRIM(BOTH CONCAT(' ', CHAR(9), CHAR(10), CHAR(12), CHAR(13)) FROM {text})")
    }

    fn bytes(&self, text: &str) -> String {
        format!("OCTET_LENGTH({text})")
    }

    fn day_number(&self, date: &str) -> String {
        format!("CAST(DATEDIFF({date}, DATE '0001-01-01') + 1 AS BIGINT)")
    }

    // An exact multiple over its divisor is a whole number, which division keeps exactly below 10^32; what is larger is
    // unknown, and no amount either.
    fn floored(&self, dividend: &str, divisor: &str) -> String {
        let wide = |sql: &str| format!("CAST({sql} AS DECIMAL(38, 0))");
        let (above, below) = (wide(dividend), wide(divisor));
        format!("CAST(({above} - PMOD({above}, {below})) / {below} AS DECIMAL(38, 0))")
    }

    fn words(&self, literals: &[String]) -> String {
        format!("CAST(ARRAY({}) AS ARRAY<STRING>)", literals.join(", "))
    }

    fn contains(&self, list: &str, word: &str) -> String {
        format!("ARRAY_CONTAINS({list}, {word})")
    }

    fn holds_only(&self, list: &str, words: &str) -> String {
        format!("(SIZE(ARRAY_EXCEPT({list}, {words})) = 0)")
    }

    fn is_empty(&self, list: &str) -> String {
        format!("(SIZE({list}) = 0)")
    }

    // A view holds no parameter: its text would be fixed to the day on which it was made.
    fn day_parameter(&self, view: bool) -> Option<&'static str> {
        (!view).then_some("CAST(:as_of AS DATE)")
    }

    fn day_help(&self) -> &'static str {
        "spark.sql(query, args={\"as_of\": \"2026-03-01\"})"
    }

    fn create_view(&self, name: &str) -> String {
        format!("CREATE OR REPLACE TEMPORARY VIEW {name} AS")
    }
}
