//! What a request says beside its path: parameters, media type, body.
//!
//! In: requests. Out: what a handler needs, or a problem that names what is wrong.
//! Owns the limits of size and time of a body. Never passes over a parameter that it does not know.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};
use axum::http::{HeaderValue, StatusCode, Uri};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

use crate::diagnostic::{alternatives, did_you_mean};
use crate::facts::{Format, document};
use crate::serve::app::Wanted;
use crate::serve::problem::Problem;
use crate::syntax::DecisionKind;
use crate::value::Day;

/// How long a client may take for the body of a document.
const BODY_TIME: Duration = Duration::from_secs(10);
/// The most decisions that one request may name.
const NAMED: usize = 200;
/// The most characters of a reference.
const REFERENCE: usize = 200;

/// Media types of facts documents.
pub(super) const DOCUMENTS: [&str; 4] = ["application/json", "application/yaml", "application/x-yaml", "text/yaml"];

/// The parameters of a request.
#[derive(Clone, Debug)]
pub(super) struct Query {
    pairs: Vec<(String, String)>,
}

impl Query {
    /// The parameters, all of which must be among these.
    pub(super) fn of(uri: &Uri, known: &[&str]) -> Result<Self, Problem> {
        let pairs: Vec<(String, String)> =
            form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
        if let Some((name, _)) = pairs.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            let short: String = name.chars().take(60).collect();
            let help = did_you_mean(name, known.iter().copied()).unwrap_or_else(|| match known {
                [] => "this path takes none".to_owned(),
                known => format!("there is {}", alternatives(known)),
            });
            return Err(Problem::parameter(short.clone(), format!("there is no parameter `{short}`"), Some(help)));
        }
        Ok(Self { pairs })
    }

    /// Every value of a parameter.
    pub(super) fn all(&self, name: &str) -> Vec<String> {
        self.pairs.iter().filter(|(own, _)| own == name).map(|(_, value)| value.clone()).collect()
    }

    /// The value of a parameter that may stand once.
    pub(super) fn one(&self, name: &str) -> Result<Option<&str>, Problem> {
        let mut values = self.pairs.iter().filter(|(own, _)| own == name).map(|(_, value)| value.as_str());
        let value = values.next();
        match values.next() {
            None => Ok(value),
            Some(_) => Err(Problem::parameter(name, format!("`{name}` stands more than once"), None)),
        }
    }

    /// Which decisions are wanted: those of a kind, credits where nothing is said, or those that are named.
    pub(super) fn wanted(&self) -> Result<Wanted, Problem> {
        let ids = self.all("program");
        let kind = self.one("kind")?;
        if !ids.is_empty() {
            if kind.is_some() {
                let help = "leave one of them out".to_owned();
                return Err(Problem::parameter("kind", "`kind` and `program` say two things", Some(help)));
            }
            if ids.len() > NAMED {
                return Err(Problem::parameter("program", format!("more than {NAMED} decisions are named"), None));
            }
            return Ok(Wanted::Ids(ids));
        }
        let words = ["credit", "action", "check", "all"];
        Ok(Wanted::Kind(match kind {
            None | Some("credit") => Some(DecisionKind::Credit),
            Some("action") => Some(DecisionKind::Action),
            Some("check") => Some(DecisionKind::Check),
            Some("all") => None,
            Some(other) => {
                let help = did_you_mean(other, words).unwrap_or_else(|| format!("it is one of {}", words.join(", ")));
                return Err(Problem::parameter("kind", "there is no such kind of decisions", Some(help)));
            }
        }))
    }

    /// The day for which the check holds.
    pub(super) fn as_of(&self) -> Result<Option<Day>, Problem> {
        let day = |text: &str| {
            let help = || Some("write it like 2026-03-01".to_owned());
            crate::value::parse_day(text).ok_or_else(|| Problem::parameter("as_of", "`as_of` is no day", help()))
        };
        self.one("as_of")?.map(day).transpose()
    }

    /// How the account is called in the decision log.
    pub(super) fn reference(&self) -> Result<Option<String>, Problem> {
        self.one("reference")?.map(reference).transpose()
    }
}

/// A reference, if it can be one.
pub(super) fn reference(text: &str) -> Result<String, Problem> {
    let good = !text.trim().is_empty() && text.chars().count() <= REFERENCE && !text.chars().any(char::is_control);
    let help = format!("it has 1 to {REFERENCE} characters, none of them a line break");
    good.then(|| text.to_owned()).ok_or_else(|| Problem::parameter("reference", "this can be no reference", Some(help)))
}

/// The media type of a request without its parameters, in small letters.
pub(super) fn media_type(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    if headers.get(CONTENT_ENCODING).is_some_and(|coding| coding != "identity") {
        let detail = "a compressed body is not read: send it as it is";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
    }
    let Some(told) = headers.get(CONTENT_TYPE) else { return Ok(None) };
    let told = told.to_str().unwrap_or_default().to_ascii_lowercase();
    let (kind, parameters) = told.split_once(';').unwrap_or((&told, ""));
    let charset = parameters.split(';').filter_map(|pair| pair.trim().strip_prefix("charset=")).next();
    if charset.is_some_and(|charset| !matches!(charset.trim_matches('"'), "utf-8" | "utf8" | "us-ascii")) {
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "text is read as UTF-8 alone"));
    }
    Ok(Some(kind.trim().to_owned()))
}

/// A media type that is not read here, with those that are.
pub(super) fn unsupported(known: &[&str]) -> Problem {
    let detail = format!("say how the body is written: `Content-Type` is {}", alternatives(known));
    let problem = Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail);
    HeaderValue::from_str(&known.join(", ")).map_or(problem.clone(), |value| problem.header(ACCEPT, value))
}

/// How a facts document in the body is written.
pub(super) fn format(headers: &HeaderMap) -> Result<Format, Problem> {
    match media_type(headers)?.as_deref() {
        Some("application/json") => Ok(Format::Json),
        Some(other) if DOCUMENTS.contains(&other) => Ok(Format::Yaml),
        _ => Err(unsupported(&DOCUMENTS)),
    }
}

/// A body that is too large.
pub(super) fn too_large(limit: usize) -> Problem {
    let detail = format!("the body has more than {limit} bytes");
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail)
}

/// A facts document: its format and its bytes.
pub(super) async fn facts(request: Request) -> Result<(Format, Vec<u8>), Problem> {
    let format = format(request.headers())?;
    let length = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > document::MAX_BYTES) {
        return Err(too_large(document::MAX_BYTES));
    }
    Ok((format, bytes(request.into_body()).await?))
}

async fn bytes(body: Body) -> Result<Vec<u8>, Problem> {
    let late = |_| Problem::new(StatusCode::REQUEST_TIMEOUT, "the body did not come in time");
    let read = tokio::time::timeout(BODY_TIME, Limited::new(body, document::MAX_BYTES).collect()).await.map_err(late)?;
    match read {
        Ok(read) => Ok(read.to_bytes().to_vec()),
        Err(error) if error.downcast_ref::<LengthLimitError>().is_some() => Err(too_large(document::MAX_BYTES)),
        Err(_) => Err(Problem::new(StatusCode::BAD_REQUEST, "the body broke off")),
    }
}
