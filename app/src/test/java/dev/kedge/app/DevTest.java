package dev.kedge.app;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kedge.cli.DevServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code kedge dev}, as a process of its own. */
@Timeout(120)
class DevTest {

    private static final long CHANGE_SECONDS_MAX = 20;

    private final List<ServerProcess> started = new ArrayList<>();

    @TempDir private Path folder;

    @AfterEach
    void stop() throws InterruptedException {
        for (var server : started) {
            server.stop();
        }
    }

    @Test
    void a_job_of_the_folder_runs_and_a_change_of_its_file_takes_effect() throws IOException {
        var job = writeJob("Hello");
        var kedge = client(dev().ready());

        assertThat(hello(kedge)).contains("Hello, Ada!");

        Files.writeString(job, Files.readString(job).replace("Hello", "Ahoy"));
        await().atMost(CHANGE_SECONDS_MAX, SECONDS)
                .untilAsserted(() -> assertThat(hello(kedge)).contains("Ahoy, Ada!"));
    }

    @Test
    void told_to_stop_it_ends_with_0_and_leaves_its_key_for_the_next() throws Exception {
        writeJob("Hello");
        var first = dev();
        var before = first.ready();
        assertThat(DevServerFile.near(folder).map(DevServer::url)).contains(before.url());

        first.process().destroy();
        assertThat(first.process().waitFor(ServerProcess.STOP_SECONDS_MAX, SECONDS)).isTrue();
        assertThat(first.process().exitValue()).isZero();

        var after = dev().ready();
        assertThat(after.apiKey()).isEqualTo(before.apiKey());
        assertThat(hello(client(after))).contains("Hello, Ada!");
    }

    @Test
    void killed_it_leaves_nothing_that_would_hinder_the_next() throws Exception {
        writeJob("Hello");
        var first = dev();
        var kedge = client(first.ready());
        var run =
                kedge.run("runs", "start", "hello", "--delay", "1s", "--json")
                        .as(dev.kedge.api.RunView.class);

        first.kill();

        var again = client(dev().ready());
        assertThat(again.run("runs", "get", run.id(), "--wait").exitCode()).isZero();
    }

    private Path writeJob(String word) throws IOException {
        var jobs = Files.createDirectories(folder.resolve("jobs"));
        var job = jobs.resolve("hello.ts");
        Files.writeString(
                job,
                "export default async (ctx: any) => `%s, ${ctx.payload?.name}!`;".formatted(word));
        return job;
    }

    private static String hello(Console kedge) {
        return kedge.run("runs", "start", "hello", "-p", "{\"name\":\"Ada\"}", "--wait").out();
    }

    private ServerProcess dev() throws IOException {
        var server = ServerProcess.start(folder, "dev");
        started.add(server);
        return server;
    }

    private static Console client(ServeCommand.Ready ready) {
        return new Console(
                Map.of("KEDGE_URL", ready.url(), "KEDGE_API_KEY", String.valueOf(ready.apiKey())));
    }
}
