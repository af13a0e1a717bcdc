//! What of YAML and JSON is read.

use super::{json, said, said_of_json, value, yaml};
use crate::facts::Format;
use crate::facts::document::{Node, NodeKind, parse_json, parse_yaml};
use crate::source::FileId;

#[test]
fn the_format_is_told_by_the_name_or_the_text() {
    for (name, text, want) in [
        ("a.json", "", Format::Json),
        ("a.JSON", "as_of: 1", Format::Json),
        ("a.yaml", "{}", Format::Yaml),
        ("a.b.yml", "{}", Format::Yaml),
        ("-", " \n\t{}", Format::Json),
        ("-", "\u{feff}{}", Format::Json),
        ("facts", "as_of: 2026-03-20", Format::Yaml),
        ("facts.txt", "", Format::Yaml),
    ] {
        assert_eq!(Format::of(name, text), want, "{name} {text:?}");
    }
}

#[test]
fn spans_are_exact_in_both_formats() {
    let yaml = "\u{feff}é: 'ü'\r\nb:\r\n  - \"x y\"\r\n  -  plain text  # comment\r\n  - {c: 1, ö: [2, 3]}\r\nd:\r\n";
    insta::assert_snapshot!(tree(parse_yaml(FileId(0), yaml).document.unwrap().root(), yaml), @r#"
    map ⟨é: \'ü\'\r\nb:\r\n  - \"x y\"\r\n  -  plain text  # comment\r\n  - {c: 1, ö: [2, 3]}\r\nd⟩
    key "é" ⟨é⟩ Scalar { text: "ü", plain: false } ⟨\'ü\'⟩
    key "b" ⟨b⟩ list ⟨- \"x y\"\r\n  -  plain text  # comment\r\n  - {c: 1, ö: [2, 3]}⟩
    Scalar { text: "x y", plain: false } ⟨\"x y\"⟩
    Scalar { text: "plain text", plain: true } ⟨plain text⟩
    map ⟨{c: 1, ö: [2, 3]}⟩
    key "c" ⟨c⟩ Scalar { text: "1", plain: true } ⟨1⟩
    key "ö" ⟨ö⟩ list ⟨[2, 3]⟩
    Scalar { text: "2", plain: true } ⟨2⟩
    Scalar { text: "3", plain: true } ⟨3⟩
    key "d" ⟨d⟩ Null ⟨⟩
    "#);
    let json = "\u{feff}{\"é\": \"ü\\u00e4\", \"b\\n\" : [\"x\", 1.50, -2e3, true, null, {}, []]\t}\r\n";
    insta::assert_snapshot!(tree(parse_json(FileId(0), json).document.unwrap().root(), json), @r#"
    map ⟨{\"é\": \"ü\\u00e4\", \"b\\n\" : [\"x\", 1.50, -2e3, true, null, {}, []]\t}⟩
    key "é" ⟨\"é\"⟩ Scalar { text: "üä", plain: false } ⟨\"ü\\u00e4\"⟩
    key "b\n" ⟨\"b\\n\"⟩ list ⟨[\"x\", 1.50, -2e3, true, null, {}, []]⟩
    Scalar { text: "x", plain: false } ⟨\"x\"⟩
    Scalar { text: "1.50", plain: true } ⟨1.50⟩
    Scalar { text: "-2e3", plain: true } ⟨-2e3⟩
    Scalar { text: "true", plain: true } ⟨true⟩
    Null ⟨null⟩
    map ⟨{}⟩
    list ⟨[]⟩
    "#);
}

/// Every key and value with what its span marks.
fn tree(node: Node<'_>, text: &str) -> String {
    let marked = |span: crate::source::Span| text.get(span.range()).unwrap().escape_debug().to_string();
    let mut out = String::new();
    match node.kind() {
        NodeKind::Map(entries) => {
            out += &format!("map ⟨{}⟩\n", marked(node.span()));
            for (key, node) in entries {
                out += &format!("key {:?} ⟨{}⟩ {}", key.text, marked(key.span), tree(node, text));
            }
        }
        NodeKind::List(nodes) => {
            out += &format!("list ⟨{}⟩\n", marked(node.span()));
            nodes.for_each(|node| out += &tree(node, text));
        }
        kind => out += &format!("{kind:?} ⟨{}⟩\n", marked(node.span())),
    }
    out
}

#[test]
fn byte_order_mark_line_ends_and_tabs_are_accepted() {
    for text in [
        "\u{feff}as_of: 2026-03-20\naccount: {country: NO}",
        "as_of: 2026-03-20\r\naccount:\r\n  country: NO\r\n",
        "as_of: \t2026-03-20\t\naccount: \t{\tcountry: \tNO\t}\t# tab\n\t\n",
        "---\nas_of: 2026-03-20\naccount:\n  ? country\n  : NO\n...\n",
        "%YAML 1.2\n---\nas_of: 2026-03-20\naccount:\n  country: >-\n    NO\n",
    ] {
        assert_eq!(value(&yaml(text), "account.country"), "NO", "{text:?}");
    }
    let text = "\u{feff}\r\n{\t\"as_of\": \"2026-03-20\",\r\n \"account\": {\"country\": \"NO\"}}\r\n";
    assert_eq!(value(&json(text), "account.country"), "NO");
}

#[test]
fn anchors_aliases_merge_keys_and_tags_are_refused() {
    insta::assert_snapshot!(said("
as_of: &day 2026-03-20
account: &base {country: US}
shop: *base
code:
  <<: *base
  <<: {kind: none}
signup: {<<: [*base]}
spend: {first_spend_on: *day, qualifying: !!str 3}
user: !thing
  bc_role: none
"), @r#"
    2:8 [document-alias] an anchor (`&`) is not read in a facts document
      2:8: &day
      help: remove it, and write the value out wherever it is needed
    3:10 [document-alias] an anchor (`&`) is not read in a facts document
      3:10: &base
      help: remove it, and write the value out wherever it is needed
    4:7 [document-alias] an alias (`*`) is not read in a facts document
      4:7: *base
      help: write the value out
    6:3 [document-alias] a merge key (`<<`) is not read in a facts document
      6:3: <<
      help: write the facts out
    7:3 [document-alias] a merge key (`<<`) is not read in a facts document
      7:3: <<
      help: write the facts out
    8:10 [document-alias] a merge key (`<<`) is not read in a facts document
      8:10: <<
      help: write the facts out
    8:15 [document-alias] an alias (`*`) is not read in a facts document
      8:15: *base
      help: write the value out
    9:25 [document-alias] an alias (`*`) is not read in a facts document
      9:25: *day
      help: write the value out
    9:43 [document-syntax] a tag (`!`) is not read in a facts document
      9:43: !!str
      help: remove it; the vocabulary says which type a fact has
    10:7 [document-syntax] a tag (`!`) is not read in a facts document
      10:7: !thing
      help: remove it; the vocabulary says which type a fact has
    "#);
    insta::assert_snapshot!(said("as_of: *nowhere"), @r#"
    1:8 [document-alias] an alias (`*`) is not read in a facts document
      1:8: *nowhere
      help: write the value out
    "#);
    insta::assert_snapshot!(said("{*a : b}"), @r#"
    1:2 [document-alias] an alias (`*`) is not read in a facts document
      1:2: *a
      help: write the value out
    "#);
}

#[test]
fn text_that_is_no_yaml() {
    insta::assert_snapshot!(said("as_of: 2026-03-20\n---\nas_of: 2026-03-21\n"), @r#"
    2:1 [document-syntax] a second document begins here
      2:1: ---
      help: keep one document in a file
    "#);
    insta::assert_snapshot!(said("as_of: [2026-03-20"), @r#"
    1:19 [document-syntax] while parsing a list in brackets, expected ',' or ']'
      1:19:  YAML cannot be read on from here
    "#);
    insta::assert_snapshot!(said("as_of: 2026-03-20\n\taccount: {}\n"), @r#"
    1:8 [document-syntax] while scanning a text without quotes, found a tab
      1:8: 2026-03-20 YAML cannot be read on from here
      help: write spaces in place of the tab
    "#);
    insta::assert_snapshot!(said("as_of:\t2026-03-20"), @r#"
    1:8 [document-syntax] ':' must be followed by a valid YAML whitespace
      1:8: 2026-03-20 YAML cannot be read on from here
      help: write a space after `:`
    "#);
    insta::assert_snapshot!(said("a: b: c"), @r#"
    1:5 [document-syntax] a second `:` is not allowed here
      1:5: : YAML cannot be read on from here
      help: put a text that contains `: ` in quotes
    "#);
    insta::assert_snapshot!(said("as_of: \"2026"), @r#"
    1:8 [document-syntax] while scanning a quoted text, found unexpected end of the document
      1:8: \"2026 YAML cannot be read on from here
    "#);
    insta::assert_snapshot!(said("as_of: 2026-03-20\naccount: {name: a\0b}"), @r#"
    2:18 [document-syntax] the control character `\0` is not read
      2:18: \0
      help: remove it
    "#);
    insta::assert_snapshot!(said("as_of: 2026-03-20\n? [a]\n: b"), @r#"
    2:3 [document-syntax] a key is one word, not a mapping or a list
      2:3: [
    "#);
    insta::assert_snapshot!(said("as_of: 2026-03-20\n: b"), @r#"
    2:1 [document-syntax] a key is missing here
      2:1:
    "#);
    insta::assert_snapshot!(said("account: @x"), @r#"
    1:10 [document-syntax] unexpected character: `@'
      1:10: @x YAML cannot be read on from here
      help: put a text that begins with this character in quotes
    "#);
}

#[test]
fn text_that_is_no_json() {
    for text in [
        "{\"as_of\": \"2026-03-20\"",
        "{\"as_of\": \"2026",
        "{\"as_of\" \"2026\"}",
        "{\"a\": [1, 2",
        "{\"a\": [1,]}",
        "{\"a\": 1,}",
        "{a: 1}",
        "{\"a\": tru}",
        "{\"a\": NaN}",
        "{\"a\": 01}",
        "{\"a\": \"\0\"}",
        "{\"a\": \"\\x\"}",
        "{\"a\": \"\\ud800\"}",
        "{} {}",
        "{\"a\": é}",
        "\0",
    ] {
        let findings = parse_json(FileId(0), text);
        assert!(findings.document.is_none(), "{text}");
        assert_eq!(findings.findings.len(), 1, "{text}");
        assert_eq!(findings.findings[0].code.name, "document-syntax", "{text}");
    }
    insta::assert_snapshot!(said_of_json("{\"as_of\": \"2026-03-20\",\n \"account\": {\"name\": é}}"), @r#"
    2:22 [document-syntax] a value is expected here
      2:22: é JSON cannot be read on from here
    "#);
    insta::assert_snapshot!(said_of_json("{\"as_of\": \"2026-03-20\",}"), @r#"
    1:24 [document-syntax] a comma stands before the closing bracket
      1:24: } JSON cannot be read on from here
    "#);
    insta::assert_snapshot!(said_of_json("{\"as_of\": \"2026-03-20\""), @r#"
    1:23 [document-syntax] the text ends inside a mapping
      1:23:  JSON cannot be read on from here
    "#);
}

#[test]
fn documents_that_say_nothing() {
    for text in ["", " \n\t\n", "\u{feff}", "# nothing yet\n", "---\n", "---\n...\n", "null", "~"] {
        assert!(said(text).contains("[document-empty]"), "{text:?}: {}", said(text));
    }
    for text in ["", "  \n", "null"] {
        assert!(said_of_json(text).contains("[document-empty]"), "{text:?}: {}", said_of_json(text));
    }
}

#[test]
fn the_tree_agrees_with_serde_yaml_on_every_case_file() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/rules/tiktok");
    let mut seen = 0;
    for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if !path.to_string_lossy().ends_with(".cases.yaml") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let parsed = parse_yaml(FileId(0), &text);
        assert!(parsed.findings.is_empty(), "{}: {}", path.display(), super::told(&text, &parsed.findings));
        alike(parsed.document.unwrap().root(), &serde_yaml::from_str(&text).unwrap());
        seen += 1;
    }
    assert!(seen > 0);
}

/// The same shape and the same keys; a scalar that serde_yaml leaves a text has the same text.
fn alike(node: Node<'_>, value: &serde_yaml::Value) {
    match (node.kind(), value) {
        (NodeKind::Map(entries), serde_yaml::Value::Mapping(mapping)) => {
            assert_eq!(entries.count(), mapping.len());
            for (key, node) in entries {
                alike(node, mapping.get(key.text).unwrap_or_else(|| panic!("no {}", key.text)));
            }
        }
        (NodeKind::List(nodes), serde_yaml::Value::Sequence(values)) => {
            assert_eq!(nodes.count(), values.len());
            nodes.zip(values).for_each(|(node, value)| alike(node, value));
        }
        (NodeKind::Scalar { text, .. }, serde_yaml::Value::String(value)) => assert_eq!(text, value),
        (NodeKind::Scalar { plain, .. }, serde_yaml::Value::Bool(_) | serde_yaml::Value::Number(_)) => assert!(plain),
        (NodeKind::Null, serde_yaml::Value::Null) => {}
        (kind, value) => panic!("{kind:?} {value:?}"),
    }
}

#[test]
fn every_example_of_a_page_is_refused_with_its_code() {
    let names = ["document-alias", "document-empty", "document-syntax", "missing-day", "unknown-fact", "duplicate-key"];
    let more = ["wrong-form", "missing-key", "duplicate-record", "contradiction", "unequal-sum"];
    for name in names.iter().chain(&more) {
        let page = crate::diagnostic::find(name).unwrap().page;
        let example = page.split_once("```yaml\n").and_then(|(_, rest)| rest.split_once("```")).unwrap().0;
        assert!(said(example).contains(&format!("[{name}]")), "{name}: {}", said(example));
    }
}
