import type { Duration, DurationText } from "./duration.ts";

/** What can be written down as JSON. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [name: string]: Json | undefined };

/**
 * What is given back for a value that was recorded: the value after its way through JSON. Nothing
 * becomes `null`, a `Date` the text that its `toJSON` makes of it, and functions are left out.
 */
export type Recorded<T> = T extends string | number | boolean | null
  ? T
  : T extends undefined | void
    ? null
    : T extends { toJSON(): infer J }
      ? Recorded<J>
      : T extends (...args: never[]) => unknown
        ? never
        : T extends readonly unknown[]
          ? { [K in keyof T]: Recorded<T[K]> }
          : T extends object
            ? {
                [K in keyof T as T[K] extends (...args: never[]) => unknown ? never : K]: undefined extends T[K]
                  ? Recorded<Exclude<T[K], undefined>> | undefined
                  : Recorded<T[K]>;
              }
            : T;

/** How delays between tries grow. */
export type Backoff = "fixed" | "linear" | "exponential";

/** How often and how soon a failed attempt of a run is followed by another. */
export interface RetryPolicy {
  /** Failures after which the run has failed for good; 1 means no retry. Default 3. */
  readonly maxAttempts?: number;
  readonly backoff?: Backoff | "table";
  readonly initialDelay?: DurationText;
  readonly maxDelay?: DurationText;
  /** The delays themselves; the last repeats. */
  readonly delays?: readonly DurationText[];
  /** How much longer a delay may get by chance, as a part of it. Default 0.1. */
  readonly jitter?: number;
}

/** How the runs of a job are treated. Whatever is not said is the server's default. */
export interface JobPolicy {
  /** The job's name. Default: the name of the module's file. */
  readonly name?: string;
  readonly description?: string;
  /** How long one attempt may take. Default 10m. */
  readonly timeout?: DurationText;
  /** How long an attempt may go on without reporting progress. */
  readonly progressTimeout?: DurationText;
  /** How long the handler may go on once it was told to stop. Default 30s. */
  readonly cancelGrace?: DurationText;
  /** −100 to 100, higher first. */
  readonly priority?: number;
  readonly queue?: string;
  readonly maxAttempts?: number;
  readonly retry?: RetryPolicy;
  /** What follows when the worker is lost. Default retry. */
  readonly onWorkerLost?: "retry" | "fail";
  readonly maxLosses?: number;
  /** How many runs may run at once, on all servers together. Default: as many as there are slots. */
  readonly maxConcurrency?: number;
  /** What becomes of a submission while that many are active. Default queue. */
  readonly onExceeded?: "queue" | "reject";
  /** The same for runs with the same concurrency key. */
  readonly maxConcurrencyPerKey?: number;
  /** How often runs may start: at most `limit` in any stretch of time as long as `per`. */
  readonly rateLimit?: { readonly limit: number; readonly per: DurationText };
  /** Of which roles whoever submits must hold one. Default: anybody who may submit at all. */
  readonly requireRoles?: readonly string[];
  /** When the job starts by itself. */
  readonly schedule?: Scheduled | readonly Scheduled[];
}

/** A cron expression read in UTC, a word like `@daily`, `every 90s`; or one of them with more. */
export type Scheduled = string | Schedule;

/** When a job starts by itself, and how. */
export interface Schedule {
  /** A cron expression, a word like `@daily`, or `every 90s`. */
  readonly cron: string;
  /** The time zone whose clocks it is read by. Default UTC. */
  readonly zone?: string;
  /** What becomes of a time while an earlier run has not ended. Default skip. */
  readonly overlap?: "skip" | "allow" | "queue" | "cancelRunning";
  /** Which of the times that were missed start a run all the same. Default last. */
  readonly catchUp?: "none" | "last" | "all";
  /** What each of its runs gets. Default an empty object. */
  readonly payload?: unknown;
}

/** How a step is tried again within one attempt of its run. */
export interface StepRetry {
  /** Tries after which the step has failed; then the run's own policy applies. Default 1. */
  readonly maxAttempts?: number;
  /** Default exponential. */
  readonly backoff?: Backoff;
  /** Default 1s. */
  readonly initialDelay?: Duration;
  /** Default 1m. */
  readonly maxDelay?: Duration;
}

export interface StepOptions {
  /** Tells steps of one name apart, in a loop for instance: stable from attempt to attempt. */
  readonly key?: string | number;
  readonly retry?: StepRetry;
}

/** What a step's function is told. */
export interface StepCall {
  /**
   * The same at every try and in every attempt, and nobody else's. Hand it to services that know
   * idempotency keys: a crash after an effect and before its record repeats the step.
   */
  readonly effectKey: string;
  /** Which try this is within the attempt, from 1. */
  readonly attempt: number;
}

/** A published fact. */
export interface DurableEvent<Payload = unknown> {
  readonly id: string;
  readonly topic: string;
  readonly payload: Payload;
  readonly publishedAt: string;
}

export interface SleepOptions {
  /** Tells sleeps of one name apart, in a loop for instance. */
  readonly key?: string | number;
}

export interface WaitOptions {
  /** JSON that the event's payload must contain. */
  readonly match?: Json;
  /** Until when to wait. Default: for ever. */
  readonly timeout?: Duration;
  /** What the wait is called in the run's history. Default: the topic. */
  readonly name?: string;
  readonly key?: string | number;
}

export interface InvokeOptions {
  /** What the invocation is called in the run's history. Default: the job. */
  readonly name?: string;
  readonly key?: string | number;
  readonly priority?: number;
  readonly queue?: string;
  readonly delay?: Duration;
  readonly maxAttempts?: number;
  readonly timeout?: Duration;
  readonly tags?: readonly string[];
}

export interface EmitOptions {
  /** What the event is called in the run's history. Default: the topic. */
  readonly name?: string;
  readonly key?: string | number;
}

export interface AllOptions {
  /** How many of the functions may be under way at a time. Default: all. */
  readonly concurrency?: number;
}

/** Values of a run that last across steps, attempts and crashes. */
export interface State {
  /** The value, or `undefined`. A copy: changing it changes nothing until it is set. */
  get<T = unknown>(key: string): T | undefined;
  /**
   * Returns once it is stored. Code between steps runs again at every replay and sets it again;
   * what must happen once belongs into a step.
   */
  set(key: string, value: unknown): Promise<void>;
  delete(key: string): Promise<void>;
}

/**
 * What a run may know and nobody else. The submitter's own secrets come before those of the
 * namespace, and these before the system's.
 *
 * A secret is read anew whenever it is asked for, and never recorded. What was handed out is taken
 * out of log lines, progress, errors, events and the result; a step, a state or a child run that
 * would have it on record is refused.
 */
export interface Secrets {
  /** The value, or `undefined` where there is none of that name. */
  get(name: string): Promise<string | undefined>;
  /** The value. Rejects, naming the secret, where there is none. */
  getRequired(name: string): Promise<string>;
}

export interface Progress {
  readonly percent?: number;
  readonly processed?: number;
  readonly total?: number;
  readonly message?: string;
  readonly data?: unknown;
}

/** Lines of the run's log. */
export interface Log {
  debug(...values: unknown[]): void;
  info(...values: unknown[]): void;
  warn(...values: unknown[]): void;
  error(...values: unknown[]): void;
}

/** Who is behind something. */
export interface Principal {
  /** Never changes: `user:…`, `key:…`, `service:…` or `external:…`. */
  readonly id: string;
  /** The name of the role that counted. */
  readonly role: string;
  readonly email?: string;
}

/**
 * What a handler may know and do. The handler runs from the top in every attempt and after every
 * sleep; what is on record is given back at once. Between these calls it must be deterministic:
 * clocks, random numbers and I/O belong into steps.
 */
export interface Context<Payload = unknown> {
  readonly runId: string;
  readonly jobName: string;
  readonly namespace: string;
  /** Who submitted the run, as was known then; null where Kedge itself did, or its operator. */
  readonly principal: Principal | null;
  /** Which try of the run this is, from 1. */
  readonly attempt: number;
  /** Attempts that failed before this one. */
  readonly failures: number;
  readonly payload: Payload;
  /** Whether somebody asked for this run to stop. Then no step begins any more. */
  readonly isCancelled: boolean;
  /** Aborted when somebody asks for this run to stop. */
  readonly signal: AbortSignal;
  readonly log: Log;
  progress(percent: number, message?: string, data?: unknown): void;
  progress(progress: Progress): void;

  /**
   * Carries out `fn` and records what it returns; from then on the record is given back instead.
   * The record is written once. `fn` itself may run again if the process dies in between: hand
   * {@link StepCall.effectKey} to whoever it calls.
   *
   * @throws {@link StepError} `fn` failed, and its tries are used up
   */
  step<T>(name: string, fn: (call: StepCall) => T | Promise<T>, options?: StepOptions): Promise<Recorded<T>>;
  step<T>(name: string, options: StepOptions, fn: (call: StepCall) => T | Promise<T>): Promise<Recorded<T>>;

  /** Goes on after so long, and holds no worker until then. */
  sleep(name: string, duration: Duration, options?: SleepOptions): Promise<void>;
  sleep(duration: Duration): Promise<void>;
  /** Goes on at that time, and holds no worker until then. */
  sleepUntil(name: string, time: Date | string, options?: SleepOptions): Promise<void>;

  /** The next event of the topic that matches, or `null` when the time is over. */
  waitFor<T = unknown>(topic: string, options?: WaitOptions): Promise<DurableEvent<T> | null>;

  /**
   * Starts a run of another job and waits for its result. Cancelling this run cancels it.
   *
   * @throws {@link StepError} it failed or was cancelled
   */
  invoke<Result = unknown>(job: string, payload?: unknown, options?: InvokeOptions): Promise<Result>;

  /** Publishes an event, once. */
  emit(topic: string, payload?: unknown, options?: EmitOptions): Promise<void>;

  /** `Promise.all`, of promises and of functions that make them; of these so many at a time. */
  all<T>(items: Iterable<(() => T | Promise<T>) | Promise<T>>, options?: AllOptions): Promise<Awaited<T>[]>;

  readonly state: State;
  readonly secrets: Secrets;
}

/** What handlers made by `createJobHandler`, and `fetch`, are given: steps go by name alone. */
export type FetchContext<Payload = unknown> = Context<Payload>;

/** Another name for {@link Context}. */
export type JobContext<Payload = unknown> = Context<Payload>;

/** The other form of a job: what a module may export by default. */
export interface FetchHandler<Env = Readonly<Record<string, string>>> {
  fetch(request: Request, env: Env, ctx: JobContext): Response | Promise<Response>;
}
