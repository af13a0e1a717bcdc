//! Clauses of a requirement: what each result needs, `otherwise` spelt out, and the proof that they fit together.
//!
//! In: `met`, `fails`, `pending`, `open`, `needs`. Out: the four conditions of a requirement.
//! Owns the proof that clauses are disjoint and complete on known facts. Never evaluates.

use super::Check;
use super::cells::{Case, Search};
use super::condition::Scope;
use crate::diagnostic::{Diagnostic, codes};
use crate::program::{Clauses, Cond, Edition, OpenClause, Subject, TestKind};
use crate::source::Span;
use crate::syntax::{Applies, Clause, ClauseKind, DecisionKind, Silence, Word};

/// One clause with its condition.
struct Said {
    result: Outcome4,
    when: Cond,
    span: Span,
}

/// Which of the four results a clause gives.
#[derive(Clone, PartialEq)]
enum Outcome4 {
    Met,
    Fails,
    Pending,
    Open(Silence, String),
}

impl Check<'_> {
    /// The four conditions of a requirement; nothing where it says nothing that could be judged.
    pub(super) fn clauses(
        &mut self,
        id: &Word,
        clauses: &[Clause],
        kind: DecisionKind,
        scope: &Scope<'_>,
        damaged: bool,
    ) -> Option<Clauses> {
        let mistakes = self.mistakes;
        let needs = self.needs(clauses, scope);
        let (said, otherwise) = self.sorted_out(clauses, kind, scope);
        let decides = clauses.iter().any(|clause| matches!(clause.kind, ClauseKind::Met(_)));
        self.no_mixed_currencies(&said);
        if said.is_empty() && otherwise.is_none() && needs.is_none() {
            if !damaged {
                let headline = format!("`{}` does not say when it is met", id.text);
                let help = "add `met when …`, `fails otherwise`, `needs …` or another clause";
                self.report(Diagnostic::new(&codes::MISSING_CLAUSE, id.span, headline).help(help));
            }
            return None;
        }
        if let (Some((_, needs)), Some((_, span)), false) = (&needs, &otherwise, decides) {
            let finding = Diagnostic::new(&codes::NEGATED_NEED, *span, "`otherwise` would mean that something is not known");
            let finding = finding.label(*needs, "this is met or open, never failed");
            self.report(finding.help("say `when`; a missing fact never decides"));
            return None;
        }
        let mut said = said;
        if let (Some((known, span)), false) = (&needs, decides) {
            said.insert(0, Said { result: Outcome4::Met, when: known.clone(), span: *span });
        }
        if !damaged && self.mistakes == mistakes {
            self.fit_together(id, &said, otherwise.is_some(), scope);
        }
        if let Some((result, span)) = otherwise {
            let when = Cond::any(said.iter().map(|clause| clause.when.clone()).collect()).negated();
            said.push(Said { result, when, span });
        }
        let of = |wanted: &Outcome4| Cond::any(said.iter().filter(|c| c.result == *wanted).map(|c| c.when.clone()).collect());
        let open = said.iter().filter_map(|clause| match &clause.result {
            Outcome4::Open(silence, because) => {
                Some(OpenClause { when: clause.when.clone(), silence: *silence, because: because.clone() })
            }
            _ => None,
        });
        let met = match needs {
            Some((known, _)) if decides => Cond::all(vec![of(&Outcome4::Met), known]),
            _ => of(&Outcome4::Met),
        };
        Some(Clauses { met, fails: of(&Outcome4::Fails), pending: of(&Outcome4::Pending), open: open.collect() })
    }

    /// Amounts in two currencies are open by themselves; no clause decides on them.
    fn no_mixed_currencies(&mut self, said: &[Said]) {
        for clause in said {
            let mut mixed = false;
            clause.when.each_test(&mut |test| mixed |= matches!(test.kind, TestKind::MixedCurrencies(_)));
            if mixed {
                let finding = Diagnostic::new(&codes::MISPLACED_CLAUSE, clause.span, "mixed currencies decide nothing");
                let help = "show a `warning` when currencies are mixed; amounts in two currencies are open by themselves";
                self.report(finding.help(help));
            }
        }
    }

    /// What must be known, and where it first says so. Several `needs` must all be known; beside `met` they hold it back
    /// until they are, and they change no other result.
    fn needs(&mut self, clauses: &[Clause], scope: &Scope<'_>) -> Option<(Cond, Span)> {
        let mut all = Vec::new();
        let mut first = None;
        for clause in clauses {
            let ClauseKind::Needs(operands, when) = &clause.kind else { continue };
            let guard = when.as_ref().map(|when| self.condition(when, scope));
            let known = operands.iter().map(|operand| {
                let operand = self.operand(operand, scope).0;
                Cond::test(TestKind::Known(operand), clause.span)
            });
            let known = Cond::all(known.collect());
            all.push(match guard {
                Some(guard) => Cond::any(vec![guard.clone().negated(), Cond::Then(Box::new(guard), Box::new(known))]),
                None => known,
            });
            first.get_or_insert(clause.span);
        }
        first.map(|span| (Cond::all(all), span))
    }

    /// The clauses with their conditions, and the one that takes what no other covers.
    fn sorted_out(
        &mut self,
        clauses: &[Clause],
        kind: DecisionKind,
        scope: &Scope<'_>,
    ) -> (Vec<Said>, Option<(Outcome4, Span)>) {
        let mut said: Vec<Said> = Vec::new();
        let mut otherwise: Option<(Outcome4, Span)> = None;
        for clause in clauses {
            let Some((result, applies)) = self.result(clause, kind) else { continue };
            let when = match applies {
                Applies::When(expr) => self.condition(expr, scope),
                Applies::Always => Cond::Constant(true),
                Applies::Otherwise => {
                    if let Some((_, earlier)) = &otherwise {
                        let finding =
                            Diagnostic::new(&codes::SEVERAL_OTHERWISE, clause.span, "two clauses take what no other covers");
                        self.report(finding.label(*earlier, "the first `otherwise`").help("say `when` in one of them"));
                    } else {
                        otherwise = Some((result, clause.span));
                    }
                    continue;
                }
            };
            said.push(Said { result, when, span: clause.span });
        }
        (said, otherwise)
    }

    fn result<'c>(&mut self, clause: &'c Clause, kind: DecisionKind) -> Option<(Outcome4, &'c Applies)> {
        Some(match &clause.kind {
            ClauseKind::Met(applies) => (Outcome4::Met, applies),
            ClauseKind::Fails(applies) => (Outcome4::Fails, applies),
            ClauseKind::Pending(applies) => {
                if kind != DecisionKind::Credit {
                    let finding = Diagnostic::new(&codes::MISPLACED_CLAUSE, clause.span, "only a credit can be pending");
                    self.report(finding.help("an action is allowed or denied, a check passes or fails"));
                }
                (Outcome4::Pending, applies)
            }
            ClauseKind::Open(applies) => (
                Outcome4::Open(clause.silence, clause.because.as_ref().map(|word| word.text.clone()).unwrap_or_default()),
                applies,
            ),
            ClauseKind::Needs(..) | ClauseKind::Holds(_) => return None,
        })
    }

    /// No known facts satisfy two clauses of different results, and some clause holds for all known facts.
    fn fit_together(&mut self, id: &Word, said: &[Said], otherwise: bool, scope: &Scope<'_>) {
        let subject = self.subject_word(scope);
        let name = |result: &Outcome4| match result {
            Outcome4::Met => "met",
            Outcome4::Fails => "failed",
            Outcome4::Pending => "pending",
            Outcome4::Open(..) => "open",
        };
        for (at, first) in said.iter().enumerate() {
            for second in said.iter().skip(at + 1) {
                if name(&first.result) == name(&second.result) {
                    continue;
                }
                let search = Search::new(&self.program);
                match search.both(&first.when, &second.when) {
                    Case::None => {}
                    Case::Found(account) => {
                        let (a, b) = (name(&first.result), name(&second.result));
                        let headline = format!("`{}` would be {a} and {b} at once{}", id.text, for_subject(&subject, &account));
                        let finding = Diagnostic::new(&codes::OVERLAPPING_CLAUSES, second.span, headline)
                            .here(format!("{b} here"))
                            .label(first.span, format!("{a} here"))
                            .help("narrow one of the two conditions");
                        self.report(finding);
                    }
                    Case::TooLarge => self.not_analysed(id),
                }
            }
        }
        if otherwise {
            return;
        }
        let whens: Vec<&Cond> = said.iter().map(|clause| &clause.when).collect();
        match Search::new(&self.program).none_of(&whens) {
            Case::None => {}
            Case::Found(account) => {
                let headline = format!("no clause of `{}` says what holds{}", id.text, for_subject(&subject, &account));
                let help = "add a clause for it, or let one clause say `otherwise`";
                self.report(Diagnostic::new(&codes::UNCOVERED_CASE, id.span, headline).help(help));
            }
            Case::TooLarge => self.not_analysed(id),
        }
    }

    /// What a decision is made about, in a word.
    fn subject_word(&self, scope: &Scope<'_>) -> String {
        let list = match scope.subject {
            Some(Subject::Each(list)) => self.program.lists.get(list.0 as usize),
            _ => None,
        };
        list.map_or_else(|| "account".to_owned(), |list| list.each.replace('_', " "))
    }

    fn not_analysed(&mut self, id: &Word) {
        let headline = format!("`{}` has too many combinations to prove that its clauses fit together", id.text);
        let help = "split it into several requirements, or let one clause say `otherwise`";
        self.report(Diagnostic::new(&codes::NOT_ANALYSED, id.span, headline).help(help));
    }

    /// No known facts are in two editions at once.
    pub(super) fn disjoint_editions(&mut self, editions: &[(Edition, Span)], scope: &Scope<'_>) {
        let subject = self.subject_word(scope);
        for (at, (first, first_span)) in editions.iter().enumerate() {
            for (second, second_span) in editions.iter().skip(at + 1) {
                let case = Search::new(&self.program).both(&first.when, &second.when);
                if let Case::TooLarge = case {
                    let headline = format!(
                        "editions `{}` and `{}` have too many combinations to prove them disjoint",
                        first.id, second.id
                    );
                    let help = "choose the editions by one fact, or by one date";
                    self.report(Diagnostic::new(&codes::NOT_ANALYSED, *second_span, headline).help(help));
                }
                if let Case::Found(account) = case {
                    let headline =
                        format!("editions `{}` and `{}` apply at once{}", first.id, second.id, for_subject(&subject, &account));
                    let finding = Diagnostic::new(&codes::EDITIONS_OVERLAP, *second_span, headline);
                    self.report(finding.label(*first_span, "the other edition").help("narrow one of the two conditions"));
                }
            }
        }
    }
}

/// ` for an account with …`, or nothing where any will do.
fn for_subject(subject: &str, values: &[String]) -> String {
    if values.is_empty() {
        return String::new();
    }
    let article = if subject.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!(" for {article} {subject} with {}", values.join(", "))
}
