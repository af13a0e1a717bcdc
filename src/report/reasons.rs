//! Requirements and state conditions: those that decided, and all of them.
//!
//! In: an explanation. Out: items and tables of a page.
//! Owns which of them a short view shows: every one that failed, never only the first.

use super::Report;
use super::account::{Medium, View};
use super::page::{Block, Item, Line, code, joined, link, plain, quiet, strong, toned};
use super::terms::condition;
use super::words;
use crate::explain::{ExpectedNote, Explanation, FactNote, OpenReason, RequirementNote, StateNote};
use crate::facts::State;
use crate::program::{AS_OF, Body, Cond, Judged, Operand, Program, Remedy, Requirement, Source, StateHolds, Verdict};
use crate::syntax::StateKind;

/// What decided a verdict, each with the client's own values, what was expected, the remedy and the sources.
pub(super) fn reasons<'a>(report: &'a Report<'a>, told: &'a Explanation<'a>, view: View) -> Vec<Item<'a>> {
    let wanted = |note: &&RequirementNote<'_>| match told.verdict {
        Verdict::DoesNotQualify | Verdict::Denied | Verdict::Fail => note.result == Judged::Failed,
        Verdict::OnTrack | Verdict::Blocked => note.result == Judged::Pending,
        Verdict::Undetermined => {
            note.result == Judged::Pending || (note.result == Judged::Open && note.open != Some(OpenReason::Missing))
        }
        _ => false,
    };
    let states = told.states.iter().filter(|note| match (told.verdict, note.condition.kind) {
        (Verdict::Lost, StateKind::Lost) | (Verdict::Blocked, StateKind::Blocked) => note.holds.is_true(),
        (Verdict::Undetermined, StateKind::Life | StateKind::Standing) => {
            note.holds.is_true() && matches!(note.condition.holds, StateHolds::Open(_))
        }
        _ => false,
    });
    let states = states.map(|note| state_item(report, told, note, view));
    let requirements = told.requirements.iter().filter(wanted);
    states.chain(requirements.map(|note| requirement_item(report, told, note, view))).collect()
}

fn requirement_item<'a>(report: &'a Report<'a>, told: &Explanation<'_>, note: &'a RequirementNote<'a>, view: View) -> Item<'a> {
    let program = report.program;
    let tone = words::result_tone(note.result);
    if is_ban(note.requirement) {
        let mut blocks = Vec::new();
        push_sources(program, &note.requirement.cites, view, &mut blocks);
        return Item { mark: Some(tone), line: vec![strong(note.requirement.label.as_str())], blocks };
    }
    let line = vec![toned(tone, words::result(note.result)), plain(": "), plain(note.requirement.label.as_str())];
    // A full view tells the rest under the list of all requirements.
    if view.full && !view.unfolds() {
        return Item { mark: Some(tone), line, blocks: Vec::new() };
    }
    // How much to spend and until when is told as progress, in numbers.
    let counted = matches!(note.result, Judged::Pending | Judged::Open)
        && matches!(note.requirement.body, Body::Progress(_))
        && told.progress.is_some_and(|progress| progress.next.is_some());
    let mut blocks = Vec::new();
    for fact in telling(program, told, note) {
        blocks.push(Block::Say(fact_line(report, &fact, view)));
    }
    if let Some(needed) = needed(program, told, note, view, false).filter(|_| !counted) {
        blocks.push(Block::Say(vec![plain(needed)]));
    }
    blocks.extend(why(note).map(|why| Block::Say(vec![plain(why)])));
    let remedy = note.requirement.remedy.and_then(|at| program.remedies.get(at));
    blocks.extend(remedy.filter(|_| !counted).map(|remedy| Block::Say(remedy_line(program, remedy))));
    push_sources(program, &note.requirement.cites, view, &mut blocks);
    Item { mark: Some(tone), line, blocks }
}

/// Is it no requirement but a statement that something is never allowed?
pub(super) fn is_ban(requirement: &Requirement) -> bool {
    matches!(&requirement.body, Body::Clauses(clauses) if matches!(clauses.fails, Cond::Constant(true)))
}

/// The known facts that tell a reader why; the day of the check stands in the header.
fn telling<'n>(program: &Program, told: &Explanation<'n>, note: &RequirementNote<'n>) -> Vec<FactNote> {
    let amount = match &note.requirement.body {
        Body::Progress(progress) => match progress.amount {
            Operand::Slot(slot) => Some(slot),
            _ => None,
        },
        _ => None,
    };
    let known = told.facts_of(note.facts).filter(|fact| fact.state != State::Missing && fact.slot != AS_OF);
    known.filter(|fact| amount.is_none_or(|amount| fact.slot == amount) && program.fact_of(fact.slot).is_some()).collect()
}

/// `How does the account pay? automatic (given)`.
fn fact_line<'a>(report: &'a Report<'a>, note: &FactNote, view: View) -> Line<'a> {
    let Some(fact) = report.program.fact_of(note.slot) else { return Line::new() };
    let mut line = vec![plain(fact.ask.as_str()), plain(" ")];
    if note.state == State::Missing {
        line.push(strong("not known"));
    } else {
        line.push(strong(words::value(report.program, report.facts, note.slot, note.lane)));
        line.push(quiet(format!(" ({})", words::origin(note.state))));
    }
    if view.full && view.internal() {
        line.extend([plain(" ["), code(fact.name.as_str()), plain("]")]);
    }
    line
}

/// What was needed, and by how much it is missed. An expectation does not say which fact it is about: where several are
/// read, a full view tells the whole condition, and a short one leaves it to the label.
fn needed(program: &Program, told: &Explanation<'_>, note: &RequirementNote<'_>, view: View, all: bool) -> Option<String> {
    let one = told.facts_of(note.facts).filter(|fact| fact.slot != AS_OF).count() <= 1;
    let (op, text) = match (note.expected, &note.requirement.body) {
        (Some(ExpectedNote::AtLeast(lane)), _) => (Some("at_least"), format!("Needed: at least {}", words::money(lane))),
        (Some(ExpectedNote::Stated(stated)), _) if one => {
            (Some(stated.op), format!("Needed: {}", words::expected(program, stated.op, &stated.values)))
        }
        (_, Body::Clauses(clauses)) if all && view.internal() => {
            let op = note.expected.and_then(|expected| match expected {
                ExpectedNote::Stated(stated) => Some(stated.op),
                ExpectedNote::AtLeast(_) => None,
            });
            (op, format!("Met when {}", condition(program, &clauses.met)))
        }
        _ => return None,
    };
    let far = note.margin.filter(|_| note.result != Judged::Met || all);
    let far = far.and_then(|margin| words::margin(margin, op, note.result));
    Some(far.map_or_else(|| format!("{text}."), |far| format!("{text}; {far}.")))
}

/// Why it is open.
fn why(note: &RequirementNote<'_>) -> Option<String> {
    let reason = note.open?;
    let text = match (reason, note.why) {
        (OpenReason::Missing, None) => return None,
        (OpenReason::Boundary, Some(why)) => words::sentence(why),
        (OpenReason::Unstated, Some(why)) => words::sentence(why),
        (reason, Some(why)) => format!("{}: {why}", words::sentence(words::open_reason(reason))),
        (reason, None) => words::sentence(words::open_reason(reason)),
    };
    Some(format!("{}.", text.trim_end_matches('.')))
}

fn remedy_line<'a>(program: &'a Program, remedy: &'a Remedy) -> Line<'a> {
    let mut line = vec![strong(format!("{}:", words::class(program, remedy))), plain(" "), plain(remedy.say.as_str())];
    if let Some(channel) = &remedy.channel {
        line.push(plain(format!(" Through: {channel}.")));
    }
    line
}

fn state_item<'a>(report: &'a Report<'a>, told: &Explanation<'_>, note: &'a StateNote<'a>, view: View) -> Item<'a> {
    let program = report.program;
    let known = told.facts_of(note.facts).filter(|fact| fact.state != State::Missing && fact.slot != AS_OF);
    let mut blocks: Vec<Block<'a>> = known.map(|fact| Block::Say(fact_line(report, &fact, view))).collect();
    let open = match &note.condition.holds {
        StateHolds::Open(clause) if note.holds.is_true() => {
            blocks.push(Block::Say(vec![plain(format!("{}.", words::sentence(clause.because.trim_end_matches('.'))))]));
            true
        }
        StateHolds::Needs(..) => true,
        _ => false,
    };
    let remedy = note.condition.remedy.and_then(|at| program.remedies.get(at));
    blocks.extend(remedy.map(|remedy| Block::Say(remedy_line(program, remedy))));
    push_sources(program, &note.condition.cites, view, &mut blocks);
    let (tone, line) = if open {
        let tone = words::Tone::Open;
        (tone, vec![toned(tone, "Not known yet"), plain(": "), plain(note.condition.label.as_str())])
    } else {
        let tone = if note.condition.kind == StateKind::Lost { words::Tone::Bad } else { words::Tone::Alarm };
        (tone, vec![strong(note.condition.label.as_str())])
    };
    Item { mark: Some(tone), line, blocks }
}

fn push_sources<'a>(program: &'a Program, cites: &'a [usize], view: View, blocks: &mut Vec<Block<'a>>) {
    blocks.extend(sources(program, cites, view).into_iter().map(|(word, line)| {
        let mut all = vec![plain(word), plain(": ")];
        all.extend(line);
        Block::Say(all)
    }));
}

/// Sources by their titles, in one line; in a full view each in its own, with the day on which it was read.
pub(super) fn sources<'a>(program: &'a Program, cites: &'a [usize], view: View) -> Vec<(&'static str, Line<'a>)> {
    let cited = cites.iter().filter_map(|at| program.sources.get(*at));
    let each: Vec<Line<'a>> = cited.map(|source| source_line(source, view.full)).collect();
    match each.len() {
        0 => Vec::new(),
        _ if view.full => each.into_iter().map(|line| ("Source", line)).collect(),
        1 => vec![("Source", joined(each, "; "))],
        _ => vec![("Sources", joined(each, "; "))],
    }
}

/// A source by its title, with its address where the format can show it.
pub(super) fn source_line(source: &Source, full: bool) -> Line<'_> {
    let mut line = vec![link(source.title.as_str(), source.url.as_deref())];
    match source.read {
        Some(day) if full => line.push(quiet(format!(", read on {}", words::day(day)))),
        None if full => line.push(quiet(", which each client has to read")),
        _ => {}
    }
    line
}

/// Every requirement and every state condition, met or not, and what forces the verdict.
pub(super) fn everything<'a>(report: &'a Report<'a>, told: &'a Explanation<'a>, view: View) -> Vec<Block<'a>> {
    let summary = format!("All requirements ({})", told.requirements.len());
    let mut blocks = Vec::new();
    if view.medium == Medium::Print {
        blocks.push(requirement_table(report, told, &summary, view));
    } else {
        let items = told.requirements.iter().map(|note| whole_item(report, told, note, view));
        blocks.push(Block::List { numbered: false, items: items.collect() });
    }
    let open = view.full && view.medium != Medium::Screen;
    let mut all = vec![Block::Fold { summary, open, blocks }];
    if !told.states.is_empty() && view.full {
        let items = told.states.iter().map(|note| {
            let (tone, word) = state_word(note);
            let line = vec![plain(note.condition.label.as_str()), plain(": "), toned(tone, word)];
            Item { mark: Some(tone), line, blocks: Vec::new() }
        });
        let blocks = vec![Block::List { numbered: false, items: items.collect() }];
        all.push(Block::Fold { summary: "State of the credit".to_owned(), open, blocks });
    }
    if !told.proof.is_empty() && view.full && view.internal() {
        let names = told.proof.iter().map(|slot| vec![code(report.program.name_of(*slot))]);
        all.push(Block::Fields(vec![("These facts alone force the verdict".into(), joined(names, ", "))]));
    }
    all
}

/// Does a condition apply? Those of life and standing are told as something that is known or not.
fn state_word(note: &StateNote<'_>) -> (words::Tone, &'static str) {
    use words::Tone;
    let asks = matches!(note.condition.kind, StateKind::Life | StateKind::Standing);
    match (asks, note.holds.is_true(), note.holds.is_false()) {
        (true, _, true) => (Tone::Good, "yes"),
        (true, _, false) | (false, false, false) => (Tone::Open, "not known"),
        (false, true, _) => (Tone::Alarm, "yes"),
        (false, false, true) => (Tone::Good, "no"),
    }
}

fn whole_item<'a>(report: &'a Report<'a>, told: &Explanation<'_>, note: &'a RequirementNote<'a>, view: View) -> Item<'a> {
    let program = report.program;
    let mut blocks: Vec<Block<'a>> = told.facts_of(note.facts).map(|fact| Block::Say(fact_line(report, &fact, view))).collect();
    blocks.extend(needed(program, told, note, view, true).map(|needed| Block::Say(vec![plain(needed)])));
    blocks.extend(why(note).map(|why| Block::Say(vec![plain(why)])));
    // Where the program is over or the credit gone, a next step would lead nowhere.
    if note.result != Judged::Met && !matches!(told.verdict, Verdict::Closed | Verdict::Lost) {
        let remedy = note.requirement.remedy.and_then(|at| program.remedies.get(at));
        blocks.extend(remedy.map(|remedy| Block::Say(remedy_line(program, remedy))));
    }
    push_sources(program, &note.requirement.cites, view, &mut blocks);
    let tone = words::result_tone(note.result);
    let mut line = vec![toned(tone, words::result(note.result)), plain(": "), plain(note.requirement.label.as_str())];
    if view.internal() {
        line.extend([plain(" ["), code(note.requirement.id.as_str()), quiet(format!(", {}", place(report, note))), plain("]")]);
    }
    Item { mark: Some(tone), line, blocks }
}

fn place(report: &Report<'_>, note: &RequirementNote<'_>) -> String {
    super::shapes::base_name(&report.sources.at(note.requirement.span)).to_owned()
}

fn requirement_table<'a>(report: &'a Report<'a>, told: &'a Explanation<'a>, caption: &str, view: View) -> Block<'a> {
    let head = ["Requirement", "Result", "What is known", "What is needed", "Sources"].map(str::to_owned).to_vec();
    let rows = told.requirements.iter().map(|note| {
        let facts = told.facts_of(note.facts).map(|fact| fact_line(report, &fact, view));
        let mut needs = Vec::new();
        let cited = note.requirement.cites.iter().filter_map(|at| report.program.sources.get(*at));
        needs.extend(needed(report.program, told, note, view, true).map(|text| vec![plain(text)]));
        needs.extend(why(note).map(|why| vec![plain(why)]));
        vec![
            vec![plain(note.requirement.label.as_str())],
            vec![toned(words::result_tone(note.result), words::result(note.result))],
            joined(facts, "; "),
            joined(needs, " "),
            joined(cited.map(|source| source_line(source, true)), "; "),
        ]
    });
    let caption = format!("{caption}: {}", told.decision.title);
    Block::Table { caption, head, rows: rows.collect() }
}
