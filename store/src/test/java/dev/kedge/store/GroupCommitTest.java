package dev.kedge.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kedge.model.KedgeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GroupCommitTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final List<List<Integer>> batches = new CopyOnWriteArrayList<>();

    @Test
    void what_arrives_during_a_commit_shares_the_next_one() throws Exception {
        var first = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        try (var commits =
                started(batch -> {
                    first.countDown();
                    awaitQuietly(go);
                    return doubled(batch);
                })) {
            var answers = new ArrayList<CompletableFuture<Integer>>();
            answers.add(commits.submit(0));
            first.await();
            IntStream.rangeClosed(1, 50).forEach(i -> answers.add(commits.submit(i)));
            go.countDown();

            for (var i = 0; i <= 50; i++) {
                assertThat(answers.get(i).get(20, TimeUnit.SECONDS)).isEqualTo(2 * i);
            }
        }
        assertThat(batches).hasSize(2);
    }

    @Test
    void only_the_guilty_hears_of_the_refusal() {
        try (var commits =
                started(batch -> {
                    if (batch.contains(13)) {
                        throw new KedgeException.Conflict("unlucky", "thirteen", null);
                    }
                    return doubled(batch);
                })) {
            var answers = IntStream.range(0, 40).mapToObj(commits::submit).toList();

            for (var i = 0; i < 40; i++) {
                var answer = answers.get(i);
                if (i == 13) {
                    assertThatThrownBy(() -> GroupCommit.await(answer)).hasMessage("thirteen");
                } else {
                    assertThat(GroupCommit.await(answer)).isEqualTo(2 * i);
                }
            }
        }
    }

    @Test
    void a_database_that_comes_back_in_time_is_waited_for() {
        var tries = new AtomicInteger();
        try (var commits =
                started(batch -> {
                    if (tries.incrementAndGet() < 4) {
                        throw new KedgeException.Unavailable("not yet", null);
                    }
                    return doubled(batch);
                })) {
            assertThat(commits.write(21)).isEqualTo(42);
        }
        assertThat(tries).hasValue(4);
    }

    @Test
    void an_error_of_the_machine_reaches_the_caller_and_the_writer_lives_on() {
        try (var commits =
                started(batch -> {
                    if (batch.contains(1)) {
                        throw new StackOverflowError("too deep");
                    }
                    return doubled(batch);
                })) {
            assertThatThrownBy(() -> commits.write(1))
                    .isInstanceOf(KedgeException.Internal.class)
                    .hasRootCauseMessage("too deep");
            assertThat(commits.write(2)).isEqualTo(4);
        }
    }

    @Test
    void nobody_waits_for_ever_for_writers_that_are_gone() throws Exception {
        for (var round = 0; round < 25; round++) {
            var commits = started(GroupCommitTest::doubled);
            var answers = new CopyOnWriteArrayList<CompletableFuture<Integer>>();
            var submitter =
                    Thread.ofPlatform()
                            .start(() -> {
                                try {
                                    while (true) {
                                        answers.add(commits.submit(1));
                                    }
                                } catch (KedgeException.Unavailable closed) {
                                    // As it should be.
                                }
                            });
            commits.close();
            submitter.join();

            for (var answer : answers) {
                try {
                    answer.get(20, TimeUnit.SECONDS);
                } catch (ExecutionException refused) {
                    assertThat(refused).hasCauseInstanceOf(KedgeException.Unavailable.class);
                }
            }
        }
    }

    @Test
    void a_dead_database_does_not_hold_up_the_shutdown() {
        var commits =
                started(_ -> {
                    throw new KedgeException.Unavailable("dead", null);
                });
        var answer = commits.submit(1);
        var began = System.nanoTime();

        commits.close(Duration.ofMillis(50));

        assertThatThrownBy(() -> GroupCommit.await(answer))
                .isInstanceOf(KedgeException.Unavailable.class);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(PATIENCE.dividedBy(2));
    }

    @Test
    void a_caller_that_was_interrupted_is_heard_where_there_is_room() {
        try (var commits = started(GroupCommitTest::doubled)) {
            Thread.currentThread().interrupt();
            try {
                assertThat(commits.write(4)).isEqualTo(8);
            } finally {
                assertThat(Thread.interrupted()).isTrue();
            }
        }
    }

    private GroupCommit<Integer, Integer> started(Function<List<Integer>, List<Integer>> write) {
        var commits =
                new GroupCommit<Integer, Integer>(
                        "test",
                        1,
                        100,
                        PATIENCE,
                        batch -> {
                            batches.add(batch);
                            return write.apply(batch);
                        });
        commits.start();
        return commits;
    }

    private static List<Integer> doubled(List<Integer> batch) {
        return batch.stream().map(number -> 2 * number).toList();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
