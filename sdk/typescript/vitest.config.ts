import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// The sandbox's replay.js is tested here too; beside it the build puts this package's authoring.ts.
const authoring = fileURLToPath(new URL("src/authoring.ts", import.meta.url));
const sdk = fileURLToPath(new URL("src/index.ts", import.meta.url));

export default defineConfig({
  resolve: { alias: [{ find: /^\.\/authoring\.ts$/, replacement: authoring }, { find: "@kedge/sdk", replacement: sdk }] },
  test: { include: ["test/**/*.test.ts"] },
});
