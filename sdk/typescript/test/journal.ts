import { replayOf } from "../../../functions/src/main/resources/dev/kedge/functions/replay.js";
import { stateOf } from "../../../functions/src/main/resources/dev/kedge/functions/state.js";
import { verbsOf } from "../../../functions/src/main/resources/dev/kedge/functions/verbs.js";

// A journal in memory and attempts on it, with nothing of the server or the sandbox around them.

const PAGE = 1, COMPLETE = 2, FAIL = 3, OPEN = 4, RESOLVE = 5, EMIT = 6, STATE = 7;

interface Failure {
  readonly type: string;
  readonly message: string;
}

type Entry = [path: string, kind: string, position: number, seen: number, output: unknown, failure?: Failure];

interface Wait {
  readonly path: string;
  readonly kind: string;
  readonly seen: number;
  readonly head: Readonly<Record<string, unknown>>;
  readonly body: string;
}

export type Verdict =
  | { readonly kind: "returned"; readonly result: unknown; readonly leaving: boolean }
  | { readonly kind: "failed"; readonly error: unknown; readonly steps: readonly string[]; readonly leaving: boolean }
  | { readonly kind: "suspended"; readonly leaving: boolean }
  | { readonly kind: "diverged"; readonly message: string }
  | { readonly kind: "crashed" };

export interface Attempt {
  readonly byName?: boolean;
  /** Dies when it has asked so many questions: before this one is taken, or after. */
  readonly crashAt?: number;
  readonly crashAfterRecord?: boolean;
  /** How many turns each answer takes; by default they come in the order of the questions. */
  readonly delay?: (question: number) => number;
  readonly page?: number;
}

// eslint-disable-next-line -- the verbs are plain JavaScript
export type Verbs = any;

export class MemoryJournal {
  entries: Entry[] = [];
  waits = new Map<string, Wait>();
  answers = new Map<string, unknown>();
  state: Record<string, unknown> = {};
  warnings: string[] = [];
  last = 0;
  questions = 0;
  pages = 0;

  paths(): string[] {
    return this.entries.map((entry) => entry[0]);
  }

  past(page: number) {
    return {
      entries: this.entries.length,
      last: this.last,
      waits: [...this.waits.values()].map((wait) => [
        wait.path, wait.kind, this.answers.has(wait.path), wait.seen, null,
      ]),
      state: this.state,
      page: this.entries.slice(0, page),
    };
  }

  private add(path: string, kind: string, seen: number, output: unknown, failure?: Failure): Entry {
    if (this.entries.some((entry) => entry[0] === path)) throw new Error(`${path} is recorded twice`);
    const entry: Entry = failure === undefined
      ? [path, kind, ++this.last, seen, output]
      : [path, kind, ++this.last, seen, null, failure];
    this.entries.push(entry);
    return entry;
  }

  answer(verb: number, head: any, body: string, page: number): unknown {
    switch (verb) {
      case PAGE:
        this.pages++;
        return this.entries.filter((entry) => entry[2] > head.after).slice(0, page);
      case COMPLETE:
        return { position: this.add(head.path, "step", head.seen, JSON.parse(body))[2] };
      case FAIL:
        return { position: this.add(head.path, "step", head.seen, null, head.failure)[2] };
      case EMIT:
        return { position: this.add(head.path, "emit", head.seen, null)[2] };
      case OPEN: {
        const wait = this.waits.get(head.path) ?? { path: head.path, kind: head.kind, seen: head.seen, head, body };
        this.waits.set(head.path, wait);
        return { kind: wait.kind, ready: this.answers.has(head.path), wakeAt: null };
      }
      case RESOLVE: {
        const wait = this.waits.get(head.path);
        if (wait === undefined || !this.answers.has(head.path)) return null;
        this.waits.delete(head.path);
        return this.add(wait.path, wait.kind, wait.seen, this.answers.get(head.path));
      }
      case STATE:
        if (head.gone) delete this.state[head.key];
        else this.state[head.key] = JSON.parse(body);
        return null;
      default:
        throw new Error(`no such verb: ${verb}`);
    }
  }

  /** Runs a handler from the top, until it is over or every branch waits. */
  async run(handler: (ctx: Verbs) => unknown, attempt: Attempt = {}): Promise<Verdict> {
    const page = attempt.page ?? 1000;
    let verdict: Verdict | null = null;
    let asked = 0;
    let open = 0;
    let quiet = 0;
    const say = (said: Verdict) => void (verdict ??= said);
    const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value));
    const limits = {
      outputBytes: 1 << 20, matchBytes: 16 << 10, page,
      stateKeys: 3, stateKeyChars: 256, stateBytes: 100,
    };
    const ask = (verb: number, head: object, body: string, take: (answer: unknown) => void) => {
        if (verdict !== null) return;
        const question = ++asked;
        this.questions++;
        const crash = question === attempt.crashAt;
        if (crash && attempt.crashAfterRecord !== true) return say({ kind: "crashed" });
        const answer = copy(this.answer(verb, copy(head), body, page) as object);
        if (crash) return say({ kind: "crashed" });
        open++;
        quiet = 0;
        const told = () => {
          if (verdict !== null) return;
          open--;
          quiet = 0;
          take(answer);
          replay.goOn();
        };
        const turns = attempt.delay?.(question) ?? 0;
        if (turns === 0) setImmediate(told);
        else setTimeout(told, turns);
    };
    const past = copy(this.past(page));
    const replay = replayOf(past, {
      runId: "run-1",
      byName: attempt.byName ?? false,
      limits,
      ask,
      inFlight: () => open,
      diverged: (message: string) => say({ kind: "diverged", message }),
      suspend: (leaving: boolean) => say({ kind: "suspended", leaving }),
      warn: (text: string) => void this.warnings.push(text),
      failureOf: (thrown: any) => ({ type: thrown.name ?? typeof thrown, message: thrown.message ?? String(thrown) }),
      abortError: () => new DOMException("cancelled", "AbortError"),
      becameDurable: () => {},
      placeIn: () => "",
      unref: (timer: NodeJS.Timeout) => timer.unref(),
    });
    const state = stateOf(past.state, limits, (key: string, json: string | null, stored: () => void) =>
      ask(STATE, { key, gone: json === null }, json ?? "", stored));
    const ctx = { ...verbsOf(replay, state, limits), cancel: replay.cancel };
    void (async () => {
      let result: unknown;
      try {
        result = await handler(ctx);
      } catch (error) {
        replay.end({ thrown: error }, (leaving: boolean) =>
          say({ kind: "failed", error, steps: replay.culprits(error), leaving }));
        return;
      }
      replay.end(null, (leaving: boolean) => say({ kind: "returned", result, leaving }));
    })();
    // Where a real process sees that nothing is left on its event loop, this counts quiet turns.
    while (verdict === null) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (open === 0 && ++quiet > 40 && verdict === null) replay.drained(false);
    }
    replay.drop();
    const said: Verdict = verdict;
    if (said.kind === "failed") this.entries = this.entries.filter((entry) => !said.steps.includes(entry[0]));
    return said;
  }

  /** As `run`, and what it returned; anything else is an error. */
  async result(handler: (ctx: Verbs) => unknown, attempt: Attempt = {}): Promise<unknown> {
    const verdict = await this.run(handler, attempt);
    if (verdict.kind !== "returned") throw new Error(`expected a result, got ${JSON.stringify(verdict)}`);
    return verdict.result;
  }
}
