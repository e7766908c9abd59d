import { describe, expectTypeOf, test } from "vitest";
import {
  defineJob, type Context, type Duration, type DurableEvent, type FetchHandler, type JobContext, type Recorded,
} from "../src/index.ts";

describe("durations", () => {
  test("are texts of a form, or milliseconds", () => {
    expectTypeOf<"24h">().toExtend<Duration>();
    expectTypeOf<"500ms">().toExtend<Duration>();
    expectTypeOf<"1m30s">().toExtend<Duration>();
    expectTypeOf<"1d12h30m">().toExtend<Duration>();
    expectTypeOf<number>().toExtend<Duration>();
    expectTypeOf<"soon">().not.toExtend<Duration>();
    expectTypeOf<"24">().not.toExtend<Duration>();
    expectTypeOf<"24 hours">().not.toExtend<Duration>();
    expectTypeOf<"h">().not.toExtend<Duration>();
    expectTypeOf<string>().not.toExtend<Duration>();
  });
});

describe("what is recorded", () => {
  test("is what JSON leaves of it", () => {
    expectTypeOf<Recorded<string>>().toEqualTypeOf<string>();
    expectTypeOf<Recorded<void>>().toEqualTypeOf<null>();
    expectTypeOf<Recorded<undefined>>().toEqualTypeOf<null>();
    expectTypeOf<Recorded<Date>>().toEqualTypeOf<string>();
    expectTypeOf<Recorded<Date[]>>().toEqualTypeOf<string[]>();
    expectTypeOf<Recorded<{ at: Date; n?: number; fn(): void }>>().toEqualTypeOf<{ at: string; n?: number | undefined }>();
    expectTypeOf<Recorded<"a" | null | Date>>().toEqualTypeOf<"a" | null | string>();
  });
});

describe("a context", () => {
  const ctx = {} as Context<{ order: number }>;

  test("knows its payload, and what its verbs give back", () => {
    expectTypeOf(ctx.payload).toEqualTypeOf<{ order: number }>();
    expectTypeOf(ctx.step("a", () => 1)).resolves.toEqualTypeOf<number>();
    expectTypeOf(ctx.step("a", { key: 1, retry: { maxAttempts: 3, initialDelay: "1s" } }, async (call) => call.effectKey))
      .resolves.toEqualTypeOf<string>();
    expectTypeOf(ctx.step("a", () => {})).resolves.toEqualTypeOf<null>();
    expectTypeOf(ctx.sleep("nap", "24h")).resolves.toEqualTypeOf<void>();
    expectTypeOf(ctx.waitFor<{ id: number }>("paid")).resolves.toEqualTypeOf<DurableEvent<{ id: number }> | null>();
    expectTypeOf(ctx.invoke<string>("resize", { file: "a" })).resolves.toEqualTypeOf<string>();
    expectTypeOf(ctx.all([() => 1, () => Promise.resolve(2)], { concurrency: 3 })).resolves.toEqualTypeOf<number[]>();
    expectTypeOf(ctx.state.get<string[]>("cart")).toEqualTypeOf<string[] | undefined>();
  });

  test("refuses what makes no sense", () => {
    // @ts-expect-error -- no duration
    void ctx.sleep("nap", "soon");
    // @ts-expect-error -- no such backoff
    void ctx.step("a", { retry: { backoff: "slow" } }, () => 1);
    // @ts-expect-error -- the function is missing
    void ctx.step("a", { key: 1 });
  });
});

describe("a job", () => {
  test("hands its payload's type to its handler", () => {
    const job = defineJob({ name: "ship", retry: { maxAttempts: 3 } }, async (ctx: Context<{ to: string }>) => ctx.payload.to);

    expectTypeOf(job.handler).parameter(0).toEqualTypeOf<Context<{ to: string }>>();
    expectTypeOf(job.handler).returns.toEqualTypeOf<string | Promise<string>>();
    // @ts-expect-error -- no such policy
    defineJob({ timeOut: "5m" }, () => 1);
    // @ts-expect-error -- policies are written down: no milliseconds
    defineJob({ timeout: 5 }, () => 1);
  });

  test("may be an object with fetch", () => {
    const handler = {
      async fetch(request: Request, _env: unknown, ctx: JobContext): Promise<Response> {
        return Response.json(await ctx.step("a", async () => request.url));
      },
    };
    expectTypeOf(handler).toExtend<FetchHandler>();
  });
});
