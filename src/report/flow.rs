//! Lines of a terminal: words in their looks, wrapped to a width, with hanging indents.
//!
//! In: lines of pieces. Out: text with or without colours.
//! Owns wrapping and what may not reach a terminal: control characters of a document are shown as replacement signs.

use anstyle::{AnsiColor, Style as Ansi};

use super::Style;
use super::page::{Look, Piece};
use super::words::Tone;

/// Text never gets narrower than this, whatever the terminal says.
const NARROWEST: usize = 24;

/// Columns of a bar.
const BAR: usize = 20;

/// Text in the making.
pub(super) struct Flow<'s> {
    style: &'s Style,
    out: String,
}

/// Text without a blank in it; several parts where the look changes inside.
type Word<'t> = Vec<(&'t str, Look<'t>)>;

impl<'s> Flow<'s> {
    /// Nothing yet.
    pub(super) fn new(style: &'s Style) -> Self {
        Self { style, out: String::new() }
    }

    /// What was written.
    pub(super) fn finish(self) -> String {
        self.out
    }

    /// Columns that text may take.
    pub(super) fn width(&self) -> usize {
        self.style.width.max(NARROWEST)
    }

    /// Is everything told?
    pub(super) fn full(&self) -> bool {
        self.style.full
    }

    /// The sign for a tone; the words beside it say the same.
    pub(super) fn mark(&self, tone: Tone) -> &'static str {
        match (tone, self.style.unicode) {
            (Tone::Good, true) => "✓",
            (Tone::Good, false) => "+",
            (Tone::Going, true) => "◔",
            (Tone::Going, false) => "~",
            (Tone::Open, _) => "?",
            (Tone::Alarm, _) => "!",
            (Tone::Bad, true) => "✗",
            (Tone::Bad, false) => "x",
            (Tone::Quiet, true) => "·",
            (Tone::Quiet, false) => "-",
        }
    }

    /// A line under a heading of `columns`.
    pub(super) fn rule(&mut self, columns: usize) {
        let sign = if self.style.unicode { "─" } else { "-" };
        self.out.push_str(&sign.repeat(columns.min(self.width())));
        self.out.push('\n');
    }

    /// An empty line, never two, and none at the start.
    pub(super) fn gap(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    /// Writes pieces as one paragraph: `first` before its first line, as many blanks before the others.
    pub(super) fn line(&mut self, indent: usize, first: &[Piece<'_>], pieces: &[Piece<'_>]) {
        let mut column = 0;
        self.blanks(indent, &mut column);
        for piece in first {
            self.piece(&self.shown(piece), piece.look, &mut column);
        }
        // A long name before the text must not squeeze the text into a narrow column.
        let hang = if column * 3 > self.width() { indent + 2 } else { column };
        let shown: Vec<(String, Look<'_>)> = pieces.iter().map(|piece| (self.shown(piece), piece.look)).collect();
        let mut blank = false;
        for word in words(&shown) {
            let wide = word.iter().map(|(text, _)| textwrap::core::display_width(text)).sum::<usize>();
            if blank && column + 1 + wide > self.width() {
                self.next_line(hang, &mut column);
            } else if blank {
                self.out.push(' ');
                column += 1;
            }
            blank = true;
            self.word(&word, wide, hang, &mut column);
        }
        self.out.push('\n');
    }

    fn shown(&self, piece: &Piece<'_>) -> String {
        let text = clean(&piece.text);
        let text = if self.style.unicode { text } else { twin(&text) };
        match piece.look {
            Look::Bar(percent) => self.bar(percent),
            Look::Link(url) if self.full() => format!("{text} <{}>", clean(url)),
            _ => text,
        }
    }

    fn bar(&self, percent: u8) -> String {
        let done = usize::from(percent) * BAR / 100;
        let (full, rest) = if self.style.unicode { ("█", "░") } else { ("#", ".") };
        format!("[{}{}]", full.repeat(done), rest.repeat(BAR - done))
    }

    fn word(&mut self, word: &Word<'_>, wide: usize, hang: usize, column: &mut usize) {
        // Addresses stay whole, so that they can be opened; any other long word is broken.
        let whole = *column + wide <= self.width() || word.iter().any(|(text, _)| text.contains("://"));
        for (text, look) in word {
            if whole {
                self.piece(text, *look, column);
                continue;
            }
            let mut part = String::new();
            for sign in text.chars() {
                let next = textwrap::core::display_width(&part) + textwrap::core::display_width(sign.encode_utf8(&mut [0; 4]));
                if *column + next > self.width() && *column + next > hang + 1 {
                    self.piece(&part, *look, column);
                    part.clear();
                    self.next_line(hang, column);
                }
                part.push(sign);
            }
            self.piece(&part, *look, column);
        }
    }

    fn next_line(&mut self, hang: usize, column: &mut usize) {
        self.out.push('\n');
        *column = 0;
        self.blanks(hang, column);
    }

    fn blanks(&mut self, number: usize, column: &mut usize) {
        self.out.extend(std::iter::repeat_n(' ', number));
        *column += number;
    }

    fn piece(&mut self, text: &str, look: Look<'_>, column: &mut usize) {
        *column += textwrap::core::display_width(text);
        match self.ansi(look).filter(|_| self.style.color && !text.is_empty()) {
            Some(ansi) => self.out.push_str(&format!("{ansi}{text}{ansi:#}")),
            None => self.out.push_str(text),
        }
    }

    fn ansi(&self, look: Look<'_>) -> Option<Ansi> {
        let color = |color: AnsiColor| Ansi::new().fg_color(Some(color.into()));
        Some(match look {
            Look::Plain => return None,
            Look::Strong => Ansi::new().bold(),
            Look::Bar(_) => color(AnsiColor::Blue),
            Look::Quiet | Look::Tone(Tone::Quiet) => Ansi::new().dimmed(),
            Look::Code => color(AnsiColor::Cyan),
            Look::Link(_) => Ansi::new().underline(),
            Look::Tone(Tone::Good) => color(AnsiColor::Green).bold(),
            Look::Tone(Tone::Going) => color(AnsiColor::Blue).bold(),
            Look::Tone(Tone::Open) => color(AnsiColor::Yellow).bold(),
            Look::Tone(Tone::Alarm) => color(AnsiColor::Magenta).bold(),
            Look::Tone(Tone::Bad) => color(AnsiColor::Red).bold(),
        })
    }
}

/// The words of a line. A change of look alone ends no word.
fn words<'t>(shown: &'t [(String, Look<'t>)]) -> Vec<Word<'t>> {
    let mut found: Vec<Word<'t>> = Vec::new();
    let mut apart = true;
    for (text, look) in shown {
        for (at, part) in text.split(' ').enumerate() {
            apart |= at > 0;
            if part.is_empty() {
                continue;
            }
            match found.last_mut().filter(|_| !apart) {
                Some(word) => word.push((part, *look)),
                None => found.push(vec![(part, *look)]),
            }
            apart = false;
        }
    }
    found
}

/// Text that a terminal cannot take as a command: line ends become blanks, other control characters a replacement sign.
pub(crate) fn clean(text: &str) -> String {
    let safe = |sign: char| match sign {
        '\n' | '\r' | '\t' => ' ',
        sign if sign.is_control() || is_direction(sign) => '\u{fffd}',
        sign => sign,
    };
    text.chars().map(safe).collect()
}

/// The same text in plain signs, as far as there are any: names stay as people write them.
fn twin(text: &str) -> String {
    text.replace(" · ", " | ")
        .replace('→', "->")
        .replace('…', "...")
        .replace(['“', '”', '„'], "\"")
        .replace(['‘', '’'], "'")
        .replace(['–', '—'], "-")
}

/// Signs that turn the direction of text could make a value look like another one.
fn is_direction(sign: char) -> bool {
    matches!(sign, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
