package dev.kedge.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kedge.model.JobName;
import dev.kedge.model.Limits;
import dev.kedge.model.Namespace;
import dev.kedge.model.OnExceeded;
import dev.kedge.model.RateLimit;
import dev.kedge.model.RunId;
import dev.kedge.store.Admission.Candidate;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What limits admit, decided without a database. */
class AdmissionTest {

    private static final Namespace NAMESPACE = Namespace.DEFAULT;
    private static final JobName JOB = new JobName("one");
    private static final JobName OTHER = new JobName("other");

    private final Admission admission = new Admission();

    @Test
    void without_a_cap_as_many_are_let_in_as_were_asked_for() {
        var lane = lane(JOB, Limits.NONE, null);
        var candidates = List.of(run(lane, null), run(lane, null), run(lane, null));

        assertThat(admission.admit(candidates, 2)).isEqualTo(candidates.subList(0, 2));
        assertThat(admission.full()).isEmpty();
    }

    @Test
    void what_runs_takes_up_room_and_so_does_what_is_let_in() {
        var lane = lane(JOB, Limits.atOnce(3), null);
        admission.count(new Scope.OfJob(NAMESPACE, JOB), 1);
        var candidates = List.of(run(lane, null), run(lane, null), run(lane, null));

        assertThat(admission.room(lane, 10)).isEqualTo(2);
        assertThat(admission.admit(candidates, 10)).isEqualTo(candidates.subList(0, 2));
        assertThat(admission.room(lane, 10)).isZero();
        assertThat(admission.full()).containsExactly(new Scope.OfJob(NAMESPACE, JOB));
    }

    @Test
    void a_limit_below_what_runs_already_lets_nobody_in() {
        var lane = lane(JOB, Limits.atOnce(3), null);
        admission.count(new Scope.OfJob(NAMESPACE, JOB), 7);

        assertThat(admission.room(lane, 10)).isZero();
        assertThat(admission.admit(List.of(run(lane, null)), 10)).isEmpty();
    }

    @Test
    void lanes_of_one_job_share_its_limit_and_jobs_of_one_namespace_share_that() {
        var lane = lane(JOB, Limits.atOnce(1), 2);
        var sameJob = lane(JOB, Limits.atOnce(1), 2);
        var otherJob = lane(OTHER, Limits.NONE, 2);
        var first = run(lane, null);
        var third = run(otherJob, null);

        assertThat(
                        admission.admit(
                                List.of(first, run(sameJob, null), third, run(otherJob, null)), 10))
                .containsExactly(first, third);
        assertThat(admission.full())
                .containsExactlyInAnyOrder(
                        new Scope.OfJob(NAMESPACE, JOB), new Scope.OfNamespace(NAMESPACE));
    }

    @Test
    void a_full_key_is_passed_over_and_others_go_on_in_their_order() {
        var lane = lane(JOB, new Limits(null, OnExceeded.QUEUE, 2, null), null);
        admission.count(new Scope.OfKey(NAMESPACE, JOB, "a"), 1);
        var candidates = List.of(run(lane, "a"), run(lane, "a"), run(lane, null), run(lane, "b"));

        assertThat(admission.admit(candidates, 10))
                .containsExactly(candidates.get(0), candidates.get(2), candidates.get(3));
        assertThat(admission.full()).containsExactly(new Scope.OfKey(NAMESPACE, JOB, "a"));
    }

    @Test
    void a_rate_takes_runs_without_a_key_together() {
        var rate = new RateLimit(1, Duration.ofMinutes(1));
        var lane = lane(JOB, new Limits(null, OnExceeded.QUEUE, null, rate), null);
        admission.count(lane.starts("late"), 1);
        var candidates =
                List.of(run(lane, null), run(lane, "late"), run(lane, null), run(lane, "k"));

        assertThat(admission.admit(candidates, 10))
                .containsExactly(candidates.get(0), candidates.get(3));
    }

    @Test
    void nobody_is_let_in_twice() {
        var run = run(lane(JOB, Limits.NONE, null), null);

        assertThat(admission.admit(List.of(run), 10)).containsExactly(run);
        assertThat(admission.admit(List.of(run), 10)).isEmpty();
    }

    private static LimitedLane lane(JobName job, Limits limits, @Nullable Integer ofNamespace) {
        return new LimitedLane(1, NAMESPACE, job, false, limits, ofNamespace);
    }

    private static Candidate run(LimitedLane lane, @Nullable String key) {
        return new Candidate(lane, new RunId(UUID.randomUUID()), key);
    }
}
