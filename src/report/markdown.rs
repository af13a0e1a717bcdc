//! A page in Markdown, to paste into an e-mail or a ticket.
//!
//! In: a page. Out: Markdown that shows the same in every common reader.
//! Owns escaping: no value of a document or a rule can become markup.

use super::flow::clean;
use super::page::{Block, Item, Line, Look, Page};

/// The page as Markdown.
pub(super) fn render(page: &Page<'_>) -> String {
    let mut out = String::new();
    blocks(&mut out, &page.blocks, 0);
    let mut out = out.trim_end().to_owned();
    out.push('\n');
    out
}

fn blocks(out: &mut String, all: &[Block<'_>], indent: usize) {
    for block in all {
        show(out, block, indent);
    }
}

/// A new paragraph begins: an empty line, but not inside a list, where it would spread the items.
fn part(out: &mut String, indent: usize) {
    if indent == 0 && !out.is_empty() && !out.ends_with("\n\n") {
        out.push('\n');
    }
}

/// A new list begins; it goes on with one that stands right before it.
fn list(out: &mut String, indent: usize) {
    let last = out.trim_end_matches('\n').rsplit('\n').next().unwrap_or("");
    if !last.trim_start().starts_with("- ") || out.ends_with("\n\n") {
        part(out, indent);
    }
}

fn show(out: &mut String, block: &Block<'_>, indent: usize) {
    match block {
        Block::Heading(level, text) => {
            part(out, indent);
            out.push_str(&"#".repeat(usize::from(*level)));
            out.push_str(&format!(" {}\n\n", line(text)));
        }
        Block::Say(text) if indent > 0 => bullet(out, "- ", &line(text), indent),
        Block::Say(text) => {
            part(out, indent);
            out.push_str(&line(text));
            out.push('\n');
        }
        Block::Note(_, word, text) if indent > 0 => bullet(out, "- ", &format!("**{word}:** {}", line(text)), indent),
        Block::Note(_, word, text) => {
            part(out, indent);
            out.push_str(&format!("> **{word}:** {}\n", line(text)));
        }
        Block::Fields(fields) => {
            list(out, indent);
            for (name, text) in fields {
                bullet(out, "- ", &format!("{}: {}", escape(name), line(text)), indent);
            }
        }
        Block::List { numbered, items } => {
            list(out, indent);
            for (item, number) in items.iter().zip(1_usize..) {
                list_item(out, item, numbered.then_some(number), indent);
            }
        }
        Block::Table { caption, head, rows } => {
            part(out, 0);
            out.push_str(&format!("**{}**\n\n", escape(caption)));
            let cell = |text: String| text.replace('|', "\\|");
            let cells = |texts: Vec<String>| format!("| {} |\n", texts.into_iter().map(cell).collect::<Vec<_>>().join(" | "));
            out.push_str(&cells(head.iter().map(|name| escape(name)).collect()));
            out.push_str(&cells(head.iter().map(|_| "---".to_owned()).collect()));
            for row in rows {
                out.push_str(&cells(row.iter().map(line).collect()));
            }
        }
        Block::Fold { summary, blocks: inside, .. } => {
            part(out, indent);
            out.push_str(&format!("**{}**\n", escape(summary)));
            blocks(out, inside, indent);
        }
        Block::Card(_, inside) => blocks(out, inside, indent),
    }
}

fn list_item(out: &mut String, item: &Item<'_>, number: Option<usize>, indent: usize) {
    let mark = number.map_or_else(|| "- ".to_owned(), |number| format!("{number}. "));
    bullet(out, &mark, &line(&item.line), indent);
    blocks(out, &item.blocks, indent + mark.len());
}

fn bullet(out: &mut String, mark: &str, text: &str, indent: usize) {
    out.push_str(&" ".repeat(indent));
    out.push_str(mark);
    out.push_str(text);
    out.push('\n');
}

fn line(pieces: &Line<'_>) -> String {
    let mut out = String::new();
    for piece in pieces {
        let text = escape(&piece.text);
        match piece.look {
            Look::Plain | Look::Quiet => out.push_str(&text),
            Look::Strong | Look::Tone(_) => around(&mut out, "**", &text),
            Look::Bar(percent) => out.push_str(&format!("{percent} %")),
            Look::Code => around(&mut out, "`", &clean(&piece.text).replace('`', "'")),
            Look::Link(url) => out.push_str(&format!("[{text}](<{}>)", address(url))),
        }
    }
    out
}

/// Marks stand at the text itself: with a blank between they would not be marks.
fn around(out: &mut String, mark: &str, text: &str) {
    let inner = text.trim();
    if inner.is_empty() {
        out.push_str(text);
        return;
    }
    let lead = text.len() - text.trim_start().len();
    let tail = text.len() - text.trim_end().len();
    out.push_str(&" ".repeat(lead));
    out.push_str(&format!("{mark}{inner}{mark}"));
    out.push_str(&" ".repeat(tail));
}

/// Text in which nothing is markup, neither Markdown nor HTML; as few signs as possible are added, because people also
/// read what was never rendered.
fn escape(text: &str) -> String {
    let text = clean(text);
    let mut out = String::with_capacity(text.len());
    let word = |sign: Option<char>| sign.is_some_and(char::is_alphanumeric);
    let mut before: Option<char> = None;
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        let after = signs.peek().copied();
        let starts = out.trim().is_empty();
        let numbered = || out.trim().bytes().all(|byte| byte.is_ascii_digit()) && !out.trim().is_empty();
        let marks = match sign {
            '\\' | '`' | '*' | '[' | ']' | '<' => true,
            '_' => !(word(before) && word(after)),
            '~' => after == Some('~') || before == Some('~'),
            '&' => word(after) || after == Some('#'),
            '>' | '#' | '+' | '-' | '=' => starts,
            '.' | ')' => after.is_none_or(|sign| sign == ' ') && numbered(),
            _ => false,
        };
        if marks {
            out.push('\\');
        }
        out.push(sign);
        before = Some(sign);
    }
    out
}

/// An address between angle brackets: only those and line ends could leave it.
fn address(url: &str) -> String {
    url.chars()
        .filter(|sign| !sign.is_control())
        .collect::<String>()
        .replace('<', "%3C")
        .replace('>', "%3E")
        .replace('\\', "%5C")
}
