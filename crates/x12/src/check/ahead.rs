//! A file that is read ahead of the reader in chunks, whose whole transaction sets are checked on several threads.
//!
//! The reader goes through the file in order as ever and decides alone; at a span that was checked aside it takes the
//! result instead of the segments. Memory is a bounded number of chunks, which are used again.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::check::aside::{Aside, Found, Terms, Told};
use crate::check::scout::{Looked, Scout, Span};
use crate::check::source::Source;

/// How much is read at once, and held.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes {
    /// The usual chunk.
    pub chunk: usize,
    /// The longest chunk, for sets that are longer than the usual one.
    pub longest: usize,
    /// All chunks together.
    pub held: usize,
}

impl Sizes {
    /// Chunks of some sets, so that little of one has to be looked at twice; the longest for the 5,000 claims that a
    /// set should not exceed. All memory together shall stay below 20 MB, and the rest takes some 4 MB.
    pub const USUAL: Self = Self { chunk: 1 << 20, longest: 4 << 20, held: 12 << 20 };
}

/// Chunks a thread: one in work, one waiting.
const CHUNKS_A_THREAD: usize = 2;
/// Tasks of a usual chunk, as far as its sets let it be parted: at the end of the file no thread shall wait long for
/// another.
const TASKS_A_CHUNK: usize = 8;
/// So much is read and looked through at a time, as long as it is in the first caches.
const READ_AT_ONCE: usize = 128 * 1024;
/// The window is filled with at least so much, so that small wishes are not answered one by one.
const LEAST_WINDOW: usize = 1024;

/// Spans of one chunk to be checked.
struct Task {
    id: u64,
    chunk: Arc<Vec<u8>>,
    base: u64,
    spans: Vec<Span>,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Task>,
    /// Results by the id of their task.
    finished: Vec<(u64, VecDeque<Option<Found>>)>,
    /// Tasks in work whose results nobody wants.
    forgotten: Vec<u64>,
    is_closed: bool,
}

/// Where threads get their work and leave what they found.
pub(super) struct Pool<'c> {
    terms: Terms<'c>,
    told: Told,
    state: Mutex<State>,
    has_work: Condvar,
    has_results: Condvar,
}

/// Leaves a result also where the check of a task stops in a panic: nobody shall wait for it for ever.
struct Leaving<'p, 'c> {
    pool: &'p Pool<'c>,
    id: u64,
    found: VecDeque<Option<Found>>,
}

impl Drop for Leaving<'_, '_> {
    fn drop(&mut self) {
        let mut state = self.pool.lock();
        match state.forgotten.iter().position(|id| *id == self.id) {
            Some(at) => {
                state.forgotten.swap_remove(at);
            }
            None => state.finished.push((self.id, std::mem::take(&mut self.found))),
        }
        drop(state);
        self.pool.has_results.notify_all();
    }
}

impl<'c> Pool<'c> {
    pub fn new(terms: Terms<'c>) -> Self {
        Self {
            terms,
            told: Told::default(),
            state: Mutex::default(),
            has_work: Condvar::new(),
            has_results: Condvar::new(),
        }
    }

    /// How many spans were taken over so far.
    pub fn taken(&self) -> usize {
        self.told.taken.load(Ordering::Relaxed)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No state is left half changed where a thread stops.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn submit(&self, task: Task) {
        self.lock().waiting.push_back(task);
        self.has_work.notify_one();
    }

    /// Gives up a task.
    fn forget(&self, id: u64) {
        let mut state = self.lock();
        if let Some(at) = state.waiting.iter().position(|task| task.id == id) {
            state.waiting.remove(at);
        } else if let Some(at) = state.finished.iter().position(|(finished, _)| *finished == id) {
            state.finished.swap_remove(at);
        } else {
            state.forgotten.push(id);
        }
    }

    /// Works until the pool is closed.
    pub fn work(&self) {
        let mut aside = Aside::default();
        let mut state = self.lock();
        loop {
            if let Some(task) = state.waiting.pop_front() {
                drop(state);
                self.check(&mut aside, task);
                state = self.lock();
            } else if state.is_closed {
                return;
            } else {
                state = self.has_work.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
        }
    }

    fn check(&self, aside: &mut Aside, task: Task) {
        let Task { id, chunk, base, spans } = task;
        let mut leaving = Leaving { pool: self, id, found: VecDeque::with_capacity(spans.len()) };
        for span in &spans {
            leaving.found.push_back(aside.check(&chunk, base, span, &self.terms, &self.told));
        }
        // The chunk is given up before its result is there, so that it can be used again.
        drop(chunk);
    }

    /// The result of a task; works on others while it is not there.
    fn result(&self, id: u64, aside: &mut Aside) -> VecDeque<Option<Found>> {
        let mut state = self.lock();
        loop {
            if let Some(at) = state.finished.iter().position(|(finished, _)| *finished == id) {
                return state.finished.swap_remove(at).1;
            }
            match state.waiting.pop_front() {
                Some(task) => {
                    drop(state);
                    self.check(aside, task);
                    state = self.lock();
                }
                None => state = self.has_results.wait(state).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }
}

/// Sends the threads of a pool home.
pub(super) struct Closing<'p, 'c>(pub &'p Pool<'c>);

impl Drop for Closing<'_, '_> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.is_closed = true;
        state.waiting.clear();
        drop(state);
        self.0.has_work.notify_all();
    }
}

/// A chunk of the file.
struct Chunk {
    base: u64,
    /// The first `length` bytes are of this chunk; those behind begin the next one.
    bytes: Arc<Vec<u8>>,
    length: usize,
    /// What is to come of its spans, none of them empty.
    batches: VecDeque<Batch>,
}

/// Spans that are one task.
struct Batch {
    id: u64,
    /// From which byte of the chunk to which.
    spans: VecDeque<(usize, usize)>,
    is_in_work: bool,
    found: VecDeque<Option<Found>>,
}

impl Chunk {
    fn end(&self) -> u64 {
        self.base + self.length as u64
    }
}

/// A file that is read ahead.
pub(super) struct Ahead<'p, 'c, R> {
    reader: R,
    pool: &'p Pool<'c>,
    threads: usize,
    sizes: Sizes,
    scout: Scout,
    aside: Aside,
    chunks: VecDeque<Chunk>,
    next_id: u64,
    /// Chunks that can be used again.
    free: Vec<Vec<u8>>,
    /// What was read and belongs to the next chunk.
    rest: Vec<u8>,
    /// Where the next chunk begins.
    read_to: u64,
    has_ended: bool,
    /// What the reader sees.
    window: Vec<u8>,
    from: usize,
    to: usize,
    base: u64,
    before: Option<u8>,
}

impl<'p, 'c, R: Read> Ahead<'p, 'c, R> {
    pub fn new(reader: R, pool: &'p Pool<'c>, threads: usize, sizes: Sizes) -> Self {
        Self {
            reader,
            pool,
            threads,
            sizes,
            scout: Scout::new(sizes.chunk / TASKS_A_CHUNK),
            aside: Aside::default(),
            chunks: VecDeque::new(),
            next_id: 0,
            free: Vec::new(),
            rest: Vec::new(),
            read_to: 0,
            has_ended: false,
            window: Vec::new(),
            from: 0,
            to: 0,
            base: 0,
            before: None,
        }
    }

    /// Reads ahead as far as memory and threads ask for.
    fn fill(&mut self) -> io::Result<()> {
        self.give_up_what_is_past();
        loop {
            let chunks = self.chunks.iter().map(|chunk| chunk.bytes.capacity());
            let held = chunks.sum::<usize>() + self.rest.capacity();
            let has_room = held + self.sizes.longest <= self.sizes.held || self.chunks.is_empty();
            let is_enough = self.chunks.len() >= self.threads * CHUNKS_A_THREAD;
            if self.has_ended || !has_room || is_enough {
                return Ok(());
            }
            self.read_chunk()?;
        }
    }

    fn give_up_what_is_past(&mut self) {
        let at = self.offset();
        while let Some(mut chunk) = self.chunks.pop_front_if(|chunk| chunk.end() <= at) {
            chunk.forget(self.pool);
            // One is kept to be used again; more would be memory that nobody needs.
            if let Ok(bytes) = Arc::try_unwrap(chunk.bytes)
                && bytes.capacity() <= self.sizes.chunk
                && self.free.is_empty()
            {
                self.free.push(bytes);
            }
        }
    }

    /// Reads a chunk and gives its spans to the pool.
    fn read_chunk(&mut self) -> io::Result<()> {
        let mut bytes = std::mem::take(&mut self.rest);
        let mut wanted = bytes.len().next_multiple_of(self.sizes.chunk).max(self.sizes.chunk);
        let mut seen = 0;
        let (spans, length) = loop {
            // What no terminator ends is looked through again: then so much more is read that it is not often.
            let piece = READ_AT_ONCE.max(bytes.len() - seen);
            bytes.reserve_exact(wanted.saturating_sub(bytes.len()));
            let to = wanted.min(bytes.len() + piece);
            self.read_up_to(&mut bytes, to)?;
            seen = self.scout.look(&bytes, self.has_ended);
            if bytes.len() < wanted && !self.has_ended {
                continue;
            }
            match self.scout.found(bytes.len(), self.has_ended, wanted < self.sizes.longest) {
                Looked::Found(spans, length) => break (spans, length),
                Looked::TooShort => wanted += self.sizes.chunk,
            }
        };
        self.rest = self.free.pop().unwrap_or_default();
        self.rest.clear();
        self.rest.extend_from_slice(&bytes[length..]);
        let chunk = Chunk { base: self.read_to, bytes: Arc::new(bytes), length, batches: VecDeque::new() };
        self.read_to = chunk.end();
        self.chunks.push_back(chunk);
        self.submit(spans);
        Ok(())
    }

    /// Gives the spans of the last chunk to the pool, each with those that follow it until they are worth a task.
    fn submit(&mut self, spans: Vec<Span>) {
        let Some(chunk) = self.chunks.back_mut() else { return };
        let enough = self.sizes.chunk / TASKS_A_CHUNK;
        let mut spans = spans.into_iter().peekable();
        while spans.peek().is_some() {
            let mut bytes = 0;
            let mut task = Task { id: self.next_id, chunk: Arc::clone(&chunk.bytes), base: chunk.base, spans: vec![] };
            while let Some(span) = spans.next_if(|_| bytes < enough) {
                bytes += span.to - span.from;
                task.spans.push(span);
            }
            self.next_id += 1;
            chunk.batches.push_back(Batch {
                id: task.id,
                spans: task.spans.iter().map(|span| (span.from, span.to)).collect(),
                is_in_work: true,
                found: VecDeque::new(),
            });
            self.pool.submit(task);
        }
    }

    fn read_up_to(&mut self, bytes: &mut Vec<u8>, wanted: usize) -> io::Result<()> {
        let missing = wanted.saturating_sub(bytes.len());
        if missing > 0 && !self.has_ended {
            // Unlike a read into a slice, this asks for no zeros to be written first.
            self.has_ended = self.reader.by_ref().take(missing as u64).read_to_end(bytes)? < missing;
        }
        Ok(())
    }

    /// The chunk that holds a byte of the file, where it is at hand.
    fn chunk_at(&self, byte: u64) -> Option<&Chunk> {
        self.chunks.iter().find(|chunk| (chunk.base..chunk.end()).contains(&byte))
    }
}

impl<R: Read> Source for Ahead<'_, '_, R> {
    fn window(&self) -> &[u8] {
        &self.window[self.from..self.to]
    }

    fn offset(&self) -> u64 {
        self.base + self.from as u64
    }

    fn advance(&mut self, bytes: usize) {
        let to = self.to.min(self.from + bytes);
        if to > self.from {
            self.before = Some(self.window[to - 1]);
        }
        self.from = to;
    }

    fn want(&mut self, bytes: usize) -> io::Result<()> {
        if self.to - self.from >= bytes {
            return Ok(());
        }
        self.window.copy_within(self.from..self.to, 0);
        self.base += self.from as u64;
        self.to -= self.from;
        self.from = 0;
        let bytes = bytes.max(LEAST_WINDOW);
        if self.window.len() < bytes {
            self.window.resize(bytes, 0);
        }
        while self.to < bytes {
            let at = self.base + self.to as u64;
            if at >= self.read_to {
                if self.has_ended {
                    return Ok(());
                }
                self.give_up_what_is_past();
                self.read_chunk()?;
                continue;
            }
            let Some(chunk) = self.chunk_at(at) else { return Ok(()) };
            let begin = (at - chunk.base) as usize;
            let length = (bytes - self.to).min(chunk.length - begin);
            let copied = Arc::clone(&chunk.bytes);
            self.window[self.to..self.to + length].copy_from_slice(&copied[begin..begin + length]);
            self.to += length;
        }
        Ok(())
    }

    fn is_whole(&self) -> bool {
        self.has_ended && self.base + self.to as u64 == self.read_to
    }

    fn before(&self) -> Option<u8> {
        self.before
    }

    fn to_aside(&mut self) -> io::Result<Option<u64>> {
        self.fill()?;
        let at = self.offset();
        for chunk in &mut self.chunks {
            while let Some((from, _)) = chunk.next_span() {
                let start = chunk.base + from as u64;
                if start >= at {
                    return Ok(Some(start - at));
                }
                chunk.skip_span(self.pool, &mut self.aside);
            }
        }
        Ok(None)
    }

    fn aside(&mut self) -> Option<(Found, u64)> {
        let at = self.offset();
        let chunk = self.chunks.iter_mut().find(|chunk| !chunk.batches.is_empty())?;
        let (from, to) = chunk.next_span()?;
        if chunk.base + from as u64 != at {
            return None;
        }
        let found = chunk.skip_span(self.pool, &mut self.aside)?;
        Some((found, (to - from) as u64))
    }

    fn drop_aside(&mut self) {
        if let Some(chunk) = self.chunks.iter_mut().find(|chunk| !chunk.batches.is_empty()) {
            chunk.skip_span(self.pool, &mut self.aside);
        }
    }

    fn pass(&mut self, bytes: u64) {
        let to = self.offset() + bytes;
        match usize::try_from(bytes) {
            Ok(bytes) if bytes <= self.to - self.from => self.advance(bytes),
            Ok(_) | Err(_) => {
                self.before = self.chunk_at(to - 1).map(|chunk| chunk.bytes[(to - 1 - chunk.base) as usize]);
                (self.from, self.to, self.base) = (0, 0, to);
            }
        }
    }

    fn look_no_further(&mut self) {
        self.scout.give_up();
        for chunk in &mut self.chunks {
            chunk.forget(self.pool);
        }
    }

    fn told(&self) -> Option<&Told> {
        Some(&self.pool.told)
    }
}

impl Chunk {
    /// From which byte to which the next span reaches.
    fn next_span(&self) -> Option<(usize, usize)> {
        self.batches.front()?.spans.front().copied()
    }

    /// Takes the next span away; gives what was found in it.
    fn skip_span(&mut self, pool: &Pool<'_>, aside: &mut Aside) -> Option<Found> {
        let batch = self.batches.front_mut()?;
        if batch.is_in_work {
            batch.found = pool.result(batch.id, aside);
            batch.is_in_work = false;
        }
        batch.spans.pop_front();
        let found = batch.found.pop_front().flatten();
        if batch.spans.is_empty() {
            self.batches.pop_front();
        }
        found
    }

    /// Gives up its spans.
    fn forget(&mut self, pool: &Pool<'_>) {
        for batch in self.batches.drain(..).filter(|batch| batch.is_in_work) {
            pool.forget(batch.id);
        }
    }
}
