package dev.kedge.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kedge.embedded.TestPostgres;
import dev.kedge.engine.Engine;
import dev.kedge.engine.EngineConfig;
import dev.kedge.model.Entry;
import dev.kedge.model.Payload;
import dev.kedge.model.Run;
import dev.kedge.model.RunId;
import dev.kedge.model.RunState;
import dev.kedge.model.Topic;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Processes that die, or only seem to, at each boundary of a durable run. */
@Timeout(120)
class BoundariesTest {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String RECORD = "select r.run_id, r.path, 'step'";

    private static final String NEVER_SAID = "select never";

    private final String url = TestPostgres.freshDatabase();
    private final FaultProxy proxy = FaultProxy.before(url);
    private final List<AutoCloseable> open = new ArrayList<>();
    private Engine near;

    @BeforeEach
    void start() throws SQLException {
        near = engine("near", 0);
        execute("create table effect (key text not null)");
    }

    @AfterEach
    void stop() throws Exception {
        for (var one : open.reversed()) {
            one.close();
        }
        proxy.close();
    }

    /** Where the process is killed, and how often its two effects happen in all. */
    enum Boundary {
        BEFORE_EFFECT(Walk.BEFORE_THE_EFFECT, 1, 1),
        AFTER_EFFECT_BEFORE_RECORD(Walk.AFTER_THE_EFFECT, 2, 1),
        AFTER_RECORD_BEFORE_REPLY(Walk.AFTER_THE_RECORD, 1, 1),
        AFTER_RECORD(Walk.AFTER_THE_RECORD, 1, 1),
        WHILE_SLEEPING("", 1, 1),
        AFTER_SLEEP(Walk.AFTER_THE_SLEEP, 1, 1),
        WHILE_WAITING("", 1, 1),
        BEFORE_END(Walk.BEFORE_THE_END, 1, 1);

        private final String point;
        private final int first;
        private final int second;

        Boundary(String point, int first, int second) {
            this.point = point;
            this.first = first;
            this.second = second;
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_killed_walk_is_walked_to_its_end_and_no_record_is_made_twice(Boundary boundary)
            throws Exception {
        RunId run;
        try (var victim = Walker.start("victim", proxy.jdbcUrl(), url, boundary.point)) {
            var lost =
                    proxy.loseAnswerTo(
                            boundary == Boundary.AFTER_RECORD_BEFORE_REPLY ? RECORD : NEVER_SAID);
            run = near.runs().enqueue(near.newRun(Walk.JOB, 1)).run();
            switch (boundary) {
                case AFTER_RECORD_BEFORE_REPLY -> assertThat(lost.await(SOON)).isTrue();
                case WHILE_SLEEPING -> awaitSleepOn(run, "nap");
                case WHILE_WAITING -> awaitSleepOn(run, "wait go");
                case BEFORE_END -> {
                    awaitSleepOn(run, "wait go");
                    near.events().publish(new Topic("go"), Payload.NULL);
                    victim.await(boundary.point);
                }
                default -> victim.await(boundary.point);
            }
            victim.kill();
        }
        engine("heir", 2);
        if (boundary != Boundary.BEFORE_END) {
            awaitSleepOn(run, "wait go");
            near.events().publish(new Topic("go"), Payload.NULL);
        }
        var ended = near.runs().await(run, SOON);

        assertThat(ended.state()).isEqualTo(RunState.COMPLETED);
        assertThat(effects(run, "first")).isEqualTo(boundary.first);
        assertThat(effects(run, "second")).isEqualTo(boundary.second);
        assertThat(near.runs().journal(run, null, 100).entries())
                .extracting(entry -> entry.path().value())
                .containsExactlyInAnyOrder("first", "nap", "wait go", "second");
    }

    @Test
    void of_three_zombies_none_writes_anything() throws Exception {
        var zombies = new ArrayList<Walker>();
        var run = near.runs().enqueue(near.newRun(Walk.JOB, 1)).run();
        for (var i = 1; i <= 3; i++) {
            var zombie = Walker.start("zombie-" + i, url, url, Walk.AFTER_THE_EFFECT);
            open.add(zombie);
            zombies.add(zombie);
            zombie.await(Walk.AFTER_THE_EFFECT);
            zombie.freeze();
        }
        engine("heir", 2);
        awaitSleepOn(run, "wait go");
        near.events().publish(new Topic("go"), Payload.NULL);
        var ended = near.runs().await(run, SOON);
        var recorded = near.runs().journal(run, null, 100).entries();
        for (var zombie : zombies) {
            zombie.thaw();
            zombie.goOn();
            zombie.await(Walk.OVER); // What it wanted to record was refused.
        }

        assertThat(ended.result()).isEqualTo(Payload.ofJson("\"heir\""));
        assertThat(effects(run, "first")).isEqualTo(4);
        assertThat(near.runs().journal(run, null, 100).entries()).isEqualTo(recorded);
        assertThat(recorded).extracting(Entry::output).contains(Payload.ofJson("\"heir\""));
        assertThat(near.runs().get(run)).isEqualTo(ended);
        assertThat(ended.spent().losses()).isEqualTo(3);
    }

    private Engine engine(String name, int slots) {
        var user = TestPostgres.shared().user();
        var password = TestPostgres.shared().password();
        var engine =
                Engine.connect(url, user, password)
                        .config(EngineConfig.DEFAULT.withShortLease().withSlots(slots))
                        .job(Walk.job(), new Walk(name, url, user, password, _ -> {}).handler())
                        .start();
        open.add(() -> engine.stop(Duration.ofSeconds(1)));
        return engine;
    }

    /** Waits until the run sleeps, and waits for this. */
    private void awaitSleepOn(RunId run, String path) throws InterruptedException {
        var asleep = near.runs().await(run, now -> sleepsOn(now, path), SOON);
        assertThat(asleep.state()).as("waits for " + path).isEqualTo(RunState.SLEEPING);
    }

    private boolean sleepsOn(Run run, String path) {
        return run.state() == RunState.SLEEPING
                && near.runs().journal(run.id(), null, 100).waits().stream()
                        .anyMatch(wait -> wait.path().value().equals(path));
    }

    /** How often the effect of a step reached the outside. Its key is the same every time. */
    private long effects(RunId run, String step) throws SQLException {
        try (var connection = connection();
                var count =
                        connection.prepareStatement("select count(*) from effect where key = ?")) {
            count.setString(1, run + "/" + step);
            try (var result = count.executeQuery()) {
                result.next();
                return result.getLong(1);
            }
        }
    }

    private void execute(String sql) throws SQLException {
        try (var connection = connection();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private Connection connection() throws SQLException {
        return DriverManager.getConnection(
                url, TestPostgres.shared().user(), TestPostgres.shared().password());
    }
}
