//! A page for a terminal.
//!
//! In: a page and a style. Out: text, each line at most as wide as asked for, except addresses.
//! Owns indents and blank lines. Never words anything.

use super::Style;
use super::flow::{Flow, clean};
use super::page::{Block, Item, Line, Look, Page, Piece, plain, strong, toned};

/// The page as text.
pub(super) fn render(page: &Page<'_>, style: &Style) -> String {
    let mut flow = Flow::new(style);
    blocks(&mut flow, &page.blocks, 0);
    flow.finish()
}

fn blocks(flow: &mut Flow<'_>, all: &[Block<'_>], indent: usize) {
    for block in all {
        show(flow, block, indent);
    }
}

fn show(flow: &mut Flow<'_>, block: &Block<'_>, indent: usize) {
    match block {
        Block::Heading(level, line) => heading(flow, *level, line, indent),
        Block::Say(line) => flow.line(indent, &[], line),
        Block::Note(tone, word, line) => {
            let first = [toned(*tone, format!("{} {word}:", flow.mark(*tone))), plain(" ")];
            flow.line(indent, &first, line);
        }
        Block::Fields(fields) => {
            for (name, line) in fields {
                flow.line(indent, &[plain(format!("{name}: "))], line);
            }
        }
        Block::List { numbered, items } => {
            for (item, number) in items.iter().zip(1_usize..) {
                list_item(flow, item, numbered.then_some(number), indent);
            }
        }
        Block::Table { caption, head, rows } => table(flow, caption, head, rows, indent),
        Block::Fold { summary, blocks: inside, .. } => {
            // Inside a list the indent alone sets it apart.
            if indent < 3 {
                flow.gap();
            }
            flow.line(indent, &[], &[strong(summary.as_str())]);
            blocks(flow, inside, indent + 2);
        }
        Block::Card(_, inside) => {
            flow.gap();
            let (head, body) = inside.split_at(inside.len().min(1));
            blocks(flow, head, indent);
            blocks(flow, body, indent + 2);
        }
    }
}

fn heading(flow: &mut Flow<'_>, level: u8, line: &Line<'_>, indent: usize) {
    if level < 3 {
        flow.gap();
    }
    let bold: Vec<Piece<'_>> = line
        .iter()
        .map(|piece| Piece {
            text: piece.text.clone(),
            look: if piece.look == Look::Plain { Look::Strong } else { piece.look },
        })
        .collect();
    flow.line(indent, &[], &bold);
    if level == 2 {
        flow.rule(columns(line));
    }
}

fn list_item(flow: &mut Flow<'_>, item: &Item<'_>, number: Option<usize>, indent: usize) {
    let first = match (number, item.mark) {
        (Some(number), _) => plain(format!("{number}. ")),
        (None, Some(tone)) => toned(tone, format!("{} ", flow.mark(tone))),
        (None, None) => plain("- "),
    };
    let inside = indent + columns(std::slice::from_ref(&first));
    flow.line(indent, &[first], &item.line);
    blocks(flow, &item.blocks, inside);
}

/// Columns side by side where they fit, else one row under the other.
fn table(flow: &mut Flow<'_>, caption: &str, head: &[String], rows: &[Vec<Line<'_>>], indent: usize) {
    flow.gap();
    flow.line(indent, &[], &[strong(caption)]);
    let widths: Vec<usize> = head
        .iter()
        .enumerate()
        .map(|(at, name)| {
            let cells = rows.iter().filter_map(|row| row.get(at)).map(|cell| columns(cell));
            cells.chain([textwrap::core::display_width(name)]).max().unwrap_or(0)
        })
        .collect();
    let total: usize = widths.iter().map(|width| width + 2).sum();
    if indent + total <= flow.width() + 2 {
        let padded = |cells: Vec<Line<'_>>| -> Line<'static> {
            let mut line = Line::new();
            for (cell, width) in cells.iter().zip(&widths) {
                // One unbroken piece a cell: blanks inside it would be taken for ends of words.
                let text: String = cell.iter().map(|piece| piece.text.as_ref()).collect();
                let fill = (width + 2).saturating_sub(columns(cell));
                line.push(plain(format!("{text}{}", " ".repeat(fill))));
            }
            line
        };
        flow.line(indent, &trimmed(padded(head.iter().map(|name| vec![strong(name.clone())]).collect())), &[]);
        for row in rows {
            flow.line(indent, &trimmed(padded(row.clone())), &[]);
        }
        return;
    }
    for row in rows {
        let mut first = true;
        for (name, cell) in head.iter().zip(row) {
            let (mark, by) = if first { ("- ", indent) } else { ("", indent + 2) };
            flow.line(by, &[plain(format!("{mark}{name}: "))], cell);
            first = false;
        }
    }
}

fn trimmed(mut line: Line<'static>) -> Line<'static> {
    if let Some(last) = line.last_mut() {
        last.text = last.text.trim_end().to_owned().into();
    }
    line
}

fn columns(line: &[Piece<'_>]) -> usize {
    line.iter().map(|piece| textwrap::core::display_width(&clean(&piece.text))).sum()
}
