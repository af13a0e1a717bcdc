//! Decisions: requirements, editions, progress, states used, rewards.

use super::super::tree::{
    Applies, Body, Clause, ClauseKind, Decision, DecisionKind, Edition, Extent, InForce, Never, Offered, Offerer, Part,
    Progress, ProgressWindow, Region, Regions, Requirement, Reward, RewardKind, Silence, Toward, Word,
};
use super::{Lower, Node, Rule, child, value};
use crate::diagnostic::{Diagnostic, codes};

impl Lower<'_> {
    /// A credit, an action or a check.
    pub(super) fn decision(&mut self, pair: Node<'_>) -> Option<Decision> {
        let kind = match child(pair.clone(), Rule::decision_kind)?.as_str() {
            "credit" => DecisionKind::Credit,
            "action" => DecisionKind::Action,
            _ => DecisionKind::Check,
        };
        let mut decision = Decision {
            kind,
            title: self.first(pair.clone(), Rule::string)?,
            subject: self.words(pair.clone(), Rule::name).into_iter().nth(1)?,
            severity: child(pair.clone(), Rule::severity).and_then(|severity| self.first(severity, Rule::name)),
            per: Vec::new(),
            offered: None,
            regions: None,
            assume: Vec::new(),
            in_force: None,
            editions: Vec::new(),
            parts: Vec::new(),
            denied: None,
            state: None,
            rewards: Vec::new(),
            warns: Vec::new(),
            claim: None,
            note: None,
        };
        let (mut in_force, mut denied, mut state, mut claim, mut note) = (None, None, None, None, None);
        let (mut offered, mut regions) = (None, None);
        for clause in pair.into_inner() {
            let at = self.span(&clause);
            match clause.as_rule() {
                Rule::per => decision.per.extend(self.names(clause)),
                Rule::offered => {
                    let made = self.offered(clause);
                    self.once(&mut offered, Some(made), at, "offered by");
                }
                Rule::regions => {
                    let made = self.regions(clause);
                    self.once(&mut regions, Some(made), at, "regions");
                }
                Rule::decision_assume => decision.assume.extend(self.prose(clause)),
                Rule::claim => self.prose_once(&mut claim, clause, "claim"),
                Rule::note => self.prose_once(&mut note, clause, "note"),
                Rule::in_force => {
                    let limits = self.in_force(clause);
                    self.once(&mut in_force, Some(limits), at, "in force");
                }
                Rule::edition => decision.editions.extend(self.edition(clause)),
                Rule::requirement => decision.parts.extend(self.requirement(clause).map(|r| Part::Require(Box::new(r)))),
                Rule::take => decision.parts.extend(self.take(clause)),
                Rule::denied => {
                    let because = child(clause, Rule::because).and_then(|because| self.prose(because));
                    let made = because;
                    self.once(&mut denied, made, at, "denied");
                }
                Rule::use_state => {
                    let with = child(clause.clone(), Rule::state_with).and_then(|with| {
                        let mut names = self.words(with, Rule::name).into_iter();
                        names.next().zip(names.next())
                    });
                    let made = self.first(clause, Rule::name).map(|name| (name, with));
                    self.once(&mut state, made, at, "state");
                }
                Rule::reward => decision.rewards.extend(self.reward(clause)),
                Rule::warn_about => {
                    let when = self.when(clause.clone());
                    decision.warns.push((self.names(clause), when));
                }
                _ => {}
            }
        }
        decision.offered = value(offered);
        decision.regions = value(regions);
        decision.in_force = value(in_force);
        decision.denied = value(denied);
        decision.state = value(state);
        decision.claim = value(claim);
        decision.note = value(note);
        Some(decision)
    }

    fn offered(&mut self, pair: Node<'_>) -> Offered {
        let by = match () {
            () if child(pair.clone(), Rule::k_none).is_some() => Offerer::Nobody,
            () if child(pair.clone(), Rule::k_unstated).is_some() => Offerer::Unstated,
            () => Offerer::Parties(self.words(pair.clone(), Rule::whose)),
        };
        Offered { by, note: self.prose(pair) }
    }

    fn regions(&mut self, pair: Node<'_>) -> Regions {
        let note = self.prose(pair.clone());
        let extent = match child(pair.clone(), Rule::region_list) {
            Some(list) => {
                let regions = list.into_inner().flat_map(Node::into_inner).map(|region| match region.as_rule() {
                    Rule::code => Region::Country(self.word(&region)),
                    _ => Region::Group(self.word(&region)),
                });
                Extent::Listed(regions.collect())
            }
            None if child(pair.clone(), Rule::k_anywhere).is_some() => Extent::Anywhere,
            None if child(pair, Rule::k_none).is_some() => Extent::Nowhere,
            None => Extent::Unstated,
        };
        Regions { extent, note }
    }

    fn in_force(&mut self, pair: Node<'_>) -> InForce {
        let date = |this: &Self, rule| child(pair.clone(), rule).and_then(|part| this.first(part, Rule::date));
        InForce {
            from: date(self, Rule::force_from),
            to: date(self, Rule::force_to),
            settled: date(self, Rule::settled),
            span: self.span(&pair),
        }
    }

    fn edition(&mut self, pair: Node<'_>) -> Option<Edition> {
        let name = self.first(pair.clone(), Rule::name)?;
        let label = self.first(pair.clone(), Rule::string);
        let when = self.when(pair.clone())?;
        let (mut in_force, mut open) = (None, None);
        let mut with = Vec::new();
        for clause in pair.into_inner() {
            let at = self.span(&clause);
            match clause.as_rule() {
                Rule::in_force => {
                    let limits = self.in_force(clause);
                    self.once(&mut in_force, Some(limits), at, "in force");
                }
                Rule::open_because => {
                    let because = child(clause, Rule::because).and_then(|because| self.prose(because));
                    let made = because;
                    self.once(&mut open, made, at, "open");
                }
                Rule::edition_with => {
                    for parameter in clause.into_inner().filter(|i| i.as_rule() == Rule::parameter) {
                        let literal = parameter.clone().into_inner().find_map(|inner| self.bare_literal(inner));
                        with.extend(self.first(parameter, Rule::name).map(|name| (name, literal)));
                    }
                }
                _ => {}
            }
        }
        Some(Edition { name, label, when, in_force: value(in_force), with, open: value(open) })
    }

    fn take(&mut self, pair: Node<'_>) -> Option<Part> {
        let from = self.first(pair.clone(), Rule::name)?;
        let taken = pair.into_inner().filter(|i| i.as_rule() == Rule::taken).filter_map(|taken| {
            let mut names = self.words(taken, Rule::name).into_iter();
            names.next().map(|id| (id, names.next()))
        });
        let taken = taken.collect();
        Some(Part::Take { taken, from })
    }

    fn reward(&mut self, pair: Node<'_>) -> Option<Reward> {
        let span = self.span(&pair);
        let when = self.when(pair.clone());
        let because = child(pair.clone(), Rule::because).and_then(|because| self.prose(because));
        let kind = pair.into_inner().find_map(|inner| match inner.as_rule() {
            Rule::k_none => Some(RewardKind::None),
            Rule::k_unstated => Some(RewardKind::Unstated(because.clone())),
            Rule::operand => Some(RewardKind::Is(self.operand(inner))),
            Rule::by_tier => {
                let mut operands = inner.into_inner().filter(|i| i.as_rule() == Rule::operand).map(|o| self.operand(o));
                operands.next().zip(operands.next()).map(|(table, by)| RewardKind::Tier { table, by })
            }
            _ => None,
        })?;
        Some(Reward { kind, when, span })
    }

    fn requirement(&mut self, pair: Node<'_>) -> Option<Requirement> {
        let span = self.span(&pair);
        let (id, label) = (self.first(pair.clone(), Rule::name)?, self.first(pair.clone(), Rule::string)?);
        let mut plain: Vec<Clause> = Vec::new();
        let mut editions: Vec<Group> = Vec::new();
        let mut progress = ProgressParts::default();
        let (mut only_once, mut remedy) = (None, None);
        let mut intended = Vec::new();
        let mut per = Vec::new();
        for clause in pair.into_inner() {
            let at = self.span(&clause);
            match clause.as_rule() {
                Rule::met | Rule::fails | Rule::pending | Rule::open | Rule::needs => {
                    let clause = self.clause(clause);
                    match editions.last_mut() {
                        Some((_, clauses)) => clauses.extend(clause),
                        None => plain.extend(clause),
                    }
                }
                Rule::in_edition => {
                    let every = child(clause.clone(), Rule::every_edition).is_some();
                    editions.push(((!every).then(|| self.names(clause)), Vec::new()));
                }
                Rule::only_once => self.word_once(&mut only_once, clause, Rule::name, "only once"),
                Rule::intended => self.intended(clause, &mut intended),
                Rule::per => per.extend(self.names(clause)),
                Rule::else_do => self.word_once(&mut remedy, clause, Rule::name, "else"),
                Rule::string | Rule::name => {}
                _ => {
                    progress.first.get_or_insert(at);
                    self.progress_clause(clause, &mut progress);
                }
            }
        }
        self.one_way_of_judging(&plain, &editions, &progress);
        let body = if let Some((of, _)) = progress.of {
            Body::Progress(Box::new(Progress {
                of,
                starts: value(progress.starts),
                toward: value(progress.toward).unwrap_or(Toward::Operand(None)),
                windows: progress.windows,
                crossed: value(progress.crossed),
                counted: value(progress.counted),
                span,
            }))
        } else if editions.is_empty() {
            Body::Clauses(plain)
        } else {
            Body::ByEdition(editions)
        };
        let intended = intended.into_iter().flatten().map(|(said, _)| said).collect();
        Some(Requirement { id, label, body, only_once: value(only_once), intended, per, remedy: value(remedy) })
    }

    /// `never met`, `never fails`, `never decides` or `never without` a fact, each once.
    fn intended(&mut self, pair: Node<'_>, all: &mut Vec<Option<((Never, Word), crate::source::Span)>>) {
        let at = self.span(&pair);
        let without = child(pair.clone(), Rule::never_without).and_then(|without| self.first(without, Rule::path));
        let (never, name) = match without {
            Some(fact) => {
                let name = format!("never without {}", fact.text);
                (Never::Without(fact), name)
            }
            None if child(pair.clone(), Rule::k_met).is_some() => (Never::Met, "never met".to_owned()),
            None if child(pair.clone(), Rule::never_fails).is_some() => (Never::Fails, "never fails".to_owned()),
            None => (Never::Decides, "never decides".to_owned()),
        };
        let because = child(pair, Rule::because).and_then(|because| self.prose(because)).unwrap_or_default();
        let place = all.iter().position(|known| known.as_ref().is_some_and(|((known, _), _)| *known == never));
        let place = place.unwrap_or_else(|| {
            all.push(None);
            all.len() - 1
        });
        if let Some(place) = all.get_mut(place) {
            self.once(place, Some((never, because)), at, &name);
        }
    }

    /// A requirement is judged by progress, by editions or by clauses; what stands beside the way that counts would be
    /// dropped, so it is told.
    fn one_way_of_judging(&mut self, plain: &[Clause], editions: &[Group], progress: &ProgressParts) {
        if self.damaged {
            return; // The clause that says the way may be the one that was passed over.
        }
        if let Some((_, of)) = &progress.of {
            let beside = plain.iter().chain(editions.iter().flat_map(|(_, clauses)| clauses));
            for clause in beside {
                let finding = Diagnostic::new(&codes::MISPLACED_CLAUSE, clause.span, "progress is judged without this clause");
                let help = "remove it, or make it a requirement of its own";
                self.findings.push(finding.label(*of, "the progress that decides").help(help));
            }
        } else if let Some(first) = progress.first {
            let finding = Diagnostic::new(&codes::MISSING_CLAUSE, first, "this belongs to progress, but nothing says of what");
            self.findings.push(finding.help("add `progress of` and the amount that grows"));
        } else if let Some((clause, _)) = plain.first().zip(editions.first()) {
            let finding = Diagnostic::new(&codes::MISPLACED_CLAUSE, clause.span, "this clause stands in no edition");
            self.findings.push(finding.help("put it under `in every edition`"));
        }
    }

    /// `met`, `fails`, `pending`, `open` or `needs`.
    pub(super) fn clause(&mut self, pair: Node<'_>) -> Option<Clause> {
        let span = self.span(&pair);
        let reason = child(pair.clone(), Rule::because);
        let silence = reason.as_ref().map_or(Silence::Unstated, |reason| {
            let said = |rule| child(reason.clone(), rule).is_some();
            match () {
                () if said(Rule::sources_disagree) => Silence::Conflict,
                () if said(Rule::boundary_day) => Silence::Boundary,
                () if said(Rule::arithmetic) => Silence::Arithmetic,
                () => Silence::Unstated,
            }
        });
        let because = reason.and_then(|because| self.prose(because));
        let rule = pair.as_rule();
        if rule == Rule::needs {
            let when = self.when(pair.clone());
            let operands = pair.into_inner().filter(|i| i.as_rule() == Rule::operand).map(|o| self.operand(o)).collect();
            return Some(Clause { kind: ClauseKind::Needs(operands, when), because, silence, span });
        }
        let applies = if child(pair.clone(), Rule::k_otherwise).is_some() {
            Applies::Otherwise
        } else if child(pair.clone(), Rule::k_always).is_some() {
            Applies::Always
        } else {
            Applies::When(self.when(pair)?)
        };
        let kind = match rule {
            Rule::met => ClauseKind::Met(applies),
            Rule::fails => ClauseKind::Fails(applies),
            Rule::pending => ClauseKind::Pending(applies),
            _ => ClauseKind::Open(applies),
        };
        Some(Clause { kind, because, silence, span })
    }

    fn progress_clause(&mut self, pair: Node<'_>, parts: &mut ProgressParts) {
        let at = self.span(&pair);
        let operand = |this: &mut Self, pair: Node<'_>| child(pair, Rule::operand).map(|operand| this.operand(operand));
        match pair.as_rule() {
            Rule::progress => {
                let made = operand(self, pair);
                self.once(&mut parts.of, made, at, "progress");
            }
            Rule::starts => {
                let made = self.when(pair);
                self.once(&mut parts.starts, made, at, "starts");
            }
            Rule::crossed => {
                let made = operand(self, pair);
                self.once(&mut parts.crossed, made, at, "crossed");
            }
            Rule::counted => {
                let because = child(pair.clone(), Rule::because).and_then(|because| self.prose(because));
                let made = self.when(pair).map(|when| (when, because));
                self.once(&mut parts.counted, made, at, "counted");
            }
            Rule::toward => {
                let toward = match child(pair.clone(), Rule::either_amount) {
                    Some(either) => {
                        let because = child(either.clone(), Rule::because).and_then(|because| self.prose(because));
                        let amounts = either.into_inner().filter(|i| i.as_rule() == Rule::operand).map(|o| self.operand(o));
                        Toward::Either(amounts.collect(), because.unwrap_or_default())
                    }
                    None => Toward::Operand(operand(self, pair)),
                };
                self.once(&mut parts.toward, Some(toward), at, "toward");
            }
            Rule::within | Rule::until | Rule::forever => {
                let when = self.when(pair.clone());
                if let Some(window) = self.progress_window(pair) {
                    parts.windows.push((window, when));
                }
            }
            _ => {}
        }
    }

    fn progress_window(&mut self, pair: Node<'_>) -> Option<ProgressWindow> {
        match pair.as_rule() {
            Rule::forever => return Some(ProgressWindow::Forever),
            Rule::until => return child(pair, Rule::operand).map(|operand| ProgressWindow::Until(self.operand(operand))),
            _ => {}
        }
        pair.into_inner().find_map(|inner| match inner.as_rule() {
            Rule::window => self.window(inner).map(ProgressWindow::Within),
            Rule::its_window => child(inner, Rule::operand).map(|operand| ProgressWindow::Its(self.operand(operand))),
            Rule::earlier_window => {
                let mut windows = inner.into_inner().filter(|i| i.as_rule() == Rule::window).filter_map(|w| self.window(w));
                let both = windows.next().zip(windows.next());
                drop(windows);
                both.map(|(a, b)| ProgressWindow::Earlier(a, b))
            }
            _ => None,
        })
    }
}

/// The clauses under one `in` line, with the editions that it names.
type Group = (Option<Vec<Word>>, Vec<Clause>);

/// The clauses of a progress requirement while they are gathered.
#[derive(Default)]
struct ProgressParts {
    /// Where the first of them stands.
    first: Option<crate::source::Span>,
    of: Option<(crate::syntax::Expr, crate::source::Span)>,
    starts: Option<(crate::syntax::Expr, crate::source::Span)>,
    toward: Option<(Toward, crate::source::Span)>,
    windows: Vec<(ProgressWindow, Option<crate::syntax::Expr>)>,
    crossed: Option<(crate::syntax::Expr, crate::source::Span)>,
    counted: Option<((crate::syntax::Expr, Option<Word>), crate::source::Span)>,
}
