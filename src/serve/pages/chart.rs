//! Two small charts: the days on which a verdict turns, and the steps of a ladder of spend.
//!
//! In: turns and steps. Out: SVG with classes and attributes alone, so that no style is written into a page.
//! Owns their geometry. Every chart says in words what it shows, and a table beside it says the same.

use std::fmt::Write as _;

use crate::report::{Ladder, Turn, day, escape};

/// A chart.
pub(super) struct Chart {
    /// Its drawing.
    pub(super) svg: String,
}

/// Units across; a page scales them.
const WIDTH: i64 = 640;

/// A bar from today on, in a colour for each verdict, numbered as the rows of the table.
pub(super) fn timeline(turns: &[Turn]) -> Chart {
    let first = turns.first().map_or(0, |turn| turn.from);
    let last = turns.last().map_or(first, |turn| turn.from);
    // The last verdict has no end: a sixth of the width is its share.
    let span = (last - first).max(1);
    let inner = WIDTH - WIDTH / 6;
    let x = |day: i64| (day - first).saturating_mul(inner) / span;
    let words: Vec<String> = turns.iter().map(|turn| format!("from {} {}", day(turn.from), turn.verdict)).collect();
    let mut svg = open(64, &format!("Timeline: {}", words.join(", ")));
    for (turn, at) in turns.iter().zip(0_usize..) {
        let from = x(turn.from);
        let to = turns.get(at + 1).map_or(WIDTH, |next| x(next.from));
        let _ = write!(
            svg,
            "<rect class=\"{}\" x=\"{from}\" y=\"8\" width=\"{}\" height=\"24\"/><line class=\"axis\" x1=\"{from}\" y1=\"4\" x2=\"{from}\" y2=\"36\"/>",
            turn.tone,
            (to - from).max(2)
        );
        // Numbers that would lie on each other are left out; the table has them all.
        if to - from >= 12 || at == 0 {
            let _ = write!(svg, "<text x=\"{}\" y=\"54\">{}</text>", from + 2, at + 1);
        }
    }
    svg.push_str("</svg>");
    Chart { svg }
}

/// A stair of steps, filled as far as spend has come.
pub(super) fn ladder(ladder: &Ladder) -> Chart {
    let count = i64::try_from(ladder.steps.len()).unwrap_or(1).max(1);
    let (wide, rise) = (WIDTH / count, 90 / count.max(1));
    let reached = ladder.steps.iter().filter(|step| step.reached).count();
    let said = format!("Steps of spend: {reached} of {count} reached, {} spent so far", ladder.spent_text);
    let mut svg = open(150, &said);
    for (step, at) in ladder.steps.iter().zip(0_i64..) {
        let high = 20 + rise * (at + 1);
        let class = if step.reached { "mark done" } else { "mark" };
        let _ = write!(
            svg,
            "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{high}\"/>",
            at * wide + 2,
            122 - high,
            wide - 4
        );
        let label = if step.spend.is_some() { step.spend_text.as_str() } else { "?" };
        let _ = write!(svg, "<text x=\"{}\" y=\"142\" text-anchor=\"middle\">{}</text>", at * wide + wide / 2, escape(label));
    }
    svg.push_str("</svg>");
    Chart { svg }
}

fn open(height: i64, said: &str) -> String {
    format!("<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{}\">", escape(said))
}
