//! The login page: a token once, a cookie from then on.
//!
//! In: a token in a form. Out: a session, and the way to the page that was wanted.
//! Owns the cookie; how the page looks is the business of `pages`. Never shows a token again.

use std::sync::Arc;

use axum::extract::{Form, Query, State};
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use serde::Deserialize;

use super::guard::{COOKIE_NAME, Guard};
use super::{App, pages};

/// The pages of the login.
pub fn router() -> Router<App> {
    Router::new().route("/login", get(ask).post(begin)).route("/logout", post(end))
}

#[derive(Deserialize)]
struct Next {
    next: Option<String>,
}

#[derive(Deserialize)]
struct Given {
    token: String,
    next: Option<String>,
}

/// A page of this server: an absolute path, and nothing that a browser takes for another host.
fn own(next: Option<&str>) -> &str {
    let own = |next: &&str| {
        next.starts_with('/') && !next.starts_with("//") && !next.contains('\\') && !next.chars().any(char::is_control)
    };
    next.filter(own).unwrap_or("/")
}

async fn ask(State(app): State<App>, Extension(guard): Extension<Arc<Guard>>, Query(Next { next }): Query<Next>) -> Response {
    pages::login(&app.rules(), own(next.as_deref()), None, guard.closed())
}

async fn begin(
    State(app): State<App>,
    Extension(guard): Extension<Arc<Guard>>,
    Form(Given { token, next }): Form<Given>,
) -> Response {
    let next = own(next.as_deref());
    match guard.begin(&token) {
        Ok(cookie) => see(next, &format!("{COOKIE_NAME}={cookie}; Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=43200")),
        Err(wrong) => (StatusCode::UNAUTHORIZED, pages::login(&app.rules(), next, Some(wrong), guard.closed())).into_response(),
    }
}

async fn end(Extension(guard): Extension<Arc<Guard>>, headers: HeaderMap) -> Response {
    guard.end(&headers);
    see("/login", &format!("{COOKIE_NAME}=; Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=0"))
}

/// Leads to a page, with a cookie.
fn see(next: &str, cookie: &str) -> Response {
    let to = HeaderValue::from_str(next).unwrap_or(HeaderValue::from_static("/"));
    match HeaderValue::from_str(cookie) {
        Ok(cookie) => (StatusCode::SEE_OTHER, [(LOCATION, to), (SET_COOKIE, cookie)]).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::own;

    #[test]
    fn a_login_leads_to_pages_of_this_server_alone() {
        assert_eq!(own(Some("/accounts")), "/accounts");
        for other in ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "", "/a\nb"] {
            assert_eq!(own(Some(other)), "/", "{other}");
        }
        assert_eq!(own(None), "/");
    }
}
