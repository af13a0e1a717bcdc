//! Conditions: which test a predicate is, by the type of what it is said of.
//!
//! In: expressions. Out: conditions with every name resolved.
//! Owns the match of predicates and types. Never evaluates.

use super::Check;
use super::names::Definition;
use super::operand::Ty;
use crate::diagnostic::{Diagnostic, codes, did_you_mean};
use crate::program::{Cond, ListId, Operand, SlotId, Subject, TestKind, Type, Values};
use crate::source::Span;
use crate::syntax::{Expr, ExprKind, Literal, MAX_DEPTH, Order, Predicate, Word};
use crate::value::{country_code, parse_currency};

/// The most times that shared definitions are written out in one rule set; without a limit a few dozen definitions that
/// each name the one before twice would never end.
const MAX_EXPANDED: usize = 1_000_000;

/// Where a condition stands: what `offer`, `edition` and a state's parameter mean there.
#[derive(Clone)]
pub(super) struct Scope<'a> {
    /// The decision, whose own record a list keyed by decision is read from.
    pub decision: Option<&'a str>,
    /// About what the decision is made; nothing in a definition that is checked by itself.
    pub subject: Option<Subject>,
    /// The edition and its numbers.
    pub edition: Option<EditionScope<'a>>,
    /// The parameter of a state with the operand that it stands for.
    pub parameter: Option<(&'a str, &'a Expr)>,
    /// Definitions being expanded, to find one that leads back to itself.
    pub inside: Vec<Word>,
}

/// An edition's numbers while a requirement is read for it.
#[derive(Clone)]
pub(super) struct EditionScope<'a> {
    pub name: &'a str,
    pub with: &'a [(Word, Option<Literal>)],
    pub last_day: Option<i64>,
}

impl<'a> Scope<'a> {
    /// For a definition that is checked by itself: any record list may be read.
    pub(super) fn anywhere() -> Self {
        Self { decision: None, subject: None, edition: None, parameter: None, inside: Vec::new() }
    }

    /// The same place, one definition deeper.
    pub(super) fn inside(&self, name: &Word) -> Self {
        let mut scope = self.clone();
        scope.inside.push(name.clone());
        scope
    }
}

/// What a mistaken condition becomes: nothing is decided on it.
const BROKEN: Cond = Cond::Constant(false);

impl Check<'_> {
    /// A condition.
    pub(super) fn condition(&mut self, expr: &Expr, scope: &Scope<'_>) -> Cond {
        match &expr.kind {
            ExprKind::Any(parts) => Cond::any(parts.iter().map(|part| self.condition(part, scope)).collect()),
            ExprKind::All(parts) => {
                let mut made: Vec<Cond> = Vec::new();
                for (then, part) in parts {
                    let part = self.condition(part, scope);
                    if *then {
                        made = vec![Cond::Then(Box::new(Cond::all(made)), Box::new(part))];
                    } else {
                        made.push(part);
                    }
                }
                Cond::all(made)
            }
            ExprKind::Test(operand, predicate) => self.test(operand, predicate, expr.span, scope),
            ExprKind::Literal(Literal::Path(word)) => self.named_condition(word, scope),
            _ => {
                let finding = Diagnostic::new(&codes::NOT_A_CONDITION, expr.span, "this is a value, not a condition");
                self.report(finding.help("say something of it, such as `is at least 200 USD`"));
                BROKEN
            }
        }
    }

    fn named_condition(&mut self, word: &Word, scope: &Scope<'_>) -> Cond {
        if let Some(Definition::Condition(expr)) = self.definition(&word.text) {
            if !self.circular(word, scope) {
                return self.condition(expr, &scope.inside(word));
            }
            return BROKEN;
        }
        if self.told_already(&word.text) {
            return BROKEN;
        }
        if word.text.contains('.') {
            let headline = format!("`{}` is a fact, not a condition", word.text);
            self.report(
                Diagnostic::new(&codes::NOT_A_CONDITION, word.span, headline).help("say what it must be, such as `is yes`"),
            );
            return BROKEN;
        }
        let conditions = self.names.words.iter().filter(|(_, d)| matches!(d, Definition::Condition(_))).map(|(name, _)| *name);
        let help = did_you_mean(&word.text, conditions.collect::<Vec<_>>());
        let headline = format!("no condition is called `{}`", word.text);
        self.report(
            Diagnostic::new(&codes::UNKNOWN_NAME, word.span, headline).help("declare it with `condition`").help_if(help),
        );
        BROKEN
    }

    /// Does expanding this name lead back to itself, or too deep?
    pub(super) fn circular(&mut self, word: &Word, scope: &Scope<'_>) -> bool {
        if let Some(start) = scope.inside.iter().position(|name| name.text == word.text) {
            let circle = scope.inside.get(start..).unwrap_or_default();
            self.mistakes += 1;
            if self.circles.insert(circle.iter().map(|name| name.text.clone()).collect()) {
                let headline = format!("`{}` is defined by itself", word.text);
                let finding = Diagnostic::new(&codes::CIRCULAR_NAME, word.span, headline).help("say it without this name");
                let through = circle.iter().skip(1);
                self.report(
                    through.fold(finding, |finding, name| finding.label(name.span, format!("by way of `{}`", name.text))),
                );
            }
            return true;
        }
        self.expanded += 1;
        if self.expanded > MAX_EXPANDED {
            let headline = "shared definitions name each other too often";
            let help = "two uses of a name in each of many definitions double with each of them; name fewer at once";
            self.mistakes += 1;
            if self.expanded == MAX_EXPANDED + 1 {
                self.report(Diagnostic::new(&codes::TOO_MANY, word.span, headline).help(help));
            }
            return true;
        }
        let deep = scope.inside.len() >= MAX_DEPTH;
        if deep {
            let headline = format!("`{}` stands more than {MAX_DEPTH} definitions deep", word.text);
            self.report(Diagnostic::new(&codes::TOO_DEEP, word.span, headline).help("say it with fewer steps between"));
        }
        deep
    }

    fn test(&mut self, operand: &Expr, predicate: &Predicate, span: Span, scope: &Scope<'_>) -> Cond {
        if let Predicate::HasRow = predicate {
            return self.has_row(operand, scope);
        }
        let (left, ty) = self.operand(operand, scope);
        if ty == Ty::Error {
            return BROKEN;
        }
        let test = |kind| Cond::test(kind, span);
        match predicate {
            Predicate::Is { not, value } => negate_if(*not, self.is_value(left, &ty, value, span, scope)),
            Predicate::OneOf { not, values } => negate_if(*not, self.one_of(left, &ty, values, span, scope)),
            Predicate::Empty { not } => match (&ty, left) {
                (Ty::Set(_), Operand::Slot(slot)) => negate_if(*not, test(TestKind::Empty(slot))),
                _ => self.mistyped(operand.span, "only a list of words can be empty", &ty),
            },
            Predicate::Contains { not, value } => negate_if(*not, self.contains(left, &ty, value, span, scope)),
            Predicate::Order { order, value, after: None } => self.order(left, &ty, *order, value, span, scope),
            Predicate::Order { order, value, after: Some(after) } => {
                let (days, days_ty) = self.operand(value, scope);
                let (start, start_ty) = self.operand(after, scope);
                if ty != Ty::Date {
                    return self.mistyped(operand.span, "a distance in days is counted for a date", &ty);
                }
                if start_ty != Ty::Date && start_ty != Ty::Error {
                    return self.mistyped(after.span, "days are counted after a date", &start_ty);
                }
                if !days_ty.counts_days() {
                    return self.not_days(value.span, &days_ty);
                }
                test(TestKind::Compare(left, *order, Operand::Shift(Box::new(start), false, Box::new(days))))
            }
            Predicate::Between { from, to } => {
                let first = self.order(left.clone(), &ty, Order::AtLeast, from, span, scope);
                let last = self.order(left, &ty, Order::AtMost, to, span, scope);
                Cond::all(vec![first, last])
            }
            Predicate::Within(window) => {
                if ty != Ty::Date {
                    return self.mistyped(operand.span, "only a date lies within a window", &ty);
                }
                match self.window(window, scope) {
                    Some((start, length, first)) => test(TestKind::Within { day: left, start, length, first }),
                    None => BROKEN,
                }
            }
            Predicate::HasRow => BROKEN,
            Predicate::MixedCurrencies => match left {
                Operand::Slot(slot) if self.program.fact_of(slot).is_some_and(|fact| fact.computed.is_some()) => {
                    test(TestKind::MixedCurrencies(slot))
                }
                _ => self.mistyped(operand.span, "only a computed fact can have mixed currencies", &ty),
            },
        }
    }

    fn order(&mut self, left: Operand, ty: &Ty, order: Order, value: &Expr, span: Span, scope: &Scope<'_>) -> Cond {
        let (right, right_ty) = self.operand(value, scope);
        if right_ty == Ty::Error {
            return BROKEN;
        }
        self.compare((left, ty), order, (right, &right_ty), value.span, span)
    }

    /// A comparison, if the two sides can be compared at all.
    fn compare(&mut self, left: (Operand, &Ty), order: Order, right: (Operand, &Ty), at: Span, span: Span) -> Cond {
        if *left.1 == Ty::Unstated || *right.1 == Ty::Unstated {
            return Cond::test(TestKind::Unstated, span);
        }
        match left.1.compares_with(right.1) {
            Ok(()) if !self.exactly_comparable(&left.0, &right.0, span) => BROKEN,
            Ok(()) => Cond::test(TestKind::Compare(left.0, order, right.0), span),
            Err(code) => {
                let headline = format!("{} does not compare with {}", left.1.describe(), right.1.describe());
                let finding =
                    Diagnostic::new(code, at, headline).help("compare two dates, two amounts in one currency, or two numbers");
                self.report(finding);
                BROKEN
            }
        }
    }

    fn is_value(&mut self, left: Operand, ty: &Ty, value: &Expr, span: Span, scope: &Scope<'_>) -> Cond {
        let word = match &value.kind {
            ExprKind::Literal(Literal::Path(word) | Literal::Code(word)) => Some(word),
            _ => None,
        };
        if let (Ty::Date, Some(word)) = (ty, word)
            && word.text == "none"
        {
            if !self.can_be_none(&left) {
                let headline = "this date can never be `none`";
                self.report(
                    Diagnostic::new(&codes::WRONG_TYPE, word.span, headline).help("declare the fact as `date or none`"),
                );
                return BROKEN;
            }
            return Cond::test(TestKind::IsNone(left), span);
        }
        if ty.has_words() {
            return self.one_of(left, ty, std::slice::from_ref(value), span, scope);
        }
        if let Ty::Set(_) = ty {
            return self.mistyped(span, "a list of words is tested with `contains`, `lacks` or `is empty`", ty);
        }
        self.order(left, ty, Order::Exactly, value, span, scope)
    }

    /// Membership in words, codes or texts, or equality with another fact.
    fn one_of(&mut self, left: Operand, ty: &Ty, values: &[Expr], span: Span, scope: &Scope<'_>) -> Cond {
        let Operand::Slot(slot) = left else {
            return self.mistyped(span, "only a fact is one of some values", ty);
        };
        if !ty.has_words() {
            return self.mistyped(span, "`is one of` is said of a fact with words, countries or currencies", ty);
        }
        if let [value] = values
            && let ExprKind::Literal(Literal::Path(word)) = &value.kind
            && word.text.contains('.')
        {
            let (right, right_ty) = self.operand(value, scope);
            return match right {
                Operand::Slot(other) if right_ty.same_words(ty, &self.program) => Cond::test(TestKind::Same(slot, other), span),
                _ if right_ty == Ty::Error => BROKEN,
                _ => self.mistyped(
                    value.span,
                    &format!("{} is never equal to {}", ty.describe(), right_ty.describe()),
                    &right_ty,
                ),
            };
        }
        let mut lanes = Vec::new();
        let mut texts = Vec::new();
        for value in values {
            match &value.kind {
                ExprKind::Literal(Literal::Text(word)) if *ty == Ty::Text => texts.push(word.text.clone()),
                ExprKind::Literal(Literal::Path(word) | Literal::Code(word)) if *ty != Ty::Text => {
                    lanes.extend(self.word_values(slot, ty, word));
                }
                ExprKind::Literal(Literal::Text(word)) => self.quoted_word(slot, word),
                _ => {
                    self.mistyped(value.span, &format!("expected {}", ty.describe()), ty);
                }
            }
        }
        lanes.sort_unstable();
        lanes.dedup();
        let values = match ty {
            Ty::Text => Values::Texts(texts),
            Ty::Country | Ty::Currency => Values::Codes(lanes),
            _ => Values::Mask(lanes.iter().fold(0, |mask, bit| mask | 1 << bit)),
        };
        Cond::test(TestKind::OneOf(slot, values), span)
    }

    /// A text where a word is meant.
    fn quoted_word(&mut self, slot: SlotId, word: &Word) {
        let Some(ty) = self.program.fact_of(slot).map(|fact| fact.ty.clone()) else { return };
        let meant = match ty.word(&word.text) {
            Some(_) => Some(word.text.as_str()),
            None => crate::diagnostic::nearest(&word.text, ty.words()),
        };
        let help = meant.map(|meant| format!("write `{meant}` without quotes"));
        let headline = format!("expected {}, found a text", ty.describe());
        self.report(Diagnostic::new(&codes::WRONG_TYPE, word.span, headline).help("write it without quotes").help_if(help));
    }

    /// The lanes of one word: a value of the fact, or every code of a group.
    fn word_values(&mut self, slot: SlotId, ty: &Ty, word: &Word) -> Vec<i64> {
        if let Some(Definition::Group(of, codes, _)) = self.definition(&word.text) {
            let (wanted, lane): (&str, fn(&str) -> Option<i64>) = match ty {
                Ty::Country => ("country", country_code),
                Ty::Currency => ("currency", |code| parse_currency(code).map(|c| i64::from(c.numeric()))),
                _ => ("", |_| None),
            };
            if of.text == wanted {
                return codes.iter().filter_map(|code| lane(&code.text)).collect();
            }
        }
        let Some(fact_ty) = self.program.fact_of(slot).map(|fact| fact.ty.clone()) else { return Vec::new() };
        let lane = fact_ty.word(&word.text);
        if lane.is_none() {
            self.unknown_value(&fact_ty, &word.text, word.span);
        }
        lane.into_iter().collect()
    }

    fn contains(&mut self, left: Operand, ty: &Ty, value: &Expr, span: Span, scope: &Scope<'_>) -> Cond {
        let (Operand::Slot(set), Ty::Set(_)) = (&left, ty) else {
            return self.mistyped(span, "only a list of words contains or lacks a word", ty);
        };
        let Some(Type::Set(words)) = self.program.fact_of(*set).map(|fact| fact.ty.clone()) else { return BROKEN };
        let ExprKind::Literal(Literal::Path(word)) = &value.kind else {
            return self.mistyped(value.span, "expected a word of the list", ty);
        };
        if !word.text.contains('.') {
            return match words.iter().zip(0_u32..).find(|(w, _)| **w == word.text) {
                Some((_, bit)) => Cond::test(TestKind::Contains(*set, bit), span),
                None => {
                    self.unknown_value(&Type::Set(words), &word.text, word.span);
                    BROKEN
                }
            };
        }
        let (right, right_ty) = self.operand(value, scope);
        match right {
            Operand::Slot(other) => match self.program.fact_of(other).map(|fact| fact.ty.clone()) {
                Some(Type::Enum(values)) => {
                    let bit = |value: &String| words.iter().zip(0_u32..).find(|(w, _)| *w == value).map(|(_, bit)| bit);
                    Cond::test(TestKind::ContainsFact(*set, other, values.iter().map(bit).collect()), span)
                }
                _ => self.mistyped(value.span, "a list of words contains the word of another fact", &right_ty),
            },
            _ => BROKEN,
        }
    }

    /// `TABLE has a row`: some row's keys are those of the account.
    fn has_row(&mut self, operand: &Expr, scope: &Scope<'_>) -> Cond {
        if let ExprKind::Literal(Literal::Path(word)) = &operand.kind
            && let Some(Definition::Table(_, table)) = self.definition(&word.text)
            && !table.by.is_empty()
        {
            let rows = self.table_rows(table, scope);
            return Cond::any(rows.into_iter().map(|(when, _)| when).collect());
        }
        let finding = Diagnostic::new(&codes::NOT_A_CONDITION, operand.span, "only a table with rows has a row");
        self.report(finding.help("name a table that is declared with `by`"));
        BROKEN
    }

    fn can_be_none(&self, operand: &Operand) -> bool {
        match operand {
            Operand::Slot(slot) => self.program.fact_of(*slot).is_some_and(|fact| fact.ty == Type::Date { optional: true }),
            Operand::Choose(branches, last) => {
                branches.iter().any(|(_, value)| self.can_be_none(value)) || self.can_be_none(last)
            }
            _ => false,
        }
    }

    pub(super) fn mistyped(&mut self, span: Span, headline: &str, ty: &Ty) -> Cond {
        self.report(Diagnostic::new(&codes::WRONG_TYPE, span, headline).here(format!("this is {}", ty.describe())));
        BROKEN
    }

    pub(super) fn not_days(&mut self, span: Span, ty: &Ty) -> Cond {
        let headline = format!("expected a number of days, found {}", ty.describe());
        self.report(Diagnostic::new(&codes::UNIT_MISMATCH, span, headline).help("write it as `14 days`"));
        BROKEN
    }

    /// The slot of `section.fact` as seen from a scope.
    pub(super) fn slot(&mut self, word: &Word, scope: &Scope<'_>) -> Option<SlotId> {
        let (section, local) = word.text.split_once('.')?;
        let by_each = self.names.eaches.get(section).copied();
        let list = by_each.and_then(|_| self.program.lists.iter().zip(0..).find(|(list, _)| list.each == section));
        let Some((list, list_id)) = list.map(|(list, id)| (list.clone(), ListId(id))) else {
            return self.single(word, section, local);
        };
        let at = match scope.subject {
            Some(Subject::Each(id)) if id == list_id => crate::program::At::Record(list_id),
            None if list.of_decision && scope.decision.is_none() => crate::program::At::Keyed(list_id, 0),
            None => crate::program::At::Record(list_id),
            Some(_) if list.of_decision => {
                let keys = self.program.facts.get(list.key.0 as usize).map(|fact| fact.ty.clone());
                let key = scope.decision.and_then(|decision| keys.and_then(|ty| ty.word(decision)));
                match key {
                    Some(key) => crate::program::At::Keyed(list_id, key),
                    None => {
                        self.wrong_subject(word, section, scope);
                        return None;
                    }
                }
            }
            Some(_) => {
                self.wrong_subject(word, section, scope);
                return None;
            }
        };
        let facts = self.program.sections.get(list.section).map_or_else(Vec::new, |section| section.facts.clone());
        self.find_slot(word, local, &facts, at)
    }

    /// Is part of a section unread? It is named by itself or by what one of its records is called.
    fn section_told_already(&mut self, section: &str) -> bool {
        let list = self.program.lists.iter().find(|list| list.each == section);
        let name = list.and_then(|list| self.program.sections.get(list.section)).map(|section| section.name.clone());
        self.told_already(&name.unwrap_or_else(|| section.to_owned()))
    }

    fn wrong_subject(&mut self, word: &Word, each: &str, scope: &Scope<'_>) {
        let whose = scope.decision.map_or_else(String::new, |decision| format!(" for `{decision}`"));
        let headline = format!("there is no single `{each}`{whose} whose `{}` could be read", word.text);
        let help = format!("make the decision `for {each}`, or list it among the keys of the record list");
        self.report(Diagnostic::new(&codes::WRONG_SUBJECT, word.span, headline).help(help));
    }

    fn single(&mut self, word: &Word, section: &str, local: &str) -> Option<SlotId> {
        let found = self.program.sections.iter().find(|s| s.name == section && s.list.is_none()).map(|s| s.facts.clone());
        match found {
            Some(facts) => self.find_slot(word, local, &facts, crate::program::At::Single),
            None if self.told_already(section) => None,
            None => {
                let names: Vec<String> = self.program.facts.iter().map(|fact| fact.name.clone()).collect();
                let headline = format!("no facts are called `{section}`");
                let finding = Diagnostic::new(&codes::UNKNOWN_NAME, word.span, headline);
                let sections: Vec<&str> = self.names.sections.keys().chain(self.names.eaches.keys()).copied().collect();
                let help =
                    did_you_mean(&word.text, names.iter().map(String::as_str)).or_else(|| did_you_mean(section, sections));
                self.report(finding.help("declare the fact in the vocabulary").help_if(help));
                None
            }
        }
    }

    fn find_slot(
        &mut self,
        word: &Word,
        local: &str,
        facts: &[crate::program::FactId],
        at: crate::program::At,
    ) -> Option<SlotId> {
        let name_of =
            |id: &crate::program::FactId| self.program.facts.get(id.0 as usize).map_or("", |fact| fact.local.as_str());
        let Some(fact) = facts.iter().copied().find(|id| name_of(id) == local) else {
            let names: Vec<String> = facts.iter().map(|id| name_of(id).to_owned()).collect();
            let section = word.text.split('.').next().unwrap_or("").to_owned();
            if self.section_told_already(&section) {
                return None;
            }
            let near = crate::diagnostic::nearest(local, names.iter().map(String::as_str));
            let help = near.map(|name| format!("did you mean `{section}.{name}`?"));
            let headline = format!("no fact is called `{}`", word.text);
            let finding = Diagnostic::new(&codes::UNKNOWN_NAME, word.span, headline).help("declare it in the vocabulary");
            self.report(finding.help_if(help));
            return None;
        };
        let slot = crate::program::Slot { fact, at };
        let found = self.program.slots.iter().position(|other| *other == slot)?;
        if self.program.facts.get(fact.0 as usize).is_some_and(|fact| fact.identifies) {
            let headline = format!("`{}` names the account or the record; rules never read it", word.text);
            self.report(Diagnostic::new(&codes::WRONG_SUBJECT, word.span, headline).help("read another fact"));
        }
        Some(SlotId(super::vocabulary::index(found)))
    }
}

fn negate_if(not: bool, cond: Cond) -> Cond {
    if not { cond.negated() } else { cond }
}
