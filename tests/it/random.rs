//! Random rule sets, as text, and random facts for them; the properties that hold for every pair.
//!
//! In: a seed. Out: sound programs and facts that sit on the boundaries of their conditions.
//! Owns the generators, which other tests draw from. Never reads the clock: a failure prints its seed and its text.

use std::collections::BTreeSet;
use std::rc::Rc;

use accredit::check::{Sound, check};
use accredit::eval::reference::{decide, truth};
use accredit::eval::{Outcome, Reward};
use accredit::facts::{Facts, Record, State};
use accredit::program::{
    AS_OF, At, Body, Clauses, Cond, Decision, FactId, Lane, ListId, NO_EVENT, OpenClause, Operand, Program, ProgressWindow,
    RewardValue, Slot, SlotId, StateHolds, Subject, TestKind, Type, Values, Verdict,
};
use accredit::source::{FileId, SourceFile};
use accredit::syntax::parse;
use accredit::value::{MAX_DAY, MAX_MINOR, MAX_WHOLE, MIN_DAY, NANOS, country_code, day_text, parse_currency, parse_day};

/// A small deterministic generator (splitmix64).
#[derive(Clone)]
pub struct Rng(u64);

impl Rng {
    /// Starts at a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed ^ 0x9e37_79b9_7f4a_7c15)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + (self.next() % (high - low + 1) as u64) as i64
    }

    pub fn chance(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }

    pub fn pick<'a, T>(&mut self, among: &'a [T]) -> &'a T {
        &among[self.below(among.len())]
    }
}

// -------------------------------------------------------------------- rule sets

const CURRENCIES: [&str; 3] = ["USD", "EUR", "JPY"];
const COUNTRIES: [&str; 4] = ["US", "DE", "JP", "TH"];
const WORDS: [&str; 6] = ["red", "green", "blue", "grey", "none", "other"];
const TEXTS: [&str; 3] = ["one", "two", "three"];
const FIRST_DAYS: [&str; 4] =
    ["with first day counted", "with first day not counted", "with first day unstated", "at the earliest"];

/// The type of a generated fact.
#[derive(Clone, PartialEq)]
enum Kind {
    Bool,
    Enum(Vec<String>),
    Set(Vec<String>),
    Date(bool),
    Money,
    Whole,
    Number,
    Percent,
    Country,
    Currency,
    Text,
}

#[derive(Clone)]
struct Fact {
    path: String,
    kind: Kind,
    /// Read only in decisions for a campaign.
    campaign: bool,
}

/// What may be read where a condition stands.
#[derive(Clone, Default)]
struct Place {
    campaign: bool,
    /// Parameters of the edition: name, and `n` number, `d` days, `m` money, `t` date.
    parameters: Vec<(String, char)>,
    /// Shared definitions may be named.
    shared: bool,
}

/// A table's name, whether it is keyed, has a window, and which fact would name it.
#[derive(Clone)]
struct Table {
    name: String,
    keyed: bool,
    window: bool,
    last_day: bool,
}

/// A requirement that other decisions may take over.
struct Taken {
    id: String,
    decision: String,
    free: bool,
    pending: bool,
    campaign: bool,
}

struct Gen {
    rng: Rng,
    /// The text in pieces; one that the checker finds fault with can be dropped.
    pieces: Vec<String>,
    facts: Vec<Fact>,
    main: &'static str,
    conditions: Vec<String>,
    dates: Vec<String>,
    amounts: Vec<String>,
    numbers: Vec<String>,
    day_values: Vec<String>,
    groups: bool,
    tables: Vec<Table>,
    chooser: Option<String>,
    state: Option<bool>,
    computed: Option<String>,
    warnings: usize,
    requirements: Vec<Taken>,
}

/// The text of a random rule set, in pieces.
fn pieces(seed: u64) -> Vec<String> {
    let mut rng = Rng::new(seed);
    let main = *rng.pick(&CURRENCIES);
    let mut made = Gen {
        rng,
        pieces: Vec::new(),
        facts: Vec::new(),
        main,
        conditions: Vec::new(),
        dates: Vec::new(),
        amounts: Vec::new(),
        numbers: Vec::new(),
        day_values: Vec::new(),
        groups: false,
        tables: Vec::new(),
        chooser: None,
        state: None,
        computed: None,
        warnings: 0,
        requirements: Vec::new(),
    };
    made.rule_set();
    made.pieces
}

impl Gen {
    fn rule_set(&mut self) {
        self.pieces.push(
            "ruleset random version 1\nparty client \"the client\"\nsource src {\n  title \"t\"\n  read never\n  rank 1\n}\n\
             source src2 {\n  title \"t\"\n  read 2026-01-02\n  rank 2\n}\nremedy fix by client {\n  say \"Fix it.\"\n}\n\
             remedy no_way never {\n  say \"No.\"\n}\n"
                .to_owned(),
        );
        let decisions = 1 + self.rng.below(4);
        let names: Vec<String> = (0..decisions).map(|at| format!("dec{at}")).collect();
        self.tables = (0..self.rng.below(4))
            .map(|at| Table {
                name: format!("table{at}"),
                keyed: self.rng.chance(40),
                window: self.rng.chance(70),
                last_day: self.rng.chance(30),
            })
            .collect();
        self.vocabulary(&names);
        self.definitions();
        for name in &names {
            self.decision(name);
        }
    }

    fn vocabulary(&mut self, decisions: &[String]) {
        let count = 6 + self.rng.below(10);
        let mut text = self.section("facts acct \"Account\" {\n", "acct", count, false);
        if self.rng.chance(60) {
            let parts = ["gross", "tax", "late"];
            for part in parts {
                text += &self.fact("acct", part, &Kind::Money, "");
            }
            let warn = if self.rng.chance(70) { " else warn w0" } else { "" };
            text +=
                &self.fact("acct", "net", &Kind::Money, &format!("    computed as acct.gross - acct.tax - acct.late{warn}\n"));
            self.computed = Some("acct.net".to_owned());
        }
        if !self.tables.is_empty() && self.rng.chance(70) {
            let names: Vec<String> = self.tables.iter().map(|table| table.name.clone()).collect();
            text += &self.fact("acct", "chooser", &Kind::Enum(names), "");
            self.chooser = Some("acct.chooser".to_owned());
        }
        self.pieces.push(text + "}\n");
        let start = format!(
            "records offers each offer by program of decision \"Offers\" {{\n  report as offer\n  fact program: one of {}\n    ask \"q\"\n    find \"f\"\n    change never\n    identifies\n",
            decisions.join(", ")
        );
        let count = 1 + self.rng.below(5);
        let offers = self.section(&start, "offer", count, false);
        let start = "records campaigns each campaign by id \"Campaigns\" {\n  fact id: text\n    ask \"q\"\n    find \"f\"\n    change never\n    identifies\n";
        let count = 1 + self.rng.below(5);
        let campaigns = self.section(start, "campaign", count, true);
        self.pieces.push(offers + "}\n");
        self.pieces.push(campaigns + "}\n");
    }

    fn section(&mut self, start: &str, section: &str, count: usize, campaign: bool) -> String {
        let mut text = start.to_owned();
        // One value for each fact that others imply, so that no two facts contradict each other.
        let mut implied: Option<(String, &str)> = None;
        for at in 0..count {
            let kind = self.kind();
            let local = format!("f{at}");
            let mut extra = String::new();
            if let Some((path, value)) = &implied
                && self.rng.chance(25)
            {
                extra += &format!("    implies {path} is {value}\n");
            } else if self.rng.chance(20) {
                let value = self.value(&kind);
                extra += &value.map_or_else(String::new, |value| format!("    assume {value} because \"usual\"\n"));
            }
            if kind == Kind::Bool && implied.is_none() && extra.is_empty() {
                implied = Some((format!("{section}.{local}"), if self.rng.chance(50) { "yes" } else { "no" }));
            }
            text += &self.fact(section, &local, &kind, &extra);
            if let Some(last) = self.facts.last_mut() {
                last.campaign = campaign;
            }
        }
        text
    }

    fn fact(&mut self, section: &str, local: &str, kind: &Kind, extra: &str) -> String {
        self.facts.push(Fact { path: format!("{section}.{local}"), kind: kind.clone(), campaign: false });
        let ty = match kind {
            Kind::Bool => "yes or no".to_owned(),
            Kind::Enum(words) => format!("one of {}", words.join(", ")),
            Kind::Set(words) => format!("some of {}", words.join(", ")),
            Kind::Date(false) => "date".to_owned(),
            Kind::Date(true) => "date or none".to_owned(),
            Kind::Money => "money".to_owned(),
            Kind::Whole => "whole number".to_owned(),
            Kind::Number => "number".to_owned(),
            Kind::Percent => "percent".to_owned(),
            Kind::Country => "country".to_owned(),
            Kind::Currency => "currency".to_owned(),
            Kind::Text => "text".to_owned(),
        };
        format!("  fact {local}: {ty}\n    ask \"q\"\n    find \"f\"\n    change never\n{extra}")
    }

    fn kind(&mut self) -> Kind {
        let words = |rng: &mut Rng| -> Vec<String> {
            let count = 2 + rng.below(4);
            WORDS.iter().skip(rng.below(WORDS.len() - count + 1)).take(count).map(|word| (*word).to_owned()).collect()
        };
        match self.rng.below(20) {
            0..=2 => Kind::Bool,
            3..=5 => Kind::Enum(words(&mut self.rng)),
            6 => Kind::Set(words(&mut self.rng)),
            7..=8 => Kind::Date(false),
            9..=10 => Kind::Date(true),
            11..=13 => Kind::Money,
            14 => Kind::Whole,
            15 => Kind::Number,
            16 => Kind::Percent,
            17 => Kind::Country,
            18 => Kind::Currency,
            _ => Kind::Text,
        }
    }

    /// A literal of a kind, where it has one.
    fn value(&mut self, kind: &Kind) -> Option<String> {
        Some(match kind {
            Kind::Bool => (*self.rng.pick(&["yes", "no"])).to_owned(),
            Kind::Enum(words) => self.rng.pick(words).clone(),
            Kind::Date(true) if self.rng.chance(30) => "none".to_owned(),
            Kind::Date(_) => self.day(),
            Kind::Money => self.money(),
            Kind::Whole => self.rng.below(40).to_string(),
            Kind::Number => self.number(),
            Kind::Percent => self.percent(),
            Kind::Country => (*self.rng.pick(&COUNTRIES)).to_owned(),
            Kind::Currency => (*self.rng.pick(&CURRENCIES)).to_owned(),
            Kind::Set(_) | Kind::Text => return None,
        })
    }

    fn day(&mut self) -> String {
        day_text(parse_day("2026-01-01").unwrap() + self.rng.between(0, 120))
    }

    fn length(&mut self) -> String {
        format!("{} days", *self.rng.pick(&[0, 1, 2, 7, 14, 30, 90]))
    }

    fn money(&mut self) -> String {
        let currency = if self.rng.chance(90) { self.main } else { *self.rng.pick(&CURRENCIES) };
        self.money_in(currency)
    }

    fn money_in(&mut self, currency: &str) -> String {
        let cents = if currency != "JPY" && self.rng.chance(20) { ".5" } else { "" };
        format!("{}{cents} {currency}", *self.rng.pick(&[0, 1, 5, 20, 100, 200, 500]))
    }

    fn number(&mut self) -> String {
        (*self.rng.pick(&["0", "1", "2", "3", "0.5", "1.5", "2.25", "20"])).to_owned()
    }

    fn percent(&mut self) -> String {
        (*self.rng.pick(&["1%", "50%", "12.5%", "100%"])).to_owned()
    }

    // ---------------------------------------------------------------- shared definitions

    fn definitions(&mut self) {
        let place = Place::default();
        if self.rng.chance(50) {
            let length = self.length();
            self.pieces.push(format!("value some_days {length} per src\n"));
            self.day_values.push("some_days".to_owned());
        }
        if self.rng.chance(50) {
            let number = self.number();
            self.pieces.push(format!("value some_number {number} per src\n"));
            self.numbers.push("some_number".to_owned());
        }
        if self.rng.chance(50) {
            self.pieces.push(
                "group near \"Near\" of country {\n  DE, JP\n  per src\n}\ngroup hard \"Hard\" of currency { USD, EUR }\n"
                    .to_owned(),
            );
            self.groups = true;
        }
        for at in 0..self.rng.below(3) {
            let when = self.condition(&place, 2);
            self.pieces.push(format!("condition cond{at} \"c\" {{ when {when} }}\n"));
            self.conditions.push(format!("cond{at}"));
        }
        if self.rng.chance(50) {
            let text = self.quantity(&place, "date", &|this, place| this.date(place, 1));
            self.pieces.push(text);
            self.dates.push("some_date".to_owned());
        }
        if self.rng.chance(50) {
            let text = self.quantity(&place, "amount", &|this, place| this.own_money(place));
            self.pieces.push(text);
            self.amounts.push("some_amount".to_owned());
        }
        if self.rng.chance(30) {
            let text = self.quantity(&place, "number", &|this, place| this.plain_number(place, 1));
            self.pieces.push(text);
            self.numbers.push("some_number2".to_owned());
        }
        for table in self.tables.clone() {
            let text = self.table(&table);
            self.pieces.push(text);
        }
        self.state(&place);
        for at in 0..1 + self.rng.below(3) {
            let on = if self.rng.chance(30) { " on qualifies, blocked" } else { "" };
            let when = match (self.rng.below(3), &self.computed) {
                (0, Some(fact)) => format!(" when {fact} has mixed currencies"),
                (1, _) => format!(" when {}", self.condition(&place, 1)),
                _ => String::new(),
            };
            let shown = if on.is_empty() && when.is_empty() { String::new() } else { format!("  shown{on}{when}\n") };
            self.pieces.push(format!("warning w{at} {{\n  say \"w\"\n{shown}  per src\n}}\n"));
            self.warnings = at + 1;
        }
    }

    fn quantity(&mut self, place: &Place, kind: &str, value: &dyn Fn(&mut Self, &Place) -> String) -> String {
        let name = if kind == "number" { "some_number2".to_owned() } else { format!("some_{kind}") };
        let mut text = format!("{kind} {name} \"q\" {{\n");
        for _ in 0..self.rng.below(3) {
            let (is, when) = (value(self, place), self.condition(place, 1));
            text += &format!("  use {is} when {when}\n");
        }
        let otherwise = if self.rng.chance(50) { " otherwise" } else { "" };
        text + &format!("  use {}{otherwise}\n}}\n", value(self, place))
    }

    fn table(&mut self, table: &Table) -> String {
        let facts = |kind: &Kind| -> Vec<String> {
            self.facts.iter().filter(|f| f.kind == *kind && !f.campaign).map(|f| f.path.clone()).collect()
        };
        let (countries, currencies) = (facts(&Kind::Country), facts(&Kind::Currency));
        let mut keys: Vec<(String, &[&str])> = Vec::new();
        if table.keyed && !countries.is_empty() {
            keys.push((self.rng.pick(&countries).clone(), &COUNTRIES));
        }
        if table.keyed && !currencies.is_empty() && (keys.is_empty() || self.rng.chance(60)) {
            keys.push((self.rng.pick(&currencies).clone(), &CURRENCIES));
        }
        let by: Vec<String> = keys.iter().map(|(path, _)| path.clone()).collect();
        if keys.is_empty() {
            for known in &mut self.tables {
                known.keyed &= known.name != table.name;
            }
        }
        let by = if by.is_empty() { String::new() } else { format!(" by {}", by.join(", ")) };
        let mut text = format!("table {} \"t\"{by} {{\n", table.name);
        if table.window {
            let length = self.days(&Place::default());
            text += &format!("  window {length} {}\n", self.rng.pick(&FIRST_DAYS));
        }
        if table.last_day {
            text += &format!("  last day {}\n", self.day());
        }
        if keys.is_empty() {
            text += &self.tiers();
        } else {
            let mut rows = BTreeSet::new();
            for _ in 0..1 + self.rng.below(3) {
                rows.insert(keys.iter().map(|(_, codes)| *self.rng.pick(codes)).collect::<Vec<_>>().join(", "));
            }
            for row in rows {
                text += &format!("  row {row}\n{}", self.tiers());
            }
            if self.rng.chance(50) {
                text += "  unstated otherwise\n";
            }
        }
        text + "  per src\n}\n"
    }

    fn tiers(&mut self) -> String {
        if self.rng.chance(25) {
            let (spend, gives) = (self.own_money(&Place::default()), self.own_money(&Place::default()));
            return format!("    spend {spend} gives {gives}\n");
        }
        let (mut text, mut spend) = (String::new(), 0);
        for at in 0..1 + self.rng.below(4) {
            if at > 0 && self.rng.chance(30) {
                text += "    unstated\n";
                continue;
            }
            spend += 1 + self.rng.between(0, 100);
            let gives = if self.rng.chance(80) { self.money_in(self.main) } else { self.own_money(&Place::default()) };
            text += &format!("    spend {spend} {} gives {gives}\n", self.main);
        }
        text
    }

    fn state(&mut self, place: &Place) {
        if self.rng.chance(30) {
            return;
        }
        let dates: Vec<String> =
            self.facts.iter().filter(|f| f.kind == Kind::Date(true) && !f.campaign).map(|f| f.path.clone()).collect();
        let taking = !dates.is_empty() && self.rng.chance(60);
        let usual = if taking { self.rng.pick(&dates).clone() } else { String::new() };
        let head = if taking { format!(" taking ends: date or none, usually {usual}") } else { String::new() };
        let mut text = format!("state usual \"s\"{head} {{\n");
        for at in 0..1 + self.rng.below(5) {
            let kind = *self.rng.pick(&["lost", "life", "blocked", "standing"]);
            let mut when = self.condition(place, 1);
            if taking && self.rng.chance(50) {
                when = format!("{when} and then as_of is {} ends", self.rng.pick(&["after", "before", "by"]));
            }
            text += &format!("  {kind} s{at} \"s\"\n");
            text += &match kind {
                "lost" | "blocked" => format!("    when {when}\n"),
                _ if self.rng.chance(50) => format!("    open when {when} because \"no source\"\n"),
                _ => {
                    let first = if taking { "ends".to_owned() } else { self.anything(place) };
                    let second = if self.rng.chance(30) { format!(", {}", self.anything(place)) } else { String::new() };
                    let guard = if self.rng.chance(60) { format!(" when {when}") } else { String::new() };
                    format!("    needs {first}{second}{guard}\n")
                }
            };
            text += "    per src\n    else fix\n";
        }
        self.pieces.push(text + "}\n");
        self.state = Some(taking);
    }

    // ---------------------------------------------------------------- decisions

    fn decision(&mut self, name: &str) {
        let kind = *self.rng.pick(&["credit", "credit", "credit", "action", "check"]);
        let subject = *self.rng.pick(&["acct", "acct", "acct", "campaign", "offer"]);
        let credit = kind == "credit";
        let place = Place { campaign: subject == "campaign", parameters: Vec::new(), shared: true };
        let severity = if kind == "check" { " severity high" } else { "" };
        let mut head = format!("{kind} {name} \"t\" for {subject}{severity} {{\n  per src\n");
        if credit && self.rng.chance(30) {
            head += &format!("  {}\n", self.in_force());
        }
        let editions = if credit && self.rng.chance(40) { self.editions(&mut head, &place) } else { Vec::new() };
        self.pieces.push(head);
        if kind == "action" && self.rng.chance(10) {
            self.pieces.push("  denied always because \"never\"\n".to_owned());
        } else {
            self.pieces.push("\n".to_owned());
        }
        let mut ids: Vec<String> = Vec::new();
        for at in 0..1 + self.rng.below(5) {
            let takeable: Vec<usize> = (0..self.requirements.len())
                .filter(|i| {
                    let other = &self.requirements[*i];
                    other.free && other.decision != name && (credit || !other.pending) && (place.campaign || !other.campaign)
                })
                .collect();
            if at > 0 && !takeable.is_empty() && self.rng.chance(20) {
                let other = &self.requirements[*self.rng.pick(&takeable)];
                self.pieces.push(format!("  take {} as t{at} from {}\n", other.id, other.decision));
                ids.push(format!("t{at}"));
                continue;
            }
            let id = format!("r{at}");
            let mut text = format!("  require {id} \"l\"\n");
            let once = !ids.is_empty() && self.rng.chance(20);
            if once {
                text += &format!("    only once {} is met\n", self.rng.pick(&ids));
            }
            let by_edition = !editions.is_empty() && self.rng.chance(60);
            text += &if by_edition {
                self.by_edition(&editions, &place)
            } else if self.rng.chance(if credit { 30 } else { 5 }) {
                self.progress(&place)
            } else {
                self.clauses(&place, credit)
            };
            text += "    per src\n    else fix\n";
            let pending = text.contains("pending") || text.contains("progress");
            self.requirements.push(Taken {
                id: id.clone(),
                decision: name.to_owned(),
                free: !once && !by_edition,
                pending,
                campaign: text.contains("campaign."),
            });
            self.pieces.push(text);
            ids.push(id);
        }
        let mut tail = String::new();
        if credit && self.state.is_some() && self.rng.chance(60) {
            let with = if self.state == Some(true) && !self.dates.is_empty() && self.rng.chance(30) {
                " with ends some_date"
            } else {
                ""
            };
            tail += &format!("  state usual{with}\n");
        }
        if credit {
            tail += &self.rewards(&place, &editions);
        }
        for _ in 0..self.rng.below(2) {
            let when = if self.rng.chance(50) { format!(" when {}", self.condition(&place, 1)) } else { String::new() };
            tail += &format!("  warn w{}{when}\n", self.rng.below(self.warnings));
        }
        self.pieces.push(tail);
        self.pieces.push("}\n".to_owned());
    }

    fn in_force(&mut self) -> String {
        let (from, to) = (self.rng.between(-60, 60), self.rng.between(61, 150));
        let base = parse_day("2026-01-01").unwrap();
        let mut text = "in force".to_owned();
        if self.rng.chance(60) {
            text += &format!(" from {}", day_text(base + from));
        }
        if self.rng.chance(60) {
            text += &format!(" to {}", day_text(base + to));
        }
        if self.rng.chance(30) {
            text += &format!(" settled by {}", day_text(base + to + 30));
        }
        text
    }

    /// Editions told apart by words or by days; returns their names and their parameters.
    fn editions(&mut self, head: &mut String, place: &Place) -> Vec<(String, Vec<(String, char)>)> {
        let visible = self.visible(place);
        let pivots: Vec<Fact> = visible
            .into_iter()
            .filter(|f| matches!(f.kind, Kind::Enum(_) | Kind::Date(_) | Kind::Bool | Kind::Whole))
            .collect();
        if pivots.is_empty() {
            return Vec::new();
        }
        let pivot = self.rng.pick(&pivots).clone();
        let mut cells = self.cells(&pivot);
        if cells.len() > 1 && self.rng.chance(40) {
            cells.pop();
        }
        let guard = if self.rng.chance(30) { Some(self.condition(place, 0)) } else { None };
        let parameters: Vec<(String, char)> = [("n", 'n'), ("d", 'd'), ("m", 'm'), ("t", 't')]
            .iter()
            .filter(|_| self.rng.chance(50))
            .map(|(name, kind)| ((*name).to_owned(), *kind))
            .collect();
        let mut made = Vec::new();
        for (at, cell) in cells.into_iter().enumerate() {
            let when = match &guard {
                Some(guard) if self.rng.chance(70) => format!("{guard} and then {cell}"),
                _ => cell,
            };
            *head += &format!("  edition e{at} \"e\" when {when}\n");
            if !parameters.is_empty() {
                let list: Vec<String> = parameters
                    .iter()
                    .map(|(name, kind)| {
                        let value = match kind {
                            _ if self.rng.chance(20) => "unstated".to_owned(),
                            'n' => self.number(),
                            'd' => self.length(),
                            'm' => self.money_in(self.main),
                            _ => self.day(),
                        };
                        format!("{name} {value}")
                    })
                    .collect();
                *head += &format!("    with {}\n", list.join(", "));
            }
            if self.rng.chance(30) {
                *head += &format!("    {}\n", self.in_force());
            }
            if self.rng.chance(15) {
                *head += "    open because \"not seen\"\n";
            }
            made.push((format!("e{at}"), parameters.clone()));
        }
        made
    }

    fn by_edition(&mut self, editions: &[(String, Vec<(String, char)>)], place: &Place) -> String {
        let inside = Place { parameters: editions[0].1.clone(), ..place.clone() };
        if self.rng.chance(15) {
            return format!("    in every edition\n{}", self.clauses(&inside, true));
        }
        let (mut text, mut at) = (String::new(), 0);
        while at < editions.len() {
            let count = 1 + self.rng.below(editions.len() - at);
            let names: Vec<&str> = editions[at..at + count].iter().map(|(name, _)| name.as_str()).collect();
            text += &format!("    in {}\n{}", names.join(", "), self.clauses(&inside, true));
            at += count;
        }
        text
    }

    /// Clauses that are disjoint and complete by the way they are made.
    fn clauses(&mut self, place: &Place, credit: bool) -> String {
        let result = |rng: &mut Rng| match rng.below(if credit { 10 } else { 8 }) {
            0..=3 => "met",
            4..=5 => "fails",
            6..=7 => "open",
            _ => "pending",
        };
        let clause = |result: &str, applies: &str| {
            let because = if result == "open" { " because \"silence\"" } else { "" };
            format!("      {result} {applies}{because}\n")
        };
        match self.rng.below(12) {
            0 => {
                let word = result(&mut self.rng);
                clause(word, "always")
            }
            1 => {
                let operands: Vec<String> = (0..1 + self.rng.below(3)).map(|_| self.anything(place)).collect();
                let guard = if self.rng.chance(50) { format!(" when {}", self.condition(place, 1)) } else { String::new() };
                format!("      needs {}{guard}\n", operands.join(", "))
            }
            2..=6 => {
                let first = result(&mut self.rng);
                let second = result(&mut self.rng);
                let when = self.condition(place, 2);
                clause(first, &format!("when {when}")) + &clause(second, "otherwise")
            }
            roll => {
                let visible = self.visible(place);
                let pivot = self.rng.pick(&visible).clone();
                let cells = self.cells(&pivot);
                let complete = roll == 7;
                let mut text = String::new();
                let wanted = if complete { cells.len() } else { 1 + self.rng.below(cells.len()) };
                for cell in cells.into_iter().take(wanted) {
                    let word = result(&mut self.rng);
                    let when = match self.rng.below(6) {
                        _ if complete => cell,
                        0..=1 => format!("{cell} and then {}", self.condition(place, 1)),
                        2 => format!("{cell} and {}", self.condition(place, 1)),
                        3 => format!(
                            "({cell} and {}) or ({cell} and then {})",
                            self.condition(place, 0),
                            self.condition(place, 1)
                        ),
                        _ => cell,
                    };
                    text += &clause(word, &format!("when {when}"));
                }
                if !complete {
                    let word = result(&mut self.rng);
                    text += &clause(word, "otherwise");
                }
                text
            }
        }
    }

    /// Conditions on a fact of which exactly one holds once it is known.
    fn cells(&mut self, fact: &Fact) -> Vec<String> {
        let path = &fact.path;
        let (low, high) = (self.rng.between(1, 20), self.rng.between(20, 60));
        match &fact.kind {
            Kind::Bool => vec![format!("{path} is yes"), format!("{path} is no")],
            Kind::Enum(words) => {
                let split = 1 + self.rng.below(words.len());
                let mut cells = vec![format!("{path} is one of {}", words[..split].join(", "))];
                if split < words.len() {
                    cells.push(format!("{path} is one of {}", words[split..].join(", ")));
                }
                if words.len() > 2 && self.rng.chance(50) {
                    cells = words.iter().map(|word| format!("{path} is {word}")).collect();
                }
                cells
            }
            Kind::Set(words) => {
                let word = self.rng.pick(words);
                if self.rng.chance(50) {
                    vec![format!("{path} contains {word}"), format!("{path} lacks {word}")]
                } else {
                    vec![format!("{path} is empty"), format!("{path} is not empty")]
                }
            }
            Kind::Date(optional) => {
                let (first, length) = (self.day(), self.length());
                let mut cells = if self.rng.chance(50) {
                    vec![format!("{path} is before {first}"), format!("{path} is from {first}")]
                } else {
                    let window = self.rng.pick(&["with first day unstated", "with first day counted"]);
                    vec![
                        format!("{path} is within {length} of {first} {window}"),
                        format!("{path} is before {first}"),
                        format!("{path} is exactly {length} after {first}"),
                        format!("{path} is more than {length} after {first}"),
                    ]
                };
                if *optional {
                    cells.insert(self.rng.below(cells.len() + 1), format!("{path} is none"));
                }
                cells
            }
            Kind::Money => vec![
                format!("{path} is below {low} {}", self.main),
                format!("({path} is at least {low} {} and {path} is below {high}.5 USD)", self.main)
                    .replace(&format!("{high}.5 USD"), &format!("{high} {}", self.main)),
                format!("{path} is at least {high} {}", self.main),
            ],
            Kind::Whole => vec![
                format!("{path} is fewer than {low}"),
                format!("({path} is at least {low} and {path} is fewer than {high})"),
                format!("{path} is at least {high}"),
            ],
            Kind::Number => vec![format!("{path} is at most {low}.5"), format!("{path} is above {low}.5")],
            Kind::Percent => vec![format!("{path} is below {low}%"), format!("{path} is at least {low}%")],
            Kind::Country => vec![format!("{path} is one of US, DE"), format!("{path} is not one of US, DE")],
            Kind::Currency => vec![format!("{path} is USD"), format!("{path} is not USD")],
            Kind::Text => vec![format!("{path} is \"one\""), format!("{path} is one of \"two\", \"three\"")],
        }
    }

    fn progress(&mut self, place: &Place) -> String {
        let amount = self.spend(place);
        let mut text = format!("      progress of {amount}\n");
        if self.rng.chance(25) {
            text += &format!("        starts when {}\n", self.condition(place, 1));
        }
        let with_window: Vec<String> =
            self.tables.iter().filter(|table| table.window).map(|table| table.name.clone()).collect();
        let mut its = false;
        let choose = self.chooser.clone();
        text += &match self.rng.below(6) {
            0 => {
                let second = if self.rng.chance(50) { format!(" or {}", self.own_money(place)) } else { String::new() };
                format!("        toward either {} or {}{second} because \"no source\"\n", self.own_money(place), self.money())
            }
            1 | 2 if choose.is_some() => {
                its = self.tables.iter().all(|table| table.window);
                format!("        toward {}\n", choose.unwrap_or_default())
            }
            1..=3 if !with_window.is_empty() => {
                its = true;
                format!("        toward {}\n", self.rng.pick(&with_window))
            }
            4 if !self.tables.is_empty() => format!("        toward {}\n", self.rng.pick(&self.tables).name.clone()),
            _ => format!("        toward {}\n", self.own_money(place)),
        };
        let count = 1 + self.rng.below(2);
        for at in 0..count {
            let when = match at + 1 == count {
                true if count > 1 || self.rng.chance(20) => " otherwise".to_owned(),
                false => format!(" when {}", self.condition(place, 1)),
                true => String::new(),
            };
            let when = if count == 1 { String::new() } else { when };
            let start = self.date_fact(place);
            text += &match self.rng.below(7) {
                0 => format!("        forever{when}\n"),
                1 => format!("        until {}{when}\n", self.date_fact(place)),
                2 => {
                    let (a, b) = (self.days(place), self.days(place));
                    let (first, second) = (*self.rng.pick(&FIRST_DAYS), *self.rng.pick(&FIRST_DAYS));
                    let other = self.date_fact(place);
                    format!("        within the earlier of {a} of {start} {first} and {b} of {other} {second}{when}\n")
                }
                3 | 4 if its => format!("        within its window of {start}{when}\n"),
                _ => format!("        within {} of {start} {}{when}\n", self.days(place), self.rng.pick(&FIRST_DAYS)),
            };
        }
        if self.rng.chance(60) {
            text += &format!("        crossed on {}\n", self.date_fact(place));
        }
        if self.rng.chance(40) {
            text += &format!("        counted when {} because \"it was\"\n", self.condition(place, 0));
        }
        text
    }

    fn rewards(&mut self, place: &Place, editions: &[(String, Vec<(String, char)>)]) -> String {
        let mut text = String::new();
        if self.rng.chance(10) {
            return text;
        }
        for _ in 0..self.rng.below(2) {
            let inside = Place { parameters: editions.first().map_or_else(Vec::new, |(_, p)| p.clone()), ..place.clone() };
            let (value, when) = (self.reward(&inside), self.condition(place, 1));
            text += &format!("  reward is {value} when {when}\n");
        }
        text + &match self.rng.below(8) {
            0 => "  reward none\n".to_owned(),
            1 => "  reward unstated because \"silence\"\n".to_owned(),
            2..=4 => format!("  reward is {}\n", self.reward(place)),
            _ => format!("  reward is {} otherwise\n", self.reward(place)),
        }
    }

    fn reward(&mut self, place: &Place) -> String {
        if !self.tables.is_empty() && self.rng.chance(60) {
            let table = match &self.chooser {
                Some(chooser) if self.rng.chance(40) => chooser.clone(),
                _ => self.rng.pick(&self.tables).name.clone(),
            };
            return format!("tier of {table} by {}", self.spend(place));
        }
        let of = self.money_operand(place, 2).0;
        match self.rng.below(4) {
            0 => format!("{of} but not below zero"),
            1 => format!("{of} but not above {}", self.spend(place)),
            _ => of,
        }
    }

    // ---------------------------------------------------------------- conditions and operands

    fn visible(&self, place: &Place) -> Vec<Fact> {
        self.facts.iter().filter(|fact| place.campaign || !fact.campaign).cloned().collect()
    }

    fn of_kind(&mut self, place: &Place, kind: &dyn Fn(&Kind) -> bool) -> Option<String> {
        let found: Vec<Fact> = self.visible(place).into_iter().filter(|fact| kind(&fact.kind)).collect();
        if found.is_empty() { None } else { Some(self.rng.pick(&found).path.clone()) }
    }

    /// Something that a `needs` may name.
    fn anything(&mut self, place: &Place) -> String {
        match self.rng.below(5) {
            0 => self.date(place, 1),
            1 => self.money_operand(place, 2).0,
            _ => {
                let visible = self.visible(place);
                self.rng.pick(&visible).path.clone()
            }
        }
    }

    fn condition(&mut self, place: &Place, depth: usize) -> String {
        if depth > 0 && self.rng.chance(55) {
            let parts = 2 + self.rng.below(2);
            let joins: &[&str] = if self.rng.chance(50) { &[" or "] } else { &[" and ", " and then "] };
            let mut text = self.condition(place, depth - 1);
            for _ in 1..parts {
                text = text + *self.rng.pick(joins) + &self.condition(place, depth - 1);
            }
            return format!("({text})");
        }
        if place.shared && !self.conditions.is_empty() && self.rng.chance(10) {
            return self.rng.pick(&self.conditions).clone();
        }
        if place.shared && self.rng.chance(5) {
            let keyed: Vec<Table> = self.tables.iter().filter(|table| table.keyed).cloned().collect();
            if !keyed.is_empty() {
                return format!("{} has a row", self.rng.pick(&keyed).name);
            }
        }
        if let (Some(fact), true) = (self.computed.clone(), self.rng.chance(2)) {
            return format!("{fact} has mixed currencies");
        }
        if !place.parameters.is_empty() && self.rng.chance(40) {
            return self.parameter_test(place);
        }
        let visible = self.visible(place);
        let fact = self.rng.pick(&visible).clone();
        self.test(&fact, place)
    }

    fn parameter_test(&mut self, place: &Place) -> String {
        let (name, kind) = self.rng.pick(&place.parameters).clone();
        let name = format!("edition.{name}");
        match kind {
            'n' => match self.of_kind(place, &|kind| matches!(kind, Kind::Whole | Kind::Number)) {
                Some(fact) => format!("{fact} is {} {name}", self.rng.pick(&["at least", "at most", "above", "below"])),
                None => "as_of is after 2026-02-01".to_owned(),
            },
            'd' => {
                format!("as_of is {} {name} after {}", self.rng.pick(&["at most", "more than", "exactly"]), self.date(place, 0))
            }
            'm' => format!("{} is at least {name}", self.spend(place)),
            _ => format!("as_of is {} {name}", self.rng.pick(&["before", "after", "by", "from"])),
        }
    }

    fn test(&mut self, fact: &Fact, place: &Place) -> String {
        let path = &fact.path;
        match &fact.kind {
            Kind::Bool => match self.rng.below(4) {
                0 => format!("{path} is yes"),
                1 => format!("{path} is no"),
                2 => format!("{path} is not yes"),
                _ => match self.of_kind(place, &|kind| *kind == Kind::Bool) {
                    Some(other) if other != *path => format!("{path} is {other}"),
                    _ => format!("{path} is not no"),
                },
            },
            Kind::Enum(words) => {
                let (a, b) = (self.rng.pick(words).clone(), self.rng.pick(words).clone());
                match self.rng.below(5) {
                    0 => format!("{path} is {a}"),
                    1 => format!("{path} is not {a}"),
                    2 => format!("{path} is one of {a}, {b}"),
                    3 => format!("{path} is not one of {a}, {b}"),
                    _ => match self.of_kind(place, &|kind| *kind == fact.kind) {
                        Some(other) => format!("{path} is {}{other}", self.rng.pick(&["", "not "])),
                        None => format!("{path} is {b}"),
                    },
                }
            }
            Kind::Set(words) => {
                let word = self.rng.pick(words).clone();
                match self.rng.below(5) {
                    0 => format!("{path} contains {word}"),
                    1 => format!("{path} lacks {word}"),
                    2 => format!("{path} is empty"),
                    3 => format!("{path} is not empty"),
                    _ => match self.of_kind(place, &|kind| matches!(kind, Kind::Enum(_))) {
                        Some(other) => format!("{path} {} {other}", self.rng.pick(&["contains", "lacks"])),
                        None => format!("{path} lacks {word}"),
                    },
                }
            }
            Kind::Date(optional) => self.date_test(path, *optional, place),
            Kind::Money => {
                let order = *self.rng.pick(&["at least", "at most", "above", "below", "exactly"]);
                let (left, currency) = if self.rng.chance(70) { (path.clone(), None) } else { self.money_operand(place, 2) };
                let (right, other) = if self.rng.chance(15) { ("zero".to_owned(), None) } else { self.money_operand(place, 2) };
                match (currency, other) {
                    _ if !names_fact(&left) && !names_fact(&right) => format!("{path} is {order} zero"),
                    (Some(a), Some(b)) if a != b => format!("{left} is {order} {path}"),
                    _ => format!("{left} is {order} {right}"),
                }
            }
            Kind::Whole | Kind::Number => {
                let order = *self.rng.pick(&["at least", "at most", "more than", "fewer than", "exactly"]);
                let left = if self.rng.chance(70) { path.clone() } else { self.number_operand(place, 2) };
                let right = if self.rng.chance(10) { "zero".to_owned() } else { self.number_operand(place, 2) };
                let left = if names_fact(&left) || names_fact(&right) { left } else { path.clone() };
                format!("{left} is {order} {right}")
            }
            Kind::Percent => {
                let order = *self.rng.pick(&["at least", "at most", "above", "below"]);
                match self.of_kind(place, &|kind| *kind == Kind::Percent) {
                    Some(other) if self.rng.chance(30) => format!("{path} is {order} {other}"),
                    _ => format!("{path} is {order} {}", self.percent()),
                }
            }
            Kind::Country => match self.rng.below(4) {
                0 if self.groups => format!("{path} is {}one of near, US", self.rng.pick(&["", "not "])),
                1 => match self.of_kind(place, &|kind| *kind == Kind::Country) {
                    Some(other) => format!("{path} is {other}"),
                    None => format!("{path} is TH"),
                },
                2 => format!("{path} is not {}", self.rng.pick(&COUNTRIES)),
                _ => format!("{path} is one of {}, {}", self.rng.pick(&COUNTRIES), self.rng.pick(&COUNTRIES)),
            },
            Kind::Currency => match self.rng.below(3) {
                0 if self.groups => format!("{path} is one of hard"),
                1 => format!("{path} is not {}", self.rng.pick(&CURRENCIES)),
                _ => format!("{path} is {}", self.rng.pick(&CURRENCIES)),
            },
            Kind::Text => match self.rng.below(3) {
                0 => format!("{path} is \"{}\"", self.rng.pick(&TEXTS)),
                1 => format!("{path} is not \"{}\"", self.rng.pick(&TEXTS)),
                _ => format!("{path} is one of \"{}\", \"{}\"", self.rng.pick(&TEXTS), self.rng.pick(&TEXTS)),
            },
        }
    }

    fn date_test(&mut self, path: &str, optional: bool, place: &Place) -> String {
        match self.rng.below(9) {
            0 | 1 if optional => format!("{path} is {}none", self.rng.pick(&["", "not "])),
            0 => format!("{path} is {}", self.day()),
            1..=2 => format!("{path} is {} {}", self.rng.pick(&["before", "after", "by", "from"]), self.date(place, 2)),
            3 => format!("{path} is from {} to {}", self.date(place, 1), self.date(place, 1)),
            4 => format!("as_of is {} {path}", self.rng.pick(&["before", "after", "by", "exactly"])),
            5..=6 => {
                let day = if self.rng.chance(50) { "as_of".to_owned() } else { self.date(place, 1) };
                format!("{day} is within {} of {path} {}", self.days(place), self.rng.pick(&FIRST_DAYS))
            }
            _ => {
                let order = *self.rng.pick(&["at least", "at most", "more than", "fewer than", "exactly"]);
                format!("{} is {order} {} after {path}", self.date(place, 1), self.days(place))
            }
        }
    }

    fn date_fact(&mut self, place: &Place) -> String {
        let fact = self.of_kind(place, &|kind| matches!(kind, Kind::Date(_)));
        match fact {
            Some(fact) if self.rng.chance(85) => fact,
            _ => self.date(place, 1),
        }
    }

    fn date(&mut self, place: &Place, depth: usize) -> String {
        let fact = self.of_kind(place, &|kind| matches!(kind, Kind::Date(_)));
        let last_days: Vec<String> =
            self.tables.iter().filter(|table| table.last_day).map(|table| table.name.clone()).collect();
        match (self.rng.below(12), fact) {
            (0, _) if place.shared && !self.dates.is_empty() => self.dates[0].clone(),
            (1, _) if place.shared && !last_days.is_empty() => format!("{}.last_day", self.rng.pick(&last_days)),
            (2, _) => "as_of".to_owned(),
            (3..=4, _) if depth > 0 => {
                let (day, sign, days) = (self.date(place, depth - 1), *self.rng.pick(&["+", "-"]), self.days(place));
                format!("({day} {sign} {days})")
            }
            (5, _) if depth > 0 => {
                format!("(the earlier of {} and {})", self.date(place, depth - 1), self.date(place, depth - 1))
            }
            (6..=9, Some(fact)) => fact,
            _ => self.day(),
        }
    }

    fn days(&mut self, place: &Place) -> String {
        match self.of_kind(place, &|kind| *kind == Kind::Whole) {
            Some(fact) if self.rng.chance(20) => fact,
            _ if place.shared && !self.day_values.is_empty() && self.rng.chance(20) => self.day_values[0].clone(),
            _ => self.length(),
        }
    }

    /// Money without arithmetic, in no currency but the main one.
    fn own_money(&mut self, place: &Place) -> String {
        match self.of_kind(place, &|kind| *kind == Kind::Money) {
            Some(fact) if self.rng.chance(60) => fact,
            _ => self.money_in(self.main),
        }
    }

    /// An amount that grows.
    fn spend(&mut self, place: &Place) -> String {
        match (self.computed.clone(), self.of_kind(place, &|kind| *kind == Kind::Money)) {
            (Some(fact), _) if self.rng.chance(50) => fact,
            (_, Some(fact)) => fact,
            _ => self.money_in(self.main),
        }
    }

    /// Money with the currency that the text fixes, if it does. At most two facts are multiplied: see `MAX_FACTORS`.
    fn money_operand(&mut self, place: &Place, depth: usize) -> (String, Option<String>) {
        let fact = self.of_kind(place, &|kind| *kind == Kind::Money);
        match (self.rng.below(14), fact) {
            (0, _) if place.shared && !self.amounts.is_empty() => (self.amounts[0].clone(), Some(self.main.to_owned())),
            (1..=2, Some(fact)) if depth > 0 => {
                let other = self.own_money(place);
                (format!("({fact} {} {other})", self.rng.pick(&["+", "-"])), Some(self.main.to_owned()))
            }
            (3..=5, Some(fact)) if depth > 1 => {
                let number = self.of_kind(place, &|kind| matches!(kind, Kind::Whole | Kind::Number | Kind::Percent));
                let number = number.filter(|_| self.rng.chance(60)).unwrap_or_else(|| self.number());
                let text = match self.rng.below(4) {
                    0 => format!("({number} * {fact})"),
                    1 => format!("({fact} * {number})"),
                    2 => format!("({fact} / {number})"),
                    _ => format!("({} * {fact})", self.percent()),
                };
                (text, None)
            }
            (6, Some(fact)) if depth > 0 => {
                let limit = self.own_money(place);
                (format!("({fact} but not {} {limit})", self.rng.pick(&["above", "below"])), Some(self.main.to_owned()))
            }
            (7..=10, Some(fact)) => (fact, None),
            (11, _) if place.parameters.iter().any(|(_, kind)| *kind == 'm') => {
                ("edition.m".to_owned(), Some(self.main.to_owned()))
            }
            _ => {
                let literal = self.money();
                let currency = literal.rsplit(' ').next().unwrap_or_default().to_owned();
                (literal, Some(currency))
            }
        }
    }

    /// A number without arithmetic.
    fn plain_number(&mut self, place: &Place, _depth: usize) -> String {
        match self.of_kind(place, &|kind| matches!(kind, Kind::Whole | Kind::Number)) {
            Some(fact) if self.rng.chance(60) => fact,
            _ => self.number(),
        }
    }

    fn number_operand(&mut self, place: &Place, depth: usize) -> String {
        match self.rng.below(9) {
            0 if place.shared && !self.numbers.is_empty() => self.rng.pick(&self.numbers).clone(),
            1 if depth > 0 => format!("({} + {})", self.plain_number(place, 0), self.plain_number(place, 0)),
            2 if depth > 0 => format!("({} - {})", self.plain_number(place, 0), self.plain_number(place, 0)),
            3 if depth > 1 => format!("({} * {})", self.plain_number(place, 0), self.plain_number(place, 0)),
            4 if depth > 1 => format!("({} / {})", self.plain_number(place, 0), self.plain_number(place, 0)),
            5 if depth > 1 => {
                let percent = self.of_kind(place, &|kind| *kind == Kind::Percent).unwrap_or_else(|| self.percent());
                format!("({percent} * {})", self.plain_number(place, 0))
            }
            _ => self.plain_number(place, 0),
        }
    }
}

/// A test of constants alone would ask nothing of anybody.
fn names_fact(operand: &str) -> bool {
    ["acct.", "offer.", "campaign."].iter().any(|section| operand.contains(section))
}

// -------------------------------------------------------------------- sound rule sets

/// A sound rule set with the constants that its conditions name.
pub struct RuleSet {
    /// The seed that makes it again.
    pub seed: u64,
    /// Its text.
    pub text: String,
    /// The program.
    pub sound: Sound,
    /// In how many steps it became sound: 0 at once, 1 after the pieces with findings were dropped.
    pub repairs: usize,
    pool: Pool,
}

/// Reads and checks a text; the findings, as places in the text with their words, when it is not sound.
pub fn checked(text: &str) -> Result<Sound, Vec<(usize, String)>> {
    let file = SourceFile::new("random.terms", text);
    let (syntax, found) = parse(FileId(0), &file);
    let mut findings: Vec<(usize, String)> = Vec::new();
    let note = |finding: &accredit::diagnostic::Diagnostic| {
        let place = file.place(finding.span().range().start);
        let line = text.lines().nth(place.line - 1).unwrap_or_default().trim().to_owned();
        (finding.span().range().start, format!("{}: {}: {line}", finding.code.name, finding.headline))
    };
    findings.extend(found.iter().map(note));
    match check(&syntax).sound() {
        Ok((sound, _)) if findings.is_empty() => Ok(sound),
        Ok(_) => Err(findings),
        Err(errors) => {
            let errors = errors.iter().filter(|finding| finding.code.severity == accredit::diagnostic::Severity::Error);
            findings.extend(errors.map(note));
            Err(findings)
        }
    }
}

/// A random rule set; nothing for a seed whose text stays unsound after one repair.
pub fn rule_set(seed: u64) -> Result<RuleSet, Vec<(usize, String)>> {
    let mut pieces = pieces(seed);
    let mut repairs = 0;
    loop {
        let text = pieces.concat();
        let findings = match checked(&text) {
            Ok(sound) => {
                let pool = Pool::of(sound.program());
                return Ok(RuleSet { seed, text, sound, repairs, pool });
            }
            Err(findings) if repairs == 1 => return Err(findings),
            Err(findings) => findings,
        };
        repairs += 1;
        for (at, _) in findings {
            let mut start = 0;
            for piece in &mut pieces {
                let end = start + piece.len();
                if (start..end).contains(&at) && piece.starts_with("  require") {
                    // Something sound in its place, under the same id, so that what names it stays sound too.
                    let head = piece.lines().next().unwrap_or_default();
                    let sound = format!(
                        "{head}\n    fails when as_of is before 2026-01-15\n    met otherwise\n    per src\n    else fix\n"
                    );
                    let rest = end - start;
                    *piece = format!("{sound:rest$}");
                }
                start = end;
            }
        }
    }
}

/// Another text in the place of a rule set's own, where it is sound and has the same slots.
pub fn changed(set: &RuleSet, text: String) -> Option<RuleSet> {
    let sound = checked(&text).ok()?;
    let same = sound.program().slots == set.program().slots;
    let pool = Pool::of(sound.program());
    same.then_some(RuleSet { seed: set.seed, text, sound, repairs: 0, pool })
}

/// Sound rule sets from a seed on.
pub fn rule_sets(seed: u64) -> impl Iterator<Item = RuleSet> {
    (seed..).filter_map(|seed| rule_set(seed).ok())
}

/// How many facts are drawn for one rule set by [`pairs`].
const FACTS_EACH: usize = 20;

/// Pairs of a rule set and facts for it; equal arguments give equal pairs.
pub fn pairs(count: usize, seed: u64) -> impl Iterator<Item = (Rc<RuleSet>, Facts)> {
    rule_sets(seed)
        .flat_map(|set| {
            let (set, mut rng) = (Rc::new(set), Rng::new(!0));
            rng.0 ^= set.seed.wrapping_mul(0x2545_f491_4f6c_dd1d);
            (0..FACTS_EACH).map(move |_| {
                let facts = set.facts(&mut rng);
                (Rc::clone(&set), facts)
            })
        })
        .take(count)
}

/// Every decision with the facts of each of its subjects.
pub fn subjects<'p>(program: &'p Program, facts: &Facts) -> Vec<(&'p Decision, Facts)> {
    let mut all = Vec::new();
    for decision in &program.decisions {
        match decision.subject {
            Subject::Account => all.push((decision, facts.clone())),
            Subject::Each(list) => {
                let records = (0..facts.records(list).len()).map(|at| (decision, facts.with_record(program, list, at)));
                all.extend(records);
            }
        }
    }
    all
}

// -------------------------------------------------------------------- facts

/// Constants of a program, from which boundary values are drawn.
#[derive(Default, Debug)]
struct Pool {
    days: Vec<i64>,
    lengths: Vec<i64>,
    money: Vec<Lane>,
    numbers: Vec<Lane>,
    percents: Vec<Lane>,
    codes: Vec<i64>,
    texts: Vec<String>,
}

impl Pool {
    fn of(program: &Program) -> Self {
        let mut pool = Self::default();
        for decision in &program.decisions {
            each_condition(decision, &mut |cond| {
                cond.each_test(&mut |test| {
                    test.kind.operands().into_iter().for_each(|operand| pool.operand(operand));
                    match &test.kind {
                        TestKind::OneOf(_, Values::Codes(codes)) => pool.codes.extend(codes),
                        TestKind::OneOf(_, Values::Texts(texts)) => pool.texts.extend(texts.iter().cloned()),
                        _ => {}
                    }
                });
            });
            each_operand(decision, &mut |operand| pool.operand(operand));
            let limits = decision.editions.iter().filter_map(|edition| edition.in_force).chain([decision.in_force]);
            pool.days.extend(limits.flat_map(|limits| [limits.from, limits.to, limits.settled]).flatten());
        }
        pool
    }

    fn operand(&mut self, operand: &Operand) {
        match operand {
            Operand::Day(day) => self.days.push(*day),
            Operand::Days(days) => self.lengths.push(*days),
            Operand::Money(lane) => self.money.push(*lane),
            Operand::Number(lane) => self.numbers.push(*lane),
            Operand::Percent(lane) => self.percents.push(*lane),
            _ => {}
        }
        operand.parts().into_iter().for_each(|part| self.operand(part));
    }
}

/// Visits every condition of a decision.
pub fn each_condition<'d>(decision: &'d Decision, visit: &mut dyn FnMut(&'d Cond)) {
    decision.editions.iter().for_each(|edition| visit(&edition.when));
    for clauses in all_clauses(decision) {
        [&clauses.met, &clauses.fails, &clauses.pending].into_iter().for_each(&mut *visit);
        clauses.open.iter().for_each(|open| visit(&open.when));
    }
    for requirement in &decision.requirements {
        if let Body::Progress(progress) = &requirement.body {
            progress.starts.iter().chain(&progress.counted).for_each(&mut *visit);
            progress.toward.iter().for_each(|choice| visit(&choice.when));
            progress.windows.iter().for_each(|(when, _)| visit(when));
        }
    }
    for state in &decision.states {
        let (StateHolds::When(when) | StateHolds::Open(OpenClause { when, .. }) | StateHolds::Needs(when, _)) = &state.holds;
        visit(when);
    }
    for reward in &decision.rewards {
        visit(&reward.when);
        if let RewardValue::Tier(choices, _) = &reward.value {
            choices.iter().for_each(|choice| visit(&choice.when));
        }
    }
    decision.warnings.iter().for_each(|warning| visit(&warning.when));
}

/// Visits every operand that stands outside a condition.
fn each_operand<'d>(decision: &'d Decision, visit: &mut dyn FnMut(&'d Operand)) {
    fn window<'d>(of: &'d ProgressWindow, visit: &mut dyn FnMut(&'d Operand)) {
        match of {
            ProgressWindow::Within { start, length, .. } => [start, length].into_iter().for_each(visit),
            ProgressWindow::Earlier(a, b) => [a, b].into_iter().for_each(|side| window(side, visit)),
            ProgressWindow::Until(last) => visit(last),
            ProgressWindow::Forever => {}
        }
    }
    for requirement in &decision.requirements {
        if let Body::Progress(progress) = &requirement.body {
            visit(&progress.amount);
            progress.crossed.iter().for_each(&mut *visit);
            progress.toward.iter().flat_map(|choice| choice.tiers.iter().flatten()).for_each(|tier| visit(&tier.spend));
            progress.windows.iter().for_each(|(_, of)| window(of, visit));
        }
    }
    for state in &decision.states {
        if let StateHolds::Needs(_, operands) = &state.holds {
            operands.iter().for_each(&mut *visit);
        }
    }
    for reward in &decision.rewards {
        match &reward.value {
            RewardValue::Amount(operand) => visit(operand),
            RewardValue::Tier(choices, by) => {
                visit(by);
                choices.iter().flat_map(|choice| choice.tiers.iter().flatten()).for_each(|tier| visit(&tier.spend));
            }
            RewardValue::None | RewardValue::Unstated(_) => {}
        }
    }
}

fn all_clauses(decision: &Decision) -> Vec<&Clauses> {
    decision
        .requirements
        .iter()
        .flat_map(|requirement| match &requirement.body {
            Body::Clauses(clauses) => vec![clauses],
            Body::Editions(all) => all.iter().collect(),
            Body::Progress(_) => Vec::new(),
        })
        .collect()
}

impl RuleSet {
    /// The program.
    pub fn program(&self) -> &Program {
        self.sound.program()
    }

    /// Random facts: values on the boundaries of conditions, absent ones, `none`, other currencies, input limits.
    pub fn facts(&self, rng: &mut Rng) -> Facts {
        let program = self.program();
        let as_of = self.day(rng, &[parse_day("2026-02-01").unwrap()]).clamp(MIN_DAY, MAX_DAY);
        let mut facts = Facts::new(program, as_of);
        let mut days = vec![as_of];
        let absent = *rng.pick(&[0, 5, 15, 30, 60, 90]);
        let currency = rng.pick(&CURRENCIES).to_owned();
        let singles: Vec<(SlotId, Slot)> = program
            .slots
            .iter()
            .zip(0..)
            .map(|(slot, id)| (SlotId(id), *slot))
            .filter(|(_, slot)| slot.at == At::Single)
            .collect();
        for (id, slot) in &singles {
            if *id != AS_OF && !rng.chance(absent) {
                let lane = self.lane(rng, &mut facts, slot.fact, &mut days, currency);
                facts.set(*id, lane, State::Given);
            }
        }
        for (id, slot) in &singles {
            for (other, lane) in program.facts[slot.fact.0 as usize].implies.clone() {
                if facts.state(*id) == State::Given {
                    let other = slot_at(program, other, At::Single);
                    let state = if facts.get(other) == Some(lane) { facts.state(other) } else { State::Derived };
                    facts.set(other, lane, if state == State::Assumed { State::Derived } else { state });
                }
            }
        }
        for (id, slot) in &singles {
            let Some(computed) = &program.facts[slot.fact.0 as usize].computed else { continue };
            let parts: Vec<(bool, Option<Lane>)> =
                computed.parts.iter().map(|(minus, part)| (*minus, facts.get(slot_at(program, *part, At::Single)))).collect();
            let currencies: BTreeSet<i64> = parts.iter().filter_map(|(_, lane)| lane.map(|lane| lane.aux)).collect();
            if facts.state(*id) == State::Missing && parts.iter().all(|(_, lane)| lane.is_some()) {
                if currencies.len() > 1 {
                    facts.note_mixed(*id);
                } else {
                    let sum = parts
                        .iter()
                        .map(|(minus, lane)| lane.map_or(0, |lane| if *minus { -lane.main } else { lane.main }))
                        .sum();
                    facts.set(*id, Lane { main: sum, aux: *currencies.first().unwrap() }, State::Derived);
                }
            }
        }
        for (at, list) in program.lists.iter().enumerate() {
            let list_id = ListId(at as u32);
            let keys: Vec<String> = match &program.facts[list.key.0 as usize].ty {
                Type::Enum(words) if list.of_decision => words.iter().filter(|_| rng.chance(75)).cloned().collect(),
                _ => (0..rng.below(3)).map(|n| format!("r{n}")).collect(),
            };
            for key in keys {
                let section = program.sections[list.section].facts.clone();
                let values = self.record(rng, &mut facts, &section, list.key, &key, (&mut days, currency, absent));
                facts.add_record(program, list_id, Record { key, values });
            }
        }
        facts
    }

    fn record(
        &self,
        rng: &mut Rng,
        facts: &mut Facts,
        section: &[FactId],
        key_fact: FactId,
        key: &str,
        (days, currency, absent): (&mut Vec<i64>, &str, u64),
    ) -> Vec<(Lane, State)> {
        let program = self.program();
        let mut values = Vec::new();
        for fact in section {
            let declared = &program.facts[fact.0 as usize];
            values.push(if *fact == key_fact {
                let main = declared.ty.word(key).unwrap_or_else(|| facts.intern(key));
                (Lane { main, aux: 0 }, State::Given)
            } else if rng.chance(absent) {
                declared.assume.as_ref().map_or((Lane::default(), State::Missing), |assume| (assume.value, State::Assumed))
            } else {
                (self.lane(rng, facts, *fact, days, currency), State::Given)
            });
        }
        for (at, fact) in section.iter().enumerate() {
            for (other, lane) in &program.facts[fact.0 as usize].implies {
                let other = section.iter().position(|fact| fact == other).unwrap();
                if values[at].1 == State::Given {
                    values[other] = (*lane, if values[other] == (*lane, State::Given) { State::Given } else { State::Derived });
                }
            }
        }
        values
    }

    /// A day on or near one that the rules or other facts name, or a window away from it.
    fn day(&self, rng: &mut Rng, days: &[i64]) -> i64 {
        let base = if rng.chance(50) && !self.pool.days.is_empty() { *rng.pick(&self.pool.days) } else { *rng.pick(days) };
        let length = if self.pool.lengths.is_empty() { 30 } else { *rng.pick(&self.pool.lengths) };
        let offset = match rng.below(8) {
            0..=2 => 0,
            3..=4 => length,
            5 => -length,
            6 => rng.between(-40, 40),
            _ => 2 * length,
        };
        base + offset + *rng.pick(&[0, 0, 0, -1, 1])
    }

    fn number(&self, rng: &mut Rng, among: &[Lane]) -> Lane {
        let mut lane =
            if among.is_empty() || rng.chance(30) { Lane { main: rng.between(0, 60), aux: 0 } } else { *rng.pick(among) };
        let nano = *rng.pick(&[0, 0, 0, -1, 1, 500_000_000, NANOS, -NANOS]);
        let total = (i128::from(lane.main) * i128::from(NANOS) + i128::from(lane.aux) + i128::from(nano)).max(0);
        lane.main = (total / i128::from(NANOS)) as i64;
        lane.aux = (total % i128::from(NANOS)) as i64;
        lane
    }

    pub fn lane(&self, rng: &mut Rng, facts: &mut Facts, fact: FactId, days: &mut Vec<i64>, currency: &str) -> Lane {
        let only = |main| Lane { main, aux: 0 };
        let number = |code: &str| i64::from(parse_currency(code).unwrap().numeric());
        let extreme = rng.chance(2);
        match &self.program().facts[fact.0 as usize].ty {
            Type::Bool => only(rng.between(0, 1)),
            Type::Enum(words) => only(rng.below(words.len()) as i64),
            Type::Set(words) => only(rng.between(0, (1 << words.len()) - 1)),
            Type::Date { optional: true } if rng.chance(20) => only(NO_EVENT),
            Type::Date { .. } if extreme => only(*rng.pick(&[MIN_DAY, MAX_DAY])),
            Type::Date { .. } => {
                let day = self.day(rng, days).clamp(MIN_DAY, MAX_DAY);
                days.push(day);
                only(day)
            }
            Type::Money => {
                let aux = number(if rng.chance(85) { currency } else { CURRENCIES[rng.below(CURRENCIES.len())] });
                if extreme {
                    return Lane { main: *rng.pick(&[MAX_MINOR, -MAX_MINOR]), aux };
                }
                let main = match rng.below(5) {
                    0 => 0,
                    1 => rng.between(0, 60_000),
                    _ if self.pool.money.is_empty() => rng.between(-100, 600),
                    _ => {
                        let near = rng.pick(&self.pool.money).main;
                        near + *rng.pick(&[0, 0, 0, -1, 1, 1000])
                    }
                };
                Lane { main: if rng.chance(3) { -main } else { main }, aux }
            }
            Type::Integer if extreme => only(MAX_WHOLE),
            Type::Integer => {
                let lengths: Vec<Lane> =
                    self.pool.lengths.iter().map(|days| only(*days)).chain(self.pool.numbers.clone()).collect();
                only(self.number(rng, &lengths).main)
            }
            Type::Decimal if extreme => {
                *rng.pick(&[only(MAX_WHOLE), Lane { main: MAX_WHOLE - 1, aux: NANOS - 1 }, Lane { main: 0, aux: 1 }])
            }
            Type::Decimal => self.number(rng, &self.pool.numbers),
            Type::Percent => {
                let lane = self.number(rng, &self.pool.percents);
                let above = (lane.main, lane.aux) > (100, 0);
                if above || lane == Lane::default() { only(100) } else { lane }
            }
            Type::Country if !self.pool.codes.is_empty() && rng.chance(40) => {
                let code = *rng.pick(&self.pool.codes);
                if COUNTRIES.iter().any(|country| country_code(country) == Some(code)) {
                    only(code)
                } else {
                    only(country_code("US").unwrap())
                }
            }
            Type::Country => only(country_code(COUNTRIES[rng.below(COUNTRIES.len())]).unwrap()),
            Type::Currency => only(number(CURRENCIES[rng.below(CURRENCIES.len())])),
            Type::Text => {
                let text = if self.pool.texts.is_empty() || rng.chance(20) {
                    "else".to_owned()
                } else {
                    rng.pick(&self.pool.texts).clone()
                };
                only(facts.intern(&text))
            }
        }
    }
}

/// The slot of a fact at a place.
fn slot_at(program: &Program, fact: FactId, at: At) -> SlotId {
    let found = program.slots.iter().position(|slot| *slot == Slot { fact, at });
    SlotId(found.unwrap() as u32)
}

// -------------------------------------------------------------------- properties

/// Does the vocabulary assume a value for the fact at this slot?
pub fn assumed(program: &Program, slot: SlotId) -> bool {
    program.fact_of(slot).is_some_and(|fact| fact.assume.is_some())
}

/// A verdict that grants, one that refuses, or neither.
fn side(verdict: Verdict) -> i32 {
    match verdict {
        Verdict::Qualifies | Verdict::OnTrack | Verdict::Blocked | Verdict::Allowed | Verdict::Pass => 1,
        Verdict::DoesNotQualify | Verdict::Denied | Verdict::Fail | Verdict::Lost => -1,
        Verdict::Undetermined | Verdict::Closed => 0,
    }
}

/// What is known, one fact a line.
pub fn shown(program: &Program, facts: &Facts) -> String {
    let slots = program.slots.iter().zip(0..).map(|(slot, id)| (slot, SlotId(id)));
    let known = slots.filter_map(|(slot, id)| {
        let lane = facts.get(id)?;
        let ty = &program.fact_of(id)?.ty;
        let text = if *ty == Type::Text { facts.text(lane).to_owned() } else { ty.text(lane) };
        Some(format!("  {} = {text} ({}, {:?})\n", program.name_of(id), facts.state(id).word(), slot.at))
    });
    known.collect()
}

/// The facts that a condition may read.
fn slots_of(cond: &Cond) -> BTreeSet<SlotId> {
    fn operand(of: &Operand, slots: &mut BTreeSet<SlotId>) {
        if let Operand::Slot(slot) = of {
            slots.insert(*slot);
        }
        of.parts().into_iter().for_each(|part| operand(part, slots));
    }
    let mut slots = BTreeSet::new();
    cond.each_test(&mut |test| {
        slots.extend(test.kind.slots());
        test.kind.operands().into_iter().for_each(|of| operand(of, &mut slots));
    });
    slots
}

/// The facts that alone decided, those with an assumed value as they are, and all others absent.
fn reduced(program: &Program, facts: &Facts, decision: &Decision, outcome: &Outcome) -> Facts {
    let mut kept: BTreeSet<SlotId> = outcome.because.iter().copied().chain([AS_OF]).collect();
    // The limits of an edition hold only while it is known, and "no edition applies" is never among the possible ones.
    if !strict("editions") {
        kept.extend(decision.editions.iter().flat_map(|edition| slots_of(&edition.when)));
    }
    let mut facts = facts.clone();
    for id in (0..program.slots.len() as u32).map(SlotId).filter(|id| !kept.contains(id)) {
        match program.fact_of(id).and_then(|fact| fact.assume.as_ref()) {
            Some(assume) if strict("assume") => facts.set(id, assume.value, State::Assumed),
            Some(_) => {}
            None => facts.set(id, Lane::default(), State::Missing),
        }
    }
    facts
}

/// Asks for a property without its known exceptions (`ACCREDIT_STRICT`), to see the examples again.
fn strict(what: &str) -> bool {
    std::env::var("ACCREDIT_STRICT").is_ok_and(|asked| asked.contains(what))
}

/// Gives an absent fact a value, with what it implies; false where that would contradict another fact or an assumption.
pub fn give(set: &RuleSet, facts: &mut Facts, slot: SlotId, rng: &mut Rng) -> bool {
    let program = set.program();
    let place = program.slots[slot.0 as usize];
    let mut days = vec![facts.as_of()];
    let currency = *rng.pick(&CURRENCIES);
    let lane = set.lane(rng, facts, place.fact, &mut days, currency);
    facts.set(slot, lane, State::Given);
    program.facts[place.fact.0 as usize].implies.iter().all(|(other, lane)| {
        let other = slot_at(program, *other, place.at);
        let free = facts.state(other) == State::Missing;
        if free {
            facts.set(other, *lane, State::Derived);
        }
        free || facts.get(other) == Some(*lane)
    })
}

/// The number of pairs to try.
pub fn count() -> usize {
    std::env::var("ACCREDIT_PAIRS").ok().and_then(|count| count.parse().ok()).unwrap_or(20_000)
}

/// Where random tests start.
pub fn seed() -> u64 {
    std::env::var("ACCREDIT_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1)
}

#[test]
fn reference_is_total() {
    let mut rng = Rng::new(seed() ^ 7);
    for (set, facts) in pairs(count(), seed()) {
        let program = set.program();
        for (decision, facts) in subjects(program, &facts) {
            let outcome = decide(program, &facts, decision);
            let fail = |what: &str, other: &Facts| -> ! {
                panic!(
                    "{what}\nACCREDIT_SEED={} {}\n{}\nfacts:\n{}other:\n{}outcome: {outcome:?}\nother outcome: {:?}\nbecause {:?}, missing {:?}",
                    set.seed,
                    decision.id,
                    set.text,
                    shown(program, &facts),
                    shown(program, other),
                    decide(program, other, decision),
                    outcome.because.iter().map(|slot| program.name_of(*slot)).collect::<Vec<_>>(),
                    outcome.missing.iter().map(|slot| program.name_of(*slot)).collect::<Vec<_>>(),
                )
            };
            // (i) What is named as deciding decides.
            let less = reduced(program, &facts, decision, &outcome);
            if decide(program, &less, decision).verdict != outcome.verdict {
                fail("the named facts alone give another verdict", &less);
            }
            // (ii) One more fact never turns yes into no or back, nor unsettles either; but where editions leave cases out,
            // the only edition that was possible may turn out not to apply, and then everything is open again.
            let settled = decision.editions.is_empty() || strict("editions");
            let absent: Vec<SlotId> = (1..program.slots.len() as u32)
                .map(SlotId)
                .filter(|id| facts.get(*id).is_none() && !assumed(program, *id))
                .collect();
            for among in [&absent, &outcome.missing, &absent] {
                let mut more = facts.clone();
                if among.is_empty() || !give(&set, &mut more, *rng.pick(among), &mut rng) {
                    continue;
                }
                let (before, after) = (side(outcome.verdict), side(decide(program, &more, decision).verdict));
                if before * after < 0 || (settled && before != 0 && after == 0) {
                    fail("one more fact turns the verdict", &more);
                }
            }
            // (iii) Only what is absent is missing.
            if outcome.missing.iter().any(|slot| facts.get(*slot).is_some() || assumed(program, *slot)) {
                fail("a known fact is missing", &facts);
            }
            // (iv) No two clauses hold at once: the checker proved it.
            for clauses in all_clauses(decision) {
                let holds = |when: &Cond| truth(program, &facts, when).is_true();
                let open = clauses.open.iter().any(|open| holds(&open.when));
                let all = [holds(&clauses.met), holds(&clauses.fails), holds(&clauses.pending), open];
                if all.iter().filter(|holds| **holds).count() > 1 {
                    fail("two clauses hold at once", &facts);
                }
            }
        }
    }
}

/// How many texts are sound, how often each verdict comes up: not a property, but what makes the others worth running.
#[test]
#[ignore = "statistics; run with --ignored --nocapture"]
fn statistics() {
    let sets = count() / FACTS_EACH;
    let mut at_once = 0;
    let mut repaired = 0;
    let mut refused: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
    for seed in seed()..seed() + sets as u64 {
        match rule_set(seed) {
            Ok(set) if set.repairs == 0 => at_once += 1,
            Ok(_) => {
                repaired += 1;
                if let Err(found) = checked(&pieces(seed).concat()) {
                    found.into_iter().take(1).for_each(|(_, text)| {
                        *refused.entry(format!("repaired {}", text.split(':').next().unwrap())).or_default() += 1
                    });
                }
            }
            Err(found) => found.into_iter().for_each(|(_, text)| {
                *refused.entry(text).or_default() += 1;
            }),
        }
    }
    println!("{sets} texts: {at_once} sound at once, {repaired} after one repair");
    refused.iter().for_each(|(text, count)| println!("{count:6} {text}"));
    let mut verdicts: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
    let mut started = 0;
    for (set, facts) in pairs(count(), seed()) {
        started += 1;
        for (decision, facts) in subjects(set.program(), &facts) {
            let outcome = decide(set.program(), &facts, decision);
            *verdicts.entry(outcome.verdict.word().to_owned()).or_default() += 1;
            outcome
                .results
                .iter()
                .for_each(|result| *verdicts.entry(format!("requirement {}", result.word())).or_default() += 1);
            if let Some(Reward { at_least, rounded, .. }) = outcome.reward {
                *verdicts.entry(format!("reward at_least={at_least} rounded={rounded}")).or_default() += 1;
            }
        }
    }
    println!("{started} pairs\n{verdicts:#?}");
}

/// The plan engine says in every respect what the reference says.
#[test]
fn plan_agrees_with_reference() {
    let (mut wrong, mut tried) = (std::collections::BTreeMap::<String, (usize, String)>::new(), 0);
    for (set, facts) in pairs(count(), seed()) {
        let program = set.program();
        let plan = accredit::plan::lower(&set.sound);
        for ((subject, found), (decision, facts)) in
            accredit::eval::outcomes(&plan, &facts).into_iter().zip(subjects(program, &facts))
        {
            assert_eq!(program.decisions[subject.decision].id, decision.id);
            tried += 1;
            let wanted = decide(program, &facts, decision);
            let fields = [
                ("results", found.results != wanted.results),
                ("states", found.states != wanted.states),
                ("verdict", found.verdict != wanted.verdict),
                ("reward", found.reward != wanted.reward),
                ("because", found.because != wanted.because),
                ("missing", found.missing != wanted.missing),
            ];
            if let Some((field, _)) = fields.iter().find(|(_, differ)| *differ) {
                let names = |slots: &[SlotId]| slots.iter().map(|slot| program.name_of(*slot)).collect::<Vec<_>>().join(" ");
                let example = format!(
                    "ACCREDIT_SEED={} {}\n{}\nfacts:\n{}reference: {wanted:?}\n  because {} missing {}\nplan: {found:?}\n  because {} missing {}",
                    set.seed,
                    decision.id,
                    set.text,
                    shown(program, &facts),
                    names(&wanted.because),
                    names(&wanted.missing),
                    names(&found.because),
                    names(&found.missing)
                );
                let known = wrong.entry((*field).to_owned()).or_insert((0, example.clone()));
                known.0 += 1;
                if example.len() < known.1.len() {
                    known.1 = example;
                }
            }
        }
    }
    let texts: Vec<String> =
        wrong.iter().map(|(field, (count, text))| format!("{field}: {count} of {tried}\n{text}\n")).collect();
    assert!(texts.is_empty(), "{}", texts.concat());
}
