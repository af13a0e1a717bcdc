//! The interview: it settles what it asks about in no more questions than it promised, and what it writes reads back.
//!
//! In: the shipped rules and random answers; the command with answers on standard input. Out: nothing, or what went wrong.
//! Owns the counts. Never looks at how questions are found.

use accredit::advise::{Adviser, Values};
use accredit::eval::{Subjected, Workspace, run};
use accredit::facts::{Format, written};
use accredit::program::{At, Lane, NO_EVENT, SlotId, Type, Verdict};
use accredit::source::FileId;
use accredit::value::parse_day;

use crate::command::{accredit, said, scratch};
use crate::library::shipped;
use crate::random::{Rng, seed};

/// An answer as somebody would type it: one of those that the question itself tells apart.
fn answer(rng: &mut Rng, ty: &Type, answers: &[accredit::advise::Answer]) -> String {
    let text = |lane: Lane| if lane.main == NO_EVENT { "none".to_owned() } else { ty.text(lane) };
    let any = |rng: &mut Rng| match ty {
        Type::Date { .. } => (*rng.pick(&["2026-01-05", "2026-03-10", "2025-11-01"])).to_owned(),
        Type::Money => (*rng.pick(&["0 USD", "250 USD", "99999 USD", "10 EUR"])).to_owned(),
        Type::Integer => rng.below(50).to_string(),
        Type::Decimal => (*rng.pick(&["0", "1.5", "4.1"])).to_owned(),
        Type::Percent => "50%".to_owned(),
        Type::Country => (*rng.pick(&["US", "TH", "VN", "NZ"])).to_owned(),
        Type::Currency => (*rng.pick(&["USD", "CAD"])).to_owned(),
        Type::Text => "one".to_owned(),
        Type::Set(words) => format!("[{}]", rng.pick(words)),
        ty => (*rng.pick(&ty.words())).to_owned(),
    };
    if answers.is_empty() || rng.chance(30) {
        return any(rng);
    }
    match &rng.pick(answers).to {
        Values::OneOf(lanes) if !lanes.is_empty() => text(*rng.pick(lanes)),
        Values::Range(Some(lane), _) | Values::Range(_, Some(lane)) => text(*lane),
        _ => any(rng),
    }
}

#[test]
fn every_decision_is_settled_in_no_more_questions_than_promised() {
    let rules = shipped();
    let (program, plan) = (rules.program(), &rules.plan);
    let adviser = Adviser::new(program, plan);
    let mut workspace = Workspace::new(plan);
    let mut rng = Rng::new(seed() ^ 23);
    let (mut interviews, mut asked_in_all, mut promised_in_all, mut settled) = (0, 0, 0, 0);
    for (at, decision) in program.decisions.iter().enumerate().filter(|(at, _)| plan.decisions[*at].list.is_none()) {
        for _ in 0..12 {
            let day: &str = rng.pick::<&str>(&["2026-03-20", "2025-10-20", "2025-12-10"]);
            let as_of = parse_day(day).unwrap();
            let mut facts = rules.reader.blank(as_of);
            let (mut promised, mut asked) = (None, 0);
            let verdict = loop {
                run(plan, &facts, &mut workspace);
                let subject: Subjected = *workspace.subjects.iter().find(|subject| subject.decision == at).unwrap();
                let questions = adviser.ask(&facts, &subject, &[]).unwrap();
                let Some(question) = questions.questions.first() else { break subject.decided.verdict };
                let promised = *promised.get_or_insert(questions.questions.len());
                assert!(asked < promised, "{}: {promised} questions promised, and still one to ask", decision.id);
                assert!(asked + questions.questions.len() <= promised, "{}: the promise grows", decision.id);
                let fact = program.fact_of(question.slot).unwrap();
                let slot: SlotId = question.slot;
                assert!(matches!(program.slots[slot.0 as usize].at, At::Single | At::Keyed(..)));
                // An answer that contradicts another one is refused, and another one is given.
                let mut tries = 0;
                facts = loop {
                    let text = answer(&mut rng, &fact.ty, &question.answers);
                    let document = written(program, &facts, Some((&(slot, None), &text)), &[]);
                    match rules.reader.read(FileId(0), &document, Format::Yaml) {
                        Ok(facts) => break facts,
                        Err(findings) => assert!(tries < 40, "{text}: {:?}\n{document}", findings[0].headline),
                    }
                    tries += 1;
                };
                asked += 1;
            };
            interviews += 1;
            asked_in_all += asked;
            promised_in_all += promised.unwrap_or(0);
            settled += usize::from(verdict != Verdict::Undetermined);
        }
    }
    println!("{interviews} interviews: {asked_in_all} questions asked, {promised_in_all} promised, {settled} settled");
    assert!(settled * 10 > interviews * 5 && asked_in_all > interviews);
}

#[test]
fn an_interview_can_be_left_and_resumed() {
    let args = ["ask", "--as-of", "2026-03-20", "--program", "new_advertiser_ladder"];
    let (code, document, told) = said(&accredit(&args, "no\n?\nmaybe\nyes\nq\n"));
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("At most 19 questions settle it") && told.contains("Seller Center"), "{told}");
    assert!(told.contains("expects yes or no"), "a wrong answer is told and asked again: {told}");
    assert!(document.contains("operates_shop: no") && document.contains("# unknown: "), "{document}");
    let unknown: Vec<&str> = document.lines().filter(|line| line.starts_with("# unknown: ")).collect();
    assert_eq!(unknown.len(), 1, "{document}");
    let file = scratch("left.yaml", document.as_bytes());
    let (code, out, _) = said(&accredit(&["check", file.to_str().unwrap(), "--format", "json"], ""));
    assert!(code == 0 && out.contains("\"timeline\":[{"), "what was written is a document");
    let out_file = file.with_file_name("resumed.yaml");
    let mut again = args.to_vec();
    again.extend([file.to_str().unwrap(), "-o", out_file.to_str().unwrap()]);
    let first_question = told.lines().find(|line| line.starts_with("2. ")).unwrap().trim_start_matches("2. ").to_owned();
    let (code, out, told) = said(&accredit(&again, &"?\n".repeat(40)));
    assert_eq!((code, out.as_str()), (0, ""), "{told}");
    assert!(!told.contains(&first_question), "what nobody knows is not asked again: {told}");
    let written = std::fs::read_to_string(&out_file).unwrap();
    assert!(written.contains("operates_shop: no") && written.contains(unknown[0]), "{written}");
    std::fs::remove_dir_all(file.parent().unwrap()).unwrap();
}
