import { afterEach, beforeEach, expect, test, vi } from "vitest";
import saga from "../../../examples/saga/jobs/saga.ts";
import { MemoryJournal } from "./journal.ts";

// The example's trip cannot be had, and whatever it does is killed at every point there is.

const QUESTIONS = 5; // Three bookings, of which the last fails, and two cancellations.
let did: string[] = [];

beforeEach(() => {
  did = [];
  vi.spyOn(console, "log").mockImplementation((line: string) => void did.push(line));
});

afterEach(() => {
  vi.restoreAllMocks();
});

const handler = (ctx: object) => saga.handler({ ...ctx, payload: { traveller: "Ada", soldOut: "car" } } as never);
const times = (line: string) => did.filter((done) => done.startsWith(line)).length;

test.each(Array.from({ length: QUESTIONS }, (_, i) => [[i + 1, false], [i + 1, true]] as const).flat())(
  "killed at record %i (after it was written: %s), the trip is undone once and no more", async (crashAt, crashAfterRecord) => {
    const journal = new MemoryJournal();

    expect(await journal.run(handler, { crashAt, crashAfterRecord })).toEqual({ kind: "crashed" });
    const verdict = await journal.run(handler);

    expect(verdict).toMatchObject({
      kind: "failed", steps: [], error: { name: "NonRetryableError", message: "no trip for Ada: no car left" },
    });
    expect(journal.paths()).toEqual(["book flight", "book hotel", "book car", "cancel hotel", "cancel flight"]);
    // A step whose effect was there and whose record was not is carried out again, and no other.
    const effects = ["booked flight", "booked hotel", "cancelled hotel", "cancelled flight"];
    const recordOf = [1, 2, 4, 5];
    effects.forEach((effect, at) => {
      expect(times(effect), effect).toBe(crashAt === recordOf[at] && !crashAfterRecord ? 2 : 1);
    });
  });
