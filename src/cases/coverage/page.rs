//! Coverage as a page of the rules: the text of each rule file with marks on what cases try.
//!
//! In: coverage and the rule files. Out: one HTML document without scripts or addresses.
//! Owns the marks. Every text is escaped by `report`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Coverage, Item, Standing};
use crate::program::Program;
use crate::report::escape;
use crate::source::{SourceFile, SourceMap, Span};

const CSS: &str = "\
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:76rem;padding:0 1rem;color:#1a1a1a;background:#fff}\n\
pre{font:13px/1.5 ui-monospace,monospace;background:#f7f7f5;padding:1rem;overflow-x:auto}\n\
mark{border-radius:2px;padding:0 1px;color:inherit}\n\
.full{background:#cdeccf}.part{background:#ffe7a8}.none{background:#ffc9c4}.never{background:#e2e2e2}\n\
table{border-collapse:collapse}td,th{padding:.2rem .7rem;text-align:right;border-bottom:1px solid #ddd}th:first-child,td:first-child{text-align:left}\n\
@media(prefers-color-scheme:dark){body{background:#151515;color:#e8e8e8}pre{background:#1e1e1e}.full{background:#1e4d24}.part{background:#5c4a10}.none{background:#6b211c}.never{background:#3a3a3a}}\n";

/// Everything that was measured at one place of the text.
#[derive(Default)]
struct Mark {
    covered: usize,
    missing: usize,
    unreachable: usize,
    said: Vec<String>,
}

impl Mark {
    fn take(&mut self, who: &str, items: &[&Item]) {
        for item in items {
            match item.standing {
                Standing::Covered => self.covered += 1,
                Standing::Unreachable => self.unreachable += 1,
                Standing::Missing(_) | Standing::NotAnalysed => self.missing += 1,
            }
        }
        let told: Vec<String> = items.iter().map(|item| format!("{} {}", item.word, item.standing.word())).collect();
        self.said.push(format!("{who}: {}", told.join(", ")));
    }

    const fn class(&self) -> &'static str {
        match (self.covered, self.missing) {
            (0, 0) => "never",
            (_, 0) => "full",
            (0, _) => "none",
            _ => "part",
        }
    }
}

/// The page.
pub fn coverage_page(program: &Program, sources: &SourceMap, coverage: &Coverage) -> String {
    let mut marks: BTreeMap<Span, Mark> = BTreeMap::new();
    for part in &coverage.parts {
        let decision = program.decisions.get(part.decision).map_or("", |decision| decision.id.as_str());
        let who = format!("{decision}.{}", part.id);
        if !part.results.is_empty() {
            marks.entry(part.span).or_default().take(&who, &part.results.iter().collect::<Vec<_>>());
        }
        for condition in &part.conditions {
            let items: Vec<&Item> = condition.truths.iter().chain(&condition.pair).collect();
            marks.entry(condition.span).or_default().take(&who, &items);
        }
    }
    let title = format!("What the cases try of {} {}", program.name, program.version);
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<title>{0}</title>\n\
         <style>\n{CSS}</style>\n</head>\n<body>\n<main>\n<h1>{0}</h1>\n",
        escape(&title)
    );
    counts(&mut out, coverage);
    out.push_str(
        "<p>Marks: <mark class=\"full\">everything that can be tried is tried</mark>, <mark class=\"part\">a part of it</mark>, \
         <mark class=\"none\">nothing of it</mark>, <mark class=\"never\">nothing can be: proved</mark>. \
         Point at a mark to see what.</p>\n",
    );
    for (id, file) in sources.files() {
        let own: Vec<(&Span, &Mark)> = marks.iter().filter(|(span, _)| span.file == id).collect();
        if !own.is_empty() {
            let _ = writeln!(out, "<h2>{}</h2>\n<pre><code>{}</code></pre>", escape(file.name()), marked(file, &own));
        }
    }
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn counts(out: &mut String, coverage: &Coverage) {
    out.push_str("<table>\n<thead><tr><th></th><th>of</th><th>covered</th><th>missing</th><th>unreachable</th><th>not analysed</th></tr></thead>\n<tbody>\n");
    let rows = [
        ("Results of requirements", coverage.requirements()),
        ("Truths of states", coverage.states()),
        ("Truths of conditions", coverage.conditions()),
        ("Independence pairs (MC/DC)", coverage.pairs()),
    ];
    for (name, count) in rows {
        let cells = [count.reachable(), count.covered, count.missing, count.unreachable, count.not_analysed];
        let cells: String = cells.iter().map(|cell| format!("<td>{cell}</td>")).collect();
        let _ = writeln!(out, "<tr><td>{name}</td>{cells}</tr>");
    }
    out.push_str("</tbody>\n</table>\n");
}

/// A file's text with its marks; where one place lies inside another, the outer one has the mark.
fn marked(file: &SourceFile, marks: &[(&Span, &Mark)]) -> String {
    let mut out = String::new();
    let mut at = 0;
    for (span, mark) in marks {
        let place = span.range();
        let (Some(before), Some(text)) = (file.text().get(at..place.start), file.text().get(place.clone())) else { continue };
        let said = lines(&mark.said.join("\n"));
        out.push_str(&lines(before));
        let _ = write!(out, "<mark class=\"{}\" title=\"{said}\">{}</mark>", mark.class(), lines(text));
        at = place.end;
    }
    out.push_str(&lines(file.text().get(at..).unwrap_or("")));
    out
}

/// Text in which nothing is markup, line by line as it was.
fn lines(text: &str) -> String {
    text.split('\n').map(escape).collect::<Vec<_>>().join("\n")
}
