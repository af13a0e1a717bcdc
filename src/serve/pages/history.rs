//! What the rules said before: the versions that the store keeps, and what became of a decision from one to the next.
//!
//! In: the store's versions. Out: what changed, in words, and the terms as they stood.
//! Owns the addresses of former terms. A kept version is read again as any rule set is; never evaluates, never changes one.

use std::sync::{Arc, Mutex, PoisonError};

use askama::Template;
use axum::extract::{Extension, Path, State};
use axum::response::Response;
use chrono::DateTime;

use super::visit::Turned;
use super::{Site, gone, page};
use crate::RuleSet;
use crate::report;
use crate::serve::App;
use crate::serve::app::Refusal;
use crate::store::Version;

/// So many versions are compared, the last ones; older ones can still be read.
const COMPARED: usize = 12;

/// A kept version as it was read again; nothing where this version of accredit cannot read it.
type Again = Option<Arc<RuleSet>>;

/// Kept versions that were read again lately, by digest.
#[derive(Clone, Debug, Default)]
pub(super) struct Shelf(Arc<Mutex<Vec<(String, Again)>>>);

impl Shelf {
    /// A version by its digest: the one in force, or one that is kept. Outside nothing where no such one is kept.
    async fn read(&self, app: &App, digest: &str) -> Result<Option<Again>, Refusal> {
        let now = app.rules();
        if now.program().digest == digest {
            return Ok(Some(Some(now)));
        }
        let known = |all: &[(String, Again)]| all.iter().find(|(own, _)| own == digest).cloned();
        if let Some((_, rules)) = known(&self.0.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(Some(rules));
        }
        let Some(kept) = app.kept_rules(digest).await? else { return Ok(None) };
        let read = tokio::task::spawn_blocking(move || RuleSet::read(kept.files).ok().map(Arc::new)).await;
        let read = read.map_err(|_| Refusal::Fault)?;
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known(&all).is_none() {
            all.push((digest.to_owned(), read.clone()));
            let many = all.len().saturating_sub(COMPARED);
            all.drain(..many);
        }
        Ok(Some(read))
    }
}

/// A version in which something became of a decision.
#[derive(Debug)]
pub(super) struct Step {
    /// Since when it was kept.
    pub(super) since: String,
    /// What the rules call it; nothing where they cannot be read.
    pub(super) version: Option<String>,
    /// What became of the decision, in HTML.
    pub(super) change: String,
    /// Where the terms of before are.
    pub(super) before: Option<String>,
    /// The address of this version.
    pub(super) link: String,
}

/// What became of one decision over the versions that are kept.
#[derive(Debug, Default)]
pub(super) struct History {
    /// The last change first.
    pub(super) steps: Vec<Step>,
    /// How many versions were compared.
    pub(super) versions: usize,
    /// Since when the first of them was kept.
    pub(super) since: String,
    /// Are there older ones that were not compared?
    pub(super) older: bool,
}

/// The history of a decision.
pub(super) async fn of(app: &App, shelf: &Shelf, id: &str) -> Result<History, Refusal> {
    let all = app.versions().await?;
    let compared = all.get(all.len().saturating_sub(COMPARED)..).unwrap_or_default();
    let mut history = History {
        versions: compared.len(),
        since: compared.first().map(since).unwrap_or_default(),
        older: compared.len() < all.len(),
        ..History::default()
    };
    let mut before: Option<(&Version, Again)> = None;
    for version in compared {
        let rules = shelf.read(app, &version.digest).await?.flatten();
        if let Some((former, earlier)) = &before {
            let changed = match (earlier, &rules) {
                (Some(old), Some(new)) => {
                    let change = report::terms_change(old.program(), new.program(), id);
                    change.map(|change| (change, old.program().decision(id).is_some()))
                }
                // Nothing is claimed about what cannot be read.
                _ => Some(("<p>This version or the one before cannot be read by this accredit.</p>".to_owned(), false)),
            };
            if let Some((change, had)) = changed {
                history.steps.push(Step {
                    since: since(version),
                    version: rules.as_ref().map(|rules| rules.program().version.clone()),
                    change,
                    before: had.then(|| format!("{}/of/{id}", address(former))),
                    link: address(version),
                });
            }
        }
        before = Some((version, rules));
    }
    history.steps.reverse();
    Ok(history)
}

/// A kept version in a list of all.
pub(super) struct Kept {
    pub(super) since: String,
    pub(super) digest: String,
    pub(super) link: String,
    pub(super) in_force: bool,
}

/// Every kept version, the last one first.
pub(super) async fn kept(app: &App) -> Result<Vec<Kept>, Refusal> {
    let now = app.rules();
    let kept = |one: &Version| Kept {
        since: since(one),
        link: address(one),
        in_force: one.digest == now.program().digest,
        digest: one.digest.clone(),
    };
    Ok(app.versions().await?.iter().rev().map(kept).collect())
}

fn since(version: &Version) -> String {
    DateTime::from_timestamp_millis(version.at).map_or_else(String::new, |at| at.format("%Y-%m-%d %H:%M UTC").to_string())
}

fn address(version: &Version) -> String {
    format!("/rules/kept/{}", version.digest)
}

#[derive(Template)]
#[template(path = "former.html")]
struct Former {
    site: Site,
    digest: String,
    version: String,
    since: String,
    /// Addresses and titles of its decisions.
    decisions: Vec<(String, String)>,
    /// The terms of one of them, in HTML.
    terms: Option<String>,
    /// Where the terms in force are.
    today: Option<String>,
}

/// A kept version: its decisions.
pub(super) async fn version(app: State<App>, shelf: Extension<Shelf>, Path(digest): Path<String>) -> Result<Response, Turned> {
    shown(app, shelf, digest, None).await
}

/// A decision as a kept version has it.
pub(super) async fn terms(
    app: State<App>,
    shelf: Extension<Shelf>,
    Path((digest, id)): Path<(String, String)>,
) -> Result<Response, Turned> {
    shown(app, shelf, digest, Some(id)).await
}

async fn shown(
    State(app): State<App>,
    Extension(shelf): Extension<Shelf>,
    digest: String,
    id: Option<String>,
) -> Result<Response, Turned> {
    let now = app.rules();
    let found = shelf.read(&app, &digest).await.map_err(|why| Turned::new(&now, why))?;
    let Some(Some(rules)) = found else {
        let what = match found {
            None => "No version of the rules is kept here under this digest.",
            Some(_) => "This version of the rules is kept here, but this version of accredit cannot read it.",
        };
        return Ok(gone(&now, "rules", what, None));
    };
    let program = rules.program();
    let terms = match id.as_deref().map(|id| (id, program.decision(id))) {
        Some((_, None)) => return Ok(gone(&now, "rules", "That version of the rules decides nothing of this name.", None)),
        Some((_, Some(decision))) => Some(report::terms_part(program, decision)),
        None => None,
    };
    let today = id.filter(|id| now.program().decision(id).is_some()).map(|id| format!("/rules/of/{id}"));
    let decisions = match terms {
        Some(_) => Vec::new(),
        None => {
            let link = |id: &str| format!("/rules/kept/{digest}/of/{id}");
            program.decisions.iter().map(|one| (link(&one.id), one.title.clone())).collect()
        }
    };
    let versions = app.versions().await.map_err(|why| Turned::new(&now, why))?;
    let since = versions.iter().find(|one| one.digest == digest).map(since).unwrap_or_default();
    let site = Site::new(&now, "rules", "Former rules");
    Ok(page(&Former { site, version: program.version.clone(), since, digest, decisions, terms, today }))
}
