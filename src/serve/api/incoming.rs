//! A table as it comes over the network: the body itself, or a part of a form behind a mapping of its columns.
//!
//! In: a request. Out: the mapping, how the table is written, and its bytes in pieces, of which few are held.
//! Owns how much may come, in what time and in which order. Never looks into a table.

use std::io::Read;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest as _, Multipart, Request};
use axum::http::{HeaderMap, StatusCode};
use http_body_util::BodyExt as _;
use tokio::sync::{mpsc, oneshot};
use tokio::time::error::Elapsed;

use super::call::{media_type, too_large, unsupported};
use super::screen::PIECE_TIME;
use crate::screen::Mapping;
use crate::serve::app::Refusal;
use crate::serve::problem::Problem;

/// The most bytes of a table.
pub(super) const MAX_BYTES: usize = 256 << 20;
/// The most bytes of a mapping.
const MAX_MAPPING: usize = 256 << 10;

/// Media types of tables.
pub(super) const TABLES: [&str; 3] = ["text/csv", "text/tab-separated-values", "application/x-ndjson"];
/// A mapping and a table: the parts `mapping` and `table`, in this order.
pub(super) const PARTS: &str = "multipart/form-data";

/// How a table is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Form {
    Csv,
    Tsv,
    Ndjson,
}

impl Form {
    /// That of a media type.
    fn of(media: &str) -> Option<Self> {
        let all = [Self::Csv, Self::Tsv, Self::Ndjson];
        TABLES.iter().zip(all).find(|(own, _)| **own == media).map(|(_, form)| form)
    }
}

/// What a body is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Media {
    /// A table.
    Table(Form),
    /// A mapping and a table.
    Parts,
}

impl Media {
    /// That of a request.
    /// # Errors
    /// It is none that is read here.
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, Problem> {
        let media = media_type(headers)?;
        let media = media.as_deref();
        let table = media.and_then(Form::of).map(Self::Table);
        table.or((media == Some(PARTS)).then_some(Self::Parts)).ok_or_else(|| unsupported(&[&TABLES[..], &[PARTS]].concat()))
    }
}

/// What is known of a table before its bytes are read.
#[derive(Debug)]
pub(super) struct Given {
    /// How its columns are called and written.
    pub(super) mapping: Mapping,
    /// How it is written.
    pub(super) form: Form,
}

/// Begins to take a table in. Its bytes go to `to`.
/// # Errors
/// The parts are not a mapping and a table.
pub(super) async fn given(request: Request, media: Media, to: Sender) -> Result<Given, Problem> {
    match media {
        Media::Parts => {
            let (head, heads) = oneshot::channel();
            let sent = Multipart::from_request(request, &()).await.map_err(|error| broken(&error.body_text()))?;
            tokio::spawn(feed_parts(sent, head, to));
            heads.await.map_err(|_| Problem::from(Refusal::Fault))?
        }
        Media::Table(form) => {
            tokio::spawn(feed(request.into_body(), to));
            Ok(Given { mapping: Mapping::default(), form })
        }
    }
}

/// Where pieces of a table go.
pub(super) type Sender = mpsc::Sender<std::io::Result<Bytes>>;

/// Passes the body on.
async fn feed(mut body: Body, to: Sender) {
    let mut total = 0;
    loop {
        let next = tokio::time::timeout(PIECE_TIME, body.frame()).await;
        let next = next.map(|next| next.map(|frame| frame.map(|frame| frame.into_data().unwrap_or_default())));
        if hand(next, &mut total, &to).await.is_some() {
            return;
        }
    }
}

/// Hands a piece of a table on; a client that is too slow or sends too much breaks it off. At the end says whether it is whole.
async fn hand<E>(next: Result<Option<Result<Bytes, E>>, Elapsed>, total: &mut usize, to: &Sender) -> Option<bool> {
    let piece = match next {
        Err(_) => Err("the table did not come in time"),
        Ok(None) => return Some(true),
        Ok(Some(Err(_))) => Err("the table broke off"),
        Ok(Some(Ok(piece))) => Ok(piece),
    };
    *total += piece.as_ref().map_or(0, Bytes::len);
    let piece = if *total > MAX_BYTES { Err("the table is too large") } else { piece };
    let broken = piece.is_err();
    let gone = to.send(piece.map_err(std::io::Error::other)).await.is_err();
    (gone || broken).then_some(false)
}

/// A body whose parts are not what is read here.
fn broken(why: &str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, why.to_owned())
}

/// Reads the mapping and says so in `head`, then passes the table on.
async fn feed_parts(mut sent: Multipart, head: oneshot::Sender<Result<Given, Problem>>, to: Sender) {
    let begun = match tokio::time::timeout(PIECE_TIME, first_part(&mut sent)).await {
        Ok(begun) => begun,
        Err(_) => Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "the mapping did not come in time")),
    };
    let mapping = match begun {
        Ok(mapping) => mapping,
        Err(problem) => return drop(head.send(Err(problem))),
    };
    let mut table = match tokio::time::timeout(PIECE_TIME, sent.next_field()).await {
        Ok(Ok(Some(field))) if field.name() == Some("table") => field,
        _ => return drop(head.send(Err(broken("the second part is the table and is called `table`")))),
    };
    let media = table.content_type().map(|media| media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
    let Some(form) = media.as_deref().and_then(Form::of) else {
        let detail = format!("the part `table` says how it is written: its `Content-Type` is {}", TABLES.join(" or "));
        return drop(head.send(Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail))));
    };
    if head.send(Ok(Given { mapping, form })).is_err() {
        return;
    }
    let mut total = 0;
    let whole = loop {
        let next = tokio::time::timeout(PIECE_TIME, table.chunk()).await.map(Result::transpose);
        if let Some(whole) = hand(next, &mut total, &to).await {
            break whole;
        }
    };
    drop(table);
    // Whatever stands behind the table was meant to be read: the rows are not passed off as the answer to it.
    if whole && !matches!(sent.next_field().await, Ok(None)) {
        drop(to.send(Err(std::io::Error::other("something stands behind the table"))).await);
    }
}

/// The mapping, which comes first.
async fn first_part(sent: &mut Multipart) -> Result<Mapping, Problem> {
    let order = "the first part is the mapping and is called `mapping`; a table without one is the body itself";
    let field = sent.next_field().await.map_err(|error| broken(&error.body_text()))?;
    let mut field = field.filter(|field| field.name() == Some("mapping")).ok_or_else(|| broken(order))?;
    let mut bytes = Vec::new();
    while let Some(piece) = field.chunk().await.map_err(|error| broken(&error.body_text()))? {
        bytes.extend_from_slice(&piece);
        if bytes.len() > MAX_MAPPING {
            return Err(too_large(MAX_MAPPING));
        }
    }
    let unread = |why: String| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, format!("the mapping cannot be read: {why}"));
    let text = String::from_utf8(bytes).map_err(|_| unread("it is no text in UTF-8".to_owned()))?;
    Mapping::read(&text).map_err(unread)
}

/// The body, for whoever reads.
pub(super) struct Pieces {
    pub(super) from: mpsc::Receiver<std::io::Result<Bytes>>,
    pub(super) rest: Bytes,
}

impl Read for Pieces {
    fn read(&mut self, room: &mut [u8]) -> std::io::Result<usize> {
        while self.rest.is_empty() {
            match self.from.blocking_recv() {
                Some(piece) => self.rest = piece?,
                None => return Ok(0),
            }
        }
        let taken = self.rest.split_to(self.rest.len().min(room.len()));
        room.iter_mut().zip(&taken).for_each(|(to, from)| *to = *from);
        Ok(taken.len())
    }
}
