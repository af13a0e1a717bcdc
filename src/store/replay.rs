//! Logged decisions decided again: by the rules that were kept, byte for byte, and by today's.
//!
//! In: an open store, today's rules. Out: what became of each entry, in the order of the log.
//! Owns what a logged answer is: the JSON report with advice on the decisions that were asked for. Decides by `answer` alone.

use std::collections::HashMap;
use std::rc::Rc;

use super::Store;
use super::database::Page;
use super::entry::{Decided, Document, Entry, Moment, Said, digest};
use super::error::StoreError;
use crate::RuleSet;
use crate::answer::{self, Desk};
use crate::explain::Explanation;
use crate::report::{self, Report};
use crate::value::parse_day;

/// Entries that are read at once.
const PAGE: usize = 500;

/// What became of an entry.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Replayed {
    /// The entry; its facts are left out.
    pub entry: Entry,
    /// What the kept rules make of its facts.
    pub then: Then,
    /// What today's rules make of them; nothing where the facts are gone.
    pub today: Option<Today>,
}

/// What the kept rules make of an entry's facts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Then {
    /// The same answer, byte for byte.
    Same,
    /// Another one: its digest, and where verdicts differ.
    Other(String, Vec<Moved>),
    /// Its facts expired.
    Expired,
    /// It cannot be decided again, and why.
    Undecided(String),
}

/// What today's rules make of an entry's facts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Today {
    /// The verdicts that differ; none where none does.
    Verdicts(Vec<Moved>),
    /// The document cannot be read by them, and why.
    Unread(String),
}

/// A verdict that differs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Moved {
    /// Id of the decision.
    pub decision: String,
    /// Key of the record, for a decision made per record.
    pub subject: Option<String>,
    /// The logged verdict; nothing where there was none.
    pub then: Option<String>,
    /// The verdict of the other rules; nothing where they give none.
    pub now: Option<String>,
}

/// Who had a decision made, when, and on which account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Asker {
    /// When.
    pub at: Moment,
    /// The name of a token, or `local`.
    pub who: String,
    /// How the account is called, if it is called anything.
    pub reference: Option<String>,
}

impl Decided {
    /// A decision as it is logged. The report holds advice, and `answer` is what [`report::json`] makes of it alone.
    pub fn new(asker: Asker, document: Document, report: &Report<'_>, answer: &str) -> Self {
        let told = report.decisions.iter().map(|told| told.decision);
        let asked: Vec<&str> = told.chain(report.without_record.iter().copied()).map(|decision| decision.id.as_str()).collect();
        let known = report.program.decisions.iter().map(|decision| &decision.id);
        Self {
            at: asker.at,
            who: asker.who,
            reference: asker.reference,
            document,
            as_of: report.facts.as_of(),
            rules: report.program.digest.clone(),
            asked: known.filter(|id| asked.contains(&id.as_str())).cloned().collect(),
            answer: digest(answer.as_bytes()),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            verdicts: said(report),
        }
    }
}

impl Store {
    /// Decides every entry again and hands each over as it comes; blocks until that is done. `only` is an entry's number.
    /// # Errors
    /// What the database says, or what `take` says.
    pub fn replay<E: From<StoreError>>(
        &self,
        today: &RuleSet,
        only: Option<u64>,
        mut take: impl FnMut(Replayed) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut kept: HashMap<String, Result<Rc<RuleSet>, String>> = HashMap::new();
        let mut now = Desk::new(today);
        let mut from = only.map_or(0, |number| number.saturating_sub(1));
        loop {
            let limit = if only.is_some() { 1 } else { PAGE };
            let mut entries = self.entries(Page { from, limit, reference: None, latest: false })?.wait()?;
            entries.retain(|entry| only.is_none_or(|number| entry.number == number));
            let Some(last) = entries.last() else { return Ok(()) };
            from = last.number;
            // A desk costs more than a decision, so one serves all entries of a page with its rules.
            for run in entries.chunk_by(|one, other| one.rules == other.rules) {
                let Some(first) = run.first() else { continue };
                if !kept.contains_key(&first.rules) {
                    kept.insert(first.rules.clone(), self.kept_rules(&first.rules)?);
                }
                let rules = kept.get(&first.rules).cloned().unwrap_or_else(|| Err("its rule set is not kept".to_owned()));
                let mut then = rules.as_ref().map(|rules| Desk::new(rules));
                for entry in run {
                    take(replay(entry, then.as_mut().map_err(|why| why.as_str()), &mut now))?;
                }
            }
            if only.is_some() {
                return Ok(());
            }
        }
    }

    fn kept_rules(&self, digest: &str) -> Result<Result<Rc<RuleSet>, String>, StoreError> {
        let Some(rules) = self.rules(digest)?.wait()? else { return Ok(Err("its rule set is not kept".to_owned())) };
        let read = RuleSet::read(rules.files).map(Rc::new);
        Ok(read.map_err(|unusable| format!("its rule set cannot be read by this version of accredit: {unusable}")))
    }
}

fn replay(entry: &Entry, then: Result<&mut Desk<'_>, &str>, now: &mut Desk<'_>) -> Replayed {
    let mut bare = entry.clone();
    let Some(bytes) = bare.bytes.take() else { return Replayed { entry: bare, then: Then::Expired, today: None } };
    let verdicts = entry.verdicts();
    let then = then.map_err(str::to_owned).and_then(|desk| {
        let document = read(desk.rules(), entry, bytes.clone())?;
        let mut answer = desk.answer(&document.facts, |decision| entry.asked().contains(&decision.id));
        let report = answer.report(None);
        let found = digest(report::json(std::slice::from_ref(&report)).as_bytes());
        Ok(if found == entry.answer { Then::Same } else { Then::Other(found, moved(&verdicts, &report)) })
    });
    let today = read(now.rules(), entry, bytes).map(|document| {
        let mut answer = now.verdicts(&document.facts, |decision| entry.asked().contains(&decision.id));
        moved(&verdicts, &answer.report(None))
    });
    let today = Some(today.map_or_else(Today::Unread, Today::Verdicts));
    Replayed { entry: bare, then: then.unwrap_or_else(Then::Undecided), today }
}

fn read(rules: &RuleSet, entry: &Entry, bytes: Vec<u8>) -> Result<answer::Document, String> {
    let day = parse_day(&entry.as_of).ok_or_else(|| format!("`{}` is no day", entry.as_of))?;
    answer::Document::read(rules, "the logged facts", bytes, Some(entry.format()), Some(day)).map_err(|unread| {
        let first = unread.findings.first().map(|finding| finding.headline.clone());
        format!("its facts cannot be read: {}", first.unwrap_or_else(|| unread.to_string()))
    })
}

/// The verdicts of a report, in its order.
fn said(report: &Report<'_>) -> Vec<Said> {
    let said = |told: &Explanation<'_>| Said {
        decision: told.decision.id.clone(),
        subject: told.subject.map(str::to_owned),
        verdict: told.verdict.word().to_owned(),
    };
    report.decisions.iter().map(said).collect()
}

/// Where the logged verdicts and those of a report differ, in the order of the log.
fn moved(logged: &[Said], report: &Report<'_>) -> Vec<Moved> {
    let found = said(report);
    let verdict_in = |all: &[Said], said: &Said| {
        let same = all.iter().find(|other| other.decision == said.decision && other.subject == said.subject);
        same.map(|same| same.verdict.clone())
    };
    let gone_or_moved = logged.iter().map(|said| (said, Some(said.verdict.clone()), verdict_in(&found, said)));
    let new = found.iter().filter(|said| verdict_in(logged, said).is_none());
    let new = new.map(|said| (said, None, Some(said.verdict.clone())));
    let differing = gone_or_moved.chain(new).filter(|(_, then, now)| then != now);
    let moved =
        |(said, then, now): (&Said, _, _)| Moved { decision: said.decision.clone(), subject: said.subject.clone(), then, now };
    differing.map(moved).collect()
}
