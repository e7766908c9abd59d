package dev.kedge.bench;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.ExecutionOperations;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.TaskDescriptor;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/**
 * db-scheduler, embedded: a task that is removed when it is over, as a one-time task is. It polls
 * by lock-and-fetch with the threads and limits of the fastest row in its own benchmark, and looks
 * at once when a run is due now, so that the polling interval does not matter.
 */
final class DbSchedulerQueue implements JobQueue {

    private static final TaskDescriptor<byte[]> TASK = TaskDescriptor.of(Server.JOB, byte[].class);
    private static final int THREADS = 20;

    /** It fetches when fewer are left than so many for each thread, until there are so many. */
    private static final double LEFT_PER_THREAD = 4;

    private static final double FETCHED_PER_THREAD = 20;

    /** For a look that would be missed. */
    private static final Duration POLL = Duration.ofMillis(100);

    private static final Duration GRACE = Duration.ofSeconds(5);

    /** One for each thread, and as many for callers. */
    private static final int CONNECTIONS = 2 * THREADS;

    private final HikariDataSource pool;
    private final Task<byte[]> task;
    private final LongAdder ended = new LongAdder();
    private Scheduler scheduler;

    /** Takes runs in, with nobody at work. */
    DbSchedulerQueue(Stage stage, Ledger ledger) throws SQLException {
        stage.execute(SqlFile.load("db_scheduler"));
        pool = stage.pool(CONNECTIONS);
        task =
                Tasks.custom(TASK)
                        .execute((run, _) -> {
                            ledger.started(run.getData());
                            return this::end;
                        });
        scheduler = scheduler();
    }

    static DbSchedulerQueue working(Stage stage, Ledger ledger) throws SQLException {
        var queue = new DbSchedulerQueue(stage, ledger);
        queue.resume();
        return queue;
    }

    private Scheduler scheduler() {
        return Scheduler.create(pool, task)
                .threads(THREADS)
                .pollUsingLockAndFetch(LEFT_PER_THREAD, FETCHED_PER_THREAD)
                .enableImmediateExecution()
                .pollingInterval(POLL)
                .shutdownMaxWait(GRACE)
                .build();
    }

    private void end(ExecutionComplete run, ExecutionOperations<byte[]> operations) {
        operations.remove();
        ended.increment();
    }

    @Override
    public void enqueue(int number) {
        scheduler.scheduleIfNotExists(run(number), Instant.now());
    }

    @Override
    public void enqueueBatch(int first, int end) {
        List<TaskInstance<?>> runs =
                IntStream.range(first, end)
                        .<TaskInstance<?>>mapToObj(DbSchedulerQueue::run)
                        .toList();
        scheduler.scheduleBatch(runs, Instant.now());
    }

    private static TaskInstance<byte[]> run(int number) {
        return TASK.instance(Integer.toString(number)).data(Ledger.payload(number)).build();
    }

    /** Its own pause does not wait for a look that is under way; to stop it does. */
    @Override
    public void pause() {
        scheduler.stop();
        scheduler = scheduler();
    }

    @Override
    public void preload(int first, int end) {
        enqueueBatch(first, end);
    }

    @Override
    public void resume() {
        scheduler.start();
    }

    @Override
    public long ended() {
        return ended.sum();
    }

    @Override
    public void close() {
        scheduler.stop();
        pool.close();
    }
}
