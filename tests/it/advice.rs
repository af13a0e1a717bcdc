//! Advice on random rule sets and accounts: what it promises comes true, and what it leaves out does nothing.
//!
//! In: random pairs. Out: nothing, or the pair on which a promise failed.
//! Owns the promises: each one is put to the naive reference, never to what gave the advice.

use std::rc::Rc;

use accredit::advise::{self, Advice, Adviser, ChangeSet, Values};
use accredit::eval::reference::decide;
use accredit::eval::{Workspace, run};
use accredit::facts::{Facts, State};
use accredit::plan::{Plan, lower};
use accredit::program::{AS_OF, Change, Decision, Lane, Move, NO_EVENT, Program, SlotId, Type, Verdict};

use crate::random::{Rng, RuleSet, assumed, give, pairs, seed, shown, subjects};

/// The number of pairs to try: `ACCREDIT_ADVICE`.
fn count() -> usize {
    std::env::var("ACCREDIT_ADVICE").ok().and_then(|count| count.parse().ok()).unwrap_or(2_000)
}

const fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::DoesNotQualify | Verdict::Lost | Verdict::Closed | Verdict::Denied | Verdict::Fail => 0,
        Verdict::Undetermined => 1,
        Verdict::Blocked => 2,
        Verdict::OnTrack => 3,
        Verdict::Qualifies | Verdict::Allowed | Verdict::Pass => 4,
    }
}

/// The program with random changes allowed, by every kind of party.
fn changeable(program: &Program, rng: &mut Rng) -> Program {
    let mut program = program.clone();
    for fact in program.facts.iter_mut().skip(1) {
        let by = |party: &str| Change::By(party.to_owned());
        let all = |to: &str| Move { to: vec![to.to_owned()], from: vec!["any".to_owned()], warn: None };
        (fact.change, fact.moves) = match rng.below(8) {
            0 | 1 => (Change::Never, Vec::new()),
            2 => (by("spend"), Vec::new()),
            3 => (by("time"), Vec::new()),
            4 | 5 => (by("tiktok"), Vec::new()),
            6 => {
                let to: &str = rng.pick::<&str>(&["any", "more", "less"]);
                (by("client"), vec![all(to)])
            }
            _ => {
                let words: Vec<String> = fact.ty.words().into_iter().map(str::to_owned).collect();
                let to = if words.is_empty() { "any".to_owned() } else { rng.pick(&words).clone() };
                (by("client"), vec![all(&to)])
            }
        };
        fact.never_advise = rng.chance(10);
    }
    program
}

/// Runs `look` on the advice for every decision of random pairs, with the facts of its subject.
fn each(mut look: impl FnMut(&mut Rng, &RuleSet, &Program, &Decision, &Facts, &Advice)) {
    let mut rng = Rng::new(seed() ^ 11);
    let mut last: Option<(Rc<RuleSet>, Program, Plan)> = None;
    for (set, facts) in pairs(count(), seed()) {
        if !last.as_ref().is_some_and(|(known, ..)| Rc::ptr_eq(known, &set)) {
            let program = changeable(set.program(), &mut rng);
            last = Some((Rc::clone(&set), program, lower(&set.sound)));
        }
        let (_, program, plan) = last.as_ref().unwrap();
        let adviser = Adviser::new(program, plan);
        let mut workspace = Workspace::new(plan);
        run(plan, &facts, &mut workspace);
        let decided = workspace.subjects.clone();
        for (subject, (decision, own)) in decided.iter().zip(subjects(program, &facts)) {
            let advice = adviser.one(&facts, subject, &[]).unwrap();
            look(&mut rng, &set, program, decision, &own, &advice);
        }
    }
}

fn fail(what: &str, set: &RuleSet, program: &Program, decision: &Decision, facts: &Facts, advice: &Advice) -> ! {
    let name = |slot: SlotId| format!("{}#{}", program.name_of(slot), slot.0);
    let questions: Vec<String> = advice.ask.questions.iter().map(|question| name(question.slot)).collect();
    let asked = (questions, advice.ask.idle.iter().map(|slot| name(*slot)).collect::<Vec<_>>());
    let sets: Vec<String> = {
        let set = |set: &ChangeSet| {
            let changes = set
                .set
                .iter()
                .map(|c| format!("{} {:?} {:?}", name(c.slot), program.fact_of(c.slot).unwrap().ty.text(c.tried), c.to));
            format!("{} -> {:?} until {:?}", changes.collect::<Vec<_>>().join(" + "), set.then, set.until)
        };
        advice.changes.sets.iter().map(set).collect()
    };
    panic!(
        "{what}\nACCREDIT_SEED={} {}: {:?}\n{}\nfacts as of {}:\n{}questions and idle {asked:?}\nchanges {sets:#?}\ntimeline {:?}",
        set.seed,
        decision.id,
        decide(program, facts, decision).verdict,
        set.text,
        accredit::value::day_text(facts.as_of()),
        shown(program, facts),
        advice.timeline,
    )
}

fn on(facts: &Facts, day: i64) -> Facts {
    let mut facts = facts.clone();
    facts.set(AS_OF, Lane { main: day, aux: 0 }, State::Given);
    facts
}

#[test]
fn timelines_name_every_day_on_which_a_verdict_turns() {
    let mut turns = 0;
    each(|rng, set, program, decision, facts, advice| {
        let Some(timeline) = &advice.timeline else { return };
        turns += timeline.len() - 1;
        let today = facts.as_of();
        let near = if rng.chance(10) { 0..400 } else { 0..40 };
        let turned = timeline.iter().flat_map(|stretch| [stretch.from - 1, stretch.from, stretch.from + 1]);
        let far: Vec<i64> = (0..10).map(|_| today + rng.between(40, 4_000)).collect();
        for day in near.map(|days| today + days).chain(turned).chain(far) {
            if day < today || day > accredit::value::MAX_DAY {
                continue;
            }
            let promised = timeline.iter().rfind(|stretch| stretch.from <= day).unwrap().verdict;
            if decide(program, &on(facts, day), decision).verdict != promised {
                fail(&format!("on {}: {promised:?}", accredit::value::day_text(day)), set, program, decision, facts, advice);
            }
        }
        for pair in timeline.windows(2) {
            if pair[0].from >= pair[1].from || pair[0].verdict == pair[1].verdict || pair[1].through.is_none() {
                fail("a turn that is none, or through nothing", set, program, decision, facts, advice);
            }
        }
    });
    assert!(turns > count() / 10, "only {turns} turns");
    println!("{turns} turns");
}

#[test]
fn only_what_is_asked_can_change_a_verdict() {
    let (mut questions, mut idle, mut unanalysed) = (0, 0, 0);
    each(|rng, set, program, decision, facts, advice| {
        let asked = &advice.ask;
        unanalysed += usize::from(!asked.complete);
        // Where editions leave cases out, one that turns out not to apply opens everything again.
        if decide(program, facts, decision).verdict != Verdict::Undetermined || !decision.editions.is_empty() {
            return;
        }
        let listed: Vec<SlotId> = asked.questions.iter().map(|question| question.slot).collect();
        questions += listed.len();
        idle += asked.idle.len();
        let others: Vec<SlotId> = (1..program.slots.len() as u32)
            .map(SlotId)
            .filter(|slot| facts.get(*slot).is_none() && !assumed(program, *slot) && !listed.contains(slot))
            // What a fact implies is told with it: that is another fact, unless there is said to be no need for either.
            .filter(|slot| program.fact_of(*slot).unwrap().implies.is_empty() || asked.idle.contains(slot))
            .collect();
        for round in 0..6 {
            let mut some = facts.clone();
            let share = *rng.pick(&[0, 30, 70, 100, 100]);
            let consistent = listed.iter().all(|slot| {
                !rng.chance(if round == 0 { 100 } else { share })
                    || some.get(*slot).is_some()
                    || give(set, &mut some, *slot, rng)
            });
            if !consistent {
                continue;
            }
            let before = decide(program, &some, decision).verdict;
            let mut more = some.clone();
            let consistent = others.iter().all(|slot| {
                more.get(*slot).is_some()
                    || !rng.chance(if round % 2 == 0 { 100 } else { 40 })
                    || give(set, &mut more, *slot, rng)
            });
            // Only an open verdict is to be settled; a lost credit may also fail, which settles nothing more.
            if !consistent || before != Verdict::Undetermined {
                continue;
            }
            let after = decide(program, &more, decision).verdict;
            if after != before {
                let (old, new) = (shown(program, &some), shown(program, &more));
                let added: Vec<&str> = new.lines().filter(|line| !old.contains(line)).collect();
                let given: Vec<&str> = old.lines().filter(|line| !shown(program, facts).contains(line)).collect();
                let what = format!("{before:?} becomes {after:?} with {given:#?} by {added:#?}");
                fail(&what, set, program, decision, facts, advice);
            }
        }
    });
    println!("{questions} questions, {idle} idle, {unanalysed} not analysed");
    assert!(questions > count() / 4 && idle > count() / 20, "{questions} questions, {idle} idle");
}

/// May a fact be brought from one value to another? Said once more, in plain words of the contract.
fn allowed(program: &Program, slot: SlotId, from: Lane, to: Lane) -> bool {
    let fact = program.fact_of(slot).unwrap();
    let Change::By(party) = &fact.change else { return false };
    let more = |a: Lane, b: Lane| match fact.ty {
        Type::Money => a.aux == b.aux && b.main > a.main,
        Type::Set(_) => a.main & b.main == a.main && a.main != b.main,
        Type::Date { .. } => a.main == NO_EVENT || b.main > a.main,
        _ => (b.main, b.aux) > (a.main, a.aux),
    };
    let words = matches!(fact.ty, Type::Bool | Type::Enum(_) | Type::Set(_) | Type::Country | Type::Currency | Type::Text);
    !fact.never_advise
        && from != to
        && match party.as_str() {
            "client" => fact.moves.iter().any(|m| {
                m.to.iter().any(|word| match word.as_str() {
                    "any" => true,
                    "more" => more(from, to),
                    "less" => more(to, from),
                    word => match fact.ty {
                        Type::Set(_) => Some(to.main) == fact.ty.word(word).map(|bit| 1 << bit),
                        _ => Some(to.main) == fact.ty.word(word),
                    },
                })
            }),
            "spend" | "time" => words || more(from, to),
            _ => true,
        }
}

/// Is a value among those that are told? Of texts nothing is said.
fn among(program: &Program, slot: SlotId, values: &Values, lane: Lane) -> bool {
    let money = program.fact_of(slot).unwrap().ty == Type::Money;
    let order = |lane: Lane| if money { (lane.main, 0) } else { (lane.main, lane.aux) };
    let unit = |end: &Lane| !money || end.aux == lane.aux;
    match values {
        Values::OneOf(lanes) => lanes.contains(&lane),
        Values::NotOneOf(lanes) => !lanes.contains(&lane),
        Values::Range(low, high) => {
            lane.main != NO_EVENT
                && low.iter().chain(high).all(unit)
                && low.is_none_or(|low| order(low) <= order(lane))
                && high.is_none_or(|high| order(lane) <= order(high))
        }
        Values::Texts(_) | Values::OtherTexts(_) => false,
    }
}

/// A value in the middle of a range that has both ends, and one anywhere in it.
fn between(rng: &mut Rng, low: &Option<Lane>, high: &Option<Lane>) -> Vec<Lane> {
    let Some((low, high)) = low.zip(*high).filter(|(low, high)| high.main - low.main > 1) else { return Vec::new() };
    let steps = high.main - low.main;
    // Between the whole numbers of the ends any fraction lies within.
    [steps / 2, 1 + rng.between(0, steps - 2)].map(|by| Lane { main: low.main + by, ..low }).to_vec()
}

fn changed(facts: &Facts, set: &ChangeSet) -> Facts {
    let mut facts = facts.clone();
    for change in &set.set {
        let lane = match &change.to {
            Values::Texts(texts) => Lane { main: facts.intern(&texts[0]), aux: 0 },
            Values::OtherTexts(_) => Lane { main: facts.intern("a text that nobody names"), aux: 0 },
            _ => change.tried,
        };
        facts.set(change.slot, lane, State::Given);
    }
    facts
}

#[test]
fn changes_lead_where_they_say_and_no_part_of_them_does() {
    let (mut sets, mut several, mut unanalysed) = (0, 0, 0);
    each(|rng, set, program, decision, facts, advice| {
        let changes = &advice.changes.sets;
        unanalysed += usize::from(!advice.changes.complete);
        let now = decide(program, facts, decision).verdict;
        for one in changes {
            sets += 1;
            several += usize::from(one.set.len() > 1);
            let fail = |what: &str| fail(&format!("{what}: {one:?}"), set, program, decision, facts, advice);
            let text = |slot: SlotId| program.fact_of(slot).unwrap().ty == Type::Text;
            if one.set.iter().any(|change| {
                !text(change.slot) && !allowed(program, change.slot, facts.get(change.slot).unwrap(), change.tried)
            }) {
                fail("not allowed");
            }
            let after = changed(facts, one);
            if decide(program, &after, decision).verdict != one.then || rank(one.then) <= rank(now) {
                fail("leads elsewhere");
            }
            for left_out in 0..one.set.len() {
                let mut less = one.clone();
                less.set.remove(left_out);
                if rank(decide(program, &changed(facts, &less), decision).verdict) >= rank(one.then) {
                    fail(&format!("one change too many: {left_out}"));
                }
            }
            if let Some(until) = one.until {
                let begin = after.as_of();
                let days = [begin, until, begin + (until - begin) / 2, begin + rng.between(0, until - begin)];
                if days.into_iter().any(|day| decide(program, &on(&after, day), decision).verdict != one.then) {
                    fail("not until then");
                }
                // Of a text it is not said which one was tried, so any of those that are told may be it.
                let ends = |facts: &Facts| decide(program, &on(facts, until + 1), decision).verdict != one.then;
                let other_text_ends = |change: &advise::Change| match &change.to {
                    Values::Texts(texts) => texts.iter().any(|text| {
                        let mut other = after.clone();
                        let lane = Lane { main: other.intern(text), aux: 0 };
                        other.set(change.slot, lane, State::Given);
                        ends(&other)
                    }),
                    _ => false,
                };
                if !ends(&after) && !one.set.iter().any(other_text_ends) {
                    fail("longer than until then");
                }
            }
            for change in &one.set {
                let mut values = Vec::new();
                let mut other = after.clone();
                match &change.to {
                    Values::OneOf(lanes) => values.extend(lanes),
                    Values::NotOneOf(_) | Values::OtherTexts(_) => {}
                    Values::Texts(texts) => values.extend(texts.iter().map(|text| Lane { main: other.intern(text), aux: 0 })),
                    Values::Range(low, high) => values.extend(low.iter().chain(high).copied().chain(between(rng, low, high))),
                }
                let (fact, from) = (program.slots[change.slot.0 as usize].fact, facts.get(change.slot).unwrap());
                let drawn = [(); 4].map(|()| set.lane(rng, &mut other, fact, &mut vec![facts.as_of()], "USD"));
                let is_among = |lane: &Lane| match &change.to {
                    Values::Texts(texts) => texts.iter().any(|text| text == other.text(*lane)),
                    Values::OtherTexts(texts) => !texts.iter().any(|text| text == other.text(*lane)),
                    to => among(program, change.slot, to, *lane),
                };
                let is_allowed = |lane: &Lane| allowed(program, change.slot, from, *lane);
                values.extend(drawn.into_iter().filter(|lane| is_among(lane) && is_allowed(lane)));
                for value in values {
                    other.set(change.slot, value, State::Given);
                    let value = || program.fact_of(change.slot).unwrap().ty.text(value);
                    if decide(program, &other, decision).verdict != one.then {
                        fail(&format!("{} leads elsewhere", value()));
                    }
                    // However it is done, the verdict holds as long as is said.
                    let begin = other.as_of();
                    let last = one.until.unwrap_or(begin + 4_000).clamp(begin, accredit::value::MAX_DAY.max(begin));
                    let days = [last, begin + (last - begin) / 2, begin + rng.between(0, last - begin)];
                    let days = days.into_iter().chain([begin + rng.between(0, (last - begin).min(40)), begin + 1]);
                    for day in days.filter(|day| *day <= last) {
                        if decide(program, &on(&other, day), decision).verdict != one.then {
                            fail(&format!("{} does not last until then: {}", value(), accredit::value::day_text(day)));
                        }
                    }
                }
            }
        }
        // What one change does, is told.
        let known: Vec<SlotId> = (1..program.slots.len() as u32)
            .map(SlotId)
            .filter(|slot| matches!(facts.state(*slot), State::Given | State::Derived))
            .collect();
        if known.is_empty() || changes.len() >= 10 || !advice.changes.complete {
            return;
        }
        for _ in 0..6 {
            let slot = *rng.pick(&known);
            let mut other = facts.clone();
            let lane = set.lane(rng, &mut other, program.slots[slot.0 as usize].fact, &mut vec![facts.as_of()], "USD");
            let implies = (0..).zip(&program.slots).any(|(at, place)| {
                let same = place.at == program.slots[slot.0 as usize].at;
                let implied = program.facts[place.fact.0 as usize].implies.iter();
                same && (SlotId(at) == slot || implied.map(|(fact, _)| *fact).any(|f| f == program.slots[slot.0 as usize].fact))
                    && !program.facts[place.fact.0 as usize].implies.is_empty()
            });
            let balance = program.fact_of(slot).unwrap().ty == Type::Money
                && program.fact_of(slot).unwrap().change == Change::By("spend".to_owned());
            if implies || balance || !allowed(program, slot, facts.get(slot).unwrap(), lane) {
                continue;
            }
            other.set(slot, lane, State::Given);
            let after = decide(program, &other, decision).verdict;
            let told =
                changes.iter().any(|one| one.set.len() == 1 && one.set[0].slot == slot && rank(one.then) >= rank(after).min(3));
            let counted = decision.requirements.iter().any(|requirement| {
                matches!(&requirement.body, accredit::program::Body::Progress(progress) if progress.counted.is_some())
            });
            if rank(after) >= 3 && rank(after) > rank(now) && !told && !counted {
                let ty = &program.fact_of(slot).unwrap().ty;
                let what = format!("{} to {} leads to {after:?}", program.name_of(slot), ty.text(lane));
                fail(&what, set, program, decision, facts, advice);
            }
        }
    });
    println!("{sets} sets, {several} of several changes, {unanalysed} not analysed");
    assert!(sets > count() / 10 && several > count() / 100, "{sets} sets, {several} of several changes");
}

/// Rules of a few facts with few values, so that every account can be tried.
const SMALL: &str = r#"
ruleset small version 1
party client "the client"
party platform "the platform"
party spend "spending"
party time "waiting"
source src {
  title "t"
  read 2026-01-02
  rank 1
}
remedy fix by client {
  say "Fix it."
}
facts acct "Account" {
  fact color: one of red, green, blue
    ask "q"
    find "f"
    change by client
    become green from red
    become blue from green
  fact other: one of red, green, blue
    ask "q"
    find "f"
    change by platform
  fact ready: yes or no
    ask "q"
    find "f"
    change by client
    become yes from no
  fact fixed: yes or no
    ask "q"
    find "f"
    change never
  fact begun: date or none
    ask "q"
    find "f"
    change never
  fact spent: money
    ask "q"
    find "f"
    change by spend
}
credit small "Small" for acct {
  per src
  require a "a"
    met   when acct.color is acct.other or acct.ready is yes
    fails otherwise
    per   src
    else  fix
  require b "b"
    met   when acct.fixed is yes and then acct.color is not red
    fails when acct.fixed is no and acct.ready is no
    open  otherwise because "no source says"
    per   src
    else  fix
  require c "c"
    progress of acct.spent
      toward 2 USD
      within 2 days of acct.begun with first day unstated
    per   src
    else  fix
  reward none
}
"#;

/// Every value of a fact, and nothing at all.
fn values_of(program: &Program, slot: SlotId, as_of: i64) -> Vec<Option<Lane>> {
    let lane = |main| Some(Lane { main, aux: 0 });
    let mut values = match &program.fact_of(slot).unwrap().ty {
        Type::Enum(words) => (0..words.len() as i64).map(lane).collect(),
        Type::Bool => vec![lane(0), lane(1)],
        Type::Date { .. } => [-3, -2, -1, 0, 1].map(|by| lane(as_of + by)).into_iter().chain([lane(NO_EVENT)]).collect(),
        _ => [100, 200].map(|main| Some(Lane { main, aux: 840 })).to_vec(),
    };
    values.push(None);
    values
}

/// Facts that matter only while what is asked before them stays unanswered: any color settles both requirements.
const UNANSWERED: &str = r#"
  require a "a"
    met   when acct.color is acct.color or acct.ready is yes
    fails otherwise
    per   src
    else  fix
  require b "b"
    met   when acct.color is acct.color or acct.fixed is yes
    open  otherwise because "no source says"
    per   src
    else  fix
  reward none
}
"#;

/// A fact of which only matters that it is known, while another one implies one of its values.
const IMPLIED: &str = r#"
  require a "a"
    needs acct.fixed
    per   src
    else  fix
  require b "b"
    needs acct.begun
    per   src
    else  fix
  reward none
}
"#;

/// What is asked of an account about which nothing is known, by the requirements of a credit over the small vocabulary.
fn asked_of_nothing(vocabulary: impl Fn(&str) -> String, requirements: &str) -> (Vec<String>, Vec<String>, bool) {
    let (head, _) = SMALL.split_once("  require a").unwrap();
    let text = format!("{}{}", vocabulary(head), &requirements[1..]);
    let rules = accredit::RuleSet::read(vec![("small.terms".to_owned(), text)]);
    let rules = rules.unwrap_or_else(|unusable| panic!("{:#?}", unusable.findings));
    let adviser = Adviser::new(rules.program(), &rules.plan);
    let mut workspace = Workspace::new(&rules.plan);
    let facts = Facts::new(rules.program(), 739_700);
    run(&rules.plan, &facts, &mut workspace);
    let asked = adviser.one(&facts, &workspace.subjects[0], &[]).unwrap().ask;
    assert!(asked.complete);
    let name = |slot: SlotId| rules.program().name_of(slot).to_owned();
    let questions = asked.questions.iter().map(|question| name(question.slot)).collect();
    (questions, asked.idle.iter().map(|slot| name(*slot)).collect(), asked.hopeful)
}

#[test]
fn an_answer_may_stand_in_for_another_one_that_is_asked_first() {
    let (questions, idle, hopeful) = asked_of_nothing(str::to_owned, UNANSWERED);
    // Who does not know the color can say that it is ready and fixed; neither does anything once the color is known.
    assert_eq!(questions, ["acct.color", "acct.ready", "acct.fixed"]);
    assert!(idle.is_empty() && hopeful);
}

#[test]
fn a_fact_that_follows_from_an_answer_takes_the_value_that_follows() {
    let begun = "begun: date or none\n    ask \"q\"\n    find \"f\"\n    change never\n";
    let implying = |head: &str| {
        assert!(head.contains(begun));
        head.replace(begun, &format!("{begun}    implies acct.fixed is yes\n"))
    };
    let (questions, idle, hopeful) = asked_of_nothing(implying, IMPLIED);
    // Whoever tells when it began has told that it is fixed; that it is not fixed would contradict every day.
    assert_eq!((questions, idle), (vec!["acct.begun".to_owned()], vec!["acct.fixed".to_owned()]));
    assert!(hopeful);
}

/// An action that waits for no progress, only for one of three facts.
const PENDING: &str = r#"
  require a "a"
    met   when acct.color is acct.other or acct.ready is yes
    open  otherwise because "no source says"
    per   src
    else  fix
  require c "c"
    progress of acct.spent
      toward 2 USD
      within 2 days of acct.begun with first day unstated
    per   src
    else  fix
}
"#;

#[test]
fn what_is_not_due_yet_keeps_no_action_from_being_allowed() {
    let (head, _) = SMALL.split_once("  require a").unwrap();
    let text = format!("{}{}", head.replace("credit small", "action small"), &PENDING[1..]);
    let rules = accredit::RuleSet::read(vec![("small.terms".to_owned(), text)]);
    let rules = rules.unwrap_or_else(|unusable| panic!("{:#?}", unusable.findings));
    let program = rules.program();
    let mut facts = Facts::new(program, 739_700);
    let told = [("color", 0, 0), ("other", 2, 0), ("ready", 0, 0), ("begun", 739_700, 0), ("spent", 100, 840)];
    for (name, main, aux) in told {
        let named = |slot: &u32| program.name_of(SlotId(*slot)) == format!("acct.{name}");
        let slot = (0..program.slots.len() as u32).find(named).unwrap();
        facts.set(SlotId(slot), Lane { main, aux }, State::Given);
    }
    let mut workspace = Workspace::new(&rules.plan);
    run(&rules.plan, &facts, &mut workspace);
    assert_eq!(workspace.subjects[0].decided.verdict, Verdict::Undetermined);
    let changes = Adviser::new(program, &rules.plan).one(&facts, &workspace.subjects[0], &[]).unwrap().changes;
    let sets = changes.sets.iter();
    let sets: Vec<Vec<&str>> = sets.map(|one| one.set.iter().map(|change| program.name_of(change.slot)).collect()).collect();
    // Neither more spending nor another day is needed, and nothing that nobody can do is told.
    assert_eq!(sets, [["acct.ready"], ["acct.other"]]);
    assert!(changes.complete && changes.sets.iter().all(|one| one.then == Verdict::Allowed));
}

/// On a small domain advice is compared with everything that there is: every account, every answer, every set of moves.
#[test]
fn advice_is_what_trying_everything_finds() {
    let file = ("small.terms".to_owned(), SMALL.to_owned());
    let rules = accredit::RuleSet::read(vec![file]).unwrap_or_else(|unusable| panic!("{:#?}", unusable.findings));
    let (program, plan) = (rules.program(), &rules.plan);
    let adviser = Adviser::new(program, plan);
    let mut workspace = Workspace::new(plan);
    let as_of = 739_700;
    let slots: Vec<SlotId> = (1..program.slots.len() as u32).map(SlotId).collect();
    let decision = &program.decisions[0];
    let decided = |account: &[Option<Lane>]| {
        let mut facts = Facts::new(program, as_of);
        for (slot, value) in slots.iter().zip(account) {
            value.iter().for_each(|lane| facts.set(*slot, *lane, State::Given));
        }
        let verdict = decide(program, &facts, decision).verdict;
        (facts, verdict)
    };
    // Every account with every fact known or not.
    let mut accounts: Vec<Vec<Option<Lane>>> = vec![Vec::new()];
    for slot in &slots {
        let values = values_of(program, *slot, as_of);
        accounts =
            accounts.iter().flat_map(|account| values.iter().map(|value| [account.clone(), vec![*value]].concat())).collect();
    }
    let verdicts: std::collections::HashMap<Vec<Option<Lane>>, Verdict> =
        accounts.iter().map(|account| (account.clone(), decided(account).1)).collect();
    let (mut asked, mut sets) = (0, 0);
    for (at, account) in accounts.iter().enumerate() {
        let (facts, verdict) = decided(account);
        run(plan, &facts, &mut workspace);
        let advice = adviser.one(&facts, &workspace.subjects[0], &[]).unwrap();
        let names = |slots: &[SlotId]| slots.iter().map(|slot| program.name_of(*slot)).collect::<Vec<_>>();
        let what = format!("{verdict:?}\n{}", shown(program, &facts));
        // A fact is worth asking exactly if some other answers make it turn an open verdict. Every third account is enough.
        if verdict == Verdict::Undetermined && at % 3 == 0 {
            let mut wanted: Vec<SlotId> = Vec::new();
            for (place, slot) in slots.iter().enumerate().filter(|(place, _)| account[*place].is_none()) {
                let extends = |other: &&Vec<Option<Lane>>| {
                    other[place].is_none() && account.iter().zip(other.iter()).all(|(own, given)| own.is_none() || own == given)
                };
                let turns = |other: &Vec<Option<Lane>>| {
                    verdicts[other] == Verdict::Undetermined
                        && values_of(program, *slot, as_of).into_iter().any(|value| {
                            let mut with = other.clone();
                            with[place] = value;
                            verdicts[&with] != Verdict::Undetermined
                        })
                };
                if accounts.iter().filter(extends).any(turns) {
                    wanted.push(*slot);
                }
            }
            let mut found: Vec<SlotId> = advice.ask.questions.iter().map(|question| question.slot).collect();
            found.sort_unstable();
            assert!(advice.ask.complete, "{what}");
            assert_eq!(names(&found), names(&wanted), "{what}");
            asked += found.len();
        }
        // Changes of known facts, without waiting: all sets of facts for which there are moves that lead to the best verdict
        // that can be had, and of which no part will do.
        let mut leads: Vec<(Vec<SlotId>, u8)> = Vec::new();
        for mask in 1_u32..1 << slots.len() {
            let chosen: Vec<usize> = (0..slots.len()).filter(|place| mask >> place & 1 == 1).collect();
            if chosen.iter().any(|place| account[*place].is_none()) {
                continue;
            }
            let mut tries = vec![account.clone()];
            for place in &chosen {
                let from = account[*place].unwrap();
                let values = values_of(program, slots[*place], as_of).into_iter().flatten();
                let values: Vec<Lane> = values.filter(|to| may(program, slots[*place], from, *to)).collect();
                tries = tries
                    .iter()
                    .flat_map(|tried| {
                        values.iter().map(|value| {
                            let mut tried = tried.clone();
                            tried[*place] = Some(*value);
                            tried
                        })
                    })
                    .collect();
            }
            let best = tries.iter().map(|tried| rank(verdicts[tried])).max().unwrap_or(0);
            leads.push((chosen.iter().map(|place| slots[*place]).collect(), best));
        }
        for wanted in [4, 3] {
            if rank(verdict) >= wanted {
                continue;
            }
            let reach: Vec<&Vec<SlotId>> = leads.iter().filter(|(_, best)| *best >= wanted).map(|(set, _)| set).collect();
            let within = |small: &Vec<SlotId>, large: &Vec<SlotId>| small.iter().all(|slot| large.contains(slot));
            let mut smallest: Vec<Vec<&str>> = reach
                .iter()
                .filter(|set| !reach.iter().any(|other| other.len() < set.len() && within(other, set)))
                .map(|set| names(set))
                .collect();
            let told = advice.changes.sets.iter().filter(|set| rank(set.then) >= wanted);
            let told = told.map(|set| set.set.iter().map(|change| change.slot).collect::<Vec<_>>());
            let told: Vec<Vec<SlotId>> = told.filter(|set| !set.contains(&AS_OF)).collect();
            let minimal = told.iter().filter(|set| !told.iter().any(|other| other.len() < set.len() && within(other, set)));
            let mut found: Vec<Vec<&str>> = minimal.map(|set| names(set)).collect();
            smallest.sort();
            found.sort();
            assert!(advice.changes.complete, "{what}");
            assert_eq!(found, smallest, "{wanted} {what}{:?}", advice.changes.sets);
            sets += found.len();
        }
    }
    println!("{} accounts, {asked} questions, {sets} sets", accounts.len());
    assert!(asked > 100 && sets > 100);
}

/// May a fact of the small rules be brought from one value to another?
fn may(program: &Program, slot: SlotId, from: Lane, to: Lane) -> bool {
    match program.name_of(slot) {
        "acct.color" => (from.main, to.main) == (0, 1) || (from.main, to.main) == (1, 2),
        "acct.other" => from != to,
        "acct.ready" => (from.main, to.main) == (0, 1),
        "acct.spent" => to.main > from.main,
        _ => false,
    }
}
