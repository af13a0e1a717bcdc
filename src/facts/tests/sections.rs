//! Sections, records and names.

use super::{PROGRAM, READER, SELF_SERVE, json, of_offer, said, said_of_json, value, yaml};
use crate::facts::document::parse_yaml;
use crate::facts::{Facts, Format};
use crate::program::ListId;
use crate::source::{FileId, SourceFile};
use crate::value::parse_day;

#[test]
fn a_document_of_the_contract() {
    let facts = yaml(SELF_SERVE);
    for (name, want) in [
        ("as_of", "2026-04-02"),
        ("account.country", "US"),
        ("account.unpaid_balance", "0 USD"),
        ("signup.offer_banner_seen", "yes"),
        ("code.kind", "none"),
        ("code.activated", "missing"),
        ("shop.operates_shop", "missing"),
    ] {
        assert_eq!(value(&facts, name), want, "{name}");
    }
    assert_eq!(of_offer(&facts, "new_advertiser_ladder", "offer.status"), "earning");
    assert_eq!(of_offer(&facts, "new_advertiser_ladder", "offer.window_days"), "30");
    assert_eq!(of_offer(&facts, "new_advertiser_ladder", "offer.prints_last_day"), "no (assumed)");
    assert_eq!(of_offer(&facts, "promo_code", "offer.status"), "none (assumed)", "without a record");
    assert_eq!(of_offer(&facts, "promo_code", "offer.country"), "missing");
    assert_eq!(keys(&facts, "campaigns"), ["c1", "007"]);
    assert_eq!(keys(&facts, "offers"), ["new_advertiser_ladder"]);
    assert_eq!(keys(&facts, "credits"), [""; 0]);
}

fn keys(facts: &Facts, name: &str) -> Vec<String> {
    let list = PROGRAM.lists.iter().position(|list| PROGRAM.sections[list.section].name == name).unwrap();
    facts.records(ListId(u32::try_from(list).unwrap())).iter().map(|record| record.key.clone()).collect()
}

#[test]
fn both_formats_and_all_entries_give_the_same_facts() {
    let yaml_facts = yaml(SELF_SERVE);
    let value: serde_json::Value = serde_yaml::from_str(SELF_SERVE).unwrap();
    assert_eq!(json(&value.to_string()), yaml_facts);
    let file = SourceFile::new("facts.yaml", SELF_SERVE);
    assert_eq!(READER.read(FileId(0), file.text(), Format::of(file.name(), file.text())).unwrap(), yaml_facts);
    let parsed = parse_yaml(FileId(0), SELF_SERVE);
    assert_eq!(READER.from_document(parsed.document.unwrap().root(), None).unwrap(), yaml_facts);
    let mut other_day = READER.blank(parse_day("2026-04-02").unwrap());
    assert_eq!(other_day, Facts::new(&PROGRAM, other_day.as_of()));
    other_day = READER.blank(1);
    assert_eq!(other_day.as_of(), 1);
}

#[test]
fn a_record_that_is_added_by_hand_reads_the_same() {
    let facts = yaml("as_of: 2026-04-02\noffers: [{program: amex, country: US, status: issued}]");
    let offers = PROGRAM.lists.iter().position(|list| list.of_decision).unwrap();
    let list = ListId(u32::try_from(offers).unwrap());
    let mut by_hand = READER.blank(facts.as_of());
    by_hand.add_record(&PROGRAM, list, facts.records(list)[0].clone());
    assert_eq!(by_hand, facts);
}

#[test]
fn a_case_is_laid_over_its_base() {
    let base = parse_yaml(FileId(0), "account: {country: US, status: approved}\noffers: [{program: amex}, {program: ecwid}]");
    let case = parse_yaml(
        FileId(1),
        "facts: {account: {status: null, billing: manual}, offers: [{program: shopify}], spend: {qualifying: {amount: 1, currency: USD}}}",
    );
    let (base, case) = (base.document.unwrap(), case.document.unwrap());
    let merged = base.root().merged(case.root().get("facts").unwrap());
    let facts = READER.from_document(merged.root(), parse_day("2026-04-02")).unwrap();
    assert_eq!(value(&facts, "account.country"), "US", "kept");
    assert_eq!(value(&facts, "account.status"), "missing", "removed");
    assert_eq!(value(&facts, "account.billing"), "manual", "added");
    assert_eq!(value(&facts, "spend.qualifying"), "1 USD", "a new section");
    assert_eq!(value(&facts, "as_of"), "2026-04-02", "the day of the case");
    assert_eq!(keys(&facts, "offers"), ["shopify"], "a list takes the place of the list");
    let again = READER
        .from_document(parse_yaml(FileId(0), "as_of: 2020-01-01").document.unwrap().root(), parse_day("2026-04-02"))
        .unwrap();
    assert_eq!(value(&again, "as_of"), "2026-04-02", "the caller's day counts");
}

#[test]
fn unknown_names_are_told_with_the_nearest() {
    insta::assert_snapshot!(said("
as_of: 2026-03-20
acount: {country: US}
offer: []
country: US
account.contry: US
offer.status: earning
zzzzzzzzz: 1
account:
  statos: approved
  qualifying: 3 USD
  tier_table: single_tier
  xxxxxxxxxx: 1
campaigns:
  - {id: c1, objectve: sales}
"), @r#"
    3:1 [unknown-fact] no section or fact is called `acount`
      3:1: acount
      help: did you mean `account`?
    4:1 [unknown-fact] no section or fact is called `offer`
      4:1: offer
      help: did you mean `offers`?
    5:1 [unknown-fact] no section or fact is called `country`
      5:1: country
      help: did you mean `account.country`, `country` of a record in `offers` or `shop.country`?
    6:1 [unknown-fact] no section or fact is called `account.contry`
      6:1: account.contry
      help: did you mean `account.country`?
    7:1 [unknown-fact] no section or fact is called `offer.status`
      7:1: offer.status
      help: did you mean `status` of a record in `offers`?
    8:1 [unknown-fact] no section or fact is called `zzzzzzzzz`
      8:1: zzzzzzzzz
      help: `accredit template` lists every section and fact
    10:3 [unknown-fact] `account` has no fact called `statos`
      10:3: statos
      help: did you mean `status`?
    11:3 [unknown-fact] `account` has no fact called `qualifying`
      11:3: qualifying
      help: did you mean `spend.qualifying`?
    12:3 [unknown-fact] `account` has no fact called `tier_table`
      12:3: tier_table
      help: did you mean `tier_table` of a record in `offers`?
    13:3 [unknown-fact] `account` has no fact called `xxxxxxxxxx`
      13:3: xxxxxxxxxx
      help: `accredit template` lists every section and fact
    15:14 [unknown-fact] `campaigns` has no fact called `objectve`
      15:14: objectve
      help: did you mean `objective`?
    "#);
}

#[test]
fn the_day_is_needed_once() {
    insta::assert_snapshot!(said("account: {country: US}"), @r#"
    1:1 [missing-day] `as_of` is missing: for which day should the check hold?
      1:1: 
      help: add the day, such as `as_of: 2026-03-01`
    "#);
    insta::assert_snapshot!(said("account: {country: US}\nas_of:\n"), @r#"
    2:6 [missing-day] `as_of` is missing: for which day should the check hold?
      2:6: 
      help: add the day, such as `as_of: 2026-03-01`
    "#);
    insta::assert_snapshot!(said("as_of: tomorrow"), @r#"
    1:8 [wrong-form] `as_of` expects a date such as 2026-03-01, found `tomorrow`
      1:8: tomorrow
    "#);
    insta::assert_snapshot!(said("asof: 2026-03-20"), @r#"
    1:1 [unknown-fact] no section or fact is called `asof`
      1:1: asof
      help: did you mean `as_of`?
    "#);
    insta::assert_snapshot!(said_of_json("{}"), @r#"
    1:1 [missing-day] `as_of` is missing: for which day should the check hold?
      1:1: 
      help: add the day, such as `as_of: 2026-03-01`
    "#);
}

#[test]
fn sections_and_records_have_their_shape() {
    insta::assert_snapshot!(said("
as_of: 2026-03-20
account: US
spend: [250 USD]
offers: {program: amex}
campaigns:
  - c1
  - {objective: sales}
  - id: \"\"
    objective: sales
  - null
  - {}
  - {idd: c1}
credits: 5
"), @r#"
    3:10 [wrong-form] `account` is a mapping of facts, found a single value
      3:10: US
    4:8 [wrong-form] `spend` is a mapping of facts, found a list
      4:8: [250 USD]
    5:9 [wrong-form] `offers` is a list of records, each with its `program`, found a mapping
      5:9: {program: amex}
    7:5 [wrong-form] a record of `campaigns` is a mapping of facts with its `id`, found a single value
      7:5: c1
    8:6 [missing-key] a record of `campaigns` has no `id`
      8:6: objective this record
      help: add `id`, which names the campaign
    9:5 [missing-key] a record of `campaigns` has no `id`
      9:5: id this record
      help: add `id`, which names the campaign
    11:5 [wrong-form] a record of `campaigns` is a mapping of facts with its `id`, found nothing
      11:5: null
    12:5 [missing-key] a record of `campaigns` has no `id`
      12:5: {} this record
      help: add `id`, which names the campaign
    13:6 [unknown-fact] `campaigns` has no fact called `idd`
      13:6: idd
      help: did you mean `id`?
    14:10 [wrong-form] `credits` is a list of records, each with its `id`, found a single value
      14:10: 5
    "#);
    insta::assert_snapshot!(said("- a\n- b"), @r#"
    1:1 [wrong-form] a facts document is a mapping of sections, found a list
      1:1: - a\n- b
    "#);
    insta::assert_snapshot!(said("approved"), @r#"
    1:1 [wrong-form] a facts document is a mapping of sections, found a single value
      1:1: approved
    "#);
    insta::assert_snapshot!(said_of_json("[1]"), @r#"
    1:1 [wrong-form] a facts document is a mapping of sections, found a list
      1:1: [1]
    "#);
}

#[test]
fn records_with_one_key() {
    insta::assert_snapshot!(said("
as_of: 2026-03-20
offers:
  - program: amex
    status: earning
  - program: ecwid
  - {program: amex}
  - {program: amexx}
  - {program: [amex]}
campaigns: [{id: 7}, {id: \"7\"}, {id: 07}, {id: 7}]
"), @r#"
    7:15 [duplicate-record] two records of `offers` have the program `amex`
      7:15: amex again here
      4:14: amex first here
      help: put the facts of both into one record
    8:15 [unknown-value] `amexx` is no value of `offer.program`
      8:15: amexx
      help: did you mean `amex`? it is one of new_advertiser_ladder, new_advertiser_discount, promo_code, shop_acquisition, newstar, gmv_sprint, woocommerce, shopify, ecwid, amex, back_to_business, managed_incentive, agency_portal, reactivation
    9:15 [wrong-form] `offer.program` expects one of its words, found a list
      9:15: [amex]
      help: it is one of new_advertiser_ladder, new_advertiser_discount, promo_code, shop_acquisition, newstar, gmv_sprint, woocommerce, shopify, ecwid, amex, back_to_business, managed_incentive, agency_portal, reactivation
    10:27 [duplicate-record] two records of `campaigns` have the id `7`
      10:27: \"7\" again here
      10:18: 7 first here
      help: put the facts of both into one record
    10:48 [duplicate-record] two records of `campaigns` have the id `7`
      10:48: 7 again here
      10:27: \"7\" first here
      help: put the facts of both into one record
    "#);
}

#[test]
fn a_fact_is_given_once() {
    insta::assert_snapshot!(said("
as_of: 2026-03-20
account: {country: US, status: approved, country: CA}
account.status: disabled
account: {billing: manual}
"), @r#"
    3:42 [duplicate-key] `country` is given twice
      3:42: country again here
      3:11: country given first here
      help: keep one of them
    4:1 [duplicate-key] `account.status` is given twice
      4:1: account.status again here
      3:24: status given first here
      help: keep one of them
    5:1 [duplicate-key] `account` is given twice
      5:1: account again here
      3:1: account given first here
      help: keep one of them
    "#);
    insta::assert_snapshot!(said_of_json(r#"{"as_of": "2026-03-20", "as_of": "2026-03-21", "account": {"c\u006funtry": "US",
 "country": "US"}}"#), @r#"
    1:25 [duplicate-key] `as_of` is given twice
      1:25: \"as_of\" again here
      1:2: \"as_of\" given first here
      help: keep one of them
    2:2 [duplicate-key] `country` is given twice
      2:2: \"country\" again here
      1:60: \"c\\u006funtry\" given first here
      help: keep one of them
    "#);
}
