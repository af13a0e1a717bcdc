//! The differences as a page.
//!
//! In: a report about two versions. Out: headings, statements, tables of moves with their accounts.
//! Owns their order: what changes verdicts first. Never analyses.

use super::super::page::{Block, Item, Line, Page, Piece, code, joined, plain, quiet, strong, toned};
use super::super::reasons::source_line;
use super::super::words::{self, Tone};
use super::words::{Kind, Said};
use super::{DiffReport, statements, vocabulary};
use crate::analyze::{Cell, Change, Class, Compared, Group, Impact, Witness, moved_by};
use crate::program::{Lane, Program, Type, Verdict};

const ORDER: [Class; 8] =
    [Class::Stricter, Class::Looser, Class::Mixed, Class::Opens, Class::Other, Class::Unclear, Class::Added, Class::Removed];

pub(super) fn page<'a>(report: &DiffReport<'a>) -> Page<'a> {
    let title = format!("From {} to {}", report.names.0, report.names.1);
    let mut blocks = vec![Block::Heading(1, vec![plain(title.clone())]), Block::Say(summary(report))];
    if let Some(impact) = report.impact {
        blocks.extend(accounts(report, impact));
    }
    for class in ORDER {
        for one in report.compared.iter().filter(|one| one.class == class) {
            blocks.extend(decision(report, one));
        }
    }
    for one in report.compared.iter().filter(|one| one.class == Class::Same) {
        if one.changed() || !statements(report, one).is_empty() {
            blocks.extend(decision(report, one));
        }
    }
    let shared = vocabulary::changes(report.old, report.new);
    if !shared.is_empty() {
        blocks.push(Block::Heading(2, vec![plain("Facts and sources")]));
        let items = shared.into_iter().map(|(name, text)| Item {
            mark: None,
            line: vec![code(name), plain(": "), plain(text)],
            blocks: Vec::new(),
        });
        blocks.push(Block::List { numbered: false, items: items.collect() });
        let both =
            "Compared are accounts that both versions can describe; a fact that one of them does not know is left out there.";
        blocks.push(Block::Say(vec![quiet(both)]));
    }
    if report.compared.iter().any(Compared::changed) || report.impact.is_some() {
        blocks.push(Block::Say(vec![quiet(words::PROMISE)]));
    }
    Page { title, blocks }
}

fn summary<'a>(report: &DiffReport<'_>) -> Line<'a> {
    let count = |class: Class| report.compared.iter().filter(|one| one.class == class).count();
    let mut parts = vec![format!("{} the same for every account (proved)", count(Class::Same))];
    let rest = ORDER.into_iter().filter(|class| count(*class) > 0).map(|class| format!("{} {}", count(class), short(class)));
    parts.extend(rest);
    vec![plain(format!("{}: {}.", words::number(report.compared.len(), "decision", "decisions"), parts.join(", ")))]
}

const fn short(class: Class) -> &'static str {
    match class {
        Class::Same => "the same",
        Class::Stricter => "stricter",
        Class::Looser => "looser",
        Class::Mixed => "stricter for some and looser for others",
        Class::Opens => "more or less often open",
        Class::Other => "decided otherwise, neither stricter nor looser",
        Class::Added => "new",
        Class::Removed => "gone",
        Class::Unclear => "not analysed to the end",
    }
}

/// A decision that changed.
fn decision<'a>(report: &DiffReport<'a>, one: &Compared) -> Vec<Block<'a>> {
    let new = one.new.and_then(|at| report.new.decisions.get(at));
    let known = new.or_else(|| one.old.and_then(|at| report.old.decisions.get(at)));
    let Some(known) = known else { return Vec::new() };
    let mut blocks = vec![
        Block::Heading(2, vec![plain(known.title.as_str()), plain(" ("), code(known.id.as_str()), plain(")")]),
        Block::Say(class_line(one)),
    ];
    let said = statements(report, one);
    if !said.is_empty() {
        blocks.push(stated((report.old, report.new), &said));
    }
    if !one.verdicts.is_empty() {
        let rows = one.verdicts.iter().map(|cell| {
            let tones = [cell.before, cell.after].map(|verdict| vec![toned(words::tone(verdict), words::verdict(verdict))]);
            row(report, one, tones, cell)
        });
        let head = ["Before", "After", "By", "An account that moves so"].map(str::to_owned).to_vec();
        blocks.push(Block::Table { caption: "Verdicts before and after".to_owned(), head, rows: rows.collect() });
    }
    match &one.reward {
        Some(Ok(witness)) => {
            let [before, after] = [0, 1].map(|side| {
                let reward = witness.rewards.get(side).copied().flatten();
                reward.map_or_else(
                    || "none stated".to_owned(),
                    |reward| format!("{}{}", if reward.at_least { "at least " } else { "" }, words::money(reward.amount)),
                )
            });
            let line = vec![
                plain("Reward: "),
                strong(format!("{before} → {after}")),
                plain(", as for an account with "),
                plain(account_words(witness)),
                plain("."),
            ];
            blocks.push(Block::Say(line));
        }
        Some(Err(why)) => blocks.push(Block::Say(vec![plain("Reward: "), plain(unclear(*why))])),
        None => {}
    }
    if !one.requirements.is_empty() {
        let rows = one.requirements.iter().flat_map(|(id, cells)| {
            cells.iter().map(move |cell| {
                let tones = [cell.before, cell.after].map(|result| toned(words::result_tone(result), words::result(result)));
                let account = match &cell.account {
                    Ok(witness) => account_words(witness),
                    Err(why) => unclear(*why).to_owned(),
                };
                let [before, after] = tones;
                vec![vec![code(id.clone())], vec![before], vec![after], vec![plain(account)]]
            })
        });
        let head = ["Requirement", "Before", "After", "An account that moves so"].map(str::to_owned).to_vec();
        let table = Block::Table { caption: "Requirements before and after".to_owned(), head, rows: rows.collect() };
        let summary = format!("Requirements that come to something else ({})", one.requirements.len());
        blocks.push(Block::Fold { summary, open: false, blocks: vec![table] });
    }
    blocks
}

/// Statements that differ, part by part, with the sources of those that decide.
pub(super) fn stated<'a>(versions: (&'a Program, &'a Program), said: &[Said]) -> Block<'a> {
    let parts = said.chunk_by(|a, b| a.part == b.part && a.old_cites == b.old_cites && a.new_cites == b.new_cites);
    let items = parts.filter_map(|all| {
        let first = all.first()?;
        let mut line: Line<'a> = vec![code(first.part.clone())];
        if !first.label.is_empty() {
            line.push(quiet(format!(" – {}", first.label)));
        }
        let each = all.iter().map(|said| Item { mark: None, line: statement(said), blocks: Vec::new() });
        let mut blocks = vec![Block::List { numbered: false, items: each.collect() }];
        if all.iter().any(|said| said.kind != Kind::Wording) {
            blocks.extend(sources(versions, first));
        }
        Some(Item { mark: None, line, blocks })
    });
    Block::List { numbered: false, items: items.collect() }
}

fn class_line<'a>(one: &Compared) -> Line<'a> {
    let (tone, text) = match one.class {
        Class::Same => (Tone::Quiet, "Every account gets the same verdict and reward (proved)."),
        Class::Stricter => (Tone::Bad, "Stricter: some accounts get less, none gets more."),
        Class::Looser => (Tone::Good, "Looser: some accounts get more, none gets less."),
        Class::Mixed => (Tone::Alarm, "Mixed: some accounts get less, others more."),
        Class::Opens => (Tone::Open, "Nobody who was decided gets less or more."),
        Class::Other => (Tone::Open, "Decided otherwise, but nobody who was decided gets less or more."),
        Class::Added => (Tone::Good, "New."),
        Class::Removed => (Tone::Bad, "No longer decided."),
        Class::Unclear => (Tone::Open, "Not analysed to the end, so nothing is claimed beyond what is shown."),
    };
    let mut line = vec![toned(tone, text)];
    match (one.more_open, one.less_open) {
        (true, true) => line.push(plain(" For some accounts it is open now, for others no longer.")),
        (true, false) => line.push(plain(" It is open more often.")),
        (false, true) => line.push(plain(" It is open less often.")),
        (false, false) => {}
    }
    line
}

/// `spend counts within 30 days → 14 days of account.registered_on`.
fn statement<'a>(said: &Said) -> Line<'a> {
    let mut line: Line<'a> = Line::new();
    let lead = said.lead.clone();
    if !lead.is_empty() {
        line.push(plain(format!("{lead} ")));
    }
    let tail = if said.tail.is_empty() { String::new() } else { format!(" {}", said.tail) };
    let changed: Vec<Piece<'a>> = match (&said.before, &said.after) {
        (Some(before), Some(after)) => vec![strong(format!("{before} → {after}")), plain(tail)],
        // A lead with a colon says already what happened.
        (None, Some(one)) | (Some(one), None) if said.lead.ends_with(':') => vec![strong(one.clone())],
        (None, Some(after)) => vec![plain("now "), strong(after.clone())],
        (Some(before), None) => vec![plain("no longer "), strong(before.clone())],
        (None, None) => Vec::new(),
    };
    line.extend(changed);
    line
}

/// The sources before and after.
fn sources<'a>((old, new): (&'a Program, &'a Program), said: &Said) -> Vec<Block<'a>> {
    let lines = |program: &'a Program, cites: &[usize]| -> Line<'a> {
        let cited = cites.iter().filter_map(|at| program.sources.get(*at));
        joined(cited.map(|source| source_line(source, true)), "; ")
    };
    let ids = |program: &Program, cites: &[usize]| -> Vec<String> {
        cites
            .iter()
            .filter_map(|at| program.sources.get(*at))
            .map(|source| format!("{} {:?}", source.id, source.read))
            .collect()
    };
    let mut fields = Vec::new();
    if ids(old, &said.old_cites) == ids(new, &said.new_cites) {
        fields.push(("Sources, before and after".into(), lines(new, &said.new_cites)));
    } else {
        fields.push(("Sources before".into(), lines(old, &said.old_cites)));
        fields.push(("Sources after".into(), lines(new, &said.new_cites)));
    }
    fields.retain(|(_, line): &(_, Line<'a>)| !line.is_empty());
    if fields.is_empty() { Vec::new() } else { vec![Block::Fields(fields)] }
}

fn row<'a>(report: &DiffReport<'a>, one: &Compared, [before, after]: [Line<'a>; 2], cell: &Cell<Verdict>) -> Vec<Line<'a>> {
    match &cell.account {
        Ok(witness) => {
            let by = by(report, one, witness);
            let by = if by.is_empty() { vec![plain("the day")] } else { joined(by.into_iter().map(|id| vec![code(id)]), ", ") };
            vec![before, after, by, vec![plain(account_words(witness))]]
        }
        Err(why) => vec![before, after, Vec::new(), vec![plain(unclear(*why))]],
    }
}

/// What moved an account of a decision.
pub(super) fn by(report: &DiffReport<'_>, one: &Compared, witness: &Witness) -> Vec<String> {
    let old = one.old.and_then(|at| report.old.decisions.get(at)).zip(witness.decided.first());
    let new = one.new.and_then(|at| report.new.decisions.get(at)).zip(witness.decided.get(1));
    old.zip(new).map_or_else(Vec::new, |(old, new)| moved_by(old, new))
}

fn unclear(why: Change) -> &'static str {
    match why {
        Change::NotAnalysed => "not analysed: it rests on arithmetic over several facts",
        Change::OutOfSteps => "not analysed: the steps ran out",
    }
}

/// The facts of an account in one sentence.
fn account_words(witness: &Witness) -> String {
    let day = witness.facts.first().map_or_else(String::new, |facts| crate::value::day_text(facts.as_of()));
    let mut facts: Vec<String> = vec![format!("as_of {day}")];
    facts.extend(witness.given.iter().map(|(fact, value)| format!("{fact} {value}")));
    facts.join(", ")
}

/// The accounts that were counted.
fn accounts<'a>(report: &DiffReport<'a>, impact: &Impact) -> Vec<Block<'a>> {
    let mut blocks = vec![Block::Heading(2, vec![plain("Accounts")])];
    let moved = format!("{} of {} move.", impact.moved, words::number(impact.accounts, "account", "accounts"));
    blocks.push(Block::Say(vec![plain(moved)]));
    if impact.groups.is_empty() {
        return blocks;
    }
    let verdict = |verdict: &Option<Verdict>| -> Line<'a> {
        verdict.map_or_else(|| vec![quiet("not decided")], |verdict| vec![toned(words::tone(verdict), words::verdict(verdict))])
    };
    let mut groups: Vec<_> = impact.groups.iter().collect();
    groups.sort_by_key(|((decision, ..), group)| {
        (report.compared.iter().position(|one| one.id == *decision), std::cmp::Reverse(group.count))
    });
    let rows = groups.into_iter().map(|((decision, before, after, by), group)| {
        let by = match (by.is_empty(), before == after) {
            (true, true) => vec![plain("the reward")],
            (true, false) => vec![plain("the day")],
            _ => joined(by.iter().map(|id| vec![code(id.clone())]), ", "),
        };
        vec![
            vec![code(decision.clone())],
            verdict(before),
            verdict(after),
            vec![plain(group.count.to_string())],
            by,
            vec![plain(value(group))],
            vec![plain(group.samples.join(", "))],
        ]
    });
    let head = ["Decision", "Before", "After", "How many", "By", "Value", "Such as"].map(str::to_owned).to_vec();
    blocks.push(Block::Table { caption: "Accounts that move".to_owned(), head, rows: rows.collect() });
    blocks
}

/// `500 USD gained, 200 USD lost`.
fn value(group: &Group) -> String {
    let side = |amounts: &std::collections::BTreeMap<i64, i128>, word: &str| {
        let each = amounts.iter().map(|(currency, minor)| {
            let main = i64::try_from(*minor).unwrap_or(i64::MAX);
            format!("{} {word}", Type::Money.text(Lane { main, aux: *currency }))
        });
        each.collect::<Vec<_>>()
    };
    [side(&group.gained, "gained"), side(&group.lost, "lost")].concat().join(", ")
}
