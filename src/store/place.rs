//! Where a store is.
//!
//! In: a path or a URL. Out: a place with a name that may be shown.
//! Owns that a password is never shown. Never opens anything.

use std::fmt;
use std::path::PathBuf;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

use super::error::StoreError;

/// Where a store is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Place {
    /// An SQLite file.
    File(PathBuf),
    /// A PostgreSQL database.
    Database(Address),
}

/// The address of a database. What is shown of it holds no password.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    pub(super) config: Box<Config>,
    shown: String,
}

impl Place {
    /// A database by its URL: `postgres://user:password@host:port/name`, or the words that PostgreSQL's own programs take.
    /// # Errors
    /// [`StoreError::Address`] when it cannot be read; the error does not repeat it.
    pub fn database(url: &str) -> Result<Self, StoreError> {
        let wrong = |why: &str| StoreError::Address { why: why.to_owned() };
        let rest = url.strip_prefix("postgres://").or_else(|| url.strip_prefix("postgresql://"));
        // What stands behind the first `/` is shown, so no part of a password may have slipped there.
        let told = rest.and_then(|rest| rest.split_once(['/', '?', '#'])).is_some_and(|(_, path)| path.contains('@'));
        if told || rest.is_some_and(|rest| rest.matches('@').count() > 1) {
            return Err(wrong("write `@`, `/`, `?`, `#` and `:` of a password as %40, %2F, %3F, %23 and %3A"));
        }
        if rest.is_none() && (url.contains("://") || !url.contains('=')) {
            return Err(wrong("it begins neither with postgres:// nor with words such as host=/run/postgresql"));
        }
        // What the parser says may quote what it could not read.
        let config: Config = url.parse().map_err(|_| wrong("it is no address of a PostgreSQL database"))?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(wrong("it names no host"));
        }
        if config.get_ssl_mode() == SslMode::Require {
            return Err(wrong("`sslmode=require` is not supported: use a Unix socket, or a tunnel on this machine"));
        }
        let shown = shown(&config);
        Ok(Self::Database(Address { config: Box::new(config), shown }))
    }
}

fn shown(config: &Config) -> String {
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(name)) => name.clone(),
        Some(Host::Unix(folder)) => folder.display().to_string(),
        None => config.get_hostaddrs().first().map(ToString::to_string).unwrap_or_default(),
    };
    let user = config.get_user().map(|user| format!("{user}@")).unwrap_or_default();
    let port = config.get_ports().first().map(|port| format!(":{port}")).unwrap_or_default();
    let name = config.get_dbname().or(config.get_user()).unwrap_or_default();
    format!("postgres://{user}{host}{port}/{name}")
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "`{}`", path.display()),
            Self::Database(address) => write!(f, "`{}`", address.shown),
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn a_password_is_never_shown() {
        for url in [
            "postgres://rep:s3cret@db.example:5433/log",
            "postgresql://rep:s3cret@db.example/log?connect_timeout=3",
            "host=db.example user=rep password=s3cret dbname=log",
        ] {
            let place = Place::database(url).unwrap();
            let told = format!("{place} {place:?}");
            assert!(!told.contains("s3cret") && told.contains("db.example"), "{told}");
        }
        for url in [
            "postgres://rep:s3cret/x@db.example/log",
            "postgres://rep:s3cret@x@db.example/log",
            "postgres://rep:s3cret?x@db.example/log",
            "postgres://rep:s3cret@db.example:port/log",
            "postgres://rep:s3cret@db.example/log?s3cret=1",
            "postgres://rep:s3cret@db.example/log?sslmode=require",
            "mysql://rep:s3cret@db.example/log",
            "s3cret",
            "password=s3cret",
            "",
        ] {
            let why = Place::database(url).unwrap_err();
            assert!(!format!("{why} {why:?}").contains("s3cret"), "{why}");
        }
    }
}
