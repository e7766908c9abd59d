import { describe, expect, test } from "vitest";
import { MemoryJournal, type Verbs, type Verdict } from "./journal.ts";

async function diverges(journal: MemoryJournal, handler: (ctx: Verbs) => unknown): Promise<string> {
  const verdict = await journal.run(handler);
  expect(verdict.kind).toBe("diverged");
  return verdict.kind === "diverged" ? verdict.message : "";
}

function failure(verdict: Verdict): { error: any; steps: readonly string[] } {
  expect(verdict.kind).toBe("failed");
  return verdict as Extract<Verdict, { kind: "failed" }>;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("a step", () => {
  test("is carried out once and given back ever after", async () => {
    const journal = new MemoryJournal();
    let calls = 0;
    const handler = async (ctx: Verbs) => ({ got: await ctx.step("one", () => ({ at: new Date(0), n: ++calls })) });

    const first = await journal.result(handler);
    const second = await journal.result(handler);

    expect(first).toEqual({ got: { at: "1970-01-01T00:00:00.000Z", n: 1 } });
    expect(second).toEqual(first);
    expect(calls).toBe(1);
  });

  test("that returns nothing gives null, live and later", async () => {
    const journal = new MemoryJournal();
    const handler = (ctx: Verbs) => ctx.step("none", () => undefined);

    expect(await journal.result(handler)).toBeNull();
    expect(await journal.result(handler)).toBeNull();
  });

  test("knows its effect key and its try, with the options on either side", async () => {
    const journal = new MemoryJournal();
    const told: unknown[] = [];
    const odd = (call: { attempt: number }) => {
      told.push(call);
      if (call.attempt < 3) throw new Error("not yet");
      return call.attempt;
    };
    const retry = { maxAttempts: 3, backoff: "fixed", initialDelay: 1 };

    await journal.result(async (ctx) => [
      await ctx.step("charge", { key: 7, retry }, odd),
      await ctx.step("charge", odd, { key: "b", retry: { ...retry, initialDelay: "1ms" } }),
    ]);

    expect(told).toEqual([1, 2, 3].map((attempt) => ({ effectKey: "run-1/charge[7]", attempt }))
      .concat([1, 2, 3].map((attempt) => ({ effectKey: "run-1/charge[b]", attempt }))));
    expect(journal.warnings[0]).toBe("step 'charge[7]' failed at try 1: not yet");
  });

  test("that cannot be helped is not tried again", async () => {
    const journal = new MemoryJournal();
    let calls = 0;
    const verdict = await journal.run((ctx) => ctx.step("pay", { retry: { maxAttempts: 9, initialDelay: 1 } }, () => {
      calls++;
      throw Object.assign(new Error("no such card"), { name: "NonRetryableError" });
    }));

    expect(calls).toBe(1);
    expect(failure(verdict).error).toMatchObject({ name: "StepError", step: "pay", message: "no such card" });
    expect(failure(verdict).error.cause.name).toBe("NonRetryableError");
  });

  test("whose output cannot be written down has failed", async () => {
    const journal = new MemoryJournal();

    expect(failure(await journal.run((ctx) => ctx.step("big", () => 10n))).error.message)
      .toContain("the output of step 'big' cannot be written as JSON");
    expect(failure(await new MemoryJournal().run((ctx) => ctx.step("big", () => "ä".repeat(600_000)))).error.message)
      .toBe("the output of step 'big' has 1200002 bytes of JSON, the limit is 1048576");
  });

  test("inside of a step is refused", async () => {
    const verdict = await new MemoryJournal().run((ctx) =>
      ctx.step("outer", async () => {
        await pause(1);
        await ctx.emit("inner");
      }));

    expect(failure(verdict).error.message).toBe(
      "'emit inner' was begun inside of step 'outer', and steps cannot contain each other: " +
        "return from the step what you need, and call ctx.emit after it");
  });

  test("of a name that was used before is refused, with the way out", async () => {
    const verdict = await new MemoryJournal().run(async (ctx) => {
      for (let i = 0; i < 2; i++) await ctx.step("charge", () => i);
    });

    expect(failure(verdict).error.message).toBe("'charge' was used twice in one run, and a replay could not tell " +
      "them apart; in a loop give each turn a key of its own: ctx.step(…, { key: i })");
  });

  test.each([
    [(ctx: Verbs) => ctx.step("", () => 1), "1 to 256 characters"],
    [(ctx: Verbs) => ctx.step("a\nb", () => 1), "control characters"],
    [(ctx: Verbs) => ctx.step("x".repeat(250), () => 1, { key: "y".repeat(5) }), "this one has 257"],
    [(ctx: Verbs) => ctx.step(7, () => 1), "the name must be a text"],
    [(ctx: Verbs) => ctx.step("a"), "a function is missing for 'a'"],
    [(ctx: Verbs) => ctx.step("a", () => 1, { key: {} }), "the key must be a text or a number"],
    [(ctx: Verbs) => ctx.step("a", () => 1, { retry: { maxAttempts: 0 } }), "from 1 to 1000"],
    [(ctx: Verbs) => ctx.step("a", () => 1, { retry: { backoff: "slow" } }), "'fixed', 'linear' or 'exponential'"],
    [(ctx: Verbs) => ctx.sleep("a", "soon"), "a duration is written like '90s'"],
    [(ctx: Verbs) => ctx.sleep("a", "1s1h"), "a duration is written like '90s'"],
    [(ctx: Verbs) => ctx.sleep("a", -1), "between 0 and 366 days"],
    [(ctx: Verbs) => ctx.sleep("a", "367d"), "between 0 and 366 days"],
    [(ctx: Verbs) => ctx.sleep("a", NaN), "milliseconds or a text"],
    [(ctx: Verbs) => ctx.sleepUntil("a", "tomorrow"), "a Date or a text like"],
    [(ctx: Verbs) => ctx.waitFor("no spaces"), "a topic is 1 to 128"],
    [(ctx: Verbs) => ctx.emit("x.", 1), "a letter or digit at both ends"],
    [(ctx: Verbs) => ctx.emit("x", () => 1), "a function cannot be written as JSON"],
    [(ctx: Verbs) => ctx.invoke(undefined), "the job must be a name"],
    [(ctx: Verbs) => ctx.all([], { concurrency: 0 }), "a whole number from 1"],
    [(ctx: Verbs) => ctx.state.set("", 1), "a key is a text of 1 to 256 characters"],
  ])("with arguments that make no sense is refused: %s", async (call, message) => {
    const journal = new MemoryJournal();

    expect(failure(await journal.run(call)).error.message).toContain(message);
    expect(journal.questions).toBe(0);
  });
});

describe("a failed step", () => {
  test("that was answered replays as it was", async () => {
    const journal = new MemoryJournal();
    let calls = 0;
    const handler = async (ctx: Verbs) => {
      try {
        await ctx.step("charge", () => {
          calls++;
          throw new TypeError("declined");
        });
      } catch (error: any) {
        await ctx.step("refund", () => error.message);
        return [error.name, error.message, error.step, error.cause.name, error.cause instanceof Error];
      }
    };

    const first = await journal.result(handler);

    expect(first).toEqual(["StepError", "declined", "charge", "TypeError", true]);
    expect(await journal.result(handler)).toEqual(first);
    expect(calls).toBe(1);
  });

  test("that ended the attempt is tried again by the next", async () => {
    const journal = new MemoryJournal();
    let calls = 0;
    const handler = async (ctx: Verbs) => {
      const a = await ctx.step("a", () => "a");
      try {
        return a + await ctx.step("b", () => {
          if (++calls === 1) throw new Error("unlucky");
          return "b";
        });
      } catch (error) {
        throw new Error("wrapped", { cause: new AggregateError([error], "both") });
      }
    };

    expect(failure(await journal.run(handler)).steps).toEqual(["b"]);
    expect(await journal.result(handler)).toBe("ab");
    expect(calls).toBe(2);
  });

  test("in answer to which something was done stays failed", async () => {
    const journal = new MemoryJournal();
    let calls = 0;
    const handler = async (ctx: Verbs) => {
      try {
        await ctx.step("b", () => {
          calls++;
          throw new Error("unlucky");
        });
      } finally {
        await ctx.step("clean up", () => 1);
      }
    };

    expect(failure(await journal.run(handler)).steps).toEqual([]);
    expect(failure(await journal.run(handler)).error.message).toBe("unlucky");
    expect(calls).toBe(1);
  });

  test("beside others lets those that are under way finish", async () => {
    const journal = new MemoryJournal();
    const ran: string[] = [];
    let lucky = false;
    const handler = (ctx: Verbs) => Promise.all([
      ctx.step("quick", () => {
        ran.push("quick");
        if (!lucky) throw new Error("unlucky");
      }),
      ctx.step("slow", async () => {
        await pause(30);
        ran.push("slow");
        return "done";
      }),
      ctx.step("slow and unlucky", async () => {
        await pause(30);
        ran.push("sau");
        if (!lucky) throw new Error("too");
        return 1;
      }),
    ]);

    const verdict = failure(await journal.run(handler));
    lucky = true;

    expect(verdict.steps).toEqual(["quick"]);
    expect(verdict).toMatchObject({ leaving: false });
    expect(await journal.result(handler)).toEqual([null, "done", 1]);
    expect(ran).toEqual(["quick", "slow", "sau", "quick", "sau"]);
  });
});

describe("code that has changed", () => {
  const recorded = async () => {
    const journal = new MemoryJournal();
    await journal.result(async (ctx) => {
      await ctx.step("one", () => 1);
      await ctx.step("two", () => 2);
      await ctx.step("three", () => 3);
    });
    return journal;
  };
  const never = () => {
    throw new Error("was carried out");
  };

  test("is told what was renamed, and nothing runs", async () => {
    const message = await diverges(await recorded(), async (ctx) => {
      await ctx.step("one", never);
      await ctx.step("zwei", never);
    });

    expect(message).toBe("the code no longer fits what this run has done: step 'two' (record 2 of 3) should come " +
      "next, but the code asked for step 'zwei'. Nothing was carried out anew. Deploy code that fits, or start a new run");
  });

  test("is told what was reordered", async () => {
    expect(await diverges(await recorded(), async (ctx) => {
      await ctx.step("two", never);
      await ctx.step("one", never);
    })).toContain("step 'one' (record 1 of 3) should come next, but the code asked for step 'two'");
  });

  test("is told what was removed", async () => {
    expect(await diverges(await recorded(), async (ctx) => {
      await ctx.step("one", never);
      await ctx.step("two", never);
    })).toContain("step 'three' (record 3 of 3) should come next, but the code ended");
  });

  test("is told what is another kind of thing now", async () => {
    expect(await diverges(await recorded(), (ctx) => ctx.sleep("one", "1s")))
      .toContain("'one' is on record as a step, but the code now uses it for a sleep");
  });

  test("may do more at its end", async () => {
    const journal = await recorded();

    expect(await journal.result(async (ctx) => {
      const old = [await ctx.step("one", never), await ctx.step("two", never), await ctx.step("three", never)];
      return [...old, await ctx.step("four", () => 4)];
    })).toEqual([1, 2, 3, 4]);
  });

  test("must not forget what the run waits for", async () => {
    const journal = new MemoryJournal();
    expect((await journal.run((ctx) => ctx.sleep("nap", "1h"))).kind).toBe("suspended");

    expect(await diverges(journal, (ctx) => ctx.step("next", never)))
      .toContain("the run was waiting for sleep 'nap', but the code asked for step 'next'");
    expect(await diverges(journal, () => 1)).toContain("sleep 'nap', but the code ended");
    expect(await diverges(journal, (ctx) => ctx.waitFor("a", { name: "nap" }))).toContain("on record as a sleep");
  });

  test("by name alone, looks up what it asks for and does the rest", async () => {
    const journal = await recorded();

    const result = await journal.result(async (ctx) => [
      await ctx.step("three", never), await ctx.step("zwei", () => "new"), await ctx.step("one", never),
    ], { byName: true, page: 1 });

    expect(result).toEqual([3, "new", 1]);
  });
});

describe("waiting", () => {
  test("suspends when every branch waits, and goes on when one is over", async () => {
    const journal = new MemoryJournal();
    const ran: string[] = [];
    const handler = (ctx: Verbs) => Promise.all([
      (async () => {
        await ctx.sleep("nap", "1h");
        return ctx.step("after the nap", () => void ran.push("nap"));
      })(),
      (async () => {
        const event = await ctx.waitFor("paid", { match: { order: 7 }, timeout: "2d" });
        return event?.payload ?? null;
      })(),
      ctx.step("beside", () => void ran.push("beside")),
    ]);

    expect(await journal.run(handler)).toEqual({ kind: "suspended", leaving: false });
    expect(ran).toEqual(["beside"]);
    expect(journal.waits.get("nap")?.head).toMatchObject({ kind: "sleep", ms: 3_600_000 });
    expect(journal.waits.get("wait paid")).toMatchObject({ head: { topic: "paid", timeout: 172_800_000 }, body: '{"order":7}' });
    journal.answers.set("nap", null);
    expect((await journal.run(handler)).kind).toBe("suspended");
    expect(ran).toEqual(["beside", "nap"]);
    journal.answers.set("wait paid", { id: "1", topic: "paid", payload: { order: 7 }, publishedAt: "x" });
    expect(await journal.result(handler)).toEqual([null, { order: 7 }, null]);
    expect(ran).toEqual(["beside", "nap"]);
  });

  test("looks now and then whether it is over while a step is under way", async () => {
    const journal = new MemoryJournal();
    setTimeout(() => journal.answers.set("wait stop", null), 100);

    const winner = await journal.result((ctx) => Promise.race([
      ctx.waitFor("stop").then(() => "stop"),
      ctx.step("work", () => pause(2_500)).then(() => "work"),
    ]));

    expect(winner).toBe("stop");
  });

  test("for a child gives its result, and takes a name and a key", async () => {
    const journal = new MemoryJournal();
    const handler = (ctx: Verbs) => ctx.all(
      ["a", "b"].map((file) => () => ctx.invoke("resize", { file }, { key: file, priority: 3, delay: "5s" })));

    await journal.run(handler);
    journal.answers.set("invoke resize[a]", "A");
    journal.answers.set("invoke resize[b]", "B");

    expect(journal.waits.get("invoke resize[a]")).toMatchObject({
      head: { kind: "invoke", job: "resize", priority: 3, delay: 5000 }, body: '{"file":"a"}',
    });
    expect(await journal.result(handler)).toEqual(["A", "B"]);
  });

  test("numbers what has no name of its own", async () => {
    const journal = new MemoryJournal();
    const handler = async (ctx: Verbs) => {
      await ctx.emit("tick");
      await ctx.emit("tick", { n: 2 });
      await ctx.emit("tick", {}, { name: "last" });
    };

    await journal.result(handler);
    await journal.result(handler);

    expect(journal.paths()).toEqual(["emit tick", "emit tick[2]", "last"]);
  });
});

describe("the order of things", () => {
  test("is the order of the records, whichever answer comes first", async () => {
    const journal = new MemoryJournal();
    const handler = async (ctx: Verbs) => {
      const order: string[] = [];
      await Promise.all(["a", "b", "c", "d"].map(async (name) => {
        await ctx.step(name, () => name);
        order.push(name);
      }));
      return order;
    };

    // Recorded in the order of asking, answered the other way round.
    expect(await journal.result(handler, { delay: (question) => 40 - 10 * question })).toEqual(["a", "b", "c", "d"]);
    expect(await journal.result(handler)).toEqual(["a", "b", "c", "d"]);
  });

  test("of a race is the same in a replay, though the loser was asked for first", async () => {
    const journal = new MemoryJournal();
    const handler = async (ctx: Verbs) => {
      const slow = ctx.step("slow", () => pause(30));
      const quick = ctx.step("quick", () => 1);
      const winner = await Promise.race([slow.then(() => "slow"), quick.then(() => "quick")]);
      await ctx.step(`${winner} won`, () => 1);
      await slow;
      return winner;
    };

    expect(await journal.result(handler)).toBe("quick");
    expect(await journal.result(handler)).toBe("quick");
  });

  test("of what branches do in between is the same, however much each does", async () => {
    const journal = new MemoryJournal();
    const handler = async (ctx: Verbs) => {
      const order: string[] = [];
      const branch = async (name: string, hops: number) => {
        for (let turn = 0; turn < 3; turn++) {
          await ctx.step(name, { key: turn }, () => pause((name.charCodeAt(0) * (turn + 1)) % 3));
          for (let hop = 0; hop < hops; hop++) await null;
          order.push(name);
        }
      };
      await Promise.all([..."abcdef"].map((name, at) => branch(name, (at * 7) % 5)));
      return order;
    };

    const first = await journal.result(handler, { delay: (question) => (question * 5) % 7 });

    for (const page of [1, 4, 100]) expect(await journal.result(handler, { page })).toEqual(first);
  });

  test("keeps to the number of functions that may be under way", async () => {
    let under = 0;
    let most = 0;
    const result = await new MemoryJournal().result((ctx) => ctx.all(
      Array.from({ length: 20 }, (_, i) => () => ctx.step("item", { key: i }, async () => {
        most = Math.max(most, ++under);
        await pause(2);
        under--;
        return i;
      })), { concurrency: 3 }));

    expect(result).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(most).toBe(3);
  });
});

describe("the end", () => {
  test("waits for what was not awaited", async () => {
    const journal = new MemoryJournal();
    const handler = (ctx: Verbs) => {
      void ctx.emit("done");
      void ctx.step("last", () => pause(20));
      return "returned";
    };

    expect(await journal.result(handler)).toBe("returned");
    expect(journal.paths()).toEqual(["emit done", "last"]);
    expect(await journal.result(handler)).toBe("returned");
    journal.entries.pop();
    expect(await journal.result(handler)).toBe("returned");
    expect(journal.paths()).toEqual(["emit done", "last"]);
  });

  test("is the end: nothing begins after it", async () => {
    let late: Promise<unknown> | undefined;
    const journal = new MemoryJournal();
    await journal.result((ctx) => {
      setTimeout(() => {
        late = ctx.step("late", () => 1);
        late.catch(() => {});
      }, 5);
    });
    await pause(20);

    await expect(late).rejects.toThrow("'late' was begun after the handler had ended");
    expect(journal.paths()).toEqual([]);
  });

  test("of a cancelled run comes when its waits are given up, and nothing new begins", async () => {
    const journal = new MemoryJournal();
    const verdict = await journal.run(async (ctx) => {
      const nap = ctx.sleep("nap", "1h");
      await ctx.step("one", () => 1);
      ctx.cancel();
      try {
        await nap;
      } finally {
        await ctx.step("two", () => 2).catch((error: Error) => expect(error.name).toBe("AbortError"));
      }
    });

    expect(failure(verdict).error.name).toBe("AbortError");
    expect(journal.paths()).toEqual(["one"]);
  });
});

describe("state", () => {
  test("lasts, is read at once, and is a copy", async () => {
    const journal = new MemoryJournal();
    const handler = async (ctx: Verbs) => {
      const before = ctx.state.get("cart");
      const cart = ctx.state.get("cart") ?? [];
      cart.push("x");
      const unchanged = ctx.state.get("cart");
      await ctx.state.set("cart", cart);
      void ctx.state.set("n", 1);
      void ctx.state.set("n", 2);
      await ctx.state.set("gone", 1);
      await ctx.state.delete("gone");
      return [before, unchanged, ctx.state.get("cart"), await ctx.state.get("gone")];
    };

    expect(await journal.result(handler)).toEqual([undefined, undefined, ["x"], undefined]);
    expect(await journal.result(handler)).toEqual([["x"], ["x"], ["x", "x"], undefined]);
    expect(journal.state).toEqual({ cart: ["x", "x"], n: 2 });
  });

  test("is bounded, and says which key is too much", async () => {
    const journal = new MemoryJournal();

    expect(failure(await journal.run((ctx) => ctx.state.set("big", "x".repeat(99)))).error.message)
      .toBe("ctx.state.set('big'): the run's state would have 101 bytes, the limit is 100");
    expect(failure(await journal.run(async (ctx) => {
      for (const key of ["a", "b", "c", "d"]) await ctx.state.set(key, 1);
    })).error.message).toBe("ctx.state.set('d'): a run has at most 3 keys");
  });
});

describe("a long run", () => {
  test("is replayed page by page", async () => {
    const journal = new MemoryJournal();
    const handler = async (ctx: Verbs) => {
      let sum = 0;
      for (let i = 0; i < 500; i++) sum += await ctx.step("n", { key: i }, () => i);
      return sum;
    };
    await journal.result(handler);
    journal.entries.splice(490);
    journal.last = 490;

    expect(await journal.result(handler, { page: 20 })).toBe(124_750);
    expect(journal.pages).toBe(24);
  });
});

describe("whatever happens", () => {
  // Programs of branches that run steps, sleep, race and emit, killed at every question in turn.
  const program = (seed: number) => {
    let random = seed;
    const next = (most: number) => {
      random = (random * 1103515245 + 12345) % 2147483648;
      return random % most;
    };
    const branches = Array.from({ length: 1 + next(4) }, () => Array.from({ length: 1 + next(4) }, () => next(6)));
    const effects = new Map<string, number>();
    const did = (name: string) => effects.set(name, (effects.get(name) ?? 0) + 1);
    const handler = async (ctx: Verbs) => Promise.all(branches.map(async (acts, branch) => {
      const seen: unknown[] = [];
      for (const [at, act] of acts.entries()) {
        const name = `${branch}.${at}`;
        if (act === 0) await ctx.emit("topic", {}, { key: name });
        else if (act === 1) await ctx.sleep(`nap ${name}`, 10);
        else if (act === 2) {
          seen.push(await Promise.race([0, 1, 2].map((i) => ctx.step(`race ${name}`, { key: i }, async () => {
            did(`race ${name} ${i}`);
            await pause(next(4));
            return i;
          }))));
        } else if (act === 3) {
          await ctx.step(`fails ${name}`, () => {
            did(`fails ${name}`);
            throw new Error("always");
          }).catch((error: Error) => seen.push(error.message));
          await ctx.step(`mended ${name}`, () => did(`mended ${name}`) && "mended");
        } else {
          seen.push(await ctx.step(`step ${name}`, () => {
            did(`step ${name}`);
            return `${name} ${next(1000)}`;
          }));
        }
      }
      return seen;
    }));
    return { handler, effects };
  };

  test.each(Array.from({ length: 40 }, (_, seed) => seed + 1))("program %i keeps what it was told", async (seed) => {
    for (const crashAfterRecord of [false, true]) {
      const { handler, effects } = program(seed);
      const journal = new MemoryJournal();
      const written = new Map<string, string>();
      for (let crashAt = 1; ; crashAt = (crashAt % 5) + 1) {
        const verdict = await journal.run(handler, {
          crashAt: journal.questions > 400 ? 0 : crashAt, crashAfterRecord, page: 3,
          delay: (question) => (question * seed) % 3,
        });
        for (const entry of journal.entries) {
          const text = JSON.stringify(entry);
          expect(written.get(entry[0]) ?? text).toBe(text);
          written.set(entry[0], text);
        }
        if (verdict.kind === "suspended") {
          for (const path of journal.waits.keys()) journal.answers.set(path, null);
        } else if (verdict.kind !== "crashed") {
          expect(verdict).toMatchObject({ kind: "returned" });
          const again = await journal.run(handler, { page: 2 });
          expect(again).toMatchObject({ kind: "returned", result: (verdict as { result: unknown }).result });
          break;
        }
      }
      for (const [name, times] of effects) expect(times, name).toBeLessThan(60);
    }
  });
});
