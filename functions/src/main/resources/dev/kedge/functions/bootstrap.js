// Runs inside the sandbox, before any user code, and stays between it and the server.
//
// User code shares this realm and may patch every built-in, so what is needed later is captured
// here, first. Nothing below looks anything up on a prototype once user code has been loaded.
//
// The server writes frames to stdin: u32 length, u8 kind, body. Answers go to stdout: secret,
// u32 run, u8 kind, u32 length, body. The secret is random per process and never leaves this
// file's scope: bytes without it are, to the server, mere text that the function printed.

import { adapt, ASLEEP } from "./adapters.js";
import * as authoring from "./authoring.ts";
import {
  captureStack, cut, drop as dropFrom, encode, ErrorNow, get as getFrom, isError, MapNow, matches, now, parse, PromiseNow,
  put as putInto, setTimeout, stringify, StringNow, TypeErrorNow, uncurry,
} from "./builtins.js";
import { watchClocks } from "./clocks.js";
import { currentStep, isForGood, NOTHING, replayOf, SECRET, STATE } from "./replay.js";
import { globalSecrets, handedOver, secretsOf } from "./secrets.js";
import { stateOf } from "./state.js";
import { verbsOf } from "./verbs.js";

const INIT = 1, RUN = 2, CANCEL = 3, NUDGE = 4, ANSWER = 5;
const LOADED = 1, RETURNED = 2, FAILED = 3, LOG = 4, PROGRESS = 5, ASK = 6, SUSPENDED = 7;
const ANSWERED = 0;
const LEVELS = { debug: "d", info: "i", warn: "w", error: "e" };

const SECRET_BYTES = 16;
const HEAD_BYTES = SECRET_BYTES + 9;
const READ_BYTES = 64 * 1024;
const LINE_CHARS_MAX = 8192;
const STACK_CHARS_MAX = 32768;
const LISTEN_AFTER_MS = 20;
/** More questions than this wait here for answers to earlier ones. */
const ASKED_MAX = 64;
const PROGRESS_EVERY_MS = 10;

const { defineProperty, freeze } = Object;
const { createObjectURL, revokeObjectURL } = URL;
const { inspect, unrefTimer, exit } = Deno;
const isNaN = Number.isNaN;
const AbortControllerNow = AbortController;
const BlobNow = Blob;
const DOMExceptionNow = DOMException;
const MODULE_LINE = /blob:[^\s()]*(:\d+:\d+)/;
const decode = uncurry(TextDecoder.prototype.decode).bind(null, new TextDecoder());
const abort = uncurry(AbortController.prototype.abort);
const startsWith = uncurry(String.prototype.startsWith);
const typedArray = Object.getPrototypeOf(Uint8Array.prototype);
const copy = uncurry(typedArray.set);
const part = uncurry(typedArray.subarray);
const fill = uncurry(typedArray.fill);
const length = uncurry(Object.getOwnPropertyDescriptor(typedArray, "length").get);
const Bytes = Uint8Array;

const stdin = Deno.stdin;
const readNow = stdin.readSync.bind(stdin);
const readLater = stdin.read.bind(stdin);
const writeNow = Deno.stdout.writeSync.bind(Deno.stdout);
// While a run is under way, waiting for a word from the server must not keep the event loop alive:
// that is how a promise which nothing can settle any more is told from one that takes its time.
const unref = symbolOfStdin("UNREF");
const ref = symbolOfStdin("REF");

let secret = null;
let functionName = "";
let limits = { lines: 0, resultBytes: 0 };
let environment = { __proto__: null };
let current = null;

function symbolOfStdin(name) {
  const symbols = Object.getOwnPropertySymbols(Object.getPrototypeOf(stdin));
  const found = symbols.find((symbol) => symbol.description === name);
  return found === undefined ? () => {} : stdin[found].bind(stdin);
}

// --- what comes in -------------------------------------------------------------------------

let inbox = new Bytes(READ_BYTES);
let start = 0;
let end = 0;
let pending = null;

function u32(at) {
  return inbox[at] * 0x1000000 + ((inbox[at + 1] << 16) | (inbox[at + 2] << 8) | inbox[at + 3]);
}

/** A whole frame from the inbox, or null while more bytes are needed. */
function takeFrame() {
  if (end - start < 5) return null;
  const size = u32(start);
  if (end - start < 5 + size) return null;
  const frame = { kind: inbox[start + 4], from: start + 5, to: start + 5 + size };
  start = frame.to;
  return frame;
}

/** Makes room behind the bytes that are there, without moving a frame that is being read. */
function makeRoom() {
  const wanted = end - start >= 5 ? 5 + u32(start) : READ_BYTES;
  if (start === end) {
    start = end = 0;
    if (length(inbox) > 2 * READ_BYTES) inbox = new Bytes(READ_BYTES); // After a large payload.
  }
  if (length(inbox) - start < wanted || length(inbox) === end) {
    const size = wanted > READ_BYTES ? wanted : READ_BYTES;
    const larger = new Bytes(size + READ_BYTES);
    copy(larger, part(inbox, start, end), 0);
    end -= start;
    start = 0;
    inbox = larger;
  }
  return part(inbox, end, length(inbox));
}

function took(count) {
  if (count === null) exit(0); // The server is gone, and so is the reason to be here.
  end += count;
}

/** Between runs nothing of the function moves: the thread itself waits for the next frame. */
async function nextFrame() {
  for (;;) {
    if (pending !== null) {
      ref();
      await pending;
    }
    const frame = takeFrame();
    if (frame === null) {
      took(readNow(makeRoom()));
    } else if (frame.kind === INIT || frame.kind === RUN) {
      return frame;
    }
  }
}

/**
 * Listens while a run is under way: for answers, or a cancellation. Short runs that ask nothing
 * end before this begins.
 */
async function listen(run) {
  run.listening = true;
  while (current === run) {
    for (let frame = takeFrame(); frame !== null; frame = takeFrame()) {
      hear(run, frame);
      if (current !== run) return;
    }
    const read = readLater(makeRoom());
    pending = read;
    stayForAnswers(run);
    took(await read);
    pending = null;
  }
}

function hear(run, frame) {
  if (frame.kind === CANCEL && u32(frame.from) === run.number) {
    run.cancelled = true;
    abort(run.controller, cancelled());
    run.replay.cancel();
  } else if (frame.kind === ANSWER && u32(frame.from) === run.number) {
    const body = part(inbox, frame.from + 9, frame.to);
    const text = decode(body);
    fill(body, 0); // It may be a secret.
    answered(run, u32(frame.from + 4), inbox[frame.from + 8], text);
  }
}

function cancelled() {
  return new DOMExceptionNow("the run was cancelled", "AbortError");
}

/** Only what is still to be answered keeps the event loop alive. */
function stayForAnswers(run) {
  if (pending === null) return;
  if (run.asked > 0) ref();
  else unref();
}

let listenDue = false;

function listenSoon() {
  if (listenDue) return;
  listenDue = true;
  const timer = setTimeout(() => {
    listenDue = false;
    if (current !== null && pending === null && !current.listening) listen(current);
  }, LISTEN_AFTER_MS);
  unrefTimer(timer);
}

// --- what goes out -------------------------------------------------------------------------

function send(run, kind, body) {
  const size = length(body);
  const frame = new Bytes(HEAD_BYTES + size);
  copy(frame, secret, 0);
  put32(frame, SECRET_BYTES, run);
  frame[SECRET_BYTES + 4] = kind;
  put32(frame, SECRET_BYTES + 5, size);
  copy(frame, body, HEAD_BYTES);
  for (let sent = 0; sent < HEAD_BYTES + size;) {
    sent += writeNow(sent === 0 ? frame : part(frame, sent, HEAD_BYTES + size));
  }
}

function put32(bytes, at, value) {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

/**
 * The end of a run. It starts with one byte: whether a read is under way that only a nudge can end,
 * or whether this process is about to leave, because something of the function might go on in it.
 */
function verdict(run, kind, text, leaving) {
  tellProgress(run);
  current = null;
  run.replay?.drop();
  send(run.number, kind, encode((leaving ? "2" : pending === null ? "0" : "1") + text));
  if (leaving) exit(0);
  run.over();
}

// --- questions to the server ---------------------------------------------------------------

function ask(run, verb, head, body, take, op) {
  if (current !== run) return;
  run.asked++;
  const question = { verb, head: stringify(head), body, take, op };
  if (run.open < ASKED_MAX) {
    put(run, question);
  } else {
    run.unsaid[run.unsaid.length] = question;
  }
}

/** ASK: u32 question, u8 verb, u32 length, head, body. */
function put(run, question) {
  run.open++;
  const number = ++run.questions;
  putInto(run.unanswered, number, question);
  const head = encode(question.head);
  const body = encode(question.body);
  const bytes = new Bytes(9 + length(head) + length(body));
  put32(bytes, 0, number);
  bytes[4] = question.verb;
  put32(bytes, 5, length(head));
  copy(bytes, head, 9);
  copy(bytes, body, 9 + length(head));
  send(run.number, ASK, bytes);
  if (pending === null && !run.listening) listen(run);
  else stayForAnswers(run);
}

function answered(run, number, status, text) {
  const question = getFrom(run.unanswered, number);
  if (question === undefined) return;
  dropFrom(run.unanswered, number);
  run.open--;
  run.asked--;
  if (run.nextUnsaid < run.unsaid.length) {
    const next = run.unsaid[run.nextUnsaid];
    run.unsaid[run.nextUnsaid++] = null;
    put(run, next);
  } else if (run.nextUnsaid > 0) {
    run.unsaid = [];
    run.nextUnsaid = 0;
  }
  stayForAnswers(run);
  if (status === ANSWERED) {
    question.take(parse(text));
    run.replay.goOn();
  } else {
    const stack = question.op?.at.stack;
    const what = question.op === null ? "" : `${question.op.kind} '${question.op.path}'${placeIn(stack)}: `;
    failed(run, failureText("handler_failed", "Refused", what + text, stack));
  }
}

/** The first place of a stack that is the author's own, in the author's words. */
function placeIn(stack) {
  const found = typeof stack === "string" ? matches(MODULE_LINE, stack) : null;
  return found === null ? "" : ` (${functionName}.ts${found[1]})`;
}

/** Gives a run the verbs, over what it has behind it. */
function equip(run, past) {
  const state = stateOf(past.state, limits, (key, json, stored) =>
    ask(run, STATE, { key, gone: json === null }, json ?? "", stored, null));
  run.replay = replayOf(past, {
    runId: run.head?.runId,
    limits,
    byName: adapted?.byName === true,
    ask: (verb, head, body, take, op = null) => ask(run, verb, head, body, take, op),
    inFlight: () => run.asked,
    diverged: (message, at, leaving) => {
      const text = failureText("replay_diverged", "ReplayDiverged", message, at?.stack, true);
      verdict(run, FAILED, text, leaving);
    },
    suspend: (leaving) => verdict(run, SUSPENDED, "", leaving),
    warn: (text) => log("warn", text),
    failureOf: (thrown) => described(thrown),
    abortError: cancelled,
    becameDurable: () => warnOfClocks(run),
    placeIn,
    unref: unrefTimer,
  });
  run.verbs = verbsOf(run.replay, state, limits);
  run.verbs.secrets = secretsOf((name, take) => ask(run, SECRET, { name }, "", take, null));
}

// --- clocks outside of steps ---------------------------------------------------------------

function notedClock(name) {
  const run = current;
  if (run === null || run.number === 0 || run.clocks[name] !== undefined) return;
  if (currentStep() !== undefined) return;
  const at = {};
  captureStack(at, notedClock);
  run.clocks[name] = placeIn(at.stack);
  if (run.replay.isDurable()) warnOfClock(run, name);
}

function warnOfClocks(run) {
  for (const name in run.clocks) warnOfClock(run, name);
}

function warnOfClock(run, name) {
  log("warn", `${name} was used outside of a step${run.clocks[name]}: when the run is replayed it gives ` +
    "another value, and the code may take another way; put it into a step");
}

function log(level, text) {
  const run = current;
  if (run === null || run.lines > limits.lines) return;
  run.lines++;
  send(run.number, LOG, encode(LEVELS[level] + cut(text, 0, LINE_CHARS_MAX)));
}

// --- what user code sees -------------------------------------------------------------------

function shown(value) {
  if (typeof value === "string") return value;
  try {
    return inspect(value, { depth: 4, colors: false });
  } catch {
    return "[a value that cannot be shown]";
  }
}

/** console's own formatting, as far as log lines need it: %s %d %i %f %j %o %O %c %%. */
function formatted(values) {
  const count = values.length;
  let text = "";
  let next = 0;
  if (count > 1 && typeof values[0] === "string") {
    const pattern = values[next++];
    let from = 0;
    for (let at = 0; at + 1 < pattern.length; at++) {
      if (pattern[at] !== "%") continue;
      const verb = pattern[at + 1];
      let insert;
      if (verb === "%") insert = "%";
      else if (next >= count) continue;
      else if (verb === "s" || verb === "o" || verb === "O" || verb === "j") insert = shown(values[next++]);
      else if (verb === "d" || verb === "i" || verb === "f") insert = shown(values[next++]);
      else if (verb === "c") insert = (next++, "");
      else continue;
      text += cut(pattern, from, at) + insert;
      from = at + 2;
      at++;
    }
    text += cut(pattern, from);
  }
  for (; next < count; next++) {
    text += (next === 0 ? "" : " ") + shown(values[next]);
  }
  return text;
}

function consoleFor() {
  const say = (level) => (...values) => log(level, formatted(values));
  const counts = { __proto__: null };
  const timers = { __proto__: null };
  const since = (label = "default") => `${label}: ${(now() - (timers[label] ?? now())).toFixed(1)}ms`;
  const info = say("info");
  return {
    debug: say("debug"), log: info, info, warn: say("warn"), error: say("error"),
    trace: say("debug"), dir: (value) => info(value), dirxml: info, table: (value) => info(value),
    assert: (holds, ...values) => {
      if (!holds) log("error", "Assertion failed: " + formatted(values));
    },
    count: (label = "default") => info(`${label}: ${(counts[label] = (counts[label] ?? 0) + 1)}`),
    countReset: (label = "default") => void (counts[label] = 0),
    time: (label = "default") => void (timers[label] = now()),
    timeLog: (label) => info(since(label)), timeEnd: (label) => info(since(label)),
    group: info, groupCollapsed: info, groupEnd: () => {}, clear: () => {}, timeStamp: () => {},
    profile: () => {}, profileEnd: () => {},
  };
}

function contextOf(run) {
  const say = (level) => (...values) => {
    if (current === run) log(level, formatted(values));
  };
  return {
    runId: run.head.runId,
    jobName: run.head.job,
    namespace: run.head.namespace,
    principal: run.head.principal === undefined ? null : freeze(run.head.principal),
    attempt: run.head.attempt,
    failures: run.head.failures,
    payload: run.payload,
    get isCancelled() {
      return run.cancelled;
    },
    get signal() {
      return run.controller.signal;
    },
    log: { debug: say("debug"), info: say("info"), warn: say("warn"), error: say("error") },
    progress: (...values) => report(run, values),
    ...run.verbs,
  };
}

/** progress(percent, message?, data?) or progress({ percent | processed, total, message, data }) */
function report(run, values) {
  if (current !== run) return;
  const first = values[0];
  const said = first !== null && typeof first === "object"
    ? first
    : { percent: first, message: values[1], data: values[2] };
  run.progress = "{" + field("percent", number(said.percent, "percent")) +
    field("processed", number(said.processed, "processed")) +
    field("total", number(said.total, "total")) +
    field("message", said.message == null ? undefined : stringify(StringNow(said.message))) +
    '"data":' + (said.data === undefined ? "null" : stringify(said.data) ?? "null") + "}";
  if (now() - run.progressAt >= PROGRESS_EVERY_MS) {
    tellProgress(run);
  } else if (!run.progressDue) {
    run.progressDue = true;
    unrefTimer(setTimeout(() => tellProgress(run), PROGRESS_EVERY_MS));
  }
}

function field(name, json) {
  return json === undefined ? "" : `"${name}":${json},`;
}

function number(value, name) {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number" || isNaN(value) || value === Infinity || value === -Infinity) {
    throw new TypeErrorNow(`progress: ${name} must be a finite number, got ${shown(value)}`);
  }
  return stringify(value);
}

function tellProgress(run) {
  run.progressDue = false;
  if (current !== run || run.progress === null) return;
  run.progressAt = now();
  send(run.number, PROGRESS, encode(run.progress));
  run.progress = null;
}

// --- what a failure is called --------------------------------------------------------------

function failureOf(thrown, code, steps) {
  const { type, message, stack } = described(thrown);
  if (type === "RangeError" && startsWith(message, "Array buffer allocation failed")) {
    code = "out_of_memory";
  }
  return failureText(code, type, message, stack, isForGood(thrown), steps);
}

function described(thrown) {
  let type, message, stack;
  try {
    if (isError(thrown)) {
      type = typeof thrown.name === "string" ? thrown.name : "Error";
      message = typeof thrown.message === "string" ? thrown.message : shown(thrown.message);
      stack = typeof thrown.stack === "string" ? thrown.stack : undefined;
    } else {
      type = thrown === null ? "null" : typeof thrown;
      message = typeof thrown === "string" ? thrown : `threw ${shown(thrown)}, which is not an Error`;
    }
  } catch {
    type = "Error";
    message = "threw a value that cannot be read";
  }
  message = cut(message, 0, LINE_CHARS_MAX);
  return { type, message, stack: stack === undefined ? undefined : cut(stack, 0, STACK_CHARS_MAX) };
}

/** `steps` are those that the next attempt shall try again. */
function failureText(code, type, message, stack, forGood = false, steps = []) {
  return `{"code":"${code}","type":${stringify(type)},` +
    `"message":${stringify(cut(message, 0, LINE_CHARS_MAX))},` +
    `"stack":${stack === undefined ? "null" : stringify(cut(stack, 0, STACK_CHARS_MAX))},` +
    `"forGood":${forGood},"steps":${stringify(steps)}}`;
}

function failed(run, text, leaving = false) {
  verdict(run, FAILED, text, leaving);
}

/** The result as JSON text, or a failure that says why there is none. */
function returned(run, value, leaving) {
  let json;
  if (value === ASLEEP) {
    return verdict(run, SUSPENDED, "", leaving);
  } else if (value === undefined) {
    json = "null";
  } else if (typeof value === "function" || typeof value === "symbol") {
    return failed(run, badResult(`a ${typeof value} cannot be written as JSON`), leaving);
  } else {
    try {
      json = stringify(value) ?? "null";
    } catch (thrown) {
      const text = isError(thrown) && typeof thrown.message === "string" ? thrown.message : shown(thrown);
      return failed(run, badResult(text), leaving);
    }
  }
  if (json.length > limits.resultBytes) {
    const why = `${json.length} characters of JSON, the limit is ${limits.resultBytes} bytes`;
    return failed(run, badResult(why), leaving);
  }
  verdict(run, RETURNED, json, leaving);
}

function badResult(why) {
  return failureText("bad_result", "TypeError", "the result cannot be stored: " + why, undefined);
}

// --- the walk ------------------------------------------------------------------------------

const served = { hooks: null };
let adapted = null;

function prepareRealm() {
  const denied = (name) => () => {
    throw new Deno.errors.NotCapable(`${name} is not available to functions`);
  };
  const env = freeze({
    get: (name) => environment[name],
    has: (name) => environment[name] !== undefined,
    toObject: () => ({ ...environment }),
    set: denied("Deno.env.set"),
    delete: denied("Deno.env.delete"),
  });
  defineProperty(Deno, "env", { value: env, enumerable: true });
  defineProperty(Deno, "stdin", {
    value: freeze({ read: async () => null, readSync: () => null, close: () => {}, isTerminal: () => false }),
    enumerable: true,
  });
  defineProperty(globalThis.process, "env", { value: { ...environment }, enumerable: true });
  delete globalThis.Worker; // It would go on between runs, when nothing of the function may.
  globalThis.console = consoleFor();
  globalThis.secrets = freeze(globalSecrets(handedSecrets));
  globalThis.serve = (_config, hooks) => void (served.hooks = hooks);
  globalThis[Symbol.for("kedge.sdk")] = freeze({ ...authoring, serve: globalThis.serve });
  watchClocks(notedClock);
}

function handedSecrets() {
  if (current === null || current.number === 0) {
    throw new ErrorNow("secrets can be read by a handler at work, not while its module is loaded");
  }
  if (current.handed === null) {
    throw new ErrorNow("no secrets came with this run: write `secrets.get(…)` out, or use ctx.secrets");
  }
  return current.handed;
}

async function load(frame) {
  const init = parse(decode(part(inbox, frame.from, frame.to)));
  secret = new Bytes(SECRET_BYTES);
  for (let i = 0; i < SECRET_BYTES; i++) secret[i] = init.secret[i];
  functionName = init.function;
  limits = init.limits;
  environment = { __proto__: null, ...init.environment };
  prepareRealm();
  const url = createObjectURL(new BlobNow([init.code], { type: "application/typescript" }));
  const run = runOf(0, null, null);
  current = run;
  try {
    const exported = await import(url);
    revokeObjectURL(url);
    adapted = adapt(exported, served);
    const text = `{"shape":${stringify(adapted.shape)},"policy":${stringify(adapted.policy) ?? "{}"}}`;
    verdict(run, LOADED, text, false);
  } catch (thrown) {
    failed(run, failureOf(thrown, "bad_code"));
  }
}

function runOf(number, head, payload) {
  return {
    number, head, payload, cancelled: false, controller: new AbortControllerNow(),
    lines: 0, progress: null, progressAt: -PROGRESS_EVERY_MS, progressDue: false,
    handed: null, replay: null, verbs: null, over: () => {}, clocks: { __proto__: null }, listening: false,
    // Questions: how many are without an answer, how many of these were put, and which.
    asked: 0, open: 0, questions: 0, unanswered: new MapNow(), unsaid: [], nextUnsaid: 0,
  };
}

/** RUN: u32 run, u32 length, head, u32 length, journal if there is one, payload. */
async function carryOut(frame) {
  const head = frame.from + 8;
  const journal = head + u32(frame.from + 4) + 4;
  const payload = journal + u32(journal - 4);
  const about = part(inbox, head, journal - 4);
  const run = runOf(u32(frame.from), parse(decode(about)), parse(decode(part(inbox, payload, frame.to))));
  fill(about, 0); // Secrets may stand in it.
  if (run.head.secrets !== undefined) {
    run.handed = handedOver(run.head.secrets);
    run.head.secrets = undefined;
  }
  equip(run, payload === journal ? NOTHING : parse(decode(part(inbox, journal, payload))));
  const over = new PromiseNow((resolve) => {
    run.over = resolve;
  });
  current = run;
  listenSoon();
  perform(run);
  await over;
}

async function perform(run) {
  const handler = adapted.run;
  const around = { environment, isParked: run.replay.isParked };
  let value;
  try {
    value = await handler(contextOf(run), around);
  } catch (thrown) {
    if (current === run) {
      run.replay.end({ thrown }, (leaving) =>
        failed(run, failureOf(thrown, "handler_failed", run.replay.culprits(thrown)), leaving));
    }
    return;
  }
  if (current === run) run.replay.end(null, (leaving) => returned(run, value, leaving));
}

addEventListener("error", (event) => {
  event.preventDefault();
  event.stopImmediatePropagation();
  const run = current;
  if (run === null) return;
  // Whoever was waiting inside the handler waits for ever now.
  failed(run, failureOf(event.error, "handler_failed", run.replay?.culprits(event.error)), true);
});

addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  event.stopImmediatePropagation();
  log("error", "a promise was rejected and nobody handled it: " + shown(event.reason));
});

addEventListener("beforeunload", (event) => {
  event.stopImmediatePropagation();
  if (current === null) return;
  if (current.replay?.drained(false)) {
    event.preventDefault();
    return;
  }
  const why = current.number === 0
    ? "the module waits for a promise that nothing can settle any more"
    : "the handler waits for a promise that nothing can settle any more";
  failed(current, failureText(current.number === 0 ? "bad_code" : "handler_failed", "NeverSettled", why, undefined), true);
});

/** What the first function would otherwise wait for: node's process, and the compiler. */
async function warmUp() {
  void globalThis.process.env;
  const url = createObjectURL(new BlobNow(["let a: number;"], { type: "application/typescript" }));
  await import(url);
  revokeObjectURL(url);
}

(async () => {
  await warmUp();
  for (;;) {
    const frame = await nextFrame();
    if (frame.kind === INIT) await load(frame);
    else if (frame.kind === RUN) await carryOut(frame);
  }
})();
