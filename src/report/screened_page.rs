//! What a whole table came to, as one page to print or send on.
//!
//! In: a tally, and what the run was about. Out: a self-contained HTML document; each picture has a table beside it.
//! Owns the pictures. Never counts; every text is escaped.

use std::fmt::Write as _;

use super::html::escape;
use super::screened::{Table, asked, blockers, tables, verdict_order};
use super::tally::Tally;
use super::words::{self, Tone};
use crate::program::Program;

const CSS: &str = include_str!("page.css");
const BARS: &str = include_str!("screened_page.css");

/// The most bars of one picture; the table holds all.
const MOST_BARS: usize = 10;

/// The page. `about` are names and values of what the run was about.
pub fn page(program: &Program, decisions: &[usize], tally: &Tally, about: &[(String, String)]) -> String {
    let mut out = String::with_capacity(32 * 1024);
    out.push_str(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n",
    );
    out.push_str(&format!(
        "<title>Credits of {} accounts</title>\n<style>\n{CSS}{BARS}</style>\n</head>\n<body>\n<main>\n",
        tally.rows
    ));
    out.push_str(&format!("<h1>Credits of {} accounts</h1>\n", tally.rows));
    if tally.invalid > 0 {
        let rows = words::number(usize::try_from(tally.invalid).unwrap_or(usize::MAX), "row is invalid", "rows are invalid");
        out.push_str(&format!(
            "<p class=\"note bad\" role=\"note\"><strong>Problem:</strong> {rows}: nothing was decided there.</p>\n"
        ));
    }
    out.push_str(&format!("<p>{}</p>\n<dl>\n", escape(words::PROMISE)));
    for (name, value) in about {
        out.push_str(&format!("<div><dt>{}</dt><dd>{}</dd></div>\n", escape(name), escape(value)));
    }
    out.push_str("</dl>\n");
    let [verdicts, reasons] = tables(program, decisions, tally);
    out.push_str("<h2>Verdicts</h2>\n");
    stacked(&mut out, program, decisions, tally);
    table(&mut out, &verdicts);
    let bars = blockers(program, tally);
    if !bars.is_empty() {
        out.push_str("<h2>What most accounts fail</h2>\n");
        simple(&mut out, &bars, (tally.rows - tally.invalid).max(tally.records), Tone::Bad);
        table(&mut out, &reasons);
    }
    let questions = asked(program, tally);
    if !questions.is_empty() {
        out.push_str("<h2>Answers that are missing first</h2>\n<p>In how many undetermined decisions the answer is the first that is missing.</p>\n");
        let most = questions.iter().map(|(.., count)| *count).max().unwrap_or(1);
        let bars: Vec<(String, u64)> = questions.iter().map(|(_, ask, count)| (ask.clone(), *count)).collect();
        simple(&mut out, &bars, most, Tone::Open);
        let rows = questions.into_iter().map(|(name, ask, count)| vec![name, ask, count.to_string()]).collect();
        let headers = ["fact", "question", "decisions"].map(str::to_owned).to_vec();
        table(&mut out, &Table { name: "Missing answers", headers, rows });
    }
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

const fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "good",
        Tone::Going => "going",
        Tone::Open => "open",
        Tone::Alarm => "alarm",
        Tone::Bad => "bad",
        Tone::Quiet => "gone",
    }
}

/// For each decision a bar with a part for each verdict.
fn stacked(out: &mut String, program: &Program, decisions: &[usize], tally: &Tally) {
    out.push_str("<ul class=\"bars\">\n");
    for at in decisions {
        let all = tally.made(*at).max(1) as f64;
        let Some(decision) = program.decisions.get(*at) else { continue };
        let found: Vec<_> = verdict_order(program, &[*at])
            .into_iter()
            .map(|verdict| (verdict, tally.of(*at, verdict)))
            .filter(|(_, count)| *count > 0)
            .collect();
        let said: Vec<String> = found
            .iter()
            .map(|(verdict, count)| words::counted(*verdict, usize::try_from(*count).unwrap_or(usize::MAX)))
            .collect();
        let said = said.join(", ");
        let _ = write!(
            out,
            "<li><span>{}</span><svg viewBox=\"0 0 100 6\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{}\">",
            escape(&decision.title),
            escape(&said)
        );
        let mut from = 0.0;
        for (verdict, count) in &found {
            let width = *count as f64 * 100.0 / all;
            let _ = write!(
                out,
                "<rect class=\"{}\" x=\"{from:.3}\" y=\"0\" width=\"{width:.3}\" height=\"6\"/>",
                class(words::tone(*verdict))
            );
            from += width;
        }
        let _ = writeln!(out, "</svg><span class=\"quiet\">{}</span></li>", escape(&said));
    }
    out.push_str("</ul>\n");
}

/// A bar a count.
fn simple(out: &mut String, bars: &[(String, u64)], all: u64, tone: Tone) {
    out.push_str("<ul class=\"bars\">\n");
    for (text, count) in bars.iter().take(MOST_BARS) {
        let width = *count as f64 * 100.0 / all.max(1) as f64;
        let _ = writeln!(
            out,
            "<li><span>{}</span><svg viewBox=\"0 0 100 6\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{count}\"><rect class=\"{}\" x=\"0\" y=\"0\" width=\"{width:.3}\" height=\"6\"/></svg><span class=\"quiet\">{count}</span></li>",
            escape(text),
            class(tone)
        );
    }
    out.push_str("</ul>\n");
}

fn table(out: &mut String, table: &Table) {
    let _ = write!(
        out,
        "<details><summary>The numbers</summary>\n<div class=\"wide\"><table><caption>{}</caption>\n<thead><tr>",
        escape(table.name)
    );
    table.headers.iter().for_each(|header| out.push_str(&format!("<th scope=\"col\">{}</th>", escape(header))));
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        out.push_str("<tr>");
        row.iter().for_each(|cell| out.push_str(&format!("<td>{}</td>", escape(cell))));
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody></table></div></details>\n");
}
