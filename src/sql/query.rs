//! Whole statements: the rule set as one query, or a view for each decision.
//!
//! In: a program, its plan, and what is asked for. Out: the text of each statement, with the columns that it reads and gives.
//! Owns the shape of statements: source, stages, result. Never says what a rule means.

use super::compile::{Columns, Compile};
use super::decision::Decided;
use super::dialect::{Construct, Dialect, Refusal, Support};
use super::expr::Sql;
use super::layout::{self, ACCOUNT, DAY};
use super::print::Print;
use crate::plan::Plan;
use crate::program::{AS_OF, ListId, Program, SlotId, Subject};
use crate::value::{Day, day_text};

/// Where the day of the check comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DayFrom {
    /// A parameter of the dialect's usual kind.
    Parameter,
    /// The column `as_of` of the accounts.
    Column,
    /// It is fixed.
    Fixed(Day),
}

/// What to print.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// In which dialect.
    pub dialect: Dialect,
    /// Indices of the decisions, in order.
    pub decisions: Vec<usize>,
    /// The table of accounts; dots part catalog, schema and table.
    pub accounts: String,
    /// The tables of records that are not called as their list is: the list, and its table.
    pub records: Vec<(String, String)>,
    /// A view for each decision, instead of one query for each kind of subject.
    pub view: bool,
    /// Where the day comes from.
    pub day: DayFrom,
}

/// One statement.
#[derive(Clone, Debug)]
pub struct Query {
    /// The decision, where it is about one alone.
    pub decision: Option<usize>,
    /// The list of whose records it decides; nothing for accounts.
    pub list: Option<ListId>,
    /// The query, without a semicolon behind it.
    pub text: String,
    /// The columns that it gives, in order.
    pub gives: Vec<String>,
    /// The columns that it reads of the accounts, with their types.
    pub account: Vec<(String, &'static str)>,
    /// The columns that it reads of the records, with their types.
    pub record: Vec<(String, &'static str)>,
}

/// Every statement that is asked for.
/// # Errors
/// Everything that the dialect cannot say exactly, one refusal a decision.
pub fn queries(program: &Program, plan: &Plan, wanted: &Wanted) -> Result<Vec<Query>, Vec<Refusal>> {
    let list_of = |at: usize| match program.decisions.get(at).map(|decision| decision.subject) {
        Some(Subject::Each(list)) => Some(list),
        _ => None,
    };
    let alone = |at: usize| narrow(program, plan, wanted, at);
    if wanted.view {
        return all(wanted.decisions.iter().map(|at| alone(*at)));
    }
    let mut subjects: Vec<Option<ListId>> = wanted.decisions.iter().map(|at| list_of(*at)).collect();
    subjects.sort_unstable();
    subjects.dedup();
    let made = subjects.into_iter().map(|list| {
        let decisions: Vec<usize> = wanted.decisions.iter().copied().filter(|at| list_of(*at) == list).collect();
        query(program, plan, wanted, list, &decisions, false)
    });
    // One refusal stops a query of many decisions: each of them is asked for its own.
    all(made).map_err(|first| match all(wanted.decisions.iter().map(|at| alone(*at))) {
        Err(refusals) => refusals,
        Ok(_) => first,
    })
}

/// The query of one decision, whose columns bear no name of it.
pub(super) fn narrow(program: &Program, plan: &Plan, wanted: &Wanted, at: usize) -> Result<Query, Refusal> {
    let list = match program.decisions.get(at).map(|decision| decision.subject) {
        Some(Subject::Each(list)) => Some(list),
        _ => None,
    };
    query(program, plan, wanted, list, &[at], true)
}

/// The table of a list's records.
pub(super) fn records<'w>(program: &'w Program, wanted: &'w Wanted, list: ListId) -> &'w str {
    let section = layout::table(program, list);
    wanted.records.iter().find(|(name, _)| name == section).map_or(section, |(_, table)| table)
}

fn all(made: impl Iterator<Item = Result<Query, Refusal>>) -> Result<Vec<Query>, Vec<Refusal>> {
    let (mut queries, mut refusals) = (Vec::new(), Vec::new());
    for one in made {
        match one {
            Ok(query) => queries.push(query),
            Err(refusal) => refusals.push(refusal),
        }
    }
    if refusals.is_empty() { Ok(queries) } else { Err(refusals) }
}

/// The query of decisions about one kind of subject. `narrow`: one decision, whose columns bear no name of it.
fn query(
    program: &Program,
    plan: &Plan,
    wanted: &Wanted,
    list: Option<ListId>,
    decisions: &[usize],
    narrow: bool,
) -> Result<Query, Refusal> {
    let mut compile = Compile::new(program, plan, wanted.dialect);
    // Twice: what is read is known at the end, and the problem of a row, which verdicts ask, is about all that is read.
    for at in decisions {
        if let Some((decision, planned)) = program.decisions.get(*at).zip(plan.decisions.get(*at)) {
            compile.decision(decision, planned, &Sql::constant("NULL"))?;
        }
    }
    let read = std::mem::take(&mut compile.read);
    compile = Compile::new(program, plan, wanted.dialect);
    compile.read = read;
    let key = list.and_then(|list| layout::key(program, list));
    compile.read.extend(key);
    let problem = compile.problem(key)?;
    let mut results = Vec::new();
    for at in decisions {
        if let Some((decision, planned)) = program.decisions.get(*at).zip(plan.decisions.get(*at)) {
            results.push((decision.id.as_str(), compile.decision(decision, planned, &problem)?));
        }
    }
    let statement = Statement { compile: &compile, wanted, list, key, narrow };
    statement.made(&problem, &results, decisions)
}

struct Statement<'c, 'p> {
    compile: &'c Compile<'p>,
    wanted: &'c Wanted,
    list: Option<ListId>,
    key: Option<SlotId>,
    narrow: bool,
}

impl Statement<'_, '_> {
    fn made(&self, problem: &Sql, results: &[(&str, Decided)], decisions: &[usize]) -> Result<Query, Refusal> {
        let print = self.compile.print;
        let stage_name = |at: usize| print.quoted(&format!("s{at}"));
        let mut stages = vec![format!("{} AS (\n  {})", stage_name(0), self.source()?)];
        for (at, columns) in self.compile.stages.columns().iter().enumerate() {
            stages.push(format!("{} AS (\n  {})", stage_name(at + 1), print.stage(&stage_name(at), columns)));
        }
        let mut listed: Vec<(String, String)> = vec![(ACCOUNT.to_owned(), print.quoted("id"))];
        if let Some(key) = self.key {
            listed.push((layout::column(self.compile.program, key), print.quoted(&format!("r{}", key.0))));
        }
        listed.push(("problem".to_owned(), problem.text().to_owned()));
        for (id, decided) in results {
            if self.narrow {
                listed.push(("decision".to_owned(), print.literal(id)));
            }
            let name = |part: &str| if self.narrow { part.to_owned() } else { format!("{id}.{part}") };
            let mut put = |part: &str, sql: &Sql| listed.push((name(part), sql.text().to_owned()));
            put("verdict", &decided.verdict);
            let [amount, currency, at_least] = &decided.reward;
            put("reward", amount);
            put("reward.currency", currency);
            put("reward.at_least", at_least);
            let masks = [
                ("met", &decided.met),
                ("failed", &decided.failed),
                ("pending", &decided.pending),
                ("open", &decided.open),
                ("holds", &decided.holds),
            ];
            for (part, masks) in masks {
                for (at, mask) in masks.iter().enumerate() {
                    put(&if at == 0 { part.to_owned() } else { format!("{part}.{}", at + 1) }, mask);
                }
            }
        }
        let columns: Vec<String> = listed.iter().map(|(name, text)| format!("  {text} AS {}", print.quoted(name))).collect();
        let last = stage_name(self.compile.stages.columns().len());
        let (account, record) = (self.typed(&self.compile.account, false), self.typed(&self.compile.record, true));
        let query = Query {
            decision: decisions.first().copied().filter(|_| self.narrow),
            list: self.list,
            text: format!("WITH {}\nSELECT\n{}\nFROM {last}", stages.join(",\n"), columns.join(",\n")),
            gives: listed.into_iter().map(|(name, _)| name).collect(),
            account,
            record,
        };
        self.check(&query)?;
        Ok(query)
    }

    /// Refuses names and numbers of columns that the dialect cannot hold.
    fn check(&self, query: &Query) -> Result<(), Refusal> {
        let dialect = self.wanted.dialect;
        let decision = query.decision.and_then(|at| self.compile.program.decisions.get(at)).map(|decision| decision.id.clone());
        let refusal = |construct: String, help: &str| Refusal {
            decision: decision.clone(),
            part: None,
            construct,
            dialect,
            help: help.to_owned(),
        };
        let read = query.account.iter().chain(&query.record).map(|(name, _)| name);
        let names: Vec<&String> = read.chain(&query.gives).collect();
        if let Support::UpTo(most) = dialect.support(Construct::Name)
            && let Some(long) = names.iter().find(|name| name.len() > most)
        {
            let construct = format!("the column `{long}` of {} bytes, where a name has at most {most}", long.len());
            return Err(refusal(construct, "give the fact or the decision a shorter name in the rules"));
        }
        if let Support::UpTo(most) = dialect.support(Construct::Columns)
            && names.len() > most
        {
            let construct = format!("a query of {} columns, of which there may be {most}", names.len());
            return Err(refusal(construct, "ask for fewer decisions with `--program`, or for views with `--view`"));
        }
        Ok(())
    }

    /// The first stage: the columns of the tables under short names.
    fn source(&self) -> Result<String, Refusal> {
        let print = self.compile.print;
        let (accounts, day) = (path(&self.wanted.accounts, print), self.day()?);
        let column =
            |table: &str, name: &str, alias: &str| format!("{table}.{} AS {}", print.quoted(name), print.quoted(alias));
        let listed =
            |table: &str, columns: &Columns| columns.iter().map(|(name, alias)| column(table, name, alias)).collect::<Vec<_>>();
        let day = format!("{day} AS {}", print.quoted(&format!("r{}", AS_OF.0)));
        let Some(list) = self.list else {
            let mut columns = vec![column("t", ACCOUNT, "id"), day];
            columns.extend(listed("t", &without(&self.compile.account, ACCOUNT)));
            self.whole_account(&mut columns, "t");
            return Ok(format!("SELECT {}\n  FROM {accounts} AS t", columns.join(",\n    ")));
        };
        let own = records(self.compile.program, self.wanted, list);
        let account = print.quoted(ACCOUNT);
        let key = self.key.map_or_else(String::new, |key| layout::column(self.compile.program, key));
        let mut columns = vec![column("r", ACCOUNT, "id"), day];
        columns.extend(listed("r", &self.compile.record));
        columns.extend(listed("t", &without(&self.compile.account, ACCOUNT)));
        self.whole_account(&mut columns, "t");
        columns.push(column("t", ACCOUNT, "found"));
        columns.push(format!("COUNT(*) OVER (PARTITION BY r.{account}, r.{}) AS {}", print.quoted(&key), print.quoted("same")));
        Ok(format!(
            "SELECT {}\n  FROM {} AS r LEFT JOIN {accounts} AS t ON r.{account} = t.{account}",
            columns.join(",\n    "),
            path(own, print)
        ))
    }

    /// The account's id once more, where it is also a fact that rules read.
    fn whole_account(&self, columns: &mut Vec<String>, table: &str) {
        let print = self.compile.print;
        let fact = self.compile.account.iter().find(|(name, _)| name == ACCOUNT);
        columns.extend(fact.map(|(name, alias)| format!("{table}.{} AS {}", print.quoted(name), print.quoted(alias))));
    }

    fn day(&self) -> Result<String, Refusal> {
        let print = self.compile.print;
        match self.wanted.day {
            DayFrom::Column => Ok(format!("t.{}", print.quoted(DAY))),
            DayFrom::Fixed(day) => Ok(format!("DATE '{}'", day_text(day))),
            DayFrom::Parameter => print.day_parameter(self.wanted.view).map(str::to_owned).ok_or_else(|| {
                let construct = "a view whose day is a parameter";
                self.compile.refusal(construct, "say `--as-of column` or `--as-of` and a day")
            }),
        }
    }

    /// The columns of a table with their types, each once.
    fn typed(&self, columns: &Columns, record: bool) -> Vec<(String, &'static str)> {
        let print = self.compile.print;
        let types: Vec<(String, &'static str)> =
            self.compile.read.iter().flat_map(|slot| layout::columns(self.compile.program, *slot, print)).collect();
        let mut made = vec![(ACCOUNT.to_owned(), print.text_type())];
        if self.wanted.day == DayFrom::Column && !record {
            made.push((DAY.to_owned(), "DATE"));
        }
        for (name, _) in columns.iter().filter(|(name, _)| name != ACCOUNT) {
            made.extend(types.iter().find(|(own, _)| own == name).cloned());
        }
        made
    }
}

/// Columns but one.
fn without(columns: &Columns, name: &str) -> Columns {
    columns.iter().filter(|(own, _)| own != name).cloned().collect()
}

/// The name of a table, each part in quotes.
pub(super) fn path(name: &str, print: &dyn Print) -> String {
    name.split('.').map(|part| print.quoted(part)).collect::<Vec<_>>().join(".")
}

/// The statement that makes a view of a query about one decision.
pub fn view(program: &Program, query: &Query, dialect: Dialect) -> String {
    let print = dialect.print();
    let id = query.decision.and_then(|at| program.decisions.get(at)).map_or("all", |decision| decision.id.as_str());
    format!("{}\n{}", print.create_view(&print.quoted(&format!("accredit_{id}"))), query.text)
}

/// The statement that makes a table for a query's accounts or records, empty.
pub fn create_table(name: &str, columns: &[(String, &'static str)], dialect: Dialect) -> String {
    let print = dialect.print();
    let listed: Vec<String> = columns.iter().map(|(name, ty)| format!("  {} {ty}", print.quoted(name))).collect();
    format!("CREATE TABLE {} (\n{}\n)", path(name, print), listed.join(",\n"))
}
