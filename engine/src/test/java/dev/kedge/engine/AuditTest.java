package dev.kedge.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.kedge.model.AuditEntry;
import dev.kedge.model.Binding;
import dev.kedge.model.Claims;
import dev.kedge.model.Identity;
import dev.kedge.model.Job;
import dev.kedge.model.JobName;
import dev.kedge.model.JobPolicy;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Namespace;
import dev.kedge.model.Payload;
import dev.kedge.model.PrincipalId;
import dev.kedge.model.RunId;
import dev.kedge.model.Topic;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which acts are written down, and that an act and its entry are one. */
@Timeout(120)
class AuditTest {

    private static final JobName JOB = new JobName("job");
    private static final PrincipalId ADA = new PrincipalId("user:ada");
    private static final String NOBODY = "0190a0a0-0000-7000-8000-000000000001";

    private final Namespace namespace = new Namespace("audited");
    private final TestEngine db = new TestEngine();
    private final Engine engine =
            db.start(builder ->
                    builder.job(
                            job(),
                            _ -> {
                                throw new NonRetryableException("as told");
                            }));
    private final Caller ada = engine.as(Claims.everywhere(new Identity(ADA, "admin", null)));

    @AfterEach
    void stop() {
        db.close();
    }

    @Test
    void definitions_are_written_down_when_they_change_something() {
        ada.jobs(namespace).define(job());
        ada.jobs(namespace).define(other());
        ada.jobs(namespace).define(other());
        ada.jobs(namespace).pause(JOB);
        ada.jobs(namespace).resume(JOB);
        ada.jobs(namespace).limit(7);
        ada.jobs(namespace).limit(null);
        ada.jobs(namespace).remove(JOB);

        assertThat(entries())
                .extracting(
                        entry -> entry.note().act(),
                        entry -> entry.note().subject(),
                        entry -> entry.note().details().text())
                .containsExactly(
                        tuple("job.define", "other", "{}"),
                        tuple("job.pause", "job", "{}"),
                        tuple("job.resume", "job", "{}"),
                        tuple("namespace.limit", namespace.value(), "{\"maxConcurrency\":7}"),
                        tuple("namespace.limit", namespace.value(), "{}"),
                        tuple("job.remove", "job", "{}"));
        assertThat(entries()).extracting(AuditEntry::principal).containsOnly(ADA);
    }

    @Test
    void deployments_and_triggers_are_written_down() {
        var first = ada.deployments(namespace).deploy("f", "export default 1", true);
        ada.deployments(namespace).deploy("f", "export default 2", true);
        ada.deployments(namespace).promote("f", 1);
        var trigger = ada.triggers(namespace).onEvent(JOB, new Topic("t"), null).id();
        ada.triggers(namespace).enable(JOB, trigger, false);
        ada.triggers(namespace).enable(JOB, trigger, true);
        ada.triggers(namespace).remove(JOB, trigger);

        assertThat(acts())
                .containsExactly(
                        "function.deploy",
                        "function.deploy",
                        "function.promote",
                        "trigger.create",
                        "trigger.disable",
                        "trigger.enable",
                        "trigger.remove");
        assertThat(entries().getFirst().note().details().text())
                .contains("\"version\":1", first.digest(), "\"promoted\":true");
    }

    @Test
    void what_is_refused_leaves_no_entry() {
        var none = new JobName("none");
        assertThatThrownBy(() -> ada.jobs(namespace).pause(none))
                .isInstanceOf(KedgeException.NotFound.class);
        assertThatThrownBy(() -> ada.deployments(namespace).promote("f", 9))
                .isInstanceOf(KedgeException.NotFound.class);
        assertThatThrownBy(() -> ada.deadLetters(namespace).drop(RunId.parse(NOBODY)))
                .isInstanceOf(KedgeException.NotFound.class);
        assertThatThrownBy(() ->
                        ada.triggers(namespace)
                                .onEvent(JOB, new Topic("t"), Payload.ofJson("{\"n\":1e400000}")))
                .as("refused within its transaction")
                .isInstanceOf(KedgeException.Invalid.class);

        assertThat(acts()).isEmpty();
    }

    @Test
    void what_a_caller_may_not_do_leaves_no_entry() {
        var bob =
                engine.as(
                        Claims.none(new Identity(new PrincipalId("user:bob"), "guest", null))
                                .seeingAll(namespace));

        assertThatThrownBy(() -> bob.jobs(namespace).pause(JOB))
                .isInstanceOf(KedgeException.Forbidden.class);
        assertThat(acts()).isEmpty();
    }

    @Test
    void runs_that_are_ended_by_force_are_written_down_and_others_are_not() {
        engine.jobs(namespace).pause(JOB);
        var runs = ada.runs(namespace);
        var ended = runs.enqueue(engine.newRun("job", 1)).run();
        var cancelled = runs.enqueue(engine.newRun("job", 2)).run();

        runs.terminate(ended, "anybody");
        runs.cancel(cancelled, "anybody");

        assertThat(entries())
                .extracting(entry -> entry.note().act(), AuditEntry::principal)
                .containsExactly(
                        tuple("job.pause", PrincipalId.OPERATOR), tuple("run.terminate", ADA));
        assertThat(entries().getLast().note().subject()).isEqualTo(ended.toString());
    }

    @Test
    void decisions_about_dead_letters_are_written_down() throws Exception {
        var first = failed();
        var second = failed();

        var heir = ada.deadLetters(namespace).retry(first, true).run();
        ada.deadLetters(namespace).drop(second);

        assertThat(entries())
                .filteredOn(entry -> entry.principal().equals(ADA))
                .extracting(
                        entry -> entry.note().act(),
                        entry -> entry.note().subject(),
                        entry -> entry.note().details().text())
                .containsExactly(
                        tuple(
                                "dead_letter.retry",
                                first.toString(),
                                "{\"run\":\"%s\"}".formatted(heir)),
                        tuple("dead_letter.drop", second.toString(), "{}"));
    }

    @Test
    void submissions_cost_no_entry() {
        ada.runs(namespace).enqueue(engine.newRun("job", 1));

        assertThat(acts()).isEmpty();
    }

    private RunId failed() throws InterruptedException {
        var runs = engine.runs(namespace);
        var run = runs.enqueue(engine.newRun("job", null)).run();
        runs.await(run, now -> now.state().isFinal(), Duration.ofSeconds(30));
        return run;
    }

    private Job job() {
        return Job.of(namespace, JOB, new Binding.Java(), JobPolicy.DEFAULT);
    }

    private Job other() {
        return Job.of(namespace, new JobName("other"), new Binding.Java(), JobPolicy.DEFAULT);
    }

    private List<AuditEntry> entries() {
        return engine.audit(namespace).walk(0, 100);
    }

    private List<String> acts() {
        return entries().stream().map(entry -> entry.note().act()).toList();
    }
}
