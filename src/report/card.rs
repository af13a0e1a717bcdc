//! One decision: its verdict, why, what it pays, what to do next.
//!
//! In: an explanation. Out: a card of a page.
//! Owns the sentences about a decision. Never decides.

use super::Report;
use super::account::{Medium, View};
use super::arrange::title;
use super::page::{Block, Item, Line, bar, code, joined, plain, quiet, strong, toned};
use super::reasons::{everything, reasons, sources};
use super::words;
use crate::explain::{Assumption, Explanation, Progression};
use crate::program::{At, Fact, Judged, Program, RewardValue, SlotId, Type, Verdict};
use crate::syntax::DecisionKind;

/// Questions that a card shows in the short view.
pub(super) const INLINE_QUESTIONS: usize = 3;

/// The card of one decision.
pub(super) fn card<'a>(report: &'a Report<'a>, told: &'a Explanation<'a>, view: View) -> Block<'a> {
    let program = report.program;
    let mut name = vec![plain(title(program, told))];
    if view.internal() && view.full {
        name.extend([plain(" ["), code(told.decision.id.as_str()), plain("]")]);
    }
    let mut blocks = vec![Block::Heading(3, name)];
    let notes = told.warnings.iter().filter_map(|at| program.warnings.get(*at));
    let notes = notes.map(|warning| Block::Note(words::Tone::Alarm, "Warning", vec![plain(warning.say.as_str())]));
    let before = told.decision.kind == DecisionKind::Action;
    let (first, last): (Vec<_>, Vec<_>) = notes.partition(|_| before);
    blocks.extend(first);
    blocks.push(Block::Say(verdict_line(report, told)));
    blocks.extend(last);
    blocks.extend(promise(program, told, view));
    blocks.extend(pays(report, told));
    let reasons = reasons(report, told, view);
    if !reasons.is_empty() {
        blocks.push(Block::List { numbered: false, items: reasons });
    }
    let advice = report.advice_on(told);
    if let Some(advice) = advice {
        blocks.extend(super::advice::timeline(told, advice, view));
    }
    match advice {
        Some(advice) => blocks.extend(super::advice::questions(report, told, advice, view)),
        None => questions(report, told, view, &mut blocks),
    }
    if let Some(advice) = advice {
        blocks.extend(super::advice::changes(report, told, advice, view));
    }
    if !told.readings.is_empty() {
        blocks.push(Block::List { numbered: false, items: readings(told) });
    }
    if let Some(claim) = &told.decision.claim
        && matches!(told.verdict, Verdict::Qualifies | Verdict::OnTrack)
    {
        blocks.push(Block::Fields(vec![("How it is claimed".into(), vec![plain(claim.as_str())])]));
    }
    let assumed = assumptions(report, told);
    if !assumed.is_empty() {
        blocks.push(Block::Fields(vec![("Assumed".into(), assumed)]));
    }
    // Each reason cites its own sources; where no reason is told, the verdict rests on those of the whole program.
    let waits = told.verdict == Verdict::Undetermined;
    if view.full || !(waits || told.requirements.iter().any(|note| note.result == Judged::Failed)) {
        let cites = sources(program, &told.decision.cites, view);
        if !cites.is_empty() {
            blocks.push(Block::Fields(cites.into_iter().map(|(word, line)| (word.into(), line)).collect()));
        }
    }
    if view.full || view.medium == Medium::Print {
        blocks.extend(everything(report, told, view));
    }
    if view.full
        && let Some(note) = &told.decision.note
    {
        blocks.push(Block::Fields(vec![("Note".into(), vec![plain(note.as_str())])]));
    }
    Block::Card(words::tone(told.verdict), blocks)
}

/// That a good verdict is no promise, beside each one: on a screen cards are read one by one.
pub(super) fn promise<'a>(program: &Program, told: &Explanation<'_>, view: View) -> Option<Block<'a>> {
    let said = match told.verdict {
        Verdict::Qualifies => "Meets the published terms",
        Verdict::OnTrack => "Nothing in the published terms stands against it",
        _ => return None,
    };
    let text = format!("{said}; {} decides.", words::decider(program));
    (view.medium == Medium::Screen).then(|| Block::Say(vec![quiet(text)]))
}

pub(super) fn verdict_line<'a>(report: &Report<'_>, told: &Explanation<'_>) -> Line<'a> {
    let word = words::verdict(told.verdict);
    let word = match &told.decision.severity {
        Some(severity) => format!("{word} ({severity})"),
        None => word.to_owned(),
    };
    vec![toned(words::tone(told.verdict), format!("{word}.")), plain(" "), plain(lead(report, told))]
}

/// Why, in one sentence.
fn lead(report: &Report<'_>, told: &Explanation<'_>) -> String {
    let count = |result| told.requirements.iter().filter(|note| note.result == result).count();
    let all = told.requirements.len();
    let every = match all {
        0 => "There is no requirement.".to_owned(),
        1 => "The one requirement is met.".to_owned(),
        2 => "Both requirements are met.".to_owned(),
        _ => format!("All {all} requirements are met."),
    };
    if told.requirements.iter().any(|note| super::reasons::is_ban(note.requirement)) {
        return "This is never allowed.".to_owned();
    }
    let of_all = |number: usize, one: &str, many: &str| match (all, number) {
        (1, _) => format!("The one requirement {one}."),
        (_, number) => format!("{number} of {all} requirements {}.", if number == 1 { one } else { many }),
    };
    match told.verdict {
        Verdict::Qualifies | Verdict::Allowed | Verdict::Pass => every,
        Verdict::DoesNotQualify | Verdict::Denied | Verdict::Fail => of_all(count(Judged::Failed), "is not met", "are not met"),
        Verdict::OnTrack => {
            let still = of_all(count(Judged::Pending), "is not reached yet", "are not reached yet");
            format!("Nothing stands against it. {still}")
        }
        Verdict::Undetermined if count(Judged::Open) == 0 => {
            "Nothing stands against it, but what became of the credit is not known.".to_owned()
        }
        Verdict::Undetermined => {
            let open = of_all(count(Judged::Open), "cannot be judged yet", "cannot be judged yet");
            format!("Nothing stands against it so far. {open}")
        }
        Verdict::Blocked if count(Judged::Pending) > 0 => {
            "The terms are not broken, but the credit cannot be earned or used as things stand.".to_owned()
        }
        Verdict::Blocked => "The terms are met, but the credit cannot be used as things stand.".to_owned(),
        Verdict::Lost => "A credit that existed is gone.".to_owned(),
        Verdict::Closed => match closing(report, told) {
            Some(closing) => format!("{}.", words::sentence(&closing)),
            None => "The program is not in force.".to_owned(),
        },
    }
}

/// `ended on 30 November 2025`, `begins on 1 December 2026`.
pub(super) fn closing(report: &Report<'_>, told: &Explanation<'_>) -> Option<String> {
    let limits = told.decision.in_force;
    let today = report.facts.as_of();
    if let Some(from) = limits.from.filter(|from| today < *from) {
        return Some(format!("begins on {}", words::day(from)));
    }
    let last = limits.to.or(limits.settled).filter(|last| today > *last)?;
    Some(format!("ended on {}", words::day(last)))
}

/// What it pays, and how far the spend is.
pub(super) fn pays<'a>(report: &Report<'_>, told: &Explanation<'_>) -> Option<Block<'a>> {
    let mut fields: Vec<(std::borrow::Cow<'a, str>, Line<'a>)> = Vec::new();
    let pending = told.requirements.iter().any(|note| note.result == Judged::Pending);
    let earned = told.verdict == Verdict::Qualifies || (told.verdict == Verdict::Blocked && !pending);
    if earned && told.decision.kind == DecisionKind::Credit {
        let amount = match told.reward {
            Some(reward) if reward.at_least => {
                Some(format!("at least {}; a step that no source shows may give more", words::money(reward.amount)))
            }
            Some(reward) => Some(words::money(reward.amount)),
            None => unpaid(told),
        };
        fields.extend(amount.map(|amount| ("Reward".into(), vec![strong(amount)])));
    }
    let shown = matches!(told.verdict, Verdict::Qualifies | Verdict::OnTrack | Verdict::Undetermined | Verdict::Blocked);
    // A bare amount without a goal says nothing where the goal is what is not known.
    let told_amount = |progress: &Progression| progress.next.is_some() || told.verdict == Verdict::Qualifies;
    if let Some(progress) = told.progress.filter(|_| shown).filter(told_amount) {
        let mut line = Line::new();
        if let Some(percent) = report.advice.and(progress.next).and_then(|next| share(progress.spent.main, next.threshold.main))
        {
            line.extend([bar(percent), plain(" ")]);
        }
        line.push(plain(spend(progress, report.facts.as_of())));
        fields.push(("Progress".into(), line));
    }
    (!fields.is_empty()).then_some(Block::Fields(fields))
}

/// How much of a goal is reached, in whole percent, rounded down.
fn share(done: i64, goal: i64) -> Option<u8> {
    let percent = i128::from(done.max(0)) * 100 / i128::from(goal.max(1));
    u8::try_from(percent.min(100)).ok().filter(|_| goal > 0)
}

/// Why no amount is told, where there is one at all.
fn unpaid(told: &Explanation<'_>) -> Option<String> {
    let mut open = None;
    for reward in &told.decision.rewards {
        match &reward.value {
            RewardValue::Unstated(because) => return Some(format!("amount not published: {because}")),
            RewardValue::None => {}
            RewardValue::Amount(_) | RewardValue::Tier(..) => {
                open = Some("the amount does not follow from what is known".to_owned());
            }
        }
    }
    open
}

/// `180 USD of 200 USD, which gives 200 USD; 20 USD short; 30 March 2026 is the last sure day; 1.82 USD a day`.
fn spend(progress: Progression, today: i64) -> String {
    let spent = words::money(progress.spent);
    let Some(next) = progress.next else { return format!("{spent} counted so far") };
    let mut text = format!("{spent} of {}", words::money(next.threshold));
    if let Some(credit) = next.credit {
        text.push_str(&format!(", which gives {}", words::money(credit)));
    }
    text.push_str(&format!("; {} short", words::money(next.short_by)));
    match next.last_sure_day {
        Some(last) if last < today => text.push_str(&format!("; the last sure day was {}", words::day(last))),
        Some(last) => text.push_str(&format!("; {} is the last sure day", words::day(last))),
        None => {}
    }
    if let Some(per_day) = next.per_day {
        text.push_str(&format!("; {} a day until then", words::money(per_day)));
    }
    text
}

/// What is missing, as questions with where the answer is found.
fn questions<'a>(report: &'a Report<'a>, told: &Explanation<'_>, view: View, blocks: &mut Vec<Block<'a>>) {
    if told.missing.is_empty() {
        return;
    }
    let many = told.missing.len() > INLINE_QUESTIONS && !view.full;
    let shown = if many { INLINE_QUESTIONS - 1 } else { told.missing.len() };
    let answers = words::number(told.missing.len(), "answer is", "answers are");
    let lead = if many { format!("{answers} missing, among them:") } else { format!("{answers} missing:") };
    blocks.push(Block::Say(vec![strong(lead)]));
    let items = told.missing.iter().take(shown).filter_map(|slot| {
        let fact = report.program.fact_of(*slot)?;
        let mut line = vec![plain(fact.ask.as_str())];
        if view.internal() && view.full {
            line.extend([plain(" ["), code(fact.name.as_str()), plain("]")]);
        }
        Some(Item { mark: Some(words::Tone::Open), line, blocks: vec![Block::Say(vec![quiet(where_to_look(fact))])] })
    });
    blocks.push(Block::List { numbered: false, items: items.collect() });
}

/// `Look: Ads Manager > Reporting; or ask the owner`.
pub(super) fn where_to_look(fact: &Fact) -> String {
    format!("Look here: {}.", fact.find.join("; or: "))
}

/// The title of the program whose record a question is about.
pub(super) fn of_program(program: &Program, slot: SlotId) -> Option<&str> {
    let At::Keyed(list, key) = program.slots.get(slot.0 as usize)?.at else { return None };
    let list = program.lists.get(list.0 as usize)?;
    let Type::Enum(words) = &program.facts.get(list.key.0 as usize)?.ty else { return None };
    let id = words.get(usize::try_from(key).ok()?)?;
    program.decision(id).map(|decision| decision.title.as_str())
}

/// `if the first day counts as day one: qualifies; if not …: does not qualify`, for each requirement that is open so.
pub(super) fn readings<'a>(told: &'a Explanation<'a>) -> Vec<Item<'a>> {
    let mut items: Vec<(&str, Vec<Line<'a>>)> = Vec::new();
    for reading in &told.readings {
        let verdict = toned(words::tone(reading.verdict), words::verdict(reading.verdict).to_lowercase());
        let line = vec![plain(format!("if {}: ", reading.reading)), verdict];
        match items.last_mut() {
            Some((label, lines)) if *label == reading.requirement.label => lines.push(line),
            _ => items.push((&reading.requirement.label, vec![line])),
        }
    }
    let item = |(label, lines): (&'a str, Vec<Line<'a>>)| {
        let blocks = vec![Block::Say(joined(lines, "; "))];
        Item { mark: Some(words::Tone::Open), line: vec![strong("Depends on the reading of: "), plain(label)], blocks }
    };
    items.into_iter().map(item).collect()
}

pub(super) fn assumptions<'a>(report: &'a Report<'a>, told: &'a Explanation<'a>) -> Line<'a> {
    let each = told.assumptions.iter().map(|assumption| match assumed(report, assumption) {
        Some(value) => vec![plain(value)],
        None => vec![plain(assumption.reason.trim_end_matches('.'))],
    });
    joined(each, "; ")
}

/// `offer status is none`, for an assumed fact.
pub(super) fn assumed(report: &Report<'_>, assumption: &Assumption<'_>) -> Option<String> {
    let fact = assumption.fact?;
    let value = words::value(report.program, report.facts, fact.slot, fact.lane);
    Some(format!("{} is {value}", words::fact_name(report.program.name_of(fact.slot))))
}
