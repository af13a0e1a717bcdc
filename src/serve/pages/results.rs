//! The results: one line of counts, cards grouped by verdict, and beside them the next question.
//!
//! In: a client, what the form changes, which kind of decisions. Out: the page.
//! Owns which question comes next: those of one decision before those of another. Never decides, never hides a group.

use askama::Template;
use axum::response::Response;

use super::client::{Client, Slip, row_name};
use super::control::{Choice, choices, control, lists};
use super::visit::{Turned, Visit};
use super::{Kind, Site, details, hidden, page};
use crate::advise::{Advice, Question};
use crate::explain::Explanation;
use crate::facts::{Asked, question_name};
use crate::program::{At, Judged, Type, Verdict};
use crate::report::{self, Report};
use crate::syntax::DecisionKind;

/// Answers that are buttons; a longer choice is a list.
const BUTTONS: usize = 8;

/// One decision.
struct Card {
    title: String,
    tone: &'static str,
    verdict: String,
    stake: Option<String>,
    body: String,
    /// Closed at first: nothing is to be done, or nothing is known yet.
    folds: bool,
    /// Names it for the page about it.
    which: String,
    /// The same facts as the command line tells, for programs that read the page.
    word: &'static str,
    id: String,
    subject: Option<String>,
    reward: Option<String>,
    missing: String,
    reasons: String,
}

/// Decisions with one verdict.
struct Group {
    heading: String,
    cards: Vec<Card>,
}

/// The next question.
struct Next {
    toward: String,
    title: String,
    /// How many answers settle it at most.
    most: usize,
    hopeful: bool,
    name: String,
    question: report::AskedQuestion,
    buttons: Vec<Choice>,
    control: String,
    lists: String,
    error: Option<String>,
}

#[derive(Template)]
#[template(path = "results.html")]
struct Results {
    site: Site,
    state: String,
    name: String,
    about: String,
    counts: String,
    decider: String,
    kinds: Vec<(Kind, bool)>,
    groups: Vec<Group>,
    prospects: String,
    silent: String,
    next: Option<Next>,
    /// How many questions nobody could answer.
    unknown: usize,
}

pub(super) async fn results(mut visit: Visit) -> Result<Response, Turned> {
    let slips = visit.take();
    // A slip in the answer to a question stands beside the question; others go back to the details.
    if !slips.is_empty() && visit.fields.said("asked").is_none() {
        return Ok(details::show(&visit.rules, &visit.client, &slips, &visit.fields));
    }
    let wanted = visit.wanted();
    visit.decide(wanted, move |report, visit| page(&shown(report, visit, slips.first()))).await
}

fn shown(report: &Report<'_>, visit: &Visit, slip: Option<&Slip>) -> Results {
    let (program, client, kind) = (report.program, &visit.client, visit.kind);
    let identity = report::identity(program, report.facts);
    let day = format!("as of {}", report::day(report.facts.as_of()));
    let name = report::name(program, report.facts);
    let about: Vec<String> = identity.into_iter().skip(usize::from(name.is_some())).chain([day]).collect();
    Results {
        site: Site::of(program, "start", "Results"),
        state: hidden(client, kind),
        name: name.unwrap_or_else(|| "A client without a name".to_owned()),
        about: about.join(" · "),
        counts: report::counts(report).join(" · "),
        decider: report::decider(program).to_owned(),
        kinds: Kind::ALL.map(|one| (one, one == kind)).to_vec(),
        groups: report::groups(report).iter().map(|group| grouped(report, group)).collect(),
        prospects: if kind == Kind::Credits { report::prospects(report) } else { String::new() },
        silent: report::not_looked_at(report),
        next: next(report, client, visit.fields.said("toward"), slip),
        unknown: client.unknown.len(),
    }
}

fn grouped(report: &Report<'_>, group: &report::Group) -> Group {
    let folds = matches!(group.verdict, Verdict::Undetermined | Verdict::Closed | Verdict::Pass);
    let cards = group.places.iter().filter_map(|at| card(report, *at, folds));
    Group { heading: group.heading.clone(), cards: cards.collect() }
}

fn card(report: &Report<'_>, at: usize, folds: bool) -> Option<Card> {
    let told = report.decisions.get(at)?;
    let report::Card { title, tone, verdict, stake, body } = report::card(report, at)?;
    let names =
        |slots: &[crate::program::SlotId]| slots.iter().map(|slot| report.program.name_of(*slot)).collect::<Vec<_>>().join(" ");
    let decisive = told.requirements.iter().filter(|note| note.decisive && note.result != Judged::Met);
    let reasons: Vec<String> = decisive.map(|note| format!("{}:{}", note.requirement.id, note.result.word())).collect();
    Some(Card {
        // A credit is earned or at stake; an action or a check pays nothing.
        stake: stake.filter(|_| told.reward.is_none() && told.decision.kind == DecisionKind::Credit),
        title,
        tone,
        verdict,
        body,
        folds: folds && told.warnings.is_empty(),
        which: which(report, told),
        word: told.verdict.word(),
        id: told.decision.id.clone(),
        subject: told.subject.map(str::to_owned),
        reward: told.reward.as_ref().map(report::reward_text),
        missing: names(&told.missing),
        reasons: reasons.join(" "),
    })
}

/// `woocommerce/0`: a decision, and the record that it is about by its place. The key of a record is a client's own word.
pub(super) fn which(report: &Report<'_>, told: &Explanation<'_>) -> String {
    let same = report.decisions.iter().filter(|other| other.decision.id == told.decision.id);
    let at = same.take_while(|other| !std::ptr::eq(*other, told)).count();
    format!("{}/{at}", told.decision.id)
}

/// The next question: of the decision that is being settled while it has one, else of the one with the fewest, those that
/// can come out well first.
fn next(report: &Report<'_>, client: &Client, toward: Option<&str>, slip: Option<&Slip>) -> Option<Next> {
    let advised = report.advice?;
    let open = report.decisions.iter().zip(&advised.advice).filter(|(told, _)| told.verdict == Verdict::Undetermined);
    let asked = |told: &Explanation<'_>, question: &Question| -> Asked {
        let own = matches!(report.program.slots.get(question.slot.0 as usize).map(|slot| slot.at), Some(At::Record(_)));
        (question.slot, told.subject.filter(|_| own).map(str::to_owned))
    };
    let left = |told: &Explanation<'_>, advice: &'_ Advice| -> Vec<usize> {
        let questions = advice.ask.questions.iter().enumerate();
        questions.filter(|(_, one)| !client.unknown.contains(&asked(told, one))).map(|(at, _)| at).collect()
    };
    let targets: Vec<_> =
        open.map(|(told, advice)| (told, advice, left(told, advice))).filter(|(.., left)| !left.is_empty()).collect();
    let current = targets.iter().position(|(told, ..)| Some(which(report, told).as_str()) == toward);
    let at = current.or_else(|| {
        (0..targets.len()).min_by_key(|at| targets.get(*at).map(|(_, advice, left)| (!advice.ask.hopeful, left.len())))
    })?;
    let (told, advice, left) = targets.get(at)?;
    let question = advice.ask.questions.get(*left.first()?)?;
    let asked = asked(told, question);
    let fact = report.program.fact_of(question.slot)?;
    let slip = slip.filter(|slip| slip.name == row_name(report.program, &asked));
    let buttons = match &fact.ty {
        Type::Bool | Type::Enum(_) => Some(choices(&fact.ty, "")).filter(|choices| choices.len() <= BUTTONS),
        _ => None,
    };
    let control = match buttons {
        Some(_) => String::new(),
        None => control(report.program, report.facts, &asked, ("answer", false), slip),
    };
    Some(Next {
        toward: which(report, told),
        title: report::card_title(report, told),
        most: left.len(),
        hopeful: advice.ask.hopeful,
        name: question_name(report.program, asked.0, asked.1.as_deref()),
        question: report::question(report, told, question)?,
        buttons: buttons.unwrap_or_default(),
        lists: lists(&[&control]),
        error: slip.map(|slip| slip.said.clone()).filter(|_| control.is_empty()),
        control,
    })
}
