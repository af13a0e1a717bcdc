//! Progress requirements: threshold, windows and the rest as explicit operands.
//!
//! In: `progress` clauses. Out: the program's `Progress`.
//! Owns what a progress requirement must say. Never judges one.

use super::Check;
use super::condition::Scope;
use super::operand::Ty;
use super::tables::Choice;
use crate::diagnostic::{Diagnostic, codes};
use crate::program::{Cond, Progress, ProgressWindow};
use crate::syntax::{self, Expr, Toward};

impl Check<'_> {
    /// A progress requirement; nothing where it says too little to be judged.
    pub(super) fn progress(&mut self, progress: &syntax::Progress, scope: &Scope<'_>, damaged: bool) -> Option<Progress> {
        let (amount, ty) = self.operand(&progress.of, scope);
        if !matches!(ty, Ty::Money(_) | Ty::Error) {
            self.mistyped(progress.of.span, "progress is made by an amount of money", &ty);
        }
        let mut either = None;
        let toward = match &progress.toward {
            Toward::Operand(None) if damaged => return None,
            Toward::Operand(None) => {
                let finding = Diagnostic::new(&codes::MISSING_CLAUSE, progress.of.span, "this progress has no threshold");
                self.report(finding.help("add `toward` and a table or an amount"));
                return None;
            }
            Toward::Operand(Some(expr)) => self.choices(expr, scope),
            Toward::Either(amounts, because) => {
                either = Some(because.text.clone());
                amounts.iter().flat_map(|amount| self.choices(amount, scope)).collect()
            }
        };
        if progress.windows.is_empty() && damaged {
            return None;
        }
        if progress.windows.is_empty() {
            let finding =
                Diagnostic::new(&codes::MISSING_CLAUSE, progress.of.span, "this progress does not say how long spend counts");
            self.report(finding.help("add `within …`, `until …` or `forever`"));
            return None;
        }
        self.windows_in_reach(progress);
        let mut windows = Vec::new();
        let mut before: Vec<Cond> = Vec::new();
        for (window, when) in &progress.windows {
            let when = match when {
                Some(when) => self.condition(when, scope),
                None => Cond::any(before.clone()).negated(),
            };
            before.push(when.clone());
            windows.extend(self.progress_windows(window, &when, &toward, scope));
        }
        let crossed = progress.crossed.as_ref().map(|expr| self.date(expr, scope));
        let starts = progress.starts.as_ref().map(|when| self.condition(when, scope));
        let counted = progress.counted.as_ref().map(|(when, _)| self.condition(when, scope));
        let counted_because = progress.counted.as_ref().and_then(|(_, because)| because.as_ref()).map(|word| word.text.clone());
        let toward = toward.into_iter().map(|(choice, _)| choice).collect();
        Some(Progress { amount, starts, toward, either, windows, crossed, counted, counted_because, span: progress.span })
    }

    /// No window stands behind one that is always taken.
    fn windows_in_reach(&mut self, progress: &syntax::Progress) {
        let last = progress.windows.iter().position(|(_, when)| when.is_none());
        if last.is_some_and(|last| last + 1 < progress.windows.len()) {
            let headline = "a window that can never be taken stands behind one without `when`";
            let finding = Diagnostic::new(&codes::SEVERAL_OTHERWISE, progress.of.span, headline);
            self.report(finding.help("put the window without `when` last, and say `otherwise` there"));
        }
    }

    fn date(&mut self, expr: &Expr, scope: &Scope<'_>) -> crate::program::Operand {
        let (operand, ty) = self.operand(expr, scope);
        if !matches!(ty, Ty::Date | Ty::Error) {
            self.mistyped(expr.span, "expected a date", &ty);
        }
        operand
    }

    fn progress_windows(
        &mut self,
        window: &syntax::ProgressWindow,
        when: &Cond,
        toward: &[Choice],
        scope: &Scope<'_>,
    ) -> Vec<(Cond, ProgressWindow)> {
        let within = |this: &mut Self, window: &syntax::Window| {
            this.window(window, scope).map(|(start, length, first)| ProgressWindow::Within { start, length, first })
        };
        let one = match window {
            syntax::ProgressWindow::Forever => Some(ProgressWindow::Forever),
            syntax::ProgressWindow::Until(day) => Some(ProgressWindow::Until(self.date(day, scope))),
            syntax::ProgressWindow::Within(window) => within(self, window),
            syntax::ProgressWindow::Earlier(a, b) => {
                within(self, a).zip(within(self, b)).map(|(a, b)| ProgressWindow::Earlier(Box::new(a), Box::new(b)))
            }
            syntax::ProgressWindow::Its(start) => {
                let day = self.date(start, scope);
                let mut all = Vec::new();
                for (choice, window) in toward {
                    let Some((length, first)) = window else {
                        let table = choice.table.clone().unwrap_or_default();
                        let headline = format!("`its window` is a table's, but `{table}` has none");
                        self.report(
                            Diagnostic::new(&codes::MISSING_CLAUSE, start.span, headline)
                                .help("add `window … days` to the table"),
                        );
                        return Vec::new();
                    };
                    let Some(first) = *first else {
                        self.no_first_day(start.span);
                        return Vec::new();
                    };
                    let both = match when {
                        Cond::Constant(true) => choice.when.clone(),
                        when => Cond::Then(Box::new(when.clone()), Box::new(choice.when.clone())),
                    };
                    all.push((both, ProgressWindow::Within { start: day.clone(), length: length.clone(), first }));
                }
                return all;
            }
        };
        one.map(|window| (when.clone(), window)).into_iter().collect()
    }
}
