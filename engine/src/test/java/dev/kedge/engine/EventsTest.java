package dev.kedge.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kedge.model.Event;
import dev.kedge.model.JobName;
import dev.kedge.model.KedgeException;
import dev.kedge.model.Outcome;
import dev.kedge.model.Payload;
import dev.kedge.model.Topic;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Events, and the runs they start. */
@Timeout(120)
class EventsTest {

    private static final Topic CREATED = new Topic("order.created");

    private final TestEngine db = new TestEngine();
    private final ConcurrentMap<String, Integer> heard = new ConcurrentHashMap<>();
    private volatile CountDownLatch expected = new CountDownLatch(0);

    @AfterEach
    void stop() {
        db.close();
    }

    private Engine start() {
        return db.start(builder ->
                builder.job("one", this::hear).job("two", this::hear).job("three", this::hear));
    }

    private Outcome hear(RunContext context) {
        heard.merge(context.job() + " " + context.payload().text(), 1, Integer::sum);
        expected.countDown();
        return new Outcome.Succeeded(Payload.NULL);
    }

    private void awaitHeard(int runs, ThrowingRunnable publish) throws Exception {
        expected = new CountDownLatch(runs);
        publish.run();
        assertThat(expected.await(60, TimeUnit.SECONDS)).as("all were heard").isTrue();
    }

    private interface ThrowingRunnable {
        void run() throws Exception;
    }

    @Test
    void each_event_starts_one_run_for_each_trigger_however_many_engines_route_it()
            throws Exception {
        var engine = start();
        start();
        start();
        for (var job : new String[] {"one", "two", "three"}) {
            engine.triggers().onEvent(new JobName(job), CREATED, null);
        }
        awaitHeard(
                3 * 300,
                () -> {
                    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                        for (var i = 0; i < 300; i++) {
                            var payload = Payload.ofJson(String.valueOf(i));
                            threads.execute(() -> engine.events().publish(CREATED, payload));
                        }
                    }
                });

        assertThat(heard).hasSize(900).allSatisfy((_, times) -> assertThat(times).isEqualTo(1));
        assertThat(db.number("select count(*) from kedge.event_run")).isEqualTo(900);
        assertThat(db.number("select count(*) from kedge.run")).isEqualTo(900);
        assertThat(db.number("select count(*) from kedge.outbox")).isZero();
        assertThat(db.number("select count(*) from kedge.event where consumed_at is null"))
                .isZero();
    }

    @Test
    void an_event_that_nobody_took_is_there_for_a_trigger_made_later() throws Exception {
        var engine = start();
        engine.events().publish(CREATED, Payload.ofJson("7"));
        assertThat(engine.events().list(CREATED, false, null, 10).items())
                .singleElement()
                .extracting(Event::consumedAt)
                .isNull();

        awaitHeard(1, () -> engine.triggers().onEvent(new JobName("one"), CREATED, null));
        assertThat(heard).containsOnlyKeys("one 7");
        assertThat(engine.events().list(CREATED, false, null, 10).items()).isEmpty();
    }

    @Test
    void a_trigger_may_ask_for_more_than_the_topic() throws Exception {
        var engine = start();
        var match = Payload.ofJson("{\"country\":\"FR\"}");
        engine.triggers().onEvent(new JobName("one"), CREATED, match);
        awaitHeard(
                1,
                () -> {
                    engine.events().publish(CREATED, Payload.ofJson("{\"country\":\"DE\"}"));
                    engine.events().publish(CREATED, Payload.ofJson("\"a text with \\u0000\""));
                    engine.events()
                            .publish(CREATED, Payload.ofJson("{\"country\":\"FR\",\"n\":1}"));
                });

        assertThat(heard).containsOnlyKeys("one {\"country\":\"FR\",\"n\":1}");
        assertThat(engine.events().list(CREATED, false, null, 10).items()).hasSize(2);
    }

    @Test
    void a_trigger_that_is_disabled_or_gone_starts_nothing() throws Exception {
        var engine = start();
        var one = new JobName("one");
        var disabled = engine.triggers().onEvent(one, CREATED, null);
        var removed = engine.triggers().onEvent(one, CREATED, null);
        engine.triggers().enable(one, disabled.id(), false);
        engine.triggers().remove(one, removed.id());
        engine.triggers().onEvent(new JobName("two"), CREATED, null);
        awaitHeard(1, () -> engine.events().publish(CREATED, Payload.ofJson("1")));

        assertThat(heard).containsOnlyKeys("two 1");
        assertThat(engine.triggers().list(one)).hasSize(1);
        assertThatThrownBy(() -> engine.triggers().remove(one, removed.id()))
                .isInstanceOf(KedgeException.NotFound.class);
        assertThatThrownBy(() -> engine.triggers().onEvent(new JobName("nobody"), CREATED, null))
                .isInstanceOf(KedgeException.NotFound.class);
    }

    @Test
    void a_topic_is_spelt_with_care() {
        assertThatThrownBy(() -> new Topic("order created"))
                .isInstanceOf(KedgeException.Invalid.class)
                .hasMessageContaining("topic");
        assertThatThrownBy(() -> new Topic(".order")).hasMessageContaining("topic");
    }
}
