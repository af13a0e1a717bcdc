//! A page as data: headings, sentences, lists and tables, before anyone knows the format.
//!
//! In: made from reports, programs and routes. Out: laid out as text, Markdown or HTML.
//! Owns no words and no format. One page, three layouts: so all of them say the same sentences.

use std::borrow::Cow;

use super::words::Tone;

/// A page with its title.
#[derive(Debug, Default)]
pub(super) struct Page<'a> {
    /// For the title of a window or file.
    pub title: String,
    /// What it says.
    pub blocks: Vec<Block<'a>>,
}

/// A part of a page.
#[derive(Debug)]
pub(super) enum Block<'a> {
    /// A heading of a level from 1.
    Heading(u8, Line<'a>),
    /// Sentences.
    Say(Line<'a>),
    /// Something that must not be overlooked: a word such as `Warning`, and what.
    Note(Tone, &'static str, Line<'a>),
    /// Short statements, each after its name.
    Fields(Vec<(Cow<'a, str>, Line<'a>)>),
    /// Items in order; numbered where they are referred to.
    List { numbered: bool, items: Vec<Item<'a>> },
    /// Rows under a head.
    Table { caption: String, head: Vec<String>, rows: Vec<Vec<Line<'a>>> },
    /// What only some readers want: closed at first where the format can.
    Fold { summary: String, open: bool, blocks: Vec<Block<'a>> },
    /// What belongs together.
    Card(Tone, Vec<Block<'a>>),
}

/// An item of a list with what belongs to it.
#[derive(Debug, Default)]
pub(super) struct Item<'a> {
    /// A sign for the eye; the words say it too.
    pub mark: Option<Tone>,
    /// What it says.
    pub line: Line<'a>,
    /// What belongs to it.
    pub blocks: Vec<Block<'a>>,
}

/// Text in one or several looks.
pub(super) type Line<'a> = Vec<Piece<'a>>;

/// Text in one look.
#[derive(Clone, Debug)]
pub(super) struct Piece<'a> {
    /// The text, not escaped.
    pub text: Cow<'a, str>,
    /// How it looks.
    pub look: Look<'a>,
}

/// How a text looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Look<'a> {
    /// As all others.
    Plain,
    /// Stressed.
    Strong,
    /// Of little weight.
    Quiet,
    /// A word of the rules: an id, a fact's name.
    Code,
    /// A verdict or a result.
    Tone(Tone),
    /// Leads to an address.
    Link(&'a str),
    /// How much of something is reached, of 0 to 100; the words beside it say it exactly.
    Bar(u8),
}

/// Text as it is.
pub(super) fn plain<'a>(text: impl Into<Cow<'a, str>>) -> Piece<'a> {
    Piece { text: text.into(), look: Look::Plain }
}

/// Stressed text.
pub(super) fn strong<'a>(text: impl Into<Cow<'a, str>>) -> Piece<'a> {
    Piece { text: text.into(), look: Look::Strong }
}

/// Text of little weight.
pub(super) fn quiet<'a>(text: impl Into<Cow<'a, str>>) -> Piece<'a> {
    Piece { text: text.into(), look: Look::Quiet }
}

/// A word of the rules.
pub(super) fn code<'a>(text: impl Into<Cow<'a, str>>) -> Piece<'a> {
    Piece { text: text.into(), look: Look::Code }
}

/// A verdict or a result.
pub(super) fn toned<'a>(tone: Tone, text: impl Into<Cow<'a, str>>) -> Piece<'a> {
    Piece { text: text.into(), look: Look::Tone(tone) }
}

/// A text that leads to an address, where it has one that a reader can open.
pub(super) fn link<'a>(text: impl Into<Cow<'a, str>>, url: Option<&'a str>) -> Piece<'a> {
    let web = url.filter(|url| url.starts_with("https://") || url.starts_with("http://"));
    Piece { text: text.into(), look: web.map_or(Look::Plain, Look::Link) }
}

/// Several lines as one, with a separator between them.
pub(super) fn joined<'a>(lines: impl IntoIterator<Item = Line<'a>>, separator: &'static str) -> Line<'a> {
    let mut all = Line::new();
    for line in lines {
        if !all.is_empty() {
            all.push(plain(separator));
        }
        all.extend(line);
    }
    all
}

/// How much of something is reached, in percent, to be seen at a glance.
pub(super) fn bar<'a>(percent: u8) -> Piece<'a> {
    Piece { text: Cow::Borrowed(""), look: Look::Bar(percent.min(100)) }
}
