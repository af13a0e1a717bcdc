//! Tables of tiers: rows by key, tiers in order, one currency.
//!
//! In: `table` items. Out: the choices that progress and rewards make, and the table for a reader.
//! Owns the order of tiers. Never picks a tier.

use super::Check;
use super::condition::Scope;
use super::operand::Ty;
use crate::diagnostic::{Diagnostic, codes};
use crate::program::{Cond, Operand, Table, TableChoice, TableRow, TestKind, Tier, Values};
use crate::syntax::{self, Expr, ExprKind, FirstDay, Literal, Word};

/// Tiers that may apply, with the window of their table where it has one.
pub(super) type Choice = (TableChoice, Option<(Operand, Option<FirstDay>)>);

impl Check<'_> {
    /// Checks a table and makes its form for a reader.
    pub(super) fn table(&mut self, name: &Word, table: &syntax::Table, damaged: bool) -> Table {
        if !damaged {
            self.cited(name, &table.per);
            if table.rows.is_empty() {
                let headline = format!("`{}` has no tiers", name.text);
                self.report(
                    Diagnostic::new(&codes::MISSING_CLAUSE, name.span, headline).help("add `spend … gives …`, or `unstated`"),
                );
            }
        }
        let scope = Scope::anywhere();
        let mut rows = Vec::new();
        for row in &table.rows {
            self.tiers(table, row, &scope);
            let text = |expr: &Expr| match &expr.kind {
                ExprKind::Literal(literal) => literal.text(),
                _ => "as printed".to_owned(),
            };
            let tiers =
                row.tiers.iter().map(|tier| tier.amounts.as_ref().map(|(spend, gives)| (text(spend), text(gives)))).collect();
            rows.push(TableRow { keys: row.keys.iter().map(|key| key.text.clone()).collect(), tiers });
        }
        self.table_rows(table, &scope);
        if let Some(day) = &table.last_day {
            self.day(day);
        }
        Table {
            id: name.text.clone(),
            label: table.label.as_ref().map_or_else(|| name.text.replace('_', " "), |label| label.text.clone()),
            rows,
            unstated_otherwise: table.unstated_otherwise,
            cites: self.cites(&table.per),
        }
    }

    /// The rows of a table as conditions over its keys, with their tiers.
    pub(super) fn table_rows(&mut self, table: &syntax::Table, scope: &Scope<'_>) -> Vec<(Cond, Vec<Option<Tier>>)> {
        let mut keys = Vec::new();
        for word in &table.by {
            let Some(slot) = self.slot(word, scope) else { return Vec::new() };
            let ty = self.type_of(slot);
            if !matches!(ty, Ty::Country | Ty::Currency) {
                self.mistyped(word.span, "a table is keyed by countries and currencies", &ty);
                return Vec::new();
            }
            keys.push(slot);
        }
        let mut rows = Vec::new();
        for row in &table.rows {
            if row.keys.len() != keys.len() {
                let headline = format!("expected {} keys in this row, found {}", keys.len(), row.keys.len());
                self.report(
                    Diagnostic::new(&codes::WRONG_TYPE, row.span, headline).help("write one code for each key of the table"),
                );
                continue;
            }
            let mut tests = Vec::new();
            for (slot, key) in keys.iter().zip(&row.keys) {
                let ty = self.program.fact_of(*slot).map(|fact| fact.ty.clone());
                match ty.as_ref().and_then(|ty| ty.word(&key.text)) {
                    Some(lane) => tests.push(Cond::test(TestKind::OneOf(*slot, Values::Codes(vec![lane])), key.span)),
                    None => drop(ty.map(|ty| self.unknown_value(&ty, &key.text, key.span))),
                }
            }
            if let Some(earlier) = table.rows.iter().take_while(|other| !std::ptr::eq(*other, row)).find(|o| o.keys == row.keys)
            {
                let finding = Diagnostic::new(&codes::DUPLICATE_NAME, row.span, "this row stands twice");
                self.report(finding.label(earlier.span, "it stands first here").help("remove one of them"));
            }
            rows.push((Cond::all(tests), self.tiers(table, row, scope)));
        }
        rows
    }

    /// The tiers of a row, increasing, in one currency.
    fn tiers(&mut self, table: &syntax::Table, row: &syntax::TableRow, scope: &Scope<'_>) -> Vec<Option<Tier>> {
        let mut tiers = Vec::new();
        let mut before: Option<(i64, i64, crate::source::Span)> = None;
        for tier in &row.tiers {
            let Some((spend, gives)) = &tier.amounts else {
                tiers.push(None);
                continue;
            };
            let ((spend_operand, spend_ty), (gives_operand, gives_ty)) =
                (self.operand(spend, scope), self.operand(gives, scope));
            for (ty, at) in [(&spend_ty, spend.span), (&gives_ty, gives.span)] {
                match (ty, &table.currency) {
                    (Ty::Money(Some(found)), Some(code)) if crate::value::currency_text(*found) != code.text => {
                        let headline =
                            format!("this tier is in {}, its table in {}", crate::value::currency_text(*found), code.text);
                        let finding = Diagnostic::new(&codes::CURRENCY_MISMATCH, at, headline);
                        self.report(finding.label(code.span, "the table's currency").help("amounts are never converted"));
                    }
                    (Ty::Money(_) | Ty::Error, _) => {}
                    (other, _) => drop(self.mistyped(at, "a tier is an amount of money", other)),
                }
            }
            if let (Ty::Money(Some(a)), Ty::Money(Some(b)), None) = (&spend_ty, &gives_ty, &table.currency)
                && a != b
            {
                let headline = format!(
                    "the spend of this tier is in {}, its credit in {}",
                    crate::value::currency_text(*a),
                    crate::value::currency_text(*b)
                );
                let finding = Diagnostic::new(&codes::CURRENCY_MISMATCH, gives.span, headline);
                self.report(finding.label(spend.span, "the spend").help("amounts are never converted; use one currency"));
            }
            if let Operand::Money(lane) = &spend_operand {
                if let Some((amount, currency, earlier)) = before
                    && (currency != lane.aux || amount >= lane.main)
                {
                    let finding =
                        Diagnostic::new(&codes::TIERS_OUT_OF_ORDER, spend.span, "this tier is not above the one before it");
                    self.report(
                        finding
                            .label(earlier, "the tier before")
                            .help("write tiers from the lowest spend to the highest, in one currency"),
                    );
                }
                before = Some((lane.main, lane.aux, spend.span));
            }
            tiers.push(Some(Tier { spend: spend_operand, gives: Some(gives_operand) }));
        }
        if tiers.first().is_some_and(Option::is_none) {
            let finding = Diagnostic::new(&codes::TIERS_OUT_OF_ORDER, row.span, "the lowest tier of a row must be stated");
            self.report(finding.help("a threshold cannot be judged without it; leave the row out instead"));
        }
        tiers
    }

    /// The tiers that an operand stands for: a table, a fact that names a table, or a bare amount.
    pub(super) fn choices(&mut self, expr: &Expr, scope: &Scope<'_>) -> Vec<Choice> {
        use super::names::Definition;
        if let ExprKind::Literal(Literal::Path(word)) = &expr.kind {
            if let Some(Definition::Table(item, table)) = self.definition(&word.text) {
                return self.one_table(&item.name.text, table, None, scope);
            }
            if word.text.contains('.')
                && let Some(slot) = self.slot(word, scope)
                && let Ty::Enum(_) = self.type_of(slot)
            {
                let words: Vec<String> = self
                    .program
                    .fact_of(slot)
                    .map_or_else(Vec::new, |fact| fact.ty.words().into_iter().map(str::to_owned).collect());
                let mut all = Vec::new();
                for (name, bit) in words.iter().zip(0_u32..) {
                    let Some(Definition::Table(item, table)) = self.definition(name) else {
                        if self.told_already(name) {
                            continue;
                        }
                        let headline = format!("`{}` can be `{name}`, which is no table", word.text);
                        self.report(
                            Diagnostic::new(&codes::UNKNOWN_NAME, word.span, headline).help(format!("declare `table {name}`")),
                        );
                        continue;
                    };
                    let when = Cond::test(TestKind::OneOf(slot, Values::Mask(1 << bit)), expr.span);
                    all.extend(self.one_table(&item.name.text, table, Some(when), scope));
                }
                return all;
            }
        }
        let (amount, ty) = self.operand(expr, scope);
        if !matches!(ty, Ty::Money(_) | Ty::Error) {
            self.mistyped(expr.span, "a threshold is an amount of money or a table", &ty);
        }
        let tiers = vec![Some(Tier { spend: amount, gives: None })];
        vec![(TableChoice { when: Cond::Constant(true), tiers, table: None }, None)]
    }

    fn one_table(&mut self, name: &str, table: &syntax::Table, when: Option<Cond>, scope: &Scope<'_>) -> Vec<Choice> {
        let window = table.window.as_ref().map(|(length, first)| {
            let (operand, ty) = self.operand(length, scope);
            if !ty.counts_days() {
                self.not_days(length.span, &ty);
            }
            (operand, *first)
        });
        let rows = self.table_rows(table, scope);
        rows.into_iter()
            .map(|(row, tiers)| {
                let when = match &when {
                    Some(when) if table.by.is_empty() => when.clone(),
                    Some(when) => Cond::Then(Box::new(when.clone()), Box::new(row)),
                    None => row,
                };
                (TableChoice { when, tiers, table: Some(name.to_owned()) }, window.clone())
            })
            .collect()
    }
}
