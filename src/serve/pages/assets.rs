//! The style sheet, the script and the icon of all pages, from the binary.
//!
//! In: their names. Out: their texts, of which a browser may keep style and script for ever: their names hold a digest.
//! Owns their names. Never reads a file.

use std::sync::LazyLock;

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::routing::get;
use sha2::{Digest as _, Sha256};

use crate::serve::App;

const CSS: &str = include_str!("../assets/site.css");
const JS: &str = include_str!("../assets/site.js");

const ICON: &str = include_str!("../assets/icon.svg");

/// The path of the style sheet.
pub(super) static CSS_PATH: LazyLock<String> = LazyLock::new(|| format!("/assets/site.{}.css", digest(CSS)));
/// The path of the script.
pub(super) static JS_PATH: LazyLock<String> = LazyLock::new(|| format!("/assets/site.{}.js", digest(JS)));

/// The first digits of a digest: enough to tell two versions apart.
fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

/// All of them.
pub(super) fn router() -> Router<App> {
    let kept = "public, max-age=31536000, immutable";
    let css = move || async move { ([(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, kept)], CSS) };
    let js = move || async move { ([(CONTENT_TYPE, "text/javascript; charset=utf-8"), (CACHE_CONTROL, kept)], JS) };
    let icon = || async { ([(CONTENT_TYPE, "image/svg+xml"), (CACHE_CONTROL, "public, max-age=86400")], ICON) };
    Router::new().route(&CSS_PATH, get(css)).route(&JS_PATH, get(js)).route("/assets/icon.svg", get(icon))
}
