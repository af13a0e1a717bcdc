//! The words in which a syntax error is told.
//!
//! In: what the parser stumbled over. Out: one finding.
//! Owns the wording. Never decides what is passed over.

use super::lower::{self, Rule};
use super::outline::{CLAUSES, code_end, first_word, line_start};
use super::recover::Mistake;
use super::slips;
use super::split::Piece;
use crate::diagnostic::{Diagnostic, alternatives, codes};
use crate::source::{FileId, Span};

/// Items without braces: nothing closes them.
const BARE: [&str; 3] = ["party", "ruleset", "value"];

/// What is told of a mistake.
pub(super) fn finding(file: FileId, piece: Piece<'_>, mistake: &Mistake<'_>) -> Diagnostic {
    let Mistake { text, at, found, .. } = *mistake;
    let place = |start: usize, end: usize| Span {
        file,
        start: u32::try_from(piece.start + start).unwrap_or(u32::MAX),
        end: u32::try_from(piece.start + end).unwrap_or(u32::MAX),
    };
    let here = place(at, at + found.len());
    let line_start = line_start(text, at);
    let line = text.get(line_start..).and_then(|rest| rest.lines().next()).unwrap_or("");
    if let Some(quote) = unclosed_quote(line) {
        let quote = place(line_start + quote, line_start + quote + 1);
        return Diagnostic::new(&codes::UNCLOSED_TEXT, quote, "this text is not closed on its line")
            .help("end it with `\"`; a long text is several texts in a row, one a line");
    }
    let expected = expected_words(mistake.expected);
    if mistake.rest.is_empty() {
        let keyword = first_word(text);
        if BARE.contains(&keyword) {
            let end = code_end(text, at);
            let headline = format!("expected {}, but the item ends here", alternatives(&shortened(expected)));
            return Diagnostic::new(&codes::SYNTAX, place(last_word(text, end), end), headline);
        }
        return Diagnostic::new(&codes::UNCLOSED_ITEM, place(0, keyword.len()), "this item is not closed")
            .help("end it with `}` at the start of a line");
    }
    if matches!(found, "and" | "or") && mixes(text, at) {
        return Diagnostic::new(&codes::MIXED_AND_OR, here, "`and` and `or` are mixed without parentheses")
            .help("put parentheses around the part that belongs together");
    }
    let accepts = |rule: Rule| mistake.expected.contains(&rule);
    let (sum, product) = (accepts(Rule::plus), accepts(Rule::times));
    if matches!(found, "+" | "-") && product && !sum || matches!(found, "*" | "/") && sum && !product {
        return Diagnostic::new(&codes::SYNTAX, here, "`+ -` and `* /` are mixed without parentheses")
            .help("put parentheses around the part that is computed first");
    }
    if let Some(slip) = slips::slip(text, at) {
        return Diagnostic::new(&codes::SYNTAX, place(slip.start, slip.end), slip.headline).help(slip.help);
    }
    let help = help(mistake, &expected);
    let headline = match shortened(expected).as_slice() {
        [] => format!("`{found}` does not belong here"),
        words => format!("expected {}, found `{found}`", alternatives(words)),
    };
    Diagnostic::new(&codes::SYNTAX, here, headline).help_if(help)
}

/// What to do about a word or a brace that does not belong where it stands.
fn help(mistake: &Mistake<'_>, expected: &[String]) -> Option<String> {
    match mistake.found {
        "not" => return Some("say `is not` behind the fact, such as `account.status is not approved`".to_owned()),
        "{" if mistake.ready => return Some("remove the braces; what belongs here is indented below this line".to_owned()),
        "\"" if mistake.expected.contains(&Rule::whose) => {
            return Some("name a party that is declared; a text may stand behind it".to_owned());
        }
        "\"" if mistake.expected.contains(&Rule::region) => {
            return Some("write the codes without quotes; a text may stand behind them".to_owned());
        }
        word if CLAUSES.contains(&word) => return None,
        _ => {}
    }
    let keywords = expected.iter().filter_map(|word| word.strip_prefix('`')?.strip_suffix('`'));
    let meant = keywords.filter_map(|keyword| Some((distance(mistake.found, keyword)?, keyword))).min()?;
    Some(format!("did you mean `{}`?", meant.1))
}

/// How far a word is from a keyword, where it is near enough to be meant.
fn distance(word: &str, keyword: &str) -> Option<usize> {
    if keyword.len() < 3 || word.len() < 3 {
        return None;
    }
    let begins = word.len() > 3 && (word.starts_with(keyword) || keyword.starts_with(word));
    let distance = strsim::damerau_levenshtein(word, keyword);
    (begins || distance <= (word.len() / 3).max(1)).then_some(distance)
}

/// Does the other of `and` and `or` stand earlier in the same chain?
fn mixes(text: &str, at: usize) -> bool {
    text.get(at..).is_some_and(|rest| {
        let other = if rest.starts_with("and") { " or " } else { " and " };
        text.get(..at).is_some_and(|before| before.rsplit("when").next().is_some_and(|chain| chain.contains(other)))
    })
}

/// Where a quote opens that its line does not close.
fn unclosed_quote(line: &str) -> Option<usize> {
    let mut open = None;
    let mut previous = ' ';
    for (at, c) in line.char_indices() {
        match c {
            '"' => open = if open.is_some() { None } else { Some(at) },
            '/' if previous == '/' && open.is_none() => return None,
            _ => {}
        }
        previous = c;
    }
    open
}

/// Where the last word before `end` starts.
fn last_word(text: &str, end: usize) -> usize {
    let before = text.get(..end).unwrap_or("");
    before.rfind(char::is_whitespace).map_or(0, |blank| blank + 1)
}

/// What the grammar would have accepted, in words of the language.
fn expected_words(expected: &[Rule]) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for rule in expected {
        let word = lower::rule_words(*rule);
        if !word.is_empty() && !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

/// At most six of them.
fn shortened(mut words: Vec<String>) -> Vec<String> {
    if words.len() > 6 {
        words.truncate(5);
        words.push("another clause".to_owned());
    }
    words
}
