//! The states of an issued credit, shared by programs.
//!
//! In: `state` items and the decisions that use them. Out: state conditions of a decision.
//! Owns what each kind of condition may say. Never evaluates.

use super::Check;
use super::condition::Scope;
use crate::diagnostic::{Diagnostic, codes};
use crate::program::{Cond, OpenClause, StateCondition, StateHolds};
use crate::syntax::{self, Applies, Clause, ClauseKind, Expr, ExprKind, Literal, StateKind, Word};

impl Check<'_> {
    /// The conditions of a state as a decision uses it; `with` replaces the parameter.
    pub(super) fn state(
        &mut self,
        name: &Word,
        state: &syntax::State,
        with: Option<&(Word, Word)>,
        scope: &Scope<'_>,
        damaged: bool,
    ) -> Vec<StateCondition> {
        let replaced = with.map(|(_, word)| Expr { kind: ExprKind::Literal(Literal::Path(word.clone())), span: word.span });
        if let Some((parameter, _)) = with
            && state.taking.as_ref().is_none_or(|(taken, _, _)| taken.text != parameter.text)
        {
            let headline = format!("the state `{}` takes no `{}`", name.text, parameter.text);
            let help = state.taking.as_ref().map(|(taken, _, _)| format!("it takes `{}`", taken.text));
            self.report(Diagnostic::new(&codes::UNKNOWN_NAME, parameter.span, headline).help_if(help));
        }
        let parameter =
            state.taking.as_ref().map(|(taken, _, usual)| (taken.text.as_str(), replaced.as_ref().unwrap_or(usual)));
        let scope = Scope { parameter, ..scope.clone() };
        let mut seen: Vec<&Word> = Vec::new();
        let mut made = Vec::new();
        for item in &state.items {
            if let Some(earlier) = seen.iter().find(|earlier| earlier.text == item.id.text) {
                let finding =
                    Diagnostic::new(&codes::DUPLICATE_NAME, item.id.span, format!("`{}` is declared twice", item.id.text));
                self.report(finding.label(earlier.span, "declared first here").help("give one of them another name"));
            }
            seen.push(&item.id);
            if !damaged {
                self.cited(&item.id, &item.per);
                self.with_remedy(&item.id, item.remedy.as_ref());
            }
            let Some(holds) = self.state_holds(item, &scope, damaged) else { continue };
            made.push(StateCondition {
                kind: item.kind,
                id: item.id.text.clone(),
                label: item.label.text.clone(),
                holds,
                cites: self.cites(&item.per),
                remedy: item.remedy.as_ref().and_then(|word| self.remedy_named(word)),
                span: item.span,
            });
        }
        made
    }

    fn state_holds(&mut self, item: &syntax::StateItem, scope: &Scope<'_>, damaged: bool) -> Option<StateHolds> {
        let ends = matches!(item.kind, StateKind::Lost | StateKind::Blocked);
        match item.clauses.as_slice() {
            [Clause { kind: ClauseKind::Holds(when), .. }] if ends => Some(StateHolds::When(self.condition(when, scope))),
            [Clause { kind: ClauseKind::Open(Applies::When(when)), because, silence, .. }] if !ends => {
                let because = because.as_ref().map(|word| word.text.clone()).unwrap_or_default();
                let when = self.condition(when, scope);
                Some(StateHolds::Open(OpenClause { when, silence: *silence, because }))
            }
            [Clause { kind: ClauseKind::Needs(operands, when), .. }] if !ends => {
                let guard = when.as_ref().map_or(Cond::Constant(true), |when| self.condition(when, scope));
                let operands = operands.iter().map(|operand| self.operand(operand, scope).0).collect();
                Some(StateHolds::Needs(guard, operands))
            }
            _ if damaged => None,
            _ => {
                let (headline, help) = if ends {
                    ("`lost` and `blocked` say one `when`", "write `when` and a condition")
                } else {
                    ("`life` and `standing` say one `open when` or one `needs`", "write `open when … because …`, or `needs …`")
                };
                self.report(Diagnostic::new(&codes::MISPLACED_CLAUSE, item.id.span, headline).help(help));
                None
            }
        }
    }

    /// A remedy that must be there.
    pub(super) fn with_remedy(&mut self, id: &Word, remedy: Option<&Word>) {
        if remedy.is_none() {
            let headline = format!("`{}` does not say what to do otherwise", id.text);
            let help = "add `else` and the id of a remedy; where nothing helps, a remedy that says so";
            self.report(Diagnostic::new(&codes::MISSING_REMEDY, id.span, headline).help(help));
        }
    }
}
