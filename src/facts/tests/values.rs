//! How values are written.

use super::{json, said, said_of_json, value, yaml};

#[test]
fn yaml_values_are_read_by_the_type_of_their_fact() {
    for (name, text, want, why) in [
        ("account.country", "NO", "NO", "Norway, not false"),
        ("account.country", "\"US\"", "US", "quoted"),
        ("account.currency", "USD", "USD", "a code"),
        ("account.id", "7000000000000000001", "7000000000000000001", "text as written, beyond 2^62"),
        ("account.id", "007", "007", "text as written"),
        ("account.id", "1e3", "1e3", "text as written"),
        ("account.name", "yes", "yes", "text as written"),
        ("account.name", "\"null\"", "null", "a quoted null is a text"),
        ("account.name", "'Käse & Söhne'", "Käse & Söhne", "beyond ASCII"),
        ("account.name", "null", "missing", "null is not known"),
        ("account.name", "~", "missing", "so is ~"),
        ("account.name", "", "missing", "so is nothing"),
        ("account.name", "\"\"", "missing", "so is the empty text"),
        ("account.prior_paid_delivery", "yes", "yes", "yes"),
        ("account.prior_paid_delivery", "True", "yes", "any usual case"),
        ("account.prior_paid_delivery", "\"NO\"", "no", "quoted"),
        ("account.prior_paid_delivery", "false", "no", "false"),
        ("account.failed_charges", "0", "0", "a whole number"),
        ("account.failed_charges", "007", "7", "leading zeros"),
        ("account.failed_charges", "\"12\"", "12", "quoted"),
        ("account.failed_charges", "1000000000000000", "1000000000000000", "the largest number"),
        ("account.payment_method", "none", "none", "a word of the fact"),
        ("account.registered_on", "2026-03-01", "2026-03-01", "a day"),
        ("account.registered_on", "\"2024-02-29\"", "2024-02-29", "quoted"),
        ("spend.first_spend_on", "none", "none", "a known no such event"),
        ("spend.qualifying", "1250.10 USD", "1250.10 USD", "exact"),
        ("spend.qualifying", "-3 EUR", "-3 EUR", "either sign"),
        ("spend.qualifying", "306 JPY", "306 JPY", "no cents"),
        ("spend.qualifying", "10000000000000.00 USD", "10000000000000 USD", "the largest amount"),
        ("spend.qualifying", "{amount: \"250.00\", currency: USD}", "250 USD", "in two parts"),
        ("spend.qualifying", "{currency: JPY, amount: 5}", "5 JPY", "in any order"),
        ("shop.performance_score", "4.10", "4.1", "a decimal"),
        ("shop.performance_score", "0.000000001", "0.000000001", "nine digits"),
        ("shop.invited_programs", "[]", "[]", "a known empty set"),
        ("shop.invited_programs", "[gmv_sprint, newstar]", "[newstar, gmv_sprint]", "a set"),
        ("shop.invited_programs", "[newstar, newstar]", "[newstar]", "a word counts once"),
        ("shop.invited_programs", "null", "missing", "an unknown set"),
    ] {
        let (section, fact) = name.split_once('.').unwrap();
        let nested = format!("as_of: 2026-03-20\n{section}:\n  {fact}: {text}\n");
        assert_eq!(value(&yaml(&nested), name), want, "{why}");
        let full = format!("{name}: {text}\nas_of: 2026-03-20\n");
        assert_eq!(value(&yaml(&full), name), want, "by its full name: {why}");
    }
}

#[test]
fn json_values_are_exact() {
    for (name, text, want, why) in [
        ("account.id", "7000000000000000001", "7000000000000000001", "beyond 2^53"),
        ("account.id", r#""a\u00e9\n\"b""#, "aé\n\"b", "escapes"),
        ("account.name", "null", "missing", "null"),
        ("account.prior_paid_delivery", "true", "yes", "true"),
        ("account.prior_paid_delivery", "\"no\"", "no", "a word"),
        ("account.failed_charges", "3", "3", "a number"),
        ("account.failed_charges", "\"3\"", "3", "a quoted number"),
        ("shop.performance_score", "4.10", "4.1", "a decimal"),
        ("spend.qualifying", "\"1250.10 USD\"", "1250.10 USD", "one text"),
        ("spend.qualifying", r#"{"amount": 1250.10, "currency": "USD"}"#, "1250.10 USD", "a number that no double holds"),
        ("spend.qualifying", r#"{"currency": "USD", "amount": "-0.01"}"#, "-0.01 USD", "a text"),
        ("shop.invited_programs", "[\"newstar\"]", "[newstar]", "a set"),
    ] {
        let (section, fact) = name.split_once('.').unwrap();
        let text = format!(r#"{{"as_of": "2026-03-20", "{section}": {{"{fact}": {text}}}}}"#);
        assert_eq!(value(&json(&text), name), want, "{why}");
    }
}

#[test]
fn values_of_an_offer() {
    let facts = yaml("as_of: 2026-03-20\noffers: [{program: promo_code, discount_percent: 12.5%, expires_on: none}]");
    assert_eq!(super::of_offer(&facts, "promo_code", "offer.discount_percent"), "12.5%");
    assert_eq!(super::of_offer(&facts, "promo_code", "offer.expires_on"), "none");
}

#[test]
fn wrong_words_name_what_was_expected_and_what_is_near() {
    insta::assert_snapshot!(said("
as_of: 2026-03-20
account:
  status: Aproved
  country: Norway
  currency: usd
  creation_path: 5
  billing: yes
  payment_method: [card]
  billing_country: 47
  verification: zebra
shop: {invited_programs: newstar, registered_programs: [new_star, null, {a: b}]}
"), @r#"
    4:11 [unknown-value] `Aproved` is no value of `account.status`
      4:11: Aproved
      help: did you mean `approved`? it is one of approved, not_approved, in_review, suspended, contract_pending, disabled
    5:12 [unknown-code] `Norway` in `account.country` is no country code of ISO 3166
      5:12: Norway
      help: did you mean `NO`?
    6:13 [unknown-code] `usd` in `account.currency` is no currency code of ISO 4217
      6:13: usd
      help: did you mean `USD`?
    7:18 [wrong-form] `account.creation_path` expects one of its words, found `5`
      7:18: 5
      help: it is one of ads_manager, business_center, agency_business_center, agency_portal, seller_center, partner_app
    8:12 [wrong-form] `account.billing` expects one of its words, found `yes`
      8:12: yes
      help: it is one of manual, automatic, monthly_invoicing
    9:19 [wrong-form] `account.payment_method` expects one of its words, found a list
      9:19: [card]
      help: it is one of none, card, prepaid_card, bank_or_wallet
    10:20 [wrong-form] `account.billing_country` expects a two-letter country code such as US, found `47`
      10:20: 47
    11:17 [unknown-value] `zebra` is no value of `account.verification`
      11:17: zebra
      help: it is one of unverified, in_review, verified, rejected
    12:26 [wrong-form] `shop.invited_programs` expects a list of its words, found `newstar`
      12:26: newstar
      help: it is a list of newstar, gmv_sprint
    12:57 [unknown-value] `new_star` is no value of `shop.registered_programs`
      12:57: new_star
      help: did you mean `newstar`? its words are newstar, gmv_sprint
    12:67 [wrong-form] `shop.registered_programs` expects a list of its words, found nothing
      12:67: null
      help: it is a list of newstar, gmv_sprint
    12:73 [wrong-form] `shop.registered_programs` expects a list of its words, found a mapping
      12:73: {a: b}
      help: it is a list of newstar, gmv_sprint
    "#);
}

#[test]
fn wrong_days_and_numbers() {
    insta::assert_snapshot!(said("
as_of: 2026-03-20T10:00:00Z
account:
  registered_on: 2026-02-30
  failed_charges: 2.5
  prior_paid_delivery: 1
  ownership_transferred: maybe
  hours_since_last_spend: -3
  business_profile_complete: {a: b}
code: {activated_on: none}
spend: {first_spend_on: None, last_spend_before_link_on: 20.03.2026}
shop: {performance_score: 1.0000000001}
offers:
  - {program: promo_code, discount_percent: 50}
  - {program: amex, discount_percent: 0%}
  - {program: ecwid, discount_percent: 100.5%}
  - {program: shopify, discount_percent: half}
"), @r#"
    2:8 [wrong-form] `as_of` expects a date such as 2026-03-01, found `2026-03-20T10:00:00Z`
      2:8: 2026-03-20T10:00:00Z
      help: give the day only, in the account's time zone: `2026-03-20`
    4:18 [impossible-value] `account.registered_on` is `2026-02-30`, and there is no such day
      4:18: 2026-02-30
      help: dates are written year-month-day
    5:19 [wrong-form] `account.failed_charges` expects a whole number, found `2.5`
      5:19: 2.5
    6:24 [wrong-form] `account.prior_paid_delivery` expects yes or no, found `1`
      6:24: 1
      help: did you mean `yes`?
    7:26 [wrong-form] `account.ownership_transferred` expects yes or no, found `maybe`
      7:26: maybe
    8:27 [impossible-value] `account.hours_since_last_spend` is `-3`, which is below zero
      8:27: -3
    9:30 [wrong-form] `account.business_profile_complete` expects yes or no, found a mapping
      9:30: {a: b}
    10:22 [wrong-form] `code.activated_on` expects a date such as 2026-03-01, found `none`
      10:22: none
      help: leave it out when it is not known
    11:25 [wrong-form] `spend.first_spend_on` expects a date such as 2026-03-01, or none, found `None`
      11:25: None
      help: did you mean `none`?
    11:58 [wrong-form] `spend.last_spend_before_link_on` expects a date such as 2026-03-01, or none, found `20.03.2026`
      11:58: 20.03.2026
    12:27 [impossible-value] `shop.performance_score` is `1.0000000001`, which has more than 9 digits after the point
      12:27: 1.0000000001
    14:45 [wrong-form] `offer.discount_percent` expects a percentage such as 50%, found `50`
      14:45: 50
      help: did you mean `50%`?
    15:39 [impossible-value] `offer.discount_percent` is `0%`, which is not above 0% and at most 100%
      15:39: 0%
    16:40 [impossible-value] `offer.discount_percent` is `100.5%`, which is not above 0% and at most 100%
      16:40: 100.5%
    17:42 [wrong-form] `offer.discount_percent` expects a percentage such as 50%, found `half`
      17:42: half
    "#);
}

#[test]
fn wrong_amounts() {
    insta::assert_snapshot!(said("
as_of: 2026-03-20
account:
  unpaid_balance: 250
  cash_balance: 1,250.00 USD
  cash_held_back: USD 250
spend:
  qualifying: 2,50 EUR
  gross_in_window: 250 USB
  tax_in_window: 1.5 JPY
  credit_funded_in_window: 10000000000000.01 USD
  unsettled_in_window: 250USD
  before_activation_in_window: {amount: 3}
offers:
  - {program: promo_code, threshold: {amount: 3, currency: usd}, reward: {amount: x, currency: USD}, discount_cap: $5}
"), @r#"
    4:19 [wrong-form] `account.unpaid_balance` expects an amount such as 250 USD, found `250`
      4:19: 250
      help: add the currency, such as `250 USD`
    5:17 [wrong-form] `account.cash_balance` expects an amount such as 250 USD, found `1,250.00 USD`
      5:17: 1,250.00 USD
      help: did you mean `1250.00 USD`?
    6:19 [wrong-form] `account.cash_held_back` expects an amount such as 250 USD, found `USD 250`
      6:19: USD 250
      help: did you mean `250 USD`?
    8:15 [wrong-form] `spend.qualifying` expects an amount such as 250 USD, found `2,50 EUR`
      8:15: 2,50 EUR
      help: write a point before the cents, and nothing between thousands
    9:20 [unknown-code] `USB` in `spend.gross_in_window` is no currency code of ISO 4217
      9:20: 250 USB
      help: did you mean `USD`?
    10:18 [impossible-value] `spend.tax_in_window` is `1.5 JPY`, which has more decimals than JPY has (0)
      10:18: 1.5 JPY
    11:28 [impossible-value] `spend.credit_funded_in_window` is `10000000000000.01 USD`, which is beyond the largest amount, 1000000000000000 minor units
      11:28: 10000000000000.01 USD
    12:24 [wrong-form] `spend.unsettled_in_window` expects an amount such as 250 USD, found `250USD`
      12:24: 250USD
      help: did you mean `250 USD`?
    13:32 [wrong-form] `spend.before_activation_in_window` expects an amount such as 250 USD, found another mapping
      13:32: {amount: 3}
      help: a mapping has `amount` and `currency`, such as `{amount: "250.00", currency: USD}`
    15:60 [unknown-code] `usd` in `offer.threshold` is no currency code of ISO 4217
      15:60: usd
      help: did you mean `USD`?
    15:74 [wrong-form] `offer.reward` expects an amount such as 250 USD, found `x USD`
      15:74: {amount: x, currency: USD}
    15:116 [wrong-form] `offer.discount_cap` expects an amount such as 250 USD, found `$5`
      15:116: $5
    "#);
    insta::assert_snapshot!(said_of_json(r#"{"as_of": "2026-03-20", "spend": {"qualifying": 250, "gross_in_window":
  {"amount": 1e3, "currency": "USD"}, "tax_in_window": {"amount": 1, "currency": "USD", "note": ""}}}"#), @r#"
    1:49 [wrong-form] `spend.qualifying` expects an amount such as 250 USD, found `250`
      1:49: 250
      help: add the currency, such as `250 USD`
    2:3 [wrong-form] `spend.gross_in_window` expects an amount such as 250 USD, found `1e3 USD`
      2:3: {\"amount\": 1e3, \"currency\": \"USD\"}
    2:56 [wrong-form] `spend.tax_in_window` expects an amount such as 250 USD, found another mapping
      2:56: {\"amount\": 1, \"currency\": \"USD\", \"note\": \"\"}
      help: a mapping has `amount` and `currency`, such as `{amount: "250.00", currency: USD}`
    "#);
}
