// Drives one peer for the bench. Each line that comes in is a request, {"id": 7, "do": "enqueue",
// "with": [5]}; each that goes out is an answer, {"id": 7}, or news: which handlers were called and
// when, and how many runs have ended, which is told no sooner than the calls of their handlers.
import { createInterface } from "node:readline";

const NODE_VERSION_MIN = [22, 18];
const NEWS_INTERVAL_MS = 5;

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < NODE_VERSION_MIN[0] || (major === NODE_VERSION_MIN[0] && minor < NODE_VERSION_MIN[1])) {
  console.error(
    `the peers need Node.js ${NODE_VERSION_MIN.join(".")} or newer, and this is ${process.versions.node}`,
  );
  process.exit(1);
}

const now = () => Number(process.hrtime.bigint());

let peer = {};
let lines = "";
let started = [];
let ended = 0;

const verbs = {
  clock: now,

  async open({ payload: template, ...stage }) {
    const { open } = await import(`./${process.argv[2]}.js`);
    peer = await open({
      ...stage,
      payload: (number) => ({ ...template, n: String(number).padStart(template.n.length, "0") }),
      started: (payload) => void started.push(Number(payload.n), now()),
    });
    setInterval(tellNews, NEWS_INTERVAL_MS);
  },

  async close() {
    await peer.close();
    tellNews();
  },
};

/** All that there is at the end of a turn of the event loop goes out in one piece. */
function tell(line) {
  if (lines === "") {
    setImmediate(() => {
      process.stdout.write(lines);
      lines = "";
    });
  }
  lines += `${JSON.stringify(line)}\n`;
}

function tellNews() {
  const endedNow = peer.ended?.() ?? 0;
  if (started.length > 0 || endedNow > ended) {
    ended = endedNow;
    tell({ started, ended });
    started = [];
  }
}

async function answer({ id, do: verb, with: values }) {
  try {
    const value = verb in verbs ? await verbs[verb](...values) : await peer[verb](...values);
    tell({ id, value });
  } catch (failed) {
    tell({ id, failed: failed.stack });
  }
}

createInterface({ input: process.stdin })
  .on("line", (line) => void answer(JSON.parse(line)))
  .on("close", () => process.exit());
