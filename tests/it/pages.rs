//! The pages of codes about rule files: their examples do what the page says.
//!
//! In: `src/diagnostic/pages/*.md`. Out: every page whose first example does not trigger its code, or whose other one
//! does not repair it. Owns the shape of a page. Never reads the pages of codes about facts documents.

use accredit::diagnostic::{CODES, Code};

use crate::language::{ADVICE, Block, Finding, analysed, blocks, findings};

/// The last code about rule files; the codes behind it are about facts documents.
const LAST_ABOUT_RULES: &str = "unused-name";

/// Codes that text cannot trigger, with why.
const NOT_BY_TEXT: &[(&str, &str)] = &[("not-text", "an example in a page is UTF-8; the file is refused before it is text")];

fn pages() -> impl Iterator<Item = &'static Code> {
    let last = CODES.iter().position(|code| code.name == LAST_ABOUT_RULES).unwrap();
    CODES.iter().copied().take(last + 1)
}

/// Codes that analysis finds, in `lint` alone: a rule set with one of them decides all the same.
const BY_ANALYSIS: [&str; 7] =
    ["never-met", "never-fails", "never-decides", "not-never", "nobody-qualifies", "tier-out-of-reach", "asked-for-nothing"];

/// The text of an example: `terms repeat=N` stands for N times the block.
fn text(block: &Block) -> String {
    match block.fence.split_once(" repeat=") {
        Some((_, times)) => block.text.repeat(times.parse().unwrap()),
        None => block.text.clone(),
    }
}

fn told(found: &[Finding]) -> String {
    found.iter().map(|finding| format!("\n    {finding}")).collect()
}

#[test]
fn every_page_has_its_shape() {
    let mut wrong = Vec::new();
    for code in pages() {
        let name = code.name;
        let all = blocks(code.page);
        let first = code.page.lines().next().unwrap_or("");
        if !first.starts_with("# ") || first.trim_start_matches("# ") == name || first.ends_with('.') {
            wrong.push(format!("{name}: the first line is `# ` and what is wrong, in one phrase"));
        }
        let fences_fit = all.iter().all(|block| block.fence == "terms" || block.fence.starts_with("terms repeat="));
        let places = all.iter().map(|block| block.heading == "Instead").collect::<Vec<_>>();
        if !fences_fit || places != [false, true] {
            wrong.push(format!("{name}: a page has one `terms` example, and one under `## Instead`"));
        }
        let prose = code.page.lines().skip(1).find(|line| !line.trim().is_empty()).unwrap_or("```");
        if prose.starts_with("```") || prose.starts_with('#') {
            wrong.push(format!("{name}: a page says first why it matters"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_page_shows_what_triggers_its_code_and_what_does_not() {
    let mut wrong = Vec::new();
    let mut ran = 0;
    for code in pages() {
        let name = code.name;
        let all = blocks(code.page);
        let [bad, good] = all.as_slice() else { continue };
        let findings = if BY_ANALYSIS.contains(&name) { analysed } else { findings };
        let found = findings(&text(good));
        if found.iter().any(|finding| finding.error || finding.code == name) {
            wrong.push(format!("{name}: the example under `Instead` has findings:{}", told(&found)));
        }
        ran += 1;
        if NOT_BY_TEXT.iter().any(|(code, _)| *code == name) {
            continue;
        }
        let found = findings(&text(bad));
        let fits = |found: &Finding| found.code == name || ADVICE.contains(&found.code);
        if !found.iter().any(|finding| finding.code == name) || !found.iter().all(fits) {
            wrong.push(format!("{name}: the example gives{}", told(&found)));
        }
        ran += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!("{ran} examples of pages");
}

#[test]
fn lint_proves_what_the_check_gave_up() {
    let page = CODES.iter().find(|code| code.name == "not-analysed").unwrap().page;
    let example = text(&blocks(page)[0]);
    let given_up = |found: &[Finding]| found.iter().any(|finding| finding.code == "not-analysed");
    assert!(given_up(&findings(&example)));
    assert!(!given_up(&analysed(&example)), "{}", told(&analysed(&example)));
    let gap = example.replace("    fails otherwise\n", "    fails when account.status is closed and account.country is US\n");
    let told_of_gap = |finding: &Finding| ["uncovered-case", "not-analysed"].contains(&finding.code);
    assert!(analysed(&gap).iter().any(told_of_gap), "{}", told(&analysed(&gap)));
}
