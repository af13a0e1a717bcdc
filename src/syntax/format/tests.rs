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
