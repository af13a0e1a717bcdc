//! `accredit serve`, over a real socket: the API, who is let in, reload, what is told outside.

mod api;
pub mod client;
mod history;
mod load;
mod peer;
mod reload;
mod same;
pub mod security;
mod tables;

/// A facts document with values that are found again wherever they should not be.
pub const SECRET: &str = "as_of: 2026-03-05\naccount: {name: Bluebird Shoes 4711, country: US, currency: USD, \
                          creation_path: ads_manager, prior_paid_delivery: false, cash_balance: 98765.43 USD}\n\
                          signup: {entry_point: official_getstarted}\n";

/// What must stand in no log and in no number: values of [`SECRET`], a reference, a query, a token.
pub const NEVER: [&str; 6] = ["Bluebird", "4711", "98765", "ads_manager", "official_getstarted", "client-0815"];
