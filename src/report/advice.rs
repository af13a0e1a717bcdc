//! The next step in words: until when, what would change it, what to ask, what can still be had.
//!
//! In: advice on decisions. Out: parts of cards and of the page.
//! Owns the sentences about advice. Never ranks, never decides.

use super::Report;
use super::account::View;
use super::advice_json::parties;
use super::arrange::title;
use super::page::{Block, Item, Line, code, plain, quiet, strong, toned};
use super::words;
use crate::advise::{Advice, Advised, Answer, Change, ChangeSet, Prospect, Question, Reach, Stretch, Through, Values};
use crate::explain::Explanation;
use crate::program::{Decision, Fact, Lane, NO_EVENT, SlotId, Type, Verdict};

/// Change sets and prospects in the short view.
const SHOWN: usize = 3;
/// Questions of all decisions, and prospects, in the short view; more would bury the first ones.
const LISTED: usize = 10;

/// `on track → from 31 March 2026 not decided yet → from 1 April 2026 does not qualify`.
pub(super) fn timeline<'a>(told: &Explanation<'a>, advice: &Advice, view: View) -> Option<Block<'a>> {
    let line: Line<'a> = match advice.timeline.as_deref() {
        None => vec![plain("not analysed within the limit")],
        Some([_]) if !view.full => return None,
        Some([_]) | Some([]) => vec![plain("no day turns it while nothing else changes")],
        Some(stretches) => stretches.iter().flat_map(|stretch| turn(told.decision, stretch, view)).collect(),
    };
    Some(Block::Fields(vec![("Until when".into(), line)]))
}

fn turn<'a>(decision: &'a Decision, stretch: &Stretch, view: View) -> Line<'a> {
    let verdict = toned(words::tone(stretch.verdict), words::verdict(stretch.verdict).to_lowercase());
    let Some(through) = stretch.through else { return vec![verdict] };
    let mut line = vec![plain(format!(" → from {} ", words::day(stretch.from))), verdict];
    if view.full
        && let Some(label) = label(decision, through)
    {
        line.push(quiet(format!(" ({label})")));
    }
    line
}

pub(super) fn label(decision: &Decision, through: Through) -> Option<&str> {
    match through {
        Through::Requirement(at) => decision.requirements.get(at).map(|requirement| requirement.label.as_str()),
        Through::State(at) => decision.states.get(at).map(|state| state.label.as_str()),
        Through::Closing => Some("the dates of the program"),
    }
}

/// What would change the verdict, or that nothing does.
pub(super) fn changes<'a>(report: &'a Report<'a>, told: &Explanation<'a>, advice: &Advice, view: View) -> Vec<Block<'a>> {
    let sets = &advice.changes.sets;
    let refused =
        matches!(told.verdict, Verdict::DoesNotQualify | Verdict::Lost | Verdict::Closed | Verdict::Denied | Verdict::Fail);
    if sets.is_empty() {
        let line = match advice.changes.complete {
            false if refused || view.full => "What would change it was not analysed within the limit.",
            true if refused => "Nothing that anybody can change would help: every allowed change was tried.",
            _ => return Vec::new(),
        };
        return vec![Block::Say(vec![plain(line)])];
    }
    let shown = if view.full { sets.len() } else { sets.len().min(SHOWN) };
    let mut items: Vec<Item<'a>> = sets.iter().take(shown).map(|set| change_item(report, set)).collect();
    if sets.len() > shown {
        let more = words::number(sets.len() - shown, "other way is", "other ways are");
        items.push(Item { line: vec![quiet(format!("{more} in the full report."))], ..Item::default() });
    }
    let mut blocks = vec![Block::Say(vec![strong("What would change it:")]), Block::List { numbered: false, items }];
    if !advice.changes.complete && view.full {
        blocks.push(Block::Say(vec![quiet("There may be other ways: not everything was analysed within the limit.")]));
    }
    blocks
}

/// `Qualifies once the spend qualifying is at least 200 USD (spending), by 30 March 2026`.
fn change_item<'a>(report: &'a Report<'a>, set: &ChangeSet) -> Item<'a> {
    let then = match set.then {
        Verdict::Undetermined => "Open again",
        then => words::verdict(then),
    };
    let mut line = vec![toned(words::tone(set.then), then), plain(" once ")];
    for (at, change) in set.set.iter().enumerate() {
        let joint = match at {
            0 => "",
            _ if at + 1 == set.set.len() => " and ",
            _ => ", ",
        };
        line.push(plain(joint));
        line.push(plain(format!("{} is ", words::fact_name(report.program.name_of(change.slot)).replace("as of", "the day"))));
        line.push(strong(to_words(report, change.slot, &change.to)));
    }
    let party = |party: &str| {
        let label = report.program.parties.iter().find(|(name, _)| name == party);
        label.map_or_else(|| party.to_owned(), |(_, label)| label.clone())
    };
    let by: Vec<String> = parties(set).into_iter().map(party).collect();
    line.push(quiet(format!(" (by {})", by.join(", "))));
    if let Some(until) = set.until {
        line.push(plain(format!("; {} is the last sure day", words::day(until))));
    }
    line.push(plain("."));
    let warned = |change: &Change| change.warn.and_then(|at| report.program.warnings.get(at));
    let warnings = set.set.iter().filter_map(warned);
    let blocks =
        warnings.map(|warning| Block::Note(words::Tone::Alarm, "Warning", vec![plain(warning.say.as_str())])).collect();
    Item { mark: None, line, blocks }
}

/// Some values of a fact: `yes`, `at least 200 USD`, `by 30 March 2026`, `anything but TH`.
fn to_words(report: &Report<'_>, slot: SlotId, values: &Values) -> String {
    let value = |lane: &Lane| words::value(report.program, report.facts, slot, *lane);
    let day = matches!(report.program.fact_of(slot).map(|fact| &fact.ty), Some(Type::Date { .. }));
    let any = |texts: &[String]| match texts {
        [] => "anything".to_owned(),
        texts => words::either(texts),
    };
    match values {
        Values::OneOf(lanes) if lanes.iter().all(|lane| lane.main == NO_EVENT) && !lanes.is_empty() => "none so far".to_owned(),
        Values::OneOf(lanes) => any(&lanes.iter().map(value).collect::<Vec<_>>()),
        Values::Texts(texts) => any(texts),
        Values::NotOneOf(lanes) if lanes.is_empty() => "anything".to_owned(),
        Values::NotOneOf(lanes) => format!("anything but {}", any(&lanes.iter().map(value).collect::<Vec<_>>())),
        Values::OtherTexts(texts) if texts.is_empty() => "anything".to_owned(),
        Values::OtherTexts(texts) => format!("anything but {}", any(texts)),
        Values::Range(None, None) => "any value".to_owned(),
        Values::Range(Some(low), Some(high)) if low == high => value(low),
        Values::Range(Some(low), None) if day => format!("{} or later", value(low)),
        Values::Range(None, Some(high)) if day => format!("{} or earlier", value(high)),
        Values::Range(Some(low), None) => format!("at least {}", value(low)),
        Values::Range(None, Some(high)) => format!("at most {}", value(high)),
        Values::Range(Some(low), Some(high)) => format!("from {} to {}", value(low), value(high)),
    }
}

/// The questions of one card, each with what its answers decide.
pub(super) fn questions<'a>(report: &'a Report<'a>, told: &Explanation<'a>, advice: &Advice, view: View) -> Vec<Block<'a>> {
    if told.verdict != Verdict::Undetermined {
        return Vec::new();
    }
    let asked = &advice.ask.questions;
    if asked.is_empty() {
        return vec![Block::Say(vec![strong("No answer settles it: what is open, no source says.")])];
    }
    let shown = if view.full { asked.len() } else { asked.len().min(SHOWN) };
    let lead = match (asked.len(), advice.ask.complete) {
        _ if !advice.ask.hopeful => {
            let answers = words::number(asked.len(), "answer", "answers");
            format!("No answer settles it for good, as said above; {answers} may still rule it out:")
        }
        (1, _) => "One answer settles it:".to_owned(),
        (all, true) => format!("At most {all} answers settle it, first:"),
        (all, false) => format!("At most {all} answers settle it; not all of them were analysed within the limit:"),
    };
    let items = asked.iter().take(shown).filter_map(|question| {
        let fact = report.program.fact_of(question.slot)?;
        let mut line = vec![plain(fact.ask.as_str())];
        if view.internal() && view.full {
            line.extend([plain(" ["), code(fact.name.as_str()), plain("]")]);
        }
        let mut blocks = vec![Block::Say(vec![quiet(super::card::where_to_look(fact))])];
        if view.full {
            blocks.extend(why(told.decision, question).map(|why| Block::Say(vec![quiet(why)])));
        }
        blocks.extend(decides(report, question).map(Block::Say));
        Some(Item { mark: Some(words::Tone::Open), line, blocks })
    });
    let mut blocks = vec![Block::Say(vec![strong(lead)]), Block::List { numbered: false, items: items.collect() }];
    if view.full && !advice.ask.idle.is_empty() {
        blocks.push(Block::Say(vec![quiet(format!("No need to ask for {}.", names(report, &advice.ask.idle)))]));
    }
    blocks
}

/// What belongs to a question: why it is asked, where the answer is found, what the answers decide. One a line.
pub(super) fn help(report: &Report<'_>, decision: &Decision, question: &Question) -> Vec<String> {
    let mut lines: Vec<String> = why(decision, question).into_iter().collect();
    lines.extend(report.program.fact_of(question.slot).map(super::card::where_to_look));
    let decides = decides(report, question);
    lines.extend(decides.map(|line| line.iter().map(|piece| piece.text.as_ref()).collect::<String>()));
    lines
}

/// Why a question is asked.
pub(super) fn why(decision: &Decision, question: &Question) -> Option<String> {
    let labels: Vec<&str> = question.through.iter().filter_map(|through| label(decision, *through)).collect();
    (!labels.is_empty()).then(|| format!("Asked because of: {}.", labels.join("; ")))
}

/// `Decides by itself: no (does not qualify).`; nothing where no answer settles it alone.
pub(super) fn decides<'a>(report: &Report<'_>, question: &Question) -> Option<Line<'a>> {
    if !question.may_settle() {
        return None;
    }
    let mut line = vec![plain("Decides by itself: ")];
    let settling = question.answers.iter().filter(|answer| answer.then != Verdict::Undetermined);
    for (at, Answer { to, then }) in settling.enumerate() {
        let joint = if at == 0 { "" } else { "; " };
        let answer = most_words(report, question.slot, to).unwrap_or_else(|| to_words(report, question.slot, to));
        line.extend([plain(format!("{joint}{answer} (")), toned(words::tone(*then), words::verdict(*then).to_lowercase())]);
        line.push(plain(")"));
    }
    line.push(plain("."));
    Some(line)
}

/// Most words of a fact by those that are left: `anything but shopify`.
fn most_words(report: &Report<'_>, slot: SlotId, values: &Values) -> Option<String> {
    let (Values::OneOf(lanes), Type::Enum(all)) = (values, &report.program.fact_of(slot)?.ty) else { return None };
    let left: Vec<Lane> =
        (0..).take(all.len()).map(|main| Lane { main, aux: 0 }).filter(|lane| !lanes.contains(lane)).collect();
    let fewer = !left.is_empty() && left.len() * 2 < lanes.len();
    fewer.then(|| to_words(report, slot, &Values::NotOneOf(left)))
}

fn names(report: &Report<'_>, slots: &[SlotId]) -> String {
    let mut names: Vec<String> = Vec::new();
    for slot in slots {
        let name = words::fact_name(report.program.name_of(*slot));
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(", ")
}

/// What can still be had, the nearest first.
pub(super) fn prospects<'a>(report: &'a Report<'a>, advised: &Advised, view: View, blocks: &mut Vec<Block<'a>>) {
    let of =
        |at: &usize| Some((report.decisions.get(*at)?, advised.advice.get(*at)?, advised.advice.get(*at)?.prospect.as_ref()?));
    let all: Vec<_> = advised.prospects.iter().filter_map(of).collect();
    let open = all.iter().filter(|(told, ..)| told.verdict == Verdict::Undetermined).count();
    let near: Vec<_> = all.into_iter().filter(|(.., prospect)| prospect.reach != Reach::Gone).collect();
    // One credit alone says it on its own card, and where little is open the verdicts are the ranking.
    if near.len() < 2 || (open < 2 && !view.full) {
        return;
    }
    blocks.push(Block::Heading(2, vec![plain("What this account can still get")]));
    let shown = if view.full { near.len() } else { near.len().min(LISTED) };
    let more = near.len() - shown;
    let items = near.into_iter().take(shown).map(|(told, advice, prospect)| prospect_item(report, told, advice, prospect));
    blocks.push(Block::List { numbered: true, items: items.collect() });
    if more > 0 {
        let more = words::number(more, "credit", "credits");
        blocks.push(Block::Say(vec![quiet(format!("And {more} more, in the full report."))]));
    }
}

fn prospect_item<'a>(report: &'a Report<'a>, told: &Explanation<'a>, advice: &Advice, prospect: &Prospect) -> Item<'a> {
    let mut line = vec![strong(title(report.program, told)), plain(": ")];
    let questions = |one: &str| match prospect.questions {
        1 => format!("{one}; one answer settles it"),
        many => format!("{one}; at most {many} answers settle it"),
    };
    line.push(plain(match prospect.reach {
        Reach::Has => "the terms are met".to_owned(),
        Reach::Going => "on track".to_owned(),
        Reach::Open => questions("possible"),
        Reach::Change => "after a change".to_owned(),
        Reach::Held if told.verdict == Verdict::Undetermined => questions("possible, but held back"),
        Reach::Held => "held back".to_owned(),
        Reach::Silent if prospect.questions == 0 => "no source says whether it can be had".to_owned(),
        Reach::Silent => "no answer settles it for good".to_owned(),
        Reach::Unknown => "not analysed within the limit".to_owned(),
        Reach::Gone => "gone".to_owned(),
    }));
    if let Some((amount, at_most)) = prospect.pays {
        let most = if at_most { "up to " } else { "" };
        line.push(plain(format!("; {most}{}", words::money(amount))));
    }
    line.push(plain("."));
    let mut blocks = Vec::new();
    let then: Vec<&str> = prospect.then.iter().filter_map(|through| label(told.decision, *through)).collect();
    if !then.is_empty() && matches!(prospect.reach, Reach::Open | Reach::Going) {
        blocks.push(Block::Say(vec![plain(format!("Still to be reached: {}.", then.join("; ")))]));
    }
    if prospect.reach == Reach::Change
        && let Some(set) = advice.changes.sets.first()
    {
        blocks.push(Block::Say(change_item(report, set).line));
    }
    let ask = |question: &Question| report.program.fact_of(question.slot).map(|fact: &Fact| fact.ask.as_str());
    if prospect.reach == Reach::Open
        && let Some(first) = advice.ask.questions.first().and_then(ask)
    {
        blocks.push(Block::Say(vec![quiet("Ask first: "), plain(first)]));
    }
    Item { mark: None, line, blocks }
}

/// One list of questions for all decisions, and what need not be asked.
pub(super) fn ask<'a>(report: &'a Report<'a>, advised: &Advised, view: View, blocks: &mut Vec<Block<'a>>) {
    let waiting = report.decisions.iter().filter(|told| told.verdict == Verdict::Undetermined).count();
    if waiting >= 2 && !advised.questions.is_empty() {
        blocks.push(Block::Heading(2, vec![plain("Questions to ask next")]));
        let shown = if view.full { advised.questions.len() } else { advised.questions.len().min(LISTED) };
        let items = advised.questions.iter().take(shown).filter_map(|asked| {
            let fact = report.program.fact_of(asked.slot)?;
            let mut line = vec![strong(fact.ask.as_str())];
            let of = |at: &usize| report.decisions.get(*at);
            let about = match asked.record {
                Some(_) => asked.needed_by.first().and_then(of).and_then(|told| told.subject),
                None => super::card::of_program(report.program, asked.slot),
            };
            if let Some(about) = about {
                line.push(plain(format!(" (for: {about})")));
            }
            if asked.needed_by.len() > 1 {
                line.push(quiet(format!(" {} decisions wait for it", asked.needed_by.len())));
                line.push(quiet(match asked.settles {
                    0 => ".".to_owned(),
                    1 => "; it may settle one alone.".to_owned(),
                    many => format!("; it may settle {many} alone."),
                }));
            }
            if view.internal() && view.full {
                line.extend([plain(" ["), code(fact.name.as_str()), plain("]")]);
            }
            Some(Item { mark: None, line, blocks: vec![Block::Say(vec![plain(super::card::where_to_look(fact))])] })
        });
        blocks.push(Block::List { numbered: true, items: items.collect() });
        if advised.questions.len() > shown {
            let more = words::number(advised.questions.len() - shown, "question", "questions");
            blocks.push(Block::Say(vec![quiet(format!("And {more} more, in the full report."))]));
        }
    }
    if !advised.idle.is_empty() && waiting > 0 {
        let line = match view.full {
            true => format!("No need to ask for {}: no answer changes a verdict any more.", names(report, &advised.idle)),
            false => {
                let some = advised.idle.len().min(SHOWN);
                let named = names(report, advised.idle.get(..some).unwrap_or(&[]));
                let more = advised.idle.len() - some;
                let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
                format!("No need to ask for {named}{rest}: no answer changes a verdict any more.")
            }
        };
        blocks.push(Block::Say(vec![quiet(line)]));
    }
}
