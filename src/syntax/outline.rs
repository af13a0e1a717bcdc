//! The outline of a text as its lines show it: where clauses start, what stands under them, where an item closes.
//!
//! In: one item's text, broken or not. Out: places in it.
//! Owns the words that start clauses. Never reads more than first words, indents and braces.

/// Words that begin a clause wherever clauses may stand; a line that begins with one starts anew.
pub(super) const CLAUSES: [&str; 67] = [
    "ask",
    "assume",
    "become",
    "blocked",
    "bring",
    "change",
    "channel",
    "claim",
    "computed",
    "counted",
    "crossed",
    "currency",
    "dated",
    "denied",
    "edition",
    "effort",
    "else",
    "escalate",
    "expect",
    "fact",
    "fails",
    "file",
    "find",
    "first",
    "forever",
    "identifies",
    "implies",
    "in",
    "last",
    "life",
    "lost",
    "met",
    "mirror",
    "needs",
    "never",
    "note",
    "offered",
    "only",
    "open",
    "pending",
    "per",
    "progress",
    "rank",
    "read",
    "regions",
    "report",
    "require",
    "reward",
    "route",
    "row",
    "say",
    "shown",
    "spend",
    "standing",
    "starts",
    "state",
    "take",
    "title",
    "toward",
    "unit",
    "until",
    "url",
    "use",
    "warn",
    "when",
    "window",
    "within",
];

/// Clauses with clauses of their own under them.
const HEADS: [&str; 10] = ["blocked", "edition", "fact", "in", "life", "lost", "progress", "require", "row", "standing"];

/// A line that starts a clause.
#[derive(Clone, Copy)]
struct Start<'t> {
    at: usize,
    indent: usize,
    word: &'t str,
}

/// The clauses of an item.
pub(super) struct Outline<'t> {
    starts: Vec<Start<'t>>,
    /// Where the line of the closing brace starts.
    closing: usize,
}

impl<'t> Outline<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        let mut starts: Vec<Start<'t>> = Vec::new();
        let mut closing = text.len();
        let mut offset = 0;
        for line in text.split_inclusive('\n') {
            let indent = indent(line);
            let start = Start { at: offset + indent, indent, word: first_word(line.trim_start()) };
            if offset > 0 && CLAUSES.contains(&start.word) && !goes_on(starts.last(), start) {
                starts.push(start);
            }
            if offset > 0 && line.starts_with('}') {
                closing = closing.min(offset);
            }
            offset += line.len();
        }
        Self { starts, closing }
    }

    /// Does the line at `at` belong to the clause before it?
    pub(super) fn continues(&self, text: &str, at: usize) -> bool {
        let before = self.starts.iter().rfind(|start| start.at <= at);
        let own = at - line_start(text, at);
        before.is_some_and(|start| !HEADS.contains(&start.word) && own > start.indent)
    }

    /// The end of the line at `at` with the lines that stand deeper below it.
    pub(super) fn block_end(&self, text: &str, at: usize) -> usize {
        let first = line_start(text, at);
        let own = indent(text.get(first..).unwrap_or(""));
        let mut end = first;
        for (number, line) in text.get(first..).unwrap_or("").split_inclusive('\n').enumerate() {
            if number > 0 && !line.trim().is_empty() && indent(line) <= own {
                break;
            }
            end += line.len();
        }
        end.min(self.closing.max(at))
    }

    /// The clause at `at` with what stands under it; the one before it when that was cut short.
    pub(super) fn clause(&self, text: &str, at: usize, ready: bool) -> Option<(usize, usize)> {
        if at >= self.closing && at < text.trim_end().len().saturating_sub(1) {
            return None; // Behind the item there is no clause.
        }
        let here = self.starts.partition_point(|start| start.at <= at);
        let index = match here.checked_sub(1)? {
            index if !ready && self.starts.get(index).is_some_and(|start| start.at == at) => index.checked_sub(1)?,
            index => index,
        };
        let start = self.starts.get(index)?;
        let next = self.starts.iter().skip(index + 1).find(|next| next.indent <= start.indent);
        let end = next.map_or(self.closing, |next| next.at).min(self.closing);
        (start.at < end).then_some((start.at, end))
    }
}

/// Is a line that starts with a clause's word part of the clause before it all the same?
fn goes_on(before: Option<&Start<'_>>, line: Start<'_>) -> bool {
    let Some(before) = before else { return false };
    let head = HEADS.contains(&before.word);
    line.indent > before.indent && (!head || line.word == "when" && before.word == "edition")
}

/// The word at the start of a text: letters, digits, `_` and `.`.
pub(super) fn first_word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.').unwrap_or(text.len());
    text.get(..end).unwrap_or("")
}

/// The words in the first line of a text, with their places.
pub(super) fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let line = text.lines().next().unwrap_or("");
    let mut at = 0;
    line.split(' ').filter_map(move |part| {
        let start = at;
        at += part.len() + 1;
        let word = first_word(part);
        (!word.is_empty()).then_some((start, word))
    })
}

/// How far the first line of a text is indented, in bytes.
pub(super) fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

/// Where the line of a place starts.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1)
}

/// The first place from `at` on that is neither blank nor a comment.
pub(super) fn skip_blanks(text: &str, at: usize) -> usize {
    let mut at = at;
    loop {
        let rest = text.get(at..).unwrap_or("");
        let code = rest.trim_start();
        at += rest.len() - code.len();
        if !code.starts_with("//") {
            return at;
        }
        at += code.find('\n').unwrap_or(code.len());
    }
}

/// Where the last word or sign before `at` ends.
pub(super) fn code_end(text: &str, at: usize) -> usize {
    let code = code_bytes(text).take_while(|(place, _)| *place < at);
    code.filter(|(_, byte)| !byte.is_ascii_whitespace()).last().map_or(0, |(place, _)| place + 1)
}

/// The brace that closes the one at `at`, unless it stands at the left edge, where it closes the item.
pub(super) fn closing_brace(text: &str, at: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (place, byte) in code_bytes(text).skip_while(|(place, _)| *place < at) {
        match byte {
            b'{' => depth += 1,
            b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return (line_start(text, place) != place).then_some(place);
                }
            }
            _ => {}
        }
    }
    None
}

/// The bytes outside comments; those of texts count as the letter `"`.
pub(super) fn code_bytes(text: &str) -> impl Iterator<Item = (usize, u8)> + '_ {
    let (mut quoted, mut comment) = (false, false);
    let mut bytes = text.bytes().enumerate().peekable();
    std::iter::from_fn(move || {
        let (at, byte) = bytes.next()?;
        let opens_comment = !quoted && byte == b'/' && bytes.peek().is_some_and(|(_, next)| *next == b'/');
        comment = byte != b'\n' && (comment || opens_comment);
        let was_quoted = quoted;
        quoted = byte != b'\n' && !comment && (quoted != (byte == b'"'));
        let shown = match byte {
            b'\n' => b'\n',
            _ if comment => b' ',
            _ if quoted || was_quoted => b'"',
            other => other,
        };
        Some((at, shown))
    })
}
