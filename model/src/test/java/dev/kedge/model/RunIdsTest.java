package dev.kedge.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunIdsTest {

    private static final int THREADS = 8;
    private static final int IDS_EACH = 5_000;

    @Test
    void ids_rise_for_every_thread_and_none_is_given_out_twice() throws Exception {
        var ids = new RunIds(InstantSource.system(), RandomGenerator.getDefault());
        var together = new CyclicBarrier(THREADS);
        Callable<List<RunId>> taker =
                () -> {
                    together.await();
                    return Stream.generate(ids::next).limit(IDS_EACH).toList();
                };
        var all = new HashSet<RunId>();
        try (var threads = Executors.newFixedThreadPool(THREADS)) {
            var takers = Stream.generate(() -> taker).limit(THREADS).toList();
            for (var taken : threads.invokeAll(takers)) {
                assertThat(taken.get()).isSorted();
                all.addAll(taken.get());
            }
        }

        assertThat(all).hasSize(THREADS * IDS_EACH);
    }

    @Test
    void ids_rise_even_while_the_clock_jumps_back_and_forth() {
        Seeds.each(
                50,
                random -> {
                    InstantSource clock = () -> Instant.ofEpochMilli(random.nextLong(1L << 45));
                    var ids = new RunIds(clock, random);
                    var taken = new ArrayList<RunId>();
                    for (var i = 0; i < 200; i++) {
                        taken.add(ids.next());
                    }

                    assertThat(taken).isSorted().doesNotHaveDuplicates();
                });
    }

    @Test
    void an_id_is_a_uuid_of_version_7_that_tells_when_it_was_made() {
        var now = Instant.parse("2031-05-06T07:08:09.123Z");

        var id = new RunIds(() -> now, RandomGenerator.getDefault()).next();

        assertThat(id.value().version()).isEqualTo(7);
        assertThat(id.value().variant()).isEqualTo(2);
        assertThat(id.madeAt()).isEqualTo(now);
        assertThat(RunId.parse(id.toString())).isEqualTo(id);
    }

    @Test
    void ids_of_one_millisecond_run_on_into_the_next_and_stay_ordered() {
        var now = Instant.parse("2031-05-06T07:08:09.123Z");
        var ids = new RunIds(() -> now, RandomGenerator.getDefault());

        var taken = Stream.generate(ids::next).limit(10_000).toList();

        assertThat(taken).isSorted().doesNotHaveDuplicates();
        assertThat(taken).allMatch(id -> id.value().version() == 7);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "7", "1-1-1-1-1", "0198a1b2-c3d4-7e5f-8a9b-00000000000g", "null"})
    void what_is_no_run_id_is_refused(String text) {
        assertThatThrownBy(() -> RunId.parse(text)).hasMessageStartingWith("id: ");
    }
}
