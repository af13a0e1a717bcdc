//! Rules and tokens that change while the server runs.
//!
//! In: their texts, read again and again. Out: another rule set in force, or why not.
//! Owns that a broken set never replaces a good one. Never opens a file itself: the command line lends a reader.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tokio::sync::Notify;

use super::guard::Guard;
use super::problem::Fault;
use super::tokens::Tokens;
use super::{App, clock};
use crate::{RuleSet, diagnostic};

/// How often files are looked at.
const EVERY: Duration = Duration::from_secs(2);
/// The most findings that are told of a refused set.
const TOLD: usize = 50;

/// Names and texts of rule files.
pub type Texts = Vec<(String, String)>;
/// Reads the rule files, or says why they cannot be read.
pub type ReadRules = Box<dyn FnMut() -> Result<Texts, String> + Send>;
/// Reads the tokens file, or says why it cannot be read.
pub type ReadTokens = Box<dyn FnMut() -> Result<String, String> + Send>;

/// Rules that were not taken, because they are broken.
#[derive(Clone, Debug, Serialize)]
pub struct Refused {
    /// When, in milliseconds since the beginning of 1970.
    pub at: i64,
    /// How much is wrong.
    pub summary: String,
    /// What is wrong, the first of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Fault>,
}

/// Watches the rule files for as long as the server runs. `now` wakes it.
pub async fn rules(app: App, mut read: ReadRules, mut last: Texts, now: Arc<Notify>) {
    loop {
        wait(&now).await;
        let reading = tokio::task::spawn_blocking(move || {
            let texts = read();
            (texts, read)
        });
        let Ok((texts, again)) = reading.await else { return };
        read = again;
        match texts {
            Ok(texts) if texts == last => {}
            Ok(texts) => {
                last.clone_from(&texts);
                if !take(&app, texts).await {
                    // It could not be tried: try it again.
                    last.clear();
                }
            }
            Err(why) => refuse(&app, Refused { at: clock::now(), summary: why, errors: Vec::new() }),
        }
    }
}

/// Takes or refuses a rule set; false when it must be tried again.
async fn take(app: &App, texts: Texts) -> bool {
    let Ok(read) = tokio::task::spawn_blocking(move || RuleSet::read(texts)).await else { return false };
    match read {
        Ok(rules) => {
            let digest = rules.program().digest.clone();
            if digest == app.rules().program().digest {
                app.refuse(None);
                return true;
            }
            if let Err(why) = app.replace(rules).await {
                tracing::error!(digest, why = why.to_string(), "rules wait: the store does not keep them");
                return false;
            }
            app.numbers().reload(true);
            tracing::info!(digest, "rules taken");
        }
        Err(unusable) => {
            let found = unusable.findings.iter().take(TOLD);
            let errors = found.map(|finding| Fault {
                file: unusable.sources.file(finding.span().file).map(|file| file.name().to_owned()),
                ..Fault::found(finding, &unusable.sources)
            });
            let errors: Vec<Fault> = errors.collect();
            refuse(app, Refused { at: clock::now(), summary: diagnostic::summary(&unusable.findings), errors });
        }
    }
    true
}

fn refuse(app: &App, refused: Refused) {
    if app.refused().is_some_and(|before| before.summary == refused.summary && before.errors.len() == refused.errors.len()) {
        return;
    }
    app.numbers().reload(false);
    tracing::error!(summary = refused.summary, "rules refused; those before stay in force");
    for fault in &refused.errors {
        let (file, code) = (fault.file.as_deref().unwrap_or_default(), fault.code.unwrap_or_default());
        tracing::error!(file, line = fault.line, column = fault.column, code, detail = fault.detail, "finding");
    }
    app.refuse(Some(refused));
}

/// Watches the tokens file for as long as the server runs. `now` wakes it.
pub async fn tokens(guard: Arc<Guard>, mut read: ReadTokens, first: String, now: Arc<Notify>) {
    let mut last = Ok(first);
    loop {
        wait(&now).await;
        let reading = tokio::task::spawn_blocking(move || {
            let text = read();
            (text, read)
        });
        let Ok((text, again)) = reading.await else { return };
        read = again;
        if text == last {
            continue;
        }
        last = text;
        match last.as_ref().map_err(String::clone).and_then(|text| Tokens::read(text)) {
            Ok(tokens) => {
                tracing::info!(count = tokens.len(), "tokens taken");
                guard.replace(tokens);
            }
            Err(why) => tracing::error!(why, "tokens refused; those before stay good"),
        }
    }
}

async fn wait(now: &Notify) {
    tokio::select! {
        () = tokio::time::sleep(EVERY) => {}
        () = now.notified() => {}
    }
}
