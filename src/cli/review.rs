//! `test --review`: failed expectations one change at a time, to accept, reject or skip.
//!
//! In: groups of failed expectations, and answers from a terminal. Out: the accepted differences, and what was said of the others.
//! Owns the questions. Never accepts without an answer, never writes.

use std::fmt;
use std::io::IsTerminal as _;

use inquire::InquireError;

use super::Failure;
use super::output::Output;
use crate::cases::{self, Compared, Difference, Group, Look};
use crate::program::Program;
use crate::source::SourceMap;

/// An answer about one change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Answer {
    /// What is decided now is right: the cases shall expect it.
    Accept,
    /// The cases are right: the rules must change.
    Reject,
    /// Nothing is said yet.
    Skip,
    /// Ask about each expectation of the group.
    OneByOne,
    /// Stop asking; what was answered stays answered.
    Stop,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Accept => "accept: what is decided now is right",
            Self::Reject => "reject: the case is right, the rules must change",
            Self::Skip => "skip: decide later",
            Self::OneByOne => "one by one",
            Self::Stop => "stop here",
        })
    }
}

/// Shows something and asks for one of some answers.
type Ask<'q> = &'q mut dyn FnMut(&str, &[Answer]) -> Result<Answer, Failure>;

/// What a review came to.
#[derive(Debug, Default)]
pub(super) struct Reviewed<'a> {
    /// Differences to write into the case files.
    pub(super) accepted: Vec<&'a Difference>,
    /// How many expectations they belong to.
    pub(super) expectations: usize,
    /// Expectations that are right, so that the rules are not.
    pub(super) rejected: Vec<&'a str>,
    /// Expectations that nobody said anything about.
    pub(super) skipped: Vec<&'a str>,
}

impl<'a> Reviewed<'a> {
    fn take(&mut self, answer: Answer, members: &[&'a Compared<'a>]) {
        let ids = members.iter().map(|one| one.case.id.as_str());
        match answer {
            Answer::Accept => {
                self.accepted.extend(members.iter().flat_map(|one| &one.differences));
                self.expectations += members.len();
            }
            Answer::Reject => self.rejected.extend(ids),
            Answer::Skip | Answer::OneByOne | Answer::Stop => self.skipped.extend(ids),
        }
    }
}

/// Asks about each group at the terminal.
pub(super) fn at_terminal<'a>(
    program: &Program,
    sources: &SourceMap,
    groups: &[Group<'a, 'a>],
    look: Look,
    output: &mut Output,
) -> Result<Reviewed<'a>, Failure> {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        let help = "use `--update` to accept everything, or run it in a terminal";
        return Err(Failure::Told(format!("--review asks at a terminal, and this is none: {help}")));
    }
    review(program, sources, groups, look, &mut |shown, answers| {
        output.print(shown)?;
        output.flush()?;
        // A careless Enter must not accept anything.
        let skip = answers.iter().position(|answer| *answer == Answer::Skip).unwrap_or(0);
        inquire::Select::new("What is right?", answers.to_vec()).with_starting_cursor(skip).prompt().map_err(
            |error| match error {
                InquireError::OperationCanceled | InquireError::OperationInterrupted => {
                    Failure::Told("the review was broken off; nothing was written".to_owned())
                }
                error => Failure::Told(format!("cannot ask at this terminal: {error}")),
            },
        )
    })
}

fn review<'a>(
    program: &Program,
    sources: &SourceMap,
    groups: &[Group<'a, 'a>],
    look: Look,
    ask: Ask<'_>,
) -> Result<Reviewed<'a>, Failure> {
    let mut reviewed = Reviewed::default();
    let mut stopped = false;
    for (number, group) in (1..).zip(groups) {
        if stopped {
            reviewed.take(Answer::Stop, &group.members);
            continue;
        }
        let head = format!("\nchange {number} of {}\n", groups.len());
        let shown = head + &cases::told_group(program, sources, group, look);
        let answers: &[Answer] = match group.members.len() {
            1 => &[Answer::Accept, Answer::Reject, Answer::Skip, Answer::Stop],
            _ => &[Answer::Accept, Answer::Reject, Answer::Skip, Answer::OneByOne, Answer::Stop],
        };
        match ask(&shown, answers)? {
            Answer::OneByOne => stopped = each(program, sources, group, look, ask, &mut reviewed)?,
            answer => {
                stopped = answer == Answer::Stop;
                reviewed.take(answer, &group.members);
            }
        }
    }
    Ok(reviewed)
}

/// Asks about each expectation of a group; says whether to stop.
fn each<'a>(
    program: &Program,
    sources: &SourceMap,
    group: &Group<'a, 'a>,
    look: Look,
    ask: Ask<'_>,
    reviewed: &mut Reviewed<'a>,
) -> Result<bool, Failure> {
    let mut stopped = false;
    for one in &group.members {
        let answer = if stopped {
            Answer::Stop
        } else {
            let shown = cases::example(program, sources, one, look);
            ask(&shown, &[Answer::Accept, Answer::Reject, Answer::Skip, Answer::Stop])?
        };
        stopped = answer == Answer::Stop;
        reviewed.take(answer, &[one]);
    }
    Ok(stopped)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RuleSet;
    use crate::cases::{groups, read_all, run};

    const RULES: &str = include_str!("../cases/tests/stamps.terms");
    const CASES: &str = include_str!("../cases/tests/stamps.cases.yaml");

    /// What a review with these answers came to, and what was asked about.
    fn reviewed(answers: &[Answer]) -> (String, usize) {
        let rules = RuleSet::read(vec![("stamps.terms".to_owned(), RULES.to_owned())]).unwrap();
        let all = read_all(&rules, [("stamps.cases.yaml".to_owned(), CASES.to_owned())]);
        assert!(all.findings.is_empty(), "{:?}", all.findings);
        let compared = run(&rules, &all.cases);
        let look = Look { color: false, width: 80, full: false };
        let mut left = answers.iter().copied();
        let mut asked = 0;
        let ask = &mut |_: &str, offered: &[Answer]| {
            asked += 1;
            let answer = left.next().ok_or_else(|| Failure::Told("no answer".to_owned()))?;
            assert!(offered.contains(&answer), "{answer:?} is not offered");
            Ok(answer)
        };
        let came = review(rules.program(), &all.sources, &groups(&compared), look, ask);
        let told = came.map_or_else(
            |failure| failure.to_string(),
            |r| format!("accepted {}; rejected {:?}; skipped {:?}", r.expectations, r.rejected, r.skipped),
        );
        (told, asked)
    }

    #[test]
    fn answers_go_to_every_expectation_of_a_change() {
        use Answer::{Accept, OneByOne, Reject, Skip, Stop};
        let rows = [
            (vec![Accept, Accept, Accept], "accepted 4; rejected []; skipped []", 3, "everything is accepted"),
            (vec![Reject, Skip, Accept], "accepted 1; rejected [\"S-3\", \"S-4\"]; skipped [\"S-5\"]", 3, "each its own"),
            (
                vec![OneByOne, Accept, Reject, Skip, Skip],
                "accepted 1; rejected [\"S-4\"]; skipped [\"S-5\", \"S-6\"]",
                5,
                "apart",
            ),
            (vec![Accept, Stop], "accepted 2; rejected []; skipped [\"S-5\", \"S-6\"]", 2, "what was answered stays"),
            (
                vec![OneByOne, Stop],
                "accepted 0; rejected []; skipped [\"S-3\", \"S-4\", \"S-5\", \"S-6\"]",
                2,
                "nothing answered",
            ),
            (vec![Accept], "no answer", 2, "a broken review accepts nothing"),
        ];
        for (answers, want, questions, why) in rows {
            assert_eq!(reviewed(&answers), (want.to_owned(), questions), "{why}");
        }
    }
}
