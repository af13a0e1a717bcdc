//! Whole numbers that satisfy bounds: differences exactly, other sums and products by search.
//!
//! In: variables with their ranges, comparisons with the literal that demands each. Out: values at the edges of what is
//! allowed, or the demands that contradict each other, or neither.
//! Owns integer arithmetic of models. A contradiction that it names is one. Never knows what a number means.

use batsat::Lit;

use super::poly::{AtMost, Factors, Var};

/// Searches give up after so many values.
const MAX_TRIES: usize = 400;
/// Rounds in which bounds follow from each other.
const ROUNDS: usize = 12;
/// Farther than anything that a document may say.
const FAR: i128 = i128::MAX / 16;

/// A variable of the search.
#[derive(Clone, Debug)]
pub(super) struct Range {
    /// Which.
    pub(super) var: Var,
    /// Its least value.
    pub(super) low: i128,
    /// Its greatest value.
    pub(super) high: i128,
    /// Bounds beyond these are no edges that somebody would draw.
    pub(super) usual: (i128, i128),
    /// What it is where nothing else matters: a value, or that of another variable.
    pub(super) prefer: Result<i128, Var>,
    /// Keep to the preferred value where that is allowed.
    pub(super) keep: bool,
}

/// What the search came to.
#[derive(Clone, Debug)]
pub(super) enum Solved {
    /// A value for each variable.
    Values(Vec<(Var, i128)>),
    /// These demands have no values together.
    Conflict(Vec<Lit>),
    /// Neither was found.
    Unknown,
}

/// One comparison and the literal that demands it.
pub(super) type Demand = (AtMost, Lit);

/// Values for all variables that satisfy all demands.
pub(super) fn solve(ranges: &[Range], demands: &[Demand]) -> Solved {
    let mut net = Net::new(ranges);
    let mut others: Vec<&Demand> = Vec::new();
    for demand in demands {
        match net.edge(&demand.0) {
            Some((from, to)) => net.tighten(from, to, demand.0.limit, demand.1),
            None => others.push(demand),
        }
    }
    if let Some(reasons) = net.close() {
        return Solved::Conflict(reasons);
    }
    if others.is_empty() {
        let mut values = vec![None; ranges.len()];
        for (at, range) in ranges.iter().enumerate() {
            let value = candidates(range, net.bounds(at), &values, &net).first().copied().unwrap_or(range.low);
            net.fix(at, value);
            if let Some(place) = values.get_mut(at) {
                *place = Some(value);
            }
        }
        return Solved::Values(
            ranges.iter().zip(values).map(|(range, value)| (range.var, value.unwrap_or(range.low))).collect(),
        );
    }
    let mut root = net.clone();
    if !follow(&mut root, &others) {
        return Solved::Conflict(shrunk(ranges, demands));
    }
    let mut tries = 0;
    match search(ranges, &root, &others, &mut vec![None; ranges.len()], &mut tries) {
        Some(values) => Solved::Values(ranges.iter().zip(values).map(|(range, value)| (range.var, value)).collect()),
        None => Solved::Unknown,
    }
}

/// A smaller part of contradicting demands that still contradict each other.
fn shrunk(ranges: &[Range], demands: &[Demand]) -> Vec<Lit> {
    let contradicts = |kept: &[Demand]| {
        let mut net = Net::new(ranges);
        let mut others = Vec::new();
        for demand in kept {
            match net.edge(&demand.0) {
                Some((from, to)) => net.tighten(from, to, demand.0.limit, demand.1),
                None => others.push(demand),
            }
        }
        net.close().is_some() || !follow(&mut net, &others)
    };
    let mut kept = demands.to_vec();
    let mut at = kept.len();
    while at > 0 {
        at -= 1;
        let mut fewer = kept.clone();
        fewer.remove(at);
        if contradicts(&fewer) {
            kept = fewer;
        }
    }
    let mut reasons: Vec<Lit> = kept.into_iter().map(|(_, why)| why).collect();
    reasons.sort_unstable();
    reasons.dedup();
    reasons
}

/// The distances between variables; the last place is zero.
#[derive(Clone)]
struct Net {
    size: usize,
    vars: Vec<Var>,
    /// `least[a * size + b]`: `b - a` is at most so much.
    most: Vec<i128>,
    /// The demands from which each distance follows.
    why: Vec<Vec<Lit>>,
}

impl Net {
    fn new(ranges: &[Range]) -> Self {
        let size = ranges.len() + 1;
        let vars = ranges.iter().map(|range| range.var).collect();
        let mut net = Self { size, vars, most: vec![FAR; size * size], why: vec![Vec::new(); size * size] };
        for at in 0..size {
            net.put(at, at, 0, Vec::new());
        }
        for (at, range) in ranges.iter().enumerate() {
            net.put(size - 1, at, range.high, Vec::new());
            net.put(at, size - 1, -range.low, Vec::new());
        }
        net
    }

    fn put(&mut self, from: usize, to: usize, most: i128, why: Vec<Lit>) {
        let at = from * self.size + to;
        if let (Some(place), Some(reasons)) = (self.most.get_mut(at), self.why.get_mut(at)) {
            (*place, *reasons) = (most, why);
        }
    }

    fn at(&self, from: usize, to: usize) -> i128 {
        self.most.get(from * self.size + to).copied().unwrap_or(FAR)
    }

    /// The two places whose distance a comparison bounds, where it is one of a difference.
    fn edge(&self, of: &AtMost) -> Option<(usize, usize)> {
        let place = |factors: &Factors| match factors.as_slice() {
            [var] => self.vars.iter().position(|known| known == var),
            _ => None,
        };
        match of.parts.as_slice() {
            [(one, 1)] => Some((self.size - 1, place(one)?)),
            [(one, -1)] => Some((place(one)?, self.size - 1)),
            [(one, 1), (other, -1)] | [(other, -1), (one, 1)] => Some((place(other)?, place(one)?)),
            _ => None,
        }
    }

    fn tighten(&mut self, from: usize, to: usize, most: i128, why: Lit) {
        if most < self.at(from, to) {
            self.put(from, to, most, vec![why]);
        }
    }

    /// Finds all distances that follow; the reasons of a contradiction, if there is one.
    fn close(&mut self) -> Option<Vec<Lit>> {
        for middle in 0..self.size {
            for from in 0..self.size {
                let first = self.at(from, middle);
                if first >= FAR {
                    continue;
                }
                for to in 0..self.size {
                    let second = self.at(middle, to);
                    if second < FAR && first + second < self.at(from, to) {
                        let reasons = |at: usize| self.why.get(at).cloned().unwrap_or_default();
                        let mut why = [reasons(from * self.size + middle), reasons(middle * self.size + to)].concat();
                        why.sort_unstable();
                        why.dedup();
                        if from == to {
                            return Some(why);
                        }
                        self.put(from, to, first + second, why);
                    }
                }
            }
        }
        None
    }

    fn bounds(&self, at: usize) -> (i128, i128) {
        (-self.at(at, self.size - 1), self.at(self.size - 1, at))
    }

    /// Narrows the bounds of one variable and of all that depend on it. Is anything left?
    fn narrow(&mut self, at: usize, low: i128, high: i128) -> bool {
        let zero = self.size - 1;
        for other in 0..zero {
            let (down, up) = (self.at(other, at), self.at(at, other));
            if up < FAR && high + up < self.at(zero, other) {
                self.put(zero, other, high + up, Vec::new());
            }
            if down < FAR && down - low < self.at(other, zero) {
                self.put(other, zero, down - low, Vec::new());
            }
        }
        (0..zero).all(|other| self.bounds(other).0 <= self.bounds(other).1)
    }

    fn fix(&mut self, at: usize, value: i128) -> bool {
        self.narrow(at, value, value)
    }

    /// The least and the greatest value of a product of variables; nothing where it leaves the range of numbers.
    fn product(&self, factors: &Factors) -> Option<(i128, i128)> {
        let mut found = (1_i128, 1_i128);
        for var in factors {
            let at = self.vars.iter().position(|known| known == var)?;
            let (low, high) = self.bounds(at);
            let ends =
                [found.0.checked_mul(low)?, found.0.checked_mul(high)?, found.1.checked_mul(low)?, found.1.checked_mul(high)?];
            found = (ends.into_iter().min()?, ends.into_iter().max()?);
        }
        Some(found)
    }
}

/// Narrows bounds by the demands that are no differences. Is anything left?
fn follow(net: &mut Net, others: &[&Demand]) -> bool {
    for _ in 0..ROUNDS {
        let before = net.most.clone();
        for (comparison, _) in others {
            let ends: Option<Vec<(i128, i128)>> = comparison
                .parts
                .iter()
                .map(|(factors, coefficient)| {
                    let (low, high) = net.product(factors)?;
                    let ends = (low.checked_mul(*coefficient)?, high.checked_mul(*coefficient)?);
                    Some((ends.0.min(ends.1), ends.0.max(ends.1)))
                })
                .collect();
            let Some(ends) = ends else { continue };
            let Some(least) = ends.iter().try_fold(0_i128, |sum, (low, _)| sum.checked_add(*low)) else { continue };
            if least > comparison.limit {
                return false;
            }
            for ((factors, coefficient), (low, _)) in comparison.parts.iter().zip(&ends) {
                let [var] = factors.as_slice() else { continue };
                let Some(at) = net.vars.iter().position(|known| known == var) else { continue };
                let room = comparison.limit - (least - low);
                let (from, to) = net.bounds(at);
                let (from, to) = if *coefficient > 0 {
                    (from, to.min(room.div_euclid(*coefficient)))
                } else {
                    (from.max(-room.div_euclid(-*coefficient)), to)
                };
                if from > to || !net.narrow(at, from, to) {
                    return false;
                }
            }
        }
        if net.most == before {
            break;
        }
    }
    true
}

fn search(
    ranges: &[Range],
    net: &Net,
    others: &[&Demand],
    values: &mut Vec<Option<i128>>,
    tries: &mut usize,
) -> Option<Vec<i128>> {
    let Some(at) = values.iter().position(Option::is_none) else {
        // Bounds too large to multiply were passed over on the way.
        let all = values.iter().copied().collect::<Option<Vec<i128>>>()?;
        return others.iter().all(|(comparison, _)| satisfied(net, comparison, &all) == Some(true)).then_some(all);
    };
    let range = ranges.get(at)?;
    for value in candidates(range, net.bounds(at), values, net) {
        *tries += 1;
        if *tries > MAX_TRIES {
            return None;
        }
        let mut next = net.clone();
        if next.fix(at, value) && follow(&mut next, others) {
            *values.get_mut(at)? = Some(value);
            if let Some(found) = search(ranges, &next, others, values, tries) {
                return Some(found);
            }
            *values.get_mut(at)? = None;
        }
    }
    None
}

/// Does a comparison hold for given values? Nothing where it leaves the range of numbers.
fn satisfied(net: &Net, comparison: &AtMost, values: &[i128]) -> Option<bool> {
    let mut sum = 0_i128;
    for (factors, coefficient) in &comparison.parts {
        let mut product = *coefficient;
        for var in factors {
            let at = net.vars.iter().position(|known| known == var)?;
            product = product.checked_mul(*values.get(at)?)?;
        }
        sum = sum.checked_add(product)?;
    }
    Some(sum <= comparison.limit)
}

/// Values to try, the most telling first: an edge that somebody drew, then what is usual.
fn candidates(range: &Range, (low, high): (i128, i128), values: &[Option<i128>], net: &Net) -> Vec<i128> {
    let prefer = match range.prefer {
        Ok(value) => value,
        Err(var) => {
            let at = net.vars.iter().position(|known| *known == var);
            at.and_then(|at| values.get(at).copied().flatten().or(Some(net.bounds(at).0))).unwrap_or(0)
        }
    };
    let clamped = prefer.max(low).min(high);
    let mut all = Vec::new();
    if range.keep && clamped == prefer {
        all.push(prefer);
    }
    let mut edges: Vec<i128> = [low, high].into_iter().filter(|edge| (range.usual.0..=range.usual.1).contains(edge)).collect();
    edges.sort_by_key(|edge| (edge - prefer).unsigned_abs());
    all.extend(edges);
    all.extend([clamped, low, high, low + (high - low) / 2]);
    let near = [clamped - 1, clamped + 1, 1, 100, 10_000, 1_000_000_000].into_iter();
    all.extend(near.filter(|value| (low..=high).contains(value)));
    let mut seen = Vec::new();
    all.retain(|value| {
        !seen.contains(value) && {
            seen.push(*value);
            true
        }
    });
    all
}
