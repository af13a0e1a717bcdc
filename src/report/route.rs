//! Support routes: what to check first, whom to ask, what to bring, how long it takes.
//!
//! In: a program. Out: all routes or one, in every form.
//! Owns their page and their JSON. Never picks a route.

use serde::Serialize;

use super::Form;
use super::page::{Block, Item, Line, Page, code, plain, quiet, strong};
use super::programs::written;
use super::reasons::source_line;
use super::shapes::{RulesJson, cites};
use super::value::each;
use crate::program::{Program, Route};

/// Every route, by what the client sees.
pub fn routes(program: &Program, form: Form) -> String {
    if form == Form::Json {
        let routes = each(&program.routes, |one| route_json(program, one));
        return written(&RoutesJson { schema: 1, rules: RulesJson::new(program), routes });
    }
    let title = "Ways to support".to_owned();
    if matches!(form, Form::Text(_)) {
        let items = program.routes.iter().map(|one| {
            let line = vec![code(one.id.as_str()), plain(": "), strong(one.symptom.as_str())];
            let what = format!("{}; expect: {}", one.channel, one.expect);
            Item { mark: None, line, blocks: vec![Block::Say(vec![plain(what)])] }
        });
        let items = items.collect();
        let blocks = vec![Block::Heading(1, vec![plain(title.clone())]), Block::List { numbered: false, items }];
        return super::shown(&Page { title, blocks }, form);
    }
    let head = ["Id", "What the client sees", "Channel", "Expect"].map(str::to_owned).to_vec();
    let rows = program.routes.iter().map(|one| {
        vec![
            vec![code(one.id.as_str())],
            vec![strong(one.symptom.as_str())],
            vec![plain(one.channel.as_str())],
            vec![plain(one.expect.as_str())],
        ]
    });
    let caption = "Routes by symptom".to_owned();
    let blocks = vec![Block::Heading(1, vec![plain(title.clone())]), Block::Table { caption, head, rows: rows.collect() }];
    super::shown(&Page { title, blocks }, form)
}

/// One route.
pub fn route(program: &Program, route: &Route, form: Form) -> String {
    if form == Form::Json {
        let route = route_json(program, route);
        return written(&RouteOneJson { schema: 1, rules: RulesJson::new(program), route });
    }
    super::shown(&page(program, route), form)
}

pub(super) fn page<'a>(program: &'a Program, route: &'a Route) -> Page<'a> {
    let items = |texts: &'a [String]| -> Vec<Item<'a>> {
        texts.iter().map(|text| Item { line: vec![plain(text.as_str())], ..Item::default() }).collect()
    };
    let mut blocks = vec![
        Block::Heading(1, vec![plain(route.symptom.as_str())]),
        Block::Heading(2, vec![plain("Check first")]),
        Block::List { numbered: true, items: items(&route.first) },
        Block::Heading(2, vec![plain("Then")]),
        Block::Fields(vec![
            ("Channel".into(), vec![strong(route.channel.as_str())]),
            ("Expect".into(), vec![plain(route.expect.as_str())]),
            ("If that does not help".into(), vec![plain(route.escalate.as_str())]),
        ]),
        Block::Heading(2, vec![plain("Bring")]),
        Block::List { numbered: false, items: items(&route.bring) },
    ];
    let sources: Vec<Line<'a>> =
        route.cites.iter().filter_map(|at| program.sources.get(*at)).map(|source| source_line(source, true)).collect();
    blocks.push(Block::Heading(2, vec![plain("Sources")]));
    let sources = sources.into_iter().map(|line| Item { line, ..Item::default() });
    blocks.push(Block::List { numbered: false, items: sources.collect() });
    blocks.push(Block::Say(vec![quiet(format!("Rules {} {}", program.name, program.version))]));
    Page { title: route.symptom.clone(), blocks }
}

#[derive(Serialize)]
struct RoutesJson<'a, R> {
    schema: u8,
    rules: RulesJson<'a>,
    routes: R,
}

#[derive(Serialize)]
struct RouteOneJson<'a, R> {
    schema: u8,
    rules: RulesJson<'a>,
    route: R,
}

#[derive(Serialize)]
struct RouteJson<'a, C> {
    id: &'a str,
    symptom: &'a str,
    first: &'a [String],
    channel: &'a str,
    expect: &'a str,
    escalate: &'a str,
    bring: &'a [String],
    cites: C,
}

fn route_json<'a>(program: &'a Program, route: &'a Route) -> impl Serialize + 'a {
    RouteJson {
        id: &route.id,
        symptom: &route.symptom,
        first: &route.first,
        channel: &route.channel,
        expect: &route.expect,
        escalate: &route.escalate,
        bring: &route.bring,
        cites: cites(program, &route.cites),
    }
}
