//! `ask`: an interview that asks only what can still matter, and writes what was said as a facts document.
//!
//! In: a facts document or nothing, and answers: at a terminal by prompts, else one a line. Out: the document.
//! Owns the conversation. Never asks twice what nobody knows, never decides.

use std::io::{BufRead as _, IsTerminal as _};
use std::path::{Path, PathBuf};

use clap::Args;

use super::check::{Kind, known};
use super::load::{self, day};
use super::output::Output;
use super::template::today;
use super::{Done, Failure};
use crate::RuleSet;
use crate::advise::{Adviser, Asked, Question};
use crate::eval::{Subjected, Workspace, run};
use crate::facts::{self, Facts, Format, unanswered, written};
use crate::program::{At, Decision, Fact, SlotId, Type, Verdict};
use crate::report;
use crate::source::FileId;

/// Arguments of `ask`.
#[derive(Args, Debug)]
pub(super) struct AskArgs {
    /// A facts document to go on with; without one, nothing is known yet.
    #[arg(value_name = "FACTS")]
    facts: Option<PathBuf>,
    /// Which decisions are to be settled.
    #[arg(long, value_enum, default_value_t = Kind::Credit)]
    kind: Kind,
    /// Only this decision; may be given several times.
    #[arg(long, value_name = "ID")]
    program: Vec<String>,
    /// The day for which the check holds; else the document's, else today.
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
    /// Where to write the facts document; else standard output.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// What somebody said to a question.
enum Said {
    /// An answer.
    Answer(String),
    /// That he does not know.
    Unknown,
    /// That he will go on another time, or nothing any more.
    Stop,
}

/// The interview.
struct Interview<'r> {
    rules: &'r RuleSet,
    adviser: Adviser<'r>,
    workspace: Workspace,
    facts: Facts,
    /// What nobody could tell.
    unknown: Vec<facts::Asked>,
    questions: usize,
}

/// A decision that questions can settle, with its questions.
struct Target {
    subject: Subjected,
    asked: Asked,
}

pub(super) fn ask(args: &AskArgs, rules: Option<&Path>, output: &mut Output) -> Result<Done, Failure> {
    let rules = load::rule_set(rules, output)?;
    for id in &args.program {
        known(&rules, id, |_| true)?;
    }
    let wanted = |decision: &Decision| {
        if args.program.is_empty() { args.kind.fits(decision) } else { args.program.contains(&decision.id) }
    };
    let (facts, unknown) = begin(args, &rules, output)?;
    let adviser = Adviser::new(rules.program(), &rules.plan);
    let mut interview =
        Interview { rules: &rules, adviser, workspace: Workspace::new(&rules.plan), facts, unknown, questions: 0 };
    interview.hold(&wanted, output)?;
    interview.summary(&wanted, output);
    let document = written(rules.program(), &interview.facts, None, &interview.unknown);
    match &args.output {
        Some(path) => std::fs::write(path, document)
            .map_err(|error| Failure::Told(format!("cannot write `{}`: {error}", path.display())))?,
        None => output.print(&document)?,
    }
    Ok(Done::Answered)
}

/// The facts to begin with, and what nobody could tell before.
fn begin(args: &AskArgs, rules: &RuleSet, output: &mut Output) -> Result<(Facts, Vec<facts::Asked>), Failure> {
    let Some(path) = &args.facts else {
        let as_of = args.as_of.as_deref().map(day).transpose()?.unwrap_or_else(today);
        return Ok((rules.reader.blank(as_of), Vec::new()));
    };
    if path == Path::new("-") {
        return Err(Failure::Told("the answers come from standard input: give the document as a file".to_owned()));
    }
    let documents = load::documents(std::slice::from_ref(path), args.as_of.as_deref(), rules, output)?;
    let Some(document) = documents.into_iter().next() else { return Err(Failure::Told("no document".to_owned())) };
    let unknown = unanswered(rules.program(), &document.facts, &document.text);
    Ok((document.facts, unknown))
}

impl Interview<'_> {
    /// Asks until everything is settled, or until nobody answers any more.
    fn hold(&mut self, wanted: &dyn Fn(&Decision) -> bool, output: &mut Output) -> Result<(), Failure> {
        let mut current: Option<(usize, Option<usize>)> = None;
        while let Some(target) = self.target(wanted, current) {
            let key = (target.subject.decision, target.subject.record);
            if current != Some(key) {
                self.announce(&target, output);
                current = Some(key);
            }
            let Some(question) = target.asked.questions.first() else { break };
            match self.put(&target, question, output)? {
                Said::Stop => break,
                Said::Unknown => self.unknown.push(self.named(question.slot, &target.subject)),
                Said::Answer(text) => self.take(&target, question, &text, output),
            }
        }
        Ok(())
    }

    /// The decision to settle next: the one that is being settled while it has questions, else the one with the fewest of
    /// those that can come out well.
    fn target(&mut self, wanted: &dyn Fn(&Decision) -> bool, current: Option<(usize, Option<usize>)>) -> Option<Target> {
        let program = self.rules.program();
        run(&self.rules.plan, &self.facts, &mut self.workspace);
        let open = self.workspace.subjects.iter().filter(|subject| {
            subject.decided.verdict == Verdict::Undetermined && program.decisions.get(subject.decision).is_some_and(wanted)
        });
        let mut targets: Vec<Target> = open
            .filter_map(|subject| {
                let asked = self.adviser.ask(&self.facts, subject, &self.unknowable(subject))?;
                (!asked.questions.is_empty()).then_some(Target { subject: *subject, asked })
            })
            .collect();
        let of = |target: &Target| (target.subject.decision, target.subject.record);
        let at = targets.iter().position(|target| Some(of(target)) == current);
        let cost = |at: &usize| targets.get(*at).map(|target| (!target.asked.hopeful, target.asked.questions.len()));
        let at = at.or_else(|| (0..targets.len()).min_by_key(cost))?;
        Some(targets.swap_remove(at))
    }

    fn named(&self, slot: SlotId, subject: &Subjected) -> facts::Asked {
        let own = matches!(self.rules.program().slots.get(slot.0 as usize).map(|slot| slot.at), Some(At::Record(_)));
        (slot, self.key(subject).filter(|_| own))
    }

    /// The key of the record that a decision is made about.
    fn key(&self, subject: &Subjected) -> Option<String> {
        let list = self.rules.plan.decisions.get(subject.decision)?.list?;
        self.facts.records(list).get(subject.record?).map(|record| record.key.clone())
    }

    fn unknowable(&self, subject: &Subjected) -> Vec<SlotId> {
        let key = self.key(subject);
        let same = |asked: &&facts::Asked| asked.1.is_none() || asked.1 == key;
        self.unknown.iter().filter(same).map(|(slot, _)| *slot).collect()
    }

    fn title(&self, subject: &Subjected) -> String {
        let title = self.rules.program().decisions.get(subject.decision).map_or("", |decision| decision.title.as_str());
        self.key(subject).map_or_else(|| title.to_owned(), |key| format!("{title} ({key})"))
    }

    fn announce(&self, target: &Target, output: &mut Output) {
        let count = target.asked.questions.len();
        output.note("");
        output.wrapped("", &self.title(&target.subject));
        let most = match count {
            1 if target.asked.hopeful => "1 question settles it.".to_owned(),
            1 => "No answer settles it for good; 1 question may still rule it out.".to_owned(),
            _ if target.asked.hopeful => format!("At most {count} questions settle it."),
            _ => format!("No answer settles it for good; {count} questions may still rule it out."),
        };
        output.wrapped(INDENT, &most);
    }

    /// Puts a question, with why it is asked, where the answer is found, and what the answers decide.
    fn put(&mut self, target: &Target, question: &Question, output: &mut Output) -> Result<Said, Failure> {
        let program = self.rules.program();
        let Some(fact) = program.fact_of(question.slot) else { return Ok(Said::Stop) };
        let Some(decision) = program.decisions.get(target.subject.decision) else { return Ok(Said::Stop) };
        self.questions += 1;
        let about = match program.slots.get(question.slot.0 as usize).map(|slot| slot.at) {
            Some(At::Keyed(..)) => Some(facts::question_name(program, question.slot, None)),
            Some(At::Record(_)) => self.key(&target.subject),
            _ => None,
        };
        let about = about.map_or_else(String::new, |about| format!(" [{about}]"));
        output.note("");
        output.wrapped(&format!("{}. ", self.questions), &format!("{}{about}", fact.ask));
        for line in report::question_help(program, &self.facts, decision, question) {
            output.wrapped(INDENT, &line);
        }
        if std::io::stdin().is_terminal() && std::io::stderr().is_terminal() {
            return prompt(fact, output);
        }
        output.wrapped(INDENT, &format!("answer: {}; empty or ? if you do not know; q to stop", form(fact)));
        let mut line = String::new();
        let read = std::io::stdin().lock().read_line(&mut line);
        Ok(match (read, line.trim()) {
            (Ok(0) | Err(_), _) | (_, "q") => Said::Stop,
            (_, "" | "?") => Said::Unknown,
            (_, answer) => Said::Answer(answer.to_owned()),
        })
    }

    /// Takes an answer, or says what is wrong with it; the question is then put again.
    fn take(&mut self, target: &Target, question: &Question, text: &str, output: &mut Output) {
        let program = self.rules.program();
        let named = self.named(question.slot, &target.subject);
        let document = written(program, &self.facts, Some((&named, text)), &self.unknown);
        match self.rules.reader.read(FileId(0), &document, Format::Yaml) {
            Ok(facts) => self.facts = facts,
            Err(findings) => {
                self.questions -= 1;
                for finding in findings.iter().take(1) {
                    let help = finding.help.as_ref().map_or_else(String::new, |help| format!(" ({help})"));
                    output.wrapped(INDENT, &format!("{}{help}", finding.headline));
                }
            }
        }
    }

    /// What came of it, on the side.
    fn summary(&mut self, wanted: &dyn Fn(&Decision) -> bool, output: &mut Output) {
        let program = self.rules.program();
        run(&self.rules.plan, &self.facts, &mut self.workspace);
        let questions = if self.questions == 1 { "question" } else { "questions" };
        output.note(&format!("\n{} {questions} asked.", self.questions));
        for subject in &self.workspace.subjects {
            if program.decisions.get(subject.decision).is_some_and(wanted) {
                let verdict = report::verdict_word(subject.decided.verdict);
                output.wrapped("- ", &format!("{}: {verdict}", self.title(subject)));
            }
        }
    }
}

/// What an answer looks like.
fn form(fact: &Fact) -> String {
    match &fact.ty {
        Type::Bool => "yes or no".to_owned(),
        Type::Set(words) => format!("some of {}, with commas between; none for an empty list", words.join(", ")),
        ty => ty.describe(),
    }
}

/// What stands before the lines of a question.
const INDENT: &str = "   ";
const UNKNOWN: &str = "I don't know";
const STOP: &str = "stop here";

/// So many words are shown at once.
const SHOWN: usize = 12;

/// Takes the answer at a terminal.
fn prompt(fact: &Fact, output: &mut Output) -> Result<Said, Failure> {
    use inquire::ui::RenderConfig;
    let look = if output.color_errors { RenderConfig::default_colored() } else { RenderConfig::empty() };
    let words: Vec<&str> = match &fact.ty {
        Type::Bool | Type::Enum(_) => fact.ty.words(),
        _ => Vec::new(),
    };
    let said = if words.is_empty() {
        output.wrapped(INDENT, &format!("Say {}.", form(fact)));
        let help = "Enter alone: I don't know; Esc: stop here";
        inquire::Text::new("Answer:").with_help_message(help).with_render_config(look).prompt()
    } else {
        let words: Vec<String> = words.into_iter().chain([UNKNOWN, STOP]).map(str::to_owned).collect();
        let shown = words.len().min(SHOWN);
        let help = "arrows and Enter; typing narrows the list";
        let list = inquire::Select::new("Answer:", words).with_page_size(shown).with_render_config(look);
        list.with_help_message(help).prompt()
    };
    use inquire::InquireError::{OperationCanceled, OperationInterrupted};
    match said.as_deref().map(str::trim) {
        Ok("" | "?" | UNKNOWN) => Ok(Said::Unknown),
        Ok("q" | STOP) | Err(OperationCanceled | OperationInterrupted) => Ok(Said::Stop),
        Ok(answer) => Ok(Said::Answer(answer.to_owned())),
        Err(error) => Err(Failure::Told(format!("cannot ask at this terminal: {error}"))),
    }
}
