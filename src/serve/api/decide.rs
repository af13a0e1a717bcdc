//! `/v1/check`, `/v1/ask`, `/v1/changes`: a facts document to its answer, or to a part of it.
//!
//! In: a document, which decisions, the day, the account's reference. Out: JSON by contract 2.
//! Owns nothing else. Never decides.

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};

use super::call::{Query, facts};
use crate::report::{self, Report};
use crate::serve::app::{App, Inquiry};
use crate::serve::guard::Caller;
use crate::serve::problem::Problem;

/// The header that holds the number of the decision's entry in the log.
const ENTRY: HeaderName = HeaderName::from_static("accredit-entry");

/// The parameters of all three.
pub(super) const PARAMETERS: [&str; 4] = ["kind", "program", "as_of", "reference"];

pub(super) async fn check(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Response, Problem> {
    let (answer, receipt) = app.answer(inquiry(caller, request).await?).await?;
    let mut response = ([(CONTENT_TYPE, "application/json")], answer).into_response();
    if let Some(receipt) = receipt {
        response.headers_mut().insert(ENTRY, HeaderValue::from(receipt.number));
    }
    Ok(response)
}

pub(super) async fn ask(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Response, Problem> {
    decide(app, caller, request, report::ask_json).await
}

pub(super) async fn changes(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Response, Problem> {
    decide(app, caller, request, report::changes_json).await
}

async fn decide(app: App, caller: Caller, request: Request, told: fn(&Report<'_>) -> String) -> Result<Response, Problem> {
    let answer = app.decide(inquiry(caller, request).await?, move |report, _| told(report)).await?;
    Ok(([(CONTENT_TYPE, "application/json")], answer).into_response())
}

async fn inquiry(caller: Caller, request: Request) -> Result<Inquiry, Problem> {
    let query = Query::of(request.uri(), &PARAMETERS)?;
    let (wanted, as_of, reference) = (query.wanted()?, query.as_of()?, query.reference()?);
    let (format, document) = facts(request).await?;
    Ok(Inquiry { name: "body".to_owned(), document, format: Some(format), as_of, wanted, who: caller.name, reference })
}
