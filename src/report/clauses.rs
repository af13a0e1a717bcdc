//! Clauses, progress and tables of the rules in words.
//!
//! In: checked requirements. Out: sentences and tables of a page.
//! Owns what `otherwise` is called, and which editions say the same. Never evaluates.

use super::page::{Block, plain};
use super::terms::{condition, operand, window};
use super::words;
use crate::program::{Body, Clauses, Cond, Decision, Judged, Program, Progress, ProgressWindow, RewardValue, Table, TableRow};

/// The clauses of a requirement with the editions that they hold for; editions that say the same are told together.
pub(super) fn by_edition<'a>(
    program: &Program,
    decision: &'a Decision,
    all: &'a [Clauses],
) -> Vec<(Vec<&'a str>, &'a Clauses)> {
    let mut found: Vec<(Vec<&'a str>, &'a Clauses)> = Vec::new();
    for (edition, clauses) in decision.editions.iter().zip(all) {
        let lines = clause_lines(program, clauses);
        match found.iter_mut().find(|(_, known)| clause_lines(program, known) == lines) {
            Some((labels, _)) => labels.push(&edition.label),
            None => found.push((vec![&edition.label], clauses)),
        }
    }
    found
}

/// The clauses that can apply, each as result, condition and reason. What no other clause covers is told so.
pub(super) fn clause_lines<'a>(program: &Program, clauses: &'a Clauses) -> Vec<(Judged, String, Option<&'a str>)> {
    let three = [(Judged::Met, &clauses.met), (Judged::Pending, &clauses.pending), (Judged::Failed, &clauses.fails)];
    let three = three.into_iter().map(|(result, when)| (result, when, None));
    let open = clauses.open.iter().map(|open| (Judged::Open, &open.when, Some(open.because.as_str())));
    let all: Vec<_> = three.chain(open).filter(|(_, when, _)| !matches!(when, Cond::Constant(false))).collect();
    let rest = |when: &Cond| matches!(when, Cond::Not(inner) if !matches!(**inner, Cond::Test(_)));
    let several = all.len() > 1;
    let mut lines: Vec<_> = all
        .into_iter()
        .map(|(result, when, because)| {
            let otherwise = several && rest(when);
            let told = if otherwise { "nothing else applies".to_owned() } else { condition(program, when) };
            (otherwise, (result, told, because.filter(|because| !because.is_empty())))
        })
        .collect();
    lines.sort_by_key(|(otherwise, _)| *otherwise);
    lines.into_iter().map(|(_, line)| line).collect()
}

/// How spend is counted, in sentences.
pub(super) fn progress_lines(program: &Program, progress: &Progress) -> Vec<String> {
    let mut lines = vec![format!("It grows with {}.", operand(program, &progress.amount))];
    if let Some(starts) = &progress.starts {
        lines.push(format!("It counts once {}.", condition(program, starts)));
    }
    let mut toward: Vec<String> = Vec::new();
    for choice in &progress.toward {
        let table = choice.table.as_ref().and_then(|id| program.tables.iter().find(|table| table.id == *id));
        let what = match (table, choice.tiers.first().and_then(Option::as_ref)) {
            (Some(table), _) => format!("the table “{}”", table.label),
            (None, Some(tier)) => operand(program, &tier.spend),
            (None, None) => "a threshold that no source states".to_owned(),
        };
        if !toward.contains(&what) {
            toward.push(what);
        }
    }
    lines.push(format!("Its goal: {}.", words::either(&toward)));
    lines.extend(progress.either.iter().map(|either| format!("Which goal applies is open: {either}.")));
    for (when, span) in &progress.windows {
        let when = match when {
            Cond::Constant(true) => String::new(),
            other => format!(" when {}", condition(program, other)),
        };
        lines.push(format!("It counts {}{when}.", span_words(program, span)));
    }
    if let Some(crossed) = &progress.crossed {
        lines.push(format!("After the window it is judged by {}.", operand(program, crossed)));
    }
    if let Some(counted) = &progress.counted {
        let because = progress.counted_because.as_ref().map_or_else(String::new, |because| format!(", because {because}"));
        lines.push(format!("It is met in any case when {}{because}.", condition(program, counted)));
    }
    lines
}

pub(super) fn span_words(program: &Program, span: &ProgressWindow) -> String {
    match span {
        ProgressWindow::Within { start, length, first } => format!("within {}", window(program, start, length, *first)),
        ProgressWindow::Earlier(a, b) => {
            format!("until the earlier end of: {}; {}", span_words(program, a), span_words(program, b))
        }
        ProgressWindow::Until(day) => format!("up to and with {}", operand(program, day)),
        ProgressWindow::Forever => "without an end".to_owned(),
    }
}

/// The tables that a decision uses, each once.
pub(super) fn tables<'a>(program: &'a Program, decision: &Decision) -> Vec<&'a Table> {
    let toward = decision.requirements.iter().filter_map(|one| match &one.body {
        Body::Progress(progress) => Some(&progress.toward),
        _ => None,
    });
    let paid = decision.rewards.iter().filter_map(|reward| match &reward.value {
        RewardValue::Tier(choices, _) => Some(choices),
        _ => None,
    });
    let named: Vec<&str> = toward.chain(paid).flatten().filter_map(|choice| choice.table.as_deref()).collect();
    program.tables.iter().filter(|table| named.contains(&table.id.as_str())).collect()
}

pub(super) fn tiers(table: &Table) -> Block<'_> {
    let keyed = table.rows.iter().any(|row| !row.keys.is_empty());
    let mut head = vec!["Spend".to_owned(), "Credit".to_owned()];
    if keyed {
        head.insert(0, "For".to_owned());
    }
    let mut rows = Vec::new();
    for TableRow { keys, tiers } in &table.rows {
        for tier in tiers {
            let (spend, gives) = match tier {
                Some((spend, gives)) => (spend.replace('_', " "), gives.replace('_', " ")),
                None => ("not seen in any source".to_owned(), "not seen in any source".to_owned()),
            };
            let mut row = vec![vec![plain(spend)], vec![plain(gives)]];
            if keyed {
                row.insert(0, vec![plain(keys.join(", "))]);
            }
            rows.push(row);
        }
    }
    let more = if table.unstated_otherwise { " (other rows exist that no source shows)" } else { "" };
    Block::Table { caption: format!("{}{more}", table.label), head, rows }
}
