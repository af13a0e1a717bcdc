//! The conditions of a plan as two formulas each: surely true, surely false.
//!
//! In: nodes of the plan that decides. Out: two literals for each, built when asked for.
//! Owns the mirror of `eval`'s tests. A test that it cannot follow may come to anything. Never joins requirements.

use batsat::Lit;

use super::cells::{Domain, Value as Said};
use super::space::{Origin, Space};
use super::terms::{Cases, Value};
use crate::plan::{Node, Probe, Ref, Term, Window};
use crate::program::{Lane, SlotId, Type};
use crate::syntax::{FirstDay, Order};

/// Where a day lies in a window: inside, on the boundary, outside.
pub(super) type Placed = [Lit; 3];

impl Space<'_> {
    /// A name that equal tests of several versions share.
    fn probe_name(&mut self, side: usize, probe: &Probe) -> String {
        match probe {
            Probe::Compare(a, order, b) => {
                format!("{} {order:?} {}", self.term_name(side, a), self.term_name(side, b))
            }
            Probe::Within(day, window) => {
                let parts = [day, &window.start, &window.length].map(|term| self.term_name(side, term));
                format!("within {parts:?} {:?}", window.first)
            }
            Probe::IsNone(term) => format!("none {}", self.term_name(side, term)),
            Probe::Known(term) => format!("known {}", self.term_name(side, term)),
            Probe::Same(a, b) => format!("same {} {}", self.slot_name(side, *a), self.slot_name(side, *b)),
            Probe::ContainsFact(a, b, bits) => {
                format!("holds {} {} {bits:?}", self.slot_name(side, *a), self.slot_name(side, *b))
            }
            other => format!("{side} {other:?}"),
        }
    }

    /// A name that equal operands of several versions share.
    pub(super) fn term_name(&mut self, side: usize, term: &Term) -> String {
        let mut all = |parts: &[(bool, Term)]| -> Vec<(bool, String)> {
            parts.iter().map(|(inverse, part)| (*inverse, self.term_name(side, part))).collect()
        };
        match term {
            Term::Sum(parts) => format!("sum {:?}", all(parts)),
            Term::Product(parts) => format!("product {:?}", all(parts)),
            Term::Shift(a, back, b) => format!("shift {} {back} {}", self.term_name(side, a), self.term_name(side, b)),
            Term::Bound(a, above, b) => format!("bound {} {above} {}", self.term_name(side, a), self.term_name(side, b)),
            Term::Earlier(a, b) => format!("earlier {} {}", self.term_name(side, a), self.term_name(side, b)),
            Term::Choose(branches, last) => {
                let mut text = "choose".to_owned();
                for (when, value) in branches {
                    text += &format!(" {:?} {}", self.cond(side, *when), self.term_name(side, value));
                }
                text + " " + &self.term_name(side, last)
            }
            other => match other.slot() {
                Some(slot) => self.slot_name(side, slot),
                None => format!("{other:?}"),
            },
        }
    }

    fn slot_name(&mut self, side: usize, slot: crate::program::SlotId) -> String {
        format!("{:?}", self.origins(side, slot))
    }

    /// A condition: surely true, surely false.
    pub(super) fn cond(&mut self, side: usize, cond: Ref) -> (Lit, Lit) {
        let (yes, no) = self.node(side, cond.node());
        if cond.negated() { (no, yes) } else { (yes, no) }
    }

    fn node(&mut self, side: usize, node: usize) -> (Lit, Lit) {
        if let Some(found) = self.nodes.get(side).and_then(|nodes| nodes.get(&node)) {
            return *found;
        }
        let constant = (self.gates.yes(), self.gates.no());
        let made = match self.side(side).and_then(|(rules, _)| rules.plan.nodes.get(node)) {
            None | Some(Node::True) => constant,
            Some(Node::All(parts)) => self.joined(side, parts, true),
            Some(Node::Any(parts)) => self.joined(side, parts, false),
            Some(Node::Then(first, second)) => self.joined(side, &[*first, *second], true),
            Some(Node::Test(probe)) => {
                let name = self.probe_name(side, probe);
                self.named(name, |space| space.probe(side, probe))
            }
        };
        if let Some(nodes) = self.nodes.get_mut(side) {
            nodes.insert(node, made);
        }
        made
    }

    fn joined(&mut self, side: usize, parts: &[Ref], all: bool) -> (Lit, Lit) {
        let parts: Vec<(Lit, Lit)> = parts.iter().map(|part| self.cond(side, *part)).collect();
        let (yes, no) = (parts.iter().map(|(yes, _)| *yes), parts.iter().map(|(_, no)| *no));
        if all { (self.gates.all(yes), self.gates.any(no)) } else { (self.gates.any(yes), self.gates.all(no)) }
    }

    fn probe(&mut self, side: usize, probe: &Probe) -> (Lit, Lit) {
        let none = (self.gates.no(), self.gates.no());
        match probe {
            Probe::Word(slot, mask) => self.tested(
                side,
                *slot,
                &|said, ty| matches!(said, Said::Word(word) if ty.word(word).is_some_and(|at| mask >> at & 1 == 1)),
            ),
            Probe::Code(slot, codes) => {
                self.tested(side, *slot, &|said, _| matches!(said, Said::Code(code) if codes.binary_search(code).is_ok()))
            }
            Probe::Text(slot, texts) => {
                self.tested(side, *slot, &|said, _| matches!(said, Said::Text(text) if texts.contains(text)))
            }
            Probe::Day(slot, order, limit) => self.compare(side, &Term::Day(*slot), *order, &Term::ConstWhole(*limit)),
            Probe::Whole(slot, order, limit) => self.compare(side, &Term::Whole(*slot), *order, &Term::ConstWhole(*limit)),
            Probe::Money(slot, order, limit) => self.compare(side, &Term::Money(*slot), *order, &Term::ConstMoney(*limit)),
            Probe::Same(a, b) => self.same(side, *a, *b),
            Probe::Contains(set, bit) => self.contains(side, *set, *bit),
            Probe::ContainsFact(set, word, bits) => self.contains_fact(side, *set, *word, bits),
            Probe::Empty(set) => {
                let mut ways = (Vec::new(), Vec::new());
                for (when, origin) in self.origins(side, *set).iter() {
                    let members = self.members(origin);
                    let any = match origin {
                        Origin::Unread => self.opaque().0,
                        _ => self.gates.any(members.into_iter().map(|(_, lit)| lit)),
                    };
                    ways.0.push(self.gates.all([*when, !any]));
                    ways.1.push(self.gates.all([*when, any]));
                }
                (self.gates.any(ways.0), self.gates.any(ways.1))
            }
            Probe::IsNone(term) => {
                let cases = self.term(side, term);
                let mut ways = (Vec::new(), Vec::new());
                for (when, value) in cases {
                    match value {
                        Value::Never => ways.0.push(when),
                        Value::Whole(_) => ways.1.push(when),
                        Value::Number { .. } => {}
                        Value::Opaque => {
                            let (yes, no) = self.opaque();
                            ways.0.push(self.gates.all([when, yes]));
                            ways.1.push(self.gates.all([when, no]));
                        }
                    }
                }
                (self.gates.any(ways.0), self.gates.any(ways.1))
            }
            Probe::Known(term) => {
                let cases = self.term(side, term);
                (self.known(&cases), self.gates.no())
            }
            Probe::Compare(left, order, right) => self.compare(side, left, *order, right),
            Probe::Within(day, window) => {
                let day = self.term(side, day);
                let [inside, _, outside] = self.within(side, &day, window);
                (inside, outside)
            }
            Probe::Mixed(slot) => {
                let mixed = self.mixed(side, *slot);
                (mixed, !mixed)
            }
            Probe::Unstated => none,
        }
    }

    /// A test of the value of one fact.
    fn tested(&mut self, side: usize, slot: SlotId, test: &dyn Fn(&Said, &Type) -> bool) -> (Lit, Lit) {
        let Some(ty) = self.side(side).and_then(|(rules, _)| rules.program.fact_of(slot).map(|fact| fact.ty.clone())) else {
            return self.opaque();
        };
        let mut ways = (Vec::new(), Vec::new());
        for (when, origin) in self.origins(side, slot).iter() {
            let holds = match origin {
                Origin::Given(var) => {
                    let holds = self.choices(*var).into_iter().filter(|(said, _)| test(said, &ty)).map(|(_, lit)| lit);
                    let holds: Vec<Lit> = holds.collect();
                    self.gates.any(holds)
                }
                Origin::Constant(said) => self.gates.constant(test(said, &ty)),
                Origin::Sum(..) | Origin::Unread => self.opaque().0,
            };
            ways.0.push(self.gates.all([*when, holds]));
            ways.1.push(self.gates.all([*when, !holds]));
        }
        (self.gates.any(ways.0), self.gates.any(ways.1))
    }

    /// The values of a variable that has a list of them.
    fn choices(&self, var: usize) -> Vec<(Said, Lit)> {
        match self.vars.get(var).map(|var| &var.domain) {
            Some(Domain::Words(words)) => words.iter().map(|(word, lit)| (Said::Word(word.clone()), *lit)).collect(),
            Some(Domain::Codes(codes)) => codes.iter().map(|(code, lit)| (Said::Code(*code), *lit)).collect(),
            Some(Domain::Texts(texts)) => texts.iter().map(|(text, lit)| (Said::Text(text.clone()), *lit)).collect(),
            _ => Vec::new(),
        }
    }

    /// The words that a set may hold.
    fn members(&self, origin: &Origin) -> Vec<(String, Lit)> {
        match origin {
            Origin::Given(var) => match self.vars.get(*var).map(|var| &var.domain) {
                Some(Domain::Set(words)) => words.clone(),
                _ => Vec::new(),
            },
            Origin::Constant(Said::Words(words)) => words.iter().map(|word| (word.clone(), self.gates.yes())).collect(),
            _ => Vec::new(),
        }
    }

    fn set_word(&self, side: usize, set: SlotId, bit: u32) -> Option<String> {
        let (rules, _) = self.side(side)?;
        let words = rules.program.fact_of(set)?.ty.words();
        words.get(usize::try_from(bit).ok()?).map(|word| (*word).to_owned())
    }

    fn contains(&mut self, side: usize, set: SlotId, bit: u32) -> (Lit, Lit) {
        let Some(word) = self.set_word(side, set, bit) else { return self.opaque() };
        let mut ways = (Vec::new(), Vec::new());
        for (when, origin) in self.origins(side, set).iter() {
            let found = self.members(origin).into_iter().find(|(known, _)| *known == word);
            let holds = match origin {
                Origin::Unread => self.opaque().0,
                _ => found.map_or(self.gates.no(), |(_, lit)| lit),
            };
            ways.0.push(self.gates.all([*when, holds]));
            ways.1.push(self.gates.all([*when, !holds]));
        }
        (self.gates.any(ways.0), self.gates.any(ways.1))
    }

    fn contains_fact(&mut self, side: usize, set: SlotId, word: SlotId, bits: &[Option<u32>]) -> (Lit, Lit) {
        let mut known = (Vec::new(), Vec::new());
        known.0.extend(self.origins(side, set).iter().map(|(when, _)| *when));
        known.1.extend(self.origins(side, word).iter().map(|(when, _)| *when));
        let known = [self.gates.any(known.0), self.gates.any(known.1)];
        let mut ways = Vec::new();
        for (at, bit) in bits.iter().enumerate() {
            let Some(bit) = bit else { continue };
            let (is, _) = self.tested(side, word, &|said, ty| {
                matches!(said, Said::Word(word) if ty.word(word).and_then(|lane| usize::try_from(lane).ok()) == Some(at))
            });
            let (holds, _) = self.contains(side, set, *bit);
            ways.push(self.gates.all([is, holds]));
        }
        let holds = self.gates.any(ways);
        (self.gates.all([known[0], known[1], holds]), self.gates.all([known[0], known[1], !holds]))
    }

    /// Two facts of one type are equal.
    fn same(&mut self, side: usize, a: SlotId, b: SlotId) -> (Lit, Lit) {
        let mut ways = (Vec::new(), Vec::new());
        let (first, second) = (self.origins(side, a), self.origins(side, b));
        for (when, left) in first.iter() {
            for (other, right) in second.iter() {
                let both = self.gates.all([*when, *other]);
                let equal = match (left, right) {
                    (Origin::Given(x), Origin::Given(y)) => self.equal(*x, *y),
                    (Origin::Given(x), Origin::Constant(said)) | (Origin::Constant(said), Origin::Given(x)) => {
                        let said = self.converted(side, said, if matches!(left, Origin::Given(_)) { (b, a) } else { (a, b) });
                        match said {
                            Some(said) => self.is(*x, &said),
                            None => self.gates.no(),
                        }
                    }
                    (Origin::Constant(x), Origin::Constant(y)) => {
                        let y = self.converted(side, y, (b, a));
                        self.gates.constant(y.as_ref() == Some(x))
                    }
                    _ => self.opaque().0,
                };
                ways.0.push(self.gates.all([both, equal]));
                ways.1.push(self.gates.all([both, !equal]));
            }
        }
        (self.gates.any(ways.0), self.gates.any(ways.1))
    }

    /// A word of one fact as the word of another that has the same lane.
    fn converted(&self, side: usize, said: &Said, (from, to): (SlotId, SlotId)) -> Option<Said> {
        let Said::Word(word) = said else { return Some(said.clone()) };
        let (rules, _) = self.side(side)?;
        let main = rules.program.fact_of(from)?.ty.word(word)?;
        Some(Said::Word(rules.program.fact_of(to)?.ty.text(Lane { main, aux: 0 })))
    }

    fn equal(&mut self, x: usize, y: usize) -> Lit {
        let (Some(a), Some(b)) = (self.vars.get(x).cloned(), self.vars.get(y).cloned()) else { return self.gates.no() };
        match (&a.domain, &b.domain) {
            (Domain::Set(left), Domain::Set(right)) => {
                let mut parts = Vec::new();
                for (word, lit) in left {
                    let other = right.iter().find(|(known, _)| known == word).map_or(self.gates.no(), |(_, lit)| *lit);
                    let (both, neither) = (self.gates.all([*lit, other]), self.gates.all([!*lit, !other]));
                    parts.push(self.gates.any([both, neither]));
                }
                parts.extend(
                    right.iter().filter(|(word, _)| !left.iter().any(|(known, _)| known == word)).map(|(_, lit)| !*lit),
                );
                self.gates.all(parts)
            }
            (Domain::Number { never, currencies, .. }, Domain::Number { never: other, currencies: others, .. }) => {
                let (p, q) =
                    (super::cells::as_poly(a.place.form, x, &a.domain), super::cells::as_poly(b.place.form, y, &b.domain));
                let equal = self.ordered(&p, &q).map_or_else(|| self.opaque().0, |[_, equal, _]| equal);
                let currency = if currencies.is_empty() {
                    self.gates.yes()
                } else {
                    let pairs: Vec<Lit> = currencies
                        .iter()
                        .filter_map(|(code, lit)| {
                            others.iter().find(|(known, _)| known == code).map(|(_, other)| (*lit, *other))
                        })
                        .map(|(first, second)| self.gates.all([first, second]))
                        .collect();
                    self.gates.any(pairs)
                };
                let both_never = self.gates.all([*never, *other]);
                let days = self.gates.all([!*never, !*other, equal, currency]);
                self.gates.any([both_never, days])
            }
            _ => {
                let (left, right) = (self.choices(x), self.choices(y));
                let mut ways = Vec::new();
                for (said, lit) in left {
                    if let Some((_, other)) = right.iter().find(|(known, _)| *known == said) {
                        ways.push(self.gates.all([lit, *other]));
                    }
                }
                self.gates.any(ways)
            }
        }
    }

    fn compare(&mut self, side: usize, left: &Term, order: Order, right: &Term) -> (Lit, Lit) {
        let (left, right) = (self.term(side, left), self.term(side, right));
        let mut ways = (Vec::new(), Vec::new());
        for (first, a) in &left {
            for (second, b) in &right {
                let (yes, no) = self.compared(a, order, b);
                ways.0.push(self.gates.all([*first, *second, yes]));
                ways.1.push(self.gates.all([*first, *second, no]));
            }
        }
        (self.gates.any(ways.0), self.gates.any(ways.1))
    }

    /// Where a day lies in a window whose operands are known.
    pub(super) fn within(&mut self, side: usize, day: &Cases, window: &Window) -> Placed {
        let (start, length) = (self.term(side, &window.start), self.term(side, &window.length));
        let mut ways = [Vec::new(), Vec::new(), Vec::new()];
        for (first, day) in day {
            for (second, start) in &start {
                for (third, length) in &length {
                    let when = self.gates.all([*first, *second, *third]);
                    if when == self.gates.no() {
                        continue;
                    }
                    let placed = self.placed(day, start, length, window.first);
                    for (way, placed) in ways.iter_mut().zip(placed) {
                        way.push(self.gates.all([when, placed]));
                    }
                }
            }
        }
        ways.map(|way| self.gates.any(way))
    }

    fn placed(&mut self, day: &Value, start: &Value, length: &Value, first: FirstDay) -> Placed {
        let (yes, no) = (self.gates.yes(), self.gates.no());
        match (day, start, length) {
            (Value::Number { .. }, _, _) | (_, Value::Number { .. }, _) | (_, _, Value::Number { .. } | Value::Never) => {
                [no; 3]
            }
            (Value::Opaque, _, _) | (_, Value::Opaque, _) | (_, _, Value::Opaque) => self.anywhere(),
            (Value::Never, _, _) | (_, Value::Never, _) => [no, no, yes],
            (Value::Whole(day), Value::Whole(start), Value::Whole(length)) => {
                let before = self.ordered(day, start).map(|[below, ..]| below);
                let after = start.plus(length, false).and_then(|end| self.after(day, &end, first));
                let (Some(before), Some([inside, boundary, outside])) = (before, after) else { return self.anywhere() };
                [self.gates.all([!before, inside]), self.gates.all([!before, boundary]), self.gates.any([before, outside])]
            }
        }
    }

    /// A place that is not analysed.
    pub(super) fn anywhere(&mut self) -> Placed {
        let (inside, outside) = self.opaque();
        [inside, self.gates.all([!inside, !outside]), outside]
    }

    /// Where a day lies that is not before the start.
    pub(super) fn after(&mut self, day: &super::poly::Poly, end: &super::poly::Poly, first: FirstDay) -> Option<Placed> {
        let [below, equal, above] = self.ordered(day, end)?;
        let no = self.gates.no();
        Some(match first {
            FirstDay::Counted => [below, no, !below],
            FirstDay::NotCounted => [!above, no, above],
            FirstDay::Unstated => [below, equal, above],
            FirstDay::AtTheEarliest => [below, !below, no],
        })
    }
}
