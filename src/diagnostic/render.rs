//! Findings as text for people: with excerpts, or one a line.
//!
//! In: findings and the files they speak of. Out: text; with colours only when asked for.
//! Owns the order in which findings are told and the look of an excerpt. Never prints, never fails: a place outside its
//! file is moved into it.

use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};

use super::{Diagnostic, Severity};
use crate::source::{FileId, SourceFile, SourceMap, Span};

/// Excerpts are never trimmed to fewer columns: less would not show what is meant.
const NARROWEST: usize = 40;

/// Findings with excerpts, by file name and place. Lines of an excerpt are trimmed to `width` columns.
pub fn human(findings: &[Diagnostic], sources: &SourceMap, color: bool, width: usize) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() }.term_width(width.max(NARROWEST));
    let told = in_order(findings, sources).into_iter().map(|finding| renderer.render(&[report(finding, sources)]) + "\n");
    told.collect::<Vec<_>>().join("\n")
}

/// One finding a line, by file name and place: `file:line:column: error[code]: headline`.
pub fn short(findings: &[Diagnostic], sources: &SourceMap) -> String {
    let line = |finding: &Diagnostic| {
        let at = place(finding.span(), sources).map_or_else(String::new, |at| format!("{at}: "));
        let told = format!("{at}{}[{}]: {}", severity(finding), finding.code.name, finding.headline);
        told.replace(char::is_control, "\u{fffd}") + "\n"
    };
    in_order(findings, sources).into_iter().map(line).collect()
}

/// How many findings there are: `2 errors, 1 warning`.
pub fn summary(findings: &[Diagnostic]) -> String {
    let count = |severity, word| {
        let number = findings.iter().filter(|finding| finding.code.severity == severity).count();
        (number > 0).then(|| format!("{number} {word}{}", if number == 1 { "" } else { "s" }))
    };
    let counts: Vec<String> =
        [count(Severity::Error, "error"), count(Severity::Warning, "warning")].into_iter().flatten().collect();
    if counts.is_empty() { "no findings".to_owned() } else { counts.join(", ") }
}

/// By the name of the file, not by its number: the order in which files were read means nothing to the reader.
pub(super) fn in_order<'a>(findings: &'a [Diagnostic], sources: &SourceMap) -> Vec<&'a Diagnostic> {
    let mut sorted: Vec<&Diagnostic> = findings.iter().collect();
    sorted.sort_by_key(|finding| {
        let span = finding.span();
        (sources.file(span.file).map_or("", SourceFile::name), span.start, span.end)
    });
    sorted
}

pub(super) fn severity(finding: &Diagnostic) -> &'static str {
    match finding.code.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

pub(super) fn place(span: Span, sources: &SourceMap) -> Option<String> {
    let file = sources.file(span.file)?;
    let place = file.place(shown(file.text(), span).start);
    Some(format!("{}:{}:{}", file.name(), place.line, place.column))
}

fn report<'a>(finding: &'a Diagnostic, sources: &'a SourceMap) -> Group<'a> {
    let level = match finding.code.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(finding.headline.as_str()).id(finding.code.name);
    let excerpts = files(finding).into_iter().filter_map(|id| excerpt(finding, id, sources.file(id)?));
    let help = finding.help.as_deref().map(|help| Level::HELP.message(help));
    let mut group = Group::with_title(title).elements(excerpts);
    if let Some(help) = help {
        group = group.element(help);
    }
    group
}

/// The files of a finding's places, the one of the most exact place first.
fn files(finding: &Diagnostic) -> Vec<FileId> {
    let mut files: Vec<FileId> = Vec::new();
    for (span, _) in &finding.labels {
        if !files.contains(&span.file) {
            files.push(span.file);
        }
    }
    files
}

/// The lines of one file from the finding's first place to its last.
fn excerpt<'a>(finding: &'a Diagnostic, id: FileId, file: &'a SourceFile) -> Option<Snippet<'a, Annotation<'a>>> {
    let text = file.text();
    let labels = finding.labels.iter().enumerate().filter(|(_, (span, _))| span.file == id);
    let places: Vec<(usize, Range<usize>, &str)> =
        labels.map(|(index, (span, label))| (index, shown(text, *span), label.as_str())).collect();
    let first = places.iter().map(|(_, place, _)| place.start).min()?;
    let last = places.iter().map(|(_, place, _)| place.end).max()?;
    let start = text.get(..first)?.rfind('\n').map_or(0, |newline| newline + 1);
    let end = text.get(last..)?.find('\n').map_or(text.len(), |newline| last + newline);
    let lines = text.get(start..end).map(|lines| lines.strip_suffix('\r').unwrap_or(lines))?;
    let annotations = places.into_iter().map(|(index, place, label)| {
        let kind = if index == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
        let within = |at: usize| (at - start).min(lines.len());
        kind.span(within(place.start)..within(place.end)).label((!label.is_empty()).then_some(label))
    });
    let excerpt = Snippet::source(lines).path(file.name()).line_start(file.place(start).line);
    Some(excerpt.annotations(annotations))
}

/// The bytes of a span that can be shown: whole characters inside the text, without the blanks and line ends behind.
pub(super) fn shown(text: &str, span: Span) -> Range<usize> {
    let boundary = |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let start = boundary(span.range().start);
    let end = boundary(span.range().end).max(start);
    let marked = text.get(start..end).unwrap_or("");
    let visible = marked.trim_end().len();
    if visible > 0 {
        return start..start + visible;
    }
    // Behind the last line there is nothing to show: what is missing there is missing behind the last word.
    if start == text.len() && text.ends_with('\n') {
        let end = text.trim_end().len();
        return end..end;
    }
    start..start + marked.find(['\n', '\r']).unwrap_or(marked.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::codes;
    use proptest::prelude::*;

    const RULES: &str = "value limit 20 USD\n\ncredit one \"One\" for account {\n\treward is limit + 50 EUR // größer\n}\n";

    fn sources() -> SourceMap {
        let mut sources = SourceMap::default();
        sources.add(SourceFile::new("rules/b.terms", RULES));
        sources.add(SourceFile::new("rules/a.terms", "value late 30 days\r\nvalue limit 5 USD\r\n"));
        sources
    }

    fn at(file: u32, text: &str) -> Span {
        let sources = sources();
        let start = sources.file(FileId(file)).unwrap().text().find(text).unwrap();
        Span { file: FileId(file), start: u32::try_from(start).unwrap(), end: u32::try_from(start + text.len()).unwrap() }
    }

    fn findings() -> Vec<Diagnostic> {
        vec![
            Diagnostic::new(&codes::CURRENCY_MISMATCH, at(0, "limit + 50 EUR"), "cannot add `USD` and `EUR`")
                .label(at(0, "20 USD"), "this is in USD")
                .label(at(0, "50 EUR"), "this is in EUR")
                .help("write both in one currency"),
            Diagnostic::new(&codes::DUPLICATE_NAME, at(0, "limit"), "`limit` is named twice")
                .here("again here")
                .label(at(1, "limit"), "first here"),
            Diagnostic::new(&codes::UNUSED_NAME, at(1, "late"), "`late` is never used").here("remove it"),
        ]
    }

    #[test]
    fn every_place_is_shown_with_its_label() {
        insta::assert_snapshot!(human(&findings(), &sources(), false, 80), @r#"
        warning[unused-name]: `late` is never used
         --> rules/a.terms:1:7
          |
        1 | value late 30 days
          |       ^^^^ remove it

        error[duplicate-name]: `limit` is named twice
         --> rules/b.terms:1:7
          |
        1 | value limit 20 USD
          |       ^^^^^ again here
          |
         ::: rules/a.terms:2:7
          |
        2 | value limit 5 USD
          |       ----- first here

        error[currency-mismatch]: cannot add `USD` and `EUR`
         --> rules/b.terms:4:12
          |
        1 | value limit 20 USD
          |             ------ this is in USD
        ...
        4 |     reward is limit + 50 EUR // größer
          |               ^^^^^^^^------
          |                       |
          |                       this is in EUR
          |
          = help: write both in one currency
        "#);
    }

    #[test]
    fn one_line_a_finding() {
        insta::assert_snapshot!(short(&findings(), &sources()), @r#"
        rules/a.terms:1:7: warning[unused-name]: `late` is never used
        rules/b.terms:1:7: error[duplicate-name]: `limit` is named twice
        rules/b.terms:4:12: error[currency-mismatch]: cannot add `USD` and `EUR`
        "#);
    }

    #[test]
    fn findings_are_counted_by_severity() {
        let all = findings();
        assert_eq!(summary(&all), "2 errors, 1 warning");
        assert_eq!(summary(all.get(..1).unwrap()), "1 error");
        assert_eq!(summary(all.get(2..).unwrap()), "1 warning");
        assert_eq!(summary(&[]), "no findings");
    }

    #[test]
    fn places_at_the_edges_are_shown() {
        let mut sources = SourceMap::default();
        let long = format!("{}\"größer 文字\" {}\n", "left ".repeat(40), "right ".repeat(40));
        let empty = sources.add(SourceFile::new("empty", ""));
        let open = sources.add(SourceFile::new("open", "credit one {\n  per a\n"));
        let wide = sources.add(SourceFile::new("wide", long.as_str()));
        let span = |file, start, end| Span { file, start, end };
        let findings = [
            Diagnostic::new(&codes::DOCUMENT_EMPTY, span(empty, 0, 0), "the file is empty"),
            Diagnostic::new(&codes::UNCLOSED_ITEM, span(open, 21, 21), "this item is not closed").here("`}` is missing"),
            Diagnostic::new(&codes::SYNTAX, span(wide, 200, 217), "in the middle of a long line").here("this"),
            Diagnostic::new(&codes::SYNTAX, span(FileId(9), 3, 4), "in no file").help("look elsewhere"),
        ];
        insta::assert_snapshot!(human(&findings, &sources, false, 60), @r#"
        error[syntax]: in no file
         |
         = help: look elsewhere

        error[document-empty]: the file is empty
         --> empty:1:1
          |
        1 |
          | ^

        error[unclosed-item]: this item is not closed
         --> open:2:8
          |
        2 |   per a
          |        ^ `}` is missing

        error[syntax]: in the middle of a long line
         --> wide:1:201
          |
        1 | ... left left left "größer 文字" right right right ri...
          |                    ^^^^^^^^^^^^^ this
        "#);
    }

    #[test]
    fn colours_come_only_when_asked_for() {
        assert!(!human(&findings(), &sources(), false, 80).contains('\u{1b}'));
        assert!(human(&findings(), &sources(), true, 80).contains('\u{1b}'));
    }

    fn text() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            "[ -~]{0,30}",
            "[ -~\t\r\n]{0,30}",
            prop::sample::select(vec![
                "\n",
                "\r\n",
                "\t",
                "ß",
                "文字",
                "e\u{301}",
                "\u{200b}",
                "👩‍👩‍👧",
                "\u{0}",
                "\u{1b}[31m",
                "\u{feff}",
                "\u{2028}"
            ])
            .prop_map(str::to_owned),
            "\\PC{0,10}",
        ];
        prop::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn no_text_and_no_place_stops_the_renderer(
            texts in prop::collection::vec(text(), 1..3),
            labels in prop::collection::vec((0..3_u32, 0..400_u32, 0..60_u32, text()), 1..5),
            headline in text(), width in 0..200_usize, color: bool,
        ) {
            let mut sources = SourceMap::default();
            for text in texts {
                sources.add(SourceFile::new("a\tname", text));
            }
            let mut finding = Diagnostic::new(&codes::SYNTAX, Span::default(), headline).help("help");
            finding.labels = labels.into_iter().map(|(file, start, length, label)| {
                (Span { file: FileId(file), start, end: (start + length).saturating_sub(5) }, label)
            }).collect();
            human(&[finding.clone()], &sources, color, width);
            prop_assert_eq!(short(&[finding], &sources).lines().count(), 1);
        }
    }
}
