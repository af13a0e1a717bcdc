//! A drawn portfolio: rows of which nothing is missing, and the same rows with half of the facts missing.
//!
//! In: terms. Out: cells. Owns the draws, the same in every run. Never decides: rows are made to please one program in
//! most of its requirements, so that all three verdicts occur, and nobody is told which.

use accredit::syntax::Order;

use crate::terms::{Kind, Terms, Test, When};

/// A cell of a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cell {
    /// Nobody knows.
    Missing,
    /// Yes or no.
    Flag(bool),
    /// A word, by its place among the words of the field.
    Word(usize),
    /// A whole number or a day.
    Number(i64),
    /// Minor units, and the place of the currency in [`CURRENCIES`].
    Amount(i64, usize),
}

/// The currencies of amounts.
pub const CURRENCIES: [&str; 2] = ["USD", "EUR"];

/// A row: a cell for each field.
pub type Row = Vec<Cell>;

/// splitmix64, so that every run draws the same accounts.
struct Draw(u64);

impl Draw {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n as u64) as usize
    }

    fn chance(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }

    fn cell(&mut self, kind: &Kind, as_of: i64) -> Cell {
        match kind {
            Kind::Flag => Cell::Flag(self.chance(2)),
            Kind::Word(words) => Cell::Word(self.below(words.len())),
            Kind::Count => Cell::Number(self.below(40) as i64),
            Kind::Day => Cell::Number(as_of - self.below(500) as i64),
            Kind::Amount => Cell::Amount(self.below(1_500_000) as i64, usize::from(self.chance(5))),
        }
    }

    /// Sets cells so that a condition holds.
    fn please(&mut self, terms: &Terms, when: &When, row: &mut Row) {
        match when {
            When::All(parts) => parts.iter().for_each(|part| self.please(terms, part, row)),
            When::Any(parts) => {
                let chosen = self.below(parts.len());
                self.please(terms, &parts[chosen], row);
            }
            // Where it must not hold, chance decides.
            When::Not(_) => {}
            When::Test(Test::Flag(at, value)) => row[*at] = Cell::Flag(*value),
            When::Test(Test::OneOf(at, values)) => {
                let Kind::Word(words) = &terms.fields[*at].kind else { return };
                let value = &values[self.below(values.len())];
                row[*at] = words.iter().position(|word| word == value).map_or(row[*at], Cell::Word);
            }
            When::Test(Test::Constant(at, order, than)) => row[*at] = Cell::Number(self.beside(*order, *than, 20)),
            When::Test(Test::Days(at, order, other, moved)) => {
                if let Cell::Number(day) = row[*other] {
                    row[*at] = Cell::Number(self.beside(*order, day + moved, 20));
                }
            }
            When::Test(Test::Amount(at, order, minor, currency)) => {
                let currency = CURRENCIES.iter().position(|one| one == currency).unwrap_or(0);
                row[*at] = Cell::Amount(self.beside(*order, *minor, 200_000), currency);
            }
        }
    }

    /// A number for which the order holds, often the boundary itself.
    fn beside(&mut self, order: Order, than: i64, far: usize) -> i64 {
        let off = if self.chance(4) { 0 } else { self.below(far) as i64 };
        match order {
            Order::AtLeast => than + off,
            Order::Above => than + 1 + off,
            Order::AtMost => (than - off).max(0),
            Order::Below => (than - 1 - off).max(0),
            Order::Exactly => than,
        }
    }
}

/// So many rows of which nothing is missing.
pub fn full(terms: &Terms, rows: usize) -> Vec<Row> {
    let mut draw = Draw(7);
    let one = |draw: &mut Draw| {
        let mut row: Row = terms.fields.iter().map(|field| draw.cell(&field.kind, terms.as_of)).collect();
        let program = &terms.programs[draw.below(terms.programs.len())];
        for requirement in &program.requirements {
            if !draw.chance(12) {
                draw.please(terms, requirement, &mut row);
            }
        }
        row
    };
    (0..rows).map(|_| one(&mut draw)).collect()
}

/// The same rows, each cell missing with a chance of one half.
pub fn half_missing(full: &[Row]) -> Vec<Row> {
    let mut draw = Draw(11);
    let mut thin = |row: &Row| row.iter().map(|cell| if draw.chance(2) { Cell::Missing } else { *cell }).collect();
    full.iter().map(&mut thin).collect()
}
