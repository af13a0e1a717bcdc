//! What all requests share: the rule set in force, the pool that decides, what was decided.
//!
//! In: an inquiry. Out: what was told of its report, or a refusal.
//! Owns which rule set is in force: a request takes it once and names its digest. Never answers before a decision is logged.

use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::pages::{CaseBook, CaseShelf, ReadCases};
use super::pool::{Pool, Undone};
use super::reload::Refused;
use super::{Numbers, clock};
use crate::RuleSet;
use crate::answer::{Desk, Document, Unread};
use crate::diagnostic::did_you_mean;
use crate::facts::Format;
use crate::program::Decision;
use crate::report::{self, Report};
use crate::store::{self, Account, Asker, Decided, Receipt, Rules, Store, StoreError, Version};
use crate::syntax::DecisionKind;
use crate::value::Day;

/// Work that may wait, for each thread that decides.
const QUEUE: usize = 32;
/// How long a request waits for its answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Tables that are screened at once.
const SCREENS: usize = 2;

/// The state of the server, shared by all requests.
#[derive(Clone, Debug)]
pub struct App {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    rules: watch::Sender<InForce>,
    refused: RwLock<Option<Arc<Refused>>>,
    cases: OnceLock<CaseShelf>,
    pool: Pool,
    screens: Arc<Semaphore>,
    store: Option<Store>,
    numbers: Numbers,
}

/// A rule set, and since when it decides.
#[derive(Clone, Debug)]
struct InForce {
    rules: Arc<RuleSet>,
    since: i64,
}

/// Which decisions are wanted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Wanted {
    /// Every one of a kind; nothing means of every kind.
    Kind(Option<DecisionKind>),
    /// These, by id.
    Ids(Vec<String>),
}

impl Wanted {
    /// Is this decision wanted?
    pub fn has(&self, decision: &Decision) -> bool {
        match self {
            Self::Kind(kind) => kind.is_none_or(|kind| kind == decision.kind),
            Self::Ids(ids) => ids.contains(&decision.id),
        }
    }

    /// The first id that the rules do not know, with the nearest one as help.
    fn unknown(&self, rules: &RuleSet) -> Option<Refusal> {
        let Self::Ids(ids) = self else { return None };
        let known = || rules.program().decisions.iter().map(|decision| decision.id.as_str());
        let id = ids.iter().find(|id| !known().any(|known| known == *id))?;
        Some(Refusal::NoDecision { id: id.clone(), help: did_you_mean(id, known()) })
    }
}

/// A question about one account.
#[derive(Clone, Debug)]
pub struct Inquiry {
    /// What messages call the document.
    pub name: String,
    /// The facts document.
    pub document: Vec<u8>,
    /// Its format where that is known; else the text says it.
    pub format: Option<Format>,
    /// The day for which the check holds, in place of the document's.
    pub as_of: Option<Day>,
    /// Which decisions.
    pub wanted: Wanted,
    /// Who asks, for the decision log.
    pub who: String,
    /// The account's reference, where it has one.
    pub reference: Option<String>,
}

/// Why an inquiry was not answered. Nothing was decided then.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// More is waiting than can be done soon.
    #[error("too many requests are waiting")]
    Busy,
    /// The document has errors.
    #[error("the document has errors; nothing was decided")]
    Unread(Unread),
    /// The rules have no such decision.
    #[error("the rules decide no `{id}`")]
    NoDecision {
        /// What was asked for.
        id: String,
        /// The nearest name.
        help: Option<String>,
    },
    /// The store did not keep it; the answer is held back.
    #[error("{0}")]
    Store(StoreError),
    /// There is no store.
    #[error("this server keeps nothing: it was started without a store")]
    NoStore,
    /// It took too long.
    #[error("the answer took too long")]
    Late,
    /// A fault of the program.
    #[error("this could not be done: a fault of the program, not of the request")]
    Fault,
}

impl From<Undone> for Refusal {
    fn from(undone: Undone) -> Self {
        match undone {
            Undone::Full => Self::Busy,
            Undone::Fault => Self::Fault,
        }
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy { .. } => Self::Busy,
            other => Self::Store(other),
        }
    }
}

impl App {
    /// Begins with a rule set, which the store keeps already; `threads` decide, and `numbers` count.
    pub fn new(rules: RuleSet, threads: usize, store: Option<Store>, numbers: Numbers) -> Self {
        let rules = watch::Sender::new(InForce { rules: Arc::new(rules), since: clock::now() });
        let pool = Pool::new(threads, QUEUE * threads.max(1));
        let screens = Arc::new(Semaphore::new(SCREENS));
        let (refused, cases) = (RwLock::new(None), OnceLock::new());
        Self { shared: Arc::new(Shared { rules, refused, cases, pool, screens, store, numbers }) }
    }

    /// The rule set in force. A request takes it once, so that all of its answer is by the same rules.
    pub fn rules(&self) -> Arc<RuleSet> {
        Arc::clone(&self.shared.rules.borrow().rules)
    }

    /// What the server counts.
    pub fn numbers(&self) -> &Numbers {
        &self.shared.numbers
    }

    /// Says how the cases beside the rules are read, once; without that there are none.
    pub fn keep_cases(&self, read: ReadCases) {
        self.shared.cases.get_or_init(|| CaseShelf::new(read));
    }

    /// The rule set in force with the cases beside it.
    pub fn rules_and_cases(&self) -> (Arc<RuleSet>, Arc<CaseBook>) {
        let rules = self.rules();
        let cases = self.shared.cases.get().map(|shelf| shelf.book(&rules)).unwrap_or_default();
        (rules, cases)
    }

    /// Since when the rule set is in force, in milliseconds since the beginning of 1970.
    pub fn since(&self) -> i64 {
        self.shared.rules.borrow().since
    }

    /// Puts another rule set in force, for requests that come from then on.
    /// # Errors
    /// The store does not keep it; the one before stays in force.
    pub async fn replace(&self, rules: RuleSet) -> Result<(), Refusal> {
        if let Some(store) = &self.shared.store {
            store.keep_rules(&rules, clock::now())?.await?;
        }
        self.refuse(None);
        self.shared.rules.send_replace(InForce { rules: Arc::new(rules), since: clock::now() });
        Ok(())
    }

    /// The rules that were read last and not taken, if there are such.
    pub fn refused(&self) -> Option<Arc<Refused>> {
        self.shared.refused.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Says which rules were not taken.
    pub(super) fn refuse(&self, refused: Option<Refused>) {
        *self.shared.refused.write().unwrap_or_else(PoisonError::into_inner) = refused.map(Arc::new);
    }

    /// How many requests wait to be decided.
    pub fn waiting(&self) -> usize {
        self.shared.pool.waiting()
    }

    /// Room to screen a table; it is given back when the permit goes.
    /// # Errors
    /// [`Refusal::Busy`].
    pub fn screen(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        Arc::clone(&self.shared.screens).try_acquire_owned().map_err(|_| Refusal::Busy)
    }

    /// The store, where there is one.
    pub fn store(&self) -> Option<&Store> {
        self.shared.store.as_ref()
    }

    /// Decides, logs the decision, and tells what `told` makes of the report.
    /// # Errors
    /// [`Refusal`]; then no answer is given.
    pub async fn decide<T: Send + 'static>(
        &self,
        inquiry: Inquiry,
        told: impl FnOnce(&Report<'_>, &Document) -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let logged = self.shared.store.is_some();
        let told = move |report: &Report<'_>, document: &Document| {
            let answer = if logged { json(report) } else { String::new() };
            (told(report, document), answer)
        };
        Ok(self.logged(inquiry, told, |(_, answer)| answer).await?.0.0)
    }

    /// Decides, logs the decision, and gives the JSON of the answer, with the receipt of the log where there is one.
    /// # Errors
    /// [`Refusal`]; then no answer is given.
    pub async fn answer(&self, inquiry: Inquiry) -> Result<(String, Option<Receipt>), Refusal> {
        self.logged(inquiry, |report, _| json(report), |answer| answer).await
    }

    /// Decides and logs: `answer` finds the JSON of the answer in what `told` makes of the report.
    async fn logged<T: Send + 'static>(
        &self,
        inquiry: Inquiry,
        told: impl FnOnce(&Report<'_>, &Document) -> T + Send + 'static,
        answer: impl FnOnce(&T) -> &String + Send + 'static,
    ) -> Result<(T, Option<Receipt>), Refusal> {
        let (logged, numbers) = (self.shared.store.is_some(), self.shared.numbers.clone());
        let decided = self.at_desk(move |desk| {
            let rules = desk.rules();
            if let Some(refusal) = inquiry.wanted.unknown(rules) {
                return Err(refusal);
            }
            let Inquiry { name, document, format, as_of, wanted, who, reference } = inquiry;
            let document = Document::read(rules, &name, document, format, as_of).map_err(Refusal::Unread)?;
            let mut decided = desk.answer(&document.facts, |decision| wanted.has(decision));
            let report = decided.report(None);
            for explanation in &report.decisions {
                numbers.decision(explanation.verdict);
            }
            let told = told(&report, &document);
            let entry = logged.then(|| {
                let asker = Asker { at: clock::now(), who, reference };
                let given = store::Document { format: document.format, bytes: document.text.clone().into_bytes() };
                Decided::new(asker, given, &report, answer(&told))
            });
            Ok((told, entry))
        });
        let (told, entry) = decided.await??;
        let receipt = match (&self.shared.store, entry) {
            (Some(store), Some(entry)) => Some(in_time(store.append(entry)?).await?),
            _ => None,
        };
        Ok((told, receipt))
    }

    /// The rule sets that the store keeps, the one that was kept first in front; none where there is no store.
    /// # Errors
    /// What stops the store.
    pub async fn versions(&self) -> Result<Vec<Version>, Refusal> {
        match self.store() {
            Some(store) => in_time(store.versions()?).await,
            None => Ok(Vec::new()),
        }
    }

    /// The texts of a kept rule set.
    /// # Errors
    /// [`Refusal::NoStore`], and what stops the store.
    pub async fn kept_rules(&self, digest: &str) -> Result<Option<Rules>, Refusal> {
        let store = self.store().ok_or(Refusal::NoStore)?;
        in_time(store.rules(digest)?).await
    }

    /// The account that is saved under a reference.
    /// # Errors
    /// [`Refusal::NoStore`], and what stops the store.
    pub async fn account(&self, reference: &str) -> Result<Option<Account>, Refusal> {
        let store = self.store().ok_or(Refusal::NoStore)?;
        in_time(store.account(reference)?).await
    }

    /// Saves the facts of an account, in place of those before.
    /// # Errors
    /// [`Refusal::NoStore`], and what stops the store.
    pub async fn save_account(&self, reference: String, who: String, document: store::Document) -> Result<(), Refusal> {
        let store = self.store().ok_or(Refusal::NoStore)?;
        in_time(store.save_account(Account { reference, at: clock::now(), who, document })?).await
    }

    /// Does other work with the rules off the request's thread. What it finds is not logged: show no verdict of it.
    /// # Errors
    /// [`Refusal::Busy`], [`Refusal::Late`] or [`Refusal::Fault`].
    pub async fn at_desk<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Desk<'_>) -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let done = tokio::time::timeout(PATIENCE, self.shared.pool.at_desk(self.rules(), work)).await;
        Ok(done.map_err(|_| Refusal::Late)??)
    }
}

/// The answer of the store, if it comes in time.
async fn in_time<T>(pending: store::Pending<T>) -> Result<T, Refusal> {
    Ok(tokio::time::timeout(PATIENCE, pending).await.map_err(|_| Refusal::Late)??)
}

/// What is logged of an answer, and what `/v1/check` gives.
fn json(report: &Report<'_>) -> String {
    report::json(std::slice::from_ref(report))
}
