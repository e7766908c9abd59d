package dev.kedge.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kedge.model.Failure;
import dev.kedge.model.JobName;
import dev.kedge.model.Lease;
import dev.kedge.model.OnConflict;
import dev.kedge.model.RunState;
import dev.kedge.model.Transition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class TallyTest {

    private static final int STEPS = 400;
    private static final Failure BROKE = Failure.of(Failure.Code.HANDLER_FAILED, "it broke");

    private final TestQueue queue = new TestQueue();
    private final int lane = queue.lane("tallied");
    private final LeaseStore.Holder worker = queue.worker();
    private final List<Lease> held = new ArrayList<>();

    @Test
    void the_counts_equal_a_recount_after_whatever_happened() throws Exception {
        long seed = Long.getLong("kedge.seed", System.nanoTime());
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);

        for (var step = 1; step <= STEPS; step++) {
            act(random);
            if (step % 50 == 0) {
                assertThat(counted())
                        .as("broken by -Dkedge.seed=%d at step %d", seed, step)
                        .isEqualTo(recounted());
            }
        }
        assertThat(recounted()).as("the walk led to every state but one").hasSize(5);
    }

    private void act(RandomGenerator random) {
        switch (random.nextInt(11)) {
            case 0, 1 -> queue.submit(lane, "tallied", random.nextInt(1, 6));
            case 2, 3, 4 ->
                    queue.claim(worker, random.nextInt(1, 5), lane)
                            .forEach(run -> held.add(run.lease()));
            case 5 -> queue.complete(any(random));
            case 6 -> queue.settle(any(random), new Transition.Fail(BROKE));
            case 7 -> queue.release(any(random), goingOn(random));
            case 8 -> endFromOutside(random);
            case 9 -> replace();
            default -> queue.db.autocommit(tx -> queue.tallies.fold(tx, random.nextInt(1, 50)));
        }
    }

    /** Often a lease that is over: what is refused must not be counted. */
    private Lease any(RandomGenerator random) {
        return held.isEmpty()
                ? new Lease(queue.nextId(), 1, worker.worker())
                : held.get(random.nextInt(held.size()));
    }

    private static Transition.GoesOn goingOn(RandomGenerator random) {
        return switch (random.nextInt(4)) {
            case 0 -> new Transition.Retry(Duration.ZERO, BROKE);
            case 1 -> new Transition.Snooze(Duration.ofHours(1));
            case 2 -> new Transition.HandBack();
            default -> new Transition.Resume();
        };
    }

    private void endFromOutside(RandomGenerator random) {
        var lease = any(random);
        queue.end(lease.run(), lease.epoch() + random.nextInt(2), new Transition.Cancel("enough"));
    }

    private void replace() {
        var run = queue.run("tallied").unique("key", OnConflict.REPLACE);
        queue.db.inTransaction(tx -> {
            var job = new JobName("tallied");
            var holder = queue.runs.lockByKey(tx, TestQueue.NAMESPACE, job, "key");
            if (holder == null) {
                queue.runs.enqueue(tx, TestQueue.NAMESPACE, queue.nextId(), run, null, false);
            } else {
                queue.runs.replace(tx, TestQueue.NAMESPACE, holder, run, null, false);
            }
        });
    }

    private Map<RunState, Long> counted() {
        var counts = queue.db.autocommit(tx -> queue.tallies.read(tx, TestQueue.NAMESPACE));
        return counts.byJob().getOrDefault(new JobName("tallied"), Map.of());
    }

    private Map<RunState, Long> recounted() throws Exception {
        var counts = new EnumMap<RunState, Long>(RunState.class);
        for (var state : queue.rows("select state from kedge.run_overview")) {
            counts.merge(RunState.of(state), 1L, Long::sum);
        }
        return counts;
    }
}
