//! What changed between two versions of a decision, in words: each statement that differs, before and after.
//!
//! In: two checked decisions. Out: statements with the part that differs, and the sources of both.
//! Owns which statement answers to which. Order, names of definitions and layout are no statements. Never evaluates.

use super::super::clauses::{clause_lines, span_words};
use super::super::offer::{offered, regions};
use super::super::programs::pays as reward_words;
use super::super::terms::{condition, operand};
use super::super::words::{self, day};
use crate::program::{
    Body, Clauses, Cond, Decision, InForce, Judged, OpenClause, Program, Progress, RewardValue, StateHolds, TableChoice, Test,
    TestKind, Tier, Values,
};

/// What kind of statement changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// What is decided.
    Meaning,
    /// On which source it rests.
    Citation,
    /// How it is worded for a reader, or what is advised.
    Wording,
}

/// A statement that differs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Said {
    pub(super) kind: Kind,
    /// The part of the decision: the id of a requirement or a state condition, `reward`, `in force`, …
    pub(super) part: String,
    /// What it asks, in words, where the rules say so.
    pub(super) label: String,
    /// The words before the part that differs.
    pub(super) lead: String,
    /// The part that differs; nothing where it was added.
    pub(super) before: Option<String>,
    /// Nothing where it was removed.
    pub(super) after: Option<String>,
    /// The words behind it.
    pub(super) tail: String,
    /// Sources before, by index.
    pub(super) old_cites: Vec<usize>,
    /// Sources after.
    pub(super) new_cites: Vec<usize>,
}

/// Two decisions while they are compared.
struct Pair<'p> {
    old: &'p Program,
    new: &'p Program,
    said: Vec<Said>,
    part: String,
    label: String,
    cites: (Vec<usize>, Vec<usize>),
}

/// A change of one statement: the words before it, before and after.
type Change = (String, Option<String>, Option<String>);

/// Every statement that differs.
pub(super) fn changes(old: (&Program, &Decision), new: (&Program, &Decision)) -> Vec<Said> {
    let (a, b) = (old.1, new.1);
    let mut pair = Pair {
        old: old.0,
        new: new.0,
        said: Vec::new(),
        part: String::new(),
        label: String::new(),
        cites: (a.cites.clone(), b.cites.clone()),
    };
    pair.at("title", "");
    pair.text(Kind::Wording, "", &a.title, &b.title);
    pair.text(Kind::Wording, "severity", a.severity.as_deref().unwrap_or(""), b.severity.as_deref().unwrap_or(""));
    pair.at("sources", "");
    pair.citations();
    for (word, said) in [("offered by", [offered(old.0, a), offered(new.0, b)]), ("regions", [regions(a), regions(b)])] {
        pair.at(word, "");
        let [before, after] = said.map(Option::unwrap_or_default);
        pair.text(Kind::Wording, "", &before, &after);
    }
    pair.at("in force", "");
    pair.limits(a.in_force, b.in_force);
    pair.editions(a, b);
    pair.requirements(a, b);
    pair.states(a, b);
    pair.cites = (a.cites.clone(), b.cites.clone());
    pair.at("reward", "");
    pair.rewards(a, b);
    pair.at("conventions", "");
    pair.text(Kind::Wording, "", &a.assume.join(" "), &b.assume.join(" "));
    pair.at("warnings", "");
    pair.warnings(a, b);
    pair.at("note", "");
    pair.text(Kind::Wording, "claim:", a.claim.as_deref().unwrap_or(""), b.claim.as_deref().unwrap_or(""));
    pair.text(Kind::Wording, "", a.note.as_deref().unwrap_or(""), b.note.as_deref().unwrap_or(""));
    pair.said
}

impl Pair<'_> {
    fn at(&mut self, part: &str, label: &str) {
        (self.part, self.label) = (part.to_owned(), label.to_owned());
    }

    fn say(&mut self, kind: Kind, (lead, before, after): Change) {
        let (old_cites, new_cites) = self.cites.clone();
        let (lead, before, after, tail) = match (before, after) {
            (Some(before), Some(after)) => {
                let (own, before, after, tail) = trimmed(&before, &after);
                (joined(&lead, &own), Some(before), Some(after), tail)
            }
            (before, after) => (lead, before, after, String::new()),
        };
        let (part, label) = (self.part.clone(), self.label.clone());
        self.said.push(Said { kind, part, label, lead, before, after, tail, old_cites, new_cites });
    }

    /// A statement that is one text.
    fn text(&mut self, kind: Kind, lead: &str, before: &str, after: &str) {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        if before != after {
            self.say(kind, (lead.to_owned(), some(before), some(after)));
        }
    }

    fn limits(&mut self, a: InForce, b: InForce) {
        for (word, was, is) in [("from", a.from, b.from), ("to", a.to, b.to), ("settled by", a.settled, b.settled)] {
            if was != is {
                let some = |at: Option<i64>| at.map(day);
                let (old_cites, new_cites) = self.cites.clone();
                let (part, label, lead) = (self.part.clone(), self.label.clone(), word.to_owned());
                let (before, after, tail) = (some(was), some(is), String::new());
                self.said.push(Said { kind: Kind::Meaning, part, label, lead, before, after, tail, old_cites, new_cites });
            }
        }
    }

    fn citations(&mut self) {
        let titles = |program: &Program, cites: &[usize]| {
            let mut ids: Vec<String> =
                cites.iter().filter_map(|at| program.sources.get(*at)).map(|source| source.id.clone()).collect();
            ids.sort();
            ids
        };
        let (before, after) = (titles(self.old, &self.cites.0), titles(self.new, &self.cites.1));
        if before != after {
            let only =
                |a: &[String], b: &[String]| a.iter().filter(|id| !b.contains(id)).cloned().collect::<Vec<_>>().join(", ");
            let (gone, come) = (only(&before, &after), only(&after, &before));
            let some = |text: String| (!text.is_empty()).then_some(text);
            self.say(Kind::Citation, ("cites".to_owned(), some(gone), some(come)));
        }
    }

    fn editions(&mut self, a: &Decision, b: &Decision) {
        for edition in &b.editions {
            self.at(&format!("edition {}", edition.id), &edition.label);
            let Some(was) = a.editions.iter().find(|known| known.id == edition.id) else {
                self.say(
                    Kind::Meaning,
                    (String::new(), None, Some(format!("applies when {}", condition(self.new, &edition.when)))),
                );
                continue;
            };
            self.cond("applies when", &was.when, &edition.when);
            self.limits(was.in_force.unwrap_or_default(), edition.in_force.unwrap_or_default());
            self.text(Kind::Wording, "", was.open.as_deref().unwrap_or(""), edition.open.as_deref().unwrap_or(""));
            self.text(Kind::Wording, "", &was.label, &edition.label);
        }
        for edition in a.editions.iter().filter(|edition| !b.editions.iter().any(|known| known.id == edition.id)) {
            self.at(&format!("edition {}", edition.id), &edition.label);
            self.say(
                Kind::Meaning,
                (String::new(), Some(format!("applies when {}", condition(self.old, &edition.when))), None),
            );
        }
    }

    fn requirements(&mut self, a: &Decision, b: &Decision) {
        for requirement in &b.requirements {
            self.at(&requirement.id, &requirement.label);
            let Some(was) = a.requirements.iter().find(|known| known.id == requirement.id) else {
                self.cites = (Vec::new(), requirement.cites.clone());
                let told = self::told(self.new, b, &requirement.body);
                self.say(Kind::Meaning, ("new requirement:".to_owned(), None, Some(told)));
                continue;
            };
            self.cites = (was.cites.clone(), requirement.cites.clone());
            match (&was.body, &requirement.body) {
                (Body::Clauses(x), Body::Clauses(y)) => self.clauses("", x, y),
                (Body::Progress(x), Body::Progress(y)) => self.progress(x, y),
                (Body::Editions(x), Body::Editions(y)) => {
                    for (edition, y) in b.editions.iter().zip(y) {
                        let at = a.editions.iter().position(|known| known.id == edition.id);
                        if let Some(x) = at.and_then(|at| x.get(at)) {
                            self.clauses(&format!("in {}: ", edition.id), x, y);
                        }
                    }
                }
                _ => {
                    let (before, after) = (told(self.old, a, &was.body), told(self.new, b, &requirement.body));
                    self.say(Kind::Meaning, (String::new(), Some(before), Some(after)));
                }
            }
            let once = |decision: &Decision, at: Option<usize>| {
                at.and_then(|at| decision.requirements.get(at)).map_or_else(String::new, |target| target.id.clone())
            };
            self.text(Kind::Meaning, "judged only once this is met:", &once(a, was.only_once), &once(b, requirement.only_once));
            self.text(Kind::Wording, "", &was.label, &requirement.label);
            self.citations();
            let advice = |program: &Program, at: Option<usize>| {
                at.and_then(|at| program.remedies.get(at)).map_or_else(String::new, |remedy| remedy.say.clone())
            };
            self.text(Kind::Wording, "advice:", &advice(self.old, was.remedy), &advice(self.new, requirement.remedy));
        }
        for was in a.requirements.iter().filter(|was| !b.requirements.iter().any(|known| known.id == was.id)) {
            self.at(&was.id, &was.label);
            self.cites = (was.cites.clone(), Vec::new());
            let told = told(self.old, a, &was.body);
            self.say(Kind::Meaning, ("requirement no longer asked:".to_owned(), Some(told), None));
        }
    }

    fn states(&mut self, a: &Decision, b: &Decision) {
        let words = |program: &Program, holds: &StateHolds| match holds {
            StateHolds::When(when) | StateHolds::Open(OpenClause { when, .. }) => condition(program, when),
            StateHolds::Needs(when, operands) => {
                let needs: Vec<String> = operands.iter().map(|of| operand(program, of)).collect();
                format!("{} is not known while {}", words::either(&needs), condition(program, when))
            }
        };
        for state in &b.states {
            self.at(&state.id, &state.label);
            let Some(was) = a.states.iter().find(|known| known.id == state.id) else {
                self.cites = (Vec::new(), state.cites.clone());
                self.say(Kind::Meaning, ("new state condition:".to_owned(), None, Some(words(self.new, &state.holds))));
                continue;
            };
            self.cites = (was.cites.clone(), state.cites.clone());
            match (&was.holds, &state.holds) {
                (StateHolds::When(x), StateHolds::When(y))
                | (StateHolds::Open(OpenClause { when: x, .. }), StateHolds::Open(OpenClause { when: y, .. })) => {
                    self.cond("when", x, y);
                }
                (x, y) => {
                    let (before, after) = (words(self.old, x), words(self.new, y));
                    self.text(Kind::Meaning, "", &before, &after);
                }
            }
            self.text(Kind::Wording, "", &was.label, &state.label);
            self.citations();
        }
        for was in a.states.iter().filter(|was| !b.states.iter().any(|known| known.id == was.id)) {
            self.at(&was.id, &was.label);
            self.cites = (was.cites.clone(), Vec::new());
            let told = words(self.old, &was.holds);
            self.say(Kind::Meaning, ("state condition no longer asked:".to_owned(), Some(told), None));
        }
    }

    fn clauses(&mut self, lead: &str, a: &Clauses, b: &Clauses) {
        let rows = [("met when", &a.met, &b.met), ("pending when", &a.pending, &b.pending), ("fails when", &a.fails, &b.fails)];
        // Where failing is the opposite of being met, it changes with it.
        let opposite =
            |program: &Program, of: &Clauses| canonical(program, &of.met.clone().negated()) == canonical(program, &of.fails);
        let both = opposite(self.old, a) && opposite(self.new, b);
        for (word, x, y) in rows.into_iter().take(if both { 2 } else { 3 }) {
            self.cond(&format!("{lead}{word}"), x, y);
        }
        let (mut gone, mut come): (Vec<&OpenClause>, Vec<&OpenClause>) = (a.open.iter().collect(), b.open.iter().collect());
        let (old, new) = (self.old, self.new);
        gone.retain(|x| {
            let same = come.iter().position(|y| canonical(old, &x.when) == canonical(new, &y.when) && x.because == y.because);
            same.map(|at| come.remove(at)).is_none()
        });
        for y in come {
            let at = gone.iter().position(|x| x.because == y.because || canonical(old, &x.when) == canonical(new, &y.when));
            match at.map(|at| gone.remove(at)) {
                Some(x) => {
                    self.cond(&format!("{lead}open when"), &x.when, &y.when);
                    self.text(Kind::Wording, "because", &x.because, &y.because);
                }
                None if !is_rest(&y.when) => {
                    self.say(Kind::Meaning, (format!("{lead}open when"), None, Some(condition(new, &y.when))));
                }
                None => self.say(Kind::Meaning, (format!("{lead}open"), None, Some("where nothing else applies".to_owned()))),
            }
        }
        for x in gone {
            let told = if is_rest(&x.when) { "where nothing else applies".to_owned() } else { condition(old, &x.when) };
            self.say(Kind::Meaning, (format!("{lead}open when"), Some(told), None));
        }
    }

    fn cond(&mut self, lead: &str, a: &Cond, b: &Cond) {
        // What no other clause covers changes with the others, which are told.
        if (is_rest(a) && is_rest(b)) || canonical(self.old, a) == canonical(self.new, b) {
            return;
        }
        let mut found = Vec::new();
        narrowed((self.old, a), (self.new, b), true, &mut found);
        for (own, before, after) in found {
            self.say(Kind::Meaning, (joined(lead, &own), before, after));
        }
    }

    fn progress(&mut self, a: &Progress, b: &Progress) {
        let (old, new) = (self.old, self.new);
        self.text(Kind::Meaning, "grows with", &operand(old, &a.amount), &operand(new, &b.amount));
        let optional =
            |program: &Program, cond: &Option<Cond>| cond.as_ref().map_or_else(String::new, |cond| condition(program, cond));
        match (&a.starts, &b.starts) {
            (Some(x), Some(y)) => self.cond("counts once", x, y),
            (x, y) => self.text(Kind::Meaning, "counts once", &optional(old, x), &optional(new, y)),
        }
        self.choices("goal", &a.toward, &b.toward);
        self.text(Kind::Meaning, "goal is open:", a.either.as_deref().unwrap_or(""), b.either.as_deref().unwrap_or(""));
        if a.windows.len() == b.windows.len() {
            for ((when, x), (other, y)) in a.windows.iter().zip(&b.windows) {
                self.cond("this window applies when", when, other);
                self.text(Kind::Meaning, "spend counts", &span_words(old, x), &span_words(new, y));
            }
        } else {
            let all = |program: &Program, of: &Progress| {
                let windows = of
                    .windows
                    .iter()
                    .map(|(when, span)| format!("{} when {}", span_words(program, span), condition(program, when)));
                windows.collect::<Vec<_>>().join("; ")
            };
            self.text(Kind::Meaning, "spend counts", &all(old, a), &all(new, b));
        }
        let crossed =
            |program: &Program, of: &Progress| of.crossed.as_ref().map_or_else(String::new, |day| operand(program, day));
        self.text(Kind::Meaning, "after the window judged by", &crossed(old, a), &crossed(new, b));
        match (&a.counted, &b.counted) {
            (Some(x), Some(y)) => self.cond("met in any case when", x, y),
            (x, y) => self.text(Kind::Meaning, "met in any case when", &optional(old, x), &optional(new, y)),
        }
    }

    /// Tiers that answer to each other: those of the same condition.
    fn choices(&mut self, lead: &str, a: &[TableChoice], b: &[TableChoice]) {
        let key = |program: &Program, choice: &TableChoice| (canonical(program, &choice.when), choice.table.clone());
        let whole = |program: &Program, choice: &TableChoice| (canonical(program, &choice.when), tiers(program, &choice.tiers));
        let (mut a, mut b): (Vec<TableChoice>, Vec<TableChoice>) = (a.to_vec(), b.to_vec());
        let (old, new) = (self.old, self.new);
        a.retain(|choice| {
            let same = b.iter().position(|other| whole(old, choice) == whole(new, other));
            same.map(|at| b.remove(at)).is_none()
        });
        let (a, b) = (a.as_slice(), b.as_slice());
        for choice in b {
            let own = key(self.new, choice);
            let named =
                |table: &Option<String>| table.as_ref().map_or_else(|| lead.to_owned(), |table| format!("table {table}"));
            let when = match &choice.when {
                Cond::Constant(_) => String::new(),
                when => format!(" when {}", condition(self.new, when)),
            };
            let was = a.iter().find(|known| key(self.old, known) == own);
            let was = was.or_else(|| a.iter().find(|known| canonical(self.old, &known.when) == own.0));
            let was = was.or(if let ([only], [_]) = (a, b) { Some(only) } else { None });
            let Some(was) = was else {
                let tiers = tiers(self.new, &choice.tiers);
                self.say(Kind::Meaning, (format!("new tiers of {}{when}:", named(&choice.table)), None, Some(tiers)));
                continue;
            };
            self.cond("applies when", &was.when, &choice.when);
            let count = was.tiers.len().max(choice.tiers.len());
            for at in 0..count {
                let text = |program: &Program, tiers: &[Option<Tier>]| {
                    tiers.get(at).map_or_else(String::new, |tier| tier_words(program, tier.as_ref()))
                };
                let (before, after) = (text(self.old, &was.tiers), text(self.new, &choice.tiers));
                self.text(Kind::Meaning, &format!("{}{when}, tier {}:", named(&choice.table), at + 1), &before, &after);
            }
        }
        for choice in a {
            let own = key(self.old, choice);
            let kept = b.iter().any(|known| key(self.new, known) == own || canonical(self.new, &known.when) == own.0);
            let replaced = a.len() == 1 && b.len() == 1;
            if !kept && !replaced {
                let told = format!("{} when {}", tiers(self.old, &choice.tiers), condition(self.old, &choice.when));
                self.say(Kind::Meaning, (format!("{lead} no longer:"), Some(told), None));
            }
        }
    }

    fn rewards(&mut self, a: &Decision, b: &Decision) {
        if a.rewards.len() != b.rewards.len() {
            let all = |program: &Program, of: &Decision| {
                let each = of
                    .rewards
                    .iter()
                    .map(|one| format!("{} when {}", reward_words(program, &one.value), condition(program, &one.when)));
                each.collect::<Vec<_>>().join("; ")
            };
            let (before, after) = (all(self.old, a), all(self.new, b));
            return self.text(Kind::Meaning, "", &before, &after);
        }
        for (x, y) in a.rewards.iter().zip(&b.rewards) {
            if !(is_rest(&x.when) || is_rest(&y.when)) {
                self.cond("when", &x.when, &y.when);
            }
            match (&x.value, &y.value) {
                (RewardValue::Tier(old, by), RewardValue::Tier(new, now)) => {
                    let (before, after) = (operand(self.old, by), operand(self.new, now));
                    self.text(Kind::Meaning, "by", &before, &after);
                    self.choices("tiers", old, new);
                }
                (x, y) => {
                    let (before, after) = (reward_words(self.old, x), reward_words(self.new, y));
                    self.text(Kind::Meaning, "", &before, &after);
                }
            }
        }
    }

    fn warnings(&mut self, a: &Decision, b: &Decision) {
        let shown = |program: &Program, of: &Decision| -> Vec<String> {
            of.warnings
                .iter()
                .map(|shown| {
                    let id = program.warnings.get(shown.warning).map_or("", |warning| warning.id.as_str());
                    let on: Vec<&str> = shown.on.iter().map(|verdict| verdict.word()).collect();
                    format!("{id} [{}] {}", on.join(", "), canonical(program, &shown.when))
                })
                .collect()
        };
        let (before, after) = (shown(self.old, a), shown(self.new, b));
        let id = |text: &String| text.split(' ').next().unwrap_or_default().to_owned();
        for gone in before.iter().filter(|one| !after.contains(one)) {
            self.say(Kind::Wording, ("no longer shown so:".to_owned(), Some(id(gone)), None));
        }
        for come in after.iter().filter(|one| !before.contains(one)) {
            self.say(Kind::Wording, ("shown now:".to_owned(), None, Some(id(come))));
        }
    }
}

/// A condition in which the order of parts does not matter.
pub(super) fn canonical(program: &Program, cond: &Cond) -> String {
    let sorted = |parts: &[Cond], word: &str| {
        let mut parts: Vec<String> = parts.iter().map(|part| canonical(program, part)).collect();
        parts.sort();
        format!("({})", parts.join(word))
    };
    match cond {
        Cond::All(parts) => sorted(parts, " and "),
        Cond::Any(parts) => sorted(parts, " or "),
        Cond::Then(a, b) => format!("({} and then {})", canonical(program, a), canonical(program, b)),
        Cond::Not(inner) => format!("not {}", canonical(program, inner)),
        other => condition(program, other),
    }
}

fn is_rest(cond: &Cond) -> bool {
    matches!(cond, Cond::Not(inner) if !matches!(**inner, Cond::Test(_)))
}

/// The parts of two conditions that differ.
fn narrowed(a: (&Program, &Cond), b: (&Program, &Cond), holds: bool, found: &mut Vec<Change>) {
    match (a.1, b.1) {
        (Cond::Not(x), Cond::Not(y)) => return narrowed((a.0, x), (b.0, y), !holds, found),
        (Cond::All(x), Cond::All(y)) | (Cond::Any(x), Cond::Any(y)) => {
            let mut gone: Vec<&Cond> = x.iter().collect();
            let mut come: Vec<&Cond> = y.iter().collect();
            gone.retain(|part| {
                let same = come.iter().position(|other| canonical(a.0, part) == canonical(b.0, other));
                same.map(|at| come.remove(at)).is_none()
            });
            let word = if matches!(a.1, Cond::All(_)) == holds { "and" } else { "or" };
            for (part, other) in gone.iter().zip(&come) {
                narrowed((a.0, part), (b.0, other), holds, found);
            }
            for part in gone.iter().skip(come.len()) {
                found.push((word.to_owned(), Some(condition(a.0, part)), None));
            }
            for part in come.iter().skip(gone.len()) {
                found.push((word.to_owned(), None, Some(condition(b.0, part))));
            }
            return;
        }
        (Cond::Then(x, then), Cond::Then(y, other)) => {
            for (part, new) in [(x, y), (then, other)] {
                if canonical(a.0, part) != canonical(b.0, new) {
                    narrowed((a.0, part), (b.0, new), holds, found);
                }
            }
            return;
        }
        (Cond::Test(x), Cond::Test(y)) => {
            if let Some(change) = members((a.0, x), (b.0, y), holds) {
                found.push(change);
                return;
            }
        }
        _ => {}
    }
    let told = |(program, cond): (&Program, &Cond)| {
        if holds { condition(program, cond) } else { condition(program, &cond.clone().negated()) }
    };
    found.push((String::new(), Some(told(a)), Some(told(b))));
}

/// Words that a list of values gained and lost.
fn members(a: (&Program, &Test), b: (&Program, &Test), holds: bool) -> Option<Change> {
    let (TestKind::OneOf(slot, old), TestKind::OneOf(other, new)) = (&a.1.kind, &b.1.kind) else { return None };
    if a.0.name_of(*slot) != b.0.name_of(*other) {
        return None;
    }
    let all = |program: &Program, slot, values: &Values| -> Vec<String> {
        let ty = program.fact_of(slot).map(|fact| &fact.ty);
        let text = |main| ty.map_or_else(String::new, |ty| ty.text(crate::program::Lane { main, aux: 0 }));
        match values {
            Values::Mask(mask) => {
                (0..64).filter(|bit| mask >> bit & 1 == 1).map(text).filter(|text| !text.is_empty()).collect()
            }
            Values::Codes(codes) => codes.iter().copied().map(text).collect(),
            Values::Texts(texts) => texts.clone(),
        }
    };
    let (before, after) = (all(a.0, *slot, old), all(b.0, *other, new));
    let only = |a: &[String], b: &[String]| -> Option<String> {
        let own: Vec<String> = a.iter().filter(|word| !b.contains(word)).cloned().collect();
        (!own.is_empty()).then(|| words::either(&own))
    };
    let (gone, come) = (only(&before, &after), only(&after, &before));
    let verb = if holds { "is" } else { "is not" };
    Some((format!("{} {verb}", a.0.name_of(*slot)), gone, come))
}

/// The words that two texts share in front and behind, and what is between.
fn trimmed(before: &str, after: &str) -> (String, String, String, String) {
    let (a, b): (Vec<&str>, Vec<&str>) = (before.split(' ').collect(), after.split(' ').collect());
    let mut front = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let room = a.len().min(b.len()) - front;
    let mut back = a.iter().rev().zip(b.iter().rev()).take(room).take_while(|(x, y)| x == y).count();
    let is_number =
        |word: Option<&&str>| word.is_some_and(|word| word.chars().next().is_some_and(|c| c.is_ascii_digit() || c == '-'));
    // A number keeps its unit.
    if back > 0
        && is_number(a.get(front))
        && is_number(b.get(front))
        && a.len() - back == front + 1
        && b.len() - back == front + 1
    {
        let unit =
            a.get(front + 1).is_some_and(|word| word.len() <= 4 && word.chars().all(char::is_alphabetic) && *word != "of");
        back -= usize::from(unit);
    }
    if front == a.len() || front == b.len() {
        front = front.saturating_sub(1);
        back = back.min(a.len().min(b.len()) - front);
    }
    let cut = |words: &[&str]| {
        let end = words.len() - back;
        (
            words.get(..front).unwrap_or(&[]).join(" "),
            words.get(front..end).unwrap_or(&[]).join(" "),
            words.get(end..).unwrap_or(&[]).join(" "),
        )
    };
    let ((lead, old, tail), (_, new, _)) = (cut(&a), cut(&b));
    if old.is_empty() || new.is_empty() {
        return (String::new(), before.to_owned(), after.to_owned(), String::new());
    }
    (lead, old, new, tail)
}

fn joined(a: &str, b: &str) -> String {
    match (a.is_empty(), b.is_empty()) {
        (true, _) => b.to_owned(),
        (_, true) => a.to_owned(),
        _ => format!("{a} {b}"),
    }
}

/// A body in one sentence, for a requirement that one version does not have.
fn told(program: &Program, decision: &Decision, body: &Body) -> String {
    let clauses = |clauses: &Clauses| {
        let lines = clause_lines(program, clauses).into_iter().map(|(result, when, _)| {
            let word = match result {
                Judged::Met => "met",
                Judged::Failed => "fails",
                Judged::Pending => "pending",
                Judged::Open => "open",
            };
            format!("{word} when {when}")
        });
        lines.collect::<Vec<_>>().join("; ")
    };
    match body {
        Body::Clauses(of) => clauses(of),
        Body::Editions(all) => {
            let each = decision.editions.iter().zip(all).map(|(edition, of)| format!("in {}: {}", edition.id, clauses(of)));
            each.collect::<Vec<_>>().join("; ")
        }
        Body::Progress(of) => super::super::clauses::progress_lines(program, of).join(" "),
    }
}

fn tier_words(program: &Program, tier: Option<&Tier>) -> String {
    let Some(tier) = tier else { return "a tier that no source shows".to_owned() };
    let gives = tier.gives.as_ref().map_or_else(String::new, |gives| format!(" gives {}", operand(program, gives)));
    format!("spend {}{gives}", operand(program, &tier.spend))
}

fn tiers(program: &Program, all: &[Option<Tier>]) -> String {
    all.iter().map(|tier| tier_words(program, tier.as_ref())).collect::<Vec<_>>().join(", ")
}
