// What a function's module gets from "@kedge/sdk" when it runs. The sandbox loads this very file,
// so there is one implementation; it depends on nothing.

import type { Context, FetchContext, JobPolicy } from "./types.ts";

const JOB = Symbol.for("kedge.job");
const JOB_HANDLER = Symbol.for("kedge.jobHandler");

/** A job as {@link defineJob} made it: a policy and a handler that belong together. */
export interface DefinedJob<Payload = unknown, Result = unknown> {
  readonly policy: JobPolicy;
  readonly handler: (ctx: Context<Payload>) => Result | Promise<Result>;
}

/** A handler as {@link createJobHandler} made it. */
export interface JobHandler<Payload = unknown, Result = unknown> {
  readonly handler: (ctx: FetchContext<Payload>) => Result | Promise<Result>;
}

/**
 * Defines a job: what a module of functions exports by default.
 *
 * ```ts
 * export default defineJob({ name: "welcome", timeout: "5m" }, async (ctx: Context<User>) => {
 *   await ctx.step("mail", () => sendMail(ctx.payload));
 * });
 * ```
 *
 * @param policy how runs of the job are treated; `{}` for the defaults
 * @param handler runs once for every attempt, from the top; see {@link Context.step}
 */
export function defineJob<Payload = unknown, Result = unknown>(
  policy: JobPolicy,
  handler: (ctx: Context<Payload>) => Result | Promise<Result>,
): DefinedJob<Payload, Result> {
  if (policy === null || typeof policy !== "object") {
    throw new TypeError("defineJob(policy, handler): the policy must be an object");
  }
  if (typeof handler !== "function") {
    throw new TypeError("defineJob(policy, handler): the handler must be a function");
  }
  const job = { [JOB]: true, policy, handler };
  return job;
}

/** Makes a job of one function whose steps are told apart by their names alone. */
export function createJobHandler<Payload = unknown, Result = unknown>(
  handler: (ctx: FetchContext<Payload>) => Result | Promise<Result>,
): JobHandler<Payload, Result> {
  if (typeof handler !== "function") {
    throw new TypeError("createJobHandler(handler): the handler must be a function");
  }
  const job = { [JOB_HANDLER]: true, handler };
  return job;
}

/** Whether a value was made by {@link defineJob}, by whichever copy of this package. */
export function isDefinedJob(value: unknown): value is DefinedJob {
  return typeof value === "object" && value !== null && Reflect.get(value, JOB) === true;
}

/** Whether a value was made by {@link createJobHandler}, by whichever copy of this package. */
export function isJobHandler(value: unknown): value is JobHandler {
  return typeof value === "object" && value !== null && Reflect.get(value, JOB_HANDLER) === true;
}

/**
 * Throw it where trying again cannot help: in a step it ends the step's own retries; where it ends
 * the attempt, the run has failed for good.
 */
export class NonRetryableError extends Error {
  override readonly name = "NonRetryableError";
}

/**
 * What a step that failed for good throws, and a child run that failed: the same error when it
 * happens and whenever the run is replayed. `message` is that of the error that was thrown inside.
 */
export class StepError extends Error {
  override readonly name = "StepError";
  /** Which step failed: its name, with its key if it has one. */
  readonly step: string;
  /** What was thrown inside, with its name, message and stack. */
  override readonly cause: Error;

  constructor(message: string, step: string, cause: Error) {
    super(message);
    this.step = step;
    this.cause = cause;
  }
}

/** An error with a code of its own, which the failed run shows as the type of its failure. */
export class JobError extends Error {
  override readonly name: string = "JobError";
  readonly code: string;

  constructor(message: string, code = "job_error") {
    super(message);
    this.code = code;
  }
}

/** Kept for code that catches it. Here a sleep does not throw: it goes on when it is over. */
export class JobSleepError extends Error {
  override readonly name = "JobSleepError";
}
