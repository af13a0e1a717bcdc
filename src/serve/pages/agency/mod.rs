//! Pages for agencies: a table is given, its columns are named, every account is decided, the results are filtered and kept.
//!
//! In: tables of accounts. Out: pages, and files to keep.
//! Owns the way from page to page. Never decides: the engine of `screen` does; never puts a cell into an address.
//!
//! | file | job |
//! |---|---|
//! | `shelf` | tables that wait here for a while, each seen by whoever gave it |
//! | `sheet` | one table: read, decided, looked up again |
//! | `columns` | which column holds what, as a form says it |
//! | `cells` | which cell of the results says what |
//! | `shown` | results: counts, bars, accounts that are filtered, one account |
//! | `files` | results as files |

mod cells;
mod columns;
mod files;
mod sheet;
mod shelf;
mod shown;

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Extension, Form, Multipart, Path, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};

use super::client::Client;
use super::fields::Fields;
use super::{Site, details, gone, page, stopped};
use crate::RuleSet;
use crate::facts::written;
use crate::screen::Mapping;
use crate::serve::App;
use crate::serve::app::Refusal;
use crate::serve::guard::Caller;
use crate::value::{day_text, parse_day};
use columns::{Columns, Use};
use sheet::{Given, Sheet, Stage};
use shelf::Shelf;
use shown::Listed;

/// The most bytes of a table.
const MAX_BYTES: usize = 64 << 20;
/// The most bytes of a profile.
const MAX_PROFILE: usize = 256 << 10;
/// So long a page waits for the results of a small table before it shows how far it is.
const AT_ONCE: Duration = Duration::from_millis(1500);

/// The pages.
pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/agency", get(start).post(upload))
        .route("/agency/{id}", get(table))
        .route("/agency/{id}/list/{credit}/{verdict}/{page}", get(list))
        .route("/agency/{id}/columns", get(columns_again).post(check))
        .route("/agency/{id}/row/{number}", get(shown::account))
        .route("/agency/{id}/row/{number}/open", post(open))
        .route("/agency/{id}/file/{name}", get(files::file))
        .layer(DefaultBodyLimit::max(MAX_BYTES + MAX_PROFILE + (1 << 16)))
        .layer(Extension(Shelf::default()))
}

#[derive(Template)]
#[template(path = "agency.html")]
struct Start {
    site: Site,
    day: String,
    wrong: Option<String>,
    rows: usize,
    megabytes: usize,
}

impl Start {
    fn new(rules: &RuleSet, day: String, wrong: Option<String>) -> Self {
        let site = Site::new(rules, "agency", "Check a table of accounts");
        Self { site, day, wrong, rows: sheet::MAX_ROWS, megabytes: MAX_BYTES >> 20 }
    }
}

async fn start(Shared(app): Shared<App>) -> Response {
    page(&Start::new(&app.rules(), day_text(super::start::today()), None))
}

/// What a form with a table holds.
#[derive(Default)]
struct Upload {
    table: Option<(String, Vec<u8>)>,
    profile: String,
    day: String,
}

async fn upload(
    Shared(app): Shared<App>,
    Extension(caller): Extension<Caller>,
    Extension(shelf): Extension<Shelf>,
    sent: Multipart,
) -> Response {
    let rules = app.rules();
    let refuse = |day: String, why: String| {
        (StatusCode::UNPROCESSABLE_ENTITY, page(&Start::new(&rules, day, Some(why)))).into_response()
    };
    let today = || day_text(super::start::today());
    let Upload { table, profile, day } = match parts(sent).await {
        Ok(sent) => sent,
        Err(why) => return refuse(today(), why),
    };
    let Some(as_of) = parse_day(day.trim()) else {
        return refuse(day, "This is no day: write it as year-month-day, such as 2026-03-01.".to_owned());
    };
    let Some((name, bytes)) = table else { return refuse(day, "Nothing was given: choose a file.".to_owned()) };
    let mapping = match Mapping::read(&profile) {
        Ok(mapping) => mapping,
        Err(why) => return refuse(day, format!("The profile cannot be read: {why}.")),
    };
    let given = Given { owner: caller.name, name, as_of, rules: Arc::clone(&rules) };
    let read = tokio::task::spawn_blocking(move || Sheet::read(given, &bytes, mapping)).await;
    match read {
        Ok(Ok(sheet)) => match shelf.put(sheet) {
            Ok(id) => Redirect::to(&format!("/agency/{id}")).into_response(),
            Err(_) => stopped(&rules, "agency", Refusal::Fault),
        },
        Ok(Err(why)) => refuse(day, why),
        Err(_) => stopped(&rules, "agency", Refusal::Fault),
    }
}

async fn parts(mut sent: Multipart) -> Result<Upload, String> {
    let broken =
        |_| format!("The form did not arrive whole, or the file is larger than {} MiB. Nothing was read.", MAX_BYTES >> 20);
    let mut upload = Upload::default();
    while let Some(field) = sent.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        let called = field.file_name().unwrap_or_default().to_owned();
        let bytes = field.bytes().await.map_err(broken)?;
        match name.as_str() {
            "table" if !bytes.is_empty() => upload.table = Some((called, bytes.to_vec())),
            "table" if !called.is_empty() => return Err(format!("“{called}” is an empty file.")),
            "profile" => {
                upload.profile = String::from_utf8(bytes.to_vec()).map_err(|_| "The profile is no text.".to_owned())?
            }
            "as_of" => upload.day = String::from_utf8_lossy(&bytes).into_owned(),
            _ => {}
        }
    }
    Ok(upload)
}

/// The table, if it is still here and the caller gave it.
fn found(app: &App, shelf: &Shelf, id: &str, caller: &Caller) -> Result<Arc<Sheet>, Box<Response>> {
    shelf.get(id, &caller.name).ok_or_else(|| {
        let what = "Tables are kept for two hours and a restart forgets them, so this one must be given again.";
        Box::new(gone(&app.rules(), "agency", what, None))
    })
}

/// A table where it stands.
async fn table(app: Shared<App>, caller: Extension<Caller>, shelf: Extension<Shelf>, Path(id): Path<String>) -> Response {
    stage(&app.0, &caller.0, &shelf.0, &id, &Listed::default())
}

/// A table with some of its accounts listed.
async fn list(
    app: Shared<App>,
    caller: Extension<Caller>,
    shelf: Extension<Shelf>,
    Path((id, credit, verdict, page)): Path<(String, String, String, usize)>,
) -> Response {
    stage(&app.0, &caller.0, &shelf.0, &id, &Listed { credit, verdict, page })
}

/// The columns of a table, how far it is, or its results.
fn stage(app: &App, caller: &Caller, shelf: &Shelf, id: &str, listed: &Listed) -> Response {
    let sheet = match found(app, shelf, id, caller) {
        Ok(sheet) => sheet,
        Err(gone) => return *gone,
    };
    match sheet.stage() {
        Stage::Columns(columns) => page(&Named::new(&sheet, id, *columns)),
        Stage::Running(rows) => page(&Running {
            site: Site::new(&sheet.given.rules, "agency", "Checking"),
            name: sheet.given.name.clone(),
            rows: rows.load(std::sync::atomic::Ordering::Relaxed),
            here: format!("/agency/{id}"),
        }),
        Stage::Done(done) => shown::results(&sheet, id, &done, listed),
        Stage::Failed(why) => page(&Start::new(&app.rules(), day_text(sheet.given.as_of), Some(why))),
    }
}

#[derive(Template)]
#[template(path = "agency_running.html")]
struct Running {
    site: Site,
    name: String,
    rows: u64,
    here: String,
}

#[derive(Template)]
#[template(path = "agency_columns.html")]
struct Named {
    site: Site,
    name: String,
    to: String,
    columns: Columns,
    facts: Vec<(String, String)>,
    open: usize,
}

impl Named {
    fn new(sheet: &Sheet, id: &str, columns: Columns) -> Self {
        Self {
            site: Site::new(&sheet.given.rules, "agency", "Name the columns"),
            name: sheet.given.name.clone(),
            to: format!("/agency/{id}/columns"),
            open: columns.open(),
            columns,
            facts: columns::facts(sheet.given.rules.program()),
        }
    }
}

/// The columns of a table that was checked, to change one.
async fn columns_again(
    Shared(app): Shared<App>,
    Extension(caller): Extension<Caller>,
    Extension(shelf): Extension<Shelf>,
    Path(id): Path<String>,
) -> Response {
    match found(&app, &shelf, &id, &caller) {
        Ok(sheet) => match sheet.stage() {
            Stage::Done(done) => page(&Named::new(&sheet, &id, Columns::of(&sheet, &done.mapping))),
            _ => Redirect::to(&format!("/agency/{id}")).into_response(),
        },
        Err(gone) => *gone,
    }
}

/// Takes the columns as they were named, and checks the table once all are.
async fn check(
    Shared(app): Shared<App>,
    Extension(caller): Extension<Caller>,
    Extension(shelf): Extension<Shelf>,
    Path(id): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Response {
    let sheet = match found(&app, &shelf, &id, &caller) {
        Ok(sheet) => sheet,
        Err(gone) => return *gone,
    };
    if matches!(sheet.stage(), Stage::Running(_)) {
        return Redirect::to(&format!("/agency/{id}")).into_response();
    }
    let columns = Columns::of_form(&sheet, &Fields::new(fields));
    let (mapping, layout) = match columns.layout(&sheet) {
        Ok(found) => found,
        Err(columns) => {
            return (StatusCode::UNPROCESSABLE_ENTITY, page(&Named::new(&sheet, &id, *columns))).into_response();
        }
    };
    let room = match app.screen() {
        Ok(room) => room,
        Err(busy) => return stopped(&sheet.given.rules, "agency", busy),
    };
    let running = Arc::clone(&sheet);
    sheet.begin();
    let work = tokio::task::spawn_blocking(move || {
        let _room = room;
        running.run(mapping, layout);
    });
    // A small table is there at once; a large one goes on while its page says how far it is.
    drop(tokio::time::timeout(AT_ONCE, work).await);
    Redirect::to(&format!("/agency/{id}")).into_response()
}

/// Opens one account of a table as a client.
async fn open(
    Shared(app): Shared<App>,
    Extension(caller): Extension<Caller>,
    Extension(shelf): Extension<Shelf>,
    Path((id, number)): Path<(String, u64)>,
) -> Response {
    let sheet = match found(&app, &shelf, &id, &caller) {
        Ok(sheet) => sheet,
        Err(gone) => return *gone,
    };
    let Stage::Done(done) = sheet.stage() else { return Redirect::to(&format!("/agency/{id}")).into_response() };
    let reading = Arc::clone(&sheet);
    let facts = tokio::task::spawn_blocking(move || reading.named_facts_of(&done, number)).await;
    let Ok(Some(facts)) = facts else {
        return gone(&sheet.given.rules, "agency", "The table has no such row, or the row is invalid.", None);
    };
    // The client goes on under the rules that are in force.
    let rules = app.rules();
    let text = written(rules.program(), &facts, None, &[]);
    match Client::open(&rules, "the row", text.into_bytes(), super::start::today()) {
        Ok(mut client) => {
            client.origins.all(&format!("row {number} of the table"), "the day of the table’s check");
            details::show(&rules, &client, &[], &Fields::default())
        }
        Err(broken) => super::start::unread(&rules, &broken),
    }
}
