//! `/openapi.json`: the API as an OpenAPI 3.1 document, made from the same constants that handlers use.
//!
//! In: nothing. Out: the document, with the schemas of contract 2 among its components.
//! Owns the description of each path. Never describes what a handler does not do: a test asks every path.

use std::collections::BTreeMap;

use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use utoipa::openapi::encoding::EncodingBuilder;
use utoipa::openapi::path::{OperationBuilder, Parameter, ParameterBuilder, ParameterIn, Paths};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{ArrayBuilder, ComponentsBuilder, ObjectBuilder, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Content, ContentBuilder, HttpMethod, InfoBuilder, OpenApiBuilder, Ref, RefOr, Required, Response as Told, ResponseBuilder,
    Schema,
};

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
    let security = HttpBuilder::new().scheme(HttpAuthScheme::Bearer);
    let security =
        security.description(Some("A token of `accredit token new`; not needed on a server for its own machine alone."));
    let components = ComponentsBuilder::new().security_scheme("token", SecurityScheme::Http(security.build())).build();
    let info = InfoBuilder::new()
        .title("accredit")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("Decides and explains ad-credit eligibility. A missing fact never grants and never denies."));
    let document = OpenApiBuilder::new()
        .info(info.build())
        .paths(paths())
        .components(Some(components))
        .security(Some([SecurityRequirement::default(), SecurityRequirement::new("token", [""; 0])]))
        .build();
    let mut document = serde_json::to_value(document).unwrap_or_default();
    let mut schemas = Map::new();
    lift("decision", SCHEMA, &mut schemas);
    lift("programs", PROGRAMS_SCHEMA, &mut schemas);
    schemas.extend(own_schemas());
    if let Some(components) = document.get_mut("components").and_then(Value::as_object_mut) {
        components.insert("schemas".to_owned(), Value::Object(schemas));
    }
    document
}

fn paths() -> Paths {
    let mut paths = Paths::new();
    let mut add = |path: &str, method: HttpMethod, operation: OperationBuilder| {
        paths.add_path_operation(path, vec![method], operation.build());
    };
    add(
        "/v1/check",
        HttpMethod::Post,
        decision("check", "Every verdict with its reasons and what to do next.", "decision.answer"),
    );
    add("/v1/ask", HttpMethod::Post, decision("ask", "What to ask next, and what each answer decides.", "part"));
    add(
        "/v1/changes",
        HttpMethod::Post,
        decision("changes", "What would change the verdicts, by whom and until when.", "part"),
    );
    add("/v1/screen", HttpMethod::Post, screen());
    let rules = operation("rules", "Every decision of the rules.").response("200", json_of("The list.", "programs.list"));
    add("/v1/rules", HttpMethod::Get, unchanged(rules));
    let id = ParameterBuilder::new().name("id").parameter_in(ParameterIn::Path).description(Some("Id of a decision."));
    let rule = operation("rule", "The terms of one decision in words, with sources and tables.")
        .parameter(id.schema(Some(text())))
        .response("200", json_of("The decision.", "programs.one"))
        .response("404", problem("The rules decide nothing of this name."));
    add("/v1/rules/{id}", HttpMethod::Get, unchanged(rule));
    let name = ParameterBuilder::new().name("reference").parameter_in(ParameterIn::Path);
    let name = name.description(Some("How the account is called.")).schema(Some(text())).build();
    let facts = |told: ResponseBuilder, media: &str| {
        told.content(media, Content::new(Some(RefOr::<Schema>::Ref(Ref::from_schema_name("facts")))))
    };
    let saved = ["application/json", "application/yaml"].into_iter().fold(ResponseBuilder::new(), facts);
    let load = operation("load_account", "The saved facts document of an account.")
        .parameter(name.clone())
        .response("200", saved.description("The document as it was saved.").build())
        .response("404", problem("No account is saved under this reference, or the server was started without a store."));
    add("/v1/accounts/{reference}", HttpMethod::Get, load);
    let save = posted(
        "save_account",
        "Saves the facts document of an account.",
        &DOCUMENTS,
        RefOr::Ref(Ref::from_schema_name("facts")),
    )
    .parameter(name)
    .response("204", Told::new("It is saved."))
    .response("404", problem("The server was started without a store."));
    add("/v1/accounts/{reference}", HttpMethod::Put, save);
    let state = operation("state", "The rules in force, and those that were refused because they are broken.");
    add("/v1/state", HttpMethod::Get, state.response("200", json_of("The state.", "state")));
    for (path, id, about) in [
        ("/health", "health", "The process answers."),
        ("/ready", "ready", "Requests are answered, and by which rules."),
        ("/openapi.json", "openapi", "This document."),
    ] {
        add(path, HttpMethod::Get, operation(id, about).response("200", json_of(about, "any")));
    }
    let metrics = ResponseBuilder::new().description("Text of Prometheus.").content("text/plain", Content::new(Some(text())));
    add("/metrics", HttpMethod::Get, operation("metrics", "Numbers, for Prometheus.").response("200", metrics.build()));
    paths
}

/// An operation with the refusals that every path has.
fn operation(id: &str, about: &str) -> OperationBuilder {
    let statuses = [
        ("400", "A parameter is unknown or wrong."),
        ("401", "A token is needed, unknown or no longer good."),
        ("403", "The token's scope is too narrow, or the request came from a page of another site."),
        ("421", "The server does not answer to this host name."),
        ("429", "More requests than one token may send; `Retry-After` says when to go on."),
        ("500", "A fault of the program."),
        ("503", "Too much is waiting; `Retry-After` says when to try again."),
    ];
    let operation = OperationBuilder::new().operation_id(Some(id)).summary(Some(about));
    statuses.into_iter().fold(operation, |operation, (status, about)| operation.response(status, problem(about)))
}

/// An operation on a body.
fn posted(id: &str, about: &str, media: &[&str], of: RefOr<Schema>) -> OperationBuilder {
    let bodies = media.iter().map(|media| (*media, Content::new(Some(of.clone())))).collect();
    with_body(id, about, bodies)
}

/// An operation on a body of one of these media types.
fn with_body(id: &str, about: &str, bodies: Vec<(&str, Content)>) -> OperationBuilder {
    let body = RequestBodyBuilder::new().required(Some(Required::True));
    let body = bodies.into_iter().fold(body, |body, (media, content)| body.content(media, content));
    let statuses = [
        ("408", "The body did not come in time."),
        ("413", "The body is too large."),
        ("415", "The media type is not read here."),
        ("422", "The document has errors: each with its place and what to do. Nothing was decided."),
    ];
    let operation = operation(id, about).request_body(Some(body.build()));
    statuses.into_iter().fold(operation, |operation, (status, about)| operation.response(status, problem(about)))
}

fn decision(id: &str, about: &str, answer: &str) -> OperationBuilder {
    posted(id, about, &DOCUMENTS, RefOr::Ref(Ref::from_schema_name("facts")))
        .parameter(query(
            "kind",
            "Of which kind; credits where nothing is said. Not together with `program`.",
            words(&["credit", "action", "check", "all"]),
        ))
        .parameter(query("program", "Only this decision; may stand several times.", list(text())))
        .parameter(query("as_of", "The day for which the check holds, in place of the document's.", day()))
        .parameter(query("reference", "How the account is called in the decision log.", text()))
        .response("200", json_of("The answer.", answer))
}

fn screen() -> OperationBuilder {
    let text_of = |media: &str| (media.to_owned(), Content::new(Some(text())));
    let rows = ["text/csv", "application/x-ndjson"].map(text_of);
    let rows = rows.into_iter().fold(ResponseBuilder::new(), |told, (media, content)| told.content(media, content));
    let rows = rows.description("Results, row by row. In NDJSON a line with `problem` says what is wrong with an invalid row.");
    let mut bodies: Vec<(&str, Content)> = TABLES.iter().map(|media| (*media, Content::new(Some(text())))).collect();
    bodies.push((PARTS, parts()));
    with_body(
        "screen",
        "A table of accounts: a row an account in, verdicts out, streamed. Take the results while you send. Where its columns \
         have names of their own, a mapping goes before it as a part of a form: the file that `accredit screen --mapping` reads.",
        bodies,
    )
    .parameter(query("program", "Only this decision; may stand several times. Else every credit.", list(text())))
    .parameter(query("as_of", "The day for which the check holds, in place of a column `as_of`.", day()))
    .parameter(query("long", "A row an account and decision, not a row an account.", words(&["true", "false"])))
    .parameter(query("verdict", "Only this verdict; may stand several times.", list(text())))
    .parameter(query("to", "How results are written; else as the table is.", words(&["csv", "ndjson"])))
    .response("200", rows.build())
}

/// A mapping and a table, in this order.
fn parts() -> Content {
    let mapping = ObjectBuilder::new().schema_type(Type::String).description(Some("The mapping, in YAML; it comes first."));
    let table = ObjectBuilder::new().schema_type(Type::String).description(Some("The table."));
    let form = ObjectBuilder::new()
        .schema_type(Type::Object)
        .property("mapping", mapping)
        .property("table", table)
        .required("mapping")
        .required("table");
    let media = |media: &str| EncodingBuilder::new().content_type(Some(media.to_owned())).build();
    let content = ContentBuilder::new().schema(Some(form.build()));
    content.encoding("mapping", media("application/yaml")).encoding("table", media(&TABLES.join(", "))).build()
}

/// What a client may know already.
fn unchanged(operation: OperationBuilder) -> OperationBuilder {
    operation.response("304", Told::new("Nothing has changed since the `ETag` of `If-None-Match`."))
}

fn query(name: &str, about: &str, schema: RefOr<Schema>) -> Parameter {
    let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Query).required(Required::False);
    parameter.description(Some(about)).schema(Some(schema)).build()
}

fn json_of(about: &str, schema: &str) -> Told {
    let content = Content::new(Some(RefOr::<Schema>::Ref(Ref::from_schema_name(schema))));
    ResponseBuilder::new().description(about).content("application/json", content).build()
}

fn problem(about: &str) -> Told {
    let content = Content::new(Some(RefOr::<Schema>::Ref(Ref::from_schema_name("problem"))));
    ResponseBuilder::new().description(about).content("application/problem+json", content).build()
}

fn text() -> RefOr<Schema> {
    RefOr::T(Schema::Object(ObjectBuilder::new().schema_type(Type::String).build()))
}

fn day() -> RefOr<Schema> {
    let pattern = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$";
    RefOr::T(Schema::Object(ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern)).build()))
}

fn words(words: &[&str]) -> RefOr<Schema> {
    let words = words.iter().map(|word| (*word).to_owned());
    RefOr::T(Schema::Object(ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).build()))
}

fn list(of: RefOr<Schema>) -> RefOr<Schema> {
    RefOr::T(Schema::Array(ArrayBuilder::new().items(of).build()))
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
    let text = || json!({ "type": "string" });
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
