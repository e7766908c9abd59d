package dev.kedge.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kedge.model.Entry;
import dev.kedge.model.EventId;
import dev.kedge.model.Failure;
import dev.kedge.model.Lease;
import dev.kedge.model.Path;
import dev.kedge.model.Payload;
import dev.kedge.model.RunId;
import dev.kedge.model.Topic;
import dev.kedge.model.Transition;
import dev.kedge.model.Wait;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Nobody writes into a journal but who holds the lease, and each statement sees to that. */
class JournalFenceTest {

    private static final TestQueue QUEUE = new TestQueue();
    private static final int LANE = QUEUE.lane("journal");
    private static final LeaseStore.Holder SLOW = QUEUE.worker();
    private static final LeaseStore.Holder QUICK = QUEUE.worker();
    private static final JournalStore JOURNAL = new JournalStore();
    private static final Path PATH = new Path("charge");
    private static final Payload ONE = Payload.ofJson("1");
    private static final Payload TWO = Payload.ofJson("2");

    /** A run that was taken from SLOW and given to QUICK. */
    private record Passed(Lease old, Lease present) {

        static Passed on() {
            QUEUE.submit(LANE, "journal", 1);
            var old = QUEUE.claim(SLOW, 1, LANE).getFirst().lease();
            QUEUE.release(old, new Transition.Resume());
            return new Passed(old, QUEUE.claim(QUICK, 1, LANE).getFirst().lease());
        }
    }

    @Test
    void a_step_is_recorded_under_the_present_lease_and_under_no_other() {
        var run = Passed.on();

        assertThat(record(run.old(), 1, ONE)).isFalse();
        assertThat(record(run.present(), 1, TWO)).isTrue();
        assertThat(record(run.old(), 1, ONE)).isFalse();
        assertThat(page(run)).singleElement().satisfies(e -> assertThat(e.output()).isEqualTo(TWO));
        QUEUE.complete(run.present());
    }

    @Test
    void a_record_that_was_given_to_the_code_never_changes() {
        var run = Passed.on();
        record(run.present(), 1, ONE);
        QUEUE.release(run.present(), new Transition.Resume());
        var next = QUEUE.claim(SLOW, 1, LANE).getFirst().lease();

        assertThat(record(next, 2, TWO)).isFalse();
        assertThat(page(run)).singleElement().satisfies(e -> assertThat(e.output()).isEqualTo(ONE));
        QUEUE.complete(next);
    }

    @Test
    void a_failure_that_was_reopened_gives_way_to_what_comes_after_it() {
        var run = Passed.on();
        var lease = run.present();
        var failure = Failure.of(Failure.Code.HANDLER_FAILED, "no luck");
        QUEUE.db.inTransaction(tx ->
                JOURNAL.record(
                        tx,
                        List.of(
                                new JournalStore.Step(
                                        lease, PATH, 1, 0, 1, Duration.ZERO, null, failure))));
        assertThat(reopen(run.old())).isFalse();
        assertThat(page(run)).hasSize(1);
        assertThat(reopen(lease)).isTrue();
        assertThat(page(run)).isEmpty();
        QUEUE.release(lease, new Transition.Resume());
        var next = QUEUE.claim(SLOW, 1, LANE).getFirst().lease();

        assertThat(record(next, 2, TWO)).isTrue();
        assertThat(page(run)).singleElement().satisfies(e -> assertThat(e.tries()).isEqualTo(2));
        QUEUE.complete(next);
    }

    @Test
    void waits_events_and_state_are_fenced_as_steps_are() throws Exception {
        var run = Passed.on();
        var nap = new Wait.For(Duration.ZERO);

        assertThat(open(run.old(), nap)).isNull();
        assertThat(open(run.present(), nap)).isNotNull();
        assertThat(resolve(run.old())).isInstanceOf(JournalStore.Resolved.Lost.class);
        assertThat(resolve(run.present())).isInstanceOf(JournalStore.Resolved.Recorded.class);
        assertThat(resolve(run.present()))
                .as("the answer to the first was lost")
                .isInstanceOf(JournalStore.Resolved.Recorded.class);
        assertThat(emit(run.old())).isEmpty();
        assertThat(emit(run.present())).hasSize(1);
        assertThat(emit(run.present())).as("the answer to the first was lost").hasSize(1);
        assertThat(
                        QUEUE.number(
                                "select count(*) from kedge.event where emitted_by = '%s'"
                                        .formatted(run.old().run())))
                .isEqualTo(1);
        assertThat(set(run.old(), ONE)).isEmpty();
        assertThat(set(run.present(), TWO)).hasSize(1);
        assertThat(state(run)).isEqualTo(TWO);
        QUEUE.complete(run.present());
    }

    @Test
    void losses_count_anew_once_a_lease_has_brought_a_record() {
        var run = Passed.on();
        assertThat(QUEUE.find(run.present().run()).spent().losses()).isEqualTo(1);
        QUEUE.release(run.present(), new Transition.Resume());
        assertThat(QUEUE.find(run.present().run()).spent().losses()).isEqualTo(2);
        var next = QUEUE.claim(SLOW, 1, LANE).getFirst().lease();
        record(next, 1, ONE);

        var held = QUEUE.db.autocommit(tx -> QUEUE.leases.lostLeasesOf(tx, SLOW.worker(), 100));
        assertThat(held)
                .filteredOn(one -> one.lease().equals(next))
                .singleElement()
                .satisfies(one -> assertThat(one.spent().losses()).isZero());
        QUEUE.release(next, new Transition.Resume());
        assertThat(QUEUE.find(next.run()).spent().losses()).isEqualTo(1);
        QUEUE.complete(QUEUE.claim(SLOW, 1, LANE).getFirst().lease());
    }

    /** The statements that a worker writes with, and the words in each that are its fence. */
    enum Fenced {
        STEP_RECORD("step_record"),
        WAIT_OPEN("wait_open"),
        WAIT_RESOLVE("wait_resolve"),
        EVENT_EMIT("event_emit"),
        STATE_WRITE("state_write");

        private final String statement;

        Fenced(String statement) {
            this.statement = statement;
        }

        /** The statement without its fence. */
        Sql broken() {
            var text = Sql.load(statement).text();
            var broken = text.replaceAll(" and g\\.epoch = \\w+\\.epoch", "");
            assertThat(broken).as(statement + " has a fence").isNotEqualTo(text);
            return Sql.load(statement).mutated(broken);
        }
    }

    @ParameterizedTest
    @EnumSource
    void without_its_fence_a_statement_would_take_what_a_zombie_writes(Fenced fenced) {
        var run = Passed.on();
        if (fenced == Fenced.WAIT_RESOLVE) {
            open(run.present(), new Wait.For(Duration.ZERO));
        }
        var old = run.old();
        var bound =
                switch (fenced) {
                    case STEP_RECORD -> JournalStore.recording(fenced.broken(), steps(old, ONE));
                    case WAIT_OPEN ->
                            JournalStore.opening(
                                    fenced.broken(), openings(old, new Wait.For(Duration.ZERO)));
                    case WAIT_RESOLVE -> JournalStore.resolving(fenced.broken(), resolutions(old));
                    case EVENT_EMIT -> JournalStore.emitting(fenced.broken(), emissions(old));
                    case STATE_WRITE -> JournalStore.setting(fenced.broken(), values(old, ONE));
                };
        var taken = QUEUE.db.autocommit(tx -> tx.query(bound, row -> row.uuid("run_id")));

        assertThat(taken).containsExactly(old.run().value());
        QUEUE.complete(run.present());
    }

    private static boolean record(Lease lease, int position, Payload output) {
        var steps =
                List.of(
                        new JournalStore.Step(
                                lease, PATH, position, 0, 1, Duration.ZERO, output, null));
        return !QUEUE.db.autocommit(tx -> JOURNAL.record(tx, steps)).isEmpty();
    }

    private static boolean reopen(Lease lease) {
        return QUEUE.db.autocommit(tx -> JOURNAL.reopen(tx, lease, List.of(PATH)));
    }

    private static List<JournalStore.Step> steps(Lease lease, Payload output) {
        return List.of(new JournalStore.Step(lease, PATH, 1, 0, 1, Duration.ZERO, output, null));
    }

    private static List<JournalStore.Opening> openings(Lease lease, Wait wait) {
        return List.of(new JournalStore.Opening(lease, new Path("nap"), 0, wait, null));
    }

    private static List<JournalStore.Resolution> resolutions(Lease lease) {
        return List.of(new JournalStore.Resolution(lease, new Path("nap"), 7));
    }

    private static List<JournalStore.Emission> emissions(Lease lease) {
        return List.of(
                new JournalStore.Emission(
                        lease,
                        new Path("emit"),
                        8,
                        0,
                        new EventId(UUID.randomUUID()),
                        new Topic("topic"),
                        ONE));
    }

    private static List<JournalStore.StateWrite> values(Lease lease, @Nullable Payload value) {
        return List.of(new JournalStore.StateWrite(lease, "key", value));
    }

    private static @Nullable Object open(Lease lease, Wait wait) {
        return QUEUE.db
                .autocommit(tx -> JOURNAL.open(tx, openings(lease, wait)))
                .get(new JournalStore.Place(lease.run(), new Path("nap")));
    }

    private static JournalStore.Resolved resolve(Lease lease) {
        return QUEUE.db
                .autocommit(tx -> JOURNAL.resolve(tx, resolutions(lease)))
                .getOrDefault(
                        new JournalStore.Place(lease.run(), new Path("nap")),
                        new JournalStore.Resolved.Lost());
    }

    private static Set<JournalStore.Place> emit(Lease lease) {
        return QUEUE.db.autocommit(tx -> JOURNAL.emit(tx, emissions(lease)));
    }

    private static Set<RunId> set(Lease lease, Payload value) {
        return QUEUE.db.autocommit(tx -> JOURNAL.writeState(tx, values(lease, value)));
    }

    private static @Nullable Payload state(Passed run) {
        var value = QUEUE.db.autocommit(tx -> JOURNAL.state(tx, run.old().run())).get("key");
        return value == null ? null : value.value();
    }

    private static List<Entry> page(Passed run) {
        return QUEUE.db.autocommit(tx -> JOURNAL.page(tx, run.old().run(), 0, 100));
    }
}
