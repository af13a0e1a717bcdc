//! `/openapi.json`: the API as an OpenAPI 3.1 document, made from the same constants that handlers use.
//!
//! In: nothing. Out: the document, with the schemas of contract 2 among its components.
//! Owns the description of each path. Never describes what a handler does not do: a test asks every path.

use std::collections::BTreeMap;

use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::call::{DOCUMENTS, Query};
use super::incoming::{PARTS, TABLES};
use crate::report::{PROGRAMS_SCHEMA, SCHEMA};
use crate::serve::problem::Problem;

pub(super) async fn openapi(request: Request) -> Result<Response, Problem> {
    Query::of(request.uri(), &[])?;
    let document = serde_json::to_vec(&document()).unwrap_or_default();
    Ok(([(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-cache")], document).into_response())
}

/// The document.
pub fn document() -> Value {
    let mut schemas = Map::new();
    lift("decision", SCHEMA, &mut schemas);
    lift("programs", PROGRAMS_SCHEMA, &mut schemas);
    schemas.extend(own_schemas());
    let token = json!({
        "type": "http",
        "scheme": "bearer",
        "description": "A token of `accredit token new`; not needed on a server for its own machine alone."
    });
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "accredit",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Decides and explains ad-credit eligibility. A missing fact never grants and never denies."
        },
        "paths": paths(),
        "components": { "schemas": schemas, "securitySchemes": { "token": token } },
        "security": [{}, { "token": [] }]
    })
}

fn paths() -> Value {
    let check = decision("check", "Every verdict with its reasons and what to do next.", "decision.answer");
    let ask = decision("ask", "What to ask next, and what each answer decides.", "part");
    let changes = decision("changes", "What would change the verdicts, by whom and until when.", "part");
    let rules = operation("rules", "Every decision of the rules.").response("200", json_of("The list.", "programs.list"));
    let rule = operation("rule", "The terms of one decision in words, with sources and tables.")
        .parameter(in_path("id", "Id of a decision."))
        .response("200", json_of("The decision.", "programs.one"))
        .response("404", problem("The rules decide nothing of this name."));
    let name = in_path("reference", "How the account is called.");
    let saved = content(&["application/json", "application/yaml"], &schema("facts"));
    let load = operation("load_account", "The saved facts document of an account.")
        .parameter(name.clone())
        .response("200", told("The document as it was saved.", saved))
        .response("404", problem("No account is saved under this reference, or the server was started without a store."));
    let facts = content(&DOCUMENTS, &schema("facts"));
    let save = posted("save_account", "Saves the facts document of an account.", facts)
        .parameter(name)
        .response("204", json!({ "description": "It is saved." }))
        .response("404", problem("The server was started without a store."));
    let state = operation("state", "The rules in force, and those that were refused because they are broken.");
    let metrics = operation("metrics", "Numbers, for Prometheus.");
    let alive = |id, about| operation(id, about).response("200", json_of(about, "any")).build();
    json!({
        "/v1/check": { "post": check.build() },
        "/v1/ask": { "post": ask.build() },
        "/v1/changes": { "post": changes.build() },
        "/v1/screen": { "post": screen().build() },
        "/v1/rules": { "get": unchanged(rules).build() },
        "/v1/rules/{id}": { "get": unchanged(rule).build() },
        "/v1/accounts/{reference}": { "get": load.build(), "put": save.build() },
        "/v1/state": { "get": state.response("200", json_of("The state.", "state")).build() },
        "/health": { "get": alive("health", "The process answers.") },
        "/ready": { "get": alive("ready", "Requests are answered, and by which rules.") },
        "/openapi.json": { "get": alive("openapi", "This document.") },
        "/metrics": {
            "get": metrics.response("200", told("Text of Prometheus.", content(&["text/plain"], &text()))).build()
        }
    })
}

/// What can be done at a path.
struct Operation {
    id: &'static str,
    about: &'static str,
    parameters: Vec<Value>,
    body: Option<Map<String, Value>>,
    responses: Map<String, Value>,
}

impl Operation {
    fn parameter(mut self, parameter: Value) -> Self {
        self.parameters.push(parameter);
        self
    }

    fn response(mut self, status: &str, response: Value) -> Self {
        self.responses.insert(status.to_owned(), response);
        self
    }

    fn refusals(self, all: &[(&str, &str)]) -> Self {
        all.iter().fold(self, |operation, (status, about)| operation.response(status, problem(about)))
    }

    fn build(self) -> Value {
        let mut told = Map::new();
        told.insert("operationId".to_owned(), self.id.into());
        told.insert("summary".to_owned(), self.about.into());
        if !self.parameters.is_empty() {
            told.insert("parameters".to_owned(), self.parameters.into());
        }
        if let Some(content) = self.body {
            told.insert("requestBody".to_owned(), json!({ "content": content, "required": true }));
        }
        told.insert("responses".to_owned(), self.responses.into());
        told.into()
    }
}

/// An operation with the refusals that every path has.
fn operation(id: &'static str, about: &'static str) -> Operation {
    let operation = Operation { id, about, parameters: Vec::new(), body: None, responses: Map::new() };
    operation.refusals(&[
        ("400", "A parameter is unknown or wrong."),
        ("401", "A token is needed, unknown or no longer good."),
        ("403", "The token's scope is too narrow, or the request came from a page of another site."),
        ("421", "The server does not answer to this host name."),
        ("429", "More requests than one token may send; `Retry-After` says when to go on."),
        ("500", "A fault of the program."),
        ("503", "Too much is waiting; `Retry-After` says when to try again."),
    ])
}

/// An operation on a body, which is one of some media types.
fn posted(id: &'static str, about: &'static str, body: Map<String, Value>) -> Operation {
    let operation = Operation { body: Some(body), ..operation(id, about) };
    operation.refusals(&[
        ("408", "The body did not come in time."),
        ("413", "The body is too large."),
        ("415", "The media type is not read here."),
        ("422", "The document has errors: each with its place and what to do. Nothing was decided."),
    ])
}

fn decision(id: &'static str, about: &'static str, answer: &str) -> Operation {
    posted(id, about, content(&DOCUMENTS, &schema("facts")))
        .parameter(query(
            "kind",
            "Of which kind; credits where nothing is said. Not together with `program`.",
            &words(&["credit", "action", "check", "all"]),
        ))
        .parameter(query("program", "Only this decision; may stand several times.", &list(&text())))
        .parameter(query("as_of", "The day for which the check holds, in place of the document's.", &day()))
        .parameter(query("reference", "How the account is called in the decision log.", &text()))
        .response("200", json_of("The answer.", answer))
}

fn screen() -> Operation {
    let mut bodies = content(&TABLES, &text());
    bodies.insert(PARTS.to_owned(), parts());
    let rows = content(&["text/csv", "application/x-ndjson"], &text());
    posted(
        "screen",
        "A table of accounts: a row an account in, verdicts out, streamed. Take the results while you send. Where its columns \
         have names of their own, a mapping goes before it as a part of a form: the file that `accredit screen --mapping` reads.",
        bodies,
    )
    .parameter(query("program", "Only this decision; may stand several times. Else every credit.", &list(&text())))
    .parameter(query("as_of", "The day for which the check holds, in place of a column `as_of`.", &day()))
    .parameter(query("long", "A row an account and decision, not a row an account.", &words(&["true", "false"])))
    .parameter(query("verdict", "Only this verdict; may stand several times.", &list(&text())))
    .parameter(query("to", "How results are written; else as the table is.", &words(&["csv", "ndjson"])))
    .response(
        "200",
        told("Results, row by row. In NDJSON a line with `problem` says what is wrong with an invalid row.", rows),
    )
}

/// A mapping and a table, in this order.
fn parts() -> Value {
    json!({
        "schema": {
            "type": "object",
            "required": ["mapping", "table"],
            "properties": {
                "mapping": { "type": "string", "description": "The mapping, in YAML; it comes first." },
                "table": { "type": "string", "description": "The table." }
            }
        },
        "encoding": {
            "mapping": { "contentType": "application/yaml" },
            "table": { "contentType": TABLES.join(", ") }
        }
    })
}

/// What a client may know already.
fn unchanged(operation: Operation) -> Operation {
    operation.response("304", json!({ "description": "Nothing has changed since the `ETag` of `If-None-Match`." }))
}

fn query(name: &str, about: &str, schema: &Value) -> Value {
    json!({ "name": name, "in": "query", "required": false, "description": about, "schema": schema })
}

fn in_path(name: &str, about: &str) -> Value {
    json!({ "name": name, "in": "path", "required": true, "description": about, "schema": text() })
}

fn told(about: &str, content: Map<String, Value>) -> Value {
    json!({ "description": about, "content": content })
}

fn json_of(about: &str, name: &str) -> Value {
    told(about, content(&["application/json"], &schema(name)))
}

fn problem(about: &str) -> Value {
    told(about, content(&["application/problem+json"], &schema("problem")))
}

/// One schema in each of some media types.
fn content(media: &[&str], schema: &Value) -> Map<String, Value> {
    media.iter().map(|media| ((*media).to_owned(), json!({ "schema": schema }))).collect()
}

fn schema(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn day() -> Value {
    json!({ "type": "string", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$" })
}

fn words(words: &[&str]) -> Value {
    json!({ "type": "string", "enum": words })
}

fn list(of: &Value) -> Value {
    json!({ "type": "array", "items": of })
}

/// The definitions of a schema as components: `decision.answer` for `#/$defs/answer` of the schema of decisions.
fn lift(name: &str, schema: &str, into: &mut Map<String, Value>) {
    let Ok(Value::Object(mut schema)) = serde_json::from_str(schema) else { return };
    let Some(Value::Object(definitions)) = schema.remove("$defs") else { return };
    for (key, mut definition) in definitions {
        point(name, &mut definition);
        into.insert(format!("{name}.{key}"), definition);
    }
}

/// Lets references lead to components.
fn point(name: &str, value: &mut Value) {
    match value {
        Value::Object(map) => {
            if let Some(Value::String(to)) = map.get_mut("$ref")
                && let Some(key) = to.strip_prefix("#/$defs/")
            {
                *to = format!("#/components/schemas/{name}.{key}");
            }
            map.values_mut().for_each(|value| point(name, value));
        }
        Value::Array(values) => values.iter_mut().for_each(|value| point(name, value)),
        _ => {}
    }
}

/// The schemas that are the API's own.
fn own_schemas() -> BTreeMap<String, Value> {
    let fault = json!({
        "type": "object",
        "required": ["detail"],
        "additionalProperties": false,
        "properties": {
            "parameter": { "type": "string", "description": "The query parameter that is wrong." },
            "pointer": { "type": "string", "description": "The field of the body that is wrong, as a JSON pointer." },
            "file": text(), "line": { "type": "integer", "minimum": 1 }, "column": { "type": "integer", "minimum": 1 },
            "detail": text(), "help": text(),
            "code": { "type": "string", "description": "`accredit explain CODE` shows its page." }
        }
    });
    let problem = json!({
        "type": "object",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": text(), "title": text(), "status": { "type": "integer" }, "detail": text(),
            "errors": { "type": "array", "items": fault.clone() }
        }
    });
    let rules = json!({ "type": "object", "required": ["name", "version", "digest"] });
    let part = json!({
        "description": "A part of an answer: what stands in it is written as in the whole.",
        "type": "object",
        "required": ["schema", "as_of", "rules", "decisions"],
        "properties": {
            "schema": { "const": 1 }, "as_of": text(), "rules": rules.clone(),
            "decisions": { "type": "array", "items": { "type": "object", "required": ["id", "kind", "subject", "verdict"] } }
        }
    });
    let refused = json!({
        "type": ["object", "null"],
        "properties": { "at": { "type": "integer" }, "summary": text(), "errors": { "type": "array", "items": fault } }
    });
    let state = json!({
        "type": "object",
        "required": ["schema", "rules", "refused"],
        "properties": { "schema": { "const": 1 }, "rules": rules, "refused": refused }
    });
    let facts = json!({
        "description": "A facts document: `as_of` and sections of facts. `accredit template` writes one to fill in.",
        "type": "object",
        "required": ["as_of"],
        "properties": { "as_of": { "type": "string", "format": "date" } }
    });
    let all = [("problem", problem), ("part", part), ("state", state), ("facts", facts), ("any", json!({ "type": "object" }))];
    all.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect()
}
