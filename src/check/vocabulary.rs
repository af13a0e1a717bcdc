//! Facts, sections and lists: their types, and the slots at which decisions read them.
//!
//! In: `facts` and `records` items. Out: the program's vocabulary.
//! Owns what a fact must say about itself. Never reads a document.

use std::collections::HashMap;

use super::Check;
use crate::diagnostic::{Diagnostic, codes, did_you_mean};
use crate::program::{
    AS_OF, Assumed, At, Change, Computed, Fact, FactId, Lane, List, ListId, Move, NO_EVENT, Section, Slot, SlotId, Type,
};
use crate::source::Span;
use crate::syntax::{self, ExprKind, FactType, ItemKind, Literal, Syntax, Word};
use crate::value::{Decimal, Money, parse_day, parse_integer};

/// The most words of a set: each is a bit of a lane.
const MAX_SET: usize = 63;
/// The largest percentage that a fact may have.
const HUNDRED: Decimal = Decimal { whole: 100, nanos: 0 };

impl<'s> Check<'s> {
    /// Makes sections, facts and slots.
    pub(super) fn vocabulary(&mut self, syntax: &'s Syntax) {
        self.small_items(syntax);
        self.as_of();
        let mut pending: Vec<(FactId, &'s syntax::Fact)> = Vec::new();
        for item in &syntax.items {
            let (facts, about, records) = match &item.kind {
                ItemKind::Section { facts, about } => (facts, about, None),
                ItemKind::Records(records) => (&records.facts, &records.about, Some(records)),
                _ => continue,
            };
            let section = self.program.sections.len();
            let list = records.map(|_| ListId(index(self.program.lists.len())));
            let report_as = records.and_then(|r| r.report_as.as_ref()).unwrap_or(&item.name);
            let mut ids = Vec::new();
            let mut seen: HashMap<&str, Span> = HashMap::new();
            for fact in facts {
                if let Some(earlier) = seen.insert(&fact.name.text, fact.name.span) {
                    let finding = Diagnostic::new(
                        &codes::DUPLICATE_NAME,
                        fact.name.span,
                        format!("`{}` is declared twice", fact.name.text),
                    )
                    .here("again here")
                    .label(earlier, "declared first here")
                    .help("keep one of them");
                    self.report(finding);
                    continue;
                }
                let id = FactId(index(self.program.facts.len()));
                let made = self.fact(section, &report_as.text, fact, item.damaged);
                self.program.facts.push(made);
                pending.push((id, fact));
                ids.push(id);
            }
            self.program.sections.push(Section {
                name: item.name.text.clone(),
                about: about.text.clone(),
                list,
                facts: ids.clone(),
            });
            if let Some(records) = records {
                self.list(section, records, &ids, item.damaged);
            } else {
                self.program.slots.extend(ids.iter().map(|fact| Slot { fact: *fact, at: At::Single }));
            }
        }
        for (id, fact) in pending {
            self.fact_links(id, fact);
        }
    }

    /// The day of the check is a fact that every document gives.
    fn as_of(&mut self) {
        self.program.sections.push(Section { name: String::new(), about: String::new(), list: None, facts: vec![FactId(0)] });
        self.program.slots.push(Slot { fact: FactId(0), at: At::Single });
        self.program.facts.push(Fact {
            name: "as_of".to_owned(),
            local: "as_of".to_owned(),
            section: 0,
            ty: Type::Date { optional: false },
            ask: "For which day should the check hold?".to_owned(),
            find: vec!["You choose the day".to_owned()],
            unit: None,
            change: Change::By("time".to_owned()),
            moves: Vec::new(),
            never_advise: false,
            effort: 1,
            assume: None,
            implies: Vec::new(),
            computed: None,
            identifies: false,
            note: None,
            span: Span::default(),
        });
        debug_assert_eq!(AS_OF, SlotId(0));
    }

    fn list(&mut self, section: usize, records: &syntax::Records, ids: &[FactId], damaged: bool) {
        let list = ListId(index(self.program.lists.len()));
        let key = ids.iter().copied().find(|id| self.local(*id) == records.key.text);
        let Some(key) = key else {
            if damaged {
                return;
            }
            let names: Vec<String> = ids.iter().map(|id| self.local(*id).to_owned()).collect();
            let finding = Diagnostic::new(
                &codes::UNKNOWN_NAME,
                records.key.span,
                format!("no fact here is called `{}`", records.key.text),
            )
            .help("the key of a list is one of its facts")
            .help_if(did_you_mean(&records.key.text, names.iter().map(String::as_str)));
            self.report(finding);
            return;
        };
        self.program.lists.push(List { section, each: records.each.text.clone(), key, of_decision: records.of_decision });
        let key_type = self.program.facts.get(key.0 as usize).map(|fact| fact.ty.clone());
        if records.of_decision {
            let Some(Type::Enum(values)) = key_type else {
                let finding =
                    Diagnostic::new(&codes::WRONG_TYPE, records.key.span, "a key that names decisions is `one of` their ids");
                self.report(finding.help("declare it as `one of` the ids of the decisions"));
                return;
            };
            for (_, value) in values.iter().zip(0..) {
                self.program.slots.extend(ids.iter().map(|fact| Slot { fact: *fact, at: At::Keyed(list, value) }));
            }
        }
        self.program.slots.extend(ids.iter().map(|fact| Slot { fact: *fact, at: At::Record(list) }));
    }

    fn local(&self, id: FactId) -> &str {
        self.program.facts.get(id.0 as usize).map_or("", |fact| fact.local.as_str())
    }

    fn fact(&mut self, section: usize, report_as: &str, fact: &syntax::Fact, damaged: bool) -> Fact {
        let ty = self.fact_type(&fact.ty);
        if !damaged {
            self.complete(fact);
        }
        let change = match &fact.change {
            Some(Some(party)) => {
                self.party(party);
                Change::By(party.text.clone())
            }
            _ => Change::Never,
        };
        let moves = fact.become_.iter().map(|m| self.client_move(&ty, m)).collect();
        let assume = fact.assume.as_ref().and_then(|(literal, reason)| {
            self.fact_value(&ty, literal).map(|value| Assumed { value, reason: reason.text.clone() })
        });
        Fact {
            name: format!("{report_as}.{}", fact.name.text),
            local: fact.name.text.clone(),
            section,
            ty,
            ask: text(fact.ask.as_ref()),
            find: fact.find.iter().map(|word| word.text.clone()).collect(),
            unit: fact.unit.as_ref().map(|word| word.text.clone()),
            change,
            moves,
            never_advise: fact.never_advise,
            effort: fact.effort.as_ref().and_then(|word| self.small_number(word, "an effort", 3)).unwrap_or(1),
            assume,
            implies: Vec::new(),
            computed: None,
            identifies: fact.identifies,
            note: fact.note.as_ref().map(|word| word.text.clone()),
            span: fact.name.span,
        }
    }

    /// A fact that nobody knows how to ask for cannot be asked for.
    fn complete(&mut self, fact: &syntax::Fact) {
        let missing = [
            (fact.ask.is_none(), "the question to ask", "ask \"…\""),
            (fact.find.is_empty(), "where the answer is found", "find \"…\""),
            (fact.change.is_none(), "who can change it", "change never"),
        ];
        if let Some((_, what, clause)) = missing.into_iter().find(|(is_missing, ..)| *is_missing) {
            let headline = format!("`{}` does not say {what}", fact.name.text);
            self.report(Diagnostic::new(&codes::MISSING_QUESTION, fact.name.span, headline).help(format!("add `{clause}`")));
        }
    }

    fn fact_type(&mut self, ty: &FactType) -> Type {
        match ty {
            FactType::Bool => Type::Bool,
            FactType::Date { or_none } => Type::Date { optional: *or_none },
            FactType::Money => Type::Money,
            FactType::Integer => Type::Integer,
            FactType::Decimal => Type::Decimal,
            FactType::Percent => Type::Percent,
            FactType::Text => Type::Text,
            FactType::Country => Type::Country,
            FactType::Currency => Type::Currency,
            FactType::Enum(words) => Type::Enum(self.values(words)),
            FactType::Set(words) => Type::Set(self.values(words)),
        }
    }

    fn values(&mut self, words: &[Word]) -> Vec<String> {
        let mut values: Vec<String> = Vec::new();
        for word in words {
            self.not_reserved(word);
            if values.contains(&word.text) {
                let headline = format!("`{}` is listed twice", word.text);
                self.report(Diagnostic::new(&codes::DUPLICATE_NAME, word.span, headline).help("remove one of them"));
            } else if values.len() == MAX_SET {
                let headline = format!("a fact has at most {MAX_SET} values");
                self.report(Diagnostic::new(&codes::TOO_MANY, word.span, headline).help("use a text or two facts"));
            } else {
                values.push(word.text.clone());
            }
        }
        values
    }

    fn client_move(&mut self, ty: &Type, m: &syntax::Move) -> Move {
        let special = ["any", "more", "less", "nothing"];
        let unknown = m.to.iter().chain(&m.from);
        let unknown = unknown.filter(|word| !special.contains(&word.text.as_str()) && ty.word(&word.text).is_none());
        // A fact without words is mistaken as a whole, not word by word.
        let told = if ty.words().is_empty() { 1 } else { usize::MAX };
        unknown.take(told).for_each(|word| self.unknown_value(ty, &word.text, word.span));
        let warn = m.warn.as_ref().and_then(|word| self.warning_named(word));
        let words = |words: &[Word]| words.iter().filter(|w| w.text != "nothing").map(|w| w.text.clone()).collect();
        Move { to: words(&m.to), from: words(&m.from), warn }
    }

    /// The lane of a literal for a fact of this type; a wrong one is reported.
    pub(super) fn fact_value(&mut self, ty: &Type, literal: &Literal) -> Option<Lane> {
        let lane = |main| Some(Lane { main, aux: 0 });
        let made = match (ty, literal) {
            (Type::Date { optional: true }, Literal::Path(word)) if word.text == "none" => lane(NO_EVENT),
            (Type::Date { .. }, Literal::Date(word)) => return self.day(word).map(|main| Lane { main, aux: 0 }),
            (Type::Money, Literal::Money(amount, code)) => return self.money(amount, code),
            (Type::Integer, Literal::Number(word) | Literal::Days(word)) => parse_integer(&word.text).ok().and_then(lane),
            (Type::Percent, Literal::Percent(word)) => match Decimal::parse(&word.text) {
                Ok(decimal) if decimal > Decimal::default() && decimal <= HUNDRED => {
                    Some(Lane { main: decimal.whole, aux: decimal.nanos })
                }
                _ => {
                    let headline = format!("`{}%` is not above 0% and at most 100%", word.text);
                    self.report(Diagnostic::new(&codes::IMPOSSIBLE_VALUE, word.span, headline));
                    return None;
                }
            },
            (Type::Decimal, Literal::Number(word)) => {
                Decimal::parse(&word.text).ok().map(|d| Lane { main: d.whole, aux: d.nanos })
            }
            (Type::Set(_), _) => None,
            (_, Literal::Path(word) | Literal::Code(word)) => match ty.word(&word.text) {
                Some(main) => lane(main),
                None => {
                    self.unknown_value(ty, &word.text, word.span);
                    return None;
                }
            },
            _ => None,
        };
        if made.is_none() {
            let headline = format!("expected {}, found `{}`", ty.describe(), literal.text());
            self.report(Diagnostic::new(&codes::WRONG_TYPE, literal.span(), headline));
        }
        made
    }

    /// The day of a date literal; an impossible one is reported.
    pub(super) fn day(&mut self, word: &Word) -> Option<i64> {
        let day = parse_day(&word.text);
        if day.is_none() {
            let headline = format!("there is no day `{}`", word.text);
            self.report(
                Diagnostic::new(&codes::IMPOSSIBLE_VALUE, word.span, headline).help("dates are written year-month-day"),
            );
        }
        day
    }

    /// The lane of an amount; a wrong one is reported.
    pub(super) fn money(&mut self, amount: &Word, code: &Word) -> Option<Lane> {
        match Money::from_parts(&amount.text, &code.text) {
            Ok(money) => Some(Lane { main: money.minor, aux: i64::from(money.currency.numeric()) }),
            Err(error) => {
                let span = amount.span.to(code.span);
                let finding =
                    Diagnostic::new(&codes::IMPOSSIBLE_VALUE, span, format!("`{} {}` {error}", amount.text, code.text));
                let nearest = crate::value::nearest_currency(&code.text).filter(|near| *near != code.text);
                self.report(finding.help_if(nearest.map(|code| format!("did you mean `{code}`?"))));
                None
            }
        }
    }

    /// A word that is none of a fact's values.
    pub(super) fn unknown_value(&mut self, ty: &Type, word: &str, span: Span) {
        let finding = match ty {
            Type::Country => Diagnostic::new(&codes::UNKNOWN_CODE, span, format!("`{word}` is no country code of ISO 3166"))
                .help_if(crate::value::nearest_country(word).map(|code| format!("did you mean `{code}`?"))),
            Type::Currency => Diagnostic::new(&codes::UNKNOWN_CODE, span, format!("`{word}` is no currency code of ISO 4217"))
                .help_if(crate::value::nearest_currency(word).map(|code| format!("did you mean `{code}`?"))),
            _ => Diagnostic::new(&codes::UNKNOWN_VALUE, span, format!("`{word}` is no value of this fact"))
                .help(format!("it is {}", ty.describe()))
                .help_if(did_you_mean(word, ty.words())),
        };
        self.report(finding);
    }

    /// What refers to other facts of the same section, once all are declared.
    fn fact_links(&mut self, id: FactId, fact: &'s syntax::Fact) {
        let mut implied = Vec::new();
        for (path, literal) in &fact.implies {
            let Some(other) = self.sibling(id, path) else { continue };
            let ty = self.program.facts.get(other.0 as usize).map(|fact| fact.ty.clone());
            implied.extend(ty.and_then(|ty| self.fact_value(&ty, literal)).map(|value| (other, value)));
        }
        let computed = fact.computed.as_ref().and_then(|(expr, warn)| {
            let warn = warn.as_ref().and_then(|word| self.warning_named(word));
            let parts = match &expr.kind {
                ExprKind::Sum(parts) => parts.iter().map(|(minus, part)| (*minus, part)).collect(),
                _ => vec![(false, expr)],
            };
            let mut made = Vec::new();
            for (minus, part) in parts {
                let ExprKind::Literal(Literal::Path(path)) = &part.kind else {
                    let finding = Diagnostic::new(&codes::NOT_AN_OPERAND, part.span, "a computed fact is a sum of facts");
                    self.report(finding.help("write the names of facts of this section with `+` and `-`"));
                    return None;
                };
                let other = self.sibling(id, path)?;
                let is_money = |id: FactId| self.program.facts.get(id.0 as usize).is_some_and(|fact| fact.ty == Type::Money);
                if !is_money(other) || !is_money(id) {
                    let finding = Diagnostic::new(&codes::WRONG_TYPE, path.span, "a computed fact and its parts are money");
                    self.report(finding);
                    return None;
                }
                made.push((minus, other));
            }
            Some(Computed { parts: made, warn })
        });
        if let Some(made) = self.program.facts.get_mut(id.0 as usize) {
            made.implies = implied;
            made.computed = computed;
        }
    }

    /// A fact of the same section as `id`, by its full or its short name.
    fn sibling(&mut self, id: FactId, path: &Word) -> Option<FactId> {
        let section = self.program.facts.get(id.0 as usize)?.section;
        let local = path.text.rsplit('.').next().unwrap_or(&path.text);
        let section = self.program.sections.get(section)?;
        let found = section.facts.iter().copied().find(|other| self.local(*other) == local);
        let section_name = section.name.clone();
        if found.is_none() && !self.told_already(&section_name) {
            let section = self.program.sections.iter().find(|section| section.name == section_name)?;
            let names: Vec<String> = section.facts.iter().map(|other| self.local(*other).to_owned()).collect();
            let headline = format!("no fact of this section is called `{local}`");
            let finding = Diagnostic::new(&codes::UNKNOWN_NAME, path.span, headline);
            self.report(finding.help_if(did_you_mean(local, names.iter().map(String::as_str))));
        }
        found
    }
}

/// A count as an index that fits a lane.
pub(super) fn index(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

fn text(word: Option<&Word>) -> String {
    word.map(|word| word.text.clone()).unwrap_or_default()
}
