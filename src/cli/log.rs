//! `log`: the decision log, looked at, verified, and freed of old facts.
//!
//! In: a store. Out: entries, or the first thing that is wrong with them.
//! Owns how they are written. Never changes an entry.

use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::output::Output;
use super::store::{StoreArgs, heading, named, now, stamp, tally, time, verdict};
use super::{Done, Failure};
use crate::report::clean;
use crate::store::{Access, Anchor, Entry, Moment, Page, Store};

/// Entries that are read at once.
const PAGE: usize = 500;

/// A day in milliseconds.
const DAY: Moment = 86_400_000;

/// Arguments of `log`.
#[derive(Args, Debug)]
pub(super) struct LogArgs {
    #[command(subcommand)]
    verb: LogVerb,
}

#[derive(Subcommand, Debug)]
enum LogVerb {
    /// List logged decisions, the last one first.
    List(ListArgs),
    /// Show one logged decision with all that is known about it.
    Show(ShowArgs),
    /// Check that nothing in the log was changed, removed or added.
    Verify(VerifyArgs),
    /// Take away the facts of old decisions and old saved accounts; their digests stay, and the chain stays valid.
    Expire(ExpireArgs),
}

/// How it is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum LogFormat {
    /// For people at a terminal.
    Text,
    /// For programs.
    Json,
}

#[derive(Args, Debug)]
struct ListArgs {
    #[command(flatten)]
    store: StoreArgs,
    /// Only decisions on this account.
    #[arg(long, value_name = "NAME")]
    reference: Option<String>,
    /// How many.
    #[arg(long, value_name = "N", default_value_t = 20, conflicts_with = "all")]
    last: usize,
    /// Every one.
    #[arg(long)]
    all: bool,
    /// How to write it.
    #[arg(long, value_enum, default_value_t = LogFormat::Text)]
    format: LogFormat,
}

#[derive(Args, Debug)]
struct ShowArgs {
    #[command(flatten)]
    store: StoreArgs,
    /// Its number.
    number: u64,
    /// Write the facts document alone, as it was given.
    #[arg(long, conflicts_with = "format")]
    facts: bool,
    /// How to write it.
    #[arg(long, value_enum, default_value_t = LogFormat::Text)]
    format: LogFormat,
}

#[derive(Args, Debug)]
struct VerifyArgs {
    #[command(flatten)]
    store: StoreArgs,
    /// A number and hash that were noted elsewhere; with them a log that was written anew is recognised.
    #[arg(long, value_name = "N:HASH", value_parser = anchor)]
    anchor: Option<Anchor>,
    /// How to write it.
    #[arg(long, value_enum, default_value_t = LogFormat::Text)]
    format: LogFormat,
}

#[derive(Args, Debug)]
struct ExpireArgs {
    #[command(flatten)]
    store: StoreArgs,
    /// How old, in days: 90d.
    #[arg(long, value_name = "AGE", value_parser = age)]
    older_than: i64,
    /// How to write it.
    #[arg(long, value_enum, default_value_t = LogFormat::Text)]
    format: LogFormat,
}

fn anchor(text: &str) -> Result<Anchor, String> {
    let told = || "write it as `accredit log verify` does: 12:sha256:…".to_owned();
    let (number, hash) = text.split_once(':').ok_or_else(told)?;
    let digits = hash.strip_prefix("sha256:").filter(|hex| hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_hexdigit()));
    let number = number.parse().ok().filter(|number| *number > 0).ok_or_else(told)?;
    Ok(Anchor { number, hash: format!("sha256:{}", digits.ok_or_else(told)?.to_ascii_lowercase()) })
}

fn age(text: &str) -> Result<i64, String> {
    let days = text.strip_suffix('d').and_then(|days| days.parse::<u32>().ok());
    days.map(i64::from).filter(|days| *days <= 36_500).ok_or_else(|| "write a number of days, such as 90d".to_owned())
}

pub(super) fn log(args: &LogArgs, output: &mut Output) -> Result<Done, Failure> {
    match &args.verb {
        LogVerb::List(args) => list(args, output),
        LogVerb::Show(args) => show(args, output),
        LogVerb::Verify(args) => verify(args, output),
        LogVerb::Expire(args) => expire(args, output),
    }
}

fn list(args: &ListArgs, output: &mut Output) -> Result<Done, Failure> {
    let store = args.store.open(Access::Read)?;
    let mut left = if args.all { usize::MAX } else { args.last };
    let (mut from, mut shown) = (u64::MAX, 0_usize);
    if args.format == LogFormat::Json {
        output.print("{\"schema\": 1, \"entries\": [")?;
    }
    while left > 0 {
        let page = Page { from, limit: left.min(PAGE), reference: args.reference.clone(), latest: true };
        let entries = store.entries(page)?.wait()?;
        let Some(last) = entries.last() else { break };
        from = last.number;
        left -= entries.len().min(left);
        for entry in &entries {
            match args.format {
                LogFormat::Json => {
                    let lead = if shown == 0 { "" } else { "," };
                    output.print(&format!("{lead}{}", entry_json(entry, false)))?;
                }
                LogFormat::Text => {
                    output.indented("", &heading(entry))?;
                    let mut told = tally(&entry.verdicts());
                    if entry.bytes.is_none() {
                        told += "; facts expired";
                    }
                    output.indented("    ", &told)?;
                }
            }
            shown += 1;
        }
    }
    if args.format == LogFormat::Json {
        output.print("]}")?;
    } else if shown == 0 {
        let of = args.reference.as_ref().map(|reference| format!(" on `{}`", clean(reference))).unwrap_or_default();
        output.note(&format!("no decision{of} is logged in {}", store.place()));
    }
    Ok(Done::Answered)
}

fn one(store: &Store, number: u64) -> Result<Entry, Failure> {
    store.entry(number)?.wait()?.map_or_else(
        || {
            let last = store.head()?.wait()?.number;
            Err(Failure::Told(format!("there is no entry {number} in {}: the last one is {last}", store.place())))
        },
        Ok,
    )
}

fn show(args: &ShowArgs, output: &mut Output) -> Result<Done, Failure> {
    let store = args.store.open(Access::Read)?;
    let entry = one(&store, args.number)?;
    if args.facts {
        let bytes = entry.bytes.ok_or_else(|| Failure::Told(format!("the facts of entry {} expired", args.number)))?;
        std::io::Write::write_all(output.stream(), &bytes)?;
        return Ok(Done::Answered);
    }
    if args.format == LogFormat::Json {
        output.print(&entry_json(&entry, true).to_string())?;
        return Ok(Done::Answered);
    }
    output.indented("", &heading(&entry))?;
    let lines = [
        ("as of", entry.as_of.clone()),
        ("rules", entry.rules.clone()),
        ("answer", entry.answer.clone()),
        ("facts", entry.facts.clone()),
        ("previous", entry.previous.clone()),
        ("hash", entry.hash.clone()),
        ("decided by", format!("accredit {}", clean(&entry.version))),
    ];
    for (name, value) in lines {
        output.indented("", &format!("{name:<11}{value}"))?;
    }
    output.print("\nverdicts\n")?;
    for said in entry.verdicts() {
        output.indented("  ", &format!("{}: {}", named(&said.decision, said.subject.as_deref()), verdict(&said.verdict)))?;
    }
    let Some(bytes) = &entry.bytes else {
        output.print("\nfacts expired: only their digest is kept\n")?;
        return Ok(Done::Answered);
    };
    output.print(&format!("\nfacts ({})\n", entry.format))?;
    let text = String::from_utf8_lossy(bytes);
    text.lines().try_for_each(|line| output.print(&format!("  {}", clean(line))))?;
    Ok(Done::Answered)
}

fn entry_json(entry: &Entry, with_facts: bool) -> Value {
    let verdicts = entry.verdicts();
    let said = verdicts.iter().map(|said| json!({"id": said.decision, "subject": said.subject, "verdict": said.verdict}));
    let mut object = json!({
        "number": entry.number,
        "at": stamp(entry.at),
        "who": entry.who,
        "reference": entry.reference,
        "as_of": entry.as_of,
        "rules": entry.rules,
        "asked": entry.asked(),
        "verdicts": said.collect::<Value>(),
        "answer": entry.answer,
        "accredit": entry.version,
        "facts": {"format": entry.format, "digest": entry.facts, "expired": entry.bytes.is_none()},
        "previous": entry.previous,
        "hash": entry.hash,
    });
    let document = entry.bytes.as_ref().filter(|_| with_facts).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    if let (Some(document), Some(facts)) = (document, object.get_mut("facts").and_then(Value::as_object_mut)) {
        facts.insert("document".to_owned(), document.into());
    }
    object
}

fn verify(args: &VerifyArgs, output: &mut Output) -> Result<Done, Failure> {
    let store = args.store.open(Access::Read)?;
    let found = store.verify(args.anchor.as_ref())?;
    if args.format == LogFormat::Json {
        let (value, done) = match &found {
            Ok(verified) => {
                let head = json!({"number": verified.head.number, "hash": verified.head.hash});
                let value = json!({"schema": 1, "valid": true, "entries": verified.head.number, "expired": verified.expired,
                                   "rule_sets": verified.rule_sets, "head": head});
                (value, Done::Answered)
            }
            Err(broken) => {
                let first = json!({"number": broken.number, "fault": broken.fault.word(), "what": broken.fault.words()});
                (json!({"schema": 1, "valid": false, "first": first}), Done::Findings)
            }
        };
        output.print(&value.to_string())?;
        return Ok(done);
    }
    let verified = match found {
        Ok(verified) => verified,
        Err(broken) => {
            output.indented("", &format!("the log is broken at entry {}: {}", broken.number, broken.fault.words()))?;
            return Ok(Done::Findings);
        }
    };
    if verified.head.number == 0 {
        output.print("the log is empty")?;
        return Ok(Done::Answered);
    }
    let entries = counted(verified.head.number, "entry", "entries");
    let expired = match verified.expired {
        0 => String::new(),
        count => format!(", the facts of {count} expired"),
    };
    let rules = counted(u64::try_from(verified.rule_sets).unwrap_or(0), "rule set", "rule sets");
    output.indented("", &format!("the log is in order: {entries} by {rules}{expired}"))?;
    output.indented("", "to see later that it was not written anew, note this line elsewhere and give it as --anchor:")?;
    output.print(&format!("{}:{}", verified.head.number, verified.head.hash))?;
    Ok(Done::Answered)
}

fn expire(args: &ExpireArgs, output: &mut Output) -> Result<Done, Failure> {
    // A store that is not there is not made only to be emptied.
    drop(args.store.open(Access::Read)?);
    let store = args.store.open(Access::Write)?;
    let now = now();
    let before = now.saturating_sub(args.older_than.saturating_mul(DAY));
    let expired = store.expire(before, now, "local")?.wait()?;
    if args.format == LogFormat::Json {
        let value = json!({"schema": 1, "before": stamp(before), "entries": expired.documents, "accounts": expired.accounts});
        output.print(&value.to_string())?;
        return Ok(Done::Answered);
    }
    let entries = counted(expired.documents, "entry", "entries");
    let accounts = counted(expired.accounts, "saved account", "saved accounts");
    let told = format!("took away the facts of {entries} and {accounts} from before {}", time(before));
    output.indented("", &told)?;
    Ok(Done::Answered)
}

/// A number with its noun.
pub(super) fn counted(count: u64, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}
