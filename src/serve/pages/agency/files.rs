//! Results as files to keep: CSV, NDJSON, Excel; what is wrong with rows; the columns as a profile.
//!
//! In: a table that was decided, the name of a file. Out: its bytes.
//! Owns which files there are. The formats are those of `screen`, which keeps cells from being run as formulas.

use std::io::Cursor;
use std::sync::Arc;

use axum::extract::{Extension, Path, State as Shared};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};

use super::sheet::{Done, Sheet, Stage};
use super::shelf::Shelf;
use super::{found, gone, stopped};
use crate::report::screened;
use crate::screen::write::{PROBLEM_HEADERS, Workbook, csv_header, csv_rows, ndjson_rows, problem_rows};
use crate::serve::App;
use crate::serve::app::Refusal;
use crate::serve::guard::Caller;
use crate::value::day_text;

/// A file about a table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Csv,
    Ndjson,
    Xlsx,
    Problems,
    Profile,
}

impl Kind {
    const ALL: [(Self, &'static str, &'static str); 5] = [
        (Self::Csv, "results.csv", "text/csv; charset=utf-8"),
        (Self::Ndjson, "results.ndjson", "application/x-ndjson"),
        (Self::Xlsx, "results.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (Self::Problems, "problems.csv", "text/csv; charset=utf-8"),
        (Self::Profile, "profile.yaml", "application/yaml"),
    ];
}

pub(super) async fn file(
    Shared(app): Shared<App>,
    Extension(caller): Extension<Caller>,
    Extension(shelf): Extension<Shelf>,
    Path((id, name)): Path<(String, String)>,
) -> Response {
    let sheet = match found(&app, &shelf, &id, &caller) {
        Ok(sheet) => sheet,
        Err(gone) => return *gone,
    };
    let kind = Kind::ALL.into_iter().find(|(_, own, _)| *own == name);
    let (Some((kind, name, media)), Stage::Done(done)) = (kind, sheet.stage()) else {
        let what = "There is no such file, or the table is not decided yet.";
        return gone(&sheet.given.rules, "agency", what, None);
    };
    let rules = Arc::clone(&sheet.given.rules);
    let bytes = tokio::task::spawn_blocking(move || bytes(kind, &sheet, &done)).await;
    let Ok(Some(bytes)) = bytes else {
        return stopped(&rules, "agency", Refusal::Fault);
    };
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(CONTENT_TYPE, media.to_owned()), (CONTENT_DISPOSITION, disposition)], bytes).into_response()
}

fn bytes(kind: Kind, sheet: &Arc<Sheet>, done: &Done) -> Option<Vec<u8>> {
    let headers = done.shape.headers(sheet.given.rules.program());
    let each = |head: Vec<u8>, rows: &dyn Fn(&crate::screen::OutChunk) -> Vec<u8>| {
        done.chunks.iter().fold(head, |mut all, chunk| {
            all.extend(rows(chunk));
            all
        })
    };
    match kind {
        Kind::Csv => Some(each(csv_header(&headers, b','), &|chunk| csv_rows(chunk, b','))),
        Kind::Ndjson => Some(each(Vec::new(), &|chunk| ndjson_rows(chunk, &headers))),
        Kind::Xlsx => workbook(sheet, done, &headers),
        Kind::Problems => {
            let mut all = csv_header(&PROBLEM_HEADERS.map(str::to_owned), b',');
            all.extend(problem_rows(&done.problems));
            Some(all)
        }
        Kind::Profile => serde_yaml::to_string(&done.mapping).ok().map(String::into_bytes),
    }
}

fn workbook(sheet: &Sheet, done: &Done, headers: &[String]) -> Option<Vec<u8>> {
    let program = sheet.given.rules.program();
    let mut book = Workbook::new(headers).ok()?;
    for chunk in &done.chunks {
        book.rows(chunk, &[]).ok()?;
    }
    book.rows(&crate::screen::OutChunk::default(), &done.problems).ok()?;
    book.ask(program, &done.questions).ok()?;
    let about = [
        ("Rules", format!("{} {} ({})", program.name, program.version, program.digest)),
        ("Input", sheet.given.name.clone()),
        ("Day of the check", day_text(sheet.given.as_of)),
        ("Program", format!("accredit {}", env!("CARGO_PKG_VERSION"))),
        ("Empty cells", "An empty cell is not known: it never grants and never denies.".to_owned()),
        ("What a verdict means", screened::PROMISE.to_owned()),
    ];
    let about: Vec<(String, String)> = about.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let mut bytes = Cursor::new(Vec::new());
    book.finish(program, &done.shape, &done.tally, &about, &mut bytes).ok()?;
    Some(bytes.into_inner())
}
