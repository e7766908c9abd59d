package dev.kedge.bench;

import com.zaxxer.hikari.HikariDataSource;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jobrunr.jobs.annotations.Job;
import org.jobrunr.jobs.filters.ApplyStateFilter;
import org.jobrunr.jobs.lambdas.JobRequest;
import org.jobrunr.jobs.lambdas.JobRequestHandler;
import org.jobrunr.jobs.mappers.JobMapper;
import org.jobrunr.jobs.states.StateName;
import org.jobrunr.scheduling.JobRequestScheduler;
import org.jobrunr.server.BackgroundJobServer;
import org.jobrunr.server.BackgroundJobServerConfiguration;
import org.jobrunr.server.JobActivator;
import org.jobrunr.storage.StorageProvider;
import org.jobrunr.storage.sql.postgres.PostgresStorageProvider;
import org.jobrunr.utils.mapper.jackson3.Jackson3JsonMapper;

/**
 * JobRunr, the free edition, embedded: job requests, which it need not take apart as it must
 * lambdas, 50 workers on virtual threads as is its default, and no dashboard. It polls as often as
 * it lets itself be told to; a worker that is done asks for more at once.
 */
final class JobRunrQueue implements JobQueue {

    private static final int WORKERS = 50;

    /** The shortest that is accepted. */
    private static final Duration POLL = Duration.ofSeconds(5);

    /** One for each worker, and some for callers and for what it does besides. */
    private static final int CONNECTIONS = WORKERS + 20;

    private static final Duration START_MAX = Duration.ofSeconds(30);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(10);

    private final HikariDataSource pool;
    private final StorageProvider storage;
    private final JobRequestScheduler scheduler;
    private final BackgroundJobServer server;
    private final LongAdder ended = new LongAdder();

    /** What JobRunr stores. */
    public record Run(String payload) implements JobRequest {
        @Override
        public Class<Handler> getJobRequestHandler() {
            return Handler.class;
        }
    }

    /**
     * What it calls. Were the job not named, it would be by its payload, which is stored already.
     */
    public record Handler(Ledger ledger) implements JobRequestHandler<Run> {
        @Override
        @Job(name = Server.JOB)
        public void run(Run run) {
            ledger.started(run.payload().getBytes(StandardCharsets.UTF_8));
        }
    }

    /** What it asks for the handler. */
    private record Activator(Handler handler) implements JobActivator {
        @Override
        public <T> T activateJob(Class<T> type) {
            return type.cast(handler);
        }
    }

    /** Takes runs in, with nobody at work. */
    JobRunrQueue(Stage stage, Ledger ledger) {
        pool = stage.pool(CONNECTIONS);
        var json = new Jackson3JsonMapper();
        storage = new PostgresStorageProvider(pool);
        storage.setJobMapper(new JobMapper(json));
        scheduler = new JobRequestScheduler(storage);
        server =
                new BackgroundJobServer(
                        storage,
                        json,
                        new Activator(new Handler(ledger)),
                        BackgroundJobServerConfiguration
                                .usingStandardBackgroundJobServerConfiguration()
                                .andWorkerCount(WORKERS)
                                .andPollInterval(POLL));
        server.setJobFilters(List.of(countingTheEnded()));
    }

    static JobRunrQueue working(Stage stage, Ledger ledger) {
        var queue = new JobRunrQueue(stage, ledger);
        queue.start();
        return queue;
    }

    private void start() {
        server.start();
        var deadline = System.nanoTime() + START_MAX.toNanos();
        while (server.isNotReadyToProcessJobs()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("JobRunr does not start");
            }
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
        }
    }

    /** Such a filter is called when the state is stored. */
    private ApplyStateFilter countingTheEnded() {
        return (_, _, state) -> {
            if (state.getName() == StateName.SUCCEEDED) {
                ended.increment();
            }
        };
    }

    @Override
    public void enqueue(int number) {
        scheduler.enqueue(run(number));
    }

    @Override
    public void enqueueBatch(int first, int end) {
        scheduler.enqueue(IntStream.range(first, end).mapToObj(JobRunrQueue::run));
    }

    private static Run run(int number) {
        return new Run(new String(Ledger.payload(number), StandardCharsets.UTF_8));
    }

    @Override
    public void pause() {
        server.pauseProcessing();
    }

    @Override
    public void preload(int first, int end) {
        enqueueBatch(first, end);
    }

    /** Without a wait of up to the polling interval, which would say nothing of how fast it is. */
    @Override
    public void resume() {
        server.resumeProcessing();
        server.getJobSteward().run();
    }

    @Override
    public long ended() {
        return ended.sum();
    }

    @Override
    public void close() {
        server.stop();
        storage.close();
        pool.close();
    }
}
