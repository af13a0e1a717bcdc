//! The table that a run prints.
//!
//! In: what was measured of each engine. Out: Markdown on standard output. Owns rounding and ratios. Never measures.

use crate::engines::Entry;
use crate::peer::Tally;
use crate::terms::Terms;

/// The best rate of an engine on one kind of portfolio.
#[derive(Default)]
pub struct Timed {
    /// Rows a CPU second; none before the first round.
    pub best: Option<f64>,
}

impl Timed {
    /// Keeps a rate if it is the best yet.
    pub fn add(&mut self, rate: f64) {
        self.best = Some(self.best.map_or(rate, |best| best.max(rate)));
    }
}

/// A row of the table.
pub struct Line {
    /// The engine.
    pub entry: &'static Entry,
    /// What the table calls it.
    name: String,
    /// With half of the facts missing, and with none.
    pub timed: [Timed; 2],
    /// Instructions a row of which half the facts are missing.
    pub instructions: Option<f64>,
    /// Why there are no figures.
    pub trouble: Option<String>,
}

impl Line {
    /// A row without figures.
    pub fn new(entry: &'static Entry) -> Self {
        let version = version(entry.package).map(|version| format!(" {version}"));
        let name = format!("{}{}{}", entry.name, version.unwrap_or_default(), entry.how);
        Self { entry, name, timed: Default::default(), instructions: None, trouble: None }
    }
}

/// The version of a package: of a crate as locked, of a Python package as required.
fn version(package: &str) -> Option<String> {
    let locked = include_str!("../Cargo.lock").split("[[package]]").find_map(|entry| {
        let of = |key: &str| entry.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = \"")?.strip_suffix('"'));
        (of("name") == Some(package)).then(|| of("version"))?
    });
    let required = include_str!("../requirements.txt").lines().find_map(|line| line.strip_prefix(package)?.strip_prefix("=="));
    if package.is_empty() { None } else { locked.or(required).map(str::to_owned) }
}

/// Prints it, with what was decided.
pub fn print(terms: &Terms, tallies: &[Tally; 2], lines: &[Line], rows: usize) {
    println!(
        "{} programs, {} conditions, {} columns; at most {rows} rows; one thread; the best of several rounds.\n",
        terms.programs.len(),
        terms.requirements(),
        terms.columns(),
    );
    for ([open, yes, no], what) in tallies.iter().zip(["half of the facts missing", "nothing missing"]) {
        let of = |count: &u64| 100.0 * *count as f64 / (open + yes + no) as f64;
        let (open, yes, no) = (of(open), of(yes), of(no));
        println!("With {what}: {yes:.1}% qualify, {no:.1}% do not, {open:.1}% are undetermined.");
    }
    println!("\nRows a second of CPU time, how that compares with accredit's columns, and instructions a row:\n");
    println!("| engine | half missing | of columns | nothing missing | of columns | instructions, half missing |");
    println!("|---|---:|---:|---:|---:|---:|");
    let best = |at: usize| lines.iter().find(|line| line.entry.key == "columns").and_then(|line| line.timed[at].best);
    for line in lines {
        if let Some(trouble) = &line.trouble {
            println!("| {} | {} | | | | |", line.name, trouble.replace(['|', '\n'], " "));
            continue;
        }
        let rate = |at: usize| line.timed[at].best.map_or("–".to_owned(), rounded);
        let ratio = |at: usize| match (line.timed[at].best, best(at)) {
            (Some(own), Some(best)) => times(own / best),
            _ => "–".to_owned(),
        };
        let figures = [0, 1].map(|at| format!("{} | {}", rate(at), ratio(at))).join(" | ");
        let count = line.instructions.map_or("–".to_owned(), rounded);
        println!("| {} | {figures} | {count} |", line.name);
    }
}

/// A number with three digits that count, and spaces between thousands.
fn rounded(number: f64) -> String {
    let unit = 10_f64.powf(number.abs().max(1.0).log10().floor() - 2.0);
    if unit < 1.0 {
        return format!("{number:.1}");
    }
    let digits = format!("{:.0}", (number / unit).round() * unit);
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// How many times as fast, or one part of how many.
fn times(ratio: f64) -> String {
    if ratio >= 0.95 { format!("{ratio:.2}") } else { format!("1/{}", rounded(1.0 / ratio)) }
}
