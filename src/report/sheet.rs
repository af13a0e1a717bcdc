//! One decision in all its parts: why, what would change it, until when, what is still to be asked, every requirement.
//!
//! In: a report and the place of a decision in it. Out: texts, pieces of HTML, and the numbers of its two charts.
//! Owns which part holds what. Never lays a page out, never decides.

use super::account::View;
use super::card::{assumptions, pays, promise, readings, verdict_line};
use super::clauses::tables;
use super::page::{Block, Line, plain};
use super::parts::stake;
use super::reasons::{everything, reasons, sources};
use super::{Report, advice, arrange, html, words};
use crate::explain::Explanation;
use crate::program::{Lane, Program, Verdict};
use crate::value::{Day, Money};

/// One decision.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sheet {
    /// What it is called, with the record that it is about.
    pub title: String,
    /// How a reader should take it: the class of its style.
    pub tone: &'static str,
    /// Verdict, warnings, what it pays, in HTML.
    pub verdict: String,
    /// What is at stake, where nothing is earned yet.
    pub stake: Option<String>,
    /// What decided, each with value, source and next step, in HTML; empty where nothing stands against it.
    pub why: String,
    /// What would change it, in HTML.
    pub changes: String,
    /// What is to be asked and what each answer decides, in HTML.
    pub questions: String,
    /// How it is claimed, what was assumed, the sources of the whole, in HTML.
    pub notes: String,
    /// Every requirement, closed at first, in HTML.
    pub everything: String,
    /// The days on which the verdict turns; nothing where that was not analysed.
    pub turns: Option<Vec<Turn>>,
    /// The ladder of spend and credit, where one is known to apply.
    pub ladder: Option<Ladder>,
}

/// From a day on, another verdict.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Turn {
    /// The day.
    pub from: Day,
    /// The verdict, in the middle of a sentence.
    pub verdict: String,
    /// The class of its style.
    pub tone: &'static str,
    /// Through which requirement or state it turns.
    pub through: Option<String>,
}

/// Steps of spend, each with the credit that it gives.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ladder {
    /// What the table is called.
    pub label: String,
    /// From the lowest.
    pub steps: Vec<Step>,
    /// What is spent so far, in minor units.
    pub spent: i64,
    /// The same for people.
    pub spent_text: String,
}

/// One step of a ladder.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    /// Spend that reaches it, in minor units; nothing where no source shows the step.
    pub spend: Option<i64>,
    /// The same for people.
    pub spend_text: String,
    /// What it gives.
    pub gives: String,
    /// Is it reached?
    pub reached: bool,
}

/// All about the decision at a place of the report.
pub fn sheet(report: &Report<'_>, at: usize) -> Option<Sheet> {
    let told = report.decisions.get(at)?;
    let view = View::screen(true);
    let program = report.program;
    let shown = told.warnings.iter().filter_map(|at| program.warnings.get(*at));
    let mut verdict = vec![Block::Say(verdict_line(report, told))];
    verdict.extend(shown.map(|warning| Block::Note(words::Tone::Alarm, "Warning", vec![plain(warning.say.as_str())])));
    verdict.extend(promise(program, told, view));
    verdict.extend(pays(report, told));
    let mut why = Vec::new();
    let found = reasons(report, told, View::screen(false));
    if !found.is_empty() {
        why.push(Block::List { numbered: false, items: found });
    }
    if !told.readings.is_empty() {
        why.push(Block::List { numbered: false, items: readings(told) });
    }
    let advice = report.advice_on(told);
    let mut changes = advice.map(|advice| advice::changes(report, told, advice, view)).unwrap_or_default();
    // The sentence that leads a list of changes is the heading of this part.
    if matches!(changes.get(1), Some(Block::List { .. })) {
        changes.remove(0);
    }
    let questions = advice.map(|advice| advice::questions(report, told, advice, view)).unwrap_or_default();
    let turns = advice.and_then(|advice| advice.timeline.as_ref()).map(|stretches| {
        let turn = |stretch: &crate::advise::Stretch| Turn {
            from: stretch.from,
            verdict: words::verdict(stretch.verdict).to_lowercase(),
            tone: html::class(words::tone(stretch.verdict)),
            through: stretch.through.and_then(|through| advice::label(told.decision, through)).map(str::to_owned),
        };
        stretches.iter().map(turn).collect()
    });
    Some(Sheet {
        title: arrange::title(program, told),
        tone: html::class(words::tone(told.verdict)),
        verdict: html::fragment(&verdict),
        stake: stake(report, told).filter(|_| told.reward.is_none()),
        why: html::fragment(&why),
        changes: html::fragment(&changes),
        questions: html::fragment(&questions),
        notes: html::fragment(&notes(report, told, view)),
        everything: html::fragment(&everything(report, told, view)),
        turns,
        ladder: ladder(program, told),
    })
}

fn notes<'a>(report: &'a Report<'a>, told: &'a Explanation<'a>, view: View) -> Vec<Block<'a>> {
    let mut fields: Vec<(std::borrow::Cow<'a, str>, Line<'a>)> = Vec::new();
    if let Some(claim) = &told.decision.claim
        && matches!(told.verdict, Verdict::Qualifies | Verdict::OnTrack)
    {
        fields.push(("How it is claimed".into(), vec![plain(claim.as_str())]));
    }
    let assumed = assumptions(report, told);
    if !assumed.is_empty() {
        fields.push(("Assumed".into(), assumed));
    }
    fields.extend(told.decision.note.iter().map(|note| ("Note".into(), vec![plain(note.as_str())])));
    let cites = sources(report.program, &told.decision.cites, view);
    fields.extend(cites.into_iter().map(|(word, line)| (word.into(), line)));
    if fields.is_empty() { Vec::new() } else { vec![Block::Fields(fields)] }
}

/// The ladder that the client is on: the one row of the tables of the decision that has the step that comes next. Where
/// none or several have it, nobody can tell which one applies.
fn ladder(program: &Program, told: &Explanation<'_>) -> Option<Ladder> {
    let progress = told.progress?;
    let next = progress.next?;
    let is_next = |tier: &(String, String)| {
        let fits = |text: &str, lane: Lane| amount(text).is_some_and(|found| (found.main, found.aux) == (lane.main, lane.aux));
        fits(&tier.0, next.threshold) && next.credit.is_none_or(|credit| fits(&tier.1, credit))
    };
    let rows = tables(program, told.decision).into_iter().flat_map(|table| table.rows.iter().map(move |row| (table, row)));
    let mut fitting = rows.filter(|(_, row)| row.tiers.iter().flatten().any(is_next));
    let (table, row) = fitting.next().filter(|_| fitting.next().is_none())?;
    let step = |tier: &Option<(String, String)>| {
        let Some((spend, gives)) = tier else {
            let unseen = "not seen in any source".to_owned();
            return Step { spend: None, spend_text: unseen.clone(), gives: unseen, reached: false };
        };
        let lane = amount(spend).filter(|lane| lane.aux == progress.spent.aux);
        Step {
            spend: lane.map(|lane| lane.main),
            spend_text: words::plain(spend),
            gives: words::plain(gives),
            reached: lane.is_some_and(|lane| lane.main <= progress.spent.main),
        }
    };
    let spent = progress.spent.main;
    let steps = row.tiers.iter().map(step).collect();
    Some(Ladder { label: table.label.clone(), steps, spent, spent_text: words::money(progress.spent) })
}

fn amount(text: &str) -> Option<Lane> {
    let money = Money::parse(text).ok()?;
    Some(Lane { main: money.minor, aux: i64::from(money.currency.numeric()) })
}

/// The whole report to print, in HTML that begins with a heading of the first level.
pub fn print_part(report: &Report<'_>) -> String {
    html::fragment(&super::account::page(report, View::screen(false)).blocks)
}
