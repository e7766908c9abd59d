package dev.kedge.engine;

import dev.kedge.embedded.TestPostgres;
import dev.kedge.model.Failure;
import dev.kedge.model.Job;
import dev.kedge.model.JobPolicy;
import dev.kedge.model.Limits;
import dev.kedge.model.Outcome;
import dev.kedge.model.Payload;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Handlers that write down in the database when they began and when they were done, here or in a
 * process of its own; that is the history by which limits and orders are judged.
 */
record RecordingWorker(Process process, BufferedReader out) implements AutoCloseable {

    /** What a run must have in its payload for its first attempt to fail. */
    static final String FAILS_FIRST = "fails first";

    /** What a run must have in its payload for its first attempt never to end. */
    static final String HANGS_FIRST = "hangs first";

    static final String JOB = "recorded";

    private static final int WORK_MILLIS = 15;

    /** Makes the table that handlers write to. */
    static void prepare(TestEngine db) throws SQLException {
        db.execute(
                "create table work (run uuid, attempt int, payload text, began timestamptz not null"
                        + " default clock_timestamp(), ended timestamptz)");
    }

    static Job job(int maxConcurrency) {
        return TestEngine.job(
                JOB,
                TestEngine.retried(3, Duration.ofMillis(50))
                        .withLimits(
                                maxConcurrency == 0 ? Limits.NONE : Limits.atOnce(maxConcurrency)));
    }

    static Job job(JobPolicy policy) {
        return TestEngine.job(JOB, policy);
    }

    static Handler handler(TestEngine db) {
        return handler(
                db.url(), TestPostgres.shared().user(), TestPostgres.shared().password(), () -> {});
    }

    private static Handler handler(String url, String user, String password, Runnable began) {
        return context -> {
            var payload = new String(context.payload().bytes(), StandardCharsets.UTF_8);
            try (var connection = DriverManager.getConnection(url, user, password)) {
                try (var begin =
                        connection.prepareStatement(
                                "insert into work (run, attempt, payload) values (?, ?, ?)")) {
                    begin.setObject(1, context.runId().value());
                    begin.setInt(2, context.attempt());
                    begin.setString(3, payload);
                    begin.executeUpdate();
                }
                began.run();
                if (context.attempt() == 1 && payload.contains(HANGS_FIRST)) {
                    new CountDownLatch(1).await();
                }
                var _ = new CountDownLatch(1).await(WORK_MILLIS, TimeUnit.MILLISECONDS);
                try (var end =
                        connection.prepareStatement(
                                "update work set ended = clock_timestamp() where run = ? and"
                                        + " attempt = ?")) {
                    end.setObject(1, context.runId().value());
                    end.setInt(2, context.attempt());
                    end.executeUpdate();
                }
            }
            return context.attempt() == 1 && payload.contains(FAILS_FIRST)
                    ? new Outcome.Failed(Failure.of(Failure.Code.HANDLER_FAILED, "as it must"))
                    : new Outcome.Succeeded(Payload.NULL);
        };
    }

    static RecordingWorker start(String jdbcUrl, int maxConcurrency) throws IOException {
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
                                        RecordingWorker.class.getName(),
                                        jdbcUrl,
                                        TestPostgres.shared().user(),
                                        TestPostgres.shared().password(),
                                        String.valueOf(maxConcurrency)))
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        return new RecordingWorker(process, process.inputReader(StandardCharsets.UTF_8));
    }

    void awaitReady() throws IOException {
        await("ready");
    }

    /** Until one more attempt has begun there. */
    void awaitBegun() throws IOException {
        await("began");
    }

    private void await(String word) throws IOException {
        @Nullable String said = out.readLine();
        if (!word.equals(said)) {
            throw new IOException("the worker said '%s'".formatted(said));
        }
    }

    /** As {@code kill -9} does. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() {
        kill();
    }

    static void main(String[] arguments) throws InterruptedException {
        Engine.connect(arguments[0], arguments[1], arguments[2])
                .config(EngineConfig.DEFAULT.withShortLease().withSlots(8))
                .job(
                        job(Integer.parseInt(arguments[3])),
                        handler(
                                arguments[0],
                                arguments[1],
                                arguments[2],
                                () -> IO.println("began")))
                .start();
        IO.println("ready");
        Thread.currentThread().join();
    }
}
