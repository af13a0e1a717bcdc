//! A form about a client, from its fields to a page: the one way for every page that is about a client.
//!
//! In: the request. Out: the client with what the form says of it, what `App::decide` told, or the page that says why not.
//! Owns how a refusal looks in a browser. Never decides, never changes what was typed.

use std::sync::Arc;

use axum::extract::{Extension, Form, FromRequest, FromRequestParts as _, Request};
use axum::response::{IntoResponse, Response};

use super::client::{Client, Slip};
use super::fields::Fields;
use super::{Kind, gone, start, stopped};
use crate::RuleSet;
use crate::report::Report;
use crate::serve::App;
use crate::serve::app::{Inquiry, Refusal, Wanted};
use crate::serve::guard::Caller;

/// What somebody sent about a client, under the rules that were in force then.
#[derive(Debug)]
pub(super) struct Visit {
    pub(super) app: App,
    pub(super) rules: Arc<RuleSet>,
    /// Who sent it.
    pub(super) caller: Caller,
    pub(super) fields: Fields,
    pub(super) kind: Kind,
    /// The client that the form carries; without the form's changes until [`Visit::take`].
    pub(super) client: Client,
}

/// Why there is no answer, as a page.
#[derive(Debug)]
pub(super) struct Turned {
    rules: Arc<RuleSet>,
    why: Box<Refusal>,
}

impl Turned {
    /// Under these rules.
    pub(super) fn new(rules: &Arc<RuleSet>, why: Refusal) -> Self {
        Self { rules: Arc::clone(rules), why: Box::new(why) }
    }
}

impl Visit {
    /// Reads the client of a form.
    /// # Errors
    /// It has mistakes.
    pub(super) fn new(app: App, caller: Caller, fields: Fields) -> Result<Self, Turned> {
        let rules = app.rules();
        match Client::carried(&rules, &fields) {
            Ok(client) => Ok(Self { app, caller, kind: Kind::of(&fields), fields, client, rules }),
            Err(broken) => Err(Turned::new(&rules, Refusal::Unread(broken))),
        }
    }

    /// Takes what the form changes of the client; gives what could not be taken.
    pub(super) fn take(&mut self) -> Vec<Slip> {
        self.client.take(&self.rules, &self.fields)
    }

    /// Every decision of the kind that the form is about.
    pub(super) fn wanted(&self) -> Wanted {
        Wanted::Kind(Some(self.kind.decided()))
    }

    /// Decides on a client, the form's or a copy of it.
    /// # Errors
    /// Nothing was decided.
    pub(super) async fn of<T: Send + 'static>(
        &self,
        client: &Client,
        wanted: Wanted,
        told: impl FnOnce(&Report<'_>) -> T + Send + 'static,
    ) -> Result<T, Turned> {
        let decided = self.app.decide(self.inquiry(client, wanted), move |report, _| told(report)).await;
        decided.map_err(|why| Turned::new(&self.rules, why))
    }

    /// Decides on the client, and gives what `told` makes of the report and the form.
    /// # Errors
    /// Nothing was decided.
    pub(super) async fn decide<T: Send + 'static>(
        self,
        wanted: Wanted,
        told: impl FnOnce(&Report<'_>, &Self) -> T + Send + 'static,
    ) -> Result<T, Turned> {
        let (app, rules, inquiry) = (self.app.clone(), Arc::clone(&self.rules), self.inquiry(&self.client, wanted));
        let decided = app.decide(inquiry, move |report, _| told(report, &self)).await;
        decided.map_err(|why| Turned::new(&rules, why))
    }

    fn inquiry(&self, client: &Client, wanted: Wanted) -> Inquiry {
        Inquiry {
            name: "the details".to_owned(),
            document: client.text.clone().into_bytes(),
            format: None,
            as_of: None,
            wanted,
            who: self.caller.name.clone(),
            reference: None,
        }
    }
}

impl FromRequest<App> for Visit {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let Extension(caller) =
            Extension::<Caller>::from_request_parts(&mut parts, app).await.map_err(IntoResponse::into_response)?;
        let sent = Form::<Vec<(String, String)>>::from_request(Request::from_parts(parts, body), app).await;
        let Form(fields) = sent.map_err(IntoResponse::into_response)?;
        Self::new(app.clone(), caller, Fields::new(fields)).map_err(IntoResponse::into_response)
    }
}

impl IntoResponse for Turned {
    fn into_response(self) -> Response {
        let Self { rules, why } = self;
        match *why {
            Refusal::Unread(broken) => start::unread(&rules, &broken),
            Refusal::NoDecision { help, .. } => gone(&rules, "start", "The rules decide nothing of this name.", help),
            other => stopped(&rules, "start", other),
        }
    }
}
