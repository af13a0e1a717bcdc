//! The terms by hand: a struct, and a function a program, as a Rust programmer would write them for these terms alone.
//!
//! In: rows. Out: verdicts. Owns its own reading of the terms; what is not known is an `Option`, in every condition.

#![allow(clippy::inconsistent_digit_grouping, reason = "amounts are written with their cents")]

use accredit::value::{Day, parse_day};

use crate::peer::{ByRow, Trouble, Verdict, Verdicts};
use crate::portfolio::{Cell, Row};
use crate::terms::{Kind, Terms};

/// An enum of the words of a field, in the order of the rules.
macro_rules! words {
    ($($name:ident { $($word:ident),+ $(,)? })+) => { $(
        #[derive(Clone, Copy, PartialEq, Eq)]
        enum $name { $($word),+ }

        impl $name {
            fn of(word: &str) -> Self {
                let plain = |name: &str| name.replace('_', "").to_lowercase();
                $(if plain(stringify!($word)) == plain(word) { return Self::$word; })+
                panic!("{} has no word `{word}`", stringify!($name))
            }
        }
    )+ };
}

words! {
    Country { Us, Ca, De, Th, Jp, Fr, Br, Gb }
    Currency { Usd, Cad, Eur, Gbp, Thb, Jpy }
    Status { Approved, InReview, Suspended }
    CreationPath { AdsManager, BusinessCenter, AgencyPortal, PartnerApp }
    Billing { Manual, Automatic, MonthlyInvoicing }
    PaymentMethod { None, Card, PrepaidCard, Bank }
    Verification { Unverified, InReview, Verified, Rejected }
    EntryPoint { OfficialSite, Getstarted, PartnerLink, Other }
    Route { Nobody, Woocommerce, Shopify, Agency }
}

#[derive(Clone, Copy)]
struct Amount {
    minor: i64,
    currency: Currency,
}

impl Amount {
    /// Compares with an amount in USD; not known of another currency.
    fn usd(self, holds: impl Fn(i64) -> bool) -> Option<bool> {
        (self.currency == Currency::Usd).then(|| holds(self.minor))
    }
}

struct Account {
    country: Option<Country>,
    currency: Option<Currency>,
    status: Option<Status>,
    registered_on: Option<i32>,
    creation_path: Option<CreationPath>,
    prior_delivery: Option<bool>,
    earlier_coupon: Option<bool>,
    billing: Option<Billing>,
    payment_method: Option<PaymentMethod>,
    profile_complete: Option<bool>,
    verification: Option<Verification>,
    failed_charges: Option<i32>,
    entry_point: Option<EntryPoint>,
    banner_seen: Option<bool>,
    signed_on: Option<i32>,
    qualifying: Option<Amount>,
    unpaid: Option<Amount>,
    first_on: Option<i32>,
    entered: Option<bool>,
    received_on: Option<i32>,
    entered_on: Option<i32>,
    operates: Option<bool>,
    revenue: Option<Amount>,
    orders: Option<i32>,
    route: Option<Route>,
}

/// Days that the terms name.
struct Days {
    as_of: i32,
    code_year: i32,
    store_before: i32,
    back_before: i32,
    back_code_before: i32,
    agency_since: i32,
}

/// The struct, and what it is compared with.
pub struct ByHand {
    accounts: Vec<Account>,
    days: Days,
}

fn narrow(day: Day) -> i32 {
    i32::try_from(day).expect("days are small numbers")
}

impl ByHand {
    /// Takes rows in.
    pub fn new(terms: &Terms, rows: &[Row]) -> Self {
        let day = |text| narrow(parse_day(text).expect("a day"));
        let days = Days {
            as_of: narrow(terms.as_of),
            code_year: day("2026-01-01"),
            store_before: day("2026-03-01"),
            back_before: day("2025-06-01"),
            back_code_before: day("2025-09-01"),
            agency_since: day("2025-03-01"),
        };
        Self { accounts: rows.iter().map(|row| Account::of(terms, row)).collect(), days }
    }
}

impl Account {
    fn of(terms: &Terms, row: &Row) -> Self {
        let cell = |name: &str| {
            let at = terms.fields.iter().position(|field| field.name == name).expect("the rules have the field");
            (row[at], &terms.fields[at].kind)
        };
        fn word<T>((cell, kind): (Cell, &Kind), of: impl Fn(&str) -> T) -> Option<T> {
            match (cell, kind) {
                (Cell::Word(at), Kind::Word(words)) => Some(of(&words[at])),
                _ => None,
            }
        }
        let flag = |name| if let (Cell::Flag(flag), _) = cell(name) { Some(flag) } else { None };
        let number = |name| if let (Cell::Number(number), _) = cell(name) { Some(narrow(number)) } else { None };
        let amount = |name| match cell(name).0 {
            Cell::Amount(minor, at) => Some(Amount { minor, currency: Currency::of(crate::portfolio::CURRENCIES[at]) }),
            _ => None,
        };
        Self {
            country: word(cell("account_country"), Country::of),
            currency: word(cell("account_currency"), Currency::of),
            status: word(cell("account_status"), Status::of),
            registered_on: number("account_registered_on"),
            creation_path: word(cell("account_creation_path"), CreationPath::of),
            prior_delivery: flag("account_prior_delivery"),
            earlier_coupon: flag("account_earlier_coupon"),
            billing: word(cell("account_billing"), Billing::of),
            payment_method: word(cell("account_payment_method"), PaymentMethod::of),
            profile_complete: flag("account_profile_complete"),
            verification: word(cell("account_verification"), Verification::of),
            failed_charges: number("account_failed_charges"),
            entry_point: word(cell("signup_entry_point"), EntryPoint::of),
            banner_seen: flag("signup_banner_seen"),
            signed_on: number("signup_signed_on"),
            qualifying: amount("spend_qualifying"),
            unpaid: amount("spend_unpaid"),
            first_on: number("spend_first_on"),
            entered: flag("code_entered"),
            received_on: number("code_received_on"),
            entered_on: number("code_entered_on"),
            operates: flag("shop_operates"),
            revenue: amount("shop_revenue"),
            orders: number("shop_orders"),
            route: word(cell("partner_route"), Route::of),
        }
    }
}

/// All of several conditions: false as soon as one is known to be, true once all are known to be.
#[inline]
fn all<const N: usize>(parts: [Option<bool>; N]) -> Option<bool> {
    let mut open = false;
    for part in parts {
        match part {
            Some(false) => return Some(false),
            Some(true) => {}
            None => open = true,
        }
    }
    (!open).then_some(true)
}

/// One of two conditions.
#[inline]
fn either(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    all([a.map(|a| !a), b.map(|b| !b)]).map(|neither| !neither)
}

impl Days {
    fn new_advertiser(&self, a: &Account) -> Option<bool> {
        all([
            a.status.map(|status| status == Status::Approved),
            a.entry_point.map(|entry| matches!(entry, EntryPoint::OfficialSite | EntryPoint::Getstarted)),
            a.creation_path.map(|path| matches!(path, CreationPath::AdsManager | CreationPath::BusinessCenter)),
            a.prior_delivery.map(|prior| !prior),
            a.earlier_coupon.map(|earlier| !earlier),
            a.signed_on.zip(a.registered_on).map(|(signed, registered)| signed <= registered + 30),
            a.qualifying.and_then(|spend| spend.usd(|minor| minor >= 200_00)),
        ])
    }

    fn promo_code(&self, a: &Account) -> Option<bool> {
        let invoiced = a.billing.map(|billing| billing == Billing::MonthlyInvoicing);
        let verified = a.verification.map(|verification| verification == Verification::Verified);
        all([
            a.entered,
            a.entered_on.zip(a.received_on).map(|(entered, received)| entered <= received + 14),
            a.received_on.map(|received| received >= self.code_year),
            a.failed_charges.map(|failed| failed <= 2),
            either(
                a.payment_method.map(|method| matches!(method, PaymentMethod::Card | PaymentMethod::Bank)),
                all([invoiced, verified]),
            ),
            a.country.map(|country| matches!(country, Country::Us | Country::Ca | Country::De | Country::Th)),
            a.unpaid.and_then(|unpaid| unpaid.usd(|minor| minor <= 50_00)),
        ])
    }

    fn shop_acquisition(&self, a: &Account) -> Option<bool> {
        let in_review = a.verification.map(|verification| verification == Verification::InReview);
        let approved = a.status.map(|status| status == Status::Approved);
        all([
            a.operates,
            a.orders.map(|orders| orders >= 20),
            a.revenue.and_then(|revenue| revenue.usd(|minor| minor >= 1_000_00)),
            a.country.map(|country| matches!(country, Country::Us | Country::Jp)),
            a.first_on.zip(a.registered_on).map(|(first, registered)| first > registered),
            a.profile_complete,
            either(a.verification.map(|verification| verification == Verification::Verified), all([in_review, approved])),
        ])
    }

    fn partner_store(&self, a: &Account) -> Option<bool> {
        all([
            a.route.map(|route| matches!(route, Route::Woocommerce | Route::Shopify)),
            a.creation_path.map(|path| path != CreationPath::AgencyPortal),
            a.currency.map(|currency| matches!(currency, Currency::Usd | Currency::Cad | Currency::Eur)),
            either(a.prior_delivery.map(|prior| !prior), a.first_on.map(|first| first < self.as_of - 90)),
            a.qualifying.and_then(|spend| spend.usd(|minor| minor >= 100_00)),
            a.banner_seen,
            a.registered_on.map(|registered| registered < self.store_before),
        ])
    }

    fn reactivation(&self, a: &Account) -> Option<bool> {
        all([
            a.prior_delivery,
            a.first_on.map(|first| first < self.back_before),
            a.status.map(|status| matches!(status, Status::Approved | Status::InReview)),
            a.billing.map(|billing| matches!(billing, Billing::Manual | Billing::Automatic)),
            a.failed_charges.map(|failed| failed < 5),
            either(a.entered.map(|entered| !entered), a.entered_on.map(|entered| entered < self.back_code_before)),
            a.unpaid.and_then(|unpaid| unpaid.usd(|minor| minor < 500_00)),
        ])
    }

    fn agency_volume(&self, a: &Account) -> Option<bool> {
        all([
            a.route.map(|route| route == Route::Agency),
            a.billing.map(|billing| billing == Billing::MonthlyInvoicing),
            a.qualifying.and_then(|spend| spend.usd(|minor| minor >= 5_000_00)),
            a.verification.map(|verification| verification != Verification::Rejected),
            a.signed_on.map(|signed| signed >= self.agency_since),
            either(a.operates.map(|operates| !operates), a.revenue.and_then(|revenue| revenue.usd(|minor| minor >= 10_000_00))),
            a.country.map(|country| !matches!(country, Country::Jp | Country::Th)),
        ])
    }
}

impl ByRow for ByHand {
    fn rows(&self) -> usize {
        self.accounts.len()
    }

    fn decide(&mut self, row: usize) -> Result<Verdicts, Trouble> {
        let (account, days) = (&self.accounts[row], &self.days);
        Ok([
            Verdict::of(days.new_advertiser(account)),
            Verdict::of(days.promo_code(account)),
            Verdict::of(days.shop_acquisition(account)),
            Verdict::of(days.partner_store(account)),
            Verdict::of(days.reactivation(account)),
            Verdict::of(days.agency_volume(account)),
        ])
    }
}
