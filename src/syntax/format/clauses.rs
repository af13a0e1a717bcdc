//! Where the clauses of an item start.
//!
//! In: the tokens between an item's braces. Out: for each clause its first token, how deep it stands and with which
//! neighbours it lines up.
//! Owns the words that begin a clause in each place. A wrong guess here makes a page ugly and never changes what it says,
//! because blanks mean nothing to the grammar.

use super::tokens::{Kind, Token};

/// How a clause is set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Start {
    /// Levels of indentation.
    pub depth: usize,
    /// Does it open a block of clauses that stand deeper?
    pub heads: bool,
    /// How many tokens name the clause; what follows is its content. A list of codes has no name.
    pub words: usize,
    /// With which neighbours its content lines up.
    pub align: Option<Align>,
}

/// A column in which contents start: as wide as the longest word of its class, within limits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Align {
    pub class: Class,
    pub least: usize,
    /// Longer words stick out.
    pub most: usize,
}

/// Clauses of different classes never line up with each other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Class {
    Plain,
    /// Inside `in EDITION` or `progress`.
    Inner,
    /// Citation and note of a table.
    Foot,
}

/// The block that a clause stands in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Block {
    Body,
    Fact,
    Row,
    StateItem,
    Edition,
    Require,
    InEdition,
    Progress,
}

const fn apart(depth: usize) -> Start {
    Start { depth, heads: false, words: 1, align: None }
}

const fn head(depth: usize) -> Start {
    Start { heads: true, ..apart(depth) }
}

const fn aligned(depth: usize, class: Class, least: usize, most: usize) -> Start {
    Start { align: Some(Align { class, least, most }), ..apart(depth) }
}

const fn plain(depth: usize, least: usize) -> Start {
    aligned(depth, Class::Plain, least, usize::MAX)
}

/// The clause that `word` begins in `block` of an item, and the block that it leads into.
fn clause(item: &str, block: Block, word: &str, next: &str) -> Option<(Block, Start)> {
    use Block::{Body, Fact, Row, StateItem};
    Some(match (item, block, word) {
        ("source", _, "title" | "url" | "file" | "mirror" | "dated" | "read" | "rank" | "note") => {
            (Body, aligned(1, Class::Plain, 6, 6))
        }
        ("remedy", _, "say" | "channel" | "route" | "note") => (Body, plain(1, 5)),
        ("route", _, "first" | "channel" | "expect" | "escalate" | "bring" | "per" | "note") => (Body, plain(1, 0)),
        ("warning", _, "say" | "shown" | "per" | "note") => (Body, plain(1, 5)),
        ("condition", _, "when") | ("date" | "amount" | "number", _, "use") => (Body, plain(1, 0)),
        ("group", _, "per") => (Body, apart(1)),

        ("table", _, "currency" | "window") => (Body, plain(1, 0)),
        ("table", _, "last") => (Body, Start { words: 2, ..plain(1, 0) }),
        ("table", _, "row") => (Row, apart(1)),
        ("table", Row, "spend") => (Row, apart(2)),
        ("table", Row, "unstated") if next != "otherwise" => (Row, apart(2)),
        ("table", _, "spend" | "unstated") => (Body, apart(1)),
        ("table", _, "per" | "note") => (Body, aligned(1, Class::Foot, 0, usize::MAX)),

        ("facts" | "records", _, "fact") => (Fact, head(1)),
        ("records", Body, "report") => (Body, apart(1)),
        ("facts" | "records", Fact, "never" | "identifies") => (Fact, apart(2)),
        (
            "facts" | "records",
            Fact,
            "ask" | "find" | "unit" | "change" | "become" | "effort" | "assume" | "implies" | "computed" | "note",
        ) => (Fact, aligned(2, Class::Plain, 6, 6)),

        ("state", _, "lost" | "life" | "blocked" | "standing") => (StateItem, head(1)),
        ("state", StateItem, "when" | "open" | "needs" | "per" | "else") => (StateItem, plain(2, 5)),

        ("credit" | "action" | "check", ..) => return decision_clause(block, word, next),
        _ => return None,
    })
}

fn decision_clause(block: Block, word: &str, next: &str) -> Option<(Block, Start)> {
    use Block::{Body, Edition, InEdition, Progress, Require};
    let judged = matches!(block, Require | InEdition | Progress);
    Some(match word {
        "require" => (Require, head(1)),
        "edition" => (Edition, head(1)),
        "in" if judged => (InEdition, apart(2)),
        "in" if block == Edition && next == "force" => (Edition, apart(2)),
        "in" => (Body, apart(1)),
        "when" | "with" | "open" if block == Edition => (Edition, plain(2, 0)),
        "met" | "fails" | "pending" | "open" | "needs" if block == InEdition => {
            (block, aligned(3, Class::Inner, 5, usize::MAX))
        }
        "met" | "fails" | "pending" | "open" | "needs" | "per" | "else" if judged => (block, plain(2, 5)),
        "only" | "never" if judged => (block, apart(2)),
        "progress" if judged => (Progress, apart(2)),
        "starts" | "toward" | "until" | "forever" | "within" | "crossed" | "counted" if judged => {
            let depth = if block == Progress { 3 } else { 2 };
            (block, aligned(depth, Class::Inner, 0, usize::MAX))
        }
        "offered" => (Body, Start { words: 2, ..plain(1, 0) }),
        "take" | "state" | "reward" | "warn" | "regions" | "assume" | "denied" | "claim" | "note" | "per" => {
            (Body, plain(1, 0))
        }
        _ => return None,
    })
}

/// The clauses of a body: where each starts. The first token always starts one.
///
/// On the way it marks which minuses are signs, because only here is known where an operand is due.
pub(super) fn starts(item: &str, body: &[Token<'_>]) -> Vec<(usize, Start)> {
    let mut found = Vec::new();
    let mut reader = Reader { item, block: Block::Body, word: "", operand: false, nesting: 0, asks: false, unanswered: false };
    let mut previous = "";
    for (at, token) in body.iter().enumerate() {
        let word = |ahead: usize| body.get(at + ahead).filter(|token| token.kind != Kind::Text).map_or("", |token| token.text);
        let start = reader.read(token, previous, word(1), word(2));
        let unnamed = (at == 0).then(|| Start { words: 0, ..apart(1) });
        found.extend(start.or(unnamed).map(|start| (at, start)));
        previous = token.text;
    }
    found
}

/// Follows the tokens closely enough to tell a word of the language from a name that is spelled like one.
struct Reader<'t> {
    item: &'t str,
    block: Block,
    /// The word of the present clause.
    word: &'t str,
    /// Does an operand or a name come next? Then no word begins a clause.
    operand: bool,
    nesting: usize,
    /// Has the present clause come to its `when`?
    asks: bool,
    /// Has the condition named what it speaks of, and not yet what it says of it?
    unanswered: bool,
}

impl<'t> Reader<'t> {
    fn read(&mut self, token: &Token<'t>, previous: &str, next: &str, second: &str) -> Option<Start> {
        let may_start = token.kind == Kind::Word && !self.operand && self.nesting == 0;
        let start = if may_start && !self.goes_on(token.text, next, second) {
            clause(self.item, self.block, token.text, next)
        } else {
            None
        };
        if let Some((block, start)) = start {
            let operand = !matches!(token.text, "identifies" | "forever" | "unstated");
            *self = Self { block, word: token.text, operand, asks: token.text == "when", unanswered: false, ..*self };
            return Some(start);
        }
        match token.text {
            "(" => self.nesting += 1,
            ")" => self.nesting = self.nesting.saturating_sub(1),
            "-" => token.sign.set(self.operand || (self.block == Block::Edition && self.word == "with")),
            "when" => (self.asks, self.unanswered) = (true, true),
            "and" | "or" | "then" => self.unanswered |= self.asks,
            "is" | "contains" | "lacks" | "has" if self.nesting == 0 => self.unanswered = false,
            _ => {}
        }
        self.operand = match token.kind {
            Kind::Number | Kind::Text => false,
            Kind::Mark => !matches!(token.text, ")" | "%"),
            Kind::Word => self.leads_to_operand(token.text, previous, next),
        };
        None
    }

    /// Does a word that could begin a clause belong to the present one?
    fn goes_on(&self, word: &str, next: &str, second: &str) -> bool {
        match word {
            "when" => self.word == "needs" && !self.asks,
            "is" => self.unanswered,
            "with" => next == "first" && second == "day",
            _ => false,
        }
    }

    fn leads_to_operand(&self, word: &str, previous: &str, next: &str) -> bool {
        match word {
            "by" if self.word == "offered" && previous == "offered" => true,
            "otherwise" | "met" | "fails" | "require" | "reward" | "per" => false,
            "and" | "because" | "but" | "else" | "every" | "is" | "not" | "or" | "then" | "warn" | "when" => true,
            "day" => matches!(previous, "first" | "last"),
            "above" | "after" | "as" | "at" | "before" | "below" | "by" | "contains" | "either" | "exactly" | "from"
            | "gives" | "has" | "in" | "lacks" | "least" | "most" | "of" | "on" | "once" | "than" | "to" | "usually"
            | "with" | "within" => !self.operand || !self.ends_operand(next),
            _ => false,
        }
    }

    /// Can `next` not be an operand? Then the word before it is a name, such as `on` in `one of on, off`.
    fn ends_operand(&self, next: &str) -> bool {
        matches!(next, "" | "," | ")" | "and" | "or" | "then" | "but" | "because" | "when" | "otherwise")
            || clause(self.item, self.block, next, "").is_some()
    }
}
