package dev.kedge.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.kedge.api.JobBody;
import dev.kedge.api.Json;
import dev.kedge.model.Binding;
import dev.kedge.model.Job;
import dev.kedge.model.JobName;
import dev.kedge.model.JobPolicy;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Namespace;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JobWordsTest {

    private static final JobName NAME = new JobName("hello");

    @Test
    void a_job_that_says_nothing_has_the_default_policy() {
        var job = read("{\"handler\":{\"java\":true}}");

        assertThat(job.policy()).isEqualTo(JobPolicy.DEFAULT);
        assertThat(job.binding()).isEqualTo(new Binding.Java());
        assertThat(job.enabled()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"handler\":{\"java\":true}}",
                "{\"handler\":{\"function\":\"f\"},\"timeout\":\"none\",\"cancelGrace\":\"cooperative\"}",
                "{\"handler\":{\"function\":\"f\"},\"timeout\":\"1m30s\",\"progressTimeout\":\"5s\","
                        + "\"cancelGrace\":\"0s\",\"onWorkerLost\":\"fail\",\"maxLosses\":7,"
                        + "\"priority\":-100,\"queue\":\"slow\",\"description\":\"d\",\"enabled\":false}",
                "{\"handler\":{\"java\":true},\"retry\":{\"backoff\":\"fixed\",\"initialDelay\":\"250ms\"}}",
                "{\"handler\":{\"java\":true},\"retry\":{\"backoff\":\"linear\",\"maxAttempts\":1000}}",
                "{\"handler\":{\"java\":true},\"retry\":{\"initialDelay\":\"2h\",\"jitter\":0}}",
                "{\"handler\":{\"java\":true},\"maxConcurrency\":7,\"onExceeded\":\"reject\","
                        + "\"maxConcurrencyPerKey\":2,\"rateLimit\":{\"limit\":10,\"per\":\"1m30s\"}}",
                "{\"handler\":{\"java\":true},\"requireRoles\":[\"admin\",\"editor\"]}",
                "{\"handler\":{\"java\":true},\"retry\":{\"delays\":[\"0s\",\"10s\",\"1m\"]}}"
            })
    void what_is_shown_of_a_job_defines_the_same_job(String body) {
        var job = read(body);
        var view = JobWords.toView(job);
        var retry = view.retry();
        var again =
                new JobBody(
                        new JobBody.HandlerBody(view.handler().function(), view.handler().java()),
                        new JobBody.RetryBody(
                                retry.maxAttempts(),
                                JobBody.Growth.valueOf(retry.backoff().toUpperCase(Locale.ROOT)),
                                retry.initialDelay(),
                                retry.maxDelay(),
                                retry.delays(),
                                retry.jitter()),
                        view.timeout(),
                        view.progressTimeout(),
                        JobBody.OnLoss.valueOf(view.onWorkerLost().toUpperCase(Locale.ROOT)),
                        view.maxLosses(),
                        view.cancelGrace(),
                        view.priority(),
                        view.queue(),
                        view.description(),
                        view.enabled(),
                        view.maxConcurrency(),
                        JobBody.Refusal.valueOf(view.onExceeded().toUpperCase(Locale.ROOT)),
                        view.maxConcurrencyPerKey(),
                        view.rateLimit(),
                        view.requireRoles(),
                        null);

        assertThat(JobWords.toJob(Namespace.DEFAULT, NAME, again)).isEqualTo(job);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"handler\":{}}                                                  | handler",
                "{\"handler\":{\"java\":false}}                                    | handler",
                "{\"handler\":{\"java\":true,\"function\":\"f\"}}                  | handler",
                "{\"handler\":{\"function\":\"a b\"}}                              | handler.function",
                "{\"handler\":{\"java\":true},\"timeout\":\"soon\"}                | timeout",
                "{\"handler\":{\"java\":true},\"timeout\":\"0s\"}                  | timeout",
                "{\"handler\":{\"java\":true},\"timeout\":\"31d\"}                 | timeout",
                "{\"handler\":{\"java\":true},\"timeout\":\"\"}                    | timeout",
                "{\"handler\":{\"java\":true},\"timeout\":\"999999999d\"}          | timeout",
                "{\"handler\":{\"java\":true},\"progressTimeout\":\"none\"}        | progressTimeout",
                "{\"handler\":{\"java\":true},\"cancelGrace\":\"-1s\"}             | cancelGrace",
                "{\"handler\":{\"java\":true},\"priority\":101}                    | priority",
                "{\"handler\":{\"java\":true},\"priority\":-101}                   | priority",
                "{\"handler\":{\"java\":true},\"maxLosses\":0}                     | maxLosses",
                "{\"handler\":{\"java\":true},\"queue\":\"\"}                      | queue",
                "{\"handler\":{\"java\":true},\"retry\":{\"maxAttempts\":0}}       | retry.maxAttempts",
                "{\"handler\":{\"java\":true},\"retry\":{\"maxAttempts\":1001}}    | retry.maxAttempts",
                "{\"handler\":{\"java\":true},\"retry\":{\"jitter\":1.1}}          | retry.jitter",
                "{\"handler\":{\"java\":true},\"retry\":{\"initialDelay\":\"x\"}}  | retry.initialDelay",
                "{\"handler\":{\"java\":true},\"retry\":{\"initialDelay\":\"2s\",\"maxDelay\":\"1s\"}} | retry.maxDelay",
                "{\"handler\":{\"java\":true},\"retry\":{\"backoff\":\"table\"}}   | retry.delays",
                "{\"handler\":{\"java\":true},\"retry\":{\"delays\":[]}}           | retry.delays",
                "{\"handler\":{\"java\":true},\"maxConcurrency\":0}              | maxConcurrency",
                "{\"handler\":{\"java\":true},\"onExceeded\":\"reject\"}        | onExceeded",
                "{\"handler\":{\"java\":true},\"rateLimit\":{\"limit\":1,\"per\":\"x\"}} | rateLimit.per",
                "{\"handler\":{\"java\":true},\"retry\":{\"delays\":[\"x\"]}}      | retry.delays",
                "{\"handler\":{\"java\":true},\"retry\":{\"backoff\":\"fixed\",\"delays\":[\"1s\"]}} | retry.delays",
                "{\"handler\":{\"java\":true},\"retry\":{\"backoff\":\"fixed\",\"maxDelay\":\"1s\"}} | retry.maxDelay",
                "{\"handler\":{\"java\":true},\"retry\":{\"delays\":[\"1s\"],\"initialDelay\":\"1s\"}} | retry.initialDelay",
            })
    void a_policy_that_makes_no_sense_is_refused_by_name(String body, String field) {
        var refusal = catchThrowableOfType(KedgeException.Invalid.class, () -> read(body));

        assertThat(refusal).as(body).isNotNull();
        assertThat(refusal.field()).isEqualTo(field);
    }

    private static Job read(String body) {
        return JobWords.toJob(
                Namespace.DEFAULT, NAME, Json.request(body.getBytes(UTF_8), JobBody.class));
    }
}
