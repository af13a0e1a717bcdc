//! The dialects, and what each of them can say exactly as evaluation means it.
//!
//! In: a construct. Out: whether a dialect holds it, and a refusal that says what to do where it does not.
//! Owns the list of refusals: whatever is not refused means the same. Never approximates.

use super::duckdb::DuckDb;
use super::postgres::Postgres;
use super::print::Print;
use super::spark::Spark;

/// A dialect of SQL.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Dialect {
    /// PostgreSQL.
    Postgres,
    /// DuckDB.
    DuckDb,
    /// Spark SQL.
    Spark,
}

impl Dialect {
    /// Every dialect.
    pub const ALL: [Self; 3] = [Self::Postgres, Self::DuckDb, Self::Spark];

    /// Its name on the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::DuckDb => "duckdb",
            Self::Spark => "spark",
        }
    }

    /// Its name in a sentence.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Postgres => "PostgreSQL",
            Self::DuckDb => "DuckDB",
            Self::Spark => "Spark",
        }
    }

    /// How the day of the check is given to a query whose day is a parameter, as an example.
    pub fn day_help(self) -> &'static str {
        self.print().day_help()
    }

    pub(super) fn print(self) -> &'static dyn Print {
        match self {
            Self::Postgres => &Postgres,
            Self::DuckDb => &DuckDb,
            Self::Spark => &Spark,
        }
    }

    /// How far a dialect says a construct.
    pub fn support(self, construct: Construct) -> Support {
        let most = |most: Option<usize>| most.map_or(Support::Exact, Support::UpTo);
        let bits = |bits: Option<u32>| bits.and_then(|bits| usize::try_from(bits).ok());
        match construct {
            Construct::Arithmetic => most(bits(self.print().most_bits())),
            Construct::Name => most(self.print().most_name_bytes()),
            Construct::Columns => most(self.print().most_columns()),
            Construct::DayOfView if self.print().day_parameter(true).is_none() => Support::Nothing,
            Construct::MixedRecords | Construct::LinkedSets | Construct::FractionOfDays => Support::Nothing,
            Construct::DayOfView => Support::Exact,
        }
    }
}

/// Something that not every dialect says exactly.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Construct {
    /// Exact arithmetic; the limit is in bits of a result.
    Arithmetic,
    /// A name of a column or view; the limit is in bytes.
    Name,
    /// A query; the limit is in columns.
    Columns,
    /// A view whose day is a parameter.
    DayOfView,
    /// `has mixed currencies` of a record, which a document answers for all records of its list together.
    MixedRecords,
    /// A list or a text that follows from other facts.
    LinkedSets,
    /// A number of days that is computed and need not be whole.
    FractionOfDays,
}

/// How far a dialect says a construct.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Support {
    /// Exactly, whatever the rules say.
    Exact,
    /// Exactly up to a limit; what may go beyond is refused.
    UpTo(usize),
    /// Not at all: refused.
    Nothing,
}

/// Why no SQL was made: something that the dialect cannot say exactly.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}: {construct}, which {} cannot say exactly; {help}", place(.decision.as_deref(), .part.as_deref()), .dialect.name())]
pub struct Refusal {
    /// The decision; nothing where the whole query is refused.
    pub decision: Option<String>,
    /// The requirement, state condition or reward of it.
    pub part: Option<String>,
    /// What it is.
    pub construct: String,
    /// Which dialect.
    pub dialect: Dialect,
    /// What to do.
    pub help: String,
}

fn place(decision: Option<&str>, part: Option<&str>) -> String {
    match (decision, part) {
        (Some(decision), Some(part)) => format!("`{decision}`, {part}"),
        (Some(decision), None) => format!("`{decision}`"),
        (None, _) => "this query".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Construct, Dialect, Refusal, Support};

    #[test]
    fn a_refusal_says_where_what_and_what_to_do() {
        let refusal = Refusal {
            decision: Some("rebate".to_owned()),
            part: Some("requirement `roi`".to_owned()),
            construct: "arithmetic with numbers of 131 bits".to_owned(),
            dialect: Dialect::Spark,
            help: "use `--dialect postgres`".to_owned(),
        };
        assert_eq!(
            refusal.to_string(),
            "`rebate`, requirement `roi`: arithmetic with numbers of 131 bits, which Spark cannot say exactly; use `--dialect postgres`"
        );
    }

    #[test]
    fn limits_are_those_of_the_dialects() {
        assert_eq!(Dialect::Postgres.support(Construct::Arithmetic), Support::Exact);
        assert_eq!(Dialect::DuckDb.support(Construct::Arithmetic), Support::UpTo(126));
        assert_eq!(Dialect::Postgres.support(Construct::Name), Support::UpTo(63));
        assert_eq!(Dialect::Spark.support(Construct::DayOfView), Support::Nothing);
    }
}
