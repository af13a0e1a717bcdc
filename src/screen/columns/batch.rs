//! Many accounts side by side: one column a slot, as narrow as its type allows.
//!
//! In: values row by row or column by column. Out: columns for the engine; the facts of one row for whoever explains it.
//! Owns the layout of columns. Never reads a text, never decides.

use super::plane::{Plane, STRIP};
use crate::facts::{Facts, State, Texts};
use crate::plan::Plan;
use crate::program::{At, Lane, ListId, NO_EVENT, Program, SlotId, Type};

/// Rows of a full batch.
pub const ROWS: usize = 8 * STRIP;

/// The values of one column. Rows of which nothing is known hold anything.
#[derive(Clone, Debug)]
pub enum Values {
    /// Words of an enum, no and yes.
    Words(Vec<u8>),
    /// Countries and currencies.
    Codes(Vec<u16>),
    /// Days; [`NO_DAY`] is no event.
    Days(Vec<i32>),
    /// Whole numbers, sets as bits, texts by index.
    Wholes(Vec<i64>),
    /// Minor units and currencies.
    Money(Vec<i64>, Vec<u16>),
    /// Whole parts and billionths, of decimals and percentages.
    Numbers(Vec<i64>, Vec<u32>),
}

/// The values of a strip in one column.
#[derive(Clone, Copy, Debug)]
pub enum Part<'v> {
    /// Words of an enum, no and yes.
    Words(&'v [u8]),
    /// Countries and currencies.
    Codes(&'v [u16]),
    /// Days; [`NO_DAY`] is no event.
    Days(&'v [i32]),
    /// Whole numbers, sets as bits, texts by index.
    Wholes(&'v [i64]),
    /// Minor units and currencies.
    Money(&'v [i64], &'v [u16]),
    /// Whole parts and billionths.
    Numbers(&'v [i64], &'v [u32]),
}

/// The day of a date that is known not to have happened, in a column.
pub const NO_DAY: i32 = i32::MIN;

impl Values {
    /// No rows yet, for a type.
    pub fn of(ty: &Type) -> Self {
        match ty {
            Type::Bool | Type::Enum(_) => Self::Words(Vec::new()),
            Type::Country | Type::Currency => Self::Codes(Vec::new()),
            Type::Date { .. } => Self::Days(Vec::new()),
            Type::Integer | Type::Set(_) | Type::Text => Self::Wholes(Vec::new()),
            Type::Money => Self::Money(Vec::new(), Vec::new()),
            Type::Decimal | Type::Percent => Self::Numbers(Vec::new(), Vec::new()),
        }
    }

    /// The value of a row.
    pub fn get(&self, row: usize) -> Lane {
        fn at<T: Copy + Default>(values: &[T], row: usize) -> T {
            values.get(row).copied().unwrap_or_default()
        }
        let lane = |main| Lane { main, aux: 0 };
        match self {
            Self::Words(words) => lane(i64::from(at(words, row))),
            Self::Codes(codes) => lane(i64::from(at(codes, row))),
            Self::Days(days) => lane(wide_day(at(days, row))),
            Self::Wholes(wholes) => lane(at(wholes, row)),
            Self::Money(minor, currency) => Lane { main: at(minor, row), aux: i64::from(at(currency, row)) },
            Self::Numbers(whole, nanos) => Lane { main: at(whole, row), aux: i64::from(at(nanos, row)) },
        }
    }

    /// Sets the value of a row that there is.
    #[inline]
    pub fn put(&mut self, row: usize, Lane { main, aux }: Lane) {
        fn at<T>(values: &mut [T], row: usize, value: T) {
            if let Some(place) = values.get_mut(row) {
                *place = value;
            }
        }
        match self {
            Self::Words(words) => at(words, row, u8::try_from(main).unwrap_or(u8::MAX)),
            Self::Codes(codes) => at(codes, row, u16::try_from(main).unwrap_or(u16::MAX)),
            Self::Days(days) => at(days, row, narrow_day(main)),
            Self::Wholes(wholes) => at(wholes, row, main),
            Self::Money(minor, currency) => {
                at(minor, row, main);
                at(currency, row, u16::try_from(aux).unwrap_or(u16::MAX));
            }
            Self::Numbers(whole, nanos) => {
                at(whole, row, main);
                at(nanos, row, u32::try_from(aux).unwrap_or(u32::MAX));
            }
        }
    }

    /// The values of a strip.
    pub fn part(&self, strip: usize) -> Part<'_> {
        fn of<T>(values: &[T], strip: usize) -> &[T] {
            values.get(strip * STRIP..(strip + 1) * STRIP).unwrap_or(&[])
        }
        match self {
            Self::Words(words) => Part::Words(of(words, strip)),
            Self::Codes(codes) => Part::Codes(of(codes, strip)),
            Self::Days(days) => Part::Days(of(days, strip)),
            Self::Wholes(wholes) => Part::Wholes(of(wholes, strip)),
            Self::Money(minor, currency) => Part::Money(of(minor, strip), of(currency, strip)),
            Self::Numbers(whole, nanos) => Part::Numbers(of(whole, strip), of(nanos, strip)),
        }
    }

    /// The values of some rows, in their order.
    fn gathered(&self, of: &[usize]) -> Self {
        fn at<T: Copy + Default>(values: &[T], of: &[usize]) -> Vec<T> {
            of.iter().map(|row| values.get(*row).copied().unwrap_or_default()).collect()
        }
        let mut values = match self {
            Self::Words(words) => Self::Words(at(words, of)),
            Self::Codes(codes) => Self::Codes(at(codes, of)),
            Self::Days(days) => Self::Days(at(days, of)),
            Self::Wholes(wholes) => Self::Wholes(at(wholes, of)),
            Self::Money(minor, currency) => Self::Money(at(minor, of), at(currency, of)),
            Self::Numbers(whole, nanos) => Self::Numbers(at(whole, of), at(nanos, of)),
        };
        values.resize(of.len().div_ceil(STRIP) * STRIP);
        values
    }

    /// Makes it so many rows.
    pub fn resize(&mut self, rows: usize) {
        match self {
            Self::Words(words) => words.resize(rows, 0),
            Self::Codes(codes) => codes.resize(rows, 0),
            Self::Days(days) => days.resize(rows, 0),
            Self::Wholes(wholes) => wholes.resize(rows, 0),
            Self::Money(minor, currency) => {
                minor.resize(rows, 0);
                currency.resize(rows, 0);
            }
            Self::Numbers(whole, nanos) => {
                whole.resize(rows, 0);
                nanos.resize(rows, 0);
            }
        }
    }
}

/// The day of a column as a lane.
#[inline]
pub const fn wide_day(day: i32) -> i64 {
    if day == NO_DAY { NO_EVENT } else { day as i64 }
}

/// A day of a lane as a column keeps it. Days have at most seven digits.
#[inline]
pub fn narrow_day(day: i64) -> i32 {
    if day == NO_EVENT { NO_DAY } else { i32::try_from(day).unwrap_or(NO_DAY) }
}

/// The values of one slot.
#[derive(Clone, Debug)]
pub enum Column {
    /// The same in every row.
    Same(Lane, State),
    /// A value a row.
    Each(Each),
}

impl Column {
    /// The values of some rows, in their order.
    fn gathered(&self, of: &[usize]) -> Self {
        match self {
            Self::Same(lane, state) => Self::Same(*lane, *state),
            Self::Each(each) => Self::Each(Each {
                values: each.values.gathered(of),
                known: gathered(&each.known, of),
                given: gathered(&each.given, of),
                derived: gathered(&each.derived, of),
            }),
        }
    }
}

fn is_text(program: &Program, slot: SlotId) -> bool {
    matches!(program.fact_of(slot).map(|fact| &fact.ty), Some(Type::Text))
}

/// The bits of some rows, in their order.
fn gathered(planes: &[Plane], of: &[usize]) -> Vec<Plane> {
    let mut found = vec![Plane::NONE; of.len().div_ceil(STRIP)];
    for (row, from) in of.iter().enumerate() {
        if let Some(plane) = found.get_mut(row / STRIP)
            && planes.get(from / STRIP).is_some_and(|plane| plane.has(from % STRIP))
        {
            plane.put(row % STRIP, true);
        }
    }
    found
}

/// A value a row.
#[derive(Clone, Debug)]
pub struct Each {
    /// The values.
    pub values: Values,
    /// Where something is known, by strips.
    pub known: Vec<Plane>,
    /// Where the input says it, by strips; elsewhere what is known was assumed, or computed.
    pub given: Vec<Plane>,
    /// Where it was computed, by strips.
    pub derived: Vec<Plane>,
}

impl Each {
    /// The value of a row, and how it came to be known.
    pub fn get(&self, row: usize) -> (Lane, State) {
        let has = |planes: &[Plane]| planes.get(row / STRIP).is_some_and(|plane| plane.has(row % STRIP));
        let state = match () {
            () if has(&self.given) => State::Given,
            () if has(&self.derived) => State::Derived,
            () if has(&self.known) => State::Assumed,
            () => return (Lane::default(), State::Missing),
        };
        (self.values.get(row), state)
    }

    /// Sets the value of a row.
    pub fn put(&mut self, row: usize, lane: Lane, state: State) {
        let put = |planes: &mut [Plane], on| {
            if let Some(plane) = planes.get_mut(row / STRIP) {
                plane.put(row % STRIP, on);
            }
        };
        put(&mut self.known, state != State::Missing);
        put(&mut self.given, state == State::Given);
        put(&mut self.derived, state == State::Derived);
        if state != State::Missing {
            self.values.put(row, lane);
        }
    }
}

/// Many accounts, or many records with what is known of their accounts.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    rows: usize,
    columns: Vec<Column>,
    /// Where the parts of a computed fact were in more than one currency, by strips.
    mixed: Vec<(SlotId, Vec<Plane>)>,
    /// Texts that columns of texts point to.
    texts: Texts,
}

impl Batch {
    /// Rows of which nothing is known but what the vocabulary assumes.
    pub fn new(plan: &Plan, rows: usize) -> Self {
        let columns = plan.blank.iter().map(|(lane, state)| Column::Same(*lane, *state)).collect();
        Self { rows, columns, mixed: Vec::new(), texts: Texts::default() }
    }

    /// The rows of some accounts.
    pub fn of_facts<'f>(program: &Program, plan: &Plan, accounts: impl ExactSizeIterator<Item = &'f Facts>) -> Self {
        let mut batch = Self::new(plan, accounts.len());
        for (row, facts) in accounts.enumerate() {
            batch.put_facts(program, row, facts);
        }
        batch
    }

    /// Sets a row to what is known of an account; records are left out.
    pub fn put_facts(&mut self, program: &Program, row: usize, facts: &Facts) {
        for (slot, (lane, state)) in (0_u32..).map(SlotId).zip(facts.values()) {
            let lane = match program.fact_of(slot).map(|fact| &fact.ty) {
                Some(Type::Text) if *state != State::Missing => Lane { main: self.text_index(facts.text(*lane)), aux: 0 },
                _ => *lane,
            };
            self.put(program, slot, row, lane, *state);
            if facts.is_mixed(slot) {
                self.note_mixed(slot, row);
            }
        }
    }

    /// A row for each of some records: what is known of its account, which is row `of` here, and at the slots of `list` what
    /// is known of the record itself.
    #[must_use]
    pub fn with_records(&self, program: &Program, list: ListId, of: &[usize], records: &Self) -> Self {
        let mut all = Self {
            rows: of.len(),
            columns: self.columns.iter().map(|column| column.gathered(of)).collect(),
            mixed: self.mixed.iter().map(|(slot, planes)| (*slot, gathered(planes, of))).collect(),
            texts: self.texts.clone(),
        };
        let own = (0_u32..).map(SlotId).zip(&program.slots).filter(|(_, slot)| slot.at == At::Record(list));
        for (slot, _) in own {
            if is_text(program, slot) {
                for row in 0..of.len() {
                    let (lane, state) = records.get(slot, row);
                    let lane = all.with_text_of(records, program, slot, lane, state);
                    all.put(program, slot, row, lane, state);
                }
            } else if let Some(column) = all.columns.get_mut(slot.0 as usize) {
                *column = records.column(slot).clone();
            }
        }
        all.mixed.extend(records.mixed.iter().cloned());
        all
    }

    /// How many rows there are.
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// How many strips there are.
    pub const fn strips(&self) -> usize {
        self.rows.div_ceil(STRIP)
    }

    /// How many rows a strip has.
    pub fn rows_of(&self, strip: usize) -> usize {
        self.rows.saturating_sub(strip * STRIP).min(STRIP)
    }

    /// The column of a slot.
    pub fn column(&self, slot: SlotId) -> &Column {
        const NOTHING: &Column = &Column::Same(Lane { main: 0, aux: 0 }, State::Missing);
        self.columns.get(slot.0 as usize).unwrap_or(NOTHING)
    }

    /// Does nobody say anything at a slot?
    pub fn is_blank(&self, slot: SlotId) -> bool {
        matches!(self.column(slot), Column::Same(_, State::Missing | State::Assumed))
    }

    /// Sets the same value in every row of a slot.
    pub fn put_all(&mut self, slot: SlotId, lane: Lane, state: State) {
        if let Some(column) = self.columns.get_mut(slot.0 as usize) {
            *column = Column::Same(lane, state);
        }
    }

    /// The column of a slot with a value a row, made from what was the same in every row where it has none.
    pub fn each(&mut self, program: &Program, slot: SlotId) -> Option<&mut Each> {
        let strips = self.strips();
        let column = self.columns.get_mut(slot.0 as usize)?;
        if let Column::Same(lane, state) = *column {
            let mut values = Values::of(&program.fact_of(slot)?.ty);
            values.resize(strips * STRIP);
            let planes = |on| vec![Plane::of(on); strips];
            let mut each = Each {
                values,
                known: planes(state != State::Missing),
                given: planes(state == State::Given),
                derived: planes(state == State::Derived),
            };
            if state != State::Missing {
                (0..self.rows).for_each(|row| each.values.put(row, lane));
            }
            *column = Column::Each(each);
        }
        match column {
            Column::Each(each) => Some(each),
            Column::Same(..) => None,
        }
    }

    /// Sets the values of all rows, known where they are `given`; the kind of values must be that of the slot's type. Says
    /// whether there is such a slot.
    pub fn put_values(&mut self, slot: SlotId, mut values: Values, given: Vec<Plane>) -> bool {
        let strips = self.strips();
        let Some(column) = self.columns.get_mut(slot.0 as usize) else { return false };
        values.resize(strips * STRIP);
        let mut known = given.clone();
        if let Column::Same(blank, State::Assumed | State::Given | State::Derived) = *column {
            // What the vocabulary assumes stands wherever the table says nothing.
            for (known, from) in known.iter_mut().zip((0..).step_by(STRIP)) {
                known.not().rows().for_each(|row| values.put(from + row, blank));
                *known = Plane::ALL;
            }
        }
        *column = Column::Each(Each { values, known, given, derived: vec![Plane::NONE; strips] });
        true
    }

    /// Sets one value.
    pub fn put(&mut self, program: &Program, slot: SlotId, row: usize, lane: Lane, state: State) {
        if matches!(self.column(slot), Column::Same(same, of) if *of == state && (*same == lane || state == State::Missing)) {
            return;
        }
        if let Some(each) = self.each(program, slot) {
            each.put(row, lane, state);
        }
    }

    /// One value, and how it came to be known.
    pub fn get(&self, slot: SlotId, row: usize) -> (Lane, State) {
        match self.column(slot) {
            Column::Same(lane, state) => (*lane, *state),
            Column::Each(each) => each.get(row),
        }
    }

    /// The index of a text, new or known.
    pub fn text_index(&mut self, text: &str) -> i64 {
        i64::try_from(self.texts.intern(text)).unwrap_or(i64::MAX)
    }

    /// The texts that columns of texts point to.
    pub const fn texts(&self) -> &Texts {
        &self.texts
    }

    /// The text of a lane of this batch.
    pub fn text(&self, lane: Lane) -> &str {
        usize::try_from(lane.main).ok().and_then(|at| self.texts.get(at)).unwrap_or("")
    }

    /// A value of another batch as a value of this one: a text has another index here.
    pub fn with_text_of(&mut self, other: &Self, program: &Program, slot: SlotId, lane: Lane, state: State) -> Lane {
        match state != State::Missing && is_text(program, slot) {
            true => Lane { main: self.text_index(other.text(lane)), ..lane },
            false => lane,
        }
    }

    /// Notes that in a row the parts of a computed fact were in more than one currency.
    pub fn note_mixed(&mut self, slot: SlotId, row: usize) {
        let strips = self.strips();
        let at = self.mixed.iter().position(|(of, _)| *of == slot).unwrap_or_else(|| {
            self.mixed.push((slot, vec![Plane::NONE; strips]));
            self.mixed.len() - 1
        });
        if let Some(plane) = self.mixed.get_mut(at).and_then(|(_, planes)| planes.get_mut(row / STRIP)) {
            plane.put(row % STRIP, true);
        }
    }

    /// Were the parts of a computed fact in more than one currency in a row?
    pub fn is_mixed(&self, slot: SlotId, row: usize) -> bool {
        self.mixed(slot, row / STRIP).has(row % STRIP)
    }

    /// Where in a strip the parts of a computed fact were in more than one currency.
    pub fn mixed(&self, slot: SlotId, strip: usize) -> Plane {
        let found = self.mixed.iter().find(|(of, _)| *of == slot);
        found.and_then(|(_, planes)| planes.get(strip)).copied().unwrap_or_default()
    }

    /// Makes `facts`, of the same program, those of a row; its records are left alone.
    pub fn facts_of(&self, program: &Program, row: usize, facts: &mut Facts) {
        facts.forget_mixed();
        for (at, column) in (0_u32..).zip(&self.columns) {
            let slot = SlotId(at);
            let (mut lane, state) = match column {
                Column::Same(lane, state) => (*lane, *state),
                Column::Each(each) => each.get(row),
            };
            if state != State::Missing && matches!(program.fact_of(slot).map(|fact| &fact.ty), Some(Type::Text)) {
                let text = usize::try_from(lane.main).ok().and_then(|at| self.texts.get(at));
                lane.main = facts.intern(text.unwrap_or(""));
            }
            facts.set(slot, lane, state);
        }
        for (slot, planes) in &self.mixed {
            if planes.get(row / STRIP).is_some_and(|plane| plane.has(row % STRIP)) {
                facts.note_mixed(*slot);
            }
        }
    }
}
