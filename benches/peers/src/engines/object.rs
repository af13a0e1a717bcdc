//! A row as a JSON object, for engines whose values are made from JSON.
//!
//! In: a row. Out: an object without what is missing; an amount is two members. Owns the names. Never reads one back.

use serde_json::{Map, Value, json};

use crate::portfolio::{CURRENCIES, Cell, Row};
use crate::terms::{Kind, Terms};

/// A row as an object.
pub fn object(terms: &Terms, row: &Row) -> Value {
    let mut object = Map::new();
    for (field, cell) in terms.fields.iter().zip(row) {
        let value = match (cell, &field.kind) {
            (Cell::Word(at), Kind::Word(words)) => json!(words[*at]),
            (Cell::Flag(flag), _) => json!(flag),
            (Cell::Number(number), _) => json!(number),
            (Cell::Amount(minor, currency), _) => {
                object.insert(format!("{}_currency", field.name), json!(CURRENCIES[*currency]));
                json!(minor)
            }
            (Cell::Missing | Cell::Word(_), _) => continue,
        };
        object.insert(field.name.clone(), value);
    }
    Value::Object(object)
}
