//! Every rendering of every made account, as it was looked at and approved.

use super::accounts::{EARNED, GONE, HOSTILE, ON_TRACK, SEASONS};
use super::{facts, library, report, rules, rules_and};
use crate::RuleSet;
use crate::advise::{Advised, Adviser};
use crate::eval::{Workspace, run};
use crate::program::Program;
use crate::report::{
    Form, PROGRAMS_SCHEMA, Report, SCHEMA, Style, html, json, markdown, program, programs, route, routes, text,
};
use crate::syntax::DecisionKind;

const PLAIN: Style = Style { color: false, width: 80, full: false, unicode: false };

/// Runs `look` on every made account, under the approved rules.
fn each_account(look: impl FnMut(&str, &Report<'_>)) {
    each_account_under(&rules(), look);
}

fn each_account_under(rules: &RuleSet, mut look: impl FnMut(&str, &Report<'_>)) {
    for (name, day, text) in [
        ("on_track", "2026-03-20", ON_TRACK),
        ("hostile", "2026-03-20", HOSTILE),
        ("earned", "2026-04-02", EARNED),
        ("gone", "2026-04-02", GONE),
        // One day after the sure days: only one reading still counts it.
        ("boundary", "2026-03-31", ON_TRACK),
        ("nothing", "2026-03-20", ""),
    ] {
        let facts = facts(rules.program(), day, text);
        look(name, &report(rules, &facts, |_| true));
    }
}

#[test]
fn text_for_a_terminal() {
    each_account(|name, report| {
        insta::assert_snapshot!(format!("text_{name}"), text(report, &PLAIN));
    });
}

/// Runs `look` on every made account with its advice, under the approved rules.
fn each_account_advised(rules: &RuleSet, mut look: impl FnMut(&str, &Report<'_>)) {
    let adviser = Adviser::new(rules.program(), &rules.plan);
    each_account_under(rules, |name, report| {
        let mut workspace = Workspace::new(&rules.plan);
        run(&rules.plan, report.facts, &mut workspace);
        let advised = Advised::of(rules.program(), adviser.advise(report.facts, &workspace.subjects, |_| true));
        look(name, &Report { decisions: report.decisions.clone(), advice: Some(&advised), ..*report });
    });
}

#[test]
fn advice_for_a_terminal() {
    each_account_advised(&rules(), |name, report| {
        for line in text(report, &PLAIN).lines().chain(text(report, &Style { full: true, width: 60, ..PLAIN }).lines()) {
            let wide = textwrap::core::display_width(line) > 80 && !line.contains("://");
            assert!(!wide && line.is_ascii() && line.trim_end() == line, "{name}: {line}");
        }
        let signs = text(report, &Style { unicode: true, ..PLAIN });
        let words = |text: &str| text.split_whitespace().filter(|w| w.len() > 3 && !w.starts_with(['-', '─'])).count();
        assert_eq!(words(&signs), words(&text(report, &PLAIN)), "{name}: signs add no words");
        if matches!(name, "on_track" | "boundary" | "nothing") {
            insta::assert_snapshot!(format!("advice_text_{name}"), text(report, &PLAIN));
        }
        if name == "on_track" {
            insta::assert_snapshot!("advice_markdown_on_track", markdown(report, false));
            let page = html(&[Report { decisions: report.decisions.clone(), ..*report }], false);
            assert!(page.contains("<meter min=\"0\" max=\"100\" value=\"90\">90 %</meter>"));
        }
        for id in ["new_advertiser_ladder", "account.creation_path", ".terms:"] {
            assert!(!markdown(report, false).contains(id) && !markdown(report, true).contains(id), "{name}: {id}");
        }
    });
}

#[test]
fn narrow_text_stays_inside_its_columns() {
    let check = |name: &str, report: &Report<'_>| {
        for width in [40, 44, 80, 132] {
            for full in [false, true] {
                let style = Style { width, full, ..PLAIN };
                for line in text(report, &style).lines() {
                    let wide = textwrap::core::display_width(line);
                    assert!(wide <= width || line.contains("://"), "{name}, {width}: {line}");
                    assert_eq!(line.trim_end(), line, "{name}, {width}");
                    assert!(line.is_ascii(), "{name}: {line}");
                }
            }
        }
    };
    each_account_under(&library(), check);
    each_account(|name, report| {
        check(name, report);
        if name == "on_track" {
            insta::assert_snapshot!("text_narrow", text(report, &Style { width: 44, ..PLAIN }));
            insta::assert_snapshot!("text_full", text(report, &Style { full: true, ..PLAIN }));
        }
    });
}

#[test]
fn colours_and_signs_add_nothing_but_themselves() {
    each_account(|name, report| {
        let plain = text(report, &PLAIN);
        let colored = text(report, &Style { color: true, ..PLAIN });
        let mut stripped = String::new();
        let mut rest = colored.as_str();
        while let Some((before, after)) = rest.split_once('\u{1b}') {
            stripped.push_str(before);
            rest = after.split_once('m').unwrap().1;
        }
        stripped.push_str(rest);
        assert_eq!(stripped, plain, "{name}");
        let signs = text(report, &Style { unicode: true, ..PLAIN });
        let words = |text: &str| text.split_whitespace().filter(|w| w.len() > 3 && !w.starts_with(['-', '─'])).count();
        assert_eq!(words(&signs), words(&plain), "{name}");
    });
}

#[test]
fn markdown_for_a_client() {
    each_account(|name, report| {
        let told = markdown(report, false);
        for id in ["new_advertiser_ladder", "account.creation_path", ".terms:", "created_self_serve"] {
            assert!(!told.contains(id) && !markdown(report, true).contains(id), "{name}: {id}");
        }
        if matches!(name, "on_track" | "hostile") {
            insta::assert_snapshot!(format!("markdown_{name}"), told);
        }
    });
}

#[test]
fn a_page_to_print() {
    each_account(|name, report| {
        let again = Report { decisions: report.decisions.clone(), ..*report };
        let page = html(&[again], false);
        assert!(!page.contains("<script") && !page.contains("src=") && !page.contains("@import"), "{name}");
        if matches!(name, "hostile") {
            assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
            insta::assert_snapshot!(format!("html_{name}"), page);
        }
        if let Ok(folder) = std::env::var("ACCREDIT_LOOK") {
            std::fs::write(format!("{folder}/{name}.html"), page).unwrap();
        }
    });
}

#[test]
fn json_by_the_schema() {
    let schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let check = |name: &str, text: &str| {
        let value: serde_json::Value = serde_json::from_str(text).unwrap();
        let wrong: Vec<String> =
            validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(wrong.is_empty(), "{name}: {wrong:#?}");
    };
    let look = |name: &str, report: &Report<'_>| {
        let again = |document| Report { decisions: report.decisions.clone(), document, ..*report };
        let one = json(&[again(None)]);
        assert_eq!(one, json(&[again(None)]), "{name}: byte for byte");
        check(name, &one);
        check(name, &json(&[again(Some("a.yaml")), again(Some("b.yaml"))]));
        let value: serde_json::Value = serde_json::from_str(&one).unwrap();
        let broken = serde_json::to_string(&value).unwrap().replace("\"closed\"", "\"shut\"").replace("\"met\"", "\"fine\"");
        if broken.contains("\"fine\"") {
            assert!(!validator.is_valid(&serde_json::from_str(&broken).unwrap()), "{name}: the schema takes any word");
        }
    };
    each_account(&look);
    each_account_advised(&rules(), &look);
    each_account_advised(&library(), &look);
    each_account_under(&library(), &look);
    let rules = rules();
    let facts = facts(rules.program(), "2026-03-20", ON_TRACK);
    let ladder = |decision: &crate::program::Decision| decision.id == "new_advertiser_ladder";
    let mut workspace = Workspace::new(&rules.plan);
    run(&rules.plan, &facts, &mut workspace);
    let adviser = Adviser::new(rules.program(), &rules.plan);
    let advised = Advised::of(rules.program(), adviser.advise(&facts, &workspace.subjects, ladder));
    let told = Report { advice: Some(&advised), ..report(&rules, &facts, ladder) };
    // One object a line, in the order in which the fields are written.
    let told = json(&[told]).replace(&rules.program().digest, "sha256:0").replace("{\"", "\n{\"");
    insta::assert_snapshot!("json_on_track", told.trim());
}

#[test]
fn writing_is_fast() {
    let rules = rules();
    let facts = facts(rules.program(), "2026-04-02", EARNED);
    let told = [report(&rules, &facts, |_| true)];
    let mut bytes = Vec::with_capacity(1 << 20);
    crate::report::write_json(&told, &mut bytes).unwrap();
    let rounds = 200;
    let start = std::time::Instant::now();
    for _ in 0..rounds {
        bytes.clear();
        crate::report::write_json(&told, &mut bytes).unwrap();
    }
    let each = start.elapsed() / rounds;
    println!("{} bytes in {each:?}", bytes.len());
}

#[test]
fn the_rules_in_words() {
    let rules = rules();
    let rules = rules.program();
    let counts: Vec<usize> = (0..rules.decisions.len()).collect();
    insta::assert_snapshot!("programs", programs(rules, Some(&counts), Form::Text(PLAIN)));
    let one = |id: &str, form| program(rules, rules.decision(id).unwrap(), form);
    insta::assert_snapshot!("program_ladder", one("new_advertiser_ladder", Form::Text(PLAIN)));
    insta::assert_snapshot!("program_smart_plus", one("smart_plus_offer", Form::Text(PLAIN)));
    insta::assert_snapshot!("program_woocommerce", one("woocommerce", Form::Markdown));
    let schema: serde_json::Value = serde_json::from_str(PROGRAMS_SCHEMA).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let fits = |what: &str, text: &str| {
        let value: serde_json::Value = serde_json::from_str(text).unwrap();
        let wrong: Vec<String> =
            validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(wrong.is_empty(), "{what}: {wrong:#?}");
        let named = text.replace("\"by\":\"parties\"", "\"by\":\"unstated\"");
        if named != text {
            assert!(!validator.is_valid(&serde_json::from_str(&named).unwrap()), "{what}: the schema takes parties of nobody");
        }
    };
    fits("the list without cases", &programs(rules, None, Form::Json));
    let library = library();
    let rules = library.program();
    for decision in &rules.decisions {
        let one = |form| program(rules, decision, form);
        for form in [Form::Text(PLAIN), Form::Markdown, Form::Html] {
            let told = one(form).split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(told.contains("never a promise of payment"), "{}", decision.id);
        }
        let told = one(Form::Json);
        fits(&decision.id, &told);
        assert_eq!(told.matches("\"requirements\":").count(), 1, "{}: a name stands once in an object", decision.id);
    }
    let counts: Vec<usize> = (0..rules.decisions.len()).collect();
    let listed = programs(rules, Some(&counts), Form::Json);
    fits("the list", &listed);
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    assert_eq!(listed["programs"].as_array().unwrap().len(), rules.decisions.len());
}

#[test]
fn the_ways_to_support() {
    let rules = rules();
    let rules: &Program = rules.program();
    insta::assert_snapshot!("routes", routes(rules, Form::Text(PLAIN)));
    insta::assert_snapshot!("route", route(rules, &rules.routes[3], Form::Markdown));
    let listed: serde_json::Value = serde_json::from_str(&routes(rules, Form::Json)).unwrap();
    assert_eq!(listed["routes"].as_array().unwrap().len(), rules.routes.len());
}

#[test]
fn every_rendering_promises_nothing() {
    each_account(|name, report| {
        let again = Report { decisions: report.decisions.clone(), ..*report };
        for told in [text(report, &PLAIN), markdown(report, false), html(&[again], true)] {
            let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(told.contains("published terms are met. It is never a promise of payment"), "{name}");
        }
        let kinds = report.decisions.iter().filter(|told| told.decision.kind == DecisionKind::Credit).count();
        assert!(kinds > 0 || name == "nothing");
    });
}

#[test]
fn a_program_that_is_over_and_a_limit_that_is_passed() {
    let rules = rules_and(SEASONS);
    let text_of = "
        account.registered_on = 2026-04-04
        account.unpaid_balance = 30.50 USD
    ";
    let facts = facts(rules.program(), "2026-04-06", text_of);
    let wanted = ["autumn_push", "money_in_order", "account_approved"];
    let report = report(&rules, &facts, |decision| wanted.contains(&decision.id.as_str()));
    insta::assert_snapshot!("text_closed", text(&report, &PLAIN));
    insta::assert_snapshot!("markdown_closed_full", markdown(&report, true));
}
