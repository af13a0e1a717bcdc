//! `/v1/screen`: a table of accounts in, a stream of results out, by the engine of `accredit screen`.
//!
//! In: CSV, TSV or NDJSON, alone or behind a mapping of its columns. Out: CSV or NDJSON, while the table is still coming.
//! Owns how bytes get from and to the network: in pieces, of which few are held. Never decides, never types a cell.

use std::fs::File;
use std::io::BufReader;
use std::num::NonZeroUsize;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use hyper::body::Frame;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};

use super::call::{Query, too_large};
use super::incoming::{Form, Given, MAX_BYTES, Media, Pieces, given};
use crate::RuleSet;
use crate::program::Verdict;
use crate::screen::join::Join;
use crate::screen::read::CsvTable;
use crate::screen::write::csv_header;
use crate::screen::{Encoded, Encoding, FIELDS, Field, Job, Layout, Names, Problem as RowProblem, Shape, Table};
use crate::serve::app::{App, Refusal};
use crate::serve::problem::{Fault, Problem};
use crate::value::Day;

/// How long a client may take for the next piece, in either direction.
pub(super) const PIECE_TIME: Duration = Duration::from_secs(30);
/// Pieces that wait in either direction.
const PIECES: usize = 4;

/// The parameters.
pub(super) const PARAMETERS: [&str; 5] = ["program", "as_of", "long", "verdict", "to"];

/// What is wanted of a table.
#[derive(Debug)]
struct Asked {
    /// As the table is written, where nothing is said.
    to: Option<Form>,
    only: Vec<String>,
    as_of: Option<Day>,
    long: bool,
    verdicts: Vec<Verdict>,
}

pub(super) async fn screen(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    let query = Query::of(request.uri(), &PARAMETERS)?;
    let asked = asked(&query)?;
    let media = Media::of(request.headers())?;
    if request.body().size_hint().lower() > MAX_BYTES as u64 {
        return Err(too_large(MAX_BYTES));
    }
    let room = app.screen()?;
    let rules = app.rules();
    let (to, from) = mpsc::channel(PIECES);
    let given = given(request, media, to).await?;
    let (out, rows) = mpsc::channel(PIECES);
    let (begun, begins) = oneshot::channel();
    let media = match asked.to.unwrap_or(given.form) {
        Form::Ndjson => "application/x-ndjson",
        Form::Csv | Form::Tsv => "text/csv; charset=utf-8",
    };
    let handle = Handle::current();
    tokio::task::spawn_blocking(move || {
        let send = move |bytes: std::io::Result<Bytes>| {
            let late = || std::io::Error::other("the results were not taken in time");
            let sent = handle.block_on(tokio::time::timeout(PIECE_TIME, out.send(bytes)));
            sent.map_err(|_| late())?.map_err(|_| std::io::Error::other("nobody takes the results"))
        };
        run(&rules, &asked, (&given, Pieces { from, rest: Bytes::new() }), begun, &send, room);
    });
    begins.await.map_err(|_| Problem::from(Refusal::Fault))??;
    Ok(([(CONTENT_TYPE, media)], Body::new(Rows { rows })).into_response())
}

fn asked(query: &Query) -> Result<Asked, Problem> {
    let to = match query.one("to")? {
        None => None,
        Some("csv") => Some(Form::Csv),
        Some("ndjson") => Some(Form::Ndjson),
        Some(_) => return Err(Problem::parameter("to", "`to` is csv or ndjson", None)),
    };
    let long = match query.one("long")? {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => return Err(Problem::parameter("long", "`long` is true or false", None)),
    };
    let verdict = |word: String| {
        Verdict::parse(&word).ok_or_else(|| {
            let words = Verdict::ALL.map(Verdict::word);
            Problem::parameter("verdict", "there is no such verdict", Some(format!("it is one of {}", words.join(", "))))
        })
    };
    let verdicts = query.all("verdict").into_iter().map(verdict).collect::<Result<_, _>>()?;
    Ok(Asked { to, only: query.all("program"), as_of: query.as_of()?, long, verdicts })
}

/// The results, for the network.
struct Rows {
    rows: mpsc::Receiver<std::io::Result<Bytes>>,
}

impl axum::body::HttpBody for Rows {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        self.rows.poll_recv(context).map(|row| row.map(|row| row.map(Frame::data)))
    }
}

/// Screens a table. `begun` is told once the columns are understood; from then on there are rows. The room is given back
/// before the end is told: whoever has his answer is not in his own way.
fn run(
    rules: &RuleSet,
    asked: &Asked,
    table: (&Given, Pieces),
    begun: oneshot::Sender<Result<(), Problem>>,
    send: &dyn Fn(std::io::Result<Bytes>) -> std::io::Result<()>,
    room: OwnedSemaphorePermit,
) {
    let to = asked.to.unwrap_or(table.0.form);
    let (table, layout, shape) = match open(rules, asked, table) {
        Ok(opened) => opened,
        Err(problem) => {
            drop(room);
            return drop(begun.send(Err(*problem)));
        }
    };
    if begun.send(Ok(())).is_err() {
        return;
    }
    let headers = shape.headers(rules.program());
    let (encoding, head) = match to {
        Form::Ndjson => (Encoding::Ndjson(headers), Vec::new()),
        Form::Csv | Form::Tsv => (Encoding::Csv(b','), csv_header(&headers, b',')),
    };
    let lines = to == Form::Ndjson;
    // One thread decides: requests for one account go before.
    let job = Job {
        rules,
        layouts: std::slice::from_ref(&layout),
        sides: &[],
        shape: &shape,
        encoding,
        as_of: asked.as_of,
        threads: NonZeroUsize::MIN,
        skip: 0,
    };
    let whole = send(Ok(head.into())).is_ok()
        && job
            .run(vec![table], Join::Nothing, &mut |encoded: Encoded| {
                send(Ok(encoded.bytes.into()))?;
                if lines && !encoded.problems.is_empty() {
                    send(Ok(told(&encoded.problems).into()))?;
                }
                Ok(())
            })
            .is_ok();
    drop(room);
    if !whole {
        // The connection is cut, so that nobody takes a part for the whole. What went wrong may quote a cell, so it is not logged.
        tracing::warn!("a table was not screened to its end");
        drop(send(Err(std::io::Error::other("the table could not be read to its end"))));
    }
}

/// The table with what its columns hold and what is told of them.
fn open(
    rules: &RuleSet,
    asked: &Asked,
    (given, bytes): (&Given, Pieces),
) -> Result<(Table<File>, Layout, Shape), Box<Problem>> {
    let names = Names::of(rules.program(), None);
    let mut mapping = given.mapping.clone();
    let is_name = |cell: &str| names.get(cell).is_some() || given.mapping.names(cell);
    let unread = |error: crate::screen::read::ReadError| {
        Box::new(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, format!("the table cannot be read: {error}")))
    };
    let table = match given.form {
        Form::Ndjson => Table::lines(Box::new(BufReader::with_capacity(1 << 16, bytes))),
        form => {
            let delimiter = (form == Form::Tsv).then_some(b'\t');
            let table = CsvTable::open(Box::new(bytes), delimiter, &is_name).map_err(unread)?;
            mapping.decimal = mapping.decimal.or(Some(table.look.decimal));
            Table::Csv(table)
        }
    };
    let lines = ["account.id".to_owned()];
    let headers = table.headers().unwrap_or(&lines);
    let layout = Layout::new(rules.program(), &names, headers, &mapping).map_err(|unmatched| {
        let detail = "columns are no facts; nothing was decided";
        let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail);
        let fault = |line: String| Fault { line: Some(1), detail: line, ..Fault::default() };
        Box::new(unmatched.lines.into_iter().map(fault).fold(problem, Problem::fault))
    })?;
    let decisions = Shape::decisions(rules.program(), &asked.only, &[], given.form == Form::Ndjson)
        .map_err(|unfit| Box::new(Problem::parameter("program", unfit.to_string(), unfit.help)))?;
    let fields = FIELDS.iter().map(|(field, _)| *field).filter(|field| *field != Field::Masks).collect();
    let carried = layout.carried().map(str::to_owned).collect();
    let shape = Shape { long: asked.long, decisions, fields, verdicts: asked.verdicts.clone(), carried, files: false };
    Ok((table, layout, shape))
}

/// Rows that could not be decided, a line each, behind the rows among which they stand.
fn told(problems: &[RowProblem]) -> Vec<u8> {
    let mut lines = Vec::new();
    for problem in problems {
        let line = serde_json::json!({
            "problem": { "row": problem.row, "column": problem.column, "detail": problem.reason, "help": problem.help }
        });
        lines.extend_from_slice(line.to_string().as_bytes());
        lines.push(b'\n');
    }
    lines
}
