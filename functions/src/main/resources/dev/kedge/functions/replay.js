// Gives a function's code back what it did already, and lets it do the rest once.
//
// Every operation of a run (a step, a sleep, a wait, a child, an event) that is over is a record of
// the run's journal. When a run begins again its code runs from the top: what is on record is given
// back, in the order of the records; what is not begins when all of that has been given back. See
// docs/internals/durable-execution.md.
//
// User code shares this realm and may patch every built-in, so what is needed is captured here.

import { AsyncLocalStorage } from "node:async_hooks";
import { StepError } from "./authoring.ts";

/** Verbs of the channel to the server. */
export const PAGE = 1, COMPLETE = 2, FAIL = 3, OPEN = 4, RESOLVE = 5, EMIT = 6, STATE = 7;

/** Without any sign of life from code that keeps timers running, it is taken to wait for good. */
const PATIENCE_MS = 10_000;
/** How long the end of an attempt waits for step functions that are still under way. */
const FINISH_MS = 10_000;
const TICK_MS = 250;
const POLL_EVERY_MS = 1_000;
const POLLS_PER_TICK = 16;
const NAMED_MAX = 5;
const CAUSES_MAX = 100;
const DAY_MS = 86_400_000;
const WAIT_MS_MAX = 366 * DAY_MS;
const PATH_CHARS_MAX = 256;

const { stringify, parse } = JSON;
const { setTimeout, performance } = globalThis;
const PromiseNow = Promise;
const MapNow = Map;
const SetNow = Set;
const WeakMapNow = WeakMap;
const keysOf = Object.keys;
const ErrorNow = Error;
const TypeErrorNow = TypeError;
const RangeErrorNow = RangeError;
const DateNow = Date;
const StringNow = String;
const isArray = Array.isArray;
const isInteger = Number.isInteger;
const isFinite = Number.isFinite;
const captureStack = Error.captureStackTrace;
const uncurry = Function.prototype.bind.bind(Function.prototype.call);
const get = uncurry(Map.prototype.get);
const put = uncurry(Map.prototype.set);
const drop = uncurry(Map.prototype.delete);
const holds = uncurry(Map.prototype.has);
const each = uncurry(Map.prototype.forEach);
const countOf = uncurry(Object.getOwnPropertyDescriptor(Map.prototype, "size").get);
const remember = uncurry(WeakMap.prototype.set);
const recall = uncurry(WeakMap.prototype.get);
const add = uncurry(Set.prototype.add);
const includes = uncurry(Set.prototype.has);
const matches = uncurry(RegExp.prototype.exec);
const find = uncurry(String.prototype.indexOf);
const cut = uncurry(String.prototype.slice);
const partOf = uncurry(Array.prototype.slice);
const insert = uncurry(Array.prototype.splice);
const then = uncurry(Promise.prototype.then);
const timeOf = uncurry(Date.prototype.getTime);
const parseDate = Date.parse;
const wallClock = Date.now;
const floor = Math.floor;
const power = Math.pow;
const least = Math.min;
const now = performance.now.bind(performance);
const isError = Error.isError ?? ((thrown) => thrown instanceof Error);

const encode = uncurry(TextEncoder.prototype.encode).bind(null, new TextEncoder());
const byteLength = uncurry(Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), "length").get);
const bytesOf = (text) => byteLength(encode(text));

const inside = new AsyncLocalStorage();
const runInside = AsyncLocalStorage.prototype.run.bind(inside);
/** The path of the step whose function calls, or undefined outside of all. */
export const currentStep = AsyncLocalStorage.prototype.getStore.bind(inside);

const DURATION = /^(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?(?:(\d{1,9})ms)?$/;
const TOPIC = /^[A-Za-z0-9]([A-Za-z0-9._:-]{0,126}[A-Za-z0-9])?$/;
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

const STEP = "step", SLEEP = "sleep", WAIT = "wait", INVOKE = "invoke", EVENT = "emit";

/** What a run that never did anything has behind it. */
export const NOTHING = { entries: 0, last: 0, waits: [], state: {}, page: [] };

// --- what arguments mean -------------------------------------------------------------------

function shown(value) {
  return typeof value === "string" ? `'${value}'` : typeof value;
}

/** Milliseconds: a number of them, or a text like 90s, 24h, 1m30s. */
function millis(field, value, most) {
  let ms = value;
  if (typeof value === "string") {
    const found = value === "" ? null : matches(DURATION, value);
    if (found === null) {
      throw new TypeErrorNow(`${field}: a duration is written like '90s', '24h' or '1m30s', got '${value}'`);
    }
    ms = (found[1] ?? 0) * DAY_MS + (found[2] ?? 0) * 3_600_000 + (found[3] ?? 0) * 60_000 +
      (found[4] ?? 0) * 1_000 + (found[5] ?? 0) * 1;
  }
  if (typeof ms !== "number" || !isFinite(ms)) {
    throw new TypeErrorNow(`${field}: milliseconds or a text like '90s', got ${shown(value)}`);
  }
  if (ms < 0 || ms > most) {
    throw new RangeErrorNow(`${field}: must be between 0 and ${most / DAY_MS} days, got ${value}`);
  }
  return floor(ms);
}

function instant(field, value) {
  const ms = typeof value === "string"
    ? parseDate(value)
    : value instanceof DateNow ? timeOf(value) : NaN;
  if (!isFinite(ms)) {
    throw new TypeErrorNow(`${field}: a Date or a text like '2027-01-31T09:00:00Z', got ${shown(value)}`);
  }
  return ms;
}

function pathOf(verb, name, key) {
  if (typeof name !== "string") {
    throw new TypeErrorNow(`ctx.${verb}: the name must be a text, got ${shown(name)}`);
  }
  if (key !== undefined && key !== null && typeof key === "object" || typeof key === "function") {
    throw new TypeErrorNow(`ctx.${verb}('${name}'): the key must be a text or a number`);
  }
  const path = key === undefined || key === null ? name : `${name}[${StringNow(key)}]`;
  if (path.length < 1 || path.length > PATH_CHARS_MAX) {
    throw new RangeErrorNow(
      `ctx.${verb}: a name has 1 to ${PATH_CHARS_MAX} characters, its key included, this one has ${path.length}`);
  }
  if (matches(CONTROL, path) !== null) {
    throw new TypeErrorNow(`ctx.${verb}: the name ${stringify(path)} must not contain control characters`);
  }
  return path;
}

function topicOf(verb, topic) {
  if (typeof topic !== "string" || matches(TOPIC, topic) === null) {
    throw new TypeErrorNow(
      `ctx.${verb}: a topic is 1 to 128 letters, digits, '.', '_', ':' and '-', ` +
        `with a letter or digit at both ends; got ${shown(topic)}`);
  }
  return topic;
}

function optionsOf(verb, options) {
  if (options === undefined || options === null) return {};
  if (typeof options !== "object") {
    throw new TypeErrorNow(`ctx.${verb}: the options must be an object, got ${shown(options)}`);
  }
  return options;
}

/** JSON text of a value; where there is nothing to write down, null is. */
function jsonOf(what, value, most) {
  if (typeof value === "function" || typeof value === "symbol") {
    throw new TypeErrorNow(`${what}: a ${typeof value} cannot be written as JSON`);
  }
  let json;
  try {
    json = stringify(value) ?? "null";
  } catch (thrown) {
    throw new TypeErrorNow(`${what} cannot be written as JSON: ${messageOf(thrown)}`);
  }
  if (json.length > most || json.length * 3 > most && bytesOf(json) > most) {
    throw new RangeErrorNow(`${what} has ${bytesOf(json)} bytes of JSON, the limit is ${most}`);
  }
  return json;
}

function messageOf(thrown) {
  try {
    return isError(thrown) ? StringNow(thrown.message) : StringNow(thrown);
  } catch {
    return "a value that cannot be read";
  }
}

function retryOf(step, said) {
  const retry = optionsOf(`step('${step}')`, said);
  const tries = retry.maxAttempts ?? 1;
  if (!isInteger(tries) || tries < 1 || tries > 1000) {
    throw new RangeErrorNow(`ctx.step('${step}'): retry.maxAttempts must be a whole number from 1 to 1000`);
  }
  const backoff = retry.backoff ?? "exponential";
  if (backoff !== "fixed" && backoff !== "linear" && backoff !== "exponential") {
    throw new TypeErrorNow(`ctx.step('${step}'): retry.backoff must be 'fixed', 'linear' or 'exponential'`);
  }
  return {
    tries,
    backoff,
    initial: millis(`ctx.step('${step}') retry.initialDelay`, retry.initialDelay ?? 1_000, DAY_MS),
    most: millis(`ctx.step('${step}') retry.maxDelay`, retry.maxDelay ?? 60_000, DAY_MS),
  };
}

function delayAfter(retry, failures) {
  if (retry.backoff === "fixed") return retry.initial;
  const factor = retry.backoff === "linear" ? failures : power(2, least(failures - 1, 40));
  return least(retry.most, retry.initial * factor);
}

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

// --- one attempt ---------------------------------------------------------------------------

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
  let goingLive = false;
  const used = new SetNow();
  const numbers = new MapNow();
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
      pump();
    });
  }

  /** Gives back all that can be, and begins what is new once nothing is left. */
  function pump() {
    if (over || live) return;
    if (byName) {
      pumpByName();
      return;
    }
    while (head < records.length) {
      const record = records[head];
      const op = get(waiting, record[0]);
      if (op === undefined) break;
      if (op.kind !== record[1]) {
        otherKind(record[0], record[1], op);
        return;
      }
      drop(waiting, op.path);
      records[head++] = null;
      left--;
      settle(op, record);
    }
    if (records.length - head <= limits.page / 2) loadMore();
    if (left === 0 && countOf(unasked) === 0) goLive();
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

  /** On the next turn: by then every branch has asked for what it wants after the last record. */
  function goLive() {
    if (goingLive) return;
    goingLive = true;
    setTimeout(() => {
      if (over) return;
      live = true;
      records = [];
      const ready = opsOf(waiting);
      for (let i = 0; i < ready.length && !over; i++) {
        drop(waiting, ready[i].path);
        begin(ready[i]);
      }
      tryEnd();
    }, 0);
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
    captureStack(at, operate);
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
      pump();
    }
    return promise;
  }

  function rejected(error) {
    return new PromiseNow((_resolve, reject) => reject(error));
  }

  function refuse(why) {
    return rejected(new ErrorNow(why));
  }

  /** The first of a name is called that; the second of it gets a number, and so on. */
  function numbered(name) {
    const number = (get(numbers, name) ?? 0) + 1;
    put(numbers, name, number);
    return number === 1 ? name : `${name}[${number}]`;
  }

  function pathFor(verb, unnamed, { name, key }) {
    return name === undefined && key === undefined ? numbered(unnamed) : pathOf(verb, name ?? unnamed, key);
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
      release();
      tryEnd();
    }, op);
  }

  function hold(item) {
    let at = held.length;
    while (at > 0 && held[at - 1].record[2] > item.record[2]) at--;
    insert(held, at, 0, item);
  }

  /** Hands on what cannot be overtaken any more by something of a lower position. */
  function release() {
    while (oldest <= asked && !holds(inFlight, oldest)) oldest++;
    while (held.length > 0 && !over) {
      const first = held[0];
      const next = byName || first.record[2] === given + 1 || oldest > first.horizon;
      if (!next) return;
      insert(held, 0, 1);
      if (ending !== null) {
        if (first.record[5]) failures[failures.length] = { path: first.op.path, position: first.record[2], given: false };
      } else {
        settle(first.op, [first.record[0], first.record[1], first.record[2], first.op.seen, first.record[4], first.record[5]]);
      }
    }
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
        tryEnd();
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
    if (running > 0) host.unref(setTimeout(() => finish(true), FINISH_MS));
    tryEnd();
  }

  function tryEnd() {
    if (ending === null || over) return;
    if (ending.failed === null && !cancelled) {
      if (!byName && (left > 0 || countOf(unasked) > 0)) {
        // What was asked for without being awaited may still be given back.
        if (countOf(waiting) > 0 && head === records.length && expectsMore()) loadMore();
        else stuck(false);
        return;
      }
      if (countOf(waiting) > 0) return; // It is about to begin.
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

  // --- state ---

  const state = new MapNow();
  let stateBytes = 0;
  const names = keysOf(past.state);
  for (let i = 0; i < names.length; i++) {
    const json = stringify(past.state[names[i]]);
    put(state, names[i], json);
    stateBytes += bytesOf(json);
  }
  let writes = [];
  let writing = false;

  function keyOf(verb, key) {
    if (typeof key !== "string" || key.length < 1 || key.length > limits.stateKeyChars || matches(CONTROL, key) !== null) {
      throw new TypeErrorNow(
        `ctx.state.${verb}: a key is a text of 1 to ${limits.stateKeyChars} characters, got ${shown(key)}`);
    }
    return key;
  }

  function setState(key, json) {
    const before = get(state, key);
    if (json === null) {
      if (before === undefined) return new PromiseNow((resolve) => resolve());
    } else {
      if (before === undefined && countOf(state) >= limits.stateKeys) {
        throw new RangeErrorNow(`ctx.state.set('${key}'): a run has at most ${limits.stateKeys} keys`);
      }
      const bytes = stateBytes + bytesOf(json) - (before === undefined ? 0 : bytesOf(before));
      if (bytes > limits.stateBytes) {
        throw new RangeErrorNow(
          `ctx.state.set('${key}'): the run's state would have ${bytes} bytes, the limit is ${limits.stateBytes}`);
      }
    }
    stateBytes += (json === null ? 0 : bytesOf(json)) - (before === undefined ? 0 : bytesOf(before));
    if (json === null) drop(state, key);
    else put(state, key, json);
    return new PromiseNow((resolve) => {
      writes[writes.length] = { key, json, resolve };
      writeState();
    });
  }

  /** One at a time, so that the newest value of a key is the one that stays. */
  function writeState() {
    if (writing || writes.length === 0 || over) return;
    const next = writes[0];
    insert(writes, 0, 1);
    writing = true;
    host.ask(STATE, { key: next.key, gone: next.json === null }, next.json ?? "", () => {
      writing = false;
      next.resolve();
      writeState();
      tryEnd();
    }, null);
  }

  // --- the verbs ---

  /** Arguments that make no sense reject the promise, like everything else that goes wrong. */
  function promised(verb) {
    return (a, b, c) => {
      try {
        return verb(a, b, c);
      } catch (thrown) {
        return rejected(thrown);
      }
    };
  }

  const verbs = {
    step: promised((name, a, b) => {
      const fn = typeof a === "function" ? a : b;
      const options = optionsOf("step", typeof a === "function" ? b : a);
      if (typeof fn !== "function") {
        throw new TypeErrorNow(`ctx.step(name, fn): a function is missing for ${shown(name)}`);
      }
      const path = pathOf("step", name, options.key);
      const retry = retryOf(path, options.retry);
      return operate(STEP, "step", path, (op) => void carryOut(op, fn, retry));
    }),

    sleep: promised((name, duration, options) => {
      const alone = duration === undefined;
      const ms = millis("ctx.sleep", alone ? name : duration, WAIT_MS_MAX);
      const path = alone ? numbered("sleep") : pathOf("sleep", name, optionsOf("sleep", options).key);
      return then(wait(SLEEP, "sleep", path, { ms }, ""), nothing);
    }),

    sleepUntil: promised((name, time, options) => {
      const until = instant("ctx.sleepUntil", time);
      const path = pathOf("sleepUntil", name, optionsOf("sleepUntil", options).key);
      return then(wait(SLEEP, "sleepUntil", path, { until }, ""), nothing);
    }),

    waitFor: promised((topic, options) => {
      const said = optionsOf("waitFor", options);
      const { match, timeout } = said;
      const head = { topic: topicOf("waitFor", topic) };
      if (timeout !== undefined && timeout !== null) head.timeout = millis("ctx.waitFor timeout", timeout, WAIT_MS_MAX);
      const body = match === undefined ? "" : jsonOf("ctx.waitFor match", match, limits.matchBytes);
      return wait(WAIT, "waitFor", pathFor("waitFor", `wait ${topic}`, said), head, body);
    }),

    invoke: promised((job, payload, options) => {
      if (typeof job !== "string") throw new TypeErrorNow(`ctx.invoke: the job must be a name, got ${shown(job)}`);
      const said = optionsOf("invoke", options);
      const { priority, queue, delay, maxAttempts, timeout, tags } = said;
      const head = { job, priority, queue, maxAttempts, tags };
      if (delay !== undefined) head.delay = millis("ctx.invoke delay", delay, WAIT_MS_MAX);
      if (timeout !== undefined) head.timeout = millis("ctx.invoke timeout", timeout, WAIT_MS_MAX);
      const body = jsonOf(`the payload of ctx.invoke('${job}')`, payload, limits.outputBytes);
      return wait(INVOKE, "invoke", pathFor("invoke", `invoke ${job}`, said), head, body);
    }),

    emit: promised((topic, payload, options) => {
      topicOf("emit", topic);
      const body = jsonOf(`the payload of ctx.emit('${topic}')`, payload, limits.outputBytes);
      const path = pathFor("emit", `emit ${topic}`, optionsOf("emit", options));
      const emitted = operate(EVENT, "emit", path, (op) => {
        record(EMIT, { path, seen: op.seen, topic }, body, op, (answer) => [path, EVENT, answer.position, 0, null]);
      });
      return then(emitted, nothing);
    }),

    all: promised((items, options) => {
      const { concurrency } = optionsOf("all", options);
      if (concurrency !== undefined && (!isInteger(concurrency) || concurrency < 1)) {
        throw new RangeErrorNow("ctx.all: concurrency must be a whole number from 1");
      }
      const todo = [];
      for (const item of items) todo[todo.length] = item;
      return allOf(todo, concurrency ?? Infinity);
    }),

    state: {
      get: (key) => {
        const json = get(state, keyOf("get", key));
        return json === undefined ? undefined : parse(json);
      },
      set: promised((key, value) => {
        keyOf("set", key);
        return setState(key, jsonOf(`the value of ctx.state.set('${key}')`, value, limits.outputBytes));
      }),
      delete: promised((key) => setState(keyOf("delete", key), null)),
    },
  };

  function nothing() {}

  return {
    verbs, end, cancel, drained, culprits,
    isDurable: () => durable,
    isParked: () => countOf(parked) > 0,
    /** Ends everything without a word; what is asked or answered from now on is nobody's. */
    drop: () => void (over = true),
  };
}

/** Like Promise.all, of promises and of functions that make some; of those so many at a time. */
function allOf(todo, concurrency) {
  return new PromiseNow((resolve, reject) => {
    const results = [];
    let missing = todo.length;
    let next = 0;
    let failed = false;
    const more = (index, value) => {
      results[index] = value;
      if (--missing === 0) resolve(results);
      else start();
    };
    const fail = (error) => {
      failed = true;
      reject(error);
    };
    let under = 0;
    const start = () => {
      while (!failed && next < todo.length && under < concurrency) {
        const index = next++;
        const isThunk = typeof todo[index] === "function";
        if (isThunk) under++;
        const promise = isThunk ? fromThunk(todo[index]) : todo[index];
        settled(promise, (value) => {
          if (isThunk) under--;
          more(index, value);
        }, fail);
      }
    };
    if (missing === 0) resolve(results);
    else start();
  });
}

async function fromThunk(thunk) {
  return await thunk();
}

async function settled(promise, done, failed) {
  let value;
  try {
    value = await promise;
  } catch (error) {
    failed(error);
    return;
  }
  done(value);
}
