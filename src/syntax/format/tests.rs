//! What the formatter must never do to a rule text, and how its output looks.
//!
//! In: the rule texts of the product and small texts made for a case. Out: nothing; a test fails or does not.
//! Owns the look by example. Writes no file.

#![allow(clippy::disallowed_methods, reason = "tests read the rules of this repository")]

use proptest::prelude::*;

use super::tokens::tokens;
use super::*;

/// The rule texts of the product, by file name.
fn rules() -> Vec<(String, String)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/tiktok");
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<(String, String)> = paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "terms"))
        .map(|path| (path.display().to_string(), std::fs::read_to_string(&path).unwrap()))
        .collect();
    found.sort();
    assert!(found.len() > 10, "the rule texts were not found");
    found
}

/// The same tokens and empty lines with no other layout: one token a line, comments where `comment` puts them.
fn scattered(text: &str, mut comment: impl FnMut(usize) -> Option<bool>) -> String {
    let mut out = String::new();
    for (index, token) in tokens(text).0.iter().enumerate() {
        if token.starts_apart() {
            out.push('\n');
        }
        let item = token.first_in_line && !token.is("}");
        let indent = if item { "" } else { "\t" };
        let own = comment(index);
        if own == Some(true) {
            out += &format!("{indent}// own {index}  \n");
        }
        out += indent;
        out += token.text;
        // A version and a sign would read otherwise.
        out += if own == Some(false) && token.text != "-" { " //behind" } else { "" };
        out += if token.text == "-" { "" } else { "\r\n" };
    }
    out
}

fn comments_of(text: &str) -> Vec<String> {
    let (tokens, tail) = tokens(text);
    comments(&tokens, &tail).map(str::to_owned).collect()
}

#[test]
fn formatting_twice_is_formatting_once() {
    for (name, text) in rules() {
        let once = super::format(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(super::format(&once).unwrap(), once, "{name}");
        assert_eq!(comments_of(&text), comments_of(&once), "{name}");
        for line in once.lines().filter(|line| line.chars().count() > WIDTH) {
            let before = line.split('"').next().unwrap_or_default().trim();
            assert!(!before.contains(' '), "{name}: this line could be broken: {line}");
        }
    }
}

#[test]
fn the_look_does_not_depend_on_how_the_lines_were_broken() {
    let dense = |text: &str| text.lines().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
    for (name, text) in rules() {
        let once = super::format(&text).unwrap();
        let scattered = scattered(&text, |_| None);
        let again = super::format(&scattered).unwrap_or_else(|error| panic!("{name}: {error}\n{scattered}"));
        assert_eq!(dense(&again), dense(&once), "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Comments anywhere, even where nobody writes them.
    #[test]
    fn no_comment_is_lost(which: prop::sample::Index, places in prop::collection::vec((0..400_usize, any::<bool>()), 0..30)) {
        let rules = rules();
        let (name, text) = which.get(&rules);
        let scattered = scattered(text, |index| places.iter().find(|(at, _)| *at == index).map(|(_, own)| *own));
        let once = super::format(&scattered).unwrap_or_else(|error| panic!("{name}: {error}\n{scattered}"));
        prop_assert_eq!(comments_of(&scattered), comments_of(&once));
        prop_assert_eq!(&super::format(&once).unwrap(), &once);
    }
}

#[test]
fn a_messy_text_comes_out_tidy() {
    let messy = "// About this file.\r\n\r\n\r\n\r\nparty client \"the client\"\r\nparty spend \"spending\" // by itself
value limit -5 USD per a,b
value   life 90   days  // calendar days
condition live \"It lives\" {when offer.status is one of issued , frozen}
group places \"Places\" of country { US,CA // north
  , MX per a }

    // Below the item word.
table tiers by account.country {currency USD last day 2025-03-31
 row US spend 200 USD gives 20 USD spend 1000 USD gives 100 USD unstated unstated otherwise note \"n\"}
facts account \"The account\" {
  fact status: one of on, off ask \"On or off?\" become on from off change by client never advise
  // Speaks of what is above.

  // Speaks of what is below.
  fact count: whole number effort 1 assume -1 because \"one\" \"two\" }
credit ladder \"Ladder\" for account {
	per a
  // The first requirement.
  require r \"R\" met when (a.b is yes or a.c is no) and a.very_long_name_of_a_fact is above zero and then a.d is within 30 days of a.e with first day counted
    open otherwise because \"nobody says\" per a else x   warn late  reward is (a.x-limit)*2 but not below 20 %
      // The end.
}
// Nothing more.";
    let tidy = super::format(messy).unwrap();
    insta::assert_snapshot!(tidy, @r#"
    // About this file.

    party client "the client"
    party spend  "spending"  // by itself

    value limit -5 USD per a, b
    value life  90 days  // calendar days

    condition live "It lives" { when offer.status is one of issued, frozen }

    group places "Places" of country {
      US,
      CA  // north
      , MX
      per a
    }

    // Below the item word.
    table tiers by account.country {
      currency USD
      last day 2025-03-31
      row US
        spend  200 USD gives  20 USD
        spend 1000 USD gives 100 USD
        unstated
      unstated otherwise
      note "n"
    }

    facts account "The account" {
      fact status: one of on, off
        ask    "On or off?"
        become on from off
        change by client
        never advise
        // Speaks of what is above.

      // Speaks of what is below.
      fact count: whole number
        effort 1
        assume -1 because "one"
                          "two"
    }

    credit ladder "Ladder" for account {
      per a

      // The first requirement.
      require r "R"
        met   when (a.b is yes or a.c is no)
               and a.very_long_name_of_a_fact is above zero
               and then a.d is within 30 days of a.e with first day counted
        open  otherwise because "nobody says"
        per   a
        else  x

      warn   late
      reward is (a.x - limit) * 2 but not below 20%
      // The end.
    }
    // Nothing more.
    "#);
    assert_eq!(super::format(&tidy).unwrap(), tidy);
}

#[test]
fn a_text_with_mistakes_is_left_alone() {
    let refused = super::format("party client \"the client\"\nvalue limit 5 USD pre a\n").unwrap_err();
    let FormatError::Findings(findings) = refused else { panic!("{refused}") };
    assert_eq!(findings.len(), 1);
}

#[test]
fn small_texts_end_their_last_line() {
    let cases = [
        ("", "", "an empty file stays empty"),
        ("\n\n", "", "empty lines alone are nothing"),
        ("party a \"A\"", "party a \"A\"\n", "a last line without an end gets one"),
        ("// c", "// c\n", "a comment alone is kept"),
        ("\n\nparty a \"A\"\n\n\n// c\n\n", "party a \"A\"\n\n// c\n", "no empty lines at the ends, one in between"),
    ];
    for (text, want, why) in cases {
        assert_eq!(super::format(text).unwrap(), want, "{why}");
    }
}

#[test]
fn a_minus_is_a_sign_or_an_operator_as_the_grammar_has_it() {
    let cases = [
        ("value x -5 per a", "value x -5 per a", "a value has no arithmetic"),
        (
            "condition c \"C\" { when a.b-5 is above -3 }",
            "condition c \"C\" { when a.b - 5 is above -3 }",
            "behind a name it takes away",
        ),
        (
            "condition c \"C\" { when (-5+x) is from -5 to -3 }",
            "condition c \"C\" { when (-5 + x) is from -5 to -3 }",
            "behind a bracket it is a sign",
        ),
        ("condition c \"C\" { when x - -5 is 1-1 }", "condition c \"C\" { when x - -5 is 1 - 1 }", "both in a row"),
        ("table t \"T\" { spend -5 USD gives -3 USD }", "table t \"T\" { spend -5 USD gives -3 USD }", "an amount comes next"),
        (
            "check c \"C\" for account {\n edition e when x-1 is 2 with bonus -5 USD, less-3 }",
            "check c \"C\" for account {\n  edition e\n    when x - 1 is 2\n    with bonus -5 USD, less -3\n}",
            "a number of an edition has no arithmetic",
        ),
    ];
    for (text, want, why) in cases {
        let got = super::format(text).unwrap_or_else(|error| panic!("{why}: {error}"));
        assert_eq!(got, format!("{want}\n"), "{why}");
    }
}

#[test]
fn names_spelled_like_clauses_stay_where_they_are() {
    let text = r#"facts open "Open" {
  fact per: one of open, note, ask
    ask    "Which?"
    become open from note, ask
    effort 1
}

state when "When" taking per: date or none, usually open.per {
  lost life "Lost"
    when  open.note is one of when_, life, lost and open.ask is on
    needs open.per, until when open.per is note
    per   lost, life
    else  open
}

check note "Note" for account {
  take until, within from counted

  edition with
    when open.per is from a.b to a.c
    with open unstated, first 3 days

  require needs "Needs"
    in with
      met   when open.on is within 3 days of a.b with first day counted
      open  otherwise because "so"
    else  only
}

date day "Day" {
  use a.b when a.c is yes
  use a.d when a.e is a.f and (a.g or a.h is a.i) and a.j is no
  use a.k otherwise
}
"#;
    assert_eq!(super::format(text).unwrap(), text);
    assert_eq!(super::format(&scattered(text, |_| None)).unwrap(), text);
}

#[test]
fn long_lines_break_where_a_reader_pauses() {
    let text = r#"value portal_new_account_days_with_a_long_name 60 days per web_agency_portal, web_agency_portal_of_an_earlier_year,
                                                           web_agency_portal_of_another_year

records offers each offer by program of decision
  "Offers that the account has or is promised, one record for each program, with the credit issued from it" {
  fact tier_table_of_offer: one of us_five_tier, partner_three_tier_2025, single_tier, another_single_tier_with_a_name,
                                   other
    assume other because "Both new advertiser texts that could be read, for the US and for Thailand, give this table"
                         "as theirs."
    computed as spend.gross_in_window - spend.tax_in_window - spend.credit_funded_in_window - spend.unsettled_in_window
                - spend.before_activation_in_window
      else warn mixed_currencies
}

credit portal "Agency partner portal credit" for account {
  take not_shop_seller, created_self_serve, official_entry, offer_displayed, ownership_kept, no_earlier_delivery,
       first_for_business, no_partner_route
    from new_advertiser_ladder

  edition text_2024
    "Incentive offer, text of November 2024, which was printed again and again, with the same words, until March 2025"
    when campaign.smart_plus_offer_shown is incentive_offer
     and then campaign.first_impression_on is from 2024-11-04 to 2025-02-28

  require table_in_date "The tier table still applied on the day of registration"
    met   when credit_was_issued
            or offer.tier_table is one of us_five_tier, single_tier
            or (offer.tier_table is partner_three_tier_2025
                and then account.registered_on is by partner_three_tier_2025.last_day)
            or offer.tier_table is one of a_table_with_a_long_name, another_table_with_a_long_name,
                                          a_third_table_of_many, a_fourth_table
    open  when account.country is US
          because sources disagree "no source says whether the table was used after its last day, or until it"
    fails otherwise
    per   web_partner_table
    else  read_coupon

  require threshold "Qualifying spend reaches a tier in the earning window"
    progress of spend.qualifying
      toward  offer.tier_table
      within  the earlier of portal_new_account_days of account.registered_on with first day unstated
              and portal_spending_days of spend.first_spend_on with first day unstated
              when spend.qualifying is above zero
      counted when credit_was_issued because "an issued credit shows that it was reached"
    per   off_th_offer_terms
    else  spend_more

  reward is ((shop.eligible_new_products * edition.per_product) but not above edition.cap)
            + ((shop.cold_start_products * edition.per_cold_start) but not above edition.cap)
}
"#;
    assert_eq!(super::format(text).unwrap(), text);
    assert_eq!(super::format(&scattered(text, |_| None)).unwrap(), text);
}

#[test]
fn who_offers_it_and_where_line_up_with_the_clauses_beside_them() {
    let text = "credit c \"C\" for account {\n offered   by note,claim \"to new\"\n \"accounts\" regions US,CA , // two\n MX \"and others\" \
                per source_of_it\n in force from 2026-01-01 }\n";
    let want = "\
credit c \"C\" for account {
  offered by note,
             claim \"to new\"
                   \"accounts\"
  regions    US, CA,  // two
             MX \"and others\"
  per        source_of_it
  in force from 2026-01-01
}
";
    let once = super::format(text).unwrap();
    assert_eq!(once, want);
    assert_eq!(super::format(&once).unwrap(), want);
}
