package dev.kedge.testkit;

import dev.kedge.embedded.TestPostgres;
import dev.kedge.engine.Engine;
import dev.kedge.engine.EngineConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** A process that walks, and stops at one point until it is told to go on. */
record Walker(Process process, BufferedReader out) implements AutoCloseable {

    private static final String READY = "ready";

    /** Begins to work on the database behind {@code url}; effects go to {@code effects}. */
    static Walker start(String name, String url, String effects, String stopAt) throws IOException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var process =
                new ProcessBuilder(
                                List.of(
                                        java,
                                        "-XX:+UseSerialGC",
                                        "-XX:TieredStopAtLevel=1",
                                        "-cp",
                                        System.getProperty("java.class.path"),
                                        Walker.class.getName(),
                                        name,
                                        url,
                                        effects,
                                        TestPostgres.shared().user(),
                                        TestPostgres.shared().password(),
                                        stopAt))
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        var walker = new Walker(process, process.inputReader(StandardCharsets.UTF_8));
        walker.await(READY);
        return walker;
    }

    /** Waits until the walker comes to a point at which it speaks. */
    void await(String point) throws IOException {
        var said = out.readLine();
        if (!point.equals(said)) {
            throw new IOException("the walker said '%s' instead of '%s'".formatted(said, point));
        }
    }

    /** As {@code kill -9} does. */
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

    /** It leaves the point at which it stopped. */
    void goOn() throws IOException {
        var in = process.outputWriter(StandardCharsets.UTF_8);
        in.write("\n");
        in.flush();
    }

    @Override
    public void close() {
        kill();
    }

    static void main(String[] arguments) throws InterruptedException {
        var stopAt = arguments[5];
        var walk =
                new Walk(
                        arguments[0],
                        arguments[2],
                        arguments[3],
                        arguments[4],
                        point -> {
                            if (point.equals(stopAt)) {
                                IO.println(point);
                                IO.readln();
                            } else if (point.equals(Walk.OVER)) {
                                IO.println(point);
                            }
                        });
        Engine.connect(arguments[1], arguments[3], arguments[4])
                .config(EngineConfig.DEFAULT.withShortLease())
                .job(Walk.job(), walk.handler())
                .start();
        IO.println(READY);
        Thread.currentThread().join();
    }
}
