//! Both ways of reading give the same: facts directly from the text, and from its tree.
//!
//! Documents are drawn from the vocabulary, with faults of all kinds, and damaged byte by byte. `ACCREDIT_DOCUMENTS` (5,000 by
//! default) sets how many, `ACCREDIT_SEED` where they start.

use std::fmt::Write as _;

use proptest::prelude::Rng;
use proptest::test_runner::{RngAlgorithm, TestRng};

use super::{PROGRAM, READER, SELF_SERVE, told};
use crate::facts::{Accounts, Facts, Format};
use crate::program::{Fact, Section, Type};
use crate::source::FileId;

/// The account that benchmarks read.
const TYPICAL: &str = include_str!("../../../benches/account.json");

#[test]
fn the_room_of_other_facts_leaves_no_trace() {
    let texts = [
        (Format::Yaml, SELF_SERVE),
        (Format::Json, TYPICAL),
        (
            Format::Yaml,
            "as_of: 2026-03-20\naccount: {name: Prospect, id: '7'}\ncampaigns: [{id: 7}, {id: 8}]\noffers: [{program: amex}]",
        ),
        (Format::Json, r#"{"as_of": "2026-03-20", "account": {"name": "Other"}, "campaigns": [{"id": 9}]}"#),
        (Format::Json, r#"{"as_of": "2026-03-20", "offers": [{"program": "ecwid"}, {"program": " amex "}]}"#),
        (Format::Json, r#"{"as_of": "2026-03-20", "account.name": "Flat", "shop.performance_score": 4.1}"#),
        (Format::Json, r#"{"as_of": "2026-03-20", "account": {"nickname": "Other"}, "campaigns": [{"id": 1}]}"#),
        (Format::Yaml, "as_of: 2026-03-21\naccount: {name: Other}"),
        (Format::Yaml, "as_of: 2026-03-22\naccount: {nickname: Other}"),
        (Format::Json, r#"{"as_of": "2026-03-20"}"#),
        (Format::Yaml, "as_of: 2026-03-23"),
    ];
    let mut accounts = READER.accounts();
    for (format, text) in texts.iter().chain(texts.iter().rev()).chain(texts.iter().step_by(2)) {
        same(&mut accounts, text, *format);
    }
}

#[test]
fn what_is_usual_is_read_directly_and_nothing_wrong_is() {
    let usual = [
        TYPICAL,
        r#"{"as_of":"2026-03-20"}"#,
        " {\"shop\" : {\"performance_score\" : 4.10, \"invited_programs\" : [ \"newstar\" , \"newstar\" ] },\"as_of\":\"2026-03-20\"} \n",
        r#"{"as_of": "2026-03-20", "account": {"name": "\u00fc\n", "country": null, "status": " "}, "shop": null, "credits": null}"#,
        r#"{"account.country": "US", "as_of": "2026-03-20", "account": {"currency": "USD"}, "campaigns": []}"#,
        r#"{"as_of": "2026-03-20", "spend": {"qualifying": "1250.10 USD"}, "account": {"failed_charges": 0}}"#,
    ];
    let mut accounts = READER.accounts();
    assert!(!accounts.is_read_directly(r#"{"": null, "as_of": "2026-03-20"}"#), "an empty key");
    for text in usual {
        assert!(accounts.is_read_directly(text), "{text}");
        same(&mut accounts, text, Format::Json);
    }
    let unusual = [
        ("{}", "no day"),
        (r#"{"as_of": ""}"#, "a blank day"),
        (r#"{"as_of": "2026-03-20", "as_of": "2026-03-20"}"#, "a key twice"),
        (r#"{"as_of": "2026-03-20", "shop": null, "shop": null}"#, "a section twice"),
        (r#"{"as_of": "2026-03-20", "account": {"country": null, "country": "US"}}"#, "a fact twice, not known once"),
        (r#"{"as_of": "2026-03-20", "account": {"country": "US"}, "account.country": "US"}"#, "a fact in two places"),
        (r#"{"as_of": "2026-03-20", "campaigns": [{"id": 7}, {"id": "7"}]}"#, "two records of one key"),
        (r#"{"as_of": "2026-03-20", "campaigns": [{"id": 7, "id": 7}]}"#, "a key of a record twice"),
        (r#"{"as_of": "2026-03-20", "campaigns": [{"id": " "}]}"#, "a blank key"),
        (r#"{"as_of": "2026-03-20", "campaigns": [{}]}"#, "no key"),
        (r#"{"as_of": "2026-03-20", "campaigns": [null]}"#, "no record"),
        (r#"{"as_of": "2026-03-20", "account": {"failed_charges": 1e3}}"#, "an exponent"),
        (r#"{"as_of": "2026-03-20", "account": {"failed_charges": 1000000000000001}}"#, "a large number"),
        (r#"{"as_of": "2026-03-20", "shop": {"performance_score": 4.1, "has_performance_score": false}}"#, "a contradiction"),
        (r#"{"as_of": "2026-03-20", "shop": {"performance_score": 4.1000000001}}"#, "a fine number"),
        (r#"{"as_of": "2026-03-20"} 1"#, "more text"),
        (r#"{"as_of": "2026-03-20",}"#, "a comma too many"),
    ];
    for (text, why) in unusual {
        assert!(!accounts.is_read_directly(text), "{why}");
        same(&mut accounts, text, Format::Json);
    }
}

#[test]
fn both_ways_of_reading_give_the_same() {
    let number = |name: &str| std::env::var(name).ok().and_then(|number| number.parse::<u64>().ok());
    let seed = number("ACCREDIT_SEED").unwrap_or(1);
    let (mut direct, mut sound, mut refused) = (0, 0, 0);
    let mut accounts = READER.accounts();
    for at in seed..seed + number("ACCREDIT_DOCUMENTS").unwrap_or(5_000) {
        let mut draw = Draw::new(at);
        let text = draw.document();
        match (accounts.is_read_directly(&text), same(&mut accounts, &text, Format::Json)) {
            (true, true) => direct += 1,
            (false, true) => sound += 1,
            (false, false) => refused += 1,
            (true, false) => panic!("read directly, though it is not sound; seed {at}:\n{text}"),
        }
    }
    eprintln!("read directly {direct}, sound {sound}, refused {refused}");
    assert!(direct > 0 && sound > 0 && refused > 0, "{direct} {sound} {refused}");
}

/// Reads a document in the room of others and by itself, which must come to the same. Is it sound?
fn same(accounts: &mut Accounts<'_>, text: &str, format: Format) -> bool {
    let told = |findings: Vec<_>| told(text, &findings);
    let alone: Result<Facts, String> = READER.read(FileId(0), text, format).map_err(told);
    let read = accounts.read(FileId(0), text, format).cloned().map_err(told);
    assert_eq!(read, alone, "{text}");
    read.is_ok()
}

/// Draws documents.
struct Draw {
    rng: TestRng,
    /// Of a thousand decisions about what to write, so many are faults.
    faults: usize,
}

impl Draw {
    fn new(seed: u64) -> Self {
        let mut bytes = [7; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        let mut draw = Self { rng: TestRng::from_seed(RngAlgorithm::ChaCha, &bytes), faults: 0 };
        draw.faults = draw.pick(&[0, 0, 4, 30]);
        draw
    }

    fn below(&mut self, bound: usize) -> usize {
        self.rng.next_u32() as usize % bound
    }

    fn pick<T: Copy>(&mut self, among: &[T]) -> T {
        among[self.below(among.len())]
    }

    fn fault(&mut self) -> bool {
        self.below(1000) < self.faults
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn document(&mut self) -> String {
        let mut entries = Vec::new();
        if !self.fault() {
            entries.push(format!("\"as_of\":{}", self.value(&Type::Date { optional: false })));
        }
        for section in PROGRAM.sections.iter().filter(|section| !section.name.is_empty()) {
            for _ in 0..1 + usize::from(self.fault()) {
                match (self.below(4), section.list) {
                    (0, None) => entries.extend(self.facts(section, |fact| &fact.name)),
                    (1 | 2, None) => entries.push(format!("\"{}\":{}", section.name, self.section(section))),
                    (1, Some(_)) => entries.push(format!("\"{}\":{}", section.name, self.list(section))),
                    _ => {}
                }
            }
        }
        self.shuffle(&mut entries);
        let mut text = self.mapping(&entries);
        if self.fault() {
            text.insert(0, '\u{feff}');
        }
        if self.fault() && self.chance(50) {
            self.damage(&mut text);
        }
        text
    }

    fn section(&mut self, section: &Section) -> String {
        if self.fault() {
            return self.strange();
        }
        let mut facts = self.facts(section, |fact| &fact.local);
        self.shuffle(&mut facts);
        self.mapping(&facts)
    }

    fn list(&mut self, section: &Section) -> String {
        if self.fault() {
            return self.strange();
        }
        let records: Vec<String> = (0..self.below(4)).map(|_| self.section(section)).collect();
        format!("[{}]", records.join(" , "))
    }

    /// Some facts of a section as entries.
    fn facts(&mut self, section: &Section, name: fn(&Fact) -> &str) -> Vec<String> {
        let mut entries = Vec::new();
        let key = section.list.map(|list| PROGRAM.lists[list.0 as usize].key);
        for id in &section.facts {
            let fact = &PROGRAM.facts[id.0 as usize];
            if key == Some(*id) && !self.fault() {
                entries.push(format!("\"{}\":{}", name(fact), self.value(&fact.ty)));
                continue;
            }
            let times = usize::from(self.chance(30)) + usize::from(self.fault());
            for _ in 0..times {
                let key = match self.fault() {
                    true => self.misspelt(name(fact)),
                    false => name(fact).to_owned(),
                };
                entries.push(format!("\"{key}\":{}", self.value(&fact.ty)));
            }
        }
        entries
    }

    fn misspelt(&mut self, name: &str) -> String {
        let at = self.below(name.len());
        match self.below(4) {
            0 => format!("{}x{}", &name[..at], &name[at..]),
            1 => name.to_uppercase(),
            2 => format!("{}\\u{:04x}{}", &name[..at], name.as_bytes()[at], &name[at + 1..]),
            _ => self.pick(&["", "é", "\\n", "account", "offers", "as_of", "id"]).to_owned(),
        }
    }

    fn value(&mut self, ty: &Type) -> String {
        if self.fault() {
            return self.strange();
        }
        let quoted = |text: &str| format!("\"{text}\"");
        match ty {
            _ if self.chance(3) => self.pick(&["null", "\"\"", "\" \""]).to_owned(),
            Type::Bool => self.pick(&["true", "false", "\"yes\"", "\"no\"", "\"True\""]).to_owned(),
            Type::Date { optional: true } if self.chance(20) => quoted("none"),
            Type::Date { .. } => format!("\"2026-{:02}-{:02}\"", 1 + self.below(12), 1 + self.below(28)),
            Type::Money => {
                let fine = self.pick(&["", ".5", ".10", ".00"]);
                quoted(&format!("{}{fine} {}", self.below(2000), self.pick(&["USD", "USD", "EUR"])))
            }
            Type::Integer => match self.below(400) {
                number @ 0..300 => number.to_string(),
                number => quoted(&number.to_string()),
            },
            Type::Decimal => self.pick(&["4.1", "0", "3.000000001", "\"4.10\"", "-0", "1000000000000000"]).to_owned(),
            Type::Percent => self.pick(&["\"50%\"", "\"0.5 %\"", "\"100%\""]).to_owned(),
            Type::Text => self.pick(&["\"one\"", "\"two words\"", "7", "7.50", "true", "\"\\u00fc\\n\"", "\" é \""]).to_owned(),
            Type::Country => self.pick(&["\"US\"", "\"NO\"", "\" DE \""]).to_owned(),
            Type::Currency => self.pick(&["\"USD\"", "\"JPY\""]).to_owned(),
            Type::Enum(words) => quoted(&words[self.below(words.len())]),
            Type::Set(words) => {
                let words: Vec<String> = (0..self.below(3)).map(|_| quoted(&words[self.below(words.len())])).collect();
                format!("[{}]", words.join(","))
            }
        }
    }

    /// A value that hardly any fact has.
    fn strange(&mut self) -> String {
        let forms = [
            "null",
            "[]",
            "{}",
            "[null]",
            "[1,\"newstar\"]",
            "{\"amount\":\"3\",\"currency\":\"USD\"}",
            "{\"amount\":3}",
            "{\"id\":1}",
            "\"none\"",
            "\"yes\"",
            "1e5",
            "-1",
            "0.0000000001",
            "99999999999999999999",
            "1250.10",
            "true",
            "\"2026-02-30\"",
            "\"USD 250\"",
            "\"10000000000000.01 USD\"",
            "\"1.005 USD\"",
            "\"\\ud800\"",
            "\"\\x\"",
            "01",
            "NaN",
            "Infinity",
            "\"a\u{7}b\"",
            "tru",
            "",
            "\"usd\"",
            "[[[[]]]]",
        ];
        match self.below(forms.len() + 1) {
            at if at < forms.len() => forms[at].to_owned(),
            _ => format!("\"{}\"", "x".repeat(4095 + self.below(3))),
        }
    }

    fn mapping(&mut self, entries: &[String]) -> String {
        let mut text = String::from("{");
        for (entry, at) in entries.iter().zip(0..) {
            let space = self.pick(&["", "", " ", "\n\t", "\r\n "]);
            let _ = write!(text, "{}{space}{entry}", if at == 0 { "" } else { "," });
        }
        text + "}"
    }

    fn shuffle(&mut self, entries: &mut [String]) {
        if self.chance(50) {
            for at in 1..entries.len() {
                let other = self.below(at + 1);
                entries.swap(at, other);
            }
        }
    }

    /// Takes letters out, and puts others in.
    fn damage(&mut self, text: &mut String) {
        for _ in 0..1 + self.below(2) {
            let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let from = self.below(places.len());
            let to = (from + self.below(4)).min(places.len() - 1);
            let with = self.pick(&["", "", "\"", "{", "}", "[", "]", ",", ":", "\\", "0", " ", "é", "\0", "-", "null"]);
            text.replace_range(places[from]..places[to], with);
        }
    }
}
