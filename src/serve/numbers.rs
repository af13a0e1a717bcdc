//! What the server counts, for Prometheus.
//!
//! In: what happened. Out: the text of `/metrics`.
//! Owns names, labels and buckets. Never counts by anything that a client sent: labels are routes, verdicts, outcomes.

use std::time::Duration;

use axum::http::StatusCode;
use prometheus::{Error, HistogramOpts, HistogramVec, IntCounterVec, IntGauge, Opts, Registry, TextEncoder, core::Collector};

use crate::program::Verdict;

/// The upper ends of the buckets for the time that requests take, in seconds.
const BUCKETS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0];

/// The numbers of one server.
#[derive(Clone, Debug)]
pub struct Numbers {
    all: Registry,
    requests: IntCounterVec,
    seconds: HistogramVec,
    decisions: IntCounterVec,
    reloads: IntCounterVec,
    queue: IntGauge,
    store: IntGauge,
}

impl Numbers {
    /// Begins to count.
    /// # Errors
    /// A name or a label is none that Prometheus takes.
    pub fn new() -> Result<Self, Error> {
        let all = Registry::new();
        let seconds = HistogramOpts::new("accredit_request_seconds", "Seconds until a response began, by route.");
        let counter = |name, help, labels: &[&str]| counted(&all, IntCounterVec::new(Opts::new(name, help), labels)?);
        let gauge = |name, help| counted(&all, IntGauge::new(name, help)?);
        Ok(Self {
            requests: counter(
                "accredit_requests_total",
                "Requests by route, method and status.",
                &["route", "method", "status"],
            )?,
            seconds: counted(&all, HistogramVec::new(seconds.buckets(BUCKETS.to_vec()), &["route"])?)?,
            decisions: counter("accredit_decisions_total", "Decisions by verdict.", &["verdict"])?,
            reloads: counter(
                "accredit_reloads_total",
                "Changes of the rules by what came of them: taken or refused.",
                &["outcome"],
            )?,
            queue: gauge("accredit_queue_depth", "Requests that wait to be decided.")?,
            store: gauge("accredit_store_depth", "Decisions that wait to be logged.")?,
            all,
        })
    }

    /// Counts a request.
    pub fn request(&self, route: &str, method: &str, status: StatusCode, took: Duration) {
        self.requests.with_label_values(&[route, method, status.as_str()]).inc();
        self.seconds.with_label_values(&[route]).observe(took.as_secs_f64());
    }

    /// Counts a decision.
    pub fn decision(&self, verdict: Verdict) {
        self.decisions.with_label_values(&[verdict.word()]).inc();
    }

    /// Counts a change of the rules.
    pub fn reload(&self, taken: bool) {
        self.reloads.with_label_values(&[if taken { "taken" } else { "refused" }]).inc();
    }

    /// Everything as text, with what waits now.
    /// # Errors
    /// The numbers cannot be written.
    pub fn text(&self, queue: usize, store: usize) -> Result<String, Error> {
        let depth = |waiting| i64::try_from(waiting).unwrap_or(i64::MAX);
        self.queue.set(depth(queue));
        self.store.set(depth(store));
        TextEncoder::new().encode_to_string(&self.all.gather())
    }
}

/// A number that the registry tells.
fn counted<T: Collector + Clone + 'static>(all: &Registry, number: T) -> Result<T, Error> {
    all.register(Box::new(number.clone()))?;
    Ok(number)
}
