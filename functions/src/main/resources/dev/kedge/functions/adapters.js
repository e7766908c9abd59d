// The shapes a function's module may have, and how each is made to fit one call: run(ctx).
//
// This list is the one place where a shape is known. An adapter gets what the module exports and
// what it handed to serve(), and answers with {shape, policy, run, byName}, or undefined: "not
// mine". byName: records are looked up by their names alone, in any order. run's second argument
// is {environment, isParked()}.

import { isDefinedJob, isJobHandler, JobSleepError } from "./authoring.ts";

const BODY_CHARS_MAX = 8192;

const { stringify, parse } = JSON;
const { keys } = Object;
const uncurry = Function.prototype.bind.bind(Function.prototype.call);
const RequestNow = Request;
const ErrorNow = Error;
const textOf = uncurry(Response.prototype.text);
const isOk = uncurry(Object.getOwnPropertyDescriptor(Response.prototype, "ok").get);
const statusOf = uncurry(Object.getOwnPropertyDescriptor(Response.prototype, "status").get);
const cut = uncurry(String.prototype.slice);
const ResponseNow = Response;

/** Said instead of a result by a handler that asked to sleep and ended. */
export const ASLEEP = Symbol("asleep");

/** export default defineJob({ name, ...policy }, async (ctx) => …) */
function definedJob(exported) {
  const job = exported.default;
  if (isDefinedJob(job)) {
    return { shape: "defineJob", policy: job.policy, run: job.handler, byName: false };
  }
}

/** export default createJobHandler(async (ctx) => …) */
function jobHandler(exported) {
  const job = exported.default;
  if (isJobHandler(job)) {
    return { shape: "createJobHandler", policy: {}, run: slept(job.handler), byName: true };
  }
}

/** export default { async fetch(request, env, ctx) { … } } */
function fetched(exported) {
  const module = exported.default;
  if (module !== null && typeof module === "object" && typeof module.fetch === "function") {
    const run = async (ctx, around) =>
      await resultOf(await module.fetch(requestOf(ctx), { ...around.environment }, ctx), around);
    return { shape: "fetch", policy: {}, run: slept(run), byName: true };
  }
}

/** export default async (ctx) => … */
function plainFunction(exported) {
  if (typeof exported.default === "function") {
    return { shape: "default", policy: {}, run: exported.default, byName: false };
  }
}

/** serve({}, { onJob: async (payload) => … }) */
function servedJob(_exported, served) {
  const hooks = served.hooks;
  if (hooks !== null && typeof hooks === "object" && typeof hooks.onJob === "function") {
    return { shape: "serve", policy: {}, run: (ctx) => hooks.onJob(ctx.payload, ctx), byName: false };
  }
}

const ADAPTERS = [definedJob, jobHandler, fetched, plainFunction, servedJob];

/** Finds the handler in a module that was just loaded. */
export function adapt(exported, served) {
  for (let i = 0; i < ADAPTERS.length; i++) {
    const found = ADAPTERS[i](exported, served);
    if (found !== undefined) {
      return found;
    }
  }
  throw new TypeError(
    "no handler found: export default defineJob({...}, async (ctx) => ...), " +
      "export default async (ctx) => ..., export default { async fetch(request, env, ctx) {...} }, " +
      "or call serve({}, { onJob })",
  );
}

// --- requests and responses ----------------------------------------------------------------

function slept(run) {
  return async (ctx, around) => {
    try {
      return await run(ctx, around);
    } catch (thrown) {
      if (thrown instanceof JobSleepError && around.isParked()) return ASLEEP;
      throw thrown;
    }
  };
}

function requestOf(ctx) {
  return new RequestNow(`http://localhost/${ctx.jobName}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-reactor-run-id": ctx.runId,
      "x-request-id": ctx.runId,
    },
    body: ctx.payload === null ? "{}" : stringify(ctx.payload),
  });
}

/** The JSON of a good response, else its text, else null; the error that any other stands for. */
async function resultOf(response, around) {
  if (!(response instanceof ResponseNow)) {
    throw new TypeError("fetch(request, env, ctx) must return a Response");
  }
  const text = await textOf(response);
  const body = jsonIn(text);
  if (!isOk(response)) {
    const said = isObject(body) ? body.error : undefined;
    const known = isObject(said);
    const error = new ErrorNow(
      known && typeof said.message === "string" ? said.message : cut(text, 0, BODY_CHARS_MAX),
    );
    error.name = known && typeof said.code === "string" ? said.code : `http_${statusOf(response)}`;
    error.stack = undefined;
    throw error;
  }
  if (isObject(body)) {
    const fields = keys(body).length;
    if (body.status === "sleeping" && around.isParked()) return ASLEEP;
    if (body.status === "completed" && (fields === 1 || fields === 2 && "result" in body)) {
      return body.result ?? null;
    }
  }
  return body !== undefined ? body : text === "" ? null : text;
}

function isObject(value) {
  return value !== null && typeof value === "object";
}

function jsonIn(text) {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}
