//! What the bits of masks stand for: a lookup table.
//!
//! In: decisions. Out: one row a requirement and state condition, with its label, what to do, and its sources.
//! Owns the columns of that table. Never decides.

use super::decision::MASK_BITS;
use super::dialect::Dialect;
use crate::program::{Decision, Program};

/// The name of the lookup table.
pub const REASONS: &str = "accredit_reasons";

/// What a bit stands for.
struct Reason<'p> {
    kind: &'static str,
    at: usize,
    id: &'p str,
    label: &'p str,
    remedy: Option<usize>,
    cites: &'p [usize],
}

/// A view that holds the reasons of some decisions: `decision`, `kind` (`requirement` for the masks of results, `state` for
/// that of states), `mask` (1 for the first, which holds 62 bits), `bit`, `id`, `label`, `remedy` and `citation`.
pub fn reasons(program: &Program, decisions: &[&Decision], dialect: Dialect) -> String {
    let print = dialect.print();
    let text = |text: &str| print.literal(text);
    let mut rows = Vec::new();
    for decision in decisions {
        for reason in of(decision) {
            let remedy = reason.remedy.and_then(|at| program.remedies.get(at));
            let cites = reason.cites.iter().filter_map(|at| program.sources.get(*at)).map(|source| {
                let address = source.url.as_ref().or(source.file.as_ref());
                address.map_or_else(|| source.title.clone(), |address| format!("{} ({address})", source.title))
            });
            let cells = [
                text(&decision.id),
                text(reason.kind),
                (reason.at / MASK_BITS + 1).to_string(),
                (reason.at % MASK_BITS).to_string(),
                text(reason.id),
                text(reason.label),
                remedy.map_or_else(|| format!("CAST(NULL AS {})", print.text_type()), |remedy| text(&remedy.say)),
                text(&cites.collect::<Vec<_>>().join("; ")),
            ];
            rows.push(format!("  ({})", cells.join(", ")));
        }
    }
    let names =
        ["decision", "kind", "mask", "bit", "id", "label", "remedy", "citation"].map(|name| print.quoted(name)).join(", ");
    let view = print.create_view(&print.quoted(REASONS));
    format!("{view}\nSELECT {names} FROM (VALUES\n{}\n) AS {} ({names})", rows.join(",\n"), print.quoted("reasons"))
}

fn of(decision: &Decision) -> Vec<Reason<'_>> {
    let requirements = decision.requirements.iter().enumerate().map(|(at, one)| Reason {
        kind: "requirement",
        at,
        id: &one.id,
        label: &one.label,
        remedy: one.remedy,
        cites: &one.cites,
    });
    let states = decision.states.iter().enumerate().map(|(at, one)| Reason {
        kind: "state",
        at,
        id: &one.id,
        label: &one.label,
        remedy: one.remedy,
        cites: &one.cites,
    });
    requirements.chain(states).collect()
}
