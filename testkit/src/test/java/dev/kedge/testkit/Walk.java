package dev.kedge.testkit;

import dev.kedge.engine.AttemptOver;
import dev.kedge.engine.EventWait;
import dev.kedge.engine.Handler;
import dev.kedge.engine.RunContext;
import dev.kedge.model.Binding;
import dev.kedge.model.Job;
import dev.kedge.model.JobName;
import dev.kedge.model.JobPolicy;
import dev.kedge.model.Namespace;
import dev.kedge.model.OnWorkerLost;
import dev.kedge.model.RecoveryPolicy;
import dev.kedge.model.RetryPolicy;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Consumer;

/** A run with two effects, a sleep and a wait between them, and a point at each boundary. */
final class Walk {

    static final String JOB = "walk";
    static final String BEFORE_THE_EFFECT = "before the effect";
    static final String AFTER_THE_EFFECT = "after the effect";
    static final String AFTER_THE_RECORD = "after the record";
    static final String AFTER_THE_SLEEP = "after the sleep";
    static final String BEFORE_THE_END = "before the end";
    static final String OVER = "over";

    /** Who carries it out, where the effects go, and what happens at each point. */
    private final String walker;

    private final String url;
    private final String user;
    private final String password;
    private final Consumer<String> point;

    Walk(String walker, String url, String user, String password, Consumer<String> point) {
        this.walker = walker;
        this.url = url;
        this.user = user;
        this.password = password;
        this.point = point;
    }

    /** Any number of workers may die of it. */
    static Job job() {
        return Job.of(
                Namespace.DEFAULT,
                new JobName(JOB),
                new Binding.Java(),
                JobPolicy.DEFAULT.withRecovery(
                        new RecoveryPolicy(RetryPolicy.DEFAULT, OnWorkerLost.RETRY, 100)));
    }

    Handler handler() {
        return Handler.of(Integer.class, (_, context) -> walk(context));
    }

    private String walk(RunContext context) {
        try {
            var first =
                    context.step(
                            "first",
                            String.class,
                            key -> {
                                point.accept(BEFORE_THE_EFFECT);
                                effect(key);
                                point.accept(AFTER_THE_EFFECT);
                                return walker;
                            });
            point.accept(AFTER_THE_RECORD);
            context.sleep("nap", Duration.ofMillis(800));
            point.accept(AFTER_THE_SLEEP);
            context.waitFor(EventWait.on("go"));
            context.step("second", this::effect);
            point.accept(BEFORE_THE_END);
            return first;
        } catch (AttemptOver.Unrecorded over) {
            point.accept(OVER);
            throw over;
        }
    }

    /** Happens outside of the journal's transaction, as effects do. */
    private void effect(String key) throws SQLException {
        try (var connection = DriverManager.getConnection(url, user, password);
                var insert = connection.prepareStatement("insert into effect values (?)")) {
            insert.setString(1, key);
            insert.execute();
        }
    }
}
