package dev.kedge.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kedge.model.Binding;
import dev.kedge.model.Cause;
import dev.kedge.model.Claims;
import dev.kedge.model.Identity;
import dev.kedge.model.Job;
import dev.kedge.model.JobName;
import dev.kedge.model.JobPolicy;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Namespace;
import dev.kedge.model.PrincipalId;
import dev.kedge.model.Run;
import dev.kedge.model.RunFilter;
import dev.kedge.model.RunId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Statements that run as somebody who may do less than the login. */
class ClaimedTxTest {

    /** After five times the driver prepares a statement, and sends it otherwise from then on. */
    private static final int TIMES = 20;

    private static final Namespace HERE = TestQueue.NAMESPACE;
    private static final Identity ANN = new Identity(new PrincipalId("user:ann"), "member", null);
    private static final Identity BOB = new Identity(new PrincipalId("user:bob"), "member", null);

    private static final TestQueue QUEUE = new TestQueue();
    private static final int LANE = QUEUE.lane("job");
    private static final Db ANNS = QUEUE.db.as(Claims.none(ANN).seeingOwn(HERE));

    @BeforeAll
    static void submit() {
        for (var identity : List.of(ANN, BOB)) {
            insert(List.of(submitted(HERE, LANE, identity)));
        }
    }

    private static RunStore.Submitted submitted(
            Namespace namespace, int lane, @Nullable Identity submitter) {
        return new RunStore.Submitted(
                QUEUE.nextId(), namespace, lane, 0, QUEUE.run("job"), Cause.SUBMITTED, submitter);
    }

    private static void insert(List<RunStore.Submitted> batch) {
        QUEUE.db.autocommit(tx -> {
            QUEUE.runs.insert(tx, batch);
            return true;
        });
    }

    @Test
    void claims_hold_however_often_a_statement_was_run() {
        for (var i = 0; i < TIMES; i++) {
            var seen = ANNS.autocommit(tx -> QUEUE.runs.list(tx, HERE, RunFilter.ALL));
            var seenIn = ANNS.transaction(tx -> QUEUE.runs.list(tx, HERE, RunFilter.ALL));

            assertThat(seen).as("time %d", i).extracting(Run::submitter).containsOnly(ANN);
            assertThat(seenIn).as("time %d", i).extracting(Run::submitter).containsOnly(ANN);
        }
    }

    @Test
    void a_transaction_goes_on_as_the_engine_where_it_says_so_and_only_there() {
        for (var i = 0; i < TIMES; i++) {
            ANNS.inTransaction(tx -> {
                var seen = QUEUE.runs.list(tx, HERE, RunFilter.ALL).size();
                var there = QUEUE.runs.list(tx.asEngine(), HERE, RunFilter.ALL).size();
                var seenAgain = QUEUE.runs.list(tx, HERE, RunFilter.ALL).size();

                assertThat(seen).isLessThan(there).isEqualTo(seenAgain);
            });
        }
    }

    @Test
    void what_is_refused_leaves_the_connection_as_it_was() {
        var job = Job.of(HERE, new JobName("anns"), new Binding.Java(), JobPolicy.DEFAULT);
        for (var i = 0; i < TIMES; i++) {
            assertThatThrownBy(() ->
                            ANNS.autocommit(tx -> {
                                QUEUE.jobs.define(tx, job);
                                return true;
                            }))
                    .isInstanceOf(KedgeException.Internal.class)
                    .hasMessageContaining("row-level security");
            assertThat(QUEUE.db.autocommit(QUEUE.jobs::catalog)).isNotEmpty();
        }
    }

    @Test
    void a_batch_writes_nothing_for_a_namespace_it_does_not_name() {
        var elsewhere = submitted(new Namespace("elsewhere"), LANE, ANN);

        assertThatThrownBy(() -> insert(List.of(elsewhere)))
                .hasMessageContaining("row-level security");
        assertThat(found(elsewhere.id())).isNull();
    }

    @Test
    void a_batch_of_many_submitters_is_written_whole_and_each_run_is_whose_it_is() {
        for (var i = 0; i < TIMES; i++) {
            var anns = submitted(HERE, LANE, ANN);
            var bobs = submitted(HERE, LANE, BOB);
            var nobodys = submitted(HERE, LANE, null);

            insert(List.of(anns, bobs, nobodys));

            assertThat(QUEUE.find(anns.id()).submitter()).isEqualTo(ANN);
            assertThat(QUEUE.find(bobs.id()).submitter()).isEqualTo(BOB);
            assertThat(QUEUE.find(nobodys.id()).submitter()).isNull();
            assertThat(found(anns.id())).isNotNull();
            assertThat(found(bobs.id())).isNull();
        }
    }

    private static @Nullable Run found(RunId run) {
        return ANNS.find(tx -> QUEUE.runs.find(tx, HERE, run));
    }
}
