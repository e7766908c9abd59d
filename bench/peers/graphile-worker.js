// Graphile Worker with the settings of its own load test, see ../PEERS.md.
import { once, EventEmitter } from "node:events";
import pg from "pg";

process.env.NO_LOG_SUCCESS = "1"; // It is read when the package is loaded.
const { Logger, makeWorkerUtils, run, WorkerPreset } = await import("graphile-worker");

const TASK = "noop";
const CONCURRENT_JOBS = 24;

const preset = {
  extends: [WorkerPreset],
  worker: {
    concurrentJobs: CONCURRENT_JOBS,
    localQueue: { size: 500 },
    completeJobBatchDelay: 0,
    failJobBatchDelay: 0,
  },
};

const logger = new Logger(() => (level, message) => {
  if (level === "error" || level === "warning") {
    console.error(message);
  }
});

export async function open({ url, work, payload, started }) {
  let ended = 0;

  /** The worker does not tell when the end of a job is committed, but its statements do. */
  class Connection extends pg.Client {
    query(...statement) {
      const answer = super.query(...statement);
      if (statement[0].name?.startsWith("complete_job")) {
        answer.then(
          ({ rowCount }) => (ended += rowCount),
          () => {}, // Whoever asked is told.
        );
      }
      return answer;
    }
  }

  const pool = new pg.Pool({
    connectionString: url,
    max: CONCURRENT_JOBS + 1,
    Client: Connection,
  });
  pool.on("error", console.error);
  pool.on("connect", (client) => client.on("error", console.error));
  const utils = await makeWorkerUtils({ pgPool: pool, preset, logger });
  await utils.migrate();
  let runner = null;

  async function start() {
    const events = new EventEmitter();
    const listening = once(events, "pool:listen:success");
    runner = await run({
      pgPool: pool,
      preset,
      logger,
      events,
      taskList: { [TASK]: started },
      parsedCronItems: [],
      noHandleSignals: true,
    });
    await listening;
  }

  async function stop() {
    await runner?.stop();
    runner = null;
  }

  if (work !== "NONE") {
    await start();
  }

  return {
    enqueue: (number) => utils.addJob(TASK, payload(number)).then(() => {}),

    async enqueueBatch(first, end) {
      const jobs = [];
      for (let number = first; number < end; number++) {
        jobs.push({ identifier: TASK, payload: payload(number) });
      }
      await utils.addJobs(jobs);
    },

    pause: stop,
    resume: start,
    ended: () => ended,

    async close() {
      await stop();
      await utils.release();
      await pool.end();
    },
  };
}
