const sdk = globalThis[Symbol.for("kedge.sdk")];
export const {
  defineJob, createJobHandler, serve, isDefinedJob, isJobHandler,
  NonRetryableError, StepError, JobError, JobSleepError,
} = sdk;
/** Only a type; it has a name at run time so that importing it as a value works too. */
export class JobContext {}
