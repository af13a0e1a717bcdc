//! The pages about the rules: all decisions as a table, and the terms of one.
//!
//! In: a program. Out: pages.
//! Owns the words about clauses, progress and editions. Never evaluates.

use super::page::{Block, Item, Line, Page, code, joined, plain, quiet, strong, toned};
use super::programs::{about, all_cites, newest, only_once, pays, state_when};
use super::reasons::source_line;
use super::terms::{condition, condition_facts, operand, operand_facts, window};
use super::words;
use crate::program::{
    Body, Clauses, Cond, Decision, InForce, Judged, Program, Progress, ProgressWindow, Requirement, RewardValue, SlotId,
    StateHolds, Table, TableRow,
};
use crate::syntax::DecisionKind;

/// All decisions: as a list where columns are few, else as tables.
pub(super) fn list_page(program: &Program, narrow: bool) -> Page<'_> {
    let title = format!("Rules {} {}", program.name, program.version);
    let mut blocks = vec![Block::Heading(1, vec![plain(title.clone())]), Block::Say(vec![plain(program.about.as_str())])];
    let kinds = [(DecisionKind::Credit, "Credits"), (DecisionKind::Action, "Actions"), (DecisionKind::Check, "Checks")];
    for (kind, heading) in kinds {
        let decisions: Vec<&Decision> = program.decisions.iter().filter(|decision| decision.kind == kind).collect();
        if decisions.is_empty() {
            continue;
        }
        blocks.push(Block::Heading(2, vec![plain(format!("{heading} ({})", decisions.len()))]));
        if narrow {
            let items = decisions.into_iter().map(|one| list_item(program, one)).collect();
            blocks.push(Block::List { numbered: false, items });
        } else {
            let head = ["Id", "Title", "About", "In force", "Sources", "Last read"].map(str::to_owned).to_vec();
            let rows = decisions.into_iter().map(|one| row(program, one)).collect();
            blocks.push(Block::Table { caption: format!("{heading} of the rules"), head, rows });
        }
    }
    Page { title, blocks }
}

fn row<'a>(program: &'a Program, decision: &'a Decision) -> Vec<Line<'a>> {
    let cites = all_cites(decision);
    let read = newest(program, &cites).map_or_else(|| "never".to_owned(), words::day);
    let mut title = vec![plain(decision.title.as_str())];
    if let Some(severity) = &decision.severity {
        title.push(quiet(format!(" ({severity})")));
    }
    vec![
        vec![code(decision.id.as_str())],
        title,
        vec![plain(words::plain(about(program, decision)))],
        vec![plain(in_force(decision.in_force))],
        vec![plain(cites.len().to_string())],
        vec![plain(read)],
    ]
}

fn list_item<'a>(program: &'a Program, decision: &'a Decision) -> Item<'a> {
    let mut cells = row(program, decision).into_iter();
    let (id, title) = (cells.next().unwrap_or_default(), cells.next().unwrap_or_default());
    let names = ["for each ", "in force: ", "sources: ", "last read: "];
    let rest = names.into_iter().zip(cells).map(|(name, cell)| {
        let mut line = vec![quiet(name)];
        line.extend(cell);
        line
    });
    Item { mark: None, line: joined([id, title], "  "), blocks: vec![Block::Say(joined(rest, " · "))] }
}

/// `from 1 March 2026 to 30 June 2026, issued until 31 July 2026`.
fn in_force(limits: InForce) -> String {
    let span = match (limits.from, limits.to) {
        (None, None) => "no limit stated".to_owned(),
        (Some(from), None) => format!("from {}", words::day(from)),
        (None, Some(to)) => format!("to {}", words::day(to)),
        (Some(from), Some(to)) => format!("from {} to {}", words::day(from), words::day(to)),
    };
    limits.settled.map_or_else(|| span.clone(), |last| format!("{span}, issued until {}", words::day(last)))
}

/// The terms of one decision.
pub(super) fn one_page<'a>(program: &'a Program, decision: &'a Decision) -> Page<'a> {
    let mut blocks = vec![Block::Heading(1, vec![plain(decision.title.as_str())])];
    let kind = match (&decision.severity, decision.kind) {
        (Some(severity), _) => format!("check of severity {severity}"),
        (None, kind) => super::json::kind_word(kind).to_owned(),
    };
    let rules = format!("rules {} {}", program.name, program.version);
    let facts = [
        vec![code(decision.id.as_str())],
        vec![plain(kind)],
        vec![plain(format!("for each {}", words::plain(about(program, decision))))],
        vec![quiet(rules)],
    ];
    blocks.push(Block::Say(joined(facts, " · ")));
    let mut fields = vec![("In force".into(), vec![plain(in_force(decision.in_force))])];
    fields.extend(decision.claim.iter().map(|claim| ("How it is claimed".into(), vec![plain(claim.as_str())])));
    fields.extend(decision.note.iter().map(|note| ("Note".into(), vec![plain(note.as_str())])));
    fields.extend(decision.assume.iter().map(|assume| ("Assumed".into(), vec![plain(assume.as_str())])));
    blocks.push(Block::Fields(fields));
    editions(program, decision, &mut blocks);
    blocks.push(Block::Heading(2, vec![plain(format!("Requirements ({})", decision.requirements.len()))]));
    let items = decision.requirements.iter().map(|one| requirement(program, decision, one));
    blocks.push(Block::List { numbered: true, items: items.collect() });
    states(program, decision, &mut blocks);
    rewards(program, decision, &mut blocks);
    for table in tables(program, decision) {
        blocks.push(tiers(table));
    }
    let warnings = decision.warnings.iter().filter_map(|shown| program.warnings.get(shown.warning));
    let warnings: Vec<Item<'a>> =
        warnings.map(|warning| Item { line: vec![plain(warning.say.as_str())], ..Item::default() }).collect();
    if !warnings.is_empty() {
        blocks.push(Block::Heading(2, vec![plain("Warnings that may be shown")]));
        blocks.push(Block::List { numbered: false, items: warnings });
    }
    facts_read(program, decision, &mut blocks);
    blocks.push(Block::Heading(2, vec![plain("Sources")]));
    let cited = all_cites(decision).into_iter().filter_map(|at| program.sources.get(at));
    let items = cited.map(|source| Item { line: source_line(source, true), ..Item::default() });
    blocks.push(Block::List { numbered: false, items: items.collect() });
    blocks.push(Block::Say(vec![quiet(words::PROMISE)]));
    Page { title: decision.title.clone(), blocks }
}

fn editions<'a>(program: &Program, decision: &'a Decision, blocks: &mut Vec<Block<'a>>) {
    if decision.editions.is_empty() {
        return;
    }
    blocks.push(Block::Heading(2, vec![plain("Editions of the terms")]));
    let items = decision.editions.iter().map(|edition| {
        let mut inside = vec![Block::Say(vec![plain(format!("Applies when {}.", condition(program, &edition.when)))])];
        let numbers = edition.with.iter().map(|(name, value)| vec![plain(format!("{} {value}", words::plain(name)))]);
        let numbers = joined(numbers, "; ");
        if !numbers.is_empty() {
            let mut line = vec![plain("Its numbers: ")];
            line.extend(numbers);
            inside.push(Block::Say(line));
        }
        inside.extend(edition.in_force.map(|limits| Block::Say(vec![plain(format!("In force: {}.", in_force(limits)))])));
        inside.extend(edition.open.iter().map(|open| Block::Say(vec![plain(format!("Left open: {open}."))])));
        Item { mark: None, line: vec![strong(edition.label.as_str())], blocks: inside }
    });
    blocks.push(Block::List { numbered: false, items: items.collect() });
}

fn requirement<'a>(program: &'a Program, decision: &'a Decision, one: &'a Requirement) -> Item<'a> {
    let mut blocks = Vec::new();
    if let Some(other) = only_once(decision, one) {
        blocks.push(Block::Say(vec![plain(format!("Judged only once this is met: {}.", other.label))]));
    }
    let clauses = |clauses: &'a Clauses, blocks: &mut Vec<Block<'a>>| {
        for (result, when, because) in clause_lines(program, clauses) {
            let when = if when == "always" { " in any case".to_owned() } else { format!(" when {when}") };
            let mut line = vec![toned(words::result_tone(result), words::result(result)), plain(when)];
            line.extend(because.map(|because| plain(format!(", because {because}"))));
            line.push(plain("."));
            blocks.push(Block::Say(line));
        }
    };
    match &one.body {
        Body::Clauses(only) => clauses(only, &mut blocks),
        Body::Editions(all) => {
            for (labels, alike) in by_edition(program, decision, all) {
                let mut inside = Vec::new();
                clauses(alike, &mut inside);
                blocks.push(Block::Fold { summary: labels.join("; "), open: true, blocks: inside });
            }
        }
        Body::Progress(progress) => {
            blocks.extend(progress_lines(program, progress).into_iter().map(|line| Block::Say(vec![plain(line)])));
        }
    }
    if let Some(remedy) = one.remedy.and_then(|at| program.remedies.get(at)) {
        let line = vec![strong(format!("{}:", words::class(program, remedy))), plain(" "), plain(remedy.say.as_str())];
        blocks.push(Block::Say(line));
    }
    let cited = one.cites.iter().filter_map(|at| program.sources.get(*at)).map(|source| source_line(source, false));
    let mut line = vec![quiet("Sources: ")];
    line.extend(joined(cited, "; "));
    blocks.push(Block::Say(line));
    Item { mark: None, line: vec![strong(one.label.as_str()), plain(" ["), code(one.id.as_str()), plain("]")], blocks }
}

/// The clauses of a requirement with the editions that they hold for; editions that say the same are told together.
fn by_edition<'a>(program: &Program, decision: &'a Decision, all: &'a [Clauses]) -> Vec<(Vec<&'a str>, &'a Clauses)> {
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

fn span_words(program: &Program, span: &ProgressWindow) -> String {
    match span {
        ProgressWindow::Within { start, length, first } => format!("within {}", window(program, start, length, *first)),
        ProgressWindow::Earlier(a, b) => {
            format!("until the earlier end of: {}; {}", span_words(program, a), span_words(program, b))
        }
        ProgressWindow::Until(day) => format!("up to and with {}", operand(program, day)),
        ProgressWindow::Forever => "without an end".to_owned(),
    }
}

fn states<'a>(program: &'a Program, decision: &'a Decision, blocks: &mut Vec<Block<'a>>) {
    use crate::syntax::StateKind;
    if decision.states.is_empty() {
        return;
    }
    blocks.push(Block::Heading(2, vec![plain("What may become of the credit")]));
    let items = decision.states.iter().map(|state| {
        let word = match state.kind {
            StateKind::Lost => "Lost",
            StateKind::Blocked => "Blocked",
            StateKind::Life | StateKind::Standing => "Not known",
        };
        let inside = vec![Block::Say(vec![plain(format!("{word} when {}.", state_when(program, &state.holds)))])];
        Item { mark: None, line: vec![strong(state.label.as_str())], blocks: inside }
    });
    blocks.push(Block::List { numbered: false, items: items.collect() });
}

fn rewards<'a>(program: &Program, decision: &'a Decision, blocks: &mut Vec<Block<'a>>) {
    if decision.rewards.is_empty() {
        return;
    }
    blocks.push(Block::Heading(2, vec![plain("What it pays")]));
    let several = decision.rewards.len() > 1;
    let items = decision.rewards.iter().enumerate().map(|(at, reward)| {
        let what = format!("It pays {}", pays(program, &reward.value));
        let last = at + 1 == decision.rewards.len();
        let text = match &reward.when {
            Cond::Constant(true) if several => format!("{what} otherwise."),
            Cond::Constant(true) => format!("{what}."),
            Cond::Not(_) if several && last => format!("{what} otherwise."),
            when => format!("{what} when {}.", condition(program, when)),
        };
        Item { line: vec![plain(text)], ..Item::default() }
    });
    blocks.push(Block::List { numbered: false, items: items.collect() });
}

/// The tables that a decision uses, each once.
fn tables<'a>(program: &'a Program, decision: &Decision) -> Vec<&'a Table> {
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

fn tiers(table: &Table) -> Block<'_> {
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

/// The facts that a decision reads, as questions.
fn facts_read<'a>(program: &'a Program, decision: &'a Decision, blocks: &mut Vec<Block<'a>>) {
    let mut slots: Vec<SlotId> = Vec::new();
    decision.editions.iter().for_each(|edition| condition_facts(&edition.when, &mut slots));
    for one in &decision.requirements {
        match &one.body {
            Body::Clauses(clauses) => clause_facts(clauses, &mut slots),
            Body::Editions(all) => all.iter().for_each(|clauses| clause_facts(clauses, &mut slots)),
            Body::Progress(progress) => progress_facts(progress, &mut slots),
        }
    }
    for state in &decision.states {
        match &state.holds {
            StateHolds::When(when) => condition_facts(when, &mut slots),
            StateHolds::Open(clause) => condition_facts(&clause.when, &mut slots),
            StateHolds::Needs(guard, needs) => {
                condition_facts(guard, &mut slots);
                needs.iter().for_each(|need| operand_facts(need, &mut slots));
            }
        }
    }
    let mut rows: Vec<Vec<Line<'a>>> = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    for fact in slots.iter().filter_map(|slot| program.fact_of(*slot)) {
        if !names.contains(&fact.name.as_str()) {
            names.push(&fact.name);
            rows.push(vec![
                vec![code(fact.name.as_str())],
                vec![plain(fact.ask.as_str())],
                vec![plain(fact.ty.describe())],
                vec![plain(fact.find.join("; or: "))],
            ]);
        }
    }
    if !rows.is_empty() {
        let head = ["Fact", "Question", "Answer", "Where to look"].map(str::to_owned).to_vec();
        blocks.push(Block::Heading(2, vec![plain(format!("Facts that are read ({})", rows.len()))]));
        blocks.push(Block::Table { caption: "Facts, by the names that a facts document uses".to_owned(), head, rows });
    }
}

fn clause_facts(clauses: &Clauses, found: &mut Vec<SlotId>) {
    [&clauses.met, &clauses.fails, &clauses.pending].into_iter().for_each(|when| condition_facts(when, found));
    clauses.open.iter().for_each(|open| condition_facts(&open.when, found));
}

fn progress_facts(progress: &Progress, found: &mut Vec<SlotId>) {
    operand_facts(&progress.amount, found);
    progress.starts.iter().chain(&progress.counted).for_each(|when| condition_facts(when, found));
    for choice in &progress.toward {
        condition_facts(&choice.when, found);
        choice.tiers.iter().flatten().for_each(|tier| operand_facts(&tier.spend, found));
    }
    for (when, span) in &progress.windows {
        condition_facts(when, found);
        span_facts(span, found);
    }
    progress.crossed.iter().for_each(|crossed| operand_facts(crossed, found));
}

fn span_facts(span: &ProgressWindow, found: &mut Vec<SlotId>) {
    match span {
        ProgressWindow::Within { start, length, .. } => {
            operand_facts(start, found);
            operand_facts(length, found);
        }
        ProgressWindow::Earlier(a, b) => {
            span_facts(a, found);
            span_facts(b, found);
        }
        ProgressWindow::Until(day) => operand_facts(day, found),
        ProgressWindow::Forever => {}
    }
}
