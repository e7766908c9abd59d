package dev.kedge.engine;

import dev.kedge.embedded.TestPostgres;
import dev.kedge.model.Outcome;
import dev.kedge.model.Payload;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * An engine in a process of its own. It carries out one job, whose handler says that it began,
 * waits for the word to end, and heeds nothing else.
 */
record RemoteWorker(Process process, BufferedReader out) implements AutoCloseable {

    private static final String READY = "ready";
    private static final String BEGUN = "begun";

    static RemoteWorker start(String jdbcUrl, String job, EngineConfig config) throws IOException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var process =
                new ProcessBuilder(
                                List.of(
                                        java,
                                        "-XX:+UseSerialGC",
                                        "-XX:TieredStopAtLevel=1",
                                        "-Xshare:auto",
                                        "-cp",
                                        System.getProperty("java.class.path"),
                                        RemoteWorker.class.getName(),
                                        jdbcUrl,
                                        TestPostgres.shared().user(),
                                        TestPostgres.shared().password(),
                                        job,
                                        String.valueOf(config.equals(EngineConfig.DEFAULT))))
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        return new RemoteWorker(process, process.inputReader(StandardCharsets.UTF_8));
    }

    void awaitReady() throws IOException {
        await(READY);
    }

    void awaitBegun() throws IOException {
        await(BEGUN);
    }

    private void await(String word) throws IOException {
        var said = out.readLine();
        if (!word.equals(said)) {
            throw new IOException("the worker said '%s' instead of '%s'".formatted(said, word));
        }
    }

    /** The handler that waits for it ends, with a result of its own. */
    void sayEnd() throws IOException {
        var in = process.outputWriter(StandardCharsets.UTF_8);
        in.write("end\n");
        in.flush();
    }

    /** As {@code kill -9} does: nothing is said or written any more. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    void freeze() throws Exception {
        signal("-STOP");
    }

    void thaw() throws Exception {
        signal("-CONT");
    }

    private void signal(String name) throws Exception {
        new ProcessBuilder("kill", name, String.valueOf(process.pid())).start().waitFor();
    }

    @Override
    public void close() {
        kill();
    }

    static void main(String[] arguments) {
        var config =
                Boolean.parseBoolean(arguments[4])
                        ? EngineConfig.DEFAULT
                        : EngineConfig.DEFAULT.withShortLease();
        Engine.connect(arguments[0], arguments[1], arguments[2])
                .config(config)
                .job(
                        arguments[3],
                        _ -> {
                            IO.println(BEGUN);
                            IO.readln();
                            return new Outcome.Succeeded(Payload.ofJson("\"remote\""));
                        })
                .start();
        IO.println(READY);
        try {
            Thread.currentThread().join();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
