//! Implied and computed facts.

use super::{PROGRAM, READER, of_offer, said, value, yaml};
use crate::facts::Format;
use crate::program::SlotId;
use crate::source::FileId;

const PARTS: &str = "gross_in_window: 500 USD, tax_in_window: 50.50 USD, credit_funded_in_window: 100 USD,
  unsettled_in_window: 9.5 USD, before_activation_in_window: 0 USD";

#[test]
fn implied_facts_take_their_value() {
    for (text, name, want, why) in [
        ("shop: {performance_score: 4.1}", "shop.has_performance_score", "yes (derived)", "absent"),
        ("shop: {performance_score: 4.1, has_performance_score: null}", "shop.has_performance_score", "yes (derived)", "null"),
        ("shop: {performance_score: 4.1, has_performance_score: true}", "shop.has_performance_score", "yes", "given alike"),
        ("shop: {performance_score: null, has_performance_score: false}", "shop.has_performance_score", "no", "not known"),
        ("code.activated_on: 2026-03-01", "code.activated", "yes (derived)", "by its full name"),
        ("shop: {operates_shop: true}", "shop.has_performance_score", "missing", "nothing implies it"),
    ] {
        assert_eq!(value(&yaml(&format!("as_of: 2026-03-20\n{text}")), name), want, "{why}");
    }
    let offer = yaml("as_of: 2026-03-20\noffers: [{program: amex, earn_by: 2026-05-01}, {program: ecwid}]");
    assert_eq!(of_offer(&offer, "amex", "offer.prints_last_day"), "yes (derived)", "in place of the assumed no");
    assert_eq!(of_offer(&offer, "ecwid", "offer.prints_last_day"), "no (assumed)", "the other record");
}

#[test]
fn a_contradiction_shows_both_places() {
    insta::assert_snapshot!(said("
as_of: 2026-03-20
shop: {performance_score: 4.1, has_performance_score: false}
code.activated_on: 2026-03-01
code: {activated: no}
offers:
  - {program: amex, earn_by: 2026-05-01, prints_last_day: yes}
  - program: ecwid
    prints_last_day: no
    earn_by: 2026-05-01
"), @r#"
    3:55 [contradiction] `shop.has_performance_score` is `no` although `shop.performance_score` is given
      3:55: false this says `no`
      3:27: 4.1 where this is known, it is `yes`
      help: write `has_performance_score: yes`, or leave `performance_score` out
    5:19 [contradiction] `code.activated` is `no` although `code.activated_on` is given
      5:19: no this says `no`
      4:20: 2026-03-01 where this is known, it is `yes`
      help: write `activated: yes`, or leave `activated_on` out
    9:22 [contradiction] `offer.prints_last_day` is `no` although `offer.earn_by` is given
      9:22: no this says `no`
      10:14: 2026-05-01 where this is known, it is `yes`
      help: write `prints_last_day: yes`, or leave `earn_by` out
    "#);
}

#[test]
fn a_sum_is_computed_from_all_its_parts() {
    for (spend, want, why) in [
        (PARTS.to_owned(), "340 USD (derived)", "all parts"),
        (format!("{PARTS}, qualifying: 340.00 USD"), "340 USD", "given and equal"),
        (PARTS.replace("50.50 USD", "null"), "missing", "a part is absent"),
        (format!("{}, qualifying: 1 USD", PARTS.replace("50.50 USD", "null")), "1 USD", "nothing to compare with"),
        (PARTS.replace("50.50 USD", "50.50 EUR"), "missing", "two currencies"),
        (format!("{}, qualifying: 1 USD", PARTS.replace("50.50 USD", "1 EUR")), "1 USD", "two currencies, but given"),
        (PARTS.replace("500 USD", "50 USD"), "-110 USD (derived)", "below zero"),
    ] {
        let facts = yaml(&format!("as_of: 2026-03-20\nspend: {{{spend}}}"));
        assert_eq!(value(&facts, "spend.qualifying"), want, "{why}");
        let slot = (0..).map(SlotId).find(|slot| PROGRAM.name_of(*slot) == "spend.qualifying").unwrap();
        assert_eq!(facts.is_mixed(slot), why == "two currencies", "{why}");
    }
}

#[test]
fn a_sum_that_differs_or_is_too_large() {
    insta::assert_snapshot!(said(&format!("as_of: 2026-03-20\nspend: {{qualifying: 341 USD, {PARTS}}}")), @r#"
    2:21 [unequal-sum] `spend.qualifying` is `341 USD`, but its parts make `340 USD`
      2:21: 341 USD this says `341 USD`
      2:47: 500 USD from here on the parts make `340 USD`
      help: correct an amount, or leave `qualifying` out
    "#);
    insta::assert_snapshot!(said(&format!("as_of: 2026-03-20\nspend: {{qualifying: 340 EUR, {PARTS}}}")), @r#"
    2:21 [unequal-sum] `spend.qualifying` is `340 EUR`, but its parts make `340 USD`
      2:21: 340 EUR this says `340 EUR`
      2:47: 500 USD from here on the parts make `340 USD`
      help: correct an amount, or leave `qualifying` out
    "#);
    let large = PARTS.replace("500 USD", "10000000000000 USD").replace("100 USD", "-10000000000000 USD");
    insta::assert_snapshot!(said(&format!("as_of: 2026-03-20\nspend: {{{large}}}")), @r#"
    2:26 [impossible-value] the parts of `spend.qualifying` make an amount beyond the limit
      2:26: 10000000000000 USD the sum begins here
      help: the largest amount has 1000000000000000 minor units
    "#);
}

#[test]
fn nothing_is_said_of_a_sum_with_a_wrong_part() {
    let text = format!("as_of: 2026-03-20\nspend: {{qualifying: 1 USD, {}}}", PARTS.replace("500 USD", "500"));
    let findings = READER.read(FileId(0), &text, Format::Yaml).unwrap_err();
    assert_eq!(findings.iter().map(|finding| finding.code.name).collect::<Vec<_>>(), ["wrong-form"]);
}
