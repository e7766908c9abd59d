// The shapes a function's module may have, and how each is made to fit one call: run(ctx).
//
// This list is the one place where a shape is known. An adapter gets what the module exports and
// what it handed to serve(), and answers with {shape, policy, run}, or undefined: "not mine".

const JOB = Symbol("kedge.job");

/** What @kedge/sdk's defineJob makes of its arguments. Policy and handler stay together. */
export function defineJob(policy, handler) {
  if (policy === null || typeof policy !== "object") {
    throw new TypeError("defineJob(policy, handler): the policy must be an object");
  }
  if (typeof handler !== "function") {
    throw new TypeError("defineJob(policy, handler): the handler must be a function");
  }
  return { [JOB]: true, policy, handler };
}

/** export default defineJob({ name, ...policy }, async (ctx) => …) */
function definedJob(exported) {
  const job = exported.default;
  if (job !== null && typeof job === "object" && job[JOB] === true) {
    return { shape: "defineJob", policy: job.policy, run: job.handler };
  }
}

/** export default async (ctx) => … */
function plainFunction(exported) {
  if (typeof exported.default === "function") {
    return { shape: "default", policy: {}, run: exported.default };
  }
}

/** serve({}, { onJob: async (payload) => … }) */
function servedJob(_exported, served) {
  const hooks = served.hooks;
  if (hooks !== null && typeof hooks === "object" && typeof hooks.onJob === "function") {
    return { shape: "serve", policy: {}, run: (ctx) => hooks.onJob(ctx.payload, ctx) };
  }
}

const ADAPTERS = [definedJob, plainFunction, servedJob];

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
      "export default async (ctx) => ..., or call serve({}, { onJob })",
  );
}
