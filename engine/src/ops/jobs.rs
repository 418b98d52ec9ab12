//! The queue of jobs (ECMA-262 §9.5), kept in the heap.

use rotifer_jsvalue::{HeapExt, JsValue, Kind};

use crate::cx::{Cx, Object, Value};
use crate::isolate::RootWord;
use crate::throw::JsResult;

/// What a job does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(crate) enum Job {
    /// NewPromiseReactionJob: reaction, argument.
    Reaction = 0,
    /// NewPromiseResolveThenableJob: promise, thenable, then.
    Thenable = 1,
    /// Calls a function: function, this, argument.
    Call = 2,
}

// The queue is a block of values: first job (an integer), number of jobs (an integer), then room for jobs of four words, used as a
// ring: what it does with the number of its realm (raw), and three values.
const HEAD: u32 = 1;
const COUNT: u32 = 2;
const SLOTS: u32 = 3;
const JOB: u32 = 4;
/// An empty queue with more room than this is let go.
const KEEP: u32 = 64;

const REJECTED: u64 = 1 << 4;

/// How many rejected promises are remembered before those that have a handler by now are looked for.
const REJECTIONS: u32 = 64;

impl<'s> Cx<'s> {
    /// ECMA-262 §9.5.5 HostEnqueuePromiseJob: `rejected` is for reactions, `realm` the number of the realm it runs in.
    ///
    /// # Errors
    /// Out of memory.
    pub(crate) fn enqueue_job(&mut self, job: Job, rejected: bool, realm: u16, values: [Value<'s>; 3]) -> JsResult<()> {
        let what = job as u64 | if rejected { REJECTED } else { 0 } | u64::from(realm) << 8;
        let [mut queue, mut capacity, mut head, count] = self.job_queue();
        if count == capacity {
            let new_capacity = (capacity * 2).max(8);
            self.heap_mut().reserve(SLOTS + new_capacity * JOB, &mut [])?;
            queue = self.root_word(RootWord::Jobs).index();
            let heap = self.heap_mut();
            let new = heap.new_values(Kind::Values, SLOTS - 1 + new_capacity * JOB, JsValue::UNDEFINED);
            for i in 0..count {
                heap.copy(queue + SLOTS + (head + i) % capacity * JOB, new + SLOTS + i * JOB, JOB);
            }
            heap.init(new + HEAD, JsValue::int(0));
            self.set_root(RootWord::Jobs, JsValue::cell(new));
            (queue, capacity, head) = (new, new_capacity, 0);
        }
        let at = SLOTS + (head + count) % capacity * JOB;
        let values = values.map(|v| self.peek(v));
        let heap = self.heap_mut();
        heap.init(queue + at, JsValue::raw(what));
        for (i, v) in (1..).zip(values) {
            heap.put(queue, at + i, v);
        }
        heap.init(queue + COUNT, JsValue::int((count + 1) as i32));
        Ok(())
    }

    /// Block, capacity, first and number of jobs.
    fn job_queue(&self) -> [u32; 4] {
        let queue = self.root_word(RootWord::Jobs);
        if !queue.is_cell() {
            return [0; 4];
        }
        let at = queue.index();
        let number = |word| self.heap().value(at + word).as_int().unwrap_or(0) as u32;
        [at, (self.heap().header(at).aux() - SLOTS) / JOB, number(HEAD), number(COUNT)]
    }

    /// How many jobs wait.
    #[must_use]
    pub fn pending_jobs(&self) -> u32 {
        self.job_queue()[3]
    }

    /// Queues a call of `function` with one argument (`queueMicrotask` and the like).
    ///
    /// # Errors
    /// Out of memory.
    pub fn enqueue_call(&mut self, function: Value<'s>, this: Value<'s>, argument: Value<'s>) -> JsResult<()> {
        let realm = self.current_realm_number();
        self.enqueue_job(Job::Call, false, realm, [function, this, argument])
    }

    /// Runs jobs until none is left.
    ///
    /// # Errors
    /// What a job throws, or the limit that was reached; the jobs after it stay queued.
    pub fn run_jobs(&mut self) -> JsResult<()> {
        // What ran before the jobs has ended (ECMA-262 §9.10 ClearKeptObjects).
        self.clear_kept_objects();
        loop {
            while self.run_job()? {}
            if !self.run_finalizers()? {
                return Ok(());
            }
        }
    }

    /// Runs the first job; false when there is none.
    ///
    /// # Errors
    /// What it throws.
    pub fn run_job(&mut self) -> JsResult<bool> {
        let [queue, capacity, head, count] = self.job_queue();
        if count == 0 {
            if capacity > KEEP {
                self.set_root(RootWord::Jobs, JsValue::UNDEFINED);
            }
            return Ok(false);
        }
        let mut cx = self.nest();
        cx.tick(1)?;
        let at = queue + SLOTS + head * JOB;
        let words = [0, 1, 2, 3].map(|i| cx.heap().value(at + i));
        let what = words[0].as_raw();
        let values = [cx.root(words[1])?, cx.root(words[2])?, cx.root(words[3])?];
        let heap = cx.heap_mut();
        heap.fill(at, JOB, JsValue::UNDEFINED.to_bits());
        heap.init(queue + HEAD, JsValue::int(((head + 1) % capacity) as i32));
        heap.init(queue + COUNT, JsValue::int((count - 1) as i32));
        let result = cx.in_realm((what >> 8) as u16, |cx| match what & 0xF {
            0 => cx.promise_reaction_job(values[0], values[1], what & REJECTED != 0),
            1 => cx.promise_resolve_thenable_job(values[0].cast(), values[1], values[2]),
            _ => cx.call(values[0], values[1], &[values[2]]).map(drop),
        });
        // ECMA-262 §9.9 ClearKeptObjects
        cx.set_root(RootWord::KeptAlive, JsValue::UNDEFINED);
        result.map(|()| true)
    }

    /// Promises that were rejected and have no handler so far, as an array; each is told once. Undefined when there are none.
    ///
    /// # Errors
    /// Out of memory, stack overflow.
    pub fn take_unhandled_rejections(&mut self) -> JsResult<Option<Object<'s>>> {
        let list = self.root_word(RootWord::Rejections);
        if !list.is_heap_object() {
            return Ok(None);
        }
        let list = self.root_object(list)?;
        self.set_root(RootWord::Rejections, JsValue::UNDEFINED);
        let unhandled = self.new_array(0, 0)?;
        for i in 0..self.array_len(list) {
            let promise = self.array_item_raw(list, i);
            if promise.is_heap_object() && !super::promises::is_handled(self.heap(), promise.index()) {
                self.push_raw(unhandled, promise)?;
            }
        }
        Ok((self.array_len(unhandled) > 0).then_some(unhandled))
    }

    /// ECMA-262 §27.2.1.9 HostPromiseRejectionTracker, for a promise rejected without a handler.
    pub(super) fn track_rejection(&mut self, promise: Object<'s>) -> JsResult<()> {
        let list = self.root_word(RootWord::Rejections);
        let list = if list.is_heap_object() {
            self.root_object(list)?
        } else {
            let list = self.new_array(0, 0)?;
            // The first item says at what length those that got a handler meanwhile are let go.
            self.push_raw(list, JsValue::int(REJECTIONS as i32))?;
            let raw = self.peek(list);
            self.set_root(RootWord::Rejections, raw);
            list
        };
        let limit = self.array_item_raw(list, 0).as_int().unwrap_or(0);
        if self.array_len(list) < limit as u32 {
            return self.push(list, promise.cast());
        }
        let kept = self.new_array(0, 0)?;
        self.push_raw(kept, JsValue::int(0))?;
        self.tick(limit as u32 / 16)?;
        for i in 1..self.array_len(list) {
            let promise = self.array_item_raw(list, i);
            if promise.is_heap_object() && !super::promises::is_handled(self.heap(), promise.index()) {
                self.push_raw(kept, promise)?;
            }
        }
        let next = (self.array_len(kept) * 2).max(REJECTIONS);
        let at = self.peek(kept).index();
        if let Some(e) = rotifer_jsvalue::elements::elements(self.heap(), at) {
            self.heap_mut().init(e + 1, JsValue::int(next as i32));
        }
        let raw = self.peek(kept);
        self.set_root(RootWord::Rejections, raw);
        self.push(kept, promise.cast())
    }
}
