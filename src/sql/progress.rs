//! Progress toward a threshold, as the number of a result.
//!
//! In: a planned progress. Out: an expression that is one of the results of `decision`.
//! Owns the order of the steps in SQL, as `eval::progress` has it. Never asks which fact is missing.

use super::compile::Compile;
use super::decision::number;
use super::dialect::Refusal;
use super::expr::Sql;
use super::print::Kind;
use super::probe::{Place, after_start};
use super::term::{NO_DAY, Val};
use crate::plan::{ChoicePlan, ProgressPlan, Term, Window, WindowPlan};
use crate::program::{AS_OF, Judged};
use crate::syntax::{FirstDay, Order};

/// A window whose operands are known.
enum Span {
    /// Without an end.
    Forever,
    /// Up to and with a day.
    Until(Val),
    /// From a start to the day that is start plus length.
    Within(Val, Sql, FirstDay),
    /// The one that ends earlier; without a first day.
    Earlier([(Val, Sql, FirstDay); 2]),
}

impl Compile<'_> {
    /// The result of progress.
    pub(super) fn progress(&mut self, plan: &ProgressPlan) -> Result<Sql, Refusal> {
        let rest = self.not_counted(plan)?;
        let Some(counted) = plan.counted else { return Ok(rest) };
        let (counted, rest) = (self.cond(counted)?, self.stages.column(rest));
        let met = number(Judged::Met);
        let plainly = Sql::any([counted.not(), rest.equals(&met)]);
        Ok(Sql::case(&[(counted, met), (plainly, rest)], &number(Judged::Open)))
    }

    fn not_counted(&mut self, plan: &ProgressPlan) -> Result<Sql, Refusal> {
        let asked = self.asked(plan)?;
        let Some(starts) = plan.starts else { return Ok(asked) };
        let starts = self.cond(starts)?;
        Ok(Sql::case(&[(starts.not(), number(Judged::Pending)), (starts, asked)], &number(Judged::Open)))
    }

    /// Threshold, amount and window; whichever is not known leaves it open.
    fn asked(&mut self, plan: &ProgressPlan) -> Result<Sql, Refusal> {
        let open = number(Judged::Open);
        let amount = self.term(&plan.amount)?;
        let mut unknown = vec![amount.num.is_null()];
        let lowest = |choice: &ChoicePlan| choice.tiers.first().and_then(Option::as_ref).map(|(spend, _)| spend.clone());
        // Is the threshold reached? Unknown where two currencies meet.
        let reached = if plan.either {
            let mut orders = Vec::new();
            for spend in plan.toward.iter().filter_map(lowest) {
                let spend = self.term(&spend)?;
                unknown.push(spend.num.is_null());
                let order = self.compare(&amount, Order::AtLeast, &spend)?;
                orders.push(self.stages.short(order));
            }
            if orders.is_empty() { self.null(Kind::Truth) } else { Sql::first_known(&orders) }
        } else {
            let mut branches = Vec::new();
            for choice in &plan.toward {
                let when = self.cond(choice.when)?;
                let spend = lowest(choice).unwrap_or(Term::Unstated);
                branches.push((when, self.term(&spend)?));
            }
            let none = self.term(&Term::Unstated)?;
            let threshold = self.choose(&branches, none)?;
            self.compare(&amount, Order::AtLeast, &threshold)?
        };
        let reached = self.stages.short(reached);
        unknown.push(reached.is_null());
        let mut windows = Vec::new();
        for (when, window) in &plan.windows {
            let when = self.cond(*when)?;
            let judged = self.judged(plan, &reached, window)?;
            windows.push((when, self.stages.column(judged)));
        }
        let judged = self.chosen(&windows, &open, &open);
        Ok(Sql::case(&[(Sql::any(unknown), open)], &judged))
    }

    /// The result in one window.
    fn judged(&mut self, plan: &ProgressPlan, reached: &Sql, window: &WindowPlan) -> Result<Sql, Refusal> {
        let span = self.span(window)?;
        let today = self.term(&Term::Day(AS_OF))?;
        let place = |this: &mut Self, day: &Sql| {
            let place = span.place(day);
            this.stages.short(place)
        };
        let (open, failed) = (number(Judged::Open), number(Judged::Failed));
        let today = place(self, &today.num);
        let met = if plan.either { open.clone() } else { number(Judged::Met) };
        let [inside, boundary] = [Place::Inside, Place::Boundary].map(|place| today.equals(&placed(place)));
        let below = Sql::case(&[(inside.clone(), number(Judged::Pending)), (boundary, open.clone())], &failed);
        let mut branches =
            vec![(span.is_unknown(), open.clone()), (span.has_not_begun(), number(Judged::Pending)), (reached.not(), below)];
        let Some(crossed) = &plan.crossed else { return Ok(Sql::case(&branches, &met)) };
        let crossed = self.whole(crossed)?;
        let on = place(self, &crossed.num);
        branches.push((inside, met.clone()));
        branches.push((crossed.num.is_null(), open.clone()));
        if crossed.none {
            branches.push((crossed.num.equals(&Sql::constant(NO_DAY.to_string())), failed.clone()));
        }
        branches.push((on.equals(&placed(Place::Inside)), met));
        branches.push((on.equals(&placed(Place::Boundary)), open));
        Ok(Sql::case(&branches, &failed))
    }

    fn span(&mut self, window: &WindowPlan) -> Result<Span, Refusal> {
        Ok(match window {
            WindowPlan::Forever => Span::Forever,
            WindowPlan::Until(day) => Span::Until(self.whole(day)?),
            WindowPlan::Within(window) => {
                let (start, end, first) = self.days(window)?;
                Span::Within(start, end, first)
            }
            WindowPlan::Earlier(a, b) => match (&**a, &**b) {
                (WindowPlan::Within(a), WindowPlan::Within(b)) => Span::Earlier([self.days(a)?, self.days(b)?]),
                _ => {
                    return Err(self
                        .refusal("the earlier of windows that are not so many days of a day", "write them as days of a day"));
                }
            },
        })
    }

    /// The start and the end of a window; the end is unknown where either operand is.
    fn days(&mut self, window: &Window) -> Result<(Val, Sql, FirstDay), Refusal> {
        let (start, length) = (self.whole(&window.start)?, self.whole(&window.length)?);
        let end = start.num.binary("+", &length.num);
        Ok((start, self.stages.column(end), window.first))
    }
}

/// A place as a number.
fn placed(place: Place) -> Sql {
    Sql::constant(match place {
        Place::Inside => "1",
        Place::Boundary => "0",
        Place::Outside => "2",
    })
}

/// Is a day `none`?
fn is_none(val: &Val) -> Sql {
    if val.none { val.num.equals(&Sql::constant(NO_DAY.to_string())) } else { Sql::truth(false) }
}

impl Span {
    /// Is an operand not known?
    fn is_unknown(&self) -> Sql {
        match self {
            Self::Forever => Sql::truth(false),
            Self::Until(day) => day.num.is_null(),
            Self::Within(_, end, _) => end.is_null(),
            Self::Earlier(both) => Sql::any(both.iter().map(|(_, end, _)| end.is_null())),
        }
    }

    /// Has what starts it not happened?
    fn has_not_begun(&self) -> Sql {
        match self {
            Self::Forever | Self::Until(_) => Sql::truth(false),
            Self::Within(start, ..) => is_none(start),
            Self::Earlier(both) => Sql::all(both.iter().map(|(start, ..)| is_none(start))),
        }
    }

    /// Where a known day lies in a window that has begun.
    fn place(&self, day: &Sql) -> Sql {
        match self {
            Self::Forever => placed(Place::Inside),
            Self::Until(last) => {
                let inside = Sql::any([is_none(last), day.compared(Order::AtMost, &last.num)]);
                Sql::case(&[(inside, placed(Place::Inside))], &placed(Place::Outside))
            }
            Self::Within(start, end, first) => {
                let mut branches = vec![(day.compared(Order::Below, &start.num), placed(Place::Outside))];
                branches.extend(after_start(day, end, *first, &placed));
                Sql::case(&branches, &placed(Place::Outside))
            }
            Self::Earlier([(a, a_end, a_first), (b, b_end, b_first)]) => {
                let within =
                    |end: &Sql, first: FirstDay| Sql::case(&after_start(day, end, first, &placed), &placed(Place::Outside));
                let by_b = Sql::any([is_none(a), Sql::all([is_none(b).not(), b_end.compared(Order::Below, a_end)])]);
                Sql::case(&[(by_b, within(b_end, *b_first))], &within(a_end, *a_first))
            }
        }
    }
}
