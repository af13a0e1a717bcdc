//! What is right but better said another way, or not said: bare numbers, credits of nobody knows whom, names that nobody uses,
//! sources read too long ago.
//!
//! In: syntax, the names that checking used, the program. Out: warnings.
//! Owns no meaning. Never stops a decision.

use super::Check;
use crate::diagnostic::{Diagnostic, codes};
use crate::program::Program;
use crate::syntax::{
    Applies, Body, Clause, ClauseKind, Decision, DecisionKind, Expr, ExprKind, ItemKind, Literal, Part, Predicate,
    ProgressWindow, RewardKind, Syntax, Window, Word,
};
use crate::value::{Day, day_text};

impl Check<'_> {
    /// Warnings about the text as it stands.
    pub(super) fn lint(&mut self, syntax: &Syntax) {
        // What could not be read may be where a name is used.
        let whole = self.names.damaged.is_empty() && !syntax.items.iter().any(|item| item.damaged);
        for item in &syntax.items {
            for literal in bare_numbers(&item.kind) {
                let headline = format!("`{}` stands bare in a rule", literal.text());
                let help = "give it a name with `value`, with its source, or put it into a table or an edition";
                self.report(Diagnostic::new(&codes::BARE_NUMBER, literal.span(), headline).help(help));
            }
            if let ItemKind::Decision(decision) = &item.kind
                && decision.kind == DecisionKind::Credit
                && !item.damaged
            {
                self.says_whose_and_where(&item.name, decision);
            }
            let (world, what) = match &item.kind {
                ItemKind::Source(_) => ("source", "source"),
                ItemKind::Warning(_) => ("warning", "warning"),
                ItemKind::State(_) => ("state", "state"),
                ItemKind::Party { .. } => ("party", "party"),
                ItemKind::Value { .. } => ("word", "value"),
                ItemKind::Group { .. } => ("word", "group"),
                ItemKind::Condition { .. } => ("word", "condition"),
                ItemKind::Quantity { kind, .. } => ("word", kind.text.as_str()),
                ItemKind::Table(_) => ("word", "table"),
                _ => continue,
            };
            if whole && !self.used.contains(&(world, item.name.text.clone())) {
                let headline = format!("nothing uses the {what} `{}`", item.name.text);
                self.report(Diagnostic::new(&codes::UNUSED_NAME, item.name.span, headline).help("use it or remove it"));
            }
        }
    }

    /// A reader of a credit's terms asks first who gives it, and where; that no source says is an answer too.
    fn says_whose_and_where(&mut self, name: &Word, decision: &Decision) {
        if decision.offered.is_none() {
            let headline = format!("`{}` does not say who offers it", name.text);
            let help = "add `offered by` and the parties, or `offered by unstated` where no source says";
            self.report(Diagnostic::new(&codes::MISSING_OFFERER, name.span, headline).help(help));
        }
        if decision.regions.is_none() {
            let headline = format!("`{}` does not say in which regions it is offered", name.text);
            let help = "add `regions` with country codes, a group or `anywhere`, or `regions unstated` where no source says";
            self.report(Diagnostic::new(&codes::MISSING_REGIONS, name.span, headline).help(help));
        }
    }

    /// Notes that a name is used.
    pub(super) fn uses(&mut self, world: &'static str, word: &Word) {
        self.used.insert((world, word.text.clone()));
    }
}

/// Sources that were last read more than `days` before `today`.
pub fn stale_sources(program: &Program, today: Day, days: i64) -> Vec<Diagnostic> {
    let stale = program.sources.iter().filter_map(|source| Some((source, source.read?)));
    let stale = stale.filter(|(_, read)| today - read > days);
    stale
        .map(|(source, read)| {
            let headline = format!("`{}` was last read on {}, {} days ago", source.id, day_text(read), today - read);
            Diagnostic::new(&codes::STALE_SOURCE, source.span, headline).help("read it again and set `read` to that day")
        })
        .collect()
}

/// Numbers, amounts and days that stand in expressions: of requirements, rewards and states, and of shared conditions and
/// the conditions of shared quantities. What a quantity itself comes to has a name already, and so have the days between
/// which an edition applies.
fn bare_numbers(item: &ItemKind) -> Vec<&Literal> {
    let mut found = Vec::new();
    match item {
        ItemKind::Decision(decision) => decision_numbers(decision, &mut found),
        ItemKind::Condition { when, .. } => numbers(when, &mut found),
        ItemKind::Quantity { branches, .. } => {
            branches.iter().filter_map(|branch| branch.when.as_ref()).for_each(|when| numbers(when, &mut found));
        }
        ItemKind::State(state) => {
            state.items.iter().flat_map(|item| &item.clauses).for_each(|clause| clause_numbers(clause, &mut found));
        }
        _ => {}
    }
    found
}

fn decision_numbers<'s>(decision: &'s Decision, found: &mut Vec<&'s Literal>) {
    for part in &decision.parts {
        let Part::Require(requirement) = part else { continue };
        match &requirement.body {
            Body::Clauses(clauses) => clauses.iter().for_each(|clause| clause_numbers(clause, found)),
            Body::ByEdition(groups) => {
                groups.iter().flat_map(|(_, clauses)| clauses).for_each(|clause| clause_numbers(clause, found));
            }
            Body::Progress(progress) => {
                let conditions = progress.starts.iter().chain(progress.counted.iter().map(|(when, _)| when));
                conditions.for_each(|expr| numbers(expr, found));
                for (window, when) in &progress.windows {
                    when.iter().for_each(|when| numbers(when, found));
                    match window {
                        ProgressWindow::Within(window) => window_numbers(window, found),
                        ProgressWindow::Earlier(a, b) => {
                            window_numbers(a, found);
                            window_numbers(b, found);
                        }
                        ProgressWindow::Until(day) => numbers(day, found),
                        ProgressWindow::Its(_) | ProgressWindow::Forever => {}
                    }
                }
            }
        }
    }
    for reward in &decision.rewards {
        reward.when.iter().for_each(|when| numbers(when, found));
        if let RewardKind::Is(expr) = &reward.kind {
            numbers(expr, found);
        }
    }
}

fn clause_numbers<'s>(clause: &'s Clause, found: &mut Vec<&'s Literal>) {
    match &clause.kind {
        ClauseKind::Met(Applies::When(expr))
        | ClauseKind::Fails(Applies::When(expr))
        | ClauseKind::Pending(Applies::When(expr))
        | ClauseKind::Open(Applies::When(expr))
        | ClauseKind::Holds(expr) => numbers(expr, found),
        ClauseKind::Needs(operands, when) => operands.iter().chain(when).for_each(|expr| numbers(expr, found)),
        _ => {}
    }
}

fn window_numbers<'s>(window: &'s Window, found: &mut Vec<&'s Literal>) {
    numbers(&window.length, found);
    numbers(&window.start, found);
}

fn numbers<'s>(expr: &'s Expr, found: &mut Vec<&'s Literal>) {
    match &expr.kind {
        ExprKind::Any(parts) => parts.iter().for_each(|part| numbers(part, found)),
        ExprKind::All(parts) | ExprKind::Sum(parts) | ExprKind::Product(parts) => {
            parts.iter().for_each(|(_, part)| numbers(part, found));
        }
        ExprKind::Bound { inner, limit, .. } => {
            numbers(inner, found);
            numbers(limit, found);
        }
        ExprKind::Earlier(a, b) => {
            numbers(a, found);
            numbers(b, found);
        }
        ExprKind::Literal(Literal::Path(_) | Literal::Code(_) | Literal::Text(_)) => {}
        ExprKind::Literal(literal) => found.push(literal),
        ExprKind::Test(operand, predicate) => {
            numbers(operand, found);
            match predicate.as_ref() {
                Predicate::Is { value, .. } | Predicate::Contains { value, .. } => numbers(value, found),
                Predicate::OneOf { values, .. } => values.iter().for_each(|value| numbers(value, found)),
                Predicate::Order { value, after, .. } => {
                    numbers(value, found);
                    after.iter().for_each(|after| numbers(after, found));
                }
                Predicate::Between { from, to } => {
                    numbers(from, found);
                    numbers(to, found);
                }
                Predicate::Within(window) => window_numbers(window, found),
                Predicate::Empty { .. } | Predicate::HasRow | Predicate::MixedCurrencies => {}
            }
        }
    }
}
