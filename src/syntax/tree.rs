//! The syntax tree: what was written, with the place of every word.
//!
//! In: made by `lower`. Out: read by the checker and the formatter's comparison.
//! Owns the shapes of the language. Never resolves a name, never holds a type.

#![expect(missing_docs, reason = "fields are named after the clauses that they hold; the reading guide explains each clause")]

use crate::source::Span;

/// A word or a text with its place. Texts are stored without their quotes.
#[derive(Clone, Debug, Default)]
pub struct Word {
    /// The word as written.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// Two words are equal when they say the same, wherever they stand.
impl PartialEq for Word {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

/// The items of all files of a rule set, in reading order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Syntax {
    /// The items.
    pub items: Vec<Item>,
}

/// One top-level item.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The item's name.
    pub name: Word,
    /// What it is.
    pub kind: ItemKind,
    /// Was part of it passed over after a mistake? Then nothing is said about what may be missing in it.
    pub damaged: bool,
}

/// The kinds of items, with their content.
#[derive(Clone, Debug, PartialEq)]
pub enum ItemKind {
    /// An item that could not be read. It keeps its name, so that nobody is told that the name is unknown.
    Unread {
        /// What one record is called, for a list.
        each: Option<Word>,
    },
    /// `ruleset tiktok version 2026.11`.
    RuleSet { version: Word, about: Option<Word> },
    /// Somebody who can change a fact.
    Party { label: Word },
    /// A named constant.
    Value { value: Literal, per: Vec<Word> },
    /// A list of country or currency codes.
    Group { label: Word, of: Word, codes: Vec<Word>, per: Vec<Word> },
    /// Where a term comes from.
    Source(Box<Source>),
    /// What to do when a requirement fails.
    Remedy(Box<Remedy>),
    /// The way to support from a symptom.
    Route(Box<Route>),
    /// A text that must be shown with a decision.
    Warning(Box<Warning>),
    /// A section of single facts.
    Section { about: Word, facts: Vec<Fact> },
    /// A list of records.
    Records(Box<Records>),
    /// A shared condition.
    Condition { label: Word, when: Expr },
    /// A shared date, amount or number chosen by conditions.
    Quantity { kind: Word, label: Word, branches: Vec<Branch> },
    /// Tiers of spend and reward.
    Table(Box<Table>),
    /// The states of an issued credit.
    State(Box<State>),
    /// A credit, an action or a check.
    Decision(Box<Decision>),
}

/// A literal of the language.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// `2026-03-01`.
    Date(Word),
    /// `20`, `0.9`.
    Number(Word),
    /// `30 days`.
    Days(Word),
    /// `50%`.
    Percent(Word),
    /// `200 USD`.
    Money(Word, Word),
    /// `US`, `USD`.
    Code(Word),
    /// `"text"`.
    Text(Word),
    /// `yes`, `none`, `ads_manager`, `offer.country`.
    Path(Word),
}

impl Literal {
    /// Where it stands.
    pub fn span(&self) -> Span {
        match self {
            Self::Date(w)
            | Self::Number(w)
            | Self::Days(w)
            | Self::Percent(w)
            | Self::Code(w)
            | Self::Text(w)
            | Self::Path(w) => w.span,
            Self::Money(amount, code) => amount.span.to(code.span),
        }
    }
}

/// A condition or an operand; the checker tells which it is.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

impl PartialEq for Expr {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

/// The shapes of conditions and operands.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// `A or B`.
    Any(Vec<Expr>),
    /// `A and B`, `A and then B`: the flag says that the part is asked only once all before it hold.
    All(Vec<(bool, Expr)>),
    /// `X is …`.
    Test(Box<Expr>, Box<Predicate>),
    /// `a + b - c`; the flag says minus.
    Sum(Vec<(bool, Expr)>),
    /// `a * b / c`; the flag says divided by.
    Product(Vec<(bool, Expr)>),
    /// `a but not above b` (the flag), `a but not below b`.
    Bound { inner: Box<Expr>, above: bool, limit: Box<Expr> },
    /// `the earlier of a and b`.
    Earlier(Box<Expr>, Box<Expr>),
    /// A literal or a name.
    Literal(Literal),
}

/// What is said of an operand.
#[derive(Clone, Debug, PartialEq)]
pub enum Predicate {
    /// `is X`, `is not X`.
    Is { not: bool, value: Expr },
    /// `is one of X, Y`, `is not one of X, Y`.
    OneOf { not: bool, values: Vec<Expr> },
    /// `is empty`, `is not empty`.
    Empty { not: bool },
    /// An order, or a distance in days after a date.
    Order { order: Order, value: Expr, after: Option<Expr> },
    /// `is from A to B`.
    Between { from: Expr, to: Expr },
    /// `is within N days of D`.
    Within(Window),
    /// `contains X`; the flag says `lacks X`.
    Contains { not: bool, value: Expr },
    /// `has a row`.
    HasRow,
    /// `has mixed currencies`.
    MixedCurrencies,
}

/// The orders, for numbers and for days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Order {
    /// `at least`, `from` a day.
    AtLeast,
    /// `at most`, `by` a day.
    AtMost,
    /// `above`, `more than`, `after` a day.
    Above,
    /// `below`, `fewer than`, `before` a day.
    Below,
    /// `exactly`.
    Exactly,
}

/// How the first day of a window counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FirstDay {
    /// The first day is day one.
    Counted,
    /// The day after it is day one.
    NotCounted,
    /// No source says which: the day after the sure days is a boundary.
    Unstated,
    /// The window may start later than the date named: a later day is open, never outside.
    AtTheEarliest,
}

/// `N days of D`.
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    /// How many days.
    pub length: Expr,
    /// From which day.
    pub start: Expr,
    /// How the first day counts; the checker asks for it.
    pub first: Option<FirstDay>,
}

/// `use X when C`, one branch of a shared quantity or a reward.
#[derive(Clone, Debug, PartialEq)]
pub struct Branch {
    /// The value.
    pub value: Expr,
    /// When it is taken; nothing means otherwise or always.
    pub when: Option<Expr>,
}

/// A source of terms.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Source {
    pub title: Option<Word>,
    pub url: Option<Word>,
    pub file: Option<Word>,
    pub mirror: Option<Word>,
    pub dated: Option<Word>,
    /// The day it was read; `never` has no text.
    pub read: Option<Word>,
    pub rank: Option<Word>,
    pub note: Option<Word>,
}

/// A remedy.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Remedy {
    /// The party that can bring it about; nothing for `never`.
    pub by: Option<Word>,
    pub say: Option<Word>,
    pub channel: Option<Word>,
    pub route: Option<Word>,
    pub note: Option<Word>,
}

/// A support route.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Route {
    pub symptom: Word,
    pub first: Vec<Word>,
    pub channel: Option<Word>,
    pub expect: Option<Word>,
    pub escalate: Option<Word>,
    pub bring: Vec<Word>,
    pub per: Vec<Word>,
    pub note: Option<Word>,
}

/// A warning.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Warning {
    pub say: Option<Word>,
    /// Verdicts under which it is shown; empty means any.
    pub on: Vec<Word>,
    pub when: Option<Expr>,
    pub per: Vec<Word>,
    pub note: Option<Word>,
}

/// A list of records.
#[derive(Clone, Debug, PartialEq)]
pub struct Records {
    /// What one record is called in rules.
    pub each: Word,
    /// The fact that names a record.
    pub key: Word,
    /// Is the key a decision, so that a decision reads its own record?
    pub of_decision: bool,
    pub about: Word,
    /// What one record is called in results, when not as the list.
    pub report_as: Option<Word>,
    pub facts: Vec<Fact>,
}

/// A declared fact.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    pub name: Word,
    pub ty: FactType,
    pub ask: Option<Word>,
    pub find: Vec<Word>,
    pub unit: Option<Word>,
    /// Who can change it: `Some(None)` is never.
    pub change: Option<Option<Word>>,
    pub become_: Vec<Move>,
    pub never_advise: bool,
    pub effort: Option<Word>,
    pub assume: Option<(Literal, Word)>,
    pub implies: Vec<(Word, Literal)>,
    pub computed: Option<(Expr, Option<Word>)>,
    pub identifies: bool,
    pub note: Option<Word>,
}

/// One move that a client can make with a fact.
#[derive(Clone, Debug, PartialEq)]
pub struct Move {
    pub to: Vec<Word>,
    pub from: Vec<Word>,
    pub warn: Option<Word>,
}

/// The type of a fact as written.
#[derive(Clone, Debug, PartialEq)]
pub enum FactType {
    Bool,
    Date { or_none: bool },
    Money,
    Integer,
    Decimal,
    Percent,
    Text,
    Country,
    Currency,
    Enum(Vec<Word>),
    Set(Vec<Word>),
}

/// A tier table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    pub label: Option<Word>,
    pub by: Vec<Word>,
    pub currency: Option<Word>,
    pub window: Option<(Expr, Option<FirstDay>)>,
    pub last_day: Option<Word>,
    /// Rows with their keys; a table without keys has one row with no key.
    pub rows: Vec<TableRow>,
    /// `unstated otherwise`: other rows exist that no source shows.
    pub unstated_otherwise: bool,
    pub per: Vec<Word>,
    pub note: Option<Word>,
}

/// A row of a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TableRow {
    pub keys: Vec<Word>,
    pub tiers: Vec<Tier>,
    pub span: Span,
}

/// A tier; one that no source shows has neither amount.
#[derive(Clone, Debug, PartialEq)]
pub struct Tier {
    pub amounts: Option<(Expr, Expr)>,
    pub span: Span,
}

/// The states of an issued credit.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    pub label: Word,
    /// A parameter with its type and the operand that it usually is.
    pub taking: Option<(Word, FactType, Expr)>,
    pub items: Vec<StateItem>,
}

/// One condition of a state.
#[derive(Clone, Debug, PartialEq)]
pub struct StateItem {
    pub kind: StateKind,
    pub id: Word,
    pub label: Word,
    pub clauses: Vec<Clause>,
    pub per: Vec<Word>,
    pub remedy: Option<Word>,
    pub span: Span,
}

/// What a state condition does to the verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StateKind {
    /// The credit is lost while it holds.
    Lost,
    /// Whether the credit still lives is open.
    Life,
    /// The credit cannot be used while it holds.
    Blocked,
    /// Whether the account is in good standing is open.
    Standing,
}

/// A clause of a requirement or a state condition.
#[derive(Clone, Debug, PartialEq)]
pub struct Clause {
    pub kind: ClauseKind,
    /// Why it is open, for `open`.
    pub because: Option<Word>,
    /// What kind of reason that is.
    pub silence: Silence,
    pub span: Span,
}

/// Why the sources leave something open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Silence {
    /// No source says.
    #[default]
    Unstated,
    /// `because sources disagree`.
    Conflict,
    /// `because boundary day`.
    Boundary,
    /// `because arithmetic`.
    Arithmetic,
}

/// What a clause says.
#[derive(Clone, Debug, PartialEq)]
pub enum ClauseKind {
    /// `met when …`.
    Met(Applies),
    /// `fails when …`.
    Fails(Applies),
    /// `pending when …`.
    Pending(Applies),
    /// `open when … because …`.
    Open(Applies),
    /// `needs a, b when …`.
    Needs(Vec<Expr>, Option<Expr>),
    /// `when …` of a state condition.
    Holds(Expr),
}

/// When a clause applies.
#[derive(Clone, Debug, PartialEq)]
pub enum Applies {
    When(Expr),
    Otherwise,
    Always,
}

/// A decision.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    pub kind: DecisionKind,
    pub title: Word,
    pub subject: Word,
    pub severity: Option<Word>,
    pub per: Vec<Word>,
    pub offered: Option<Offered>,
    pub regions: Option<Regions>,
    pub assume: Vec<Word>,
    pub in_force: Option<InForce>,
    pub editions: Vec<Edition>,
    pub parts: Vec<Part>,
    pub denied: Option<Word>,
    pub state: Option<(Word, Option<(Word, Word)>)>,
    pub rewards: Vec<Reward>,
    pub warns: Vec<(Vec<Word>, Option<Expr>)>,
    pub claim: Option<Word>,
    pub note: Option<Word>,
}

/// The three kinds of decisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DecisionKind {
    Credit,
    Action,
    Check,
}

/// `offered by …`: who gives it, and what the rules add to that.
#[derive(Clone, Debug, PartialEq)]
pub struct Offered {
    pub by: Offerer,
    pub note: Option<Word>,
}

/// Who gives something.
#[derive(Clone, Debug, PartialEq)]
pub enum Offerer {
    /// These.
    Parties(Vec<Word>),
    /// Nobody, as a source says.
    Nobody,
    /// No source says.
    Unstated,
}

/// `regions …`: where it is given, and what the rules add to that.
#[derive(Clone, Debug, PartialEq)]
pub struct Regions {
    pub extent: Extent,
    pub note: Option<Word>,
}

/// The countries that a decision names as its own.
#[derive(Clone, Debug, PartialEq)]
pub enum Extent {
    /// These.
    Listed(Vec<Region>),
    /// All, as a source says.
    Anywhere,
    /// None, as a source says.
    Nowhere,
    /// No source says.
    Unstated,
}

/// A country, or a group of countries by its name.
#[derive(Clone, Debug, PartialEq)]
pub enum Region {
    Country(Word),
    Group(Word),
}

/// When a program or an edition is in force; a limit that no source states is nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InForce {
    pub from: Option<Word>,
    pub to: Option<Word>,
    pub settled: Option<Word>,
    pub span: Span,
}

/// One edition of a program's terms.
#[derive(Clone, Debug, PartialEq)]
pub struct Edition {
    pub name: Word,
    pub label: Option<Word>,
    pub when: Expr,
    pub in_force: Option<InForce>,
    /// Numbers of the edition; nothing is `unstated`.
    pub with: Vec<(Word, Option<Literal>)>,
    pub open: Option<Word>,
}

/// A requirement, or requirements taken from another decision.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    Require(Box<Requirement>),
    /// `take a as b from X`.
    Take {
        taken: Vec<(Word, Option<Word>)>,
        from: Word,
    },
}

/// A requirement.
#[derive(Clone, Debug, PartialEq)]
pub struct Requirement {
    pub id: Word,
    pub label: Word,
    pub body: Body,
    pub only_once: Option<Word>,
    /// What never happens and is meant so, with the reason.
    pub intended: Vec<(Never, Word)>,
    pub per: Vec<Word>,
    pub remedy: Option<Word>,
}

/// What of a requirement never happens.
#[derive(Clone, Debug, PartialEq)]
pub enum Never {
    /// It is not met.
    Met,
    /// It does not fail.
    Fails,
    /// It decides nothing that other requirements do not.
    Decides,
    /// It is not judged without a fact, even where each of its values gives the same.
    Without(Word),
}

/// How a requirement is judged.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// By clauses that hold whatever the edition.
    Clauses(Vec<Clause>),
    /// By clauses for each edition; nothing is `every edition`.
    ByEdition(Vec<(Option<Vec<Word>>, Vec<Clause>)>),
    /// By spend that grows toward a threshold.
    Progress(Box<Progress>),
}

/// Spend toward a threshold inside a window.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    pub of: Expr,
    pub starts: Option<Expr>,
    pub toward: Toward,
    pub windows: Vec<(ProgressWindow, Option<Expr>)>,
    pub crossed: Option<Expr>,
    pub counted: Option<(Expr, Option<Word>)>,
    pub span: Span,
}

/// What the spend grows toward.
#[derive(Clone, Debug, PartialEq)]
pub enum Toward {
    /// A money fact, a table, or a fact that names a table.
    Operand(Option<Expr>),
    /// One of several amounts, because no source says which.
    Either(Vec<Expr>, Word),
}

/// How long spend counts.
#[derive(Clone, Debug, PartialEq)]
pub enum ProgressWindow {
    /// `within N days of D`.
    Within(Window),
    /// `within its window of D`: the length is the table's.
    Its(Expr),
    /// `within the earlier of … and …`.
    Earlier(Window, Window),
    /// `until D`.
    Until(Expr),
    /// `forever`.
    Forever,
}

/// `reward …`.
#[derive(Clone, Debug, PartialEq)]
pub struct Reward {
    pub kind: RewardKind,
    pub when: Option<Expr>,
    pub span: Span,
}

/// What a reward is.
#[derive(Clone, Debug, PartialEq)]
pub enum RewardKind {
    /// There is none.
    None,
    /// No source states it.
    Unstated(Option<Word>),
    /// An amount.
    Is(Expr),
    /// The tier of a table that an amount reaches.
    Tier { table: Expr, by: Expr },
}
