//! The limits of rule files, each at the limit and one past it, and reading in time proportional to the text.
//!
//! In: generated texts. Out: a limit that is off by one, or a text that takes more calls of the parser than its length
//! allows. Owns the number of calls a byte may take.

use std::fmt::Write as _;
use std::num::NonZeroUsize;

use accredit::diagnostic::Diagnostic;
use accredit::source::{FileId, SourceFile};
use accredit::{check, syntax};

use crate::language::{file, findings, markdown_files};

/// The parser's calls for one byte, at most.
const CALLS_A_BYTE: usize = 250;

const SOURCE: &str =
    "source terms {\n  title \"Terms\"\n  read  2026-11-20\n  rank  1\n}\nremedy wait never {\n  say \"Wait.\"\n}\n";

/// The codes of the errors in a text.
fn codes(text: &str) -> Vec<&'static str> {
    findings(text).into_iter().filter(|finding| finding.error).map(|finding| finding.code).collect()
}

fn repeated(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect()
}

fn facts(count: usize) -> String {
    let fact = |n| format!("  fact f{n}: yes or no\n    ask    \"Is it?\"\n    find   \"Page\"\n    change never\n");
    format!("facts account \"Account\" {{\n{}}}\n", repeated(count, fact))
}

fn decision(requirements: usize) -> String {
    let require = |n| {
        format!(
            "  require r{n} \"R\"\n    met   when account.f0 is yes\n    fails otherwise\n    per   terms\n    else  wait\n"
        )
    };
    format!(
        "{SOURCE}{}check c \"C\" for account severity low {{\n  per terms\n{}}}\n",
        facts(1),
        repeated(requirements, require)
    )
}

fn states(conditions: usize) -> String {
    let lost = |n| format!("  lost l{n} \"L\"\n    when account.f0 is no\n    per  terms\n    else wait\n");
    let require = "  require r \"R\"\n    met   when account.f0 is yes\n    fails otherwise\n    per   terms\n    else  wait\n";
    let credit = format!("credit c \"C\" for account {{\n  per terms\n  state s\n{require}}}\n");
    format!("{SOURCE}{}state s \"S\" {{\n{}}}\n{credit}", facts(1), repeated(conditions, lost))
}

fn nested(depth: usize) -> String {
    let (open, close) = ("(".repeat(depth - 1), ")".repeat(depth - 1));
    format!("{}condition c \"C\" {{\n  when {open}account.f0 is yes{close}\n}}\n", facts(1))
}

fn chain(steps: usize) -> String {
    let step = |n| match n {
        0 => "condition c0 \"C\" {\n  when account.f0 is yes\n}\n".to_owned(),
        n => format!("condition c{n} \"C\" {{\n  when c{} and account.f0 is yes\n}}\n", n - 1),
    };
    format!("{}{}", facts(1), repeated(steps, step))
}

/// What is limited, a text with so many of it, the limit, and the code of one too many.
type Limit<'t> = (&'t str, &'t dyn Fn(usize) -> String, usize, &'t str);

#[test]
fn every_limit_holds_at_the_limit_and_is_told_one_past_it() {
    let comment = |bytes: usize| format!("//{}\n", "x".repeat(bytes - 3));
    let parties = |count| repeated(count, |n| format!("party p{n} \"P\"\n"));
    let values = |count| repeated(count, |n| format!("value v{n} {n} days\n"));
    let cases: [Limit<'_>; 8] = [
        ("bytes of a file", &comment, 1 << 20, "file-too-large"),
        ("items", &parties, 10_000, "too-many"),
        ("values", &values, 4_000, "too-many"),
        ("facts", &facts, 1_000, "too-many"),
        ("levels", &nested, 64, "too-deep"),
        ("requirements", &decision, 64, "too-many"),
        ("state conditions", &states, 64, "too-many"),
        ("definitions", &chain, 64, "too-deep"),
    ];
    for (what, text, limit, code) in cases {
        assert_eq!(codes(&text(limit)), Vec::<&str>::new(), "{limit} {what}");
        assert_eq!(codes(&text(limit + 1)), [code], "one past {limit} {what}");
    }
}

/// Texts of every construct, and hostile ones of growing length.
fn texts() -> Vec<String> {
    let mut all = vec![file("grammar/README.md"), file("tests/language/prelude.terms")];
    all.extend(markdown_files("tests/language").into_iter().map(file));
    let mut all: Vec<String> = all.iter().flat_map(|text| text.split("```").map(str::to_owned)).collect();
    let condition = |inside: &str| format!("condition c \"C\" {{\n  when {inside}\n}}\n");
    for length in [10, 60, 1_000, 10_000] {
        for part in ["a.b is c and ", "a.b is c or ", "a.b is c and a.b is d or ", "a.b + ", "a.b * ", "a.b but not above "] {
            all.push(condition(&format!("{}a.b is c", part.repeat(length))));
            all.push(condition(&part.repeat(length)));
        }
        for part in ["the earlier of ", "not ", "is ", "is not one of a, ", "3 days of ", "\" ", "//", "- ", "a.b is within "] {
            all.push(condition(&part.repeat(length)));
        }
        let depth = length.min(63);
        all.push(condition(&format!("{}a.b is c{}", "(".repeat(depth), ")".repeat(depth))));
        all.push(condition(&"(".repeat(depth)));
        all.push(condition(&"(the earlier of (".repeat(depth / 2)));
        all.push(condition(&format!("{}a{}", "(".repeat(depth), " is b) but not above (c)".repeat(depth))));
        all.push(format!(
            "credit c \"C\" for a {{\n{}}}\n",
            "  require r \"R\"\n    within the earlier of 3 days\n".repeat(length / 10)
        ));
        for (clause, part) in [("regions", "US, "), ("regions", "a US "), ("offered by", "a, "), ("offered by", "\"a\" ")] {
            all.push(format!("credit c \"C\" for a {{\n  {clause} {}\n}}\n", part.repeat(length)));
        }
        let mut wrong = "check c \"C\" for a {\n".to_owned();
        (0..length / 10).for_each(|n| writeln!(wrong, "  wrong{n} a or b").unwrap());
        all.push(wrong);
    }
    all
}

fn parsed(text: &str) -> Vec<Diagnostic> {
    syntax::parse(FileId::default(), &SourceFile::new("a.terms", text)).1
}

/// Runs in a process of its own, because the limit is the whole process's.
#[test]
#[ignore = "started by `reading_takes_time_in_proportion_to_the_text`"]
fn within_the_call_limit() {
    for text in texts() {
        let headlines = |found: Vec<Diagnostic>| found.into_iter().map(|finding| finding.headline).collect::<Vec<_>>();
        pest::set_call_limit(None);
        let free = headlines(parsed(&text));
        pest::set_call_limit(NonZeroUsize::new(CALLS_A_BYTE * (text.len() + 100)));
        let limited = headlines(parsed(&text));
        assert_eq!(limited, free, "more than {CALLS_A_BYTE} calls a byte: {:.200}", text);
    }
}

#[test]
fn reading_takes_time_in_proportion_to_the_text() {
    let tests = std::env::current_exe().unwrap();
    let name = "limits::within_the_call_limit";
    let run = std::process::Command::new(tests).args(["--ignored", "--exact", name]).output().unwrap();
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success() && said.contains("1 passed"), "{said}{}", String::from_utf8_lossy(&run.stderr));
}

/// A small generator, so that a failure can be repeated from its seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % sides
    }
}

/// Random bytes, random words, or a text of the specification with some of its words changed.
fn strange(dice: &mut Dice, whole: &str, words: &[&str]) -> String {
    let some = |dice: &mut Dice| (0..dice.roll(60)).map(|_| words[dice.roll(words.len())]).collect::<Vec<_>>().join(" ");
    match dice.roll(3) {
        0 => {
            let bytes: Vec<u8> = (0..dice.roll(200)).map(|_| u8::try_from(dice.roll(256)).unwrap()).collect();
            String::from_utf8_lossy(&bytes).into_owned()
        }
        1 => some(dice).replace(" // ", "\n"),
        _ => {
            let lines: Vec<&str> = whole.lines().collect();
            let start = dice.roll(lines.len());
            let end = (start + dice.roll(60)).min(lines.len());
            let mut text = lines[start..end].join("\n");
            for _ in 0..dice.roll(4) {
                let at = dice.roll(text.len() + 1);
                let at = (at..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap();
                text.insert_str(at, words[dice.roll(words.len())]);
            }
            text
        }
    }
}

#[test]
fn no_text_makes_reading_or_checking_panic() {
    let count: u64 = std::env::var("ACCREDIT_FUZZ").ok().and_then(|count| count.parse().ok()).unwrap_or(2_000);
    let whole = format!("{}\n{}", file("tests/language/prelude.terms"), file("tests/language/mistakes.md").replace("```", ""));
    let guide = file("grammar/README.md");
    let words: Vec<&str> =
        guide.split_whitespace().chain(["\n", "\n  ", "}\n", "{", "(", ")", "\"", "€", "//", "\u{0}"]).collect();
    for seed in 1..=count {
        let text = strange(&mut Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15)), &whole, &words);
        let done = std::panic::catch_unwind(|| {
            let (read, found) = syntax::parse(FileId::default(), &SourceFile::new("a.terms", text.as_str()));
            (check::check(&read).findings.len(), found.len())
        });
        assert!(done.is_ok(), "seed {seed} panics: {text:?}");
    }
}

#[test]
fn definitions_that_double_are_refused_instead_of_written_out_for_ever() {
    let vocabulary = "party client \"the client\"\nfacts account \"Account\" {\n  fact a: yes or no\n    ask    \"Is it?\"\n    \
                      find   \"Page\"\n    change never\n}\n";
    let first = "condition c0 \"C\" {\n  when account.a is yes\n}\n";
    let doubling = |n: usize| format!("condition c{} \"C\" {{\n  when c{n} and c{n}\n}}\n", n + 1);
    let text = |steps| format!("{vocabulary}{first}{}", repeated(steps, doubling));
    assert!(!codes(&text(10)).contains(&"too-many"));
    assert!(codes(&text(40)).contains(&"too-many"));
}
