//! The first page: answer questions, or give what is there already: a document, a row of a table.
//!
//! In: nothing, a text, a file. Out: the page, or the next one with the client that was read.
//! Owns what is shown when something cannot be read: all of it, with each mistake at its line. Never guesses from free text.

use askama::Template;
use axum::extract::{Extension, Form, Multipart, State as Shared};
use axum::response::Response;

use super::client::{Client, told};
use super::fields::Fields;
use super::visit::{Turned, Visit};
use super::{Site, details, page, results, row};
use crate::RuleSet;
use crate::answer::Unread;
use crate::report;
use crate::serve::App;
use crate::serve::guard::Caller;
use crate::value::Day;

/// A mistake in a text.
struct Wrong {
    /// The line, where it is known.
    line: Option<usize>,
    said: String,
}

/// The first page, empty or with what could not be read.
#[derive(Template)]
#[template(path = "start.html")]
pub(super) struct Start {
    site: Site,
    /// The detail that names a client: what it is asked for, and what forms call it.
    called: Option<(String, String)>,
    credits: usize,
    decider: String,
    document: String,
    wrong: Vec<Wrong>,
    table: String,
    number: String,
    refused: Option<row::Refused>,
    /// The reference of a client that is kept here.
    reference: String,
    /// Why no client is there under it.
    lost: Option<String>,
}

impl Start {
    fn new(rules: &RuleSet) -> Self {
        let program = rules.program();
        let credits = program.decisions.iter().filter(|one| one.kind == crate::syntax::DecisionKind::Credit).count();
        let named = program.facts.iter().find(|fact| fact.identifies && fact.local == "name");
        Self {
            site: Site::new(rules, "start", "Check a client"),
            called: named.map(|fact| (fact.ask.clone(), fact.name.clone())),
            credits,
            decider: report::decider(program).to_owned(),
            document: String::new(),
            wrong: Vec::new(),
            table: String::new(),
            number: "1".to_owned(),
            refused: None,
            reference: String::new(),
            lost: None,
        }
    }

    /// With a reference under which no client could be found, and why.
    pub(super) fn lost(rules: &RuleSet, reference: String, why: String) -> Self {
        Self { reference, lost: Some(why), ..Self::new(rules) }
    }
}

pub(super) async fn start(Shared(app): Shared<App>) -> Response {
    page(&Start::new(&app.rules()))
}

/// Begins with nothing but a name, perhaps.
pub(super) async fn begin(
    Shared(app): Shared<App>,
    Extension(caller): Extension<Caller>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Turned> {
    let rules = app.rules();
    let client = Client::blank(&rules, today());
    let mut given = vec![("facts".to_owned(), client.text)];
    given.extend(fields.into_iter().filter(|(name, _)| name.starts_with("v.")));
    results::results(Visit::new(app, caller, Fields::new(given))?).await
}

/// Opens a document.
pub(super) async fn open(Shared(app): Shared<App>, sent: Multipart) -> Response {
    let rules = app.rules();
    let sent = match parts(sent).await {
        Ok(sent) => sent,
        Err(said) => return page(&Start { wrong: vec![Wrong { line: None, said }], ..Start::new(&rules) }),
    };
    let (name, bytes) = sent.given();
    if bytes.trim_ascii().is_empty() {
        let said = "Nothing was given: paste a document or choose a file.".to_owned();
        return page(&Start { wrong: vec![Wrong { line: None, said }], ..Start::new(&rules) });
    }
    match Client::open(&rules, &name, bytes, today()) {
        Ok(client) => details::show(&rules, &client, &[], &Fields::default()),
        Err(broken) => unread(&rules, &broken),
    }
}

/// Opens one row of a table.
pub(super) async fn open_row(Shared(app): Shared<App>, sent: Multipart) -> Response {
    let rules = app.rules();
    let refused =
        |table: String, number: String, refused| page(&Start { table, number, refused: Some(refused), ..Start::new(&rules) });
    let sent = match parts(sent).await {
        Ok(sent) => sent,
        Err(said) => return refused(String::new(), "1".to_owned(), row::Refused { lines: vec![said], strange: false }),
    };
    let number = sent.fields.said("number").unwrap_or("1").to_owned();
    let (_, bytes) = sent.given();
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(bytes) => {
            let text = String::from_utf8_lossy(bytes.as_bytes()).into_owned();
            let lines =
                vec!["The table is no text in UTF-8: save it as CSV in UTF-8, or copy the cells and paste them.".to_owned()];
            return refused(text, number, row::Refused { lines, strange: false });
        }
    };
    let Ok(row) = number.parse() else {
        let lines = vec![format!("“{number}” is no number of a row: the first row under the headers is 1.")];
        return refused(text, number, row::Refused { lines, strange: false });
    };
    match row::client(&rules, &text, row, sent.fields.said("leave").is_some(), today()) {
        Ok(client) => details::show(&rules, &client, &[], &Fields::default()),
        Err(wrong) => refused(text, number, wrong),
    }
}

/// The first page with a document that has mistakes.
pub(super) fn unread(rules: &RuleSet, broken: &Unread) -> Response {
    let file = broken.sources.files().next().map(|(_, file)| file);
    let wrong = broken.findings.iter().map(|finding| Wrong {
        line: file.map(|file| file.place(finding.span().start as usize).line),
        said: told(&finding.headline, finding.help.as_deref()),
    });
    let document = file.map_or_else(String::new, |file| file.text().to_owned());
    page(&Start { document, wrong: wrong.collect(), ..Start::new(rules) })
}

/// What was sent with a form that may hold a file.
#[derive(Default)]
struct Sent {
    fields: Fields,
    /// The file's name and bytes, where one was chosen.
    file: Option<(String, Vec<u8>)>,
}

impl Sent {
    /// The file, or else the text.
    fn given(&self) -> (String, Vec<u8>) {
        let text = || ("the document".to_owned(), self.fields.get("text").unwrap_or_default().as_bytes().to_vec());
        self.file.clone().unwrap_or_else(text)
    }
}

async fn parts(mut sent: Multipart) -> Result<Sent, String> {
    let (mut fields, mut file) = (Vec::new(), None);
    let broken = |_| "The form did not arrive whole, or the file is larger than 1 MiB. Nothing was read.".to_owned();
    while let Some(field) = sent.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        match field.file_name().map(str::to_owned) {
            Some(called) => {
                let bytes = field.bytes().await.map_err(broken)?.to_vec();
                if !bytes.is_empty() {
                    file = Some((called, bytes));
                }
            }
            None => fields.push((name, field.text().await.map_err(broken)?)),
        }
    }
    Ok(Sent { fields: Fields::new(fields), file })
}

/// Today in UTC: for which day a check holds where nobody says one.
pub(super) fn today() -> Day {
    use chrono::Datelike as _;
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let epoch = i64::from(chrono::NaiveDate::default().num_days_from_ce());
    epoch + i64::try_from(since / 86_400).unwrap_or(0)
}
