//! What a whole table came to, for people.
//!
//! In: a tally. Out: tables of texts, in the order in which they matter; the summary of a terminal.
//! Owns this wording. Never counts.

use super::tally::Tally;
use super::words;
pub use super::words::PROMISE;
use crate::program::{Lane, Program, SlotId, Type, Verdict};
use crate::syntax::DecisionKind;

/// The widest bar, in columns.
const BAR: usize = 16;

/// The most lines of each list of the summary.
const LISTED: usize = 5;

/// A table with its name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Table {
    /// What it shows.
    pub name: &'static str,
    /// Headers.
    pub headers: Vec<String>,
    /// Rows.
    pub rows: Vec<Vec<String>>,
}

/// Verdicts, what failed, in this order.
pub fn tables(program: &Program, decisions: &[usize], tally: &Tally) -> [Table; 2] {
    [verdicts(program, decisions, tally), reasons(program, tally)]
}

/// A verdict in words.
pub fn verdict(verdict: Verdict) -> &'static str {
    words::verdict(verdict)
}

/// How many decisions came to a verdict, in words.
pub fn counted(verdict: Verdict, count: usize) -> String {
    words::counted(verdict, count)
}

fn title(program: &Program, decision: usize) -> String {
    program.decisions.get(decision).map_or_else(String::new, |decision| decision.title.clone())
}

/// The verdicts that some decision of these can have, in the order of reading.
pub fn verdict_order(program: &Program, decisions: &[usize]) -> Vec<Verdict> {
    let kinds = [
        (DecisionKind::Credit, words::CREDIT_ORDER),
        (DecisionKind::Action, words::ACTION_ORDER),
        (DecisionKind::Check, words::CHECK_ORDER),
    ];
    let has = |kind| decisions.iter().filter_map(|at| program.decisions.get(*at)).any(|decision| decision.kind == kind);
    let mut found: Vec<Verdict> = Vec::new();
    for verdict in kinds.into_iter().filter(|(kind, _)| has(*kind)).flat_map(|(_, order)| order) {
        if !found.contains(verdict) {
            found.push(*verdict);
        }
    }
    found
}

fn verdicts(program: &Program, decisions: &[usize], tally: &Tally) -> Table {
    let order = verdict_order(program, decisions);
    let mut headers = vec!["decision".to_owned(), "title".to_owned()];
    headers.extend(order.iter().map(|verdict| words::verdict(*verdict).to_owned()));
    headers.push("at stake".to_owned());
    let rows = decisions.iter().map(|at| {
        let id = program.decisions.get(*at).map_or_else(String::new, |decision| decision.id.clone());
        let mut row = vec![id, title(program, *at)];
        row.extend(order.iter().map(|verdict| tally.of(*at, *verdict).to_string()));
        row.push(earned(*at, tally));
        row
    });
    Table { name: "Verdicts", headers, rows: rows.collect() }
}

/// The credits of those that qualify, by currency.
fn earned(decision: usize, tally: &Tally) -> String {
    let own = tally.earned.iter().filter(|((of, _), _)| *of == decision);
    let amount = |((_, currency), minor): (&(usize, i64), &i128)| {
        i64::try_from(*minor)
            .map_or_else(|_| "beyond counting".to_owned(), |main| Type::Money.text(Lane { main, aux: *currency }))
    };
    own.map(amount).collect::<Vec<_>>().join(", ")
}

fn reasons(program: &Program, tally: &Tally) -> Table {
    let headers = ["decision", "requirement", "how many fail it", "what it asks", "what to do", "source"];
    let mut all: Vec<_> = tally.failed.iter().collect();
    all.sort_by_key(|(key, count)| (std::cmp::Reverse(**count), **key));
    let rows = all.into_iter().filter_map(|((decision, at), count)| {
        let decision = program.decisions.get(*decision)?;
        let requirement = decision.requirements.get(*at)?;
        let remedy = requirement.remedy.and_then(|at| program.remedies.get(at)).map_or("", |remedy| remedy.say.as_str());
        let source =
            requirement.cites.first().and_then(|at| program.sources.get(*at)).map_or("", |source| source.title.as_str());
        Some(vec![
            decision.id.clone(),
            requirement.id.clone(),
            count.to_string(),
            requirement.label.clone(),
            remedy.to_owned(),
            source.to_owned(),
        ])
    });
    Table { name: "Reasons", headers: headers.map(str::to_owned).to_vec(), rows: rows.collect() }
}

/// Requirements by how many accounts fail them, the most first: label and decision.
pub fn blockers(program: &Program, tally: &Tally) -> Vec<(String, u64)> {
    let mut failed: Vec<_> = tally.failed.iter().collect();
    failed.sort_by_key(|(key, count)| (std::cmp::Reverse(**count), **key));
    let worded = failed.into_iter().filter_map(|((decision, at), count)| {
        let decision = program.decisions.get(*decision)?;
        Some((format!("{} ({})", decision.requirements.get(*at)?.label, decision.id), *count))
    });
    worded.collect()
}

/// Facts by how many undetermined decisions ask for them first, the most first: name and question.
pub fn asked(program: &Program, tally: &Tally) -> Vec<(String, String, u64)> {
    let mut counts = std::collections::BTreeMap::new();
    tally.asked.iter().for_each(|((_, slot), count)| *counts.entry(*slot).or_insert(0) += count);
    let mut counts: Vec<(u32, u64)> = counts.into_iter().collect();
    counts.sort_by_key(|(slot, count)| (std::cmp::Reverse(*count), *slot));
    let fact = |(slot, count)| {
        let fact = program.fact_of(SlotId(slot))?;
        Some((fact.name.clone(), fact.ask.clone(), count))
    };
    counts.into_iter().filter_map(fact).collect()
}

/// The widest line of progress, in columns.
const LINE: usize = 79;

/// One line about a run that is under way: rows, rows a second, the share of each verdict, and how many seconds are left,
/// where that is known.
pub fn progress(tally: &Tally, rate: f64, left: Option<f64>) -> String {
    let left = left.map_or_else(String::new, |left| format!("  {} left", time(left)));
    let mut line = format!("{} rows  {rate:.0} rows/s", tally.rows);
    let all: u64 = tally.verdicts.values().sum();
    let of =
        |verdict: Verdict| tally.verdicts.iter().filter(|((_, own), _)| *own == verdict as u8).map(|(_, count)| count).sum();
    let mut shown: Vec<(u64, &str)> = Verdict::ALL.iter().map(|verdict| (of(*verdict), verdict.word())).collect();
    // Where not all fit, the rarest is left out; those that stay keep the order of reading.
    shown.retain(|(count, _)| *count > 0);
    loop {
        let mut text: String = shown.iter().map(|(count, word)| format!("  {word} {}%", count * 100 / all.max(1))).collect();
        if tally.invalid > 0 {
            text.push_str(&format!("  {} invalid", tally.invalid));
        }
        if line.len() + text.len() + left.len() <= LINE || shown.is_empty() {
            line.push_str(&text);
            break;
        }
        let rarest = shown.iter().enumerate().min_by_key(|(_, (count, _))| *count).map_or(0, |(at, _)| at);
        shown.remove(rarest);
    }
    line.push_str(&left);
    line.chars().take(LINE).collect()
}

/// `42 s`, `3 min`, `2 h 5 min`
fn time(seconds: f64) -> String {
    let seconds = seconds.ceil() as u64;
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds.div_ceil(60)),
        _ => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
    }
}

/// The summary that a terminal shows: verdicts with small bars, then what failed most and what is asked most.
pub fn summary(program: &Program, decisions: &[usize], tally: &Tally, width: usize, unicode: bool) -> String {
    let (full, empty) = if unicode { ('█', '·') } else { ('#', '.') };
    let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let mut text = words::number(count(tally.rows), "row read", "rows read");
    if tally.records > 0 {
        text.push_str(&format!(", with {}", words::number(count(tally.records), "record", "records")));
    }
    if tally.invalid > 0 {
        let of = if tally.records > 0 { "rows are" } else { "of them" };
        text.push_str(&format!(", {} {of} invalid: nothing was decided there", tally.invalid));
    }
    if tally.repeated > 0 {
        let rows = words::number(count(tally.repeated), "row names", "rows name");
        text.push_str(&format!("\n{rows} an account that came before; each row is decided by itself"));
    }
    if tally.astray > 0 {
        let rows = words::number(count(tally.astray), "row", "rows");
        text.push_str(&format!("\n{rows} beside the accounts: no account of that name was read"));
    }
    text.push_str("\n\n");
    let bar = |count: u64, of: u64| {
        let filled = usize::try_from(count.saturating_mul(BAR as u64).div_ceil(of.max(1))).unwrap_or(0).min(BAR);
        (0..BAR).map(|at| if at < filled { full } else { empty }).collect::<String>()
    };
    let mut closed = Vec::new();
    for at in decisions {
        let Some(decision) = program.decisions.get(*at) else { continue };
        let made = tally.made(*at);
        if made > 0 && tally.of(*at, Verdict::Closed) == made {
            closed.push(decision.id.as_str());
            continue;
        }
        let found: Vec<(Verdict, u64)> = verdict_order(program, &[*at])
            .into_iter()
            .map(|verdict| (verdict, tally.of(*at, verdict)))
            .filter(|(_, count)| *count > 0)
            .collect();
        let counted: Vec<String> = found
            .iter()
            .map(|(verdict, count)| words::counted(*verdict, usize::try_from(*count).unwrap_or(usize::MAX)))
            .collect();
        let good = found
            .first()
            .filter(|(verdict, _)| matches!(verdict, Verdict::Qualifies | Verdict::Allowed))
            .map_or(0, |(_, count)| *count);
        let earned = earned(*at, tally);
        let value = if earned.is_empty() { String::new() } else { format!(" ({earned})") };
        text.push_str(&format!("{} {}{value}\n", bar(good, made), decision.title));
        // A decision about records is made of nobody where there are none.
        if !counted.is_empty() {
            let line = format!("{}{}", " ".repeat(BAR + 1), counted.join(", "));
            text.push_str(&textwrap::fill(&line, textwrap::Options::new(width).subsequent_indent(&" ".repeat(BAR + 1))));
            text.push('\n');
        }
    }
    if !closed.is_empty() {
        let line = format!("Not in force on the day of any row: {}", closed.join(", "));
        text.push_str(&textwrap::fill(&line, textwrap::Options::new(width).subsequent_indent("  ")));
        text.push('\n');
    }
    let mut list = |title: &str, rows: Vec<(String, u64)>| {
        if !rows.is_empty() {
            text.push_str(&format!("\n{title}\n"));
        }
        for (what, count) in rows.into_iter().take(LISTED) {
            let line = format!("{count:>8}  {what}");
            text.push_str(&textwrap::fill(&line, textwrap::Options::new(width).subsequent_indent("          ")));
            text.push('\n');
        }
    };
    list("What most accounts fail", blockers(program, tally));
    let questions = asked(program, tally).into_iter().map(|(name, ask, count)| (format!("{ask} ({name})"), count));
    list("Answers that are missing first, in how many decisions", questions.collect());
    text.push('\n');
    text.push_str(&textwrap::fill(words::PROMISE, width));
    text
}
