package dev.kedge.functions;

import dev.kedge.model.LogLevel;

/** A program with a function that never ends, for a test that kills it. */
final class StuckServer {

    private StuckServer() {}

    public static void main(String[] args) throws Exception {
        try (var bench = new Bench(config -> config)) {
            var run = new TestRun("null");
            Thread.startVirtualThread(() -> tell(run));
            bench.run(
                    Bench.deployed(
                            "stuck", "export default () => { console.log('on'); for (;;); };"),
                    run);
        }
    }

    private static void tell(TestRun run) {
        try {
            run.awaitLine("on");
            System.out.println("on");
        } catch (InterruptedException stopped) {
            run.log(LogLevel.ERROR, "stopped");
        }
    }
}
