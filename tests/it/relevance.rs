//! What is missing, on the shipped rules: the structural definition comes to what the contract defines by trying values.
//!
//! An absent fact is missing from an open requirement exactly when its guard is known to hold and there are values of the
//! other absent facts under which giving it changes the result. Here that is tried, value by value; progress and editions
//! that are not fixed have rules of their own and are left out.

use accredit::eval::{Asking, Truths, View, all_conditions, possible, reference};
use accredit::facts::{Facts, Record, State};
use accredit::plan::{BodyPlan, Plan};
use accredit::program::{At, Decision, Judged, Lane, ListId, NO_EVENT, Program, SlotId, Subject, Type};
use accredit::value::parse_day;

use crate::library::shipped;
use crate::random::{Rng, seed};

/// Values at and around everything that the rules compare a fact with.
fn candidates(ty: &Type, as_of: i64) -> Vec<Lane> {
    let lanes = |values: Vec<i64>| values.into_iter().map(|main| Lane { main, aux: 0 }).collect();
    match ty {
        Type::Bool => lanes(vec![0, 1]),
        Type::Enum(words) => lanes((0..words.len() as i64).collect()),
        Type::Set(words) => lanes(vec![0, 1, (1 << words.len()) - 1]),
        Type::Date { optional } => {
            let near = [0, 1, -1, 13, -13, -14, -15, 15, -29, -30, -31, -89, -90, -91, 92].map(|days| as_of + days);
            let named = ["2024-11-03", "2025-01-10", "2025-03-31", "2025-04-01", "2025-12-01", "2021-11-09", "2022-12-24"];
            let mut days = lanes(near.to_vec());
            days.extend(named.iter().filter_map(|day| parse_day(day)).map(|main| Lane { main, aux: 0 }));
            days.extend(optional.then_some(Lane { main: NO_EVENT, aux: 0 }));
            days
        }
        Type::Money => {
            [0, 1, 9_999, 10_000, 20_000].into_iter().flat_map(|main| [840, 978].map(|aux| Lane { main, aux })).collect()
        }
        Type::Integer => lanes(vec![0, 1, 2, 3, 4, 5, 14, 15, 20, 21, 100, 101, 350, 351]),
        Type::Decimal => vec![(0, 0), (1, 0), (1, 200_000_000), (1, 500_000_001), (3, 400_000_000), (3, 500_000_000), (10, 0)]
            .into_iter()
            .map(|(main, aux)| Lane { main, aux })
            .collect(),
        Type::Percent => vec![Lane { main: 50, aux: 0 }],
        Type::Text => lanes(vec![0]),
        Type::Country => ["US", "TH", "CA", "GB", "BR", "DE"]
            .iter()
            .filter_map(|code| ty.word(code))
            .map(|main| Lane { main, aux: 0 })
            .collect(),
        Type::Currency => {
            ["USD", "CAD", "EUR"].iter().filter_map(|code| ty.word(code)).map(|main| Lane { main, aux: 0 }).collect()
        }
    }
}

/// One try: values at slots, kept apart from the facts so that a record can be made of them.
#[derive(Clone)]
struct Try {
    as_of: i64,
    given: Vec<(SlotId, Lane)>,
}

impl Try {
    /// The facts, with what the vocabulary implies; nothing where that contradicts a given fact.
    fn facts(&self, program: &Program, list: Option<ListId>) -> Option<Facts> {
        let mut facts = Facts::new(program, self.as_of);
        let mut record: Vec<(SlotId, Lane)> = Vec::new();
        for (slot, lane) in &self.given {
            match program.slots[slot.0 as usize].at {
                At::Record(_) => record.push((*slot, *lane)),
                _ => facts.set(*slot, *lane, State::Given),
            }
        }
        for (slot, _) in &self.given {
            let place = program.slots[slot.0 as usize];
            for (other, implied) in &program.facts[place.fact.0 as usize].implies {
                let at = program.slots.iter().position(|s| s.fact == *other && s.at == place.at)?;
                let other = SlotId(at as u32);
                if facts.state(other) == State::Given && facts.get(other) != Some(*implied) {
                    return None;
                }
                facts.set(other, *implied, State::Derived);
            }
        }
        if let Some(list) = list {
            let section = &program.sections[program.lists[list.0 as usize].section];
            let values = section.facts.iter().map(|fact| {
                let found = record.iter().find(|(slot, _)| program.slots[slot.0 as usize].fact == *fact);
                let assumed = program.facts[fact.0 as usize].assume.as_ref().map(|a| (a.value, State::Assumed));
                found.map_or(assumed.unwrap_or_default(), |(_, lane)| (*lane, State::Given))
            });
            facts.add_record(program, list, Record { key: "one".to_owned(), values: values.collect() });
        }
        Some(facts)
    }
}

fn result(program: &Program, decision: &Decision, requirement: usize, tried: &Try) -> Option<Judged> {
    let list = match decision.subject {
        Subject::Account => None,
        Subject::Each(list) => Some(list),
    };
    let facts = tried.facts(program, list)?;
    let facts = list.map_or_else(|| facts.clone(), |list| facts.with_record(program, list, 0));
    Some(reference::decide(program, &facts, decision).results[requirement])
}

/// Does giving `slot` change the result, under some values of the other absent facts?
fn relevant(program: &Program, decision: &Decision, requirement: usize, tried: &Try, slot: SlotId, others: &[SlotId]) -> bool {
    let values = |slot: SlotId| candidates(&program.fact_of(slot).unwrap().ty, tried.as_of);
    let mut tries = vec![tried.clone()];
    for other in others {
        tries = tries
            .into_iter()
            .flat_map(|tried| {
                // A fact behind a guard may stay absent whatever the others are.
                std::iter::once(None).chain(values(*other).into_iter().map(Some)).map(move |lane| {
                    let mut tried = tried.clone();
                    tried.given.extend(lane.map(|lane| (*other, lane)));
                    tried
                })
            })
            .collect();
    }
    tries.into_iter().any(|without| {
        let Some(before) = result(program, decision, requirement, &without) else { return false };
        values(slot).into_iter().any(|lane| {
            let mut with = without.clone();
            with.given.push((slot, lane));
            result(program, decision, requirement, &with).is_some_and(|after| after != before)
        })
    })
}

/// What the plan says is missing from an open requirement, and the absent facts that it reads now.
fn structural(plan: &Plan, at: usize, requirement: usize, facts: &Facts) -> Option<(Vec<SlotId>, Vec<SlotId>)> {
    let planned = &plan.decisions[at];
    let mut truths = Truths::new(plan);
    let account = View::account(facts);
    all_conditions(plan, 0, &account, &mut truths);
    let view = planned.list.map_or(account, |list| View::record(facts, plan, list, 0));
    if let Some(list) = planned.list {
        all_conditions(plan, list.0 as usize + 1, &view, &mut truths);
    }
    let asking = Asking { plan, truths: &truths, view };
    let one = &planned.requirements[requirement];
    if let BodyPlan::Editions(_) = one.body
        && possible(planned, &truths).filter(|possible| *possible).count() != 1
    {
        return None;
    }
    let mut missing = Vec::new();
    asking.requirement(one, planned, u64::MAX, &mut missing);
    let absent = one.reads.iter().filter(|read| view.state(read.slot) == State::Missing && asking.reads_now(read, planned));
    let mut absent: Vec<SlotId> = absent.map(|read| read.slot).collect();
    absent.sort_unstable();
    absent.dedup();
    missing.sort_unstable();
    Some((missing, absent))
}

/// On the boundary day of this window it is open whether or not the code was entered, and the day of entering implies that
/// it was, so whether it was changes nothing by itself; it is listed all the same. The program's threshold asks for the
/// same fact first, so the decision misses it by the contract too.
const ON_THE_BOUNDARY: (&str, &str) = ("promo_code", "activated_in_time");

#[test]
fn missing_facts_of_the_shipped_rules_are_those_that_can_change_a_result() {
    let rules = shipped();
    let (program, plan) = (rules.program(), &rules.plan);
    let mut rng = Rng::new(seed());
    let days = ["2026-03-20", "2025-10-20", "2025-12-10", "2021-12-20", "2022-12-20"].map(|day| parse_day(day).unwrap());
    let mut compared = 0;
    for (at, decision) in program.decisions.iter().enumerate() {
        for (r, planned) in plan.decisions[at].requirements.iter().enumerate() {
            if planned.only_once.is_some() || matches!(planned.body, BodyPlan::Progress(_)) {
                continue;
            }
            let mut slots: Vec<SlotId> = planned.reads.iter().map(|read| read.slot).collect();
            slots.sort_unstable();
            slots.dedup();
            for _ in 0..30 {
                let as_of = *rng.pick(&days);
                let mut tried = Try { as_of, given: Vec::new() };
                for slot in &slots {
                    if rng.chance(50) {
                        let values = candidates(&program.fact_of(*slot).unwrap().ty, as_of);
                        tried.given.push((*slot, *rng.pick(&values)));
                    }
                }
                let list = plan.decisions[at].list;
                let Some(facts) = tried.facts(program, list) else { continue };
                if result(program, decision, r, &tried) != Some(Judged::Open) {
                    continue;
                }
                let Some((missing, absent)) = structural(plan, at, r, &facts) else { continue };
                let unknown: Vec<SlotId> = slots
                    .iter()
                    .copied()
                    .filter(|slot| {
                        !tried.given.iter().any(|(given, _)| given == slot) && program.fact_of(*slot).unwrap().assume.is_none()
                    })
                    .filter(|slot| facts.state(*slot) == State::Missing)
                    .collect();
                if unknown.len() > 3 {
                    continue;
                }
                let wanted: Vec<SlotId> = absent
                    .iter()
                    .copied()
                    .filter(|slot| {
                        let others: Vec<SlotId> = unknown.iter().copied().filter(|other| other != slot).collect();
                        relevant(program, decision, r, &tried, *slot, &others)
                    })
                    .collect();
                compared += 1;
                if (decision.id.as_str(), decision.requirements[r].id.as_str()) == ON_THE_BOUNDARY {
                    continue;
                }
                let names = |slots: &[SlotId]| slots.iter().map(|slot| program.name_of(*slot).to_owned()).collect::<Vec<_>>();
                let given: Vec<String> = tried
                    .given
                    .iter()
                    .map(|(slot, lane)| {
                        format!("{} = {}", program.name_of(*slot), program.fact_of(*slot).unwrap().ty.text(*lane))
                    })
                    .collect();
                let what = format!("{}.{} with {given:?}", decision.id, decision.requirements[r].id);
                assert_eq!(names(&missing), names(&wanted), "{what}");
            }
        }
    }
    assert!(compared > 1_000, "only {compared} open requirements were compared");
    println!("{compared} open requirements compared");
}
