//! How long deciding takes, stage by stage, with the whole library and prepared rules.
//!
//! In: the rules of this repository and one typical account. Out: times, and counts to relate them to.
//! Owns no bound: it prints, it never fails. `benches/instructions` counts instructions of the same stages.
//!
//! With `ACCREDIT_STAGE=name` and `ACCREDIT_TIMES=n` one stage runs n times and nothing is measured, for callgrind.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a benchmark that cannot start has nothing to measure"
)]

use std::hint::black_box;

use accredit::advise::{Advised, Adviser};
use accredit::eval::{Workspace, run};
use accredit::explain::{Explanation, explain, explain_into};
use accredit::facts::{Accounts, Facts, Format, State};
use accredit::program::{AS_OF, Decision, Lane};
use accredit::report::{Report, write_json};
use accredit::source::FileId;
use accredit::syntax::DecisionKind;
use accredit::{RuleSet, check, source, syntax};

/// A typical account: 30 facts and one offer.
const ACCOUNT: &str = include_str!("account.json");
/// Two others, of which other facts are told: what was found for one account is of little use to the next.
const OTHERS: [&str; 2] = [include_str!("../rules/examples/prospect.yaml"), include_str!("../rules/examples/agency.yaml")];

struct Bench {
    texts: Vec<(String, String)>,
    rules: RuleSet,
    facts: Facts,
    others: [Facts; 2],
}

impl Bench {
    fn new() -> Self {
        let texts = rule_texts();
        let rules = RuleSet::read(texts.clone()).expect("the rules of this repository are sound");
        let facts = rules.reader.read(FileId(0), ACCOUNT, Format::Json).expect("the account reads");
        let others = OTHERS.map(|text| {
            let mut other = rules.reader.read(FileId(0), text, Format::Yaml).expect("the example reads");
            // The accounts of a portfolio are checked for one day.
            other.set(AS_OF, Lane { main: facts.as_of(), aux: 0 }, State::Given);
            other
        });
        Self { texts, rules, facts, others }
    }

    fn parse_and_check(&self) -> usize {
        let mut all = syntax::Syntax::default();
        for (name, text) in &self.texts {
            let file = source::SourceFile::new(name.as_str(), text.as_str());
            all.items.extend(syntax::parse(FileId(0), &file).0.items);
        }
        check::check(&all).program.decisions.len()
    }

    fn verdicts(&self, facts: &Facts, workspace: &mut Workspace) -> usize {
        run(&self.rules.plan, black_box(facts), workspace);
        workspace.subjects.len()
    }

    fn explanations<'a>(&'a self, facts: &'a Facts, workspace: &mut Workspace, told: &mut Vec<Explanation<'a>>) -> usize {
        let rules = &self.rules;
        explain_into(rules.program(), &rules.plan, &rules.explainer, black_box(facts), workspace, |_| true, told);
        told.iter().map(|told| told.requirements.len()).sum()
    }

    /// The typical account and the two others.
    fn in_turn(&self) -> impl Iterator<Item = &Facts> {
        std::iter::once(&self.facts).chain(&self.others)
    }

    fn report<'a>(&'a self, workspace: &mut Workspace) -> Report<'a> {
        let rules = &self.rules;
        let decisions = explain(rules.program(), &rules.plan, &rules.explainer, &self.facts, workspace, |_| true);
        Report {
            program: rules.program(),
            sources: &rules.sources,
            facts: &self.facts,
            document: None,
            decisions,
            without_record: &[],
            advice: None,
        }
    }

    /// Questions, changes and timeline of every credit of an account.
    fn advice(&self, adviser: &Adviser<'_>, facts: &Facts, workspace: &mut Workspace) -> usize {
        run(&self.rules.plan, facts, workspace);
        let credit = |decision: &Decision| decision.kind == DecisionKind::Credit;
        Advised::of(self.rules.program(), adviser.advise(black_box(facts), &workspace.subjects, credit)).advice.len()
    }

    /// The same of the credit for which it takes longest.
    fn longest(&self, adviser: &Adviser<'_>, facts: &Facts, workspace: &mut Workspace) -> (f64, String) {
        run(&self.rules.plan, facts, workspace);
        let decisions = &self.rules.program().decisions;
        let credits = workspace.subjects.iter().filter(|one| decisions[one.decision].kind == DecisionKind::Credit);
        let times = credits.map(|one| {
            let time = least(|| drop(black_box(adviser.one(facts, one, &[]))));
            (time, decisions[one.decision].id.clone())
        });
        times.max_by(|a, b| a.0.total_cmp(&b.0)).expect("there are credits")
    }

    fn json_to_verdicts(&self, accounts: &mut Accounts<'_>, workspace: &mut Workspace) -> usize {
        let facts = accounts.read(FileId(0), black_box(ACCOUNT), Format::Json).expect("the account reads");
        run(&self.rules.plan, facts, workspace);
        workspace.subjects.len()
    }
}

fn rule_texts() -> Vec<(String, String)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/tiktok");
    let mut texts: Vec<(String, String)> = std::fs::read_dir(folder)
        .expect("the rules folder")
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let name = path.to_string_lossy().into_owned();
            name.ends_with(".terms").then(|| std::fs::read_to_string(&path).ok().map(|text| (name, text))).flatten()
        })
        .collect();
    texts.sort();
    texts
}

/// The least time of one run in nanoseconds, over about half a second.
fn least(mut run: impl FnMut()) -> f64 {
    let mut best = f64::MAX;
    let mut times = 1_u32;
    let begun = std::time::Instant::now();
    while begun.elapsed().as_millis() < 500 {
        let start = std::time::Instant::now();
        (0..times).for_each(|_| run());
        let took = start.elapsed();
        best = best.min(took.as_secs_f64() * 1e9 / f64::from(times));
        if took.as_micros() < 1_000 {
            times = times.saturating_mul(2);
        }
    }
    best
}

fn main() {
    let bench = Bench::new();
    let mut workspace = Workspace::new(&bench.rules.plan);
    let (mut buffer, mut told, mut accounts) = (Vec::new(), Vec::new(), bench.rules.reader.accounts());
    let report = bench.report(&mut workspace);
    let adviser = Adviser::new(bench.rules.program(), &bench.rules.plan);
    let nothing = bench.rules.reader.blank(bench.facts.as_of());
    let mut stage = |name: &str| match name {
        "check" => drop(black_box(bench.parse_and_check())),
        "verdicts" => drop(black_box(bench.verdicts(&bench.facts, &mut workspace))),
        "explanations" => drop(black_box(bench.explanations(&bench.facts, &mut workspace, &mut told))),
        "verdicts_in_turn" => {
            let all: usize = bench.in_turn().map(|facts| bench.verdicts(facts, &mut workspace)).sum();
            let _ = black_box(all);
        }
        "explanations_in_turn" => {
            let all: usize = bench.in_turn().map(|facts| bench.explanations(facts, &mut workspace, &mut told)).sum();
            let _ = black_box(all);
        }
        "advice" => drop(black_box(bench.advice(&adviser, &bench.facts, &mut workspace))),
        "advice_on_nothing" => drop(black_box(bench.advice(&adviser, &nothing, &mut workspace))),
        "json" => {
            buffer.clear();
            write_json(std::slice::from_ref(&report), &mut buffer).expect("memory takes it");
        }
        _ => drop(black_box(bench.json_to_verdicts(&mut accounts, &mut workspace))),
    };
    if let Ok(name) = std::env::var("ACCREDIT_STAGE") {
        let times: u32 = std::env::var("ACCREDIT_TIMES").ok().and_then(|times| times.parse().ok()).unwrap_or(1);
        (0..times).for_each(|_| stage(&name));
        return;
    }
    let [check, verdicts, explanations, rendered, read] =
        ["check", "verdicts", "explanations", "json", "facts"].map(|name| least(|| stage(name)));
    let [verdicts_in_turn, explanations_in_turn] =
        ["verdicts_in_turn", "explanations_in_turn"].map(|name| least(|| stage(name)));
    let [advice, on_nothing] = ["advice", "advice_on_nothing"].map(|name| least(|| stage(name)));
    let bytes: usize = bench.texts.iter().map(|(_, text)| text.len()).sum();
    let requirements: usize = report.decisions.iter().map(|told| told.requirements.len()).sum();
    let in_turn: usize = {
        let (mut workspace, mut told) = (Workspace::new(&bench.rules.plan), Vec::new());
        bench.in_turn().map(|facts| bench.explanations(facts, &mut workspace, &mut told)).sum()
    };
    let kilobytes = buffer.len() as f64 / 1024.0;
    let per = |time: f64| time / requirements as f64;
    println!("requirements judged for the account    {requirements:>10}");
    println!("parse and check                        {:>10.1} MB/s", bytes as f64 / check * 1e3);
    println!("verdicts                               {:>10.1} ns a requirement", per(verdicts));
    println!("complete explanations                  {:>10.1} ns a requirement", per(explanations));
    println!("three accounts in turn, {in_turn:>4} requirements: {:>5.1} ns verdicts", verdicts_in_turn / in_turn as f64);
    println!("                                         {:>5.1} ns explanations", explanations_in_turn / in_turn as f64);
    println!("JSON, {kilobytes:>6.1} KB                        {:>10.2} µs a KB", rendered / 1e3 / kilobytes);
    println!("advice on all credits                  {:>10.2} ms", advice / 1e6);
    println!("  of an account of which nothing is known {:>7.2} ms", on_nothing / 1e6);
    let (mut once, mut again) = (Workspace::new(&bench.rules.plan), Workspace::new(&bench.rules.plan));
    for (facts, account, workspace) in [(&bench.facts, "typical", &mut once), (&nothing, "unknown", &mut again)] {
        let (time, credit) = bench.longest(&adviser, facts, workspace);
        println!("advice on one credit, {account}, the longest {:>8.2} ms, {credit}", time / 1e6);
    }
    println!("JSON facts to verdicts                 {:>10.2} µs", read / 1e3);
}
