//! `replay`: logged decisions decided again, by the rules that were kept with them and by today's.
//!
//! In: a store, today's rules. Out: whether every answer comes again byte for byte, and which would differ today.
//! Owns how that is told. Never decides: `store` has it decided by the one way to an answer.

use std::path::Path;

use clap::Args;
use serde_json::{Value, json};

use super::log::{LogFormat, counted};
use super::output::Output;
use super::store::{StoreArgs, heading, named, verdict};
use super::{Done, Failure, load};
use crate::report::clean;
use crate::store::{Access, Moved, Replayed, Then, Today};

/// Arguments of `replay`.
#[derive(Args, Debug)]
pub(super) struct ReplayArgs {
    #[command(flatten)]
    store: StoreArgs,
    /// Only this entry.
    number: Option<u64>,
    /// How to write it.
    #[arg(long, value_enum, default_value_t = LogFormat::Text)]
    format: LogFormat,
}

/// How many came to what.
#[derive(Default)]
struct Count {
    same: u64,
    other: u64,
    expired: u64,
    moved: u64,
}

pub(super) fn replay(args: &ReplayArgs, rules: Option<&Path>, output: &mut Output) -> Result<Done, Failure> {
    let today = load::rule_set(rules, output)?;
    let store = args.store.open(Access::Read)?;
    // What was tampered with proves nothing.
    let broken = store.verify(None)?.err();
    if let Some(broken) = &broken {
        output.error(&format!("the log is broken at entry {}: {}", broken.number, broken.fault.words()));
    }
    let mut count = Count::default();
    let mut listed: Vec<Value> = Vec::new();
    store.replay(&today, args.number, |replayed| {
        count.note(&replayed);
        match args.format {
            LogFormat::Json => listed.push(replayed_json(&replayed)),
            LogFormat::Text => tell(&replayed, output)?,
        }
        Ok::<(), Failure>(())
    })?;
    let total = count.same + count.other + count.expired;
    if let Some(number) = args.number.filter(|_| total == 0) {
        return Err(Failure::Told(format!("there is no entry {number} in {}", store.place())));
    }
    let done = if count.other > 0 || broken.is_some() { Done::Findings } else { Done::Answered };
    if args.format == LogFormat::Json {
        let first = broken.map(|broken| json!({"number": broken.number, "fault": broken.fault.word()}));
        let value = json!({
            "schema": 1, "rules": today.program().digest, "broken": first,
            "reproduced": count.same, "not_reproduced": count.other, "expired": count.expired, "differing_today": count.moved,
            "entries": listed,
        });
        output.print(&value.to_string())?;
        return Ok(done);
    }
    let decided = count.same + count.other;
    let mut told = match (decided, count.other) {
        (0, _) => "no decision could be made again".to_owned(),
        (_, 0) => format!("{} again, byte for byte", if decided == 1 { "1 decision comes" } else { "all decisions come" }),
        (_, other) => format!("{other} of {} not come again", counted(decided, "decision does", "decisions do")),
    };
    if count.expired > 0 {
        told += &format!("; the facts of {} expired", counted(count.expired, "entry", "entries"));
    }
    output.indented("", &format!("{}: {told}", counted(total, "entry", "entries")))?;
    if decided > 0 {
        let moved = if count.moved == 0 { "none".to_owned() } else { count.moved.to_string() };
        output.indented("", &format!("by today's rules {moved} of {decided} would differ"))?;
    }
    Ok(done)
}

impl Count {
    fn note(&mut self, replayed: &Replayed) {
        match replayed.then {
            Then::Same => self.same += 1,
            Then::Other(..) | Then::Undecided(_) => self.other += 1,
            Then::Expired => self.expired += 1,
        }
        self.moved += u64::from(differs(replayed));
    }
}

/// Would today's rules say something else?
fn differs(replayed: &Replayed) -> bool {
    match &replayed.today {
        Some(Today::Verdicts(moved)) => !moved.is_empty(),
        Some(Today::Unread(_)) => true,
        None => false,
    }
}

/// Tells of an entry that does not come again, or that would differ; all others are only counted.
fn tell(replayed: &Replayed, output: &mut Output) -> Result<(), Failure> {
    let again = matches!(replayed.then, Then::Same | Then::Expired);
    if again && !differs(replayed) {
        return Ok(());
    }
    output.indented("", &heading(&replayed.entry))?;
    match &replayed.then {
        Then::Same | Then::Expired => {}
        Then::Undecided(why) => output.indented("    ", &format!("does not come again: {}", clean(why)))?,
        Then::Other(_, moved) => {
            let by = &replayed.entry.version;
            let told = if *by == env!("CARGO_PKG_VERSION") {
                "does not come again: the answer differs"
            } else {
                "does not come again: another version of accredit decided it"
            };
            output.indented("    ", told)?;
            moved.iter().try_for_each(|moved| output.indented("      ", &moved_words(moved, "again")))?;
        }
    }
    match &replayed.today {
        Some(Today::Verdicts(moved)) => {
            moved.iter().try_for_each(|moved| output.indented("    ", &moved_words(moved, "today")))
        }
        Some(Today::Unread(why)) => output.indented("    ", &format!("by today's rules {}", clean(why))),
        None => Ok(()),
    }
}

fn moved_words(moved: &Moved, when: &str) -> String {
    let word = |said: &Option<String>| said.as_deref().map_or_else(|| "no verdict".to_owned(), verdict);
    let name = named(&moved.decision, moved.subject.as_deref());
    format!("{name}: {} then, {} {when}", word(&moved.then), word(&moved.now))
}

fn replayed_json(replayed: &Replayed) -> Value {
    let moved_json = |moved: &[Moved]| -> Value {
        let one = |moved: &Moved| json!({"id": moved.decision, "subject": moved.subject, "then": moved.then, "now": moved.now});
        moved.iter().map(one).collect()
    };
    let (again, why, answer, differing) = match &replayed.then {
        Then::Same => ("same", None, None, None),
        Then::Expired => ("facts_expired", None, None, None),
        Then::Undecided(why) => ("undecided", Some(why), None, None),
        Then::Other(answer, moved) => ("other", None, Some(answer), Some(moved_json(moved))),
    };
    let today = replayed.today.as_ref().map(|today| match today {
        Today::Verdicts(moved) => json!({"differs": !moved.is_empty(), "verdicts": moved_json(moved)}),
        Today::Unread(why) => json!({"differs": true, "why": why}),
    });
    let entry = &replayed.entry;
    let mut object = json!({"number": entry.number, "reference": entry.reference, "again": again, "today": today});
    if let Some(object) = object.as_object_mut() {
        object.extend(why.map(|why| ("why".to_owned(), json!(why))));
        object.extend(answer.map(|answer| ("answer".to_owned(), json!(answer))));
        object.extend(differing.map(|verdicts| ("verdicts".to_owned(), verdicts)));
    }
    object
}
