//! `/v1/accounts/{reference}`: facts documents kept by reference.
//!
//! In: a reference, and a document to save. Out: the document as it was saved.
//! Owns that nothing is saved that cannot be read. Never decides.

use axum::Extension;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use super::call::{Query, facts, reference};
use crate::answer;
use crate::facts::Format;
use crate::serve::app::App;
use crate::serve::guard::Caller;
use crate::serve::problem::Problem;
use crate::store::Document;

/// The saved document of an account.
pub(super) async fn load(State(app): State<App>, Path(name): Path<String>, request: Request) -> Result<Response, Problem> {
    Query::of(request.uri(), &[])?;
    let saved = app.account(&reference(&name)?).await?;
    let Some(account) = saved else {
        return Err(Problem::new(StatusCode::NOT_FOUND, "no account is saved under this reference"));
    };
    let kind = match account.document.format {
        Format::Json => "application/json",
        Format::Yaml => "application/yaml",
    };
    Ok(([(CONTENT_TYPE, kind)], account.document.bytes).into_response())
}

/// Saves the document of an account, in place of the one before.
pub(super) async fn save(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path(name): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    Query::of(request.uri(), &[])?;
    let name = reference(&name)?;
    let (format, bytes) = facts(request).await?;
    let read = bytes.clone();
    app.at_desk(move |desk| answer::Document::read(desk.rules(), "body", read, Some(format), None).map(drop))
        .await?
        .map_err(|unread| Problem::unread(&unread))?;
    app.save_account(name, caller.name, Document { format, bytes }).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
