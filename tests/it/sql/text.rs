//! The SQL as text, without an engine: it parses, says nothing twice, and refuses by name.
//!
//! In: the shipped rules and small ones. Out: statements that another parser reads, refusals that say what to do.
//! Owns no meaning: `mod` runs it.

use accredit::RuleSet;
use accredit::sql::{DayFrom, Dialect, Holds, Wanted, queries, script};
use sqlparser::dialect::{Dialect as Grammar, DuckDbDialect, PostgreSqlDialect, SparkSqlDialect};
use sqlparser::parser::Parser;

use crate::library::shipped;

fn wanted(rules: &RuleSet, dialect: Dialect) -> Wanted {
    Wanted {
        dialect,
        decisions: (0..rules.program().decisions.len()).collect(),
        accounts: "warehouse.Accounts of 2026".to_owned(),
        records: vec![("campaigns".to_owned(), "c".to_owned())],
        view: false,
        day: DayFrom::Column,
    }
}

/// What is asked for, without the decisions that the dialect refuses; and those, as messages.
fn said(rules: &RuleSet, dialect: Dialect) -> (Wanted, Vec<String>) {
    let mut wanted = wanted(rules, dialect);
    let refused = queries(rules.program(), &rules.plan, &wanted).err().unwrap_or_default();
    let ids: Vec<&str> = refused.iter().filter_map(|refusal| refusal.decision.as_deref()).collect();
    wanted.decisions.retain(|at| !ids.contains(&rules.program().decisions[*at].id.as_str()));
    (wanted, refused.iter().map(ToString::to_string).collect())
}

#[test]
fn another_parser_reads_every_statement() {
    let rules = shipped();
    for dialect in Dialect::ALL {
        let grammar: &dyn Grammar = match dialect {
            Dialect::Postgres => &PostgreSqlDialect {},
            Dialect::DuckDb => &DuckDbDialect {},
            Dialect::Spark => &SparkSqlDialect {},
        };
        let (wanted, _) = said(&rules, dialect);
        for view in [false, true] {
            for holds in [Holds::Decisions, Holds::Reasons, Holds::Tables] {
                let wanted = Wanted { view, ..wanted.clone() };
                let text = script(rules.program(), &rules.plan, &wanted, holds).unwrap();
                let read = Parser::parse_sql(grammar, &text).unwrap_or_else(|error| panic!("{}: {error}", dialect.name()));
                let lists = 1 + queries(rules.program(), &rules.plan, &Wanted { view: false, ..wanted.clone() }).unwrap().len();
                let count = match holds {
                    Holds::Decisions if view => wanted.decisions.len(),
                    Holds::Reasons => 1,
                    _ => lists - 1,
                };
                assert_eq!(read.len(), count, "{} view {view} {holds:?}", dialect.name());
                let again = script(rules.program(), &rules.plan, &wanted, holds).unwrap();
                assert_eq!(text, again, "the same bytes from run to run");
            }
        }
    }
}

#[test]
fn what_is_refused_of_the_shipped_rules_is_known() {
    let rules = shipped();
    let lines: Vec<String> = Dialect::ALL.into_iter().flat_map(|dialect| said(&rules, dialect).1).collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn what_a_dialect_cannot_say_is_refused_with_its_place() {
    let long = "x".repeat(60);
    let text = format!(
        "ruleset odd version 1\nparty client \"the client\"\nsource src {{\n  title \"t\"\n  read never\n  rank 1\n}}\n\
         remedy fix by client {{\n  say \"s\"\n}}\nfacts acct \"Account\" {{\n\
         \u{20} fact {long}: yes or no\n    ask \"q\"\n    find \"f\"\n    change never\n}}\n\
         records bills each bill by id \"Bills\" {{\n  fact id: text\n    ask \"q\"\n    find \"f\"\n    change never\n    identifies\n\
         \u{20} fact gross: money\n    ask \"q\"\n    find \"f\"\n    change never\n\
         \u{20} fact tax: money\n    ask \"q\"\n    find \"f\"\n    change never\n\
         \u{20} fact net: money\n    ask \"q\"\n    find \"f\"\n    change never\n    computed as bill.gross - bill.tax\n}}\n\
         credit mixed \"m\" for bill {{\n  per src\n  require spent \"l\"\n    progress of bill.net\n\
         \u{20}     starts when bill.net has mixed currencies\n      toward 5 USD\n      forever\n    per src\n    else fix\n  reward none\n}}\n\
         check named \"n\" for acct severity high {{\n  per src\n  require r \"l\"\n    met when acct.{long} is yes\n\
         \u{20}   fails otherwise\n    per src\n    else fix\n}}\n"
    );
    let rules = RuleSet::read(vec![("odd.terms".to_owned(), text)])
        .unwrap_or_else(|unusable| panic!("{}", accredit::diagnostic::short(&unusable.findings, &unusable.sources)));
    let refused = |dialect| said(&rules, dialect).1;
    insta::assert_snapshot!(refused(Dialect::Postgres).join("\n"));
    assert_eq!(refused(Dialect::DuckDb).len(), 1, "a long name is nothing to DuckDB");
    let parameter = Wanted { view: true, day: DayFrom::Parameter, decisions: vec![0], ..wanted(&rules, Dialect::Spark) };
    let told = queries(rules.program(), &rules.plan, &parameter).unwrap_err();
    insta::assert_snapshot!(told[0].to_string());
}
