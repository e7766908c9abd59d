/**
 * Durable background jobs in TypeScript: what a module of functions imports. Inside of Kedge's
 * sandbox the same names are there without this package being installed.
 *
 * @packageDocumentation
 */
export {
  createJobHandler,
  defineJob,
  isDefinedJob,
  isJobHandler,
  JobError,
  JobSleepError,
  NonRetryableError,
  StepError,
} from "./authoring.ts";
export type { DefinedJob, JobHandler } from "./authoring.ts";
export type { Duration, DurationText, DurationUnit } from "./duration.ts";
export type {
  AllOptions,
  Backoff,
  Context,
  DurableEvent,
  EmitOptions,
  FetchContext,
  FetchHandler,
  InvokeOptions,
  JobContext,
  JobPolicy,
  Json,
  Log,
  Principal,
  Progress,
  Recorded,
  RetryPolicy,
  Secrets,
  SleepOptions,
  State,
  StepCall,
  StepOptions,
  StepRetry,
  WaitOptions,
} from "./types.ts";
