//! Analysis on random rule sets: every witness replays, and what is proved impossible never happens.
//!
//! The naive reference decides the witnesses again; accounts drawn at random are what must not be called impossible.

use std::collections::BTreeMap;

use accredit::analyze::{Around, Fault, Found, Located, Side, Space, Unclear, Wanted, faults};
use accredit::eval::reference;
use accredit::facts::{Facts, Format, Reader, State};
use accredit::plan::lower;
use accredit::program::{AS_OF, Decision, Judged, Lane, NO_EVENT, Program, SlotId, Subject, Type, Verdict};
use accredit::source::FileId;
use accredit::value::parse_day;

use crate::random::{Rng, checked, rule_sets, seed, shown};

/// How many decisions of random rule sets are analysed.
pub fn count() -> usize {
    std::env::var("ACCREDIT_ANALYSES").ok().and_then(|count| count.parse().ok()).unwrap_or(2_000)
}

/// What the reference says of a witness.
fn outcome(program: &Program, decision: &Decision, facts: &Facts, record: Option<usize>) -> accredit::eval::Outcome {
    let facts = match decision.subject {
        Subject::Account => facts.clone(),
        Subject::Each(list) => facts.with_record(program, list, record.unwrap()),
    };
    reference::decide(program, &facts, decision)
}

/// Verdicts and results that a decision might come to.
fn questions(decision: &Decision) -> Vec<Wanted> {
    let mut all: Vec<Wanted> = Verdict::ALL.into_iter().map(|verdict| Wanted::Verdict(0, verdict)).collect();
    for requirement in 0..decision.requirements.len() {
        let results = [Judged::Met, Judged::Failed, Judged::Pending, Judged::Open];
        all.extend(results.map(|judged| Wanted::Result(0, requirement, judged)));
    }
    all
}

fn comes_to(outcome: &accredit::eval::Outcome, wanted: &Wanted) -> bool {
    match wanted {
        Wanted::Verdict(_, verdict) => outcome.verdict == *verdict,
        Wanted::Result(_, at, judged) => outcome.results[*at] == *judged,
        _ => unreachable!("only verdicts and results are asked here"),
    }
}

#[test]
fn witnesses_replay_and_the_impossible_never_happens() {
    let mut tally: BTreeMap<&str, usize> = BTreeMap::new();
    let mut decisions = 0;
    for set in rule_sets(seed()) {
        if decisions >= count() {
            break;
        }
        decisions += set.program().decisions.len();
        let program = set.program();
        let (plan, reader) = (lower(&set.sound), Reader::new(program));
        let side = Side { program, plan: &plan, reader: &reader };
        let mut rng = Rng::new(set.seed ^ 0x51);
        let accounts: Vec<Facts> = (0..60).map(|_| set.facts(&mut rng)).collect();
        for (at, decision) in program.decisions.iter().enumerate() {
            let mut space = Space::new(&[(side, at)]);
            let seen: Vec<_> = accounts
                .iter()
                .flat_map(|facts| {
                    let records = match decision.subject {
                        Subject::Account => vec![None],
                        Subject::Each(list) => (0..facts.records(list).len()).map(Some).collect(),
                    };
                    records.into_iter().map(move |record| (facts, outcome(program, decision, facts, record)))
                })
                .collect();
            for wanted in questions(decision) {
                let fail = |what: &str, facts: &Facts| -> ! {
                    panic!(
                        "{what}: {wanted:?} of {}\nACCREDIT_SEED={}\n{}\nfacts:\n{}",
                        decision.id,
                        set.seed,
                        set.text,
                        shown(program, facts)
                    )
                };
                let found = space.find(&wanted);
                let kind = match &found {
                    Found::Witness(witness) => {
                        let again = outcome(program, decision, &witness.facts[0], witness.records[0]);
                        if !comes_to(&again, &wanted) {
                            fail("a witness does not replay", &witness.facts[0]);
                        }
                        "witness"
                    }
                    Found::Impossible => {
                        if let Some((facts, _)) = seen.iter().find(|(_, outcome)| comes_to(outcome, &wanted)) {
                            fail("called impossible", facts);
                        }
                        "impossible"
                    }
                    Found::NotAnalysed(Unclear::NoReplay) => fail("a model does not replay", &accounts[0]),
                    Found::NotAnalysed(Unclear::Arithmetic) => "arithmetic",
                    Found::OutOfSteps => "steps",
                };
                *tally.entry(kind).or_default() += 1;
            }
        }
    }
    println!("{decisions} decisions: {tally:?}");
    assert!(tally["witness"] > tally.values().sum::<usize>() / 3, "{tally:?}");
}

/// What a fault says of all accounts, held against accounts drawn at random and against its own account.
fn fault_is_true(program: &Program, located: &Located, accounts: &[Facts]) -> Result<(), String> {
    let decision = &program.decisions[located.decision];
    let outcomes = |facts: &Facts| -> Vec<accredit::eval::Outcome> {
        let records = match decision.subject {
            Subject::Account => vec![None],
            Subject::Each(list) => (0..facts.records(list).len()).map(Some).collect(),
        };
        records.into_iter().map(|record| outcome(program, decision, facts, record)).collect()
    };
    let never = |happens: &dyn Fn(&accredit::eval::Outcome) -> bool| {
        let found = accounts.iter().find(|facts| outcomes(facts).iter().any(happens));
        found.map_or(Ok(()), |facts| Err(shown(program, facts)))
    };
    let at = located.requirement.unwrap_or(0);
    let others = |outcome: &accredit::eval::Outcome, fits: &dyn Fn(Judged) -> bool| {
        outcome.results.iter().enumerate().all(|(other, result)| other == at || fits(*result))
    };
    match &located.fault {
        Fault::NeverMet => never(&|outcome| outcome.results[at] == Judged::Met),
        Fault::NeverFails => never(&|outcome| outcome.results[at] == Judged::Failed),
        Fault::Follows => never(&|outcome| {
            let failed = outcome.results[at] == Judged::Failed && others(outcome, &|other| other != Judged::Failed);
            failed || (outcome.results[at] != Judged::Met && others(outcome, &|other| other == Judged::Met))
        }),
        Fault::NobodyGets => never(&|outcome| matches!(outcome.verdict, Verdict::Qualifies | Verdict::Allowed | Verdict::Pass)),
        Fault::AskedForNothing { fact, result, account } => {
            let without = &outcome(program, decision, &account.facts[0], account.records[0]);
            let with = account.facts.iter().zip(&account.records).skip(1);
            let same =
                with.map(|(facts, record)| outcome(program, decision, facts, *record).results[at]).all(|one| one == *result);
            let fits = without.results[at] == Judged::Open && same && account.facts[0].get(*fact).is_none();
            if fits { Ok(()) } else { Err(shown(program, &account.facts[0])) }
        }
        Fault::Overlap { account, .. } => Err(format!("the checker lets no clauses overlap: {}", account.documents[0])),
        Fault::NotNever { .. } => Err("nothing is declared in random rules".to_owned()),
        Fault::TierOutOfReach { .. } | Fault::Open { .. } => Ok(()),
    }
}

#[test]
fn faults_of_random_rules_are_true() {
    let mut tally: BTreeMap<String, usize> = BTreeMap::new();
    let mut decisions = 0;
    for set in rule_sets(seed() ^ 0xfa) {
        if decisions * 4 >= count() {
            break;
        }
        let program = set.program();
        decisions += program.decisions.len();
        let (plan, reader) = (lower(&set.sound), Reader::new(program));
        let mut rng = Rng::new(set.seed ^ 0x52);
        let accounts: Vec<Facts> = (0..60).map(|_| set.facts(&mut rng)).collect();
        for located in faults(Side { program, plan: &plan, reader: &reader }) {
            let kind = format!("{:?}", located.fault).chars().take_while(|sign| sign.is_alphabetic()).collect();
            *tally.entry(kind).or_default() += 1;
            if let Err(why) = fault_is_true(program, &located, &accounts) {
                panic!("{located:?}\n{why}\nACCREDIT_SEED={}\n{}", set.seed, set.text);
            }
        }
    }
    println!("{decisions} decisions: {tally:?}");
    assert!(
        ["NeverMet", "NeverFails", "NobodyGets", "AskedForNothing", "Follows"].iter().all(|kind| tally.contains_key(*kind)),
        "{tally:?}"
    );
}

/// An account that qualifies for the shipped ladder but for what it spent.
const SHORT_OF_SPEND: &str = "as_of: 2026-03-20
account:
  country: US
  registered_on: 2026-03-01
  status: approved
  creation_path: ads_manager
  ownership_transferred: no
  prior_paid_delivery: no
  earlier_coupon_same_business: no
  payment_method: card
  business_profile_complete: yes
signup:
  entry_point: official_ads_manager
  offer_banner_seen: yes
spend:
  qualifying: 150 USD
shop:
  operates_shop: no
partner:
  route: none
offers:
  - program: new_advertiser_ladder
    country: US
    tier_table: us_five_tier
";

#[test]
fn around_an_account_only_free_facts_change() {
    let rules = crate::library::shipped();
    let program = rules.program();
    let facts = rules.reader.read(FileId(0), SHORT_OF_SPEND, Format::Yaml).unwrap();
    let at = program.decisions.iter().position(|decision| decision.id == "new_advertiser_ladder").unwrap();
    assert_eq!(outcome(program, &program.decisions[at], &facts, None).verdict, Verdict::OnTrack);
    let ask = |names: &[&str], wanted: Verdict| {
        let free = |slot: SlotId| names.contains(&program.name_of(slot));
        let around = Around { facts: &facts, record: None, free: &free };
        Space::around(rules.side(), at, around).find(&Wanted::Verdict(0, wanted))
    };
    let Found::Witness(witness) = ask(&["spend.qualifying", "account.status"], Verdict::Qualifies) else {
        panic!("more spend qualifies")
    };
    let changed: Vec<(&str, String)> = (0..program.slots.len() as u32)
        .map(SlotId)
        .filter(|slot| witness.facts[0].get(*slot) != facts.get(*slot))
        .map(|slot| (program.name_of(slot), program.fact_of(slot).unwrap().ty.text(witness.facts[0].get(slot).unwrap())))
        .collect();
    assert_eq!(changed, [("spend.qualifying", "200 USD".to_owned())], "just enough, and nothing else");
    assert!(matches!(ask(&["account.status"], Verdict::Qualifies), Found::Impossible), "its status helps nothing");
    assert!(matches!(ask(&["account.status"], Verdict::Blocked), Found::Witness(_)), "but it can block");
}

// -------------------------------------------------------------------- small domains, tried value by value

const SMALL: &str = "ruleset small version 1
party client \"the client\"
source src {
  title \"t\"
  read never
  rank 1
}
remedy fix by client {
  say \"Fix it.\"
}
facts a \"Account\" {
FACTS}
";

/// Facts with the conditions that name them; every condition is decided by the values of [`grid`].
const ATOMS: [(&str, &str, &[&str]); 6] = [
    ("flag", "yes or no", &["a.flag is yes", "a.flag is not yes"]),
    (
        "color",
        "one of red, green, blue",
        &["a.color is red", "a.color is not one of red, blue", "a.color is one of red, green"],
    ),
    (
        "count",
        "whole number",
        &["a.count is at least 2", "a.count is below 3", "a.count is exactly a.limit", "a.count is above a.limit"],
    ),
    ("limit", "whole number", &["a.limit is at least 1", "a.limit is at most 2", "a.limit is fewer than a.count"]),
    (
        "day",
        "date or none",
        &[
            "a.day is none",
            "a.day is before 2026-01-10",
            "as_of is within 2 days of a.day with first day unstated",
            "as_of is within 1 days of a.day with first day counted",
            "as_of is more than 2 days after a.day",
            "as_of is after a.day",
        ],
    ),
    ("other", "yes or no", &["a.other is yes", "a.other is a.flag", "a.other is no"]),
];

fn small_condition(rng: &mut Rng, atoms: &[&str], depth: usize) -> String {
    if depth > 0 && rng.chance(70) {
        let join = *rng.pick(&[" or ", " and ", " and then "]);
        let (a, b) = (small_condition(rng, atoms, depth - 1), small_condition(rng, atoms, depth - 1));
        return format!("({a}{join}{b})");
    }
    (*rng.pick(atoms)).to_owned()
}

/// A rule set over a few facts.
fn small(rng: &mut Rng) -> String {
    let dated = rng.chance(50);
    let chosen: Vec<_> =
        ATOMS.iter().filter(|(name, ..)| if dated { *name == "day" || *name == "flag" } else { *name != "day" }).collect();
    let facts: Vec<String> = ATOMS
        .iter()
        .map(|(name, ty, _)| format!("  fact {name}: {ty}\n    ask \"q\"\n    find \"f\"\n    change never\n"))
        .collect();
    let atoms: Vec<&str> =
        chosen.iter().flat_map(|(.., atoms)| atoms.iter().copied()).filter(|atom| !dated || !atom.contains("other")).collect();
    let mut text = SMALL.replace("FACTS", &facts.concat());
    let kind = *rng.pick(&["credit", "check"]);
    let severity = if kind == "check" { " severity high" } else { "" };
    text += &format!("{kind} dec \"t\" for a{severity} {{\n  per src\n");
    for at in 0..1 + rng.between(0, 1) {
        let when = small_condition(rng, &atoms, 2);
        let (first, rest) = *rng.pick(&[("met", "fails"), ("fails", "met"), ("met", "open"), ("fails", "open")]);
        let because = |word: &str| if word == "open" { " because \"silence\"" } else { "" };
        let once = if at > 0 && rng.chance(30) { "    only once r0 is met\n" } else { "" };
        text += &format!(
            "\n  require r{at} \"l\"\n{once}    {first} when {when}{}\n    {rest} otherwise{}\n    per src\n    else fix\n",
            because(first),
            because(rest)
        );
    }
    if kind == "credit" {
        text += "  reward none\n";
    }
    text + "}\n"
}

/// Every account that could make a difference: each fact absent and with each value around the constants.
fn grid(program: &Program, read: &[SlotId]) -> Vec<Facts> {
    let base = parse_day("2026-01-10").unwrap();
    let mut all: Vec<Facts> = (base - 5..=base + 5).map(|day| Facts::new(program, day)).collect();
    if !read.iter().any(|slot| matches!(program.fact_of(*slot).unwrap().ty, Type::Date { .. })) {
        all.truncate(1);
    }
    for slot in read.iter().filter(|slot| **slot != AS_OF) {
        let values: Vec<i64> = match &program.fact_of(*slot).unwrap().ty {
            Type::Bool => vec![0, 1],
            Type::Enum(words) => (0..words.len() as i64).collect(),
            Type::Integer => (0..6).collect(),
            Type::Date { .. } => (base - 6..=base + 6).chain([NO_EVENT]).collect(),
            other => unreachable!("{other:?} is no small type"),
        };
        all = all
            .into_iter()
            .flat_map(|facts| {
                std::iter::once(facts.clone()).chain(values.iter().map(move |main| {
                    let mut facts = facts.clone();
                    facts.set(*slot, Lane { main: *main, aux: 0 }, State::Given);
                    facts
                }))
            })
            .collect();
    }
    all
}

#[test]
fn on_small_domains_the_impossible_is_what_trying_every_account_finds() {
    let mut rng = Rng::new(seed() ^ 0xb407e);
    let (mut possible, mut impossible) = (0, 0);
    let mut made = 0;
    while made * 20 < count() {
        let text = small(&mut rng);
        let Ok(sound) = checked(&text) else { continue };
        made += 1;
        let program = sound.program();
        let (plan, reader) = (lower(&sound), Reader::new(program));
        let mut space = Space::new(&[(Side { program, plan: &plan, reader: &reader }, 0)]);
        let decision = &program.decisions[0];
        let mut read: Vec<SlotId> =
            plan.decisions[0].requirements.iter().flat_map(|one| one.reads.iter().map(|read| read.slot)).collect();
        read.sort_unstable();
        read.dedup();
        let outcomes: Vec<_> = grid(program, &read).iter().map(|facts| reference::decide(program, facts, decision)).collect();
        for wanted in questions(decision) {
            let tried = outcomes.iter().any(|outcome| comes_to(outcome, &wanted));
            match space.find(&wanted) {
                Found::Witness(_) => assert!(tried, "no account of the grid: {wanted:?}\n{text}"),
                Found::Impossible => assert!(!tried, "called impossible: {wanted:?}\n{text}"),
                other => panic!("{other:?}: {wanted:?}\n{text}"),
            }
            if tried { possible += 1 } else { impossible += 1 }
        }
    }
    println!("{made} small rule sets: {possible} possible, {impossible} impossible");
    assert!(possible > made && impossible > made, "{possible} possible, {impossible} impossible");
}
