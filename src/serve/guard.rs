//! Who may send a request: the address it was sent to, who sent it, from which page, how often.
//!
//! In: requests, before anything else looks at them. Out: the request with its caller, or a refusal.
//! Owns logins and sessions. Never keeps a token, never logs one, never looks at a body.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, COOKIE, HOST, HeaderMap, HeaderName, LOCATION, ORIGIN, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::clock;
use super::problem::Problem;
use super::tokens::{Known, Scope, Tokens, hash, secret};

/// The cookie of a session.
pub const COOKIE_NAME: &str = "__Host-accredit";
/// For how long a session lasts, in milliseconds.
const SESSION: i64 = 12 * 3_600_000;
/// The most sessions at once; the oldest goes.
const SESSIONS: usize = 10_000;

/// Who sent a request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Caller {
    /// The name of the token, the name that a proxy told, or `local`.
    pub name: String,
    /// What he may do.
    pub scope: Scope,
}

/// The address from which a connection came.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// A proxy that says who sent a request.
#[derive(Clone, Debug)]
pub struct Proxy {
    /// The header that holds the name.
    pub header: HeaderName,
    /// The addresses from which it is believed.
    pub peers: Vec<IpAddr>,
    /// What everybody may do who comes through it.
    pub scope: Scope,
}

/// How requests are let in.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// Tokens, where they are used.
    pub tokens: Option<Tokens>,
    /// A proxy, where one is trusted.
    pub proxy: Option<Proxy>,
    /// The names by which the server may be called; nothing means any.
    pub hosts: Option<Vec<String>>,
    /// Requests a second of one token.
    pub rate: Option<NonZeroU32>,
}

/// A login by a browser.
#[derive(Clone, Debug)]
struct Session {
    /// The hash of the token: once that is no longer good, the session is not either.
    token: [u8; 32],
    /// When it ends.
    until: i64,
}

/// Who is let in.
#[derive(Debug)]
pub struct Guard {
    /// Nothing where nobody needs to log in.
    tokens: Option<RwLock<Tokens>>,
    proxy: Option<Proxy>,
    hosts: Option<Vec<String>>,
    sessions: Mutex<HashMap<[u8; 32], Session>>,
    limiter: Option<DefaultKeyedRateLimiter<String>>,
}

/// How a caller made himself known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum By {
    /// Not at all: the server is open to this machine alone.
    Machine,
    /// By a token in the request, which no other page can put there.
    Token,
    /// By something that a browser adds to requests of any page.
    Browser,
}

impl Guard {
    /// A guard.
    pub fn new(entry: Entry) -> Self {
        let limiter = entry.rate.map(|rate| RateLimiter::keyed(Quota::per_second(rate)));
        Self {
            tokens: entry.tokens.map(RwLock::new),
            proxy: entry.proxy,
            hosts: entry.hosts,
            sessions: Mutex::default(),
            limiter,
        }
    }

    /// Is a login needed?
    pub fn closed(&self) -> bool {
        self.tokens.is_some() || self.proxy.is_some()
    }

    /// Takes other tokens; sessions of those that are gone end.
    pub fn replace(&self, tokens: Tokens) {
        if let Some(known) = &self.tokens {
            *known.write().unwrap_or_else(PoisonError::into_inner) = tokens;
        }
    }

    /// Begins a session for the holder of a token: what the cookie holds.
    /// # Errors
    /// Why not, for people.
    pub fn begin(&self, token: &str) -> Result<String, &'static str> {
        let token = hash(token.trim());
        match self.known(&token) {
            Known::Good(..) => {}
            Known::Expired => return Err("This token is no longer good: ask for another one."),
            Known::Nobody => return Err("This token is not known here."),
        }
        let cookie = secret().map_err(|_| "This machine has no random numbers to give.")?;
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        let now = clock::now();
        sessions.retain(|_, session| session.until > now);
        if sessions.len() >= SESSIONS
            && let Some(oldest) = sessions.iter().min_by_key(|(_, session)| session.until).map(|(key, _)| *key)
        {
            sessions.remove(&oldest);
        }
        sessions.insert(hash(&cookie), Session { token, until: now + SESSION });
        Ok(cookie)
    }

    /// Ends the session of a request.
    pub fn end(&self, headers: &HeaderMap) {
        if let Some(cookie) = cookie(headers) {
            self.sessions.lock().unwrap_or_else(PoisonError::into_inner).remove(&hash(cookie));
        }
    }

    fn known(&self, token: &[u8; 32]) -> Known {
        let Some(tokens) = &self.tokens else { return Known::Nobody };
        tokens.read().unwrap_or_else(PoisonError::into_inner).of_hash(token, clock::today())
    }

    /// Who sent a request, and how that is known.
    fn caller(&self, headers: &HeaderMap, peer: Option<Peer>) -> Result<(Caller, By), &'static str> {
        if !self.closed() {
            return Ok((Caller { name: "local".to_owned(), scope: Scope::Admin }, By::Machine));
        }
        let good = |hash: &[u8; 32], by| match self.known(hash) {
            Known::Good(name, scope) => Ok((Caller { name, scope }, by)),
            Known::Expired => Err("the token is no longer good: ask for another one"),
            Known::Nobody => Err("the token is not known"),
        };
        if let Some(sent) = headers.get(AUTHORIZATION) {
            let sent = sent.to_str().ok().and_then(|sent| sent.split_once(' '));
            let token = sent.filter(|(kind, _)| kind.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
            return token
                .map_or(Err("write the header as `Authorization: Bearer TOKEN`"), |token| good(&hash(token), By::Token));
        }
        if let Some(cookie) = cookie(headers) {
            let sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
            let session = sessions.get(&hash(cookie)).filter(|session| session.until > clock::now()).cloned();
            drop(sessions);
            return session.map_or(Err("the session has ended: log in again"), |session| good(&session.token, By::Browser));
        }
        if let Some(proxy) = &self.proxy
            && peer.is_some_and(|Peer(peer)| proxy.peers.contains(&peer.ip().to_canonical()))
            && let Some(name) = headers.get(&proxy.header)
        {
            let name = name.to_str().ok().map(str::trim).filter(|name| !name.is_empty() && name.len() <= 100);
            let name = name.ok_or("the proxy told no name that can be read")?;
            return Ok((Caller { name: name.to_owned(), scope: proxy.scope }, By::Browser));
        }
        Err("send a token: `Authorization: Bearer TOKEN`")
    }

    /// Was it sent to a name by which this server may be called? Else a page of another host had its name lead here.
    fn check_host(&self, headers: &HeaderMap) -> Result<(), Problem> {
        let Some(hosts) = &self.hosts else { return Ok(()) };
        let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        if hosts.iter().any(|known| known.eq_ignore_ascii_case(name_of(host))) {
            return Ok(());
        }
        let detail = "this server does not answer to that name: use the address that it printed, or start it with --host NAME";
        Err(Problem::new(StatusCode::MISDIRECTED_REQUEST, detail))
    }

    /// How long this caller must wait, in seconds; nothing where he may go on.
    fn must_wait(&self, caller: &Caller) -> Option<u64> {
        let limiter = self.limiter.as_ref()?;
        let until = limiter.check_key(&caller.name).err()?;
        Some(until.wait_time_from(DefaultClock::default().now()).as_secs() + 1)
    }
}

/// A host without its port.
fn name_of(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

/// What the cookie of a session holds.
fn cookie(headers: &HeaderMap) -> Option<&str> {
    let all = headers.get_all(COOKIE).iter().filter_map(|header| header.to_str().ok());
    let mut pairs = all.flat_map(|header| header.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE_NAME).map(|(_, value)| value)
}

/// Was it sent by a page of this server, or by no page at all? A browser says from where on every request that changes
/// something.
fn check_origin(headers: &HeaderMap, by: By) -> Result<(), Problem> {
    let refused = || Err(Problem::new(StatusCode::FORBIDDEN, "this was sent from a page of another site"));
    if let Some(site) = headers.get("sec-fetch-site") {
        return if matches!(site.as_bytes(), b"same-origin" | b"none") { Ok(()) } else { refused() };
    }
    let host = headers.get(HOST).map(HeaderValue::as_bytes);
    match headers.get(ORIGIN).map(HeaderValue::as_bytes) {
        Some(origin) => {
            let own = origin.strip_prefix(b"https://".as_slice()).or_else(|| origin.strip_prefix(b"http://".as_slice()));
            if own.is_some() && own == host { Ok(()) } else { refused() }
        }
        None if by == By::Browser => {
            Err(Problem::new(StatusCode::FORBIDDEN, "a request by a session says from which page it comes (`Origin`)"))
        }
        None => Ok(()),
    }
}

/// What a path needs; nothing where it is open to all.
fn needed(path: &str) -> Option<Scope> {
    match path {
        "/health" | "/ready" | "/login" => None,
        "/metrics" => Some(Scope::Admin),
        _ if path.starts_with("/assets/") => None,
        _ => Some(Scope::Rep),
    }
}

/// Lets a request in, or refuses it.
pub async fn guard(State(guard): State<Arc<Guard>>, mut request: Request, next: Next) -> Response {
    match admit(&guard, &mut request) {
        Ok(()) => next.run(request).await,
        Err(refused) => *refused,
    }
}

fn admit(guard: &Guard, request: &mut Request) -> Result<(), Box<Response>> {
    let refuse = |problem: Problem| Box::new(problem.into_response());
    let headers = request.headers();
    guard.check_host(headers).map_err(refuse)?;
    let peer = request.extensions().get::<Peer>().copied();
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let Some(scope) = needed(request.uri().path()) else {
        return if changes { check_origin(headers, By::Machine).map_err(refuse) } else { Ok(()) };
    };
    let (caller, by) = guard.caller(headers, peer).map_err(|why| Box::new(login(guard, request, why)))?;
    if changes && by != By::Token {
        check_origin(headers, by).map_err(refuse)?;
    }
    if caller.scope < scope {
        let detail =
            format!("this needs the scope {}, and the token of {} has {}", scope.word(), caller.name, caller.scope.word());
        return Err(refuse(Problem::new(StatusCode::FORBIDDEN, detail)));
    }
    if let Some(seconds) = guard.must_wait(&caller) {
        let detail = format!("more requests than one token may send; go on in {seconds} s");
        return Err(refuse(Problem::new(StatusCode::TOO_MANY_REQUESTS, detail).retry_after(seconds)));
    }
    request.extensions_mut().insert(caller);
    Ok(())
}

/// A browser is led to the login page, and back from there; a program is told what to send.
fn login(guard: &Guard, request: &Request, why: &str) -> Response {
    let page = request
        .headers()
        .get("accept")
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    let looks = matches!(*request.method(), Method::GET | Method::HEAD);
    if page && guard.tokens.is_some() {
        let next = if looks { request.uri().path() } else { "/" };
        let next = percent_encoding::utf8_percent_encode(next, percent_encoding::NON_ALPHANUMERIC);
        if let Ok(to) = HeaderValue::from_str(&format!("/login?next={next}")) {
            return (StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response();
        }
    }
    let problem = Problem::new(StatusCode::UNAUTHORIZED, why);
    problem.header(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"accredit\"")).into_response()
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue};

    use super::{By, check_origin, cookie, name_of};

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_str(value).unwrap())).collect()
    }

    #[test]
    fn a_post_is_taken_from_pages_of_this_server_alone() {
        type Case = (&'static [(&'static str, &'static str)], By, bool, &'static str);
        let cases: [Case; 10] = [
            (&[("host", "127.0.0.1:8080"), ("origin", "http://127.0.0.1:8080")], By::Browser, true, "its own page"),
            (
                &[("host", "127.0.0.1:8080"), ("origin", "http://127.0.0.1:9090")],
                By::Machine,
                false,
                "another port is another site",
            ),
            (&[("host", "127.0.0.1:8080"), ("origin", "http://evil.example")], By::Machine, false, "another host"),
            (&[("host", "127.0.0.1:8080"), ("origin", "null")], By::Machine, false, "a page without an origin"),
            (&[("host", "127.0.0.1:8080"), ("origin", "127.0.0.1:8080")], By::Machine, false, "no scheme"),
            (&[("host", "127.0.0.1:8080")], By::Machine, true, "a program on this machine"),
            (&[("host", "127.0.0.1:8080")], By::Browser, false, "a session that does not say from where"),
            (&[("host", "127.0.0.1:8080"), ("sec-fetch-site", "same-origin")], By::Browser, true, "the browser says so"),
            (&[("host", "127.0.0.1:8080"), ("sec-fetch-site", "cross-site")], By::Machine, false, "the browser says so"),
            (&[("host", "127.0.0.1:8080"), ("sec-fetch-site", "same-site")], By::Browser, false, "a neighbour is another site"),
        ];
        for (pairs, by, taken, why) in cases {
            assert_eq!(check_origin(&headers(pairs), by).is_ok(), taken, "{why}");
        }
    }

    #[test]
    fn hosts_lose_their_port_and_cookies_are_found_among_others() {
        for (host, name) in [("localhost:80", "localhost"), ("[::1]:8080", "[::1]"), ("[::1]", "[::1]"), ("a.b", "a.b")] {
            assert_eq!(name_of(host), name);
        }
        let sent = headers(&[("cookie", "a=b; __Host-accredit=secret; c=d")]);
        assert_eq!(cookie(&sent), Some("secret"));
        assert_eq!(cookie(&headers(&[("cookie", "x__Host-accredit=secret")])), None);
    }
}
