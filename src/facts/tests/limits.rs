//! Documents that mean harm.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::{READER, said, said_of_json, value, yaml};
use crate::facts::Format;
use crate::facts::document::{MAX_BYTES, MAX_TEXT, parse};
use crate::source::FileId;

#[test]
fn the_size_of_a_document_is_limited() {
    let text = |size: usize| {
        let text = "as_of: 2026-03-20 #";
        format!("{text}{}", "x".repeat(size - text.len()))
    };
    assert_eq!(said(&text(MAX_BYTES)), "sound");
    insta::assert_snapshot!(said(&text(MAX_BYTES + 1)), @r#"
    1:1 [document-too-large] the document has 1048577 bytes, more than 1048576
      1:1: 
      help: split it: one document describes one account
    "#);
    assert!(said_of_json(&text(MAX_BYTES + 1)).contains("[document-too-large]"));
}

#[test]
fn the_size_of_a_text_is_limited() {
    let text = |size: usize| format!("as_of: 2026-03-20\naccount: {{name: {}}}", "x".repeat(size));
    assert_eq!(value(&yaml(&text(MAX_TEXT)), "account.name").len(), MAX_TEXT);
    assert!(
        said(&text(MAX_TEXT + 1))
            .starts_with("2:17 [impossible-value] the text of `account.name` has 4097 bytes, more than 4096")
    );
}

#[test]
fn depth_is_limited_before_it_costs_stack() {
    for depth in [33, 300, 10_000, 400_000] {
        for (format, open) in [
            (Format::Json, "[".repeat(depth)),
            (Format::Json, "{\"a\":".repeat(depth.min(200_000))),
            (Format::Yaml, "[".repeat(depth)),
            (Format::Yaml, "{a: ".repeat(depth.min(200_000))),
            (Format::Yaml, "- ".repeat(depth)),
            (Format::Yaml, "? ".repeat(depth)),
            (Format::Yaml, (0..depth.min(1_400)).map(|n| format!("{}a:\n", " ".repeat(n))).collect()),
        ] {
            let findings = READER.read(FileId(0), &open, format).unwrap_err();
            let codes: Vec<_> = findings.iter().map(|finding| finding.code.name).collect();
            let complex_key = open.starts_with('?');
            assert!(
                codes == ["document-too-deep"] || complex_key && codes == ["document-syntax"],
                "{depth} {codes:?} {open:.20}"
            );
        }
    }
    let within = format!("{}1{}", "[".repeat(32), "]".repeat(32));
    for format in [Format::Json, Format::Yaml] {
        assert!(parse(FileId(0), &within, format).document.is_some());
    }
    insta::assert_snapshot!(said_of_json(&"[".repeat(40)), @r#"
    1:33 [document-too-deep] mappings and lists are more than 32 deep inside each other
      1:33: [
      help: a facts document needs three levels: section or list, record, fact
    "#);
}

#[test]
fn hostile_documents_are_refused_in_good_time() {
    let fill = |part: &str| part.repeat((MAX_BYTES - 100) / part.len());
    let many = |part: &dyn Fn(usize) -> String| {
        let mut text = String::new();
        for n in 0.. {
            let part = part(n);
            if text.len() + part.len() > MAX_BYTES - 100 {
                break;
            }
            text += &part;
        }
        text
    };
    let documents = [
        ("the same key", Format::Json, format!("{{{}\"a\":1}}", fill("\"a\":1,"))),
        (
            "two keys in turn",
            Format::Json,
            format!("{{{}\"c\":1}}", many(&|n| format!("\"{}\":1,", if n % 2 == 0 { "a".into() } else { n.to_string() }))),
        ),
        ("many unknown keys", Format::Json, format!("{{{}\"a\":1}}", many(&|n| format!("\"statu{n}\":1,")))),
        ("a long key", Format::Json, format!("{{\"{}\":1}}", fill("a"))),
        ("a long word", Format::Json, format!("{{\"account\":{{\"status\":\"{}\"}}}}", fill("a"))),
        ("a long amount", Format::Json, format!("{{\"spend\":{{\"qualifying\":\"{} USD\"}}}}", fill("9"))),
        (
            "many texts",
            Format::Json,
            format!(
                "{{\"as_of\":\"2026-03-20\",\"campaigns\":[{}{{\"id\":\"\"}}]}}",
                many(&|n| format!("{{\"id\":\"{n}\"}},"))
            ),
        ),
        ("one key for all records", Format::Json, format!("{{\"campaigns\":[{}{{\"id\":\"\"}}]}}", fill("{\"id\":\"1\"},"))),
        ("escapes", Format::Json, format!("{{\"account\":{{\"name\":\"{}\"}}}}", fill("\\n"))),
        ("the same key", Format::Yaml, format!("{{{}a: 1}}", fill("a: 1,"))),
        ("many lines", Format::Yaml, fill("é: 1\n")),
        ("one long line", Format::Yaml, format!("[{}]", fill("é,"))),
        ("a long scalar", Format::Yaml, fill("a ")),
        ("many anchors", Format::Yaml, format!("[{}]", many(&|n| format!("&a{n} 1,")))),
        ("many aliases", Format::Yaml, format!("[&a 1,{}]", fill("*a,"))),
        ("many documents", Format::Yaml, fill("--- a\n")),
        ("many tags", Format::Yaml, format!("[{}]", fill("!a b,"))),
        ("many colons", Format::Yaml, fill(": ")),
        ("many quotes", Format::Yaml, fill("\"")),
        ("many tabs", Format::Yaml, format!("a:{}", fill("\t"))),
        ("many breaks", Format::Yaml, format!("a:{}", fill("\n"))),
        ("a long comment", Format::Yaml, format!("#{}", fill("é"))),
        ("a long block", Format::Yaml, format!("a: |\n{}", fill("  b\n"))),
    ];
    for (what, format, text) in documents {
        let start = Instant::now();
        let read = READER.read(FileId(0), &text, format);
        let spent = start.elapsed();
        eprintln!("{what}, {format:?}: {spent:?}, {}", read.as_ref().map_or_else(Vec::len, |_| 0));
        assert!(read.is_err(), "{what}");
        assert!(spent < Duration::from_secs(5), "{what}: {spent:?}");
    }
}

#[test]
fn at_most_a_hundred_problems_are_listed() {
    let text = format!("as_of: 2026-03-20\naccount:\n{}", (0..150).map(|n| format!("  unheard_{n}: 1\n")).collect::<String>());
    let findings = READER.read(FileId(0), &text, Format::Yaml).unwrap_err();
    assert_eq!(findings.len(), 100);
    assert!(findings[99].help.as_ref().unwrap().ends_with("(correct these first; 50 more are not listed)"));
}

#[test]
fn messages_repeat_no_control_characters_and_no_long_texts() {
    let text = format!("{{\"as_of\": \"2026-03-20\", \"account\": {{\"status\": \"\\u001b[31m`{}\"}}}}", "x".repeat(100));
    insta::assert_snapshot!(said_of_json(&text), @r#"
    1:47 [unknown-value] `\u{1b}[31m'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…` is no value of `account.status`
      1:47: \"\\u001b[31m`xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"
      help: it is one of approved, not_approved, in_review, suspended, contract_pending, disabled
    "#);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn no_text_panics_and_every_span_lies_in_it(text in "[a-c:{}\\[\\]\"'\\\\,&*!|>?#% \t\r\n\\-é😀\u{0}\u{85}\u{2028}\u{feff}~<0-9.]{0,60}") {
        for format in [Format::Yaml, Format::Json] {
            if let Err(findings) = READER.read(FileId(0), &text, format) {
                super::told(&text, &findings);
            }
        }
    }

    #[test]
    fn damaged_documents_do_not_panic(at in 0_usize..400, length in 0_usize..9, with in "[ -~\n\t\u{0}é]{0,6}") {
        let text = "as_of: 2026-03-20\naccount: {country: US, id: '7', registered_on: 2026-03-01}\nspend:\n  qualifying: 250 USD\n  tax_in_window: {amount: 3, currency: USD}\noffers:\n  - {program: amex, discount_percent: 50%, earn_by: 2026-03-01}\n  - program: ecwid\ncampaigns: [{id: 7}]\nshop: {invited_programs: [newstar], performance_score: 4.1}\n";
        let json = serde_json::to_string(&serde_yaml::from_str::<serde_json::Value>(text).unwrap()).unwrap();
        for (format, text) in [(Format::Yaml, text), (Format::Json, json.as_str())] {
            let (from, to) = (at.min(text.len()), (at + length).min(text.len()));
            let text = format!("{}{with}{}", &text[..from], &text[to..]);
            if let Err(findings) = READER.read(FileId(0), &text, format) {
                super::told(&text, &findings);
            }
        }
    }
}
