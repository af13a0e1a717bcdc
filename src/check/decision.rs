//! Decisions: requirements in order, editions, rewards, warnings.
//!
//! In: `credit`, `action` and `check` items. Out: the program's decisions.
//! Owns what a decision must say. Never evaluates.

use super::Check;
use super::condition::{EditionScope, Scope};
use super::definitions::text;
use super::operand::Ty;
use crate::diagnostic::{Diagnostic, codes, did_you_mean};
use crate::program::{
    Body, Clauses, Cond, Decision, Edition, InForce, Intended, ListId, OpenClause, Requirement, Reward, RewardValue,
    ShownWarning, StateCondition, Subject, Verdict,
};
use crate::source::Span;
use crate::syntax::{self, DecisionKind, Item, ItemKind, Part, RewardKind, Syntax, Word};

/// The most requirements, and the most state conditions, of one decision.
const MAX_PARTS: usize = 64;

impl<'s> Check<'s> {
    /// Makes every decision.
    pub(super) fn decisions(&mut self, syntax: &'s Syntax) {
        for item in &syntax.items {
            if let ItemKind::Decision(decision) = &item.kind {
                let made = self.decision(item, decision);
                self.program.decisions.push(made);
            }
        }
    }

    fn decision(&mut self, item: &'s Item, decision: &'s syntax::Decision) -> Decision {
        let id = item.name.text.as_str();
        let subject = self.subject(&decision.subject);
        let scope = Scope { decision: Some(id), subject: Some(subject), edition: None, parameter: None, inside: Vec::new() };
        if !item.damaged {
            self.cited(&item.name, &decision.per);
        }
        self.fits_kind(&item.name, decision);
        let offered = decision.offered.as_ref().map(|offered| self.offered(offered));
        let regions = decision.regions.as_ref().map(|regions| self.regions(regions));
        let in_force = decision.in_force.as_ref().map_or_else(InForce::default, |limits| self.in_force(limits));
        let mut requirements: Vec<(Requirement, Word)> = Vec::new();
        for part in &decision.parts {
            match part {
                Part::Require(requirement) => {
                    let made = self.requirement(requirement, &requirement.id, decision, &scope, item.damaged);
                    requirements.push((made, requirement.id.clone()));
                }
                Part::Take { taken, from } => self.take(taken, from, decision, &scope, &mut requirements),
            }
        }
        requirements.extend(self.denied(item, decision));
        if requirements.is_empty() && decision.parts.is_empty() && !item.damaged {
            let headline = format!("`{id}` requires nothing");
            self.report(
                Diagnostic::new(&codes::MISSING_CLAUSE, item.name.span, headline)
                    .help("add `require`, `take` or `denied always`"),
            );
        }
        self.link_only_once(decision, &mut requirements, item.damaged);
        let states = match &decision.state {
            Some((name, with)) => self.used_state(name, with.as_ref(), &scope),
            None => Vec::new(),
        };
        if let (Some(said), Some(regions)) = (&decision.regions, &regions) {
            self.regions_fit(said, regions, requirements.iter().map(|(requirement, _)| requirement));
        }
        self.not_too_many(requirements.iter().map(|(_, id)| id.span), "requirements");
        self.not_too_many(states.iter().map(|state| state.span), "conditions of its state");
        Decision {
            id: id.to_owned(),
            kind: decision.kind,
            title: decision.title.text.clone(),
            subject,
            severity: decision.severity.as_ref().map(|word| self.severity(word)),
            cites: self.cites(&decision.per),
            offered,
            regions,
            assume: decision.assume.iter().map(|word| word.text.clone()).collect(),
            in_force,
            editions: self.editions(decision, &scope),
            requirements: requirements.into_iter().map(|(requirement, _)| requirement).collect(),
            states,
            rewards: self.rewards(decision, &scope),
            warnings: self.warnings(decision, &scope),
            claim: decision.claim.as_ref().map(|word| word.text.clone()),
            note: decision.note.as_ref().map(|word| word.text.clone()),
            span: item.name.span,
        }
    }

    /// Verdicts count requirements and state conditions in the bits of a word.
    fn not_too_many(&mut self, mut spans: impl Iterator<Item = Span>, what: &str) {
        if let Some(span) = spans.nth(MAX_PARTS) {
            let headline = format!("a decision has at most {MAX_PARTS} {what}");
            self.report(Diagnostic::new(&codes::TOO_MANY, span, headline).help("split it into two decisions"));
        }
    }

    fn used_state(&mut self, name: &Word, with: Option<&(Word, Word)>, scope: &Scope<'_>) -> Vec<StateCondition> {
        self.uses("state", name);
        if let Some((item, state)) = self.names.states.get(name.text.as_str()).copied() {
            return self.state(name, state, with, scope, item.damaged);
        }
        let names = self.names.states.keys().copied().collect();
        self.unknown(name, "state", names);
        Vec::new()
    }

    fn subject(&mut self, word: &Word) -> Subject {
        if let Some(list) = self.program.lists.iter().position(|list| list.each == word.text) {
            return Subject::Each(ListId(super::vocabulary::index(list)));
        }
        if !matches!(self.names.sections.get(word.text.as_str()).map(|item| &item.kind), Some(ItemKind::Section { .. })) {
            let names = self.names.eaches.keys().chain(self.names.sections.keys()).copied().collect();
            self.unknown(word, "section or record", names);
        }
        Subject::Account
    }

    fn severity(&mut self, word: &Word) -> String {
        const WORDS: [&str; 4] = ["blocker", "high", "medium", "low"];
        if !WORDS.contains(&word.text.as_str()) {
            let headline = format!("`{}` is no severity", word.text);
            let finding =
                Diagnostic::new(&codes::UNKNOWN_VALUE, word.span, headline).help("it is blocker, high, medium or low");
            self.report(finding.help_if(did_you_mean(&word.text, WORDS)));
        }
        word.text.clone()
    }

    /// Clauses that only one kind of decision has.
    fn fits_kind(&mut self, name: &Word, decision: &syntax::Decision) {
        let credit = decision.kind == DecisionKind::Credit;
        let misplaced = [
            (!credit && decision.state.is_some(), "`state` belongs to a credit"),
            (!credit && !decision.rewards.is_empty(), "`reward` belongs to a credit"),
            (
                !credit && (decision.in_force.is_some() || !decision.editions.is_empty()),
                "`in force` and `edition` belong to a credit",
            ),
            (decision.kind != DecisionKind::Action && decision.denied.is_some(), "`denied always` belongs to an action"),
            (decision.kind != DecisionKind::Check && decision.severity.is_some(), "`severity` belongs to a check"),
        ];
        for (_, headline) in misplaced.into_iter().filter(|(wrong, _)| *wrong) {
            self.report(Diagnostic::new(&codes::MISPLACED_CLAUSE, name.span, headline).help("remove it here"));
        }
        if decision.kind == DecisionKind::Check && decision.severity.is_none() {
            let headline = format!("the check `{}` has no severity", name.text);
            let help = "add `severity` and blocker, high, medium or low after the subject";
            self.report(Diagnostic::new(&codes::MISSING_CLAUSE, name.span, headline).help(help));
        }
    }

    fn in_force(&mut self, limits: &syntax::InForce) -> InForce {
        let mut day = |word: &Option<Word>| word.as_ref().and_then(|word| self.day(word));
        let made = InForce { from: day(&limits.from), to: day(&limits.to), settled: day(&limits.settled) };
        let days: Vec<i64> = [made.from, made.to, made.settled].into_iter().flatten().collect();
        if !days.is_sorted() {
            let finding = Diagnostic::new(&codes::DATES_OUT_OF_ORDER, limits.span, "these days are not in order");
            self.report(finding.help("`from` is not after `to`, and `to` is not after `settled by`"));
        }
        made
    }

    fn editions(&mut self, decision: &syntax::Decision, scope: &Scope<'_>) -> Vec<Edition> {
        let mistakes = self.mistakes;
        let mut made: Vec<(Edition, Span)> = Vec::new();
        for edition in &decision.editions {
            if let Some((_, earlier)) = made.iter().find(|(other, _)| other.id == edition.name.text) {
                let finding = Diagnostic::new(
                    &codes::DUPLICATE_NAME,
                    edition.name.span,
                    format!("`{}` is declared twice", edition.name.text),
                );
                let finding = finding.label(*earlier, "declared first here").help("give one of them another name");
                self.report(finding);
            }
            let when = self.condition(&edition.when, scope);
            let in_force = edition.in_force.as_ref().map(|limits| self.in_force(limits));
            for literal in edition.with.iter().filter_map(|(_, literal)| literal.as_ref()) {
                self.literal_operand(literal, scope);
            }
            let with = edition.with.iter().map(|(name, literal)| {
                (name.text.clone(), literal.as_ref().map_or_else(|| "unstated".to_owned(), syntax::Literal::text))
            });
            let edition_made = Edition {
                id: edition.name.text.clone(),
                label: edition.label.as_ref().map_or_else(|| edition.name.text.replace('_', " "), |label| label.text.clone()),
                when,
                in_force,
                open: edition.open.as_ref().map(|word| word.text.clone()),
                with: with.collect(),
            };
            made.push((edition_made, edition.name.span));
        }
        if self.mistakes == mistakes {
            self.disjoint_editions(&made, scope);
        }
        made.into_iter().map(|(edition, _)| edition).collect()
    }

    fn edition_scope(&mut self, edition: &'s syntax::Edition) -> EditionScope<'s> {
        let to = edition.in_force.as_ref().and_then(|limits| limits.to.as_ref());
        EditionScope { name: &edition.name.text, with: &edition.with, last_day: to.and_then(|word| self.day(word)) }
    }

    /// A requirement as it stands, or as another decision takes it over under an id. One that is mistaken stays, so that
    /// its name is known.
    fn requirement(
        &mut self,
        requirement: &'s syntax::Requirement,
        id: &Word,
        decision: &'s syntax::Decision,
        scope: &Scope<'_>,
        damaged: bool,
    ) -> Requirement {
        if !damaged {
            self.cited(&requirement.id, &requirement.per);
            self.with_remedy(&requirement.id, requirement.remedy.as_ref());
        }
        let body = match &requirement.body {
            syntax::Body::Clauses(clauses) => {
                self.clauses(&requirement.id, clauses, decision.kind, scope, damaged).map(Body::Clauses)
            }
            syntax::Body::Progress(progress) => {
                self.progress(progress, scope, damaged).map(|made| Body::Progress(Box::new(made)))
            }
            syntax::Body::ByEdition(groups) => {
                self.by_edition(requirement, groups, decision, scope, damaged).map(Body::Editions)
            }
        };
        Requirement {
            id: id.text.clone(),
            label: requirement.label.text.clone(),
            body: body.unwrap_or_else(|| Body::Clauses(never_met())),
            only_once: None,
            intended: self.intended(requirement, scope),
            cites: self.cites(&requirement.per),
            remedy: requirement.remedy.as_ref().and_then(|word| self.remedy_named(word)),
            span: requirement.id.span,
        }
    }

    /// What never happens and is meant so.
    fn intended(&mut self, requirement: &'s syntax::Requirement, scope: &Scope<'_>) -> Vec<(Intended, String)> {
        let mut all = Vec::new();
        for (never, because) in &requirement.intended {
            let said = match never {
                syntax::Never::Met => Some(Intended::NeverMet),
                syntax::Never::Fails => Some(Intended::NeverFails),
                syntax::Never::Decides => Some(Intended::NeverDecides),
                syntax::Never::Without(fact) if !fact.text.contains('.') => {
                    let names = self.program.facts.iter().map(|fact| fact.name.clone()).collect::<Vec<_>>();
                    self.unknown(fact, "fact", names.iter().map(String::as_str).collect());
                    None
                }
                syntax::Never::Without(fact) => self.slot(fact, scope).map(Intended::NeverWithout),
            };
            all.extend(said.map(|said| (said, because.text.clone())));
        }
        all
    }

    fn by_edition(
        &mut self,
        requirement: &'s syntax::Requirement,
        groups: &'s [(Option<Vec<Word>>, Vec<syntax::Clause>)],
        decision: &'s syntax::Decision,
        scope: &Scope<'_>,
        damaged: bool,
    ) -> Option<Vec<Clauses>> {
        let names: Vec<&str> = decision.editions.iter().map(|edition| edition.name.text.as_str()).collect();
        for word in groups.iter().filter_map(|(names, _)| names.as_ref()).flatten() {
            if !names.contains(&word.text.as_str()) && !damaged {
                self.unknown(word, "edition of this decision", names.clone());
            }
        }
        let mut all = Vec::new();
        for edition in &decision.editions {
            let inside = Scope { edition: Some(self.edition_scope(edition)), ..scope.clone() };
            let named =
                |names: &Option<Vec<Word>>| names.as_ref().is_none_or(|n| n.iter().any(|w| w.text == edition.name.text));
            let clauses: Vec<syntax::Clause> =
                groups.iter().filter(|(names, _)| named(names)).flat_map(|(_, clauses)| clauses).cloned().collect();
            match (clauses.as_slice(), &edition.open) {
                ([], Some(because)) => all.push(Clauses {
                    open: vec![OpenClause {
                        when: Cond::Constant(true),
                        silence: syntax::Silence::Unstated,
                        because: because.text.clone(),
                    }],
                    ..never_met()
                }),
                ([], None) => {
                    if !damaged {
                        let headline = format!("`{}` says nothing in edition `{}`", requirement.id.text, edition.name.text);
                        let finding = Diagnostic::new(&codes::EDITION_LEFT_OUT, requirement.id.span, headline);
                        let finding = finding.label(edition.name.span, "this edition").help("add its name to an `in` line");
                        self.report(finding);
                    }
                    return None;
                }
                (clauses, _) => all.push(self.clauses(&requirement.id, clauses, decision.kind, &inside, damaged)?),
            }
        }
        if decision.editions.is_empty() {
            if damaged {
                return None;
            }
            let headline = format!("`{}` speaks of editions, but the decision has none", requirement.id.text);
            self.report(
                Diagnostic::new(&codes::MISPLACED_CLAUSE, requirement.id.span, headline).help("declare them with `edition`"),
            );
            return None;
        }
        Some(all)
    }

    fn take(
        &mut self,
        taken: &'s [(Word, Option<Word>)],
        from: &Word,
        decision: &'s syntax::Decision,
        scope: &Scope<'_>,
        requirements: &mut Vec<(Requirement, Word)>,
    ) {
        let Some((item, other)) = self.names.decisions.get(from.text.as_str()).copied() else {
            let names = self.names.decisions.keys().copied().collect();
            self.unknown(from, "decision", names);
            return;
        };
        for (id, renamed) in taken {
            let theirs = other.parts.iter().filter_map(|part| match part {
                Part::Require(requirement) => Some(requirement.as_ref()),
                Part::Take { .. } => None,
            });
            let found = theirs.clone().find(|requirement| requirement.id.text == id.text);
            let Some(requirement) = found else {
                if item.damaged {
                    continue;
                }
                let names: Vec<&str> = theirs.map(|requirement| requirement.id.text.as_str()).collect();
                let headline = format!("`{}` requires no `{}` of its own", from.text, id.text);
                let finding = Diagnostic::new(&codes::UNKNOWN_NAME, id.span, headline);
                let finding =
                    finding.label(item.name.span, "this decision").help("take it from the decision that writes it out");
                self.report(finding.help_if(did_you_mean(&id.text, names)));
                continue;
            };
            if requirement.only_once.is_some() || matches!(requirement.body, syntax::Body::ByEdition(_)) {
                let headline = format!("`{}` depends on another part of `{}` and cannot be taken", id.text, from.text);
                self.report(Diagnostic::new(&codes::MISPLACED_CLAUSE, id.span, headline).help("write it out here"));
                continue;
            }
            let name = renamed.as_ref().unwrap_or(id);
            let made = self.requirement(requirement, name, decision, scope, item.damaged);
            requirements.push((made, name.clone()));
        }
    }

    /// `denied always` as a requirement that fails, so that it is reported like any other.
    fn denied(&mut self, item: &Item, decision: &syntax::Decision) -> Option<(Requirement, Word)> {
        let because = decision.denied.as_ref()?;
        let clauses = Clauses { fails: Cond::Constant(true), ..never_met() };
        let requirement = Requirement {
            id: "always".to_owned(),
            label: because.text.clone(),
            body: Body::Clauses(clauses),
            only_once: None,
            intended: Vec::new(),
            cites: self.cites(&decision.per),
            remedy: None,
            span: item.name.span,
        };
        Some((requirement, because.clone()))
    }

    /// Resolves `only once X is met`, and finds ids used twice.
    fn link_only_once(&mut self, decision: &syntax::Decision, requirements: &mut [(Requirement, Word)], damaged: bool) {
        let ids: Vec<Word> = requirements.iter().map(|(_, word)| word.clone()).collect();
        for (at, word) in ids.iter().enumerate() {
            if let Some(earlier) = ids.iter().take(at).find(|earlier| earlier.text == word.text) {
                let finding = Diagnostic::new(&codes::DUPLICATE_NAME, word.span, format!("`{}` is required twice", word.text));
                self.report(finding.label(earlier.span, "required first here").help("give one of them another id"));
            }
        }
        for part in &decision.parts {
            let Part::Require(syntax) = part else { continue };
            let Some(other) = &syntax.only_once else { continue };
            let own = ids.iter().position(|id| id.text == syntax.id.text);
            match (ids.iter().position(|id| id.text == other.text), own) {
                (Some(target), Some(own)) if target < own => {
                    if let Some((requirement, _)) = requirements.get_mut(own) {
                        requirement.only_once = Some(target);
                    }
                }
                (Some(_), _) => {
                    let headline = format!("`{}` must stand before the requirement that waits for it", other.text);
                    self.report(Diagnostic::new(&codes::MISPLACED_CLAUSE, other.span, headline).help("change their order"));
                }
                (None, _) if damaged => {}
                (None, _) => {
                    let names = ids.iter().map(|id| id.text.as_str()).collect();
                    self.unknown(other, "requirement of this decision", names);
                }
            }
        }
    }

    fn rewards(&mut self, decision: &'s syntax::Decision, scope: &Scope<'_>) -> Vec<Reward> {
        self.rewards_in_reach(decision);
        let mut made = Vec::new();
        for reward in &decision.rewards {
            let when = reward.when.as_ref().map_or(Cond::Constant(true), |when| self.condition(when, scope));
            let value = match &reward.kind {
                RewardKind::None => RewardValue::None,
                RewardKind::Unstated(because) => RewardValue::Unstated(text(because.as_ref())),
                RewardKind::Tier { table, by } => {
                    let choices = self.choices(table, scope).into_iter().map(|(choice, _)| choice).collect();
                    RewardValue::Tier(choices, self.operand(by, scope).0)
                }
                RewardKind::Is(expr) if decision.editions.is_empty() => RewardValue::Amount(self.amount(expr, scope)),
                RewardKind::Is(expr) => {
                    for edition in &decision.editions {
                        let inside = Scope { edition: Some(self.edition_scope(edition)), ..scope.clone() };
                        let amount = RewardValue::Amount(self.amount(expr, &inside));
                        let applies = self.condition(&edition.when, scope);
                        let both = Cond::all(vec![applies, when.clone()]);
                        made.push(Reward { when: both, value: amount });
                    }
                    continue;
                }
            };
            made.push(Reward { when, value });
        }
        made
    }

    /// No reward stands behind one that is always taken. An amount is an edition's where there are editions: what is no
    /// amount can still be taken behind it, when no edition applies.
    fn rewards_in_reach(&mut self, decision: &syntax::Decision) {
        let amount = |reward: &syntax::Reward| matches!(reward.kind, RewardKind::Is(_));
        let editions = !decision.editions.is_empty();
        for (at, reward) in decision.rewards.iter().enumerate() {
            let mut before = decision.rewards.iter().take(at).filter(|earlier| earlier.when.is_none());
            let taken = before.find(|earlier| !editions || !amount(earlier) || amount(reward));
            if let Some(earlier) = taken {
                let finding = Diagnostic::new(&codes::SEVERAL_OTHERWISE, reward.span, "this reward can never be taken");
                let finding = finding.label(earlier.span, "this one is taken before it, whatever holds");
                self.report(finding.help("put it first, or give the other one a `when`"));
            }
        }
    }

    fn amount(&mut self, expr: &syntax::Expr, scope: &Scope<'_>) -> crate::program::Operand {
        let (operand, ty) = self.operand(expr, scope);
        if !matches!(ty, Ty::Money(_) | Ty::Zero | Ty::Unstated | Ty::Error) {
            self.mistyped(expr.span, "a reward is an amount of money", &ty);
        }
        operand
    }

    fn warnings(&mut self, decision: &'s syntax::Decision, scope: &Scope<'_>) -> Vec<ShownWarning> {
        let mut made: Vec<ShownWarning> = Vec::new();
        let mut plain: Vec<&Word> = Vec::new();
        for (names, extra) in &decision.warns {
            for name in names.iter().filter(|_| extra.is_none()) {
                if let Some(earlier) = plain.iter().find(|earlier| earlier.text == name.text) {
                    let headline = format!("the warning `{}` is listed twice", name.text);
                    let finding = Diagnostic::new(&codes::DUPLICATE_NAME, name.span, headline);
                    self.report(finding.label(earlier.span, "listed first here").help("remove one of them"));
                }
                plain.push(name);
            }
            let extra = extra.as_ref().map(|when| self.condition(when, scope));
            for name in names {
                let Some(warning) = self.warning_named(name) else { continue };
                let (on, when) = match &extra {
                    Some(extra) => (Vec::new(), extra.clone()),
                    None => self.shown(&name.text, scope),
                };
                made.push(ShownWarning { warning, on, when });
            }
        }
        made
    }

    /// When a warning is shown by its own declaration.
    fn shown(&mut self, name: &str, scope: &Scope<'_>) -> (Vec<Verdict>, Cond) {
        let Some(warning) = self.names.warning_items.get(name).copied() else { return (Vec::new(), Cond::Constant(true)) };
        let mut on = Vec::new();
        for word in &warning.on {
            match Verdict::parse(&word.text) {
                Some(verdict) => on.push(verdict),
                None => {
                    let names = Verdict::ALL.map(Verdict::word);
                    let headline = format!("`{}` is no verdict", word.text);
                    let finding = Diagnostic::new(&codes::UNKNOWN_VALUE, word.span, headline)
                        .help(format!("it is one of {}", names.join(", ")));
                    self.report(finding.help_if(did_you_mean(&word.text, names)));
                }
            }
        }
        let when = warning.when.as_ref().map_or(Cond::Constant(true), |when| self.condition(when, scope));
        (on, when)
    }
}

/// Clauses under which nothing happens; what a mistaken requirement becomes.
fn never_met() -> Clauses {
    let never = || Cond::Constant(false);
    Clauses { met: never(), fails: never(), pending: never(), open: Vec::new() }
}
