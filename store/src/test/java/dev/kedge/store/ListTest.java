package dev.kedge.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kedge.model.Failure;
import dev.kedge.model.JobName;
import dev.kedge.model.Namespace;
import dev.kedge.model.QueueName;
import dev.kedge.model.Run;
import dev.kedge.model.RunFilter;
import dev.kedge.model.RunId;
import dev.kedge.model.RunState;
import dev.kedge.model.Transition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ListTest {

    private static final TestQueue QUEUE = new TestQueue();
    private static final JobName TWO = new JobName("two");
    private static final List<RunId> ALL = new ArrayList<>();

    @BeforeAll
    static void fill() {
        var worker = QUEUE.worker();
        var one = QUEUE.lane("one");
        var two = QUEUE.lane("two");
        for (var i = 0; i < 80; i++) {
            var lane = i % 3 == 0 ? two : one;
            var job = i % 3 == 0 ? "two" : "one";
            ALL.add(QUEUE.submit(lane, QUEUE.run(job).withTags(List.of("n" + i / 4 % 4))));
        }
        var claimed = QUEUE.claim(worker, 50, one, two);
        for (var i = 0; i < 40; i++) {
            var lease = claimed.get(i).lease();
            switch (i % 4) {
                case 0, 1 -> QUEUE.complete(lease);
                case 2 ->
                        QUEUE.settle(
                                lease,
                                new Transition.Fail(
                                        Failure.of(Failure.Code.HANDLER_FAILED, "it broke")));
                default -> QUEUE.settle(lease, new Transition.Cancel("enough"));
            }
        }
    }

    static Stream<RunFilter> filters() {
        return Stream.of(
                        filter(null, null),
                        filter(TWO, null),
                        filter(null, "n1"),
                        filter(TWO, "n3"))
                .flatMap(filter ->
                        Stream.of(
                                        Set.<RunState>of(),
                                        Set.of(RunState.PENDING),
                                        Set.of(RunState.PENDING, RunState.RUNNING),
                                        Set.of(RunState.COMPLETED),
                                        Set.of(RunState.FAILED),
                                        Set.of(RunState.FAILED, RunState.CANCELLED),
                                        Set.of(RunState.RUNNING, RunState.FAILED))
                                .map(filter::withStates));
    }

    @ParameterizedTest
    @MethodSource("filters")
    void a_list_holds_what_its_filter_says_newest_first(RunFilter filter) {
        var expected =
                ALL.stream()
                        .map(QUEUE::find)
                        .filter(run -> filter.job() == null || run.job().equals(filter.job()))
                        .filter(run -> filter.tag() == null || run.tags().contains(filter.tag()))
                        .filter(run ->
                                filter.states().isEmpty() || filter.states().contains(run.state()))
                        .map(Run::id)
                        .sorted(Comparator.reverseOrder())
                        .toList();

        assertThat(expected).isNotEmpty();
        assertThat(paged(filter.withLimit(7), () -> {})).isEqualTo(expected);
    }

    @Test
    void pages_neither_lose_nor_double_a_run_while_new_ones_arrive() {
        var lane = QUEUE.lane("paged");
        var there = QUEUE.submit(lane, "paged", 30);
        var filter = RunFilter.ALL.withJob(new JobName("paged")).withLimit(4);

        var listed = paged(filter, () -> QUEUE.submit(lane, "paged", 3));

        assertThat(listed).isEqualTo(there.stream().sorted(Comparator.reverseOrder()).toList());
    }

    @Test
    void a_list_of_another_namespace_is_empty() {
        var elsewhere = new Namespace("elsewhere");

        assertThat(filters().flatMap(filter -> page(elsewhere, filter).stream())).isEmpty();
        assertThat(QUEUE.db.<Run>find(tx -> QUEUE.runs.find(tx, elsewhere, ALL.getFirst())))
                .isNull();
    }

    @Test
    void a_list_can_be_bounded_by_queue_and_by_time() {
        var newest = QUEUE.find(ALL.getLast());

        assertThat(page(TestQueue.NAMESPACE, between(null, newest.createdAt())))
                .extracting(Run::id)
                .doesNotContain(newest.id())
                .contains(ALL.getFirst());
        assertThat(page(TestQueue.NAMESPACE, between(newest.createdAt(), null)))
                .extracting(Run::id)
                .doesNotContain(ALL.getFirst());
        assertThat(
                        page(
                                TestQueue.NAMESPACE,
                                new RunFilter(
                                        Set.of(),
                                        null,
                                        new QueueName("other"),
                                        null,
                                        null,
                                        null,
                                        null,
                                        null,
                                        500)))
                .isEmpty();
    }

    /** All pages; {@code between} happens before each but the first. */
    private static List<RunId> paged(RunFilter filter, Runnable between) {
        var listed = new ArrayList<RunId>();
        var next = filter;
        while (true) {
            var page = page(TestQueue.NAMESPACE, next);
            page.forEach(run -> listed.add(run.id()));
            if (page.size() < filter.limit()) {
                return listed;
            }
            between.run();
            next = before(filter, page.getLast().id());
        }
    }

    private static List<Run> page(Namespace namespace, RunFilter filter) {
        return QUEUE.db.autocommit(tx -> QUEUE.runs.list(tx, namespace, filter));
    }

    private static RunFilter filter(@Nullable JobName job, @Nullable String tag) {
        return new RunFilter(Set.of(), job, null, tag, null, null, null, null, 500);
    }

    private static RunFilter between(@Nullable Instant after, @Nullable Instant before) {
        return new RunFilter(Set.of(), null, null, null, null, after, before, null, 500);
    }

    private static RunFilter before(RunFilter filter, RunId run) {
        return new RunFilter(
                filter.states(),
                filter.job(),
                filter.queue(),
                filter.tag(),
                filter.key(),
                filter.createdAfter(),
                filter.createdBefore(),
                run,
                filter.limit());
    }
}
