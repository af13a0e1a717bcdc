//! Deciding off the threads that serve requests: a few threads, each at a desk, before one bounded queue.
//!
//! In: work with the rule set under which it is done. Out: what it came to.
//! Owns the threads and the length of the queue. Never waits for room: whoever finds the queue full is told so at once.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};

use tokio::sync::oneshot;

use crate::RuleSet;
use crate::answer::Desk;

/// What is done at a desk.
type Work = Box<dyn FnOnce(&mut Desk<'_>) + Send>;

/// Work under one rule set.
struct Job {
    rules: Arc<RuleSet>,
    work: Work,
}

/// The threads that decide.
#[derive(Clone, Debug)]
pub struct Pool {
    queue: SyncSender<Job>,
    waiting: Arc<AtomicUsize>,
}

/// Why nothing came of some work.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Undone {
    /// The queue is full.
    Full,
    /// It failed by a fault of the program.
    Fault,
}

impl Pool {
    /// Starts `threads` threads before a queue of `length`.
    pub fn new(threads: usize, length: usize) -> Self {
        let (queue, jobs) = sync_channel::<Job>(length);
        let jobs = Arc::new(Mutex::new(jobs));
        for _ in 0..threads.max(1) {
            let jobs = Arc::clone(&jobs);
            std::thread::spawn(move || sit(&jobs));
        }
        Self { queue, waiting: Arc::default() }
    }

    /// How much work waits.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Does some work at a desk under these rules. Whoever stops waiting before it begins saves it.
    /// # Errors
    /// The queue is full, or the work failed.
    pub async fn at_desk<T: Send + 'static>(
        &self,
        rules: Arc<RuleSet>,
        work: impl FnOnce(&mut Desk<'_>) -> T + Send + 'static,
    ) -> Result<T, Undone> {
        let (told, waiting) = oneshot::channel();
        let waiting_now = Arc::clone(&self.waiting);
        let work: Work = Box::new(move |desk| {
            waiting_now.fetch_sub(1, Ordering::Relaxed);
            if !told.is_closed() {
                // Whoever asked may have left meanwhile.
                drop(told.send(work(desk)));
            }
        });
        self.waiting.fetch_add(1, Ordering::Relaxed);
        self.queue.try_send(Job { rules, work }).map_err(|_| {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            Undone::Full
        })?;
        waiting.await.map_err(|_| Undone::Fault)
    }
}

/// One thread: a desk is kept for as long as the rules stay the same.
fn sit(jobs: &Mutex<Receiver<Job>>) {
    let next = || jobs.lock().unwrap_or_else(std::sync::PoisonError::into_inner).recv().ok();
    let mut waiting = next();
    while let Some(Job { rules, work }) = waiting {
        let mut desk = Desk::new(&rules);
        let mut work = Some(work);
        waiting = loop {
            if let Some(work) = work.take()
                && catch_unwind(AssertUnwindSafe(|| work(&mut desk))).is_err()
            {
                // What a failed decision left on the desk is in no known state.
                break next();
            }
            match next() {
                Some(job) if Arc::ptr_eq(&job.rules, &rules) => work = Some(job.work),
                other => break other,
            }
        };
    }
}
