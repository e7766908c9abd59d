// DBOS Transact: a workflow function that runs three steps, called and awaited, see ../PEERS.md.
import { DBOS } from "@dbos-inc/dbos-sdk";

const CONNECTIONS = 20;

export async function open({ url, steps, payload, started }) {
  const workflow = DBOS.registerWorkflow(
    async (input) => {
      started(input);
      for (const name of steps) {
        await DBOS.runStep(async () => {}, { name });
      }
    },
    { name: "noop" },
  );
  DBOS.setConfig({
    name: "bench",
    systemDatabaseUrl: url,
    systemDatabasePoolSize: CONNECTIONS,
    runAdminServer: false,
    logLevel: "error",
  });
  await DBOS.launch();

  return {
    carryOut: (number) => workflow(payload(number)),
    close: () => DBOS.shutdown(),
  };
}
