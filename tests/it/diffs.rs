//! `diff`: injected changes give the right words and accounts, layout and names change nothing, random versions agree with
//! the naive reference account by account.

use std::collections::BTreeMap;

use accredit::RuleSet;
use accredit::analyze::{Budget, Class, Compared, Group, Impact, Side, compare, known_to};
use accredit::eval::{Outcome, reference};
use accredit::facts::{Facts, Format, Reader};
use accredit::plan::lower;
use accredit::program::{Decision, Program, Subject, Verdict};
use accredit::report::{DIFF_SCHEMA, DiffReport, Form, Style, diff};
use accredit::source::FileId;

use crate::analyses::count;
use crate::library::{rule_files, shipped};
use crate::random::{self, Rng, changed, rule_sets, seed, shown};

/// The shipped rules with one text in the place of another, which must stand there.
fn edited(file: &str, from: &str, to: &str) -> RuleSet {
    let files = rule_files(".terms").into_iter().map(|(name, text)| {
        if !name.ends_with(file) {
            return (name, text);
        }
        assert!(text.contains(from), "{file} does not say `{from}`");
        (name, text.replacen(from, to, 1))
    });
    RuleSet::read(files.collect()).unwrap()
}

/// What is told about one decision, and its class.
fn told(new: &RuleSet, id: &str) -> (Class, String) {
    let old = shipped();
    let mut compared = compare(old.side(), new.side(), Budget::default());
    compared.retain(|one| one.id == id);
    let report =
        DiffReport { old: old.program(), new: new.program(), names: ("old", "new"), compared: &compared, impact: None };
    (compared[0].class, diff(&report, Form::Text(Style { width: 100, ..Style::default() })))
}

/// The text on one line, so that wrapping does not matter.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_changed_threshold_is_told_with_accounts_at_the_boundary() {
    let new = edited("new-advertiser.terms", "spend  200 USD gives  200 USD", "spend  300 USD gives  200 USD");
    let (class, text) = told(&new, "new_advertiser_ladder");
    insta::assert_snapshot!(text);
    let text = flat(&text);
    assert_eq!(class, Class::Stricter);
    assert!(text.contains("tier 1: spend 200 USD -> 300 USD gives 200 USD"), "{text}");
    assert!(text.contains("spend.qualifying 200 USD"), "the account sits at the boundary: {text}");
}

#[test]
fn a_changed_word_of_a_list_is_told() {
    let new =
        edited("new-advertiser.terms", "one of ads_manager, seller_center, partner_app", "one of ads_manager, seller_center");
    let (class, text) = told(&new, "new_advertiser_ladder");
    let text = flat(&text);
    assert_eq!(class, Class::Stricter);
    assert!(text.contains("created_self_serve - The ad account was not created"), "{text}");
    assert!(text.contains("met when account.creation_path is no longer partner_app"), "{text}");
    assert!(text.contains("account.creation_path partner_app"), "{text}");
}

#[test]
fn a_changed_window_is_told_with_both_sources() {
    let new =
        edited("new-advertiser.terms", "window   30 days with first day unstated", "window   14 days with first day unstated");
    let (class, text) = told(&new, "new_advertiser_ladder");
    let text = flat(&text);
    assert_eq!(class, Class::Stricter);
    assert!(text.contains("spend counts within 30 days -> 14 days of account.registered_on"), "{text}");
    assert!(text.contains("Sources, before and after: Thai landing page terms"), "{text}");
}

#[test]
fn a_changed_citation_is_told_and_decides_nothing() {
    let new = edited(
        "new-advertiser.terms",
        "per   off_acquisition_overview, web_getadcredit\n    else  one_time_used",
        "per   web_getadcredit\n    else  one_time_used",
    );
    let (class, text) = told(&new, "new_advertiser_ladder");
    let text = flat(&text);
    assert_eq!(class, Class::Same);
    assert!(text.contains("no_earlier_delivery"), "{text}");
    assert!(text.contains("cites no longer off_acquisition_overview"), "{text}");
    assert!(text.contains("Sources before:") && text.contains("Sources after:"), "{text}");
}

#[test]
fn a_shorter_program_is_told() {
    let new = edited("newstar.terms", "to 2025-11-30", "to 2025-11-20");
    let (_, text) = told(&new, "newstar");
    assert!(flat(&text).contains("30 November 2025 -> 20 November 2025"), "{text}");
}

#[test]
fn layout_comments_order_and_names_change_nothing() {
    let old = shipped();
    let files = rule_files(".terms").into_iter().map(|(name, text)| {
        let text = text.replace("us_five_tier", "renamed_table").replace("newstar_score", "another_name");
        let text = text.replace("value another_name ", "// a comment\nvalue   another_name ");
        // The word of the fact that names the table keeps its name.
        (name, text)
    });
    let files: Vec<(String, String)> = files.collect();
    let new = RuleSet::read(files).unwrap();
    let compared = compare(old.side(), new.side(), Budget::default());
    let moved: Vec<&str> = compared.iter().filter(|one| one.class != Class::Same).map(|one| one.id.as_str()).collect();
    // A table's name is a word of `offer.tier_table`, so decisions that read it are another matter.
    assert!(moved.iter().all(|id| id.contains("ladder")), "{moved:?}");
    let newstar = edited("newstar.terms", "newstar_products 5 ", "newstar_products   5  // five\n  ");
    let compared = compare(old.side(), newstar.side(), Budget::default());
    assert!(compared.iter().all(|one| one.class == Class::Same && !one.changed()), "layout changed something");
}

#[test]
fn a_fact_that_only_one_version_knows_is_left_out_of_the_other() {
    let old = shipped();
    let files = rule_files(".terms").into_iter().map(|(name, text)| {
        let text = match name.rsplit('/').next().unwrap() {
            "vocabulary.terms" => text.replacen(
                "  fact country: country\n",
                "  fact vetted: yes or no\n    ask    \"Was the account vetted?\"\n    find   \"Ads Manager\"\n    change by tiktok\n    effort 1\n\n  fact country: country\n",
                1,
            ),
            "new-advertiser.terms" => text.replacen(
                "  require country_matches",
                "  require vetted \"The account was vetted\"\n    met   when account.vetted is yes\n    fails otherwise\n    per   off_th_offer_terms\n    else  new_account_needed\n\n  require country_matches",
                1,
            ),
            _ => text,
        };
        (name, text)
    });
    let new = RuleSet::read(files.collect()).unwrap();
    let compared = compare(old.side(), new.side(), Budget::default());
    let ladder = compared.iter().find(|one| one.id == "new_advertiser_ladder").unwrap();
    assert_eq!((ladder.class, ladder.more_open), (Class::Stricter, true), "without the fact it is open, with `no` it fails");
    let turned = ladder.verdicts.iter().find(|cell| (cell.before, cell.after) == (Verdict::Qualifies, Verdict::DoesNotQualify));
    let witness = turned.unwrap().account.as_ref().unwrap();
    assert!(
        witness.documents[1].contains("vetted: no") && !witness.documents[0].contains("vetted"),
        "{}",
        witness.documents[1]
    );
    // A document for the new version, as the old one reads it.
    let parsed = accredit::facts::document::parse(FileId(0), &witness.documents[1], Format::Yaml);
    let document = parsed.document.unwrap();
    let root = document.root();
    assert!(old.reader.from_document(root, None).is_err(), "the old version knows no such fact");
    let known = known_to(old.program(), new.program(), root);
    assert_eq!(old.reader.from_document(known.root(), None).unwrap(), witness.facts[0]);
}

#[test]
fn the_json_of_differences_fits_its_schema_and_is_the_same_twice() {
    let old = shipped();
    let new = edited("new-advertiser.terms", "spend  200 USD gives  200 USD", "spend  300 USD gives  250 USD");
    let accounts = [
        "as_of: 2026-03-20\naccount: {registered_on: 2026-03-01}\n",
        "as_of: 2026-06-20\naccount: {registered_on: 2026-03-01}\nspend: {qualifying: 250 USD}\n\
         offers:\n  - program: new_advertiser_ladder\n    tier_table: us_five_tier\n",
    ];
    let mut impact = Impact::default();
    for text in accounts {
        let read = |rules: &RuleSet| rules.reader.read(FileId(0), text, Format::Yaml).unwrap();
        impact.add("one", (old.side(), &read(&old)), (new.side(), &read(&new)));
    }
    let render = || {
        let compared = compare(old.side(), new.side(), Budget::default());
        let names = ("old", "new");
        let report = DiffReport { old: old.program(), new: new.program(), names, compared: &compared, impact: Some(&impact) };
        diff(&report, Form::Json)
    };
    let (once, twice) = (render(), render());
    assert_eq!(once, twice);
    let value: serde_json::Value = serde_json::from_str(&once).unwrap();
    let validator = jsonschema::validator_for(&serde_json::from_str(DIFF_SCHEMA).unwrap()).unwrap();
    let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{}", errors.join("; "));
    assert_eq!(value["accounts"]["moved"], 1, "{}", value["accounts"]);
}

// -------------------------------------------------------------------- random versions

/// The text with a number, a word or a date in the place of another.
fn mutated(text: &str, rng: &mut Rng) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let from =
        lines.iter().position(|line| line.starts_with("credit ") || line.starts_with("action ") || line.starts_with("check "));
    let from = from.unwrap_or(0);
    let mut tries = 0;
    loop {
        tries += 1;
        let at = from + (rng.between(0, (lines.len() - from - 1) as i64)) as usize;
        let swaps = [
            (" is yes", " is no"),
            (" at least ", " above "),
            (" and ", " or "),
            ("met when", "open when"),
            ("met otherwise", "fails otherwise"),
            ("30 days", "14 days"),
            ("7 days", "8 days"),
            (" before ", " by "),
            ("2026-0", "2025-0"),
            (" USD", " EUR"),
            ("100", "150"),
            ("first day counted", "first day unstated"),
        ];
        let (old, new) = *rng.pick(&swaps);
        if lines[at].contains(old) || tries > 400 {
            let mut changed: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
            changed[at] = changed[at].replacen(old, new, 1);
            if new == "open when" {
                changed[at] += " because \"now\"";
            }
            return changed.join("\n") + "\n";
        }
    }
}

/// What the reference says of each subject of a decision.
fn answers(program: &Program, decision: &Decision, facts: &Facts) -> Vec<Outcome> {
    match decision.subject {
        Subject::Account => vec![reference::decide(program, facts, decision)],
        Subject::Each(list) => (0..facts.records(list).len())
            .map(|at| reference::decide(program, &facts.with_record(program, list, at), decision))
            .collect(),
    }
}

fn check(
    set: &random::RuleSet,
    other: &random::RuleSet,
    compared: &[Compared],
    accounts: &[Facts],
    tally: &mut BTreeMap<String, usize>,
) {
    for one in compared {
        let (Some(old), Some(new)) = (one.old, one.new) else { continue };
        let (old, new) = (&set.program().decisions[old], &other.program().decisions[new]);
        *tally.entry(format!("{:?}", one.class)).or_default() += 1;
        for cell in &one.verdicts {
            let Ok(witness) = &cell.account else { continue };
            let both = [(set, old, cell.before), (other, new, cell.after)];
            for (side, (set, decision, wanted)) in both.into_iter().enumerate() {
                let all = answers(set.program(), decision, &witness.facts[side]);
                let found = all[witness.records[side].unwrap_or(0)].verdict;
                assert_eq!(
                    found,
                    wanted,
                    "ACCREDIT_SEED={} {}\n{}\n{}",
                    set.seed,
                    one.id,
                    set.text,
                    shown(set.program(), &witness.facts[side])
                );
            }
            *tally.entry("account".to_owned()).or_default() += 1;
        }
        for facts in accounts {
            for (before, after) in answers(set.program(), old, facts).iter().zip(answers(other.program(), new, facts)) {
                let told = before.verdict == after.verdict
                    || one.class == Class::Unclear
                    || one.verdicts.iter().any(|cell| (cell.before, cell.after) == (before.verdict, after.verdict));
                let paid = before.verdict != after.verdict || before.reward == after.reward || one.class != Class::Same;
                assert!(
                    told && paid,
                    "{:?} -> {:?} ({:?} -> {:?}) is not told: {one:?}\nACCREDIT_SEED={} {}\n{}\n----\n{}\n{}",
                    before.verdict,
                    after.verdict,
                    before.reward,
                    after.reward,
                    set.seed,
                    one.id,
                    set.text,
                    other.text,
                    shown(set.program(), facts)
                );
            }
        }
    }
}

/// How many, what they gain and what they lose in each currency.
type Counted = (usize, BTreeMap<i64, i128>, BTreeMap<i64, i128>);

#[test]
fn random_versions_are_compared_as_the_reference_decides() {
    let mut tally: BTreeMap<String, usize> = BTreeMap::new();
    let mut pairs = 0;
    for set in rule_sets(seed() ^ 0x5eed) {
        if pairs * 20 >= count() {
            break;
        }
        let mut rng = Rng::new(set.seed);
        let Some(other) = changed(&set, mutated(&set.text, &mut rng)) else { continue };
        pairs += 1;
        let plans = [lower(&set.sound), lower(&other.sound)];
        let readers = [Reader::new(set.program()), Reader::new(other.program())];
        let old = Side { program: set.program(), plan: &plans[0], reader: &readers[0] };
        let new = Side { program: other.program(), plan: &plans[1], reader: &readers[1] };
        let compared = compare(old, new, Budget::default());
        let accounts: Vec<Facts> = (0..40).map(|_| set.facts(&mut rng)).collect();
        check(&set, &other, &compared, &accounts, &mut tally);

        // Impact is what the reference counts, one account after the other.
        let mut impact = Impact::default();
        let mut wanted: BTreeMap<(String, Option<Verdict>, Option<Verdict>), Counted> = BTreeMap::new();
        for (at, facts) in accounts.iter().enumerate() {
            impact.add(&format!("account {at}"), (old, facts), (new, facts));
            for (before, after) in set.program().decisions.iter().zip(&other.program().decisions) {
                let both = answers(set.program(), before, facts).into_iter().zip(answers(other.program(), after, facts));
                for (was, is) in both.filter(|(was, is)| {
                    was.verdict != is.verdict
                        || was.reward.map(|r| (r.amount, r.at_least)) != is.reward.map(|r| (r.amount, r.at_least))
                }) {
                    let counted = wanted.entry((before.id.clone(), Some(was.verdict), Some(is.verdict))).or_default();
                    counted.0 += 1;
                    let mut change: BTreeMap<i64, i128> = BTreeMap::new();
                    for (reward, sign) in [(was.reward, -1), (is.reward, 1)] {
                        let Some(reward) = reward else { continue };
                        *change.entry(reward.amount.aux).or_default() += sign * i128::from(reward.amount.main);
                    }
                    for (currency, change) in change {
                        let side = if change > 0 { &mut counted.1 } else { &mut counted.2 };
                        if change != 0 {
                            *side.entry(currency).or_default() += change.abs();
                        }
                    }
                }
            }
        }
        let mut found: BTreeMap<(String, Option<Verdict>, Option<Verdict>), Counted> = BTreeMap::new();
        for ((id, before, after, _), Group { count, gained, lost, .. }) in &impact.groups {
            let counted = found.entry((id.clone(), *before, *after)).or_default();
            counted.0 += count;
            for (side, more) in [(&mut counted.1, gained), (&mut counted.2, lost)] {
                more.iter().for_each(|(currency, amount)| *side.entry(*currency).or_default() += amount);
            }
        }
        assert_eq!(found, wanted, "ACCREDIT_SEED={}", set.seed);
    }
    println!("{pairs} versions: {tally:?}");
    assert!(tally["Same"] > pairs / 2 && tally["account"] > pairs / 3, "{tally:?}");
}
