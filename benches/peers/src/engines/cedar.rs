//! Cedar through `cedar-policy`: two policies a program, a request an account.
//!
//! In: terms and rows. Out: verdicts. A program that surely qualifies is permitted, one that surely does not is
//! forbidden, and a request that is neither is denied by default, without a reason: undetermined.

use cedar_policy::{Authorizer, Context, Decision, Entities, EntityUid, PolicySet, Request, RestrictedExpression};

use crate::peer::{ByRow, PROGRAMS, Trouble, Verdict, Verdicts};
use crate::portfolio::{CURRENCIES, Cell, Row};
use crate::spell::{Tongue, joined, quoted};
use crate::terms::{Kind, Terms, Test, sign};

struct Policies<'t>(&'t Terms);

impl Tongue for Policies<'_> {
    type Said = String;

    fn all(&self, parts: Vec<String>) -> String {
        joined(&parts, "&&")
    }

    fn any(&self, parts: Vec<String>) -> String {
        joined(&parts, "||")
    }

    fn test(&self, test: &Test, holds: bool) -> String {
        let name = |at: &usize| self.0.fields[*at].name.as_str();
        let (not, signed) = (if holds { "" } else { "!" }, |order| sign(order, holds));
        match test {
            Test::Flag(at, value) => format!("(context has {0} && context.{0} == {1})", name(at), *value == holds),
            Test::OneOf(at, words) if words.len() == 1 => {
                let sign = if holds { "==" } else { "!=" };
                format!("(context has {0} && context.{0} {sign} {1})", name(at), quoted(words))
            }
            Test::OneOf(at, words) => {
                format!("(context has {0} && {not}[{1}].contains(context.{0}))", name(at), quoted(words))
            }
            Test::Constant(at, order, than) => {
                format!("(context has {0} && context.{0} {1} {than})", name(at), signed(*order))
            }
            Test::Days(at, order, other, moved) => {
                let (day, other, sign) = (name(at), name(other), signed(*order));
                format!("(context has {day} && context has {other} && context.{day} {sign} context.{other} + {moved})")
            }
            Test::Amount(at, order, minor, currency) => {
                let (name, sign) = (name(at), signed(*order));
                format!("(context has {name} && context.{name}_currency == \"{currency}\" && context.{name} {sign} {minor})")
            }
        }
    }
}

/// The policies of each program, and a request for each row.
pub struct Cedar {
    authorizer: Authorizer,
    entities: Entities,
    programs: Vec<PolicySet>,
    requests: Vec<Request>,
}

impl Cedar {
    /// Parses the terms and takes rows in.
    pub fn new(terms: &Terms, rows: &[Row]) -> Result<Self, Trouble> {
        let tongue = Policies(terms);
        let set = |program| -> Result<PolicySet, Trouble> {
            let (yes, no) = (tongue.program(program, true), tongue.program(program, false));
            let of = |effect, when| format!("{effect}(principal, action, resource) when {{ {when} }};\n");
            Ok((of("permit", yes) + &of("forbid", no)).parse()?)
        };
        let programs = terms.programs.iter().map(set).collect::<Result<_, _>>()?;
        let uid = |text: &str| -> Result<EntityUid, Trouble> { Ok(text.parse()?) };
        let (who, what, which) = (uid("User::\"a\"")?, uid("Action::\"a\"")?, uid("Account::\"a\"")?);
        let request = |row: &Row| -> Result<Request, Trouble> {
            Ok(Request::new(who.clone(), what.clone(), which.clone(), context(terms, row)?, None)?)
        };
        let requests = rows.iter().map(request).collect::<Result<_, _>>()?;
        Ok(Self { authorizer: Authorizer::new(), entities: Entities::empty(), programs, requests })
    }
}

/// A row as a context, without what is missing.
fn context(terms: &Terms, row: &Row) -> Result<Context, Trouble> {
    let text = |text: &str| RestrictedExpression::new_string(text.to_owned());
    let mut pairs = Vec::new();
    for (field, cell) in terms.fields.iter().zip(row) {
        let value = match (cell, &field.kind) {
            (Cell::Word(at), Kind::Word(words)) => text(&words[*at]),
            (Cell::Flag(flag), _) => RestrictedExpression::new_bool(*flag),
            (Cell::Number(number), _) => RestrictedExpression::new_long(*number),
            (Cell::Amount(minor, currency), _) => {
                pairs.push((format!("{}_currency", field.name), text(CURRENCIES[*currency])));
                RestrictedExpression::new_long(*minor)
            }
            (Cell::Missing | Cell::Word(_), _) => continue,
        };
        pairs.push((field.name.clone(), value));
    }
    Ok(Context::from_pairs(pairs)?)
}

impl ByRow for Cedar {
    fn rows(&self) -> usize {
        self.requests.len()
    }

    fn decide(&mut self, row: usize) -> Result<Verdicts, Trouble> {
        let mut verdicts = [Verdict::Undetermined; PROGRAMS];
        for (policies, verdict) in self.programs.iter().zip(&mut verdicts) {
            let answer = self.authorizer.is_authorized(&self.requests[row], policies, &self.entities);
            if let Some(error) = answer.diagnostics().errors().next() {
                return Err(error.to_string().into());
            }
            *verdict = match answer.decision() {
                Decision::Allow => Verdict::Qualifies,
                Decision::Deny if answer.diagnostics().reason().next().is_some() => Verdict::DoesNotQualify,
                Decision::Deny => Verdict::Undetermined,
            };
        }
        Ok(verdicts)
    }
}
