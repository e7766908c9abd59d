// Gives a function's code back what it did already, and lets it do the rest once.
//
// Every operation of a run (a step, a sleep, a wait, a child, an event) that is over is a record of
// the run's journal. When a run begins again its code runs from the top: what is on record is given
// back, in the order of the records; what is not begins when all of that has been given back. See
// docs/internals/durable-execution.md.

import { AsyncLocalStorage } from "node:async_hooks";
import { delayAfter, jsonOf } from "./arguments.js";
import { StepError } from "./authoring.ts";
import {
  add, captureStack, countOf, cut, drop, each, ErrorNow, find, floor, get, holds, includes, insert,
  isArray, MapNow, nextTurn, now, parse, partOf, PromiseNow, put, recall, remember, SetNow, setTimeout,
  wallClock, WeakMapNow,
} from "./builtins.js";

/** Verbs of the channel to the server. */
export const PAGE = 1, COMPLETE = 2, FAIL = 3, OPEN = 4, RESOLVE = 5, EMIT = 6, STATE = 7, SECRET = 8;

/** Without any sign of life from code that keeps timers running, it is taken to wait for good. */
const PATIENCE_MS = 10_000;
/** How long the end of an attempt waits for step functions that are still under way. */
const FINISH_MS = 10_000;
const TICK_MS = 250;
const POLL_EVERY_MS = 1_000;
const POLLS_PER_TICK = 4;
const NAMED_MAX = 5;
const CAUSES_MAX = 100;
const inside = new AsyncLocalStorage();
const runInside = AsyncLocalStorage.prototype.run.bind(inside);
/** The path of the step whose function calls, or undefined outside of all. */
export const currentStep = AsyncLocalStorage.prototype.getStore.bind(inside);

const STEP = "step", SLEEP = "sleep", INVOKE = "invoke", EVENT = "emit";

/** What a run that never did anything has behind it. */
export const NOTHING = { entries: 0, last: 0, waits: [], state: {}, page: [] };

/** Whether trying again cannot help. Told by name, so that it survives being written down. */
export function isForGood(thrown) {
  try {
    return thrown !== null && typeof thrown === "object" && (thrown.name === "NonRetryableError" ||
      thrown instanceof StepError && thrown.cause?.name === "NonRetryableError");
  } catch {
    return false;
  }
}

/** The error that a failed record stands for: the same whether it failed just now or long ago. */
function errorOf(op, failure) {
  const cause = new ErrorNow(failure.message);
  cause.name = failure.type ?? "Error";
  if (failure.stack !== null && failure.stack !== undefined) cause.stack = failure.stack;
  const error = new StepError(failure.message, op.path, cause);
  const calls = op.at.stack;
  if (typeof calls === "string") {
    const from = find(calls, "\n");
    error.stack = `StepError: ${failure.message}` + (from < 0 ? "" : cut(calls, from)) +
      (typeof cause.stack === "string" ? `\nCaused by: ${cause.stack}` : "");
  }
  return error;
}

function called(kind, path) {
  return `${kind} '${path}'`;
}

/**
 * @param past what the journal holds, see NOTHING
 * @param host what replaying needs of its surroundings:
 *   ask(verb, head, body, answered): puts a question to the server
 *   diverged(message, at), refused(message, at): end the attempt at once
 *   suspend(leaving): every branch waits for something that takes time
 *   becameDurable(): the first verb was used
 *   warn(text), failureOf(thrown), placeIn(stack), abortError(), inFlight(), unref(timer)
 *   runId, limits, byName
 */
export function replayOf(past, host) {
  const { limits, byName } = host;
  let live = past.entries === 0 && past.waits.length === 0;

  // What is on record and was not given back yet; of long journals the next pages only.
  let records = past.page;
  let head = 0;
  let left = past.entries;
  let loaded = past.page.length === 0 ? 0 : past.page[past.page.length - 1][2];
  let loading = false;
  const byPath = byName ? new MapNow() : null;
  const unasked = new MapNow(); // Waits of the attempt before that nobody has asked for again.
  for (let i = 0; i < past.waits.length; i++) {
    put(unasked, past.waits[i][0], past.waits[i]);
  }

  let given = 0; // The highest position whose result the code has been given.
  let answered = 0; // The highest position that the code has answered with another operation.
  let due = false;
  const used = new SetNow();
  const waiting = new MapNow(); // Asked for and not begun, in that order.
  const parked = new MapNow();
  const failures = []; // What failed: { path, position, given: whether the code was told }
  const positions = new WeakMapNow(); // The positions of the errors that the code was given.
  let running = 0; // Step functions under way.
  let activity = now();
  let durable = false;
  let cancelled = false;
  let ending = null;
  let over = false;
  let ticking = null;

  // Questions whose answers become records. Answers are handed on by position, so that the order
  // in which the code learns of things is the order in which a replay will tell it.
  let asked = 0;
  let oldest = 1;
  const inFlight = new MapNow();
  let held = [];

  if (byName) {
    for (let i = 0; i < records.length; i++) put(byPath, records[i][0], records[i]);
    head = records.length;
  }

  // --- replaying ---

  function expectsMore() {
    return loaded < past.last;
  }

  function loadMore() {
    if (loading || !expectsMore()) return;
    loading = true;
    host.ask(PAGE, { after: loaded }, "", (page) => {
      loading = false;
      activity = now();
      if (page.length === 0) {
        loaded = past.last;
      } else {
        loaded = page[page.length - 1][2];
      }
      if (byName) {
        for (let i = 0; i < page.length; i++) put(byPath, page[i][0], page[i]);
      } else {
        const rest = partOf(records, head);
        for (let i = 0; i < page.length; i++) rest[rest.length] = page[i];
        records = rest;
        head = 0;
      }
      soon();
    });
  }

  /**
   * In a turn of its own each time: between two records the code does all that follows from the
   * first, live as well as in a replay.
   */
  function soon() {
    if (due || over) return;
    due = true;
    nextTurn(() => {
      due = false;
      if (over) return;
      release();
      if (byName) pumpByName();
      else if (!live) pump();
    });
  }

  /** Gives the next record back, or begins what is new where none is left. */
  function pump() {
    const record = head < records.length ? records[head] : null;
    const op = record === null ? undefined : get(waiting, record[0]);
    if (op !== undefined) {
      if (op.kind !== record[1]) {
        otherKind(record[0], record[1], op);
        return;
      }
      drop(waiting, op.path);
      records[head++] = null;
      left--;
      settle(op, record);
      soon();
    } else if (left === 0 && countOf(unasked) === 0) {
      live = true;
      records = [];
      const ready = opsOf(waiting);
      for (let i = 0; i < ready.length && !over; i++) {
        drop(waiting, ready[i].path);
        begin(ready[i]);
      }
    }
    if (records.length - head <= limits.page / 2) loadMore();
    tryEnd();
  }

  function pumpByName() {
    const found = [];
    each(waiting, (op) => {
      if (holds(byPath, op.path)) found[found.length] = op;
    });
    for (let i = 0; i < found.length && !over; i++) {
      const record = get(byPath, found[i].path);
      if (record[1] !== found[i].kind) {
        otherKind(record[0], record[1], found[i]);
        return;
      }
      drop(waiting, record[0]);
      drop(byPath, record[0]);
      settle(found[i], record);
    }
    if (expectsMore()) {
      if (countOf(waiting) > 0) loadMore();
    } else if (countOf(waiting) > 0) {
      const ready = opsOf(waiting);
      for (let i = 0; i < ready.length && !over; i++) {
        drop(waiting, ready[i].path);
        begin(ready[i]);
      }
    }
    tryEnd();
  }

  function opsOf(map) {
    const ops = [];
    each(map, (op) => void (ops[ops.length] = op));
    return ops;
  }

  /** What was asked for before the handler returned is still done; what it threw away is not. */
  function begin(op) {
    if (ending !== null && ending.failed !== null) return;
    answered = larger(answered, op.seen);
    op.begin(op);
  }

  function larger(a, b) {
    return a > b ? a : b;
  }

  /** Settles the promise of an operation by its record. */
  function settle(op, record) {
    activity = now();
    given = larger(given, record[2]);
    answered = larger(answered, record[3]);
    if (record[5] === undefined || record[5] === null) {
      op.resolve(record[4]);
    } else {
      failures[failures.length] = { path: op.path, position: record[2], given: true };
      const error = errorOf(op, record[5]);
      remember(positions, error, record[2]);
      op.reject(error);
    }
  }

  // --- asking ---

  function operate(kind, verb, path, begins) {
    if (over || ending !== null) {
      return refuse(`'${path}' was begun after the handler had ended; await what begins it`);
    }
    const step = currentStep();
    if (step !== undefined) {
      return refuse(
        `'${path}' was begun inside of step '${step}', and steps cannot contain each other: ` +
          `return from the step what you need, and call ctx.${verb} after it`);
    }
    if (!durable) {
      durable = true;
      host.becameDurable();
    }
    if (includes(used, path)) {
      return refuse(
        `'${path}' was used twice in one run, and a replay could not tell them apart; ` +
          `in a loop give each turn a key of its own: ctx.${verb}(…, { key: i })`);
    }
    if (cancelled) return rejected(host.abortError());
    add(used, path);
    activity = now();
    const at = {};
    if (!isNext(path, kind)) captureStack(at, operate);
    const op = { kind, path, at, seen: given, begin: begins, wait: null, resolve: null, reject: null };
    const promise = new PromiseNow((resolve, reject) => {
      op.resolve = resolve;
      op.reject = reject;
    });
    const wait = get(unasked, path);
    if (wait !== undefined) {
      if (wait[1] !== kind) {
        otherKind(path, wait[1], op);
        return promise;
      }
      op.wait = wait;
      op.seen = wait[3];
      drop(unasked, path);
    }
    if (live) {
      begin(op);
    } else {
      put(waiting, path, op);
      tick();
      soon();
    }
    return promise;
  }

  /** Whether it is about to be given back, with nothing to say about where it was asked for. */
  function isNext(path, kind) {
    const record = !live && head < records.length ? records[head] : null;
    return record !== null && record[0] === path && record[1] === kind && !record[5];
  }

  function rejected(error) {
    return new PromiseNow((_resolve, reject) => reject(error));
  }

  function refuse(why) {
    return rejected(new ErrorNow(why));
  }

  /** Asks for something that becomes a record; what came of it is told in the records' order. */
  function record(verb, head, body, op, take) {
    const number = ++asked;
    put(inFlight, number, op);
    host.ask(verb, head, body, (answer) => {
      drop(inFlight, number);
      const told = take(answer);
      if (told !== null) {
        activity = now();
        hold({ op, record: told, horizon: asked });
      }
      soon();
    }, op);
  }

  /** The code ended before it was told. */
  function untold({ op, record }) {
    if (record[5]) failures[failures.length] = { path: op.path, position: record[2], given: false };
  }

  function hold(item) {
    if (ending !== null) {
      untold(item);
      return;
    }
    let at = held.length;
    while (at > 0 && held[at - 1].record[2] > item.record[2]) at--;
    insert(held, at, 0, item);
  }

  /** Hands on what cannot be overtaken any more by something of a lower position. */
  function release() {
    while (oldest <= asked && !holds(inFlight, oldest)) oldest++;
    if (held.length === 0) return;
    const { op, record, horizon } = held[0];
    if (!byName && record[2] !== given + 1 && oldest <= horizon) return;
    insert(held, 0, 1);
    settle(op, [record[0], record[1], record[2], op.seen, record[4], record[5]]);
    soon();
  }

  // --- steps ---

  async function carryOut(op, fn, retry) {
    running++;
    const started = now();
    let json, failure = null, tries = 0;
    for (;;) {
      tries++;
      try {
        const value = await runInside(op.path, fn, { effectKey: `${host.runId}/${op.path}`, attempt: tries });
        json = jsonOf(`the output of step '${op.path}'`, value, limits.outputBytes);
        failure = null;
        break;
      } catch (thrown) {
        failure = host.failureOf(thrown);
        host.warn(`step '${op.path}' failed at try ${tries}: ${failure.message}`);
        if (tries >= retry.tries || cancelled || ending !== null || over || isForGood(thrown)) break;
        await new PromiseNow((resolve) => setTimeout(resolve, delayAfter(retry, tries)));
        if (cancelled || ending !== null || over) break;
      }
    }
    running--;
    activity = now();
    if (over) return;
    if (failure !== null && ending !== null) {
      tryEnd(); // Nobody is told of it: the next attempt may as well try the step again.
      return;
    }
    const head = { path: op.path, seen: op.seen, tries, took: floor(now() - started) };
    if (failure === null) {
      record(COMPLETE, head, json, op, (answer) => [op.path, op.kind, answer.position, 0, parse(json)]);
    } else {
      head.failure = failure;
      record(FAIL, head, "", op, (answer) => [op.path, op.kind, answer.position, 0, null, failure]);
    }
  }

  // --- waits ---

  function wait(kind, verb, path, head, body) {
    return operate(kind, verb, path, (op) => {
      if (op.wait !== null) {
        if (op.wait[2]) resolveWait(op);
        else park(op, op.wait[4]);
        return;
      }
      host.ask(OPEN, { ...head, kind, path, seen: op.seen }, body, (answer) => {
        activity = now();
        if (answer.kind !== kind) otherKind(path, answer.kind, op);
        else if (answer.ready) resolveWait(op);
        else park(op, answer.wakeAt);
      }, op);
    });
  }

  function resolveWait(op) {
    record(RESOLVE, { path: op.path }, "", op, (answer) => {
      if (answer !== null) return answer;
      park(op, op.wakeAt);
      return null;
    });
  }

  function park(op, wakeAt) {
    if (over || ending !== null) return;
    if (cancelled) {
      op.reject(host.abortError());
      return;
    }
    op.wakeAt = wakeAt;
    op.polledAt = now();
    drop(parked, op.path);
    put(parked, op.path, op); // Behind all others: they are polled in turn.
    tick();
  }

  // --- time ---

  function tick() {
    if (ticking !== null || over) return;
    ticking = setTimeout(() => {
      ticking = null;
      if (over) return;
      poll();
      const quiet = running === 0 && host.inFlight() === 0 && now() - activity > PATIENCE_MS;
      if (quiet && (countOf(parked) > 0 || countOf(waiting) > 0)) drained(true);
      else if (countOf(parked) > 0 || countOf(waiting) > 0) tick();
    }, TICK_MS);
    host.unref(ticking);
  }

  /** Looks whether waits are over, for the sake of branches that go on meanwhile. */
  function poll() {
    const due = [];
    const at = now();
    const time = wallClock();
    each(parked, (op) => {
      const ready = op.kind === SLEEP && op.wakeAt !== null ? op.wakeAt <= time : at - op.polledAt >= POLL_EVERY_MS;
      if (ready && due.length < POLLS_PER_TICK) due[due.length] = op;
    });
    for (let i = 0; i < due.length; i++) {
      drop(parked, due[i].path);
      resolveWait(due[i]);
    }
  }

  /**
   * Nothing in this process can go on by itself any more. Whether that was foreseen: it is over
   * for this attempt, one way or another, or false.
   */
  function drained(leaving) {
    if (over) return true;
    if (ending !== null) {
      finish(true);
      return true;
    }
    if (!live && !byName && (left > 0 || countOf(unasked) > 0)) {
      stuck(leaving);
      return true;
    }
    if (running > 0 || countOf(parked) === 0) return false;
    over = true;
    host.suspend(leaving);
    return true;
  }

  // --- when code and journal do not fit ---

  function stuck(leaving) {
    const ops = opsOf(waiting);
    let came = "";
    for (let i = 0; i < ops.length && i < NAMED_MAX; i++) {
      came += (i === 0 ? "" : ", ") + called(ops[i].kind, ops[i].path) + host.placeIn(ops[i].at.stack);
    }
    if (ops.length > NAMED_MAX) came += ` and ${ops.length - NAMED_MAX} more`;
    unfit(expected() + (ops.length === 0
      ? ", but the code ended or waits without asking for it"
      : ", but the code asked for " + came), ops.length === 0 ? null : ops[0], leaving);
  }

  function expected() {
    if (head < records.length) {
      const record = records[head];
      return `${called(record[1], record[0])} (record ${past.entries - left + 1} of ${past.entries}) should come next`;
    }
    let first = null;
    each(unasked, (wait) => void (first ??= wait));
    return first === null
      ? `record ${past.entries - left + 1} of ${past.entries} should come next`
      : `the run was waiting for ${called(first[1], first[0])}`;
  }

  function otherKind(path, kind, op) {
    unfit(`'${path}' is on record as ${kind === INVOKE || kind === EVENT ? "an" : "a"} ${kind}, ` +
      `but the code now uses it for ${op.kind === INVOKE || op.kind === EVENT ? "an" : "a"} ${op.kind}${host.placeIn(op.at.stack)}`, op, false);
  }

  function unfit(what, op, leaving) {
    over = true;
    host.diverged(
      `the code no longer fits what this run has done: ${what}. Nothing was carried out anew. ` +
        "Deploy code that fits, or start a new run",
      op === null ? null : op.at, leaving);
  }

  // --- the end ---

  /** The handler has returned or thrown. `say` tells the server, once nothing is under way. */
  function end(failed, say) {
    if (over) return;
    ending = { failed, say };
    for (let i = 0; i < held.length; i++) untold(held[i]);
    if (running > 0) host.unref(setTimeout(() => finish(true), FINISH_MS));
    tryEnd();
  }

  function tryEnd() {
    if (ending === null || over) return;
    if (ending.failed === null && !cancelled) {
      if (!byName && (left > 0 || countOf(unasked) > 0)) {
        // What was asked for without being awaited may still be given back.
        if (head < records.length && holds(waiting, records[head][0])) soon();
        else if (head === records.length && expectsMore() && countOf(waiting) > 0) loadMore();
        else stuck(false);
        return;
      }
      if (countOf(waiting) > 0) { // It is about to begin.
        soon();
        return;
      }
    }
    if (running === 0 && host.inFlight() === 0) finish(false);
  }

  function finish(leaving) {
    if (over) return;
    over = true;
    ending.say(leaving || running > 0);
  }

  /**
   * The failed steps for which the attempt fails with `thrown`: it is, or was caused by, their
   * error, and no operation was asked for in answer to it. Those of which the code was told later
   * or not at all go with them.
   */
  function culprits(thrown) {
    let first = Infinity;
    const seen = new SetNow();
    const open = [thrown];
    for (let looked = 0; open.length > 0 && looked < CAUSES_MAX; looked++) {
      const error = open[open.length - 1];
      open.length--;
      if (error === null || typeof error !== "object" || includes(seen, error)) continue;
      add(seen, error);
      const position = recall(positions, error);
      if (position > answered && position < first) first = position;
      try {
        open[open.length] = error.cause;
        if (isArray(error.errors)) {
          for (let i = 0; i < error.errors.length && i < CAUSES_MAX; i++) open[open.length] = error.errors[i];
        }
      } catch {
        // An error that cannot be read was not caused by a step of ours.
      }
    }
    const paths = [];
    for (let i = 0; i < failures.length; i++) {
      const failure = failures[i];
      if (!failure.given || failure.position > answered && failure.position >= first) {
        paths[paths.length] = failure.path;
      }
    }
    return paths;
  }

  /** From now on nothing begins, and nothing is waited for. */
  function cancel() {
    cancelled = true;
    const ops = opsOf(waiting);
    each(parked, (op) => void (ops[ops.length] = op));
    for (let i = 0; i < ops.length; i++) {
      drop(waiting, ops[i].path);
      drop(parked, ops[i].path);
      ops[i].reject(host.abortError());
    }
    tryEnd();
  }

  return {
    step: (path, fn, retry) => operate(STEP, "step", path, (op) => void carryOut(op, fn, retry)),
    wait,
    emit: (path, topic, body) => operate(EVENT, "emit", path, (op) => {
      record(EMIT, { path, seen: op.seen, topic }, body, op, (answer) => [path, EVENT, answer.position, 0, null]);
    }),
    goOn: tryEnd,
    end, cancel, drained, culprits,
    isDurable: () => durable,
    isParked: () => countOf(parked) > 0,
    /** Ends everything without a word; what is asked or answered from now on is nobody's. */
    drop: () => void (over = true),
  };
}
