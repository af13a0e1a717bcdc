//! Clients that wait in the store under a reference, to go on with another day.
//!
//! In: a client and a reference, or a reference alone. Out: that it is kept, or the client.
//! Owns what is said when a reference cannot be used. A reference travels in the bodies of requests, never in an address.

use askama::Template;
use axum::extract::{Form, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use super::client::{Client, told};
use super::fields::Fields;
use super::start::{self, Start, today};
use super::visit::Visit;
use super::{Site, details, hidden, page};
use crate::facts::Format;
use crate::serve::App;
use crate::store::{Document, check_name};

#[derive(Template)]
#[template(path = "kept.html")]
struct Kept {
    site: Site,
    state: String,
    reference: String,
    /// Why it was not kept.
    wrong: Option<String>,
}

/// Keeps the client of a form under a reference, in place of what was kept there before.
pub(super) async fn keep(Visit { app, rules, caller, fields, kind, client }: Visit) -> Response {
    let reference = fields.said("reference").unwrap_or_default().to_owned();
    let wrong = match check_name(&reference, "the reference") {
        Err(error) => Some(told(&error.to_string(), None)),
        Ok(()) => {
            let document = Document { format: Format::Yaml, bytes: client.text.clone().into_bytes() };
            let kept = app.save_account(reference.clone(), caller.name, document).await;
            kept.err().map(|refusal| told(&refusal.to_string(), None))
        }
    };
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let site = Site::new(&rules, "start", "Keep a client");
    (status, page(&Kept { site, state: hidden(&client, kind), reference, wrong })).into_response()
}

/// Goes on with the client of a reference.
pub(super) async fn resume(Shared(app): Shared<App>, Form(fields): Form<Vec<(String, String)>>) -> Response {
    let (rules, fields) = (app.rules(), Fields::new(fields));
    let reference = fields.said("reference").unwrap_or_default().to_owned();
    let found = match reference.as_str() {
        "" => Err("Say under which reference the client is kept.".to_owned()),
        name => app.account(name).await.map_err(|refusal| told(&refusal.to_string(), None)),
    };
    let account = found.and_then(|found| found.ok_or_else(|| "No client is kept under this reference.".to_owned()));
    match account {
        Ok(account) => match Client::open(&rules, "the kept document", account.document.bytes, today()) {
            Ok(client) => details::show(&rules, &client, &[], &Fields::default()),
            Err(broken) => start::unread(&rules, &broken),
        },
        Err(why) => page(&Start::lost(&rules, reference, why)),
    }
}
