//! Advice as JSON, by contract 2: `ask`, `changes` and `timeline` of a decision, and what follows from all decisions.
//!
//! In: advice. Out: shapes that serde writes, in a fixed order of fields.
//! Owns the names of these fields. Never ranks anything.

use serde::{Serialize, Serializer};

use super::Report;
use super::value::{DayText, FactValue, MoneyText, each};
use crate::advise::{Advice, Advised, Answer, Change, ChangeSet, Prospect, Question, Ranked, Reach, Stretch, Through, Values};
use crate::explain::Explanation;
use crate::facts::State;
use crate::program::{Decision, Lane, SlotId};

/// Some values of a fact: `one_of`, `not_one_of`, or `at_least` and `at_most`; nothing in it means any value.
struct ToJson<'a> {
    report: &'a Report<'a>,
    slot: SlotId,
    values: &'a Values,
}

#[derive(Serialize)]
struct QuestionJson<'a, T, A> {
    fact: &'a str,
    ask: &'a str,
    find: &'a [String],
    effort: i64,
    now: bool,
    proved: bool,
    through: T,
    answers: A,
}

#[derive(Serialize)]
struct AnswerJson<'a> {
    to: ToJson<'a>,
    then: &'static str,
}

#[derive(Serialize)]
struct SetJson<S> {
    set: S,
    by: String,
    until: Option<DayText>,
    then: &'static str,
}

#[derive(Serialize)]
struct ChangeJson<'a> {
    fact: &'a str,
    to: ToJson<'a>,
    by: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    warn: Option<&'a str>,
}

#[derive(Serialize)]
struct StretchJson<'a> {
    from: DayText,
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    requirement: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    in_force: Option<bool>,
}

#[derive(Serialize)]
struct TogetherJson<Q, N, P> {
    questions: Q,
    no_need: N,
    prospects: P,
}

#[derive(Serialize)]
struct RankedJson<'a, N, V> {
    fact: &'a str,
    subject: Option<&'a str>,
    ask: &'a str,
    find: &'a [String],
    effort: i64,
    needed_by: N,
    settles: usize,
    value: V,
}

#[derive(Serialize)]
struct ProspectJson<'a, T> {
    id: &'a str,
    subject: Option<&'a str>,
    reach: &'static str,
    pays: Option<PaysJson>,
    questions: usize,
    then: T,
}

#[derive(Serialize)]
struct PaysJson {
    amount: MoneyText,
    at_most: bool,
}

impl Serialize for ToJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap as _;
        let ty = self.report.program.fact_of(self.slot).map(|fact| &fact.ty);
        let value = |lane: &Lane| FactValue { facts: self.report.facts, ty, lane: *lane, state: State::Given };
        let mut map = serializer.serialize_map(None)?;
        match self.values {
            Values::OneOf(lanes) => map.serialize_entry("one_of", &each(lanes, value))?,
            Values::NotOneOf(lanes) => map.serialize_entry("not_one_of", &each(lanes, value))?,
            Values::Texts(texts) => map.serialize_entry("one_of", texts)?,
            Values::OtherTexts(texts) => map.serialize_entry("not_one_of", texts)?,
            Values::Range(low, high) => {
                if let Some(low) = low {
                    map.serialize_entry("at_least", &value(low))?;
                }
                if let Some(high) = high {
                    map.serialize_entry("at_most", &value(high))?;
                }
            }
        }
        map.end()
    }
}

/// The id of a requirement or state condition.
fn part_id(decision: &Decision, through: Through) -> Option<&str> {
    match through {
        Through::Requirement(at) => decision.requirements.get(at).map(|requirement| requirement.id.as_str()),
        Through::State(at) => decision.states.get(at).map(|state| state.id.as_str()),
        Through::Closing => None,
    }
}

/// `ask`: what settles the decision, in the order of asking.
pub(super) fn questions<'a>(report: &'a Report<'a>, told: &'a Explanation<'a>, advice: &'a Advice) -> impl Serialize + 'a {
    each(&advice.ask.questions, move |question: &'a Question| {
        let fact = report.program.fact_of(question.slot);
        QuestionJson {
            fact: report.program.name_of(question.slot),
            ask: fact.map_or("", |fact| fact.ask.as_str()),
            find: fact.map_or(&[][..], |fact| &fact.find),
            effort: fact.map_or(1, |fact| fact.effort),
            now: question.now,
            proved: question.proved,
            through: each(&question.through, |through: &Through| part_id(told.decision, *through)),
            answers: each(&question.answers, move |answer: &'a Answer| AnswerJson {
                to: ToJson { report, slot: question.slot, values: &answer.to },
                then: answer.then.word(),
            }),
        }
    })
}

/// `changes`: what would change the verdict for the better; nothing where that was not analysed within the limit.
pub(super) fn changes<'a>(report: &'a Report<'a>, advice: &'a Advice) -> Option<impl Serialize + 'a> {
    let known = advice.changes.complete || !advice.changes.sets.is_empty();
    let set = move |set: &'a ChangeSet| SetJson {
        set: each(&set.set, move |change: &'a Change| ChangeJson {
            fact: report.program.name_of(change.slot),
            to: ToJson { report, slot: change.slot, values: &change.to },
            by: &change.by,
            warn: change.warn.and_then(|at| report.program.warnings.get(at)).map(|warning| warning.id.as_str()),
        }),
        by: parties(set).join("+"),
        until: set.until.map(DayText),
        then: set.then.word(),
    };
    known.then(|| each(&advice.changes.sets, set))
}

/// Who takes part in a set of changes, each once.
pub(super) fn parties(set: &ChangeSet) -> Vec<&str> {
    let mut parties: Vec<&str> = Vec::new();
    for change in &set.set {
        if !parties.contains(&change.by.as_str()) {
            parties.push(&change.by);
        }
    }
    parties
}

/// `timeline`: the days on which the verdict turns; nothing where that was not analysed within the limit.
pub(super) fn timeline<'a>(told: &'a Explanation<'a>, advice: &'a Advice) -> Option<impl Serialize + 'a> {
    let stretch = |stretch: &'a Stretch| {
        let id = stretch.through.and_then(|through| part_id(told.decision, through));
        let state = matches!(stretch.through, Some(Through::State(_)));
        StretchJson {
            from: DayText(stretch.from),
            verdict: stretch.verdict.word(),
            requirement: id.filter(|_| !state),
            state: id.filter(|_| state),
            in_force: matches!(stretch.through, Some(Through::Closing)).then_some(true),
        }
    };
    advice.timeline.as_ref().map(|timeline| each(timeline, stretch))
}

/// The word for how near a credit is.
const fn reach_word(reach: Reach) -> &'static str {
    match reach {
        Reach::Has => "has",
        Reach::Going => "going",
        Reach::Open => "open",
        Reach::Change => "change",
        Reach::Held => "held",
        Reach::Silent => "silent",
        Reach::Unknown => "not_analysed",
        Reach::Gone => "gone",
    }
}

/// What follows from all decisions together.
pub(super) fn together<'a>(report: &'a Report<'a>, advised: &'a Advised) -> impl Serialize + 'a {
    let decision = |at: usize| report.decisions.get(at);
    let question = move |one: &'a Ranked| {
        let fact = report.program.fact_of(one.slot);
        let first = one.needed_by.first().and_then(|at| decision(*at));
        RankedJson {
            fact: report.program.name_of(one.slot),
            subject: first.and_then(|told| told.subject).filter(|_| one.record.is_some()),
            ask: fact.map_or("", |fact| fact.ask.as_str()),
            find: fact.map_or(&[][..], |fact| &fact.find),
            effort: one.effort,
            needed_by: each(&one.needed_by, move |at: &usize| decision(*at).map(|told| told.decision.id.as_str())),
            settles: one.settles,
            value: each(&one.value, |lane: &Lane| MoneyText(*lane)),
        }
    };
    let prospect = move |at: &usize| {
        let (told, one) = (decision(*at)?, advised.advice.get(*at)?.prospect.as_ref()?);
        let Prospect { reach, pays, questions, then } = one;
        Some(ProspectJson {
            id: &told.decision.id,
            subject: told.subject,
            reach: reach_word(*reach),
            pays: pays.map(|(amount, at_most)| PaysJson { amount: MoneyText(amount), at_most }),
            questions: *questions,
            then: each(then, |through: &Through| part_id(told.decision, *through)),
        })
    };
    TogetherJson {
        questions: each(&advised.questions, question),
        no_need: each(&advised.idle, |slot: &SlotId| report.program.name_of(*slot)),
        prospects: each(&advised.prospects, prospect),
    }
}
