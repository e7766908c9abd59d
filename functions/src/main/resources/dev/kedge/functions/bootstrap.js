// Runs inside the sandbox, before any user code, and stays between it and the server.
//
// User code shares this realm and may patch every built-in, so what is needed later is captured
// here, first. Nothing below looks anything up on a prototype once user code has been loaded.
//
// The server writes frames to stdin: u32 length, u8 kind, body. Answers go to stdout: secret,
// u32 run, u8 kind, u32 length, body. The secret is random per process and never leaves this
// file's scope: bytes without it are, to the server, mere text that the function printed.

import { adapt, defineJob } from "./adapters.js";

const INIT = 1, RUN = 2, CANCEL = 3, NUDGE = 4;
const LOADED = 1, RETURNED = 2, FAILED = 3, LOG = 4, PROGRESS = 5;
const LEVELS = { debug: "d", info: "i", warn: "w", error: "e" };

const SECRET_BYTES = 16;
const HEAD_BYTES = SECRET_BYTES + 9;
const READ_BYTES = 64 * 1024;
const LINE_CHARS_MAX = 8192;
const STACK_CHARS_MAX = 32768;
const LISTEN_AFTER_MS = 20;
const PROGRESS_EVERY_MS = 10;

const { stringify, parse } = JSON;
const { defineProperty, freeze } = Object;
const { createObjectURL, revokeObjectURL } = URL;
const { inspect, unrefTimer, exit } = Deno;
const { setTimeout, performance } = globalThis;
const isNaN = Number.isNaN;
const AbortControllerNow = AbortController;
const BlobNow = Blob;
const DOMExceptionNow = DOMException;
const TypeErrorNow = TypeError;
const StringNow = String;
const uncurry = Function.prototype.bind.bind(Function.prototype.call);
const decode = uncurry(TextDecoder.prototype.decode).bind(null, new TextDecoder());
const encode = uncurry(TextEncoder.prototype.encode).bind(null, new TextEncoder());
const abort = uncurry(AbortController.prototype.abort);
const now = performance.now.bind(performance);
const cut = uncurry(String.prototype.slice);
const startsWith = uncurry(String.prototype.startsWith);
const isError = Error.isError ?? ((thrown) => thrown instanceof Error);
const typedArray = Object.getPrototypeOf(Uint8Array.prototype);
const copy = uncurry(typedArray.set);
const part = uncurry(typedArray.subarray);
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
    } else if (frame.kind !== NUDGE && frame.kind !== CANCEL) {
      return frame;
    }
  }
}

/** Listens for a cancellation while a run is under way. Short runs end before this begins. */
async function listen(run) {
  while (current === run) {
    const read = readLater(makeRoom());
    pending = read;
    unref();
    took(await read);
    pending = null;
    if (current !== run) return;
    for (let frame = takeFrame(); frame !== null; frame = takeFrame()) {
      if (frame.kind === CANCEL && u32(frame.from) === run.number) {
        run.cancelled = true;
        abort(run.controller, new DOMExceptionNow("the run was cancelled", "AbortError"));
      }
    }
  }
}

let listenDue = false;

function listenSoon() {
  if (listenDue) return;
  listenDue = true;
  const timer = setTimeout(() => {
    listenDue = false;
    if (current !== null && pending === null) listen(current);
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

/** A verdict starts with one byte: whether a read is under way that only a nudge can end. */
function verdict(run, kind, text) {
  send(run, kind, encode((pending === null ? "0" : "1") + text));
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

function failureOf(thrown, code) {
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
  if (type === "RangeError" && startsWith(message, "Array buffer allocation failed")) {
    code = "out_of_memory";
  }
  return failureText(code, type, message, stack);
}

function failureText(code, type, message, stack) {
  return `{"code":"${code}","type":${stringify(type)},` +
    `"message":${stringify(cut(message, 0, LINE_CHARS_MAX))},` +
    `"stack":${stack === undefined ? "null" : stringify(cut(stack, 0, STACK_CHARS_MAX))}}`;
}

function failed(run, text) {
  tellProgress(run);
  current = null;
  verdict(run.number, FAILED, text);
}

/** The result as JSON text, or a failure that says why there is none. */
function returned(run, value) {
  let json;
  if (value === undefined) {
    json = "null";
  } else if (typeof value === "function" || typeof value === "symbol") {
    return failed(run, badResult(`a ${typeof value} cannot be written as JSON`));
  } else {
    try {
      json = stringify(value) ?? "null";
    } catch (thrown) {
      const text = isError(thrown) && typeof thrown.message === "string" ? thrown.message : shown(thrown);
      return failed(run, badResult(text));
    }
  }
  if (json.length > limits.resultBytes) {
    return failed(run, badResult(`${json.length} characters of JSON, the limit is ${limits.resultBytes} bytes`));
  }
  tellProgress(run);
  current = null;
  verdict(run.number, RETURNED, json);
}

function badResult(why) {
  return failureText("bad_result", "TypeError", "the result cannot be stored: " + why, undefined);
}

// --- the walk ------------------------------------------------------------------------------

const served = { hooks: null };
let adapted = null;

function prepareRealm(environment) {
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
  globalThis.serve = (_config, hooks) => void (served.hooks = hooks);
  globalThis[Symbol.for("kedge.sdk")] = freeze({ defineJob, serve: globalThis.serve });
}

async function load(frame) {
  const init = parse(decode(part(inbox, frame.from, frame.to)));
  secret = new Bytes(SECRET_BYTES);
  for (let i = 0; i < SECRET_BYTES; i++) secret[i] = init.secret[i];
  functionName = init.function;
  limits = init.limits;
  prepareRealm({ __proto__: null, ...init.environment });
  const url = createObjectURL(new BlobNow([init.code], { type: "application/typescript" }));
  current = runOf(0, null, null);
  const run = current;
  try {
    const exported = await import(url);
    revokeObjectURL(url);
    adapted = adapt(exported, served);
    const text = `{"shape":${stringify(adapted.shape)},"policy":${stringify(adapted.policy) ?? "{}"}}`;
    current = null;
    verdict(0, LOADED, text);
  } catch (thrown) {
    failed(run, failureOf(thrown, "bad_code"));
  }
}

function runOf(number, head, payload) {
  return {
    number, head, payload, cancelled: false, controller: new AbortControllerNow(),
    lines: 0, progress: null, progressAt: -PROGRESS_EVERY_MS, progressDue: false,
  };
}

async function carryOut(frame) {
  const number = u32(frame.from);
  const body = frame.from + 8 + u32(frame.from + 4);
  const head = parse(decode(part(inbox, frame.from + 8, body)));
  const run = runOf(number, head, parse(decode(part(inbox, body, frame.to))));
  current = run;
  listenSoon();
  try {
    const handler = adapted.run;
    const value = await handler(contextOf(run));
    if (current === run) returned(run, value);
  } catch (thrown) {
    if (current === run) failed(run, failureOf(thrown, "handler_failed"));
  }
}

addEventListener("error", (event) => {
  event.preventDefault();
  event.stopImmediatePropagation();
  const run = current;
  if (run === null) return;
  failed(run, failureOf(event.error, "handler_failed"));
  exit(0); // Whoever was waiting inside the handler waits for ever now.
});

addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  event.stopImmediatePropagation();
  log("error", "a promise was rejected and nobody handled it: " + shown(event.reason));
});

addEventListener("beforeunload", (event) => {
  event.stopImmediatePropagation();
  if (current === null) return;
  const why = current.number === 0
    ? "the module waits for a promise that nothing can settle any more"
    : "the handler waits for a promise that nothing can settle any more";
  failed(current, failureText(current.number === 0 ? "bad_code" : "handler_failed", "NeverSettled", why, undefined));
  exit(0);
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
