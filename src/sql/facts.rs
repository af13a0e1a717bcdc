//! Cells to facts: typed, with what the vocabulary assumes, implies and computes.
//!
//! In: slots. Out: expressions that hold the lanes of evaluation, unknown where a cell is empty or cannot be; and the problem of
//! a row, if it has one.
//! Owns the first step of every query. It means what `facts` means by the same values in a document, which is proved by running
//! both. Never reads a rule.

use super::compile::Compile;
use super::dialect::Refusal;
use super::expr::Sql;
use super::layout::{self, CURRENCY, NONE};
use super::print::Kind;
use super::term::NO_DAY;
use crate::facts::document::MAX_TEXT;
use crate::program::{AS_OF, At, Fact, FactId, Lane, NO_EVENT, Slot, SlotId, Type};
use crate::value::{MAX_DAY, MAX_MINOR, MAX_WHOLE, MIN_DAY, countries, currencies, day_text};

/// What a cell says.
#[derive(Clone, Debug)]
pub(super) struct Given {
    /// Its value; unknown where it is empty or cannot be.
    pub(super) value: Sql,
    /// The currency of an amount, known where the value is.
    pub(super) currency: Option<Sql>,
    /// It is there and cannot be.
    bad: Sql,
}

/// What is known of a fact.
#[derive(Clone, Debug)]
pub(super) struct Known {
    /// Its value.
    pub(super) value: Sql,
    /// The currency of an amount, known where the value is.
    pub(super) currency: Option<Sql>,
}

/// A computed fact: what its parts come to.
struct Computed {
    /// The sum, where all parts are given in one currency and it is no larger than an amount may be.
    sum: Sql,
    currency: Sql,
    /// All parts are given, in more than one currency.
    differ: Sql,
    /// The sum is larger.
    beyond: Sql,
}

impl Compile<'_> {
    /// What is known of a fact.
    pub(super) fn fact(&mut self, slot: SlotId) -> Result<Known, Refusal> {
        if let Some(known) = self.facts.get(&slot) {
            return Ok(known.clone());
        }
        self.read.insert(slot);
        let given = self.cell(slot);
        let (mut values, mut currencies) = (vec![given.value.clone()], Vec::new());
        currencies.extend(given.currency.clone());
        if let Some(computed) = self.computed(slot) {
            values.push(computed.sum);
            currencies.push(computed.currency);
        }
        for (from, lane) in self.implying(slot) {
            let holds = self.is_told(from);
            let (value, currency) = self.lane(slot, lane)?;
            values.push(Sql::case(&[(holds.clone(), value)], &Sql::constant("NULL")));
            currencies.extend(currency.map(|currency| Sql::case(&[(holds, currency)], &Sql::constant("NULL"))));
        }
        let assumed = self.program.fact_of(slot).and_then(|fact| fact.assume.as_ref()).map(|assume| assume.value);
        if let Some(lane) = assumed {
            let (value, currency) = self.lane(slot, lane)?;
            values.push(value);
            currencies.extend(currency);
        }
        let value = self.stages.short(Sql::first_known(&values));
        let currency = match currencies.as_slice() {
            [] => None,
            parts => {
                // A currency counts only where its amount is known; both are taken from the same of these sources.
                let parts = Sql::first_known(parts);
                Some(self.stages.short(parts))
            }
        };
        let known = Known { value, currency };
        self.facts.insert(slot, known.clone());
        Ok(known)
    }

    /// Were the parts of a computed fact in more than one currency, so that it was not computed?
    pub(super) fn mixed(&mut self, slot: SlotId) -> Result<Sql, Refusal> {
        if matches!(self.program.slots.get(slot.0 as usize).map(|slot| slot.at), Some(At::Record(_))) {
            let construct = "`has mixed currencies` of a record";
            return Err(self.refusal(construct, "ask it of a fact of the account, or leave this decision out"));
        }
        self.read.insert(slot);
        let given = self.cell(slot);
        Ok(match self.computed(slot) {
            None => Sql::truth(false),
            Some(computed) => Sql::all([computed.differ, given.value.is_null()]),
        })
    }

    /// The problem of a row, as a text; unknown where it has none.
    pub(super) fn problem(&mut self, key: Option<SlotId>) -> Result<Sql, Refusal> {
        self.link();
        let slots: Vec<SlotId> = self.read.iter().copied().collect();
        let mut found: Vec<(Sql, Sql)> = Vec::new();
        let day = self.cell(AS_OF);
        found.push((day.value.is_null(), self.text("as_of")));
        if let Some(key) = key {
            let account = self.stages.source("found");
            found.push((account.is_null(), self.text("account.id: there is no such account")));
            let name = layout::column(self.program, key);
            let there = self.cell(key).value;
            found.push((there.is_null(), self.text(&name)));
            let again = self.stages.source("same").binary(">", &Sql::constant("1"));
            found.push((again, self.text(&format!("{name}: it stands twice, or its account does"))));
        }
        for slot in slots.iter().filter(|slot| **slot != AS_OF) {
            let (bad, name) = (self.cell(*slot).bad, layout::column(self.program, *slot));
            found.push((bad, self.text(&name)));
        }
        for slot in slots {
            let name = layout::column(self.program, slot);
            if let Some(computed) = self.computed(slot) {
                let given = self.cell(slot);
                let other = given.currency.map(|currency| currency.binary("<>", &computed.currency));
                let differs = Sql::any([given.value.binary("<>", &computed.sum)].into_iter().chain(other));
                let unequal = Sql::all([given.value.is_known(), computed.sum.is_known(), differs]);
                found.push((computed.beyond, self.text(&format!("{name}: its parts make an amount beyond the limit"))));
                found.push((unequal, self.text(&format!("{name}: its parts make another amount"))));
            }
            for (from, lane) in self.implying(slot) {
                let known = self.fact(slot)?;
                let (value, currency) = self.lane(slot, lane)?;
                let other = known.currency.zip(currency).map(|(found, wanted)| found.binary("<>", &wanted));
                let differs = Sql::any([known.value.binary("<>", &value)].into_iter().chain(other));
                let against = layout::column(self.program, from);
                let holds = self.is_told(from);
                found.push((Sql::all([holds, differs]), self.text(&format!("{name} contradicts {against}"))));
            }
        }
        let none = self.null(Kind::Text);
        let problem = Sql::case(&found, &none);
        Ok(self.stages.column(problem))
    }

    // ------------------------------------------------------------------ links between facts

    /// The slot of another fact at the same place.
    fn beside(&self, slot: SlotId, fact: FactId) -> Option<SlotId> {
        let at = self.program.slots.get(slot.0 as usize)?.at;
        let found = self.program.slots.iter().position(|other| *other == Slot { fact, at })?;
        u32::try_from(found).ok().map(SlotId)
    }

    /// The declared facts of a slot's section.
    fn section(&self, slot: SlotId) -> Vec<(FactId, &Fact)> {
        let section = self.program.fact_of(slot).and_then(|fact| self.program.sections.get(fact.section));
        let facts = section.map_or(&[][..], |section| &section.facts);
        facts.iter().filter_map(|id| Some((*id, self.program.facts.get(id.0 as usize)?))).collect()
    }

    /// Facts of which this one follows, with the value that follows.
    fn implying(&self, slot: SlotId) -> Vec<(SlotId, Lane)> {
        let own = self.program.slots.get(slot.0 as usize).map(|slot| slot.fact);
        let all = self.section(slot).into_iter().flat_map(|(id, fact)| {
            let implied = fact.implies.iter().filter(|(other, _)| Some(*other) == own);
            implied.filter_map(move |(_, lane)| Some((self.beside(slot, id)?, *lane)))
        });
        all.collect()
    }

    /// Reads every fact that is linked to one that is read, so that a contradiction is found.
    fn link(&mut self) {
        loop {
            let mut more = Vec::new();
            for slot in &self.read {
                let own = self.program.slots.get(slot.0 as usize).map(|slot| slot.fact);
                for (id, fact) in self.section(*slot) {
                    let parts = fact.computed.iter().flat_map(|computed| computed.parts.iter().map(|(_, part)| *part));
                    let linked: Vec<FactId> = fact.implies.iter().map(|(other, _)| *other).chain(parts).collect();
                    if !linked.is_empty() && (own == Some(id) || own.is_some_and(|own| linked.contains(&own))) {
                        more.extend(linked.into_iter().chain([id]).filter_map(|other| self.beside(*slot, other)));
                    }
                }
            }
            let before = self.read.len();
            self.read.extend(more);
            if self.read.len() == before {
                return;
            }
        }
    }

    /// Is a fact given, computed, or implied by one that is?
    fn is_told(&mut self, slot: SlotId) -> Sql {
        let mut sources = vec![slot];
        let mut next = 0;
        while let Some(at) = sources.get(next).copied() {
            next += 1;
            for (from, _) in self.implying(at) {
                if !sources.contains(&from) {
                    sources.push(from);
                }
            }
        }
        let mut known = Vec::new();
        for source in sources {
            self.read.insert(source);
            known.push(self.cell(source).value.is_known());
            known.extend(self.computed(source).map(|computed| computed.sum.is_known()));
        }
        let known = Sql::any(known);
        self.stages.short(known)
    }

    fn computed(&mut self, slot: SlotId) -> Option<Computed> {
        let parts = self.program.fact_of(slot)?.computed.as_ref()?.parts.clone();
        let mut given = Vec::new();
        for (minus, part) in parts {
            let part = self.beside(slot, part)?;
            self.read.insert(part);
            given.push((minus, self.cell(part)));
        }
        let first = given.first().and_then(|(_, cell)| cell.currency.clone())?;
        let all = Sql::all(given.iter().map(|(_, cell)| cell.value.is_known()));
        let all = self.stages.column(all);
        let others = given.iter().skip(1).filter_map(|(_, cell)| cell.currency.clone());
        let differ = Sql::any(others.map(|other| first.binary("<>", &other)).collect::<Vec<_>>());
        let differ = self.stages.column(Sql::case(&[(all.clone(), differ)], &Sql::truth(false)));
        let mut sum = Sql::constant("CAST(0 AS BIGINT)");
        for (minus, cell) in &given {
            sum = sum.binary(if *minus { "-" } else { "+" }, &cell.value);
        }
        let null = self.null(Kind::Whole);
        let made = self.stages.column(Sql::case(&[(Sql::all([all, differ.not()]), sum)], &null));
        let limit = |sign: &str| Sql::constant(format!("{sign}{MAX_MINOR}"));
        let fits = Sql::all([made.binary(">=", &limit("-")), made.binary("<=", &limit(""))]);
        let fits = self.stages.column(fits);
        let sum = self.stages.column(Sql::case(&[(fits.clone(), made.clone())], &null));
        let currency = Sql::case(&[(sum.is_known(), first)], &self.null(Kind::Text));
        Some(Computed { sum, currency: self.stages.column(currency), differ, beyond: Sql::all([made.is_known(), fits.not()]) })
    }

    /// A value of the rules as an expression, with its currency.
    fn lane(&mut self, slot: SlotId, lane: Lane) -> Result<(Sql, Option<Sql>), Refusal> {
        let ty = self.program.fact_of(slot).map(|fact| fact.ty.clone());
        let whole = |value: i64| Sql::constant(format!("CAST({value} AS BIGINT)"));
        let billionths = |print: &str| {
            let all = i128::from(lane.main) * 1_000_000_000 + i128::from(lane.aux);
            Sql::constant(format!("CAST({all} AS {print})"))
        };
        Ok(match ty {
            Some(Type::Bool) => (Sql::truth(lane.main == 1), None),
            Some(Type::Date { .. }) => (whole(if lane.main == NO_EVENT { NO_DAY } else { lane.main }), None),
            Some(Type::Integer) => (whole(lane.main), None),
            Some(Type::Decimal | Type::Percent) => (billionths(self.print.wide_type()), None),
            Some(Type::Money) => {
                let code = crate::value::currency_text(lane.aux);
                (whole(lane.main), Some(self.text(code)))
            }
            Some(ty @ (Type::Country | Type::Currency | Type::Enum(_))) => (self.text(&ty.text(lane)), None),
            Some(Type::Set(_) | Type::Text) | None => {
                let construct = "a list or a text that follows from other facts";
                return Err(self.refusal(construct, "give it in the table, and take the assumption out of the vocabulary"));
            }
        })
    }

    // ------------------------------------------------------------------ cells

    /// A column of the tables, under its name in the first stage.
    fn raw(&mut self, slot: SlotId, suffix: &str) -> Sql {
        let name = layout::column(self.program, slot) + suffix;
        let alias = format!("r{}{}", slot.0, suffix.get(1..2).unwrap_or(""));
        let made = self.stages.source(&alias);
        if slot == AS_OF {
            return made; // It is a parameter or a column, which the query itself says.
        }
        let at = self.program.slots.get(slot.0 as usize).map(|slot| slot.at);
        let columns = if matches!(at, Some(At::Record(_))) { &mut self.record } else { &mut self.account };
        columns.push((name, alias));
        made
    }

    /// What a cell says.
    pub(super) fn cell(&mut self, slot: SlotId) -> Given {
        if let Some(given) = self.cells.get(&slot) {
            return given.clone();
        }
        let ty = self.program.fact_of(slot).map(|fact| fact.ty.clone());
        let raw = self.raw(slot, "");
        let given = match ty {
            Some(Type::Bool) => Given { value: raw, currency: None, bad: Sql::truth(false) },
            Some(Type::Date { optional }) => self.date(slot, &raw, optional),
            Some(Type::Money) => self.money(slot, &raw),
            Some(ty @ (Type::Integer | Type::Decimal | Type::Percent)) => self.number(&ty, &raw),
            Some(Type::Country) => {
                let codes = countries().map(str::to_owned).collect::<Vec<_>>();
                self.word(&raw, &codes)
            }
            Some(Type::Currency) => {
                let codes = currencies().map(|(code, _)| code.to_owned()).collect::<Vec<_>>();
                self.word(&raw, &codes)
            }
            Some(Type::Enum(words)) => self.word(&raw, &words),
            Some(Type::Set(words)) => self.words(&raw, &words),
            Some(Type::Text) | None => self.free_text(&raw),
        };
        self.cells.insert(slot, given.clone());
        given
    }

    /// A value that is taken where it is possible.
    fn taken(&mut self, there: &Sql, possible: Sql, value: Sql, kind: Kind) -> Given {
        let null = self.null(kind);
        let value = self.stages.column(Sql::case(&[(possible, value)], &null));
        Given { bad: Sql::all([there.is_known(), value.is_null()]), value, currency: None }
    }

    /// A text cell without blanks around it; one of nothing but blanks is empty.
    fn filled(&mut self, raw: &Sql) -> Sql {
        let plain = self.print.plain_text(raw.text());
        let trimmed = Sql::of([raw], format!("NULLIF({}, '')", self.print.trimmed(&plain)));
        self.stages.column(trimmed)
    }

    fn word(&mut self, raw: &Sql, words: &[String]) -> Given {
        let filled = self.filled(raw);
        let literals: Vec<String> = words.iter().map(|word| self.print.literal(word)).collect();
        self.taken(&filled, filled.among(&literals), filled.clone(), Kind::Text)
    }

    fn free_text(&mut self, raw: &Sql) -> Given {
        let filled = self.filled(raw);
        let plain = Sql::of([raw], self.print.plain_text(raw.text()));
        let fits = Sql::of([raw], format!("({} <= {MAX_TEXT})", self.print.bytes(plain.text())));
        self.taken(&filled, Sql::all([filled.is_known(), fits]), plain, Kind::Text)
    }

    fn words(&mut self, raw: &Sql, words: &[String]) -> Given {
        let literals: Vec<String> = words.iter().map(|word| self.print.literal(word)).collect();
        let only = Sql::of([raw], self.print.holds_only(raw.text(), &self.print.words(&literals)));
        let value = self.stages.column(Sql::case(&[(only, raw.clone())], &Sql::constant("NULL")));
        Given { bad: Sql::all([raw.is_known(), value.is_null()]), value, currency: None }
    }

    fn date(&mut self, slot: SlotId, raw: &Sql, optional: bool) -> Given {
        let limit = |day| format!("DATE '{}'", day_text(day));
        let possible = Sql::of([raw], format!("({} BETWEEN {} AND {})", raw.text(), limit(MIN_DAY), limit(MAX_DAY)));
        let number = Sql::of([raw], self.print.day_number(raw.text()));
        if !optional {
            return self.taken(raw, possible, number, Kind::Whole);
        }
        let none = self.raw(slot, NONE);
        let null = self.null(Kind::Whole);
        let no_day = Sql::constant(NO_DAY.to_string());
        let branches = [(Sql::all([none.clone(), raw.is_null()]), no_day), (none.clone(), null.clone()), (possible, number)];
        let value = self.stages.column(Sql::case(&branches, &null));
        let there = Sql::any([raw.is_known(), Sql::case(&[(none, Sql::truth(true))], &Sql::truth(false))]);
        Given { bad: Sql::all([there, value.is_null()]), value, currency: None }
    }

    /// A number column as a decimal that is exactly what the column says, else unknown.
    fn exact(&mut self, raw: &Sql) -> Sql {
        let decimal = Sql::of([raw], self.print.decimal(raw.text()));
        let decimal = self.stages.column(decimal);
        let same = self.print.same_number(decimal.text(), raw.text());
        if same == "TRUE" {
            return decimal;
        }
        let same = Sql::of([&decimal, raw], same);
        let exact = Sql::case(&[(decimal.is_null(), decimal.clone()), (same, decimal.clone())], &Sql::constant("NULL"));
        self.stages.column(exact)
    }

    fn money(&mut self, slot: SlotId, raw: &Sql) -> Given {
        let code = self.raw(slot, CURRENCY);
        let code = self.filled(&code);
        let exact = self.exact(raw);
        let literal = |print: &dyn super::print::Print, wanted: &dyn Fn(u32) -> bool| -> Vec<String> {
            currencies().filter(|(_, digits)| wanted(*digits)).map(|(code, _)| print.literal(code)).collect()
        };
        let all = literal(self.print, &|_| true);
        let known = self.stages.column(code.among(&all));
        let mut scales = Vec::new();
        for digits in [0_u32, 3, 4] {
            let codes = literal(self.print, &|of| of == digits);
            if !codes.is_empty() {
                scales.push((code.among(&codes), Sql::constant(10_u64.pow(digits).to_string())));
            }
        }
        let scale = self.stages.column(Sql::case(&scales, &Sql::constant("100")));
        let minor = self.stages.column(exact.binary("*", &scale));
        let floor = Sql::of([&minor], format!("FLOOR({})", minor.text()));
        let limit = Sql::of([&minor], format!("({} BETWEEN -{MAX_MINOR} AND {MAX_MINOR})", minor.text()));
        let possible = Sql::all([known.clone(), limit, minor.equals(&floor)]);
        let whole = Sql::of([&minor], self.print.whole(minor.text()));
        let mut given = self.taken(raw, possible, whole, Kind::Whole);
        let currency = Sql::case(&[(given.value.is_known(), code.clone())], &self.null(Kind::Text));
        given.currency = Some(self.stages.column(currency));
        // A currency that is none is a mistake even beside an empty amount.
        given.bad = Sql::any([given.bad, Sql::all([code.is_known(), known.not()])]);
        given
    }

    fn number(&mut self, ty: &Type, raw: &Sql) -> Given {
        let exact = self.exact(raw);
        let (low, high) = match ty {
            Type::Percent => (">", 100),
            _ => (">=", MAX_WHOLE),
        };
        let (zero, most) = (Sql::constant("0"), Sql::constant(high.to_string()));
        let range = Sql::all([exact.binary(low, &zero), exact.binary("<=", &most)]);
        let floored = |sql: &Sql| Sql::of([sql], format!("FLOOR({})", sql.text()));
        if *ty == Type::Integer {
            let possible = Sql::all([range, exact.equals(&floored(&exact))]);
            let whole = Sql::of([&exact], self.print.whole(exact.text()));
            return self.taken(raw, possible, whole, Kind::Whole);
        }
        let nanos = self.stages.column(exact.binary("*", &Sql::constant("1000000000")));
        let possible = Sql::all([range, nanos.equals(&floored(&nanos))]);
        let wide = Sql::of([&nanos], format!("CAST({} AS {})", nanos.text(), self.print.wide_type()));
        self.taken(raw, possible, wide, Kind::Wide)
    }
}
