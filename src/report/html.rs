//! A page in HTML: self-contained, to read in a browser and to print.
//!
//! In: pages. Out: one document with its style inside; no script, no address is loaded.
//! Owns escaping: every text passes through `escape`, every address through `link` of the page.

use super::page::{Block, Item, Line, Look, Page};
use super::words::Tone;

const CSS: &str = include_str!("page.css");

/// The pages as one document.
pub(super) fn render(pages: &[Page<'_>]) -> String {
    let title = pages.iter().map(|page| page.title.as_str()).collect::<Vec<_>>().join(", ");
    let mut out = String::with_capacity(64 * 1024);
    // The policy holds even if a text should ever get past the escaping.
    out.push_str(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n",
    );
    out.push_str(&format!("<title>{}</title>\n<style>\n{CSS}</style>\n</head>\n<body>\n", escape(&title)));
    for page in pages {
        out.push_str("<main>\n");
        blocks(&mut out, &page.blocks);
        out.push_str("</main>\n");
    }
    out.push_str("</body>\n</html>\n");
    out
}

/// Some parts of a page, to stand inside another document.
pub(super) fn fragment(all: &[Block<'_>]) -> String {
    let mut out = String::new();
    blocks(&mut out, all);
    out
}

/// A line of a page, to stand inside another document.
pub(super) fn inline(text: &Line<'_>) -> String {
    line(text)
}

fn blocks(out: &mut String, all: &[Block<'_>]) {
    for block in all {
        show(out, block);
    }
}

fn show(out: &mut String, block: &Block<'_>) {
    match block {
        Block::Heading(level, text) => out.push_str(&format!("<h{level}>{}</h{level}>\n", line(text))),
        Block::Say(text) => out.push_str(&format!("<p>{}</p>\n", line(text))),
        Block::Note(tone, word, text) => out.push_str(&format!(
            "<p class=\"note {}\" role=\"note\"><strong>{word}:</strong> {}</p>\n",
            class(*tone),
            line(text)
        )),
        Block::Fields(fields) => {
            out.push_str("<dl>\n");
            for (name, text) in fields {
                out.push_str(&format!("<div><dt>{}</dt><dd>{}</dd></div>\n", escape(name), line(text)));
            }
            out.push_str("</dl>\n");
        }
        Block::List { numbered, items } => {
            let tag = if *numbered { "ol" } else { "ul" };
            out.push_str(&format!("<{tag}>\n"));
            for item in items {
                list_item(out, item);
            }
            out.push_str(&format!("</{tag}>\n"));
        }
        Block::Table { caption, head, rows } => {
            let name = escape(caption);
            out.push_str(&format!(
                "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"{name}\">\n<table>\n<caption>{name}</caption>\n<thead><tr>"
            ));
            for name in head {
                out.push_str(&format!("<th scope=\"col\">{}</th>", escape(name)));
            }
            out.push_str("</tr></thead>\n<tbody>\n");
            for row in rows {
                out.push_str("<tr>");
                for cell in row {
                    out.push_str(&format!("<td>{}</td>", line(cell)));
                }
                out.push_str("</tr>\n");
            }
            out.push_str("</tbody>\n</table>\n</div>\n");
        }
        Block::Fold { summary, open, blocks: inside } => {
            let open = if *open { " open" } else { "" };
            out.push_str(&format!("<details{open}>\n<summary>{}</summary>\n", escape(summary)));
            blocks(out, inside);
            out.push_str("</details>\n");
        }
        Block::Card(tone, inside) => {
            out.push_str(&format!("<section class=\"card {}\">\n", class(*tone)));
            blocks(out, inside);
            out.push_str("</section>\n");
        }
    }
}

fn list_item(out: &mut String, item: &Item<'_>) {
    match item.mark {
        Some(tone) => out.push_str(&format!("<li class=\"{}\">{}", class(tone), line(&item.line))),
        None => out.push_str(&format!("<li>{}", line(&item.line))),
    }
    if !item.blocks.is_empty() {
        out.push('\n');
        blocks(out, &item.blocks);
    }
    out.push_str("</li>\n");
}

fn line(pieces: &Line<'_>) -> String {
    let mut out = String::new();
    for piece in pieces {
        let text = escape(&piece.text);
        match piece.look {
            Look::Plain => out.push_str(&text),
            Look::Strong => out.push_str(&format!("<strong>{text}</strong>")),
            Look::Quiet => out.push_str(&format!("<span class=\"quiet\">{text}</span>")),
            Look::Bar(percent) => {
                out.push_str(&format!("<meter min=\"0\" max=\"100\" value=\"{percent}\">{percent} %</meter>"))
            }
            Look::Code => out.push_str(&format!("<code>{text}</code>")),
            Look::Tone(tone) => out.push_str(&format!("<strong class=\"word {}\">{text}</strong>", class(tone))),
            Look::Link(url) => out.push_str(&format!("<a rel=\"noreferrer\" href=\"{}\">{text}</a>", escape(url))),
        }
    }
    out
}

pub(super) const fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "good",
        Tone::Going => "going",
        Tone::Open => "open",
        Tone::Alarm => "alarm",
        Tone::Bad => "bad",
        Tone::Quiet => "gone",
    }
}

/// Text in which nothing is markup, also inside a quoted attribute.
pub(crate) fn escape(text: &str) -> String {
    let text = super::flow::clean(text);
    let mut out = String::with_capacity(text.len() + 16);
    for sign in text.chars() {
        match sign {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            sign => out.push(sign),
        }
    }
    out
}
