import { describe, expect, test } from "vitest";
import {
  createJobHandler, defineJob, isDefinedJob, isJobHandler, JobError, JobSleepError, NonRetryableError, StepError,
} from "../src/index.ts";

describe("defineJob", () => {
  test("keeps policy and handler together, and is known for what it is", () => {
    const handler = () => 1;
    const job = defineJob({ name: "one", timeout: "5m" }, handler);

    expect(job.policy).toEqual({ name: "one", timeout: "5m" });
    expect(job.handler).toBe(handler);
    expect(isDefinedJob(job)).toBe(true);
    expect(isJobHandler(job)).toBe(false);
  });

  test.each([[undefined, () => 1, "the policy must be an object"], [{}, undefined, "the handler must be a function"]])(
    "refuses what is no job: %s %s", (policy, handler, message) => {
      // @ts-expect-error -- what JavaScript may do
      expect(() => defineJob(policy, handler)).toThrow(message);
    });
});

test("createJobHandler is known for what it is", () => {
  expect(isJobHandler(createJobHandler(() => 1))).toBe(true);
  expect(isDefinedJob(createJobHandler(() => 1))).toBe(false);
  // @ts-expect-error -- what JavaScript may do
  expect(() => createJobHandler({})).toThrow("the handler must be a function");
});

test.each([null, undefined, 1, "x", {}, () => 1, { handler: () => 1 }])("%s is no job", (value) => {
  expect(isDefinedJob(value)).toBe(false);
  expect(isJobHandler(value)).toBe(false);
});

test("errors are known by their names", () => {
  const cause = new TypeError("declined");
  const error = new StepError("declined", "charge[7]", cause);

  expect(error).toMatchObject({ name: "StepError", message: "declined", step: "charge[7]", cause });
  expect(error).toBeInstanceOf(Error);
  expect(new NonRetryableError("no")).toMatchObject({ name: "NonRetryableError", message: "no" });
  expect(new JobError("no", "out_of_stock")).toMatchObject({ name: "JobError", code: "out_of_stock" });
  expect(new JobError("no").code).toBe("job_error");
  expect(new JobSleepError().name).toBe("JobSleepError");
});
