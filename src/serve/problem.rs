//! Errors of the HTTP API as problem+json (RFC 9457), with the place of each.
//!
//! In: refusals and what requests did wrong. Out: responses.
//! Owns their shape and status. Never repeats more of a document than its findings do.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::app::Refusal;
use crate::answer::Unread;
use crate::diagnostic::Diagnostic;
use crate::source::SourceMap;
use crate::store::StoreError;

/// What went wrong with a request.
#[derive(Clone, Debug, Serialize)]
pub struct Problem {
    #[serde(rename = "type")]
    kind: &'static str,
    /// The kind of problem, in words.
    pub title: &'static str,
    /// The status of the response.
    pub status: u16,
    /// What is wrong with this request, and what to do.
    pub detail: String,
    /// What is wrong, place by place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Fault>,
    #[serde(skip)]
    headers: Vec<(header::HeaderName, HeaderValue)>,
}

/// One mistake in a request.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Fault {
    /// The query parameter or header that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// The field of the body that is wrong, as a JSON pointer, in YAML too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// The file that is wrong, where it is not the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Line, from one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// Column in characters, from one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
    /// One lowercase phrase.
    pub detail: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The stable code of the finding; `accredit explain CODE` shows its page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'static str>,
}

impl Fault {
    /// A query parameter that is wrong.
    pub fn parameter(name: impl Into<String>, detail: impl Into<String>, help: Option<String>) -> Self {
        Self { parameter: Some(name.into()), detail: detail.into(), help, ..Self::default() }
    }

    /// A finding at its place.
    pub fn found(finding: &Diagnostic, sources: &SourceMap) -> Self {
        let span = finding.span();
        let place = sources.file(span.file).map(|file| file.place(span.start as usize));
        Self {
            line: place.map(|place| place.line),
            column: place.map(|place| place.column),
            detail: finding.headline.clone(),
            help: finding.help.clone(),
            code: Some(finding.code.name),
            ..Self::default()
        }
    }
}

impl Problem {
    /// A problem with one line of detail.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail: detail.into(),
            errors: Vec::new(),
            headers: Vec::new(),
        }
    }

    /// A request with one wrong parameter.
    pub fn parameter(name: impl Into<String>, detail: impl Into<String>, help: Option<String>) -> Self {
        let detail = detail.into();
        Self::new(StatusCode::BAD_REQUEST, detail.clone()).fault(Fault::parameter(name, detail, help))
    }

    /// Says after how many seconds to try again.
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        self.header(header::RETRY_AFTER, HeaderValue::from(seconds))
    }

    /// Adds a header to the response.
    #[must_use]
    pub fn header(mut self, name: header::HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Adds a mistake.
    #[must_use]
    pub fn fault(mut self, fault: Fault) -> Self {
        self.errors.push(fault);
        self
    }

    /// A document that cannot be used, with each finding at its place.
    pub fn unread(unread: &Unread) -> Self {
        let mut problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "the facts document has errors; nothing was decided");
        let found = unread.findings.iter().zip(unread.pointers());
        problem.errors = found.map(|(finding, pointer)| Fault { pointer, ..Fault::found(finding, &unread.sources) }).collect();
        problem
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let detail = refusal.to_string();
        let busy = |detail: String| Self::new(StatusCode::SERVICE_UNAVAILABLE, detail).retry_after(1);
        match refusal {
            Refusal::Busy | Refusal::Late => busy(format!("{detail}; try again in a moment")),
            Refusal::Unread(unread) => Self::unread(&unread),
            Refusal::NoDecision { help, .. } => Self::parameter("program", detail, help),
            Refusal::Store(StoreError::Name { .. }) => Self::parameter("reference", detail, None),
            Refusal::Store(_) => Self::new(StatusCode::SERVICE_UNAVAILABLE, detail),
            Refusal::NoStore => Self::new(StatusCode::NOT_FOUND, detail),
            Refusal::Fault => Self::new(StatusCode::INTERNAL_SERVER_ERROR, detail),
        }
    }
}

impl Problem {
    /// The problem told by a page, for people: the same status and headers.
    pub fn told_by(self, page: impl IntoResponse) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, page).into_response();
        response.headers_mut().extend(self.headers);
        response
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self).unwrap_or_default();
        self.told_by(([(header::CONTENT_TYPE, "application/problem+json")], body))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}
