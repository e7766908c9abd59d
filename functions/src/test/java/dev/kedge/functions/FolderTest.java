package dev.kedge.functions;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kedge.model.Deployment;
import dev.kedge.model.Failure;
import dev.kedge.model.JobName;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Namespace;
import dev.kedge.model.NewRun;
import dev.kedge.model.Payload;
import dev.kedge.model.Run;
import dev.kedge.model.RunState;
import dev.kedge.testkit.EngineExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** From a file in a folder to the result of a run, through a real engine. */
@Timeout(60)
class FolderTest {

    private static final Functions FUNCTIONS = Functions.open(Bench.config());

    @RegisterExtension
    static final EngineExtension kedge =
            EngineExtension.with(engine -> engine.functions(FUNCTIONS.handlers()));

    private final LinkedBlockingQueue<String> said = new LinkedBlockingQueue<>();
    private final Logger logger = Logger.getLogger(FunctionFolder.class.getName());
    private final Handler ear =
            new Handler() {
                @Override
                public void publish(LogRecord line) {
                    said.add(new java.util.logging.SimpleFormatter().formatMessage(line));
                }

                @Override
                public void flush() {}

                @Override
                public void close() {}
            };

    @TempDir Path folder;

    @BeforeEach
    void listen() {
        logger.addHandler(ear);
    }

    @AfterEach
    void stopListening() {
        logger.removeHandler(ear);
    }

    @AfterAll
    static void close() {
        FUNCTIONS.close();
    }

    @Test
    void a_file_becomes_a_job_and_an_edit_takes_effect() throws Exception {
        var file = folder.resolve("hello.ts");
        Files.writeString(
                file,
                "/** @kedge:timeout 7s */ export default (ctx) => `Hello, ${ctx.payload.name}`;");
        FUNCTIONS.watch(kedge.engine(), Namespace.DEFAULT, folder);

        assertThat(run("hello", "{\"name\":\"Ada\"}").result())
                .isEqualTo(Payload.ofJson("\"Hello, Ada\""));
        assertThat(job("hello").policy().timeout()).isEqualTo(Duration.ofSeconds(7));

        Files.writeString(file, "export default (ctx) => `Bye, ${ctx.payload.name}`;");
        awaitLine("hello.ts: job hello, version 2");
        assertThat(run("hello", "{\"name\":\"Ada\"}").result())
                .isEqualTo(Payload.ofJson("\"Bye, Ada\""));

        Files.writeString(file, "export default (ctx) => {");
        awaitLine("hello.ts is not deployed: code:");
        assertThat(run("hello", "{\"name\":\"Ada\"}").result())
                .isEqualTo(Payload.ofJson("\"Bye, Ada\""));
    }

    @Test
    void two_files_may_not_carry_out_the_same_job() throws Exception {
        Files.writeString(folder.resolve("one.ts"), job("twice", "1"));
        Files.writeString(folder.resolve("two.ts"), job("twice", "2"));
        FUNCTIONS.watch(kedge.engine(), Namespace.DEFAULT, folder);

        awaitLine("two.ts is not deployed: the job 'twice' is defined in one.ts as well");
        assertThat(run("twice", "null").result()).isEqualTo(Payload.ofJson("1"));
    }

    @Test
    void only_function_files_are_taken() throws Exception {
        for (var name :
                new String[] {
                    "_lib.ts", "a.test.ts", "b.spec.js", "types.d.ts", "c.txt", "d.json"
                }) {
            Files.writeString(folder.resolve(name), "export default () => 1;");
        }
        Files.writeString(folder.resolve("plain.mjs"), "export default () => 1;");
        FUNCTIONS.watch(kedge.engine(), Namespace.DEFAULT, folder);

        assertThat(said).containsExactly("plain.mjs: job plain, version 1");
    }

    @Test
    void a_deployment_that_is_not_promoted_waits() throws Exception {
        var engine = kedge.engine();
        var first = deploy("slow", "export default () => 1;", true);
        var second = deploy("slow", "/** @kedge:priority 9 */ export default () => 2;", false);

        assertThat(second.job()).isEmpty();
        assertThat(run("slow", "null").result()).isEqualTo(Payload.ofJson("1"));

        FUNCTIONS.promote(engine, Namespace.DEFAULT, "slow", second.deployment().version());
        assertThat(run("slow", "null").result()).isEqualTo(Payload.ofJson("2"));
        assertThat(job("slow").policy().priority()).isEqualTo(9);
        assertThat(first.deployment()).extracting(Deployment::version).isEqualTo(1);
    }

    @Test
    void code_that_is_refused_leaves_nothing_behind() {
        assertThatThrownBy(() -> deploy("broken", "export const a = 1;", true))
                .isInstanceOf(KedgeException.Invalid.class);
        assertThatThrownBy(() ->
                        deploy(
                                "stray",
                                "/** @kedge:namespace other */ export default () => 1;",
                                true))
                .hasMessageContaining("meant for namespace 'other'");

        assertThat(kedge.engine().deployments(Namespace.DEFAULT).list())
                .extracting(Deployment::function)
                .doesNotContain("broken", "stray");
    }

    @Test
    void a_job_is_not_taken_from_another_function() {
        deploy("owner", job("owned", "1"), true);

        assertThatThrownBy(() -> deploy("thief", job("owned", "2"), true))
                .isInstanceOf(KedgeException.Conflict.class)
                .hasMessageContaining("carried out by the function 'owner'");
    }

    @Test
    void a_function_that_takes_too_long_is_timed_out_by_the_engine() throws Exception {
        deploy(
                "endless",
                "/** @kedge:timeout 500ms\n * @kedge:max-retries 0 */ export default () => { for (;;); };",
                true);

        var run = run("endless", "null");

        assertThat(run.state()).isEqualTo(RunState.FAILED);
        assertThat(run.failure()).extracting(Failure::code).isEqualTo(Failure.Code.TIMEOUT);
        assertThat(FUNCTIONS.processes()).noneMatch(left -> left.function().equals("endless"));
    }

    private static String job(String name, String result) {
        return "import { defineJob } from '@kedge/sdk'; export default defineJob({ name: '%s' }, () => %s);"
                .formatted(name, result);
    }

    private static Deployed deploy(String function, String code, boolean promote) {
        return FUNCTIONS.deploy(kedge.engine(), Namespace.DEFAULT, function, code, promote);
    }

    private static dev.kedge.model.Job job(String name) {
        return kedge.engine().jobs(Namespace.DEFAULT).get(new JobName(name));
    }

    private static Run run(String job, String payload) throws Exception {
        var runs = kedge.engine().runs();
        var id = runs.enqueue(NewRun.of(new JobName(job), Payload.ofJson(payload))).run();
        return runs.await(id, Duration.ofSeconds(20));
    }

    private void awaitLine(String start) throws InterruptedException {
        for (var line = said.poll(20, SECONDS); ; line = said.poll(20, SECONDS)) {
            assertThat(line).as("a line that starts with " + start).isNotNull();
            if (line.startsWith(start)) {
                return;
            }
        }
    }
}
