//! The one thread that holds the database.
//!
//! In: jobs over a bounded queue. Out: an answer to each, after its transaction is on the disk.
//! Owns the grouping: whatever waits is written in one transaction, so that many callers share one wait for the disk.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use super::database::{Database, Write};
use super::entry::Receipt;
use super::error::StoreError;

/// How many jobs may wait; the next one is refused.
pub const QUEUE: usize = 4_096;

/// How many writes share a transaction.
const GROUP: usize = 256;

/// Whom to answer about something that was written.
pub(super) enum Answer {
    /// With the receipt of an entry.
    Receipt(oneshot::Sender<Result<Receipt, StoreError>>),
    /// That it is done.
    Done(oneshot::Sender<Result<(), StoreError>>),
}

impl Answer {
    /// Whoever does not wait any more is not told.
    fn give(self, done: Result<Option<Receipt>, StoreError>) {
        match self {
            Self::Receipt(sender) => drop(sender.send(done.and_then(|receipt| receipt.ok_or(StoreError::Closed)))),
            Self::Done(sender) => drop(sender.send(done.map(|_| ()))),
        }
    }
}

/// Work on the database itself.
type Call = Box<dyn FnOnce(&mut dyn Database) + Send>;

/// Something to do with the database.
pub(super) enum Job {
    /// To write.
    Write(Write, Answer),
    /// Anything else; it answers by itself.
    Call(Call),
}

/// The thread and the way to it.
#[derive(Debug)]
pub(super) struct Writer {
    /// Nothing once the writer is told to end.
    jobs: Option<SyncSender<Job>>,
    thread: Option<JoinHandle<()>>,
    waiting: Arc<AtomicUsize>,
}

impl Writer {
    /// Starts the thread; the database is opened there.
    pub(super) fn start(
        open: impl FnOnce() -> Result<Box<dyn Database>, StoreError> + Send + 'static,
    ) -> Result<Self, StoreError> {
        let (jobs, received) = sync_channel(QUEUE);
        let (opened, is_open) = sync_channel(1);
        let waiting = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&waiting);
        let run = move || match open() {
            Ok(mut database) => {
                drop(opened.send(Ok(())));
                work(database.as_mut(), &received, &count);
            }
            Err(why) => drop(opened.send(Err(why))),
        };
        let thread = std::thread::Builder::new().name("store".to_owned()).spawn(run).map_err(|_| StoreError::Closed)?;
        is_open.recv().unwrap_or(Err(StoreError::Closed))?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread), waiting })
    }

    /// Hands a job over without waiting.
    pub(super) fn send(&self, job: Job) -> Result<(), StoreError> {
        use std::sync::mpsc::TrySendError;
        let jobs = self.jobs.as_ref().ok_or(StoreError::Closed)?;
        self.waiting.fetch_add(1, Ordering::Relaxed);
        jobs.try_send(job).map_err(|refused| {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            match refused {
                TrySendError::Full(_) => StoreError::Busy { waiting: QUEUE },
                TrySendError::Disconnected(_) => StoreError::Closed,
            }
        })
    }

    /// How many jobs wait.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }
}

impl Drop for Writer {
    /// What waits is still written.
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

fn work(database: &mut dyn Database, jobs: &Receiver<Job>, waiting: &AtomicUsize) {
    while let Ok(first) = jobs.recv() {
        let (mut writes, mut answers) = (Vec::new(), Vec::new());
        let mut next = Some(first);
        while let Some(job) = next.take() {
            waiting.fetch_sub(1, Ordering::Relaxed);
            match job {
                Job::Write(write, answer) => {
                    writes.push(write);
                    answers.push(answer);
                }
                Job::Call(call) => {
                    // In the order of asking: what was written before is seen.
                    write(database, &mut writes, &mut answers);
                    call(database);
                }
            }
            if writes.len() < GROUP {
                next = jobs.try_recv().ok();
            }
        }
        write(database, &mut writes, &mut answers);
    }
}

fn write(database: &mut dyn Database, writes: &mut Vec<Write>, answers: &mut Vec<Answer>) {
    if writes.is_empty() {
        return;
    }
    match database.write(writes) {
        Ok(done) => answers.drain(..).zip(done).for_each(|(answer, done)| answer.give(done)),
        Err(why) => answers.drain(..).for_each(|answer| answer.give(Err(why.clone()))),
    }
    writes.clear();
}
