//! The items that are no decisions: sources, remedies, facts, tables, shared definitions.

use super::super::tree::{
    Branch, Clause, ClauseKind, Fact, FactType, FirstDay, Item, ItemKind, Literal, Move, Records, Remedy, Route, Silence,
    Source, State, StateItem, StateKind, Table, TableRow, Tier, Warning, Word,
};
use super::{Lower, Node, Rule, child, value};

impl Lower<'_> {
    /// Any top-level item.
    pub(super) fn any_item(&mut self, pair: Node<'_>) -> Option<Item> {
        let name = self.first(pair.clone(), Rule::name)?;
        let text = |this: &Self, pair: Node<'_>| this.first(pair, Rule::string);
        let kind = match pair.as_rule() {
            Rule::ruleset => ItemKind::RuleSet { version: self.first(pair.clone(), Rule::version)?, about: text(self, pair) },
            Rule::party => ItemKind::Party { label: text(self, pair)? },
            Rule::named_value => {
                let per = child(pair.clone(), Rule::per).map_or_else(Vec::new, |per| self.names(per));
                let literal = pair.into_inner().find(|i| matches!(i.as_rule(), Rule::date | Rule::quantity_literal))?;
                ItemKind::Value { value: self.bare_literal(literal)?, per }
            }
            Rule::group => {
                let of = self.words(pair.clone(), Rule::name).into_iter().nth(1)?;
                let per = child(pair.clone(), Rule::per).map_or_else(Vec::new, |per| self.names(per));
                ItemKind::Group { label: text(self, pair.clone())?, of, codes: self.words(pair, Rule::code), per }
            }
            Rule::source => ItemKind::Source(Box::new(self.source(pair))),
            Rule::remedy => ItemKind::Remedy(Box::new(self.remedy(pair))),
            Rule::route => ItemKind::Route(Box::new(self.route(pair))),
            Rule::warning => ItemKind::Warning(Box::new(self.warning(pair))),
            Rule::section => ItemKind::Section { about: text(self, pair.clone())?, facts: self.facts(pair) },
            Rule::records => ItemKind::Records(Box::new(self.records(pair)?)),
            Rule::condition => {
                let when = self.expr(child(pair.clone(), Rule::expr)?);
                ItemKind::Condition { label: text(self, pair)?, when }
            }
            Rule::quantity => {
                let kind = self.first(pair.clone(), Rule::quantity_kind)?;
                let label = text(self, pair.clone())?;
                let branches =
                    pair.into_inner().filter(|i| i.as_rule() == Rule::branch).filter_map(|b| self.branch(b)).collect();
                ItemKind::Quantity { kind, label, branches }
            }
            Rule::table => ItemKind::Table(Box::new(self.table(pair))),
            Rule::state_block => ItemKind::State(Box::new(self.state(pair)?)),
            Rule::decision => ItemKind::Decision(Box::new(self.decision(pair)?)),
            _ => return None,
        };
        Some(Item { name, kind, damaged: false })
    }

    fn branch(&mut self, pair: Node<'_>) -> Option<Branch> {
        let value = child(pair.clone(), Rule::operand).map(|operand| self.operand(operand))?;
        Some(Branch { value, when: self.when(pair) })
    }

    fn source(&mut self, pair: Node<'_>) -> Source {
        let (mut title, mut url, mut file, mut mirror) = (None, None, None, None);
        let (mut dated, mut read, mut rank, mut note) = (None, None, None, None);
        for clause in pair.into_inner() {
            let at = self.span(&clause);
            match clause.as_rule() {
                Rule::title => self.prose_once(&mut title, clause, "title"),
                Rule::note => self.prose_once(&mut note, clause, "note"),
                Rule::url => self.word_once(&mut url, clause, Rule::string, "url"),
                Rule::file => self.word_once(&mut file, clause, Rule::string, "file"),
                Rule::mirror => self.word_once(&mut mirror, clause, Rule::string, "mirror"),
                Rule::dated => self.word_once(&mut dated, clause, Rule::string, "dated"),
                Rule::rank => self.word_once(&mut rank, clause, Rule::number, "rank"),
                Rule::read => {
                    let day = self.first(clause, Rule::date).unwrap_or(Word { text: String::new(), span: at });
                    self.once(&mut read, Some(day), at, "read");
                }
                _ => {}
            }
        }
        Source {
            title: value(title),
            url: value(url),
            file: value(file),
            mirror: value(mirror),
            dated: value(dated),
            read: value(read),
            rank: value(rank),
            note: value(note),
        }
    }

    fn remedy(&mut self, pair: Node<'_>) -> Remedy {
        let by = self.words(pair.clone(), Rule::name).into_iter().nth(1);
        let (mut say, mut channel, mut route, mut note) = (None, None, None, None);
        for clause in pair.into_inner() {
            match clause.as_rule() {
                Rule::say => self.prose_once(&mut say, clause, "say"),
                Rule::channel => self.prose_once(&mut channel, clause, "channel"),
                Rule::note => self.prose_once(&mut note, clause, "note"),
                Rule::to_route => self.word_once(&mut route, clause, Rule::name, "route"),
                _ => {}
            }
        }
        Remedy { by, say: value(say), channel: value(channel), route: value(route), note: value(note) }
    }

    fn route(&mut self, pair: Node<'_>) -> Route {
        let mut route = Route { symptom: self.first(pair.clone(), Rule::string).unwrap_or_default(), ..Route::default() };
        let (mut channel, mut expect, mut escalate, mut note) = (None, None, None, None);
        for clause in pair.into_inner() {
            match clause.as_rule() {
                Rule::first_checks => route.first.extend(self.strings(clause)),
                Rule::bring => route.bring.extend(self.strings(clause)),
                Rule::per => route.per.extend(self.names(clause)),
                Rule::channel => self.prose_once(&mut channel, clause, "channel"),
                Rule::expect => self.prose_once(&mut expect, clause, "expect"),
                Rule::escalate => self.prose_once(&mut escalate, clause, "escalate"),
                Rule::note => self.prose_once(&mut note, clause, "note"),
                _ => {}
            }
        }
        Route { channel: value(channel), expect: value(expect), escalate: value(escalate), note: value(note), ..route }
    }

    fn warning(&mut self, pair: Node<'_>) -> Warning {
        let mut warning = Warning::default();
        let (mut say, mut shown, mut note) = (None, None, None);
        for clause in pair.into_inner() {
            let at = self.span(&clause);
            match clause.as_rule() {
                Rule::say => self.prose_once(&mut say, clause, "say"),
                Rule::note => self.prose_once(&mut note, clause, "note"),
                Rule::per => warning.per.extend(self.names(clause)),
                Rule::shown => {
                    let on = child(clause.clone(), Rule::shown_on).map_or_else(Vec::new, |on| self.names(on));
                    let when = self.when(clause);
                    self.once(&mut shown, Some((on, when)), at, "shown");
                }
                _ => {}
            }
        }
        let (on, when) = value(shown).unwrap_or_default();
        Warning { say: value(say), on, when, note: value(note), ..warning }
    }

    fn records(&mut self, pair: Node<'_>) -> Option<Records> {
        let mut names = self.words(pair.clone(), Rule::name).into_iter().skip(1);
        Some(Records {
            each: names.next()?,
            key: names.next()?,
            of_decision: child(pair.clone(), Rule::of_decision).is_some(),
            about: self.first(pair.clone(), Rule::string)?,
            report_as: child(pair.clone(), Rule::report_as).and_then(|report| self.first(report, Rule::name)),
            facts: self.facts(pair),
        })
    }

    fn facts(&mut self, pair: Node<'_>) -> Vec<Fact> {
        pair.into_inner().filter(|i| i.as_rule() == Rule::fact).filter_map(|fact| self.fact(fact)).collect()
    }

    fn fact(&mut self, pair: Node<'_>) -> Option<Fact> {
        let name = self.first(pair.clone(), Rule::name)?;
        let ty = pair.clone().into_inner().find_map(|inner| self.fact_type(inner))?;
        let mut fact = Fact {
            name,
            ty,
            ask: None,
            find: Vec::new(),
            unit: None,
            change: None,
            become_: Vec::new(),
            never_advise: false,
            effort: None,
            assume: None,
            implies: Vec::new(),
            computed: None,
            identifies: false,
            note: None,
        };
        let (mut ask, mut unit, mut change, mut effort) = (None, None, None, None);
        let (mut assume, mut computed, mut note) = (None, None, None);
        for clause in pair.into_inner() {
            let at = self.span(&clause);
            match clause.as_rule() {
                Rule::ask => self.prose_once(&mut ask, clause, "ask"),
                Rule::note => self.prose_once(&mut note, clause, "note"),
                Rule::find => fact.find.extend(self.strings(clause)),
                Rule::unit_of => self.word_once(&mut unit, clause, Rule::string, "unit"),
                Rule::effort => self.word_once(&mut effort, clause, Rule::number, "effort"),
                Rule::change => {
                    let by = self.first(clause, Rule::name);
                    self.once(&mut change, Some(by), at, "change");
                }
                Rule::moves => {
                    let to = self.names(clause.clone());
                    let from = child(clause.clone(), Rule::become_from).map_or_else(Vec::new, |from| self.names(from));
                    let warn = child(clause, Rule::become_warn).and_then(|warn| self.first(warn, Rule::name));
                    fact.become_.push(Move { to, from, warn });
                }
                Rule::never_advise => fact.never_advise = true,
                Rule::identifies => fact.identifies = true,
                Rule::fact_assume => {
                    let literal = child(clause.clone(), Rule::literal).and_then(|literal| self.literal(literal));
                    let because = child(clause, Rule::because).and_then(|because| self.prose(because));
                    if let Some(both) = literal.zip(because) {
                        self.once(&mut assume, Some(both), at, "assume");
                    }
                }
                Rule::implies => {
                    let path = self.first(clause.clone(), Rule::path);
                    let literal = child(clause, Rule::literal).and_then(|literal| self.literal(literal));
                    fact.implies.extend(path.zip(literal));
                }
                Rule::computed => {
                    let warn = child(clause.clone(), Rule::else_warn).and_then(|warn| self.first(warn, Rule::name));
                    if let Some(operand) = child(clause, Rule::operand).map(|operand| self.operand(operand)) {
                        self.once(&mut computed, Some((operand, warn)), at, "computed");
                    }
                }
                _ => {}
            }
        }
        Some(Fact {
            ask: value(ask),
            unit: value(unit),
            change: value(change),
            effort: value(effort),
            assume: value(assume),
            computed: value(computed),
            note: value(note),
            ..fact
        })
    }

    fn fact_type(&mut self, pair: Node<'_>) -> Option<FactType> {
        Some(match pair.as_rule() {
            Rule::t_bool => FactType::Bool,
            Rule::t_date => FactType::Date { or_none: child(pair, Rule::or_none).is_some() },
            Rule::t_money => FactType::Money,
            Rule::t_integer => FactType::Integer,
            Rule::t_decimal => FactType::Decimal,
            Rule::t_percent => FactType::Percent,
            Rule::t_text => FactType::Text,
            Rule::t_country => FactType::Country,
            Rule::t_currency => FactType::Currency,
            Rule::t_enum => FactType::Enum(self.names(pair)),
            Rule::t_set => FactType::Set(self.names(pair)),
            _ => return None,
        })
    }

    fn table(&mut self, pair: Node<'_>) -> Table {
        let span = self.span(&pair);
        let mut table = Table { label: self.first(pair.clone(), Rule::string), ..Table::default() };
        let (mut currency, mut window, mut last_day, mut note) = (None, None, None, None);
        for clause in pair.into_inner() {
            let at = self.span(&clause);
            match clause.as_rule() {
                Rule::keyed_by => table.by = self.words(clause, Rule::path),
                Rule::table_currency => self.word_once(&mut currency, clause, Rule::code, "currency"),
                Rule::last_day => self.word_once(&mut last_day, clause, Rule::date, "last day"),
                Rule::note => self.prose_once(&mut note, clause, "note"),
                Rule::table_window => {
                    let first: Option<FirstDay> = child(clause.clone(), Rule::first_day).map(super::expr::first_day);
                    if let Some(length) = child(clause, Rule::operand).map(|operand| self.operand(operand)) {
                        self.once(&mut window, Some((length, first)), at, "window");
                    }
                }
                Rule::row => table.rows.push(TableRow { keys: self.words(clause, Rule::code), tiers: Vec::new(), span: at }),
                Rule::tier if child(clause.clone(), Rule::k_otherwise).is_some() => table.unstated_otherwise = true,
                Rule::tier => {
                    let mut operands = clause.into_inner().filter(|i| i.as_rule() == Rule::operand).map(|o| self.operand(o));
                    let tier = Tier { amounts: operands.next().zip(operands.next()), span: at };
                    drop(operands);
                    if table.rows.is_empty() {
                        table.rows.push(TableRow { keys: Vec::new(), tiers: Vec::new(), span });
                    }
                    if let Some(row) = table.rows.last_mut() {
                        row.tiers.push(tier);
                    }
                }
                Rule::per => table.per.extend(self.names(clause)),
                _ => {}
            }
        }
        Table { currency: value(currency), window: value(window), last_day: value(last_day), note: value(note), ..table }
    }

    fn state(&mut self, pair: Node<'_>) -> Option<State> {
        let label = self.first(pair.clone(), Rule::string)?;
        let taking = child(pair.clone(), Rule::taking).and_then(|taking| {
            let name = self.first(taking.clone(), Rule::name)?;
            let ty = taking.clone().into_inner().find_map(|inner| self.fact_type(inner))?;
            let usually = child(taking, Rule::operand).map(|operand| self.operand(operand))?;
            Some((name, ty, usually))
        });
        let items = pair.into_inner().filter(|i| i.as_rule() == Rule::state_item).filter_map(|item| self.state_item(item));
        let items = items.collect();
        Some(State { label, taking, items })
    }

    fn state_item(&mut self, pair: Node<'_>) -> Option<StateItem> {
        let span = self.span(&pair);
        let kind = match child(pair.clone(), Rule::state_kind)?.as_str() {
            "lost" => StateKind::Lost,
            "life" => StateKind::Life,
            "blocked" => StateKind::Blocked,
            _ => StateKind::Standing,
        };
        let (id, label) = (self.first(pair.clone(), Rule::name)?, self.first(pair.clone(), Rule::string)?);
        let mut item = StateItem { kind, id, label, clauses: Vec::new(), per: Vec::new(), remedy: None, span };
        let mut remedy = None;
        for clause in pair.into_inner() {
            let at = self.span(&clause);
            match clause.as_rule() {
                Rule::holds_when => {
                    let when = child(clause, Rule::expr).map(|expr| self.expr(expr));
                    item.clauses.extend(when.map(|when| Clause {
                        kind: ClauseKind::Holds(when),
                        because: None,
                        silence: Silence::Unstated,
                        span: at,
                    }));
                }
                Rule::open | Rule::needs => item.clauses.extend(self.clause(clause)),
                Rule::per => item.per.extend(self.names(clause)),
                Rule::else_do => self.word_once(&mut remedy, clause, Rule::name, "else"),
                _ => {}
            }
        }
        item.remedy = value(remedy);
        Some(item)
    }
}

/// A text that a literal is written with, for messages.
impl Literal {
    /// As written.
    pub fn text(&self) -> String {
        match self {
            Self::Date(w) | Self::Number(w) | Self::Code(w) | Self::Path(w) => w.text.clone(),
            Self::Days(w) => format!("{} days", w.text),
            Self::Percent(w) => format!("{}%", w.text),
            Self::Text(w) => format!("\"{}\"", w.text),
            Self::Money(amount, code) => format!("{} {}", amount.text, code.text),
        }
    }
}
