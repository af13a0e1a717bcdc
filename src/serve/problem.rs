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
    retry_after: Option<u64>,
}

/// One mistake in a request.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Fault {
    /// The part of the request: `body`, or the name of a query parameter or header.
    pub at: String,
    /// Line in the body, from one.
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

impl Problem {
    /// A problem with one line of detail.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail: detail.into(),
            errors: Vec::new(),
            retry_after: None,
        }
    }

    /// Says after how many seconds to try again.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
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
        problem.errors = unread.findings.iter().map(|finding| fault(finding, unread)).collect();
        problem
    }
}

fn fault(finding: &Diagnostic, unread: &Unread) -> Fault {
    let span = finding.span();
    let place = unread.sources.file(span.file).map(|file| file.place(span.start as usize));
    Fault {
        at: "body".to_owned(),
        line: place.map(|place| place.line),
        column: place.map(|place| place.column),
        detail: finding.headline.clone(),
        help: finding.help.clone(),
        code: Some(finding.code.name),
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let detail = refusal.to_string();
        match refusal {
            Refusal::Busy => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, format!("{detail}; try again in a moment")).retry_after(1)
            }
            Refusal::Unread(unread) => Self::unread(&unread),
            Refusal::NoDecision { help, .. } => {
                let fault = Fault { at: "program".to_owned(), detail: detail.clone(), help, ..Fault::default() };
                Self::new(StatusCode::BAD_REQUEST, detail).fault(fault)
            }
            Refusal::Fault => Self::new(StatusCode::INTERNAL_SERVER_ERROR, detail),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}
