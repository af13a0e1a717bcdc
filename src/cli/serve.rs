//! `serve`: the workbench in a browser, and the HTTP API.
//!
//! In: an address, the rules, who may come in. Out: nothing until it is told to stop.
//! Owns the options, and that nobody is let in from elsewhere without a login. Never answers a request: `serve` does.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use axum::http::HeaderName;
use clap::Args;

use super::load;
use super::output::Output;
use super::store::{StoreArgs, now};
use super::{Done, Failure};
use crate::serve::guard::{Entry, Proxy};
use crate::serve::tokens::{Scope, Tokens};
use crate::serve::{App, Numbers, Settings, serve as run};
use crate::store::Access;

/// Arguments of `serve`.
#[derive(Args, Debug)]
pub(super) struct ServeArgs {
    /// Where to listen; port 0 takes a free port. Any address but those of this machine alone needs --tokens or a proxy.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    #[command(flatten)]
    store: StoreArgs,
    /// Who may come in: a file with a line a token, as `accredit token new` prints it. It is read again when it changes.
    #[arg(long, value_name = "FILE")]
    tokens: Option<PathBuf>,
    /// How many requests a second one token may send.
    #[arg(long, value_name = "N", default_value = "50")]
    rate: NonZeroU32,
    /// Another host name by which the server may be called.
    #[arg(long, value_name = "NAME")]
    host: Vec<String>,
    /// The header in which a proxy before the server says who sent a request, such as `x-forwarded-user`.
    #[arg(long, value_name = "HEADER")]
    trusted_proxy_header: Option<HeaderName>,
    /// The addresses from which that header is believed; else those of this machine.
    #[arg(long, value_name = "IP", requires = "trusted_proxy_header")]
    trusted_proxy: Vec<IpAddr>,
    /// What everybody may do who comes through the proxy.
    #[arg(long, value_name = "SCOPE", requires = "trusted_proxy_header", default_value = "rep", value_parser = super::token::scope)]
    proxy_scope: Scope,
}

pub(super) fn serve(args: &ServeArgs, rules: Option<&Path>, output: &mut Output) -> Result<Done, Failure> {
    let own = args.listen.ip().to_canonical().is_loopback();
    if !own && args.tokens.is_none() && args.trusted_proxy_header.is_none() {
        return Err(Failure::Told(format!(
            "{} can be reached from elsewhere, so a login is needed: name a tokens file with --tokens \
             (`accredit token new NAME` makes a token), or a proxy that says who comes with --trusted-proxy-header",
            args.listen
        )));
    }
    let texts = load::rule_texts(rules)?;
    let set = load::rule_set_of(texts.clone(), output)?;
    let tokens = args.tokens.as_deref().map(load::text).transpose()?;
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let settings = Settings {
        entry: entry(args, own, tokens.as_deref())?,
        rules: load::folder(rules).map(|_| {
            let folder = rules.map(Path::to_path_buf);
            let read = move || load::rule_texts(folder.as_deref()).map_err(|failure| failure.to_string());
            (Box::new(read) as crate::serve::reload::ReadRules, texts)
        }),
        tokens: args.tokens.clone().zip(tokens).map(|(path, text)| {
            let read = move || load::text(&path).map_err(|failure| failure.to_string());
            (Box::new(read) as crate::serve::reload::ReadTokens, text)
        }),
    };
    let store = args.store.open(Access::Write)?;
    store.keep_rules(&set, now())?.wait()?;
    let numbers = Numbers::new().map_err(|error| Failure::Told(format!("the server cannot count: {error}")))?;
    let app = App::new(set, threads, Some(store), numbers);
    let beside = rules.map(Path::to_path_buf);
    // The rules pages are true without their cases.
    app.keep_cases(Box::new(move || load::case_texts(beside.as_deref()).unwrap_or_default()));
    let started = |address| {
        // Whoever started the server without looking at its output needs no address.
        drop(output.print(&format!("listening on http://{address}")).and_then(|()| output.flush()));
    };
    run(app, args.listen, settings, started)
        .map_err(|error| Failure::Told(format!("cannot serve on {}: {error}", args.listen)))?;
    Ok(Done::Answered)
}

fn entry(args: &ServeArgs, own: bool, tokens: Option<&str>) -> Result<Entry, Failure> {
    let told = |why: String| {
        let path = args.tokens.as_deref().unwrap_or(Path::new(""));
        Failure::Told(format!("the tokens file `{}`: {why}", path.display()))
    };
    let tokens = tokens.map(Tokens::read).transpose().map_err(told)?;
    if tokens.as_ref().is_some_and(Tokens::is_empty) && args.trusted_proxy_header.is_none() {
        return Err(told("it holds no token, so nobody could come in; `accredit token new NAME` makes one".to_owned()));
    }
    let here = vec![IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
    let proxy = args.trusted_proxy_header.clone().map(|header| Proxy {
        header,
        peers: if args.trusted_proxy.is_empty() { here } else { args.trusted_proxy.clone() },
        scope: args.proxy_scope,
    });
    let mut hosts = args.host.clone();
    if own {
        hosts.extend(["localhost", "127.0.0.1", "[::1]"].map(str::to_owned));
        hosts.push(match args.listen.ip() {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => format!("[{address}]"),
        });
    }
    let closed = tokens.is_some() || proxy.is_some();
    Ok(Entry { tokens, proxy, hosts: (!hosts.is_empty()).then_some(hosts), rate: closed.then_some(args.rate) })
}
