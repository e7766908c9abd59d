// pg-boss with large batches, see ../PEERS.md.
import { PgBoss } from "pg-boss";

const QUEUE = "noop";
const POLLING_SECONDS_MIN = 0.5;
const CONNECTIONS = 20;

export async function open({ url, work: how, payload, started }) {
  const notify = how === "NOTIFIED";
  const boss = new PgBoss({ connectionString: url, max: CONNECTIONS, useListenNotify: notify });
  boss.on("error", console.error);
  await boss.start();
  await boss.createQueue(QUEUE, { notify });
  let handled = 0;

  const work = () =>
    boss.work(
      QUEUE,
      {
        batchSize: 1_000,
        localConcurrency: 2,
        burstWhenBatchFull: true,
        pollingIntervalSeconds: POLLING_SECONDS_MIN,
        notifyPollingIntervalSeconds: POLLING_SECONDS_MIN,
      },
      async (jobs) => {
        jobs.forEach((job) => started(job.data));
        handled += jobs.length;
      },
    );

  if (how !== "NONE") {
    await work();
  }

  return {
    enqueue: (number) => boss.send(QUEUE, payload(number)).then(() => {}),

    async enqueueBatch(first, end) {
      const jobs = [];
      for (let number = first; number < end; number++) {
        jobs.push({ data: payload(number) });
      }
      await boss.insert(QUEUE, jobs);
    },

    pause: () => boss.offWork(QUEUE),
    resume: () => work().then(() => {}),

    /** A worker counts the jobs that it has until it has written down their end. */
    ended: () => boss.getWipData().reduce((ended, worker) => ended - worker.count, handled),

    close: () => boss.stop(),
  };
}
