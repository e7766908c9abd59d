package dev.kedge.store;

import dev.kedge.model.WorkerId;
import dev.kedge.model.WorkerInfo;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Workers: their beginning, their signs of life, and what is done when those stop. */
public final class WorkerStore {

    private static final Sql REGISTER = Sql.load("worker_register");
    private static final Sql BEAT = Sql.load("worker_beat");
    private static final Sql VOID = Sql.load("worker_void");
    private static final Sql DECLARE_LOST = Sql.load("worker_declare_lost");
    private static final Sql LEAVE = Sql.load("worker_leave");
    private static final Sql EVICT = Sql.load("worker_evict");
    private static final Sql UNSWEPT = Sql.load("worker_unswept");
    private static final Sql SWEPT = Sql.load("worker_swept");
    private static final Sql FORGET = Sql.load("worker_forget");
    private static final Sql LIST = Sql.load("worker_list");
    private static final Sql QUIESCE = Sql.load("worker_quiesce");

    public void register(Tx tx, WorkerId worker, String host, long pid, int slots, Duration lease) {
        tx.update(
                REGISTER.with("worker", worker.value())
                        .with("host", host)
                        .with("pid", pid)
                        .with("slots", slots)
                        .with("lease_ms", lease.toMillis()));
    }

    /** A sign of life; false where it comes too late: the worker was declared lost. */
    public boolean beat(Tx tx, WorkerId worker, Duration lease) {
        return tx.update(BEAT.with("worker", worker.value()).with("lease_ms", lease.toMillis()))
                == 1;
    }

    /** Begins the worker's next generation; null where it was declared lost. */
    public @Nullable Integer nextGeneration(Tx tx, WorkerId worker) {
        return tx.first(VOID.with("worker", worker.value()), row -> row.number("gen"));
    }

    /** Declares workers lost whose beat ran out. {@code tx} must be a transaction. */
    public List<WorkerId> declareLost(Tx tx) {
        return tx.query(DECLARE_LOST.plain(), row -> new WorkerId(row.uuid("worker_id")));
    }

    /** The worker will write no more. */
    public void leave(Tx tx, WorkerId worker) {
        tx.update(LEAVE.with("worker", worker.value()));
    }

    /** Ends sessions that are frozen in a transaction; says how many. */
    public int evictFrozen(Tx tx) {
        return tx.query(EVICT.plain(), row -> row.flag("ended")).size();
    }

    /** A lost worker that nobody has swept yet, locked. */
    public @Nullable WorkerId lockUnswept(Tx tx) {
        return tx.first(UNSWEPT.plain(), row -> new WorkerId(row.uuid("worker_id")));
    }

    public void markSwept(Tx tx, WorkerId worker) {
        tx.update(SWEPT.with("worker", worker.value()));
    }

    /** Forgets workers that were swept a day ago. */
    public void forget(Tx tx) {
        tx.update(FORGET.plain());
    }

    /** Waits for the batches of live workers: what is committed now is seen by all later ones. */
    public void quiesce(Tx tx) {
        tx.query(QUIESCE.plain(), row -> row.uuid("worker_id"));
    }

    public List<WorkerInfo> list(Tx tx) {
        return tx.query(
                LIST.plain(),
                row ->
                        new WorkerInfo(
                                new WorkerId(row.uuid("worker_id")),
                                row.text("host"),
                                row.large("pid"),
                                row.number("slots"),
                                row.number("running"),
                                row.time("started_at"),
                                row.millisOrNull("since_beat_ms"),
                                row.timeOrNull("lost_at")));
    }
}
