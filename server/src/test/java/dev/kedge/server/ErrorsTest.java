package dev.kedge.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kedge.api.Problem;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Lease;
import dev.kedge.model.RunId;
import dev.kedge.model.WorkerId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ErrorsTest {

    private static final Path REPOSITORY = Path.of("..");
    private static final Pattern CONFLICT = Pattern.compile("Conflict\\(\\s*\"([a-z_]+)\"");

    @Test
    void the_documented_table_has_every_code_with_its_status_and_no_other() throws IOException {
        var rows = Pattern.compile("(?m)^\\| `([a-z_0-9]+)` \\| (\\d{3}) \\|");
        var table = Files.readString(REPOSITORY.resolve("docs/errors.md"));

        assertThat(rows.matcher(table).results().map(m -> m.group(1) + " " + m.group(2)))
                .containsExactlyElementsOf(
                        Arrays.stream(ErrorCode.values())
                                .map(code -> code.word() + " " + code.status())
                                .toList());
    }

    @Test
    void every_conflict_that_is_thrown_anywhere_has_a_code_of_its_own() throws IOException {
        var thrown = new ArrayList<String>();
        for (var module : List.of("model", "store", "engine", "functions")) {
            var sources = REPOSITORY.resolve(module).resolve("src/main/java");
            if (!Files.exists(sources)) {
                continue;
            }
            try (var files = Files.walk(sources)) {
                for (var file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                    CONFLICT.matcher(Files.readString(file))
                            .results()
                            .forEach(match -> thrown.add(match.group(1)));
                }
            }
        }

        assertThat(thrown)
                .isNotEmpty()
                .allSatisfy(word -> assertThat(ErrorCode.ofConflict(word).word()).isEqualTo(word));
    }

    @Test
    void every_refusal_has_its_status_and_code() {
        var run = new RunId(UUID.randomUUID());
        var lease = new Lease(run, 1, new WorkerId(UUID.randomUUID()));

        assertProblem(new KedgeException.Invalid("a.b", "no"), 400, "invalid");
        assertProblem(new KedgeException.TooLarge("payload", 2, 1), 413, "too_large");
        assertProblem(new KedgeException.NotFound("job", "x"), 404, "not_found");
        assertProblem(new KedgeException.Conflict("key_taken", "no", run), 409, "key_taken");
        assertProblem(new KedgeException.Conflict("unheard_of", "no", run), 409, "conflict");
        assertProblem(
                new KedgeException.QuotaExceeded("no", Duration.ofSeconds(1)),
                429,
                "quota_exceeded");
        assertProblem(new KedgeException.LeaseLost(lease), 409, "lease_lost");
        assertProblem(new KedgeException.Unavailable("x", null), 503, "unavailable");
        assertProblem(new KedgeException.Internal("x", null), 500, "internal");
    }

    @Test
    void a_field_is_pointed_at_and_not_named_twice() {
        var problem =
                Problems.from(new KedgeException.Invalid("retry.jitter", "too much"), "/items/3");

        assertThat(problem.errors())
                .containsExactly(new Problem.At("/items/3/retry/jitter", "too much"));
    }

    @Test
    void a_conflict_names_the_run_in_the_way() {
        var run = new RunId(UUID.randomUUID());

        var problem = Problems.from(new KedgeException.Conflict("key_taken", "no", run));

        assertThat(problem.runId()).isEqualTo(run.toString());
    }

    private static void assertProblem(KedgeException refusal, int status, String code) {
        var problem = Problems.from(refusal);
        assertThat(problem.status()).isEqualTo(status);
        assertThat(problem.code()).isEqualTo(code);
        assertThat(problem.type()).endsWith(code);
    }
}
