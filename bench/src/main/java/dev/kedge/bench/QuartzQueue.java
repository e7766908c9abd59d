package dev.kedge.bench;

import com.zaxxer.hikari.HikariDataSource;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.impl.StdSchedulerFactory;
import org.quartz.impl.jdbcjobstore.JobStoreTX;
import org.quartz.impl.jdbcjobstore.PostgreSQLDelegate;
import org.quartz.utils.ConnectionProvider;
import org.quartz.utils.DBConnectionManager;

/**
 * Quartz on its JDBC job store, embedded: one job that stays, and for each run a trigger that fires
 * now and once, which is the least that it must write. 20 threads, for which as many triggers are
 * acquired at a time; on its own, so that it locks in memory and not in the database.
 */
final class QuartzQueue implements JobQueue {

    private static final int THREADS = 20;

    /** One for each thread, and as many for callers. */
    private static final int CONNECTIONS = 2 * THREADS;

    private static final String NAME = "bench";
    private static final String PAYLOAD = "payload";
    private static final JobDetail JOB =
            JobBuilder.newJob(Handler.class).withIdentity(Server.JOB).storeDurably().build();
    private static final String LEFT = SqlFile.load("quartz_left");

    private final HikariDataSource pool;
    private final Handler handler;
    private final LongAdder submitted = new LongAdder();
    private Scheduler scheduler;

    /** What Quartz calls. */
    private record Handler(Ledger ledger, LongAdder calls) implements Job {
        @Override
        public void execute(JobExecutionContext context) {
            var payload = context.getTrigger().getJobDataMap().getString(PAYLOAD);
            ledger.started(payload.getBytes(StandardCharsets.UTF_8));
            calls.increment();
        }
    }

    /** What it asks for connections. The pool is shared, and closed by who opened it. */
    private record Connections(HikariDataSource pool) implements ConnectionProvider {
        @Override
        public void initialize() {}

        @Override
        public Connection getConnection() throws SQLException {
            return pool.getConnection();
        }

        @Override
        public void shutdown() {}
    }

    @FunctionalInterface
    private interface Request {
        void make(Scheduler scheduler) throws SchedulerException;
    }

    /** Takes runs in, with nobody at work. */
    QuartzQueue(Stage stage, Ledger ledger) throws SQLException {
        stage.execute(SqlFile.load(JobStoreTX.class, "tables_postgres"));
        pool = stage.pool(CONNECTIONS);
        DBConnectionManager.getInstance().addConnectionProvider(NAME, new Connections(pool));
        handler = new Handler(ledger, new LongAdder());
        scheduler = scheduler();
        ask(quartz -> quartz.addJob(JOB, false));
    }

    static QuartzQueue working(Stage stage, Ledger ledger) throws SQLException {
        var queue = new QuartzQueue(stage, ledger);
        queue.resume();
        return queue;
    }

    private Scheduler scheduler() {
        try {
            var created = new StdSchedulerFactory(settings()).getScheduler();
            created.setJobFactory((_, _) -> handler);
            return created;
        } catch (SchedulerException refused) {
            throw new IllegalStateException("Quartz cannot be set up", refused);
        }
    }

    private static Properties settings() {
        var threads = Integer.toString(THREADS);
        var settings = new Properties();
        settings.setProperty("org.quartz.scheduler.instanceName", NAME);
        settings.setProperty("org.quartz.threadPool.threadCount", threads);
        settings.setProperty("org.quartz.scheduler.batchTriggerAcquisitionMaxCount", threads);
        // What more than one at a time demands.
        settings.setProperty("org.quartz.jobStore.acquireTriggersWithinLock", "true");
        settings.setProperty("org.quartz.jobStore.class", JobStoreTX.class.getName());
        settings.setProperty(
                "org.quartz.jobStore.driverDelegateClass", PostgreSQLDelegate.class.getName());
        settings.setProperty("org.quartz.jobStore.dataSource", NAME);
        // Texts as they are and not as serialized objects.
        settings.setProperty("org.quartz.jobStore.useProperties", "true");
        // Calls need not queue up for the one lock where the database isolates.
        settings.setProperty("org.quartz.jobStore.lockOnInsert", "false");
        return settings;
    }

    private void ask(Request request) {
        try {
            request.make(scheduler);
        } catch (SchedulerException refused) {
            throw new IllegalStateException("Quartz refuses", refused);
        }
    }

    @Override
    public void enqueue(int number) {
        submitted.increment();
        ask(quartz -> quartz.scheduleJob(run(number)));
    }

    @Override
    public void enqueueBatch(int first, int end) {
        submitted.add(end - first);
        var runs =
                IntStream.range(first, end)
                        .mapToObj(QuartzQueue::run)
                        .collect(Collectors.toUnmodifiableSet());
        ask(quartz -> quartz.scheduleJobs(Map.of(JOB, runs), true));
    }

    private static Trigger run(int number) {
        return TriggerBuilder.newTrigger()
                .withIdentity(Integer.toString(number))
                .forJob(JOB)
                .usingJobData(PAYLOAD, new String(Ledger.payload(number), StandardCharsets.UTF_8))
                .build();
    }

    /** Its own standby does not wait for triggers that are being acquired; a shutdown does. */
    @Override
    public void pause() {
        ask(quartz -> quartz.shutdown(true));
        scheduler = scheduler();
    }

    @Override
    public void preload(int first, int end) {
        enqueueBatch(first, end);
    }

    @Override
    public void resume() {
        ask(Scheduler::start);
    }

    /**
     * Quartz tells nobody when an end is committed: all but as many as there are threads are, and
     * of the last ones the tables know.
     */
    @Override
    public long ended() throws SQLException {
        var called = handler.calls().sum();
        return called < submitted.sum() ? Math.max(0, called - THREADS) : called - left();
    }

    private long left() throws SQLException {
        try (var connection = pool.getConnection();
                var statement = connection.createStatement();
                var row = statement.executeQuery(LEFT)) {
            row.next();
            return row.getLong(1);
        }
    }

    @Override
    public void close() {
        ask(quartz -> quartz.shutdown(true));
        pool.close();
    }
}
