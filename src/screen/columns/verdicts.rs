//! Results and states to verdicts, in all rows of a strip.
//!
//! In: a planned decision, what its requirements and states came to. Out: the rows of each verdict.
//! Owns the order in which verdicts outweigh each other, as `eval::run` has it for one account. Never judges a requirement.

use super::batch::Column;
use super::engine::Columns;
use super::plane::{Plane, Truths};
use super::progress::Results;
use super::strip::Strip;
use super::wide::{Kernel, Pack};
use crate::plan::DecisionPlan;
use crate::program::{AS_OF, InForce, Verdict};
use crate::syntax::DecisionKind;

/// Finds the verdicts of a decision whose requirements and states were judged.
pub fn find(plan: &DecisionPlan, strip: &Strip<'_>, columns: &mut Columns) {
    let Columns { verdicts, requirements, states } = columns;
    let closed = if plan.kind == DecisionKind::Credit { closed(plan, strip) } else { Plane::NONE };
    let rows = Plane::first(strip.batch.rows_of(strip.at));
    strip.wide.run(Verdicts { plan, closed: &closed, rows, requirements, states, verdicts });
}

/// Where the program is closed: by the limits of the edition once it is known, else by the program's.
fn closed(plan: &DecisionPlan, strip: &Strip<'_>) -> Plane {
    let outside = |limits: InForce| match strip.batch.column(AS_OF) {
        _ if limits == InForce::default() => Plane::NONE,
        Column::Same(day, _) => Plane::of(limits.closed_on(day.main)),
        Column::Each(_) => strip.wide.each(strip.slot_lanes(AS_OF).main.as_slice(), |day| limits.closed_on(day)),
    };
    let (mut rest, mut found) = (Plane::ALL, Plane::NONE);
    for (when, limits) in plan.editions.iter().zip(&plan.edition_limits) {
        let rows = rest.and(&strip.truths_of(*when).yes);
        rest = rest.but_not(&rows);
        found = found.or(&outside(limits.unwrap_or(plan.in_force)).and(&rows));
    }
    found.or(&outside(plan.in_force).and(&rest))
}

struct Verdicts<'a> {
    plan: &'a DecisionPlan,
    closed: &'a Plane,
    rows: Plane,
    requirements: &'a [Results],
    states: &'a [Truths],
    verdicts: &'a mut Vec<(Verdict, Plane)>,
}

impl Kernel for Verdicts<'_> {
    type Output = ();

    #[inline(always)]
    fn run<P: Pack>(self, _: P) {
        let Self { plan, closed, rows, requirements, states, verdicts } = self;
        let (mut failed, mut pending, mut open) = (Plane::NONE, Plane::NONE, Plane::NONE);
        for one in requirements {
            failed = failed.or(&one.failed);
            pending = pending.or(&one.pending);
            open = open.or(&one.met.or(&one.failed).or(&one.pending).not());
        }
        let mut rest = rows;
        verdicts.clear();
        let mut put = |verdict, rows: &Plane| {
            verdicts.push((verdict, rest.and(rows)));
            rest = rest.but_not(rows);
        };
        match plan.kind {
            DecisionKind::Action => {
                put(Verdict::Denied, &failed);
                put(Verdict::Undetermined, &open);
                put(Verdict::Allowed, &Plane::ALL);
            }
            DecisionKind::Check => {
                put(Verdict::Fail, &failed);
                put(Verdict::Undetermined, &open);
                put(Verdict::Pass, &Plane::ALL);
            }
            DecisionKind::Credit => {
                let kinds = plan.state_kinds;
                let (mut lost, mut blocked) = (Plane::NONE, Plane::NONE);
                for (one, at) in states.iter().zip(0..64) {
                    let is = |among: u64| among >> at & 1 == 1;
                    if is(kinds.lost) {
                        lost = lost.or(&one.yes);
                    }
                    if is(kinds.blocked) {
                        blocked = blocked.or(&one.yes);
                    }
                    if is(kinds.lost | kinds.blocked) {
                        open = open.or(&one.yes.or(&one.no).not());
                    }
                    if is(kinds.open) {
                        open = open.or(&one.no.not());
                    }
                }
                put(Verdict::Closed, closed);
                put(Verdict::DoesNotQualify, &failed);
                put(Verdict::Lost, &lost);
                put(Verdict::Undetermined, &open);
                put(Verdict::Blocked, &blocked);
                put(Verdict::OnTrack, &pending);
                put(Verdict::Qualifies, &Plane::ALL);
            }
        }
    }
}
